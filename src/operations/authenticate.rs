//! From a token to somebody who acts.

use super::{OperationError, Operations};
use crate::access::Actor;
use crate::access::tokens::{Presented, Token};
use crate::domain::registry::{Body, Role};
use crate::domain::values::BodyId;
use crate::event_store::StreamName;

impl Operations {
    /// The actor a token stands for, ours or a provider's; `None` when the token is not
    /// good (unknown, expired, revoked, or its person no longer holds the role).
    ///
    /// # Errors
    ///
    /// [`OperationError::Unavailable`] when the store cannot be read.
    pub async fn authenticate(&self, token: &str) -> Result<Option<Actor>, OperationError> {
        let Some(presented) = Presented::parse(token) else {
            return self.authenticate_by_provider(token).await;
        };
        let Ok(stream) = StreamName::new(Presented::stream(presented.id)) else { return Ok(None) };
        let loaded = self.handler.load::<Token>(&stream).await?;
        if !loaded.state.accepts(&presented.secret, self.clock.today().into()) {
            return Ok(None);
        }
        let Some(issued) = loaded.state.issued.as_deref() else { return Ok(None) };
        // The role must still be held: revoking it stops every token that rests on it.
        if !self.holds(&issued.person, issued.role, &issued.body).await? {
            return Ok(None);
        }
        let network = self.network(issued.role, &issued.body, issued.network.as_ref()).await?;
        Ok(Some(Actor {
            subject: issued.person.clone(),
            role: issued.role,
            body: issued.body.clone(),
            network,
            machine: issued.machine,
        }))
    }

    /// The coordinator whose network a body belongs to at present.
    ///
    /// # Errors
    ///
    /// [`OperationError::Unavailable`] when the store cannot be read.
    pub async fn network(
        &self,
        role: Role,
        body: &BodyId,
        claimed: Option<&BodyId>,
    ) -> Result<Option<BodyId>, OperationError> {
        match (role, claimed) {
            (Role::Staff, _) => Ok(Some(body.clone())),
            (Role::Auditor | Role::Admin, _) | (_, None) => Ok(None),
            (Role::Municipality | Role::Observer, Some(coordinator)) => {
                let member = self.is_member(coordinator, body).await?;
                Ok(member.then(|| coordinator.clone()))
            }
        }
    }

    /// Whether a body is a member of a union or of a coordinator's network.
    ///
    /// # Errors
    ///
    /// [`OperationError::Unavailable`] when the store cannot be read.
    pub async fn is_member(&self, of: &BodyId, body: &BodyId) -> Result<bool, OperationError> {
        let Ok(stream) = StreamName::new(format!("body-{of}")) else { return Ok(false) };
        let loaded = self.handler.load::<Body>(&stream).await?;
        let today = self.clock.today().into();
        Ok(loaded.state.members.iter().any(|one| one.member == *body && one.holds_on(today)))
    }
}
