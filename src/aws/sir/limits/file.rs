//! Under which name can a file go to a case, and is it small enough?
//! <https://docs.aws.amazon.com/security-ir/latest/APIReference/API_GetCaseAttachmentUploadUrl.html>

use super::{Length, Result, error, number};

/// The most bytes of one file: 100 MiB.
pub(crate) const MOST_BYTES: u64 = 104_857_600;
pub(crate) const MOST_FILES: usize = 50;
const LONGEST: usize = 255;
/// The longest end of a name that is kept as its extension, with the dot.
const EXTENSION: usize = 16;

pub fn name(text: &str) -> Result<()> {
    Length { field: "file", what: "The name of a file", least: 1, most: LONGEST }.check(text)?;
    match text.chars().find(|char| !plain(*char)) {
        Some(char) => Err(error(
            "file",
            format!(
                "\"{text}\" cannot be sent: the name of a file has letters a–z, digits and . _ - only, no \"{char}\"."
            ),
        )),
        None => Ok(()),
    }
}

pub fn size(bytes: u64) -> Result<()> {
    let given = number(usize::try_from(bytes).unwrap_or(usize::MAX));
    match bytes {
        0 => Err(error("file", "An empty file cannot be attached.")),
        1..=MOST_BYTES => Ok(()),
        _ => Err(error(
            "file",
            format!("A file has at most 100 MiB (104,857,600 bytes); this has {given} bytes."),
        )),
    }
}

/// Makes a name that the service takes, unlike those that the case has, out of any name. Keeps the extension.
/// The same name gives the same answer, so that a repetition asks for the same file.
pub fn fit(original: &str, taken: &[&str]) -> String {
    let (stem, extension) = split(original);
    let (stem, extension) = (tame(stem), tame(extension));
    let stem = if stem.is_empty() { "file".to_owned() } else { stem };
    let first = join(&stem, "", &extension);
    // One of so many names is not among those taken.
    (2..=taken.len() + 1)
        .map(|copy| join(&stem, &format!("-{copy}"), &extension))
        .fold(first, |name, next| if taken.contains(&name.as_str()) { next } else { name })
}

fn plain(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '.' | '_' | '-')
}

/// The last dot begins the extension, unless the name begins with it or what follows is too long to be one.
fn split(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(at) if at > 0 && name.len() - at <= EXTENSION => name.split_at(at),
        _ => (name, ""),
    }
}

/// What the service does not take becomes `_`, one for each run of it.
fn tame(text: &str) -> String {
    let mut tamed = String::new();
    for char in text.chars() {
        match plain(char) {
            true => tamed.push(char),
            false if tamed.ends_with('_') => {}
            false => tamed.push('_'),
        }
    }
    tamed
}

/// Cuts the stem so that all of it fits. All is ASCII here.
fn join(stem: &str, suffix: &str, extension: &str) -> String {
    let room = LONGEST - suffix.len() - extension.len();
    format!("{}{suffix}{extension}", &stem[..stem.len().min(room)])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_made_fit_and_keeps_its_extension() {
        let long = "a".repeat(300);
        for (original, fitted) in [
            ("evidence.pcap", "evidence.pcap"),
            ("Bildschirmfoto 2026-11-21 um 10.00.png", "Bildschirmfoto_2026-11-21_um_10.00.png"),
            ("über  alles.tar.gz", "_ber_alles.tar.gz"),
            ("../../etc/passwd", ".._.._etc_passwd"),
            ("日本語.txt", "_.txt"),
            (".bashrc", ".bashrc"),
            ("", "file"),
            ("noext", "noext"),
            ("a\u{202e}gnp.exe", "a_gnp.exe"),
            ("x.an extension that is none", "x.an_extension_that_is_none"),
        ] {
            assert_eq!(fit(original, &[]), fitted, "{original:?}");
        }
        assert_eq!(fit(&format!("{long}.json"), &[]), format!("{}.json", "a".repeat(250)));
    }

    #[test]
    fn two_files_of_one_name_are_kept_apart() {
        assert_eq!(fit("a b.log", &["a_b.log"]), "a_b-2.log");
        assert_eq!(fit("a.log", &["a-2.log", "a.log"]), "a-3.log");
        assert_eq!(fit("a.log", &["a-2.log"]), "a.log");
        let long = format!("{}.log", "a".repeat(251));
        assert_eq!(fit(&long, &[&long]), format!("{}-2.log", "a".repeat(249)));
    }

    #[test]
    fn a_file_has_between_one_byte_and_100_mebibytes() {
        assert_eq!((size(1), size(104_857_600)), (Ok(()), Ok(())));
        assert_eq!(size(0).expect_err("empty").to_string(), "An empty file cannot be attached.");
        let large = size(104_857_601).expect_err("large").to_string();
        assert_eq!(large, "A file has at most 100 MiB (104,857,600 bytes); this has 104,857,601 bytes.");
    }

    #[test]
    fn a_name_that_the_service_would_refuse_is_explained() {
        for (bad, reason) in
            [("", "empty"), ("a b", "no \" \""), ("é", "no \"é\""), (&*"x".repeat(256), "at most 255")]
        {
            let refused = name(bad).expect_err("refused").to_string();
            assert!(refused.contains(reason), "{refused}");
        }
    }

    proptest! {
        #[test]
        fn whatever_a_file_is_called_its_fitted_name_is_taken_and_new(original in ".{0,300}", copies in 0_usize..5) {
            let mut taken: Vec<String> = Vec::new();
            for _ in 0..=copies {
                let others: Vec<&str> = taken.iter().map(String::as_str).collect();
                let fitted = fit(&original, &others);
                prop_assert_eq!(name(&fitted), Ok(()));
                prop_assert!(!taken.contains(&fitted));
                taken.push(fitted);
            }
        }
    }
}
