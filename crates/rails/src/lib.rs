//! The way to payment rails: whoever takes and returns money by card, bank or app store.
//!
//! # Vocabulary
//!
//! | word | meaning |
//! | --- | --- |
//! | [`Rail`] | the port: what every adapter can be asked, by a thread that may wait |
//! | [`Operation`] | our id of one deed, such as `pay_…:authorize`; the rail does it once |
//! | [`Reference`] | the rail's id of what a deed made: a payment, a refund, a dispute |
//! | [`MethodToken`] | names a payer's card or account at the rail; never shown |
//! | [`Outcome`] | done, failed with a [`FailureCode`], waiting for somebody, or unknown |
//! | [`PaymentState`], [`RefundState`], [`DisputeState`] | what the rail says is true now |
//! | [`RailEvent`] | a verified message of the rail that one of these changed |
//! | [`SettledLine`] | a line of a rail's settlement file: what it has moved, and what it keeps |
//! | [`sandbox::Sandbox`] | a strict simulated rail with a file of its own |
//! | [`stripe::Stripe`] | the adapter that speaks Stripe's API over HTTP |
//!
//! # Invariants
//!
//! - Only an answer that says so is a failure. No answer, half an answer, an answer that cannot
//!   be read, and errors on the rail's side are [`Outcome::Unknown`]: the money may have moved.
//! - An unknown outcome is cleared up by asking for the state, or by repeating the same operation
//!   with the same arguments. It is never tried again under another operation.
//! - No amount is rounded on its way to a rail. What a rail cannot express is refused before
//!   anything is sent.
//! - A message of a rail changes nothing before its signature and age were checked.
//! - Keys, tokens and client secrets have redacted `Debug` forms, and errors never quote them nor
//!   what a rail answered.
//!
//! `docs/rails.md` is the page for operators and for authors of another adapter.

mod event;
mod outcome;
mod port;
mod provider;
pub mod sandbox;
mod secret;
mod settlement;
mod signature;
mod state;
pub mod stripe;
#[cfg(feature = "stripe-server")]
pub mod stripe_server;

pub use event::{Change, Header, RailEvent, WebhookError};
pub use outcome::{Challenge, FailureCode, Outcome, Unknown};
pub use port::{
    Authorize, Capabilities, Capture, PaymentQuery, Rail, Refund, RefundQuery, StoreDoes, Void,
};
pub use secret::{MethodToken, MethodTokenError, Secret};
pub use settlement::{SettledKind, SettledLine, SettlementError};
pub use settlement::{read_settlement, write_settlement};
pub use signature::TOLERANCE;
pub use state::{
    DisputeStage, DisputeState, MethodState, PaymentStage, PaymentState, RefundStage, RefundState,
};

/// Our id of one deed, such as `pay_…:authorize` or `rrf_…:refund`: its idempotency key at the
/// rail. Whoever repeats a deed repeats its operation and its arguments; another deed, even of
/// the same amount on the same payment, has another operation.
pub type Operation = base::Token<64>;

/// The rail's id of a payment, refund or dispute. It is no secret, and must be kept: without it a
/// refund whose answer was lost cannot be told from one that was never sent.
pub type Reference = base::Text<255>;
