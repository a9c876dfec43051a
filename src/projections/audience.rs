//! Who reads the notes of a case.
//!
//! Depends on: `access`.

use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::ViewsError;
use super::things::Kind;
use crate::access::Scope;
use crate::domain::shared::Audience;
use crate::domain::values::BodyId;

/// What a reader of a case is to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Nearness {
    /// Somebody of the network.
    Reader,
    /// A body that takes part.
    Participant,
    /// The coordinator's staff, or an auditor.
    Inside,
}

impl Nearness {
    /// Whether a note for an audience is for such a reader.
    pub(super) fn hears(self, audience: Audience) -> bool {
        match audience {
            Audience::Network => true,
            Audience::Participants => self >= Self::Participant,
            Audience::Internal => self >= Self::Inside,
        }
    }
}

/// What a reader is to a thing that they may read.
pub(super) fn nearness(
    conn: &Connection,
    scope: &Scope,
    kind: Kind,
    id: Uuid,
    coordinator: Option<&BodyId>,
) -> Result<Nearness, ViewsError> {
    let inside = match scope.rule() {
        Scope::Everything => true,
        Scope::Coordinator(body) => coordinator == Some(body),
        Scope::Nothing | Scope::Body(_) | Scope::Member { .. } | Scope::Past(_) => false,
    };
    if inside {
        return Ok(Nearness::Inside);
    }
    let (Some(body), _) = scope.parameters() else { return Ok(Nearness::Reader) };
    let then = "SELECT 1 FROM things t JOIN participants p ON p.kind = t.kind AND p.thing = t.no
         WHERE t.id = ?1 AND t.kind = ?2 AND p.body = ?3";
    // Who no longer takes part is told nothing more, not even of the past.
    let today = "AND EXISTS (SELECT 1 FROM today_participants n
         WHERE n.kind = p.kind AND n.thing = p.thing AND n.body = p.body)";
    let sql = match scope {
        Scope::Past(_) => format!("{then} {today}"),
        _ => then.to_owned(),
    };
    let found: Option<i64> = conn
        .prepare_cached(&sql)?
        .query_row(params![id.as_bytes().as_slice(), kind as u8, body], |row| row.get(0))
        .optional()?;
    Ok(if found.is_some() { Nearness::Participant } else { Nearness::Reader })
}
