//! Big stores, made quickly and always alike from the demonstration cases.
//!
//! Streams, ids, texts, dates and the order of events follow from the seed and the size;
//! keys and nonces are drawn, since the codec draws them. Events are written by the codec
//! and appended 64 at a time; no decider is asked, since every pattern was decided once.
//!
//! Two mixes. *Issues*: many young issues (one report, mostly a position, a triage, an
//! endorsement) whose texts are shuffled sentences of the cases. *Cases*: whole prints of
//! the thirty cases with their questions, answers, solutions and letters, about 27 events
//! to an issue, interleaved at random so that a given number of cases is open at once.

use std::future::{Future, poll_fn};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use jiff::{SignedDuration, Timestamp};
use quesito::app::{Access, Engine};
use quesito::clock::SetClock;
use quesito::config::DataArgs;
use quesito::import::{CaseFile, Dates, Import};
use serde_json::Value;

use crate::Failure;
use crate::client::count;
use crate::random::Numbers;
use crate::stock::{Append, Stock};

/// Events in one commit.
const BATCH: usize = 64;

/// The demonstration ends before it; what is generated is recorded from then on.
const BEGINNING: &str = "2026-10-13T08:00:00Z";

/// Over so many seconds.
const SPAN: i64 = 38 * 86_400;

/// The instant at which half of what is generated was recorded.
pub fn halfway() -> Result<Timestamp, Failure> {
    let begin: Timestamp = BEGINNING.parse()?;
    Ok(begin + SignedDuration::from_secs(SPAN / 2))
}

/// What a store was made of, in words for the table.
pub type Mix = String;

struct Maker {
    engine: Engine,
    clock: SetClock,
    stock: Stock,
    numbers: Numbers,
    batch: Vec<Append>,
    made: usize,
    /// About how many will be made, to spread the dates.
    expected: usize,
}

impl Maker {
    async fn begin(data: &Path, seed: u64, expected: usize) -> Result<Self, Failure> {
        let begin: Timestamp = BEGINNING.parse()?;
        let clock = SetClock::at(begin);
        let data =
            DataArgs { data: data.to_owned(), keys: None, documents: None, store: None }.check()?;
        let engine = Engine::open(&data, Access::Create, Arc::new(clock.clone())).await?;
        let dates = Dates::Kept { clock: clock.clone(), now: begin };
        let file = CaseFile::demonstration()?;
        Import::new(&engine.operations(), dates).cases(&file).await?;
        let stock = Stock::of(&engine, seed).await?;
        let numbers = Numbers::seeded(seed);
        Ok(Self { engine, clock, stock, numbers, batch: Vec::new(), made: 0, expected })
    }

    /// Adds an event to the batch; appends the batch when it is full.
    async fn add(
        &mut self,
        at: usize,
        print: u64,
        revision: u64,
        data: Value,
    ) -> Result<(), Failure> {
        let done = i64::try_from(self.made)?;
        let seconds = SPAN.saturating_mul(1_000_000) / i64::try_from(self.expected.max(1))?;
        let begin: Timestamp = BEGINNING.parse()?;
        let recorded_at = begin + SignedDuration::from_micros(seconds.saturating_mul(done));
        self.clock.set(recorded_at);
        let append = self.stock.append(&self.engine, at, print, revision, recorded_at, &data)?;
        self.batch.push(append);
        self.made += 1;
        if self.batch.len() >= BATCH { self.flush().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> Result<(), Failure> {
        let store = &self.engine.store;
        let mut waiting: Vec<Pin<Box<dyn Future<Output = _> + Send + '_>>> = Vec::new();
        for (stream, expected, events) in self.batch.drain(..) {
            waiting.push(Box::pin(async move { store.append(&stream, expected, events).await }));
        }
        // Asked once in order, they stand in the writer's queue in order.
        let mut results = Vec::with_capacity(waiting.len());
        poll_fn(|context| {
            waiting.retain_mut(|one| match one.as_mut().poll(context) {
                Poll::Ready(result) => {
                    results.push(result);
                    false
                }
                Poll::Pending => true,
            });
            if waiting.is_empty() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        for result in results {
            result?;
        }
        Ok(())
    }

    async fn end(mut self) -> Result<usize, Failure> {
        self.flush().await?;
        let head = self.engine.store.head().await?.0;
        self.engine.store.close().await;
        Ok(usize::try_from(head)?)
    }
}

/// A store of so many young issues, beside the thirty cases.
pub async fn issues(data: &Path, issues: usize, seed: u64) -> Result<Mix, Failure> {
    let mut maker = Maker::begin(data, seed, issues * 4).await?;
    let kinds = maker.stock.issues();
    let sentences = maker.stock.sentences();
    for print in 1..=issues as u64 {
        let kind = maker.numbers.one(&kinds).clone();
        for (revision, at) in (0_u64..).zip(&kind) {
            let pattern = maker.stock.patterns.get(*at).ok_or("no such pattern")?;
            let mut data = maker.stock.data(pattern, print)?;
            if revision == 0 {
                let some: Vec<_> = (0..5).map(|_| maker.numbers.one(&sentences).as_str()).collect();
                data["description"] = some.join(". ").into();
            }
            maker.add(*at, print, revision, data).await?;
        }
    }
    let made = maker.made;
    let events = maker.end().await?;
    Ok(format!(
        "{issues} issues of {:.1} events, beside the 30 cases; {events} events",
        count(made) / count(issues.max(1))
    ))
}

/// A store of about so many events in whole cases, of which `open` are open at once.
pub async fn cases(data: &Path, events: usize, open: usize, seed: u64) -> Result<Mix, Failure> {
    let mut maker = Maker::begin(data, seed, events).await?;
    let of_each = maker.stock.open_at_once();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small count")]
    let width = (count(open) / of_each).ceil() as usize;
    let mut running: Vec<(u64, usize)> = (1..=width as u64).map(|print| (print, 0)).collect();
    let mut next = width as u64 + 1;
    let already = usize::try_from(maker.engine.store.head().await?.0)?;
    while already + maker.made < events {
        let place = maker.numbers.below(running.len());
        let (print, at) = running[place];
        let pattern = maker.stock.patterns.get(at).ok_or("no such pattern")?;
        let revision = pattern.revision;
        let data = maker.stock.data(pattern, print)?;
        maker.add(at, print, revision, data).await?;
        running[place] = if at + 1 < maker.stock.patterns.len() {
            (print, at + 1)
        } else {
            next += 1;
            (next - 1, 0)
        };
    }
    let patterns = maker.stock.patterns.len();
    let events = maker.end().await?;
    Ok(format!(
        "{events} events in prints of {patterns} (30 issues each), {width} prints at once: about \
         {open} cases open"
    ))
}
