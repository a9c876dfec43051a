//! Names for rings of wrapped keys.
//!
//! Deliberately absent: the clock. The time is an argument.
//!
//! Depends on: nothing in this crate.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// 2020-01-01T00:00:00Z in microseconds since 1970.
const EPOCH_MICROS: i64 = 1_577_836_800_000_000;

/// How many low bits count the rings of one microsecond.
const COUNTER_BITS: u32 = 12;

/// Gives ring ids that grow: microseconds since 2020-01-01 (UTC) times 4096,
/// plus a counter. The range lasts until 2091.
///
/// Ids must never repeat in one store, because a wrapped key's nonce is derived
/// from the ring's id: start with [`RingIds::after`] the largest id stored, so
/// that a clock set back between two runs cannot cause a repeat.
#[derive(Debug, Default)]
pub struct RingIds {
    last: AtomicI64,
}

impl RingIds {
    /// A generator whose ids are all greater than `last` (0 for an empty store).
    pub fn after(last: i64) -> Self {
        Self { last: AtomicI64::new(last.max(0)) }
    }

    /// The next id at the instant `now`: greater than every earlier one of this
    /// generator, even when the clock stands still or goes back.
    pub fn next(&self, now: Timestamp) -> i64 {
        self.next_tagged(now, 0)
    }

    /// The same where other processes name rings too: a number of their own, of which the
    /// low bits count, keeps two that name one in the same microsecond apart.
    pub fn next_tagged(&self, now: Timestamp, tag: u16) -> i64 {
        let micros = (now.as_microsecond() - EPOCH_MICROS).clamp(0, i64::MAX >> COUNTER_BITS);
        let tag = i64::from(tag) & ((1 << COUNTER_BITS) - 1);
        let by_clock = (micros << COUNTER_BITS) | tag;
        let above = |last: i64| by_clock.max(last.saturating_add(1));
        // Relaxed is enough: only the uniqueness of the number matters.
        above(
            self.last
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(above(last)))
                .unwrap_or_else(|last| last),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_follow_the_clock_and_grow_when_it_does_not() {
        let ids = RingIds::default();
        let at = |micros| Timestamp::from_microsecond(EPOCH_MICROS + micros).expect("in range");
        assert_eq!(ids.next(at(1)), 4096);
        assert_eq!(ids.next(at(1)), 4097);
        assert_eq!(ids.next(at(0)), 4098);
        assert_eq!(ids.next(at(-5)), 4099);
        assert_eq!(ids.next(at(2)), 8192);
        assert_eq!(ids.next_tagged(at(3), 4096 + 7), 3 * 4096 + 7);
    }

    #[test]
    fn a_new_run_continues_after_the_largest_stored_id() {
        let ids = RingIds::after(1 << 40);
        assert_eq!(ids.next(Timestamp::UNIX_EPOCH), (1 << 40) + 1);
    }

    #[test]
    fn threads_never_share_an_id() {
        let ids = RingIds::default();
        let mut seen: Vec<i64> = std::thread::scope(|scope| {
            let run = || (0..1000).map(|_| ids.next(Timestamp::UNIX_EPOCH)).collect::<Vec<_>>();
            let threads = [scope.spawn(run), scope.spawn(run), scope.spawn(run)];
            threads.into_iter().flat_map(|t| t.join().expect("no panic")).collect()
        });
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 3000);
    }
}
