//! The form of a report, and what stands beside it.

use maud::{Markup, html};

use crate::domain::registry::Role;
use crate::projections::issues::IssueRow;
use crate::projections::registry::{AuthorityFilter, BodyFilter};
use crate::web::fault::Fault;
use crate::web::forms::{Choice, Fields, Form, Wrong};
use crate::web::visit::Visit;
use crate::web::{parts, words};

use super::preview::Preview;
use super::{ADDRESS, NORMS, OWN_NORM, READINGS, STEP};

/// The most authorities and bodies that a list offers.
const OFFERED: u32 = 1_000;

/// What can be chosen.
pub struct Lists {
    themes: Vec<Choice>,
    forms: Vec<Choice>,
    authorities: Vec<Choice>,
    /// The bodies for which staff file; none for others.
    bodies: Vec<Choice>,
}

impl Lists {
    /// What can be chosen today.
    ///
    /// # Errors
    ///
    /// [`Fault`] when the views cannot be read.
    pub async fn read(visit: &Visit) -> Result<Self, Fault> {
        let views = visit.views().await?;
        let used = |retired: Option<crate::domain::values::Day>| {
            retired.is_none_or(|from| visit.today < from)
        };
        let themes = views.list_themes()?.items.into_iter();
        let forms = views.list_forms()?.items.into_iter();
        let filter =
            AuthorityFilter { in_use: Some(true), limit: OFFERED, ..AuthorityFilter::default() };
        let authorities = views.list_authorities(&filter, visit.today)?.items.into_iter();
        let mut authorities: Vec<Choice> = authorities
            .map(|one| {
                let place = one.province.map(|province| format!(" ({province})"));
                (one.authority.to_string(), format!("{}{}", one.office, place.unwrap_or_default()))
            })
            .collect();
        authorities.sort_by(|one, other| one.1.cmp(&other.1));
        let actor = visit.actor()?;
        let bodies = match actor.role {
            Role::Staff => {
                let members = BodyFilter {
                    member_of: Some(actor.body.clone()),
                    limit: OFFERED,
                    ..BodyFilter::default()
                };
                let members = views.list_bodies(&members, visit.today)?.items.into_iter();
                members.map(|body| (body.body.to_string(), body.name.to_string())).collect()
            }
            Role::Municipality | Role::Observer | Role::Auditor | Role::Admin => Vec::new(),
        };
        Ok(Self {
            themes: themes
                .filter(|theme| used(theme.retired_from))
                .map(|theme| (theme.theme.to_string(), theme.label_it.to_string()))
                .collect(),
            forms: forms
                .filter(|form| used(form.retired_from))
                .map(|form| (form.form.to_string(), form.label_it.to_string()))
                .collect(),
            authorities,
            bodies,
        })
    }

    /// The themes that can be chosen.
    pub fn themes(&self) -> &[Choice] {
        &self.themes
    }

    /// The bodies for which staff file.
    pub fn bodies(&self) -> &[Choice] {
        &self.bodies
    }

    /// The authorities that can be chosen.
    pub fn authorities(&self) -> &[Choice] {
        &self.authorities
    }

    /// The forms that can be chosen.
    pub fn forms(&self) -> &[Choice] {
        &self.forms
    }
}

/// The page, from its `h1`.
pub fn main(
    visit: &Visit,
    form: &Form,
    wrong: &[Wrong],
    lists: &Lists,
    preview: Option<&Preview>,
) -> Markup {
    let fields = Fields::of(form, wrong);
    let inside = html! {
        @if !lists.bodies.is_empty() { (on_behalf(&fields, lists)) }
        (fields.text("/title", "Il problema in una riga", "Per esempio: «Rinnovo: la ricevuta vale come documento?»", true))
        (fields.area(
            "/description",
            "Che cosa succede",
            "I fatti, con le norme come si scrivono di solito («art. 5-bis, co. 2, d.lgs. 142/2015»): vengono riconosciute. Nessun nome e nessun dato di persone.",
            8,
            true,
        ))
        (fields.select("/theme", "Tema", "", &lists.themes, true))
        fieldset.cards-field {
            legend { "Chi legge la norma in che modo" }
            p.hint { "Anche una sola lettura, o nessuna: le altre si possono aggiungere dopo." }
            div.cards {
                @for at in 0..READINGS { (reading(&fields, lists, at)) }
            }
        }
        (fields.files("Documenti allegati", "La lettera arrivata, una nota dell'ufficio, una circolare: al massimo 25 MiB. Nessun documento di persone."))
        details open[opened(form)] {
            summary { "Altri dati: da quando, quante persone, urgenza, chi può vederla" }
            (fields.day("/since", "Da quando succede", "", false))
            (fields.number("/people_affected", "Quante persone riguarda", "Una stima va bene.", false))
            (fields.radios("/urgency", "Urgenza", "", &[
                ("low".into(), "Bassa".into()), ("medium".into(), "Media".into()), ("high".into(), "Alta".into()),
            ]))
            (fields.radios("/visibility", "Chi può vedere la segnalazione", "", &[
                ("network".into(), "Tutti gli enti della rete e il coordinamento".into()),
                ("restricted".into(), "Solo il nostro ente, gli enti che si aggiungono e il coordinamento".into()),
            ]))
        }
        @if let Some(preview) = preview { (confirm(&fields, form, preview)) }
        (fields.confirm_texts())
        div.buttons {
            @if preview.is_some() {
                button type="submit" name=(STEP) value="invia" { "Invia la segnalazione" }
                button.second type="submit" name=(STEP) value="controlla" { "Rileggi e ricontrolla" }
            } @else {
                button type="submit" name=(STEP) value="controlla" { "Continua" }
            }
        }
    };
    html! {
        h1 { "Nuova segnalazione" }
        (fields.summary())
        @if preview.is_some() && wrong.is_empty() {
            p.note role="status" { "Non è ancora stata inviata: controllare qui sotto norme, casi simili e testi, poi inviare." }
        }
        div.with-aside {
            div { (visit.form_with_files(ADDRESS, form, &inside)) }
            aside aria-label="Segnalazioni simili" data-simili="" {
                @if let Some(preview) = preview { (alike(&preview.alike)) }
                @else {
                    h2 { "Segnalazioni simili" }
                    p.quiet { "Qui compaiono i casi già segnalati che somigliano a questo: dire «succede anche da noi» è più rapido e pesa di più." }
                }
            }
        }
    }
}

/// Whether something among the further data was set or is wrong.
fn opened(form: &Form) -> bool {
    ["/since", "/people_affected"].iter().any(|name| !form.get(name).is_empty())
        || form.get("/visibility") == "restricted"
}

fn on_behalf(fields: &Fields<'_>, lists: &Lists) -> Markup {
    html! {
        fieldset.on-behalf {
            legend { "Per conto di" }
            (fields.select("/on_behalf_of", "Ente", "La segnalazione porterà la dicitura «inserita dal coordinamento per conto di …».", &lists.bodies, true))
            (fields.select("/received_via", "Come è arrivata", "", &[
                ("phone".into(), "per telefono".into()), ("email".into(), "per e-mail".into()),
                ("pec".into(), "per PEC".into()), ("meeting".into(), "in riunione".into()),
                ("self".into(), "di nostra iniziativa".into()),
            ], true))
            (fields.day("/occurred_on", "Quando è arrivata", "Oggi, se non si indica.", false))
        }
    }
}

fn reading(fields: &Fields<'_>, lists: &Lists, at: usize) -> Markup {
    let name = |member: &str| format!("/positions/{at}/{member}");
    let heading = if at == 0 { "Una lettura" } else { "La lettura opposta" };
    html! {
        div.card {
            h2 { (heading) }
            (fields.select(&name("authority"), "Ufficio", "", &lists.authorities, false))
            (fields.area(&name("reading"), "Come legge la norma, che cosa chiede", "", 3, false))
            (fields.select(&name("form"), "In quale forma lo dice", "Se non c'è nulla di scritto, è una prassi.", &lists.forms, false))
            (fields.select(&name("known"), "Come lo sappiamo", "", &[
                ("direct".into(), "constatato direttamente".into()),
                ("written".into(), "messo per iscritto dall'ufficio".into()),
                ("reported_by_third".into(), "riferito da altri".into()),
            ], false))
            (fields.day(&name("since"), "Da quando", "", false))
        }
    }
}

/// What is to be confirmed before the report is sent.
fn confirm(fields: &Fields<'_>, form: &Form, preview: &Preview) -> Markup {
    // The first time everything found is ticked; afterwards what the visitor left ticked.
    let first = form.all(NORMS).next().is_none() && form.get(STEP) != "invia";
    html! {
        section.confirm aria-labelledby="norme-titolo" {
            h2 id="norme-titolo" { "Norme citate nel testo" }
            @if preview.norms.is_empty() && preview.unclear.is_empty() {
                p { "Nessuna norma riconosciuta. Si può indicare qui sotto, oppure inviare senza: la individuerà l'istruttoria." }
            }
            @for (at, norm) in preview.norms.iter().enumerate() {
                div.tick {
                    @let own = format!("norma-{at}");
                    input id=(own) type="checkbox" name=(NORMS) value=(norm.value) checked[first || form.has(NORMS, &norm.value)];
                    label for=(own) {
                        (parts::chip(&norm.label))
                        @if !norm.known { span.quiet { " (non è nel catalogo: non verificata)" } }
                    }
                }
            }
            @if !preview.unclear.is_empty() {
                div.warning-note {
                    p { "Questi passaggi sembrano citare una norma, ma non si capisce quale:" }
                    ul { @for (words, why) in &preview.unclear { li { "«" (words) "»: " (why) } } }
                }
            }
            (fields.area(OWN_NORM, "Altre norme, come URN", "Una per riga, anche copiata da Normattiva: urn:nir:stato:decreto.legislativo:2015-08-18;142~art5bis", 2, false))
            @if !preview.personal.is_empty() {
                h2 { "Possibili dati personali" }
                div.warning-note {
                    ul { @for (words, what) in &preview.personal { li { "«" (words) "»: " (what) } } }
                    p { "Le segnalazioni descrivono una prassi, mai una persona." }
                }
            }
            h2 { "Chi la vedrà" }
            p.seen {
                @if form.get("/visibility") == "restricted" {
                    "La vedranno il nostro ente, gli enti che diranno «succede anche da noi» e il coordinamento."
                } @else {
                    "La vedranno tutti gli enti della rete e il coordinamento. Il pubblico non vede nulla finché non viene approvata una sintesi."
                }
            }
        }
    }
}

/// Issues that look alike.
pub fn alike(rows: &[IssueRow]) -> Markup {
    html! {
        h2 { "Segnalazioni simili" }
        @if rows.is_empty() {
            p.quiet { "Nessun caso simile tra quelli consultabili." }
        } @else {
            ul.alike {
                @for row in rows {
                    li {
                        a href={ "/segnalazioni/" (row.id) } { (row.title) }
                        div.marks { (parts::reference(&row.reference)) (parts::badge(words::issue_status(row.status))) }
                        a href={ "/segnalazioni/" (row.id) "/anche-da-noi" } { "Succede anche da noi" span.hidden { ": " (row.title) } }
                    }
                }
            }
        }
    }
}
