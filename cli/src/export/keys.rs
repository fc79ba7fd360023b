//! The keys that sign an export: ed25519, in the PEM files that `openssl genpkey -algorithm ed25519` makes too.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use casebridge::case::text;
use sha2::{Digest, Sha256};

const PRIVATE: &str = "PRIVATE KEY";
const PUBLIC: &str = "PUBLIC KEY";

/// What stands before the 32 bytes of a public key in its DER: <https://www.rfc-editor.org/rfc/rfc8410#section-4>.
const PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("{}: {error}", file.display())]
    File { file: PathBuf, error: io::Error },
    #[error("{} is there already: a key is never overwritten. Name another file", .0.display())]
    Taken(PathBuf),
    #[error("{} holds no private ed25519 key (PEM, PKCS #8): `casebridge keypair FILE` makes one", .0.display())]
    Private(PathBuf),
    #[error("{} holds no public ed25519 key (PEM): it is the file .pub that `casebridge keypair` made", .0.display())]
    Public(PathBuf),
    #[error("no key could be made")]
    Unmade,
}

/// A private key.
pub struct SigningKey(Ed25519KeyPair);

/// A public key, its 32 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyingKey(Vec<u8>);

/// Makes a key: the private one in `file`, which only its owner may read, the public one beside it. The answer says what
/// to do with them.
pub fn make(file: &Path) -> Result<String, KeyError> {
    let beside = PathBuf::from(format!("{}.pub", file.display()));
    if let Some(taken) = [file, &beside].into_iter().find(|path| path.exists()) {
        return Err(KeyError::Taken(taken.to_owned()));
    }
    let document = Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new()).map_err(|_| KeyError::Unmade)?;
    let key = Ed25519KeyPair::from_pkcs8_maybe_unchecked(document.as_ref()).map_err(|_| KeyError::Unmade)?;
    let public = SigningKey(key).public();
    write(file, 0o600, &pem(PRIVATE, document.as_ref()))?;
    write(&beside, 0o644, &pem(PUBLIC, &[PREFIX.as_slice(), &public.0].concat()))?;
    Ok(format!(
        "{} signs exports (--key): keep it where only few can read it.\n{} verifies them: give it to whoever is to be convinced, \
         by another way than the exports. Its fingerprint is {}",
        file.display(),
        beside.display(),
        public.fingerprint()
    ))
}

impl SigningKey {
    pub fn read(file: &Path) -> Result<Self, KeyError> {
        let der = unpem(file, PRIVATE)?.ok_or_else(|| KeyError::Private(file.to_owned()))?;
        let key = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der);
        key.map(Self).map_err(|_| KeyError::Private(file.to_owned()))
    }

    pub fn sign(&self, text: &[u8]) -> Vec<u8> {
        self.0.sign(text).as_ref().to_vec()
    }

    pub fn public(&self) -> VerifyingKey {
        VerifyingKey(self.0.public_key().as_ref().to_vec())
    }
}

impl VerifyingKey {
    pub fn read(file: &Path) -> Result<Self, KeyError> {
        let der = unpem(file, PUBLIC)?;
        let key = der.as_deref().and_then(|der| der.strip_prefix(PREFIX.as_slice()));
        match key {
            Some(key) if key.len() == 32 => Ok(Self(key.to_vec())),
            _ => Err(KeyError::Public(file.to_owned())),
        }
    }

    pub fn has_signed(&self, text: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.0).verify(text, signature).is_ok()
    }

    /// Names the key to people, who compare it by eye.
    pub fn fingerprint(&self) -> String {
        text::hex(&Sha256::digest(&self.0)[..16])
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// What stands between the lines of this label; `None` where they are not there.
fn unpem(file: &Path, label: &str) -> Result<Option<Vec<u8>>, KeyError> {
    let text = fs::read_to_string(file).map_err(|error| KeyError::File { file: file.to_owned(), error })?;
    let inner = text.split_once(&format!("-----BEGIN {label}-----"));
    let inner = inner.and_then(|(_, rest)| rest.split_once(&format!("-----END {label}-----")));
    let inner = inner.map(|(inner, _)| inner.split_whitespace().collect::<String>());
    Ok(inner.and_then(|text| BASE64_STANDARD.decode(text).ok()))
}

/// `mode`: who may read it, where there are such rights.
fn write(file: &Path, mode: u32, text: &str) -> Result<(), KeyError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let written = options.open(file).and_then(|mut open| open.write_all(text.as_bytes()));
    written.map_err(|error| KeyError::File { file: file.to_owned(), error })
}
