//! The yearly cap of what is paid without anybody looking, where no record proves who agreed: of a
//! person, and of what was paid with. In US dollars it is 200.00.

use crate::script::check;

/// A promotion of so much, of whom, paid with what, that has spent all; nobody agreed to it.
fn spent(name: &str, amount: u32, owner: &str, method: &str) -> String {
    // At 0.4 each, which is the most that one costs.
    let units = amount * 5 / 2;
    format!(
        "compose {name} {amount} from=0 until=3d owner={owner}
         checkout K{name} promotion:nobody:{amount} pays={name}
         add K{name} method {method}
         submit {name} K{name}
         pay K{name} O{name} p{name}
         authorized p{name}
         captured p{name} {amount} order=O{name}
         approve {name}
         lease {name} feed {amount}
         bill feed {{}} {name}:1:{units}@{amount}
         close {name} 1 1
         file X{name} {name} unauth as={owner}
         facts X{name} ring_marks=0
        "
    )
}

/// Several such promotions; each bill follows the one before.
fn world(promotions: &[(&str, u32, &str, &str)], script: &str) {
    let mut all = "creator C 0
        method m
        method n
        "
    .to_owned();
    for (place, (name, amount, owner, method)) in promotions.iter().enumerate() {
        let bills = format!("{}..{}", place, place + 1);
        let text = spent(name, *amount, owner, method);
        all += &text.replace("{}", &bills).replace(" 1 1\n", &format!(" 1 {}\n", place + 1));
    }
    check(&(all + script));
}

#[test]
fn two_claims_that_fit_the_cap_of_a_person_alone_do_not_exceed_it_together() {
    world(
        &[("P", 12_000, "Ada", "m"), ("Q", 12_000, "Ada", "n")],
        "decide XP => XP:approved XP.row u1 XP.award 12000/0 XP.paid_without_look 12000
         decide XQ -> facts_outdated
         facts XQ ring_marks=0 => XQ.knows automatic_person:12000,automatic_instrument:0
         decide XQ => XQ:in_review XQ.paid_without_look 0 XQ.next review",
    );
}

#[test]
fn a_card_has_a_cap_whoever_pays_with_it() {
    world(
        &[("P", 12_000, "Ada", "m"), ("Q", 12_000, "Eve", "m")],
        "decide XP => XP:approved XP.row u1
         facts XQ ring_marks=0 => XQ.knows automatic_person:0,automatic_instrument:12000
         decide XQ => XQ:in_review XQ.next review",
    );
}

#[test]
fn what_a_claim_does_not_take_any_more_is_free_again_and_so_is_what_is_older_than_a_year() {
    world(
        &[("P", 12_000, "Ada", "m"), ("Q", 12_000, "Ada", "m")],
        "decide XP => XP.paid_without_look 12000
         facts XQ ring_marks=0 => XQ.knows automatic_person:12000,automatic_instrument:12000
         take_back XP => XP:withdrawn XP.paid_without_look 0
         facts XQ ring_marks=0 => XQ.knows automatic_person:0,automatic_instrument:0
         decide XQ => XQ:approved XQ.row u1",
    );
    world(
        &[("P", 12_000, "Ada", "m"), ("Q", 12_000, "Ada", "m")],
        "decide XP => XP.paid_without_look 12000
         wait 364d
         facts XQ ring_marks=0 => XQ.knows automatic_person:12000,automatic_instrument:12000
         wait 1d
         facts XQ ring_marks=0 => XQ.knows automatic_person:0,automatic_instrument:0
         decide XQ => XQ:approved XQ.row u1",
    );
}

#[test]
fn what_a_person_decides_does_not_count() {
    world(
        &[("P", 25_000, "Ada", "m"), ("Q", 12_000, "Ada", "m")],
        "decide XP => XP:in_review
         review XP approve 25000 => XP:approved XP.paid_without_look 0
         decide XQ => XQ:approved XQ.row u1 XQ.paid_without_look 12000",
    );
}

/// Above the cap a person decides, and until then nothing more is spent.
#[test]
fn a_promotion_waits_while_nobody_has_decided_to_stop_it() {
    let after_waiting = |script: &str| {
        world(
            &[("P", 25_000, "Ada", "m")],
            &format!(
                "decide XP => XP:in_review P:paused P.held claim P.deeds ..paused
                    => events claim.referred,account.frozen,promotion.paused
                 resume P -> account_frozen
                 {script}"
            ),
        );
    };
    after_waiting("review XP deny => XP:denied P:running P.held - events ..promotion.resumed");
    after_waiting("take_back XP => XP:withdrawn P:running P.held -");
    after_waiting("review XP approve 25000 => XP:approved P:stopped P.why payment");
    after_waiting(
        "file Y P other as=Ada
         take_back XP => XP:withdrawn P:paused P.held claim
         take_back Y => P:running",
    );
    // Nor does one that is granted without an end of it.
    after_waiting(
        "file Y P tech as=Ada
         facts Y ring_marks=0
         decide Y => Y:in_review
         review XP deny => P:paused P.held claim
         review Y partly_approve 10 => Y:partly_approved P:running P.held -",
    );
    // What staff holds up stays held up; and staff may let it go on.
    after_waiting("pause P staff\n review XP deny => P:paused P.held platform");
    after_waiting(
        "unfreeze_account Ada\n resume P staff => P:running\n review XP approve 25000 => P:stopped",
    );
    // A dispute comes between, and its facts are gathered anew.
    after_waiting(
        "open_dispute d pP 100
         win d => XP:gathering P:paused P.held claim
         take_back XP => P:running",
    );
}
