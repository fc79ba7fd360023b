//! The versions of the settings: which there were, who put each there, and when.
//!
//! A version is written down before it is the one that holds: what holds always has its line.

use serde::{Deserialize, Serialize};

use super::{Error, Result, SETTINGS, Store, agenda, read_note, record::write};
use crate::case::{Millis, text};

const LIST: &str = "settings/versions";
/// So many are listed.
const KEPT: usize = 200;

/// One version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Counts from 1.
    #[serde(rename = "number")]
    pub number: u32,
    /// A hash of its text, as the functions and the audit trail name it.
    #[serde(rename = "hash")]
    pub hash: String,
    /// When it was put there; 0 where that was before versions were kept.
    #[serde(rename = "at")]
    pub at: Millis,
    /// The ARN of who put it there; empty where nobody knows.
    #[serde(rename = "who", default)]
    pub who: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Versions {
    /// The newest last.
    #[serde(rename = "versions", default)]
    versions: Vec<Version>,
}

/// What became of a push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// It holds now.
    Stored(Version),
    Held,
    /// Others hold than those that were expected: nothing was changed.
    Outrun,
}

/// All versions, the newest last.
pub async fn all(store: &dyn Store) -> Result<Vec<Version>> {
    let Some(list) = store.note(LIST).await? else { return Ok(Vec::new()) };
    Ok(read_note::<Versions>(LIST, &list)?.0.versions)
}

/// The text of a version.
pub async fn text_of(store: &dyn Store, version: &Version) -> Result<Option<String>> {
    store.note(&text_name(&version.hash)).await
}

/// Puts settings in the place of those that are expected to hold. Check them before.
///
/// # Errors
/// [`Error::Trouble`] where nobody knows whether they hold.
pub async fn push(
    store: &dyn Store,
    expected: Option<&str>,
    toml: &str,
    (who, now): (&str, Millis),
) -> Result<Pushed> {
    let held = store.note(SETTINGS).await?;
    if held.as_deref() == Some(toml) {
        return Ok(Pushed::Held);
    }
    if held.as_deref() != expected {
        return Ok(Pushed::Outrun);
    }
    if let Some(old) = &held {
        list(store, old, |all, hash| {
            if !all.iter().any(|version| version.hash == hash) {
                all.push(Version { number: next(all), hash: hash.to_owned(), ..Version::default() });
            }
        })
        .await?;
    }
    let version = list(store, toml, |all, hash| {
        // One that never came to hold is tried again.
        let number = match all.pop_if(|newest| newest.hash == hash) {
            Some(newest) => newest.number,
            None => next(all),
        };
        all.push(Version { number, hash: hash.to_owned(), at: now, who: who.to_owned() });
    })
    .await?;
    if !stored(store, expected, toml).await? {
        return Ok(Pushed::Outrun);
    }
    let woken = agenda::wake(store).await;
    woken.unwrap_or_else(|trouble| tracing::warn!(%trouble, "what waits was not woken"));
    Ok(Pushed::Stored(version))
}

/// Swaps them. Where the answer is lost, what stands there is the answer.
async fn stored(store: &dyn Store, expected: Option<&str>, toml: &str) -> Result<bool> {
    let swapped = store.swap_note(SETTINGS, expected, toml, None).await;
    match swapped {
        Ok(true) => Ok(true),
        Ok(false) => Ok(store.note(SETTINGS).await?.as_deref() == Some(toml)),
        Err(trouble) => match store.note(SETTINGS).await {
            Ok(Some(held)) if held == toml => Ok(true),
            _ => Err(trouble),
        },
    }
}

fn next(all: &[Version]) -> u32 {
    all.last().map_or(1, |newest| newest.number + 1)
}

/// Keeps a text and puts it on the list, and answers the newest version there.
async fn list(store: &dyn Store, toml: &str, add: impl Fn(&mut Vec<Version>, &str)) -> Result<Version> {
    let hash = text::hash(toml);
    store.swap_note(&text_name(&hash), None, toml, None).await?;
    for _ in 0..5 {
        let old = store.note(LIST).await?;
        let (mut listed, rest) = match &old {
            Some(text) => read_note::<Versions>(LIST, text)?,
            None => Default::default(),
        };
        let all = &mut listed.versions;
        add(all, &hash);
        all.drain(..all.len().saturating_sub(KEPT));
        let newest = all.last().cloned().unwrap_or_default();
        let new = write(&listed, &rest).map_err(|error| Error::Trouble(error.to_string()))?;
        if old.as_deref() == Some(new.as_str()) || store.swap_note(LIST, old.as_deref(), &new, None).await? {
            return Ok(newest);
        }
    }
    Err(Error::Trouble("too many push at once".to_owned()))
}

fn text_name(hash: &str) -> String {
    format!("settings/text/{hash}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{golden, memory::Memory};

    async fn put(store: &Memory, expected: Option<&str>, toml: &str, now: Millis) -> Pushed {
        push(store, expected, toml, ("ana", now)).await.unwrap()
    }

    #[tokio::test]
    async fn each_push_leaves_a_version_with_who_and_when_and_its_text() {
        let store = Memory::default();
        assert_eq!(all(&store).await, Ok(vec![]));
        for (number, (old, new)) in [(None, "a"), (Some("a"), "b"), (Some("b"), "a")].into_iter().enumerate()
        {
            let Pushed::Stored(version) = put(&store, old, new, 7).await else {
                panic!("{new} is not stored")
            };
            assert_eq!((version.number as usize, version.who.as_str(), version.at), (number + 1, "ana", 7));
            assert_eq!(text_of(&store, &version).await.unwrap().as_deref(), Some(new));
            assert_eq!(store.settings().await.unwrap().as_deref(), Some(new));
        }
        assert_eq!(all(&store).await.unwrap().len(), 3);
        assert_eq!(put(&store, Some("a"), "a", 8).await, Pushed::Held);
        assert!(agenda::read(&store).await.unwrap().wake, "it may mend what waits");
    }

    #[tokio::test]
    async fn what_somebody_else_put_there_meanwhile_stays() {
        let store = Memory::default();
        crate::state::put_settings(&store, "theirs").await.unwrap();
        assert_eq!(put(&store, None, "ours", 7).await, Pushed::Outrun);
        assert_eq!(put(&store, Some("older"), "ours", 7).await, Pushed::Outrun);
        assert_eq!(store.settings().await.unwrap().as_deref(), Some("theirs"));
        assert_eq!(all(&store).await, Ok(vec![]));
    }

    #[tokio::test]
    async fn settings_of_before_are_the_first_version() {
        let store = Memory::default();
        crate::state::put_settings(&store, "old").await.unwrap();
        put(&store, Some("old"), "new", 7).await;
        let listed = all(&store).await.unwrap();
        assert_eq!(listed.iter().map(|one| (one.number, one.at)).collect::<Vec<_>>(), [(1, 0), (2, 7)]);
        assert_eq!(text_of(&store, &listed[0]).await.unwrap().as_deref(), Some("old"));
    }

    #[tokio::test]
    async fn a_push_that_broke_off_is_listed_once_when_it_is_done_again() {
        let store = Memory::default();
        put(&store, None, "a", 1).await;
        list(&store, "b", |all, hash| {
            all.push(Version { number: 2, hash: hash.to_owned(), at: 2, who: "bo".to_owned() });
        })
        .await
        .unwrap();
        put(&store, Some("a"), "b", 3).await;
        let listed = all(&store).await.unwrap();
        assert_eq!(listed.iter().map(|one| (one.number, one.at)).collect::<Vec<_>>(), [(1, 1), (2, 3)]);
    }

    #[test]
    fn what_any_release_listed_is_read_as_it_was_meant() {
        let one = Version { number: 1, hash: "58c64f4b7a3b2c1d0e9f".to_owned(), at: 0, who: String::new() };
        let who = "arn:aws:sts::111122223333:assumed-role/ops/ana".to_owned();
        let two = Version { number: 2, at: 1_795_669_200_000, who, ..one.clone() };
        golden::check_json("settings_versions", &[("two versions", Versions { versions: vec![one, two] })]);
        golden::damage::<Versions>("settings_versions", &["versions", "who"], &[]);
    }
}
