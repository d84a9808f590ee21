//! A life with an account, in a real browser.

use totp_rs::Totp;

use super::{EMAIL, Factor, NEW_PASSWORD, later, link, mails};
use crate::support::{Chromium, PASSWORD, Scripts, TestApp};

fn a_second_factor_and_a_forgotten_password(scripts: Scripts) {
    let app = TestApp::new();
    let page = Chromium::start(scripts);
    let open = |path: &str| page.open(&format!("http://{}{path}", app.address()));
    open("/signup");
    page.fill("#email", EMAIL);
    page.fill("#password", PASSWORD);
    page.press("Create account");
    page.arrives_at("/money");
    open(&link(&app, EMAIL));
    page.press("Confirm address");
    page.sees("Your address is confirmed");
    page.press("Open my account");
    page.arrives_at("/account");
    page.press("Password, second factor, devices, and what happened");
    page.press("Set it up");
    page.fill("#password", PASSWORD);
    page.press("Go on");
    page.sees("1. Scan this with your app");
    let uri = page.run("return document.querySelector(\"a[href^='otpauth:']\").href");
    let factor = Factor {
        totp: Totp::from_url(uri.as_str().unwrap()).unwrap(),
        codes: Vec::new(),
    };
    page.fill("#code", &factor.code(&app, 0));
    page.press("Switch on");
    page.sees("Your recovery codes");
    let recovery = page.text_of(".recovery li").unwrap();
    page.press("I have kept them");
    page.arrives_at("/account/security");
    page.sees("The second factor was switched on");
    assert_eq!(mails(&app).len(), 1);
    later(&app, 30);

    let log_out = || {
        open("/money");
        page.press("Log out");
        page.arrives_at("/");
    };
    let log_in = |password: &str, code: &str| {
        open("/login");
        page.fill("#email", EMAIL);
        page.fill("#password", password);
        page.press("Log in");
        page.sees("Your code");
        page.fill("#code", code);
        page.press("Log in");
        page.arrives_at("/money");
    };
    log_out();
    log_in(PASSWORD, &factor.code(&app, 0));
    log_out();
    open("/login");
    page.press("Forgot your password?");
    page.arrives_at("/password");
    page.fill("#email", EMAIL);
    page.press("Send a link");
    page.sees("Look at your mail");
    open(&link(&app, EMAIL));
    page.fill("#password", NEW_PASSWORD);
    page.press("Save password");
    page.sees("Your code");
    page.fill("#code", &recovery);
    page.press("Log in");
    page.arrives_at("/money");
    page.sees("You used a recovery code. 9 are left.");
    let complaints = page.complaints();
    assert_eq!(complaints, Vec::<String>::new());
    later(&app, 30);
    log_out();
    log_in(NEW_PASSWORD, &factor.code(&app, 0));
    app.work();
}

#[test]
fn a_life_with_scripts() {
    a_second_factor_and_a_forgotten_password(Scripts::On);
}

#[test]
fn a_life_without_scripts() {
    a_second_factor_and_a_forgotten_password(Scripts::Off);
}
