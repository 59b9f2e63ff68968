//! Whoever asks things of a shop: a market with its rail, and people with gift cards beside it.

use base::{CardId, Instant, KeyId, ProgramId};
use base::{CreatorId, MethodId, SellerId};
use engine::{Command, Query};
use shop::RefundRequest;
use sim::{Asker, Divergence, Keys, Model, Random, Summary, Workload};
use writer::Request;

use super::model::ShopModel;
use crate::audit;
use crate::market::{By, DEEDS, Line, Market, OPENING};
use crate::market_claims;
use crate::script;
use crate::words::{Words, bits};
use crate::world::World;

/// Rounds after which a refund that is not sent has no room for it.
const ROUNDS: u16 = 60;

/// A market, and gift cards of others.
pub struct Customers {
    random: Random,
    market: Market,
    keys: Keys,
    cards: Workload,
    /// Commands that were made.
    made: u32,
    /// Steps on the way to rest.
    round: u16,
}

impl Customers {
    pub fn new(seed: u64) -> Customers {
        Customers {
            random: Random::new(seed ^ 0x0054_0950),
            market: Market::default(),
            keys: Keys::default(),
            cards: Workload::new(seed),
            made: 0,
            round: 0,
        }
    }

    /// The request of a line.
    fn say(&mut self, world: &World, line: &Line, now: Instant) -> Request {
        self.made += 1;
        world.draws.set(self.made);
        let command = script::command(world, &Words::of(&line.text));
        match line.by {
            By::Wish | By::Fact => self.keys.request(&mut self.random, command, now),
            // What is true just now is not said again later.
            By::News | By::Bank => passing(command),
        }
    }

    /// Something that must be there before a shop can sell.
    fn missing(&mut self, world: &World) -> Option<Line> {
        let lines = OPENING.lines().map(str::trim).filter(|line| !line.is_empty());
        let missing: Vec<&str> = lines.filter(|line| !is_there(world, line)).collect();
        let line = self.random.pick(&missing)?;
        Some(Line { text: (*line).to_owned(), by: By::Wish })
    }

    fn act(&mut self, world: &World) -> Option<Line> {
        let act = |random: &mut Random| {
            let deed = u8::try_from(random.below(u64::from(DEEDS))).unwrap();
            let mut luck = || u16::try_from(random.below(1_000)).unwrap();
            (deed, luck(), luck())
        };
        if self.random.percent(5) {
            let mut luck = || u16::try_from(self.random.below(1_000)).unwrap();
            if let Some(line) = self.market.seldom(world, luck(), luck()) {
                return Some(line);
            }
        }
        if self.random.percent(12) {
            let mut luck = || u16::try_from(self.random.below(1_000)).unwrap();
            let (which, luck) = (luck(), luck());
            let step = usize::try_from(self.made).unwrap();
            if let Some(text) = market_claims::act(world, step, which, luck) {
                return Some(Line { text, by: By::Wish });
            }
        }
        if self.random.percent(8) {
            let which = u16::try_from(self.random.below(1_000)).unwrap();
            if let Some(line) = self.market.unclaimed(world, which) {
                return Some(line);
            }
        }
        for _ in 0..20 {
            let line = self.market.act(world, act(&mut self.random));
            // Time passes by itself.
            if let Some(line) = line.filter(|line| !line.text.starts_with("wait ")) {
                return Some(line);
            }
        }
        None
    }

    fn query_of_the_shop(&mut self, world: &World) -> Query {
        macro_rules! some {
            ($rows:ident, $query:ident) => {{
                let ids: Vec<_> = world.$rows.keys().copied().collect();
                self.random.pick_recent(&ids).map_or(Query::Book, |id| Query::$query(*id))
            }};
        }
        match self.random.below(20) {
            0 => some!(checkout, Checkout),
            1 => some!(order, Order),
            2 => some!(payment, Payment),
            3 => some!(rail_refund, RailRefund),
            4 => some!(order_refund, OrderRefund),
            5 => some!(dispute, Dispute),
            6 => some!(payout, Payout),
            7 => some!(purchase, Purchase),
            8 => some!(method, Method),
            9 => some!(seller, Seller),
            10 => some!(product, Product),
            11 => some!(creator, Creator),
            12 => some!(promotion, Promotion),
            13 => some!(post, Post),
            14 => some!(slice, Slice),
            15 => some!(stream, Stream),
            16 => some!(claim, Claim),
            17 => some!(claim, ClaimEvidence),
            18 => some!(restitution, Restitution),
            _ => {
                let ids: Vec<_> = world.order.keys().copied().collect();
                let request = RefundRequest::Everything;
                self.random
                    .pick_recent(&ids)
                    .map_or(Query::Book, |order| Query::RefundPreview { order: *order, request })
            }
        }
    }
}

/// A request that nobody remembers.
fn passing(command: Command) -> Request {
    Request { command, actor: KeyId::from_bits(7), operation: None }
}

/// Whether a line of the opening has happened.
fn is_there(world: &World, line: &str) -> bool {
    let mut words = line.split(' ');
    let (what, name) = (words.next().unwrap(), bits(words.next().unwrap()));
    match what {
        "seller" => world.seller.contains_key(&SellerId::from_bits(name)),
        "creator" => world.creator.contains_key(&CreatorId::from_bits(name)),
        "method" => world.method.contains_key(&MethodId::from_bits(name)),
        "program" => world.program.contains_key(&ProgramId::from_bits(name)),
        "issue" => world.card.contains_key(&CardId::from_bits(name)),
        other => panic!("{other} opens no market"),
    }
}

impl Asker<ShopModel> for Customers {
    fn turn(&mut self, since: Instant) {
        self.market.turn();
        self.keys.forget_before(since);
        self.cards.forget_before(since);
    }

    fn request(&mut self, model: &ShopModel, now: Instant) -> Request {
        let world = &model.world;
        if self.random.percent(50)
            && let Some(line) = self.missing(world)
        {
            return self.say(world, &line, now);
        }
        if let Some(earlier) = self.keys.repeated(&mut self.random) {
            return earlier;
        }
        if self.random.percent(2) {
            let operation = self.keys.to_reverse(&mut self.random);
            let command = Command::Reverse { operation };
            return self.keys.request(&mut self.random, command, now);
        }
        let line = if self.random.percent(20) { None } else { self.act(world) };
        match line {
            Some(line) => self.say(world, &line, now),
            None => self.cards.request(model, now),
        }
    }

    fn query(&mut self, model: &ShopModel, now: Instant) -> Query {
        if self.random.percent(40) {
            return self.cards.query(model, now);
        }
        self.query_of_the_shop(&model.world)
    }

    /// Everything is heard, and whatever is wanted from the rail is done.
    fn finish(&mut self, model: &ShopModel, _: &Summary) -> Result<Vec<Request>, Divergence> {
        let (world, now) = (&model.world, model.now());
        self.round += 1;
        let mut lines = Vec::new();
        if self.round % 2 == 1 {
            lines = self.market.facts();
        }
        if lines.is_empty() {
            self.market.answer_challenges();
            let gives_up = self.round > 2 * ROUNDS;
            if gives_up || !world.wants_a_rail() {
                // A refund that a dispute leaves no room for is not sent: that is how it should be.
                assert!(!world.payment.values().any(|row| row.next_call().is_some()));
                audit::book(world);
                self.market.compare(world, model.by_hand);
                return Ok(Vec::new());
            }
            lines = self.market.rest(world, self.round / 2);
        }
        let say = |line: &Line| passing(self.say(world, line, now).command);
        Ok(lines.iter().map(say).collect())
    }
}
