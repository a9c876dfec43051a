//! *Nuova segnalazione*: one line, free text, who reads the rule how.
//!
//! The form is sent twice. The first time nothing is recorded: the page shows which norms
//! the text mentions, what looks alike, what may be personal data, and who will see the
//! report. The second time it is recorded. Staff file in the same way on behalf of a body,
//! from a phone call or a letter.

mod endorse;
mod fields;
mod preview;

pub use endorse::{endorse, endorsement_form, show as show_endorsement};
pub use fields::Lists;

use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::Value;

use crate::domain::values::AuthorityId;
use crate::web::fault::Fault;
use crate::web::forms::{Deed, Form, Refused, Upload, Wrong};
use crate::web::layout::Page;
use crate::web::visit::Visit;

use preview::Preview;

/// The address of the page.
pub const ADDRESS: &str = "/segnalazioni/nuova";

/// What a button asks for.
const STEP: &str = "_passo";

/// Norms that the visitor confirmed: URNs, `celex:` numbers with an article, or a URN of
/// their own.
const NORMS: &str = "_norme";

/// A URN that the visitor typed.
const OWN_NORM: &str = "_urn";

/// How many readings the form has room for.
const READINGS: usize = 2;

/// `GET /segnalazioni/nuova`.
pub async fn show(visit: Visit) -> Result<Page, Fault> {
    may_report(&visit)?;
    let form = Form::of([
        ("/visibility", "network".to_owned()),
        ("/urgency", "medium".to_owned()),
        ("/received_via", "phone".to_owned()),
    ]);
    page(&visit, &form, &[], None).await
}

/// `POST /segnalazioni/nuova`.
pub async fn send(visit: Visit, upload: Upload) -> Result<Response, Fault> {
    may_report(&visit)?;
    let typed = upload.form.clone();
    let form = match visit.keep(upload).await {
        Ok(form) => form,
        Err(Refused::Fault(fault)) => return Err(fault),
        Err(Refused::Wrong(wrong)) => {
            let page = page(&visit, &typed, &wrong, None).await?;
            return Ok(page.with_status(StatusCode::UNPROCESSABLE_ENTITY).into_response());
        }
    };
    if form.get(STEP) != "invia" {
        let preview = Preview::of(&visit, &form).await?;
        return Ok(page(&visit, &form, &[], Some(preview)).await?.into_response());
    }
    let mut deed = Deed::new("issue", "issue-reported.v1");
    let norms = confirmed(&form);
    if !norms.is_empty() {
        deed = deed.with("norms", norms);
    }
    match visit.record(deed, &completed(&visit, &form)?).await {
        Ok(receipt) => {
            let there = format!("/segnalazioni/{}", receipt.stream.id());
            Ok((StatusCode::SEE_OTHER, [(header::LOCATION, there)]).into_response())
        }
        Err(Refused::Fault(fault)) => Err(fault),
        Err(Refused::Wrong(wrong)) => {
            let wrong: Vec<Wrong> = wrong.into_iter().map(shown_at).collect();
            let preview = Preview::of(&visit, &form).await?;
            let page = page(&visit, &form, &wrong, Some(preview)).await?;
            Ok(page.with_status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
        }
    }
}

/// `POST /segnalazioni/simili`: what looks like the text typed so far, as a piece of a
/// page. Sent in a body, so that no address ever holds what people type.
pub async fn similar(visit: Visit, form: Form) -> Result<Html<String>, Fault> {
    may_report(&visit)?;
    Ok(Html(fields::alike(&preview::alike(&visit, &form).await?).into_string()))
}

async fn page(
    visit: &Visit,
    form: &Form,
    wrong: &[Wrong],
    preview: Option<Preview>,
) -> Result<Page, Fault> {
    let lists = Lists::read(visit).await?;
    Ok(visit.page("Nuova segnalazione", fields::main(visit, form, wrong, &lists, preview.as_ref())))
}

fn may_report(visit: &Visit) -> Result<(), Fault> {
    visit.actor()?;
    if visit.reports() {
        return Ok(());
    }
    let why = "Le segnalazioni le presentano gli enti della rete, oppure il coordinamento per \
               loro conto.";
    Err(Fault::Denied(why.into()))
}

/// The norms that the visitor confirmed, as the API takes them.
fn confirmed(form: &Form) -> Vec<Value> {
    let typed = form.get(OWN_NORM).lines().map(str::trim).filter(|line| !line.is_empty());
    form.all(NORMS).chain(typed).map(norm).collect()
}

/// `celex:32013L0033 15` or a URN.
pub fn norm(text: &str) -> Value {
    match text.strip_prefix("celex:") {
        None => serde_json::json!({"kind": "nir", "urn": text}),
        Some(rest) => match rest.split_once(' ') {
            None => serde_json::json!({"kind": "eu", "celex": rest}),
            Some((celex, article)) => {
                serde_json::json!({"kind": "eu", "celex": celex, "article": article})
            }
        },
    }
}

/// The form with what follows from its fields: where a reading holds is where its
/// authority is.
fn completed(visit: &Visit, form: &Form) -> Result<Form, Fault> {
    let mut form = form.clone();
    for at in 0..READINGS {
        let name = |member: &str| format!("/positions/{at}/{member}");
        // A card of which only the prepared choices are set was not filled in.
        if form.get(&name("authority")).is_empty() && form.get(&name("reading")).trim().is_empty() {
            for member in ["form", "known", "since"] {
                form = form.without(&name(member));
            }
            continue;
        }
        let (level, code) = territory(visit, form.get(&name("authority")))?;
        form = form.with(&name("territory/level"), level).with(&name("territory/code"), &code);
    }
    Ok(form)
}

/// Level and code of the territory of an authority; the country for one that has no
/// province, or that does not exist: the operation says so.
///
/// # Errors
///
/// [`Fault`] when the views cannot be read.
pub fn territory(visit: &Visit, authority: &str) -> Result<(&'static str, String), Fault> {
    let Ok(authority) = authority.parse::<AuthorityId>() else {
        return Ok(("national", "IT".into()));
    };
    let shown = visit.moment().show_authority(&authority)?;
    Ok(match shown.and_then(|shown| shown.province) {
        Some(province) => ("province", province.to_string()),
        None => ("national", "IT".into()),
    })
}

/// A fault at the field that people see.
fn shown_at(mut wrong: Wrong) -> Wrong {
    if wrong.field.starts_with("/norms") {
        wrong.field = OWN_NORM.into();
    } else if let Some((card, _)) = wrong.field.split_once("/territory") {
        wrong.field = format!("{card}/authority");
    }
    wrong
}
