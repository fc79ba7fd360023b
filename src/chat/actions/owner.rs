//! Whose a case is.

use super::{
    compare_and_set::closed,
    context::{CommandContext, Outcome},
};
use crate::{
    case::{CaseId, Email, Seconds, UserId},
    chat::{
        language::command::{Command, OwnerRef},
        policy::{
            identity::Profile,
            roles::{self, PersonKind},
        },
        reply::{Button, Paragraph, Reply},
    },
    config::settings::Assignee,
    state::owner::{self, Owner},
};

/// "I take it": whoever asks has it from when they asked.
pub(crate) async fn take(context: &CommandContext<'_>, id: &CaseId) -> Outcome {
    let owner = Owner {
        user: context.job.user.clone(),
        name: context.person.name.clone(),
        since: asked_at(context),
        by: None,
        email: address(context, context.person),
    };
    set(context, id, owner).await
}

/// By which they are found in Jira, where the settings ask for that.
fn address(context: &CommandContext<'_>, person: &Profile) -> Option<Email> {
    let assigns = context.settings.jira.as_ref().is_some_and(|jira| jira.assignee == Assignee::Owner);
    person.email.as_ref().filter(|_| assigns).map(Email::new)
}

pub(crate) async fn show(context: &CommandContext<'_>, id: &CaseId) -> Outcome {
    let owner = context.or_parked(owner::of(context.world.store(), id).await)?;
    let take = owner.is_none().then_some(("I take it", Command::Take));
    let give = (!context.is_at_a_terminal()).then_some(("Hand over…", Command::Owner { to: None }));
    let buttons = take.into_iter().chain(give).map(|(label, command)| Button::run(label, command.on(id)));
    let answer = Reply::of(match owner {
        Some(owner) => of(id).text(" is ").bold(&owner.name).text("'s, since ").date(owner.since).text("."),
        None => of(id).text(" is nobody's yet. Take it with ").code("take").text("."),
    });
    Ok(answer.buttons(buttons.collect()))
}

/// Somebody else is to have it, or nobody. Whoever gets it must be able to work it.
pub(crate) async fn give(context: &CommandContext<'_>, id: &CaseId, to: &OwnerRef) -> Outcome {
    let since = asked_at(context);
    let owner = match to {
        OwnerRef::Person(_) if context.is_at_a_terminal() => {
            let why = "Whoever owns a case is somebody in Slack, and Slack is not asked here.";
            return Err(context.refuse(why));
        }
        OwnerRef::Nobody => {
            Owner { user: UserId::new(""), name: String::new(), since, by: None, email: None }
        }
        OwnerRef::Person(user) => {
            let Some(person) = context.profile(user).await? else {
                return Err(context.refuse("This workspace does not know that person."));
            };
            let able = person.identity.kind == PersonKind::Member
                && roles::may_comment(context.settings, &person.identity).is_ok();
            if !able {
                let why = format!("{} has no role to work a case.", person.name);
                return Err(context.refuse(why));
            }
            let by = Some(context.job.user.clone()).filter(|by| by != user);
            let email = address(context, &person);
            Owner { user: user.clone(), name: person.name, since, by, email }
        }
    };
    set(context, id, owner).await
}

async fn set(context: &CommandContext<'_>, id: &CaseId, owner: Owner) -> Outcome {
    let case = context.case(id).await?;
    if case.is_closed() {
        return Err(closed(id).give_back(&context.typed()).into());
    }
    owner::set(context.world.store(), id, &owner, context.world.now()).await?;
    context.changed_here(id).await?;
    let line = match (owner.user == "", owner.user == context.job.user) {
        (true, _) => of(id).text(" is nobody's now."),
        (_, true) => of(id).text(" is yours. Nobody else is called for its open question."),
        _ => of(id).text(" is ").bold(&owner.name).text("'s now."),
    };
    Ok(Reply::of(line))
}

/// The same for each delivery.
fn asked_at(context: &CommandContext<'_>) -> Seconds {
    context.job.at / 1_000
}

fn of(id: &CaseId) -> Paragraph {
    Paragraph::of("Case ").bold(id.as_str())
}
