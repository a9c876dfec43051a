//! Documents of a report: for whoever may read the report.

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use crate::domain::values::Sha256Hex;
use crate::event_store::StreamName;
use crate::web::fault::Fault;
use crate::web::visit::Visit;

/// `/segnalazioni/{id}/documenti/{sha256}`.
pub async fn of_issue(
    visit: Visit,
    Path((id, hash)): Path<(Uuid, String)>,
) -> Result<Response, Fault> {
    let actor = visit.actor()?;
    let hash: Sha256Hex = hash.parse().map_err(|_| Fault::NotFound)?;
    let operations = &visit.site.operations;
    let referrer = StreamName::new(format!("issue-{id}")).map_err(|_| Fault::NotFound)?;
    if !operations.refers_to(actor, &referrer, &hash).await? {
        return Err(Fault::NotFound);
    }
    let stored = operations.document(&hash).await?.and_then(|document| document.stored);
    let stored = stored.ok_or(Fault::NotFound)?;
    let bytes = operations
        .document_bytes(&hash)
        .await?
        .ok_or_else(|| Fault::Conflict("Il documento è stato cancellato (art. 17 GDPR).".into()))?;
    let headers = [
        (header::CONTENT_TYPE, stored.media_type.to_string()),
        // A document is never shown in the page's own name.
        (header::CONTENT_DISPOSITION, "attachment".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}
