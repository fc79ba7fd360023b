//! How do the people of an issue read that one of its comments was withheld?

use serde_json::Value;

use super::{
    HeardComment, Person,
    adf::{self, Inline},
};
use crate::{
    case::{CaseId, IssueKey, text},
    targets::wording,
};

/// Says that a comment was withheld from a case because it looks like it holds this kind of secret, and what to do.
pub fn withheld(comment: &HeardComment, case: &CaseId, kind: &str) -> Value {
    let name = text::cut(&text::one_line(&comment.author_name), 88);
    let stood = comment.changed().map(|at| format!(" as it stood on {}", wording::utc(at.div_euclid(1_000))));
    let why = format!(
        " from case {case}: it looks like it holds {kind}. Whoever reads this issue may have seen it: \
                       revoke it, and take it out of the comment, which then goes to the case."
    );
    let which = format!("{name}'s comment{} was ", stood.unwrap_or_default());
    adf::document(vec![adf::paragraph(Inline::new().text(&which).strong("withheld").text(&why))])
}

/// Says that a comment was taken back from a case, and what stands there now; `notes`: what else is true of that.
pub fn withdrawn(case: &CaseId, words: &str, notes: &[&str]) -> Value {
    let told = format!(
        "A comment that was deleted here, or is not for everybody any more, was taken back: case {case} shows {words} in its \
         place. AWS may have read it before, and the record of Casebridge keeps it."
    );
    let all = [&[told.as_str()], notes].concat().join(" ");
    adf::document(vec![adf::paragraph(Inline::new().text(&all))])
}

/// Says that an issue is not the case's, though we made it.
pub fn aside(case: &CaseId, home: &IssueKey) -> Value {
    let told = format!(
        "Casebridge made this issue for case {case}, got no answer, and found it later. The case is told in {home} alone: \
         nothing more comes here, and nothing that is written here goes to the case."
    );
    adf::document(vec![adf::paragraph(Inline::new().text(&told))])
}

/// Says that AWS did not take a comment, and why.
pub fn refused(comment: &HeardComment, case: &CaseId, why: &str) -> Value {
    let name = text::cut(&text::one_line(&comment.author_name), 88);
    let told = format!(
        "{name}'s comment is not on case {case}: {} It is tried again whenever something happens to this issue.",
        text::one_line(why)
    );
    adf::document(vec![adf::paragraph(Inline::new().text(&told))])
}

/// Says that a file of an issue is not on its case, and why.
pub fn file_stays(file: &str, case: &CaseId, why: &str) -> Value {
    let name = text::cut(&text::one_line(file), 88);
    let told = format!(" was not attached to case {case}: {}", text::one_line(why));
    adf::document(vec![adf::paragraph(Inline::new().text("The file ").strong(&name).text(&told))])
}

/// Says that a case is closed, so that nothing more goes there.
pub fn too_late(case: &CaseId) -> Value {
    let told = format!(
        "Case {case} is closed, so what is written now stays here: AWS takes no more of it. This is said once."
    );
    adf::document(vec![adf::paragraph(Inline::new().text(&told))])
}

/// Says that nothing of what somebody writes in an issue goes to its case, and how that is changed.
pub fn no_role(person: &Person, case: &CaseId) -> Value {
    let name = text::cut(&text::one_line(&person.name), 88);
    let why = format!(
        " stays in Jira: the settings of Casebridge give the account {} no role, so nothing that it writes goes to case {case}. \
         Whoever keeps the settings can name it under [roles]; what is written from then on goes to the case. This is said once.",
        person.account
    );
    let which = format!("What {name} wrote");
    adf::document(vec![adf::paragraph(Inline::new().text(&which).text(&why))])
}

/// Says that what somebody's account writes stays, since it answers us each time.
pub fn machine(person: &Person, case: &CaseId) -> Value {
    let name = text::cut(&text::one_line(&person.name), 88);
    let why = format!(
        " answered each of the last comments of Casebridge here within seconds, as an automation rule does. So that the two do not answer \
         each other for ever, what it writes does not go to case {case} until it leaves one of them alone. This is said once."
    );
    adf::document(vec![adf::paragraph(Inline::new().text(&name).text(&why))])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::IssueCommentId;

    #[test]
    fn it_names_the_comment_the_kind_and_what_to_do_and_nothing_that_the_comment_says() {
        let comment = HeardComment {
            author_name: "Ana\nExample".to_owned(),
            updated: "2026-11-26T06:00:00.000+0100".to_owned(),
            body: serde_json::json!({ "type": "text", "text": "hidden" }),
            ..HeardComment::of(IssueCommentId::new("1"))
        };
        let told = withheld(&comment, &CaseId::new("7000000003"), "an AWS access key id");
        let words: String = told["content"][0]["content"]
            .as_array()
            .unwrap()
            .iter()
            .map(|node| node["text"].as_str().unwrap())
            .collect();
        assert_eq!(
            words,
            "Ana Example's comment as it stood on 2026-11-26 05:00 UTC was withheld from case 7000000003: it looks \
             like it holds an AWS access key id. Whoever reads this issue may have seen it: revoke it, and take it \
             out of the comment, which then goes to the case."
        );
    }
}
