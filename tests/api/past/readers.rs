//! Who could see a thing on a day and why, and who had been written to.

use serde_json::{Value, json};

use crate::app::TestApp;
use crate::setting::{report, with};

fn sight<'a>(found: &'a Value, body: &str) -> Option<&'a Value> {
    found["could_see"].as_array().unwrap().iter().find(|one| one["body"] == body)
}

fn because(found: &Value, body: &str) -> Value {
    sight(found, body).map_or(Value::Null, |one| one["because"].clone())
}

#[tokio::test]
async fn who_could_see_follows_the_thing_through_its_days() {
    let app = TestApp::ready().await;
    app.at("2026-03-20T08:00:00Z");
    let restricted = with(report(), json!({"visibility": "restricted"}));
    let issue = app.act("bologna", "report_issue", &[], restricted).await.id;
    app.at("2026-03-22T08:00:00Z");
    app.act(
        "staff",
        "request_clarification",
        &[&issue],
        json!({"to": "c_f257", "text": "Da quando?"}),
    )
    .await;
    app.at("2026-03-24T08:00:00Z");
    let open = json!({"to": "network", "reason": "Riesame."});
    app.act("staff", "change_issue_visibility", &[&issue], open).await;
    app.at("2026-03-26T08:00:00Z");
    let gone = json!({"until": "2026-03-25"});
    app.act("admin", "remove_member", &["anci_er", "c_g337"], gone).await;
    app.at("2026-03-28T08:00:00Z");

    let readers = async |on: &str| {
        let reply = app.past("staff", &format!("/issues/{issue}/readers?on={on}")).await;
        assert_eq!(reply.status, 200, "{on}: {}", reply.text);
        reply.body
    };
    let first = readers("2026-03-20").await;
    assert_eq!(first["visibility"], "restricted");
    assert_eq!(because(&first, "c_a944"), json!(["own"]));
    assert_eq!(because(&first, "anci_er"), json!(["coordinator"]));
    assert_eq!(because(&first, "corte_conti"), json!(["audit"]));
    assert_eq!(because(&first, "c_g337"), Value::Null);
    assert_eq!(first["written_to"], json!([]));
    let bologna = sight(&first, "c_a944").unwrap();
    assert_eq!(
        (&bologna["name"], &bologna["people_with_access"]),
        (&json!("Comune di Bologna"), &json!(1))
    );

    let second = readers("2026-03-22").await;
    assert_eq!(because(&second, "c_f257"), json!(["participant"]));
    let told = json!([{"kind": "clarification_request", "on": "2026-03-22", "to": [{"kind": "body", "id": "c_f257"}]}]);
    assert_eq!(second["written_to"], told);

    let third = readers("2026-03-24").await;
    assert_eq!(because(&third, "c_g337"), json!(["network_member"]));
    assert_eq!(because(&third, "c_f257"), json!(["participant", "network_member"]));
    assert_eq!(because(&third, "c_f205"), Value::Null);
    // A member by right, with nobody who could have looked.
    assert_eq!(sight(&third, "c_a558").unwrap()["people_with_access"], 0);

    let last = app.past("staff", &format!("/issues/{issue}/readers")).await;
    assert_eq!(last.body["on"], "2026-03-28");
    assert_eq!(because(&last.body, "c_g337"), Value::Null, "{}", last.text);
    // Before it was recorded nobody could see it; what is to come nobody can tell.
    let before = app.past("staff", &format!("/issues/{issue}/readers?on=2026-03-19")).await;
    assert_eq!(before.status, 404);
    let to_come = app.past("staff", &format!("/issues/{issue}/readers?on=2026-03-29")).await;
    assert_eq!(to_come.faults(), json!([400, "invalid-parameters", ["on not_yet"]]));
    for (who, status) in
        [("bologna", 403), ("regione", 403), ("milano", 404), ("staff-lo", 404), ("revisore", 200)]
    {
        let reply = app.past(who, &format!("/issues/{issue}/readers?on=2026-03-24")).await;
        assert_eq!(reply.status, status, "{who}: {}", reply.text);
    }
}

#[tokio::test]
async fn letters_and_invitations_say_who_was_written_to() {
    let app = TestApp::ready().await;
    app.at("2026-03-20T08:00:00Z");
    let issue = app.reported().await;
    let drafted = json!({
        "subject": "Ricevuta", "background": "Due letture.", "silence_effect": "none", "norms": [],
        "addressees": [{"addressee": "interno_ps"}],
        "points": [{"text": "Se basti la ricevuta.", "issues": [issue]}],
    });
    let question = app.act("staff", "draft_question", &[], drafted).await;
    app.at("2026-03-21T08:00:00Z");
    app.act("staff", "open_adhesions", &[&question.id], json!({"text_version": 1})).await;
    app.at("2026-03-22T08:00:00Z");
    let approval = json!({"text_version": 1, "role": "presidente"});
    app.act("staff", "approve_question", &[&question.id], approval).await;
    let letter = json!({
        "direction": "out", "channel": "pec", "subject": "Quesito",
        "counterpart": [{"kind": "authority", "id": "interno_ps"}],
        "about": [{"kind": "issue", "id": issue}],
    });
    let letter = app.act("staff", "record_communication", &[], letter).await.id;
    let sent = json!({
        "addressees": [question.inner("addressees", 0)], "cc": ["prefettura-pr"],
        "text_version": 1, "communication": letter,
    });
    app.act("staff", "dispatch_question", &[&question.id], sent).await;
    app.at("2026-03-24T08:00:00Z");

    let kinds = async |path: &str| {
        let reply = app.past("revisore", path).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        let all = reply.body["written_to"].as_array().unwrap().clone();
        let kinds: Vec<_> =
            all.iter().map(|one| one["kind"].as_str().unwrap().to_owned()).collect();
        (kinds.join(" "), all)
    };
    let path = format!("/collective-questions/{}/readers", question.id);
    assert_eq!(kinds(&format!("{path}?on=2026-03-20")).await.0, "");
    assert_eq!(kinds(&format!("{path}?on=2026-03-21")).await.0, "adhesion_invitation");
    let (now, all) = kinds(&path).await;
    assert_eq!(now, "adhesion_invitation dispatch dispatch_copy");
    assert_eq!(all[1]["to"], json!([{"kind": "authority", "id": "interno_ps"}]));
    assert_eq!(all[1]["communication"], json!(letter));
    assert!(all[1].get("question").is_none());
    // The same letters, from the case they come from.
    let (now, all) = kinds(&format!("/issues/{issue}/readers")).await;
    assert_eq!(now, "adhesion_invitation dispatch dispatch_copy letter");
    assert_eq!(all[1]["question"], json!(question.id));
}
