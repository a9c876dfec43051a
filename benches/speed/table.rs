//! The one table that a run prints.

use std::fmt::Write as _;

/// Which way is better, and how far a figure has to come.
#[derive(Debug, Clone, Copy)]
pub enum Goal {
    /// At least so much.
    AtLeast { must: f64, aim: f64 },
    /// At most so much.
    AtMost { must: f64, aim: f64 },
    /// For orientation.
    None,
}

/// A row.
#[derive(Debug)]
struct Row {
    work: String,
    figure: String,
    floor: String,
    ratio: String,
    must: String,
    aim: String,
    verdict: &'static str,
}

/// The rows so far.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<Row>,
    notes: Vec<String>,
    missed: usize,
}

impl Table {
    /// A figure against a floor of the same run; the goal is a share of it, in percent.
    pub fn ratio(&mut self, work: &str, figure: (f64, &str), floor: (f64, &str), goal: Goal) {
        let percent = 100.0 * figure.0 / floor.0;
        self.push(
            work,
            format!("{} {}", number(figure.0), figure.1),
            format!("{} {}", number(floor.0), floor.1),
            format!("{percent:.0} %"),
            (percent, "%"),
            goal,
        );
    }

    /// A figure with a goal of its own.
    pub fn figure(&mut self, work: &str, figure: f64, unit: &str, goal: Goal) {
        let text = format!("{} {unit}", number(figure));
        self.push(work, text, String::new(), String::new(), (figure, unit), goal);
    }

    /// A line below the table.
    pub fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// How many figures miss what they must reach.
    pub fn missed(&self) -> usize {
        self.missed
    }

    fn push(
        &mut self,
        work: &str,
        figure: String,
        floor: String,
        ratio: String,
        (value, unit): (f64, &str),
        goal: Goal,
    ) {
        let (must, aim, verdict) = match goal {
            Goal::AtLeast { must, aim } => (
                format!("≥ {} {unit}", number(must)),
                format!("{} {unit}", number(aim)),
                verdict(value >= must, value >= aim),
            ),
            Goal::AtMost { must, aim } => (
                format!("≤ {} {unit}", number(must)),
                format!("{} {unit}", number(aim)),
                verdict(value <= must, value <= aim),
            ),
            Goal::None => (String::new(), String::new(), ""),
        };
        self.missed += usize::from(verdict == "MISSED");
        // What is known is worth having even when a later figure fails.
        eprintln!("  {work}: {figure} {ratio} {verdict}");
        self.rows.push(Row { work: work.to_owned(), figure, floor, ratio, must, aim, verdict });
    }

    /// The table as text.
    pub fn print(&self) -> String {
        let head = ["work", "figure", "floor, same run", "ratio", "must", "aim", ""];
        let cells: Vec<[&str; 7]> = std::iter::once(head)
            .chain(self.rows.iter().map(|row| {
                [&*row.work, &row.figure, &row.floor, &row.ratio, &row.must, &row.aim, row.verdict]
            }))
            .collect();
        let mut widths = [0; 7];
        for row in &cells {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let mut text = String::new();
        for (at, row) in cells.iter().enumerate() {
            for (cell, width) in row.iter().zip(widths) {
                let _ = write!(text, "| {cell:width$} ");
            }
            text.push_str("|\n");
            if at == 0 {
                for width in widths {
                    let _ = write!(text, "|{}", "-".repeat(width + 2));
                }
                text.push_str("|\n");
            }
        }
        for note in &self.notes {
            let _ = write!(text, "\n{note}");
        }
        text
    }
}

fn verdict(must: bool, aim: bool) -> &'static str {
    match (must, aim) {
        (true, true) => "aim",
        (true, false) => "must",
        (false, _) => "MISSED",
    }
}

/// A number with as many digits as it bears.
pub fn number(value: f64) -> String {
    if value >= 1_000.0 {
        let whole = format!("{value:.0}");
        let (head, tail) = whole.split_at(whole.len() - 3);
        match head.len() {
            0..=3 => format!("{head},{tail}"),
            long => format!("{},{},{tail}", &head[..long - 3], &head[long - 3..]),
        }
    } else if value >= 20.0 || value.fract() == 0.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.2}")
    }
}
