//! The requests that the loads are made of.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::random::Numbers;

/// Bytes of the body of a filing.
pub const BODY_BYTES: usize = 1_024;

/// The municipality on whose behalf everything is asked.
pub const BODY: &str = "c_a944";

/// Its association.
pub const COORDINATOR: &str = "anci_er";

const WORDS: &str = "\
    ufficio anagrafe questura permesso rinnovo domanda ricevuta comune progetto \
    accoglienza nucleo minore tutela residenza iscrizione tessera sanitaria contributo \
    alloggio proroga revoca istanza sportello termine documento passaporto protezione \
    speciale sussidiaria conversione lavoro tirocinio famiglia ricongiungimento \
    commissione territoriale prefettura richiede ritiene rifiuta accetta secondo quando \
    senza entro presso";

/// What a municipality says: a token and an address.
#[derive(Debug, Clone)]
pub struct Speaker {
    /// The token.
    pub token: String,
    /// Host and port.
    pub host: String,
}

/// Words enough to fill some bytes.
fn words(numbers: &mut Numbers, bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 16);
    let known: Vec<&str> = WORDS.split(' ').collect();
    while text.len() < bytes {
        text.push_str(numbers.one::<&str>(&known));
        text.push(' ');
    }
    text.truncate(bytes.saturating_sub(1));
    text.truncate(text.trim_end().len());
    text.push('.');
    while text.len() < bytes {
        text.insert(0, 'A');
    }
    text
}

/// An issue as a municipality files it, in exactly [`BODY_BYTES`] bytes.
pub fn issue(numbers: &mut Numbers) -> Value {
    let mut body = json!({
        "coordinator": COORDINATOR,
        "body": BODY,
        "title": words(numbers, 60),
        "description": "",
        "theme": numbers.one(&["residence_registration", "social_benefits"]),
        "norms": [{"kind": "nir", "text_in_force_on": "2024-02-12",
                   "urn": "urn:nir:stato:decreto.legislativo:2015-08-18;142~art5bis"}],
        "positions": [{"authority": "questura-bo", "known": "direct", "form": "practice",
                       "territory": {"level": "province", "code": "BO"},
                       "reading": words(numbers, 120)}],
        "urgency": numbers.one(&["low", "medium", "high"]),
        "visibility": "network",
    });
    let bare = body.to_string().len();
    body["description"] = words(numbers, BODY_BYTES.saturating_sub(bare)).into();
    body
}

/// How another authority reads it, in exactly [`BODY_BYTES`] bytes.
pub fn position(numbers: &mut Numbers) -> Value {
    let mut body = json!({
        "authority": "comune_anagrafe-bo", "known": "direct", "form": "practice",
        "territory": {"level": "province", "code": "BO"}, "reading": "",
    });
    let bare = body.to_string().len();
    body["reading"] = words(numbers, BODY_BYTES.saturating_sub(bare)).into();
    body
}

impl Speaker {
    /// Writes a command with a new idempotency key.
    pub fn post(&self, path: &str, body: &Value, key: Uuid, out: &mut Vec<u8>) {
        let body = body.to_string();
        let head = format!(
            "POST /api/v1{path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nIdempotency-Key: {key}\r\nContent-Length: {}\r\n\r\n",
            self.host,
            self.token,
            body.len()
        );
        out.extend_from_slice(head.as_bytes());
        out.extend_from_slice(body.as_bytes());
    }

    /// Writes a reading.
    pub fn get(&self, path: &str, out: &mut Vec<u8>) {
        let head = format!(
            "GET /api/v1{path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\r\n",
            self.host, self.token
        );
        out.extend_from_slice(head.as_bytes());
    }

    /// Files an issue.
    pub fn file(&self, numbers: &mut Numbers, out: &mut Vec<u8>) {
        let body = issue(numbers);
        let key = numbers.uuid();
        self.post("/issues", &body, key, out);
    }
}

/// The id in a receipt.
pub fn receipt_id(answer: &str) -> Option<String> {
    let (_, rest) = answer.split_once("\"id\":\"")?;
    rest.get(..36).map(str::to_owned)
}
