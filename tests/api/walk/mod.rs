//! The whole life of a divergence, with every rule that says no on the way.
//!
//! One walk after the other on the same store: what an earlier one leaves behind is
//! what a later one goes on from.

mod answers;
mod erasures;
mod issues;
mod letters;
mod questions;
mod registry;
mod replay;
mod solutions;

use serde_json::{Value, json};

use crate::app::TestApp;

/// Walks all of it.
pub async fn the_whole_life(app: &TestApp) {
    registry::walk(app).await;
    let letters = letters::walk(app).await;
    let issues = issues::walk(app).await;
    let answers = answers::walk(app, &letters, &issues).await;
    questions::walk(app, &letters, &issues, &answers).await;
    solutions::walk(app, &issues, &answers).await;
    issues::end(app, &issues, &answers).await;
    replay::walk(app).await;
    erasures::walk(app).await;
}

/// An id of nothing.
const NOWHERE: &str = "00000000-0000-4000-8000-000000000000";

fn because() -> Value {
    json!({"reason": "Lo richiede il caso."})
}
