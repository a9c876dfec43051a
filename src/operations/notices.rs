//! What the policy of notices may ask for: whom there is to write to, what they may read,
//! that a digest is prepared and what became of it; and the switch of each person.
//!
//! A digest is sent by whoever has just recorded that it is prepared, and by nobody else:
//! the answer of [`Operations::prepare_notice`] says who that is. A letter ends with an
//! address that stops further ones. Its token says which account, under a key that lies
//! beside the epoch keys: nothing of it is stored, and nobody can make one up.
//!
//! Deliberately absent: what is news to whom, and the words (`notices`).

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::operational::{Operational, body_of, stream_name};
use super::sessions::SignedIn;
use super::subject::Subject;
use super::tokens::operator;
use super::{OperationError, Operations};
use crate::access::accounts::{Account, AccountState, DIRECTORY, Directory, stream};
use crate::access::{Action, Actor, decide};
use crate::codec::{self, ActorKind};
use crate::command_handler::Done;
use crate::domain::Decider;
use crate::domain::issue::Issue;
use crate::domain::notice::{
    self, NoticeEvent, NoticePrepared, NoticeRefused, NoticeRunBegun, NoticeSent, Notices,
    NoticesResumed, NoticesState, NoticesStopped, RUNS, Runs, Switch,
};
use crate::domain::question::Question;
use crate::domain::registry::Role;
use crate::domain::solution::Solution;
use crate::domain::values::{Day, PersonId, Ref, RefKind, Text};

/// The bytes of a token's proof.
const PROOF: usize = 16;

/// What is needed for notices.
#[derive(Default)]
pub(super) struct Noticing {
    key: Option<[u8; 32]>,
    progress: Mutex<Option<NoticesProgress>>,
}

impl Noticing {
    pub(super) fn under(key: [u8; 32]) -> Self {
        Self { key: Some(key), progress: Mutex::default() }
    }
}

/// How the notices of a day are doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticesProgress {
    /// The day.
    pub day: Day,
    /// How many digests the mail server took since the start of the process.
    pub sent: u32,
    /// How many it did not take.
    pub refused: u32,
    /// Of how many it is not known.
    pub unsure: u32,
    /// Whether something is left to be tried again.
    pub waiting: bool,
}

/// Somebody who can be written to.
#[derive(Debug, Clone)]
pub struct Recipient {
    /// The account.
    pub account: Uuid,
    /// The person, as the log knows them.
    pub person: PersonId,
    /// What they may be: each role in which somebody works with cases.
    pub roles: Vec<Actor>,
}

impl Operations {
    /// Whether notices are sent at all.
    pub fn sends_notices(&self) -> bool {
        self.noticing.key.is_some() && self.sends_mail()
    }

    /// How notices are doing; `None` when none are sent, or none were due yet.
    pub fn notices_progress(&self) -> Option<NoticesProgress> {
        *self.noticing.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes how notices are doing.
    pub fn note_progress(&self, progress: NoticesProgress) {
        *self.noticing.progress.lock().unwrap_or_else(PoisonError::into_inner) = Some(progress);
    }

    /// Everybody with an account that is open and an address, each person once.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when they cannot be read.
    pub async fn recipients(&self) -> Result<Vec<Recipient>, OperationError> {
        let directory = self.handler.load::<Directory>(&stream_name(DIRECTORY)?).await?;
        let (mut found, mut known) = (Vec::new(), BTreeSet::new());
        for id in &directory.state.accounts {
            let account = self.account(*id).await?;
            let created = account.created.as_deref().filter(|_| account.is_open());
            let Some(created) = created.filter(|created| created.email.is_some()) else {
                continue;
            };
            let person = created.person.clone();
            let mut roles = Vec::new();
            for access in self.held(&person).await? {
                match access.role {
                    Role::Municipality | Role::Observer | Role::Staff => {
                        roles.extend(self.actor_in(&account, &access).await?);
                    }
                    // They take part in nothing.
                    Role::Auditor | Role::Admin => {}
                }
            }
            if !roles.is_empty() && known.insert(person.clone()) {
                found.push(Recipient { account: *id, person, roles });
            }
        }
        Ok(found)
    }

    /// The address of an account, opened for one letter; `None` when it is closed by now.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when it cannot be read.
    pub async fn address_of(&self, account: Uuid) -> Result<Option<String>, OperationError> {
        let account = self.opened::<Account>(&stream(account)).await?;
        let created = account.filter(AccountState::is_open).and_then(|account| account.created);
        let email = created.as_ref().and_then(|created| created.email.as_ref());
        Ok(email.and_then(Text::clear).map(str::to_owned))
    }

    /// Whether somebody may read what is referred to, by the rule for every reading.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when it cannot be read.
    pub async fn may_read(&self, actor: &Actor, about: &Ref) -> Result<bool, OperationError> {
        match about.kind {
            RefKind::Issue => self.may_read_in::<Issue>(actor, about).await,
            RefKind::Question => self.may_read_in::<Question>(actor, about).await,
            RefKind::Solution => self.may_read_in::<Solution>(actor, about).await,
            _ => Ok(false),
        }
    }

    async fn may_read_in<D: Subject>(
        &self,
        actor: &Actor,
        about: &Ref,
    ) -> Result<bool, OperationError> {
        let loaded = self.handler.load::<D>(&stream_name(&about.stream())?).await?;
        if loaded.revision.is_none() {
            return Ok(false);
        }
        let resource = self.readable::<D>(&loaded.state).await?;
        Ok(decide(Some(actor), Action::Read, &resource).is_ok())
    }

    /// Settles which part of the log the notices of a day tell of; whoever comes second gets
    /// what the first has settled.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when it cannot be stored.
    pub async fn begin_notices(
        &self,
        begun: NoticeRunBegun,
    ) -> Result<Option<NoticeRunBegun>, OperationError> {
        let (name, word) = (begun.day.to_string(), "begin");
        let command_id = codec::command_id("notices", "POLICY", RUNS, &name);
        let asked = (RUNS, command_id, body_of(&word)?);
        match self.by_policy::<Runs>(asked, begun.into()).await {
            // Another process was first.
            Ok(_) | Err(OperationError::Contended) => self.last_notices().await,
            Err(other) => Err(other),
        }
    }

    /// The last part of the log that was settled for notices.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when it cannot be read.
    pub async fn last_notices(&self) -> Result<Option<NoticeRunBegun>, OperationError> {
        Ok(self.handler.load::<Runs>(&stream_name(RUNS)?).await?.state.last.clone())
    }

    /// The notices of a person after their history.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when they cannot be read.
    pub async fn notices_of(&self, person: &PersonId) -> Result<NoticesState, OperationError> {
        let stream = stream_name(&notice::stream(person))?;
        Ok(self.handler.load::<Notices>(&stream).await?.state.clone())
    }

    /// Records that a digest is prepared. Its id, when this very call has recorded it: the
    /// caller sends it, once. `None` when it was prepared before, or must not be.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when it cannot be stored; then it must not be sent.
    pub async fn prepare_notice(
        &self,
        person: &PersonId,
        prepared: NoticePrepared,
    ) -> Result<Option<Uuid>, OperationError> {
        let attempt = self.notices_of(person).await?.tries_on(prepared.day) + 1;
        let name = notice::stream(person);
        let place = format!("{name}/{}", prepared.day);
        let command_id = codec::command_id(person.as_str(), "POLICY", &place, &attempt.to_string());
        let asked = (name.as_str(), command_id, body_of(&prepared)?);
        let done = self.by_policy::<Notices>(asked, prepared.into()).await?;
        Ok((!done.already).then_some(done.event_id))
    }

    /// Records what became of a digest: `None` that it was sent, else whether the refusal
    /// lasts.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when it cannot be stored.
    pub async fn note_notice(
        &self,
        person: &PersonId,
        notice_id: Uuid,
        refused: Option<bool>,
    ) -> Result<(), OperationError> {
        let event: NoticeEvent = match refused {
            None => NoticeSent { notice_id }.into(),
            Some(lasting) => NoticeRefused { notice_id, lasting }.into(),
        };
        let command_id = Uuid::new_v5(&notice_id, b"outcome");
        let name = notice::stream(person);
        let asked = (name.as_str(), command_id, body_of(&refused)?);
        self.by_policy::<Notices>(asked, event).await.map(|_| ())
    }

    /// Switches the notices of somebody signed in with a browser.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when it cannot be stored.
    pub async fn switch_notices(&self, session: &SignedIn, on: bool) -> Result<(), OperationError> {
        let event = if on {
            NoticesResumed { by: Switch::Profile }.into()
        } else {
            NoticesStopped { by: Switch::Profile }.into()
        };
        self.operate::<Notices>(Operational {
            actor: &session.actor,
            kind: ActorKind::Person,
            stream: notice::stream(&session.actor.subject),
            id: Uuid::nil(),
            command_id: self.random_id(),
            proposed: event,
            body: body_of(&on)?,
        })
        .await
        .map(|_| ())
    }

    /// The token that stops the notices of an account; `None` when none are sent.
    pub fn stop_token(&self, account: Uuid) -> Option<String> {
        let proof = self.stop_proof(account)?;
        Some(URL_SAFE_NO_PAD.encode([account.as_bytes().as_slice(), &proof].concat()))
    }

    /// The account whose notices a token stops.
    pub fn whose_notices(&self, token: &str) -> Option<Uuid> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (account, proof) = bytes.split_first_chunk::<16>()?;
        let account = Uuid::from_bytes(*account);
        let known: bool = self.stop_proof(account)?.ct_eq(proof).into();
        known.then_some(account)
    }

    fn stop_proof(&self, account: Uuid) -> Option<[u8; PROOF]> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.noticing.key?).ok()?;
        mac.update(b"quesito: stop notices");
        mac.update(account.as_bytes());
        let whole: [u8; 32] = mac.finalize().into_bytes().into();
        whole.first_chunk::<PROOF>().copied()
    }

    /// Stops the notices of an account for whoever holds its token: nothing more is asked,
    /// since a program of mail may do so too.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when it cannot be stored.
    pub async fn stop_notices(&self, account: Uuid) -> Result<(), OperationError> {
        let Some(created) = self.account(account).await?.created else { return Ok(()) };
        let (name, event) =
            (notice::stream(&created.person), NoticesStopped { by: Switch::Letter }.into());
        let asked = (name.as_str(), self.random_id(), body_of(&"stop")?);
        self.by_policy::<Notices>(asked, event).await?;
        tracing::info!(account = %account, "notices stopped by the link in a letter");
        Ok(())
    }

    async fn by_policy<D: Decider>(
        &self,
        (stream, command_id, body): (&str, Uuid, Vec<u8>),
        proposed: D::Event,
    ) -> Result<Done, OperationError> {
        self.operate::<D>(Operational {
            actor: &operator(),
            kind: ActorKind::Policy,
            stream: stream.to_owned(),
            id: Uuid::nil(),
            command_id,
            proposed,
            body,
        })
        .await
    }
}
