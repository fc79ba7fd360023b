//! What became of one invocation of `command`: whole values, to be compared.

use casebridge_lab::standins::{FaultRule, HeardCall, Server};

use super::acts::{Act, Calm, Ready, without_ids};

/// Once, or until it is mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasts {
    Once,
    Long,
}

/// What the person reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reads {
    Nothing,
    /// The same as where nothing goes wrong.
    Done,
    /// The same without its buttons.
    Plainly,
    /// The same, twice.
    Twice,
    /// Nothing was done, and what was typed.
    Refused,
    /// That something does not work, or did not answer.
    Ill,
    Other(Vec<String>),
}

/// How the doctor says it.
const ILL: [&str; 3] = ["does not work", "not seen: unknown: ", "not seen: refused for now: "];

/// What became of one invocation.
#[derive(Debug, PartialEq, Eq)]
pub struct Reaction {
    /// How often it was asked for.
    pub requests: usize,
    /// How long was waited, in seconds.
    pub waits: u64,
    pub reads: Reads,
    /// The queue brings the job again.
    pub again: bool,
}

impl Ready {
    /// Works the jobs while something goes wrong at a server, with the requests of this operation in whose body this
    /// part is.
    pub async fn reaction(
        &self,
        server: &Server,
        (operation, part): (&str, &str),
        fault: FaultRule,
        calm: &Calm,
    ) -> Reaction {
        let met = |call: &HeardCall| part.is_empty() || call.body.to_string().contains(part);
        let count = || server.calls_of(operation).iter().filter(|call| met(call)).count();
        let (before, waited) = (count(), self.stage.world.waited());
        server.fault(fault);
        let again = self.stage.work(&self.jobs).await == ["m0"];
        let waits = (self.stage.world.waited() - waited).as_secs();
        Reaction { requests: count() - before, waits, reads: self.reads(calm), again }
    }

    fn reads(&self, calm: &Calm) -> Reads {
        let news = self.news();
        match &news[..] {
            [] => Reads::Nothing,
            _ if news == calm.news => Reads::Done,
            [only] if calm.news.len() == 1 && calm.news[0].starts_with(only) => Reads::Plainly,
            [one, other] if *calm.news == [one.clone()] && one == other => Reads::Twice,
            [only] if ILL.iter().any(|ill| only.contains(ill)) => Reads::Ill,
            [only] if only.contains("Nothing was") && only.contains(&without_ids(self.act.typed())) => {
                Reads::Refused
            }
            _ => Reads::Other(news),
        }
    }
}

impl Act {
    /// What she typed, or the end of it.
    fn typed(self) -> &'static str {
        match self {
            Self::Types(line) | Self::TypesInGroup(line) => line.split(' ').next_back().unwrap_or_default(),
            Self::Replies => "It was",
            Self::Edits => "Cy",
            Self::OpensCase | Self::OpensMembership => "Second",
            _ => "",
        }
    }
}
