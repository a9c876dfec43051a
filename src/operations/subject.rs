//! What each kind of thing is to the rule of access: whose it is, who takes part,
//! who may see it.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::access::Resource;
use crate::domain::Decider;
use crate::domain::answer::{Answer, AnswerEvent, AnswerState};
use crate::domain::communication::{Communication, CommunicationEvent, CommunicationState};
use crate::domain::issue::{Issue, IssueEvent, IssueState};
use crate::domain::question::{Question, QuestionEvent, QuestionState};
use crate::domain::registry::{
    Authority, AuthorityEvent, Body, BodyEvent, Calendar, CalendarEvent, Form, FormEvent, Norm,
    NormEvent, Person, PersonEvent, Reservation, ReservationEvent, Theme, ThemeEvent,
};
use crate::domain::shared::Visibility;
use crate::domain::solution::{Solution, SolutionEvent, SolutionState};
use crate::domain::values::{BodyId, Day, RefKind};

/// A decider whose streams operations record to.
pub trait Subject: Decider {
    /// The thing as the rule of access sees it, when this event is proposed.
    ///
    /// `owner` is the body of the part that the event changes, or of the whole.
    fn resource(state: &Self::State, proposed: &Self::Event) -> Resource;

    /// The thing as the rule of access sees it when it is read.
    fn readable(state: &Self::State) -> Resource;

    /// The issues whose participants take part in it too.
    fn issues(_state: &Self::State) -> Vec<Uuid> {
        Vec::new()
    }

    /// Whether the event begins a stream.
    fn begins(proposed: &Self::Event) -> bool;

    /// The date that the data themselves give for what is recorded.
    fn date_of(_proposed: &Self::Event) -> Option<Day> {
        None
    }
}

/// Members of the data that follow from who acts when they are not given.
pub fn implied(stored_type: &str) -> &'static [&'static str] {
    match stored_type {
        "issue-reported.v1" => &["body", "coordinator"],
        "issue-endorsed.v1"
        | "adhesion-given.v1"
        | "solution-adopted.v1"
        | "solution-declined.v1" => &["body"],
        "question-drafted.v1"
        | "answer-received.v1"
        | "solution-proposed.v1"
        | "communication-recorded.v1" => &["coordinator"],
        _ => &[],
    }
}

impl Subject for Issue {
    fn resource(state: &IssueState, proposed: &IssueEvent) -> Resource {
        if let IssueEvent::Reported(data) = proposed
            && state.report.is_none()
        {
            return Resource {
                coordinator: Some(data.coordinator.clone()),
                visibility: None,
                participants: BTreeSet::new(),
                owner: Some(data.body.clone()),
                acting: None,
            };
        }
        Resource { owner: owner_of(state, proposed), ..Self::readable(state) }
    }

    fn readable(state: &IssueState) -> Resource {
        let report = state.report.as_deref();
        Resource {
            coordinator: report.map(|report| report.data.coordinator.clone()),
            visibility: report.map(|report| report.visibility),
            participants: state.participants(),
            owner: report.map(|report| report.lead_body.clone()),
            acting: None,
        }
    }

    fn begins(proposed: &IssueEvent) -> bool {
        matches!(proposed, IssueEvent::Reported(_))
    }
}

fn owner_of(state: &IssueState, proposed: &IssueEvent) -> Option<BodyId> {
    let lead = || state.report.as_ref().map(|report| report.lead_body.clone());
    let position = |id: Uuid| {
        state.positions.iter().find(|held| held.id == id).and_then(|held| held.recorded_by.clone())
    };
    let endorsement =
        |id: Uuid| state.endorsements.iter().find(|one| one.id == id).map(|one| one.body.clone());
    match proposed {
        IssueEvent::PositionCorrected(data) => position(data.position_id),
        IssueEvent::PositionWithdrawn(data) => position(data.position_id),
        IssueEvent::EndorsementCorrected(data) => endorsement(data.endorsement_id),
        IssueEvent::EndorsementWithdrawn(data) => endorsement(data.endorsement_id),
        IssueEvent::ClarificationProvided(data) => state
            .clarifications
            .iter()
            .find(|one| one.id == data.clarification_id)
            .map(|one| one.to.clone()),
        _ => lead(),
    }
}

impl Subject for Question {
    fn resource(state: &QuestionState, proposed: &QuestionEvent) -> Resource {
        if let (QuestionEvent::Drafted(data), None) = (proposed, &state.draft) {
            return Resource { coordinator: Some(data.coordinator.clone()), ..Resource::default() };
        }
        let owner = match proposed {
            QuestionEvent::AdhesionWithdrawn(data) => state
                .adhesions
                .iter()
                .find(|adhesion| adhesion.id == data.adhesion_id)
                .map(|adhesion| adhesion.body.clone()),
            _ => None,
        };
        Resource { owner, ..Self::readable(state) }
    }

    fn readable(state: &QuestionState) -> Resource {
        Resource {
            coordinator: state.draft.as_ref().map(|draft| draft.coordinator.clone()),
            // A question is put for the whole network; its members adhere to it.
            visibility: Some(Visibility::Network),
            participants: state.participants(),
            owner: None,
            acting: None,
        }
    }

    fn issues(state: &QuestionState) -> Vec<Uuid> {
        state.issues.iter().map(|one| one.issue).collect()
    }

    fn begins(proposed: &QuestionEvent) -> bool {
        matches!(proposed, QuestionEvent::Drafted(_))
    }
}

impl Subject for Answer {
    fn resource(state: &AnswerState, proposed: &AnswerEvent) -> Resource {
        match (proposed, &state.receipt) {
            (AnswerEvent::Received(data), None) => {
                Resource { coordinator: Some(data.coordinator.clone()), ..Resource::default() }
            }
            _ => Self::readable(state),
        }
    }

    fn readable(state: &AnswerState) -> Resource {
        Resource {
            coordinator: state.receipt.as_ref().map(|receipt| receipt.data.coordinator.clone()),
            visibility: Some(
                state.receipt.as_ref().map_or(Visibility::Restricted, |r| r.visibility),
            ),
            ..Resource::default()
        }
    }

    fn begins(proposed: &AnswerEvent) -> bool {
        matches!(proposed, AnswerEvent::Received(_))
    }

    fn date_of(proposed: &AnswerEvent) -> Option<Day> {
        match proposed {
            AnswerEvent::Received(data) => Some(data.document_date),
            AnswerEvent::Corrected(data) => data.document_date,
            _ => None,
        }
    }
}

impl Subject for Solution {
    fn resource(state: &SolutionState, proposed: &SolutionEvent) -> Resource {
        if let (SolutionEvent::Proposed(data), None) = (proposed, &state.proposal) {
            return Resource { coordinator: Some(data.coordinator.clone()), ..Resource::default() };
        }
        let adoption =
            |id: Uuid| state.adoptions.iter().find(|one| one.id == id).map(|one| one.body.clone());
        let owner = match proposed {
            SolutionEvent::AdoptionCorrected(data) => adoption(data.adoption_id),
            SolutionEvent::AdoptionEnded(data) => adoption(data.adoption_id),
            _ => None,
        };
        Resource { owner, ..Self::readable(state) }
    }

    fn readable(state: &SolutionState) -> Resource {
        let proposal = state.proposal.as_ref();
        Resource {
            coordinator: proposal.map(|proposal| proposal.coordinator.clone()),
            visibility: Some(proposal.map_or(Visibility::Restricted, |one| one.visibility)),
            participants: state.adoptions.iter().map(|adoption| adoption.body.clone()).collect(),
            ..Resource::default()
        }
    }

    fn begins(proposed: &SolutionEvent) -> bool {
        matches!(proposed, SolutionEvent::Proposed(_))
    }

    fn date_of(proposed: &SolutionEvent) -> Option<Day> {
        match proposed {
            SolutionEvent::Adopted(data) => data.act.date,
            SolutionEvent::AdoptionCorrected(data) => data.act.as_ref().and_then(|act| act.date),
            _ => None,
        }
    }
}

impl Subject for Communication {
    fn resource(state: &CommunicationState, proposed: &CommunicationEvent) -> Resource {
        match (proposed, &state.letter) {
            (CommunicationEvent::Recorded(data), None) => {
                Resource { coordinator: Some(data.coordinator.clone()), ..Resource::default() }
            }
            _ => Self::readable(state),
        }
    }

    fn readable(state: &CommunicationState) -> Resource {
        let letter = state.letter.as_ref();
        let counterparts = letter.map(|letter| letter.data.counterpart.as_slice());
        Resource {
            coordinator: letter.map(|letter| letter.data.coordinator.clone()),
            visibility: Some(Visibility::Restricted),
            participants: counterparts
                .unwrap_or_default()
                .iter()
                .filter(|party| party.kind == RefKind::Body)
                .filter_map(|party| party.id.as_str().parse().ok())
                .collect(),
            ..Resource::default()
        }
    }

    fn begins(proposed: &CommunicationEvent) -> bool {
        matches!(proposed, CommunicationEvent::Recorded(_))
    }

    fn date_of(proposed: &CommunicationEvent) -> Option<Day> {
        match proposed {
            CommunicationEvent::RegistrationRecorded(data) => Some(data.date),
            CommunicationEvent::ReceiptRecorded(data) => Some(data.date),
            _ => None,
        }
    }
}

/// The registry is one for everybody: there is nothing to hide and nobody's part.
macro_rules! registry {
    ($($decider:ident: $event:ident::{$($begins:ident),*};)*) => {$(
        impl Subject for $decider {
            fn resource(_: &Self::State, _: &$event) -> Resource {
                Resource::default()
            }

            fn readable(_: &Self::State) -> Resource {
                Resource::default()
            }

            fn begins(proposed: &$event) -> bool {
                matches!(proposed, $($event::$begins(_))|*)
            }
        }
    )*};
}

registry! {
    Norm: NormEvent::{Registered, Amended};
    Body: BodyEvent::{Registered};
    Authority: AuthorityEvent::{Registered};
    Theme: ThemeEvent::{Registered};
    Form: FormEvent::{Registered};
    Calendar: CalendarEvent::{Declared};
    Person: PersonEvent::{Granted};
    Reservation: ReservationEvent::{Reserved};
}
