//! What AWS called a request that was made: its id finds the same act in CloudTrail.

use std::cell::RefCell;

tokio::task_local! {
    static LAST: RefCell<Option<String>>;
}

/// What comes of a future, and what AWS called the last request in it, where it told that.
pub(crate) async fn noted<T>(asking: impl Future<Output = T>) -> (T, Option<String>) {
    let noting = async {
        let answer = asking.await;
        (answer, LAST.with(RefCell::take))
    };
    LAST.scope(RefCell::default(), noting).await
}

/// Takes the id that stands in an answer; outside of [`noted`] nobody wants it.
pub(super) fn note(id: Option<&str>) {
    let plain = |id: &&str| {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        (1..=64).contains(&id.len()) && id.bytes().all(is_plain)
    };
    if let Some(id) = id.filter(plain) {
        let _ = LAST.try_with(|last| last.replace(Some(id.to_owned())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_last_request_counts_and_what_could_be_anything_does_not() {
        note(Some("outside"));
        for (told, expected) in [
            (vec![], None),
            (vec![Some("a-1"), None, Some("b-2")], Some("b-2")),
            (vec![Some("a-1"), Some("two lines\n")], Some("a-1")),
            (vec![Some("")], None),
        ] {
            let asking = async { told.iter().for_each(|id| note(*id)) };
            assert_eq!(noted(asking).await.1.as_deref(), expected, "{told:?}");
        }
    }
}
