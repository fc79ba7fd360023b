//! Who is called for a case, when and why: pure, from what is true of it, the settings and the time.

use std::collections::BTreeSet;

use super::{Effect, Ledger, Picture, What, key::investigation_key};
use crate::{
    case::{Comment, Investigation, Millis, Resolver, Seconds, Status},
    config::settings::{CallRule, Callee, Notify, PageMoment, PagerDutySettings},
    state::{
        case_clocks::CaseClock,
        key::{Fingerprint, Key, KeyName},
    },
    targets::content::{Call, Called, Content, Moment, Page, View},
};

/// What is older than this calls nobody any more.
const DAY: Seconds = 86_400;
/// What AWS says this close to passing the move is the question itself.
const TOGETHER: Seconds = 120;

pub(crate) struct Calling<'a> {
    pub(crate) view: &'a View,
    pub(crate) comments: &'a [Comment],
    pub(crate) investigations: &'a [Investigation],
    /// Whose move it is (ours: `true`), and since when it or the talk moved.
    pub(crate) waiting: Option<(bool, Seconds)>,
    /// When the move passed to whoever has it.
    pub(crate) turned: Option<Seconds>,
    pub(crate) now: Seconds,
    pub(crate) notify: &'a Notify,
    pub(crate) pager: Option<&'a PagerDutySettings>,
    /// Those that people started.
    pub(crate) clocks: &'a [CaseClock],
    /// The case's tags, where a rule asks for them.
    pub(crate) tags: &'a [(String, String)],
}

/// AWS is to answer a case that it works within this, "with every reasonable effort": the first time only.
/// <https://docs.aws.amazon.com/security-ir/latest/userguide/create-an-aws-supported-case.html>
pub(crate) const FIRST_RESPONSE: Seconds = 900;

/// Whether something of then calls somebody now.
pub(crate) fn is_fresh(at: Seconds, now: Seconds) -> bool {
    now - at < DAY
}

pub(crate) fn deadline(start: Seconds, hours: u32) -> Seconds {
    start + Seconds::from(hours) * 3_600
}

impl Calling<'_> {
    /// The calls of this moment, each under its key: whether it was made stands in the ledger.
    pub(crate) fn due(&self) -> Vec<Call> {
        let mut calls = self.all_due();
        // What is overdue is said though nobody is named; what AWS asks, by its own words.
        let is_said = |moment| matches!(moment, Moment::Overdue | Moment::YourMove);
        calls.retain(|call| !call.whom.is_empty() || is_said(call.moment));
        // A clock that somebody started is counted though nobody is named, and though the case is closed.
        calls.extend(self.deadlines().iter().filter_map(|deadline| self.reminder(deadline)));
        calls
    }

    fn deadlines(&self) -> Vec<Deadline> {
        let of = |clock: &CaseClock| {
            let deadlines = self.notify.clocks.get(&clock.name).into_iter().flatten();
            let (start, name) = (clock.start, clock.name.clone());
            deadlines.map(move |(what, hours)| Deadline {
                key: format!("{name}/{start}/{what}"),
                what: format!("{name}, {what}"),
                from: start,
                at: deadline(start, *hours),
            })
        };
        self.clocks.iter().flat_map(of).chain(self.first_response()).collect()
    }

    /// While AWS said and did nothing yet, and somebody is named for it.
    fn first_response(&self) -> Option<Deadline> {
        let case = &self.view.case;
        let waits = case.resolver == Resolver::Aws && case.status == Status::Submitted;
        let answered = self.comments.iter().any(Comment::is_of_aws);
        let named = !self.named(Moment::Deadline).is_empty();
        let from = case.created.filter(|_| waits && named && !answered && !case.is_closed())?;
        let at = from + FIRST_RESPONSE;
        Some(Deadline { key: format!("first/{at}"), what: "AWS's first response".to_owned(), from, at })
    }

    /// The latest that is due of a deadline's reminders, and of its passing.
    fn reminder(&self, deadline: &Deadline) -> Option<Call> {
        let Deadline { key, what, at, .. } = deadline;
        let due = self.moments(deadline).filter(|(_, moment)| *moment <= self.now && self.is_fresh(*moment));
        let (minutes, _) = due.min_by_key(|(minutes, _)| *minutes)?;
        let words = if minutes == 0 { format!("{what}: it is over") } else { what.clone() };
        let call = self.call(format!("deadline/{key}/{minutes}"), Moment::Deadline, *at);
        Some(Call { quote: Some(words), ..call })
    }

    /// When something is said of it, and how many minutes before it: not before its clock runs.
    fn moments(&self, deadline: &Deadline) -> impl Iterator<Item = (u32, Seconds)> {
        let (before, from, at) = (self.notify.remind_minutes.iter().copied(), deadline.from, deadline.at);
        let moments = before.chain([0]).map(move |minutes| (minutes, at - Seconds::from(minutes) * 60));
        moments.filter(move |(_, moment)| *moment > from)
    }

    fn all_due(&self) -> Vec<Call> {
        let case = &self.view.case;
        let call = |key: String, moment, at| self.call(key, moment, at);
        let mut calls = Vec::new();
        match (case.is_closed(), case.closed.or(case.updated), case.created) {
            (true, Some(at), _) if self.is_fresh(at) => {
                calls.push(call("closed".to_owned(), Moment::Closed, at))
            }
            (false, _, Some(at)) if self.is_fresh(at) => {
                calls.push(call("new".to_owned(), Moment::NewCase, at))
            }
            _ => {}
        }
        if case.is_closed() {
            return calls;
        }
        calls.extend(self.spoken());
        let question = self.question();
        if let Some(at) = self.turned.filter(|at| question.is_some() && self.is_fresh(*at)) {
            calls.push(call(format!("{MOVE}{at}"), Moment::YourMove, at));
        }
        let asks = self.investigations.iter().filter(|step| step.status == "Waiting");
        calls.extend(asks.filter(|step| self.is_fresh(step.updated)).map(|step| Call {
            quote: Some(step.title.clone()),
            about: Some(investigation_key(step)),
            ..call(format!("{AGENT}{}", step.id), Moment::YourMove, step.updated)
        }));
        calls.extend(self.overdue());
        calls
    }

    /// When the next call is due by the clock alone.
    pub(crate) fn next_at(&self) -> Option<Millis> {
        let deadlines = self.deadlines();
        let reminders = deadlines.iter().flat_map(|deadline| self.moments(deadline)).map(|(_, at)| at);
        let all = self.escalations().into_iter().chain(reminders);
        all.filter(|at| *at > self.now).min().map(|at| at * 1_000)
    }

    fn escalations(&self) -> Vec<Seconds> {
        let Some(since) = self.open_question() else { return Vec::new() };
        let pager = self.pager.map(|pager| pager.after_minutes(self.notify));
        let steps = self.notify.escalate_minutes.iter().copied().chain(pager);
        steps.map(|minutes| since + Seconds::from(minutes) * 60).collect()
    }

    fn is_fresh(&self, at: Seconds) -> bool {
        is_fresh(at, self.now)
    }

    /// Since when AWS waits for an answer of ours, while nobody gave one.
    fn question(&self) -> Option<Seconds> {
        let of_aws = self.view.case.resolver == Resolver::Aws;
        self.waiting.filter(|(ours, _)| *ours && of_aws).map(|(_, since)| since)
    }

    /// The same, while nobody of ours took the case.
    fn open_question(&self) -> Option<Seconds> {
        let since = self.question()?;
        let taken = self.view.owner.as_ref().is_some_and(|owner| owner.since >= since);
        (!taken).then_some(since)
    }

    /// What may wake somebody, while it is so: what is no longer among them is over.
    pub(crate) fn pages(&self) -> Vec<Page> {
        let Some(pager) = self.pager.filter(|_| !self.view.case.is_closed()) else { return Vec::new() };
        let each = pager.on.iter().filter_map(|moment| match moment {
            PageMoment::NewCase => {
                let at = self.view.case.created?;
                let answered = self.comments.iter().any(|one| !one.is_of_aws());
                let taken = answered || self.view.owner.is_some();
                Some(page("new", Moment::NewCase, at, (self.is_fresh(at), taken)))
            }
            PageMoment::YourMove => {
                let at = self.asked()?;
                Some(page("move", Moment::YourMove, at, (self.is_fresh(at), self.is_taken(at))))
            }
            PageMoment::Overdue => {
                let (at, since) = (self.asked()?, self.question()?);
                let after = Seconds::from(pager.after_minutes(self.notify)) * 60;
                Some(page("overdue", Moment::Overdue, at, (since + after <= self.now, self.is_taken(at))))
            }
        });
        each.collect()
    }

    fn is_taken(&self, since: Seconds) -> bool {
        self.view.owner.as_ref().is_some_and(|owner| owner.since > since)
    }

    /// Since when nobody answered: AWS may have asked again meanwhile. `None` where nobody waits for us.
    fn asked(&self) -> Option<Seconds> {
        let since = self.question()?;
        let turned = self.turned.unwrap_or(since).min(since);
        let answers = self.comments.iter().filter(|one| !one.is_of_aws() && one.created >= turned);
        match answers.map(|one| one.created).max() {
            None => Some(turned),
            Some(answered) => (since > answered).then_some(answered),
        }
    }

    /// The latest step that is due: a call that is late makes no earlier one good.
    fn overdue(&self) -> Option<Call> {
        let since = self.open_question()?;
        let steps = self.notify.escalate_minutes.iter().enumerate();
        let mut due = steps.filter(|(_, minutes)| since + Seconds::from(**minutes) * 60 <= self.now);
        let (step, _) = due.next_back()?;
        Some(self.call(format!("overdue/{since}/{step}"), Moment::Overdue, since))
    }

    fn spoken(&self) -> Vec<Call> {
        // What was said before the move passed was heard then, and what was said with it is the question itself.
        let case = &self.view.case;
        let asks = case.waits_for_customer && case.resolver == Resolver::Aws;
        let turned = self.turned.unwrap_or(Seconds::MIN);
        let from = if asks { turned.saturating_add(TOGETHER + 1) } else { turned.saturating_sub(TOGETHER) };
        let said = self.comments.iter().filter(|one| one.is_of_aws() && self.is_fresh(one.created));
        said.filter(|one| one.created >= from)
            .map(|one| Call {
                quote: Some(one.body.clone()),
                about: Some(Key::comment(&one.id, 0)),
                ..self.call(format!("aws/{}", one.id), Moment::AwsSpoke, one.created)
            })
            .collect()
    }

    fn call(&self, key: String, moment: Moment, at: Seconds) -> Call {
        let asks = matches!(moment, Moment::YourMove | Moment::Overdue);
        let last = self.comments.iter().filter(|one| asks && one.is_of_aws()).max_by_key(|one| one.created);
        let titled = matches!(moment, Moment::NewCase | Moment::Closed).then(|| self.view.case.title.clone());
        Call {
            key: Key::call(&key),
            moment,
            at,
            whom: self.whom(moment),
            quote: titled.or_else(|| last.map(|one| one.body.clone())),
            about: last.filter(|_| moment == Moment::YourMove).map(|one| Key::comment(&one.id, 0)),
            loud: false,
            rule: self.rule(moment).map_or(0, |(index, _)| index + 1),
            remarks: Vec::new(),
        }
    }

    fn whom(&self, moment: Moment) -> Vec<Called> {
        let named = match moment {
            Moment::Overdue => [self.named(Moment::YourMove), self.named(Moment::Overdue)].concat(),
            Moment::Deadline if self.named(moment).is_empty() => vec![Callee::Owner],
            moment @ (Moment::NewCase
            | Moment::YourMove
            | Moment::AwsSpoke
            | Moment::Closed
            | Moment::Deadline) => self.named(moment).to_vec(),
        };
        let mut called = Vec::new();
        for callee in named {
            match callee {
                Callee::Member(id) => called.push(Called::Member(id)),
                Callee::Owner => called.extend(
                    self.view
                        .owner
                        .iter()
                        .map(|owner| Called::Member(crate::case::MemberId::new(owner.user.as_str()))),
                ),
                Callee::Watchers => {
                    let watchers = self.view.case.watchers.iter();
                    called.extend(watchers.map(|watcher| Called::Email(watcher.email.clone())));
                }
            }
        }
        let mut seen = BTreeSet::new();
        called.retain(|one| seen.insert(one.clone()));
        called
    }

    fn named(&self, moment: Moment) -> &[Callee] {
        self.rule(moment).map_or_else(|| of_settings(self.notify, moment), |(_, named)| named)
    }

    /// The first rule that fits the case and names the moment, and whom it names.
    fn rule(&self, moment: Moment) -> Option<(usize, &[Callee])> {
        let fitting = self.notify.rules.iter().enumerate().filter(|(_, rule)| self.fits(rule));
        fitting.filter_map(|(index, rule)| Some((index, of_rule(rule, moment)?))).next()
    }

    fn fits(&self, rule: &CallRule) -> bool {
        rule.conditions().fit(&self.view.case, self.tags)
    }
}

/// A moment by which something is to be done.
struct Deadline {
    key: String,
    what: String,
    from: Seconds,
    at: Seconds,
}

fn page(kind: &str, moment: Moment, at: Seconds, (due, taken): (bool, bool)) -> Page {
    Page { name: format!("{kind}/{at}"), moment, at, due, taken }
}

fn of_rule(rule: &CallRule, moment: Moment) -> Option<&[Callee]> {
    match moment {
        Moment::NewCase => rule.new_case.as_deref(),
        Moment::YourMove => rule.your_move.as_deref(),
        Moment::AwsSpoke => rule.aws.as_deref(),
        Moment::Overdue => rule.overdue.as_deref(),
        Moment::Closed => rule.closed.as_deref(),
        Moment::Deadline => rule.deadline.as_deref(),
    }
}

fn of_settings(notify: &Notify, moment: Moment) -> &[Callee] {
    match moment {
        Moment::NewCase => &notify.new_case,
        Moment::YourMove => &notify.your_move,
        Moment::AwsSpoke => &notify.aws,
        Moment::Overdue => &notify.overdue,
        Moment::Closed => &notify.closed,
        Moment::Deadline => &notify.deadline,
    }
}

const MOVE: &str = "move/";
const AGENT: &str = "agent/";

/// Whether it calls because the move passed to us.
pub(crate) fn is_of_the_move(key: &Key) -> bool {
    matches!(key.named(), KeyName::Call(why) if why.starts_with(MOVE))
}

/// Whether it calls because the AI agent waits.
pub(crate) fn is_of_the_agent(key: &Key) -> bool {
    matches!(key.named(), KeyName::Call(why) if why.starts_with(AGENT))
}

/// What calls somebody, and was not told yet. Where what it is about is told only now, that calls by its own message.
pub(super) fn calls(picture: &Picture, ledger: &Ledger, told: &mut [Effect]) -> Vec<Effect> {
    let mut apart = Vec::new();
    for call in picture.calls.iter().filter(|call| !ledger.contains_key(&call.key)) {
        let first = call.about.as_ref();
        match told.iter_mut().find_map(|effect| place_for_a_call(effect, first?)) {
            Some(place) => *place = Some(Box::new(call.clone())),
            None if called_with(call, ledger).is_some() => apart.extend(called_with(call, ledger)),
            None if call.whom.is_empty() && call.moment != Moment::Overdue => {}
            None => {
                apart.push(Effect::add(call.key.clone(), Content::Call(call.clone()), Fingerprint::default()))
            }
        }
    }
    apart
}

/// That the message of what it is about called already, under a name that a table which was lost knew.
fn called_with(call: &Call, ledger: &Ledger) -> Option<Effect> {
    let told = ledger.get(call.about.as_ref()?).filter(|told| !told.remote.is_empty())?;
    let called = ledger.iter().any(|(key, other)| is_of_the_move(key) && other.remote == told.remote);
    let (key, remote, hash) = (call.key.clone(), told.remote.clone(), Fingerprint::default());
    called.then_some(Effect::Adopt { key, remote, hash })
}

fn place_for_a_call<'e>(effect: &'e mut Effect, first: &Key) -> Option<&'e mut Option<Box<Call>>> {
    match effect {
        Effect::Create {
            key,
            what: What::Content(Content::Comment { call, .. } | Content::Investigation { call, .. }),
            ..
        } => (key == first && call.is_none()).then_some(call),
        Effect::Create { .. } | Effect::Adopt { .. } | Effect::Edit { .. } | Effect::Note(_) => None,
    }
}

/// That somebody took the case.
pub(crate) fn taken(picture: &Picture, ledger: &Ledger) -> Option<Effect> {
    let owner = picture.view.owner.as_ref()?;
    let key = taken_key(picture)?;
    let told = ledger.contains_key(&key);
    (!told).then(|| Effect::add(key, Content::Taken(owner.clone()), Fingerprint::default()))
}

pub(super) fn taken_key(picture: &Picture) -> Option<Key> {
    let owner = picture.view.owner.as_ref()?;
    Some(Key(format!("owner/{}", owner.since)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        case::{CommentId, InvestigationId, UserId, Watcher, snapshot::tests::case, turn::Turn},
        state::owner::Owner,
        targets::content::Links,
    };

    /// When AWS asked, after a case of two hours.
    const ASKED: Seconds = 1_790_007_300;

    fn notify() -> Notify {
        toml::from_str(
            "new_case = ['S1']\nyour_move = ['owner', 'S1']\naws = ['U2']\noverdue = ['U3', 'S1']\nclosed = ['watchers']\n\
             [[rules]]\nregion = 'eu-west-1'\ntitle = 'ROOT'\nyour_move = ['U8']\n\
             [[rules]]\naccount = '999999999999'\nnew_case = ['U9']\n\
             [[rules]]\ntag = 'team=red'\nnew_case = ['U5']\n\
             [[rules]]\ntype = 'Security Incident'\nregion = 'eu-west-1'\naws = []\ntitle = 'nothing'",
        )
        .unwrap()
    }

    fn view() -> View {
        let watchers = vec![Watcher { email: "ana@example.com".to_owned(), ..Watcher::default() }];
        let case = crate::case::Case { watchers, created: Some(1_790_000_100), ..case() };
        let links = Links::default();
        View {
            case,
            links,
            waiting_since: None,
            answered: false,
            agent_waits: false,
            owner: None,
            opened: None,
            last_word: None,
        }
    }

    fn said(by: &str, at: Seconds) -> Comment {
        Comment {
            id: CommentId::new(format!("{at}")),
            created: at,
            updated: None,
            creator: by.to_owned(),
            body: "Did your team create this key?".to_owned(),
        }
    }

    /// What is called at a moment: `KEY: WHOM`.
    fn called(view: &View, comments: &[Comment], now: Seconds) -> Vec<String> {
        let (notify, tags) = (notify(), [("team".to_owned(), view.case.title.clone())]);
        let opened =
            Turn { waiting: Some((false, 1_790_000_100)), turned: Some(1_790_000_100), answered: false };
        let turn = match view.case.waits_for_customer {
            // AWS took the case back after an answer.
            false if view.case.title == "back" => {
                Turn { waiting: Some((false, ASKED + 900)), turned: Some(ASKED + 900), answered: false }
            }
            // It asks with its question, and was heard then; what was said later is seen by now.
            true => {
                let asked = crate::case::Case { updated: Some(ASKED), ..view.case.clone() };
                let until: Vec<_> = comments.iter().filter(|one| one.created <= ASKED).cloned().collect();
                opened.passed(&asked, &until).passed(&asked, comments)
            }
            false => opened,
        };
        let Turn { waiting, turned, .. } = turn;
        let calling = Calling {
            view,
            comments,
            investigations: &[],
            waiting,
            turned,
            now,
            notify: &notify,
            pager: None,
            clocks: &[],
            tags: &tags,
        };
        let whom = |call: &Call| {
            let each = call.whom.iter().map(|one| match one {
                Called::Member(id) => id.as_str().to_owned(),
                Called::Email(email) => email.clone(),
            });
            each.collect::<Vec<_>>().join(" ")
        };
        calling.due().iter().map(|call| format!("{}: {}", call.key.0, whom(call))).collect()
    }

    fn named(name: &str) -> View {
        let mut view = view();
        let owner = |since| {
            Some(Owner { user: UserId::new("U7"), name: "Ana".to_owned(), since, by: None, email: None })
        };
        view.case.waits_for_customer = ["ours", "owned", "taken", "root"].contains(&name);
        match name {
            "owned" => view.owner = owner(ASKED - 100),
            "taken" => view.owner = owner(ASKED + 60),
            "root" => view.case.title = "The root user signed in".to_owned(),
            "back" => view.case.title = "back".to_owned(),
            "red" => view.case.title = "red".to_owned(),
            "far" => view.case.accounts = vec!["999999999999".to_owned()],
            "closed" => (view.case.status, view.case.closed) = (Status::Closed, Some(ASKED)),
            _ => {}
        }
        view
    }

    /// Comments by letter: an early one of AWS or of ours, the question, an answer, another question.
    fn lettered(letters: &str) -> Vec<Comment> {
        let one = |letter| match letter {
            'E' => Some(said("AWS Responder", EARLY)),
            'P' => Some(said("123456789012", EARLY)),
            'Q' => Some(said("AWS Responder", ASKED)),
            'A' => Some(said("123456789012", ASKED + 600)),
            'L' => Some(said("AWS Responder", LATER)),
            _ => None,
        };
        letters.chars().filter_map(one).collect()
    }

    const EARLY: Seconds = 1_790_001_000;
    const LATER: Seconds = ASKED + 1_200;

    /// The case, what was said, seconds since AWS asked, and who is called for what.
    const TABLE: &str = "
        aws     -   -7000  new: S1
        far     -   -7000  new: U9
        red     -   -7000  new: U5
        aws     -   79200  -
        aws     E   -6200  new: S1, aws/E: U2
        aws     P   -6200  new: S1
        ours    Q   0      new: S1, move/Q: S1
        owned   Q   0      new: S1, move/Q: U7 S1
        root    Q   0      new: S1, move/Q: U8
        ours    Q   899    new: S1, move/Q: S1
        ours    Q   900    new: S1, move/Q: S1, overdue/Q/0: S1 U3
        owned   Q   900    new: S1, move/Q: U7 S1, overdue/Q/0: U7 S1 U3
        ours    Q   3599   new: S1, move/Q: S1, overdue/Q/0: S1 U3
        ours    Q   3600   new: S1, move/Q: S1, overdue/Q/1: S1 U3
        ours    QA  3600  new: S1
        back    QA  3600  new: S1
        taken   Q   3600   new: S1, move/Q: U7 S1
        ours    QAL 1200  new: S1, aws/L: U2, move/Q: S1
        ours    QAL 2160  new: S1, aws/L: U2, move/Q: S1, overdue/L/0: S1 U3
        ours    QL  2160   new: S1, aws/L: U2, move/Q: S1, overdue/L/0: S1 U3
        closed  Q   60     closed: ana@example.com
    ";

    #[test]
    fn who_is_called_at_which_moment_is_what_the_rules_say() {
        let mut rows = 0;
        for row in TABLE.lines().map(str::trim).filter(|row| !row.is_empty()) {
            let mut columns = row.split_whitespace();
            let (name, said) = (columns.next().unwrap(), columns.next().unwrap());
            let now = ASKED + columns.next().unwrap().parse::<Seconds>().unwrap();
            let expected = columns.collect::<Vec<_>>().join(" ");
            let calls = called(&named(name), &lettered(said), now).join(", ");
            let short = [(ASKED, "Q"), (LATER, "L"), (EARLY, "E")]
                .iter()
                .fold(calls, |text, (at, letter)| text.replace(&at.to_string(), letter));
            let short = short.replace("call/", "");
            assert_eq!(if short.is_empty() { "-" } else { &short }, expected, "{row}");
            rows += 1;
        }
        assert_eq!(rows, 21);
    }

    #[test]
    fn the_next_step_is_known_before_it_is_due_and_none_follows_an_answer() {
        let notify = notify();
        let mut view = view();
        view.case.waits_for_customer = true;
        let comments = [said("AWS Responder", ASKED)];
        let mut calling = Calling {
            view: &view,
            comments: &comments,
            investigations: &[],
            waiting: Some((true, ASKED)),
            turned: Some(ASKED),
            now: ASKED,
            notify: &notify,
            pager: None,
            clocks: &[],
            tags: &[],
        };
        assert_eq!(calling.next_at(), Some((ASKED + 900) * 1_000));
        calling.now = ASKED + 900;
        assert_eq!(calling.next_at(), Some((ASKED + 3_600) * 1_000));
        calling.now = ASKED + 3_600;
        assert_eq!(calling.next_at(), None);
        let answer = [said("AWS Responder", ASKED), said("123456789012", ASKED + 10)];
        let answered =
            Calling { comments: &answer, waiting: Some((false, ASKED + 10)), now: ASKED + 20, ..calling };
        assert_eq!(answered.next_at(), None);
    }

    #[test]
    fn the_agents_question_calls_like_awss() {
        let (view, notify) = (View { agent_waits: true, ..view() }, notify());
        let step = Investigation {
            id: InvestigationId::new("inv-1"),
            kind: String::new(),
            title: String::new(),
            content: String::new(),
            status: "Waiting".to_owned(),
            updated: ASKED,
            feedback: None,
        };
        let calling = Calling {
            view: &view,
            comments: &[],
            investigations: &[step],
            waiting: Some((false, ASKED)),
            turned: Some(1_790_000_100),
            now: ASKED,
            notify: &notify,
            pager: None,
            clocks: &[],
            tags: &[],
        };
        assert!(calling.due().iter().any(|call| call.key.0 == "call/agent/inv-1"));
    }
}
