//! The planner: order of cards, placement, and that no plan pays more.

use base::{Amount, CardId, HoldId, Instant, LineKind, Text};
use proptest::prelude::*;
use shop::{Allocation, BasisPoints, CardFacts, Line, LineId, Plan, plan};

use crate::table::cents;

/// Lines l1, l2, … of these totals.
fn lines(totals: &[i64]) -> Vec<Line> {
    let line = |(number, total): (u8, &i64)| Line {
        id: LineId::Number(number),
        product: None,
        name: Text::new("A thing").unwrap(),
        seller: None,
        creator: None,
        kind: LineKind::Goods,
        category: None,
        quantity: 1,
        unit_price: cents(*total),
        discount: Amount::ZERO,
        tax: Amount::ZERO,
        commission: BasisPoints::default(),
        share: BasisPoints::default(),
    };
    (1..).zip(totals).map(line).collect()
}

/// A card as words: `700 l1 l2 until 5 given narrow 1`.
fn card(number: usize, words: &str) -> CardFacts {
    let id = number as u128 + 1;
    let mut words = words.split_whitespace();
    let mut facts = CardFacts {
        card: CardId::from_bits(id),
        hold: HoldId::from_bits(id),
        available: cents(words.next().unwrap().parse().unwrap()),
        expires_at: None,
        is_promotional: false,
        restriction: 0,
        pays: Vec::new(),
    };
    while let Some(word) = words.next() {
        match word {
            "given" => facts.is_promotional = true,
            "until" => {
                let at = words.next().unwrap().parse().unwrap();
                facts.expires_at = Some(Instant::from_micros(at));
            }
            "narrow" => facts.restriction = words.next().unwrap().parse().unwrap(),
            line => facts.pays.push(line.parse().unwrap()),
        }
    }
    facts
}

fn tell(parts: &[Allocation]) -> String {
    let words: Vec<_> = parts.iter().map(|part| format!("{} {}", part.line, part.amount)).collect();
    words.join(" ")
}

#[track_caller]
fn check(totals: &[i64], cards: &[&str], methods: &[Option<i64>], expected: &[&str]) {
    let lines = lines(totals);
    let cards: Vec<_> = cards.iter().enumerate().map(|(at, words)| card(at, words)).collect();
    let methods: Vec<_> = methods.iter().map(|most| most.map(cents)).collect();
    let plan = plan(&lines, &cards, &methods);
    let told: Vec<String> =
        plan.cards.iter().chain(&plan.methods).map(|parts| tell(parts)).collect();
    assert_eq!(told, expected, "{totals:?} {cards:?} {methods:?}");
}

#[test]
fn cards_are_asked_the_most_restricted_first() {
    // Fewer lines; then narrower by itself; then sooner; then given; then smaller; then the id.
    check(&[500, 500], &["900 l1 l2", "300 l1"], &[], &["l1 200 l2 500", "l1 300"]);
    check(
        &[500, 500],
        &["900 l1 l2 narrow 1", "300 l1 narrow 2"],
        &[],
        &["l1 200 l2 500", "l1 300"],
    );
    check(&[500], &["500 l1 narrow 2", "500 l1 narrow 1"], &[], &["", "l1 500"]);
    check(&[500], &["500 l1 narrow 2 until 1", "500 l1 narrow 1"], &[], &["", "l1 500"]);
    check(&[500], &["500 l1", "400 l1 until 9"], &[], &["l1 100", "l1 400"]);
    check(&[500], &["500 l1 until 9", "400 l1 until 8"], &[], &["l1 100", "l1 400"]);
    check(&[500], &["100 l1 until 9", "400 l1 until 9 given"], &[], &["l1 100", "l1 400"]);
    check(&[300], &["100 l1 until 9", "400 l1 until 9 given"], &[], &["", "l1 300"]);
    check(&[300], &["400 l1 given until 9", "400 l1 until 8"], &[], &["", "l1 300"]);
    check(&[300], &["400 l1", "200 l1"], &[], &["l1 100", "l1 200"]);
    check(&[300], &["400 l1", "400 l1"], &[], &["l1 300", ""]);
    // A line that costs nothing restricts nobody.
    check(&[0, 300], &["400 l1 l2", "300 l2 until 9"], &[], &["", "l2 300"]);
}

#[test]
fn a_card_begins_with_the_lines_that_the_fewest_may_pay() {
    check(&[500, 500], &["500 l1 l2", "100 l1"], &[], &["l2 500", "l1 100"]);
    check(&[500, 500, 500], &["600 l1 l2 l3", "0 l1", "0 l2"], &[], &["l1 100 l3 500", "", ""]);
    check(&[500, 500], &["700 l1 l2"], &[], &["l1 500 l2 200"]);
}

#[test]
fn cards_move_over_when_that_covers_more() {
    // The first card alone would take all of l1, and the second could pay l3 only.
    check(
        &[500, 500, 100],
        &["500 l1 l2 until 1", "500 l1 l3 until 2", "100 l2 l3 until 3"],
        &[],
        &["l1 100 l2 400", "l1 400 l3 100", "l2 100"],
    );
    // A chain: for the third card the first moves from l1 to l2, where the second leaves for l3.
    check(
        &[100, 100, 100, 1],
        &["100 l1 l2 until 1", "100 l2 l3 until 2", "100 l1 l4 until 3", "0 l3 l4 until 4"],
        &[],
        &["l1 1 l2 99", "l2 1 l3 99", "l1 99 l4 1", ""],
    );
    // Nothing is gained by moving: the first keeps all it has.
    check(&[500], &["400 l1 until 1", "400 l1"], &[], &["l1 400", "l1 100"]);
}

#[test]
fn methods_pay_the_rest_in_order_each_up_to_what_it_shall() {
    check(&[500, 300], &["600 l1 l2"], &[None], &["l1 500 l2 100", "l2 200"]);
    check(&[500, 300], &[], &[Some(600), None], &["l1 500 l2 100", "l2 200"]);
    check(&[500, 300], &[], &[None, None], &["l1 500 l2 300", ""]);
    check(&[500, 300], &[], &[Some(100), Some(200)], &["l1 100", "l1 200"]);
    check(&[500], &["500 l1"], &[Some(100)], &["l1 500", ""]);
    check(&[0], &["500 l1"], &[None], &["", ""]);
    check(&[500], &["500"], &[None], &["", "l1 500"]);
}

#[test]
#[should_panic(expected = "no gift card pays for another")]
fn a_plan_in_which_a_card_pays_for_a_card_is_never_made() {
    let mut lines = lines(&[500]);
    lines[0].kind = LineKind::GiftCard;
    plan(&lines, &[card(0, "500 l1")], &[]);
}

/// The most that these cards could pay together, found without looking for it: by the theorem of
/// Ford and Fulkerson it is the smallest cut, over all ways to choose cards that are cut from their
/// lines instead of from their money.
fn most(cards: &[&CardFacts], lines: &[Line]) -> i64 {
    let cut = |chosen: u32| -> i64 {
        let is_chosen = |at: usize| chosen & (1 << at) != 0;
        let money = (0..cards.len()).filter(|at| !is_chosen(*at));
        let money: i64 = money.map(|at| cards[at].available.minor()).sum();
        let reaches = |line: &Line| {
            (0..cards.len()).any(|at| is_chosen(at) && cards[at].pays.contains(&line.id))
        };
        let reached = lines.iter().filter(|line| reaches(line));
        money + reached.map(|line| line.total().minor()).sum::<i64>()
    };
    (0..1 << cards.len()).map(cut).min().unwrap()
}

/// The order of preference, said a second time: pairwise.
fn comes_before(left: &CardFacts, right: &CardFacts, lines: &[Line]) -> bool {
    let breadth = |card: &CardFacts| {
        let costs = |line: &&Line| line.total().minor() > 0;
        lines.iter().filter(costs).filter(|line| card.pays.contains(&line.id)).count()
    };
    let expiry = |card: &CardFacts| card.expires_at.map_or(i64::MAX, Instant::micros);
    breadth(left)
        .cmp(&breadth(right))
        .then(left.restriction.cmp(&right.restriction))
        .then(expiry(left).cmp(&expiry(right)))
        .then(right.is_promotional.cmp(&left.is_promotional))
        .then(left.available.cmp(&right.available))
        .then(left.card.cmp(&right.card))
        .is_lt()
}

fn any_card(line_count: usize) -> impl Strategy<Value = CardFacts> {
    let pays = prop::collection::vec(any::<bool>(), line_count);
    (0..60_i64, prop::option::of(0..3_i64), any::<bool>(), 0..3_u32, pays).prop_map(
        |(available, expires_at, is_promotional, restriction, pays)| {
            let ids = (1..).map(LineId::Number).zip(pays);
            CardFacts {
                expires_at: expires_at.map(Instant::from_micros),
                is_promotional,
                restriction,
                pays: ids.filter(|(_, pays)| *pays).map(|(id, _)| id).collect(),
                ..card(0, &available.to_string())
            }
        },
    )
}

fn any_case() -> impl Strategy<Value = (Vec<i64>, Vec<CardFacts>, Vec<Option<i64>>)> {
    prop::collection::vec(0..50_i64, 1..6).prop_flat_map(|totals| {
        let cards = prop::collection::vec(any_card(totals.len()), 0..6);
        let methods = prop::collection::vec(prop::option::of(0..80_i64), 0..3);
        (Just(totals), cards, methods)
    })
}

fn amount_of(parts: &[Allocation]) -> i64 {
    parts.iter().map(|part| part.amount.minor()).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_plan_pays_more_and_earlier_cards_come_first((totals, cards, methods) in any_case()) {
        let lines = lines(&totals);
        let cards: Vec<CardFacts> = cards
            .into_iter()
            .enumerate()
            .map(|(at, facts)| CardFacts { card: CardId::from_bits(at as u128 + 1), ..facts })
            .collect();
        let wanted: Vec<_> = methods.iter().map(|most| most.map(cents)).collect();
        let found = plan(&lines, &cards, &wanted);
        prop_assert_eq!(&found, &plan(&lines, &cards, &wanted), "not deterministic");

        // Neither a line nor a tender gives more than it has, and cards keep to their lines.
        for (card, parts) in cards.iter().zip(&found.cards) {
            prop_assert!(amount_of(parts) <= card.available.minor());
            prop_assert!(parts.iter().all(|part| card.pays.contains(&part.line)));
        }
        for (most, parts) in methods.iter().zip(&found.methods) {
            prop_assert!(most.is_none_or(|most| amount_of(parts) <= most));
        }
        let Plan { applied, remaining, .. } = found;
        let all = || found.cards.iter().chain(&found.methods).flatten();
        for line in &lines {
            let of_line = all().filter(|part| part.line == line.id);
            let paid: i64 = of_line.map(|part| part.amount.minor()).sum();
            prop_assert!(paid <= line.total().minor());
        }
        prop_assert!(all().all(|part| part.amount.minor() > 0));
        prop_assert_eq!(all().map(|part| part.amount.minor()).sum::<i64>(), applied.minor());
        let total: i64 = totals.iter().sum();
        prop_assert_eq!(applied.minor() + remaining.minor(), total);

        // Each card pays all that those before it leave possible; together that is the most.
        let mut order: Vec<usize> = (0..cards.len()).collect();
        order.sort_by(|left, right| {
            let is_first = comes_before(&cards[*left], &cards[*right], &lines);
            if left == right { std::cmp::Ordering::Equal }
            else if is_first { std::cmp::Ordering::Less }
            else { std::cmp::Ordering::Greater }
        });
        let mut asked: Vec<&CardFacts> = Vec::new();
        for at in order {
            let before = most(&asked, &lines);
            asked.push(&cards[at]);
            prop_assert_eq!(amount_of(&found.cards[at]), most(&asked, &lines) - before);
        }

        // Methods take what is left, each as much as it shall.
        let mut left = total - found.cards.iter().map(|parts| amount_of(parts)).sum::<i64>();
        for (most, parts) in methods.iter().zip(&found.methods) {
            let expected = most.unwrap_or(left).min(left);
            prop_assert_eq!(amount_of(parts), expected);
            left -= expected;
        }
        prop_assert_eq!(left, remaining.minor());
    }
}
