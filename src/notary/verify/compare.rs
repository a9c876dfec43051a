//! Which event is not the one that was signed.
//!
//! The root over many events says that one of them is another, not which. The leaf
//! hashes in the tiles say it, once the tiles themselves agree with a checkpoint.

use std::collections::HashSet;

use super::report::{Damage, Fault};
use crate::event_store::sqlite::RawEvent;
use crate::notary::leaf::{Leaf, Logged, is_logged};
use crate::notary::tree::Hash;

/// The leaf hashes that were signed, in their order.
#[derive(Debug, Clone, Default)]
pub struct Trusted(Vec<Hash>);

/// An event that was not signed.
struct Stranger {
    index: usize,
    stream: Option<String>,
    revision: Option<i64>,
}

impl Trusted {
    /// The leaves under a checkpoint.
    pub fn new(leaves: Vec<Hash>) -> Self {
        Self(leaves)
    }

    /// Names what differs from the leaves found; `each` goes through the rows once more.
    ///
    /// # Errors
    ///
    /// Those of `each`.
    pub fn differences<E>(
        &self,
        found: &[Hash],
        each: impl FnOnce(&mut dyn FnMut(RawEvent)) -> Result<(), E>,
    ) -> Result<Vec<Fault>, E> {
        let below = found.len().min(self.0.len());
        if found[..below] == self.0[..below] {
            return Ok(self.tail(found.len()));
        }
        let signed: HashSet<&Hash> = self.0.iter().collect();
        let there: HashSet<&Hash> = found.iter().collect();
        let mut strangers = Vec::new();
        let mut moved = None;
        let mut index = 0;
        each(&mut |event| {
            let Some(hash) = hash(&event) else { return };
            let place = Stranger { index, stream: event.stream, revision: event.revision };
            if index < self.0.len() && !signed.contains(&hash) {
                strangers.push(place);
            } else if moved.is_none() && self.0.get(index).is_some_and(|signed| *signed != hash) {
                moved = Some(place);
            }
            index += 1;
        })?;
        let gone: Vec<usize> =
            (0..self.0.len()).filter(|index| !there.contains(&self.0[*index])).collect();
        let mut faults = self.named(strangers, &gone, found);
        // Where everything is there and nothing is strange, the order is another.
        if faults.is_empty() {
            let first = moved.map_or((None, None), |one| (one.stream, one.revision));
            faults.push(Fault {
                stream: first.0,
                revision: first.1,
                damage: Damage::Order,
                detail: "it does not stand where it was signed".into(),
            });
        }
        Ok(faults)
    }

    /// Strangers where a signed leaf is gone were altered; others were put in.
    fn named(&self, strangers: Vec<Stranger>, gone: &[usize], found: &[Hash]) -> Vec<Fault> {
        let places: HashSet<usize> = gone.iter().copied().collect();
        let equal = found.len() == self.0.len() || strangers.len() >= gone.len();
        let mut altered = 0;
        let mut faults: Vec<Fault> = strangers
            .into_iter()
            .map(|one| {
                let was = places.contains(&one.index) || (equal && altered < gone.len());
                let (damage, detail) = if was {
                    altered += 1;
                    (Damage::Altered, "its stored bytes are not those that were signed")
                } else {
                    (Damage::Inserted, "it was never signed")
                };
                Fault {
                    stream: one.stream,
                    revision: one.revision,
                    damage,
                    detail: format!("{detail} (leaf {})", one.index),
                }
            })
            .collect();
        for index in gone.iter().skip(altered) {
            faults.push(Fault {
                stream: None,
                revision: None,
                damage: Damage::Missing,
                detail: format!("the event that was signed as leaf {index} is gone"),
            });
        }
        faults
    }

    fn tail(&self, found: usize) -> Vec<Fault> {
        let gone = self.0.len().saturating_sub(found);
        let detail = match gone {
            0 => return Vec::new(),
            1 => "the last event that was signed is gone".to_owned(),
            more => format!("the last {more} events that were signed are gone"),
        };
        vec![Fault { stream: None, revision: None, damage: Damage::Missing, detail }]
    }
}

/// The leaf hash of a row that has one.
fn hash(event: &RawEvent) -> Option<Hash> {
    let stream = event.stream.as_deref().filter(|stream| is_logged(stream))?;
    let logged = Logged {
        stream,
        revision: u64::try_from(event.revision?).unwrap_or(u64::MAX),
        id: event.id?,
        stored_type: event.stored_type.as_deref()?,
        data: &event.data,
        metadata: &event.metadata,
    };
    Leaf::of(&logged).ok().map(|leaf| leaf.hash)
}
