//! What a decision does to an account that somebody else may have used: it can pay and promote
//! nothing until a person lifts that, and whoever it was is for a person to look at.

use crate::script::check;

/// A promotion of 50.00 that has spent 10.00 and runs, and a draft beside it; nobody agreed to
/// either.
const SPENT: &str = "creator C 0
    method m
    compose Q 5000 from=0 until=3d
    compose P 5000 from=0 until=3d
    checkout K promotion:nobody:5000 pays=P
    add K method m
    submit P K
    pay K O p
    authorized p
    captured p 5000 order=O
    approve P
    lease P feed 1000
    bill feed 0..1 P:1:2500@1000
    close P 1 1
";

fn after(script: &str) {
    check(&(SPENT.to_owned() + script));
}

#[test]
fn a_decision_freezes_the_account_which_pays_and_promotes_nothing_until_that_is_lifted() {
    after(
        "compose R 5000 from=0 until=3d
         checkout L promotion:nobody:5000 pays=R
         add L method m
         submit R L
         pay L N q
         authorized q
         captured q 5000 order=N
         approve R
         checkout M promotion:nobody:5000 pays=Q
         add M method m
         submit Q M
         compose T 5000 from=0 until=3d
         file X P unauth
         facts X ring_marks=0
         decide X => X:approved X.row u1 X.freezes yes X.suspect open P:stopped
            => events claim.decided,account.frozen,suspect.found,promotion.stopped
         compose S 5000 from=0 until=3d -> account_frozen
         checkout V promotion:nobody:5000 pays=T
         submit T V -> account_frozen
         pay M J j -> account_frozen
         lease R feed 100 -> account_frozen
         pause R
         resume R -> account_frozen
         unfreeze_account Ada as=Ada -> own_claim
         unfreeze_account Eve -> account_freeze_not_found
         unfreeze_account Ada => X.freezes lifted events account.unfrozen
         unfreeze_account Ada -> nothing_to_change
         resume R
         lease R feed 100
         compose S 5000 from=0 until=3d
         submit T V
         pay M J j",
    );
}

/// Others pay and promote as before.
#[test]
fn nobody_else_is_frozen() {
    after(
        "file X P unauth
         facts X ring_marks=0
         decide X => X.freezes yes
         compose S 5000 from=0 until=3d owner=Eve
         checkout V promotion:nobody:5000 pays=S
         add V method m
         submit S V
         pay V J j",
    );
}

#[test]
fn a_suspect_is_looked_at_once_and_accuses_nobody() {
    after(
        "file X P unauth
         facts X ring_marks=0
         decide X => X.suspect open
         look_at Y -> suspect_not_found
         look_at X as=Ada -> own_claim
         look_at X => X.suspect reviewed X:approved X.freezes yes events suspect.reviewed
         look_at X -> nothing_to_change",
    );
}

/// A claim that a person is to decide freezes too, and one that froze before does not once more.
#[test]
fn what_was_lifted_stays_lifted_for_the_claim_that_had_frozen_it() {
    check(
        &SPENT
            .replace("5000", "30000")
            .replace("lease P feed 1000", "lease P feed 25000")
            .replace("P:1:2500@1000", "P:1:62500@25000")
            .replace(
                "close P 1 1",
                "close P 1 1
                file X P unauth
                facts X ring_marks=0
                decide X => X:in_review X.freezes yes X.suspect -
                unfreeze_account Ada => X.freezes lifted
                open_dispute d p 100
                win d
                facts X ring_marks=0
                decide X => X:in_review X.freezes lifted
                review X deny
                file Y P unauth file=3
                facts Y ring_marks=0
                decide Y => Y.freezes yes",
            ),
    );
}

/// What staff has lifted covers all that was claimed by then, whenever it is granted.
#[test]
fn what_was_lifted_stays_lifted_for_all_that_was_claimed_before() {
    let second = "compose R 30000 from=0 until=3d
         checkout L promotion:nobody:30000 pays=R
         add L method m
         submit R L
         pay L N q
         authorized q
         captured q 30000 order=N
         approve R
         lease R feed 25000
         bill feed 1..2 R:1:62500@25000
         close R 1 2
         compose T 30000 from=0 until=3d
         checkout M promotion:nobody:30000 pays=T
         add M method m
         submit T M
         pay M J j
         authorized j
         captured j 30000 order=J
         file X P unauth
         facts X ring_marks=0
         decide X => X:in_review X.freezes yes
         file Y R unauth
         wait 60
         unfreeze_account Ada => X.freezes lifted
         facts Y ring_marks=0
         decide Y => Y:in_review X.freezes lifted
         review Y approve 25000 => X.freezes lifted
         file Z T unauth
         facts Z ring_marks=0
         decide Z => Z.freezes yes";
    let spent = SPENT
        .replace("5000", "30000")
        .replace("lease P feed 1000", "lease P feed 25000")
        .replace("P:1:2500@1000", "P:1:62500@25000");
    check(&(spent + second));
}

/// Whoever has an account and knows a charge must not have its owner's account frozen by that, nor
/// does what a person grants in part: it neither stops nor freezes.
#[test]
fn what_somebody_else_claims_freezes_nothing_before_a_person_grants_all_of_it() {
    let claimed = "file X hint unauth as=Eve account
         match X P
         facts X used_later=false automatic_person=0 automatic_instrument=0 ring_marks=0
         decide X => X:in_review X.freezes no P:paused P.held claim
            => events claim.referred,suspect.found,promotion.paused";
    after(&format!(
        "{claimed}
         review X partly_approve 100 => X:partly_approved X.freezes no P:running"
    ));
    after(&format!(
        "{claimed}
         review X approve 1000/4000 => X:approved X.freezes yes P:stopped"
    ));
}

/// Without facts nobody knows what the rules wanted: what a person grants whole is spent no
/// further, what they grant in part goes on, and what is undecided stays as it is.
#[test]
fn what_is_granted_whole_without_facts_ends_the_promotion() {
    let late = "file X P unauth
         wait 1728000
         review X approve 1/0 as=Ada -> own_claim
        ";
    after(&format!("{late} review X approve 1000 => X:approved P:stopped"));
    after(&format!("{late} review X partly_approve 100 => X:partly_approved X.freezes no"));
}
