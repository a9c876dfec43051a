//! THE table of acts: every command of the API, one row each.
//!
//! A row says where a command is posted, what it is called, which event it
//! records and whether it rests on what the caller has seen. The handler is the
//! same for all ([`super::submit`]); path parameters beyond the first become
//! members of the event's data.

/// Whether a command must say which revision it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// `If-Match` is required: the command rests on what was seen.
    Required,
    /// `If-Match` is accepted: the command only adds.
    Optional,
}

/// A command of the API.
#[derive(Debug, Clone, Copy)]
pub struct Act {
    /// The path below `/api/v1`.
    pub path: &'static str,
    /// The `operationId`.
    pub id: &'static str,
    /// The category of the stream.
    pub category: &'static str,
    /// The stored type it records.
    pub event: &'static str,
    /// Whether `If-Match` is required.
    pub seen: Seen,
    /// One line for the API document.
    pub summary: &'static str,
}

impl Act {
    /// The parameters of the path, in order.
    pub fn parameters(&self) -> impl Iterator<Item = &'static str> {
        self.path.split(['{', '}']).skip(1).step_by(2)
    }

    /// The member of the event's data that a further path parameter becomes.
    pub fn member(parameter: &'static str) -> &'static str {
        match parameter {
            "linked_issue_id" | "attached_issue_id" => "issue",
            "linked_answer_id" => "answer",
            "conflicting_answer_id" => "with",
            "member_id" => "member",
            "reached_addressee_id" => "addressee",
            other => other,
        }
    }

    /// The name of the schema of its body: `report_issue` as a type name.
    pub fn schema(&self) -> &'static str {
        static NAMES: std::sync::OnceLock<std::collections::HashMap<&str, String>> =
            std::sync::OnceLock::new();
        let names = NAMES.get_or_init(|| {
            ACTS.iter().map(|act| (act.id, super::openapi::pascal(act.id))).collect()
        });
        names.get(self.id).map_or("", String::as_str)
    }

    /// Whether it begins a new stream whose id follows from the command.
    pub fn creates(&self) -> bool {
        self.parameters().next().is_none() && !self.names_itself()
    }

    /// Whether it begins a stream that is named by a code in the data.
    pub fn names_itself(&self) -> bool {
        matches!(
            self.category,
            "body" | "authority" | "theme" | "form" | "norm" | "person" | "calendar"
        ) && self.parameters().next().is_none()
    }
}

macro_rules! acts {
    ($($category:literal { $($path:literal $id:ident $event:literal $seen:ident $summary:literal;)* })*) => {
        /// Every command of the API.
        pub const ACTS: &[Act] = &[$($(
            Act {
                path: $path,
                id: stringify!($id),
                category: $category,
                event: $event,
                seen: Seen::$seen,
                summary: $summary,
            },
        )*)*];
    };
}

acts! {
    "issue" {
        "/issues" report_issue "issue-reported.v1" Optional "Report that a rule is read in different ways";
        "/issues/{issue_id}/amendments" amend_issue "issue-amended.v1" Required "Amend the report";
        "/issues/{issue_id}/clarifications" request_clarification "clarification-requested.v1" Optional "Ask for a clarification";
        "/issues/{issue_id}/clarifications/{clarification_id}/reply" provide_clarification "clarification-provided.v1" Optional "Give the clarification";
        "/issues/{issue_id}/triage" triage_issue "issue-triaged.v1" Required "Record the outcome of the triage";
        "/issues/{issue_id}/assignments" assign_issue "issue-assigned.v1" Optional "Put a member of staff in charge";
        "/issues/{issue_id}/norm-citations" cite_norm "norm-cited.v1" Optional "Cite a norm";
        "/issues/{issue_id}/norm-citations/{citation_id}/corrections" correct_norm_citation "norm-citation-corrected.v1" Required "Correct a citation";
        "/issues/{issue_id}/norm-citations/{citation_id}/withdrawal" withdraw_norm_citation "norm-citation-removed.v1" Required "Take a citation back";
        "/issues/{issue_id}/positions" record_position "position-recorded.v1" Optional "Record how an authority reads the rule";
        "/issues/{issue_id}/positions/{position_id}/corrections" correct_position "position-corrected.v1" Required "Correct a position";
        "/issues/{issue_id}/positions/{position_id}/withdrawal" withdraw_position "position-withdrawn.v1" Required "Take back a position recorded in error";
        "/issues/{issue_id}/positions/{position_id}/end" end_position "position-ended.v1" Optional "Record that an authority no longer reads the rule so";
        "/issues/{issue_id}/endorsements" endorse_issue "issue-endorsed.v1" Optional "Say that it happens to your body too";
        "/issues/{issue_id}/endorsements/{endorsement_id}/corrections" correct_endorsement "endorsement-corrected.v1" Required "Correct an endorsement";
        "/issues/{issue_id}/endorsements/{endorsement_id}/withdrawal" withdraw_endorsement "endorsement-withdrawn.v1" Required "Take an endorsement back";
        "/issues/{issue_id}/impact-estimates" estimate_impact "impact-estimated.v1" Optional "Estimate how far the divergence reaches";
        "/issues/{issue_id}/links" link_issue "issue-linked.v1" Optional "Link two issues";
        "/issues/{issue_id}/links/{linked_issue_id}/withdrawal" unlink_issue "issue-unlinked.v1" Optional "Take a link back";
        "/issues/{issue_id}/answers" link_answer_to_issue "answer-linked.v1" Optional "Link an answer to the issue";
        "/issues/{issue_id}/answers/{linked_answer_id}/withdrawal" unlink_answer_from_issue "answer-unlinked.v1" Optional "Take the link to an answer back";
        "/issues/{issue_id}/notes" add_issue_note "note-added.v1" Optional "Add a note";
        "/issues/{issue_id}/contacts" record_issue_contact "contact-recorded.v1" Optional "Record an informal contact";
        "/issues/{issue_id}/visibility" change_issue_visibility "visibility-changed.v1" Required "Change who may see the issue";
        "/issues/{issue_id}/publication" publish_issue "issue-published.v1" Required "Publish an abstract";
        "/issues/{issue_id}/publication/withdrawal" unpublish_issue "issue-unpublished.v1" Required "Take the abstract back";
        "/issues/{issue_id}/withdrawal" withdraw_issue "issue-withdrawn.v1" Required "Withdraw the report";
        "/issues/{issue_id}/closure" close_issue "issue-closed.v1" Required "Close the issue";
        "/issues/{issue_id}/reopening" reopen_issue "issue-reopened.v1" Required "Reopen the issue";
        "/issues/{issue_id}/erasures" erase_issue_text "text-erased.v1" Required "Erase a text, or all texts of the case, for ever";
    }
    "question" {
        "/collective-questions" draft_question "question-drafted.v1" Optional "Draft a collective question";
        "/collective-questions/{question_id}/issues" attach_issue_to_question "issue-attached.v1" Optional "Attach an issue";
        "/collective-questions/{question_id}/issues/{attached_issue_id}/withdrawal" detach_issue_from_question "issue-detached.v1" Optional "Detach an issue";
        "/collective-questions/{question_id}/text-versions" revise_question_text "text-revised.v1" Required "Revise the text";
        "/collective-questions/{question_id}/adhesion-window" open_adhesions "adhesions-opened.v1" Required "Invite bodies to adhere to the text";
        "/collective-questions/{question_id}/adhesion-window/closure" close_adhesions "adhesions-closed.v1" Required "Close the collection of adhesions";
        "/collective-questions/{question_id}/adhesions" give_adhesion "adhesion-given.v1" Optional "Adhere to the exact text";
        "/collective-questions/{question_id}/adhesions/{adhesion_id}/withdrawal" withdraw_adhesion "adhesion-withdrawn.v1" Optional "Take an adhesion back";
        "/collective-questions/{question_id}/approval" approve_question "question-approved.v1" Required "Approve the text for dispatch";
        "/collective-questions/{question_id}/dispatch" dispatch_question "question-dispatched.v1" Required "Record the dispatch";
        "/collective-questions/{question_id}/dispatch/corrections" correct_dispatch "dispatch-corrected.v1" Required "Correct the record of the dispatch";
        "/collective-questions/{question_id}/addressees/{reached_addressee_id}/reminders" send_reminder "reminder-sent.v1" Optional "Record a reminder";
        "/collective-questions/{question_id}/forwardings" record_forwarding "question-forwarded.v1" Optional "Record that an addressee passed the question on";
        "/collective-questions/{question_id}/answers" link_answer_to_question "answer-linked.v1" Optional "Link an answer, point by point";
        "/collective-questions/{question_id}/answers/{linked_answer_id}/withdrawal" unlink_answer_from_question "answer-unlinked.v1" Optional "Take the link to an answer back";
        "/collective-questions/{question_id}/points/{point_id}/declaration-unanswered" declare_point_unanswered "point-declared-unanswered.v1" Optional "Accept that a point stays unanswered";
        "/collective-questions/{question_id}/points/{point_id}/withdrawal" withdraw_point "point-withdrawn.v1" Required "Withdraw a point";
        "/collective-questions/{question_id}/rejection" reject_question "question-rejected.v1" Required "Do not take the question forward";
        "/collective-questions/{question_id}/closure" close_question "question-closed.v1" Required "Close the question";
        "/collective-questions/{question_id}/withdrawal" withdraw_question "question-withdrawn.v1" Required "Withdraw the question";
        "/collective-questions/{question_id}/reopening" reopen_question "question-reopened.v1" Required "Reopen the question";
        "/collective-questions/{question_id}/assignments" assign_question "question-assigned.v1" Optional "Put a member of staff in charge";
        "/collective-questions/{question_id}/notes" add_question_note "note-added.v1" Optional "Add a note";
        "/collective-questions/{question_id}/contacts" record_question_contact "contact-recorded.v1" Optional "Record an informal contact";
        "/collective-questions/{question_id}/erasures" erase_question_text "text-erased.v1" Required "Erase a text, or all texts of the case, for ever";
    }
    "answer" {
        "/answers" record_answer "answer-received.v1" Optional "Record an answer";
        "/answers/{answer_id}/corrections" correct_answer "answer-corrected.v1" Required "Correct the record of an answer";
        "/answers/{answer_id}/assessment" assess_answer "answer-assessed.v1" Required "Assess how much the answer says";
        "/answers/{answer_id}/supersession" supersede_answer "answer-superseded.v1" Required "Record what took its place";
        "/answers/{answer_id}/withdrawal" withdraw_answer "answer-withdrawn.v1" Required "Record that its author took it back";
        "/answers/{answer_id}/conflicts" declare_conflict "conflict-declared.v1" Optional "Declare that two answers contradict each other";
        "/answers/{answer_id}/conflicts/{conflicting_answer_id}/settlement" settle_conflict "conflict-settled.v1" Optional "Record how a contradiction was settled";
        "/answers/{answer_id}/reviews" flag_answer_for_review "review-flagged.v1" Optional "Ask for a review";
        "/answers/{answer_id}/reviews/{review_id}/confirmation" confirm_answer "answer-confirmed.v1" Optional "Confirm the answer after a review";
        "/answers/{answer_id}/erasures" erase_answer_text "text-erased.v1" Required "Erase a text, or all texts of the case, for ever";
    }
    "solution" {
        "/solutions" propose_solution "solution-proposed.v1" Optional "Propose a solution";
        "/solutions/{solution_id}/versions" revise_solution "solution-revised.v1" Required "Revise the solution";
        "/solutions/{solution_id}/basis" add_basis "basis-added.v1" Optional "Add an answer or a norm to what it rests on";
        "/solutions/{solution_id}/basis/{basis_id}/withdrawal" remove_basis "basis-removed.v1" Required "Remove something it rests on";
        "/solutions/{solution_id}/issues" attach_issue_to_solution "issue-attached.v1" Optional "Attach an issue";
        "/solutions/{solution_id}/issues/{attached_issue_id}/withdrawal" detach_issue_from_solution "issue-detached.v1" Optional "Detach an issue";
        "/solutions/{solution_id}/validation" validate_solution "solution-validated.v1" Required "Validate the solution";
        "/solutions/{solution_id}/adoptions" adopt_solution "solution-adopted.v1" Optional "Adopt the solution, as it is or adapted";
        "/solutions/{solution_id}/adoptions/{adoption_id}/corrections" correct_adoption "adoption-corrected.v1" Required "Correct the record of an adoption";
        "/solutions/{solution_id}/adoptions/{adoption_id}/end" end_adoption "adoption-ended.v1" Optional "Record that a body no longer applies it";
        "/solutions/{solution_id}/declinations" decline_solution "solution-declined.v1" Optional "Decline the solution";
        "/solutions/{solution_id}/reviews" flag_solution_for_review "review-flagged.v1" Optional "Ask for a review";
        "/solutions/{solution_id}/reviews/{review_id}/confirmation" confirm_solution "solution-confirmed.v1" Optional "Confirm the solution after a review";
        "/solutions/{solution_id}/supersession" supersede_solution "solution-superseded.v1" Required "Record which solution took its place";
        "/solutions/{solution_id}/retirement" retire_solution "solution-retired.v1" Required "Propose it no longer";
        "/solutions/{solution_id}/publication" publish_solution "solution-published.v1" Required "Publish an abstract";
        "/solutions/{solution_id}/publication/withdrawal" unpublish_solution "solution-unpublished.v1" Required "Take the abstract back";
        "/solutions/{solution_id}/erasures" erase_solution_text "text-erased.v1" Required "Erase a text, or all texts of the case, for ever";
    }
    "communication" {
        "/communications" record_communication "communication-recorded.v1" Optional "Record an official letter";
        "/communications/{communication_id}/registration" register_communication "registration-recorded.v1" Optional "Record its protocol registration";
        "/communications/{communication_id}/registration/{registration_id}/withdrawal" annul_registration "registration-annulled.v1" Optional "Annul a registration";
        "/communications/{communication_id}/receipts" record_receipt "receipt-recorded.v1" Optional "Record a receipt";
        "/communications/{communication_id}/documents" attach_document "document-attached.v1" Optional "Attach a document";
        "/communications/{communication_id}/erasures" erase_communication_text "text-erased.v1" Required "Erase a text, or all texts of the case, for ever";
    }
    "norm" {
        "/norms" register_norm "norm-registered.v1" Optional "Enter a norm in the catalogue";
        "/norms/{norm_id}/amendments" record_amendment "norm-amended.v1" Optional "Record that a norm was amended";
        "/norms/{norm_id}/corrections" correct_norm "norm-corrected.v1" Required "Correct a catalogue entry";
        "/norms/{norm_id}/erasures" erase_norm_text "text-erased.v1" Required "Erase a text, or all texts of the entry, for ever";
    }
    "body" {
        "/bodies" register_body "body-registered.v1" Optional "Enter a body in the registry";
        "/bodies/{body_id}/names" rename_body "body-renamed.v1" Required "Record a new name";
        "/bodies/{body_id}/merger" merge_body "body-merged.v1" Required "Record that a body was merged into another";
        "/bodies/{body_id}/moves" move_body "body-moved.v1" Required "Record that a body moved to another province";
        "/bodies/{body_id}/members" add_member "member-added.v1" Optional "Add a member";
        "/bodies/{body_id}/members/{member_id}/withdrawal" remove_member "member-removed.v1" Optional "Remove a member";
        "/bodies/{body_id}/profiles" record_profile "profile-recorded.v1" Optional "Record the body's part in the SAI network";
        "/bodies/{body_id}/erasures" erase_body_text "text-erased.v1" Required "Erase a text, or all texts of the entry, for ever";
    }
    "authority" {
        "/authorities" register_authority "authority-registered.v1" Optional "Enter an authority in the registry";
        "/authorities/{authority_id}/names" rename_authority "authority-renamed.v1" Required "Record a new name";
        "/authorities/{authority_id}/retirement" retire_authority "authority-retired.v1" Required "Retire an authority";
        "/authorities/{authority_id}/erasures" erase_authority_text "text-erased.v1" Required "Erase a text, or all texts of the entry, for ever";
    }
    "theme" {
        "/themes" register_theme "theme-registered.v1" Optional "Enter a theme in the registry";
        "/themes/{theme_id}/names" rename_theme "theme-renamed.v1" Required "Record a new name";
        "/themes/{theme_id}/retirement" retire_theme "theme-retired.v1" Required "Retire a theme";
        "/themes/{theme_id}/erasures" erase_theme_text "text-erased.v1" Required "Erase a text, or all texts of the entry, for ever";
    }
    "form" {
        "/forms" register_form "form-registered.v1" Optional "Enter a form in the registry";
        "/forms/{form_id}/names" rename_form "form-renamed.v1" Required "Record a new name";
        "/forms/{form_id}/retirement" retire_form "form-retired.v1" Required "Retire a form";
        "/forms/{form_id}/erasures" erase_form_text "text-erased.v1" Required "Erase a text, or all texts of the entry, for ever";
    }
    "calendar" {
        "/holidays" declare_holiday "holiday-declared.v1" Optional "Declare a holiday";
        "/holidays/{holiday_id}/repeal" repeal_holiday "holiday-repealed.v1" Optional "Record that a holiday is no longer observed";
        "/holidays/erasures" erase_holiday_text "text-erased.v1" Optional "Erase a text, or all texts of the entry, for ever";
    }
    "person" {
        "/people" grant_access "access-granted.v1" Optional "Give a person or machine a role";
        "/people/{person_id}/revocation" revoke_access "access-revoked.v1" Optional "Take a role away";
        "/people/{person_id}/erasures" erase_access_text "text-erased.v1" Optional "Erase a text, or all texts of the entry, for ever";
    }
}

/// Event types that no operation records directly: in which streams, and why.
pub const INTERNAL: &[(&[&str], &str, &str)] = &[
    (
        &["registration"],
        "registration-reserved.v1",
        "reserves the number while `register_communication` runs",
    ),
    (
        &["registration"],
        "registration-released.v1",
        "frees a number whose letter was never registered, when `register_communication` needs it",
    ),
    (&["notices"], "notice-prepared.v1", "by the policy of notices, before it sends a digest"),
    (&["notices"], "notice-sent.v1", "by the policy of notices"),
    (&["notices"], "notice-refused.v1", "by the policy of notices"),
    (&["notices"], "notices-stopped.v1", "by the person: a link in a letter, or the profile"),
    (&["notices"], "notices-resumed.v1", "by the person, on the page of the profile"),
    (&["op"], "notice-run-begun.v1", "operational: once a day, by the policy of notices"),
    (&["op"], "token-issued.v1", "operational: `create_token`"),
    (&["op"], "token-revoked.v1", "operational: `revoke_token`"),
    (&["op"], "past-read.v1", "operational: recorded when an auditor looks into the past"),
    (
        &["op"],
        "account-created.v1",
        "operational: `create_account`, or the first sign-in through a provider",
    ),
    (&["op"], "account-listed.v1", "operational: with `account-created`"),
    (&["op"], "account-approved.v1", "operational: `approve_account`"),
    (&["op"], "account-suspended.v1", "operational: `suspend_account`"),
    (&["op"], "account-restored.v1", "operational: `restore_account`"),
    (&["op"], "password-set.v1", "operational: by the person, on the page of the profile"),
    (&["op"], "session-opened.v1", "operational: by signing in"),
    (&["op"], "session-ended.v1", "operational: by signing out"),
    (&["op"], "document-stored.v1", "operational: `upload_document`"),
];

/// Why no operation records an event type in the streams of a category; `None` when one does.
pub fn internal(category: &str, stored: &str) -> Option<&'static str> {
    let found = INTERNAL
        .iter()
        .find(|(categories, name, _)| *name == stored && categories.contains(&category));
    found.map(|(_, _, why)| *why)
}
