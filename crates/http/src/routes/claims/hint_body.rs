//! What somebody without an account knows of a charge.

use claims::{ChargeHint, LastFour};
use serde::{Deserialize, Serialize};

use super::claim_body::optional_day;
use super::fingerprint;
use crate::call::Caller;
use crate::fields::{self, Checked, refuse};
use crate::wire::{self, MoneyBody};

/// Bytes of what a bank statement shows, at most.
const DESCRIPTOR_BYTES_MAX: usize = 100;

/// What is known of a charge. Staff finds it.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChargeHintInput)]
pub(crate) struct HintBody {
    /// What the bank statement shows; only a keyed hash is kept.
    #[schema(min_length = 1, max_length = 100)]
    descriptor: String,
    /// The last four digits of card or account.
    #[schema(min_length = 4, max_length = 4, pattern = "^[0-9]{4}$")]
    last4: String,
    /// What was charged.
    #[serde(deserialize_with = "wire::object")]
    amount: MoneyBody,
    /// On which day, if they know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    charged_on: Option<String>,
}

impl HintBody {
    /// The hint, by pointers that begin at the body.
    pub(super) fn check(&self, caller: &Caller) -> Checked<ChargeHint> {
        let descriptor =
            fields::text::<DESCRIPTOR_BYTES_MAX>("/hint/descriptor", &self.descriptor)?;
        let last_four = LastFour::parse(&self.last4);
        Ok(ChargeHint {
            descriptor: fingerprint(caller, "descriptor", &descriptor.as_str().to_lowercase()),
            last_four: last_four.ok_or_else(|| refuse("/hint/last4", "must be four digits"))?,
            amount: fields::money("/hint/amount", &self.amount)?,
            charged_on: optional_day("/hint/charged_on", self.charged_on.as_deref())?,
        })
    }
}
