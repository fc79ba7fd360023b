//! All breaks, and what each does.

use casebridge::aws::sir::{Answer, Call};

use super::{
    super::oracle::{ReadChange, ReadText},
    Break, Forwarding,
    How::{Answered, Asked, Sent as OnSent},
    Sent,
};
use crate::simulation::Class;

const fn sent(name: &'static str, how: fn(&mut Sent<'_>) -> Forwarding) -> Break {
    Break { name, how: OnSent(how), class: Class::Usual }
}

/// The five of docs/decisions/0007 first.
pub const BREAKS: &[Break] = &[
    sent("no change of a field is told", |sent| dropped(sent.tells_changes())),
    sent("every comment in Slack reads \"x\"", |sent| {
        changed(sent.in_slack() && sent.tells_words(), sent, |sent| sent.body.words(|_| "x".to_owned()))
    }),
    sent("descriptions are never told", |sent| {
        sent.body.without_description_where(sent.what);
        dropped(matches!(sent.told, Some(ReadText::Description { .. })))
    }),
    sent("Jira gets no links", |sent| dropped(sent.what == "POST remotelink")),
    sent("edits in Jira write wrong text", |sent| {
        changed(sent.what == "PUT comment", sent, |sent| sent.body.words(|_| "wrong".to_owned()))
    }),
    sent("edits in Slack write wrong text", |sent| {
        changed(sent.edits_in_slack(), sent, |sent| sent.body.words(|_| "wrong".to_owned()))
    }),
    sent("edits in Slack are never made", |sent| dropped(sent.edits_in_slack())),
    sent("edits in Jira are never made", |sent| dropped(sent.what == "PUT comment")),
    sent("comments in Slack end with their first line", |sent| {
        changed(sent.in_slack() && sent.tells_words(), sent, |sent| sent.body.words(first_line))
    }),
    sent("comments in Jira end with their first paragraph", |sent| {
        changed(!sent.in_slack() && sent.tells_words(), sent, |sent| sent.body.cut(2))
    }),
    sent("comments in Slack lose angle brackets", |sent| {
        changed(sent.in_slack() && sent.tells_words(), sent, |sent| sent.body.words(without_angles))
    }),
    sent("comments in Slack are escaped twice", |sent| {
        changed(sent.in_slack() && sent.tells_words(), sent, |sent| sent.body.words(escaped))
    }),
    sent("comments in Jira lose what is not ASCII", |sent| {
        changed(!sent.in_slack() && sent.tells_words(), sent, |sent| sent.body.words(ascii))
    }),
    sent("a comment's parts after the first are not told", |sent| {
        dropped(matches!(sent.told, Some(ReadText::Words { part: (index, _), .. }) if index > 1))
    }),
    sent("AWS's comments are the AI's in Slack", |sent| {
        changed(sent.in_slack(), sent, |sent| {
            sent.body.head(|text| text.replace("AWS Responder", "AWS service"))
        })
    }),
    sent("nobody's name stands over a comment in Jira", |sent| {
        changed(!sent.in_slack() && sent.tells_words(), sent, |sent| sent.body.head(nobody))
    }),
    sent("what a field was is not told", |sent| {
        changed(sent.tells_changes(), sent, |sent| sent.body.unstruck())
    }),
    sent("a status is told as another", |sent| {
        changed(sent.tells_changes(), sent, |sent| {
            sent.body.head(|text| text.replace("Detection and Analysis", "Submitted"))
        })
    }),
    sent("a new status is not told in Jira", |sent| {
        dropped(
            !sent.in_slack() && sent.tells_a(|line| matches!(line, ReadChange::Field { name: "Status", .. })),
        )
    }),
    sent("the issue's table does not say who watches", |sent| {
        changed(sent.is_issue(), sent, |sent| {
            sent.body.all(|text| text.replace("somebody at ", "somebody of "))
        })
    }),
    sent("the issue does not say whose move it is", |sent| {
        changed(sent.is_issue(), sent, |sent| sent.body.all(|text| text.replace("AWS's move", "Somebody's")))
    }),
    sent("a comment in Jira tells of what only the table is to show", |sent| {
        let tells = !sent.in_slack() && sent.tells_changes();
        changed(tells, sent, |sent| sent.body.head(|text| text.replace("Status", "Resolver")))
    }),
    sent("whose move it is is not told", |sent| {
        dropped(sent.tells_a(|line| matches!(line, ReadChange::Field { name: "Next move", .. })))
    }),
    sent("a question does not say whose move it is", |sent| {
        changed(sent.in_slack() && sent.tells_words(), sent, |sent| {
            sent.body.head(|text| text.replace("Your move", "Their move"))
        })
    }),
    sent("as what a case was closed is not told", |sent| {
        changed(sent.tells_changes(), sent, |sent| {
            sent.body.head(|text| text.replace("False Positive", "Duplicate"))
        })
    }),
    sent("who watches is not told", |sent| {
        dropped(sent.tells_a(|line| matches!(line, ReadChange::List { name: "Watchers", .. })))
    }),
    sent("a file's coming is not told", |sent| {
        dropped(sent.tells_a(|line| matches!(line, ReadChange::File { .. })))
    }),
    sent("that Jira refuses is not said", |sent| dropped(sent.told == Some(ReadText::NotMoved))),
    sent("the card never changes", |sent| {
        dropped(sent.what == "chat.update" && sent.told == Some(ReadText::Other))
    }),
    sent("the card leads to no issue", |sent| {
        changed(sent.in_slack(), sent, |sent| sent.body.all(|text| text.replace("/browse/", "/nowhere/")))
    }),
    sent("the card has another title", |sent| {
        changed(sent.told == Some(ReadText::Other), sent, |sent| {
            sent.body.all(|text| text.replace("Unusual", "Usual"))
        })
    }),
    sent("a closed card does not say as what", |sent| {
        changed(sent.told == Some(ReadText::Other), sent, |sent| {
            sent.body.all(|text| text.replace("False Positive", "…"))
        })
    }),
    sent("the issue's summary is no title", |sent| {
        changed(sent.is_issue(), sent, |sent| sent.body.0["fields"]["summary"] = "A case".into())
    }),
    sent("the issue's text never changes", |sent| dropped(sent.what == "PUT issue")),
    sent("the issue leads to no card", |sent| {
        changed(sent.is_issue(), sent, |sent| sent.body.all(|text| text.replace("/archives/", "/nowhere/")))
    }),
    sent("the issue says another status", |sent| {
        changed(sent.is_issue(), sent, |sent| sent.body.all(|text| text.replace("Closed", "Open")))
    }),
    sent("the issue stays in its status", |sent| dropped(sent.what == "POST transitions")),
    sent("the channel's topic is never set", |sent| dropped(sent.what == "conversations.setTopic")),
    sent("nobody is invited", |sent| dropped(sent.what == "conversations.invite")),
    sent("a comment is posted twice in Slack", |sent| {
        twice(sent.what == "chat.postMessage" && sent.tells_words())
    }),
    sent("a comment is written twice in Jira", |sent| {
        twice(sent.what == "POST comment" && sent.tells_words())
    }),
    sent("what belongs into the thread stands in the channel", |sent| {
        changed(sent.told.is_some(), sent, |sent| {
            if let Some(body) = sent.body.0.as_object_mut() {
                body.remove("thread_ts");
            }
        })
    }),
    sent("words that nothing called for", |sent| {
        changed(
            sent.told == Some(ReadText::NotMoved) || sent.tells_changes() && sent.in_slack(),
            sent,
            |sent| {
                sent.body.head(|_| "Good morning.".to_owned());
            },
        )
    }),
    Break {
        class: Class::Usual,
        name: "what people say is other words on the case",
        how: Asked(|call| comment(call, |body| body.replace("by ", "buy "))),
    },
    Break {
        class: Class::Usual,
        name: "what people say bears another's name",
        how: Asked(|call| comment(call, |body| body.replace("ana, ", "bo, "))),
    },
    Break {
        class: Class::Usual,
        name: "what people say never comes to the case",
        how: Asked(|call| match call {
            Call::CreateCaseComment { .. } => Forwarding::Dropped,
            _ => Forwarding::Goes,
        }),
    },
    Break {
        class: Class::Usual,
        name: "what people say comes to the case twice",
        how: Asked(|call| match call {
            Call::CreateCaseComment { .. } => Forwarding::Twice,
            _ => Forwarding::Goes,
        }),
    },
    Break {
        class: Class::Usual,
        name: "a comment is never read",
        how: Answered(|answer| {
            if let Answer::Comments(page) = answer {
                page.items.retain(|comment| !comment.body.contains("number 1 of"));
            }
        }),
    },
    Break {
        class: Class::Usual,
        name: "an edit of a comment is never read",
        how: Answered(|answer| {
            if let Answer::Comments(page) = answer {
                page.items
                    .iter_mut()
                    .for_each(|comment| comment.body = comment.body.replace(", changed", ""));
            }
        }),
    },
    Break {
        class: Class::Usual,
        name: "a new description is never read",
        how: Answered(|answer| {
            if let Answer::Case(case) = answer {
                "It is as it was.".clone_into(&mut case.description);
            }
        }),
    },
];

impl Sent<'_> {
    fn in_slack(&self) -> bool {
        self.what.starts_with("chat.")
    }

    fn is_issue(&self) -> bool {
        matches!(self.what, "POST issue" | "PUT issue")
    }

    fn tells_words(&self) -> bool {
        matches!(self.told, Some(ReadText::Words { .. }))
    }

    fn edits_in_slack(&self) -> bool {
        self.what == "chat.update" && self.tells_words()
    }

    fn tells_changes(&self) -> bool {
        self.tells_a(|_| true)
    }

    fn tells_a(&self, wanted: fn(&ReadChange) -> bool) -> bool {
        matches!(&self.told, Some(ReadText::Changes(lines)) if lines.iter().any(wanted))
    }
}

impl super::Body<'_> {
    fn without_description_where(&mut self, what: &str) {
        if matches!(what, "POST issue" | "PUT issue") {
            self.without_description();
        }
    }
}

fn dropped(concerned: bool) -> Forwarding {
    if concerned { Forwarding::Dropped } else { Forwarding::Goes }
}

fn twice(concerned: bool) -> Forwarding {
    if concerned { Forwarding::Twice } else { Forwarding::Goes }
}

fn changed(concerned: bool, sent: &mut Sent<'_>, change: impl FnOnce(&mut Sent<'_>)) -> Forwarding {
    if concerned {
        change(sent);
    }
    Forwarding::Goes
}

fn comment(call: &mut Call, change: fn(&str) -> String) -> Forwarding {
    if let Call::CreateCaseComment { body, .. } = call {
        *body = change(body);
    }
    Forwarding::Goes
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

fn without_angles(text: &str) -> String {
    text.replace(['<', '>'], "")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

fn ascii(text: &str) -> String {
    text.chars().filter(char::is_ascii).collect()
}

fn nobody(text: &str) -> String {
    match text.split_once(" · ") {
        Some((_, when)) => format!(" · {when}"),
        None => "Somebody".to_owned(),
    }
}
