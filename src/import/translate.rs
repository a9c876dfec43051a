//! From an event of a file to the command that records it.
//!
//! The file names things, the API takes what the server does not know by itself:
//! members that a command does not take are dropped, and references are written out.
//!
//! Depends on: `domain`, `codec`.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::names::Names;
use super::{COORDINATOR, Entry, FileEvent, ImportError, actor, stored_type};
use crate::codec::{self, ReceivedVia};
use crate::domain::registry::Role;
use crate::domain::values::inner_id;
use crate::operations::Target;

/// The members of an event that hold references with their kind.
const REFERENCES: &[(&str, &str)] = &[
    ("position-ended", "because_of"),
    ("review-flagged", "because_of"),
    ("answer-superseded", "by"),
    ("solution-proposed", "origin"),
    ("solution-proposed", "parties"),
    ("communication-recorded", "counterpart"),
    ("communication-recorded", "about"),
    ("receipt-recorded", "counterpart"),
    ("question-rejected", "already_answered_by"),
];

/// Members that say what the server knows already.
const IMPLIED: &[(&str, &[&str])] = &[
    ("adhesion-withdrawn", &["body"]),
    ("adhesions-closed", &["adhesions"]),
    ("adoption-ended", &["body"]),
    ("access-revoked", &["function"]),
    ("dispatch-corrected", &["text_version"]),
    ("endorsement-withdrawn", &["body"]),
    ("profile-recorded", &["body"]),
    ("question-drafted", &["text_version"]),
    ("question-forwarded", &["from_addressee"]),
    ("solution-proposed", &["solution_version"]),
    ("visibility-changed", &["from"]),
];

/// Members that name the thing which the event creates.
const CREATED: &[(&str, &str)] = &[
    ("position-recorded", "position_id"),
    ("issue-endorsed", "endorsement_id"),
    ("clarification-requested", "clarification_id"),
    ("norm-cited", "citation_id"),
    ("adhesion-given", "adhesion_id"),
    ("solution-adopted", "adoption_id"),
    ("registration-recorded", "registration_id"),
];

/// The command for an event; `None` for one that an import does not record.
pub(super) fn translate(
    event: &FileEvent,
    names: &mut Names,
) -> Result<Option<Entry>, ImportError> {
    let malformed = |why: &str| ImportError::Malformed { order: event.order, why: why.to_owned() };
    if event.kind == "text-erased" {
        return Ok(None);
    }
    let category = event.stream.split(':').next().unwrap_or_default();
    let (category, stored_type) =
        stored_type(category, &event.kind).ok_or_else(|| malformed("unknown type of event"))?;
    let command_id = names.command(event.order, "");
    let created = codec::event_id(command_id, 0);
    let new = !names.knows(&event.stream);
    let id = names.stream(&event.stream, category, command_id);
    let by_command = new && id == codec::new_stream_id(command_id).to_string();

    let mut data = event.data.clone();
    data.remove("documents");
    for name in IMPLIED.iter().filter(|(kind, _)| *kind == event.kind).flat_map(|(_, names)| *names)
    {
        data.remove(*name);
    }
    name_created(event, created, &mut data, names);
    write_references(event, &mut data, names);
    data.values_mut().for_each(|member| write_norms(member, names));
    reshape(event, &mut data);
    let mut data = Value::Object(data);
    names.resolve(&event.stream, &mut data);
    let Value::Object(data) = data else { return Err(malformed("not an object")) };

    let communication = data.contains_key("communication");
    Ok(Some(Entry {
        category,
        target: if by_command { Target::New } else { Target::Named(id) },
        stored_type,
        data,
        actor: actor(event.actor.role, &event.actor.body).ok_or_else(|| malformed("no actor"))?,
        occurred_on: event.occurred_on,
        recorded_on: Some(event.recorded_on),
        on_behalf_of: event.on_behalf_of.clone(),
        received_via: match (&event.on_behalf_of, communication) {
            (None, _) => ReceivedVia::Own,
            (Some(_), true) => ReceivedVia::Pec,
            // The file does not say; most of what bodies leave to staff comes so.
            (Some(_), false) => ReceivedVia::Email,
        },
        command_id,
    }))
}

/// The coordinator's network takes in a body that a file registers.
pub(super) fn membership(event: &FileEvent, names: &Names) -> Option<Entry> {
    if event.kind != "body-registered" {
        return None;
    }
    let (category, stored_type) = stored_type("body", "member-added")?;
    let data = json!({"member": event.data.get("body")?, "from": event.occurred_on});
    let Value::Object(data) = data else { return None };
    Some(Entry {
        category,
        target: Target::Named(COORDINATOR.to_owned()),
        stored_type,
        data,
        actor: actor(Role::Admin, &event.actor.body)?,
        occurred_on: event.occurred_on,
        recorded_on: Some(event.recorded_on),
        on_behalf_of: None,
        received_via: ReceivedVia::Own,
        command_id: names.command(event.order, "/member"),
    })
}

/// Learns the names of what the event creates, and takes them out of its data.
fn name_created(event: &FileEvent, id: Uuid, data: &mut Map<String, Value>, names: &mut Names) {
    let stream = event.stream.as_str();
    let mut learn = |symbol: Option<Value>, id: Uuid| {
        if let Some(Value::String(symbol)) = symbol {
            names.add(stream, &symbol, id);
        }
    };
    for (_, member) in CREATED.iter().filter(|(kind, _)| *kind == event.kind) {
        learn(data.remove(*member), id);
    }
    match event.kind.as_str() {
        "issue-reported" => {
            for (index, position) in objects(data, "positions").enumerate() {
                learn(position.remove("position_id"), inner_id(id, "positions", index));
            }
            for index in 0..data.get("norms").and_then(Value::as_array).map_or(0, Vec::len) {
                let symbol = Value::String(format!("N-{}", index + 1));
                learn(Some(symbol), inner_id(id, "norms", index));
            }
        }
        "issue-endorsed" => {
            if let Some(Value::Object(position)) = data.get_mut("new_position") {
                learn(position.remove("position_id"), inner_id(id, "new_position", 0));
            }
        }
        "question-drafted" => {
            for (index, to) in objects(data, "addressees").enumerate() {
                learn(to.remove("addressee_id"), inner_id(id, "addressees", index));
            }
            for (index, point) in objects(data, "points").enumerate() {
                learn(point.remove("point_id"), inner_id(id, "points", index));
            }
        }
        "text-revised" => {
            for (index, point) in objects(data, "points").enumerate() {
                let symbol = point.get("point_id").and_then(Value::as_str).unwrap_or_default();
                // A point that keeps its name is the same point.
                if !names.has(stream, symbol) {
                    let symbol = symbol.to_owned();
                    point.remove("point_id");
                    names.add(stream, &symbol, inner_id(id, "points", index));
                }
            }
        }
        _ => {}
    }
}

fn objects<'a>(
    data: &'a mut Map<String, Value>,
    member: &str,
) -> impl Iterator<Item = &'a mut Map<String, Value>> {
    let items = data.get_mut(member).and_then(Value::as_array_mut);
    items.into_iter().flatten().filter_map(Value::as_object_mut)
}

fn write_references(event: &FileEvent, data: &mut Map<String, Value>, names: &Names) {
    for (_, member) in REFERENCES.iter().filter(|(kind, _)| *kind == event.kind) {
        let Some(place) = data.get_mut(*member) else { continue };
        let written = |item: &Value| item.as_str().map(|text| names.reference(text));
        *place = match &*place {
            Value::Array(items) => items.iter().filter_map(written).collect(),
            // A letter may name its one counterpart alone.
            one if event.kind == "communication-recorded" => written(one).into_iter().collect(),
            one => written(one).unwrap_or_default(),
        };
    }
}

/// Writes citations as commands take them: the label is what a person reads, and only
/// documents without a number need it.
fn write_norms(value: &mut Value, names: &Names) {
    match value {
        Value::Object(members) => {
            if members.contains_key("text_in_force_on")
                && let Some(Value::String(label)) = members.remove("label_it")
                && members.get("kind").is_some_and(|kind| kind == "other")
            {
                if let Some(id) = names.labelled(&label) {
                    members.insert("norm_id".into(), json!(id));
                }
                members.insert("title".into(), label.into());
            }
            members.values_mut().for_each(|member| write_norms(member, names));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| write_norms(item, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What single types of event hold in another place or leave to be understood.
fn reshape(event: &FileEvent, data: &mut Map<String, Value>) {
    let code = event.stream.split_once(':').map_or("", |(_, code)| code);
    match event.kind.as_str() {
        "issue-amended" => flatten(data, "changes"),
        "answer-corrected" => flatten(data, "fields"),
        "answer-received" => {
            data.insert("coordinator".into(), COORDINATOR.into());
            if let Some(Value::Object(act)) = data.get_mut("act") {
                act.insert("status".into(), "adopted".into());
            }
        }
        "communication-recorded" => {
            data.insert("coordinator".into(), COORDINATOR.into());
        }
        "authority-registered" => {
            data.insert("authority".into(), code.into());
        }
        "access-granted" => {
            data.insert("person".into(), code.into());
        }
        _ => {}
    }
}

fn flatten(data: &mut Map<String, Value>, member: &str) {
    if let Some(Value::Object(inner)) = data.remove(member) {
        data.extend(inner);
    }
}
