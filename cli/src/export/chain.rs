//! What an export's folder holds, each file and each line of the timeline by its hash, chained in their order. The
//! manifest is what is signed.

use casebridge::case::text;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub const MANIFEST: &str = "manifest.json";
pub const SIGNATURE: &str = "manifest.json.sig";
pub const TIMELINE: &str = "timeline.jsonl";
pub const PAGE: &str = "case.html";
const FORMAT: &str = "casebridge export 1";

/// All of an export, as it was signed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub format: String,
    pub case: String,
    pub exported_at: String,
    pub exported_by: String,
    pub files: Vec<Linked>,
    /// The last link: whoever knows it knows all of the export.
    pub chain: String,
}

/// A file and its link.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Linked {
    pub name: String,
    pub bytes: u64,
    pub sha256: String,
    pub chain: String,
    /// Of the timeline: its lines, the first one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<LinkedLine>,
}

/// A line, without its end, and its link.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkedLine {
    pub sha256: String,
    pub chain: String,
}

/// A file before it is chained.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hashed {
    pub name: String,
    pub bytes: u64,
    pub sha256: String,
    pub lines: Vec<String>,
}

impl Manifest {
    /// Of these files, in this order.
    pub fn of(case: &str, exported_at: &str, exported_by: &str, files: Vec<Hashed>) -> Self {
        let head = [FORMAT, case, exported_at, exported_by];
        let mut chain = link(&[&head.join("\n")]);
        let mut next = |parts: &[&str]| {
            chain = link(&[&[chain.as_str()], parts].concat());
            chain.clone()
        };
        let mut linked = Vec::new();
        for Hashed { name, bytes, sha256, lines } in files {
            let lines =
                lines.into_iter().map(|sha256| LinkedLine { chain: next(&[&sha256]), sha256 }).collect();
            let chain = next(&[&name, &bytes.to_string(), &sha256]);
            linked.push(Linked { name, bytes, sha256, chain, lines });
        }
        let [format, case, exported_at, exported_by] = head.map(str::to_owned);
        Self { format, case, exported_at, exported_by, files: linked, chain }
    }

    /// As it is written and signed.
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// One whose links are right.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let read: Self = serde_json::from_slice(bytes).ok()?;
        let files = read.files.iter().map(Linked::hashed).collect();
        (read == Self::of(&read.case, &read.exported_at, &read.exported_by, files)).then_some(read)
    }
}

impl Linked {
    fn hashed(&self) -> Hashed {
        let Self { name, bytes, sha256, chain: _, lines } = self.clone();
        Hashed { name, bytes, sha256, lines: lines.into_iter().map(|line| line.sha256).collect() }
    }
}

/// The hash of these parts, a line each.
fn link(parts: &[&str]) -> String {
    sha256(parts.join("\n").as_bytes())
}

pub fn sha256(bytes: &[u8]) -> String {
    text::hex(&Sha256::digest(bytes))
}

/// The hashes of a file's lines, without their ends.
pub fn lines(bytes: &[u8]) -> Vec<String> {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    if bytes.is_empty() { Vec::new() } else { bytes.split(|byte| *byte == b'\n').map(sha256).collect() }
}
