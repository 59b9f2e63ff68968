//! What became of the money of a promotion, as its ledger has it.

use base::{Instant, Span};
use world::PPM;

use crate::draws::{Key, Purpose};
use crate::fault::{Fault, Trouble};
use crate::filing::{Circumstances, Earlier, Filing};
use crate::losses::Losses;
use crate::{Params, Promotion};

/// Money of a promotion when its claim is filed, in minor units. The ledger is exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Book {
    /// What was paid, once.
    pub captured: i64,
    /// What was charged for delivery and not taken back.
    pub spent: i64,
    /// What is in escrow, and comes back by settlement.
    pub unspent: i64,
    /// What settlement has given back.
    pub settled_back: i64,
    /// What settlement gives back just now.
    pub pending_back: i64,
    /// What claims and restitutions have given back.
    pub credited: i64,
    /// What a claim may give back at most.
    pub left_refundable: i64,
    /// What was taken a second time and has not gone back.
    pub duplicate: i64,
    /// What was charged above the budget and has not gone back.
    pub over_budget: i64,
    /// What delivery to the wrong people has cost, and was not repaid.
    pub wrong: i64,
    /// What was billed for programs that were found, and was not repaid.
    pub bots_late: i64,
    /// What was billed for programs that nobody ever finds.
    pub bots_never: i64,
    /// What was billed after the advertiser had tried to pause.
    pub after_pause: i64,
}

/// Days after the end until which a settlement may be on its way to the payer.
const SETTLEMENT_WAY: Span = Span::days(5);

/// The money of a promotion at the time of its claim.
pub(crate) fn book(
    params: &Params,
    key: Key,
    promotion: &Promotion,
    faults: &[Fault],
    losses: &Losses,
    (filing, at): (&Filing, &Circumstances),
) -> Book {
    let mut draw = key.of(Purpose::Money, 0);
    let is_repaid = draw.chance(params.repaid_unasked.into());
    let is_on_its_way = draw.chance(500_000);
    let course = &losses.course;
    let billed = course.billed();
    let bill = promotion.cost(billed);
    let strength_of = |trouble: Trouble| {
        faults.iter().find(|fault| fault.trouble == trouble).map_or(0, |fault| fault.strength)
    };
    // Only a budget that is gone can be exceeded.
    let exceeds = if bill == promotion.budget { strength_of(Trouble::OverBudget) } else { 0 };
    let over = i128::from(promotion.budget) * i128::from(exceeds) / i128::from(PPM);
    let over = over as i64;
    let is_doubled = strength_of(Trouble::DoubleCapture) > 0;
    let mut book = Book {
        captured: promotion.budget + over,
        spent: bill + over,
        duplicate: if is_doubled { promotion.budget } else { 0 },
        over_budget: over,
        wrong: promotion.cost_of_last(course.wrong, billed),
        bots_late: promotion.cost_of_last(course.bots_late, billed),
        bots_never: promotion.cost_of_last(course.bots_never, billed),
        after_pause: promotion.cost_of_last(losses.after_pause, billed),
        ..Book::default()
    };
    if is_repaid {
        book.repay();
    }
    book.settle(promotion, at, filing.filed_at, is_on_its_way);
    book.left_refundable = match at.dispute {
        // The bank has given all of it back.
        "lost" => 0,
        _ => (book.spent - book.credited).max(0),
    };
    book
}

impl Book {
    /// What the platform repays by itself: by a refund, by the payment, or by settlement.
    fn repay(&mut self) {
        self.credited += self.wrong + self.over_budget;
        self.spent -= self.bots_late;
        (self.wrong, self.over_budget, self.duplicate, self.bots_late) = (0, 0, 0, 0);
    }

    fn settle(&mut self, promotion: &Promotion, at: &Circumstances, now: Instant, on_way: bool) {
        let left = self.captured - self.spent;
        let added = at.extension.map_or(0, |(hours, _)| hours);
        let window = promotion.goal.attribution_window();
        let settled_at = promotion
            .ends_at()
            .saturating_add(Span::hours(u64::from(added) + 72))
            .saturating_add(window);
        match now.since(settled_at) {
            None => self.unspent = left,
            Some(since) if since < SETTLEMENT_WAY && on_way => self.pending_back = left,
            Some(_) => self.settled_back = left,
        }
    }

    /// What an earlier claim was granted has been paid: of these causes nothing is open.
    pub(crate) fn pay_earlier(&mut self, earlier: Earlier, owed: i64) {
        if earlier == Earlier::Granted {
            self.credited += owed;
            self.left_refundable = (self.left_refundable - owed).max(0);
            self.spent -= self.bots_late;
            if self.unspent > 0 {
                self.unspent += self.bots_late;
            } else {
                self.settled_back += self.bots_late;
            }
            (self.wrong, self.over_budget, self.duplicate, self.bots_late) = (0, 0, 0, 0);
            self.after_pause = 0;
        }
    }
}
