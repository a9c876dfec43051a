//! Lists as CSV, safe to open in a spreadsheet.
//!
//! Depends on: nothing in this crate.

use serde_json::Value;

/// The media type.
pub const MEDIA_TYPE: &str = "text/csv; charset=utf-8";

/// The items of a list as CSV (RFC 4180): one column for each member that any item
/// has, in the order of first appearance; lists are joined by `; `.
pub fn from_items(items: &[Value]) -> String {
    let mut columns: Vec<&str> = Vec::new();
    for name in items.iter().filter_map(Value::as_object).flat_map(|item| item.keys()) {
        if !columns.contains(&name.as_str()) {
            columns.push(name);
        }
    }
    let rows = items.iter().map(|item| {
        columns.iter().map(|name| plain(item.get(*name).unwrap_or(&Value::Null))).collect()
    });
    table(&columns, rows)
}

/// A table as CSV: the names of its columns, then its rows.
pub fn table(columns: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let cells: Vec<_> = cells.map(cell).collect();
        cells.join(",") + "\r\n"
    };
    let mut csv = line(&mut columns.iter().copied());
    for row in rows {
        csv.push_str(&line(&mut row.iter().map(String::as_str)));
    }
    csv
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "sì".into(),
        Value::Bool(false) => "no".into(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join("; "),
        Value::Object(members) => {
            let label = ["label", "reference", "name", "code", "id"];
            match label.iter().find_map(|name| members.get(*name)) {
                Some(value) => plain(value),
                None => members.values().map(plain).collect::<Vec<_>>().join(" "),
            }
        }
    }
}

/// A cell; one that a spreadsheet would take for a formula is kept from being one.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_formula_is_text_and_quotes_are_doubled() {
        let items = [json!({"title": "=HYPERLINK(\"x\")", "n": -3, "norms": ["a", "b,c"]})];
        assert_eq!(
            from_items(&items),
            "n,norms,title\r\n'-3,\"a; b,c\",\"'=HYPERLINK(\"\"x\"\")\"\r\n"
        );
    }
}
