//! What operations share: headers, parameters, problem responses.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::{PartialSchema, ToSchema};

use crate::codec::schemas;
use crate::http::problem::{MEDIA_TYPE, ProblemDocument};
use crate::http::submit::CommandReceipt;
use crate::http::{moment, position};
use crate::projections::answers::AnswerSort;
use crate::projections::communications::CommunicationSort;
use crate::projections::issues::IssueSort;
use crate::projections::norms::NormSort;
use crate::projections::questions::QuestionSort;
use crate::projections::solutions::SolutionSort;

/// Statuses of refusals and faults: slug, title, when it happens, an Italian detail.
const PROBLEMS: &[(u16, &str, &str, &str, &str)] = &[
    (
        400,
        "malformed-request",
        "Richiesta malformata",
        "The request is malformed, or a required header is missing.",
        "Il contenuto non è JSON valido (riga 1, colonna 8).",
    ),
    (
        401,
        "authentication-required",
        "Accesso richiesto",
        "No token, or one that is not good.",
        "Serve un token valido nell'intestazione Authorization: Bearer.",
    ),
    (
        403,
        "role-not-allowed",
        "Non consentito",
        "The caller's role does not allow it.",
        "Il ruolo non lo consente.",
    ),
    (
        404,
        "not-found",
        "Non trovato",
        "No such thing, or none that the caller may see.",
        "L'indirizzo non corrisponde a nulla che si possa consultare.",
    ),
    (
        405,
        "method-not-allowed",
        "Metodo non ammesso",
        "The address does not allow this method; `Allow` says which it does.",
        "Questo indirizzo non ammette il metodo usato; l'intestazione Allow dice quali ammette.",
    ),
    (
        406,
        "not-acceptable",
        "Tipo non disponibile",
        "None of the media types asked for is available.",
        "La risposta non è disponibile in nessuno dei tipi richiesti.",
    ),
    (
        409,
        "already-endorsed",
        "Una regola non lo consente",
        "A rule of the domain refuses it.",
        "L'ente ha già dichiarato che succede anche da lui.",
    ),
    (
        410,
        "foreign-bookmark",
        "Segnalibro di un altro archivio",
        "The bookmark belongs to another store.",
        "Il segnalibro appartiene a un altro archivio: la lettura va ripresa dall'inizio.",
    ),
    (
        412,
        "stale-revision",
        "Nel frattempo è cambiato",
        "The thing has changed since it was read.",
        "Qualcun altro ha modificato la cosa: va riletta prima di riprovare.",
    ),
    (
        413,
        "too-large",
        "Contenuto troppo grande",
        "The body is too large.",
        "Il contenuto supera 1 MiB.",
    ),
    (
        415,
        "unsupported-media-type",
        "Tipo di contenuto non ammesso",
        "The body has another media type.",
        "Il contenuto va inviato come application/json.",
    ),
    (
        422,
        "invalid-fields",
        "Dati non validi",
        "Well-formed, but not processable; `errors` names the fields.",
        "Alcuni dati non sono validi: l'elenco dice quali.",
    ),
    (
        428,
        "if-match-required",
        "Manca la revisione di partenza",
        "`If-Match` is required.",
        "Questa modifica parte da ciò che si è letto: serve l'intestazione If-Match con l'ETag ricevuto.",
    ),
    (
        429,
        "too-many-requests",
        "Troppe richieste",
        "Too many requests; `Retry-After` says when to go on.",
        "Il numero di richieste ammesse in un minuto è stato superato.",
    ),
    (
        500,
        "internal-error",
        "Errore interno",
        "A fault of ours; it has been logged.",
        "Qualcosa non ha funzionato; l'errore è stato registrato.",
    ),
    (
        503,
        "unavailable",
        "Servizio momentaneamente non disponibile",
        "The store or the views are down or behind; `Retry-After` says when to try again.",
        "Il servizio non può rispondere adesso: riprovare fra poco.",
    ),
    (
        507,
        "insufficient-storage",
        "Spazio esaurito",
        "The disk is full; reading goes on.",
        "Non c'è spazio per registrare; la consultazione resta possibile.",
    ),
];

/// Schemas that no event brings along.
pub fn shared_schemas(components: &mut BTreeMap<String, Value>) {
    add::<ProblemDocument>("ProblemDocument", components);
    add::<CommandReceipt>("CommandReceipt", components);
    // Parameters refer to these, and bring no schemas along.
    add::<IssueSort>("IssueSort", components);
    add::<QuestionSort>("QuestionSort", components);
    add::<AnswerSort>("AnswerSort", components);
    add::<SolutionSort>("SolutionSort", components);
    add::<CommunicationSort>("CommunicationSort", components);
    add::<NormSort>("NormSort", components);
}

/// Adds a type and all it refers to.
pub fn add<T: ToSchema + PartialSchema>(name: &str, components: &mut BTreeMap<String, Value>) {
    let mut collected = Vec::new();
    T::schemas(&mut collected);
    schemas::add_components(collected, components);
    components.entry(name.to_owned()).or_insert_with(|| schemas::tidy(&T::schema()));
}

/// Headers that responses carry.
pub fn headers() -> Value {
    let text = |description: &str, max: u32, example: &str| {
        json!({"description": description, "schema": {"type": "string", "maxLength": max},
               "example": example})
    };
    let number = |description: &str, example: u32| {
        json!({"description": description, "example": example,
               "schema": {"type": "integer", "format": "int32", "minimum": 0, "maximum": 1_000_000}})
    };
    let mut headers = json!({
        "Location": text("The address of the thing.", 300, "https://quesito.example/api/v1/issues/5c9e1f5e-3f0c-5f3e-8f26-0d1a3a5f2b11"),
        "ETag": text("Revision and hash of the representation; `If-Match` compares only the revision.", 80, "\"3.9f86d081884c7d65\""),
        "CacheControl": text("`no-store` on everything that concerns cases: nothing may keep a copy that erasure cannot reach.", 80, "no-store"),
        "Allow": text("The methods that the address allows.", 80, "GET, HEAD, POST"),
        "WwwAuthenticate": text("How to sign in.", 80, "Bearer"),
        "RetryAfter": number("Seconds after which another try makes sense.", 2),
        "RateLimitLimit": number("Requests allowed in the window.", 3000),
        "RateLimitRemaining": number("Requests left in the window.", 2999),
        "RateLimitReset": number("Seconds until the window begins anew.", 42),
    });
    merge(&mut headers, moment::header_components());
    merge(&mut headers, position::header_components());
    headers
}

/// Adds the members of one object to another.
fn merge(into: &mut Value, from: Value) {
    if let (Value::Object(into), Value::Object(from)) = (into, from) {
        into.extend(from);
    }
}

/// Parameters that many operations take.
pub fn parameters() -> Value {
    let if_match = |required: bool, description: &str| {
        json!({"name": "If-Match", "in": "header", "required": required, "description": description,
               "schema": {"type": "string", "maxLength": 80, "pattern": "^\"[0-9]{1,15}(\\.[0-9a-z]{1,32})?\"$"},
               "example": "\"0.9f86d081884c7d65\""})
    };
    let mut parameters = json!({
        "IdempotencyKey": {
            "name": "Idempotency-Key", "in": "header", "required": true,
            "description": "A UUID chosen by the caller; a retry carries the same one.",
            "schema": {"type": "string", "format": "uuid", "minLength": 36, "maxLength": 36},
            "example": "6f1c1a52-0f0e-4c57-9f3b-6f3f6a0a7a11",
        },
        "IfMatch": if_match(true, "The ETag of the thing as it was read; only the revision is compared."),
        "IfMatchOptional": if_match(false, "The ETag of the thing as it was read, when the command is to rest on it."),
        "IfNoneMatch": {
            "name": "If-None-Match", "in": "header", "required": false,
            "description": "An ETag the caller has already; if it still holds, the answer is 304.",
            "schema": {"type": "string", "maxLength": 400},
            "example": "\"0.9f86d081884c7d65\"",
        },
        "Traceparent": {
            "name": "traceparent", "in": "header", "required": false,
            "description": "W3C trace context; its trace id goes to our logs and to `trace_id` of problems.",
            "schema": {"type": "string", "maxLength": 100},
            "example": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        },
    });
    merge(&mut parameters, moment::parameter_components());
    merge(&mut parameters, position::parameter_components());
    parameters
}

/// One response for each kind of refusal or fault.
pub fn responses() -> Value {
    let mut responses = Map::new();
    for (status, slug, title, description, detail) in PROBLEMS {
        let mut headers = json!({
            "Cache-Control": {"$ref": "#/components/headers/CacheControl"},
        });
        if *status < 500 {
            headers["RateLimit-Limit"] = json!({"$ref": "#/components/headers/RateLimitLimit"});
            headers["RateLimit-Remaining"] =
                json!({"$ref": "#/components/headers/RateLimitRemaining"});
            headers["RateLimit-Reset"] = json!({"$ref": "#/components/headers/RateLimitReset"});
        }
        match status {
            429 | 503 => {
                headers["Retry-After"] = json!({"$ref": "#/components/headers/RetryAfter"});
            }
            405 => headers["Allow"] = json!({"$ref": "#/components/headers/Allow"}),
            401 => {
                headers["WWW-Authenticate"] =
                    json!({"$ref": "#/components/headers/WwwAuthenticate"});
            }
            _ => {}
        }
        responses.insert(
            format!("Problem{status}"),
            json!({
                "description": description,
                "headers": headers,
                "content": {MEDIA_TYPE: {
                    "schema": {"$ref": "#/components/schemas/ProblemDocument"},
                    "examples": {"problem": {"summary": title, "value": {
                        "type": format!("https://quesito.example/problems/{slug}"),
                        "title": title,
                        "status": status,
                        "detail": detail,
                        "trace_id": "0af7651916cd43dd8448eb211c80319c",
                    }}},
                }},
            }),
        );
    }
    Value::Object(responses)
}

/// An example of what a command answers.
pub fn receipt() -> Value {
    schemas::tidy(&CommandReceipt::schema()).pointer("/examples/0").cloned().unwrap_or_default()
}
