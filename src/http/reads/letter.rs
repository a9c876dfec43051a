//! The letter of a collective question: its frozen text, ready for the protocol office.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::IntoParams;

use super::plumbing::{caught_up, media, signed_in};
use crate::domain::italian::italian_date;
use crate::domain::values::{AuthorityId, BodyId, Number, Text};
use crate::http::params::Params;
use crate::http::problem::Problem;
use crate::http::request::Caller;
use crate::http::root::escape;
use crate::http::{Api, ids};
use crate::projections::questions::{QuestionDetail, TextVersionView};
use crate::projections::{Views, ViewsError};

/// Which text.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LetterParams {
    /// The version of the text; the present one when absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 9999, example = 1)]
    pub text_version: Option<Number>,
}

/// `/collective-questions/{question_id}/letter`.
pub fn one() -> MethodRouter<Arc<Api>> {
    get(show)
}

async fn show(
    State(api): State<Arc<Api>>,
    caller: Caller,
    headers: HeaderMap,
    Path(id): Path<String>,
    Params(params): Params<LetterParams>,
) -> Result<Response, Problem> {
    signed_in(&caller)?;
    let id = ids::uuid(&id)?;
    media(&headers, "text/html")?;
    caught_up(&api).await?;
    let day = api.clock.today().into();
    let question = api.views.show_question(&caller.scope(), id, day).await?;
    let question = question.ok_or_else(Problem::not_found)?;
    let text = match params.text_version {
        None => question.text_versions.last(),
        Some(wanted) => question.text_versions.iter().find(|text| text.text_version == wanted),
    };
    let text = text.ok_or_else(Problem::not_found)?;
    let html = letter(&api.views, &question, text)?;

    // RFC 9530: what the reader holds can be compared with what was served.
    let digest = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(html.as_bytes())));
    let mut response = html.into_response();
    let own = response.headers_mut();
    own.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    own.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(digest) = HeaderValue::from_str(&digest) {
        own.insert("repr-digest", digest);
    }
    Ok(response)
}

fn letter(
    views: &Views,
    question: &QuestionDetail,
    text: &TextVersionView,
) -> Result<String, ViewsError> {
    let mut html =
        String::from("<!doctype html>\n<html lang=\"it\"><head><meta charset=\"utf-8\">");
    let subject = words(&text.subject);
    let _ = write!(html, "<title>{} – {subject}</title></head><body>", question.reference);
    let _ = write!(
        html,
        "<header><p>{}</p><p>Quesito collettivo {} – testo {} del {}</p></header>",
        escape(&body(views, &question.coordinator)?),
        question.reference,
        text.text_version.get(),
        italian_date(text.revised_on.date()),
    );
    html.push_str("<section><h2>A</h2><ul>");
    for addressee in question.addressees.iter().filter(|one| one.forwarded_from.is_none()) {
        let name = escape(&authority(views, &addressee.addressee)?);
        let via = match &addressee.via {
            Some(via) => format!(" (per il tramite di {})", escape(&authority(views, via)?)),
            None => String::new(),
        };
        let _ = write!(html, "<li>{name}{via}</li>");
    }
    let _ = write!(
        html,
        "</ul></section><main><h1>Oggetto: {subject}</h1><p>{}</p>",
        words(&text.background)
    );
    if !question.norms.is_empty() {
        html.push_str("<h2>Norme in questione</h2><ul>");
        for norm in &question.norms {
            let _ = write!(html, "<li>{}</li>", escape(&norm.label_it()));
        }
        html.push_str("</ul>");
    }
    html.push_str("<h2>Si chiede</h2><ol>");
    for point in &text.points {
        let _ = write!(html, "<li>{}</li>", words(&point.text));
    }
    html.push_str("</ol>");
    if let Some(reading) = &text.proposed_reading {
        let _ = write!(html, "<h2>Lettura proposta</h2><p>{}</p>", words(reading));
    }
    html.push_str("</main>");
    annex(views, question, text, &mut html)?;
    let hash = text.text_sha256.as_ref().map_or("", |hash| hash.as_str());
    let _ = write!(html, "<footer><p>Impronta del testo (SHA-256): {hash}</p></footer>");
    html.push_str("</body></html>\n");
    Ok(html)
}

/// The annexes: who adheres to this text, and from which reports it comes.
fn annex(
    views: &Views,
    question: &QuestionDetail,
    text: &TextVersionView,
    html: &mut String,
) -> Result<(), ViewsError> {
    html.push_str(
        "<section><h2>Allegato 1 – Adesioni</h2><table><thead><tr><th scope=\"col\">Ente</th>\
         <th scope=\"col\">Per conto di</th><th scope=\"col\">Firmatario</th>\
         <th scope=\"col\">Testo</th><th scope=\"col\">Data</th><th scope=\"col\">Nota</th>\
         </tr></thead><tbody>",
    );
    for adhesion in question.adhesions.iter().filter(|one| one.in_annex) {
        let members: Result<Vec<_>, _> =
            adhesion.speaks_for.iter().map(|member| body(views, member)).collect();
        let note = match adhesion.withdrawn_on {
            Some(day) => format!("ritirata il {}", italian_date(day.date())),
            None if adhesion.text_version != text.text_version => "al testo precedente".into(),
            None => String::new(),
        };
        let _ = write!(
            html,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{note}</td></tr>",
            escape(&body(views, &adhesion.body)?),
            escape(&members?.join(", ")),
            words(&adhesion.signatory_role),
            adhesion.text_version.get(),
            italian_date(adhesion.signed_on.date()),
        );
    }
    html.push_str(
        "</tbody></table></section><section><h2>Allegato 2 – Segnalazioni</h2><table><thead><tr>\
         <th scope=\"col\">Codice</th><th scope=\"col\">Titolo</th></tr></thead><tbody>",
    );
    for issue in &question.issues {
        let _ = write!(
            html,
            "<tr><td>{}</td><td>{}</td></tr>",
            issue.reference,
            escape(issue.title.words())
        );
    }
    html.push_str("</tbody></table></section>");
    Ok(())
}

fn words<const MAX: usize>(text: &Text<MAX>) -> String {
    escape(text.clear().unwrap_or(crate::domain::values::ERASED_IT)).replace('\n', "<br>")
}

/// The name of a body; its id when it has none yet.
fn body(views: &Views, id: &BodyId) -> Result<String, ViewsError> {
    Ok(views.show_body(id)?.map_or_else(|| id.to_string(), |body| body.name.to_string()))
}

fn authority(views: &Views, id: &AuthorityId) -> Result<String, ViewsError> {
    Ok(views.show_authority(id)?.map_or_else(|| id.to_string(), |one| one.office.to_string()))
}
