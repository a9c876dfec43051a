//! The demonstration cases as patterns that can be printed any number of times.
//!
//! A *print* is one copy of all thirty cases with ids of its own; what the cases refer to
//! among themselves is kept, what they refer to in the registry is shared. Ids follow
//! from the seed, the number of the print and the place of the event.

use std::collections::{HashMap, HashSet};

use quesito::app::Engine;
use quesito::codec::{self, Metadata};
use quesito::domain::EventSet;
use quesito::domain::answer::AnswerEvent;
use quesito::domain::communication::CommunicationEvent;
use quesito::domain::issue::IssueEvent;
use quesito::domain::question::QuestionEvent;
use quesito::domain::solution::SolutionEvent;
use quesito::domain::values::inner_id;
use quesito::event_store::{Expected, GlobalPosition, NewEvent, StreamName};
use serde_json::Value;
use uuid::Uuid;

use crate::Failure;

/// Under which names an event creates things inside its stream.
const INNER: &[&str] = &["positions", "norms", "new_position", "addressees", "points"];

/// How many things one event creates under one name at most.
const MOST_INNER: usize = 12;

/// An append that waits to be made.
pub type Append = (StreamName, Expected, Vec<NewEvent>);

/// Where an id comes from.
#[derive(Debug, Clone, Copy)]
enum Origin {
    /// The stream that begins with an event.
    Stream(usize),
    /// An event.
    Event(usize),
    /// What an event creates inside its stream.
    Inner(usize, &'static str, usize),
}

/// A piece of the data of an event.
#[derive(Debug)]
enum Piece {
    Text(String),
    Id(Origin),
}

/// An event of the cases, without its ids.
#[derive(Debug)]
pub struct Pattern {
    /// The category of its stream.
    pub category: String,
    /// Its stored type.
    pub stored_type: String,
    /// The event with which its stream begins.
    pub first: usize,
    /// Its place in the stream.
    pub revision: u64,
    metadata: Metadata,
    pieces: Vec<Piece>,
}

/// All events of the cases, in the order in which they were recorded.
pub struct Stock {
    /// The events.
    pub patterns: Vec<Pattern>,
    namespace: Uuid,
}

impl Stock {
    /// Takes the cases from a store into which they were imported.
    pub async fn of(engine: &Engine, seed: u64) -> Result<Self, Failure> {
        let mut events = Vec::new();
        let mut after = GlobalPosition::START;
        loop {
            let page = engine.store.read_all(after, 1_000).await?;
            let Some(last) = page.last() else { break };
            after = last.position;
            events.extend(page.into_iter().filter(|event| is_case(event.stream.category())));
        }
        let mut origins = HashMap::new();
        let mut firsts = HashMap::new();
        for (at, event) in events.iter().enumerate() {
            if event.revision == 0 {
                firsts.insert(event.stream.clone(), at);
                origins.insert(event.stream.id().to_owned(), Origin::Stream(at));
            }
            origins.insert(event.id.to_string(), Origin::Event(at));
            for name in INNER {
                for index in 0..MOST_INNER {
                    let id = inner_id(event.id, name, index).to_string();
                    origins.insert(id, Origin::Inner(at, name, index));
                }
            }
        }
        let mut patterns = Vec::with_capacity(events.len());
        for event in &events {
            let data = engine.codec.open_data(&*engine.store, event).await?;
            patterns.push(Pattern {
                category: event.stream.category().to_owned(),
                stored_type: event.stored_type.to_string(),
                first: *firsts.get(&event.stream).ok_or("a stream without a beginning")?,
                revision: event.revision,
                metadata: codec::metadata(event)?,
                pieces: pieces(&data.to_string(), &origins),
            });
        }
        let namespace = Uuid::new_v5(&Uuid::NAMESPACE_OID, &seed.to_be_bytes());
        Ok(Self { patterns, namespace })
    }

    /// How many of the thirty cases are open on average while they are recorded one after
    /// the other.
    pub fn open_at_once(&self) -> f64 {
        let mut last = HashMap::new();
        for (at, pattern) in self.patterns.iter().enumerate() {
            if pattern.category == "issue" {
                last.insert(pattern.first, at);
            }
        }
        let open: usize = last.iter().map(|(first, last)| last - first + 1).sum();
        crate::client::count(open) / crate::client::count(self.patterns.len())
    }

    /// The issues, each by its events that cite nothing but the issue itself.
    pub fn issues(&self) -> Vec<Vec<usize>> {
        let mut issues: HashMap<usize, Vec<usize>> = HashMap::new();
        let mut taken = HashSet::new();
        for (at, pattern) in self.patterns.iter().enumerate() {
            let kind = pattern.stored_type.as_str();
            let early = matches!(
                kind,
                "issue-reported.v1"
                    | "position-recorded.v1"
                    | "issue-triaged.v1"
                    | "issue-endorsed.v1"
            );
            // One of each kind: most issues never become a long case.
            if early && taken.insert((pattern.first, kind)) {
                issues.entry(pattern.first).or_default().push(at);
            }
        }
        let mut issues: Vec<_> = issues.into_values().collect();
        issues.sort_unstable();
        issues
    }

    /// The sentences that people typed into reports.
    pub fn sentences(&self) -> Vec<String> {
        let reports = self.patterns.iter().filter(|one| one.stored_type == "issue-reported.v1");
        let texts = reports.filter_map(|one| self.data(one, 0).ok());
        let texts = texts.filter_map(|data| Some(data.get("description")?.as_str()?.to_owned()));
        texts.flat_map(|text| text.split(". ").map(str::to_owned).collect::<Vec<_>>()).collect()
    }

    /// The stream of an event in a print.
    pub fn stream(&self, pattern: &Pattern, print: u64) -> Result<StreamName, Failure> {
        let id = self.id(Origin::Stream(pattern.first), print);
        Ok(StreamName::new(format!("{}-{id}", pattern.category))?)
    }

    /// The data of an event in a print.
    pub fn data(&self, pattern: &Pattern, print: u64) -> Result<Value, Failure> {
        let mut json = String::new();
        for piece in &pattern.pieces {
            match piece {
                Piece::Text(text) => json.push_str(text),
                Piece::Id(origin) => json.push_str(&self.id(*origin, print).to_string()),
            }
        }
        Ok(serde_json::from_str(&json)?)
    }

    /// The append that records an event of a print at a revision.
    pub fn append(
        &self,
        engine: &Engine,
        at: usize,
        print: u64,
        revision: u64,
        recorded_at: jiff::Timestamp,
        data: &Value,
    ) -> Result<Append, Failure> {
        let pattern = self.patterns.get(at).ok_or("no such pattern")?;
        let stream = self.stream(pattern, print)?;
        let command = self.command(at, print);
        let envelope = codec::Envelope {
            command_id: command,
            correlation_id: command,
            causation_id: None,
            actor: pattern.metadata.actor.clone(),
            received_via: pattern.metadata.received_via,
            recorded_at,
            occurred_on: pattern.metadata.occurred_on,
        };
        let expected = revision.checked_sub(1).map_or(Expected::NoStream, Expected::Exact);
        let kind = pattern.stored_type.as_str();
        let write = match pattern.category.as_str() {
            "issue" => written::<IssueEvent>,
            "question" => written::<QuestionEvent>,
            "answer" => written::<AnswerEvent>,
            "solution" => written::<SolutionEvent>,
            _ => written::<CommunicationEvent>,
        };
        let events = write(engine, &stream, kind, data, &envelope)?;
        Ok((stream, expected, events))
    }

    fn command(&self, at: usize, print: u64) -> Uuid {
        let mut name = [0; 16];
        name[..8].copy_from_slice(&print.to_be_bytes());
        name[8..].copy_from_slice(&(at as u64).to_be_bytes());
        Uuid::new_v5(&self.namespace, &name)
    }

    fn id(&self, origin: Origin, print: u64) -> Uuid {
        match origin {
            Origin::Stream(at) => codec::new_stream_id(self.command(at, print)),
            Origin::Event(at) => codec::event_id(self.command(at, print), 0),
            Origin::Inner(at, name, index) => {
                inner_id(codec::event_id(self.command(at, print), 0), name, index)
            }
        }
    }
}

fn is_case(category: &str) -> bool {
    matches!(category, "issue" | "question" | "answer" | "solution" | "communication")
}

fn written<E: EventSet>(
    engine: &Engine,
    stream: &StreamName,
    kind: &str,
    data: &Value,
    envelope: &codec::Envelope,
) -> Result<Vec<NewEvent>, Failure> {
    let event = E::from_value(kind, data).ok_or("an event of another category")??;
    Ok(engine.codec.write(stream, &[event], envelope, b"{}")?)
}

/// Cuts a document at the ids that differ from print to print.
fn pieces(json: &str, origins: &HashMap<String, Origin>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let (mut begun, mut at) = (0, 0);
    while at < json.len() {
        let origin = json.get(at..at + 36).and_then(|id| origins.get(id));
        match origin {
            Some(origin) => {
                pieces.push(Piece::Text(json.get(begun..at).unwrap_or_default().to_owned()));
                pieces.push(Piece::Id(*origin));
                at += 36;
                begun = at;
            }
            None => at += 1,
        }
    }
    pieces.push(Piece::Text(json.get(begun..).unwrap_or_default().to_owned()));
    pieces
}
