//! What the core promises, checked through its public names only.
#![allow(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

mod advertisers;
mod audit;
mod audit_claims;
mod audit_disputes;
mod audit_goodwill;
mod audit_orders;
mod audit_promotions;
mod audit_settlements;
mod audit_unclaimed;
mod books;
mod buying;
mod buying_disputed;
mod cards;
mod checkouts;
mod claim_words;
mod claims;
mod claims_caps;
mod claims_disputed;
mod claims_freezes;
mod claims_money;
mod claims_previewed;
mod claims_rings;
mod credits;
mod disputing;
mod gifts;
mod goodwill;
mod holds;
mod incident_words;
mod incidents;
mod large;
mod loading;
#[allow(dead_code, reason = "shared with the simulator")]
mod market;
#[allow(dead_code, reason = "shared with the simulator")]
mod market_cards;
mod market_claims;
#[allow(dead_code, reason = "shared with the simulator")]
mod market_promotions;
mod money_page;
mod numbers;
#[path = "../../../ledger/tests/it/oracle.rs"]
mod oracle;
mod order_words;
mod orders;
mod paying;
mod promotion_words;
mod promotions;
mod promotions_disputed;
mod promotions_served;
mod public_failures;
mod random;
mod random_checkouts;
mod refunded_at_rail;
mod refunding;
mod returns;
mod script;
mod sender_words;
mod senders;
mod settling;
mod settling_words;
mod shop_seen;
mod shop_words;
mod spending;
mod unclaimed;
mod words;
mod world;
