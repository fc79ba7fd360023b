//! Was everything that reached the inbox done once, in its group's order, and answered in one way?

use casebridge::case::CaseId;
use casebridge::case::UserId;
use std::collections::HashMap;

use casebridge_lab::standins::{HeardCall, SlackStandin};

use super::{
    people::{Act, Did},
    stage::Stage,
};

/// What came of it all.
pub struct Outcomes<'a> {
    stage: &'a Stage,
    acts: &'a [Act],
    /// When each act's job first arrived, if it did: its place in the order of arrival, and its group.
    arrived: Vec<Option<(usize, String)>>,
    /// Every call that the service granted.
    granted: Vec<HeardCall>,
}

impl<'a> Outcomes<'a> {
    pub fn of(stage: &'a Stage, acts: &'a [Act], calls: &[HeardCall]) -> Self {
        let jobs = stage.inbox.arrived();
        let arrived = |act: &Act| {
            let index = jobs.iter().position(|job| job.body.contains(&act.mark))?;
            Some((index, jobs[index].group.clone()))
        };
        let granted = calls.iter().filter(|call| call.status.is_some_and(|status| status < 300)).cloned();
        Self { stage, acts, arrived: acts.iter().map(arrived).collect(), granted: granted.collect() }
    }

    /// How many acts reached the inbox.
    pub fn arrived(&self) -> usize {
        self.arrived.iter().flatten().count()
    }

    fn came(&self, act: usize) -> Option<usize> {
        self.arrived[act].as_ref().map(|(index, _)| *index)
    }

    /// The word that stands for an act in the end: that of its last edit.
    fn word(&self, said: usize) -> &str {
        let edits = (0..self.acts.len()).filter(|edit| match self.acts[*edit].did {
            // An edit that comes before its message finds nothing to edit.
            Did::Edited { said: of } => of == said && self.came(*edit) > self.came(said),
            _ => false,
        });
        let last = edits.max_by_key(|edit| self.came(*edit)).unwrap_or(said);
        &self.acts[last].word
    }

    fn comments(&self, case: &CaseId) -> Vec<String> {
        let comments = self.stage.sir.comments(case);
        comments.iter().map(|comment| comment["body"].as_str().unwrap().to_owned()).collect()
    }

    /// How often the service granted this call with these words in it.
    fn calls(&self, operation: &str, words: &str) -> usize {
        let told = |call: &&HeardCall| call.path.contains(words) || call.body.to_string().contains(words);
        self.granted.iter().filter(|call| call.operation == operation).filter(told).count()
    }

    /// Everything that somebody can read, each text once.
    fn read(&self, who: &str) -> Vec<String> {
        let mut texts: Vec<_> =
            self.stage.slack.ephemerals(&UserId::new(who)).iter().map(SlackStandin::shown).collect();
        texts.sort();
        texts.dedup();
        texts
    }

    /// How often an act was done, and how often it must have been.
    fn done(&self, act: usize) -> (usize, bool) {
        let Act { did, case, word, .. } = &self.acts[act];
        let came = self.came(act).is_some();
        match did {
            Did::Said { .. } | Did::Wrote => {
                let word = self.word(act);
                let times =
                    self.comments(&CaseId::new(case)).iter().filter(|body| body.contains(word)).count();
                // A webhook is a hint: the next one brings what was lost with it.
                let brought = matches!(did, Did::Wrote) && times == 1;
                (times, came || brought)
            }
            Did::Changed { operation, .. } => (self.calls(operation, word), came),
            Did::Pressed { operation, .. } => {
                let pressed = |(act, other): (usize, &Act)| {
                    other.case == *case
                        && matches!(other.did, Did::Pressed { .. })
                        && self.came(act).is_some()
                };
                (self.calls(operation, case), self.acts.iter().enumerate().any(pressed))
            }
            Did::Asked { .. } => (usize::from(came), came),
            Did::Edited { said } => {
                let stands = self.comments(&CaseId::new(case)).iter().any(|body| body.contains(word));
                let expected = self.came(*said).is_some() && self.word(*said) == word;
                (usize::from(stands), expected)
            }
        }
    }

    /// What is wrong with what a person can read.
    fn misread(&self, act: usize) -> bool {
        let Act { did, who, .. } = &self.acts[act];
        let expected = usize::from(self.came(act).is_some());
        match did {
            Did::Said { answered: false } | Did::Edited { .. } => !self.read(who).is_empty(),
            Did::Said { answered: true } => self.read(who).len() != expected,
            Did::Changed { answer, .. } => {
                let texts = self.read(who);
                texts.len() != expected || texts.iter().any(|text| !text.contains(answer))
            }
            Did::Wrote => false,
            Did::Asked { .. } | Did::Pressed { .. } => {
                let (mut answers, mut questions) = (Vec::new(), Vec::new());
                for (index, other) in self.acts.iter().enumerate().filter(|(_, other)| other.who == *who) {
                    if let Did::Pressed { question, answer, .. } = &other.did {
                        answers.extend(self.came(index).map(|_| *answer));
                        questions.push(question);
                    }
                }
                let mut texts = self.read(who);
                texts.retain(|text| !questions.contains(&text));
                // A question of which no button was pressed stands there alone; the others are known.
                let alone = questions.is_empty() && expected == 1;
                let other = |text: &String| answers.iter().any(|answer| !text.contains(answer));
                texts.len() != usize::from(!answers.is_empty() || alone) || texts.iter().any(other)
            }
        }
    }

    /// The words of each group in the order of arrival, and in the order of the comments.
    fn orders(&self) -> Vec<(String, Vec<&str>, Vec<&str>)> {
        let mut groups: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
        for (index, act) in
            self.acts.iter().enumerate().filter(|(_, act)| matches!(act.did, Did::Said { .. }))
        {
            if let Some((_, group)) = &self.arrived[index] {
                groups.entry((group, &act.case)).or_default().push(index);
            }
        }
        let order = |((group, case), mut acts): ((&str, &str), Vec<usize>)| {
            acts.sort_by_key(|act| self.came(*act));
            let words: Vec<_> = acts.iter().map(|act| self.word(*act)).collect();
            let comments = self.comments(&CaseId::new(case));
            let mut there = words.clone();
            there.sort_by_key(|word| comments.iter().position(|body| body.contains(word)));
            (group.to_owned(), words, there)
        };
        groups.into_iter().map(order).collect()
    }

    /// Everything that is not as it should be.
    pub fn wrong(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for (index, act) in self.acts.iter().enumerate() {
            let (times, expected) = self.done(index);
            let name =
                format!("{} on {} ({}, arrived {:?})", act.word, act.case, act.mark, self.arrived[index]);
            if act.accepted && self.came(index).is_none() {
                wrong.push(format!("{name} was taken and never reached the inbox"));
            }
            if times != usize::from(expected) {
                wrong.push(format!("{name} was done {times} times"));
            }
            if self.misread(index) {
                wrong.push(format!("{name} was answered {:#?}", self.read(&act.who)));
            }
        }
        let orders = self.orders().into_iter().filter(|(_, words, there)| words != there);
        wrong.extend(orders.map(|(group, words, there)| format!("{group}: {there:?} instead of {words:?}")));
        wrong
    }
}
