//! Whose move it is and since when, in the words of an answer: as the service says, and as the bridge knows.

use futures_util::future::try_join;

use super::context::{ActionError, CommandContext};
use crate::{
    case::{Case, CaseId, CaseSummary, Seconds, turn},
    state::{Note, notes::CaseNote},
    targets::content::Doer,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NextMove {
    /// The user's own team (`true`); `None` once the case is closed.
    ours: Option<bool>,
    /// `None` where the bridge does not know.
    pub(crate) since: Option<Seconds>,
    /// Where what the bridge told of it ends, if the oldest comments come first.
    pub(crate) known_to: Option<String>,
    /// Who opened it, where the bridge knows.
    pub(crate) opened: Option<Doer>,
}

impl NextMove {
    /// Of a case that is read beside it.
    pub(crate) async fn beside(
        context: &CommandContext<'_>,
        id: &CaseId,
    ) -> Result<(Case, Self), ActionError> {
        let (case, note) = try_join(context.case(id), note(context, id)).await?;
        let asks = turn::is_ours(&case.status, case.resolver, case.waits_for_customer);
        Ok((case, Self::known(asks, note)))
    }

    pub(crate) async fn of_summary(
        context: &CommandContext<'_>,
        case: &CaseSummary,
    ) -> Result<Self, ActionError> {
        Ok(Self::by(case, note(context, &case.id).await?))
    }

    /// Of a case in a list, by what the table holds of it.
    pub(crate) fn by(case: &CaseSummary, note: CaseNote) -> Self {
        let asks = turn::is_ours(&case.status, case.resolver, case.waits_for_customer);
        Self::known(asks, note)
    }

    fn known(asks: Option<bool>, note: CaseNote) -> Self {
        let ours = asks.map(|asks| note.agent_waits || asks && !note.answered);
        let opened = Doer::opening(note.opened.as_ref());
        Self { ours, since: note.waiting.map(|(_, since)| since), known_to: note.known_to, opened }
    }

    pub(crate) fn who(&self) -> &'static str {
        match self.ours {
            None => "nobody, it is closed",
            Some(true) => "your team",
            Some(false) => "AWS",
        }
    }

    pub(crate) fn is_ours(&self) -> bool {
        self.ours == Some(true)
    }
}

/// What the bridge knows of a case. Where that cannot be read the answer is what the service says.
pub(super) async fn note(context: &CommandContext<'_>, case: &CaseId) -> Result<CaseNote, ActionError> {
    let meta = context.world.store().meta(case).await;
    let note = meta.and_then(|meta| meta.map(|meta| meta.note::<CaseNote>(case, Note::Case)).transpose());
    Ok(context.or_left_out(note)?.map(|(note, _)| note).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_move_it_is_has_a_name() {
        let who = |asks, answered, agent_waits| {
            NextMove::known(asks, CaseNote { answered, agent_waits, ..CaseNote::default() }).who()
        };
        let table = [
            (None, false, false, "nobody, it is closed"),
            (Some(true), false, false, "your team"),
            (Some(true), true, false, "AWS"),
            (Some(false), false, false, "AWS"),
            (Some(true), true, true, "your team"),
            (Some(false), false, true, "your team"),
        ];
        for (asks, answered, agent, expected) in table {
            assert_eq!(who(asks, answered, agent), expected, "{asks:?} {answered} {agent}");
        }
    }
}
