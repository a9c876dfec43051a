//! What a client asks before anything else: which nodes there are, and what this one can do.

use std::sync::Arc;

use hyper::body::Incoming;
use hyper::{Request, Response};
use tonic::Status;
use tonic::body::BoxBody;
use tonic::codec::ProstCodec;
use tonic::server::Grpc;
use uuid::Uuid;

use super::super::faults::{Call, Fault};
use super::super::wire::Id;
use super::super::wire::nodes::{
    ClusterInfo, EndPoint, MemberInfo, SupportedMethod, SupportedMethods,
};
use super::{Node, deadline, in_time, refusals};

/// `Gossip/Read`
pub async fn gossip(node: Arc<Node>, request: Request<Incoming>) -> Response<BoxBody> {
    let service = tower::service_fn(move |request: tonic::Request<()>| {
        let node = Arc::clone(&node);
        async move { ask(&node, Call::Gossip, &request, |node| Ok(members(node))).await }
    });
    Grpc::new(ProstCodec::<ClusterInfo, ()>::default()).unary(service, request).await
}

/// `ServerFeatures/GetSupportedMethods`
pub async fn features(node: Arc<Node>, request: Request<Incoming>) -> Response<BoxBody> {
    let service = tower::service_fn(move |request: tonic::Request<()>| {
        let node = Arc::clone(&node);
        async move { ask(&node, Call::Features, &request, methods).await }
    });
    Grpc::new(ProstCodec::<SupportedMethods, ()>::default()).unary(service, request).await
}

async fn ask<T>(
    node: &Node,
    call: Call,
    request: &tonic::Request<()>,
    answer: fn(&Node) -> Result<T, Status>,
) -> Result<tonic::Response<T>, Status> {
    let fault = node.admit(call, request.metadata()).await?;
    let answered = async {
        match fault {
            Some(Fault::Late(late)) => tokio::time::sleep(late).await,
            Some(Fault::DoneBut(code)) => return Err(refusals::planned(code)),
            _ => {}
        }
        answer(node)
    };
    in_time(deadline(request.metadata()), answered).await.map(tonic::Response::new)
}

fn members(node: &Node) -> ClusterInfo {
    let members = node.cluster.members();
    let line = |(index, member): (usize, &super::super::Member)| MemberInfo {
        instance_id: Some(Id::new(Uuid::from_u128(index as u128 + 1), true)),
        time_stamp: 0,
        state: member.state as i32,
        is_alive: member.alive,
        http_end_point: Some(EndPoint {
            address: member.address.ip().to_string(),
            port: u32::from(member.address.port()),
        }),
    };
    ClusterInfo { members: members.iter().enumerate().map(line).collect() }
}

/// Names are in lower case. Without batch append, clients append one call at a time.
fn methods(node: &Node) -> Result<SupportedMethods, Status> {
    let version = node.options.version.clone();
    let event_store_server_version = version.ok_or_else(|| Status::unimplemented(""))?;
    let method = |name: &str, features: &[&str]| SupportedMethod {
        method_name: name.to_owned(),
        service_name: "event_store.client.streams.streams".to_owned(),
        features: features.iter().map(|&feature| feature.to_owned()).collect(),
    };
    let methods = vec![
        method("read", &["position", "events"]),
        method("append", &[]),
        method("delete", &[]),
        method("tombstone", &[]),
    ];
    Ok(SupportedMethods { methods, event_store_server_version })
}
