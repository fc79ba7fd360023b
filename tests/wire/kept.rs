//! The table: whichever of a command's requests to it is not answered, taken or not, the command is done once and
//! answered, by this delivery or the next.

use super::{
    acts::{Act, Calm},
    all_right,
};

const ACTS: [Act; 12] = [
    Act::Types("CASE title Two keys leaked"),
    Act::Types("CASE comment It was Bo"),
    Act::Types("CASE tag add team=red"),
    Act::Types("CASE show"),
    Act::Confirms("CASE close"),
    Act::Confirms("membership cancel"),
    Act::Replies,
    Act::Edits,
    Act::Attaches,
    Act::LinksIssue,
    Act::CommentsInJira,
    Act::EditsInJira,
];

/// The queue brings a job again after so long, in milliseconds: a lease that nobody gave back has ended by then.
const BETWEEN: i64 = 360_000;

/// One request that is not answered; `true` where the command makes so many.
async fn cell(act: Act, at: usize, taken: bool, calm: &Calm) -> (bool, Option<String>) {
    let ready = Box::pin(act.prepare()).await;
    ready.stage.world.loses_a_request(at, taken);
    let first = ready.stage.work(&ready.jobs).await;
    let lost = ready.stage.world.lost_it();
    let now = first.is_empty().then(|| ready.news());
    ready.stage.world.stops_the_clock(ready.stage.now() + BETWEEN);
    let then = [ready.stage.work(&ready.jobs).await, ready.stage.work(&ready.jobs).await].concat();
    let mut news = ready.news();
    news.dedup();
    // A job that does not come again is answered.
    let answered = now.is_none_or(|now| now == calm.news);
    let right = answered && then.is_empty() && news == calm.news && ready.now() == calm.standing;
    let wrong =
        format!("{act:?}, request {at}, taken {taken}: {first:?} {then:?} {news:?} must be {:?}", calm.news);
    (lost, (!right).then_some(wrong))
}

async fn all_of(act: Act) -> Option<String> {
    let calm = Box::pin(act.calm()).await;
    let mut wrong = Vec::new();
    for taken in [false, true] {
        for at in 1.. {
            let (lost, found) = Box::pin(cell(act, at, taken, &calm)).await;
            wrong.extend(found);
            if !lost {
                assert!(at > 3, "{act:?} makes {at} requests");
                break;
            }
        }
    }
    (!wrong.is_empty()).then(|| wrong.join("\n"))
}

#[tokio::test]
async fn whatever_the_table_does_not_answer_a_command_is_done_once_and_answered() {
    all_right(ACTS.map(all_of)).await;
}
