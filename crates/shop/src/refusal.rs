//! Named refusals of the shop.

use base::Money;

/// Why something about the shop was refused.
///
/// Checks run in this order: what is named exists, and its id is free; it is in a state that
/// allows the deed; currencies; terms of lines; limits; amounts. The first that fails is the
/// answer, and each function tells its own under *Errors*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such seller.
    #[error("no such seller")]
    SellerNotFound,
    /// There is no such creator.
    #[error("no such creator")]
    CreatorNotFound,
    /// There is no such product.
    #[error("no such product")]
    ProductNotFound,
    /// There is no such checkout.
    #[error("no such checkout")]
    CheckoutNotFound,
    /// There is no such order.
    #[error("no such order")]
    OrderNotFound,
    /// There is no such refund of an order.
    #[error("no such refund")]
    RefundNotFound,
    /// There is no such payout.
    #[error("no such payout")]
    PayoutNotFound,
    /// The checkout, or the order, has no such tender.
    #[error("no such tender")]
    TenderNotFound,
    /// The order has no such line.
    #[error("no such line")]
    LineNotFound,
    /// An object of this id exists.
    #[error("the id is taken")]
    IdTaken,
    /// The checkout was paid: there is an order, and a further purchase needs a new checkout.
    #[error("the checkout was paid")]
    CheckoutPaid,
    /// A payment of the checkout is under way; wait for its outcome.
    #[error("the checkout is being paid")]
    CheckoutPaying,
    /// The checkout was abandoned, or its time is over; begin a new one.
    #[error("the checkout has expired")]
    CheckoutExpired,
    /// No payment of the checkout is under way.
    #[error("the checkout is not being paid")]
    CheckoutNotPaying,
    /// The payout arrived or failed before.
    #[error("the payout is closed")]
    PayoutClosed,
    /// Time has not come.
    #[error("not due yet")]
    NotDue,
    /// It is so already.
    #[error("it is in that state already")]
    NothingToChange,
    /// A sum is in another currency than the checkout or order.
    #[error("a sum is in another currency")]
    CurrencyMismatch,
    /// A line says another seller or kind than its product.
    #[error("the line differs from its product in seller or kind")]
    ProductMismatch,
    /// More is taken off a line than it costs.
    #[error("the discount is larger than the price of the line")]
    DiscountExceedsPrice,
    /// A gift card is sold at its value and taxed when it is spent.
    #[error("a line of gift cards has neither discount nor tax")]
    GiftCardPrice,
    /// A promotion gets all that is paid for it but the tax, and is paid for by one checkout.
    #[error(
        "a promotion is the only line of its checkout, of one unit, without product, seller, \
         creator, discount and shipping, and is taxed only where it costs something"
    )]
    PromotionLine,
    /// A line of gift cards needs as many prepared cards as it has units, and no other line any.
    #[error("the prepared gift cards are not those of the lines")]
    GiftCardsNotPrepared,
    /// Shipping is paid to the sellers of goods, and there are none.
    #[error("there are no goods to ship")]
    NothingToShip,
    /// The rates of seller and creator take more than the line brings.
    #[error("commission and creator's share are more than the whole")]
    RatesExceedWhole,
    /// A limit of the product would be passed.
    #[error("a limit would be exceeded")]
    LimitExceeded,
    /// The card is a tender of this checkout already.
    #[error("the card is used in this checkout already")]
    CardAlreadyUsed,
    /// The tenders there are cover everything.
    #[error("nothing is left to pay")]
    NothingLeftToPay,
    /// The card may pay for no line that other cards leave, or has nothing on it.
    #[error("the tender would pay nothing")]
    TenderPaysNothing,
    /// The tenders do not cover the total; add another one.
    #[error("the tenders do not cover the total")]
    NotCovered {
        /// What is left to pay.
        remaining: Money,
    },
    /// More units were to be refunded than the line has left.
    #[error("more units than the line has left")]
    QuantityExceedsLine,
    /// More was to be refunded than was paid and not yet refunded.
    #[error("more than may be refunded")]
    AmountExceedsRefundable {
        /// What may still be refunded of what was named.
        refundable: Money,
    },
    /// Bought cards have less left than was to be refunded.
    #[error("the bought cards were spent")]
    BoughtCardsSpent {
        /// What may still be refunded of the line.
        unspent: Money,
    },
    /// What pays for a promotion stays with it until it is settled.
    #[error(
        "what was not spent goes back by itself when the promotion is settled; stop it to have \
         that sooner"
    )]
    PromotionSettles,
    /// The refund would move nothing.
    #[error("there is nothing to refund")]
    NothingToRefund,
    /// The payee is owed nothing, or owes from earlier refunds.
    #[error("nothing is owed")]
    NothingOwed,
}
