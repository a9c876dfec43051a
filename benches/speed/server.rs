//! The real program, on a core of its own.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::Failure;
use crate::client::Connection;
use crate::machine::{SERVER_CORE, pinned};
use crate::requests::{BODY, COORDINATOR, Speaker};

/// The program under test.
pub const QUESITO: &str = env!("CARGO_BIN_EXE_quesito");

/// The longest pause between two questions whether it is ready.
const MOST: Duration = Duration::from_millis(100);

/// How long a server may take to become ready, or views to catch up.
const PATIENCE: Duration = Duration::from_mins(15);

/// A running server.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// From the start of the process to the first good answer.
    pub ready_after: Duration,
}

/// How far a server is.
#[derive(Debug, Clone, Copy)]
pub struct Lag {
    /// Events that the views do not show.
    pub views: u64,
    /// Events that cannot be searched.
    pub search: u64,
}

impl Server {
    /// Starts the program on a folder and waits until it answers.
    pub async fn start(data: &Path) -> Result<Self, Failure> {
        let port = free_port()?;
        let mut command = pinned(SERVER_CORE, Path::new(QUESITO));
        command.args(["serve", "--rate-limit", "0", "--listen", &port.to_string(), "--data"]);
        Self::launch(command.arg(data), port).await
    }

    /// Starts any program that serves `/api/v1/status` on an address.
    pub async fn launch(command: &mut Command, address: SocketAddr) -> Result<Self, Failure> {
        let begun = Instant::now();
        // The log is written as in earnest, and read by nobody.
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let mut server = Self { child, address, ready_after: Duration::ZERO };
        while server.status().await.is_err() {
            if let Some(ended) = server.child.try_wait()? {
                return Err(format!("the server ended with {ended}").into());
            }
            if begun.elapsed() > PATIENCE {
                return Err("the server does not become ready".into());
            }
            // To ask is work for the server as well: the longer it takes, the less often.
            let pause = begun.elapsed() / 200;
            tokio::time::sleep(pause.clamp(Duration::from_millis(1), MOST)).await;
        }
        server.ready_after = begun.elapsed();
        Ok(server)
    }

    /// The number of the process.
    pub fn process(&self) -> String {
        self.child.id().to_string()
    }

    /// What it says of itself; an error when it is not well.
    pub async fn status(&self) -> Result<Value, Failure> {
        let mut connection = Connection::open(self.address).await?;
        connection.out.extend_from_slice(b"GET /api/v1/status HTTP/1.1\r\nHost: bench\r\n\r\n");
        match connection.ask().await? {
            200 => Ok(serde_json::from_slice(connection.body()).unwrap_or_default()),
            other => Err(format!("the status is {other}").into()),
        }
    }

    /// How far views and search are behind.
    pub async fn lag(&self) -> Result<Lag, Failure> {
        let status = self.status().await?;
        let of = |name: &str| status.get(name).and_then(Value::as_u64).unwrap_or(u64::MAX);
        Ok(Lag { views: of("views_lag"), search: of("search_lag") })
    }

    /// Waits until views and search have caught up; tells how long each took.
    pub async fn catch_up(&self) -> Result<(Duration, Duration), Failure> {
        let begun = Instant::now();
        let mut views = None;
        loop {
            let lag = self.lag().await;
            if let Ok(lag) = lag {
                if lag.views == 0 {
                    views.get_or_insert_with(|| begun.elapsed());
                }
                if let (Some(views), 0) = (views, lag.search) {
                    return Ok((views, begun.elapsed()));
                }
            }
            if begun.elapsed() > PATIENCE {
                return Err("the views do not catch up".into());
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Asks it to stop and waits until it has.
    pub fn stop(mut self) -> Result<(), Failure> {
        let told = Command::new("kill").args(["-TERM", &self.process()]).status()?;
        let ended = self.child.wait()?;
        if !told.success() || !(ended.success() || ended.code().is_none()) {
            return Err(format!("the server ended with {ended}").into());
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already gone after `stop`; else a figure failed and nothing may stay behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address nobody listens on.
pub fn free_port() -> Result<SocketAddr, Failure> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Runs a subcommand of the program on a folder; tells what it printed.
pub fn quesito(arguments: &[&str], data: &Path) -> Result<String, Failure> {
    let ran = Command::new(QUESITO).args(arguments).arg("--data").arg(data).output()?;
    if !ran.status.success() {
        let why = String::from_utf8_lossy(&ran.stderr).into_owned();
        return Err(format!("quesito {}: {why}", arguments.join(" ")).into());
    }
    Ok(String::from_utf8(ran.stdout)?)
}

/// A token of a municipality.
pub fn token(data: &Path) -> Result<String, Failure> {
    let arguments =
        ["token", "create", "--person", "bench", "--role", "municipality", "--body", BODY];
    let printed = quesito(&[&arguments[..], &["--network", COORDINATOR]].concat(), data)?;
    Ok(printed.trim().to_owned())
}

/// Who asks a server with a token.
pub fn speaker(server: &Server, token: &str) -> Speaker {
    Speaker { token: token.to_owned(), host: server.address.to_string() }
}

/// The cases of the demonstration, with the authorities they are about.
const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/data/cases.json");

/// A new folder with the shipped registry and the thirty cases in it.
pub fn new_data(root: &Path, name: &str) -> Result<PathBuf, Failure> {
    let data = root.join(name).join("data");
    quesito(&["import", "--history", CASES], &data)?;
    Ok(data)
}
