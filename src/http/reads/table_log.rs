//! The log: signed heads, tiles, proofs.

use super::{Access, Answer, Read, log, none};
use crate::http::params::describe;

/// The rows.
pub const READS: &[Read] = &[
    Read {
        method: "get",
        path: "/log/checkpoint",
        id: "show_checkpoint",
        summary: "The signed head of the log",
        description: "A C2SP checkpoint: how many events are logged, and the root over them, signed by the log and cosigned by its witnesses. Keep it: later it proves whether the log still begins so.",
        access: Access::SignedIn,
        parameters: none,
        answer: |_| Answer::media("The checkpoint.", &["text/plain"]),
        route: log::checkpoint,
    },
    Read {
        method: "get",
        path: "/log/tile/{level}/{number}",
        id: "show_tile",
        summary: "A tile of the log",
        description: "Up to 256 hashes of the tree, one after the other (C2SP tlog-tiles). The number is spelled in groups of three digits, `x001/x234/067`, with `.p/` and a width for a tile that is not full yet.",
        access: Access::SignedIn,
        parameters: none,
        answer: |_| Answer::media("The hashes.", &[log::TILE]),
        route: log::tile,
    },
    Read {
        method: "get",
        path: "/log/tile/entries/{number}",
        id: "show_log_entries",
        summary: "The leaves of a tile",
        description: "For auditors. Each leaf preceded by its length in two bytes; `events/leaf.v1.json` describes a leaf.",
        access: Access::SignedIn,
        parameters: none,
        answer: |_| Answer { problems: &[403], ..Answer::media("The leaves.", &[log::TILE]) },
        route: log::entries,
    },
    Read {
        method: "get",
        path: "/log/leaves/{event_id}",
        id: "show_log_leaf",
        summary: "Find an event in the log",
        description: "Its leaf, where it stands, and the proof that it is under the last signed head; for whoever may read the thing it belongs to.",
        access: Access::SignedIn,
        parameters: none,
        answer: |all| Answer::of::<log::LogLeaf>("LogLeaf", all),
        route: log::leaf,
    },
    Read {
        method: "get",
        path: "/log/inclusion-proofs",
        id: "prove_inclusion",
        summary: "Prove that a leaf is in the log",
        description: "The hashes beside the way from a leaf to the root of a tree of any size that the log once had.",
        access: Access::SignedIn,
        parameters: || describe::<log::InclusionParams>(),
        answer: |all| Answer::of::<log::InclusionProof>("InclusionProof", all),
        route: log::inclusion,
    },
    Read {
        method: "get",
        path: "/log/consistency-proofs",
        id: "prove_consistency",
        summary: "Prove that the log only grew",
        description: "The hashes that show that a tree of one size is the beginning of a tree of another.",
        access: Access::SignedIn,
        parameters: || describe::<log::ConsistencyParams>(),
        answer: |all| Answer::of::<log::ConsistencyProof>("ConsistencyProof", all),
        route: log::consistency,
    },
];
