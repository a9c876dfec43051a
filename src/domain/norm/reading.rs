//! Reading a citation: flat, so that a fault names the member that has it.
//!
//! A tagged sum is read from a buffer, in which the place of a fault is lost; here
//! every member is read where it stands, and only then asked whether it belongs to
//! the kind.
//!
//! Depends on: `domain::values`.

use serde::Deserialize;
use uuid::Uuid;

use super::NormRef;
use crate::values::{
    ArticleCite, AuthorityId, CelexCode, Day, DocumentNumber, Edition, FormCode, Text, Urn,
};

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Nir,
    Eu,
    Other,
    Unidentified,
}

/// The members of every kind of citation.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Flat {
    kind: Kind,
    urn: Option<Urn>,
    celex: Option<CelexCode>,
    article: Option<ArticleCite>,
    norm_id: Option<Uuid>,
    issuer: Option<AuthorityId>,
    form: Option<FormCode>,
    date: Option<Day>,
    number: Option<DocumentNumber>,
    edition: Option<Edition>,
    title: Option<Text<300>>,
    text_in_force_on: Option<Day>,
    description: Option<Text<1000>>,
}

impl Flat {
    /// The first member that is there and belongs to another kind.
    fn stranger(&self) -> Option<&'static str> {
        let nir = matches!(self.kind, Kind::Nir);
        let eu = matches!(self.kind, Kind::Eu);
        let other = matches!(self.kind, Kind::Other);
        let members = [
            ("urn", nir, self.urn.is_some()),
            ("celex", eu, self.celex.is_some()),
            ("article", eu, self.article.is_some()),
            ("norm_id", other, self.norm_id.is_some()),
            ("issuer", other, self.issuer.is_some()),
            ("form", other, self.form.is_some()),
            ("date", other, self.date.is_some()),
            ("number", other, self.number.is_some()),
            ("edition", other, self.edition.is_some()),
            ("title", other, self.title.is_some()),
            ("text_in_force_on", nir || eu || other, self.text_in_force_on.is_some()),
            ("description", !(nir || eu || other), self.description.is_some()),
        ];
        members.iter().find(|(_, belongs, there)| *there && !belongs).map(|(name, ..)| *name)
    }
}

/// In the words of serde, which whoever reports faults knows.
impl TryFrom<Flat> for NormRef {
    type Error = String;

    fn try_from(flat: Flat) -> Result<Self, String> {
        if let Some(name) = flat.stranger() {
            return Err(format!("unknown field `{name}`"));
        }
        let missing = |name: &str| format!("missing field `{name}`");
        let text_in_force_on = flat.text_in_force_on;
        Ok(match flat.kind {
            Kind::Nir => {
                Self::Nir { urn: flat.urn.ok_or_else(|| missing("urn"))?, text_in_force_on }
            }
            Kind::Eu => Self::Eu {
                celex: flat.celex.ok_or_else(|| missing("celex"))?,
                article: flat.article,
                text_in_force_on,
            },
            Kind::Other => Self::Other {
                norm_id: flat.norm_id,
                issuer: flat.issuer,
                form: flat.form,
                date: flat.date,
                number: flat.number,
                edition: flat.edition,
                title: flat.title,
                text_in_force_on,
            },
            Kind::Unidentified => Self::Unidentified {
                description: flat.description.ok_or_else(|| missing("description"))?,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::from_json;

    fn fault(citation: &Value) -> (String, String) {
        let fault = from_json::<NormRef>(citation).unwrap_err();
        (fault.pointer(), fault.to_string())
    }

    #[test]
    fn a_citation_reads_what_it_writes() {
        for citation in [
            json!({"kind": "nir", "urn": "urn:nir:stato:legge:2017-04-07;47", "text_in_force_on": "2024-02-12"}),
            json!({"kind": "eu", "celex": "32013L0033", "article": "art. 5"}),
            json!({"kind": "other", "issuer": "interno_ps", "number": "88", "title": "Nota"}),
            json!({"kind": "other"}),
            json!({"kind": "unidentified", "description": "Una circolare."}),
        ] {
            let read: NormRef = serde_json::from_value(citation.clone()).unwrap();
            assert_eq!(serde_json::to_value(read).unwrap(), citation);
        }
    }

    #[test]
    fn a_fault_is_found_where_it_stands() {
        let (path, why) = fault(&json!({"kind": "nir", "urn": " "}));
        assert!(path == "/urn" && why.starts_with("serve una URN"), "{path}: {why}");
        assert_eq!(
            fault(&json!({"kind": "eu", "celex": "32013L0033", "text_in_force_on": "oggi"})).0,
            "/text_in_force_on"
        );
        assert_eq!(fault(&json!({"kind": "legge"})).0, "/kind");
    }

    #[test]
    fn a_member_belongs_to_its_kind() {
        let why = |citation: Value| fault(&citation).1;
        let urn = "urn:nir:stato:legge:2017-04-07;47";
        assert_eq!(
            why(json!({"kind": "nir", "urn": urn, "celex": "32013L0033"})),
            "unknown field `celex`"
        );
        assert_eq!(why(json!({"kind": "nir"})), "missing field `urn`");
        assert_eq!(
            why(
                json!({"kind": "unidentified", "description": "X", "text_in_force_on": "2024-02-12"})
            ),
            "unknown field `text_in_force_on`"
        );
        assert!(why(json!({"kind": "other", "colore": 1})).starts_with("unknown field `colore`"));
    }
}
