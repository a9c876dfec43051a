//! From what a person types to an FTS5 expression.
//!
//! Words are joined so that any of them finds a text; quotes make a phrase that
//! must be present; a minus before a word or phrase excludes it; a star after a
//! word, or the end of the input right behind it, lets it be the beginning of a
//! longer one. Whatever is typed, the expression is valid: it consists of
//! quoted terms, which hold no quotes, and of operators written here.
//!
//! Deliberately absent: column filters, brackets and operators for users.
//!
//! Depends on: nothing in this crate.

use super::analysis::{analyse, last_spelling};
use super::lexer::Kind;
use super::synonyms;
use super::vocabulary::term_of;

/// How much of the input is read, in characters: more is not a question.
const LONGEST_INPUT: usize = 1000;

/// The most terms an expression holds; FTS5 limits its depth.
const MOST_TERMS: usize = 32;

/// The most words of which all but one are asked for.
const LONGEST_TIER: usize = 8;

/// The shortest beginning of a word that is completed, in characters: a
/// shorter one would read a large part of the index.
const SHORTEST_HALF: usize = 3;

/// Endings that stemming removes. A word typed up to the middle of one is
/// longer than the stem in the index, so it is finished before stemming.
const ENDINGS: [&str; 18] = [
    "amento", "imento", "azione", "izione", "icazione", "amente", "icamente", "atore", "abile",
    "ibile", "abilita", "ibilita", "anza", "enza", "ativo", "ista", "ita", "are",
];

/// A query in several strengths, for one ranking in tiers: texts with all terms come
/// before those that lack one, and these before the rest. Besides being what people
/// expect, it lets a page be filled without ranking every text that has one of the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FtsQuery {
    /// Matches texts with any of the words, every phrase, no excluded word.
    pub any: String,
    /// From the strictest on, each implied by the one before; the last is `any`.
    pub tiers: Vec<String>,
}

/// Reads a user's query; `None` when nothing in it can be searched for: only
/// stop words, punctuation, or exclusions.
///
/// ```
/// use quesito::search::fts_query;
/// let query = fts_query("rinnovo \"permesso di soggiorno\" -minori ").unwrap();
/// assert_eq!(query.any, r#"("_pds" AND ("_pds" OR "_rinnovo")) NOT ("_minore")"#);
/// assert_eq!(fts_query("di che?"), None);
/// ```
pub fn fts_query(user: &str) -> Option<FtsQuery> {
    let typed = Typed::read(user);
    let mut words: Vec<String> = vec![];
    for star in &typed.starred {
        push_new(&mut words, beginning(star));
    }
    let mut terms = analyse(&typed.words);
    let last = if typed.open { beginning(&typed.words) } else { None };
    if last.is_some() && last_is_single(&typed.words, &terms) {
        terms.pop();
        push_new(&mut words, last);
    }
    for term in &terms {
        push_new(&mut words, Some(quoted(term)));
    }
    words.truncate(MOST_TERMS);
    let phrases: Vec<String> =
        typed.phrases.iter().filter_map(|text| phrase(text)).take(MOST_TERMS).collect();
    let excluded: Vec<String> =
        typed.excluded.iter().filter_map(|text| phrase(text)).take(MOST_TERMS).collect();

    let some = words.join(" OR ");
    let every: Vec<&str> = phrases.iter().chain(&words).map(String::as_str).collect();
    let all = every.join(" AND ");
    let any = match (phrases.is_empty(), words.is_empty()) {
        (true, true) => return None,
        (true, false) => some,
        (false, true) => all.clone(),
        // The phrase stands in the brackets too, so that words stay optional.
        (false, false) => {
            format!("{} AND ({} OR {some})", phrases.join(" AND "), phrases.join(" OR "))
        }
    };
    let mut tiers = vec![all];
    tiers.extend(all_but_one(&phrases, &words));
    tiers.push(any);
    tiers.dedup();
    if !excluded.is_empty() {
        let without = excluded.join(" OR ");
        for tier in &mut tiers {
            *tier = format!("({tier}) NOT ({without})");
        }
    }
    Some(FtsQuery { any: tiers.last()?.clone(), tiers })
}

/// All words but any one of them; `None` where that is the same as any word, and where
/// there are so many that it would be a long expression.
fn all_but_one(phrases: &[String], words: &[String]) -> Option<String> {
    (3..=LONGEST_TIER).contains(&words.len()).then(|| {
        let without = |left_out: usize| {
            let others = words.iter().enumerate().filter(|(at, _)| *at != left_out);
            let kept: Vec<&str> =
                phrases.iter().chain(others.map(|(_, word)| word)).map(String::as_str).collect();
            format!("({})", kept.join(" AND "))
        };
        (0..words.len()).map(without).collect::<Vec<_>>().join(" OR ")
    })
}

/// The input, sorted by what its marks ask for.
#[derive(Debug, Default)]
struct Typed {
    words: String,
    starred: Vec<String>,
    phrases: Vec<String>,
    excluded: Vec<String>,
    /// Whether the last word may still be growing.
    open: bool,
}

impl Typed {
    fn read(user: &str) -> Self {
        let mut typed = Self::default();
        let mut chars = user.chars().take(LONGEST_INPUT).peekable();
        let mut at_start = true;
        while let Some(c) = chars.next() {
            let minus = c == '-'
                && at_start
                && chars.peek().is_some_and(|c| c.is_alphanumeric() || is_quote(*c));
            let opening = if minus { chars.next().unwrap_or(' ') } else { c };
            typed.open = false;
            at_start = false;
            if is_quote(opening) {
                let phrase = chars.by_ref().take_while(|c| !is_quote(*c)).collect();
                let list = if minus { &mut typed.excluded } else { &mut typed.phrases };
                list.push(phrase);
                at_start = true;
            } else if opening.is_whitespace() {
                typed.words.push(' ');
                at_start = true;
            } else {
                let mut word = String::from(opening);
                while let Some(c) = chars.next_if(|c| !c.is_whitespace() && !is_quote(*c)) {
                    word.push(c);
                }
                if minus {
                    typed.excluded.push(word);
                } else if let Some(half) = word.strip_suffix('*') {
                    typed.starred.push(half.to_owned());
                } else {
                    typed.open = word.ends_with(char::is_alphanumeric);
                    typed.words.push_str(&word);
                }
            }
        }
        typed
    }
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»' | '＂')
}

/// Whether the last word of a text is a term of its own, not the end of a
/// citation or of a synonym of several words.
fn last_is_single(text: &str, terms: &[String]) -> bool {
    last_spelling(text).is_some_and(|(_, spelling)| {
        let alone = analyse(&spelling);
        alone.len() == 1 && alone.last() == terms.last()
    })
}

/// The last word of a text as the beginning of a longer one.
fn beginning(text: &str) -> Option<String> {
    let (kind, spelling) = last_spelling(text)?;
    let mut choices = vec![];
    for term in analyse(&spelling) {
        push_new(&mut choices, Some(quoted(&term)));
    }
    match kind {
        Kind::Word if spelling.chars().count() >= SHORTEST_HALF => {
            let table = synonyms::table();
            // A full acronym is meant as such: "CAS" is not half of "casa".
            if table.of_form(&spelling).is_none() {
                let stems = finished(&spelling).filter_map(|word| term_of(&word, table));
                let completions = table.completions(&spelling).map(str::to_owned);
                for term in stems.chain(completions) {
                    push_new(&mut choices, Some(quoted(&term)));
                }
                choices.push(format!("{} *", quoted(&spelling)));
            }
        }
        // The number of an act whose year is still to come.
        Kind::Number => choices.push(format!("{} *", quoted(&format!("{spelling}/")))),
        Kind::Code => {
            // "2026/00" is on the way to "2026/42", stored without zeros.
            let half = spelling.strip_suffix('0').filter(|half| half.ends_with(['/', '-']));
            choices.push(format!("{} *", quoted(half.unwrap_or(&spelling))));
        }
        Kind::Word | Kind::Ordinal | Kind::Date => {}
    }
    match choices.len() {
        0 => None,
        1 => choices.pop(),
        _ => Some(format!("({})", choices.join(" OR "))),
    }
}

/// The words that a half typed one may be on the way to, by its ending.
fn finished(half: &str) -> impl Iterator<Item = String> {
    ENDINGS.iter().filter_map(move |ending| {
        let typed = (2..ending.len())
            .rev()
            .filter_map(|length| ending.get(..length))
            .find(|typed| half.len() >= typed.len() + 3 && half.ends_with(typed))?;
        Some(format!("{half}{}", ending.get(typed.len()..)?))
    })
}

/// The terms of a text, one after the other.
fn phrase(text: &str) -> Option<String> {
    let mut terms = analyse(text);
    terms.truncate(MOST_TERMS);
    (!terms.is_empty()).then(|| quoted(&terms.join(" ")))
}

/// An FTS5 string. Terms hold no quotes; should one ever, it stays inside.
fn quoted(term: &str) -> String {
    format!("\"{}\"", term.replace('"', "\"\""))
}

fn push_new(list: &mut Vec<String>, item: Option<String>) {
    if let Some(item) = item.filter(|item| !list.contains(item)) {
        list.push(item);
    }
}
