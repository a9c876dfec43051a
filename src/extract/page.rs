//! The page that people read: HTML that prints well and needs nothing from elsewhere.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::Value;

use super::gather::{Case, Included, Proofs, Thing};
use super::lines::lines;
use super::{Names, Sources, registers, words};
use crate::access::Actor;
use crate::clock::civil_date;
use crate::domain::italian::italian_date;
use crate::domain::registry::Role;
use crate::domain::values::Day;
use crate::notary::hex;
use crate::projections::things::Kind;

const STYLE: &str = "body{font:11pt/1.45 Georgia,serif;color:#111;max-width:48rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.5rem}h2{font-size:1.15rem;border-bottom:1px solid #999;margin-top:2rem}h3{font-size:1rem;margin:1.2rem 0 .2rem}\
table{border-collapse:collapse;width:100%}th,td{border:1px solid #999;padding:.3rem .5rem;text-align:left;vertical-align:top}\
dl{margin:.2rem 0 0 1rem}dt{font-weight:bold;float:left;clear:left;margin-right:.5rem}dt::after{content:':'}dd{margin:0 0 .15rem 0;white-space:pre-line}\
.d2{margin-left:1.5rem}.d3,.d4,.d5{margin-left:3rem}code{font:9pt monospace;overflow-wrap:anywhere}.who{color:#444;font-size:.9rem;margin:0}\
.note{border:1px solid #999;padding:.5rem 1rem;margin:1rem 0}article{break-inside:avoid-page}\
@media print{body{margin:0;max-width:none;font-size:10pt}h2{break-after:avoid}@page{margin:2cm}}";

/// The page of a case.
pub(super) fn page(
    sources: &Sources,
    actor: &Actor,
    case: &Case,
    proofs: &Proofs,
    names: &Names,
) -> String {
    let mut html = format!(
        "<!doctype html>\n<html lang=\"it\"><head><meta charset=\"utf-8\">\
         <title>Estratto verificabile del caso {0}</title><style>{STYLE}</style></head><body>\
         <header><h1>Estratto verificabile del caso {0}</h1>",
        escape(&case.reference)
    );
    let _ = write!(
        html,
        "<p>La situazione come risultava registrata {}, secondo quanto può vedere {}.</p>",
        moment(case.as_of),
        reader(actor.role)
    );
    if let Some(disclaimer) = &sources.disclaimer {
        let _ = write!(html, "<p class=\"note\">{}</p>", escape(disclaimer));
    }
    html.push_str("</header><main>");
    contents(case, &mut html);
    answers(case, names, &mut html);
    timeline(case, names, &mut html);
    norms(case, &mut html);
    documents(case, &mut html);
    verification(case, proofs, sources, &mut html);
    html.push_str("</main></body></html>\n");
    html
}

fn reader(role: Role) -> &'static str {
    match role {
        Role::Municipality => "un ente della rete",
        Role::Staff => "il coordinamento",
        Role::Observer => "un osservatore",
        Role::Auditor => "un revisore",
        Role::Admin => "chi gestisce il servizio",
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Issue => "Segnalazione",
        Kind::Question => "Quesito collettivo",
        Kind::Answer => "Riscontro",
        Kind::Solution => "Soluzione",
        Kind::Communication => "Comunicazione",
    }
}

fn called(thing: &Thing) -> String {
    if let Some(reference) = &thing.reference {
        return format!("{} {reference}", kind(thing.kind));
    }
    // A letter is known by its first day.
    let day = thing.events.first().map(|event| event.metadata.occurred_on);
    format!("{} del {}", kind(thing.kind), day.map(italian).unwrap_or_default())
}

fn contents(case: &Case, html: &mut String) {
    html.push_str("<section><h2>Che cosa comprende</h2><ul>");
    for thing in &case.things {
        let count = match thing.events.len() {
            1 => "un evento".to_owned(),
            more => format!("{more} eventi"),
        };
        let _ = write!(html, "<li>{}: {count}", escape(&called(thing)));
        let subject = ["title", "subject", "problem"].iter().find_map(|member| {
            thing.events.iter().rev().find_map(|event| event.shown.get(*member)?.as_str())
        });
        if let Some(subject) = subject {
            let _ = write!(html, " – {}", escape(subject));
        }
        html.push_str("</li>");
    }
    html.push_str("</ul></section>");
}

fn answers(case: &Case, names: &Names, html: &mut String) {
    let answers = registers::answers(case);
    if answers.is_empty() {
        return;
    }
    html.push_str(
        "<section><h2>Riscontri: le tre date</h2><table><thead><tr><th scope=\"col\">Riscontro</th>\
         <th scope=\"col\">Di chi</th><th scope=\"col\">Forma</th>\
         <th scope=\"col\">Data del documento</th><th scope=\"col\">Ricevuto il</th>\
         <th scope=\"col\">Registrato</th></tr></thead><tbody>",
    );
    for answer in answers {
        let member =
            |name: &str| answer.data.get(name).map_or(String::new(), |value| one(value, names));
        let recorded = answer.recorded_at.parse().map(moment).unwrap_or_default();
        let _ = write!(
            html,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{recorded}</td></tr>",
            escape(&answer.reference),
            escape(&member("authors")),
            escape(&member("form")),
            escape(&member("document_date")),
            escape(&member("received_on")),
        );
    }
    html.push_str("</tbody></table></section>");
}

/// A value of a table: a day, a code, or a list of codes.
fn one(value: &Value, names: &Names) -> String {
    match value {
        Value::String(text) => match text.parse::<Day>() {
            Ok(day) => italian(day),
            Err(_) => names.of(words::word(text)),
        },
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| one(item, names)).collect();
            items.join(", ")
        }
        _ => String::new(),
    }
}

fn timeline(case: &Case, names: &Names, html: &mut String) {
    html.push_str("<section><h2>Cronologia, nell'ordine in cui è stata registrata</h2>");
    let mut all: Vec<(&Thing, &Included)> = Vec::new();
    for thing in &case.things {
        all.extend(thing.events.iter().map(|event| (thing, event)));
    }
    all.sort_by_key(|(_, event)| (event.metadata.recorded_at.0, event.stored.position));
    for (thing, event) in all {
        happened(thing, event, names, html);
    }
    html.push_str("</section>");
}

fn happened(thing: &Thing, event: &Included, names: &Names, html: &mut String) {
    let stored_type = &*event.stored.stored_type;
    let name = stored_type.rsplit_once('.').map_or(stored_type, |(name, _)| name);
    let actor = &event.metadata.actor;
    let whom = actor
        .on_behalf_of
        .as_ref()
        .map_or(String::new(), |body| format!(", per conto di {}", names.of(body.as_str())));
    let _ = write!(
        html,
        "<article><h3>{} – {}</h3><p class=\"who\">{}, evento {}. Registrato {} da {} ({}){}.</p><dl>",
        italian(event.metadata.occurred_on),
        escape(words::happened(name)),
        escape(&called(thing)),
        event.stored.revision + 1,
        moment(event.metadata.recorded_at.0),
        escape(&names.of(actor.body_id.as_str())),
        escape(actor.subject.as_str()),
        escape(&whom),
    );
    for line in lines(&event.shown, names) {
        let depth = if line.depth > 1 {
            format!(" class=\"d{}\"", line.depth.min(5))
        } else {
            String::new()
        };
        let _ = write!(
            html,
            "<dt{depth}>{}</dt><dd{depth}>{}</dd>",
            escape(&line.label),
            escape(line.text.as_deref().unwrap_or_default())
        );
    }
    html.push_str("</dl></article>");
}

fn norms(case: &Case, html: &mut String) {
    let norms = registers::norms(case);
    if norms.is_empty() {
        return;
    }
    html.push_str("<section><h2>Norme citate</h2><ul>");
    for label in norms.keys() {
        let _ = write!(html, "<li>{}</li>", escape(label));
    }
    html.push_str("</ul></section>");
}

fn documents(case: &Case, html: &mut String) {
    let documents = registers::documents(case);
    if documents.is_empty() {
        return;
    }
    html.push_str(
        "<section><h2>Documenti</h2><table><thead><tr><th scope=\"col\">Nome</th>\
         <th scope=\"col\">Tipo</th><th scope=\"col\">Impronta SHA-256</th></tr></thead><tbody>",
    );
    for document in documents {
        let part = |name: &str| escape(document[name].as_str().unwrap_or_default());
        let _ = write!(
            html,
            "<tr><td>{}</td><td>{}</td><td><code>{}</code></td></tr>",
            part("name"),
            part("media_type"),
            part("sha256")
        );
    }
    html.push_str("</tbody></table></section>");
}

fn verification(case: &Case, proofs: &Proofs, sources: &Sources, html: &mut String) {
    let reserved = case.events().filter(|event| event.openings.is_none()).count();
    let _ = write!(
        html,
        "<section><h2>Come si verifica</h2><p>Ogni evento di questa pagina è una voce del registro \
         <code>{}</code>; la testa firmata ne copre {} e ha radice <code>{}</code>. Chi ha \
         l'estratto può controllare senza rete e senza i programmi del servizio che nulla sia stato \
         cambiato:</p><p><code>python3 verify.py extract FILE.zip</code></p><p>La chiave che \
         verifica le firme è <code>{}</code>: va confrontata con quella avuta per altra via.</p>",
        escape(&proofs.checkpoint.origin),
        proofs.checkpoint.size,
        hex(&proofs.checkpoint.root),
        escape(&sources.log.vkey().to_string()),
    );
    if reserved > 0 {
        let _ = write!(
            html,
            "<p>Di {reserved} eventi sono taciute le parti che nominano casi riservati: è provato che \
             furono registrati, non ogni parola.</p>"
        );
    }
    html.push_str("</section>");
}

/// A moment in Italy: "il 12 febbraio 2024 alle 09:00:00".
pub fn moment(at: Timestamp) -> String {
    let zoned = at.in_tz("Europe/Rome").map(|zoned| zoned.strftime("%H:%M:%S").to_string());
    format!("il {} alle {}", italian_date(civil_date(at)), zoned.unwrap_or_default())
}

fn italian(day: Day) -> String {
    italian_date(day.date())
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            char => escaped.push(char),
        }
    }
    escaped
}
