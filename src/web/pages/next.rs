//! Where a log-in leads when `?next=` says so: to a page of this site, and nowhere else.

use url::Url;

use super::front::START_PAGE;

/// What stands for this site when a path is read as browsers read it.
const HERE: &str = "http://budget.invalid";

/// A path of this site, so that `?next=` sends nobody elsewhere. What is no such path leads to the start page.
pub(super) fn local_path(path: &str) -> &str {
    let leads_away = matches!(path.as_bytes().get(1), Some(b'/' | b'\\'));
    let good = path.starts_with('/')
        && !leads_away
        && path.is_ascii()
        && !path.chars().any(char::is_control)
        && stays_here(path);
    if good { path } else { START_PAGE }
}

/// Whether a browser that is here stays here.
fn stays_here(path: &str) -> bool {
    let here = Url::parse(HERE);
    here.is_ok_and(|here| here.join(path).is_ok_and(|there| there.origin() == here.origin()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_stays_on_this_site() {
        let start = Some(START_PAGE);
        let cases = [
            // Paths of ours, as they are.
            ("/transactions?period=2026", None),
            ("/transactions/new#amount", None),
            ("/login?next=https://evil.example", None), // which is looked at in its turn
            ("/login?next=//evil.example", None),
            ("/%2f/evil.example", None),
            ("/%5cevil.example", None),
            ("/%09/evil.example", None),
            ("/@evil.example", None),
            ("/:80@evil.example", None),
            ("/money?at=user@evil.example", None),
            ("/.//evil.example", None),
            ("/..//evil.example", None),
            ("/#//evil.example", None),
            ("/https://evil.example", None),
            ("/ /evil.example", None),
            // Everything else.
            ("", start),
            ("money", start),
            ("//evil.example", start),
            ("///evil.example", start),
            ("////evil.example", start),
            ("/\\evil.example", start),
            ("\\\\evil.example", start),
            ("\\/evil.example", start),
            ("/\t/evil.example", start),
            ("/\n/evil.example", start),
            ("/\r\n/evil.example", start),
            ("\t//evil.example", start),
            (" //evil.example", start),
            ("https:evil.example", start),
            ("https:/evil.example", start),
            ("https://evil.example", start),
            ("http://budget.example@evil.example", start),
            ("javascript:alert(1)", start),
            ("data:text/html,x", start),
            ("@evil.example", start),
            (".evil.example", start),
            ("?next=x", start),
            ("#x", start),
            ("/a\r\nSet-Cookie: x=y", start),
            ("/\0/evil.example", start),
            ("/\u{7f}/evil.example", start),
            ("\u{ff0f}\u{ff0f}evil.example", start),
            ("/\u{ff0f}evil.example", start),
            ("/\u{2044}evil.example", start),
            ("/\u{2215}evil.example", start),
            ("/\u{200b}/evil.example", start),
            ("/\u{3002}evil.example", start),
        ];
        let here = Url::parse("https://budget.example/login").unwrap();
        for (path, wanted) in cases {
            let led = local_path(path);
            assert_eq!(led, wanted.unwrap_or(path), "{path:?}");
            let there = here.join(led).unwrap();
            assert_eq!(there.origin(), here.origin(), "{path:?}");
            assert_eq!((there.username(), there.password()), ("", None), "{path:?}");
        }
    }
}
