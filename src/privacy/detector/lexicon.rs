//! The words that announce personal data, or tell that a number is none.
//!
//! Depends on: nothing in this crate.

use std::ops::Range;
use std::sync::OnceLock;

/// What a word announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cue {
    /// A person's title: a name may follow.
    Title,
    /// An office named after a title ("signor Sindaco"): no name.
    Office,
    /// A telephone number follows.
    Phone,
    /// The number that follows is an act's, a file's or a sum of money.
    Reference,
    /// A residence permit, or the receipt that stands for it.
    Permit,
    /// The codice univoco identificativo.
    Cui,
    /// The ministry's Vestanet system.
    Vestanet,
    /// A passport.
    Passport,
    /// An identity card.
    Identity,
    /// A codice fiscale ("codice" goes before, which is checked by the rule).
    Fiscal,
    /// "nato", "nata", …
    Born,
    /// A thing that can be "nata" without being a person, or an organisation.
    Thing,
    /// A month.
    Month,
    /// A street or a building that bears a person's name.
    Street,
}

/// All cues, in alphabetical order (a test keeps them so).
const CUES: &[(&str, Cue)] = &[
    ("agosto", Cue::Month),
    ("aprile", Cue::Month),
    ("arch", Cue::Title),
    ("art", Cue::Reference),
    ("articolo", Cue::Reference),
    ("asp", Cue::Thing),
    ("assessora", Cue::Office),
    ("assessore", Cue::Office),
    ("assessori", Cue::Office),
    ("assicurata", Cue::Permit),
    ("associazione", Cue::Thing),
    ("avv", Cue::Title),
    ("avvocata", Cue::Title),
    ("avvocato", Cue::Title),
    ("azienda", Cue::Thing),
    ("bando", Cue::Reference),
    ("capitolo", Cue::Reference),
    ("cedolino", Cue::Permit),
    ("cell", Cue::Phone),
    ("cellulare", Cue::Phone),
    ("centro", Cue::Thing),
    ("cf", Cue::Fiscal),
    ("chiamare", Cue::Phone),
    ("cig", Cue::Reference),
    ("circolare", Cue::Reference),
    ("comandante", Cue::Office),
    ("commissaria", Cue::Office),
    ("commissario", Cue::Office),
    ("comune", Cue::Thing),
    ("contattare", Cue::Phone),
    ("conto", Cue::Reference),
    ("cooperativa", Cue::Thing),
    ("coordinamento", Cue::Thing),
    ("coordinatore", Cue::Office),
    ("coordinatrice", Cue::Office),
    ("corso", Cue::Street),
    ("cui", Cue::Cui),
    ("cup", Cue::Reference),
    ("decreto", Cue::Reference),
    ("delibera", Cue::Reference),
    ("deliberazione", Cue::Reference),
    ("determina", Cue::Reference),
    ("determinazione", Cue::Reference),
    ("dicembre", Cue::Month),
    ("direttore", Cue::Office),
    ("direttrice", Cue::Office),
    ("dirigente", Cue::Office),
    ("dirigenti", Cue::Office),
    ("dott", Cue::Title),
    ("dottor", Cue::Title),
    ("dottore", Cue::Title),
    ("dottoressa", Cue::Title),
    ("dottssa", Cue::Title),
    ("dr", Cue::Title),
    ("ente", Cue::Thing),
    ("equipe", Cue::Thing),
    ("esperienza", Cue::Thing),
    ("eur", Cue::Reference),
    ("euro", Cue::Reference),
    ("fascicolo", Cue::Reference),
    ("fattura", Cue::Reference),
    ("fax", Cue::Phone),
    ("febbraio", Cue::Month),
    ("fiscale", Cue::Fiscal),
    ("fondazione", Cue::Thing),
    ("funzionaria", Cue::Office),
    ("funzionario", Cue::Office),
    ("gennaio", Cue::Month),
    ("geom", Cue::Title),
    ("giudice", Cue::Office),
    ("giugno", Cue::Month),
    ("gruppo", Cue::Thing),
    ("idea", Cue::Thing),
    ("identità", Cue::Identity),
    ("importo", Cue::Reference),
    ("ing", Cue::Title),
    ("iniziativa", Cue::Thing),
    ("intesa", Cue::Thing),
    ("istituto", Cue::Street),
    ("iva", Cue::Reference),
    ("largo", Cue::Street),
    ("legge", Cue::Reference),
    ("luglio", Cue::Month),
    ("maggio", Cue::Month),
    ("mandato", Cue::Reference),
    ("marzo", Cue::Month),
    ("matricola", Cue::Reference),
    ("ministra", Cue::Office),
    ("ministro", Cue::Office),
    ("mob", Cue::Phone),
    ("nata", Cue::Born),
    ("nate", Cue::Born),
    ("nati", Cue::Born),
    ("nato", Cue::Born),
    ("nota", Cue::Reference),
    ("novembre", Cue::Month),
    ("ordinanza", Cue::Reference),
    ("ospedale", Cue::Street),
    ("ottobre", Cue::Month),
    ("passaporti", Cue::Passport),
    ("passaporto", Cue::Passport),
    ("pds", Cue::Permit),
    ("permesso", Cue::Permit),
    ("pg", Cue::Reference),
    ("piazza", Cue::Street),
    ("piazzale", Cue::Street),
    ("piva", Cue::Reference),
    ("polizza", Cue::Reference),
    ("prassi", Cue::Thing),
    ("pratica", Cue::Reference),
    ("prefetta", Cue::Office),
    ("prefetti", Cue::Office),
    ("prefetto", Cue::Office),
    ("presidente", Cue::Office),
    ("presidenti", Cue::Office),
    ("procuratore", Cue::Office),
    ("procuratrice", Cue::Office),
    ("prof", Cue::Title),
    ("professor", Cue::Title),
    ("professoressa", Cue::Title),
    ("progetto", Cue::Thing),
    ("prot", Cue::Reference),
    ("protocolli", Cue::Reference),
    ("protocollo", Cue::Reference),
    ("questora", Cue::Office),
    ("questore", Cue::Office),
    ("questori", Cue::Office),
    ("rag", Cue::Title),
    ("recapito", Cue::Phone),
    ("registro", Cue::Reference),
    ("rep", Cue::Reference),
    ("repertorio", Cue::Reference),
    ("responsabile", Cue::Office),
    ("responsabili", Cue::Office),
    ("rete", Cue::Thing),
    ("ricevuta", Cue::Permit),
    ("scuola", Cue::Street),
    ("segretaria", Cue::Office),
    ("segretario", Cue::Office),
    ("sentenza", Cue::Reference),
    ("servizio", Cue::Thing),
    ("settembre", Cue::Month),
    ("sig", Cue::Title),
    ("sigg", Cue::Title),
    ("signor", Cue::Title),
    ("signora", Cue::Title),
    ("signore", Cue::Title),
    ("signori", Cue::Title),
    ("signorina", Cue::Title),
    ("sigra", Cue::Title),
    ("sindaca", Cue::Office),
    ("sindache", Cue::Office),
    ("sindaci", Cue::Office),
    ("sindaco", Cue::Office),
    ("società", Cue::Thing),
    ("sportello", Cue::Thing),
    ("tavolo", Cue::Thing),
    ("tel", Cue::Phone),
    ("telefonare", Cue::Phone),
    ("telefonico", Cue::Phone),
    ("telefono", Cue::Phone),
    ("titolo", Cue::Permit),
    ("ufficio", Cue::Thing),
    ("unione", Cue::Thing),
    ("vestanet", Cue::Vestanet),
    ("via", Cue::Street),
    ("viale", Cue::Street),
    ("vicolo", Cue::Street),
    ("whatsapp", Cue::Phone),
];

/// Abbreviations whose full stop does not end a sentence.
const ABBREVIATIONS: &[&str] =
    &["cfr", "cod", "ecc", "lett", "nr", "num", "pag", "reg", "rif", "segg", "ssa", "univ", "uff"];

/// The longest cue, in bytes.
const LONGEST: usize = 14;

/// What a word announces, whatever its capitals.
pub(super) fn cue(word: &str) -> Option<Cue> {
    if word.len() > LONGEST {
        return None;
    }
    if word.bytes().any(|byte| byte.is_ascii_uppercase() || byte >= 0x80) {
        return find(&word.to_lowercase());
    }
    find(word)
}

/// Whether a full stop after `word` may be part of it.
pub(super) fn is_abbreviation(word: &str) -> bool {
    ABBREVIATIONS.iter().any(|known| known.eq_ignore_ascii_case(word))
}

fn find(word: &str) -> Option<Cue> {
    /// Where the cues with each first letter stand.
    static LETTERS: OnceLock<[Range<usize>; 26]> = OnceLock::new();

    let letters = LETTERS.get_or_init(|| {
        std::array::from_fn(|letter| {
            let before = |at: usize| {
                CUES.partition_point(|(known, _)| {
                    known.bytes().next().is_some_and(|first| usize::from(first - b'a') < at)
                })
            };
            before(letter)..before(letter + 1)
        })
    });
    let letter = usize::from(word.bytes().next()?.checked_sub(b'a')?);
    let cues = CUES.get(letters.get(letter)?.clone())?;
    let at = cues.binary_search_by(|(known, _)| (*known).cmp(word)).ok()?;
    cues.get(at).map(|(_, cue)| *cue)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cues_are_in_order_and_none_is_longer_than_the_longest() {
        for pair in CUES.windows(2) {
            assert!(pair[0].0 < pair[1].0, "{} and {}", pair[0].0, pair[1].0);
        }
        assert_eq!(CUES.iter().map(|(word, _)| word.len()).max(), Some(LONGEST));
    }

    #[test]
    fn capitals_do_not_matter() {
        assert_eq!(cue("SIG"), Some(Cue::Title));
        assert_eq!(cue("IDENTITÀ"), Some(Cue::Identity));
        assert_eq!(cue("sigaretta"), None);
    }
}
