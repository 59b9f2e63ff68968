//! `/v1/restitutions`: what the platform repays for promotions without being asked.

pub(crate) mod list;
pub(crate) mod paid_by_hand;
pub(crate) mod read;
pub(crate) mod send_again;
pub(crate) mod statement;
pub(crate) mod store_credit;
