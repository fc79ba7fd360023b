//! Whether an exported folder is as it was signed; where not, which file, and in the timeline which line.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs,
    fs::File,
    io,
    io::Read,
    path::{Path, PathBuf},
};

use casebridge::case::text;
use sha2::{Digest, Sha256};

use super::{
    chain::{self, Linked, MANIFEST, Manifest, SIGNATURE, TIMELINE},
    keys::{KeyError, VerifyingKey},
};

#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("{}: {error}", path.display())]
    Read { path: PathBuf, error: io::Error },
    #[error("{} is not as it was exported:\n{}", folder.display(), lines(found))]
    Differs { folder: PathBuf, found: Vec<Difference> },
}

fn lines(found: &[Difference]) -> String {
    found.iter().map(|one| format!("  {one}")).collect::<Vec<_>>().join("\n")
}

/// What is not as it was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    Missing(String),
    Added(String),
    Differs(String),
    /// Nothing else can be believed.
    Signature,
    /// The signature is right, and it was put on something that no export writes.
    Manifest,
    Line {
        line: usize,
        how: LineDifference,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineDifference {
    Differs,
    /// It would be this line.
    Missing,
    Added,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(name) => write!(f, "{name} is missing"),
            Self::Added(name) => write!(f, "{name} was added"),
            Self::Differs(name) => write!(f, "{name} differs"),
            Self::Signature => write!(
                f,
                "{MANIFEST} or {SIGNATURE} differs, or another key signed them: nothing in the folder can be believed"
            ),
            Self::Manifest => write!(f, "{MANIFEST} is signed, but is no export's"),
            Self::Line { line, how: LineDifference::Differs } => write!(f, "{TIMELINE}: line {line} differs"),
            Self::Line { line, how: LineDifference::Missing } => {
                write!(f, "{TIMELINE}: what was line {line} is missing")
            }
            Self::Line { line, how: LineDifference::Added } => write!(f, "{TIMELINE}: line {line} was added"),
        }
    }
}

/// Says that all is as it was signed.
pub fn run(folder: &Path, key: &Path) -> Result<String, VerifyError> {
    let key = VerifyingKey::read(key)?;
    let read = |path: &Path| verify(path, &key);
    match read(folder).map_err(|(path, error)| VerifyError::Read { path, error })? {
        Ok(Manifest { case, exported_at, exported_by, files, .. }) => {
            let lines: usize = files.iter().map(|file| file.lines.len()).sum();
            let by = if exported_by.is_empty() { String::new() } else { format!(" by {exported_by}") };
            Ok(text::visible(&format!(
                "{} is as it was exported: case {case}, at {exported_at}{by}; {}, {}, signed by the key {}",
                folder.display(),
                text::counted(files.len(), "file", "files"),
                text::counted(lines, "line", "lines"),
                key.fingerprint()
            )))
        }
        Err(found) => Err(VerifyError::Differs { folder: folder.to_owned(), found }),
    }
}

type Broken = (PathBuf, io::Error);

/// The manifest, or what differs from it.
fn verify(folder: &Path, key: &VerifyingKey) -> Result<Result<Manifest, Vec<Difference>>, Broken> {
    let mut found = BTreeMap::new();
    walk(folder, "", &mut found)?;
    let missing: Vec<_> =
        [MANIFEST, SIGNATURE].into_iter().filter(|name| !found.contains_key(*name)).collect();
    if !missing.is_empty() {
        return Ok(Err(missing.into_iter().map(|name| Difference::Missing(name.to_owned())).collect()));
    }
    let [manifest, signature] = [MANIFEST, SIGNATURE].map(|name| {
        let path = folder.join(name);
        fs::read(&path).map_err(|error| (path, error))
    });
    let (manifest, signature) = (manifest?, signature?);
    if !key.has_signed(&manifest, &signature) {
        return Ok(Err(vec![Difference::Signature]));
    }
    let Some(manifest) = Manifest::read(&manifest) else { return Ok(Err(vec![Difference::Manifest])) };
    let differences = compare(folder, &manifest, &found)?;
    Ok(if differences.is_empty() { Ok(manifest) } else { Err(differences) })
}

/// Everything in a folder by its name below it, and whether it is a file: nothing else belongs into an export.
fn walk(folder: &Path, below: &str, found: &mut BTreeMap<String, bool>) -> Result<(), Broken> {
    let broken = |error| (folder.to_owned(), error);
    for entry in fs::read_dir(folder).map_err(broken)? {
        let entry = entry.map_err(broken)?;
        let kind = entry.file_type().map_err(broken)?;
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        match kind.is_dir() {
            true => walk(&entry.path(), &format!("{name}/"), found)?,
            false => drop(found.insert(name, kind.is_file())),
        }
    }
    Ok(())
}

fn compare(
    folder: &Path,
    manifest: &Manifest,
    found: &BTreeMap<String, bool>,
) -> Result<Vec<Difference>, Broken> {
    let known: BTreeSet<_> = manifest.files.iter().map(|file| file.name.as_str()).collect();
    let mut differences = Vec::new();
    for file in &manifest.files {
        match found.get(&file.name) {
            None => differences.push(Difference::Missing(file.name.clone())),
            Some(false) => differences.push(Difference::Differs(file.name.clone())),
            Some(true) => differences.extend(of_file(&folder.join(&file.name), file)?),
        }
    }
    let added = found.keys().filter(|name| ![MANIFEST, SIGNATURE].contains(&name.as_str()));
    let added = added.filter(|name| !known.contains(name.as_str()));
    differences.extend(added.map(|name| Difference::Added(name.clone())));
    Ok(differences)
}

fn of_file(path: &Path, signed: &Linked) -> Result<Vec<Difference>, Broken> {
    let broken = |error| (path.to_owned(), error);
    if digest(path).map_err(broken)? == (signed.bytes, signed.sha256.clone()) {
        return Ok(Vec::new());
    }
    let mut differences = vec![Difference::Differs(signed.name.clone())];
    if signed.name == TIMELINE {
        let now = chain::lines(&fs::read(path).map_err(broken)?);
        let before: Vec<_> = signed.lines.iter().map(|line| line.sha256.clone()).collect();
        differences.extend(line_by_line(&before, &now));
    }
    Ok(differences)
}

/// Length and hash of a file, of which never all is held.
pub fn digest(path: &Path) -> io::Result<(u64, String)> {
    let (mut file, mut hash, mut bytes) = (File::open(path)?, Sha256::new(), 0);
    let mut piece = vec![0; 64 * 1_024];
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok((bytes, text::hex(&hash.finalize())));
        }
        hash.update(&piece[..read]);
        bytes += u64::try_from(read).unwrap_or_default();
    }
}

/// Which lines differ, by their hashes. What was moved is missing where it was, and added where it is.
fn line_by_line(before: &[String], now: &[String]) -> Vec<Difference> {
    let mut gone = Remaining::of(before);
    let mut come = Remaining::of(now);
    let (mut was, mut is, mut found) = (0, 0, Vec::new());
    let mut tell = |line: usize, how| found.push(Difference::Line { line: line + 1, how });
    while let (Some(one), Some(other)) = (before.get(was), now.get(is)) {
        let (known, stands) = (gone.has(other), come.has(one));
        if one == other || (!known && !stands) {
            if one != other {
                tell(is, LineDifference::Differs);
            }
            gone.take(one);
            come.take(other);
            (was, is) = (was + 1, is + 1);
        } else if known {
            tell(was, LineDifference::Missing);
            gone.take(one);
            was += 1;
        } else {
            tell(is, LineDifference::Added);
            come.take(other);
            is += 1;
        }
    }
    (was..before.len()).for_each(|line| tell(line, LineDifference::Missing));
    (is..now.len()).for_each(|line| tell(line, LineDifference::Added));
    found
}

/// How often each line is still to come.
struct Remaining<'a>(BTreeMap<&'a str, usize>);

impl<'a> Remaining<'a> {
    fn of(lines: &'a [String]) -> Self {
        let mut counts = BTreeMap::new();
        lines.iter().for_each(|line| *counts.entry(line.as_str()).or_insert(0) += 1);
        Self(counts)
    }

    fn has(&self, line: &str) -> bool {
        self.0.get(line).is_some_and(|count| *count > 0)
    }

    fn take(&mut self, line: &str) {
        if let Some(count) = self.0.get_mut(line) {
            *count = count.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_that_differs_is_named_and_no_other() {
        use LineDifference::{Added, Differs, Missing};
        for (now, expected) in [
            ("abcd", vec![]),
            ("aBcd", vec![(2, Differs)]),
            ("abd", vec![(3, Missing)]),
            ("abc", vec![(4, Missing)]),
            ("bcd", vec![(1, Missing)]),
            ("Xabcd", vec![(1, Added)]),
            ("abXcd", vec![(3, Added)]),
            ("abcdX", vec![(5, Added)]),
            ("abbcd", vec![(3, Added)]),
            ("AbcD", vec![(1, Differs), (4, Differs)]),
            ("aXd", vec![(2, Differs), (3, Missing)]),
            ("", vec![(1, Missing), (2, Missing), (3, Missing), (4, Missing)]),
        ] {
            let letters = |text: &str| text.chars().map(String::from).collect::<Vec<_>>();
            let found: Vec<_> = line_by_line(&letters("abcd"), &letters(now))
                .into_iter()
                .filter_map(|one| match one {
                    Difference::Line { line, how } => Some((line, how)),
                    _ => None,
                })
                .collect();
            assert_eq!(found, expected, "{now}");
        }
    }

    #[test]
    fn a_line_that_was_moved_is_named_where_it_was_and_where_it_is() {
        let letters = |text: &str| text.chars().map(String::from).collect::<Vec<_>>();
        let moved = line_by_line(&letters("abc"), &letters("bca"));
        let line = |line, how| Difference::Line { line, how };
        assert_eq!(moved, [line(1, LineDifference::Missing), line(3, LineDifference::Added)]);
    }
}
