//! The address of an event store that is not in the data folder.
//!
//! Deliberately absent: what its parts mean, which is for the engine.
//!
//! Depends on: nothing in this crate.

use std::fmt;

use super::SettingError;

/// The address of an event store, which may hold a password: it is never shown whole.
#[derive(Clone, PartialEq, Eq)]
pub struct StoreUrl(String);

impl StoreUrl {
    /// Takes an address `esdb://…` or `esdb+discover://…`.
    ///
    /// # Errors
    ///
    /// [`SettingError::Store`] for any other, which is not repeated.
    pub fn new(url: &str) -> Result<Self, SettingError> {
        let known = ["esdb://", "esdb+discover://"].iter().any(|scheme| url.starts_with(scheme));
        if known { Ok(Self(url.to_owned())) } else { Err(SettingError::Store) }
    }

    /// The whole address, for whoever connects.
    pub fn secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StoreUrl {
    /// The servers, without user, password and settings.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, rest) = self.0.split_once("://").unwrap_or_default();
        let hosts = rest.rsplit_once('@').map_or(rest, |(_, hosts)| hosts);
        let hosts = hosts.split(['?', '/', '#']).next().unwrap_or_default();
        write!(f, "{scheme}://{hosts}")
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoreUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_store_is_shown_without_its_secrets() {
        for (url, safe) in [
            ("esdb://admin:changeit@h1:2113,h2?tls=true", "esdb://h1:2113,h2"),
            ("esdb+discover://u:p?w@x/1@host:1?tls=true", "esdb+discover://host:1"),
            ("esdb://localhost", "esdb://localhost"),
        ] {
            let url = StoreUrl::new(url).unwrap();
            assert_eq!(
                (url.to_string(), format!("{url:?}")),
                (safe.into(), format!("StoreUrl({safe})"))
            );
        }
        assert!(matches!(StoreUrl::new("https://admin:x@h"), Err(SettingError::Store)));
    }
}
