//! Which rows are asked for, and in how many rounds.

use std::collections::HashSet;

use base::{CardId, CheckoutId, CreatorId, DisputeId, MethodId, OrderId, PaymentId, PayoutId};
use base::{ProductId, RailRefundId, RefundId, SellerId};
use engine::{
    Answer, Attempt, CardRef, Command, Context, GiftCardCommand, Key, Query, ask, attempt,
};
use engine::{NEEDS_ROUNDS_MAX, Refusal, needs, query_needs};
use giftcards::{SendingLimits, account_of};
use ledger::AccountName;

use crate::promotions_disputed::SPENT;
use crate::script::{apply, check, run};
use crate::words;
use crate::world::{View, World};

#[test]
fn commands_take_the_stated_rounds_of_loading() {
    let mut world = check(
        "issue A 100
         hold h1 A 10 for=60 key=H
         hold h2 A 10 key=I
         capture h2 5 open key=C
         refund r2 h2 1 key=R
         wait 60",
    );
    let mut check = |line: &str, rounds: usize| {
        run(&mut world, line);
        assert_eq!(world.rounds, rounds, "{line}");
        assert!(rounds <= NEEDS_ROUNDS_MAX);
    };
    check("open test", 1);
    check("program P 1..9", 1);
    check("issue B 5", 1);
    check("freeze B", 1);
    check("replace B new", 1);
    check("adjust B +1", 2);
    check("update B ref=r", 1);
    check("extend A 5d -> date_not_later", 2);
    check("cancel B", 2);
    check("redeem p1 A 1", 2);
    check("redeem p2 code:A 1", 3);
    check("claim code:A P", 2);
    check("claim link:A,L P -> gift_card_not_usable unknown", 1);
    check("resend A -> already_claimed", 1);
    check("issue E 5 via=email from=S to=P link=L", 1);
    check("resend E -> too_soon", 2);
    check("forward E Q -> too_soon", 2);
    check("report letter:E,S-P scam", 2);
    check("report letter:E,S-Q scam -> gift_card_not_usable unknown", 2);
    check("report link:E,L scam", 2);
    check("report link:E,M scam -> gift_card_not_usable unknown", 1);
    check("turn_away letter:E,S-P", 2);
    check("ban S", 1);
    check("unban S", 1);
    check("redeem p3 code:none 1 -> gift_card_not_usable unknown", 1);
    check("release h2 1", 2);
    check("refund r3 h2 1", 3);
    check("reverse R", 3);
    check("reverse C -> amount_exceeds_captured 4", 3);
    check("reverse X", 0);
}

#[test]
fn commands_about_checkouts_take_the_stated_rounds_of_loading() {
    let mut world = check(
        "issue A 700
         issue B 300
         hold own B 10 for=60
         wait 60",
    );
    let mut check = |line: &str, rounds: usize| {
        run(&mut world, line);
        assert_eq!(world.rounds, rounds, "{line}");
    };
    check("seller S 1000", 1);
    check("creator C 500", 1);
    check("product P S goods 500 creator=C", 1);
    check("method m", 1);
    check("checkout K goods:S:1000@C#P goods:S:500@C#P", 1);
    check("add K A", 2);
    check("add K code:B", 3); // a hold of it has lapsed
    check("add K method m", 2);
    check("remove K t1", 2);
    check("add K A", 2);
    check("pay K O p", 2);
    check("action p", 3);
    check("unheard p authorize", 2);
    check("authorized p", 3);
    check("captured p 500 order=O", 3);
    check("fee p 5", 2);
    check("authorized p -> nothing_to_change", 2); // its checkout needs nothing any more
    check("back O R everything rails=x", 3);
    check("begin x", 3);
    check("told x gone", 3);
    check("consent x m", 3);
    check("retry x -> consent_not_needed", 3);
    check("give_up x", 3);
    check("instead x y", 3);
    check("give_up y", 3);
    check("credit y program=Z -> program_not_found", 3);
    check("credit y", 3);
    check("open_dispute d p 100", 3);
    check("win d", 4);
    check("lose d -> rail_contradiction", 4);
    check("begin y -> rail_refund_not_open", 3);
    check("by_hand R t4 -> nothing_to_change", 2);
    check("credit_share R t4 N -> nothing_to_change", 3);
    check("hand y -> consent_not_needed", 3);
    check("payout y S 1000 -> nothing_owed", 1);
    check("checkout G gift_card:S:300 cards=D,E -> gift_cards_not_prepared", 1);
    check("checkout G gift_card:S:2x300 cards=D,E program=Z -> program_not_found", 1);
    check("checkout G gift_card:S:2x300 cards=D,E", 1);
    check("add G method m", 2);
    check("pay G Q q", 3);
    check("authorized q", 4);
    check("captured q 600 order=Q", 4);
    check("back Q T l1=1 rails=t", 3);
    check("open_dispute f q 100", 3);
    check("lose f", 4);
    check("undo Q U -> bought_cards_spent 499", 3);
    check("payout_paid y -> payout_not_found", 1);
    check("checkout L goods:S:10", 1);
    check("add L B", 2);
    check("wait 900", 2);
    check("abandon L", 2);
}

#[test]
fn commands_about_promotions_take_the_stated_rounds_of_loading() {
    let mut world = check("issue A 700 kinds=promotion");
    let mut check = |line: &str, rounds: usize| {
        run(&mut world, line);
        assert_eq!(world.rounds, rounds, "{line}");
        assert!(rounds <= NEEDS_ROUNDS_MAX);
    };
    check("creator C 0", 1);
    check("method m", 1);
    check("method n", 1);
    check("compose P 5000 from=0 with=m,card:A", 1);
    check("edit P until=9d", 2);
    check("checkout K promotion:nobody:5000+400 pays=P", 1);
    check("submit P K", 2);
    check("add K A", 2);
    check("add K method m 2000", 2);
    check("add K method n", 2);
    check("pay K O p q", 3);
    check("action p", 4); // payment, checkout, promotion, post
    check("cancel_attempt K", 3); // checkout, promotion, advertiser
    check("submit P K", 2);
    check("add K A", 2);
    check("add K method m 2000", 2);
    check("add K method n", 2);
    check("pay K O p2 q2", 3);
    check("authorized p2", 4);
    check("authorized q2", 4);
    check("captured p2 2000", 4);
    check("captured q2 2700 order=O", 4);
    check("compose Q 5000 post=p version=v2", 2);
    check("approve P", 2);
    check("post p private", 3);
    check("post p public", 3);
    check("alert P behind_plan", 2);
    check("pause P", 2);
    check("resume P", 2);
    check("lease P feed 500", 2);
    check("lease P feed 500 held=1", 2);
    check("bill feed 0..1 P:1:100@40 -P:1:10@4 X:1:1@1", 2);
    check("keep P 1 500", 2);
    check("close P 1 1", 2);
    check("lapse_slice P 1 -> slice_closed", 2);
    check("open_dispute d p2 10", 4);
    check("win d", 5);
    check("open_dispute e q2 10", 4);
    check("lose e", 5);
    check("appeal P -> promotion_not_rejected", 2);
    check("advance P -> promotion_not_running", 2);
    check("checkout L promotion:nobody:5000 pays=Q", 1);
    check("submit Q L", 2);
    check("wait 900", 2);
    check("abandon L", 3);
    check("stop Q", 2);
    check("count P -> nothing_to_change", 2);
    check("settle_up Q", 2);
    check("wait 9d", 2);
    check("settle_up P O R", 3);
    check("incident I intake minor of=P,Q", 1);
    check("correct I of=P", 1);
    check("correct I everybody", 1);
    check("signal Kim dormant", 1);
    check("signal Kim new_device", 1);
}

#[test]
fn commands_about_claims_take_the_stated_rounds_of_loading() {
    let mut world = check(SPENT);
    let mut check = |line: &str, rounds: usize| {
        run(&mut world, line);
        assert_eq!(world.rounds, rounds, "{line}");
    };
    check("file X P other", 3);
    check("file Y P tech charge=p", 4); // payment, checkout, promotion, post
    check("file U P unauth", 3);
    check("facts U ring_marks=0", 4); // what it was paid with, too
    check("decide U", 4);
    check("take_back U", 4);
    check("unfreeze_account Ada", 1);
    check("look_at U", 1);
    check("file H hint tech as=Eve", 1);
    check("match H P -> claim_already_open", 4);
    check("facts X ring_marks=0", 4); // claim, promotion, checkout, payment
    check("decide X", 4);
    check("review X approve 100", 4);
    check("open_dispute d p 10", 4);
    check("win d", 5); // dispute, payment, checkout, promotion, claims
    check("pay_claim X O R rails=x", 3); // the order names the payment, too
    check("claim_paid X -> claim_being_paid", 4);
    check("take_back Y", 4);
    check("make_good Z P overspend 10 O S rails=y", 2);
    check("made_good Z -> claim_being_paid", 2);
    check("remind Z -> not_due", 1);
    check("resolve Z hand -> restitution_not_stuck", 4);
}

#[test]
fn what_an_earlier_command_of_the_batch_changed_is_asked_for_again() {
    let mut world = World::new();
    world.now = world.now.saturating_add(base::Span::days(1));
    let card = CardRef::Code(Box::new([words::hash("A")]));
    let place = words::place("h", "60");
    let redeem = Command::GiftCards(GiftCardCommand::Redeem { card, place });
    let code = Key::Code(words::hash("A"));
    let loaded = HashSet::from([code]);
    let context = Context {
        now: world.now,
        wall: world.now,
        sequence: 9,
        sending: SendingLimits::default(),
        rules: None,
        promoting: None,
    };
    let unknown = attempt(&redeem, &View { world: &world, loaded: Some(&loaded) }, context);
    assert!(matches!(unknown, Attempt::Decided(Err(Refusal::GiftCards(_)))), "{unknown:?}");
    // The same command behind one that issues the card: nothing is decided on rows not loaded.
    apply(&mut world, "issue A 100").unwrap();
    let view = View { world: &world, loaded: Some(&loaded) };
    let expected = vec![Key::Account(account_of(words::card("A"))), Key::Card(words::card("A"))];
    assert_eq!(attempt(&redeem, &view, context), Attempt::Missing(expected.clone()));
    assert_eq!(needs(&redeem, &view, world.now), expected);
}

#[test]
#[should_panic(expected = "decided before its rows were loaded")]
fn nothing_is_decided_on_rows_that_are_not_loaded() {
    let command =
        Command::GiftCards(GiftCardCommand::Unfreeze { card: CardId::from_bits(1), by: None });
    let view = View { world: &World::new(), loaded: Some(&HashSet::new()) };
    let context = Context {
        now: view.world.now,
        wall: view.world.now,
        sequence: 1,
        sending: SendingLimits::default(),
        rules: None,
        promoting: None,
    };
    let _ = engine::decide(&command, &view, context);
}

#[test]
fn queries_ask_for_rows_as_commands_do() {
    let world = check(
        "open test
         program P 1..9
         issue A 100 code=old
         replace A new
         redeem h A 60
         refund r h 5",
    );
    let by_code = |code| Query::Lookup(CardRef::Code(Box::new([words::hash(code)])));
    let clearing = AccountName::OrderClearing.id(base::Currency::USD);
    let check = |query: &Query, rounds: usize, found: bool| {
        let mut loaded = HashSet::new();
        for _ in 0..rounds {
            let missing = query_needs(query, &View { world: &world, loaded: Some(&loaded) });
            assert!(!missing.is_empty(), "{query:?} needs fewer rounds");
            loaded.extend(missing);
        }
        let view = View { world: &world, loaded: Some(&loaded) };
        assert_eq!(query_needs(query, &view), []);
        assert_eq!(ask(query, &view, None, world.now).is_some(), found, "{query:?}");
    };
    check(&Query::Book, 1, true);
    check(&Query::Program(words::program("P")), 1, true);
    check(&Query::Program(words::program("Q")), 1, false);
    check(&Query::Card(words::card("A")), 1, true);
    check(&Query::Card(words::card("B")), 1, false);
    check(&Query::Lookup(CardRef::Id(words::card("A"))), 1, true);
    check(&by_code("new"), 2, true);
    check(&by_code("old"), 1, false);
    check(&by_code("none"), 1, false);
    check(&Query::Hold(words::hold("h")), 2, true);
    check(&Query::Hold(words::hold("i")), 1, false);
    check(&Query::Refund(words::refund("r")), 1, true);
    check(&Query::Account(clearing), 1, true);
    check(&Query::Account(account_of(words::card("B"))), 1, false);
}

#[test]
fn queries_about_checkouts_ask_for_rows_as_commands_do() {
    let world = check(
        "seller S 0
         creator C 0
         product P S goods 100
         method m
         checkout K goods:S:100
         add K method m
         pay K O p
         authorized p
         captured p 100 order=O
         back O R l1=40 rails=x
         open_dispute d p 10
         payout y S 1000
         checkout L goods:S:100
         add L method m
         pay L Q q
         action q",
    );
    let check = |query: &Query, rounds: usize, found: bool| {
        let mut loaded = HashSet::new();
        for _ in 0..rounds {
            let missing = query_needs(query, &View { world: &world, loaded: Some(&loaded) });
            assert!(!missing.is_empty(), "{query:?} needs fewer rounds");
            loaded.extend(missing);
        }
        let view = View { world: &world, loaded: Some(&loaded) };
        assert_eq!(query_needs(query, &view), []);
        let answer = ask(query, &view, None, world.now);
        assert_eq!(answer.is_some(), found, "{query:?}");
        answer
    };
    let bits = words::bits;
    check(&Query::Seller(SellerId::from_bits(bits("S"))), 1, true);
    check(&Query::Seller(SellerId::from_bits(bits("T"))), 1, false);
    check(&Query::Creator(CreatorId::from_bits(bits("C"))), 1, true);
    check(&Query::Product(ProductId::from_bits(bits("P"))), 1, true);
    check(&Query::Method(MethodId::from_bits(bits("m"))), 1, true);
    check(&Query::Order(OrderId::from_bits(bits("O"))), 1, true);
    check(&Query::OrderRefund(RefundId::from_bits(bits("R"))), 1, true);
    check(&Query::Payment(PaymentId::from_bits(bits("p"))), 1, true);
    check(&Query::RailRefund(RailRefundId::from_bits(bits("x"))), 1, true);
    check(&Query::Dispute(DisputeId::from_bits(bits("d"))), 1, true);
    check(&Query::Payout(PayoutId::from_bits(bits("y"))), 1, true);
    let paid = check(&Query::Checkout(CheckoutId::from_bits(bits("K"))), 1, true);
    assert!(matches!(paid, Some(Answer::Checkout { waits_for: None, .. })), "{paid:?}");
    // One that asks its payer for something shows the payment, which says where to go.
    let asks = check(&Query::Checkout(CheckoutId::from_bits(bits("L"))), 2, true);
    let Some(Answer::Checkout { waits_for: Some(payment), .. }) = asks else { panic!("{asks:?}") };
    assert_eq!(payment.id, PaymentId::from_bits(bits("q")));
    let order = OrderId::from_bits(bits("O"));
    let preview = |request| Query::RefundPreview { order, request };
    let left = check(&preview(shop::RefundRequest::Everything), 2, true);
    // An open dispute blocks some of it, and the preview says so as the refund would.
    let Some(Answer::RefundPreview(Err(left))) = left else { panic!("{left:?}") };
    assert_eq!(left.money(), Some(words::money("50")));
    let some = check(&preview(shop::RefundRequest::Amount(words::money("50"))), 2, true);
    let Some(Answer::RefundPreview(Ok(some))) = some else { panic!("{some:?}") };
    assert_eq!(some.amount, words::money("50"));
    let more = check(&preview(shop::RefundRequest::Amount(words::money("61"))), 2, true);
    let Some(Answer::RefundPreview(Err(more))) = more else { panic!("{more:?}") };
    assert_eq!(more.code(), "amount_exceeds_refundable");
    let order = OrderId::from_bits(bits("X"));
    let request = shop::RefundRequest::Everything;
    check(&Query::RefundPreview { order, request }, 1, false);
}

#[test]
fn queries_about_bought_cards_ask_for_rows_as_commands_do() {
    let world = check(
        "seller S 0
         method m
         checkout G gift_card:S:30 cards=D
         add G method m
         pay G Q r
         authorized r
         captured r 30 order=Q",
    );
    let check = |query: &Query, rounds: usize, found: bool| {
        let mut loaded = HashSet::new();
        for _ in 0..rounds {
            let missing = query_needs(query, &View { world: &world, loaded: Some(&loaded) });
            assert!(!missing.is_empty(), "{query:?} needs fewer rounds");
            loaded.extend(missing);
        }
        let view = View { world: &world, loaded: Some(&loaded) };
        assert_eq!(query_needs(query, &view), []);
        let answer = ask(query, &view, None, world.now);
        assert_eq!(answer.is_some(), found, "{query:?}");
        answer
    };
    let order = OrderId::from_bits(words::bits("Q"));
    let request = shop::RefundRequest::Everything;
    let of_cards = check(&Query::RefundPreview { order, request }, 3, true);
    let Some(Answer::RefundPreview(Ok(of_cards))) = of_cards else { panic!("{of_cards:?}") };
    assert_eq!(of_cards.amount, words::money("30"));
    let purchase = |checkout| giftcards::purchase_of(words::checkout(checkout));
    check(&Query::Purchase(purchase("G")), 1, true);
    check(&Query::Purchase(purchase("K")), 1, false);
}
