//! The readings of cases: issues, questions, answers, solutions, letters.

use super::{
    Access, Answer, Read, and_dated, cases, dated, extract, history, issues, letter, readers, two,
};
use crate::http::params::describe;
use crate::projections::answers::{AnswerDetail, AnswerList};
use crate::projections::communications::{CommunicationDetail, CommunicationList};
use crate::projections::issues::{
    IssueDetail, IssueFacets, IssueGroups, IssueList, PublicIssueList, PublicIssueRow,
};
use crate::projections::questions::{QuestionDetail, QuestionFacets, QuestionList};
use crate::projections::readership::Readership;
use crate::projections::solutions::{
    PublishedSolution, PublishedSolutions, SolutionDetail, SolutionList,
};

/// The history of a kind of thing.
macro_rules! history {
    ($path:literal, $id:literal, $route:path) => {
        Read {
            method: "get",
            path: $path,
            id: $id,
            summary: "Read the history of a thing",
            description: "Every event in the order of recording, with who recorded it, its two dates, its data as the reader may see them, and a sentence in Italian.",
            access: Access::SignedIn,
            parameters: dated,
            answer: |all| Answer::of::<history::EventHistory>("EventHistory", all).or_csv(),
            route: $route,
        }
    };
}

/// Who could see a kind of thing.
macro_rules! readers {
    ($path:literal, $id:literal, $route:path) => {
        Read {
            method: "get",
            path: $path,
            id: $id,
            summary: "List who could see a thing",
            description: "For staff in charge and for auditors: the bodies that could see the thing at the end of a day and why, and who had been written to about it by then. What somebody knew is not said.",
            access: Access::SignedIn,
            parameters: || describe::<readers::ReadersParams>(),
            answer: |all| Answer {
                problems: &[403],
                ..Answer::of::<Readership>("Readership", all)
            },
            route: $route,
        }
    };
}

/// The rows.
pub const READS: &[Read] = &[
    Read {
        method: "get",
        path: "/issues",
        id: "list_issues",
        summary: "List issues",
        description: "What the caller may see, filtered, found by words, a page at a time; without a token, the published abstracts.",
        access: Access::Public,
        parameters: || and_dated(describe::<issues::IssueParams>()),
        answer: |all| Answer {
            problems: &[422],
            ..two::<IssueList, PublicIssueList>(["IssueList", "PublicIssueList"], all).or_csv()
        },
        route: issues::collection,
    },
    Read {
        method: "get",
        path: "/issue-facets",
        id: "count_issues",
        summary: "Count issues by facet",
        description: "How many of the issues that the list would show have each status, norm, theme, kind of authority, province and year.",
        access: Access::SignedIn,
        parameters: || and_dated(describe::<issues::IssueParams>()),
        answer: |all| Answer { problems: &[422], ..Answer::of::<IssueFacets>("IssueFacets", all) },
        route: issues::facets,
    },
    Read {
        method: "get",
        path: "/issue-groups",
        id: "list_issue_groups",
        summary: "List groups of issues that may make one question",
        description: "Issues about the same paragraph of a norm whose readings differ and that are part of no question, the largest groups first.",
        access: Access::SignedIn,
        parameters: || and_dated(describe::<issues::GroupParams>()),
        answer: |all| Answer::of::<IssueGroups>("IssueGroups", all),
        route: issues::groups,
    },
    Read {
        method: "get",
        path: "/issues/{issue_id}",
        id: "show_issue",
        summary: "Show an issue",
        description: "The issue as it is now, with its positions, endorsements, questions, answers, solutions and the notes addressed to the caller; without a token, its published abstract.",
        access: Access::Public,
        parameters: dated,
        answer: |all| two::<IssueDetail, PublicIssueRow>(["IssueDetail", "PublicIssueRow"], all),
        route: issues::one,
    },
    Read {
        method: "get",
        path: "/issues/{issue_id}/extract",
        id: "extract_issue",
        summary: "The verifiable extract of a case",
        description: "A ZIP that stands alone: a page in Italian, the events of the issue and of what is linked to it as far as the caller may see them, the proofs that they are in the log, the signed head, and a verifier. The same case, instant and role give the same bytes.",
        access: Access::SignedIn,
        parameters: || describe::<extract::ExtractParams>(),
        answer: |_| Answer::media("The extract.", &["application/zip"]),
        route: extract::issue,
    },
    Read {
        method: "get",
        path: "/collective-questions",
        id: "list_questions",
        summary: "List collective questions",
        description: "What the caller may see, filtered, a page at a time, with what is expected next and why.",
        access: Access::SignedIn,
        parameters: || and_dated(describe::<cases::QuestionParams>()),
        answer: |all| Answer::of::<QuestionList>("QuestionList", all).or_csv(),
        route: cases::questions,
    },
    Read {
        method: "get",
        path: "/collective-question-facets",
        id: "count_questions",
        summary: "Count collective questions by facet",
        description: "How many of the questions that the list would show have each status and addressee, and of how many something has changed or an expected day has passed.",
        access: Access::SignedIn,
        parameters: || and_dated(describe::<cases::QuestionParams>()),
        answer: |all| Answer::of::<QuestionFacets>("QuestionFacets", all),
        route: cases::question_facets,
    },
    Read {
        method: "get",
        path: "/collective-questions/{question_id}",
        id: "show_question",
        summary: "Show a collective question",
        description: "Texts, points, adhesions, clocks with their explanation, answers point by point.",
        access: Access::SignedIn,
        parameters: dated,
        answer: |all| Answer::of::<QuestionDetail>("QuestionDetail", all),
        route: cases::question,
    },
    Read {
        method: "get",
        path: "/collective-questions/{question_id}/letter",
        id: "show_letter",
        summary: "The letter of a question",
        description: "The frozen text with the hash adhesions bind to and its annexes, as HTML or as a document to be worked on (DOCX); of a past moment, with the annexes as they stood then.",
        access: Access::SignedIn,
        parameters: || and_dated(describe::<letter::LetterParams>()),
        answer: |_| Answer::media("The letter.", &["text/html", letter::DOCX]),
        route: letter::one,
    },
    Read {
        method: "get",
        path: "/answers",
        id: "list_answers",
        summary: "List answers",
        description: "What the caller may see, with form, dates, authors and whether it may be relied on today.",
        access: Access::SignedIn,
        parameters: || and_dated(describe::<cases::AnswerParams>()),
        answer: |all| Answer::of::<AnswerList>("AnswerList", all).or_csv(),
        route: cases::answers,
    },
    Read {
        method: "get",
        path: "/answers/{answer_id}",
        id: "show_answer",
        summary: "Show an answer",
        description: "Text, norms, conflicts, reviews, and what rests on it.",
        access: Access::SignedIn,
        parameters: dated,
        answer: |all| Answer::of::<AnswerDetail>("AnswerDetail", all),
        route: cases::answer,
    },
    Read {
        method: "get",
        path: "/solutions",
        id: "list_solutions",
        summary: "List solutions",
        description: "What the caller may see; without a token, the published abstracts.",
        access: Access::Public,
        parameters: || and_dated(describe::<cases::SolutionParams>()),
        answer: |all| {
            two::<SolutionList, PublishedSolutions>(["SolutionList", "PublishedSolutions"], all)
                .or_csv()
        },
        route: cases::solutions,
    },
    Read {
        method: "get",
        path: "/solutions/{solution_id}",
        id: "show_solution",
        summary: "Show a solution",
        description: "Versions, what it rests on, who adopted, adapted or declined it by which act; without a token, its published abstract.",
        access: Access::Public,
        parameters: dated,
        answer: |all| {
            two::<SolutionDetail, PublishedSolution>(["SolutionDetail", "PublishedSolution"], all)
        },
        route: cases::solution,
    },
    Read {
        method: "get",
        path: "/communications",
        id: "list_communications",
        summary: "List official letters",
        description: "By registration (`ipa`, `register`, `year`, `number`), by document, by counterpart.",
        access: Access::SignedIn,
        parameters: || and_dated(describe::<cases::CommunicationParams>()),
        answer: |all| Answer::of::<CommunicationList>("CommunicationList", all).or_csv(),
        route: cases::communications,
    },
    Read {
        method: "get",
        path: "/communications/{communication_id}",
        id: "show_communication",
        summary: "Show an official letter",
        description: "Registrations, receipts, documents.",
        access: Access::SignedIn,
        parameters: dated,
        answer: |all| Answer::of::<CommunicationDetail>("CommunicationDetail", all),
        route: cases::communication,
    },
    readers!("/issues/{issue_id}/readers", "list_issue_readers", readers::issue),
    readers!(
        "/collective-questions/{question_id}/readers",
        "list_question_readers",
        readers::question
    ),
    readers!("/answers/{answer_id}/readers", "list_answer_readers", readers::answer),
    readers!("/solutions/{solution_id}/readers", "list_solution_readers", readers::solution),
    history!("/issues/{issue_id}/events", "list_issue_events", history::issue),
    history!(
        "/collective-questions/{question_id}/events",
        "list_question_events",
        history::question
    ),
    history!("/answers/{answer_id}/events", "list_answer_events", history::answer),
    history!("/solutions/{solution_id}/events", "list_solution_events", history::solution),
    history!(
        "/communications/{communication_id}/events",
        "list_communication_events",
        history::communication
    ),
];
