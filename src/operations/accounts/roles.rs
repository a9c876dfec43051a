//! What a person may be: roles granted, revoked and held, as events of the log.

use uuid::Uuid;

use super::derived;
use crate::access::Actor;
use crate::access::accounts::HeldAccess;
use crate::codec::{ActorKind, ReceivedVia};
use crate::domain::registry::{Person, Role};
use crate::domain::values::{BodyId, PersonId, Text};
use crate::operations::operational::stream_name;
use crate::operations::{OperationError, Operations, Submission, Target};

impl Operations {
    /// Grants a person a role unless they hold it. The caller is an operator.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when it is not allowed, or there is no such body.
    pub async fn grant_access(
        &self,
        actor: &Actor,
        command_id: Uuid,
        person: &PersonId,
        (role, body): (Role, &BodyId),
        function: Option<&Text<200>>,
    ) -> Result<(), OperationError> {
        if self.holds(person, role, body).await? {
            return Ok(());
        }
        let mut data = serde_json::json!({"person": person, "role": role, "body": body});
        if let Some(function) = function.and_then(Text::clear) {
            data["function"] = function.into();
        }
        self.person_event(actor, command_id, person, "access-granted.v1", data).await
    }

    /// Takes a role away from a person. The caller is an operator.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when it is not allowed, or the person does not hold it.
    pub async fn revoke_access(
        &self,
        actor: &Actor,
        command_id: Uuid,
        person: &PersonId,
        (role, body): (Role, &BodyId),
        reason: Option<&Text<1000>>,
    ) -> Result<(), OperationError> {
        let mut data = serde_json::json!({"role": role, "body": body});
        if let Some(reason) = reason.and_then(Text::clear) {
            data["reason"] = reason.into();
        }
        self.person_event(actor, command_id, person, "access-revoked.v1", data).await
    }

    async fn person_event(
        &self,
        actor: &Actor,
        command_id: Uuid,
        person: &PersonId,
        stored_type: &'static str,
        data: serde_json::Value,
    ) -> Result<(), OperationError> {
        let submission = Submission {
            actor: Some(actor),
            kind: ActorKind::Person,
            category: "person",
            target: Target::Named(person.to_string()),
            stored_type,
            data: data.as_object().cloned().unwrap_or_default(),
            occurred_on: None,
            on_behalf_of: None,
            received_via: ReceivedVia::Own,
            command_id: derived(command_id, stored_type),
            causation_id: None,
            seen: None,
            texts_checked: false,
        };
        self.record(submission).await.map(|_| ())
    }

    /// Whether a person holds a role in a body today.
    ///
    /// # Errors
    ///
    /// [`OperationError::Unavailable`] when the store cannot be read.
    pub async fn holds(
        &self,
        person: &PersonId,
        role: Role,
        body: &BodyId,
    ) -> Result<bool, OperationError> {
        let held = self.held(person).await?;
        Ok(held.iter().any(|one| one.role == role && one.body == *body))
    }

    /// The roles a person holds today, in the order in which they were given.
    ///
    /// # Errors
    ///
    /// [`OperationError::Unavailable`] when the store cannot be read.
    pub async fn held(&self, person: &PersonId) -> Result<Vec<HeldAccess>, OperationError> {
        let person = stream_name(&format!("person-{person}"))?;
        let loaded = self.handler.load::<Person>(&person).await?;
        let held = loaded.state.held_on(self.clock.today().into());
        Ok(held.map(|one| HeldAccess { role: one.role, body: one.body.clone() }).collect())
    }
}
