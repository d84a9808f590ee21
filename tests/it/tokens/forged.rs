//! Forged access tokens: none of them opens anything.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use budget::auth::secret;
use diesel::prelude::*;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::SecretSlice;
use serde_json::{Value, json};
use sha2::{Sha256, Sha384, Sha512};
use uuid::Uuid;

use crate::support::{Owner, Program, SECRET_KEY, TestApp, problem};

const PATH: &str = "/api/users/";

/// The key that access tokens are signed with.
fn key() -> Vec<u8> {
    secret::derive("access tokens", &SecretSlice::from(SECRET_KEY.to_vec())).to_vec()
}

fn encoded(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}

/// A token of these parts, with the HMAC of its algorithm, or of SHA-256.
fn token(header: &Value, claims: &Value, key: &[u8]) -> String {
    let text = format!("{}.{}", encoded(header), encoded(claims));
    macro_rules! mac {
        ($hash:ty) => {{
            let mut mac = Hmac::<$hash>::new_from_slice(key).unwrap();
            mac.update(text.as_bytes());
            URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
        }};
    }
    let mac = match header["alg"].as_str() {
        Some("HS384") => mac!(Sha384),
        Some("HS512") => mac!(Sha512),
        _ => mac!(Sha256),
    };
    format!("{text}.{mac}")
}

fn header() -> Value {
    json!({ "alg": "HS256", "typ": "at+jwt" })
}

/// Good claims of this person's latest log-in.
fn claims(owner: &Owner<'_>) -> Value {
    use budget::schema::token_families::dsl;
    let family: Uuid = dsl::token_families
        .filter(dsl::user_id.eq(owner.user))
        .order(dsl::id.desc())
        .select(dsl::id)
        .first(&mut owner.app.sql())
        .unwrap();
    let now = owner.app.state.clock.now().timestamp();
    json!({
        "iss": "budget", "aud": "budget-api", "iat": now, "nbf": now, "exp": now + 900,
        "sub": owner.user.to_string(), "sid": family.to_string(), "epoch": 0,
    })
}

/// The same with other members; `null` takes one away.
fn with(mut base: Value, other: &Value) -> Value {
    for (name, value) in other.as_object().unwrap() {
        if value.is_null() {
            base.as_object_mut().unwrap().remove(name);
        } else {
            base[name] = value.clone();
        }
    }
    base
}

struct Attacked<'a> {
    program: Program,
    claims: Value,
    app: &'a TestApp,
}

impl<'a> Attacked<'a> {
    fn new(owner: &Owner<'a>) -> Self {
        let attacked = Self {
            program: Program::of(owner),
            claims: claims(owner),
            app: owner.app,
        };
        // What is forged with the right key and changes nothing is good: so the others fail for what they change.
        assert_eq!(attacked.status(&token(&header(), &attacked.claims, &key())), 200);
        attacked
    }

    fn status(&self, token: &str) -> u16 {
        let mut program = self.program.clone();
        token.clone_into(&mut program.access);
        program.get(PATH).status
    }

    #[track_caller]
    fn assert_refused(&self, token: &str, why: &str) {
        let mut program = self.program.clone();
        token.clone_into(&mut program.access);
        let answer = program.get(PATH);
        assert_eq!(answer.status, 401, "{why}: {}", answer.body);
        problem(&answer, 401);
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    }
}

#[test]
fn algorithms_are_not_chosen_by_the_token() {
    let app = TestApp::new();
    let owner = app.household();
    let attacked = Attacked::new(&owner);
    for alg in ["none", "None", "NONE", "nOnE", "", "HS256 ", "hs256"] {
        let head = with(header(), &json!({ "alg": alg }));
        let body = format!("{}.{}", encoded(&head), encoded(&attacked.claims));
        attacked.assert_refused(&format!("{body}."), alg);
        attacked.assert_refused(&body, alg);
        attacked.assert_refused(&token(&head, &attacked.claims, &key()), alg);
        attacked.assert_refused(&token(&head, &attacked.claims, b""), alg);
    }
    for alg in ["HS384", "HS512", "RS256", "RS512", "ES256", "PS256", "EdDSA"] {
        let head = with(header(), &json!({ "alg": alg }));
        attacked.assert_refused(&token(&head, &attacked.claims, &key()), alg);
    }
    for odd in [json!(null), json!(5), json!(["HS256"]), json!({ "alg": "HS256" })] {
        let mut head = header();
        head["alg"] = odd;
        attacked.assert_refused(&token(&head, &attacked.claims, &key()), "an odd algorithm");
    }
}

#[test]
fn keys_are_not_chosen_by_the_token() {
    let app = TestApp::new();
    let owner = app.household();
    let attacked = Attacked::new(&owner);
    let derived = |usage: &str| secret::derive(usage, &SecretSlice::from(SECRET_KEY.to_vec())).to_vec();
    for (name, wrong) in [
        ("none", Vec::new()),
        ("nought", vec![0; 64]),
        ("the secret itself", SECRET_KEY.to_vec()),
        ("that of seals", derived("seals")),
        ("that of cookies", derived("session cookie")),
        ("that of the vault", derived("vault")),
        ("half", key()[..32].to_vec()),
        (
            "of another installation",
            secret::derive("access tokens", &SecretSlice::from(vec![8; 32])).to_vec(),
        ),
    ] {
        attacked.assert_refused(&token(&header(), &attacked.claims, &wrong), name);
        for more in [
            json!({ "kid": "../../../../../../dev/null" }),
            json!({ "kid": "/proc/sys/kernel/randomize_va_space" }),
            json!({ "kid": "x' UNION SELECT '' --" }),
            json!({ "kid": "|id" }),
            json!({ "kid": "http://127.0.0.1:9/key" }),
            json!({ "jku": "http://127.0.0.1:9/jwks.json" }),
            json!({ "x5u": "http://127.0.0.1:9/cert.pem" }),
            json!({ "jwk": { "kty": "oct", "k": URL_SAFE_NO_PAD.encode(&wrong), "alg": "HS256" } }),
            json!({ "x5c": ["AAAA"] }),
        ] {
            let head = with(header(), &more);
            attacked.assert_refused(&token(&head, &attacked.claims, &wrong), &more.to_string());
        }
    }
}

#[test]
fn tokens_for_something_else_are_none() {
    let app = TestApp::new();
    let owner = app.household();
    let attacked = Attacked::new(&owner);
    for typ in [
        json!(null),
        json!("JWT"),
        json!("jwt"),
        json!("AT+JWT"),
        json!("refresh+jwt"),
        json!(""),
    ] {
        let head = with(header(), &json!({ "typ": typ }));
        attacked.assert_refused(&token(&head, &attacked.claims, &key()), &format!("typ {typ}"));
    }
    for other in [
        json!({ "iss": "somebody" }),
        json!({ "iss": null }),
        json!({ "iss": ["budget"] }),
        json!({ "aud": "another-api" }),
        json!({ "aud": null }),
        json!({ "aud": "" }),
        json!({ "sid": null }),
        json!({ "sid": "x" }),
        json!({ "sid": "00000000-0000-0000-0000-000000000000" }),
        json!({ "epoch": null }),
        json!({ "epoch": "0" }),
        json!({ "epoch": -1 }),
        json!({ "epoch": 1 }),
        json!({ "epoch": 2_147_483_648_i64 }),
        json!({ "sub": null }),
        json!({ "sub": "home@example.org" }),
        json!({ "sub": Uuid::now_v7().to_string() }),
        json!({ "exp": null }),
        json!({ "nbf": null }),
    ] {
        let forged = token(&header(), &with(attacked.claims.clone(), &other), &key());
        attacked.assert_refused(&forged, &other.to_string());
    }
}

#[test]
fn times_are_kept_to_five_seconds() {
    let app = TestApp::new();
    let owner = app.household();
    let attacked = Attacked::new(&owner);
    let now = app.state.clock.now().timestamp();
    for (name, moment, status) in [
        ("exp", now - 5, 401),
        ("exp", now - 4, 200),
        ("exp", now - 900, 401),
        ("exp", 0, 401),
        ("exp", -1, 401),
        ("exp", i64::MIN, 401),
        ("nbf", now + 5, 200),
        ("nbf", now + 6, 401),
        ("nbf", i64::MAX, 401),
    ] {
        let forged = with(attacked.claims.clone(), &json!({ name: moment }));
        let forged = token(&header(), &forged, &key());
        assert_eq!(attacked.status(&forged), status, "{name} {moment}");
    }
    for odd in [
        json!("never"),
        json!(1e300),
        json!(true),
        json!([now + 900]),
        json!((now + 900).to_string()),
    ] {
        let forged = with(attacked.claims.clone(), &json!({ "exp": odd }));
        attacked.assert_refused(&token(&header(), &forged, &key()), &odd.to_string());
    }
    // The largest number does not run over.
    let forged = with(attacked.claims.clone(), &json!({ "exp": i64::MAX }));
    assert_eq!(attacked.status(&token(&header(), &forged, &key())), 200);
    let forged = token(&header(), &attacked.claims, &key());
    attacked.app.set_clock("2026-11-14T12:15:05Z");
    attacked.assert_refused(&forged, "after its time");
}

#[test]
fn a_token_holds_together() {
    let app = TestApp::new();
    let (owner, other) = (app.household(), app.sign_up("other@example.org", "EUR"));
    let attacked = Attacked::new(&owner);
    Program::of(&other).assert_in();
    let theirs = claims(&other);
    for other in [
        json!({ "sub": theirs["sub"] }),
        json!({ "sid": theirs["sid"] }),
        json!({ "sub": theirs["sid"] }),
        json!({ "sub": theirs["sid"], "sid": theirs["sub"] }),
    ] {
        let forged = token(&header(), &with(attacked.claims.clone(), &other), &key());
        attacked.assert_refused(&forged, &other.to_string());
    }
    // Parts of two good tokens.
    let (mine, theirs) = (
        token(&header(), &attacked.claims, &key()),
        token(&header(), &theirs, &key()),
    );
    let parts = |token: &str| token.split('.').map(str::to_owned).collect::<Vec<_>>();
    let (mine, theirs) = (parts(&mine), parts(&theirs));
    attacked.assert_refused(
        &format!("{}.{}.{}", mine[0], mine[1], theirs[2]),
        "their signature",
    );
    attacked.assert_refused(&format!("{}.{}.{}", mine[0], theirs[1], mine[2]), "their claims");
    for place in 0..3 {
        let mut flipped = mine.clone();
        let last = if flipped[place].ends_with('A') { "B" } else { "A" };
        let length = flipped[place].len();
        flipped[place].replace_range(length / 2..=length / 2, last);
        if flipped != mine {
            attacked.assert_refused(&flipped.join("."), "one letter differs");
        }
    }
}

#[test]
fn what_is_no_token_is_refused() {
    let app = TestApp::new();
    let owner = app.household();
    let attacked = Attacked::new(&owner);
    let good = attacked.program.access.clone();
    let signed = |claims: &Value| token(&header(), claims, &key());
    for (token, why) in [
        (String::new(), "nothing"),
        (".".into(), "a dot"),
        ("..".into(), "two dots"),
        ("...".into(), "three dots"),
        ("x".repeat(20_000), "a long word"),
        (
            format!("{}.{}.{}", "e".repeat(5000), "e".repeat(5000), "e".repeat(5000)),
            "three long words",
        ),
        (format!("{good}.x"), "a fourth part"),
        (format!("{good}="), "padding"),
        (format!("{good} {good}"), "two tokens"),
        (format!("{good},{good}"), "two tokens with a comma"),
        (format!("\"{good}\""), "quotes"),
        (format!("Bearer {good}"), "the scheme twice"),
        (signed(&json!([])), "claims that are a list"),
        (signed(&json!(null)), "claims that are nothing"),
        (signed(&json!("x")), "claims that are a word"),
        (
            signed(&with(
                attacked.claims.clone(),
                &json!({ "aud": ["budget-api", "x"] }),
            )),
            "two audiences",
        ),
        (attacked.program.refresh.clone(), "a refresh token"),
    ] {
        attacked.assert_refused(&token, why);
    }
}

#[test]
fn a_token_comes_in_one_header_and_nowhere_else() {
    let app = TestApp::new();
    let owner = app.household();
    let program = Program::of(&owner);
    let bearer = format!("Bearer {}", program.access);
    let ask = |path: &str, headers: &[(&str, &str)]| {
        let request = program.browser.request("GET", path);
        headers
            .iter()
            .fold(request, |request, (name, value)| request.header(name, value))
            .send()
    };
    for scheme in ["Bearer", "bearer", "BEARER", "bEARER"] {
        ask(
            PATH,
            &[("Authorization", &format!("{scheme} {}", program.access))],
        )
        .assert_ok();
    }
    for second in [bearer.as_str(), "Bearer x", "Basic eDp4", ""] {
        problem(
            &ask(PATH, &[("Authorization", &bearer), ("Authorization", second)]),
            401,
        );
        problem(
            &ask(PATH, &[("Authorization", second), ("Authorization", &bearer)]),
            401,
        );
    }
    for name in ["access_token", "access", "token", "bearer", "Authorization"] {
        problem(&ask(&format!("{PATH}?{name}={}", program.access), &[]), 401);
        problem(
            &ask(PATH, &[("Cookie", &format!("{name}={}", program.access))]),
            401,
        );
    }
    for header in ["X-Authorization", "Proxy-Authorization", "X-Access-Token"] {
        problem(&ask(PATH, &[(header, &bearer)]), 401);
    }
    // A session is none for programs, and a token none for pages.
    problem(&owner.get(PATH), 401);
    program.get("/money").assert_status(303);
    // What else comes along does not matter.
    ask(
        &format!("{PATH}?access_token=x"),
        &[
            ("Authorization", &bearer),
            ("Cookie", "budget_session=x; access=x"),
        ],
    )
    .assert_ok();
}
