//! Payments and orders held against one another: what was paid, what goes back, and numbers
//! without a gap.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use base::{Amount, CardId, Currency, OrderId, PaymentId, RailRefundId};
use engine::{Key, Row};
use giftcards::{Purchase, purchase_of};
use payments::{Dispute, DisputeState, Payment, RailRefund, RefundState};
use shop::{Checkout, LineId, Order, OrderRefund, PaidBy, Series};

use super::finding::{Check, Findings};
use super::minor;
use super::replay::{Image, Replay};

/// Checks what must hold between the rows as the journal leaves them.
pub(super) fn check(replay: &Replay, findings: &mut Findings) {
    let mut across = Across { replay, findings, sums: Sums::default() };
    for version in replay.images.values().filter_map(Image::latest) {
        match &version.row {
            Row::RailRefund(row) => across.rail_refund(row),
            Row::Dispute(row) => across.dispute(row),
            Row::Checkout(row) => across.checkout(row),
            Row::Order(row) => across.order(row),
            Row::OrderRefund(row) => across.order_refund(row),
            Row::Purchase(row) => across.purchase(row),
            _ => {}
        }
    }
    across.compare_sums();
    across.compare_numbers();
}

/// What is added up on the way, in minor units.
#[derive(Default)]
struct Sums {
    /// What has gone back of each payment, is on its way or owed, and was taken by its disputes.
    payments: HashMap<PaymentId, Back>,
    /// What has gone back of each line of an order.
    lines: HashMap<(OrderId, LineId), i128>,
    /// Numbers that were given out.
    numbers: BTreeMap<Series, BTreeSet<u64>>,
}

#[derive(Default)]
struct Back {
    refunded: i128,
    refunding: i128,
    owed: i128,
    credited: i128,
    disputed: i128,
    lost: i128,
    open: BTreeSet<RailRefundId>,
}

struct Across<'a> {
    replay: &'a Replay,
    findings: &'a mut Findings,
    sums: Sums,
}

impl Across<'_> {
    fn rail_refund(&mut self, refund: &RailRefund) {
        if !self.is_of(refund.payment, refund.amount.currency) {
            let detail = format!("{} does not exist, or is of another currency", refund.payment);
            self.findings.note(Check::Payments, refund.id, detail);
        }
        if refund.state == RefundState::Credited {
            // The card has the bits of the refund.
            let card = CardId::from_bits(refund.id.bits());
            let (currency, check) = (refund.amount.currency, Check::Payments);
            self.credit_is_there(card, currency, (check, &refund.id));
        }
        let amount = minor(refund.amount.amount);
        let back = self.sums.payments.entry(refund.payment).or_default();
        match refund.state {
            RefundState::Waiting | RefundState::Sent | RefundState::NeedsConsent { .. } => {
                back.refunding += amount;
                back.open.insert(refund.id);
            }
            RefundState::Succeeded | RefundState::PaidByHand => back.refunded += amount,
            RefundState::Credited => {
                back.credited += amount;
                back.open.insert(refund.id);
            }
            RefundState::Failed { .. } if refund.replaced_by.is_none() => {
                back.owed += amount;
                back.open.insert(refund.id);
            }
            RefundState::Failed { .. } | RefundState::Settled => {}
        }
    }

    /// The card of a store credit is there.
    fn credit_is_there(
        &mut self,
        card: CardId,
        currency: Currency,
        (check, object): (Check, &dyn std::fmt::Display),
    ) {
        match self.replay.row(Key::Card(card)) {
            Some(Row::Card(row)) if row.currency == currency => {}
            _ => {
                let detail = format!("{card} does not exist, or is of another currency");
                self.findings.note(check, object, detail);
            }
        }
    }

    fn dispute(&mut self, dispute: &Dispute) {
        if !self.is_of(dispute.payment, dispute.amount.currency) {
            let detail = format!("{} does not exist, or is of another currency", dispute.payment);
            self.findings.note(Check::Payments, dispute.id, detail);
        }
        if dispute.state != DisputeState::Won {
            let back = self.sums.payments.entry(dispute.payment).or_default();
            back.disputed += minor(dispute.amount.amount);
            if dispute.state == DisputeState::Lost {
                back.lost += minor(dispute.amount.amount);
            }
        }
    }

    fn checkout(&mut self, checkout: &Checkout) {
        let Some(order) = checkout.order else { return };
        match self.replay.row(Key::Order(order)) {
            Some(Row::Order(order)) if order.checkout == checkout.id => {}
            _ => {
                let detail = format!("{order} does not exist, or is of another checkout");
                self.findings.note(Check::Orders, checkout.id, detail);
            }
        }
    }

    fn order(&mut self, order: &Order) {
        match self.replay.row(Key::Checkout(order.checkout)) {
            Some(Row::Checkout(checkout)) if checkout.order == Some(order.id) => {}
            _ => {
                let detail = format!("{} does not exist, or has another order", order.checkout);
                self.findings.note(Check::Orders, order.id, detail);
            }
        }
        for tender in &order.tenders {
            let parts = tender.allocations.iter().map(|allocation| minor(allocation.amount));
            let paid: i128 = parts.sum();
            let taken = self.taken(tender.paid_by, order.currency);
            if taken.is_none_or(|taken| minor(taken) < paid) {
                let taken = taken.map_or("nothing".to_owned(), |taken| taken.minor().to_string());
                let detail = format!("{} pays {paid}, of which {taken} was taken", tender.id);
                self.findings.note(Check::Orders, order.id, detail);
            }
        }
        self.number(Series::Receipt, order.receipt, &order.id);
    }

    /// What was taken of a card or over a rail; `None` when that does not exist.
    fn taken(&self, paid_by: PaidBy, currency: Currency) -> Option<Amount> {
        match paid_by {
            PaidBy::GiftCard { card, hold } => match self.replay.row(Key::Hold(hold))? {
                Row::Hold(hold) if (hold.card, hold.pending.currency) == (card, currency) => {
                    Some(hold.pending.posted)
                }
                _ => None,
            },
            PaidBy::PaymentMethod { method, payment } => {
                match self.replay.row(Key::Payment(payment))? {
                    Row::Payment(row)
                        if (row.method, row.amount.currency) == (method, currency) =>
                    {
                        Some(row.captured)
                    }
                    _ => None,
                }
            }
        }
    }

    fn order_refund(&mut self, refund: &OrderRefund) {
        let is_of = match self.replay.row(Key::Order(refund.order)) {
            Some(Row::Order(order)) => order.currency == refund.amount.currency,
            _ => false,
        };
        if !is_of {
            let detail = format!("{} does not exist, or is of another currency", refund.order);
            self.findings.note(Check::Orders, refund.id, detail);
        }
        for card in refund.allocations.iter().filter_map(|part| part.credit) {
            self.credit_is_there(card, refund.amount.currency, (Check::Orders, &refund.id));
        }
        for line in &refund.lines {
            *self.sums.lines.entry((refund.order, line.line)).or_default() += minor(line.amount);
        }
        self.number(Series::CreditNote, refund.credit_note, &refund.id);
    }

    /// Cards that were issued are there, and the order that issued them is that of their checkout.
    fn purchase(&mut self, purchase: &Purchase) {
        let Some(order) = purchase.order else { return };
        let is_of = match self.replay.row(Key::Order(order)) {
            Some(Row::Order(row)) => purchase_of(row.checkout) == purchase.id,
            _ => false,
        };
        if !is_of {
            let detail = format!("{order} does not exist, or is of another checkout");
            self.findings.note(Check::Orders, purchase.id, detail);
        }
        for bought in &purchase.cards {
            match self.replay.row(Key::Card(bought.card)) {
                Some(Row::Card(card)) if card.currency == purchase.currency => {}
                _ => {
                    let detail =
                        format!("{} does not exist, or is of another currency", bought.card);
                    self.findings.note(Check::Orders, purchase.id, detail);
                }
            }
        }
    }

    fn number(&mut self, series: Series, number: u64, object: &dyn std::fmt::Display) {
        if !self.sums.numbers.entry(series).or_default().insert(number) {
            let detail =
                format!("its number of the series {}, {number}, is another's", series.as_str());
            self.findings.note(Check::Numbers, object, detail);
        }
    }

    fn is_of(&self, payment: PaymentId, currency: Currency) -> bool {
        match self.replay.row(Key::Payment(payment)) {
            Some(Row::Payment(payment)) => payment.amount.currency == currency,
            _ => false,
        }
    }

    fn compare_sums(&mut self) {
        for version in self.replay.images.values().filter_map(Image::latest) {
            match &version.row {
                Row::Payment(payment) => self.compare_payment(payment),
                Row::Order(order) => {
                    for line in &order.lines {
                        let refunds = self.sums.lines.get(&(order.id, line.line.id));
                        let (refunds, counted) =
                            (refunds.copied().unwrap_or(0), minor(line.refunded));
                        if refunds != counted {
                            let id = line.line.id;
                            let detail =
                                format!("refunds of {id} are {refunds}, it counts {counted}");
                            self.findings.note(Check::Orders, order.id, detail);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn compare_payment(&mut self, payment: &Payment) {
        let counted = Back {
            refunded: minor(payment.refunded),
            refunding: minor(payment.refunding),
            owed: minor(payment.owed),
            credited: minor(payment.credited),
            disputed: minor(payment.disputed),
            lost: minor(payment.lost),
            open: payment.open_refunds.iter().copied().collect(),
        };
        let found = self.sums.payments.remove(&payment.id).unwrap_or_default();
        let sums = |back: &Back| {
            let Back { refunded, refunding, owed, credited, disputed, lost, .. } = back;
            [*refunded, *refunding, *owed, *credited, *disputed, *lost]
        };
        if sums(&found) != sums(&counted) {
            let detail = format!(
                "back, on their way, owed, credited, disputed, lost: {:?}, it counts {:?} (minor \
                 units)",
                sums(&found),
                sums(&counted),
            );
            self.findings.note(Check::Payments, payment.id, detail);
        } else if found.open != counted.open {
            let detail = "it lists other open refunds than there are".to_owned();
            self.findings.note(Check::Payments, payment.id, detail);
        }
    }

    /// Numbers begin at 1 and go up to the one before the next.
    fn compare_numbers(&mut self) {
        for series in Series::ALL {
            let next = match self.replay.row(Key::Numbering(series)) {
                Some(Row::Numbering(row)) => row.next,
                _ => 1,
            };
            let given = self.sums.numbers.remove(&series).unwrap_or_default();
            if !given.into_iter().eq(1..next) {
                let detail = format!("the numbers given out are not those from 1 to before {next}");
                self.findings.note(Check::Numbers, series.as_str(), detail);
            }
        }
    }
}
