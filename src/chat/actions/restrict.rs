//! `restrict`: from now on only some may know of a case.

use super::{
    begin_anew::{self, noted},
    confirm,
    context::{ActionError, CommandContext, Outcome},
    freeze::Frozen,
    need_to_know,
};
use crate::{
    case::{Case, CaseId, ChannelId, MemberId, Ts, UserId, text},
    chat::{
        language::command::Command,
        policy::roles::{self, PersonKind},
        reply::{Button, Paragraph, Reply},
    },
    config::settings::Layout,
    state::restricted,
    targets::{
        jira,
        slack::{self, MessageRef},
        webhook,
    },
};

/// So many messages are taken back at once: Slack lets an app delete fifty a minute.
const TAKEN_BACK: usize = 40;

pub(crate) async fn restrict(context: &CommandContext<'_>, id: &CaseId, people: &[UserId]) -> Outcome {
    if people.is_empty() {
        let answer = Reply::says("Nobody is named. Name who may know of the case: `restrict @ana @bo`.");
        let restrict = Command::Restrict { people: Vec::new() };
        return Ok(answer.buttons(vec![Button::run("Restrict…", restrict.on(id))]));
    }
    let case = context.case(id).await?;
    let mut names = Vec::new();
    for user in people {
        match context.profile(user).await? {
            Some(person)
                if person.identity.kind == PersonKind::Member
                    && roles::role(context.settings, &person.identity).is_some() =>
            {
                names.push(person.name);
            }
            Some(person) => {
                return Err(
                    context.refuse(format!("{} has no role here, and may know of no case.", person.name))
                );
            }
            None => return Err(context.refuse("This workspace does not know one of these people.")),
        }
    }
    let people: Vec<_> = people.iter().map(|user| MemberId::new(user.as_str())).collect();
    let people = need_to_know::with_asker(context, &people);
    let before = noted(context, id, slack::KIND).await?;
    // Kept before anything is forgotten: a repetition takes back what the first delivery left.
    let stood = context.freeze(Frozen::Hidden, standing(context, id).await?).await?;
    restricted::add(context.world.store(), id, &people).await?;
    let more = begin_anew::restrict(context, id, (slack::KIND, &people)).await?;
    for kind in [jira::KIND, webhook::KIND] {
        begin_anew::restrict(context, id, (kind, &people)).await?;
    }
    let left = match before.channel {
        Some(_) => 0,
        None => take_back(context, &stood, &more).await,
    };
    context.changed(id).await?;
    Ok(told(context, &case, &names, left).await)
}

/// What of ours stands in the common channel: its channel, and each message.
async fn standing(
    context: &CommandContext<'_>,
    id: &CaseId,
) -> Result<Option<(String, Vec<String>)>, ActionError> {
    let note = noted(context, id, slack::KIND).await?;
    let Some(home) = note.home.filter(|_| note.channel.is_none()) else { return Ok(None) };
    let told = context.or_parked(context.world.store().all_told(id, slack::KIND).await)?;
    let ours = told.into_iter().filter(|(_, told)| !told.theirs && !told.remote.is_empty());
    // The card last: while it stands, what hangs on it can be found.
    let mut all: Vec<_> = ours.map(|(_, told)| told.remote).filter(|ts| *ts != home.name).collect();
    all.push(home.name);
    Ok(Some((home.place, all)))
}

async fn take_back(
    context: &CommandContext<'_>,
    stood: &Option<(String, Vec<String>)>,
    more: &[String],
) -> usize {
    let Some((channel, all)) = stood else { return 0 };
    let mut kept = 0;
    if let Some(card) = all.last() {
        // Found by the card: so before that goes.
        let card = MessageRef { channel: ChannelId::new(channel), ts: Ts::new(card.as_str()) };
        if let Err(failure) = context.slack.take_back_copies(&card).await {
            tracing::warn!(%failure, "the files of a restricted case could not be taken back");
            kept = 1;
        }
    }
    let all: Vec<_> = more.iter().filter(|ts| !all.contains(ts)).chain(all).collect();
    let mut left = all.len();
    for ts in all.iter().take(TAKEN_BACK) {
        let message = MessageRef { channel: ChannelId::new(channel), ts: Ts::new(ts.as_str()) };
        match context.slack.delete(&message).await {
            Ok(()) => left -= 1,
            Err(failure) => {
                tracing::warn!(%failure, "a message of a restricted case could not be taken back")
            }
        }
    }
    left + kept
}

async fn told(context: &CommandContext<'_>, case: &Case, names: &[String], left: usize) -> Reply {
    let who = match names.is_empty() {
        true => "you alone".to_owned(),
        false => format!("you and {}", names.join(", ")),
    };
    let head = Paragraph::of("Only ")
        .bold(who)
        .text(" may know of case ")
        .bold(case.id.as_str())
        .text(" from now on, and whoever you invite to its channel.");
    let hidden = "Hidden here: it is told in a private channel of its own and nowhere else. To everybody else there is no such case: \
                  not in list, on the home page, or by any command.";
    let watchers = match case.watchers.len() {
        0 => "the mail that AWS sends to watchers".to_owned(),
        count => format!("the mail that AWS sends to its watchers ({count} now)"),
    };
    let open = format!(
        "Not hidden: what people wrote about it themselves, and what was read before; AWS's console and API, for whoever may use \
         them; {watchers}; admins of AWS, Slack and Jira, and whoever reads the audit trail."
    );
    let answer = Reply::of(head).say(hidden).say(open);
    let answer = match left {
        0 => answer,
        count => answer.say(format!(
            "Still in the channel: {} of Casebridge's. Slack did not let all be taken back at once. Delete what is left there.",
            text::counted(count, "message", "messages")
        )),
    };
    match issue(context, &case.id).await {
        Some(line) => answer.say(line),
        None => answer,
    }
}

/// `restrict off`: asks first, unless everybody may know of it already.
pub(crate) async fn ask_to_lift(context: &CommandContext<'_>, id: &CaseId) -> Outcome {
    let case = context.case(id).await?;
    if !need_to_know::is_restricted(context, id).await? {
        let line = Paragraph::of("Everybody with a role may know of case ").bold(id.as_str());
        return Err(Reply::of(line.text(" already; nothing was changed.")).into());
    }
    confirm::ask(context, Some(&case), &Command::Unrestrict).await
}

/// `restrict off`, once it is confirmed.
pub(crate) async fn lift(context: &CommandContext<'_>, id: &CaseId) -> Outcome {
    let moves = context.settings.slack.layout == Layout::Thread;
    let own = noted(context, id, slack::KIND).await?.channel.filter(|_| moves);
    // Kept before it is forgotten: a repetition archives the channel that the first delivery left.
    let left = context.freeze(Frozen::Left, own).await?;
    restricted::remove(context.world.store(), id).await?;
    begin_anew::lift(context, id).await?;
    context.changed(id).await?;
    let line = Paragraph::of("Everybody with a role may know of case ").bold(id.as_str()).text(" again.");
    let answer = Reply::of(line);
    let answer = answer.say(match left.map(ChannelId::new) {
        Some(own) => left_behind(context, &own).await,
        None if moves => "It is told among the others in a moment.",
        None => "It stays in its own channel, to which people must be invited.",
    });
    Ok(match context.settings.jira.as_ref().and_then(|jira| jira.restricted_level.as_ref()) {
        Some(_) => answer.say("An issue that it has keeps its security level: take that away in Jira."),
        None => answer,
    })
}

/// Nobody is to write where nothing is heard of the case any more.
async fn left_behind(context: &CommandContext<'_>, own: &ChannelId) -> &'static str {
    match context.slack.archive(own).await {
        Ok(()) => "It is told among the others in a moment, from its beginning. Its own channel is archived.",
        Err(failure) => {
            tracing::warn!(%failure, "the channel of a case that is restricted no more could not be archived");
            "It is told among the others in a moment, from its beginning. Its own channel could not be archived: do that in Slack, \
             what is written there goes to the case still."
        }
    }
}

/// What becomes of the issue.
async fn issue(context: &CommandContext<'_>, id: &CaseId) -> Option<String> {
    let home = noted(context, id, jira::KIND).await.ok()?.home?;
    let level = context.settings.jira.as_ref()?.restricted_level.is_some();
    Some(match level {
        true => format!(
            "The issue {} gets the security level of the settings, and nothing is told in it before.",
            home.name
        ),
        false => format!(
            "The issue {} stays as it is, and nothing more is told in it: the settings name no jira.restricted_level. Hide or delete it in \
             Jira.",
            home.name
        ),
    })
}
