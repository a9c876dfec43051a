//! The parameters of a page's address: read by name, and written again with one of them
//! changed, so that a filter, a page and a sort never lose each other.

use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::fault::Fault;
use crate::domain::from_json;
use crate::privacy::detector::{self, Finding, Severity};

/// A path with its parameters.
#[derive(Debug, Clone, Default)]
pub struct Address {
    path: String,
    pairs: Vec<(String, String)>,
}

impl Address {
    /// The address of a request; parameters left empty by a form are dropped.
    pub fn of(uri: &axum::http::Uri) -> Self {
        let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
            .filter(|(_, value)| !value.trim().is_empty())
            .map(|(name, value)| (name.into_owned(), value.trim().to_owned()))
            .collect();
        Self { path: uri.path().to_owned(), pairs }
    }

    /// The path.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// A parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// All parameters, in order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// A parameter that is a code, a day, a number or an id.
    ///
    /// # Errors
    ///
    /// [`Fault::BadAddress`] when it is none.
    pub fn code<T: FromStr>(&self, name: &str) -> Result<Option<T>, Fault> {
        self.get(name).map(|text| text.parse().map_err(|_| bad(name))).transpose()
    }

    /// A parameter that is a word of a closed list, spelled as the API does.
    ///
    /// # Errors
    ///
    /// [`Fault::BadAddress`] when it is none.
    pub fn word<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Fault> {
        let read = |text: &str| from_json(&Value::from(text)).map_err(|_| bad(name));
        self.get(name).map(read).transpose()
    }

    /// A parameter that is "sì" (`1`) or "no" (`0`).
    ///
    /// # Errors
    ///
    /// [`Fault::BadAddress`] when it is neither.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, Fault> {
        match self.get(name) {
            None => Ok(None),
            Some("1") => Ok(Some(true)),
            Some("0") => Ok(Some(false)),
            Some(_) => Err(bad(name)),
        }
    }

    /// The words somebody searches for.
    ///
    /// # Errors
    ///
    /// [`Fault::BadAddress`] when they hold a codice fiscale, since addresses end up in
    /// logs of others, or are too many.
    pub fn searched(&self) -> Result<Option<String>, Fault> {
        let Some(words) = self.get("q") else { return Ok(None) };
        let refused = |finding: &Finding| finding.severity == Severity::Refuse;
        if detector::check(words).iter().any(refused) {
            return Err(Fault::BadAddress(
                "Le parole cercate contengono un codice fiscale: non va scritto in un indirizzo."
                    .into(),
            ));
        }
        if words.chars().count() > 300 {
            return Err(Fault::BadAddress(
                "Le parole cercate sono troppe (al massimo 300 caratteri).".into(),
            ));
        }
        Ok(Some(words.to_owned()))
    }

    /// The same address with a parameter set, from its first page.
    pub fn with(&self, name: &str, value: &str) -> String {
        self.changed(name, Some(value))
    }

    /// The same address without a parameter, from its first page.
    pub fn without(&self, name: &str) -> String {
        self.changed(name, None)
    }

    /// The path without any parameter but these.
    pub fn only(&self, names: &[&str]) -> String {
        self.write(self.pairs().filter(|(name, _)| names.contains(name)), None)
    }

    /// The address as it was asked for.
    pub fn whole(&self) -> String {
        self.write(self.pairs(), None)
    }

    fn changed(&self, name: &str, value: Option<&str>) -> String {
        // Another filter has other pages.
        let kept = self.pairs().filter(|(own, _)| *own != name && *own != "da");
        self.write(kept, value.map(|value| (name, value)))
    }

    fn write<'a>(
        &'a self,
        kept: impl Iterator<Item = (&'a str, &'a str)>,
        last: Option<(&str, &str)>,
    ) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(kept);
        query.extend_pairs(last);
        match query.finish() {
            query if query.is_empty() => self.path.clone(),
            query => format!("{}?{query}", self.path),
        }
    }
}

fn bad(name: &str) -> Fault {
    Fault::BadAddress(format!("Il parametro «{name}» dell'indirizzo non ha un valore previsto."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        Address::of(&text.parse().unwrap())
    }

    #[test]
    fn a_filter_keeps_the_others_and_begins_from_the_first_page() {
        let here = address("/segnalazioni?q=carta+d%27identit%C3%A0&tema=health&stato=&da=abc");
        assert_eq!(here.get("q"), Some("carta d'identità"));
        assert_eq!(here.get("stato"), None);
        assert_eq!(
            here.with("tema", "residence"),
            "/segnalazioni?q=carta+d%27identit%C3%A0&tema=residence"
        );
        assert_eq!(here.without("q"), "/segnalazioni?tema=health");
        assert_eq!(here.only(&[]), "/segnalazioni");
    }

    #[test]
    fn what_cannot_be_read_is_said_and_not_ignored() {
        let here = address("/segnalazioni?provincia=dove&aperte=forse");
        assert!(here.code::<crate::domain::values::ProvinceCode>("provincia").is_err());
        assert!(here.flag("aperte").is_err());
    }
}
