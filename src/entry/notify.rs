//! What does `notify` do with what Lambda brought? Hints first, then every case for itself.

use std::{
    collections::{BTreeMap, BTreeSet},
    panic::AssertUnwindSafe,
};

use futures_util::{FutureExt, StreamExt, future::join, stream};
use serde_json::{Value, json};
use tracing::{error, warn};

use crate::{
    case::{CaseId, Millis},
    chat::{ingress::unheard::Replies, policy::since},
    config::{secrets::Secrets, settings::Settings},
    entry::{targets::Targets, unready},
    runtime::{World, gate::Queues, sighting},
    state::{self, DueList},
    sync::{
        announcements::{self, AnnounceError, News},
        context::Context,
        reconcile::{
            ReconcileError,
            preview::{Preview, PreviewError, preview},
            reconcile, watch,
        },
        resync::{self, ResyncError},
        trigger::{self, Asking, Hint, TriggerError},
    },
    targets::{
        contract::{Listener, Target},
        slack::{Slack, SlackTarget},
    },
    telemetry::{metrics, report::Report},
};

const AT_ONCE: usize = 10;
const DUE: usize = 100;
const AGENDA: &str = "agenda";
/// So often a process reads it though it is not due.
const AGENDA_AGE: Millis = 600_000;
/// A sweep is not continued with less time than this.
const LEAST: Millis = 15_000;

pub struct Notifier<'a> {
    pub world: &'a dyn World,
    pub settings: &'a Settings,
    pub secrets: &'a Secrets,
    pub deadline: Millis,
}

/// The one event could not be taken: Lambda shall bring it again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the event was not taken: {0}")]
pub struct NotTaken(String);

impl Notifier<'_> {
    /// Takes a batch of SQS messages or a bare event. A message that cannot be taken fails alone.
    pub async fn handle(&self, event: Value) -> Result<Value, NotTaken> {
        let seen = async {
            if let Err(trouble) = since::seen_lately(self.world, self.settings).await {
                warn!(%trouble, "since when the settings hold is not known");
            }
        };
        join(seen, Box::pin(self.take(event))).await.1
    }

    async fn take(&self, event: Value) -> Result<Value, NotTaken> {
        let Some(records) = event.get("Records").and_then(Value::as_array) else {
            let hint = trigger::decode_value(event).map_err(|error| NotTaken(error.to_string()))?;
            let failed = self.work(vec![(String::new(), Ok(hint))]).await;
            return if failed.is_empty() { Ok(Value::Null) } else { Err(NotTaken("see the log".to_owned())) };
        };
        let text = |record: &Value, name: &str| record[name].as_str().unwrap_or_default().to_owned();
        let fresh = records.iter().filter(|record| !(is_repeated(record) && unready::is_sweep(record)));
        let hints = fresh.map(|record| (text(record, "messageId"), trigger::decode(&text(record, "body"))));
        let failed = self.work(hints.collect()).await;
        let failures: Vec<Value> = failed.into_iter().map(|id| json!({"itemIdentifier": id})).collect();
        Ok(json!({"batchItemFailures": failures}))
    }

    /// Works through what arrived. The answer names the messages that must come again.
    async fn work(&self, hints: Vec<(String, Result<Hint, TriggerError>)>) -> Vec<String> {
        let (mut failed, mut cases, mut sweep) = (Vec::new(), BTreeMap::<CaseId, CaseMessages>::new(), false);
        let mut due = BTreeSet::new();
        if hints.iter().any(|(_, hint)| matches!(hint, Ok(Hint::Case { .. } | Hint::Membership { .. }))) {
            sighting::event(self.world).await;
        }
        for (message, hint) in hints {
            match hint {
                Ok(Hint::NotOurs) => {}
                Ok(Hint::Sweep) => sweep = true,
                Ok(Hint::Due(id)) => drop(due.insert(id)),
                Ok(Hint::Case { id, full, changed, event }) => {
                    let CaseMessages { messages, asking } = cases.entry(id).or_default();
                    messages.push(message);
                    asking.add(full, changed, event);
                }
                Ok(Hint::Membership { .. }) if self.settings.sir.observe => {}
                Ok(Hint::Membership { id, what, event }) => {
                    let news = News { id: &id, happened: what, event: &event };
                    let told = announcements::tell(self.world, &SlackTarget::new(self.slack()), news).await;
                    if let Err(trouble) = told {
                        if let AnnounceError::Store(state::Error::Unreadable(record)) = &trouble {
                            metrics::unreadable(record);
                        }
                        warn!(membership = %id, %trouble, "the membership's news was not told");
                        failed.push(message);
                    }
                }
                Err(trouble) => {
                    warn!(id = message, %trouble, "a message that cannot be read");
                    failed.push(message);
                }
            }
        }
        due.retain(|id| !cases.contains_key(id));
        let asked = cases.iter().map(|(id, wanted)| (id.clone(), Some(&wanted.asking)));
        let asked = asked.chain(due.into_iter().map(|id| (id, None))).collect();
        let (mut reports, not_noted) = self.attend_each(asked).await;
        failed.extend(not_noted.iter().filter_map(|id| cases.remove(id)).flat_map(|wanted| wanted.messages));
        if sweep {
            reports.extend(self.sweep().await);
        }
        metrics::write(self.world.now(), &reports);
        failed
    }

    fn slack(&self) -> Slack<'_> {
        Slack::new(self.world, self.settings, self.secrets, self.deadline)
    }

    /// What is due, oldest first, until the time is over.
    async fn sweep(&self) -> Vec<Report> {
        let mut reports = vec![Report { swept: true, ..Report::default() }];
        let Some(mut list) = self.due().await else { return reports };
        if list.agenda || !self.read_the_agenda_lately() {
            self.besides().await;
            match self.due().await {
                Some(anew) => list = anew,
                None => return reports,
            }
        } else {
            sighting::swept(self.world).await;
        }
        let mut tried = BTreeSet::new();
        while self.has_time() {
            let due = list.cases;
            let all = due.len() < DUE;
            // One that is held, or that failed a moment ago, is still due: it is passed over.
            let fresh: Vec<_> = due.into_iter().filter(|case| tried.insert(case.clone())).collect();
            if fresh.is_empty() {
                break;
            }
            reports.extend(self.attend(fresh).await);
            if all {
                break;
            }
            match self.due().await {
                Some(next) => list = next,
                None => break,
            }
        }
        reports
    }

    async fn due(&self) -> Option<DueList> {
        let due = self.world.store().due_list(self.world.now(), DUE).await;
        due.inspect_err(|trouble| warn!(%trouble, "could not ask what is due")).ok()
    }

    /// What a sweep is to do besides what is due.
    async fn besides(&self) {
        match resync::discover(self.world, self.settings, self.deadline - LEAST).await {
            Err(ResyncError::Store(state::Error::Unreadable(record))) => metrics::unreadable(&record),
            Err(trouble) => warn!(%trouble, "the discovery stopped"),
            Ok(broken) => {
                if let Some(recent) = self.world.recent() {
                    recent.saw_to(AGENDA, self.deployment(), self.world.now());
                }
                sighting::swept(self.world).await;
                if broken {
                    self.recover().await;
                }
            }
        }
    }

    /// An agenda that an earlier release wrote, or that was lost with its table, is not listed as due: each process looks for
    /// it now and then all the same.
    /// it now and then all the same.
    fn read_the_agenda_lately(&self) -> bool {
        let (now, here) = (self.world.now(), self.deployment());
        self.world.recent().is_some_and(|recent| recent.was_seen_to(AGENDA, &here, (now, AGENDA_AGE)))
    }

    fn deployment(&self) -> String {
        self.world.deployment().map(ToString::to_string).unwrap_or_default()
    }

    fn has_time(&self) -> bool {
        self.deadline - self.world.now() > LEAST
    }

    fn targets(&self) -> Targets<'_> {
        Targets::new(self.world, self.settings, self.secrets, self.deadline)
    }

    async fn recover(&self) {
        let targets = self.targets();
        let all = targets.all();
        if let Err(trouble) = resync::recover(&self.context(&all, &self.listener())).await {
            warn!(%trouble, "whether a target is mended is not known");
        }
    }

    fn listener(&self) -> Replies<'_> {
        Replies { world: self.world, settings: self.settings, slack: self.slack() }
    }

    fn context<'c>(&'c self, targets: &'c [&'c dyn Target], listener: &'c dyn Listener) -> Context<'c> {
        let Self { world, settings, deadline, .. } = *self;
        Context { world, settings, targets, listener, queues: Queues::default(), crowd: false, deadline }
    }

    /// What would be done for a case now. Changes nothing anywhere.
    pub async fn preview(&self, case: &CaseId) -> Result<Vec<Preview>, PreviewError> {
        let (targets, listener) = (self.targets(), self.listener());
        let all = targets.all();
        preview(&self.context(&all, &listener), case).await
    }

    /// What is due.
    pub async fn attend(&self, cases: Vec<CaseId>) -> Vec<Report> {
        self.attend_each(cases.into_iter().map(|case| (case, None)).collect()).await.0
    }

    /// Every case for itself: what one of them does to its worker harms no other. The answer names those for which nobody
    /// will come back.
    async fn attend_each(&self, cases: Vec<(CaseId, Option<&Asking>)>) -> (Vec<Report>, Vec<CaseId>) {
        let targets = self.targets();
        let (all, listener) = (targets.all(), self.listener());
        let context = Context { crowd: cases.len() > 1, ..self.context(&all, &listener) };
        let each = stream::iter(&cases).map(async |(case, asked)| match (self.has_time(), asked) {
            (true, asked) => one(&context, case, *asked).await,
            // What is not begun any more stays due; what was never noted comes again.
            (false, None) => Ok(Report::default()),
            (false, Some(_)) => Err(case.clone()),
        });
        let each: Vec<_> = each.buffer_unordered(AT_ONCE).collect().await;
        let (reports, not_noted): (Vec<_>, Vec<_>) = each.into_iter().partition(Result::is_ok);
        let reports: Vec<Report> = reports.into_iter().flatten().collect();
        let broken: Vec<_> = reports.iter().flat_map(|report| report.broken.iter().copied()).collect();
        announcements::are_broken(&context, targets.announcer(), &broken).await;
        let shut = reports.iter().filter_map(|report| report.shut.clone()).collect();
        announcements::are_shut(targets.announcer(), shut).await;
        (reports, not_noted.into_iter().filter_map(Result::err).collect())
    }
}

/// Whether an earlier receiver of a message did not come to its end.
fn is_repeated(record: &Value) -> bool {
    record["attributes"]["ApproximateReceiveCount"].as_str().is_some_and(|count| count != "1")
}

/// What a batch asks of a case.
#[derive(Default)]
struct CaseMessages {
    messages: Vec<String>,
    asking: Asking,
}

async fn attended(
    context: &Context<'_>,
    case: &CaseId,
    asked: Option<&Asking>,
) -> Result<Report, ReconcileError> {
    match context.settings.sir.observe {
        true => watch(context, case, asked).await,
        false => reconcile(context, case, asked).await,
    }
}

/// A failure here is no failure of the message once the debt is written down: the sweep comes back to it. The case where
/// it is not.
async fn one(context: &Context<'_>, case: &CaseId, asked: Option<&Asking>) -> Result<Report, CaseId> {
    Ok(match AssertUnwindSafe(Box::pin(attended(context, case, asked))).catch_unwind().await {
        Ok(Ok(report)) => report,
        Ok(Err(ReconcileError::NotNoted(trouble))) => {
            warn!(%case, %trouble, "what was asked was not noted");
            return Err(case.clone());
        }
        Ok(Err(ReconcileError::Store(state::Error::Fenced))) => Report::default(),
        Ok(Err(trouble)) => {
            warn!(%case, %trouble, "left for the sweep");
            Report { waiting: 1, ..Report::default() }
        }
        Err(_) => {
            error!(%case, "a panic: left for the sweep");
            Report { waiting: 1, panics: 1, ..Report::default() }
        }
    })
}
