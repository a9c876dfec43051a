//! Clear strings: validated codes, ids and names from public registers (class 0).

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::interned::interned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::json;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, schema::Type};

/// Declares string types with a length and a rule that is also their schema.
macro_rules! codes {
    ($(#[doc = $doc:literal] $name:ident($max:literal, $pattern:literal, $rule:expr, $it:literal);)*) => {$(
        #[doc = $doc]
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The string itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                let rule: fn(&str) -> bool = $rule;
                let short = text.len() <= $max || text.chars().count() <= $max;
                if short && rule(text) { Ok(Self(interned(text))) } else { Err($it.into()) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                // The name lets `leaves` find references by type.
                serializer.serialize_newtype_struct(stringify!($name), &*self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .description(Some($doc.trim()))
                    .min_length(Some(1))
                    .max_length(Some($max))
                    .pattern(Some($pattern))
                    .extensions(Some(ExtensionsBuilder::new().add("x-class", json!(0)).build()))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    )*};
}

fn slug(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-'))
}

fn number_like(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'/' | b'_' | b'-'))
}

fn upper_digits(text: &str, from: usize, to: usize) -> bool {
    (from..=to).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// A name from a public register: anything printable that starts with a digit or a
/// letter of the Latin-1 range, as its pattern says.
fn public_name(text: &str) -> bool {
    text.starts_with(|c: char| {
        c.is_ascii_alphanumeric() || matches!(c, 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ÿ')
    }) && !text.chars().any(char::is_control)
}

fn celex(text: &str) -> bool {
    (8..=16).contains(&text.len())
        && upper_digits(text, 8, 16)
        && text.starts_with(|c: char| c.is_ascii_digit())
}

codes! {
    /// The id of a body (Comune, Unione, ASP, Provincia, coordinator), such as `c_a944`.
    BodyId(80, "^[a-z0-9][a-z0-9_-]*$", |t| slug(t), "serve il codice di un ente, per esempio c_a944");
    /// The id of an authority whose readings differ, such as `questura-bo`.
    AuthorityId(80, "^[a-z0-9][a-z0-9_-]*$", |t| slug(t), "serve il codice di un'autorità, per esempio questura-bo");
    /// The kind of an authority, such as `questura`.
    AuthorityKind(60, "^[a-z0-9][a-z0-9_-]*$", |t| slug(t), "serve il codice di un tipo di autorità, per esempio questura");
    /// The kind of a body, such as `comune`, `unione`, `asp` or `coordinator`.
    BodyKind(60, "^[a-z0-9][a-z0-9_-]*$", |t| slug(t), "serve il codice di un tipo di ente, per esempio comune");
    /// The code of a theme, such as `residence_registration`.
    ThemeCode(60, "^[a-z0-9][a-z0-9_-]*$", |t| slug(t), "serve il codice di un tema, per esempio residence_registration");
    /// The code of a working group.
    WorkingGroup(60, "^[a-z0-9][a-z0-9_-]*$", |t| slug(t), "serve il codice di un gruppo di lavoro");
    /// The form in which a reading is known, such as `practice` or `circolare`.
    FormCode(40, "^[a-z0-9][a-z0-9_-]*$", |t| slug(t), "serve il codice di una forma, per esempio nota");
    /// The kind of reception, such as `sai_ordinary` or `msna`.
    ReceptionKind(40, "^[a-z0-9][a-z0-9_-]*$", |t| slug(t), "serve il codice di un tipo di accoglienza, per esempio sai_ordinary");
    /// An opaque reference to a person or machine; names are kept elsewhere.
    PersonId(60, "^[a-z0-9][a-z0-9_-]*$", |t| slug(t), "serve il riferimento opaco a una persona");
    /// The abbreviation of an Italian province, such as `BO`.
    ProvinceCode(2, "^[A-Z]{2}$", |t| t.len() == 2 && t.bytes().all(|b| b.is_ascii_uppercase()), "serve la sigla di una provincia, per esempio BO");
    /// A place: `IT`, a two-digit region code of Istat, a province, or a municipality's cadastral code.
    TerritoryCode(4, "^[A-Z0-9]{2,4}$", |t| upper_digits(t, 2, 4), "serve il codice di un territorio, per esempio BO oppure 08");
    /// The Istat code of a municipality, six digits.
    IstatCode(6, "^[0-9]{6}$", |t| t.len() == 6 && t.bytes().all(|b| b.is_ascii_digit()), "serve un codice Istat di sei cifre");
    /// A code of the index of public administrations (IPA), such as `c_a944`.
    IpaCode(40, "^[A-Za-z0-9][A-Za-z0-9_.-]*$", |t| number_like(t) && !t.contains('/'), "serve un codice IPA, per esempio c_a944");
    /// The code of a homogeneous organisational area (AOO).
    AooCode(40, "^[A-Za-z0-9][A-Za-z0-9_.-]*$", |t| number_like(t) && !t.contains('/'), "serve il codice di un'area organizzativa omogenea");
    /// The code of a protocol register.
    RegisterCode(40, "^[A-Za-z0-9][A-Za-z0-9_.-]*$", |t| number_like(t) && !t.contains('/'), "serve il codice di un registro di protocollo");
    /// The number of an act, a protocol registration or a document, with its leading zeros.
    DocumentNumber(40, "^[A-Za-z0-9][A-Za-z0-9./_-]*$", |t| number_like(t), "serve un numero di atto o di protocollo");
    /// The edition of a manual or an FAQ, such as `2023.1`.
    Edition(40, "^[A-Za-z0-9][A-Za-z0-9./_-]*$", |t| number_like(t), "serve l'indicazione di un'edizione, per esempio 2023.1");
    /// The CELEX number of an act of the European Union, such as `32011L0095`.
    CelexCode(16, "^[0-9][A-Z0-9]{7,15}$", |t| celex(t), "serve un numero CELEX, per esempio 32011L0095");
    /// Articles and paragraphs of an act, as cited, such as `art. 5, 6, 9`.
    ArticleCite(60, "^[0-9A-Za-z][0-9A-Za-z .,()/-]*$", |t| t.starts_with(|c: char| c.is_ascii_alphanumeric()) && t.bytes().all(|b| b.is_ascii_alphanumeric() || b" .,()/-".contains(&b)), "serve l'indicazione di articoli, per esempio art. 5");
    /// A URN of an Italian act, such as `urn:nir:stato:legge:2017-04-07;47~art13-com2`, in canonical form.
    Urn(400, "^\\S(.*\\S)?$", |t| !t.trim().is_empty(), "serve una URN, per esempio urn:nir:stato:legge:2017-04-07;47");
    /// A name or title from a public register.
    PublicName(300, "^[0-9A-Za-zÀ-ÖØ-öø-ÿ][^\\u0000-\\u001f\\u007f-\\u009f]*$", |t| public_name(t), "serve una denominazione su una riga, al massimo 300 caratteri");
    /// A rule for a yearly day: `MM-DD`, `easter` or `easter+N`.
    HolidayRule(12, "^([0-1][0-9]-[0-3][0-9]|easter([+-][0-9]{1,2})?)$", |t| holiday_rule(t), "serve MM-GG, easter oppure easter+1");
    /// A media type such as `application/pdf`.
    MediaType(100, "^[a-z0-9.+-]+/[a-z0-9.+-]+$", |t| t.split_once('/').is_some_and(|(a, b)| !a.is_empty() && !b.is_empty() && [a, b].iter().all(|part| part.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || b".+-".contains(&c)))), "serve un tipo di contenuto, per esempio application/pdf");
    /// A SHA-256 hash, 64 lower-case hexadecimal digits.
    Sha256Hex(64, "^[0-9a-f]{64}$", |t| t.len() == 64 && t.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)), "serve un'impronta SHA-256 di 64 cifre esadecimali");
    /// A place in a store, 16 lower-case hexadecimal digits; it means nothing elsewhere.
    StorePosition(16, "^[0-9a-f]{16}$", |t| t.len() == 16 && t.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)), "serve una posizione di 16 cifre esadecimali");
    /// A JSON pointer (RFC 6901), such as `/positions/0/reading`.
    JsonPointer(200, "^(/[a-z0-9_]+)+$", |t| t.len() > 1 && t.starts_with('/') && t[1..].split('/').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')), "serve un puntatore JSON, per esempio /description");
    /// The name of another system, such as `protocollo` or `sgai`.
    SystemName(60, "^[a-z0-9][a-z0-9_-]*$", |t| slug(t), "serve il nome di un sistema in minuscolo, per esempio protocollo");
    /// A program and its version, such as `quesito/0.1.0`.
    SoftwareVersion(60, "^[a-z0-9-]+/[0-9A-Za-z.+-]+$", |t| t.split_once('/').is_some_and(|(name, version)| !name.is_empty() && !version.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') && version.bytes().all(|b| b.is_ascii_alphanumeric() || b".+-".contains(&b))), "serve un programma con la sua versione, per esempio quesito/0.1.0");
    /// The id of a thing in another system.
    ExternalId(120, "^[A-Za-z0-9][A-Za-z0-9./_:-]*$", |t| t.starts_with(|c: char| c.is_ascii_alphanumeric()) && t.bytes().all(|b| b.is_ascii_alphanumeric() || b"./_:-".contains(&b)), "serve un identificativo senza spazi");
}

fn holiday_rule(text: &str) -> bool {
    match text.strip_prefix("easter") {
        Some("") => true,
        Some(offset) => {
            offset.starts_with(['+', '-'])
                && (2..=3).contains(&offset.len())
                && offset.bytes().skip(1).all(|b| b.is_ascii_digit())
        }
        None => text.split_once('-').is_some_and(|(month, day)| {
            month.len() == 2
                && day.len() == 2
                && month.starts_with(['0', '1'])
                && day.starts_with(['0', '1', '2', '3'])
                && (month.to_owned() + day).bytes().all(|b| b.is_ascii_digit())
        }),
    }
}

/// Which province lies in which region, by the codes in use.
const PROVINCES: &str = include_str!("../../data/provinces.csv");

impl ProvinceCode {
    /// The two-digit Istat code of the region it lies in; `None` for an unknown one.
    pub fn region(&self) -> Option<&'static str> {
        let rows = PROVINCES.lines().filter_map(|line| line.split_once(','));
        rows.filter(|(province, _)| *province == self.as_str()).map(|(_, region)| region).next()
    }
}

impl From<uuid::Uuid> for PersonId {
    fn from(id: uuid::Uuid) -> Self {
        Self(id.to_string().into())
    }
}
