//! What people may type, against a real FTS5 table.

use proptest::prelude::*;

use super::{Document, index_of, search};
use crate::search::{SearchIndex, SearchIndexError, fts_query};

#[test]
fn texts_with_all_words_come_before_texts_that_repeat_one() {
    let long = format!("residenza {} ricevuta", "altro testo ".repeat(200));
    let (conn, _) = index_of(&["residenza residenza residenza", &long, "ricevuta", "altro"]);
    assert_eq!(search(&conn, "ricevuta residenza ").unwrap()[0], 2);
    assert_eq!(search(&conn, "ricevuta residenza ").unwrap().len(), 3);
}

#[test]
fn quotes_ask_for_words_in_this_order() {
    let (conn, _) = index_of(&["posto dei minori", "minori liberi: il posto", "posto"]);
    assert_eq!(search(&conn, "«posto minori»").unwrap(), [1]);
    assert_eq!(search(&conn, "\"posto minori").unwrap(), [1]);
    assert_eq!(search(&conn, "\"posto\" liberi").unwrap(), [2, 3, 1]);
}

#[test]
fn a_minus_excludes() {
    let (conn, _) = index_of(&["posto dei minori", "posto degli adulti"]);
    assert_eq!(search(&conn, "posto -minorenni").unwrap(), [2]);
    assert_eq!(search(&conn, "posto -\"degli adulti\"").unwrap(), [1]);
    assert_eq!(search(&conn, "posto - minori").unwrap(), [1, 2]);
    assert_eq!(fts_query("-posto"), None);
}

#[test]
fn words_are_found_while_they_are_typed() {
    let (conn, _) = index_of(&["gli appartamenti e l'iscrizione del D.Lgs. 142/2015, S-2026/0042"]);
    for word in ["appartamento", "iscrizione", "142/2015", "S-2026/0042"] {
        for end in 3..=word.len() {
            assert_eq!(search(&conn, &word[..end]).unwrap(), [1], "{}", &word[..end]);
        }
    }
    assert_eq!(search(&conn, "iscriz* ").unwrap(), [1]);
    assert_eq!(search(&conn, "iscriz ").unwrap(), [0_i64; 0]);
}

#[test]
fn general_words_are_found_while_they_are_typed() {
    let (conn, _) = index_of(&["notificazione", "riconoscimento", "sostenibilità"]);
    for (word, row) in [("notificazione", 1), ("riconoscimento", 2), ("sostenibilita", 3)] {
        for end in 3..=word.len() {
            assert_eq!(search(&conn, &word[..end]).unwrap(), [row], "{}", &word[..end]);
        }
    }
}

#[test]
fn a_finished_acronym_is_not_half_of_a_word() {
    let (conn, _) = index_of(&["una casa", "il CAS"]);
    assert_eq!(search(&conn, "cas").unwrap(), [2]);
}

#[test]
fn nothing_to_search_for_is_none() {
    for empty in
        ["", " ", "di che?", "di che", "!!!", "\"\"", "*", "-", "\"di\" -minori", "🏠", "\0"]
    {
        assert_eq!(fts_query(empty), None, "{empty:?}");
    }
}

#[test]
fn operators_and_syntax_of_fts5_are_words() {
    let (conn, _) = index_of(&["posto"]);
    for user in [
        "posto AND",
        "posto OR NOT",
        "NEAR(posto, 2)",
        "title:posto",
        "{title body}: posto",
        "^posto",
        "(posto",
        "posto)",
        "posto + posto",
        "'; DROP TABLE fts; -- posto",
    ] {
        assert_eq!(search(&conn, user).unwrap(), [1], "{user}");
    }
}

#[test]
fn a_query_of_ten_thousand_words_is_cut_to_size() {
    let (conn, _) = index_of(&["posto"]);
    let many: Vec<String> = (0..10_000).map(|n| format!("p{n} \"q{n} r\" -s{n}")).collect();
    search(&conn, &format!("posto {}", many.join(" "))).unwrap();
    search(&conn, &"\"".repeat(10_000)).unwrap();
}

#[test]
fn a_replaced_or_removed_text_is_found_no_more() {
    let (conn, index) = index_of(&["residenza", "passaporto"]);
    index.put(&conn, 1, &Document { body: "tirocinio", ..Document::default() }).unwrap();
    index.remove(&conn, 2).unwrap();
    index.remove(&conn, 99).unwrap();
    assert_eq!(search(&conn, "residenza").unwrap(), [0_i64; 0]);
    assert_eq!(search(&conn, "passaporto").unwrap(), [0_i64; 0]);
    assert_eq!(search(&conn, "tirocinio").unwrap(), [1]);
}

#[test]
fn purging_leaves_no_term_of_a_removed_text_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("search.db");
    let conn = rusqlite::Connection::open_in_memory().unwrap();
    conn.execute("ATTACH ?1 AS search", [file.to_str().unwrap()]).unwrap();
    conn.execute_batch("PRAGMA search.secure_delete = ON").unwrap();
    let index = SearchIndex::create(&conn, "search").unwrap();
    for rowid in 1..=50 {
        index.put(&conn, rowid, &Document { body: "residenza", ..Document::default() }).unwrap();
    }
    index.put(&conn, 51, &Document { body: "zqzqzq", ..Document::default() }).unwrap();
    index.remove(&conn, 51).unwrap();
    let holds = || std::fs::read(&file).unwrap().windows(6).any(|bytes| bytes == b"zqzqzq");
    assert!(holds(), "FTS5 now removes terms by itself: purge may go");

    index.purge(&conn).unwrap();

    assert!(!holds());
    assert_eq!(search(&conn, "residenza").unwrap().len(), 50);
}

#[test]
fn creating_again_keeps_the_rows() {
    let (conn, _) = index_of(&["residenza"]);
    SearchIndex::create(&conn, "search").unwrap();
    assert_eq!(search(&conn, "residenza").unwrap(), [1]);
}

#[test]
fn a_schema_is_an_identifier() {
    let (conn, _) = index_of(&[]);
    for name in ["", "search; DROP TABLE x", "Search", "a.b"] {
        assert!(matches!(SearchIndex::create(&conn, name), Err(SearchIndexError::Schema)));
    }
}

proptest! {
    #[test]
    fn no_input_is_a_syntax_error(user in any::<String>()) {
        let (conn, _) = index_of(&["posto"]);
        search(&conn, &user).unwrap();
    }

    #[test]
    fn no_input_made_of_syntax_is_a_syntax_error(user in "([\"*():^{}+,\\-' «a-eA-E0-2./_]|NOT |AND |OR |NEAR){0,40}") {
        let (conn, _) = index_of(&["posto"]);
        search(&conn, &user).unwrap();
    }

    #[test]
    fn a_text_is_found_by_itself(text in "[a-zàèé0-9 ./'-]{0,40}") {
        let (conn, _) = index_of(&[&text]);
        // Marks of the query language aside, all of a text finds it.
        let words = text.split(' ').map(|word| word.trim_start_matches('-'));
        let user = words.collect::<Vec<_>>().join(" ");
        if fts_query(&user).is_some() {
            prop_assert_eq!(search(&conn, &user).unwrap(), [1]);
        }
    }
}
