//! One body: what it is, what it was, and what can be recorded of it.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::bodies::kind;
use super::{body_choices, operator, see_other};
use crate::domain::values::BodyId;
use crate::event_store::Revision;
use crate::operations::Target;
use crate::projections::registry::BodyDetail;
use crate::web::fault::Fault;
use crate::web::forms::{Choice, Deed, Fields, Form, Refused, Wrong};
use crate::web::layout::Page;
use crate::web::parts;
use crate::web::visit::Visit;
use crate::web::words;

/// The revision that the form rests on.
const SEEN: &str = "_revisione";

/// Something that can be recorded of a body.
struct Act {
    /// The last segment of its address.
    slug: &'static str,
    /// What people read.
    title: &'static str,
    /// The event.
    stored_type: &'static str,
    /// The fields of the form.
    fields: fn(&Fields<'_>, &Choices) -> Markup,
}

/// What the forms offer to choose from.
struct Choices {
    /// All bodies but this one.
    bodies: Vec<Choice>,
    /// The members of this one today.
    members: Vec<Choice>,
}

const ACTS: &[Act] = &[
    Act {
        slug: "nome",
        title: "Registra un nuovo nome",
        stored_type: "body-renamed.v1",
        fields: |fields, _| {
            html! {
                (fields.text("/name", "Nuovo nome", "", true))
                (fields.text("/reason", "Perché", "", false))
                (fields.day("/occurred_on", "Da quando", "Oggi, se non si indica.", false))
            }
        },
    },
    Act {
        slug: "spostamento",
        title: "Registra il passaggio a un'altra provincia",
        stored_type: "body-moved.v1",
        fields: |fields, _| {
            html! {
                (fields.text("/province", "Provincia", "La sigla: per esempio RN.", true))
                (fields.day("/from", "Da quando", "", true))
            }
        },
    },
    Act {
        slug: "fusione",
        title: "Registra che è confluito in un altro ente",
        stored_type: "body-merged.v1",
        fields: |fields, choices| {
            html! {
                p.warning-note { "L'altro ente eredita segnalazioni e adesioni; non si torna indietro." }
                (fields.select("/into", "In quale ente", "", &choices.bodies, true))
                (fields.day("/from", "Da quando", "", true))
            }
        },
    },
    Act {
        slug: "membro",
        title: "Aggiungi un membro",
        stored_type: "member-added.v1",
        fields: |fields, choices| {
            html! {
                (fields.select("/member", "Quale ente", "", &choices.bodies, true))
                (fields.day("/from", "Da quando", "", false))
            }
        },
    },
    Act {
        slug: "uscita",
        title: "Registra l'uscita di un membro",
        stored_type: "member-removed.v1",
        fields: |fields, choices| {
            html! {
                (fields.select("/member", "Quale ente", "", &choices.members, true))
                (fields.day("/until", "Ultimo giorno", "", false))
            }
        },
    },
    Act {
        slug: "rete",
        title: "Registra il ruolo nella rete SAI",
        stored_type: "profile-recorded.v1",
        fields: |fields, _| {
            html! {
                (fields.radios("/sai_owner", "Titolare di un progetto", "", &[
                    ("true".into(), "Sì".into()), ("false".into(), "No".into()),
                ]))
                (fields.number("/places", "Posti", "", false))
                (fields.day("/on", "A quale data", "", true))
            }
        },
    },
];

/// `GET /amministrazione/enti/{body}`.
pub async fn show(visit: Visit, Path(body): Path<String>) -> Result<Page, Fault> {
    operator(&visit)?;
    let shown = find(&visit, &body).await?;
    let way = [(super::ADDRESS, "Amministrazione"), ("/amministrazione/enti", "Enti")];
    let main = html! {
        (parts::crumbs(&way, shown.name.as_str()))
        h1 { (shown.name) }
        (known(&visit, &shown)?)
        (history(&shown))
        (members(&visit, &shown)?)
        @if shown.merged_into.is_none() {
            section {
                h2 { "Che cosa si può registrare" }
                ul { @for act in ACTS {
                    li { a href={ "/amministrazione/enti/" (shown.body) "/" (act.slug) } { (act.title) } }
                } }
            }
        }
    };
    Ok(visit.page(shown.name.to_string(), main))
}

/// `GET /amministrazione/enti/{body}/{act}`.
pub async fn ask(visit: Visit, Path(at): Path<(String, String)>) -> Result<Page, Fault> {
    operator(&visit)?;
    let (shown, act) = (find(&visit, &at.0).await?, act(&at.1)?);
    let form = Form::of([(SEEN, shown.revision.to_string())]);
    page(&visit, &shown, act, &form, &[]).await
}

/// `POST /amministrazione/enti/{body}/{act}`.
pub async fn record(
    visit: Visit,
    Path(at): Path<(String, String)>,
    form: Form,
) -> Result<Response, Fault> {
    operator(&visit)?;
    let (shown, act) = (find(&visit, &at.0).await?, act(&at.1)?);
    let seen: Revision = form.get(SEEN).parse().map_err(|_| Fault::ForeignForm)?;
    let target = Target::Named(shown.body.to_string());
    let deed = Deed { target, ..Deed::new("body", act.stored_type) }.seen(seen);
    match visit.record(deed, &form).await {
        Ok(_) => Ok(see_other(format!("/amministrazione/enti/{}", shown.body))),
        Err(Refused::Fault(fault)) => Err(fault),
        Err(Refused::Wrong(wrong)) => {
            let page = page(&visit, &shown, act, &form, &wrong).await?;
            Ok(page.with_status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
        }
    }
}

async fn find(visit: &Visit, body: &str) -> Result<BodyDetail, Fault> {
    let body: BodyId = body.parse().map_err(|_| Fault::NotFound)?;
    visit.views().await?.show_body(&body)?.ok_or(Fault::NotFound)
}

fn act(slug: &str) -> Result<&'static Act, Fault> {
    ACTS.iter().find(|act| act.slug == slug).ok_or(Fault::NotFound)
}

async fn page(
    visit: &Visit,
    shown: &BodyDetail,
    act: &Act,
    form: &Form,
    wrong: &[Wrong],
) -> Result<Page, Fault> {
    let mut bodies = body_choices(visit).await?;
    bodies.retain(|(code, _)| code != shown.body.as_str());
    let today = shown.members.iter().filter(|one| one.until.is_none());
    let members = visit.named(|names| {
        today.map(|one| (one.member.to_string(), names.body(&one.member))).collect()
    })?;
    let fields = Fields::of(form, wrong);
    let inside = html! {
        input type="hidden" name=(SEEN) value=(form.get(SEEN));
        ((act.fields)(&fields, &Choices { bodies, members }))
        (fields.confirm_texts())
        div.buttons { button type="submit" { "Registra" } }
    };
    let here = format!("/amministrazione/enti/{}", shown.body);
    let way = [
        (super::ADDRESS, "Amministrazione"),
        ("/amministrazione/enti", "Enti"),
        (&here, shown.name.as_str()),
    ];
    let main = html! {
        (parts::crumbs(&way, act.title))
        h1 { (act.title) }
        p.lead { (shown.name) }
        (fields.summary())
        (visit.form(&format!("{here}/{}", act.slug), form, &inside))
    };
    Ok(visit.page(act.title, main))
}

fn known(visit: &Visit, shown: &BodyDetail) -> Result<Markup, Fault> {
    let into = shown.merged_into.as_ref();
    let into = into.map(|into| visit.named(|names| names.body(into)).map(|name| (into, name)));
    let into = into.transpose()?.map(|(into, name)| {
        html! {
            a href={ "/amministrazione/enti/" (into) } { (name) }
            @if let Some(from) = shown.merged_from { ", dal " (parts::day(from)) }
        }
    });
    let latest = shown.profiles.last();
    let part = latest.map(|one| {
        html! {
            (if one.sai_owner { "titolare" } else { "non titolare" })
            @if let Some(places) = one.places { ", " (places.get()) " posti" }
            " (al " (parts::day(one.on)) ")"
        }
    });
    let province = shown.province.as_ref();
    Ok(parts::facts(&[
        ("Codice", Some(html! { code { (shown.body) } })),
        ("Tipo", Some(html! { (kind(shown.kind.as_str())) })),
        ("Provincia", province.map(|one| html! { (words::province(one.as_str())) })),
        ("Codice ISTAT", shown.istat_code.as_ref().map(|code| html! { (code) })),
        ("Codice IPA", shown.ipa_code.as_ref().map(|code| html! { (code) })),
        ("Rete SAI", part),
        ("Confluito in", into),
        ("Registrato", Some(parts::day(shown.registered_on))),
    ]))
}

/// Names and provinces it had before.
fn history(shown: &BodyDetail) -> Markup {
    html! {
        @if shown.names.len() > 1 || shown.provinces.len() > 1 {
            section {
                h2 { "Prima" }
                ul {
                    @for one in shown.names.iter().rev().skip(1) { li { (one.name) ", dal " (parts::day(one.from)) } }
                    @for one in shown.provinces.iter().rev().skip(1) {
                        li { "provincia di " (words::province(one.province.as_str())) ", dal " (parts::day(one.from)) }
                    }
                }
            }
        }
    }
}

fn members(visit: &Visit, shown: &BodyDetail) -> Result<Markup, Fault> {
    let mut members = visit.named(|names| {
        let named = shown.members.iter().map(|one| (names.body(&one.member), one));
        named.collect::<Vec<_>>()
    })?;
    members.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(html! {
        @if !members.is_empty() {
            section {
                h2 { "Membri" }
                details open[members.len() <= 30] {
                    summary { (members.len()) " enti, presenti e passati" }
                    ul { @for (name, one) in &members {
                        li {
                            a href={ "/amministrazione/enti/" (one.member) } { (name) }
                            @if let Some(period) = parts::period(one.from, one.until) { ", " (period) }
                        }
                    } }
                }
            }
        }
    })
}
