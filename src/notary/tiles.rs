//! Where hashes stand in tiles, and how C2SP spells a tile in an address.
//!
//! A tile holds 256 hashes of complete subtrees 8 levels apart: `tile/<L>/<N>`, with
//! `N` in groups of three digits (`x001/x234/067`), and `.p/<W>` for one of which only
//! `W` hashes exist.
//!
//! Depends on: nothing in this crate.

use super::tree::{Hash, node_hash};

/// Hashes in a full tile.
pub const WIDTH: u64 = 256;

/// Levels of the tree that one level of tiles spans.
pub const HEIGHT: u32 = 8;

/// The highest level of tiles.
pub const TOP: u8 = 7;

/// Which tile is meant, and how many of its hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TileName {
    /// The tile, from 0 in its level.
    pub number: u64,
    /// How many hashes, 1 to 256.
    pub width: u64,
}

impl TileName {
    /// Reads `<N>[.p/<W>]`; `None` for any other spelling.
    pub fn parse(text: &str) -> Option<Self> {
        let (path, width) = match text.split_once(".p/") {
            Some((path, width)) => (path, decimal(width).filter(|w| (1..WIDTH).contains(w))?),
            None => (text, WIDTH),
        };
        let groups: Vec<&str> = path.split('/').collect();
        let (last, before) = groups.split_last()?;
        let mut number = 0_u64;
        for group in before {
            number = push(number, group.strip_prefix('x')?)?;
        }
        let number = push(number, last)?;
        // The one spelling of a number has no group of zeros in front.
        (Self { number, width }.to_string() == text).then_some(Self { number, width })
    }
}

impl std::fmt::Display for TileName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let digits = self.number.to_string();
        let padded = format!("{digits:0>width$}", width = digits.len().div_ceil(3) * 3);
        let groups = padded.len() / 3;
        for group in 0..groups {
            if group + 1 < groups {
                f.write_str("x")?;
            }
            f.write_str(&padded[3 * group..3 * group + 3])?;
            if group + 1 < groups {
                f.write_str("/")?;
            }
        }
        if self.width < WIDTH { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

/// Where the hash of a complete subtree is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The level of the tile.
    pub level: u8,
    /// The tile.
    pub number: u64,
    /// The first of its hashes that the subtree spans.
    pub from: usize,
    /// How many it spans: a power of two below 256.
    pub count: usize,
}

impl Place {
    /// The place of a node of the tree.
    pub fn of(level: u32, index: u64) -> Self {
        let within = level % HEIGHT;
        let first = index << within;
        Self {
            level: u8::try_from(level / HEIGHT).unwrap_or(TOP),
            number: first / WIDTH,
            from: usize::try_from(first % WIDTH).unwrap_or_default(),
            count: 1 << within,
        }
    }

    /// The node, from the hashes of its tile; `None` when the tile is too short.
    pub fn node(&self, hashes: &[Hash]) -> Option<Hash> {
        hashes.get(self.from..self.from + self.count).map(fold)
    }
}

/// The root of a power of two of hashes.
pub fn fold(hashes: &[Hash]) -> Hash {
    match hashes {
        [] => super::tree::empty_root(),
        [one] => *one,
        many => {
            let (left, right) = many.split_at(many.len() / 2);
            node_hash(&fold(left), &fold(right))
        }
    }
}

/// The hashes in the bytes of a tile; `None` unless they are whole.
pub fn hashes(bytes: &[u8]) -> Option<Vec<Hash>> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    rest.is_empty().then(|| hashes.to_vec())
}

fn push(number: u64, group: &str) -> Option<u64> {
    let digits = group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_digit());
    let value: u64 = digits.then(|| group.parse().ok())??;
    number.checked_mul(1000)?.checked_add(value)
}

/// A number without zeros in front.
pub(super) fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_is_spelled_as_c2sp_wants() {
        let full = |number| TileName { number, width: WIDTH }.to_string();
        assert_eq!(full(0), "000");
        assert_eq!(full(67), "067");
        assert_eq!(full(1_234_067), "x001/x234/067");
        assert_eq!(TileName { number: 273, width: 112 }.to_string(), "273.p/112");
        for number in [0, 1, 999, 1_000, 123_456, 999_999, 1_000_000] {
            for width in [1, 255, 256] {
                let name = TileName { number, width };
                assert_eq!(TileName::parse(&name.to_string()), Some(name));
            }
        }
    }

    #[test]
    fn no_other_spelling_is_taken() {
        for wrong in [
            "",
            "0",
            "00",
            "0000",
            "x000/000",
            "001/002",
            "x001",
            "x001/",
            "000.p/0",
            "000.p/256",
            "000.p/01",
            "000.p/",
            "000.p",
            "-01",
            "x1/000",
            "000/",
            "é00",
            "x18/446/744/073/709/551/616",
        ] {
            assert_eq!(TileName::parse(wrong), None, "{wrong}");
        }
    }
}
