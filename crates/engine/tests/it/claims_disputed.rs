//! Claims, settlement, restitutions and disputes that are lost in part: whatever comes first, bank
//! and refunds together give whoever paid what goes back, and nothing of it twice.

use base::{Amount, PaymentId};
use payments::{DisputeState, RefundState};
use proptest::prelude::*;

use crate::script::{apply, check};
use crate::words::bits;
use crate::world::World;

/// A promotion of 50.00 and 4.00 of tax, paid by one method, that has spent 30.00.
const SPENT: &str = "creator C 0
    method m
    compose P 5000 from=0 until=3d
    checkout K promotion:nobody:5000+400 pays=P
    add K method m
    submit P K
    pay K O p
    authorized p
    captured p 5400 order=O
    approve P
    lease P feed 3000
    bill feed 0..1 P:1:7500@3000
    close P 1 1
";

/// The same, by a card of 20.00 and a method.
fn with_card() -> String {
    let opening = SPENT.replace("add K method m\n", "issue A 2000\nadd K A\nadd K method m\n");
    opening.replace("captured p 5400", "captured p 3400")
}

fn after(script: &str) -> World {
    check(&(SPENT.to_owned() + script))
}

#[test]
fn what_was_not_spent_comes_from_the_bank_or_by_settlement_and_not_by_both() {
    // The bank gives 21.60, just what was not spent with its tax.
    after(
        "open_dispute d p 2160
         lose d => P:stopped chargeback/loss 2160
         wait 262800
         settle_up P O S rails=x => P.back 2000/0 x:succeeded S:succeeded chargeback/loss 0
            => refund/payable - tax/US-CA 240",
    );
    // It gives less: the rest is sent. Then claims get all that they are owed.
    after(
        "open_dispute d p 1000
         lose d
         wait 262800
         settle_up P O S rails=x => P.back 2000/0 x:pending refund/payable 1160 chargeback/loss 0
         file X P other
         facts X ring_marks=0
         decide X
         review X approve 3000
         pay_claim X O R rails=y => X.sent 3000/3240 refund/payable 4400 chargeback/loss 0",
    );
    // Also where the claim comes first, and what it is owed is more than the bank gave.
    after(
        "file X P other
         facts X ring_marks=0
         decide X
         review X approve 3000
         open_dispute d p 1000
         lose d
         pay_claim X O R rails=y => X.sent 3000/3240 refund/payable 2240 chargeback/loss 0
         wait 262800
         settle_up P O S rails=x => P.back 2000/0 refund/payable 4400 chargeback/loss 0",
    );
}

#[test]
fn two_claims_are_not_cut_by_one_dispute_twice() {
    after(
        "file X P other
         facts X ring_marks=0
         decide X
         review X approve 900
         file Y P tech
         facts Y over_budget=2100 watched=true failed_calls=0 report_wrong=false incident_loss=0 \
            wrong_delivery=0 late_invalid=0 ring_marks=0
         decide Y => Y.takes 2100
         open_dispute d p 2160
         lose d
         pay_claim X O R rails=x => X.sent 900/972 R:succeeded chargeback/loss 1188
         pay_claim Y O S rails=y => Y.sent 2100/2268 S:pending chargeback/loss 0
            => refund/payable 1080",
    );
}

#[test]
fn what_the_bank_gives_of_what_waits_for_consent_is_not_sent_as_well() {
    after(
        "stop P
         wait 262800
         settle_up P O S rails=x
         begin x
         told x gone => x:needs_consent
         open_dispute d p 1000
         lose d => refund/payable 1160 chargeback/loss -
         retry x
         begin x
         told x succeeded attempt=2 => S:succeeded refund/payable 0",
    );
}

/// What may happen to one promotion at once. Each is done, or refused by name.
const DEEDS: [&str; 11] = [
    "make_good Z P overspend 300 O Ra rails=xa; begin xa; told xa succeeded",
    "make_good Y P wrong_delivery 500 O Rb rails=xb; begin xb; told xb succeeded",
    "file A P tech; facts A over_budget=700 {over}; decide A; \
        pay_claim A O Rd rails=xd; begin xd; told xd succeeded",
    "file B P unauth; facts B used_later=false automatic_person=0 automatic_instrument=0 \
        ring_marks=0; decide B",
    "file D P other; facts D ring_marks=0; decide D; review D approve 1300",
    "pay_claim D O Rf rails=xf; begin xf; told xf succeeded",
    "open_dispute d p {first}; lose d",
    "open_dispute e p {second}; win e; open_dispute e p {second} stage=2; lose e stage=2",
    "open_dispute g p {first}; win g",
    "stop P; wait 262800; settle_up P O Rg rails=xg; begin xg; told xg succeeded",
    "bill feed 1..2 -P:1:500@200",
];

/// What is done in the end, whatever was done before.
const END: &str = "facts B used_later=false automatic_person=0 automatic_instrument=0 \
    ring_marks=0; \
    decide B; \
    pay_claim A O Sa rails=ya; pay_claim B O Sb rails=yb; pay_claim D O Sd rails=yd; \
    begin ya; told ya succeeded; begin yb; told yb succeeded; begin yd; told yd succeeded; \
    stop P; wait 262800; settle_up P O Sz rails=yz; begin yz; told yz succeeded; \
    settle_up P O Sx rails=yx; begin yx; told yx succeeded";

const OVER: &str = "watched=true failed_calls=0 report_wrong=false incident_loss=0 \
    wrong_delivery=0 late_invalid=0 ring_marks=0";

/// The money as the payer sees it, who knows none of our sums: what was asked back of their method,
/// what came over the rail, and what came from the bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    asked: i64,
    sent: i64,
    bank: i64,
    /// What their gift card got.
    on_card: i64,
}

fn seen(world: &World) -> Seen {
    let payment = PaymentId::from_bits(bits("p"));
    let parts = world.order_refund.values().flat_map(|refund| &refund.allocations);
    let order = world.order.values().next().unwrap();
    let by_card = |tender| {
        let tender = order.tender(tender).expect("a tender of the order");
        matches!(tender.paid_by, shop::PaidBy::GiftCard { .. })
    };
    let (mut asked, mut on_card) = (0, 0);
    for part in parts {
        let sum = if by_card(part.tender) { &mut on_card } else { &mut asked };
        *sum += part.amount.minor();
    }
    let rails = world.rail_refund.values().filter(|refund| refund.payment == payment);
    let sent = rails.filter(|refund| refund.state == RefundState::Succeeded);
    let lost = world.dispute.values().filter(|dispute| dispute.state == DisputeState::Lost);
    Seen {
        asked,
        sent: sent.map(|refund| refund.amount.amount.minor()).sum(),
        bank: lost.map(|dispute| dispute.amount.amount.minor()).sum(),
        on_card,
    }
}

/// Runs deeds; how many of them were done.
fn play(world: &mut World, deeds: &str) -> usize {
    let is_done = |line: &str| apply(world, line.trim()).is_ok();
    deeds.split(';').map(is_done).filter(|is_done| *is_done).count()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn in_every_order_bank_and_refunds_give_what_goes_back_once(
        order in Just(DEEDS.to_vec()).prop_shuffle(),
        again in prop::sample::subsequence(DEEDS.to_vec(), 0..4),
        by_card in any::<bool>(),
        first in 1..1_600_i64,
        second in 1..1_600_i64,
    ) {
        let opening = if by_card { with_card() } else { SPENT.to_owned() };
        let mut world = check(&opening);
        let told = |deed: &str| {
            let deed = deed.replace("{over}", OVER).replace("{first}", &first.to_string());
            deed.replace("{second}", &second.to_string())
        };
        let (mut done, mut had) = (0, Seen { asked: 0, sent: 0, bank: 0, on_card: 0 });
        // What of the bank's money no refund has counted, followed from outside.
        let mut uncounted = 0;
        let mut expected_sent = 0;
        for deed in order.iter().chain(&again).copied().map(told).chain([END.to_owned()]) {
            for line in deed.split(';') {
                done += play(&mut world, line);
                let now = seen(&world);
                uncounted += now.bank - had.bank;
                let asked = now.asked - had.asked;
                let counted = asked.min(uncounted);
                uncounted -= counted;
                expected_sent += asked - counted;
                had = now;
            }
        }
        let now = seen(&world);
        prop_assert_eq!(now.sent, expected_sent);
        // Nobody gets less than what goes back, nor more than was paid.
        let captured = if by_card { 3_400 } else { 5_400 };
        prop_assert!(now.sent + now.bank >= now.asked);
        prop_assert!(now.asked <= captured);
        prop_assert_eq!(now.bank, first + second);
        // Every deed of the dispute is done, the end is, and no order lets all claims be refused.
        prop_assert!(done >= 16, "{done} deeds were done");

        // What goes back in all: what was not spent, and what claims and restitutions were granted.
        let promotion = world.promotion.values().next().unwrap();
        prop_assert_eq!(promotion.state, promotions::State::Settled);
        let granted = world.claim.values().map(|claim| claim.committed().minor()).sum::<i64>()
            + world.restitution.values().map(|row| row.net.minor()).sum::<i64>();
        let spent = promotion.spend.spent.minor();
        let back = (5_000 - spent).max(0) + granted - (granted - spent).max(0);
        let net = Amount::new(back).unwrap();
        let tax = Amount::new(400).unwrap();
        let gross = promotions::with_tax(net, promotion.terms.paid(), tax).minor();
        prop_assert_eq!(now.asked + now.on_card, gross);
        prop_assert_eq!(granted - crate::audit_claims::sent_back(&world, promotion.id), 0);
    }
}
