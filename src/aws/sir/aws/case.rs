//! How do cases, their edits and their changes cross the wire?

use aws_sdk_securityir::{
    error::BuildError,
    operation::{get_case::GetCaseOutput, update_case::builders::UpdateCaseFluentBuilder},
    primitives::DateTime,
    types,
};

use super::{PAGE, SirClient, fault, fault::fault as failed, page, present, seconds, some, some_built};
use crate::{
    aws::sir::{Answer, CaseChange, Fault, NewCase},
    case::*,
};

impl SirClient {
    pub(super) async fn get_case(&self, case: CaseId) -> Result<Answer, Fault> {
        let asked =
            self.client.get_case().case_id(case.as_str()).customize().config_override(self.policy.read());
        let answer = asked.send().await.map_err(failed)?;
        read_case(case, answer).map(|case| Answer::Case(Box::new(case)))
    }

    pub(super) async fn list_cases(&self, next: Option<String>) -> Result<Answer, Fault> {
        let asked = self.client.list_cases().set_next_token(next).max_results(PAGE);
        let answer = asked.customize().config_override(self.policy.read()).send().await.map_err(failed)?;
        Ok(Answer::Cases(page(answer.items.unwrap_or_default(), answer.next_token, summary)))
    }

    pub(super) async fn list_edits(&self, case: CaseId, next: Option<String>) -> Result<Answer, Fault> {
        let asked =
            self.client.list_case_edits().case_id(case.as_str()).set_next_token(next).max_results(PAGE);
        let answer = asked.customize().config_override(self.policy.read()).send().await.map_err(failed)?;
        Ok(Answer::Edits(page(answer.items.unwrap_or_default(), answer.next_token, edit)))
    }

    pub(super) async fn create_case(&self, new: NewCase) -> Result<Answer, Fault> {
        let asked = self
            .client
            .create_case()
            .client_token(new.token)
            .resolver_type(write_resolver(new.resolver))
            .title(new.title)
            .description(new.description)
            .engagement_type(new.engagement.as_str().into())
            .reported_incident_start_date(DateTime::from_secs(new.reported_start))
            .set_impacted_accounts(Some(new.accounts))
            .set_watchers(Some(some_built(new.watchers, write_watcher)?.unwrap_or_default()))
            .set_threat_actor_ip_addresses(some_built(new.actors, write_actor)?)
            .set_impacted_services(some(new.services, |service| service))
            .set_impacted_aws_regions(some_built(new.regions, write_region)?)
            .set_tags((!new.tags.is_empty()).then(|| new.tags.into_iter().collect()));
        let answer = asked.customize().config_override(self.policy.write()).send().await.map_err(failed)?;
        present(answer.case_id).map(|id| Answer::CaseId(CaseId::new(id)))
    }

    pub(super) async fn update_case(&self, case: CaseId, change: CaseChange) -> Result<Answer, Fault> {
        let asked = write_change(self.client.update_case().case_id(case.as_str()), change)?;
        asked.customize().config_override(self.policy.write()).send().await.map_err(failed)?;
        Ok(Answer::Done)
    }

    pub(super) async fn update_status(&self, case: CaseId, status: Status) -> Result<Answer, Fault> {
        let asked =
            self.client.update_case_status().case_id(case.as_str()).case_status(status.as_str().into());
        asked.customize().config_override(self.policy.write()).send().await.map_err(failed)?;
        Ok(Answer::Done)
    }

    pub(super) async fn update_resolver(&self, case: CaseId, resolver: Resolver) -> Result<Answer, Fault> {
        let resolver = write_resolver(resolver);
        let asked = self.client.update_resolver_type().case_id(case.as_str()).resolver_type(resolver);
        asked.customize().config_override(self.policy.write()).send().await.map_err(failed)?;
        Ok(Answer::Done)
    }

    pub(super) async fn close_case(&self, case: CaseId) -> Result<Answer, Fault> {
        let asked = self.client.close_case().case_id(case.as_str());
        asked.customize().config_override(self.policy.write()).send().await.map_err(failed)?;
        Ok(Answer::Done)
    }
}

/// A case without status and title is no answer: the model lets every field be missing, the service lets none.
fn read_case(id: CaseId, answer: GetCaseOutput) -> Result<Case, Fault> {
    let (Some(status), Some(title)) = (answer.case_status, answer.title) else {
        return Err(fault::unreadable());
    };
    Ok(Case {
        id,
        arn: answer.case_arn.unwrap_or_default(),
        title,
        description: answer.description.unwrap_or_default(),
        status: status.as_str().to_owned().into(),
        engagement: answer.engagement_type.map(|kind| kind.as_str().to_owned()).unwrap_or_default(),
        resolver: resolver(answer.resolver_type.as_ref()),
        waits_for_customer: waits(answer.pending_action.as_ref()),
        reported_start: seconds(answer.reported_incident_start_date),
        actual_start: seconds(answer.actual_incident_start_date),
        created: seconds(answer.created_date),
        updated: seconds(answer.last_updated_date),
        closed: seconds(answer.closed_date),
        closure: answer.closure_code.map(|code| code.as_str().to_owned()),
        accounts: answer.impacted_accounts.unwrap_or_default(),
        regions: each(answer.impacted_aws_regions, |item| item.region.as_str().to_owned()),
        services: answer.impacted_services.unwrap_or_default(),
        watchers: each(answer.watchers, watcher),
        actors: each(answer.threat_actor_ip_addresses, actor),
        attachments: each(answer.case_attachments, attachment),
        metadata: each(answer.case_metadata, |entry| (entry.key, entry.value)),
    })
}

fn each<F, T>(items: Option<Vec<F>>, read: impl Fn(F) -> T) -> Vec<T> {
    items.unwrap_or_default().into_iter().map(read).collect()
}

/// A resolver that we do not know is taken for AWS: then nobody is offered what only their own team may do.
fn resolver(kind: Option<&types::ResolverType>) -> Resolver {
    match kind {
        Some(types::ResolverType::SelfValue) => Resolver::Own,
        _ => Resolver::Aws,
    }
}

fn write_resolver(resolver: Resolver) -> types::ResolverType {
    match resolver {
        Resolver::Aws => types::ResolverType::Aws,
        Resolver::Own => types::ResolverType::SelfValue,
    }
}

fn waits(pending: Option<&types::PendingAction>) -> bool {
    pending == Some(&types::PendingAction::Customer)
}

fn watcher(item: types::Watcher) -> Watcher {
    Watcher { email: item.email, name: item.name, job_title: item.job_title }
}

fn actor(item: types::ThreatActorIp) -> Actor {
    Actor { ip: item.ip_address, user_agent: item.user_agent }
}

fn attachment(item: types::CaseAttachmentAttributes) -> Attachment {
    Attachment {
        id: AttachmentId::new(item.attachment_id),
        name: item.file_name,
        status: item.attachment_status.as_str().to_owned(),
        creator: item.creator,
        created: item.created_date.secs(),
    }
}

fn summary(item: types::ListCasesItem) -> CaseSummary {
    CaseSummary {
        id: CaseId::new(item.case_id),
        title: item.title.unwrap_or_default(),
        status: item.case_status.map(|status| status.as_str().to_owned()).unwrap_or_default().into(),
        resolver: resolver(item.resolver_type.as_ref()),
        waits_for_customer: waits(item.pending_action.as_ref()),
        updated: seconds(item.last_updated_date),
        created: seconds(item.created_date),
        closed: seconds(item.closed_date),
    }
}

fn edit(item: types::CaseEditItem) -> Edit {
    Edit {
        at: seconds(item.event_timestamp),
        principal: item.principal.unwrap_or_default(),
        action: item.action.unwrap_or_default(),
        message: item.message.unwrap_or_default(),
    }
}

/// Every field is named, so that a new one must be considered here.
fn write_change(
    asked: UpdateCaseFluentBuilder,
    change: CaseChange,
) -> Result<UpdateCaseFluentBuilder, Fault> {
    let CaseChange {
        title,
        description,
        reported_start,
        actual_start,
        engagement,
        add_watchers,
        remove_watchers,
        add_actors,
        remove_actors,
        add_services,
        remove_services,
        add_regions,
        remove_regions,
        add_accounts,
        remove_accounts,
        metadata,
    } = change;
    Ok(asked
        .set_title(title)
        .set_description(description)
        .set_reported_incident_start_date(reported_start.map(DateTime::from_secs))
        .set_actual_incident_start_date(actual_start.map(DateTime::from_secs))
        .set_engagement_type(engagement.map(|kind| kind.as_str().into()))
        .set_watchers_to_add(some_built(add_watchers, write_watcher)?)
        .set_watchers_to_delete(some_built(remove_watchers, write_watcher)?)
        .set_threat_actor_ip_addresses_to_add(some_built(add_actors, write_actor)?)
        .set_threat_actor_ip_addresses_to_delete(some_built(remove_actors, write_actor)?)
        .set_impacted_services_to_add(some(add_services, |service| service))
        .set_impacted_services_to_delete(some(remove_services, |service| service))
        .set_impacted_aws_regions_to_add(some_built(add_regions, write_region)?)
        .set_impacted_aws_regions_to_delete(some_built(remove_regions, write_region)?)
        .set_impacted_accounts_to_add(some(add_accounts, |account| account))
        .set_impacted_accounts_to_delete(some(remove_accounts, |account| account))
        .set_case_metadata(some_built(metadata, write_metadata)?))
}

fn write_watcher(watcher: Watcher) -> Result<types::Watcher, BuildError> {
    types::Watcher::builder()
        .email(watcher.email)
        .set_name(watcher.name)
        .set_job_title(watcher.job_title)
        .build()
}

fn write_actor(actor: Actor) -> Result<types::ThreatActorIp, BuildError> {
    types::ThreatActorIp::builder().ip_address(actor.ip).set_user_agent(actor.user_agent).build()
}

fn write_region(region: String) -> Result<types::ImpactedAwsRegion, BuildError> {
    types::ImpactedAwsRegion::builder().region(region.as_str().into()).build()
}

fn write_metadata((key, value): (String, String)) -> Result<types::CaseMetadataEntry, BuildError> {
    types::CaseMetadataEntry::builder().key(key).value(value).build()
}
