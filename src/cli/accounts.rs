//! Giving somebody a role and a token, as operator.

use quesito::access::Actor;
use quesito::app::Engine;
use quesito::codec::{ActorKind, ReceivedVia};
use quesito::domain::registry::{Person, Role};
use quesito::event_store::StreamName;
use quesito::operations::tokens::{IssuedToken, TokenRequest, operator};
use quesito::operations::{OperationError, Operations, Submission, Target};
use serde_json::json;

use super::Failure;

/// Issues a token, after giving the person the role unless they hold it.
pub async fn issue(
    engine: &Engine,
    operations: &Operations,
    request: TokenRequest,
) -> Result<IssuedToken, Failure> {
    let operator = operator();
    grant(engine, operations, &operator, &request).await?;
    let issued = operations.issue_token(&operator, engine.random_id(), request).await;
    issued.map_err(|why| told(&why))
}

async fn grant(
    engine: &Engine,
    operations: &Operations,
    operator: &Actor,
    request: &TokenRequest,
) -> Result<(), Failure> {
    let stream = StreamName::new(format!("person-{}", request.person))?;
    let person = operations.handler.load::<Person>(&stream).await?;
    let today = operations.clock.today().into();
    let held =
        person.state.held_on(today).any(|one| one.role == request.role && one.body == request.body);
    if held {
        return Ok(());
    }
    let data = json!({"person": request.person, "role": request.role, "body": request.body});
    let submission = Submission {
        actor: Some(operator),
        kind: ActorKind::Person,
        category: "person",
        target: Target::Named(request.person.to_string()),
        stored_type: "access-granted.v1",
        data: data.as_object().cloned().unwrap_or_default(),
        occurred_on: None,
        on_behalf_of: None,
        received_via: ReceivedVia::Own,
        command_id: engine.random_id(),
        causation_id: None,
        seen: None,
        texts_checked: false,
    };
    operations.record(submission).await.map_err(|why| told(&why))?;
    Ok(())
}

/// The network in which a body has its role: that of the coordinator whose registry is
/// shipped, when the body is a member.
pub async fn network(
    operations: &Operations,
    role: Role,
    body: &quesito::domain::values::BodyId,
) -> Result<Option<quesito::domain::values::BodyId>, Failure> {
    let coordinator = quesito::import::COORDINATOR.parse()?;
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
