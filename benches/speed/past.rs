//! The past: one case with a long history, lists of a year of the region, and a log many
//! times larger than that of the country. What nobody has asked for before is cold, what
//! somebody has is warm.

use std::cell::Cell;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use quesito::access::Scope;
use quesito::clock::{Clock, SystemClock};
use quesito::projections::issues::{IssueFilter, IssueSort};
use quesito::projections::{Cut, ViewsError};
use serde_json::json;

use crate::client::{Load, Until, Wanted, count, load};
use crate::machine::memory;
use crate::random::Numbers;
use crate::rebuilding::{PATIENCE, child, open_to_write};
use crate::requests::{Speaker, issue, receipt_id};
use crate::server::{Server, new_data, speaker, token};
use crate::table::{Goal, Table, number};
use crate::{Failure, Sizes, generate};

/// Events of the case with a long history.
const LONG: usize = 1_000;

/// Events in a year of the region.
const YEAR: usize = 6_000;

/// How often each reading is measured.
const TIMES: usize = 40;

/// Measures all of it; the big store is made here and removed.
pub async fn measure(sizes: &Sizes, table: &mut Table) -> Result<(), Failure> {
    case(sizes, table).await?;
    year(sizes, table).await?;
    let big = sizes.root.join("past").join("data");
    let made = child(&["--make-cases"], &big, Some(sizes.events))?;
    table.note(format!("looked back on: {}", made.text("mix")?));
    child(&["--build"], &big, None)?;
    for (which, when) in [("last", "after the last event"), ("half", "at half of them")] {
        let looked = child(&["--look-back", which], &big, None)?;
        let events = number(looked.get("events")?);
        let what = format!("past: first list at {events} events, moment {when}");
        let goal = Goal::AtMost { must: 6.0, aim: 3.0 };
        table.figure(&what, looked.get("cold")?, "s", goal);
        let goal = Goal::AtMost { must: 128.0, aim: 66.0 };
        table.figure("past: its peak memory", looked.get("peak")?, "MiB", goal);
    }
    Ok(std::fs::remove_dir_all(sizes.root.join("past"))?)
}

/// One case with a long history, beside those of the demonstration.
async fn case(sizes: &Sizes, table: &mut Table) -> Result<(), Failure> {
    let data = new_data(&sizes.root, "past-case")?;
    let token = token(&data)?;
    let server = Server::start(&data).await?;
    let speaker = speaker(&server, &token);
    let file = |numbers: &mut Numbers, out: &mut Vec<u8>| {
        speaker.post("/issues", &issue(numbers), numbers.uuid(), out);
    };
    let filed = ask(&server, 1, 201, &file, Some(receipt_id)).await?;
    let id = filed.kept.first().ok_or("no receipt")?.clone();
    let note = json!({"audience": "network", "text": "Sentito l'ufficio: riscontro entro giugno."});
    let path = format!("/issues/{id}/notes");
    let add = |numbers: &mut Numbers, out: &mut Vec<u8>| {
        speaker.post(&path, &note, numbers.uuid(), out);
    };
    ask(&server, LONG - 1, 201, &add, None).await?;
    server.catch_up().await?;
    let show = format!("/issues/{id}?");
    let goal = Goal::AtMost { must: 50.0, aim: 20.0 };
    let cold = cold(&server, &speaker, SystemClock.now(), &show).await?;
    table.figure("past: a case of 1,000 events, moment not asked before", cold, "ms", goal);
    let warm = warm(&server, &speaker, SystemClock.now(), &show).await?;
    table.figure("past: a case of 1,000 events, moment at hand", warm, "ms", Goal::None);
    server.stop()?;
    Ok(std::fs::remove_dir_all(sizes.root.join("past-case"))?)
}

/// Lists of a year of the region.
async fn year(sizes: &Sizes, table: &mut Table) -> Result<(), Failure> {
    let data = sizes.root.join("past-year").join("data");
    child(&["--make-issues"], &data, Some(YEAR / 4))?;
    child(&["--build"], &data, None)?;
    let token = token(&data)?;
    let server = Server::start(&data).await?;
    server.catch_up().await?;
    let speaker = speaker(&server, &token);
    let now = SystemClock.now();
    let goal = Goal::AtMost { must: 100.0, aim: 50.0 };
    let last = cold(&server, &speaker, now, "/issues?limit=50&").await?;
    table.figure("past: list at 6,000 events, moment not asked before", last, "ms", goal);
    let half = cold(&server, &speaker, generate::halfway()?, "/issues?limit=50&").await?;
    table.figure("past: the same, moment at half of them", half, "ms", goal);
    let goal = Goal::AtMost { must: 10.0, aim: 5.0 };
    let warm = warm(&server, &speaker, now, "/issues?limit=50&").await?;
    table.figure("past: list at 6,000 events, moment at hand", warm, "ms", goal);
    server.stop()?;
    Ok(std::fs::remove_dir_all(sizes.root.join("past-year"))?)
}

/// The median of readings of moments that nobody has asked for: each another microsecond
/// before an instant.
async fn cold(
    server: &Server,
    speaker: &Speaker,
    from: Timestamp,
    path: &str,
) -> Result<f64, Failure> {
    let turn = Cell::new(0);
    let read = |_: &mut Numbers, out: &mut Vec<u8>| {
        turn.set(turn.get() + 1);
        let at = from - SignedDuration::from_micros(turn.get());
        speaker.get(&format!("{path}as_of={at}"), out);
    };
    Ok(ask(server, TIMES, 200, &read, None).await?.percentile(0.5))
}

/// The median of readings of one moment, no two of them alike.
async fn warm(
    server: &Server,
    speaker: &Speaker,
    at: Timestamp,
    path: &str,
) -> Result<f64, Failure> {
    let turn = Cell::new(0);
    let read = |_: &mut Numbers, out: &mut Vec<u8>| {
        turn.set(turn.get() + 1);
        // Spelt in another way, it is the same instant in another address.
        let zeros = "0".repeat(turn.get() % 3);
        let text = format!("{at:.6}").replace('Z', &format!("{zeros}Z"));
        speaker.get(&format!("{path}as_of={text}"), out);
    };
    ask(server, 1, 200, &read, None).await?;
    Ok(ask(server, TIMES, 200, &read, None).await?.percentile(0.5))
}

async fn ask(
    server: &Server,
    times: usize,
    status: u16,
    request: &dyn Fn(&mut Numbers, &mut Vec<u8>),
    keep: Option<fn(&str) -> Option<String>>,
) -> Result<Load, Failure> {
    let wanted =
        Wanted { connections: 1, until: Until::Sent(times), status, request, keep, seed: 31 };
    load(server.address, &wanted).await?.checked("looking back")
}

/// Builds a moment and lists 50 of its rows, with present views at hand: a child process.
pub async fn look(which: &str, data: &str) -> Result<(), Failure> {
    let engine = open_to_write(data).await?;
    let head = engine.store.head().await?;
    let views = engine.views().await?;
    views.wait_for(head, PATIENCE).await?;
    let as_of = if which == "half" { generate::halfway()? } else { SystemClock.now() };
    let begun = Instant::now();
    let cut = Cut { as_of: Some(as_of), ..Cut::default() };
    let then = loop {
        match views.at(cut).await {
            // A client would ask again.
            Err(ViewsError::Preparing) => {}
            then => break then?,
        }
    };
    let filter =
        IssueFilter { limit: 50, sort: Some(IssueSort::Reported), ..IssueFilter::default() };
    let day = SystemClock.today().into();
    let list = then.list_issues(&Scope::Everything, &filter, day).await?;
    println!("cold {}", begun.elapsed().as_secs_f64());
    println!("rows {}", list.items.len());
    println!("events {}", count(usize::try_from(head.0)?));
    println!("peak {}", memory("self", "VmHWM")?);
    drop(then);
    views.close();
    engine.store.close().await;
    Ok(())
}
