//! Issues that are filed, and the ledger of what was acknowledged.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::program::Client;

/// A filing: its key, its title, and the id it was acknowledged with.
#[derive(Debug, Clone)]
pub struct Filing {
    pub key: String,
    pub title: String,
    pub acknowledged: Option<String>,
}

impl Filing {
    pub fn numbered(number: u64) -> Self {
        Self {
            key: format!("00000000-0000-4000-8000-{number:012x}"),
            title: format!("Segnalazione numero {number}"),
            acknowledged: None,
        }
    }

    fn body(&self) -> String {
        json!({
            "title": self.title, "description": format!("Descrizione di: {}.", self.title),
            "theme": "residence_registration", "urgency": "low", "visibility": "network",
            "norms": [{
                "kind": "nir",
                "urn": "urn:nir:stato:decreto.legislativo:2015-08-18;142~art5bis",
            }],
        })
        .to_string()
    }

    /// Sends it; the status of the answer, when there was a whole one.
    pub fn ask(&mut self, client: &mut Client) -> Option<u16> {
        let (status, receipt) = client.ask("POST", "/issues", &self.key, &self.body())?;
        if status == 201 {
            self.acknowledged = receipt["id"].as_str().map(str::to_owned);
            assert!(self.acknowledged.is_some(), "{receipt}");
        }
        Some(status)
    }

    /// Sends it; whether there was an answer at all, which then acknowledges it.
    pub fn send(&mut self, client: &mut Client) -> bool {
        match self.ask(client) {
            None => false,
            Some(status) => {
                assert_eq!(status, 201, "{self:?}");
                true
            }
        }
    }
}

/// Every issue in the lists, by its title; a title that stands twice is a duplicate.
fn listed(client: &mut Client) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut path = "/issues?limit=200".to_owned();
    loop {
        let (status, page) = client.ask("GET", &path, "-", "").unwrap();
        assert_eq!(status, 200, "{page}");
        for item in page["items"].as_array().unwrap() {
            let (title, id) = (item["title"].as_str().unwrap(), item["id"].as_str().unwrap());
            found.entry(title.to_owned()).or_default().push(id.to_owned());
        }
        let Some(next) = page["next"].as_str() else { return found };
        let (_, below) = next.split_once("/api/v1").unwrap();
        below.clone_into(&mut path);
    }
}

/// What is stored is what was acknowledged: everything, once, and nothing else.
pub fn compare(client: &mut Client, ledger: &[Filing]) {
    let listed = listed(client);
    let known: BTreeSet<_> = ledger.iter().map(|filing| filing.title.as_str()).collect();
    let strangers: Vec<_> = listed.keys().filter(|title| !known.contains(title.as_str())).collect();
    assert!(strangers.is_empty(), "nobody filed {strangers:?}");
    for filing in ledger {
        let id = filing.acknowledged.as_ref().unwrap();
        assert_eq!(listed.get(&filing.title), Some(&vec![id.clone()]), "{filing:?}");
        // The whole text opens, from the stored events.
        let (status, issue) = client.ask("GET", &format!("/issues/{id}"), "-", "").unwrap();
        assert_eq!(status, 200, "{filing:?}: {issue}");
        assert_eq!(issue["title"], filing.title);
        assert_eq!(issue["description"], format!("Descrizione di: {}.", filing.title));
    }
    // And a key that was acknowledged is remembered across all of it.
    let mut first = ledger[0].clone();
    assert!(first.send(client));
    assert_eq!(first.acknowledged, ledger[0].acknowledged);
}
