//! Whose functions somebody may look up: who holds which role in which body.

use super::{Actor, Denial, Scope};
use crate::domain::registry::Role;
use crate::domain::values::BodyId;

/// The people whose functions may be read.
///
/// Names are never among them: people stand in the log by opaque references. Even so
/// it is for those who keep accounts, who audit, and who work with a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum People {
    /// Everybody's.
    Everybody,
    /// Of those who hold, or held, a role in this coordinator or in a member of its network.
    Network(BodyId),
}

impl People {
    /// The people that an actor may look up.
    ///
    /// # Errors
    ///
    /// The [`Denial`] when they may look up nobody.
    pub fn of(actor: Option<&Actor>) -> Result<Self, Denial> {
        let actor = actor.ok_or(Denial::Anonymous)?;
        match actor.role {
            Role::Admin => Ok(Self::Everybody),
            Role::Auditor | Role::Staff | Role::Municipality | Role::Observer => {
                Self::within(&Scope::of(Some(actor))).ok_or(Denial::Role)
            }
        }
    }

    /// The people of whom a reader of cases may learn.
    pub fn within(scope: &Scope) -> Option<Self> {
        // Roles and members are added and ended, never removed: who could be looked up then
        // can be today.
        match scope.rule() {
            Scope::Everything => Some(Self::Everybody),
            Scope::Coordinator(body) => Some(Self::Network(body.clone())),
            Scope::Nothing | Scope::Body(_) | Scope::Member { .. } | Scope::Past(_) => None,
        }
    }
}
