//! Promotions: composed, quoted, paid, and told of while they run.

mod compose;
mod delivery;
mod list;
mod names;
mod quote;
mod rates;
mod report;
mod standing;

pub(super) use list::name;
pub(crate) use names::units;

pub use compose::{ComposeView, DEVICE_FIELDS, GENDER_FIELDS, Stage, TermsTyped, compose_page};
pub use delivery::{AlertView, CauseView, DeliveryView, Point, SegmentView, SuggestionView};
pub use list::{PromotionLine, PromotionsView, promotions_page};
pub use quote::{Finding, PayView, QuoteView, quote_page};
pub use rates::RatesView;
pub use report::{MoneyView, PromotionView, RestitutionView, promotion_page};
pub use standing::StandingView;
