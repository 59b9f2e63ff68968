//! Accounts that are frozen, and traces of whoever may have used them.

use base::{ClaimId, PersonId, PromotionId, SuspectId};
use claims::{AccountFreeze, Suspect};
use serde::Serialize;

use crate::views::{Id, Time};

/// That the account of a person can pay and promote nothing, or could not for a time.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = AccountFreeze)]
pub(crate) struct AccountFreezeView<'a> {
    /// Always `account_freeze`.
    #[schema(pattern = "^account_freeze$")]
    object: &'static str,
    /// When it was frozen last.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// Whose account it is. There is one of these a person.
    #[schema(value_type = String)]
    person: Id<PersonId>,
    /// `frozen`, or `lifted`.
    status: &'static str,
    /// The claim by whose decision it was frozen last.
    #[schema(value_type = String)]
    claim: Id<ClaimId>,
    /// The main reason of that decision.
    reason: &'a str,
    /// How often it was frozen.
    times: u32,
    #[schema(value_type = Option<String>, format = DateTime)]
    lifted_at: Option<Time>,
    #[schema(value_type = Option<String>)]
    lifted_by: Option<Id<PersonId>>,
}

impl<'a> AccountFreezeView<'a> {
    pub(crate) fn new(row: &'a AccountFreeze) -> AccountFreezeView<'a> {
        AccountFreezeView {
            object: "account_freeze",
            created_at: Time(row.frozen_at),
            person: Id(row.person),
            status: if row.is_frozen() { "frozen" } else { "lifted" },
            claim: Id(row.claim),
            reason: row.code.as_str(),
            times: row.times,
            lifted_at: row.lifted.map(|lifted| Time(lifted.at)),
            lifted_by: row.lifted.map(|lifted| Id(lifted.by)),
        }
    }
}

/// A trace of somebody who may have used the account of another. It accuses nobody, and decides
/// nothing by itself: somebody is to look at it.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Suspect)]
pub(crate) struct SuspectView<'a> {
    /// Always `suspect`.
    #[schema(pattern = "^suspect$")]
    object: &'static str,
    #[schema(value_type = String, example = "susp_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<SuspectId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// `open`, or `reviewed`.
    status: &'static str,
    /// The claim by whose decision it was found: its facts tell what is known.
    #[schema(value_type = String)]
    claim: Id<ClaimId>,
    /// What was bought: who agreed to it, from where and on which device stands there.
    #[schema(value_type = String)]
    promotion: Id<PromotionId>,
    /// Whose account was used: not the suspect, but as far as is known the victim.
    #[schema(value_type = String)]
    person: Id<PersonId>,
    /// Whether the device is known, which is never shown.
    has_device: bool,
    /// The main reason of the decision.
    reason: &'a str,
    #[schema(value_type = Option<String>, format = DateTime)]
    reviewed_at: Option<Time>,
    #[schema(value_type = Option<String>)]
    reviewed_by: Option<Id<PersonId>>,
}

impl<'a> SuspectView<'a> {
    pub(crate) fn new(row: &'a Suspect) -> SuspectView<'a> {
        SuspectView {
            object: "suspect",
            id: Id(row.id),
            created_at: Time(row.found_at),
            status: if row.looked_at.is_some() { "reviewed" } else { "open" },
            claim: Id(row.claim),
            promotion: Id(row.promotion),
            person: Id(row.person),
            has_device: row.device.is_some(),
            reason: row.code.as_str(),
            reviewed_at: row.looked_at.map(|looked| Time(looked.at)),
            reviewed_by: row.looked_at.map(|looked| Id(looked.by)),
        }
    }
}
