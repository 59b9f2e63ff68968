//! The words every other crate speaks: money, ids, time and bounded text.
//!
//! # Vocabulary
//!
//! | word | meaning |
//! | --- | --- |
//! | [`Currency`] | an active ISO 4217 currency with its exponent |
//! | minor unit | the smallest amount a currency is counted in: a cent, a yen, a fils |
//! | [`Amount`] | a non-negative number of minor units, the currency known from elsewhere |
//! | [`Money`] | an amount together with its currency |
//! | [`fair_split()`] | dividing an amount by weights so that the parts add up to it |
//! | [`part_split()`] | dividing what goes back in steps over the pieces of a whole |
//! | [`Instant`] | a point in time: microseconds since 1970-01-01T00:00:00Z |
//! | [`Day`] | a day of the calendar in UTC |
//! | [`BusinessCalendar`] | which days are business days: no weekends, no holidays |
//! | [`Span`] | a length of time in microseconds, never negative |
//! | [`TypedId`] | a 128-bit id whose type is part of its text, such as `gc_…` for a [`CardId`] |
//! | [`Text`] | words written by people, bounded in bytes and free of control characters |
//! | [`Token`] | a word for machines: lower-case letters, digits and `_ . : -` |
//! | [`Label`] | what a shop calls a thing of its own: a category, a customer |
//! | [`Metadata`] | strings that a shop keeps with an object |
//! | [`LineKind`] | what kind of thing is sold: goods, a service, a gift card |
//! | [`Region`] | a country, or one of its subdivisions: `US`, `US-CA` |
//!
//! # Invariants
//!
//! - A value that exists is valid: fields are private wherever a wrong value is possible, and
//!   every constructor checks. What is parsed once at the edge is not checked again.
//! - Money is counted in integers. No float takes part in any computation here.
//! - Arithmetic that can leave its range says so in its name: `checked_` answers with nothing or
//!   an error, `saturating_` stops at the limit.
//! - Nothing here reads a clock, draws a random number, or performs input or output. An id is
//!   made from an instant and random bytes that the caller brings.
//! - Errors never repeat the text they refuse, for it may be a secret or personal.
//! - Parsing is strict, and each value has exactly one text: two different texts are never the
//!   same id, currency, region or token. Instants and decimal amounts are the exception: they
//!   come from many programs, and are read in every form that has one exact meaning.

mod amount;
mod ascii;
mod base32;
mod business_days;
mod civil;
mod currency;
mod currency_table;
mod day;
mod fair_split;
mod ids;
mod instant;
mod instant_text;
mod label;
mod line_kind;
mod metadata;
mod money;
mod part_split;
mod region;
mod span;
mod text;
mod token;

pub use amount::Amount;
pub use business_days::BusinessCalendar;
pub use currency::{Currency, UnknownCurrency};
pub use day::{Day, DayError, Weekday};
pub use fair_split::fair_split;
pub use ids::{
    AccountId, ApprovalId, CardId, CheckoutId, ClaimId, ClaimantId, ContactId, ConversationId,
    CreatorId, DeedId, DisputeId, EndpointId, EventId, FactsId, HoldId, IdError, IdProblem,
    ImportId, IncidentId, InstrumentId, KeyId, MethodId, OrderId, PasskeyId, PayerId, PaymentId,
    PayoutId, PersonId, PostId, ProductId, ProgramId, PromotionId, PromotionSettlementId,
    PurchaseId, RailRefundId, RefundId, RequestId, RestitutionId, SellerId, SessionId,
    SettlementId, SettlementLineId, SignInId, SignalId, SliceId, StandingId, StatementId, StreamId,
    SuspectId, TransferId, TypedId,
};
pub use instant::{Instant, InstantError};
pub use label::{Label, LabelError};
pub use line_kind::LineKind;
pub use metadata::{Metadata, MetadataError};
pub use money::{Money, MoneyError};
pub use part_split::part_split;
pub use region::{Region, RegionError};
pub use span::Span;
pub use text::{Text, TextError};
pub use token::{Token, TokenError};
