//! What was erased is gone: from every file, and at whatever moment the program is killed.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::program::{Client, Server, home, run};
use crate::remains::{Wanted, word};

/// Cases of which one is erased.
const CASES: u32 = 1_000;

/// How often the program is killed while it erases.
const KILLS: u32 = 50;

const ERASED: &str = "[testo cancellato, art. 17 GDPR]";

/// Somebody of the staff at a running server.
pub struct Staff {
    client: Client,
    next: u32,
}

impl Staff {
    pub fn at(server: &Server, token: &str, next: u32) -> Self {
        Self { client: Client::new(&server.host, token).unwrap(), next }
    }

    fn key(&mut self) -> String {
        self.next += 1;
        format!("00000000-0000-4000-8000-{:012x}", self.next)
    }

    /// Reads something.
    pub fn get(&mut self, path: &str) -> Value {
        let (status, body) = self.client.ask("GET", path, "-", "").unwrap();
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// Reads something that may have to be prepared first.
    fn get_prepared(&mut self, path: &str) -> Value {
        let begun = Instant::now();
        loop {
            let (status, body) = self.client.ask("GET", path, "-", "").unwrap();
            if status == 200 {
                return body;
            }
            assert_eq!(status, 503, "{path}: {body}");
            assert!(begun.elapsed() < Duration::from_mins(2), "{path}: {body}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Records something that rests on what is there now.
    fn post(&mut self, path: &str, data: &Value) -> Value {
        let key = self.key();
        let thing: Vec<_> = path.split('/').take(3).collect();
        let mut headers = vec![("Idempotency-Key", key.as_str())];
        let seen = (thing.len() == 3 && path.matches('/').count() > 2)
            .then(|| self.seen(&thing.join("/")));
        headers.extend(seen.as_deref().map(|seen| ("If-Match", seen)));
        let (status, body) =
            self.client.ask_with("POST", path, &headers, &data.to_string()).unwrap();
        assert_eq!(status, 201, "{path}: {body}");
        body
    }

    /// The entity tag of what stands at an address.
    fn seen(&mut self, path: &str) -> String {
        let events = self.get(&format!("{path}/events"));
        format!("\"{}.w\"", events["items"].as_array().unwrap().len() - 1)
    }

    /// Files a case.
    pub fn file(&mut self, title: &str, more: &Value) -> Value {
        let mut data = json!({
            "body": "c_a944", "title": title, "description": format!("Descrizione di {title}."),
            "theme": "residence_registration", "urgency": "low", "visibility": "network",
            "norms": [{
                "kind": "nir",
                "urn": "urn:nir:stato:decreto.legislativo:2015-08-18;142~art5bis",
            }],
        });
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.post("/issues", &data)
    }

    /// Erases a whole case.
    pub fn erase(&mut self, issue: &str) {
        self.post(&format!("/issues/{issue}/erasures"), &why());
    }

    /// Waits until everything is in a signed head of the log.
    fn wait_for_log(&mut self) {
        let begun = Instant::now();
        loop {
            let log = &self.get("/status")["log"];
            if log["signed"]["size"] == log["size"] {
                return;
            }
            assert!(begun.elapsed() < Duration::from_mins(2), "{log}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits until views and search index have followed.
    pub fn wait(&mut self) {
        let begun = Instant::now();
        loop {
            let status = self.get("/status");
            if status["views_lag"] == 0 && status["search_lag"] == 0 {
                return;
            }
            assert!(begun.elapsed() < Duration::from_mins(2), "{status}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Lets the verifier in Python check the served log.
fn verified_by_others(home: &Path, server: &Server, token: &str, more: &[&str]) {
    let api = format!("http://{}/api/v1", server.host);
    let args = [&["verify.py", "log", &api, "--token", token][..], more].concat();
    let output = Command::new("python3").current_dir(home).args(args).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && told.contains("VERIFICATO"), "{told}");
}

fn why() -> Value {
    json!({"reason": "Si riconosce una persona.", "legal_basis": "art. 17, par. 1, lett. d)"})
}

fn position(authority: &str, reading: &str, note: &str) -> Value {
    json!({
        "authority": authority, "territory": {"level": "province", "code": "BO"},
        "reading": reading, "note": note, "form": "practice", "known": "direct",
    })
}

/// A case with a word of its own in each of twenty places.
fn planted(staff: &mut Staff) -> (String, String) {
    let w = |number: u32| format!("Testo con {} dentro.", word(number));
    let key = staff.key();
    let headers = [("Idempotency-Key", key.as_str()), ("Content-Type", "text/plain")];
    let document = staff.client.ask_with("POST", "/documents", &headers, &w(0)).unwrap();
    assert_eq!(document.0, 201, "{}", document.1);
    let mut document = document.1;
    document["name"] = format!("{}.txt", word(1)).into();
    let hash = document["sha256"].as_str().unwrap().to_owned();
    let filed = staff.file(
        &w(2),
        &json!({
            "description": w(3), "documents": [document],
            "positions": [position("inps", &w(4), &w(5))],
        }),
    );
    let issue = filed["id"].as_str().unwrap().to_owned();
    let at = |part: &str| format!("/issues/{issue}/{part}");
    staff.post(&at("amendments"), &json!({"reason": w(6), "description": w(7)}));
    let asked = staff.post(&at("clarifications"), &json!({"text": w(8), "to": "c_a944"}));
    let reply = format!("clarifications/{}/reply", asked["event_id"].as_str().unwrap());
    staff.post(&at(&reply), &json!({"text": w(9)}));
    let held = staff.post(&at("positions"), &position("agenzia_entrate", &w(10), &w(11)));
    let held = held["event_id"].as_str().unwrap();
    let correction = json!({"reason": w(12), "reading": w(13)});
    staff.post(&at(&format!("positions/{held}/corrections")), &correction);
    for (number, audience) in [(14, "internal"), (15, "participants"), (16, "network")] {
        staff.post(&at("notes"), &json!({"audience": audience, "text": w(number)}));
    }
    staff.post(&at("contacts"), &json!({"authority": "inps", "text": w(17)}));
    staff.post(
        &at("impact-estimates"),
        &json!({"people_affected": 4, "bodies_affected": 2, "method": w(18)}),
    );
    staff.post(&at("triage"), &json!({"scope": "in_scope", "urgency": "medium", "note": w(19)}));
    (issue, hash)
}

#[test]
fn of_a_thousand_cases_the_erased_one_leaves_nothing_in_any_file() {
    let (home, token) = home("staff", "anci_er", &[]);
    let home = home.path();
    let server = Server::start(home);
    let mut staff = Staff::at(&server, &token, 0);
    let mut others = Vec::new();
    let file = |staff: &mut Staff, number: u32, others: &mut Vec<(String, String)>| {
        let title = format!("Caso numero {number}");
        let filed = staff.file(&title, &json!({}));
        others.push((filed["id"].as_str().unwrap().to_owned(), title));
    };
    for number in 1..CASES / 2 {
        file(&mut staff, number, &mut others);
    }
    let (issue, document) = planted(&mut staff);
    for number in CASES / 2..CASES {
        file(&mut staff, number, &mut others);
    }
    staff.wait();

    let (mut keys, mut words) = (Wanted::default(), Wanted::default());
    keys.add_keys(home, &format!("issue-{issue}"));
    keys.add_keys(home, &format!("op-document-{document}"));
    for number in 0..20 {
        // An index shares the first letters of a word with its neighbour.
        words.add(&format!("word {number}"), &word(number).as_bytes()[3..]);
    }
    assert!(keys.len() >= 20 * 2 * 9, "{}", keys.len());
    let data = home.join("data");
    // The search is not blind: wrapped keys and indexed words are there to be found.
    assert!(keys.found(&data).len() >= 20, "{:?}", keys.found(&data));
    assert!(words.found(&data).len() >= 3, "{:?}", words.found(&data));

    std::fs::write(home.join("verify.py"), run(home, &["verifier"])).unwrap();
    staff.wait_for_log();
    verified_by_others(home, &server, &token, &["--save", "kept"]);
    // The past has an index of its own by now.
    let past = format!("/issues?q={}&effective_on=2099-01-01", word(7));
    assert_eq!(staff.get_prepared(&past)["items"].as_array().unwrap().len(), 1);
    assert!(words.found(&data).iter().any(|found| found.contains("/as-of-")), "no index of it");

    staff.erase(&issue);
    let none: Vec<String> = Vec::new();
    // Keys are gone with the answer; the index follows.
    assert_eq!(keys.found(&data), none);
    staff.wait();
    assert_eq!(words.found(&data), none);
    assert_eq!(staff.get_prepared(&past)["items"], json!([]));
    let shown = staff.get(&format!("/issues/{issue}"));
    assert_eq!((&shown["title"], &shown["description"]), (&json!(ERASED), &json!(ERASED)));
    let history = staff.get(&format!("/issues/{issue}/events")).to_string();
    assert!((0..20).all(|number| !history.contains(&word(number))), "{history}");
    assert_eq!(staff.get(&format!("/issues?q={}", word(7)))["items"], json!([]));

    server.kill();
    assert_eq!((keys.found(&data), words.found(&data)), (none.clone(), none.clone()));
    let server = Server::start(home);
    let mut staff = Staff::at(&server, &token, 1_000_000);
    staff.wait();
    assert_eq!((keys.found(&data), words.found(&data)), (none.clone(), none));
    // The log is what it was, and one event longer.
    staff.wait_for_log();
    verified_by_others(home, &server, &token, &["--checkpoint", "kept"]);
    assert_eq!(others.len(), CASES as usize - 1);
    for (id, title) in &others {
        let shown = staff.get(&format!("/issues/{id}"));
        assert_eq!(shown["title"], *title);
        assert_eq!(shown["description"], format!("Descrizione di {title}."));
    }
    server.kill();
    for command in [&["check"][..], &["verify", "--checkpoint", "kept"]] {
        let told = run(home, command);
        assert!(told.contains("no fault"), "{told}");
    }
}

#[test]
fn an_erasure_that_is_killed_has_happened_or_not_begun() {
    let (home, token) = home("staff", "anci_er", &[]);
    let home = home.path();
    let data = home.join("data");
    let mut gone = Wanted::default();
    // A key for each request: numbers for what is filed, others for what is erased.
    let key = |cycle: u32| format!("00000000-0000-4000-9000-{cycle:012x}");
    let mut delay = Duration::from_millis(4);
    let (mut before, mut after) = (0, 0);
    let mut server = Server::start(home);
    for cycle in 1..=KILLS {
        let mut staff = Staff::at(&server, &token, cycle * 100);
        let title = format!("Caso {} da cancellare", word(1_000 + cycle));
        let filed = staff.file(&title, &json!({}));
        let issue = filed["id"].as_str().unwrap().to_owned();
        let mut keys = Wanted::default();
        keys.add_keys(home, &format!("issue-{issue}"));

        let process = server.process().to_string();
        let killer = std::thread::spawn(move || {
            std::thread::sleep(delay);
            assert!(Command::new("kill").args(["-KILL", &process]).status().unwrap().success());
        });
        let path = format!("/issues/{issue}/erasures");
        let key = key(cycle);
        let headers = [("Idempotency-Key", key.as_str()), ("If-Match", "\"0.w\"")];
        let answer = staff.client.ask_with("POST", &path, &headers, &why().to_string());
        killer.join().unwrap();
        server.kill();

        server = Server::start(home);
        let mut staff = Staff::at(&server, &token, cycle * 100 + 50);
        let history = staff.get(&format!("/issues/{issue}/events"));
        let erased = history["items"].as_array().unwrap().len() == 2;
        let shown = staff.get(&format!("/issues/{issue}"));
        if let Some((status, _)) = &answer {
            assert_eq!((*status, erased), (201, true), "cycle {cycle}: what was answered is so");
        }
        if erased {
            after += 1;
            delay = delay.mul_f64(0.9);
            assert_eq!(shown["title"], ERASED, "cycle {cycle}");
            assert_eq!(keys.found(&data), Vec::<String>::new(), "cycle {cycle}");
            let register = std::fs::read_to_string(home.join("data-keys/epochs.erasures")).unwrap();
            assert!(register.contains(&issue), "cycle {cycle}: {register}");
        } else {
            before += 1;
            delay = delay.mul_f64(1.12);
            assert_eq!(shown["title"], title, "cycle {cycle}");
            assert!(!keys.found(&data).is_empty(), "cycle {cycle}");
        }
        // Asked again, it is so either way.
        let again = staff.client.ask_with("POST", &path, &headers, &why().to_string()).unwrap();
        assert_eq!(again.0, 201, "cycle {cycle}: {}", again.1);
        assert_eq!(staff.get(&format!("/issues/{issue}"))["title"], ERASED, "cycle {cycle}");
        gone.add_keys_of(keys);
        gone.add(&title, &word(1_000 + cycle).as_bytes()[3..]);
    }
    assert!(
        before > 0 && after > 0,
        "killed too early or too late: {before} before, {after} after"
    );
    Staff::at(&server, &token, 0).wait();
    server.kill();
    assert_eq!(gone.found(&data), Vec::<String>::new());
    let told = run(home, &["check"]);
    assert!(told.contains("no fault"), "{told}");
}
