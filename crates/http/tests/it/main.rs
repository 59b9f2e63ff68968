//! What the API promises: tested through the router, over a real writer and a store in memory.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod accounts;
mod bad_input;
mod batch;
mod buyer_mails;
mod claims;
mod clock;
mod documents;
mod events;
mod every_field;
mod fake_rails;
mod feed;
mod gift_cards;
mod gift_mails;
mod gifts;
mod idempotency;
mod journal;
mod keys;
mod ledger;
mod lists;
mod lookup;
mod mail_owners;
mod mailer;
mod metrics;
mod personal;
mod processes;
mod programs;
mod promotions;
mod rails;
mod receiver;
mod refusals;
mod scope_table;
mod scopes;
mod senders;
mod serving;
mod settlements;
mod shop;
mod spending;
mod timing;
mod watching;
mod webhook_endpoints;
mod webhooks;
mod wire_client;
mod world;
