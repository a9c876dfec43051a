//! Streams read ahead by a second thread, while the things before them are written.
//!
//! ```text
//! this thread: needed(2) ─► write(1) ─► needed(3) ─► write(2) ─► …
//! the other:       └─► read and decode(2) ─┴─► read and decode(3) …
//! ```
//!
//! What a thing needs is found in the table of `links`. That may name too much, which is
//! read in vain, or too little, which is read when it is missed: states are the same.
//!
//! Depends on: `event_store`.

use std::collections::{BTreeSet, HashMap};
use std::sync::mpsc::sync_channel;
use std::thread;

use rusqlite::Transaction;
use uuid::Uuid;

use super::ViewsError;
use super::book::Book;
use super::fact::Fact;
use super::links::{linking, targets};
use super::log::Log;
use super::things::{self, Kind};
use crate::event_store::{GlobalPosition, ReadError, StreamName};

/// How many things are written at once where there are many; tests have few.
const AT_ONCE: usize = if cfg!(test) { 2 } else { 250 };

/// Streams and what is seen of their events.
pub(super) type Streams = HashMap<StreamName, Vec<Fact>>;

/// Things of which the streams are needed.
type Needed = BTreeSet<(Kind, Uuid)>;

/// Writes any number of things of a kind: some at a time, few of their states in memory.
pub(super) fn in_parts(
    tx: &Transaction<'_>,
    book: &mut Book,
    kind: Kind,
    things: &[Uuid],
    mut write: impl FnMut(&mut Book, &[Uuid]) -> Result<(), ViewsError>,
) -> Result<(), ViewsError> {
    if things.len() <= AT_ONCE {
        write(book, things)?;
        book.trim();
        return Ok(());
    }
    let (log, up_to) = (book.log.beside()?, book.up_to);
    let (ask, asked) = sync_channel::<Needed>(1);
    let (answer, answered) = sync_channel(1);
    thread::scope(|scope| {
        // They go when this thread gives up, and the other one then ends.
        let (ask, answered) = (ask, answered);
        scope.spawn(move || {
            for needed in asked {
                if answer.send(read(&log, &needed, up_to)).is_err() {
                    return;
                }
            }
        });
        let mut before = Needed::default();
        let mut needs = |book: &Book, part: &[Uuid]| {
            let mut needed = needed(tx, kind, part)?;
            // What the part before has used is still there.
            needed.retain(|one| !before.contains(one) && !book.holds(*one));
            before.clone_from(&needed);
            ask.send(needed).map_err(|_| ViewsError::Busy)
        };
        let mut parts = things.chunks(AT_ONCE).peekable();
        if let Some(first) = parts.peek() {
            needs(book, first)?;
        }
        while let Some(part) = parts.next() {
            if let Some(next) = parts.peek() {
                needs(book, next)?;
            }
            book.ahead = answered.recv().map_err(|_| ViewsError::Busy)??;
            write(book, part)?;
            book.trim();
        }
        book.ahead.clear();
        Ok(())
    })
}

/// The things whose states it takes to write some of a kind.
fn needed(tx: &Transaction<'_>, kind: Kind, things: &[Uuid]) -> Result<Needed, ViewsError> {
    let mut all: Needed = things.iter().map(|id| (kind, *id)).collect();
    for id in things {
        match kind {
            Kind::Communication => {}
            Kind::Answer => {
                all.extend(linking(tx, *id, Kind::Answer)?.into_iter().map(|id| (kind, id)));
            }
            Kind::Solution => answers_of(tx, *id, &mut all)?,
            Kind::Question => {
                answers_of(tx, *id, &mut all)?;
                // Their bodies take part: those of which no row says so are folded.
                for issue in targets(tx, *id, &["issue"])? {
                    if things::participants(tx, Kind::Issue, issue)?.is_empty() {
                        all.insert((Kind::Issue, issue));
                    }
                }
            }
            Kind::Issue => {
                answers_of(tx, *id, &mut all)?;
                for on in [Kind::Question, Kind::Solution] {
                    for owner in linking(tx, *id, on)? {
                        all.insert((on, owner));
                        answers_of(tx, owner, &mut all)?;
                    }
                }
            }
        }
    }
    Ok(all)
}

/// The answers that a thing refers to.
fn answers_of(tx: &Transaction<'_>, owner: Uuid, all: &mut Needed) -> Result<(), ViewsError> {
    let answers = targets(tx, owner, &["answer", "basis"])?;
    all.extend(answers.into_iter().map(|id| (Kind::Answer, id)));
    Ok(())
}

fn read(log: &Log, needed: &Needed, up_to: GlobalPosition) -> Result<Streams, ReadError> {
    let names = needed
        .iter()
        .filter_map(|(kind, id)| StreamName::new(format!("{}-{id}", kind.category())).ok());
    names.map(|name| Ok((name.clone(), log.stream(&name, None, up_to)?))).collect()
}
