//! The files of an extract, and the ZIP that holds them.
//!
//! Stored without compression and with one fixed date, so that equal contents are equal
//! bytes whatever version of a library packs them.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::gather::{Case, Included, Proofs};
use super::{Extract, ExtractError, Sources, registers};
use crate::access::Actor;
use crate::clock::instant_text;
use crate::codec::canonical;
use crate::notary::note::Note;
use crate::notary::{VERIFIER, hex};
use crate::privacy::sha256_hex;

/// How to read it, for whoever opens the ZIP first.
const README: &str = include_str!("leggimi.txt");

/// The form of an extract.
const FORMAT: &str = "quesito-extract/1";

/// How a shown text is tied to its sealed form, in words.
const TEXTS: &str = "Ogni testo sta negli eventi in forma sigillata (XChaCha20-Poly1305, un impegno alla chiave). In events.json ogni testo mostrato porta la propria chiave (base64url): HKDF-Expand-SHA256(chiave, \"quesito/text/v1\" || nonce, 64) dà l'impegno, che deve essere quello dell'evento, e la chiave di cifratura, che apre il testo cifrato: 16 byte casuali e il testo. Dati associati: alg, key_id, flusso, id dell'evento, tipo, puntatore, ciascuno preceduto dalla lunghezza in 4 byte. Un testo cancellato non ha più chiave e non si apre.";

/// Packs an extract.
pub(super) fn package(
    sources: &Sources,
    actor: &Actor,
    case: &Case,
    proofs: &Proofs,
    page: String,
) -> Result<Extract, ExtractError> {
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut events = Vec::new();
    for event in case.events() {
        events.push(entry(event, proofs, &mut files));
    }
    files.insert("LEGGIMI.txt".into(), README.as_bytes().to_vec());
    files.insert("estratto.html".into(), page.into_bytes());
    files.insert("verify.py".into(), VERIFIER.as_bytes().to_vec());
    files.insert("checkpoint".into(), proofs.note.to_string().into_bytes());
    files.insert("log-key.txt".into(), format!("{}\n", sources.log.vkey()).into_bytes());
    let norms: Vec<Value> = registers::norms(case)
        .into_iter()
        .map(|(label, norm)| json!({"label": label, "norm": norm}))
        .collect();
    let lists = [
        ("events.json", events),
        ("norms.json", norms),
        ("documents.json", registers::documents(case)),
    ];
    for (name, list) in lists {
        files.insert(name.into(), canonical(&list, name)?);
    }

    let sums: BTreeMap<&String, String> =
        files.iter().map(|(name, content)| (name, sha256_hex(content))).collect();
    let manifest = json!({
        "format": FORMAT,
        "case": case.reference,
        "as_of": instant_text(case.as_of),
        "role": actor.role,
        "log": sources.log.vkey().name,
        "size": proofs.checkpoint.size,
        "texts": TEXTS,
        "files": sums,
    });
    let manifest = canonical(&manifest, "manifest")?;
    // Under a name that no checkpoint has, so that it can never be taken for one.
    let issued = format!("{}/extract\nsha256 {}\n", sources.log.vkey().name, sha256_hex(&manifest));
    let issued: Note = sources.log.sign(issued);
    files.insert("manifest.json".into(), manifest);
    files.insert("manifest.note".into(), issued.to_string().into_bytes());
    Ok(Extract { reference: case.reference.clone(), bytes: zip(&files)? })
}

/// An event, with its bytes as files of their own where the reader may have them.
fn entry(event: &Included, proofs: &Proofs, files: &mut BTreeMap<String, Vec<u8>>) -> Value {
    let stored = &event.stored;
    let mut entry = json!({
        "stream": stored.stream.as_str(),
        "revision": stored.revision,
        "id": stored.id,
        "type": &*stored.stored_type,
        "shown": event.shown,
    });
    if let Some(proven) = proofs.leaves.get(&stored.id) {
        entry["index"] = proven.index.into();
        entry["leaf"] = String::from_utf8_lossy(&proven.leaf.bytes).into();
        entry["proof"] = proven.proof.iter().map(|hash| hex(hash)).collect();
    }
    if let Some(openings) = &event.openings {
        let name =
            |part: &str| format!("events/{}/{:06}.{part}.json", stored.stream, stored.revision);
        for (part, bytes) in [("data", &stored.data), ("metadata", &stored.metadata)] {
            files.insert(name(part), bytes.clone());
            entry[part] = name(part).into();
        }
        entry["texts"] = openings
            .iter()
            .map(|one| {
                let key = URL_SAFE_NO_PAD.encode(*one.key);
                json!({"pointer": one.pointer, "text": one.text, "key": key})
            })
            .collect();
    }
    entry
}

fn zip(files: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, ExtractError> {
    let pack = |why: &dyn std::fmt::Display| ExtractError::Pack(why.to_string());
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(name.as_str(), options).map_err(|why| pack(&why))?;
        zip.write_all(content).map_err(|why| pack(&why))?;
    }
    Ok(zip.finish().map_err(|why| pack(&why))?.into_inner())
}
