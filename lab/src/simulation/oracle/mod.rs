//! Does what stands in channel, thread, issue and case say what was true, once, in order, and nothing else?
//! It knows nothing of the product: it compares the history of the service's side with texts, as a person does.

mod conversation;
mod fields;
mod linked;
mod people;
mod read;
mod remarks;

use casebridge::case::{CaseId, Millis};
use serde_json::Value;

pub use self::read::{ReadChange, ReadText, plain, told};
pub use self::remarks::speaker;
use super::{
    history::CaseHistory,
    journal::{Journal, JournalEntry},
    world::Shared,
};

/// What went wrong, by what it would mean for a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Defect {
    /// Something was never told, or its newest words were not.
    Lost,
    /// Something stands, or stood, there twice.
    Doubled,
    /// Something stands behind what came after it, or a state behind a newer one.
    OutOfOrder,
    /// Something stands, or stood, there that was never true, or that nothing called for.
    Untrue,
}

/// What went wrong, counted by what it would mean for a user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Something was never told, or its newest text was not.
    pub lost: u32,
    /// Something stands there, or stood there, twice; or came back after a person deleted it.
    pub doubled: u32,
    /// Comments do not stand in their order, or a state went backwards.
    pub out_of_order: u32,
    /// Something is shown, or was, that was never true or that nothing called for.
    pub untrue: u32,
}

impl Verdict {
    /// One more of this kind.
    pub fn counts(&mut self, kind: Defect) {
        *match kind {
            Defect::Lost => &mut self.lost,
            Defect::Doubled => &mut self.doubled,
            Defect::OutOfOrder => &mut self.out_of_order,
            Defect::Untrue => &mut self.untrue,
        } += 1;
    }
}

pub struct TargetView<'a> {
    /// `Slack` or `Jira`.
    pub name: &'static str,
    /// Cards, or issues, that ever stood for it.
    pub homes: Vec<&'a JournalEntry>,
    /// What we told below, in its order.
    pub told: Vec<&'a JournalEntry>,
    pub people: Vec<&'a JournalEntry>,
}

/// What else must be known of a world before something in it can be called wrong.
pub trait Circumstances {
    /// The channels that were made for cases.
    fn channels(&self) -> Vec<Value>;
    /// Whether this is what a person put in the place of our words.
    fn is_reworded(&self, text: &str) -> bool;
    /// Whether Slack answered `ok` to a post that has these words, and stored nothing.
    fn has_swallowed(&self, words: &str) -> bool;
    /// Whether Slack answered `ok` to a line of changes and did not store it.
    fn swallowed_changes(&self) -> bool;
    /// What is told after so long is late.
    fn late(&self) -> Option<Millis>;
    /// Whether this stands in Jira because something was taken back there.
    fn tells_of_a_withdrawal(&self, _text: &str) -> bool {
        false
    }
    /// As whom our own calls count.
    fn ours(&self) -> &str;
    /// The people that Slack knows, as it shows them.
    fn people(&self) -> Vec<Value>;
    /// Whether a comment says what a person wrote elsewhere.
    fn is_said(&self, on_case: &str, by_person: &str) -> bool {
        !on_case.is_empty() && read::plain(by_person) == on_case
    }
}

/// What is wrong, and how long it took to be told.
pub struct Findings<'a> {
    pub around: &'a dyn Circumstances,
    pub found: Vec<(Defect, String)>,
    /// For each comment and place: milliseconds from its being made to its being told.
    pub repair: Vec<Millis>,
}

impl<'a> Findings<'a> {
    /// Nothing is found yet.
    pub fn new(around: &'a dyn Circumstances) -> Self {
        Self { around, found: Vec::new(), repair: Vec::new() }
    }

    fn says(&mut self, kind: Defect, what: String) {
        self.found.push((kind, what));
    }
}

/// All that is wrong with a world that came to its end.
pub fn judge(world: &Shared) -> Findings<'_> {
    let mut judge = Findings::new(world);
    people::said(&mut judge, world);
    people::reworded(&mut judge, world);
    conversation::judge(&mut judge, world);
    let (slack, jira) = (world.services.in_slack.borrow(), world.services.in_jira.borrow());
    for (id, life) in &world.history.borrow().0 {
        let places = case(&mut judge, id, life, [&slack, &jira]);
        linked::judge(&mut judge, world, (id, life), &places);
        people::channel(&mut judge, world, (id, life.is("caseStatus")));
    }
    judge
}

/// What is wrong with what a case's two places say of it.
pub fn case<'a>(
    judge: &mut Findings<'_>,
    id: &CaseId,
    life: &CaseHistory,
    [slack, jira]: [&'a Journal; 2],
) -> [TargetView<'a>; 2] {
    let places = [in_slack(judge.around, id, &slack.all), in_jira(id, &jira.all)];
    for place in &places {
        once(judge, place, id);
        remarks::judge(judge, place, life);
        fields::judge(judge, place, life);
        called_for(judge, place, life);
    }
    places
}

/// A card names its case, in a channel of many cases or in the case's own.
fn in_slack<'a>(around: &dyn Circumstances, id: &CaseId, all: &'a [JournalEntry]) -> TargetView<'a> {
    let own: Vec<String> = around
        .channels()
        .iter()
        .filter(|channel| channel["name"].as_str().is_some_and(|name| name.ends_with(id.as_str())))
        .filter_map(|channel| channel["id"].as_str().map(str::to_owned))
        .collect();
    let is_home = |shown: &&JournalEntry| {
        shown.ours && shown.thread.is_none() && shown.said.iter().any(|(_, text)| is_card_of(text, id))
    };
    let homes: Vec<&JournalEntry> = all.iter().filter(is_home).collect();
    let below = |shown: &&JournalEntry| match &shown.thread {
        Some(thread) => homes.iter().any(|home| home.id == *thread && home.place == shown.place),
        None => own.contains(&shown.place) && !is_home(shown),
    };
    let (told, people) = all.iter().filter(below).partition(|shown| shown.ours);
    TargetView { name: "Slack", homes, told, people }
}

/// Among a card's facts is the case's number.
fn is_card_of(text: &str, id: &CaseId) -> bool {
    let named = [format!("Case `{id}`"), format!("Case {id}")];
    text.lines().any(|line| named.iter().any(|named| line == named))
}

/// What an issue says that was made twice.
const ASIDE: &str = "nothing that is written here goes to the case";

fn in_jira<'a>(id: &CaseId, all: &'a [JournalEntry]) -> TargetView<'a> {
    let is_home = |shown: &&JournalEntry| {
        shown.is_issue() && shown.said.iter().any(|(_, text)| text.contains(&format!("Case\n{id}\n")))
    };
    // One that says below it that the case is told elsewhere stands for nothing.
    let is_aside = |home: &&JournalEntry| {
        let says =
            |shown: &JournalEntry| shown.place == home.id && shown.ours && shown.text().contains(ASIDE);
        all.iter().any(says)
    };
    let homes: Vec<&JournalEntry> = all.iter().filter(is_home).filter(|home| !is_aside(home)).collect();
    let below = |shown: &&JournalEntry| homes.iter().any(|home| home.id == shown.place) && !shown.is_issue();
    let (told, people) = all.iter().filter(below).partition(|shown| shown.ours);
    TargetView { name: "Jira", homes, told, people }
}

fn once(judge: &mut Findings<'_>, place: &TargetView<'_>, id: &CaseId) {
    match place.homes.len() {
        0 => judge.says(Defect::Lost, format!("{id} is nowhere in {}", place.name)),
        1 => {}
        many => judge.says(Defect::Doubled, format!("{id} has {many} homes in {}", place.name)),
    }
}

/// Whether the description was longer once than another one that it had later.
fn became_shorter(life: &CaseHistory) -> bool {
    let length = |is: &serde_json::Map<String, serde_json::Value>| {
        is.get("description").and_then(|is| is.as_str()).map(|text| text.chars().count())
    };
    let lengths: Vec<usize> = life.was.iter().filter_map(|(_, is)| length(is)).collect();
    lengths.windows(2).any(|pair| pair[1] < pair[0])
}

/// Each thing below a card or an issue is of a kind that something calls for; whose words they are is asked elsewhere.
fn called_for(judge: &mut Findings<'_>, place: &TargetView<'_>, life: &CaseHistory) {
    let was = |field: &str, words: &str| {
        life.was.iter().any(|(_, is)| {
            is.get(field).and_then(|is| is.as_str()).is_some_and(|is| read::plain(is) == words)
        })
    };
    for shown in &place.told {
        for (_, text) in &shown.said {
            let untrue = match told(text) {
                // Of a text that became shorter a part says so.
                ReadText::Description { words, part: (1, 1) } if words == "This part fell away." => {
                    !became_shorter(life)
                }
                ReadText::Description { words, part: (1, 1) } => !was("description", &read::plain(&words)),
                ReadText::Other => {
                    !judge.around.is_reworded(text) && !judge.around.tells_of_a_withdrawal(text)
                }
                ReadText::Description { .. }
                | ReadText::Words { .. }
                | ReadText::Changes(_)
                | ReadText::NotMoved => false,
            };
            if untrue {
                judge.says(Defect::Untrue, format!("nothing called for {text:?} in {}", place.name));
            }
        }
    }
}
