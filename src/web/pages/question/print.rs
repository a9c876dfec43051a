//! The letter of a question: a page to print, and a document for the protocol office.

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use maud::html;
use uuid::Uuid;

use crate::domain::values::Number;
use crate::letter::{self, Letter};
use crate::web::fault::Fault;
use crate::web::layout::Page;
use crate::web::visit::Visit;

/// The parameter that names a text; the present one without it.
const TEXT: &str = "testo";

/// `/quesiti/{id}/lettera`.
pub async fn letter(visit: Visit, Path(id): Path<Uuid>) -> Result<Page, Fault> {
    let written = written(&visit, id).await?;
    let document = match visit.address.get(TEXT) {
        Some(text) => format!("/quesiti/{id}/lettera.docx?{TEXT}={text}"),
        None => format!("/quesiti/{id}/lettera.docx"),
    };
    let main = html! {
        p.crumbs { a href={ "/quesiti/" (id) } { "Torna al quesito" } }
        @if written.signed_as.is_none() {
            p.warning-note { "Questo testo non è ancora approvato: è una bozza, non si trasmette." }
        }
        p.only-screen {
            "Questa pagina si stampa senza intestazione del sito. "
            a href=(document) { "Scarica la lettera per il protocollo (DOCX)" }
        }
        (letter::body(&written))
    };
    Ok(visit.page(format!("Lettera {}", written.reference), main))
}

/// `/quesiti/{id}/lettera.docx`.
pub async fn document(visit: Visit, Path(id): Path<Uuid>) -> Result<Response, Fault> {
    let written = written(&visit, id).await?;
    let bytes = letter::docx(&written).map_err(|why| Fault::internal(&why))?;
    let name = format!(
        "attachment; filename=\"{}-testo-{}.docx\"",
        written.reference.replace('/', "-"),
        written.text_version
    );
    let headers = [
        (header::CONTENT_TYPE, letter::DOCX.to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

/// The letter, as the visitor may read it.
async fn written(visit: &Visit, id: Uuid) -> Result<Letter, Fault> {
    let actor = visit.actor()?;
    let wanted = match visit.address.code::<u32>(TEXT)? {
        Some(text) => Some(Number::new(text).ok_or(Fault::NotFound)?),
        None => None,
    };
    let views = visit.views().await?;
    let question = views.show_question(&visit.scope(), id, visit.today).await?;
    let question = question.ok_or(Fault::NotFound)?;
    let text = match wanted {
        None => question.text_versions.last(),
        Some(wanted) => question.text_versions.iter().find(|text| text.text_version == wanted),
    };
    let text = text.ok_or(Fault::NotFound)?;
    Ok(Letter::of(views, Some(actor), &question, text, visit.today).await?)
}
