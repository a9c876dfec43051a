//! What it takes to record each type of event, as a table.

/// What it takes to record an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// A body of the network, for itself; staff on its behalf.
    Report,
    /// A body that may see the thing, for itself; staff on its behalf.
    Contribute,
    /// The body to which the thing, or the part of it, belongs; staff on its behalf.
    Own,
    /// The body that was asked, observers included; staff on its behalf.
    Reply,
    /// Staff of the coordinator in charge.
    Coordinate,
    /// Staff of any coordinator, and operators: norms, authorities, themes, forms, holidays.
    NormRegistry,
    /// Operators: bodies and functions.
    Registry,
    /// The product itself; no operation records it directly.
    Operate,
}

/// The permission for a stored type; `None` for one that nothing records.
///
/// Written by hand from `DOMAIN.md`, "Who"; a test compares it with the event
/// types that exist.
#[expect(clippy::match_same_arms, reason = "a table by category reads better than by answer")]
pub fn permission(category: &str, stored_type: &str) -> Option<Permission> {
    use Permission as P;

    let name = stored_type.rsplit_once('.').map_or(stored_type, |(name, _)| name);
    Some(match (category, name) {
        ("issue", "issue-reported") => P::Report,
        ("issue", "issue-amended" | "issue-withdrawn") => P::Own,
        ("issue", "clarification-provided") => P::Reply,
        (
            "issue",
            "norm-cited" | "position-recorded" | "issue-endorsed" | "note-added" | "position-ended",
        ) => P::Contribute,
        (
            "issue",
            "norm-citation-corrected"
            | "norm-citation-removed"
            | "position-corrected"
            | "position-withdrawn"
            | "endorsement-corrected"
            | "endorsement-withdrawn",
        ) => P::Own,
        (
            "issue",
            "clarification-requested"
            | "issue-triaged"
            | "issue-assigned"
            | "impact-estimated"
            | "issue-linked"
            | "issue-unlinked"
            | "answer-linked"
            | "answer-unlinked"
            | "contact-recorded"
            | "visibility-changed"
            | "issue-published"
            | "issue-unpublished"
            | "issue-closed"
            | "issue-reopened",
        ) => P::Coordinate,
        ("question", "adhesion-given" | "note-added") => P::Contribute,
        ("question", "adhesion-withdrawn") => P::Own,
        ("solution", "solution-adopted" | "solution-declined") => P::Contribute,
        ("solution", "adoption-corrected" | "adoption-ended") => P::Own,
        ("person" | "body", _) => P::Registry,
        ("norm" | "authority" | "theme" | "form" | "calendar", _) => P::NormRegistry,
        ("issue", "text-erased") => P::Coordinate,
        ("question" | "answer" | "solution" | "communication", _) => P::Coordinate,
        ("registration" | "notices", _) => P::Operate,
        _ => return None,
    })
}
