//! Every kind of row, in one place: whoever keeps or finds rows is made from this list.

/// The types that `every_row!` names, for crates that do not know their own.
#[doc(hidden)]
pub mod types {
    pub use std::sync::Arc;

    pub use base::PurchaseId;
    pub use base::SellerId;
    pub use base::{AccountId, CardId, CheckoutId, ContactId, CreatorId, DisputeId, HoldId};
    pub use base::{
        ClaimId, ClaimantId, FactsId, InstrumentId, PayerId, RestitutionId, StatementId, SuspectId,
    };
    pub use base::{
        DeedId, IncidentId, PostId, PromotionId, PromotionSettlementId, SliceId, StreamId,
    };
    pub use base::{MethodId, OrderId, PaymentId, PayoutId, PersonId, ProductId, ProgramId};
    pub use base::{RailRefundId, RefundId, SettlementId, SettlementLineId, StandingId};
    pub use claims::{AccountFreeze, AutomaticPaid, InstrumentClaims, Suspect};
    pub use claims::{Claim, ClaimantClaims, FrozenFacts, KeptStatement, PromotionClaims};
    pub use claims::{Restitution, Words};
    pub use giftcards::{
        Card, CodeHash, CodeRow, Contact, Hold, Program, Purchase, Refund, Sender,
    };
    pub use ledger::Account;
    pub use payments::{Dispute, Method, Payment, RailRefund};
    pub use payments::{Settlement, SettlementLine, Standing};
    pub use promotions::Settlement as PromotionSettlement;
    pub use promotions::{
        Advertiser, BillingStream, Deed, Incident, Post, Promotion, Signals, Slice,
    };
    pub use shop::Series;
    pub use shop::{Checkout, Creator, Numbering, Order, OrderRefund, Payout, Product, Seller};
}

/// Calls the macro `$then` with every kind of row that is found by an id, in the order of their
/// tables. Each has: what it is, the look-up of [`Rows`](crate::Rows), the variant of
/// [`Key`](crate::Key) and [`Row`](crate::Row), the type of its id, the type of the row, and the
/// member of the row that is the id.
///
/// The book's own row is not among them: there is one, and it has no id.
#[macro_export]
macro_rules! every_row {
    ($then:ident) => {
        $then! {
            "A ledger account.", account, Account,
                $crate::types::AccountId, $crate::types::Account, id;
            "A program.", program, Program,
                $crate::types::ProgramId, $crate::types::Arc<$crate::types::Program>, id;
            "A gift card.", card, Card,
                $crate::types::CardId, $crate::types::Arc<$crate::types::Card>, id;
            "A code, by its keyed hash.", code, Code,
                $crate::types::CodeHash, $crate::types::CodeRow, hash;
            "A hold.", hold, Hold,
                $crate::types::HoldId, $crate::types::Arc<$crate::types::Hold>, id;
            "A refund.", refund, Refund,
                $crate::types::RefundId, $crate::types::Arc<$crate::types::Refund>, id;
            "A payment method.", method, Method,
                $crate::types::MethodId, $crate::types::Arc<$crate::types::Method>, id;
            "A payment.", payment, Payment,
                $crate::types::PaymentId, $crate::types::Arc<$crate::types::Payment>, id;
            "A refund over a rail.", rail_refund, RailRefund,
                $crate::types::RailRefundId, $crate::types::Arc<$crate::types::RailRefund>, id;
            "A dispute.", dispute, Dispute,
                $crate::types::DisputeId, $crate::types::Arc<$crate::types::Dispute>, id;
            "A seller.", seller, Seller,
                $crate::types::SellerId, $crate::types::Arc<$crate::types::Seller>, id;
            "A creator.", creator, Creator,
                $crate::types::CreatorId, $crate::types::Arc<$crate::types::Creator>, id;
            "A product.", product, Product,
                $crate::types::ProductId, $crate::types::Arc<$crate::types::Product>, id;
            "A checkout.", checkout, Checkout,
                $crate::types::CheckoutId, $crate::types::Arc<$crate::types::Checkout>, id;
            "An order.", order, Order,
                $crate::types::OrderId, $crate::types::Arc<$crate::types::Order>, id;
            "A refund of an order.", order_refund, OrderRefund,
                $crate::types::RefundId, $crate::types::Arc<$crate::types::OrderRefund>, id;
            "A payout.", payout, Payout,
                $crate::types::PayoutId, $crate::types::Arc<$crate::types::Payout>, id;
            "How far a series of numbers has come.", numbering, Numbering,
                $crate::types::Series, $crate::types::Numbering, series;
            "The gift cards that a checkout sells.", purchase, Purchase,
                $crate::types::PurchaseId, $crate::types::Arc<$crate::types::Purchase>, id;
            "A settlement file of a rail.", settlement, Settlement,
                $crate::types::SettlementId, $crate::types::Arc<$crate::types::Settlement>, id;
            "A line of a settlement file.", settlement_line, SettlementLine,
                $crate::types::SettlementLineId,
                $crate::types::Arc<$crate::types::SettlementLine>, id;
            "What was moved at a rail, and what its files tell of it.", standing, Standing,
                $crate::types::StandingId, $crate::types::Arc<$crate::types::Standing>, id;
            "Somebody who gives cards.", sender, Sender,
                $crate::types::PersonId, $crate::types::Arc<$crate::types::Sender>, id;
            "A sender and a recipient.", contact, Contact,
                $crate::types::ContactId, $crate::types::Arc<$crate::types::Contact>, id;
            "A promotion of a post.", promotion, Promotion,
                $crate::types::PromotionId, $crate::types::Arc<$crate::types::Promotion>, id;
            "A post.", post, Post,
                $crate::types::PostId, $crate::types::Arc<$crate::types::Post>, id;
            "Money of a promotion, leased to a process.", slice, Slice,
                $crate::types::SliceId, $crate::types::Arc<$crate::types::Slice>, id;
            "Something that was done to a promotion.", deed, Deed,
                $crate::types::DeedId, $crate::types::Arc<$crate::types::Deed>, id;
            "What a promotion gave back.", promotion_settlement, PromotionSettlement,
                $crate::types::PromotionSettlementId,
                $crate::types::Arc<$crate::types::PromotionSettlement>, id;
            "How far a stream of deliveries was billed.", stream, Stream,
                $crate::types::StreamId, $crate::types::BillingStream, id;
            "A time at which a part of the platform did not work.", incident, Incident,
                $crate::types::IncidentId, $crate::types::Arc<$crate::types::Incident>, id;
            "What happened to the account of a person.", signals, Signals,
                $crate::types::PersonId, $crate::types::Arc<$crate::types::Signals>, person;
            "A claim.", claim, Claim,
                $crate::types::ClaimId, $crate::types::Arc<$crate::types::Claim>, id;
            "What claims and restitutions have to do with a promotion.",
                promotion_claims, PromotionClaims,
                $crate::types::PromotionId,
                $crate::types::Arc<$crate::types::PromotionClaims>, promotion;
            "How many claims somebody has made.", claimant, Claimant,
                $crate::types::ClaimantId, $crate::types::ClaimantClaims, id;
            "What was repaid for a promotion without a claim.", restitution, Restitution,
                $crate::types::RestitutionId, $crate::types::Arc<$crate::types::Restitution>, id;
            "What a claimant has written, sealed.", claim_words, ClaimWords,
                $crate::types::ClaimId, $crate::types::Arc<$crate::types::Words>, claim;
            "Facts on which something was decided.", frozen_facts, FrozenFacts,
                $crate::types::FactsId, $crate::types::Arc<$crate::types::FrozenFacts>, id;
            "What was decided on a claim, or a restitution.", claim_statement, ClaimStatement,
                $crate::types::StatementId, $crate::types::Arc<$crate::types::KeptStatement>, id;
            "What a payer was paid without anybody looking.", automatic_paid, AutomaticPaid,
                $crate::types::PayerId, $crate::types::Arc<$crate::types::AutomaticPaid>, payer;
            "That the account of a person is frozen, or was.", account_freeze, AccountFreeze,
                $crate::types::PersonId, $crate::types::Arc<$crate::types::AccountFreeze>, person;
            "A trace of somebody who may have used the account of another.", suspect, Suspect,
                $crate::types::SuspectId, $crate::types::Arc<$crate::types::Suspect>, id;
            "What somebody has under way who promotes.", advertiser, Advertiser,
                $crate::types::PersonId, $crate::types::Arc<$crate::types::Advertiser>, person;
            "Who has claimed over an instrument or a device.", instrument_claims, InstrumentClaims,
                $crate::types::InstrumentId,
                $crate::types::Arc<$crate::types::InstrumentClaims>, id;
        }
    };
}
