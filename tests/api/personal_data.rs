//! Every free text at input is checked for personal data, whichever command brings it.
//!
//! The places come from the schemas of the API document: every string of class 2 that a
//! body can hold is given a codice fiscale, and must be refused at that very place. What
//! offends stands in no answer and in no line of the log.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::{Arc, Mutex};

use quesito::http::openapi;
use serde_json::{Value, json};

use crate::app::BASE;
use crate::matrix::{Operation, operations, table};
use crate::setting::{report, with};
use crate::world::World;

/// A codice fiscale with its own check letter, of nobody.
const CODE: &str = "BRTFTM85T10Z999W";

/// What is not recorded as an event, and says itself what it found.
const DRY_RUN: &str = "check_text";

/// The schemas of the API document.
struct Schemas(Value);

impl Schemas {
    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
            Some(name) => self.resolve(&self.0[name]),
            None => schema,
        }
    }

    /// The pointers of all free texts that a body of this schema can hold.
    fn texts(&self, schema: &Value, at: &str, found: &mut BTreeSet<String>) {
        let schema = self.resolve(schema);
        if schema["x-class"] == 2 {
            found.insert(at.to_owned());
        }
        for list in ["oneOf", "anyOf", "allOf"] {
            for part in schema[list].as_array().into_iter().flatten() {
                self.texts(part, at, found);
            }
        }
        for (name, part) in schema["properties"].as_object().into_iter().flatten() {
            self.texts(part, &format!("{at}/{name}"), found);
        }
        if schema["items"].is_object() {
            self.texts(&schema["items"], &format!("{at}/0"), found);
        }
    }

    /// A value with a text at a place, and around it what is there or must be there.
    fn fill(&self, schema: &Value, path: &[&str], now: Option<&Value>, text: &str) -> Value {
        let schema = self.resolve(schema);
        let Some((segment, rest)) = path.split_first() else { return text.into() };
        for list in ["oneOf", "anyOf"] {
            for part in schema[list].as_array().into_iter().flatten() {
                let mut places = BTreeSet::new();
                self.texts(part, "", &mut places);
                if places.contains(&format!("/{}", path.join("/"))) {
                    return self.fill(part, path, None, text);
                }
            }
        }
        if schema["items"].is_object() {
            let first = now.and_then(|now| now.get(0));
            return json!([self.fill(&schema["items"], rest, first, text)]);
        }
        let mut value = now.cloned().unwrap_or_else(|| self.sample(schema));
        let inner = self.fill(&schema["properties"][*segment], rest, value.get(*segment), text);
        value[*segment] = inner;
        value
    }

    /// Any value of a schema.
    fn sample(&self, schema: &Value) -> Value {
        let name = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next());
        let schema = self.resolve(schema);
        for given in [&schema["examples"][0], &schema["example"], &schema["enum"][0]] {
            if !given.is_null() {
                return given.clone();
            }
        }
        match (schema["type"].as_str(), schema["format"].as_str()) {
            (Some("object"), _) => schema["required"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(|name| (name.to_owned(), self.sample(&schema["properties"][name])))
                .collect(),
            (Some("array"), _) => json!([]),
            (Some("integer"), _) => json!(1),
            (Some("boolean"), _) => json!(false),
            (_, Some("uuid")) => "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d".into(),
            _ => match name {
                Some("Day") => "2026-03-10".into(),
                Some("Sha256Hex") => "0".repeat(64).into(),
                Some("MediaType") => "application/pdf".into(),
                Some("ProvinceCode" | "TerritoryCode") => "BO".into(),
                Some("FormCode") => "nota".into(),
                _ => "prova".into(),
            },
        }
    }
}

/// Everything that is logged while the tests run.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Calls an operation as somebody who may, on something that is there.
async fn called(world: &World, operation: &Operation, body: &Value) -> crate::reply::Reply {
    let (on, who) = table()
        .into_iter()
        .filter(|row| row.operation == operation.id)
        .find_map(|row| {
            let may = row.cells.iter().find(|(_, cell)| *cell == "ok");
            may.map(|(who, _)| (row.on, *who))
        })
        .unwrap_or_else(|| panic!("nobody may {}", operation.id));
    operation.call_with(world, who, on, &body.to_string()).await
}

#[tokio::test]
async fn a_codice_fiscale_is_refused_wherever_a_text_can_stand() {
    let lines = Lines::default();
    let log = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_writer(move || log.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let world = World::new().await;
    let document = openapi::document(BASE);
    let schemas = Schemas(document["components"]["schemas"].clone());
    let (mut checked, mut wrong) = (BTreeSet::new(), Vec::new());
    for operation in operations() {
        let Some(schema) = operation.schema().cloned() else { continue };
        let mut places = BTreeSet::new();
        schemas.texts(&schema, "", &mut places);
        for place in places {
            let path: Vec<_> = place.split('/').skip(1).collect();
            let example = operation.example(&world);
            let text = format!("L'ospite ({CODE}) attende.");
            let body = schemas.fill(&schema, &path, example.as_ref(), &text);
            let before = world.app.head().await;
            let reply = called(&world, &operation, &body).await;
            checked.insert((operation.id.clone(), place.clone()));
            if operation.id == DRY_RUN {
                assert_eq!(reply.body["refused"], true, "{}", reply.text);
                continue;
            }
            let refused = reply.body["errors"]
                .as_array()
                .into_iter()
                .flatten()
                .any(|error| error["pointer"] == place && error["kind"] == "personal_data");
            if reply.status != 422 || !refused {
                wrong.push(format!("{} {place}: {} {}", operation.id, reply.status, reply.text));
            }
            assert!(!reply.text.contains(CODE), "{}: {}", operation.id, reply.text);
            assert_eq!(world.app.head().await, before, "{} {place}", operation.id);
        }
    }
    assert!(wrong.is_empty(), "{} texts are not checked:\n{}", wrong.len(), wrong.join("\n"));
    assert!(checked.len() > 120, "{}", checked.len());

    // What was warned of and confirmed is stored, and stands in no line either.
    let mobile = "333 0001234";
    let data = with(report(), json!({"title": format!("Chiamare tel. {mobile}")}));
    let warned = world.app.post("owner", "/issues", &data).await;
    assert_eq!(warned.status, 422, "{}", warned.text);
    assert_eq!(warned.body["errors"][0]["kind"], "personal_data_to_confirm");
    assert!(!warned.text.contains(mobile), "{}", warned.text);
    world.app.act("owner", "report_issue", &[], with(data, json!({"texts_checked": true}))).await;
    world.app.indexed().await;
    let found = world.app.get(Some("owner"), "/issues?q=chiamare").await;
    assert!(found.text.contains(mobile), "{}", found.text);

    let lines = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(lines.contains("recorded"), "nothing was logged");
    for offending in [CODE, mobile, "Chiamare tel"] {
        assert!(!lines.contains(offending), "{offending} was logged");
    }
}

#[tokio::test]
async fn a_code_that_is_typed_is_no_codice_fiscale_either() {
    let world = World::new().await;
    let code = CODE.to_lowercase();
    let number = json!({
        "body": "anci_er", "register": "SIM", "year": 2026, "number": CODE, "date": "2026-03-09",
    });
    let letter = world.id("letter", "communication_id");
    for (who, path, data, pointer) in [
        (
            "admin",
            "/people".to_owned(),
            json!({"person": code, "role": "staff", "body": "anci_er"}),
            "/person",
        ),
        (
            "admin",
            "/tokens".to_owned(),
            json!({"person": code, "role": "staff", "body": "anci_er", "label": "x", "expires_on": "2026-12-31"}),
            "/person",
        ),
        ("staff", format!("/communications/{letter}/registration"), number, "/number"),
    ] {
        let reply = world.app.post(who, &path, &data).await;
        assert_eq!(reply.status, 422, "{path}: {}", reply.text);
        let error = &reply.body["errors"][0];
        assert_eq!((&error["pointer"], &error["kind"]), (&json!(pointer), &json!("personal_data")));
        assert!(!reply.text.contains(CODE) && !reply.text.contains(&code), "{}", reply.text);
    }
}
