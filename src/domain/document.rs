//! A document in the document store: what is known of it, never its bytes.

use super::lists::Add;
use super::values::bounds::at_most;
use super::values::{BodyId, MediaType, Sha256Hex, Text};
use super::{Command, Decider, Recorded, Rejection};
use crate::{data, events};

data! {
    /// A document was put into the document store.
    #[schema(example = json!({"sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "media_type": "application/pdf", "length": 1024, "body": "anci_er", "content_key": "chiave"}))]
    pub struct DocumentStored {
        /// The SHA-256 of its bytes.
        pub sha256: Sha256Hex,
        /// Its media type.
        pub media_type: MediaType,
        /// Its length in bytes.
        #[serde(deserialize_with = "at_most::<26_214_400, _>")]
        #[schema(minimum = 0, maximum = 26_214_400)]
        pub length: u32,
        /// The body that put it there.
        pub body: BodyId,
        /// The key and nonce it is encrypted under, sealed like a text.
        pub content_key: Text<200>,
    }
}

events! {
    /// What can happen to a document.
    pub enum DocumentEvent {
        "document-stored.v1" => Stored(DocumentStored), "the day of the upload";
    }
}

/// The decider of documents.
#[derive(Debug, Clone, Copy)]
pub struct Document;

/// A document after its history: whoever puts the same bytes again joins the first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DocumentState {
    /// The upload.
    pub stored: Option<Box<DocumentStored>>,
    /// The bodies that put it there.
    pub bodies: Vec<BodyId>,
}

impl Decider for Document {
    type State = DocumentState;
    type Event = DocumentEvent;

    const CATEGORY: &'static str = "op";

    fn decide(
        _state: &DocumentState,
        command: Command<DocumentEvent>,
    ) -> Result<Vec<DocumentEvent>, Rejection> {
        // Putting the same bytes twice is harmless; whether the first are still there is
        // known to whoever holds their key.
        Ok(vec![command.proposed])
    }

    fn evolve(state: &mut DocumentState, fact: &Recorded<DocumentEvent>) {
        let DocumentEvent::Stored(data) = &fact.event;
        if !state.bodies.contains(&data.body) {
            state.bodies.add(data.body.clone());
        }
        // The last upload wrote the bytes that are there now.
        state.stored = Some(data.clone());
    }
}
