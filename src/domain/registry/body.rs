//! A body: a Comune, a union of Comuni, an ASP, a Provincia, a coordinator.

use std::collections::BTreeSet;

use jiff::Timestamp;
use uuid::Uuid;

use super::events::{BodyEvent, BodyRegistered};
use super::history::History;
use crate::facts::BodyFacts;
use crate::lists::Add;
use crate::values::{BodyId, BodyKind, Count, Day, IpaCode, IstatCode, ProvinceCode, PublicName};
use crate::{Command, Decider, Recorded, Rejection, check_dates, not_after, not_reversed};

/// The decider of bodies.
#[derive(Debug, Clone, Copy)]
pub struct Body;

type Decision = Result<Vec<BodyEvent>, Rejection>;

/// A body after its history.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BodyState {
    /// What does not change; `None` when the body is not registered.
    pub entry: Option<Box<BodyEntry>>,
    /// Its names.
    pub names: History<PublicName>,
    /// Its provinces; empty when it has none.
    pub provinces: History<ProvinceCode>,
    /// Its members, past and present, in order of recording.
    pub members: Vec<Membership>,
    /// Its part in the SAI network.
    pub profiles: History<Profile>,
    /// Into which body it was merged.
    pub merged: Option<Merger>,
    /// When the last event was recorded.
    pub updated_at: Timestamp,
    /// How many events it has.
    pub events: u32,
}

/// What a body keeps for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyEntry {
    /// The event that registered it.
    pub id: Uuid,
    /// Its id.
    pub body: BodyId,
    /// Its kind.
    pub kind: BodyKind,
    /// Its Istat code.
    pub istat_code: Option<IstatCode>,
    /// Its code in the index of public administrations.
    pub ipa_code: Option<IpaCode>,
    /// The day of the registration.
    pub registered_on: Day,
}

/// A member and the days on which it is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The member.
    pub member: BodyId,
    /// The first day; `None` for those there from the beginning.
    pub from: Option<Day>,
    /// The last day, when it left.
    pub until: Option<Day>,
}

/// The part of a body in the SAI network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profile {
    /// Whether it owns a project.
    pub sai_owner: bool,
    /// How many places.
    pub places: Option<Count>,
}

/// A body was merged into another, which inherits what it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merger {
    /// The successor.
    pub into: BodyId,
    /// From when.
    pub from: Day,
    /// The date of the act.
    pub decided_on: Day,
}

impl Membership {
    /// Whether it is a member on a day.
    pub fn holds_on(&self, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}

impl BodyState {
    /// The members as far as is recorded.
    pub fn current_members(&self) -> BTreeSet<BodyId> {
        let current = self.members.iter().filter(|one| one.until.is_none());
        current.map(|one| one.member.clone()).collect()
    }

    /// The members on a day.
    pub fn members_on(&self, day: Day) -> BTreeSet<BodyId> {
        let held = self.members.iter().filter(|one| one.holds_on(day));
        held.map(|one| one.member.clone()).collect()
    }

    /// Whether on a day it has been merged into another.
    pub fn is_merged_on(&self, day: Day) -> bool {
        self.merged.as_ref().is_some_and(|merger| merger.from <= day)
    }

    /// What a decision of another stream may know of it; `None` when it does not exist.
    pub fn facts(&self, today: Day) -> Option<BodyFacts> {
        self.entry.as_ref().map(|_| BodyFacts {
            members: self.current_members(),
            merged: self.is_merged_on(today),
        })
    }

    fn is_member(&self, body: &BodyId) -> bool {
        self.members.iter().any(|one| one.until.is_none() && one.member == *body)
    }
}

impl Decider for Body {
    type State = BodyState;
    type Event = BodyEvent;

    const CATEGORY: &'static str = "body";

    fn decide(state: &BodyState, command: Command<BodyEvent>) -> Decision {
        use BodyEvent as Do;
        use Rejection as No;

        check_dates(command.occurred_on, command.today)?;
        let Some(entry) = state.entry.as_deref() else {
            return match command.proposed {
                Do::Registered(data) => begin(*data),
                _ => Err(No::NotFound),
            };
        };
        let always = matches!(command.proposed, Do::TextErased(_) | Do::Registered(_));
        if state.is_merged_on(command.today) && !always {
            return Err(No::Retired);
        }
        match command.proposed {
            Do::Registered(_) => Err(No::AlreadyExists),
            Do::Renamed(data) => {
                let changes = state.names.latest() != Some(&data.name);
                accept_if(changes, No::NothingToChange, Do::Renamed(data))
            }
            Do::Merged(data) => {
                if data.into == entry.body {
                    return Err(No::LinkToSelf);
                }
                // Whoever inherits must be there to inherit; this also excludes circles.
                let successor_ended =
                    command.facts.body(&data.into).is_some_and(|successor| successor.merged);
                let possible = state.merged.is_none() && !successor_ended;
                accept_if(possible, No::Retired, Do::Merged(data))
            }
            Do::Moved(data) => {
                let changes = state.provinces.latest() != Some(&data.province);
                accept_if(changes, No::NothingToChange, Do::Moved(data))
            }
            Do::MemberAdded(data) => {
                if data.member == entry.body {
                    return Err(No::LinkToSelf);
                }
                let new = !state.is_member(&data.member);
                accept_if(new, No::AlreadyAMember, Do::MemberAdded(data))
            }
            Do::MemberRemoved(data) => {
                let current = |one: &&Membership| one.until.is_none() && one.member == data.member;
                let Some(membership) = state.members.iter().find(current) else {
                    return Err(No::NotAMember);
                };
                not_reversed(membership.from, data.until)?;
                Ok(vec![Do::MemberRemoved(data)])
            }
            Do::ProfileRecorded(data) => {
                not_after(Some(data.on), command.today)?;
                Ok(vec![Do::ProfileRecorded(data)])
            }
            erased @ Do::TextErased(_) => Ok(vec![erased]),
        }
    }

    fn evolve(state: &mut BodyState, fact: &Recorded<BodyEvent>) {
        use BodyEvent as Is;

        state.updated_at = fact.recorded_at;
        state.events += 1;
        match &fact.event {
            Is::Registered(data) => {
                state.entry = Some(Box::new(BodyEntry {
                    id: fact.id,
                    body: data.body.clone(),
                    kind: data.kind.clone(),
                    istat_code: data.istat_code.clone(),
                    ipa_code: data.ipa_code.clone(),
                    registered_on: fact.occurred_on,
                }));
                state.names.add(data.name.clone(), fact.occurred_on);
                if let Some(province) = &data.province {
                    state.provinces.add(province.clone(), fact.occurred_on);
                }
                state.members.extend(data.members.iter().map(|member| Membership {
                    member: member.clone(),
                    from: None,
                    until: None,
                }));
            }
            Is::Renamed(data) => state.names.add(data.name.clone(), fact.occurred_on),
            Is::Merged(data) => {
                state.merged = Some(Merger {
                    into: data.into.clone(),
                    from: data.from,
                    decided_on: fact.occurred_on,
                });
            }
            Is::Moved(data) => state.provinces.add(data.province.clone(), data.from),
            Is::MemberAdded(data) => state.members.add(Membership {
                member: data.member.clone(),
                from: Some(data.from.unwrap_or(fact.occurred_on)),
                until: None,
            }),
            Is::MemberRemoved(data) => {
                let current =
                    |one: &&mut Membership| one.until.is_none() && one.member == data.member;
                if let Some(membership) = state.members.iter_mut().find(current) {
                    membership.until = Some(data.until.unwrap_or(fact.occurred_on));
                }
            }
            Is::ProfileRecorded(data) => {
                let profile = Profile { sai_owner: data.sai_owner, places: data.places };
                state.profiles.add(profile, data.on);
            }
            // The key is gone, so the text reads as erased; nothing else changes.
            Is::TextErased(_) => {}
        }
    }
}

fn begin(data: BodyRegistered) -> Decision {
    if data.members.contains(&data.body) {
        return Err(Rejection::LinkToSelf);
    }
    let different: BTreeSet<_> = data.members.iter().collect();
    let each_once = different.len() == data.members.len();
    accept_if(each_once, Rejection::AlreadyAMember, data.into())
}

fn accept_if(rule: bool, otherwise: Rejection, event: BodyEvent) -> Decision {
    if rule { Ok(vec![event]) } else { Err(otherwise) }
}
