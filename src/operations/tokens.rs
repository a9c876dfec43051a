//! Issuing, listing and revoking tokens.

use uuid::Uuid;

use super::operational::{Operational, body_of, stream_name};
use super::sessions::SignedIn;
use super::texts::check_texts;
use super::{OperationError, Operations};
use crate::access::tokens::{
    Presented, Secret, Token, TokenEvent, TokenIssued, TokenRevoked, TokenSummary,
};
use crate::access::{Action, Actor, Denial, Resource, decide};
use crate::codec::{self, ActorKind};
use crate::domain::registry::Role;
use crate::domain::values::{BodyId, Day, PersonId, Text, leaves};
use crate::event_store::GlobalPosition;

const PAGE: usize = 2_000;

/// The tokens found so far, and how far the walk has come.
#[derive(Default)]
pub(super) struct KnownTokens {
    after: GlobalPosition,
    ids: Vec<Uuid>,
}

/// What a new token is to be.
#[derive(Debug, Clone)]
pub struct TokenRequest {
    /// Who acts with it.
    pub person: PersonId,
    /// In which role.
    pub role: Role,
    /// For which body.
    pub body: BodyId,
    /// The coordinator whose network the body belongs to.
    pub network: Option<BodyId>,
    /// What it is for.
    pub label: Text<200>,
    /// The last day it is good for.
    pub expires_on: Day,
    /// Whether a machine uses it.
    pub machine: bool,
}

/// A token just issued.
#[derive(Clone)]
pub struct IssuedToken {
    /// Its id.
    pub id: Uuid,
    /// The string, shown this once; `None` on a retry, when it is no longer known.
    pub token: Option<String>,
}

/// Who acts when nobody is signed in: the operator at the command line.
pub fn operator() -> Actor {
    // Both are codes by their very letters.
    let code = |text: &str| text.parse();
    match (code("operator"), "system".parse()) {
        (Ok(subject), Ok(body)) => {
            Actor { subject, role: Role::Admin, body, network: None, machine: false }
        }
        _ => unreachable!("`operator` and `system` are codes"),
    }
}

impl Operations {
    /// Issues a token. The caller is an operator.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when it is not allowed or not stored.
    pub async fn issue_token(
        &self,
        actor: &Actor,
        command_id: Uuid,
        request: TokenRequest,
    ) -> Result<IssuedToken, OperationError> {
        decide(Some(actor), Action::ManageTokens, &Resource::default())?;
        self.issue(actor, command_id, request).await
    }

    /// Issues a token to somebody signed in with a browser: for themselves, in the role
    /// of the session. A token gives nobody another token, or a stolen one would live on.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when it is not stored.
    pub async fn issue_own_token(
        &self,
        session: &SignedIn,
        label: Text<200>,
        expires_on: Day,
    ) -> Result<IssuedToken, OperationError> {
        let actor = &session.actor;
        let request = TokenRequest {
            person: actor.subject.clone(),
            role: actor.role,
            body: actor.body.clone(),
            network: actor.network.clone(),
            label,
            expires_on,
            machine: false,
        };
        self.issue(actor, self.random_id(), request).await
    }

    async fn issue(
        &self,
        actor: &Actor,
        command_id: Uuid,
        request: TokenRequest,
    ) -> Result<IssuedToken, OperationError> {
        let id = codec::new_stream_id(command_id);
        let mut bytes = [0; 32];
        self.clock.fill(&mut bytes);
        let presented = Presented { id, secret: Secret::new(bytes) };
        let secret_sha256 = presented
            .secret
            .hash()
            .parse()
            .map_err(|_| OperationError::Internal("a hash is no hash".into()))?;
        // Everything that was asked for: a key used again with another request is noticed.
        let asked = (
            (&request.person, request.role, &request.body, &request.network),
            (&request.label, request.expires_on, request.machine),
        );
        let body = body_of(&asked)?;
        let issued = TokenIssued {
            secret_sha256,
            person: request.person,
            role: request.role,
            body: request.body,
            network: request.network,
            label: request.label,
            expires_on: request.expires_on,
            machine: request.machine,
        };
        let already = self.token_event(actor, id, command_id, issued.into(), body).await?;
        Ok(IssuedToken { id, token: (!already).then(|| presented.show()) })
    }

    /// Revokes a token; doing so again is harmless.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when it is not allowed, or there is no such token.
    pub async fn revoke_token(
        &self,
        actor: &Actor,
        command_id: Uuid,
        id: Uuid,
        reason: Option<Text<1000>>,
    ) -> Result<(), OperationError> {
        decide(Some(actor), Action::ManageTokens, &Resource::default())?;
        self.revoke(actor, command_id, id, reason).await
    }

    /// Revokes a token of somebody signed in with a browser.
    ///
    /// # Errors
    ///
    /// [`OperationError::Denied`] when it is not theirs, as when there is none.
    pub async fn revoke_own_token(
        &self,
        session: &SignedIn,
        id: Uuid,
    ) -> Result<(), OperationError> {
        let token = self.summary(id).await?;
        if token.is_none_or(|token| token.person != session.actor.subject) {
            return Err(Denial::Hidden.into());
        }
        self.revoke(&session.actor, self.random_id(), id, None).await
    }

    async fn revoke(
        &self,
        actor: &Actor,
        command_id: Uuid,
        id: Uuid,
        reason: Option<Text<1000>>,
    ) -> Result<(), OperationError> {
        let body = body_of(&id)?;
        let event = TokenRevoked { reason }.into();
        self.token_event(actor, id, command_id, event, body).await?;
        Ok(())
    }

    async fn token_event(
        &self,
        actor: &Actor,
        id: Uuid,
        command_id: Uuid,
        proposed: TokenEvent,
        body: Vec<u8>,
    ) -> Result<bool, OperationError> {
        // A label may name somebody's place of work, so nobody is asked to confirm it.
        check_texts(&leaves(&proposed), true)?;
        let done = self.operate::<Token>(Operational {
            actor,
            kind: ActorKind::Person,
            stream: Presented::stream(id),
            id,
            command_id,
            proposed,
            body,
        });
        Ok(done.await?.already)
    }

    /// All tokens, in the order of issue.
    ///
    /// They are found by walking the store once, and from there on from where the last
    /// walk ended: listing tokens is rare, and an index would be a second truth.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when it is not allowed or cannot be read.
    pub async fn list_tokens(&self, actor: &Actor) -> Result<Vec<TokenSummary>, OperationError> {
        decide(Some(actor), Action::ManageTokens, &Resource::default())?;
        self.all_tokens().await
    }

    /// The tokens of somebody signed in with a browser and what they are for, in the
    /// order of issue.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when they cannot be read.
    pub async fn own_tokens(
        &self,
        session: &SignedIn,
    ) -> Result<Vec<(TokenSummary, String)>, OperationError> {
        let mut own = Vec::new();
        for token in self.all_tokens().await? {
            if token.person != session.actor.subject {
                continue;
            }
            let opened = self.opened::<Token>(&Presented::stream(token.id)).await?;
            let label = opened.and_then(|state| state.issued?.label.clear().map(str::to_owned));
            own.push((token, label.unwrap_or_default()));
        }
        Ok(own)
    }

    async fn all_tokens(&self) -> Result<Vec<TokenSummary>, OperationError> {
        let mut known = self.known_tokens.lock().await;
        loop {
            let page = self.handler.store().read_all(known.after, PAGE).await;
            let page = page.map_err(|why| OperationError::Unavailable(why.to_string()))?;
            let Some(last) = page.last() else { break };
            known.after = last.position;
            let first = page.iter().filter(|event| event.revision == 0);
            let ids = first.filter_map(|event| event.stream.id().strip_prefix("token-"));
            known.ids.extend(ids.filter_map(|id| id.parse::<Uuid>().ok()));
        }
        let mut tokens = Vec::with_capacity(known.ids.len());
        for id in &known.ids {
            tokens.extend(self.summary(*id).await?);
        }
        Ok(tokens)
    }

    /// What a token is; `None` when there is no such token.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when it is not allowed or cannot be read.
    pub async fn show_token(
        &self,
        actor: &Actor,
        id: Uuid,
    ) -> Result<Option<TokenSummary>, OperationError> {
        decide(Some(actor), Action::ManageTokens, &Resource::default())?;
        self.summary(id).await
    }

    async fn summary(&self, id: Uuid) -> Result<Option<TokenSummary>, OperationError> {
        let loaded = self.handler.load::<Token>(&stream_name(&Presented::stream(id))?).await?;
        Ok(loaded.state.issued.as_ref().map(|issued| TokenSummary {
            id,
            person: issued.person.clone(),
            role: issued.role,
            body: issued.body.clone(),
            expires_on: issued.expires_on,
            revoked: loaded.state.revoked,
        }))
    }
}
