//! Do both stores keep every promise of [`Store`]? One suite, run against each.
//!
//! Against memory always; against DynamoDB where `CASEBRIDGE_TEST_DYNAMODB` names its endpoint (DynamoDB Local will do): each
//! test then makes itself a table and deletes it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use casebridge::{
    case::{CaseId, Millis, UserId, author::Author},
    config::clock::now,
    state::{
        Asked, Command, DueList, Error, Leaving, Meta, Note, Reserved, Saying, Seen, Store, Told, Wanted,
        key::Key, memory::Memory,
    },
    targets::{jira::KIND as Jira, slack::KIND as Slack},
};

#[path = "store/items.rs"]
mod items;
#[path = "store/table.rs"]
mod table;
#[path = "store/wire.rs"]
mod wire;

const MINUTE: Millis = 60_000;

fn case(number: u32) -> CaseId {
    CaseId::new(format!("{number:010}"))
}

fn key(text: &str) -> Key {
    Key(text.to_owned())
}

fn told(remote: &str) -> Told {
    Told { remote: remote.to_owned(), hash: "a1".to_owned(), seen: Seen::NotYet(0), theirs: false }
}

fn saying(command: &str, since: Millis) -> Saying {
    Saying {
        command: command.to_owned(),
        since,
        body_hash: "b2".to_owned(),
        author: Author::Slack { user: UserId::new("U024BE7LH") },
        speaker: Some("ana (Slack)".to_owned()),
        slack_ts: Some("1690000000.000100".to_owned()),
        jira_comment: None,
        comment: None,
    }
}

fn command(job: &str, since: Millis) -> Command {
    Command { job: job.to_owned(), since, answer: None }
}

fn is_too_large<T: std::fmt::Debug>(result: Result<T, Error>) -> bool {
    matches!(result, Err(Error::Trouble(why)) if why.contains("400 KB"))
}

async fn a_hint_makes_the_case_and_counts(store: &dyn Store) {
    let now = now();
    assert_eq!(store.meta(&case(1)).await.unwrap(), None);
    for (at, full, expected) in
        [(now, false, (1, false)), (now + 1, true, (2, true)), (now + 2, false, (3, true))]
    {
        store.hint(&case(1), at, full).await.unwrap();
        let meta = store.meta(&case(1)).await.unwrap().unwrap();
        assert_eq!((meta.want, meta.full), expected);
        assert_eq!((meta.next_at, meta.epoch, meta.lease_until), (Some(at), 0, 0));
    }
    assert_eq!(store.meta(&case(2)).await.unwrap(), None);
}

async fn one_worker_at_a_time_holds_a_case(store: &dyn Store) {
    let now = now();
    assert_eq!(store.lease(&case(1), now, now + MINUTE).await.unwrap(), None, "no such case");
    assert_eq!(store.meta(&case(1)).await.unwrap(), None, "a lease makes no case");
    store.hint(&case(1), now, true).await.unwrap();

    let first = store.lease(&case(1), now, now + MINUTE).await.unwrap().unwrap();
    assert_eq!((first.epoch, first.lease_until, first.want, first.full), (1, now + MINUTE, 1, true));
    let until = now + MINUTE;
    assert_eq!(store.lease(&case(1), until - 1, until + MINUTE).await.unwrap(), None);
    let second = store.lease(&case(1), until, until + MINUTE).await.unwrap().unwrap();
    assert_eq!((second.epoch, second.lease_until), (2, until + MINUTE));
    assert_eq!(store.meta(&case(1)).await.unwrap(), Some(second));
}

async fn what_is_asked_is_noted_and_the_case_taken_in_one(store: &dyn Store) {
    let (now, asked) = (now(), |times, full| Asked { times, full });
    let first = store.take_up(&case(1), now, now + MINUTE, asked(3, false)).await.unwrap().unwrap();
    assert_eq!((first.want, first.full, first.epoch, first.lease_until), (3, false, 1, now + MINUTE));
    assert_eq!(first.next_at, Some(now + MINUTE), "nobody else needs to come before");
    let held = store.take_up(&case(1), now + 1, now + 2 * MINUTE, asked(2, true)).await.unwrap();
    assert_eq!(held, None, "another holds it");
    let meta = store.meta(&case(1)).await.unwrap().unwrap();
    assert_eq!(
        (meta.want, meta.full, meta.epoch, meta.next_at),
        (5, true, 1, Some(now + 1)),
        "noted all the same"
    );
    assert_eq!(store.release(&case(1), 1, 3, None, false).await, Ok(false));
    assert_eq!(store.release(&case(1), 1, 5, None, false).await, Ok(true));
    let again = store.take_up(&case(1), now + 2, now + MINUTE, asked(1, false)).await.unwrap().unwrap();
    assert_eq!((again.want, again.full, again.epoch), (6, false, 2));
}

async fn notes_are_saved_as_a_case_is_given_back_and_only_then(store: &dyn Store) {
    let now = now();
    store.hint(&case(1), now, false).await.unwrap();
    store.lease(&case(1), now, now + MINUTE).await.unwrap().unwrap();
    let leaving = |want, text: &str| {
        let notes = vec![(Note::Case, text.to_owned()), (Note::Of(Jira), format!("{text}{text}"))];
        Leaving { want, next_at: Some(now + 5), full: true, notes }
    };
    assert_eq!(store.leave(&case(1), 1, &leaving(0, "1")).await, Ok(false), "somebody asked meanwhile");
    assert_eq!(store.leave(&case(1), 7, &leaving(1, "1")).await, Err(Error::Fenced));
    assert_eq!(store.meta(&case(1)).await.unwrap().unwrap().case, None);
    assert_eq!(store.leave(&case(1), 1, &leaving(1, "1")).await, Ok(true));
    assert_eq!(store.leave(&case(1), 1, &leaving(1, "2")).await, Ok(true), "it was given back already");
    let meta = store.meta(&case(1)).await.unwrap().unwrap();
    assert_eq!(
        (meta.case.as_deref(), meta.text(Note::Of(Jira)).map(String::as_str)),
        (Some("1"), Some("11"))
    );
    assert_eq!(
        (meta.full, meta.next_at, meta.lease_until, meta.text(Note::Of(Slack))),
        (true, Some(now + 5), 0, None)
    );
}

async fn a_worker_whose_lease_was_taken_over_writes_nothing(store: &dyn Store) {
    let now = now();
    let slack = Note::Of(Slack);
    assert_eq!(store.save(&case(1), 0, slack, "{}").await, Err(Error::Fenced), "no such case");
    assert_eq!(store.release(&case(1), 0, 0, None, false).await, Err(Error::Fenced), "no such case");
    assert_eq!(store.meta(&case(1)).await.unwrap(), None);
    store.hint(&case(1), now, false).await.unwrap();
    assert_eq!(store.save(&case(1), 0, slack, "{}").await, Err(Error::Fenced), "nobody leased it");

    store.lease(&case(1), now, now + 1).await.unwrap().unwrap();
    store.save(&case(1), 1, slack, r#"{"by":1}"#).await.unwrap();
    store.lease(&case(1), now + 1, now + MINUTE).await.unwrap().unwrap();
    let before = store.meta(&case(1)).await.unwrap();
    assert_eq!(store.save(&case(1), 1, slack, r#"{"by":"late"}"#).await, Err(Error::Fenced));
    assert_eq!(store.release(&case(1), 1, 1, None, true).await, Err(Error::Fenced));
    assert_eq!(store.meta(&case(1)).await.unwrap(), before);
}

async fn a_lease_that_ran_out_still_counts_until_somebody_takes_over(store: &dyn Store) {
    let now = now();
    store.hint(&case(1), now, false).await.unwrap();
    store.lease(&case(1), now, now + 1).await.unwrap().unwrap();
    store.reserve("later", now + MINUTE, apart(1)).await.unwrap();
    store.save(&case(1), 1, Note::Case, "{}").await.unwrap();
    assert_eq!(store.release(&case(1), 1, 1, None, false).await, Ok(true));
}

async fn each_note_is_saved_by_itself(store: &dyn Store) {
    let now = now();
    store.hint(&case(1), now, false).await.unwrap();
    store.lease(&case(1), now, now + MINUTE).await.unwrap().unwrap();
    for (note, json) in
        [(Note::Case, "1"), (Note::Of(Slack), "2"), (Note::Of(Jira), ""), (Note::Of(Slack), "22")]
    {
        store.save(&case(1), 1, note, json).await.unwrap();
    }
    let meta = store.meta(&case(1)).await.unwrap().unwrap();
    assert_eq!(
        [Note::Case, Note::Of(Slack), Note::Of(Jira)].map(|note| meta.text(note).map(String::as_str)),
        [Some("1"), Some("22"), Some("")]
    );
    assert_eq!((meta.want, meta.epoch, meta.lease_until), (1, 1, now + MINUTE));
}

async fn a_case_is_not_given_back_while_a_hint_came(store: &dyn Store) {
    let now = now();
    store.hint(&case(1), now, false).await.unwrap();
    store.lease(&case(1), now, now + MINUTE).await.unwrap().unwrap();
    store.hint(&case(1), now + 5, true).await.unwrap();
    let before = store.meta(&case(1)).await.unwrap();
    assert_eq!(store.release(&case(1), 1, 1, None, false).await, Ok(false));
    assert_eq!(store.meta(&case(1)).await.unwrap(), before, "nothing changes");

    assert_eq!(store.release(&case(1), 1, 2, Some(now + 9), false).await, Ok(true));
    let meta = store.meta(&case(1)).await.unwrap().unwrap();
    assert_eq!((meta.lease_until, meta.next_at, meta.full, meta.want), (0, Some(now + 9), false, 2));
    assert!(store.lease(&case(1), now, now + MINUTE).await.unwrap().is_some(), "free at once");
    assert_eq!(store.release(&case(1), 2, 2, None, true).await, Ok(true));
    let meta = store.meta(&case(1)).await.unwrap().unwrap();
    assert_eq!((meta.next_at, meta.full, meta.epoch), (None, true, 2));
}

async fn a_case_that_was_given_back_stays_as_it_is(store: &dyn Store) {
    let now = now();
    store.hint(&case(1), now, false).await.unwrap();
    store.lease(&case(1), now, now + MINUTE).await.unwrap().unwrap();
    assert_eq!(store.release(&case(1), 1, 1, None, false).await, Ok(true));
    store.hint(&case(1), now + 1, true).await.unwrap();
    let before = store.meta(&case(1)).await.unwrap();
    assert_eq!(store.release(&case(1), 1, 1, None, false).await, Ok(true), "the answer may have been lost");
    assert_eq!(store.release(&case(1), 1, 2, None, false).await, Ok(true));
    assert_eq!(store.meta(&case(1)).await.unwrap(), before, "the hint is still owed");
}

async fn a_case_is_put_off_by_its_holder_or_by_whoever_cannot_read_it(store: &dyn Store) {
    let now = now();
    store.put_off(&case(1), None, now).await.unwrap();
    assert_eq!(store.meta(&case(1)).await.unwrap(), None, "that makes no case");
    store.hint(&case(1), now, true).await.unwrap();
    let held = store.lease(&case(1), now, now + MINUTE).await.unwrap().unwrap();
    store.save(&case(1), 1, Note::Case, "{}").await.unwrap();
    assert_eq!(store.put_off(&case(1), Some(2), now + 5).await, Err(Error::Fenced));

    store.put_off(&case(1), None, now + 9).await.unwrap();
    let put_off = Meta { next_at: Some(now + 9), case: Some("{}".to_owned()), ..held };
    assert_eq!(store.meta(&case(1)).await.unwrap(), Some(put_off.clone()), "and nothing else is changed");
    store.put_off(&case(1), Some(1), now + 7).await.unwrap();
    let given_back = Meta { next_at: Some(now + 7), lease_until: 0, ..put_off };
    assert_eq!(store.meta(&case(1)).await.unwrap(), Some(given_back));
    assert_eq!(store.due(now + 7, 10).await.unwrap(), [case(1)]);
    assert!(store.lease(&case(1), now, now + MINUTE).await.unwrap().is_some(), "free at once");
}

async fn due_cases_come_oldest_first(store: &dyn Store) {
    let now = now();
    assert!(store.due(now, 10).await.unwrap().is_empty());
    for (number, at) in [(1, now), (2, now - 20), (3, now - 10), (4, now + 1), (5, now - 30)] {
        store.hint(&case(number), at, false).await.unwrap();
    }
    let of = |numbers: &[u32]| numbers.iter().map(|number| case(*number)).collect::<Vec<_>>();
    assert_eq!(store.due(now, 10).await.unwrap(), of(&[5, 2, 3, 1]));
    assert_eq!(store.due(now, 2).await.unwrap(), of(&[5, 2]));
    assert!(store.due(now, 0).await.unwrap().is_empty());
    assert_eq!(store.due(now + 1, 10).await.unwrap(), of(&[5, 2, 3, 1, 4]));

    for number in [5, 2] {
        store.lease(&case(number), now, now + MINUTE).await.unwrap().unwrap();
    }
    assert_eq!(store.due(now, 10).await.unwrap(), of(&[3, 1]), "whoever holds it comes back to it");
    assert_eq!(store.due(now + MINUTE, 10).await.unwrap().len(), 5, "or did not come back from it");
    store.hint(&case(2), now - 20, false).await.unwrap();
    assert_eq!(store.due(now, 10).await.unwrap(), of(&[2, 3, 1]), "somebody asks for it meanwhile");
    assert_eq!(store.release(&case(5), 1, 1, None, false).await, Ok(true));
    assert_eq!(store.release(&case(2), 1, 2, Some(now - 5), false).await, Ok(true));
    assert_eq!(store.due(now, 10).await.unwrap(), of(&[3, 2, 1]), "a case at rest is not listed");
    store.hint(&case(5), now - 40, false).await.unwrap();
    assert_eq!(store.due(now, 10).await.unwrap(), of(&[5, 3, 2, 1]));
}

async fn the_agenda_is_due_beside_the_cases(store: &dyn Store) {
    let now = now();
    let is_due = async |at| store.due_list(at, 10).await.unwrap().agenda;
    assert!(!is_due(now).await);
    assert!(store.swap_agenda(None, "one", now + 5).await.unwrap());
    assert!(!is_due(now).await && is_due(now + 5).await);
    assert!(!store.swap_agenda(Some("two"), "three", now).await.unwrap(), "somebody else was faster");
    assert!(!is_due(now).await);
    // It is listed before cases that are due for longer, and takes no case's place.
    store.hint(&case(1), now - 30, false).await.unwrap();
    assert!(store.swap_agenda(Some("one"), "two", now - 40).await.unwrap());
    assert_eq!(store.due_list(now, 1).await, Ok(DueList { agenda: true, cases: vec![case(1)] }));
    assert_eq!(store.note("discover").await.unwrap().as_deref(), Some("two"));
}

async fn what_was_told_at_several_targets_is_found_at_once(store: &dyn Store) {
    let keys: Vec<_> = (0..60).map(|number| key(&format!("comment/{number:06}/0"))).collect();
    for (number, one) in keys.iter().enumerate().skip(1) {
        store.tell(&case(1), 1, Slack, one, &told(&format!("slack {number}"))).await.unwrap();
    }
    store.tell(&case(1), 1, Jira, &keys[0], &told("jira 0")).await.unwrap();
    let asked = [keys.clone(), vec![keys[0].clone()]].concat();
    let [slack, jira] = &store.told_at(&case(1), &[Slack, Jira], &asked).await.unwrap()[..] else {
        panic!("two")
    };
    assert_eq!((slack.len(), jira.len()), (61, 61));
    assert!(slack[0].is_none() && slack[60].is_none() && slack[1..60].iter().all(Option::is_some));
    assert_eq!(slack[59].as_ref().unwrap().remote, "slack 59");
    assert_eq!((&jira[0], &jira[60]), (&Some(told("jira 0")), &Some(told("jira 0"))));
    assert!(jira[1..60].iter().all(Option::is_none));
    assert_eq!(store.told_at(&case(2), &[], &asked).await, Ok(vec![]));
}

async fn what_was_told_is_found_by_its_key(store: &dyn Store) {
    let [a, b, c] = ["comment/000123/0", "card", "change#3/é"].map(key);
    let edited = Told { hash: "c3".to_owned(), seen: Seen::Deleted, theirs: true, ..told("") };
    store.tell(&case(1), 1, Slack, &a, &told("1.1")).await.unwrap();
    store.tell(&case(1), 1, Slack, &c, &told("1.3")).await.unwrap();
    store.tell(&case(1), 1, Slack, &c, &edited).await.unwrap();
    store.tell(&case(1), 1, Jira, &b, &told("10001")).await.unwrap();
    store.tell(&case(2), 1, Slack, &b, &told("2.2")).await.unwrap();

    let keys = [c.clone(), b.clone(), a.clone(), c.clone()];
    let found = store.told(&case(1), Slack, &keys).await.unwrap();
    assert_eq!(found, [Some(edited.clone()), None, Some(told("1.1")), Some(edited.clone())]);
    assert_eq!(store.told(&case(1), Jira, &keys[1..2]).await.unwrap(), [Some(told("10001"))]);
    assert_eq!(store.told(&case(1), Jira, &[]).await.unwrap(), []);
    assert_eq!(store.told(&case(3), Jira, &keys).await.unwrap(), [None, None, None, None]);

    let all = store.all_told(&case(1), Slack).await.unwrap();
    assert_eq!(all, [(c.clone(), edited), (a.clone(), told("1.1"))]);
    store.untell(&case(1), 1, Slack, &c).await.unwrap();
    store.untell(&case(1), 1, Slack, &b).await.unwrap();
    assert_eq!(store.all_told(&case(1), Slack).await.unwrap(), [(a, told("1.1"))]);
    assert_eq!(store.all_told(&case(1), Jira).await.unwrap(), [(b, told("10001"))]);
}

async fn what_a_later_lease_told_is_not_overwritten_by_an_earlier_one(store: &dyn Store) {
    let card = key("card");
    store.tell(&case(1), 2, Slack, &card, &told("1.2")).await.unwrap();
    assert_eq!(store.tell(&case(1), 1, Slack, &card, &told("1.1")).await, Err(Error::Fenced));
    assert_eq!(store.tell(&case(1), 0, Slack, &card, &told("1.0")).await, Err(Error::Fenced));
    assert_eq!(store.untell(&case(1), 1, Slack, &card).await, Err(Error::Fenced));
    assert_eq!(store.told(&case(1), Slack, std::slice::from_ref(&card)).await.unwrap(), [Some(told("1.2"))]);

    store.tell(&case(1), 1, Jira, &card, &told("10001")).await.unwrap();
    store.tell(&case(1), 2, Slack, &card, &told("1.3")).await.unwrap();
    store.tell(&case(1), 3, Slack, &card, &told("1.4")).await.unwrap();
    assert_eq!(store.told(&case(1), Slack, std::slice::from_ref(&card)).await.unwrap(), [Some(told("1.4"))]);
    store.untell(&case(1), 3, Slack, &card).await.unwrap();
    store.untell(&case(1), 1, Slack, &card).await.unwrap();
    assert_eq!(store.told(&case(1), Slack, &[card]).await.unwrap(), [None]);
}

async fn what_was_told_comes_back_whole_however_much_it_is(store: &dyn Store) {
    // More keys than one request takes, more bytes than one answer (16 MB) or one page (1 MB) holds.
    let remote = |number: u32| format!("{number}{}", "x".repeat(200_000));
    let keys: Vec<_> = (0..230).map(|number| key(&format!("comment/{number:06}/0"))).collect();
    let (large, small) = (0..100, 100..229);
    for number in large.clone() {
        store.tell(&case(1), 1, Slack, &keys[number as usize], &told(&remote(number))).await.unwrap();
    }
    for number in small.clone() {
        store.tell(&case(1), 1, Slack, &keys[number as usize], &told(&number.to_string())).await.unwrap();
    }
    let expected: Vec<_> = large.map(remote).chain(small.map(|number| number.to_string())).collect();
    let all = store.all_told(&case(1), Slack).await.unwrap();
    assert!(all.iter().map(|(key, _)| key).eq(&keys[..229]));
    assert!(all.iter().map(|(_, told)| &told.remote).eq(&expected));

    let backwards: Vec<_> = keys.iter().rev().cloned().collect();
    let found = store.told(&case(1), Slack, &backwards).await.unwrap();
    assert_eq!((found.len(), found[0].clone()), (230, None));
    assert!(found[1..].iter().flatten().map(|told| &told.remote).eq(expected.iter().rev()));
}

async fn the_ledger_of_each_target_comes_by_itself(store: &dyn Store) {
    for (target, name) in [(Slack, "card"), (Jira, "card"), (Jira, "comment/1/0")] {
        store.tell(&case(1), 1, target, &key(name), &told(&format!("{target} {name}"))).await.unwrap();
    }
    store.tell(&case(2), 1, Slack, &key("card"), &told("another's")).await.unwrap();
    let slack = vec![(key("card"), told("slack card"))];
    let jira = vec![(key("card"), told("jira card")), (key("comment/1/0"), told("jira comment/1/0"))];
    assert_eq!(store.ledgers(&case(1), &[Slack, Jira]).await, Ok(vec![slack.clone(), jira.clone()]));
    assert_eq!(store.ledgers(&case(1), &[Jira]).await, Ok(vec![jira]));
    assert_eq!(store.ledgers(&case(3), &[Slack]).await, Ok(vec![Vec::new()]));
}

async fn notes_come_in_the_order_of_their_names(store: &dyn Store) {
    let now = now();
    store.swap_note("a", None, "1", None).await.unwrap();
    store.swap_note("b", None, "2", Some(now + MINUTE)).await.unwrap();
    let names = ["b", "none", "a"].map(str::to_owned);
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(store.notes(&names).await, Ok(vec![some("2"), None, some("1")]));
    assert_eq!(store.notes(&[]).await, Ok(Vec::new()));
    store.swap_note("b", Some("2"), "3", Some(now - MINUTE)).await.unwrap();
    store.hint(&case(1), now, false).await.unwrap();
    assert_eq!(store.notes(&names).await, Ok(vec![None, None, some("1")]), "its time is over");
}

async fn a_comment_in_the_making_is_remembered_for_its_time(store: &dyn Store) {
    let now = now();
    assert_eq!(store.sayings(&case(1)).await.unwrap(), []);
    let done = Saying { comment: Some("000124".to_owned()), ..saying("k2", now) };
    store.say(&case(1), &saying("k1", now), now + MINUTE).await.unwrap();
    store.say(&case(1), &saying("k2", now), now + MINUTE).await.unwrap();
    store.say(&case(1), &saying("k3", now - 2 * MINUTE), now - MINUTE).await.unwrap();
    store.say(&case(2), &saying("k4", now), now + MINUTE).await.unwrap();
    store.say(&case(1), &done, now + MINUTE).await.unwrap();
    store.tell(&case(1), 1, Slack, &key("card"), &told("1.1")).await.unwrap();
    assert_eq!(store.sayings(&case(1)).await.unwrap(), [saying("k1", now), done]);
    assert_eq!(store.all_told(&case(1), Slack).await.unwrap().len(), 1);
    assert_eq!(store.meta(&case(1)).await.unwrap(), None, "that makes no debt");
}

fn apart(spacing: Millis) -> Wanted {
    Wanted { spacing, latest: Millis::MAX }
}

async fn slots_at_a_gate_are_apart_and_none_is_in_the_past(store: &dyn Store) {
    let now = now();
    for (at, spacing, expected) in [
        (now, 1_000, now),
        (now, 1_000, now + 1_000),
        (now + 1_500, 250, now + 2_000),
        (now + 2_250, 250, now + 2_250),
        (now + 9_000, 250, now + 9_000),
        (now, 250, now + 9_250),
    ] {
        assert_eq!(store.reserve("slack/C1", at, apart(spacing)).await.unwrap(), Reserved::At(expected));
    }
    assert_eq!(store.reserve("slack/C2", now, apart(1_000)).await.unwrap(), Reserved::At(now));
}

async fn a_slot_that_comes_too_late_is_left_to_others(store: &dyn Store) {
    let now = now();
    let until = |latest| Wanted { spacing: 1_000, latest };
    assert_eq!(store.reserve("g", now, until(now - 1)).await, Ok(Reserved::NotBefore(now)));
    assert_eq!(store.reserve("g", now, until(now)).await, Ok(Reserved::At(now)));
    for _ in 0..3 {
        let refused = store.reserve("g", now, until(now + 999)).await;
        assert_eq!(refused, Ok(Reserved::NotBefore(now + 1_000)), "and nothing is taken by it");
    }
    assert_eq!(store.reserve("g", now, until(now + 1_000)).await, Ok(Reserved::At(now + 1_000)));
    assert_eq!(store.reserve("g", now + 5_000, until(now + 5_000)).await, Ok(Reserved::At(now + 5_000)));
}

async fn nobody_gets_the_slot_of_another(store: &dyn Store) {
    let now = now();
    let mut slots = Vec::new();
    for _ in 0..3 {
        let each = (0..4).map(|_| store.reserve("gate", now, apart(10)));
        slots.extend(futures_util::future::join_all(each).await.into_iter().map(Result::unwrap));
    }
    slots.sort_by_key(|slot| if let Reserved::At(at) = slot { *at } else { Millis::MAX });
    assert_eq!(slots, (0..12).map(|slot| Reserved::At(now + 10 * slot)).collect::<Vec<_>>());
}

async fn a_note_changes_only_from_what_its_writer_knew(store: &dyn Store) {
    assert_eq!(store.note("breaker").await.unwrap(), None);
    for (old, new, expected) in [
        (Some("a"), "b", false),
        (Some(""), "b", false),
        (None, "a", true),
        (None, "b", false),
        (Some("b"), "c", false),
        (Some("a"), "b", true),
        (Some("b"), "", true),
        (Some(""), "d", true),
    ] {
        assert_eq!(store.swap_note("breaker", old, new, None).await, Ok(expected), "{old:?} to {new:?}");
    }
    assert_eq!(store.note("breaker").await.unwrap().as_deref(), Some("d"));
    assert_eq!(store.note("sweep").await.unwrap(), None);
}

async fn only_one_of_those_who_swap_a_note_at_once_succeeds(store: &dyn Store) {
    for (name, old) in [("sweep", None), ("breaker", Some("old"))] {
        if let Some(old) = old {
            store.swap_note(name, None, old, None).await.unwrap();
        }
        let news = ["a", "b", "c"];
        let (a, b, c) = tokio::join!(
            store.swap_note(name, old, news[0], None),
            store.swap_note(name, old, news[1], None),
            store.swap_note(name, old, news[2], None),
        );
        let won: Vec<_> = news.iter().zip([a, b, c]).filter(|(_, done)| *done == Ok(true)).collect();
        assert_eq!(won.len(), 1);
        assert_eq!(store.note(name).await.unwrap().as_deref(), Some(*won[0].0));
    }
}

async fn a_note_whose_time_is_over_is_not_there(store: &dyn Store) {
    let now = now();
    // The memory's time is the latest that a caller brought.
    store.hint(&case(1), now, false).await.unwrap();
    assert_eq!(store.swap_note("cache", None, "old", Some(now - MINUTE)).await, Ok(true));
    assert_eq!(store.note("cache").await.unwrap(), None);
    assert_eq!(store.swap_note("cache", Some("old"), "new", None).await, Ok(false));
    assert_eq!(store.swap_note("cache", None, "newer", Some(now + MINUTE)).await, Ok(true));
    assert_eq!(store.note("cache").await.unwrap().as_deref(), Some("newer"));
    assert_eq!(store.swap_note("cache", None, "again", None).await, Ok(false));
    assert_eq!(store.swap_note("cache", Some("newer"), "kept", None).await, Ok(true));
    assert_eq!(store.note("cache").await.unwrap().as_deref(), Some("kept"));
}

async fn a_command_begins_once(store: &dyn Store) {
    let now = now();
    let (first, second) = (command("{\"n\":1}", now), command("{\"n\":2}", now + 5));
    assert_eq!(store.command("k1").await.unwrap(), None);
    assert_eq!(store.begin("k1", &first, now + MINUTE).await, Ok(None));
    assert_eq!(store.begin("k1", &second, now + MINUTE).await, Ok(Some(first.clone())));
    assert_eq!(store.command("k1").await, Ok(Some(first)));
    assert_eq!(store.begin("k2", &second, now + MINUTE).await, Ok(None));

    let third = command("{}", now);
    let begun = tokio::join!(
        store.begin("k3", &second, now + MINUTE),
        store.begin("k3", &second, now + MINUTE),
        store.begin("k3", &third, now + MINUTE)
    );
    let begun = <[_; 3]>::from(begun);
    assert_eq!(begun.iter().filter(|begun| **begun == Ok(None)).count(), 1, "{begun:?}");
}

async fn the_first_answer_of_a_command_stays(store: &dyn Store) {
    let now = now();
    store.begin("k1", &command("{}", now), now + MINUTE).await.unwrap();
    assert_eq!(store.finish("k1", "first").await.as_deref(), Ok("first"));
    assert_eq!(store.finish("k1", "second").await.as_deref(), Ok("first"));
    let finished = Command { answer: Some("first".to_owned()), ..command("{}", now) };
    assert_eq!(store.command("k1").await, Ok(Some(finished.clone())));
    assert_eq!(store.begin("k1", &command("{}", now + 1), now + MINUTE).await, Ok(Some(finished)));
    assert_eq!(store.finish("k2", "of nothing").await.as_deref(), Ok("of nothing"));
    assert_eq!(store.command("k2").await, Ok(None));
}

async fn a_command_whose_day_is_over_is_new_again(store: &dyn Store) {
    let now = now();
    let old = Command { answer: Some("done".to_owned()), ..command("old", now - 2 * MINUTE) };
    store.hint(&case(1), now, false).await.unwrap();
    assert_eq!(store.begin("k1", &old, now - MINUTE).await, Ok(None));
    assert_eq!(store.command("k1").await, Ok(None));
    let new = command("new", now);
    assert_eq!(store.begin("k1", &new, now + MINUTE).await, Ok(None));
    assert_eq!(store.command("k1").await, Ok(Some(new)), "without the old answer");
}

async fn a_place_belongs_to_the_case_that_was_said_last(store: &dyn Store) {
    assert_eq!(store.bound("slack/T1/C1/169.1").await, Ok(None));
    store.bind("slack/T1/C1/169.1", &case(1)).await.unwrap();
    store.bind("jira/10001", &case(2)).await.unwrap();
    store.bind("jira/10001", &case(3)).await.unwrap();
    assert_eq!(store.bound("slack/T1/C1/169.1").await, Ok(Some(case(1))));
    assert_eq!(store.bound("jira/10001").await, Ok(Some(case(3))));
    assert_eq!(store.bound("slack/T1/C1").await, Ok(None));
}

async fn what_is_too_large_for_an_item_is_trouble(store: &dyn Store) {
    let now = now();
    let (fits, half, over) = ("x".repeat(390_000), "x".repeat(250_000), "x".repeat(410_000));
    store.hint(&case(1), now, false).await.unwrap();
    store.lease(&case(1), now, now + MINUTE).await.unwrap().unwrap();
    store.save(&case(1), 1, Note::Case, &fits).await.unwrap();
    assert!(is_too_large(store.save(&case(1), 1, Note::Case, &over).await));
    store.save(&case(1), 1, Note::Case, &half).await.unwrap();
    assert!(is_too_large(store.save(&case(1), 1, Note::Of(Slack), &half).await), "all notes together");
    let meta = store.meta(&case(1)).await.unwrap().unwrap();
    assert_eq!((meta.case, meta.targets.len()), (Some(half.clone()), 0));

    assert!(is_too_large(store.tell(&case(1), 1, Slack, &key("card"), &told(&over)).await));
    assert!(is_too_large(store.swap_note("cache", None, &over, None).await));
    assert!(is_too_large(store.begin("k1", &command(&over, now), now + MINUTE).await));
    let long = Saying { comment: Some(over.clone()), ..saying("k1", now) };
    assert!(is_too_large(store.say(&case(1), &long, now + MINUTE).await));
    store.begin("k2", &command(&half, now), now + MINUTE).await.unwrap();
    assert!(is_too_large(store.finish("k2", &half).await));
    assert_eq!(store.command("k2").await.unwrap().unwrap().answer, None);
}

async fn settings_are_what_was_put_last(store: &dyn Store) {
    assert_eq!(store.settings().await, Ok(None));
    for toml in ["[slack]\nteam = \"T0001\"\n", "", "# ü\n"] {
        casebridge::state::put_settings(store, toml).await.unwrap();
        assert_eq!(store.settings().await.unwrap().as_deref(), Some(toml));
    }
}

/// Makes each of the suite's functions a test of the memory, and all of them together one of DynamoDB.
macro_rules! suite {
    ($($name:ident),* $(,)?) => {
        mod memory {
            $(#[tokio::test]
            async fn $name() {
                super::$name(&super::Memory::default()).await;
            })*
        }

        #[tokio::test]
        #[ignore = "needs DynamoDB: CASEBRIDGE_TEST_DYNAMODB=http://127.0.0.1:8000 cargo test"]
        async fn dynamodb_keeps_them_all() {
            let account = table::account().await;
            $(
                let table = account.make(stringify!($name)).await;
                // Boxed: in one future they would not fit on a test's stack.
                Box::pin($name(&table.store)).await;
                table.delete().await;
            )*
        }
    };
}

suite![
    a_hint_makes_the_case_and_counts,
    one_worker_at_a_time_holds_a_case,
    what_is_asked_is_noted_and_the_case_taken_in_one,
    notes_are_saved_as_a_case_is_given_back_and_only_then,
    a_worker_whose_lease_was_taken_over_writes_nothing,
    a_lease_that_ran_out_still_counts_until_somebody_takes_over,
    each_note_is_saved_by_itself,
    a_case_is_not_given_back_while_a_hint_came,
    a_case_that_was_given_back_stays_as_it_is,
    a_case_is_put_off_by_its_holder_or_by_whoever_cannot_read_it,
    due_cases_come_oldest_first,
    the_agenda_is_due_beside_the_cases,
    what_was_told_at_several_targets_is_found_at_once,
    what_was_told_is_found_by_its_key,
    what_a_later_lease_told_is_not_overwritten_by_an_earlier_one,
    what_was_told_comes_back_whole_however_much_it_is,
    the_ledger_of_each_target_comes_by_itself,
    notes_come_in_the_order_of_their_names,
    a_comment_in_the_making_is_remembered_for_its_time,
    slots_at_a_gate_are_apart_and_none_is_in_the_past,
    a_slot_that_comes_too_late_is_left_to_others,
    nobody_gets_the_slot_of_another,
    a_note_changes_only_from_what_its_writer_knew,
    only_one_of_those_who_swap_a_note_at_once_succeeds,
    a_note_whose_time_is_over_is_not_there,
    a_command_begins_once,
    the_first_answer_of_a_command_stays,
    a_command_whose_day_is_over_is_new_again,
    a_place_belongs_to_the_case_that_was_said_last,
    what_is_too_large_for_an_item_is_trouble,
    settings_are_what_was_put_last,
];
