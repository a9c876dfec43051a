//! Writes through any node: views that follow, revisions, repeated commands, access.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Network, Node, key, report, until};

/// Within what whatever is done on one node holds on the other.
const FOLLOWED: Duration = Duration::from_secs(5);

#[test]
fn what_one_node_records_the_other_shows_and_goes_on_with() {
    let network = Network::new();
    let (a, b) = network.pair();
    let filed = a.post("/issues", &key(), &[], &report("Residenza negata")).expect(201);
    let issue = filed.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/issues/{issue}");

    // Whoever brings the position along sees the write at once, on any node.
    let position = filed.header("quesito-position").to_owned();
    let seen = b.get_with(&path, &[("Quesito-Position", &position)]).expect(200);
    assert_eq!(seen.json()["title"], "Residenza negata");
    let beyond = format!("7fffffffffffff00{}", &position[16..]);
    for (wrong, status, slug) in [
        (beyond.as_str(), 503, "unavailable"),
        ("000000000000002a-00000000", 410, "foreign-bookmark"),
        ("000000000000002a", 400, "malformed-request"),
        ("domani", 400, "malformed-request"),
    ] {
        let reply = b.get_with(&path, &[("Quesito-Position", wrong)]).expect(status);
        assert_eq!(reply.slug(), slug);
        assert_eq!(reply.json()["errors"][0]["pointer"], "Quesito-Position");
        assert_eq!(reply.header("retry-after").is_empty(), status != 503);
    }

    // What rests on a revision that the other node has left behind is refused.
    let amended = json!({"reason": "Refuso", "title": "Residenza rifiutata"});
    let amendments = format!("{path}/amendments");
    let etag = seen.header("etag").to_owned();
    b.post(&amendments, &key(), &[("If-Match", &etag)], &amended).expect(201);
    let stale = a.post(&amendments, &key(), &[("If-Match", &etag)], &amended).expect(412);
    assert_eq!(stale.slug(), "stale-revision");
    until(FOLLOWED, || (a.get(&path).json()["title"] == "Residenza rifiutata").then_some(()));

    // Both show the same, to the byte: their own address aside.
    let host = |text: &str| text.replace(&a.host, "H").replace(&b.host, "H");
    let events = format!("{path}/events");
    assert_eq!(host(&a.get(&events).text), host(&b.get(&events).text));
    let history = a.get(&events).json();
    assert_eq!(history["items"].as_array().unwrap().len(), 2);
}

#[test]
fn a_command_sent_to_both_nodes_happens_once() {
    let network = Network::new();
    let (a, b) = network.pair();
    let told = |text: &str| text.replace(&a.host, "H").replace(&b.host, "H");
    for round in 0..20 {
        let (key, body) = (key(), report(&format!("Caso {round}")));
        let (one, other) = std::thread::scope(|scope| {
            let one = scope.spawn(|| a.post("/issues", &key, &[], &body));
            let other = scope.spawn(|| b.post("/issues", &key, &[], &body));
            (one.join().unwrap().expect(201), other.join().unwrap().expect(201))
        });
        assert_eq!(told(&one.text), told(&other.text));
        // One after the other, too; and never with another body.
        let again = b.post("/issues", &key, &[], &body).expect(201);
        assert_eq!(told(&again.text), told(&one.text));
        let reused = b.post("/issues", &key, &[], &report("Altro")).expect(422);
        assert_eq!(reused.slug(), "idempotency-key-reused");
    }
    let position = a.post("/issues", &key(), &[], &report("Ultimo")).expect(201);
    let position = position.header("quesito-position").to_owned();
    for node in [&a, &b] {
        let list = node.get_with("/issues?limit=200", &[("Quesito-Position", &position)]);
        assert_eq!(list.expect(200).json()["items"].as_array().unwrap().len(), 21);
    }
}

#[test]
fn writers_on_both_nodes_do_not_lose_each_others_writes() {
    let network = Network::new();
    let (a, b) = network.pair();
    let issue = a.file("Conteso");
    let notes = format!("/issues/{issue}/notes");
    // Whoever has to give way decides again on what the other wrote.
    std::thread::scope(|scope| {
        for (name, node) in [("a", &a), ("b", &b)] {
            let notes = &notes;
            scope.spawn(move || {
                for number in 0..15 {
                    let text = format!("Nota {number} di {name}");
                    let (key, note) = (key(), json!({"audience": "internal", "text": text}));
                    // After a few turns a command that always comes second is given back.
                    until(FOLLOWED, || {
                        let reply = node.post(notes, &key, &[], &note);
                        let again = reply.status == 409 && reply.slug() == "contended";
                        assert!(again || reply.status == 201, "{reply:?}");
                        (!again).then_some(())
                    });
                }
            });
        }
    });
    let events = format!("/issues/{issue}/events");
    until(FOLLOWED, || {
        let count = |node: &Node| node.get(&events).json()["items"].as_array().unwrap().len();
        (count(&a) == 31 && count(&b) == 31).then_some(())
    });
}

#[test]
fn what_is_granted_or_revoked_on_one_node_holds_on_the_other() {
    let network = Network::new();
    let (a, b) = network.pair();
    let admin = network.token("ced", "admin");
    let command = |node: &Node, path: &str, body: Value| {
        let key = key();
        let headers = [("Idempotency-Key", key.as_str()), ("Content-Type", "application/json")];
        let path = format!("/api/v1{path}");
        node.send(&admin, "POST", &path, &headers, body.to_string().as_bytes())
    };
    // An account that was created here is known there, and a token given here is good there,
    // until it is revoked there.
    let email = "ada@comune.example.it";
    let account = json!({
        "name": "Ada Neri", "email": email, "role": "municipality", "body": "c_a944",
        "network": "anci_er",
    });
    let created = command(&a, "/accounts", account.clone()).expect(201).json();
    command(&b, "/accounts", account).expect(409);
    let asked = json!({
        "person": created["person"], "role": "municipality", "body": "c_a944",
        "network": "anci_er", "label": "prova", "expires_on": "2099-12-31",
    });
    let issued = command(&a, "/tokens", asked).expect(201).json();
    let token = issued["token"].as_str().unwrap().to_owned();
    let may = |node: &Node| node.send(&token, "GET", "/api/v1/issues", &[], b"").status;
    assert_eq!((may(&a), may(&b)), (200, 200));
    let id = issued["id"].as_str().unwrap();
    command(&b, &format!("/tokens/{id}/revocation"), json!({"reason": "Smarrito"})).expect(204);
    assert_eq!((may(&a), may(&b)), (401, 401));

    // A session of here is one of there, until the account is suspended there.
    let password = "tre cicogne sul tetto";
    let set = ["account", "set-password", email];
    network.run_with("c", &set, password.as_bytes());
    let cookie = sign_in(&a, email, password);
    assert!(is_in(&a, &cookie) && is_in(&b, &cookie));
    let id = created["id"].as_str().unwrap();
    command(&b, &format!("/accounts/{id}/suspension"), json!({})).expect(204);
    assert!(!is_in(&a, &cookie) && !is_in(&b, &cookie));
}

/// The cookie of somebody who signs in with a browser.
#[track_caller]
fn sign_in(node: &Node, email: &str, password: &str) -> String {
    let page = node.send("", "GET", "/accesso", &[], b"").expect(200).text;
    let token = page.split("name=\"_token\" value=\"").nth(1).unwrap();
    let token = token.split('"').next().unwrap();
    let fields = [("_token", token), ("email", email), ("password", password), ("ritorno", "/")];
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    let entered = node.send("", "POST", "/accesso/password", &headers, form.as_bytes());
    let cookie = entered.expect(303).header("set-cookie").to_owned();
    cookie.split(';').next().unwrap().to_owned()
}

/// Whether a cookie opens the profile.
fn is_in(node: &Node, cookie: &str) -> bool {
    node.send("", "GET", "/profilo", &[("Cookie", cookie)], b"").status == 200
}
