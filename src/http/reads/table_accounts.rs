//! Accounts of people: for operators.

use super::{Access, Answer, Read, accounts, body, none};

/// The rows.
pub const READS: &[Read] = &[
    Read {
        method: "get",
        path: "/accounts",
        id: "list_accounts",
        summary: "List the accounts",
        description: "For operators: who may sign in, who waits for approval, which roles they hold today. Never passwords.",
        access: Access::SignedIn,
        parameters: none,
        answer: |all| Answer {
            problems: &[403],
            ..Answer::of::<accounts::AccountList>("AccountList", all)
        },
        route: accounts::collection,
    },
    Read {
        method: "post",
        path: "/accounts",
        id: "create_account",
        summary: "Create an account",
        description: "For operators. The person is granted the role, and signs in by a link sent to the address or through a provider; names and addresses stay outside the log, sealed.",
        access: Access::SignedIn,
        parameters: none,
        answer: |all| {
            let request = body::<accounts::CreateAccount>("CreateAccount", all);
            Answer::of::<crate::access::accounts::AccountSummary>("AccountSummary", all)
                .taking(request, &[403, 409, 413, 415, 422, 507])
                .with_status(201)
        },
        route: axum::routing::MethodRouter::new,
    },
    Read {
        method: "post",
        path: "/accounts/{account_id}/approval",
        id: "approve_account",
        summary: "Approve an account",
        description: "For operators: somebody for whom a provider vouches waits until then. The person is granted the role.",
        access: Access::SignedIn,
        parameters: none,
        answer: |all| {
            let request = body::<accounts::ApproveAccount>("ApproveAccount", all);
            Answer::media("Approved.", &[])
                .taking(request, &[403, 409, 413, 415, 422, 507])
                .with_status(204)
        },
        route: accounts::approval,
    },
    Read {
        method: "post",
        path: "/accounts/{account_id}/suspension",
        id: "suspend_account",
        summary: "Suspend an account",
        description: "For operators. Its sessions end at once and nobody signs in with it; roles and tokens are taken away apart.",
        access: Access::SignedIn,
        parameters: none,
        answer: |all| {
            let request = body::<accounts::SuspendAccount>("SuspendAccount", all);
            Answer::media("Suspended.", &[])
                .taking(request, &[403, 409, 413, 415, 422, 507])
                .with_status(204)
        },
        route: accounts::suspension,
    },
    Read {
        method: "post",
        path: "/accounts/{account_id}/suspension/withdrawal",
        id: "restore_account",
        summary: "Restore an account",
        description: "For operators: the person may sign in again.",
        access: Access::SignedIn,
        parameters: none,
        answer: |all| {
            let request = body::<accounts::SuspendAccount>("SuspendAccount", all);
            Answer::media("Restored.", &[])
                .taking(request, &[403, 409, 413, 415, 422, 507])
                .with_status(204)
        },
        route: accounts::restoration,
    },
];
