//! Event data that streams of several categories share.

use uuid::Uuid;

use super::values::bounds::list;
use super::values::{
    AuthorityId, BodyId, Day, DocumentNumber, PersonId, ProvinceCode, Ref, TerritoryCode, Text,
    Year,
};
use crate::{data, words};

words! {
    /// Who may see a thing beside those who take part in it.
    pub enum Visibility {
        /// The body that reported it, those it concerns, and the coordinator.
        Restricted,
        /// Every member of the coordinator's network.
        Network,
        /// Everybody, but only the approved abstract.
        Public,
    }

    /// How pressing a report is.
    pub enum Urgency {
        /// It can wait.
        Low,
        /// The ordinary course.
        Medium,
        /// People are affected now.
        High,
    }

    /// To whom a note is addressed.
    pub enum Audience {
        /// The coordinator's staff.
        Internal,
        /// The bodies that take part.
        Participants,
        /// The whole network.
        Network,
    }

    /// What an answer does for a point.
    pub enum PointResult {
        /// The point is settled.
        Settled,
        /// Part of it is.
        Partly,
        /// The answer does not go into it.
        NoMerit,
        /// The office declares that it is not competent.
        NotCompetent,
    }

    /// How wide a territory is.
    pub enum TerritoryLevel {
        /// The whole country (`IT`).
        National,
        /// A region, by its two-digit Istat code.
        Region,
        /// A province, by its abbreviation.
        Province,
        /// A municipality, by its cadastral code.
        Municipality,
    }
}

data! {
    /// A territory in which a reading or a solution holds.
    pub struct Territory {
        /// How wide.
        pub level: TerritoryLevel,
        /// Which one.
        pub code: TerritoryCode,
    }

    /// An administrative act of a body.
    pub struct Act {
        /// Whether the act exists already.
        pub status: ActStatus,
        /// Its kind, such as "deliberazione di giunta".
        pub kind: Option<Text<120>>,
        /// Its number.
        pub number: Option<DocumentNumber>,
        /// Its date.
        pub date: Option<Day>,
    }

    /// A registration in somebody else's protocol.
    pub struct ForeignRegistration {
        /// The number, with its leading zeros.
        pub number: DocumentNumber,
        /// The year of the register.
        pub year: Year,
        /// The date.
        pub date: Day,
    }

    /// A note was added.
    #[schema(example = json!({"audience": "participants", "text": "Il punto sulle spese resta senza risposta nel merito."}))]
    pub struct NoteAdded {
        /// For whom.
        pub audience: Audience,
        /// The note.
        pub text: Text<5000>,
    }

    /// An informal contact with an office was recorded; for staff only.
    #[schema(example = json!({"authority": "prefettura-pr", "text": "Sentito l'ufficio: riscontro entro giugno."}))]
    pub struct ContactRecorded {
        /// Which office.
        pub authority: AuthorityId,
        /// What was said.
        pub text: Text<5000>,
    }

    /// A member of staff was put in charge.
    #[schema(example = json!({"staff_member": "ufficio-giuridico", "until": "2026-06-30"}))]
    pub struct Assigned {
        /// Who.
        pub staff_member: PersonId,
        /// Until when.
        pub until: Option<Day>,
    }

    /// An issue was attached.
    #[schema(example = json!({"issue": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "reason": "Stessa materia e stesso destinatario."}))]
    pub struct IssueAttached {
        /// Which issue.
        pub issue: Uuid,
        /// Why.
        pub reason: Option<Text<1000>>,
    }

    /// An issue was detached.
    #[schema(example = json!({"issue": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "reason": "La segnalazione riguarda un'altra norma."}))]
    pub struct IssueDetached {
        /// Which issue.
        pub issue: Uuid,
        /// Why.
        pub reason: Text<1000>,
    }

    /// An answer was linked: to a question with its points, or to an issue.
    #[schema(example = json!({"answer": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "result": "settled"}))]
    pub struct AnswerLinked {
        /// Which answer.
        pub answer: Uuid,
        /// What it does for the issue; only on issues.
        pub result: Option<PointResult>,
        /// What it does for each point; only on questions.
        #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "list::<0, 50, _, _>")]
        #[schema(max_items = 50)]
        pub points: Vec<PointOutcome>,
        /// A remark.
        pub note: Option<Text<2000>>,
    }

    /// What an answer does for one point.
    pub struct PointOutcome {
        /// Which point.
        pub point_id: Uuid,
        /// What it does for it.
        pub result: PointResult,
    }

    /// The link to an answer was taken back.
    #[schema(example = json!({"answer": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "reason": "Riscontro ritirato dal suo autore."}))]
    pub struct AnswerUnlinked {
        /// Which answer.
        pub answer: Uuid,
        /// Why.
        pub reason: Text<1000>,
    }

    /// A review was asked for, because something it rests on has changed.
    #[schema(example = json!({"reason": "Il riscontro di base è superato.", "because_of": {"kind": "answer", "id": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d"}, "reviewer": "ufficio-giuridico", "due": "2026-12-15"}))]
    pub struct ReviewFlagged {
        /// Why.
        pub reason: Text<1000>,
        /// What has changed.
        pub because_of: Option<Ref>,
        /// Who reviews.
        pub reviewer: PersonId,
        /// By when.
        pub due: Day,
    }

    /// The public abstract was withdrawn.
    #[schema(example = json!({"reason": "Il testo va aggiornato."}))]
    pub struct Unpublished {
        /// Why.
        pub reason: Text<1000>,
    }

    /// A text was erased: its key is destroyed (art. 17 of Regulation (EU) 2016/679).
    #[schema(example = json!({"event_id": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "field": "/text", "reason": "Dettagli che rendono riconoscibile una persona.", "legal_basis": "art. 17, par. 1, lett. d), reg. (UE) 2016/679"}))]
    pub struct TextErased {
        /// The event that holds the text; absent when the whole case is erased.
        pub event_id: Option<Uuid>,
        /// JSON pointer of the text in that event's data; absent for all its texts.
        pub field: Option<Pointer>,
        /// Why.
        pub reason: Text<1000>,
        /// On which legal basis.
        pub legal_basis: Text<300>,
    }
}

words! {
    /// Whether an act exists.
    pub enum ActStatus {
        /// Adopted, with number and date.
        Adopted,
        /// Announced, not yet adopted.
        NotYetAdopted,
    }
}

/// A JSON pointer (RFC 6901) into the data of an event.
pub type Pointer = super::values::JsonPointer;

impl Territory {
    /// The province this territory is, when it is one.
    pub fn province(&self) -> Option<ProvinceCode> {
        match self.level {
            TerritoryLevel::Province => self.code.as_str().parse().ok(),
            TerritoryLevel::National | TerritoryLevel::Region | TerritoryLevel::Municipality => {
                None
            }
        }
    }
}

impl Act {
    /// Whether the parts of the act fit its status: an adopted act names itself.
    pub fn is_complete(&self) -> bool {
        match self.status {
            ActStatus::Adopted => {
                self.kind.is_some() && self.number.is_some() && self.date.is_some()
            }
            ActStatus::NotYetAdopted => self.number.is_none() && self.date.is_none(),
        }
    }
}

/// The bodies among which a decision is counted once each.
pub fn counted_once(body: &BodyId, speaks_for: &[BodyId]) -> std::collections::BTreeSet<BodyId> {
    if speaks_for.is_empty() { [body.clone()].into() } else { speaks_for.iter().cloned().collect() }
}
