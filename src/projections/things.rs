//! The numbers of things, and the references that people say on the phone.
//!
//! A thing is numbered when its first event is folded, so that numbers follow the
//! global order of the log and are the same in every rebuild.
//!
//! Depends on: `clock` (the Italian year).

use std::collections::{BTreeSet, HashMap};

use rusqlite::{OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::views::Views;
use super::{ViewsError, words};
use crate::clock::civil_date;

/// The tables.
pub(super) const TABLES: &str = "
    -- Every numbered thing: kind, number among its kind, year and rank of its reference,
    -- when its first event was recorded.
    CREATE TABLE things (
        id BLOB PRIMARY KEY,
        kind INTEGER NOT NULL,
        no INTEGER NOT NULL,
        year INTEGER NOT NULL,
        rank INTEGER NOT NULL,
        begun_at INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE counters (
        kind INTEGER NOT NULL,
        year INTEGER NOT NULL,
        given INTEGER NOT NULL,
        PRIMARY KEY (kind, year)
    ) WITHOUT ROWID;
    -- Who takes part in what; read by access::Scope::sql.
    CREATE TABLE participants (
        kind INTEGER NOT NULL,
        thing INTEGER NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (kind, thing, body)
    ) WITHOUT ROWID;
";

/// The kinds of numbered things, as `participants.kind` counts them.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Kind {
    /// A *segnalazione*, S-.
    Issue = 0,
    /// A *quesito collettivo*, Q-.
    Question = 1,
    /// A *riscontro*, R-.
    Answer = 2,
    /// A *soluzione*, B-.
    Solution = 3,
    /// An official letter, which has no reference of its own.
    Communication = 4,
}

impl Kind {
    /// The category of its streams.
    pub fn category(self) -> &'static str {
        match self {
            Self::Issue => "issue",
            Self::Question => "question",
            Self::Answer => "answer",
            Self::Solution => "solution",
            Self::Communication => "communication",
        }
    }

    /// The table of its rows.
    pub(super) fn table(self) -> &'static str {
        match self {
            Self::Issue => "issues",
            Self::Question => "questions",
            Self::Answer => "answers",
            Self::Solution => "solutions",
            Self::Communication => "communications",
        }
    }

    /// The kind with a number.
    pub fn of(number: u8) -> Option<Self> {
        [Self::Issue, Self::Question, Self::Answer, Self::Solution, Self::Communication]
            .into_iter()
            .find(|kind| *kind as u8 == number)
    }

    /// The kind whose streams are of a category.
    pub fn of_category(category: &str) -> Option<Self> {
        (0..=4).filter_map(Self::of).find(|kind| kind.category() == category)
    }

    /// The letter its references begin with.
    pub fn letter(self) -> char {
        match self {
            Self::Issue => 'S',
            Self::Question => 'Q',
            Self::Answer => 'R',
            Self::Solution => 'B',
            Self::Communication => 'C',
        }
    }
}

/// How a thing is numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ident {
    /// Of which kind.
    pub kind: Kind,
    /// Its number among its kind, from 1 in the order of the log.
    pub no: i64,
    /// The Italian year in which its first event was recorded.
    pub year: i16,
    /// Its place in that year, from 1.
    pub rank: u32,
}

impl Ident {
    /// The reference for people, such as `S-2026/0042`.
    pub fn reference(&self) -> String {
        reference(self.kind, self.year, self.rank)
    }
}

/// The reference for people, such as `S-2026/0042`.
pub fn reference(kind: Kind, year: i16, rank: u32) -> String {
    format!("{}-{year}/{rank:04}", kind.letter())
}

/// Reads a reference as people write it; `None` when it is not one.
///
/// Zeros in front and the case of the letter do not matter.
pub fn parse_reference(text: &str) -> Option<(Kind, i16, u32)> {
    let mut letters = text.trim().chars();
    let letter = letters.next()?.to_ascii_uppercase();
    let kind = (0..=3).filter_map(Kind::of).find(|kind| kind.letter() == letter)?;
    let (year, rank) = letters.as_str().strip_prefix('-')?.split_once('/')?;
    Some((kind, year.parse().ok()?, rank.parse().ok()?))
}

/// The numbers given so far, kept at hand while a file is written to.
#[derive(Debug, Default)]
pub(super) struct Counters {
    /// The last number given, by kind and year, and whether the table says so too. Year 0
    /// counts all of a kind.
    given: HashMap<(Kind, i16), (i64, bool)>,
}

impl Counters {
    /// Numbers a thing whose first event was recorded at an instant.
    pub(super) fn number(
        &mut self,
        tx: &Transaction<'_>,
        kind: Kind,
        id: Uuid,
        recorded_at: jiff::Timestamp,
    ) -> Result<Ident, ViewsError> {
        let year = civil_date(recorded_at).year();
        let (no, rank) = (self.next(tx, kind, 0)?, self.next(tx, kind, year)?);
        tx.prepare_cached(
            "INSERT INTO things (id, kind, no, year, rank, begun_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            id.as_bytes().as_slice(),
            kind as u8,
            no,
            year,
            rank,
            recorded_at.as_microsecond()
        ])?;
        Ok(Ident { kind, no, year, rank: u32::try_from(rank).unwrap_or(u32::MAX) })
    }

    fn next(&mut self, tx: &Transaction<'_>, kind: Kind, year: i16) -> Result<i64, ViewsError> {
        let given = match self.given.get(&(kind, year)) {
            Some((given, _)) => *given,
            None => tx
                .prepare_cached("SELECT given FROM counters WHERE kind = ?1 AND year = ?2")?
                .query_row(params![kind as u8, year], |row| row.get(0))
                .optional()?
                .unwrap_or(0),
        };
        self.given.insert((kind, year), (given + 1, false));
        Ok(given + 1)
    }

    /// Writes the counters that have moved: once in a batch, not at each thing.
    pub(super) fn write(&mut self, tx: &Transaction<'_>) -> Result<(), ViewsError> {
        for ((kind, year), (given, written)) in &mut self.given {
            if !*written {
                tx.prepare_cached(
                    "INSERT OR REPLACE INTO counters (kind, year, given) VALUES (?1, ?2, ?3)",
                )?
                .execute(params![*kind as u8, *year, *given])?;
                *written = true;
            }
        }
        Ok(())
    }
}

/// How a thing is numbered, by its id as text.
pub(super) fn find(tx: &Transaction<'_>, id: &str) -> Result<Option<Ident>, ViewsError> {
    let Ok(id) = id.parse::<Uuid>() else { return Ok(None) };
    let found = tx
        .prepare_cached("SELECT kind, no, year, rank FROM things WHERE id = ?1")?
        .query_row([id.as_bytes().as_slice()], |row| {
            Ok((row.get::<_, u8>(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .optional()?;
    Ok(found
        .and_then(|(kind, no, year, rank)| Some(Ident { kind: Kind::of(kind)?, no, year, rank })))
}

impl Views {
    /// The kind and the reference of a thing, whoever may read it; `None` when there is none.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views cannot be read.
    pub fn reference(&self, id: Uuid) -> Result<Option<(Kind, String)>, ViewsError> {
        self.read(|conn| {
            let found = conn
                .prepare_cached("SELECT kind, year, rank FROM things WHERE id = ?1")?
                .query_row([id.as_bytes().as_slice()], |row| {
                    Ok((row.get::<_, u8>(0)?, row.get(1)?, row.get(2)?))
                })
                .optional()?;
            Ok(found.and_then(|(kind, year, rank)| {
                let kind = Kind::of(kind)?;
                Some((kind, reference(kind, year, rank)))
            }))
        })
    }

    /// The thing that a reference names, whoever may read it.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views cannot be read.
    pub fn referred_to(
        &self,
        kind: Kind,
        year: i16,
        rank: u32,
    ) -> Result<Option<Uuid>, ViewsError> {
        self.read(|conn| {
            Ok(conn
                .prepare_cached(
                    "SELECT id FROM things WHERE kind = ?1 AND year = ?2 AND rank = ?3",
                )?
                .query_row(params![kind as u8, year, rank], |row| row.get(0).map(Uuid::from_bytes))
                .optional()?)
        })
    }
}

/// Who takes part in a thing, as was last written.
pub(super) fn participants(
    tx: &Transaction<'_>,
    kind: Kind,
    id: Uuid,
) -> Result<Vec<String>, ViewsError> {
    let mut found = tx.prepare_cached(
        "SELECT p.body FROM things t CROSS JOIN participants p ON p.kind = t.kind AND p.thing = t.no
         WHERE t.id = ?1 AND t.kind = ?2",
    )?;
    let rows = found.query_map(params![id.as_bytes().as_slice(), kind as u8], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Removes the row of a thing, which is written whole whenever something in it changes.
/// `INSERT OR REPLACE` would do both at once, but keeps a journal of each statement.
pub(super) fn remove_row(tx: &Transaction<'_>, ident: &Ident) -> Result<(), ViewsError> {
    let table = ident.kind.table();
    tx.prepare_cached(&format!("DELETE FROM {table} WHERE no = ?1"))?.execute([ident.no])?;
    Ok(())
}

/// Writes who takes part in a thing, unless that is what was last written.
pub(super) fn write_participants(
    tx: &Transaction<'_>,
    ident: &Ident,
    bodies: BTreeSet<&str>,
    written: &mut u64,
) -> Result<(), ViewsError> {
    let digest = words::digest(&bodies);
    if *written == digest {
        return Ok(());
    }
    tx.prepare_cached("DELETE FROM participants WHERE kind = ?1 AND thing = ?2")?
        .execute(params![ident.kind as u8, ident.no])?;
    let mut insert =
        tx.prepare_cached("INSERT INTO participants (kind, thing, body) VALUES (?1, ?2, ?3)")?;
    for body in bodies {
        insert.execute(params![ident.kind as u8, ident.no, body])?;
    }
    *written = digest;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_read_as_people_write_it() {
        assert_eq!(parse_reference(" s-2026/42 "), Some((Kind::Issue, 2026, 42)));
        assert_eq!(parse_reference("Q-2026/0003"), Some((Kind::Question, 2026, 3)));
        assert_eq!(parse_reference("C-2026/0003"), None);
        assert_eq!(parse_reference("S2026"), None);
        assert_eq!(reference(Kind::Solution, 2026, 7), "B-2026/0007");
    }
}
