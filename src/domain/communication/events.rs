//! Everything that can happen to an official letter.

use uuid::Uuid;

use crate::shared::{ForeignRegistration, TextErased};
use crate::values::bounds::list;
use crate::values::{
    AooCode, BodyId, Day, DocumentNumber, DocumentRef, IpaCode, Ref, RegisterCode, Text, Year,
};
use crate::{data, events, words};

words! {
    /// Whether a letter came or went.
    pub enum Direction {
        /// It came.
        In,
        /// It went.
        Out,
    }

    /// By which way.
    pub enum Channel {
        /// Certified e-mail.
        Pec,
        /// Ordinary e-mail.
        Email,
        /// A portal.
        Portal,
        /// Paper.
        Paper,
        /// Interoperability between protocol systems.
        Interop,
    }

    /// What a receipt says.
    pub enum Receipt {
        /// The provider accepted it.
        Accepted,
        /// It was delivered.
        Delivered,
        /// It was not.
        Failed,
    }
}

data! {
    /// A letter was recorded.
    #[schema(example = json!({"coordinator": "anci_er", "direction": "out", "channel": "pec", "counterpart": [{"kind": "authority", "id": "ministero_interno_ps"}], "subject": "Quesito collettivo: iscrizione anagrafica"}))]
    pub struct CommunicationRecorded {
        /// The association whose letter it is.
        pub coordinator: BodyId,
        /// In or out.
        pub direction: Direction,
        /// By which way.
        pub channel: Channel,
        /// The authorities or bodies at the other end.
        #[serde(deserialize_with = "list::<1, 50, _, _>")]
        #[schema(min_items = 1, max_items = 50)]
        pub counterpart: Vec<Ref>,
        /// Its registration at the other end.
        pub counterpart_registration: Option<ForeignRegistration>,
        /// One line.
        pub subject: Text<500>,
        /// The documents.
        #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "list::<0, 20, _, _>")]
        #[schema(max_items = 20)]
        pub documents: Vec<DocumentRef>,
        /// What it is about.
        #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "list::<0, 20, _, _>")]
        #[schema(max_items = 20)]
        pub about: Vec<Ref>,
    }

    /// The letter was entered in a protocol register.
    #[schema(example = json!({"body": "anci_er", "register": "SIM", "year": 2026, "number": "0000042", "date": "2026-11-20"}))]
    pub struct RegistrationRecorded {
        /// Whose register.
        pub body: BodyId,
        /// Its code in the index of public administrations, when it has one.
        pub ipa: Option<IpaCode>,
        /// Its homogeneous organisational area, when it has one.
        pub aoo: Option<AooCode>,
        /// Which register.
        pub register: RegisterCode,
        /// Of which year.
        pub year: Year,
        /// The number, with its leading zeros.
        pub number: DocumentNumber,
        /// The date.
        pub date: Day,
    }

    /// A registration was annulled; it is never deleted.
    #[schema(example = json!({"registration_id": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "reason": "Oggetto errato; sostituita dalla successiva."}))]
    pub struct RegistrationAnnulled {
        /// Which registration.
        pub registration_id: Uuid,
        /// Why.
        pub reason: Text<1000>,
    }

    /// A receipt arrived.
    #[schema(example = json!({"receipt": "delivered", "counterpart": {"kind": "authority", "id": "ministero_interno_ps"}, "date": "2026-11-20"}))]
    pub struct ReceiptRecorded {
        /// What it says.
        pub receipt: Receipt,
        /// For whom.
        pub counterpart: Option<Ref>,
        /// Its date.
        pub date: Day,
    }

    /// A document was attached.
    #[schema(example = json!({"document": {"sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "media_type": "application/pdf", "length": 1024, "name": "nota.pdf"}}))]
    pub struct DocumentAttached {
        /// The document.
        pub document: DocumentRef,
    }
}

events! {
    /// Everything that can happen to a letter.
    pub enum CommunicationEvent {
        "communication-recorded.v1" => Recorded(CommunicationRecorded), "the date of the letter";
        "registration-recorded.v1" => RegistrationRecorded(RegistrationRecorded), "the date of the registration";
        "registration-annulled.v1" => RegistrationAnnulled(RegistrationAnnulled), "the day of the annulment";
        "receipt-recorded.v1" => ReceiptRecorded(ReceiptRecorded), "the date of the receipt";
        "document-attached.v1" => DocumentAttached(DocumentAttached), "the day of recording";
        "text-erased.v1" => TextErased(TextErased), "the day of recording";
    }
}
