//! The events of the registry in Italian. One arm for each.
//!
//! Depends on: `domain::registry`.

use super::{Names, Told};
use crate::domain::italian::{from_the, italian_date};
use crate::domain::notice::NoticeEvent;
use crate::domain::registry::{
    AuthorityEvent, BodyEvent, CalendarEvent, FormEvent, NormEvent, PersonEvent, ReservationEvent,
    Role, ThemeEvent,
};
use crate::domain::values::Day;

const ERASED: &str = "Un testo è stato cancellato (art. 17 GDPR).";

/// "dal 7 marzo 2026".
fn since(day: Day) -> String {
    format!("{}{}", from_the(day.date()), italian_date(day.date()))
}

impl Told for NormEvent {
    fn sentence_it(&self, names: &Names<'_>) -> String {
        match self {
            Self::Registered(data) => format!("Norma registrata: {}.", data.label_it),
            Self::Amended(data) => {
                format!("Norma modificata da {}, {}.", names.norm(&data.by), since(data.from))
            }
            Self::Corrected(_) => "Scheda della norma corretta.".into(),
            Self::TextErased(_) => ERASED.into(),
        }
    }
}

impl Told for BodyEvent {
    fn sentence_it(&self, names: &Names<'_>) -> String {
        match self {
            Self::Registered(data) => format!("Ente registrato: {}.", data.name),
            Self::Renamed(data) => format!("Nuova denominazione: {}.", data.name),
            Self::Merged(data) => {
                format!("Ente confluito in {}, {}.", names.body(&data.into), since(data.from))
            }
            Self::Moved(data) => {
                format!("Ente passato alla provincia di {}, {}.", data.province, since(data.from))
            }
            Self::MemberAdded(data) => format!("Nuovo aderente: {}.", names.body(&data.member)),
            Self::MemberRemoved(data) => {
                format!("Non è più aderente: {}.", names.body(&data.member))
            }
            Self::ProfileRecorded(data) => match (data.sai_owner, data.places) {
                (true, Some(places)) => {
                    format!("Titolare di progetto SAI, {} posti.", places.get())
                }
                (true, None) => "Titolare di progetto SAI.".into(),
                (false, _) => "Non è titolare di progetti SAI.".into(),
            },
            Self::TextErased(_) => ERASED.into(),
        }
    }
}

impl Told for AuthorityEvent {
    fn sentence_it(&self, _: &Names<'_>) -> String {
        match self {
            Self::Registered(data) => format!("Ufficio registrato: {}.", data.office),
            Self::Renamed(data) => format!("Nuova denominazione: {}.", data.office),
            Self::Retired(data) => format!("Ufficio non più in uso {}.", since(data.from)),
            Self::TextErased(_) => ERASED.into(),
        }
    }
}

impl Told for ThemeEvent {
    fn sentence_it(&self, _: &Names<'_>) -> String {
        match self {
            Self::Registered(data) => format!("Tema registrato: {}.", data.label_it),
            Self::Renamed(data) => format!("Nuova denominazione: {}.", data.label_it),
            Self::Retired(data) => format!("Tema non più in uso {}.", since(data.from)),
            Self::TextErased(_) => ERASED.into(),
        }
    }
}

impl Told for FormEvent {
    fn sentence_it(&self, _: &Names<'_>) -> String {
        match self {
            Self::Registered(data) => format!("Forma registrata: {}.", data.label_it),
            Self::Renamed(data) => format!("Nuova denominazione: {}.", data.label_it),
            Self::Retired(data) => format!("Forma non più in uso {}.", since(data.from)),
            Self::TextErased(_) => ERASED.into(),
        }
    }
}

impl Told for CalendarEvent {
    fn sentence_it(&self, _: &Names<'_>) -> String {
        match self {
            Self::Declared(data) => format!("Festività: {}, {}.", data.name, since(data.from)),
            Self::Repealed(data) => {
                format!("Festività soppressa: ultimo giorno {}.", Names::day(data.until))
            }
            Self::TextErased(_) => ERASED.into(),
        }
    }
}

impl Told for PersonEvent {
    fn sentence_it(&self, names: &Names<'_>) -> String {
        match self {
            Self::Granted(data) => {
                format!("Ruolo attribuito: {}, {}.", role(data.role), names.body(&data.body))
            }
            Self::Revoked(data) => {
                format!("Ruolo revocato: {}, {}.", role(data.role), names.body(&data.body))
            }
            Self::TextErased(_) => ERASED.into(),
        }
    }
}

impl Told for ReservationEvent {
    fn sentence_it(&self, _: &Names<'_>) -> String {
        match self {
            Self::Reserved(_) => "Numero di protocollo riservato.".into(),
            Self::Released(_) => "Numero di protocollo liberato.".into(),
        }
    }
}

impl Told for NoticeEvent {
    fn sentence_it(&self, _: &Names<'_>) -> String {
        match self {
            Self::Prepared(data) => match data.items.len() {
                1 => "Riepilogo per posta elettronica preparato: una novità.".into(),
                many => format!("Riepilogo per posta elettronica preparato: {many} novità."),
            },
            Self::Sent(_) => "Riepilogo accettato dal server di posta.".into(),
            Self::Refused(_) => "Riepilogo non accettato dal server di posta.".into(),
            Self::Stopped(_) => "Riepiloghi per posta elettronica non più voluti.".into(),
            Self::Resumed(_) => "Riepiloghi per posta elettronica di nuovo voluti.".into(),
        }
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Municipality => "operatore dell'ente",
        Role::Staff => "coordinamento",
        Role::Observer => "osservatore",
        Role::Auditor => "controllo",
        Role::Admin => "gestione del sistema",
    }
}
