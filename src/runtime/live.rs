//! How is the real world reached? Every client is made, and every document read, when it is first needed.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_securityir::config::{IdentityCache, Region};
use aws_sdk_sqs::{error::ProvideErrorMetadata, types::QueueAttributeName};
use serde_json::json;
use tokio::sync::{Mutex, OnceCell, mpsc::UnboundedSender};

use crate::{
    aws::{
        hub,
        logs::{LogStream, Logs, LogsError},
        sessions::{SessionName, Sessions},
        sir::{self, Fault},
    },
    case::{CaseId, DeploymentId, Millis, text},
    config::{
        clock,
        environment::{Environment, LeftOut, variable},
        sdk::{Aws, Timeouts},
        secrets::{self, Secrets},
        settings::{Problem, Settings},
    },
    http::{
        self,
        transport::{Opened, Source, Transport},
    },
    runtime::{QueueMessage, Recent, World, cached::Cached, sighting::Sightings},
    state::{self, Store, dynamodb::Dynamo},
    telemetry::{
        audit::{self, AuditLine, AuditOutcome, Decision},
        metrics,
    },
};

/// How old settings may be, and secrets that a signature did not fit.
const MINUTE: Millis = 60_000;
/// How old secrets may be otherwise: `notify` verifies no signature that would tell of a new bot token.
const TEN_MINUTES: Millis = 600_000;

/// So much of the time before the first request is spent on making ready: Lambda gives ten seconds.
const WARM: Duration = Duration::from_secs(3);

/// For the queue and the secret: all attempts together fit into what the HTTP door gives itself.
const PATIENCE: Timeouts =
    Timeouts { attempt: Duration::from_millis(1_000), operation: Duration::from_millis(2_000), attempts: 3 };

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error(transparent)]
    Store(#[from] state::Error),
    #[error("there are no settings yet: run casebridge setup, or casebridge settings push FILE")]
    NoSettings,
    #[error("the settings are not good: {}", .0.iter().map(Problem::to_string).collect::<Vec<_>>().join(" "))]
    Settings(Vec<Problem>),
    #[error(transparent)]
    Secrets(#[from] secrets::SecretsError),
}

impl ConfigError {
    /// Whether nobody has set the stack up yet: there are no settings, or the secret has no value.
    pub fn is_not_set_up(&self) -> bool {
        matches!(self, Self::NoSettings | Self::Secrets(secrets::SecretsError::NoValue))
    }
}

/// The addresses of the stack's queues: for `notify`, for `command`, and the dead letters of each. One stack names them
/// alike.
pub fn queue_urls(inbox: &str) -> Result<[String; 4], String> {
    let stack = inbox.strip_suffix("-inbox.fifo");
    let stack = stack.ok_or_else(|| "CASEBRIDGE_INBOX_URL does not end with -inbox.fifo".to_owned())?;
    Ok(["-events", "-inbox.fifo", "-events-dead", "-inbox-dead.fifo"].map(|end| format!("{stack}{end}")))
}

/// What `notify` reads as: look at this case, of which something is due. It needs no seal: it says nothing of what to tell.
pub fn trigger(case: &CaseId) -> String {
    json!({ "due": case }).to_string()
}

pub enum Inbox {
    Queue(String),
    /// To somebody in this process, who drops repetitions.
    Channel(UnboundedSender<QueueMessage>),
}

pub enum Safe {
    Manager(String),
    Given(Secrets),
}

#[derive(Clone)]
pub struct Chosen {
    pub settings: Arc<Settings>,
    pub secrets: Arc<Secrets>,
}

/// Makes the client of SIR that has these calls.
pub type MakeSir = fn(aws_sdk_securityir::Client, hub::Hub) -> sir::aws::SirClient;

pub struct Live<S> {
    store: S,
    aws: Aws,
    inbox: Inbox,
    safe: Safe,
    http: Transport,
    queue: OnceCell<aws_sdk_sqs::Client>,
    manager: OnceCell<aws_sdk_secretsmanager::Client>,
    make_sir: MakeSir,
    /// By Region: settings may name another one tomorrow.
    sir: Mutex<HashMap<String, sir::aws::SirClient>>,
    /// Where acts arrive in the names of people.
    sessions: Option<Sessions>,
    settings: Cached<Settings>,
    secrets: Cached<Secrets>,
    sightings: Sightings,
    recent: Recent,
    trail: Option<LogStream>,
    left_out: LeftOut,
    deployment: Option<DeploymentId>,
    versions: Mutex<SecretVersions>,
}

/// Of which version the settings and the secret are that this process reads, and of which the trail knows.
#[derive(Default)]
struct SecretVersions {
    read: BTreeMap<&'static str, String>,
    told: BTreeMap<&'static str, String>,
}

impl Live<Dynamo> {
    /// `make_sir` says which calls there are: [`sir::aws::SirClient::new`] or [`sir::aws::SirClient::reading`].
    pub fn of(environment: Environment, make_sir: MakeSir) -> Self {
        let Environment { table, inbox_url, secret_id, audit_group, left_out } = environment;
        let aws = Aws::default();
        let deployment = Some(DeploymentId::new(text::hash(&table)));
        let store = Dynamo::new(aws.clone(), table);
        let ways = (Inbox::Queue(inbox_url), Safe::Manager(secret_id));
        // A process of the function has a stream of its own in its log, and so one of the same name here.
        let stream = variable("AWS_LAMBDA_LOG_STREAM_NAME").unwrap_or_else(|| "casebridge".to_owned());
        let trail = audit_group.map(|group| LogStream { group, name: stream });
        Self { trail, left_out, deployment, ..Self::with(store, aws, ways, make_sir) }
    }

    /// The same, for who may wait longer for the table than a function.
    #[must_use]
    pub fn with_patience(mut self, patience: Timeouts) -> Self {
        self.store = self.store.with_patience(patience);
        self
    }
}

impl<S: Store> Live<S> {
    pub fn new(store: S, aws: Aws, inbox: Inbox, safe: Safe) -> Self {
        Self::with(store, aws, (inbox, safe), sir::aws::SirClient::new)
    }

    fn with(store: S, aws: Aws, (inbox, safe): (Inbox, Safe), make_sir: MakeSir) -> Self {
        Self {
            store,
            aws,
            inbox,
            safe,
            http: Transport::default(),
            queue: OnceCell::new(),
            manager: OnceCell::new(),
            make_sir,
            sir: Mutex::default(),
            sessions: None,
            settings: Cached::default(),
            secrets: Cached::default(),
            recent: Recent::default(),
            trail: None,
            left_out: LeftOut::default(),
            deployment: None,
            versions: Mutex::default(),
            sightings: Sightings::default(),
        }
    }

    /// Changes what somebody asked for in their name, under the role of this ARN; where there is none, in its own.
    #[must_use]
    pub fn in_names_under(self, role: Option<String>) -> Self {
        Self { sessions: role.map(Sessions::under), ..self }
    }

    /// Keeps the audit trail there.
    #[must_use]
    pub fn audited(self, trail: LogStream) -> Self {
        Self { trail: Some(trail), ..self }
    }

    /// Sends what it sends through these connections, which other worlds of the same thread share: to begin with
    /// none costs more than most of what is sent on a desk.
    #[must_use]
    pub fn through(self, http: Transport) -> Self {
        Self { http, ..self }
    }

    /// The settings, at most a minute old, with the functions' own Region where they name none. Bad ones are an error,
    /// even where there were good ones before.
    pub async fn settings(&self) -> Result<Arc<Settings>, ConfigError> {
        self.settings.get(clock::now(), MINUTE, self.read_settings()).await
    }

    async fn read_settings(&self) -> Result<Settings, ConfigError> {
        let toml = self.store.settings().await?.ok_or(ConfigError::NoSettings)?;
        self.versions.lock().await.read.insert("settings", text::hash(&toml));
        let mut settings = Settings::parse(&toml, self.aws.reach().await).map_err(ConfigError::Settings)?;
        if settings.sir.region.is_none() {
            settings.sir.region = self.aws.config().await.region().map(|region| region.as_ref().to_owned());
        }
        Ok(settings)
    }

    pub(crate) async fn secrets(&self) -> Result<Arc<Secrets>, ConfigError> {
        self.secrets_of(TEN_MINUTES).await
    }

    /// The secrets after a signature that did not fit: read again, but not twice within a minute, so that a
    /// replaced secret is taken up and forged requests cost nothing.
    pub async fn secrets_again(&self) -> Result<Arc<Secrets>, ConfigError> {
        self.secrets_of(MINUTE).await
    }

    /// Old secrets are better than none: they are tried for another while.
    async fn secrets_of(&self, age: Millis) -> Result<Arc<Secrets>, ConfigError> {
        let now = clock::now();
        let error = match self.secrets.get(now, age, self.read_secrets()).await {
            Ok(secrets) => return Ok(secrets),
            Err(error) => error,
        };
        let Some(old) = self.secrets.keep(now).await else { return Err(error) };
        tracing::warn!(%error, "the secrets that were read before are kept");
        Ok(old)
    }

    async fn read_secrets(&self) -> Result<Secrets, ConfigError> {
        let id = match &self.safe {
            Safe::Given(secrets) => return Ok(secrets.clone()),
            Safe::Manager(id) => id,
        };
        let make = || async {
            let config = aws_sdk_secretsmanager::config::Builder::from(self.aws.config().await);
            let config = config.timeout_config(PATIENCE.timeouts()).retry_config(PATIENCE.retries());
            aws_sdk_secretsmanager::Client::from_conf(config.build())
        };
        let (secrets, version) = Secrets::load(self.manager.get_or_init(make).await, id).await?;
        self.versions.lock().await.read.extend(version.map(|version| ("secret", version)));
        Ok(secrets)
    }

    /// Writes down which settings and which secret are taken up, once for each version, whoever put them there. Said
    /// before it is remembered: better twice than not at all.
    pub async fn taken_up(&self) {
        let mut versions = self.versions.lock().await;
        let SecretVersions { read, told } = &mut *versions;
        for (what, version) in read {
            if told.get(what) == Some(version) {
                continue;
            }
            match self.tell_version(what, version).await {
                Ok(()) => drop(told.insert(what, version.clone())),
                Err(trouble) => tracing::warn!(what, %trouble, "what was taken up is not written down yet"),
            }
        }
    }

    async fn tell_version(&self, what: &str, version: &str) -> state::Result<()> {
        let name = format!("taken-up/{what}");
        let known = self.store.note(&name).await?;
        if known.as_deref() == Some(version) {
            return Ok(());
        }
        let now = clock::now();
        // Workers that notice it at once write the same act; what is taken up once more, later, is another.
        let act =
            format!("{name} {version} after {} {}", known.as_deref().unwrap_or_default(), now / TEN_MINUTES);
        let line = AuditLine {
            at: AuditLine::time(now),
            act: text::hash(&act),
            door: "load".to_owned(),
            verb: what.to_owned(),
            version: version.to_owned(),
            outcome: AuditOutcome::Done,
            ..AuditLine::default()
        };
        self.record(line).await;
        self.store.swap_note(&name, known.as_deref(), version, None).await.map(drop)
    }

    pub async fn chosen(&self) -> Result<Chosen, ConfigError> {
        let (settings, secrets) = tokio::try_join!(self.settings(), self.secrets())?;
        secrets.suffice(&settings)?;
        Ok(Chosen { settings, secrets })
    }

    /// Makes ready what the first request needs, all at once: clients, settings, the secret, and a connection each to the
    /// table, the secrets, Slack and Jira. What does not come about in time is made when it is needed.
    pub async fn warm(&self) {
        let ready = async {
            let (chosen, _) = tokio::join!(self.chosen(), self.queue());
            let Ok(Chosen { settings, .. }) = chosen else { return };
            let jira = settings.jira.as_ref().map(|jira| jira.api_url.as_str());
            let connections = [Some(settings.slack.api_url.as_str()), jira].into_iter().flatten();
            let connect = connections.map(|url| self.http.connect(url, clock::now()));
            tokio::join!(futures_util::future::join_all(connect), self.sir()).1.map(drop).unwrap_or_default();
        };
        let _ = tokio::time::timeout(WARM, ready).await;
    }

    async fn queue(&self) -> &aws_sdk_sqs::Client {
        let make = || async {
            let config = aws_sdk_sqs::config::Builder::from(self.aws.config().await);
            let config = config.timeout_config(PATIENCE.timeouts()).retry_config(PATIENCE.retries());
            aws_sdk_sqs::Client::from_conf(config.build())
        };
        self.queue.get_or_init(make).await
    }

    async fn logs(&self) -> Result<Logs, LogsError> {
        let http =
            self.http.client(clock::now()).map_err(|_| LogsError::NotSent("there is no HTTP client"))?;
        Logs::reach(&self.aws, http).await
    }

    async fn put(&self, trail: &LogStream, line: &AuditLine) -> Result<(), LogsError> {
        let (logs, line) = (self.logs().await?, line.json());
        match logs.put(trail, clock::now(), &line).await {
            // A connection that died while the process was stopped takes a request with it.
            Err(LogsError::NoAnswer) => logs.put(trail, clock::now(), &line).await,
            put => put,
        }
    }

    async fn depth(&self, url: &str) -> Result<u64, String> {
        let name = QueueAttributeName::ApproximateNumberOfMessages;
        let asked = self.queue().await.get_queue_attributes().queue_url(url).attribute_names(name.clone());
        let answer = asked.send().await.map_err(|error| {
            format!("the queue does not say how long it is: {}", error.code().unwrap_or("no answer"))
        })?;
        let depth = answer.attributes().and_then(|all| all.get(&name)).and_then(|text| text.parse().ok());
        depth.ok_or_else(|| "the queue does not say how long it is".to_owned())
    }

    async fn region(&self) -> Result<String, Fault> {
        let settings = self.settings().await.map_err(|_| Fault::not_sent("The settings cannot be read."))?;
        settings.sir.region.clone().ok_or_else(|| Fault::not_sent("There is no AWS Region."))
    }

    async fn sir(&self) -> Result<sir::aws::SirClient, Fault> {
        let region = self.region().await?;
        let mut kept = self.sir.lock().await;
        if let Some(sir) = kept.get(&region) {
            return Ok(sir.clone());
        }
        let sir = self.sir_with(&region, None).await?;
        kept.insert(region, sir.clone());
        Ok(sir)
    }

    /// The service as somebody asks it: with a session's credentials, else with the function's own.
    async fn sir_with(
        &self,
        region: &str,
        session: Option<SharedCredentialsProvider>,
    ) -> Result<sir::aws::SirClient, Fault> {
        let config = self.aws.config().await;
        let http = self.http.client(clock::now()).map_err(|trouble| Fault::not_sent(trouble.to_string()))?;
        let endpoint = hub::endpoint(region, |name| match name {
            "AWS_ENDPOINT_URL_SECURITYHUB" => self.aws.security_hub(),
            "AWS_ENDPOINT_URL" => config.endpoint_url().map(str::to_owned).or_else(|| variable(name)),
            _ => variable(name),
        });
        let mut own =
            aws_sdk_securityir::config::Builder::from(config).region(Region::new(region.to_owned()));
        if let Some(session) = &session {
            own = own.credentials_provider(session.clone()).identity_cache(IdentityCache::no_cache());
        }
        let credentials = session
            .or_else(|| config.credentials_provider())
            .ok_or_else(|| Fault::not_sent("There are no credentials."))?;
        let hub = hub::Hub::new(http, credentials, region, endpoint);
        Ok((self.make_sir)(aws_sdk_securityir::Client::from_conf(own.build()), hub))
    }
}

#[async_trait::async_trait(?Send)]
impl<S: Store> World for Live<S> {
    fn store(&self) -> &dyn Store {
        &self.store
    }

    fn now(&self) -> Millis {
        clock::now()
    }

    fn recent(&self) -> Option<&Recent> {
        Some(&self.recent)
    }

    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    async fn send(&self, request: http::Request) -> Result<http::Response, http::TransportError> {
        self.http.send(request, clock::now()).await
    }

    async fn open(&self, from: http::Request, bytes: Option<u64>) -> Result<Source, http::TransportError> {
        self.http.open(from, bytes, clock::now()).await
    }

    async fn fill(&self, to: http::Request, file: Opened) -> Result<http::Response, http::TransportError> {
        self.http.fill(to, file, clock::now()).await
    }

    async fn call(&self, call: sir::Call) -> Result<sir::Answer, Fault> {
        self.sir().await?.call(call).await
    }

    async fn call_for(&self, person: &SessionName, call: sir::Call) -> Result<sir::Answer, Fault> {
        let Some(sessions) = self.sessions.as_ref().filter(|_| !call.is_read()) else {
            return self.call(call).await;
        };
        let session = sessions.credentials(person, self.aws.config().await).await?;
        let session = SharedCredentialsProvider::new(session);
        self.sir_with(&self.region().await?, Some(session)).await?.call(call).await
    }

    async fn try_session(&self, name: &SessionName) -> Option<Result<(), Fault>> {
        let sessions = self.sessions.as_ref()?;
        Some(sessions.begin(name, self.aws.config().await).await.map(drop))
    }

    async fn record(&self, line: AuditLine) {
        if line.decision == Decision::Refused {
            metrics::refused();
        }
        let Some(trail) = &self.trail else { return tracing::info!(audit = line.json(), "an act") };
        if let Err(trouble) = self.put(trail, &line).await {
            metrics::unaudited();
            audit::kept_in_the_log(&line, &trouble.to_string());
        }
    }

    async fn queues(&self) -> Result<[u64; 4], String> {
        let Inbox::Queue(inbox) = &self.inbox else { return Err("there are no queues here".to_owned()) };
        let mut depths = [0; 4];
        for (depth, url) in depths.iter_mut().zip(queue_urls(inbox)?) {
            *depth = self.depth(&url).await?;
        }
        Ok(depths)
    }

    fn left_out(&self) -> LeftOut {
        self.left_out
    }

    fn deployment(&self) -> Option<&DeploymentId> {
        self.deployment.as_ref()
    }

    fn sightings(&self) -> Option<&Sightings> {
        Some(&self.sightings)
    }

    async fn look_soon(&self, case: &CaseId) -> Result<(), String> {
        let Inbox::Queue(inbox) = &self.inbox else { return Ok(()) };
        let [events, ..] = queue_urls(inbox)?;
        let message = self.queue().await.send_message().queue_url(events).message_body(trigger(case));
        let sent = message.send().await;
        sent.map(drop).map_err(|error| error.code().unwrap_or("no answer").to_owned())
    }

    async fn enqueue(&self, message: QueueMessage) -> Result<(), String> {
        let secrets = self.secrets().await.map_err(|error| error.to_string())?;
        let message = QueueMessage { body: secrets.seal(&message.body), ..message };
        match &self.inbox {
            Inbox::Channel(sender) => {
                sender.send(message).map_err(|_| "nobody takes jobs any more".to_owned())
            }
            Inbox::Queue(url) => {
                let QueueMessage { group, id, body } = message;
                let message = self.queue().await.send_message().queue_url(url).message_body(body);
                let message = message.message_group_id(group).message_deduplication_id(id);
                let sent = message.send().await.map_err(|error| {
                    format!("the inbox did not take a job: {}", error.code().unwrap_or("no answer"))
                })?;
                // The SDK takes an answer without anything in it for one.
                let taken = sent.message_id().is_some();
                taken.then_some(()).ok_or_else(|| "the inbox did not name the job that it took".to_owned())
            }
        }
    }
}
