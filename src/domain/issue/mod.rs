//! An issue (*segnalazione*): a rule that is read in different ways.

mod decide;
mod events;
mod fold;
mod state;
mod status;
#[cfg(test)]
mod tests;

pub use decide::Issue;
pub use events::*;
pub use state::{
    Clarification, Closing, Endorsement, HeldPosition, IssueState, NoteState, PositionFate,
    Publication, Report,
};
pub use status::{IssueContext, IssueStatus, QuestionOnIssue, status};
