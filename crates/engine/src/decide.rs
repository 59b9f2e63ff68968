//! The two functions of the core: which rows a command needs, and what it does to them.

use base::Instant;
use giftcards::{SendingLimits, Undo, account_of};
use promotions::Submission;

use crate::ShopCommand;
use crate::disputes::{self, Decision};
use crate::rows::{Stop, Walk};
use crate::{AnswerRef, BookRefusal, BookRow, Change, Command, Context, Key, PaymentCommand};
use crate::{
    OperationRefusal, OperationTrace, PromotionCommand, Refusal, ReversalStatus, Row, Rows,
};
use crate::{
    advertisers, catalog, claiming, credits, following, gift_cards, incidents, notices,
    order_refunds, paying, payouts, promoting, promotion_money, rail_refunds, serving, settlements,
    tenders, unclaimed,
};

/// The keys the command still lacks; empty when it can be decided. Asked again after loading,
/// at most [`crate::NEEDS_ROUNDS_MAX`] times once the operation a reversal names is known.
pub fn needs<R: Rows>(command: &Command, rows: &R, now: Instant) -> Vec<Key> {
    let mut walk = Walk::naming_rows(rows);
    // Without its rows the walk ends early; its result means nothing and is dropped.
    let sending = SendingLimits::default();
    let (rules, promoting) = (None, None);
    let context = Context { now, wall: now, sequence: 0, sending, rules, promoting };
    let _ = counted(command, &mut walk, context);
    walk.missing()
}

/// Decides a command, or says which rows it still lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// Rows are missing: load these and try again.
    Missing(Vec<Key>),
    /// The decision. A refusal means that nothing has happened.
    Decided(Result<Change, Refusal>),
}

/// Decides a command if its rows are all there.
pub fn attempt<R: Rows>(command: &Command, rows: &R, context: Context) -> Attempt {
    let mut walk = Walk::new(rows);
    let decided = match counted(command, &mut walk, context) {
        Ok(change) => Ok(change),
        Err(Stop::Refused(refusal)) => Err(refusal),
        Err(Stop::NotReady) => return Attempt::Missing(walk.missing()),
    };
    // A refusal that was made because a row is not loaded yet means nothing.
    let missing = walk.missing();
    if missing.is_empty() { Attempt::Decided(decided) } else { Attempt::Missing(missing) }
}

/// Decides a command whose needs are met.
///
/// # Errors
///
/// A named [`Refusal`]; nothing has happened then.
///
/// # Panics
///
/// When a row is missing: the caller did not ask [`needs`] first. Nonsense is never written.
pub fn decide<R: Rows>(command: &Command, rows: &R, context: Context) -> Result<Change, Refusal> {
    match attempt(command, rows, context) {
        Attempt::Decided(decided) => decided,
        Attempt::Missing(keys) => panic!("decided before its rows were loaded: {keys:?}"),
    }
}

/// What a command does, with the sums that follow from its rows whichever rules have changed them.
fn counted<R: Rows>(
    command: &Command,
    walk: &mut Walk<'_, R>,
    context: Context,
) -> Result<Change, Stop> {
    let change = walk_command(command, walk, context)?;
    advertisers::count(change, walk)
}

fn walk_command<R: Rows>(
    command: &Command,
    walk: &mut Walk<'_, R>,
    context: Context,
) -> Result<Change, Stop> {
    match command {
        Command::OpenBook { is_test, ring } => {
            let existing = walk.book();
            walk.ready()?;
            if existing.is_some() {
                return Err(BookRefusal::BookExists.into());
            }
            Ok(book_change(BookRow {
                is_test: *is_test,
                clock_ahead_micros: 0,
                ring: *ring,
                created_at: context.now,
            }))
        }
        Command::AdvanceClock { to } => advance_clock(*to, walk, context),
        Command::Reverse { operation } => match walk.operation(*operation) {
            None if walk.ready().is_err() => Err(Stop::NotReady),
            None => Ok(reversal(ReversalStatus::Barred)),
            Some(OperationTrace::Did(undo)) => reverse(*undo, walk, context),
            Some(OperationTrace::Refused | OperationTrace::Reversed) => {
                Ok(reversal(ReversalStatus::NothingToUndo))
            }
            Some(OperationTrace::Irreversible) => Err(OperationRefusal::Irreversible.into()),
        },
        Command::GiftCards(command) => gift_cards::walk(command, walk, context),
        Command::Payments(command) => walk_payments(command, walk, context),
        Command::Shop(command) => walk_shop(command, walk, context),
        Command::Promotions(command) => walk_promotions(command, walk, context),
        Command::Claims(command) => claiming::walk(command, walk, context),
    }
}

fn walk_payments<R: Rows>(
    command: &PaymentCommand,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Result<Change, Stop> {
    match command {
        PaymentCommand::CreateMethod(new) => catalog::method(new, walk, at),
        PaymentCommand::NoteAuthorization { payment, .. }
        | PaymentCommand::NoteAction { payment, .. }
        | PaymentCommand::NoteCapture { payment, .. }
        | PaymentCommand::NoteFee { payment, .. }
        | PaymentCommand::NoteVoid { payment, .. }
        | PaymentCommand::NoteUnknown { payment, .. }
        | PaymentCommand::NoteNotReceived { payment, .. } => {
            notices::note(*payment, command, walk, at)
        }
        PaymentCommand::BeginRefund { rail_refund }
        | PaymentCommand::NoteRefund { rail_refund, .. }
        | PaymentCommand::ConsentRefund { rail_refund, .. }
        | PaymentCommand::RetryRefund { rail_refund }
        | PaymentCommand::GiveUpRefund { rail_refund, .. }
        | PaymentCommand::PayRailRefundByHand { rail_refund, .. }
        | PaymentCommand::NoteRefundAtRail { rail_refund, .. }
        | PaymentCommand::ReplaceRefund { rail_refund, .. } => {
            rail_refunds::on_refund(*rail_refund, command, walk, at)
        }
        PaymentCommand::CreditRailRefund { rail_refund, credit } => {
            credits::give(*rail_refund, credit, walk, at)
        }
        PaymentCommand::OpenDispute { payment, new, rest } => {
            disputes::open(*payment, new, *rest, walk, at)
        }
        PaymentCommand::WinDispute { dispute, stage, rest } => {
            disputes::decide(*dispute, *stage, Decision::Won(*rest), walk, at)
        }
        PaymentCommand::LoseDispute { dispute, stage } => {
            disputes::decide(*dispute, *stage, Decision::Lost, walk, at)
        }
        PaymentCommand::NoteSettlement(new) => settlements::note(new, walk, at),
    }
}

fn walk_shop<R: Rows>(
    command: &ShopCommand,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Result<Change, Stop> {
    match command {
        ShopCommand::CreateSeller(new) => catalog::seller(new, walk, at),
        ShopCommand::CreateCreator(new) => catalog::creator(new, walk, at),
        ShopCommand::CreateProduct(new) => catalog::product(new, walk, at),
        ShopCommand::CreateCheckout(new) => catalog::checkout(new, walk, at),
        ShopCommand::AddTender { checkout, tender, holds } => {
            tenders::add(*checkout, tender, holds, walk, at)
        }
        ShopCommand::RemoveTender { checkout, tender, holds } => {
            tenders::remove(*checkout, *tender, holds, walk, at)
        }
        ShopCommand::Pay { checkout, payments, order, return_url } => {
            paying::pay(*checkout, payments, (*order, return_url.as_ref()), walk, at)
        }
        ShopCommand::ExpireCheckout { checkout } => tenders::expire(*checkout, walk, at),
        ShopCommand::CancelAttempt { checkout, refunds } => {
            following::cancel(*checkout, refunds, walk, at)
        }
        ShopCommand::PayRefundByHand { refund, tender, rail } => {
            order_refunds::pay_by_hand(*refund, *tender, rail, walk, at)
        }
        ShopCommand::CreditRefund { refund, tender, card, code } => {
            credits::give_for_share(*refund, *tender, (*card, code), walk, at)
        }
        ShopCommand::RefundOrder { order, new, ids } => {
            order_refunds::refund(*order, new, ids, walk, at)
        }
        ShopCommand::UndoPurchase { order, refund, ids } => {
            order_refunds::undo(*order, *refund, ids, walk, at)
        }
        ShopCommand::ReturnUnclaimed { order, refund, ids } => {
            unclaimed::return_unclaimed(*order, *refund, ids, walk, at)
        }
        ShopCommand::CreatePayout(new) => payouts::create(new, walk, at),
        ShopCommand::PayoutPaid { payout } => payouts::paid(*payout, walk),
        ShopCommand::PayoutFailed { payout, reason } => payouts::failed(*payout, reason, walk, at),
    }
}

fn walk_promotions<R: Rows>(
    command: &PromotionCommand,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Result<Change, Stop> {
    match command {
        PromotionCommand::Compose { new, post, actor } => {
            promoting::compose(new, post, *actor, walk, at)
        }
        PromotionCommand::Edit { promotion, change, quote, actor } => {
            promoting::edit(*promotion, (change, quote), *actor, walk, at)
        }
        PromotionCommand::Submit { promotion, checkout, pay_with, authorization, actor } => {
            let new = Submission {
                checkout: *checkout,
                pay_with: pay_with.as_deref(),
                authorization: authorization.as_deref(),
            };
            promoting::submit(*promotion, &new, *actor, walk, at)
        }
        PromotionCommand::Approve { promotion, .. }
        | PromotionCommand::Reject { promotion, .. }
        | PromotionCommand::Appeal { promotion, .. }
        | PromotionCommand::Pause { promotion, .. }
        | PromotionCommand::Resume { promotion, .. }
        | PromotionCommand::Stop { promotion, .. }
        | PromotionCommand::Advance { promotion } => promoting::one(*promotion, command, walk, at),
        PromotionCommand::Count { promotion } => promoting::count(*promotion, walk),
        PromotionCommand::Alert { promotion, alarm } => {
            promoting::alert(*promotion, *alarm, walk, at)
        }
        PromotionCommand::Settle { promotion, order, refund, ids } => {
            promotion_money::settle(*promotion, *order, *refund, ids, walk, at)
        }
        PromotionCommand::ChangePost { post, change } => {
            promoting::change_post(post, change, walk, at)
        }
        PromotionCommand::Lease { promotion, held, want } => {
            serving::lease(*promotion, *held, want, walk, at)
        }
        PromotionCommand::ReturnSlice { promotion, slice, back } => {
            serving::return_slice(*promotion, *slice, *back, walk, at)
        }
        PromotionCommand::LapseSlice { promotion, slice } => {
            serving::lapse(*promotion, *slice, walk, at)
        }
        PromotionCommand::Bill(bill) => serving::bill(bill, walk, at),
        PromotionCommand::DeclareIncident { new, actor } => {
            incidents::declare(new, *actor, walk, at)
        }
        PromotionCommand::CorrectIncident { incident, change, actor } => {
            incidents::correct(*incident, change, *actor, walk, at)
        }
        PromotionCommand::NoteSignal { person, happened } => {
            incidents::note_signal(*person, *happened, walk, at)
        }
    }
}

fn advance_clock<R: Rows>(
    to: Instant,
    walk: &mut Walk<'_, R>,
    context: Context,
) -> Result<Change, Stop> {
    let book = walk.book();
    walk.ready()?;
    let Some(book) = book.filter(|book| book.is_test) else {
        return Err(BookRefusal::NotATestBook.into());
    };
    if to < context.now {
        return Err(BookRefusal::ClockBackwards.into());
    }
    // Counted from the wall clock: the book's time may stand still behind it, and another command
    // of the same batch may have moved the clock already.
    let ahead_micros = to.micros().saturating_sub(context.wall.micros());
    let clock_ahead_micros = book.clock_ahead_micros.max(ahead_micros);
    Ok(book_change(BookRow { clock_ahead_micros, ..book.clone() }))
}

fn reverse<R: Rows>(undo: Undo, walk: &mut Walk<'_, R>, context: Context) -> Result<Change, Stop> {
    let (refund, hold_id) = match undo {
        Undo::Hold(id) | Undo::Capture(id, _) | Undo::Redemption(id) => (None, id),
        Undo::Refund(id) => {
            let refund = walk.refund(id).ok_or(giftcards::Refusal::HoldNotFound)?;
            // The refund knows its card: naming it together with the hold saves a round.
            walk.card(refund.card);
            walk.account(account_of(refund.card));
            (Some(refund.as_ref()), refund.hold)
        }
    };
    let rows = gift_cards::HoldRows::find(hold_id, walk)?;
    let expiry = rows.expiry(walk);
    walk.ready()?;
    let context = context.first();
    let outcome = giftcards::reverse(undo, rows.to_return(expiry), refund, context)?;
    let answer = AnswerRef::Reversal(ReversalStatus::Undone, Some(hold_id));
    Ok(Change::from_outcome(outcome, answer))
}

fn reversal(status: ReversalStatus) -> Change {
    empty_change(AnswerRef::Reversal(status, None))
}

fn book_change(book: BookRow) -> Change {
    Change { rows: vec![Row::Book(book)], ..empty_change(AnswerRef::Book) }
}

fn empty_change(answer: AnswerRef) -> Change {
    let (rows, transfers, entries, events) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    Change { rows, transfers, entries, events, answer }
}
