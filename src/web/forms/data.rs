//! From fields to the data of an event.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Form;
use crate::codec::schemas;

/// The data of an event as a form fills them in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draft {
    /// The data, as the API takes them.
    pub data: Map<String, Value>,
    /// The field that filled in a member, by the pointer of the member: a row of a list
    /// that was left empty moves the following ones up.
    fields: BTreeMap<String, String>,
}

impl Draft {
    /// The data that a form gives for an event of a stored type.
    pub fn of(form: &Form, stored_type: &str) -> Self {
        let shapes = Shapes::of(stored_type);
        let mut tree = Tree::default();
        for (name, value) in form.pointers() {
            tree.put(name.split('/').skip(1), name, value);
        }
        let mut draft = Self::default();
        let mut fields = BTreeMap::new();
        if let Value::Object(data) = tree.write("", shapes.root(), &shapes, &mut fields) {
            draft.data = data;
        }
        draft.fields = fields;
        draft
    }

    /// The field that a member came from; its own pointer when none did.
    pub fn field<'d>(&'d self, pointer: &'d str) -> &'d str {
        self.fields.get(pointer).map_or(pointer, String::as_str)
    }
}

/// Values by the segments of their pointers.
#[derive(Default)]
struct Tree<'f> {
    values: Vec<&'f str>,
    name: &'f str,
    members: Vec<(&'f str, Tree<'f>)>,
}

impl<'f> Tree<'f> {
    fn put(&mut self, mut path: impl Iterator<Item = &'f str>, name: &'f str, value: &'f str) {
        let Some(segment) = path.next() else {
            self.name = name;
            self.values.push(value);
            return;
        };
        let at = self.members.iter().position(|(own, _)| *own == segment);
        let at = at.unwrap_or_else(|| {
            self.members.push((segment, Self::default()));
            self.members.len() - 1
        });
        if let Some((_, member)) = self.members.get_mut(at) {
            member.put(path, name, value);
        }
    }

    fn write(
        &self,
        pointer: &str,
        schema: Option<&Value>,
        shapes: &Shapes,
        fields: &mut BTreeMap<String, String>,
    ) -> Value {
        let schema = schema.map(|schema| shapes.follow(schema));
        let kind = schema.and_then(|schema| schema.get("type")).and_then(Value::as_str);
        if !self.name.is_empty() {
            fields.insert(pointer.to_owned(), self.name.to_owned());
        }
        if !self.values.is_empty() && kind == Some("array") {
            let items = schema.and_then(|schema| schema.get("items"));
            return self.values.iter().map(|value| scalar(value, items, shapes)).collect();
        }
        if let [value, ..] = self.values.as_slice() {
            return scalar(value, schema, shapes);
        }
        if kind == Some("array") {
            let items = schema.and_then(|schema| schema.get("items"));
            let mut rows: Vec<_> = self.members.iter().collect();
            rows.sort_by_key(|(segment, _)| segment.parse::<usize>().unwrap_or(usize::MAX));
            let rows = rows.into_iter().enumerate();
            return rows
                .map(|(at, (_, row))| row.write(&format!("{pointer}/{at}"), items, shapes, fields))
                .collect();
        }
        let members = self.members.iter().map(|(segment, member)| {
            let schema = schema.and_then(|schema| shapes.member(schema, segment));
            let value = member.write(&format!("{pointer}/{segment}"), schema, shapes, fields);
            ((*segment).to_owned(), value)
        });
        Value::Object(members.collect())
    }
}

/// A value as its schema wants it; what cannot be read so stays text, and the operation
/// says what is wrong with it.
fn scalar(text: &str, schema: Option<&Value>, shapes: &Shapes) -> Value {
    let schema = schema.map(|schema| shapes.follow(schema));
    let kind = schema.and_then(|schema| schema.get("type")).and_then(Value::as_str);
    match kind {
        Some("integer") => text.trim().parse::<u64>().map_or_else(|_| text.into(), Value::from),
        Some("boolean") => match text {
            "true" | "on" | "1" => true.into(),
            "false" | "0" => false.into(),
            other => other.into(),
        },
        _ => text.trim().into(),
    }
}

/// The schemas of an event.
struct Shapes {
    root: Option<Value>,
    components: BTreeMap<String, Value>,
}

impl Shapes {
    fn of(stored_type: &str) -> Self {
        let mut components = BTreeMap::new();
        let kind = schemas::event_type(stored_type);
        let root = kind.map(|kind| schemas::clear_schema(kind, &mut components));
        Self { root, components }
    }

    fn root(&self) -> Option<&Value> {
        self.root.as_ref()
    }

    /// The schema itself, or the one it refers to.
    fn follow<'s>(&'s self, schema: &'s Value) -> &'s Value {
        let name = schema.get("$ref").and_then(Value::as_str);
        let name = name.and_then(|reference| reference.rsplit('/').next());
        name.and_then(|name| self.components.get(name)).unwrap_or(schema)
    }

    /// The schema of a member, whichever alternative has it.
    fn member<'s>(&'s self, schema: &'s Value, name: &str) -> Option<&'s Value> {
        let own = |schema: &'s Value| schema.get("properties")?.get(name);
        own(schema).or_else(|| {
            ["oneOf", "anyOf", "allOf"]
                .iter()
                .filter_map(|choice| schema.get(choice)?.as_array())
                .flatten()
                .find_map(|option| own(self.follow(option)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn draft(fields: &[(&'static str, &str)]) -> Draft {
        let form = Form::of(fields.iter().map(|(name, value)| (*name, (*value).to_owned())));
        Draft::of(&form, "issue-reported.v1")
    }

    #[test]
    fn fields_become_the_members_that_the_schema_knows() {
        let draft = draft(&[
            ("_token", "x"),
            ("/title", " Due letture "),
            ("/description", "Prima riga.\nSeconda riga."),
            ("/people_affected", "12"),
            ("/since", ""),
            ("/secondary_themes", "health"),
            ("/secondary_themes", "housing"),
            ("/norms/0/kind", "nir"),
            ("/norms/0/urn", "urn:nir:stato:legge:1990-08-07;241~art2"),
            ("/positions/0/territory/level", "province"),
        ]);
        assert_eq!(
            Value::Object(draft.data),
            json!({
                "title": "Due letture",
                "description": "Prima riga.\nSeconda riga.",
                "people_affected": 12,
                "secondary_themes": ["health", "housing"],
                "norms": [{"kind": "nir", "urn": "urn:nir:stato:legge:1990-08-07;241~art2"}],
                "positions": [{"territory": {"level": "province"}}],
            })
        );
    }

    #[test]
    fn a_row_left_empty_moves_the_next_up_and_its_faults_find_the_way_back() {
        let draft = draft(&[("/positions/0/reading", " "), ("/positions/2/reading", "Così.")]);
        assert_eq!(draft.data["positions"], json!([{"reading": "Così."}]));
        assert_eq!(draft.field("/positions/0/reading"), "/positions/2/reading");
        assert_eq!(draft.field("/title"), "/title");
    }

    #[test]
    fn what_is_no_number_stays_as_it_was_typed() {
        assert_eq!(
            draft(&[("/people_affected", "una decina")]).data["people_affected"],
            "una decina"
        );
    }
}
