//! What an actor may read, as one value that a list can filter by.

use super::{Actor, Resource};
use crate::domain::registry::Role;
use crate::domain::shared::Visibility;
use crate::domain::values::BodyId;

/// What an actor may read among cases.
///
/// [`Scope::allows`] is the rule; [`Scope::sql`] is the same rule for the rows of
/// a view. A property test holds them together.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Nobody signed in, or an operator: nothing but what was published.
    Nothing,
    /// A body outside every network: what it takes part in.
    Body(BodyId),
    /// A member of a network: what it takes part in, and what the network may see.
    Member {
        /// The body.
        body: BodyId,
        /// The coordinator of the network.
        network: BodyId,
    },
    /// Staff: everything their association is in charge of.
    Coordinator(BodyId),
    /// Auditors: everything.
    Everything,
    /// Somebody who reads the past: what the rule allowed then and allows today.
    Past(Box<Scope>),
}

impl Scope {
    /// The scope of an actor.
    pub fn of(actor: Option<&Actor>) -> Self {
        let Some(actor) = actor else { return Self::Nothing };
        match (actor.role, &actor.network) {
            (Role::Admin, _) => Self::Nothing,
            (Role::Auditor, _) => Self::Everything,
            (Role::Staff, _) => Self::Coordinator(actor.body.clone()),
            (Role::Municipality | Role::Observer, Some(network)) => {
                Self::Member { body: actor.body.clone(), network: network.clone() }
            }
            (Role::Municipality | Role::Observer, None) => Self::Body(actor.body.clone()),
        }
    }

    /// The same reader looking at the past. Auditors see what was there; whoever may see
    /// nothing sees nothing.
    #[must_use]
    pub fn in_the_past(&self) -> Self {
        match self {
            Self::Nothing | Self::Everything | Self::Past(_) => self.clone(),
            Self::Body(_) | Self::Member { .. } | Self::Coordinator(_) => {
                Self::Past(Box::new(self.clone()))
            }
        }
    }

    /// The rule itself, whenever it is asked.
    pub fn rule(&self) -> &Self {
        match self {
            Self::Past(rule) => rule,
            rule => rule,
        }
    }

    /// Whether a thing may be read that was `then` and is `today`.
    pub fn allows_past(&self, then: &Resource, today: &Resource) -> bool {
        match self.rule() {
            Self::Everything => true,
            rule => rule.allows(then) && rule.allows(today),
        }
    }

    /// Whether a thing may be read, as it stands.
    pub fn allows(&self, resource: &Resource) -> bool {
        let takes_part = |body: &BodyId| resource.participants.contains(body);
        match self {
            Self::Nothing => false,
            Self::Everything => true,
            // A thing that has not changed since.
            Self::Past(rule) => rule.allows(resource),
            Self::Body(body) => takes_part(body),
            Self::Coordinator(body) => {
                resource.coordinator.as_ref() == Some(body) || takes_part(body)
            }
            Self::Member { body, network } => {
                let open =
                    matches!(resource.visibility, Some(Visibility::Network | Visibility::Public));
                takes_part(body) || (open && resource.coordinator.as_ref() == Some(network))
            }
        }
    }

    /// The rule as a condition over columns `coordinator`, `visibility` (0 restricted,
    /// 1 network, 2 public) and a table `participants(kind, thing, body)`.
    ///
    /// `alias` is the alias of the table with those columns and `no`, the number of
    /// the thing; `kind` is its kind in `participants`. The parameters `:scope_body`
    /// and `:scope_network` are always to be bound; see [`Scope::parameters`].
    ///
    /// [`Scope::Past`] asks the rows of today too, by the same numbers: `today_<kind>`
    /// and `today_participants`.
    pub fn sql(&self, alias: &str, kind: u8) -> String {
        match self {
            Self::Past(rule) => format!(
                "({} AND EXISTS (SELECT 1 FROM today_{kind} today WHERE today.no = {alias}.no \
                 AND {}))",
                rule.condition(alias, kind, "participants"),
                rule.condition("today", kind, "today_participants"),
            ),
            rule => rule.condition(alias, kind, "participants"),
        }
    }

    fn condition(&self, alias: &str, kind: u8, participants: &str) -> String {
        let takes_part = format!(
            "EXISTS (SELECT 1 FROM {participants} p WHERE p.kind = {kind} \
             AND p.thing = {alias}.no AND p.body = :scope_body)"
        );
        match self {
            Self::Nothing => "(0 AND :scope_body IS :scope_network)".into(),
            Self::Everything => "(1 OR :scope_body IS :scope_network)".into(),
            Self::Past(rule) => rule.condition(alias, kind, participants),
            Self::Body(_) => format!("({takes_part} AND :scope_network IS NULL)"),
            Self::Coordinator(_) => {
                format!("(({alias}.coordinator = :scope_network) OR {takes_part})")
            }
            Self::Member { .. } => format!(
                "(({alias}.coordinator = :scope_network AND {alias}.visibility >= 1) \
                 OR {takes_part})"
            ),
        }
    }

    /// The values of `:scope_body` and `:scope_network`.
    pub fn parameters(&self) -> (Option<&str>, Option<&str>) {
        match self {
            Self::Past(rule) => rule.parameters(),
            Self::Nothing | Self::Everything => (None, None),
            Self::Body(body) => (Some(body.as_str()), None),
            Self::Coordinator(body) => (Some(body.as_str()), Some(body.as_str())),
            Self::Member { body, network } => (Some(body.as_str()), Some(network.as_str())),
        }
    }
}
