//! AWS: the membership, each read that the bridge makes, and Security Hub where somebody may use it.

use super::{Answer, Examined, Patient, behind, fine, unseen, wrong};
use crate::{
    aws::{
        hub::HubCall,
        sessions::SessionName,
        sir::{Call, Fault, FaultKind, MembershipSummary, ask},
    },
    case::{Attachment, CaseId},
    runtime,
};

const OF_A_CASE: [&str; 6] = [
    "sir.get_case",
    "sir.list_comments",
    "sir.list_case_edits",
    "sir.list_investigations",
    "sir.list_tags",
    "sir.get_attachment",
];
const OF_A_MEMBERSHIP: [&str; 3] =
    ["sir.get_membership", "sir.get_finding_metrics", "sir.get_member_accounts"];
const OF_THE_HUB: [&str; 4] = ["hub", "hub.products", "hub.list_members", "hub.get_members"];
/// An account that is nobody's: whether it may be asked for is all that is asked.
const NOBODY: &str = "000000000000";
const RIGHTS: &str = "Deploy the template of this release again: the functions' roles grant it. From a terminal: use \
                      credentials that may read";

pub(super) async fn examine(patient: &Patient<'_>, found: &mut Examined) {
    let membership = membership(patient, found).await;
    of_the_cases(patient, found).await;
    of_the_membership(patient, membership, found).await;
    found.add(
        "sir.writes",
        unseen(
            "no call shows a right to write without writing; the template grants each that the code makes",
            "open a case of your own with /sir new, comment on it, close it",
        ),
    );
    found.add("sir.person", person(patient).await);
    hub(patient, found).await;
}

/// Whether a session in somebody's name begins, where the stack wants one for each act.
async fn person(patient: &Patient<'_>) -> Answer {
    match patient.world.try_session(&SessionName::of("doctor")).await {
        None => fine(
            "no role for people's acts is named here (CASEBRIDGE_PERSON_ROLE): they run under the own one",
        ),
        Some(Ok(())) => fine("the role for people's acts was assumed, by the session doctor"),
        Some(Err(Fault { kind: FaultKind::NoSession, message })) => wrong(
            message,
            "Until it is mended nobody changes anything. Deploy the template of this release again: the role PersonRole \
             trusts the role of command. An organisation's policy may forbid sts:AssumeRole; the parameter \
             PersonalIdentity=false does without",
        ),
        Some(Err(Fault { message, .. })) => unseen(message, "ask again in a minute"),
    }
}

/// As [`read`], of what a parameter of the stack may have left out.
fn read_unless<T>(left_out: Option<&str>, asked: Result<T, Fault>) -> Answer {
    match (left_out, asked) {
        (Some(parameter), Err(Fault { kind: FaultKind::Denied, .. })) => {
            fine(format!("left out by parameter: {parameter}=false"))
        }
        (_, asked) => read(asked, "it answered"),
    }
}

fn read<T>(asked: Result<T, Fault>, seen: &str) -> Answer {
    let Err(fault) = asked else { return fine(seen) };
    let why = format!("{fault} {}", fault.message);
    let why = why.trim_end_matches(['.', ' ']).to_owned();
    match fault.kind {
        FaultKind::Throttled { .. } | FaultKind::NotSent | FaultKind::Unknown => {
            unseen(why, "ask again in a minute")
        }
        FaultKind::Denied
        | FaultKind::NoSession
        | FaultKind::Conflict
        | FaultKind::NotFound
        | FaultKind::NotActive
        | FaultKind::Quota
        | FaultKind::Invalid { .. }
        | FaultKind::InvalidToken => wrong(why, RIGHTS),
    }
}

async fn membership(patient: &Patient<'_>, found: &mut Examined) -> Option<MembershipSummary> {
    let here = patient.settings.sir.region.as_deref().unwrap_or("this Region");
    let left_out = patient.world.left_out().memberships.then_some("WithMemberships");
    let page = match runtime::ask(patient.world, ask::memberships(None)).await {
        Ok(page) => page,
        Err(fault) => {
            let answer = read_unless::<()>(left_out, Err(fault));
            if matches!(answer, Answer::Ok { .. }) {
                found.add_all(&OF_A_MEMBERSHIP, &answer);
            }
            found.add("sir.membership", answer);
            return None;
        }
    };
    let active = page.items.iter().find(|one| one.status.as_deref() == Some("Active"));
    let active = active.filter(|one| one.region.as_deref().is_none_or(|region| region == here));
    found.add(
        "sir.membership",
        match active {
            Some(one) => fine(format!("the membership {} is active in {here}", one.id)),
            None => wrong(
                format!("no membership is active in {here}"),
                "Deploy the stack in the membership's account and Region; a membership is made in the console of AWS \
                 Security Incident Response",
            ),
        },
    );
    active.cloned()
}

async fn of_the_cases(patient: &Patient<'_>, found: &mut Examined) {
    let asked = runtime::ask(patient.world, ask::cases(None)).await;
    let newest = asked.as_ref().ok().and_then(|page| page.items.iter().max_by_key(|case| case.updated));
    let newest = newest.map(|case| case.id.clone());
    let listed = asked.is_ok();
    found.add("sir.list_cases", read(asked, "it answered"));
    let Some(case) = newest else {
        let answer = match listed {
            true => unseen(
                "there is no case yet",
                "open a case of your own with /sir new, comment on it, close it",
            ),
            false => behind("sir.list_cases"),
        };
        return found.add_all(&OF_A_CASE, &answer);
    };
    let got = runtime::ask(patient.world, ask::case(&case)).await;
    let seen = format!("of case {case} it answered");
    let (arn, file) = match &got {
        Ok(case) => (Some(case.arn.clone()), case.attachments.iter().find(|file| file.is_verified())),
        Err(_) => (None, None),
    };
    let [get, comments, edits, investigations, tags, attachment] = OF_A_CASE;
    for (check, call) in [comments, edits, investigations].into_iter().zip(lists(&case)) {
        found.add(check, read(patient.world.call(call).await, &seen));
    }
    let told = async |call: Call| read(patient.world.call(call).await, &seen);
    found.add(
        tags,
        match arn {
            Some(arn) => told(Call::ListTagsForResource { arn }).await,
            None => behind(get),
        },
    );
    let download = |file: &Attachment| Call::GetCaseAttachmentDownloadUrl {
        case: case.clone(),
        attachment: file.id.clone(),
    };
    found.add(
        attachment,
        match (file.map(download), got.is_ok()) {
            (Some(call), _) => told(call).await,
            (None, true) => unseen(
                "the newest case has no file that AWS gives",
                "attach a small file to a case of your own, and ask again",
            ),
            (None, false) => behind(get),
        },
    );
    found.add(get, read(got, &seen));
}

fn lists(case: &CaseId) -> [Call; 3] {
    let case = || case.clone();
    [
        Call::ListComments { case: case(), next: None },
        Call::ListCaseEdits { case: case(), next: None },
        Call::ListInvestigations { case: case(), next: None },
    ]
}

async fn of_the_membership(
    patient: &Patient<'_>,
    membership: Option<MembershipSummary>,
    found: &mut Examined,
) {
    let Some(MembershipSummary { id: membership, account, .. }) = membership else {
        if !found.has(OF_A_MEMBERSHIP[0]) {
            found.add_all(&OF_A_MEMBERSHIP, &behind("sir.membership"));
        }
        return;
    };
    let left_out = patient.world.left_out().memberships.then_some("WithMemberships");
    let to = patient.world.now() / 1_000;
    let metrics = Call::GetFindingMetrics { membership: membership.clone(), from: to - 86_400, to };
    let accounts = Call::BatchGetMemberAccountDetails {
        membership: membership.clone(),
        accounts: account.into_iter().collect(),
    };
    let calls = [Call::GetMembership { membership }, metrics, accounts];
    for (check, call) in OF_A_MEMBERSHIP.into_iter().zip(calls) {
        found.add(check, read_unless(left_out, patient.world.call(call).await));
    }
}

/// Each read that the verbs of `hub` make.
async fn hub(patient: &Patient<'_>, found: &mut Examined) {
    if patient.settings.roles.admin.is_empty() {
        let answer = fine("not needed: nobody has the role admin, whose verbs ask Security Hub");
        return found.add_all(&OF_THE_HUB, &answer);
    }
    let calls = [
        HubCall::GetAdministratorAccount,
        HubCall::DescribeProducts { product: None, next: None },
        HubCall::ListMembers { everybody: true, next: None },
        HubCall::GetMembers { accounts: vec![NOBODY.to_owned()] },
    ];
    for (check, call) in OF_THE_HUB.into_iter().zip(calls) {
        let answer = match patient.world.call(Call::Hub(call)).await {
            Err(fault) if matches!(fault.kind, FaultKind::NotFound | FaultKind::InvalidToken) => unseen(
                "Security Hub is not in use here",
                "switch it on in this account and Region, if you want /sir hub",
            ),
            asked => read_unless(patient.world.left_out().hub.then_some("WithSecurityHub"), asked),
        };
        found.add(check, answer);
    }
}
