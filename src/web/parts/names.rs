//! How things of the registry are called on a page.

use std::collections::BTreeMap;

use crate::domain::shared::{Territory, TerritoryLevel};
use crate::domain::values::{FormCode, Number, ProvinceCode};
use crate::projections::ReadingView;
use crate::projections::history::Names;
use crate::web::fault::Fault;
use crate::web::visit::Visit;
use crate::web::words;

/// The forms, from practice to law, with their strength.
pub struct Forms(BTreeMap<String, (String, Option<u32>)>);

impl Forms {
    /// The forms of the registry.
    ///
    /// # Errors
    ///
    /// [`Fault`] when the views cannot be read.
    pub fn of(visit: &Visit) -> Result<Self, Fault> {
        let forms = visit.moment().list_forms()?.items;
        let form = |form: crate::projections::registry::FormView| {
            (form.form.to_string(), (form.label_it.to_string(), form.rank.map(Number::get)))
        };
        Ok(Self(forms.into_iter().map(form).collect()))
    }

    /// What a form is called; the weakest says what it lacks.
    pub fn called(&self, form: &FormCode) -> String {
        match (form.as_str(), self.0.get(form.as_str())) {
            ("practice", _) => "prassi senza base normativa indicata".into(),
            (_, Some((label, _))) => label.clone(),
            (code, None) => code.to_owned(),
        }
    }

    /// How strong a form is; rulings, which stand apart, are stronger than all.
    pub fn strength(&self, form: &FormCode) -> u32 {
        match self.0.get(form.as_str()) {
            Some((_, Some(rank))) => *rank,
            Some((_, None)) => u32::MAX,
            None => 0,
        }
    }
}

/// An authority, with its kind where the name of the office does not tell it: "INPS,
/// Direzione provinciale (FC)".
pub fn authority(kind: &str, office: &str, province: Option<&str>) -> String {
    let kind = words::authority_kind(kind);
    let (own, held) = (kind.to_lowercase(), office.to_lowercase());
    let called = if held.contains(&own) {
        office.to_owned()
    } else if own.contains(&held) {
        kind
    } else {
        format!("{kind}, {office}")
    };
    province.map_or(called.clone(), |province| format!("{called} ({province})"))
}

/// Whose reading it is.
pub fn reader(one: &ReadingView) -> String {
    match (&one.authority_kind, &one.office) {
        (Some(kind), Some(office)) => {
            let province = one.province.as_ref().map(ProvinceCode::as_str);
            authority(kind.as_str(), office.as_str(), province)
        }
        _ => one.authority.to_string(),
    }
}

/// Where something holds.
pub fn territory(territory: &Territory, names: &Names<'_>) -> String {
    let code = territory.code.as_str();
    match territory.level {
        TerritoryLevel::National => words::territory_level(territory.level).into(),
        TerritoryLevel::Region if code == "08" => "Emilia-Romagna".into(),
        TerritoryLevel::Region => format!("regione {code}"),
        TerritoryLevel::Province => format!("provincia di {}", words::province(code)),
        TerritoryLevel::Municipality => match format!("c_{}", code.to_lowercase()).parse() {
            Ok(body) => names.body(&body),
            Err(_) => code.to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_is_called_by_its_kind_and_its_office_once() {
        assert_eq!(
            authority("inps", "Direzione provinciale", Some("FC")),
            "INPS, Direzione provinciale (FC)"
        );
        assert_eq!(
            authority("comune_servizi_sociali", "Servizi sociali", Some("FC")),
            "Comune, servizi sociali (FC)"
        );
        assert_eq!(authority("questura", "Questura di Bologna", None), "Questura di Bologna");
    }
}
