//! Gifts, as those who buy them see them: three steps to one, then how far each is.

mod acts;
mod form;
mod help;
mod list;
mod one;
mod paper;
mod pay;
mod received;
mod shared;
mod start;
mod whom;
mod zones;

pub use form::{GiftForm, GiftMistake, GiftOffer, GiftTerms, Wrong};
pub use help::{CancelView, ChangeView, LinkView, cancel_page, change_page, link_page};
pub use list::{GiftRow, GiftsView, gifts_page};
pub use one::{BoughtGift, GiftCardState, GiftStatus, GiftView, gift_page};
pub use paper::{Paper, PrintView, PrintedCard, print_page};
pub use pay::{PayGiftView, pay_gift_page};
pub(super) use received::said;
pub use received::{Received, received};
pub use shared::{SharedView, shared_page};
pub use start::{NamedThing, StartView, start_page};
pub use whom::{WhomView, whom_page};
