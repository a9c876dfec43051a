//! Signing in, what a browser's session stands for, and signing out.
//!
//! Whoever signs in learns nothing about accounts: an unknown address, a wrong
//! password, a suspended account take the same time and get the same answer. Hashing
//! is rationed, so that a flood of attempts neither exhausts the memory nor starves
//! those who work.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::accounts::derived;
use super::operational::{Operational, body_of, stream_name};
use super::{OperationError, Operations};
use crate::access::accounts::{Account, AccountState, HeldAccess, comparable, stream};
use crate::access::sessions::{
    Session, SessionEnd, SessionEnded, SessionKey, SessionOpened, SignInMethod,
};
use crate::access::throttle::Throttle;
use crate::access::tokens::Secret;
use crate::access::{Actor, passwords};
use crate::codec::ActorKind;
use crate::domain::values::Count;

/// How many passwords are hashed at once: with 19 MiB each, 38 MiB at most.
const HASHES_AT_ONCE: usize = 2;

/// How many more may wait for their turn.
const HASHES_WAITING: usize = 16;

/// Failures within [`SPAN`] seconds after which an account, or an address of the
/// network, has to wait.
const FAILURES_OF_ACCOUNT: u32 = 10;
const FAILURES_OF_ADDRESS: u32 = 50;
const SPAN: i64 = 15 * 60;

/// How many sessions' last use is remembered.
const REMEMBERED: usize = 10_000;

/// What the process remembers about signing in.
pub(super) struct SignIns {
    hashing: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    accounts: Throttle,
    addresses: Throttle,
    last_used: quick_cache::sync::Cache<Uuid, Timestamp>,
    /// Sessions opened before count as used when the process began.
    began: Timestamp,
    nobody: String,
}

impl SignIns {
    pub(super) fn new(began: Timestamp, salt: &[u8; 16]) -> Self {
        Self {
            hashing: Arc::new(Semaphore::new(HASHES_AT_ONCE)),
            waiting: Arc::new(Semaphore::new(HASHES_AT_ONCE + HASHES_WAITING)),
            accounts: Throttle::new(FAILURES_OF_ACCOUNT, SPAN),
            addresses: Throttle::new(FAILURES_OF_ADDRESS, SPAN),
            last_used: quick_cache::sync::Cache::new(REMEMBERED),
            began,
            nobody: passwords::nobody(salt),
        }
    }
}

/// Why somebody is not let in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Nothing that may be told apart: unknown, wrong, suspended.
    #[error("Indirizzo o password non corretti.")]
    Refused,
    /// An operator has still to approve the account.
    #[error("L'accesso è stato richiesto: la gestione lo deve ancora approvare.")]
    Pending,
    /// The person holds no role today.
    #[error("Nessun ruolo è assegnato a questa persona: rivolgersi alla gestione.")]
    NoRole,
    /// Too many failures.
    #[error("Troppi tentativi: riprovare più tardi.")]
    Wait {
        /// For how many seconds.
        seconds: u32,
    },
    /// A fault on the way.
    #[error(transparent)]
    Failed(#[from] OperationError),
}

/// A session just opened.
#[derive(Clone)]
pub struct OpenedSession {
    /// The value of the cookie, given to the browser and kept nowhere.
    pub cookie: String,
    /// Who acts in it.
    pub actor: Actor,
}

/// Somebody signed in with a browser.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who acts.
    pub actor: Actor,
    /// The session.
    pub session: Uuid,
    /// The account.
    pub account: Uuid,
    /// How they signed in.
    pub how: SignInMethod,
}

impl Operations {
    /// The account of somebody who knows its password. `address` is where in the
    /// network the request comes from.
    ///
    /// # Errors
    ///
    /// [`SignInError`].
    pub async fn check_password(
        &self,
        email: &str,
        password: &str,
        address: &str,
    ) -> Result<Uuid, SignInError> {
        let (now, typed) = (self.clock.now().as_second(), comparable(email));
        let wait = self.sign_ins.accounts.wait(&typed, now);
        if let Some(seconds) = wait.max(self.sign_ins.addresses.wait(address, now)) {
            return Err(SignInError::Wait { seconds });
        }
        let found = self.find_account(&typed).await?;
        let account = match found {
            Some(id) => self.opened::<Account>(&stream(id)).await?,
            None => None,
        };
        let stored = account.as_ref().and_then(|account| account.password.as_ref()?.clear());
        let stored = stored.unwrap_or(&self.sign_ins.nobody).to_owned();
        let right = self.verify_password(password.to_owned(), stored).await?;
        match (right, found, account) {
            (true, Some(id), Some(account)) if account.pending && !account.suspended => {
                tracing::info!(account = %id, "sign-in of an account that waits for approval");
                Err(SignInError::Pending)
            }
            (true, Some(id), Some(account)) if account.is_open() => Ok(id),
            _ => {
                self.sign_ins.accounts.failed(&typed, now);
                self.sign_ins.addresses.failed(address, now);
                tracing::info!(account = found.map(tracing::field::display), "sign-in refused");
                Err(SignInError::Refused)
            }
        }
    }

    /// Whether somebody signed in knows the password of their account; failures count as
    /// those of signing in do.
    pub(super) async fn knows_password(
        &self,
        id: Uuid,
        password: &str,
        stored: &str,
    ) -> Result<bool, OperationError> {
        let (now, key) = (self.clock.now().as_second(), id.to_string());
        if let Some(seconds) = self.sign_ins.accounts.wait(&key, now) {
            return Err(OperationError::Busy { seconds });
        }
        let right = self.verify_password(password.to_owned(), stored.to_owned()).await?;
        if !right {
            self.sign_ins.accounts.failed(&key, now);
        }
        Ok(right)
    }

    async fn verify_password(
        &self,
        password: String,
        stored: String,
    ) -> Result<bool, OperationError> {
        self.rationed(move || Ok(passwords::verify(&password, &stored))).await
    }

    pub(super) async fn hash_password(&self, password: String) -> Result<String, OperationError> {
        let mut salt = [0; 16];
        self.clock.fill(&mut salt);
        self.rationed(move || passwords::hash(&password, &salt)).await
    }

    /// Hashes when it is its turn; with too many waiting, says so at once.
    async fn rationed<T: Send + 'static>(
        &self,
        hash: impl FnOnce() -> Result<T, String> + Send + 'static,
    ) -> Result<T, OperationError> {
        let Ok(place) = self.sign_ins.waiting.clone().try_acquire_owned() else {
            return Err(OperationError::Busy { seconds: 5 });
        };
        let turn = self.sign_ins.hashing.clone().acquire_owned().await;
        let turn = turn.map_err(|why| OperationError::Internal(why.to_string()))?;
        // They belong to the hash and not to the request: whoever hangs up makes no room
        // for one more before this one is done.
        let hashed = tokio::task::spawn_blocking(move || {
            let _held = (place, turn);
            hash()
        })
        .await;
        let hashed = hashed.map_err(|why| OperationError::Internal(why.to_string()))?;
        hashed.map_err(OperationError::Unavailable)
    }

    /// Opens a session in a role the person holds: the one that is wanted, or the first.
    ///
    /// # Errors
    ///
    /// [`SignInError::NoRole`] when they hold none, or not that one;
    /// [`SignInError::Refused`] when the account is not open.
    pub async fn open_session(
        &self,
        id: Uuid,
        how: SignInMethod,
        wanted: Option<&HeldAccess>,
    ) -> Result<OpenedSession, SignInError> {
        let account = self.account(id).await?;
        match (&account.created, account.pending, account.suspended) {
            (Some(_), true, false) => return Err(SignInError::Pending),
            (Some(_), false, false) => {}
            _ => return Err(SignInError::Refused),
        }
        let Some(created) = &account.created else { return Err(SignInError::Refused) };
        let held = self.held(&created.person).await?;
        let access = match wanted {
            Some(wanted) => held.iter().find(|one| *one == wanted),
            None => held.first(),
        };
        let access = access.cloned().ok_or(SignInError::NoRole)?;

        let command_id = self.random_id();
        let session = derived(command_id, "session");
        let mut secret = [0; 32];
        self.clock.fill(&mut secret);
        let key = SessionKey { id: session, secret: Secret::new(secret) };
        let actor = self.actor_in(&account, &access).await?.ok_or(SignInError::NoRole)?;
        let opened = SessionOpened {
            secret_sha256: key.secret.hash().parse().map_err(OperationError::Internal)?,
            account: id,
            person: actor.subject.clone(),
            role: access.role,
            body: access.body,
            how,
            endings: Count::new(account.endings).ok_or(SignInError::Refused)?,
        };
        let body = body_of(&session)?;
        self.session_event(&actor, session, command_id, opened.into(), body).await?;
        tracing::info!(account = %id, session = %session, how = ?how, "signed in");
        Ok(OpenedSession { cookie: key.show(), actor })
    }

    /// Opens a session in another role of the same person, and ends this one.
    ///
    /// # Errors
    ///
    /// [`SignInError::NoRole`] when they do not hold it.
    pub async fn change_role(
        &self,
        session: &SignedIn,
        wanted: &HeldAccess,
    ) -> Result<OpenedSession, SignInError> {
        let opened = self.open_session(session.account, SignInMethod::Change, Some(wanted)).await?;
        self.end_session(session, SessionEnd::Replaced).await?;
        Ok(opened)
    }

    /// Who a cookie stands for; `None` when its session is not good, its account is
    /// closed, or the role is no longer held.
    ///
    /// # Errors
    ///
    /// [`OperationError::Unavailable`] when the store cannot be read.
    pub async fn signed_in(&self, cookie: &str) -> Result<Option<SignedIn>, OperationError> {
        let Some(key) = SessionKey::parse(cookie) else { return Ok(None) };
        let stream = stream_name(&SessionKey::stream(key.id))?;
        let loaded = self.handler.load::<Session>(&stream).await?;
        let now = self.clock.now();
        let used = self.sign_ins.last_used.get(&key.id).unwrap_or(self.sign_ins.began);
        let Some(opened) = loaded.state.living(&key.secret, used, now) else { return Ok(None) };
        let account = self.account(opened.account).await?;
        if !account.is_open() || opened.endings.get() != account.endings {
            return Ok(None);
        }
        let access = HeldAccess { role: opened.role, body: opened.body.clone() };
        let Some(actor) = self.actor_in(&account, &access).await? else { return Ok(None) };
        self.sign_ins.last_used.insert(key.id, now);
        let (account, how) = (opened.account, opened.how);
        Ok(Some(SignedIn { actor, session: key.id, account, how }))
    }

    /// The actor of an account in one role; `None` when its person does not hold it.
    pub(super) async fn actor_in(
        &self,
        account: &AccountState,
        access: &HeldAccess,
    ) -> Result<Option<Actor>, OperationError> {
        let Some(created) = &account.created else { return Ok(None) };
        if !self.holds(&created.person, access.role, &access.body).await? {
            return Ok(None);
        }
        let network = self.network(access.role, &access.body, account.network.as_ref()).await?;
        Ok(Some(Actor {
            subject: created.person.clone(),
            role: access.role,
            body: access.body.clone(),
            network,
            machine: false,
        }))
    }

    /// Ends a session; the cookie is worth nothing from then on.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when it cannot be stored.
    pub async fn end_session(
        &self,
        session: &SignedIn,
        why: SessionEnd,
    ) -> Result<(), OperationError> {
        let (command_id, event) = (self.random_id(), SessionEnded { why }.into());
        let (id, actor) = (session.session, &session.actor);
        self.session_event(actor, id, command_id, event, body_of(&id)?).await?;
        self.sign_ins.last_used.remove(&id);
        Ok(())
    }

    async fn session_event(
        &self,
        actor: &Actor,
        session: Uuid,
        command_id: Uuid,
        proposed: crate::access::sessions::SessionEvent,
        body: Vec<u8>,
    ) -> Result<(), OperationError> {
        self.operate::<Session>(Operational {
            actor,
            kind: ActorKind::Person,
            stream: SessionKey::stream(session),
            id: session,
            command_id,
            proposed,
            body,
        })
        .await
        .map(|_| ())
    }

    /// The person's name, for the page; it is opened for this and kept nowhere.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when it cannot be read.
    pub async fn name_of(&self, session: &SignedIn) -> Result<String, OperationError> {
        let account = self.opened::<Account>(&stream(session.account)).await?;
        let created = account.and_then(|account| account.created);
        let name = created.as_ref().and_then(|created| created.name.clear());
        Ok(name.unwrap_or_default().to_owned())
    }
}
