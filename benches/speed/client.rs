//! A load generator: keep-alive HTTP/1.1 by hand, so that as little as possible of
//! what is measured is its own.
//!
//! Every connection sends a request, waits for the whole answer, sends the next. All
//! of them share one thread.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Failure;
use crate::random::Numbers;

/// What a load came to.
#[derive(Debug, Default)]
pub struct Load {
    /// Answers with the status that was wanted.
    pub answers: usize,
    /// How long it took.
    pub took: Duration,
    /// Answers with another status, and the first of them.
    pub refused: usize,
    /// The first answer with another status.
    pub first_refusal: Option<String>,
    micros: Vec<u32>,
    /// What [`Wanted::keep`] kept.
    pub kept: Vec<String>,
    /// Bytes of the bodies.
    bytes: usize,
}

impl Load {
    /// Answers per second.
    pub fn rate(&self) -> f64 {
        count(self.answers) / self.took.as_secs_f64()
    }

    /// The latency below which a share of the answers came, in milliseconds.
    pub fn percentile(&self, share: f64) -> f64 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share")]
        let at = (count(self.micros.len()) * share) as usize;
        let at = at.min(self.micros.len().saturating_sub(1));
        self.micros.get(at).map_or(f64::NAN, |micros| f64::from(*micros) / 1_000.0)
    }

    /// The mean size of a body.
    pub fn body_bytes(&self) -> usize {
        self.bytes / self.answers.max(1)
    }

    /// An error when an answer was not the one wanted.
    pub fn checked(self, what: &str) -> Result<Self, Failure> {
        match &self.first_refusal {
            Some(first) => {
                Err(format!("{what}: {} refused, the first: {first}", self.refused).into())
            }
            None if self.answers == 0 => Err(format!("{what}: no answer").into()),
            None => Ok(self),
        }
    }
}

/// A count as a number to divide with.
pub fn count(number: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts stay below 2^52")]
    let number = number as f64;
    number
}

/// What is sent and what is expected.
pub struct Wanted<'a> {
    /// How many connections.
    pub connections: usize,
    /// For how long, or until so many requests were sent.
    pub until: Until,
    /// The status that counts.
    pub status: u16,
    /// Writes a request.
    pub request: &'a dyn Fn(&mut Numbers, &mut Vec<u8>),
    /// What to keep of an answer.
    pub keep: Option<fn(&str) -> Option<String>>,
    /// Seed of the requests.
    pub seed: u64,
}

/// When a load ends.
#[derive(Debug, Clone, Copy)]
pub enum Until {
    /// After a time.
    Over(Duration),
    /// After so many requests on all connections.
    Sent(usize),
}

/// Puts a load on a server.
pub async fn load(server: SocketAddr, wanted: &Wanted<'_>) -> Result<Load, Failure> {
    let all = Rc::new(RefCell::new(Load::default()));
    let sent = Rc::new(RefCell::new(0_usize));
    let begun = Instant::now();
    let runs = (0..wanted.connections).map(|number| {
        let mut numbers =
            Numbers::seeded(wanted.seed.wrapping_mul(1_000).wrapping_add(number as u64));
        let (all, sent) = (Rc::clone(&all), Rc::clone(&sent));
        async move {
            let mut connection = Connection::open(server).await?;
            loop {
                let over = match wanted.until {
                    Until::Over(time) => begun.elapsed() >= time,
                    Until::Sent(most) => *sent.borrow() >= most,
                };
                if over {
                    return Ok::<_, Failure>(());
                }
                *sent.borrow_mut() += 1;
                connection.out.clear();
                (wanted.request)(&mut numbers, &mut connection.out);
                let asked = Instant::now();
                let status = connection.ask().await?;
                let micros = u32::try_from(asked.elapsed().as_micros()).unwrap_or(u32::MAX);
                let mut all = all.borrow_mut();
                if status == wanted.status {
                    all.answers += 1;
                    all.micros.push(micros);
                    all.bytes += connection.body().len();
                    if let Some(keep) = wanted.keep {
                        all.kept.extend(keep(&String::from_utf8_lossy(connection.body())));
                    }
                } else {
                    all.refused += 1;
                    let text = String::from_utf8_lossy(connection.body()).into_owned();
                    all.first_refusal.get_or_insert_with(|| format!("{status} {text}"));
                }
            }
        }
    });
    for ended in futures_util::future::join_all(runs).await {
        ended?;
    }
    let mut load = all.take();
    load.took = begun.elapsed();
    load.micros.sort_unstable();
    Ok(load)
}

/// One connection that stays open.
pub struct Connection {
    stream: TcpStream,
    /// The request.
    pub out: Vec<u8>,
    answer: Vec<u8>,
    body: (usize, usize),
}

impl Connection {
    /// Connects.
    pub async fn open(server: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, out: Vec::new(), answer: Vec::with_capacity(65_536), body: (0, 0) })
    }

    /// The body of the last answer.
    pub fn body(&self) -> &[u8] {
        self.answer.get(self.body.0..self.body.1).unwrap_or_default()
    }

    /// Sends what stands in `out` and does not wait for an answer.
    pub async fn send(&mut self) -> Result<(), Failure> {
        Ok(self.stream.write_all(&self.out).await?)
    }

    /// Sends what stands in `out`, reads the whole answer, tells its status.
    pub async fn ask(&mut self) -> Result<u16, Failure> {
        self.send().await?;
        self.answer.clear();
        let head = loop {
            if self.stream.read_buf(&mut self.answer).await? == 0 {
                return Err("the server closed a connection".into());
            }
            let end = self.answer.windows(4).position(|four| four == b"\r\n\r\n");
            if let Some(end) = end {
                break end + 4;
            }
        };
        let text = std::str::from_utf8(&self.answer[..head])?;
        let status = text.get(9..12).and_then(|status| status.parse().ok());
        let status = status.ok_or("an answer without status")?;
        let length = text.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
        });
        let whole = head + length.unwrap_or(0_usize);
        while self.answer.len() < whole {
            if self.stream.read_buf(&mut self.answer).await? == 0 {
                return Err("the server closed a connection".into());
            }
        }
        self.body = (head, whole);
        Ok(status)
    }
}
