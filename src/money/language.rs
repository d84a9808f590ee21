//! The number format that a browser's languages suggest.
//!
//! The table follows the currency marks of Unicode CLDR for the languages and regions that browsers send.

use super::NumberFormat;
use super::NumberFormat::{ApostrophePoint, CommaPoint, PointComma, SpaceComma};
use crate::language::preferred;

impl NumberFormat {
    /// The format for an `Accept-Language` header, such as `de-CH,de;q=0.9,en`.
    ///
    /// The language with the highest weight decides, among equals the first; unknown ones are passed over, and so are
    /// those with a malformed weight or with `q=0`. Nothing known: the default. A header is only a guess at
    /// sign-up, the account page has the last word.
    #[must_use]
    pub fn for_language(accept_language: &str) -> Self {
        preferred(accept_language, |language, region| {
            region
                .and_then(|region| regional(language, region))
                .or_else(|| usual(language))
        })
        .unwrap_or_default()
    }
}

/// The format of a region that differs from its language.
fn regional(language: &str, region: &str) -> Option<NumberFormat> {
    Some(match (language, region) {
        // French Switzerland writes spaces, but decimals follow a point as in the rest of the country.
        ("de", "ch" | "li") | ("en" | "fr" | "it", "ch") => ApostrophePoint,
        ("ar", "dz" | "lb" | "ly" | "ma" | "mr" | "tn")
        | ("en", "at" | "be" | "de" | "dk" | "es" | "id" | "it" | "nl" | "pl" | "ro" | "si")
        | ("fr", "lu")
        | ("ms", "bn") => PointComma,
        ("en", "cz" | "fi" | "fr" | "hu" | "no" | "pt" | "se" | "sk" | "za")
        | ("es", "cr")
        | ("pt", "ao" | "ch" | "cv" | "gq" | "gw" | "lu" | "mo" | "mz" | "pt" | "st" | "tl") => SpaceComma,
        (
            "es",
            "419" | "br" | "bz" | "cu" | "do" | "gt" | "hn" | "mx" | "ni" | "pa" | "pe" | "pr" | "sv" | "us",
        ) => CommaPoint,
        _ => return None,
    })
}

/// The format of most regions of a language.
fn usual(language: &str) -> Option<NumberFormat> {
    Some(match language {
        "gsw" | "rm" => ApostrophePoint,
        "az" | "bs" | "ca" | "da" | "de" | "el" | "es" | "eu" | "fo" | "fy" | "gl" | "hr" | "id" | "is"
        | "it" | "ku" | "lb" | "lo" | "mk" | "nl" | "pt" | "ro" | "sl" | "sr" | "tr" | "vi" => PointComma,
        "af" | "be" | "bg" | "br" | "cs" | "eo" | "et" | "fi" | "fr" | "hu" | "hy" | "ka" | "kk" | "ky"
        | "lt" | "lv" | "nb" | "nn" | "no" | "pl" | "ru" | "se" | "sk" | "sq" | "sv" | "tg" | "tk" | "uk"
        | "uz" => SpaceComma,
        "am" | "ar" | "bn" | "cy" | "en" | "fa" | "fil" | "ga" | "gd" | "gu" | "he" | "hi" | "ja" | "kn"
        | "ko" | "ml" | "mn" | "mr" | "ms" | "mt" | "my" | "ne" | "pa" | "si" | "sw" | "ta" | "te" | "th"
        | "ur" | "zh" | "zu" => CommaPoint,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_heaviest_known_language_decides() {
        let cases = [
            ("de-CH,de;q=0.9,en", ApostrophePoint),
            ("de-DE,de;q=0.9,en-US;q=0.8", PointComma),
            ("en-US,en;q=0.5", CommaPoint),
            ("en;q=0.5,fr;q=0.9", SpaceComma),
            ("en;q=0.5, fr ; q=0.75 ,de;Q=0.750", SpaceComma),
            ("tlh,fr;q=0.3", SpaceComma),
            ("de;q=0,en;q=0.1", CommaPoint),
            ("de;q=0", CommaPoint),
            ("de;q=0.001", PointComma),
            ("de;q=1.000", PointComma),
            ("*", CommaPoint),
            ("*,de;q=0.1", PointComma),
            ("", CommaPoint),
            (",,;;q=", CommaPoint),
        ];
        for (header, format) in cases {
            assert_eq!(NumberFormat::for_language(header), format, "{header}");
        }
    }

    #[test]
    fn malformed_weights_are_passed_over() {
        for weight in [
            "", "1.1", "2", "0.1234", "-1", ".5", "0.x", "0.٣", "NaN", "1e-1", "q", "0..1",
        ] {
            let header = format!("de;q={weight},fr;q=0.1");
            assert_eq!(NumberFormat::for_language(&header), SpaceComma, "{weight}");
        }
        assert_eq!(NumberFormat::for_language("de;level=1,fr;q=0.1"), SpaceComma);
    }

    #[test]
    fn regions_and_scripts_are_seen() {
        let cases = [
            ("de-AT", PointComma),
            ("DE-li", ApostrophePoint),
            ("de-Latn-CH-1996", ApostrophePoint),
            ("it-CH", ApostrophePoint),
            ("fr-CH", ApostrophePoint),
            ("fr-CA", SpaceComma),
            ("gsw", ApostrophePoint),
            ("es", PointComma),
            ("es-MX", CommaPoint),
            ("es-419", CommaPoint),
            ("es-AR", PointComma),
            ("pt", PointComma),
            ("pt-BR", PointComma),
            ("pt-PT", SpaceComma),
            ("nb-NO", SpaceComma),
            ("zh-Hant-TW", CommaPoint),
            ("sr-Latn-RS", PointComma),
            ("en-GB", CommaPoint),
            ("en-ZA", SpaceComma),
            ("en-u-nu-de", CommaPoint),
            ("ar-MA", PointComma),
            ("hi-IN", CommaPoint),
        ];
        for (tag, format) in cases {
            assert_eq!(NumberFormat::for_language(tag), format, "{tag}");
        }
    }

    proptest! {
        #[test]
        fn any_header_gives_a_format(header in any::<String>(), likely in "[a-zA-Z0-9,;=. *-]{0,60}") {
            for text in [header, likely] {
                prop_assert!(NumberFormat::ALL.contains(&NumberFormat::for_language(&text)));
            }
        }
    }
}
