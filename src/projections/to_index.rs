//! What the search index has to read anew, gathered by the views as they go.
//!
//! The views see every event anyway; an index that read the store again would cost as much
//! once more, over a network above all. It only does so where it has missed something: it
//! was behind when the process began, or the views were exchanged meanwhile.
//!
//! Depends on: `domain`, `event_store`.

use std::collections::BTreeSet;
use std::mem;

use uuid::Uuid;

use super::fact::{Fact, What};
use crate::domain::issue::IssueEvent;
use crate::event_store::{Bookmark, GlobalPosition};

/// What some events have changed of what is indexed.
#[derive(Debug, Default)]
pub(super) struct Changed {
    /// Issues that are to be indexed anew.
    pub(super) issues: BTreeSet<Uuid>,
    /// Whether a text was erased.
    pub(super) erased: bool,
}

impl Changed {
    /// Takes one event into account.
    pub(super) fn take(&mut self, fact: &Fact) {
        if let What::Issue(id, one) = &fact.what
            && is_indexed(&one.event)
        {
            self.issues.insert(*id);
            self.erased |= matches!(one.event, IssueEvent::TextErased(_));
        }
    }
}

/// What has changed since the index asked last, up to where the views have come.
#[derive(Debug)]
pub(super) struct ToIndex {
    /// After which position everything was gathered.
    after: GlobalPosition,
    up_to: Bookmark,
    changed: Changed,
}

impl ToIndex {
    /// Nothing yet, after a place in the log.
    pub(super) fn after(place: Bookmark) -> Self {
        Self { after: place.position, up_to: place, changed: Changed::default() }
    }

    /// Adds what a batch has changed that began after a position; `indexed` is how far the
    /// index is.
    pub(super) fn add(
        &mut self,
        after: GlobalPosition,
        mut changed: Changed,
        up_to: Bookmark,
        indexed: GlobalPosition,
    ) {
        if up_to.position <= indexed {
            *self = Self::after(up_to);
            return;
        }
        if after > self.up_to.position {
            // What lies between was seen by nobody: the index reads up to here by itself.
            self.after = after;
            self.changed = Changed::default();
        }
        self.up_to = up_to;
        self.changed.issues.append(&mut changed.issues);
        self.changed.erased |= changed.erased;
    }

    /// What has changed after a position, perhaps with some of what changed before, and up to
    /// where.
    ///
    /// # Errors
    ///
    /// The later position from which on it is known.
    pub(super) fn take(
        &mut self,
        after: GlobalPosition,
    ) -> Result<(Changed, Bookmark), GlobalPosition> {
        if self.after > after {
            return Err(self.after);
        }
        self.after = self.up_to.position;
        Ok((mem::take(&mut self.changed), self.up_to))
    }
}

/// Whether an event changes what is indexed.
fn is_indexed(event: &IssueEvent) -> bool {
    use IssueEvent as Is;
    match event {
        Is::Reported(_)
        | Is::Amended(_)
        | Is::NormCited(_)
        | Is::NormCitationCorrected(_)
        | Is::NormCitationRemoved(_)
        | Is::PositionRecorded(_)
        | Is::PositionCorrected(_)
        | Is::PositionWithdrawn(_)
        | Is::Endorsed(_)
        | Is::EndorsementWithdrawn(_)
        | Is::Reopened(_)
        | Is::TextErased(_) => true,
        Is::ClarificationRequested(_)
        | Is::ClarificationProvided(_)
        | Is::Triaged(_)
        | Is::Assigned(_)
        | Is::PositionEnded(_)
        | Is::EndorsementCorrected(_)
        | Is::ImpactEstimated(_)
        | Is::Linked(_)
        | Is::Unlinked(_)
        | Is::AnswerLinked(_)
        | Is::AnswerUnlinked(_)
        | Is::NoteAdded(_)
        | Is::ContactRecorded(_)
        | Is::VisibilityChanged(_)
        | Is::Published(_)
        | Is::Unpublished(_)
        | Is::Withdrawn(_)
        | Is::Closed(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(position: u64) -> Bookmark {
        let event = Uuid::from_u128(position.into());
        Bookmark { store: Uuid::nil(), position: GlobalPosition(position), event }
    }

    fn issues(numbers: &[u128]) -> Changed {
        let issues = numbers.iter().copied().map(Uuid::from_u128).collect();
        Changed { issues, erased: false }
    }

    fn add(to_index: &mut ToIndex, (after, up_to): (u64, u64), indexed: u64, numbers: &[u128]) {
        let (after, indexed) = (GlobalPosition(after), GlobalPosition(indexed));
        to_index.add(after, issues(numbers), place(up_to), indexed);
    }

    fn take(to_index: &mut ToIndex, after: u64) -> Result<(Vec<u128>, u64), u64> {
        match to_index.take(GlobalPosition(after)) {
            Ok((changed, up_to)) => {
                let issues = changed.issues.iter().map(Uuid::as_u128).collect();
                Ok((issues, up_to.position.0))
            }
            Err(later) => Err(later.0),
        }
    }

    #[test]
    fn batches_are_taken_together_and_once() {
        let mut to_index = ToIndex::after(place(0));
        add(&mut to_index, (0, 10), 0, &[1, 2]);
        add(&mut to_index, (10, 20), 0, &[2, 3]);
        assert_eq!(take(&mut to_index, 0), Ok((vec![1, 2, 3], 20)));
        add(&mut to_index, (20, 30), 20, &[4]);
        assert_eq!(take(&mut to_index, 20), Ok((vec![4], 30)));
    }

    #[test]
    fn an_index_that_is_behind_is_told_from_where_on_it_is_known() {
        let mut to_index = ToIndex::after(place(10));
        add(&mut to_index, (10, 20), 0, &[1]);
        assert_eq!(take(&mut to_index, 5), Err(10));
        assert_eq!(take(&mut to_index, 10), Ok((vec![1], 20)));
        // It failed with what it took, and begins anew.
        assert_eq!(take(&mut to_index, 10), Err(20));
    }

    #[test]
    fn after_a_gap_only_what_follows_is_known() {
        let mut to_index = ToIndex::after(place(0));
        add(&mut to_index, (0, 10), 0, &[1]);
        add(&mut to_index, (15, 20), 0, &[2]);
        assert_eq!(take(&mut to_index, 0), Err(15));
        assert_eq!(take(&mut to_index, 15), Ok((vec![2], 20)));
    }

    #[test]
    fn what_was_indexed_before_is_not_asked_for_again() {
        let mut to_index = ToIndex::after(place(0));
        add(&mut to_index, (0, 10), 20, &[1]);
        add(&mut to_index, (10, 20), 20, &[2]);
        add(&mut to_index, (20, 30), 20, &[3]);
        assert_eq!(take(&mut to_index, 20), Ok((vec![3], 30)));
    }
}
