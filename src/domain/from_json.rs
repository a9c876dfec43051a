//! Reading a type out of a JSON value, with the place of the first fault.
//!
//! Commands, sealed events and schemas all read their types here: what serde derives is
//! made once for a value, and once for bytes. The place costs nothing until there is a
//! fault: the steps to it are noted on the way back. `serde_path_to_error` notes them on the
//! way there, around another reader: the code of every type a second and a third time. It
//! still reads the parameters of addresses, which are few.

use std::fmt;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Value};

/// Reads a type from a value.
///
/// # Errors
///
/// A [`Fault`] at the first member that does not fit.
pub fn from_json<'de, T: Deserialize<'de>>(value: &'de Value) -> Result<T, Fault> {
    T::deserialize(Json(value))
}

/// What does not fit, and where.
#[derive(Debug)]
pub struct Fault(Box<Inner>);

#[derive(Debug)]
struct Inner {
    why: String,
    /// Names and indexes to the fault, the last first.
    steps: Vec<String>,
    of_name: bool,
}

impl Fault {
    /// Why it does not fit: serde's words, or those of the type that refused.
    pub fn why(&self) -> &str {
        &self.0.why
    }

    /// Whether it is the name of a member that does not fit, and not what it holds.
    pub fn is_of_name(&self) -> bool {
        self.0.of_name
    }

    /// Where it stands, as an RFC 6901 pointer. What is missing has no place: the pointer
    /// is that of the object.
    pub fn pointer(&self) -> String {
        let mut pointer = String::new();
        for step in self.0.steps.iter().rev() {
            pointer.push('/');
            pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
        }
        pointer
    }

    fn under(mut self, step: String) -> Self {
        self.0.steps.push(step);
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.why)
    }
}

impl std::error::Error for Fault {}

impl Error for Fault {
    fn custom<T: fmt::Display>(why: T) -> Self {
        Self(Box::new(Inner { why: why.to_string(), steps: Vec::new(), of_name: false }))
    }
}

/// A value as serde reads it.
struct Json<'de>(&'de Value);

impl<'de> Json<'de> {
    fn unexpected(&self) -> Unexpected<'de> {
        match self.0 {
            Value::Null => Unexpected::Unit,
            Value::Bool(value) => Unexpected::Bool(*value),
            Value::Number(_) => Unexpected::Other("number"),
            Value::String(text) => Unexpected::Str(text),
            Value::Array(_) => Unexpected::Seq,
            Value::Object(_) => Unexpected::Map,
        }
    }
}

impl<'de> Deserializer<'de> for Json<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(number) => {
                if let Some(number) = number.as_u64() {
                    visitor.visit_u64(number)
                } else if let Some(number) = number.as_i64() {
                    visitor.visit_i64(number)
                } else {
                    visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN))
                }
            }
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(items) => {
                let mut rest = Items { rest: items.iter(), next: 0 };
                let read = visitor.visit_seq(&mut rest)?;
                match rest.rest.len() {
                    0 => Ok(read),
                    _ => Err(Error::invalid_length(items.len(), &"fewer elements in array")),
                }
            }
            Value::Object(members) => visitor.visit_map(Members::of(members)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.0 {
            Value::String(variant) => visitor.visit_enum(Variant { variant, content: None }),
            Value::Object(members) if members.len() == 1 => {
                let (variant, content) = members.iter().next().ok_or_else(|| no_variant(&self))?;
                visitor.visit_enum(Variant { variant, content: Some(content) })
            }
            _ => Err(no_variant(&self)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct seq tuple tuple_struct map struct identifier
    }
}

/// No variant can be told from this value.
fn no_variant(value: &Json<'_>) -> Fault {
    Error::invalid_type(value.unexpected(), &"string or map")
}

struct Items<'de> {
    rest: std::slice::Iter<'de, Value>,
    next: usize,
}

impl<'de> SeqAccess<'de> for &mut Items<'de> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let Some(item) = self.rest.next() else { return Ok(None) };
        let index = self.next;
        self.next += 1;
        seed.deserialize(Json(item)).map(Some).map_err(|fault| fault.under(index.to_string()))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

struct Members<'de> {
    rest: serde_json::map::Iter<'de>,
    current: Option<(&'de String, &'de Value)>,
}

impl<'de> Members<'de> {
    fn of(members: &'de Map<String, Value>) -> Self {
        Self { rest: members.iter(), current: None }
    }
}

impl<'de> MapAccess<'de> for Members<'de> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        self.current = self.rest.next();
        let Some((name, _)) = self.current else { return Ok(None) };
        let name = name.as_str();
        seed.deserialize(BorrowedStrDeserializer::new(name)).map(Some).map_err(
            |mut fault: Fault| {
                fault.0.of_name = true;
                fault.under(name.to_owned())
            },
        )
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Fault> {
        let (name, value) =
            self.current.take().ok_or_else(|| Fault::custom("a value is asked for twice"))?;
        seed.deserialize(Json(value)).map_err(|fault| fault.under(name.to_owned()))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

struct Variant<'de> {
    variant: &'de str,
    content: Option<&'de Value>,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Fault;
    type Variant = Content<'de>;

    fn variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<(T::Value, Content<'de>), Fault> {
        let named = seed.deserialize(BorrowedStrDeserializer::<Fault>::new(self.variant))?;
        Ok((named, Content(self)))
    }
}

/// What a variant holds.
struct Content<'de>(Variant<'de>);

impl<'de> Content<'de> {
    fn value(&self, wanted: &'static str) -> Result<Json<'de>, Fault> {
        let content = self.0.content.map(Json);
        content.ok_or_else(|| Error::invalid_type(Unexpected::UnitVariant, &wanted))
    }

    fn within(self, fault: Fault) -> Fault {
        fault.under(self.0.variant.to_owned())
    }
}

impl<'de> VariantAccess<'de> for Content<'de> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        match self.0.content {
            None => Ok(()),
            Some(content) => <()>::deserialize(Json(content)).map_err(|fault| self.within(fault)),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        let content = self.value("newtype variant")?;
        seed.deserialize(content).map_err(|fault| self.within(fault))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        let content = self.value("tuple variant")?;
        content.deserialize_any(visitor).map_err(|fault| self.within(fault))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let content = self.value("struct variant")?;
        content.deserialize_any(visitor).map_err(|fault| self.within(fault))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        name: String,
        number: Option<u16>,
        pair: Option<(i64, f64)>,
        #[serde(default)]
        inside: Vec<Sample>,
        kind: Option<Kind>,
        #[serde(default)]
        others: BTreeMap<String, bool>,
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Plain,
        Held(u8),
        Both(u8, u8),
        Named { a: u8 },
    }

    fn fault(value: &Value) -> (String, String) {
        let fault = from_json::<Sample>(value).unwrap_err();
        (fault.pointer(), fault.why().to_owned())
    }

    #[test]
    fn a_fault_has_the_place_where_it_stands() {
        let inside = |value: Value| json!({"name": "a", "inside": [{"name": "b"}, value]});
        assert_eq!(fault(&inside(json!({"name": 1}))).0, "/inside/1/name");
        assert_eq!(fault(&inside(json!("b"))).0, "/inside/1");
        assert_eq!(fault(&inside(json!({"name": "c", "a/b~": 1}))).0, "/inside/1/a~1b~0");
        assert_eq!(fault(&json!({"name": "a", "pair": [1, "b"]})).0, "/pair/1");
        assert_eq!(fault(&json!({"name": "a", "kind": {"held": 256}})).0, "/kind/held");
        assert_eq!(fault(&json!({"name": "a", "kind": {"named": {"a": null}}})).0, "/kind/named/a");
        assert_eq!(fault(&json!({"name": "a", "others": {"x": 0}})).0, "/others/x");
    }

    #[test]
    fn a_fault_says_what_serde_says() {
        assert_eq!(fault(&json!({})), (String::new(), "missing field `name`".into()));
        assert_eq!(
            fault(&json!({"name": "a", "number": 70_000})).1,
            "invalid value: integer `70000`, expected u16"
        );
        assert_eq!(
            fault(&json!({"name": "a", "pair": [1, 2, 3]})).1,
            "invalid length 3, expected fewer elements in array"
        );
        assert!(fault(&json!({"name": "a", "kind": "new"})).1.starts_with("unknown variant `new`"));
        assert!(fault(&json!({"name": "a", "kind": "held"})).1.starts_with("invalid type"));
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            (0_u8..4).prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "plain|held|[a-c/~]{0,2}".prop_map(Value::from),
        ];
        let names = "name|number|pair|inside|kind|others|plain|held|both|named|a";
        leaf.prop_recursive(4, 40, 5, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(names, inner, 0..5)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_read_is_what_serde_json_reads(value in any_value()) {
            prop_assert_eq!(&from_json::<Value>(&value).unwrap(), &value);
            let kinds = (from_json::<Kind>(&value).ok(), Kind::deserialize(&value).ok());
            prop_assert_eq!(kinds.0, kinds.1);
            let samples = (from_json::<Sample>(&value).ok(), Sample::deserialize(&value).ok());
            prop_assert_eq!(samples.0, samples.1);
        }

        #[test]
        fn a_member_of_a_sample_is_read_alike(mut value in any_value(), name in "[ab]?") {
            if let Value::Object(members) = &mut value {
                members.insert("name".into(), name.into());
                members.retain(|name, _| !["plain", "held", "both", "named"].contains(&&**name));
                members.remove("a");
            }
            let (ours, theirs) = (from_json::<Sample>(&value), Sample::deserialize(&value));
            match (ours, theirs) {
                (Ok(ours), Ok(theirs)) => prop_assert_eq!(ours, theirs),
                (Err(_), Err(_)) => {}
                (ours, theirs) => prop_assert!(false, "{:?} {:?}", ours, theirs),
            }
        }
    }
}
