//! The views at a moment: as they stand, or as they stood. What is read of them is the
//! same either way, so every query is a method of [`Moment`].
//!
//! Who may see the past is settled here too: what the rule allowed then *and* allows
//! today ([`Scope::Past`]), whatever the query.
//!
//! Depends on: `access`, `event_store`.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::ViewsError;
use super::cut::Cut;
use super::past::Then;
use super::readers::Reader;
use super::texts::Texts;
use super::things::Kind;
use super::views::reached;
use super::writer::Shared;
use crate::access::{Actor, Scope};
use crate::domain::values::{BodyId, Day};
use crate::event_store::GlobalPosition;

/// How long a search waits for the index to have followed an erasure.
const INDEXING: Duration = Duration::from_secs(3);

/// The views at a moment.
#[derive(Clone)]
pub struct Moment {
    source: Source,
    texts: Arc<Texts>,
    /// Which part of the log is seen, up to where it was read; `None` for all of it.
    cut: Option<Cut>,
    held: Option<Held>,
}

#[derive(Clone)]
enum Source {
    /// As they stand, whichever file is current.
    Now(Arc<Shared>),
    /// As they stood; beside the present ones where somebody else than their owner reads.
    Then(Arc<Then>, Option<Arc<Shared>>),
}

/// For which moment an answer holds: it can be had again, byte for byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// What had been recorded by then.
    pub as_of: Timestamp,
    /// What had happened by then, when that was asked.
    pub effective_on: Option<Day>,
    /// Up to where the log was read.
    pub head: GlobalPosition,
}

impl Moment {
    pub(super) fn now(shared: Arc<Shared>) -> Self {
        let texts = Arc::clone(&shared.texts);
        Self { source: Source::Now(shared), texts, cut: None, held: None }
    }

    /// The moment that was asked for, by views that answer for it.
    pub(super) fn then(
        asked: Cut,
        then: Arc<Then>,
        today: Option<Arc<Shared>>,
        texts: Arc<Texts>,
    ) -> Self {
        let reached = then.reached();
        let held = Held {
            as_of: asked.as_of.unwrap_or(reached.seen.latest),
            effective_on: asked.effective_on,
            head: asked.head.unwrap_or(reached.at.position),
        };
        let cut = Cut { head: Some(held.head), ..asked };
        Self { source: Source::Then(then, today), texts, cut: Some(cut), held: Some(held) }
    }

    /// Reads with a connection of one's own; the search index is attached as `search`.
    ///
    /// # Errors
    ///
    /// What the query answers.
    pub fn read<T>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, ViewsError>,
    ) -> Result<T, ViewsError> {
        self.reader()?.read(query)
    }

    fn reader(&self) -> Result<Reader, ViewsError> {
        match &self.source {
            Source::Now(shared) => shared.readers().reader(),
            Source::Then(then, today) => {
                let today = today.as_ref().map(|shared| shared.readers().path().to_owned());
                then.readers().reader_beside(today.as_deref())
            }
        }
    }

    /// The texts that lists show.
    pub fn texts(&self) -> &Texts {
        &self.texts
    }

    /// Which part of the log is seen; `None` for all of it.
    pub(super) fn cut(&self) -> Option<&Cut> {
        self.cut.as_ref()
    }

    /// For which moment of the past answers hold; `None` in the present.
    pub fn held(&self) -> Option<Held> {
        self.held
    }

    /// The day on which it is asked what holds.
    pub fn day(&self, today: Day) -> Day {
        self.cut().and_then(Cut::day).unwrap_or(today)
    }

    /// What a reader may read at this moment.
    #[must_use]
    pub fn scope(&self, scope: &Scope) -> Scope {
        match &self.source {
            Source::Now(_) => scope.clone(),
            Source::Then(..) => scope.in_the_past(),
        }
    }

    /// What an actor may read at this moment.
    pub(super) fn scope_of(&self, actor: Option<&Actor>) -> Scope {
        self.scope(&Scope::of(actor))
    }

    /// The condition that a thing is published: in the past, that it was and still is.
    pub(super) fn published(&self, alias: &str, kind: Kind) -> String {
        let condition = |alias: &str| match kind {
            Kind::Solution => format!("{alias}.published_on IS NOT NULL"),
            Kind::Issue | Kind::Question | Kind::Answer | Kind::Communication => {
                format!("{alias}.published > 0")
            }
        };
        match &self.source {
            Source::Then(_, Some(_)) => format!(
                "({} AND EXISTS (SELECT 1 FROM today_{} today WHERE today.no = {alias}.no AND {}))",
                condition(alias),
                kind as u8,
                condition("today")
            ),
            Source::Now(_) | Source::Then(_, None) => condition(alias),
        }
    }

    /// Leaves those who take part today too: notes to participants are for them.
    pub(super) fn still_taking_part(
        &self,
        kind: Kind,
        id: Uuid,
        bodies: BTreeSet<BodyId>,
    ) -> Result<BTreeSet<BodyId>, ViewsError> {
        let Source::Then(_, Some(_)) = &self.source else { return Ok(bodies) };
        self.read(|conn| {
            let mut found = conn.prepare_cached(
                "SELECT p.body FROM things t JOIN today_participants p
                 ON p.kind = t.kind AND p.thing = t.no WHERE t.id = ?1 AND t.kind = ?2",
            )?;
            let today: BTreeSet<String> = found
                .query_map(params![id.as_bytes().as_slice(), kind as u8], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            Ok(bodies.into_iter().filter(|body| today.contains(body.as_str())).collect())
        })
    }

    /// Waits until words can be looked up, none of which was erased.
    ///
    /// # Errors
    ///
    /// [`ViewsError::Behind`] or [`ViewsError::Preparing`] when they cannot.
    pub(super) async fn searchable(&self) -> Result<(), ViewsError> {
        match &self.source {
            Source::Now(shared) => {
                let erased = GlobalPosition(shared.erased.load(Ordering::Acquire));
                reached(&shared.searchable, &shared.wanted_searchable, erased, INDEXING).await
            }
            Source::Then(then, Some(shared)) => shared.past.searchable(then).await,
            Source::Then(_, None) => Ok(()),
        }
    }
}
