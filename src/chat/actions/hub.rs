//! How this account stands in Security Hub.

use super::{
    compare_and_set::{self, PlannedChange},
    context::{CommandContext, Outcome},
};
use crate::{
    aws::{
        hub::{Administrator, HubCall as Call, Member},
        sir::{self, ask},
    },
    case::text::cut,
    chat::reply::{Paragraph, Reply},
};

pub(crate) async fn admin(context: &CommandContext<'_>) -> Outcome {
    Ok(match administrator(context).await? {
        None => Reply::says("This account has no administrator in Security Hub."),
        Some(one) => {
            let status = one.status.as_deref().unwrap_or("–");
            let line =
                Paragraph::of("Account ").bold(&one.account).text(" administers this one in Security Hub");
            Reply::of(line.text(format!(": {status}, invited ")).date(one.invited).text("."))
        }
    })
}

async fn administrator(
    context: &CommandContext<'_>,
) -> Result<Option<Administrator>, super::context::ActionError> {
    context.ask(ask::administrator()).await
}

pub(crate) async fn members(context: &CommandContext<'_>) -> Outcome {
    let (members, all) = context.pages(ask::members, |_| false).await?;
    if members.is_empty() {
        return Ok(Reply::says("This account has no members in Security Hub."));
    }
    let headline =
        Reply::of(Paragraph::default().bold(format!("Members in Security Hub: {}", members.len())));
    let answer = members.iter().fold(headline, |answer, one| answer.line(member_line(one)));
    Ok(if all { answer } else { answer.say("There are more than could be read.") })
}

pub(crate) async fn member(context: &CommandContext<'_>, accounts: &[String]) -> Outcome {
    let (members, unread) = context.ask(ask::members_of(accounts)).await?;
    let answer = members.iter().fold(Reply::default(), |answer, one| answer.line(member_line(one)));
    let answer = unread.iter().fold(answer, |answer, one| {
        answer.line(Paragraph::of("• ").bold(&one.id).text("  not known: ").text(&one.why))
    });
    Ok(if answer.is_silence() { Reply::says("Security Hub knows none of these accounts.") } else { answer })
}

fn member_line(one: &Member) -> Paragraph {
    let status = one.status.as_deref().unwrap_or("–");
    let email = one.email.as_deref().map(|email| format!(", {email}")).unwrap_or_default();
    Paragraph::of("• ").bold(&one.account).text(format!("  {status}{email}, last changed ")).date(one.updated)
}

pub(crate) async fn products(context: &CommandContext<'_>) -> Outcome {
    let (products, _) = context.pages(ask::products, |_| false).await?;
    let headline =
        Reply::of(Paragraph::default().bold(format!("Products in Security Hub: {}", products.len())));
    Ok(products.iter().fold(headline, |answer, product| {
        let name = product.name.as_deref().unwrap_or(&product.arn);
        let company = product.company.as_deref().map(|company| format!(" ({company})")).unwrap_or_default();
        let about = product.description.as_deref().unwrap_or_default();
        answer.line(Paragraph::of("• ").bold(name).text(company).text("  ").text(cut(about, 120)))
    }))
}

/// `hub accept ADMIN INVITATION`, once it is confirmed.
pub(crate) async fn accept(context: &CommandContext<'_>, account: &str, invitation: &str) -> Outcome {
    let now = administrator(context).await?;
    let done = now.as_ref().is_some_and(|one| one.account == account && is_enabled(one));
    let call = Call::AcceptAdministratorInvitation {
        administrator: account.to_owned(),
        invitation: invitation.to_owned(),
    };
    let answer =
        Reply::of(Paragraph::of("Account ").bold(account).text(" administers this one in Security Hub now."));
    compare_and_set::change(
        context,
        PlannedChange { seen: seen(now.as_ref()), call: (!done).then_some(sir::Call::Hub(call)), answer },
    )
    .await
}

/// `hub leave`, once it is confirmed.
pub(crate) async fn leave(context: &CommandContext<'_>) -> Outcome {
    let now = administrator(context).await?;
    let call = now.as_ref().map(|_| sir::Call::Hub(Call::DisassociateFromAdministratorAccount));
    let answer = Reply::says("This account has no administrator in Security Hub any more.");
    compare_and_set::change(context, PlannedChange { seen: seen(now.as_ref()), call, answer }).await
}

/// An invitation that was not accepted yet is told as an administrator too.
fn is_enabled(administrator: &Administrator) -> bool {
    administrator.status.as_deref().is_some_and(|status| status.eq_ignore_ascii_case("enabled"))
}

fn seen(administrator: Option<&Administrator>) -> String {
    administrator.map_or_else(|| "none".to_owned(), |one| format!("{} {:?}", one.account, one.status))
}
