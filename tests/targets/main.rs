//! Does every target keep the contract? One suite, run against each of them over HTTP; and the engine with a target that
//! cannot be read.
//!
//! A new target comes with a stage: how it is reached, what people see there, and how each trouble is made.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test's helpers may fail as a test does")]

mod jira;
mod pace;
mod pager;
mod plain;
mod repeatable;
mod slack;
mod suite;
mod unread;
mod webhook;

/// One test for each promise, for a stage.
macro_rules! keeps_the_contract {
    ($($name:ident),* $(,)?; $stage:expr) => {
        $(
            #[tokio::test]
            async fn $name() {
                crate::suite::$name(&$stage.await).await;
            }
        )*
    };
}

/// All promises of the contract.
macro_rules! conforms {
    ($stage:expr) => {
        crate::keeps_the_contract! {
            what_is_made_stands_once_in_its_order_and_is_found_again,
            what_is_read_back_says_which_of_ours_it_is_and_what_it_says,
            what_reads_differently_is_rewritten_in_its_place,
            what_a_person_deleted_is_gone_and_cannot_be_rewritten,
            a_refusal_of_what_it_says_is_no_refusal_of_us,
            whoever_is_asked_to_wait_hears_for_how_long_and_nothing_was_made,
            without_an_answer_nobody_knows_and_it_is_found_if_it_was_made,
            nothing_is_made_where_the_place_is_gone,
            a_state_that_cannot_be_set_says_so_and_what_is_told_goes_on,
            a_state_may_be_set_twice,
            whoever_is_not_known_hears_so;
            $stage
        }
    };
}

/// All promises of a target that cannot be read.
macro_rules! conforms_unread {
    ($stage:expr) => {
        $crate::conforms_unread! {
            what_comes_twice_is_taken_once,
            a_refusal_of_what_it_says_is_no_refusal_of_us,
            whoever_is_asked_to_wait_hears_for_how_long,
            without_an_answer_it_is_sent_again_under_its_id,
            whoever_is_not_known_hears_so,
            nothing_is_set_or_looked_for_there;
            $stage
        }
    };
    ($($name:ident),* $(,)?; $stage:expr) => {
        $(
            #[tokio::test]
            async fn $name() {
                crate::unread::$name(&$stage.await).await;
            }
        )*
    };
}

pub(crate) use {conforms, conforms_unread, keeps_the_contract};
