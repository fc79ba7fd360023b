//! Which comments stay in their issue? The gate that everything which people write in Jira passes, whatever brought it.

use crate::jira::{Audience, HeardComment};

/// What keeps a comment in its issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stays {
    /// It is not for everybody who sees the issue.
    Restricted,
}

/// Why a comment stays in its issue; `None` where it may go to the case.
pub fn stays(comment: &HeardComment) -> Option<Stays> {
    match comment.audience {
        Audience::Everybody => None,
        Audience::Restricted => Some(Stays::Restricted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_everybody_in_jira_reads_leaves_it() {
        let of = |audience| stays(&HeardComment { audience, ..HeardComment::default() });
        assert_eq!(of(Audience::Everybody), None);
        assert_eq!(of(Audience::Restricted), Some(Stays::Restricted));
        assert_eq!(stays(&HeardComment::default()), Some(Stays::Restricted), "nobody knows for whom it is");
    }
}
