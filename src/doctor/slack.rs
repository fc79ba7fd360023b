//! Slack: the token, what the app may, the channel, and the people and groups that the settings name.

use super::{
    Answer, Examined, Patient, ago, behind, fine, refused,
    routes::{self, CHANNELS},
    unseen, wrong,
};
use crate::{
    case::{ChannelId, GroupId, MemberId, UserId},
    config::settings::{Attachments, Layout, Settings, SlackSettings},
    runtime::sighting::{self, Service},
    targets::slack::{ChannelFacts, Login, Slack, scopes},
};

const CHANNEL: [&str; 5] =
    ["slack.member", "slack.archived", "slack.private", "slack.shared", "slack.guests"];
const ALL: [&str; 17] = [
    "slack.team",
    "slack.clock",
    "slack.scopes",
    "slack.furniture",
    "slack.attachments",
    "slack.private_channels",
    "slack.receipts",
    "slack.channel",
    CHANNEL[0],
    CHANNEL[1],
    CHANNEL[2],
    CHANNEL[3],
    CHANNEL[4],
    CHANNELS,
    "slack.people",
    "slack.groups",
    "slack.invited",
];
/// So many people of a channel are looked at one by one: Slack tells of a hundred a minute.
const LOOKED_AT: usize = 60;
/// Slack signs with its own time, and a request may be 300 s old.
const SKEW: i64 = 60;

pub(super) async fn examine(patient: &Patient<'_>, found: &mut Examined) {
    let slack = patient.slack;
    match slack.login().await {
        Ok(login) => {
            found.add("slack.token", fine(format!("Slack knows us as {}", login.me.user_id)));
            of_the_app(patient, &login, found);
            of_the_channel(&patient.settings.slack.channel, slack, found).await;
            found.add(CHANNELS, routes::channels(patient).await);
            found.add("slack.people", people(patient.settings, slack).await);
            found.add("slack.groups", groups(patient.settings, slack).await);
            found.add("slack.invited", invited(patient.settings, slack).await);
        }
        Err(failure) => {
            let mend = "Put the app's Bot User OAuth Token (OAuth & Permissions, xoxb-…) into the secret as \
                        slack_bot_token: `casebridge setup --replace-tokens` asks for it";
            found.add("slack.token", refused(&failure, mend));
            found.add_all(&ALL, &behind("slack.token"));
        }
    }
    found.add("slack.signing_secret", signed(patient, Service::Slack).await);
}

fn of_the_app(patient: &Patient<'_>, login: &Login, found: &mut Examined) {
    let team = &patient.settings.slack.team;
    found.add(
        "slack.team",
        match login.me.team_id == *team {
            true => fine(format!("the token is of the workspace {team}")),
            false => wrong(
                format!("the token is of the workspace {}, the settings name {team}", login.me.team_id),
                format!("Set slack.team = \"{}\", or install the app in {team}", login.me.team_id),
            ),
        },
    );
    found.add("slack.clock", clock(patient.world.now() / 1_000, login.time));
    found.add("slack.scopes", granted(login, patient.settings));
    let may_have = |scope: &str| login.scopes.iter().any(|granted| granted == scope);
    found.add(
        "slack.receipts",
        match may_have(scopes::RECEIPTS) {
            true => fine("replies are marked as being on their case, waiting or refused"),
            false => unseen(
                format!(
                    "without {} no reply is marked as being on its case, which nothing waits for",
                    scopes::RECEIPTS
                ),
                "add the scope under OAuth & Permissions, then Reinstall to Workspace",
            ),
        },
    );
    found.add("slack.furniture", furniture(&patient.settings.slack, may_have));
    found.add("slack.attachments", copies(&patient.settings.slack, may_have(scopes::COPIES)));
    let may = may_have(scopes::PRIVATE_CHANNELS);
    found.add(
        "slack.private_channels",
        match (patient.settings.makes_channels(), may) {
            (false, _) => fine("not needed: all cases are in one channel, and nobody may restrict one"),
            (true, true) => fine("the app may make private channels"),
            (true, false) => wrong(
                format!(
                    "to restrict a case, or with layout = \"channel\", the app needs {}",
                    scopes::PRIVATE_CHANNELS
                ),
                "Add it under OAuth & Permissions, then Reinstall to Workspace",
            ),
        },
    );
}

/// What makes a case's channel easier to use: nothing waits for it.
fn furniture(settings: &SlackSettings, may_have: impl Fn(&str) -> bool) -> Answer {
    let missing: Vec<_> = scopes::of_furniture(settings).filter(|scope| !may_have(scope)).collect();
    match missing.is_empty() {
        true => fine("pins and bookmarks are set as the settings ask"),
        false => wrong(
            format!(
                "the app lacks {}: without them no channel gets its pin or bookmarks",
                missing.join(", ")
            ),
            "Add them under OAuth & Permissions, then Reinstall to Workspace",
        ),
    }
}

fn copies(settings: &SlackSettings, may: bool) -> Answer {
    match (settings.attachments, may) {
        (Attachments::Link, _) => fine("files of a case are named in its thread, and not copied there"),
        (Attachments::Copy, true) => fine("files of a case are copied into its thread"),
        (Attachments::Copy, false) => wrong(
            format!(
                "the app lacks {}: without it no file of a case is copied into its thread",
                scopes::COPIES
            ),
            "Add it under OAuth & Permissions, then Reinstall to Workspace",
        ),
    }
}

fn clock(now: i64, theirs: Option<i64>) -> Answer {
    match theirs.map(|theirs| now - theirs) {
        None => unseen("Slack did not say its time", "compare this machine's clock with another"),
        Some(skew) if skew.abs() <= SKEW => fine(format!("{} s beside Slack's", skew.abs())),
        Some(skew) => wrong(
            format!(
                "the clock here is {} s {} Slack's",
                skew.abs(),
                if skew > 0 { "before" } else { "behind" }
            ),
            "Set this machine's clock (NTP): signatures over 300 s old are refused",
        ),
    }
}

fn granted(login: &Login, settings: &Settings) -> Answer {
    let has = |scope: &&str| login.scopes.iter().any(|granted| granted == scope);
    let missing: Vec<_> = scopes::needed(settings).filter(|scope| !has(scope)).collect();
    match missing.is_empty() {
        true => fine(format!("all {} that are needed", scopes::needed(settings).count())),
        false => wrong(
            format!("the app lacks {}", missing.join(", ")),
            "Add them under OAuth & Permissions (`casebridge manifest --scopes` says what each is for), then \
             Reinstall to Workspace",
        ),
    }
}

pub(super) async fn of_the_channel(channel: &ChannelId, slack: &Slack<'_>, found: &mut Examined) {
    let facts = match slack.channel_facts(channel).await {
        Ok(Some(facts)) => facts,
        Ok(None) => {
            let seen = format!("Slack shows the app no channel {channel}");
            let mend = "Set slack.channel to the id at the bottom of the channel's details; a private one must have the \
                        app in it: /invite @Casebridge there";
            found.add("slack.channel", wrong(seen, mend));
            return found.add_all(&CHANNEL, &behind("slack.channel"));
        }
        Err(failure) => {
            found.add(
                "slack.channel",
                refused(&failure, "Add channels:read and groups:read, see slack.scopes"),
            );
            return found.add_all(&CHANNEL, &behind("slack.channel"));
        }
    };
    found.add("slack.channel", fine(format!("{channel} is there")));
    let ChannelFacts { is_member, is_archived, is_private, is_shared } = facts;
    let judged = [
        (is_member, "the app is in it", "the app is not in the channel", "In it, type /invite @Casebridge"),
        (
            !is_archived,
            "it is in use",
            "the channel is archived",
            "Unarchive it, or name another: slack.channel",
        ),
        (
            is_private,
            "it is private",
            "the channel is public: everybody in the workspace, and guests in it, read every case",
            "Make it private (channel details, Settings), or name another: slack.channel",
        ),
        (
            !is_shared,
            "no other workspace reads it",
            "it is shared with another workspace, whose people read everything that is told there",
            "End the sharing, or name another channel in the settings: slack.channel",
        ),
    ];
    for (check, (is_right, seen, fault, mend)) in CHANNEL.into_iter().zip(judged) {
        let answer = match is_right {
            true => fine(seen),
            // A private channel is not even seen from outside.
            false if check == "slack.private" && !is_member => behind("slack.member"),
            false => wrong(fault, mend),
        };
        found.add(check, answer);
    }
    let guests = if is_member { guests(slack, channel).await } else { behind("slack.member") };
    found.add("slack.guests", guests);
}

/// Guests read what is told there, though they may ask for nothing.
async fn guests(slack: &Slack<'_>, channel: &ChannelId) -> Answer {
    let scopes = "Add channels:read and groups:read, see slack.scopes";
    let members = match slack.members(channel).await {
        Ok(members) => members,
        Err(failure) => return refused(&failure, scopes),
    };
    let mut guests = Vec::new();
    for id in members.iter().take(LOOKED_AT) {
        match slack.user(id).await {
            Ok(Some(person)) if person.is_restricted && !person.is_bot => guests.push(id.to_string()),
            Ok(_) => {}
            Err(failure) => return refused(&failure, scopes),
        }
    }
    let end = "Take them out of the channel, or name another: slack.channel";
    match (guests.is_empty(), members.len()) {
        (false, _) => wrong(format!("guests read every case: {}", guests.join(", ")), end),
        (true, count) if count > LOOKED_AT => unseen(
            format!("none among {LOOKED_AT} of {count} people"),
            "look for guests among the channel's members in Slack",
        ),
        // The app itself is in every channel that it may see.
        (true, 0) => wrong("Slack shows nobody in it", "Invite the app there: /invite @Casebridge"),
        (true, count) => fine(format!("none among the {count} who are in it")),
    }
}

/// Everybody in Slack whom the settings give a role; `groups` says which kind of names.
fn named(settings: &Settings, groups: bool) -> Vec<&MemberId> {
    let all = settings.all_roles().flat_map(|(_, roles)| roles.named());
    let mut named: Vec<_> = all.filter(|id| !id.is_of_jira() && id.group().is_some() == groups).collect();
    named.sort_by_key(|id| id.as_str());
    named.dedup();
    named
}

async fn people(settings: &Settings, slack: &Slack<'_>) -> Answer {
    let (named, mut bad) = (named(settings, false), Vec::new());
    for id in &named {
        let why = match slack.user(&UserId::new(id.as_str())).await {
            Ok(None) => "is nobody here",
            Ok(Some(person)) if person.is_deleted => "is deactivated",
            Ok(Some(person)) if person.is_bot => "is a bot",
            Ok(Some(person)) if person.is_restricted => "is a guest",
            Ok(Some(_)) => continue,
            Err(failure) => return refused(&failure, "Add users:read, see slack.scopes"),
        };
        bad.push(format!("{id} {why}"));
    }
    match (bad.is_empty(), named.len()) {
        (true, 0) => fine("the settings name no single person"),
        (true, count) => fine(format!("all {count} that [roles] names are members")),
        (false, _) => wrong(
            format!("of [roles], {}", bad.join(", ")),
            "Take them out, or name others: they may do nothing here",
        ),
    }
}

async fn groups(settings: &Settings, slack: &Slack<'_>) -> Answer {
    let (named, mut bad) = (named(settings, true), Vec::new());
    if settings.all_roles().all(|(_, roles)| roles.named().next().is_none()) {
        let mend = "Name people or groups under [roles]: until then nobody may do anything from Slack";
        return wrong("[roles] is empty", mend);
    }
    for id in &named {
        let group = GroupId::new(id.as_str());
        match slack.group_members(&group).await {
            Ok(members) if members.is_empty() => bad.push(id.to_string()),
            Ok(_) => {}
            Err(failure) => return refused(&failure, "Add usergroups:read, see slack.scopes"),
        }
    }
    match (bad.is_empty(), named.len()) {
        (true, 0) => fine("the settings name no group"),
        (true, count) => fine(format!("all {count} that [roles] names have members")),
        (false, _) => wrong(
            format!("of [roles], {} has no member, or is no group here", bad.join(", ")),
            "Fill the group in Slack, or name another: its id stands under People, User groups",
        ),
    }
}

async fn invited(settings: &Settings, slack: &Slack<'_>) -> Answer {
    if settings.slack.layout == Layout::Thread {
        return fine("not needed: all cases are in one channel");
    }
    let mut unknown = 0;
    let routed = settings.routes.iter().filter_map(|route| route.invite.as_ref());
    let all: Vec<_> = [&settings.slack.invite].into_iter().chain(routed).flatten().collect();
    for email in &all {
        match slack.user_by_email(email).await {
            Ok(Some(_)) => {}
            Ok(None) => unknown += 1,
            Err(failure) => return refused(&failure, "Add users:read.email, see slack.scopes"),
        }
    }
    match unknown {
        0 => fine(format!("Slack knows all {}", all.len())),
        // Which, is not said: a log may keep this.
        count => wrong(
            format!("Slack knows nobody by {count} of the addresses to invite"),
            "Give the addresses with which they log in to Slack",
        ),
    }
}

/// A secret with which requests are signed shows itself by the last request alone.
pub(super) async fn signed(patient: &Patient<'_>, service: Service) -> Answer {
    let (secret, where_to_look, way) = match service {
        Service::Slack => (
            "slack_signing_secret",
            "the app's Basic Information, Signing Secret",
            "type /sir whoami, or press Retry under Event Subscriptions",
        ),
        Service::Jira => (
            "jira_webhook_secret",
            "System, WebHooks in Jira",
            "comment on an issue of the project, then look in an hour's time",
        ),
    };
    let [genuine, strange] = match sighting::requests(patient.world, service).await {
        Ok(seen) => seen,
        Err(error) => return unseen(error.to_string(), "mend table.read first"),
    };
    let now = patient.world.now();
    match (genuine, strange) {
        (genuine, Some(strange)) if genuine.is_none_or(|genuine| genuine < strange) => wrong(
            format!("a request that is signed, but not with {secret}, came {}", ago(now, strange)),
            format!(
                "Compare {secret} in the secret with {where_to_look}: `casebridge setup --replace-tokens` asks for it"
            ),
        ),
        (Some(genuine), _) => fine(format!("the last request that fits {secret} came {}", ago(now, genuine))),
        (None, _) => unseen(format!("no request that is signed with {secret} came yet"), way),
    }
}
