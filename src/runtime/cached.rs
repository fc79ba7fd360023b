//! How long does something that was read stay good?

use std::{future::Future, sync::Arc};

use tokio::sync::Mutex;

use crate::case::Millis;

/// Something that was read, and when. Whoever comes while it is being read waits for that one reading.
pub(crate) struct Cached<T>(Mutex<Option<(Millis, Arc<T>)>>);

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Cached<T> {
    /// What was read less than `age` ago, else what `read` gives. A failure of `read` is not remembered.
    pub(crate) async fn get<E>(
        &self,
        now: Millis,
        age: Millis,
        read: impl Future<Output = Result<T, E>>,
    ) -> Result<Arc<T>, E> {
        let mut kept = self.0.lock().await;
        if let Some((_, value)) = kept.as_ref().filter(|(at, _)| now.saturating_sub(*at) < age) {
            return Ok(value.clone());
        }
        let value = Arc::new(read.await?);
        *kept = Some((now, value.clone()));
        Ok(value)
    }

    pub(crate) async fn keep(&self, now: Millis) -> Option<Arc<T>> {
        let mut kept = self.0.lock().await;
        let (at, value) = kept.as_mut()?;
        *at = now;
        Some(value.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn something_is_read_again_when_it_is_too_old_and_not_before() {
        let kept = Cached::default();
        let read = |text: &'static str| async move { Ok::<_, ()>(text) };
        for (now, text, expected) in
            [(1_000, "a", "a"), (1_059, "b", "a"), (1_060, "c", "c"), (1_119, "d", "c"), (5_000, "e", "e")]
        {
            assert_eq!(kept.get(now, 60, read(text)).await.as_deref(), Ok(&expected), "{now}");
        }
    }

    #[tokio::test]
    async fn a_failure_is_told_and_what_there_was_can_be_kept_all_the_same() {
        let kept = Cached::<&str>::default();
        assert_eq!(kept.get(0, 60, async { Err("down") }).await, Err("down"));
        assert_eq!(kept.keep(0).await, None);
        kept.get(0, 60, async { Ok::<_, ()>("old") }).await.unwrap();
        assert_eq!(kept.get(60, 60, async { Err("down") }).await, Err("down"));
        assert_eq!(kept.get(61, 60, async { Err("still down") }).await, Err("still down"));
        assert_eq!(kept.keep(62).await.as_deref(), Some(&"old"));
        assert_eq!(kept.get(121, 60, async { Err("not asked") }).await.as_deref(), Ok(&"old"));
    }
}
