//! How ids and positions are written in addresses.

use uuid::Uuid;

use super::problem::Problem;
use crate::event_store::GlobalPosition;

/// Reads the id of a thing; what is not an id is not found.
pub fn uuid(text: &str) -> Result<Uuid, Problem> {
    match (text.len(), Uuid::try_parse(text)) {
        (36, Ok(id)) => Ok(id),
        _ => Err(Problem::not_found()),
    }
}

/// Whether the things of a category have UUIDs; others have codes.
pub fn is_uuid_category(category: &str) -> bool {
    matches!(category, "issue" | "question" | "answer" | "solution" | "communication" | "norm")
}

/// Whether a text can be the code of a thing of the registry.
pub fn is_code(text: &str) -> bool {
    text.parse::<crate::domain::values::BodyId>().is_ok()
}

/// Reads a position as [`position_text`] writes it.
pub fn position(text: &str) -> Option<GlobalPosition> {
    let digits = text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit());
    digits.then(|| u64::from_str_radix(text, 16).ok().map(GlobalPosition)).flatten()
}

/// A position as an opaque word.
pub fn position_text(position: GlobalPosition) -> String {
    format!("{:016x}", position.0)
}
