//! Strings that are met again and again, held once.
//!
//! A store names the same few bodies, themes and norms in every event: a copy for each
//! would be a sixth of the memory of the states that are folded from them.

use std::cell::RefCell;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::Arc;

/// How many strings a thread remembers.
const PLACES: usize = 1_024;

/// Longer ones are seldom met twice.
const LONGEST: usize = 120;

thread_local! {
    /// Each string has one place, and takes it from whatever is there.
    static KNOWN: RefCell<Vec<Option<Arc<str>>>> = RefCell::new(vec![None; PLACES]);
}

/// A shared string, the same one again when it was met not long ago.
pub(super) fn interned(text: &str) -> Arc<str> {
    if text.len() > LONGEST {
        return text.into();
    }
    let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(text);
    #[expect(clippy::cast_possible_truncation, reason = "any place does")]
    let place = hash as usize % PLACES;
    KNOWN.with_borrow_mut(|known| match known.get_mut(place) {
        Some(Some(found)) if **found == *text => Arc::clone(found),
        Some(other) => Arc::clone(other.insert(text.into())),
        None => text.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_is_held_once_until_another_takes_its_place() {
        let (first, second) = (interned("c_a944"), interned("c_a944"));
        assert!(Arc::ptr_eq(&first, &second));
        assert_eq!(&*first, "c_a944");

        let others: Vec<_> = (0..10_000).map(|n| interned(&n.to_string())).collect();
        assert!(others.iter().enumerate().all(|(n, text)| **text == *n.to_string()));

        let long = "x".repeat(LONGEST + 1);
        assert!(!Arc::ptr_eq(&interned(&long), &interned(&long)));
    }
}
