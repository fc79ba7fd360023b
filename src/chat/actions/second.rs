//! What ends the service is asked for by one person and confirmed by another.

use serde::{Deserialize, Serialize};

use super::{
    context::{ActionError, CommandContext, strange},
    freeze::Frozen,
};
use crate::{
    aws::{hub::HubCall, sir::Call},
    case::{Millis, UserId, text},
    chat::reply::{Paragraph, Reply},
    config::settings::Settings,
    state::{read_note_whole, record::stated},
};

/// How long the second person has.
const WITHIN: Millis = 15 * 60 * 1_000;

/// Somebody asked for it. Kept as long as the second person has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AskedFor {
    #[serde(rename = "who")]
    pub(crate) who: UserId,
    #[serde(rename = "at")]
    pub(crate) at: Millis,
    /// A hash of how things stood: where they stand otherwise, it is asked for anew.
    #[serde(rename = "seen")]
    pub(crate) seen: String,
    /// The command that confirmed it: it confirms nothing else.
    #[serde(rename = "taken", deserialize_with = "stated")]
    pub(crate) taken: Option<String>,
}

impl AskedFor {
    fn is_confirmed_by(&self, user: &UserId, seen: &str, now: Millis) -> bool {
        let in_time = now < self.at + WITHIN && self.at <= now;
        are_two(&self.who, user) && in_time && self.seen == seen && self.taken.is_none()
    }
}

/// Whether these are two people, as far as whoever named them tells. Of one in Slack and one whom AWS knows nobody tells.
fn are_two(one: &UserId, other: &UserId) -> bool {
    match (PersonName::of(one), PersonName::of(other)) {
        (Some(one), Some(other)) => one.by == other.by && one.name != other.name,
        _ => false,
    }
}

/// How a person is called, and by whom: nobody chooses it for themselves.
struct PersonName<'a> {
    by: &'static str,
    name: &'a str,
}

impl<'a> PersonName<'a> {
    /// `None` for whoever assumed a role: they may choose the session's name. Not so where IAM Identity Center did it:
    /// <https://docs.aws.amazon.com/singlesignon/latest/userguide/using-service-linked-roles.html>.
    fn of(user: &'a UserId) -> Option<Self> {
        if !user.as_str().starts_with("arn:") {
            return Some(Self { by: "slack", name: user.as_str() });
        }
        let resource = user.as_str().splitn(6, ':').nth(5)?;
        if resource.starts_with("user/") {
            return Some(Self { by: "iam", name: user.as_str() });
        }
        let (_, session) = resource.strip_prefix("assumed-role/AWSReservedSSO_")?.split_once('/')?;
        Some(Self { by: "identity center", name: session })
    }
}

/// Whether a call takes two persons. Never `resolver aws`: that is the call for help.
pub(crate) fn takes_two(settings: &Settings, call: &Call) -> bool {
    match call {
        Call::CancelMembership { .. } | Call::Hub(HubCall::DisassociateFromAdministratorAccount) => true,
        Call::CloseCase { .. } => settings.close_takes_two(),
        _ => false,
    }
}

/// Asks for a second person; `None` where this is the one, and the call may be made. `seen`: how things stand.
pub(crate) async fn asked(
    context: &CommandContext<'_>,
    call: &Call,
    seen: &str,
) -> Result<Option<Reply>, ActionError> {
    let (name, seen) = (format!("second/{call:?}"), text::hash(seen));
    let (store, now) = (context.world.store(), context.world.now());
    let user = &context.person.identity.user;
    if PersonName::of(user).is_none() {
        context.found.refused("nobody tells who it is");
        return Err(context.refuse(NOBODY));
    }
    let old = store.note(&name).await?;
    let before: Option<AskedFor> = old.as_deref().map(|text| read_note_whole(&name, text)).transpose()?;
    let by = before.as_ref().filter(|asked| asked.is_confirmed_by(user, &seen, now));
    // What the first delivery decided holds for every other.
    let first = context.freeze(Frozen::Second, by.map(|asked| asked.who.clone())).await?;
    let next = match (&first, before) {
        (Some(_), Some(asked)) => AskedFor { taken: Some(context.key.to_string()), ..asked },
        (Some(_), None) => return Ok(None),
        (None, _) => AskedFor { who: user.clone(), at: now, seen, taken: None },
    };
    let json = serde_json::to_string(&next).map_err(|_| strange("what was asked for"))?;
    if !store.swap_note(&name, old.as_deref(), &json, Some(next.at + WITHIN)).await? {
        return Err(ActionError::Trouble("somebody else asks for the same at this moment".to_owned()));
    }
    match first {
        Some(first) => {
            context.found.also(&format!("asked for by {first}"));
            Ok(None)
        }
        None => {
            context.found.asks();
            Ok(Some(waits(context)))
        }
    }
}

const NOBODY: &str = "This takes two people, and AWS does not tell who you are: whoever assumes a role chooses the name of the session. Log \
                      in by IAM Identity Center or as an IAM user.";

fn waits(context: &CommandContext<'_>) -> Reply {
    let minutes = WITHIN / 60_000;
    Reply::of(
        Paragraph::of("This takes two people, so nothing was done yet. It is asked for now: somebody else who may do it asks for ")
            .text(format!("the same within {minutes} minutes and confirms it, while things stand as they do. "))
            .text("Then it is done."),
    )
    .give_back(&context.typed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        case::{CaseId, MembershipId, Resolver},
        state::golden,
    };

    #[test]
    fn only_somebody_else_confirms_in_time_while_things_stand_as_they_did_and_once() {
        let asked = AskedFor { who: UserId::new("U1"), at: 1_000, seen: "a".to_owned(), taken: None };
        for (user, seen, now, expected) in [
            ("U2", "a", 1_000, true),
            ("U2", "a", 1_000 + WITHIN - 1, true),
            ("U2", "a", 1_000 + WITHIN, false),
            ("U2", "a", 999, false),
            ("U2", "b", 1_000, false),
            ("U1", "a", 1_000, false),
        ] {
            assert_eq!(asked.is_confirmed_by(&UserId::new(user), seen, now), expected, "{user} {seen} {now}");
        }
        let taken = AskedFor { taken: Some("k".to_owned()), ..asked };
        assert!(!taken.is_confirmed_by(&UserId::new("U2"), "a", 1_000));
    }

    #[test]
    fn only_names_that_somebody_else_gave_tell_two_people_apart() {
        let session =
            |role: &str, name: &str| format!("arn:aws:sts::111122223333:assumed-role/{role}/{name}");
        let user = |name: &str| format!("arn:aws:iam::111122223333:user/{name}");
        let sso = |set: &str, name: &str| session(&format!("AWSReservedSSO_{set}_0a1b"), name);
        for (one, other, expected) in [
            ("U1".to_owned(), "U2".to_owned(), true),
            ("U1".to_owned(), "U1".to_owned(), false),
            (user("ana"), user("bo"), true),
            (user("ana"), user("ana"), false),
            (sso("Ops", "ana@x.example"), sso("Ops", "bo@x.example"), true),
            (sso("Ops", "ana@x.example"), sso("Admin", "ana@x.example"), false),
            (session("ops", "ana"), session("ops", "bo"), false),
            (session("ops", "AWSReservedSSO_x"), user("bo"), false),
            (user("ana"), sso("Ops", "bo@x.example"), false),
            ("U1".to_owned(), user("bo"), false),
            ("arn:aws:iam::111122223333:root".to_owned(), user("bo"), false),
        ] {
            assert_eq!(are_two(&UserId::new(&*one), &UserId::new(&*other)), expected, "{one} {other}");
        }
    }

    #[test]
    fn what_ends_the_service_takes_two_and_the_call_for_help_never_does() {
        let settings = |more: &str| {
            let text = format!("[slack]\nteam = 'T1'\nchannel = 'C1'\n[roles]\n{more}");
            toml::from_str::<Settings>(&text).unwrap()
        };
        let (usual, strict) = (settings(""), settings("close_takes_two = true"));
        let case = CaseId::new("7000000003");
        let membership = MembershipId::new("m-0123456789");
        for (call, by_default, where_closing_does) in [
            (Call::CancelMembership { membership }, true, true),
            (Call::Hub(HubCall::DisassociateFromAdministratorAccount), true, true),
            (Call::CloseCase { case: case.clone() }, false, true),
            (Call::UpdateResolverType { case, resolver: Resolver::Aws }, false, false),
        ] {
            assert_eq!(takes_two(&usual, &call), by_default, "{call:?}");
            assert_eq!(takes_two(&strict, &call), where_closing_does, "{call:?}");
        }
    }

    #[test]
    fn what_any_release_wrote_down_of_it_is_read_as_it_was_meant() {
        let asked = AskedFor { who: UserId::new("U1"), at: 1, seen: "a1".to_owned(), taken: None };
        let taken = AskedFor { taken: Some("0a1b".to_owned()), ..asked.clone() };
        golden::check_json("second-persons", &[("asked for", asked), ("taken", taken)]);
        golden::damage::<AskedFor>("second-persons", &[], &[]);
    }
}
