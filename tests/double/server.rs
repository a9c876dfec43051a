//! The port of a node: connections, and which call is for whom.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::rt::Executor;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tonic::body::BoxBody;

use super::calls::{self, Node};
use super::prompt::Prompt;
use super::tls;

/// From the opening of the port to its closing. Ends, with all connections, when dropped.
#[derive(Debug)]
pub struct Life {
    // Dropped first, which ends every task.
    end: watch::Sender<()>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Life {
    /// Serves on a thread of its own.
    pub fn begin(listener: std::net::TcpListener, node: Arc<Node>) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let (end, ended) = watch::channel(());
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let thread = std::thread::Builder::new().name("double".to_owned()).spawn(move || {
            runtime.block_on(serve(listener, node, ended));
            // Tasks that are at work are dropped, and with them their connections.
            drop(runtime);
        })?;
        Ok(Self { end, thread: Some(thread) })
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        self.end.send_replace(());
        if let Some(thread) = self.thread.take() {
            // A panic of the node has been printed.
            let _ = thread.join();
        }
    }
}

async fn serve(listener: std::net::TcpListener, node: Arc<Node>, mut ended: watch::Receiver<()>) {
    let listener = match TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(why) => return eprintln!("the double cannot serve: {why}"),
    };
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = ended.changed() => return,
        };
        if let Ok((stream, _)) = accepted {
            tokio::spawn(connection(stream, Arc::clone(&node)));
        }
    }
}

async fn connection(stream: TcpStream, node: Arc<Node>) {
    // Small frames are answers somebody waits for.
    let _ = stream.set_nodelay(true);
    let stream = Prompt(stream);
    if !node.options.tls {
        return calls_on(stream, node).await;
    }
    // Who is not of the opinion that this is the right node goes away here.
    if let Ok(stream) = tls::acceptor().accept(stream).await {
        calls_on(stream, node).await;
    }
}

async fn calls_on<S>(stream: S, node: Arc<Node>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let hang_up = Arc::new(Notify::new());
    let service = {
        let hang_up = Arc::clone(&hang_up);
        service_fn(move |request| route(Arc::clone(&node), Arc::clone(&hang_up), request))
    };
    let connection = http2::Builder::new(Tasks).serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        // How a client leaves is its own affair.
        _ = connection => {}
        () = hang_up.notified() => {}
    }
}

/// Spawns what a connection does.
#[derive(Clone)]
struct Tasks;

impl<F> Executor<F> for Tasks
where
    F: Future<Output: Send> + Send + 'static,
{
    fn execute(&self, task: F) {
        tokio::spawn(task);
    }
}

async fn route(
    node: Arc<Node>,
    hang_up: Arc<Notify>,
    request: Request<Incoming>,
) -> Result<Response<BoxBody>, Infallible> {
    let path = request.uri().path().to_owned();
    Ok(match path.as_str() {
        "/event_store.client.streams.Streams/Append" => calls::append(node, hang_up, request).await,
        "/event_store.client.streams.Streams/Delete" => {
            calls::delete(node, hang_up, request, false).await
        }
        "/event_store.client.streams.Streams/Tombstone" => {
            calls::delete(node, hang_up, request, true).await
        }
        "/event_store.client.streams.Streams/Read" => calls::read(node, request).await,
        "/event_store.client.gossip.Gossip/Read" => calls::gossip(node, request).await,
        "/event_store.client.server_features.ServerFeatures/GetSupportedMethods" => {
            calls::features(node, request).await
        }
        _ => tonic::Status::unimplemented("").into_http(),
    })
}
