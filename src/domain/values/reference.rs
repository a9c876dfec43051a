//! References to things in other streams and to documents.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::bounds::{at_most, maybe_at_most};
use super::{AuthorityId, BodyId, Count, ExternalId, MediaType, Sha256Hex, SystemName, Text};

/// The kinds of thing a [`Ref`] may point to.
///
/// Views tolerate kinds they do not know, so that working groups, meetings or
/// newsletters can become origins and bases without touching stored events.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum RefKind {
    /// A *segnalazione*.
    Issue,
    /// A *quesito collettivo*.
    Question,
    /// A *riscontro*.
    Answer,
    /// A *soluzione*.
    Solution,
    /// An official letter.
    Communication,
    /// A norm of the catalogue.
    Norm,
    /// A body.
    Body,
    /// An authority.
    Authority,
    /// Something this version does not know.
    #[serde(other)]
    Unknown,
}

impl RefKind {
    /// The category of the streams of this kind.
    pub fn category(self) -> &'static str {
        match self {
            Self::Issue => "issue",
            Self::Question => "question",
            Self::Answer => "answer",
            Self::Solution => "solution",
            Self::Communication => "communication",
            Self::Norm => "norm",
            Self::Body => "body",
            Self::Authority => "authority",
            Self::Unknown => "unknown",
        }
    }
}

/// A reference to a thing in another stream, with the revision the decision rested on.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "solution", "id": "4d5e0c06-9ff4-5a3b-8e3a-6a8d0f4a2b11"}))]
pub struct Ref {
    /// What kind of thing.
    pub kind: RefKind,
    /// Its id: a UUID, or the code of a body or an authority.
    pub id: ExternalId,
    /// The last revision of its stream when this was decided; filled in by the server.
    #[serde(default, deserialize_with = "maybe_at_most::<1_000_000, _>")]
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub revision: Option<u32>,
}

impl Ref {
    fn of(kind: RefKind, id: &str) -> Option<Self> {
        id.parse().ok().map(|id| Self { kind, id, revision: None })
    }

    /// A reference by UUID.
    pub fn to(kind: RefKind, id: Uuid) -> Self {
        // A UUID in text always is an `ExternalId`.
        Self::of(kind, &id.to_string()).unwrap_or_else(|| unreachable!("a UUID is an id"))
    }

    /// A reference to a body.
    pub fn body(id: &BodyId) -> Option<Self> {
        Self::of(RefKind::Body, id.as_str())
    }

    /// A reference to an authority.
    pub fn authority(id: &AuthorityId) -> Option<Self> {
        Self::of(RefKind::Authority, id.as_str())
    }

    /// The id as a UUID, for the kinds that have one.
    pub fn uuid(&self) -> Option<Uuid> {
        self.id.as_str().parse().ok()
    }

    /// The name of the stream it points to.
    pub fn stream(&self) -> String {
        format!("{}-{}", self.kind.category(), self.id)
    }
}

/// A document in the document store.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentRef {
    /// The SHA-256 of its bytes, which is also its id.
    pub sha256: Sha256Hex,
    /// Its media type.
    pub media_type: MediaType,
    /// Its length in bytes.
    #[serde(deserialize_with = "at_most::<26_214_400, _>")]
    #[schema(minimum = 0, maximum = 26_214_400)]
    pub length: u32,
    /// The name of the file.
    pub name: Text<200>,
    /// What it is: the text, the produced letter, the signed one, an attachment, what was received.
    pub role: Option<DocumentRole>,
    /// How many pages it has, when known.
    pub pages: Option<Count>,
}

/// What a document is to the thing that refers to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DocumentRole {
    /// Produced by the system or an office, not signed.
    Produced,
    /// The signed document.
    Signed,
    /// An attachment.
    Attachment,
    /// A document that was received.
    Received,
}

/// The same thing in another system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExternalRef {
    /// The other system.
    pub system: SystemName,
    /// The id there.
    pub id: ExternalId,
}
