//! A norm of the catalogue and the acts that amended it.

use jiff::Timestamp;
use uuid::Uuid;

use super::events::{NormEvent, NormKind, NormRegistered};
use crate::lists::Add;
use crate::norm::{Amendment, Celex, NirUrn, NormRef, norm_id, other_document, touches};
use crate::values::{ArticleCite, Day, Text, Urn};
use crate::{Command, Decider, Recorded, Rejection, check_dates, not_after};

/// The decider of norms.
#[derive(Debug, Clone, Copy)]
pub struct Norm;

/// A norm after its history.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NormState {
    /// The entry as it stands; `None` when the norm was only cited.
    pub entry: Option<Box<NormEntry>>,
    /// What amended it, in order of recording.
    pub amendments: Vec<NormAmendment>,
    /// When the last event was recorded.
    pub updated_at: Timestamp,
    /// How many events it has.
    pub events: u32,
}

/// An entry of the catalogue.
#[derive(Debug, Clone, PartialEq)]
pub struct NormEntry {
    /// The event that registered it.
    pub id: Uuid,
    /// What was registered, with corrections applied.
    pub data: NormRegistered,
    /// The day of the registration.
    pub registered_on: Day,
}

/// An act changed the norm.
#[derive(Debug, Clone, PartialEq)]
pub struct NormAmendment {
    /// Its id.
    pub id: Uuid,
    /// By which act.
    pub by: NormRef,
    /// The date of that act.
    pub decided_on: Day,
    /// From when the new text is in force.
    pub from: Day,
    /// Which articles; the whole act when empty.
    pub articles: Vec<ArticleCite>,
    /// A remark.
    pub note: Option<Text<2000>>,
    /// When the amendment was recorded, which may be months later.
    pub recorded_at: Timestamp,
}

impl NormAmendment {
    /// Whether it overtakes a text cited as in force on a day.
    pub fn touches(&self, article: Option<&str>, text_in_force_on: Day) -> bool {
        touches(&self.into(), article, text_in_force_on.date())
    }
}

impl From<&NormAmendment> for Amendment {
    fn from(amendment: &NormAmendment) -> Self {
        Self {
            articles: amendment.articles.iter().map(ToString::to_string).collect(),
            from: amendment.from.date(),
        }
    }
}

impl NormState {
    /// The amendments that overtake a text cited as in force on a day.
    pub fn amended_since<'a>(
        &'a self,
        article: Option<&'a str>,
        text_in_force_on: Day,
    ) -> impl Iterator<Item = &'a NormAmendment> {
        self.amendments.iter().filter(move |one| one.touches(article, text_in_force_on))
    }
}

impl NormRegistered {
    /// The id of the norm, equal to that of its citations.
    ///
    /// `None` when the entry is known only by its label: such a norm gets the id
    /// of a new stream.
    pub fn norm_id(&self) -> Option<Uuid> {
        match self.kind {
            NormKind::Nir => {
                let urn = NirUrn::parse(self.urn.as_ref()?.as_str()).ok()?;
                Some(urn.norm_id())
            }
            NormKind::Eu => Some(Celex::parse(self.celex.as_ref()?.as_str()).ok()?.norm_id()),
            NormKind::Other => {
                let issuer = self.issuer.as_ref()?;
                if self.date.is_none() && self.number.is_none() {
                    return None;
                }
                Some(norm_id(&other_document(
                    issuer.as_str(),
                    self.form.as_ref().map_or("", |form| form.as_str()),
                    self.date.map(Day::date),
                    self.number.as_ref().map_or("", |number| number.as_str()),
                    self.edition.as_ref().map_or("", |edition| edition.as_str()),
                )))
            }
        }
    }
}

impl Decider for Norm {
    type State = NormState;
    type Event = NormEvent;

    const CATEGORY: &'static str = "norm";

    fn decide(state: &NormState, command: Command<NormEvent>) -> Result<Vec<NormEvent>, Rejection> {
        use NormEvent as Do;
        use Rejection as No;

        check_dates(command.occurred_on, command.today)?;
        match (&state.entry, command.proposed) {
            (None, Do::Registered(data)) => {
                not_after(data.date, command.today)?;
                Ok(vec![identified(*data)?.into()])
            }
            (None, _) => Err(No::NotFound),
            (Some(_), Do::Registered(_)) => Err(No::AlreadyExists),
            (Some(entry), Do::Amended(mut data)) => {
                data.by = data.by.settled(command.occurred_on);
                let itself = entry.data.norm_id().is_some_and(|id| data.by.norm_id() == Some(id));
                if itself { Err(No::LinkToSelf) } else { Ok(vec![Do::Amended(data)]) }
            }
            (Some(_), Do::Corrected(change)) => {
                let changes = change.label_it.is_some() || change.subject_it.is_some();
                if changes { Ok(vec![Do::Corrected(change)]) } else { Err(No::NothingToChange) }
            }
            (Some(_), erased @ Do::TextErased(_)) => Ok(vec![erased]),
        }
    }

    fn evolve(state: &mut NormState, fact: &Recorded<NormEvent>) {
        use NormEvent as Is;

        state.updated_at = fact.recorded_at;
        state.events += 1;
        match &fact.event {
            Is::Registered(data) => {
                state.entry = Some(Box::new(NormEntry {
                    id: fact.id,
                    data: (**data).clone(),
                    registered_on: fact.occurred_on,
                }));
            }
            Is::Amended(data) => state.amendments.add(NormAmendment {
                id: fact.id,
                by: data.by.clone(),
                decided_on: fact.occurred_on,
                from: data.from,
                articles: data.articles.clone(),
                note: data.note.clone(),
                recorded_at: fact.recorded_at,
            }),
            Is::Corrected(change) => {
                if let Some(entry) = &mut state.entry {
                    if let Some(label) = &change.label_it {
                        entry.data.label_it = label.clone();
                    }
                    if change.subject_it.is_some() {
                        entry.data.subject_it.clone_from(&change.subject_it);
                    }
                }
            }
            // The key is gone, so the text reads as erased; nothing else changes.
            Is::TextErased(_) => {}
        }
    }
}

/// The entry in canonical form, if it has what its kind is identified by and
/// nothing of the other kinds. A document without number and date is known by
/// its label, which every entry has.
fn identified(mut data: NormRegistered) -> Result<NormRegistered, Rejection> {
    let of_document = data.issuer.is_some()
        || data.form.is_some()
        || data.date.is_some()
        || data.number.is_some()
        || data.edition.is_some();
    let named = match (data.kind, &data.urn, &data.celex) {
        (NormKind::Nir, Some(urn), None) if !of_document => {
            let canonical = whole_act(urn);
            let found = canonical.is_some();
            data.urn = canonical;
            found
        }
        (NormKind::Eu, None, Some(celex)) if !of_document => Celex::parse(celex.as_str()).is_ok(),
        (NormKind::Other, None, None) => true,
        (NormKind::Nir | NormKind::Eu | NormKind::Other, ..) => false,
    };
    if named { Ok(data) } else { Err(Rejection::NormNotIdentified) }
}

/// The URN of a whole act, in canonical form; `None` with an article or a version.
fn whole_act(urn: &Urn) -> Option<Urn> {
    let parsed = NirUrn::parse(urn.as_str()).ok()?;
    let whole = parsed.partition().is_none() && parsed.version().is_none();
    whole.then(|| parsed.canonical().parse().ok()).flatten()
}
