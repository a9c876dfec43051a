//! What the parts below could do at best, measured on the same machine in the same
//! run: `SQLite` alone on one core, and axum alone on the core of the server.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, params};

use crate::Failure;
use crate::client::{Until, Wanted, count, load};
use crate::machine::{SERVER_CORE, pinned};
use crate::random::Numbers;
use crate::requests::issue;
use crate::server::{Server, free_port};

/// As the engine sets it.
const PRAGMAS: &str = "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL; PRAGMA cache_size = -16384;";

/// The metadata of a filing, about as long as they are.
const METADATA_BYTES: usize = 620;

/// Events a second that `SQLite` makes durable, `group` in one commit.
///
/// A row has what a filing has, unsealed: position, stream, revision, id, type, data,
/// metadata. There is no index.
pub fn commits(folder: &Path, group: usize, time: Duration) -> Result<f64, Failure> {
    let file = tempfile::Builder::new().prefix("floor").suffix(".db").tempfile_in(folder)?;
    let db = Connection::open(file.path())?;
    db.execute_batch(PRAGMAS)?;
    db.execute_batch(
        "CREATE TABLE events (position INTEGER PRIMARY KEY, stream BLOB NOT NULL,
             revision INTEGER NOT NULL, id BLOB NOT NULL, type TEXT NOT NULL,
             data BLOB NOT NULL, metadata BLOB NOT NULL)",
    )?;
    let mut numbers = Numbers::seeded(1);
    let bodies: Vec<Vec<u8>> =
        (0..256).map(|_| issue(&mut numbers).to_string().into_bytes()).collect();
    let metadata = vec![b'm'; METADATA_BYTES];
    let begun = Instant::now();
    let mut events = 0;
    while begun.elapsed() < time {
        db.execute_batch("BEGIN IMMEDIATE")?;
        for _ in 0..group {
            let (stream, id) = (numbers.uuid(), numbers.uuid());
            let data = numbers.one(&bodies);
            db.prepare_cached(
                "INSERT INTO events (stream, revision, id, type, data, metadata)
                 VALUES (?1, 0, ?2, 'issue-reported.v1', ?3, ?4)",
            )?
            .execute(params![
                stream.as_bytes().as_slice(),
                id.as_bytes().as_slice(),
                data,
                metadata
            ])?;
            events += 1;
        }
        db.execute_batch("COMMIT")?;
    }
    Ok(count(events) / begun.elapsed().as_secs_f64())
}

/// Lists a second that `SQLite` reads: 50 rows of one theme by an index, every column
/// fetched, out of `rows`.
pub fn lists(folder: &Path, rows: usize, time: Duration) -> Result<f64, Failure> {
    let file = tempfile::Builder::new().prefix("floor").suffix(".db").tempfile_in(folder)?;
    let mut db = Connection::open(file.path())?;
    db.execute_batch(PRAGMAS)?;
    db.execute_batch(
        "CREATE TABLE issues (no INTEGER PRIMARY KEY, id BLOB NOT NULL, year INTEGER NOT NULL,
             rank INTEGER NOT NULL, body TEXT NOT NULL, theme INTEGER NOT NULL,
             status TEXT NOT NULL, title TEXT NOT NULL, updated_at INTEGER NOT NULL);
         CREATE INDEX by_theme ON issues (theme, updated_at);",
    )?;
    let mut numbers = Numbers::seeded(2);
    let tx = db.transaction()?;
    for no in 0..i64::try_from(rows)? {
        tx.prepare_cached(
            "INSERT INTO issues VALUES (?1, ?2, 2026, ?1, 'c_a944', ?3, 'under_review',
                 'Due uffici chiedono documenti diversi per la stessa iscrizione', ?1)",
        )?
        .execute(params![no, numbers.uuid().as_bytes().as_slice(), no % 31])?;
    }
    tx.commit()?;
    let begun = Instant::now();
    let mut lists = 0;
    let mut bytes = 0;
    while begun.elapsed() < time {
        let mut query = db.prepare_cached(
            "SELECT no, id, year, rank, body, status, title, updated_at FROM issues
             WHERE theme = ?1 ORDER BY updated_at DESC LIMIT 50",
        )?;
        let mut rows = query.query([i64::try_from(numbers.below(31))?])?;
        while let Some(row) = rows.next()? {
            bytes += row.get_ref(1)?.as_blob()?.len() + row.get_ref(6)?.as_str()?.len();
        }
        lists += 1;
    }
    std::hint::black_box(bytes);
    Ok(count(lists) / begun.elapsed().as_secs_f64())
}

/// Answers a second that axum gives on 64 connections when each is a constant of so many
/// bytes.
pub async fn constants(bytes: usize, time: Duration) -> Result<f64, Failure> {
    let address = free_port()?;
    let mut command = pinned(SERVER_CORE, &std::env::current_exe()?);
    command.args(["--constant", &bytes.to_string(), &address.to_string()]);
    let server = Server::launch(&mut command, address).await?;
    let request = |_: &mut Numbers, out: &mut Vec<u8>| {
        out.extend_from_slice(b"GET /api/v1/status HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer qst_0000000000000000000000000000000000000000\r\n\r\n");
    };
    let wanted = Wanted {
        connections: 64,
        until: Until::Over(time),
        status: 200,
        request: &request,
        keep: None,
        seed: 3,
    };
    let rate = load(server.address, &wanted).await?.checked("constants")?.rate();
    server.stop()?;
    Ok(rate)
}

/// Serves a constant until told to stop: the child process of [`constants`].
pub async fn serve_constant(bytes: usize, address: &str) -> Result<(), Failure> {
    let body = axum::body::Bytes::from(vec![b'x'; bytes]);
    let answer = move || {
        let body = body.clone();
        async move { ([(axum::http::header::CONTENT_TYPE, "application/json")], body) }
    };
    let app = axum::Router::new().route("/api/v1/status", axum::routing::get(answer));
    let listener = tokio::net::TcpListener::bind(address).await?;
    Ok(axum::serve(listener, app).await?)
}
