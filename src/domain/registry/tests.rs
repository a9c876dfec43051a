//! The rules of the registry, one test each, by kind of entry.

mod bodies;
mod calendar;
mod entries;
mod norms;
mod people;

use serde_json::{Value, json};

use super::*;
use crate::testing::{code, data, day, given, hold_in_any_order, nth};
use crate::{Decider, Facts, Rejection};

fn refused<D: Decider>(
    history: impl IntoIterator<Item = D::Event>,
    proposed: impl Into<D::Event>,
    why: Rejection,
) {
    given::<D>(history).when(proposed).then_rejected(why);
}

fn accepted<D: Decider>(
    history: impl IntoIterator<Item = D::Event>,
    proposed: impl Into<D::Event>,
) {
    let proposed = proposed.into();
    given::<D>(history).when(proposed.clone()).then([proposed]);
}

fn retired(from: &str) -> Retired {
    data(json!({ "from": from, "reason": "Ufficio soppresso." }))
}
