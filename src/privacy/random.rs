//! Randomness as an argument, so that a test or a schema example can repeat it.
//!
//! Deliberately absent: a global generator, and anything that draws numbers on
//! its own. Whoever seals a text or makes a key says where the bytes come from.
//!
//! Depends on: nothing in this crate.

use sha2::{Digest, Sha256};

/// A source of random bytes.
pub trait Random {
    /// Overwrites all of `bytes`.
    fn fill(&mut self, bytes: &mut [u8]);
}

/// The operating system's generator: the only one fit for real keys.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsRandom;

impl Random for OsRandom {
    /// # Panics
    ///
    /// When the operating system has no randomness to give. There is nothing
    /// safe to go on with: a text sealed under a guessable key is lost privacy.
    fn fill(&mut self, bytes: &mut [u8]) {
        if let Err(why) = getrandom::fill(bytes) {
            panic!("the operating system gives no random bytes: {why}");
        }
    }
}

/// The same bytes for the same seed, on every machine and for ever: SHA-256 of
/// the seed and a counter. For tests and for the examples in `events/`, never
/// for a key that protects anything.
#[derive(Debug, Clone)]
pub struct SeededRandom {
    seed: u64,
    block: u64,
    ready: [u8; 32],
    used: usize,
}

impl SeededRandom {
    /// The sequence that belongs to `seed`, from its start.
    pub fn new(seed: u64) -> Self {
        Self { seed, block: 0, ready: [0; 32], used: 32 }
    }

    fn next_byte(&mut self) -> u8 {
        if self.used >= self.ready.len() {
            let mut hash = Sha256::new();
            hash.update(self.seed.to_be_bytes());
            hash.update(self.block.to_be_bytes());
            self.ready = hash.finalize().into();
            self.block += 1;
            self.used = 0;
        }
        let byte = self.ready.get(self.used).copied().unwrap_or_default();
        self.used += 1;
        byte
    }
}

impl Random for SeededRandom {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = self.next_byte();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_names_one_sequence_however_it_is_read() {
        let mut whole = [0; 100];
        SeededRandom::new(7).fill(&mut whole);
        let mut pieces = [0; 100];
        let mut random = SeededRandom::new(7);
        let (head, tail) = pieces.split_at_mut(33);
        random.fill(head);
        random.fill(tail);
        assert_eq!(whole, pieces);
        let mut other = [0; 100];
        SeededRandom::new(8).fill(&mut other);
        assert_ne!(whole, other);
    }

    #[test]
    fn the_seeded_sequence_never_changes_because_published_examples_depend_on_it() {
        let mut bytes = [0; 4];
        SeededRandom::new(0).fill(&mut bytes);
        // SHA-256 of sixteen zero bytes begins so.
        assert_eq!(bytes, [0x37, 0x47, 0x08, 0xff]);
    }

    #[test]
    fn the_operating_system_does_not_repeat_itself() {
        let (mut one, mut two) = ([0; 32], [0; 32]);
        OsRandom.fill(&mut one);
        OsRandom.fill(&mut two);
        assert_ne!(one, two);
    }
}
