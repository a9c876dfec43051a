//! The product in process: a store, operations and views behind the real router; what is
//! asked of it stands in [`crate::client`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use quesito::access::accounts::HeldAccess;
use quesito::access::sessions::SignInMethod;
use quesito::app::{Access, Engine};
use quesito::clock::{Clock, SetClock};
use quesito::codec::{ActorKind, Codec, ReceivedVia};
use quesito::command_handler::CommandHandler;
use quesito::config::Data;
use quesito::domain::Rejection;
use quesito::domain::registry::Role;
use quesito::domain::values::Text;
use quesito::event_store::memory::MemoryStore;
use quesito::event_store::sqlite::{SqliteOptions, SqliteStore};
use quesito::event_store::{EventStore, GlobalPosition, StoredEvent};
use quesito::http::{self, Api, ApiOptions};
use quesito::notary::note::{Skey, Use};
use quesito::notary::witness::Asking;
use quesito::notary::{Keeper, KeeperOptions, Scrub};
use quesito::operations::accounts::AccountRequest;
use quesito::operations::tokens::{TokenRequest, operator};
use quesito::operations::{Operations, Submission, Target};
use quesito::privacy::{EpochKeys, SeededRandom};
use quesito::projections::{Views, ViewsOptions};
use quesito::web::{self, Site, SiteOptions};
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use crate::faulty::{Fault, FaultyStore};

/// The public address.
pub const BASE: &str = "https://quesito.example";

/// The day on which everything happens: an ordinary Tuesday.
pub const TODAY: &str = "2026-03-10";

/// The product in process, with what its clients remember.
pub struct TestApp {
    pub store: Arc<dyn EventStore>,
    pub clock: SetClock,
    pub fault: Fault,
    /// Whether they can be asked for: not over a data folder.
    pub breaks: bool,
    pub operations: Arc<Operations>,
    codec: Arc<Codec>,
    /// The API.
    pub api: Arc<Api>,
    pub router: Router,
    /// The API with the pages beside it.
    pub whole: Router,
    views: Arc<Views>,
    next_key: AtomicU64,
    tokens: Mutex<BTreeMap<String, String>>,
    sessions: Mutex<BTreeMap<String, String>>,
    pub etags: Mutex<BTreeMap<String, String>>,
    /// The acts that came to pass, by `operationId`.
    pub done: Mutex<BTreeSet<&'static str>>,
    /// The rejections that came out as problem documents.
    pub rejected: Mutex<BTreeSet<Rejection>>,
    _folder: Option<TempDir>,
}

impl TestApp {
    /// The product over a store in memory, with nobody in it but its operator.
    pub async fn start() -> Self {
        Self::over(Arc::new(MemoryStore::default()), None, |operations| operations).await
    }

    /// The same, with operations that believe or write to somebody.
    pub async fn with(furnish: impl FnOnce(Operations) -> Operations) -> Self {
        Self::over(Arc::new(MemoryStore::default()), None, furnish).await
    }

    /// The same over a store on disk.
    pub async fn on_disk() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteOptions::creating(Uuid::from_u128(0x0a91_0000_8000_8000));
        let store = SqliteStore::open(&folder.path().join("events.db"), options).unwrap();
        Self::over(Arc::new(store), Some(folder), |operations| operations).await
    }

    async fn over(
        store: Arc<dyn EventStore>,
        folder: Option<TempDir>,
        furnish: impl FnOnce(Operations) -> Operations,
    ) -> Self {
        let clock = clock();
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let epochs = EpochKeys::ephemeral(clock.today(), &mut SeededRandom::new(7));
        let codec = Arc::new(Codec::new(epochs, 0, shared.clone()));
        let fault = Fault::default();
        let store: Arc<dyn EventStore> = Arc::new(FaultyStore::new(store, fault.clone()));
        let views =
            Views::open(store.clone(), codec.clone(), &clock, ViewsOptions::default()).unwrap();
        let handler = CommandHandler::new(store.clone(), codec.clone(), shared.clone());
        let documents = Arc::new(object_store::memory::InMemory::new());
        let operations = Arc::new(furnish(Operations::new(handler, shared.clone(), documents)));
        let app = Self::of(operations, store, views, codec, clock, Some(fault), folder).await;
        app.install().await;
        app
    }

    /// The product over a data folder, wired as the program wires it. Nobody is signed in:
    /// a folder that is new wants [`TestApp::install`], one that is not [`TestApp::admit`].
    pub async fn in_folder(data: &Data, access: Access) -> Self {
        let clock = clock();
        let engine = Engine::open(data, access, Arc::new(clock.clone())).await.unwrap();
        let views = engine.views().await.unwrap();
        let (store, codec) = (engine.store.clone(), engine.codec.clone());
        let operations = Arc::new(engine.operations());
        Self::of(operations, store, views, codec, clock, None, None).await
    }

    async fn of(
        operations: Arc<Operations>,
        store: Arc<dyn EventStore>,
        views: Arc<Views>,
        codec: Arc<Codec>,
        clock: SetClock,
        fault: Option<Fault>,
        folder: Option<TempDir>,
    ) -> Self {
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let key = Skey::new("quesito.example/log", Use::Note, &[7; 32]).unwrap();
        let options = KeeperOptions { shelf: None, key, place: None, node: None, first: None };
        let log = Keeper::open(store.clone(), shared.clone(), options).await.unwrap();
        let options = ApiOptions {
            node: None,
            base: BASE.into(),
            rate_limit: 0,
            trusted_proxy: false,
            engine: "test",
            disclaimer: None,
            metrics: None,
            log: log.clone(),
            witnesses: Arc::new(Asking::begin(&log, Vec::new()).unwrap()),
            scrub: Arc::new(Scrub::idle()),
        };
        let site = SiteOptions {
            base: BASE.into(),
            accessibility_url: Some("https://quesito.example/dichiarazione".into()),
            ..SiteOptions::default()
        };
        let site = Site::new(operations.clone(), views.clone(), log.clone(), shared.clone(), site);
        let api = Api::new(operations.clone(), views.clone(), shared, options);
        Self {
            store,
            clock,
            breaks: fault.is_some(),
            fault: fault.unwrap_or_default(),
            operations: operations.clone(),
            codec,
            router: http::router(api.clone()),
            whole: http::router_beside(api.clone(), web::router(site)),
            api,
            views,
            next_key: AtomicU64::new(1),
            tokens: Mutex::default(),
            sessions: Mutex::default(),
            etags: Mutex::default(),
            done: Mutex::default(),
            rejected: Mutex::default(),
            _folder: folder,
        }
    }

    /// Ends it: what was accepted is stored, and the files are free for others.
    pub async fn close(self) {
        self.store.close().await;
        tokio::task::spawn_blocking(move || self.views.close()).await.unwrap();
    }

    /// What the command line does once: a body, a person and a token to begin with.
    pub async fn install(&self) {
        let operator = operator();
        let steps = [
            (
                "body",
                "sistema",
                "body-registered.v1",
                json!({"body": "sistema", "name": "Gestione del sistema", "kind": "operator"}),
            ),
            (
                "person",
                "gestore",
                "access-granted.v1",
                json!({"person": "gestore", "role": "admin", "body": "sistema"}),
            ),
        ];
        for (category, name, stored_type, data) in steps {
            let Value::Object(data) = data else { unreachable!() };
            let submission = Submission {
                actor: Some(&operator),
                kind: ActorKind::Person,
                category,
                target: Target::Named(name.into()),
                stored_type,
                data,
                occurred_on: None,
                on_behalf_of: None,
                received_via: ReceivedVia::Own,
                command_id: self.key(),
                causation_id: None,
                seen: None,
                texts_checked: false,
            };
            self.operations.record(submission).await.unwrap();
        }
        self.admit("admin", "gestore", Role::Admin, "sistema", None).await;
    }

    /// Gives somebody who holds a role a token under a name, as the command line does.
    pub async fn admit(
        &self,
        name: &str,
        person: &str,
        role: Role,
        body: &str,
        network: Option<&str>,
    ) {
        let request = TokenRequest {
            person: person.parse().unwrap(),
            role,
            body: body.parse().unwrap(),
            network: network.map(|network| network.parse().unwrap()),
            label: Text::new("primo avvio").unwrap(),
            expires_on: "2026-12-31".parse().unwrap(),
            machine: false,
        };
        let issued = self.operations.issue_token(&operator(), self.key(), request).await.unwrap();
        self.remember(name, issued.token.unwrap());
    }

    /// Keeps a token under a name.
    pub fn remember(&self, who: &str, token: String) {
        self.tokens.lock().unwrap().insert(who.into(), token);
    }

    /// The token of somebody.
    pub fn token(&self, who: &str) -> String {
        self.tokens.lock().unwrap().get(who).cloned().unwrap_or_else(|| panic!("no token of {who}"))
    }

    /// The session of somebody in a browser, in the role of their token; a token that is
    /// not good opens none and stands for itself.
    pub async fn session(&self, who: &str) -> String {
        let known = self.sessions.lock().unwrap().get(who).cloned();
        if let Some(session) = known {
            return session;
        }
        let token = self.token(who);
        let Some(actor) = self.operations.authenticate(&token).await.unwrap() else { return token };
        let text = |words: &str| quesito::domain::values::Text::new(words).unwrap();
        let account = AccountRequest {
            person: Some(actor.subject),
            name: text("Persona di prova"),
            email: quesito::domain::values::Text::new(format!("{who}@prova.example")).unwrap(),
            role: actor.role,
            body: actor.body.clone(),
            network: actor.network,
            function: None,
        };
        let created = self.operations.create_account(&operator(), self.key(), account).await;
        let (id, how) = (created.unwrap().id, SignInMethod::Password);
        let wanted = HeldAccess { role: actor.role, body: actor.body };
        let opened = self.operations.open_session(id, how, Some(&wanted)).await;
        let cookie = opened.map_err(|why| why.to_string()).unwrap().cookie;
        self.sessions.lock().unwrap().insert(who.into(), cookie.clone());
        cookie
    }

    /// Keeps the session of somebody under a name.
    pub fn keep_session(&self, who: &str, cookie: String) {
        self.sessions.lock().unwrap().insert(who.into(), cookie);
    }

    /// An idempotency key nobody has used.
    pub fn key(&self) -> Uuid {
        let next = self.next_key.fetch_add(1, Ordering::Relaxed);
        Uuid::from_u128(0x6b65_7900_0000_8000_8000_0000_0000_0000 | u128::from(next))
    }

    /// The views.
    pub fn views(&self) -> Arc<Views> {
        self.views.clone()
    }

    /// The position of the last event stored.
    pub async fn head(&self) -> GlobalPosition {
        self.store.head().await.unwrap()
    }

    /// Every event stored.
    pub async fn stored(&self) -> Vec<StoredEvent> {
        self.store.read_all(GlobalPosition::START, 100_000).await.unwrap()
    }

    /// The data of an event, its texts opened.
    pub async fn opened(&self, event: &StoredEvent) -> Value {
        self.codec.open_data(&*self.store, event).await.unwrap()
    }

    /// Waits until the views show everything.
    pub async fn shown(&self) {
        let patience = std::time::Duration::from_secs(20);
        self.views.wait_for(self.head().await, patience).await.unwrap();
    }

    /// Waits until words of everything that was recorded can be looked up.
    pub async fn indexed(&self) {
        let patience = std::time::Duration::from_secs(20);
        self.views.wait_for_search(self.head().await, patience).await.unwrap();
    }
}

fn clock() -> SetClock {
    SetClock::at(format!("{TODAY}T09:00:00Z").parse().unwrap())
}
