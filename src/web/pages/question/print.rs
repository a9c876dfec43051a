//! The letter of a question: a page to print, and a document for the protocol office; of
//! today, or as it could be written on a day.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use uuid::Uuid;

use crate::clock::civil_date;
use crate::domain::values::Number;
use crate::letter::{self, Letter};
use crate::projections::things::Kind;
use crate::web::fault::Fault;
use crate::web::layout::Page;
use crate::web::pages::past::{self, Asked, Range};
use crate::web::parts;
use crate::web::visit::Visit;

/// The parameter that names a text; the present one without it.
const TEXT: &str = "testo";

/// `/quesiti/{id}/lettera`.
pub async fn letter(visit: Visit, Path(id): Path<Uuid>) -> Result<Page, Fault> {
    let actor = visit.actor()?;
    let views = visit.views().await?;
    let question = views.show_question(&visit.scope(), id, visit.today).await?;
    let reference = question.ok_or(Fault::NotFound)?.reference;
    let events = views.history(Some(actor), Kind::Question, id).await?.unwrap_or_default();
    let days = events.iter().map(|event| civil_date(event.recorded_at.0).into());
    let range = Range::of_case(&visit, days);

    let asked = Asked::of(&visit);
    let then = at(&visit, asked.ok().flatten()).await?;
    let written = match written(&then, id).await {
        // Before it was drafted there was no letter: that is told, and another day is asked.
        Err(Fault::NotFound) if matches!(asked, Ok(Some(_))) => None,
        found => Some(found?),
    };
    let title = match asked {
        Ok(Some(asked)) => format!("Lettera {reference} {}", asked.words()),
        Ok(None) | Err(_) => format!("Lettera {reference}"),
    };
    let main = html! {
        p.crumbs { a href={ "/quesiti/" (id) } { "Torna al quesito" } }
        @if let Ok(Some(asked)) = &asked { (past::held(asked, then.held())) }
        @match &written {
            Some(written) => (page(&visit, id, written)),
            None => {
                h1 { (title) }
                (parts::nothing("A quel giorno questo testo non c'era ancora, oppure non lo poteva vedere chi lo guarda oggi."))
            }
        }
        details.only-screen open[asked.is_err()] {
            summary { "La lettera com'era un altro giorno" }
            (past::date(&visit, asked, &range))
        }
    };
    let page = visit.page(title, main);
    Ok(if asked.is_err() { page.with_status(StatusCode::BAD_REQUEST) } else { page })
}

fn page(visit: &Visit, id: Uuid, written: &Letter) -> Markup {
    let whole = visit.address.whole();
    let query = whole.split_once('?').map(|(_, query)| format!("?{query}")).unwrap_or_default();
    html! {
        @if written.signed_as.is_none() {
            p.warning-note { "Questo testo non è ancora approvato: è una bozza, non si trasmette." }
        }
        p.only-screen {
            "Questa pagina si stampa senza intestazione del sito. "
            a href={ "/quesiti/" (id) "/lettera.docx" (query) } { "Scarica la lettera per il protocollo (DOCX)" }
        }
        (letter::body(written))
    }
}

/// `/quesiti/{id}/lettera.docx`.
pub async fn document(visit: Visit, Path(id): Path<Uuid>) -> Result<Response, Fault> {
    visit.actor()?;
    let asked = Asked::of(&visit).map_err(|(_, why)| Fault::BadAddress(why.into()))?;
    let written = written(&at(&visit, asked).await?, id).await?;
    let bytes = letter::docx(&written).map_err(|why| Fault::internal(&why))?;
    let day = asked.map(|asked| format!("-al-{}", asked.day())).unwrap_or_default();
    let name = format!(
        "attachment; filename=\"{}-testo-{}{day}.docx\"",
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

/// The visit at the moment that was asked for; today's when none was.
async fn at(visit: &Visit, asked: Option<Asked>) -> Result<Visit, Fault> {
    match asked {
        Some(asked) => visit.back_to(asked.cut).await,
        None => Ok(visit.clone()),
    }
}

/// The letter, as the visitor may read it at the moment of the visit.
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
