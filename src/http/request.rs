//! What every request brings: who calls, and by which name it is traced.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use super::Api;
use super::problem::Problem;
use crate::access::{Actor, Scope};

/// Who calls; nobody when no token was sent.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// The actor the token stands for.
    pub actor: Option<Actor>,
}

impl Caller {
    /// What the caller may read among cases.
    pub fn scope(&self) -> Scope {
        Scope::of(self.actor.as_ref())
    }
}

impl FromRequestParts<Arc<Api>> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, Response> {
        let Some(value) = parts.headers.get(header::AUTHORIZATION) else {
            return Ok(Self::default());
        };
        let token = value
            .to_str()
            .ok()
            .and_then(|text| text.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim());
        // A credential that is not good is refused, not ignored.
        let Some(token) = token else { return Err(Problem::unauthenticated().into_response()) };
        match api.operations.authenticate(token).await {
            Ok(Some(actor)) => Ok(Self { actor: Some(actor) }),
            Ok(None) => Err(Problem::unauthenticated().into_response()),
            Err(error) => Err(Problem::from(error).into_response()),
        }
    }
}

/// The name under which a request is found in the logs.
#[derive(Debug, Clone)]
pub struct Trace {
    /// The trace id of `traceparent`, or one of our own.
    pub id: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Trace {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or(Self { id: String::new() }))
    }
}
