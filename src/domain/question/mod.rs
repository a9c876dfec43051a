//! A collective question (*quesito collettivo*), put to those who can answer.

mod events;
mod status;

pub use events::*;
pub use status::QuestionStatus;
