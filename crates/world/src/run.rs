//! A world's course: everything that happens in it, in order of time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::rc::Rc;

use base::{Instant, Span};
use promotions::EventKind;

use crate::behavior::{Act, honest};
use crate::bots::{self, Bot, BotVisit, Bots};
use crate::curve::visits_in;
use crate::draw::Purpose;
use crate::fault::{Fault, Trouble, narrow};
use crate::plan::Plan;
use crate::platform::{News, Offer, Page, Platform, Report};
use crate::post::{Campaign, CampaignNumber};
use crate::resident::{Looker, resident};
use crate::score::Score;

/// A world: who lives in it, what they promote, and what goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct World {
    /// Its size and seed.
    pub plan: Plan,
    /// Its campaigns; each has the number of its place.
    pub campaigns: Vec<Campaign>,
    /// Who is not what they seem.
    pub bots: Bots,
    /// What goes wrong.
    pub faults: Vec<Fault>,
}

impl World {
    /// Runs from beginning to end over a platform, and tells what became of each campaign.
    pub fn run<P: Platform>(&self, platform: &mut P) -> Vec<Score> {
        let mut course = Course::new(self, platform);
        for minute in 0..self.plan.minutes() {
            course.begin(minute);
            course.pass_until(self.plan.minute(minute + 1));
        }
        course.scores
    }

    /// The same world without the fault at this place.
    pub fn without(&self, fault: usize) -> World {
        let mut twin = self.clone();
        twin.faults.remove(fault);
        twin
    }
}

/// Who looks, and what is true of them.
struct Visitor {
    looker: Looker,
    bot: Option<BotVisit>,
}

/// Something that is yet to happen.
enum Coming<T> {
    Page { visitor: Rc<Visitor>, visit: u64, number: u64, pages: u64 },
    Act { visitor: Rc<Visitor>, offer: Rc<Offer<T>>, act: Act },
    Return { offer: Rc<Offer<T>> },
    Turn { fault: usize, begins: bool },
    Told { fault: usize },
}

/// When something happens; what happens at one instant goes by a number that follows from the seed.
struct Due<T> {
    at: Instant,
    order: u64,
    what: Coming<T>,
}

impl<T> Due<T> {
    fn key(&self) -> (Instant, u64) {
        (self.at, self.order)
    }
}

impl<T> PartialEq for Due<T> {
    fn eq(&self, other: &Due<T>) -> bool {
        self.key() == other.key()
    }
}

impl<T> Eq for Due<T> {}

impl<T> PartialOrd for Due<T> {
    fn partial_cmp(&self, other: &Due<T>) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Due<T> {
    fn cmp(&self, other: &Due<T>) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

struct Course<'a, P: Platform> {
    world: &'a World,
    platform: &'a mut P,
    coming: BinaryHeap<Reverse<Due<P::Token>>>,
    scores: Vec<Score>,
}

impl<'a, P: Platform> Course<'a, P> {
    fn new(world: &'a World, platform: &'a mut P) -> Course<'a, P> {
        for campaign in &world.campaigns {
            let mut made = campaign.clone();
            world.faults.iter().for_each(|fault| fault.spoil(&mut made));
            platform.launch(&made);
        }
        let scores = world.campaigns.iter().map(|_| Score::new(&world.plan)).collect();
        let mut course = Course { world, platform, coming: BinaryHeap::new(), scores };
        for (fault, row) in world.faults.iter().enumerate() {
            course.expect(row.from, fault as u64, Coming::Turn { fault, begins: true });
            course.expect(row.until, fault as u64, Coming::Turn { fault, begins: false });
            if let Some((at, _)) = row.told {
                course.expect(at, fault as u64, Coming::Told { fault });
            }
        }
        course
    }

    fn expect(&mut self, at: Instant, order: u64, what: Coming<P::Token>) {
        if at < self.world.plan.ends_at() {
            self.coming.push(Reverse(Due { at, order, what }));
        }
    }

    /// Those who come in this minute.
    fn begin(&mut self, minute: u32) {
        let plan = &self.world.plan;
        let begins_at = plan.minute(minute);
        for number in 0..visits_in(plan, minute) {
            let mut draw = plan.draws().of_pair(Purpose::Visit, minute.into(), number.into());
            // The smaller of two draws: some come often, most now and then.
            let count = u64::from(plan.residents);
            let who = draw.below(count).min(draw.below(count)) as u32;
            let visitor = Visitor { looker: resident(plan, who), bot: None };
            let after = Span::from_micros(draw.below(60_000_000));
            let (visit, pages) = (draw.bits(), draw.steps(220_000, 40));
            let first = Coming::Page { visitor: Rc::new(visitor), visit, number: 0, pages };
            self.expect(begins_at.saturating_add(after), visit, first);
        }
        for (bot, number) in self.world.bots.actors() {
            for (turn, coming) in bots::visits(plan, bot, number, minute).into_iter().enumerate() {
                let looker = bots::looker(plan, &coming, &self.world.campaigns);
                let visitor = Rc::new(Visitor { looker, bot: Some(coming) });
                let named = (bot as u64) << 48 | u64::from(number) << 32 | u64::from(minute);
                let mut draw = plan.draws().of_pair(Purpose::Visit, !named, turn as u64);
                let (visit, pages) = (draw.bits(), coming.pages);
                let first = Coming::Page { visitor, visit, number: 0, pages };
                self.expect(begins_at.saturating_add(coming.after), visit, first);
            }
        }
    }

    fn pass_until(&mut self, end: Instant) {
        while self.coming.peek().is_some_and(|Reverse(due)| due.at < end) {
            let Some(Reverse(due)) = self.coming.pop() else { break };
            match due.what {
                Coming::Page { visitor, visit, number, pages } => {
                    self.look(due.at, &visitor, visit, number);
                    if number + 1 < pages {
                        let mut draw = self.draws_of(Purpose::Page, visit, number + 1);
                        let gap = Span::from_micros(draw.between(4_000_000, 40_000_000));
                        let next = Coming::Page { visitor, visit, number: number + 1, pages };
                        self.expect(due.at.saturating_add(gap), visit, next);
                    }
                }
                Coming::Act { visitor, offer, act } => self.act(due.at, &visitor, &offer, act),
                Coming::Return { offer } => self.platform.give_back(due.at, &offer.token),
                Coming::Turn { fault, begins } => self.turn(due.at, fault, begins),
                Coming::Told { fault } => {
                    if let Some((_, incident)) = self.world.faults[fault].told {
                        self.platform.tell(due.at, &News::Incident(incident));
                    }
                }
            }
        }
        self.platform.minute_over(end);
    }

    fn draws_of(&self, purpose: Purpose, entity: u64, part: u64) -> crate::draw::Draw {
        self.world.plan.draws().of_pair(purpose, entity, part)
    }

    /// Somebody looks at a page.
    fn look(&mut self, at: Instant, visitor: &Rc<Visitor>, visit: u64, number: u64) {
        let mut draw = self.draws_of(Purpose::Page, visit, number);
        let key = draw.bits();
        let page = Page { key, looker: &visitor.looker, slots: self.world.plan.slots };
        for fault in self.world.faults.iter().filter(|fault| fault.is_on(at)) {
            match fault.trouble {
                Trouble::SelectionDown => return,
                Trouble::Errors(ppm) if draw.chance(ppm.into()) => {
                    self.platform.fail(at, &page);
                    return;
                }
                _ => {}
            }
        }
        for offer in self.platform.select(at, &page) {
            self.scores[offer.campaign as usize].shown += 1;
            self.react(at, visitor, key, offer);
        }
    }

    /// What somebody does with an offer is settled when they see it.
    fn react(&mut self, at: Instant, visitor: &Rc<Visitor>, page: u64, offer: Offer<P::Token>) {
        let campaign = &self.world.campaigns[offer.campaign as usize];
        let mut draw = self.draws_of(Purpose::Behavior, page, campaign.number.into());
        let order = draw.bits();
        let acts = match &visitor.bot {
            None => honest(&visitor.looker.viewer.interests, campaign, &mut draw),
            Some(visit) => bots::acts(&self.world.plan, visit, campaign, &mut draw),
        };
        let offer = Rc::new(offer);
        for (position, act) in acts.into_iter().enumerate() {
            let order = order.wrapping_add(position as u64);
            let done_at = at.saturating_add(act.after);
            if let Some(after) = act.returned_after {
                let back = Coming::Return { offer: Rc::clone(&offer) };
                self.expect(done_at.saturating_add(after), order, back);
            }
            let visitor = Rc::clone(visitor);
            self.expect(done_at, order, Coming::Act { visitor, offer: Rc::clone(&offer), act });
        }
    }

    fn act(&mut self, at: Instant, visitor: &Visitor, offer: &Offer<P::Token>, act: Act) {
        let is_lost = |fault: &Fault| fault.trouble == Trouble::IntakeDown && fault.is_on(at);
        if self.world.faults.iter().any(is_lost) {
            return;
        }
        let campaign = &self.world.campaigns[offer.campaign as usize];
        let is_long = act.kind != EventKind::View || act.dwell_ms.is_some_and(|ms| ms >= 2_000);
        if act.kind == campaign.goal.billed() && is_long {
            let bot = visitor.bot.map(|visit| visit.bot);
            self.scores[offer.campaign as usize].count(&self.world.plan, at, bot);
        }
        let looker = &visitor.looker;
        let report = Report { kind: act.kind, dwell_ms: act.dwell_ms, looker };
        self.platform.report(at, &offer.token, &report);
    }

    /// A fault begins or ends.
    fn turn(&mut self, at: Instant, fault: usize, begins: bool) {
        let fault = &self.world.faults[fault];
        let news = match (fault.trouble, begins) {
            (Trouble::Deleted(number), true) => News::Deleted(number),
            (Trouble::MadePrivate(number), begins) => News::Visible(number, !begins),
            (Trouble::Paused(number), begins) => News::Paused(number, begins),
            (Trouble::Removed(number), true) => News::Removed(number),
            (Trouble::Narrowed(number), true) => {
                let campaign = &self.world.campaigns[number as usize];
                News::Audience(number, Box::new(narrow(campaign)))
            }
            (Trouble::CountersLost, false) => News::CountersLost(fault.from),
            _ => return,
        };
        self.platform.tell(at, &news);
    }
}

/// How many units of a campaign a fault has cost: what its twin without the fault got, less what
/// it got. Below zero when the fault was its luck, as an outage is for whoever can catch up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Truth {
    /// Which fault, by its place in the world.
    pub fault: usize,
    /// Which campaign.
    pub campaign: CampaignNumber,
    /// Units of honest people that are missing.
    pub units: i64,
}

impl World {
    /// What each fault has cost each campaign that is watched, by a twin run for every fault.
    pub fn truths<P: Platform>(&self, mut make: impl FnMut() -> P) -> Vec<Truth> {
        let with_all = self.run(&mut make());
        let mut truths = Vec::new();
        for fault in 0..self.faults.len() {
            let twin = self.without(fault).run(&mut make());
            let watched = self.campaigns.iter().filter(|campaign| !campaign.is_competitor);
            for campaign in watched {
                let place = campaign.number as usize;
                let units = twin[place].honest as i64 - with_all[place].honest as i64;
                truths.push(Truth { fault, campaign: campaign.number, units });
            }
        }
        truths
    }
}

/// How many of a campaign's units some bots made.
pub fn units_of(score: &Score, bot: Bot) -> u64 {
    score.bots.iter().filter(|(known, _)| *known == bot).map(|(_, units)| units).sum()
}
