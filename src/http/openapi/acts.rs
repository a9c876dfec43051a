//! Operations for the table of acts.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{pascal, tag};
use crate::codec::schemas;
use crate::http::acts::{Act, Seen};
use crate::http::submit::ENVELOPE;
use crate::operations::subject::implied;

/// The operation of an act; the schema of its body is added to `components`.
pub fn operation(act: &Act, components: &mut BTreeMap<String, Value>) -> Value {
    let name = pascal(act.id);
    let (schema, example) = body(act, components);
    components.insert(name.clone(), schema);
    let mut parameters: Vec<Value> = act.parameters().map(parameter).collect();
    parameters.push(json!({"$ref": "#/components/parameters/IdempotencyKey"}));
    let seen = match act.seen {
        Seen::Required => "IfMatch",
        Seen::Optional => "IfMatchOptional",
    };
    parameters.push(json!({"$ref": format!("#/components/parameters/{seen}")}));
    parameters.push(json!({"$ref": "#/components/parameters/Traceparent"}));
    json!({
        "operationId": act.id,
        "summary": act.summary,
        "description": description(act),
        "tags": [tag(act.path)],
        "security": [{"bearer": []}],
        "parameters": parameters,
        "requestBody": {
            "required": true,
            "description": "What is to be recorded.",
            "content": {"application/json": {
                "schema": {"$ref": format!("#/components/schemas/{name}")},
                "examples": {"example": {"summary": "An example", "value": example}},
            }},
        },
        "responses": responses(act),
        "x-event-type": act.event,
    })
}

fn description(act: &Act) -> String {
    let seen = match act.seen {
        Seen::Required => {
            "It rests on what was seen: `If-Match` carries the ETag of the thing as it was read."
        }
        Seen::Optional => "It only adds, so `If-Match` is accepted but not needed.",
    };
    format!(
        "{}. Records the event `{}`. {seen} Repeating the request with the same `Idempotency-Key` answers the first result again.",
        act.summary, act.event
    )
}

pub fn parameter(name: &str) -> Value {
    let schema = match name {
        "body_id" | "authority_id" | "theme_id" | "form_id" | "member_id" | "person_id" => json!({
            "type": "string", "minLength": 1, "maxLength": 80, "pattern": "^[a-z0-9][a-z0-9_-]*$",
        }),
        "sha256" => json!({
            "type": "string", "minLength": 64, "maxLength": 64, "pattern": "^[0-9a-f]{64}$",
        }),
        "level" => json!({
            "type": "integer", "format": "int32", "minimum": 0, "maximum": 7,
        }),
        "number" => json!({
            "type": "string", "minLength": 3, "maxLength": 40,
            "pattern": r"^(x[0-9]{3}/)*[0-9]{3}(\.p/[1-9][0-9]{0,2})?$",
        }),
        _ => json!({"type": "string", "format": "uuid", "minLength": 36, "maxLength": 36}),
    };
    json!({
        "name": name,
        "in": "path",
        "required": true,
        "description": format!("Which {}.", name.trim_end_matches("_id").replace('_', " ")),
        "schema": schema,
        "example": example_id(name),
    })
}

fn example_id(name: &str) -> Value {
    match name {
        "body_id" | "member_id" => "c_a944",
        "authority_id" => "questura-bo",
        "theme_id" => "residence_registration",
        "form_id" => "circolare",
        "person_id" => "ufficio-giuridico",
        "level" => return 0.into(),
        "number" => "000.p/1",
        "sha256" => "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        _ => "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d",
    }
    .into()
}

/// The schema of the body, and an example: the event's data without what the path
/// and the caller say, with the members of the envelope.
fn body(act: &Act, components: &mut BTreeMap<String, Value>) -> (Value, Value) {
    let types = schemas::event_types();
    let found =
        types.iter().find(|(category, kind)| *category == act.category && kind.stored == act.event);
    let Some((_, kind)) = found else { return (json!({}), json!({})) };
    let schema = schemas::clear_schema(kind, components);
    let Value::Object(mut schema) = schema else { return (json!({}), json!({})) };

    let mut example = schema
        .remove("examples")
        .and_then(|examples| examples.get(0).cloned())
        .unwrap_or_else(|| json!({}));
    let in_path: Vec<&str> = act.parameters().skip(1).map(Act::member).collect();
    let holiday = (act.category == "calendar").then_some("holiday_id");
    let taken: Vec<&str> = in_path.iter().copied().chain(holiday).collect();
    let filled = ["from"].into_iter().filter(|_| act.event == "visibility-changed.v1");
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        for name in taken.iter().copied().chain(filled) {
            properties.remove(name);
        }
        properties.extend(envelope());
    }
    if let Value::Object(example) = &mut example {
        for name in &taken {
            example.remove(*name);
        }
    }
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        let given = implied(act.event);
        required.retain(|name| {
            let name = name.as_str().unwrap_or_default();
            !taken.contains(&name) && !given.contains(&name)
        });
        if required.is_empty() {
            schema.remove("required");
        }
    }
    schema.insert("description".into(), format!("{}.", act.summary).into());
    (Value::Object(schema), example)
}

/// The members that say how a command reached us.
fn envelope() -> Map<String, Value> {
    let schema = |name: &str| match name {
        "occurred_on" => json!({
            "type": "string", "format": "date", "minLength": 10, "maxLength": 10,
            "description": "The date of what is recorded, when it is not the day of recording; not in the future.",
        }),
        "on_behalf_of" => json!({
            "type": "string", "minLength": 1, "maxLength": 80, "pattern": "^[a-z0-9][a-z0-9_-]*$",
            "description": "The body for which staff act.",
        }),
        "received_via" => json!({
            "type": "string", "enum": ["self", "phone", "email", "pec", "meeting"],
            "description": "By which way it reached the association.",
        }),
        _ => json!({
            "type": "boolean",
            "description": "Whether the sender has checked the texts for personal data (\"ho verificato\").",
        }),
    };
    ENVELOPE.iter().map(|name| ((*name).to_owned(), schema(name))).collect()
}

fn responses(act: &Act) -> Value {
    let (show, parameter) = match act.category {
        "issue" => ("show_issue", "issue_id"),
        "question" => ("show_question", "question_id"),
        "answer" => ("show_answer", "answer_id"),
        "solution" => ("show_solution", "solution_id"),
        "communication" => ("show_communication", "communication_id"),
        "norm" => ("show_norm", "norm_id"),
        "body" => ("show_body", "body_id"),
        "authority" => ("show_authority", "authority_id"),
        "theme" => ("show_theme", "theme_id"),
        "form" => ("show_form", "form_id"),
        _ => ("", ""),
    };
    let mut created = json!({
        "description": "Recorded.",
        "headers": {
            "Location": {"$ref": "#/components/headers/Location"},
            "ETag": {"$ref": "#/components/headers/ETag"},
            "Cache-Control": {"$ref": "#/components/headers/CacheControl"},
            "Quesito-Position": {"$ref": "#/components/headers/QuesitoPosition"},
            "RateLimit-Limit": {"$ref": "#/components/headers/RateLimitLimit"},
            "RateLimit-Remaining": {"$ref": "#/components/headers/RateLimitRemaining"},
            "RateLimit-Reset": {"$ref": "#/components/headers/RateLimitReset"},
        },
        "content": {"application/json": {
            "schema": {"$ref": "#/components/schemas/CommandReceipt"},
            "examples": {"receipt": {"summary": "A receipt", "value": super::components::receipt()}},
        }},
    });
    if !show.is_empty() {
        let id = json!({parameter: "$response.body#/id"});
        created["links"] = json!({
            "show": {"operationId": show, "parameters": id, "description": "The thing as it is now."},
        });
        if act.creates() {
            let history = match act.category {
                "issue" => Some("list_issue_events"),
                "question" => Some("list_question_events"),
                "answer" => Some("list_answer_events"),
                "solution" => Some("list_solution_events"),
                "communication" => Some("list_communication_events"),
                _ => None,
            };
            let change = match act.category {
                "issue" => Some("record_position"),
                "question" => Some("give_adhesion"),
                "answer" => Some("assess_answer"),
                "solution" => Some("adopt_solution"),
                "communication" => Some("register_communication"),
                _ => None,
            };
            if let Some(history) = history {
                created["links"]["history"] = json!({"operationId": history, "parameters": id, "description": "Its history."});
            }
            if let Some(change) = change {
                created["links"]["change"] = json!({"operationId": change, "parameters": id, "description": "What usually comes next."});
            }
        }
    }
    let mut responses = Map::new();
    responses.insert("201".into(), created);
    let mut statuses =
        vec![400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422, 429, 500, 503, 507];
    if act.seen == Seen::Required {
        statuses.push(428);
    }
    for status in statuses {
        let reference = json!({"$ref": format!("#/components/responses/Problem{status}")});
        responses.insert(status.to_string(), reference);
    }
    Value::Object(responses)
}
