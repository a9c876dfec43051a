//! Bounds that the schema of a body states and serde does not check: how many items,
//! how large a number.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::{Map, Value};

use super::acts::ACTS;
use super::openapi;
use crate::operations::FieldFault;

/// What a schema bounds. Taken out of the document once: to look it up there for every
/// member of every request costs several times as much.
#[derive(Default)]
struct Bounds {
    least_items: Option<u64>,
    most_items: Option<u64>,
    least: Option<u64>,
    most: Option<u64>,
    items: Option<Box<Schema>>,
    members: BTreeMap<String, Schema>,
    /// The options of a tagged union, each by its `kind`.
    options: Vec<(Option<Value>, Bounds)>,
}

/// A schema: its own bounds, or the name of another one.
enum Schema {
    Own(Bounds),
    Named(String),
}

impl Schema {
    fn read(schema: &Value) -> Self {
        match schema.get("$ref").and_then(Value::as_str) {
            Some(other) => Self::Named(other.rsplit('/').next().unwrap_or_default().to_owned()),
            None => Self::Own(Bounds::read(schema)),
        }
    }

    fn bounds(&self) -> Option<&Bounds> {
        match self {
            Self::Own(bounds) => Some(bounds),
            Self::Named(name) => schemas().get(name)?.bounds(),
        }
    }
}

impl Bounds {
    fn read(schema: &Value) -> Self {
        let bound = |name: &str| schema.get(name).and_then(Value::as_u64);
        let members = schema.get("properties").and_then(Value::as_object);
        let options = schema.get("oneOf").and_then(Value::as_array);
        Self {
            least_items: bound("minItems"),
            most_items: bound("maxItems"),
            least: bound("minimum"),
            most: bound("maximum"),
            items: schema.get("items").map(|items| Box::new(Schema::read(items))),
            members: members
                .into_iter()
                .flatten()
                .map(|(name, member)| (name.clone(), Schema::read(member)))
                .collect(),
            options: options
                .into_iter()
                .flatten()
                .map(|option| {
                    (option.pointer("/properties/kind/enum/0").cloned(), Self::read(option))
                })
                .collect(),
        }
    }
}

/// The schemas of all bodies, and of what they refer to.
fn schemas() -> &'static BTreeMap<String, Schema> {
    static SCHEMAS: OnceLock<BTreeMap<String, Schema>> = OnceLock::new();
    SCHEMAS.get_or_init(|| {
        let mut schemas = BTreeMap::new();
        for act in ACTS {
            openapi::acts::operation(act, &mut schemas);
        }
        schemas.into_iter().map(|(name, schema)| (name, Schema::read(&schema))).collect()
    })
}

/// Checks a body against the bounds of its schema.
pub fn check(schema: &str, data: &Map<String, Value>) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    let Some(bounds) = schemas().get(schema).and_then(Schema::bounds) else { return faults };
    let mut path = String::new();
    for (name, member) in data {
        if let Some(of) = bounds.members.get(name) {
            inside(&mut path, name, |path| walk(of, member, path, &mut faults));
        }
    }
    faults
}

fn walk(schema: &Schema, value: &Value, path: &mut String, faults: &mut Vec<FieldFault>) {
    let Some(bounds) = schema.bounds() else { return };
    match value {
        Value::Array(items) => {
            let count = items.len() as u64;
            if let Some(most) = bounds.most_items.filter(|most| count > *most) {
                faults.push(fault(path, "too_many", format!("Al massimo {most} elementi.")));
            }
            if let Some(least) = bounds.least_items.filter(|least| count < *least) {
                let detail = match least {
                    1 => "Serve almeno un elemento.".to_owned(),
                    _ => format!("Servono almeno {least} elementi."),
                };
                faults.push(fault(path, "too_few", detail));
            }
            if let Some(of) = &bounds.items {
                for (index, item) in items.iter().enumerate() {
                    inside(path, &index.to_string(), |path| walk(of, item, path, faults));
                }
            }
        }
        Value::Object(members) => {
            // A tagged union: the option whose `kind` is this one.
            let kind = members.get("kind");
            let option = bounds.options.iter().find(|(of, _)| of.as_ref() == kind);
            let bounds = option.map_or(bounds, |(_, option)| option);
            for (name, member) in members {
                if let Some(of) = bounds.members.get(name) {
                    inside(path, name, |path| walk(of, member, path, faults));
                }
            }
        }
        Value::Number(number) => {
            let Some(number) = number.as_u64() else { return };
            let most = bounds.most.is_some_and(|most| number > most);
            let least = bounds.least.is_some_and(|least| number < least);
            if most || least {
                faults.push(fault(path, "out_of_range", "Numero fuori dai limiti.".into()));
            }
        }
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

fn inside(path: &mut String, segment: &str, check: impl FnOnce(&mut String)) {
    let length = path.len();
    path.push('/');
    path.push_str(segment);
    check(path);
    path.truncate(length);
}

fn fault(path: &str, kind: &'static str, detail: String) -> FieldFault {
    FieldFault { pointer: path.to_owned(), kind, detail, hint: None }
}
