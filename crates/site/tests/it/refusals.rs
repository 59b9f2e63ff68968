//! Whatever the API refuses, a page says what happened to the money and what to do next.

use std::collections::BTreeSet;

use pages::Language;

/// Refusals that no page can meet, and why.
const NEVER: &[(&str, &[&str])] = &[
    (
        "pages write these calls, for an API of the same process",
        &[
            "malformed_json",
            "unsupported_media_type",
            "method_not_allowed",
            "unknown_version",
            "idempotency_key_required",
            "invalid_idempotency_key",
            "not_available_yet",
            "batch_aborted",
            "funding_not_available",
            "gift_cards_not_prepared",
            "promotion_line",
            "promotion_not_being_paid",
            "amount_mismatch",
            "checkout_without_buyer",
        ],
    ),
    (
        "programs read events",
        &[
            "event_not_found",
            "events_archived",
            "cursor_from_another_incarnation",
            "webhook_endpoint_not_found",
            "too_many_webhook_endpoints",
        ],
    ),
    (
        "pages hold by checkouts alone, and reverse nothing",
        &[
            "hold_of_checkout",
            "hold_captured",
            "amount_exceeds_hold",
            "amount_exceeds_captured",
            "operation_reversed",
            "operation_irreversible",
        ],
    ),
    (
        "the shop's program puts orders together and pays sellers",
        &[
            "product_mismatch",
            "discount_exceeds_price",
            "gift_card_price",
            "nothing_to_ship",
            "rates_exceed_whole",
            "payout_not_found",
            "payout_closed",
            "nothing_owed",
        ],
    ),
    (
        "jobs and the shop's program speak with rails",
        &[
            "settlement_not_found",
            "dispute_not_found",
            "dispute_not_open",
            "rail_contradiction",
            "rail_refund_not_found",
            "rail_refund_not_open",
            "rail_refund_not_failed",
            "restitution_not_stuck",
            "paid_by_bank",
            "consent_not_needed",
            "payment_method_cannot_receive",
            "payment_not_authorized",
            "payment_not_captured",
            "payment_captured",
        ],
    ),
    (
        "the feed leases and bills by itself, and jobs settle",
        &[
            "slice_not_found",
            "slices_open",
            "slice_closed",
            "daily_budget_spent",
            "nothing_left",
            "already_billed",
            "billing_gap",
            "bills_missing",
            "promotion_not_ended",
            "nothing_to_settle",
        ],
    ),
    (
        "the platform's program reviews promotions, and tells of incidents and accounts",
        &[
            "promotion_not_in_review",
            "post_changed",
            "same_reviewer",
            "incident_not_found",
            "ends_before_start",
            "signal_too_old",
        ],
    ),
    (
        "jobs lead claims on; no page attaches files, matches charges or names tables",
        &[
            "claim_already_matched",
            "claim_not_gathering",
            "claim_not_approved",
            "claim_not_paying",
            "nothing_due",
            "nothing_to_wait_for",
            "nothing_to_repay",
            "already_repaid",
            "rule_table_not_found",
            "rule_table_broken",
            "attachment_empty",
            "attachment_too_large",
            "too_many_attachments",
            "account_freeze_not_found",
            "suspect_not_found",
        ],
    ),
    (
        "whoever runs the product does this",
        &[
            "clock_backwards",
            "not_a_test_book",
            "book_exists",
            "journal_kept",
            "archive_of_another_history",
        ],
    ),
    ("no call has slow recovery yet", &["recovery_not_ripe", "recovery_gone"]),
];

#[test]
fn every_refusal_says_what_happened_and_what_to_do_next() {
    let known: BTreeSet<&str> = http::problem_codes().collect();
    let never: BTreeSet<&str> = NEVER.iter().flat_map(|(_, codes)| *codes).copied().collect();
    let gone: Vec<_> = never.difference(&known).collect();
    assert!(gone.is_empty(), "no refusal any more: {gone:?}");
    let mut missing = Vec::new();
    for code in known.difference(&never) {
        for name in [format!("refused.{code}"), format!("refused.{code}_next")] {
            let silent = Language::ALL.into_iter().filter(|one| !one.words().says(&name));
            missing.extend(silent.map(|language| format!("{} {name}", language.tag())));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    // What has words is something that somebody may read.
    let english = Language::English.words();
    let both: Vec<_> =
        never.iter().filter(|code| english.says(&format!("refused.{code}"))).collect();
    assert!(both.is_empty(), "never met, and yet said: {both:?}");
}
