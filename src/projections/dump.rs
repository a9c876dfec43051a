//! All rows of all tables as text, in an order of their own: two files of views that
//! say the same have the same dump.
//!
//! Depends on: nothing in this crate.

use std::fmt::Write;

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::ViewsError;

/// The dump; quarantine included, `SQLite`'s own tables and search terms not.
pub(super) fn dump(conn: &Connection) -> Result<String, ViewsError> {
    let mut out = String::new();
    let mut tables = conn.prepare(
        "SELECT name FROM main.sqlite_schema
         WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )?;
    let tables: Vec<String> = tables.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for table in tables {
        let mut all = conn.prepare(&format!("SELECT * FROM main.{table}"))?;
        let names: Vec<String> = all.column_names().map(str::to_owned).collect();
        let mut lines = Vec::new();
        let mut rows = all.query([])?;
        while let Some(row) = rows.next()? {
            let mut line = String::new();
            for (index, name) in names.iter().enumerate() {
                let _ = match row.get_ref(index)? {
                    ValueRef::Null => Ok(()),
                    ValueRef::Integer(number) => write!(line, " {name}={number}"),
                    ValueRef::Real(number) => write!(line, " {name}={number}"),
                    ValueRef::Text(text) => {
                        write!(line, " {name}={:?}", String::from_utf8_lossy(text))
                    }
                    ValueRef::Blob(bytes) => {
                        let _ = write!(line, " {name}=");
                        bytes.iter().try_for_each(|byte| write!(line, "{byte:02x}"))
                    }
                };
            }
            lines.push(line);
        }
        lines.sort_unstable();
        for line in lines {
            let _ = writeln!(out, "{table}{line}");
        }
    }
    Ok(out)
}
