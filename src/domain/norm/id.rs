//! One id for every norm, whoever cites it first.
//!
//! Deliberately absent: a table of ids. The id is computed from the identity of
//! the act, so that two nodes that never met give it the same page.
//!
//! Depends on: nothing in this crate.

use jiff::civil::Date;
use uuid::Uuid;

use super::urn::NirUrn;

/// The namespace of norm ids: `fb3f9787-6921-4343-8e8f-28617e9c22e2`, drawn
/// once. Stored events hold ids made under it: it never changes.
pub const NORM_NAMESPACE: Uuid = Uuid::from_u128(0xfb3f_9787_6921_4343_8e8f_2861_7e9c_22e2);

/// The id of an act: `UUIDv5` of its identity under [`NORM_NAMESPACE`].
///
/// The identity is the canonical URN of an Italian act, `celex:` and the number
/// of an act of the Union ([`Celex::identity`](super::Celex::identity)), or the
/// line of any other document ([`other_document`]). A URN that still carries a
/// partition or a version gives the id of its act.
pub fn norm_id(act: &str) -> Uuid {
    match NirUrn::parse(act) {
        Ok(urn) => urn.norm_id(),
        Err(_) => of_identity(act),
    }
}

/// The identity of a document that has no URN (circular, manual, FAQ):
/// `other:<issuer>|<form>|<date>|<number>|<edition>`, each part trimmed and in
/// lower case, empty if unknown. A stroke inside a part is written `%7c`, so
/// that it cannot be taken for a separator.
pub fn other_document(
    issuer: &str,
    form: &str,
    date: Option<Date>,
    number: &str,
    edition: &str,
) -> String {
    let part = |text: &str| text.trim().to_lowercase().replace('|', "%7c");
    let date = date.map(|date| date.to_string()).unwrap_or_default();
    let parts = [part(issuer), part(form), date, part(number), part(edition)];
    format!("other:{}", parts.join("|"))
}

pub(super) fn of_identity(identity: &str) -> Uuid {
    Uuid::new_v5(&NORM_NAMESPACE, identity.as_bytes())
}
