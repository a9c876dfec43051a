//! What all readings share: waiting for the views, keeping answers, media types.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;

use crate::access::{Actor, Scope};
use crate::csv;
use crate::domain::registry::Role;
use crate::domain::values::Day;
use crate::event_store::Revision;
use crate::http::params::refused;
use crate::http::problem::Problem;
use crate::http::representation::{Answer, Question};
use crate::http::request::Caller;
use crate::http::{Api, PREFIX, moment};
use crate::privacy::detector;
use crate::projections::{Cut, Moment, ViewsError};

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
    Err(not_acceptable())
}

/// Refuses a caller that does not accept the one media type on offer.
///
/// # Errors
///
/// A [`Problem`] (406).
pub fn media(headers: &HeaderMap, offered: &str) -> Result<(), Problem> {
    let Some(accept) = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()) else {
        return Ok(());
    };
    let family = offered.split('/').next().unwrap_or_default();
    let fits = accept.split(',').any(|range| {
        let range = range.split(';').next().unwrap_or_default().trim();
        range == "*/*" || range == offered || range.strip_suffix("/*") == Some(family)
    });
    if fits { Ok(()) } else { Err(not_acceptable()) }
}

fn not_acceptable() -> Problem {
    Problem::new(
        StatusCode::NOT_ACCEPTABLE,
        "not-acceptable",
        "Tipo non disponibile",
        "La risposta non è disponibile in nessuno dei tipi richiesti.",
    )
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

/// What a reading found.
pub struct Found<T> {
    /// The representation.
    pub value: T,
    /// The revision of the thing, for its ETag.
    pub revision: Option<Revision>,
    /// The cursor of the next page.
    pub next: Option<String>,
}

impl<T> Found<T> {
    /// One thing at a revision.
    pub fn thing(value: T, revision: impl Into<Revision>) -> Self {
        Self { value, revision: Some(revision.into()), next: None }
    }

    /// A page of a list.
    pub fn page(value: T, next: Option<String>) -> Self {
        Self { value, revision: None, next }
    }

    /// Anything else.
    pub fn whole(value: T) -> Self {
        Self { value, revision: None, next: None }
    }
}

/// A question to which an answer has to be found.
struct Asking {
    form: Form,
    moment: Moment,
    generation: u64,
    question: Question,
    /// What the caller may read at that moment.
    scope: Scope,
}

/// How an answer begins.
enum Begun {
    /// It was kept.
    Kept(Response),
    /// It has to be found.
    New(Box<Asking>),
}

impl Asked<'_> {
    /// Waits until the views show everything written before, then answers with what
    /// `make` finds, or with what it found for the same question before. What is found is
    /// what is known now, or at the moment that the address names.
    pub async fn answer<T, F>(&self, csv_too: bool, make: F) -> Response
    where
        T: Serialize,
        F: AsyncFnOnce(&Moment, &Scope, Day) -> Result<Found<T>, Problem>,
    {
        let query = self.uri.query().unwrap_or_default();
        let answered = match moment::asked(query, &*self.api.clock) {
            Ok(cut) => self.answer_at(cut, csv_too, make).await,
            Err(problem) => Err(problem),
        };
        answered.unwrap_or_else(IntoResponse::into_response)
    }

    /// The same at a moment that is settled already; `None` for the present.
    ///
    /// # Errors
    ///
    /// A [`Problem`], of the views or of `make`.
    pub async fn answer_at<T, F>(
        &self,
        cut: Option<Cut>,
        csv_too: bool,
        make: F,
    ) -> Result<Response, Problem>
    where
        T: Serialize,
        F: AsyncFnOnce(&Moment, &Scope, Day) -> Result<Found<T>, Problem>,
    {
        let begun = match self.begin(cut, csv_too).await? {
            Begun::Kept(response) => return Ok(response),
            Begun::New(asking) => asking,
        };
        let found = make(&begun.moment, &begun.scope, begun.moment.day(begun.question.day.into()));
        let found = found.await?;
        let answer = match (begun.form, &found.next) {
            (Form::Json, None) => Answer::json(&found.value, found.revision, begun.generation)?,
            (_, next) => {
                let value = as_value(&found.value)?;
                self.written(value, found.revision, next.as_deref(), &begun)?
            }
        };
        Ok(self.finish(*begun, answer))
    }

    /// The answer that was kept for the same question, or what is needed to find it.
    async fn begin(&self, cut: Option<Cut>, csv_too: bool) -> Result<Begun, Problem> {
        let form = form(self.headers, csv_too)?;
        let moment = self.moment_at(cut).await?;
        let generation = self.api.views.generation();
        let today = self.api.clock.today();
        let question = Question {
            address: self.uri.path_and_query().map_or("", |address| address.as_str()).to_owned(),
            scope: self.caller.scope(),
            role: self.caller.actor.as_ref().map(|actor| actor.role),
            csv: form == Form::Csv,
            day: today,
        };
        if let Some(answer) = self.api.answers.get(&question, generation) {
            return Ok(Begun::Kept(answer.respond(self.headers)));
        }
        let scope = moment.scope(&question.scope);
        Ok(Begun::New(Box::new(Asking { form, moment, generation, question, scope })))
    }

    /// What was found as CSV, or with the address of the next page.
    fn written(
        &self,
        mut value: Value,
        revision: Option<Revision>,
        next: Option<&str>,
        asking: &Asking,
    ) -> Result<Answer, Problem> {
        if asking.form == Form::Csv {
            let items = value.get("items").and_then(Value::as_array);
            let text = csv::from_items(items.map_or(&[], Vec::as_slice));
            let bytes = text.into_bytes().into_boxed_slice();
            return Ok(Answer::new(bytes, csv::MEDIA_TYPE, None, asking.generation));
        }
        if let Some(cursor) = next {
            value["next"] = self.next(cursor).into();
        }
        Answer::json(&value, revision, asking.generation)
    }

    /// Keeps an answer for who asks next, and gives it.
    fn finish(&self, asking: Asking, answer: Answer) -> Response {
        let answer = Arc::new(answer.held(asking.moment.held()));
        self.api.answers.keep(asking.question, answer.clone());
        answer.respond(self.headers)
    }

    /// The views at the moment that the address names, once they show everything written
    /// before; for what is answered in another form than JSON or CSV.
    ///
    /// # Errors
    ///
    /// A [`Problem`] when that is no moment, or the views are behind.
    pub async fn moment(&self) -> Result<Moment, Problem> {
        let query = self.uri.query().unwrap_or_default();
        let cut = moment::asked(query, &*self.api.clock)?;
        self.moment_at(cut).await
    }

    async fn moment_at(&self, cut: Option<Cut>) -> Result<Moment, Problem> {
        caught_up(self.api).await?;
        match cut {
            None => Ok(self.api.views.now().clone()),
            Some(cut) => self.look_back(cut).await,
        }
    }

    /// The views as they stood. Who may see more than the rule allows is recorded first.
    async fn look_back(&self, cut: Cut) -> Result<Moment, Problem> {
        if let Some(head) = cut.head
            && head > self.api.views.position()
        {
            return Err(refused().at("head", "unknown", "Il registro non è arrivato fin lì."));
        }
        record_look_back(self.api, self.caller, self.uri).await?;
        Ok(self.api.views.at(cut).await?)
    }

    /// The address of the next page: this one's, with another cursor.
    fn next(&self, cursor: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let own = form_urlencoded::parse(self.uri.query().unwrap_or_default().as_bytes());
        query.extend_pairs(own.filter(|(name, _)| name != "cursor"));
        query.append_pair("cursor", cursor);
        format!("{}{}{}?{}", self.api.base, PREFIX, self.path(), query.finish())
    }

    /// The path below the prefix.
    fn path(&self) -> &str {
        path(self.uri)
    }
}

/// The path below the prefix; a nested router has taken the prefix off already.
fn path(uri: &Uri) -> &str {
    uri.path().strip_prefix(PREFIX).unwrap_or(uri.path())
}

/// Records that an auditor looks back: who sees more than the rule allows is seen doing so.
///
/// # Errors
///
/// A [`Problem`] (503) when it cannot be recorded; then nothing may be shown.
pub async fn record_look_back(api: &Api, caller: &Caller, uri: &Uri) -> Result<(), Problem> {
    let Some(actor) = caller.actor.as_ref().filter(|actor| actor.role == Role::Auditor) else {
        return Ok(());
    };
    let address = format!("{}?{}", path(uri), uri.query().unwrap_or_default());
    let recorded = api.operations.record_past_read(actor, &address).await;
    recorded.map_err(|why| unrecorded(&why))
}

fn as_value(value: &impl Serialize) -> Result<Value, Problem> {
    serde_json::to_value(value).map_err(|why| Problem::internal(&why))
}

/// A fault of the views as the caller is told of it.
impl From<ViewsError> for Problem {
    fn from(why: ViewsError) -> Self {
        match why {
            ViewsError::Cursor => Self::new(
                StatusCode::BAD_REQUEST,
                "invalid-parameters",
                "Parametri non validi",
                "Il cursore non appartiene a questo elenco.",
            )
            .at("cursor", "invalid", "Non appartiene a questo elenco."),
            ViewsError::Preparing => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "Servizio momentaneamente non disponibile",
                "La situazione a quel momento si sta ricostruendo: riprovare fra poco.",
            )
            .retry_after(2),
            ViewsError::Behind | ViewsError::Busy => behind(&why),
            other => Self::internal(&other),
        }
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

/// A look into the past that cannot be recorded.
fn unrecorded(why: &dyn std::fmt::Display) -> Problem {
    tracing::error!(fault = %why, "a look into the past was not recorded");
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "unavailable",
        "Servizio momentaneamente non disponibile",
        "La consultazione del passato va registrata, e adesso non è possibile: riprovare fra poco.",
    )
    .retry_after(2)
}

/// How many items a page has when nobody says.
const PAGE: u32 = 50;

/// The largest page.
const LARGEST_PAGE: u32 = 200;

/// A page size within bounds.
#[derive(Debug, Clone, Copy)]
pub struct Limit(u32);

impl<'de> serde::Deserialize<'de> for Limit {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let limit = u32::deserialize(deserializer)?;
        if (1..=LARGEST_PAGE).contains(&limit) {
            Ok(Self(limit))
        } else {
            Err(serde::de::Error::custom(format!("serve un numero fra 1 e {LARGEST_PAGE}")))
        }
    }
}

/// The page size asked for, or the usual one.
pub fn limit(asked: Option<Limit>) -> u32 {
    asked.map_or(PAGE, |limit| limit.0)
}

/// Refuses words to search for that hold a codice fiscale: addresses are logged by
/// whoever stands between.
///
/// # Errors
///
/// A [`Problem`] (422) that names the parameter and nothing else.
pub fn check_words(q: Option<&str>) -> Result<(), Problem> {
    let refused = |finding: &detector::Finding| finding.severity == detector::Severity::Refuse;
    if q.is_some_and(|q| detector::check(q).iter().any(refused)) {
        return Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid-parameters",
            "Parametri non validi",
            "Le parole cercate contengono un codice fiscale.",
        )
        .at(
            "q",
            "personal_data",
            "Sembra un codice fiscale: non va scritto in un indirizzo.",
        ));
    }
    if q.is_some_and(|q| q.chars().count() > 300) {
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "invalid-parameters",
            "Parametri non validi",
            "Le parole cercate sono troppe.",
        )
        .at("q", "too_long", "Al massimo 300 caratteri."));
    }
    Ok(())
}

/// An instant in a parameter, in any spelling of RFC 3339.
#[derive(Debug, Clone, Copy, serde::Deserialize)]
#[serde(transparent)]
pub struct Since(jiff::Timestamp);

impl Since {
    /// The instant as events carry it.
    pub fn instant(self) -> crate::codec::Instant {
        crate::codec::Instant(self.0)
    }
}
