//! Which operations are there? Rates: <https://docs.aws.amazon.com/general/latest/gr/securityir.html>. Actions:
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecurityincidentresponse.html>.

/// How often an operation may be called, for each account and Region. Cannot be raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rate {
    /// Once a second: every change, and both links to attachments.
    One,
    Five,
    /// Not published: tags, metrics and Security Hub.
    Unpublished,
}

/// Declares [`Operation`] from a table: name, action, read or write, rate.
macro_rules! operations {
    ($($name:ident $service:literal $effect:ident $rate:ident;)*) => {
        /// An operation of Security Incident Response or Security Hub, named as in the SDK.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Operation { $($name,)* }

        impl Operation {
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            pub fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }

            /// The IAM action that allows it. A case or membership that is made with tags needs
            /// `security-ir:TagResource` as well.
            pub fn action(self) -> &'static str {
                match self { $(Self::$name => concat!($service, ":", stringify!($name)),)* }
            }

            /// Whether it changes nothing, so that it may be repeated at will.
            pub fn is_read(self) -> bool {
                match self { $(Self::$name => operations!(@$effect),)* }
            }

            pub fn rate(self) -> Rate {
                match self { $(Self::$name => Rate::$rate,)* }
            }
        }
    };
    (@read) => { true };
    (@write) => { false };
}

operations! {
    BatchGetMemberAccountDetails "security-ir" read Five;
    CancelMembership "security-ir" write One;
    CloseCase "security-ir" write One;
    CreateCase "security-ir" write One;
    CreateCaseComment "security-ir" write One;
    CreateMembership "security-ir" write One;
    GetCase "security-ir" read Five;
    GetCaseAttachmentDownloadUrl "security-ir" read One;
    GetCaseAttachmentUploadUrl "security-ir" write One;
    GetFindingMetrics "security-ir" read Unpublished;
    GetMembership "security-ir" read Five;
    ListCaseEdits "security-ir" read Five;
    ListCases "security-ir" read Five;
    ListComments "security-ir" read Five;
    ListInvestigations "security-ir" read Five;
    ListMemberships "security-ir" read Five;
    ListTagsForResource "security-ir" read Unpublished;
    SendFeedback "security-ir" write One;
    TagResource "security-ir" write Unpublished;
    UntagResource "security-ir" write Unpublished;
    UpdateCase "security-ir" write One;
    UpdateCaseComment "security-ir" write One;
    UpdateCaseStatus "security-ir" write One;
    UpdateMembership "security-ir" write One;
    UpdateResolverType "security-ir" write One;
    AcceptAdministratorInvitation "securityhub" write Unpublished;
    DescribeProducts "securityhub" read Unpublished;
    DisassociateFromAdministratorAccount "securityhub" write Unpublished;
    GetAdministratorAccount "securityhub" read Unpublished;
    GetMembers "securityhub" read Unpublished;
    ListMembers "securityhub" read Unpublished;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_that_only_reads_says_so_in_its_name() {
        for operation in Operation::ALL {
            let reads =
                ["Get", "List", "Describe", "BatchGet"].iter().any(|verb| operation.name().starts_with(verb));
            // A link to upload makes a place for a file: the one Get that changes something.
            let expected = reads && *operation != Operation::GetCaseAttachmentUploadUrl;
            assert_eq!(operation.is_read(), expected, "{operation:?}");
        }
    }

    #[test]
    fn every_change_of_a_case_or_membership_may_be_made_once_a_second() {
        let slow: Vec<_> = Operation::ALL.iter().filter(|operation| operation.rate() == Rate::One).collect();
        assert_eq!(slow.len(), 13);
        for operation in slow {
            let link = *operation == Operation::GetCaseAttachmentDownloadUrl;
            assert!(!operation.is_read() || link, "{operation:?}");
        }
    }

    #[test]
    fn an_action_is_the_service_and_the_operation() {
        assert_eq!(Operation::GetCase.action(), "security-ir:GetCase");
        assert_eq!(Operation::ListMembers.action(), "securityhub:ListMembers");
    }
}
