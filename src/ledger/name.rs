//! Names and descriptions: what may be in them.

use super::Problem;

/// The most characters of a name or a description.
pub(super) const CHARACTERS_MAX: usize = 255;

/// Checks and trims a name that must be there.
///
/// # Errors
/// The problem with `field`.
pub fn required(field: &'static str, text: &str) -> Result<String, Problem> {
    let text = optional(field, text)?;
    if text.is_empty() {
        Err(Problem {
            field,
            message: "Type a name.".into(),
        })
    } else {
        Ok(text)
    }
}

/// Checks and trims text that may be empty.
///
/// # Errors
/// The problem with `field`.
pub fn optional(field: &'static str, text: &str) -> Result<String, Problem> {
    // Postgres trims spaces only, so every other white space at an end must go here.
    let text = text.trim_matches(|one: char| one.is_whitespace() || is_invisible(one));
    // Line and paragraph separators break lines too, though Unicode does not call them control characters. Postgres refuses the same.
    if text
        .chars()
        .any(|one| one.is_control() || matches!(one, '\u{2028}' | '\u{2029}'))
    {
        return Err(Problem {
            field,
            message: "Take out the line breaks and control characters.".into(),
        });
    }
    if text.chars().any(turns_text_round) {
        return Err(Problem {
            field,
            message: "Take out the characters that change the direction of text; right-to-left words do not need them.".into(),
        });
    }
    let characters = text.chars().count();
    if characters > CHARACTERS_MAX {
        return Err(Problem {
            field,
            message: format!("Use at most {CHARACTERS_MAX} characters; these are {characters}."),
        });
    }
    Ok(text.to_owned())
}

/// Characters without width (of the Unicode category Cf, and fillers): a name of these alone would be no name. Inside a text they stay, for
/// some scripts and emoji need them.
const fn is_invisible(one: char) -> bool {
    matches!(
        one,
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{3164}'
            | '\u{feff}' | '\u{ffa0}'
    )
}

/// Overrides, embeddings and isolates can make a text read as another one (CVE-2021-42574).
const fn turns_text_round(one: char) -> bool {
    matches!(one, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_bounded() {
        assert_eq!(required("name", "  Main bank\t").unwrap(), "Main bank");
        assert!(required("name", "   ").is_err());
        assert!(required("name", "a\0b").is_err());
        assert!(optional("description", "two\nlines").is_err());
        assert!(optional("description", &"é".repeat(255)).is_ok());
        assert!(optional("description", &"é".repeat(256)).is_err());
        assert_eq!(optional("description", "").unwrap(), "");
        assert!(required("name", "\u{200b}\u{feff}").is_err());
        assert!(required("name", "a\u{202e}b").is_err());
        assert_eq!(required("name", "\u{feff}קניות").unwrap(), "קניות");
        assert_eq!(
            required("name", "👨\u{200d}👩\u{200d}👧").unwrap(),
            "👨\u{200d}👩\u{200d}👧"
        );
    }
}
