//! Single words: stop words, written numerals, stems, and what a word may open.
//!
//! Stemming is Snowball's Italian algorithm from `frostem`, generated from
//! upstream's present sources and used by tantivy since August 2026. Its older
//! relative `rust-stemmers` is unmaintained, compiles every language, and has
//! drifted from the reference. Terms may change with `frostem`, hence
//! [`TERMS_VERSION`](super::TERMS_VERSION) and a test that pins stems.
//!
//! Deliberately absent: words of several parts, which
//! `synonyms` joins later.
//!
//! Depends on: nothing in this crate.

use std::collections::HashMap;
use std::rc::Rc;

use frostem::{Algorithm, Stemmer};

use super::synonyms::{self, Synonyms};

/// Words that carry no meaning of their own, folded. Negation is among them:
/// "minori non accompagnati" and "minori accompagnati" are asked for by phrase.
const STOP_WORDS: &str = "
    a ad agl agli ai al all alla alle allo anche ancora anzi
    bensi
    che chi chiunque ci cio cioe circa coi col colla come comunque con contro cosi cui
    da dagl dagli dai dal dall dalla dalle dallo degl degli dei del dell della delle dello dentro
    dove dov dunque
    e eppure ecc essere ed ebbe ebbero era erano eravamo
    fa fra fino finche fu furono fosse fossero
    gia gli
    ha hai hanno ho
    i il in infatti inoltre invece io
    la le lei li lo loro lui lungo
    ma me mediante meno mentre mi mia mie miei mio molto
    ne neanche nei negl negli nel nell nella nelle nello nemmeno neppure no noi non nonche nostra
    nostre nostri nostro
    o od oltre oppure ossia ovvero
    per perche percio pero piu po poi poiche presso prima proprio pure pur
    qua qual quale quali qualche qualcuno quando quanto quanta quante quanti quasi quei quegli
    quell quella quelle quelli quello quest questa queste questi questo qui quindi
    salvo se sebbene secondo sei sempre senza si sia siamo siano siete siccome sino sotto sopra sono
    sta stato stata stati state stanno su sua sue sugl sugli sui sul sull sulla sulle sullo suo suoi
    tale tali tanto te ti tra tramite tranne tu tua tue tuo tuoi tutta tutte tutti tutto tuttavia
    un una uno
    ve verso vi via voi vostra vostre vostri vostro
    abbia abbiamo abbiano avere aveva avevano avra avranno avuto avendo
    sara saranno sarebbe sarebbero essendo
    puo possa possano possono poter potere potra potranno potrebbe potrebbero
    di
    deve debba debbano devono dovere dovra dovranno dovrebbe dovrebbero
    viene vengono venga vengano venire
    co ex nr num lett artt art articolo articoli comma commi
";

/// Numerals that cases spell out, and the digits they stand for. "Sei" is left
/// out: far more often it is the verb.
const NUMERALS: [(&str, &str); 27] = [
    ("due", "2"),
    ("tre", "3"),
    ("quattro", "4"),
    ("cinque", "5"),
    ("sette", "7"),
    ("otto", "8"),
    ("nove", "9"),
    ("dieci", "10"),
    ("undici", "11"),
    ("dodici", "12"),
    ("tredici", "13"),
    ("quattordici", "14"),
    ("quindici", "15"),
    ("sedici", "16"),
    ("diciassette", "17"),
    ("diciotto", "18"),
    ("diciannove", "19"),
    ("venti", "20"),
    ("ventuno", "21"),
    ("trenta", "30"),
    ("quaranta", "40"),
    ("cinquanta", "50"),
    ("sessanta", "60"),
    ("settanta", "70"),
    ("ottanta", "80"),
    ("novanta", "90"),
    ("cento", "100"),
];

/// Months, whose place in the list is their number.
const MONTHS: [&str; 12] = [
    "gennaio",
    "febbraio",
    "marzo",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "agosto",
    "settembre",
    "ottobre",
    "novembre",
    "dicembre",
];

/// How many words a thread remembers. The language of cases has some 15,000
/// forms; the bound keeps pasted rubbish from growing the memory for ever.
const REMEMBERED: usize = 20_000;

/// What a word may announce inside a citation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Nothing.
    Plain,
    /// "n.", "nr.": the number of an act follows.
    NumberSign,
    /// "del": the year of an act follows its number.
    Of,
    /// "e": one more article follows.
    And,
    /// "art.": the number of an article follows.
    Article,
    /// "c.", "comma": the number of a paragraph follows.
    Paragraph,
    /// A month, by number.
    Month(u8),
    /// "legge", "d.lgs.": the number of an act follows.
    Act,
    /// A lone "l", which is "legge" before a number or date.
    LawInitial,
}

/// What is known of one word.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The index term; none for a stop word.
    pub(super) term: Option<Rc<str>>,
    pub(super) role: Role,
}

/// A thread's memory of words already analysed.
pub(super) struct Vocabulary {
    known: HashMap<Box<str>, Entry>,
}

impl Vocabulary {
    pub(super) fn new() -> Self {
        Self { known: HashMap::new() }
    }

    /// Looks up a folded word, analysing it at the first meeting.
    pub(super) fn entry(&mut self, word: &str) -> Entry {
        if let Some(entry) = self.known.get(word) {
            return entry.clone();
        }
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        let term = term_of(word, synonyms::table()).map(Rc::from);
        let entry = Entry { term, role: role(word) };
        self.known.insert(word.into(), entry.clone());
        entry
    }
}

/// The term of a folded word under a synonym table; none for a stop word.
pub(super) fn term_of(word: &str, synonyms: &Synonyms) -> Option<String> {
    if let Some(canonical) = synonyms.of_form(word) {
        return Some(canonical.to_owned());
    }
    if is_stop_word(word) {
        return None;
    }
    let stem = stem(word);
    Some(synonyms.of_stem(&stem).map_or(stem, str::to_owned))
}

/// The stem of a folded word, itself folded.
///
/// Accents must not matter, yet Snowball needs one: "vulnerabilità" and
/// "vulnerabilita" have different stems. So the accent is put back where the
/// algorithm looks for it, whichever way the word was written; its own regions
/// keep short words such as "uscita" from losing more than a vowel.
pub(super) fn stem(word: &str) -> String {
    if let Some((_, digits)) = NUMERALS.iter().find(|(numeral, _)| *numeral == word) {
        return (*digits).to_owned();
    }
    if !word.is_ascii() {
        return word.to_owned();
    }
    let stemmer = Stemmer::new(Algorithm::Italian);
    let stem = match word.strip_suffix("ita") {
        Some(trunk) => stemmer.stem(&format!("{trunk}ità")).replace('à', "a"),
        None => stemmer.stem(word).into_owned(),
    };
    // Snowball may write the accent of a vowel it kept, and an empty stem
    // would be no term at all.
    if stem.is_ascii() && !stem.is_empty() { stem } else { word.to_owned() }
}

fn is_stop_word(word: &str) -> bool {
    // A lone letter finds everything; one ideogram is a word.
    (word.len() == 1 && word.bytes().all(|byte| byte.is_ascii_lowercase()))
        || STOP_WORDS.split_ascii_whitespace().any(|stop| stop == word)
}

fn role(word: &str) -> Role {
    match word {
        "n" | "nr" | "num" | "numero" => Role::NumberSign,
        "del" | "della" | "dell" => Role::Of,
        "e" | "ed" => Role::And,
        "art" | "artt" | "articolo" | "articoli" => Role::Article,
        "c" | "co" | "comma" | "commi" => Role::Paragraph,
        "l" => Role::LawInitial,
        "dlgs" | "dlg" | "dl" | "dpr" | "dm" | "dpcm" | "rd" | "lr" | "legge" | "leggi"
        | "decreto" | "legislativo" | "ministeriale" | "regionale" | "repubblica" | "circolare"
        | "regolamento" | "direttiva" | "sentenza" => Role::Act,
        month => MONTHS
            .iter()
            .zip(1..)
            .find(|(name, _)| **name == month)
            .map_or(Role::Plain, |(_, number)| Role::Month(number)),
    }
}
