//! Rings of wrapped keys: one stream each, `op-key-…`, outside the log.
//!
//! A ring is written before the event it belongs to. Putting another in its place appends
//! the new bytes and truncates the stream before them: the old ones can no longer be read,
//! and the server's next *scavenge* removes them from its disk. Until then, and in copies of
//! that disk, they open nothing once the epoch key has changed: it is not on the server.
//!
//! The server has no index of names. Listing rings therefore walks the whole log once, and
//! from then on what was added; only a change of epoch and `quesito keys` do so.
//!
//! What a crash leaves: a ring without its event, which opens nothing; or, in the middle of
//! a replacement, some rings replaced and others not, which the caller is told as `Unknown`
//! and which a second replacement completes.
//!
//! Several nodes may change one ring: one destroys a key, another passes the ring to a new
//! epoch. What is made of a ring takes its place only where it was read
//! ([`KeyRing::read_at`]), so that neither undoes the other.
//!
//! Deliberately absent: all or nothing over several streams, which the server has not.
//!
//! Depends on: the port.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use uuid::Uuid;

use super::Shared;
use super::append::{Put, unread};
use super::client::{Believed, Client, Cursor, Proposed, Record, Way};
use super::tail::PAGE;
use crate::event_store::{AppendError, KeyRing, NewEvent, ReadError, rules};

/// The stored type of a ring.
const RING: &str = "key-ring.v1";

/// The namespace of the ids of rings that replace others.
const REPLACEMENTS: Uuid = Uuid::from_u128(0x7265_706c_6163_5eed_8000_6b65_7972_696e);

/// Rings read or written at once.
const AT_ONCE: usize = 32;

/// Which rings there are, as far as the log was walked.
#[derive(Default)]
pub(super) struct Index {
    cursor: Option<Cursor>,
    ids: BTreeSet<i64>,
}

/// A ring to put in the place of another.
pub(super) struct Replacing {
    new: KeyRing,
    /// Where its stream stands.
    revision: u64,
    /// Whether the bytes are there already, and only older ones may be left.
    there: bool,
}

impl Shared {
    /// One ring.
    pub(super) async fn ring(&self, id: i64) -> Result<Option<KeyRing>, ReadError> {
        let record = self.newest(&self.names.ring(id)).await?;
        record.map(|record| decode(id, &record)).transpose()
    }

    /// Rings after an id, at most `limit`, in the order of ids.
    pub(super) async fn rings_after(
        &self,
        after: i64,
        limit: usize,
    ) -> Result<Vec<KeyRing>, ReadError> {
        let mut after = after;
        let mut rings = Vec::new();
        while rings.len() < limit {
            let ids = self.ring_ids(after, limit - rings.len()).await?;
            let Some(last) = ids.last() else { break };
            after = *last;
            let read = stream::iter(ids).map(|id| self.ring(id)).buffered(AT_ONCE);
            let read: Vec<_> = read.try_collect().await?;
            rings.extend(read.into_iter().flatten());
        }
        Ok(rings)
    }

    /// The ids of rings after an id, those of deleted ones among them.
    async fn ring_ids(&self, after: i64, limit: usize) -> Result<Vec<i64>, ReadError> {
        let mut index = self.rings.lock().await;
        loop {
            let way = index.cursor.map_or(Way::FromStart, Way::From);
            let page = self.supervisor.read(|client| client.read_all(way, PAGE)).await?;
            let ids = page.records.iter().filter_map(|record| self.names.ring_of(&record.stream));
            index.ids.extend(ids);
            index.cursor = page.records.last().and_then(|record| record.place).max(index.cursor);
            if page.ended {
                break;
            }
        }
        let later = index.ids.range((Bound::Excluded(after), Bound::Unbounded));
        Ok(later.take(limit).copied().collect())
    }

    /// Writes the rings that events bring, and answers their ids. None is overwritten.
    pub(super) async fn add_rings(&self, events: &[NewEvent]) -> Result<Vec<i64>, AppendError> {
        let rings = events.iter().filter_map(|event| Some((event.id, event.keys.clone()?)));
        let rings: Vec<(Uuid, KeyRing)> = rings.collect();
        let add = |(owner, ring): (Uuid, KeyRing)| async move {
            (ring.id, self.add_ring(owner, &ring).await)
        };
        let outcomes = stream::iter(rings).map(add).buffer_unordered(AT_ONCE);
        let outcomes: Vec<_> = outcomes.collect().await;
        let (mut added, mut refusal) = (Vec::new(), None);
        for (id, outcome) in outcomes {
            match outcome {
                Ok(()) => added.push(id),
                // No event follows, so that the append has certainly not happened.
                Err(AppendError::Unknown(why)) => refusal = Some(AppendError::Unavailable(why)),
                Err(why) => refusal = Some(why),
            }
        }
        match refusal {
            None => Ok(added),
            Some(refusal) => {
                self.drop_rings(&added).await;
                Err(refusal)
            }
        }
    }

    /// Writes one ring. Each try has an id of its own: by the id of a ring that was deleted
    /// since, the server would take it for written.
    async fn add_ring(&self, owner: Uuid, ring: &KeyRing) -> Result<(), AppendError> {
        let (name, bytes) = (self.names.ring(ring.id), encode(ring));
        let id = Uuid::new_v5(&owner, &self.turns.nonce().to_be_bytes());
        let metadata = Bytes::copy_from_slice(owner.as_bytes());
        let proposed = Proposed { metadata, ..proposed(id, bytes) };
        match self.put(&name, Believed::NoStream, std::slice::from_ref(&proposed)).await {
            Ok(_) => Ok(()),
            // An earlier append of the same event, whose outcome nobody knew, left it there.
            Err(Put::Wrong) => match self.newest(&name).await {
                Ok(Some(there))
                    if there.data == proposed.data && there.metadata == proposed.metadata =>
                {
                    Ok(())
                }
                Ok(_) => Err(rules::ring_taken(ring.id)),
                Err(why) => Err(unread(why)),
            },
            Err(other) => Err(other.into()),
        }
    }

    /// Deletes rings whose events did not come. What cannot be deleted does no harm.
    pub(super) async fn drop_rings(&self, ids: &[i64]) {
        for id in ids {
            let name = self.names.ring(*id);
            let Ok(Some(record)) = self.newest(&name).await else { continue };
            let delete = |client: Client| client.delete(name.clone(), record.revision);
            if let Err(why) = self.supervisor.ask(delete).await {
                tracing::warn!(%why, ring = id, "a ring without its event is left");
            }
        }
    }

    /// Looks whether rings can be put in the place of those that are there.
    pub(super) async fn check_rings(
        &self,
        rings: &[KeyRing],
    ) -> Result<Vec<Replacing>, AppendError> {
        let check = |new: KeyRing| async move {
            let name = self.names.ring(new.id);
            let record = self.newest(&name).await.map_err(unread)?;
            let record = record.ok_or_else(|| rules::ring_missing(new.id))?;
            let old = decode(new.id, &record).map_err(unread)?;
            if new.wrapped.len() > old.wrapped.len() {
                return Err(rules::ring_longer(new.id));
            }
            let there = new == old;
            if !there && new.read_at.is_some_and(|at| at != record.revision) {
                return Err(AppendError::KeysChanged);
            }
            Ok(Replacing { new, revision: record.revision, there })
        };
        stream::iter(rings.to_vec()).map(check).buffered(AT_ONCE).try_collect().await
    }

    /// Looks, then puts rings in the place of others.
    pub(super) async fn replace_rings(&self, rings: &[KeyRing]) -> Result<(), AppendError> {
        let open = self.open.read().await;
        if !*open {
            return Err(rules::closed());
        }
        let replacing = self.check_rings(rings).await?;
        self.put_rings(replacing).await
    }

    /// Puts rings in the place of others. Once begun, only a whole success is one.
    pub(super) async fn put_rings(&self, rings: Vec<Replacing>) -> Result<(), AppendError> {
        if rings.is_empty() {
            return Ok(());
        }
        self.scavenge.is_due(self).await;
        let put = |ring: Replacing| self.put_ring(ring);
        let put = stream::iter(rings).map(put).buffer_unordered(AT_ONCE);
        let put: Result<Vec<()>, AppendError> = put.try_collect().await;
        put.map(|_| ()).map_err(|why| match why {
            AppendError::KeysChanged => AppendError::KeysChanged,
            why => AppendError::Unknown(format!(
                "some rings may not be replaced, replace again: {why}"
            )),
        })
    }

    async fn put_ring(&self, ring: Replacing) -> Result<(), AppendError> {
        let name = self.names.ring(ring.new.id);
        let mut revision = ring.revision;
        if !ring.there {
            let bytes = encode(&ring.new);
            let seed = [&ring.new.id.to_be_bytes()[..], &revision.to_be_bytes(), &bytes].concat();
            let proposed = proposed(Uuid::new_v5(&REPLACEMENTS, &seed), bytes);
            let put = self.put(&name, Believed::At(revision), &[proposed]).await;
            revision = match put {
                Ok(written) => written.revision,
                Err(Put::Wrong) => return Err(AppendError::KeysChanged),
                Err(other) => return Err(other.into()),
            };
        }
        if revision > 0 {
            self.truncate(&name, revision).await?;
        }
        Ok(())
    }

    /// Hides what lies before a revision, and lets a scavenge remove it.
    async fn truncate(&self, name: &str, before: u64) -> Result<(), AppendError> {
        let settings = format!("$${name}");
        let data = Bytes::from(format!("{{\"$tb\":{before}}}"));
        let seed = [name.as_bytes(), &data].concat();
        let proposed = Proposed {
            id: Uuid::new_v5(&REPLACEMENTS, &seed),
            kind: "$metadata".into(),
            data,
            metadata: Bytes::new(),
            json: true,
        };
        let mut believed = Believed::NoStream;
        loop {
            match self.put(&settings, believed, std::slice::from_ref(&proposed)).await {
                Ok(_) => return Ok(()),
                Err(Put::Wrong) => {
                    let last = self.newest(&settings).await.map_err(unread)?;
                    let Some(last) = last else { return Err(Put::Wrong.into()) };
                    // Another node may have hidden as much already, or more.
                    if hidden_before(&last) >= Some(before) {
                        return Ok(());
                    }
                    believed = Believed::At(last.revision);
                }
                Err(other) => return Err(other.into()),
            }
        }
    }
}

/// Before which revision the settings of a stream hide what it holds.
fn hidden_before(settings: &Record) -> Option<u64> {
    let settings: serde_json::Value = serde_json::from_slice(&settings.data).ok()?;
    settings.get("$tb")?.as_u64()
}

fn proposed(id: Uuid, bytes: Vec<u8>) -> Proposed {
    let kind = Arc::from(RING);
    Proposed { id, kind, data: bytes.into(), metadata: Bytes::new(), json: false }
}

fn encode(ring: &KeyRing) -> Vec<u8> {
    [&ring.epoch.to_be_bytes(), ring.wrapped.as_slice()].concat()
}

fn decode(id: i64, record: &Record) -> Result<KeyRing, ReadError> {
    let parts = record.data.split_first_chunk().filter(|_| record.kind == RING);
    let Some((epoch, wrapped)) = parts else {
        return Err(ReadError::Unavailable(format!("the stream of ring {id} holds no ring")));
    };
    let (epoch, wrapped) = (u32::from_be_bytes(*epoch), wrapped.to_vec());
    Ok(KeyRing { id, epoch, wrapped, read_at: Some(record.revision) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_comes_back_from_its_record() {
        let ring = KeyRing { id: 7, epoch: 65_536, wrapped: vec![3; 48], read_at: Some(0) };
        let record = Record {
            stream: "op-key-7".into(),
            revision: 0,
            id: Uuid::nil(),
            kind: RING.into(),
            data: encode(&ring).into(),
            metadata: Bytes::new(),
            place: None,
        };
        assert_eq!(decode(7, &record), Ok(ring));
        assert!(decode(7, &Record { data: Bytes::from_static(b"abc"), ..record }).is_err());
    }
}
