//! The position of a write, as a word that any node understands.
//!
//! The answer to a command carries it in `Quesito-Position`. A reading that brings it along
//! waits until the views of the node that answers show the write, whichever node recorded it.
//!
//! Depends on: `projections`, `event_store`.

use std::time::Duration;

use axum::http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};

use super::problem::Problem;
use super::{Api, ids};
use crate::event_store::GlobalPosition;

/// The header.
pub const HEADER: &str = "quesito-position";

/// How the header is written for people.
pub const NAME: &str = "Quesito-Position";

/// How long a reading waits for a write.
const PATIENCE: Duration = Duration::from_secs(3);

/// The word for a position: where, and in which store.
pub fn word(api: &Api, position: GlobalPosition) -> String {
    format!("{}-{}", ids::position_text(position), mark(api))
}

/// What tells the store from others.
fn mark(api: &Api) -> String {
    let id = api.operations.handler.store().store_id().simple().to_string();
    id.chars().take(8).collect()
}

/// The position that a reading is to show, if it names one.
///
/// # Errors
///
/// A [`Problem`]: 400 for what is no position, 410 for one of another store.
pub fn asked(
    api: &Api,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Option<GlobalPosition>, Problem> {
    if !method.is_safe() {
        return Ok(None);
    }
    let mut values = headers.get_all(HEADER).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    let parts = text.split_once('-').filter(|_| values.next().is_none());
    let parts = parts.and_then(|(position, store)| Some((ids::position(position)?, store)));
    match parts {
        Some((position, store)) if store == mark(api) => Ok(Some(position)),
        Some((_, store)) if store.len() == 8 && store.bytes().all(|b| b.is_ascii_hexdigit()) => {
            Err(Problem::new(
                StatusCode::GONE,
                "foreign-bookmark",
                "Posizione di un altro archivio",
                "L'intestazione Quesito-Position viene da un altro archivio: va omessa.",
            )
            .at(NAME, "foreign", "Viene da un altro archivio."))
        }
        _ => Err(Problem::malformed(
            "L'intestazione Quesito-Position non è una posizione di questo servizio.",
        )
        .at(NAME, "invalid", "Serve il valore ricevuto con la registrazione.")),
    }
}

/// Waits until the views show what was recorded up to a position.
///
/// # Errors
///
/// A [`Problem`] (503) when they do not get there in time.
pub async fn reached(api: &Api, position: GlobalPosition) -> Result<(), Problem> {
    api.views.wait_for(position, PATIENCE).await.map_err(|why| {
        tracing::warn!(fault = %why, "a position that was waited for is not reached");
        Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "Servizio momentaneamente non disponibile",
            "La registrazione indicata in Quesito-Position non si può ancora consultare qui: \
             riprovare fra poco.",
        )
        .at(NAME, "not_yet", "Non ancora raggiunta.")
        .retry_after(2)
    })
}

/// The header that a command answers, as the API document describes it.
pub fn header_components() -> Value {
    json!({
        "QuesitoPosition": {
            "description": "Where the write stands. A reading that carries it in the same header shows the write, on whichever node it is answered.",
            "schema": schema(),
            "example": EXAMPLE,
        },
    })
}

/// The header of a reading, as the API document describes it.
pub fn parameter_components() -> Value {
    json!({
        "QuesitoPosition": {
            "name": NAME, "in": "header", "required": false,
            "description": "The `Quesito-Position` of a write that the answer must show: the reading waits for it up to three seconds, then answers 503. Needed only where several nodes answer, since what a node has recorded itself it shows anyway.",
            "schema": schema(),
            "example": EXAMPLE,
        },
    })
}

const EXAMPLE: &str = "000000000000002a-6fd0c2a1";

fn schema() -> Value {
    json!({"type": "string", "minLength": 25, "maxLength": 25, "pattern": "^[0-9a-f]{16}-[0-9a-f]{8}$"})
}
