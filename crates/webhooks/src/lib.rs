//! Webhooks out: telling other people's servers what happened, and never ones of our own network.
//!
//! # Vocabulary
//!
//! | word | meaning |
//! | --- | --- |
//! | endpoint | where somebody wants to be told: an [`EndpointUrl`] with its [`Secrets`] |
//! | [`Delivery`] | one event for one endpoint; every attempt carries the same [`MessageId`] |
//! | attempt | one request of a delivery, signed anew because the signature holds the time |
//! | [`Outcome`] | delivered, gone, or failed with its [`Failure`] |
//! | reach | which addresses may be connected to: public ones, or also this machine ([`Reach`]) |
//! | health | since when an endpoint fails; three days switch it off ([`schedule::Health`]) |
//!
//! # Invariants
//!
//! - No connection is made to an address that was not judged: a name is resolved once for an
//!   attempt, every address it has is judged, and the connection goes to one of those.
//! - A name with one address that is refused is refused whole.
//! - Redirects are not followed, proxies not used, answers neither kept nor obeyed (but for their
//!   status and `Retry-After`).
//! - An attempt ends within the patience of the [`Sender`], whatever the other side does.
//! - Signatures follow Standard Webhooks 1.0; secrets have redacted `Debug` forms.
//!
//! `docs/webhooks.md` is the page for receivers and operators.

mod address;
mod endpoint_url;
mod names;
pub mod schedule;
mod sender;
mod signing;

pub use address::{AddressRefusal, Reach, judge};
pub use endpoint_url::{EndpointUrl, PORTS, URL_BYTES_MAX, UrlError};
pub use names::{Names, SystemNames};
pub use sender::{
    ANSWER_BYTES_MAX, Delivery, Failure, Outcome, RETRY_AFTER_MAX, Sender, SenderSettings,
};
pub use signing::{
    MESSAGE_ID_BYTES_MAX, MessageId, MessageIdError, SECRET_BYTES_MAX, SECRET_BYTES_MIN, Secret,
    SecretError, Secrets, sign,
};
