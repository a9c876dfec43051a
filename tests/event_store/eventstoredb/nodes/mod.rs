//! Several real programs on one store: each with a data folder of its own, all with the same
//! keys and documents.
//!
//! The store is a double of the server, or the real one of `QUESITO_TEST_EVENTSTORE`.

mod erasing;
mod keys;
mod signing;
mod telling;
mod writing;

use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::double::{Double, Options};

const ERASED: &str = "[testo cancellato, art. 17 GDPR]";

/// How long anything may take on a busy machine that is not measured.
const PATIENCE: Duration = Duration::from_mins(1);

/// A store with the shipped registry, and somebody who may act.
struct Network {
    home: tempfile::TempDir,
    url: String,
    staff: String,
    auditor: String,
    _double: Option<Double>,
}

/// A running node.
struct Node {
    child: Child,
    host: String,
    token: String,
}

/// An answer.
#[derive(Debug, Clone)]
struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    text: String,
}

impl Reply {
    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{self:?}"))
    }

    fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(one, _)| one.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }

    #[track_caller]
    fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// The last part of the type of a problem.
    #[track_caller]
    fn slug(&self) -> String {
        let kind = self.json()["type"].as_str().unwrap_or_default().to_owned();
        kind.rsplit('/').next().unwrap_or_default().to_owned()
    }
}

/// A key that no command has yet.
fn key() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("00000000-0000-4000-8000-{:012x}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A report under a title.
fn report(title: &str) -> Value {
    json!({
        "body": "c_a944", "title": title, "description": format!("Descrizione di {title}."),
        "theme": "residence_registration", "urgency": "low", "visibility": "network",
        "norms": [{
            "kind": "nir", "urn": "urn:nir:stato:decreto.legislativo:2015-08-18;142~art5bis",
        }],
    })
}

/// Waits until something is so.
#[track_caller]
fn until<T>(patience: Duration, mut is_so: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = is_so() {
            return found;
        }
        assert!(begun.elapsed() < patience, "it did not come to pass within {patience:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

impl Network {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let (url, double) = if let Ok(url) = std::env::var("QUESITO_TEST_EVENTSTORE") {
            let join = if url.contains('?') { '&' } else { '?' };
            let corner = RandomState::new().hash_one(std::process::id());
            (format!("{url}{join}streamPrefix=test-{corner:016x}."), None)
        } else {
            let double = Double::start(Options::default());
            (double.url(), Some(double))
        };
        let (staff, auditor) = (String::new(), String::new());
        let mut network = Self { home, url, staff, auditor, _double: double };
        network.run("a", &["import", "--registry"]);
        network.staff = network.token("ufficio", "staff");
        network.auditor = network.token("revisore", "auditor");
        network
    }

    fn home(&self) -> &Path {
        self.home.path()
    }

    fn token(&self, person: &str, role: &str) -> String {
        let create = ["token", "create", "--person", person, "--role", role];
        self.run("a", &[&create[..], &["--body", "anci_er"]].concat()).trim().to_owned()
    }

    /// The program with the data folder of a node and what all share.
    fn quesito(&self, node: &str, args: &[&str]) -> Command {
        self.quesito_under("keys/epochs", node, args)
    }

    /// The same with other keys.
    fn quesito_under(&self, keys: &str, node: &str, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quesito"));
        command.current_dir(self.home()).env("TMPDIR", self.home()).env_remove("RUST_LOG");
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("QUESITO_")) {
            command.env_remove(name);
        }
        command.args(args).args(["--data", node, "--keys", keys]);
        command.args(["--documents", "documents", "--store", &self.url]);
        command
    }

    fn try_run(&self, node: &str, args: &[&str]) -> Output {
        self.quesito(node, args).output().unwrap()
    }

    #[track_caller]
    fn run(&self, node: &str, args: &[&str]) -> String {
        let output = self.try_run(node, args);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "quesito {args:?}: {told}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The same, with something on its standard input.
    #[track_caller]
    fn run_with(&self, node: &str, args: &[&str], input: &[u8]) {
        let mut child = self.quesito(node, args).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        assert!(child.wait().unwrap().success(), "quesito {args:?}");
    }

    #[track_caller]
    fn start(&self, name: &str) -> Node {
        self.start_with(name, &[])
    }

    #[track_caller]
    fn start_with(&self, name: &str, more: &[&str]) -> Node {
        let log = self.home().join(format!("{name}.log"));
        let serve = ["serve", "--listen", "127.0.0.1:0", "--rate-limit", "0"];
        let mut child = self
            .quesito(name, &[&serve[..], more].concat())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let host = line.split("http://").nth(1).and_then(|rest| rest.split([',', ' ', '/']).next());
        let Some(host) = host.map(str::to_owned) else {
            panic!("{name} did not start: {line}{}", fs::read_to_string(&log).unwrap());
        };
        Node { child, host, token: self.staff.clone() }
    }

    /// Two nodes.
    fn pair(&self) -> (Node, Node) {
        (self.start("a"), self.start("b"))
    }
}

impl Node {
    /// A request, by somebody.
    #[track_caller]
    fn send(
        &self,
        token: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Reply {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nHost: local\r\nConnection: close\r\nContent-Length: {}\r\n",
            body.len()
        );
        if !token.is_empty() {
            request.push_str(&["Authorization: Bearer ", token, "\r\n"].concat());
        }
        for (name, value) in headers {
            request.push_str(&[name, ": ", value, "\r\n"].concat());
        }
        stream.write_all(&[request.as_bytes(), b"\r\n", body].concat()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer);
        let (head, text) = answer.split_once("\r\n\r\n").unwrap();
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap();
        let headers = lines.filter_map(|line| line.split_once(": "));
        Reply {
            status: status.parse().unwrap(),
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            text: text.to_owned(),
        }
    }

    #[track_caller]
    fn get(&self, path: &str) -> Reply {
        self.get_with(path, &[])
    }

    #[track_caller]
    fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        self.send(&self.token, "GET", &format!("/api/v1{path}"), headers, b"")
    }

    #[track_caller]
    fn post(&self, path: &str, key: &str, more: &[(&str, &str)], body: &Value) -> Reply {
        let own = [("Idempotency-Key", key), ("Content-Type", "application/json")];
        let (path, body) = (format!("/api/v1{path}"), body.to_string());
        self.send(&self.token, "POST", &path, &[&own[..], more].concat(), body.as_bytes())
    }

    /// Files a report and answers its id.
    #[track_caller]
    fn file(&self, title: &str) -> String {
        let filed = self.post("/issues", &key(), &[], &report(title)).expect(201).json();
        filed["id"].as_str().unwrap().to_owned()
    }

    #[track_caller]
    fn status(&self) -> Value {
        self.get("/status").json()
    }

    /// Waits until this node shows what another has recorded.
    #[track_caller]
    fn shows(&self, issue: &str) -> Value {
        until(PATIENCE, || {
            let reply = self.get(&format!("/issues/{issue}"));
            (reply.status == 200).then(|| reply.json())
        })
    }

    /// Ends it at once.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }

    /// Lets it end by itself.
    fn stop(mut self) {
        self.signal("-TERM");
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
