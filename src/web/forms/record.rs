//! From a form to an operation, and from what it answers to a page.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Draft, Form, KEY};
use crate::codec::{self, ActorKind};
use crate::domain::from_json;
use crate::domain::values::{BodyId, Day};
use crate::event_store::Revision;
use crate::operations::erasure::TEXT_ERASED;
use crate::operations::{FieldFault, OperationError, Receipt, Submission, Target};
use crate::web::fault::Fault;
use crate::web::visit::Visit;

/// What a form asks for: one event in one stream.
#[derive(Debug, Clone)]
pub struct Deed {
    /// The category of the stream.
    pub category: &'static str,
    /// Which stream.
    pub target: Target,
    /// The stored type of the event.
    pub stored_type: &'static str,
    /// The revision that the page showed, when the command rests on it.
    pub seen: Option<Revision>,
    /// Members that the page knows and no field gives.
    pub known: Map<String, Value>,
}

impl Deed {
    /// An event that begins a new thing.
    pub fn new(category: &'static str, stored_type: &'static str) -> Self {
        Self { category, target: Target::New, stored_type, seen: None, known: Map::new() }
    }

    /// An event in the stream of a thing.
    pub fn on(category: &'static str, id: Uuid, stored_type: &'static str) -> Self {
        Self { target: Target::Named(id.to_string()), ..Self::new(category, stored_type) }
    }

    /// The same, resting on what was seen.
    #[must_use]
    pub fn seen(mut self, revision: impl Into<Option<Revision>>) -> Self {
        self.seen = revision.into();
        self
    }

    /// The same with a member that no field gives.
    #[must_use]
    pub fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.known.insert(member.to_owned(), value.into());
        self
    }
}

/// Something wrong with a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The name of the field; empty for the form as a whole.
    pub field: String,
    /// A stable word for the kind of fault.
    pub kind: &'static str,
    /// What is wrong, in Italian.
    pub message: String,
}

impl Wrong {
    /// Something wrong with the form as a whole.
    pub fn whole(message: impl Into<String>) -> Self {
        Self { field: String::new(), kind: "rule", message: message.into() }
    }

    /// Something wrong with a field.
    pub fn at(field: &str, message: impl Into<String>) -> Self {
        Self { field: field.to_owned(), kind: "invalid", message: message.into() }
    }
}

/// Why a form did not come to pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// The form is shown again with what is wrong.
    Wrong(Vec<Wrong>),
    /// Another page is shown.
    Fault(Fault),
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl Visit {
    /// Records what a form asks for.
    ///
    /// # Errors
    ///
    /// [`Refused`]: then nothing was recorded.
    pub async fn record(&self, deed: Deed, form: &Form) -> Result<Receipt, Refused> {
        let actor = self.actor()?;
        let key = Uuid::try_parse(form.get(KEY)).map_err(|_| Fault::ForeignForm)?;
        let mut draft = Draft::of(form, deed.stored_type);
        let (envelope, mut wrong) = Envelope::take(&mut draft.data);
        draft.data.extend(deed.known);
        let submission = Submission {
            actor: None,
            kind: if actor.machine { ActorKind::Machine } else { ActorKind::Person },
            category: deed.category,
            target: deed.target,
            stored_type: deed.stored_type,
            data: draft.data.clone(),
            occurred_on: envelope.occurred_on,
            on_behalf_of: envelope.on_behalf_of,
            received_via: envelope.received_via,
            command_id: codec::command_id(
                actor.subject.as_str(),
                "POST",
                self.address.path(),
                &key.hyphenated().to_string(),
            ),
            causation_id: None,
            seen: deed.seen,
            texts_checked: envelope.texts_checked,
        };
        if !wrong.is_empty() {
            return Err(Refused::Wrong(wrong));
        }
        let operations = &self.site.operations;
        let recorded = match deed.stored_type {
            TEXT_ERASED => operations.erase_to_the_end(actor, submission).await,
            event => {
                let submission = Submission { actor: Some(actor), ..submission };
                match event {
                    "registration-recorded.v1" => operations.register(submission).await,
                    _ => operations.record(submission).await,
                }
            }
        };
        match recorded {
            Ok(receipt) => {
                tracing::info!(stream = %receipt.stream, revision = receipt.revision, "recorded");
                Ok(receipt)
            }
            Err(OperationError::Invalid(faults)) => {
                wrong.extend(faults.into_iter().map(|fault| told(fault, &draft)));
                Err(Refused::Wrong(wrong))
            }
            Err(OperationError::Rejected(why)) => {
                Err(Refused::Wrong(vec![Wrong::whole(why.to_string())]))
            }
            Err(OperationError::Stale) => Err(Refused::Wrong(vec![Wrong::whole(
                "Nel frattempo qualcun altro ha modificato la stessa cosa: va riletta, poi si può \
                 inviare di nuovo.",
            )])),
            Err(other) => Err(Refused::Fault(other.into())),
        }
    }
}

fn told(fault: FieldFault, draft: &Draft) -> Wrong {
    let message = match (&fault.kind, fault.hint) {
        // Said for those who write JSON; who fills in a form reads a label.
        (&"missing", _) => "Dato obbligatorio.".into(),
        (_, Some(hint)) => format!("{} Forse: {hint}", fault.detail),
        (_, None) => fault.detail,
    };
    Wrong { field: draft.field(&fault.pointer).to_owned(), kind: fault.kind, message }
}

/// The members of a command that say how it reached us, not what happened.
#[derive(Default)]
struct Envelope {
    occurred_on: Option<Day>,
    on_behalf_of: Option<BodyId>,
    received_via: codec::ReceivedVia,
    texts_checked: bool,
}

impl Envelope {
    fn take(data: &mut Map<String, Value>) -> (Self, Vec<Wrong>) {
        fn read<T: serde::de::DeserializeOwned>(
            data: &mut Map<String, Value>,
            name: &str,
            wrong: &mut Vec<Wrong>,
        ) -> Option<T> {
            let value = data.remove(name)?;
            let read = from_json(&value);
            if read.is_err() {
                wrong.push(Wrong::at(&format!("/{name}"), "Valore non previsto."));
            }
            read.ok()
        }

        let mut wrong = Vec::new();
        let envelope = Self {
            occurred_on: read(data, "occurred_on", &mut wrong),
            on_behalf_of: read(data, "on_behalf_of", &mut wrong),
            received_via: read(data, "received_via", &mut wrong).unwrap_or_default(),
            // A ticked box.
            texts_checked: data.remove("texts_checked").is_some(),
        };
        (envelope, wrong)
    }
}
