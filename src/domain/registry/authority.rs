//! An authority whose readings differ, or that answers.

use jiff::Timestamp;
use uuid::Uuid;

use super::events::AuthorityEvent;
use super::history::{History, Retirement, in_use};
use crate::values::{AuthorityId, AuthorityKind, Day, ProvinceCode, PublicName};
use crate::{Command, Decider, Recorded, Rejection, check_dates};

/// The decider of authorities.
#[derive(Debug, Clone, Copy)]
pub struct Authority;

/// An authority after its history.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AuthorityState {
    /// What does not change; `None` when the authority is not registered.
    pub entry: Option<Box<AuthorityEntry>>,
    /// The names of its office.
    pub offices: History<PublicName>,
    /// Its end.
    pub retired: Option<Retirement>,
    /// When the last event was recorded.
    pub updated_at: Timestamp,
    /// How many events it has.
    pub events: u32,
}

/// What an authority keeps for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorityEntry {
    /// The event that registered it.
    pub id: Uuid,
    /// Its id.
    pub authority: AuthorityId,
    /// Its kind.
    pub kind: AuthorityKind,
    /// Its province; `None` for national ones.
    pub province: Option<ProvinceCode>,
    /// The day of the registration.
    pub registered_on: Day,
}

impl Decider for Authority {
    type State = AuthorityState;
    type Event = AuthorityEvent;

    const CATEGORY: &'static str = "authority";

    fn decide(
        state: &AuthorityState,
        command: Command<AuthorityEvent>,
    ) -> Result<Vec<AuthorityEvent>, Rejection> {
        use AuthorityEvent as Do;
        use Rejection as No;

        check_dates(command.occurred_on, command.today)?;
        match (&state.entry, command.proposed) {
            (None, registered @ Do::Registered(_)) => Ok(vec![registered]),
            (None, _) => Err(No::NotFound),
            (Some(_), Do::Registered(_)) => Err(No::AlreadyExists),
            (Some(_), Do::Renamed(data)) => {
                in_use(state.retired.as_ref(), command.today)?;
                if state.offices.latest() == Some(&data.office) {
                    return Err(No::NothingToChange);
                }
                Ok(vec![Do::Renamed(data)])
            }
            (Some(_), Do::Retired(_)) if state.retired.is_some() => Err(No::Retired),
            (Some(_), proposed @ (Do::Retired(_) | Do::TextErased(_))) => Ok(vec![proposed]),
        }
    }

    fn evolve(state: &mut AuthorityState, fact: &Recorded<AuthorityEvent>) {
        use AuthorityEvent as Is;

        state.updated_at = fact.recorded_at;
        state.events += 1;
        match &fact.event {
            Is::Registered(data) => {
                state.entry = Some(Box::new(AuthorityEntry {
                    id: fact.id,
                    authority: data.authority.clone(),
                    kind: data.kind.clone(),
                    province: data.province.clone(),
                    registered_on: fact.occurred_on,
                }));
                state.offices.add(data.office.clone(), fact.occurred_on);
            }
            Is::Renamed(data) => state.offices.add(data.office.clone(), fact.occurred_on),
            Is::Retired(data) => state.retired = Some(Retirement::new(data, fact)),
            // The key is gone, so the text reads as erased; nothing else changes.
            Is::TextErased(_) => {}
        }
    }
}
