//! What is expected of whom, and when: never what is late.
//!
//! Depends on: `domain::calendar`, `domain::question`.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::calendar::{Calendar, Deadline};
use crate::domain::italian::italian_date;
use crate::domain::question::{Expected, QuestionContext, QuestionState, Track};
use crate::domain::values::{AuthorityId, Day};

/// Where a question stands with one addressee.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum TrackStatus {
    /// It was not sent to it yet.
    NotSent,
    /// It has not answered.
    Waiting,
    /// It passed the question on.
    Forwarded,
    /// Some of the points put to it are answered, by whomever.
    PartlyAnswered,
    /// All points put to it are settled, by whomever.
    Answered,
}

/// What is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExpectedWhat {
    /// Adhesions.
    Adhesions,
    /// A reply.
    Reply,
    /// A reminder, to be sent by staff.
    Reminder,
    /// A decision to take the question to a higher level.
    Escalation,
}

/// A day by which something is expected, and why that day.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Expectation {
    /// The day.
    pub on: Day,
    /// What is expected.
    pub what: ExpectedWhat,
    /// Of or for which office.
    pub authority: Option<AuthorityId>,
    /// Why that day, in Italian.
    #[schema(max_length = 2000)]
    pub explanation: String,
}

/// Where a question stands with one addressee, as far as is recorded.
pub(super) fn track_status(
    state: &QuestionState,
    context: &QuestionContext,
    track: &Track,
) -> TrackStatus {
    let (mut asked, mut answered, mut settled) = (0_u32, 0_u32, 0_u32);
    for point in state.points_put_to(track.id) {
        let standing = state.standing(point.id, context);
        if !standing.withdrawn {
            asked += 1;
            answered += u32::from(standing.is_answered());
            settled += u32::from(standing.is_settled());
        }
    }
    match () {
        () if asked > 0 && settled == asked => TrackStatus::Answered,
        () if answered > 0 => TrackStatus::PartlyAnswered,
        () if !track.forwarded_to.is_empty() => TrackStatus::Forwarded,
        () if track.dispatched_on.is_none() => TrackStatus::NotSent,
        () => TrackStatus::Waiting,
    }
}

/// Everything that is expected at present, the earliest first.
pub(super) fn expectations(
    state: &QuestionState,
    context: &QuestionContext,
    calendar: &Calendar<'_>,
) -> Vec<Expectation> {
    let mut all = Vec::new();
    if state.ended.is_some() {
        return all;
    }
    let open = state.window().filter(|window| window.closed_on.is_none());
    if let Some(end) = open.and_then(|window| window.expected_end(calendar)) {
        all.push(Expectation {
            on: end.day(),
            what: ExpectedWhat::Adhesions,
            authority: None,
            explanation: explained(&end, "come indicato nell'invito ad aderire"),
        });
    }
    for due in state.reminders_due(context, calendar) {
        let authority = Some(due.track.addressee.clone());
        let reply = due.track.reply_expected(calendar);
        all.push(match reply.filter(|_| due.track.reminders.is_empty()) {
            Some(reply) => Expectation {
                on: reply.day(),
                what: ExpectedWhat::Reply,
                authority,
                explanation: explained(&reply, "come indicato all'invio"),
            },
            None => Expectation {
                on: due.due.date.into(),
                what: if due.propose_escalation {
                    ExpectedWhat::Escalation
                } else {
                    ExpectedWhat::Reminder
                },
                authority,
                explanation: since_last(due.track, &due.due),
            },
        });
    }
    all.sort_by_key(|one| one.on);
    all
}

/// The sentence for a day.
pub(super) fn explained(expected: &Expected, stated: &str) -> String {
    match expected {
        Expected::Stated(day) => format!("{}, {stated}.", italian_date(day.date())),
        Expected::Computed(deadline) => deadline.explain_it(),
    }
}

/// The sentence for a reminder, which counts from the one before.
fn since_last(track: &Track, due: &Deadline) -> String {
    match track.reminders.last() {
        Some(last) => {
            format!("Ultimo sollecito: {}. {}", italian_date(last.sent_on.date()), due.explain_it())
        }
        None => due.explain_it(),
    }
}

/// The points put to an addressee.
pub(super) fn points_of(state: &QuestionState, track: Uuid) -> Vec<Uuid> {
    state.points_put_to(track).map(|point| point.id).collect()
}
