//! What a decision leaves behind.

use base::Currency;
use ledger::{Account, AccountName, Posted, Subject};

use crate::{
    Advertiser, BillingStream, Deed, Incident, Post, Promotion, PromotionEvent, Settlement,
};
use crate::{Signals, Slice};

/// Rows after a decision, what was posted, and what happened in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Promotions after the decision.
    pub promotions: Vec<Promotion>,
    /// Posts after the decision.
    pub posts: Vec<Post>,
    /// Slices after the decision.
    pub slices: Vec<Slice>,
    /// Deeds that were done.
    pub deeds: Vec<Deed>,
    /// Settlements that were made.
    pub settlements: Vec<Settlement>,
    /// Streams of deliveries after the decision.
    pub streams: Vec<BillingStream>,
    /// Incidents after the decision.
    pub incidents: Vec<Incident>,
    /// Signals of persons after the decision.
    pub signals: Vec<Signals>,
    /// Advertisers after the decision.
    pub advertisers: Vec<Advertiser>,
    /// Accounts, transfers and entries.
    pub posted: Posted,
    /// Events, each with the object it is about.
    pub events: Vec<(PromotionEvent, Subject)>,
}

impl Outcome {
    /// A promotion and what was done to it, with the event that its state tells, if it is another
    /// one now.
    pub(crate) fn told(promotion: Promotion, deed: Deed, event: Option<PromotionEvent>) -> Outcome {
        let events = event.into_iter().map(|event| (event, Subject::of(promotion.id))).collect();
        Outcome { promotions: vec![promotion], deeds: vec![deed], events, ..Outcome::default() }
    }

    /// A promotion, what was done to it and the event that tells of it.
    pub(crate) fn of(promotion: Promotion, deed: Deed, event: PromotionEvent) -> Outcome {
        Outcome::told(promotion, deed, Some(event))
    }
}

/// The account of this name among `rows`, opened when nobody has used it before.
pub(crate) fn or_open(rows: &[&Account], name: AccountName, currency: Currency) -> Account {
    let id = name.id(currency);
    let row = rows.iter().find(|account| account.id == id);
    Account::or_open(row.copied(), name, currency)
}
