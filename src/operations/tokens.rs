//! Issuing, listing and revoking tokens.

use uuid::Uuid;

use super::texts::check_texts;
use super::{OperationError, Operations};
use crate::access::tokens::{
    Presented, Secret, Token, TokenEvent, TokenIssued, TokenRevoked, TokenSummary,
};
use crate::access::{Action, Actor, Resource, decide};
use crate::codec::{self, ActorKind, Envelope, ReceivedVia};
use crate::command_handler::Intent;
use crate::domain::Facts;
use crate::domain::registry::Role;
use crate::domain::values::{BodyId, Day, PersonId, Text, leaves};
use crate::event_store::{GlobalPosition, StreamName};

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
        let body = codec::canonical(&asked, "token")
            .map_err(|why| OperationError::Internal(why.to_string()))?;
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
        let body = codec::canonical(&id, "token")
            .map_err(|why| OperationError::Internal(why.to_string()))?;
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
        let stream = token_stream(id)?;
        let intent = Intent {
            proposed,
            envelope: Envelope {
                command_id,
                correlation_id: command_id,
                causation_id: None,
                actor: codec::Actor {
                    subject: actor.subject.clone(),
                    kind: ActorKind::Person,
                    role: actor.role,
                    body_id: actor.body.clone(),
                    on_behalf_of: None,
                },
                received_via: ReceivedVia::Own,
                recorded_at: self.clock.now(),
                occurred_on: self.clock.today().into(),
            },
            body,
            seen: None,
            stream_id: id,
            acting: actor.body.clone(),
            staff: false,
            facts: Facts::default(),
        };
        Ok(self.handler.handle::<Token>(&stream, intent).await?.already)
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
            tokens.extend(self.show_token(actor, *id).await?);
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
        let loaded = self.handler.load::<Token>(&token_stream(id)?).await?;
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

fn token_stream(id: Uuid) -> Result<StreamName, OperationError> {
    StreamName::new(Presented::stream(id)).map_err(|why| OperationError::Internal(why.to_string()))
}
