//! The folded states that the views are written from.
//!
//! A *shelf* keeps the states of one category, the least recently used ones put away
//! when there are too many; a state that is not there is folded again from its
//! stream. So a state is always what its events say, and memory stays bounded
//! whatever the number of cases.
//!
//! Deliberately absent: the words that people typed. Facts come without them.
//!
//! Depends on: `domain`, `event_store`.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::Transaction;
use uuid::Uuid;

use super::ViewsError;
use super::ahead::Streams;
use super::citations::Citations;
use super::fact::{Fact, What};
use super::log::Log;
use super::things::{self, Counters, Ident, Kind};
use crate::domain::answer::{Answer, AnswerEvent};
use crate::domain::communication::{Communication, CommunicationEvent};
use crate::domain::issue::{Issue, IssueEvent};
use crate::domain::question::{Question, QuestionEvent};
use crate::domain::registry::{Authority, Body, Calendar, Form, Norm, Person, Theme};
use crate::domain::solution::{Solution, SolutionEvent};
use crate::domain::values::Day;
use crate::domain::{Decider, Recorded};
use crate::event_store::{GlobalPosition, Revision, StreamName};

/// How many cases of each kind are kept folded.
const CASES: usize = 2_048;

/// How many of them where a stream is read over the network, which takes twenty times as long.
const CASES_FROM_AFAR: usize = 16_384;

/// Which revisions of a stream carry the texts that lists show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Headlines {
    /// The event with the title, subject or text as it stands.
    pub title: Option<u32>,
    /// The event with the public abstract.
    pub summary: Option<u32>,
}

/// What an event says of headlines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Headline {
    /// It carries the title.
    Title,
    /// It carries the public abstract.
    Summary,
    /// It takes the public abstract back.
    NoSummary,
}

/// Up to where the events of a thing reach, on each of the axes along which a moment of
/// the past may cut them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// When the latest was recorded.
    pub recorded_at: Timestamp,
    /// The latest day on which something happened.
    pub occurred_on: Day,
    /// Where the last stands in the log.
    pub position: GlobalPosition,
}

impl Extent {
    /// The instant as a column has it, in microseconds.
    pub fn micros(&self) -> i64 {
        self.recorded_at.as_microsecond()
    }

    /// The position as a column has it, bit for bit.
    pub fn place(&self) -> i64 {
        self.position.0.cast_signed()
    }
}

impl Default for Extent {
    fn default() -> Self {
        let occurred_on = Day::FIRST;
        Self { recorded_at: Timestamp::MIN, occurred_on, position: GlobalPosition::START }
    }
}

/// A folded thing.
#[derive(Debug, Clone)]
pub struct Entry<S> {
    /// Its number and reference; `None` for what has none (the registry).
    pub ident: Option<Ident>,
    /// What it is; shared, so that a row can be derived while others are looked up.
    pub state: Arc<S>,
    /// How many events were folded.
    pub events: Revision,
    /// Up to where they reach.
    pub extent: Extent,
    /// Where the texts are that lists show.
    pub headlines: Headlines,
    /// What was last written of it, by table: a digest, so that rows which have not
    /// changed are not written again. Empty when it was folded anew.
    pub written: [u64; 6],
    /// The batch that last used it.
    used: u64,
}

impl<S: Default> Default for Entry<S> {
    fn default() -> Self {
        Self {
            ident: None,
            state: Arc::default(),
            events: 0,
            extent: Extent::default(),
            headlines: Headlines::default(),
            written: [0; 6],
            used: 0,
        }
    }
}

/// A decider whose states are kept.
pub trait Kept: Decider {
    /// By what its streams are told apart.
    type Key: Eq + Hash + Clone + std::fmt::Display;

    /// Its kind, when its things are numbered.
    const KIND: Option<Kind>;

    /// What an event says of headlines.
    fn headline(event: &Self::Event) -> Option<Headline>;

    /// The fact, when it is about such a thing.
    fn of(what: What) -> Option<Recorded<Self::Event>>;
}

macro_rules! kept {
    ($($decider:ty, $key:ty, $kind:expr, $what:ident, $headline:expr;)*) => {$(
        impl Kept for $decider {
            type Key = $key;
            const KIND: Option<Kind> = $kind;

            fn headline(event: &Self::Event) -> Option<Headline> {
                let headline: fn(&Self::Event) -> Option<Headline> = $headline;
                headline(event)
            }

            fn of(what: What) -> Option<Recorded<Self::Event>> {
                match what {
                    What::$what(_, fact) => Some(fact),
                    _ => None,
                }
            }
        }
    )*};
}

kept! {
    Issue, Uuid, Some(Kind::Issue), Issue, |event| match event {
        IssueEvent::Reported(_) => Some(Headline::Title),
        IssueEvent::Amended(data) if data.title.is_some() => Some(Headline::Title),
        IssueEvent::Published(_) => Some(Headline::Summary),
        IssueEvent::Unpublished(_) => Some(Headline::NoSummary),
        _ => None,
    };
    Question, Uuid, Some(Kind::Question), Question, |event| match event {
        QuestionEvent::Drafted(_) => Some(Headline::Title),
        QuestionEvent::TextRevised(data) if data.subject.is_some() => Some(Headline::Title),
        _ => None,
    };
    Answer, Uuid, Some(Kind::Answer), Answer, |event| match event {
        AnswerEvent::Received(_) => Some(Headline::Title),
        AnswerEvent::Corrected(data) if data.text.is_some() => Some(Headline::Title),
        _ => None,
    };
    Solution, Uuid, Some(Kind::Solution), Solution, |event| match event {
        SolutionEvent::Proposed(_) => Some(Headline::Title),
        SolutionEvent::Revised(data) if data.problem.is_some() => Some(Headline::Title),
        SolutionEvent::Published(_) => Some(Headline::Summary),
        SolutionEvent::Unpublished(_) => Some(Headline::NoSummary),
        _ => None,
    };
    Communication, Uuid, Some(Kind::Communication), Communication, |event| match event {
        CommunicationEvent::Recorded(_) => Some(Headline::Title),
        _ => None,
    };
    Norm, Uuid, None, Norm, |_| None;
    Body, Box<str>, None, Body, |_| None;
    Authority, Box<str>, None, Authority, |_| None;
    Theme, Box<str>, None, Theme, |_| None;
    Form, Box<str>, None, Form, |_| None;
    Calendar, Box<str>, None, Calendar, |_| None;
    Person, Box<str>, None, Person, |_| None;
}

/// The states of one category.
pub struct Shelf<D: Kept> {
    // Boxed, since half of the places of a table may be empty.
    entries: HashMap<D::Key, Box<Entry<D::State>>>,
    capacity: usize,
}

impl<D: Kept> Shelf<D> {
    fn new(capacity: usize) -> Self {
        Self { entries: HashMap::new(), capacity }
    }

    /// A state that is at hand, to note what was written of it.
    pub fn get_mut(&mut self, key: &D::Key) -> Option<&mut Entry<D::State>> {
        self.entries.get_mut(key).map(Box::as_mut)
    }

    /// Applies an event to the state it belongs to.
    pub(super) fn fold(
        &mut self,
        key: &D::Key,
        (revision, position): (Revision, GlobalPosition),
        fact: &Recorded<D::Event>,
        batch: u64,
    ) {
        let entry = self.entries.entry(key.clone()).or_default();
        apply::<D>(entry, (revision, position), fact);
        entry.used = batch;
    }

    /// How many events of a thing are folded; `None` when it is not at hand.
    pub(super) fn events(&self, key: &D::Key) -> Option<Revision> {
        self.entries.get(key).map(|entry| entry.events)
    }

    /// Puts away the least recently used states, those of this batch never.
    fn trim(&mut self, batch: u64) {
        let capacity = self.capacity;
        if self.entries.len() <= capacity {
            return;
        }
        let mut ages: Vec<u64> = self.entries.values().map(|entry| entry.used).collect();
        // A quarter more goes, so that this is not done at every batch.
        let goes = (self.entries.len() - capacity + capacity / 4).min(ages.len() - 1);
        let (_, limit, _) = ages.select_nth_unstable(goes);
        let limit = *limit;
        self.entries.retain(|_, entry| entry.used >= limit || entry.used == batch);
    }
}

fn apply<D: Kept>(
    entry: &mut Entry<D::State>,
    (revision, position): (Revision, GlobalPosition),
    fact: &Recorded<D::Event>,
) {
    D::evolve(Arc::make_mut(&mut entry.state), fact);
    entry.events = revision + 1;
    let Extent { recorded_at, occurred_on, .. } = entry.extent;
    entry.extent = Extent {
        recorded_at: recorded_at.max(fact.recorded_at),
        occurred_on: occurred_on.max(fact.occurred_on),
        position,
    };
    let here = u32::try_from(revision).ok();
    match D::headline(&fact.event) {
        Some(Headline::Title) => entry.headlines.title = here,
        Some(Headline::Summary) => entry.headlines.summary = here,
        Some(Headline::NoSummary) => entry.headlines.summary = None,
        None => {}
    }
}

macro_rules! shelves {
    ($($field:ident: $decider:ty, $capacity:expr;)*) => {
        /// All states at hand.
        pub struct Book {
            $(
                #[doc = concat!("The states of `", stringify!($decider), "`.")]
                pub $field: Shelf<$decider>,
            )*
            pub(super) log: Log,
            /// Up to which position states are folded from their streams.
            pub(super) up_to: GlobalPosition,
            pub(super) batch: u64,
            /// The numbers of things given so far.
            pub(super) counters: Counters,
            /// Streams that were read ahead, up to that position.
            pub(super) ahead: Streams,
            /// What citations say, as far as it was read.
            pub(super) citations: Citations,
        }

        impl Book {
            pub(super) fn new(log: Log) -> Self {
                let cases = match log.cut {
                    None if !log.store.is_exclusive() => CASES_FROM_AFAR,
                    None | Some(_) => CASES,
                };
                Self {
                    $($field: Shelf::new($capacity(cases)),)*
                    log,
                    up_to: GlobalPosition::START,
                    batch: 0,
                    counters: Counters::default(),
                    ahead: Streams::new(),
                    citations: Citations::default(),
                }
            }

            /// Puts away what was not used for long; to be called between batches.
            pub(super) fn trim(&mut self) {
                $(self.$field.trim(self.batch);)*
                self.batch += 1;
            }
        }

        $(
            impl OnShelf for $decider {
                fn shelf(book: &mut Book) -> &mut Shelf<Self> {
                    &mut book.$field
                }
            }
        )*
    };
}

/// A decider with a shelf in the book.
pub trait OnShelf: Kept {
    /// Its shelf.
    fn shelf(book: &mut Book) -> &mut Shelf<Self>
    where
        Self: Sized;
}

/// The capacity of a shelf, from the number of cases of a kind that are kept.
type Capacity = fn(usize) -> usize;

const AS_MANY: Capacity = |cases| cases;
const A_QUARTER: Capacity = |cases| cases / 4;
/// Entries of the registry are few, and asked for all the time.
const NO_LIMIT: Capacity = |_| usize::MAX;

shelves! {
    issues: Issue, AS_MANY;
    questions: Question, AS_MANY;
    answers: Answer, AS_MANY;
    solutions: Solution, AS_MANY;
    communications: Communication, A_QUARTER;
    norms: Norm, NO_LIMIT;
    bodies: Body, NO_LIMIT;
    authorities: Authority, NO_LIMIT;
    themes: Theme, NO_LIMIT;
    forms: Form, NO_LIMIT;
    calendars: Calendar, NO_LIMIT;
    persons: Person, NO_LIMIT;
}

impl Book {
    /// The state of a thing as far as the views have come, folded from its stream when
    /// it is not at hand. A thing that does not exist has an empty state with no
    /// events; one whose stream cannot be read is folded up to its fault.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the store cannot be read.
    pub fn find<D: OnShelf>(
        &mut self,
        tx: &Transaction<'_>,
        key: &D::Key,
    ) -> Result<&mut Entry<D::State>, ViewsError> {
        if !D::shelf(self).entries.contains_key(key) {
            self.fetch::<D>(tx, key, None)?;
        }
        let batch = self.batch;
        let entry = D::shelf(self).entries.entry(key.clone()).or_default();
        entry.used = batch;
        Ok(entry)
    }

    /// Whether the state of a thing is at hand.
    pub(super) fn holds(&self, (kind, id): (Kind, Uuid)) -> bool {
        match kind {
            Kind::Issue => self.issues.entries.contains_key(&id),
            Kind::Question => self.questions.entries.contains_key(&id),
            Kind::Answer => self.answers.entries.contains_key(&id),
            Kind::Solution => self.solutions.entries.contains_key(&id),
            Kind::Communication => self.communications.entries.contains_key(&id),
        }
    }

    /// Folds the events of a thing below a revision, and puts it on its shelf.
    pub(super) fn fetch<D: OnShelf>(
        &mut self,
        tx: &Transaction<'_>,
        key: &D::Key,
        below: Option<Revision>,
    ) -> Result<(), ViewsError> {
        let Ok(name) = StreamName::new(format!("{}-{key}", D::CATEGORY)) else { return Ok(()) };
        let facts = match self.ahead.remove(&name).filter(|_| below.is_none()) {
            Some(facts) => facts,
            None => self.log.stream(&name, below, self.up_to)?,
        };
        let mut entry = Entry { used: self.batch, ..Entry::default() };
        for Fact { revision, position, what, .. } in facts {
            match D::of(what) {
                Some(fact) if self.log.follows(entry.events, revision) => {
                    apply::<D>(&mut entry, (revision, position), &fact);
                }
                // What follows a fault or a gap is not shown: the stream is in quarantine.
                Some(_) | None => break,
            }
        }
        // Its first event may not be seen from the moment that is read: numbered it is.
        if D::KIND.is_some() {
            entry.ident = things::find(tx, &key.to_string())?;
        }
        D::shelf(self).entries.insert(key.clone(), Box::new(entry));
        Ok(())
    }
}
