//! Creating, approving and suspending accounts; setting passwords.
//!
//! Which accounts there are is read in [`finding`], what their people may be is granted
//! and revoked in [`roles`].

mod finding;
mod roles;

use serde::Serialize;
use uuid::Uuid;

use super::operational::{Operational, body_of};
use super::sessions::SignedIn;
use super::texts::check_texts;
use super::{FieldFault, OperationError, Operations};
use crate::access::accounts::{
    Account, AccountApproved, AccountCreated, AccountEvent, AccountListed, AccountRestored,
    AccountSummary, AccountSuspended, DIRECTORY, Directory, PasswordSet, is_address, stream,
};
use crate::access::sessions::SignInMethod;
use crate::access::{Action, Actor, Resource, decide, passwords};
use crate::codec::{self, ActorKind};
use crate::domain::Rejection;
use crate::domain::registry::Role;
use crate::domain::values::{BodyId, PersonId, Text, leaves};

pub(super) use finding::KnownAccounts;

/// What a new account is to be.
#[derive(Debug, Clone, Serialize)]
pub struct AccountRequest {
    /// The person, when the log knows them already.
    pub person: Option<PersonId>,
    /// The person's name.
    pub name: Text<200>,
    /// The address under which they sign in.
    pub email: Text<254>,
    /// In which role.
    pub role: Role,
    /// For which body.
    pub body: BodyId,
    /// The coordinator in whose network they act.
    pub network: Option<BodyId>,
    /// In which function.
    pub function: Option<Text<200>>,
}

/// What an approval grants.
#[derive(Debug, Clone, Serialize)]
pub struct ApprovalRequest {
    /// In which role.
    pub role: Role,
    /// For which body.
    pub body: BodyId,
    /// The coordinator in whose network they act.
    pub network: Option<BodyId>,
}

impl Operations {
    /// Creates an account and grants its person the role. The caller is an operator.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when it is not allowed, the address is taken or none, the body
    /// is unknown, or it cannot be stored.
    pub async fn create_account(
        &self,
        actor: &Actor,
        command_id: Uuid,
        request: AccountRequest,
    ) -> Result<AccountSummary, OperationError> {
        decide(Some(actor), Action::ManageAccounts, &Resource::default())?;
        // A name is told on purpose; a codice fiscale is no name.
        check_texts(&leaves(&request), true)?;
        let email = request.email.clear().unwrap_or_default().to_owned();
        if !is_address(&email) {
            return Err(fault(
                "/email",
                "not_an_address",
                "Serve un indirizzo di posta elettronica.",
            ));
        }
        let id = codec::new_stream_id(command_id);
        // Two requests for one address must not both find it free.
        let _one_at_a_time = self.creating.lock().await;
        match self.find_account(&email).await? {
            Some(other) if other != id => return Err(Rejection::AlreadyExists.into()),
            _ => {}
        }
        let body = body_of(&request)?;
        let person = request.person.clone().unwrap_or_else(|| id.into());
        let (access, function) = ((request.role, &request.body), request.function.as_ref());
        self.grant_access(actor, command_id, &person, access, function).await?;
        let created = AccountCreated {
            person,
            name: request.name,
            email: Some(request.email),
            issuer: None,
            subject: None,
            network: request.network,
            claimed_role: None,
            claimed_body: None,
            pending: false,
        };
        self.store_account(actor, ActorKind::Person, command_id, id, created, body).await?;
        self.show_account(actor, id).await?.ok_or(Rejection::NotFound.into())
    }

    /// Lists an account, then creates it: half of it done is done again by a retry.
    pub(super) async fn store_account(
        &self,
        actor: &Actor,
        kind: ActorKind,
        command_id: Uuid,
        id: Uuid,
        created: AccountCreated,
        body: Vec<u8>,
    ) -> Result<(), OperationError> {
        self.operate::<Directory>(Operational {
            actor,
            kind,
            stream: DIRECTORY.to_owned(),
            id,
            command_id: derived(command_id, "listed"),
            proposed: AccountListed { account: id }.into(),
            body: body_of(&id)?,
        })
        .await?;
        self.account_event(actor, kind, id, command_id, created.into(), body).await
    }

    /// Approves an account that waits, and grants its person a role.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when it is not allowed, or there is no such account or body.
    pub async fn approve_account(
        &self,
        actor: &Actor,
        command_id: Uuid,
        id: Uuid,
        request: ApprovalRequest,
    ) -> Result<(), OperationError> {
        decide(Some(actor), Action::ManageAccounts, &Resource::default())?;
        let person = self.person_of(id).await?.ok_or(Rejection::NotFound)?;
        let access = (request.role, &request.body);
        self.grant_access(actor, command_id, &person, access, None).await?;
        let (body, network) = (body_of(&request)?, request.network);
        let event = AccountApproved { network }.into();
        self.account_event(actor, ActorKind::Person, id, command_id, event, body).await
    }

    /// Suspends an account: its sessions end at once, and nobody signs in.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when it is not allowed, or there is no such account.
    pub async fn suspend_account(
        &self,
        actor: &Actor,
        command_id: Uuid,
        id: Uuid,
        reason: Option<Text<1000>>,
    ) -> Result<(), OperationError> {
        let body = body_of(&reason)?;
        self.change_standing(actor, command_id, id, AccountSuspended { reason }.into(), body).await
    }

    /// Restores a suspended account.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when it is not allowed, or there is no such account.
    pub async fn restore_account(
        &self,
        actor: &Actor,
        command_id: Uuid,
        id: Uuid,
        reason: Option<Text<1000>>,
    ) -> Result<(), OperationError> {
        let body = body_of(&reason)?;
        self.change_standing(actor, command_id, id, AccountRestored { reason }.into(), body).await
    }

    async fn change_standing(
        &self,
        actor: &Actor,
        command_id: Uuid,
        id: Uuid,
        event: AccountEvent,
        body: Vec<u8>,
    ) -> Result<(), OperationError> {
        decide(Some(actor), Action::ManageAccounts, &Resource::default())?;
        check_texts(&leaves(&event), true)?;
        self.account_event(actor, ActorKind::Person, id, command_id, event, body).await
    }

    /// Sets the password of an account, by its own person (see [`Self::change_password`])
    /// or by an operator; every session of it ends.
    ///
    /// # Errors
    ///
    /// [`OperationError::Invalid`] says what is wrong with the password.
    pub async fn set_password(
        &self,
        actor: &Actor,
        command_id: Uuid,
        id: Uuid,
        password: &str,
    ) -> Result<(), OperationError> {
        let account = self.opened::<Account>(&stream(id)).await?.ok_or(Rejection::NotFound)?;
        let created = account.created.ok_or(Rejection::NotFound)?;
        if created.person != actor.subject {
            decide(Some(actor), Action::ManageAccounts, &Resource::default())?;
        }
        let email = created.email.as_ref().and_then(Text::clear).unwrap_or_default();
        let about = [created.name.clear().unwrap_or_default(), email];
        passwords::check(password, &about)
            .map_err(|why| fault("/password", "weak_password", &why.to_string()))?;
        let hash = self.hash_password(password.to_owned()).await?;
        let hash = Text::new(hash).map_err(OperationError::Internal)?;
        let (body, event) = (body_of(&id)?, PasswordSet { hash }.into());
        self.account_event(actor, ActorKind::Person, id, command_id, event, body).await
    }

    /// Sets the password of somebody signed in with a browser, who shows that they know
    /// the present one; a link to their address shows as much, for who has forgotten it.
    ///
    /// # Errors
    ///
    /// [`OperationError::Invalid`] says what is wrong with which of the two.
    pub async fn change_password(
        &self,
        session: &SignedIn,
        command_id: Uuid,
        present: &str,
        password: &str,
    ) -> Result<(), OperationError> {
        let account = self.opened::<Account>(&stream(session.account)).await?;
        let account = account.ok_or(Rejection::NotFound)?;
        let stored = account.password.as_ref().and_then(Text::clear);
        if let Some(stored) = stored.filter(|_| session.how != SignInMethod::Link)
            && !self.knows_password(session.account, present, stored).await?
        {
            let detail = "La password attuale non è corretta.";
            return Err(fault("/present", "wrong_password", detail));
        }
        self.set_password(&session.actor, command_id, session.account, password).await
    }

    async fn account_event(
        &self,
        actor: &Actor,
        kind: ActorKind,
        id: Uuid,
        command_id: Uuid,
        proposed: AccountEvent,
        body: Vec<u8>,
    ) -> Result<(), OperationError> {
        let stream = stream(id);
        self.operate::<Account>(Operational { actor, kind, stream, id, command_id, proposed, body })
            .await
            .map(|_| ())
    }

    async fn person_of(&self, id: Uuid) -> Result<Option<PersonId>, OperationError> {
        Ok(self.account(id).await?.created.map(|created| created.person))
    }
}

fn fault(pointer: &str, kind: &'static str, detail: &str) -> OperationError {
    OperationError::Invalid(vec![FieldFault {
        pointer: pointer.to_owned(),
        kind,
        detail: detail.to_owned(),
        hint: None,
    }])
}

/// The id of a further command that one command consists of.
pub(super) fn derived(command: Uuid, step: &str) -> Uuid {
    Uuid::new_v5(&command, step.as_bytes())
}
