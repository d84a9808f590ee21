//! What a message says, and its two faces: text and HTML, with the same words.

use askama::Template;

/// A button that leads to a page. What the page does happens there, after another click: programs that look into mail follow links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// What it says.
    pub label: String,
    /// The whole address.
    pub link: String,
}

/// A message to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The address of whoever gets it.
    pub to: String,
    /// A few words without names: those come from people.
    pub subject: String,
    /// The first line; most letters need none.
    pub greeting: Option<String>,
    /// What it says, in order.
    pub paragraphs: Vec<String>,
    /// Where it leads, if anywhere.
    pub button: Option<Button>,
    /// Why one gets it, and what to do if one did not ask.
    pub closing: String,
}

#[derive(Template)]
#[template(path = "mail/letter.txt")]
struct AsText<'a> {
    message: &'a Message,
}

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct AsHtml<'a> {
    message: &'a Message,
}

impl Message {
    /// As plain text.
    ///
    /// # Errors
    /// When the template cannot be filled in.
    pub fn text(&self) -> Result<String, askama::Error> {
        AsText { message: self }.render()
    }

    /// As HTML, with what comes from people escaped.
    ///
    /// # Errors
    /// When the template cannot be filled in.
    pub fn html(&self) -> Result<String, askama::Error> {
        AsHtml { message: self }.render()
    }
}

/// What comes from people, on one line: whatever breaks lines becomes a space, and what is very long is cut.
pub(super) fn on_one_line(text: &str, characters_max: usize) -> String {
    let breaks = |one: char| one.is_control() || matches!(one, '\u{2028}' | '\u{2029}');
    let line: String = text
        .chars()
        .map(|one| if breaks(one) { ' ' } else { one })
        .collect();
    let line = line.trim();
    if line.chars().count() <= characters_max {
        return line.to_owned();
    }
    let mut cut: String = line.chars().take(characters_max.saturating_sub(1)).collect();
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Message {
        Message {
            to: "ada@example.org".to_owned(),
            subject: "A test".to_owned(),
            greeting: Some("Hello Ada,".to_owned()),
            paragraphs: vec!["First <b>bold</b> & Söhne.".to_owned(), "Second.".to_owned()],
            button: Some(Button {
                label: "Look".to_owned(),
                link: "https://budget.example.org/x?a=1&b=\"2\"".to_owned(),
            }),
            closing: "You get this because you asked.".to_owned(),
        }
    }

    #[test]
    fn both_faces_say_the_same() {
        let message = message();
        let text = message.text().unwrap();
        assert_eq!(
            text,
            "Hello Ada,\n\nFirst <b>bold</b> & Söhne.\n\nSecond.\n\nLook:\nhttps://budget.example.org/x?a=1&b=\"2\"\n\n-- \nYou get this because you asked."
        );
        let html = message.html().unwrap();
        for part in [
            "Hello Ada,",
            "&#60;b&#62;bold",
            "Söhne.",
            "Second.",
            "You get this",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert!(!html.contains("<b>") && !html.contains("b=\"2\""), "{html}");
        assert!(
            html.contains("href=\"https://budget.example.org/x?a=1&#38;b=&#34;2&#34;\""),
            "{html}"
        );
    }

    #[test]
    fn a_message_may_do_without_greeting_and_button() {
        let message = Message {
            greeting: None,
            button: None,
            ..message()
        };
        assert!(message.text().unwrap().starts_with("First"));
        let html = message.html().unwrap();
        assert!(!html.contains("href") && !html.contains("Hello"), "{html}");
    }

    #[test]
    fn what_people_write_stays_on_one_line() {
        assert_eq!(on_one_line(" a\r\nBcc: b\u{2028}c\u{0}\t ", 60), "a  Bcc: b c");
        assert_eq!(on_one_line("ä", 1), "ä");
        assert_eq!(on_one_line("äöü ß", 5), "äöü ß");
        assert_eq!(on_one_line("äöü ßx", 5), "äöü…");
    }
}
