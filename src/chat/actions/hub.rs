//! How does this account stand in Security Hub?

use super::{
    compare_and_set::{self, Compared},
    context::{Desk, Outcome, strange},
    format_time::format_time,
};
use crate::{
    aws::{
        hub::{Administrator, Answer as Said, Call, Member},
        sir,
    },
    case::text::cut,
    chat::reply::{Answer, Line},
};

/// `hub admin`
pub async fn admin(desk: &Desk<'_>) -> Outcome {
    Ok(match administrator(desk).await? {
        None => Answer::says("This account has no administrator in Security Hub."),
        Some(one) => {
            let status = one.status.as_deref().unwrap_or("–");
            let line = Line::of("Account ").bold(&one.account).text(" administers this one in Security Hub");
            Answer::of(line.text(format!(": {status}, invited {}.", format_time(one.invited))))
        }
    })
}

async fn administrator(desk: &Desk<'_>) -> Result<Option<Administrator>, super::context::Stop> {
    match desk.call(sir::Call::Hub(Call::GetAdministratorAccount)).await? {
        sir::Answer::Hub(Said::Administrator(administrator)) => Ok(administrator),
        _ => Err(strange("GetAdministratorAccount")),
    }
}

/// `hub members`
pub async fn members(desk: &Desk<'_>) -> Outcome {
    let open = |answer| match answer {
        sir::Answer::Hub(Said::Members(page)) => Some(page),
        _ => None,
    };
    let ask = |next| sir::Call::Hub(Call::ListMembers { everybody: true, next });
    let (members, all) = desk.pages(ask, open, |_| false).await?;
    if members.is_empty() {
        return Ok(Answer::says("This account has no members in Security Hub."));
    }
    let headline = Answer::of(Line::default().bold(format!("Members in Security Hub: {}", members.len())));
    let answer = members.iter().fold(headline, |answer, one| answer.line(member_line(one)));
    Ok(if all { answer } else { answer.say("There are more than could be read.") })
}

/// `hub member ACCOUNT…`
pub async fn member(desk: &Desk<'_>, accounts: &[String]) -> Outcome {
    let call = Call::GetMembers { accounts: accounts.to_vec() };
    let sir::Answer::Hub(Said::Found { members, unread }) = desk.call(sir::Call::Hub(call)).await? else {
        return Err(strange("GetMembers"));
    };
    let answer = members.iter().fold(Answer::default(), |answer, one| answer.line(member_line(one)));
    let answer = unread.iter().fold(answer, |answer, one| {
        answer.line(Line::of("• ").bold(&one.id).text("  not known: ").text(&one.why))
    });
    Ok(if answer.is_silence() { Answer::says("Security Hub knows none of these accounts.") } else { answer })
}

fn member_line(one: &Member) -> Line {
    let status = one.status.as_deref().unwrap_or("–");
    let email = one.email.as_deref().map(|email| format!(", {email}")).unwrap_or_default();
    Line::of("• ")
        .bold(&one.account)
        .text(format!("  {status}{email}, last changed {}", format_time(one.updated)))
}

/// `hub products`
pub async fn products(desk: &Desk<'_>) -> Outcome {
    let open = |answer| match answer {
        sir::Answer::Hub(Said::Products(page)) => Some(page),
        _ => None,
    };
    let ask = |next| sir::Call::Hub(Call::DescribeProducts { product: None, next });
    let (products, _) = desk.pages(ask, open, |_| false).await?;
    let headline = Answer::of(Line::default().bold(format!("Products in Security Hub: {}", products.len())));
    Ok(products.iter().fold(headline, |answer, product| {
        let name = product.name.as_deref().unwrap_or(&product.arn);
        let company = product.company.as_deref().map(|company| format!(" ({company})")).unwrap_or_default();
        let about = product.description.as_deref().unwrap_or_default();
        answer.line(Line::of("• ").bold(name).text(company).text("  ").text(cut(about, 120)))
    }))
}

/// `hub accept ADMIN INVITATION`, once it is confirmed.
pub async fn accept(desk: &Desk<'_>, account: &str, invitation: &str) -> Outcome {
    let now = administrator(desk).await?;
    let done = now.as_ref().is_some_and(|one| one.account == account && is_enabled(one));
    let call = Call::AcceptAdministratorInvitation {
        administrator: account.to_owned(),
        invitation: invitation.to_owned(),
    };
    let answer =
        Answer::of(Line::of("Account ").bold(account).text(" administers this one in Security Hub now."));
    compare_and_set::change(
        desk,
        Compared { seen: seen(now.as_ref()), call: (!done).then_some(sir::Call::Hub(call)), answer },
    )
    .await
}

/// `hub leave`, once it is confirmed.
pub async fn leave(desk: &Desk<'_>) -> Outcome {
    let now = administrator(desk).await?;
    let call = now.as_ref().map(|_| sir::Call::Hub(Call::DisassociateFromAdministratorAccount));
    let answer = Answer::says("This account has no administrator in Security Hub any more.");
    compare_and_set::change(desk, Compared { seen: seen(now.as_ref()), call, answer }).await
}

/// An invitation that was not accepted yet is told as an administrator too.
fn is_enabled(administrator: &Administrator) -> bool {
    administrator.status.as_deref().is_some_and(|status| status.eq_ignore_ascii_case("enabled"))
}

fn seen(administrator: Option<&Administrator>) -> String {
    administrator.map_or_else(|| "none".to_owned(), |one| format!("{} {:?}", one.account, one.status))
}
