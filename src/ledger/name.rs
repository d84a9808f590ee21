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
    let text = text.trim();
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
    let characters = text.chars().count();
    if characters > CHARACTERS_MAX {
        return Err(Problem {
            field,
            message: format!("Use at most {CHARACTERS_MAX} characters; these are {characters}."),
        });
    }
    Ok(text.to_owned())
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
    }
}
