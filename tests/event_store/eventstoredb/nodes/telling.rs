//! Notices by e-mail when several nodes would send them.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::{Network, Node, PATIENCE, key, report, until};

/// How many people are to be told.
const PEOPLE: usize = 8;

/// To whom a letter went, in the order of arrival.
type Letters = Arc<Mutex<Vec<String>>>;

#[test]
fn a_digest_is_sent_once_though_every_node_would_send_it() {
    let network = Network::new();
    let (server, letters) = mail();
    let admin = network.token("ced", "admin");
    let serve = |name: &str, more: &[&str]| {
        let smtp = ["--smtp", &server, "--mail-from", "quesito@prova.example"];
        network.start_with(name, &[&smtp[..], more].concat())
    };
    let (a, b) = (serve("a", &["--notices-at", "23:59"]), serve("b", &["--notices-at", "23:59"]));
    let mut people: Vec<_> = (0..PEOPLE).map(|n| format!("persona{n}@comune.example.it")).collect();
    for address in &people {
        let account = json!({
            "name": "Persona di prova", "email": address, "role": "municipality",
            "body": "c_a944", "network": "anci_er", "function": "ufficio casa",
        });
        posted(&a, &admin, "/accounts", "*", &account);
    }
    let issue = posted(&a, &network.staff, "/issues", "*", &report("Preso in carico"));
    let path = format!("/issues/{}", issue["id"].as_str().unwrap());
    let seen = a.get(&path).expect(200).header("etag").to_owned();
    posted(&a, &network.staff, &format!("{path}/triage"), &seen, &json!({"scope": "in_scope"}));
    a.stop();
    b.stop();
    assert!(letters.lock().unwrap().is_empty(), "the hour has not come");

    // The next day both find that it is time.
    let tomorrow = ["--notices-at", "00:00", "--clock-ahead", "1"];
    let (a, b) = std::thread::scope(|scope| {
        let a = scope.spawn(|| serve("a", &tomorrow));
        let b = scope.spawn(|| serve("b", &tomorrow));
        (a.join().unwrap(), b.join().unwrap())
    });
    let mut sent = 0;
    for node in [&a, &b] {
        sent += until(PATIENCE, || {
            let told = node.status()["notices"].clone();
            (told["waiting"] == false).then(|| told["sent"].as_u64().unwrap())
        });
    }

    let mut told = letters.lock().unwrap().clone();
    told.sort();
    people.sort();
    assert_eq!(told, people);
    assert_eq!(sent, PEOPLE as u64, "both nodes together");
}

/// Sends a command that is accepted; `seen` is the state it rests on, `*` for none.
#[track_caller]
fn posted(node: &Node, token: &str, path: &str, seen: &str, body: &Value) -> Value {
    let key = key();
    let mut headers = vec![("Idempotency-Key", &*key), ("Content-Type", "application/json")];
    if seen != "*" {
        headers.push(("If-Match", seen));
    }
    let path = format!("/api/v1{path}");
    node.send(token, "POST", &path, &headers, body.to_string().as_bytes()).expect(201).json()
}

/// A mail server that takes every letter: its address, and to whom they went.
fn mail() -> (String, Letters) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("smtp://{}", listener.local_addr().unwrap());
    let letters = Letters::default();
    let taken = Arc::clone(&letters);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let taken = Arc::clone(&taken);
            std::thread::spawn(move || talk(&stream, &taken));
        }
    });
    (address, letters)
}

/// As much of SMTP as a client needs that authenticates nowhere.
fn talk(mut stream: &TcpStream, letters: &Letters) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let (mut to, mut in_data) = (String::new(), false);
    stream.write_all(b"220 prova\r\n")?;
    while let Some(line) = lines.next().transpose()? {
        let answer: &[u8] = match line.split([' ', ':']).next().unwrap_or_default() {
            "." if in_data => {
                in_data = false;
                letters.lock().unwrap().push(std::mem::take(&mut to));
                b"250 taken\r\n"
            }
            _ if in_data => continue,
            "RCPT" => {
                line.split(['<', '>']).nth(1).unwrap_or_default().clone_into(&mut to);
                b"250 ok\r\n"
            }
            "DATA" => {
                in_data = true;
                b"354 go on\r\n"
            }
            "QUIT" => return stream.write_all(b"221 bye\r\n"),
            _ => b"250 ok\r\n",
        };
        stream.write_all(answer)?;
    }
    Ok(())
}
