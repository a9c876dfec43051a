//! How often somebody may fail to sign in, counted in a table of fixed size.
//!
//! A key (an address of the network, a name that was typed) falls into one slot of
//! each of two rows, under a hash that nobody outside can predict; what it has failed
//! is the lesser of the two counts. Two keys that share both slots are counted
//! together, which errs on the strict side; no flood of keys can make the table grow
//! or another key's count be forgotten.
//!
//! Depends on: nothing in this crate.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::{Mutex, PoisonError};

const SLOTS: usize = 16_384;

/// Failures of keys within a span of time.
pub struct Throttle {
    limit: u32,
    span: i64,
    rows: [(RandomState, Mutex<Vec<Slot>>); 2],
}

#[derive(Clone, Copy, Default)]
struct Slot {
    since: i64,
    failures: u32,
}

impl Throttle {
    /// At most `limit` failures of a key within `span` seconds.
    pub fn new(limit: u32, span: i64) -> Self {
        let row = || (RandomState::new(), Mutex::new(vec![Slot::default(); SLOTS]));
        Self { limit, span, rows: [row(), row()] }
    }

    /// How many seconds a key has to wait; `None` when it may try.
    pub fn wait(&self, key: &str, now: i64) -> Option<u32> {
        let slots = self.rows.each_ref().map(|(hasher, row)| {
            let row = row.lock().unwrap_or_else(PoisonError::into_inner);
            row.get(index(hasher, key)).copied().unwrap_or_default()
        });
        let full = |slot: &Slot| slot.failures >= self.limit && now - slot.since < self.span;
        let wait = slots.iter().map(|slot| slot.since + self.span - now).min()?;
        slots.iter().all(full).then(|| u32::try_from(wait).unwrap_or(1).max(1))
    }

    /// Counts a failure of a key.
    pub fn failed(&self, key: &str, now: i64) {
        for (hasher, row) in &self.rows {
            let mut row = row.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(slot) = row.get_mut(index(hasher, key)) else { continue };
            if now - slot.since >= self.span {
                *slot = Slot { since: now, failures: 0 };
            }
            slot.failures = slot.failures.saturating_add(1);
        }
    }
}

fn index(hasher: &RandomState, key: &str) -> usize {
    // The remainder is smaller than the table, on every machine.
    usize::try_from(hasher.hash_one(key) % SLOTS as u64).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_the_limit_a_key_waits_for_the_end_of_the_span_and_others_do_not() {
        let throttle = Throttle::new(3, 900);
        for _ in 0..3 {
            assert_eq!(throttle.wait("a", 1_000), None);
            throttle.failed("a", 1_000);
        }
        assert_eq!(throttle.wait("a", 1_100), Some(800));
        assert_eq!(throttle.wait("b", 1_100), None);
        assert_eq!(throttle.wait("a", 1_900), None);
    }

    #[test]
    fn a_flood_of_keys_neither_grows_the_table_nor_clears_a_count() {
        let throttle = Throttle::new(3, 900);
        for _ in 0..3 {
            throttle.failed("victim", 0);
        }
        for key in 0..50_000 {
            throttle.failed(&key.to_string(), 1);
        }
        assert!(throttle.wait("victim", 2).is_some());
        let sizes = throttle.rows.each_ref().map(|(_, row)| row.lock().unwrap().len());
        assert_eq!(sizes, [SLOTS; 2]);
    }
}
