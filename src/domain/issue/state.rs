//! What an issue is after its history: folded for decisions, for views and for
//! the page that shows it.

use jiff::Timestamp;
use uuid::Uuid;

use super::events::{
    ClosingOutcome, EndCause, ImpactEstimated, IssueLink, IssueReported, Position, Scope,
};
use crate::norm::NormRef;
use crate::shared::{Audience, PointResult, Visibility};
use crate::values::{AuthorityId, BodyId, Count, Day, PersonId, Ref, Text};

/// An issue after its history.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IssueState {
    /// The report as it stands; `None` when nothing was reported.
    pub report: Option<Box<Report>>,
    /// The outcome of the last triage.
    pub scope: Option<Scope>,
    /// The day of the first triage.
    pub triaged_on: Option<Day>,
    /// Who is in charge among staff, and until when.
    pub assigned: Option<(PersonId, Option<Day>)>,
    /// Requests for clarification, in order.
    pub clarifications: Vec<Clarification>,
    /// Norms cited, in order.
    pub citations: Vec<(Uuid, NormRef)>,
    /// Positions, in order of recording.
    pub positions: Vec<HeldPosition>,
    /// Endorsements, in order.
    pub endorsements: Vec<Endorsement>,
    /// The last estimate of the impact.
    pub impact: Option<ImpactEstimated>,
    /// Links to other issues, in order.
    pub links: Vec<(Uuid, IssueLink)>,
    /// Answers linked directly.
    pub answers: Vec<(Uuid, PointResult)>,
    /// Notes and contacts, in order.
    pub notes: Vec<NoteState>,
    /// The public abstract.
    pub published: Option<Publication>,
    /// Whether the reporter withdrew it.
    pub withdrawn: bool,
    /// How it was closed.
    pub closed: Option<Closing>,
    /// Whether it was reopened and not triaged since.
    pub reopened: bool,
    /// When the last event was recorded.
    pub updated_at: Timestamp,
    /// How many events it has.
    pub events: u32,
}

/// The report as it stands after amendments.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The event that reported it.
    pub id: Uuid,
    /// What was reported, with amendments applied.
    pub data: IssueReported,
    /// The body that leads: the reporter, unless reopened under another.
    pub lead_body: BodyId,
    /// The date of the report.
    pub reported_on: Day,
    /// When the report was recorded.
    pub reported_at: Timestamp,
    /// Who may see it today.
    pub visibility: Visibility,
}

/// A request for clarification.
#[derive(Debug, Clone, PartialEq)]
pub struct Clarification {
    /// Its id.
    pub id: Uuid,
    /// Who is asked.
    pub to: BodyId,
    /// What is asked.
    pub text: Text<4000>,
    /// On which day.
    pub requested_on: Day,
    /// The reply.
    pub reply: Option<(Day, Text<4000>)>,
}

/// A position and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldPosition {
    /// Its id.
    pub id: Uuid,
    /// What was recorded, with corrections applied.
    pub data: Position,
    /// The day it was observed.
    pub observed_on: Day,
    /// The body that recorded it.
    pub recorded_by: Option<BodyId>,
    /// What became of it.
    pub fate: PositionFate,
}

/// What became of a position.
#[derive(Debug, Clone, PartialEq)]
pub enum PositionFate {
    /// It holds.
    Current,
    /// It no longer holds.
    Ended {
        /// Why.
        cause: EndCause,
        /// Because of what.
        because_of: Option<Ref>,
        /// The last day it held.
        until: Day,
        /// A remark.
        note: Option<Text<2000>>,
    },
    /// It had been recorded in error.
    Withdrawn,
}

/// An endorsement ("succede anche da noi").
#[derive(Debug, Clone, PartialEq)]
pub struct Endorsement {
    /// Its id.
    pub id: Uuid,
    /// By which body.
    pub body: BodyId,
    /// For which members.
    pub speaks_for: Vec<BodyId>,
    /// Which reading is seen there.
    pub position_seen: Option<Uuid>,
    /// How many people.
    pub people_affected: Option<Count>,
    /// Since when.
    pub since: Option<Day>,
    /// The day of the endorsement.
    pub endorsed_on: Day,
    /// A remark.
    pub note: Option<Text<2000>>,
    /// Whether it was taken back.
    pub withdrawn: bool,
}

/// A note or an informal contact.
#[derive(Debug, Clone, PartialEq)]
pub struct NoteState {
    /// Its id.
    pub id: Uuid,
    /// For whom.
    pub audience: Audience,
    /// The office heard, when it is a contact.
    pub authority: Option<AuthorityId>,
    /// The words.
    pub text: Text<5000>,
    /// The day it refers to.
    pub noted_on: Day,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// By which body.
    pub body: Option<BodyId>,
}

/// The approved abstract.
#[derive(Debug, Clone, PartialEq)]
pub struct Publication {
    /// What the public reads.
    pub summary: Text<2000>,
    /// Whether the body is named.
    pub show_body: bool,
    /// Since when.
    pub published_on: Day,
}

/// How an issue was closed.
#[derive(Debug, Clone, PartialEq)]
pub struct Closing {
    /// With which outcome.
    pub outcome: ClosingOutcome,
    /// In a few words.
    pub summary: Option<Text<2000>>,
    /// On which day.
    pub closed_on: Day,
}

impl HeldPosition {
    /// The last day it held, when it no longer does.
    pub fn until(&self) -> Option<Day> {
        match &self.fate {
            PositionFate::Ended { until, .. } => Some(*until),
            PositionFate::Current | PositionFate::Withdrawn => self.data.until,
        }
    }

    /// Whether the reading holds on a day: both the first and the last day count, and
    /// an unknown first day lies before any other.
    pub fn holds_on(&self, day: Day) -> bool {
        self.fate != PositionFate::Withdrawn
            && self.data.since.is_none_or(|since| since <= day)
            && self.until().is_none_or(|until| day <= until)
    }

    /// Whether the reading holds as far as is recorded.
    pub fn is_current(&self) -> bool {
        self.fate == PositionFate::Current && self.data.until.is_none()
    }
}

impl IssueState {
    /// The readings that hold as far as is recorded.
    pub fn current_positions(&self) -> impl Iterator<Item = &HeldPosition> {
        self.positions.iter().filter(|position| position.is_current())
    }

    /// Whether readings oppose each other at present.
    pub fn is_divergent(&self) -> bool {
        self.current_positions().count() >= 2
    }

    /// Whether readings opposed each other once, and at least one was given up.
    pub fn is_composed(&self) -> bool {
        let counted = |position: &&HeldPosition| position.fate != PositionFate::Withdrawn;
        let ended = |position: &HeldPosition| matches!(position.fate, PositionFate::Ended { .. });
        self.positions.iter().filter(counted).count() >= 2
            && self.positions.iter().any(ended)
            && !self.is_divergent()
    }

    /// The issue of which this one is a duplicate.
    pub fn duplicate_of(&self) -> Option<Uuid> {
        self.links.iter().find(|(_, link)| *link == IssueLink::Duplicate).map(|(id, _)| *id)
    }

    /// The bodies that take part: the reporter, those it speaks for, those that
    /// endorse, those asked for a clarification. Each once.
    pub fn participants(&self) -> std::collections::BTreeSet<BodyId> {
        let mut bodies = std::collections::BTreeSet::new();
        if let Some(report) = &self.report {
            bodies.insert(report.data.body.clone());
            bodies.insert(report.lead_body.clone());
            bodies.extend(report.data.speaks_for.iter().cloned());
        }
        for endorsement in self.endorsements.iter().filter(|one| !one.withdrawn) {
            bodies.insert(endorsement.body.clone());
            bodies.extend(endorsement.speaks_for.iter().cloned());
        }
        bodies.extend(self.clarifications.iter().map(|one| one.to.clone()));
        bodies
    }

    /// How many bodies it affects: a union counts as the members it names, once each.
    pub fn bodies_affected(&self) -> usize {
        let mut bodies = std::collections::BTreeSet::new();
        if let Some(report) = &self.report {
            bodies.extend(crate::shared::counted_once(&report.data.body, &report.data.speaks_for));
        }
        for one in self.endorsements.iter().filter(|one| !one.withdrawn) {
            bodies.extend(crate::shared::counted_once(&one.body, &one.speaks_for));
        }
        bodies.len()
    }

    /// How many people it affects: the estimate when there is one, else the sum of
    /// what bodies declared.
    pub fn people_affected(&self) -> u32 {
        if let Some(impact) = &self.impact {
            return impact.people_affected.get();
        }
        let reported = self.report.as_ref().and_then(|report| report.data.people_affected);
        let endorsed = self
            .endorsements
            .iter()
            .filter(|one| !one.withdrawn)
            .filter_map(|one| one.people_affected);
        reported.into_iter().chain(endorsed).map(Count::get).fold(0, u32::saturating_add)
    }
}
