//! How are the lists of a case changed: who watches it, what it reaches, and the threat actor's addresses?

use super::{
    compare_and_set::{self, Compared, closed},
    context::{Desk, Outcome, Stop},
};
use crate::{
    aws::sir::{Call, CaseChange, limits},
    case::{Actor, Case, CaseId, Watcher},
    chat::{
        language::command::{Edit, Impact, Person},
        reply::{Answer, Line},
    },
};

/// `watchers`
pub async fn watchers(desk: &Desk<'_>, id: &CaseId) -> Outcome {
    let case = desk.case(id).await?;
    if case.watchers.is_empty() {
        return Ok(Answer::of(
            Line::of("Nobody watches case ")
                .bold(id.as_str())
                .text(". Add people with ")
                .code("watch @somebody")
                .text("."),
        ));
    }
    let headline =
        Line::of("Case ").bold(id.as_str()).text(format!(" is watched by {}:", case.watchers.len()));
    Ok(case.watchers.iter().fold(Answer::of(headline), |answer, watcher| answer.line(named(watcher))))
}

/// `watch` and `unwatch`
pub async fn watch(desk: &Desk<'_>, id: &CaseId, edit: Edit, people: &[Person]) -> Outcome {
    let people = watchers_of(desk, people).await?;
    let kind = List {
        one: "watcher",
        many: "watchers",
        name: |watcher: &Watcher| watcher.email.clone(),
        same: |a: &Watcher, b: &Watcher| a.email.eq_ignore_ascii_case(&b.email),
    };
    compare_and_set::case(desk, id, |case| {
        kind.compare(case, &case.watchers, people, edit, |change, edit, people| match edit {
            Edit::Add => change.add_watchers = people,
            Edit::Remove => change.remove_watchers = people,
        })
    })
    .await
}

/// `impact add|rm account|region|service V…`
pub async fn impact(desk: &Desk<'_>, id: &CaseId, edit: Edit, what: &Impact) -> Outcome {
    compare_and_set::case(desk, id, |case| compare_impact(case, edit, what)).await
}

fn compare_impact(case: &Case, edit: Edit, what: &Impact) -> Result<Compared, Answer> {
    let list = |one, many| List { one, many, name: String::clone, same: |a: &String, b: &String| a == b };
    match what {
        Impact::Accounts(items) => {
            let kind = list("account", "accounts");
            kind.compare(case, &case.accounts, items.clone(), edit, |change, edit, items| match edit {
                Edit::Add => change.add_accounts = items,
                Edit::Remove => change.remove_accounts = items,
            })
        }
        Impact::Regions(items) => {
            let kind = list("Region", "Regions");
            kind.compare(case, &case.regions, items.clone(), edit, |change, edit, items| match edit {
                Edit::Add => change.add_regions = items,
                Edit::Remove => change.remove_regions = items,
            })
        }
        Impact::Services(items) => {
            let kind = list("service", "services");
            kind.compare(case, &case.services, items.clone(), edit, |change, edit, items| match edit {
                Edit::Add => change.add_services = items,
                Edit::Remove => change.remove_services = items,
            })
        }
    }
}

/// `actor add|rm IP [AGENT]`
pub async fn actor(desk: &Desk<'_>, id: &CaseId, edit: Edit, actor: &Actor) -> Outcome {
    let kind = List {
        one: "address of the threat actor",
        many: "addresses of the threat actor",
        name: |actor: &Actor| actor.ip.clone(),
        same: |a: &Actor, b: &Actor| a.ip == b.ip && (b.user_agent.is_none() || a.user_agent == b.user_agent),
    };
    compare_and_set::case(desk, id, |case| {
        kind.compare(case, &case.actors, vec![actor.clone()], edit, |change, edit, actors| match edit {
            Edit::Add => change.add_actors = actors,
            Edit::Remove => change.remove_actors = actors,
        })
    })
    .await
}

/// A list of a case, and how its entries are told apart.
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
        edit: Edit,
        put: impl FnOnce(&mut CaseChange, Edit, Vec<T>),
    ) -> Result<Compared, Answer> {
        let is_there = |item: &T| now.iter().any(|other| (self.same)(other, item));
        let seen = wanted.iter().map(|item| if is_there(item) { '1' } else { '0' }).collect();
        let todo: Vec<T> = match edit {
            Edit::Add => wanted.iter().filter(|item| !is_there(item)).cloned().collect(),
            Edit::Remove => {
                let goes = |other: &&T| wanted.iter().any(|item| (self.same)(other, item));
                now.iter().filter(goes).cloned().collect()
            }
        };
        let answer = Answer::of(self.says(case, &todo, &wanted, edit));
        if todo.is_empty() {
            return Ok(Compared { seen, call: None, answer });
        }
        if case.is_closed() {
            return Err(closed(&case.id));
        }
        let mut change = CaseChange::default();
        put(&mut change, edit, todo);
        if let Err(error) = limits::case::room(case, &change) {
            return Err(Answer::says(error.to_string()).say("Nothing was changed. Remove some first."));
        }
        Ok(Compared {
            seen,
            call: Some(Call::UpdateCase { case: case.id.clone(), change: Box::new(change) }),
            answer,
        })
    }

    fn says(&self, case: &Case, todo: &[T], wanted: &[T], edit: Edit) -> Line {
        let names = |items: &[T]| items.iter().map(self.name).collect::<Vec<_>>().join(", ");
        let verb = match (edit, todo.is_empty()) {
            (Edit::Add, false) => " now has the ",
            (Edit::Add, true) => " already had the ",
            (Edit::Remove, false) => " no longer has the ",
            (Edit::Remove, true) => " did not have the ",
        };
        let items = if todo.is_empty() { wanted } else { todo };
        let noun = if items.len() == 1 { self.one } else { self.many };
        Line::of("Case ").bold(case.id.as_str()).text(format!("{verb}{noun} ")).bold(names(items)).text(".")
    }
}

/// Who is meant: with the e-mail address and the name that the workspace knows. Nobody named: the person who asks.
pub async fn watchers_of(desk: &Desk<'_>, people: &[Person]) -> Result<Vec<Watcher>, Stop> {
    let mut watchers: Vec<Watcher> = Vec::new();
    let own = [Person::User(desk.job.user.clone())];
    for person in if people.is_empty() { &own[..] } else { people } {
        let watcher = match person {
            Person::Email(email) => Watcher { email: email.clone(), ..Watcher::default() },
            Person::User(user) => watcher_of(desk, user).await?,
        };
        if !watchers.iter().any(|other| other.email.eq_ignore_ascii_case(&watcher.email)) {
            watchers.push(watcher);
        }
    }
    Ok(watchers)
}

async fn watcher_of(desk: &Desk<'_>, user: &str) -> Result<Watcher, Stop> {
    let unknown = |why: &str| {
        let line = Line::of(why).text(" Say the address instead: ").code("watch ana@example.com").text(".");
        Stop::Said(Answer::of(line).give_back(&desk.typed()))
    };
    let Some(profile) = desk.profile(user).await? else {
        return Err(unknown("This workspace does not know that person."));
    };
    let Some(email) = profile.email else {
        return Err(unknown("Slack does not tell that person's e-mail address, which a watcher needs."));
    };
    let name = Some(profile.name.chars().take(50).collect::<String>()).filter(|name| !name.is_empty());
    Ok(Watcher { email, name, job_title: None })
}

fn named(watcher: &Watcher) -> Line {
    let more = [&watcher.name, &watcher.job_title];
    let more = more.into_iter().flatten().cloned().collect::<Vec<_>>().join(", ");
    let line = Line::of("• ").bold(&watcher.email);
    if more.is_empty() { line } else { line.text(format!(" ({more})")) }
}
