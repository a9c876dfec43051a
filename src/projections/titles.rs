//! Texts that a row shows: where they stand, and their words once they are opened.
//!
//! A query knows no words. It answers rows with closed titles; [`open`] opens those of
//! the rows that are shown, and no others.
//!
//! Depends on: `texts`.

use std::borrow::Cow;
use std::sync::Arc;

use rusqlite::Row;
use serde::{Serialize, Serializer};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, schema::Type};
use uuid::Uuid;

use super::ViewsError;
use super::texts::{TextPlace, Texts};
use super::things::Kind;

/// The most characters of a text that stands in a list.
const LONGEST: usize = 300;

/// A text of a row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Title {
    place: Option<TextPlace>,
    words: Option<Arc<str>>,
}

impl Title {
    /// A text that is not opened yet.
    pub fn at(place: TextPlace) -> Self {
        Self { place: Some(place), words: None }
    }

    /// The text of a row: its event is in the column `revision_column`.
    pub(super) fn of(
        row: &Row<'_>,
        kind: Kind,
        id: Uuid,
        revision_column: &str,
    ) -> rusqlite::Result<Self> {
        let pointer = match kind {
            Kind::Issue => "/title",
            Kind::Question | Kind::Communication => "/subject",
            Kind::Answer => "/text",
            Kind::Solution => "/problem",
        };
        let revision: Option<u32> = row.get(revision_column)?;
        Ok(Self {
            place: revision.map(|revision| TextPlace { kind, id, revision, pointer }),
            words: None,
        })
    }

    /// The words; empty until they are opened.
    pub fn words(&self) -> &str {
        self.words.as_deref().unwrap_or_default()
    }

    /// Whether there is nothing to show.
    pub fn is_closed(&self) -> bool {
        self.words.is_none()
    }
}

impl Serialize for Title {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.words())
    }
}

impl utoipa::PartialSchema for Title {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A text, or its first 300 characters."))
            .max_length(Some(LONGEST + 1))
            .into()
    }
}

impl utoipa::ToSchema for Title {
    fn name() -> Cow<'static, str> {
        "Title".into()
    }
}

/// A row with texts.
pub trait Titled {
    /// Its texts.
    fn titles(&mut self) -> Vec<&mut Title>;
}

/// Opens the texts of rows, shortened to what a list shows.
///
/// # Errors
///
/// [`ViewsError`] when the store cannot be read or a living text does not open.
pub async fn open<R: Titled>(texts: &Texts, rows: &mut [R]) -> Result<(), ViewsError> {
    for title in rows.iter_mut().flat_map(Titled::titles) {
        if let (Some(place), None) = (title.place, &title.words) {
            title.words = Some(shortened(texts.open(place).await?));
        }
    }
    Ok(())
}

fn shortened(text: Arc<str>) -> Arc<str> {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()).into(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_shows_the_beginning_of_a_long_text() {
        assert_eq!(&*shortened("città".into()), "città");
        let long = shortened("è".repeat(400).into());
        assert_eq!((long.chars().count(), long.chars().last()), (LONGEST + 1, Some('…')));
    }
}
