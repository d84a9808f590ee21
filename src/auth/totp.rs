//! One-time codes of an authenticator app (RFC 6238): SHA-1, six digits, thirty seconds, which every app knows.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use qrcode::{Color, QrCode};
use totp_rs::{Algorithm, Builder, Totp};

use super::secret::{self, NoRandomness};

/// Bytes of a secret: 160 bits, as the RFC recommends.
pub const SECRET_BYTES: usize = 20;
/// Digits of a code.
const DIGITS: u8 = 6;
/// Seconds that a code is shown for.
const STEP_SECONDS: u64 = 30;
/// Steps that a clock may be off, each way.
const SKEW_STEPS: u16 = 1;
/// Who the code is for, as the app shows it.
const ISSUER: &str = "Budget";
/// Modules of white around a picture; the standard asks for four.
const QUIET: usize = 4;
/// Letters between two spaces of a secret that is typed.
const GROUP: usize = 4;

/// What could not be shown or checked.
#[derive(Debug, thiserror::Error)]
pub enum TotpError {
    /// The secret is too short, or the picture would be too large.
    #[error("the second factor cannot be used: {0}")]
    Unusable(String),
}

/// A new secret, to be kept in the [`vault`](super::vault).
///
/// # Errors
/// When the system has no randomness to give.
pub fn new_secret() -> Result<[u8; SECRET_BYTES], NoRandomness> {
    secret::random_bytes()
}

/// The step of the code, if it is one of now, or of one step before or after. Spaces in it do not count.
///
/// The caller remembers the last step that was taken and refuses it and those before it, so that a code that was seen cannot be used again.
///
/// # Errors
/// [`TotpError::Unusable`] for a secret that is none of ours.
pub fn check(secret: &[u8], code: &str, now: DateTime<Utc>) -> Result<Option<i64>, TotpError> {
    let code: String = code.chars().filter(|one| !one.is_whitespace()).collect();
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    let step = totp(secret, "account")?.check(&code, seconds);
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

/// The address that an app reads: `otpauth://totp/Budget:…`.
///
/// # Errors
/// [`TotpError::Unusable`] for a secret that is none of ours.
pub fn uri(secret: &[u8], email: &str) -> Result<String, TotpError> {
    // Between issuer and account stands a colon, so that neither may have one.
    let account = email.replace(':', ".");
    totp(secret, &account)?.to_url().map_err(unusable)
}

/// The secret as somebody types it who cannot scan the picture: base 32, in groups of four.
#[must_use]
pub fn typed(secret: &[u8]) -> String {
    let letters = totp_rs::Secret::from(secret.to_vec()).to_base32();
    let mut text = String::new();
    for (place, letter) in letters.chars().enumerate() {
        if place > 0 && place % GROUP == 0 {
            text.push(' ');
        }
        text.push(letter);
    }
    text
}

/// The picture of an address: an SVG of one black path on white, with a quiet zone and a title, to be put into a page as it is.
///
/// # Errors
/// [`TotpError::Unusable`] for a text that is too long.
pub fn picture(uri: &str) -> Result<String, TotpError> {
    let code = QrCode::new(uri).map_err(unusable)?;
    let width = code.width();
    let colors = code.to_colors();
    let side = width + 2 * QUIET;
    let mut path = String::new();
    for (row, modules) in colors.chunks(width.max(1)).enumerate() {
        let mut column = 0;
        while let Some(rest) = modules.get(column..).filter(|rest| !rest.is_empty()) {
            let light = rest.iter().take_while(|one| **one == Color::Light).count();
            let dark = rest
                .iter()
                .skip(light)
                .take_while(|one| **one == Color::Dark)
                .count();
            if dark > 0 {
                let (x, y) = (column + light + QUIET, row + QUIET);
                write!(path, "M{x} {y}h{dark}v1h-{dark}z").map_err(unusable)?;
            }
            column += light + dark;
        }
    }
    Ok(format!(
        "<svg class=\"qr\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\" role=\"img\" \
         aria-labelledby=\"qr-title\"><title id=\"qr-title\">QR code for your authenticator app</title>\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}h-{side}z\"/><path fill=\"#000\" d=\"{path}\"/></svg>"
    ))
}

fn totp(secret: &[u8], account: &str) -> Result<Totp, TotpError> {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(DIGITS)
        .with_skew(SKEW_STEPS)
        .with_step_duration(STEP_SECONDS)
        .with_secret(secret.to_vec())
        .with_issuer(Some(ISSUER))
        .with_account_name(account)
        .build()
        .map_err(unusable)
}

fn unusable(error: impl std::fmt::Display) -> TotpError {
    TotpError::Unusable(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of the RFC's test vectors.
    const SECRET: &[u8; SECRET_BYTES] = b"12345678901234567890";

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn step(code: &str, seconds: i64) -> Option<i64> {
        check(SECRET, code, at(seconds)).unwrap()
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, its last six digits.
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(step(code, seconds), Some(seconds / 30), "{code}");
        }
    }

    #[test]
    fn a_code_is_good_one_step_early_and_late() {
        let code = "050471"; // of the step that begins at 1,111,111,110
        for (seconds, good) in [
            (-31, false),
            (-30, true),
            (0, true),
            (29, true),
            (59, true),
            (60, false),
        ] {
            let found = step(code, 1_111_111_110 + seconds);
            // Always the code's own step, so that it is not taken again half a minute later.
            assert_eq!(found, good.then_some(1_111_111_110 / 30), "{seconds}");
        }
    }

    #[test]
    fn spaces_do_not_count_and_anything_else_does() {
        assert_eq!(step(" 050 471\n", 1_111_111_111), Some(37_037_037));
        for bad in [
            "",
            "50471",
            "0504711",
            "05047l",
            "+50471",
            "٠٥٠٤٧١",
            "050-471",
            "050472",
        ] {
            assert_eq!(step(bad, 1_111_111_111), None, "{bad}");
        }
        assert!(check(b"short", "050471", at(0)).is_err());
    }

    #[test]
    fn apps_read_the_address_and_people_the_secret() {
        let uri = uri(SECRET, "ada+money@example.org").unwrap();
        assert!(
            uri.starts_with("otpauth://totp/Budget:ada%2Bmoney%40example.org?"),
            "{uri}"
        );
        for part in ["secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "issuer=Budget"] {
            assert!(uri.contains(part), "{uri}");
        }
        assert_eq!(typed(SECRET), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert!(super::uri(SECRET, "a:b@example.org").is_ok());
        assert_ne!(new_secret().unwrap(), new_secret().unwrap());
    }

    #[test]
    fn the_picture_holds_every_module_and_nothing_inline() {
        let uri = uri(SECRET, "ada@example.org").unwrap();
        let svg = picture(&uri).unwrap();
        let document = roxmltree::Document::parse(&svg).unwrap();
        assert!(
            document
                .descendants()
                .any(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "title")))
        );
        assert!(!svg.contains("style") && !svg.contains("script") && !svg.contains("currentColor"));

        // Painted again from the path, it is the code.
        let code = QrCode::new(&uri).unwrap();
        let mut painted = vec![Color::Light; code.width() * code.width()];
        let path = document
            .descendants()
            .filter_map(|node| node.attribute("d"))
            .next_back()
            .unwrap();
        for run in path.split('M').skip(1) {
            let numbers: Vec<usize> = run
                .split(|one: char| !one.is_ascii_digit())
                .filter_map(|number| number.parse().ok())
                .collect();
            let (x, y, length) = (numbers[0] - QUIET, numbers[1] - QUIET, numbers[2]);
            for place in x..x + length {
                painted[y * code.width() + place] = Color::Dark;
            }
        }
        assert!(painted == code.to_colors());
        assert!(picture(&"x".repeat(10_000)).is_err());
    }
}
