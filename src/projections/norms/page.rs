//! Everything about one norm, by article and paragraph.
//!
//! Depends on: `access`, `domain::norm`.

use std::collections::BTreeMap;

use rusqlite::Connection;
use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::ViewsError;
use super::super::condition::Conditions;
use super::super::linked::{
    self, LinkedAnswer, LinkedIssue, LinkedQuestion, LinkedSolution, Which, id_of,
};
use super::super::lists::json;
use super::super::moment::Moment;
use super::super::readings::{self, ReadingView};
use super::super::registry::{AmendmentView, NormEntryView};
use super::super::things::Kind;
use super::super::titles;
use super::{CITING, act_label, amendments, bind_scope, is_cited};
use crate::access::Scope;
use crate::domain::values::Day;

/// A norm, with everything that cites it where the reader may read.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct NormPage {
    /// Its id, the same for whoever cites it.
    pub norm_id: Uuid,
    /// How it is cited.
    #[schema(max_length = 1000)]
    pub label: String,
    /// Its entry in the catalogue; absent when it was only cited.
    pub entry: Option<NormEntryView>,
    /// What amended it, in the order in which it takes effect.
    #[schema(max_items = 10_000)]
    pub amendments: Vec<AmendmentView>,
    /// Its places that are cited or amended: the norm as a whole first, then by article
    /// and paragraph.
    #[schema(max_items = 10_000)]
    pub places: Vec<PlaceView>,
}

/// What cites one place of a norm.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct PlaceView {
    /// The article, such as `5-bis`; absent for the norm as a whole.
    #[schema(max_length = 100)]
    pub article: Option<String>,
    /// The paragraph (*comma*); absent for the article as a whole.
    #[schema(max_length = 100)]
    pub paragraph: Option<String>,
    /// The issues that cite it.
    #[schema(max_items = 100_000)]
    pub issues: Vec<LinkedIssue>,
    /// How authorities read it, as those issues report.
    #[schema(max_items = 100_000)]
    pub positions: Vec<ReadingView>,
    /// The questions about it.
    #[schema(max_items = 100_000)]
    pub questions: Vec<LinkedQuestion>,
    /// The answers that read it.
    #[schema(max_items = 100_000)]
    pub answers: Vec<LinkedAnswer>,
    /// The solutions that rest on it.
    #[schema(max_items = 100_000)]
    pub solutions: Vec<LinkedSolution>,
    /// The amendments of it, by their ids.
    #[schema(max_items = 10_000)]
    pub amendments: Vec<Uuid>,
    /// How many of each kind there are, when only the newest are listed.
    #[serde(skip)]
    pub in_all: PlaceCounts,
}

/// How many things of each kind cite a place, listed or not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PlaceCounts {
    /// Issues.
    pub issues: usize,
    /// Readings that those issues report.
    pub positions: usize,
    /// Questions.
    pub questions: usize,
    /// Answers.
    pub answers: usize,
    /// Solutions.
    pub solutions: usize,
}

impl PlaceView {
    /// Keeps the newest of each kind, the newest first.
    fn keep_newest(&mut self, most: usize) {
        self.in_all = PlaceCounts {
            issues: newest(&mut self.issues, most),
            positions: newest(&mut self.positions, most),
            questions: newest(&mut self.questions, most),
            answers: newest(&mut self.answers, most),
            solutions: newest(&mut self.solutions, most),
        };
    }
}

/// Keeps the last of what stands in the order of its recording, the last first; how many
/// there were.
fn newest<T>(all: &mut Vec<T>, most: usize) -> usize {
    let there = all.len();
    all.drain(..there.saturating_sub(most));
    all.reverse();
    there
}

impl Moment {
    /// The page of a norm as it stands on a day, with everything or with so many of each
    /// kind at each place, the newest first; `None` when it is neither registered nor
    /// cited where the reader may read.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views or a text cannot be read.
    pub async fn show_norm(
        &self,
        scope: &Scope,
        norm: Uuid,
        on: Day,
        most: Option<usize>,
    ) -> Result<Option<NormPage>, ViewsError> {
        let Some(mut page) = self.read(|conn| page(conn, scope, norm, on))? else {
            return Ok(None);
        };
        for place in &mut page.places {
            if let Some(most) = most {
                place.keep_newest(most);
            }
            titles::open(self.texts(), &mut place.issues).await?;
            titles::open(self.texts(), &mut place.questions).await?;
            titles::open(self.texts(), &mut place.solutions).await?;
        }
        let positions = page.places.iter_mut().flat_map(|place| &mut place.positions);
        readings::open(self, positions).await?;
        Ok(Some(page))
    }
}

fn page(
    conn: &Connection,
    scope: &Scope,
    norm: Uuid,
    on: Day,
) -> Result<Option<NormPage>, ViewsError> {
    let mut select = Conditions::default();
    select.bind(":norm", norm.as_bytes().to_vec());
    let entry: Option<NormEntryView> = select
        .query(conn, "SELECT doc FROM norms WHERE norm = :norm", |row| json(row, "doc"))?
        .pop();
    if entry.is_none() && !cited(conn, scope, norm)? {
        return Ok(None);
    }
    let label = match &entry {
        Some(entry) => entry.label_it.to_string(),
        None => select
            .query(conn, "SELECT min(label) FROM citations WHERE norm = :norm", |row| {
                row.get::<_, String>(0)
            })?
            .pop()
            .map(|label| act_label(&label))
            .unwrap_or_default(),
    };
    let amendments = amendments(conn, norm)?;
    let places = places(conn, scope, norm, on, &amendments)?;
    Ok(Some(NormPage { norm_id: norm, label, entry, amendments, places }))
}

fn cited(conn: &Connection, scope: &Scope, norm: Uuid) -> Result<bool, ViewsError> {
    let mut select = Conditions::default();
    bind_scope(&mut select, scope);
    select.bind(":norm", norm.as_bytes().to_vec());
    let statement = format!("SELECT {} FROM (SELECT :norm AS norm) x", is_cited(scope));
    Ok(select.query(conn, &statement, |row| row.get(0))?.pop().unwrap_or(false))
}

fn places(
    conn: &Connection,
    scope: &Scope,
    norm: Uuid,
    on: Day,
    amendments: &[AmendmentView],
) -> Result<Vec<PlaceView>, ViewsError> {
    let mut places = Places::default();
    let which = Which::Citing(norm);
    let issues = by_id(linked::issues(conn, scope, on, which)?, |one| one.id);
    let questions = by_id(linked::questions(conn, scope, on, which)?, |one| one.id);
    let answers = by_id(linked::answers(conn, scope, on, which)?, |one| one.id);
    let solutions = by_id(linked::solutions(conn, scope, on, which)?, |one| one.id);
    let positions = positions(conn, scope, norm)?;
    for (kind, table) in CITING {
        for (id, article, paragraph) in citations(conn, norm, kind, table)? {
            let place = || (article.as_deref(), paragraph.as_deref());
            // What is not readable is not among the things read above.
            match kind {
                Kind::Issue => {
                    if let Some(issue) = issues.get(&id) {
                        let place = places.at(place());
                        place.issues.push(issue.clone());
                        let held = positions.get(&id).map(Vec::as_slice);
                        place.positions.extend_from_slice(held.unwrap_or_default());
                    }
                }
                Kind::Question => {
                    if let Some(one) = questions.get(&id) {
                        places.at(place()).questions.push(one.clone());
                    }
                }
                Kind::Answer => {
                    if let Some(one) = answers.get(&id) {
                        places.at(place()).answers.push(one.clone());
                    }
                }
                Kind::Solution => {
                    if let Some(one) = solutions.get(&id) {
                        places.at(place()).solutions.push(one.clone());
                    }
                }
                // Letters cite no norms.
                Kind::Communication => {}
            }
        }
    }
    for amendment in amendments {
        if amendment.articles.is_empty() {
            places.at((None, None)).amendments.push(amendment.amendment_id);
        }
        for article in &amendment.articles {
            let article = Some(article.as_str());
            places.at((article, None)).amendments.push(amendment.amendment_id);
        }
    }
    Ok(places.0.into_values().collect())
}

fn by_id<T>(found: Vec<T>, id: impl Fn(&T) -> Uuid) -> BTreeMap<Uuid, T> {
    found.into_iter().map(|one| (id(&one), one)).collect()
}

/// Places in the order in which an act has them.
#[derive(Default)]
struct Places(BTreeMap<(Rank, Rank), PlaceView>);

impl Places {
    fn at(&mut self, (article, paragraph): (Option<&str>, Option<&str>)) -> &mut PlaceView {
        let key = (Rank::of(article), Rank::of(paragraph));
        self.0.entry(key).or_insert_with(|| PlaceView {
            article: article.map(str::to_owned),
            paragraph: paragraph.map(str::to_owned),
            ..PlaceView::default()
        })
    }
}

/// The number of an article or paragraph, and what follows it: `5` before `5bis` before
/// `19`. "Art. 5-bis" and `5bis` are the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Rank(u32, String);

impl Rank {
    fn of(label: Option<&str>) -> Self {
        let lower = label.unwrap_or_default().to_lowercase();
        let bare = lower.trim();
        let bare =
            ["articolo", "art."].iter().find_map(|word| bare.strip_prefix(word)).unwrap_or(bare);
        let plain: String = bare.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        let end = plain.find(|c: char| !c.is_ascii_digit()).unwrap_or(plain.len());
        let (digits, rest) = plain.split_at(end);
        Self(digits.parse().unwrap_or(0), rest.to_owned())
    }
}

type Citation = (Uuid, Option<String>, Option<String>);

/// Which place each thing of a kind cites, in order; each place once.
fn citations(
    conn: &Connection,
    norm: Uuid,
    kind: Kind,
    table: &str,
) -> Result<Vec<Citation>, ViewsError> {
    let mut select = Conditions::default();
    select.bind(":norm", norm.as_bytes().to_vec());
    let statement = format!(
        "SELECT t.id, c.article, c.paragraph FROM citations c JOIN {table} t ON t.no = c.thing
         WHERE c.norm = :norm AND c.kind = {} GROUP BY t.no, c.article, c.paragraph
         ORDER BY t.no",
        kind as u8
    );
    select.query(conn, &statement, |row| {
        Ok((id_of(row)?, row.get("article")?, row.get("paragraph")?))
    })
}

/// The readings that issues citing the norm report, by issue.
fn positions(
    conn: &Connection,
    scope: &Scope,
    norm: Uuid,
) -> Result<BTreeMap<Uuid, Vec<ReadingView>>, ViewsError> {
    let mut select = Conditions::scope(scope, "t", Kind::Issue);
    select.filter(
        "t.no IN (SELECT c.thing FROM citations c WHERE c.norm = :norm AND c.kind = 0)",
        ":norm",
        Some(norm.as_bytes().to_vec()),
    );
    let statement = format!(
        "SELECT {} FROM issues t JOIN issue_positions r ON r.issue = t.no
         LEFT JOIN authorities a ON a.authority = r.authority WHERE {} ORDER BY t.no, r.ord",
        readings::COLUMNS,
        select.sql()
    );
    let mut of_issue: BTreeMap<Uuid, Vec<ReadingView>> = BTreeMap::new();
    for one in select.query(conn, &statement, readings::read)? {
        of_issue.entry(one.issue).or_default().push(one);
    }
    Ok(of_issue)
}
