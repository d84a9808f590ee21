//! A browser as far as a server can tell: it keeps cookies, fills in forms, and follows no redirect by itself.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ureq::Agent;
use ureq::http::{self, HeaderMap, header};
use url::form_urlencoded;

use super::Page;

/// One person's browser. A clone is another window of it: it has the same cookies.
#[derive(Clone)]
pub struct Browser {
    agent: Agent,
    address: String,
    cookies: Arc<Mutex<BTreeMap<String, String>>>,
}

/// A request before it is sent.
pub struct Request<'a> {
    browser: &'a Browser,
    path: String,
    parts: http::request::Builder,
    body: Option<Vec<u8>>,
}

impl Browser {
    /// A browser that was never at this address.
    pub fn at(address: &str) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .timeout_global(Some(Duration::from_secs(30)))
            .build()
            .new_agent();
        Self {
            agent,
            address: address.to_owned(),
            cookies: Arc::default(),
        }
    }

    /// Loads a page.
    pub fn get(&self, path: &str) -> Page {
        self.request("GET", path).send()
    }

    /// Loads what htmx would put into the page.
    pub fn fragment(&self, path: &str) -> Page {
        self.request("GET", path).header("HX-Request", "true").send()
    }

    /// Sends these fields and nothing else: no token, unless it is among them.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.request("POST", path).form(fields).send()
    }

    /// Sends these fields with this browser's token.
    pub fn post_with_token(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = self.csrf_token();
        let with_token = [fields, &[("csrf_token", token.as_str())]].concat();
        self.post(path, &with_token)
    }

    /// A token that this browser's forms are taken with.
    pub fn csrf_token(&self) -> String {
        let page = self.get("/money");
        let page = if page.status == 200 {
            page
        } else {
            self.get("/login")
        };
        page.value("csrf_token")
    }

    /// Loads the page, fills in its form of this address, and sends it as a browser would: with every field that the form has, the given
    /// ones in place of what is there. A name that the form does not have, is a mistake of the test. An empty value takes a tick away.
    ///
    /// The form is the one whose `action` is `action` (a button's `formaction` counts too); without `action` the one that posts to the
    /// page itself.
    pub fn submit(&self, page: &str, action: Option<&str>, fields: &[(&str, &str)]) -> Page {
        let page = self.get(page);
        page.assert_ok();
        page.submit(action, fields)
    }

    /// A request to be furnished.
    pub fn request(&self, method: &str, path: &str) -> Request<'_> {
        let mut parts = http::Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.address));
        let cookies = self.cookie_header();
        if !cookies.is_empty() {
            parts = parts.header(header::COOKIE, cookies);
        }
        Request {
            browser: self,
            path: path.to_owned(),
            parts,
            body: None,
        }
    }

    /// The value of a cookie that this browser keeps.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    /// Puts a cookie in, as somebody could who stole or forged it.
    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies
            .lock()
            .unwrap()
            .insert(name.to_owned(), value.to_owned());
    }

    /// A browser of its own with the same cookies as this one has now.
    pub fn copy(&self) -> Self {
        let cookies = self.cookies.lock().unwrap().clone();
        Self {
            cookies: Arc::new(Mutex::new(cookies)),
            ..self.clone()
        }
    }

    /// `127.0.0.1` and the port.
    pub fn address(&self) -> &str {
        &self.address
    }

    fn cookie_header(&self) -> String {
        let cookies = self.cookies.lock().unwrap();
        let pairs: Vec<_> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    fn keep_cookies(&self, headers: &HeaderMap) {
        let mut cookies = self.cookies.lock().unwrap();
        for set in headers.get_all(header::SET_COOKIE) {
            let set = set.to_str().unwrap();
            let (pair, attributes) = set.split_once(';').unwrap_or((set, ""));
            let (name, value) = pair.split_once('=').unwrap();
            if attributes
                .split(';')
                .any(|attribute| attribute.trim() == "Max-Age=0")
            {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

impl Request<'_> {
    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.parts = self.parts.header(name, value);
        self
    }

    /// Sends fields as a form, from our own pages.
    #[must_use]
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.header("Content-Type", "application/x-www-form-urlencoded")
            .body(body)
    }

    /// Sends JSON.
    #[must_use]
    pub fn json(self, body: impl Into<Vec<u8>>) -> Self {
        self.header("Content-Type", "application/json").body(body)
    }

    /// Sends bytes.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Sends it.
    pub fn send(self) -> Page {
        let Self {
            browser,
            path,
            parts,
            body,
        } = self;
        let answer = match body {
            Some(body) => browser.agent.run(parts.body(body).unwrap()),
            None => browser.agent.run(parts.body(()).unwrap()),
        };
        let answer = answer.unwrap_or_else(|error| panic!("{path} was not answered: {error}"));
        let (head, mut body) = answer.into_parts();
        browser.keep_cookies(&head.headers);
        Page {
            browser: browser.clone(),
            path,
            status: head.status.as_u16(),
            headers: head.headers,
            body: body.read_to_string().unwrap(),
        }
    }
}
