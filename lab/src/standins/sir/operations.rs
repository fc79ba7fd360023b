//! Which operations does SIR have, and how do they look on the wire?

use super::{
    super::shape::{FieldShape, Shape, may, need},
    limits::*,
};

/// The published rate of an operation, per second, account and Region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PublishedRate {
    /// Five a second.
    Read,
    Write,
    Unpublished,
}

pub(super) struct OperationModel {
    pub(super) name: &'static str,
    pub(super) method: &'static str,
    /// `{x}` is a member that stands in the path.
    pub(super) path: &'static str,
    pub(super) success: u16,
    pub(super) rate: PublishedRate,
    pub(super) uri: &'static [FieldShape],
    pub(super) query: &'static [FieldShape],
    pub(super) body: &'static [FieldShape],
}

const BASE: OperationModel = OperationModel {
    name: "",
    method: "POST",
    path: "",
    success: 200,
    rate: PublishedRate::Write,
    uri: &[],
    query: &[],
    body: &[],
};
const CASE: &[FieldShape] = &[need("caseId", CASE_ID)];
const MEMBERSHIP: &[FieldShape] = &[need("membershipId", MEMBERSHIP_ID)];
const RESOURCE: &[FieldShape] = &[need("resourceArn", RESOURCE_ARN)];
const PAGE: &[FieldShape] = &[may("nextToken", NEXT_TOKEN), may("maxResults", MAX_RESULTS)];

pub(super) const OPERATIONS: &[OperationModel] = &[
    OperationModel {
        name: "BatchGetMemberAccountDetails",
        path: "/v1/membership/{membershipId}/batch-member-details",
        rate: PublishedRate::Read,
        uri: MEMBERSHIP,
        body: &[need("accountIds", MEMBER_ACCOUNTS)],
        ..BASE
    },
    OperationModel {
        name: "CancelMembership",
        method: "PUT",
        path: "/v1/membership/{membershipId}",
        uri: MEMBERSHIP,
        ..BASE
    },
    OperationModel { name: "CloseCase", path: "/v1/cases/{caseId}/close-case", uri: CASE, ..BASE },
    OperationModel { name: "CreateCase", path: "/v1/create-case", success: 201, body: CREATE_CASE, ..BASE },
    OperationModel {
        name: "CreateCaseComment",
        path: "/v1/cases/{caseId}/create-comment",
        success: 201,
        uri: CASE,
        body: &[may("clientToken", TOKEN), need("body", COMMENT)],
        ..BASE
    },
    OperationModel {
        name: "CreateMembership",
        path: "/v1/membership",
        success: 201,
        body: CREATE_MEMBERSHIP,
        ..BASE
    },
    OperationModel {
        name: "GetCase",
        method: "GET",
        path: "/v1/cases/{caseId}/get-case",
        rate: PublishedRate::Read,
        uri: CASE,
        ..BASE
    },
    OperationModel {
        name: "GetCaseAttachmentDownloadUrl",
        method: "GET",
        path: "/v1/cases/{caseId}/get-presigned-url/{attachmentId}",
        success: 201,
        uri: &[need("caseId", CASE_ID), need("attachmentId", ATTACHMENT_ID)],
        ..BASE
    },
    OperationModel {
        name: "GetCaseAttachmentUploadUrl",
        path: "/v1/cases/{caseId}/get-presigned-url",
        success: 201,
        uri: CASE,
        body: &[need("fileName", FILE_NAME), need("contentLength", FILE_LENGTH), may("clientToken", TOKEN)],
        ..BASE
    },
    OperationModel {
        name: "GetFindingMetrics",
        method: "GET",
        path: "/v1/membership/{membershipId}/finding-metrics",
        rate: PublishedRate::Unpublished,
        uri: MEMBERSHIP,
        query: &[need("startDate", ISO_TIME), need("endDate", ISO_TIME)],
        ..BASE
    },
    OperationModel {
        name: "GetMembership",
        method: "GET",
        path: "/v1/membership/{membershipId}",
        rate: PublishedRate::Read,
        uri: MEMBERSHIP,
        ..BASE
    },
    OperationModel {
        name: "ListCaseEdits",
        path: "/v1/cases/{caseId}/list-case-edits",
        rate: PublishedRate::Read,
        uri: CASE,
        body: PAGE,
        ..BASE
    },
    OperationModel {
        name: "ListCases",
        path: "/v1/list-cases",
        rate: PublishedRate::Read,
        body: PAGE,
        ..BASE
    },
    OperationModel {
        name: "ListComments",
        path: "/v1/cases/{caseId}/list-comments",
        rate: PublishedRate::Read,
        uri: CASE,
        body: PAGE,
        ..BASE
    },
    OperationModel {
        name: "ListInvestigations",
        method: "GET",
        path: "/v1/cases/{caseId}/list-investigations",
        rate: PublishedRate::Read,
        uri: CASE,
        query: PAGE,
        ..BASE
    },
    OperationModel {
        name: "ListMemberships",
        path: "/v1/memberships",
        rate: PublishedRate::Read,
        body: PAGE,
        ..BASE
    },
    OperationModel {
        name: "ListTagsForResource",
        method: "GET",
        path: "/v1/tags/{resourceArn}",
        rate: PublishedRate::Unpublished,
        uri: RESOURCE,
        ..BASE
    },
    OperationModel {
        name: "SendFeedback",
        path: "/v1/cases/{caseId}/feedback/{resultId}/send-feedback",
        uri: &[need("caseId", CASE_ID), need("resultId", INVESTIGATION_ID)],
        body: &[need("usefulness", USEFULNESS), may("comment", FEEDBACK)],
        ..BASE
    },
    OperationModel {
        name: "TagResource",
        path: "/v1/tags/{resourceArn}",
        success: 204,
        rate: PublishedRate::Unpublished,
        uri: RESOURCE,
        body: &[need("tags", TAGS)],
        ..BASE
    },
    OperationModel {
        name: "UntagResource",
        method: "DELETE",
        path: "/v1/tags/{resourceArn}",
        rate: PublishedRate::Unpublished,
        uri: RESOURCE,
        query: &[need("tagKeys", TAG_KEYS)],
        ..BASE
    },
    OperationModel {
        name: "UpdateCase",
        path: "/v1/cases/{caseId}/update-case",
        uri: CASE,
        body: UPDATE_CASE,
        ..BASE
    },
    OperationModel {
        name: "UpdateCaseComment",
        method: "PUT",
        path: "/v1/cases/{caseId}/update-case-comment/{commentId}",
        uri: &[need("caseId", CASE_ID), need("commentId", COMMENT_ID)],
        body: &[need("body", COMMENT)],
        ..BASE
    },
    OperationModel {
        name: "UpdateCaseStatus",
        path: "/v1/cases/{caseId}/update-case-status",
        success: 201,
        uri: CASE,
        body: &[need("caseStatus", SELF_STATUS)],
        ..BASE
    },
    OperationModel {
        name: "UpdateMembership",
        method: "PUT",
        path: "/v1/membership/{membershipId}/update-membership",
        uri: MEMBERSHIP,
        body: UPDATE_MEMBERSHIP,
        ..BASE
    },
    OperationModel {
        name: "UpdateResolverType",
        path: "/v1/cases/{caseId}/update-resolver-type",
        uri: CASE,
        body: &[need("resolverType", RESOLVER)],
        ..BASE
    },
];

const CREATE_CASE: &[FieldShape] = &[
    may("clientToken", TOKEN),
    need("resolverType", RESOLVER),
    need("title", TITLE),
    need("description", DESCRIPTION),
    need("engagementType", ENGAGEMENT),
    need("reportedIncidentStartDate", Shape::Number),
    need("impactedAccounts", ACCOUNTS),
    need("watchers", WATCHERS),
    may("threatActorIpAddresses", ACTORS),
    may("impactedServices", SERVICES),
    may("impactedAwsRegions", REGIONS),
    may("tags", TAGS),
];

const UPDATE_CASE: &[FieldShape] = &[
    may("title", TITLE),
    may("description", DESCRIPTION),
    may("reportedIncidentStartDate", Shape::Number),
    may("actualIncidentStartDate", Shape::Number),
    may("engagementType", ENGAGEMENT),
    may("watchersToAdd", WATCHERS),
    may("watchersToDelete", WATCHERS),
    may("threatActorIpAddressesToAdd", ACTORS),
    may("threatActorIpAddressesToDelete", ACTORS),
    may("impactedServicesToAdd", SERVICES),
    may("impactedServicesToDelete", SERVICES),
    may("impactedAwsRegionsToAdd", REGIONS),
    may("impactedAwsRegionsToDelete", REGIONS),
    may("impactedAccountsToAdd", ACCOUNTS),
    may("impactedAccountsToDelete", ACCOUNTS),
    may("caseMetadata", METADATA),
];

const CREATE_MEMBERSHIP: &[FieldShape] = &[
    may("clientToken", TOKEN),
    need("membershipName", MEMBERSHIP_NAME),
    need("incidentResponseTeam", TEAM),
    may("optInFeatures", FEATURES),
    may("tags", TAGS),
    may("coverEntireOrganization", Shape::Flag),
];

const UPDATE_MEMBERSHIP: &[FieldShape] = &[
    may("membershipName", MEMBERSHIP_NAME),
    may("incidentResponseTeam", TEAM),
    may("optInFeatures", FEATURES),
    may("membershipAccountsConfigurationsUpdate", COVERAGE_UPDATE),
    may("undoMembershipCancellation", Shape::Flag),
];

/// The operation for a method and the path's decoded parts, with the members that stand in the path.
pub(super) fn find(
    method: &str,
    parts: &[String],
) -> Option<(&'static OperationModel, Vec<(&'static str, String)>)> {
    OPERATIONS
        .iter()
        .filter(|operation| operation.method == method)
        .find_map(|operation| bind(operation.path, parts).map(|members| (operation, members)))
}

fn bind(path: &'static str, parts: &[String]) -> Option<Vec<(&'static str, String)>> {
    let pattern: Vec<&str> = path.split('/').skip(1).collect();
    if pattern.len() != parts.len() {
        return None;
    }
    let mut members = vec![];
    for (wanted, part) in pattern.into_iter().zip(parts) {
        match wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) => members.push((name, part.clone())),
            None if wanted == part => {}
            None => return None,
        }
    }
    Some(members)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_25_operations_are_found_by_their_own_method_and_path() {
        assert_eq!(OPERATIONS.len(), 25);
        for operation in OPERATIONS {
            let parts: Vec<String> = operation.path.split('/').skip(1).map(str::to_owned).collect();
            let (found, members) = find(operation.method, &parts).unwrap();
            assert_eq!(found.name, operation.name);
            assert_eq!(members.len(), operation.uri.len(), "{}", operation.name);
        }
        assert!(find("GET", &["v1".into(), "nothing".into()]).is_none());
    }
}
