//! Operations for the table of readings, and for the few commands beside the acts.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::tag;
use crate::http::moment;
use crate::http::reads::{Access, Read};

/// The operation of a row; schemas it needs are added to `components`.
pub fn operation(read: &Read, components: &mut BTreeMap<String, Value>) -> Value {
    let mut parameters: Vec<Value> =
        path_parameters(read.path).map(super::acts::parameter).collect();
    parameters.extend((read.parameters)());
    if read.method == "get" {
        parameters.push(json!({"$ref": "#/components/parameters/IfNoneMatch"}));
        parameters.push(json!({"$ref": "#/components/parameters/QuesitoPosition"}));
    } else {
        parameters.push(json!({"$ref": "#/components/parameters/IdempotencyKey"}));
    }
    parameters.push(json!({"$ref": "#/components/parameters/Traceparent"}));

    let answer = (read.answer)(components);
    let mut responses = Map::new();
    let mut success = json!({
        "description": answer.description,
        "headers": {
            "Cache-Control": {"$ref": "#/components/headers/CacheControl"},
            "RateLimit-Limit": {"$ref": "#/components/headers/RateLimitLimit"},
            "RateLimit-Remaining": {"$ref": "#/components/headers/RateLimitRemaining"},
            "RateLimit-Reset": {"$ref": "#/components/headers/RateLimitReset"},
        },
        "content": answer.content,
    });
    if moment::is_dated(&parameters) {
        for (name, header) in moment::HEADERS {
            let reference = format!("#/components/headers/{header}");
            success["headers"][name] = json!({"$ref": reference});
        }
    }
    if read.method == "get" && answer.status == 200 {
        success["headers"]["ETag"] = json!({"$ref": "#/components/headers/ETag"});
        responses.insert(
            "304".into(),
            json!({
                "description": "The caller has it already.",
                "headers": {"ETag": {"$ref": "#/components/headers/ETag"}},
            }),
        );
    }
    if success["content"].as_object().is_some_and(Map::is_empty) {
        success.as_object_mut().map(|members| members.remove("content"));
    }
    responses.insert(answer.status.to_string(), success);
    let common: &[u16] = &[400, 401, 404, 405, 406, 429, 500, 503];
    // A position of another store.
    let gone: &[u16] = if read.method == "get" { &[410] } else { &[] };
    for status in common.iter().chain(gone).chain(answer.problems) {
        let reference = json!({"$ref": format!("#/components/responses/Problem{status}")});
        responses.insert(status.to_string(), reference);
    }
    let security = match read.access {
        Access::SignedIn => json!([{"bearer": []}]),
        // Without a token the public part, with one what the caller may see.
        Access::Public => json!([{}, {"bearer": []}]),
    };
    let mut operation = json!({
        "operationId": read.id,
        "summary": read.summary,
        "description": read.description,
        "tags": [tag(read.path)],
        "security": security,
        "parameters": parameters,
        "responses": responses,
    });
    if let Some(body) = answer.request {
        operation["requestBody"] = body;
    }
    operation
}

fn path_parameters(path: &'static str) -> impl Iterator<Item = &'static str> {
    path.split(['{', '}']).skip(1).step_by(2)
}
