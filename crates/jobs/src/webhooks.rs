//! Telling webhook endpoints what happens in a book.
//!
//! # Vocabulary
//!
//! | word | meaning |
//! | --- | --- |
//! | [`Deliverer`] | the thread of a book that sends its events |
//! | lane | one endpoint as the thread knows it: what flies, and how far it was told |
//! | window | events of a lane that were read and are not over |
//! | over | delivered, given up, or kept as a retry |
//! | probe | a new event that is tried at an endpoint which nothing reaches at the moment |
//!
//! # Invariants
//!
//! - An event is over before the place of its endpoint goes past it, so a process that is killed
//!   sends events twice and loses none.
//! - Each attempt has a thread of its own and each lane a limit of them: an endpoint that hangs
//!   holds back nobody else.
//! - What the owner of an endpoint changed is never undone by what was learned before.
//!
//! Events leave in the order in which they happened, but several are on their way at once, and what
//! failed comes later: whoever needs order has `sequence`.

mod deliverer;
mod events;
mod lane;
mod secrets;

pub use deliverer::{Deliverer, DelivererParts, WebhookNews, WebhookPace};
pub use events::{TellEvents, ToldEvent, ToldObject, ToldPage};
pub use secrets::{SecretTrouble, open_webhook_secret, seal_webhook_secret};

/// Endpoints a book may have.
pub const ENDPOINTS_MAX: usize = 16;

/// How long the secret before a new one is good beside it.
pub const OLDER_SECRET_FOR: base::Span = base::Span::days(1);
