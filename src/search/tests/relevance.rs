//! Do officers find the case they mean?

use serde_json::Value;

use super::{Document, index, search};

const CASES: &str = include_str!("../../data/cases.json");
const QUERIES: &str = include_str!("../../../tests/data/queries.json");

/// How many of the forty queries must find their case among the first five. FTS5
/// with its own `unicode61` tokenizer, any word matching, finds 18.
const FOUND_AT_LEAST: usize = 36;

#[test]
fn officers_find_the_case_they_mean_among_the_first_five() {
    let (conn, index) = index();
    let cases: Value = serde_json::from_str(CASES).unwrap();
    let cases = cases["cases"].as_array().unwrap();
    for (rowid, case) in (1..).zip(cases) {
        let readings = texts(&case["interpretations"], "position_it");
        let body = format!("{} {readings}", case["description_it"].as_str().unwrap());
        let norms =
            ["label_it", "celex", "article"].map(|key| texts(&case["norms"], key)).join(" ");
        let authorities = texts(&case["interpretations"], "authority").replace("authority:", " ");
        let people = [
            case["reporter"]["name"].as_str().unwrap(),
            &texts(&case["cosigners"], "name"),
            &authorities,
        ]
        .join(" ");
        let title = case["title_it"].as_str().unwrap();
        let document = Document { title, body: &body, norms: &norms, people: &people };
        index.put(&conn, rowid, &document).unwrap();
    }

    let queries: Value = serde_json::from_str(QUERIES).unwrap();
    let queries = queries.as_array().unwrap();
    assert_eq!(queries.len(), 40);
    let (mut found, mut first) = (0, 0);
    for query in queries {
        let (user, case) = (query["query"].as_str().unwrap(), query["case"].as_str().unwrap());
        let hits: Vec<&str> = search(&conn, user)
            .unwrap()
            .into_iter()
            .map(|rowid| cases[usize::try_from(rowid).unwrap() - 1]["case_id"].as_str().unwrap())
            .collect();
        match hits.iter().position(|hit| *hit == case) {
            Some(place @ 0..5) => {
                found += 1;
                first += usize::from(place == 0);
            }
            place => println!(
                "missed: {user:?} → {case} at {place:?}, instead {:?}",
                &hits[..hits.len().min(5)]
            ),
        }
    }
    println!("{found} of 40 among the first five, {first} in first place");
    assert!(found >= FOUND_AT_LEAST, "only {found} of 40; see the misses above");
}

/// The values under a key of every object in an array.
fn texts(list: &Value, key: &str) -> String {
    let values = list.as_array().unwrap().iter().filter_map(|item| item[key].as_str());
    values.collect::<Vec<_>>().join(" ")
}
