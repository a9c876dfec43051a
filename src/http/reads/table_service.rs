//! The service itself: status, tokens, documents, the check of texts.

use serde_json::json;

use super::{Access, Answer, Read, body, documents, none, status, tokens};
use crate::http::params::describe;

/// The rows.
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
