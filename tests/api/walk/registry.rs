//! Bodies, authorities, norms, themes, forms, holidays, people, tokens.

use quesito::domain::Rejection as No;
use serde_json::json;

use super::{NOWHERE, because};
use crate::app::TestApp;
use crate::setting::DECREE;

pub async fn walk(app: &TestApp) {
    labels(app).await;
    norms(app).await;
    bodies(app).await;
    people(app).await;
    holidays(app).await;
}

async fn labels(app: &TestApp) {
    let staff = "staff";
    for (kind, data) in [
        ("theme", json!({"theme": "prova", "label_it": "Prova"})),
        ("form", json!({"form": "prova", "label_it": "Prova", "rank": 2})),
        ("authority", json!({"authority": "prova", "kind": "ufficio", "office": "Prova"})),
    ] {
        let act = |verb: &str| format!("{verb}_{kind}");
        let name = if kind == "authority" { "office" } else { "label_it" };
        app.act(staff, &act("register"), &[], data.clone()).await;
        app.refused(No::AlreadyExists, staff, &act("register"), &[], data).await;
        let renamed = json!({name: "Prova generale"});
        app.act(staff, &act("rename"), &["prova"], renamed.clone()).await;
        app.refused(No::NothingToChange, staff, &act("rename"), &["prova"], renamed).await;
        let retired = json!({"from": "2026-01-01", "reason": "Era solo una prova."});
        app.act(staff, &act("retire"), &["prova"], retired).await;
        let again = json!({name: "Prova finale"});
        app.refused(No::Retired, staff, &act("rename"), &["prova"], again).await;
    }
}

async fn norms(app: &TestApp) {
    let staff = "staff";
    let circular = json!({
        "kind": "other", "issuer": "interno_ps", "form": "nota", "date": "2025-11-03",
        "number": "88", "label_it": "Nota n. 88 del 3 novembre 2025",
    });
    let norm = app.act(staff, "register_norm", &[], circular).await.id;
    let mixed = json!({"kind": "nir", "celex": "32013L0033", "label_it": "Direttiva accoglienza"});
    app.refused(No::NormNotIdentified, staff, "register_norm", &[], mixed).await;
    app.act(
        staff,
        "correct_norm",
        &[&norm],
        json!({
            "label_it": "Nota del 3 novembre 2025, n. 88", "reason": "Ordine consueto.",
        }),
    )
    .await;
    let decree = json!({"kind": "nir", "urn": DECREE, "label_it": "D.Lgs. 142/2015"});
    app.refused(No::AlreadyExists, staff, "register_norm", &[], decree).await;
    let amended = json!({
        "by": {"kind": "nir", "urn": "urn:nir:stato:decreto.legge:2023-10-05;133~art5"},
        "from": "2023-10-06", "articles": ["19"],
    });
    let decree = norm_id(DECREE);
    app.act(staff, "record_amendment", &[&decree], amended.clone()).await;
    let itself = json!({"by": {"kind": "nir", "urn": DECREE}, "from": "2023-10-06"});
    app.refused(No::LinkToSelf, staff, "record_amendment", &[&decree], itself).await;
    app.refused(No::NotFound, staff, "record_amendment", &[NOWHERE], amended).await;
}

async fn bodies(app: &TestApp) {
    let admin = "admin";
    for (body, name) in [("c_vecchio", "Comune di Prova"), ("c_nuovo", "Comune di Prova Nuova")] {
        let data = json!({"body": body, "name": name, "kind": "comune", "province": "BO"});
        app.act(admin, "register_body", &[], data).await;
    }
    let renamed = json!({"name": "Comune di Prova Vecchia", "reason": "Per distinguerlo."});
    app.act(admin, "rename_body", &["c_vecchio"], renamed).await;
    app.act(admin, "move_body", &["c_vecchio"], json!({"province": "MO", "from": "2026-01-01"}))
        .await;
    let profile = json!({"sai_owner": true, "places": 48, "on": "2026-01-01"});
    app.act(admin, "record_profile", &["c_vecchio"], profile).await;
    let member = json!({"member": "c_vecchio", "from": "2026-01-01"});
    app.act(admin, "add_member", &["unione_reno"], member.clone()).await;
    app.refused(No::AlreadyAMember, admin, "add_member", &["unione_reno"], member).await;
    let until = json!({"until": "2026-02-28"});
    app.act(admin, "remove_member", &["unione_reno", "c_vecchio"], until.clone()).await;
    app.refused(No::NotAMember, admin, "remove_member", &["unione_reno", "c_vecchio"], until).await;
    let into = json!({"into": "c_nuovo", "from": "2026-03-01"});
    app.act(admin, "merge_body", &["c_vecchio"], into.clone()).await;
    app.refused(No::Retired, admin, "merge_body", &["c_vecchio"], into).await;
}

async fn people(app: &TestApp) {
    let role = json!({"person": "p-prova", "role": "municipality", "body": "c_nuovo"});
    app.act("admin", "grant_access", &[], role.clone()).await;
    app.refused(No::AlreadyGranted, "admin", "grant_access", &[], role).await;
    let token = app.issue_token("prova", "p-prova", "municipality", "c_nuovo", None).await;
    let path = format!("/tokens/{token}/revocation");
    assert_eq!(app.post("admin", &path, &because()).await.status, 204);
    let role = json!({"role": "municipality", "body": "c_nuovo", "reason": "Incarico concluso."});
    app.act("admin", "revoke_access", &["p-prova"], role.clone()).await;
    app.refused(No::NoSuchAccess, "admin", "revoke_access", &["p-prova"], role).await;
    accounts(app).await;
}

async fn accounts(app: &TestApp) {
    let asked = json!({
        "name": "Giulia Bianchi", "email": "g.bianchi@comune.example.it",
        "role": "municipality", "body": "c_nuovo", "network": "anci_er",
    });
    let created = app.post("admin", "/accounts", &asked).await;
    assert_eq!(created.status, 201, "{}", created.text);
    let again = app.post("admin", "/accounts", &asked).await;
    assert_eq!((again.status, again.slug()), (409, No::AlreadyExists.slug().as_str()));
    let account = created.body["id"].as_str().unwrap();
    for act in ["suspension", "suspension/withdrawal"] {
        let done = app.post("admin", &format!("/accounts/{account}/{act}"), &because()).await;
        assert_eq!(done.status, 204, "{}", done.text);
    }
}

async fn holidays(app: &TestApp) {
    let staff = "staff";
    let francis = json!({
        "name": "San Francesco d'Assisi", "rule": "10-04", "from": "2026-01-01",
        "act": "Legge n. 151 del 2025",
    });
    let day = app.act(staff, "declare_holiday", &[], francis.clone()).await.event;
    app.refused(No::AlreadyExists, staff, "declare_holiday", &[], francis).await;
    let never = json!({"name": "Mai", "rule": "02-30", "from": "2026-01-01"});
    app.refused(No::NotAHolidayRule, staff, "declare_holiday", &[], never).await;
    let until = json!({"until": "2026-12-31"});
    app.act(staff, "repeal_holiday", &[&day], until.clone()).await;
    app.refused(No::NoSuchHoliday, staff, "repeal_holiday", &[&day], until).await;
}

fn norm_id(urn: &str) -> String {
    quesito::domain::norm::norm_id(urn).to_string()
}
