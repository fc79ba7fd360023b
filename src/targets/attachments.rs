//! Which files of a case are to stand at a target itself, where the settings ask for copies, and how their bytes come from
//! AWS? Each is one state beside what is told, which is looked for by its name before it is made: no two files of a case
//! have the same.

use super::{
    content::Notice,
    telling::{Decoration, Ledger, Picture},
};
use crate::{
    aws::sir::{Fault, FaultKind, ask},
    case::{Attachment, Case, CaseId, Millis, text},
    config::settings::Attachments,
    http::{
        Failure, Request,
        transport::{LONGEST_COPY, Opened, Source},
    },
    runtime::{self, World},
    state::{
        Seen,
        key::{Fingerprint, Key},
        notes::PlaceNote,
    },
};

/// How the name of such a state begins.
const FILE: &str = "file/";
const COPIED: &str = "copied";
const TAKEN_BACK: &str = "taken back";
/// After so many refusals the link is all there is.
const TRIES: u32 = 5;
const MIB: u64 = 1024 * 1024;

/// For which case a file is opened, and until when.
#[derive(Clone, Copy)]
pub(crate) struct Opening<'o> {
    pub(crate) world: &'o dyn World,
    pub(crate) case: &'o CaseId,
    pub(crate) until: Millis,
}

/// What the settings say of a target's copies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Copying {
    pub(crate) attachments: Attachments,
    pub(crate) most_mb: u32,
}

/// How the key begins under which a ledger knows that a file is not to be copied there: people brought it from there, or it was
/// taken back.
const KEPT: &str = "copy/";

pub(crate) fn key(name: &str) -> Key {
    Key(format!("{KEPT}{}", text::hash(name)))
}

pub(crate) fn is_kept(key: &Key) -> bool {
    key.0.starts_with(KEPT)
}

impl Copying {
    fn is_on(self) -> bool {
        self.attachments == Attachments::Copy
    }

    pub(crate) fn keys(self, case: &Case) -> impl Iterator<Item = Key> {
        case.attachments.iter().filter(move |_| self.is_on()).map(|file| key(&file.name))
    }

    /// What has to be copied, or to be taken away again: of a closed case nothing is begun.
    pub(crate) fn states(self, case: &Case, note: &PlaceNote, ledger: &Ledger) -> Vec<Decoration> {
        let state = |file: &Attachment| {
            let name = name_of(file);
            let is_begun = note.set.contains_key(&name) || note.owed.contains_key(&name);
            let hash = match ledger.get(&key(&file.name)) {
                Some(told) if told.seen == Seen::Deleted => is_begun.then_some(TAKEN_BACK),
                Some(_) => None,
                None => (file.is_verified() && (is_begun || !case.is_closed())).then_some(COPIED),
            };
            let state = Decoration::new(name, Fingerprint::new(hash?));
            Some(state.given_up_after(TRIES).adding())
        };
        case.attachments.iter().filter(|_| self.is_on()).filter_map(state).collect()
    }

    /// What is said of those that could not be copied, once a file.
    pub(crate) fn notices(self, case: &Case, note: &PlaceNote, to: &str) -> Vec<Notice> {
        let refused = |file: &Attachment| {
            let why = note.owed.get(&name_of(file))?.why.clone()?;
            Some(Notice::NotCopied { file: file.name.clone(), to: to.to_owned(), why })
        };
        case.attachments.iter().filter(|_| self.is_on()).filter_map(refused).collect()
    }

    /// Opens a file at AWS, which tells its length only now.
    pub(crate) async fn open(self, with: &Opening<'_>, file: &Attachment) -> Result<Opened, Failure> {
        let Opening { world, case, until } = with;
        if until - world.now() < LONGEST_COPY {
            return Err(Failure::NotApplied { retry_after: None, why: "no time left to copy".to_owned() });
        }
        let url =
            runtime::ask(*world, ask::download(case, &file.id)).await.map_err(|fault| refused(&fault))?;
        let from = Request::bare(reqwest::Method::GET, url.reveal().to_owned());
        let content = |why: String| Failure::Content { why };
        match world.open(from, None).await.map_err(|trouble| later(&trouble.to_string()))? {
            Source::Opened(opened) => match opened.bytes() {
                0 => Err(content("it is empty".to_owned())),
                bytes if bytes > u64::from(self.most_mb) * MIB => Err(content(format!(
                    "it has {} MiB, and attachments_mb allows {}",
                    bytes.div_ceil(MIB),
                    self.most_mb
                ))),
                _ => Ok(opened),
            },
            Source::Refused { status: status @ (429 | 500..) } => Err(later(&format!("HTTP {status}"))),
            Source::Refused { status } => Err(content(format!("AWS did not give it (HTTP {status})"))),
            Source::SignIn | Source::Length { .. } => Err(content("AWS gave something else".to_owned())),
        }
    }
}

/// Nothing stands anywhere yet.
pub(crate) fn later(why: &str) -> Failure {
    Failure::NotApplied { retry_after: None, why: format!("a file: {why}") }
}

fn refused(fault: &Fault) -> Failure {
    match &fault.kind {
        FaultKind::Throttled { retry_after } => {
            Failure::NotApplied { retry_after: *retry_after, why: "a file: AWS asks to wait".to_owned() }
        }
        FaultKind::NotSent | FaultKind::Unknown | FaultKind::NoSession => later("AWS did not answer"),
        FaultKind::Denied => Failure::Content { why: "the function may not read files of cases".to_owned() },
        FaultKind::Conflict
        | FaultKind::NotFound
        | FaultKind::NotActive
        | FaultKind::Quota
        | FaultKind::Invalid { .. }
        | FaultKind::InvalidToken => Failure::Content { why: "AWS does not give it".to_owned() },
    }
}

fn name_of(file: &Attachment) -> String {
    format!("{FILE}{}", file.id)
}

/// What a state asks to be done with a file.
pub(crate) enum Asked<'p> {
    Copy(&'p Attachment),
    TakeBack(&'p Attachment),
}

/// `None` for a state that is no file's.
pub(crate) fn asked<'p>(state: &Decoration, picture: &'p Picture) -> Option<Asked<'p>> {
    let file = picture.view.case.attachments.iter().find(|file| name_of(file) == state.name)?;
    match state.hash.as_str() {
        TAKEN_BACK => Some(Asked::TakeBack(file)),
        _ => Some(Asked::Copy(file)),
    }
}
