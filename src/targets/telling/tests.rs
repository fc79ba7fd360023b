//! Tables of pictures and what they lack.

use super::{fingerprint::told_by_0_1_0, key::part_hash, *};
use crate::{
    case::{
        Actor, Attachment, AttachmentId, Case, CommentId, InvestigationId, IssueKey, MemberId, Millis,
        Resolver, Status, UserId, Watcher,
        author::Author,
        snapshot::{Facts, tests::case},
        text,
    },
    config::settings::{Settings, TOLD},
    state::{
        Seen, TargetKind, golden,
        key::Fingerprint,
        notes::{ChangeLine, GONE, HOME, Home, Owed, PlaceNote},
    },
    targets::{
        content::{Call, Called, Content, Moment, Part},
        contract::Planner,
        jira::{self, JiraPlanner, STATUS},
        slack::{self, SlackPlanner},
    },
};

const BOTH: [TargetKind; 2] = [slack::KIND, jira::KIND];

fn of<T>(kind: TargetKind, layout: &str, ask: impl FnOnce(&dyn Planner) -> T) -> T {
    let settings = settings(layout);
    match kind == slack::KIND {
        true => ask(&SlackPlanner { settings: &settings.slack, routes: &[] }),
        false => ask(&JiraPlanner { settings: settings.jira.as_ref().unwrap(), routes: &[] }),
    }
}

fn plan(kind: TargetKind, picture: &Picture, note: &PlaceNote, ledger: &Ledger) -> Vec<Effect> {
    of(kind, "thread", |planner| planner.plan(picture, note, ledger))
}

fn home_hash(kind: TargetKind, view: &View) -> Fingerprint {
    of(kind, "thread", |planner| planner.anchor_fingerprint(view))
}

fn settings(layout: &str) -> Settings {
    let toml = format!(
        "slack = {{ team = 'T1', channel = 'C1', layout = '{layout}', invite = ['ana@example.com'] }}\n\
         jira = {{ api_url = 'https://example.atlassian.net', project = 'SEC' }}"
    );
    toml::from_str(&toml).unwrap()
}

fn comment(id: &str, body: &str) -> Comment {
    let (id, creator) = (CommentId::new(id), "AWS Responder".to_owned());
    Comment { id, created: 1_790_000_200, updated: None, creator, body: body.to_owned() }
}

fn picture(comments: &[Comment]) -> Picture {
    let view = View {
        case: case(),
        links: Default::default(),
        waiting_since: None,
        answered: false,
        agent_waits: false,
        owner: None,
        opened: None,
        last_word: None,
    };
    Picture {
        view,
        comments: comments.to_vec(),
        sayings: Vec::new(),
        deeds: Vec::new(),
        names: BTreeMap::new(),
        investigations: Vec::new(),
        overdue: None,
        calls: Vec::new(),
        pages: Vec::new(),
        notices: Vec::new(),
        team: Vec::new(),
    }
}

fn told(text: &str) -> Told {
    Told { remote: "1.2".to_owned(), hash: part_hash(text, 1).into(), seen: Seen::NotYet(0), theirs: false }
}

fn home_hashes(view: &View) -> [Fingerprint; 2] {
    BOTH.map(|destination| home_hash(destination, view))
}

fn key(key: &str) -> Key {
    Key(key.to_owned())
}

fn known(picture: &Picture) -> (PlaceNote, Ledger) {
    let home = Some(Home { place: "C1".to_owned(), name: "1.0".to_owned() });
    let mut note = PlaceNote { home, facts: Some(Facts::of(&picture.view.case)), ..PlaceNote::default() };
    note.set.insert(HOME.to_owned(), home_hash(slack::KIND, &picture.view).into());
    (note, [(key("description/0"), told(&picture.view.case.description))].into())
}

/// What an issue lacks that is told of this alone.
fn lacks_in_jira(tell: &[&str], picture: &Picture, note: &PlaceNote, ledger: &Ledger) -> Vec<Effect> {
    let mut jira = settings("thread").jira.unwrap();
    jira.tell = tell.iter().map(|word| (*word).to_owned()).collect();
    JiraPlanner { settings: &jira, routes: &[] }.plan(picture, note, ledger)
}

fn lines(effects: &[Effect]) -> Vec<&'static str> {
    let told = |effect: &Effect| match effect {
        Effect::Create { what: What::Content(Content::Changes(list, _)), .. } => {
            list.iter().map(|told| told.change.set().0).collect()
        }
        _ => Vec::new(),
    };
    effects.iter().flat_map(told).collect()
}

/// A case of which each field is another than in [`case`].
fn another_case() -> Case {
    let more = || "more".to_owned();
    Case {
        title: more(),
        description: more(),
        status: Status::Containment,
        engagement: more(),
        resolver: Resolver::Own,
        reported_start: None,
        actual_start: Some(1),
        closure: Some(more()),
        accounts: vec![],
        regions: vec![],
        services: vec![],
        watchers: vec![Watcher::default()],
        actors: vec![Actor::default()],
        attachments: vec![Attachment {
            id: AttachmentId::new("a"),
            name: more(),
            status: more(),
            creator: more(),
            created: 0,
        }],
        metadata: vec![(more(), more())],
        ..case()
    }
}

#[test]
fn an_issue_is_told_of_each_change_by_the_word_that_the_settings_have_for_it() {
    let before = picture(&[]);
    let (note, ledger) = known(&before);
    let mut now = before.clone();
    now.view.case = another_case();
    for word in TOLD.into_iter().filter(|word| *word != "comments") {
        let effects = lacks_in_jira(&[word], &now, &note, &ledger);
        let told: Vec<_> = lines(&effects).iter().map(|name| name.to_lowercase().replace(' ', "_")).collect();
        assert_eq!(told, [word]);
    }
    let all = lines(&lacks_in_jira(&TOLD, &now, &note, &ledger)).len();
    assert_eq!(all, TOLD.len() - 1, "a change that no word names could never be told");
}

#[test]
fn of_what_no_comment_tells_it_is_remembered_that_it_is_so_and_it_is_not_told_later() {
    let before = picture(&[]);
    let (mut note, ledger) = known(&before);
    let mut now = before.clone();
    now.view.case.watchers = vec![Watcher::default()];
    let effects = lacks_in_jira(&["status"], &now, &note, &ledger);
    let [Effect::Note(facts)] = &effects[..] else { panic!("{effects:?}") };
    note.facts = Some(facts.as_ref().clone());
    assert_eq!(lacks_in_jira(&TOLD, &now, &note, &ledger), [], "a later setting is for later changes");
    let line =
        ChangeLine { before: Facts::of(&before.view.case), after: Facts::of(&now.view.case), owed: true };
    note.lines.insert(0, line);
    assert_eq!(lines(&lacks_in_jira(&TOLD, &now, &note, &ledger)), ["Watchers"]);
    assert_eq!(lacks_in_jira(&["status"], &now, &note, &ledger), [], "nothing that hangs on it stops");
}

#[test]
fn an_issue_that_hears_no_comments_keeps_those_that_it_heard_up_to_date() {
    let said = picture(&[comment("000001", "one"), comment("000002", "two")]);
    let (note, mut ledger) = known(&said);
    ledger.insert(key("comment/000001/0"), told("as it was"));
    let plan = |tell: &[&str]| {
        let effects = lacks_in_jira(tell, &said, &note, &ledger);
        effects.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(plan(&[]), ["edit comment/000001/0"]);
    assert_eq!(plan(&["comments"]), ["edit comment/000001/0", "add comment/000002/0"]);
}

fn lacks(picture: &Picture, note: &PlaceNote, ledger: &Ledger) -> Vec<String> {
    let effects = plan(slack::KIND, picture, note, ledger);
    effects.iter().map(ToString::to_string).collect()
}

fn due(destination: TargetKind, picture: &Picture, note: &PlaceNote, layout: &str) -> Vec<(String, Millis)> {
    let wanted = of(destination, layout, |planner| planner.decoration(picture, note, &Ledger::new()));
    wanted.iter().filter_map(|state| Some((state.to_string(), state.due_at(note)?))).collect()
}

#[test]
fn everything_hangs_on_the_card_or_the_channel_so_it_comes_first_and_alone() {
    let picture = picture(&[comment("000001", "one")]);
    let first = |destination, layout: &str| {
        let note = PlaceNote::default();
        let effects = of(destination, layout, |planner| planner.plan(&picture, &note, &Ledger::new()));
        effects.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(first(slack::KIND, "thread"), ["make home"]);
    assert_eq!(first(slack::KIND, "channel"), ["make the channel"]);
    assert_eq!(first(jira::KIND, "channel"), ["make home"]);
    for destination in BOTH {
        assert_eq!(due(destination, &picture, &PlaceNote::default(), "channel"), []);
    }
}

#[test]
fn what_was_told_lacks_nothing() {
    let picture = picture(&[comment("000001", "one")]);
    let (note, mut ledger) = known(&picture);
    assert_eq!(lacks(&picture, &note, &ledger), ["add comment/000001/0"]);
    ledger.insert(key("comment/000001/0"), told("one"));
    assert_eq!(lacks(&picture, &note, &ledger), [""; 0]);
}

#[test]
fn a_change_is_told_and_the_card_is_set_beside_it() {
    let before = picture(&[comment("000001", "one")]);
    let (note, ledger) = known(&before);
    let mut now = before.clone();
    now.view.case.title.push('!');
    assert_eq!(lacks(&now, &note, &ledger), ["add comment/000001/0", "add changes/0"]);
    assert_eq!(due(slack::KIND, &now, &note, "thread"), [("set home".to_owned(), 0)]);
}

#[test]
fn what_a_person_deleted_or_said_is_neither_rewritten_nor_told_again() {
    let picture = picture(&[comment("000001", "other words")]);
    let (note, mut ledger) = known(&picture);
    let mut lacks_with = |told: Told| {
        ledger.insert(key("comment/000001/0"), told);
        lacks(&picture, &note, &ledger)
    };
    assert_eq!(lacks_with(told("one")), ["edit comment/000001/0"]);
    assert_eq!(lacks_with(Told { seen: Seen::Deleted, ..told("one") }), [""; 0]);
    assert_eq!(lacks_with(Told { theirs: true, ..told("one") }), [""; 0]);
}

#[test]
fn what_was_said_through_the_bridge_is_adopted_where_it_was_said_and_told_elsewhere() {
    let mut said = comment("000001", "one");
    said.creator = "210987654321".to_owned();
    let mut picture = picture(&[said]);
    let saying = Saying {
        command: "c".to_owned(),
        since: 0,
        body_hash: text::hash("one"),
        author: Author::Slack { user: UserId::new("U1") },
        slack_ts: Some("7.0".to_owned()),
        jira_comment: None,
        comment: None,
        speaker: None,
    };
    picture.sayings = vec![saying];
    let (note, ledger) = known(&picture);
    let lacking = |destination| {
        let effects = plan(destination, &picture, &note, &ledger);
        effects
            .iter()
            .map(ToString::to_string)
            .filter(|effect| effect.contains("comment/"))
            .collect::<Vec<_>>()
    };
    assert_eq!(lacking(slack::KIND), ["adopt comment/000001/0"]);
    assert_eq!(lacking(jira::KIND), ["add comment/000001/0"]);
    picture.comments[0].creator = "AWS Responder".to_owned();
    assert_eq!(lacks(&picture, &note, &ledger), ["add comment/000001/0"], "AWS's own words are never ours");
}

#[test]
fn a_text_that_became_longer_or_shorter_has_its_parts_added_or_emptied() {
    let long = "word ".repeat(1_000);
    let before = picture(&[comment("000001", &long)]);
    let (note, mut ledger) = known(&before);
    let added = lacks(&before, &note, &ledger);
    assert_eq!(added, ["add comment/000001/0", "add comment/000001/1"]);
    for part in ["comment/000001/0", "comment/000001/1"] {
        ledger.insert(key(part), told("an older part"));
    }
    let shorter = picture(&[comment("000001", "word")]);
    assert_eq!(lacks(&shorter, &note, &ledger), ["edit comment/000001/0", "edit comment/000001/1"]);
    let effects = plan(slack::KIND, &shorter, &note, &ledger);
    let Some(Effect::Edit { content: Content::Comment { part, .. }, .. }) = effects.last() else {
        panic!("{effects:?}")
    };
    assert_eq!(*part, Part { index: 1, of: 1, text: String::new() });
}

#[test]
fn a_card_and_an_issue_are_set_again_only_if_what_each_of_them_shows_is_another() {
    let before = picture(&[]);
    let (note, _) = known(&before);
    let set = |destination, change: fn(&mut Case)| {
        let (mut note, mut now) = (note.clone(), before.clone());
        note.set.insert(HOME.to_owned(), home_hash(destination, &before.view).into());
        change(&mut now.view.case);
        due(destination, &now, &note, "thread").iter().any(|(name, _)| name == "set home")
    };
    let both = |change| BOTH.map(|destination| set(destination, change));
    assert_eq!(both(|case| case.title.push('!')), [true, true]);
    assert_eq!(both(|case| case.updated = Some(1)), [false, false], "neither says when it was updated");
    assert_eq!(both(|case| case.description.push('!')), [false, true]);
    assert_eq!(both(|case| case.metadata.push((String::new(), String::new()))), [false, true]);
}

#[test]
fn a_state_is_set_where_it_differs_once_more_after_an_unanswered_setting_and_never_on_what_is_gone() {
    let picture = picture(&[]);
    let (mut note, _) = known(&picture);
    let at = |note: &PlaceNote| due(slack::KIND, &picture, note, "thread").pop().map(|(_, at)| at);
    assert_eq!(at(&note), None);
    note.again.insert(HOME.to_owned(), 5);
    assert_eq!(at(&note), Some(5));
    note.set.insert(HOME.to_owned(), "older".to_owned());
    assert_eq!(at(&note), Some(0));
    note.again.clear();
    note.set.insert(HOME.to_owned(), GONE.to_owned());
    assert_eq!(at(&note), None);
}

#[test]
fn a_state_that_was_refused_waits_by_itself_another_one_does_not_and_what_is_given_up_is_not_set() {
    let picture = picture(&[]);
    let (mut note, _) = known(&picture);
    note.set.clear();
    let at = |note: &PlaceNote| due(slack::KIND, &picture, note, "thread").pop().map(|(_, at)| at);
    let owed = Owed { hash: home_hash(slack::KIND, &picture.view), not_before: 7, ..Owed::default() };
    let with = |note: &PlaceNote, owed: &Owed| PlaceNote {
        owed: [(HOME.to_owned(), owed.clone())].into(),
        ..note.clone()
    };
    assert_eq!(at(&with(&note, &owed)), Some(7));
    let another = Owed { hash: Fingerprint::new("another"), ..owed.clone() };
    assert_eq!(at(&with(&note, &another)), Some(0));
    assert_eq!(at(&with(&note, &Owed { given_up: true, ..another.clone() })), Some(0));
    assert_eq!(at(&with(&note, &Owed { failures: 1, ..another })), Some(7), "the destination did not answer");
    assert_eq!(at(&with(&note, &Owed { given_up: true, ..owed.clone() })), None);
    note.set.insert(HOME.to_owned(), home_hash(slack::KIND, &picture.view).into());
    assert_eq!(at(&with(&note, &owed)), None, "it stands");
    note.again.insert(HOME.to_owned(), 5);
    assert_eq!(at(&with(&note, &owed)), Some(7), "not before its time");
}

#[test]
fn a_channel_and_an_issue_have_their_states() {
    let mut picture = picture(&[]);
    picture.view.links.console = Some("https://example.com".to_owned());
    let (mut note, _) = known(&picture);
    note.set.clear();
    let mut names = |destination, layout: &str| {
        note.channel = Some("C2".to_owned()).filter(|_| layout == "channel");
        let due = due(destination, &picture, &note, layout);
        due.into_iter()
            .map(|(name, _)| name.split('/').next().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(slack::KIND, "thread"), ["set home"]);
    assert_eq!(names(slack::KIND, "channel"), ["set home", "set invitation", "set channel"]);
    assert_eq!(names(jira::KIND, "channel"), ["set status", "set home", "set link"]);
}

#[test]
fn what_jira_refuses_is_told_once_a_reason_and_names_the_newest_status() {
    let mut picture = picture(&[]);
    let (note, mut ledger) = known(&picture);
    let refused = |to: &str, why: &str| {
        let [to, why] = [to, why].map(str::to_owned);
        vec![Notice::NotMoved { issue: IssueKey::new("SEC-1"), to, why }]
    };
    picture.notices = refused("In Progress", "resolution");
    let effects = plan(slack::KIND, &picture, &note, &ledger);
    let [Effect::Create { key, hash, .. }] = &effects[..] else { panic!("{effects:?}") };
    assert!(of(slack::KIND, "thread", |planner| planner.keys(&picture)).contains(key));
    assert_eq!(news(&effects), 0, "no event announces it");
    assert_eq!(plan(jira::KIND, &picture, &note, &ledger), []);
    ledger.insert(key.clone(), Told { hash: hash.to_string(), ..told("") });
    assert_eq!(lacks(&picture, &note, &ledger), [""; 0]);
    picture.notices = refused("Done", "resolution");
    assert_eq!(lacks(&picture, &note, &ledger), [format!("edit {key}")]);
    picture.notices = refused("Done", "customfield_1");
    assert!(lacks(&picture, &note, &ledger)[0].starts_with("add refused/status/"));
}

#[test]
fn only_the_status_that_was_refused_for_its_own_sake_is_said_to_be_refused() {
    let case = case();
    let home = Some(Home { place: "10001".to_owned(), name: "SEC-1".to_owned() });
    let said = |owed: Owed| {
        let note = PlaceNote {
            home: home.clone(),
            owed: [(STATUS.to_owned(), owed)].into(),
            ..PlaceNote::default()
        };
        of(jira::KIND, "thread", |planner| planner.notices(&case, &note)).into_iter().find_map(|said| {
            match said {
                Notice::NotMoved { to, .. } => Some(to),
                Notice::Moved { .. }
                | Notice::Lost { .. }
                | Notice::Spare { .. }
                | Notice::Strange { .. }
                | Notice::NoThread { .. }
                | Notice::NotAssigned { .. }
                | Notice::NotCopied { .. }
                | Notice::Forgets { .. } => None,
            }
        })
    };
    let owed =
        Owed { hash: Fingerprint::of("Submitted"), why: Some("resolution".to_owned()), ..Owed::default() };
    assert_eq!(said(owed.clone()), Some("To Do".to_owned()));
    assert_eq!(said(Owed { why: None, ..owed.clone() }), None, "it was not answered, or the issue is gone");
    assert_eq!(said(Owed { hash: Fingerprint::of("Closed"), ..owed.clone() }), None, "of another status");
    assert_eq!(said(Owed { given_up: true, ..owed }), Some("To Do".to_owned()), "the notice stands");
    let unmade = PlaceNote::default();
    assert_eq!(of(jira::KIND, "thread", |planner| planner.notices(&case, &unmade)), []);
}

fn step(status: &str) -> Investigation {
    Investigation {
        id: InvestigationId::new("inv-0123456789ab"),
        kind: "Evidence".to_owned(),
        title: "Who used the key?".to_owned(),
        content: "Two roles did:\n- \"Admin\" \u{1f525} \u{301}\u{200b}\n- it's `build`\\".to_owned(),
        status: status.to_owned(),
        updated: 1_795_668_900,
        feedback: None,
    }
}

fn steps() -> [(&'static str, Investigation); 3] {
    let judged = Investigation { feedback: Some("USEFUL".to_owned()), ..step("Completed") };
    [("waiting", step("Waiting")), ("completed", step("Completed")), ("judged", judged)]
}

#[test]
fn the_hashes_of_steps_and_texts_that_any_release_told_are_known() {
    for (name, hash) in golden::all("step-hashes") {
        let hash: String = serde_json::from_str(&hash).unwrap();
        for (other, step) in steps() {
            assert_eq!(told_by_0_1_0(&hash, &step), other == name, "{name}");
        }
    }
    let parts = [
        ("one", part_hash("It was Bo", 1)),
        ("second of three", part_hash("é\n", 3)),
        ("fallen", part_hash("", 1)),
    ];
    golden::check_json("part-hashes", &parts);
}

#[test]
fn a_step_that_0_1_0_told_is_rewritten_when_it_moves_and_not_because_of_how_it_was_hashed() {
    let mut picture = picture(&[]);
    picture.investigations = vec![step("Completed")];
    let (note, mut ledger) = known(&picture);
    let hash: String = serde_json::from_str(&golden::all("step-hashes")[1].1).unwrap();
    ledger.insert(key("investigation/inv-0123456789ab"), Told { hash, ..told("") });
    assert_eq!(lacks(&picture, &note, &ledger), [""; 0]);
    picture.investigations[0].content.push('!');
    assert_eq!(lacks(&picture, &note, &ledger), ["edit investigation/inv-0123456789ab"]);
    let effects = plan(slack::KIND, &picture, &note, &ledger);
    let Some(Effect::Edit { hash, .. }) = effects.first() else { panic!("{effects:?}") };
    ledger.insert(key("investigation/inv-0123456789ab"), Told { hash: hash.to_string(), ..told("") });
    assert_eq!(lacks(&picture, &note, &ledger), [""; 0]);
}

/// A fingerprint that changes rewrites every card, issue and step of all open cases: only a change of what is shown
/// may.
#[test]
fn fingerprints_stay_what_they_are() {
    let mut picture = picture(&[]);
    picture.investigations = vec![step("Completed")];
    let (note, ledger) = known(&picture);
    let [card, issue] = home_hashes(&picture.view);
    let effects = plan(slack::KIND, &picture, &note, &ledger);
    let [Effect::Create { hash: step, .. }] = &effects[..] else { panic!("{effects:?}") };
    let pinned = ["r1-b92337a77b6e7e664d45", "r1-e540009c7928d114437b", "r1-9b48006dd4092b1c85de"];
    assert_eq!([&card, &issue, step].map(Fingerprint::as_str), pinned);
}

#[test]
fn what_is_shown_nowhere_is_in_no_fingerprint_and_what_is_shown_is() {
    let view = picture(&[]).view;
    let hashes = |change: fn(&mut View)| {
        let mut other = view.clone();
        change(&mut other);
        home_hashes(&other)
    };
    let same = home_hashes(&view);
    let unseen: [fn(&mut View); 2] =
        [|view| view.case.updated = Some(1_790_000_999), |view| view.case.arn.push('x')];
    for change in unseen {
        assert_eq!(hashes(change), same);
    }
    let only_in_the_table: [fn(&mut View); 2] = [
        |view| view.case.metadata.push(("ticket".to_owned(), "SEC-1".to_owned())),
        |view| view.case.actors.push(Actor { ip: "203.0.113.9".to_owned(), user_agent: None }),
    ];
    for change in only_in_the_table {
        let [card, issue] = hashes(change);
        assert!(card == same[0] && issue != same[1]);
    }
    // A card does not link to itself, and says nothing of the description.
    let linked = hashes(|view| view.links.slack = Some("https://a.example/1".to_owned()));
    let described = hashes(|view| view.case.description.push('!'));
    assert_eq!([&linked[0], &described[0]], [&same[0], &same[0]]);
    assert!(linked[1] != same[1] && described[1] != same[1]);
    let titled = hashes(|view| view.case.title.push('!'));
    assert!(titled[0] != same[0] && titled[1] != same[1]);
}

#[test]
fn one_event_stands_behind_all_that_changed_on_a_case_and_one_behind_each_comment() {
    let part = || Part { index: 0, of: 1, text: String::new() };
    let add =
        |key: &str| Effect::add(Key(key.to_owned()), Content::Description(part()), Fingerprint::default());
    let all = |keys: &[&str]| news(&keys.iter().map(|key| add(key)).collect::<Vec<_>>());
    assert_eq!(all(&["description/0", "changes/1"]), 1);
    assert_eq!(all(&["description/0", "changes/1", "comment/1/0", "comment/1/1", "comment/2/0"]), 3);
    assert_eq!(all(&["investigation/inv-1", "nudge/1", "refused/status/x"]), 0, "no event tells of these");
    assert_eq!(all(&["home"]), 1);
}

fn call_about(comment: &str) -> Call {
    Call {
        key: key("call/move/1795668300"),
        moment: Moment::YourMove,
        at: 1_795_668_300,
        whom: Vec::new(),
        quote: None,
        about: Some(Key::comment(&CommentId::new(comment), 0)),
        loud: false,
        rule: 0,
        remarks: Vec::new(),
    }
}

#[test]
fn a_comment_calls_by_itself_where_it_is_told_with_the_call_and_else_a_line_does() {
    let mut picture = picture(&[comment("000001", "Yours?")]);
    let (note, mut ledger) = known(&picture);
    let named = Call { whom: vec![Called::Member(MemberId::new("U1"))], ..call_about("000001") };
    picture.calls = vec![named];
    assert_eq!(lacks(&picture, &note, &ledger), ["add comment/000001/0, as call/move/1795668300"]);
    ledger.insert(key("comment/000001/0"), told("Yours?"));
    assert_eq!(lacks(&picture, &note, &ledger), ["add call/move/1795668300"]);
    picture.calls = vec![call_about("000001")];
    assert_eq!(lacks(&picture, &note, &ledger), [""; 0], "nobody is named");
    ledger.insert(key("call/move/1795668300"), told(""));
    ledger.remove(&key("comment/000001/0"));
    assert_eq!(lacks(&picture, &note, &ledger), ["add comment/000001/0"], "it called already");
}
