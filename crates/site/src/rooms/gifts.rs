//! `/gifts`: what somebody gives, from the first step to what became of it.

mod bought;
mod change;
mod draft;
mod give;
mod hand_over;
mod list;
mod mistyped;
mod offer;
mod one;
mod shared;
mod take_back;

pub(super) use change::{ask as ask_change, change};
pub(super) use give::{begin, go_on};
pub(super) use hand_over::{link, print, print_with_code};
pub(super) use list::{latest, list};
pub(super) use one::{bank, freeze, pay, replace, resend, show, unfreeze};
pub(super) use shared::{picture, shared};
pub(super) use take_back::{cancel, look as look_at_cancel, undo};
