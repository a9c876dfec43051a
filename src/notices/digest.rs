//! From what is news to a person to the digest of a day, and to its letter.
//!
//! Pure. A letter names things by reference and theme, and leads to them. What people typed
//! is not in it, not even a title: nobody can erase it from a mailbox.
//!
//! Depends on: `domain`, `mail`.

use crate::domain::italian::italian_date;
use crate::domain::notice::{News, NewsKind, NoticePrepared, NoticesState};
use crate::domain::values::{Count, Day, RefKind};

/// Most news that one digest tells; the rest is counted.
pub const MOST: usize = 50;

/// After how many days something is no longer news: a service that was off for a month
/// does not tell it all.
pub const STALE_DAYS: i32 = 14;

/// Whether what was recorded on a day is news on another.
pub fn is_fresh(recorded: Day, today: Day) -> bool {
    (today.date() - recorded.date()).get_days() <= STALE_DAYS
}

/// The digest of a person for a day; `None` when there is nothing to tell, or nothing may be
/// told today. `news` is what the person may read, of what is owed and of what is new.
pub fn digest(
    state: &NoticesState,
    day: Day,
    news: impl IntoIterator<Item = News>,
) -> Option<NoticePrepared> {
    if !state.may_prepare(day) {
        return None;
    }
    let mut items: Vec<News> = Vec::new();
    for one in news {
        if !items.iter().any(|known| known.kind == one.kind && known.about == one.about) {
            items.push(one);
        }
    }
    // As the letter has them; what is older comes first.
    items.sort_by_key(|one| one.kind);
    let more = items.len().saturating_sub(MOST);
    items.truncate(MOST);
    let more = u32::try_from(more).ok().filter(|more| *more > 0).and_then(Count::new);
    (!items.is_empty()).then(|| NoticePrepared { day, items, more, unsure_of: state.unsure_of() })
}

/// A thing as a letter names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What is news.
    pub kind: NewsKind,
    /// What the thing is.
    pub thing: RefKind,
    /// Its id.
    pub id: String,
    /// How it is called, such as `S-2026/0042`.
    pub reference: String,
    /// Its theme, as the registry calls it.
    pub theme: Option<String>,
}

/// The subject of a letter.
pub fn subject(day: Day) -> String {
    format!("Novità del {}", italian_date(day.date()))
}

/// The text of a letter. `base` is the public address, `stop` the one that ends letters.
pub fn text(prepared: &NoticePrepared, lines: &[Line], base: &str, stop: &str) -> String {
    let mut text = vec!["Buongiorno,".into(), String::new()];
    text.push("ecco le novità che riguardano il suo ente.".into());
    for kind in KINDS {
        let of_kind: Vec<_> = lines.iter().filter(|line| line.kind == *kind).collect();
        if of_kind.is_empty() {
            continue;
        }
        text.extend([String::new(), heading(*kind).into()]);
        for line in of_kind {
            let theme = line.theme.as_ref().map(|theme| format!(" ({theme})")).unwrap_or_default();
            text.push(format!("- {}{theme}", line.reference));
            text.push(format!("  {base}/{}/{}", folder(line.thing), line.id));
        }
    }
    if let Some(more) = prepared.more {
        let more = more.get();
        text.extend([String::new(), format!("E altre {more} novità: {base}/segnalazioni")]);
    }
    if let Some(day) = prepared.unsure_of {
        let day = italian_date(day.date());
        text.push(String::new());
        text.push(format!("Il riepilogo del {day} potrebbe non essere arrivato, e per sicurezza"));
        text.push(format!("non viene ripetuto. Tutte le segnalazioni: {base}/segnalazioni"));
    }
    text.push(String::new());
    text.push(
        "I testi si leggono dopo l'accesso. Arriva al massimo un messaggio al giorno, e".into(),
    );
    text.push("solo se c'è qualcosa di nuovo. Per non riceverne più:".into());
    text.extend([stop.to_owned(), String::new()]);
    text.join("\n")
}

/// The kinds, in the order of a letter.
const KINDS: &[NewsKind] = &[
    NewsKind::TakenUp,
    NewsKind::Joined,
    NewsKind::Answered,
    NewsKind::Offered,
    NewsKind::ToVerify,
];

fn heading(kind: NewsKind) -> &'static str {
    match kind {
        NewsKind::TakenUp => "Segnalazioni prese in carico",
        NewsKind::Joined => "Segnalazioni confluite in un quesito collettivo",
        NewsKind::Answered => "Riscontri ricevuti",
        NewsKind::Offered => "Soluzioni proposte al suo ente",
        NewsKind::ToVerify => "Soluzioni adottate, da verificare",
    }
}

/// Where the pages of a thing lie.
fn folder(thing: RefKind) -> &'static str {
    match thing {
        RefKind::Question => "quesiti",
        RefKind::Solution => "soluzioni",
        _ => "segnalazioni",
    }
}
