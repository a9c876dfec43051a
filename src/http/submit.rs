//! The one handler behind every row of [`super::acts::ACTS`].
//!
//! It takes the request apart — headers, path, the members that belong to the
//! envelope — and hands the rest to the operation as the data of an event.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::acts::{Act, Seen};
use super::problem::Problem;
use super::representation::Json;
use super::request::{Caller, Trace};
use super::{Api, dates, ids, limits, position};
use crate::access::Actor;
use crate::codec::{self, ActorKind, ReceivedVia};
use crate::domain::norm::{NirUrn, norm_id};
use crate::domain::values::{BodyId, Day};
use crate::domain::{Rejection, from_json};
use crate::event_store::Revision;
use crate::notary;
use crate::operations::erasure::TEXT_ERASED;
use crate::operations::{FieldFault, OperationError, Receipt, Submission, Target};

/// The members of every command that say how it reached us, not what happened.
pub const ENVELOPE: &[&str] = &["occurred_on", "on_behalf_of", "received_via", "texts_checked"];

/// What a command answers.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({"id": "5c9e1f5e-3f0c-5f3e-8f26-0d1a3a5f2b11", "event_id": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "stream": "issue-5c9e1f5e-3f0c-5f3e-8f26-0d1a3a5f2b11", "revision": 0, "position": "000000000000002a", "recorded_at": "2026-11-23T09:00:00.000000Z", "leaf_hash": "796aa616655fddad91493eda818a3beb94b8e2d8f99b96cce5bea61344308a31", "links": {"self": "https://quesito.example/api/v1/issues/5c9e1f5e-3f0c-5f3e-8f26-0d1a3a5f2b11", "events": "https://quesito.example/api/v1/issues/5c9e1f5e-3f0c-5f3e-8f26-0d1a3a5f2b11/events"}}))]
pub struct CommandReceipt {
    /// The id of the thing: a UUID, or its code in the registry.
    #[schema(max_length = 120)]
    pub id: String,
    /// The id of the event, which is also the id of what it created inside the thing.
    pub event_id: Uuid,
    /// The stream of the thing.
    #[schema(max_length = 120)]
    pub stream: String,
    /// The last revision of the stream.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub revision: u64,
    /// The position of the event; a reader that knows it can wait for the views.
    #[schema(max_length = 32)]
    pub position: String,
    /// When it was recorded.
    #[schema(format = "date-time", max_length = 27)]
    pub recorded_at: String,
    /// The hash under which the event is in the log, of which anybody can prove later that it
    /// is still there; absent when nothing was to be recorded.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub leaf_hash: Option<String>,
    /// Where to go on.
    pub links: ReceiptLinks,
}

/// Where to go on after a command.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReceiptLinks {
    /// The thing.
    #[serde(rename = "self")]
    #[schema(format = "uri", max_length = 300)]
    pub own: String,
    /// Its history.
    #[schema(format = "uri", max_length = 300)]
    pub events: String,
}

/// Carries out an act.
#[expect(clippy::too_many_arguments, reason = "the parts of one request, taken apart once")]
pub async fn submit(
    api: Arc<Api>,
    act: &'static Act,
    params: HashMap<String, String>,
    path: String,
    caller: Caller,
    trace: Trace,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match run(&api, act, &params, &path, &caller, &headers, &body).await {
        Ok(receipt) => {
            tracing::info!(
                operation = act.id,
                stream = %receipt.stream,
                revision = receipt.revision,
                trace.id = %trace.id,
                "recorded"
            );
            answer(&api, act, &receipt)
        }
        Err(problem) => problem.into_response(),
    }
}

async fn run(
    api: &Api,
    act: &'static Act,
    params: &HashMap<String, String>,
    path: &str,
    caller: &Caller,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Receipt, Problem> {
    // Who you are comes before what is wrong with what you sent.
    let actor = caller.actor.as_ref().ok_or_else(Problem::unauthenticated)?;
    let key = idempotency_key(headers)?;
    let mut data = object(headers, body)?;
    let faults = limits::check(act.schema(), &data);
    if !faults.is_empty() {
        return Err(Problem::invalid(faults));
    }
    let envelope = take_envelope(&mut data)?;
    let target = target(act, params, &mut data)?;
    let seen = seen(act, headers)?;
    let command_id =
        codec::command_id(actor.subject.as_str(), "POST", path, &key.hyphenated().to_string());
    let submission = Submission {
        actor: None,
        kind: if actor.machine { ActorKind::Machine } else { ActorKind::Person },
        category: act.category,
        target,
        stored_type: act.event,
        data,
        occurred_on: envelope.occurred_on,
        on_behalf_of: envelope.on_behalf_of,
        received_via: envelope.received_via,
        command_id,
        causation_id: None,
        seen,
        texts_checked: envelope.texts_checked,
    };
    let recorded = match act.event {
        TEXT_ERASED => api.operations.erase_to_the_end(actor, submission).await,
        event => {
            let submission = Submission { actor: Some(actor), ..submission };
            match event {
                "registration-recorded.v1" => api.operations.register(submission).await,
                _ => api.operations.record(submission).await,
            }
        }
    };
    recorded.map_err(|why| refusal(why, api, || object(headers, body).ok()))
}

/// The problem with an operation; a rule about dates names the date it speaks of.
pub fn refusal(
    why: OperationError,
    api: &Api,
    body: impl FnOnce() -> Option<Map<String, Value>>,
) -> Problem {
    let date = match why {
        OperationError::Rejected(why @ (Rejection::DateInFuture | Rejection::DatesReversed)) => {
            body().and_then(|body| dates::blamed(why, &body, api.clock.today().into()))
        }
        _ => None,
    };
    let mut problem = Problem::from(why);
    if let (Some(pointer), Some(error)) = (date, problem.errors.first_mut()) {
        error.pointer = pointer;
    }
    problem
}

struct Wrapping {
    occurred_on: Option<Day>,
    on_behalf_of: Option<BodyId>,
    received_via: ReceivedVia,
    texts_checked: bool,
}

/// Who commands at an address without parameters, and the id of the command.
///
/// # Errors
///
/// A [`Problem`] that names what the request lacks.
pub fn commanded<'a>(
    caller: &'a Caller,
    headers: &HeaderMap,
    uri: &Uri,
) -> Result<(&'a Actor, Uuid), Problem> {
    let actor = caller.actor.as_ref().ok_or_else(Problem::unauthenticated)?;
    no_parameters(uri)?;
    let key = idempotency_key(headers)?;
    let command = codec::command_id(actor.subject.as_str(), "POST", uri.path(), &key.to_string());
    Ok((actor, command))
}

/// The key by which a retry is recognised.
pub fn idempotency_key(headers: &HeaderMap) -> Result<Uuid, Problem> {
    let missing = |detail: &str| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "idempotency-key-required",
            "Chiave mancante",
            "Ogni registrazione porta l'intestazione Idempotency-Key con un UUID scelto da chi chiama.",
        )
        .at("Idempotency-Key", "missing", detail)
    };
    let mut values = headers.get_all("idempotency-key").iter();
    let Some(value) = values.next() else { return Err(missing("Intestazione mancante.")) };
    let text = value.to_str().unwrap_or_default();
    match (values.next(), text.len(), Uuid::try_parse(text)) {
        (None, 36, Ok(key)) => Ok(key),
        _ => Err(missing("Serve un solo UUID nella forma con i trattini.")),
    }
}

/// Refuses an address with parameters, which no command has.
pub fn no_parameters(uri: &Uri) -> Result<(), Problem> {
    match uri.query() {
        Some(query) if !query.is_empty() => {
            Err(Problem::malformed("Questa richiesta non ammette parametri nell'indirizzo."))
        }
        _ => Ok(()),
    }
}

/// The body as a JSON object without nulls.
pub fn object(headers: &HeaderMap, body: &Bytes) -> Result<Map<String, Value>, Problem> {
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let json = media.is_some_and(|media| {
        media.split(';').next().is_some_and(|m| m.trim().eq_ignore_ascii_case("application/json"))
    });
    if !json {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported-media-type",
            "Tipo di contenuto non ammesso",
            "Il contenuto va inviato come application/json.",
        ));
    }
    let value: Value = serde_json::from_slice(body).map_err(|why| {
        // The one fault of well-formed JSON that the parser has.
        let what = if why.to_string().starts_with("recursion limit exceeded") {
            "è annidato troppo in profondità"
        } else {
            "non è JSON valido"
        };
        let (line, column) = (why.line(), why.column());
        Problem::malformed(format!("Il contenuto {what} (riga {line}, colonna {column})."))
    })?;
    let Value::Object(members) = value else {
        return Err(Problem::invalid(vec![FieldFault {
            pointer: String::new(),
            kind: "wrong_type",
            detail: "Serve un oggetto JSON.".into(),
            hint: None,
        }]));
    };
    let mut faults = Vec::new();
    for (name, member) in members.iter().filter(|(_, member)| has_null(member)) {
        nulls(member, &format!("/{name}"), &mut faults);
    }
    if faults.is_empty() { Ok(members) } else { Err(Problem::invalid(faults)) }
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().any(has_null),
        Value::Object(members) => members.values().any(has_null),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn nulls(value: &Value, pointer: &str, faults: &mut Vec<FieldFault>) {
    match value {
        Value::Null => faults.push(FieldFault {
            pointer: pointer.to_owned(),
            kind: "null",
            detail: "Il valore null non è ammesso: un dato che manca si omette.".into(),
            hint: None,
        }),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                nulls(item, &format!("{pointer}/{index}"), faults);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                nulls(member, &format!("{pointer}/{name}"), faults);
            }
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn take_envelope(data: &mut Map<String, Value>) -> Result<Wrapping, Problem> {
    fn take<T: serde::de::DeserializeOwned>(
        data: &mut Map<String, Value>,
        name: &'static str,
        faults: &mut Vec<FieldFault>,
    ) -> Option<T> {
        let value = data.remove(name)?;
        match from_json::<T>(&value) {
            Ok(value) => Some(value),
            Err(fault) => {
                let fault = FieldFault::from(&fault);
                faults.push(FieldFault { pointer: format!("/{name}{}", fault.pointer), ..fault });
                None
            }
        }
    }

    let mut faults = Vec::new();
    let wrapping = Wrapping {
        occurred_on: take(data, "occurred_on", &mut faults),
        on_behalf_of: take(data, "on_behalf_of", &mut faults),
        received_via: take(data, "received_via", &mut faults).unwrap_or_default(),
        texts_checked: take(data, "texts_checked", &mut faults).unwrap_or_default(),
    };
    if faults.is_empty() { Ok(wrapping) } else { Err(Problem::invalid(faults)) }
}

/// The stream an act is about; further path parameters become members of the data.
fn target(
    act: &'static Act,
    params: &HashMap<String, String>,
    data: &mut Map<String, Value>,
) -> Result<Target, Problem> {
    let mut names = act.parameters();
    let Some(first) = names.next() else {
        return Ok(match registry_id(act, data) {
            Some(id) => Target::Named(id),
            None => Target::New,
        });
    };
    let read = |name: &str| params.get(name).cloned().ok_or_else(Problem::not_found);
    let mut id = read(first)?;
    if act.category == "calendar" {
        // There is one calendar; the path names the holiday in it.
        data.insert("holiday_id".into(), ids::uuid(&id)?.to_string().into());
        id = "it".into();
    } else if ids::is_uuid_category(act.category) {
        id = ids::uuid(&id)?.to_string();
    }
    for name in names {
        let value = read(name)?;
        let value = if name == "member_id" { value } else { ids::uuid(&value)?.to_string() };
        let member = Act::member(name);
        if data.insert(member.to_owned(), value.into()).is_some() {
            return Err(Problem::invalid(vec![FieldFault {
                pointer: format!("/{member}"),
                kind: "unknown_member",
                detail: "Il dato è già nell'indirizzo.".into(),
                hint: None,
            }]));
        }
    }
    Ok(Target::Named(id))
}

/// The code under which a thing of the registry is kept, from what is registered.
fn registry_id(act: &Act, data: &Map<String, Value>) -> Option<String> {
    let text = |name: &str| data.get(name).and_then(Value::as_str).map(str::to_owned);
    match act.category {
        "body" | "authority" | "theme" | "form" => {
            Some(text(act.category).filter(|code| ids::is_code(code)).unwrap_or_else(|| "?".into()))
        }
        "person" => {
            Some(text("person").filter(|code| ids::is_code(code)).unwrap_or_else(|| "?".into()))
        }
        "calendar" => Some("it".into()),
        "norm" => match (text("urn"), text("celex")) {
            (Some(urn), _) => {
                NirUrn::parse(&urn).ok().map(|urn| norm_id(&urn.act().to_string()).to_string())
            }
            (None, Some(celex)) => Some(norm_id(&format!("celex:{celex}")).to_string()),
            (None, None) => None,
        },
        _ => None,
    }
}

fn seen(act: &Act, headers: &HeaderMap) -> Result<Option<Revision>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else {
        return match act.seen {
            Seen::Optional => Ok(None),
            Seen::Required => Err(Problem::new(
                StatusCode::PRECONDITION_REQUIRED,
                "if-match-required",
                "Manca la revisione di partenza",
                "Questa modifica parte da ciò che si è letto: serve l'intestazione If-Match con l'ETag ricevuto.",
            )
            .at("If-Match", "missing", "Intestazione mancante.")),
        };
    };
    let text = value.to_str().unwrap_or_default().trim();
    let tag = text.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).unwrap_or_default();
    let revision = tag.split('.').next().and_then(|revision| revision.parse().ok());
    revision.map(Some).ok_or_else(|| {
        Problem::malformed("L'intestazione If-Match non è un ETag di questo servizio.").at(
            "If-Match",
            "invalid",
            "Serve l'ETag ricevuto leggendo la cosa.",
        )
    })
}

fn answer(api: &Api, act: &Act, receipt: &Receipt) -> Response {
    let collection = act.path.split('/').nth(1).unwrap_or_default();
    let id = match act.category {
        "calendar" => receipt.event_id.to_string(),
        _ => receipt.stream.id().to_owned(),
    };
    let own = if act.category == "calendar" {
        format!("{}/api/v1/{collection}", api.base)
    } else {
        format!("{}/api/v1/{collection}/{id}", api.base)
    };
    let document = CommandReceipt {
        id,
        event_id: receipt.event_id,
        stream: receipt.stream.to_string(),
        revision: receipt.revision,
        position: ids::position_text(receipt.position),
        recorded_at: crate::clock::instant_text(receipt.recorded_at),
        leaf_hash: receipt.leaf.map(|leaf| notary::hex(&leaf)),
        links: ReceiptLinks { events: format!("{own}/events"), own: own.clone() },
    };
    let headers = [
        (header::LOCATION, own),
        (header::ETAG, format!("\"{}.w\"", receipt.revision)),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (HeaderName::from_static(position::HEADER), position::word(api, receipt.position)),
    ];
    (StatusCode::CREATED, headers, Json(document)).into_response()
}
