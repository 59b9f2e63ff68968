//! Webhook endpoints.

use base::EndpointId;
use serde::Serialize;
use store::{EndpointState, WebhookEndpoint};

use crate::views::{Id, MetadataView, Time};

/// Where a book tells what happens in it.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = WebhookEndpoint)]
pub(crate) struct WebhookEndpointView<'a> {
    /// Always `webhook_endpoint`.
    object: &'static str,
    #[schema(value_type = String, example = "whe_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<EndpointId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    metadata: MetadataView<'static>,
    url: &'a str,
    /// Types of events it wants; all when empty.
    types: Vec<&'a str>,
    /// Whether events are sent to it.
    enabled: bool,
    /// `enabled`, `disabled` by its owner, `gone` because it answered 410, `failing`: nothing
    /// reached it for three days, or `restored`: the book came out of a backup, and nobody has said
    /// yet that it is the one that tells the endpoint.
    status: &'static str,
    /// The first failure since something reached it.
    #[schema(value_type = Option<String>, format = DateTime)]
    failing_since: Option<Time>,
    /// What happened up to this record was delivered, given up, or is tried again.
    sequence: u64,
    /// Deliveries that failed and are tried again.
    retrying: u64,
    /// Until when requests are signed with the secret before the present one as well.
    #[schema(value_type = Option<String>, format = DateTime)]
    older_secret_until: Option<Time>,
    /// What its requests are signed with, shown once: for 24 hours when the request is repeated.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<&'a str>,
}

impl<'a> WebhookEndpointView<'a> {
    pub(crate) fn new(
        endpoint: &'a WebhookEndpoint,
        retrying: u64,
        secret: Option<&'a str>,
    ) -> WebhookEndpointView<'a> {
        WebhookEndpointView {
            object: "webhook_endpoint",
            id: Id(endpoint.id),
            created_at: Time(endpoint.created_at),
            metadata: MetadataView(None),
            url: &endpoint.url,
            types: endpoint.types.split_ascii_whitespace().collect(),
            enabled: endpoint.state == EndpointState::On,
            status: match endpoint.state {
                EndpointState::On => "enabled",
                EndpointState::Off => "disabled",
                EndpointState::Gone => "gone",
                EndpointState::Failing => "failing",
                EndpointState::Restored => "restored",
            },
            failing_since: endpoint.failing_since.map(Time),
            sequence: endpoint.next.seq.saturating_sub(1),
            retrying,
            older_secret_until: endpoint.older_secret.as_ref().map(|(_, until)| Time(*until)),
            secret,
        }
    }
}

/// What was removed.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = WebhookEndpointDeleted)]
pub(crate) struct WebhookEndpointDeletedView {
    /// Always `webhook_endpoint`.
    object: &'static str,
    #[schema(value_type = String, example = "whe_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<EndpointId>,
    /// Always true.
    deleted: bool,
}

impl WebhookEndpointDeletedView {
    pub(crate) fn new(id: EndpointId) -> WebhookEndpointDeletedView {
        WebhookEndpointDeletedView { object: "webhook_endpoint", id: Id(id), deleted: true }
    }
}
