//! Who may do what: every operation of the API document against everybody.
//!
//! `matrix.csv` is written by hand from "Who" in the domain's page, never from the
//! code: a row for an operation on a thing, a column for somebody who calls. A cell is
//! `ok` (it comes to pass, or a rule of the domain refuses it: 409, 412, 422), `public`
//! (the part that was published), or the status of the refusal. The calls themselves
//! are made from the API document and its examples.

use std::collections::{BTreeMap, BTreeSet};

use quesito::http::openapi;
use serde_json::{Value, json};

use crate::app::BASE;
use crate::reply::Reply;
use crate::world::{ACTORS, World};

const TABLE: &str = include_str!("matrix.csv");

/// The id that examples use for whatever there is.
const EXAMPLE: &str = "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d";

/// A revision that nothing has reached: what rests on what was seen changes nothing.
const NEVER_SEEN: &str = "\"999999.w\"";

/// A row of the table.
pub struct Row {
    pub operation: &'static str,
    pub on: &'static str,
    pub cells: Vec<(&'static str, &'static str)>,
}

/// The table, row by row.
pub fn table() -> Vec<Row> {
    let mut lines = TABLE.lines();
    let header: Vec<_> = lines.next().unwrap().split(',').collect();
    assert_eq!(header[2..], *ACTORS, "the columns are the actors of the world");
    lines
        .map(|line| {
            let cells: Vec<_> = line.split(',').collect();
            assert_eq!(cells.len(), header.len(), "{line}");
            Row {
                operation: cells[0],
                on: cells[1],
                cells: ACTORS.iter().copied().zip(cells[2..].iter().copied()).collect(),
            }
        })
        .collect()
}

/// An operation of the API document.
pub struct Operation {
    pub id: String,
    pub method: String,
    pub path: String,
    document: Value,
    schemas: std::rc::Rc<Value>,
}

/// Every operation of the API document.
pub fn operations() -> Vec<Operation> {
    let document = openapi::document(BASE);
    let schemas = std::rc::Rc::new(document["components"]["schemas"].clone());
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            found.push(Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.clone(),
                path: path.clone(),
                document: operation.clone(),
                schemas: schemas.clone(),
            });
        }
    }
    found
}

impl Operation {
    /// Whether it reads the past too.
    pub fn is_dated(&self) -> bool {
        self.document["parameters"].to_string().contains("#/components/parameters/AsOf\"")
    }

    /// The address on a thing of the world.
    pub fn address(&self, world: &World, on: &str) -> String {
        let mut path = self.path.clone();
        for name in self.path.split(['{', '}']).skip(1).step_by(2) {
            let id = [on, "-"].map(|on| world.id(on, name));
            let id = id.into_iter().find(|id| !id.is_empty()).unwrap_or(match name {
                "level" => "0",
                "number" => "000.p/1",
                // A position has the id of the event that recorded it.
                "event_id" => world.id(on, "position_id"),
                _ => EXAMPLE,
            });
            path = path.replace(&format!("{{{name}}}"), id);
        }
        match self.id.as_str() {
            "show_document" => format!("{path}?referrer=issue-{}", world.id(on, "issue_id")),
            "prove_inclusion" => format!("{path}?index=0&size=1"),
            "prove_consistency" => format!("{path}?from=1&to=2"),
            _ => path,
        }
    }

    /// The media type and the bytes of the documented example, with ids of the world.
    fn body(&self, world: &World, on: &str) -> Option<(String, String)> {
        let content = self.document["requestBody"]["content"].as_object()?;
        let (media, content) = content.iter().next()?;
        if media != "application/json" {
            return Some((media.clone(), "Un documento.".into()));
        }
        let schema = content["schema"]["$ref"].as_str().and_then(|name| name.rsplit('/').next());
        let schema = schema.map(|name| &self.schemas[name]);
        let examples = content["examples"].as_object().and_then(|all| all.values().next());
        let mut example = examples
            .map(|one| one["value"].clone())
            .or_else(|| schema.map(|schema| schema["example"].clone()))
            .unwrap_or_default();
        if example.is_null() {
            example = made_up(schema.unwrap_or(&Value::Null));
        }
        // Who acts and under whom follow from the token.
        let required = schema.and_then(|schema| schema["required"].as_array());
        for implied in ["coordinator", "body"] {
            if !required.is_some_and(|names| names.contains(&json!(implied))) {
                example.as_object_mut().unwrap().remove(implied);
            }
        }
        substitute(&mut example, "", world, on);
        Some((media.clone(), example.to_string()))
    }

    /// The schema of its body, when that is JSON.
    pub fn schema(&self) -> Option<&Value> {
        let schema = &self.document["requestBody"]["content"]["application/json"]["schema"];
        schema.is_object().then_some(schema)
    }

    /// The documented example of its body, with ids of the world.
    pub fn example(&self, world: &World) -> Option<Value> {
        let (_, body) = self.body(world, "network")?;
        serde_json::from_str(&body).ok()
    }

    /// Calls it as somebody.
    pub async fn call(&self, world: &World, who: &str, on: &str) -> Reply {
        self.call_on(world, who, on, ("", "")).await
    }

    /// Calls it as somebody, with another id in its address.
    pub async fn call_on(
        &self,
        world: &World,
        who: &str,
        on: &str,
        (id, other): (&str, &str),
    ) -> Reply {
        let mut path = self.address(world, on);
        if !id.is_empty() {
            path = path.replacen(id, other, 1);
        }
        if self.method == "get" {
            return world.app.get((who != "anonymous").then_some(who), &path).await;
        }
        let (media, body) = self.body(world, on).unwrap_or_default();
        self.send(world, who, &path, (&media, &body)).await
    }

    /// Calls it as somebody, with another body.
    pub async fn call_with(&self, world: &World, who: &str, on: &str, body: &str) -> Reply {
        self.send(world, who, &self.address(world, on), ("application/json", body)).await
    }

    async fn send(
        &self,
        world: &World,
        who: &str,
        path: &str,
        (media, body): (&str, &str),
    ) -> Reply {
        let bearer = (who != "anonymous").then(|| format!("Bearer {}", world.app.token(who)));
        let key = world.app.key().to_string();
        let mut headers = vec![("content-type", media), ("idempotency-key", &key)];
        headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
        let parameters = self.document["parameters"].to_string();
        if parameters.contains("#/components/parameters/IfMatch\"") {
            headers.push(("if-match", NEVER_SEEN));
        }
        world.app.post_with(path, &headers, body.to_owned()).await
    }
}

/// The required members of a body that has no example of its own.
fn made_up(schema: &Value) -> Value {
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    required
        .map(|name| {
            let property = &schema["properties"][name];
            let given = [&property["example"], &property["examples"][0]];
            let given = given.into_iter().find(|value| !value.is_null()).cloned();
            let given = given.unwrap_or_else(|| match name {
                "role" => json!("observer"),
                "body" => json!("c_prova"),
                "person" => json!("p-prova"),
                "expires_on" => json!("2026-12-31"),
                _ => json!("prova"),
            });
            (name.to_owned(), given)
        })
        .collect()
}

/// Puts ids of the world where an example has those of nothing.
fn substitute(value: &mut Value, member: &str, world: &World, on: &str) {
    match value {
        Value::Object(members) => {
            let kind = members.get("kind").and_then(Value::as_str).map(str::to_owned);
            for (name, value) in members {
                let name = if name == "id" { kind.as_deref().unwrap_or(name) } else { name };
                substitute(value, name, world, on);
            }
        }
        Value::Array(items) => {
            for item in items {
                substitute(item, member, world, on);
            }
        }
        Value::String(text) if text == EXAMPLE => {
            let (on, parameter) = match member {
                "issue" | "issues" => ("network", "issue_id"),
                "answer" | "answers" | "with" | "prevails" => ("network", "answer_id"),
                "communication" => ("letter", "communication_id"),
                "point_id" => ("question", "point_id"),
                "addressees" | "addressee" | "from" => ("question", "reached_addressee_id"),
                "solution" | "by" => ("network", "solution_id"),
                "position_seen" => (on, "position_id"),
                other => (on, other),
            };
            let id = world.id(on, parameter);
            if !id.is_empty() {
                id.clone_into(text);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Whether a reply is what a cell says.
fn meets(cell: &str, reply: &Reply) -> bool {
    match cell {
        "ok" => matches!(reply.status, 200..=299 | 409 | 412 | 422),
        "public" => reply.status == 200,
        status => reply.status.to_string() == status,
    }
}

/// The same things, with one more published.
async fn world() -> World {
    let mut world = World::new().await;
    let app = &world.app;
    let report = crate::setting::with(crate::setting::report(), json!({"visibility": "public"}));
    let issue = app.act("owner", "report_issue", &[], report).await.id;
    let summary = json!({"abstract": "Letture diverse.", "approved_role": "coordinatore"});
    app.act("staff", "publish_issue", &[&issue], summary).await;
    world.things.entry("published").or_default().insert("issue_id", issue);
    let proposal = json!({
        "problem": "Criterio.", "text": "Protocollo.", "level": "good_practice",
        "basis": {"answers": [], "norms": []},
        "territory": {"level": "province", "code": "PR"}, "visibility": "public",
    });
    let solution = app.act("staff", "propose_solution", &[], proposal).await.id;
    let validated = json!({"solution_version": 1, "by": "gruppo di lavoro"});
    app.act("staff", "validate_solution", &[&solution], validated).await;
    let summary = json!({"abstract": "Scheda operativa."});
    app.act("staff", "publish_solution", &[&solution], summary).await;
    world.things.entry("published").or_default().insert("solution_id", solution);
    world
}

#[test]
fn every_operation_has_a_row_and_every_row_an_operation() {
    let documented: BTreeSet<_> = operations().into_iter().map(|one| one.id).collect();
    let judged: BTreeSet<_> = table().iter().map(|row| row.operation.to_owned()).collect();
    let forgotten: Vec<_> = documented.difference(&judged).collect();
    assert!(forgotten.is_empty(), "operations without a row in matrix.csv: {forgotten:?}");
    let stale: Vec<_> = judged.difference(&documented).collect();
    assert!(stale.is_empty(), "rows of matrix.csv without an operation: {stale:?}");
    let mut rows = BTreeSet::new();
    for row in table() {
        assert!(rows.insert((row.operation, row.on)), "{} on {} twice", row.operation, row.on);
    }
}

#[tokio::test]
async fn everybody_may_do_what_the_table_says_and_nothing_else() {
    let world = world().await;
    let operations: BTreeMap<_, _> =
        operations().into_iter().map(|one| (one.id.clone(), one)).collect();
    let mut wrong = Vec::new();
    for row in table() {
        let Some(operation) = operations.get(row.operation) else { continue };
        // Who is refused comes first: what is allowed may change the thing.
        let mut cells = row.cells.clone();
        cells.sort_by_key(|(_, cell)| matches!(*cell, "ok" | "public"));
        for (who, cell) in cells {
            let refused = !matches!(cell, "ok" | "public");
            let before = world.app.head().await;
            let reply = operation.call(&world, who, row.on).await;
            let (status, text) = (reply.status, &reply.text);
            if !meets(cell, &reply) {
                wrong.push(format!(
                    "{} on {} by {who}: {cell} expected, {status} {text}",
                    row.operation, row.on
                ));
            }
            if refused && world.app.head().await != before {
                wrong.push(format!("{} on {} by {who}: left a trace", row.operation, row.on));
            }
        }
    }
    assert!(wrong.is_empty(), "{} cells are wrong:\n{}", wrong.len(), wrong.join("\n"));
}
