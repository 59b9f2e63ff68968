//! Rings: several people who share a card or a device, and say of each charge that it was somebody
//! else. A person looks from the fourth on; nobody is denied.

use crate::script::check;

/// A promotion of 10.00, of whom, paid with what, that has spent all. Nobody agreed to it, unless
/// `signed` says so.
fn spent(place: usize, name: &str, owner: &str, method: &str, signed: &str) -> String {
    let until = place + 1;
    format!(
        "compose {name} 1000 from=0 until=3d owner={owner}
         checkout K{name} promotion:nobody:1000 pays={name}
         add K{name} method {method}
         submit {name} K{name} {signed}
         pay K{name} O{name} p{name}
         authorized p{name}
         captured p{name} 1000 order=O{name}
         approve {name}
         lease {name} feed 1000
         bill feed {place}..{until} {name}:1:2500@1000
         close {name} 1 {until}
        "
    )
}

/// Four such promotions P, Q, R and S: whose, paid with what.
fn four(of: [(&str, &str); 4], signed: &str, script: &str) {
    let mut all = "creator C 0
        method m
        method n
        method o
        method q
        "
    .to_owned();
    for (place, (name, (owner, method))) in ["P", "Q", "R", "S"].iter().zip(of).enumerate() {
        all += &spent(place, name, owner, method, signed);
    }
    check(&(all + script));
}

const ONE_CARD: [(&str, &str); 4] = [("Ada", "m"), ("Eve", "m"), ("Kim", "m"), ("Lea", "m")];

/// The first two of them have claimed.
const TWO: &str = "file X P unauth
    facts X => X.rings 0
    decide X => X:approved X.row u1
    file Y Q unauth as=Eve
    facts Y => Y.rings 1
    decide Y => Y:approved Y.row u1
    ";

/// And the third.
const THREE: &str = "file Z R unauth as=Kim
    facts Z => Z.rings 2
    decide Z => Z:approved Z.row u1
    ";

#[test]
fn the_fourth_of_four_who_share_a_card_goes_to_a_person_and_nobody_is_denied() {
    let script = format!(
        "{TWO}{THREE}
         file V S unauth as=Lea
         facts V => V.rings 3 V.rule u16
         decide V => V:in_review V.next review X:approved Y:approved Z:approved V.freezes yes
         review V approve 1000 => V:approved"
    );
    four(ONE_CARD, "", &script);
}

#[test]
fn one_person_who_claims_four_times_is_no_ring() {
    four(
        [("Ada", "m"); 4],
        "",
        "file X P unauth
         facts X => X.rings 0
         decide X => X:approved
         file Y Q unauth
         facts Y => Y.rings 0
         decide Y => Y:approved
         file Z R unauth
         facts Z => Z.rings 0
         decide Z => Z:approved
         file V S unauth
         facts V => V.rings 0 V.rule u1
         decide V => V:approved",
    );
}

#[test]
fn people_with_cards_of_their_own_are_no_ring() {
    let script = format!(
        "{}
         file Z R unauth as=Kim
         facts Z => Z.rings 0
         decide Z => Z:approved",
        TWO.replace("Y.rings 1", "Y.rings 0")
    );
    four([("Ada", "m"), ("Eve", "n"), ("Kim", "o"), ("Lea", "q")], "", &script);
}

/// Whoever takes a claim back does not say any more that it was somebody else.
#[test]
fn a_claim_that_was_taken_back_does_not_count() {
    let script = format!(
        "{TWO}{THREE}
         take_back Z => Z:withdrawn
         file V S unauth as=Lea
         facts V => V.rings 2 V.rule u1
         decide V => V:approved"
    );
    four(ONE_CARD, "", &script);
}

/// What somebody has agreed to on a device of theirs.
#[test]
fn a_device_counts_like_a_card_and_whoever_shares_both_counts_once() {
    let claims = "file X P unauth
         facts X => X.rings 0
         file Y Q unauth as=Eve
         facts Y => Y.rings 1
         file Z R unauth as=Kim
         facts Z => Z.rings 2
         file V S unauth as=Lea
         facts V => V.rings 3 V.rule u16
         decide V => V:in_review
         facts X => X.rings 3 X.rule u16
         wait 366d
         facts V => V.rings 0";
    let cards = [("Ada", "m"), ("Eve", "n"), ("Kim", "o"), ("Lea", "q")];
    four(cards, "signed device=d", claims);
    four(ONE_CARD, "signed device=d", claims);
}

/// That a person has looked through one, or believed it, says nothing of the next over the card.
#[test]
fn a_claim_that_a_person_has_decided_counts() {
    four(
        ONE_CARD,
        "signed",
        "file X P unauth
         facts X device_age=90
         decide X => X:in_review
         review X deny => X:denied
         file Y Q unauth as=Eve
         facts Y device_age=90
         decide Y => Y:in_review
         review Y approve 1000 => Y:approved
         file Z R unauth as=Kim
         facts Z device_age=90 => Z.rings 2 Z.rule u11
         decide Z => Z:in_review
         review Z deny => Z:denied
         file V S unauth as=Lea
         facts V device_age=90 => V.rings 3 V.rule u16
         decide V => V:in_review",
    );
}

/// Whoever knows a promotion could otherwise make its owner look like one of a ring.
#[test]
fn what_somebody_without_an_account_claims_counts_once_a_person_has_granted_it() {
    let script = format!(
        "{TWO}
         file Z hint unauth as=Zoe amount=1000
         match Z R
         facts Z => Z.rings 2
         decide Z => Z:in_review
         file V S unauth as=Lea
         facts V => V.rings 2
         review Z approve 1000 => Z:approved
         facts V => V.rings 3 V.rule u16
         decide V => V:in_review"
    );
    four(ONE_CARD, "", &script);
}

/// And so could whoever has an account: what they know of a charge that is not theirs counts once a
/// person has granted it.
#[test]
fn what_somebody_claims_for_a_charge_of_somebody_else_counts_once_it_is_granted() {
    let script = format!(
        "{TWO}
         file Z hint unauth as=Zoe amount=1000 account
         match Z R
         facts Z => Z.rings 2
         file V S unauth as=Lea
         facts V => V.rings 2
         decide Z => Z:in_review
         review Z approve 1000 => Z:approved
         facts V => V.rings 3 V.rule u16
         decide V => V:in_review"
    );
    four(ONE_CARD, "", &script);
}

/// What its owner has not found, and staff has, counts from then on: the next is put together with
/// it, whatever is decided first.
#[test]
fn a_claim_counts_as_soon_as_staff_has_found_the_charge() {
    let script = format!(
        "{TWO}
         file Z hint unauth as=Kim amount=1000 account
         file V S unauth as=Lea
         facts V => V.rings 2
         match Z R
         facts V => V.rings 3 V.rule u16
         facts Z => Z.rings 3 Z.rule u16
         take_back Z => Z:withdrawn
         facts V => V.rings 2 V.rule u1"
    );
    four(ONE_CARD, "", &script);
}
