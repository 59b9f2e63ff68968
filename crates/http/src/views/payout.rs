//! Payouts, and runs that make them.

use base::{Amount, CreatorId, Currency, Instant, PayoutId, SellerId, Token};
use serde::Serialize;
use shop::{Payee, Payout};

use crate::views::money::MoneyView;
use crate::views::{Id, MetadataView, Time};

/// Money that a seller or creator is owed, on its way out.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Payout)]
pub(crate) struct PayoutView<'a> {
    /// Always `payout`.
    #[schema(pattern = "^payout$")]
    object: &'static str,
    #[schema(value_type = String, example = "po_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<PayoutId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    metadata: MetadataView<'static>,
    /// `pending`, `paid` or `failed`.
    #[schema(example = "pending")]
    status: &'static str,
    amount: MoneyView,
    /// Who is paid, when it is a seller.
    #[schema(value_type = Option<String>)]
    seller: Option<Id<SellerId>>,
    /// Who is paid, when it is a creator.
    #[schema(value_type = Option<String>)]
    creator: Option<Id<CreatorId>>,
    /// The rail whose clearing account it leaves from.
    #[schema(example = "sandbox")]
    rail: &'a str,
    /// Sales up to here are paid.
    #[schema(value_type = String, format = DateTime)]
    until: Time,
    /// Why it has failed.
    failure: Option<&'a str>,
}

/// What a run has made.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = PayoutRun)]
pub(crate) struct PayoutRunView<'a> {
    /// Always `payout_run`.
    #[schema(pattern = "^payout_run$")]
    object: &'static str,
    #[schema(example = "USD")]
    currency: &'static str,
    /// Sales up to here are paid.
    #[schema(value_type = String, format = DateTime)]
    until: Time,
    /// All payouts together.
    total: MoneyView,
    /// One for each seller and creator who was owed something.
    payouts: Vec<PayoutView<'a>>,
}

impl<'a> PayoutView<'a> {
    pub(crate) fn new(payout: &'a Payout) -> PayoutView<'a> {
        let (seller, creator) = match payout.payee {
            Payee::Seller(seller) => (Some(seller), None),
            Payee::Creator(creator) => (None, Some(creator)),
        };
        PayoutView {
            object: "payout",
            id: Id(payout.id),
            created_at: Time(payout.created_at),
            metadata: MetadataView(None),
            status: payout.state.as_str(),
            amount: payout.amount.into(),
            seller: seller.map(Id),
            creator: creator.map(Id),
            rail: payout.rail.as_str(),
            until: Time(payout.until),
            failure: payout.failure.as_ref().map(Token::as_str),
        }
    }
}

impl<'a> PayoutRunView<'a> {
    pub(crate) fn new(
        payouts: impl Iterator<Item = &'a Payout> + Clone,
        currency: Currency,
        until: Instant,
    ) -> PayoutRunView<'a> {
        let amounts = payouts.clone().map(|payout| payout.amount.amount);
        let total = amounts.fold(Amount::ZERO, |sum, one| sum.checked_add(one).unwrap_or(sum));
        PayoutRunView {
            object: "payout_run",
            currency: currency.code(),
            until: Time(until),
            total: MoneyView::new(total, currency),
            payouts: payouts.map(PayoutView::new).collect(),
        }
    }
}
