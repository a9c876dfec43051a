//! Identity providers as the operator describes them: whom we believe, about what.
//!
//! The file of `--oidc` holds one JSON object; `deploy/oidc.example.json` shows it. A
//! provider says *who* somebody is. In which role they act is a claim only: it must
//! also be held, as `access-granted` events show, and new people wait until an operator
//! approves them.
//!
//! Depends on: `domain`, `fetch` (which addresses are safe to ask).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::accounts::HeldAccess;
use super::jwt::{Algorithm, Claims};
use crate::domain::registry::Role;
use crate::domain::values::{BodyId, PersonId};

/// All providers.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Providers {
    /// In the order in which people see them.
    pub providers: Vec<Provider>,
}

/// One provider.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// Its name in addresses: lower-case letters, digits, `-`.
    pub id: String,
    /// What people read on the button.
    pub label: String,
    /// The issuer, letter by letter as its tokens say it.
    pub issuer: String,
    /// Who we are there.
    pub client_id: String,
    /// Our secret there; none for a public client.
    pub client_secret: Option<ClientSecret>,
    /// What is asked for beside `openid`.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// The algorithms it signs by.
    #[serde(default = "usual_algorithms")]
    pub algorithms: Vec<Algorithm>,
    /// The audience of access tokens for the API; without one, no token of this provider
    /// opens the API.
    pub api_audience: Option<String>,
    /// The kinds of access tokens, in lower case.
    #[serde(default = "usual_types")]
    pub access_token_types: Vec<String>,
    /// Where role and body stand.
    #[serde(default)]
    pub claims: ClaimNames,
    /// The coordinator in whose network its people act.
    pub network: Option<BodyId>,
    /// Machines that may use the API.
    #[serde(default)]
    pub machines: Vec<Machine>,
}

/// A secret in the settings; never shown by `Debug`.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct ClientSecret(String);

impl ClientSecret {
    /// The secret itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClientSecret(secret)")
    }
}

/// Where role and body stand in the claims of a provider, and what its words mean here.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimNames {
    /// The claim that names the role.
    pub role: Option<String>,
    /// The claim that names the body.
    pub body: Option<String>,
    /// Its words for roles.
    #[serde(default)]
    pub roles: BTreeMap<String, Role>,
    /// Its words for bodies; what is not named here is taken as the code itself.
    #[serde(default)]
    pub bodies: BTreeMap<String, BodyId>,
}

/// A machine that a provider vouches for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Machine {
    /// Who it is there.
    pub subject: String,
    /// Who it is here; the role must be granted to this reference.
    pub person: PersonId,
    /// In which role it acts.
    pub role: Role,
    /// For which body.
    pub body: BodyId,
    /// The coordinator in whose network it acts.
    pub network: Option<BodyId>,
}

fn usual_algorithms() -> Vec<Algorithm> {
    vec![Algorithm::RS256]
}

fn usual_types() -> Vec<String> {
    vec!["at+jwt".to_owned()]
}

impl Providers {
    /// Reads the settings.
    ///
    /// # Errors
    ///
    /// A sentence that says what to put right.
    pub fn parse(text: &str) -> Result<Self, String> {
        let read: Self = serde_json::from_str(text).map_err(|why| why.to_string())?;
        let mut seen = std::collections::BTreeSet::new();
        for provider in &read.providers {
            let id = &provider.id;
            let letters = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            if id.is_empty() || !id.bytes().all(letters) {
                return Err(format!("the id «{id}» must be of lower-case letters, digits and -"));
            }
            if !seen.insert(id.clone()) || !seen.insert(format!("issuer {}", provider.issuer)) {
                return Err(format!("{id}: an id and an issuer may stand in the file once"));
            }
            if !crate::fetch::is_safe(&provider.issuer) {
                return Err(format!("{id}: the issuer must begin with https://"));
            }
            if provider.algorithms.is_empty() {
                return Err(format!("{id}: algorithms must name at least one"));
            }
        }
        Ok(read)
    }
}

impl Provider {
    /// The role and the body that the claims say somebody has, as far as they say it in
    /// words that the settings know.
    pub fn claimed(&self, claims: &Claims) -> (Option<Role>, Option<BodyId>) {
        let word = |name: &Option<String>| name.as_deref().and_then(|name| claims.text(name));
        let role = word(&self.claims.role).and_then(|word| self.claims.roles.get(word)).copied();
        let body = word(&self.claims.body)
            .and_then(|word| self.claims.bodies.get(word).cloned().or_else(|| word.parse().ok()));
        (role, body)
    }

    /// Role and body together, when the claims name both.
    pub fn claimed_access(&self, claims: &Claims) -> Option<HeldAccess> {
        let (role, body) = self.claimed(claims);
        Some(HeldAccess { role: role?, body: body? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_beside_the_product_can_be_read() {
        let read = Providers::parse(include_str!("../../deploy/oidc.example.json")).unwrap();
        assert_eq!(read.providers.len(), 1);
        assert!(!format!("{read:?}").contains("da-sostituire"), "a secret is never shown");
    }

    #[test]
    fn faulty_settings_are_told() {
        let provider = |id: &str, issuer: &str| {
            format!(r#"{{"id":"{id}","label":"x","issuer":"{issuer}","client_id":"q"}}"#)
        };
        let all = |providers: &[String]| format!(r#"{{"providers":[{}]}}"#, providers.join(","));
        let one = provider("ente", "https://id.example.it");
        assert!(Providers::parse(&all(std::slice::from_ref(&one))).is_ok());
        for wrong in [
            all(&[one.clone(), one]),
            all(&[provider("Ente", "https://id.example.it")]),
            all(&[provider("ente", "http://id.example.it")]),
            all(&[]).replace('}', ",\"more\":1}"),
            "[]".to_owned(),
        ] {
            assert!(Providers::parse(&wrong).is_err(), "{wrong}");
        }
    }
}
