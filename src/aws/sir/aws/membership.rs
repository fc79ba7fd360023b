//! How do memberships, their accounts and their metrics cross the wire?

use aws_sdk_securityir::{
    error::BuildError,
    operation::{get_finding_metrics::GetFindingMetricsOutput, get_membership::GetMembershipOutput},
    primitives::DateTime,
    types,
};

use super::{PAGE, SirClient, fault::fault, page, present, seconds, some, some_built};
use crate::{
    aws::sir::{
        Answer, Fault, FindingMetrics, MemberAccount, MemberAccounts, MembershipChange, MembershipSummary,
        NewMembership, UnreadAccount,
    },
    case::*,
};

impl SirClient {
    pub(super) async fn get_membership(&self, membership: MembershipId) -> Result<Answer, Fault> {
        let asked = self.client.get_membership().membership_id(membership.as_str());
        let answer = asked.customize().config_override(self.policy.read()).send().await.map_err(fault)?;
        Ok(Answer::Membership(Box::new(read_membership(membership, answer))))
    }

    pub(super) async fn list_memberships(&self, next: Option<String>) -> Result<Answer, Fault> {
        let asked = self.client.list_memberships().set_next_token(next).max_results(PAGE);
        let answer = asked.customize().config_override(self.policy.read()).send().await.map_err(fault)?;
        Ok(Answer::Memberships(page(answer.items.unwrap_or_default(), answer.next_token, summary)))
    }

    pub(super) async fn member_accounts(
        &self,
        membership: MembershipId,
        accounts: Vec<String>,
    ) -> Result<Answer, Fault> {
        let asked = self.client.batch_get_member_account_details().membership_id(membership.as_str());
        let asked = asked.set_account_ids(Some(accounts));
        let answer = asked.customize().config_override(self.policy.read()).send().await.map_err(fault)?;
        Ok(Answer::MemberAccounts(MemberAccounts {
            found: answer.items.unwrap_or_default().into_iter().map(account).collect(),
            unread: answer.errors.unwrap_or_default().into_iter().map(unread).collect(),
        }))
    }

    pub(super) async fn metrics(
        &self,
        membership: MembershipId,
        from: Seconds,
        to: Seconds,
    ) -> Result<Answer, Fault> {
        let asked = self.client.get_finding_metrics().membership_id(membership.as_str());
        let asked = asked.start_date(DateTime::from_secs(from)).end_date(DateTime::from_secs(to));
        let answer = asked.customize().config_override(self.policy.read()).send().await.map_err(fault)?;
        Ok(Answer::Metrics(Box::new(metrics(&answer))))
    }

    pub(super) async fn create_membership(&self, new: NewMembership) -> Result<Answer, Fault> {
        let asked = self
            .client
            .create_membership()
            .client_token(new.token)
            .membership_name(new.name)
            .set_incident_response_team(some_built(new.team, write_responder)?)
            .set_opt_in_features(some_built(new.features, write_feature)?)
            .set_cover_entire_organization(new.covers_organization)
            .set_tags((!new.tags.is_empty()).then(|| new.tags.into_iter().collect()));
        let answer = asked.customize().config_override(self.policy.write()).send().await.map_err(fault)?;
        present(answer.membership_id).map(|id| Answer::MembershipId(MembershipId::new(id)))
    }

    pub(super) async fn update_membership(
        &self,
        membership: MembershipId,
        change: MembershipChange,
    ) -> Result<Answer, Fault> {
        let MembershipChange {
            name,
            team,
            features,
            covers_organization,
            add_units,
            remove_units,
            undo_cancellation,
        } = change;
        let asked = self
            .client
            .update_membership()
            .membership_id(membership.as_str())
            .set_membership_name(name)
            .set_incident_response_team(some_built(team, write_responder)?)
            .set_opt_in_features(some_built(features, write_feature)?)
            .set_membership_accounts_configurations_update(write_coverage(
                covers_organization,
                add_units,
                remove_units,
            ))
            // The service refuses `false`.
            .set_undo_membership_cancellation(undo_cancellation.then_some(true));
        asked.customize().config_override(self.policy.write()).send().await.map_err(fault)?;
        Ok(Answer::Done)
    }

    pub(super) async fn cancel_membership(&self, membership: MembershipId) -> Result<Answer, Fault> {
        let asked = self.client.cancel_membership().membership_id(membership.as_str());
        asked.customize().config_override(self.policy.write()).send().await.map_err(fault)?;
        Ok(Answer::Done)
    }
}

fn read_membership(id: MembershipId, answer: GetMembershipOutput) -> Membership {
    let coverage = answer.membership_accounts_configurations;
    Membership {
        id,
        arn: answer.membership_arn.unwrap_or_default(),
        name: answer.membership_name.unwrap_or_default(),
        status: answer.membership_status.map(|status| status.as_str().to_owned()).unwrap_or_default(),
        account: answer.account_id.unwrap_or_default(),
        region: answer.region.map(|region| region.as_str().to_owned()).unwrap_or_default(),
        accounts_covered: answer.number_of_accounts_covered,
        customer_type: answer.customer_type.map(|kind| kind.as_str().to_owned()),
        team: answer.incident_response_team.unwrap_or_default().into_iter().map(responder).collect(),
        features: answer.opt_in_features.unwrap_or_default().into_iter().map(feature).collect(),
        covers_organization: coverage.as_ref().and_then(|coverage| coverage.cover_entire_organization),
        units: coverage.and_then(|coverage| coverage.organizational_units).unwrap_or_default(),
        activated: seconds(answer.membership_activation_timestamp),
        deactivated: seconds(answer.membership_deactivation_timestamp),
    }
}

fn responder(item: types::IncidentResponder) -> Responder {
    let kinds = item.communication_preferences.unwrap_or_default();
    Responder {
        name: item.name,
        job_title: item.job_title,
        email: item.email,
        communication: kinds.iter().map(|kind| kind.as_str().to_owned()).collect(),
    }
}

fn write_responder(responder: Responder) -> Result<types::IncidentResponder, BuildError> {
    types::IncidentResponder::builder()
        .name(responder.name)
        .job_title(responder.job_title)
        .email(responder.email)
        .set_communication_preferences(some(responder.communication, |kind| kind.as_str().into()))
        .build()
}

fn feature(item: types::OptInFeature) -> (String, bool) {
    (item.feature_name.as_str().to_owned(), item.is_enabled)
}

fn write_feature((name, enabled): (String, bool)) -> Result<types::OptInFeature, BuildError> {
    types::OptInFeature::builder().feature_name(name.as_str().into()).is_enabled(enabled).build()
}

fn write_coverage(
    whole: Option<bool>,
    add: Vec<String>,
    remove: Vec<String>,
) -> Option<types::MembershipAccountsConfigurationsUpdate> {
    if whole.is_none() && add.is_empty() && remove.is_empty() {
        return None;
    }
    let update = types::MembershipAccountsConfigurationsUpdate::builder()
        .set_cover_entire_organization(whole)
        .set_organizational_units_to_add(some(add, |unit| unit))
        .set_organizational_units_to_remove(some(remove, |unit| unit));
    Some(update.build())
}

fn summary(item: types::ListMembershipItem) -> MembershipSummary {
    MembershipSummary {
        id: MembershipId::new(item.membership_id),
        account: item.account_id,
        region: item.region.map(|region| region.as_str().to_owned()),
        arn: item.membership_arn,
        status: item.membership_status.map(|status| status.as_str().to_owned()),
    }
}

fn account(item: types::GetMembershipAccountDetailItem) -> MemberAccount {
    MemberAccount {
        id: item.account_id.unwrap_or_default(),
        status: item.relationship_status.map(|status| status.as_str().to_owned()),
        relation: item.relationship_type.map(|kind| kind.as_str().to_owned()),
    }
}

fn unread(item: types::GetMembershipAccountDetailError) -> UnreadAccount {
    UnreadAccount { id: item.account_id, why: item.message }
}

fn metrics(answer: &GetFindingMetricsOutput) -> FindingMetrics {
    FindingMetrics {
        from_security_hub: answer.findings_ingested_security_hub,
        from_guard_duty: answer.findings_ingested_guard_duty,
        triaged: answer.findings_triaged,
        triaged_false_positive: answer.findings_triaged_false_positive,
        investigated: answer.findings_investigated,
        investigated_false_positive: answer.findings_investigated_false_positive,
        investigated_in_progress: answer.findings_investigated_in_progress,
        escalated: answer.findings_escalated,
        escalated_false_positive: answer.findings_escalated_false_positive,
        escalated_in_progress: answer.findings_escalated_in_progress,
        true_positive: answer.findings_true_positive,
    }
}
