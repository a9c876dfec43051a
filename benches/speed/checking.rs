//! How long a text waits for the check for personal data: officers' sentences, and the
//! texts that are hardest for it.

use std::hint::black_box;
use std::time::{Duration, Instant};

use quesito::privacy::detector;
use serde::Deserialize;

use crate::Failure;
use crate::table::{Goal, Table};

/// Length of each text, in bytes.
const LENGTH: usize = 10_000;

#[derive(Deserialize)]
struct Sentence {
    text: String,
}

/// Measures the check of 10 kB.
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
        let (begun, mut times) = (Instant::now(), 0_u32);
        while begun.elapsed() < time / 10 {
            black_box(detector::check(black_box(text)));
            times += 1;
        }
        begun.elapsed().as_secs_f64() * 1_000.0 / f64::from(times.max(1))
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
    Ok(())
}
