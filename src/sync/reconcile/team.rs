//! Who is in the membership's incident response team: remembered for an hour.

use tracing::warn;

use crate::{
    aws::sir::{Answer, Call, Fault},
    case::{Case, Email, MembershipId, Millis},
    runtime::note,
    state::record,
    sync::context::Context,
};

const NAME: &str = "team";
const HOUR: Millis = 3_600_000;

/// Their addresses, while the case is open and the settings ask for them. Where nobody says them, nobody's.
pub(super) async fn of(context: &Context<'_>, case: &Case) -> Vec<Email> {
    if case.is_closed() || !context.settings.invites_the_team() {
        return Vec::new();
    }
    let (world, now) = (context.world, context.world.now());
    let old = note::text(world, NAME).await.ok().flatten();
    let known = old.as_deref().and_then(|json| record::read_whole::<(Millis, Vec<Email>)>(json).ok());
    if let Some((_, team)) = known.filter(|(until, _)| now < *until) {
        return team;
    }
    let team = match ask(context).await {
        Ok(team) => team,
        Err(fault) => {
            warn!(case = %case.id, why = ?fault.kind, "nobody says who is in the incident response team");
            return Vec::new();
        }
    };
    if let Ok(json) = serde_json::to_string(&(now + HOUR, &team)) {
        let _ = world.store().swap_note(NAME, old.as_deref(), &json, Some(now + HOUR)).await;
        note::wrote(world, NAME, Some(json));
    }
    team
}

async fn ask(context: &Context<'_>) -> Result<Vec<Email>, Fault> {
    let Answer::Memberships(all) = context.world.call(Call::ListMemberships { next: None }).await? else {
        return Ok(Vec::new());
    };
    let mut team = Vec::new();
    for one in all.items.iter().filter(|one| one.status.as_deref() == Some("Active")) {
        let membership = MembershipId::new(one.id.as_str());
        if let Answer::Membership(known) = context.world.call(Call::GetMembership { membership }).await? {
            team.extend(known.team.iter().map(|person| Email::new(&person.email)));
        }
    }
    Ok(team)
}
