//! A TCP proxy that does harm to what goes through it.
//!
//! Which bytes a cut hits follows from the seed. New connections are always let through: what
//! a proxy does to one that is open is [`Harm`], and a port on which nobody listens is
//! [`Double::kill`](super::Double::kill).
//!
//! Deliberately absent: any knowledge of what goes through.
//!
//! Depends on: nothing of the product.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{broadcast, watch};

use super::Dice;
use super::prompt::acknowledge;

/// What happens to every connection that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Harm {
    /// Both ends see it closed.
    Drop,
    /// It stays open, and nothing goes through any more.
    HalfOpen,
    /// Nothing goes through for this time.
    Delay(Duration),
    /// The next bytes of the server arrive in part, and then both ends see a reset.
    CutAnswer,
    /// The same with the next bytes of the client.
    CutRequest,
}

/// A proxy on a port of its own. It stops when it is dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    shared: Shared,
    dice: Mutex<Dice>,
    end: watch::Sender<()>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Proxy {
    /// Stands before a server.
    ///
    /// # Panics
    ///
    /// When there is no port, or no thread.
    pub fn start(target: SocketAddr, seed: u64) -> Self {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        listener.set_nonblocking(true).expect("a socket that can be waited for");
        let address = listener.local_addr().expect("the port");
        let (end, ended) = watch::channel(());
        let shared = Shared {
            target: Arc::new(Mutex::new(target)),
            harms: broadcast::Sender::new(64),
            open: Arc::default(),
            accepted: Arc::default(),
        };
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let served = serve(listener, shared.clone(), ended);
        let thread = Some(std::thread::spawn(move || runtime.block_on(served)));
        Self { address, shared, dice: Mutex::new(Dice::new(seed)), end, thread }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The connection string of the server behind it.
    pub fn url(&self) -> String {
        format!("esdb://{}?tls=false", self.address)
    }

    /// Sends new connections elsewhere.
    pub fn aim(&self, target: SocketAddr) {
        *self.shared.target.lock().unwrap_or_else(PoisonError::into_inner) = target;
    }

    /// Does harm to every open connection and answers how many there are.
    pub fn harm(&self, harm: Harm) -> usize {
        if self.shared.harms.receiver_count() == 0 {
            return 0;
        }
        let luck = self.dice.lock().unwrap_or_else(PoisonError::into_inner).next();
        self.shared.harms.send((harm, luck)).unwrap_or(0)
    }

    /// One of the harms, by the seed; a delay is of `delay`.
    pub fn any_harm(&self, delay: Duration) -> Harm {
        match self.dice.lock().unwrap_or_else(PoisonError::into_inner).below(5) {
            0 => Harm::Drop,
            1 => Harm::HalfOpen,
            2 => Harm::Delay(delay),
            3 => Harm::CutAnswer,
            _ => Harm::CutRequest,
        }
    }

    /// How many connections are open.
    pub fn open(&self) -> usize {
        self.shared.open.load(Ordering::Relaxed)
    }

    /// How many connections there have been.
    pub fn accepted(&self) -> u64 {
        self.shared.accepted.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.end.send_replace(());
        if let Some(thread) = self.thread.take() {
            // A panic of the proxy has been printed.
            let _ = thread.join();
        }
    }
}

#[derive(Debug, Clone)]
struct Shared {
    target: Arc<Mutex<SocketAddr>>,
    harms: broadcast::Sender<(Harm, u64)>,
    open: Arc<AtomicUsize>,
    accepted: Arc<AtomicU64>,
}

async fn serve(listener: std::net::TcpListener, shared: Shared, mut ended: watch::Receiver<()>) {
    let listener = TcpListener::from_std(listener).expect("a socket that can be waited for");
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = ended.changed() => return,
        };
        let Ok((client, _)) = accepted else { continue };
        shared.accepted.fetch_add(1, Ordering::Relaxed);
        let target = *shared.target.lock().unwrap_or_else(PoisonError::into_inner);
        // Before the connection is served, or a harm could miss it.
        let (harms, open) = (shared.harms.subscribe(), Arc::clone(&shared.open));
        tokio::spawn(async move {
            open.fetch_add(1, Ordering::Relaxed);
            // Without a server, the client sees its connection closed.
            if let Ok(server) = TcpStream::connect(target).await {
                connection(client, server, harms).await;
            }
            open.fetch_sub(1, Ordering::Relaxed);
        });
    }
}

async fn connection(
    mut client: TcpStream,
    mut server: TcpStream,
    mut harms: broadcast::Receiver<(Harm, u64)>,
) {
    for end in [&client, &server] {
        // Nothing is to wait here that does not wait without a proxy.
        let _ = end.set_nodelay(true);
    }
    let (mut asked, mut answered) = (vec![0; 16 * 1024], vec![0; 16 * 1024]);
    let mut cut = None;
    loop {
        tokio::select! {
            // Whatever was sent after a harm is harmed.
            biased;
            Ok((harm, luck)) = harms.recv() => match harm {
                Harm::Drop => return,
                // Neither end is read any more, nor closed.
                Harm::HalfOpen => {
                    // Nor is it harmed again.
                    drop(harms);
                    return std::future::pending().await;
                }
                Harm::Delay(time) => tokio::time::sleep(time).await,
                Harm::CutAnswer | Harm::CutRequest => cut = Some((harm, luck)),
            },
            read = client.read(&mut asked) => {
                let Ok(length @ 1..) = read else { return };
                acknowledge(&client);
                if let Some((Harm::CutRequest, luck)) = cut {
                    return reset(client, server, &asked[..length], luck, true).await;
                }
                if server.write_all(&asked[..length]).await.is_err() { return }
            }
            read = server.read(&mut answered) => {
                let Ok(length @ 1..) = read else { return };
                if let Some((Harm::CutAnswer, luck)) = cut {
                    return reset(client, server, &answered[..length], luck, false).await;
                }
                if client.write_all(&answered[..length]).await.is_err() { return }
            }
        }
    }
}

/// Lets a part of the bytes through and resets both ends.
async fn reset(
    mut client: TcpStream,
    mut server: TcpStream,
    bytes: &[u8],
    luck: u64,
    to_server: bool,
) {
    let part = usize::try_from(luck % bytes.len() as u64).unwrap_or(0);
    let receiver = if to_server { &mut server } else { &mut client };
    let _ = receiver.write_all(&bytes[..part]).await;
    for end in [&client, &server] {
        let _ = end.set_zero_linger();
    }
}
