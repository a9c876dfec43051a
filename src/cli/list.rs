//! `quesito list`.

use crate::access::Scope;
use crate::app::{Access, Engine, private_folder};
use crate::clock::{Clock, instant_text};
use crate::config::DataArgs;
use crate::domain::italian::italian_date;
use crate::domain::values::Day;
use crate::extract::moment;
use crate::projections::answers::AnswerFilter;
use crate::projections::issues::{IssueFilter, IssueSort};
use crate::projections::questions::QuestionFilter;
use crate::projections::solutions::SolutionFilter;
use crate::projections::{Cut, Moment, look_back};
use clap::{Args, ValueEnum};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::replay::instant;
use super::{Failure, clock, say};

/// Rows read at once.
const PAGE: u32 = 200;

const AFTER: &str = "\
Examples:
  quesito list issues --as-of 2024-07-01
  quesito list answers --effective-on 2024-01-31 --json
  quesito list solutions --as-of 2024-07-01T12:00:00Z --effective-on 2024-06-30

--as-of T shows what had been recorded by the end of that day, or by that instant;
--effective-on D shows what had happened by that day, and what held on it. It reads the
events, also while a server runs, and leaves nothing behind.";

/// Lists cases as they stood
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct List {
    /// What to list
    #[arg(value_name = "WHAT")]
    what: What,
    /// As was known then: a day or an instant [default: now]
    #[arg(long, value_name = "T", value_parser = instant)]
    as_of: Option<Timestamp>,
    /// As it was on this day
    #[arg(long, value_name = "D")]
    effective_on: Option<Day>,
    /// One JSON document instead of lines
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: DataArgs,
}

/// What can be listed.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum What {
    Issues,
    Questions,
    Answers,
    Solutions,
}

impl List {
    pub async fn run(self) -> Result<(), Failure> {
        let clock = clock();
        let engine = Engine::open(&self.data.check()?, Access::Read, clock.clone()).await?;
        let name = format!("quesito-list-{}", engine.random_id());
        let folder = std::env::temp_dir().join(name);
        private_folder(&folder)?;
        let listed = self.list(&engine, &*clock, &folder).await;
        // What is left of it is for the system to sweep.
        let _ = std::fs::remove_dir_all(&folder);
        listed
    }

    async fn list(
        &self,
        engine: &Engine,
        clock: &dyn Clock,
        folder: &std::path::Path,
    ) -> Result<(), Failure> {
        let as_of = self.as_of.unwrap_or_else(|| clock.now());
        let cut = Cut { as_of: Some(as_of), effective_on: self.effective_on, head: None };
        let (store, codec) = (engine.store.clone(), engine.codec.clone());
        let views = look_back(store, codec, cut, folder).await?;
        let rows = self.what.rows(&views, views.day(clock.today().into())).await?;
        if self.json {
            let document = json!({
                "as_of": instant_text(as_of),
                "effective_on": self.effective_on,
                "items": rows,
            });
            say(serde_json::to_string_pretty(&document)?);
            return Ok(());
        }
        say(format_args!("Come risultava registrato {}", moment(as_of)));
        if let Some(day) = self.effective_on {
            say(format_args!("Con quanto era accaduto entro il {}", italian_date(day.date())));
        }
        say("");
        for row in &rows {
            let part = |names: &[&str]| {
                let found = names.iter().find_map(|name| row[*name].as_str());
                found.unwrap_or_default().to_owned()
            };
            say(format_args!(
                "{:<12}  {:<20}  {:<10}  {}",
                part(&["reference"]),
                part(&["status", "validity"]),
                part(&["reported_on", "drafted_on", "document_date", "proposed_on"]),
                part(&["title", "subject", "problem", "text"]).replace('\n', " "),
            ));
        }
        if rows.is_empty() {
            say("Nulla.");
        }
        Ok(())
    }
}

impl What {
    /// All rows, the oldest last.
    async fn rows(self, views: &Moment, day: Day) -> Result<Vec<Value>, Failure> {
        let scope = Scope::Everything;
        let (mut rows, mut cursor) = (Vec::new(), None);
        loop {
            let (page, next) = match self {
                Self::Issues => {
                    let sort = Some(IssueSort::Reported);
                    let filter = IssueFilter { limit: PAGE, cursor, sort, ..Default::default() };
                    let list = views.list_issues(&scope, &filter, day).await?;
                    (values(&list.items)?, list.next)
                }
                Self::Questions => {
                    let filter = QuestionFilter { limit: PAGE, cursor, ..Default::default() };
                    let list = views.list_questions(&scope, &filter, day).await?;
                    (values(&list.items)?, list.next)
                }
                Self::Answers => {
                    let filter = AnswerFilter { limit: PAGE, cursor, ..Default::default() };
                    let list = views.list_answers(&scope, &filter, day).await?;
                    (values(&list.items)?, list.next)
                }
                Self::Solutions => {
                    let filter = SolutionFilter { limit: PAGE, cursor, ..Default::default() };
                    let list = views.list_solutions(&scope, &filter, day).await?;
                    (values(&list.items)?, list.next)
                }
            };
            rows.extend(page);
            cursor = next;
            if cursor.is_none() {
                return Ok(rows);
            }
        }
    }
}

fn values(rows: &[impl Serialize]) -> Result<Vec<Value>, Failure> {
    Ok(rows.iter().map(serde_json::to_value).collect::<Result<_, _>>()?)
}
