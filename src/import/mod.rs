//! Recording what happened before the product was there: the shipped registry and
//! files of cases.
//!
//! Everything goes through [`Operations::record`], so that an imported event obeys
//! the rules of every other. With [`Dates::Kept`] the clock of the operations is put
//! to the day on which the file says an event was recorded; the registry then is
//! recorded on the day before the first of them.
//!
//! Ids follow from the bytes of the file and the place in it: importing the same
//! file again records nothing twice, and an interrupted import can be repeated.
//!
//! Deliberately absent: documents (a file names them, it does not hold them) and
//! erasures, which have to destroy a key first and therefore have their own operation.
//!
//! Depends on: `operations`, `codec`, `clock`, `domain`.

mod file;
mod names;
mod registry;
#[cfg(test)]
mod tests;
mod translate;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};
use uuid::Uuid;

pub use file::{CaseFile, FileActor, FileEvent, SCHEMA};

use crate::access::Actor;
use crate::clock::{SetClock, civil_date, instant_at};
use crate::codec::schemas::event_types;
use crate::codec::{self, ActorKind, ReceivedVia};
use crate::domain::Rejection;
use crate::domain::registry::Role;
use crate::domain::values::{BodyId, Day, PersonId};
use crate::event_store::{GlobalPosition, StreamName};
use crate::operations::{FieldFault, OperationError, Operations, Receipt, Submission, Target};
use names::Names;

/// The association whose registry is shipped.
pub const COORDINATOR: &str = "anci_er";

/// The hour in Italy at which a day's imported events begin to be recorded.
const HOUR: i8 = 9;

/// Which dates of recording the events get.
pub enum Dates {
    /// The present: the import is a stream of live commands.
    Today,
    /// Those of the file.
    Kept {
        /// The clock of the operations that record.
        clock: SetClock,
        /// The true instant, which no event may lie after.
        now: Timestamp,
    },
}

/// Why an import did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Not JSON, or not of the shape.
    #[error("the file cannot be read: {0}")]
    Unreadable(String),
    /// Another schema.
    #[error("the file has the schema `{0}`; this version reads `{SCHEMA}`")]
    Schema(String),
    /// Two events stand in the same place.
    #[error("two events have the order {0}: every event needs a place of its own")]
    SamePlace(u32),
    /// The days of recording decrease.
    #[error(
        "event {order} was recorded on {day}, but the one before it on {before}: \
         put the events in the order in which they were recorded"
    )]
    Decreasing {
        /// The place of the event.
        order: u32,
        /// Its day.
        day: Day,
        /// The day of the one before.
        before: Day,
    },
    /// An event was recorded after today.
    #[error("event {order} was recorded on {day}, which lies in the future")]
    Future {
        /// The place of the event.
        order: u32,
        /// Its day.
        day: Day,
    },
    /// Dates can only be kept where nothing was recorded before.
    #[error(
        "the store is not empty: dates of recording are kept only when importing into an \
         empty store; give another data folder with --data, or leave out --history"
    )]
    NotEmpty,
    /// An event is of no known type, or not of its shape.
    #[error("event {order} cannot be read: {why}")]
    Malformed {
        /// The place of the event.
        order: u32,
        /// What is wrong.
        why: String,
    },
    /// A rule said no, or the store failed.
    #[error("{what} was not recorded: {}", reasons(.why))]
    Refused {
        /// Which event of which stream.
        what: String,
        /// Why.
        why: OperationError,
    },
    /// The store cannot be read.
    #[error("the store cannot be read: {0}")]
    Store(String),
}

fn reasons(why: &OperationError) -> String {
    match why {
        OperationError::Invalid(faults) => {
            let one = |fault: &FieldFault| format!("{}: {}", fault.pointer, fault.detail);
            faults.iter().map(one).collect::<Vec<_>>().join("; ")
        }
        OperationError::KeyReused => {
            "an event with the same place was imported before with other data".to_owned()
        }
        other => other.to_string(),
    }
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How many events of each type were recorded (or had been before).
    pub recorded: BTreeMap<String, usize>,
    /// How many things of the registry were there already.
    pub there: usize,
    /// What the file holds and an import does not record: its places.
    pub skipped: Vec<u32>,
    /// The last position.
    pub position: GlobalPosition,
}

impl Report {
    /// How many events were recorded.
    pub fn total(&self) -> usize {
        self.recorded.values().sum()
    }
}

/// One command of an import.
#[derive(Clone)]
pub(crate) struct Entry {
    category: &'static str,
    target: Target,
    stored_type: &'static str,
    data: Map<String, Value>,
    actor: Actor,
    occurred_on: Day,
    recorded_on: Option<Day>,
    on_behalf_of: Option<BodyId>,
    received_via: ReceivedVia,
    command_id: Uuid,
}

/// An import into a store.
pub struct Import<'a> {
    operations: &'a Operations,
    dates: Dates,
    sequence: i64,
    report: Report,
}

impl<'a> Import<'a> {
    /// An import through these operations, whose clock is that of `dates`.
    pub fn new(operations: &'a Operations, dates: Dates) -> Self {
        Self { operations, dates, sequence: 0, report: Report::default() }
    }

    /// Records the shipped registry as of today: a store that is to be used for real
    /// begins with it.
    ///
    /// # Errors
    ///
    /// [`ImportError`].
    pub async fn registry(mut self) -> Result<Report, ImportError> {
        let today = self.today();
        self.shipped_registry(&BTreeSet::new(), today).await?;
        Ok(self.report)
    }

    /// Records a file; the shipped registry first, unless the store has it.
    ///
    /// # Errors
    ///
    /// [`ImportError`]; what was recorded before it stays recorded.
    pub async fn cases(mut self, file: &CaseFile) -> Result<Report, ImportError> {
        let today = self.today();
        let late = file.events.iter().find(|event| {
            let day = if self.keeps() { event.recorded_on } else { event.occurred_on };
            day > today
        });
        if let Some(event) = late {
            return Err(ImportError::Future { order: event.order, day: event.recorded_on });
        }
        if self.keeps() && self.head().await? != GlobalPosition::START {
            return Err(ImportError::NotEmpty);
        }
        let first = file.events.first().map_or(today, |event| event.recorded_on);
        let before = first.date().yesterday().map_or(first, Day::from);
        let own: BTreeSet<&str> =
            file.events.iter().filter(|e| registers(e)).map(|e| e.stream.as_str()).collect();
        self.shipped_registry(&own, if self.keeps() { before } else { today }).await?;

        let mut names = Names::new(&file.digest);
        for event in &file.events {
            match translate::translate(event, &mut names)? {
                Some(entry) => self.record(entry, &format!("event {}", event.order)).await?,
                None => self.report.skipped.push(event.order),
            }
            if let Some(entry) = translate::membership(event, &names) {
                self.record(entry, &format!("the membership after event {}", event.order)).await?;
            }
        }
        Ok(self.report)
    }

    async fn shipped_registry(
        &mut self,
        own: &BTreeSet<&str>,
        day: Day,
    ) -> Result<(), ImportError> {
        for entry in registry::entries(own, day)? {
            self.record(entry, "an entry of the shipped registry").await?;
        }
        Ok(())
    }

    async fn record(&mut self, entry: Entry, what: &str) -> Result<(), ImportError> {
        if let (Dates::Kept { clock, now }, Some(day)) = (&self.dates, entry.recorded_on) {
            let at = instant_at(day.date(), HOUR) + SignedDuration::from_micros(self.sequence);
            clock.set(at.min(*now));
            self.sequence += 1;
        }
        let position = match self.carry_out(&entry).await {
            Ok(position) => position,
            // A registry that is in use already is left as it is.
            Err(OperationError::Rejected(why)) if !self.keeps() && is_there(&entry, why) => {
                self.report.there += 1;
                return Ok(());
            }
            Err(why) => {
                let what = format!("{what} ({} of {})", entry.stored_type, entry.category);
                return Err(ImportError::Refused { what, why });
            }
        };
        let name = entry.stored_type.rsplit_once('.').map_or(entry.stored_type, |(name, _)| name);
        *self.report.recorded.entry(name.to_owned()).or_default() += 1;
        self.report.position = self.report.position.max(position);
        Ok(())
    }

    async fn carry_out(&mut self, entry: &Entry) -> Result<GlobalPosition, OperationError> {
        // An import that is repeated must not be judged by what came after it.
        if let Some(position) = self.found(entry).await? {
            return Ok(position);
        }
        Ok(self.submit(entry).await?.position)
    }

    /// Where the command's event stands, if it was recorded before.
    async fn found(&self, entry: &Entry) -> Result<Option<GlobalPosition>, OperationError> {
        let id = match &entry.target {
            Target::New => codec::new_stream_id(entry.command_id).to_string(),
            Target::Named(id) => id.clone(),
        };
        let Ok(stream) = StreamName::new(format!("{}-{id}", entry.category)) else {
            return Ok(None);
        };
        let event = codec::event_id(entry.command_id, 0);
        let found = self.operations.handler.store().find_command(&stream, event).await;
        let found = found.map_err(|why| OperationError::Unavailable(why.to_string()))?;
        Ok(found.map(|stored| stored.position))
    }

    async fn submit(&self, entry: &Entry) -> Result<Receipt, OperationError> {
        let submission = Submission {
            actor: Some(&entry.actor),
            kind: ActorKind::Import,
            category: entry.category,
            target: entry.target.clone(),
            stored_type: entry.stored_type,
            data: entry.data.clone(),
            occurred_on: Some(entry.occurred_on),
            on_behalf_of: entry.on_behalf_of.clone(),
            received_via: entry.received_via,
            command_id: entry.command_id,
            causation_id: None,
            seen: None,
            // Whoever hands over a file of records answers for having read them.
            texts_checked: true,
        };
        match entry.stored_type {
            // A protocol number is reserved first, so that it stays unique.
            "registration-recorded.v1" => self.operations.register(submission).await,
            _ => self.operations.record(submission).await,
        }
    }

    fn keeps(&self) -> bool {
        matches!(self.dates, Dates::Kept { .. })
    }

    fn today(&self) -> Day {
        match &self.dates {
            Dates::Kept { now, .. } => civil_date(*now).into(),
            Dates::Today => self.operations.clock.today().into(),
        }
    }

    async fn head(&self) -> Result<GlobalPosition, ImportError> {
        let head = self.operations.handler.store().head().await;
        head.map_err(|why| ImportError::Store(why.to_string()))
    }
}

/// Whether a refusal says that the registry has what an entry would add.
fn is_there(entry: &Entry, why: Rejection) -> bool {
    let registry = matches!(
        entry.category,
        "body" | "authority" | "theme" | "form" | "norm" | "calendar" | "person"
    );
    let there = matches!(
        why,
        Rejection::AlreadyExists | Rejection::AlreadyAMember | Rejection::AlreadyGranted
    );
    registry && there
}

/// Whether an event of a file enters its stream in the registry.
fn registers(event: &FileEvent) -> bool {
    event.kind.ends_with("-registered")
}

/// The category and stored type of an event, as the program knows them.
fn stored_type(category: &str, kind: &str) -> Option<(&'static str, &'static str)> {
    let known = event_types().into_iter().find(|(of, event)| {
        *of == category && event.stored.rsplit_once('.').is_some_and(|(name, _)| name == kind)
    });
    known.map(|(category, event)| (category, event.stored))
}

/// The one who imports, in a role.
fn actor(role: Role, body: &BodyId) -> Option<Actor> {
    let subject: PersonId = "import".parse().ok()?;
    let coordinator: BodyId = COORDINATOR.parse().ok()?;
    let network = match role {
        Role::Staff => Some(body.clone()),
        Role::Municipality | Role::Observer => Some(coordinator),
        Role::Auditor | Role::Admin => None,
    };
    Some(Actor { subject, role, body: body.clone(), network, machine: false })
}

/// The id of the command that records one thing of a source.
fn command_id(source: &str, thing: &str) -> Uuid {
    codec::command_id("import", "POST", source, thing)
}
