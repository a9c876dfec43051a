//! A reference to a norm, as cited: a sum of four kinds.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{NirUrn, norm_id, other_document};
use crate::values::{
    ArticleCite, AuthorityId, CelexCode, Day, DocumentNumber, Edition, FormCode, Text, Urn,
};

/// A norm as somebody cited it, in the text in force on a day.
///
/// A well-formed URN proves nothing about existence; the catalogue of norms says
/// which acts are known. No network look-up, ever.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[serde(try_from = "super::reading::Flat")]
pub enum NormRef {
    /// An Italian act.
    Nir {
        /// Its URN, with article, paragraph and version where cited.
        urn: Urn,
        /// The text meant is the one in force on this day.
        text_in_force_on: Option<Day>,
    },
    /// An act of the European Union.
    Eu {
        /// Its CELEX number.
        celex: CelexCode,
        /// The articles cited.
        article: Option<ArticleCite>,
        /// The text meant is the one in force on this day.
        text_in_force_on: Option<Day>,
    },
    /// Another document: a circular, a manual, an FAQ.
    Other {
        /// The entry of the catalogue, when it is there.
        norm_id: Option<Uuid>,
        /// Who issued it.
        issuer: Option<AuthorityId>,
        /// In which form.
        form: Option<FormCode>,
        /// Its date.
        date: Option<Day>,
        /// Its number.
        number: Option<DocumentNumber>,
        /// Its edition.
        edition: Option<Edition>,
        /// Its title, as cited.
        title: Option<Text<300>>,
        /// The text meant is the one in force on this day.
        text_in_force_on: Option<Day>,
    },
    /// *Norma non individuata*: the reporter could not name it.
    Unidentified {
        /// What is known of it.
        description: Text<1000>,
    },
}

/// The parts of a norm that a citation points to.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cited {
    /// The article, such as `5-bis`.
    pub article: Option<String>,
    /// The paragraph (*comma*), such as `3-bis`.
    pub paragraph: Option<String>,
}

impl NormRef {
    /// The id of the cited act, whatever the article; `None` when it is not named.
    pub fn norm_id(&self) -> Option<Uuid> {
        match self {
            Self::Nir { urn, .. } => {
                NirUrn::parse(urn.as_str()).ok().map(|urn| norm_id(&urn.act().to_string()))
            }
            Self::Eu { celex, .. } => Some(norm_id(&format!("celex:{celex}"))),
            Self::Other { norm_id: Some(id), .. } => Some(*id),
            Self::Other { issuer, form, date, number, edition, .. } => {
                let named = issuer.is_some() && (date.is_some() || number.is_some());
                named.then(|| {
                    norm_id(&other_document(
                        issuer.as_ref().map_or("", AuthorityId::as_str),
                        form.as_ref().map_or("", FormCode::as_str),
                        date.map(Day::date),
                        number.as_ref().map_or("", DocumentNumber::as_str),
                        edition.as_ref().map_or("", Edition::as_str),
                    ))
                })
            }
            Self::Unidentified { .. } => None,
        }
    }

    /// The article and paragraph cited, where the form of citation names them.
    pub fn cited(&self) -> Cited {
        match self {
            Self::Nir { urn, .. } => match NirUrn::parse(urn.as_str()) {
                Ok(urn) => Cited { article: urn.article(), paragraph: urn.paragraph() },
                Err(_) => Cited::default(),
            },
            Self::Eu { article, .. } => {
                Cited { article: article.as_ref().map(ToString::to_string), paragraph: None }
            }
            Self::Other { .. } | Self::Unidentified { .. } => Cited::default(),
        }
    }

    /// How an official would cite it, as far as it can be said without a catalogue.
    pub fn label_it(&self) -> String {
        match self {
            Self::Nir { urn, .. } => NirUrn::parse(urn.as_str())
                .map_or_else(|_| urn.to_string(), |urn| urn.citation_it()),
            Self::Eu { celex, article, .. } => match article {
                Some(article) => format!("CELEX {celex}, {article}"),
                None => format!("CELEX {celex}"),
            },
            Self::Other { title: Some(Text::Clear(title)), .. } => title.clone(),
            Self::Other { form, number, date, .. } => {
                let form = form.as_ref().map_or("documento", FormCode::as_str);
                let number = number.as_ref().map(|number| format!(" n. {number}"));
                let date = date.map(|date| format!(" del {date}"));
                format!("{form}{}{}", number.unwrap_or_default(), date.unwrap_or_default())
            }
            Self::Unidentified { .. } => "norma non individuata".into(),
        }
    }

    /// The day whose text is meant, when the citation says so.
    pub fn text_in_force_on(&self) -> Option<Day> {
        match self {
            Self::Nir { text_in_force_on, .. }
            | Self::Eu { text_in_force_on, .. }
            | Self::Other { text_in_force_on, .. } => *text_in_force_on,
            Self::Unidentified { .. } => None,
        }
    }

    /// The same citation in canonical form, of the text in force on `day` unless it
    /// says otherwise.
    #[must_use]
    pub fn settled(mut self, day: Day) -> Self {
        match &mut self {
            Self::Nir { urn, text_in_force_on } => {
                if let Ok(parsed) = NirUrn::parse(urn.as_str())
                    && let Ok(canonical) = parsed.to_string().parse()
                {
                    *urn = canonical;
                }
                text_in_force_on.get_or_insert(day);
            }
            Self::Eu { text_in_force_on, .. } | Self::Other { text_in_force_on, .. } => {
                text_in_force_on.get_or_insert(day);
            }
            Self::Unidentified { .. } => {}
        }
        self
    }
}
