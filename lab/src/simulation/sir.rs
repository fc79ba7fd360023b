//! What does the simulated service keep, and how does it answer? Only the calls of the core and of a few commands.

use std::{collections::HashMap, rc::Rc};

use casebridge::{
    aws::sir::{Answer, Call, Fault, FaultKind},
    case::{Case, CaseId, CaseSummary, Comment, CommentId, Millis, Resolver, Status, snapshot::Facts},
    http::Page,
};

/// Items a page: fewer than the service's 25, so that short stories have many pages.
const PAGE: usize = 3;
/// The principal that our own calls bear.
pub const OURS: &str = "arn:aws:sts::111122223333:assumed-role/casebridge/command";

/// A case at one moment.
#[derive(Clone)]
pub struct State {
    /// The case.
    pub case: Case,
    /// Its comments, oldest first.
    pub comments: Vec<Comment>,
}

/// All cases, with all that they ever were.
#[derive(Default)]
pub struct Sir {
    history: HashMap<CaseId, Vec<(Millis, Rc<State>)>>,
    tokens: HashMap<String, CommentId>,
    /// ListComments gives the newest first.
    newest_first: bool,
}

impl Sir {
    /// A service without cases.
    pub fn new(newest_first: bool) -> Self {
        Self { newest_first, ..Self::default() }
    }

    /// Makes a case.
    pub fn create(&mut self, case: Case, now: Millis) {
        let state = State { case, comments: Vec::new() };
        self.history.insert(state.case.id.clone(), vec![(now, Rc::new(state))]);
    }

    /// The cases' ids.
    pub fn ids(&self) -> Vec<CaseId> {
        let mut ids: Vec<CaseId> = self.history.keys().cloned().collect();
        ids.sort();
        ids
    }

    /// How many times the fields of a case changed.
    pub fn changes(&self, id: &CaseId) -> usize {
        let history = self.history.get(id).map(Vec::as_slice).unwrap_or_default();
        let facts: Vec<Facts> = history.iter().map(|(_, state)| Facts::of(&state.case)).collect();
        facts.windows(2).filter(|pair| pair[0] != pair[1]).count()
    }

    /// A case as it was at `seen`; `None` if there was none.
    pub fn at(&self, id: &CaseId, seen: Millis) -> Option<Rc<State>> {
        let history = self.history.get(id)?;
        history.iter().rev().find(|(at, _)| *at <= seen).map(|(_, state)| state.clone())
    }

    /// A case as it is.
    pub fn newest(&self, id: &CaseId) -> Option<Rc<State>> {
        self.at(id, Millis::MAX)
    }

    /// Changes a case; `false` where it is closed or there is none.
    pub fn change(&mut self, id: &CaseId, now: Millis, change: impl FnOnce(&mut State)) -> bool {
        let Some(newest) = self.newest(id).filter(|state| !state.case.is_closed()) else { return false };
        let mut state = (*newest).clone();
        change(&mut state);
        // An assumption that docs/architecture.md names: lastUpdatedDate rises with every change.
        state.case.updated = newest.case.updated.map(|last| (now / 1_000).max(last + 1));
        self.history.entry(id.clone()).or_default().push((now, Rc::new(state)));
        true
    }

    /// Adds a comment and answers its id.
    pub fn comment(&mut self, id: &CaseId, now: Millis, creator: &str, body: String) -> Option<CommentId> {
        let mut made = None;
        self.change(id, now, |state| {
            let comment = CommentId::new(format!("{:06}", state.comments.len() + 1));
            made = Some(comment.clone());
            let creator = creator.to_owned();
            state.comments.push(Comment { id: comment, created: now / 1_000, updated: None, creator, body });
        });
        made
    }

    /// Answers a call. A read shows what was at `seen`. The second value says whether something changed.
    pub fn answer(&mut self, call: Call, now: Millis, seen: Millis) -> (Result<Answer, Fault>, bool) {
        match call {
            Call::GetCase { case } => {
                (self.seen(&case, seen).map(|s| Answer::Case(Box::new(s.case.clone()))), false)
            }
            Call::ListComments { case, next } => {
                let page = self.seen(&case, seen).map(|state| self.page(&state.comments, next));
                (page.map(Answer::Comments), false)
            }
            Call::ListInvestigations { .. } => {
                (Ok(Answer::Investigations(Page { items: vec![], next: None, total: None })), false)
            }
            Call::ListCases { .. } => {
                let items =
                    self.ids().iter().filter_map(|id| self.at(id, seen)).map(|s| summary(&s.case)).collect();
                (Ok(Answer::Cases(Page { items, next: None, total: None })), false)
            }
            Call::CreateCaseComment { case, body, token } => self.create_comment(&case, body, token, now),
            Call::UpdateCaseStatus { case, status } => {
                let changed = self.change(&case, now, |state| state.case.status = status);
                (self.done(&case, changed), changed)
            }
            Call::CloseCase { case } => {
                let changed = self.change(&case, now, |state| {
                    state.case.status = Status::Closed;
                    state.case.closed = Some(now / 1_000);
                });
                (self.done(&case, changed), changed)
            }
            _ => (Err(fault(FaultKind::Invalid { fields: vec![] })), false),
        }
    }

    fn done(&self, id: &CaseId, changed: bool) -> Result<Answer, Fault> {
        match (changed, self.newest(id)) {
            (true, _) => Ok(Answer::Done),
            (false, Some(_)) => Err(fault(FaultKind::Conflict)),
            (false, None) => Err(fault(FaultKind::NotFound)),
        }
    }

    fn create_comment(
        &mut self,
        case: &CaseId,
        body: String,
        token: String,
        now: Millis,
    ) -> (Result<Answer, Fault>, bool) {
        if let Some(made) = self.tokens.get(&token) {
            return (Ok(Answer::CommentId(made.clone())), false);
        }
        match self.comment(case, now, OURS, body) {
            Some(made) => {
                self.tokens.insert(token, made.clone());
                (Ok(Answer::CommentId(made)), true)
            }
            None => (Err(fault(FaultKind::Conflict)), false),
        }
    }

    fn seen(&self, id: &CaseId, seen: Millis) -> Result<Rc<State>, Fault> {
        self.at(id, seen).ok_or_else(|| fault(FaultKind::NotFound))
    }

    /// A page goes on behind the comment where the one before ended, whatever came in the meantime.
    fn page(&self, comments: &[Comment], next: Option<String>) -> Page<Comment> {
        let mut all: Vec<&Comment> = comments.iter().collect();
        if self.newest_first {
            all.reverse();
        }
        let behind = |one: &&&Comment| match &next {
            None => true,
            Some(last) if self.newest_first => one.id.as_str() < last.as_str(),
            Some(last) => one.id.as_str() > last.as_str(),
        };
        let rest: Vec<&Comment> = all.iter().filter(behind).copied().collect();
        let items: Vec<Comment> = rest.iter().take(PAGE).map(|comment| (*comment).clone()).collect();
        let more = rest.len() > items.len();
        let next = items.last().filter(|_| more).map(|last| last.id.to_string());
        Page { items, next, total: Some(comments.len() as u64) }
    }
}

fn summary(case: &Case) -> CaseSummary {
    CaseSummary {
        id: case.id.clone(),
        title: case.title.clone(),
        status: case.status.clone(),
        resolver: case.resolver,
        waits_for_customer: case.waits_for_customer,
        updated: case.updated,
        created: case.created,
        closed: case.closed,
    }
}

fn fault(kind: FaultKind) -> Fault {
    Fault { kind, message: String::new() }
}

/// A case as the stories begin.
pub fn new_case(id: &str, now: Millis) -> Case {
    Case {
        id: CaseId::new(id),
        arn: format!("arn:aws:security-ir:eu-west-1:111122223333:case/{id}"),
        title: "Unusual sign-ins".to_owned(),
        description: "A root user signed in from a new country.".to_owned(),
        status: Status::Submitted,
        engagement: "Security Incident".to_owned(),
        resolver: Resolver::Own,
        waits_for_customer: false,
        reported_start: Some(now / 1_000),
        actual_start: None,
        created: Some(now / 1_000),
        updated: Some(now / 1_000),
        closed: None,
        closure: None,
        accounts: vec!["111122223333".to_owned()],
        regions: vec!["eu-west-1".to_owned()],
        services: vec![],
        watchers: vec![],
        actors: vec![],
        attachments: vec![],
        metadata: vec![],
    }
}
