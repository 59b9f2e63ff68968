//! Gift cards that checkouts sell: issued by the record that makes the order, taken back by its
//! refunds, and kept in line with disputes of the payments that bought them.

use std::sync::Arc;

use base::{Amount, CardId, Instant, LineKind, OrderId, PaymentId};
use giftcards::Program;
use giftcards::{BoughtCard, Card, CodeRow, Funding, IssueRows, NewPurchase, PaidPart, Prepared};
use giftcards::{Purchase, PurchaseDispute, Refusal, Sending, Uncovered, Unspent, account_of};
use giftcards::{main_payment, purchase_of, take_from};
use ledger::{Account, AccountName};
use payments::{Dispute, DisputeState, Payment};
use shop::{Checkout, Line, LineId, LineLeft, Order, OrderRefund, PaidBy};

use crate::composition::Composition;
use crate::rows::{Stop, Walk};
use crate::{PreparedCard, Rows};

/// Whether any of these lines sells cards. The purchase of a checkout is looked up only then.
fn sells_cards<'l>(mut lines: impl Iterator<Item = &'l Line>) -> bool {
    lines.any(|line| line.kind == LineKind::GiftCard)
}

/// The cards of each line, in order of lines: as many as it has units when it sells cards.
///
/// # Errors
///
/// `GiftCardsNotPrepared` when that is not so.
pub(crate) fn of_lines(
    checkout: &Checkout,
    cards: &[PreparedCard],
) -> Result<NewPurchase, shop::Refusal> {
    let mut bought = Vec::with_capacity(cards.len());
    for line in &checkout.lines {
        let LineId::Number(number) = line.id else { continue };
        let of_line = cards.iter().filter(|card| card.line == line.id);
        bought.extend(of_line.clone().map(|card| BoughtCard {
            line: number,
            card: card.id,
            value: line.unit_price,
            prepared: Some(card.prepared.clone()),
        }));
        let is_sold = line.kind == LineKind::GiftCard;
        let expected = if is_sold { usize::try_from(line.quantity).ok() } else { Some(0) };
        if expected != Some(of_line.count()) {
            return Err(shop::Refusal::GiftCardsNotPrepared);
        }
    }
    if bought.len() != cards.len() {
        return Err(shop::Refusal::GiftCardsNotPrepared);
    }
    Ok(NewPurchase { checkout: checkout.id, currency: checkout.currency, cards: bought })
}

/// Prepares the cards of a new checkout.
pub(crate) fn prepare<R: Rows>(
    new: &NewPurchase,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let existing = composed.purchase(purchase_of(new.checkout))?;
    let found = found_of(&new.cards, composed)?;
    let rows: Vec<IssueRows<'_>> = found.iter().map(ToIssue::rows).collect();
    let prepared = giftcards::prepare(new, existing.as_deref(), &rows, composed.context())?;
    composed.add(prepared);
    Ok(())
}

/// Names what issuing this card looks at: nothing of it may be there but its program.
pub(crate) fn name_to_issue<R: Rows>(id: CardId, prepared: &Prepared, walk: &mut Walk<'_, R>) {
    walk.card(id);
    walk.code(prepared.code.hash);
    if let Some(program) = prepared.program {
        walk.program(program);
    }
}

/// How this card will be sent, unless the shop hands it over in its own name.
pub(crate) fn sending_of(prepared: &Prepared, now: Instant) -> Option<Sending> {
    Sending::of_new(prepared.delivery.as_ref(), prepared.details.as_deref(), now)
}

/// Names what issuing the cards of a checkout looks at.
pub(crate) fn name_all_to_issue<R: Rows>(checkout: &Checkout, walk: &mut Walk<'_, R>) {
    if !sells_cards(checkout.lines.iter()) {
        return;
    }
    let Some(purchase) = walk.purchase(purchase_of(checkout.id)) else { return };
    walk.account(AccountName::ChargebackLoss.id(purchase.currency));
    for card in &purchase.cards {
        if let Some(prepared) = &card.prepared {
            name_to_issue(card.card, prepared, walk);
        }
    }
}

/// What issuing one card looks at.
struct ToIssue {
    existing: Option<Arc<Card>>,
    code: Option<CodeRow>,
    program: Option<Arc<Program>>,
    funding: Option<Account>,
}

impl ToIssue {
    fn find<R: Rows>(
        card: &BoughtCard,
        composed: &mut Composition<'_, '_, R>,
    ) -> Result<ToIssue, Stop> {
        let code = match card.code() {
            Some(code) => composed.code(code.hash)?,
            None => None,
        };
        let program = card.prepared.as_ref().and_then(|prepared| prepared.program);
        let program = match program {
            Some(id) => composed.program(id)?,
            None => None,
        };
        Ok(ToIssue { existing: composed.card(card.card)?, code, program, funding: None })
    }

    fn rows(&self) -> IssueRows<'_> {
        IssueRows {
            existing: self.existing.as_deref(),
            code: self.code.as_ref(),
            program: self.program.as_deref(),
            funding: self.funding.as_ref(),
        }
    }
}

fn found_of<R: Rows>(
    cards: &[BoughtCard],
    composed: &mut Composition<'_, '_, R>,
) -> Result<Vec<ToIssue>, Stop> {
    cards.iter().map(|card| ToIssue::find(card, composed)).collect()
}

/// Why the cards of a checkout cannot be issued, if they cannot: asked before money is reserved or
/// taken for them, and once more before they are.
pub(crate) fn hindrance<R: Rows>(
    checkout: &Checkout,
    composed: &mut Composition<'_, '_, R>,
) -> Result<Option<Refusal>, Stop> {
    if !sells_cards(checkout.lines.iter()) {
        return Ok(None);
    }
    let Some(purchase) = composed.purchase(purchase_of(checkout.id))? else {
        return Ok(Some(Refusal::PurchaseNotFound));
    };
    let found = found_of(&purchase.cards, composed)?;
    let rows: Vec<IssueRows<'_>> = found.iter().map(ToIssue::rows).collect();
    Ok(giftcards::check_issuable(&purchase, &rows, composed.context()).err())
}

/// Issues the cards that an order sells, in the record that makes it.
pub(crate) fn issue_all<R: Rows>(
    order: OrderId,
    checkout: &Checkout,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    if !sells_cards(checkout.lines.iter()) {
        return Ok(());
    }
    let id = purchase_of(checkout.id);
    let purchase = composed.purchase(id)?.ok_or(Refusal::PurchaseNotFound)?;
    let made = composed.order(order)?.ok_or(shop::Refusal::OrderNotFound)?;
    let paid_by = paid_by(&made);
    for card in &purchase.cards {
        let payment = main_payment(&paid_by, card.line);
        let payment = payment.ok_or(payments::Refusal::PaymentNotFound)?;
        let row = composed.payment(payment)?.ok_or(payments::Refusal::PaymentNotFound)?;
        let funding = Funding::Payment { payment, rail: row.rail.clone() };
        let clearing = composed.account_of(&AccountName::OrderClearing, purchase.currency)?;
        let found = ToIssue { funding: clearing, ..ToIssue::find(card, composed)? };
        let context = composed.context();
        let issued = giftcards::issue_bought(&purchase, card, funding, found.rows(), context)?;
        composed.add(issued);
    }
    // A payment may be disputed before the last one of its checkout is taken.
    settle(purchase.issued(order, paid_by), composed)
}

/// Which payment paid how much of which line of cards. Gift cards never do.
fn paid_by(order: &Order) -> Vec<PaidPart> {
    let mut parts = Vec::new();
    for line in order.lines_of_cards() {
        let LineId::Number(number) = line.line.id else { continue };
        for (tender, amount) in order.payers_of(line.line.id) {
            let paid_by = order.tender(tender).map(|tender| tender.paid_by);
            if let Some(PaidBy::PaymentMethod { payment, .. }) = paid_by {
                parts.push(PaidPart { line: number, payment, amount });
            }
        }
    }
    parts
}

fn keep<R: Rows>(purchase: Purchase, composed: &mut Composition<'_, '_, R>) {
    composed.add(giftcards::Outcome { purchases: vec![purchase], ..Default::default() });
}

/// Names the cards that an order has sold, and tells what is left on each of them.
pub(crate) fn unspent_of<R: Rows>(
    order: &Order,
    walk: &mut Walk<'_, R>,
    now: Instant,
) -> Vec<Unspent> {
    if !sells_cards(order.lines.iter().map(|line| &line.line)) {
        return Vec::new();
    }
    let Some(purchase) = walk.purchase(purchase_of(order.checkout)) else { return Vec::new() };
    let unspent = purchase.cards.iter().filter_map(|bought| {
        let card = walk.card(bought.card);
        let account = walk.account(account_of(bought.card));
        Some(Unspent::of(bought.line, card?, account?, now))
    });
    unspent.collect()
}

/// The same as the shop wants to know it: by lines.
pub(crate) fn by_lines(unspent: &[Unspent]) -> Vec<LineLeft> {
    let mut lines: Vec<LineLeft> = Vec::new();
    for card in unspent {
        let line = LineId::Number(card.line);
        let position = lines.iter().position(|known| known.line == line);
        let position = position.unwrap_or_else(|| {
            lines.push(LineLeft { line, amount: Amount::ZERO, whole: 0 });
            lines.len() - 1
        });
        let known = &mut lines[position];
        known.amount = known.amount.checked_add(card.left).unwrap_or(Amount::MAX);
        known.whole += u32::from(card.is_whole());
    }
    lines
}

/// Takes what a refund gives back of lines of cards off these cards.
pub(crate) fn take_back<R: Rows>(
    order: &Order,
    refund: &OrderRefund,
    unspent: &[Unspent],
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    for refunded in &refund.lines {
        let line = order.line(refunded.line).ok_or(shop::Refusal::LineNotFound)?;
        if line.line.kind != LineKind::GiftCard {
            continue;
        }
        let of_line = unspent.iter().filter(|card| LineId::Number(card.line) == refunded.line);
        let of_line: Vec<Unspent> = of_line.copied().collect();
        let mut missing = refunded.amount;
        for (id, part) in take_from(&of_line, refunded.units, refunded.amount) {
            missing = missing.saturating_sub(part);
            let (card, account) = card_with_account(id, composed)?;
            let sinks = composed.sinks(&card.funding.account(), &card)?;
            let (part, context) = (Some(order.money(part)), composed.context());
            let taken = giftcards::withdraw(&card, &account, sinks.rows(), part, context)?;
            composed.add(taken);
        }
        if !missing.is_zero() {
            let unspent = order.money(refunded.amount.saturating_sub(missing));
            return Err(shop::Refusal::BoughtCardsSpent { unspent }.into());
        }
    }
    Ok(())
}

/// Names the cards that a checkout has sold, as a payment of it may have bought them.
pub(crate) fn name_to_settle<R: Rows>(payment: &Payment, walk: &mut Walk<'_, R>) {
    let checkout = payment.purpose.checkout();
    let Some(purchase) = walk.purchase(purchase_of(checkout)) else { return };
    if purchase.order.is_none() {
        return;
    }
    // What is restored to a card past its date prolongs it, and the rest of it expires.
    for sink in [AccountName::GiftCardBreakage, AccountName::GiftCardIncentives] {
        walk.account(sink.id(purchase.currency));
    }
    for bought in &purchase.cards {
        walk.card(bought.card);
        walk.account(account_of(bought.card));
    }
}

/// Tells a purchase what became of a dispute of one of its payments.
pub(crate) fn note_dispute<R: Rows>(
    dispute: &Dispute,
    payment: &Payment,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let checkout = payment.purpose.checkout();
    let id = purchase_of(checkout);
    let Some(purchase) = composed.purchase(id)? else { return Ok(()) };
    // Before the order is made nobody knows which payment will have paid for cards.
    if purchase.order.is_some() && !has_paid_any(&purchase, payment.id) {
        return Ok(());
    }
    let noted = match dispute.state {
        DisputeState::Open => purchase.with_open_dispute(PurchaseDispute {
            dispute: dispute.id,
            payment: payment.id,
            amount: dispute.amount.amount,
            reason: dispute.reason.clone(),
            is_lost: false,
            clawed_back: Vec::new(),
        }),
        DisputeState::Won => {
            let (noted, restored) = purchase.with_won_dispute(dispute.id);
            restore(&restored, composed)?;
            noted
        }
        DisputeState::Lost => purchase.with_lost_dispute(dispute.id),
    };
    settle(noted, composed)
}

fn has_paid_any(purchase: &Purchase, payment: PaymentId) -> bool {
    purchase.paid_by.iter().any(|part| part.payment == payment)
}

/// Brings cards into line with the disputes of their payments: claws back what lost ones have not
/// got, blocks, and lifts blocks. A purchase has few enough cards for one record.
fn settle<R: Rows>(
    mut purchase: Purchase,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    if purchase.order.is_none() {
        keep(purchase, composed);
        return Ok(());
    }
    for lost in purchase.uncovered() {
        purchase = claw_back(purchase, lost, composed)?;
    }
    keep(purchase.clone(), composed);
    for bought in &purchase.cards {
        let (card, account) = card_with_account(bought.card, composed)?;
        let outcome = match (purchase.block_of(bought.line), &card.disputed) {
            (Some(reason), None) => {
                giftcards::block_for_dispute(&card, &account, reason, composed.context())?
            }
            (None, Some(_)) => giftcards::unblock(&card, &account, composed.context())?,
            _ => continue,
        };
        composed.add(outcome);
    }
    Ok(())
}

/// Takes what a lost dispute has not got off the cards that its payment has bought, as far as they
/// have it.
fn claw_back<R: Rows>(
    mut purchase: Purchase,
    lost: Uncovered,
    composed: &mut Composition<'_, '_, R>,
) -> Result<Purchase, Stop> {
    let now = composed.context().now;
    let mut unspent = Vec::new();
    for bought in &purchase.cards {
        if purchase.has_paid(lost.payment, bought.line) {
            let (card, account) = card_with_account(bought.card, composed)?;
            unspent.push(Unspent::of(bought.line, &card, &account, now));
        }
    }
    for (id, part) in take_from(&unspent, 0, lost.amount) {
        let (card, account) = card_with_account(id, composed)?;
        let loss = composed.account_of(&AccountName::ChargebackLoss, purchase.currency)?;
        let (money, context) = (Some(card.money(part)), composed.context());
        let clawed = giftcards::claw_back(&card, &account, loss.as_ref(), money, context)?;
        composed.add(clawed);
        purchase = purchase.with_clawed_back(lost.dispute, id, part);
    }
    Ok(purchase)
}

/// Gives back what was clawed back. What was taken off a card that is canceled since stays a gain.
fn restore<R: Rows>(
    parts: &[(CardId, Amount)],
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    for (id, part) in parts {
        let (card, account) = card_with_account(*id, composed)?;
        if !card.takes_refunds() {
            continue;
        }
        let loss = composed.account_of(&AccountName::ChargebackLoss, card.currency)?;
        let expiry = composed.sinks(&card.funding.expiry_account(), &card)?;
        let accounts = (loss.as_ref(), expiry.rows());
        let (money, context) = (card.money(*part), composed.context());
        let restored = giftcards::restore(&card, &account, accounts, money, context)?;
        composed.add(restored);
    }
    Ok(())
}

pub(crate) fn card_with_account<R: Rows>(
    id: CardId,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(Arc<Card>, Account), Stop> {
    let card = composed.card(id)?.ok_or(Refusal::CardNotFound)?;
    let account = composed.account(account_of(id))?.ok_or(Refusal::CardNotFound)?;
    Ok((card, account))
}
