//! Themes and forms: codes with an Italian name that may change.

use jiff::Timestamp;
use uuid::Uuid;

use super::events::{FormEvent, LabelChanged, ThemeEvent};
use super::history::{History, Retirement, in_use};
use crate::values::{Day, FormCode, Number, PublicName, ThemeCode, WorkingGroup};
use crate::{Command, Decider, EventSet, Recorded, Rejection, check_dates};

/// The decider of themes.
#[derive(Debug, Clone, Copy)]
pub struct Theme;

/// The decider of forms.
#[derive(Debug, Clone, Copy)]
pub struct Form;

/// A theme after its history.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ThemeState {
    /// What does not change; `None` when the theme is not registered.
    pub entry: Option<ThemeEntry>,
    /// Its names.
    pub labels: History<PublicName>,
    /// Its end.
    pub retired: Option<Retirement>,
    /// When the last event was recorded.
    pub updated_at: Timestamp,
    /// How many events it has.
    pub events: u32,
}

/// What a theme keeps for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThemeEntry {
    /// The event that registered it.
    pub id: Uuid,
    /// Its code.
    pub theme: ThemeCode,
    /// The working group in charge.
    pub working_group: Option<WorkingGroup>,
    /// The day of the registration.
    pub registered_on: Day,
}

/// A form after its history.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FormState {
    /// What does not change; `None` when the form is not registered.
    pub entry: Option<FormEntry>,
    /// Its names.
    pub labels: History<PublicName>,
    /// Its end.
    pub retired: Option<Retirement>,
    /// When the last event was recorded.
    pub updated_at: Timestamp,
    /// How many events it has.
    pub events: u32,
}

/// What a form keeps for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormEntry {
    /// The event that registered it.
    pub id: Uuid,
    /// Its code.
    pub form: FormCode,
    /// How strong, from 1 for a practice; `None` for rulings, which stand apart.
    pub rank: Option<Number>,
    /// The day of the registration.
    pub registered_on: Day,
}

impl Decider for Theme {
    type State = ThemeState;
    type Event = ThemeEvent;

    const CATEGORY: &'static str = "theme";

    fn decide(
        state: &ThemeState,
        command: Command<ThemeEvent>,
    ) -> Result<Vec<ThemeEvent>, Rejection> {
        use ThemeEvent as Do;

        let step = match &command.proposed {
            Do::Registered(_) => Step::Register,
            Do::Renamed(data) => Step::Rename(data),
            Do::Retired(_) => Step::Retire,
            Do::TextErased(_) => Step::Erase,
        };
        check(state.entry.is_some(), &state.labels, state.retired.as_ref(), &step, &command)?;
        Ok(vec![command.proposed])
    }

    fn evolve(state: &mut ThemeState, fact: &Recorded<ThemeEvent>) {
        use ThemeEvent as Is;

        state.updated_at = fact.recorded_at;
        state.events += 1;
        match &fact.event {
            Is::Registered(data) => {
                state.entry = Some(ThemeEntry {
                    id: fact.id,
                    theme: data.theme.clone(),
                    working_group: data.working_group.clone(),
                    registered_on: fact.occurred_on,
                });
                state.labels.add(data.label_it.clone(), fact.occurred_on);
            }
            Is::Renamed(data) => state.labels.add(data.label_it.clone(), fact.occurred_on),
            Is::Retired(data) => state.retired = Some(Retirement::new(data, fact)),
            // The key is gone, so the text reads as erased; nothing else changes.
            Is::TextErased(_) => {}
        }
    }
}

impl Decider for Form {
    type State = FormState;
    type Event = FormEvent;

    const CATEGORY: &'static str = "form";

    fn decide(state: &FormState, command: Command<FormEvent>) -> Result<Vec<FormEvent>, Rejection> {
        use FormEvent as Do;

        let step = match &command.proposed {
            Do::Registered(_) => Step::Register,
            Do::Renamed(data) => Step::Rename(data),
            Do::Retired(_) => Step::Retire,
            Do::TextErased(_) => Step::Erase,
        };
        check(state.entry.is_some(), &state.labels, state.retired.as_ref(), &step, &command)?;
        Ok(vec![command.proposed])
    }

    fn evolve(state: &mut FormState, fact: &Recorded<FormEvent>) {
        use FormEvent as Is;

        state.updated_at = fact.recorded_at;
        state.events += 1;
        match &fact.event {
            Is::Registered(data) => {
                state.entry = Some(FormEntry {
                    id: fact.id,
                    form: data.form.clone(),
                    rank: data.rank,
                    registered_on: fact.occurred_on,
                });
                state.labels.add(data.label_it.clone(), fact.occurred_on);
            }
            Is::Renamed(data) => state.labels.add(data.label_it.clone(), fact.occurred_on),
            Is::Retired(data) => state.retired = Some(Retirement::new(data, fact)),
            // The key is gone, so the text reads as erased; nothing else changes.
            Is::TextErased(_) => {}
        }
    }
}

/// What is proposed for a coded entry, whatever its kind.
enum Step<'a> {
    Register,
    Rename(&'a LabelChanged),
    Retire,
    Erase,
}

/// The rules that themes and forms share.
fn check<E: EventSet>(
    exists: bool,
    labels: &History<PublicName>,
    retired: Option<&Retirement>,
    step: &Step<'_>,
    command: &Command<E>,
) -> Result<(), Rejection> {
    use Rejection as No;

    check_dates(command.occurred_on, command.today)?;
    match step {
        Step::Register if exists => Err(No::AlreadyExists),
        Step::Register => Ok(()),
        _ if !exists => Err(No::NotFound),
        Step::Rename(data) => {
            in_use(retired, command.today)?;
            let changes = labels.latest() != Some(&data.label_it);
            if changes { Ok(()) } else { Err(No::NothingToChange) }
        }
        Step::Retire if retired.is_some() => Err(No::Retired),
        Step::Retire | Step::Erase => Ok(()),
    }
}
