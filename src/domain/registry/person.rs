//! In which roles a person or a machine may act, so that "in which role" is provable.
//!
//! Deliberately absent: names. The stream knows an opaque reference; the names live
//! in a directory outside the log.

use jiff::Timestamp;
use uuid::Uuid;

use super::events::{PersonEvent, Role};
use crate::lists::Add;
use crate::values::{BodyId, Day, PersonId, Text};
use crate::{Command, Decider, Recorded, Rejection, check_dates};

/// The decider of persons and machines.
#[derive(Debug, Clone, Copy)]
pub struct Person;

/// A person after its history.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PersonState {
    /// Who; `None` when no role was ever granted.
    pub person: Option<PersonId>,
    /// Every role ever granted, in order of recording.
    pub access: Vec<Access>,
    /// When the last event was recorded.
    pub updated_at: Timestamp,
    /// How many events it has.
    pub events: u32,
}

/// A role in a body.
#[derive(Debug, Clone, PartialEq)]
pub struct Access {
    /// Its id.
    pub id: Uuid,
    /// Which role.
    pub role: Role,
    /// In which body.
    pub body: BodyId,
    /// In which function.
    pub function: Option<Text<200>>,
    /// The day from which it holds.
    pub granted_on: Day,
    /// The day on which it was taken away.
    pub revoked_on: Option<Day>,
    /// Why it was taken away.
    pub revoked_because: Option<Text<1000>>,
}

impl Access {
    /// Whether the role was held on a day; on the day it is taken away it is not.
    pub fn holds_on(&self, day: Day) -> bool {
        self.granted_on <= day && self.revoked_on.is_none_or(|revoked| day < revoked)
    }

    fn is_living(&self, role: Role, body: &BodyId) -> bool {
        self.revoked_on.is_none() && self.role == role && self.body == *body
    }
}

impl PersonState {
    /// The roles that were not taken away.
    pub fn current(&self) -> impl Iterator<Item = &Access> {
        self.access.iter().filter(|access| access.revoked_on.is_none())
    }

    /// The roles held on a day.
    pub fn held_on(&self, day: Day) -> impl Iterator<Item = &Access> {
        self.access.iter().filter(move |access| access.holds_on(day))
    }
}

impl Decider for Person {
    type State = PersonState;
    type Event = PersonEvent;

    const CATEGORY: &'static str = "person";

    fn decide(
        state: &PersonState,
        command: Command<PersonEvent>,
    ) -> Result<Vec<PersonEvent>, Rejection> {
        use PersonEvent as Do;
        use Rejection as No;

        check_dates(command.occurred_on, command.today)?;
        match command.proposed {
            Do::Granted(data) => {
                let held = state.access.iter().any(|one| one.is_living(data.role, &data.body));
                if held { Err(No::AlreadyGranted) } else { Ok(vec![Do::Granted(data)]) }
            }
            _ if state.events == 0 => Err(No::NotFound),
            Do::Revoked(data) => {
                let held = state.access.iter().any(|one| one.is_living(data.role, &data.body));
                if held { Ok(vec![Do::Revoked(data)]) } else { Err(No::NoSuchAccess) }
            }
            erased @ Do::TextErased(_) => Ok(vec![erased]),
        }
    }

    fn evolve(state: &mut PersonState, fact: &Recorded<PersonEvent>) {
        use PersonEvent as Is;

        state.updated_at = fact.recorded_at;
        state.events += 1;
        match &fact.event {
            Is::Granted(data) => {
                state.person = Some(data.person.clone());
                state.access.add(Access {
                    id: fact.id,
                    role: data.role,
                    body: data.body.clone(),
                    function: data.function.clone(),
                    granted_on: fact.occurred_on,
                    revoked_on: None,
                    revoked_because: None,
                });
            }
            Is::Revoked(data) => {
                let held = state.access.iter_mut().find(|one| one.is_living(data.role, &data.body));
                if let Some(access) = held {
                    access.revoked_on = Some(fact.occurred_on);
                    access.revoked_because.clone_from(&data.reason);
                }
            }
            // The key is gone, so the text reads as erased; nothing else changes.
            Is::TextErased(_) => {}
        }
    }
}
