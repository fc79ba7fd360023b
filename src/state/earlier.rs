//! What the comments of a case said before: each earlier text, for good, and nowhere else.
//!
//! They stand in the table, a note a comment, `earlier/CASE/COMMENT`, the oldest text first; where that note is full, it
//! goes on in `earlier/CASE/COMMENT/1`, `/2` and so on. Whoever exports a case asks [`of`] for each of its comments, and
//! leaves out what is [`Earlier::withdrawn`] unless it is asked for.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{Error, Result, Store, read_note, record::write};
use crate::case::{CaseId, Comment, CommentId, Millis, text};

/// A note of more bytes takes no further text: an item may have 400 KB, and a text has 48 at most.
const FULL: usize = 200_000;
const TRIES: u8 = 5;

/// What a comment said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    /// All of it, with the line that names the speaker.
    #[serde(rename = "text")]
    pub text: String,
    /// Until when it stood there.
    #[serde(rename = "until")]
    pub until: Millis,
    /// Who put something else in its place, as a line names them.
    #[serde(rename = "by")]
    pub by: String,
    /// It was taken back: its writer deleted it, or it became one that is not for everybody.
    #[serde(rename = "withdrawn", default)]
    pub withdrawn: bool,
}

/// What is shown in place of a text that its case goes on to show, because AWS lets nobody change it any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct InPlace {
    #[serde(rename = "comment")]
    pub(crate) comment: CommentId,
    /// A hash of the text that is not to be shown.
    #[serde(rename = "of")]
    pub(crate) of: String,
    #[serde(rename = "shown")]
    pub(crate) shown: String,
}

fn name(case: &CaseId, comment: &CommentId, book: usize) -> String {
    match book {
        0 => format!("earlier/{case}/{comment}"),
        _ => format!("earlier/{case}/{comment}/{book}"),
    }
}

fn in_place_name(case: &CaseId) -> String {
    format!("inplace/{case}")
}

/// What a comment said before, oldest first.
///
/// # Errors
/// The table does not answer, or what stands there cannot be read.
pub async fn of(store: &dyn Store, case: &CaseId, comment: &CommentId) -> Result<Vec<Earlier>> {
    let mut all = Vec::new();
    for book in 0.. {
        let name = name(case, comment, book);
        let Some(text) = store.note(&name).await? else { break };
        all.extend(read_note::<Vec<Earlier>>(&name, &text)?.0);
    }
    Ok(all)
}

/// Keeps what a comment says before it says something else. What was kept last is kept once.
pub(crate) async fn keep(
    store: &dyn Store,
    case: &CaseId,
    comment: &CommentId,
    earlier: &Earlier,
) -> Result<()> {
    let is_new = |all: &[Earlier]| all.last().is_none_or(|last| last.text != earlier.text);
    let mut name = name(case, comment, 0);
    for book in 1.. {
        let Some(text) = store.note(&name).await?.filter(|text| text.len() > FULL) else { break };
        if !is_new(&read_note::<Vec<Earlier>>(&name, &text)?.0) {
            return Ok(());
        }
        name = self::name(case, comment, book);
    }
    change(store, &name, |all: &mut Vec<Earlier>| {
        if is_new(all) {
            all.push(earlier.clone());
        }
    })
    .await
}

/// Forgets every text of these comments, and what is shown in their place.
pub(crate) async fn forget(
    store: &dyn Store,
    case: &CaseId,
    comments: &BTreeSet<CommentId>,
    now: Millis,
) -> Result<()> {
    for comment in comments {
        for book in 0.. {
            if !empty(store, &name(case, comment, book), now).await? {
                break;
            }
        }
    }
    empty(store, &in_place_name(case), now).await.map(drop)
}

/// Empties a note; `false` where there is none.
async fn empty(store: &dyn Store, name: &str, now: Millis) -> Result<bool> {
    let Some(old) = store.note(name).await? else { return Ok(false) };
    match store.swap_note(name, Some(&old), "[]", Some(now)).await? {
        true => Ok(true),
        false => Err(Error::Trouble("what was said is being changed".to_owned())),
    }
}

/// Remembers what is shown in place of a comment's text.
pub(crate) async fn put_in_place(store: &dyn Store, case: &CaseId, instead: &InPlace) -> Result<()> {
    change(store, &in_place_name(case), |all: &mut Vec<InPlace>| {
        all.retain(|one| one.comment != instead.comment);
        all.push(instead.clone());
    })
    .await
}

/// The comments as they are to be shown.
///
/// # Errors
/// The table does not answer, or what stands there cannot be read.
pub async fn shown(store: &dyn Store, case: &CaseId, mut comments: Vec<Comment>) -> Result<Vec<Comment>> {
    let name = in_place_name(case);
    let Some(note) = store.note(&name).await? else { return Ok(comments) };
    for instead in read_note::<Vec<InPlace>>(&name, &note)?.0 {
        let stands = |one: &&mut Comment| one.id == instead.comment && text::hash(&one.body) == instead.of;
        if let Some(comment) = comments.iter_mut().find(stands) {
            comment.body = instead.shown;
        }
    }
    Ok(comments)
}

async fn change<T: Serialize + DeserializeOwned>(
    store: &dyn Store,
    name: &str,
    change: impl Fn(&mut Vec<T>),
) -> Result<()> {
    for _ in 0..TRIES {
        let old = store.note(name).await?;
        let read = old.as_deref().map(|text| read_note::<Vec<T>>(name, text)).transpose()?;
        let (mut all, rest) = read.unwrap_or_default();
        change(&mut all);
        let json = write(&all, &rest).map_err(|error| Error::Trouble(error.to_string()))?;
        if old.as_deref() == Some(json.as_str()) || store.swap_note(name, old.as_deref(), &json, None).await?
        {
            return Ok(());
        }
    }
    Err(Error::Trouble("too many change what was said at once".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{golden, memory::Memory};

    fn ids() -> (CaseId, CommentId) {
        (CaseId::new("7000000003"), CommentId::new("100001"))
    }

    fn earlier(text: &str) -> Earlier {
        let by = "Ana Lima, U024BE7LH (Slack)".to_owned();
        Earlier { text: text.to_owned(), until: 1_795_669_200_000, by, withdrawn: false }
    }

    #[tokio::test]
    async fn each_text_is_kept_once_and_in_order_however_many_there_are() {
        let (store, (case, comment)) = (Memory::default(), ids());
        let texts: Vec<_> = (0..30).map(|number| format!("{number} {}", "é".repeat(11_000))).collect();
        for text in &texts {
            keep(&store, &case, &comment, &earlier(text)).await.unwrap();
            keep(&store, &case, &comment, &earlier(text)).await.unwrap();
        }
        let kept = of(&store, &case, &comment).await.unwrap();
        assert_eq!(kept.iter().map(|one| one.text.as_str()).collect::<Vec<_>>(), texts);
        assert!(store.note("earlier/7000000003/100001").await.unwrap().unwrap().len() < 400_000);
        assert_eq!(of(&store, &case, &CommentId::new("100002")).await.unwrap(), []);
    }

    #[tokio::test]
    async fn only_the_very_text_that_was_taken_back_is_shown_otherwise() {
        let (store, (case, comment)) = (Memory::default(), ids());
        let said = |body: &str| Comment {
            id: comment.clone(),
            created: 1,
            updated: None,
            creator: "111122223333".to_owned(),
            body: body.to_owned(),
        };
        let of = text::hash("It was Bo");
        let instead = InPlace { comment: comment.clone(), of, shown: "[withdrawn]".to_owned() };
        put_in_place(&store, &case, &instead).await.unwrap();
        for (body, expected) in [("It was Bo", "[withdrawn]"), ("It was Cy", "It was Cy")] {
            assert_eq!(shown(&store, &case, vec![said(body)]).await.unwrap(), [said(expected)]);
        }
    }

    #[tokio::test]
    async fn nothing_that_was_said_is_left_of_what_is_forgotten() {
        let (store, (case, comment)) = (Memory::default(), ids());
        for number in 0..30 {
            keep(&store, &case, &comment, &earlier(&format!("{number} {}", "x".repeat(11_000))))
                .await
                .unwrap();
        }
        let instead = InPlace { comment: comment.clone(), of: "x".to_owned(), shown: "y".to_owned() };
        put_in_place(&store, &case, &instead).await.unwrap();
        forget(&store, &case, &[comment.clone()].into(), 1).await.unwrap();
        assert_eq!(of(&store, &case, &comment).await.unwrap(), []);
        for name in ["earlier/7000000003/100001", "earlier/7000000003/100001/1", "inplace/7000000003"] {
            assert!(store.note(name).await.unwrap().is_none_or(|note| note == "[]"), "{name}");
        }
    }

    #[test]
    fn what_any_release_kept_of_what_was_said_is_read_as_it_was_meant() {
        let withdrawn = Earlier { withdrawn: true, ..earlier("It was Cy") };
        golden::check_json("earlier", &[("texts", vec![earlier("It was Bo"), withdrawn])]);
        let of = "58c64f4b7a3b2c1d0e9f".to_owned();
        let instead = InPlace { comment: ids().1, of, shown: "[withdrawn by Ana, 14:02]".to_owned() };
        golden::check_json("inplace", &[("shown", vec![instead])]);
    }

    #[test]
    fn a_record_that_lacks_something_or_holds_something_unknown_is_refused_or_kept_whole() {
        golden::damage::<Vec<Earlier>>("earlier", &["withdrawn"], &[]);
        golden::damage::<Vec<InPlace>>("inplace", &[], &[]);
    }
}
