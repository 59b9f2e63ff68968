//! Random checkouts, tenders, notices, refunds and disputes, with a truthful rail behind them whose
//! answers are lost, told late, twice and in any order. The book is audited after every command,
//! and in the end the rail and the ledger have the same money.

use std::collections::BTreeSet;

use engine::{EventKind, Refusal};
use proptest::prelude::*;

use crate::market::{Act, By, DEEDS, Line, Market, OPENING};
use crate::market_claims;
use crate::script::{apply, check};
use crate::world::World;

/// A book and the market that it serves.
struct Both {
    world: World,
    market: Market,
    seen: BTreeSet<&'static str>,
    /// What was paid by hand of refunds whose cards are gone.
    by_hand: i64,
}

impl Both {
    fn new() -> Both {
        let (mut world, market) = (check(OPENING), Market::default());
        world.rules = Some(market_claims::rules());
        Both { world, market, seen: BTreeSet::new(), by_hand: 0 }
    }

    fn run(&mut self, act: Act) {
        self.market.turn();
        if let Some(line) = self.market.act(&self.world, act) {
            self.hear(&line, act.2);
        }
    }

    /// What a truthful rail says is never a contradiction, in whatever order it is heard.
    fn hear(&mut self, line: &Line, luck: u16) {
        let refused = self.tell(&line.text).err();
        let is_false =
            matches!(refused, Some(Refusal::Payments(payments::Refusal::Contradiction { .. })));
        let may_be_false = matches!(line.by, By::Wish | By::Bank);
        assert!(!is_false || may_be_false, "{line:?}: {refused:?}\n{:#?}", self.market);
        if let (Some(name), None) = (line.text.strip_prefix("begin "), refused) {
            let id = base::RailRefundId::from_bits(crate::words::bits(name));
            let attempt = self.world.rail_refund[&id].attempt;
            let said = self.market.sent(name, attempt, luck);
            self.hear(&said, luck);
        }
    }

    fn tell(&mut self, line: &str) -> Result<(), Refusal> {
        let by_hand = self.by_hand_of(line);
        let told = apply(&mut self.world, line).map(|_| ());
        if told.is_ok() {
            self.by_hand += by_hand;
            self.seen.extend(self.world.events.iter().map(|kind| kind.as_str()));
            self.note_what_disputes_do(line);
        }
        told
    }

    /// What a line pays by hand, unless it is refused.
    fn by_hand_of(&self, line: &str) -> i64 {
        let words: Vec<&str> = line.split(' ').collect();
        if let ["hand" | "there", refund, ..] = words[..] {
            let id = base::RailRefundId::from_bits(crate::words::bits(refund));
            return self.world.rail_refund.get(&id).map_or(0, |row| row.amount.amount.minor());
        }
        let ["by_hand", refund, tender] = words[..] else { return 0 };
        let (id, tender) = (crate::words::bits(refund), tender.parse().unwrap());
        self.world.owed_by_hand(base::RefundId::from_bits(id), tender)
    }

    /// States that are easily missed, as if they were events.
    fn note_what_disputes_do(&mut self, line: &str) {
        let refunds = || self.world.rail_refund.values();
        let is_given = |card: &&std::sync::Arc<giftcards::Card>| {
            card.funding == giftcards::Funding::StoreCredit
        };
        let given = || self.world.card.values().filter(is_given);
        let kept_back = || refunds().filter(|row| row.is_kept_back());
        let settled = |row: &&std::sync::Arc<payments::RailRefund>| {
            row.state == payments::RefundState::Settled
        };
        let replaced = line.strip_prefix("instead ").and_then(|rest| rest.split(' ').next());
        let replaced = replaced.map(crate::words::bits);
        let in_part = refunds().any(|row| {
            Some(row.id.bits()) == replaced && row.state.is_failed() && row.replaced_by.is_none()
        });
        let found = [
            ("a refund of an order is kept back", kept_back().any(|it| it.order_refund.is_some())),
            ("what was in vain is kept back", kept_back().any(|it| it.order_refund.is_none())),
            ("a lost dispute has paid it", refunds().filter(settled).count() > 0),
            ("replaced in part", in_part),
            ("attempt canceled", line.starts_with("cancel_attempt ")),
            ("a card instead of a refund", line.starts_with("credit ")),
            ("a card instead of a share", line.starts_with("credit_share ")),
            ("what nobody claimed goes back", line.starts_with("unclaimed ")),
            ("a refund was paid by hand", line.starts_with("hand ")),
            ("a dispute blocks store credit", given().any(|card| card.disputed.is_some())),
            ("store credit is spent", given().any(|card| !card.open_holds.is_empty())),
            (
                "a promotion is settled again",
                self.world.promotion.values().any(|it| it.settlements > 1),
            ),
            (
                "a slice has lapsed",
                self.world.slice.values().any(|it| it.state == promotions::SliceState::Lapsed),
            ),
            (
                "a promotion is disputed",
                self.world.promotion.values().any(|it| it.pauses.is_disputed),
            ),
            (
                "a lost payment stops it",
                self.world
                    .promotion
                    .values()
                    .any(|it| it.end.is_some_and(|end| end.cause == promotions::EndCause::Payment)),
            ),
            (
                "its post was deleted",
                self.world.promotion.values().any(|it| {
                    it.end.is_some_and(|end| end.cause == promotions::EndCause::PostDeleted)
                }),
            ),
            (
                "paying for it has failed",
                self.world.deed.values().any(|it| it.kind == promotions::DeedKind::PaymentFailed),
            ),
            ("a lost dispute has taken store credit back", self.has_taken_credit_back()),
        ];
        self.seen.extend(found.into_iter().filter(|(_, is)| *is).map(|(what, _)| what));
    }

    /// Whether the last command has taken back what was given instead of a refund.
    fn has_taken_credit_back(&self) -> bool {
        let clawed = self.world.transfers.iter();
        let mut clawed = clawed.filter(|it| it.reason == ledger::Reason::CardClawedBack);
        clawed.any(|transfer| {
            let card = base::CardId::from_bits(transfer.debit.bits());
            self.world.card[&card].funding == giftcards::Funding::StoreCredit
        })
    }

    /// Everything is heard, and whatever is wanted from the rail is done.
    fn come_to_rest(&mut self) {
        for round in 0..60 {
            self.market.turn();
            for fact in self.market.facts() {
                self.hear(&fact, 0);
            }
            self.market.answer_challenges();
            if !self.world.wants_a_rail() {
                return;
            }
            for line in self.market.rest(&self.world, round) {
                self.hear(&line, 9 + 4 * (round % 3));
            }
        }
        // A refund that a dispute leaves no room for is not sent: that is how it should be.
        assert!(!self.world.payment.values().any(|row| row.next_call().is_some()));
    }

    fn compare(&self) {
        self.market.compare(&self.world, self.by_hand);
    }
}

fn acts(most: usize) -> impl Strategy<Value = Vec<Act>> {
    prop::collection::vec((0..DEEDS, 0..1_000_u16, 0..1_000_u16), 1..most)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn slow_no_order_of_checkouts_notices_and_refunds_makes_or_loses_money(acts in acts(90)) {
        let mut both = Both::new();
        for act in acts {
            both.run(act);
        }
        both.come_to_rest();
        both.compare();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    /// Claims and restitutions between all of it: the audit looks at their sums after each command.
    #[test]
    fn slow_claims_between_random_checkouts_keep_every_sum(acts in acts(150)) {
        let mut both = Both::new();
        for (step, act) in acts.into_iter().enumerate() {
            let (_, which, luck) = act;
            both.run(act);
            if let Some(line) = market_claims::act(&both.world, step, which, luck) {
                let _done_or_refused = both.tell(&line);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, ..ProptestConfig::default() })]

    #[test]
    #[ignore = "long: run by ./test long"]
    fn long_random_checkouts_neither_make_nor_lose_money(acts in acts(250)) {
        let mut both = Both::new();
        for act in acts {
            both.run(act);
        }
        both.come_to_rest();
        both.compare();
    }
}

/// What random checkouts have to come to: events, and states that are easily missed.
fn to_be_seen() -> BTreeSet<&'static str> {
    let of_bought_cards = [
        "gift_card.issued",
        "gift_card.withdrawn",
        "gift_card.blocked",
        "gift_card.unblocked",
        "gift_card.clawed_back",
        "gift_card.restored",
    ];
    let is_ours = |kind: &EventKind| match kind {
        EventKind::GiftCards(kind) => of_bought_cards.contains(&kind.as_str()),
        // What people do about claims is in `claims.rs`.
        EventKind::Claims(_) => false,
        _ => true,
    };
    // Made before the random part begins.
    let opening = ["seller.created", "creator.created", "payment_method.created"];
    let events = EventKind::all().filter(is_ours).map(EventKind::as_str);
    let states = [
        "a refund of an order is kept back",
        "what was in vain is kept back",
        "a lost dispute has paid it",
        "replaced in part",
        "attempt canceled",
        "a card instead of a refund",
        "a card instead of a share",
        "what nobody claimed goes back",
        "a refund was paid by hand",
        "a dispute blocks store credit",
        "store credit is spent",
        "a lost dispute has taken store credit back",
        "a promotion is settled again",
        "a slice has lapsed",
        "a promotion is disputed",
        "a lost payment stops it",
        "its post was deleted",
        "paying for it has failed",
    ];
    events.filter(|name| !opening.contains(name)).chain(states).collect()
}

#[test]
fn slow_the_random_checkouts_reach_every_event() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let mut missing = to_be_seen();
    for _ in 0..2_000 {
        if missing.is_empty() {
            break;
        }
        let acts = acts(250).new_tree(&mut runner).unwrap().current();
        let mut both = Both::new();
        // The other tests audit the book.
        both.world.is_audited = false;
        acts.into_iter().for_each(|act| both.run(act));
        missing.retain(|what| !both.seen.contains(what));
    }
    assert_eq!(missing, BTreeSet::new());
}
