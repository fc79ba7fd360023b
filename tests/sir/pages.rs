//! Lists longer than a page.

use std::collections::BTreeSet;

use casebridge::aws::sir::Page;
use casebridge_lab::standins::Order;
use serde_json::json;

use super::*;

/// Sixty: two full pages and a rest.
const ITEMS: usize = 60;

/// Walks to the end: the length of each page, and the different things on them.
macro_rules! walk {
    ($aws:expr, $call:expr, $answer:path, $key:expr) => {{
        let (mut lengths, mut keys, mut next) = (Vec::new(), BTreeSet::new(), None);
        loop {
            let page: Page<_> = ask!($aws, $call(next), $answer);
            lengths.push(page.items.len());
            keys.extend(page.items.iter().map($key));
            next = page.next;
            if next.is_none() {
                break (lengths, keys.len());
            }
        }
    }};
}

#[tokio::test]
async fn a_long_list_is_walked_to_its_end_in_pages_of_25_in_any_order() {
    let (sir, aws) = pair().await;
    let case = created(&aws, new_case("Long")).await;
    for number in 0..ITEMS {
        sir.aws_comments(&CaseId::new(case.as_str()), "AWS Responder", &format!("{number}"))
            .expect("an open case");
        sir.investigates(&CaseId::new(case.as_str()), &json!({})).expect("a case");
        if number > 0 {
            sir.console_creates_case(&format!("Case {number}"));
        }
    }
    let id = || case.clone();
    let pages = (vec![25, 25, 10], ITEMS);
    for order in [Order::NewestFirst, Order::OldestFirst, Order::Shuffled] {
        sir.set_order(order);
        let comments =
            walk!(aws, |next| Call::ListComments { case: id(), next }, Answer::Comments, |item| item
                .id
                .clone());
        let cases = walk!(aws, |next| Call::ListCases { next }, Answer::Cases, |item| item.id.clone());
        let steps = walk!(
            aws,
            |next| Call::ListInvestigations { case: id(), next },
            Answer::Investigations,
            |item| item.id.clone()
        );
        assert_eq!((&comments, &cases, &steps), (&pages, &pages, &pages), "{order:?}");
        let edits = walk!(aws, |next| Call::ListCaseEdits { case: id(), next }, Answer::Edits, |item| item
            .message
            .clone());
        assert_eq!(edits, (vec![25, 25, 11], ITEMS + 1), "one for each comment, and the making of the case");
    }
}
