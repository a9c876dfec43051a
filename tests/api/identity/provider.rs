//! An identity provider in memory, with a key of its own.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use quesito::access::providers::Providers;
use quesito::fetch::{Fetch, FetchError};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

pub const ISSUER: &str = "https://id.example.it";
pub const AUDIENCE: &str = "urn:quesito:api";

/// A key that signs, under an id.
pub struct Signer {
    pub id: String,
    pair: EcdsaKeyPair,
}

impl Signer {
    pub fn new(id: &str) -> Self {
        let random = SystemRandom::new();
        let bytes = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random);
        let pair = EcdsaKeyPair::from_pkcs8(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            bytes.unwrap().as_ref(),
            &random,
        );
        Self { id: id.into(), pair: pair.unwrap() }
    }

    /// The public key, as a provider shows it.
    pub fn jwk(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        json!({
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.id,
            "x": encode(&point[1..33]), "y": encode(&point[33..]),
        })
    }

    /// A token with this header and these claims, whatever they are.
    pub fn sign(&self, header: &str, claims: &str) -> String {
        let message = format!("{}.{}", encode(header.as_bytes()), encode(claims.as_bytes()));
        let signature = self.pair.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
        format!("{message}.{}", encode(signature.as_ref()))
    }

    /// A good header.
    pub fn header(&self) -> Value {
        json!({"alg": "ES256", "typ": "at+jwt", "kid": self.id})
    }
}

pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What the provider answers, and how often it was asked.
pub struct Remote {
    pub documents: Mutex<BTreeMap<String, Value>>,
    pub down: AtomicBool,
    pub asked: AtomicUsize,
    pub posted: Mutex<Vec<Vec<(String, String)>>>,
}

impl Remote {
    pub fn with(keys: &[&Signer]) -> Arc<Self> {
        let remote = Self {
            documents: Mutex::default(),
            down: AtomicBool::new(false),
            asked: AtomicUsize::new(0),
            posted: Mutex::default(),
        };
        remote.speak_for(ISSUER, keys);
        Arc::new(remote)
    }

    /// Answers as a provider of this name, with these keys.
    pub fn speak_for(&self, issuer: &str, keys: &[&Signer]) {
        let keys: Vec<_> = keys.iter().map(|key| key.jwk()).collect();
        let mut documents = self.documents.lock().unwrap();
        documents.insert(
            format!("{issuer}/.well-known/openid-configuration"),
            json!({
                "issuer": issuer, "jwks_uri": format!("{issuer}/jwks"),
                "authorization_endpoint": format!("{issuer}/auth"),
                "token_endpoint": format!("{issuer}/token"),
            }),
        );
        documents.insert(format!("{issuer}/jwks"), json!({"keys": keys}));
    }

    pub fn say(&self, path: &str, document: Value) {
        self.documents.lock().unwrap().insert(format!("{ISSUER}{path}"), document);
    }

    pub fn show(&self, keys: &[&Signer]) {
        self.speak_for(ISSUER, keys);
    }

    fn answer(&self, url: &str) -> Result<Vec<u8>, FetchError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        if self.down.load(Ordering::Relaxed) {
            return Err(FetchError::Unreachable("down".into()));
        }
        let documents = self.documents.lock().unwrap();
        let document = documents.get(url).ok_or(FetchError::Refused(404))?;
        Ok(document.to_string().into_bytes())
    }
}

#[async_trait]
impl Fetch for Remote {
    async fn get(&self, url: &str, _: Option<&str>) -> Result<Vec<u8>, FetchError> {
        self.answer(url)
    }

    async fn post(
        &self,
        url: &str,
        form: &[(&str, &str)],
        _: Option<&str>,
    ) -> Result<Vec<u8>, FetchError> {
        let form = form.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        self.posted.lock().unwrap().push(form);
        self.answer(url)
    }
}

/// The settings under which this provider is believed.
pub fn settings() -> Providers {
    let settings = json!({"providers": [{
        "id": "ente", "label": "Entra con l'ente", "issuer": ISSUER, "client_id": "quesito",
        "algorithms": ["ES256"], "api_audience": AUDIENCE, "network": "anci_er",
        "claims": {"role": "ruolo", "body": "codice_ipa", "roles": {"comune": "municipality", "anci": "staff"}},
        "machines": [{"subject": "servizio", "person": "gestionale", "role": "municipality",
                      "body": "c_a944", "network": "anci_er"}],
    }]});
    Providers::parse(&settings.to_string()).unwrap()
}

/// Claims of an access token for the machine, good for five minutes at this instant.
pub fn claims(now: i64) -> Value {
    json!({
        "iss": ISSUER, "sub": "servizio", "aud": AUDIENCE, "iat": now, "exp": now + 300,
        "client_id": "servizio", "jti": "1",
    })
}
