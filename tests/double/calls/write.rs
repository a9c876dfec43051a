//! Appending and deleting.

use std::future::pending;
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::{Request, Response};
use tokio::sync::Notify;
use tonic::body::BoxBody;
use tonic::codec::ProstCodec;
use tonic::metadata::MetadataMap;
use tonic::server::Grpc;
use tonic::{Status, Streaming};

use super::super::faults::{Call, Fault};
use super::super::log::{self, Outcome, Proposed};
use super::super::wire::read::Place;
use super::super::wire::write::{
    AppendReq, AppendResp, AppendResult, Appending, CurrentRevision, DeleteReq, DeleteResp,
    DeletedAt, Expectation, Expected, Expected20_6, Found, Found20_6, ProposedMessage, Success,
    Target, WrittenAt, WrongExpectedVersion,
};
use super::{Node, deadline, in_time, refusals};

/// No message is larger on the real server either.
const LARGEST_MESSAGE: usize = 17 * 1024 * 1024;

/// `Streams/Append`
pub async fn append(
    node: Arc<Node>,
    hang_up: Arc<Notify>,
    request: Request<Incoming>,
) -> Response<BoxBody> {
    let service = tower::service_fn(move |request: tonic::Request<Streaming<AppendReq>>| {
        let (node, hang_up) = (Arc::clone(&node), Arc::clone(&hang_up));
        async move {
            let (metadata, _, mut messages) = request.into_parts();
            let work = async {
                let (target, events) = receive(&node, &mut messages).await?;
                let stream = stream_of(&target)?.to_owned();
                let expectation = target.expected.ok_or_else(|| refusals::malformed("revision"))?;
                let deed = || {
                    let outcome = node.cluster.append(&stream, expected(expectation), &events);
                    appended(&stream, expectation, outcome)
                };
                perform(&node, &hang_up, Call::Append, &metadata, deed).await
            };
            in_time(deadline(&metadata), work).await
        }
    });
    Grpc::new(ProstCodec::<AppendResp, AppendReq>::default())
        .max_decoding_message_size(LARGEST_MESSAGE)
        .client_streaming(service, request)
        .await
}

/// `Streams/Delete`, and `Streams/Tombstone` with `forever`.
pub async fn delete(
    node: Arc<Node>,
    hang_up: Arc<Notify>,
    request: Request<Incoming>,
    forever: bool,
) -> Response<BoxBody> {
    let service = tower::service_fn(move |request: tonic::Request<DeleteReq>| {
        let (node, hang_up) = (Arc::clone(&node), Arc::clone(&hang_up));
        async move {
            let (metadata, _, DeleteReq { options }) = request.into_parts();
            let work = async {
                let target = options.ok_or_else(|| refusals::malformed("options"))?;
                let stream = stream_of(&target)?;
                let expectation = target.expected.ok_or_else(|| refusals::malformed("revision"))?;
                let expected = expected(expectation);
                let deed = || {
                    let outcome = node.cluster.change(|log| {
                        if forever {
                            log.tombstone(stream, expected)
                        } else {
                            log.delete(stream, expected)
                        }
                    });
                    deleted(stream, expected, outcome)
                };
                perform(&node, &hang_up, Call::Delete, &metadata, deed).await
            };
            in_time(deadline(&metadata), work).await
        }
    });
    Grpc::new(ProstCodec::<DeleteResp, DeleteReq>::default()).unary(service, request).await
}

/// Reads the call, and refuses it as soon as the server would.
async fn receive(
    node: &Node,
    messages: &mut Streaming<AppendReq>,
) -> Result<(Target, Vec<Proposed>), Status> {
    let first = messages.message().await?.and_then(|message| message.content);
    let Some(Appending::Options(target)) = first else {
        return Err(refusals::malformed("options"));
    };
    let (mut events, mut size) = (Vec::new(), 0);
    while let Some(message) = messages.message().await? {
        let Some(Appending::ProposedMessage(proposed)) = message.content else {
            return Err(refusals::malformed("proposed_message"));
        };
        let event = event(proposed)?;
        size += event.size();
        if size > node.options.max_append {
            return Err(refusals::too_large(node.options.max_append));
        }
        events.push(event);
    }
    Ok((target, events))
}

fn event(mut proposed: ProposedMessage) -> Result<Proposed, Status> {
    let mut property =
        |name| proposed.metadata.remove(name).ok_or_else(|| refusals::missing_property(name));
    let kind = property("type")?;
    let json = property("content-type")? == "application/json";
    let id = proposed.id.and_then(|id| id.uuid()).ok_or_else(|| refusals::malformed("id"))?;
    let ProposedMessage { custom_metadata, data, .. } = proposed;
    Ok(Proposed { id, kind, json, custom_metadata, data })
}

/// Does it, with what is planned to go wrong.
async fn perform<T>(
    node: &Node,
    hang_up: &Notify,
    call: Call,
    metadata: &MetadataMap,
    deed: impl FnOnce() -> Result<T, Status>,
) -> Result<tonic::Response<T>, Status> {
    let fault = node.admit(call, metadata).await?;
    let answer = deed();
    match fault {
        Some(Fault::DoneBut(code)) => return Err(refusals::planned(code)),
        Some(Fault::DoneThenHangUp) => {
            hang_up.notify_one();
            pending::<()>().await;
        }
        Some(Fault::Late(late)) => tokio::time::sleep(late).await,
        _ => {}
    }
    answer.map(tonic::Response::new)
}

fn stream_of(target: &Target) -> Result<&str, Status> {
    let name = target.stream_identifier.as_ref().and_then(|identifier| identifier.name());
    name.ok_or_else(|| refusals::malformed("stream_identifier"))
}

fn expected(expectation: Expectation) -> log::Expected {
    match expectation {
        // What does not fit is behind no head.
        Expectation::Revision(revision) => {
            log::Expected::Exact(i64::try_from(revision).unwrap_or(i64::MAX))
        }
        Expectation::NoStream(()) => log::Expected::NO_STREAM,
        Expectation::Any(()) => log::Expected::Any,
        Expectation::StreamExists(()) => log::Expected::Exists,
    }
}

fn appended(
    stream: &str,
    expectation: Expectation,
    outcome: Outcome,
) -> Result<AppendResp, Status> {
    let result = match outcome {
        Outcome::Gone => return Err(refusals::stream_deleted(stream)),
        Outcome::Done { head, position } => AppendResult::Success(Success {
            current: Some(head.map_or(CurrentRevision::NoStream(()), CurrentRevision::Revision)),
            position: Some(position.map_or(WrittenAt::NoPosition(()), |at| {
                WrittenAt::Position(Place { commit_position: at, prepare_position: at })
            })),
        }),
        Outcome::Wrong { head } => AppendResult::WrongExpectedVersion(WrongExpectedVersion {
            found_20_6: Some(head.map_or(Found20_6::NoStream(()), Found20_6::Revision)),
            expected_20_6: Some(match expectation {
                Expectation::Revision(revision) => Expected20_6::Revision(revision),
                Expectation::NoStream(()) => Expected20_6::Revision(u64::MAX),
                Expectation::Any(()) => Expected20_6::Any(()),
                Expectation::StreamExists(()) => Expected20_6::StreamExists(()),
            }),
            found: Some(head.map_or(Found::NoStream(()), Found::Revision)),
            expected: Some(match expectation {
                Expectation::Revision(revision) => Expected::Revision(revision),
                Expectation::NoStream(()) => Expected::NoStream(()),
                Expectation::Any(()) => Expected::Any(()),
                Expectation::StreamExists(()) => Expected::StreamExists(()),
            }),
        }),
    };
    Ok(AppendResp { result: Some(result) })
}

fn deleted(stream: &str, expected: log::Expected, outcome: Outcome) -> Result<DeleteResp, Status> {
    match outcome {
        Outcome::Gone => Err(refusals::stream_deleted(stream)),
        Outcome::Wrong { head } => {
            let found = head.map_or(-1, u64::cast_signed);
            // The numbers of the server for what is no revision.
            let expected = match expected {
                log::Expected::Exact(revision) => revision,
                log::Expected::Any => -2,
                log::Expected::Exists => -4,
            };
            Err(refusals::wrong_version(stream, expected, found))
        }
        Outcome::Done { position, .. } => Ok(DeleteResp {
            position: Some(position.map_or(DeletedAt::NoPosition(()), |at| {
                DeletedAt::Position(Place { commit_position: at, prepare_position: at })
            })),
        }),
    }
}
