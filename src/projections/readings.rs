//! How authorities read a rule: positions as the matrix and the page of a norm show them.
//!
//! Depends on: `access`, `domain::issue`.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use rusqlite::Row;
use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ViewsError;
use super::linked::{code, code_if_any, reference_of, word, word_if_any};
use super::moment::Moment;
use super::opened;
use super::things::Kind;
use crate::domain::issue::{EndCause, Issue, Known};
use crate::domain::shared::Territory;
use crate::domain::values::{
    AuthorityId, AuthorityKind, Day, FormCode, ProvinceCode, PublicName, Text,
};

/// How an authority reads a rule, as one issue reports it.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReadingView {
    /// The id of the position.
    pub position_id: Uuid,
    /// The issue that reports it.
    pub issue: Uuid,
    /// The reference of that issue.
    #[schema(max_length = 20, example = "S-2026/0042")]
    pub issue_reference: String,
    /// Whose reading.
    pub authority: AuthorityId,
    /// The kind of that authority, when it is registered.
    pub authority_kind: Option<AuthorityKind>,
    /// The present name of its office, when it is registered.
    pub office: Option<PublicName>,
    /// The province in which it is read so: that of the territory, else of the authority.
    pub province: Option<ProvinceCode>,
    /// Where it holds.
    pub territory: Territory,
    /// How the rule is read.
    pub reading: Option<Text<4000>>,
    /// In which form it is known.
    pub form: FormCode,
    /// How it is known.
    pub known: Known,
    /// Since when it holds.
    pub since: Option<Day>,
    /// The day it was observed.
    pub observed_on: Day,
    /// The last day it held, when it no longer does.
    pub until: Option<Day>,
    /// Why it no longer holds.
    pub cause: Option<EndCause>,
}

/// The columns that [`read`] reads, of issues `t`, positions `r` and authorities `a`.
pub(super) const COLUMNS: &str = "r.id AS position_id, t.id AS issue_id, t.year, t.rank,
    r.authority, a.kind AS authority_kind, a.office, r.level, r.territory, r.form, r.known,
    r.since, r.observed_on, r.until, r.cause,
    CASE WHEN r.level = 'province' THEN r.territory ELSE a.province END AS province";

/// A reading whose words are not opened yet.
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<ReadingView> {
    Ok(ReadingView {
        position_id: row.get("position_id").map(Uuid::from_bytes)?,
        issue: row.get("issue_id").map(Uuid::from_bytes)?,
        issue_reference: reference_of(row, Kind::Issue)?,
        authority: code(row, "authority")?,
        authority_kind: code_if_any(row, "authority_kind")?,
        office: code_if_any(row, "office")?,
        province: code_if_any(row, "province")?,
        territory: Territory { level: word(row, "level")?, code: code(row, "territory")? },
        reading: None,
        form: code(row, "form")?,
        known: word(row, "known")?,
        since: code_if_any(row, "since")?,
        observed_on: code(row, "observed_on")?,
        until: code_if_any(row, "until")?,
        cause: word_if_any(row, "cause")?,
    })
}

/// Opens the words of readings, each issue once.
pub(super) async fn open<'a>(
    moment: &Moment,
    readings: impl Iterator<Item = &'a mut ReadingView>,
) -> Result<(), ViewsError> {
    let mut of_issue: BTreeMap<Uuid, BTreeMap<Uuid, Text<4000>>> = BTreeMap::new();
    for one in readings {
        let held = match of_issue.entry(one.issue) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(words_of(moment, one.issue).await?),
        };
        one.reading = held.get(&one.position_id).cloned();
    }
    Ok(())
}

/// The words of the readings of an issue, by position.
async fn words_of(moment: &Moment, issue: Uuid) -> Result<BTreeMap<Uuid, Text<4000>>, ViewsError> {
    let state = opened::state::<Issue>(moment, issue, u64::MAX).await?;
    Ok(state.positions.into_iter().map(|held| (held.id, held.data.reading)).collect())
}
