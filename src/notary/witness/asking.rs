//! The side of the log: shows every new head to its witnesses, and shows their
//! cosignatures to everybody.
//!
//! Deliberately absent: TLS. What is sent is public and signed, and an answer counts only
//! when the witness's key signed it; a proxy can add what a network asks for.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::super::keeper::{Keeper, Signed};
use super::super::note::{Note, Vkey};
use super::protocol::{AddCheckpoint, MOST_BYTES};

/// How long a witness may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long to wait before a witness that failed is asked again.
const REST: Duration = Duration::from_secs(10);

/// A witness and where it is.
#[derive(Debug, Clone)]
pub struct WitnessTarget {
    /// Host and port.
    pub host: String,
    /// What comes before `/add-checkpoint`.
    pub prefix: String,
    /// The key that checks its cosignatures.
    pub key: Vkey,
}

/// How a witness is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessState {
    /// Its name.
    pub name: String,
    /// The size of the last head it cosigned for this process.
    pub size: u64,
    /// What it said instead of a cosignature, at last.
    pub fault: Option<String>,
}

/// A thread that asks witnesses. Dropping it stops it.
pub struct Asking {
    states: Arc<Mutex<Vec<WitnessState>>>,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl WitnessTarget {
    /// Reads an address `http://host[:port][/prefix]`.
    ///
    /// # Errors
    ///
    /// In words, when it is none.
    pub fn new(url: &str, key: Vkey) -> Result<Self, String> {
        let rest = url.strip_prefix("http://").ok_or_else(|| {
            format!("{url}: a witness is asked over http:// (what is sent is public and signed)")
        })?;
        let (host, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if host.is_empty() || rest.contains(['?', '#', ' ', '@']) {
            return Err(format!("{url} is not the address of a witness"));
        }
        let port = if host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok()) {
            ""
        } else {
            ":80"
        };
        let prefix = match prefix.trim_end_matches('/') {
            "" => String::new(),
            prefix => format!("/{prefix}"),
        };
        Ok(Self { host: format!("{host}{port}"), prefix, key })
    }
}

impl Asking {
    /// Begins to ask, for every head that the keeper signs.
    ///
    /// # Errors
    ///
    /// When there is no thread to be had.
    pub fn begin(keeper: &Arc<Keeper>, targets: Vec<WitnessTarget>) -> std::io::Result<Self> {
        let state = |target: &WitnessTarget| WitnessState {
            name: target.key.name.clone(),
            size: 0,
            fault: None,
        };
        let states = Arc::new(Mutex::new(targets.iter().map(state).collect::<Vec<_>>()));
        let (stop, mut stopping) = watch::channel(false);
        if targets.is_empty() {
            return Ok(Self { states, stop, thread: None });
        }
        let (told, keeper) = (Arc::clone(&states), Arc::clone(keeper));
        let thread = thread::Builder::new().name("witness".into()).spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            match runtime {
                Ok(runtime) => runtime.block_on(async {
                    tokio::select! {
                        _ = stopping.wait_for(|stop| *stop) => {}
                        () = ask_all(&keeper, &targets, &told) => {}
                    }
                }),
                Err(why) => tracing::error!(fault = %why, "witnesses are not asked"),
            }
        })?;
        Ok(Self { states, stop, thread: Some(thread) })
    }

    /// How the witnesses are doing.
    pub fn states(&self) -> Vec<WitnessState> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread that asks witnesses had panicked");
        }
    }
}

async fn ask_all(keeper: &Keeper, targets: &[WitnessTarget], told: &Mutex<Vec<WitnessState>>) {
    let mut signed = keeper.signed();
    loop {
        let head = signed.borrow_and_update().clone();
        let mut failed = false;
        for (index, target) in targets.iter().enumerate() {
            let Some(head) = &head else { continue };
            let seen = told.lock().unwrap_or_else(PoisonError::into_inner)[index].size;
            let answer = tokio::time::timeout(PATIENCE, ask(keeper, target, head, seen)).await;
            let answer = answer.unwrap_or_else(|_| Err("it did not answer in time".into()));
            let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
            match answer {
                Ok(line) => {
                    told[index].size = head.checkpoint.size;
                    told[index].fault = None;
                    keeper.cosigned(&head.note.text, &line);
                }
                Err(why) => {
                    tracing::error!(
                        witness = target.key.name,
                        fault = why,
                        "a witness did not cosign"
                    );
                    told[index].fault = Some(why);
                    failed = true;
                }
            }
        }
        if failed {
            tokio::time::sleep(REST).await;
        } else if signed.changed().await.is_err() {
            return;
        }
    }
}

/// The line of a witness under a head; in words why there is none.
async fn ask(
    keeper: &Keeper,
    target: &WitnessTarget,
    head: &Signed,
    seen: u64,
) -> Result<String, String> {
    let mut old = seen;
    for _ in 0..2 {
        let size = head.checkpoint.size;
        let proof = keeper.consistency(old, size).map_err(|why| why.to_string())?;
        let request = AddCheckpoint { old, proof, note: own(&head.note) };
        let (status, body) = post(target, request.to_string()).await?;
        match status {
            200 => return line(&head.note, &body, &target.key),
            409 => {
                let said = body.trim().parse().map_err(|_| "it answered 409 without a size")?;
                if said > size {
                    return Err(format!("it has seen {said} events, this log has {size}"));
                }
                if said == old {
                    return Err(format!("it has seen another log of {said} events"));
                }
                old = said;
            }
            422 => return Err(format!("it has seen {old} events that do not begin this log")),
            other => return Err(format!("it answered {other}: {}", body.trim())),
        }
    }
    Err("it keeps changing what it has seen".into())
}

/// The note with the log's own signature only.
fn own(note: &Note) -> Note {
    Note { text: note.text.clone(), lines: note.lines.first().cloned().into_iter().collect() }
}

/// The line among those answered that the witness's key signed.
fn line(note: &Note, body: &str, key: &Vkey) -> Result<String, String> {
    let signed = |line: &&str| {
        let one = Note { text: note.text.clone(), lines: vec![(*line).to_owned()] };
        one.check(key) == Ok(())
    };
    let line = body.lines().find(signed).map(str::to_owned);
    line.ok_or_else(|| "its answer was not signed by the key that was given".into())
}

async fn post(target: &WitnessTarget, body: String) -> Result<(u16, String), String> {
    let failed = |why: &dyn std::fmt::Display| format!("it cannot be reached: {why}");
    let stream = TcpStream::connect(&target.host).await.map_err(|why| failed(&why))?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|why| failed(&why))?;
    let request = hyper::Request::post(format!("{}/add-checkpoint", target.prefix))
        .header("host", &target.host)
        .header("content-type", "text/plain; charset=utf-8")
        .body(Full::new(Bytes::from(body)))
        .map_err(|why| failed(&why))?;
    let exchange = async {
        let response = sender.send_request(request).await.map_err(|why| failed(&why))?;
        let status = response.status().as_u16();
        let body = Limited::new(response.into_body(), MOST_BYTES).collect().await;
        let body = body.map_err(|why| failed(&why))?.to_bytes();
        Ok((status, String::from_utf8_lossy(&body).into_owned()))
    };
    let driver = tokio::spawn(connection);
    let answer = exchange.await;
    driver.abort();
    answer
}
