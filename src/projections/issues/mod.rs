//! Issues (*segnalazioni*): list, facets, detail.
//!
//! Depends on: `domain::issue`, `access`.

mod detail;
mod facets;
mod filter;
mod groups;
mod list;
mod parts;
mod write;

pub use detail::IssueDetail;
pub(super) use detail::is_for;
pub use facets::{FacetCount, IssueFacets};
pub(super) use filter::on_day;
pub use filter::{IssueFilter, IssueSort};
pub use groups::{IssueGroup, IssueGroups};
pub use list::{IssueList, IssueRow, PublicIssueList, PublicIssueRow};
pub use parts::{
    ClarificationView, DirectAnswer, EndorsementView, LinkView, NormCitation, NoteView,
    PositionView,
};
pub(super) use write::write;

/// The tables.
///
/// `status`, `to_verify` and `has_valid_solution` depend on the day: the row has what
/// holds before `changes_on`, `issue_steps` what holds from then on.
pub(super) const TABLES: &str = "
    CREATE TABLE issues (
        no INTEGER PRIMARY KEY,
        id BLOB NOT NULL,
        year INTEGER NOT NULL,
        rank INTEGER NOT NULL,
        revision INTEGER NOT NULL,
        title_rev INTEGER NOT NULL,
        summary_rev INTEGER,
        coordinator TEXT NOT NULL,
        body TEXT NOT NULL,
        visibility INTEGER NOT NULL,
        published INTEGER NOT NULL,
        theme TEXT NOT NULL,
        urgency TEXT NOT NULL,
        status TEXT NOT NULL,
        to_verify INTEGER NOT NULL,
        has_valid_solution INTEGER NOT NULL,
        changes_on TEXT,
        reported_on TEXT NOT NULL,
        updated_at INTEGER NOT NULL,
        people INTEGER NOT NULL,
        bodies INTEGER NOT NULL,
        positions INTEGER NOT NULL,
        current_positions INTEGER NOT NULL,
        composed INTEGER NOT NULL,
        questions INTEGER NOT NULL,
        duplicate_of BLOB,
        outcome TEXT,
        triaged_on TEXT,
        confirmed_on TEXT,
        questioned_on TEXT,
        dispatched_on TEXT,
        answered_on TEXT,
        solved_on TEXT,
        closed_on TEXT,
        -- The latest day on which something happened, and the last event: see `past`.
        occurred_until TEXT NOT NULL,
        position INTEGER NOT NULL
    );
    CREATE INDEX issues_by_update ON issues (updated_at, no);
    CREATE INDEX issues_by_report ON issues (reported_on, no);
    CREATE TABLE issue_steps (
        issue INTEGER NOT NULL,
        from_day TEXT NOT NULL,
        status TEXT NOT NULL,
        to_verify INTEGER NOT NULL,
        has_valid_solution INTEGER NOT NULL,
        PRIMARY KEY (issue, from_day)
    ) WITHOUT ROWID;
    -- All themes of an issue, the first and those beside it. The last update stands here
    -- too, so that the index has the issues of a theme in the order of lists.
    CREATE TABLE issue_themes (
        issue INTEGER NOT NULL,
        theme TEXT NOT NULL,
        updated_at INTEGER NOT NULL,
        PRIMARY KEY (issue, theme)
    ) WITHOUT ROWID;
    CREATE INDEX issue_themes_by_update ON issue_themes (theme, updated_at, issue);
    -- Readings, those withdrawn left out.
    CREATE TABLE issue_positions (
        issue INTEGER NOT NULL,
        ord INTEGER NOT NULL,
        id BLOB NOT NULL,
        authority TEXT NOT NULL,
        level TEXT NOT NULL,
        territory TEXT NOT NULL,
        form TEXT NOT NULL,
        known TEXT NOT NULL,
        since TEXT,
        observed_on TEXT NOT NULL,
        until TEXT,
        cause TEXT,
        PRIMARY KEY (issue, ord)
    ) WITHOUT ROWID;
";
