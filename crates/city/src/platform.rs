//! The feed and its book, as the world sees them.

use base::{Instant, PersonId, PromotionId, Span};
use feed::shortfall::{self, Activity, Deliveries, Facts, Shortfall, Suggestion, Trouble};
use feed::token::{Selection, TokenKeys, ViewerHash};
use feed::verdict::Event;
use feed::{
    AudienceIndex, FrequencyCap, History, PageWorth, Pricing, Promoted, Share, Slot, Standing,
    UnitRange, Waterfall,
};
use promotions::{
    Actor, Audience, Micros, PostChange, Promise, Quote, Refusal, Role, SettingChange, StopCause,
    Terms, TermsChange, Visibility,
};
use world::{Campaign, CampaignNumber, Incident, News, Offer, Page, Platform, Report};

use crate::book::Book;
use crate::process::{Process, keys};
use crate::sales::{self, Sold};
use crate::setting::Setting;

/// How many candidates of a page take part in its auction.
const CANDIDATES_MAX: usize = 100;

/// How often processes ask for money.
const ASKS_EVERY: Span = Span::seconds(1);

/// How long promotions are bought before the world begins.
const BOUGHT_BEFORE: Span = Span::hours(36);

/// Who takes posts and promotions away for a rule.
const STAFF: Actor = Actor { role: Role::Staff, person: Some(PersonId::from_bits(2)) };

/// The real feed over the real rules, with one or several processes.
pub struct City {
    setting: Setting,
    book: Book,
    processes: Vec<Process>,
    keys: TokenKeys,
    index: AudienceIndex,
    promoted: Vec<Promoted>,
    deliveries: Deliveries,
    incidents: Vec<(Instant, Incident)>,
    history: History,
    unsold: Vec<Campaign>,
    sold: Vec<Sold>,
    next_ask: Instant,
    next_kill: usize,
    trace: u64,
    selections: u64,
}

/// The promotion of a campaign.
pub fn promotion_of(number: CampaignNumber) -> PromotionId {
    PromotionId::from_bits(u128::from(number) + 1)
}

impl City {
    /// A city before anybody promotes anything.
    pub fn new(setting: Setting) -> City {
        let now = setting.starts_at.saturating_sub(BOUGHT_BEFORE);
        let processes = (0..setting.processes.max(1)).map(|number| Process::new(number, now));
        City {
            book: Book::new(now),
            processes: processes.collect(),
            keys: keys(),
            index: AudienceIndex::new(),
            promoted: Vec::new(),
            deliveries: Deliveries::default(),
            incidents: Vec::new(),
            history: History::new(usize::MAX),
            unsold: Vec::new(),
            sold: Vec::new(),
            next_ask: setting.starts_at,
            next_kill: 0,
            trace: 0,
            selections: 0,
            setting,
        }
    }

    /// The book.
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// What was delivered, by promotion and minute of the selection.
    pub fn deliveries(&self) -> &Deliveries {
        &self.deliveries
    }

    /// The counters of all processes, put together from their logs.
    pub fn waterfall(&self) -> Waterfall {
        let mut waterfall = Waterfall::default();
        for process in &self.processes {
            waterfall.absorb(process.counters().iter().copied());
        }
        waterfall
    }

    /// What all processes did.
    pub fn activity(&self) -> Activity {
        let mut all = Activity::default();
        self.processes.iter().for_each(|process| all.absorb(&process.activity));
        all
    }

    /// Incidents that people told of, each with when they did.
    pub fn incidents(&self) -> &[(Instant, Incident)] {
        &self.incidents
    }

    /// The traffic of a day as the first process has learned it.
    pub fn curve(&self) -> feed::TrafficCurve {
        self.processes[0].chooser.curves().of(None).clone()
    }

    /// What was sold by quotes of the feed's history.
    pub fn sold(&self) -> &[Sold] {
        &self.sold
    }

    /// Sells what waits for a quote. What nobody would buy, because nothing is expected of it or a
    /// guarantee cannot be kept, is not sold.
    fn sell_by_quotes(&mut self) {
        let Some(quotes) = self.setting.quotes.filter(|quotes| quotes.at <= self.book.now) else {
            return;
        };
        for campaign in std::mem::take(&mut self.unsold) {
            let now = self.book.now;
            let offer = sales::quoted(&campaign, &self.history, &self.setting, quotes.promise, now);
            let Some((terms, quote, believed)) = offer else { continue };
            if self.sell(&campaign, terms.clone(), quote).is_err() {
                continue;
            }
            let mut promoted = sales::promoted(&campaign, &quote, believed, &self.setting);
            promoted.plan.budget = Micros::of(terms.budget.amount);
            promoted.quoted = (quote.units_low > 0)
                .then_some(UnitRange { low: quote.units_low, high: quote.units_high });
            if quote.guarantee(&terms).is_some() {
                promoted.pricing = Pricing::Fixed(quote.unit_price_max);
                promoted.quoted = None;
            }
            self.promoted[campaign.number as usize] = promoted;
            self.put(campaign.number);
            self.sold.push(Sold { campaign: campaign.number, terms, quote });
        }
    }

    fn sell(&mut self, campaign: &Campaign, terms: Terms, quote: Quote) -> Result<(), Refusal> {
        let person = PersonId::from_bits(u128::from(campaign.advertiser) + 100);
        let advertiser = Actor { role: Role::Advertiser, person: Some(person) };
        let post = sales::post(campaign, self.book.now);
        self.book.sell(promotion_of(campaign.number), post, terms, quote, advertiser)
    }

    /// Every selection, folded into one number: equal courses have equal traces.
    pub fn trace(&self) -> u64 {
        self.trace
    }

    /// How many posts were shown.
    pub fn selections(&self) -> u64 {
        self.selections
    }

    /// What the platform sold of a campaign.
    pub fn promoted(&self, number: CampaignNumber) -> &Promoted {
        &self.promoted[number as usize]
    }

    /// What was wrong, as the logs and what people told say.
    pub fn trouble(&self) -> Trouble {
        let told: Vec<shortfall::Incident> = self
            .incidents
            .iter()
            .map(|(_, one)| shortfall::Incident {
                component: match one.component {
                    world::Component::Selection => promotions::Component::Selection,
                    world::Component::Intake => promotions::Component::Intake,
                },
                from: one.started_at,
                until: one.ended_at,
            })
            .collect();
        Trouble::find(&self.activity(), self.waterfall().gaps(), &told)
    }

    /// Why campaigns got less than planned, one after the other.
    pub fn shortfalls(&self, numbers: impl IntoIterator<Item = CampaignNumber>) -> Vec<Shortfall> {
        let (waterfall, activity, trouble) = (self.waterfall(), self.activity(), self.trouble());
        let curve = self.curve();
        let explain = |number: CampaignNumber| {
            let deeds = self.book.deeds(promotion_of(number));
            let known = (&waterfall, &activity, &trouble, &curve);
            shortfall::explain(&self.facts(number, &deeds, known), self.book.now)
        };
        numbers.into_iter().map(explain).collect()
    }

    fn facts<'a>(
        &'a self,
        number: CampaignNumber,
        deeds: &'a [promotions::Deed],
        known: (&'a Waterfall, &'a Activity, &'a Trouble, &'a feed::TrafficCurve),
    ) -> Facts<'a> {
        let (id, sold) = (promotion_of(number), self.promoted(number));
        let (waterfall, activity, trouble, curve) = known;
        Facts {
            promotion: id,
            plan: sold.plan,
            price: sold.pricing.most(),
            believed: sold.believed,
            cap: sold.cap,
            deeds,
            end: self.book.promotion(id).and_then(|row| row.end),
            waterfall,
            deliveries: &self.deliveries,
            activity,
            trouble,
            curve,
        }
    }

    /// What would help a campaign, by what the feed has seen.
    pub fn suggestions(&self, number: CampaignNumber) -> Vec<Suggestion> {
        let (waterfall, activity, trouble) = (self.waterfall(), self.activity(), self.trouble());
        let (id, curve) = (promotion_of(number), self.curve());
        let Some(row) = self.book.promotion(id) else { return Vec::new() };
        let deeds = self.book.deeds(id);
        let facts = self.facts(number, &deeds, (&waterfall, &activity, &trouble, &curve));
        let Setting { cap, reserve, .. } = self.setting;
        let reach = |audience: &Audience| {
            let (goal, currency) = (row.terms.goal, row.currency());
            let seen = self.history.inventory(audience, goal, currency, cap, reserve);
            seen.opportunities_per_day
        };
        shortfall::suggest(&facts, &row.terms, self.book.now, &reach)
    }

    /// Has the advertiser do what was suggested.
    ///
    /// # Errors
    ///
    /// As when any terms are edited.
    pub fn apply(&mut self, number: CampaignNumber, change: SettingChange) -> Result<(), Refusal> {
        let (id, advertiser) = (promotion_of(number), self.advertiser(number));
        let row = self.book.promotion(id).ok_or(Refusal::PromotionNotFound)?;
        let terms = change.apply(&row.terms).ok_or(Refusal::NothingToChange)?;
        let quote = row.quote;
        self.book.edit(id, &TermsChange::to(terms), &quote, advertiser)?;
        self.follow(number);
        Ok(())
    }

    /// Lets the weeks pass after the world's end in which what was chosen is billed, what is left
    /// goes back, and everything is settled.
    pub fn finish(&mut self) {
        for _ in 0..40 {
            self.book.later(Span::hours(12));
            let now = self.book.now;
            self.end_minute(now);
        }
    }

    fn advance(&mut self, at: Instant) {
        while let Some(kill) = self.setting.kills.get(self.next_kill).filter(|kill| kill.at <= at) {
            let process = kill.process % self.processes.len();
            self.next_kill += 1;
            self.book.now = self.book.now.max(kill.at);
            self.processes[process].die(&self.promoted, &mut self.book);
        }
        self.book.now = self.book.now.max(at);
        if at >= self.next_ask {
            self.next_ask = at.saturating_add(ASKS_EVERY);
            for process in &mut self.processes {
                process.lease(&mut self.book, &self.setting);
            }
        }
    }

    fn end_minute(&mut self, at: Instant) {
        self.advance(at);
        let keeps_log = !self.setting.kills.is_empty();
        for process in &mut self.processes {
            process.pass_time(at, &mut self.deliveries);
            process.bill(&mut self.book, keeps_log);
            process.collect(&mut self.book, keeps_log);
            process.flush(at);
        }
        self.book.pass_time();
        self.sell_by_quotes();
        let count = self.processes.len();
        let share = Share::from_millionths(u32::try_from(1_000_000 / count).unwrap_or(1));
        for one in &self.promoted {
            let id = one.promotion;
            let parts: Vec<Micros> = self.processes.iter().map(|one| one.committed(id)).collect();
            let all = parts.iter().fold(Micros::ZERO, |sum, part| sum.saturating_add(*part));
            for (process, part) in self.processes.iter_mut().zip(&parts) {
                process.chooser.report(id, all.saturating_sub(*part), share);
            }
        }
    }

    /// Tells all processes how a promotion stands now.
    fn put(&mut self, number: CampaignNumber) {
        let one = self.promoted[number as usize].clone();
        self.index.insert(Slot(number), &one.audience, rank(&one));
        for process in &mut self.processes {
            let slot = process.chooser.put(one.clone(), self.book.now);
            assert_eq!(slot, Slot(number), "promotions are put in the order of their numbers");
        }
    }

    /// Where a promotion stands follows from its row. One that was stopped goes on to be counted
    /// until its planned end: its advertiser is told what it misses.
    fn follow(&mut self, number: CampaignNumber) {
        let Some(row) = self.book.promotion(promotion_of(number)) else { return };
        let standing = match row.end.map(|end| end.cause) {
            Some(promotions::EndCause::Policy) => Standing::Withheld,
            Some(_) => Standing::Paused,
            None if row.pauses.by_platform || row.pauses.by_claim => Standing::Withheld,
            None if row.pauses.any() => Standing::Paused,
            None => Standing::Running,
        };
        let (audience, ends_at) = (row.terms.audience.clone(), row.terms.ends_at);
        let daily = row.terms.daily_budget.map(Micros::of);
        let one = &mut self.promoted[number as usize];
        (one.standing, one.audience) = (standing, audience);
        (one.plan.daily, one.plan.ends_at) = (daily, ends_at);
        self.put(number);
    }

    fn advertiser(&self, number: CampaignNumber) -> Actor {
        let row = self.book.promotion(promotion_of(number));
        Actor { role: Role::Advertiser, person: row.map(|row| row.advertiser) }
    }
}

fn rank(promoted: &Promoted) -> u64 {
    promoted.believed.expected(promoted.pricing.most()).get()
}

/// FNV-1a, finished by the mixing function of SplitMix64.
pub(crate) fn hash(text: &str) -> u64 {
    let folded = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mixed = (folded ^ (folded >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed ^ (mixed >> 27)
}

impl Platform for City {
    /// The process that chose, and its token.
    type Token = (usize, String);

    fn launch(&mut self, campaign: &Campaign) {
        let is_quoted = self.setting.quotes.is_some_and(|quotes| quotes.at <= campaign.starts_at);
        let quote = sales::asked(campaign, self.book.now);
        let believed = sales::usual_chance(campaign.goal);
        let mut promoted = sales::promoted(campaign, &quote, believed, &self.setting);
        if is_quoted {
            // It has its place, and is sold when there is something to quote from.
            promoted.standing = Standing::Withheld;
            self.promoted.push(promoted);
            self.unsold.push(campaign.clone());
        } else {
            self.promoted.push(promoted);
            let terms = sales::terms(campaign, Promise::Estimate);
            self.sell(campaign, terms, quote).expect("a campaign can be bought");
        }
        self.put(campaign.number);
    }

    fn select(&mut self, at: Instant, page: &Page<'_>) -> Vec<Offer<Self::Token>> {
        self.advance(at);
        let viewer = &page.looker.viewer;
        let viewer_key = viewer.id.as_ref().map(|id| hash(id.as_str()));
        let place = (viewer_key.unwrap_or(page.key) % self.processes.len() as u64) as usize;
        let candidates: Vec<Slot> =
            self.index.best(viewer, CANDIDATES_MAX).into_iter().map(|found| found.slot).collect();
        let process = &mut self.processes[place];
        let places = usize::from(page.slots);
        let asked =
            feed::Page { viewer, viewer_key, places, currency: None, seed: page.key, now: at };
        let offers = process.chooser.choose(&asked, &candidates);
        let to_beat = process.chooser.to_beat();
        let key = viewer_key.unwrap_or(page.key);
        self.history.showings(offers.len() as u64);
        let sold_in = process.chooser.sold_in();
        self.history.page(viewer, key, PageWorth { at, sold_in, is_currency_told: false, to_beat });
        process.activity.page(at, offers.len());
        let mut answer = Vec::with_capacity(offers.len());
        for offer in offers {
            process.nonces += 1;
            let campaign = offer.promotion.bits() as CampaignNumber - 1;
            let said = [page.key, u64::from(campaign), offer.sold.price.get()];
            self.trace = said.iter().fold(self.trace, |trace, part| {
                (trace ^ part).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23)
            });
            self.selections += 1;
            let token = self.keys.seal(Selection {
                promotion: offer.promotion,
                slice: offer.sold.slice.0,
                viewer: viewer_key.map(ViewerHash::new),
                at,
                price: offer.sold.price,
                process: place as u16,
                nonce: process.nonces,
                country: viewer.region,
                device: viewer.device,
                goal: self.promoted[campaign as usize].goal,
            });
            answer.push(Offer { campaign, token: (place, token) });
        }
        answer
    }

    fn fail(&mut self, at: Instant, page: &Page<'_>) {
        self.advance(at);
        let viewer_key = page.looker.viewer.id.as_ref().map(|id| hash(id.as_str()));
        let place = (viewer_key.unwrap_or(page.key) % self.processes.len() as u64) as usize;
        self.processes[place].activity.failure(at);
    }

    fn report(&mut self, at: Instant, (process, token): &Self::Token, report: &Report<'_>) {
        self.advance(at);
        let event = Event {
            token,
            kind: report.kind,
            at: None,
            dwell: report.dwell_ms.map(|ms| Span::from_micros(u64::from(ms) * 1_000)),
            address: Some(report.looker.address.into()),
            user_agent: Some(report.looker.agent),
            country: report.looker.viewer.region,
        };
        let written = self.processes[*process].take(&event, at, &mut self.deliveries);
        written.iter().for_each(|record| self.history.record(record));
    }

    fn give_back(&mut self, at: Instant, (process, token): &Self::Token) {
        self.advance(at);
        self.processes[*process].give_back(token, at, &mut self.deliveries);
    }

    fn tell(&mut self, at: Instant, news: &News) {
        self.advance(at);
        let number = match *news {
            News::Deleted(number)
            | News::Visible(number, _)
            | News::Paused(number, _)
            | News::Removed(number)
            | News::Audience(number, _) => number,
            News::Incident(incident) => return self.incidents.push((at, incident)),
            News::CountersLost(since) => {
                self.processes.iter_mut().for_each(|one| one.lose_counters(since, at));
                return;
            }
        };
        self.change(number, news);
        self.follow(number);
    }

    fn minute_over(&mut self, at: Instant) {
        self.end_minute(at);
    }
}

impl City {
    /// Lets the rules do what the news says. A promotion that is over does not change any more.
    fn change(&mut self, number: CampaignNumber, news: &News) {
        let (id, advertiser) = (promotion_of(number), self.advertiser(number));
        let hold = Span::hours(72);
        let post = |change: PostChange| change;
        let none = PostChange { visibility: None, is_deleted: None, content_version: None };
        let book = &mut self.book;
        // News of a promotion that has ended are refused, and change nothing.
        let _ = match news {
            News::Deleted(_) => {
                book.change_post(id, &post(PostChange { is_deleted: Some(true), ..none }))
            }
            News::Visible(_, is_visible) => {
                let seen = if *is_visible { Visibility::Public } else { Visibility::Private };
                book.change_post(id, &PostChange { visibility: Some(seen), ..none })
            }
            News::Paused(_, true) => {
                book.change(id, |row, at| promotions::pause(row, advertiser, at))
            }
            News::Paused(_, false) => {
                book.change(id, |row, at| promotions::resume(row, advertiser, at))
            }
            News::Removed(_) => {
                let rule = promotions::RuleCode::new("misleading").expect("a code");
                let cause = StopCause::Policy(rule);
                book.change(id, |row, at| promotions::stop(&cause, row, hold, STAFF, at))
            }
            News::Audience(_, audience) => {
                let change =
                    TermsChange { audience: Some((**audience).clone()), ..TermsChange::default() };
                let quote = book.promotion(id).map(|row| row.quote);
                quote.map_or(Ok(()), |quote| book.edit(id, &change, &quote, advertiser))
            }
            News::Incident(_) | News::CountersLost(_) => Ok(()),
        };
    }
}

/// A cap that never holds, for worlds in which it is not what is tried.
pub const NO_CAP: FrequencyCap = FrequencyCap { times: u8::MAX, within: Span::days(1) };
