//! Which function answers which question?

use super::{
    ai, cases, comments,
    context::{Desk, Outcome},
    diagnostics, fields, files, history, hub, issue, lists, membership, status, tags,
};
use crate::{
    case::CaseId,
    chat::{
        forms,
        language::{
            command::{Ask, Edit, Hub, Line, Membership, MembershipChange},
            help, verbs,
        },
        reply::{self, Answer, Button},
    },
};

/// What a line asks of one case.
pub async fn of_case(desk: &Desk<'_>, case: &CaseId, ask: &Ask) -> Outcome {
    match ask {
        Ask::Tray => cases::tray(desk, case).await,
        Ask::Show { full } => cases::show(desk, case, *full).await,
        Ask::Comments { count } => comments::latest(desk, case, *count).await,
        Ask::History { count } => history::latest(desk, case, *count).await,
        Ask::Comment { text: Some(text) } => comments::add(desk, case, text).await,
        Ask::Amend { comment, text } => comments::amend(desk, case, comment, text).await,
        Ask::Status { to: None } => status::show(desk, case).await,
        Ask::Status { to: Some(to) } => status::set(desk, case, to).await,
        Ask::Title { text } => fields::title(desk, case, text).await,
        Ask::Describe { text } => fields::description(desk, case, text).await,
        Ask::Type { engagement } => fields::engagement(desk, case, engagement).await,
        Ask::Started { at, reported } => fields::start(desk, case, *at, *reported).await,
        Ask::Metadata { pairs } => fields::metadata(desk, case, pairs).await,
        Ask::Watch { people } => lists::watch(desk, case, Edit::Add, people).await,
        Ask::Unwatch { people } => lists::watch(desk, case, Edit::Remove, people).await,
        Ask::Watchers => lists::watchers(desk, case).await,
        Ask::Impact { edit, what } => lists::impact(desk, case, *edit, what).await,
        Ask::Actor { edit, actor } => lists::actor(desk, case, *edit, actor).await,
        Ask::Files => files::list(desk, case).await,
        Ask::Get { number } => files::get(desk, case, *number).await,
        Ask::Ai => ai::list(desk, case).await,
        Ask::Rate { step, useful, why } => ai::rate(desk, case, step, *useful, why.as_deref()).await,
        Ask::Tags => tags::list(desk, case).await,
        Ask::Tag { pairs } => tags::add(desk, case, pairs).await,
        Ask::Untag { keys } => tags::remove(desk, case, keys).await,
        Ask::Jira => issue::show(desk, case).await,
        Ask::JiraLink { key } => issue::link(desk, case, key).await,
        Ask::JiraOpen => issue::open(desk, case).await,
        _ => Ok(how(desk, Some(case), ask)),
    }
}

/// What a line asks of no case in particular.
pub async fn anywhere(desk: &Desk<'_>, ask: &Ask, here: Option<&CaseId>) -> Outcome {
    match ask {
        Ask::Help { verb } => {
            let place = super::authority::place(desk.job, here);
            Ok(diagnostics::help(desk.settings, &desk.person.identity, place, verb.as_deref()))
        }
        Ask::Whoami => Ok(diagnostics::whoami(desk)),
        Ask::Doctor => diagnostics::doctor(desk).await,
        Ask::List { which } => cases::list_cases(desk, *which).await,
        Ask::Membership(Membership::List) => membership::list(desk).await,
        Ask::Membership(Membership::Show { membership: id }) => membership::show(desk, id.as_ref()).await,
        Ask::Membership(Membership::Accounts { membership: id, accounts }) => {
            membership::accounts(desk, id.as_ref(), accounts).await
        }
        Ask::Membership(Membership::Metrics { membership: id, from, to }) => {
            membership::metrics(desk, id.as_ref(), *from, *to).await
        }
        Ask::Hub(Hub::Admin) => hub::admin(desk).await,
        Ask::Hub(Hub::Members) => hub::members(desk).await,
        Ask::Hub(Hub::Member { accounts }) => hub::member(desk, accounts).await,
        Ask::Hub(Hub::Products) => hub::products(desk).await,
        _ => Ok(how(desk, None, ask)),
    }
}

/// Whether the question has no values yet: they are said in a form, or in the line.
pub fn is_form(ask: &Ask) -> bool {
    match ask {
        Ask::Membership(Membership::New { values }) => values.is_none(),
        Ask::Membership(Membership::Update { change, .. }) => *change == MembershipChange::default(),
        _ => false,
    }
}

/// How the question is asked in one line, where it lacks what it needs.
fn how(desk: &Desk<'_>, case: Option<&CaseId>, ask: &Ask) -> Answer {
    if forms::is_wanted(ask, false) {
        // Only a button brings what opens a form.
        let line = Line { case: case.cloned(), ask: ask.clone() };
        return Answer::says("This is filled in in a form.")
            .buttons(vec![Button::run("Open the form", line)]);
    }
    if *ask == Ask::Attach {
        let how = "To attach a file, share it in Slack and choose \"Attach file to case\" in that message's menu (⋯, \
                   More message shortcuts). In a case's thread, a message with a file that says ";
        return Answer::of(reply::Line::of(how).code("@Casebridge attach").text(" does the same."));
    }
    let answer = Answer::says("This needs more than was said.");
    let pages = verbs::of(ask).map(|verb| help::pages(verb.name)).unwrap_or_default();
    pages.iter().fold(answer, |answer, page| answer.say(page.to_string())).give_back(&desk.typed())
}
