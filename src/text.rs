//! How is a text cut, hashed and made harmless, whoever it goes to?

use sha2::{Digest, Sha256};

/// Twenty hexadecimal digits of SHA-256: names a text in keys and ledgers without telling it.
pub fn hash(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes())[..10])
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Cuts a text into pieces of at most `most` characters, at a line's end or a blank where there is one in the
/// last quarter of the piece. Joined, the pieces are the text. An empty text is one empty piece.
pub fn parts(text: &str, most: usize) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((limit, _)) = rest.char_indices().nth(most) {
        let window = &rest[..limit];
        let least = window.len() - window.len() / 4;
        let cut = [window.rfind('\n'), window.rfind(' ')]
            .into_iter()
            .flatten()
            .map(|at| at + 1)
            .find(|at| *at >= least)
            .unwrap_or(limit);
        pieces.push(rest[..cut].to_owned());
        rest = &rest[cut..];
    }
    if !rest.is_empty() || pieces.is_empty() {
        pieces.push(rest.to_owned());
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_joined_are_the_text_and_none_is_too_long() {
        for text in ["", "short", &"word ".repeat(4_000), &"x".repeat(12_000), &"é\n".repeat(6_000)] {
            let pieces = parts(text, 2_900);
            assert_eq!(pieces.concat(), text);
            assert!(pieces.iter().all(|piece| piece.chars().count() <= 2_900));
        }
    }

    #[test]
    fn a_cut_prefers_the_end_of_a_line() {
        assert_eq!(parts("aaaa bbb\ncc", 10), ["aaaa bbb\n", "cc"]);
        assert_eq!(parts("aaaaaaaaaaaa", 10), ["aaaaaaaaaa", "aa"]);
    }

    #[test]
    fn a_hash_names_a_text_without_telling_it() {
        assert_eq!(hash("a").len(), 20);
        assert_ne!(hash("a"), hash("b"));
    }
}
