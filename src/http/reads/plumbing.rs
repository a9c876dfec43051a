//! What all readings share: waiting for the views, keeping answers, media types.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;

use crate::access::Actor;
use crate::event_store::Revision;
use crate::http::Api;
use crate::http::csv;
use crate::http::problem::Problem;
use crate::http::representation::{Answer, Question};
use crate::http::request::Caller;

/// How long a reading waits for what was written before it.
const PATIENCE: Duration = Duration::from_secs(3);

/// In which form a list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// JSON.
    Json,
    /// CSV.
    Csv,
}

/// The form that the caller accepts.
///
/// # Errors
///
/// A [`Problem`] (406) when none is on offer.
pub fn form(headers: &HeaderMap, csv_too: bool) -> Result<Form, Problem> {
    let Some(accept) = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()) else {
        return Ok(Form::Json);
    };
    for range in accept.split(',') {
        let media = range.split(';').next().unwrap_or_default().trim();
        match media {
            "*/*" | "application/*" | "application/json" => return Ok(Form::Json),
            "text/csv" | "text/*" if csv_too => return Ok(Form::Csv),
            _ => {}
        }
    }
    Err(Problem::new(
        StatusCode::NOT_ACCEPTABLE,
        "not-acceptable",
        "Tipo non disponibile",
        "La risposta non è disponibile in nessuno dei tipi richiesti.",
    ))
}

/// Who calls, when only somebody signed in may.
///
/// # Errors
///
/// A [`Problem`] (401) when nobody is.
pub fn signed_in(caller: &Caller) -> Result<&Actor, Problem> {
    caller.actor.as_ref().ok_or_else(Problem::unauthenticated)
}

/// What a reading is about: where it was asked, by whom, and what it found.
pub struct Asked<'a> {
    /// The API.
    pub api: &'a Arc<Api>,
    /// Who asks.
    pub caller: &'a Caller,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The address.
    pub uri: &'a Uri,
}

impl Asked<'_> {
    /// Waits until the views show everything written before, then answers with what
    /// `make` finds, or with what it found for the same question before.
    pub async fn answer<T, F>(&self, csv_too: bool, make: F) -> Response
    where
        T: Serialize,
        F: AsyncFnOnce() -> Result<(T, Option<Revision>), Problem>,
    {
        match self.try_answer(csv_too, make).await {
            Ok(response) => response,
            Err(problem) => problem.into_response(),
        }
    }

    async fn try_answer<T, F>(&self, csv_too: bool, make: F) -> Result<Response, Problem>
    where
        T: Serialize,
        F: AsyncFnOnce() -> Result<(T, Option<Revision>), Problem>,
    {
        let form = form(self.headers, csv_too)?;
        self.caught_up().await?;
        let generation = self.api.views.generation();
        let question = Question {
            address: self.uri.path_and_query().map_or("", |address| address.as_str()).to_owned(),
            scope: self.caller.scope(),
            role: self.caller.actor.as_ref().map(|actor| actor.role),
            csv: form == Form::Csv,
            day: self.api.clock.today(),
        };
        if let Some(answer) = self.api.answers.get(&question, generation) {
            return Ok(answer.respond(self.headers));
        }
        let (value, revision) = make().await?;
        let answer = match form {
            Form::Json => Answer::json(&value, revision, generation)?,
            Form::Csv => {
                let value = serde_json::to_value(&value).map_err(|why| Problem::internal(&why))?;
                let items = value.get("items").and_then(Value::as_array);
                let text = csv::from_items(items.map_or(&[], Vec::as_slice));
                Answer::new(text.into_bytes(), csv::MEDIA_TYPE, None, generation)
            }
        };
        let answer = Arc::new(answer);
        self.api.answers.keep(question, answer.clone());
        Ok(answer.respond(self.headers))
    }

    /// Waits for the views.
    ///
    /// # Errors
    ///
    /// A [`Problem`] (503) when they are behind for too long.
    pub async fn caught_up(&self) -> Result<(), Problem> {
        caught_up(self.api).await
    }
}

/// Waits until the views show everything this process has written.
///
/// # Errors
///
/// A [`Problem`] (503) when they are behind for too long.
pub async fn caught_up(api: &Arc<Api>) -> Result<(), Problem> {
    let head = api.operations.handler.store().head().await.map_err(|why| behind(&why))?;
    api.views.wait_for(head, PATIENCE).await.map_err(|why| behind(&why))
}

fn behind(why: &dyn std::fmt::Display) -> Problem {
    tracing::warn!(fault = %why, "views are behind");
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "unavailable",
        "Servizio momentaneamente non disponibile",
        "La consultazione non è ancora allineata alle ultime registrazioni: riprovare fra poco.",
    )
    .retry_after(2)
}
