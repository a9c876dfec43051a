//! Where a page of a list ends, as clients carry it: opaque, and stable while other
//! things are recorded.
//!
//! Depends on: nothing in this crate.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rusqlite::types::Value;

use super::ViewsError;

/// The last row of a page: the value it is sorted by, and its number.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cursor {
    /// What it was sorted by.
    pub(super) key: Value,
    /// Its number.
    pub(super) no: i64,
}

impl Cursor {
    /// The cursor of a list called `list` (its sort included: another has other keys).
    pub(super) fn write(&self, list: &str) -> String {
        let key = match &self.key {
            Value::Integer(number) => format!("i{number}"),
            Value::Text(text) => format!("t{text}"),
            // Lists are sorted by numbers and days.
            Value::Null | Value::Real(_) | Value::Blob(_) => "i0".into(),
        };
        URL_SAFE_NO_PAD.encode(format!("{list}\n{}\n{key}", self.no))
    }

    /// Reads a cursor that this list has given out.
    pub(super) fn read(text: &str, list: &str) -> Result<Self, ViewsError> {
        let parse = || {
            let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
            let mut parts = plain.splitn(3, '\n');
            if parts.next()? != list {
                return None;
            }
            let no = parts.next()?.parse().ok()?;
            let key = parts.next()?;
            let key = match key.split_at_checked(1)? {
                ("i", number) => Value::Integer(number.parse().ok()?),
                ("t", text) => Value::Text(text.to_owned()),
                _ => return None,
            };
            Some(Self { key, no })
        };
        parse().ok_or(ViewsError::Cursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_by_the_list_that_gave_it_out() {
        let cursor = Cursor { key: Value::Text("2026-01-01".into()), no: 7 };
        let text = cursor.write("issues/reported");
        assert_eq!(Cursor::read(&text, "issues/reported").unwrap(), cursor);
        assert!(matches!(Cursor::read(&text, "issues/updated"), Err(ViewsError::Cursor)));
        assert!(matches!(Cursor::read("x", "issues/updated"), Err(ViewsError::Cursor)));
    }
}
