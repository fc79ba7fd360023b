//! What the minutely sweep is to do besides the cases that are due. One note, which is due as they are: a sweep that has
//! nothing to do reads nothing else.

use serde::{Deserialize, Serialize};

use super::{
    Error, Result, Store, read_note,
    record::{Rest, write},
};
use crate::case::Millis;

/// The note's name: 0.1.0 kept the time of the next discovery alone in it.
pub(super) const NAME: &str = "discover";
/// How often it is read again because somebody else wrote it.
const TRIES: u8 = 5;
const WAITING: Millis = 3_600_000;
const WOKEN: usize = 1_000;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agenda {
    #[serde(rename = "next")]
    pub next: Millis,
    /// Something was mended: what waits for a person is tried at once.
    #[serde(rename = "wake", default, skip_serializing_if = "std::ops::Not::not")]
    pub wake: bool,
    /// A breaker is open: its target is asked once a minute whether it is mended.
    #[serde(rename = "broken", default, skip_serializing_if = "std::ops::Not::not")]
    pub broken: bool,
}

impl Agenda {
    /// Each sweep reads it while there is something to do at once.
    fn due_at(&self) -> Millis {
        if self.wake || self.broken { 0 } else { self.next }
    }

    fn parse(text: Option<&str>) -> Result<(Self, Rest)> {
        match text {
            // 0.1.0 gave its first turn back by writing nothing at all.
            None | Some("") => Ok((Self::default(), Rest::default())),
            Some(text) => read_note(NAME, text),
        }
    }
}

/// Reads it.
pub async fn read(store: &dyn Store) -> Result<Agenda> {
    Ok(Agenda::parse(store.note(NAME).await?.as_deref())?.0)
}

/// Changes it, unless `change` says that there is nothing to change. The answer is what it was before, for whoever
/// changed it.
pub async fn change(store: &dyn Store, change: impl Fn(&mut Agenda) -> bool) -> Result<Option<Agenda>> {
    for _ in 0..TRIES {
        let old = store.note(NAME).await?;
        let (before, rest) = Agenda::parse(old.as_deref())?;
        let mut after = before.clone();
        if !change(&mut after) {
            return Ok(None);
        }
        let json = write(&after, &rest).map_err(|error| Error::Trouble(error.to_string()))?;
        if store.swap_agenda(old.as_deref(), &json, after.due_at()).await? {
            return Ok(Some(before));
        }
    }
    Err(Error::Trouble("too many write the agenda at once".to_owned()))
}

/// Something was mended: the next sweep tries what waits for a person.
pub async fn wake(store: &dyn Store) -> Result<()> {
    change(store, |agenda| !std::mem::replace(&mut agenda.wake, true)).await.map(drop)
}

/// A breaker opened: the next sweeps ask whether it is mended.
pub(crate) async fn watch_breakers(store: &dyn Store) -> Result<()> {
    change(store, |agenda| !std::mem::replace(&mut agenda.broken, true)).await.map(drop)
}

/// Makes all that waits due now.
pub(crate) async fn wake_all(store: &dyn Store, now: Millis) -> Result<()> {
    for case in store.due(now + WAITING, WOKEN).await? {
        store.hint(&case, now, false).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{golden, memory::Memory};

    #[test]
    fn the_agenda_of_any_release_is_read_as_it_was_meant() {
        let quoted = |text: &str| serde_json::to_string(text).unwrap();
        golden::check(
            "clocks",
            &[
                ("set", r#"{"next":1795672800000}"#.to_owned()),
                ("given back before the first turn", String::new()),
                ("something was mended", r#"{"next":1795672800000,"wake":true,"broken":true}"#.to_owned()),
            ],
            |text: &String| quoted(text),
            |json| serde_json::from_str::<String>(json).unwrap(),
        );
        let next = |text| Agenda::parse(Some(text)).unwrap().0.next;
        let woken = Agenda { next: 1_795_672_800_000, wake: true, broken: true };
        let text = r#"{"next":1795672800000,"wake":true,"broken":true}"#;
        assert_eq!(Agenda::parse(Some(text)).unwrap().0, woken);
        assert_eq!(serde_json::to_string(&woken).unwrap(), text);
        assert_eq!((next(r#"{"next":1795672800000}"#), next("")), (1_795_672_800_000, 0));
        let plain = Agenda { next: 1_795_672_800_000, ..Agenda::default() };
        assert_eq!(serde_json::to_string(&plain).unwrap(), r#"{"next":1795672800000}"#);
    }

    #[tokio::test]
    async fn what_a_later_release_wrote_beside_it_stays() {
        let memory = Memory::default();
        memory.swap_note(NAME, None, r#"{"next":5,"later":1}"#, None).await.unwrap();
        wake(&memory).await.unwrap();
        wake(&memory).await.unwrap();
        let text = memory.note(NAME).await.unwrap().unwrap();
        assert!(text.contains("\"later\":1") && text.contains("\"wake\":true"), "{text}");
    }
}
