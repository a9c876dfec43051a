//! The Merkle tree of RFC 6962: hashes, proofs, and how a proof is checked.
//!
//! Proofs are computed over anything that knows the hashes of complete subtrees
//! ([`Nodes`]); checking one needs nothing but the proof.
//!
//! Deliberately absent: storage, and the bytes of leaves.
//!
//! Depends on: nothing in this crate.

use sha2::{Digest, Sha256};

/// A node of the tree.
pub type Hash = [u8; 32];

/// The longest proof of a tree of 2^63 leaves, in hashes.
pub const LONGEST_PROOF: usize = 63;

/// The hash of a leaf.
pub fn leaf_hash(bytes: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(bytes).finalize().into()
}

/// The hash of an inner node.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The hash of a tree without leaves.
pub fn empty_root() -> Hash {
    Sha256::digest(b"").into()
}

/// What knows the hashes of complete subtrees.
pub trait Nodes {
    /// Why a hash cannot be had.
    type Error;

    /// The hash of the complete subtree over the leaves from `index` times 2^`level` on.
    ///
    /// # Errors
    ///
    /// When there is no such complete subtree, or it cannot be read.
    fn node(&self, level: u32, index: u64) -> Result<Hash, Self::Error>;
}

/// The root of the first `size` leaves.
///
/// # Errors
///
/// Those of [`Nodes::node`].
pub fn root<N: Nodes>(nodes: &N, size: u64) -> Result<Hash, N::Error> {
    if size == 0 { Ok(empty_root()) } else { range(nodes, 0, size) }
}

/// The proof that the leaf at `index` is among the first `size`, which must be more.
///
/// # Errors
///
/// Those of [`Nodes::node`].
pub fn inclusion<N: Nodes>(nodes: &N, index: u64, size: u64) -> Result<Vec<Hash>, N::Error> {
    let (mut start, mut end) = (0, size);
    let mut proof = Vec::new();
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            proof.push(range(nodes, middle, end)?);
            end = middle;
        } else {
            proof.push(range(nodes, start, middle)?);
            start = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// The proof that the first `old` leaves are the beginning of the first `new`.
///
/// # Errors
///
/// Those of [`Nodes::node`].
pub fn consistency<N: Nodes>(nodes: &N, old: u64, new: u64) -> Result<Vec<Hash>, N::Error> {
    let mut proof = Vec::new();
    if old == 0 || old >= new {
        return Ok(proof);
    }
    let (mut start, mut end, mut whole) = (0, new, true);
    while end != old {
        let middle = start + split(end - start);
        if old <= middle {
            proof.push(range(nodes, middle, end)?);
            end = middle;
        } else {
            proof.push(range(nodes, start, middle)?);
            start = middle;
            whole = false;
        }
    }
    if !whole {
        proof.push(range(nodes, start, end)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Whether a proof shows that a leaf is at `index` among `size` under `root`.
pub fn includes(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut place, mut last, mut hash) = (index, size - 1, *leaf);
    for beside in proof {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            hash = node_hash(beside, &hash);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, beside);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Whether a proof shows that a tree of `old` leaves is the beginning of one of `new`.
pub fn extends(old: (u64, &Hash), new: (u64, &Hash), proof: &[Hash]) -> bool {
    let ((old_size, old_root), (new_size, new_root)) = (old, new);
    if old_size == 0 {
        return proof.is_empty() && *old_root == empty_root();
    }
    if old_size == new_size {
        return proof.is_empty() && old_root == new_root;
    }
    if old_size > new_size {
        return false;
    }
    let mut hashes = proof.iter();
    let first = if old_size.is_power_of_two() { Some(old_root) } else { hashes.next() };
    let Some(first) = first else { return false };
    let (mut place, mut last) = (old_size - 1, new_size - 1);
    while place & 1 == 1 {
        place >>= 1;
        last >>= 1;
    }
    let (mut of_old, mut of_new) = (*first, *first);
    for beside in hashes {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            of_old = node_hash(beside, &of_old);
            of_new = node_hash(beside, &of_new);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            of_new = node_hash(&of_new, beside);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && of_old == *old_root && of_new == *new_root
}

/// The hash over the leaves from `start` to before `end`, of which there is at least one.
/// A range that comes from splitting begins at a multiple of any power of two below it.
fn range<N: Nodes>(nodes: &N, start: u64, end: u64) -> Result<Hash, N::Error> {
    let length = end - start;
    if length.is_power_of_two() {
        return nodes.node(length.trailing_zeros(), start / length);
    }
    let middle = start + split(length);
    Ok(node_hash(&range(nodes, start, middle)?, &range(nodes, middle, end)?))
}

/// The largest power of two below a length of at least two.
fn split(length: u64) -> u64 {
    1 << (length - 1).ilog2()
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    /// All leaves, each node computed anew.
    struct Leaves(Vec<Hash>);

    impl Nodes for Leaves {
        type Error = Infallible;

        fn node(&self, level: u32, index: u64) -> Result<Hash, Infallible> {
            if level == 0 {
                return Ok(self.0[usize::try_from(index).unwrap()]);
            }
            let left = self.node(level - 1, 2 * index)?;
            Ok(node_hash(&left, &self.node(level - 1, 2 * index + 1)?))
        }
    }

    fn leaves(count: u64) -> Leaves {
        Leaves((0..count).map(|number| leaf_hash(&number.to_be_bytes())).collect())
    }

    #[test]
    fn every_proof_of_small_trees_holds_and_no_other() {
        let all = leaves(70);
        let roots: Vec<_> = (0..=70).map(|size| root(&all, size).unwrap()).collect();
        for size in 1..=70_u64 {
            let of = &roots[usize::try_from(size).unwrap()];
            for index in 0..size {
                let leaf = all.node(0, index).unwrap();
                let proof = inclusion(&all, index, size).unwrap();
                assert!(includes(&leaf, index, size, &proof, of), "{index} of {size}");
                assert!(!includes(&leaf, index + 1, size, &proof, of));
                assert!(!includes(&[7; 32], index, size, &proof, of));
                let mut longer = proof.clone();
                longer.push([7; 32]);
                assert!(!includes(&leaf, index, size, &longer, of));
            }
            for old in 0..=size {
                let before = &roots[usize::try_from(old).unwrap()];
                let proof = consistency(&all, old, size).unwrap();
                assert!(extends((old, before), (size, of), &proof), "{old} to {size}");
                if old > 0 {
                    assert!(!extends((old, &[7; 32]), (size, of), &proof));
                    assert!(!extends((old, before), (size, &[7; 32]), &proof));
                }
                let mut longer = proof.clone();
                longer.push([7; 32]);
                assert!(!extends((old, before), (size, of), &longer));
            }
        }
    }

    #[test]
    fn the_root_is_that_of_the_definition() {
        fn definition(leaves: &[Hash]) -> Hash {
            match leaves.len() {
                0 => empty_root(),
                1 => leaves[0],
                length => {
                    let middle = length.next_power_of_two() / 2;
                    node_hash(&definition(&leaves[..middle]), &definition(&leaves[middle..]))
                }
            }
        }
        let all = leaves(300);
        for size in 0..=300 {
            let expected = definition(&all.0[..size]);
            assert_eq!(root(&all, size as u64).unwrap(), expected, "{size}");
        }
    }
}
