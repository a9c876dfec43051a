//! The registry in which everything happens, made through the API.

use serde_json::{Value, json};

use crate::app::TestApp;

/// Who acts: a name for the token, the role, the body, the coordinator of its network.
const PEOPLE: &[(&str, &str, &str, Option<&str>)] = &[
    ("staff", "staff", "anci_er", None),
    ("staff-lo", "staff", "anci_lo", None),
    ("bologna", "municipality", "c_a944", Some("anci_er")),
    ("parma", "municipality", "c_g337", Some("anci_er")),
    ("modena", "municipality", "c_f257", Some("anci_er")),
    ("unione", "municipality", "unione_reno", Some("anci_er")),
    ("milano", "municipality", "c_f205", Some("anci_lo")),
    ("isolato", "municipality", "c_h294", None),
    ("regione", "observer", "r_emiro", Some("anci_er")),
    ("revisore", "auditor", "corte_conti", None),
];

impl TestApp {
    /// The product with a registry and a token for every role.
    pub async fn ready() -> Self {
        let app = Self::start().await;
        app.furnish().await;
        app
    }

    /// Fills the registry and issues the tokens, all through the API.
    pub async fn furnish(&self) {
        self.bodies().await;
        let staff = "staff";
        for (name, role, body, network) in PEOPLE {
            let person = format!("p-{name}");
            let grant =
                json!({"person": person, "role": role, "body": body, "function": "ufficio"});
            self.act("admin", "grant_access", &[], grant).await;
            self.issue_token(name, &person, role, body, *network).await;
        }
        for (theme, label) in [("residence", "Iscrizione anagrafica"), ("health", "Salute")] {
            let theme = json!({"theme": theme, "label_it": label, "working_group": "giuridico"});
            self.act(staff, "register_theme", &[], theme).await;
        }
        for (form, label, rank) in [("practice", "Prassi", 1), ("nota", "Nota", 5)] {
            let form = json!({"form": form, "label_it": label, "rank": rank});
            self.act(staff, "register_form", &[], form).await;
        }
        for (authority, kind, office, province) in [
            ("questura-bo", "questura", "Ufficio immigrazione", Some("BO")),
            ("questura-pr", "questura", "Ufficio immigrazione", Some("PR")),
            ("prefettura-pr", "prefettura", "Area IV", Some("PR")),
            ("interno_ps", "ministero", "Dipartimento della pubblica sicurezza", None),
            ("interno_dlci", "ministero", "Dipartimento per le libertà civili", None),
            ("interno_dait", "ministero", "Servizi demografici", None),
            ("anci_nazionale", "associazione", "Ufficio immigrazione", None),
        ] {
            let mut data = json!({"authority": authority, "kind": kind, "office": office});
            if let Some(province) = province {
                data["province"] = province.into();
            }
            self.act(staff, "register_authority", &[], data).await;
        }
        let holiday = json!({"name": "Natale", "rule": "12-25", "from": "1949-06-01"});
        self.act(staff, "declare_holiday", &[], holiday).await;
        let norm =
            json!({"kind": "nir", "urn": DECREE, "label_it": "D.Lgs. 18 agosto 2015, n. 142"});
        self.act(staff, "register_norm", &[], norm).await;
    }

    async fn bodies(&self) {
        let comuni = [
            ("c_a944", "Comune di Bologna", "comune"),
            ("c_g337", "Comune di Parma", "comune"),
            ("c_f257", "Comune di Modena", "comune"),
            ("c_a558", "Comune di Argelato", "comune"),
            ("c_f205", "Comune di Milano", "comune"),
            ("c_h294", "Comune di Rimini", "comune"),
            ("r_emiro", "Regione Emilia-Romagna", "regione"),
            ("corte_conti", "Corte dei conti", "controllo"),
        ];
        for (body, name, kind) in comuni {
            let data = json!({"body": body, "name": name, "kind": kind});
            self.act("admin", "register_body", &[], data).await;
        }
        let unions = [
            ("unione_reno", "Unione Reno Galliera", "unione", &["c_a558"][..]),
            (
                "anci_er",
                "ANCI Emilia-Romagna",
                "coordinator",
                &["c_a944", "c_g337", "c_f257", "c_a558", "unione_reno", "r_emiro"],
            ),
            ("anci_lo", "ANCI Lombardia", "coordinator", &["c_f205"]),
        ];
        for (body, name, kind, members) in unions {
            let data = json!({"body": body, "name": name, "kind": kind, "members": members});
            self.act("admin", "register_body", &[], data).await;
        }
    }

    /// Issues a token and keeps it under a name; the id of the token.
    pub async fn issue_token(
        &self,
        name: &str,
        person: &str,
        role: &str,
        body: &str,
        network: Option<&str>,
    ) -> String {
        let mut data = json!({
            "person": person, "role": role, "body": body,
            "label": "prova", "expires_on": "2026-12-31",
        });
        if let Some(network) = network {
            data["network"] = network.into();
        }
        let reply = self.post("admin", "/tokens", &data).await;
        assert_eq!(reply.status, 201, "{}", reply.text);
        self.remember(name, reply.body["token"].as_str().unwrap().to_owned());
        reply.body["id"].as_str().unwrap().to_owned()
    }

    /// An issue that Bologna has reported.
    pub async fn reported(&self) -> String {
        self.act("bologna", "report_issue", &[], report()).await.id
    }
}

/// A norm of the catalogue.
pub const DECREE: &str = "urn:nir:stato:decreto.legislativo:2015-08-18;142";

/// A citation of an article of it.
pub fn citation(article: &str) -> Value {
    json!({"kind": "nir", "urn": format!("{DECREE}~{article}")})
}

/// A reading.
pub fn position(authority: &str, province: &str) -> Value {
    json!({
        "authority": authority, "territory": {"level": "province", "code": province},
        "reading": "Non basta la ricevuta.", "form": "practice", "known": "direct",
    })
}

/// A report with a norm and one reading.
pub fn report() -> Value {
    json!({
        "title": "Iscrizione anagrafica: basta la ricevuta?",
        "description": "Due uffici chiedono documenti diversi per la stessa iscrizione.",
        "theme": "residence", "urgency": "medium", "visibility": "network",
        "norms": [citation("art5bis")],
        "positions": [position("questura-bo", "BO")],
    })
}

/// The same with other members, or others in their place.
pub fn with(mut data: Value, changes: Value) -> Value {
    let Value::Object(changes) = changes else { panic!("not an object") };
    data.as_object_mut().unwrap().extend(changes);
    data
}
