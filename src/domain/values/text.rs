//! Free text typed by a person.

use serde::de::{self, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::json;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, schema::Type};

/// What stands where a text was erased (art. 17 of Regulation (EU) 2016/679).
pub const ERASED_IT: &str = "[testo cancellato, art. 17 GDPR]";

/// A text as it is stored: encrypted under a key of its own.
///
/// `privacy` makes and opens it; here it is only a shape.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedText {
    /// The algorithm, `XC20P` (XChaCha20-Poly1305).
    pub alg: String,
    /// Salt and text, encrypted; base64url.
    pub ct: String,
    /// Binds the ciphertext to one key; base64url.
    pub commitment: String,
    /// Names the ring of wrapped keys and the slot in it.
    pub key_id: String,
    /// The nonce; base64url.
    pub nonce: String,
}

/// Free text of at most `MAX` characters (Unicode scalar values).
///
/// Text is kept as typed, whatever its normalisation form; only emptiness and
/// length are judged. In an event it is sealed; a fold that does not need the
/// words leaves it so.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Text<const MAX: usize> {
    /// The words themselves.
    Clear(String),
    /// As stored, not opened.
    Sealed(Box<SealedText>),
    /// Left out by a fold that needs to know that there is a text, not which: states are
    /// many, and a sealed text is most of one. Never stored.
    LeftOut,
    /// The key was destroyed: nobody can read it any more.
    Erased,
}

impl<const MAX: usize> Text<MAX> {
    /// Wraps words, if there are any and not too many.
    ///
    /// # Errors
    ///
    /// An Italian sentence when the text is blank or longer than `MAX`.
    pub fn new(words: impl Into<String>) -> Result<Self, String> {
        let words = words.into();
        if words.chars().all(|c| c.is_whitespace() || c.is_control()) {
            return Err("il testo è vuoto".into());
        }
        if words.len() > MAX && words.chars().count() > MAX {
            return Err(format!("il testo supera {MAX} caratteri"));
        }
        Ok(Self::Clear(words))
    }

    /// The words, when they are at hand.
    pub fn clear(&self) -> Option<&str> {
        match self {
            Self::Clear(words) => Some(words),
            Self::Sealed(_) | Self::LeftOut | Self::Erased => None,
        }
    }
}

impl<const MAX: usize> Serialize for Text<MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // The name lets `leaves` and the codec find texts by type.
        match self {
            Self::Clear(words) => serializer.serialize_newtype_struct("Text", words),
            Self::Sealed(sealed) => serializer.serialize_newtype_struct("Text", sealed),
            Self::LeftOut => serializer.serialize_newtype_struct("Text", &()),
            Self::Erased => serializer.serialize_newtype_struct("Text", ERASED_IT),
        }
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Text<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Words<const MAX: usize>;

        impl<'de, const MAX: usize> Visitor<'de> for Words<MAX> {
            type Value = Text<MAX>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("una stringa")
            }

            fn visit_str<E: de::Error>(self, words: &str) -> Result<Self::Value, E> {
                Text::new(words).map_err(E::custom)
            }

            fn visit_string<E: de::Error>(self, words: String) -> Result<Self::Value, E> {
                Text::new(words).map_err(E::custom)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let sealed = SealedText::deserialize(MapAccessDeserializer::new(map))?;
                let left_out = sealed.alg.is_empty();
                Ok(if left_out { Text::LeftOut } else { Text::Sealed(Box::new(sealed)) })
            }
        }

        deserializer.deserialize_any(Words)
    }
}

impl<const MAX: usize> utoipa::PartialSchema for Text<MAX> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(format!("Free text, at most {MAX} characters.")))
            .min_length(Some(1))
            .max_length(Some(MAX))
            .pattern(Some(r"[^\s\u0000-\u001f\u007f-\u009f]"))
            .extensions(Some(ExtensionsBuilder::new().add("x-class", json!(2)).build()))
            .into()
    }
}

impl<const MAX: usize> utoipa::ToSchema for Text<MAX> {
    fn name() -> std::borrow::Cow<'static, str> {
        format!("Text{MAX}").into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_text_is_refused() {
        assert_eq!(Text::<10>::new(" \n\t\u{1c}"), Err("il testo è vuoto".into()));
    }

    #[test]
    fn length_counts_characters_not_bytes() {
        assert!(Text::<5>::new("città").is_ok());
        assert!(Text::<4>::new("città").is_err());
    }

    #[test]
    fn words_are_kept_as_typed() {
        let decomposed = "citta\u{300} \u{202b}\u{5d0}\u{202c}\u{200b}";
        let text: Text<50> = serde_json::from_value(decomposed.into()).unwrap();
        assert_eq!(text.clear(), Some(decomposed));
    }
}
