//! A world in which everybody has something that others may not see.
//!
//! Two networks; in ours, Bologna has reported two cases and Parma one, of which one
//! is open to the network; staff have a question, answers, solutions and letters.
//! Every text that somebody typed is a word of its own ([`Plant`]), so that a text in
//! the wrong answer betrays where it came from.

mod outcomes;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::app::TestApp;
use crate::setting::{citation, position, with};

/// Everybody who may call, and the name of the token: the columns of the table.
pub const ACTORS: &[&str] = &[
    "anonymous",
    "revoked",
    "expired",
    "owner",
    "member",
    "outsider",
    "observer",
    "observer-elsewhere",
    "staff",
    "staff-elsewhere",
    "auditor",
    "auditor-inside",
    "admin",
    "admin-inside",
];

/// Who may read what the network may see.
pub const NETWORK: &[&str] = &["owner", "member", "observer", "staff", "auditor", "auditor-inside"];
/// Who may read a restricted case of Bologna.
pub const BOLOGNA: &[&str] = &["owner", "staff", "auditor", "auditor-inside"];
/// Who may read a restricted case of Parma.
pub const PARMA: &[&str] = &["member", "staff", "auditor", "auditor-inside"];
/// Who may read what only the association in charge may.
pub const INSIDE: &[&str] = &["staff", "auditor", "auditor-inside"];
/// Who may read what the other network may see.
pub const ELSEWHERE: &[&str] =
    &["outsider", "observer-elsewhere", "staff-elsewhere", "auditor", "auditor-inside"];
/// Who may read a restricted case of the other network.
pub const MILANO: &[&str] = &["outsider", "staff-elsewhere", "auditor", "auditor-inside"];

/// A word, a reference or an id, and the only actors in whose answers it may stand.
pub struct Plant {
    pub word: String,
    pub readers: &'static [&'static str],
}

/// The ids of what the world holds: by the thing, then by the parameter of a path.
pub struct World {
    pub app: TestApp,
    pub things: BTreeMap<&'static str, BTreeMap<&'static str, String>>,
    pub plants: Vec<Plant>,
}

impl World {
    /// The same world every time.
    pub async fn new() -> Self {
        let app = TestApp::ready().await;
        let mut world = Self { app, things: BTreeMap::new(), plants: Vec::new() };
        world.people().await;
        world.registry().await;
        for (on, who, readers, inner) in [
            ("network", "owner", NETWORK, BOLOGNA),
            ("restricted", "owner", BOLOGNA, BOLOGNA),
            ("of-member", "member", PARMA, PARMA),
            ("elsewhere", "outsider", ELSEWHERE, MILANO),
            ("elsewhere-restricted", "outsider", MILANO, MILANO),
        ] {
            world.issue(on, who, readers, inner).await;
        }
        world.letters().await;
        world.answers().await;
        world.solutions().await;
        world.questions().await;
        world.links().await;
        world.app.shown().await;
        world
    }

    /// The id that a parameter of a path stands for.
    pub fn id(&self, on: &str, parameter: &str) -> &str {
        self.things.get(on).and_then(|ids| ids.get(parameter)).map_or("", String::as_str)
    }

    fn keep(&mut self, on: &'static str, parameter: &'static str, id: impl Into<String>) {
        self.things.entry(on).or_default().insert(parameter, id.into());
    }

    /// A word that nobody used before.
    fn word(&mut self, readers: &'static [&'static str]) -> String {
        let mut word = String::from("zk");
        let mut number = self.plants.len() + 1_000;
        while number > 0 {
            word.push(char::from(b'a' + u8::try_from(number % 26).unwrap()));
            number /= 26;
        }
        word.push_str("wq");
        self.plants.push(Plant { word: word.clone(), readers });
        word
    }

    /// An id that only these may meet.
    fn hide(&mut self, id: &str, readers: &'static [&'static str]) {
        self.plants.push(Plant { word: id.to_owned(), readers });
    }

    async fn people(&mut self) {
        let app = &self.app;
        let region = json!({"body": "r_lombar", "name": "Regione Lombardia", "kind": "regione"});
        app.act("admin", "register_body", &[], region).await;
        app.act("admin", "add_member", &["anci_lo"], json!({"member": "r_lombar"})).await;
        for (name, role, body, network) in [
            ("owner", "municipality", "c_a944", Some("anci_er")),
            ("member", "municipality", "c_g337", Some("anci_er")),
            ("outsider", "municipality", "c_f205", Some("anci_lo")),
            ("observer", "observer", "r_emiro", Some("anci_er")),
            ("observer-elsewhere", "observer", "r_lombar", Some("anci_lo")),
            ("staff-elsewhere", "staff", "anci_lo", None),
            ("auditor", "auditor", "corte_conti", None),
            // In the body in charge, or in the body that reported: the role decides.
            ("auditor-inside", "auditor", "anci_er", None),
            ("admin-inside", "admin", "c_a944", None),
            ("revoked", "municipality", "c_a944", Some("anci_er")),
            ("expired", "municipality", "c_a944", Some("anci_er")),
        ] {
            let person = format!("m-{name}");
            let grant = json!({"person": person, "role": role, "body": body});
            app.act("admin", "grant_access", &[], grant).await;
            if name == "expired" {
                continue;
            }
            app.issue_token(name, &person, role, body, network).await;
        }
        let request = json!({
            "person": "m-expired", "role": "municipality", "body": "c_a944",
            "network": "anci_er", "label": "prova", "expires_on": crate::app::TODAY,
        });
        let issued = app.post("admin", "/tokens", &request).await;
        app.remember("expired", issued.body["token"].as_str().unwrap().to_owned());
        app.clock.set("2026-03-11T09:00:00Z".parse().unwrap());
        let token = app
            .issue_token("revoked", "m-revoked", "municipality", "c_a944", Some("anci_er"))
            .await;
        let revoked = app.post("admin", &format!("/tokens/{token}/revocation"), &json!({})).await;
        assert_eq!(revoked.status, 204);
        let spare = app.issue_token("spare", "p-bologna", "municipality", "c_a944", None).await;
        let account = json!({
            "name": "Persona di prova", "email": "prova@comune.example.it",
            "role": "municipality", "body": "c_a944", "network": "anci_er",
        });
        let account = app.post("admin", "/accounts", &account).await;
        assert_eq!(account.status, 201, "{}", account.text);
        self.keep("-", "token_id", spare);
        self.keep("-", "account_id", account.body["id"].as_str().unwrap().to_owned());
    }

    /// Entries that nothing else rests on.
    async fn registry(&mut self) {
        let app = &self.app;
        let dummies = [
            ("register_body", json!({"body": "c_prova", "name": "Prova", "kind": "comune"})),
            ("register_body", json!({"body": "c_altro", "name": "Altro", "kind": "comune"})),
            ("grant_access", json!({"person": "p-prova", "role": "observer", "body": "r_emiro"})),
        ];
        for (act, data) in dummies {
            app.act("admin", act, &[], data).await;
        }
        for (act, data) in [
            (
                "register_authority",
                json!({"authority": "prova", "kind": "ufficio", "office": "Prova"}),
            ),
            ("register_theme", json!({"theme": "prova", "label_it": "Prova"})),
            ("register_form", json!({"form": "prova", "label_it": "Prova", "rank": 2})),
        ] {
            app.act("staff", act, &[], data).await;
        }
        let holiday = json!({"name": "Prova", "rule": "10-04", "from": "2026-01-01"});
        let holiday = app.act("staff", "declare_holiday", &[], holiday).await.event;
        let urn = "urn:nir:stato:legge:1990-08-07;241";
        let norm = json!({"kind": "nir", "urn": urn, "label_it": "Legge 241/1990"});
        let norm = app.act("staff", "register_norm", &[], norm).await.id;
        for (parameter, id) in [
            ("body_id", "c_prova"),
            ("member_id", "c_altro"),
            ("person_id", "p-prova"),
            ("authority_id", "prova"),
            ("theme_id", "prova"),
            ("form_id", "prova"),
            ("holiday_id", &holiday),
            ("norm_id", &norm),
        ] {
            self.keep("-", parameter, id);
        }
    }

    async fn issue(
        &mut self,
        on: &'static str,
        who: &str,
        readers: &'static [&'static str],
        taking_part: &'static [&'static str],
    ) {
        let here = !on.starts_with("elsewhere");
        let (staff, inside): (_, &'static [&'static str]) = if here {
            ("staff", INSIDE)
        } else {
            ("staff-elsewhere", &["staff-elsewhere", "auditor", "auditor-inside"])
        };
        let open = matches!(on, "network" | "elsewhere");
        let reading = |world: &mut Self, authority: &str| {
            let text = json!({"reading": world.word(readers), "note": world.word(readers)});
            with(position(authority, "BO"), text)
        };
        let report = json!({
            "title": format!("Iscrizione {}", self.word(readers)),
            "description": format!("Accoglienza {}", self.word(readers)),
            "theme": if open { "residence" } else { "health" },
            "urgency": "medium", "visibility": if open { "network" } else { "restricted" },
            "norms": [citation("art5bis")], "positions": [reading(self, "questura-bo")],
        });
        let document = self.document(who, on).await;
        let report = with(report, json!({"documents": [document]}));
        let issue = self.app.act(who, "report_issue", &[], report).await.id;
        self.hide(&issue.clone(), readers);
        self.keep(on, "issue_id", issue.clone());
        let one = [issue.as_str()];

        let texts = |world: &mut Self, names: &[&str]| -> Value {
            names.iter().map(|name| ((*name).to_owned(), json!(world.word(readers)))).collect()
        };
        let amended = texts(self, &["reason", "title", "description"]);
        self.app.act(who, "amend_issue", &one, amended).await;
        let asked = texts(self, &["text"]);
        let asked = self.app.act(staff, "request_clarification", &one, asked).await.event;
        let triage = with(texts(self, &["note"]), json!({"scope": "in_scope"}));
        self.app.act(staff, "triage_issue", &one, triage).await;
        let cited = with(texts(self, &["reason"]), json!({"norm": citation("art1")}));
        let cited = self.app.act(who, "cite_norm", &one, cited).await.event;
        let recorded = reading(self, "questura-pr");
        let recorded = self.app.act(who, "record_position", &one, recorded).await.event;
        let correction = texts(self, &["reason", "reading"]);
        self.app.act(who, "correct_position", &[&issue, &recorded], correction).await;
        if here {
            // Parma where it can see the case; elsewhere a body that is nobody here.
            let seen = reading(self, "prefettura-pr");
            let seen = with(texts(self, &["note"]), json!({"new_position": seen}));
            let given = if on == "network" {
                self.app.act("member", "endorse_issue", &one, seen).await.event
            } else {
                let seen = with(seen, json!({"on_behalf_of": "c_f257"}));
                self.app.act(staff, "endorse_issue", &one, seen).await.event
            };
            let correction = with(texts(self, &["reason"]), json!({"people_affected": 31}));
            self.app.act(staff, "correct_endorsement", &[&issue, &given], correction).await;
            self.keep(on, "endorsement_id", given);
        }
        let impact = with(texts(self, &["method"]), json!({"people_affected": 9}));
        self.app.act(staff, "estimate_impact", &one, impact).await;
        // Who has endorsed takes part.
        let taking_part = if on == "network" {
            &["owner", "member", "staff", "auditor", "auditor-inside"]
        } else {
            taking_part
        };
        for (audience, hears) in
            [("network", readers), ("participants", taking_part), ("internal", inside)]
        {
            let note = json!({"audience": audience, "text": self.word(hears)});
            self.app.act(staff, "add_issue_note", &one, note).await;
        }
        let contact = json!({"authority": "prefettura-pr", "text": self.word(inside)});
        self.app.act(staff, "record_issue_contact", &one, contact).await;
        for (parameter, id) in
            [("citation_id", cited), ("position_id", recorded), ("clarification_id", asked)]
        {
            self.keep(on, parameter, id);
        }
    }

    /// Uploads a document, and names it after a word that only its readers may meet.
    async fn document(&mut self, who: &str, on: &'static str) -> Value {
        let app = &self.app;
        let (bearer, key) = (format!("Bearer {}", app.token(who)), app.key().to_string());
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "text/plain"),
            ("idempotency-key", key.as_str()),
        ];
        let reply = app.post_with("/documents", &headers, format!("Documento di {on}.")).await;
        assert_eq!(reply.status, 201, "{}", reply.text);
        let mut document = reply.body.clone();
        document["name"] = "nota.txt".into();
        self.keep(on, "sha256", document["sha256"].as_str().unwrap());
        document
    }
}
