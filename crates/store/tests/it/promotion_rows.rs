//! Rows of promotions: what cannot exist, what lists show, and what falls due.

use std::sync::Arc;

use base::{Amount, CheckoutId, CreatorId, Currency, Instant, Label, LineKind, Money, PersonId};
use base::{PromotionId, Text};
use engine::{Key, Row};
use journal::{Value, ValuesReader};
use ledger::{AccountName, Pending};
use promotions::{Actor, Audience, BillingStream, Deed, DeedKind, Delivery, End, EndCause, Goal};
use promotions::{Micros, Pauses, PayWith, Post, PostKind, Promise, Promotion, Quote, Refused};
use promotions::{
    Review, Settlement, Slice, SliceState, SliceSums, Spend, State, Terms, Visibility,
};
use promotions::{deed_id, limits, post_id, settlement_id, slice_id, stream_id};
use shop::{Checkout, Line, LineId};
use store::rows::{check_row, read_row};
use store::{Due, DueObject, List, Page};

use crate::shop_rows::{check, checkout, made, set, token, values_of};
use crate::support::{Scribe, amount, at, on_every_store, whole};

fn label(text: &str) -> Label {
    Label::new(text).unwrap()
}

fn promotion_id(number: u128) -> PromotionId {
    PromotionId::from_bits(number)
}

/// Views for 1,000, of which the platform adds 100, from 20 to 50.
fn terms() -> Terms {
    Terms {
        goal: Goal::Views,
        target: None,
        audience: Audience::automatic(),
        budget: Money { amount: amount(1_000), currency: Currency::USD },
        incentive: amount(100),
        daily_budget: None,
        starts_at: at(20),
        ends_at: at(50),
        promise: Promise::Estimate,
    }
}

/// A draft of an advertiser, not asked to be paid.
pub fn draft(number: u128, advertiser: u128) -> Promotion {
    Promotion {
        id: promotion_id(number),
        advertiser: PersonId::from_bits(advertiser),
        post: label("post-1"),
        terms: terms(),
        quote: Quote {
            unit: Goal::Views.billed(),
            unit_price_max: Micros::new(500_000),
            units_low: 1,
            units_high: 2,
            guaranteed_units: None,
            audience_size: 9,
            quoted_at: at(1),
        },
        state: State::Draft,
        pauses: Pauses::default(),
        review: Review::default(),
        end: None,
        pay_with: vec![PayWith::Wallet],
        checkout: None,
        authorization: None,
        submitted_at: None,
        funded_at: None,
        slices: SliceSums::default(),
        delivery: Delivery::default(),
        spend: Spend::default(),
        returned: Amount::ZERO,
        incentive_returned: Amount::ZERO,
        kept: Amount::ZERO,
        is_counted: false,
        settlements: 0,
        deeds: 1,
        settles_at: None,
        metadata: base::Metadata::default(),
        created_at: made(number),
    }
}

/// Shown, with two slices, one of which is open: 400 were spent, and a half carried.
pub fn running(number: u128, advertiser: u128) -> Promotion {
    let review = Review { approved_version: Some(label("v1")), ..Review::default() };
    let spend = Spend {
        due: Micros::new(400_700_000),
        carry_micros: 500_000,
        spent: amount(400),
        repaid: amount(7),
    };
    Promotion {
        state: State::Running,
        review,
        checkout: Some(CheckoutId::from_bits(number)),
        submitted_at: Some(at(5)),
        funded_at: Some(at(6)),
        slices: SliceSums { ever: 2, open: 1, day: 0, day_leased: amount(450) },
        spend,
        deeds: 5,
        ..draft(number, advertiser)
    }
}

/// Over by itself at 50, and not settled yet.
pub fn completed(number: u128) -> Promotion {
    let end = End { cause: EndCause::TimeOver, at: at(50) };
    let settles_at = Some(at(90));
    Promotion { state: State::Completed, end: Some(end), settles_at, ..running(number, 7) }
}

/// What was not spent of it has gone back.
fn settled(number: u128) -> Promotion {
    let spend = Spend { due: Micros::new(400_500_000), ..running(number, 7).spend };
    let slices = SliceSums { open: 0, ..running(number, 7).slices };
    Promotion {
        state: State::Settled,
        spend,
        slices,
        returned: amount(600),
        settlements: 1,
        deeds: 7,
        settles_at: None,
        ..completed(number)
    }
}

pub fn row(promotion: Promotion) -> Row {
    Row::Promotion(Arc::new(promotion))
}

fn slice(promotion: u128, number: u32, kept_until: i64) -> Slice {
    let promotion = promotion_id(promotion);
    Slice {
        id: slice_id(promotion, number),
        promotion,
        number,
        holder: label("feed-1"),
        pending: Pending {
            debit: AccountName::PromotionEscrow(promotion).id(Currency::USD),
            credit: AccountName::PromotionRevenue.id(Currency::USD),
            currency: Currency::USD,
            reserved: amount(100),
            posted: amount(40),
            voided: amount(50),
            expired: false,
        },
        used: Micros::new(40_200_000),
        refused: Refused::default(),
        state: SliceState::Open,
        leased_at: at(10),
        expires_at: at(20),
        kept_until: at(kept_until),
    }
}

/// The same after its rest was given back, a last fraction charged.
fn lapsed(promotion: u128, number: u32) -> Slice {
    let open = slice(promotion, number, 30);
    let (posted, voided) = (amount(41), amount(59));
    let pending = Pending { posted, voided, expired: true, ..open.pending.clone() };
    Slice { pending, state: SliceState::Lapsed, ..open }
}

fn deed(promotion: u128, number: u32) -> Deed {
    let promotion = promotion_id(promotion);
    Deed {
        id: deed_id(promotion, number),
        promotion,
        number,
        kind: if number == 1 { DeedKind::Composed } else { DeedKind::Submitted },
        actor: Actor::PLATFORM,
        at: at(i64::from(number)),
        rule: None,
        content_version: None,
        terms: (number == 1).then(terms),
    }
}

/// The first gave 600 of 900 back, the second 10 more.
fn settlement(promotion: u128, number: u32) -> Settlement {
    let promotion = promotion_id(promotion);
    let more = if number == 1 { 0 } else { 10 };
    Settlement {
        id: settlement_id(promotion, number),
        promotion,
        number,
        at: at(i64::from(number)),
        paid: amount(900),
        incentive: amount(100),
        spent: amount(400 - more),
        back: amount(if number == 1 { 600 } else { more }),
        back_so_far: amount(600 + more),
        claimed: amount(0),
        kept: amount(0),
        incentive_back: amount(0),
        delivered_units: 3,
        guaranteed_units: None,
    }
}

fn post(name: &str) -> Post {
    Post {
        id: post_id(&label(name)),
        name: label(name),
        url: Text::new("https://example.com/1").unwrap(),
        creator: CreatorId::from_bits(7),
        kind: PostKind::Video,
        visibility: Visibility::Public,
        language: None,
        tags: Vec::new(),
        content_version: label("v1"),
        is_deleted: false,
        promotions: vec![promotion_id(2), promotion_id(1)],
        created_at: at(1),
        published_at: None,
    }
}

#[test]
fn states_of_promotions_that_cannot_exist_are_refused() {
    let check_draft = |change: fn(&mut Promotion)| check(&draft(1, 7), Row::Promotion, change);
    check_draft(|row| row.state = State::InReview);
    check_draft(|row| row.submitted_at = Some(at(5)));
    check_draft(|row| row.checkout = Some(CheckoutId::from_bits(1)));
    check_draft(|row| row.funded_at = Some(at(5)));
    check_draft(|row| row.pauses.by_platform = true);
    check_draft(|row| row.slices.ever = 1);
    check_draft(|row| row.end = Some(End { cause: EndCause::Advertiser, at: at(5) }));
    check_draft(|row| row.settles_at = Some(at(5)));
    check_draft(|row| row.deeds = 0);
    check_draft(|row| row.settlements = 1);
    check_draft(|row| row.terms.budget.amount = amount(0));
    check_draft(|row| row.terms.incentive = amount(1_001));
    check_draft(|row| row.terms.budget.amount = amount(limits::BUDGET_MAX.minor() + 1));
    check_draft(|row| row.terms.audience.interests = vec![label("a"); 51]);
    check_draft(|row| row.quote.guaranteed_units = Some(0));
    check_draft(|row| row.pay_with = vec![PayWith::Wallet; 21]);
    check_draft(|row| row.review.is_appealed = true);
    // More than a column holds is not read back as it was, so whoever wrote it is stopped.
    let mut beyond = draft(1, 7);
    beyond.quote.audience_size = u64::MAX;
    assert!(check_row(&row(beyond)).is_err());
    // One that nobody has paid and is thrown away was paid by nothing.
    let end = Some(End { cause: EndCause::Advertiser, at: at(5) });
    let thrown =
        Promotion { state: State::Stopped, end, settles_at: Some(at(5)), deeds: 2, ..draft(1, 7) };
    check(&thrown, Row::Promotion, |row| row.submitted_at = Some(at(5)));
    check(&thrown, Row::Promotion, |row| {
        (row.submitted_at, row.checkout) = (Some(at(5)), Some(CheckoutId::from_bits(1)));
    });
    check(&thrown, Row::Promotion, |row| row.settles_at = None);
    check(&thrown, Row::Promotion, |row| row.end = None);
    let check_shown = |change: fn(&mut Promotion)| check(&running(1, 7), Row::Promotion, change);
    check_shown(|row| row.state = State::Draft);
    check_shown(|row| row.state = State::Paused);
    check_shown(|row| row.state = State::Completed);
    check_shown(|row| row.pauses.is_disputed = true);
    check_shown(|row| row.review.approved_version = None);
    check_shown(|row| row.funded_at = None);
    check_shown(|row| (row.checkout, row.submitted_at) = (None, None));
    check_shown(|row| row.terms.promise = Promise::Guarantee);
    let check_over = |change: fn(&mut Promotion)| check(&completed(1), Row::Promotion, change);
    check_over(|row| row.is_counted = true);
    check_over(|row| row.state = State::Rejected);
    check_over(|row| row.state = State::Stopped);
    check_over(|row| row.state = State::Settled);
    check_over(|row| row.state = State::Running);
    check_over(|row| row.end = Some(End { cause: EndCause::Policy, at: at(50) }));
    check_over(|row| row.settles_at = None);
    check_over(|row| row.settlements = 1);
    let row = row(completed(1));
    set(&row, "end_cause", Value::Null);
    set(&row, "ended_at", Value::Null);
    set(&row, "due_at", Value::Null);
    set(&row, "due_at", Value::Int(91));
    set(&row, "state", Value::Int(10));
    set(&row, "goal", Value::Int(8));
    set(&row, "promise", Value::Int(3));
    set(&row, "post", Value::Text(String::new()));
    set(&row, "audience", Value::Bytes(Vec::new()));
    set(&row, "pay_with", Value::Bytes(vec![0; 3]));
    set(&row, "agreement", Value::Bytes(Vec::new()));
    set(&row, "is_disputed", Value::Int(2));
    set(&row, "due", Value::Int(-1));
}

#[test]
fn money_of_promotions_that_does_not_add_up_is_refused() {
    let check_shown = |change: fn(&mut Promotion)| check(&running(1, 7), Row::Promotion, change);
    check_shown(|row| row.spend.spent = amount(399));
    check_shown(|row| row.spend.spent = amount(401));
    check_shown(|row| row.spend.due = Micros::new(400_499_999));
    check_shown(|row| row.spend.due = Micros::new(401_500_000));
    check_shown(|row| row.spend.carry_micros = 1_000_000);
    check_shown(|row| row.spend.carry_micros = -1);
    check_shown(|row| row.slices.open = 0);
    check_shown(|row| row.slices.open = 3);
    check_shown(|row| row.slices = SliceSums::default());
    check_shown(|row| (row.slices.ever, row.slices.open) = (20_000, 10_001));
    check_shown(|row| row.returned = amount(1));
    check_shown(|row| {
        row.spend = Spend { due: Micros::new(1_001_500_000), spent: amount(1_001), ..row.spend };
    });
    let check_settled = |change: fn(&mut Promotion)| check(&settled(1), Row::Promotion, change);
    check_settled(|row| row.returned = amount(601));
    check_settled(|row| row.incentive_returned = amount(1));
    check_settled(|row| (row.slices.open, row.spend.due) = (1, Micros::new(400_500_001)));
    check_settled(|row| row.settlements = 0);
    check_settled(|row| row.settlements = 8);
    check_settled(|row| row.returned = amount(i64::MAX));
    // 400 of 1,000 guaranteed units cost 400.
    let mut sold = running(1, 7);
    (sold.terms.promise, sold.quote.guaranteed_units) = (Promise::Guarantee, Some(1_000));
    (sold.delivery.billed_units, sold.spend.due) = (400, Micros::new(400_000_000));
    sold.spend.carry_micros = 0;
    check(&sold, Row::Promotion, |row| row.delivery.billed_units = 401);
    check(&sold, Row::Promotion, |row| row.quote.guaranteed_units = Some(1_001));
    check(&sold, Row::Promotion, |row| row.spend.due = Micros::new(400_000_001));
}

#[test]
fn slices_that_cannot_exist_are_refused() {
    let check_open = |change: fn(&mut Slice)| check(&slice(1, 1, 30), Row::Slice, change);
    check_open(|row| row.number = 2);
    check_open(|row| (row.number, row.id) = (0, slice_id(row.promotion, 0)));
    check_open(|row| row.id = slice_id(promotion_id(2), 1));
    check_open(|row| row.pending.posted = amount(41));
    check_open(|row| row.pending.posted = amount(51));
    check_open(|row| row.pending.reserved = amount(89));
    check_open(|row| row.pending.voided = amount(i64::MAX));
    check_open(|row| row.pending.voided = amount(60)); // less is left than was used
    check_open(|row| row.pending.expired = true);
    check_open(|row| row.used = Micros::new(50_000_001));
    check_open(|row| row.used = Micros::new(39_999_999));
    check_open(|row| row.refused.price = Micros::new(1));
    check_open(|row| row.state = SliceState::Returned);
    check_open(|row| row.expires_at = at(9));
    check_open(|row| row.kept_until = at(19));
    let check_lapsed = |change: fn(&mut Slice)| check(&lapsed(1, 1), Row::Slice, change);
    check_lapsed(|row| row.state = SliceState::Open);
    check_lapsed(|row| row.state = SliceState::Returned);
    check_lapsed(|row| row.pending.voided = amount(58));
    check_lapsed(|row| row.used = Micros::new(40_000_000));
    check_lapsed(|row| row.used = Micros::new(100_000_001));
    let row = Row::Slice(Arc::new(slice(1, 1, 30)));
    set(&row, "state", Value::Int(4));
    set(&row, "currency", Value::Text("usd".to_owned()));
    set(&row, "holder", Value::Text(String::new()));
    set(&row, "used", Value::Int(-1));
}

#[test]
fn deeds_settlements_posts_and_streams_that_cannot_exist_are_refused() {
    let check_first = |change: fn(&mut Deed)| check(&deed(1, 1), Row::Deed, change);
    check_first(|row| row.kind = DeedKind::Edited);
    check_first(|row| row.terms = None);
    check_first(|row| (row.number, row.id) = (2, deed_id(row.promotion, 2)));
    check_first(|row| row.number = 2);
    check_first(|row| row.rule = Some(token("misleading")));
    let check_second = |change: fn(&mut Deed)| check(&deed(1, 2), Row::Deed, change);
    check_second(|row| row.kind = DeedKind::Rejected);
    check_second(|row| row.kind = DeedKind::Approved);
    check_second(|row| row.content_version = Some(label("v1")));
    check_second(|row| row.terms = Some(terms()));
    check_second(|row| row.rule = Some(token("misleading")));
    check_second(|row| (row.number, row.id) = (0, deed_id(row.promotion, 0)));
    set(&Row::Deed(Arc::new(deed(1, 2))), "kind", Value::Int(23));
    set(&Row::Deed(Arc::new(deed(1, 2))), "role", Value::Int(4));
    set(&Row::Deed(Arc::new(deed(1, 1))), "terms", Value::Bytes(vec![0]));

    let wrap = Row::PromotionSettlement;
    let check_first = |change: fn(&mut Settlement)| check(&settlement(1, 1), wrap, change);
    check_first(|row| row.back = amount(599));
    check_first(|row| row.back_so_far = amount(601));
    check_first(|row| row.spent = amount(401));
    check_first(|row| row.spent = amount(1_001));
    check_first(|row| row.incentive_back = amount(1));
    check_first(|row| row.number = 2);
    check_first(|row| (row.number, row.id) = (0, settlement_id(row.promotion, 0)));
    check_first(|row| row.guaranteed_units = Some(0));
    check_first(|row| {
        // 50 of what was added are left, and stay.
        (row.spent, row.back, row.back_so_far) = (amount(50), amount(900), amount(900));
    });
    check(&settlement(1, 2), wrap, |row| row.back = amount(611));
    check(&settlement(1, 2), wrap, |row| row.back_so_far = amount(600));

    let check_post = |change: fn(&mut Post)| check(&post("post-1"), Row::Post, change);
    check_post(|row| row.name = label("post-2"));
    check_post(|row| row.tags = vec![label("a"); 51]);
    check_post(|row| row.promotions = vec![promotion_id(1), promotion_id(2), promotion_id(1)]);
    let posted = Row::Post(Arc::new(post("post-1")));
    set(&posted, "kind", Value::Int(3));
    set(&posted, "visibility", Value::Int(0));
    set(&posted, "language", Value::Text("EN".to_owned()));

    let id = stream_id(&label("feed-1"));
    let stream = BillingStream { id, stream: label("feed-1"), billed_to: 1, unknown_units: 0 };
    let row = Row::Stream(stream);
    set(&row, "billed_to", Value::Int(0));
    set(&row, "unknown_units", Value::Int(-1));
    set(&row, "name", Value::Text("feed-2".to_owned()));
}

/// A checkout of one line that nobody sells.
fn of_a_promotion() -> Checkout {
    let mut row = Checkout { tenders: Vec::new(), ..checkout(1, Some(5)) };
    row.lines.truncate(1);
    (row.lines[0].kind, row.lines[0].seller) = (LineKind::Promotion, None);
    row.promotion = Some(promotion_id(1));
    row
}

#[test]
fn a_checkout_pays_for_the_promotion_it_names_and_nothing_else() {
    let check = |change: fn(&mut Checkout)| check(&of_a_promotion(), Row::Checkout, change);
    check(|row| row.promotion = None);
    check(|row| row.lines[0].kind = LineKind::Service);
    check(|row| {
        let second = Line { id: LineId::Number(2), ..row.lines[0].clone() };
        row.lines.push(second);
    });
    // A release that knew no promotions wrote none: a line that pays for one is a mistake.
    let values = values_of(&Row::Checkout(Arc::new(of_a_promotion())));
    let (last, former) = values.split_last().unwrap();
    assert_eq!(*last, Value::Bytes(promotion_id(1).to_bytes().to_vec()));
    assert!(read_row(15, 1, &mut ValuesReader::new(former)).is_err());
    assert!(read_row(15, 2, &mut ValuesReader::new(former)).is_err(), "a value too few");
}

#[test]
fn promotions_and_what_belongs_to_them_are_listed() {
    on_every_store(|place| {
        let mut rows = vec![row(running(1, 7)), row(draft(2, 7)), row(draft(3, 8))];
        rows.extend([row(running(4, 8)), row(completed(5)), row(settled(6))]);
        for number in [2, 11, 1] {
            rows.push(Row::Deed(Arc::new(deed(1, number))));
            rows.push(Row::Slice(Arc::new(slice(1, number, 30))));
            rows.push(Row::PromotionSettlement(Arc::new(settlement(1, number))));
        }
        rows.push(Row::Deed(Arc::new(deed(2, 1))));
        rows.push(Row::Slice(Arc::new(lapsed(4, 1))));
        rows.push(Row::PromotionSettlement(Arc::new(settlement(6, 1))));
        Scribe::of(place).keep(rows);
        let mut reader = place.reader();
        let mut found = |list, page| -> Vec<u128> {
            let number = |row: &Row| match row {
                Row::Promotion(row) => row.id.bits(),
                Row::Deed(row) => row.number.into(),
                Row::Slice(row) => row.number.into(),
                Row::PromotionSettlement(row) => row.number.into(),
                other => panic!("{other:?} is in the list"),
            };
            reader.list(list, page).unwrap().iter().map(number).collect()
        };
        let of = |advertiser: Option<u128>, state| List::Promotions {
            advertiser: advertiser.map(PersonId::from_bits),
            state,
        };
        assert_eq!(found(of(None, None), whole()), [6, 5, 4, 3, 2, 1]);
        assert_eq!(found(of(Some(7), None), whole()), [6, 5, 2, 1]);
        assert_eq!(found(of(None, Some(State::Running)), whole()), [4, 1]);
        assert_eq!(found(of(Some(8), Some(State::Running)), whole()), [4]);
        assert_eq!(found(of(Some(8), Some(State::Settled)), whole()), []);
        assert_eq!(found(of(Some(9), None), whole()), []);
        assert_eq!(found(of(Some(7), None), Page { after: Some(5), limit: 1, ..whole() }), [2]);
        let before = Page { created_before: Some(at(2)), ..whole() };
        assert_eq!(found(of(Some(7), Some(State::Running)), before), [1]);
        let promotion = promotion_id(1);
        let lists = [
            List::Deeds { promotion },
            List::Slices { promotion },
            List::PromotionSettlements { promotion },
        ];
        for list in lists {
            assert_eq!(found(list, whole()), [11, 2, 1], "{list:?}");
        }
        let after = Some(deed_id(promotion, 11).bits());
        assert_eq!(found(lists[0], Page { after, limit: 1, ..whole() }), [2]);
        let promotion = promotion_id(6);
        assert_eq!(found(List::PromotionSettlements { promotion }, whole()), [1]);
        assert_eq!(found(List::Deeds { promotion }, whole()), []);
    });
}

#[test]
fn posts_and_streams_are_found_by_their_names() {
    on_every_store(|place| {
        let id = stream_id(&label("feed-1"));
        let stream = BillingStream { id, stream: label("feed-1"), billed_to: 9, unknown_units: 1 };
        let rows = vec![Row::Post(Arc::new(post("post-1"))), Row::Stream(stream)];
        Scribe::of(place).keep(rows.clone());
        let keys = [Key::Post(post_id(&label("post-1"))), Key::Stream(id)];
        let other = Key::Post(post_id(&label("post-2")));
        let found = place.reader().rows(&[keys[1], other, keys[0]]).unwrap();
        assert_eq!(found, [Some(rows[1].clone()), None, Some(rows[0].clone())]);
    });
}

#[test]
fn promotions_and_open_slices_fall_due() {
    on_every_store(|place| {
        let disputed = Pauses { is_disputed: true, ..Pauses::default() };
        let scheduled = Promotion { state: State::Scheduled, ..running(3, 7) };
        Scribe::of(place).keep(vec![
            row(draft(1, 7)),
            row(running(2, 7)),
            row(scheduled),
            row(completed(4)),
            // Neither what was settled nor what a bank decides on.
            row(settled(5)),
            row(Promotion { pauses: disputed, ..completed(6) }),
            Row::Slice(Arc::new(slice(2, 1, 50))),
            Row::Slice(Arc::new(slice(2, 2, 30))),
            Row::Slice(Arc::new(lapsed(2, 3))),
        ]);
        let promotion = |instant, number| Due {
            at: at(instant),
            what: DueObject::Promotion(promotion_id(number)),
        };
        let slice = |instant, number| Due {
            at: at(instant),
            what: DueObject::Slice(slice_id(promotion_id(2), number)),
        };
        let order =
            [promotion(20, 3), slice(30, 2), promotion(50, 2), slice(50, 1), promotion(90, 4)];
        let mut reader = place.reader();
        for (now, limit, count) in [(19, 9, 0), (20, 9, 1), (50, 9, 4), (50, 3, 3), (99, 9, 5)] {
            assert_eq!(reader.due(at(now), limit).unwrap(), order[..count], "{now} {limit}");
        }
        for (now, next) in [(0, Some(0)), (20, Some(1)), (30, Some(2)), (50, Some(4)), (90, None)] {
            assert_eq!(reader.next_due(at(now)).unwrap(), next.map(|n: usize| order[n]), "{now}");
        }
        assert_eq!(reader.next_due(Instant::MAX).unwrap(), None);
    });
}
