//! THE table of readings, and of the few commands beside the acts.
//!
//! A row says where something is read, what it is called, which parameters it takes
//! and what it answers; the handlers stand beside, one file for each kind of thing.

mod cases;
mod documents;
mod feed;
mod history;
mod issues;
mod letter;
mod plumbing;
mod registry;
mod status;
mod tokens;
mod whole;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::routing::MethodRouter;
use serde_json::{Map, Value, json};
use utoipa::{PartialSchema, ToSchema};

use super::Api;
use super::openapi::components;
use super::params::describe;
use crate::projections::answers::{AnswerDetail, AnswerList};
use crate::projections::communications::{CommunicationDetail, CommunicationList};
use crate::projections::divergences::DivergenceList;
use crate::projections::feed::FeedPage;
use crate::projections::issues::{
    IssueDetail, IssueFacets, IssueList, PublicIssueList, PublicIssueRow,
};
use crate::projections::norms::{NormList, NormPage};
use crate::projections::questions::{QuestionDetail, QuestionList};
use crate::projections::registry::{
    AuthorityList, AuthorityView, BodyDetail, BodyList, FormList, FormView, HolidayList,
    HolidayView, PersonList, PersonView, ThemeList, ThemeView,
};
use crate::projections::solutions::{
    PublishedSolution, PublishedSolutions, SolutionDetail, SolutionList,
};
use crate::projections::statistics::Statistics;

/// Whether a reading needs a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody: without a token, what was published.
    Public,
    /// Somebody signed in.
    SignedIn,
}

/// A row of the table.
pub struct Read {
    /// `get` or `post`.
    pub method: &'static str,
    /// The path below `/api/v1`.
    pub path: &'static str,
    /// The `operationId`.
    pub id: &'static str,
    /// One line.
    pub summary: &'static str,
    /// A few lines.
    pub description: &'static str,
    /// Who may call.
    pub access: Access,
    /// Parameters of the address.
    pub parameters: fn() -> Vec<Value>,
    /// What it answers, and what it takes.
    pub answer: fn(&mut BTreeMap<String, Value>) -> Answer,
    /// The handler.
    pub route: fn() -> MethodRouter<Arc<Api>>,
}

/// What a row answers, for the API document.
pub struct Answer {
    /// The status of success.
    pub status: u16,
    /// When it is given.
    pub description: &'static str,
    /// The content by media type.
    pub content: Value,
    /// The body it takes.
    pub request: Option<Value>,
    /// Statuses of refusal beside the common ones.
    pub problems: &'static [u16],
}

impl Answer {
    /// A JSON representation of a type.
    pub fn of<T: ToSchema + PartialSchema>(
        name: &str,
        components: &mut BTreeMap<String, Value>,
    ) -> Self {
        components::add::<T>(name, components);
        Self {
            status: 200,
            description: "What was asked for.",
            content: json!({"application/json": {
                "schema": {"$ref": format!("#/components/schemas/{name}")},
            }}),
            request: None,
            problems: &[],
        }
    }

    /// The same, as CSV too.
    #[must_use]
    pub fn or_csv(mut self) -> Self {
        if let Value::Object(content) = &mut self.content {
            content.insert(
                "text/csv".into(),
                json!({"schema": {"type": "string", "maxLength": 10_000_000}}),
            );
        }
        self
    }

    /// Content of other media types.
    pub fn media(description: &'static str, media: &[&str]) -> Self {
        let content: Map<String, Value> = media
            .iter()
            .map(|media| {
                (
                    (*media).to_owned(),
                    json!({"schema": {"type": "string", "maxLength": 30_000_000}}),
                )
            })
            .collect();
        Self {
            status: 200,
            description,
            content: Value::Object(content),
            request: None,
            problems: &[],
        }
    }

    /// The same with a body.
    #[must_use]
    pub fn taking(mut self, request: Value, problems: &'static [u16]) -> Self {
        self.request = Some(request);
        self.problems = problems;
        self
    }

    /// The same with another status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }
}

/// No parameters.
pub fn none() -> Vec<Value> {
    Vec::new()
}

/// The schema of a body, by the type that carries it.
fn body<T: ToSchema + PartialSchema>(
    name: &str,
    components: &mut BTreeMap<String, Value>,
) -> Value {
    components::add::<T>(name, components);
    json!({"required": true, "description": "What is asked for.", "content": {"application/json": {
        "schema": {"$ref": format!("#/components/schemas/{name}")},
    }}})
}

/// What a list answers: for those signed in, and for the public.
fn two<A: ToSchema + PartialSchema, B: ToSchema + PartialSchema>(
    names: [&str; 2],
    components: &mut BTreeMap<String, Value>,
) -> Answer {
    components::add::<B>(names[1], components);
    let mut answer = Answer::of::<A>(names[0], components);
    answer.content["application/json"]["schema"] = json!({"oneOf": [
        {"$ref": format!("#/components/schemas/{}", names[0])},
        {"$ref": format!("#/components/schemas/{}", names[1])},
    ]});
    answer
}

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
            parameters: none,
            answer: |all| Answer::of::<history::EventHistory>("EventHistory", all).or_csv(),
            route: $route,
        }
    };
}

/// Every reading, and every command beside the acts.
pub const READS: &[Read] = &[
    Read {
        method: "get",
        path: "/status",
        id: "show_status",
        summary: "Whether the service is well",
        description: "How far the views and the search index are behind the store, and which streams they cannot follow.",
        access: Access::Public,
        parameters: none,
        answer: |all| Answer::of::<status::ServiceStatus>("ServiceStatus", all),
        route: status::one,
    },
    Read {
        method: "get",
        path: "/issues",
        id: "list_issues",
        summary: "List issues",
        description: "What the caller may see, filtered, found by words, a page at a time; without a token, the published abstracts.",
        access: Access::Public,
        parameters: || describe::<issues::IssueParams>(),
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
        parameters: || describe::<issues::IssueParams>(),
        answer: |all| Answer { problems: &[422], ..Answer::of::<IssueFacets>("IssueFacets", all) },
        route: issues::facets,
    },
    Read {
        method: "get",
        path: "/issues/{issue_id}",
        id: "show_issue",
        summary: "Show an issue",
        description: "The issue as it is now, with its positions, endorsements, questions, answers, solutions and the notes addressed to the caller; without a token, its published abstract.",
        access: Access::Public,
        parameters: none,
        answer: |all| two::<IssueDetail, PublicIssueRow>(["IssueDetail", "PublicIssueRow"], all),
        route: issues::one,
    },
    Read {
        method: "get",
        path: "/collective-questions",
        id: "list_questions",
        summary: "List collective questions",
        description: "What the caller may see, filtered, a page at a time, with what is expected next and why.",
        access: Access::SignedIn,
        parameters: || describe::<cases::QuestionParams>(),
        answer: |all| Answer::of::<QuestionList>("QuestionList", all).or_csv(),
        route: cases::questions,
    },
    Read {
        method: "get",
        path: "/collective-questions/{question_id}",
        id: "show_question",
        summary: "Show a collective question",
        description: "Texts, points, adhesions, clocks with their explanation, answers point by point.",
        access: Access::SignedIn,
        parameters: none,
        answer: |all| Answer::of::<QuestionDetail>("QuestionDetail", all),
        route: cases::question,
    },
    Read {
        method: "get",
        path: "/collective-questions/{question_id}/letter",
        id: "show_letter",
        summary: "The letter of a question",
        description: "The frozen text as HTML, with the hash adhesions bind to and its annexes.",
        access: Access::SignedIn,
        parameters: || describe::<letter::LetterParams>(),
        answer: |_| Answer::media("The letter.", &["text/html"]),
        route: letter::one,
    },
    Read {
        method: "get",
        path: "/answers",
        id: "list_answers",
        summary: "List answers",
        description: "What the caller may see, with form, dates, authors and whether it may be relied on today.",
        access: Access::SignedIn,
        parameters: || describe::<cases::AnswerParams>(),
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
        parameters: none,
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
        parameters: || describe::<cases::SolutionParams>(),
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
        parameters: none,
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
        parameters: || describe::<cases::CommunicationParams>(),
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
        parameters: none,
        answer: |all| Answer::of::<CommunicationDetail>("CommunicationDetail", all),
        route: cases::communication,
    },
    Read {
        method: "get",
        path: "/norms",
        id: "list_norms",
        summary: "List norms",
        description: "The catalogue, and every norm that was only cited, with how often where the caller may read.",
        access: Access::SignedIn,
        parameters: || describe::<whole::NormParams>(),
        answer: |all| Answer::of::<NormList>("NormList", all).or_csv(),
        route: whole::norms,
    },
    Read {
        method: "get",
        path: "/norms/{norm_id}",
        id: "show_norm",
        summary: "Show a norm",
        description: "Everything by article and paragraph: issues, readings, questions, answers, solutions, amendments.",
        access: Access::SignedIn,
        parameters: none,
        answer: |all| Answer::of::<NormPage>("NormPage", all),
        route: whole::norm,
    },
    Read {
        method: "get",
        path: "/bodies",
        id: "list_bodies",
        summary: "List bodies",
        description: "In the order of their names.",
        access: Access::SignedIn,
        parameters: || describe::<registry::BodyParams>(),
        answer: |all| Answer::of::<BodyList>("BodyList", all).or_csv(),
        route: registry::bodies,
    },
    Read {
        method: "get",
        path: "/bodies/{body_id}",
        id: "show_body",
        summary: "Show a body",
        description: "Names, provinces, members and profiles over time.",
        access: Access::SignedIn,
        parameters: none,
        answer: |all| Answer::of::<BodyDetail>("BodyDetail", all),
        route: registry::body,
    },
    Read {
        method: "get",
        path: "/authorities",
        id: "list_authorities",
        summary: "List authorities",
        description: "In the order of their ids.",
        access: Access::SignedIn,
        parameters: || describe::<registry::AuthorityParams>(),
        answer: |all| Answer::of::<AuthorityList>("AuthorityList", all).or_csv(),
        route: registry::authorities,
    },
    Read {
        method: "get",
        path: "/authorities/{authority_id}",
        id: "show_authority",
        summary: "Show an authority",
        description: "Its office, kind and province.",
        access: Access::SignedIn,
        parameters: none,
        answer: |all| Answer::of::<AuthorityView>("AuthorityView", all),
        route: registry::authority,
    },
    Read {
        method: "get",
        path: "/themes",
        id: "list_themes",
        summary: "List themes",
        description: "All of them.",
        access: Access::SignedIn,
        parameters: || describe::<registry::NoParams>(),
        answer: |all| Answer::of::<ThemeList>("ThemeList", all).or_csv(),
        route: registry::themes,
    },
    Read {
        method: "get",
        path: "/themes/{theme_id}",
        id: "show_theme",
        summary: "Show a theme",
        description: "Its name and working group.",
        access: Access::SignedIn,
        parameters: none,
        answer: |all| Answer::of::<ThemeView>("ThemeView", all),
        route: registry::theme,
    },
    Read {
        method: "get",
        path: "/forms",
        id: "list_forms",
        summary: "List forms",
        description: "From the weakest to the strongest; rulings stand apart.",
        access: Access::SignedIn,
        parameters: || describe::<registry::NoParams>(),
        answer: |all| Answer::of::<FormList>("FormList", all).or_csv(),
        route: registry::forms,
    },
    Read {
        method: "get",
        path: "/forms/{form_id}",
        id: "show_form",
        summary: "Show a form",
        description: "Its name and rank.",
        access: Access::SignedIn,
        parameters: none,
        answer: |all| Answer::of::<FormView>("FormView", all),
        route: registry::form,
    },
    Read {
        method: "get",
        path: "/holidays",
        id: "list_holidays",
        summary: "List holidays",
        description: "The calendar that deadlines are computed on.",
        access: Access::SignedIn,
        parameters: || describe::<registry::NoParams>(),
        answer: |all| Answer::of::<HolidayList>("HolidayList", all).or_csv(),
        route: registry::holidays,
    },
    Read {
        method: "get",
        path: "/holidays/{holiday_id}",
        id: "show_holiday",
        summary: "Show a holiday",
        description: "Its rule and validity.",
        access: Access::SignedIn,
        parameters: none,
        answer: |all| Answer::of::<HolidayView>("HolidayView", all),
        route: registry::holiday,
    },
    Read {
        method: "get",
        path: "/people",
        id: "list_people",
        summary: "List roles",
        description: "People and machines by opaque reference, with the roles they hold and held.",
        access: Access::SignedIn,
        parameters: || describe::<registry::PageParams>(),
        answer: |all| Answer::of::<PersonList>("PersonList", all).or_csv(),
        route: registry::people,
    },
    Read {
        method: "get",
        path: "/people/{person_id}",
        id: "show_person",
        summary: "Show the roles of a person",
        description: "By opaque reference.",
        access: Access::SignedIn,
        parameters: none,
        answer: |all| Answer::of::<PersonView>("PersonView", all),
        route: registry::person,
    },
    Read {
        method: "get",
        path: "/divergences",
        id: "list_divergences",
        summary: "Show who reads what how",
        description: "Norm by authority and province: the reading, since when, until when, in which form, how it is known.",
        access: Access::SignedIn,
        parameters: || describe::<whole::DivergenceParams>(),
        answer: |all| Answer::of::<DivergenceList>("DivergenceList", all).or_csv(),
        route: whole::divergences,
    },
    Read {
        method: "get",
        path: "/statistics",
        id: "show_statistics",
        summary: "Show the figures",
        description: "Open issues by age, time per step with median and 90th percentile, divergences composed, adoption share; small cells are hidden from the public.",
        access: Access::Public,
        parameters: none,
        answer: |all| Answer::of::<Statistics>("Statistics", all),
        route: whole::statistics,
    },
    Read {
        method: "get",
        path: "/events",
        id: "list_events",
        summary: "Follow what happens",
        description: "CloudEvents 1.0 in the order of the log: codes, dates, numbers and links, never what people typed. As `text/event-stream`, resumable by `Last-Event-ID`.",
        access: Access::SignedIn,
        parameters: || describe::<feed::FeedParams>(),
        answer: |all| {
            let mut answer = Answer::of::<FeedPage>("FeedPage", all);
            answer.content["text/event-stream"] =
                json!({"schema": {"type": "string", "maxLength": 30_000_000}});
            Answer { problems: &[410], ..answer }
        },
        route: feed::all,
    },
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
    Read {
        method: "post",
        path: "/text-checks",
        id: "check_text",
        summary: "Check a text for personal data",
        description: "A dry run of the check that every text of a command goes through; nothing is kept.",
        access: Access::SignedIn,
        parameters: none,
        answer: |all| {
            let request = body::<tokens::TextCheck>("TextCheck", all);
            Answer::of::<tokens::TextFindings>("TextFindings", all)
                .taking(request, &[413, 415, 422])
        },
        route: tokens::text_checks,
    },
    Read {
        method: "get",
        path: "/tokens",
        id: "list_tokens",
        summary: "List the tokens",
        description: "For operators. Never the tokens themselves.",
        access: Access::SignedIn,
        parameters: none,
        answer: |all| Answer {
            problems: &[403],
            ..Answer::of::<tokens::TokenList>("TokenList", all)
        },
        route: tokens::collection,
    },
    Read {
        method: "post",
        path: "/tokens",
        id: "create_token",
        summary: "Issue a token",
        description: "For operators. The token is shown this once; only its hash is kept.",
        access: Access::SignedIn,
        parameters: none,
        answer: |all| {
            let request = body::<tokens::CreateToken>("CreateToken", all);
            Answer::of::<tokens::IssuedToken>("IssuedToken", all)
                .taking(request, &[403, 409, 413, 415, 422, 507])
                .with_status(201)
        },
        route: axum::routing::MethodRouter::new,
    },
    Read {
        method: "post",
        path: "/tokens/{token_id}/revocation",
        id: "revoke_token",
        summary: "Revoke a token",
        description: "For operators. Repeating it is harmless.",
        access: Access::SignedIn,
        parameters: none,
        answer: |all| {
            let request = body::<tokens::RevokeToken>("RevokeToken", all);
            Answer::media("Revoked.", &[])
                .taking(request, &[403, 409, 413, 415, 422, 507])
                .with_status(204)
        },
        route: tokens::revocation,
    },
    Read {
        method: "post",
        path: "/documents",
        id: "upload_document",
        summary: "Put a document into the document store",
        description: "At most 25 MiB, encrypted under a key of its own. Events refer to it by its SHA-256.",
        access: Access::SignedIn,
        parameters: none,
        answer: |all| {
            let request = json!({"required": true, "description": "The bytes of the document.", "content": {
                "application/pdf": {"schema": {"type": "string", "format": "binary", "maxLength": 26_214_400}},
                "application/octet-stream": {"schema": {"type": "string", "format": "binary", "maxLength": 26_214_400}},
                "text/plain": {"schema": {"type": "string", "maxLength": 26_214_400}},
            }});
            Answer::of::<crate::operations::documents::StoredDocument>("StoredDocument", all)
                .taking(request, &[403, 409, 413, 415, 507])
                .with_status(201)
        },
        route: documents::collection,
    },
    Read {
        method: "get",
        path: "/documents/{sha256}",
        id: "show_document",
        summary: "Read a document",
        description: "Whoever may read a thing that refers to it may read the document; so may the body that put it there.",
        access: Access::SignedIn,
        parameters: || describe::<documents::DocumentParams>(),
        answer: |_| Answer {
            problems: &[410],
            ..Answer::media(
                "The bytes of the document.",
                &["application/pdf", "application/octet-stream", "text/plain"],
            )
        },
        route: documents::one,
    },
];
