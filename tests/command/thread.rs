//! What people write in a case's thread becomes comments on the case, and is not told back to them.

use casebridge::{
    case::{CaseId, TeamId, Ts, UserId, author::Author, text},
    chat,
    state::{Store, key::Key, notes::Home},
    targets::slack,
};
use casebridge_lab::stage::{ANA, Stage, ana};
use casebridge_lab::standins::{FaultRule, SignedRequest, SlackStandin};
use serde_json::json;

async fn all(stage: &Stage, sent: &[SignedRequest]) {
    for delivery in sent {
        assert_eq!(stage.deliver(delivery).await.0, 200);
    }
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
}

#[tokio::test]
async fn help_in_a_thread_goes_by_whose_move_it_really_is() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.sir.aws_comments(&case, "AWS Responder", "Is this yours?").unwrap();
    stage.sir.aws_sets_pending_action(&case, "Customer").unwrap();
    stage.notify().await;
    let thread = stage.thread_of(&case).await;
    let help = async || {
        let before = stage.slack.ephemerals(&ana()).len();
        let asked = format!("<@{}> help", stage.slack.app().2);
        all(&stage, &stage.slack.says(&ana(), &stage.channel, &asked, Some(&thread)).1).await;
        let answers = stage.slack.ephemerals(&ana());
        answers[before..].iter().map(SlackStandin::shown).collect::<String>()
    };
    let asked = help().await;
    assert!(asked.contains("AWS waits for your answer"), "{asked}");
    stage.ana(&format!("{case} comment It is ours.")).await;
    stage.notify().await;
    let answered = help().await;
    assert!(answered.contains("AWS works this case"), "{answered}");
    let step = json!({ "title": "Which account is it?", "status": "Waiting" });
    stage.sir.investigates(&case, &step).unwrap();
    stage.minutes(6).await;
    let of_the_agent = help().await;
    assert!(of_the_agent.contains("AWS waits for your answer"), "{of_the_agent}");
    let brief = stage.ana(&format!("{case} brief")).await;
    assert!(brief.contains("Next move: your team"), "{brief}");
}

#[tokio::test]
async fn a_reply_becomes_one_comment_with_its_speaker_and_the_thread_is_not_told() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let thread = stage.thread_of(&case).await;
    let text = "Ask &lt;Bo&gt; &amp; <@U024BE7LH>: <https://a.example/b>";
    let (ts, sent) = stage.slack.says(&ana(), &stage.channel, text, Some(&thread));
    // Slack delivers an event more than once, and not always with a header that says so.
    all(&stage, &[sent.clone(), sent].concat()).await;
    let body = "ana, U024BE7LH (Slack):\nAsk <Bo> & @ana: https://a.example/b";
    assert_eq!(stage.case_comments(&case), [body]);
    assert_eq!(stage.slack.ephemerals(&ana()).len(), 0);
    let saying = &stage.memory.sayings(&case).await.unwrap()[0];
    assert_eq!(saying.author, Author::Slack { user: ana() });
    assert_eq!((&saying.body_hash, saying.slack_ts.as_deref()), (&text::hash(body), Some(ts.as_str())));
    let key = Key(format!("comment/{}/0", saying.comment.as_deref().unwrap()));
    let told = stage.memory.told(&case, slack::KIND, &[key]).await.unwrap()[0].clone().unwrap();
    assert!(told.theirs && ts == told.remote.as_str());
    assert!(stage.memory.meta(&case).await.unwrap().unwrap().want > 0, "somebody must look at the case");
}

#[tokio::test]
async fn a_reply_that_is_known_by_what_was_decided_first_is_not_told_in_its_thread() {
    let mut stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.notify().await;
    let (_, thread) = stage.card(&case).await;
    stage.deliver(&stage.slack.says(&ana(), &stage.channel, "It was Bo", Some(&thread)).1[0]).await;
    let job = stage.job();
    stage.sir.fault(FaultRule::on("CreateCaseComment").reset_before());
    chat::execute(&stage.bridge(), &job).await.unwrap_err();
    stage.sir.heal();
    // The settings change between two deliveries, and the second one's answer is lost as well.
    stage.settings.sir.name_the_speaker = false;
    stage.sir.fault(FaultRule::on("CreateCaseComment").reset_after());
    chat::execute(&stage.bridge(), &job).await.unwrap_err();
    assert_eq!(stage.case_comments(&case), ["ana, U024BE7LH (Slack):\nIt was Bo"]);
    // Below the card, which says since when it is whose move.
    let before = stage.lines(&case).await.split_off(1);
    stage.notify().await;
    assert_eq!(stage.lines(&case).await.split_off(1), before);
}

#[tokio::test]
async fn an_edit_changes_the_comment_and_a_deletion_leaves_it() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let thread = stage.thread_of(&case).await;
    let (ts, sent) = stage.slack.says(&ana(), &stage.channel, "It was Bo", Some(&thread));
    all(&stage, &sent).await;
    let edit = stage.slack.edits(&ana(), &stage.channel, &ts, "It was Cy").unwrap();
    all(&stage, &[edit.clone(), edit]).await;
    assert_eq!(stage.case_comments(&case), ["ana, U024BE7LH (Slack):\nIt was Cy"]);
    assert_eq!(stage.sir.count("UpdateCaseComment"), 1);
    for words in ["It was @ana", "It was <@U024BE7LH>"] {
        let edit = stage.slack.edits(&ana(), &stage.channel, &ts, words).unwrap();
        all(&stage, &[edit]).await;
    }
    assert_eq!(stage.case_comments(&case), ["ana, U024BE7LH (Slack):\nIt was @ana"]);
    assert_eq!(stage.sir.count("UpdateCaseComment"), 2, "the last edit says nothing else");
    let deleted = stage.slack.deletes(&stage.channel, &ts).unwrap();
    all(&stage, &[deleted]).await;
    assert_eq!(stage.case_comments(&case).len(), 1);
}

#[tokio::test]
async fn a_file_is_named_in_the_comment() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let thread = stage.thread_of(&case).await;
    let (_, _, sent) =
        stage.slack.shares(&ana(), &stage.channel, ("log.txt", "text/plain"), "bytes", Some(&thread));
    all(&stage, &[sent]).await;
    let [comment] = &stage.case_comments(&case)[..] else { panic!("one comment") };
    assert!(comment.contains("log.txt"), "{comment}");
}

#[tokio::test]
async fn what_is_nobodys_reply_to_a_case_stays_where_it_is() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let thread = stage.thread_of(&case).await;
    let bot = stage.slack.add_bot("other");
    let (.., own, _) = stage.slack.app();
    let (elsewhere, _) = stage.slack.says(&ana(), &stage.channel, "lunch?", None);
    for (user, text, thread) in [
        (bot.as_str(), "I am a bot", Some(thread.as_str())),
        (own.as_str(), "I am you", Some(thread.as_str())),
        (ANA, "not in a thread", None),
        (ANA, "in another thread", Some(elsewhere.as_str())),
    ] {
        all(
            &stage,
            &stage.slack.says(&UserId::new(user), &stage.channel, text, thread.map(Ts::new).as_ref()).1,
        )
        .await;
    }
    assert_eq!(stage.case_comments(&case).len(), 0);
    assert_eq!(stage.slack.ephemerals(&ana()).len(), 0);
    let mut silent = stage;
    silent.settings.slack.replies_are_comments = false;
    all(&silent, &silent.slack.says(&ana(), &silent.channel, "kept here", Some(&thread)).1).await;
    silent.settings.slack.replies_are_comments = true;
    silent.settings.slack.team = TeamId::new("T0OTHER001");
    let (_, sent) = silent.slack.says(&ana(), &silent.channel, "in another workspace", Some(&thread));
    assert_eq!(silent.deliver(&sent[0]).await.0, 200);
    assert_eq!(silent.jobs().len(), 0);
}

#[tokio::test]
async fn a_reply_that_may_not_or_must_not_become_a_comment_is_said_to_its_writer() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let thread = stage.thread_of(&case).await;
    let nobody = stage.slack.add_user("cy", "cy@example.com", &json!({}));
    stage.slack.set_member(&stage.channel, &nobody, true);
    all(&stage, &stage.slack.says(&nobody, &stage.channel, "let me help", Some(&thread)).1).await;
    let shown = stage.since(&nobody, 0);
    assert!(shown.contains("needs the role responder") && shown.contains("let me help"), "{shown}");
    let key = format!("AKIA{}", "IOSFODNN7EXAMPLA");
    all(&stage, &stage.slack.says(&ana(), &stage.channel, &format!("it is {key}"), Some(&thread)).1).await;
    let shown = stage.since(&ana(), 0);
    assert!(shown.contains("was not put on the case") && !shown.contains(&key), "{shown}");
    assert_eq!(stage.case_comments(&case).len(), 0);
}

#[tokio::test]
async fn a_reply_whose_event_was_lost_is_the_same_act_as_its_event() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let thread = stage.thread_of(&case).await;
    let (ts, sent) = stage.slack.says(&ana(), &stage.channel, "It was Bo", Some(&thread));
    stage.deliver(&sent[0]).await;
    let job = stage.job();
    let heard = casebridge::targets::slack::Heard {
        thread_ts: Some(thread.clone()),
        user: Some(ana()),
        text: "It was Bo".to_owned(),
        ..casebridge::targets::slack::Heard::at(Ts::new(ts))
    };
    let home = Home { place: stage.channel.clone().to_string(), name: thread.to_string() };
    let said = casebridge::targets::slack::said_by_a_person(heard).unwrap();
    let found = chat::said::said(&stage.settings, &home, &said, 1);
    assert_eq!((found.key(), found.group()), (job.key(), job.group()));
    let [found, job] = [found, job].map(|job| serde_json::to_value(job).unwrap());
    assert!(found["did"] == job["did"] && found["place"] == job["place"]);
}

#[tokio::test]
async fn a_mention_that_is_not_understood_is_answered_in_its_thread() {
    let stage = Stage::set().await;
    let thread = stage.thread_of(&CaseId::new("1234567890")).await;
    let (.., bot, _) = stage.slack.app();
    all(&stage, &stage.slack.says(&ana(), &stage.channel, &format!("<@{bot}> shwo"), Some(&thread)).1).await;
    let latest = stage.latest();
    assert!(SlackStandin::shown(&latest).contains("show"));
    assert_eq!(latest["thread_ts"], thread.as_str());
}
