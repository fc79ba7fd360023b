//! What people write in a case's thread or channel, as the job that it becomes.

use super::{
    act::ActId,
    action::Action,
    job::{Door, Job, Origin, Sender},
};
use crate::{
    case::{ChannelId, FileId, Millis, Ts, UserId},
    chat::policy::secret_scan,
    config::settings::{Relay, Settings, SlackSettings},
    state::notes::Home,
    targets::{
        contract::Said,
        slack::{Beside, Words},
    },
};

/// What a person wrote in a case's thread or channel, as its event would have brought it: same act, same key.
pub fn said(settings: &Settings, home: &Home, reply: &Said, now: Millis) -> Job {
    Job { action: words_of(reply, true), ..unread(settings, home, reply, now) }
}

/// What such a message says, where it is read.
pub(crate) fn words_of(reply: &Said, read: bool) -> Action {
    if read { judged(words_unjudged(reply)) } else { Action::Unread }
}

/// The same before it was looked through: for its kind only.
pub(crate) fn words_unjudged(reply: &Said) -> Action {
    let Said { remote, text, files, uploads, .. } = reply;
    let uploads = uploads.iter().map(FileId::new).collect();
    Action::Said { ts: Ts::new(remote), text: text.clone(), files: files.clone(), uploads }
}

/// The same job before the message was read.
pub(crate) fn unread(settings: &Settings, home: &Home, reply: &Said, now: Millis) -> Job {
    let channel = ChannelId::new(&home.place);
    let act = ActId::of_message(&channel, &Ts::new(&reply.remote));
    let sender = Sender {
        team: settings.slack.team.clone(),
        user: UserId::new(&reply.author),
        place: Origin { channel: Some(channel), thread: reply.thread.as_ref().map(Ts::new) },
        at: now,
        door: Door::Reply,
    };
    sender.does(act, Action::Unread)
}

/// A message that was edited, as the event of its edit would have brought it, before it was read.
pub(crate) fn found_edited(
    settings: &Settings,
    home: &Home,
    (reply, edit): (&Said, &Ts),
    now: Millis,
) -> Job {
    let job = unread(settings, home, reply, now);
    let (channel, ts) = (ChannelId::new(&home.place), Ts::new(&reply.remote));
    let action = match settings.slack.is_private(&reply.text) {
        true => Action::Deleted { ts: ts.clone() },
        false => Action::Unread,
    };
    Job { act: ActId::of_found_edit(&channel, &ts, edit), action, door: Door::Edit, ..job }
}

/// The same words as those of an edit; what is not said stays what it is.
pub(crate) fn amended(action: Action) -> Action {
    match action {
        Action::Said { ts, text, files, uploads } => Action::Amended { ts, text, files, uploads },
        left_behind => left_behind,
    }
}

/// Whether a message, by its text as Slack sends it, is for the case as the settings are.
pub(crate) fn is_told(settings: &SlackSettings, text: &str, bot: Option<&UserId>) -> bool {
    let mentions = |bot: &UserId| text.contains(&format!("<@{bot}>")) || text.contains(&format!("<@{bot}|"));
    match settings.relay() {
        Relay::Off => false,
        _ if settings.is_private(text) => false,
        Relay::All => true,
        Relay::Mention => bot.is_some_and(mentions),
    }
}

/// A message as it goes on its way: a secret stays where it is, and so does all that is not to be read.
pub(crate) fn spoken(ts: &Ts, said: Words, read: bool) -> Action {
    if !read {
        return Action::Unread;
    }
    let uploads = said.beside.iter().filter_map(|one| one.file.as_ref().map(FileId::new)).collect();
    let files = said.beside.iter().map(Beside::called).collect();
    judged(Action::Said { ts: ts.clone(), text: said.text, files, uploads })
}

/// A secret stays where it is.
fn judged(action: Action) -> Action {
    match &action {
        Action::Said { text, files, .. } => {
            let kind = std::iter::once(text).chain(files).find_map(|words| secret_scan::secret(words));
            kind.map_or(action.clone(), |kind| Action::Withheld { kind: kind.to_owned() })
        }
        _ => action,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::policy::secret_scan;

    fn words(text: &str) -> Words {
        Words { text: text.to_owned(), beside: Vec::new() }
    }

    #[test]
    fn a_message_with_a_secret_leaves_its_text_behind() {
        let key = format!("AKIA{}", "IOSFODNN7EXAMPLE");
        let Action::Withheld { kind } = spoken(&Ts::new("1.2"), words(&format!("it was {key}")), true) else {
            panic!("it goes on")
        };
        assert!(!kind.contains(&key));
        assert!(matches!(spoken(&Ts::new("1.2"), words("nothing secret"), true), Action::Said { .. }));
    }

    #[test]
    fn a_message_that_is_not_to_be_read_is_not_looked_through_and_is_the_same_act() {
        let reply = Said { remote: "1.2".to_owned(), text: "a text".to_owned(), ..Said::default() };
        let settings = toml::from_str("[slack]\nteam = 'T1'\nchannel = 'C1'").unwrap();
        let home = Home { place: "C1".to_owned(), name: "1.1".to_owned() };
        let before = secret_scan::looked_through();
        let job = unread(&settings, &home, &reply, 1);
        assert!(job.action == Action::Unread && words_of(&reply, false) == Action::Unread);
        assert_eq!(secret_scan::looked_through(), before);
        assert_eq!(job.key(), said(&settings, &home, &reply, 2).key());
        assert_eq!(secret_scan::looked_through(), before + 1);
    }
}
