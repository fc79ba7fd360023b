//! Which operations does SIR have, and how do they look on the wire?

use super::{
    super::shape::{Field, Kind, may, need},
    limits::*,
};

/// The published rate of an operation, per second, account and Region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rate {
    /// Five a second.
    Read,
    /// One a second.
    Write,
    /// None published.
    Unpublished,
}

/// One operation of the model.
pub(super) struct Operation {
    pub(super) name: &'static str,
    pub(super) method: &'static str,
    /// `{x}` is a member that stands in the path.
    pub(super) path: &'static str,
    pub(super) success: u16,
    pub(super) rate: Rate,
    pub(super) uri: &'static [Field],
    pub(super) query: &'static [Field],
    pub(super) body: &'static [Field],
}

const BASE: Operation = Operation {
    name: "",
    method: "POST",
    path: "",
    success: 200,
    rate: Rate::Write,
    uri: &[],
    query: &[],
    body: &[],
};
const CASE: &[Field] = &[need("caseId", CASE_ID)];
const MEMBERSHIP: &[Field] = &[need("membershipId", MEMBERSHIP_ID)];
const RESOURCE: &[Field] = &[need("resourceArn", RESOURCE_ARN)];
const PAGE: &[Field] = &[may("nextToken", NEXT_TOKEN), may("maxResults", MAX_RESULTS)];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "BatchGetMemberAccountDetails",
        path: "/v1/membership/{membershipId}/batch-member-details",
        rate: Rate::Read,
        uri: MEMBERSHIP,
        body: &[need("accountIds", MEMBER_ACCOUNTS)],
        ..BASE
    },
    Operation {
        name: "CancelMembership",
        method: "PUT",
        path: "/v1/membership/{membershipId}",
        uri: MEMBERSHIP,
        ..BASE
    },
    Operation { name: "CloseCase", path: "/v1/cases/{caseId}/close-case", uri: CASE, ..BASE },
    Operation { name: "CreateCase", path: "/v1/create-case", success: 201, body: CREATE_CASE, ..BASE },
    Operation {
        name: "CreateCaseComment",
        path: "/v1/cases/{caseId}/create-comment",
        success: 201,
        uri: CASE,
        body: &[may("clientToken", TOKEN), need("body", COMMENT)],
        ..BASE
    },
    Operation {
        name: "CreateMembership",
        path: "/v1/membership",
        success: 201,
        body: CREATE_MEMBERSHIP,
        ..BASE
    },
    Operation {
        name: "GetCase",
        method: "GET",
        path: "/v1/cases/{caseId}/get-case",
        rate: Rate::Read,
        uri: CASE,
        ..BASE
    },
    Operation {
        name: "GetCaseAttachmentDownloadUrl",
        method: "GET",
        path: "/v1/cases/{caseId}/get-presigned-url/{attachmentId}",
        success: 201,
        uri: &[need("caseId", CASE_ID), need("attachmentId", ATTACHMENT_ID)],
        ..BASE
    },
    Operation {
        name: "GetCaseAttachmentUploadUrl",
        path: "/v1/cases/{caseId}/get-presigned-url",
        success: 201,
        uri: CASE,
        body: &[need("fileName", FILE_NAME), need("contentLength", FILE_LENGTH), may("clientToken", TOKEN)],
        ..BASE
    },
    Operation {
        name: "GetFindingMetrics",
        method: "GET",
        path: "/v1/membership/{membershipId}/finding-metrics",
        rate: Rate::Unpublished,
        uri: MEMBERSHIP,
        query: &[need("startDate", ISO_TIME), need("endDate", ISO_TIME)],
        ..BASE
    },
    Operation {
        name: "GetMembership",
        method: "GET",
        path: "/v1/membership/{membershipId}",
        rate: Rate::Read,
        uri: MEMBERSHIP,
        ..BASE
    },
    Operation {
        name: "ListCaseEdits",
        path: "/v1/cases/{caseId}/list-case-edits",
        rate: Rate::Read,
        uri: CASE,
        body: PAGE,
        ..BASE
    },
    Operation { name: "ListCases", path: "/v1/list-cases", rate: Rate::Read, body: PAGE, ..BASE },
    Operation {
        name: "ListComments",
        path: "/v1/cases/{caseId}/list-comments",
        rate: Rate::Read,
        uri: CASE,
        body: PAGE,
        ..BASE
    },
    Operation {
        name: "ListInvestigations",
        method: "GET",
        path: "/v1/cases/{caseId}/list-investigations",
        rate: Rate::Read,
        uri: CASE,
        query: PAGE,
        ..BASE
    },
    Operation { name: "ListMemberships", path: "/v1/memberships", rate: Rate::Read, body: PAGE, ..BASE },
    Operation {
        name: "ListTagsForResource",
        method: "GET",
        path: "/v1/tags/{resourceArn}",
        rate: Rate::Unpublished,
        uri: RESOURCE,
        ..BASE
    },
    Operation {
        name: "SendFeedback",
        path: "/v1/cases/{caseId}/feedback/{resultId}/send-feedback",
        uri: &[need("caseId", CASE_ID), need("resultId", INVESTIGATION_ID)],
        body: &[need("usefulness", USEFULNESS), may("comment", FEEDBACK)],
        ..BASE
    },
    Operation {
        name: "TagResource",
        path: "/v1/tags/{resourceArn}",
        success: 204,
        rate: Rate::Unpublished,
        uri: RESOURCE,
        body: &[need("tags", TAGS)],
        ..BASE
    },
    Operation {
        name: "UntagResource",
        method: "DELETE",
        path: "/v1/tags/{resourceArn}",
        rate: Rate::Unpublished,
        uri: RESOURCE,
        query: &[need("tagKeys", TAG_KEYS)],
        ..BASE
    },
    Operation {
        name: "UpdateCase",
        path: "/v1/cases/{caseId}/update-case",
        uri: CASE,
        body: UPDATE_CASE,
        ..BASE
    },
    Operation {
        name: "UpdateCaseComment",
        method: "PUT",
        path: "/v1/cases/{caseId}/update-case-comment/{commentId}",
        uri: &[need("caseId", CASE_ID), need("commentId", COMMENT_ID)],
        body: &[need("body", COMMENT)],
        ..BASE
    },
    Operation {
        name: "UpdateCaseStatus",
        path: "/v1/cases/{caseId}/update-case-status",
        success: 201,
        uri: CASE,
        body: &[need("caseStatus", SELF_STATUS)],
        ..BASE
    },
    Operation {
        name: "UpdateMembership",
        method: "PUT",
        path: "/v1/membership/{membershipId}/update-membership",
        uri: MEMBERSHIP,
        body: UPDATE_MEMBERSHIP,
        ..BASE
    },
    Operation {
        name: "UpdateResolverType",
        path: "/v1/cases/{caseId}/update-resolver-type",
        uri: CASE,
        body: &[need("resolverType", RESOLVER)],
        ..BASE
    },
];

const CREATE_CASE: &[Field] = &[
    may("clientToken", TOKEN),
    need("resolverType", RESOLVER),
    need("title", TITLE),
    need("description", DESCRIPTION),
    need("engagementType", ENGAGEMENT),
    need("reportedIncidentStartDate", Kind::Number),
    need("impactedAccounts", ACCOUNTS),
    need("watchers", WATCHERS),
    may("threatActorIpAddresses", ACTORS),
    may("impactedServices", SERVICES),
    may("impactedAwsRegions", REGIONS),
    may("tags", TAGS),
];

const UPDATE_CASE: &[Field] = &[
    may("title", TITLE),
    may("description", DESCRIPTION),
    may("reportedIncidentStartDate", Kind::Number),
    may("actualIncidentStartDate", Kind::Number),
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

const CREATE_MEMBERSHIP: &[Field] = &[
    may("clientToken", TOKEN),
    need("membershipName", MEMBERSHIP_NAME),
    need("incidentResponseTeam", TEAM),
    may("optInFeatures", FEATURES),
    may("tags", TAGS),
    may("coverEntireOrganization", Kind::Flag),
];

const UPDATE_MEMBERSHIP: &[Field] = &[
    may("membershipName", MEMBERSHIP_NAME),
    may("incidentResponseTeam", TEAM),
    may("optInFeatures", FEATURES),
    may("membershipAccountsConfigurationsUpdate", COVERAGE_UPDATE),
    may("undoMembershipCancellation", Kind::Flag),
];

/// The operation for a method and the path's decoded parts, with the members that stand in the path.
pub(super) fn find(
    method: &str,
    parts: &[String],
) -> Option<(&'static Operation, Vec<(&'static str, String)>)> {
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
