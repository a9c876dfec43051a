//! Documents: kept apart from events, each encrypted under a key of its own.
//!
//! The bytes lie in the document store (a folder, or whatever `object_store` offers)
//! under the SHA-256 of the clear bytes; the key is a sealed text of the event that
//! records the upload, so that erasing it is erasing a text. Who may read a document
//! follows from what refers to it.
//!
//! Depends on: `command_handler`, `codec`, `privacy`.

use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use futures_util::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectStoreExt, PutPayload};
use uuid::Uuid;

use super::subject::Subject;
use super::{OperationError, Operations};
use crate::access::{Action, Actor, Denial, decide};
use crate::codec::{self, ActorKind, Envelope, ReceivedVia};
use crate::command_handler::Intent;
use crate::domain::answer::Answer;
use crate::domain::communication::Communication;
use crate::domain::document::{Document, DocumentEvent, DocumentState, DocumentStored};
use crate::domain::issue::Issue;
use crate::domain::registry::Role;
use crate::domain::values::{DocumentRef, MediaType, Sha256Hex, Text};
use crate::domain::{Facts, Recorded};
use crate::event_store::StreamName;
use crate::privacy::sha256_hex;

/// The largest document, in bytes.
pub const MAX_DOCUMENT: usize = 25 * 1024 * 1024;

const KEY_LEN: usize = 32;
const NONCE_LEN: usize = 24;

/// What an upload answers.
#[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
#[schema(example = json!({"sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "media_type": "application/pdf", "length": 1024}))]
pub struct StoredDocument {
    /// The SHA-256 of its bytes, by which events refer to it.
    pub sha256: Sha256Hex,
    /// Its media type.
    pub media_type: MediaType,
    /// Its length in bytes.
    #[schema(minimum = 0, maximum = 26_214_400)]
    pub length: u32,
}

impl Operations {
    /// Keeps a document.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when the caller may not, or it cannot be kept.
    pub async fn store_document(
        &self,
        actor: &Actor,
        command_id: Uuid,
        media_type: MediaType,
        bytes: &[u8],
    ) -> Result<StoredDocument, OperationError> {
        if !matches!(actor.role, Role::Municipality | Role::Staff) {
            return Err(Denial::Role.into());
        }
        let length = u32::try_from(bytes.len()).map_err(|_| OperationError::TooLarge)?;
        if bytes.len() > MAX_DOCUMENT {
            return Err(OperationError::TooLarge);
        }
        let hash = sha256_hex(bytes);
        let sha256: Sha256Hex =
            hash.parse().map_err(|why| OperationError::Internal(format!("hash: {why}")))?;
        let stored = StoredDocument { sha256: sha256.clone(), media_type, length };
        let stream = stream(&hash)?;
        let loaded = self.handler.load::<Document>(&stream).await?;
        // What was erased in the meantime, or is missing, is put there anew.
        if loaded.state.bodies.contains(&actor.body) {
            match self.document_bytes(&sha256).await {
                Ok(Some(_)) => return Ok(stored),
                Ok(None) | Err(OperationError::DocumentMissing) => {}
                Err(why) => return Err(why),
            }
        }

        let mut secret = [0; KEY_LEN + NONCE_LEN];
        self.clock.fill(&mut secret);
        let sealed = cipher(&secret)?
            .encrypt(&nonce(&secret)?, bytes)
            .map_err(|_| OperationError::Internal("a document was not encrypted".into()))?;
        // The bytes first: an event never names a document that is not there.
        self.documents
            .put(&path(&hash, &secret), PutPayload::from(sealed))
            .await
            .map_err(|why| OperationError::Unavailable(format!("document store: {why}")))?;
        let content_key = Text::new(encode(&secret))
            .map_err(|why| OperationError::Internal(format!("key: {why}")))?;
        let event = DocumentStored {
            sha256,
            media_type: stored.media_type.clone(),
            length,
            body: actor.body.clone(),
            content_key,
        };
        let intent = Intent {
            proposed: event.into(),
            envelope: Envelope {
                command_id,
                correlation_id: command_id,
                causation_id: None,
                actor: codec::Actor {
                    subject: actor.subject.clone(),
                    kind: if actor.machine { ActorKind::Machine } else { ActorKind::Person },
                    role: actor.role,
                    body_id: actor.body.clone(),
                    on_behalf_of: None,
                },
                received_via: ReceivedVia::Own,
                recorded_at: self.clock.now(),
                occurred_on: self.clock.today().into(),
            },
            body: hash.into_bytes(),
            seen: None,
            stream_id: Uuid::nil(),
            acting: actor.body.clone(),
            staff: actor.role == Role::Staff,
            facts: Facts::default(),
        };
        self.handler.handle::<Document>(&stream, intent).await?;
        Ok(stored)
    }

    /// What is kept under a hash, and by whom it was put there; `None` when nothing is.
    ///
    /// # Errors
    ///
    /// [`OperationError::Unavailable`] when the store cannot be read.
    pub async fn document(
        &self,
        hash: &Sha256Hex,
    ) -> Result<Option<DocumentState>, OperationError> {
        let loaded = self.handler.load::<Document>(&stream(hash.as_str())?).await?;
        Ok(loaded.state.stored.is_some().then(|| loaded.state.clone()))
    }

    /// Whether a thing that the actor may read refers to a document.
    ///
    /// # Errors
    ///
    /// [`OperationError::Unavailable`] when the store cannot be read.
    pub async fn refers_to(
        &self,
        actor: &Actor,
        referrer: &StreamName,
        hash: &Sha256Hex,
    ) -> Result<bool, OperationError> {
        let named = |document: &DocumentRef| document.sha256 == *hash;
        let (resource, named) = match referrer.category() {
            "issue" => {
                let loaded = self.handler.load::<Issue>(referrer).await?;
                let state = &loaded.state;
                let own = state.report.iter().flat_map(|report| &report.data.documents);
                let held = state.positions.iter().flat_map(|held| &held.data.documents);
                (Issue::readable(state), own.chain(held).any(named))
            }
            "answer" => {
                let loaded = self.handler.load::<Answer>(referrer).await?;
                let mut own = loaded.state.receipt.iter().flat_map(|one| &one.data.documents);
                (Answer::readable(&loaded.state), own.any(named))
            }
            "communication" => {
                let loaded = self.handler.load::<Communication>(referrer).await?;
                let mut own = loaded.state.documents.iter().map(|one| &one.document);
                (Communication::readable(&loaded.state), own.any(named))
            }
            _ => return Ok(false),
        };
        Ok(named && decide(Some(actor), Action::Read, &resource).is_ok())
    }

    /// The bytes of a document; `None` when its key was destroyed.
    ///
    /// # Errors
    ///
    /// [`OperationError::DocumentMissing`] when the bytes are not there, another when they are
    /// altered or cannot be read.
    pub async fn document_bytes(
        &self,
        hash: &Sha256Hex,
    ) -> Result<Option<Vec<u8>>, OperationError> {
        let stream = stream(hash.as_str())?;
        let store = self.handler.store();
        let unavailable = |why: String| OperationError::Unavailable(why);
        let events = store
            .read_stream(&stream, 0, 1_000)
            .await
            .map_err(|why| unavailable(why.to_string()))?;
        let Some(last) = events.last() else { return Ok(None) };
        let opened: Recorded<DocumentEvent> = self
            .handler
            .codec()
            .open(&**store, last)
            .await
            .map_err(|why| OperationError::Internal(why.to_string()))?;
        let DocumentEvent::Stored(data) = opened.event;
        let Some(secret) = data.content_key.clear().and_then(decode) else { return Ok(None) };
        let sealed = self
            .documents
            .get(&path(hash.as_str(), &secret))
            .await
            .map_err(|why| match why {
                object_store::Error::NotFound { .. } => OperationError::DocumentMissing,
                why => unavailable(format!("document store: {why}")),
            })?
            .bytes()
            .await
            .map_err(|why| unavailable(format!("document store: {why}")))?;
        let bytes = cipher(&secret)?
            .decrypt(&nonce(&secret)?, sealed.as_ref())
            .map_err(|_| OperationError::Internal("a document was altered".into()))?;
        Ok(Some(bytes))
    }

    /// Takes away the bytes of a document whose keys are destroyed, all uploads of it.
    pub(super) async fn remove_document(&self, hash: &str) -> Result<(), OperationError> {
        let failed = |why: object_store::Error| {
            OperationError::Unavailable(format!("document store: {why}"))
        };
        let (folder, _) = hash.split_at_checked(2).unwrap_or((hash, ""));
        let uploads: Vec<_> =
            self.documents.list(Some(&Path::from(folder))).try_collect().await.map_err(failed)?;
        let own = |path: &Path| path.filename().is_some_and(|name| name.starts_with(hash));
        for upload in uploads.into_iter().filter(|upload| own(&upload.location)) {
            match self.documents.delete(&upload.location).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(why) => return Err(failed(why)),
            }
        }
        Ok(())
    }
}

pub(super) fn stream(hash: &str) -> Result<StreamName, OperationError> {
    StreamName::new(format!("op-document-{hash}"))
        .map_err(|why| OperationError::Internal(why.to_string()))
}

/// Each upload has a place of its own: bytes are never overwritten by others that a
/// key already recorded could not open.
fn path(hash: &str, secret: &[u8]) -> Path {
    let (folder, _) = hash.split_at_checked(2).unwrap_or((hash, ""));
    let upload = sha256_hex(secret);
    let upload = upload.get(..16).unwrap_or_default();
    Path::from_iter([folder, &format!("{hash}-{upload}")])
}

fn cipher(secret: &[u8]) -> Result<XChaCha20Poly1305, OperationError> {
    let key = secret.get(..KEY_LEN).unwrap_or_default();
    XChaCha20Poly1305::new_from_slice(key)
        .map_err(|_| OperationError::Internal("a document key has another length".into()))
}

fn nonce(secret: &[u8]) -> Result<XNonce, OperationError> {
    let nonce: [u8; NONCE_LEN] = secret
        .get(KEY_LEN..)
        .and_then(|nonce| nonce.try_into().ok())
        .ok_or_else(|| OperationError::Internal("a document nonce has another length".into()))?;
    Ok(nonce.into())
}

fn encode(secret: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(secret)
}

fn decode(text: &str) -> Option<Vec<u8>> {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).ok()
}
