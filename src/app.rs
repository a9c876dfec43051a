//! Wiring: settings → engine → codec → operations → views → router → graceful stop.
//!
//! Depends on: everything below.

pub mod copy;
mod early;
mod error;
mod log;
mod nodes;
mod notices;
mod sign_in;
mod store;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use tokio::sync::watch;
use uuid::Uuid;

use crate::clock::Clock;
use crate::codec::Codec;
use crate::command_handler::CommandHandler;
use crate::config::{Data, ServeArgs};
use crate::event_store::EventStore;
use crate::http::metrics::{self, Metrics};
use crate::http::{Api, ApiOptions, router_beside};
use crate::notary::Scrub;
use crate::notary::witness::Asking;
use crate::operations::Operations;
use crate::operations::settling::Settled;
use crate::privacy::{EpochKeys, ErasureRegister, Random, RingIds};
use crate::projections::{Views, ViewsOptions};
use crate::web::{self, DemoAccount, Site, SiteOptions};
use crate::{endpoint, task};

pub use early::Early;
pub use error::AppError;
pub use store::open_store;

/// How long requests under way may take to end once the server was told to stop.
const LAST_REQUESTS: Duration = Duration::from_secs(20);

/// How often it is asked whether a change of epoch is due.
const EPOCH_CHECK: Duration = Duration::from_hours(1);

/// How often it is noted up to where the log was searched for erasures.
const SEARCHED: Duration = Duration::from_mins(15);

/// How long the views may take at the start before the server calls itself ready.
const FIRST_VIEWS: Duration = Duration::from_secs(2);

/// How an engine is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// For serving: what is missing is created, and servers of events that are not there yet
    /// are waited for as long as it takes.
    Serve,
    /// For writing; what is missing is created.
    Create,
    /// For writing to what is there.
    Write,
    /// For reading, even while a server writes.
    Read,
}

/// An open data folder, and the store of its events.
#[derive(Clone)]
pub struct Engine {
    /// The events.
    pub store: Arc<dyn EventStore>,
    /// Seals and opens texts.
    pub codec: Arc<Codec>,
    /// Erasures that had to be brought about anew when it was opened.
    pub settled: Settled,
    documents: Arc<dyn ObjectStore>,
    register: Arc<ErasureRegister>,
    data: Data,
    clock: Arc<dyn Clock>,
    name: &'static str,
    failed: Option<watch::Receiver<Option<String>>>,
}

/// Randomness from the clock, in the shape that keys want.
struct Drawn<'a>(&'a dyn Clock);

impl Random for Drawn<'_> {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }
}

impl Engine {
    /// Opens a data folder. Whoever may write brings about the erasures that a crash or an
    /// old copy left unfinished.
    ///
    /// # Errors
    ///
    /// [`AppError`] says what to do.
    pub async fn open(
        data: &Data,
        access: Access,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, AppError> {
        let opened = store::open(data, access, random_id(&*clock)).await?;
        let store::Opened { store, name, failed } = opened;
        let register = Arc::new(ErasureRegister::open(&data.erasures())?);
        let codec = codec(&store, &data.keys, &register, &clock).await?;
        let documents = documents(data, access)?;
        let (settled, data) = (Settled::default(), data.clone());
        let mut engine =
            Self { store, codec, settled, documents, register, data, clock, name, failed };
        if access != Access::Read {
            let settled = engine.operations().settle_erasures().await;
            engine.settled = settled.map_err(AppError::Erasure)?;
        }
        Ok(engine)
    }

    /// The same folder under another clock: imports keep recorded dates so.
    ///
    /// # Errors
    ///
    /// [`AppError`] when the keys cannot be read again.
    pub async fn at(&self, clock: Arc<dyn Clock>) -> Result<Self, AppError> {
        let codec = codec(&self.store, &self.data.keys, &self.register, &clock).await?;
        Ok(Self { codec, clock, ..self.clone() })
    }

    /// The operations over it.
    pub fn operations(&self) -> Operations {
        let store = self.store.clone();
        let handler = CommandHandler::new(store, self.codec.clone(), self.clock.clone());
        Operations::new(handler, self.clock.clone(), self.documents.clone())
            .entering(self.register.clone())
    }

    /// The views over it, which are built when they are missing.
    ///
    /// # Errors
    ///
    /// [`AppError::Views`].
    pub async fn views(&self) -> Result<Arc<Views>, AppError> {
        self.views_at(Some(self.data.views())).await
    }

    async fn views_at(&self, path: Option<PathBuf>) -> Result<Arc<Views>, AppError> {
        let options = ViewsOptions { path };
        let (store, codec) = (self.store.clone(), self.codec.clone());
        let clock = self.clock.clone();
        // It waits for the store, which it reads on threads of its own.
        let opened =
            tokio::task::spawn_blocking(move || Views::open(store, codec, &*clock, options));
        let opened = opened.await.map_err(|why| AppError::Server(std::io::Error::other(why)))?;
        Ok(opened?)
    }

    /// Views of its own for one use, which leave the data folder as it is.
    ///
    /// # Errors
    ///
    /// [`AppError::Views`].
    pub async fn own_views(&self) -> Result<Arc<Views>, AppError> {
        self.views_at(None).await
    }

    /// A random id.
    pub fn random_id(&self) -> Uuid {
        random_id(&*self.clock)
    }
}

fn random_id(clock: &dyn Clock) -> Uuid {
    let mut bytes = [0; 16];
    clock.fill(&mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

async fn codec(
    store: &Arc<dyn EventStore>,
    keys: &std::path::Path,
    register: &ErasureRegister,
    clock: &Arc<dyn Clock>,
) -> Result<Arc<Codec>, AppError> {
    let epochs = EpochKeys::open_or_create(keys, clock.today(), &mut Drawn(&**clock))?;
    let last = last_ring(&**store, &**clock).await?.max(register.greatest_ring());
    let codec = Arc::new(Codec::new(epochs, last, clock.clone()));
    for erasure in register.of(store.store_id()) {
        codec.remember_destroyed(erasure.keys);
    }
    if !store.is_exclusive() {
        nodes::share_keys(&codec, store)?;
    }
    Ok(codec)
}

/// Makes a folder that only its owner may enter.
///
/// # Errors
///
/// [`AppError::Folder`].
pub fn private_folder(folder: &std::path::Path) -> Result<(), AppError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|why| unusable(folder, &why))
}

fn unusable(folder: &std::path::Path, why: &impl ToString) -> AppError {
    AppError::Folder { folder: folder.display().to_string(), why: why.to_string() }
}

fn documents(data: &Data, access: Access) -> Result<Arc<dyn ObjectStore>, AppError> {
    let folder = data.documents();
    if access == Access::Read && !folder.exists() {
        return Ok(Arc::new(object_store::memory::InMemory::new()));
    }
    private_folder(&folder)?;
    let store = LocalFileSystem::new_with_prefix(&folder).map_err(|why| unusable(&folder, &why))?;
    Ok(Arc::new(store))
}

/// The greatest ring of keys that lies after the present: after it new ones are named,
/// so that a clock that was put back cannot name one twice. Where others write too, nobody
/// knows what they name next; there the store alone refuses a name that is taken.
async fn last_ring(store: &dyn EventStore, clock: &dyn Clock) -> Result<i64, AppError> {
    const PAGE: usize = 1_000;

    let mut last = RingIds::default().next(clock.now());
    if !store.is_exclusive() {
        return Ok(last);
    }
    loop {
        let page = store.key_rings(last, PAGE).await?;
        last = page.last().map_or(last, |ring| ring.id);
        if page.len() < PAGE {
            return Ok(last);
        }
    }
}

/// How an engine is served.
pub struct Serving<'a> {
    /// How it is reached.
    pub settings: &'a ServeArgs,
    /// What is said where the data are invented.
    pub disclaimer: Option<String>,
    /// Accounts that open with one click, where the data are invented.
    pub demo: Vec<DemoAccount>,
    /// Who answered so far, that the program is not ready.
    pub early: Option<Early>,
}

impl Serving<'_> {
    /// The address that is listened on, with nobody else who answers there.
    async fn listener(&mut self) -> Result<tokio::net::TcpListener, AppError> {
        match self.early.take() {
            Some(early) => early.end().await,
            None => Early::begin(self.settings.listen)?.end().await,
        }
    }
}

/// Serves an engine until the process is told to stop.
///
/// `ready` is told the public address once requests are answered.
///
/// # Errors
///
/// [`AppError`]; [`AppError::Fatal`] when the store could not make a write durable.
pub async fn serve(
    engine: &Engine,
    mut serving: Serving<'_>,
    ready: impl FnOnce(&str) + Send,
) -> Result<(), AppError> {
    let listener = serving.listener().await?;
    let address = serving.settings.listen;
    let failed = |why| AppError::Listen { address, why };
    let base = serving.settings.base(listener.local_addr().map_err(failed)?);
    let watched = match serving.settings.metrics {
        Some(address) => {
            let failed = |why| AppError::Metrics { address, why };
            let listener = tokio::net::TcpListener::bind(address).await.map_err(failed)?;
            let address = listener.local_addr().map_err(failed)?;
            tracing::info!(address = %format_args!("http://{address}/metrics"), "metrics");
            Some(listener)
        }
        None => None,
    };
    let targets = log::witnesses(serving.settings)?;
    // They are built while the log is compared with what was signed.
    let views = engine.views().await?;
    let anew = serving.settings.new_log_origin;
    let log = engine.log(&base, anew, views.caught_up()).await?;
    let witnesses = Arc::new(Asking::begin(&log, targets).map_err(AppError::Server)?);
    let scrub = match serving.settings.scrubbing() {
        Some(every) => Scrub::begin(log.clone(), engine.clock.clone(), every),
        None => Scrub::idle(),
    };
    let scrub = Arc::new(scrub);
    let metrics = watched.as_ref().map(|_| Arc::new(Metrics::default()));
    let options = ApiOptions {
        node: engine.node()?,
        base: base.clone(),
        rate_limit: serving.settings.rate_limit,
        trusted_proxy: serving.settings.trusted_proxy,
        engine: engine.name,
        disclaimer: serving.disclaimer.clone(),
        metrics: metrics.clone(),
        log: log.clone(),
        witnesses,
        scrub,
    };
    let operations = sign_in::furnish(engine.operations(), serving.settings)?;
    let operations = Arc::new(notices::furnish(operations, serving.settings, engine)?);
    let api = Api::new(operations.clone(), views.clone(), engine.clock.clone(), options);
    let options = SiteOptions {
        base: base.clone(),
        disclaimer: serving.disclaimer,
        accessibility_url: serving.settings.accessibility_url.clone(),
        demo: serving.demo,
        trusted_proxy: serving.settings.trusted_proxy,
    };
    let site =
        Site::new(operations.clone(), views.clone(), log.clone(), engine.clock.clone(), options);
    let pages = metrics::counted(web::router(site), metrics.as_ref());
    let watching = watched.zip(metrics).map(|(listener, metrics)| {
        let router = metrics::router(api.clone(), metrics.clone());
        task::spawn(serve_metrics(listener, router, metrics))
    });
    let (stop, stopping) = watch::channel(false);
    let mut asked = stopping.clone();
    let told_to_end = Box::pin(async move {
        // An error means that the sender is gone, which also means to stop.
        let _ = asked.wait_for(|stop| *stop).await;
    });
    let server = tokio::spawn(endpoint::serve(listener, router_beside(api, pages), told_to_end));
    let upkeep = task::spawn(keep_up(operations.clone()));
    let told = (operations.clone(), views.clone(), engine.clock.clone());
    let telling = notices::begin(told, serving.settings, &base, stopping).await;
    // Whoever asks at once finds what was there; longer than this nobody is kept waiting,
    // since a reading says itself that the views are behind.
    let _ = views.wait_for(engine.store.head().await?, FIRST_VIEWS).await;
    let told = told_to_stop();
    ready(&base);
    tracing::info!(address = base, "ready");

    let fatal = tokio::select! {
        () = told => None,
        why = failed_for_good(engine.failed.clone()) => why,
    };
    tracing::info!("stopping");
    // A change of epoch that is cut short is taken up at the next start.
    upkeep.abort();
    let _ = stop.send(true);
    // A reader of the feed would keep its connection for ever.
    match tokio::time::timeout(LAST_REQUESTS, server).await {
        Ok(Ok(Err(why))) => return Err(AppError::Server(why)),
        Ok(Ok(Ok(())) | Err(_)) => {}
        Err(_) => tracing::warn!("some connections were still open"),
    }
    notices::end(telling).await;
    if let Err(why) = operations.note_searched().await {
        tracing::warn!(%why, "the next start searches the log for erasures again");
    }
    engine.store.close().await;
    let last = move || {
        log.close();
        views.close();
    };
    tokio::task::spawn_blocking(last).await.unwrap_or_default();
    if let Some(watching) = watching {
        watching.abort();
    }
    tracing::info!("stopped");
    match fatal {
        Some(why) => Err(AppError::Fatal(why)),
        None => Ok(()),
    }
}

/// Ends when the store could not make a write durable.
async fn failed_for_good(failed: Option<watch::Receiver<Option<String>>>) -> Option<String> {
    match failed {
        Some(mut failed) => failed.wait_for(Option::is_some).await.ok()?.clone(),
        None => std::future::pending().await,
    }
}

/// Answers `/metrics`, also while the server stops.
async fn serve_metrics(
    listener: tokio::net::TcpListener,
    router: axum::Router,
    metrics: Arc<Metrics>,
) {
    tokio::select! {
        served = endpoint::serve(listener, router, Box::pin(std::future::pending())) => {
            tracing::error!(fault = ?served.err(), "metrics are no longer served");
        }
        () = metrics.keep_small() => {}
    }
}

/// What is done from time to time while the server runs.
async fn keep_up(operations: Arc<Operations>) {
    tokio::join!(change_epochs(operations.clone()), operations.keep_searched(SEARCHED));
}

/// Changes the epoch whenever it is due.
async fn change_epochs(operations: Arc<Operations>) {
    loop {
        if let Err(why) = operations.rotate_if_due().await {
            tracing::error!(%why, "the epoch could not be changed; it is tried again");
        }
        tokio::time::sleep(EPOCH_CHECK).await;
    }
}

/// Ends when the process is told to stop (SIGINT, SIGTERM); it is heard from this call on, not
/// from when somebody waits for it.
pub fn told_to_stop() -> impl Future<Output = ()> + Send {
    #[cfg(unix)]
    let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
    async move {
        #[cfg(unix)]
        if let Ok(mut terminate) = terminate {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
        let _ = tokio::signal::ctrl_c().await;
    }
}
