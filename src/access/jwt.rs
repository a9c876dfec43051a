//! JSON Web Tokens, read as strictly as RFC 8725 asks.
//!
//! A token is refused unless everything about it is as the settings of its provider
//! say: the algorithm (pinned, never taken from the token alone), the kind of token,
//! the key, the issuer, the audience, the times. What names keys inside the token
//! (`jku`, `jwk`, `x5u`, `x5c`) or asks for more than is understood (`crit`) refuses
//! it. Members may not repeat, at any depth.
//!
//! Deliberately absent: encryption, symmetric algorithms, `none`, and any network.
//! Signatures are checked by `ring`, which TLS brings along.
//!
//! Depends on: nothing in this crate.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// The longest token that is looked at, in bytes.
pub const LONGEST: usize = 8 * 1024;

/// How far clocks may differ, in seconds.
pub const SKEW: i64 = 60;

/// The longest span from issue to expiry, in seconds: one day.
const LONGEST_LIFE: i64 = 24 * 60 * 60;

/// The most keys of a provider.
const MOST_KEYS: usize = 100;

/// An algorithm by which a provider signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
pub enum Algorithm {
    /// RSA with PKCS #1 v1.5 padding and SHA-256.
    RS256,
    /// RSA with PSS padding and SHA-256.
    PS256,
    /// ECDSA on P-256 with SHA-256.
    ES256,
    /// Ed25519.
    EdDSA,
}

impl Algorithm {
    fn named(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::RS256),
            "PS256" => Some(Self::PS256),
            "ES256" => Some(Self::ES256),
            "EdDSA" => Some(Self::EdDSA),
            _ => None,
        }
    }
}

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Flaw {
    /// Not three parts of base64url with JSON objects in the first two, or too long.
    #[error("not a signed token")]
    Shape,
    /// A member repeats.
    #[error("a member repeats")]
    Repeated,
    /// The header names keys of its own, or asks for what is not understood.
    #[error("the header asks for what is not understood")]
    Header,
    /// Another kind of token.
    #[error("another kind of token")]
    Type,
    /// An algorithm that the settings do not name.
    #[error("an algorithm that is not allowed")]
    Algorithm,
    /// No key of the provider has this id and this algorithm.
    #[error("no such key")]
    UnknownKey,
    /// The signature is not of this key.
    #[error("a wrong signature")]
    Signature,
    /// Another issuer.
    #[error("another issuer")]
    Issuer,
    /// Another audience.
    #[error("another audience")]
    Audience,
    /// Expired, not valid yet, without a proper expiry, or valid for too long.
    #[error("not valid at this time")]
    Time,
    /// Nobody is named.
    #[error("no subject")]
    Subject,
    /// Not the answer to what this browser asked.
    #[error("not for this sign-in")]
    Nonce,
}

/// What a token must be.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// Who must have issued it, letter by letter.
    pub issuer: &'a str,
    /// For whom it must be.
    pub audience: &'a str,
    /// The algorithms allowed.
    pub algorithms: &'a [Algorithm],
    /// The kinds allowed, in lower case; `""` allows a token without one.
    pub types: &'a [&'a str],
    /// The nonce of the sign-in, for an identity token.
    pub nonce: Option<&'a str>,
    /// The present, in seconds since 1970.
    pub now: i64,
}

/// What a token says, once it is believed.
#[derive(Debug, Clone, PartialEq)]
pub struct Claims {
    /// Who.
    pub subject: String,
    /// Everything.
    pub all: Map<String, Value>,
}

impl Claims {
    /// A claim that is a string of reasonable length.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.all.get(name).and_then(Value::as_str).filter(|text| text.len() <= 255)
    }
}

/// The public keys of a provider.
#[derive(Clone, Default)]
pub struct KeySet(Vec<Key>);

#[derive(Clone)]
struct Key {
    id: Option<String>,
    algorithm: Option<Algorithm>,
    material: Material,
}

#[derive(Clone)]
enum Material {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    P256(Vec<u8>),
    Ed25519(Vec<u8>),
}

impl KeySet {
    /// Reads the keys of a provider; those that cannot sign what is understood here are
    /// left out.
    ///
    /// # Errors
    ///
    /// [`Flaw::Shape`] when it is no set of keys, [`Flaw::Repeated`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Flaw> {
        let mut set = object(bytes)?;
        let Some(Value::Array(keys)) = set.remove("keys") else { return Err(Flaw::Shape) };
        Ok(Self(keys.iter().take(MOST_KEYS).filter_map(Key::read).collect()))
    }

    /// Whether a key has this id.
    pub fn knows(&self, id: &str) -> bool {
        self.0.iter().any(|key| key.id.as_deref() == Some(id))
    }

    /// Whether there is any key.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The one key that fits.
    fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Result<&Key, Flaw> {
        let fits = |key: &&Key| key.can(algorithm) && (id.is_none() || key.id.as_deref() == id);
        let mut fitting = self.0.iter().filter(fits);
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Ok(key),
            // Without an id among several keys nobody guesses.
            _ => Err(Flaw::UnknownKey),
        }
    }
}

impl Key {
    fn read(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let bytes = |name: &str| URL_SAFE_NO_PAD.decode(text(name)?).ok();
        if text("use").is_some_and(|usage| usage != "sig") {
            return None;
        }
        let material = match (text("kty")?, text("crv")) {
            ("RSA", None) => Material::Rsa { n: bytes("n")?, e: bytes("e")? },
            ("EC", Some("P-256")) => {
                let (x, y) = (bytes("x")?, bytes("y")?);
                if x.len() != 32 || y.len() != 32 {
                    return None;
                }
                Material::P256([&[4], x.as_slice(), y.as_slice()].concat())
            }
            ("OKP", Some("Ed25519")) => Material::Ed25519(bytes("x")?),
            _ => return None,
        };
        let algorithm = match text("alg") {
            Some(name) => Some(Algorithm::named(name)?),
            None => None,
        };
        Some(Self { id: text("kid").map(str::to_owned), algorithm, material })
    }

    fn can(&self, algorithm: Algorithm) -> bool {
        let fits = matches!(
            (&self.material, algorithm),
            (Material::Rsa { .. }, Algorithm::RS256 | Algorithm::PS256)
                | (Material::P256(_), Algorithm::ES256)
                | (Material::Ed25519(_), Algorithm::EdDSA)
        );
        fits && self.algorithm.is_none_or(|own| own == algorithm)
    }

    fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> Result<(), Flaw> {
        let verified =
            match (&self.material, algorithm) {
                (Material::Rsa { n, e }, Algorithm::RS256) => RsaPublicKeyComponents { n, e }
                    .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature),
                (Material::Rsa { n, e }, Algorithm::PS256) => RsaPublicKeyComponents { n, e }
                    .verify(&RSA_PSS_2048_8192_SHA256, message, signature),
                (Material::P256(point), Algorithm::ES256) => {
                    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                        .verify(message, signature)
                }
                (Material::Ed25519(point), Algorithm::EdDSA) => {
                    UnparsedPublicKey::new(&ED25519, point).verify(message, signature)
                }
                _ => return Err(Flaw::UnknownKey),
            };
        verified.map_err(|_| Flaw::Signature)
    }
}

/// A token taken apart, and not believed yet.
struct Parts<'a> {
    header: Map<String, Value>,
    claims: Map<String, Value>,
    message: &'a str,
    signature: Vec<u8>,
}

fn parts(token: &str) -> Result<Parts<'_>, Flaw> {
    if token.len() > LONGEST {
        return Err(Flaw::Shape);
    }
    let (message, signature) = token.rsplit_once('.').ok_or(Flaw::Shape)?;
    let (header, claims) = message.split_once('.').ok_or(Flaw::Shape)?;
    let bytes = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| Flaw::Shape);
    Ok(Parts {
        header: object(&bytes(header)?)?,
        claims: object(&bytes(claims)?)?,
        message,
        signature: bytes(signature)?,
    })
}

/// The issuer and the key that a token names, before anything about it is believed: only
/// to choose whose rules it is judged by.
pub fn named(token: &str) -> Option<(String, Option<String>)> {
    let parts = parts(token).ok()?;
    let text = |map: &Map<String, Value>, name: &str| {
        map.get(name).and_then(Value::as_str).map(str::to_owned)
    };
    Some((text(&parts.claims, "iss")?, text(&parts.header, "kid")))
}

/// What a token says, if it is what the rules ask for.
///
/// # Errors
///
/// The first [`Flaw`].
pub fn verify(token: &str, keys: &KeySet, rules: &Rules<'_>) -> Result<Claims, Flaw> {
    let parts = parts(token)?;
    let algorithm = check_header(&parts.header, rules)?;
    let id = match parts.header.get("kid") {
        Some(Value::String(id)) => Some(id.as_str()),
        None => None,
        Some(_) => return Err(Flaw::Header),
    };
    let key = keys.find(id, algorithm)?;
    key.verify(algorithm, parts.message.as_bytes(), &parts.signature)?;
    check_claims(&parts.claims, rules)?;
    let subject = match parts.claims.get("sub").and_then(Value::as_str) {
        Some(subject) if !subject.is_empty() && subject.len() <= 255 => subject.to_owned(),
        _ => return Err(Flaw::Subject),
    };
    Ok(Claims { subject, all: parts.claims })
}

fn check_header(header: &Map<String, Value>, rules: &Rules<'_>) -> Result<Algorithm, Flaw> {
    const FOREIGN: [&str; 7] = ["jku", "jwk", "x5u", "x5c", "crit", "b64", "zip"];

    if FOREIGN.iter().any(|name| header.contains_key(*name)) {
        return Err(Flaw::Header);
    }
    let kind = match header.get("typ") {
        Some(Value::String(kind)) => kind.to_ascii_lowercase(),
        None => String::new(),
        Some(_) => return Err(Flaw::Type),
    };
    let kind = kind.strip_prefix("application/").unwrap_or(&kind);
    if !rules.types.contains(&kind) {
        return Err(Flaw::Type);
    }
    header
        .get("alg")
        .and_then(Value::as_str)
        .and_then(Algorithm::named)
        .filter(|algorithm| rules.algorithms.contains(algorithm))
        .ok_or(Flaw::Algorithm)
}

fn check_claims(claims: &Map<String, Value>, rules: &Rules<'_>) -> Result<(), Flaw> {
    if claims.get("iss").and_then(Value::as_str) != Some(rules.issuer) {
        return Err(Flaw::Issuer);
    }
    let mine = |value: &Value| value.as_str() == Some(rules.audience);
    let (for_me, several) = match claims.get("aud") {
        Some(value @ Value::String(_)) => (mine(value), false),
        Some(Value::Array(all)) => {
            (all.iter().all(Value::is_string) && all.iter().any(mine), all.len() > 1)
        }
        _ => (false, false),
    };
    if !for_me {
        return Err(Flaw::Audience);
    }
    let time = |name: &str| match claims.get(name) {
        None => Ok(None),
        Some(value) => value.as_i64().map(Some).ok_or(Flaw::Time),
    };
    let (expires, from, issued) = (time("exp")?.ok_or(Flaw::Time)?, time("nbf")?, time("iat")?);
    let begins = issued.or(from).unwrap_or(rules.now);
    let early =
        |instant: Option<i64>| instant.is_some_and(|at| at > rules.now.saturating_add(SKEW));
    if expires <= rules.now.saturating_sub(SKEW)
        || early(from)
        || early(issued)
        || expires.saturating_sub(begins) > LONGEST_LIFE
    {
        return Err(Flaw::Time);
    }
    if let Some(nonce) = rules.nonce {
        if claims.get("nonce").and_then(Value::as_str) != Some(nonce) {
            return Err(Flaw::Nonce);
        }
        // An identity token names the client to which it was given.
        match claims.get("azp") {
            Some(party) if !mine(party) => return Err(Flaw::Audience),
            None if several => return Err(Flaw::Audience),
            _ => {}
        }
    }
    Ok(())
}

/// A JSON object whose members do not repeat.
///
/// # Errors
///
/// [`Flaw::Repeated`], [`Flaw::Shape`].
pub fn object(bytes: &[u8]) -> Result<Map<String, Value>, Flaw> {
    match serde_json::from_slice::<Once>(bytes) {
        Ok(Once(Value::Object(members))) => Ok(members),
        Err(why) if why.to_string().starts_with(REPEATED) => Err(Flaw::Repeated),
        Ok(_) | Err(_) => Err(Flaw::Shape),
    }
}

const REPEATED: &str = "a member repeats";

/// A JSON value in which no member repeats.
struct Once(Value);

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Whole;

        impl<'de> Visitor<'de> for Whole {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON")
            }

            fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
                Ok(value.into())
            }

            fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
                Ok(value.into())
            }

            fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
                Ok(value.into())
            }

            fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
                Ok(value.into())
            }

            fn visit_str<E>(self, value: &str) -> Result<Value, E> {
                Ok(value.into())
            }

            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
                let mut all = Vec::new();
                while let Some(Once(item)) = items.next_element()? {
                    all.push(item);
                }
                Ok(Value::Array(all))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
                let mut all = Map::new();
                while let Some((name, Once(value))) = members.next_entry::<String, Once>()? {
                    if all.insert(name, value).is_some() {
                        return Err(de::Error::custom(REPEATED));
                    }
                }
                Ok(Value::Object(all))
            }
        }

        deserializer.deserialize_any(Whole).map(Once)
    }
}
