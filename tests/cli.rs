//! The real program, from the outside: what an operator types and reads.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use serde_json::Value;

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/data/cases.json");

/// The program in a folder of its own, without settings from outside.
fn quesito(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quesito"));
    command.current_dir(home).env("TMPDIR", home).env_remove("RUST_LOG");
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("QUESITO_")) {
        command.env_remove(name);
    }
    command
}

fn run(home: &Path, args: &[&str]) -> Output {
    quesito(home).args(args).output().unwrap()
}

#[track_caller]
fn succeeds(home: &Path, args: &[&str]) -> String {
    let output = run(home, args);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "quesito {args:?}: {told}");
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn fails(home: &Path, args: &[&str]) -> String {
    let output = run(home, args);
    assert!(!output.status.success(), "quesito {args:?} should have been refused");
    String::from_utf8(output.stderr).unwrap()
}

/// A running server, ended with the test.
struct Server {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Server {
    fn start(home: &Path, args: &[&str]) -> Self {
        Self::logging(home, args, Stdio::null())
    }

    fn logging(home: &Path, args: &[&str], log: Stdio) -> Self {
        let mut child = quesito(home)
            .args(args)
            .args(["--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// Asks for a path of the API and answers the status line and the body.
    fn get(base: &str, path: &str, token: &str) -> (String, String) {
        let host = base.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\
             Connection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.lines().next().unwrap().to_owned(), body.to_owned())
    }

    /// Sends SIGTERM and answers the exit code.
    fn stop(mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn entries(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    names.map(|name| name.to_string_lossy().into_owned()).collect()
}

#[test]
fn a_demo_hands_out_six_accounts_and_leaves_nothing_behind() {
    let home = tempfile::tempdir().unwrap();
    let mut demo = Server::start(home.path(), &["demo"]);

    assert!(demo.line().starts_with("Casi di fantasia"));
    let base = demo.line();
    assert_eq!(demo.line(), format!("{base}/docs"));
    let accounts: Vec<Vec<String>> =
        (0..6).map(|_| demo.line().split(' ').map(str::to_owned).collect()).collect();
    let roles: Vec<_> = accounts.iter().map(|account| account[0].as_str()).collect();
    assert_eq!(roles, ["municipality", "municipality", "staff", "observer", "auditor", "admin"]);
    assert_ne!(accounts[0][1], accounts[1][1]);
    for account in &accounts {
        assert!(account[2].starts_with("qst_"), "{account:?}");
    }

    let (status, body) = Server::get(&base, "/api/v1/status", &accounts[2][2]);
    assert!(status.contains("200"), "{status} {body}");
    assert!(body.contains("Casi di fantasia"));

    assert_eq!(demo.stop(), Some(0));
    assert_eq!(entries(home.path()), Vec::<String>::new());
}

#[test]
fn a_kept_demo_goes_on_and_never_takes_over_data_in_earnest() {
    let home = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let mut demo = Server::start(home.path(), &["demo", "--data", "kept"]);
        let first = demo.line();
        assert!(first.starts_with("Casi di fantasia"), "{first}");
        let base = demo.line();
        demo.line();
        let account = demo.line();
        let token = account.rsplit(' ').next().unwrap();
        assert!(Server::get(&base, "/api/v1/status", token).0.contains("200"));
        assert_eq!(demo.stop(), Some(0));
    }

    succeeds(home.path(), &["import", "--registry", "--data", "earnest"]);
    let why = fails(home.path(), &["demo", "--data", "earnest"]);
    assert!(why.contains("in earnest") && why.contains("--data"), "{why}");
}

#[test]
fn metrics_are_served_on_an_address_of_their_own_and_only_when_asked_for() {
    let home = tempfile::tempdir().unwrap();
    let log = home.path().join("log");
    succeeds(home.path(), &["import", "--registry"]);
    let serve = ["serve", "--metrics", "127.0.0.1:0", "--log-format", "json"];
    let mut server = Server::logging(home.path(), &serve, fs::File::create(&log).unwrap().into());
    let line = server.line();
    let base = line.split(&[' ', ',']).find(|word| word.starts_with("http://")).unwrap();
    let told = fs::read_to_string(&log).unwrap();
    let lines = told.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut address = lines
        .filter_map(|line| Some(line["address"].as_str()?.strip_suffix("/metrics")?.to_owned()));
    let watched = address.next_back().unwrap();

    // Nothing about the route, the caller or what was asked for, only the operation.
    Server::get(base, "/api/v1/issues?q=RSSMRA80A01H501U", "qst_secret");
    Server::get(base, "/RSSMRA80A01H501U", "qst_secret");
    Server::get(base, "/api/v1/status", "");
    let (status, text) = Server::get(&watched, "/metrics", "");
    assert!(status.contains("200"), "{status}");
    for expected in [
        "quesito_http_requests_total{operation=\"list_issues\",status=\"401\"} 1",
        "quesito_http_requests_total{operation=\"show_status\",status=\"200\"} 1",
        "quesito_http_request_duration_seconds_count{operation=\"show_status\",status=\"200\"} 1",
        "quesito_http_requests_total{operation=\"other\",status=\"404\"} 1",
        "quesito_store_waiting_appends 0",
        "quesito_quarantined_streams 0",
        "quesito_up 1",
    ] {
        assert!(text.lines().any(|line| line == expected), "{expected} in {text}");
    }
    for expected in ["quesito_views_lag_events ", "quesito_search_lag_events "] {
        assert!(text.lines().any(|line| line.starts_with(expected)), "{expected} in {text}");
    }
    let events = text.lines().find_map(|line| line.strip_prefix("quesito_events_total "));
    assert!(events.unwrap().parse::<u64>().unwrap() > 400, "{text}");
    for secret in ["RSSMRA", "qst_", "127.0.0.1"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }

    // Each of the two addresses serves its own.
    assert!(Server::get(base, "/metrics", "").0.contains("404"));
    assert!(Server::get(&watched, "/api/v1/status", "").0.contains("404"));
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn an_imported_history_is_replayed_checked_copied_and_brought_back() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let told = succeeds(home, &["import", "--history", CASES]);
    assert!(told.contains("30  issue-reported"), "{told}");
    assert!(told.contains("Casi di fantasia"), "{told}");
    assert!(fails(home, &["import", "--history", CASES]).contains("not empty"));

    let story = succeeds(home, &["replay", "S-2024/0003"]);
    assert!(story.contains("Segnalazione inserita"), "{story}");
    assert!(story.contains("15 luglio 2024  Interpretazione cessata"), "{story}");

    // What was known in spring, and what had happened by then though recorded later.
    let count = |args: &[&str]| {
        let text = succeeds(home, &[&["replay", "S-2024/0003", "--json"], args].concat());
        let document: Value = serde_json::from_str(&text).unwrap();
        document["events"].as_array().unwrap().len()
    };
    let all = count(&[]);
    assert_eq!(count(&["--as-of", "2024-02-18"]), 2);
    assert_eq!(count(&["--effective-on", "2024-02-18"]), 3);
    assert_eq!(count(&["--as-of", "2026-12-31"]), all);
    assert!(fails(home, &["replay", "S-2024/9999"]).contains("there is no S-2024/9999"));

    // Whole lists of the same moments.
    let listed = |what: &str, args: &[&str]| {
        let text = succeeds(home, &[&["list", what, "--json"], args].concat());
        let document: Value = serde_json::from_str(&text).unwrap();
        document["items"].as_array().unwrap().len()
    };
    for (what, then, so) in
        [("issues", 19, 19), ("questions", 7, 7), ("answers", 7, 8), ("solutions", 7, 7)]
    {
        assert_eq!(listed(what, &["--as-of", "2024-06-30"]), then, "{what}");
        assert_eq!(listed(what, &["--effective-on", "2024-06-30"]), so, "{what}");
        assert!(listed(what, &[]) > so, "{what}");
    }
    let told = succeeds(home, &["list", "issues", "--as-of", "2024-06-30"]);
    assert!(told.contains("S-2024/0003") && told.contains("2024-02-12"), "{told}");

    assert!(succeeds(home, &["check"]).contains("no fault"));
    assert!(succeeds(home, &["rebuild"]).contains("a second"));

    succeeds(home, &["backup", "copy"]);
    assert!(fails(home, &["backup", "copy"]).contains("exists already"));
    let restored = ["--data", "other", "--keys", "data-keys/epochs"];
    succeeds(home, &[&["restore", "copy"], &restored[..]].concat());
    assert!(succeeds(home, &[&["check"], &restored[..]].concat()).contains("no fault"));
    let again = succeeds(home, &[&["replay", "S-2024/0003"], &restored[..]].concat());
    assert_eq!(again, story);
}

#[test]
fn a_copy_without_its_keys_opens_no_text() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    succeeds(home, &["import", "--history", CASES]);
    succeeds(home, &["backup", "copy"]);
    fs::remove_dir_all(home.join("copy/keys")).unwrap();
    let restored = ["--data", "other", "--keys", "data-keys/epochs"];
    succeeds(home, &[&["restore", "copy"], &restored[..]].concat());
    let output = run(home, &[&["replay", "S-2024/0003"], &restored[..]].concat());
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(!shown.contains("Accoglienza diffusa"), "{shown}");

    // And events without the key file are noticed before anything is opened.
    let why = fails(home, &["check", "--data", "other"]);
    assert!(why.contains("key file") && why.contains("--keys"), "{why}");
}

#[test]
fn a_token_is_shown_once_listed_without_its_secret_and_revoked() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    succeeds(home, &["import", "--registry"]);
    let create = ["token", "create", "--person", "ced", "--role", "admin", "--body", "anci_er"];
    let token = succeeds(home, &create);
    let token = token.trim();
    assert!(token.starts_with("qst_"));

    let list = succeeds(home, &["token", "list"]);
    assert!(list.contains("admin") && list.contains("living"), "{list}");
    assert!(!list.contains(token));
    let id = list.split_whitespace().next().unwrap();
    succeeds(home, &["token", "revoke", id, "--reason", "Postazione dismessa"]);
    assert!(succeeds(home, &["token", "list"]).contains("revoked"));

    let stranger = ["token", "create", "--person", "x", "--role", "staff", "--body", "c_zzzz"];
    assert!(fails(home, &stranger).contains("L'ente indicato non esiste"));
}

#[test]
fn when_nobody_can_sign_in_an_operator_does_it_at_the_machine() {
    const WHO: &str = "g.bianchi@comune.example.it";

    let home = tempfile::tempdir().unwrap();
    succeeds(home.path(), &["import", "--registry"]);
    let role = ["--role", "municipality", "--body", "c_a944"];
    let create = ["account", "create", "--email", WHO, "--name", "Giulia Bianchi"];
    let line = succeeds(home.path(), &[&create[..], &role[..]].concat());
    assert!(line.contains("open") && line.contains("municipality@c_a944"), "{line}");
    let id = line.split(' ').next().unwrap();
    let taken = fails(home.path(), &[&create[..], &role[..]].concat());
    assert!(!taken.contains("Bianchi"), "{taken}");

    let mut set = quesito(home.path());
    set.args(["account", "set-password", WHO]).stdin(Stdio::piped());
    let mut set = set.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    set.stdin.take().unwrap().write_all(b"password1234\n").unwrap();
    let set = set.wait_with_output().unwrap();
    assert!(!set.status.success(), "a weak password is refused here too");
    assert!(!String::from_utf8_lossy(&set.stderr).contains("password1234"));

    let staff = ["--role", "staff", "--body", "anci_er"];
    succeeds(home.path(), &[&["account", "grant", WHO][..], &staff[..]].concat());
    let listed = succeeds(home.path(), &["account", "list"]);
    assert!(listed.contains("staff@anci_er") && listed.contains(WHO), "{listed}");
    succeeds(home.path(), &[&["account", "revoke", id][..], &staff[..]].concat());
    succeeds(home.path(), &["account", "disable", WHO, "--reason", "Cessazione."]);
    let listed = succeeds(home.path(), &["account", "list"]);
    assert!(listed.contains("suspended") && !listed.contains("staff@anci_er"), "{listed}");
    succeeds(home.path(), &["account", "enable", id]);
    assert!(succeeds(home.path(), &["account", "list"]).contains("open"));
    fails(home.path(), &["account", "disable", "nessuno@comune.example.it"]);
    succeeds(home.path(), &["check"]);
}

#[test]
fn a_wrong_setting_is_told_with_what_to_do() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let cases: &[(&[&str], &[&str])] = &[
        (&["serve", "--keys", "data/epochs"], &["inside the data folder", "--keys"]),
        (&["serve", "--listen", "8080"], &["127.0.0.1:8080"]),
        (&["serve", "--public-url", "quesito.it"], &["https://quesito.example.it"]),
        (&["serve", "--log", "loud=very"], &["warn,quesito=debug"]),
        (&["replay", "S-2024/0001"], &["does not exist"]),
        (&["replay", "issue-1", "--as-of", "ieri"], &["2024-07-01"]),
        (&["list", "letters"], &["issues, questions, answers, solutions"]),
        (&["list", "issues", "--as-of", "ieri"], &["2024-07-01"]),
        (&["import"], &["--registry"]),
        (&["import", "nowhere.json"], &["nowhere.json"]),
        (&["backup", "copy"], &["there is no store"]),
    ];
    for (args, expected) in cases {
        let why = fails(home, args);
        for part in *expected {
            assert!(why.contains(part), "quesito {args:?} says {why}");
        }
    }
    fs::write(home.join("file"), "").unwrap();
    assert!(fails(home, &["serve", "--data", "file"]).contains("not a folder"));
    fs::write(home.join("other.json"), r#"{"schema": "something"}"#).unwrap();
    assert!(fails(home, &["import", "other.json"]).contains("quesito-cases-2"));
    // Nothing of this made a data folder.
    assert!(!home.join("data/events.db").exists());
}

#[test]
fn settings_come_from_the_environment_and_flags_win() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let import = |flags: &[&str]| {
        let mut command = quesito(home);
        command.env("QUESITO_DATA", "named").args(["import", "--registry"]).args(flags);
        assert!(command.output().unwrap().status.success());
    };
    import(&[]);
    assert!(home.join("named/events.db").exists() && home.join("named-keys/epochs").exists());
    import(&["--data", "flagged"]);
    assert!(home.join("flagged/events.db").exists());
}

#[test]
fn a_second_server_on_the_same_data_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let mut server = Server::start(home.path(), &["serve"]);
    assert!(server.line().contains("/docs"));
    let why = fails(home.path(), &["serve", "--listen", "127.0.0.1:0"]);
    assert!(why.contains("in use by another process"), "{why}");
    let create = ["token", "create", "--person", "ced", "--role", "admin", "--body", "anci_er"];
    assert!(fails(home.path(), &create).contains("/api/v1/tokens"));
    // Reading goes on beside it.
    assert!(succeeds(home.path(), &["check"]).contains("no fault"));
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn every_subcommand_teaches_by_example() {
    let home = tempfile::tempdir().unwrap();
    let overview = succeeds(home.path(), &["--help"]);
    assert!(overview.contains("quesito demo"), "{overview}");
    for command in [
        "serve", "demo", "import", "replay", "rebuild", "openapi", "events", "token", "keys",
        "account", "backup", "restore", "check", "verify", "export", "verifier", "witness",
    ] {
        assert!(overview.contains(command), "{command}");
        let help = succeeds(home.path(), &[command, "--help"]);
        assert!(help.lines().count() > 8, "{help}");
    }
    let document: Value = serde_json::from_str(&succeeds(home.path(), &["openapi"])).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    succeeds(home.path(), &["events", "--write"]);
    assert!(home.path().join("events/issue-reported.v1.json").exists());
}
