//! Official letters (*comunicazioni*) and their registrations.
//!
//! For the coordinator's staff, for the bodies they were exchanged with, and for
//! auditors: for nobody else.
//!
//! Depends on: `domain::communication`.

mod detail;
mod list;
#[cfg(test)]
mod tests;

pub use detail::{CommunicationDetail, ReceiptView, RegistrationView};
pub use list::{CommunicationFilter, CommunicationList, CommunicationRow, CommunicationSort};

use std::sync::Arc;

use rusqlite::{Transaction, params};

use super::ViewsError;
use super::book::Book;
use super::links::write_links;
use super::lists::to_json;
use super::things::{Ident, Kind, remove_row, write_participants};
use super::touched::Touched;
use super::words;
use crate::domain::communication::{Communication, CommunicationState};
use crate::domain::values::{Ref, RefKind};

/// The tables.
pub(super) const TABLES: &str = "
    CREATE TABLE communications (
        no INTEGER PRIMARY KEY,
        id BLOB NOT NULL,
        revision INTEGER NOT NULL,
        title_rev INTEGER NOT NULL,
        coordinator TEXT NOT NULL,
        visibility INTEGER NOT NULL,
        dated TEXT NOT NULL,
        updated_at INTEGER NOT NULL,
        recorded_at INTEGER NOT NULL,
        direction TEXT NOT NULL,
        channel TEXT NOT NULL,
        counterpart TEXT NOT NULL,
        documents INTEGER NOT NULL,
        -- The last receipt.
        receipt TEXT,
        -- The latest day on which something happened, and the last event: see `past`.
        occurred_until TEXT NOT NULL,
        position INTEGER NOT NULL
    );
    CREATE INDEX communications_by_id ON communications (id);
    -- Registrations in protocol registers, annulled ones included, in order.
    CREATE TABLE registrations (
        communication INTEGER NOT NULL,
        ord INTEGER NOT NULL,
        body TEXT NOT NULL,
        ipa TEXT,
        register TEXT NOT NULL,
        year INTEGER NOT NULL,
        number TEXT NOT NULL,
        date TEXT NOT NULL,
        annulled INTEGER NOT NULL,
        PRIMARY KEY (communication, ord)
    ) WITHOUT ROWID;
    CREATE INDEX registrations_by_number ON registrations (number, year);
    CREATE TABLE communication_documents (
        communication INTEGER NOT NULL,
        ord INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        PRIMARY KEY (communication, ord)
    ) WITHOUT ROWID;
    CREATE INDEX communications_by_document ON communication_documents (sha256);
";

/// Writes the touched letters.
pub(super) fn write(
    tx: &Transaction<'_>,
    book: &mut Book,
    touched: &mut Touched,
) -> Result<(), ViewsError> {
    for id in &touched.communications {
        let entry = book.find::<Communication>(tx, id)?;
        let (state, extent) = (Arc::clone(&entry.state), entry.extent);
        let (Some(ident), Some(letter)) = (entry.ident, state.letter.as_deref()) else {
            continue;
        };
        // The revision says when a reference was made, not to whom.
        let counterpart: Vec<Ref> = letter
            .data
            .counterpart
            .iter()
            .map(|other| Ref { revision: None, ..other.clone() })
            .collect();
        remove_row(tx, &ident)?;
        tx.prepare_cached(
            "INSERT INTO communications VALUES
             (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
        )?
        .execute(params![
            ident.no,
            id.as_bytes().as_slice(),
            i64::try_from(entry.events).unwrap_or(i64::MAX) - 1,
            entry.headlines.title.unwrap_or(0),
            letter.data.coordinator.as_str(),
            // For staff, and for the bodies it was exchanged with.
            0,
            letter.dated.to_string(),
            state.updated_at.as_microsecond(),
            letter.recorded_at.as_microsecond(),
            words::text(&letter.data.direction),
            words::text(&letter.data.channel),
            to_json(&counterpart),
            i64::try_from(state.documents.len()).unwrap_or(i64::MAX),
            state.receipts.last().map(|one| words::text(&one.receipt)),
            extent.occurred_on.to_string(),
            extent.place(),
        ])?;
        let bodies = letter.data.counterpart.iter().filter(|one| one.kind == RefKind::Body);
        let [parts, registered, documents, linked, ..] = &mut entry.written;
        let bodies = bodies.map(|one| one.id.as_str()).collect();
        write_participants(tx, &ident, bodies, parts)?;
        write_registrations(tx, &ident, &state, registered)?;
        write_documents(tx, &ident, &state, documents)?;
        let about = letter.data.about.iter().filter_map(Ref::uuid).map(|id| ("about", id));
        write_links(tx, *id, Kind::Communication, &about.collect(), linked)?;
    }
    Ok(())
}

fn write_registrations(
    tx: &Transaction<'_>,
    ident: &Ident,
    state: &CommunicationState,
    written: &mut u64,
) -> Result<(), ViewsError> {
    // They are added and annulled, never changed.
    let digest = words::digest(
        &state.registrations.iter().map(|one| one.annulled.is_some()).collect::<Vec<_>>(),
    );
    if *written == digest {
        return Ok(());
    }
    tx.prepare_cached("DELETE FROM registrations WHERE communication = ?1")?.execute([ident.no])?;
    for (ord, one) in (0_i64..).zip(&state.registrations) {
        tx.prepare_cached("INSERT INTO registrations VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?
            .execute(params![
                ident.no,
                ord,
                one.data.body.as_str(),
                one.data.ipa.as_ref().map(ToString::to_string),
                one.data.register.as_str(),
                one.data.year.get(),
                one.data.number.as_str(),
                one.data.date.to_string(),
                one.annulled.is_some(),
            ])?;
    }
    *written = digest;
    Ok(())
}

fn write_documents(
    tx: &Transaction<'_>,
    ident: &Ident,
    state: &CommunicationState,
    written: &mut u64,
) -> Result<(), ViewsError> {
    let documents: Vec<&str> =
        state.documents.iter().map(|one| one.document.sha256.as_str()).collect();
    let digest = words::digest(&documents);
    if *written == digest {
        return Ok(());
    }
    tx.prepare_cached("DELETE FROM communication_documents WHERE communication = ?1")?
        .execute([ident.no])?;
    for (ord, document) in (0_i64..).zip(documents) {
        tx.prepare_cached("INSERT INTO communication_documents VALUES (?1, ?2, ?3)")?
            .execute(params![ident.no, ord, document])?;
    }
    *written = digest;
    Ok(())
}
