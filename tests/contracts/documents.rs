//! The files of `events/`, as an outsider finds them.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

/// The folder of the published contracts.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("events")
}

/// Every schema in the folder, by name of the file.
pub fn on_disk() -> BTreeMap<String, String> {
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

    /// Whether it describes an event, not what surrounds one.
    pub fn is_event(&self) -> bool {
        self.schema.get("x-occurred-on").is_some()
    }
}

/// Every published contract.
pub fn contracts() -> Vec<Contract> {
    on_disk()
        .into_iter()
        .map(|(name, content)| {
            let schema: Value = serde_json::from_str(&content).unwrap();
            let validator = jsonschema::draft202012::options()
                .should_validate_formats(true)
                .build(&schema)
                .unwrap_or_else(|why| panic!("{name} is no schema: {why}"));
            Contract { stem: name.trim_end_matches(".json").to_owned(), schema, validator }
        })
        .collect()
}

/// The canonical bytes of a document.
pub fn canonical(document: &Value) -> Vec<u8> {
    serde_json_canonicalizer::to_vec(document).unwrap()
}
