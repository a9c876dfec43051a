//! The files of `events/`, as an outsider finds them.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::{LazyLock, Once, OnceLock};

use quesito::codec::schemas;
use serde_json::{Value, json};

/// The folder of the published contracts.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("events")
}

/// Every schema in the folder, by name of the file; written anew first when
/// `QUESITO_BLESS` asks for it.
pub fn on_disk() -> BTreeMap<String, String> {
    // Once, and before anybody reads: the tests run side by side.
    static BLESSED: Once = Once::new();
    BLESSED.call_once(|| {
        if std::env::var_os("QUESITO_BLESS").is_some() {
            schemas::write_all(&folder()).unwrap();
        }
    });
    let Ok(entries) = fs::read_dir(folder()) else { return BTreeMap::new() };
    let json = |path: &PathBuf| path.extension().is_some_and(|kind| kind == "json");
    entries
        .map(|entry| entry.unwrap().path())
        .filter(json)
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect()
}

/// A published contract, ready to judge documents.
pub struct Contract {
    /// The name of its file without `.json`: the stored type, or `metadata.v1`.
    pub stem: String,
    /// The schema itself.
    pub schema: Value,
    validator: jsonschema::Validator,
    documents: OnceLock<Vec<Value>>,
}

impl Contract {
    /// Whether the schema takes a document.
    pub fn takes(&self, document: &Value) -> bool {
        self.validator.is_valid(document)
    }

    /// What the schema has against a document.
    pub fn objections(&self, document: &Value) -> Vec<String> {
        self.validator.iter_errors(document).map(|why| why.to_string()).collect()
    }

    /// Its one example.
    pub fn example(&self) -> &Value {
        &self.schema["examples"][0]
    }

    /// Documents to judge: the example, and documents that have every optional member,
    /// one for each alternative that the schema offers somewhere.
    pub fn documents(&self) -> &[Value] {
        self.documents.get_or_init(|| {
            let mut all = vec![self.example().clone()];
            for turn in 0..4 {
                let full = full(&self.schema, &self.schema["$defs"], turn);
                if !all.contains(&full) {
                    all.push(full);
                }
            }
            all
        })
    }

    /// Whether it describes an event, not what surrounds one.
    pub fn is_event(&self) -> bool {
        self.schema.get("x-occurred-on").is_some()
    }
}

/// Every published contract.
pub fn contracts() -> &'static [Contract] {
    static CONTRACTS: LazyLock<Vec<Contract>> = LazyLock::new(read);
    &CONTRACTS
}

fn read() -> Vec<Contract> {
    on_disk()
        .into_iter()
        .map(|(name, content)| {
            let schema: Value = serde_json::from_str(&content).unwrap();
            let validator = jsonschema::draft202012::options()
                .should_validate_formats(true)
                .build(&schema)
                .unwrap_or_else(|why| panic!("{name} is no schema: {why}"));
            let stem = name.trim_end_matches(".json").to_owned();
            Contract { stem, schema, validator, documents: OnceLock::new() }
        })
        .collect()
}

/// Something of every pattern that occurs.
const SAMPLES: &[&str] = &[
    "a",
    "BO",
    "037006",
    "2024-02-29",
    "easter",
    "/a",
    "a/b",
    "32011L0095",
    "XC20P",
    "urn:nir:stato:legge:2017-04-07;47",
    "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d",
    "a.0",
    "NNCIOxP7FLN0W3u8WmN6UkJeRscC2WnIfP-bfD6hyNw",
    "PGMZm0fM3LT6wwS4PoOBl1Q9-6xHF1QN",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "000000000000002a",
    "2026-11-20T09:30:00.000000Z",
];

/// A document of a schema with every member; where the schema offers alternatives,
/// the one whose turn it is.
fn full(schema: &Value, defs: &Value, turn: usize) -> Value {
    if let Some(target) = schema["$ref"].as_str() {
        return full(&defs[target.trim_start_matches("#/$defs/")], defs, turn);
    }
    if let Some(options) = schema["oneOf"].as_array() {
        return full(&options[turn % options.len()], defs, turn);
    }
    match schema["type"].as_str() {
        Some("object") => {
            let members = schema["properties"].as_object().into_iter().flatten();
            members.map(|(name, member)| (name.clone(), full(member, defs, turn))).collect()
        }
        Some("array") => json!([full(&schema["items"], defs, turn)]),
        Some("integer") => schema["minimum"].clone(),
        Some("boolean") => json!(true),
        _ => {
            let words = schema["enum"].as_array().into_iter().flatten().cloned();
            let samples = SAMPLES.iter().map(|sample| json!(sample));
            let fits = |sample: &Value| jsonschema::is_valid(schema, sample);
            words.chain(samples).find(fits).unwrap_or_else(|| panic!("no sample for {schema}"))
        }
    }
}

/// The canonical bytes of a document.
pub fn canonical(document: &Value) -> Vec<u8> {
    serde_json_canonicalizer::to_vec(document).unwrap()
}
