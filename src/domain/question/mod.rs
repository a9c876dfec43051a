//! A collective question (*quesito collettivo*), put to those who can answer.

mod adhesions;
mod deadlines;
mod decide;
mod drafting;
mod events;
mod fold;
mod points;
mod state;
mod status;
#[cfg(test)]
mod tests;

pub use deadlines::{Expected, REMINDERS_BEFORE_ESCALATION, ReminderDue};
pub use decide::Question;
pub use events::*;
pub use points::PointStanding;
pub use state::{
    AdhesionState, AdhesionWindow, AnswerLink, Approval, AttachedIssue, Dispatch, DraftState,
    Ending, EndingKind, PointFate, QuestionNote, QuestionState, ReminderState, TextPoint,
    TextVersion, Track, WithdrawnAdhesion,
};
pub use status::{QuestionContext, QuestionStatus, status};
