//! Commands: filing, second events, lag, bytes on disk, dropped connections.

use std::path::Path;
use std::time::Duration;

use crate::client::{Connection, Load, Until, Wanted, count, load};
use crate::machine::{bytes_in, load_average, processor_seconds};
use crate::random::Numbers;
use crate::requests::{Speaker, position, receipt_id};
use crate::server::{Server, new_data, speaker, token};
use crate::table::{Goal, Table};
use crate::{Failure, Sizes, floors, rebuilding};

/// Connections that hang up before their answer.
const DROPPED: usize = 1_000;

/// Measures all of it on a new store.
pub async fn measure(sizes: &Sizes, table: &mut Table) -> Result<(), Failure> {
    let raw = Raw {
        of_64: floors::commits(&sizes.root, 64, sizes.time)?,
        of_one: floors::commits(&sizes.root, 1, sizes.time)?,
    };
    let data = new_data(&sizes.root, "filing")?;
    let token = token(&data)?;
    let server = Server::start(&data).await?;
    let speaker = speaker(&server, &token);
    file(&server, Until::Over(sizes.time / 5), 64, &speaker, 10).await?;

    filing(sizes, table, &server, &speaker, &raw).await?;
    server.stop()?;

    on_disk(sizes, table, &token_data(sizes, "disk")?).await?;
    dropped(sizes, table).await
}

/// What `SQLite` alone makes durable, events per second.
struct Raw {
    of_64: f64,
    of_one: f64,
}

async fn filing(
    sizes: &Sizes,
    table: &mut Table,
    server: &Server,
    speaker: &Speaker,
    raw: &Raw,
) -> Result<(), Failure> {
    let before = processor_seconds(&server.process())?;
    // Six times as long, so that views and index could fall behind.
    let of_64 = file(server, Until::Over(sizes.time * 6), 64, speaker, 11).await?;
    let lag = server.lag().await?;
    let (views, search) = server.catch_up().await?;
    let used = processor_seconds(&server.process())? - before;
    let of_16 = file(server, Until::Over(sizes.time), 16, speaker, 12).await?;
    let of_one = file(server, Until::Over(sizes.time), 1, speaker, 13).await?;

    table.ratio(
        "file, 64 connections / raw commits of 64",
        (of_64.rate(), "/s"),
        (raw.of_64, "/s"),
        Goal::AtLeast { must: 15.0, aim: 30.0 },
    );
    table.figure("file, 16 connections", of_16.rate(), "/s", Goal::None);
    table.ratio(
        "file, 1 connection / raw commits of one",
        (of_one.rate(), "/s"),
        (raw.of_one, "/s"),
        Goal::AtLeast { must: 45.0, aim: 65.0 },
    );
    server.catch_up().await?;
    let second = second_events(server, speaker, &of_16.kept).await?;
    table.ratio(
        "second event, 16 connections / file, 16 connections",
        (second.rate(), "/s"),
        (of_16.rate(), "/s"),
        Goal::AtLeast { must: 70.0, aim: 95.0 },
    );
    table.figure("file, 64 connections: median", of_64.percentile(0.5), "ms", Goal::None);
    table.figure(
        "file, 64 connections: p99",
        of_64.percentile(0.99),
        "ms",
        Goal::AtMost { must: 15.0, aim: 8.0 },
    );
    table.figure(
        "views behind the last answer",
        views.as_secs_f64(),
        "s",
        Goal::AtMost { must: 0.1, aim: 0.005 },
    );
    table.figure(
        "search index behind the last answer",
        search.as_secs_f64(),
        "s",
        Goal::AtMost { must: 10.0, aim: 2.0 },
    );
    table.note(format!(
        "after {} filings in {:.0} s: views {} events behind, search {}; {:.0} µs of processor \
         for each, views and index included; load average {}",
        of_64.answers,
        of_64.took.as_secs_f64(),
        lag.views,
        lag.search,
        1e6 * used / count(of_64.answers),
        load_average()
    ));
    Ok(())
}

async fn file(
    server: &Server,
    until: Until,
    connections: usize,
    speaker: &Speaker,
    seed: u64,
) -> Result<Load, Failure> {
    let request = |numbers: &mut Numbers, out: &mut Vec<u8>| speaker.file(numbers, out);
    let keep = Some(receipt_id as fn(&str) -> Option<String>);
    let wanted = Wanted { connections, until, status: 201, request: &request, keep, seed };
    load(server.address, &wanted).await?.checked("filing")
}

/// One more event to an issue, each time another one.
async fn second_events(
    server: &Server,
    speaker: &Speaker,
    issues: &[String],
) -> Result<Load, Failure> {
    // The same position twice is refused; so each issue is taken once.
    let next = std::cell::Cell::new(0_usize);
    let request = |numbers: &mut Numbers, out: &mut Vec<u8>| {
        let at = next.replace(next.get() + 1);
        let issue = issues.get(at % issues.len()).map_or("", String::as_str);
        let path = format!("/issues/{issue}/positions");
        let body = position(numbers);
        speaker.post(&path, &body, numbers.uuid(), out);
    };
    let until = Until::Sent(issues.len() * 9 / 10);
    let wanted =
        Wanted { connections: 16, until, status: 201, request: &request, keep: None, seed: 14 };
    load(server.address, &wanted).await?.checked("second events")
}

fn token_data(sizes: &Sizes, name: &str) -> Result<(std::path::PathBuf, String), Failure> {
    let data = new_data(&sizes.root, name)?;
    let token = token(&data)?;
    Ok((data, token))
}

/// Bytes of the events; of the views without the search index.
fn sizes_on_disk(data: &Path) -> Result<(f64, f64), Failure> {
    let events = bytes_in(data, |name| name.starts_with("events"))?;
    let views = bytes_in(&data.join("views"), |name| !name.starts_with("search"))?;
    #[expect(clippy::cast_precision_loss, reason = "files stay below 2^52 bytes")]
    let sizes = (events as f64, views as f64);
    Ok(sizes)
}

async fn on_disk(
    sizes: &Sizes,
    table: &mut Table,
    (data, token): &(std::path::PathBuf, String),
) -> Result<(), Failure> {
    let server = Server::start(data).await?;
    server.catch_up().await?;
    server.stop()?;
    let before = sizes_on_disk(data)?;
    let server = Server::start(data).await?;
    let issues = (sizes.issues / 5).max(1_000);
    let filed = file(&server, Until::Sent(issues), 64, &speaker(&server, token), 15).await?.answers;
    server.catch_up().await?;
    server.stop()?;
    let after = sizes_on_disk(data)?;
    let each = |before: f64, after: f64| (after - before) / count(filed) / 1_000.0;
    let work = "bytes on disk for an issue of 1 KiB: events";
    table.figure(work, each(before.0, after.0), "KB", Goal::AtMost { must: 3.2, aim: 2.6 });
    let work = "bytes on disk for an issue of 1 KiB: views";
    table.figure(work, each(before.1, after.1), "KB", Goal::AtMost { must: 2.0, aim: 1.5 });
    Ok(())
}

/// Clients that hang up in the middle of a request, or just after it.
async fn dropped(sizes: &Sizes, table: &mut Table) -> Result<(), Failure> {
    let (data, token) = token_data(sizes, "dropped")?;
    let server = Server::start(&data).await?;
    let speaker = speaker(&server, &token);
    let mut numbers = Numbers::seeded(16);
    for turn in 0..DROPPED {
        let mut connection = Connection::open(server.address).await?;
        let mut out = Vec::new();
        speaker.file(&mut numbers, &mut out);
        if turn % 4 == 0 {
            out.truncate(numbers.below(out.len()));
        }
        connection.out = out;
        connection.send().await?;
        // Some wait until their request is under way.
        if turn % 3 == 0 {
            tokio::time::sleep(Duration::from_micros(numbers.next() % 800)).await;
        }
    }
    server.catch_up().await?;
    server.stop()?;
    let compared = rebuilding::child(&["--compare"], &data, None)?;
    let work = "lines of views that differ from a rebuild, 1,000 dropped connections";
    table.figure(work, compared.get("differ")?, "", Goal::AtMost { must: 0.0, aim: 0.0 });
    table.note(format!(
        "of {DROPPED} dropped connections {:.0} filings were recorded",
        compared.get("issues")?
    ));
    Ok(())
}
