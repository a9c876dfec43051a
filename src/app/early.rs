//! The address, answered from the first moment: until the engine is open, that the program
//! is not ready.
//!
//! Opening may last: servers of events are waited for, and the log is compared with the
//! last head that was signed. Whoever watches the program learns that it is there and has
//! to be asked again, and a wrong address is told before anything else is done.
//!
//! Deliberately absent: any answer but this one.
//!
//! Depends on: `http`.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::AppError;
use crate::http::problem::MEDIA_TYPE;
use crate::{endpoint, task};

/// How long answers under way may take to end.
const LAST_ANSWERS: Duration = Duration::from_secs(1);

/// After how many seconds another try makes sense.
const AGAIN: &str = "2";

/// What everybody is told.
const NOT_YET: &str = r#"{"type":"about:blank","title":"Servizio momentaneamente non disponibile","status":503,"detail":"Il programma si sta avviando o attende l'archivio degli eventi.","trace_id":"start"}"#;

/// Who answers until the engine is open.
pub struct Early {
    address: SocketAddr,
    listener: std::net::TcpListener,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Early {
    /// Listens on an address and answers there, on the runtime of the caller.
    ///
    /// # Errors
    ///
    /// [`AppError::Listen`] when the address cannot be used.
    pub fn begin(address: SocketAddr) -> Result<Self, AppError> {
        let failed = |why| AppError::Listen { address, why };
        let socket = match address {
            SocketAddr::V4(_) => tokio::net::TcpSocket::new_v4(),
            SocketAddr::V6(_) => tokio::net::TcpSocket::new_v6(),
        };
        let socket = socket.map_err(failed)?;
        // As tokio does by itself: connections of a program that has just ended do not matter.
        #[cfg(unix)]
        socket.set_reuseaddr(true).map_err(failed)?;
        socket.bind(address).map_err(failed)?;
        let listener = socket.listen(1_024).map_err(failed)?.into_std().map_err(failed)?;
        // The same socket twice: nobody who calls in between is turned away.
        let own = listener.try_clone().and_then(TcpListener::from_std).map_err(failed)?;
        let (stop, mut stopping) = watch::channel(false);
        let told_to_end = Box::pin(async move {
            // An error means that the sender is gone, which also means to stop.
            let _ = stopping.wait_for(|stop| *stop).await;
        });
        let task = task::spawn(async move {
            // What is wrong with the address shows to who takes it over.
            let _ = endpoint::serve(own, Router::new().fallback(not_yet), told_to_end).await;
        });
        Ok(Self { address, listener, stop, task })
    }

    /// Stops answering and hands the address over.
    ///
    /// # Errors
    ///
    /// [`AppError::Listen`] when it cannot be listened on any more.
    pub async fn end(self) -> Result<TcpListener, AppError> {
        let Self { address, listener, stop, task } = self;
        stop.send_replace(true);
        let ending = task.abort_handle();
        if tokio::time::timeout(LAST_ANSWERS, task).await.is_err() {
            ending.abort();
        }
        TcpListener::from_std(listener).map_err(|why| AppError::Listen { address, why })
    }
}

async fn not_yet() -> Response {
    let headers = [
        (header::CONTENT_TYPE, MEDIA_TYPE),
        (header::RETRY_AFTER, AGAIN),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (StatusCode::SERVICE_UNAVAILABLE, headers, NOT_YET).into_response()
}
