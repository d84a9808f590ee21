//! Secrets of one-time links, such as the one that confirms an address: the id of a row and its seal.
//!
//! A link can be made again from the id alone, so no secret has to wait in a queue of mails. The database keeps only the
//! [`hash`](super::secret::hash) of the text, and says whether the link was used or is too old.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use super::seal::Sealer;

/// Bytes of an id.
const ID_BYTES: usize = 16;

/// The secret of the link for the row with this id: 64 characters that are safe in URLs.
///
/// `purpose` names the kind of link; a link of another kind is worth nothing in its place.
#[must_use]
pub fn secret(sealer: &Sealer, purpose: &str, id: Uuid) -> String {
    let mut bytes = id.as_bytes().to_vec();
    bytes.extend_from_slice(&sealer.mark(purpose, id.as_bytes()));
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The id in a link of this kind that we made; nothing from any other text. It takes the same time wherever the seal differs.
#[must_use]
pub fn read(sealer: &Sealer, purpose: &str, text: &str) -> Option<Uuid> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (id, mark) = bytes.split_at_checked(ID_BYTES)?;
    let good = sealer.is_mark(purpose, id, mark);
    Uuid::from_slice(id).ok().filter(|_| good)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_made_again_and_read_back() {
        let sealer = Sealer::new(&vec![1; 32].into());
        let id = Uuid::now_v7();
        let text = secret(&sealer, "reset", id);
        assert_eq!(text.len(), 64);
        assert_eq!(secret(&sealer, "reset", id), text);
        assert_eq!(read(&sealer, "reset", &text), Some(id));
    }

    #[test]
    fn whatever_else_is_none() {
        let sealer = Sealer::new(&vec![1; 32].into());
        let id = Uuid::now_v7();
        let text = secret(&sealer, "reset", id);
        assert_eq!(read(&sealer, "invite", &text), None);
        assert_eq!(read(&Sealer::new(&vec![2; 32].into()), "reset", &text), None);
        let other = secret(&sealer, "reset", Uuid::now_v7());
        let mixed = format!("{}{}", &other[..22], &text[22..]);
        for bad in [
            "",
            "x",
            &text[..63],
            &text[..22],
            &format!("{text}AAAA"),
            &mixed,
            "é",
        ] {
            assert_eq!(read(&sealer, "reset", bad), None, "{bad}");
        }
    }
}
