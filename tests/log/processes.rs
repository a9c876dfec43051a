//! The real programs with each other: server, witness, `quesito verify`, and the verifier
//! in Python.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/data/cases.json");

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);

pub fn quesito(home: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quesito"));
    command.current_dir(home).env("TMPDIR", home).env_remove("RUST_LOG").args(args);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("QUESITO_")) {
        command.env_remove(name);
    }
    command
}

#[track_caller]
pub fn succeeds(home: &Path, args: &[&str]) -> String {
    let output = quesito(home, args).output().unwrap();
    assert!(output.status.success(), "quesito {args:?}: {}", told(&output));
    String::from_utf8(output.stdout).unwrap()
}

pub fn told(output: &Output) -> String {
    let both = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8_lossy(&both).into_owned()
}

fn python(home: &Path, args: &[&str]) -> (Option<i32>, String) {
    let output = Command::new("python3").current_dir(home).args(args).output().unwrap();
    (output.status.code(), told(&output))
}

/// A program that tells its address on a line, ended with the test.
pub struct Running {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Running {
    fn start(home: &Path, args: &[&str]) -> Self {
        let mut command = quesito(home, args);
        command.args(["--listen", "127.0.0.1:0"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    /// Starts a server, and answers the address of its API.
    pub fn serve(home: &Path, args: &[&str]) -> (Self, String) {
        let mut server = Self::start(home, &[&["serve", "--rate-limit", "0"], args].concat());
        let line = server.line();
        let base = line.split(' ').find(|word| word.starts_with("http://"));
        let base = base.unwrap_or_else(|| panic!("it did not start: {line}"));
        (server, format!("{}/api/v1", base.trim_end_matches(',')))
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    pub fn stop(mut self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Status and body of a reading.
pub fn get(base: &str, path: &str, token: &str) -> (u16, Vec<u8>) {
    let (host, prefix) = base.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "GET /{prefix}{path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\
         Connection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let status = String::from_utf8_lossy(&answer[9..12]).parse().unwrap();
    (status, answer.split_off(end + 4))
}

fn status(base: &str) -> Value {
    let (_, body) = get(base, "/status", "");
    serde_json::from_slice(&body).unwrap_or_default()
}

/// Waits until the status says something.
#[track_caller]
pub fn wait(base: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        let now = status(base);
        if wanted(&now) {
            return now;
        }
        assert!(begun.elapsed() < PATIENCE, "{now}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// How many leaves the log of a store has when it is up to date. What a server tells of its
/// log may be older than what it has just acknowledged.
fn leaves(data: &Path) -> i64 {
    let path = data.join("events.db");
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let count = "SELECT count(*) FROM events JOIN streams USING (stream_no)
                 WHERE name NOT LIKE 'op-%'";
    db.query_row(count, [], |row| row.get(0)).unwrap()
}

/// Waits until all that lies in a store now is signed.
#[track_caller]
pub fn wait_signed(base: &str, data: &Path) -> Value {
    let leaves = leaves(data);
    assert_ne!(leaves, 0);
    wait(base, |status| status["log"]["signed"]["size"] == leaves)
}

/// Waits until all that lies in a store now is cosigned by the only witness.
#[track_caller]
fn wait_cosigned(base: &str, data: &Path) -> Value {
    let leaves = leaves(data);
    wait(base, |status| status["log"]["witnesses"][0]["size"] == leaves)
}

fn auditor(home: &Path, person: &str) -> String {
    let create = ["token", "create", "--person", person, "--role", "auditor", "--body", "anci_er"];
    succeeds(home, &create).trim().to_owned()
}

#[test]
fn a_log_and_an_extract_are_verified_by_others_and_damage_is_named() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    succeeds(home, &["import", "--history", CASES]);
    let token = auditor(home, "revisore");
    fs::write(home.join("verify.py"), succeeds(home, &["verifier"])).unwrap();

    let (server, base) = Running::serve(home, &[]);
    let now = wait_signed(&base, &home.join("data"));
    let key = now["log"]["key"].as_str().unwrap();
    let log = ["verify.py", "log", &base, "--token", &token, "--key", key];
    let (code, said) = python(home, &[&log[..], &["--save", "kept"]].concat());
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("flussi senza lacune"), "{said}");
    let (code, said) = python(home, &[&log[..], &["--checkpoint", "kept"]].concat());
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("conservato"), "{said}");
    // Somebody else's key does not check it.
    let other = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    let (code, said) =
        python(home, &["verify.py", "log", &base, "--token", &token, "--key", other]);
    assert_eq!(code, Some(1), "{said}");

    let said = succeeds(home, &["verify", "--checkpoint", "kept"]);
    assert!(said.contains("no fault") && said.contains("compared with kept"), "{said}");
    server.stop();

    // The extract, by the command line: twice the same bytes.
    let export = |reader: &str, out: &str| {
        succeeds(home, &["export", "S-2024/0003", "--as", reader, "--out", out]);
        fs::read(home.join(out)).unwrap()
    };
    let all = export("auditor", "all.zip");
    assert_eq!(export("auditor", "again.zip"), all);
    let less = export("municipality:c_g337:anci_er", "less.zip");
    assert_ne!(less, all);
    for file in ["all.zip", "less.zip"] {
        let (code, said) = python(home, &["verify.py", "extract", file, "--key", key]);
        assert_eq!(code, Some(0), "{file}: {said}");
        assert!(said.contains("VERIFICATO") && said.contains("S-2024/0003"), "{said}");
    }
    let mut forged = all.clone();
    let at = forged.windows(10).position(|window| window == b"Segnalazio").unwrap();
    forged[at] ^= 1;
    fs::write(home.join("forged.zip"), forged).unwrap();
    let (code, said) = python(home, &["verify.py", "extract", "forged.zip"]);
    assert_eq!(code, Some(1), "{said}");

    // A byte of one event, changed behind the back of the program.
    let db = Connection::open(home.join("data/events.db")).unwrap();
    db.execute_batch("DROP TRIGGER events_stay").unwrap();
    let (stream, revision): (String, i64) = db
        .query_row(
            "SELECT s.name, e.revision FROM events e JOIN streams s USING (stream_no)
             WHERE s.name LIKE 'issue-%' ORDER BY e.position LIMIT 1 OFFSET 100",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    db.execute(
        "UPDATE events SET data = CAST(replace(CAST(data AS TEXT), '\":\"', '\":\" ') AS BLOB)
         WHERE revision = ?2 AND stream_no = (SELECT stream_no FROM streams WHERE name = ?1)",
        (&stream, revision),
    )
    .unwrap();
    drop(db);
    let output = quesito(home, &["verify", "--checkpoint", "kept"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = told(&output);
    assert!(said.contains(&format!("altered: {stream} revision {revision}: ")), "{said}");
    assert!(said.contains("forked: "), "{said}");
    let output = quesito(home, &["verify", "--data", "nowhere"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
}

#[test]
fn an_older_store_is_refused_until_a_new_log_is_asked_for() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    succeeds(home, &["import", "--registry"]);
    fs::copy(home.join("data/events.db"), home.join("older.db")).unwrap();
    auditor(home, "prima");
    let (server, base) = Running::serve(home, &[]);
    let before = wait_signed(&base, &home.join("data"));
    server.stop();
    let mode = |path: &str| {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(home.join(path)).unwrap().permissions().mode() & 0o777
    };
    assert_eq!((mode("data-keys/log-key"), mode("data-keys/last-signed")), (0o600, 0o600));

    let refused = |expected: &str| {
        let output = quesito(home, &["serve", "--listen", "127.0.0.1:0"]).output().unwrap();
        assert!(!output.status.success());
        let said = told(&output);
        assert!(said.contains(expected) && said.contains("--new-log-origin"), "{said}");
    };
    for end in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(home.join(format!("data/events.db{end}")));
    }
    fs::copy(home.join("older.db"), home.join("data/events.db")).unwrap();
    refused("older than its log");
    // Life goes on in the older store: now it is another one.
    auditor(home, "dopo");
    auditor(home, "dopo-ancora");
    refused("not the one that was signed");
    let output = quesito(home, &["verify"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));

    let (server, base) = Running::serve(home, &["--new-log-origin"]);
    let after = wait_signed(&base, &home.join("data"));
    assert_ne!(after["log"]["origin"], before["log"]["origin"]);
    server.stop();
    assert!(home.join("data-keys/log-key.old-1").exists());
    assert!(home.join("data-keys/last-signed.old-1").exists());
}

#[test]
fn a_witness_cosigns_one_history_and_refuses_the_other() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    succeeds(home, &["import", "--registry"]);
    let (server, base) = Running::serve(home, &[]);
    let key = wait_signed(&base, &home.join("data"))["log"]["key"].as_str().unwrap().to_owned();
    server.stop();
    // Two copies of one log, with the same key, on which life goes on differently.
    for copy in ["one", "two"] {
        let to = home.join(copy);
        for folder in ["data", "data-keys"] {
            fs::create_dir_all(to.join(folder)).unwrap();
            for entry in fs::read_dir(home.join(folder)).unwrap() {
                let entry = entry.unwrap();
                if entry.file_type().unwrap().is_file() {
                    fs::copy(entry.path(), to.join(folder).join(entry.file_name())).unwrap();
                }
            }
        }
    }

    let args = ["witness", "--key", "w/key", "--name", "w.example/1", "--state", "w/state"];
    let mut witness = Running::start(home, &[&args[..], &["--log-key", &key]].concat());
    let (url, witness_key) = (witness.line(), witness.line());
    let asked = ["--witness", &url, "--witness-key", &witness_key];

    let token = auditor(&home.join("one"), "uno");
    let (server, base) = Running::serve(&home.join("one"), &asked);
    let now = wait_cosigned(&base, &home.join("one/data"));
    assert_eq!(now["log"]["witnesses"][0]["name"], "w.example/1");
    let (code, note) = get(&base, "/log/checkpoint", &token);
    let note = String::from_utf8(note).unwrap();
    assert_eq!((code, note.matches('\u{2014}').count()), (200, 2), "{note}");
    assert!(note.contains("\u{2014} w.example/1 "), "{note}");
    server.stop();

    for person in ["due", "tre", "quattro"] {
        auditor(&home.join("two"), person);
    }
    let (server, base) = Running::serve(&home.join("two"), &asked);
    wait(&base, |now| {
        let fault = now["log"]["witnesses"][0]["fault"].as_str().unwrap_or_default();
        fault.contains("do not begin this log") || fault.contains("another log")
    });
    server.stop();

    // The history that it saw goes on.
    auditor(&home.join("one"), "cinque");
    let (server, base) = Running::serve(&home.join("one"), &asked);
    wait_cosigned(&base, &home.join("one/data"));
    server.stop();
    witness.stop();
}
