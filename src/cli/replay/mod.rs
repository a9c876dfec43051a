//! `quesito replay`.

mod timeline;

use crate::app::{Access, Engine};
use crate::clock::{civil_date, end_of_day, instant_text};
use crate::codec::{self, Metadata};
use crate::config::DataArgs;
use crate::domain::italian::italian_date;
use crate::domain::values::Day;
use crate::event_store::{GlobalPosition, StoredEvent, StreamName};
use crate::extract::{Names, moment};
use crate::projections::things::{Kind, parse_reference, reference};
use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::{Failure, clock, say};

const PAGE: usize = 1_000;

const AFTER: &str = "\
Examples:
  quesito replay S-2024/0003
  quesito replay issue-0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d --as-of 2024-07-01
  quesito replay Q-2023/0001 --effective-on 2024-01-31 --json

--as-of T shows what had been recorded by the end of that day, or by that instant;
--effective-on D shows what had happened by that day, whenever it was recorded.";

/// Shows the history of one thing
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Replay {
    /// The stream, or the reference that people use
    #[arg(value_name = "STREAM")]
    stream: String,
    /// Only what had been recorded then: a day or an instant
    #[arg(long, value_name = "T", value_parser = instant)]
    as_of: Option<Timestamp>,
    /// Only what had happened by this day
    #[arg(long, value_name = "D")]
    effective_on: Option<Day>,
    /// One JSON document instead of the timeline
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: DataArgs,
}

/// An instant, or the last one of a day in Italy.
pub(super) fn instant(text: &str) -> Result<Timestamp, String> {
    if let Ok(day) = text.parse::<Date>()
        && text.len() == 10
    {
        return Ok(end_of_day(day));
    }
    text.parse().map_err(|_| {
        "it takes a day such as 2024-07-01, or an instant such as 2024-07-01T12:00:00Z".to_owned()
    })
}

/// An event, opened.
struct Shown {
    event: StoredEvent,
    metadata: Metadata,
    data: Value,
}

impl Replay {
    pub async fn run(self) -> Result<(), Failure> {
        let engine = Engine::open(&self.data.check()?, Access::Read, clock()).await?;
        let stream = self.find(&engine).await?;
        if stream.is_operational() {
            return Err("keys, tokens and documents have no history to show".into());
        }
        let mut shown = Vec::new();
        let mut from = 0;
        loop {
            let page = engine.store.read_stream(&stream, from, PAGE).await?;
            for event in &page {
                let metadata = codec::metadata(event)?;
                let recorded = self.as_of.is_none_or(|as_of| metadata.recorded_at.0 <= as_of);
                let happened = self.effective_on.is_none_or(|day| metadata.occurred_on <= day);
                if recorded && happened {
                    let data = engine.codec.open_data(&*engine.store, event).await?;
                    shown.push(Shown { event: event.clone(), metadata, data });
                }
                from = event.revision + 1;
            }
            if page.len() < PAGE {
                break;
            }
        }
        if from == 0 {
            return Err(format!("there is no stream {stream}").into());
        }
        if self.json {
            let document = self.document(&stream, &shown);
            say(serde_json::to_string_pretty(&document)?);
        } else {
            self.timeline(&engine, &stream, &shown).await?;
        }
        Ok(())
    }

    /// The stream, also by the reference that people use.
    async fn find(&self, engine: &Engine) -> Result<StreamName, Failure> {
        let Some((kind, year, rank)) = parse_reference(&self.stream) else {
            return StreamName::new(&self.stream).map_err(|_| {
                format!(
                    "{}: it takes a stream such as issue-… or a reference such as S-2024/0003",
                    self.stream
                )
                .into()
            });
        };
        let mut seen = 0;
        let wanted = |event: &StoredEvent, year_of: i16| {
            event.revision == 0 && event.stream.category() == kind.category() && year_of == year
        };
        let mut found = None;
        each_event(engine, |event, year_of| {
            if wanted(event, year_of) {
                seen += 1;
                if seen == rank {
                    found = Some(event.stream.clone());
                }
            }
            found.is_none()
        })
        .await?;
        found.ok_or_else(|| format!("there is no {}", reference(kind, year, rank)).into())
    }

    fn document(&self, stream: &StreamName, shown: &[Shown]) -> Value {
        let events: Vec<_> = shown
            .iter()
            .map(|one| {
                json!({
                    "revision": one.event.revision,
                    "id": one.event.id,
                    "type": &*one.event.stored_type,
                    "metadata": one.metadata,
                    "data": one.data,
                })
            })
            .collect();
        json!({
            "stream": stream.as_str(),
            "as_of": self.as_of.map(instant_text),
            "effective_on": self.effective_on,
            "events": events,
        })
    }

    async fn timeline(
        &self,
        engine: &Engine,
        stream: &StreamName,
        shown: &[Shown],
    ) -> Result<(), Failure> {
        match known_as(engine, stream).await? {
            Some(reference) => say(format_args!("{reference}  ({stream})")),
            None => say(stream),
        }
        if let Some(as_of) = self.as_of {
            say(format_args!("Come risultava registrato {}", moment(as_of)));
        }
        if let Some(day) = self.effective_on {
            say(format_args!("Con quanto era accaduto entro il {}", italian_date(day.date())));
        }
        if shown.is_empty() {
            say("\nNessun evento.");
        }
        let store = engine.store.clone();
        let mut names = Names::at(store, engine.codec.clone(), Timestamp::MAX);
        for one in shown {
            timeline::event(one, &mut names).await?;
        }
        Ok(())
    }
}

/// Reads the whole store until the visitor has enough; it is told the Italian year in
/// which an event was recorded.
async fn each_event(
    engine: &Engine,
    mut visit: impl FnMut(&StoredEvent, i16) -> bool,
) -> Result<(), Failure> {
    let mut after = GlobalPosition::START;
    loop {
        let page = engine.store.read_all(after, PAGE).await?;
        for event in &page {
            // Only the first event of a stream is dated, so only it is looked into.
            let year = match event.revision {
                0 => civil_date(codec::metadata(event)?.recorded_at.0).year(),
                _ => 0,
            };
            if !visit(event, year) {
                return Ok(());
            }
            after = event.position;
        }
        if page.len() < PAGE {
            return Ok(());
        }
    }
}

/// The reference that people use for a stream.
async fn known_as(engine: &Engine, stream: &StreamName) -> Result<Option<String>, Failure> {
    let kinds = [Kind::Issue, Kind::Question, Kind::Answer, Kind::Solution];
    let Some(kind) = kinds.into_iter().find(|kind| kind.category() == stream.category()) else {
        return Ok(None);
    };
    let mut ranks = std::collections::HashMap::new();
    let mut found = None;
    each_event(engine, |event, year| {
        if event.revision == 0 && event.stream.category() == kind.category() {
            let rank = ranks.entry(year).or_insert(0_u32);
            *rank += 1;
            if event.stream == *stream {
                found = Some(reference(kind, year, *rank));
            }
        }
        found.is_none()
    })
    .await?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_means_all_of_it_in_italy() {
        assert_eq!(
            instant("2024-07-01").map(instant_text),
            Ok("2024-07-01T21:59:59.999999Z".into())
        );
        assert_eq!(
            instant("2024-07-01T12:00:00Z").map(instant_text),
            Ok("2024-07-01T12:00:00.000000Z".into())
        );
        assert!(instant("ieri").is_err());
    }
}
