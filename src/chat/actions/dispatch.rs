//! Which function carries out which command.

use super::{
    ai, brief, card, cases, clock, comment_edits, comments,
    context::{CommandContext, Outcome},
    diagnostics, fields, files, history, hub, issue, issue_moves, lists, membership, owner, restrict, status,
    tags,
};
use crate::{
    case::CaseId,
    chat::{
        forms,
        language::{
            command::{
                ClockChange, Command, CommandLine, HubCommand, ListEdit, MembershipCommand, MembershipUpdate,
            },
            help, verbs,
        },
        reply::{self, Button, Reply},
    },
};

pub(crate) async fn of_case(context: &CommandContext<'_>, case: &CaseId, command: &Command) -> Outcome {
    match command {
        Command::Tray => cases::tray(context, case).await,
        Command::Show { full } => cases::show(context, case, *full).await,
        Command::Comments { count } => comments::latest(context, case, *count).await,
        Command::History { count } => history::latest(context, case, *count).await,
        Command::Comment { text: Some(text) } => comments::add(context, case, text).await,
        Command::Amend { comment, text } => comment_edits::amend(context, case, comment, text).await,
        Command::Status { to: None } => status::show(context, case).await,
        Command::Status { to: Some(to) } => status::set(context, case, to).await,
        Command::Title { text } => fields::title(context, case, text).await,
        Command::Describe { text } => fields::description(context, case, text).await,
        Command::Type { engagement } => fields::engagement(context, case, engagement).await,
        Command::Started { at, said, reported } => {
            fields::start(context, case, (*at, said.as_deref()), *reported).await
        }
        Command::Metadata { pairs } => fields::metadata(context, case, pairs).await,
        Command::Watch { people } => lists::watch(context, case, ListEdit::Add, people).await,
        Command::Unwatch { people } => lists::watch(context, case, ListEdit::Remove, people).await,
        Command::Watchers => lists::watchers(context, case).await,
        Command::Impact { edit, what } => lists::impact(context, case, *edit, what).await,
        Command::Actor { edit, actor } => lists::actor(context, case, *edit, actor).await,
        Command::Take => owner::take(context, case).await,
        Command::Clock { name, change } => of_clock(context, case, (name.as_deref(), change)).await,
        Command::Owner { to: None } => owner::show(context, case).await,
        Command::Owner { to: Some(to) } => owner::give(context, case, to).await,
        Command::Brief { post } => brief::show(context, case, *post).await,
        Command::Timeline { since, said } => brief::timeline(context, case, (*since, said.as_deref())).await,
        Command::Files => files::list(context, case).await,
        Command::Get { number } => files::get(context, case, *number).await,
        Command::Ai => ai::list(context, case).await,
        Command::Rate { step, useful, why } => ai::rate(context, case, step, *useful, why.as_deref()).await,
        Command::Tags => tags::list(context, case).await,
        Command::Tag { pairs } => tags::add(context, case, pairs).await,
        Command::Untag { keys } => tags::remove(context, case, keys).await,
        Command::Jira => issue::show(context, case).await,
        Command::JiraOpen => issue::open(context, case).await,
        Command::JiraBack => issue_moves::put_back(context, case).await,
        Command::JiraClose { key } => issue_moves::close(context, case, key).await,
        Command::Card => card::open(context, case).await,
        Command::Restrict { people } => restrict::restrict(context, case, people).await,
        Command::Comment { text: None }
        | Command::Edit
        | Command::Attach
        | Command::Close
        | Command::Resolver
        | Command::Unrestrict
        | Command::JiraLink { .. }
        | Command::New { .. }
        | Command::Help { .. }
        | Command::Whoami
        | Command::Doctor
        | Command::List { .. }
        | Command::Membership(_)
        | Command::Hub(_) => Ok(how(context, Some(case), command)),
    }
}

async fn of_clock(
    context: &CommandContext<'_>,
    case: &CaseId,
    (name, change): (Option<&str>, &ClockChange),
) -> Outcome {
    match (name, change) {
        (None, _) => clock::show(context, case).await,
        (Some(name), ClockChange::Start { from }) => {
            clock::start(context, case, (name, from.as_deref())).await
        }
        (Some(name), ClockChange::Stop) => clock::stop(context, case, name).await,
    }
}

pub(crate) async fn anywhere(
    context: &CommandContext<'_>,
    command: &Command,
    here: Option<&CaseId>,
) -> Outcome {
    match command {
        Command::Help { verb } => Ok(diagnostics::help(context, here, verb.as_deref()).await),
        Command::Whoami => Ok(diagnostics::whoami(context)),
        Command::Doctor => diagnostics::doctor(context).await,
        Command::List { which } => cases::list_cases(context, *which).await,
        Command::Membership(asked) => of_membership(context, command, asked).await,
        Command::Hub(asked) => of_hub(context, command, asked).await,
        Command::New { .. }
        | Command::Tray
        | Command::Show { .. }
        | Command::Comments { .. }
        | Command::History { .. }
        | Command::Comment { .. }
        | Command::Amend { .. }
        | Command::Status { .. }
        | Command::Edit
        | Command::Title { .. }
        | Command::Describe { .. }
        | Command::Type { .. }
        | Command::Started { .. }
        | Command::Metadata { .. }
        | Command::Watch { .. }
        | Command::Unwatch { .. }
        | Command::Watchers
        | Command::Impact { .. }
        | Command::Actor { .. }
        | Command::Attach
        | Command::Files
        | Command::Get { .. }
        | Command::Ai
        | Command::Rate { .. }
        | Command::Tags
        | Command::Tag { .. }
        | Command::Untag { .. }
        | Command::Close
        | Command::Resolver
        | Command::Take
        | Command::Owner { .. }
        | Command::Clock { .. }
        | Command::Brief { .. }
        | Command::Timeline { .. }
        | Command::Jira
        | Command::JiraOpen
        | Command::JiraBack
        | Command::JiraClose { .. }
        | Command::JiraLink { .. }
        | Command::Card
        | Command::Restrict { .. }
        | Command::Unrestrict => Ok(how(context, None, command)),
    }
}

async fn of_membership(
    context: &CommandContext<'_>,
    command: &Command,
    asked: &MembershipCommand,
) -> Outcome {
    match asked {
        MembershipCommand::List => membership::list(context).await,
        MembershipCommand::Show { membership: id } => membership::show(context, id.as_ref()).await,
        MembershipCommand::Accounts { membership: id, accounts } => {
            membership::accounts(context, id.as_ref(), accounts).await
        }
        MembershipCommand::Metrics { membership: id, from, to } => {
            membership::metrics(context, id.as_ref(), *from, *to).await
        }
        MembershipCommand::New { .. }
        | MembershipCommand::Update { .. }
        | MembershipCommand::Cancel { .. }
        | MembershipCommand::Resume { .. } => Ok(how(context, None, command)),
    }
}

async fn of_hub(context: &CommandContext<'_>, command: &Command, asked: &HubCommand) -> Outcome {
    match asked {
        HubCommand::Admin => hub::admin(context).await,
        HubCommand::Members => hub::members(context).await,
        HubCommand::Member { accounts } => hub::member(context, accounts).await,
        HubCommand::Products => hub::products(context).await,
        HubCommand::Accept { .. } | HubCommand::Leave => Ok(how(context, None, command)),
    }
}

/// Whether the question has no values yet: they are said in a form, or in the line.
pub(crate) fn is_form(command: &Command) -> bool {
    match command {
        Command::Membership(MembershipCommand::New { values }) => values.is_none(),
        Command::Membership(MembershipCommand::Update { change, .. }) => {
            *change == MembershipUpdate::default()
        }
        _ => false,
    }
}

/// How the question is asked in one line, where it lacks what it needs.
fn how(context: &CommandContext<'_>, case: Option<&CaseId>, command: &Command) -> Reply {
    if forms::is_wanted(command, false) && !context.is_at_a_terminal() {
        // Only a button brings what opens a form.
        let line = CommandLine { case: case.cloned(), command: command.clone() };
        return Reply::says("This is filled in in a form.").buttons(vec![Button::run("Open the form", line)]);
    }
    if *command == Command::Attach && context.is_at_a_terminal() {
        return Reply::marked(
            Reply::says("Name the file, one in a line, after the case and the verb:"),
            "`/sir 7000000003 attach FILE`",
        );
    }
    if *command == Command::Attach {
        let how = "To attach a file, share it in Slack and choose \"Attach file to case\" in that message's menu (⋯, \
                   More message shortcuts). In a case's thread, a message with a file that says ";
        return Reply::of(reply::Paragraph::of(how).code("@Casebridge attach").text(" does the same."));
    }
    let answer = Reply::says("This needs more than was said.");
    let pages = verbs::of(command).map(|verb| help::pages(verb.name)).unwrap_or_default();
    let page = |page| diagnostics::page(page, &context.person.identity);
    pages.iter().map(page).fold(answer, Reply::line).give_back(&context.typed())
}
