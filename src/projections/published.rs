//! What the public finds: the approved abstracts that hold the words looked for, and the
//! norms that something published is about.
//!
//! The search index knows more than was published, so abstracts are compared one by one:
//! there are few of them, and only what is shown is looked at.
//!
//! Deliberately absent: cases, bodies, answers, texts that nobody approved.
//!
//! Depends on: `search`, `domain::norm`.

use std::collections::BTreeSet;

use rusqlite::Connection;
use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ViewsError;
use super::condition::Conditions;
use super::issues::{IssueFilter, PublicIssueList};
use super::lists::json;
use super::moment::Moment;
use super::norms::{act_label, amendments};
use super::registry::{AmendmentView, NormEntryView};
use super::solutions::{PublishedSolutions, SolutionFilter};
use super::things::Kind;
use crate::domain::values::Day;
use crate::search::analyse;

/// Most abstracts looked through for words.
const LOOKED_THROUGH: u32 = 2_000;

/// A norm as the public reads of it.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PublishedNorm {
    /// Its id, the same for whoever cites it.
    pub norm_id: Uuid,
    /// How it is cited.
    #[schema(max_length = 1000)]
    pub label: String,
    /// Its entry in the catalogue; absent when it was only cited.
    pub entry: Option<NormEntryView>,
    /// What amended it, in the order in which it takes effect.
    #[schema(max_items = 10_000)]
    pub amendments: Vec<AmendmentView>,
}

/// The terms that somebody looks for.
struct Wanted(BTreeSet<String>);

impl Wanted {
    fn of(words: &str) -> Self {
        Self(analyse(words).into_iter().collect())
    }

    /// Whether texts together hold all of them; nothing holds no terms.
    fn are_in(&self, texts: &[&str]) -> bool {
        let held: BTreeSet<String> = texts.iter().flat_map(|text| analyse(text)).collect();
        !self.0.is_empty() && self.0.is_subset(&held)
    }
}

impl Moment {
    /// The published issues that hold all the words of the filter, on a day; without
    /// words the list, page by page.
    ///
    /// # Errors
    ///
    /// As [`Moment::list_published_issues`].
    pub async fn search_published_issues(
        &self,
        filter: &IssueFilter,
        on: Day,
    ) -> Result<PublicIssueList, ViewsError> {
        let Some(words) = &filter.q else { return self.list_published_issues(filter, on).await };
        let wanted = Wanted::of(words);
        let all = IssueFilter { q: None, cursor: None, limit: LOOKED_THROUGH, ..filter.clone() };
        let mut list = self.list_published_issues(&all, on).await?;
        list.items.retain(|one| {
            wanted.are_in(&[&one.summary, &one.norms.join("\n"), &one.reference, &one.reported_by])
        });
        list.items.truncate(usize::try_from(filter.limit).unwrap_or(usize::MAX));
        Ok(PublicIssueList { next: None, ..list })
    }

    /// The published solutions that hold all these words, on a day; without words the
    /// list, page by page.
    ///
    /// # Errors
    ///
    /// As [`Moment::list_published_solutions`].
    pub async fn search_published_solutions(
        &self,
        words: Option<&str>,
        filter: &SolutionFilter,
        on: Day,
    ) -> Result<PublishedSolutions, ViewsError> {
        let Some(words) = words else { return self.list_published_solutions(filter, on).await };
        let wanted = Wanted::of(words);
        let all = SolutionFilter { cursor: None, limit: LOOKED_THROUGH, ..filter.clone() };
        let mut list = self.list_published_solutions(&all, on).await?;
        list.items.retain(|one| wanted.are_in(&[&one.summary, &one.reference]));
        list.items.truncate(usize::try_from(filter.limit).unwrap_or(usize::MAX));
        Ok(PublishedSolutions { next: None, ..list })
    }

    /// The norms that something published is about, by name.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views cannot be read.
    pub fn list_published_norms(&self) -> Result<Vec<PublishedNorm>, ViewsError> {
        let published = published(self);
        let mut found = self.read(|conn| {
            let cited = format!("SELECT DISTINCT c.norm FROM citations c WHERE {published}");
            let ids = Conditions::default()
                .query(conn, &cited, |row| row.get::<_, [u8; 16]>("norm").map(Uuid::from_bytes))?;
            ids.into_iter()
                .map(|norm| about(conn, &published, norm))
                .collect::<Result<Vec<_>, ViewsError>>()
        })?;
        found.sort_by(|one, other| one.label.cmp(&other.label));
        Ok(found)
    }

    /// One of them; `None` when nothing published is about it.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views cannot be read.
    pub fn show_published_norm(&self, norm: Uuid) -> Result<Option<PublishedNorm>, ViewsError> {
        let published = published(self);
        self.read(|conn| {
            let mut select = Conditions::default();
            select.bind(":norm", norm.as_bytes().to_vec());
            let cited =
                format!("SELECT 1 FROM citations c WHERE c.norm = :norm AND {published} LIMIT 1");
            let found = select.query(conn, &cited, |row| row.get::<_, i64>(0))?;
            found.first().map(|_| about(conn, &published, norm)).transpose()
        })
    }
}

/// The condition on citations `c` that what cites was published: an issue or a solution.
fn published(moment: &Moment) -> String {
    format!(
        "c.norm IS NOT NULL AND (
         (c.kind = {} AND EXISTS (SELECT 1 FROM issues i WHERE i.no = c.thing AND {}))
         OR (c.kind = {} AND EXISTS (SELECT 1 FROM solutions t WHERE t.no = c.thing
             AND t.summary_rev IS NOT NULL AND {})))",
        Kind::Issue as u8,
        moment.published("i", Kind::Issue),
        Kind::Solution as u8,
        moment.published("t", Kind::Solution)
    )
}

fn about(conn: &Connection, published: &str, norm: Uuid) -> Result<PublishedNorm, ViewsError> {
    let mut select = Conditions::default();
    select.bind(":norm", norm.as_bytes().to_vec());
    let entry: Option<NormEntryView> = select
        .query(conn, "SELECT doc FROM norms WHERE norm = :norm", |row| json(row, "doc"))?
        .pop();
    let label = if let Some(entry) = &entry {
        entry.label_it.to_string()
    } else {
        let cited =
            format!("SELECT min(c.label) FROM citations c WHERE c.norm = :norm AND {published}");
        let label = select.query(conn, &cited, |row| row.get::<_, String>(0))?.pop();
        label.map(|label| act_label(&label)).unwrap_or_default()
    };
    Ok(PublishedNorm { norm_id: norm, label, entry, amendments: amendments(conn, norm)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_words_must_be_held_in_whatever_form() {
        let text = "Per l'iscrizione anagrafica basta la ricevuta.";
        assert!(Wanted::of("iscrizioni anagrafiche").are_in(&[text]));
        assert!(
            Wanted::of("dlgs 142/2015 ricevuta").are_in(&[text, "D.Lgs. 18 agosto 2015, n. 142"])
        );
        assert!(!Wanted::of("ricevuta sanitaria").are_in(&[text]));
        assert!(!Wanted::of("  ").are_in(&[text]));
    }
}
