//! Gifts that nobody claims go back over the rail that brought the money: at their time, and once,
//! whatever else happens to them.

use std::sync::Barrier;

use base::*;
use engine::{
    Answer, CardRef, ClaimBy, Command, GiftCardCommand, NewCheckout, PreparedCard, Query,
};
use engine::{RefundIds, Refusal, ShopCommand};
use giftcards::{Card, CardState, Channel, Code, CodeHash, NewDelivery, NewProgram, Place};
use giftcards::{Prepared, Program, Sandbox};
use jobs::run_due;
use payments::RefundState;
use shop::{CheckoutState, LineId, LineRequest, NewLine, RefundOrder, RefundRequest, RefundStatus};
use writer::Request;

use super::market::{Ending, Kept, Market, PRICE, usd};

const PROGRAM: ProgramId = ProgramId::from_bits(5);

/// Cards of a sale; together they cost what everything costs.
const CARDS: u8 = 4;

/// Days that there are to claim one.
const DAYS: u64 = 30;

const VALUE: i64 = PRICE / CARDS as i64;

fn give(market: &Market, command: GiftCardCommand) -> Result<Answer, Refusal> {
    market.submit(Command::GiftCards(command)).result
}

fn code(number: u8) -> Code {
    Code { hash: CodeHash([number; 16]), key: 1, nonce: 1, last4: *b"ABCD" }
}

/// Sells cards by link, of a program that gives back what nobody claims.
pub fn sell(market: &Market, token: &str) -> (CheckoutId, Vec<CardId>) {
    let terms = Program {
        id: PROGRAM,
        name: Text::new("Gifts").unwrap(),
        currency: Currency::USD,
        value_min: usd(1).amount,
        value_max: usd(PRICE).amount,
        validity_days: None,
        hold_seconds_max: 3_600,
        refund_extension_days: 90,
        activation_s: 0,
        return_after_days: Some(u16::try_from(DAYS).unwrap()),
        scope: giftcards::Scope::default(),
        regions: Vec::new(),
        metadata: Metadata::default(),
        created_at: Instant::MIN,
    };
    give(market, GiftCardCommand::CreateProgram(Box::new(NewProgram(terms)))).unwrap();
    let checkout = CheckoutId::from_bits(market.number());
    let line = LineId::Number(1);
    let card = |number: u8| PreparedCard {
        line,
        id: CardId::from_bits(u128::from(number)),
        prepared: Box::new(Prepared {
            code: code(number),
            program: Some(PROGRAM),
            expires_at: None,
            activation_s: None,
            delivery: Some(NewDelivery {
                channel: Channel::Link,
                deliver_at: None,
                link: None,
                sender: None,
            }),
            sandbox: Sandbox::None,
            details: None,
        }),
    };
    let cards: Vec<PreparedCard> = (1..=CARDS).map(card).collect();
    let ids = cards.iter().map(|card| card.id).collect();
    market.shop(ShopCommand::CreateCheckout(Box::new(NewCheckout {
        checkout: shop::NewCheckout {
            id: checkout,
            currency: Currency::USD,
            region: Region::parse("US-CA").unwrap(),
            buyer: None,
            lines: vec![NewLine {
                product: None,
                name: Text::new("gift card").unwrap(),
                seller: None,
                creator: None,
                kind: LineKind::GiftCard,
                category: None,
                quantity: u32::from(CARDS),
                unit_price: usd(VALUE),
                discount: None,
                tax: None,
            }],
            promotion: None,
            shipping: None,
            source: None,
            metadata: Metadata::default(),
        },
        cards,
    })));
    market.pay_by(checkout, &[market.method("sandbox", token)]);
    market.wait_for(checkout, CheckoutState::Paid);
    (checkout, ids)
}

pub fn card(market: &Market, id: CardId) -> (Card, i64) {
    match market.handle().ask(Query::Card(id)).unwrap() {
        Some(Answer::Card { card, account, .. }) => (card.as_ref().clone(), account.balance()),
        other => panic!("{other:?}"),
    }
}

/// What the refunds of what nobody claimed amount to, each with when it was made.
fn returns(market: &Market) -> Vec<(i64, Instant, RefundStatus)> {
    let rows = market.rows().into_iter();
    let refund = |row| match row {
        engine::Row::OrderRefund(row) if row.reason.as_str() == "unclaimed" => {
            Some((row.amount.amount.minor(), row.created_at, row.status()))
        }
        _ => None,
    };
    rows.filter_map(refund).collect()
}

/// What the rail has of a sale, its fee included.
fn brought_in(market: &Market, checkout: CheckoutId) -> i64 {
    let fee = market.payments(checkout)[0].fee.map_or(0, Amount::minor);
    market.sandbox.balance(Currency::USD) + fee
}

fn claim(number: u8) -> GiftCardCommand {
    let by = ClaimBy::Code(Box::new([code(number).hash]));
    GiftCardCommand::Claim { by, card: None, person: PersonId::from_bits(9) }
}

fn redeem(number: u8, minor: i64) -> GiftCardCommand {
    GiftCardCommand::Redeem {
        card: CardRef::Code(Box::new([code(number).hash])),
        place: Box::new(Place {
            id: HoldId::from_bits(u128::from(number) + 1_000),
            amount: usd(minor),
            partial: false,
            reference: Text::new("order").unwrap(),
            expires_in_s: None,
            region: None,
            lines: Vec::new(),
            checkout: None,
        }),
    }
}

#[test]
fn a_test_clock_returns_them_at_their_own_times_and_the_money_is_back_before_it_answers() {
    for kept in [Kept::Memory, Kept::Sqlite] {
        let market = Market::open(kept);
        let (checkout, cards) = sell(&market, "tok_ok");
        let sold_at = card(&market, cards[0]).0.created_at;
        give(&market, claim(1)).unwrap();
        market.pass(Span::days(10));
        // This one is sent again, so it has its days from now on.
        give(&market, GiftCardCommand::Resend { card: cards[1], link: None }).unwrap();
        let resent_at = market.now();
        let advanced = market.pass(Span::days(DAYS));
        assert_eq!((advanced.booked.returns, advanced.booked.refused), (2, Vec::new()));
        let returned = returns(&market);
        let amounts: Vec<i64> = returned.iter().map(|(amount, ..)| *amount).collect();
        assert_eq!(amounts, [2 * VALUE, VALUE]);
        for ((_, at, status), begun_at) in returned.iter().zip([sold_at, resent_at]) {
            let late = at.since(begun_at.saturating_add(Span::days(DAYS))).unwrap_or_default();
            assert!(late < Span::seconds(5), "{late:?} late");
            assert_eq!(*status, RefundStatus::Succeeded);
        }
        let states: Vec<CardState> = cards.iter().map(|id| card(&market, *id).0.state).collect();
        let dead = CardState::Canceled;
        assert_eq!(states, [CardState::Active, dead, dead, dead]);
        assert_eq!(brought_in(&market, checkout), VALUE);
        market.pass(Span::days(900));
        assert_eq!(returns(&market).len(), 2);
        assert_eq!(market.reports(), [""; 0]);
        market.close();
    }
}

#[test]
fn a_process_that_ends_in_between_returns_them_once() {
    for ending in [Ending::Swept, Ending::Unswept] {
        let mut market = Market::open(Kept::Sqlite);
        let (checkout, cards) = sell(&market, "tok_ok");
        market.run_on(Span::days(DAYS));
        market.stop();
        market.reopen(ending);
        // The rail is not asked before the process ends a second time.
        market.stop();
        let due = |market: &Market| {
            let mut reader = market.reader();
            run_due(market.handle(), reader.as_mut(), market.now()).unwrap()
        };
        assert_eq!(due(&market).returns, 1);
        market.reopen(ending);
        assert_eq!(due(&market).returns, 0);
        market.pass(Span::days(1));
        assert_eq!(returns(&market).len(), 1);
        assert!(market.rail_refunds().iter().all(|it| it.state == RefundState::Succeeded));
        assert_eq!(market.rail_refunds().len(), 1);
        assert_eq!(brought_in(&market, checkout), 0);
        assert!(cards.iter().all(|id| card(&market, *id).1 == 0));
        market.close();
    }
}

#[test]
fn a_bank_that_has_the_money_is_not_paid_a_second_time() {
    let market = Market::open(Kept::Memory);
    let (checkout, cards) = sell(&market, "tok_disputed");
    market.pass(Span::days(2));
    assert!(card(&market, cards[0]).0.disputed.is_some());
    // The bank keeps it.
    market.pass(Span::days(DAYS + 40));
    assert_eq!(market.payments(checkout)[0].lost.minor(), PRICE);
    assert_eq!(market.rail_refunds().len(), 0);
    assert_eq!(brought_in(&market, checkout), 0);
    assert!(cards.iter().all(|id| card(&market, *id).1 == 0));
    market.close();
}

/// What people may do at the time: claim, spend, freeze, send again, refund, undo.
fn acts(market: &Market, order: OrderId, cards: &[CardId]) -> [Command; 6] {
    let ids = || {
        Box::new(RefundIds {
            cards: std::array::from_fn(|_| RefundId::from_bits(market.number())),
            rails: std::array::from_fn(|_| RailRefundId::from_bits(market.number())),
        })
    };
    let reason = Token::new("lost").unwrap();
    let units = LineRequest::Units { line: LineId::Number(1), quantity: 1 };
    let new = Box::new(RefundOrder {
        id: RefundId::from_bits(market.number()),
        request: RefundRequest::Lines(vec![units]),
        reason: Token::new("returned").unwrap(),
    });
    let refund = RefundId::from_bits(market.number());
    [
        Command::GiftCards(claim(1)),
        Command::GiftCards(redeem(2, 700)),
        Command::GiftCards(GiftCardCommand::Freeze { card: cards[2], reason, by: None }),
        Command::GiftCards(GiftCardCommand::Resend { card: cards[3], link: None }),
        Command::Shop(ShopCommand::RefundOrder { order, new, ids: ids() }),
        Command::Shop(ShopCommand::UndoPurchase { order, refund, ids: ids() }),
    ]
}

/// Everybody acts at once when the time has come: each card is claimed, spent or returned, and
/// every cent of it is in one place.
#[test]
fn slow_whoever_is_first_has_it_and_nobody_has_it_twice() {
    for round in 0..25 {
        let market = Market::open(if round % 5 == 0 { Kept::Sqlite } else { Kept::Memory });
        let (checkout, cards) = sell(&market, "tok_ok");
        let order = market.checkout_row(checkout).order.unwrap();
        market.run_on(Span::days(DAYS));
        let acts = acts(&market, order, &cards);
        let readers = [market.reader(), market.reader()];
        let (handle, now) = (market.handle().clone(), market.now());
        let barrier = Barrier::new(acts.len() + readers.len());
        let done = std::thread::scope(|scope| {
            let done = acts.map(|command| {
                let (handle, barrier) = (handle.clone(), &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    let request = Request { command, actor: KeyId::from_bits(1), operation: None };
                    let mut outcomes = handle.decide(vec![request], false).unwrap();
                    outcomes.pop().unwrap().unwrap().result.is_ok()
                })
            });
            for mut reader in readers {
                let (handle, barrier) = (handle.clone(), &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    let booked = run_due(&handle, reader.as_mut(), now).unwrap();
                    assert_eq!(booked.refused, []);
                });
            }
            done.map(|act| act.join().unwrap())
        });
        let [claimed, spent, ..] = done;
        market.pass(Span::seconds(5));
        let (first, _) = card(&market, cards[0]);
        assert_eq!(first.owner().is_some(), claimed);
        let (second, left) = card(&market, cards[1]);
        assert_eq!((second.state == CardState::Active, left > 0), (spent, spent));
        let payment = market.payments(checkout).remove(0);
        let left: i64 = cards.iter().map(|id| card(&market, *id).1).sum();
        let kept = left + if spent { 700 } else { 0 };
        assert_eq!(payment.refunded.minor() + kept, PRICE, "{done:?}");
        assert_eq!(market.ledger("refund/payable"), 0);
        // Whoever sent one again has a month to hear of it; then it goes back as well.
        market.pass(Span::days(DAYS + 1));
        let sent_again = card(&market, cards[3]);
        assert_eq!((sent_again.0.state, sent_again.1), (CardState::Canceled, 0));
        assert_eq!(returns(&market).iter().filter(|(amount, ..)| *amount == 0).count(), 0);
        assert_eq!(market.reports(), [""; 0]);
        market.close();
    }
}
