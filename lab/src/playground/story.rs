//! Does a case's life go as the README tells it? Each step is done, shown, and held against what it should have shown.

use std::io::{self, Write};

use casebridge::case::{CaseId, Millis, Status, Ts, UserId};
use serde_json::{Value, json};

use super::{
    shown::{FreshLines, PAGER, Screen},
    stage::{self, Beginning, Stage},
    standins::{ana, bo},
    telling::{self, StoryTelling},
};

const WIDTH: usize = 98;
const INDENT: usize = 21;

/// Why the story was not told to its end.
#[derive(Debug, thiserror::Error)]
pub enum StoryError {
    #[error(transparent)]
    Stage(#[from] stage::StageError),
    /// The output could not be written.
    #[error("the story could not be written: {0}")]
    Write(#[from] io::Error),
    /// A step did not show what it should have.
    #[error("step {step}: {missing}")]
    NotSo {
        /// Counts from 1.
        step: usize,
        /// What is not there.
        missing: String,
    },
    /// A stand-in did not do what it was asked.
    #[error("a stand-in refused: {0}")]
    Refused(String),
}

impl From<String> for StoryError {
    fn from(refused: String) -> Self {
        Self::Refused(refused)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum In {
    Card,
    Thread,
    Private,
    Issue,
    Comment,
}

impl In {
    fn holds(self, news: &FreshLines) -> bool {
        match self {
            Self::Card => news.in_slack && news.what == "card",
            Self::Thread => news.in_slack && news.what == "thread",
            Self::Private => news.in_slack && news.what.starts_with("only "),
            Self::Issue => !news.in_slack && !news.what.ends_with(" comment") && news.what != PAGER,
            Self::Comment => !news.in_slack && news.what.ends_with(" comment"),
        }
    }
}

struct Teller<'a, W> {
    stage: &'a Stage,
    out: &'a mut W,
    seen: Screen,
    step: usize,
}

/// Tells the story on a stage of its own.
/// Fails: something did not happen as told: see [`StoryError`].
pub async fn tell(out: &mut impl Write) -> Result<(), StoryError> {
    let stage = Stage::set(Beginning::default()).await?;
    let seen = Screen::now(&stage.standins);
    writeln!(
        out,
        "Casebridge joins AWS Security Incident Response with Slack and Jira. Here are stand-ins of all"
    )?;
    writeln!(
        out,
        "three on this machine, and between them the code that runs in Lambda.  + is new, ~ changed."
    )?;
    let mut teller = Teller { stage: &stage, out, seen, step: 0 };
    let case = teller.aws_works_a_case().await?;
    teller.people_answer(&case).await?;
    teller.people_work_a_case_of_their_own().await?;
    teller.the_case_is_closed(&case).await?;
    writeln!(teller.out, "\nAll of it happened as told. Try it yourself: cargo run")?;
    Ok(())
}

/// A story that was told, and where.
pub struct ToldStory {
    /// As it is now.
    pub stage: Stage,
}

impl ToldStory {
    /// One more step, that is done beside the stage: its lines say what came of it.
    /// Fails: the output could not be written.
    pub fn step(&self, out: &mut impl Write, title: &str, lines: &[String]) -> io::Result<()> {
        writeln!(out, "\n{}  {title}", hour(self.stage.now()))?;
        let lines = lines.iter().flat_map(|line| wrapped(line, WIDTH - INDENT));
        lines.zip(0..).try_for_each(|(line, at)| {
            let head = if at == 0 { "    Tool" } else { "" };
            writeln!(out, "{head:<INDENT$}{line}")
        })
    }

    /// What the witness counted.
    /// Fails: the output could not be written.
    pub fn ends(self, out: &mut impl Write) -> io::Result<()> {
        let sums = serde_json::to_value(self.stage.counters()).unwrap_or_default();
        let sum = |name: &str| sums[name].as_u64().unwrap_or_default();
        let (lost, doubled, order) = (sum("lost"), sum("doubled"), sum("out_of_order"));
        writeln!(out, "\nLost {lost}, doubled {doubled}, out of order {order}.")
    }
}

/// Tells a story by its name, or from a file: each step with its time, and what came of it.
/// Fails: there is no such story, or a step cannot be done: see [`StoryError`].
pub async fn tell_named(out: &mut impl Write, named: &str) -> Result<ToldStory, StoryError> {
    let story = StoryTelling::find(named).map_err(stage::StageError::from)?;
    let (name, about) = story.heading();
    writeln!(out, "{name}")?;
    wrapped(about, WIDTH).iter().try_for_each(|line| writeln!(out, "{line}"))?;
    writeln!(out, "Times are UTC.  + is new, ~ changed.")?;
    let titles = story.titles();
    let stage = Stage::set(Beginning { story: Some(story), peopled: true }).await?;
    let mut seen = Screen::now(&stage.standins);
    for (title, waits) in titles {
        let begun = hour(stage.clock.now());
        Box::pin(telling::goes_on(&stage)).await?;
        let at = if waits { format!("{begun} to {}", hour(stage.clock.now())) } else { begun };
        let shown = Screen::now(&stage.standins);
        let news = shown.since(&seen);
        seen = shown;
        let told = paragraph(0, &title, &news);
        write!(out, "\n{at}{}", told.trim_start_matches('\n').trim_start_matches(" 0"))?;
        out.flush()?;
    }
    Ok(ToldStory { stage })
}

/// `02:10`
fn hour(at: Millis) -> String {
    let minutes = at.div_euclid(60_000);
    format!("{:0>2}:{:0>2}", minutes.div_euclid(60).rem_euclid(24), minutes.rem_euclid(60))
}

impl<W: Write> Teller<'_, W> {
    async fn aws_works_a_case(&mut self) -> Result<CaseId, StoryError> {
        let sir = self.stage.standins.sir.clone();
        let case = sir.aws_creates(opened())?;
        self.shows(
            &format!("AWS opens case {case}"),
            &[
                (In::Card, "Credentials used from a new country"),
                (In::Card, "● Submitted  ○ Detect"),
                (In::Issue, "Status: To Do"),
            ],
        )
        .await?;
        sir.aws_comments(&case, "AWS Responder", "Did your team create the key that is used here?")?;
        sir.aws_sets_pending_action(&case, "Customer")?;
        self.shows(
            "AWS comments, and waits for us",
            &[(In::Thread, "Did your team create the key"), (In::Comment, "Did your team create the key")],
        )
        .await?;
        sir.aws_sets_status(&case, &Status::Detection)?;
        self.shows(
            "AWS moves the case on",
            &[(In::Card, "● Detection and Analysis  ○ Contain"), (In::Issue, "Status: In Progress")],
        )
        .await?;
        Ok(case)
    }

    async fn people_answer(&mut self, case: &CaseId) -> Result<(), StoryError> {
        self.types(&ana(), &format!("{case} comment No. We have disabled it.")).await?;
        self.shows(
            &format!("Ana types  /sir {case} comment No. We have disabled it."),
            &[(In::Private, "comment"), (In::Comment, "No. We have disabled it.")],
        )
        .await?;
        self.in_case(case, "No. We have disabled it.")?;
        let card = self.card(case)?;
        let channel = self.stage.standins.slack.security();
        let (_, sent) =
            self.stage.standins.slack.says(&bo(), &channel, "It was in a build log.", Some(&card));
        for delivery in &sent {
            self.stage.deliver(delivery).await;
        }
        self.shows(
            "Bo replies in the thread  It was in a build log.",
            &[(In::Comment, "It was in a build log.")],
        )
        .await?;
        self.in_case(case, "It was in a build log.")?;
        self.types(&ana(), &format!("{case} watch bo@example.com")).await?;
        self.shows(&format!("Ana types  /sir {case} watch bo@example.com"), &[(In::Card, "Watchers 1")])
            .await?;
        self.types(&ana(), &format!("{case} status contain")).await?;
        self.shows(
            &format!("Ana types  /sir {case} status contain"),
            &[(In::Private, "AWS alone sets its status")],
        )
        .await
    }

    async fn people_work_a_case_of_their_own(&mut self) -> Result<(), StoryError> {
        let own = self.stage.standins.sir.console_creates_case("A laptop was stolen");
        self.shows(
            &format!("Your team opens case {own} in the console, to work it itself"),
            &[(In::Card, "A laptop was stolen"), (In::Issue, "A laptop was stolen")],
        )
        .await?;
        self.types(&bo(), &format!("{own} status detect")).await?;
        self.shows(
            &format!("Bo types  /sir {own} status detect"),
            &[(In::Card, "● Detection and Analysis  ○ Contain"), (In::Issue, "Status: In Progress")],
        )
        .await
    }

    async fn the_case_is_closed(&mut self, case: &CaseId) -> Result<(), StoryError> {
        self.types(&ana(), &format!("{case} close")).await?;
        self.shows(&format!("Ana types  /sir {case} close"), &[(In::Private, "[")]).await?;
        let slack = &self.stage.standins.slack;
        let asked = slack.ephemerals(&ana()).pop().unwrap_or_default();
        let ts = Ts::new(asked["ts"].as_str().unwrap_or_default());
        let action = confirming(&asked).ok_or_else(|| "there is no button to confirm".to_owned())?;
        let click = slack.clicks(&ana(), &slack.security(), &ts, &action, &Value::Null)?;
        self.stage.deliver(&click).await;
        self.shows("Ana presses the button", &[(In::Card, "Closed"), (In::Issue, "Status: Done")]).await?;
        let status = self.stage.standins.sir.case(case).unwrap_or_default()["caseStatus"].clone();
        if status != "Closed" {
            return Err(self.not_so(format!("the case is {status}")));
        }
        let count = self.stage.again();
        let before = self.seen.clone();
        self.shows(&format!("All {count} events arrive a second time: nothing is told twice"), &[]).await?;
        if self.seen == before { Ok(()) } else { Err(self.not_so("something was told twice".to_owned())) }
    }

    /// Somebody types `/sir LINE` in the channel.
    async fn types(&self, user: &UserId, line: &str) -> Result<(), StoryError> {
        let slack = &self.stage.standins.slack;
        let answered = self.stage.deliver(&slack.types(user, &slack.security(), "/sir", line)).await;
        if answered.status == 200 {
            Ok(())
        } else {
            Err(self.not_so(format!("the door said {}", answered.status)))
        }
    }

    fn not_so(&self, missing: String) -> StoryError {
        StoryError::NotSo { step: self.step, missing }
    }

    /// The comment is in the service, once.
    fn in_case(&self, case: &CaseId, text: &str) -> Result<(), StoryError> {
        let comments = self.stage.standins.sir.comments(case);
        let count = comments.iter().filter(|it| it["body"].as_str().is_some_and(|body| body.contains(text)));
        match count.count() {
            1 => Ok(()),
            count => Err(self.not_so(format!("the case has {count} comments {text:?}"))),
        }
    }

    fn card(&self, case: &CaseId) -> Result<Ts, StoryError> {
        let slack = &self.stage.standins.slack;
        let messages = slack.messages(&slack.security());
        let mut cards = messages.iter().filter(|message| message.get("bot_id").is_some());
        let card = cards.find(|message| message["blocks"].to_string().contains(case.as_str()));
        let ts = card.and_then(|card| card["ts"].as_str()).map(Ts::new);
        ts.ok_or_else(|| self.not_so(format!("case {case} has no card")))
    }

    /// Lets the bridge do what follows, prints what came of it, and holds it against what must have.
    async fn shows(&mut self, came: &str, must: &[(In, &str)]) -> Result<(), StoryError> {
        self.step += 1;
        self.stage.settle().await;
        let shown = Screen::now(&self.stage.standins);
        let news = shown.since(&self.seen);
        self.seen = shown;
        write!(self.out, "{}", paragraph(self.step, came, &news))?;
        self.out.flush()?;
        for (place, text) in must {
            let found = news.iter().any(|news| place.holds(news) && news.lines.join("\n").contains(text));
            if !found {
                return Err(self.not_so(format!("{place:?} does not show {text:?}")));
            }
        }
        Ok(())
    }
}

fn opened() -> Value {
    let began = casebridge::config::clock::now() / 1_000 - 7_200;
    json!({
        "title": "Credentials used from a new country",
        "description": "An access key of the build role was used from an address that was never seen before.",
        "reportedIncidentStartDate": began,
    })
}

/// The `action_id` of the button that confirms.
fn confirming(message: &Value) -> Option<String> {
    let blocks = message["blocks"].as_array()?;
    let mut buttons = blocks.iter().filter_map(|block| block["elements"].as_array()).flatten();
    let button =
        buttons.find(|button| button["action_id"].as_str().is_some_and(|id| id.starts_with("confirm")))?;
    button["action_id"].as_str().map(str::to_owned)
}

fn paragraph(step: usize, came: &str, news: &[FreshLines]) -> String {
    let mut text = format!("\n{step:>2}  {came}\n");
    let mut place = "";
    for news in news {
        let now = match news.in_slack {
            true => "Slack",
            false if news.what == PAGER => "Pager",
            false => "Jira",
        };
        let name = if now == place { "" } else { now };
        place = now;
        let mark = if news.is_new { '+' } else { '~' };
        let what = if now == "Pager" { "alert" } else { news.what.trim_end_matches(" comment") };
        let mut head = format!("    {name:<5} {mark} {what:<8}");
        let lines = if news.what == "card" { as_card(&news.lines) } else { news.lines.clone() };
        for line in lines.iter().flat_map(|line| wrapped(line, WIDTH - INDENT)) {
            text.push_str(format!("{head:<INDENT$}{line}").trim_end());
            text.push('\n');
            head.clear();
        }
    }
    text
}

/// A card's many small facts beside each other, between its title and its buttons.
fn as_card(lines: &[String]) -> Vec<String> {
    let is_fact =
        |line: &str| line.starts_with("Created ") || line.starts_with("Updated ") || line.contains(": ");
    let mut rows: Vec<String> = Vec::new();
    let mut facts = false;
    for line in lines {
        match rows.last_mut() {
            Some(row)
                if facts
                    && is_fact(line)
                    && row.chars().count() + 3 + line.chars().count() <= WIDTH - INDENT =>
            {
                row.push_str(" · ");
                row.push_str(line);
            }
            _ => rows.push(line.clone()),
        }
        facts = is_fact(line);
    }
    rows
}

/// Cut between words so that no piece is longer than `width` characters, words that are themselves longer aside.
fn wrapped(line: &str, width: usize) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for word in line.split_whitespace() {
        match pieces.last_mut() {
            Some(last) if last.chars().count() + 1 + word.chars().count() <= width => {
                last.push(' ');
                last.push_str(word);
            }
            _ => pieces.push(word.to_owned()),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_a_paragraph_of_lines_that_are_not_too_long() {
        let lines = ["A title", "Status: Submitted", "Case: 1", &"word ".repeat(20), "[Close]"];
        let lines = lines.map(str::to_owned).to_vec();
        let news = |in_slack, what: &str, is_new| FreshLines {
            in_slack,
            what: what.to_owned(),
            is_new,
            lines: lines.clone(),
        };
        let text =
            paragraph(3, "AWS comments", &[news(true, "card", true), news(false, "SEC-1 comment", false)]);
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        let begin = "\n 3  AWS comments\n    Slack + card     A title\n                     Status: Submitted · Case: 1\n";
        assert!(text.starts_with(begin), "{text}");
        assert!(text.contains("\n    Jira  ~ SEC-1    A title\n"), "{text}");
    }
}
