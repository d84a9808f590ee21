//! A real Chromium, driven by `WebDriver`: for what only a browser can tell.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::Agent;

/// Under this name `WebDriver` hands out elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// How long something may take to appear.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whether pages may run scripts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Scripts {
    /// They may.
    On,
    /// They may not, as in a browser that has them switched off.
    Off,
}

/// A browser window without a screen, and the driver behind it. Both end with this value.
pub struct Chromium {
    agent: Agent,
    session: String,
    driver: Child,
    /// Goes with the browser that uses it.
    profile: TempDir,
}

impl Chromium {
    /// Starts chromedriver on a free port, and Chromium with a new profile.
    pub fn start(scripts: Scripts) -> Self {
        Self::speaking("en-GB,en", scripts)
    }

    /// The same for somebody who speaks other languages, the best first.
    pub fn speaking(languages: &str, scripts: Scripts) -> Self {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0) // ended as a whole
            .spawn()
            .unwrap_or_else(|error| {
                panic!("chromedriver cannot be started: {error}. On Debian: apt-get install chromium chromium-driver; tests/run does it by itself")
            });
        let port = port_of(&mut driver);
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .timeout_global(Some(Duration::from_mins(1)))
            .build()
            .new_agent();
        let profile = tempfile::Builder::new()
            .prefix("budget-chromium-")
            .tempdir()
            .unwrap();
        let mut chromium = Self {
            agent,
            session: format!("http://127.0.0.1:{port}/session"),
            driver,
            profile,
        };
        let data = format!("--user-data-dir={}", chromium.profile.path().display());
        let mut options = json!({ "args": [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--lang=en-GB", "--window-size=1280,900", data,
        ] });
        options["prefs"] = json!({ "intl.accept_languages": languages });
        if scripts == Scripts::Off {
            options["prefs"]["profile.managed_default_content_settings.javascript"] = json!(2);
        }
        let capabilities = json!({ "browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL" } });
        let made = chromium.ask(
            "POST",
            "",
            &json!({ "capabilities": { "alwaysMatch": capabilities } }),
        );
        chromium.session += "/";
        chromium.session += made["sessionId"].as_str().unwrap();
        chromium
    }

    /// Loads a page.
    #[track_caller]
    pub fn open(&self, url: &str) {
        self.ask("POST", "/url", &json!({ "url": url }));
    }

    /// The path and query of the page.
    pub fn path(&self) -> String {
        let url = self.ask("GET", "/url", &Value::Null);
        let url = url::Url::parse(url.as_str().unwrap()).unwrap();
        url[url::Position::BeforePath..].to_owned()
    }

    /// Waits for a page whose path is this one.
    #[track_caller]
    pub fn arrives_at(&self, path: &str) {
        self.wait(&format!("to arrive at {path}"), || {
            (self.path() == path).then_some(())
        });
    }

    /// Presses the button, the label or the head of what is folded, or follows the link, that reads like this. What lies under the tab bar is brought up first, as a person would.
    #[track_caller]
    pub fn press(&self, label: &str) {
        let xpath = format!(
            "//*[self::button or self::a or self::summary or self::label][normalize-space() = '{label}']"
        );
        self.act("xpath", &xpath, |element| {
            let pressed = self.try_ask("POST", &format!("/element/{element}/click"), &json!({}));
            if pressed.is_err() {
                let body = json!({ "script": "arguments[0].scrollIntoView({ block: 'center' })", "args": [{ ELEMENT: element }] });
                drop(self.try_ask("POST", "/execute/sync", &body));
            }
            pressed.map(drop)
        });
    }

    /// Types into a field, in place of what is there.
    #[track_caller]
    pub fn fill(&self, css: &str, text: &str) {
        self.act("css selector", css, |element| {
            self.try_ask("POST", &format!("/element/{element}/clear"), &json!({}))?;
            self.try_ask(
                "POST",
                &format!("/element/{element}/value"),
                &json!({ "text": text }),
            )
            .map(drop)
        });
    }

    /// Presses keys where the focus is.
    #[track_caller]
    pub fn type_keys(&self, text: &str) {
        let focused = self.ask("GET", "/element/active", &Value::Null);
        let focused = focused[ELEMENT].as_str().unwrap().to_owned();
        self.ask(
            "POST",
            &format!("/element/{focused}/value"),
            &json!({ "text": text }),
        );
    }

    /// Chooses an option of a select by what it reads.
    #[track_caller]
    pub fn choose(&self, id: &str, label: &str) {
        let xpath = format!("//select[@id = '{id}']//option[normalize-space() = '{label}']");
        self.act("xpath", &xpath, |element| {
            self.try_ask("POST", &format!("/element/{element}/click"), &json!({}))
                .map(drop)
        });
    }

    /// Waits until people can read this on the page.
    #[track_caller]
    pub fn sees(&self, text: &str) {
        self.wait(&format!("to see {text:?}"), || {
            self.text_of("body").filter(|all| all.contains(text)).map(drop)
        });
    }

    /// Waits until people cannot read this on the page (any more).
    #[track_caller]
    pub fn sees_no(&self, text: &str) {
        self.wait(&format!("to see no {text:?}"), || {
            self.text_of("body").filter(|all| !all.contains(text)).map(drop)
        });
    }

    /// The visible text of the first element that a CSS selector finds.
    pub fn text_of(&self, css: &str) -> Option<String> {
        let element = self.find("css selector", css)?;
        let text = self
            .try_ask("GET", &format!("/element/{element}/text"), &Value::Null)
            .ok()?;
        text.as_str().map(str::to_owned)
    }

    /// Waits until the first element that a CSS selector finds reads like this.
    #[track_caller]
    pub fn reads(&self, css: &str, text: &str) {
        self.wait(&format!("{css} to read {text:?}"), || {
            self.text_of(css).filter(|found| found == text).map(drop)
        });
    }

    /// Waits until something holds.
    #[track_caller]
    pub fn waits_for(&self, what: &str, holds: impl Fn() -> bool) {
        self.wait(&format!("for {what}"), || holds().then_some(()));
    }

    /// What a script returns; also where pages may run none.
    #[track_caller]
    pub fn run(&self, script: &str) -> Value {
        self.ask("POST", "/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Makes the page as narrow as a small telephone.
    #[track_caller]
    pub fn narrow(&self, width: u32) {
        let metrics = json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": true });
        let body = json!({ "cmd": "Emulation.setDeviceMetricsOverride", "params": metrics });
        self.ask("POST", "/goog/cdp/execute", &body);
    }

    /// What the browser complained about since it was asked last: errors of scripts, refused loads, breaches of the policy. What merely tells
    /// that the person was quicker is no complaint: a preview or a page's fading that was overtaken, a field
    /// that had the focus already.
    #[track_caller]
    pub fn complaints(&self) -> Vec<String> {
        let log = self.ask("POST", "/se/log", &json!({ "type": "browser" }));
        let overtaken = [
            "htmx:sendAbort",
            "htmx:afterRequest",
            "Autofocus processing was blocked",
            "Transition was aborted",
        ];
        let entries = log.as_array().unwrap().iter().map(ToString::to_string);
        entries
            .filter(|entry| !overtaken.iter().any(|race| entry.contains(race)))
            .collect()
    }

    fn find(&self, using: &str, value: &str) -> Option<String> {
        let found = self
            .try_ask("POST", "/elements", &json!({ "using": using, "value": value }))
            .ok()?;
        let mut elements = found.as_array()?.iter().filter_map(|one| one[ELEMENT].as_str());
        let visible = elements.find(|element| {
            self.try_ask("GET", &format!("/element/{element}/displayed"), &Value::Null)
                == Ok(Value::Bool(true))
        });
        visible.map(str::to_owned)
    }

    /// Does something with a visible element; tries again while it is not there yet, or just being replaced.
    #[track_caller]
    fn act(&self, using: &str, value: &str, deed: impl Fn(&str) -> Result<(), String>) {
        self.wait(value, || deed(&self.find(using, value)?).ok());
    }

    #[track_caller]
    fn wait<T>(&self, what: &str, attempt: impl Fn() -> Option<T>) -> T {
        let started = Instant::now();
        loop {
            if let Some(done) = attempt() {
                return done;
            }
            if started.elapsed() > PATIENCE {
                let text = self.text_of("body").unwrap_or_default();
                panic!(
                    "waited in vain {what} on {}:\n{text}\n{:#?}",
                    self.path(),
                    self.complaints()
                );
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    #[track_caller]
    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        self.try_ask(method, path, body)
            .unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    fn try_ask(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.session))
            .header("Content-Type", "application/json");
        let answer = if method == "POST" {
            self.agent.run(request.body(body.to_string()).unwrap())
        } else {
            self.agent.run(request.body(()).unwrap())
        };
        let answer = answer.map_err(|error| error.to_string())?;
        let is_good = answer.status().is_success();
        let text = answer
            .into_body()
            .read_to_string()
            .map_err(|error| error.to_string())?;
        let mut body: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let value = body["value"].take();
        if is_good {
            Ok(value)
        } else {
            Err(value["message"].to_string())
        }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        drop(self.try_ask("DELETE", "", &Value::Null));
        let group = format!("-{}", self.driver.id());
        drop(Command::new("kill").args(["-s", "KILL", "--", &group]).status());
        drop(self.driver.wait());
    }
}

/// The port that chromedriver chose; it says so when it is ready.
fn port_of(driver: &mut Child) -> u16 {
    let mut out = BufReader::new(driver.stdout.take().unwrap());
    let mut said = String::new();
    loop {
        let start = said.len();
        assert!(
            out.read_line(&mut said).unwrap() > 0,
            "chromedriver ended: {said}"
        );
        if let Some((_, port)) = said[start..].split_once("successfully on port ") {
            let port = port.trim().trim_end_matches('.').parse().unwrap();
            // Nobody listens any more, but the pipe must not fill up.
            thread::spawn(move || drop(out.read_to_end(&mut Vec::new())));
            return port;
        }
    }
}
