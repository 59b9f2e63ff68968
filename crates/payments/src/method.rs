//! Methods: ways to pay that a rail keeps for a payer.

use std::fmt;

use base::{Instant, MethodId, PersonId, Text, Token};
use ledger::{RailName, Subject};

use crate::{Context, EventKind, Outcome, Payment, PaymentState, Refusal};

/// The rail's own reference to a method. It is worthless without our key to the rail, and still
/// not shown in logs.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RailToken(pub Text<255>);

/// Hides the reference.
impl fmt::Debug for RailToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RailToken(..)")
    }
}

/// The last month in which a method may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Expiry {
    year: u16,
    month: u8,
}

impl Expiry {
    /// A month of the years 1970 to 9999; `None` when there is no such month.
    pub fn new(year: u16, month: u8) -> Option<Expiry> {
        let exists = (1970..=9999).contains(&year) && (1..=12).contains(&month);
        exists.then_some(Expiry { year, month })
    }

    /// The year.
    pub fn year(self) -> u16 {
        self.year
    }

    /// The month, from 1.
    pub fn month(self) -> u8 {
        self.month
    }

    /// The instant at which the month is over, in UTC.
    pub fn ends_at(self) -> Instant {
        let (year, month) = match self.month {
            12 => (self.year + 1, 1),
            month => (self.year, month + 1),
        };
        // Nothing expires after the last instant there is.
        Instant::parse(&format!("{year:04}-{month:02}-01T00:00:00Z")).unwrap_or(Instant::MAX)
    }
}

/// A way to pay that a rail keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// Its id.
    pub id: MethodId,
    /// The rail that keeps it.
    pub rail: RailName,
    /// The rail's reference to it.
    pub token: RailToken,
    /// Whose it is; `None` for a guest's.
    pub owner: Option<PersonId>,
    /// Machine word for what people call it: `visa`, `sepa_debit`.
    pub brand: Option<Token<20>>,
    /// Last characters of its number, for people to tell methods apart.
    pub last4: Option<Token<4>>,
    /// The last month in which it may be used; `None` does not expire.
    pub expiry: Option<Expiry>,
    /// True when an app store holds the method: the store makes refunds, and its fee is a line of
    /// its own.
    pub is_store_mediated: bool,
    /// When it was declined last; `None` once it was accepted since, or never was declined.
    pub declined_at: Option<Instant>,
    /// When it was created.
    pub created_at: Instant,
}

/// Words of rails that are about the method: another one may pay. Whoever fails a challenge, or an
/// amount that the rail does not take, says nothing of it.
const DECLINES: [&str; 4] = ["declined", "insufficient_funds", "expired_method", "method_gone"];

impl Method {
    /// True when it cannot be used any more at `instant`.
    pub fn expires_before(&self, instant: Instant) -> bool {
        self.expiry.is_some_and(|expiry| expiry.ends_at() <= instant)
    }
}

/// What a payment has said of its method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MethodUse {
    /// It can pay.
    Accepted,
    /// It cannot, at present.
    Declined,
}

/// What news about a payment say of its method, if anything. `before` and `after` are the payment.
pub fn use_of(before: &Payment, after: &Payment) -> Option<MethodUse> {
    let was_open =
        matches!(before.state, PaymentState::Authorizing | PaymentState::RequiresAction { .. });
    match &after.state {
        _ if !was_open => None,
        PaymentState::Authorized | PaymentState::Captured => Some(MethodUse::Accepted),
        PaymentState::Failed { code, .. } if DECLINES.contains(&code.as_str()) => {
            Some(MethodUse::Declined)
        }
        _ => None,
    }
}

/// Keeps that a method was declined, or that it was accepted since. `None` when that is known.
pub fn note_use(used: MethodUse, method: &Method, now: Instant) -> Option<Outcome> {
    let declined_at = (used == MethodUse::Declined).then_some(now);
    let methods = || vec![Method { declined_at, ..method.clone() }];
    let is_news = method.declined_at != declined_at;
    is_news.then(|| Outcome { methods: methods(), ..Outcome::default() })
}

/// A method to be created: as [`Method`], its times set by the decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMethod(pub Method);

/// Keeps a method. An expired one is kept too: payments were made with it. `existing` is the row of
/// the same id, if there is one.
///
/// # Errors
///
/// `IdTaken`.
pub fn create_method(
    new: &NewMethod,
    existing: Option<&Method>,
    context: Context,
) -> Result<Outcome, Refusal> {
    if existing.is_some() {
        return Err(Refusal::IdTaken);
    }
    let method = Method { declined_at: None, created_at: context.now, ..new.0.clone() };
    let events = vec![(EventKind::MethodCreated, Subject::of(method.id))];
    Ok(Outcome { methods: vec![method], events, ..Outcome::default() })
}
