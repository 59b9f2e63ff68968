//! Promotions of a market: what advertisers, reviewers, posts, time and the processes that serve
//! them do. It makes lines of the script language, and is told the book.

use std::sync::Arc;

use base::Instant;
use promotions::{Incident, Promotion, SignalKind, Slice, SliceState, State, slice_id, stream_id};
use shop::{Checkout, CheckoutState};

use crate::market::{name_of, pick};
use crate::world::World;

/// The logs of the processes that serve: slices belong to one, and bills come from each.
const STREAMS: [&str; 3] = ["feed.1", "feed.2", "feed.3"];
/// The posts that are promoted.
const POSTS: [&str; 2] = ["clip.1", "clip.2"];
/// Promotions that are not settled, at a time.
const UNDER_WAY_MAX: usize = 4;

/// What somebody does about a promotion; nothing when there is nothing to do.
pub fn act(world: &World, step: usize, which: u16, luck: u16) -> Option<String> {
    let living: Vec<&Arc<Promotion>> =
        world.promotion.values().filter(|row| row.state != State::Settled).collect();
    if living.is_empty() || (living.len() < UNDER_WAY_MAX && luck.is_multiple_of(7)) {
        return Some(composed(step, which, luck));
    }
    if luck % 5 == 1
        && let Some(line) = late(world, step, which, luck)
    {
        return Some(line);
    }
    if luck.is_multiple_of(29) {
        return change_of_a_post(which, luck);
    }
    if luck.is_multiple_of(19) {
        return Some(told(world, step, which, luck));
    }
    // Now and then something about one that is settled: a late verdict, or what is refused.
    let all: Vec<&Arc<Promotion>> = world.promotion.values().collect();
    let row = pick(if which.is_multiple_of(11) { &all } else { &living }, which)?;
    let of = Of { world, row, step, name: name_of(row.id.bits()) };
    match row.state {
        State::Draft => of.draft(which / 11, luck),
        State::InReview => of.reviewed(luck),
        State::Rejected => of.rejected(which / 11, luck),
        State::Scheduled | State::Running | State::Paused => of.shown(which / 11, luck),
        State::Completed | State::Stopped | State::Settled => of.ended(which / 11, luck),
    }
}

/// A verdict that comes after the settlement, and the settlement that follows it.
fn late(world: &World, step: usize, which: u16, luck: u16) -> Option<String> {
    let settled = world.promotion.values().filter(|row| row.state == State::Settled);
    let charged = settled.filter(|row| !row.spend.spent.is_zero() || row.due_at().is_some());
    let row = pick(&charged.collect::<Vec<_>>(), which)?;
    let of = Of { world, row, step, name: name_of(row.id.bits()) };
    if row.due_at().is_some() { Some(of.settle()) } else { of.bill(which, luck) }
}

fn composed(step: usize, which: u16, luck: u16) -> String {
    let budget = 300 + luck % 700;
    let post = POSTS[usize::from(which) % POSTS.len()];
    let from = ["0", "0", "0", "600", "4000"][usize::from(luck) % 5];
    let until = ["8000", "1d", "30d", "90d"][usize::from(which / 2) % 4];
    let kinds = ["", "", "goal=sales price=90", "units=250", "incentive=100", "daily=300"];
    let kind = kinds[usize::from(which / 8) % kinds.len()];
    let version =
        if luck.is_multiple_of(40) { format!("version=v{}", which % 3) } else { "".into() };
    let owner = ["Ada", "Ada", "Eve"][usize::from(which / 64) % 3];
    let terms = format!("{budget} by=C from={from} until={until} post={post} owner={owner}");
    format!("compose P{step} {terms} with=m,wallet {kind} {version}")
}

/// Something did not work, or something happened to the account of the advertiser.
fn told(world: &World, step: usize, which: u16, luck: u16) -> String {
    let kinds = SignalKind::ALL;
    if which.is_multiple_of(3) {
        let kind = kinds[usize::from(luck) % kinds.len()].as_str();
        return format!("signal C {kind} at=-{} device={}", which % 90, luck % 2);
    }
    let severity = ["minor", "major", "critical"][usize::from(luck) % 3];
    let open: Vec<&Arc<Incident>> = world.incident.values().filter(|row| row.is_open()).collect();
    let all: Vec<&Arc<Incident>> = world.incident.values().collect();
    let known = if luck.is_multiple_of(5) { &all } else { &open };
    if let Some(row) = pick(known, which).filter(|_| !which.is_multiple_of(7)) {
        let name = name_of(row.id.bits());
        return match luck % 4 {
            0 => format!("correct {name} {severity} from=-{}", which % 900),
            1 => format!("correct {name} until=none"),
            _ => format!("correct {name} until=-{}", which % 60),
        };
    }
    let component = ["selection", "intake", "billing"][usize::from(which) % 3];
    let by = if luck.is_multiple_of(2) { " platform" } else { "" };
    format!("incident I{step} {component} {severity} from=-{}{by}", which % 600)
}

fn change_of_a_post(which: u16, luck: u16) -> Option<String> {
    let post = POSTS[usize::from(which) % POSTS.len()];
    Some(match luck / 29 % 12 {
        0..4 => format!("post {post} public"),
        4..7 => format!("post {post} private"),
        7..11 => format!("post {post} version=v{}", which % 5),
        _ if which.is_multiple_of(5) => format!("post {post} deleted"),
        _ => return None,
    })
}

/// One promotion.
struct Of<'a> {
    world: &'a World,
    row: &'a Promotion,
    step: usize,
    name: String,
}

impl Of<'_> {
    fn draft(&self, which: u16, luck: u16) -> Option<String> {
        let Of { name, row, step, .. } = self;
        if luck.is_multiple_of(31) {
            return Some(format!("stop {name}"));
        }
        if luck.is_multiple_of(13) {
            return Some(format!("edit {name} budget={} until=9d", 300 + which));
        }
        let mine = |checkout: &&Arc<Checkout>| checkout.promotion == Some(row.id);
        let open = |checkout: &&Arc<Checkout>| checkout.is_open(self.world.now);
        let checkouts = self.world.checkout.values().filter(mine).filter(open);
        let Some(checkout) = pick(&checkouts.collect::<Vec<_>>(), luck) else {
            let (paid, tax) =
                (row.terms.paid(), luck % 30 * u16::from(!row.terms.paid().is_zero()));
            return Some(format!("checkout K{step} promotion:nobody:{paid}+{tax} pays={name}"));
        };
        let checkout = name_of(checkout.id.bits());
        if !row.is_being_paid() {
            return Some(format!("submit {name} {checkout}"));
        }
        Some(self.pay(&checkout, which, luck))
    }

    /// The checkout that it waits for goes on.
    fn pay(&self, checkout: &str, which: u16, luck: u16) -> String {
        let step = self.step;
        let row = &self.world.checkout[&crate::words::checkout(checkout)];
        let is_covered = row.remaining().is_zero() && row.state == CheckoutState::Open;
        if is_covered && !luck.is_multiple_of(9) {
            let payments = ["a", "b", "c", "d"].map(|letter| format!("p{step}{letter}"));
            return format!("pay {checkout} O{step} {}", payments.join(" "));
        }
        let method = ["m", "n"][usize::from(which) % 2];
        match luck % 8 {
            0 => format!("add {checkout} A"),
            1 => format!("add {checkout} method {method} {}", 50 + which % 200),
            _ => format!("add {checkout} method {method}"),
        }
    }

    fn reviewed(&self, luck: u16) -> Option<String> {
        let name = &self.name;
        let who = ["Ann", "Bob"][usize::from(luck / 12) % 2];
        Some(match luck % 12 {
            0 => format!("reject {name} music as={who}"),
            1 => format!("stop {name} staff rule=spam"),
            2 => format!("advance {name}"),
            3 => format!("edit {name} target={luck}"),
            _ => format!("approve {name} as={who}"),
        })
    }

    fn rejected(&self, which: u16, luck: u16) -> Option<String> {
        match luck % 4 {
            0 | 1 => Some(format!("appeal {}", self.name)),
            _ => self.ended(which, luck),
        }
    }

    fn shown(&self, which: u16, luck: u16) -> Option<String> {
        let (name, amount) = (&self.name, 1 + which % 90);
        let stream = STREAMS[usize::from(which) % STREAMS.len()];
        Some(match luck % 32 {
            0 | 1 => format!("pause {name}"),
            2..5 => format!("resume {name}"),
            5 => format!("pause {name} staff"),
            6 | 7 => format!("resume {name} staff"),
            8 => format!("stop {name}"),
            9 => format!("edit {name} until=20d daily=200"),
            10..13 => format!("advance {name}"),
            13..17 => {
                let held = self.row.slices.ever;
                format!("lease {name} {stream} {amount} for={} held={held}", 60 + luck)
            }
            17 => self.until(self.row.due_at()?)?,
            18 => self.give_back(which, luck)?,
            19 => {
                format!("alert {name} {}", ["behind_plan", "ahead_of_plan"][usize::from(which) % 2])
            }
            20 => format!("alert {name} back_on_plan"),
            _ if self.row.slices.open == 0 => {
                format!("lease {name} {stream} {amount} for={}", 60 + luck)
            }
            _ => self.bill(which, luck)?,
        })
    }

    /// What is still out comes back, then what was not spent does.
    fn ended(&self, which: u16, luck: u16) -> Option<String> {
        if luck.is_multiple_of(5) {
            return self.bill(which, luck);
        }
        if self.row.slices.open > 0 {
            return self.give_back(which, luck);
        }
        let due_at = self.row.due_at().filter(|at| *at > self.world.now);
        if let Some(due_at) = due_at.filter(|_| !luck.is_multiple_of(9)) {
            return self.until(due_at);
        }
        Some(self.settle())
    }

    fn settle(&self) -> String {
        let (name, step) = (&self.name, self.step);
        let paid_by = self.row.checkout.and_then(|id| self.world.checkout.get(&id)?.order);
        let order = paid_by.map_or("none".to_owned(), |order| name_of(order.bits()));
        let rails = ["a", "b", "c", "d"].map(|letter| format!("x{step}{letter}"));
        format!("settle_up {name} {order} R{step} rails={}", rails.join(","))
    }

    /// A slice is given back in part, closed once it is billed, or lapses when its process is dead.
    fn give_back(&self, which: u16, luck: u16) -> Option<String> {
        let (slice, name) = (self.slice(which)?, &self.name);
        let number = slice.number;
        let billed_to = self.billed_to(slice.holder.as_str());
        Some(match luck % 8 {
            0 | 1 => format!("keep {name} {number} {}", luck % 50),
            2..5 => format!("close {name} {number} {billed_to}"),
            5 => format!("close {name} {number} {}", billed_to + 1),
            _ if slice.kept_until > self.world.now => self.until(slice.kept_until)?,
            _ => format!("lapse_slice {name} {number}"),
        })
    }

    /// A slice, mostly an open one.
    fn slice(&self, which: u16) -> Option<&Slice> {
        let all = (1..=self.row.slices.ever)
            .filter_map(|number| self.world.slice.get(&slice_id(self.row.id, number)));
        let all: Vec<&Slice> = all.map(Arc::as_ref).collect();
        let open: Vec<&Slice> =
            all.iter().copied().filter(|slice| slice.state == SliceState::Open).collect();
        let is_any = open.is_empty() || which.is_multiple_of(10);
        pick(if is_any { &all } else { &open }, which)
    }

    fn billed_to(&self, stream: &str) -> u64 {
        let id = stream_id(&base::Label::new(stream).unwrap());
        self.world.stream.get(&id).map_or(0, |stream| stream.billed_to)
    }

    /// What the next records of a stream come to, of this promotion and another one.
    fn bill(&self, which: u16, luck: u16) -> Option<String> {
        let slice = self.slice(which)?;
        let (name, number, stream) = (&self.name, slice.number, slice.holder.as_str());
        let from = self.billed_to(stream) + u64::from(luck.is_multiple_of(41));
        let from = from - u64::from(luck.is_multiple_of(37)).min(from);
        let (units, cents) = (1 + which % 60, luck % 30);
        let mut bill = format!("bill {stream} {from}..{}", from + 1 + u64::from(which % 3));
        if luck.is_multiple_of(3) || !self.row.state.is_under_way() {
            bill += &format!(" -{name}:{number}:{}@{}.25", units / 2, cents / 2);
        }
        if !luck.is_multiple_of(5) {
            bill += &format!(" {name}:{number}:{units}@{cents}.3+{}!{}", luck % 3, luck % 2);
        }
        let others = self.world.promotion.values().filter(|row| row.slices.open > 0);
        if let Some(other) = pick(&others.collect::<Vec<_>>(), luck / 3) {
            bill += &format!(" {}:{}:7@2.5", name_of(other.id.bits()), other.slices.ever);
        }
        Some(bill)
    }

    /// Time passes until then.
    fn until(&self, at: Instant) -> Option<String> {
        let left = at.since(self.world.now)?.micros().div_ceil(1_000_000);
        Some(format!("wait {}", left.max(1)))
    }
}
