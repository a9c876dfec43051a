//! Who may do what: one pure function over (actor, action, resource).
//!
//! Every read and every write asks [`decide`], history, search, export and feed
//! included; a list asks the same rule as a [`Scope`], which a view turns into a
//! condition of its query. Nothing is allowed unless a line here says so.
//!
//! Depends on: `domain`, `fetch` (which addresses are safe to ask).

pub mod accounts;
pub mod jwt;
pub mod passwords;
mod people;
pub mod permissions;
pub mod providers;
pub mod reads;
mod scope;
pub mod sessions;
#[cfg(test)]
mod tests;
pub mod throttle;
pub mod tokens;

use std::collections::BTreeSet;

pub use people::People;
pub use permissions::{Permission, permission};
pub use scope::Scope;

use crate::domain::registry::Role;
use crate::domain::shared::Visibility;
use crate::domain::values::{BodyId, PersonId};

/// Somebody who acts, as a token or a session says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// An opaque reference to the person or machine.
    pub subject: PersonId,
    /// In which role.
    pub role: Role,
    /// For which body.
    pub body: BodyId,
    /// The coordinator whose network the body belongs to: for staff their own body.
    /// `None` when it belongs to none, and for auditors and operators.
    pub network: Option<BodyId>,
    /// Whether it is a machine.
    pub machine: bool,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Read a thing, its history, its documents.
    Read,
    /// Record an event of this kind.
    Record(Permission),
    /// Issue, list and revoke tokens of other people.
    ManageTokens,
    /// Create, list, approve and suspend accounts.
    ManageAccounts,
}

/// What it is to be done to. A thing that does not exist yet has what it will have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resource {
    /// The association in charge; `None` for the registry.
    pub coordinator: Option<BodyId>,
    /// Who may see it; `None` for the registry, which every signed-in actor may.
    pub visibility: Option<Visibility>,
    /// The bodies that take part.
    pub participants: BTreeSet<BodyId>,
    /// The body that leads the thing, or to which the part of it belongs that is to
    /// be changed.
    pub owner: Option<BodyId>,
    /// The body in whose name the act is recorded.
    pub acting: Option<BodyId>,
}

/// Why something is not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denial {
    /// Nobody is signed in.
    #[error("Serve un accesso.")]
    Anonymous,
    /// The actor may not see the thing: it answers like one that does not exist.
    #[error("La cosa indicata non esiste.")]
    Hidden,
    /// The role never may.
    #[error("Il ruolo non lo consente.")]
    Role,
    /// Only the body itself, or staff on its behalf.
    #[error("Può farlo solo l'ente interessato, o il coordinamento per suo conto.")]
    NotYours,
    /// Only staff of the coordinator in charge.
    #[error("Può farlo solo il coordinamento che segue il caso.")]
    NotInCharge,
    /// Acting on behalf of a body is for staff, and for bodies of their network.
    #[error("Solo il coordinamento può agire per conto di un altro ente.")]
    OnBehalf,
}

/// Decides whether an actor may do something to a resource.
///
/// # Errors
///
/// The [`Denial`] that says why not.
pub fn decide(actor: Option<&Actor>, action: Action, resource: &Resource) -> Result<(), Denial> {
    match action {
        Action::Read => {
            if resource.visibility.is_none() {
                // The registry: names of bodies, norms, themes, offices.
                return actor.map(|_| ()).ok_or(Denial::Anonymous);
            }
            let scope = Scope::of(actor);
            match (scope.allows(resource), actor) {
                (true, _) => Ok(()),
                (false, _) => Err(Denial::Hidden),
            }
        }
        Action::Record(permission) => {
            let actor = actor.ok_or(Denial::Anonymous)?;
            // What the product itself records in a case, operators ask for without reading it;
            // anything else answers them as it answers whoever may not see the case.
            let blind = actor.role == Role::Admin && permission == Permission::Operate;
            if resource.visibility.is_some() && !blind {
                decide(Some(actor), Action::Read, resource)?;
            }
            record(actor, permission, resource)
        }
        Action::ManageTokens | Action::ManageAccounts => match actor.ok_or(Denial::Anonymous)?.role
        {
            Role::Admin => Ok(()),
            Role::Municipality | Role::Staff | Role::Observer | Role::Auditor => Err(Denial::Role),
        },
    }
}

fn record(actor: &Actor, permission: Permission, resource: &Resource) -> Result<(), Denial> {
    let own = resource.acting.as_ref().is_none_or(|acting| *acting == actor.body);
    let in_charge = actor.role == Role::Staff && resource.coordinator.as_ref() == Some(&actor.body);
    // Staff may do for a body whatever the body may do itself.
    if permission != Permission::Registry
        && permission != Permission::Operate
        && permission != Permission::NormRegistry
        && in_charge
    {
        return Ok(());
    }
    match permission {
        Permission::Coordinate => match actor.role {
            Role::Staff => Err(Denial::NotInCharge),
            Role::Admin | Role::Municipality | Role::Observer | Role::Auditor => Err(Denial::Role),
        },
        Permission::Report => match actor.role {
            Role::Municipality if !own => Err(Denial::OnBehalf),
            // A body reports to the coordinator of its own network.
            Role::Municipality if actor.network != resource.coordinator => Err(Denial::NotInCharge),
            Role::Municipality => Ok(()),
            Role::Staff => Err(Denial::NotInCharge),
            Role::Admin | Role::Observer | Role::Auditor => Err(Denial::Role),
        },
        Permission::Contribute => match actor.role {
            Role::Municipality if own => Ok(()),
            Role::Municipality => Err(Denial::OnBehalf),
            Role::Staff => Err(Denial::NotInCharge),
            Role::Admin | Role::Observer | Role::Auditor => Err(Denial::Role),
        },
        Permission::Reply => match actor.role {
            Role::Municipality | Role::Observer if !own => Err(Denial::OnBehalf),
            Role::Municipality | Role::Observer if resource.owner.as_ref() == Some(&actor.body) => {
                Ok(())
            }
            Role::Municipality | Role::Observer => Err(Denial::NotYours),
            Role::Staff => Err(Denial::NotInCharge),
            Role::Admin | Role::Auditor => Err(Denial::Role),
        },
        Permission::Own => match actor.role {
            Role::Municipality if !own => Err(Denial::OnBehalf),
            Role::Municipality if resource.owner.as_ref() == Some(&actor.body) => Ok(()),
            Role::Municipality => Err(Denial::NotYours),
            Role::Staff => Err(Denial::NotInCharge),
            Role::Admin | Role::Observer | Role::Auditor => Err(Denial::Role),
        },
        Permission::NormRegistry => match actor.role {
            Role::Staff | Role::Admin => Ok(()),
            Role::Municipality | Role::Observer | Role::Auditor => Err(Denial::Role),
        },
        Permission::Registry | Permission::Operate => match actor.role {
            Role::Admin => Ok(()),
            Role::Staff | Role::Municipality | Role::Observer | Role::Auditor => Err(Denial::Role),
        },
    }
}
