//! `quesito check`.

use std::collections::{HashMap, HashSet};
use std::process::ExitCode;

use crate::app::{Access, Engine};
use crate::codec::{self, schemas};
use crate::config::DataArgs;
use crate::event_store::{GlobalPosition, Revision, StoredEvent, StreamName};
use crate::operations::Operations;
use crate::operations::erasure::TEXT_ERASED;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use serde_json::Value;

use super::{Failure, clock, say};

const PAGE: usize = 1_000;

const AFTER: &str = "\
It reads every event, also while the server runs, and checks that
  streams have no hole and global positions grow,
  every event is of a known type and reads and writes back as its contract says,
  data and metadata are canonical JSON and belong together,
  every text opens whose key was not destroyed,
  every key is destroyed that the record of an erasure names.
Each fault is a line with the stream and the revision; the exit code is then 1.";

/// Checks a store from the first event to the last
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Check {
    #[command(flatten)]
    data: DataArgs,
}

/// Where a stream stands.
struct Tail {
    next: Revision,
    recorded_at: Timestamp,
}

struct Checker {
    types: HashSet<(&'static str, &'static str)>,
    tails: HashMap<StreamName, Tail>,
    last: GlobalPosition,
    faults: u64,
    operations: Operations,
}

impl Check {
    pub async fn run(self) -> Result<ExitCode, Failure> {
        let engine = Engine::open(&self.data.check()?, Access::Read, clock()).await?;
        let head = engine.store.head().await?;
        let bar = ProgressBar::new(head.0);
        bar.set_style(ProgressStyle::with_template("{wide_bar} {pos}/{len} events, {per_sec}")?);
        let mut checker = Checker {
            types: schemas::event_types()
                .into_iter()
                .map(|(category, kind)| (category, kind.stored))
                .collect(),
            tails: HashMap::new(),
            last: GlobalPosition::START,
            faults: 0,
            operations: engine.operations(),
        };
        let mut events = 0_u64;
        loop {
            let page = engine.store.read_all(checker.last, PAGE).await?;
            for event in &page {
                for fault in checker.check(&engine, event).await {
                    checker.faults += 1;
                    say(format_args!("{} revision {}: {fault}", event.stream, event.revision));
                }
                events += 1;
            }
            bar.set_position(checker.last.0);
            if page.len() < PAGE {
                break;
            }
        }
        bar.finish_and_clear();
        say(format_args!(
            "{events} events in {} streams: {}",
            checker.tails.len(),
            match checker.faults {
                0 => "no fault".to_owned(),
                1 => "1 fault".to_owned(),
                more => format!("{more} faults"),
            }
        ));
        Ok(if checker.faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

impl Checker {
    async fn check(&mut self, engine: &Engine, event: &StoredEvent) -> Vec<String> {
        let mut faults = Vec::new();
        self.contiguity(event, &mut faults);
        self.contract(event, &mut faults);
        if let Err(why) = engine.codec.open_data(&*engine.store, event).await {
            faults.push(why.to_string());
        }
        if *event.stored_type == *TEXT_ERASED {
            match self.operations.erasure_holds(event).await {
                Ok(true) => {}
                Ok(false) => faults.push("a text that it says was erased has its key".to_owned()),
                Err(why) => faults.push(why.to_string()),
            }
        }
        faults
    }

    fn contiguity(&mut self, event: &StoredEvent, faults: &mut Vec<String>) {
        if event.position <= self.last {
            faults.push(format!("the position {} does not grow", event.position.0));
        }
        self.last = event.position;
        let begun = Tail { next: 0, recorded_at: Timestamp::MIN };
        let tail = self.tails.entry(event.stream.clone()).or_insert(begun);
        if event.revision != tail.next {
            faults.push(format!("revision {} was expected", tail.next));
        }
        tail.next = event.revision + 1;
        match codec::metadata(event) {
            Ok(metadata) => {
                if metadata.event_id != event.id {
                    faults.push("the metadata belong to another event".to_owned());
                }
                if metadata.recorded_at.0 <= tail.recorded_at {
                    faults.push("it was recorded before the event that precedes it".to_owned());
                }
                tail.recorded_at = metadata.recorded_at.0;
                if codec::canonical(&metadata, "metadata").ok().as_ref() != Some(&event.metadata) {
                    faults.push("the metadata are not canonical".to_owned());
                }
            }
            Err(why) => faults.push(format!("metadata: {why}")),
        }
    }

    fn contract(&self, event: &StoredEvent, faults: &mut Vec<String>) {
        let Ok(data) = serde_json::from_slice::<Value>(&event.data) else {
            faults.push("the data are not JSON".to_owned());
            return;
        };
        if codec::canonical(&data, "data").ok().as_ref() != Some(&event.data) {
            faults.push("the data are not canonical".to_owned());
        }
        match codec::rewrite(&event.stored_type, &event.data) {
            Err(why) => faults.push(why.to_string()),
            // An older version is read as the newest, which has other bytes.
            Ok(_) if schemas::event_type(&event.stored_type).is_none() => {}
            Ok(again) if again != event.data => {
                faults.push("it does not write back as it was read".to_owned());
            }
            Ok(_) => {
                if !self.types.contains(&(event.stream.category(), &*event.stored_type)) {
                    faults.push(format!("{} does not belong here", event.stored_type));
                }
            }
        }
    }
}
