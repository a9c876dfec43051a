//! `quesito witness`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use crate::app::told_to_stop;
use crate::clock::Clock;
use crate::endpoint::serve;
use crate::notary::key::KeyPlace;
use crate::notary::note::{Use, Vkey};
use crate::notary::witness::{MOST_BYTES, Witness as Cosigner};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use clap::Args;

use super::{Failure, clock, say};

const AFTER: &str = "\
Examples:
  quesito witness --listen 0.0.0.0:8090 --key /etc/witness/key --name witness.example.org/w1 \\
                  --state /var/lib/witness --log-key 'quesito.example.it/api/v1/log/…'
Then, where the log is:
  quesito serve --witness http://witness.example.org:8090 --witness-key 'witness.example.org/w1+…'

A witness keeps the last head of each log that it knows, and cosigns only what extends it. Run
it with another organisation: then two histories of one log cannot both be shown.";

/// Cosigns the heads of logs that only grow
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Witness {
    /// The address to listen on
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// The file of the witness's key, made when it is missing
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The name of a key that is made: an address without its scheme, that says whose it is
    #[arg(long, value_name = "NAME", default_value = "quesito.example/witness")]
    name: String,
    /// The folder of the last heads
    #[arg(long, value_name = "DIR")]
    state: PathBuf,
    /// The key of a log that it knows; may be repeated
    #[arg(long, value_name = "VKEY", required = true)]
    log_key: Vec<Vkey>,
}

/// What the one handler needs.
struct Served {
    witness: Cosigner,
    clock: Arc<dyn Clock>,
}

impl Witness {
    pub async fn run(self) -> Result<(), Failure> {
        let clock = clock();
        let place = KeyPlace { last_signed: self.key.with_extension("none"), key: self.key };
        let key = if let Some(key) = place.read()? {
            key
        } else {
            let mut seed = [0; 32];
            clock.fill(&mut seed);
            place.create(&self.name, Use::Cosignature, &seed)?
        };
        if key.vkey().usage != Use::Cosignature {
            return Err(format!("{} is not the key of a witness", place.key.display()).into());
        }
        let witness = Cosigner::new(key, self.log_key, self.state);
        let vkey = witness.vkey().to_string();
        let service = Router::new()
            .route("/add-checkpoint", post(add_checkpoint))
            .layer(DefaultBodyLimit::max(MOST_BYTES))
            .with_state(Arc::new(Served { witness, clock }));
        let listener = tokio::net::TcpListener::bind(self.listen).await?;
        say(format_args!("http://{}", listener.local_addr()?));
        say(vkey);
        serve(listener, service, Box::pin(told_to_stop())).await?;
        Ok(())
    }
}

async fn add_checkpoint(State(served): State<Arc<Served>>, body: Bytes) -> Response {
    let time = u64::try_from(served.clock.now().as_second()).unwrap_or_default();
    // It syncs a file before it answers.
    let answer = tokio::task::spawn_blocking(move || served.witness.add_checkpoint(&body, time));
    match answer.await {
        Ok(Ok(reply)) => {
            let status = StatusCode::from_u16(reply.status());
            let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, [(header::CONTENT_TYPE, reply.media())], reply.body()).into_response()
        }
        Ok(Err(why)) => {
            tracing::error!(fault = %why, "the witness cannot keep what it saw");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Err(why) => {
            tracing::error!(fault = %why, "the witness failed");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
