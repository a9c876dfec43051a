//! What must stand in no file any more: words and keys, in every form in which bytes may
//! be written down.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use quesito::codec::sealed_texts;
use quesito::event_store::sqlite::SqliteStore;
use quesito::event_store::{EventStore, KeyRing, StreamName};
use quesito::notary::hex;
use quesito::privacy::{KeyId, SLOT_LEN};
use sha2::{Digest, Sha256};

/// Bytes that are looked for, with the name under which they are reported.
#[derive(Default)]
pub struct Wanted(Vec<(String, Vec<u8>)>);

/// The first bytes of a form, by which it is recognised in passing.
const HEAD: usize = 8;

impl Wanted {
    /// Looks for bytes: raw, in hex, and in base64 wherever they begin in it.
    pub fn add(&mut self, name: &str, bytes: &[u8]) {
        let hex = hex(bytes);
        self.0.push((format!("{name} in hex"), hex.to_uppercase().into_bytes()));
        self.0.push((format!("{name} in hex"), hex.into_bytes()));
        self.0.push((name.to_owned(), bytes.to_vec()));
        for shift in 0..3 {
            let shifted = [&[0; 2][..shift], bytes].concat();
            let whole = shifted.len() * 8 / 6;
            let begin = [0, 2, 3][shift];
            for text in [STANDARD.encode(&shifted), URL_SAFE_NO_PAD.encode(&shifted)] {
                self.0.push((format!("{name} in base64"), text.as_bytes()[begin..whole].to_vec()));
            }
        }
    }

    /// Looks for all keys of a stream's texts, wrapped and bare.
    pub fn add_keys(&mut self, home: &Path, stream: &str) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let store = SqliteStore::open_read_only(&home.join("data/events.db")).unwrap();
            let name = StreamName::new(stream).unwrap();
            for stored in store.read_stream(&name, 0, 1_000).await.unwrap() {
                for (pointer, key) in sealed_texts(&stored).unwrap() {
                    let ring = store.key_ring(key.ring).await.unwrap().unwrap();
                    let name = format!("key of {stream} {} {pointer}", stored.revision);
                    let slot = key.slot as usize * SLOT_LEN;
                    let wrapped = &ring.wrapped[slot..slot + SLOT_LEN];
                    self.add(&format!("wrapped {name}"), wrapped);
                    self.add(&name, &unwrap(&epoch_key(home, ring.epoch), &ring, key, wrapped));
                }
            }
        });
    }

    /// Where something of it stands below a folder.
    pub fn found(&self, folder: &Path) -> Vec<String> {
        let mut heads: HashMap<[u8; HEAD], Vec<&(String, Vec<u8>)>> = HashMap::new();
        // Most bytes begin nothing, and are passed over without a look into the table.
        let mut begun = vec![false; 1 << 16];
        for form in &self.0 {
            begun[pair(&form.1)] = true;
            heads.entry(form.1[..HEAD].try_into().unwrap()).or_default().push(form);
        }
        let mut found = Vec::new();
        for file in files(folder) {
            let content = fs::read(&file).unwrap();
            for at in 0..content.len().saturating_sub(HEAD - 1) {
                if !begun[pair(&content[at..])] {
                    continue;
                }
                let head: [u8; HEAD] = content[at..at + HEAD].try_into().unwrap();
                for (name, bytes) in heads.get(&head).into_iter().flatten() {
                    if content[at..].starts_with(bytes) {
                        found.push(format!("{name} in {} at {at}", file.display()));
                    }
                }
            }
        }
        found
    }

    /// Looks for what another looks for, too.
    pub fn add_keys_of(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// The first two bytes, as a number.
fn pair(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}

/// A word that nobody writes, different from the first letter on.
pub fn word(number: u32) -> String {
    let digest = Sha256::digest(format!("canarino {number}"));
    let letters = digest.iter().take(14).map(|byte| char::from(b'b' + byte % 24));
    letters.chain("xk".chars()).collect()
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

fn epoch_key(home: &Path, epoch: u32) -> Vec<u8> {
    let lines = fs::read_to_string(home.join("data-keys/epochs")).unwrap();
    let line = lines.lines().find(|line| line.split(' ').next() == Some(&epoch.to_string()));
    STANDARD.decode(line.unwrap().rsplit(' ').next().unwrap()).unwrap()
}

/// The bare key, as `privacy` would unwrap it and would never show.
fn unwrap(epoch_key: &[u8], ring: &KeyRing, key: KeyId, wrapped: &[u8]) -> Vec<u8> {
    let (id, slot) = (key.ring.to_be_bytes(), key.slot.to_be_bytes());
    let mut derived = [0; 56];
    Hkdf::<Sha256>::from_prk(epoch_key)
        .unwrap()
        .expand(&[&b"quesito/slot/v1"[..], &id, &slot].concat(), &mut derived)
        .unwrap();
    let nonce: [u8; 24] = derived[32..].try_into().unwrap();
    let data = [&id[..], &slot, &ring.epoch.to_be_bytes()].concat();
    XChaCha20Poly1305::new_from_slice(&derived[..32])
        .unwrap()
        .decrypt(&XNonce::from(nonce), Payload { msg: wrapped, aad: &data })
        .unwrap()
}
