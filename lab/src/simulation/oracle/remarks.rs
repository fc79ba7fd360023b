//! Is each comment told once, in its newest words, in order, with who said it?

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    super::{
        history::{CaseHistory, Remark},
        journal::JournalEntry,
    },
    Circumstances, Defect, Findings, TargetView,
    read::{ReadText, plain, told},
};

/// What stands in the place of a part that a shorter text does not have any more.
const FELL_AWAY: &str = "This part fell away.";

struct ToldComment<'a> {
    head: String,
    parts: Vec<&'a JournalEntry>,
    of: usize,
}

impl ToldComment<'_> {
    fn words(&self) -> String {
        self.words_with(None)
    }

    fn words_with(&self, more: Option<&JournalEntry>) -> String {
        let words = self.parts.iter().copied().chain(more).map(|shown| words_of(shown.text()));
        let (first, rest) = (words.clone().take(1), words.skip(1).filter(|words| words != FELL_AWAY));
        plain(&first.chain(rest).collect::<Vec<_>>().join(""))
    }

    /// What its first part ever said; the whole, where it has one part.
    fn ever(&self) -> Vec<String> {
        let said = self.parts.first().map(|first| first.said.as_slice()).unwrap_or_default();
        said.iter().map(|(_, text)| plain(&words_of(text))).collect()
    }

    fn lacks(&self, head: &str, (index, of): (usize, usize)) -> bool {
        self.head == head && self.of == of && self.parts.len() + 1 == index
    }

    fn stands(&self) -> bool {
        self.parts.iter().all(|part| part.gone.is_none())
    }
}

fn words_of(text: &str) -> String {
    match told(text) {
        ReadText::Words { words, .. } => words,
        ReadText::Description { .. } | ReadText::Changes(_) | ReadText::NotMoved | ReadText::Other => {
            text.to_owned()
        }
    }
}

/// Words of somebody, put together from their parts. What Slack did not keep at first stands behind its later parts, or
/// behind those of another: then it belongs to whom it makes say what somebody said.
fn groups<'a>(place: &TargetView<'a>, life: &CaseHistory) -> Vec<ToldComment<'a>> {
    let said: Vec<String> = life.comments.iter().flat_map(versions).collect();
    let mut groups: Vec<ToldComment<'a>> = Vec::new();
    let mut early: Vec<(String, (usize, usize), &'a JournalEntry)> = Vec::new();
    for shown in &place.told {
        let Some((_, first)) = shown.said.first() else { continue };
        let ReadText::Words { head, part, .. } = told(first) else { continue };
        let (index, of) = part;
        if index == 1 {
            groups.push(ToldComment { head, parts: vec![shown], of });
            continue;
        }
        let fits = |group: &&ToldComment<'a>| {
            let words = group.words_with(Some(shown));
            said.iter().any(|one| if index == of { *one == words } else { one.starts_with(&words) })
        };
        let lacking = || groups.iter().enumerate().filter(|(_, group)| group.lacks(&head, part));
        let fitting = lacking().rfind(|(_, group)| fits(group)).or_else(|| lacking().next_back());
        match fitting.map(|(index, _)| index) {
            Some(group) => groups[group].parts.push(shown),
            None => early.push((head, part, shown)),
        }
    }
    for (head, part, shown) in early {
        match groups.iter_mut().find(|group| group.lacks(&head, part)) {
            Some(group) => group.parts.push(shown),
            None => groups.push(ToldComment { head, parts: vec![shown], of: part.1 }),
        }
    }
    groups
}

/// The line that names who speaks, without the number of the part.
pub fn speaker(line: &str) -> &str {
    let line = line.trim_end_matches(':');
    line.split_once(" · part ").map_or(line, |(name, _)| name)
}

fn is_speaker(name: &str) -> bool {
    name.ends_with("(Slack)") || name.ends_with("(Jira)")
}

/// What somebody said, and whose name stands above it, where the bridge wrote that.
fn said(body: &str) -> (Option<&str>, String) {
    match body.split_once('\n') {
        Some((who, words)) if is_speaker(speaker(who)) => (Some(speaker(who)), plain(words)),
        _ => (None, plain(body)),
    }
}

fn versions(remark: &Remark) -> Vec<String> {
    remark.said.iter().map(|(_, body)| said(body).1).collect()
}

/// Groups of one part by what they began with, and those of several.
fn index(groups: &[ToldComment<'_>]) -> (HashMap<String, Vec<usize>>, Vec<usize>) {
    let mut firsts: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, group) in groups.iter().enumerate().filter(|(_, group)| group.of == 1) {
        if let Some(first) = group.ever().into_iter().next() {
            firsts.entry(first).or_default().push(index);
        }
    }
    (firsts, (0..groups.len()).filter(|index| groups[*index].of > 1).collect())
}

fn tells(group: &ToldComment<'_>, versions: &[String]) -> bool {
    match group.of {
        1 => group.ever().first().is_some_and(|first| versions.contains(first)),
        _ => group
            .ever()
            .first()
            .is_some_and(|first| versions.iter().any(|one| one.starts_with(first.as_str()))),
    }
}

/// Whether it was told for the first time when it was taken back already.
fn is_taken_back(group: &ToldComment<'_>) -> bool {
    group.ever().first().is_some_and(|words| words.starts_with("[withdrawn by "))
}

/// Asks of all comments of a case, and of all words that are told.
pub fn judge(judge: &mut Findings<'_>, place: &TargetView<'_>, life: &CaseHistory) {
    let groups = groups(place, life);
    let (firsts, parted) = index(&groups);
    let mut told: BTreeMap<usize, usize> = BTreeMap::new();
    for (number, remark) in life.comments.iter().enumerate() {
        let versions = versions(remark);
        let whole: BTreeSet<usize> =
            versions.iter().filter_map(|one| firsts.get(one)).flatten().copied().collect();
        let in_parts = parted.iter().copied().filter(|index| tells(&groups[*index], &versions));
        let all = whole.into_iter().chain(in_parts);
        let (late, mut mine): (Vec<usize>, Vec<usize>) =
            all.partition(|index| is_taken_back(&groups[*index]));
        // What was taken back before it was told reads like others that were.
        let free = |index: &usize| !told.values().any(|taken| taken == index);
        if mine.is_empty() && !stands_already(judge.around, place, remark) {
            mine.extend(late.into_iter().find(free));
        }
        match (stands_already(judge.around, place, remark), mine.as_slice()) {
            (true, []) => {}
            (false, [one]) => {
                told.insert(number, *one);
                in_time(judge, place, remark, &groups[*one]);
                as_it_is(judge, place, remark, &groups[*one]);
            }
            (true, [_, ..]) => {
                judge.says(
                    Defect::Doubled,
                    format!("{:?} is told back to where it was said, {}", remark.text(), place.name),
                );
            }
            (false, []) => {
                judge.says(Defect::Lost, format!("{:?} is not told in {}", remark.text(), place.name));
            }
            (false, [_, _, ..]) => {
                let times = mine.len();
                judge.says(
                    Defect::Doubled,
                    format!("{:?} is told {times} times in {}", remark.text(), place.name),
                );
            }
        }
    }
    let explained: BTreeSet<usize> = told.values().copied().collect();
    for (index, group) in groups.iter().enumerate().filter(|(index, _)| !explained.contains(index)) {
        if is_taken_back(group) {
            judge.says(Defect::Doubled, format!("{:?} is told once more in {}", group.words(), place.name));
        }
        let anybodys = life.comments.iter().any(|remark| tells(group, &versions(remark)));
        // A part that Slack did not keep is sent again when its text may be shorter.
        let fell_away = group.words() == FELL_AWAY;
        if !anybodys && !fell_away && !judge.around.is_reworded(&groups[index].words()) {
            judge
                .says(Defect::Untrue, format!("nobody said {:?}, which {} shows", group.words(), place.name));
        }
    }
    let known = told.iter().filter_map(|(number, at)| Some((life.comments.get(*number)?, groups.get(*at)?)));
    in_order(judge, place, &known.collect::<Vec<_>>());
}

/// How long it took, and whether that was too long.
fn in_time(judge: &mut Findings<'_>, place: &TargetView<'_>, remark: &Remark, group: &ToldComment<'_>) {
    let took = group.parts.first().map_or(0, |first| first.at() - remark.at());
    judge.repair.push(took.max(0));
    if judge.around.late().is_some_and(|late| took > late) {
        judge.says(Defect::Lost, format!("{:?} was told late in {}", remark.text(), place.name));
    }
}

/// A person's own message stands where they wrote it.
fn stands_already(around: &dyn Circumstances, place: &TargetView<'_>, remark: &Remark) -> bool {
    let stands = |words: &String, theirs: &JournalEntry| {
        theirs.said.iter().any(|(_, text)| around.is_said(words, text))
    };
    // What an issue's own file is called on the case is nothing new there.
    let names_a_file = |words: &String| place.name == "Jira" && words.starts_with("[Attached from Jira]");
    let is_theirs =
        |words: &String| names_a_file(words) || place.people.iter().any(|theirs| stands(words, theirs));
    remark.creator == around.ours() && versions(remark).iter().any(is_theirs)
}

/// It says what the comment says now, never said what it did not say, and names who said it.
fn as_it_is(judge: &mut Findings<'_>, place: &TargetView<'_>, remark: &Remark, group: &ToldComment<'_>) {
    let (who, words) = said(remark.text());
    let versions = versions(remark);
    if group.stands() && group.words() != words && !judge.around.is_reworded(&group.words()) {
        judge.says(Defect::Lost, format!("{words:?} reads {:?} in {}", group.words(), place.name));
    }
    let untrue = |text: &&String| !versions.contains(*text) && !judge.around.is_reworded(text);
    let never = if group.of == 1 { group.ever().iter().find(untrue).cloned() } else { None };
    if let Some(never) = never {
        judge.says(Defect::Untrue, format!("nobody said {never:?}, which {} showed", place.name));
    }
    let name = who.map_or_else(|| called(&remark.creator), str::to_owned);
    let mentioned = who.is_some() && group.head.starts_with('@');
    let is_named = |name: &str| group.head.starts_with(name);
    if !mentioned && !is_named(&name) && !without_account(&name).is_some_and(|name| is_named(&name)) {
        judge.says(
            Defect::Untrue,
            format!("{words:?} of {name} is shown as of {:?} in {}", group.head, place.name),
        );
    }
}

/// How Slack names somebody of Jira: without the account.
fn without_account(who: &str) -> Option<String> {
    let (name, _) = who.strip_suffix(" (Jira)")?.rsplit_once(", ")?;
    Some(format!("{name} (Jira)"))
}

/// Whoever speaks for themselves: AWS by its name, a principal by its role and session.
fn called(creator: &str) -> String {
    match creator.split_once(":assumed-role/") {
        Some((_, role_and_session)) => role_and_session.to_owned(),
        None => creator.to_owned(),
    }
}

/// What is told of later comments stands below. What Slack did not keep and was sent again stands later.
fn in_order(judge: &mut Findings<'_>, place: &TargetView<'_>, told: &[(&Remark, &ToldComment<'_>)]) {
    let swallowed = |words: &str| place.name == "Slack" && judge.around.has_swallowed(words);
    let home_swallowed = place.name == "Slack"
        && place.homes.first().is_some_and(|home| home.said.first().is_some_and(|(_, text)| swallowed(text)));
    let times: Vec<_> = told
        .iter()
        .filter(|(remark, group)| {
            !group.ever().first().is_some_and(|words| swallowed(words))
                && !versions(remark).iter().any(|words| swallowed(words))
        })
        .filter_map(|(_, group)| group.parts.first().map(|first| first.at()))
        .collect();
    if !home_swallowed && !times.is_sorted() {
        judge.says(Defect::OutOfOrder, format!("comments do not stand in order in {}", place.name));
    }
}
