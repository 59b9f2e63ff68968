//! What pages promise: whole, safe, readable and complete.

mod contrast;
mod messages;
mod pages;
