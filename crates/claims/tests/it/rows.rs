//! Each row of each table, by name: `{row}_{code}`. A claim that is well otherwise, and what this
//! row makes of it: outcome, amount, further reasons, acts.

use base::Currency;
use claims::{Act, Code, Ground, Outcome, Rules};

use crate::world::{december, decided, facts};

/// 100.00 were paid and spent; nothing is disputed, nothing has gone back.
pub const PAID: &str = "dispute = none; captured = 10000; spent = 10000; left_refundable = 10000; \
    settled_back = 0; pending_back = 0; credited = 0; made_good = 0; unspent = 0; window = open; \
    same_claim = none; new_evidence = false; earlier_claims = 0; ring_marks = 0; ";
/// They agreed with a passkey on a device of theirs, and nothing points to anybody else.
pub const AGREED: &str = "authorization = verified; factor = passkey; factor_age = 90 days; \
    device_age = 90 days; country_jump = false; limit_raised = never; admin_added = never; \
    contact_changed = never; dormant = 2 days; used_later = true; session_theft = false; \
    duplicate_capture = 0; over_budget = 0; automatic_person = 0; automatic_instrument = 0; ";
/// It ran, and nothing went wrong.
pub const RAN: &str = "start = begun; moderation = allowed; incident_loss = 0; failed_calls = 0; \
    watched = true; report_wrong = false; wrong_delivery = 0; late_invalid = 0; over_budget = 0; \
    duplicate_capture = 0; extension = none; narrowed = false; self_stopped = false; \
    oversold = false; promise = estimate; delivered_units = 1000; ";
/// It ran, and a guarantee of 1,000 was charged in full for 600: 200 were lost by the platform,
/// 200 by the advertiser.
pub const HALF: &str = "start = begun; moderation = allowed; incident_loss = 0; failed_calls = 0; \
    watched = true; report_wrong = false; wrong_delivery = 0; late_invalid = 0; over_budget = 0; \
    duplicate_capture = 0; extension = none; narrowed = false; self_stopped = true; \
    oversold = false; promise = guarantee; guaranteed_units = 1000; delivered_units = 600; \
    missing_platform = 150; missing_market = 50; missing_advertiser = 200; missing_policy = 0; \
    missing_before_narrowing = 0; ";

/// Decides, and compares with `outcome amount`, what comes back elsewhere after `&`, further
/// reasons after `+`, acts after `!`.
fn check(test: &str, ground: Ground, given: &str, expected: &str) {
    let decision = decided(&Rules::standard(), ground, &facts(given));
    let reasons: Vec<&str> = decision.reasons.iter().map(Code::as_str).collect();
    let row = format!("{}_{}", decision.table.row.as_str(), reasons[0]);
    let mut said = format!("{} {}", decision.outcome.as_str(), decision.amount);
    if !decision.elsewhere.is_zero() {
        said.push_str(&format!(" &{}", decision.elsewhere));
    }
    reasons[1..].iter().for_each(|code| said.push_str(&format!(" +{code}")));
    decision.acts.iter().map(|act| Act::as_str(*act)).for_each(|act| {
        said.push_str(&format!(" !{act}"));
    });
    assert_eq!((row.as_str(), said.as_str()), (test, expected), "{given}");
    assert_eq!(decision.automated, decision.outcome != Outcome::Review);
    // Where nobody knows how often the same was claimed, the later gate decides like the first.
    let later = Rules::standard().tables(ground, december()).decide(&facts(given), Currency::USD);
    let told = |it: &claims::Decision| (it.table.row.clone(), it.outcome, it.amount);
    assert_eq!(told(&later), told(&decision), "{given}");
}

/// Tests by name, and the list of their names.
macro_rules! rows {
    ($($name:ident $ground:ident $base:expr, $given:literal => $expected:literal;)+) => {
        $(#[test]
        fn $name() {
            let given = format!("{PAID}{}{}", $base, $given);
            check(stringify!($name), Ground::$ground, &given, $expected);
        })+

        const NAMES: &[&str] = &[$(stringify!($name),)+];
    };
}

rows! {
    g1_dispute_open TechnicalError RAN, "dispute = open" => "hold 0";
    g2_dispute_lost TechnicalError RAN, "dispute = lost; left_refundable = 0" => "deny 0";
    g3_dispute_lost_in_part TechnicalError RAN, "dispute = lost" => "review 0";
    g4_dispute_unknown TechnicalError RAN, "dispute = unknown" => "review 0";
    g5_duplicate_claim TechnicalError RAN, "same_claim = decided; earlier_claims = 3" => "link 0";
    g6_already_refunded TechnicalError RAN, "left_refundable = 0; credited = 10000" => "deny 0";
    g10_new_evidence_unclear TechnicalError RAN,
        "same_claim = decided; new_evidence = unknown; earlier_claims = 3" => "review 0";
    g11_second_capture_unclear TechnicalError RAN,
        "left_refundable = 0; credited = 10000; duplicate_capture = unknown" => "review 0";
    g7_out_of_time TechnicalError RAN, "window = closed" => "deny 0";
    g9_many_claims TechnicalError RAN, "earlier_claims = 10" => "review 0";

    u16_shared_instruments UnauthorizedCharge AGREED, "ring_marks = 3"
        => "review 0 !freeze_account !stop_promotion";
    u1_no_auth_record UnauthorizedCharge AGREED, "authorization = absent; used_later = false"
        => "approve 10000 !freeze_account !stop_promotion !review_suspect";
    u2_no_auth_record_review UnauthorizedCharge AGREED,
        "authorization = absent; used_later = false; automatic_person = 10001"
        => "review 0 !freeze_account !stop_promotion";
    u3_auth_record_unknown UnauthorizedCharge AGREED, "authorization = unknown" => "review 0";
    u4_weak_auth_risk UnauthorizedCharge AGREED,
        "factor = password; device_age = 2 days; contact_changed = 1 days"
        => "approve 10000 !freeze_account !stop_promotion !review_suspect";
    u12_nothing_ties UnauthorizedCharge AGREED, "device_age = unknown; country_jump = unknown; \
        limit_raised = unknown; admin_added = unknown; contact_changed = unknown; \
        session_theft = unknown; used_later = false"
        => "approve 10000 !freeze_account !stop_promotion !review_suspect";
    u13_takeover UnauthorizedCharge AGREED,
        "factor_age = 2 hours; device_age = 1 hours; contact_changed = 3 hours"
        => "approve 10000 !freeze_account !stop_promotion !review_suspect";
    u5_duplicate_charge UnauthorizedCharge AGREED, "duplicate_capture = 2500; over_budget = 30"
        => "partly_approve 30 &2500 +over_budget";
    u6_over_budget UnauthorizedCharge AGREED, "over_budget = 30" => "partly_approve 30";
    u7_auth_by_conduct UnauthorizedCharge AGREED, "factor = password" => "deny 0";
    u8_weak_auth UnauthorizedCharge AGREED, "factor = password; used_later = false" => "review 0";
    u15_small_sum UnauthorizedCharge AGREED,
        "factor = password; used_later = false; left_refundable = 2500"
        => "approve 2500 !freeze_account !stop_promotion !review_suspect";
    u17_nothing_asked UnauthorizedCharge AGREED, "factor = none; used_later = false"
        => "approve 10000 !freeze_account !stop_promotion !review_suspect";
    u18_signs_contradict UnauthorizedCharge AGREED, "factor = password; used_later = false; \
        device_age = 3 days; contact_changed = 2 days; network_age = 90 days; post_age = 40 days"
        => "review 0";
    u9_factor_fresh UnauthorizedCharge AGREED, "factor_age = 5 hours; used_later = false"
        => "review 0 !freeze_account";
    u10_auth_proven UnauthorizedCharge AGREED, "" => "deny 0";
    u14_auth_on_new_device UnauthorizedCharge AGREED, "device_age = 3 days" => "deny 0";
    u11_auth_unclear UnauthorizedCharge AGREED,
        "factor = totp; device_age = 3 days; used_later = false" => "review 0";

    t1_never_started TechnicalError RAN, "start = held_by_platform"
        => "approve 10000 !stop_promotion";
    t2_incident_share TechnicalError HALF, "incident_loss = 1500; late_invalid = 70"
        => "partly_approve 1500 &70 +invalid_traffic";
    t17_stop_failed TechnicalError RAN,
        "failed_calls = 2; self_stopped = true; billed_after_stop = 300; wrong_delivery = 40"
        => "partly_approve 340 +wrong_delivery";
    t3_wrong_delivery TechnicalError RAN, "wrong_delivery = 400; late_invalid = 70"
        => "partly_approve 400 &70 +invalid_traffic";
    t4_invalid_traffic TechnicalError RAN, "late_invalid = 70; over_budget = 5"
        => "partly_approve 5 &70 +over_budget";
    t5_duplicate_charge TechnicalError RAN, "duplicate_capture = 10000; over_budget = 5"
        => "partly_approve 5 &10000 +over_budget";
    t6_over_budget TechnicalError RAN, "over_budget = 5" => "partly_approve 5";
    t18_doubtful_traffic TechnicalError RAN, "billed_doubtful = 1200" => "partly_approve 1200";
    t7_not_charged TechnicalError RAN, "incident_loss = 1500" => "deny 0";
    t8_gone_back TechnicalError HALF,
        "incident_loss = 1500; settled_back = 4000; spent = 6000; left_refundable = 6000"
        => "deny 0";
    t9_held_by_advertiser TechnicalError RAN, "start = held_by_advertiser" => "deny 0";
    t10_report_only TechnicalError RAN, "report_wrong = true" => "deny 0 !correct_report";
    t11_failed_calls TechnicalError RAN, "failed_calls = 2; self_stopped = true" => "review 0";
    t12_no_incident TechnicalError RAN, "" => "deny 0 !show_waterfall";
    t14_nothing_lost TechnicalError RAN, "watched = unknown; incident_loss = unknown"
        => "deny 0 !show_waterfall";
    t15_bill_right TechnicalError RAN, "report_wrong = unknown" => "deny 0 !correct_report";
    t16_calls_cost_nothing TechnicalError RAN, "failed_calls = 2; post_gone = false" => "deny 0";
    t13_facts_missing TechnicalError RAN, "wrong_delivery = unknown" => "review 0";

    f1_review_late FailureToDeliver RAN, "moderation = review_late; delivered_units = 0"
        => "approve 10000 !stop_promotion";
    f2_never_started FailureToDeliver RAN, "start = held_by_platform"
        => "approve 10000 !stop_promotion";
    f3_more_time FailureToDeliver HALF, "extension = running" => "hold 0";
    f4_rejected_before_start FailureToDeliver RAN,
        "moderation = rejected_for_violation; delivered_units = 0"
        => "approve 10000 !stop_promotion";
    f5_oversold FailureToDeliver HALF, "oversold = true" => "approve 4000";
    f6_policy_removed FailureToDeliver HALF, "moderation = removed_for_violation" => "deny 0";
    f7_self_narrowed FailureToDeliver HALF, "narrowed = true; missing_platform = 60; \
        missing_before_narrowing = 70" => "partly_approve 700";
    f8_underdelivery FailureToDeliver HALF, "missing_platform = 400; missing_market = 0; \
        missing_advertiser = 0" => "approve 4000";
    f9_underdelivery_share FailureToDeliver HALF, "wrong_delivery = 25"
        => "partly_approve 2025 +self_made";
    f10_owed_anyway FailureToDeliver RAN, "late_invalid = 70"
        => "partly_approve 0 &70 +invalid_traffic";
    f18_doubtful_traffic FailureToDeliver RAN, "billed_doubtful = 6000" => "partly_approve 5000";
    f11_paid_by_delivery FailureToDeliver RAN, "" => "deny 0 !show_waterfall";
    f12_guarantee_kept FailureToDeliver HALF, "delivered_units = 1000; missing_platform = 0; \
        missing_market = 0; missing_advertiser = 0" => "deny 0 !show_waterfall";
    f13_gone_back FailureToDeliver HALF,
        "settled_back = 4000; spent = 6000; left_refundable = 6000" => "deny 0";
    f14_below_one_unit FailureToDeliver HALF, "guaranteed_units = 1000000; \
        delivered_units = 999900; missing_platform = 1; missing_market = 0" => "deny 0";
    f15_self_made FailureToDeliver HALF, "missing_platform = 0; missing_market = 0; \
        missing_advertiser = 400" => "deny 0 !show_waterfall";
    f17_still_to_come FailureToDeliver HALF, "missing_platform = 0; missing_market = 0; \
        missing_advertiser = 0; spent = 6000; left_refundable = 6000; unspent = 4000"
        => "deny 0 !show_waterfall";
    f16_facts_missing FailureToDeliver HALF, "missing_platform = unknown" => "review 0";

    p1_never_started PoorOutcome RAN, "start = held_by_platform"
        => "approve 10000 !stop_promotion";
    p2_underdelivery_share PoorOutcome HALF, "" => "partly_approve 2000";
    p3_owed_anyway PoorOutcome RAN, "wrong_delivery = 400"
        => "partly_approve 400 +wrong_delivery";
    p4_outcome_only PoorOutcome RAN, "" => "deny 0 !show_waterfall";
    p5_nothing_charged PoorOutcome RAN, "delivered_units = 0; spent = 0; settled_back = 9000; \
        left_refundable = 1000" => "deny 0 !show_waterfall";
    p7_outcome_unrecorded PoorOutcome RAN, "delivered_units = unknown; wrong_delivery = unknown; \
        late_invalid = unknown" => "deny 0 !show_waterfall";
    p6_facts_missing PoorOutcome RAN, "delivered_units = unknown; promise = guarantee"
        => "review 0";

    o1_owed_anyway Other format!("{AGREED}{RAN}"), "over_budget = 9"
        => "partly_approve 9 +over_budget";
    o3_nothing_owed Other format!("{AGREED}{RAN}"), "" => "deny 0 !show_waterfall";
    o2_person_answers Other format!("{AGREED}{RAN}"), "wrong_delivery = unknown" => "review 0";
}

/// What the platform lost is owed once, whoever has paid it, also while more is left to pay.
#[test]
fn what_was_made_good_is_not_paid_again() {
    let check = |ground, given: &str, test: &str, expected: &str| {
        check(test, ground, &format!("{PAID}{HALF}{given}"), expected);
    };
    let (failure, error) = (Ground::FailureToDeliver, Ground::TechnicalError);
    let part = "made_good = 500; credited = 500; left_refundable = 9500; ";
    check(failure, part, "f9_underdelivery_share", "partly_approve 1500 +self_made");
    check(Ground::PoorOutcome, part, "p2_underdelivery_share", "partly_approve 1500");
    check(
        error,
        &format!("{part}incident_loss = 1500"),
        "t2_incident_share",
        "partly_approve 1000",
    );
    let whole = "made_good = 2000; credited = 2000; left_refundable = 8000; ";
    check(failure, whole, "f13_gone_back", "deny 0");
    let narrowed = "narrowed = true; missing_platform = 70; missing_before_narrowing = 70; \
        made_good = 700; credited = 700; left_refundable = 9300";
    check(failure, narrowed, "f13_gone_back", "deny 0");
    check(Ground::PoorOutcome, whole, "p4_outcome_only", "deny 0 !show_waterfall");
    check(error, &format!("{whole}incident_loss = 1500"), "t8_gone_back", "deny 0");
}

/// A fault that the platform has half a part in is decided for half, before the settlement and
/// after it; what was not spent comes back by the settlement alone.
#[test]
fn half_a_fault_is_half_whoever_pays_it() {
    let check = |given: &str, test: &str, expected: &str| {
        check(test, Ground::FailureToDeliver, &format!("{PAID}{HALF}{given}"), expected);
    };
    let by_unit = "spent = 6000; left_refundable = 6000; unspent = 4000; ";
    check(by_unit, "f9_underdelivery_share", "partly_approve 0 &2000 +self_made");
    let narrowed = format!("{by_unit}narrowed = true; missing_before_narrowing = 200");
    check(&narrowed, "f7_self_narrowed", "partly_approve 0 &2000");
    let settled = "spent = 6000; left_refundable = 6000; settled_back = 4000";
    check(settled, "f13_gone_back", "deny 0");
}

#[test]
fn every_row_of_every_table_has_a_test() {
    let rules = Rules::standard();
    for table in rules.all() {
        for row in table.row_ids() {
            let has_test = NAMES.iter().any(|name| name.split('_').next() == Some(row));
            assert!(has_test, "row {row} of table {} has no test", table.name());
        }
    }
    // Tables of later dates have the rows of those before.
    let rows = rules.all().iter().flat_map(|table| table.row_ids().map(|row| (table.about(), row)));
    assert_eq!(NAMES.len(), rows.collect::<std::collections::BTreeSet<_>>().len());
}
