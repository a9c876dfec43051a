//! One letter with its registrations, receipts and documents.
//!
//! Depends on: `access`, `domain::communication`.

use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::ViewsError;
use super::super::linked::keep_referred;
use super::super::moment::Moment;
use super::super::opened;
use super::list::{self, CommunicationRow};
use crate::access::Scope;
use crate::codec::Instant;
use crate::domain::communication::{
    Channel, Communication, CommunicationState, Direction, Receipt, ReceiptState, Registration,
};
use crate::domain::shared::ForeignRegistration;
use crate::domain::values::{
    AooCode, BodyId, Day, DocumentNumber, DocumentRef, IpaCode, Ref, RegisterCode, Text, Year,
};

/// A letter.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CommunicationDetail {
    /// Its id.
    pub id: Uuid,
    /// The association whose letter it is.
    pub coordinator: BodyId,
    /// In or out.
    pub direction: Direction,
    /// By which way.
    pub channel: Channel,
    /// The authorities or bodies at the other end.
    #[schema(max_items = 50)]
    pub counterpart: Vec<Ref>,
    /// Its registration at the other end.
    pub counterpart_registration: Option<ForeignRegistration>,
    /// One line.
    pub subject: Text<500>,
    /// The date of the letter.
    pub dated: Day,
    /// What it is about.
    #[schema(max_items = 20)]
    pub about: Vec<Ref>,
    /// Its registrations, annulled ones included, in order.
    #[schema(max_items = 1000)]
    pub registrations: Vec<RegistrationView>,
    /// Its receipts, in order.
    #[schema(max_items = 1000)]
    pub receipts: Vec<ReceiptView>,
    /// Its documents, in order.
    #[schema(max_items = 1000)]
    pub documents: Vec<DocumentRef>,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// When something last happened to it.
    pub updated_at: Instant,
    /// The last revision of its stream.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub revision: u32,
}

/// A registration in a protocol register.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RegistrationView {
    /// Its id.
    pub registration_id: Uuid,
    /// Whose register.
    pub body: BodyId,
    /// Its code in the index of public administrations.
    pub ipa: Option<IpaCode>,
    /// Its homogeneous organisational area.
    pub aoo: Option<AooCode>,
    /// Which register.
    pub register: RegisterCode,
    /// Of which year.
    pub year: Year,
    /// The number, with its leading zeros.
    pub number: DocumentNumber,
    /// The date.
    pub date: Day,
    /// When it was recorded here: often later.
    pub recorded_at: Instant,
    /// The day it was annulled.
    pub annulled_on: Option<Day>,
    /// Why it was annulled.
    pub annulled_because: Option<Text<1000>>,
}

/// A receipt.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReceiptView {
    /// Its id.
    pub receipt_id: Uuid,
    /// What it says.
    pub receipt: Receipt,
    /// For whom; the whole letter when absent.
    pub counterpart: Option<Ref>,
    /// Its date.
    pub date: Day,
    /// When it was recorded.
    pub recorded_at: Instant,
}

impl From<Registration> for RegistrationView {
    fn from(one: Registration) -> Self {
        Self {
            registration_id: one.id,
            body: one.data.body,
            ipa: one.data.ipa,
            aoo: one.data.aoo,
            register: one.data.register,
            year: one.data.year,
            number: one.data.number,
            date: one.data.date,
            recorded_at: Instant(one.recorded_at),
            annulled_on: one.annulled.as_ref().map(|annulled| annulled.annulled_on),
            annulled_because: one.annulled.map(|annulled| annulled.reason),
        }
    }
}

impl From<ReceiptState> for ReceiptView {
    fn from(one: ReceiptState) -> Self {
        Self {
            receipt_id: one.id,
            receipt: one.receipt,
            counterpart: one.counterpart,
            date: one.date,
            recorded_at: Instant(one.recorded_at),
        }
    }
}

impl Moment {
    /// One letter; `None` when it does not exist or may not be read.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views or a text cannot be read.
    pub async fn show_communication(
        &self,
        scope: &Scope,
        id: Uuid,
    ) -> Result<Option<CommunicationDetail>, ViewsError> {
        let Some(row) = self.read(|conn| list::one(conn, scope, id))? else { return Ok(None) };
        let state = opened::state::<Communication>(self, id, row.revision.into()).await?;
        let Some(mut detail) = detail(row, state) else { return Ok(None) };
        self.read(|conn| {
            for reference in std::mem::take(&mut detail.about) {
                let mut named = Some(reference);
                keep_referred(conn, scope, &mut named)?;
                detail.about.extend(named);
            }
            Ok(())
        })?;
        Ok(Some(detail))
    }
}

fn detail(row: CommunicationRow, state: CommunicationState) -> Option<CommunicationDetail> {
    let letter = *state.letter?;
    Some(CommunicationDetail {
        id: row.id,
        coordinator: row.coordinator,
        direction: row.direction,
        channel: row.channel,
        counterpart: row.counterpart,
        counterpart_registration: letter.data.counterpart_registration,
        subject: letter.data.subject,
        dated: row.dated,
        about: letter.data.about,
        registrations: state.registrations.into_iter().map(RegistrationView::from).collect(),
        receipts: state.receipts.into_iter().map(ReceiptView::from).collect(),
        documents: state.documents.into_iter().map(|one| one.document).collect(),
        recorded_at: row.recorded_at,
        updated_at: row.updated_at,
        revision: row.revision,
    })
}
