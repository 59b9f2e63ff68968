//! Commands about the shop.

use base::{
    CardId, CheckoutId, HoldId, MethodId, Money, OrderId, PaymentId, PayoutId, RailRefundId,
};
use base::{RefundId, Token};
use giftcards::{Code, Prepared};
use ledger::RailName;
use payments::ReturnUrl;
use shop::{Creator, LineId, NewPayout, Product, RefundOrder, Seller, TenderId, limits};

use crate::{CardRef, CommandKind, Spare};

/// Commands about sellers, checkouts, orders and payouts. Ids are drawn by the caller, also those
/// of what may or may not follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShopCommand {
    /// Creates a seller.
    CreateSeller(Box<Seller>),
    /// Creates a creator.
    CreateCreator(Box<Creator>),
    /// Creates a product.
    CreateProduct(Box<Product>),
    /// Creates a checkout, with the gift cards that it sells.
    CreateCheckout(Box<NewCheckout>),
    /// Adds a way to pay, and plans all of them anew.
    AddTender {
        /// The checkout.
        checkout: CheckoutId,
        /// The way to pay.
        tender: AddTender,
        /// Ids for holds.
        holds: HoldIds,
    },
    /// Takes a way to pay away, and plans the others anew.
    RemoveTender {
        /// The checkout.
        checkout: CheckoutId,
        /// The tender.
        tender: TenderId,
        /// Ids for holds of cards that pay again.
        holds: HoldIds,
    },
    /// Pays: at once where cards pay everything, else rails are asked.
    Pay {
        /// The checkout.
        checkout: CheckoutId,
        /// Ids for payments.
        payments: Box<[PaymentId; limits::METHOD_TENDERS_MAX]>,
        /// The id of the order, if there is one at once.
        order: OrderId,
        /// Where the payer comes back to after a challenge.
        return_url: Option<ReturnUrl>,
    },
    /// Books that a checkout was abandoned.
    ExpireCheckout {
        /// The checkout.
        checkout: CheckoutId,
    },
    /// Gives up an attempt to pay that waits for its payer: by the payer's own wish, or because the
    /// checkout is due and the payer has not acted.
    CancelAttempt {
        /// The checkout.
        checkout: CheckoutId,
        /// Ids for refunds of what was taken in vain, as in [`Spare`].
        refunds: Box<[RailRefundId; Spare::REFUNDS]>,
    },
    /// Notes that what a refund owes, because the card that had paid is gone, was paid by hand.
    PayRefundByHand {
        /// The refund.
        refund: RefundId,
        /// The tender whose card is gone.
        tender: TenderId,
        /// The rail over which it was paid.
        rail: RailName,
    },
    /// Gives a gift card for what a refund owes because the card that had paid it is gone.
    CreditRefund {
        /// The refund.
        refund: RefundId,
        /// The tender whose card is gone.
        tender: TenderId,
        /// The id of the other card.
        card: CardId,
        /// Its code, made by the caller who holds the key ring.
        code: Box<Code>,
    },
    /// Refunds an order, or a part of it.
    RefundOrder {
        /// The order.
        order: OrderId,
        /// What to refund.
        new: Box<RefundOrder>,
        /// Ids for the ways back.
        ids: Box<RefundIds>,
    },
    /// Takes back the gift cards that an order has just sold, and refunds them.
    UndoPurchase {
        /// The order.
        order: OrderId,
        /// The id of the refund. It alone says whether two are one.
        refund: RefundId,
        /// Ids for the ways back.
        ids: Box<RefundIds>,
    },
    /// Returns what is left on gift cards of an order that nobody has claimed in time.
    ReturnUnclaimed {
        /// The order.
        order: OrderId,
        /// The id of the refund, if something is left. It alone says whether two are one.
        refund: RefundId,
        /// Ids for the ways back.
        ids: Box<RefundIds>,
    },
    /// Takes what a payee is owed out of the books.
    CreatePayout(Box<NewPayout>),
    /// Notes that a payout has arrived.
    PayoutPaid {
        /// The payout.
        payout: PayoutId,
    },
    /// Notes that a payout has not arrived.
    PayoutFailed {
        /// The payout.
        payout: PayoutId,
        /// Why.
        reason: Token<40>,
    },
}

/// A checkout to be created: its lines, and the gift cards that some of them sell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCheckout {
    /// What the shop looks at.
    pub checkout: shop::NewCheckout,
    /// The cards: for each line of gift cards as many as it has units, for other lines none.
    pub cards: Vec<PreparedCard>,
}

/// A checkout that sells no gift cards.
impl From<shop::NewCheckout> for NewCheckout {
    fn from(checkout: shop::NewCheckout) -> NewCheckout {
        NewCheckout { checkout, cards: Vec::new() }
    }
}

/// A gift card that a checkout sells. Its value is the price of one unit of its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreparedCard {
    /// The line that sells it.
    pub line: LineId,
    /// Its id, drawn by the caller.
    pub id: CardId,
    /// What it will be like.
    pub prepared: Box<Prepared>,
}

/// A way to pay, as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddTender {
    /// A gift card, for as much as the plan gives it.
    GiftCard {
        /// The card.
        card: CardRef,
    },
    /// Cards of the buyer, as many of them as have something to pay.
    Wallet {
        /// The cards, each with the id of the hold that it gets when it pays.
        cards: Vec<(CardId, HoldId)>,
    },
    /// A payment method.
    PaymentMethod {
        /// The way to pay.
        method: MethodId,
        /// The most it shall pay; `None` is all that is left.
        wanted: Option<Money>,
    },
}

/// Ids for holds. The new card needs one, and so does every card that had left everything to
/// others and now pays again, or whose hold has lapsed.
pub type HoldIds = Box<[HoldId; limits::CARD_TENDERS_MAX]>;

/// Ids for the ways on which a refund goes back, in order of the tenders of each kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefundIds {
    /// For what goes back to cards.
    pub cards: [RefundId; limits::CARD_TENDERS_MAX],
    /// For what goes back over rails.
    pub rails: [RailRefundId; limits::METHOD_TENDERS_MAX],
}

impl ShopCommand {
    pub(crate) fn kind(&self) -> CommandKind {
        match self {
            ShopCommand::CreateSeller(_) => CommandKind::CreateSeller,
            ShopCommand::CreateCreator(_) => CommandKind::CreateCreator,
            ShopCommand::CreateProduct(_) => CommandKind::CreateProduct,
            ShopCommand::CreateCheckout(_) => CommandKind::CreateCheckout,
            ShopCommand::AddTender { .. } => CommandKind::AddTender,
            ShopCommand::RemoveTender { .. } => CommandKind::RemoveTender,
            ShopCommand::Pay { .. } => CommandKind::Pay,
            ShopCommand::ExpireCheckout { .. } => CommandKind::ExpireCheckout,
            ShopCommand::CancelAttempt { .. } => CommandKind::CancelAttempt,
            ShopCommand::PayRefundByHand { .. } => CommandKind::PayRefundByHand,
            ShopCommand::CreditRefund { .. } => CommandKind::CreditRefund,
            ShopCommand::RefundOrder { .. } => CommandKind::RefundOrder,
            ShopCommand::UndoPurchase { .. } => CommandKind::UndoPurchase,
            ShopCommand::ReturnUnclaimed { .. } => CommandKind::ReturnUnclaimed,
            ShopCommand::CreatePayout(_) => CommandKind::CreatePayout,
            ShopCommand::PayoutPaid { .. } => CommandKind::PayoutPaid,
            ShopCommand::PayoutFailed { .. } => CommandKind::PayoutFailed,
        }
    }
}
