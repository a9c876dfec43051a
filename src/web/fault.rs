//! What stands against showing a page, and the page that helps instead.
//!
//! A fault rides in the response until [`super::finish`], which knows the visitor and the
//! address, turns it into a page. Faults of ours are logged here once, with their causes,
//! and told without them.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::visit::Visit;
use crate::access::Denial;
use crate::operations::OperationError;
use crate::projections::ViewsError;

/// Why a page cannot be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is there, or nothing the visitor may see.
    NotFound,
    /// The address is there, but not for this method.
    Method,
    /// Only somebody signed in may.
    SignIn,
    /// The visitor may not.
    Denied(String),
    /// The address has a parameter that means nothing.
    BadAddress(String),
    /// A form came without its token, or from another site.
    ForeignForm,
    /// What was sent is not a form.
    NotAForm,
    /// What was sent is too large.
    TooLarge,
    /// Something changed meanwhile, or the same thing is under way.
    Conflict(String),
    /// The store or the views are down or behind.
    Unavailable,
    /// The past that was asked for is being reconstructed.
    Preparing,
    /// The disk is full.
    Full,
    /// A fault of ours.
    Internal,
}

impl Fault {
    /// The store or the views are down or behind: logged, told without causes.
    pub fn unavailable(why: &dyn std::fmt::Display) -> Self {
        tracing::warn!(fault = %why, "a page is unavailable");
        Self::Unavailable
    }

    /// A fault of ours: logged, told without causes.
    pub fn internal(why: &dyn std::fmt::Display) -> Self {
        tracing::error!(fault = %why, "a page failed");
        Self::Internal
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::SignIn => StatusCode::UNAUTHORIZED,
            Self::Denied(_) | Self::ForeignForm => StatusCode::FORBIDDEN,
            Self::BadAddress(_) => StatusCode::BAD_REQUEST,
            Self::NotAForm => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Unavailable | Self::Preparing => StatusCode::SERVICE_UNAVAILABLE,
            Self::Full => StatusCode::INSUFFICIENT_STORAGE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What happened, in a few words.
    fn title(&self) -> &'static str {
        match self {
            Self::NotFound => "Pagina non trovata",
            Self::Method => "Operazione non prevista a questo indirizzo",
            Self::SignIn => "Serve l'accesso",
            Self::Denied(_) => "Operazione non consentita",
            Self::BadAddress(_) => "Indirizzo non valido",
            Self::ForeignForm => "Modulo scaduto",
            Self::NotAForm => "Dati non leggibili",
            Self::TooLarge => "Contenuto troppo grande",
            Self::Conflict(_) => "Nel frattempo è cambiato qualcosa",
            Self::Unavailable => "Servizio momentaneamente non disponibile",
            Self::Preparing => "Ricostruzione in corso",
            Self::Full => "Spazio esaurito",
            Self::Internal => "Qualcosa non ha funzionato",
        }
    }

    /// What it means and what can be done.
    fn explanation(&self) -> &str {
        match self {
            Self::NotFound => {
                "A questo indirizzo non c'è nulla che si possa consultare: può essere scritto \
                 male, oppure riguardare un caso riservato ad altri enti."
            }
            Self::Method => "L'indirizzo esiste, ma non accetta questo tipo di richiesta.",
            Self::SignIn => "Questa pagina è riservata a chi ha effettuato l'accesso.",
            Self::Denied(why) | Self::BadAddress(why) | Self::Conflict(why) => why,
            Self::ForeignForm => {
                "Il modulo è rimasto aperto troppo a lungo o non proviene da questo sito, e per \
                 sicurezza non è stato accettato. Tornando indietro con il browser si ritrova ciò \
                 che si era scritto: basta ricaricare la pagina in un'altra scheda e inviare di \
                 nuovo."
            }
            Self::NotAForm => "Ciò che è arrivato non è un modulo di questo sito.",
            Self::TooLarge => "I testi inviati superano la dimensione ammessa (1 MiB).",
            Self::Unavailable => {
                "La consultazione non è ancora allineata alle ultime registrazioni: riprovare fra \
                 qualche secondo. Nulla di ciò che era stato confermato è andato perso."
            }
            Self::Preparing => {
                "La situazione a quel giorno si sta ricostruendo: riprovare fra qualche secondo."
            }
            Self::Full => {
                "Non c'è spazio per registrare; la consultazione resta possibile. Chi gestisce il \
                 servizio ne è avvisato dai registri."
            }
            Self::Internal => {
                "L'errore è stato registrato. Nulla di ciò che era stato confermato è andato perso."
            }
        }
    }

    /// The page that helps.
    pub fn page(&self, visit: &Visit, request: &str) -> Response {
        let main = self.main(visit, request);
        visit.page(self.title(), main).with_status(self.status()).into_response()
    }

    fn main(&self, visit: &Visit, request: &str) -> Markup {
        html! {
            h1 { (self.title()) }
            p.lead { (self.explanation()) }
            @if visit.visitor.expired {
                p { "La sessione con cui si era effettuato l'accesso è scaduta." }
            }
            h2 { "Che cosa si può fare" }
            ul {
                @if visit.visitor.actor.is_none() {
                    li { a href=(super::pages::access::address(&visit.address)) { "Effettuare l'accesso" } }
                }
                @if matches!(self, Self::Unavailable | Self::Preparing) {
                    li { a href=(visit.address.whole()) { "Riprovare" } }
                }
                li { a href="/" { "Tornare alla pagina iniziale" } }
            }
            @if matches!(self, Self::Internal | Self::Unavailable) {
                p.quiet { "Per chi assiste: richiesta " code { (request) } }
            }
        }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status();
        if matches!(self, Self::Unavailable | Self::Preparing) {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl From<ViewsError> for Fault {
    fn from(why: ViewsError) -> Self {
        match why {
            ViewsError::Cursor => {
                Self::BadAddress("La pagina dell'elenco indicata nell'indirizzo non esiste.".into())
            }
            ViewsError::Preparing => Self::Preparing,
            ViewsError::Behind | ViewsError::Busy => Self::unavailable(&why),
            other => Self::internal(&other),
        }
    }
}

/// Faults of an operation that no field of a form can be blamed for.
impl From<OperationError> for Fault {
    fn from(why: OperationError) -> Self {
        match why {
            OperationError::Denied(Denial::Hidden) => Self::NotFound,
            OperationError::Denied(Denial::Anonymous) => Self::SignIn,
            OperationError::Denied(why) => Self::Denied(why.to_string()),
            OperationError::Rejected(why) => Self::Conflict(why.to_string()),
            OperationError::Invalid(faults) => Self::Conflict(
                faults.into_iter().next().map_or_else(String::new, |fault| fault.detail),
            ),
            OperationError::Stale => Self::Conflict(
                "Qualcun altro ha modificato la stessa cosa: va riletta prima di riprovare.".into(),
            ),
            OperationError::KeyReused => {
                Self::Conflict("Questo modulo era già stato inviato con un altro contenuto.".into())
            }
            OperationError::InFlight => {
                Self::Conflict("La stessa richiesta è in corso in questo momento.".into())
            }
            OperationError::Contended => {
                Self::Conflict("Altri stanno modificando la stessa cosa: riprovare.".into())
            }
            OperationError::TooLarge => Self::TooLarge,
            OperationError::Full => Self::Full,
            OperationError::Busy { .. } | OperationError::DocumentMissing => {
                Self::unavailable(&why)
            }
            OperationError::Unavailable(why) => Self::unavailable(&why),
            OperationError::Internal(why) => Self::internal(&why),
        }
    }
}
