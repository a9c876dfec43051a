//! Query parameters: typed, closed, refused by name.

use std::any::TypeId;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use utoipa::IntoParams;
use utoipa::openapi::path::ParameterIn;

use super::problem::Problem;
use crate::codec::schemas;
use crate::domain::italian;

/// The parameters of an address, read into a type that knows them all.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned + IntoParams + 'static, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let query = parts.uri.query().unwrap_or_default();
        check_lengths::<T>(query)
            .and_then(|()| parse(query))
            .map(Self)
            .map_err(IntoResponse::into_response)
    }
}

/// The same on an address that also takes the parameters of a moment, which
/// [`moment::asked`](super::moment::asked) reads.
#[derive(Debug)]
pub struct Timed<T>(pub T);

impl<T: DeserializeOwned + IntoParams + 'static, S: Send + Sync> FromRequestParts<S> for Timed<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let (_, others) = super::moment::split(parts.uri.query().unwrap_or_default());
        check_lengths::<T>(&others)
            .and_then(|()| parse(&others))
            .map(Self)
            .map_err(IntoResponse::into_response)
    }
}

/// The longest value of each parameter of a type, in characters.
type Lengths = Arc<HashMap<String, usize>>;

/// Checks values against the lengths that the API document states.
pub fn check_lengths<T: IntoParams + 'static>(query: &str) -> Result<(), Problem> {
    // No parameter is bounded to less than a character.
    if query.is_empty() {
        return Ok(());
    }
    let lengths = lengths::<T>();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match lengths.get(name.as_ref()) {
            Some(longest) if value.chars().count() > *longest => {
                let detail = format!("Al massimo {longest} caratteri.");
                return Err(refused().at(name, "too_long", &detail));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The lengths for a type: derived once, since describing a type is slow.
fn lengths<T: IntoParams + 'static>() -> Lengths {
    static KNOWN: RwLock<BTreeMap<TypeId, Lengths>> = RwLock::new(BTreeMap::new());

    let key = TypeId::of::<T>();
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
    known.unwrap_or_else(|| {
        let described = describe::<T>();
        let bound = |parameter: &Value| {
            let name = parameter.get("name")?.as_str()?.to_owned();
            let longest = parameter.pointer("/schema/maxLength")?.as_u64()?;
            Some((name, usize::try_from(longest).ok()?))
        };
        let lengths: Lengths = Arc::new(described.iter().filter_map(bound).collect());
        KNOWN.write().unwrap_or_else(PoisonError::into_inner).insert(key, lengths.clone());
        lengths
    })
}

/// The refusal of an address for its parameters.
pub fn refused() -> Problem {
    Problem::new(
        axum::http::StatusCode::BAD_REQUEST,
        "invalid-parameters",
        "Parametri non validi",
        "Un parametro dell'indirizzo non è previsto o non è valido.",
    )
}

/// Reads parameters.
///
/// # Errors
///
/// A [`Problem`] that names the parameter, when one is unknown, repeated or wrong.
pub fn parse<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    let read = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
    serde_path_to_error::deserialize(read)
        .map_err(|fault| unread(fault.path().to_string(), &fault.inner().to_string()))
}

/// Names the parameter that could not be read.
fn unread(path: String, why: &str) -> Problem {
    let quoted = why.split('`').nth(1).unwrap_or_default().to_owned();
    let (name, kind, detail) = if why.starts_with("unknown field") {
        (quoted, "unknown_parameter", "Parametro non previsto.".to_owned())
    } else if why.starts_with("missing field") {
        (quoted, "missing", "Parametro mancante.".to_owned())
    } else if why.starts_with("duplicate field") {
        (quoted, "repeated", "Il parametro è ripetuto.".to_owned())
    } else if why.starts_with("unknown variant") || why.contains("invalid") {
        (path, "invalid", "Il valore non è ammesso.".to_owned())
    } else {
        // The message of one of our own types: Italian, and about the parameter alone.
        (path, "invalid", format!("{}.", italian::capitalised(why.trim_end_matches('.'))))
    };
    refused().at(name, kind, &detail)
}

/// The parameters of a type, as the API document describes them.
pub fn describe<T: IntoParams>() -> Vec<Value> {
    T::into_params(|| Some(ParameterIn::Query))
        .iter()
        .map(|parameter| {
            let mut value = serde_json::to_value(parameter).unwrap_or_default();
            if let Some(schema) = value.get_mut("schema") {
                schemas::tidy_value(schema);
            }
            if value.get("required").is_none() {
                value["required"] = json!(false);
            }
            value
        })
        .collect()
}
