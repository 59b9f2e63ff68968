//! The simulator's tests: they are what the simulator is for.
#![allow(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

mod books;
mod differential;
mod faults;
mod settings;
mod shops;
mod threads;

// What the engine's tests know of a book in memory, of a market around it, and of what must be true
// of both after each command. The rest of these files serves scripts.
#[allow(dead_code, reason = "shared with the engine's tests")]
#[path = "../../../engine/tests/it/audit.rs"]
mod audit;
#[allow(dead_code, reason = "shared with the engine's tests")]
#[path = "../../../engine/tests/it/audit_claims.rs"]
mod audit_claims;
#[allow(dead_code, reason = "shared with the engine's tests")]
#[path = "../../../engine/tests/it/audit_disputes.rs"]
mod audit_disputes;
#[allow(dead_code, reason = "shared with the engine's tests")]
#[path = "../../../engine/tests/it/audit_goodwill.rs"]
mod audit_goodwill;
#[allow(dead_code, reason = "shared with the engine's tests")]
#[path = "../../../engine/tests/it/audit_orders.rs"]
mod audit_orders;
#[allow(dead_code, reason = "shared with the engine's tests")]
#[path = "../../../engine/tests/it/audit_promotions.rs"]
mod audit_promotions;
#[allow(dead_code, reason = "shared with the engine's tests")]
#[path = "../../../engine/tests/it/audit_settlements.rs"]
mod audit_settlements;
#[allow(dead_code, reason = "shared with the engine's tests")]
#[path = "../../../engine/tests/it/audit_unclaimed.rs"]
mod audit_unclaimed;
#[allow(dead_code, reason = "shared with the engine's tests")]
#[path = "../../../engine/tests/it/claim_words.rs"]
mod claim_words;
#[allow(dead_code, reason = "shared with the engine's tests")]
#[path = "../../../engine/tests/it/incident_words.rs"]
mod incident_words;
#[allow(dead_code, reason = "shared with the engine's tests")]
#[path = "../../../engine/tests/it/market.rs"]
mod market;
#[allow(dead_code, reason = "shared with the engine's tests")]
#[path = "../../../engine/tests/it/market_cards.rs"]
mod market_cards;
#[allow(dead_code, reason = "shared with the engine's tests")]
#[path = "../../../engine/tests/it/market_claims.rs"]
mod market_claims;
#[allow(dead_code, reason = "shared with the engine's tests")]
#[path = "../../../engine/tests/it/market_promotions.rs"]
mod market_promotions;
#[allow(dead_code, reason = "shared with the engine's tests")]
#[path = "../../../ledger/tests/it/oracle.rs"]
mod oracle;
#[allow(dead_code, reason = "shared with the engine's tests")]
#[path = "../../../engine/tests/it/order_words.rs"]
mod order_words;
#[allow(dead_code, reason = "shared with the engine's tests")]
#[path = "../../../engine/tests/it/promotion_words.rs"]
mod promotion_words;
#[allow(dead_code, reason = "shared with the engine's tests")]
#[path = "../../../engine/tests/it/script.rs"]
mod script;
#[allow(dead_code, reason = "shared with the engine's tests")]
#[path = "../../../engine/tests/it/sender_words.rs"]
mod sender_words;
#[allow(dead_code, reason = "shared with the engine's tests")]
#[path = "../../../engine/tests/it/settling_words.rs"]
mod settling_words;
#[allow(dead_code, reason = "shared with the engine's tests")]
#[path = "../../../engine/tests/it/shop_seen.rs"]
mod shop_seen;
#[allow(dead_code, reason = "shared with the engine's tests")]
#[path = "../../../engine/tests/it/shop_words.rs"]
mod shop_words;
#[allow(dead_code, reason = "shared with the engine's tests")]
#[path = "../../../engine/tests/it/words.rs"]
mod words;
#[allow(dead_code, reason = "shared with the engine's tests")]
#[path = "../../../engine/tests/it/world.rs"]
mod world;
