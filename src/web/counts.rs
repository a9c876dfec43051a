//! The counts beside the list of issues, kept as long as nothing changes: to count all of
//! them takes longer than to show some.
//!
//! Deliberately absent: the past, which nobody looks at twice in a row.
//!
//! Depends on: `access`, `projections`.

use std::sync::Arc;

use quick_cache::sync::Cache;

use super::fault::Fault;
use super::visit::Visit;
use crate::access::Scope;
use crate::domain::values::Day;
use crate::projections::issues::{IssueFacets, IssueFilter};

/// How many lists are remembered.
const REMEMBERED: usize = 256;

/// What was counted for whom, on which day, under which generation of the views.
#[derive(Debug)]
pub struct Counts(Cache<Counted, (u64, Arc<IssueFacets>)>);

/// Which issues were counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Counted {
    scope: Scope,
    filter: IssueFilter,
    on: Day,
}

impl Default for Counts {
    fn default() -> Self {
        Self(Cache::new(REMEMBERED))
    }
}

impl Visit {
    /// The counts beside the list that a filter gives the visitor.
    ///
    /// # Errors
    ///
    /// [`Fault`] when the views cannot be read.
    pub async fn counts(&self, filter: &IssueFilter) -> Result<Arc<IssueFacets>, Fault> {
        let views = self.views().await?;
        let scope = self.scope();
        let Some(generation) = self.generation() else {
            return Ok(Arc::new(views.issue_facets(&scope, filter, self.today).await?));
        };
        // The page and the order of the list count nothing.
        let filter = IssueFilter { sort: None, cursor: None, limit: 1, ..filter.clone() };
        let asked = Counted { scope, filter, on: self.today };
        if let Some((counted_at, counts)) = self.site.counts.0.get(&asked)
            && counted_at == generation
        {
            return Ok(counts);
        }
        let counts = views.issue_facets(&asked.scope, &asked.filter, self.today).await?;
        let counts = Arc::new(counts);
        self.site.counts.0.insert(asked, (generation, counts.clone()));
        Ok(counts)
    }
}
