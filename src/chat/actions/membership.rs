//! The memberships: what they cover, and how they are changed.

use super::{
    compare_and_set::{self, PlannedChange},
    context::{ActionError, CommandContext, Outcome},
};
use crate::{
    aws::sir::{self, Call, FindingMetrics, MembershipSummary, ask},
    case::{Membership, MembershipId, Responder, Seconds, text},
    chat::{
        language::{command, when},
        reply::{Paragraph, Reply},
    },
};

pub(crate) async fn list(context: &CommandContext<'_>) -> Outcome {
    let all = summaries(context).await?;
    if all.is_empty() {
        return Ok(none());
    }
    let headline = Reply::of(Paragraph::default().bold(format!("Memberships: {}", all.len())));
    Ok(all.iter().fold(headline, |answer, one| {
        let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
        let more = format!(
            "  {}, account {}, {}",
            or_dash(&one.status),
            or_dash(&one.account),
            or_dash(&one.region)
        );
        answer.line(Paragraph::of("• ").bold(one.id.as_str()).text(more))
    }))
}

/// The membership that is meant. Where none was named, the only one that is not terminated.
pub(crate) async fn which(
    context: &CommandContext<'_>,
    named: Option<&MembershipId>,
) -> Result<MembershipId, ActionError> {
    if let Some(membership) = named {
        return Ok(membership.clone());
    }
    let mut alive = summaries(context).await?;
    alive.retain(|one| one.status.as_deref() != Some("Terminated"));
    match alive.as_slice() {
        [] => Err(none().into()),
        [one] => Ok(one.id.clone()),
        several => {
            let ids = several.iter().map(|one| one.id.as_str()).collect::<Vec<_>>().join(", ");
            Err(Reply::says(format!("There are several memberships: {ids}. Say which."))
                .give_back(&context.typed())
                .into())
        }
    }
}

async fn summaries(context: &CommandContext<'_>) -> Result<Vec<MembershipSummary>, ActionError> {
    Ok(context.pages(ask::memberships, |_| false).await?.0)
}

fn none() -> Reply {
    Reply::of(
        Paragraph::of("There is no membership in this account and Region. An admin makes one with ")
            .code("membership new")
            .text("."),
    )
}

pub(crate) async fn show(context: &CommandContext<'_>, named: Option<&MembershipId>) -> Outcome {
    let membership = read(context, &which(context, named).await?).await?;
    let cover = match membership.covers_organization {
        Some(true) => "the whole organisation".to_owned(),
        _ if !membership.units.is_empty() => format!("the units {}", membership.units.join(", ")),
        _ => "this account".to_owned(),
    };
    let covered = membership
        .accounts_covered
        .map(|count| format!(" ({})", text::counted(count, "account", "accounts")));
    let covered = covered.unwrap_or_default();
    let features =
        membership.features.iter().map(|(name, on)| format!("{name} {}", if *on { "on" } else { "off" }));
    let facts = [
        format!("Status: {}", membership.status),
        format!("Account: {}, {}", membership.account, membership.region),
        format!("Covers: {cover}{covered}"),
        format!("Features: {}", or_dash(features.collect())),
    ];
    let facts = Paragraph::of(facts.join("\n")).text("\nActive since: ").date(membership.activated);
    let facts = match membership.deactivated {
        Some(at) => facts.text("\nEnded: ").date(at),
        None => facts,
    };
    let team = membership.team.iter().fold(
        Reply::of(Paragraph::default().bold(membership.id.as_str()).text("  ").bold(&membership.name))
            .line(facts)
            .line(Paragraph::default().bold("Incident response team")),
        |answer, person| {
            answer.line(
                Paragraph::of("• ")
                    .bold(&person.name)
                    .text(format!(", {}, {}", person.job_title, person.email)),
            )
        },
    );
    Ok(team)
}

fn or_dash(items: Vec<String>) -> String {
    if items.is_empty() { "–".to_owned() } else { items.join(", ") }
}

async fn read(context: &CommandContext<'_>, id: &MembershipId) -> Result<Membership, ActionError> {
    context.ask(ask::membership(id)).await
}

pub(crate) async fn accounts(
    context: &CommandContext<'_>,
    named: Option<&MembershipId>,
    accounts: &[String],
) -> Outcome {
    let membership = which(context, named).await?;
    let found = context.ask(ask::accounts(&membership, accounts)).await?;
    let answer = Reply::of(Paragraph::of("Accounts of membership ").bold(membership.as_str()).text(":"));
    let answer = found.found.iter().fold(answer, |answer, account| {
        let status = account.status.as_deref().unwrap_or("–");
        let relation = account.relation.as_deref().unwrap_or("–");
        answer.line(Paragraph::of("• ").bold(&account.id).text(format!("  {status}, {relation}")))
    });
    Ok(found.unread.iter().fold(answer, |answer, account| {
        answer.line(Paragraph::of("• ").bold(&account.id).text("  not known: ").text(&account.why))
    }))
}

pub(crate) async fn metrics(
    context: &CommandContext<'_>,
    named: Option<&MembershipId>,
    from: Seconds,
    to: Seconds,
) -> Outcome {
    let membership = which(context, named).await?;
    // The last day is meant whole.
    let end = to + 24 * 60 * 60 - 1;
    let metrics = context.ask(ask::metrics(&membership, from, end)).await?;
    let days = format!(", {} to {}", day(from), day(to));
    let answer = Reply::of(Paragraph::of("Findings of membership ").bold(membership.as_str()).text(days));
    Ok(answer.say(counts(&metrics)))
}

/// A day is that of the service's own count, whatever the reader's clock says.
fn day(at: Seconds) -> String {
    when::written_day(at)
}

fn counts(metrics: &FindingMetrics) -> String {
    let FindingMetrics {
        from_security_hub,
        from_guard_duty,
        triaged,
        triaged_false_positive,
        investigated,
        investigated_false_positive,
        investigated_in_progress,
        escalated,
        escalated_false_positive,
        escalated_in_progress,
        true_positive,
    } = metrics;
    format!(
        "From Security Hub: {from_security_hub}, from GuardDuty: {from_guard_duty}\n\
         Triaged: {triaged}, of them false alarms: {triaged_false_positive}\n\
         Investigated: {investigated}, of them false alarms: {investigated_false_positive}, \
         in progress: {investigated_in_progress}\n\
         Escalated to you: {escalated}, of them false alarms: {escalated_false_positive}, \
         in progress: {escalated_in_progress}\n\
         Confirmed as real: {true_positive}"
    )
}

/// `membership new`, once it is confirmed.
pub(crate) async fn create(context: &CommandContext<'_>, values: &command::MembershipValues) -> Outcome {
    let command::MembershipValues { name, team, triage, whole_organization } = values.clone();
    let new = sir::NewMembership {
        token: context.key.to_string(),
        name,
        team,
        features: triage.map(|on| ("Triage".to_owned(), on)).into_iter().collect(),
        covers_organization: whole_organization,
        tags: Vec::new(),
    };
    let id = context.ask(ask::new_membership(new)).await?;
    Ok(Reply::of(Paragraph::of("Membership ").bold(id.as_str()).text(" is made.")))
}

/// `membership update`, once it is confirmed.
pub(crate) async fn update(
    context: &CommandContext<'_>,
    named: Option<&MembershipId>,
    change: &command::MembershipUpdate,
) -> Outcome {
    let id = which(context, named).await?;
    let now = read(context, &id).await?;
    let wanted = missing(&now, change);
    let call = Call::UpdateMembership { membership: id.clone(), change: Box::new(wanted.clone()) };
    let call = (wanted != sir::MembershipChange::default()).then_some(call);
    let answer = Reply::of(Paragraph::of("Membership ").bold(id.as_str()).text(" is changed as you asked."));
    compare_and_set::change(context, PlannedChange { seen: seen(&now), call, answer }).await
}

fn seen(now: &Membership) -> String {
    let state = (&now.name, &now.team, &now.features, now.covers_organization, &now.units);
    text::hash(&serde_json::to_string(&state).unwrap_or_default())
}

fn missing(now: &Membership, change: &command::MembershipUpdate) -> sir::MembershipChange {
    let command::MembershipUpdate { name, team, triage, whole_organization, add_units, remove_units } =
        change.clone();
    let triage = triage.filter(|on| !now.features.contains(&("Triage".to_owned(), *on)));
    sir::MembershipChange {
        name: name.filter(|name| *name != now.name),
        team: if same_team(&team, &now.team) { Vec::new() } else { with_preferences(team, &now.team) },
        features: triage.map(|on| ("Triage".to_owned(), on)).into_iter().collect(),
        covers_organization: whole_organization.filter(|whole| Some(*whole) != now.covers_organization),
        add_units: add_units.into_iter().filter(|unit| !now.units.contains(unit)).collect(),
        remove_units: remove_units.into_iter().filter(|unit| now.units.contains(unit)).collect(),
        undo_cancellation: false,
    }
}

fn same_team(wanted: &[Responder], now: &[Responder]) -> bool {
    let plain = |one: &Responder| (one.name.clone(), one.job_title.clone(), one.email.clone());
    wanted.iter().map(plain).eq(now.iter().map(plain))
}

/// Whoever stays in the team keeps the e-mails that they chose: the new team takes the place of the old one whole.
fn with_preferences(team: Vec<Responder>, now: &[Responder]) -> Vec<Responder> {
    let kept = |email: &str| now.iter().find(|one| one.email == email).map(|one| one.communication.clone());
    team.into_iter()
        .map(|one| match kept(&one.email) {
            Some(communication) if one.communication.is_empty() => Responder { communication, ..one },
            _ => one,
        })
        .collect()
}

/// `membership cancel [ID]`, once it is confirmed.
pub(crate) async fn cancel(context: &CommandContext<'_>, named: Option<&MembershipId>) -> Outcome {
    let id = which(context, named).await?;
    let now = read(context, &id).await?;
    let call = (now.status == "Active").then(|| Call::CancelMembership { membership: id.clone() });
    let answer = Reply::of(
        Paragraph::of("Membership ")
            .bold(id.as_str())
            .text(" is cancelled. ")
            .text("As long as it has not ended, an admin can take that back with ")
            .code("membership resume")
            .text("."),
    );
    compare_and_set::change(context, PlannedChange { seen: now.status, call, answer }).await
}

/// `membership resume [ID]`, once it is confirmed.
pub(crate) async fn resume(context: &CommandContext<'_>, named: Option<&MembershipId>) -> Outcome {
    let id = which(context, named).await?;
    let now = read(context, &id).await?;
    let change = sir::MembershipChange { undo_cancellation: true, ..sir::MembershipChange::default() };
    let call = (now.status != "Active")
        .then(|| Call::UpdateMembership { membership: id.clone(), change: Box::new(change) });
    let answer = Reply::of(Paragraph::of("Membership ").bold(id.as_str()).text(" goes on."));
    compare_and_set::change(context, PlannedChange { seen: now.status, call, answer }).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(email: &str, communication: &[&str]) -> Responder {
        Responder {
            name: "Ana".to_owned(),
            job_title: "Lead".to_owned(),
            email: email.to_owned(),
            communication: communication.iter().map(|&it| it.to_owned()).collect(),
        }
    }

    fn membership() -> Membership {
        Membership {
            id: MembershipId::new("m-abcdefghij"),
            arn: String::new(),
            name: "Main".to_owned(),
            status: "Active".to_owned(),
            account: "123456789012".to_owned(),
            region: "eu-west-1".to_owned(),
            accounts_covered: None,
            customer_type: None,
            team: vec![person("a@example.com", &["Case Created"]), person("b@example.com", &[])],
            features: vec![("Triage".to_owned(), true)],
            covers_organization: Some(false),
            units: vec!["ou-ab12-cd34ef56".to_owned()],
            activated: None,
            deactivated: None,
        }
    }

    /// It stands in the record of a command: a later release compares it with what it makes of the same membership.
    #[test]
    fn the_state_of_a_membership_is_named_as_every_release_names_it() {
        assert_eq!(seen(&membership()), "202da1c4ad5d9e2d90a3");
        assert_eq!(seen(&Membership { arn: "other".to_owned(), ..membership() }), seen(&membership()));
    }

    #[test]
    fn only_what_is_not_so_yet_is_sent() {
        let now = membership();
        let same = command::MembershipUpdate {
            name: Some("Main".to_owned()),
            team: vec![person("a@example.com", &[]), person("b@example.com", &[])],
            triage: Some(true),
            whole_organization: Some(false),
            add_units: vec!["ou-ab12-cd34ef56".to_owned()],
            remove_units: vec!["ou-zz99-zz99zz99".to_owned()],
        };
        assert!(missing(&now, &same) == sir::MembershipChange::default());
        let other = command::MembershipUpdate {
            triage: Some(false),
            remove_units: vec!["ou-ab12-cd34ef56".to_owned()],
            ..command::MembershipUpdate::default()
        };
        let change = missing(&now, &other);
        assert_eq!(change.features, [("Triage".to_owned(), false)]);
        assert_eq!(change.remove_units, ["ou-ab12-cd34ef56"]);
    }

    #[test]
    fn who_stays_in_the_team_keeps_the_emails_that_they_chose() {
        let change = command::MembershipUpdate {
            team: vec![person("a@example.com", &[]), person("c@example.com", &[])],
            ..command::MembershipUpdate::default()
        };
        let team = missing(&membership(), &change).team;
        assert_eq!(team, [person("a@example.com", &["Case Created"]), person("c@example.com", &[])]);
    }
}
