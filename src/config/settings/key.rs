//! Which keys are there? One list: what is checked, and what docs/settings.md tells, come from it.

use super::value::{TextShape, UrlShape};

#[derive(Clone, Copy)]
pub(crate) enum ValueKind {
    Text(TextShape),
    Url(UrlShape),
    Choice(&'static [&'static str]),
    Choices(&'static [&'static str]),
    Texts(TextShape),
    Flag,
    Number(u32, u32),
    Hours,
    /// Rising minutes, each in this range.
    Minutes(u32, u32),
    /// Tables of these keys; those that must be there.
    Rules(&'static [(&'static str, ValueKind)], &'static [&'static str]),
    /// A table of these keys.
    Table(&'static [(&'static str, ValueKind)]),
    /// Names, each with hours by name.
    Clocks,
    Names(&'static [&'static str], TextShape),
    Fields,
    Ways,
}

/// What holds where a key is not given.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fallback {
    /// It must be given, at least where its table is.
    Required,
    None(&'static str),
    Value(&'static str),
}

pub(crate) struct SettingKey {
    pub table: &'static str,
    pub name: &'static str,
    pub kind: ValueKind,
    pub default: Fallback,
    pub meaning: &'static str,
}

/// The tables, and whether the settings must have each.
pub(crate) const TABLES: [(&str, bool, &str); 9] = [
    ("slack", true, "Where the team talks."),
    ("jira", false, "Where the team keeps its issues. Without this table there is no Jira."),
    ("sir", false, "The service."),
    (
        "roles",
        false,
        "Who may do what: people and user groups of Slack by their ids, accounts of Jira by theirs (the end of the address \
         of somebody's profile in Jira), and groups of Jira as `group:` and the group's id (the end of its address in \
         Atlassian's administration): for those the account of the token needs the global permission Browse users and \
         groups, and who joins or leaves one counts within five minutes. Each role includes those above it in this list. Without names it is nobody: \
         then what people write in Jira stays there, and each issue says so once. What somebody wrote before the functions \
         saw the role does not become a comment later.",
    ),
    ("timing", false, "When the bridge looks, and speaks, by itself."),
    (
        "notify",
        false,
        "Whom to call: users (`U…`, `W…`), user groups (`S…`), `watchers` of the case, its `owner`. Whoever is called is \
         mentioned in the case's thread, which is shown in the channel as well, and invited to it first. Nobody is mentioned \
         where another workspace or a guest reads. After three calls of a rule for the same moment within ten minutes one message names \
         the cases for which nobody is called.",
    ),
    (
        "pagerduty",
        false,
        "Whom to wake. PagerDuty hears the case's id, why, and the links, and nothing else of it; of a restricted case not even the id. An alert is acknowledged \
         when somebody takes the case, and resolved when your side answers or the case is closed. The secret needs \
         `pagerduty_routing_key`, the key of an integration of the kind Events API v2. Without this table it wakes nobody.",
    ),
    (
        "webhook",
        false,
        "Where else what happens on a case is told, after [Standard Webhooks](https://www.standardwebhooks.com): \
         JSON after [this schema](webhook.schema.json), signed under `webhook_secret`, once by its `webhook-id`, which stays the same over all \
         tries. An answer of 410 ends it, until the secret or the address is another. Without this table it is told nowhere else.",
    ),
    (
        "restrict",
        false,
        "Cases of which only some may know, from their beginning on; `/sir restrict` says it of a case later. Such a case is told in \
         a private channel of its own only, in Jira under `jira.restricted_level` or not at all, and whoever is not in \
         its channel is told that there is no such case.",
    ),
];

/// The service's own names of where a case stands.
pub const STATUSES: [&str; 7] = [
    "Submitted",
    "Acknowledged",
    "Detection and Analysis",
    "Containment, Eradication and Recovery",
    "Post-incident Activities",
    "Ready to Close",
    "Closed",
];

/// What an issue can be told of as comments: what is said on the case, and each field as a line of changes calls it.
pub const TOLD: [&str; 17] = [
    "comments",
    "status",
    "closure",
    "title",
    "resolver",
    "next_move",
    "type",
    "reported_start",
    "actual_start",
    "accounts",
    "regions",
    "services",
    "watchers",
    "threat_actor_addresses",
    "metadata",
    "description",
    "attachment",
];

const MEMBERS: ValueKind = ValueKind::Texts(TextShape::Member);
const MINUTES: ValueKind = ValueKind::Number(5, 44_640);
const CALLED: ValueKind = ValueKind::Texts(TextShape::Callee);
const NOBODY: Fallback = Fallback::None("nobody");

macro_rules! keys {
    ($($table:ident.$name:ident: $kind:expr, $default:expr, $meaning:expr;)*) => {
        /// Every key, in the order in which they are told.
        pub(crate) const KEYS: &[SettingKey] = &[$(SettingKey {
            table: stringify!($table),
            name: stringify!($name),
            kind: $kind,
            default: $default,
            meaning: $meaning,
        }),*];
    };
}

keys! {
    slack.team: ValueKind::Text(TextShape::Team), Fallback::Required,
        "The workspace whose people may speak.";
    slack.channel: ValueKind::Text(TextShape::Channel), Fallback::Required,
        "The channel of all cases with the layout `thread`, and of membership news. The app must be in it, and no other \
         workspace: `/sir doctor` says if one is.";
    slack.layout: ValueKind::Choice(&["thread", "channel"]), Fallback::Value("\"thread\""),
        "`thread`: one channel, a card and a thread a case. `channel`: a private channel a case, which looks after \
         itself as the keys below say: nothing that is told waits for that, and `doctor` (`slack.furniture`) names a scope that lacks.";
    slack.channel_prefix: ValueKind::Text(TextShape::ChannelPrefix), Fallback::Value("\"sir-case-\""),
        "With the layout `channel`: a channel's name is this and the case's id. So is that of a restricted case, whatever the layout.";
    slack.invite: ValueKind::Texts(TextShape::Email), Fallback::None("none"),
        "With the layout `channel`: the e-mail addresses of those who are invited to every case's channel. One at least: the channels are private, and \
         nobody else would see them.";
    slack.invite_team: ValueKind::Flag, Fallback::Value("false"),
        "With the layout `channel`: the people of the membership's incident response team are invited to each case's channel. Slack \
         finds them by the e-mail addresses that the membership has; whom it does not find stays out.";
    slack.invite_watchers: ValueKind::Flag, Fallback::Value("false"),
        "With the layout `channel`: whoever watches an open case is invited to its channel, and who comes later too; nobody is taken out \
         again. Into the channel of a restricted case come those alone who may know of it.";
    slack.bookmarks: ValueKind::Flag, Fallback::Value("false"),
        "With the layout `channel`: each case's channel has bookmarks to the AWS console and to the case's issue. Needs the scopes \
         `bookmarks:read` and `bookmarks:write`: `casebridge manifest` has them then.";
    slack.pin_card: ValueKind::Flag, Fallback::Value("false"),
        "With the layout `channel`: the card is pinned in its channel, so that it is found above a long talk. Needs the scope `pins:write`: \
         `casebridge manifest` has it then.";
    slack.archive_days: ValueKind::Number(0, 3_650), Fallback::Value("0"),
        "With the layout `channel`: so many days after its closing a case's channel is archived: it can be read still, and nobody writes \
         there any more. 0 never does.";
    slack.relay: ValueKind::Choice(&["all", "mention", "off"]), Fallback::None("`all`"),
        "Which replies of people in a case's thread become comments on the case: `all`, those that `mention` the app \
         elsewhere than at their beginning, or none (`off`). It counts for what is said from the moment on at which the \
         functions see it, never for what was said before.";
    slack.private_prefix: ValueKind::Text(TextShape::Prefix), Fallback::Value("\"//\""),
        "A message that begins so stays in Slack.";
    slack.private_only: ValueKind::Flag, Fallback::Value("false"),
        "Nothing is told or changed in a channel that is public: the case waits, as it does where another workspace reads. \
         `/sir doctor` names public channels and guests whatever this says.";
    slack.no_guests: ValueKind::Flag, Fallback::Value("false"),
        "The same for a channel in which a guest is, or in which more people are than Casebridge asks about (100).";
    slack.attachments: ValueKind::Choice(&["link", "copy"]), Fallback::Value("\"link\""),
        "What of a case's attachments stands in its thread: `link` names them, and `/sir files` gives each by a link that works for a short \
         time. `copy` puts each that AWS verified there as well, streamed, of open cases, and those of before too: whoever may read the thread may then \
         open it, and Slack keeps it. A file that was brought from the thread is not put there again. Needs the scope `files:write`: `casebridge manifest` \
         has it then. Nothing that is told waits for it.";
    slack.attachments_mb: ValueKind::Number(1, 100), Fallback::Value("25"),
        "With `attachments = \"copy\"`: a larger file is not copied, in MiB, and the thread says so.";
    slack.replies_are_comments: ValueKind::Flag, Fallback::Value("true"),
        "How `relay` was said before, and still read where that is not given: `true` is `all`, `false` is `off`.";
    slack.api_url: ValueKind::Url(UrlShape::SlackApi), Fallback::Value("\"https://slack.com/api\""),
        "Base of Slack's Web API. GovSlack: `https://slack-gov.com/api`. No other is taken.";
    jira.api_url: ValueKind::Url(UrlShape::JiraApi), Fallback::Required,
        "Base of the REST API: `https://SITE.atlassian.net`, or `https://api.atlassian.com/ex/jira/CLOUD_ID` for a \
         service account. No other is taken.";
    jira.site_url: ValueKind::Url(UrlShape::JiraSite), Fallback::None("`api_url`"),
        "Base of the links that people open: `https://SITE.atlassian.net`.";
    jira.project: ValueKind::Text(TextShape::Project), Fallback::Required,
        "Key of the project.";
    jira.issue_type: ValueKind::Text(TextShape::Name), Fallback::Value("\"Task\""),
        "Name of the issue type.";
    jira.labels: ValueKind::Texts(TextShape::Label), Fallback::None("none"),
        "More labels for each issue.";
    jira.restricted_level: ValueKind::Text(TextShape::Label), Fallback::None("none: no issue"),
        "Id of the security level (as `10021`) that the issue of a restricted case gets, when it is made. The account of the token must be \
         in it, and the field Security Level on the screens.";
    jira.internal_notes_are_comments: ValueKind::Flag, Fallback::Value("false"),
        "In a service project: an internal note of a person becomes a comment on the case too. AWS and everybody who reads \
         the case's thread read it then. Notes that were kept in Jira before stay there, and so does always a comment for one \
         role or group.";
    jira.status_from_jira: ValueKind::Choice(&["say", "off"]), Fallback::Value("\"say\""),
        "Where somebody moves a case's issue by hand, `say` tells the case's thread, with buttons that close the case or put the \
         issue back. Nothing moves or closes a case by itself.";
    jira.assignee: ValueKind::Choice(&["owner", "off"]), Fallback::Value("\"off\""),
        "`owner`: whoever takes a case, or is given it, becomes the assignee of its issue, once. Jira finds them by their e-mail \
         address in Slack, which the table keeps with the case for that. Who is not found, or may not be assigned, is said once in the \
         thread, and nothing waits for it; what somebody changes by hand in Jira stays until the case has another owner. The \
         account of the token needs the right Assign Issues and the global permission Browse users and groups, and the edit screen the field \
         Assignee.";
    jira.attachments: ValueKind::Choice(&["link", "copy"]), Fallback::Value("\"link\""),
        "The same for the case's issue: `copy` puts each verified file on it, where whoever may see the issue may open it. The account of the token \
         needs the right Create Attachments, and Delete Own Attachments to take away what was withdrawn.";
    jira.attachments_mb: ValueKind::Number(1, 100), Fallback::Value("25"),
        "As in `[slack]`. Jira's own limit may be lower.";
    jira.tell: ValueKind::Choices(&TOLD), Fallback::Value("[\"comments\", \"status\", \"closure\"]"),
        "What is told in an issue as comments, which Jira mails to those who watch it. All else of the case stands in the issue's \
         description, which mails nobody where the account of the token administers the project. What stands in an issue stays, \
         whatever this says later. Without `comments` what is said on a case stays out of its issue; named again, it is told from the case's beginning.";
    jira.status: ValueKind::Names(&STATUSES, TextShape::NameOrNone), Fallback::None("see below"),
        "From a case's status to the name, or the category (`new`, `indeterminate`, `done`), of a Jira status. A \
         status that is not named keeps its default; `\"\"` leaves the issue as it is.";
    jira.fields: ValueKind::Fields, Fallback::None("none"),
        "More fields of each new issue, by their ids: what the project's create screen wants. A field that the screen does not \
         have is left out. See below.";
    jira.transitions: ValueKind::Ways, Fallback::None("none"),
        "Fields that are given on the way to a status: what a transition's screen wants. A field that the screen does not have is \
         left out. See below.";
    sir.region: ValueKind::Text(TextShape::Region), Fallback::None("the functions' own"),
        "The membership's Region, if the links to the console need it. The roles of `template.yaml` allow the stack's own \
         Region only, and only there events arrive: `settings push` refuses another. Deploy the stack in the membership's Region.";
    sir.console_url: ValueKind::Url(UrlShape::Link),
        Fallback::Value("\"https://{region}.console.aws.amazon.com/security-ir/home?region={region}\""),
        "Link to a case in the console; `{region}` and `{case}` are replaced. AWS documents no link to one case.";
    sir.name_the_speaker: ValueKind::Flag, Fallback::Value("true"),
        "Comments from Slack and Jira begin with a line that says who speaks.";
    sir.observe: ValueKind::Flag, Fallback::Value("false"),
        "Cases are read and planned, and nothing is told in Slack, in Jira or anywhere: the log of `notify` says \
         how much would be (`would be told`), and `casebridge plan CASE` what. Once it is off, all of it is told. What \
         people type after `/sir` is done as ever.";

    roles.viewer: MEMBERS, NOBODY,
        "Reads.";
    roles.responder: MEMBERS, NOBODY,
        "Works the case. From Jira: comments on it, with files.";
    roles.commander: MEMBERS, NOBODY,
        "Closes it, or hands it to AWS.";
    roles.admin: MEMBERS, NOBODY,
        "Membership and Security Hub.";
    roles.close_takes_two: ValueKind::Flag, Fallback::Value("false"),
        "Closing a case takes two people: one asks for it, another with the role confirms it within 15 minutes. Cancelling a \
         membership and leaving Security Hub's administrator always do; handing a case to AWS never does.";
    timing.verify_minutes: MINUTES, Fallback::Value("60"),
        "Minutes between two checks of an open case against its thread and issue.";
    timing.discover_minutes: MINUTES, Fallback::Value("60"),
        "Minutes between two looks through all cases for those whose event never came.";
    timing.nudge_hours: ValueKind::Number(0, 8_760), Fallback::Value("24"),
        "Hours that a case may wait for somebody before its thread says so, once. 0 never does.";
    timing.keep_days: ValueKind::Number(0, 3_650), Fallback::Value("90"),
        "Days after its closing when what the table holds of a case (title, addresses, names of files) is forgotten but for hashes; its \
         thread says so 14 days before. 0 keeps it. `casebridge forget` does it at once.";
    timing.quiet_hours: ValueKind::Hours, Fallback::None("none"),
        "Hours of the day without nudges, as `[22, 7]`. Whom `[notify]` names is called in them as well.";
    timing.quiet_offset: ValueKind::Text(TextShape::Offset), Fallback::None("UTC"),
        "By which clock the quiet hours are: so far from UTC, as `+01:00`, in summer and winter.";
    notify.new_case: CALLED, NOBODY,
        "A case was opened.";
    notify.your_move: CALLED, NOBODY,
        "AWS, or its AI agent, waits for an answer.";
    notify.aws: CALLED, NOBODY,
        "AWS commented.";
    notify.overdue: CALLED, NOBODY,
        "An answer is overdue; those of `your_move` are called again with them.";
    notify.closed: CALLED, NOBODY,
        "A case was closed.";
    notify.escalate_minutes: ValueKind::Minutes(1, 10_080), Fallback::Value("[15, 60]"),
        "After so many minutes a question of AWS calls again. A comment of your side on the case, or whoever takes the case, \
         ends that. `[]` never does.";
    notify.deadline: CALLED, Fallback::None("the case's owner"),
        "A deadline of a clock is near, or now.";
    notify.remind_minutes: ValueKind::Minutes(1, 10_080), Fallback::Value("[30, 120]"),
        "So many minutes before each deadline it is said, and once more when it is over.";
    notify.clocks: ValueKind::Clocks, Fallback::None("none"),
        "Clocks that people start with `clock NAME`: each with its deadlines, in hours from the start. A deadline is what you \
         write here: this is no legal advice.";
    notify.rules: ValueKind::Rules(&CALL_RULE, &[]), Fallback::None("none"),
        "For some cases others are called: see below.";
    pagerduty.api_url: ValueKind::Url(UrlShape::PagerDuty), Fallback::Value("\"https://events.pagerduty.com\""),
        "Base of PagerDuty's Events API. In its service region EU: `https://events.eu.pagerduty.com`. No other is taken.";
    pagerduty.on: ValueKind::Choices(&["new_case", "your_move", "overdue"]), Fallback::Value("[\"overdue\"]"),
        "Of what it rings: a case was opened, AWS waits for an answer, or nobody gave it in time.";
    pagerduty.after_minutes: ValueKind::Number(1, 10_080), Fallback::None("the last of `notify.escalate_minutes`"),
        "After so many minutes without an answer or anybody who takes the case it is overdue for PagerDuty.";
    webhook.url: ValueKind::Url(UrlShape::Public), Fallback::Required,
        "Where it is told: an address with `https://` and a name that leads to public addresses only.";
    webhook.texts: ValueKind::Flag, Fallback::Value("false"),
        "With titles, descriptions, comments and the values of fields. Without it: ids, kinds, status, who, times and links.";
    restrict.rules: ValueKind::Rules(&RESTRICT_RULE, &["people"]), Fallback::None("none"),
        "Which cases, and who: see below.";
}

/// What a rule of `[notify]` may hold: conditions, then who is called.
const CALL_RULE: [(&str, ValueKind); 11] = [
    ("account", ValueKind::Text(TextShape::Account)),
    ("region", ValueKind::Text(TextShape::Region)),
    ("title", ValueKind::Text(TextShape::Name)),
    ("type", ValueKind::Choice(&["Security Incident", "Investigation"])),
    ("tag", ValueKind::Text(TextShape::Tag)),
    ("new_case", CALLED),
    ("your_move", CALLED),
    ("aws", CALLED),
    ("overdue", CALLED),
    ("closed", CALLED),
    ("deadline", CALLED),
];

/// What a rule of `[restrict]` may hold: conditions, then who may know.
const RESTRICT_RULE: [(&str, ValueKind); 4] = [
    ("account", ValueKind::Text(TextShape::Account)),
    ("title", ValueKind::Text(TextShape::Name)),
    ("tag", ValueKind::Text(TextShape::Tag)),
    ("people", MEMBERS),
];

/// What a route may hold: its name, conditions, then where its cases go and whose they are.
pub(crate) const ROUTE: [(&str, ValueKind); 12] = [
    ("name", ValueKind::Text(TextShape::Word)),
    ("account", ValueKind::Text(TextShape::Account)),
    ("region", ValueKind::Text(TextShape::Region)),
    ("title", ValueKind::Text(TextShape::Name)),
    ("type", ValueKind::Choice(&["Security Incident", "Investigation"])),
    ("tag", ValueKind::Text(TextShape::Tag)),
    ("channel", ValueKind::Text(TextShape::Channel)),
    ("channel_prefix", ValueKind::Text(TextShape::ChannelPrefix)),
    ("invite", ValueKind::Texts(TextShape::Email)),
    ("project", ValueKind::Text(TextShape::Project)),
    ("issue_type", ValueKind::Text(TextShape::Name)),
    ("roles", ValueKind::Table(&ROUTE_ROLES)),
];

const ROUTE_ROLES: [(&str, ValueKind); 5] = [
    ("viewer", MEMBERS),
    ("responder", MEMBERS),
    ("commander", MEMBERS),
    ("admin", MEMBERS),
    ("close_takes_two", ValueKind::Flag),
];

/// What stands in the settings as `[[route]]`.
pub(crate) const ROUTES: &str = "route";

impl ValueKind {
    pub fn words(self) -> String {
        match self {
            Self::Text(_) | Self::Url(_) => "text".to_owned(),
            Self::Choice(choices) => choices.join(" or "),
            Self::Choices(choices) => format!("list of {}", choices.join(", ")),
            Self::Texts(_) => "list of texts".to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::Number(least, most) => format!("number, {least} to {most}"),
            Self::Hours => "two hours, 0 to 23".to_owned(),
            Self::Minutes(least, most) => format!("rising numbers, {least} to {most}"),
            Self::Rules(..) => "tables".to_owned(),
            Self::Names(..) | Self::Fields | Self::Clocks | Self::Table(_) => "table".to_owned(),
            Self::Ways => "a table a status".to_owned(),
        }
    }
}

pub(crate) fn keys_of(table: &str) -> impl Iterator<Item = &'static SettingKey> {
    KEYS.iter().filter(move |key| key.table == table)
}

const FIELDS: &str = "\n### `[jira.fields]` and `[jira.transitions.\"…\"]`\n\n\
A field's id is `resolution`, `components` or `customfield_10050`: `casebridge doctor` names those that are wanted. A text, or a \
list of texts, is enough where Jira goes by names (`resolution`, `priority`, `components`, `fixVersions`, `versions`), and an \
account's id for `assignee` and `reporter`; any other value goes to Jira as it is written here.\n\n\
```toml\n[jira.fields]\ncomponents = [\"SIR\"]\ncustomfield_10050 = { value = \"High\" }\n\n[jira.transitions.\"Done\"]\n\
resolution = \"Done\"\n```\n\n\
A status stands here as it stands in `[jira.status]`. Without a field that is wanted, new issues wait, or the status is owed \
and the thread says so once; comments go on.\n";

pub fn reference() -> String {
    let mut text = String::new();
    for (table, required, meaning) in TABLES {
        let required = if required { " Required." } else { "" };
        text += &format!(
            "### `[{table}]`\n\n{meaning}{required}\n\n| key | takes | default | meaning |\n|---|---|---|---|\n"
        );
        for key in keys_of(table) {
            let default = match key.default {
                Fallback::Required => "**required**".to_owned(),
                Fallback::None(words) => words.to_owned(),
                Fallback::Value(value) => format!("`{value}`"),
            };
            text += &format!("| `{}` | {} | {default} | {} |\n", key.name, key.kind.words(), key.meaning);
        }
        text += "\n";
    }
    text += "### `[jira.status]`\n\nA name, or one of the categories `new`, `indeterminate`, `done`.\n\n\
             | status of the case | default |\n|---|---|\n";
    let defaults = super::jira_status();
    for status in STATUSES {
        text += &format!("| `{status}` | `{}` |\n", defaults.get(status).map_or("", String::as_str));
    }
    text += FIELDS;
    text += "\n### `[[notify.rules]]`\n\nOf the rules that fit a case, the first that names a moment says who is called for it. A rule \
             fits where all its conditions do.\n\n| key | takes | |\n|---|---|---|\n";
    for (name, kind) in CALL_RULE {
        let meaning = match name {
            "account" | "region" => "condition: the case reaches it",
            "title" => "condition: the title holds these words, in any case",
            "type" => "condition: the case is of this type",
            "tag" => "condition: the case has this tag, as `team=red`; costs one call a look at an open case",
            _ => "who is called, in the place of the key above",
        };
        text += &format!("| `{name}` | {} | {meaning} |\n", kind.words());
    }
    text += "\n### `[[restrict.rules]]`\n\nA rule fits where all its conditions do; it is asked once, before a case is told anywhere. The \
             people of all rules that fit may know of the case. A rule for `tag` costs one call a new case.\n\n\
             | key | takes | |\n|---|---|---|\n";
    for (name, kind) in RESTRICT_RULE {
        let meaning = match name {
            "account" => "condition: the case reaches it",
            "title" => {
                "condition: the title begins so, in any case; AWS's own `[Proactive case]` before it does not count"
            }
            "tag" => "condition: the case has this tag, as `confidential=yes`",
            _ => "who may know of the case; needed",
        };
        text += &format!("| `{name}` | {} | {meaning} |\n", kind.words());
    }
    text += ROUTE_MEANING;
    for (name, kind) in ROUTE {
        text += &format!("| `{name}` | {} | {} |\n", kind.words(), of_route(name));
    }
    text + ROUTE_ROLES_MEANING
}

fn of_route(name: &str) -> &'static str {
    match name {
        "name" => {
            "what the route is called; needed. A case remembers it: after a route is renamed its cases are nobody's but `roles.admin`'s"
        }
        "account" | "region" => "condition: the case reaches it",
        "title" => "condition: the title holds these words, in any case",
        "type" => "condition: the case is of this type",
        "tag" => "condition: the case has this tag, as `team=red`; costs one call a new case",
        "channel" => "in the place of `slack.channel`; only with the layout `thread`. The app must be in it",
        "channel_prefix" => "in the place of `slack.channel_prefix`",
        "invite" => "in the place of `slack.invite`; only with the layout `channel`",
        "project" => "in the place of `jira.project`. The webhook in Jira must tell of its issues too",
        "issue_type" => "in the place of `jira.issue_type`",
        _ => "who may do what with its cases, in the place of all of `[roles]`: see below",
    }
}

const ROUTE_MEANING: &str = "\n### `[[route]]`\n\nWhere some cases go instead, and whose they are. The first route that fits a new case \
holds for it; where none does, all is as the tables above say. A route fits where all its conditions do. It is chosen once, before a case \
is told anywhere: what changes later, in the settings or on the case, moves no case that was told, and a case that was told before \
there were routes goes by none. All else of `[slack]` and `[jira]` is the same for all.\n\n| key | takes | |\n|---|---|---|\n";

const ROUTE_ROLES_MEANING: &str = "\n`[route.roles]`, below its `[[route]]`, has the keys of `[roles]` and **replaces** all of it for the \
cases of the route: whoever is named under `[roles]` alone may not even read them, admins among them, and whoever is named here alone may \
do nothing with any other case. Without it `[roles]` holds. This is so at every door: commands, buttons, forms, replies, mentions, and \
comments in Jira. `list` and the home page show those cases alone that the person may see; of the cases that Casebridge has not told \
and that are older than a day, only to whoever may see those of every route. What is about no case (`new`, `doctor`, `membership`, `hub`) \
goes by `[roles]`. With the cases of a route that the settings name no more only `roles.admin` may do anything, as long as there is any \
route.\n\nRoutes keep teams apart; they hide nothing from whoever is in a channel. For cases of which only some may know see \
`[restrict]`: it holds beside them.\n\n\
```toml\n[[route]]\nname = \"payments\"\naccount = \"111122223333\"\nchannel = \"C0PAYMENTS\"\nproject = \"PAY\"\n\n\
[route.roles]\nresponder = [\"S0PAYMENTS\"]\ncommander = [\"U024BE7LJ\"]\n```\n";
