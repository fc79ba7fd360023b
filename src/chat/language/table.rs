//! The table of verbs: who may, what it is about, how it is said, what it calls.

use super::{
    args,
    verbs::{
        Subject::{Anything, Case, Cases, Organisation},
        Verb,
    },
};
use crate::chat::policy::roles::Role;

const ANYBODY: Option<Role> = None;
const VIEWER: Option<Role> = Some(Role::Viewer);
const RESPONDER: Option<Role> = Some(Role::Responder);
const COMMANDER: Option<Role> = Some(Role::Commander);
const ADMIN: Option<Role> = Some(Role::Admin);

/// In the order of help.
pub(super) static TABLE: &[Verb] = &[
    Verb::new(VIEWER, Case, "tray", "")
        .says(
            "What can be done here, as buttons; outside a case, your latest open cases.",
            &["tray", "1234567890"],
        )
        .calls(&["GetCase", "ListCases"])
        .reads(args::tray),
    Verb::new(VIEWER, Case, "show", "[--full]")
        .says(
            "The case as it stands; with --full also its description, lists and tags.",
            &["show --full", "show"],
        )
        .alias(&["incident-details"])
        .calls(&["GetCase", "ListTagsForResource"])
        .reads(args::show),
    Verb::new(VIEWER, Case, "comments", "[N]")
        .says("The latest comments: 5, or as many as you say, at most 50.", &["comments 10", "comments"])
        .calls(&["ListComments"])
        .reads(args::comments),
    Verb::new(VIEWER, Case, "history", "[N]")
        .says(
            "Who changed what: the latest 10 edits, or as many as you say, at most 50.",
            &["history 25", "history"],
        )
        .calls(&["ListCaseEdits"])
        .reads(args::history),
    Verb::new(VIEWER, Case, "brief", "[--post]")
        .says(
            "How the case stands, for you; with --post for all who read here, without what the case says.",
            &["brief", "brief --post"],
        )
        .calls(&["GetCase", "ListComments"])
        .reads(args::brief),
    Verb::new(VIEWER, Case, "timeline", "[SINCE]")
        .says(
            "What was said and done, in its order; the latest 30, or what came since a moment.",
            &["timeline 6h ago", "timeline"],
        )
        .calls(&["ListCaseEdits", "ListComments"])
        .reads(args::timeline),
    Verb::new(RESPONDER, Case, "take", "")
        .says("Takes the case: you own it from now on, and nobody else is called for its open question.", &["take"])
        .calls(&["GetCase"])
        .in_slack("The owner is somebody in Slack: say in a comment that you work it.")
        .reads(args::take),
    Verb::new(RESPONDER, Case, "owner", "[@PERSON|nobody]")
        .says("Who owns the case, or gives it to somebody.", &["owner <@U024BE7LH>", "owner nobody", "owner"])
        .calls(&["GetCase"])
        .reads(args::owner),
    Verb::new(RESPONDER, Case, "clock", "[NAME [from WHEN|stop]]")
        .says(
            "Which clocks run, or starts one of the settings: from now, or from a moment on your own clock. You are reminded of its deadlines.",
            &["clock NIS2 from yesterday 14:00", "clock", "clock NIS2 stop"],
        )
        .calls(&["GetCase"])
        .reads(args::clock),
    Verb::new(RESPONDER, Case, "comment", "[TEXT]")
        .says(
            "Adds a comment: everything after the verb, as it stands; without a text, a form.",
            &["comment The host is isolated.", "comment"],
        )
        .calls(&["CreateCaseComment"])
        .reads(args::comment),
    Verb::new(RESPONDER, Case, "amend", "COMMENT TEXT")
        .says(
            "Gives a comment of yours a new text. COMMENT is its six digits.",
            &["amend 000123 The host was isolated at 14:02 UTC."],
        )
        .alias(&["edit-comment"])
        .calls(&["ListComments", "UpdateCaseComment"])
        .reads(args::amend),
    Verb::new(RESPONDER, Case, "status", "[submitted|detect|contain|post]")
        .says(
            "Moves the case on; without a status, the legal next ones as buttons.",
            &["status contain", "status", "1234567890 status detect"],
        )
        .alias(&["update-status"])
        .calls(&["GetCase", "UpdateCaseStatus"])
        .reads(args::status),
    Verb::new(RESPONDER, Case, "edit", "")
        .says("A form with the case's title, description, type and beginning.", &["edit"])
        .calls(&["GetCase", "UpdateCase"])
        .in_slack("Say `title`, `describe`, `type` or `started`.")
        .reads(args::edit),
    Verb::new(RESPONDER, Case, "title", "TEXT")
        .says(
            "Gives the case a new title of at most 300 characters.",
            &["title Leaked key in the build account"],
        )
        .alias(&["update-title"])
        .calls(&["UpdateCase"])
        .reads(args::title),
    Verb::new(RESPONDER, Case, "describe", "TEXT")
        .says(
            "Gives the case a new description of at most 8,000 characters.",
            &["describe A key of the build role was used from 203.0.113.9."],
        )
        .alias(&["update-description"])
        .calls(&["UpdateCase"])
        .reads(args::describe),
    Verb::new(RESPONDER, Case, "type", "incident|investigation")
        .says("Says whether this is a security incident or an investigation.", &["type incident"])
        .calls(&["UpdateCase"])
        .reads(args::engagement),
    Verb::new(RESPONDER, Case, "started", "WHEN [--reported]")
        .says(
            "Says when the incident really began; with --reported, when it was said to have begun.",
            &["started yesterday 14:00", "started 2h ago", "started 2026-11-20T14:00:00Z --reported"],
        )
        .calls(&["UpdateCase"])
        .reads(args::started),
    Verb::new(RESPONDER, Case, "metadata", "KEY=VALUE…")
        .says(
            "Sets metadata of the case; what you do not name stays.",
            &["metadata ticket=SEC-12 team=\"Blue team\""],
        )
        .calls(&["GetCase", "UpdateCase"])
        .reads(args::metadata),
    Verb::new(RESPONDER, Case, "watch", "[@PERSON|EMAIL…]")
        .says(
            "Sends the case's e-mails to these people, or to you.",
            &["watch ana@example.com <@U024BE7LH>", "watch"],
        )
        .calls(&["GetCase", "UpdateCase"])
        .reads(args::watch),
    Verb::new(RESPONDER, Case, "unwatch", "[@PERSON|EMAIL…]")
        .says("Sends them no more e-mails, or you.", &["unwatch ana@example.com", "unwatch"])
        .calls(&["GetCase", "UpdateCase"])
        .guarded()
        .reads(args::unwatch),
    Verb::new(RESPONDER, Case, "watchers", "")
        .says("Who gets the case's e-mails.", &["watchers"])
        .calls(&["GetCase"])
        .reads(args::watchers),
    Verb::new(RESPONDER, Case, "impact add", "account|region|service VALUE…")
        .says(
            "Adds what the incident reaches.",
            &[
                "impact add account 111122223333",
                "impact add region eu-west-1, us-east-1",
                "impact add service \"AWS Lambda\" EC2",
            ],
        )
        .calls(&["UpdateCase"])
        .reads(args::impact_add),
    Verb::new(RESPONDER, Case, "impact rm", "account|region|service VALUE…")
        .says("Takes away what the incident does not reach.", &["impact rm region eu-west-1"])
        .alias(&["impact remove", "impact delete"])
        .calls(&["UpdateCase"])
        .guarded()
        .reads(args::impact_rm),
    Verb::new(RESPONDER, Case, "actor add", "IP [AGENT]")
        .says(
            "Adds an address that the intruder used, and the user agent.",
            &["actor add 203.0.113.9 Boto3/1.34 Linux", "actor add 2001:db8::1"],
        )
        .calls(&["UpdateCase"])
        .reads(args::actor_add),
    Verb::new(RESPONDER, Case, "actor rm", "IP [AGENT]")
        .says("Takes an address away.", &["actor rm 203.0.113.9"])
        .alias(&["actor remove", "actor delete"])
        .calls(&["GetCase", "UpdateCase"])
        .guarded()
        .reads(args::actor_rm),
    Verb::new(RESPONDER, Case, "attach", "")
        .says(
            "How to attach a file: the message shortcut \"Attach file to case\"; at a terminal `attach FILE`.",
            &["attach"],
        )
        .calls(&["GetCase", "GetCaseAttachmentUploadUrl"])
        .reads(args::attach),
    Verb::new(VIEWER, Case, "files", "")
        .says("The case's files, numbered.", &["files"])
        .calls(&["GetCase"])
        .reads(args::files),
    Verb::new(VIEWER, Case, "get", "N")
        .says("A link to download a file, for you alone. N is its number in files.", &["get 1"])
        .calls(&["GetCase", "GetCaseAttachmentDownloadUrl"])
        .reads(args::get),
    Verb::new(VIEWER, Case, "ai", "")
        .says("What the AI agent of an AWS-supported case does and found, numbered.", &["ai"])
        .calls(&["ListInvestigations"])
        .reads(args::ai),
    Verb::new(RESPONDER, Case, "ai useful", "N [WHY]")
        .says("Tells AWS that an investigation was useful.", &["ai useful 1 It found the role."])
        .calls(&["ListInvestigations", "SendFeedback"])
        .reads(args::useful),
    Verb::new(RESPONDER, Case, "ai useless", "N [WHY]")
        .says("Tells AWS that an investigation was not useful.", &["ai useless 2"])
        .calls(&["ListInvestigations", "SendFeedback"])
        .reads(args::useless),
    Verb::new(RESPONDER, Case, "tag list", "")
        .says("The case's tags.", &["tag list"])
        .calls(&["ListTagsForResource"])
        .reads(args::tags),
    Verb::new(RESPONDER, Case, "tag add", "KEY=VALUE…")
        .says("Sets tags.", &["tag add team=blue cost-centre=\"4 711\""])
        .calls(&["GetCase", "TagResource"])
        .reads(args::tag_add),
    Verb::new(RESPONDER, Case, "tag rm", "KEY…")
        .says("Takes tags away.", &["tag rm team"])
        .alias(&["tag remove", "tag delete"])
        .calls(&["GetCase", "UntagResource"])
        .guarded()
        .reads(args::tag_rm),
    Verb::new(RESPONDER, Case, "jira", "").says("The case's Jira issue.", &["jira"]).reads(args::jira),
    Verb::new(RESPONDER, Case, "jira link", "KEY")
        .says(
            "Makes an issue that exists the case's, which takes its title and whole story. What stands in it stays. Asks first.",
            &["jira link SEC-12"],
        )
        .calls(&["GetCase"])
        .confirmed()
        .in_slack("Wait until they answer.")
        .reads(args::jira_link),
    Verb::new(RESPONDER, Case, "jira open", "")
        .says("Makes the case's issue if there is none.", &["jira open"])
        .reads(args::jira_open),
    Verb::new(RESPONDER, Case, "jira back", "")
        .says("Puts the case's issue back to the status that goes with the case's.", &["jira back"])
        .calls(&["GetCase"])
        .in_slack("Move the issue in Jira.")
        .reads(args::jira_back),
    Verb::new(RESPONDER, Case, "jira close", "KEY")
        .says(
            "Closes an issue that was made for the case as well, and is set aside: the case is told in another.",
            &["jira close SEC-14"],
        )
        .in_slack("Close the issue in Jira.")
        .reads(args::jira_close),
    Verb::new(RESPONDER, Case, "card", "")
        .says("Posts a new card with the whole story, where the case's card was deleted.", &["card"])
        .reads(args::card),
    Verb::new(COMMANDER, Case, "restrict", "[@PERSON…]")
        .says(
            "Only these people and you may know of the case: it moves to a private channel, and others are told there is none. With nobody named, a form.",
            &["restrict <@U024BE7LH>", "1234567890 restrict <@U024BE7LH> <@U024BE7LJ>"],
        )
        .calls(&["GetCase"])
        .guarded()
        .in_slack("Whoever may know of the case is somebody in Slack: wait until it answers.")
        .reads(args::restrict),
    Verb::new(COMMANDER, Case, "restrict off", "")
        .says(
            "Everybody with a role may know of the case again: it is told where other cases are, with its whole story.",
            &["restrict off", "1234567890 restrict off"],
        )
        .calls(&["GetCase"])
        .confirmed()
        .in_slack("Whoever may know of the case is somebody in Slack: wait until it answers.")
        .reads(args::restrict_off),
    Verb::new(COMMANDER, Case, "close", "")
        .says("Closes the case, for ever: nothing reopens it.", &["close", "1234567890 close"])
        .calls(&["GetCase", "CloseCase"])
        .confirmed()
        .reads(args::close),
    Verb::new(COMMANDER, Case, "resolver", "aws")
        .says("Hands the case to AWS, for ever: AWS sees its history and sets its status.", &["resolver aws"])
        .calls(&["GetCase", "UpdateResolverType"])
        .confirmed()
        .reads(args::resolver),
    Verb::new(VIEWER, Cases, "list", "[open|closed|mine]")
        .says("The cases: open ones unless you say otherwise.", &["list mine", "list"])
        .calls(&["ListCases"])
        .reads(args::list),
    Verb::new(RESPONDER, Anything, "new", "[TITLE]")
        .says("A form to open a case.", &["new Leaked key in the build account", "new"])
        .calls(&["CreateCase"])
        .reads(args::new),
    Verb::new(ANYBODY, Anything, "help", "[VERB|all]")
        .says(
            "What fits here and now, how to use one verb, or all that you may do.",
            &["help", "help watch", "help membership new", "help all"],
        )
        .alias(&["?"])
        .reads(args::help),
    Verb::new(ANYBODY, Anything, "whoami", "")
        .says("Your role, and where it comes from.", &["whoami"])
        .reads(args::whoami),
    Verb::new(VIEWER, Anything, "doctor", "")
        .says(
            "Whether every part of the bridge can do its work: what was seen, what is wrong and how to mend it, what was not seen.",
            &["doctor"],
        )
        .calls(&[
            "ListCases",
            "ListMemberships",
            "GetCase",
            "ListComments",
            "ListCaseEdits",
            "ListInvestigations",
            "GetMembership",
            "GetFindingMetrics",
            "GetAdministratorAccount",
        ])
        .in_slack("Say `casebridge doctor`.")
        .reads(args::doctor),
    Verb::new(VIEWER, Organisation, "membership list", "")
        .says("The memberships.", &["membership list"])
        .calls(&["ListMemberships"])
        .reads(args::membership_list),
    Verb::new(VIEWER, Organisation, "membership show", "[ID]")
        .says(
            "A membership: its team, what it covers, its features. Without an id, the only one.",
            &["membership show", "membership show m-abcdef1234567890"],
        )
        .calls(&["ListMemberships", "GetMembership"])
        .reads(args::membership_show),
    Verb::new(VIEWER, Organisation, "membership accounts", "[ID] ACCOUNT…")
        .says(
            "Whether accounts belong to the membership; at most 100.",
            &["membership accounts 111122223333"],
        )
        .calls(&["ListMemberships", "BatchGetMemberAccountDetails"])
        .reads(args::membership_accounts),
    Verb::new(VIEWER, Organisation, "membership metrics", "[ID] [FROM [TO]]")
        .says(
            "Findings taken in, triaged and escalated; of the last 30 days, or from day to day.",
            &["membership metrics", "membership metrics 2026-10-01 2026-10-31"],
        )
        .calls(&["ListMemberships", "GetFindingMetrics"])
        .reads(args::membership_metrics),
    Verb::new(ADMIN, Organisation, "membership new", "[NAME --member \"NAME|JOB TITLE|EMAIL\"… OPTIONS]")
        .says(
            "Makes a membership with a team of 2 to 10; without values, a form.",
            &[
                "membership new",
                "membership new \"Example Corp\" --member \"Ana Lima|Lead|ana@example.com\" \
             --member \"Bo Ek|Analyst|bo@example.com\" --triage on --whole-organization yes",
            ],
        )
        .calls(&["CreateMembership"])
        .confirmed()
        .reads(args::membership_new),
    Verb::new(ADMIN, Organisation, "membership update", "[ID] [OPTIONS]")
        .says(
            "Changes its name, team, features, organizational units; without options, a form.",
            &[
                "membership update",
                "membership update --add-unit ou-ab12-cd34ef56 --remove-unit ou-ab12-gh78ij90",
                "membership update --name \"Example Corp\" --triage off --whole-organization no",
            ],
        )
        .calls(&["ListMemberships", "GetMembership", "UpdateMembership"])
        .confirmed()
        .reads(args::membership_update),
    Verb::new(ADMIN, Organisation, "membership cancel", "[ID]")
        .says("Cancels the membership.", &["membership cancel"])
        .calls(&["ListMemberships", "GetMembership", "CancelMembership"])
        .confirmed()
        .reads(args::membership_cancel),
    Verb::new(ADMIN, Organisation, "membership resume", "[ID]")
        .says("Undoes a cancellation while the service still lets you.", &["membership resume"])
        .calls(&["ListMemberships", "GetMembership", "UpdateMembership"])
        .confirmed()
        .reads(args::membership_resume),
    Verb::new(VIEWER, Organisation, "hub admin", "")
        .says("The account that administers this one's Security Hub.", &["hub admin"])
        .calls(&["GetAdministratorAccount"])
        .reads(args::hub_admin),
    Verb::new(VIEWER, Organisation, "hub members", "")
        .says("The accounts whose Security Hub this one administers.", &["hub members"])
        .calls(&["ListMembers"])
        .reads(args::hub_members),
    Verb::new(VIEWER, Organisation, "hub member", "ACCOUNT…")
        .says("How member accounts stand.", &["hub member 111122223333"])
        .calls(&["GetMembers"])
        .reads(args::hub_member),
    Verb::new(VIEWER, Organisation, "hub products", "")
        .says("The products that can send findings to Security Hub.", &["hub products"])
        .calls(&["DescribeProducts"])
        .reads(args::hub_products),
    Verb::new(ADMIN, Organisation, "hub accept", "ADMIN INVITATION")
        .says(
            "Accepts an account's invitation to administer this one's Security Hub.",
            &["hub accept 111122223333 7ab938c5d52d7904ad09f9e7c20cc4eb"],
        )
        .calls(&["AcceptAdministratorInvitation"])
        .confirmed()
        .reads(args::hub_accept),
    Verb::new(ADMIN, Organisation, "hub leave", "")
        .says("Leaves the account that administers this one's Security Hub.", &["hub leave"])
        .calls(&["GetAdministratorAccount", "DisassociateFromAdministratorAccount"])
        .confirmed()
        .reads(args::hub_leave),
];
