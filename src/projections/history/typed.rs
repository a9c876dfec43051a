//! What people typed into a thing, text by text, for those who must point to one of them.
//!
//! Depends on: `access`, `codec`.

use uuid::Uuid;

use super::super::ViewsError;
use super::super::issues::is_for;
use super::super::moment::Moment;
use super::super::streams;
use super::super::things::Kind;
use super::{Names, audience, reader, sentence};
use crate::access::Actor;
use crate::codec::{metadata, sealed_texts};
use crate::domain::values::{Day, ERASED_IT};
use crate::event_store::StreamName;

/// A text that has not been erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedText {
    /// The event that holds it.
    pub event_id: Uuid,
    /// Where it stands in the data of the event: a JSON pointer.
    pub field: String,
    /// The date of what was recorded.
    pub occurred_on: Day,
    /// What happened, in one sentence.
    pub sentence_it: String,
    /// The words.
    pub words: String,
}

impl Moment {
    /// The texts of a thing that its reader may read, in order; `None` when there is no
    /// such thing or the reader may not see it.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views, the store or a text cannot be read.
    pub async fn typed_texts(
        &self,
        actor: &Actor,
        kind: Kind,
        id: Uuid,
    ) -> Result<Option<Vec<TypedText>>, ViewsError> {
        let scope = self.scope_of(Some(actor));
        let Some(reader) = self.read(|conn| reader(conn, &scope, kind, id))? else {
            return Ok(None);
        };
        let Ok(stream) = StreamName::new(format!("{}-{id}", kind.category())) else {
            return Ok(None);
        };
        let (store, codec) = (self.texts().store(), self.texts().codec());
        let mut typed = Vec::new();
        for stored in streams::history(store, &stream, self.cut()).await? {
            let data = codec.open_data(store, &stored).await?;
            let audience = audience(&stored.stored_type, &data);
            let heard = audience
                .is_none_or(|to| is_for(to, actor, &reader.coordinator, &reader.participants));
            let fields = if heard { sealed_texts(&stored)? } else { Vec::new() };
            if fields.is_empty() {
                continue;
            }
            let occurred_on = metadata(&stored)?.occurred_on;
            let sentence_it =
                self.read(|conn| Ok(sentence(codec, &stored, &Names::new(conn, &scope))?))?;
            for (field, _) in fields {
                let words = data.pointer(&field).and_then(|value| value.as_str());
                let Some(words) = words.filter(|words| *words != ERASED_IT) else { continue };
                typed.push(TypedText {
                    event_id: stored.id,
                    occurred_on,
                    sentence_it: sentence_it.clone(),
                    words: words.to_owned(),
                    field,
                });
            }
        }
        Ok(Some(typed))
    }
}
