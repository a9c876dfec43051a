//! The citation of an Italian act as a jurist writes it.
//!
//! Deliberately absent: titles of acts. They are data of the catalogue, and an
//! act that was only cited has none.
//!
//! Depends on: `domain::italian`.

use super::urn::NirUrn;
use crate::italian::italian_date;

/// "D.Lgs. 18 agosto 2015, n. 142, art. 5-bis, c. 2, lett. d-bis)".
pub(super) fn of(urn: &NirUrn) -> String {
    let mut parts = vec![act(urn)];
    // `nir-1` is a filler for acts without number: nobody would recognise it.
    if let Some(number) = urn.number().filter(|number| !number.starts_with("nir-")) {
        parts.push(format!("n. {number}"));
    }
    parts.extend(urn.annexes().iter().map(|annex| annex_it(annex)));
    parts.extend(urn.article().map(|article| format!("art. {article}")));
    parts.extend(urn.paragraph().map(|paragraph| format!("c. {paragraph}")));
    parts.extend(urn.letter().map(|letter| format!("lett. {letter})")));
    parts.extend(urn.item().map(|item| format!("n. {item})")));
    parts.join(", ")
}

/// Type and date. The Constitution is cited without date.
fn act(urn: &NirUrn) -> String {
    if urn.act_type() == "costituzione" {
        return "Cost.".to_owned();
    }
    let name = abbreviation(urn.authority(), urn.act_type())
        .map_or_else(|| in_words(urn.act_type()), str::to_owned);
    format!("{name} {}", italian_date(urn.date()))
}

/// The customary abbreviation, which depends on who issued the act.
fn abbreviation(authority: &str, act_type: &str) -> Option<&'static str> {
    let all_begin = |with: &str| authority.split('+').all(|name| name.starts_with(with));
    match act_type {
        "legge.costituzionale" => Some("L. cost."),
        "decreto.legge" => Some("D.L."),
        "decreto.legislativo" => Some("D.Lgs."),
        "regio.decreto" => Some("R.D."),
        "regio.decreto.legge" => Some("R.D.L."),
        "legge" if authority == "stato" => Some("L."),
        "legge" if all_begin("regione.") => Some("L.R."),
        "legge" if all_begin("provincia.") => Some("L.P."),
        "decreto" if authority == "presidente.repubblica" => Some("D.P.R."),
        "decreto" if authority == "presidente.consiglio.ministri" => Some("D.P.C.M."),
        "decreto" if all_begin("ministero.") => Some("D.M."),
        _ => None,
    }
}

/// An annex that is only a number or a letter needs its word.
fn annex_it(annex: &str) -> String {
    let bare = annex.len() == 1 || annex.bytes().all(|byte| byte.is_ascii_digit());
    let words = annex.replace(['.', ';'], " ");
    if bare { format!("all. {words}") } else { words }
}

/// "circolare" gives "Circolare", "ordinanza.cautelare" "Ordinanza cautelare".
fn in_words(act_type: &str) -> String {
    let words = act_type.replace(['.', ';'], " ");
    let mut letters = words.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
