//! Problems: every answer that is not a success, as RFC 9457 describes.
//!
//! <https://www.rfc-editor.org/rfc/rfc9457>

mod busy;
pub(crate) mod catalog;

use axum::http::StatusCode;
use base::{CardId, Money, RequestId, Span};
use engine::{BookRefusal, OperationRefusal, Refusal};
use giftcards::Refusal as Card;
use payments::Refusal as Payment;
use promotions::{Check, CheckCode};
use serde::Serialize;
use shop::{Refusal as Shop, TenderId};
use writer::Trouble;

use crate::fields::FieldError;
use crate::neighbors::Miss;
use crate::seldom::OncePerSecond;
use crate::views::Id;
use crate::views::line::ShortName;
use crate::views::money::MoneyView;
use crate::views::promotion_terms::CheckView;
use catalog::Entry;

pub(crate) use busy::Busy;

/// A full disk refuses every request; one line a second tells the operator as much.
static STORE_WARNINGS: OncePerSecond = OncePerSecond::new();

/// A problem on its way to the caller. Boxed, so that results stay small.
#[derive(Debug)]
pub(crate) struct Problem(Box<Inner>);

#[derive(Debug)]
struct Inner {
    entry: &'static Entry,
    detail: Option<String>,
    param: Option<String>,
    money: Option<(MoneyMember, Money)>,
    reason: Option<&'static str>,
    tender: Option<(TenderId, CardId)>,
    check: Option<Check>,
    transient: bool,
    retry_after_s: Option<u64>,
    busy: Option<Busy>,
    replayed: bool,
    miss: Option<Miss>,
}

/// Which member tells the amount of a refusal.
#[derive(Clone, Copy, Debug)]
enum MoneyMember {
    Available,
    Held,
    Refundable,
    Remaining,
    Unspent,
    Limit,
}

impl Problem {
    /// A problem of the catalog with its usual text.
    pub(crate) fn new(entry: &'static Entry) -> Problem {
        let transient = matches!(entry.status, 408 | 429 | 503);
        Problem(Box::new(Inner {
            entry,
            detail: None,
            param: None,
            money: None,
            reason: None,
            tender: None,
            check: None,
            transient,
            retry_after_s: (entry.status == 503).then_some(1),
            busy: (entry.status == 503).then_some(Busy::Other),
            replayed: false,
            miss: None,
        }))
    }

    /// The same with a text that fits the case better.
    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Problem {
        self.0.detail = Some(detail.into());
        self
    }

    /// Whether it is this one.
    pub(crate) fn is(&self, entry: &'static Entry) -> bool {
        self.0.entry.code == entry.code
    }

    /// The same with the JSON pointer of the field at fault.
    pub(crate) fn param(mut self, pointer: impl Into<String>) -> Problem {
        self.0.param = Some(pointer.into());
        self
    }

    /// The same of a member of what stands at `pointer`.
    pub(crate) fn within(mut self, pointer: &str) -> Problem {
        self.0.param = self.0.param.map(|inner| format!("{pointer}{inner}"));
        self
    }

    /// The same with the machine word that says why.
    pub(crate) fn reason(mut self, reason: &'static str) -> Problem {
        self.0.reason = Some(reason);
        self
    }

    /// The same with the time after which to try again, rounded up to seconds.
    pub(crate) fn retry_after(mut self, wait: Span) -> Problem {
        self.0.retry_after_s = Some(wait.micros().div_ceil(1_000_000).max(1));
        self
    }

    /// The same with the reason that the operator's figures count.
    pub(crate) fn because(mut self, busy: Busy) -> Problem {
        self.0.busy = Some(busy);
        self
    }

    /// The problem of a refusal. `replayed` says that an earlier decision is repeated.
    pub(crate) fn refused(refusal: &Refusal, replayed: bool) -> Problem {
        if let Refusal::Tender { tender, card, refusal } = refusal {
            let mut problem = Problem::refused(&Refusal::GiftCards(*refusal), replayed);
            problem.0.tender = Some((*tender, *card));
            return problem;
        }
        let mut problem = Problem::new(catalog::of_refusal(refusal));
        problem.0.transient = refusal.is_transient();
        problem.0.replayed = replayed;
        problem.0.money = match refusal {
            Refusal::GiftCards(Card::InsufficientBalance { available }) => {
                Some((MoneyMember::Available, *available))
            }
            Refusal::GiftCards(Card::AboveLimit { limit }) => Some((MoneyMember::Limit, *limit)),
            Refusal::GiftCards(Card::AmountExceedsHold { held }) => {
                Some((MoneyMember::Held, *held))
            }
            Refusal::GiftCards(Card::AmountExceedsCaptured { refundable })
            | Refusal::Payments(Payment::AmountExceedsRefundable { refundable })
            | Refusal::Shop(Shop::AmountExceedsRefundable { refundable })
            | Refusal::Claims(claims::Refusal::AmountExceedsLeft { left: refundable }) => {
                Some((MoneyMember::Refundable, *refundable))
            }
            Refusal::Shop(Shop::NotCovered { remaining }) => {
                Some((MoneyMember::Remaining, *remaining))
            }
            Refusal::Shop(Shop::BoughtCardsSpent { unspent })
            | Refusal::Claims(claims::Refusal::ElsewhereExceedsUnspent { unspent }) => {
                Some((MoneyMember::Unspent, *unspent))
            }
            _ => None,
        };
        if let Refusal::GiftCards(Card::NotUsable(why)) = refusal {
            problem.0.reason = Some(why.as_str());
        }
        match refusal {
            Refusal::Promotions(promotions::Refusal::Blocked(code)) => problem.blocked(*code),
            Refusal::GiftCards(Card::TooSoon { wait_s }) => {
                problem.retry_after(Span::seconds(*wait_s))
            }
            _ => problem,
        }
    }

    /// The same with the finding that stands in the way.
    fn blocked(mut self, code: CheckCode) -> Problem {
        let check = code.check();
        self.0.check = Some(check);
        self.detail(format!("{} {}", check.message, check.fix)).param(check.param)
    }

    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.entry.status).expect("the catalog has valid statuses")
    }

    pub(crate) fn code(&self) -> &'static str {
        self.0.entry.code
    }

    /// Set when there is no answer because the book is moving, its writer has ended or the store
    /// cannot be read: among several processes the call is tried again.
    pub(crate) fn miss(&self) -> Option<Miss> {
        self.0.miss
    }

    /// The same, to be tried again wherever the book is next.
    pub(crate) fn missed(mut self, miss: Miss) -> Problem {
        self.0.miss = Some(miss);
        self
    }

    pub(crate) fn retry_after_s(&self) -> Option<u64> {
        self.0.retry_after_s
    }

    /// Why it is 503, if it is.
    pub(crate) fn busy(&self) -> Option<Busy> {
        self.0.busy
    }

    pub(crate) fn is_replayed(&self) -> bool {
        self.0.replayed
    }

    /// Appends the JSON text.
    pub(crate) fn write(&self, request: RequestId, out: &mut Vec<u8>) {
        let inner = &*self.0;
        let amount = |wanted: MoneyMember| {
            let matching = |(member, _): &(MoneyMember, Money)| *member as u8 == wanted as u8;
            inner.money.filter(matching).map(|(_, money)| MoneyView::from(money))
        };
        let view = ProblemView {
            kind: ProblemType(inner.entry.code),
            title: inner.entry.title,
            status: inner.entry.status,
            detail: inner.detail.as_deref().unwrap_or(inner.entry.detail),
            code: inner.entry.code,
            param: inner.param.as_deref(),
            transient: inner.transient,
            request_id: Id(request),
            reason: inner.reason,
            tender: inner.tender.map(|(tender, _)| ShortName(tender)),
            gift_card: inner.tender.map(|(_, card)| Id(card)),
            check: inner.check.map(CheckView::from),
            available: amount(MoneyMember::Available),
            held: amount(MoneyMember::Held),
            refundable: amount(MoneyMember::Refundable),
            remaining: amount(MoneyMember::Remaining),
            unspent: amount(MoneyMember::Unspent),
            limit: amount(MoneyMember::Limit),
        };
        crate::views::write(&view, out);
    }
}

impl From<FieldError> for Problem {
    fn from(error: FieldError) -> Problem {
        Problem::new(&catalog::INVALID_REQUEST).detail(error.message).param(error.pointer)
    }
}

impl From<Trouble> for Problem {
    fn from(trouble: Trouble) -> Problem {
        match trouble {
            Trouble::Busy => Problem::new(&catalog::BUSY).because(Busy::QueueFull),
            Trouble::Mismatch => Problem::new(&catalog::IDEMPOTENCY_MISMATCH),
            // What the store says is for the operator's log; the caller learns what to do.
            Trouble::Unavailable(why) => {
                if STORE_WARNINGS.passes(crate::seldom::process_time()) {
                    tracing::warn!(%why, "the store cannot write");
                }
                // Among several processes the book goes to one that can write, or the database
                // comes back: until then the request waits instead of failing over and over.
                Problem::new(&catalog::UNAVAILABLE)
                    .because(Busy::StoreUnavailable)
                    .missed(Miss::NothingDone)
            }
            Trouble::Ended(why) => {
                tracing::error!(%why, "the writer has ended");
                Problem::new(&catalog::OUTCOME_UNKNOWN)
                    .because(Busy::WriterEnded)
                    .missed(Miss::Unknown)
            }
            Trouble::Unkept(why) => {
                tracing::error!(%why, "what was decided cannot be kept");
                Problem::new(&catalog::INTERNAL_ERROR)
            }
            Trouble::Moved => Problem::new(&catalog::UNAVAILABLE).missed(Miss::NothingDone),
        }
    }
}

/// A problem as RFC 9457 describes it, with members of our own. Branch on `code`.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemView<'a> {
    /// Where the problem is explained, relative to the server.
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "/docs#problem-insufficient_balance")]
    kind: ProblemType,
    /// What kind of problem it is, in words that do not change.
    #[schema(example = "Not enough on the card")]
    title: &'a str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What happened and what to do next.
    detail: &'a str,
    /// Stable name to branch on.
    #[schema(example = "insufficient_balance")]
    code: &'a str,
    /// JSON pointer (RFC 6901) of the field at fault, or the name of a header or parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/amount/currency")]
    param: Option<&'a str>,
    /// True when the same request may succeed later.
    transient: bool,
    /// Names this request to support.
    #[schema(value_type = String, example = "req_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    request_id: Id<RequestId>,
    /// Why a gift card cannot be used: `unknown`, `code_replaced`, `canceled`, `expired`, `frozen`.
    /// Why a rail refuses a payment method: `method_gone`, `expired_method`.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    /// Which tender of the checkout it is about, when a gift card that was to pay cannot.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "t2")]
    tender: Option<ShortName<TenderId>>,
    /// The card of that tender.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "gc_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    gift_card: Option<Id<CardId>>,
    /// What stands in the way of a promotion; `param` is its field too.
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<CheckView>,
    /// What the card has, when that was too little.
    #[serde(skip_serializing_if = "Option::is_none")]
    available: Option<MoneyView>,
    /// What is still held, when more was to be taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    held: Option<MoneyView>,
    /// What may still be refunded, when more was to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    refundable: Option<MoneyView>,
    /// What no tender of the checkout covers yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    remaining: Option<MoneyView>,
    /// What is left on the cards that were bought, when more was to be refunded.
    #[serde(skip_serializing_if = "Option::is_none")]
    unspent: Option<MoneyView>,
    /// The most that may be asked for, when more was and one amount is the limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<MoneyView>,
}

/// The `type` member: a reference to the place on the documentation page.
struct ProblemType(&'static str);

impl Serialize for ProblemType {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("/docs#problem-{}", self.0))
    }
}

/// Shorthand for refusals that a route makes itself, in place of the writer.
pub(crate) fn batch_aborted() -> Problem {
    Problem::refused(&OperationRefusal::BatchAborted.into(), false)
}

/// Shorthand for a live book where a test book is needed.
pub(crate) fn not_a_test_book() -> Problem {
    Problem::refused(&BookRefusal::NotATestBook.into(), false)
}
