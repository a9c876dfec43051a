//! The right edge of a growing tree: all that is needed to add leaves and tell the root.
//!
//! One list of at most 255 hashes for each level of tiles. A list that reaches 256 is a
//! full tile: it is handed out and its root goes one level up.
//!
//! Deliberately absent: full tiles. Whoever wants proofs keeps them.
//!
//! Depends on: nothing in this crate.

use std::convert::Infallible;

use super::tiles::{self, Place, WIDTH};
use super::tree::{self, Hash, Nodes};

/// A tile that will never change again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FullTile {
    /// Its level.
    pub level: u8,
    /// Its number in the level.
    pub number: u64,
    /// Its 256 hashes.
    pub hashes: Vec<Hash>,
}

/// The right edge.
#[derive(Debug, Clone, Default)]
pub struct Edge {
    size: u64,
    levels: Vec<Vec<Hash>>,
}

impl Edge {
    /// The edge of a tree of `size` leaves, whose partial tile of a level `tile` knows.
    ///
    /// # Errors
    ///
    /// Those of `tile`.
    pub fn restore<E>(
        size: u64,
        mut tile: impl FnMut(u8, u64, usize) -> Result<Vec<Hash>, E>,
    ) -> Result<Self, E> {
        let mut levels = Vec::new();
        let mut rest = size;
        while rest > 0 {
            let level = u8::try_from(levels.len()).unwrap_or(tiles::TOP);
            let width = usize::try_from(rest % WIDTH).unwrap_or_default();
            rest /= WIDTH;
            levels.push(if width > 0 { tile(level, rest, width)? } else { Vec::new() });
        }
        Ok(Self { size, levels })
    }

    /// How many leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf; tiles that it fills are handed to `full`.
    pub fn push(&mut self, leaf: Hash, mut full: impl FnMut(FullTile)) {
        let mut hash = leaf;
        let mut number = self.size / WIDTH;
        self.size += 1;
        for level in 0.. {
            if self.levels.len() <= level {
                self.levels.push(Vec::with_capacity(256));
            }
            let list = &mut self.levels[level];
            list.push(hash);
            if list.len() < 256 {
                return;
            }
            hash = tiles::fold(list);
            let hashes = std::mem::replace(list, Vec::with_capacity(256));
            let level = u8::try_from(level).unwrap_or(tiles::TOP);
            full(FullTile { level, number, hashes });
            number /= WIDTH;
        }
    }

    /// The root of all leaves.
    pub fn root(&self) -> Hash {
        match tree::root(self, self.size) {
            Ok(root) => root,
            Err(never) => match never {},
        }
    }

    /// The partial tiles: level, number, hashes.
    pub fn partial(&self) -> impl Iterator<Item = (u8, u64, &[Hash])> {
        let mut rest = self.size;
        (0..).zip(&self.levels).filter_map(move |(level, hashes)| {
            rest /= WIDTH;
            (!hashes.is_empty()).then_some((level, rest, hashes.as_slice()))
        })
    }
}

/// Only the nodes that the root of all leaves is made of.
impl Nodes for Edge {
    type Error = Infallible;

    fn node(&self, level: u32, index: u64) -> Result<Hash, Infallible> {
        let place = Place::of(level, index);
        let list = self.levels.get(usize::from(place.level)).map_or(&[][..], Vec::as_slice);
        // Every complete subtree on the right edge lies within a partial tile.
        Ok(place.node(list).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::notary::tree::{leaf_hash, node_hash};

    #[test]
    fn the_edge_knows_the_root_at_every_size() {
        let mut edge = Edge::default();
        let mut tiles = HashMap::new();
        let mut complete: Vec<Hash> = Vec::new();
        for number in 0..70_000_u64 {
            if number < 600 || number % 1_009 == 0 || number > 65_500 && number < 65_600 {
                // A binary counter of complete subtrees, from the right.
                let root = complete.iter().rev().copied();
                let root = root.reduce(|right, left| node_hash(&left, &right));
                assert_eq!(edge.root(), root.unwrap_or_else(tree::empty_root), "{number}");
                let restored = Edge::restore(edge.size(), |level, tile, width| {
                    let found = edge.partial().find(|(l, n, _)| (*l, *n) == (level, tile));
                    let (_, _, hashes) = found.unwrap();
                    assert_eq!(hashes.len(), width);
                    Ok::<_, Infallible>(hashes.to_vec())
                });
                assert_eq!(restored.unwrap().root(), edge.root());
            }
            let leaf = leaf_hash(&number.to_be_bytes());
            edge.push(leaf, |tile| {
                tiles.insert((tile.level, tile.number), tile.hashes);
            });
            complete.push(leaf);
            for _ in 0..(number + 1).trailing_zeros() {
                let (right, left) = (complete.pop().unwrap(), complete.pop().unwrap());
                complete.push(node_hash(&left, &right));
            }
        }
        // What C2SP says of a tree of 70,000 leaves.
        let count = |level| tiles.keys().filter(|(of, _)| *of == level).count();
        assert_eq!((count(0), count(1), count(2)), (273, 1, 0));
        let partial: Vec<_> =
            edge.partial().map(|(level, number, hashes)| (level, number, hashes.len())).collect();
        assert_eq!(partial, [(0, 273, 112), (1, 1, 17), (2, 0, 1)]);
    }
}
