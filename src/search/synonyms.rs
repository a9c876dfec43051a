//! Words of one meaning in the language of the reception system.
//!
//! Each row is a group; all its members become one term, in texts and queries
//! alike, so that "MSNA" meets "minori stranieri non accompagnati" and
//! "convertire" meets "conversione". The table is code, not configuration: a
//! change to it changes every term, so the index must be rebuilt
//! ([`TERMS_VERSION`](super::TERMS_VERSION)).
//!
//! Deliberately absent: loose associations. A member must be able to replace
//! the others in an officer's sentence, otherwise ranking suffers.
//!
//! Depends on: nothing in this crate.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use super::folding::fold_into;
use super::lexer::{Kind, Lexemes};
use super::vocabulary::{stem, term_of};

/// The groups. A member in capitals or after `=` is one exact form: "CAS" must
/// not be met by "casi", nor "legge" by "leggere". Any other word stands for
/// everything with its stem; several words are met in this order, stop words
/// aside; where singular and plural have different stems ("popolare" loses what
/// looks like a verb's ending, "popolari" does not), both are written. A code is the number of an act. The first member of several words is
/// the full form, under whose words the others are found too.
const GROUPS: &[&[&str]] = &[
    // The reception system and its places.
    &[
        "SAI",
        "SIPROIMI",
        "SPRAR",
        "sistema accoglienza integrazione",
        "sistema di accoglienza e integrazione",
    ],
    &["CAS", "centro di accoglienza straordinaria", "accoglienza straordinaria"],
    &[
        "CPA",
        "centro di prima accoglienza",
        "centro governativo",
        "centro governativo di prima accoglienza",
    ],
    &["CPR", "centro di permanenza per i rimpatri"],
    &["MSNA", "minore straniero non accompagnato", "minore non accompagnato"],
    &["ente gestore", "ente attuatore", "gestore del progetto"],
    &["ospite", "beneficiario", "persona accolta"],
    &["accoglienza", "accogliere", "accolto"],
    &["alloggio", "appartamento", "=casa", "=case", "abitazione", "abitativo"],
    &["ospitalità", "dichiarazione di ospitalità"],
    &["=operatore", "=operatori", "=operatrice", "=operatrici", "equipe"],
    &["coprogettazione", "coprogettare"],
    &["rendicontazione", "rendicontare", "rendicontabile", "rendiconto"],
    &["spesa", "costo", "spendere"],
    &["rimborso", "rimborsare", "rimborsabile"],
    &["contributo", "finanziamento", "finanziare", "finanziato"],
    &["revisore", "revisione contabile", "revisore dei conti"],
    &["allontanamento", "allontanarsi", "abbandono", "abbandonare"],
    &["assenza", "assentarsi", "assente"],
    &["revoca", "revocare", "decadenza", "decadere", "decade"],
    &["trasferimento", "trasferire", "trasferito", "ricollocare"],
    &["inserimento", "inserire", "inserito"],
    // Status and permits.
    &["PDS", "permesso di soggiorno", "permesso", "titolo di soggiorno"],
    &[
        "richiedente",
        "richiedente asilo",
        "richiedente protezione internazionale",
        "chiedere asilo",
    ],
    &["rifugiato", "status di rifugiato"],
    &["protezione internazionale", "titolare di protezione", "titolari di protezione"],
    &["protezione speciale", "permesso speciale"],
    &[
        "C3",
        "modello C3",
        "verbalizzazione",
        "verbalizzare",
        "formalizzazione della domanda",
        "formalizzare la domanda",
    ],
    &["=ricevuta", "=ricevute", "cedolino", "cedolina"],
    &["conversione", "convertire", "convertibile"],
    &["rinnovo", "rinnovare", "rinnovabile"],
    &["rilascio", "rilasciare"],
    &["proroga", "prorogare", "prorogabile"],
    &[
        "diniego",
        "=rifiuto",
        "=rifiuti",
        "=rifiuta",
        "=rifiutato",
        "=rifiutata",
        "=rifiutati",
        "=rifiutate",
        "rifiutare",
        "negare",
        "negato",
        "rigetto",
        "rigettare",
        "respingere",
        "respinto",
    ],
    &["scadenza", "scadere", "scaduto"],
    &["ricongiungimento", "ricongiungimento familiare", "ricongiungere", "ricongiunto"],
    &["cittadinanza", "naturalizzazione"],
    &["marca da bollo", "imposta di bollo", "bollo"],
    &["passaporto", "documento di viaggio", "titolo di viaggio"],
    &["consolato", "consolare", "consolari", "ambasciata"],
    &["domanda", "istanza"],
    // Minors.
    &["minore", "minorenne", "minorile"],
    &[
        "maggiorenne",
        "maggiore età",
        "18 anni",
        "diciottesimo",
        "18enne",
        "18enni",
        "diciottenne",
        "neomaggiorenne",
        "diciottesimo compleanno",
        "diciottesimo anno",
    ],
    &["sedicenne", "16 anni", "16enne", "16enni", "ultrasedicenne"],
    &["quindicenne", "15 anni", "15enne", "15enni"],
    &[
        "accertamento dell'età",
        "accertare l'età",
        "determinazione dell'età",
        "accertamento multidisciplinare",
    ],
    &["tutore", "tutrice", "tutela", "tutelare", "tutelari", "tutore volontario"],
    &["affidamento", "affido", "affidare", "affidato", "affidatario"],
    &["prosieguo", "prosieguo amministrativo"],
    &["TM", "tribunale per i minorenni", "tribunale dei minori", "tribunale minorile"],
    // Registry offices and documents.
    &["residenza", "residente", "risiedere"],
    &["anagrafe", "anagrafico", "ufficio anagrafe", "registro anagrafico"],
    &["iscrizione", "iscrivere", "iscritto"],
    &["cancellazione", "cancellare"],
    &["retrodatazione", "retrodatare", "retroagire", "retroattivo", "retroattività"],
    &["CIE", "carta d'identità", "carta d'identità elettronica", "documento d'identità"],
    &["SPID", "identità digitale"],
    &["CF", "codice fiscale"],
    &["matrimonio", "nozze", "sposare", "sposarsi", "sposato", "matrimoniale"],
    &["nulla osta", "nullaosta"],
    &["autocertificazione", "dichiarazione sostitutiva", "autocertificare", "autodichiarazione"],
    &["certificazione", "certificato", "attestazione", "attestare", "attestato"],
    &["fotografia", "foto", "fototessera"],
    // Health, school, work, benefits, housing.
    &["SSN", "servizio sanitario nazionale", "servizio sanitario"],
    &["STP", "straniero temporaneamente presente"],
    &["ASL", "AUSL", "USL", "azienda sanitaria", "azienda sanitaria locale", "distretto sanitario"],
    &["MMG", "medico di base", "medico di medicina generale", "medico curante"],
    &["=salute", "sanitario"],
    &["esenzione", "esente", "esentare", "esonero", "esonerare"],
    &["vulnerabilità", "vulnerabile", "fragilità", "fragile"],
    &["CPIA", "centro provinciale per l'istruzione degli adulti"],
    &["scuola", "scolastico", "scolarizzazione", "scolarizzare"],
    &["nido", "asilo nido"],
    &["mensa", "refezione", "refezione scolastica"],
    &["lavoro", "lavorare", "lavorativo", "occupazione", "impiego"],
    &["disoccupato", "disoccupazione"],
    &["tirocinio", "=stage", "tirocinante"],
    &["stagione", "stagionale"],
    &["ISEE", "indicatore della situazione economica equivalente"],
    &["ADI", "assegno di inclusione"],
    &["RDC", "reddito di cittadinanza"],
    &["5 anni", "quinquennio", "quinquennale"],
    &[
        "ERP",
        "edilizia residenziale pubblica",
        "alloggio popolare",
        "alloggi popolari",
        "casa popolare",
        "case popolari",
        "edilizia popolare",
    ],
    &["proprietà", "immobile", "immobiliare", "immobiliari"],
    &["conto corrente", "conto bancario", "aprire un conto"],
    // Offices.
    &["UTG", "prefettura", "prefetto", "ufficio territoriale del governo"],
    &["questura", "questore", "ufficio immigrazione"],
    &["CT", "commissione territoriale"],
    &["tribunale", "giudice", "giudiziario", "giudiziale", "giudizio"],
    &["ADE", "agenzia delle entrate"],
    &["servizio sociale", "assistente sociale", "SST", "servizi sociali territoriali"],
    &["DPO", "RPD", "responsabile della protezione dei dati"],
    &["privacy", "protezione dei dati", "dato personale", "trattamento dei dati"],
    &["comune", "municipio", "comunale", "municipale"],
    &["regione", "regionale"],
    &["ministero", "ministeriale"],
    &["UE", "unione europea", "europeo"],
    // Kinds of act, and acts with a name.
    &["DLGS", "DLG", "decreto legislativo"],
    &["DL", "decreto legge"],
    &["DPR", "decreto del presidente della repubblica"],
    &["DM", "decreto ministeriale"],
    &["LR", "legge regionale"],
    &["=legge", "=leggi"],
    &["TUI", "testo unico immigrazione", "testo unico sull'immigrazione", "286/1998"],
    &["legge zampa", "47/2017"],
    &["decreto accoglienza", "142/2015"],
    &["decreto qualifiche", "251/2007"],
    &["decreto procedure", "25/2008"],
    &["decreto cutro", "20/2023"],
    &["decreto sicurezza", "decreto salvini", "113/2018"],
    &["decreto lamorgese", "130/2020"],
    &["regolamento anagrafico", "223/1989"],
    &["TULPS", "testo unico delle leggi di pubblica sicurezza", "773/1931"],
    &["TUDA", "testo unico sulla documentazione amministrativa", "445/2000"],
    &["legge sul procedimento amministrativo", "241/1990"],
    &["CAD", "codice dell'amministrazione digitale", "82/2005"],
    &["CTS", "codice del terzo settore", "117/2017"],
    &["codice dei contratti pubblici", "codice degli appalti", "codice appalti", "36/2023"],
    &["GDPR", "regolamento generale sulla protezione dei dati", "2016/679", "679/2016"],
    &["direttiva qualifiche", "2011/95"],
    &["direttiva accoglienza", "2013/33"],
];

/// The compiled table.
#[derive(Debug, Default)]
pub(super) struct Synonyms {
    /// Exact forms and codes → group.
    forms: HashMap<String, usize>,
    /// Stems → group.
    stems: HashMap<String, usize>,
    /// First term of a member of several words → what may follow, longest first.
    sequences: HashMap<String, Vec<Sequence>>,
    groups: Vec<Group>,
    /// Canonical term → group.
    canonicals: HashMap<String, usize>,
    /// What a word typed by half may become: form or stem → group.
    openings: BTreeMap<String, usize>,
}

/// One meaning.
#[derive(Debug)]
struct Group {
    /// Begins with `_`, which no word does.
    canonical: String,
    /// The words of the full form, as terms.
    full_form: Vec<String>,
}

/// A member of several words.
#[derive(Debug)]
struct Sequence {
    rest: Vec<String>,
    group: usize,
}

/// The table, compiled at first use.
pub(super) fn table() -> &'static Synonyms {
    static TABLE: LazyLock<Synonyms> = LazyLock::new(|| Synonyms::compile(GROUPS));
    &TABLE
}

impl Synonyms {
    /// Compiles groups: single words first, since members of several words are
    /// sequences of the terms that those give.
    fn compile(groups: &[&[&str]]) -> Self {
        let mut table = Self::default();
        for (group, members) in groups.iter().enumerate() {
            let name = members.first().copied().unwrap_or_default();
            let canonical = format!("_{}", words(name).join("_"));
            table.canonicals.insert(canonical.clone(), group);
            table.groups.push(Group { canonical, full_form: vec![] });
            for member in *members {
                table.add_single(group, member);
            }
        }
        for (group, members) in groups.iter().enumerate() {
            for member in *members {
                table.add_sequence(group, member);
            }
        }
        for list in table.sequences.values_mut() {
            list.sort_by_key(|sequence| std::cmp::Reverse(sequence.rest.len()));
        }
        table
    }

    fn add_single(&mut self, group: usize, member: &str) {
        let [word] = words(member).try_into().unwrap_or([String::new()]);
        if word.is_empty() {
            return;
        }
        let folded_word = word.clone();
        let is_code = word.bytes().any(|byte| byte.is_ascii_digit());
        let (key, target) = if is_code || member == member.to_uppercase() || member.starts_with('=')
        {
            (word, &mut self.forms)
        } else {
            (stem(&word), &mut self.stems)
        };
        self.openings.insert(folded_word, group);
        self.openings.insert(key.clone(), group);
        target.insert(key, group);
    }

    fn add_sequence(&mut self, group: usize, member: &str) {
        let words = words(member);
        let terms: Vec<String> = words.iter().filter_map(|word| term_of(word, self)).collect();
        let [first, rest @ ..] = terms.as_slice() else { return };
        if words.len() < 2 || rest.is_empty() {
            return;
        }
        if let Some(group) = self.groups.get_mut(group).filter(|group| group.full_form.is_empty()) {
            group.full_form.clone_from(&terms);
        }
        let sequence = Sequence { rest: rest.to_vec(), group };
        self.sequences.entry(first.clone()).or_default().push(sequence);
    }

    /// The term of an exact form or code, folded.
    pub(super) fn of_form(&self, form: &str) -> Option<&str> {
        self.forms.get(form).and_then(|group| self.canonical(*group))
    }

    /// The term of a stem.
    pub(super) fn of_stem(&self, stem: &str) -> Option<&str> {
        self.stems.get(stem).and_then(|group| self.canonical(*group))
    }

    /// The longest member of several words at the beginning of `terms`: its
    /// term and how many terms it replaces.
    pub(super) fn of_sequence<'t, T: AsRef<str> + 't>(
        &self,
        terms: &'t [T],
    ) -> Option<(&str, usize)> {
        let (first, following) = terms.split_first()?;
        let sequence = self.sequences.get(first.as_ref())?.iter().find(|sequence| {
            following.len() >= sequence.rest.len()
                && sequence.rest.iter().zip(following).all(|(word, term)| word == term.as_ref())
        })?;
        Some((self.canonical(sequence.group)?, 1 + sequence.rest.len()))
    }

    /// The words of a term's full form, as terms: for `_msna` "minore",
    /// "straniero", "accompagnato". Empty for any other term.
    pub(super) fn full_form(&self, term: &str) -> &[String] {
        self.canonicals
            .get(term)
            .and_then(|group| self.groups.get(*group))
            .map_or(&[], |group| group.full_form.as_slice())
    }

    /// The terms that a word typed by half may become.
    pub(super) fn completions(&self, half: &str) -> impl Iterator<Item = &str> {
        self.openings
            .range(half.to_owned()..)
            .take_while(move |(key, _)| key.starts_with(half))
            .filter_map(|(_, group)| self.canonical(*group))
    }

    /// Every member, with the first of its group.
    #[cfg(test)]
    pub(super) fn members() -> impl Iterator<Item = (&'static str, &'static str)> {
        GROUPS.iter().flat_map(|members| members.iter().map(|member| (members[0], *member)))
    }

    fn canonical(&self, group: usize) -> Option<&str> {
        self.groups.get(group).map(|group| group.canonical.as_str())
    }
}

/// The words of a member, folded, stop words included.
fn words(member: &str) -> Vec<String> {
    let (mut folded, mut lexemes) = (String::new(), Lexemes::default());
    fold_into(member, &mut folded);
    lexemes.read(&folded);
    lexemes
        .iter()
        .filter(|(kind, _)| *kind != Kind::Date)
        .map(|(_, spelling)| spelling.to_owned())
        .collect()
}
