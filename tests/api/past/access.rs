//! Who sees the past: what the rule allowed then and allows today; auditors all of it,
//! and that they looked is recorded.

use std::collections::BTreeSet;

use quesito::codec;
use quesito::event_store::AppendError;
use serde_json::{Value, json};

use super::every;
use crate::app::TestApp;
use crate::setting::{report, with};
use crate::world::{ACTORS, World};

/// The collection of each kind of case, by the category of its streams.
const CASES: &[(&str, &str)] = &[
    ("issue", "issues"),
    ("question", "collective-questions"),
    ("answer", "answers"),
    ("solution", "solutions"),
    ("communication", "communications"),
];

/// For every actor and every past revision: what can be read through history can be read
/// by the rule now.
#[tokio::test]
async fn who_reads_the_past_may_read_the_present() {
    let world = World::new().await;
    let app = &world.app;
    // What was open is closed, what was closed is opened, who took part does so no more.
    let (network, restricted) =
        (world.id("network", "issue_id"), world.id("restricted", "issue_id"));
    let to = |visibility: &str| json!({"to": visibility, "reason": "Riesame."});
    for (issue, visibility) in [
        (network, "restricted"),
        (restricted, "network"),
        (network, "network"),
        (network, "restricted"),
    ] {
        tick(app);
        app.act("staff", "change_issue_visibility", &[issue], to(visibility)).await;
    }
    tick(app);
    let mut compared = (0, 0);
    let stored = app.stored().await;
    let mut instants: BTreeSet<_> =
        stored.iter().map(|event| codec::metadata(event).unwrap().recorded_at.0).collect();
    // One of each group of events that were recorded together is enough, and the last ones.
    let some: BTreeSet<_> = instants.iter().copied().step_by(instants.len() / 25 + 1).collect();
    let ends: BTreeSet<_> = instants.iter().rev().take(8).copied().collect();
    instants.retain(|instant| some.contains(instant) || ends.contains(instant));
    let things: BTreeSet<_> = stored
        .iter()
        .filter_map(|event| {
            let (_, collection) = CASES.iter().find(|(own, _)| *own == event.stream.category())?;
            Some((*collection, event.stream.id().to_owned()))
        })
        .collect();
    for who in ACTORS.iter().copied() {
        if matches!(who, "revoked" | "expired") || who.starts_with("auditor") {
            continue;
        }
        let asker = (who != "anonymous").then_some(who);
        let mut now = BTreeSet::new();
        for (collection, id) in &things {
            for path in readings(collection, id) {
                if app.get(asker, &path).await.status == 200 {
                    now.insert(path);
                }
            }
        }
        for instant in &instants {
            let moment = format!("as_of={instant}");
            for (collection, id) in &things {
                for path in readings(collection, id) {
                    let then = app.get(asker, &format!("{path}?{moment}")).await;
                    assert!(matches!(then.status, 200 | 401 | 404), "{}", then.text);
                    if then.status == 200 {
                        compared.0 += 1;
                        assert!(now.contains(&path), "{who} reads {path}?{moment}, and not now");
                    } else {
                        compared.1 += 1;
                    }
                }
            }
            for (_, collection) in CASES {
                let list = app.get(asker, &format!("/{collection}?limit=200&{moment}")).await;
                if list.status == 200 {
                    for id in every(&list.body, "id") {
                        let path = format!("/{collection}/{}", id.as_str().unwrap());
                        assert!(now.contains(&path), "{who} lists {path} at {instant}");
                    }
                }
            }
        }
    }
    assert!(compared.0 > 300 && compared.1 > 300, "{compared:?}");
}

/// Where a case is read as a whole.
fn readings(collection: &str, id: &str) -> Vec<String> {
    let mut paths = vec![format!("/{collection}/{id}"), format!("/{collection}/{id}/events")];
    if collection == "collective-questions" {
        paths.push(format!("/{collection}/{id}/letter"));
    }
    paths
}

fn tick(app: &TestApp) {
    use quesito::clock::Clock;

    app.clock.set(app.clock.now() + jiff::SignedDuration::from_secs(60));
}

#[tokio::test]
async fn the_past_is_shown_by_the_rule_then_and_the_rule_now() {
    let app = TestApp::ready().await;
    app.at("2026-03-20T08:00:00Z");
    let issue = app
        .act("bologna", "report_issue", &[], with(report(), json!({"visibility": "restricted"})))
        .await
        .id;
    app.at("2026-03-21T08:00:00Z");
    let endorsed =
        app.act("staff", "endorse_issue", &[&issue], json!({"on_behalf_of": "c_f257"})).await;
    let note = json!({"audience": "participants", "text": "Solo per chi partecipa."});
    app.act("staff", "add_issue_note", &[&issue], note).await;
    app.at("2026-03-22T08:00:00Z");
    let open = json!({"to": "network", "reason": "Riesame."});
    app.act("staff", "change_issue_visibility", &[&issue], open).await;
    app.at("2026-03-23T08:00:00Z");
    app.act(
        "modena",
        "withdraw_endorsement",
        &[&issue, &endorsed.event],
        json!({"reason": "Errore."}),
    )
    .await;
    app.at("2026-03-24T08:00:00Z");

    let notes = async |who: &str, moment: &str| {
        let shown = app.past(who, &format!("/issues/{issue}?{moment}")).await;
        let heard = shown.body["notes"].as_array().map_or(0, Vec::len);
        let told = app.past(who, &format!("/issues/{issue}/events?{moment}")).await;
        let types = told.body["items"].as_array().map_or(0, |_| {
            every(&told.body, "type").iter().filter(|kind| **kind == "note-added.v1").count()
        });
        assert_eq!(heard, types, "{who} {moment}");
        (shown.status, heard)
    };
    // Restricted then: for who took part then and may read now.
    assert_eq!(notes("parma", "as_of=2026-03-21T12:00:00Z").await, (404, 0));
    assert_eq!(notes("bologna", "as_of=2026-03-21T12:00:00Z").await, (200, 1));
    // Modena took part then; today it is one of the network.
    assert_eq!(notes("modena", "as_of=2026-03-22T12:00:00Z").await, (200, 0));
    assert_eq!(notes("parma", "as_of=2026-03-22T12:00:00Z").await, (200, 0));
    assert_eq!(notes("revisore", "as_of=2026-03-21T12:00:00Z").await, (200, 1));
    // Closed again: nobody of the network reads any moment of it.
    let shut = json!({"to": "restricted", "reason": "Dati troppo riconoscibili."});
    app.act("staff", "change_issue_visibility", &[&issue], shut).await;
    for moment in
        ["as_of=2026-03-22T12:00:00Z", "effective_on=2026-03-22", "effective_on=2026-04-01"]
    {
        assert_eq!(notes("parma", moment).await, (404, 0), "{moment}");
        let list = app.shown_past("parma", &format!("/issues?{moment}")).await;
        assert_eq!(list["items"], json!([]), "{moment}");
        let counts = app.shown_past("parma", &format!("/issue-facets?{moment}")).await;
        assert_eq!(counts["total"], 0, "{moment}");
        assert_eq!(notes("revisore", moment).await.0, 200, "{moment}");
    }
}

#[tokio::test]
async fn what_is_no_longer_published_is_not_public_in_the_past_either() {
    let app = TestApp::ready().await;
    app.at("2026-03-20T08:00:00Z");
    let issue = app.reported().await;
    let summary =
        json!({"abstract": "Due letture della stessa norma.", "approved_role": "dirigente"});
    app.act("staff", "publish_issue", &[&issue], summary).await;
    app.at("2026-03-21T08:00:00Z");
    let public = async |moment: &str| {
        let list = app.get(None, &format!("/issues?{moment}")).await;
        let one = app.get(None, &format!("/issues/{issue}?{moment}")).await;
        (list.body["items"].as_array().map_or(9, Vec::len), one.status)
    };
    assert_eq!(public("as_of=2026-03-20T07:00:00Z").await, (0, 404));
    assert_eq!(public("as_of=2026-03-20T12:00:00Z").await, (1, 200));
    app.act("staff", "unpublish_issue", &[&issue], json!({"reason": "Riesame."})).await;
    app.at("2026-03-22T08:00:00Z");
    assert_eq!(public("as_of=2026-03-20T12:00:00Z").await, (0, 404));
}

#[tokio::test]
async fn an_auditor_who_looks_back_is_recorded_by_the_product() {
    let app = TestApp::ready().await;
    app.at("2026-03-20T08:00:00Z");
    let issue = app.reported().await;
    app.at("2026-03-21T08:00:00Z");
    let looks = async || {
        let mut found = Vec::new();
        for event in app.stored().await {
            if event.stream.as_str().starts_with("op-reads-") {
                let metadata = codec::metadata(&event).unwrap();
                assert_eq!(metadata.actor.subject.as_str(), "operator");
                assert_eq!(metadata.actor.kind, codec::ActorKind::Policy);
                // Filters hold words that people type: they are sealed.
                assert!(!String::from_utf8_lossy(&event.data).contains("as_of"));
                found.push((event.stream.as_str().to_owned(), app.opened(&event).await));
            }
        }
        found
    };
    // The present is no look back, and nobody else's past is recorded.
    app.shown_past("revisore", &format!("/issues/{issue}")).await;
    app.shown_past("staff", &format!("/issues/{issue}?as_of=2026-03-20T12:00:00Z")).await;
    assert_eq!(looks().await, []);
    let asked = format!("/issues/{issue}?as_of=2026-03-20T12:00:00Z");
    app.shown_past("revisore", &asked).await;
    app.shown_past("revisore", "/issues?effective_on=2026-03-20&theme=residence").await;
    let hidden =
        app.past("revisore", &format!("/answers/{issue}?as_of=2026-03-20T12:00:00Z")).await;
    assert_eq!(hidden.status, 404);
    let looked = |address: &str| -> (String, Value) {
        let data = json!({
            "person": "p-revisore", "role": "auditor", "body": "corte_conti", "address": address,
        });
        ("op-reads-2026-03-21-p-revisore".into(), data)
    };
    let found = looks().await;
    assert_eq!(found[0], looked(&asked));
    assert_eq!(found[1], looked("/issues?effective_on=2026-03-20&theme=residence"));
    assert_eq!(found.len(), 3);
    // Nothing is shown that cannot be recorded.
    app.fault.at("op", AppendError::Full);
    let refused = app.get(Some("revisore"), &asked).await;
    assert_eq!(refused.status, 503, "{}", refused.text);
}
