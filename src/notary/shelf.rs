//! The tiles in a file: one row for each tile, never one for each hash.
//!
//! Everything here follows from the events and may be deleted at any time. Beside the
//! lowest tiles stands from where in the store their events are read, and the first eight
//! bytes of each event's id, so that an event is found without an index of all ids (a
//! million of them are eight megabytes, read in some milliseconds).
//!
//! Depends on: `event_store` (names and positions).

use std::collections::HashMap;
use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use uuid::Uuid;

use super::edge::{Edge, FullTile};
use super::tiles::{self, Place, WIDTH};
use super::tree::{Hash, Nodes};
use crate::event_store::{Bookmark, GlobalPosition};

/// The form of the file; another one is built anew.
const FORMAT: i64 = 1;

const TABLES: &str = "
CREATE TABLE progress (
    one INTEGER PRIMARY KEY CHECK (one = 1), store BLOB NOT NULL, size INTEGER NOT NULL,
    position INTEGER NOT NULL, event BLOB NOT NULL
) STRICT;
CREATE TABLE tiles (
    level INTEGER NOT NULL, number INTEGER NOT NULL, hashes BLOB NOT NULL,
    PRIMARY KEY (level, number)
) STRICT;
CREATE TABLE bundles (number INTEGER PRIMARY KEY, after INTEGER NOT NULL, ids BLOB NOT NULL) STRICT;";

/// Why the shelf cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// The file cannot be read or written.
    #[error("the tiles of the log: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A tile is not there, or is cut short.
    #[error("tile {number} of level {level} is not whole")]
    Tile {
        /// Its level.
        level: u8,
        /// Its number.
        number: u64,
    },
}

/// From where the events of a lowest tile are read, and the beginnings of their ids.
#[derive(Debug, Clone, Default)]
pub struct Bundle {
    /// The tile.
    pub number: u64,
    /// The last position before its first event.
    pub after: GlobalPosition,
    ids: Vec<u8>,
}

/// A leaf to be put on the shelf.
#[derive(Debug, Clone, Copy)]
pub struct Placed {
    /// Its hash.
    pub hash: Hash,
    /// Its event.
    pub event: Uuid,
    /// The position before its event.
    pub after: GlobalPosition,
}

/// The tiles of a log, up to what was last put there.
pub struct Shelf {
    db: Connection,
    edge: Edge,
    bundle: Bundle,
}

impl Shelf {
    /// Opens a file, or begins it anew when it has another form; in memory without one.
    ///
    /// # Errors
    ///
    /// [`ShelfError`].
    pub fn open(path: Option<&Path>) -> Result<Self, ShelfError> {
        let db = match path {
            Some(path) => Connection::open(path)?,
            None => Connection::open_in_memory()?,
        };
        // A lost commit is made again from the events.
        db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")?;
        let mut shelf = Self { db, edge: Edge::default(), bundle: Bundle::default() };
        let format: i64 = shelf.db.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if format != FORMAT || shelf.load().is_err() {
            shelf.clear()?;
        }
        Ok(shelf)
    }

    /// Looks at a file that somebody else may be writing.
    ///
    /// # Errors
    ///
    /// [`ShelfError`].
    pub fn look(path: &Path) -> Result<Self, ShelfError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(path, flags)?;
        Ok(Self { db, edge: Edge::default(), bundle: Bundle::default() })
    }

    /// The first leaf hashes; `None` when there are fewer.
    ///
    /// # Errors
    ///
    /// [`ShelfError::Sqlite`].
    pub fn leaves(&self, count: u64) -> Result<Option<Vec<Hash>>, ShelfError> {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let mut leaves = Vec::new();
        let mut lowest =
            self.db.prepare("SELECT hashes FROM tiles WHERE level = 0 ORDER BY number")?;
        let mut rows = lowest.query([])?;
        while let Some(row) = rows.next()? {
            let bytes = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
            leaves.extend(tiles::hashes(bytes).unwrap_or_default());
            if leaves.len() >= count {
                break;
            }
        }
        leaves.truncate(count);
        Ok((leaves.len() == count).then_some(leaves))
    }

    /// The root over some leaf hashes.
    pub fn root_of(leaves: &[Hash]) -> Hash {
        let mut edge = Edge::default();
        for leaf in leaves {
            edge.push(*leaf, |_| {});
        }
        edge.root()
    }

    /// Begins anew.
    ///
    /// # Errors
    ///
    /// [`ShelfError`].
    pub fn clear(&mut self) -> Result<(), ShelfError> {
        self.db.execute_batch(&format!(
            "BEGIN IMMEDIATE; DROP TABLE IF EXISTS progress; DROP TABLE IF EXISTS tiles;
             DROP TABLE IF EXISTS bundles; {TABLES} PRAGMA user_version = {FORMAT}; COMMIT;"
        ))?;
        self.edge = Edge::default();
        self.bundle = Bundle::default();
        Ok(())
    }

    fn load(&mut self) -> Result<(), ShelfError> {
        let size: Option<i64> =
            self.db.query_row("SELECT size FROM progress", [], |row| row.get(0)).optional()?;
        let size = size.map_or(0, unsigned);
        self.edge = Edge::restore(size, |level, number, width| self.tile(level, number, width))?;
        self.bundle = match size % WIDTH {
            0 => Bundle { number: size / WIDTH, ..Bundle::default() },
            _ => self.bundle(size / WIDTH)?,
        };
        Ok(())
    }

    /// How far the store was read.
    ///
    /// # Errors
    ///
    /// [`ShelfError`].
    pub fn bookmark(&self) -> Result<Option<Bookmark>, ShelfError> {
        let found = self.db.query_row("SELECT store, position, event FROM progress", [], |row| {
            Ok(Bookmark {
                store: Uuid::from_bytes(row.get(0)?),
                position: GlobalPosition(unsigned(row.get(1)?)),
                event: Uuid::from_bytes(row.get(2)?),
            })
        });
        Ok(found.optional()?)
    }

    /// How many leaves there are.
    pub fn size(&self) -> u64 {
        self.edge.size()
    }

    /// The root of all of them.
    pub fn root(&self) -> Hash {
        self.edge.root()
    }

    /// Adds leaves and moves the bookmark, all or nothing.
    ///
    /// # Errors
    ///
    /// [`ShelfError`]; then nothing was added.
    pub fn add(&mut self, leaves: &[Placed], bookmark: Bookmark) -> Result<(), ShelfError> {
        let mut edge = self.edge.clone();
        let mut bundle = self.bundle.clone();
        let mut full: Vec<FullTile> = Vec::new();
        let mut bundles = Vec::new();
        for leaf in leaves {
            if bundle.ids.is_empty() {
                bundle.number = edge.size() / WIDTH;
                bundle.after = leaf.after;
            }
            bundle.ids.extend_from_slice(&beginning(leaf.event));
            edge.push(leaf.hash, |tile| full.push(tile));
            if edge.size().is_multiple_of(WIDTH) {
                bundles.push(std::mem::take(&mut bundle));
            }
        }
        let tx = self.db.transaction()?;
        {
            let mut write =
                tx.prepare_cached("INSERT OR REPLACE INTO tiles VALUES (?1, ?2, ?3)")?;
            let full = full.iter().map(|tile| (tile.level, tile.number, tile.hashes.as_slice()));
            for (level, number, hashes) in full.chain(edge.partial()) {
                write.execute(params![level, signed(number), hashes.as_flattened()])?;
            }
            let mut write =
                tx.prepare_cached("INSERT OR REPLACE INTO bundles VALUES (?1, ?2, ?3)")?;
            let open = (!bundle.ids.is_empty()).then_some(&bundle);
            for bundle in bundles.iter().chain(open) {
                let (number, after) = (signed(bundle.number), signed(bundle.after.0));
                write.execute(params![number, after, bundle.ids])?;
            }
            tx.prepare_cached("INSERT OR REPLACE INTO progress VALUES (1, ?1, ?2, ?3, ?4)")?
                .execute(params![
                    bookmark.store.as_bytes(),
                    signed(edge.size()),
                    signed(bookmark.position.0),
                    bookmark.event.as_bytes()
                ])?;
        }
        tx.commit()?;
        self.edge = edge;
        self.bundle = bundle;
        Ok(())
    }

    /// The first hashes of a tile.
    ///
    /// # Errors
    ///
    /// [`ShelfError::Tile`] when it has fewer.
    pub fn tile(&self, level: u8, number: u64, width: usize) -> Result<Vec<Hash>, ShelfError> {
        let missing = || ShelfError::Tile { level, number };
        let mut find =
            self.db.prepare_cached("SELECT hashes FROM tiles WHERE level = ?1 AND number = ?2")?;
        let mut rows = find.query(params![level, signed(number)])?;
        let row = rows.next()?.ok_or_else(missing)?;
        let mut hashes = tiles::hashes(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?)
            .ok_or_else(missing)?;
        if hashes.len() < width {
            return Err(missing());
        }
        hashes.truncate(width);
        Ok(hashes)
    }

    /// Whether every hash above the lowest tiles follows from them.
    ///
    /// # Errors
    ///
    /// [`ShelfError::Sqlite`].
    pub fn is_sound(&self) -> Result<bool, ShelfError> {
        let mut edge = Edge::default();
        let mut above: Vec<FullTile> = Vec::new();
        let mut lowest =
            self.db.prepare("SELECT number, hashes FROM tiles WHERE level = 0 ORDER BY number")?;
        let mut rows = lowest.query([])?;
        while let Some(row) = rows.next()? {
            let bytes = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
            let Some(hashes) = tiles::hashes(bytes) else { return Ok(false) };
            if unsigned(row.get(0)?) != edge.size() / WIDTH || !edge.size().is_multiple_of(WIDTH) {
                return Ok(false);
            }
            for hash in hashes {
                edge.push(hash, |tile| above.extend((tile.level > 0).then_some(tile)));
            }
        }
        let same = |tile: &FullTile| {
            self.tile(tile.level, tile.number, tile.hashes.len())
                .is_ok_and(|hashes| hashes == tile.hashes)
        };
        Ok(edge.size() == self.edge.size()
            && edge.root() == self.edge.root()
            && above.iter().all(same))
    }

    /// From where the events of a lowest tile are read.
    ///
    /// # Errors
    ///
    /// [`ShelfError::Tile`] when there is no such tile.
    pub fn bundle(&self, number: u64) -> Result<Bundle, ShelfError> {
        self.db
            .prepare_cached("SELECT after, ids FROM bundles WHERE number = ?1")?
            .query_row([signed(number)], |row| {
                let after = GlobalPosition(unsigned(row.get(0)?));
                Ok(Bundle { number, after, ids: row.get(1)? })
            })
            .optional()?
            .ok_or(ShelfError::Tile { level: 0, number })
    }

    /// Which leaves the events with these ids may be: one index for each id found. Ids are
    /// compared by their first eight bytes.
    ///
    /// # Errors
    ///
    /// [`ShelfError`].
    pub fn find(&self, events: &[Uuid]) -> Result<HashMap<Uuid, u64>, ShelfError> {
        let wanted: HashMap<[u8; 8], Uuid> =
            events.iter().map(|event| (beginning(*event), *event)).collect();
        let mut found = HashMap::new();
        // The latest first: it is asked for most.
        let mut all =
            self.db.prepare_cached("SELECT number, ids FROM bundles ORDER BY number DESC")?;
        let mut rows = all.query([])?;
        while let Some(row) = rows.next()? {
            let first = unsigned(row.get(0)?) * WIDTH;
            let ids = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
            for (index, id) in (first..).zip(ids.as_chunks::<8>().0) {
                if let Some(event) = wanted.get(id) {
                    found.insert(*event, index);
                }
            }
            if found.len() == wanted.len() {
                break;
            }
        }
        Ok(found)
    }
}

impl Nodes for Shelf {
    type Error = ShelfError;

    fn node(&self, level: u32, index: u64) -> Result<Hash, ShelfError> {
        let place = Place::of(level, index);
        let hashes = self.tile(place.level, place.number, place.from + place.count)?;
        place.node(&hashes).ok_or(ShelfError::Tile { level: place.level, number: place.number })
    }
}

fn beginning(event: Uuid) -> [u8; 8] {
    event.as_bytes().first_chunk().copied().unwrap_or_default()
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notary::tree::{self, leaf_hash};

    fn leaf(number: u64) -> Placed {
        Placed {
            hash: leaf_hash(&number.to_be_bytes()),
            event: Uuid::from_u128(u128::from(number) << 64),
            after: GlobalPosition(number),
        }
    }

    fn bookmark(size: u64) -> Bookmark {
        Bookmark { store: Uuid::nil(), position: GlobalPosition(size), event: Uuid::nil() }
    }

    #[test]
    fn a_shelf_filled_in_parts_and_opened_again_is_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.db");
        let mut whole = Shelf::open(None).unwrap();
        let all: Vec<_> = (0..1_000).map(leaf).collect();
        whole.add(&all, bookmark(1_000)).unwrap();
        let mut from = 0;
        for step in [1, 254, 1, 1, 255, 256, 232] {
            let mut shelf = Shelf::open(Some(&path)).unwrap();
            assert_eq!(shelf.size(), from as u64);
            shelf.add(&all[from..from + step], bookmark((from + step) as u64)).unwrap();
            from += step;
        }
        let shelf = Shelf::open(Some(&path)).unwrap();
        assert_eq!(shelf.bookmark().unwrap(), Some(bookmark(1_000)));
        assert_eq!(shelf.root(), whole.root());
        for size in [1, 255, 256, 257, 512, 999, 1_000] {
            assert_eq!(tree::root(&shelf, size).unwrap(), tree::root(&whole, size).unwrap());
        }
        assert_eq!(shelf.bundle(3).unwrap().after, GlobalPosition(768));
        let ids = [all[0].event, all[999].event, Uuid::max()];
        let found = shelf.find(&ids).unwrap();
        assert_eq!((found.get(&ids[0]), found.get(&ids[1])), (Some(&0), Some(&999)));
        assert!(shelf.tile(0, 3, 233).is_err() && shelf.tile(0, 4, 1).is_err());
        assert_eq!(shelf.tile(1, 0, 3).unwrap().len(), 3);
    }

    #[test]
    fn a_file_that_is_damaged_is_begun_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.db");
        let mut shelf = Shelf::open(Some(&path)).unwrap();
        let all: Vec<_> = (0..300).map(leaf).collect();
        shelf.add(&all, bookmark(300)).unwrap();
        shelf.db.execute("DELETE FROM tiles WHERE level = 0", []).unwrap();
        drop(shelf);
        let shelf = Shelf::open(Some(&path)).unwrap();
        assert_eq!((shelf.size(), shelf.bookmark().unwrap()), (0, None));
    }
}
