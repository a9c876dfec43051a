//! The real program, and a client that speaks to it over a socket.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// The program in a folder of its own, without settings from outside.
pub fn quesito(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quesito"));
    command.current_dir(home).env("TMPDIR", home).env_remove("RUST_LOG");
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("QUESITO_")) {
        command.env_remove(name);
    }
    command
}

pub fn run(home: &Path, args: &[&str]) -> String {
    let output = quesito(home).args(args).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "quesito {args:?}: {told}");
    String::from_utf8(output.stdout).unwrap()
}

/// A running server, ended with the test.
pub struct Server {
    child: Child,
    pub host: String,
}

impl Server {
    pub fn start(home: &Path) -> Self {
        Self::on(home, &[])
    }

    /// Starts it with more arguments, and waits until it is ready.
    pub fn on(home: &Path, args: &[&str]) -> Self {
        let mut server = Self::begin(home, "127.0.0.1:0", args);
        let mut line = String::new();
        BufReader::new(server.child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let host = line.split("http://").nth(1).and_then(|rest| rest.split([',', ' ', '/']).next());
        let Some(host) = host.map(str::to_owned) else {
            panic!("failed to start: {line}{}", fs::read_to_string(home.join("log")).unwrap());
        };
        server.host = host;
        server
    }

    /// Starts it on an address, ready or not.
    pub fn begin(home: &Path, address: &str, args: &[&str]) -> Self {
        let child = quesito(home)
            .args(["serve", "--listen", address, "--rate-limit", "0"])
            .args(args)
            .stdout(Stdio::piped())
            .stderr(fs::File::create(home.join("log")).unwrap())
            .spawn()
            .unwrap();
        Self { child, host: address.to_owned() }
    }

    /// The process, to end it from another thread.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as a power cut would end the process: at once, whatever it was doing.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A connection of a client that keeps it open; broken for good by the first fault.
pub struct Client {
    stream: BufReader<TcpStream>,
    token: String,
}

impl Client {
    pub fn new(host: &str, token: &str) -> Option<Self> {
        let stream = TcpStream::connect(host).ok()?;
        stream.set_nodelay(true).ok()?;
        Some(Self { stream: BufReader::new(stream), token: token.to_owned() })
    }

    /// The status and the JSON of an answer; `None` when there was no whole answer.
    pub fn ask(&mut self, method: &str, path: &str, key: &str, body: &str) -> Option<(u16, Value)> {
        self.ask_with(method, path, &[("Idempotency-Key", key)], body)
    }

    /// The same with other headers.
    pub fn ask_with(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Option<(u16, Value)> {
        let length = body.len();
        let mut request = format!(
            "{method} /api/v1{path} HTTP/1.1\r\nHost: local\r\nAuthorization: Bearer {}\r\n\
             Content-Length: {length}\r\n",
            self.token
        );
        if !headers.iter().any(|(name, _)| *name == "Content-Type") {
            request.push_str("Content-Type: application/json\r\n");
        }
        for (name, value) in headers {
            request.push_str(&[name, ": ", value, "\r\n"].concat());
        }
        request.push_str("\r\n");
        request.push_str(body);
        self.stream.get_mut().write_all(request.as_bytes()).ok()?;
        let mut line = String::new();
        self.stream.read_line(&mut line).ok()?;
        let status = line.split(' ').nth(1)?.parse().ok()?;
        let mut length = 0;
        loop {
            line.clear();
            if self.stream.read_line(&mut line).ok()? == 0 {
                return None;
            }
            match line.trim_end().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.parse().ok()?;
                }
                Some(_) => {}
                None => break,
            }
        }
        let mut content = vec![0; length];
        self.stream.read_exact(&mut content).ok()?;
        Some((status, serde_json::from_slice(&content).unwrap_or_default()))
    }
}

/// A home with the shipped registry and somebody who may act there.
pub fn home(role: &str, body: &str, network: &[&str]) -> (tempfile::TempDir, String) {
    home_on(&[], role, body, network)
}

/// The same with the events where the arguments say.
pub fn home_on(
    store: &[&str],
    role: &str,
    body: &str,
    network: &[&str],
) -> (tempfile::TempDir, String) {
    let home = tempfile::tempdir().unwrap();
    run(home.path(), &[&["import", "--registry"], store].concat());
    let create = ["token", "create", "--person", "ufficio", "--role", role, "--body", body];
    let token = run(home.path(), &[&create[..], network, store].concat());
    let token = token.split_whitespace().find(|word| word.starts_with("qst_")).unwrap().to_owned();
    (home, token)
}
