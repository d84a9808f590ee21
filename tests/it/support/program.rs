//! A program that talks to the API.

use serde_json::{Value, json};

use super::{Browser, Owner, PASSWORD, Page};

/// A program with tokens, at one of the servers.
#[derive(Clone)]
pub struct Program {
    /// How it talks; it keeps no session.
    pub browser: Browser,
    /// Its access token.
    pub access: String,
    /// Its refresh token.
    pub refresh: String,
}

impl Program {
    /// A program that this person logged in.
    #[track_caller]
    pub fn of(owner: &Owner<'_>) -> Self {
        let (access, refresh) = owner.tokens();
        Self {
            browser: owner.app.browser(),
            access,
            refresh,
        }
    }

    /// The same at another server.
    pub fn at(&self, browser: Browser) -> Self {
        Self {
            browser,
            ..self.clone()
        }
    }

    /// Reads.
    pub fn get(&self, path: &str) -> Page {
        self.get_with(path, &[])
    }

    /// Reads, with further headers.
    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Page {
        let bearer = format!("Bearer {}", self.access);
        let request = self.browser.request("GET", path).header("Authorization", &bearer);
        headers
            .iter()
            .fold(request, |request, (name, value)| request.header(name, value))
            .send()
    }

    /// Writes.
    pub fn send(&self, method: &str, path: &str, body: &Value) -> Page {
        let bearer = format!("Bearer {}", self.access);
        self.browser
            .request(method, path)
            .header("Authorization", &bearer)
            .json(body.to_string())
            .send()
    }

    /// Deletes.
    pub fn delete(&self, path: &str) -> Page {
        let bearer = format!("Bearer {}", self.access);
        self.browser
            .request("DELETE", path)
            .header("Authorization", &bearer)
            .send()
    }

    /// Shows its refresh token.
    pub fn ask_anew(&self) -> Page {
        self.ask_anew_with(&self.refresh)
    }

    /// Shows another one.
    pub fn ask_anew_with(&self, refresh: &str) -> Page {
        ask(
            &self.browser,
            "/api/token/refresh/",
            &json!({ "refresh": refresh }),
        )
    }

    /// Goes on with new tokens; the earlier ones are in the answer.
    #[track_caller]
    pub fn go_on(&mut self) -> Self {
        let answer = self.ask_anew();
        answer.assert_ok();
        let (tokens, earlier) = (answer.json(), self.clone());
        tokens["access"].as_str().unwrap().clone_into(&mut self.access);
        tokens["refresh"].as_str().unwrap().clone_into(&mut self.refresh);
        earlier
    }

    /// Logs out.
    pub fn revoke(&self) -> Page {
        ask(
            &self.browser,
            "/api/token/revoke/",
            &json!({ "refresh": self.refresh }),
        )
    }

    /// Neither of its tokens is worth anything, also where an answer is kept or known already.
    #[track_caller]
    pub fn assert_out(&self) {
        for path in [
            "/api/analytics-current/",
            "/api/locations/",
            "/api/users/",
            "/api/households/",
        ] {
            problem(&self.get(path), 401);
            problem(&self.get_with(path, &[("If-None-Match", "*")]), 401);
        }
        problem(&self.ask_anew(), 401);
    }

    /// Its access token opens the API.
    #[track_caller]
    pub fn assert_in(&self) {
        for path in [
            "/api/analytics-current/",
            "/api/locations/",
            "/api/users/",
            "/api/households/",
        ] {
            self.get(path).assert_ok();
        }
    }
}

/// Posts an object, without a token.
pub fn ask(browser: &Browser, path: &str, body: &Value) -> Page {
    browser.request("POST", path).json(body.to_string()).send()
}

/// Asks for tokens with e-mail and password.
pub fn log_in(browser: &Browser, email: &str) -> Page {
    ask(
        browser,
        "/api/token/",
        &json!({ "email": email, "password": PASSWORD }),
    )
}

/// The body of an answer that says what is wrong.
#[track_caller]
pub fn problem(page: &Page, status: u16) -> Value {
    page.assert_status(status);
    assert_eq!(page.header("content-type"), Some("application/problem+json"));
    let body = page.json();
    assert_eq!(body["type"], "about:blank");
    assert_eq!(body["status"], status);
    assert!(body["title"].is_string() && body["detail"].is_string(), "{body}");
    body
}

/// The body with words in the place of what differs from run to run: ids, moments, links.
pub fn readable(page: &Page) -> String {
    fn put(value: &mut Value) {
        match value {
            Value::String(text) => {
                if uuid::Uuid::try_parse(text).is_ok() {
                    "[id]".clone_into(text);
                } else if chrono::DateTime::parse_from_rfc3339(text).is_ok() {
                    "[moment]".clone_into(text);
                } else if let Some((before, _)) = text.clone().split_once("/invitations/") {
                    *text = format!("{before}/invitations/[secret]");
                }
            }
            Value::Array(all) => all.iter_mut().for_each(put),
            Value::Object(members) => members.values_mut().for_each(put),
            _ => {}
        }
    }
    let mut body = page.json();
    put(&mut body);
    serde_json::to_string_pretty(&body).unwrap()
}
