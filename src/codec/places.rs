//! Where the sealed texts of a document stand. Depends on: `domain`.

use serde_json::Value;

use crate::domain::from_json;
use crate::domain::values::SealedText;

/// The sealed texts in a document, with their pointers.
pub(super) fn sealed_places(
    value: &Value,
    path: &mut String,
    found: &mut Vec<(String, SealedText)>,
) {
    match value {
        Value::Object(members) if members.contains_key("commitment") => {
            if let Ok(sealed) = from_json(value) {
                found.push((path.clone(), sealed));
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let length = path.len();
                path.push('/');
                path.push_str(name);
                sealed_places(member, path, found);
                path.truncate(length);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let length = path.len();
                path.push('/');
                path.push_str(&index.to_string());
                sealed_places(item, path, found);
                path.truncate(length);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
