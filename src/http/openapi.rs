//! The API document, from the tables of acts and readings.
//!
//! OpenAPI 3.1. Schemas come from the types themselves; paths, parameters,
//! statuses and links from the tables. `openapi/quesito.v1.json` is this document,
//! checked in; a test compares the two.

pub(super) mod acts;
pub(super) mod components;
mod readings;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::acts::ACTS;
use super::reads;

/// The document, with `server` as the address of the API (without the prefix).
pub fn document(server: &str) -> Value {
    let mut schemas = BTreeMap::new();
    let mut paths: BTreeMap<&str, BTreeMap<&str, Value>> = BTreeMap::new();
    for act in ACTS {
        let operation = acts::operation(act, &mut schemas);
        paths.entry(act.path).or_default().insert("post", operation);
    }
    for read in reads::all() {
        let operation = readings::operation(read, &mut schemas);
        paths.entry(read.path).or_default().insert(read.method, operation);
    }
    components::shared_schemas(&mut schemas);
    crate::codec::schemas::flatten(&mut schemas);

    let local = server.starts_with("http://");
    let mut own_server = json!({
        "url": format!("{server}{}", super::PREFIX),
        "description": if local { "Local installation, for trying out" } else { "This installation" },
    });
    if local {
        own_server["x-sandbox"] = true.into();
    }
    json!({
        "openapi": "3.1.0",
        "info": info(),
        "servers": [own_server],
        "tags": tags(),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "parameters": components::parameters(),
            "headers": components::headers(),
            "responses": components::responses(),
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "qst_… token",
                    "description": "An opaque token issued by an operator (`create_token`), scoped to a role and a body, expiring and revocable. JSON Web Tokens, where accepted, follow RFC 8725.",
                }
            },
        },
    })
}

fn info() -> Value {
    let summary = "Tracks divergent readings of the rules of the SAI network";
    json!({
        "title": "quesito",
        "version": env!("CARGO_PKG_VERSION"),
        "summary": summary,
        "x-summary": summary,
        "x-api-id": "quesito-api-v1",
        "description": "Municipalities report that a rule is read in different ways; their association gathers reports into collective questions, records the answers, and spreads the solutions that work. Every change is an event: commands are POST to sub-resources, readings can be repeated. Texts for people are in Italian.",
        "termsOfService": "https://quesito.example/termini",
        "contact": {
            "name": "quesito",
            "url": "https://quesito.example",
            "email": "api@quesito.example",
        },
        "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
    })
}

/// Which tag an address belongs to: its first segment.
pub(super) fn tag(path: &str) -> &str {
    path.trim_start_matches('/').split('/').next().unwrap_or_default()
}

fn tags() -> Value {
    let mut tags: BTreeMap<&str, &str> = BTreeMap::new();
    for path in ACTS.iter().map(|act| act.path).chain(reads::all().map(|read| read.path)) {
        tags.insert(tag(path), description(tag(path)));
    }
    tags.into_iter().map(|(name, text)| json!({"name": name, "description": text})).collect()
}

fn description(tag: &str) -> &'static str {
    match tag {
        "issues" => "Reports that a rule is read in different ways (segnalazioni)",
        "collective-questions" => "Questions put to the authorities in charge (quesiti collettivi)",
        "answers" => "Answers and general acts (riscontri)",
        "solutions" => "Solutions, adopted or declined body by body (soluzioni)",
        "communications" => "Official letters and their protocol registrations",
        "documents" => "Documents, encrypted under keys of their own",
        "norms" => "The catalogue of norms, and everything about each",
        "bodies" => "Municipalities, unions, coordinators (enti)",
        "authorities" => "Authorities whose readings differ (autorità)",
        "themes" => "Themes (temi)",
        "forms" => "Forms in which readings are known, by strength (forme)",
        "holidays" => "The calendar that deadlines are computed on (festività)",
        "people" => "Roles of people and machines, by opaque reference",
        "divergences" => "Who reads which norm how (difformità)",
        "statistics" => "Figures over the whole (statistiche)",
        "events" => "The feed, as CloudEvents and as server-sent events",
        "log" => "The log of all events: signed heads, tiles, proofs",
        "tokens" => "Access tokens",
        "accounts" => "Accounts of people, for operators",
        "text-checks" => "Dry run of the check for personal data",
        "status" => "Whether the service is well",
        _ => "Other",
    }
}

/// `report_issue` as a type name: `ReportIssue`.
pub(super) fn pascal(id: &str) -> String {
    id.split('_')
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map_or_else(String::new, |first| {
                first.to_uppercase().chain(letters).collect::<String>()
            })
        })
        .collect()
}
