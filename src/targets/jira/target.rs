//! How does what is to stand in Jira come to stand there? From the contract to the REST API, and back from what is
//! read.

use async_trait::async_trait;
use tokio::sync::OnceCell;
use tracing::warn;

use super::{
    CommentRef, Created, FoundIssues, HeardComment, IssueNow, IssueRef, IssueText, Jira, Moved, OurIssue,
    RemoteLink, content, description, notice,
    planner::{IssueState, JiraPlanner},
    summary,
};
use crate::{
    case::{AccountId, Case, CaseId, Email, IssueCommentId, IssueId, IssueKey, Millis, text},
    config::settings::Route,
    http::Failure,
    state::{
        key::{Fingerprint, Key, Plainness},
        notes::{HOME, Intent, PlaceNote},
    },
    targets::{
        attachments::{self, Asked, Opening},
        contract::{Creation, Entry, Found, OtherAnchors, Planner, ReadBack, Said, Target, known_to},
        mark::{Mark, earliest},
        telling::{Decoration, Picture, What},
    },
};

/// The key of the comment that stands for our description where that is a person's.
const BESIDE: &str = "beside";

/// The key of the comment that says where the case is told, and in the mark of an issue that is set aside.
pub(crate) const ASIDE: &str = "aside";

/// Jira as a target; asked at most once who we are.
pub struct JiraTarget<'a> {
    jira: Jira<'a>,
    planner: JiraPlanner<'a>,
    me: OnceCell<AccountId>,
}

impl<'a> JiraTarget<'a> {
    pub fn new(jira: Jira<'a>) -> Self {
        let planner = JiraPlanner { settings: jira.settings, routes: &[] };
        Self { planner, jira, me: OnceCell::new() }
    }

    /// With projects in which the issues of some cases are made instead.
    pub fn by(mut self, routes: &'a [Route]) -> Self {
        self.planner.routes = routes;
        self
    }

    /// All that we made of a case, the first before the others.
    async fn all_issues(&self, case: &Case, note: &PlaceNote) -> Result<OtherAnchors, Failure> {
        let FoundIssues { ours, mut strange } =
            self.jira.issues_of(&case.id, case.created.unwrap_or_default() * 1_000).await?;
        let found = |OurIssue { issue, by }| Found {
            key: Key(HOME.to_owned()),
            remote: remote(&issue),
            by,
            ..Found::default()
        };
        // Nothing of a case goes to another project, so nothing there is offered.
        let project = format!("{}-", self.planner.settings_for(note).project);
        strange.retain(|issue| issue.key.as_str().starts_with(&project));
        Ok(OtherAnchors {
            ours: ours.into_iter().map(found).collect(),
            strange: strange.iter().map(remote).collect(),
        })
    }

    async fn comments(&self, case: &CaseId, issue: &IssueId) -> Result<ReadBack, Failure> {
        let me = self.me.get_or_try_init(|| self.jira.me()).await?;
        let (mut all, mut start) = (ReadBack::default(), 0);
        loop {
            let page = self.jira.comments(issue, start).await?;
            page.items.into_iter().for_each(|one| take(&mut all, one, case, me));
            match page.next {
                Some(next) => start = next,
                None => return Ok(all),
            }
        }
    }

    /// A description that is a person's stays; ours is a comment, which is there once however often it is set.
    async fn set_beside(
        &self,
        text: IssueText<'_>,
        hash: &Fingerprint,
        note: &PlaceNote,
    ) -> Result<(), Failure> {
        let (issue, key) = (issue(note)?, Key(BESIDE.to_owned()));
        let mark = Mark::of(text.case, &key, hash);
        let there = self.comments(text.case, &issue).await?.ours;
        let words = text.description.clone();
        match earliest(&there, &key) {
            Some(id) => self.jira.edit_comment(&comment(&id, note)?, &mark, words).await?,
            None => drop(self.jira.comment(&issue, &mark, words).await?),
        }
        self.jira.set_summary(&issue, &text).await
    }

    async fn copy(&self, asked: &Asked<'_>, case: &CaseId, note: &PlaceNote) -> Result<(), Failure> {
        let issue = issue(note)?;
        let me = self.me.get_or_try_init(|| self.jira.me()).await?;
        let (Asked::Copy(file) | Asked::TakeBack(file)) = asked;
        let there = self.jira.issue_now(IssueRef::Id(&issue)).await?.files;
        let there = there.ok_or_else(|| Failure::Content { why: "the issue shows no files".to_owned() })?;
        let stands = there.into_iter().find(|one| {
            one.name == file.name && one.author.as_ref().is_some_and(|author| author.account == *me)
        });
        match (asked, stands) {
            (Asked::Copy(_), Some(_)) | (Asked::TakeBack(_), None) => Ok(()),
            (Asked::TakeBack(_), Some(copy)) => self.jira.detach(&copy.id).await,
            (Asked::Copy(file), None) => {
                let opening = Opening { world: self.jira.world, case, until: self.jira.until };
                let opened = self.planner.copying().open(&opening, file).await?;
                self.jira.attach(&issue, &file.name, opened).await
            }
        }
    }

    /// The issue stands for its own key: it is there if it can be read. One that we did not make does not say which
    /// version stands there.
    async fn issue_itself(&self, case: &CaseId, issue: &IssueId, all: &mut ReadBack) -> Result<(), Failure> {
        let IssueNow { stands, last, files } = self.jira.issue_now(IssueRef::Id(issue)).await?;
        let mark = stands.mark.as_ref();
        let hash = mark.and_then(|mark| mark.read(case)).map(|(_, hash)| hash).unwrap_or_default();
        let by = mark.and_then(Mark::by).cloned();
        // It may have another key since it was moved.
        let remote = remote(&Created { id: stands.id, key: stands.key });
        all.ours.push(Found { key: Key(HOME.to_owned()), hash, remote, at: 0, by });
        if let Some(last) = last.filter(|last| last.by.as_ref() != self.me.get()) {
            all.said.push(Said { remote: format!("moved/{}", last.id), at: last.at, ..Said::default() });
        }
        let theirs = files
            .into_iter()
            .flatten()
            .filter(|file| file.author.as_ref().map(|it| &it.account) != self.me.get());
        all.said.extend(theirs.map(|file| Said {
            remote: format!("file/{}", file.id),
            at: file.created.unwrap_or_default(),
            ..Said::default()
        }));
        Ok(())
    }
}

#[async_trait(?Send)]
impl Target for JiraTarget<'_> {
    fn planner(&self) -> &dyn Planner {
        &self.planner
    }

    async fn create(&self, creation: &Creation<'_>, note: &PlaceNote) -> Result<String, Failure> {
        let Creation { what, intent, picture } = creation;
        let mark = Mark::of(&picture.view.case.id, &intent.key, &intent.hash);
        match what {
            What::Container(_) => {
                Err(Failure::Broken { everywhere: false, why: "Jira has no channels".to_owned() })
            }
            What::Anchor => {
                let (level, settings) = (self.planner.level(note), self.planner.settings_for(note));
                let jira = Jira { settings: &settings, ..self.jira };
                let made = jira.create_issue_under(issue_text(mark, picture), level).await?;
                Ok(remote(&made))
            }
            What::Content(told) => self
                .jira
                .comment(&issue(note)?, &mark, content(told, intent.plainness))
                .await
                .map(String::from),
        }
    }

    async fn edit(&self, entry: &Entry<'_>, note: &PlaceNote) -> Result<(), Failure> {
        let body = content(entry.content, Plainness::Full);
        let mark = Mark::of(entry.case, entry.key, entry.hash);
        self.jira.edit_comment(&comment(entry.remote, note)?, &mark, body).await
    }

    async fn set(&self, state: &Decoration, picture: &Picture, note: &PlaceNote) -> Result<(), Failure> {
        if let Some(asked) = attachments::asked(state, picture) {
            return self.copy(&asked, &picture.view.case.id, note).await;
        }
        let case = &picture.view.case.id;
        let settings = self.planner.settings_for(note);
        let jira = Jira { settings: &settings, ..self.jira };
        let mut states = self.planner.states(picture, note).into_iter();
        match states.find(|(other, _)| other.name == state.name).map(|(_, setting)| setting) {
            Some(IssueState::Text) => {
                let mark = Mark::of(case, &Key(HOME.to_owned()), &state.hash);
                let text = issue_text(mark, picture);
                match note.beside {
                    false => jira.set_text(&issue(note)?, text).await,
                    true => self.set_beside(text, &state.hash, note).await,
                }
            }
            Some(IssueState::Status(target)) => match jira.transition(&issue(note)?, target).await? {
                Moved::There => Ok(()),
                Moved::NotPossible { .. } => {
                    Err(Failure::Content { why: "its workflow, which has no way there".to_owned() })
                }
            },
            Some(IssueState::Assignee(email)) => assign(&jira, &issue(note)?, email.as_ref()).await,
            Some(IssueState::Level(level)) => jira.set_level(&issue(note)?, level).await,
            Some(IssueState::Link { title, url }) => {
                let id = format!("casebridge/{case}/{}", text::hash(title));
                let link = RemoteLink { id: &id, url: &url, title };
                jira.remote_link(&issue(note)?, &link).await
            }
            None => Err(Failure::Content { why: "no such setting here".to_owned() }),
        }
    }

    async fn delete(&self, remote: &str, note: &PlaceNote) -> Result<(), Failure> {
        self.jira.delete_comment(&comment(remote, note)?).await
    }

    async fn find(
        &self,
        case: &CaseId,
        intent: &Intent,
        note: &PlaceNote,
    ) -> Result<Option<String>, Failure> {
        if intent.key.0 == HOME {
            return Ok(self
                .jira
                .issues_of(case, intent.since)
                .await?
                .ours
                .first()
                .map(|ours| remote(&ours.issue)));
        }
        Ok(earliest(&self.comments(case, &issue(note)?).await?.ours, &intent.key))
    }

    async fn recall(&self, case: &Case, note: &PlaceNote) -> Result<Option<Found>, Failure> {
        Ok(self.all_issues(case, note).await?.ours.into_iter().next())
    }

    async fn others(&self, case: &Case, note: &PlaceNote) -> Result<OtherAnchors, Failure> {
        let home = issue(note)?;
        let mut all = self.all_issues(case, note).await?;
        let is_other = |remote: &str| self.planner.anchor(remote, note).place != home.as_str();
        all.ours.retain(|other| is_other(&other.remote));
        all.strange.retain(|other| is_other(other));
        Ok(all)
    }

    /// The label goes last: until then it is found again.
    async fn set_aside(&self, case: &CaseId, spare: &str, note: &PlaceNote) -> Result<(), Failure> {
        let home = note.home.as_ref().map(|home| IssueKey::new(&home.name)).ok_or_else(no_issue)?;
        let other = IssueId::new(self.planner.anchor(spare, note).place);
        let (id, url) = (format!("casebridge/{case}/aside"), self.jira.settings.browse(&home));
        let link = RemoteLink { id: &id, url: &url, title: home.as_str() };
        // The comment says the same.
        if let Err(failure) = self.jira.remote_link(&other, &link).await {
            warn!(%case, %failure, "what is set aside has no link");
        }
        let key = Key(ASIDE.to_owned());
        let mark = Mark::of(case, &key, &Fingerprint::default());
        if earliest(&self.comments(case, &other).await?.ours, &key).is_none() {
            self.jira.comment(&other, &mark, notice::aside(case, &home)).await?;
        }
        self.jira.disown(&other, case, &mark).await
    }

    async fn is_gone(&self, note: &PlaceNote) -> Result<bool, Failure> {
        match self.jira.issue_status(IssueRef::Id(&issue(note)?)).await {
            Ok(_) => Ok(false),
            Err(Failure::Gone { .. }) => Ok(true),
            Err(failure) => Err(failure),
        }
    }

    async fn read_back(&self, case: &CaseId, note: &PlaceNote) -> Result<ReadBack, Failure> {
        let home = note.home.as_ref().ok_or_else(no_issue)?;
        let issue = IssueId::new(&home.place);
        let mut all = self.comments(case, &issue).await?;
        self.issue_itself(case, &issue, &mut all).await?;
        Ok(all)
    }

    async fn knows_us(&self) -> Result<bool, Failure> {
        known_to(self.jira.me().await)
    }
}

/// Of what people wrote only that and when it last changed: who reads it is for the gate to say, with the comment itself.
fn take(all: &mut ReadBack, one: HeardComment, case: &CaseId, me: &AccountId) {
    let mark = one.mark_by(me);
    match mark.and_then(|mark| mark.read(case)) {
        Some((key, hash)) => {
            // Ids rise with time.
            let at = one.id.as_str().parse().unwrap_or(Millis::MAX);
            let by = mark.and_then(Mark::by).cloned();
            all.ours.push(Found { key, hash, remote: one.id.into(), at, by });
        }
        None if one.mark_by(me).is_none() => {
            let remote = format!("{}/at/{}", one.id, one.updated);
            all.said.push(Said { remote, at: one.changed().unwrap_or_default(), ..Said::default() });
        }
        None => {}
    }
}

async fn assign(jira: &Jira<'_>, issue: &IssueId, email: Option<&Email>) -> Result<(), Failure> {
    let because = |why: &str| Failure::Content { why: why.to_owned() };
    let email = email.ok_or_else(|| because("Slack does not tell the owner's e-mail address"))?;
    let account = jira.account_called(email).await?;
    let account = account.ok_or_else(|| because("Jira knows nobody by the owner's e-mail address"))?;
    match jira.assign(issue, &account).await {
        Err(Failure::Content { .. } | Failure::Broken { everywhere: false, .. }) => {
            Err(because("Jira does not let the owner be assigned there"))
        }
        assigned => assigned,
    }
}

fn issue_text(mark: Mark, picture: &Picture) -> IssueText<'_> {
    let view = &picture.view;
    IssueText { case: &view.case.id, mark, summary: summary(&view.case), description: description(view) }
}

fn issue(note: &PlaceNote) -> Result<IssueId, Failure> {
    note.home.as_ref().map(|home| IssueId::new(&home.place)).ok_or_else(no_issue)
}

fn comment(id: &str, note: &PlaceNote) -> Result<CommentRef, Failure> {
    Ok(CommentRef { issue: issue(note)?, id: IssueCommentId::new(id) })
}

/// What an issue is called in the table: see [`JiraPlanner`]'s `anchor`.
fn remote(issue: &Created) -> String {
    format!("{}/{}", issue.id, issue.key)
}

fn no_issue() -> Failure {
    Failure::Broken { everywhere: false, why: "no home".to_owned() }
}
