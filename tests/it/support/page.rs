//! An answer as a person would read it.

use scraper::{ElementRef, Html, Node, Selector};
use ureq::http::HeaderMap;
use url::Url;

use super::Browser;

/// An answer: a page, a fragment, JSON, or an error.
pub struct Page {
    pub(super) browser: Browser,
    /// The address that was asked.
    pub path: String,
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: String,
}

impl Page {
    /// It was answered with 200.
    #[track_caller]
    pub fn assert_ok(&self) -> &Self {
        self.assert_status(200)
    }

    /// It was answered with this status.
    #[track_caller]
    pub fn assert_status(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{}", self.describe());
        self
    }

    /// The text that people read holds `text`, or else the HTML does.
    #[track_caller]
    pub fn assert_has(&self, text: &str) -> &Self {
        assert!(self.has(text), "{text:?} is not in {}", self.describe());
        self
    }

    /// Neither the text that people read nor the HTML holds `text`.
    #[track_caller]
    pub fn assert_lacks(&self, text: &str) -> &Self {
        assert!(!self.has(text), "{text:?} is in {}", self.describe());
        self
    }

    /// It leads to this address.
    #[track_caller]
    pub fn assert_location(&self, location: &str) -> &Self {
        assert_eq!(self.location(), location, "{}", self.describe());
        self
    }

    /// The address that it leads to.
    #[track_caller]
    pub fn location(&self) -> &str {
        self.header("location")
            .unwrap_or_else(|| panic!("no redirect: {}", self.describe()))
    }

    /// The address that it leads to, if it leads anywhere.
    pub fn location_if_any(&self) -> Option<String> {
        self.header("location").map(str::to_owned)
    }

    /// Goes where it leads.
    #[track_caller]
    pub fn follow(&self) -> Self {
        let location = self.location();
        assert!(location.starts_with('/'), "it leads elsewhere: {location}");
        self.browser.get(location)
    }

    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body)
            .unwrap_or_else(|error| panic!("no JSON ({error}): {}", self.describe()))
    }

    /// The text of each element that a CSS selector finds, with white space as people see it.
    #[track_caller]
    pub fn select(&self, css: &str) -> Vec<String> {
        self.html().select(&selector(css)).map(text_of).collect()
    }

    /// An attribute of each element that a CSS selector finds; elements without it are left out.
    #[track_caller]
    pub fn attributes(&self, css: &str, attribute: &str) -> Vec<String> {
        self.html()
            .select(&selector(css))
            .filter_map(|element| element.attr(attribute).map(str::to_owned))
            .collect()
    }

    /// The value of the first field of this name.
    #[track_caller]
    pub fn value(&self, name: &str) -> String {
        let html = self.html();
        let field = html.select(&selector(&format!("[name={name:?}]"))).next();
        let field = field.unwrap_or_else(|| panic!("no field {name} in {}", self.describe()));
        values_of(field).into_iter().next().unwrap_or_default()
    }

    /// All the text that people read.
    pub fn text(&self) -> String {
        text_of(self.html().root_element())
    }

    /// Fills in a form of this page and sends it; see [`Browser::submit`].
    #[track_caller]
    pub fn submit(&self, action: Option<&str>, fields: &[(&str, &str)]) -> Self {
        let html = self.html();
        let base = Url::parse("http://here").unwrap().join(&self.path).unwrap();
        let resolve = |reference: &str| {
            let joined = base.join(reference).unwrap();
            joined[url::Position::BeforePath..url::Position::AfterQuery].to_owned()
        };
        let wanted = action.map_or_else(|| resolve(base.path()), resolve);
        let (form, target) = html
            .select(&selector("form"))
            .find_map(|form| {
                let mut targets = vec![resolve(form.attr("action").unwrap_or(""))];
                let buttons = selector("button[formaction]");
                targets.extend(
                    form.select(&buttons)
                        .filter_map(|button| Some(resolve(button.attr("formaction")?))),
                );
                let target = targets.into_iter().find(|target| {
                    *target == wanted || action.is_none() && target.split('?').next() == Some(&wanted)
                })?;
                Some((form, target))
            })
            .unwrap_or_else(|| panic!("no form for {wanted} in {}", self.describe()));
        let filled_in = fill_in(&html, form, fields);
        let pairs: Vec<_> = filled_in
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        if form
            .attr("method")
            .is_some_and(|method| method.eq_ignore_ascii_case("post"))
        {
            let origin = format!("http://{}", self.browser.address());
            return self
                .browser
                .request("POST", &target)
                .header("Origin", &origin)
                .header("Sec-Fetch-Site", "same-origin")
                .form(&pairs)
                .send();
        }
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&pairs)
            .finish();
        self.browser
            .get(&format!("{}?{query}", target.split('?').next().unwrap()))
    }

    fn has(&self, text: &str) -> bool {
        self.body.contains(text) || self.text().contains(text)
    }

    fn html(&self) -> Html {
        Html::parse_document(&self.body)
    }

    fn describe(&self) -> String {
        format!(
            "{} {}:\n{}\n{}",
            self.status,
            self.path,
            self.header("location").unwrap_or_default(),
            self.body
        )
    }
}

fn selector(css: &str) -> Selector {
    Selector::parse(css).unwrap_or_else(|error| panic!("{css}: {error}"))
}

/// What people read of an element, with single spaces.
fn text_of(element: ElementRef<'_>) -> String {
    fn collect(element: ElementRef<'_>, out: &mut String) {
        if matches!(element.value().name(), "script" | "style" | "template" | "head") {
            return;
        }
        for child in element.children() {
            match child.value() {
                Node::Text(text) => out.push_str(text),
                Node::Element(_) => {
                    let child = ElementRef::wrap(child).unwrap();
                    let inline = matches!(
                        child.value().name(),
                        "a" | "abbr"
                            | "b"
                            | "bdi"
                            | "code"
                            | "em"
                            | "i"
                            | "mark"
                            | "s"
                            | "small"
                            | "span"
                            | "strong"
                            | "sub"
                            | "sup"
                            | "time"
                    );
                    out.push_str(if inline { "" } else { " " });
                    collect(child, out);
                    out.push_str(if inline { "" } else { " " });
                }
                _ => {}
            }
        }
    }
    let mut text = String::new();
    collect(element, &mut text);
    text.split([' ', '\n', '\r', '\t'])
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// What a field would send as it stands: nothing, a value, or several.
fn values_of(field: ElementRef<'_>) -> Vec<String> {
    let own = |field: ElementRef<'_>| field.attr("value").map(str::to_owned);
    match field.value().name() {
        "textarea" => vec![
            field
                .text()
                .collect::<String>()
                .trim_start_matches('\n')
                .to_owned(),
        ],
        "select" => {
            let all = selector("option");
            let value = |option: ElementRef<'_>| own(option).unwrap_or_else(|| text_of(option));
            let chosen: Vec<_> = field
                .select(&all)
                .filter(|option| option.attr("selected").is_some())
                .map(value)
                .collect();
            let first = field
                .select(&all)
                .find(|option| option.attr("disabled").is_none());
            if chosen.is_empty() && field.attr("multiple").is_none() {
                first.map(value).into_iter().collect()
            } else {
                chosen
            }
        }
        _ => match field.attr("type") {
            Some("checkbox" | "radio") if field.attr("checked").is_none() => Vec::new(),
            Some("checkbox" | "radio") => vec![own(field).unwrap_or_else(|| "on".to_owned())],
            _ => vec![own(field).unwrap_or_default()],
        },
    }
}

/// The fields that a browser would send, with the given ones in place of what the form holds.
#[track_caller]
fn fill_in(html: &Html, form: ElementRef<'_>, given: &[(&str, &str)]) -> Vec<(String, String)> {
    let controls = selector("input[name], select[name], textarea[name], button[name]");
    let of_form = |control: &ElementRef<'_>| match control.attr("form") {
        Some(id) => Some(id) == form.attr("id"),
        None => control.ancestors().any(|ancestor| ancestor.id() == form.id()),
    };
    let mut known = Vec::new();
    let mut sent: Vec<(String, String)> = Vec::new();
    for control in html.select(&controls).filter(of_form) {
        let name = control.attr("name").unwrap();
        known.push(name);
        if control.attr("disabled").is_some() {
            continue;
        }
        if given.iter().any(|(field, _)| *field == name) {
            if known.iter().filter(|one| **one == name).count() == 1 {
                let ticked = matches!(control.attr("type"), Some("checkbox"));
                sent.extend(
                    given
                        .iter()
                        .filter(|(field, value)| *field == name && !(ticked && value.is_empty()))
                        .map(|(field, value)| ((*field).to_owned(), (*value).to_owned())),
                );
            }
        } else if control.value().name() != "button" && control.attr("type") != Some("submit") {
            sent.extend(
                values_of(control)
                    .into_iter()
                    .map(|value| (name.to_owned(), value)),
            );
        }
    }
    for (field, _) in given {
        assert!(
            known.contains(field),
            "the form has no field {field}, only {known:?}"
        );
    }
    sent
}
