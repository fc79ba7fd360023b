//! How a command is written as a line, which parses to the same command.

use std::fmt::{self, Display, Formatter};

use crate::case::{MembershipId, Responder, Status};

use super::{
    arguments::Flag,
    command::{
        CaseFilter, ClockChange, Command, CommandLine, HubCommand, Impact, MembershipCommand,
        MembershipUpdate, MembershipValues, OwnerRef, PersonRef,
    },
    verbs, when,
};
use crate::chat::language::decode::{encode, quote};

impl Display for CommandLine {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.case {
            Some(case) => write!(f, "{case} {}", self.command),
            None => self.command.fmt(f),
        }
    }
}

impl Display for Command {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(verbs::name(self))?;
        match self {
            Self::Tray | Self::Whoami | Self::Doctor | Self::Edit | Self::Watchers | Self::Attach => Ok(()),
            Self::Files | Self::Ai | Self::Tags | Self::Close => Ok(()),
            Self::Jira | Self::JiraOpen | Self::JiraBack | Self::Card | Self::Unrestrict => Ok(()),
            Self::Resolver => f.write_str(" aws"),
            Self::Take => Ok(()),
            Self::Owner { to: None } => Ok(()),
            Self::Owner { to: Some(OwnerRef::Nobody) } => f.write_str(" nobody"),
            Self::Owner { to: Some(OwnerRef::Person(user)) } => write!(f, " <@{user}>"),
            Self::Clock { name: None, .. } => Ok(()),
            Self::Clock { name: Some(name), change } => {
                word(f, name)?;
                match change {
                    ClockChange::Start { from } => from.iter().try_for_each(|from| write!(f, " from {from}")),
                    ClockChange::Stop => f.write_str(" stop"),
                }
            }
            Self::Restrict { people } => people.iter().try_for_each(|user| write!(f, " <@{user}>")),
            Self::Brief { post } => flag(f, *post, Flag::Post),
            Self::Timeline { said: Some(said), .. } => write!(f, " {said}"),
            Self::Timeline { since, said: None } => {
                since.iter().try_for_each(|since| write!(f, " {}", when::written(*since)))
            }
            Self::Help { verb } => verb.iter().try_for_each(|verb| write!(f, " {verb}")),
            Self::Show { full } => flag(f, *full, Flag::Full),
            Self::List { which } => write!(f, " {}", which_name(*which)),
            Self::Comments { count } | Self::History { count } => write!(f, " {count}"),
            Self::New { title: text } | Self::Comment { text } => {
                text.iter().try_for_each(|text| free(f, text))
            }
            Self::Amend { comment, text } => write!(f, " {comment}").and_then(|()| free(f, text)),
            Self::Status { to } => to.iter().try_for_each(|status| write!(f, " {}", status_name(status))),
            Self::Title { text } | Self::Describe { text } => free(f, text),
            Self::Type { engagement } => write!(f, " {}", engagement.to_lowercase()),
            Self::Started { at, said, reported } => {
                let at = said.clone().unwrap_or_else(|| when::written(*at));
                write!(f, " {at}").and_then(|()| flag(f, *reported, Flag::Reported))
            }
            Self::Metadata { pairs } | Self::Tag { pairs } => {
                pairs.iter().try_for_each(|(key, value)| word(f, &format!("{key}={value}")))
            }
            Self::Untag { keys } => keys.iter().try_for_each(|key| word(f, key)),
            Self::Watch { people } | Self::Unwatch { people } => {
                people.iter().try_for_each(|each| person(f, each))
            }
            Self::Impact { what, .. } => impact(f, what),
            Self::Actor { actor, .. } => {
                write!(f, " {}", actor.ip)?;
                actor.user_agent.iter().try_for_each(|agent| free(f, agent))
            }
            Self::Get { number } => write!(f, " {number}"),
            Self::Rate { step, why, .. } => {
                write!(f, " {step}")?;
                why.iter().try_for_each(|why| free(f, why))
            }
            Self::JiraLink { key } | Self::JiraClose { key } => word(f, key.as_str()),
            Self::Membership(command) => membership(f, command),
            Self::Hub(command) => hub(f, command),
        }
    }
}

fn free(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    write!(f, " {}", encode(text))
}

fn word(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    write!(f, " {}", quote(text))
}

fn flag(f: &mut Formatter<'_>, given: bool, flag: Flag) -> fmt::Result {
    if given { write!(f, " {flag}") } else { Ok(()) }
}

fn which_name(which: CaseFilter) -> &'static str {
    match which {
        CaseFilter::Open => "open",
        CaseFilter::Closed => "closed",
        CaseFilter::Mine => "mine",
    }
}

fn status_name(status: &Status) -> &str {
    match status {
        Status::Submitted => "submitted",
        Status::Detection => "detect",
        Status::Containment => "contain",
        Status::PostIncident => "post",
        other @ (Status::Acknowledged | Status::ReadyToClose | Status::Closed | Status::Other(_)) => {
            other.as_str()
        }
    }
}

fn person(f: &mut Formatter<'_>, person: &PersonRef) -> fmt::Result {
    match person {
        PersonRef::User(id) => write!(f, " <@{id}>"),
        PersonRef::Email(address) => word(f, address),
    }
}

fn impact(f: &mut Formatter<'_>, what: &Impact) -> fmt::Result {
    let (kind, values) = match what {
        Impact::Accounts(values) => ("account", values),
        Impact::Regions(values) => ("region", values),
        Impact::Services(values) => ("service", values),
    };
    write!(f, " {kind}")?;
    values.iter().try_for_each(|value| word(f, value))
}

fn membership(f: &mut Formatter<'_>, command: &MembershipCommand) -> fmt::Result {
    match command {
        MembershipCommand::List => Ok(()),
        MembershipCommand::Show { membership }
        | MembershipCommand::Cancel { membership }
        | MembershipCommand::Resume { membership } => id(f, membership),
        MembershipCommand::Accounts { membership, accounts } => {
            id(f, membership)?;
            accounts.iter().try_for_each(|account| word(f, account))
        }
        MembershipCommand::Metrics { membership, from, to } => {
            id(f, membership)?;
            write!(f, " {} {}", when::written_day(*from), when::written_day(*to))
        }
        MembershipCommand::New { values } => values.iter().try_for_each(|values| new(f, values)),
        MembershipCommand::Update { membership, change } => {
            id(f, membership)?;
            update(f, change)
        }
    }
}

fn id(f: &mut Formatter<'_>, membership: &Option<MembershipId>) -> fmt::Result {
    membership.iter().try_for_each(|id| write!(f, " {id}"))
}

fn new(f: &mut Formatter<'_>, values: &MembershipValues) -> fmt::Result {
    let MembershipValues { name, team: people, triage, whole_organization } = values;
    word(f, name)?;
    team(f, people)?;
    switch(f, Flag::Triage, *triage)?;
    switch(f, Flag::WholeOrganization, *whole_organization)
}

fn update(f: &mut Formatter<'_>, change: &MembershipUpdate) -> fmt::Result {
    let MembershipUpdate { name, team: people, triage, whole_organization, add_units, remove_units } = change;
    name.iter().try_for_each(|name| write!(f, " --name {}", quote(name)))?;
    team(f, people)?;
    switch(f, Flag::Triage, *triage)?;
    switch(f, Flag::WholeOrganization, *whole_organization)?;
    add_units.iter().try_for_each(|unit| write!(f, " --add-unit {unit}"))?;
    remove_units.iter().try_for_each(|unit| write!(f, " --remove-unit {unit}"))
}

fn team(f: &mut Formatter<'_>, people: &[Responder]) -> fmt::Result {
    people.iter().try_for_each(|Responder { name, job_title, email, communication: _ }| {
        write!(f, " --member {}", quote(&format!("{name}|{job_title}|{email}")))
    })
}

fn switch(f: &mut Formatter<'_>, flag: Flag, state: Option<bool>) -> fmt::Result {
    state.iter().try_for_each(|on| write!(f, " {flag} {}", if *on { "on" } else { "off" }))
}

fn hub(f: &mut Formatter<'_>, command: &HubCommand) -> fmt::Result {
    match command {
        HubCommand::Admin | HubCommand::Members | HubCommand::Products | HubCommand::Leave => Ok(()),
        HubCommand::Member { accounts } => accounts.iter().try_for_each(|account| word(f, account)),
        HubCommand::Accept { administrator, invitation } => {
            word(f, administrator)?;
            word(f, invitation)
        }
    }
}
