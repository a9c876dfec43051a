//! All proofs of small trees as one number, which other programs compute too.
//!
//! `agree.py` beside this file computes it with `aics-tlog` from `PyPI`, checks every proof
//! with our verifier in Python, and compares.

use std::convert::Infallible;

use quesito::notary::hex;
use quesito::notary::tree::{self, Hash, Nodes, leaf_hash, node_hash};
use sha2::{Digest, Sha256};

/// The largest tree.
const LARGEST: u64 = 256;

/// SHA-256 over all roots and proofs, in order.
const EXPECTED: &str = include_str!("proofs.sha256");

/// Complete subtrees, level by level.
struct Tree(Vec<Vec<Hash>>);

impl Tree {
    fn new() -> Self {
        let mut levels = vec![(0..LARGEST).map(|n| leaf_hash(&n.to_be_bytes())).collect()];
        while let Some(below) = levels.last().filter(|below: &&Vec<Hash>| below.len() > 1) {
            let pairs = below.as_chunks::<2>().0;
            levels.push(pairs.iter().map(|[left, right]| node_hash(left, right)).collect());
        }
        Self(levels)
    }
}

impl Nodes for Tree {
    type Error = Infallible;

    fn node(&self, level: u32, index: u64) -> Result<Hash, Infallible> {
        Ok(self.0[usize::try_from(level).unwrap()][usize::try_from(index).unwrap()])
    }
}

#[test]
fn all_proofs_up_to_256_leaves_are_the_ones_that_others_compute() {
    let tree = Tree::new();
    let mut all = Sha256::new();
    for size in 1..=LARGEST {
        let root = tree::root(&tree, size).unwrap();
        all.update(root);
        for index in 0..size {
            let proof = tree::inclusion(&tree, index, size).unwrap();
            assert!(tree::includes(&tree.node(0, index).unwrap(), index, size, &proof, &root));
            all.update([u8::try_from(proof.len()).unwrap()]);
            for hash in &proof {
                all.update(hash);
            }
        }
        for old in 1..=size {
            let proof = tree::consistency(&tree, old, size).unwrap();
            let before = tree::root(&tree, old).unwrap();
            assert!(tree::extends((old, &before), (size, &root), &proof));
            all.update([u8::try_from(proof.len()).unwrap()]);
            for hash in &proof {
                all.update(hash);
            }
        }
    }
    assert_eq!(hex(&all.finalize()), EXPECTED.trim());
}
