//! Recovery codes: ten ways back in for somebody whose second factor is lost. Each is good once.

use super::secret::{self, NoRandomness};

/// How many codes somebody gets at once.
pub const CODES: usize = 10;
/// Bytes of randomness in a code: 80 bits.
const CODE_BYTES: usize = 10;
/// Characters of a code: five bits each.
const CODE_CHARACTERS: usize = 16;
/// Characters between two dashes.
const GROUP: usize = 4;
/// The digits and letters of a code: without i, l and o, which look like 1 and 0, and without u.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// New codes, such as `k3v9-0rqx-7m2d-tz4h`.
///
/// # Errors
/// When the system has no randomness to give.
pub fn new_codes() -> Result<Vec<String>, NoRandomness> {
    (0..CODES)
        .map(|_| secret::random_bytes::<CODE_BYTES>().map(|bytes| written(&bytes)))
        .collect()
}

/// What is stored of a code, from however it was typed: case, spaces and dashes do not count, and what looks alike is alike. Nothing when it
/// cannot be a code. A code is random, so a plain hash is enough.
#[must_use]
pub fn hash(typed: &str) -> Option<[u8; 32]> {
    read(typed).map(|code| secret::hash(&code))
}

/// The sixteen characters of a code, from however it was typed.
fn read(typed: &str) -> Option<String> {
    let mut code = String::new();
    for one in typed.chars() {
        let one = match one.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            // Word processors make long dashes of short ones.
            '-' | '\u{2010}'..='\u{2015}' => continue,
            white if white.is_whitespace() => continue,
            other => other,
        };
        if !u8::try_from(one).is_ok_and(|one| ALPHABET.contains(&one)) || code.len() == CODE_CHARACTERS {
            return None;
        }
        code.push(one);
    }
    (code.len() == CODE_CHARACTERS).then_some(code)
}

/// The bytes as characters of five bits, in groups.
fn written(bytes: &[u8; CODE_BYTES]) -> String {
    let mut code = String::new();
    let (mut bits, mut count) = (0_u32, 0_u32);
    let mut written = 0;
    for byte in bytes {
        bits = (bits << 8) | u32::from(*byte);
        count += 8;
        while count >= 5 {
            count -= 5;
            let place = usize::try_from((bits >> count) & 31).unwrap_or_default();
            if written > 0 && written % GROUP == 0 {
                code.push('-');
            }
            code.push(ALPHABET.get(place).copied().map_or('0', char::from));
            written += 1;
        }
        bits &= (1 << count) - 1;
    }
    code
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_ten_and_all_different() {
        let codes = new_codes().unwrap();
        let different: BTreeSet<_> = codes.iter().collect();
        assert_eq!(different.len(), CODES);
        for code in codes {
            let groups: Vec<_> = code.split('-').collect();
            assert_eq!(
                groups.iter().map(|group| group.len()).collect::<Vec<_>>(),
                [4; 4],
                "{code}"
            );
            assert_eq!(read(&code).unwrap(), groups.concat());
        }
    }

    #[test]
    fn every_bit_counts() {
        assert_eq!(written(&[0; CODE_BYTES]), "0000-0000-0000-0000");
        assert_eq!(written(&[255; CODE_BYTES]), "zzzz-zzzz-zzzz-zzzz");
        let mut seen = BTreeSet::new();
        for byte in 0..CODE_BYTES {
            for bit in 0..8 {
                let mut bytes = [0; CODE_BYTES];
                bytes[byte] = 1 << bit;
                assert!(seen.insert(written(&bytes)));
            }
        }
    }

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let wanted = hash("k1v9-0rqx-7m2d-tz4h");
        assert!(wanted.is_some());
        for typed in [
            "k1v90rqx7m2dtz4h",
            "K1V9-0RQX-7M2D-TZ4H",
            " kIv9 Orqx 7m2d tz4h\n",
            "klv9–orqx–7m2d–tz4h",
        ] {
            assert_eq!(hash(typed), wanted, "{typed}");
        }
        for bad in [
            "",
            "k1v9-0rqx-7m2d-tz4",
            "k1v9-0rqx-7m2d-tz4hh",
            "u1v9-0rqx-7m2d-tz4h",
            "é1v9-0rqx-7m2d-tz4h",
        ] {
            assert_eq!(hash(bad), None, "{bad}");
        }
        assert_ne!(hash("k1v9-0rqx-7m2d-tz4j"), wanted);
    }
}
