//! The holidays, which laws add and take away.

use jiff::Timestamp;
use uuid::Uuid;

use super::events::{CalendarEvent, HolidayDeclared};
use crate::calendar::{Holiday, HolidayRule};
use crate::lists::Add;
use crate::values::Day;
use crate::{Command, Decider, Recorded, Rejection, check_dates, not_reversed};

/// The decider of the calendar.
#[derive(Debug, Clone, Copy)]
pub struct Calendar;

/// The calendar after its history.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CalendarState {
    /// Every holiday ever declared, in order of recording.
    pub declared: Vec<DeclaredHoliday>,
    /// When the last event was recorded.
    pub updated_at: Timestamp,
    /// How many events it has.
    pub events: u32,
}

/// A holiday and the days between which it is observed.
#[derive(Debug, Clone, PartialEq)]
pub struct DeclaredHoliday {
    /// Its id.
    pub id: Uuid,
    /// What was declared.
    pub data: HolidayDeclared,
    /// The last day of validity, when it was repealed.
    pub until: Option<Day>,
    /// The day of the declaration.
    pub declared_on: Day,
}

impl DeclaredHoliday {
    /// The holiday as deadlines compute with it; `None` if its rule cannot be read.
    pub fn holiday(&self) -> Option<Holiday> {
        Some(Holiday {
            name_it: self.data.name.to_string(),
            rule: rule(&self.data)?,
            valid_from: self.data.from.date(),
            valid_to: self.until.map(Day::date),
            scope: None,
        })
    }
}

impl CalendarState {
    /// The holidays, with their validity.
    pub fn holidays(&self) -> Vec<Holiday> {
        self.declared.iter().filter_map(DeclaredHoliday::holiday).collect()
    }
}

impl Decider for Calendar {
    type State = CalendarState;
    type Event = CalendarEvent;

    const CATEGORY: &'static str = "calendar";

    fn decide(
        state: &CalendarState,
        command: Command<CalendarEvent>,
    ) -> Result<Vec<CalendarEvent>, Rejection> {
        use CalendarEvent as Do;
        use Rejection as No;

        check_dates(command.occurred_on, command.today)?;
        match command.proposed {
            Do::Declared(data) => {
                let Some(new) = rule(&data) else { return Err(No::NotAHolidayRule) };
                let observed = state.declared.iter().any(|known| {
                    rule(&known.data) == Some(new)
                        && known.until.is_none_or(|until| data.from <= until)
                });
                if observed { Err(No::AlreadyExists) } else { Ok(vec![Do::Declared(data)]) }
            }
            Do::Repealed(data) => {
                let living =
                    |known: &&DeclaredHoliday| known.id == data.holiday_id && known.until.is_none();
                let Some(known) = state.declared.iter().find(living) else {
                    return Err(No::NoSuchHoliday);
                };
                not_reversed(Some(known.data.from), Some(data.until))?;
                Ok(vec![Do::Repealed(data)])
            }
            Do::TextErased(_) if state.events == 0 => Err(No::NotFound),
            erased @ Do::TextErased(_) => Ok(vec![erased]),
        }
    }

    fn evolve(state: &mut CalendarState, fact: &Recorded<CalendarEvent>) {
        use CalendarEvent as Is;

        state.updated_at = fact.recorded_at;
        state.events += 1;
        match &fact.event {
            Is::Declared(data) => state.declared.add(DeclaredHoliday {
                id: fact.id,
                data: (**data).clone(),
                until: None,
                declared_on: fact.occurred_on,
            }),
            Is::Repealed(data) => {
                let repealed = state.declared.iter_mut().find(|known| known.id == data.holiday_id);
                if let Some(known) = repealed {
                    known.until = Some(data.until);
                }
            }
            // The key is gone, so the text reads as erased; nothing else changes.
            Is::TextErased(_) => {}
        }
    }
}

/// The rule as the calendar reads it: the pattern of the code admits 30 February,
/// the calendar does not.
fn rule(data: &HolidayDeclared) -> Option<HolidayRule> {
    data.rule.as_str().parse().ok()
}
