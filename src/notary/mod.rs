//! What lets an outsider prove that nothing was changed or removed.
//!
//! Every event of a logged stream is a leaf of one Merkle tree (RFC 6962), in the order
//! of the store. The head of the tree is signed every few seconds and served as a C2SP
//! checkpoint, its hashes as C2SP tiles. Whoever keeps one checkpoint can tell later
//! whether the log still begins as it did then.
//!
//! ```text
//! store ─► leaf (hashes of the stored bytes) ─► right edge of the tree ─► rows of 256 hashes
//!                                                        └─► root ─► checkpoint, signed
//! ```
//!
//! * [`leaf`], [`tree`], [`edge`]: the log as mathematics, without storage.
//! * [`shelf`]: the tiles, in a file that is rebuilt from the events at any time.
//! * [`note`], [`checkpoint`], [`key`]: signed notes and the key outside the data folder.
//! * [`keeper`]: the thread that follows the store; it refuses an older or forked one.
//! * [`scrub`]: the store read again in the background, against bytes that flip on a disk.
//! * [`verify`]: everything computed anew from stored bytes; [`witness`]: a second party.
//!
//! Deliberately absent: what events mean, who may read what, and the text of any event.
//!
//! Depends on: `event_store`, `clock`, `private_file`.

pub mod checkpoint;
pub mod edge;
pub mod keeper;
pub mod key;
pub mod leaf;
pub mod note;
pub mod scrub;
pub mod shelf;
pub mod tiles;
pub mod tree;
pub mod verify;
pub mod witness;

pub use checkpoint::Checkpoint;
pub use keeper::{Keeper, KeeperError, KeeperOptions, Signed};
pub use leaf::{Leaf, LeafError, Logged, is_logged};
pub use scrub::Scrub;
pub use tree::Hash;

/// The verifier that needs nothing of this program: one file of Python.
pub const VERIFIER: &str = include_str!("verifier.py");

/// Bytes as lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
