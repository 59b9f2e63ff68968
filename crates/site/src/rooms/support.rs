//! Pages of the support: the queue, a conversation with the customer's money, a card.

mod acts;
mod card;
mod panel;
mod queue;
mod readdress;
mod talk;

pub(super) use acts::{ask, perform};
pub(super) use card::show as card;
pub(super) use queue::show as queue;
pub(super) use talk::{answer, assign, find, note, show as talk, solve};
