//! Where one row ends and the next begins, and what is never paid.

use base::Currency;
use claims::{Ground, Outcome, Rules};

use crate::rows::{AGREED, HALF, PAID, RAN};
use crate::world::{december, decided, facts, noon};

/// Lines of `facts => row outcome amount`, and what comes back elsewhere after `&`.
fn check(ground: Ground, base: &str, lines: &str) {
    let rules = Rules::standard();
    let mut wrong = Vec::new();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (given, expected) = line.split_once("=>").unwrap();
        let decision = decided(&rules, ground, &facts(&format!("{PAID}{base}{given}")));
        let row = decision.table.row.as_str();
        let mut said = format!("{row} {} {}", decision.outcome.as_str(), decision.amount);
        if !decision.elsewhere.is_zero() {
            said.push_str(&format!(" &{}", decision.elsewhere));
        }
        if said != expected.trim() {
            wrong.push(format!("{given}=> {said}, not {}", expected.trim()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_gate_lets_pass_what_is_not_known_to_be_wrong() {
    check(
        Ground::PoorOutcome,
        RAN,
        "
        window = unknown                                    => p4 deny 0
        dispute = won                                       => p4 deny 0
        same_claim = decided; new_evidence = true           => p4 deny 0
        same_claim = decided; earlier_claims = 2            => p4 deny 0
        same_claim = decided; earlier_claims = 3            => g5 link 0
        same_claim = open                                   => g5 link 0
        same_claim = open; new_evidence = unknown           => g10 review 0
        same_claim = decided; new_evidence = unknown        => p4 deny 0
        same_claim = unknown                                => p4 deny 0
        ring_marks = 2; earlier_claims = 9                  => p4 deny 0
        left_refundable = 0; unspent = 1; credited = 5      => p4 deny 0
        left_refundable = 0; pending_back = 10000           => g6 deny 0
        left_refundable = 0; duplicate_capture = unknown    => g11 review 0
        left_refundable = 0; duplicate_capture = unknown; dispute = lost => g3 review 0
        dispute = lost; left_refundable = unknown           => g3 review 0
        dispute = open; window = closed; same_claim = open  => g1 hold 0
    ",
    );
}

#[test]
fn the_later_gate_links_what_was_claimed_alike() {
    let rules = Rules::standard();
    let check = |given: &str, row: &str| {
        let facts = facts(&format!("{PAID}{RAN}{given}"));
        let tables = rules.tables(Ground::PoorOutcome, december());
        assert_eq!(tables.decide(&facts, Currency::USD).table.row.as_str(), row, "{given}");
    };
    let decided = "same_claim = decided; ";
    check(&format!("{decided}earlier_alike = 2; earlier_claims = 9"), "p4");
    check(&format!("{decided}earlier_alike = 3; earlier_claims = 0"), "g5");
    check(&format!("{decided}earlier_alike = unknown; earlier_claims = 3"), "g5");
    check(&format!("{decided}earlier_alike = 3; new_evidence = true"), "p4");
    check(&format!("{decided}earlier_alike = 3; new_evidence = unknown"), "g10");
}

#[test]
fn an_unauthorized_charge() {
    check(
        Ground::UnauthorizedCharge,
        AGREED,
        "
        authorization = mismatch; used_later = false => u1 approve 10000
        authorization = absent; used_later = unknown => u1 approve 10000
        authorization = absent; used_later = true => u1 approve 10000
        authorization = absent; used_later = false; automatic_person = 10000 => u1 approve 10000
        authorization = absent; used_later = false; automatic_instrument = 10001 => u2 review 0
        authorization = absent; used_later = false; automatic_instrument = unknown => u2 review 0
        factor = password; used_later = false; device_age = 7 days => u8 review 0
        factor = none; used_later = false; limit_raised = 47 hours => u17 approve 10000
        factor = none; used_later = false; earlier_claims = 1 => u8 review 0
        factor = none; used_later = false; automatic_person = 10001 => u8 review 0
        factor = none; used_later = false; session_theft = true => u4 approve 10000
        factor = none; used_later = false; session_theft = true; over_budget = 7 => u8 review 0
        factor = none => u8 review 0
        factor = password; session_theft = unknown => u8 review 0
        factor = password; device_age = 30 days => u8 review 0
        factor = totp; session_theft = true => u9 review 0
        factor = totp; factor_age = 24 hours => u10 deny 0
        factor = totp; used_later = false; country_jump = true => u10 deny 0
        factor = totp; used_later = false; session_theft = unknown => u11 review 0
        factor = unknown => u7 deny 0
        factor = unknown; used_later = false => u8 review 0
        factor = unknown; over_budget = 7 => u6 partly_approve 7
        factor = password; country_jump = true => u7 deny 0
        factor = password; dormant = 91 days => u7 deny 0
        factor = password; country_jump = true; dormant = 91 days => u8 review 0
        factor = password; limit_raised = 47 hours => u8 review 0
        factor = password; device_age = 30 days; network_age = 31 days => u7 deny 0
        factor = password; device_age = 30 days; network_age = 30 days => u8 review 0
        session_theft = unknown => u10 deny 0
        session_theft = unknown; factor_age = 29 days => u11 review 0
        duplicate_capture = unknown => u11 review 0
        over_budget = 7 => u6 partly_approve 7
        over_budget = 7; used_later = false => u6 partly_approve 7
        over_budget = 7; used_later = false; country_jump = true => u6 partly_approve 7
        over_budget = 7; session_theft = true => u9 review 0
        over_budget = 7; duplicate_capture = unknown => u11 review 0
        over_budget = 7; factor = password => u6 partly_approve 7
        over_budget = 7; factor = password; used_later = unknown => u6 partly_approve 7
        duplicate_capture = 9; over_budget = unknown => u11 review 0
        duplicate_capture = 9; factor = password => u5 partly_approve 0 &9
    ",
    );
}

#[test]
fn nothing_is_paid_twice_of_a_guarantee() {
    check(
        Ground::FailureToDeliver,
        HALF,
        "
        credited = 500                                 => f9 partly_approve 2000
        credited = 3500; left_refundable = 6500        => f9 partly_approve 500
        credited = 4000; left_refundable = 6000        => f13 deny 0
        settled_back = 4000; left_refundable = 6000    => f13 deny 0
        unspent = 4000; left_refundable = 6000         => f9 partly_approve 0 &2000
        unspent = 500; left_refundable = 9500          => f9 partly_approve 1500 &500
        unspent = unknown                              => f9 review 0
        duplicate_capture = 9000                       => f9 partly_approve 2000 &9000
        settled_back = unknown                         => f16 review 0
        missing_platform = 4000; missing_market = 0    => f9 partly_approve 4000
        narrowed = true                                => f7 partly_approve 1500
        narrowed = true; missing_platform = 0          => f15 deny 0
        narrowed = unknown                             => f9 partly_approve 2000
        left_refundable = unknown                      => f9 review 0
        left_refundable = 1                            => f9 partly_approve 1
        guaranteed_units = 0                           => f16 review 0
        moderation = removed_for_violation; late_invalid = 3 => f9 partly_approve 2000 &3
    ",
    );
}

/// What was shown is not repaid because of what a review said before or after.
#[test]
fn what_was_delivered_stays_paid() {
    check(
        Ground::FailureToDeliver,
        HALF,
        "
        moderation = rejected_for_violation                            => f6 deny 0
        moderation = rejected_for_violation; delivered_units = 0       => f4 approve 10000
        moderation = rejected_for_violation; delivered_units = unknown => f16 review 0
        moderation = review_late                                       => f9 partly_approve 2000
        moderation = rejected_wrongly                                  => f9 partly_approve 2000
        moderation = review_late; delivered_units = unknown            => f16 review 0
        moderation = review_late; promise = estimate                   => f11 deny 0
        moderation = review_late; promise = estimate; delivered_units = unknown => f16 review 0
    ",
    );
}

/// A cent that is owed anyway does not end a claim that nothing else answers.
#[test]
fn what_is_owed_anyway_answers_no_claim_of_itself() {
    check(
        Ground::TechnicalError,
        RAN,
        "
        over_budget = 1                                       => t6 partly_approve 1
        over_budget = 1; incident_loss = 1500                 => t6 partly_approve 1
        over_budget = 1; watched = false                      => t6 partly_approve 1
        over_budget = 1; start = unknown                      => t13 review 0
        over_budget = 1; report_wrong = true                  => t13 review 0
        over_budget = 1; incident_loss = unknown              => t6 partly_approve 1
        over_budget = 1; late_invalid = unknown               => t6 partly_approve 1
        late_invalid = unknown                                => t12 deny 0
        over_budget = 1; failed_calls = 2                     => t11 review 0
        wrong_delivery = 1; promise = unknown                 => t13 review 0
        incident_loss = 1500; failed_calls = 2                => t13 review 0
        report_wrong = true; failed_calls = 2                 => t11 review 0
        start = held_by_advertiser; failed_calls = unknown    => t13 review 0
    ",
    );
    check(
        Ground::FailureToDeliver,
        RAN,
        "
        over_budget = 1                                       => f10 partly_approve 1
        over_budget = 1; moderation = unknown                 => f16 review 0
        over_budget = 1; start = unknown                      => f16 review 0
        over_budget = 1; delivered_units = unknown            => f10 partly_approve 1
        over_budget = 1; promise = unknown                    => f16 review 0
        over_budget = 1; wrong_delivery = unknown             => f16 review 0
    ",
    );
    check(
        Ground::PoorOutcome,
        HALF,
        "
        over_budget = 1; narrowed = unknown                   => p6 review 0
        over_budget = 1; delivered_units = 1000               => p3 partly_approve 1
    ",
    );
}

#[test]
fn an_incident_that_went_back_is_on_record_as_gone() {
    check(
        Ground::TechnicalError,
        HALF,
        "
        incident_loss = 1500; captured = 0                    => t13 review 0
        incident_loss = 1500; captured = 1000; credited = 400 => t8 deny 0
        incident_loss = 1500; settled_back = 4000             => t8 deny 0
    ",
    );
}

/// What turned out to be invalid comes back by settlement, so no claim pays it as well.
#[test]
fn late_invalid_events_are_repaid_once() {
    check(
        Ground::TechnicalError,
        RAN,
        "
        wrong_delivery = 400; late_invalid = 70                 => t3 partly_approve 400 &70
        wrong_delivery = 10000; late_invalid = 70               => t3 partly_approve 9930 &70
        late_invalid = 70; left_refundable = 50                 => t4 partly_approve 0 &50
        late_invalid = 70; duplicate_capture = 30               => t4 partly_approve 0 &100
        late_invalid = 70; left_refundable = unknown            => t4 review 0
    ",
    );
}

#[test]
fn an_incident_is_paid_of_guarantees_only() {
    check(
        Ground::TechnicalError,
        HALF,
        "
        incident_loss = 9000                                 => t2 partly_approve 4000
        incident_loss = 9000; delivered_units = unknown      => t13 review 0
        incident_loss = 9000; promise = estimate             => t7 deny 0
        incident_loss = 1; promise = unknown                 => t13 review 0
        wrong_delivery = unknown                             => t13 review 0
        report_wrong = unknown                               => t13 review 0
        start = unknown                                      => t13 review 0
        watched = false                                      => t13 review 0
    ",
    );
}

#[test]
fn something_comes_back_where_something_is_approved() {
    check(
        Ground::TechnicalError,
        RAN,
        "
        start = held_by_platform; left_refundable = 0; unspent = 9000 => t1 approve 0 &9000
        start = held_by_platform; left_refundable = 7; unspent = 9000 => t1 approve 7 &9000
        start = held_by_platform; left_refundable = 0                 => t1 review 0
        late_invalid = 5; left_refundable = 0; unspent = 9000         => t4 review 0
        duplicate_capture = 9000; left_refundable = 0                 => t5 partly_approve 0 &9000
    ",
    );
}

#[test]
fn the_cap_without_a_record_is_that_of_the_currency() {
    let rules = Rules::standard();
    let given = facts(&format!("{PAID}{AGREED}authorization = absent; used_later = false"));
    let tables = rules.tables(Ground::UnauthorizedCharge, noon());
    assert_eq!(tables.decide(&given, Currency::USD).outcome, Outcome::Approve);
    // No cap is told for Kuwait, so a person looks.
    assert_eq!(tables.decide(&given, Currency::KWD).outcome, Outcome::Review);
}

#[test]
fn without_any_facts_a_person_decides() {
    let rules = Rules::standard();
    for ground in Ground::ALL {
        let decision = decided(&rules, ground, &facts(""));
        assert_eq!(decision.outcome, Outcome::Review);
        assert!(!decision.automated);
    }
}

/// A new device is one sign; with a second one it is a theft, whatever victims look at later.
#[test]
fn signs_of_somebody_else_count_together() {
    check(
        Ground::UnauthorizedCharge,
        &format!("{AGREED}factor = password; device_age = 6 days; "),
        "
                                                                    => u8 review 0
        used_later = false                                          => u8 review 0
        admin_added = 6 days                                        => u4 approve 10000
        admin_added = 7 days                                        => u8 review 0
        limit_raised = 47 hours                                     => u8 review 0
        limit_raised = 47 hours; used_later = false                 => u4 approve 10000
        limit_raised = 47 hours; used_later = false; device_age = 7 days => u8 review 0
        limit_raised = 47 hours; used_later = false; over_budget = 9 => u8 review 0
        limit_raised = 47 hours; country_jump = true                => u4 approve 10000
        country_jump = true; used_later = false                     => u4 approve 10000
        country_jump = true; used_later = false; automatic_person = 10001 => u8 review 0
        dormant = 91 days; used_later = false                       => u4 approve 10000
        dormant = 90 days; used_later = false                       => u8 review 0
        factor = unknown; contact_changed = 1 days                  => u4 approve 10000
        factor = totp; contact_changed = 1 days                     => u11 review 0
        factor = totp; contact_changed = 1 days; factor_age = unknown => u13 approve 10000
        factor = totp; factor_age = 6 days; admin_added = 6 days    => u13 approve 10000
        factor = totp; factor_age = 7 days; admin_added = 6 days    => u11 review 0
        factor = totp; factor_age = 23 hours                        => u9 review 0
        factor = totp; factor_age = 23 hours; device_age = 31 days  => u7 deny 0
        factor = totp; over_budget = 9                              => u6 partly_approve 9
        factor = totp; session_theft = unknown                      => u14 deny 0
        factor = totp; session_theft = unknown; factor_age = 29 days => u11 review 0
    ",
    );
}

/// Below what a look costs the claimant is believed, up to the cap of a year.
#[test]
fn a_small_sum_needs_no_look() {
    check(
        Ground::UnauthorizedCharge,
        &format!("{AGREED}factor = password; used_later = false; "),
        "
        left_refundable = 2501                            => u8 review 0
        left_refundable = 2500                            => u15 approve 2500
        left_refundable = 2500; used_later = true         => u7 deny 0
        left_refundable = 2500; over_budget = 9           => u6 partly_approve 9
        left_refundable = 2500; automatic_person = 17501  => u8 review 0
        left_refundable = 2500; automatic_person = unknown => u8 review 0
    ",
    );
}

/// Invalid units are missing ones that were billed: they come back as invalid, and once.
#[test]
fn invalid_units_of_a_guarantee_are_not_missing_ones_as_well() {
    check(
        Ground::FailureToDeliver,
        HALF,
        "
        late_invalid = 2000                               => f9 partly_approve 2000 &2000
        late_invalid = 3000                               => f9 partly_approve 1000 &3000
        late_invalid = 4000                               => f9 partly_approve 0 &4000
        late_invalid = 4000; missing_platform = 350; missing_advertiser = 0 => f8 approve 0 &4000
        late_invalid = 1000; oversold = true              => f5 approve 3000 &1000
    ",
    );
    check(
        Ground::PoorOutcome,
        HALF,
        "
        late_invalid = 3000                               => p2 partly_approve 1000 &3000
    ",
    );
}

/// What is not known counts only where something could follow from it.
#[test]
fn what_cannot_change_the_result_is_not_waited_for() {
    check(
        Ground::TechnicalError,
        HALF,
        "
        watched = false                                         => t13 review 0
        watched = false; missing_platform = 0                   => t14 deny 0
        incident_loss = unknown; missing_platform = 0           => t14 deny 0
        incident_loss = unknown; missing_platform = unknown     => t13 review 0
        failed_calls = unknown; missing_platform = 0            => t13 review 0
    ",
    );
    check(
        Ground::TechnicalError,
        &format!("{HALF}missing_platform = 0; self_stopped = false; post_gone = false; "),
        "
        failed_calls = unknown                                  => t16 deny 0
        failed_calls = 2                                        => t16 deny 0
        failed_calls = 2; post_gone = unknown                   => t11 review 0
    ",
    );
    check(
        Ground::FailureToDeliver,
        &format!("{HALF}missing_platform = 0; missing_market = 0; missing_advertiser = 0; "),
        "
                                                                => f16 review 0
        unspent = 4000                                          => f17 deny 0
        unspent = 3998                                          => f16 review 0
        unspent = 4000; over_budget = 9                         => f10 partly_approve 9
    ",
    );
    check(
        Ground::FailureToDeliver,
        RAN,
        "
        delivered_units = unknown                               => f11 deny 0
        delivered_units = unknown; moderation = review_late     => f16 review 0
        moderation = rejected_wrongly                           => f11 deny 0
        moderation = review_late; over_budget = 9               => f10 partly_approve 9
    ",
    );
}

/// What is invalid comes off the bill whatever a claim decides, so that records of it contradict
/// each other leaves no claim to a person; that a log is lost does.
#[test]
fn records_that_contradict_each_other_on_invalid_events_change_no_claim() {
    check(
        Ground::FailureToDeliver,
        RAN,
        "
        late_invalid = unknown                                  => f11 deny 0
        late_invalid = unknown; wrong_delivery = 40             => f10 partly_approve 40
        late_invalid = unknown; wrong_delivery = unknown        => f16 review 0
    ",
    );
    check(
        Ground::PoorOutcome,
        RAN,
        "
        late_invalid = unknown                                  => p4 deny 0
        delivered_units = unknown                               => p7 deny 0
        delivered_units = unknown; spent = 0                    => p6 review 0
        delivered_units = unknown; over_budget = unknown        => p6 review 0
        wrong_delivery = unknown                                => p7 deny 0
    ",
    );
}

/// Who takes an account over has enrolled a factor as new as the theft, if any.
#[test]
fn a_factor_of_thirty_days_is_older_than_a_theft() {
    check(
        Ground::UnauthorizedCharge,
        &format!("{AGREED}factor = totp; device_age = 3 days; limit_raised = 1 hours; "),
        "
                                                                => u14 deny 0
        factor_age = 29 days                                    => u11 review 0
        used_later = false                                      => u11 review 0
        admin_added = 6 days                                    => u11 review 0
        device_age = 31 days; used_later = false                => u10 deny 0
        device_age = 31 days; session_theft = true              => u9 review 0
        factor = passkey; used_later = false; limit_raised = never => u14 deny 0
        factor = passkey; used_later = false; limit_raised = never; country_jump = true \
        => u11 review 0
    ",
    );
}

/// A new network and a post of the same day are signs; an old network and an old post are none.
#[test]
fn network_and_post_are_signs_beside_a_new_device() {
    check(
        Ground::UnauthorizedCharge,
        &format!("{AGREED}factor = password; device_age = 2 days; used_later = false; "),
        "
        network_age = 6 days                                           => u4 approve 10000
        network_age = 7 days                                           => u8 review 0
        network_age = 6 days; automatic_person = 10001                 => u8 review 0
        network_age = 6 days; post_age = 23 hours                      => u4 approve 10000
        network_age = 6 days; automatic_person = 10001; post_age = 23 hours => u8 review 0
        admin_added = 1 days                                           => u4 approve 10000
        admin_added = 1 days; post_age = 31 days                        => u18 review 0
        admin_added = 1 days; post_age = 31 days; left_refundable = 2500 => u4 approve 2500
        admin_added = 1 days; post_age = 30 days                        => u4 approve 10000
    ",
    );
}

/// Who has claimed before, or shares a card with another claimant, is not believed on one weak
/// sign.
#[test]
fn weak_signs_count_less_for_who_claims_again() {
    check(
        Ground::UnauthorizedCharge,
        &format!("{AGREED}factor = password; used_later = false; limit_raised = 1 hours; "),
        "
        device_age = 2 days                                            => u4 approve 10000
        device_age = 2 days; ring_marks = unknown                      => u4 approve 10000
        device_age = 2 days; earlier_claims = 1                        => u8 review 0
        device_age = 2 days; ring_marks = 1                            => u8 review 0
        device_age = 2 days; ring_marks = 1; left_refundable = 5001    => u8 review 0
        device_age = 2 days; ring_marks = 1; left_refundable = 5000    => u4 approve 5000
        device_age = 2 days; earlier_claims = 9; admin_added = 1 days  => u4 approve 10000
        device_age = 2 days; earlier_claims = 9; country_jump = true   => u4 approve 10000
        device_age = unknown                                           => u4 approve 10000
        device_age = unknown; earlier_claims = 1                       => u8 review 0
    ",
    );
}

/// A home shares its network, and so a large charge is not denied because of it alone.
#[test]
fn a_known_network_denies_up_to_the_yearly_cap() {
    check(
        Ground::UnauthorizedCharge,
        &format!(
            "{AGREED}factor = password; captured = 30000; spent = 30000; left_refundable = 30000; "
        ),
        "
        device_age = 3 days; network_age = 90 days                          => u8 review 0
        device_age = 3 days; network_age = 90 days; left_refundable = 20001 => u8 review 0
        device_age = 3 days; network_age = 90 days; left_refundable = 20000 => u7 deny 0
        device_age = 31 days                                                => u7 deny 0
    ",
    );
}

/// A second capture explains why somebody does not know a charge; a theft does so better.
#[test]
fn a_second_capture_explains_a_claim_where_nothing_points_to_a_theft() {
    check(
        Ground::UnauthorizedCharge,
        &format!("{AGREED}factor = password; used_later = false; duplicate_capture = 9; "),
        "
                                                  => u5 partly_approve 0 &9
        country_jump = unknown                    => u5 partly_approve 0 &9
        device_age = 2 days                       => u5 partly_approve 0 &9
        device_age = unknown                      => u8 review 0
        country_jump = true                       => u8 review 0
        over_budget = 7                           => u5 partly_approve 7 &9
    ",
    );
}

/// What was charged between a request to stop that failed and one that worked is owed.
#[test]
fn a_stop_that_failed_is_paid_as_far_as_it_is_known() {
    check(
        Ground::TechnicalError,
        &format!("{RAN}failed_calls = 2; self_stopped = true; "),
        "
                                                        => t11 review 0
        billed_after_stop = 0                           => t12 deny 0
        billed_after_stop = 700                         => t17 partly_approve 700
        billed_after_stop = 700; late_invalid = 30      => t17 partly_approve 700 &30
        billed_after_stop = 700; failed_calls = unknown => t17 partly_approve 700
        billed_after_stop = 700; wrong_delivery = unknown => t13 review 0
        billed_after_stop = 700; report_wrong = true    => t13 review 0
        billed_after_stop = 700; left_refundable = 600  => t17 partly_approve 600
    ",
    );
    check(
        Ground::FailureToDeliver,
        RAN,
        "
        billed_after_stop = 700                         => f10 partly_approve 700
    ",
    );
}

/// More than a twentieth of a bill in doubt is the claimant's, up to a cap.
#[test]
fn doubt_is_left_to_the_claimant_up_to_a_cap() {
    check(
        Ground::TechnicalError,
        RAN,
        "
        billed_doubtful = 500                           => t12 deny 0
        billed_doubtful = 501                           => t18 partly_approve 501
        billed_doubtful = 9000                          => t18 partly_approve 5000
        billed_doubtful = 1001; earlier_claims = 3      => t12 deny 0
        billed_doubtful = 1001; late_invalid = 5        => t4 partly_approve 0 &5
    ",
    );
}

/// Nothing of what was written is read by a rule, so it answers only where it knows of everything.
#[test]
fn something_else_is_answered_where_all_is_known() {
    check(
        Ground::Other,
        &format!("{AGREED}{RAN}"),
        "
                                                        => o3 deny 0
        failed_calls = 2                                => o2 review 0
        failed_calls = 2; billed_after_stop = 0         => o3 deny 0
        authorization = absent                          => o2 review 0
        report_wrong = unknown                          => o3 deny 0
        late_invalid = 7                                => o1 partly_approve 0 &7
        extension = running                             => o2 review 0
    ",
    );
    check(
        Ground::Other,
        &format!("{AGREED}{HALF}"),
        "
                                                        => o2 review 0
        missing_platform = 0; missing_market = 0        => o3 deny 0
    ",
    );
}
