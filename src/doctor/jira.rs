//! Jira: the token, the project, what an issue can be made of there, and where it can go.

use std::collections::BTreeSet;

use super::{
    Answer, Examined, Patient, behind, fine, refused,
    routes::{self, PROJECTS},
    slack::signed,
    unseen, wrong,
};
use crate::{
    case::{AccountId, IssueId, MemberId, text::counted},
    config::settings::{Assignee, Attachments, Roles},
    http::Failure,
    runtime::sighting::Service,
    targets::jira::{IssueKind, Jira, ProjectStatus, webhooks::FoundWebhook},
};

const OF_AN_ISSUE: [&str; 4] = ["jira.issue_type", "jira.fields", "jira.statuses", "jira.transitions"];
const RIGHTS: [&str; 3] = ["jira.rights", "jira.links", "jira.webhook"];
const TOKEN: &str = "Put the account's e-mail and API token into the secret as jira_email and jira_api_token: \
                     `casebridge setup --replace-tokens` asks for them. A token lives a year at most";

/// What the bridge does in a project, as Jira calls the right to it.
const NEEDED: [&str; 6] = [
    "BROWSE_PROJECTS",
    "CREATE_ISSUES",
    "EDIT_ISSUES",
    "ADD_COMMENTS",
    "EDIT_OWN_COMMENTS",
    "TRANSITION_ISSUES",
];
const LINKS: &str = "LINK_ISSUES";
/// Only such an account is shown the site's webhooks.
const ADMINISTER: &str = "ADMINISTER";
const FILES: [&str; 2] = ["CREATE_ATTACHMENTS", "DELETE_OWN_ATTACHMENTS"];

pub(super) async fn examine(patient: &Patient<'_>, found: &mut Examined) {
    let Some(jira) = patient.jira else {
        return found.add("jira.token", fine("not needed: there is no Jira in the settings"));
    };
    let me = jira.me().await;
    match &me {
        Ok(me) => {
            found.add("jira.token", fine(format!("Jira knows us as {me}")));
            of_the_project(jira, found).await;
            found.add(PROJECTS, routes::projects(patient).await);
        }
        Err(failure) => {
            found.add("jira.token", refused(failure, TOKEN));
            found.add_all(&["jira.project", PROJECTS], &behind("jira.token"));
            found.add_all(&[&OF_AN_ISSUE[..], &RIGHTS].concat(), &behind("jira.token"));
        }
    }
    found.add("jira.people", people(patient, me.as_ref().ok()).await);
    found.add("jira.webhook_secret", signed(patient, Service::Jira).await);
}

/// Who may comment on cases from there.
async fn people<'a>(patient: &Patient<'a>, me: Option<&AccountId>) -> Answer {
    let speak = |roles: &'a Roles| [&roles.responder, &roles.commander, &roles.admin].into_iter().flatten();
    let all = patient.settings.all_roles().flat_map(|(_, roles)| speak(roles)).filter(|id| id.is_of_jira());
    let (groups, accounts): (Vec<_>, Vec<_>) = all.partition(|id| id.group_in_jira().is_some());
    if groups.is_empty() && accounts.is_empty() {
        return wrong(
            "the settings name no account or group of Jira, so comments in Jira stay there",
            "Name under [roles] the account ids of those who speak for the team there",
        );
    }
    if let (Some(jira), Some(me), false) = (patient.jira, me, groups.is_empty())
        && let Err(failure) = jira.groups_of(me).await
    {
        return refused(
            &failure,
            "Give the account the global permission Browse users and groups: until then nobody speaks by a group",
        );
    }
    if let (Some(jira), Some(_)) = (patient.jira, me) {
        let unknown = unknown(jira, &accounts).await;
        if !unknown.is_empty() {
            return wrong(
                format!("Jira knows nobody by {}", unknown.join(", ")),
                "Take it out of the roles, or name the account that is meant: the end of the address of somebody's profile in Jira",
            );
        }
    }
    fine(format!(
        "{} and {} may comment from Jira",
        counted(accounts.len(), "account", "accounts"),
        counted(groups.len(), "group", "groups")
    ))
}

/// Those of which Jira says that there are none. Without the right to browse users it says of nobody.
async fn unknown<'i>(jira: &Jira<'_>, accounts: &[&'i MemberId]) -> Vec<&'i str> {
    let mut unknown = Vec::new();
    for id in accounts {
        if let Err(Failure::Gone { .. }) = jira.groups_of(&AccountId::new(id.as_str())).await {
            unknown.push(id.as_str());
        }
    }
    unknown
}

pub(super) async fn of_the_project(jira: &Jira<'_>, found: &mut Examined) {
    let project = &jira.settings.project;
    let kinds = match jira.issue_kinds().await {
        Ok(Some(kinds)) => kinds,
        Ok(None) => {
            let seen = format!("Jira shows the account no project {project}");
            let mend = "Set jira.project to the part of an issue's key before the dash, or give the account a role in \
                        the project (Project settings, Access)";
            found.add("jira.project", wrong(seen, mend));
            return found.add_all(&[&OF_AN_ISSUE[..], &RIGHTS].concat(), &behind("jira.project"));
        }
        Err(failure) => {
            found.add("jira.project", refused(&failure, "Give the account a role in the project"));
            return found.add_all(&[&OF_AN_ISSUE[..], &RIGHTS].concat(), &behind("jira.project"));
        }
    };
    found.add("jira.project", fine(format!("{project} is there")));
    match kinds.iter().find(|kind| kind.is(&jira.settings.issue_type)) {
        Some(kind) => {
            found.add("jira.issue_type", fine(format!("{} can be made there", kind.name)));
            of_the_issues(jira, kind, found).await;
        }
        None => {
            let names: Vec<_> = kinds.iter().map(|kind| kind.name.as_str()).collect();
            let seen = format!("{project} has no issue type \"{}\"", jira.settings.issue_type);
            found.add(
                "jira.issue_type",
                wrong(seen, format!("Set jira.issue_type to one of: {}", names.join(", "))),
            );
            found.add_all(&OF_AN_ISSUE[1..], &behind("jira.issue_type"));
        }
    }
    rights(jira, found).await;
}

async fn of_the_issues(jira: &Jira<'_>, kind: &IssueKind, found: &mut Examined) {
    found.add("jira.fields", fields(jira, kind).await);
    let statuses = match jira.statuses(kind).await {
        Ok(statuses) => statuses,
        Err(failure) => {
            found.add("jira.statuses", refused(&failure, "Give the account a role in the project"));
            return found.add("jira.transitions", behind("jira.statuses"));
        }
    };
    let wanted: BTreeSet<&str> = jira.settings.status.values().map(String::as_str).collect();
    let lost: Vec<_> = wanted.iter().filter(|name| !statuses.iter().any(|one| one.is(name))).collect();
    if !lost.is_empty() {
        let lost: Vec<_> = lost.iter().map(|name| format!("\"{name}\"")).collect();
        let there: Vec<_> = statuses.iter().map(|one| one.name.as_str()).collect();
        let seen = format!("the workflow of {} has no status {}", kind.name, lost.join(", "));
        let mend = format!("Name others under [jira.status], for one or more of: {}", there.join(", "));
        found.add("jira.statuses", wrong(seen, mend));
        return found.add("jira.transitions", behind("jira.statuses"));
    }
    found.add("jira.statuses", fine(format!("all {} of [jira.status] are there", wanted.len())));
    found.add("jira.transitions", transitions(jira, &statuses, &wanted).await);
}

async fn fields(jira: &Jira<'_>, kind: &IssueKind) -> Answer {
    let fields = match jira.fields(kind).await {
        Ok(fields) => fields,
        Err(failure) => return refused(&failure, "Give the account the right Create Issues"),
    };
    let ours = ["project", "issuetype", "summary", "description", "labels", "reporter"];
    let given: Vec<&str> = ours.into_iter().chain(jira.settings.fields.keys().map(String::as_str)).collect();
    let must: Vec<_> = fields
        .iter()
        .filter(|field| field.is_needed && !given.contains(&field.id.as_str()))
        .map(|field| field.id.clone())
        .collect();
    if !must.is_empty() {
        let seen = format!("an issue of this type needs {}, which nothing gives", must.join(", "));
        return wrong(
            seen,
            "Give them under [jira.fields] (docs/settings.md), or make them optional on the create screen",
        );
    }
    let unasked = ["project", "issuetype", "summary", "reporter"];
    let lacking: Vec<_> = given
        .into_iter()
        .filter(|name| !unasked.contains(name) && !fields.iter().any(|one| one.id == *name))
        .collect();
    match lacking.is_empty() {
        true => fine("the create screen takes what the bridge gives, and wants no more"),
        false => wrong(
            format!("the create screen has no {}, which is left out", lacking.join(" and no ")),
            "Add it to the screen (Project settings, Screens), or take it out of [jira.fields]. Without labels issues are \
             found again only among all that our account made",
        ),
    }
}

/// Where issues can go from where some of them stand: a workflow tells it of an issue alone.
async fn transitions(jira: &Jira<'_>, statuses: &[ProjectStatus], wanted: &BTreeSet<&str>) -> Answer {
    let from: Vec<_> = statuses.iter().filter(|one| wanted.iter().any(|name| one.is(name))).collect();
    let (mut tried, mut stuck, mut wants) = (0, Vec::new(), BTreeSet::new());
    for status in &from {
        let issue: Option<IssueId> = match jira.newest_in(status).await {
            Ok(issue) => issue,
            Err(failure) => return refused(&failure, "Give the account the right Browse Projects"),
        };
        let Some(issue) = issue else { continue };
        let ways = match jira.transitions(&issue).await {
            Ok(ways) => ways,
            Err(failure) => return refused(&failure, "Give the account the right Transition Issues"),
        };
        tried += 1;
        for name in wanted.iter().filter(|name| !status.is(name)) {
            match jira.way(&ways, name) {
                None => stuck.push(format!("from {} to {name}", status.name)),
                Some(way) => wants.extend(
                    way.wants(jira.settings, name).into_iter().map(|field| format!("{name} wants {field}")),
                ),
            }
        }
    }
    match (stuck.is_empty(), wants.is_empty(), tried) {
        (.., 0) => unseen(
            "no issue of the project stands in a status of [jira.status]",
            "open a case of your own with /sir new, then ask again",
        ),
        (true, true, tried) => {
            let all = counted(from.len(), "status", "statuses");
            fine(format!("from {tried} of {all} an issue can go to all others"))
        }
        (true, false, _) => wrong(
            wants.into_iter().collect::<Vec<_>>().join(", "),
            "Give such a field under [jira.transitions.\"STATUS\"] (docs/settings.md), or take it off the transition's screen",
        ),
        (false, ..) => wrong(
            format!("no transition leads {}", stuck.join(", ")),
            "Add the transitions to the workflow, or name other statuses under [jira.status]",
        ),
    }
}

async fn rights(jira: &Jira<'_>, found: &mut Examined) {
    let assigns = (jira.settings.assignee == Assignee::Owner).then_some("ASSIGN_ISSUES");
    let copies = FILES.into_iter().filter(|_| jira.settings.attachments == Attachments::Copy);
    let needed: Vec<&str> = NEEDED.into_iter().chain(assigns).chain(copies).collect();
    let all: Vec<&str> = needed.iter().copied().chain([LINKS, ADMINISTER]).collect();
    let granted = match jira.granted(&all).await {
        Ok(granted) => granted,
        Err(failure) => {
            let answer = refused(&failure, "Give the account a role in the project");
            return found.add_all(&RIGHTS, &answer);
        }
    };
    let missing: Vec<_> = needed.into_iter().filter(|right| !granted.contains(*right)).collect();
    found.add(
        RIGHTS[0],
        match missing.is_empty() {
            true => fine("the account may do what the bridge does in the project"),
            false => wrong(
                format!("the account lacks {}", missing.join(", ")),
                "Grant it to the account's role (Project settings, Permissions)",
            ),
        },
    );
    found.add(
        RIGHTS[1],
        match granted.contains(LINKS) {
            true => fine("the account may link the issue to its case"),
            false => wrong(
                "the account lacks LINK_ISSUES: issues have no link to Slack and the console",
                "Grant Link Issues to the account's role; all else goes on without it",
            ),
        },
    );
    found.add(RIGHTS[2], webhook(jira, granted.contains(ADMINISTER)).await);
}

/// Whether Jira tells a bridge what people do there.
async fn webhook(jira: &Jira<'_>, may_see: bool) -> Answer {
    if !may_see {
        return unseen(
            "Jira shows its webhooks to administrators alone, and the account is none",
            "comment on an issue of the project: jira.webhook_secret then says when that came",
        );
    }
    match jira.webhook().await {
        Err(failure) => refused(&failure, "Ask an administrator of Jira to look under System, WebHooks"),
        Ok(None) => wrong(
            "Jira has no webhook that leads to a bridge: what people do there is found within the hour only",
            "`casebridge setup` makes it, or shows the five fields of the form",
        ),
        Ok(Some(FoundWebhook { is_on: false, url, .. })) => wrong(
            format!("the webhook to {url} is switched off"),
            "Switch it on: Jira's settings, System, WebHooks",
        ),
        Ok(Some(FoundWebhook { lacks, url, .. })) if !lacks.is_empty() => wrong(
            format!("the webhook to {url} does not tell of {}", lacks.join(", ")),
            "Tick them there: Jira's settings, System, WebHooks",
        ),
        Ok(Some(FoundWebhook { url, .. })) => fine(format!("a webhook leads to {url}")),
    }
}
