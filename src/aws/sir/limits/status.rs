//! Where can a case go from where it stands?

use super::{Result, error};
use crate::case::{Resolver, Status};

/// Where a case's own team may move it with UpdateCaseStatus. Closing is another call, and always possible.
/// <https://docs.aws.amazon.com/security-ir/latest/APIReference/API_UpdateCaseStatus.html>. The service's answer is
/// final: this is for buttons and for errors that help.
const GRAPH: &[(Status, &[Status])] = &[
    (Status::Submitted, &[Status::Detection, Status::Containment, Status::PostIncident]),
    (Status::Detection, &[Status::Containment, Status::PostIncident]),
    (Status::Containment, &[Status::Detection, Status::PostIncident]),
    (Status::PostIncident, &[Status::Containment, Status::Detection]),
];

/// Where a person can move a case now. Empty for a case that AWS works (AWS alone sets its status), for a closed
/// case, and for a status that we do not know.
pub fn legal_next(resolver: Resolver, status: &Status) -> &'static [Status] {
    let found = GRAPH.iter().find(|(from, _)| from == status).map_or(&[][..], |(_, next)| next);
    match resolver {
        Resolver::Own => found,
        Resolver::Aws => &[],
    }
}

/// Whether UpdateCaseStatus takes a status at all: not those that only AWS sets, and not `Closed`.
pub(crate) fn settable(status: &Status) -> Result<()> {
    match status {
        Status::Submitted | Status::Detection | Status::Containment | Status::PostIncident => Ok(()),
        Status::Closed => Err(error("status", "A case is not moved to Closed: it is closed, for good.")),
        Status::Acknowledged | Status::ReadyToClose => {
            Err(error("status", format!("Only AWS sets the status {}.", status.as_str())))
        }
        Status::Other(text) => {
            let known = "Submitted, Detection and Analysis, Containment, Eradication and Recovery, \
                         Post-incident Activities";
            Err(error("status", format!("\"{text}\" is not a status that can be set. These can: {known}.")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Status; 7] = [
        Status::Submitted,
        Status::Acknowledged,
        Status::Detection,
        Status::Containment,
        Status::PostIncident,
        Status::ReadyToClose,
        Status::Closed,
    ];

    #[test]
    fn a_case_of_ones_own_goes_where_the_documented_graph_leads() {
        use Status::{Containment, Detection, PostIncident, Submitted};
        let legal: Vec<(Status, Status)> = ALL
            .iter()
            .flat_map(|from| legal_next(Resolver::Own, from).iter().map(|to| (from.clone(), to.clone())))
            .collect();
        assert_eq!(
            legal,
            [
                (Submitted, Detection),
                (Submitted, Containment),
                (Submitted, PostIncident),
                (Detection, Containment),
                (Detection, PostIncident),
                (Containment, Detection),
                (Containment, PostIncident),
                (PostIncident, Containment),
                (PostIncident, Detection),
            ]
        );
    }

    #[test]
    fn nobody_moves_a_case_that_aws_works() {
        assert!(ALL.iter().all(|from| legal_next(Resolver::Aws, from).is_empty()));
    }

    #[test]
    fn a_case_is_only_moved_to_what_can_be_set() {
        for to in ALL.iter().flat_map(|from| legal_next(Resolver::Own, from)) {
            assert_eq!(settable(to), Ok(()));
        }
        let refused: Vec<String> =
            ALL.iter().filter_map(|to| settable(to).err()).map(|no| no.to_string()).collect();
        assert_eq!(
            refused,
            [
                "Only AWS sets the status Acknowledged.",
                "Only AWS sets the status Ready to Close.",
                "A case is not moved to Closed: it is closed, for good."
            ]
        );
        let unknown = settable(&Status::Other("resolved".to_owned())).expect_err("unknown").to_string();
        assert!(unknown.starts_with("\"resolved\" is not a status"), "{unknown}");
    }
}
