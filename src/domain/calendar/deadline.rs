//! A deadline and the sentence that explains it.
//!
//! Deliberately absent: computing. The steps were recorded while the calendar
//! counted; here they are only put into words, so that sentence and date
//! cannot disagree.
//!
//! Depends on: `domain::italian`.

use std::fmt::Write as _;

use jiff::civil::Date;

use crate::italian::{
    day_of_month, enumerate, from_the, italian_date, italian_weekday_date, month_name, the, to_the,
};

/// Beyond so many working days the sentence names only the first and the last.
const MOST_DAYS_NAMED: usize = 20;

/// The day by which something is expected, with the way that led to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// Always a working day.
    pub date: Date,
    /// What was counted and what was passed over, in order; begins with
    /// [`Step::Start`].
    pub explanation: Vec<Step>,
}

/// What the days of a deadline are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Every day counts; only the last one must be a working day.
    CalendarDays,
    /// Only working days count.
    WorkingDays,
}

/// One step of the count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The day of the event (day 0) and what is to be counted from it.
    Start {
        /// The day of the event.
        from: Date,
        /// How many days.
        days: u32,
        /// Of which kind.
        unit: Unit,
    },
    /// A working day that counts.
    Counted {
        /// The day.
        day: Date,
    },
    /// The calendar days end here.
    Reached {
        /// The day, working or not.
        day: Date,
    },
    /// A day passed over.
    Skipped {
        /// The day.
        day: Date,
        /// Why it is not a working day.
        reason: Reason,
    },
}

/// Why a day is not a working day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// A Saturday that is no holiday.
    Saturday,
    /// A Sunday that is no holiday.
    Sunday,
    /// A holiday, whatever the weekday.
    Holiday {
        /// Its name: "Natale".
        name_it: String,
    },
}

impl Deadline {
    /// The reasons as an Italian sentence.
    ///
    /// Month and year are written only where they change:
    /// "5 giorni lavorativi dal 22 dicembre 2025: si contano 23, 24, 29, 30, 31
    /// dicembre; esclusi 25 dicembre (Natale), 26 dicembre (Santo Stefano),
    /// sabato 27 e domenica 28."
    pub fn explain_it(&self) -> String {
        let mut telling = Telling::default();
        let (mut counted, mut skipped, mut reached) = (vec![], vec![], None);
        for step in &self.explanation {
            match step {
                Step::Start { from, days, unit } => telling.start(*from, *days, *unit),
                Step::Counted { day } => counted.push(*day),
                Step::Reached { day } => reached = Some(*day),
                Step::Skipped { day, reason } => skipped.push((*day, reason)),
            }
        }
        match reached {
            Some(day) => telling.landing(day, &skipped, self.date),
            None => telling.count(&counted, &skipped),
        }
        telling.text
    }
}

/// The sentence under construction, with the day it named last.
#[derive(Default)]
struct Telling {
    text: String,
    last: Option<Date>,
}

impl Telling {
    fn say(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn start(&mut self, from: Date, days: u32, unit: Unit) {
        let kind = match (days, unit) {
            (1, Unit::CalendarDays) => "giorno",
            (_, Unit::CalendarDays) => "giorni",
            (1, Unit::WorkingDays) => "giorno lavorativo",
            (_, Unit::WorkingDays) => "giorni lavorativi",
        };
        // Writing to a `String` cannot fail.
        let _ = write!(self.text, "{days} {kind} {}{}: ", from_the(from), italian_date(from));
        self.last = Some(from);
    }

    fn count(&mut self, counted: &[Date], skipped: &[(Date, &Reason)]) {
        match counted {
            [] => {}
            [only] => {
                let day = self.with_month(*only);
                self.say(&format!("si conta {}{day}", the(*only)));
            }
            [first, .., last] if counted.len() > MOST_DAYS_NAMED => {
                let (from, to) = (self.with_month(*first), self.with_month(*last));
                self.say(&format!(
                    "si contano i giorni lavorativi {}{from} {}{to}",
                    from_the(*first),
                    to_the(*last)
                ));
            }
            several => {
                let named = self.by_month(several);
                self.say(&format!("si contano {named}"));
            }
        }
        if !skipped.is_empty() {
            let named = self.passed_over(skipped);
            let excluded = match skipped {
                [(_, Reason::Sunday)] => "esclusa",
                [_] => "escluso",
                _ => "esclusi",
            };
            self.say(&format!("; {excluded} {named}"));
        }
        self.say(".");
    }

    fn landing(&mut self, reached: Date, skipped: &[(Date, &Reason)], deadline: Date) {
        if skipped.is_empty() {
            self.say(&format!("la scadenza è {}.", italian_weekday_date(deadline)));
            return;
        }
        self.say(&format!("si arriva {}{}; poiché ", to_the(reached), italian_date(reached)));
        self.last = Some(reached);
        let named = self.passed_over(skipped);
        let not = if skipped.len() == 1 { "non è lavorativo" } else { "non sono lavorativi" };
        let not = if matches!(skipped, [(_, Reason::Sunday)]) { "non è lavorativa" } else { not };
        let moved = italian_weekday_date(deadline);
        self.say(&format!("{named} {not}, la scadenza passa a {moved}."));
    }

    /// "23, 24 dicembre e 2, 5 gennaio 2026"
    fn by_month(&mut self, days: &[Date]) -> String {
        let groups = days.chunk_by(|a, b| (a.year(), a.month()) == (b.year(), b.month()));
        let named: Vec<String> = groups
            .filter_map(|group| {
                let (last, first) = group.split_last()?;
                let mut names: Vec<String> = first.iter().map(|day| day_of_month(*day)).collect();
                names.push(self.with_month(*last));
                Some(names.join(", "))
            })
            .collect();
        enumerate(&named)
    }

    /// "25 dicembre (Natale), sabato 27 e domenica 28"; in a long count the
    /// Saturdays and Sundays are only numbered.
    fn passed_over(&mut self, skipped: &[(Date, &Reason)]) -> String {
        let brief = skipped.len() > MOST_DAYS_NAMED;
        let mut weekend_days = 0;
        let mut named = vec![];
        for (day, reason) in skipped {
            match reason {
                Reason::Holiday { name_it } => {
                    named.push(format!("{} ({name_it})", self.with_month(*day)));
                }
                Reason::Saturday | Reason::Sunday if brief => weekend_days += 1,
                Reason::Saturday => named.push(format!("sabato {}", self.if_changed(*day))),
                Reason::Sunday => named.push(format!("domenica {}", self.if_changed(*day))),
            }
        }
        if brief {
            named.insert(0, format!("{weekend_days} tra sabati e domeniche"));
        }
        enumerate(&named)
    }

    /// Day and month, and the year if it is not the one named last.
    fn with_month(&mut self, day: Date) -> String {
        let same_year = self.last.is_some_and(|last| last.year() == day.year());
        self.last = Some(day);
        if same_year {
            format!("{} {}", day_of_month(day), month_name(day.month()))
        } else {
            italian_date(day)
        }
    }

    /// Only the day, if it lies in the month named last.
    fn if_changed(&mut self, day: Date) -> String {
        let same = |last: Date| (last.year(), last.month()) == (day.year(), day.month());
        if self.last.is_some_and(same) { day_of_month(day) } else { self.with_month(day) }
    }
}
