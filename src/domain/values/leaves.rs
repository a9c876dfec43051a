//! Finds the typed values inside any serializable value, with their places.
//!
//! An event says by type where it cites a body, a theme or a norm and where a
//! person typed words. Walking it once with a serializer that listens for those
//! types gives operations the references to check, the codec the texts to seal,
//! and problem documents the JSON pointer of the field, without a list kept by
//! hand beside every event.

use serde::Serialize;
use serde::ser::{
    self, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};

/// A typed value and the place where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// JSON pointer (RFC 6901) of the value.
    pub pointer: String,
    /// The Rust type, such as `BodyId` or `Text`.
    pub kind: &'static str,
    /// The string itself; empty for a text that is not open.
    pub value: String,
}

/// All typed strings inside a value, in document order.
pub fn leaves(value: &impl Serialize) -> Vec<Leaf> {
    let mut walk = Walk { path: String::new(), kind: None, found: Vec::new() };
    // The walk itself cannot fail; a map with non-string keys is not an event.
    let _ = value.serialize(&mut walk);
    walk.found
}

struct Walk {
    path: String,
    kind: Option<&'static str>,
    found: Vec<Leaf>,
}

#[derive(Debug, thiserror::Error)]
#[error("not walkable")]
struct NotWalkable;

impl ser::Error for NotWalkable {
    fn custom<T: std::fmt::Display>(_: T) -> Self {
        Self
    }
}

type Walked = Result<(), NotWalkable>;

impl Walk {
    fn at(&mut self, segment: &str, value: &(impl Serialize + ?Sized)) -> Walked {
        let length = self.path.len();
        self.path.push('/');
        if segment.contains(['~', '/']) {
            self.path.push_str(&segment.replace('~', "~0").replace('/', "~1"));
        } else {
            self.path.push_str(segment);
        }
        let walked = value.serialize(&mut *self);
        self.path.truncate(length);
        walked
    }
}

macro_rules! silent {
    ($($method:ident: $type:ty,)*) => {$(
        fn $method(self, _: $type) -> Walked {
            Ok(())
        }
    )*};
}

impl<'a> ser::Serializer for &'a mut Walk {
    type Ok = ();
    type Error = NotWalkable;
    type SerializeSeq = Items<'a>;
    type SerializeTuple = Items<'a>;
    type SerializeTupleStruct = Items<'a>;
    type SerializeTupleVariant = Items<'a>;
    type SerializeMap = Members<'a>;
    type SerializeStruct = Members<'a>;
    type SerializeStructVariant = Members<'a>;

    silent! {
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32,
        serialize_i64: i64, serialize_u8: u8, serialize_u16: u16, serialize_u32: u32,
        serialize_u64: u64, serialize_f32: f32, serialize_f64: f64, serialize_char: char,
        serialize_bytes: &[u8],
    }

    fn serialize_str(self, value: &str) -> Walked {
        if let Some(kind) = self.kind.take() {
            self.found.push(Leaf { pointer: self.path.clone(), kind, value: value.to_owned() });
        }
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Walked {
        self.kind = Some(name);
        value.serialize(&mut *self)?;
        // A sealed text is a structure: it is found, but its words are not at hand.
        if self.kind.take().is_some() && name == "Text" {
            self.found.push(Leaf { pointer: self.path.clone(), kind: name, value: String::new() });
        }
        Ok(())
    }

    fn serialize_none(self) -> Walked {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Walked {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Walked {
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Walked {
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Walked {
        Ok(())
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Walked {
        self.at(variant, value)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items<'a>, NotWalkable> {
        Ok(Items { walk: self, next: 0 })
    }

    fn serialize_tuple(self, _: usize) -> Result<Items<'a>, NotWalkable> {
        Ok(Items { walk: self, next: 0 })
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Items<'a>, NotWalkable> {
        Ok(Items { walk: self, next: 0 })
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Items<'a>, NotWalkable> {
        Ok(Items { walk: self, next: 0 })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Members<'a>, NotWalkable> {
        Ok(Members { walk: self })
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Members<'a>, NotWalkable> {
        Ok(Members { walk: self })
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Members<'a>, NotWalkable> {
        Ok(Members { walk: self })
    }
}

struct Items<'a> {
    walk: &'a mut Walk,
    next: usize,
}

impl Items<'_> {
    fn item(&mut self, value: &(impl Serialize + ?Sized)) -> Walked {
        let index = self.next;
        self.next += 1;
        self.walk.at(&index.to_string(), value)
    }
}

struct Members<'a> {
    walk: &'a mut Walk,
}

macro_rules! items {
    ($($trait:ident::$method:ident),*) => {$(
        impl $trait for Items<'_> {
            type Ok = ();
            type Error = NotWalkable;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Walked {
                self.item(value)
            }

            fn end(self) -> Walked {
                Ok(())
            }
        }
    )*};
}

items!(
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field,
    SerializeTupleVariant::serialize_field
);

macro_rules! members {
    ($($trait:ident),*) => {$(
        impl $trait for Members<'_> {
            type Ok = ();
            type Error = NotWalkable;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Walked {
                // A sealed text inside a `Text` keeps the name for `serialize_newtype_struct`.
                if self.walk.kind.is_some() { Ok(()) } else { self.walk.at(key, value) }
            }

            fn end(self) -> Walked {
                Ok(())
            }
        }
    )*};
}

members!(SerializeStruct, SerializeStructVariant);

impl SerializeMap for Members<'_> {
    type Ok = ();
    type Error = NotWalkable;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, _: &T) -> Walked {
        Err(NotWalkable)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, _: &T) -> Walked {
        Err(NotWalkable)
    }

    fn end(self) -> Walked {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{BodyId, Text};
    use super::*;

    #[derive(Serialize)]
    struct Case {
        body: BodyId,
        members: Vec<BodyId>,
        title: Text<50>,
        note: Option<Text<50>>,
    }

    #[test]
    fn typed_values_are_found_with_their_pointers() {
        let case = Case {
            body: "c_a944".parse().unwrap(),
            members: vec!["c_b034".parse().unwrap()],
            title: Text::new("Titolo").unwrap(),
            note: None,
        };
        let found: Vec<_> =
            leaves(&case).into_iter().map(|leaf| (leaf.pointer, leaf.kind, leaf.value)).collect();
        assert_eq!(
            found,
            [
                ("/body".into(), "BodyId", "c_a944".into()),
                ("/members/0".into(), "BodyId", "c_b034".into()),
                ("/title".into(), "Text", "Titolo".into()),
            ]
        );
    }
}
