//! The languages that a browser asks for, and the first of them that a table of ours knows.

/// What `known` says of the language with the highest weight in an `Accept-Language` header such as `de-CH,de;q=0.9,en`, among equals of
/// the first.
///
/// Languages that `known` says nothing of are passed over, and so are those with a malformed weight or with `q=0`. It is given the language and
/// its region, both in lower case: `de` and `ch`; a region is two letters or three digits.
pub fn preferred<T>(accept_language: &str, known: impl Fn(&str, Option<&str>) -> Option<T>) -> Option<T> {
    let mut best: Option<(u32, T)> = None;
    for range in accept_language.split(',') {
        if let Some((tag, weight)) = tag_and_weight(range)
            && weight > best.as_ref().map_or(0, |(heaviest, _)| *heaviest)
            && let Some(found) = of_tag(tag, &known)
        {
            best = Some((weight, found));
        }
    }
    best.map(|(_, found)| found)
}

/// One language of the header and its weight in thousandths (RFC 9110, section 12.5.4), unless that is malformed.
fn tag_and_weight(range: &str) -> Option<(&str, u32)> {
    match range.split_once(';') {
        None => Some((range.trim(), 1000)),
        Some((tag, parameter)) => {
            let (name, value) = parameter.split_once('=')?;
            let is_weight = name.trim().eq_ignore_ascii_case("q");
            is_weight
                .then(|| thousandths(value.trim()))?
                .map(|weight| (tag.trim(), weight))
        }
    }
}

/// A weight from `0` to `1` with at most three decimals, in thousandths.
fn thousandths(weight: &str) -> Option<u32> {
    let (whole, decimals) = weight.split_once('.').unwrap_or((weight, ""));
    if decimals.len() > 3 {
        return None;
    }
    let padded = decimals.chars().chain("000".chars()).take(3);
    let decimals = padded
        .map(|digit| digit.to_digit(10))
        .try_fold(0, |sum, digit| Some(sum * 10 + digit?))?;
    match (whole, decimals) {
        ("0", decimals) => Some(decimals),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

/// What is known of a language tag such as `de-CH` or `sr-Latn-RS` (RFC 5646).
fn of_tag<T>(tag: &str, known: impl Fn(&str, Option<&str>) -> Option<T>) -> Option<T> {
    let tag = tag.to_ascii_lowercase();
    let mut subtags = tag.split('-');
    let language = subtags.next()?;
    // A single character begins an extension, where two letters are no region.
    let region = subtags
        .take_while(|part| part.len() > 1)
        .find(|part| is_region(part));
    known(language, region)
}

/// Two letters or three digits.
fn is_region(subtag: &str) -> bool {
    match subtag.len() {
        2 => subtag.bytes().all(|byte| byte.is_ascii_lowercase()),
        3 => subtag.bytes().all(|byte| byte.is_ascii_digit()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(header: &str) -> Option<String> {
        preferred(header, |language, region| {
            (language != "tlh" && language != "*").then(|| format!("{language}/{}", region.unwrap_or("-")))
        })
    }

    #[test]
    fn the_heaviest_known_language_is_told_with_its_region() {
        for (header, found) in [
            ("de-CH,de;q=0.9,en", "de/ch"),
            ("en;q=0.5, fr ; q=0.75 ,de;Q=0.750", "fr/-"),
            ("tlh,fr;q=0.3", "fr/-"),
            ("*,de;q=0.1", "de/-"),
            ("de-Latn-CH-1996", "de/ch"),
            ("es-419", "es/419"),
            ("en-u-nu-de", "en/-"),
        ] {
            assert_eq!(told(header).as_deref(), Some(found), "{header}");
        }
        for header in ["tlh", "*", "de;q=0", "de;q=2", "de;level=1"] {
            assert_eq!(told(header), None, "{header}");
        }
    }
}
