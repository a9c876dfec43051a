//! Lists in states.
//!
//! Most hold one or two entries, and many thousands of them are kept. A [`Vec`] that grows
//! by itself makes room for four at once: as much memory again as the states need.

/// Adding to a list.
pub(crate) trait Add<T> {
    /// Adds an entry at the end, and room for no more while the list is short.
    fn add(&mut self, entry: T);
}

impl<T> Add<T> for Vec<T> {
    fn add(&mut self, entry: T) {
        if self.len() < 4 {
            self.reserve_exact(1);
        }
        self.push(entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_list_has_no_room_to_spare() {
        let mut list = Vec::new();
        for entry in 0..4 {
            list.add(entry);
            assert_eq!(list.capacity(), list.len());
        }
        list.extend_from_slice(&[4, 5]);
        list.add(6);
        assert_eq!(list, [0, 1, 2, 3, 4, 5, 6]);
    }
}
