//! Holidays as data: a rule, a name and the years in which it is observed.
//!
//! Deliberately absent: a list of holidays in code. The national ones come
//! from `src/data/holidays.csv`; later ones are declared and repealed by events.
//!
//! Depends on: nothing in this crate.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use thiserror::Error;

use super::easter::easter;

/// Farther from Easter than this, and the day could lie in another year.
const MOST_DAYS_FROM_EASTER: i16 = 80;

/// A day that returns every year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// The name shown to readers: "Santo Stefano".
    pub name_it: String,
    /// On which day of the year it falls.
    pub rule: HolidayRule,
    /// The first day on which the rule holds.
    pub valid_from: Date,
    /// The last day on which the rule holds, if it was repealed.
    pub valid_to: Option<Date>,
    /// The place that observes it (a patron saint's day); `None` is the nation.
    pub scope: Option<String>,
}

impl Holiday {
    /// Whether the holiday is observed on this very day.
    pub fn falls_on(&self, day: Date) -> bool {
        self.valid_from <= day
            && self.valid_to.is_none_or(|last| day <= last)
            && self.rule.matches(day)
    }
}

/// On which day of a year a holiday falls. Written `12-25`, `easter`,
/// `easter+1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HolidayRule {
    /// The same month and day every year; 29 February only in leap years.
    Fixed {
        /// 1 to 12.
        month: i8,
        /// 1 to the length of the month.
        day: i8,
    },
    /// So many days after Easter Sunday, before it if negative.
    Easter {
        /// From -80 to 80.
        offset: i16,
    },
}

/// The rule is neither `MM-DD` nor `easter` with an offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("la regola della festività non è valida (esempi: 12-25, easter, easter+1)")]
pub struct RuleError;

impl HolidayRule {
    fn matches(self, on: Date) -> bool {
        match self {
            Self::Fixed { month, day } => on.month() == month && on.day() == day,
            Self::Easter { offset } => easter(on.year())
                .is_some_and(|easter| (on - easter).get_days() == i32::from(offset)),
        }
    }
}

impl FromStr for HolidayRule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        if let Some(offset) = text.strip_prefix("easter") {
            let signed = offset.is_empty() || offset.starts_with(['+', '-']);
            let offset = if offset.is_empty() { Ok(0) } else { offset.parse::<i16>() };
            return match offset {
                Ok(offset)
                    if signed
                        && (-MOST_DAYS_FROM_EASTER..=MOST_DAYS_FROM_EASTER).contains(&offset) =>
                {
                    Ok(Self::Easter { offset })
                }
                _ => Err(RuleError),
            };
        }
        let (month, day) = text.split_once('-').ok_or(RuleError)?;
        let two_digits = |text: &str| {
            let sound = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
            if sound { text.parse::<i8>().map_err(|_| RuleError) } else { Err(RuleError) }
        };
        let (month, day) = (two_digits(month)?, two_digits(day)?);
        // 2000 was a leap year: 29 February passes, 30 February does not.
        Date::new(2000, month, day).map_err(|_| RuleError)?;
        Ok(Self::Fixed { month, day })
    }
}

impl fmt::Display for HolidayRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed { month, day } => write!(f, "{month:02}-{day:02}"),
            Self::Easter { offset: 0 } => f.write_str("easter"),
            Self::Easter { offset } => write!(f, "easter{offset:+}"),
        }
    }
}

/// A line of the list that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("elenco delle festività, riga {line}: {why}")]
pub struct HolidayListError {
    /// The line in the file, from 1 (the header).
    pub line: usize,
    /// What is wrong with it, in Italian.
    pub why: String,
}

/// The national holidays of Italy, from the list compiled into the program.
#[expect(clippy::missing_panics_doc, reason = "the list is our own, and a test reads it")]
pub fn italian_holidays() -> Vec<Holiday> {
    read_holidays(include_str!("../../data/holidays.csv"))
        .expect("the list in src/data is well formed")
}

/// Reads a list `name_it,rule,valid_from,valid_to,source` with a header line;
/// `valid_to` may be empty, and a field may stand in double quotes.
///
/// # Errors
///
/// [`HolidayListError`] with the first line that cannot be read.
pub fn read_holidays(csv: &str) -> Result<Vec<Holiday>, HolidayListError> {
    let lines = csv.lines().enumerate().skip(1).filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(index, line)| {
            read_line(line).map_err(|why| HolidayListError { line: index + 1, why })
        })
        .collect()
}

fn read_line(line: &str) -> Result<Holiday, String> {
    let fields = split_fields(line)?;
    let [name, rule, from, to, _source] = fields.as_slice() else {
        return Err(format!("servono 5 campi, trovati {}", fields.len()));
    };
    if name.is_empty() {
        return Err("manca il nome".to_owned());
    }
    let day = |text: &str| text.parse::<Date>().map_err(|_| format!("data non valida: {text}"));
    Ok(Holiday {
        name_it: name.clone(),
        rule: rule.parse().map_err(|error: RuleError| error.to_string())?,
        valid_from: day(from)?,
        valid_to: if to.is_empty() { None } else { Some(day(to)?) },
        scope: None,
    })
}

/// One line of comma-separated values; a doubled quote inside quotes is one.
fn split_fields(line: &str) -> Result<Vec<String>, String> {
    let mut fields = vec![];
    let (mut field, mut quoted) = (String::new(), false);
    let mut signs = line.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '"' if quoted && signs.peek() == Some(&'"') => {
                signs.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(std::mem::take(&mut field)),
            other => field.push(other),
        }
    }
    if quoted {
        return Err("virgolette non chiuse".to_owned());
    }
    fields.push(field);
    Ok(fields)
}
