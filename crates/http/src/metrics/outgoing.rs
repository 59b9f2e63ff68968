//! Figures of what leaves books by itself: webhooks and mails.

use jobs::{Figure, OutgoingFigures};

use super::Kind;

/// A figure of what leaves one book.
type OfOutgoing = fn(&OutgoingFigures) -> &Figure;

/// Every figure that is told as it is.
pub(super) const OF_OUTGOING: &[(&str, Kind, &str, OfOutgoing)] = &[
    ("webhook_delivered", Kind::Counter, "Attempts that an endpoint took.", |figures| {
        &figures.webhooks.delivered
    }),
    ("webhook_failed", Kind::Counter, "Attempts that failed.", |figures| &figures.webhooks.failed),
    ("webhook_retrying", Kind::Gauge, "Deliveries that are tried again.", |figures| {
        &figures.webhooks.retrying
    }),
    (
        "webhook_endpoints_switched_off",
        Kind::Gauge,
        "Endpoints told nothing though their owner has not switched them off.",
        |figures| &figures.webhooks.switched_off,
    ),
    ("mail_sent", Kind::Counter, "Mails that a server took.", |figures| &figures.mails.sent),
    ("mail_deferred", Kind::Counter, "Attempts at mails that nobody took yet.", |figures| {
        &figures.mails.deferred
    }),
    ("mail_bounced", Kind::Counter, "Mails refused, given up, or without address.", |figures| {
        &figures.mails.bounced
    }),
    ("mail_unknown", Kind::Counter, "Attempts at mails that ended nobody knows how.", |figures| {
        &figures.mails.unknown
    }),
    ("mail_waiting", Kind::Gauge, "Mails that wait.", |figures| &figures.mails.waiting),
];

/// Every figure that is kept as an instant and told as its age.
pub(super) const AGES: &[(&str, &str, OfOutgoing)] = &[
    (
        "webhook_lag_seconds",
        "How long the endpoint furthest behind has not caught up.",
        |figures| &figures.webhooks.behind_since_micros,
    ),
    ("mail_waiting_seconds", "How long the first mail has waited.", |figures| {
        &figures.mails.waiting_since_micros
    }),
];
