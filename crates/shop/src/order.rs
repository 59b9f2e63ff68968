//! Orders: what was paid, by whom, for whom, and how much of it has gone back.

use base::{Amount, CardId, CheckoutId, Currency, HoldId, Instant, Metadata, MethodId, Money};
use base::{OrderId, PaymentId, PersonId, Region};

use crate::checkout::sum;
use crate::{Allocation, Line, LineId, Part, Source, TenderId};

/// What a checkout became when every tender had succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// The checkout it was made of.
    pub checkout: CheckoutId,
    /// The one currency of everything in it.
    pub currency: Currency,
    /// Whose tax was collected.
    pub region: Region,
    /// Who bought, when the shop knows.
    pub buyer: Option<PersonId>,
    /// What was bought, shipping last.
    pub lines: Vec<OrderLine>,
    /// How it was paid; tenders that paid nothing are left out.
    pub tenders: Vec<OrderTender>,
    /// Where the purchase began.
    pub source: Option<Source>,
    /// Number of the receipt.
    pub receipt: u64,
    /// Strings of the integrating shop.
    pub metadata: Metadata,
    /// When it was made.
    pub created_at: Instant,
}

/// A line of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderLine {
    /// What was bought.
    pub line: Line,
    /// Who gets what of it; adds up to the total of the line.
    pub parts: Vec<Part>,
    /// How much of the total has gone back, or is on its way.
    pub refunded: Amount,
    /// Units that were refunded as units.
    pub refunded_units: u32,
}

/// How an order was paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderTender {
    /// Its short name, as in the checkout.
    pub id: TenderId,
    /// Where its money came from.
    pub paid_by: PaidBy,
    /// What it paid, in order of lines.
    pub allocations: Vec<Allocation>,
}

/// Where the money of a tender came from, and so where it goes back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaidBy {
    /// A gift card.
    GiftCard {
        /// The card.
        card: CardId,
        /// The hold that was captured.
        hold: HoldId,
    },
    /// A payment over a rail.
    PaymentMethod {
        /// The way to pay.
        method: MethodId,
        /// The payment that was captured.
        payment: PaymentId,
    },
}

/// What an order is shown as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderStatus {
    /// Paid, and nothing has gone back.
    Paid,
    /// A part has gone back, or is on its way.
    PartlyRefunded,
    /// All has gone back, or is on its way.
    Refunded,
}

impl OrderStatus {
    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            OrderStatus::Paid => "paid",
            OrderStatus::PartlyRefunded => "partly_refunded",
            OrderStatus::Refunded => "refunded",
        }
    }
}

impl Order {
    /// Money of this order's currency.
    pub fn money(&self, amount: Amount) -> Money {
        Money { amount, currency: self.currency }
    }

    /// What was paid.
    pub fn total(&self) -> Amount {
        sum(self.lines.iter().map(|line| line.line.total())).expect("the total is bounded")
    }

    /// What has gone back, or is on its way.
    pub fn refunded(&self) -> Amount {
        sum(self.lines.iter().map(|line| line.refunded)).expect("not more than was paid")
    }

    /// What the order is shown as. An order that cost nothing stays paid.
    pub fn status(&self) -> OrderStatus {
        let refunded = self.refunded();
        if refunded.is_zero() {
            OrderStatus::Paid
        } else if refunded < self.total() {
            OrderStatus::PartlyRefunded
        } else {
            OrderStatus::Refunded
        }
    }

    /// The line of this name.
    pub fn line(&self, id: LineId) -> Option<&OrderLine> {
        self.lines.iter().find(|line| line.line.id == id)
    }

    /// The lines that have sold gift cards.
    pub fn lines_of_cards(&self) -> impl Iterator<Item = &OrderLine> {
        self.lines.iter().filter(|line| line.line.kind == base::LineKind::GiftCard)
    }

    /// Whether the line of this name has sold gift cards.
    pub fn is_line_of_cards(&self, id: LineId) -> bool {
        self.lines_of_cards().any(|line| line.line.id == id)
    }

    /// The line that pays for a promotion, which is the only one then.
    pub fn promotion(&self) -> Option<&OrderLine> {
        self.lines.iter().find(|line| line.line.is_promotion())
    }

    /// True once all that was paid for gift cards has gone back, or is on its way.
    pub fn has_given_cards_back(&self) -> bool {
        self.lines_of_cards().map(OrderLine::left).all(Amount::is_zero)
    }

    /// The tender of this name.
    pub fn tender(&self, id: TenderId) -> Option<&OrderTender> {
        self.tenders.iter().find(|tender| tender.id == id)
    }

    /// Who paid how much of a line, in order of tenders.
    pub fn payers_of(&self, line: LineId) -> impl Iterator<Item = (TenderId, Amount)> {
        self.tenders.iter().filter_map(move |tender| {
            let of_line = tender.allocations.iter().find(|allocation| allocation.line == line);
            of_line.map(|allocation| (tender.id, allocation.amount))
        })
    }
}

impl OrderLine {
    /// What has not gone back.
    pub fn left(&self) -> Amount {
        self.line.total().saturating_sub(self.refunded)
    }

    /// Units that were not refunded as units.
    pub fn units_left(&self) -> u32 {
        self.line.quantity.saturating_sub(self.refunded_units)
    }
}
