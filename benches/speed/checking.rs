//! What a text costs on its way into the store: the check for personal data, on officers'
//! sentences and on the texts that are hardest for it; sealing, and opening it again.

use std::hint::black_box;
use std::time::{Duration, Instant};

use jiff::civil::date;
use quesito::privacy::{
    EpochKeys, OsRandom, SeededRandom, TextContext, detector, open_with_ring, seal,
};
use serde::Deserialize;
use uuid::Uuid;

use crate::Failure;
use crate::table::{Goal, Table};

/// Length of each text, in bytes.
const LENGTH: usize = 10_000;

#[derive(Deserialize)]
struct Sentence {
    text: String,
}

/// Measures the check of 10 kB, and the sealing of a few hundred bytes.
pub fn measure(time: Duration, table: &mut Table) -> Result<(), Failure> {
    let corpus: Vec<Sentence> =
        serde_json::from_str(include_str!("../../tests/data/personal-data.json"))?;
    let mut prose = String::new();
    for sentence in corpus.iter().cycle() {
        prose.push_str(&sentence.text);
        prose.push(' ');
        if prose.len() >= LENGTH {
            break;
        }
    }
    let figure = |text: &str| {
        each(time / 10, |_| {
            black_box(detector::check(black_box(text)));
        }) * 1_000.0
    };
    let goal = Goal::AtMost { must: 1.0, aim: 0.5 };
    table.figure("check 10 kB for personal data", figure(&prose), "ms", goal);
    let hardest = [
        "1",
        "333 ",
        "+3",
        "@",
        "a.@b.",
        "sig. ",
        "nato a ",
        "permesso n ",
        "R S S M R A 8 5 ",
        "IT60 X054 ",
    ]
    .map(|piece| figure(&piece.repeat(LENGTH / piece.len())))
    .into_iter()
    .fold(0.0, f64::max);
    table.figure("check the hardest 10 kB", hardest, "ms", goal);
    sealing(time / 10, table)
}

/// Measures sealing the texts of one event, and opening one of them with the key that lies
/// wrapped beside the log.
fn sealing(time: Duration, table: &mut Table) -> Result<(), Failure> {
    let context = TextContext {
        stream: "issue-6f1c2b9e-0000-4000-8000-000000000001",
        event_id: Uuid::from_u128(0x6f1c_2b9e),
        stored_type: "issue-reported.v1",
    };
    let text = "testo di prova, ".repeat(16);
    let texts = [("/title", text.as_str()); 4];
    let epochs = EpochKeys::ephemeral(date(2026, 1, 2), &mut SeededRandom::new(1));
    let sealed = each(time, |round| {
        black_box(seal(&mut OsRandom, epochs.current(), &context, &texts, i64::from(round)));
    });
    table.figure("seal 4 texts of 256 B", sealed * 1e6, "µs", Goal::None);
    let done = seal(&mut OsRandom, epochs.current(), &context, &texts[..1], 1);
    let mut failed = None;
    let opened = each(time, |_| {
        let ring = done.ring.as_ref();
        match open_with_ring(&done.sealed[0], &context, texts[0].0, ring, &epochs) {
            Ok(text) => drop(black_box(text)),
            Err(why) => failed = Some(why),
        }
    });
    table.figure("open one of them", opened * 1e6, "µs", Goal::None);
    failed.map_or(Ok(()), |why| Err(why.into()))
}

/// How many seconds something takes, on average over some time.
fn each(time: Duration, mut work: impl FnMut(u32)) -> f64 {
    let (begun, mut times) = (Instant::now(), 0_u32);
    while begun.elapsed() < time {
        work(times);
        times += 1;
    }
    begun.elapsed().as_secs_f64() / f64::from(times.max(1))
}
