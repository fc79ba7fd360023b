//! The bytes of a case's files, fetched piece by piece: no more than one piece is ever held.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use casebridge::{
    aws::sir::ask,
    case::{Attachment, CaseId, text},
    config::{clock, hosts},
    http::transport::Transport,
    runtime::World,
};
use reqwest::Url;
use sha2::{Digest, Sha256};

use super::{
    collect::{self, CollectError},
    entry::Fetched,
};

/// The folder of files within an export.
pub const FOLDER: &str = "attachments";
/// How long one file may take.
const TIME: Duration = Duration::from_secs(900);
/// The service takes no longer one: <https://docs.aws.amazon.com/security-ir/latest/userguide/attachments.html>.
const MOST: u64 = 100 * 1_024 * 1_024;

#[derive(Debug, thiserror::Error)]
#[error("{}: {error}", path.display())]
pub struct FileError {
    path: PathBuf,
    error: io::Error,
}

pub fn not_asked() -> Fetched {
    Fetched::Not { not_fetched: "files were not asked for (--attachments)".to_owned() }
}

/// Puts a file of the case into the export's folder. What the service does not give is said, and stops nothing else.
pub async fn fetch(
    world: &dyn World,
    folder: &Path,
    case: &CaseId,
    (number, file): (usize, &Attachment),
) -> Result<Fetched, FileError> {
    let not = |why: String| Ok(Fetched::Not { not_fetched: why });
    let url = match collect::asked(world, ask::download(case, &file.id)).await {
        Ok(url) => url,
        Err(CollectError::Service { fault, .. }) => return not(format!("the service refused it ({fault})")),
        Err(_) => return not("it could not be asked for".to_owned()),
    };
    let path = format!("{FOLDER}/{number:02}-{}", safe(&file.name));
    let to = folder.join(&path);
    let broken = |error| FileError { path: to.clone(), error };
    fs::create_dir_all(folder.join(FOLDER)).map_err(broken)?;
    match copied(url.reveal(), &to).await {
        Ok((bytes, sha256)) => Ok(Fetched::Here { path, bytes, sha256 }),
        Err(Copying::Disk(error)) => Err(broken(error)),
        Err(Copying::Source(why)) => {
            fs::remove_file(&to).map_err(broken)?;
            not(why)
        }
    }
}

enum Copying {
    Disk(io::Error),
    Source(String),
}

impl From<io::Error> for Copying {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

/// Nothing of the address is told: whoever knows it may read the file.
async fn copied(url: &str, to: &Path) -> Result<(u64, String), Copying> {
    let mut out = File::create(to)?;
    let lost = |why: &str| Copying::Source(why.to_owned());
    let url =
        Url::parse(url).ok().filter(hosts::is_private).ok_or_else(|| lost("its address is not https"))?;
    let http = Transport::default().client(clock::now()).map_err(|_| lost("there is no HTTP client"))?;
    let answer = http.get(url).timeout(TIME).send().await;
    let mut answer = answer.map_err(|_| lost("its storage did not answer"))?;
    if !answer.status().is_success() {
        return Err(Copying::Source(format!("its storage answered {}", answer.status().as_u16())));
    }
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    while let Some(piece) = answer.chunk().await.map_err(|_| lost("its storage broke off"))? {
        bytes += u64::try_from(piece.len()).unwrap_or(MOST);
        if bytes > MOST {
            return Err(lost("it is longer than the service allows"));
        }
        hash.update(&piece);
        out.write_all(&piece)?;
    }
    out.sync_all()?;
    Ok((bytes, text::hex(&hash.finalize())))
}

/// A name that leads nowhere else.
fn safe(name: &str) -> String {
    let is_plain = |char: char| char.is_ascii_alphanumeric() || "._-".contains(char);
    name.chars().map(|char| if is_plain(char) { char } else { '_' }).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_stays_in_its_folder_whatever_it_is_called() {
        for (name, expected) in
            [("auth.log", "auth.log"), ("../../etc/passwd", ".._.._etc_passwd"), ("a\u{0}b c", "a_b_c")]
        {
            assert_eq!(safe(name), expected);
        }
        assert_eq!(safe(&"x".repeat(300)).len(), 200);
    }
}
