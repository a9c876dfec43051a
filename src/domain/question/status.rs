//! The status of a question, derived and never stored.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a question stands.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum QuestionStatus {
    /// Being written.
    Draft,
    /// Bodies are invited to adhere.
    CollectingAdhesions,
    /// The text is approved.
    Approved,
    /// Sent.
    Dispatched,
    /// Passed on by an addressee.
    Forwarded,
    /// Some points are answered.
    PartlyAnswered,
    /// All points are answered.
    Answered,
    /// Closed.
    Closed,
    /// Not taken forward by the coordinator.
    Rejected,
    /// Withdrawn.
    Withdrawn,
    /// Closed without any answer.
    NoReply,
}

impl QuestionStatus {
    /// Whether the question is still being worked on.
    pub fn is_alive(self) -> bool {
        !matches!(self, Self::Closed | Self::Rejected | Self::Withdrawn | Self::NoReply)
    }
}
