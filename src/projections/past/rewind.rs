//! A moment begun from the present views: what has not changed since is copied, and only
//! what has is folded again.
//!
//! A row says up to where the events of its thing reach. Where all of them are seen from
//! the moment, the row then was the row now, unless it follows from another thing that has
//! moved on; the tables of `links` and `citations` say which those are. So the work grows
//! with what has changed since, not with what had happened before.
//!
//! It rests on this: in a stream, later events are never recorded at an earlier instant.
//!
//! Where only an earlier head is named, its instant is found first (decision record 0021).
//!
//! Deliberately absent: words. The present views hold none, so no copy of them can keep
//! what is erased.
//!
//! Depends on: `event_store`, `domain::values`.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, Transaction};
use uuid::Uuid;

use super::super::cut::Cut;
use super::super::log::Log;
use super::super::projector::{Seen, read_bookmark, read_latest};
use super::super::things::Kind;
use super::super::touched::Touched;
use super::super::{ViewsError, digests, marks, schema};
use crate::event_store::{Bookmark, GlobalPosition};

/// Events looked at in one go.
const PAGE: usize = 500;

/// A file that has everything but what is yet to be folded again.
pub(in super::super) struct Begun {
    /// Up to where the present views had come.
    pub(in super::super) at: Bookmark,
    /// How much of the log that is.
    pub(in super::super) seen: Seen,
    /// What is to be folded again.
    pub(in super::super) touched: Touched,
}

/// What a table is about, and so which of its rows have moved on.
#[derive(Debug, Clone, Copy)]
enum Rows {
    /// All stay: numbers are given by the whole log.
    All,
    /// None is taken: what the file says of itself.
    None,
    /// Rows of things: of which kind, or of all, as `kind` says; the column of their number.
    Things(Option<Kind>, &'static str),
    /// Rows of entries of the registry: their category, or where it stands, and the column
    /// of their key.
    Entries(&'static str, &'static str),
    /// What things refer to.
    Links,
    /// Days of whichever calendar.
    Holidays,
    /// Digests and what became of them: rows that say themselves when.
    Digests,
}

/// Every table of the views.
const TABLES: [(&str, Rows); 31] = [
    ("bookmark", Rows::None),
    ("marks", Rows::None),
    ("digests", Rows::Digests),
    ("quarantine", Rows::None),
    ("things", Rows::All),
    ("counters", Rows::All),
    ("participants", Rows::Things(None, "thing")),
    ("links", Rows::Links),
    ("citations", Rows::Things(None, "thing")),
    ("bodies", Rows::Entries("'body'", "body")),
    ("members", Rows::Entries("'body'", "body")),
    ("authorities", Rows::Entries("'authority'", "authority")),
    ("norms", Rows::Entries("'norm'", "norm")),
    ("amendments", Rows::Entries("'norm'", "norm")),
    ("themes", Rows::Entries("'theme'", "theme")),
    ("forms", Rows::Entries("'form'", "form")),
    ("holidays", Rows::Holidays),
    ("persons", Rows::Entries("'person'", "person")),
    ("entries", Rows::Entries("t.category", "key")),
    ("communications", Rows::Things(Some(Kind::Communication), "no")),
    ("registrations", Rows::Things(Some(Kind::Communication), "communication")),
    ("communication_documents", Rows::Things(Some(Kind::Communication), "communication")),
    ("answers", Rows::Things(Some(Kind::Answer), "no")),
    ("questions", Rows::Things(Some(Kind::Question), "no")),
    ("question_steps", Rows::Things(Some(Kind::Question), "question")),
    ("solutions", Rows::Things(Some(Kind::Solution), "no")),
    ("solution_bodies", Rows::Things(Some(Kind::Solution), "solution")),
    ("issues", Rows::Things(Some(Kind::Issue), "no")),
    ("issue_steps", Rows::Things(Some(Kind::Issue), "issue")),
    ("issue_themes", Rows::Things(Some(Kind::Issue), "issue")),
    ("issue_positions", Rows::Things(Some(Kind::Issue), "issue")),
];

/// What has moved on since.
struct Moved {
    /// Whether anything has.
    any: bool,
    /// The greatest number of a kind that was given up to then: what has a greater one was
    /// begun later.
    given: [i64; 5],
}

impl Moved {
    fn given(&self, kind: Kind) -> i64 {
        self.given.get(kind as usize).copied().unwrap_or(i64::MAX)
    }
}

/// Things, and entries of the registry, that have moved on since.
const MOVED: &str = "
    CREATE TEMP TABLE moved (
        kind INTEGER NOT NULL,
        no INTEGER NOT NULL,
        id BLOB NOT NULL,
        -- Whether nothing at all had happened to it.
        unborn INTEGER NOT NULL,
        PRIMARY KEY (kind, no)
    ) WITHOUT ROWID;
    CREATE TEMP TABLE moved_entries (
        category TEXT NOT NULL,
        key NOT NULL,
        PRIMARY KEY (category, key)
    ) WITHOUT ROWID;
";

/// Begins a file from the present one; `None` when that cannot say enough of the moment.
pub(in super::super) fn begin(
    path: &Path,
    today: &Path,
    cut: &Cut,
    log: &Log,
) -> Result<Option<Begun>, ViewsError> {
    let mut conn = schema::open_beside_today(path, today)?;
    let version: u32 = conn.query_row("PRAGMA today.user_version", [], |row| row.get(0))?;
    if version != schema::VERSION {
        return Ok(None);
    }
    conn.execute_batch(MOVED)?;
    // Everything is read as of one commit of the writer.
    let tx = conn.transaction()?;
    let Some(at) = read_bookmark(&tx, "today")? else { return Ok(None) };
    let head = cut.head.filter(|head| *head < at.position);
    let (as_of, latest) = match (cut.as_of, head) {
        (None, Some(head)) => {
            // Whatever was begun later stands beyond the head as well.
            let latest = latest_up_to(&tx, log, head)?;
            (Some(latest), latest)
        }
        (as_of, _) => (as_of, read_latest(&tx, "today")?),
    };
    let seen = Seen { last: at.position, latest };
    let cut = Cut { as_of, head, ..*cut };
    let moved = find_moved(&tx, &cut)?;
    create(&tx, "table")?;
    copy(&tx, &moved, &cut)?;
    create(&tx, "index")?;
    let touched = touch(&tx)?;
    tx.execute_batch(&format!("PRAGMA user_version = {};", schema::VERSION))?;
    tx.commit()?;
    Ok(Some(Begun { at, seen, touched }))
}

/// When the latest of the events up to an earlier head was recorded.
fn latest_up_to(
    tx: &Transaction<'_>,
    log: &Log,
    head: GlobalPosition,
) -> Result<Timestamp, ViewsError> {
    let (mut after, mut latest) = marks::read(tx, "today", head)?;
    while after < head {
        let page = log.page(after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = last.position;
        let up_to = page.iter().filter(|fact| fact.position <= head);
        latest = up_to.filter_map(|fact| fact.recorded_at).fold(latest, Timestamp::max);
    }
    Ok(latest)
}

/// The last event that a view shows.
pub(in super::super) fn last_shown(conn: &Connection) -> Result<GlobalPosition, ViewsError> {
    let mut tables: Vec<&str> = kinds().map(Kind::table).collect();
    tables.extend(["entries", "digests"]);
    let mut tables: Vec<_> =
        tables.iter().map(|table| format!("SELECT max(position) AS p FROM {table}")).collect();
    tables.push("SELECT max(taken_position) FROM digests".into());
    let statement = format!("SELECT max(p) FROM ({})", tables.join(" UNION ALL "));
    let last: Option<i64> = conn.query_row(&statement, [], |row| row.get(0))?;
    Ok(last.map_or(GlobalPosition::START, |last| GlobalPosition(last.cast_unsigned())))
}

fn kinds() -> impl Iterator<Item = Kind> {
    (0..=4).filter_map(Kind::of)
}

/// Finds the things and entries that have an event not seen from there.
fn find_moved(tx: &Transaction<'_>, cut: &Cut) -> Result<Moved, ViewsError> {
    let micros = cut.as_of.map(Timestamp::as_microsecond);
    let later = micros.map(|micros| format!("t.updated_at > {micros}"));
    let beyond = cut.head.map(|head| format!("t.position > {}", head.0.cast_signed()));
    let after = cut.effective_on.map(|day| format!("t.occurred_until > '{day}'"));
    // The registry is not cut by days of validity; roles of persons are.
    let persons = after.as_ref().map(|after| format!("(t.category = 'person' AND {after})"));
    let any = |conditions: [&Option<String>; 3]| {
        let conditions: Vec<&str> = conditions.into_iter().flatten().map(String::as_str).collect();
        if conditions.is_empty() { "0".to_owned() } else { conditions.join(" OR ") }
    };
    let given = given(tx, micros)?;
    let mut moved = Moved { any: false, given };
    let mut found = 0;
    for kind in kinds() {
        let unborn = micros.map_or_else(
            || "0".to_owned(),
            |micros| {
                // Of one that was numbered before, only its own beginning tells.
                format!(
                    "t.no > {} OR coalesce((SELECT s.begun_at > {micros} FROM today.things s
                                            WHERE s.id = t.id), 0)",
                    moved.given(kind)
                )
            },
        );
        found += tx.execute(
            &format!(
                "INSERT INTO moved SELECT {}, t.no, t.id, {unborn} FROM today.{} t WHERE {}",
                kind as u8,
                kind.table(),
                any([&later, &beyond, &after])
            ),
            [],
        )?;
    }
    found += tx.execute(
        &format!(
            "INSERT INTO moved_entries SELECT t.category, t.key FROM today.entries t WHERE {}",
            any([&later, &beyond, &persons])
        ),
        [],
    )?;
    tx.execute_batch("CREATE INDEX temp.moved_by_id ON moved (id);")?;
    moved.any = found > 0;
    Ok(moved)
}

/// The greatest number of each kind that was given up to an instant.
fn given(tx: &Transaction<'_>, micros: Option<i64>) -> Result<[i64; 5], ViewsError> {
    let Some(micros) = micros else { return Ok([i64::MAX; 5]) };
    let mut given = [0; 5];
    let mut found =
        tx.prepare("SELECT kind, max(no) FROM today.things WHERE begun_at <= ?1 GROUP BY kind")?;
    let mut rows = found.query([micros])?;
    while let Some(row) = rows.next()? {
        if let Some(place) = given.get_mut(usize::from(row.get::<_, u8>(0)?)) {
            *place = row.get(1)?;
        }
    }
    Ok(given)
}

/// Makes tables, or their indexes once they are filled, as the present ones are.
fn create(tx: &Transaction<'_>, what: &str) -> Result<(), ViewsError> {
    let mut made = tx.prepare(
        "SELECT sql FROM today.sqlite_schema WHERE type = ?1 AND sql IS NOT NULL ORDER BY rowid",
    )?;
    let made: Vec<String> = made.query_map([what], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for sql in made {
        tx.execute_batch(&sql)?;
    }
    Ok(())
}

/// Copies the rows that stay. Where nothing has moved, whole tables go over as they are.
fn copy(tx: &Transaction<'_>, moved: &Moved, cut: &Cut) -> Result<(), ViewsError> {
    let all = |table: &str| format!("INSERT INTO main.{table} SELECT * FROM today.{table}");
    let stay = |table: &str, which: &str, gone: &str| {
        let some = format!("{} t WHERE {which} NOT EXISTS ({gone})", all(table));
        tx.execute(&some, []).map(drop)
    };
    for (table, rows) in TABLES {
        match rows {
            Rows::None => {}
            Rows::Digests => digests::copy(tx, cut)?,
            _ if !moved.any => tx.execute(&all(table), []).map(drop)?,
            Rows::All => tx.execute(&all(table), []).map(drop)?,
            Rows::Things(Some(kind), number) => {
                let born = format!("t.{number} <= {} AND", moved.given(kind));
                stay(table, &born, &gone(kind, number))?;
            }
            Rows::Things(None, number) => {
                for kind in kinds() {
                    let (given, code) = (moved.given(kind), kind as u8);
                    let born = format!("t.kind = {code} AND t.{number} <= {given} AND");
                    stay(table, &born, &gone(kind, number))?;
                }
            }
            Rows::Entries(category, key) => stay(
                table,
                "",
                &format!(
                    "SELECT 1 FROM moved_entries m WHERE m.category = {category} AND m.key = t.{key}"
                ),
            )?,
            // Of what is folded again they are written anew; until then they say what to read.
            // No state rests on what a letter is about.
            Rows::Links => {
                let letter = Kind::Communication as u8;
                let gone = format!(
                    "SELECT 1 FROM moved m WHERE m.id = t.owner AND (m.unborn OR m.kind = {letter})"
                );
                stay(table, "", &gone)?;
            }
            Rows::Holidays => {
                stay(table, "", "SELECT 1 FROM moved_entries m WHERE m.category = 'calendar'")?;
            }
        }
    }
    Ok(())
}

/// Finds the thing of a row among those that have moved on.
fn gone(kind: Kind, number: &str) -> String {
    format!("SELECT 1 FROM moved m WHERE m.kind = {} AND m.no = t.{number}", kind as u8)
}

/// What is to be folded again: what has moved on and was there before, and what follows
/// from something that has moved on.
fn touch(tx: &Transaction<'_>) -> Result<Touched, ViewsError> {
    let mut touched = Touched::default();
    for kind in kinds() {
        *touched.of(kind) =
            ids(tx, &format!("SELECT id FROM moved WHERE kind = {} AND NOT unborn", kind as u8))?;
    }
    let stays =
        |column: &str| format!("NOT EXISTS (SELECT 1 FROM moved x WHERE x.id = l.{column})");
    // What was said by something that has moved on: of the other answer in a conflict, of
    // the issues of a question or a solution.
    let said = |kinds: &str, role: &str| {
        format!(
            "SELECT DISTINCT l.target FROM moved m CROSS JOIN today.links l ON l.owner = m.id
             WHERE m.kind IN ({kinds}) AND l.role = '{role}' AND {}",
            stays("target")
        )
    };
    touched.answers.append(&mut ids(tx, &said("2", "conflict"))?);
    touched.issues.append(&mut ids(tx, &said("1, 3", "issue"))?);
    // What rests on something that has moved on: whatever refers to an answer, the
    // participants of a question on its issues.
    let rests = |on: Kind, kind: Kind| {
        format!(
            "SELECT DISTINCT l.owner FROM moved m CROSS JOIN today.links l
             ON l.target = m.id AND l.kind = {} WHERE m.kind = {} AND {}",
            kind as u8,
            on as u8,
            stays("owner")
        )
    };
    for kind in [Kind::Question, Kind::Solution, Kind::Issue] {
        touched.of(kind).append(&mut ids(tx, &rests(Kind::Answer, kind))?);
    }
    touched.question_participants = ids(tx, &rests(Kind::Issue, Kind::Question))?;
    touch_entries(tx, &mut touched)?;
    Ok(touched)
}

fn touch_entries(tx: &Transaction<'_>, touched: &mut Touched) -> Result<(), ViewsError> {
    touched.norms = ids(tx, "SELECT key FROM moved_entries WHERE category = 'norm'")?;
    touched.bodies = codes(tx, "moved_entries WHERE category = 'body'")?;
    touched.authorities = codes(tx, "moved_entries WHERE category = 'authority'")?;
    touched.themes = codes(tx, "moved_entries WHERE category = 'theme'")?;
    touched.forms = codes(tx, "moved_entries WHERE category = 'form'")?;
    touched.persons = codes(tx, "moved_entries WHERE category = 'person'")?;
    // A day does not say of which calendar it is.
    touched.calendars = codes(
        tx,
        "today.entries WHERE category = 'calendar'
         AND EXISTS (SELECT 1 FROM moved_entries m WHERE m.category = 'calendar')",
    )?;
    Ok(())
}

fn ids(tx: &Transaction<'_>, statement: &str) -> Result<BTreeSet<Uuid>, ViewsError> {
    let mut found = tx.prepare(statement)?;
    let rows = found.query_map([], |row| row.get(0).map(Uuid::from_bytes))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn codes(tx: &Transaction<'_>, from: &str) -> Result<BTreeSet<Box<str>>, ViewsError> {
    let mut found = tx.prepare(&format!("SELECT key FROM {from}"))?;
    let rows = found.query_map([], |row| row.get::<_, Box<str>>(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_of_the_views_is_told_what_becomes_of_its_rows() {
        let folder = tempfile::tempdir().unwrap();
        let conn = schema::open_for_writing(&folder.path().join("views.db")).unwrap();
        let mut found = conn
            .prepare(
                "SELECT name FROM sqlite_schema
                 WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
            )
            .unwrap();
        let found: Vec<String> =
            found.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();

        let mut told: Vec<&str> = TABLES.iter().map(|(table, _)| *table).collect();
        told.sort_unstable();

        assert_eq!(told, found);
    }
}
