//! What a solution is after its history: for decisions, for views and for the page
//! that shows it.
//!
//! Deliberately absent: its validity, which depends on a day and on other streams
//! (see `status`).
//!
//! Depends on: `domain::answer`, `domain::facts`, `domain::shared`, `domain::values`.

use std::collections::BTreeSet;

use jiff::Timestamp;
use uuid::Uuid;

use super::events::{Manner, SolutionLevel};
use crate::answer::Review;
use crate::facts::SolutionFacts;
use crate::norm::NormRef;
use crate::shared::{Act, Territory, Visibility, counted_once};
use crate::values::{BodyId, Day, Number, Ref, Text};

/// A solution after its history.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SolutionState {
    /// What was proposed, beside its text; `None` when nothing was.
    pub proposal: Option<Box<Proposal>>,
    /// Versions of the text, in order; the last is the current one.
    pub versions: Vec<Version>,
    /// The issues it solves, in order of attachment.
    pub issues: Vec<AttachedIssue>,
    /// The answers it rests on.
    pub basis_answers: Vec<BasisAnswer>,
    /// The norms it rests on.
    pub basis_norms: Vec<BasisNorm>,
    /// Adoptions, in order.
    pub adoptions: Vec<Adoption>,
    /// Declinations, in order.
    pub declinations: Vec<Declination>,
    /// Reviews, in order.
    pub reviews: Vec<Review>,
    /// Confirmations, in order.
    pub confirmations: Vec<Confirmation>,
    /// The solution that took its place.
    pub superseded: Option<Supersession>,
    /// That it is no longer proposed.
    pub retired: Option<Retirement>,
    /// The public abstract.
    pub published: Option<Publication>,
    /// When the last event was recorded.
    pub updated_at: Timestamp,
    /// How many events it has.
    pub events: u32,
}

/// What was proposed, beside text, issues and basis, which change.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// The event that proposed it.
    pub id: Uuid,
    /// The association in charge.
    pub coordinator: BodyId,
    /// On which level.
    pub level: SolutionLevel,
    /// Where it comes from.
    pub origin: Option<Ref>,
    /// Who agreed.
    pub parties: Vec<Ref>,
    /// Where it holds.
    pub territory: Territory,
    /// The instrument.
    pub instrument: Option<Text<200>>,
    /// Who may see it.
    pub visibility: Visibility,
    /// The day of the proposal.
    pub proposed_on: Day,
    /// When it was recorded.
    pub proposed_at: Timestamp,
}

/// A version of the text.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// The event that wrote it.
    pub id: Uuid,
    /// Its number, from 1.
    pub number: Number,
    /// Which problem it solves.
    pub problem: Text<2000>,
    /// The solution.
    pub text: Text<10000>,
    /// Why it was written; absent on the first.
    pub reason: Option<Text<1000>>,
    /// The day it was written.
    pub written_on: Day,
    /// When that was recorded.
    pub recorded_at: Timestamp,
    /// Its validation.
    pub validation: Option<Validation>,
}

/// That a version was validated.
#[derive(Debug, Clone, PartialEq)]
pub struct Validation {
    /// The event that recorded it.
    pub id: Uuid,
    /// By whom.
    pub by: Text<200>,
    /// On which day.
    pub validated_on: Day,
}

/// An issue it solves.
#[derive(Debug, Clone, PartialEq)]
pub struct AttachedIssue {
    /// Which issue.
    pub issue: Uuid,
    /// Why.
    pub reason: Option<Text<1000>>,
    /// Since which day.
    pub attached_on: Day,
}

/// An answer it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct BasisAnswer {
    /// Which answer.
    pub id: Uuid,
    /// Why.
    pub reason: Option<Text<1000>>,
    /// Since which day.
    pub added_on: Day,
}

/// A norm it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct BasisNorm {
    /// Its id in the basis.
    pub id: Uuid,
    /// Which norm, in the text in force on a day.
    pub norm: NormRef,
    /// Why.
    pub reason: Option<Text<1000>>,
    /// Since which day.
    pub added_on: Day,
}

/// That a body adopted it (*recepimento*).
#[derive(Debug, Clone, PartialEq)]
pub struct Adoption {
    /// Its id.
    pub id: Uuid,
    /// Which body.
    pub body: BodyId,
    /// For which members.
    pub speaks_for: Vec<BodyId>,
    /// As it is or adapted.
    pub manner: Manner,
    /// What the body changed.
    pub adaptation: Option<Text<4000>>,
    /// Which version.
    pub version: Number,
    /// By which act.
    pub act: Act,
    /// From when it holds there.
    pub in_force_from: Option<Day>,
    /// The date of the act, or of the announcement.
    pub adopted_on: Day,
    /// That the body no longer applies it.
    pub ended: Option<Ending>,
}

/// That a body no longer applies it.
#[derive(Debug, Clone, PartialEq)]
pub struct Ending {
    /// The last day.
    pub until: Day,
    /// Why.
    pub reason: Text<1000>,
    /// The day of the decision.
    pub ended_on: Day,
}

/// That a body decided not to adopt a version.
#[derive(Debug, Clone, PartialEq)]
pub struct Declination {
    /// Its id.
    pub id: Uuid,
    /// Which body.
    pub body: BodyId,
    /// Which version.
    pub version: Number,
    /// Why.
    pub reason: Text<2000>,
    /// The day of the decision.
    pub declined_on: Day,
    /// The adoption with which the body changed its mind.
    pub overtaken_by: Option<Uuid>,
}

/// That somebody looked again and found it still good.
#[derive(Debug, Clone, PartialEq)]
pub struct Confirmation {
    /// The event that recorded it.
    pub id: Uuid,
    /// The review it closes; all that were open when absent.
    pub review: Option<Uuid>,
    /// Which version.
    pub version: Option<Number>,
    /// Why.
    pub reason: Text<1000>,
    /// On which day.
    pub confirmed_on: Day,
    /// When that was recorded.
    pub recorded_at: Timestamp,
}

/// That another solution took its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Supersession {
    /// The event that recorded it.
    pub id: Uuid,
    /// Which solution.
    pub by: Uuid,
    /// From when; the day of recording unless said otherwise.
    pub from: Day,
    /// Why.
    pub reason: Text<1000>,
}

/// That it is no longer proposed.
#[derive(Debug, Clone, PartialEq)]
pub struct Retirement {
    /// The event that recorded it.
    pub id: Uuid,
    /// Why.
    pub reason: Text<1000>,
    /// On which day.
    pub retired_on: Day,
}

/// The approved abstract.
#[derive(Debug, Clone, PartialEq)]
pub struct Publication {
    /// What the public reads.
    pub summary: Text<2000>,
    /// Since when.
    pub published_on: Day,
}

impl Adoption {
    /// Whether no end of it is recorded.
    pub fn is_living(&self) -> bool {
        self.ended.is_none()
    }

    /// Whether the body has not stopped applying it by a day.
    pub fn holds_on(&self, day: Day) -> bool {
        self.ended.as_ref().is_none_or(|ended| day <= ended.until)
    }
}

impl SolutionState {
    /// The version that holds today.
    pub fn current(&self) -> Option<&Version> {
        self.versions.last()
    }

    /// Whether it was retired, or another took its place, by a day.
    pub fn has_ended_by(&self, day: Day) -> bool {
        self.retired.is_some() || self.is_superseded_on(day)
    }

    /// Whether another solution has taken its place by a day.
    pub fn is_superseded_on(&self, day: Day) -> bool {
        self.superseded.as_ref().is_some_and(|superseded| superseded.from <= day)
    }

    /// The adoption of a body of which no end is recorded.
    pub fn living_adoption(&self, body: &BodyId) -> Option<&Adoption> {
        self.adoptions.iter().find(|one| one.is_living() && one.body == *body)
    }

    /// The bodies that apply it on a day: a union counts as the members it names,
    /// once each.
    pub fn adopters_on(&self, day: Day) -> BTreeSet<BodyId> {
        self.adoptions
            .iter()
            .filter(|one| one.holds_on(day))
            .flat_map(|one| counted_once(&one.body, &one.speaks_for))
            .collect()
    }

    /// When somebody last looked at all of it: a confirmation or a new version.
    pub fn last_look(&self) -> Option<Timestamp> {
        self.last_revision()
            .into_iter()
            .chain(self.confirmations.iter().map(|one| one.recorded_at))
            .max()
    }

    /// When its text was last rewritten.
    pub fn last_revision(&self) -> Option<Timestamp> {
        self.versions.iter().skip(1).map(|version| version.recorded_at).max()
    }

    /// What decisions on other streams may know of it; `None` before the proposal.
    pub fn facts(&self) -> Option<SolutionFacts> {
        Some(SolutionFacts {
            coordinator: self.proposal.as_ref()?.coordinator.clone(),
            version: self.current()?.number,
            superseded_by: self.superseded.as_ref().map(|superseded| superseded.by),
        })
    }
}
