//! Signals.

use base::{PersonId, SignalId};
use promotions::{Signal, signal_id};
use serde::Serialize;

use crate::views::{Id, Time};

/// Something that happened to the account of a person. It never changes.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Signal)]
pub(crate) struct SignalView {
    /// Always `signal`.
    #[schema(pattern = "^signal$")]
    object: &'static str,
    #[schema(value_type = String, example = "sig_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<SignalId>,
    /// When it was first told.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = String)]
    person: Id<PersonId>,
    /// `new_device`, `email_changed`, `new_admin`, `limit_raised`, `password_changed`, `dormant`,
    /// `phone_changed`, `factor_removed`, `new_country`, `passkey_enrolled`, `totp_enrolled`,
    /// `session_stolen`, `promotion_used` or `call_failed`.
    #[schema(example = "new_device")]
    kind: &'static str,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    /// Whether its device is known, which is never shown.
    has_device: bool,
}

impl SignalView {
    pub(crate) fn new(person: PersonId, signal: &Signal) -> SignalView {
        let happened = &signal.happened;
        SignalView {
            object: "signal",
            id: Id(signal_id(person, happened)),
            created_at: Time(signal.told_at),
            person: Id(person),
            kind: happened.kind.as_str(),
            at: Time(happened.at),
            has_device: happened.device.is_some(),
        }
    }
}
