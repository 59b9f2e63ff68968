//! Holds: place, change, capture, release, lapse.

use crate::script::check;

#[test]
fn a_hold_reserves_without_spending() {
    check(
        "issue A 100
         hold h1 A 60 => A 100/60 h1:held order/clearing 0
         hold h2 A 41 -> insufficient_balance 40
         hold h2 A 99 partial => A 100/100
         hold h3 A 1 partial -> insufficient_balance 0
         release h2
         capture h1 => A 40 h1:captured h2:released order/clearing 60",
    );
}

#[test]
fn a_hold_lasts_as_long_as_asked_within_the_limit() {
    check(
        "issue A 100
         hold h1 A 1 for=0 -> limit_exceeded
         hold h1 A 1 for=86401 -> limit_exceeded
         hold h1 A 1 for=86400
         hold h2 A 1
         wait 899 => h2:held
         wait 1 => h2:expired h1:held
         capture h2 -> hold_not_open
         change h2 5 -> hold_not_open
         lapse h1 -> not_due
         lapse h2 => A 100/1
         lapse h2 -> hold_not_open",
    );
}

#[test]
fn captures_take_parts_until_one_is_final() {
    check(
        "issue A 100
         hold h1 A 60
         capture h1 61 -> amount_exceeds_hold 60
         capture h1 0 -> limit_exceeded
         capture h1 5EUR -> currency_mismatch
         capture h1 99EUR -> currency_mismatch           # before amount_exceeds_hold
         capture h1 10 open => A 90/50 h1:held
         capture h1 51 -> amount_exceeds_hold 50
         capture h1 20 open => A 70/30 h1:held
         capture h1 5 => A 65 h1:captured order/clearing 35
         capture h1 -> hold_not_open
         capture h1 5EUR -> hold_not_open                # before currency_mismatch
         release h1 -> hold_not_open",
    );
    check("issue A 100\n hold h1 A 60\n capture h1 60 open => A 40 h1:captured");
}

#[test]
fn a_release_gives_back_a_part_or_all() {
    check(
        "issue A 100
         hold h1 A 60 for=60
         release h1 61 -> amount_exceeds_hold 60
         release h1 0 -> limit_exceeded
         release h1 5EUR -> currency_mismatch
         release h1 10 => A 100/50 h1:held
         capture h1 20 open => A 80/30
         wait 60
         release h1 10 => A 80/20                        # lapsed: just what its lapse would do
         release h1 => A 80 h1:captured
         release h1 -> hold_not_open",
    );
}

#[test]
fn a_hold_changes_in_amount_and_time() {
    check(
        "issue A 100
         hold h1 A 60 for=60
         capture h1 20 open => A 80/40
         change h1 99EUR for=0 -> currency_mismatch
         change h1 99 for=0 -> limit_exceeded
         change h1 99 for=86401 -> limit_exceeded
         change h1 81 -> insufficient_balance 40
         change h1 80 => A 80/80                         # what is held from now on
         change h1 30 for=600 => A 80/30
         wait 599 => h1:held
         change h1 for=1
         wait 1 => h1:captured
         capture h1 -> hold_not_open
         lapse h1 => A 80",
    );
    check("issue A 100\n hold h1 A 60\n change h1 0 => A 100 h1:released");
}

#[test]
fn a_card_carries_a_bounded_number_of_open_holds() {
    let mut script = String::from("issue A 100\n");
    for number in 0..64 {
        script += &format!("hold h{number} A 1 for=60\n");
    }
    check(&format!(
        "{script} hold more A 1 -> limit_exceeded
         hold more A 99 -> limit_exceeded                # before insufficient_balance
         redeem paid A 1 => A 99/64                      # needs no place
         release h7
         hold more A 1 => A 99/64
         hold next A 1 -> limit_exceeded
         wait 60
         hold next A 1 => A 99/2                         # lapsed ones do not count"
    ));
}

#[test]
fn a_hold_that_does_not_exist_is_not_found() {
    for command in ["change h 5", "capture h", "release h", "refund r h 5", "lapse h"] {
        check(&format!("{command} -> hold_not_found"));
    }
}
