//! Values that change with a date, and the end of an entry.

use crate::values::{Day, Text};
use crate::{Recorded, Rejection};

use super::events::Retired;

/// A value and the day from which it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dated<T> {
    /// From when.
    pub from: Day,
    /// What held from then on.
    pub value: T,
}

/// The values of one attribute, the earliest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History<T>(Vec<Dated<T>>);

// Not derived: an empty history needs no `T: Default`.
impl<T> Default for History<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> History<T> {
    /// Adds a value that holds from a day on, whenever it is told; of two values
    /// from the same day the one told later prevails.
    pub fn add(&mut self, value: T, from: Day) {
        let place = self.0.partition_point(|known| known.from <= from);
        self.0.insert(place, Dated { from, value });
    }

    /// The value on a day; before the first day known, the first value.
    pub fn on(&self, day: Day) -> Option<&T> {
        let begun = self.0.partition_point(|known| known.from <= day);
        self.0.get(begun.saturating_sub(1)).map(|known| &known.value)
    }

    /// The value that comes last, even if its day is still to come.
    pub fn latest(&self) -> Option<&T> {
        self.0.last().map(|known| &known.value)
    }

    /// Every value, the earliest first.
    pub fn entries(&self) -> &[Dated<T>] {
        &self.0
    }
}

/// The end of an entry: it is kept, but no longer offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retirement {
    /// The first day on which it is no longer used.
    pub from: Day,
    /// Why.
    pub reason: Option<Text<1000>>,
    /// The day of the decision.
    pub decided_on: Day,
}

impl Retirement {
    pub(super) fn new<E>(data: &Retired, fact: &Recorded<E>) -> Self {
        Self { from: data.from, reason: data.reason.clone(), decided_on: fact.occurred_on }
    }
}

/// What is no longer used does not change any more; until that day it does.
pub(super) fn in_use(retired: Option<&Retirement>, today: Day) -> Result<(), Rejection> {
    match retired {
        Some(end) if end.from <= today => Err(Rejection::Retired),
        Some(_) | None => Ok(()),
    }
}
