//! Booking what fell due: holds lapse, checkouts are abandoned, cards expire, are sent, or go back
//! to their buyers.

use std::collections::{BTreeSet, HashMap};

use base::{CardId, CheckoutId, Instant, KeyId, OrderId, PromotionId};
use engine::ShopCommand;
use engine::{Answer, Command, GiftCardCommand, PromotionCommand, Query, RefundIds, Refusal};
use giftcards::{Funding, Refusal as CardRefusal, purchase_of};
use outside::random::{SystemRandomness, new_id};
use promotions::Refusal as PromotionRefusal;
use shop::{Checkout, CheckoutState, Refusal as ShopRefusal, TenderKind};
use store::{Due, DueObject, Reader};
use writer::{Handle, Request, Trouble};

use crate::JobError;

/// Commands in one call to the writer.
pub const DUE_PORTION_MAX: usize = 256;

/// Rows that may be swept for the sake of what is due; a busy book has many more.
pub(crate) const ROWS_FLUSHED_GLADLY: u64 = 2_048;

/// Who gives the commands that follow from time alone: no key of any person has these bits.
pub const SYSTEM_ACTOR: KeyId = KeyId::from_bits(0);

/// What was booked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Booked {
    /// Holds that lapsed.
    pub holds: u64,
    /// Cards that expired.
    pub cards: u64,
    /// Cards that are to be sent now.
    pub deliveries: u64,
    /// Orders of which cards went back to their buyers, because nobody had claimed them in time.
    pub returns: u64,
    /// Promotions that started, were over or settled, and slices of them that lapsed.
    pub promotions: u64,
    /// Checkouts that were abandoned, or whose payers have not acted.
    pub checkouts: u64,
    /// What could not be booked for a reason that time does not cure, with the reason. The rest
    /// was booked all the same.
    pub refused: Vec<(DueObject, Refusal)>,
}

/// Books everything that fell due by `now`, the book's time.
///
/// Safe at any time and as often as wanted: what is booked already is passed over. A card that
/// has an open hold beyond its date stays until the hold is gone.
///
/// # Errors
///
/// [`JobError::Store`] and [`JobError::Writer`]. What was booked stays booked.
pub fn run_due(handle: &Handle, reader: &mut dyn Reader, now: Instant) -> Result<Booked, JobError> {
    book_until(handle, reader, now, &mut || true)
}

/// As [`run_due`], for as long as `goes_on` says so.
pub(crate) fn book_until(
    handle: &Handle,
    reader: &mut dyn Reader,
    now: Instant,
    goes_on: &mut dyn FnMut() -> bool,
) -> Result<Booked, JobError> {
    let mut booking = Booking::new(handle);
    // The tables lag by at most a round of the sweep, and nobody waits for this: bringing a busy
    // book's tables up to date every time would undo what the sweep saves. Only after something
    // was booked must they follow, so that it is not named again.
    let is_cheap = handle.figures().rows_unswept() <= ROWS_FLUSHED_GLADLY;
    let mut tables = if is_cheap { Tables::UpToDate } else { Tables::AsTheyAre };
    while goes_on() {
        let portion = booking.next_portion(reader, now, tables)?;
        if portion.is_empty() {
            break;
        }
        booking.book(&portion)?;
        tables = Tables::UpToDate;
    }
    Ok(booking.booked)
}

/// The book's time, and whether its clock may be moved.
pub(crate) fn book_time(handle: &Handle) -> Result<(Instant, bool), JobError> {
    match handle.ask(Query::Book)? {
        Some(Answer::Book { book, now }) => Ok((now, book.is_test)),
        _ => Err(JobError::NoBook),
    }
}

/// Which state of the tables is good enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tables {
    /// What they show now; they may lag behind the journal.
    AsTheyAre,
    /// Everything in the journal now.
    UpToDate,
}

/// A run through what is due.
pub(crate) struct Booking<'a> {
    handle: &'a Handle,
    pub(crate) booked: Booked,
    /// What was refused in this run. The tables go on naming it, and it would hide what comes
    /// after it. Something that was given a new date is another thing.
    passed_over: BTreeSet<Due>,
    /// Cards among those that wait for a hold of theirs to go.
    waiting: HashMap<CardId, Due>,
}

impl<'a> Booking<'a> {
    pub(crate) fn new(handle: &'a Handle) -> Booking<'a> {
        Booking {
            handle,
            booked: Booked::default(),
            passed_over: BTreeSet::new(),
            waiting: HashMap::new(),
        }
    }

    /// What falls due by `until`, in due order, without what this run has passed over.
    pub(crate) fn next_portion(
        &self,
        reader: &mut dyn Reader,
        until: Instant,
        tables: Tables,
    ) -> Result<Vec<Due>, JobError> {
        if tables == Tables::UpToDate {
            let seq = reader.head()?.seq;
            self.handle.flush_and_wait(seq)?;
        }
        let limit = DUE_PORTION_MAX + self.passed_over.len();
        let mut portion = reader.due(until, u32::try_from(limit).unwrap_or(u32::MAX))?;
        portion.retain(|due| !self.passed_over.contains(due));
        portion.truncate(DUE_PORTION_MAX);
        Ok(portion)
    }

    /// Books a portion: its holds and checkouts in due order, then what is about cards, so that
    /// none waits for a hold that goes at the same time. Cards whose hold went are tried again.
    ///
    /// What waits for a rail is passed over: whoever calls rails sees to it.
    pub(crate) fn book(&mut self, portion: &[Due]) -> Result<(), JobError> {
        let (mut first, mut cards) = (Vec::new(), Vec::new());
        for due in portion {
            match due.what {
                DueObject::Hold(_)
                | DueObject::Checkout(_)
                | DueObject::Promotion(_)
                | DueObject::Slice(_) => first.push(*due),
                DueObject::Card(_) | DueObject::Delivery(_) | DueObject::Unclaimed(_) => {
                    cards.push(*due);
                }
                // Others see to these; the last three are never among what is due here.
                DueObject::Payment(_)
                | DueObject::RailRefund(_)
                | DueObject::Claim(_)
                | DueObject::Restitution(_)
                | DueObject::Search(_) => {
                    self.passed_over.insert(*due);
                }
            }
        }
        let freed = self.submit(&first)?;
        cards.extend(freed.iter().filter_map(|card| self.waiting.remove(card)));
        cards.sort();
        for cards in cards.chunks(DUE_PORTION_MAX) {
            self.submit(cards)?;
        }
        Ok(())
    }

    /// Returns the cards of holds that lapsed, or were released with their checkout.
    fn submit(&mut self, portion: &[Due]) -> Result<Vec<CardId>, JobError> {
        let mut freed = Vec::new();
        if portion.is_empty() {
            return Ok(freed);
        }
        let (mut asked, mut requests) = (Vec::new(), Vec::new());
        for due in portion {
            match self.request(due)? {
                // All that is due of an order goes back together.
                Some(request) if requests.iter().any(|known| is_same_return(known, &request)) => {
                    self.passed_over.insert(*due);
                }
                Some(request) => {
                    asked.push(due);
                    requests.push(request);
                }
                None => drop(self.passed_over.insert(*due)),
            }
        }
        let outcomes = self.handle.decide(requests, false)?;
        for (due, outcome) in asked.into_iter().zip(outcomes) {
            let outcome = match outcome {
                // A rule is broken: this one stays due, and is told in the log each run; the
                // others go on.
                Err(Trouble::Unkept(_)) => {
                    self.passed_over.insert(*due);
                    continue;
                }
                outcome => outcome?,
            };
            match outcome.result {
                Ok(Answer::Hold { hold, .. }) => {
                    self.booked.holds += 1;
                    freed.push(hold.card);
                }
                Ok(Answer::Checkout { checkout, .. }) => {
                    self.booked.checkouts += 1;
                    freed.extend(cards_of(&checkout));
                }
                Ok(_) if matches!(due.what, DueObject::Delivery(_)) => self.booked.deliveries += 1,
                Ok(_) if matches!(due.what, DueObject::Unclaimed(_)) => self.booked.returns += 1,
                Ok(Answer::Promotion { .. } | Answer::Slice(_)) => self.booked.promotions += 1,
                Ok(_) => self.booked.cards += 1,
                Err(refusal) => self.pass_over(*due, refusal),
            }
        }
        Ok(freed)
    }

    /// The command for what is booked here; nothing else comes here. `None` when there is nothing
    /// to be booked any more.
    fn request(&self, due: &Due) -> Result<Option<Request>, JobError> {
        let command = match due.what {
            DueObject::Hold(hold) => Command::GiftCards(GiftCardCommand::ExpireHold { hold }),
            DueObject::Card(card) => Command::GiftCards(GiftCardCommand::ExpireCard { card }),
            DueObject::Delivery(card) => Command::GiftCards(GiftCardCommand::Deliver { card }),
            DueObject::Checkout(checkout) => Command::Shop(self.close(checkout, due.at)?),
            DueObject::Promotion(promotion) => match self.advance(promotion, due.at)? {
                Some(command) => Command::Promotions(Box::new(command)),
                None => return Ok(None),
            },
            DueObject::Slice(slice) => match self.handle.ask(Query::Slice(slice))? {
                Some(Answer::Slice(slice)) => {
                    let (promotion, slice) = (slice.promotion, slice.number);
                    let lapse = PromotionCommand::LapseSlice { promotion, slice };
                    Command::Promotions(Box::new(lapse))
                }
                _ => return Ok(None),
            },
            DueObject::Unclaimed(card) => match self.order_of(card)? {
                Some(order) => Command::Shop(return_unclaimed(order, due.at)),
                None => return Ok(None),
            },
            // One outcome answers one request, so leaving any out here would mix them up.
            DueObject::Payment(_)
            | DueObject::RailRefund(_)
            | DueObject::Claim(_)
            | DueObject::Restitution(_)
            | DueObject::Search(_) => {
                unreachable!("`book` passes over what waits for a rail")
            }
        };
        Ok(Some(Request { command, actor: SYSTEM_ACTOR, operation: None }))
    }

    /// Ends a checkout whose time is over: an attempt that waited for its payer for too long is
    /// given up, any other checkout was abandoned. The table may not know yet that somebody acted
    /// and that another payer has a day of their own: then nothing is closed.
    fn close(&self, checkout: CheckoutId, at: Instant) -> Result<ShopCommand, JobError> {
        let answer = self.handle.ask(Query::Checkout(checkout))?;
        let waits = matches!(
            answer,
            Some(Answer::Checkout { checkout: row, .. })
                if row.state == CheckoutState::RequiresAction
                    && row.due_at.is_some_and(|due_at| due_at <= at)
        );
        if !waits {
            return Ok(ShopCommand::ExpireCheckout { checkout });
        }
        let refunds = Box::new(std::array::from_fn(|_| new_id(at, &mut SystemRandomness)));
        Ok(ShopCommand::CancelAttempt { checkout, refunds })
    }

    /// What time does to a promotion: it starts, it is over, or what was not spent goes back.
    fn advance(
        &self,
        promotion: PromotionId,
        at: Instant,
    ) -> Result<Option<PromotionCommand>, JobError> {
        let answer = self.handle.ask(Query::Promotion(promotion))?;
        let Some(Answer::Promotion { promotion: row, .. }) = answer else { return Ok(None) };
        if !row.state.is_ended() {
            return Ok(Some(PromotionCommand::Advance { promotion }));
        }
        let order = match row.checkout {
            Some(checkout) => order_by(self.handle, checkout)?,
            None => None,
        };
        let refund = new_id(at, &mut SystemRandomness);
        let ids = Box::new(refund_ids(at));
        Ok(Some(PromotionCommand::Settle { promotion, order, refund, ids }))
    }

    /// The order that has sold a card, by the payment that bought it.
    fn order_of(&self, card: CardId) -> Result<Option<OrderId>, JobError> {
        let Some(Answer::Card { card, .. }) = self.handle.ask(Query::Card(card))? else {
            return Ok(None);
        };
        let Funding::Payment { payment, .. } = card.funding else { return Ok(None) };
        let Some(Answer::Payment(payment)) = self.handle.ask(Query::Payment(payment))? else {
            return Ok(None);
        };
        let checkout = payment.purpose.checkout();
        let purchase = self.handle.ask(Query::Purchase(purchase_of(checkout)))?;
        let Some(Answer::Purchase(purchase)) = purchase else { return Ok(None) };
        Ok(purchase.order)
    }

    fn pass_over(&mut self, due: Due, refusal: Refusal) {
        self.passed_over.insert(due);
        match (due.what, refusal) {
            (DueObject::Card(card), Refusal::GiftCards(CardRefusal::HoldsOpen)) => {
                self.waiting.insert(card, due);
            }
            // Somebody used it in the meantime, or moved its date.
            (_, Refusal::GiftCards(CardRefusal::NotDue | CardRefusal::HoldNotOpen)) => {}
            (_, Refusal::Shop(refusal)) if has_gone_on(refusal) => {}
            (_, Refusal::Promotions(refusal)) if has_moved(refusal) => {}
            (what, refusal) => self.booked.refused.push((what, refusal)),
        }
    }
}

fn return_unclaimed(order: OrderId, at: Instant) -> ShopCommand {
    let refund = new_id(at, &mut SystemRandomness);
    ShopCommand::ReturnUnclaimed { order, refund, ids: Box::new(refund_ids(at)) }
}

/// The order that a checkout has become.
pub(crate) fn order_by(handle: &Handle, checkout: CheckoutId) -> Result<Option<OrderId>, JobError> {
    match handle.ask(Query::Checkout(checkout))? {
        Some(Answer::Checkout { checkout, .. }) => Ok(checkout.order),
        _ => Ok(None),
    }
}

/// Ids for the ways on which something may go back.
pub(crate) fn refund_ids(at: Instant) -> RefundIds {
    RefundIds {
        cards: std::array::from_fn(|_| new_id(at, &mut SystemRandomness)),
        rails: std::array::from_fn(|_| new_id(at, &mut SystemRandomness)),
    }
}

/// Whether both return what nobody claimed of one order.
fn is_same_return(one: &Request, other: &Request) -> bool {
    let order = |request: &Request| match request.command {
        Command::Shop(ShopCommand::ReturnUnclaimed { order, .. }) => Some(order),
        _ => None,
    };
    order(one).is_some_and(|order_of_one| order(other) == Some(order_of_one))
}

/// The cards that were to pay a checkout.
fn cards_of(checkout: &Checkout) -> impl Iterator<Item = CardId> + '_ {
    checkout.tenders.iter().filter_map(|tender| match tender.kind {
        TenderKind::GiftCard { card, .. } => Some(card),
        TenderKind::PaymentMethod { .. } => None,
    })
}

/// Whether a promotion or slice is not due any more, or waits for something else that is.
fn has_moved(refusal: PromotionRefusal) -> bool {
    matches!(
        refusal,
        PromotionRefusal::NotDue { .. }
            | PromotionRefusal::NotRunning
            | PromotionRefusal::NotEnded
            | PromotionRefusal::SliceClosed
            | PromotionRefusal::SlicesOpen
            | PromotionRefusal::PaymentDisputed
            | PromotionRefusal::NothingToSettle
    )
}

/// Whether a checkout is not due any more: it was changed, or its payer has acted.
fn has_gone_on(refusal: ShopRefusal) -> bool {
    matches!(
        refusal,
        ShopRefusal::NotDue
            | ShopRefusal::CheckoutPaying
            | ShopRefusal::CheckoutPaid
            | ShopRefusal::CheckoutNotPaying
    )
}
