//! Pages for the people who run the shop.

mod card;
mod claims;
mod finance;
mod ledger;
mod owed;
mod panel;
mod queue;
mod reconciliation;
mod talk;

pub use card::{CardActView, CardPageView, EventRow, REASONS, card_act_page, card_page};
pub use claims::{
    ActView, AgeBar, ClaimsQueueView, DecideForm, DecideWrong, DeskClaimView, DeskDelivery,
    FactRow, QueueRow, claims_queue_page, desk_claim_page,
};
pub use finance::{
    AgePart, BalanceRow, CardSum, EqualLine, FinanceView, PromotionSum, finance_page,
};
pub use ledger::{
    AccountRow, AccountView, EntryRow, LedgerView, TogetherRow, account_page, ledger_page,
};
pub use owed::{OwedCard, OwedSum, OwedView, owed_page};
pub use panel::{CardRow, ClaimRow, OrderRow, PanelView, PromotionRow};
pub use queue::{Filter, QueueView, TalkRow, queue_page};
pub use reconciliation::{
    AgeSum, OpenRow, RailSum, ReconciliationView, UnsettledView, reconciliation_page,
    unsettled_page,
};
pub use talk::{CannedView, TalkView, talk_page};
