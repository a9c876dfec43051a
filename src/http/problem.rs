//! Problem documents (RFC 9457): every refusal and every fault, from tables.
//!
//! `title` and `detail` are Italian, because people read them; `type` is an
//! absolute address that explains itself ([`super::problems`]). Faults of ours are
//! logged once, here, with their causes, and told without them.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::Denial;
use crate::domain::Rejection;
use crate::operations::{FieldFault, OperationError};

/// The media type of problem documents.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// A problem document, before the address of its type is made absolute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The status.
    pub status: StatusCode,
    /// The last segment of `type`.
    pub slug: String,
    /// In a few words.
    pub title: &'static str,
    /// In a sentence or two.
    pub detail: String,
    /// The fields concerned.
    pub errors: Vec<FieldFault>,
    /// Seconds after which another try makes sense.
    pub retry_after: Option<u32>,
    /// The methods that a path allows, with status 405.
    pub allow: Option<String>,
}

/// A problem document as it is sent.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({"type": "https://quesito.example/problems/invalid-fields", "title": "Dati non validi", "status": 422, "detail": "Alcuni dati non sono validi: l'elenco dice quali.", "errors": [{"pointer": "/theme", "kind": "unknown_theme", "detail": "Il tema indicato non esiste."}], "trace_id": "0af7651916cd43dd8448eb211c80319c"}))]
pub struct ProblemDocument {
    /// Address of the explanation.
    #[serde(rename = "type")]
    #[schema(format = "uri", max_length = 300)]
    pub kind: String,
    /// In a few words, in Italian.
    #[schema(max_length = 200)]
    pub title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// In a sentence or two, in Italian.
    #[schema(max_length = 2000)]
    pub detail: String,
    /// The fields concerned.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 200)]
    pub errors: Vec<ProblemField>,
    /// Finds the request in the logs.
    #[schema(max_length = 64)]
    pub trace_id: String,
}

/// A field concerned.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProblemField {
    /// JSON pointer (RFC 6901) of the member, or the name of the parameter or header.
    #[schema(max_length = 300)]
    pub pointer: String,
    /// A stable word for the kind of fault.
    #[schema(max_length = 60)]
    pub kind: String,
    /// What is wrong, in Italian.
    #[schema(max_length = 1000)]
    pub detail: String,
    /// A value that would do, when one can be guessed.
    #[schema(max_length = 600)]
    pub hint: Option<String>,
}

impl Problem {
    /// A problem from its parts.
    pub fn new(
        status: StatusCode,
        slug: &str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            status,
            slug: slug.to_owned(),
            title,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
            allow: None,
        }
    }

    /// The same problem, naming fields.
    #[must_use]
    pub fn with(mut self, errors: Vec<FieldFault>) -> Self {
        self.errors = errors;
        self
    }

    /// The same problem, naming one field.
    #[must_use]
    pub fn at(self, pointer: impl Into<String>, kind: &'static str, detail: &str) -> Self {
        let pointer = pointer.into();
        self.with(vec![FieldFault { pointer, kind, detail: detail.to_owned(), hint: None }])
    }

    /// The same problem, saying when to try again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Nothing is there, or nothing the caller may see.
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            "Non trovato",
            "L'indirizzo non corrisponde a nulla che si possa consultare.",
        )
    }

    /// The request is malformed.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed-request", "Richiesta malformata", detail)
    }

    /// Well-formed, but not processable.
    pub fn invalid(errors: Vec<FieldFault>) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid-fields",
            "Dati non validi",
            "Alcuni dati non sono validi: l'elenco dice quali.",
        )
        .with(errors)
    }

    /// Nobody is signed in, or the token is not good.
    pub fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "authentication-required",
            "Accesso richiesto",
            "Serve un token valido nell'intestazione Authorization: Bearer.",
        )
    }

    /// A fault of ours, logged here and told without its causes.
    pub fn internal(why: &dyn std::fmt::Display) -> Self {
        tracing::error!(fault = %why, "request failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal-error",
            "Errore interno",
            "Qualcosa non ha funzionato; l'errore è stato registrato.",
        )
    }

    /// The document as bytes, with absolute addresses.
    pub fn document(&self, base: &str, trace_id: &str) -> ProblemDocument {
        ProblemDocument {
            kind: format!("{base}/problems/{}", self.slug),
            title: self.title.to_owned(),
            status: self.status.as_u16(),
            detail: self.detail.clone(),
            errors: self
                .errors
                .iter()
                .map(|fault| ProblemField {
                    pointer: fault.pointer.chars().take(300).collect(),
                    kind: fault.kind.to_owned(),
                    detail: fault.detail.chars().take(1000).collect(),
                    hint: fault.hint.clone(),
                })
                .collect(),
            trace_id: trace_id.to_owned(),
        }
    }
}

/// Rides in the response until the outermost layer, which knows the public address
/// and the trace id, turns it into the document.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(allow) =
            self.allow.as_deref().and_then(|allow| HeaderValue::from_str(allow).ok())
        {
            headers.insert(header::ALLOW, allow);
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl From<OperationError> for Problem {
    fn from(error: OperationError) -> Self {
        use StatusCode as S;

        match error {
            OperationError::Denied(why) => why.into(),
            OperationError::Rejected(why) => why.into(),
            OperationError::Invalid(errors) => Self::invalid(errors),
            OperationError::Stale => Self::new(
                S::PRECONDITION_FAILED,
                "stale-revision",
                "Nel frattempo è cambiato",
                "Qualcun altro ha modificato la cosa: va riletta prima di riprovare.",
            ),
            OperationError::KeyReused => Self::new(
                S::UNPROCESSABLE_ENTITY,
                "idempotency-key-reused",
                "Chiave già usata",
                "La chiave Idempotency-Key è già stata usata con un contenuto diverso.",
            )
            .at("Idempotency-Key", "key_reused", "Già usata con un contenuto diverso."),
            OperationError::InFlight => Self::new(
                S::CONFLICT,
                "command-in-flight",
                "Richiesta già in corso",
                "La stessa richiesta è in corso in questo momento.",
            ),
            OperationError::Contended => Self::new(
                S::CONFLICT,
                "contended",
                "Troppe modifiche insieme",
                "Altri stanno modificando la stessa cosa: riprovare.",
            ),
            OperationError::TooLarge => Self::new(
                S::PAYLOAD_TOO_LARGE,
                "too-large",
                "Contenuto troppo grande",
                "La richiesta supera la dimensione ammessa.",
            ),
            OperationError::Full => Self::new(
                S::INSUFFICIENT_STORAGE,
                "insufficient-storage",
                "Spazio esaurito",
                "Non c'è spazio per registrare; la consultazione resta possibile.",
            ),
            OperationError::Busy { seconds } => Self::new(
                S::TOO_MANY_REQUESTS,
                "too-many-requests",
                "Troppe richieste",
                "Troppe richieste impegnative insieme: riprovare fra poco.",
            )
            .retry_after(seconds),
            OperationError::DocumentMissing => {
                tracing::error!(fault = %error, "several nodes share one folder: --documents");
                Self::new(
                    S::SERVICE_UNAVAILABLE,
                    "unavailable",
                    "Documento non disponibile",
                    "Il documento non si trova nella cartella dei documenti di questo nodo: chi \
                     gestisce il servizio è stato avvisato.",
                )
                .retry_after(60)
            }
            OperationError::Unavailable(why) => {
                tracing::warn!(fault = %why, "temporarily unavailable");
                Self::new(
                    S::SERVICE_UNAVAILABLE,
                    "unavailable",
                    "Servizio momentaneamente non disponibile",
                    "Il servizio non può rispondere adesso: riprovare fra poco.",
                )
                .retry_after(2)
            }
            OperationError::Internal(why) => Self::internal(&why),
        }
    }
}

impl From<Denial> for Problem {
    fn from(why: Denial) -> Self {
        let forbidden =
            |slug| Self::new(StatusCode::FORBIDDEN, slug, "Non consentito", why.to_string());
        match why {
            Denial::Anonymous => Self::unauthenticated(),
            Denial::Hidden => Self::not_found(),
            Denial::Role => forbidden("role-not-allowed"),
            Denial::NotYours => forbidden("not-yours"),
            Denial::NotInCharge => forbidden("not-in-charge"),
            Denial::OnBehalf => forbidden("on-behalf-not-allowed"),
        }
    }
}

impl From<Rejection> for Problem {
    fn from(why: Rejection) -> Self {
        match why {
            Rejection::NotFound => Self::not_found(),
            Rejection::DateInFuture
            | Rejection::DatesReversed
            | Rejection::UnknownReference
            | Rejection::NotAMember
            | Rejection::NothingToChange
            | Rejection::OneReadingOnly
            | Rejection::WrongOutcome
            | Rejection::ActIncomplete
            | Rejection::OneBasisOnly
            | Rejection::NormNotIdentified
            | Rejection::SourceNeeded
            | Rejection::NotAHolidayRule
            | Rejection::AnswerNotNamed => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                &why.slug(),
                "Dati non validi",
                why.to_string(),
            )
            .at(pointer(why), "rule", &why.to_string()),
            _ => Self::new(
                StatusCode::CONFLICT,
                &why.slug(),
                "Una regola non lo consente",
                why.to_string(),
            ),
        }
    }
}

/// JSON pointer of the member that a rule about fields speaks of.
fn pointer(why: Rejection) -> &'static str {
    match why {
        Rejection::DateInFuture | Rejection::DatesReversed => "/occurred_on",
        Rejection::UnknownReference => "/by",
        Rejection::NotAMember => "/speaks_for",
        Rejection::OneReadingOnly => "/new_position",
        Rejection::WrongOutcome => "/points",
        Rejection::ActIncomplete => "/act",
        Rejection::SourceNeeded => "/communication",
        Rejection::AnswerNotNamed => "/already_answered_by",
        Rejection::NormNotIdentified => "/urn",
        Rejection::NotAHolidayRule => "/rule",
        _ => "",
    }
}
