//! Routes whose handlers are of one type, and the one way to serve them. Depends on:
//! nothing of ours.
//!
//! axum builds its plumbing for the type of each handler: extracting, answering, cloning.
//! Two hundred handlers behind one type share most of it, in the program and in the time
//! that it takes to build. A request pays one indirect call.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::response::Response;
use axum::routing::MethodRouter;
use futures_util::future::BoxFuture;
use tokio::net::TcpListener;

/// An answer under way, as axum's handlers give it.
type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;

/// A handler of any signature over a state.
struct Endpoint<S>(Arc<dyn Fn(Request, S) -> Answering + Send + Sync>);

impl<S> Endpoint<S> {
    fn of<T, H: Handler<T, S, Future = Answering> + Sync>(handler: H) -> Self {
        Self(Arc::new(move |request, state| handler.clone().call(request, state)))
    }
}

impl<S> Clone for Endpoint<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<S: 'static> Handler<(), S> for Endpoint<S> {
    type Future = Answering;

    fn call(self, request: Request, state: S) -> Answering {
        (self.0)(request, state)
    }
}

/// What answers GET.
pub fn get<T, S, H>(handler: H) -> MethodRouter<S>
where
    S: Clone + Send + Sync + 'static,
    H: Handler<T, S, Future = Answering> + Sync,
{
    axum::routing::get(Endpoint::of(handler))
}

/// What answers POST.
pub fn post<T, S, H>(handler: H) -> MethodRouter<S>
where
    S: Clone + Send + Sync + 'static,
    H: Handler<T, S, Future = Answering> + Sync,
{
    axum::routing::post(Endpoint::of(handler))
}

/// What answers GET, and what answers POST.
pub fn get_post<T, U, S, G, P>(show: G, send: P) -> MethodRouter<S>
where
    S: Clone + Send + Sync + 'static,
    G: Handler<T, S, Future = Answering> + Sync,
    P: Handler<U, S, Future = Answering> + Sync,
{
    get(show).post(Endpoint::of(send))
}

/// Answers on a listener until `stop` is over, and then to the end what was begun.
///
/// # Errors
///
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: BoxFuture<'static, ()>,
) -> io::Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await
}
