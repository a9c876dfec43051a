//! Given / when / then for deciders: the name of a test is the rule it checks.
//!
//! Public, because tests of whatever folds these states are written with it too; nothing
//! else calls it, and a test is what its panics end.

use jiff::Timestamp;
use uuid::Uuid;

use super::values::{BodyId, Day};
use super::{Command, Decider, Facts, Recorded, Rejection, fold};

/// The id of the n-th event of a given history; what that event created has it too.
pub fn nth(n: u128) -> Uuid {
    Uuid::from_u128(n + 1)
}

/// A code from its text.
pub fn code<T: std::str::FromStr<Err = String>>(text: &str) -> T {
    text.parse().unwrap()
}

/// A day from its text.
pub fn day(text: &str) -> Day {
    code(text)
}

/// Event data from JSON, as a client would send it.
pub fn data<T: serde::de::DeserializeOwned>(json: serde_json::Value) -> T {
    serde_json::from_value(json).unwrap()
}

/// A decider with a history.
pub struct Given<D: Decider> {
    history: Vec<Recorded<D::Event>>,
    facts: Facts,
    body: BodyId,
    staff: bool,
    today: Day,
    occurred_on: Option<Day>,
}

/// What a decider answered.
pub struct Then<D: Decider>(Result<Vec<D::Event>, Rejection>);

/// A decider to which this has happened, one event a day from 2024-01-01.
pub fn given<D: Decider>(history: impl IntoIterator<Item = D::Event>) -> Given<D> {
    let first = jiff::civil::Date::constant(2024, 1, 1);
    let history = history.into_iter().enumerate().map(|(n, event)| Recorded {
        id: nth(n as u128),
        occurred_on: first.saturating_add(jiff::Span::new().days(i64::try_from(n).unwrap())).into(),
        recorded_at: Timestamp::UNIX_EPOCH,
        body: Some(code("c_g337")),
        event,
    });
    Given {
        history: history.collect(),
        facts: Facts::default(),
        body: code("c_g337"),
        staff: false,
        today: day("2024-12-31"),
        occurred_on: None,
    }
}

impl<D: Decider> Given<D> {
    /// What other streams say.
    pub fn and(mut self, facts: Facts) -> Self {
        self.facts = facts;
        self
    }

    /// The body that acts.
    pub fn by(mut self, body: &str) -> Self {
        self.body = code(body);
        self
    }

    /// The coordinator's staff act.
    pub fn by_staff(mut self) -> Self {
        self.staff = true;
        self
    }

    /// The date of what is recorded, when it is not today (2024-12-31).
    pub fn on(mut self, occurred_on: &str) -> Self {
        self.occurred_on = Some(day(occurred_on));
        self
    }

    /// The state after the history.
    pub fn state(&self) -> D::State {
        fold::<D>(&self.history)
    }

    /// Decides.
    pub fn when(self, proposed: impl Into<D::Event>) -> Then<D> {
        let command = Command {
            proposed: proposed.into(),
            stream_id: Uuid::from_u128(0x00C0_FFEE),
            event_id: nth(self.history.len() as u128),
            body: self.body.clone(),
            staff: self.staff,
            occurred_on: self.occurred_on.unwrap_or(self.today),
            today: self.today,
            facts: self.facts.clone(),
        };
        Then(D::decide(&self.state(), command))
    }
}

impl<D: Decider> Then<D> {
    /// Exactly these events follow.
    pub fn then(self, events: impl IntoIterator<Item = D::Event>) {
        assert_eq!(self.0, Ok(events.into_iter().collect()));
    }

    /// The proposal is accepted; the events are handed on for a closer look.
    pub fn accepted(self) -> Vec<D::Event> {
        self.0.unwrap()
    }

    /// A rule says no.
    pub fn then_rejected(self, why: Rejection) {
        assert_eq!(self.0, Err(why));
    }
}

/// Checks a law on the state after up to twelve events in any order, and that any
/// next event is decided (accepted or refused) without a panic.
#[cfg(test)]
pub fn hold_in_any_order<D: Decider>(samples: &[D::Event], facts: &Facts, law: impl Fn(&D::State)) {
    use proptest::prelude::*;

    let order = proptest::collection::vec(0..samples.len(), 0..=12);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(200)
    });
    runner
        .run(&order, |order| {
            let history: Vec<_> = order.iter().map(|&n| samples[n].clone()).collect();
            law(&given::<D>(history.iter().cloned()).state());
            for next in samples {
                let given = given::<D>(history.iter().cloned()).and(facts.clone());
                let _ = given.when(next.clone());
            }
            Ok(())
        })
        .unwrap();
}
