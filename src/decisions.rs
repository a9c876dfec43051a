//! Decisions that cannot be undone cheaply, each with what would change our mind.
//!
//! A record is ten to twenty lines in `src/decisions/`. It is never rewritten: a
//! later one takes its place and says so. This module holds documentation only.

#[doc = include_str!("decisions/0001-event-bytes.md")]
pub mod d0001_event_bytes {}

#[doc = include_str!("decisions/0002-sealed-texts.md")]
pub mod d0002_sealed_texts {}

#[doc = include_str!("decisions/0003-sqlite-group-commit.md")]
pub mod d0003_sqlite_group_commit {}

#[doc = include_str!("decisions/0004-projections-fold-states.md")]
pub mod d0004_projections_fold_states {}

#[doc = include_str!("decisions/0005-commands-are-proposed-events.md")]
pub mod d0005_commands_are_proposed_events {}

#[doc = include_str!("decisions/0006-two-dates.md")]
pub mod d0006_two_dates {}

#[doc = include_str!("decisions/0007-access-as-one-function.md")]
pub mod d0007_access_as_one_function {}

#[doc = include_str!("decisions/0008-ids-from-commands.md")]
pub mod d0008_ids_from_commands {}

#[doc = include_str!("decisions/0009-adhesions-bind-to-stored-bytes.md")]
pub mod d0009_adhesions_bind_to_stored_bytes {}

#[doc = include_str!("decisions/0010-frostem.md")]
pub mod d0010_frostem {}

#[doc = include_str!("decisions/0011-codes-as-ids.md")]
pub mod d0011_codes_as_ids {}

#[doc = include_str!("decisions/0012-looking-back.md")]
pub mod d0012_looking_back {}

#[doc = include_str!("decisions/0013-log.md")]
pub mod d0013_log {}

#[doc = include_str!("decisions/0014-openings-in-extracts.md")]
pub mod d0014_openings_in_extracts {}

#[doc = include_str!("decisions/0015-erasure-holds-for-copies.md")]
pub mod d0015_erasure_holds_for_copies {}

#[doc = include_str!("decisions/0016-identity.md")]
pub mod d0016_identity {}

#[doc = include_str!("decisions/0017-notices.md")]
pub mod d0017_notices {}

#[doc = include_str!("decisions/0018-eventstoredb.md")]
pub mod d0018_eventstoredb {}

#[doc = include_str!("decisions/0019-several-nodes.md")]
pub mod d0019_several_nodes {}

#[doc = include_str!("decisions/0020-small-libraries-of-the-pages.md")]
pub mod d0020_small_libraries_of_the_pages {}

#[doc = include_str!("decisions/0021-heads-without-instants.md")]
pub mod d0021_heads_without_instants {}
