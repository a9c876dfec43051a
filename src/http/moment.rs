//! The moment of which something is asked: what was known (`as_of`), what was in force
//! (`effective_on`), and the head that makes an answer repeatable.
//!
//! An answer about the past names its moment in headers, so that its bytes are those of
//! the same moment asked again.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, de};
use serde_json::{Value, json};

use super::ids;
use super::params::{parse, refused};
use super::problem::Problem;
use crate::clock::{Clock, instant_text};
use crate::domain::values::Day;
use crate::event_store::GlobalPosition;
use crate::projections::{Cut, Held};

/// The parameters of a moment, and the components that describe them.
const PARAMETERS: [(&str, &str); 3] =
    [("as_of", "AsOf"), ("effective_on", "EffectiveOn"), ("head", "Head")];

/// The headers that name the moment for which an answer holds, and their components.
pub const HEADERS: [(&str, &str); 3] = [
    ("Quesito-As-Of", "QuesitoAsOf"),
    ("Quesito-Effective-On", "QuesitoEffectiveOn"),
    ("Quesito-Head", "QuesitoHead"),
];

/// The longest spelling of an instant that is read, in bytes.
const LONGEST: usize = 40;

#[derive(Debug, Default, Deserialize)]
struct Asked {
    as_of: Option<Instant>,
    effective_on: Option<Day>,
    head: Option<Head>,
}

/// An instant in any spelling of RFC 3339, in whole microseconds as events have them.
#[derive(Debug, Clone, Copy)]
struct Instant(Timestamp);

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let read = (text.len() <= LONGEST).then(|| text.parse::<Timestamp>().ok()).flatten();
        let whole = read.and_then(|read| Timestamp::from_microsecond(read.as_microsecond()).ok());
        whole.map(Self).ok_or_else(|| {
            de::Error::custom(
                "serve un istante RFC 3339, per esempio 2024-10-27T00:59:59Z; il segno + di un \
                 fuso si scrive %2B",
            )
        })
    }
}

/// A position as answers name it.
#[derive(Debug, Clone, Copy)]
struct Head(GlobalPosition);

impl<'de> Deserialize<'de> for Head {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let read = ids::position(&text).map(Self);
        read.ok_or_else(|| de::Error::custom("serve la posizione che una risposta ha indicato"))
    }
}

/// The parameters of a moment, and the others.
pub fn split(query: &str) -> (String, String) {
    let (mut own, mut others) = (form_urlencoded::Serializer::new(String::new()), String::new());
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let parsed: Vec<_> = form_urlencoded::parse(pair.as_bytes()).collect();
        let named = parsed.iter().any(|(name, _)| PARAMETERS.iter().any(|(own, _)| name == own));
        if named {
            own.extend_pairs(parsed);
        } else {
            if !others.is_empty() {
                others.push('&');
            }
            others.push_str(pair);
        }
    }
    (own.finish(), others)
}

/// The moment that an address asks for; `None` for the present.
///
/// # Errors
///
/// A [`Problem`] (400) when a parameter is wrong, or the instant has not come yet.
pub fn asked(query: &str, clock: &dyn Clock) -> Result<Option<Cut>, Problem> {
    let (own, _) = split(query);
    if own.is_empty() {
        return Ok(None);
    }
    let Asked { as_of, effective_on, head } = parse(&own)?;
    let as_of = as_of.map(|instant| instant.0);
    if as_of.is_some_and(|as_of| as_of > clock.now()) {
        return Err(refused().at("as_of", "not_yet", "L'istante non è ancora passato."));
    }
    let head = head.map(|head| head.0);
    Ok(Some(Cut { as_of, effective_on, head }))
}

/// Names the moment for which an answer holds.
pub fn tell(held: &Held, headers: &mut HeaderMap) {
    let mut put = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    put("quesito-as-of", &instant_text(held.as_of));
    put("quesito-head", &ids::position_text(held.head));
    if let Some(day) = held.effective_on {
        put("quesito-effective-on", &day.to_string());
    }
}

/// References to the parameters, for the table of readings.
pub fn parameters() -> Vec<Value> {
    PARAMETERS
        .iter()
        .map(|(_, component)| json!({"$ref": format!("#/components/parameters/{component}")}))
        .collect()
}

/// Whether an operation takes the parameters of a moment.
pub fn is_dated(parameters: &[Value]) -> bool {
    parameters.contains(&json!({"$ref": "#/components/parameters/AsOf"}))
}

/// The parameters, as the API document describes them.
pub fn parameter_components() -> Value {
    json!({
        "AsOf": {
            "name": "as_of", "in": "query", "required": false,
            "description": "As it was known at this instant: only what had been recorded by then. An instant to come is refused. Shown is what the rule of access allowed then and allows today; auditors see all of it, and each such reading of theirs is recorded.",
            "schema": {"type": "string", "format": "date-time", "maxLength": LONGEST},
            "example": "2024-10-27T00:59:59Z",
        },
        "EffectiveOn": {
            "name": "effective_on", "in": "query", "required": false,
            "description": "As it was on this day: only what had happened by then, whenever it was recorded; days of validity are compared with it.",
            "schema": {"type": "string", "format": "date", "maxLength": 10},
            "example": "2024-02-29",
        },
        "Head": {
            "name": "head", "in": "query", "required": false,
            "description": "Only what stood in the log up to here: the `Quesito-Head` of an answer, to have the same bytes again.",
            "schema": {"type": "string", "minLength": 16, "maxLength": 16, "pattern": "^[0-9a-f]{16}$"},
            "example": "000000000000002a",
        },
    })
}

/// The headers, as the API document describes them.
pub fn header_components() -> Value {
    json!({
        "QuesitoAsOf": {
            "description": "The instant for which an answer about the past holds; absent in the present.",
            "schema": {"type": "string", "format": "date-time", "maxLength": LONGEST},
            "example": "2024-10-27T00:59:59.000000Z",
        },
        "QuesitoEffectiveOn": {
            "description": "The day for which it holds, when one was asked for.",
            "schema": {"type": "string", "format": "date", "maxLength": 10},
            "example": "2024-02-29",
        },
        "QuesitoHead": {
            "description": "Up to where the log was read for an answer about the past: with the instant and the day it gives the same bytes again.",
            "schema": {"type": "string", "maxLength": 16, "pattern": "^[0-9a-f]{16}$"},
            "example": "000000000000002a",
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SetClock;

    fn cut(query: &str) -> Result<Option<Cut>, String> {
        let clock = SetClock::at("2026-03-10T09:00:00Z".parse().unwrap());
        asked(query, &clock).map_err(|problem| format!("{problem:?}"))
    }

    #[test]
    fn an_instant_is_read_in_every_spelling() {
        let utc = cut("as_of=2024-10-27T00:30:00Z").unwrap().unwrap();
        assert_eq!(cut("q=x&as_of=2024-10-27T02:30:00%2B02:00").unwrap().unwrap(), utc);
        assert_ne!(cut("as_of=2024-10-27T02:30:00%2B01:00").unwrap().unwrap(), utc);
        assert_eq!(cut("q=as_of"), Ok(None));
        assert_eq!(split("q=a+b&as_of=x&limit=3"), ("as_of=x".into(), "q=a+b&limit=3".into()));
    }

    #[test]
    fn what_is_no_moment_is_refused_by_name() {
        for (query, name) in [
            ("as_of=2024-10-27T02:30:00+02:00", "as_of"),
            ("as_of=2026-03-10T09:00:01Z", "as_of"),
            ("as_of=2024-02-30T00:00:00Z", "as_of"),
            ("effective_on=2023-02-29", "effective_on"),
            ("head=2a", "head"),
        ] {
            let why = cut(query).unwrap_err();
            assert!(why.contains(name), "{query}: {why}");
        }
    }
}
