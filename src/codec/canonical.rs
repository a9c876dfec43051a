//! Canonical JSON (RFC 8785).
//!
//! Nearly everything we write has ASCII names in order and small integers; then plain
//! compact JSON *is* canonical. Everything else goes through a library that sorts and
//! formats by the letter of the standard, at several times the cost.
//!
//! Deliberately absent: writing anything but a finished document.
//!
//! Depends on: nothing in this crate.

use serde_json::Value;

/// Integers up to here are the same number in every reader of JSON.
const LARGEST: u64 = 1 << 53;

/// The canonical bytes of a document.
pub(super) fn to_vec(value: &Value) -> serde_json::Result<Vec<u8>> {
    if is_plain(value) {
        serde_json::to_vec(value)
    } else {
        serde_json_canonicalizer::to_vec(value)
    }
}

/// Whether compact JSON is canonical as it stands: names are ASCII, so that their order by
/// bytes is the one by UTF-16 units, and stand in it; numbers are integers.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::String(_) => true,
        Value::Number(number) => {
            number.as_u64().or(number.as_i64().map(i64::unsigned_abs)).is_some_and(|n| n < LARGEST)
        }
        Value::Array(items) => items.iter().all(is_plain),
        Value::Object(members) => {
            let mut before = None;
            members.iter().all(|(name, member)| {
                let in_order = before.replace(name).is_none_or(|before| before < name);
                in_order && name.is_ascii() && is_plain(member)
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, json};

    use super::*;

    fn documents() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            (-1e9..1e9).prop_map(|number: f64| json!(number)),
            ".{0,12}".prop_map(Value::String),
            "[\\x00-\\x7f]{0,12}".prop_map(Value::String),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            let names = prop_oneof!["[a-z_]{0,4}", ".{0,3}"];
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
                prop::collection::vec((names, inner), 0..5)
                    .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_short_way_gives_the_bytes_of_the_long_one(document in documents()) {
            let long = serde_json_canonicalizer::to_vec(&document).unwrap();
            prop_assert_eq!(to_vec(&document).unwrap(), long);
        }
    }

    #[test]
    fn what_is_not_plain_takes_the_long_way() {
        assert!(is_plain(&json!({"a": [1, -1, "è", null], "b": {"c": true}})));
        assert!(!is_plain(&json!({"è": 1})));
        assert!(!is_plain(&json!([1.5])));
        assert!(!is_plain(&json!([9_007_199_254_740_992_u64])));
        assert_eq!(
            to_vec(&json!({"b": 1.0, "a": "\u{1f}\u{7f}/"})).unwrap(),
            b"{\"a\":\"\\u001f\x7f/\",\"b\":1}"
        );
    }
}
