//! Which issues are listed and counted.
//!
//! Depends on: `access`, `search`, `domain::issue`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::condition::Conditions;
use super::super::things::Kind;
use super::super::words;
use crate::access::Scope;
use crate::domain::issue::IssueStatus;
use crate::domain::values::{AuthorityKind, BodyId, Day, ProvinceCode, ThemeCode, Year};
use crate::search::fts_query;

/// In which order issues are listed: the latest, the largest, the longest, the best
/// match first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IssueSort {
    /// By the last event.
    Updated,
    /// By the day of the report.
    Reported,
    /// By the number of people affected.
    People,
    /// By the days it has been open, or was until it was closed.
    DaysOpen,
    /// By how well it matches `q`.
    Relevance,
}

/// Which issues are listed, in which order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct IssueFilter {
    /// Words somebody typed.
    pub q: Option<String>,
    /// Where they stand.
    pub status: Option<IssueStatus>,
    /// Their theme, first or secondary.
    pub theme: Option<ThemeCode>,
    /// A norm they cite.
    pub norm: Option<Uuid>,
    /// A kind of authority whose reading is recorded.
    pub authority_kind: Option<AuthorityKind>,
    /// The province of the reporting body, or of an authority whose reading is recorded.
    pub province: Option<ProvinceCode>,
    /// A body that takes part.
    pub body: Option<BodyId>,
    /// The association in charge.
    pub coordinator: Option<BodyId>,
    /// Whether readings oppose each other at present.
    pub has_divergence: Option<bool>,
    /// Whether readings opposed each other, and no longer do.
    pub composed: Option<bool>,
    /// Whether something that answers or solves them has changed.
    pub to_verify: Option<bool>,
    /// The year of the report.
    pub year: Option<Year>,
    /// Whether a solution that holds is attached to them.
    pub has_valid_solution: Option<bool>,
    /// Changed at or after an instant.
    pub updated_since: Option<Timestamp>,
    /// In which order; by relevance with `q` and by the last event without, when absent.
    pub sort: Option<IssueSort>,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// At most so many, from 1.
    pub limit: u32,
}

impl IssueFilter {
    pub(super) fn sort(&self) -> IssueSort {
        match (self.sort, &self.q) {
            (Some(IssueSort::Relevance) | None, None) => IssueSort::Updated,
            (Some(sort), _) => sort,
            (None, Some(_)) => IssueSort::Relevance,
        }
    }

    /// From which table a list is read.
    pub(super) fn source(&self) -> Source {
        match self.sort() {
            IssueSort::Relevance => Source::Index,
            IssueSort::Updated if self.theme.is_some() => Source::Theme,
            IssueSort::Updated | IssueSort::Reported | IssueSort::People | IssueSort::DaysOpen => {
                Source::Issues
            }
        }
    }

    /// The conditions on `issues i`, for somebody's eyes, on a day.
    pub(super) fn conditions(&self, scope: &Scope, today: Day, source: Source) -> Conditions {
        let mut all = Conditions::scope(scope, "i", Kind::Issue);
        self.narrow(&mut all, today, source);
        all
    }

    pub(super) fn narrow(&self, all: &mut Conditions, today: Day, source: Source) {
        all.on(today);
        if let Some(q) = &self.q {
            match fts_query(q) {
                // Asked tier by tier, by whoever lists what was found.
                Some(_) if source == Source::Index => {}
                Some(query) => {
                    all.and("i.no IN (SELECT rowid FROM search.fts WHERE fts MATCH :any)");
                    all.bind(":any", query.any);
                }
                // Nothing in it can be searched for.
                None => all.and("0"),
            }
        }
        let status = self.status.as_ref().map(words::text);
        all.and_if(":status", status, || format!("{} = :status", on_day("status")));
        let theme = self.theme.as_ref().map(|theme| theme.as_str().to_owned());
        all.and_if(":theme", theme, || source.theme().into());
        let norm = self.norm.map(|id| id.as_bytes().to_vec());
        all.and_if(":norm", norm, || {
            "i.no IN (SELECT thing FROM citations WHERE norm = :norm AND kind = 0)".into()
        });
        let kind = self.authority_kind.as_ref().map(|kind| kind.as_str().to_owned());
        all.and_if(":authority_kind", kind, || {
            "EXISTS (SELECT 1 FROM issue_positions p JOIN authorities a USING (authority)
             WHERE p.issue = i.no AND a.kind = :authority_kind)"
                .into()
        });
        let province = self.province.as_ref().map(|province| province.as_str().to_owned());
        all.and_if(":province", province, || {
            "(EXISTS (SELECT 1 FROM bodies b WHERE b.body = i.body AND b.province = :province)
              OR EXISTS (SELECT 1 FROM issue_positions p LEFT JOIN authorities a USING (authority)
                 WHERE p.issue = i.no AND (a.province = :province
                       OR (p.level = 'province' AND p.territory = :province))))"
                .into()
        });
        let body = self.body.as_ref().map(|body| body.as_str().to_owned());
        all.and_if(":body", body, || {
            "EXISTS (SELECT 1 FROM participants t
             WHERE t.kind = 0 AND t.thing = i.no AND t.body = :body)"
                .into()
        });
        let coordinator = self.coordinator.as_ref().map(|body| body.as_str().to_owned());
        all.and_if(":coordinator", coordinator, || "i.coordinator = :coordinator".into());
        if let Some(divergent) = self.has_divergence {
            all.and(if divergent { "i.current_positions >= 2" } else { "i.current_positions < 2" });
        }
        all.and_if(":composed", self.composed, || "i.composed = :composed".into());
        all.and_if(":to_verify", self.to_verify, || {
            format!("{} = :to_verify", on_day("to_verify"))
        });
        let year = self.year.map(|year| format!("{:04}", year.get()));
        all.and_if(":year", year, || "substr(i.reported_on, 1, 4) = :year".into());
        all.and_if(":has_valid_solution", self.has_valid_solution, || {
            format!("{} = :has_valid_solution", on_day("has_valid_solution"))
        });
        let since = self.updated_since.map(Timestamp::as_microsecond);
        all.and_if(":updated_since", since, || {
            format!("{} >= :updated_since", source.updated_at())
        });
    }
}

/// The table that issues are found through: the one that has them in the order wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// `issues` itself.
    Issues,
    /// The issues of one theme, by their last update.
    Theme,
    /// The search index.
    Index,
}

impl Source {
    /// What is selected from; the issue is called `i`.
    pub(super) fn from(self) -> &'static str {
        match self {
            Self::Issues => "issues i",
            Self::Theme => "issue_themes h CROSS JOIN issues i ON i.no = h.issue",
            Self::Index => "search.fts CROSS JOIN issues i ON i.no = fts.rowid",
        }
    }

    /// The column of the last update.
    pub(super) fn updated_at(self) -> &'static str {
        if self == Self::Theme { "h.updated_at" } else { "i.updated_at" }
    }

    /// The number of the issue.
    pub(super) fn no(self) -> &'static str {
        if self == Self::Theme { "h.issue" } else { "i.no" }
    }

    fn theme(self) -> &'static str {
        match self {
            Self::Theme => "h.theme = :theme",
            Self::Issues | Self::Index => {
                "i.no IN (SELECT issue FROM issue_themes WHERE theme = :theme)"
            }
        }
    }
}

/// A column that depends on the day `:today`.
pub(in super::super) fn on_day(column: &str) -> String {
    format!(
        "(CASE WHEN i.changes_on IS NULL OR i.changes_on > :today THEN i.{column} ELSE
          (SELECT s.{column} FROM issue_steps s WHERE s.issue = i.no AND s.from_day <= :today
           ORDER BY s.from_day DESC LIMIT 1) END)"
    )
}
