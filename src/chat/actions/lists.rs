//! Changes of a case's lists: who watches it, what it reaches, the threat actor's addresses.

use super::{
    compare_and_set::{self, PlannedChange, closed},
    context::{ActionError, CommandContext, Outcome},
};
use crate::{
    aws::sir::{Call, CaseChange, limits},
    case::{Actor, Case, CaseId, Email, UserId, Watcher},
    chat::{
        language::command::{Impact, ListEdit, PersonRef},
        reply::{Paragraph, Reply},
    },
};

/// So many addresses are looked up at most, one after the other: a list of thirty is answered in time as well.
const NAMES: usize = 10;

pub(crate) async fn watchers(context: &CommandContext<'_>, id: &CaseId) -> Outcome {
    let case = context.case(id).await?;
    if case.watchers.is_empty() {
        return Ok(Reply::of(
            Paragraph::of("Nobody watches case ")
                .bold(id.as_str())
                .text(". Add people with ")
                .code("watch @somebody")
                .text("."),
        ));
    }
    let headline =
        Paragraph::of("Case ").bold(id.as_str()).text(format!(" is watched by {}:", case.watchers.len()));
    Ok(case.watchers.iter().fold(Reply::of(headline), |answer, watcher| answer.line(named(watcher))))
}

pub(crate) async fn watch(
    context: &CommandContext<'_>,
    id: &CaseId,
    edit: ListEdit,
    people: &[PersonRef],
) -> Outcome {
    let people = watchers_of(context, people).await?;
    let kind = List {
        one: "watcher",
        many: "watchers",
        name: |watcher: &Watcher| watcher.email.clone(),
        same: |a: &Watcher, b: &Watcher| a.email.eq_ignore_ascii_case(&b.email),
    };
    compare_and_set::case(context, id, |case| {
        kind.compare(case, &case.watchers, people, edit, |change, edit, people| match edit {
            ListEdit::Add => change.add_watchers = people,
            ListEdit::Remove => change.remove_watchers = people,
        })
    })
    .await
}

pub(crate) async fn impact(
    context: &CommandContext<'_>,
    id: &CaseId,
    edit: ListEdit,
    what: &Impact,
) -> Outcome {
    compare_and_set::case(context, id, |case| compare_impact(case, edit, what)).await
}

fn compare_impact(case: &Case, edit: ListEdit, what: &Impact) -> Result<PlannedChange, Reply> {
    let list = |one, many| List { one, many, name: String::clone, same: |a: &String, b: &String| a == b };
    match what {
        Impact::Accounts(items) => {
            let kind = list("account", "accounts");
            kind.compare(case, &case.accounts, items.clone(), edit, |change, edit, items| match edit {
                ListEdit::Add => change.add_accounts = items,
                ListEdit::Remove => change.remove_accounts = items,
            })
        }
        Impact::Regions(items) => {
            let kind = list("Region", "Regions");
            kind.compare(case, &case.regions, items.clone(), edit, |change, edit, items| match edit {
                ListEdit::Add => change.add_regions = items,
                ListEdit::Remove => change.remove_regions = items,
            })
        }
        Impact::Services(items) => {
            let kind = list("service", "services");
            kind.compare(case, &case.services, items.clone(), edit, |change, edit, items| match edit {
                ListEdit::Add => change.add_services = items,
                ListEdit::Remove => change.remove_services = items,
            })
        }
    }
}

pub(crate) async fn actor(
    context: &CommandContext<'_>,
    id: &CaseId,
    edit: ListEdit,
    actor: &Actor,
) -> Outcome {
    let kind = List {
        one: "threat actor address",
        many: "threat actor addresses",
        name: |actor: &Actor| actor.ip.clone(),
        same: |a: &Actor, b: &Actor| a.ip == b.ip && (b.user_agent.is_none() || a.user_agent == b.user_agent),
    };
    compare_and_set::case(context, id, |case| {
        kind.compare(case, &case.actors, vec![actor.clone()], edit, |change, edit, actors| match edit {
            ListEdit::Add => change.add_actors = actors,
            ListEdit::Remove => change.remove_actors = actors,
        })
    })
    .await
}

struct List<T> {
    one: &'static str,
    many: &'static str,
    name: fn(&T) -> String,
    /// Whether an entry of the case is the one that was asked for, in this order.
    same: fn(&T, &T) -> bool,
}

impl<T: Clone> List<T> {
    /// What is still to be added, or to be removed. What is removed is what the case holds, as it holds it.
    fn compare(
        &self,
        case: &Case,
        now: &[T],
        wanted: Vec<T>,
        edit: ListEdit,
        put: impl FnOnce(&mut CaseChange, ListEdit, Vec<T>),
    ) -> Result<PlannedChange, Reply> {
        let is_there = |item: &T| now.iter().any(|other| (self.same)(other, item));
        let seen = wanted.iter().map(|item| if is_there(item) { '1' } else { '0' }).collect();
        let todo: Vec<T> = match edit {
            ListEdit::Add => wanted.iter().filter(|item| !is_there(item)).cloned().collect(),
            ListEdit::Remove => {
                let goes = |other: &&T| wanted.iter().any(|item| (self.same)(other, item));
                now.iter().filter(goes).cloned().collect()
            }
        };
        let answer = Reply::of(self.says(case, &todo, &wanted, edit));
        if todo.is_empty() {
            return Ok(PlannedChange { seen, call: None, answer });
        }
        if case.is_closed() {
            return Err(closed(&case.id));
        }
        let mut change = CaseChange::default();
        put(&mut change, edit, todo);
        if let Err(error) = limits::case::room(case, &change) {
            return Err(Reply::says(error.to_string()).say("Nothing was changed. Remove some first."));
        }
        Ok(PlannedChange {
            seen,
            call: Some(Call::UpdateCase { case: case.id.clone(), change: Box::new(change) }),
            answer,
        })
    }

    fn says(&self, case: &Case, todo: &[T], wanted: &[T], edit: ListEdit) -> Paragraph {
        let names = |items: &[T]| items.iter().map(self.name).collect::<Vec<_>>().join(", ");
        let verb = match (edit, todo.is_empty()) {
            (ListEdit::Add, false) => " now has the ",
            (ListEdit::Add, true) => " already had the ",
            (ListEdit::Remove, false) => " no longer has the ",
            (ListEdit::Remove, true) => " did not have the ",
        };
        let items = if todo.is_empty() { wanted } else { todo };
        let noun = if items.len() == 1 { self.one } else { self.many };
        Paragraph::of("Case ")
            .bold(case.id.as_str())
            .text(format!("{verb}{noun} "))
            .bold(names(items))
            .text(".")
    }
}

/// Who is meant: with the e-mail address and the name that the workspace knows. Nobody named: the person who asks.
pub(crate) async fn watchers_of(
    context: &CommandContext<'_>,
    people: &[PersonRef],
) -> Result<Vec<Watcher>, ActionError> {
    let mut watchers: Vec<Watcher> = Vec::new();
    let own = [PersonRef::User(context.job.user.clone())];
    for person in if people.is_empty() { &own[..] } else { people } {
        let watcher = match person {
            PersonRef::Email(email) => Watcher {
                email: email.clone(),
                name: if watchers.len() < NAMES { name_of(context, email).await } else { None },
                job_title: None,
            },
            PersonRef::User(user) => watcher_of(context, user).await?,
        };
        if !watchers.iter().any(|other| other.email.eq_ignore_ascii_case(&watcher.email)) {
            watchers.push(watcher);
        }
    }
    Ok(watchers)
}

async fn watcher_of(context: &CommandContext<'_>, user: &UserId) -> Result<Watcher, ActionError> {
    let unknown = |why: &str| {
        let line =
            Paragraph::of(why).text(" Say the address instead: ").code("watch ana@example.com").text(".");
        ActionError::Said(Reply::of(line).give_back(&context.typed()))
    };
    if context.is_at_a_terminal() {
        return Err(unknown("Slack is not asked here whose address that is."));
    }
    let Some(profile) = context.profile(user).await? else {
        return Err(unknown("This workspace does not know that person."));
    };
    let Some(email) = profile.email else {
        return Err(unknown("Slack does not tell that person's e-mail address, which a watcher needs."));
    };
    Ok(Watcher { email, name: short(&profile.name), job_title: None })
}

/// How Slack calls whoever has this address, so that others read a name. Nobody's name is worth a refusal.
async fn name_of(context: &CommandContext<'_>, email: &str) -> Option<String> {
    if context.is_at_a_terminal() {
        return None;
    }
    let person = context.slack.user_by_email(&Email::new(email)).await.ok()??;
    short(&person.name)
}

fn short(name: &str) -> Option<String> {
    Some(name.chars().take(50).collect::<String>()).filter(|name| !name.is_empty())
}

fn named(watcher: &Watcher) -> Paragraph {
    let more = [&watcher.name, &watcher.job_title];
    let more = more.into_iter().flatten().cloned().collect::<Vec<_>>().join(", ");
    let line = Paragraph::of("• ").bold(&watcher.email);
    if more.is_empty() { line } else { line.text(format!(" ({more})")) }
}
