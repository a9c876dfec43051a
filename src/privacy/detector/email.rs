//! E-mail addresses, except those of public offices.
//!
//! Depends on: nothing in this crate.

use super::tokens::{Class, Token, Tokens};
use super::{Hit, Kind};

/// More pieces than any address has: a bound on the look to either side.
const MOST_PIECES: usize = 24;

/// Domains of public bodies; their sub-domains too.
const PUBLIC_DOMAINS: &[&str] = &[
    "agenziaentrate.it",
    "anci.it",
    "beniculturali.it",
    "camcom.it",
    "carabinieri.it",
    "corteconti.it",
    "difesa.it",
    "edu.it",
    "emr.it",
    "esteri.it",
    "europa.eu",
    "gdf.it",
    "giustizia.it",
    "giustiziacert.it",
    "gov.it",
    "inail.it",
    "inps.it",
    "interno.it",
    "istat.it",
    "istruzione.it",
    "lepida.it",
    "poliziadistato.it",
    "regione.it",
    "retesai.it",
    "sanita.it",
    "serviziocentrale.it",
    "unhcr.org",
    "vigilfuoco.it",
];

/// First parts of a domain label that name a public body (`comune.example.it`,
/// `cittametropolitana.example.it`, `unionebassa.it`).
const PUBLIC_LABELS: &[&str] = &[
    "anci",
    "asl",
    "asp",
    "aspbologna",
    "ats",
    "ausl",
    "aosp",
    "citta",
    "cittametropolitana",
    "comune",
    "comuni",
    "pecausl",
    "prefettura",
    "provincia",
    "provincie",
    "questura",
    "regione",
    "tribunale",
    "unione",
    "unioncomuni",
];

/// Beginnings of the part before the `@` that name a body whatever the domain:
/// a small Comune often has its certified mail with a commercial provider.
const BODIES: &[&str] = &["comune", "unione", "provincia", "regione", "prefettura", "questura"];

/// Whole parts before the `@` that name an office, not a person.
const OFFICES: &[&str] =
    &["amministrazione", "info", "pec", "protocollo", "segreteria", "ufficioprotocollo"];

/// Where anybody has a mailbox: there even "info" may be a person.
const MAILBOXES: &[&str] = &[
    "alice.it",
    "gmail.com",
    "hotmail.com",
    "hotmail.it",
    "icloud.com",
    "libero.it",
    "live.it",
    "outlook.com",
    "outlook.it",
    "pec.it",
    "tim.it",
    "tiscali.it",
    "virgilio.it",
    "yahoo.com",
    "yahoo.it",
];

/// An e-mail address whose `@` is the token `at`.
pub(super) fn find(tokens: &Tokens<'_>, at: usize) -> Option<Hit> {
    if !tokens.get(at)?.is('@') {
        return None;
    }
    let first = walk(at, |place| {
        let before = tokens.glued_before(place)?;
        belongs(before, &['.', '_', '-', '+', '%', '\'', '’']).then_some(place - 1)
    });
    let last = walk(at, |place| {
        let after = tokens.glued_after(place)?;
        belongs(after, &['.', '-']).then_some(place + 1)
    });
    // A sign at either end belongs to the sentence.
    let is_name =
        |place: &usize| tokens.get(*place).is_some_and(|token| token.class != Class::Sign);
    let first = (first..at).find(is_name)?;
    let last = (at + 1..=last).rfind(is_name)?;

    let text = |from: usize, to: usize| -> String {
        (from..=to).filter_map(|place| tokens.get(place)).map(|token| token.text).collect()
    };
    let local = text(first, at - 1).to_lowercase();
    let domain = text(at + 1, last).to_lowercase();
    let top = domain.rsplit_once('.')?.1;
    if top.len() < 2 || !top.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return None;
    }
    if is_institutional(&local, &domain) {
        return None;
    }
    Some(Hit { kind: Kind::Email, start: tokens.get(first)?.start, end: tokens.get(last)?.end() })
}

/// Goes on from `at` as long as `step` finds another piece.
fn walk(at: usize, step: impl Fn(usize) -> Option<usize>) -> usize {
    std::iter::successors(Some(at), |place| step(*place)).take(MOST_PIECES).last().unwrap_or(at)
}

fn belongs(token: &Token<'_>, signs: &[char]) -> bool {
    token.class != Class::Sign || token.is_one_of(signs)
}

/// Whether an address belongs to a public body or to an office.
fn is_institutional(local: &str, domain: &str) -> bool {
    let under = |known: &&str| {
        domain.strip_suffix(*known).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    let starts_with_body = |body: &&str| {
        local.strip_prefix(*body).is_some_and(|rest| rest.starts_with(['.', '-', '_']))
    };
    PUBLIC_DOMAINS.iter().any(under)
        || labels_below_top(domain).any(is_public_label)
        || BODIES.iter().any(starts_with_body)
        || OFFICES.contains(&local) && !MAILBOXES.iter().any(under)
}

fn labels_below_top(domain: &str) -> impl Iterator<Item = &str> {
    domain.rsplit('.').skip(1)
}

fn is_public_label(label: &str) -> bool {
    // `unionerenogalliera` and `comunemodena` are public bodies as well.
    PUBLIC_LABELS.contains(&label)
        || ["unione", "comune", "provincia", "regione"].iter().any(|body| label.starts_with(body))
}
