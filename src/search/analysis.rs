//! From text to index terms.
//!
//! A term is lower-case ASCII letters, digits, `_`, `-`, `/`, `.`, or letters
//! of another script; it contains no space. A term that begins with `_` stands
//! for a group of `synonyms`. Every text is analysed the same
//! way whether it is indexed or asked for; an indexed text merely offers more:
//! behind its terms in reading order follow the *parts* under which it should
//! be found too (of `142/2015` the number 142, of `_msna` the word "minore").
//! They stand behind, so that phrases still match word by word.
//!
//! Deliberately absent: positions in the original text; nothing is highlighted.
//!
//! Depends on: nothing in this crate.

use std::cell::RefCell;
use std::rc::Rc;

use super::citations::{self, Token};
use super::folding::fold_into;
use super::lexer::{Kind, Lexemes};
use super::synonyms;
use super::vocabulary::{Role, Vocabulary};

thread_local! {
    // Remembering words makes analysis several times faster; per thread, since
    // a shared memory would need a lock. What it returns depends on the text alone.
    static ANALYSER: RefCell<Analyser> = RefCell::new(Analyser::new());
}

/// The terms of a text in reading order: what a query asks for.
///
/// ```
/// use quesito::search::analyse;
/// assert_eq!(analyse("L'iscrizione degli ospiti"), analyse("ISCRITTI: l’ospite"));
/// assert_eq!(analyse("D.Lgs. 18 agosto 2015, n. 142"), analyse("dlgs 142/2015"));
/// ```
pub fn analyse(text: &str) -> Vec<String> {
    ANALYSER.with_borrow_mut(|analyser| {
        analyser.read(text);
        analyser.terms.iter().map(|term| term.as_ref().to_owned()).collect()
    })
}

/// The terms and parts of a text, separated by spaces: what a column of the
/// index holds. Measured: 12 µs per kB of Italian once the words
/// are known, 0.2 ms per kB of words never seen before.
pub fn index_terms(text: &str) -> String {
    ANALYSER.with_borrow_mut(|analyser| {
        analyser.read(text);
        analyser.parts.sort_unstable();
        analyser.parts.dedup();
        let mut joined = String::with_capacity(text.len() + text.len() / 2);
        for term in analyser.terms.iter().chain(&analyser.parts) {
            if !joined.is_empty() {
                joined.push(' ');
            }
            joined.push_str(term);
        }
        joined
    })
}

/// The last word, number or code of a text, folded but not stemmed.
pub(super) fn last_spelling(text: &str) -> Option<(Kind, String)> {
    ANALYSER.with_borrow_mut(|analyser| {
        analyser.cut(text);
        analyser.lexemes.iter().last().map(|(kind, spelling)| (kind, spelling.to_owned()))
    })
}

/// Buffers and memory of one thread.
struct Analyser {
    folded: String,
    lexemes: Lexemes,
    vocabulary: Vocabulary,
    terms: Vec<Rc<str>>,
    parts: Vec<Rc<str>>,
}

impl Analyser {
    fn new() -> Self {
        Self {
            folded: String::new(),
            lexemes: Lexemes::default(),
            vocabulary: Vocabulary::new(),
            terms: vec![],
            parts: vec![],
        }
    }

    fn cut(&mut self, text: &str) {
        self.folded.clear();
        fold_into(text, &mut self.folded);
        self.lexemes.read(&self.folded);
    }

    fn read(&mut self, text: &str) {
        self.cut(text);
        self.terms.clear();
        self.parts.clear();
        let vocabulary = &mut self.vocabulary;
        let tokens: Vec<Token<'_>> = self
            .lexemes
            .iter()
            .map(|(kind, text)| {
                let entry = (kind == Kind::Word).then(|| vocabulary.entry(text));
                Token { kind, text, entry }
            })
            .collect();
        let mut reading =
            Reading { terms: &mut self.terms, parts: &mut self.parts, kinds_of_act: 0 };
        let mut rest = tokens.as_slice();
        while !rest.is_empty() {
            let used = reading.step(rest);
            rest = rest.get(used..).unwrap_or_default();
        }
        join_synonyms(&mut self.terms, &mut self.parts);
    }
}

/// The state while tokens become terms.
struct Reading<'r> {
    terms: &'r mut Vec<Rc<str>>,
    parts: &'r mut Vec<Rc<str>>,
    /// How many of the last terms name a kind of act ("decreto legislativo").
    kinds_of_act: usize,
}

impl Reading<'_> {
    /// Takes the first tokens; returns how many, at least one.
    fn step(&mut self, rest: &[Token<'_>]) -> usize {
        let Some((token, following)) = rest.split_first() else { return 1 };
        let may_cite = token.entry.as_ref().is_none_or(|entry| {
            matches!(entry.role, Role::Article | Role::Paragraph | Role::NumberSign)
        });
        if may_cite && let Some(citation) = citations::read(rest, self.kinds_of_act > 0) {
            self.parts.extend(citation.parts.iter().map(|part| Rc::from(part.as_str())));
            for term in &citation.terms {
                self.cite(term, citation.is_act);
            }
            self.kinds_of_act = 0;
            return citation.length;
        }
        match &token.entry {
            None => {
                self.terms.push(Rc::from(token.text));
                self.kinds_of_act = 0;
            }
            Some(entry) if entry.role == Role::LawInitial => {
                if citations::follows_law_initial(following)
                    && let Some(law) = synonyms::table().of_form("legge")
                {
                    self.terms.push(Rc::from(law));
                    self.kinds_of_act = 1;
                }
            }
            Some(entry) => {
                if let Some(term) = &entry.term {
                    self.terms.push(Rc::clone(term));
                    self.kinds_of_act =
                        if entry.role == Role::Act { self.kinds_of_act + 1 } else { 0 };
                }
            }
        }
        1
    }

    /// Adds a cited number. An act with a name swallows its kind: "d.lgs.
    /// 286/1998" and "testo unico immigrazione" must be the same single term.
    fn cite(&mut self, term: &str, is_act: bool) {
        let Some(name) = synonyms::table().of_form(term) else {
            self.terms.push(Rc::from(term));
            return;
        };
        let kinds_of_act = if is_act { self.kinds_of_act } else { 0 };
        let kind = self.terms.split_off(self.terms.len().saturating_sub(kinds_of_act));
        self.parts.extend(synonyms::table().of_sequence(&kind).map(|(joined, _)| Rc::from(joined)));
        self.parts.extend(kind);
        self.parts.push(Rc::from(term));
        self.terms.push(Rc::from(name));
    }
}

/// Replaces members of several words by the term of their group, and adds the
/// words of full forms to the parts.
fn join_synonyms(terms: &mut Vec<Rc<str>>, parts: &mut Vec<Rc<str>>) {
    let table = synonyms::table();
    let (mut from, mut to) = (0, 0);
    while let Some(rest) = terms.get(from..).filter(|rest| !rest.is_empty()) {
        let (term, used) = match (table.of_sequence(rest), rest.first()) {
            (Some((joined, used)), _) => {
                parts.extend(rest.iter().take(used).cloned());
                (Rc::from(joined), used)
            }
            (None, Some(term)) => (Rc::clone(term), 1),
            (None, None) => break,
        };
        if term.starts_with('_') {
            parts.extend(table.full_form(&term).iter().map(|word| Rc::from(word.as_str())));
        }
        // Joining never lengthens, so the result is written over what was read.
        if let Some(place) = terms.get_mut(to) {
            *place = term;
        }
        from += used;
        to += 1;
    }
    terms.truncate(to);
}
