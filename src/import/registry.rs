//! The registry that is shipped: bodies, authorities, themes, forms, norms, holidays.
//!
//! It is data (`src/data/`, with its sources beside it), recorded through the same
//! rules as everything else; from then on the registry changes by events alone.
//!
//! Depends on: `domain`.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{COORDINATOR, Entry, ImportError, actor, command_id, stored_type};
use crate::codec::{self, ReceivedVia};
use crate::domain::calendar::italian_holidays;
use crate::domain::norm::{Celex, NirUrn};
use crate::domain::registry::Role;
use crate::domain::values::{BodyId, Day};
use crate::operations::Target;

const BODIES: &str = include_str!("../data/bodies.csv");
const UNIONS: &str = include_str!("../data/unions.json");
const ADDRESSEES: &str = include_str!("../data/addressees.json");
const THEMES: &str = include_str!("../data/themes.json");
const FORMS: &str = include_str!("../data/forms.json");
const NORMS: &str = include_str!("../data/norms.json");

/// The Region, which observes the network.
const REGION: (&str, &str) = ("regione_er", "Regione Emilia-Romagna");

/// The name of the coordinator.
const COORDINATOR_NAME: &str = "ANCI Emilia-Romagna";

/// Where the ids of commands of the shipped registry come from.
const SOURCE: &str = "/registry/1";

#[derive(Deserialize)]
struct Unions {
    unions: Vec<Union>,
}

#[derive(Deserialize)]
struct Union {
    id: String,
    name: String,
    kind: String,
    province: String,
    members: Vec<String>,
}

#[derive(Deserialize)]
struct Addressees {
    addressees: Vec<Addressee>,
}

#[derive(Deserialize)]
struct Addressee {
    code: String,
    label_it: String,
    authority_kind: Option<String>,
}

#[derive(Deserialize)]
struct Theme {
    code: String,
    label_it: String,
    working_group: Option<String>,
}

#[derive(Deserialize)]
struct Forms {
    forms: Vec<Form>,
}

#[derive(Deserialize)]
struct Form {
    code: String,
    label_it: String,
    rank: Option<u32>,
}

#[derive(Deserialize)]
struct Norms {
    norms: Vec<Norm>,
}

#[derive(Deserialize)]
struct Norm {
    id: String,
    kind: String,
    urn: Option<String>,
    celex: Option<String>,
    short_it: String,
    citation_it: Option<String>,
    subject_it: Option<String>,
}

/// One row of `bodies.csv`.
struct Municipality {
    istat: &'static str,
    name: &'static str,
    province: &'static str,
    ipa: &'static str,
}

fn municipalities() -> impl Iterator<Item = Municipality> {
    BODIES.lines().skip(1).filter_map(|line| {
        let mut fields = line.split(',');
        let (istat, name, province) = (fields.next()?, fields.next()?, fields.next()?);
        let _cadastral = fields.next()?;
        Some(Municipality { istat, name, province, ipa: fields.next()? })
    })
}

/// The lists are our own, and a test reads them all.
fn read<T: DeserializeOwned>(list: &str) -> Result<T, ImportError> {
    serde_json::from_slice(list.as_bytes()).map_err(|why| ImportError::Unreadable(why.to_string()))
}

/// The ids of all shipped bodies.
pub(super) fn body_ids() -> HashSet<String> {
    let unions = read::<Unions>(UNIONS).map(|list| list.unions).unwrap_or_default();
    municipalities()
        .map(|one| one.ipa.to_owned())
        .chain(unions.into_iter().map(|one| one.id))
        .chain([COORDINATOR.to_owned(), REGION.0.to_owned()])
        .collect()
}

/// The ids of the shipped norms by the names a file gives them.
pub(super) fn norm_streams() -> HashMap<String, String> {
    let norms = read::<Norms>(NORMS).map(|list| list.norms).unwrap_or_default();
    let stream = |norm: &Norm| (format!("norm:{}", norm.id), norm.stream().to_string());
    norms.iter().map(stream).collect()
}

/// The ids of the shipped norms that have neither URN nor CELEX, by their labels.
pub(super) fn labelled_norms() -> HashMap<String, Uuid> {
    let norms = read::<Norms>(NORMS).map(|list| list.norms).unwrap_or_default();
    let other = norms.into_iter().filter(|norm| norm.identified().is_none());
    other.map(|norm| (norm.short_it.clone(), norm.stream())).collect()
}

impl Norm {
    fn identified(&self) -> Option<Uuid> {
        match (&self.urn, &self.celex) {
            (Some(urn), _) => NirUrn::parse(urn).ok().map(|urn| urn.norm_id()),
            (None, Some(celex)) => Celex::parse(celex).ok().map(|celex| celex.norm_id()),
            (None, None) => None,
        }
    }

    fn command(&self) -> Uuid {
        command_id(SOURCE, &format!("norm:{}", self.id))
    }

    fn stream(&self) -> Uuid {
        self.identified().unwrap_or_else(|| codec::new_stream_id(self.command()))
    }
}

/// Collects the commands.
struct Entries<'a> {
    /// Streams that the file registers itself.
    own: &'a BTreeSet<&'a str>,
    day: Day,
    found: Vec<Entry>,
}

impl Entries<'_> {
    /// One thing to register, unless the file does so itself.
    fn add(&mut self, category: &str, code: &str, kind: &str, data: Value) -> Option<()> {
        let symbol = format!("{category}:{code}");
        if self.own.contains(symbol.as_str()) {
            return Some(());
        }
        let (category, stored_type) = stored_type(category, kind)?;
        let coordinator: BodyId = COORDINATOR.parse().ok()?;
        let command_id = command_id(SOURCE, &symbol);
        let Value::Object(data) = data else { return None };
        let data: Map<_, _> = data.into_iter().filter(|(_, member)| !member.is_null()).collect();
        let target = match category {
            "norm" => match norm_streams().get(&symbol) {
                Some(id) if *id != codec::new_stream_id(command_id).to_string() => {
                    Target::Named(id.clone())
                }
                _ => Target::New,
            },
            "calendar" => Target::Named("it".to_owned()),
            _ => Target::Named(code.to_owned()),
        };
        self.found.push(Entry {
            category,
            target,
            stored_type,
            data,
            actor: actor(Role::Admin, &coordinator)?,
            occurred_on: self.day,
            recorded_on: Some(self.day),
            on_behalf_of: None,
            received_via: ReceivedVia::Own,
            command_id,
        });
        Some(())
    }
}

/// The commands that register everything shipped, as of a day, but for the streams
/// that a file registers itself.
pub(super) fn entries(own: &BTreeSet<&str>, day: Day) -> Result<Vec<Entry>, ImportError> {
    let mut entries = Entries { own, day, found: Vec::new() };
    bodies(&mut entries)?;
    others(&mut entries)?;
    Ok(entries.found)
}

fn unknown(what: &str) -> ImportError {
    ImportError::Unreadable(format!("the shipped entry {what} is not valid"))
}

fn bodies(entries: &mut Entries<'_>) -> Result<(), ImportError> {
    let mut members = Vec::new();
    for one in municipalities() {
        let data = json!({
            "body": one.ipa,
            "name": format!("Comune di {}", one.name),
            "kind": "comune",
            "province": one.province,
            "istat_code": one.istat,
            "ipa_code": one.ipa,
        });
        entries.add("body", one.ipa, "body-registered", data).ok_or_else(|| unknown(one.ipa))?;
        members.push(one.ipa.to_owned());
    }
    for union in read::<Unions>(UNIONS)?.unions {
        // A union that the file registers joins the network when it does.
        if entries.own.contains(format!("body:{}", union.id).as_str()) {
            continue;
        }
        let data = json!({
            "body": union.id,
            "name": union.name,
            "kind": union.kind,
            "province": union.province,
            "members": union.members,
        });
        entries
            .add("body", &union.id, "body-registered", data)
            .ok_or_else(|| unknown(&union.id))?;
        members.push(union.id);
    }
    let (region, name) = REGION;
    let data = json!({"body": region, "name": name, "kind": "regione"});
    entries.add("body", region, "body-registered", data).ok_or_else(|| unknown(region))?;
    members.push(region.to_owned());
    let data = json!({
        "body": COORDINATOR,
        "name": COORDINATOR_NAME,
        "kind": "coordinator",
        "members": members,
    });
    entries.add("body", COORDINATOR, "body-registered", data).ok_or_else(|| unknown(COORDINATOR))
}

fn others(entries: &mut Entries<'_>) -> Result<(), ImportError> {
    for one in read::<Addressees>(ADDRESSEES)?.addressees {
        let data = json!({
            "authority": one.code,
            "kind": one.authority_kind.as_deref().unwrap_or("associazione"),
            "office": one.label_it,
        });
        entries
            .add("authority", &one.code, "authority-registered", data)
            .ok_or_else(|| unknown(&one.code))?;
    }
    for one in read::<Vec<Theme>>(THEMES)? {
        let data = json!({
            "theme": one.code,
            "label_it": one.label_it,
            "working_group": one.working_group,
        });
        entries
            .add("theme", &one.code, "theme-registered", data)
            .ok_or_else(|| unknown(&one.code))?;
    }
    for one in read::<Forms>(FORMS)?.forms {
        let data = json!({"form": one.code, "label_it": one.label_it, "rank": one.rank});
        entries
            .add("form", &one.code, "form-registered", data)
            .ok_or_else(|| unknown(&one.code))?;
    }
    for one in read::<Norms>(NORMS)?.norms {
        let data = json!({
            "kind": one.kind,
            "urn": one.urn,
            "celex": one.celex,
            "label_it": one.citation_it.as_deref().unwrap_or(&one.short_it),
            "subject_it": one.subject_it,
        });
        entries.add("norm", &one.id, "norm-registered", data).ok_or_else(|| unknown(&one.id))?;
    }
    let mut holidays = italian_holidays();
    holidays.sort_by_key(|holiday| holiday.valid_from);
    for one in holidays.into_iter().filter(|holiday| holiday.valid_to.is_none()) {
        let data = json!({
            "name": one.name_it,
            "rule": one.rule.to_string(),
            "from": one.valid_from.to_string(),
        });
        entries
            .add("calendar", &one.name_it, "holiday-declared", data)
            .ok_or_else(|| unknown(&one.name_it))?;
    }
    Ok(())
}
