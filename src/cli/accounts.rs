//! Giving somebody a role and a token, as operator.

use crate::app::Engine;
use crate::domain::registry::Role;
use crate::operations::tokens::{IssuedToken, TokenRequest, operator};
use crate::operations::{OperationError, Operations};

use super::Failure;

/// Issues a token, after giving the person the role unless they hold it.
pub async fn issue(
    engine: &Engine,
    operations: &Operations,
    request: TokenRequest,
) -> Result<IssuedToken, Failure> {
    let operator = operator();
    let access = (request.role, &request.body);
    let command = engine.random_id();
    let granted = operations.grant_access(&operator, command, &request.person, access, None).await;
    granted.map_err(|why| told(&why))?;
    let issued = operations.issue_token(&operator, engine.random_id(), request).await;
    issued.map_err(|why| told(&why))
}

/// The network in which a body has its role: that of the coordinator whose registry is
/// shipped, when the body is a member.
pub async fn network(
    operations: &Operations,
    role: Role,
    body: &crate::domain::values::BodyId,
) -> Result<Option<crate::domain::values::BodyId>, Failure> {
    let coordinator = crate::import::COORDINATOR.parse()?;
    let member = match role {
        Role::Municipality | Role::Observer => operations.is_member(&coordinator, body).await?,
        Role::Staff | Role::Auditor | Role::Admin => false,
    };
    Ok(member.then_some(coordinator))
}

/// A refusal, with the fields it is about.
pub fn told(why: &OperationError) -> Failure {
    match why {
        OperationError::Invalid(faults) => {
            let faults: Vec<_> =
                faults.iter().map(|fault| format!("{}: {}", fault.pointer, fault.detail)).collect();
            faults.join("; ").into()
        }
        other => other.to_string().into(),
    }
}
