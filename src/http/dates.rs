//! Which date a rule about dates speaks of.
//!
//! A rejection knows the rule, not the field: "not in the future" holds for what
//! occurred, for a document, for the beginning of a reading. The body as sent tells
//! which of them it was.
//!
//! Depends on: `domain`.

use serde_json::{Map, Value};

use crate::domain::Rejection;
use crate::domain::values::Day;

/// Days that may not lie in the future.
const PAST: &[&str] = &[
    "occurred_on",
    "since",
    "until",
    "document_date",
    "received_on",
    "dispatched_on",
    "date",
    "on",
];

/// Days that follow another, the likeliest culprit first.
const LATER: &[&str] = &[
    "until",
    "received_on",
    "dispatched_on",
    "deadline",
    "reply_expected_by",
    "due",
    "expires_on",
    "from",
    "since",
    "document_date",
];

/// JSON pointer of the date that a rule refused; `None` when the rule is not about
/// dates, or none of those sent is to blame.
pub fn blamed(why: Rejection, body: &Map<String, Value>, today: Day) -> Option<String> {
    match why {
        Rejection::DateInFuture => {
            let own = body.get("occurred_on").and_then(day).filter(|day| *day > today);
            if own.is_some() {
                return Some("/occurred_on".into());
            }
            find(body, "", &|members| {
                let late = |name: &str| members.get(name).and_then(day).is_some_and(|d| d > today);
                PAST.iter().copied().find(|name| late(name))
            })
        }
        Rejection::DatesReversed => {
            let reversed = find(body, "", &|members| {
                let on = |name: &str| members.get(name).and_then(day);
                (on("until")? < on("since")?).then_some("until")
            });
            let suspect = || LATER.iter().find(|name| body.contains_key(**name));
            reversed.or_else(|| suspect().map(|name| format!("/{name}")))
        }
        _ => None,
    }
}

fn day(value: &Value) -> Option<Day> {
    value.as_str()?.parse().ok()
}

/// The first object, in document order, in which a member is to blame.
fn find(
    members: &Map<String, Value>,
    path: &str,
    blame: &dyn Fn(&Map<String, Value>) -> Option<&'static str>,
) -> Option<String> {
    if let Some(name) = blame(members) {
        return Some(format!("{path}/{name}"));
    }
    members.iter().find_map(|(name, value)| match value {
        Value::Object(inner) => find(inner, &format!("{path}/{name}"), blame),
        Value::Array(items) => items.iter().enumerate().find_map(|(index, item)| {
            find(item.as_object()?, &format!("{path}/{name}/{index}"), blame)
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn blamed_in(why: Rejection, body: Value) -> Option<String> {
        let Value::Object(body) = body else { unreachable!() };
        blamed(why, &body, "2026-03-10".parse().unwrap())
    }

    #[test]
    fn the_day_in_the_future_is_blamed_wherever_it_stands() {
        let future = |body| blamed_in(Rejection::DateInFuture, body).unwrap();
        assert_eq!(
            future(json!({"occurred_on": "2026-03-11", "since": "2026-03-12"})),
            "/occurred_on"
        );
        assert_eq!(future(json!({"due": "2026-04-01", "since": "2026-03-12"})), "/since");
        let positions = json!({"positions": [{"since": "2026-03-01"}, {"until": "2026-03-12"}]});
        assert_eq!(future(positions), "/positions/1/until");
    }

    #[test]
    fn of_two_reversed_days_the_one_that_should_follow_is_blamed() {
        let reversed = |body| blamed_in(Rejection::DatesReversed, body);
        let answer = json!({"document_date": "2026-03-02", "received_on": "2026-03-01"});
        assert_eq!(reversed(answer).as_deref(), Some("/received_on"));
        let positions = json!({"positions": [{"since": "2026-03-02", "until": "2026-03-01"}]});
        assert_eq!(reversed(positions).as_deref(), Some("/positions/0/until"));
        assert_eq!(reversed(json!({"note": "2026-03-02"})), None);
        assert_eq!(blamed_in(Rejection::NotFound, json!({"until": "2020-01-01"})), None);
    }
}
