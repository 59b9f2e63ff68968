//! Checkouts: the row, how it begins and how it ends by itself.

use base::{Amount, CheckoutId, Currency, Instant, Label, Metadata, Money, OrderId, PersonId};
use base::{PromotionId, Region, Token};

use ledger::Subject;

use crate::line::make_lines;
use crate::{Context, Creator, EventKind, Line, LineId, NewLine, NewShipping, Outcome, Product};
use crate::{Refusal, Seller, Tender, TenderStatus, limits};

/// Where in the shop a purchase began. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum SourceKind {
    /// The shop's own pages.
    Shop = 1,
    /// A link in a video.
    Video = 2,
    /// A live stream.
    Live = 3,
    /// A post.
    Post = 4,
    /// Somebody's page.
    Profile = 5,
}

impl SourceKind {
    /// Every kind.
    pub const ALL: [SourceKind; 5] = [
        SourceKind::Shop,
        SourceKind::Video,
        SourceKind::Live,
        SourceKind::Post,
        SourceKind::Profile,
    ];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            SourceKind::Shop => "shop",
            SourceKind::Video => "video",
            SourceKind::Live => "live",
            SourceKind::Post => "post",
            SourceKind::Profile => "profile",
        }
    }

    /// Reads the name back.
    pub fn parse(text: &str) -> Option<SourceKind> {
        SourceKind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<SourceKind> {
        SourceKind::ALL.into_iter().find(|kind| *kind as u8 == number)
    }
}

/// Where a purchase began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The kind of place.
    pub kind: SourceKind,
    /// Its id there.
    pub id: Label,
}

/// Where a checkout stands. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum CheckoutState {
    /// Tenders come and go.
    Open = 1,
    /// Being paid, and the payer must do something before it goes on.
    RequiresAction = 2,
    /// Being paid.
    Paying = 3,
    /// Paid; there is an order.
    Paid = 4,
    /// The last attempt to pay has failed; a new tender begins another one.
    Failed = 5,
    /// Abandoned.
    Expired = 6,
}

impl CheckoutState {
    /// Every state.
    pub const ALL: [CheckoutState; 6] = [
        CheckoutState::Open,
        CheckoutState::RequiresAction,
        CheckoutState::Paying,
        CheckoutState::Paid,
        CheckoutState::Failed,
        CheckoutState::Expired,
    ];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            CheckoutState::Open => "open",
            CheckoutState::RequiresAction => "requires_action",
            CheckoutState::Paying => "paying",
            CheckoutState::Paid => "paid",
            CheckoutState::Failed => "failed",
            CheckoutState::Expired => "expired",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<CheckoutState> {
        CheckoutState::ALL.into_iter().find(|state| *state as u8 == number)
    }
}

/// Lines to be paid, and the tenders that pay them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkout {
    /// Its id.
    pub id: CheckoutId,
    /// The one currency of everything in it.
    pub currency: Currency,
    /// Where the buyer is: it decides where cards may be spent and whose tax is collected.
    pub region: Region,
    /// Who buys, when the shop knows.
    pub buyer: Option<PersonId>,
    /// What is bought, shipping last.
    pub lines: Vec<Line>,
    /// The promotion that its one line pays for.
    pub promotion: Option<PromotionId>,
    /// Where the purchase began.
    pub source: Option<Source>,
    /// How it is paid. Those of a failed attempt stay to be seen until the next one begins.
    pub tenders: Vec<Tender>,
    /// Tenders there ever were; the next one has the number after it.
    pub tenders_ever: u16,
    /// Where it stands.
    pub state: CheckoutState,
    /// Why the last attempt has failed.
    pub failure: Option<Token<40>>,
    /// The order, once paid.
    pub order: Option<OrderId>,
    /// Strings of the integrating shop.
    pub metadata: Metadata,
    /// From then on it is abandoned, unless it is being paid or was.
    pub expires_at: Instant,
    /// When a job should look at it: at its expiry, while it can expire, to abandon it; and
    /// [`limits::ACTION_TIME`] after its payer was asked to act, to cancel the attempt.
    pub due_at: Option<Instant>,
    /// When it was created.
    pub created_at: Instant,
}

/// A checkout to be created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCheckout {
    /// Its id, drawn by the caller.
    pub id: CheckoutId,
    /// The one currency of everything in it.
    pub currency: Currency,
    /// Where the buyer is.
    pub region: Region,
    /// Who buys, when the shop knows.
    pub buyer: Option<PersonId>,
    /// What is bought: 1 to [`limits::LINES_MAX`]; a promotion alone, for what goes back of it is
    /// its settlement's to say.
    pub lines: Vec<NewLine>,
    /// The promotion that its one line pays for.
    pub promotion: Option<PromotionId>,
    /// Shipping of the goods among it.
    pub shipping: Option<NewShipping>,
    /// Where the purchase began.
    pub source: Option<Source>,
    /// Strings of the integrating shop.
    pub metadata: Metadata,
}

/// Rows a new checkout is decided on.
#[derive(Clone, Copy, Debug)]
pub struct CheckoutRows<'a> {
    /// The checkout of the same id, if there is one.
    pub existing: Option<&'a Checkout>,
    /// The sellers that lines name.
    pub sellers: &'a [&'a Seller],
    /// The creators that lines name.
    pub creators: &'a [&'a Creator],
    /// The products that lines name.
    pub products: &'a [&'a Product],
}

/// Creates a checkout. Its lines keep the sellers' and creators' rates of this moment.
///
/// # Errors
///
/// In this order: `IdTaken`; `LimitExceeded` (no lines or too many); line by line
/// `SellerNotFound`, `CreatorNotFound`, `ProductNotFound`, `CurrencyMismatch`, `PromotionLine`,
/// `ProductMismatch`, `GiftCardPrice`, `RatesExceedWhole`, `LimitExceeded`, `DiscountExceedsPrice`;
/// `PromotionLine` when a promotion is not alone; of shipping `CurrencyMismatch`, `NothingToShip`,
/// `LimitExceeded`; `PromotionLine` when a line pays for a promotion that is not named, or none
/// pays for the one that is; `LimitExceeded` when all together is more than
/// [`limits::CHECKOUT_TOTAL_MAX`].
pub fn create_checkout(
    new: &NewCheckout,
    rows: CheckoutRows<'_>,
    context: Context,
) -> Result<Outcome, Refusal> {
    if rows.existing.is_some() {
        return Err(Refusal::IdTaken);
    }
    if new.lines.is_empty() || new.lines.len() > limits::LINES_MAX {
        return Err(Refusal::LimitExceeded);
    }
    let lines = make_lines(&new.lines, new.shipping, new.currency, rows)?;
    if lines.iter().any(Line::is_promotion) != new.promotion.is_some() {
        return Err(Refusal::PromotionLine);
    }
    let total = sum(lines.iter().map(Line::total));
    if total.is_none_or(|total| total > limits::CHECKOUT_TOTAL_MAX) {
        return Err(Refusal::LimitExceeded);
    }
    let expires_at = context.now.saturating_add(limits::CHECKOUT_IDLE);
    let checkout = Checkout {
        id: new.id,
        currency: new.currency,
        region: new.region,
        buyer: new.buyer,
        lines,
        promotion: new.promotion,
        source: new.source.clone(),
        tenders: Vec::new(),
        tenders_ever: 0,
        state: CheckoutState::Open,
        failure: None,
        order: None,
        metadata: new.metadata.clone(),
        expires_at,
        due_at: Some(expires_at),
        created_at: context.now,
    };
    Ok(changed(checkout, Some(EventKind::CheckoutCreated)))
}

/// Books that a checkout was abandoned. Its tenders are released; the holds behind them lapse or
/// are released by the caller.
///
/// # Errors
///
/// `NotDue` unless it is open or failed and its time is over: a checkout that is being paid does
/// not expire under the rail.
pub fn expire(checkout: &Checkout, context: Context) -> Result<Outcome, Refusal> {
    let can_expire = matches!(checkout.state, CheckoutState::Open | CheckoutState::Failed);
    if !can_expire || checkout.expires_at > context.now {
        return Err(Refusal::NotDue);
    }
    let mut checkout = checkout.clone();
    checkout.state = CheckoutState::Expired;
    checkout.due_at = None;
    for tender in checkout.tenders.iter_mut().filter(|tender| tender.is_live()) {
        tender.status = TenderStatus::Released;
    }
    Ok(changed(checkout, Some(EventKind::CheckoutExpired)))
}

impl Checkout {
    /// Money of this checkout's currency.
    pub fn money(&self, amount: Amount) -> Money {
        Money { amount, currency: self.currency }
    }

    /// What is to be paid.
    pub fn total(&self) -> Amount {
        sum(self.lines.iter().map(Line::total)).expect("a checkout is checked when it is made")
    }

    /// What the tenders of the present attempt pay.
    pub fn applied(&self) -> Amount {
        let live = self.tenders.iter().filter(|tender| tender.is_live());
        sum(live.map(Tender::amount)).expect("no more is allocated than there is to pay")
    }

    /// What no tender pays yet.
    pub fn remaining(&self) -> Amount {
        self.total().saturating_sub(self.applied())
    }

    /// The line of this name.
    pub fn line(&self, id: LineId) -> Option<&Line> {
        self.lines.iter().find(|line| line.id == id)
    }

    /// True while it can still change: open or failed, and not past its time.
    pub fn is_open(&self, now: Instant) -> bool {
        check_open(self, now).is_ok()
    }
}

/// Whether tenders may come and go, and payment may begin.
///
/// # Errors
///
/// `CheckoutPaid`, `CheckoutPaying`, `CheckoutExpired`, the last whether or not it was booked.
pub fn check_open(checkout: &Checkout, now: Instant) -> Result<(), Refusal> {
    match checkout.state {
        CheckoutState::Paid => Err(Refusal::CheckoutPaid),
        CheckoutState::Paying | CheckoutState::RequiresAction => Err(Refusal::CheckoutPaying),
        CheckoutState::Expired => Err(Refusal::CheckoutExpired),
        CheckoutState::Open | CheckoutState::Failed if checkout.expires_at <= now => {
            Err(Refusal::CheckoutExpired)
        }
        CheckoutState::Open | CheckoutState::Failed => Ok(()),
    }
}

/// Somebody is busy with it: its expiry moves on, up to the longest life of a checkout.
pub(crate) fn touch(checkout: &mut Checkout, now: Instant) {
    let idle = now.saturating_add(limits::CHECKOUT_IDLE);
    let life = checkout.created_at.saturating_add(limits::CHECKOUT_LIFE);
    checkout.expires_at = idle.min(life);
    checkout.due_at = Some(checkout.expires_at);
}

pub(crate) fn changed(checkout: Checkout, kind: Option<EventKind>) -> Outcome {
    let events = kind.map(|kind| (kind, Subject::of(checkout.id))).into_iter().collect();
    Outcome { checkouts: vec![checkout], events, ..Outcome::default() }
}

pub(crate) fn sum(amounts: impl IntoIterator<Item = Amount>) -> Option<Amount> {
    amounts.into_iter().try_fold(Amount::ZERO, Amount::checked_add)
}
