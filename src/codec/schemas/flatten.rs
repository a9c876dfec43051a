//! Flattened types as one object.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Puts the members of flattened types into one object, since two closed objects
/// cannot both hold.
pub fn flatten(components: &mut BTreeMap<String, Value>) {
    let known = components.clone();
    for schema in components.values_mut() {
        let Some(Value::Array(parts)) = schema.get("allOf") else { continue };
        let mut properties = Map::new();
        let mut required = Vec::new();
        for part in parts {
            let target = part.get("$ref").and_then(Value::as_str).unwrap_or_default();
            let part = known.get(target.rsplit('/').next().unwrap_or_default()).unwrap_or(part);
            if let Some(Value::Object(more)) = part.get("properties") {
                properties.extend(more.clone());
            }
            if let Some(Value::Array(more)) = part.get("required") {
                required.extend(more.clone());
            }
        }
        if let Value::Object(members) = schema {
            members.remove("allOf");
            members.insert("type".into(), "object".into());
            members.insert("properties".into(), Value::Object(properties));
            members.insert("required".into(), Value::Array(required));
            members.insert("additionalProperties".into(), false.into());
        }
    }
}
