//! The verbs. One table (`table.rs`); parsing, help, roles and the documentation read it.

use crate::case::Seconds;

use super::{
    command::{Command, HubCommand, MembershipCommand},
    table::TABLE,
    user_error::UserError,
};
use crate::chat::{language::decode::LineWords, policy::roles::Role};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// One case: named, the thread's, the channel's, or chosen with buttons.
    Case,
    /// All cases at once: each of those that somebody may see.
    Cases,
    Anything,
    /// The organisation: memberships and Security Hub.
    Organisation,
}

pub(crate) type Read = fn(&mut LineWords<'_>, Seconds) -> Result<Command, UserError>;

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Verb {
    /// One word or two: `show`, `tag add`.
    pub name: &'static str,
    /// Other spellings, the AWS sample's among them.
    pub(crate) aliases: &'static [&'static str],
    pub(crate) syntax: &'static str,
    pub(crate) help: &'static str,
    /// Lines without the command's name. Each one parses.
    pub examples: &'static [&'static str],
    /// The least role. `None`: every member of the workspace.
    pub(crate) role: Option<Role>,
    pub(crate) about: Subject,
    /// The operations that it may call, as the SDK names them.
    pub operations: &'static [&'static str],
    /// Takes something away: never accepted abbreviated.
    pub(crate) guarded: bool,
    /// Done only after a confirmation.
    pub(crate) confirmed: bool,
    /// Only Slack can show or tell what it takes: what helps where Slack is not asked.
    pub in_slack: Option<&'static str>,
    pub(crate) read: Read,
}

impl PartialEq for Verb {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Verb {}

impl Verb {
    /// Whether it is about one case.
    pub fn is_of_a_case(&self) -> bool {
        self.about == Subject::Case
    }

    /// The first word: `tag` of `tag add`.
    pub(crate) fn head(&self) -> &'static str {
        self.name.split(' ').next().unwrap_or_default()
    }

    /// The second word, if it has one.
    pub(crate) fn tail(&self) -> Option<&'static str> {
        self.name.split_once(' ').map(|(_, tail)| tail)
    }

    /// Whether something outside may be another when it is done.
    pub(crate) fn changes(&self) -> bool {
        self.role > Some(Role::Viewer)
    }

    pub(crate) fn usage(&self) -> String {
        format!("/sir {} {}", self.name, self.syntax).trim_end().to_owned()
    }

    pub(super) const fn new(
        role: Option<Role>,
        about: Subject,
        name: &'static str,
        syntax: &'static str,
    ) -> Self {
        Self {
            name,
            aliases: &[],
            syntax,
            help: "",
            examples: &[],
            role,
            about,
            operations: &[],
            guarded: false,
            confirmed: false,
            in_slack: None,
            read: |_, _| Ok(Command::Tray),
        }
    }

    pub(super) const fn says(self, help: &'static str, examples: &'static [&'static str]) -> Self {
        Self { help, examples, ..self }
    }

    pub(super) const fn alias(self, aliases: &'static [&'static str]) -> Self {
        Self { aliases, ..self }
    }

    pub(super) const fn calls(self, operations: &'static [&'static str]) -> Self {
        Self { operations, ..self }
    }

    pub(super) const fn reads(self, read: Read) -> Self {
        Self { read, ..self }
    }

    pub(super) const fn guarded(self) -> Self {
        Self { guarded: true, ..self }
    }

    pub(super) const fn in_slack(self, instead: &'static str) -> Self {
        Self { in_slack: Some(instead), ..self }
    }

    pub(super) const fn confirmed(self) -> Self {
        Self { guarded: true, confirmed: true, ..self }
    }
}

/// All verbs, in the order of help.
pub fn all() -> impl Iterator<Item = &'static Verb> {
    TABLE.iter()
}

pub(crate) fn named(name: &str) -> Option<&'static Verb> {
    all().find(|verb| verb.name == name)
}

pub(crate) fn of(command: &Command) -> Option<&'static Verb> {
    named(name(command))
}

pub(crate) fn name(command: &Command) -> &'static str {
    use super::command::ListEdit::{Add, Remove};
    match command {
        Command::Tray => "tray",
        Command::Help { .. } => "help",
        Command::Whoami => "whoami",
        Command::Doctor => "doctor",
        Command::Show { .. } => "show",
        Command::List { .. } => "list",
        Command::Comments { .. } => "comments",
        Command::History { .. } => "history",
        Command::New { .. } => "new",
        Command::Comment { .. } => "comment",
        Command::Amend { .. } => "amend",
        Command::Status { .. } => "status",
        Command::Edit => "edit",
        Command::Title { .. } => "title",
        Command::Describe { .. } => "describe",
        Command::Type { .. } => "type",
        Command::Started { .. } => "started",
        Command::Metadata { .. } => "metadata",
        Command::Watch { .. } => "watch",
        Command::Unwatch { .. } => "unwatch",
        Command::Watchers => "watchers",
        Command::Impact { edit: Add, .. } => "impact add",
        Command::Impact { edit: Remove, .. } => "impact rm",
        Command::Actor { edit: Add, .. } => "actor add",
        Command::Actor { edit: Remove, .. } => "actor rm",
        Command::Attach => "attach",
        Command::Files => "files",
        Command::Get { .. } => "get",
        Command::Ai => "ai",
        Command::Rate { useful: true, .. } => "ai useful",
        Command::Rate { useful: false, .. } => "ai useless",
        Command::Tags => "tag list",
        Command::Tag { .. } => "tag add",
        Command::Untag { .. } => "tag rm",
        Command::Close => "close",
        Command::Resolver => "resolver",
        Command::Take => "take",
        Command::Owner { .. } => "owner",
        Command::Clock { .. } => "clock",
        Command::Brief { .. } => "brief",
        Command::Timeline { .. } => "timeline",
        Command::Jira => "jira",
        Command::JiraLink { .. } => "jira link",
        Command::JiraOpen => "jira open",
        Command::JiraBack => "jira back",
        Command::JiraClose { .. } => "jira close",
        Command::Card => "card",
        Command::Restrict { .. } => "restrict",
        Command::Unrestrict => "restrict off",
        Command::Membership(command) => membership(command),
        Command::Hub(command) => hub(command),
    }
}

fn membership(command: &MembershipCommand) -> &'static str {
    match command {
        MembershipCommand::List => "membership list",
        MembershipCommand::Show { .. } => "membership show",
        MembershipCommand::Accounts { .. } => "membership accounts",
        MembershipCommand::Metrics { .. } => "membership metrics",
        MembershipCommand::New { .. } => "membership new",
        MembershipCommand::Update { .. } => "membership update",
        MembershipCommand::Cancel { .. } => "membership cancel",
        MembershipCommand::Resume { .. } => "membership resume",
    }
}

fn hub(command: &HubCommand) -> &'static str {
    match command {
        HubCommand::Admin => "hub admin",
        HubCommand::Members => "hub members",
        HubCommand::Member { .. } => "hub member",
        HubCommand::Products => "hub products",
        HubCommand::Accept { .. } => "hub accept",
        HubCommand::Leave => "hub leave",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::chat::language::grammar::parse;

    /// The 25 operations of Security Incident Response, then the six of Security Hub.
    const OPERATIONS: [&str; 31] = [
        "BatchGetMemberAccountDetails",
        "CancelMembership",
        "CloseCase",
        "CreateCase",
        "CreateCaseComment",
        "CreateMembership",
        "GetCase",
        "GetCaseAttachmentDownloadUrl",
        "GetCaseAttachmentUploadUrl",
        "GetFindingMetrics",
        "GetMembership",
        "ListCaseEdits",
        "ListCases",
        "ListComments",
        "ListInvestigations",
        "ListMemberships",
        "ListTagsForResource",
        "SendFeedback",
        "TagResource",
        "UntagResource",
        "UpdateCase",
        "UpdateCaseComment",
        "UpdateCaseStatus",
        "UpdateMembership",
        "UpdateResolverType",
        "AcceptAdministratorInvitation",
        "DescribeProducts",
        "DisassociateFromAdministratorAccount",
        "GetAdministratorAccount",
        "GetMembers",
        "ListMembers",
    ];

    #[test]
    fn every_operation_of_both_services_has_a_verb() {
        let reached: BTreeSet<&str> = all().flat_map(|verb| verb.operations).copied().collect();
        assert_eq!(reached, BTreeSet::from(OPERATIONS));
    }

    #[test]
    fn no_two_verbs_answer_to_one_name() {
        let names: Vec<&str> = all().flat_map(|verb| [&[verb.name], verb.aliases].concat()).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
    }

    #[test]
    fn every_verb_is_explained_and_each_of_its_examples_asks_it() {
        for verb in all() {
            assert!(verb.help.ends_with('.') && verb.help.len() < 160, "{}", verb.name);
            assert!(!verb.examples.is_empty(), "{}", verb.name);
            for example in verb.examples {
                let line =
                    parse(example, 1_795_255_200).unwrap_or_else(|mistake| panic!("{example}: {mistake}"));
                assert_eq!(of(&line.command), Some(verb), "{example}");
            }
        }
    }

    #[test]
    fn every_alias_asks_what_its_verb_asks() {
        for verb in all() {
            for alias in verb.aliases {
                let example = verb.examples[0].replacen(verb.name, alias, 1);
                assert_eq!(
                    parse(&example, 1_795_255_200),
                    parse(verb.examples[0], 1_795_255_200),
                    "{example}"
                );
            }
        }
    }
}
