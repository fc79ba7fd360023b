//! What somebody asks at a terminal, with their own rights at AWS: the same lines and the same acts. Neither Slack nor Jira is
//! asked anything; both are told afterwards.

use super::{
    Answered, Begun, Redeliver,
    findings::{self, Refusal},
    recorded,
    retry::WAIT,
};
use crate::{
    case::{CaseId, TeamId, TriggerId, UserId, text},
    chat::{
        forms::{FormInput, written},
        ingress::{
            act::ActId,
            action::Action,
            context::ChatContext,
            job::{Door, Job, Origin, Sender},
            route,
        },
        language::{command::Command, decode, grammar, shell, user_error::UserError},
        policy::{
            identity::Profile,
            roles::{Denied, Identity, PersonKind},
            secret_scan,
        },
        reply::Reply,
    },
    targets::wording,
    telemetry::audit::AuditOutcome,
};

/// So often something is tried of which nobody knows what became.
const TRIES: u8 = 3;

/// Somebody at a terminal, whom AWS knows.
pub struct Terminal<'a> {
    chat: &'a ChatContext<'a>,
    person: Profile,
}

/// What came of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// In plain words, without anything that a terminal would obey.
    pub said: String,
    /// As the audit trail has it.
    pub outcome: AuditOutcome,
    /// What confirms it, where it was asked whether it is meant.
    pub confirm: Option<String>,
}

impl<'a> Terminal<'a> {
    /// `arn` is what AWS calls whoever asks.
    pub fn of(chat: &'a ChatContext<'a>, arn: &str) -> Self {
        let user = UserId::new(arn);
        let identity =
            Identity { team: TeamId::new(""), user, kind: PersonKind::Operator, groups: Vec::new() };
        Self { chat, person: Profile { identity, name: wording::principal(arn), email: None } }
    }

    /// Does what a line says, as a shell split it. `act` is a name that no other act has.
    ///
    /// # Errors
    /// Nobody knows what became of it.
    pub async fn asks(&self, act: &str, words: &[String]) -> Result<Told, Redeliver> {
        let words = &words.iter().map(|word| text::harmless(word)).collect::<Vec<_>>();
        let (trigger, line) = (TriggerId::new(act), shell::line(words));
        if let Some(kind) = secret_scan::secret(&line) {
            let nothing = Action::Mistaken { answer: Reply::silence() };
            let job = self.sender().does(ActId::of_trigger(&trigger), nothing);
            findings::refused(self.chat.world, &job, Refusal::of(None, secret_scan::RULE)).await;
            return Ok(told(Reply::says(withheld(kind)), AuditOutcome::NotDone));
        }
        let now = self.chat.world.now().div_euclid(1_000);
        if let Some(said) = new_case(words) {
            return match written::is_filled(&said) {
                true => self.opens(&trigger, &said).await,
                false => Ok(told(Reply::says(written::blank(&said, now)), AuditOutcome::Shown)),
            };
        }
        match grammar::parse(&line, now) {
            Ok(asked) => self.does(&self.sender().asks(&trigger, asked, decode::decode(&line))).await,
            Err(mistake) => Ok(told(unread(&mistake), AuditOutcome::NotDone)),
        }
    }

    async fn opens(&self, trigger: &TriggerId, said: &str) -> Result<Told, Redeliver> {
        match written::read(said, self.chat.world.now().div_euclid(1_000)) {
            Ok(new) => {
                let filled = Action::Filled { filled: FormInput::New(Box::new(new)) };
                self.does(&self.sender().does(ActId::of_trigger(trigger), filled)).await
            }
            Err(wrong) => {
                let answer = wrong.into_iter().fold(Reply::default(), Reply::say);
                Ok(told(answer.say("Nothing was done."), AuditOutcome::NotDone))
            }
        }
    }

    /// Attaches a file of so many bytes, which the world opens, to the case of a line that [`brings`] something.
    ///
    /// # Errors
    /// Nobody knows what became of it.
    pub async fn brings(
        &self,
        act: &str,
        case: CaseId,
        (name, bytes): (&str, u64),
    ) -> Result<Told, Redeliver> {
        let (act, name) = (ActId::of_trigger(&TriggerId::new(act)), name.to_owned());
        let filled = Action::Filled { filled: FormInput::Brought { case, name, bytes } };
        self.does(&self.sender().does(act, filled)).await
    }

    /// Does what was confirmed.
    ///
    /// # Errors
    /// Nobody knows what became of it.
    pub async fn confirms(&self, act: &str, value: String) -> Result<Told, Redeliver> {
        let act = ActId::of_trigger(&TriggerId::new(act));
        self.does(&self.sender().does(act, Action::Confirmed { value })).await
    }

    fn sender(&self) -> Sender {
        let Identity { team, user, .. } = self.person.identity.clone();
        Sender { team, user, place: Origin::default(), at: self.chat.world.now(), door: Door::Cli }
    }

    /// What the queue does for everybody else: where nobody knows what became of it, it is done again, and finds out.
    async fn does(&self, job: &Job) -> Result<Told, Redeliver> {
        let mut tried = 1;
        loop {
            let begun = Begun::read(self.chat, job).await;
            match recorded(self.chat, job, &self.person, &begun).await {
                Err(Redeliver::Unknown(_)) if tried < TRIES => tried += 1,
                answered => {
                    let Answered { reply, outcome, .. } = answered?;
                    return Ok(told(reply, outcome));
                }
            }
            self.chat.world.sleep(WAIT).await;
        }
    }
}

/// Where a line ends in a file's path: to which case it is brought.
pub fn brings(words: &[String]) -> Option<CaseId> {
    let (_, before) = words.split_last()?;
    let asked = grammar::parse(&shell::line(before), 0).ok()?;
    asked.case.filter(|_| asked.command == Command::Attach)
}

/// What is said of a new case, where one is to be opened.
fn new_case(words: &[String]) -> Option<String> {
    let (verb, said) = words.split_first()?;
    let asked = grammar::parse(verb, 0).ok()?;
    (asked.command == Command::New { title: None }).then(|| said.join(" "))
}

fn told(reply: Reply, outcome: AuditOutcome) -> Told {
    Told { said: reply.at_a_terminal(), outcome, confirm: reply.confirmation().map(str::to_owned) }
}

/// Whoever names a person as one does in Slack hears that this is for Slack.
fn unread(mistake: &UserError) -> Reply {
    let in_slack =
        mistake.verb.and_then(|verb| Some(Denied::InSlackOnly { verb: verb.name, instead: verb.in_slack? }));
    match in_slack {
        Some(denied) => {
            Reply::default().marked(&denied.to_string()).give_back(mistake.typed.as_deref().unwrap_or(""))
        }
        None => route::mistaken(mistake).without_buttons(),
    }
}

fn withheld(kind: &str) -> String {
    format!(
        "This looks like {kind}, so nothing of it was kept or sent on. It may stand in your shell's history now: revoke it. Then \
         say the same without it; its last four characters are enough to name it."
    )
}
