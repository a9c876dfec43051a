//! What has happened between two places of the log that is news to somebody.
//!
//! Events are read from the store and folded anew, each stream up to the place at hand, so
//! that the same part of the log gives the same news whenever it is asked. Which solutions
//! and answers there are is learned by walking the store once, and from there on from where
//! the last walk ended.
//!
//! Depends on: `operations`, `codec`, `domain`, `event_store`.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::digest::is_fresh;
use super::news::{self, Happening};
use super::standing::Then;
use crate::clock::civil_date;
use crate::codec::{self, Codec, CodecError};
use crate::domain::issue::{Issue, IssueEvent, IssueLink};
use crate::domain::notice::NewsKind;
use crate::domain::question::Question;
use crate::domain::solution::Solution;
use crate::domain::values::{Day, PersonId, Ref, RefKind};
use crate::domain::{Decider, Recorded};
use crate::event_store::{EventStore, GlobalPosition, StoredEvent, StreamName};
use crate::operations::{OperationError, Operations};

/// Events read at once.
const PAGE: usize = 500;

/// The part of the log that a run tells of.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// After this place, as it stood on
    pub after: GlobalPosition,
    /// this day,
    pub since: Day,
    /// up to this place, as it stands on
    pub up_to: GlobalPosition,
    /// this day.
    pub today: Day,
}

/// News, with what brought it about.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// What is news to whom.
    pub happening: Happening,
    /// The event; none when a date brought it about.
    pub because_of: Option<Uuid>,
    /// Whose act it was: they know.
    pub by: Option<PersonId>,
}

/// What the walk over the store has learned.
#[derive(Default)]
pub struct Known {
    after: GlobalPosition,
    /// Every solution.
    pub solutions: BTreeSet<Uuid>,
    /// Every answer.
    pub answers: BTreeSet<Uuid>,
    /// Issues and the issues that are their duplicates.
    pub duplicates: BTreeMap<Uuid, BTreeSet<Uuid>>,
}

impl Known {
    /// Walks on to a place.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when the store cannot be read.
    pub async fn follow(
        &mut self,
        reader: &Reader<'_>,
        up_to: GlobalPosition,
    ) -> Result<(), OperationError> {
        while self.after < up_to {
            let page = reader.store.read_all(self.after, PAGE).await.map_err(unreadable)?;
            let Some(last) = page.last() else { break };
            self.after = last.position;
            for stored in &page {
                self.learn(reader, stored);
            }
        }
        Ok(())
    }

    fn learn(&mut self, reader: &Reader<'_>, stored: &StoredEvent) {
        let Ok(id) = stored.stream.id().parse::<Uuid>() else { return };
        match (stored.stream.category(), stored.revision) {
            ("solution", 0) => {
                self.solutions.insert(id);
            }
            ("answer", 0) => {
                self.answers.insert(id);
            }
            ("issue", _) if stored.stored_type.contains("linked") => {
                let Ok(fact) = reader.codec.read::<IssueEvent>(stored) else { return };
                match fact.event {
                    IssueEvent::Linked(data) if data.link == IssueLink::Duplicate => {
                        self.duplicates.entry(data.issue).or_default().insert(id);
                    }
                    IssueEvent::Unlinked(data) if data.link == IssueLink::Duplicate => {
                        self.duplicates.entry(data.issue).or_default().remove(&id);
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// The same news for those who reported the same: duplicates receive the outcome of their
    /// group, each told of its own.
    fn to_groups(&self, mut found: Found) -> Vec<Found> {
        let happening = &mut found.happening;
        happening.told_of = self.groups(&happening.told_of);
        let of_issue = happening.about.kind == RefKind::Issue;
        if happening.kind == NewsKind::TakenUp {
            return vec![found];
        }
        let issues = self.groups(&happening.issues);
        if !of_issue {
            happening.issues = issues;
            return vec![found];
        }
        let told = |issue: Uuid| {
            let mut one = found.clone();
            one.happening.about = Ref::to(RefKind::Issue, issue);
            one.happening.issues = [issue].into();
            one
        };
        issues.into_iter().map(told).collect()
    }

    /// Issues with those that are their duplicates.
    fn groups(&self, issues: &BTreeSet<Uuid>) -> BTreeSet<Uuid> {
        let mut all = issues.clone();
        let mut open: Vec<Uuid> = issues.iter().copied().collect();
        while let Some(issue) = open.pop() {
            let more = self.duplicates.get(&issue).into_iter().flatten();
            open.extend(more.filter(|one| all.insert(**one)));
        }
        all
    }
}

/// Reads streams as they stood at a place.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    /// The events.
    pub store: &'a dyn EventStore,
    /// Reads them, with their texts left closed.
    pub codec: &'a Codec,
}

impl<'a> Reader<'a> {
    /// Over the store of operations.
    pub fn of(operations: &'a Operations) -> Self {
        Self { store: &**operations.handler.store(), codec: operations.handler.codec() }
    }

    /// The events of a stream up to a place; none when they cannot be read, which the views
    /// tell of.
    async fn facts<D: Decider>(
        &self,
        stream: &StreamName,
        up_to: GlobalPosition,
    ) -> Result<Vec<(StoredEvent, Recorded<D::Event>)>, OperationError> {
        let mut facts = Vec::new();
        loop {
            let from = facts.len() as u64;
            let page = self.store.read_stream(stream, from, PAGE).await.map_err(unreadable)?;
            let full = page.len() == PAGE;
            for stored in page {
                match self.codec.read(&stored) {
                    Ok(fact) => facts.push((stored, fact)),
                    Err(why) => {
                        passed_over(stream, &why);
                        return Ok(Vec::new());
                    }
                }
            }
            if !full {
                facts.retain(|(stored, _)| stored.position <= up_to);
                return Ok(facts);
            }
        }
    }

    /// A thing as it stood at a place.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when the store cannot be read.
    pub async fn state<D: Decider>(
        &self,
        id: Uuid,
        up_to: GlobalPosition,
    ) -> Result<D::State, OperationError> {
        let Ok(stream) = StreamName::new(format!("{}-{id}", D::CATEGORY)) else {
            return Ok(D::State::default());
        };
        let mut state = D::State::default();
        for (_, fact) in self.facts::<D>(&stream, up_to).await? {
            D::evolve(&mut state, &fact);
        }
        Ok(state)
    }

    /// The news that the events of a stream are within a window.
    async fn told<D: Decider>(
        &self,
        stream: &StreamName,
        window: &Window,
        tell: impl Fn(&D::State, &Recorded<D::Event>, &D::State) -> Vec<Happening>,
    ) -> Result<Vec<Found>, OperationError> {
        let (mut state, mut found) = (D::State::default(), Vec::new());
        for (stored, fact) in self.facts::<D>(stream, window.up_to).await? {
            let recorded = civil_date(fact.recorded_at).into();
            if stored.position <= window.after || !is_fresh(recorded, window.today) {
                D::evolve(&mut state, &fact);
                continue;
            }
            let before = state.clone();
            D::evolve(&mut state, &fact);
            let by = codec::metadata(&stored).ok().map(|metadata| metadata.actor.subject);
            found.extend(tell(&before, &fact, &state).into_iter().map(|happening| Found {
                happening,
                because_of: Some(fact.id),
                by: by.clone(),
            }));
        }
        Ok(found)
    }
}

/// Everything within a window that is news to somebody, in the order of the things.
///
/// # Errors
///
/// [`OperationError`] when the store cannot be read.
pub async fn gather(
    reader: &Reader<'_>,
    known: &mut Known,
    window: &Window,
) -> Result<Vec<Found>, OperationError> {
    known.follow(reader, window.up_to).await?;
    let mut found = Vec::new();
    for stream in touched(reader, window).await? {
        let Ok(id) = stream.id().parse::<Uuid>() else { continue };
        found.extend(match stream.category() {
            "issue" => {
                let tell = |before: &_, fact: &_, _: &_| news::of_issue(id, before, fact);
                reader.told::<Issue>(&stream, window, tell).await?
            }
            "question" => {
                let tell =
                    |before: &_, fact: &_, after: &_| news::of_question(id, before, fact, after);
                reader.told::<Question>(&stream, window, tell).await?
            }
            "solution" => {
                let tell = |before: &_, _: &_, after: &_| {
                    news::of_solution(id, before, after, window.today)
                };
                reader.told::<Solution>(&stream, window, tell).await?
            }
            _ => Vec::new(),
        });
    }
    let mut found: Vec<_> = found.into_iter().flat_map(|one| known.to_groups(one)).collect();
    found.extend(shaken(reader, known, window).await?);
    Ok(found)
}

/// The streams with an event in the window.
async fn touched(
    reader: &Reader<'_>,
    window: &Window,
) -> Result<BTreeSet<StreamName>, OperationError> {
    let (mut streams, mut after) = (BTreeSet::new(), window.after);
    loop {
        let page = reader.store.read_all(after, PAGE).await.map_err(unreadable)?;
        let Some(last) = page.last() else { return Ok(streams) };
        after = last.position;
        let within = page.into_iter().filter(|stored| stored.position <= window.up_to);
        streams.extend(within.map(|stored| stored.stream));
        if after >= window.up_to {
            return Ok(streams);
        }
    }
}

/// The solutions that are to be verified now and were not at the last run, through an event
/// or a date, for the bodies that apply them.
async fn shaken(
    reader: &Reader<'_>,
    known: &Known,
    window: &Window,
) -> Result<Vec<Found>, OperationError> {
    let mut found = Vec::new();
    let mut times: Option<(Then, Then)> = None;
    for id in &known.solutions {
        let state = reader.state::<Solution>(*id, window.up_to).await?;
        let Some(happening) = news::to_verify(*id, &state, window.today) else { continue };
        if times.is_none() {
            let before = Then::at(reader, known, window.after, window.since).await?;
            let now = Then::at(reader, known, window.up_to, window.today).await?;
            times = Some((before, now));
        }
        let Some((before, now)) = &mut times else { continue };
        if !now.shakes(reader, &state).await? {
            continue;
        }
        let then = reader.state::<Solution>(*id, window.after).await?;
        if !before.shakes(reader, &then).await? {
            found.push(Found { happening, because_of: None, by: None });
        }
    }
    Ok(found)
}

/// Of what cannot be read nothing is told; the rest goes on.
fn passed_over(stream: &StreamName, why: &CodecError) {
    tracing::warn!(stream = %stream, fault = %why, "no notices about what cannot be read");
}

/// What a store says that cannot be read.
fn unreadable(why: impl std::fmt::Display) -> OperationError {
    OperationError::Unavailable(why.to_string())
}
