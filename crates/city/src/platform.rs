//! The feed and its book, as the world sees them.

use base::{CreatorId, Instant, Label, Money, PersonId, PromotionId, Span, Text};
use feed::shortfall::{self, Activity, Deliveries, Facts, Shortfall, Trouble};
use feed::token::{Selection, TokenKeys, ViewerHash};
use feed::verdict::Event;
use feed::{
    AudienceIndex, Chance, FrequencyCap, Plan, Pricing, Promoted, Share, Slot, Standing, Waterfall,
};
use promotions::{
    Actor, Goal, Micros, PostChange, PostKind, Promise, Quote, Role, StopCause, Terms, TermsChange,
    Visibility,
};
use world::{Campaign, CampaignNumber, Incident, News, Offer, Page, Platform, Report};

use crate::book::{Book, CURRENCY};
use crate::process::{Process, keys};
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
                    world::Component::Selection => shortfall::Component::Selection,
                    world::Component::Intake => shortfall::Component::Intake,
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
            let (id, sold) = (promotion_of(number), self.promoted(number));
            let facts = Facts {
                promotion: id,
                plan: sold.plan,
                price: sold.pricing.most(),
                believed: sold.believed,
                cap: sold.cap,
                deeds: &self.book.deeds(id),
                end: self.book.promotion(id).and_then(|row| row.end),
                waterfall: &waterfall,
                deliveries: &self.deliveries,
                activity: &activity,
                trouble: &trouble,
                curve: &curve,
            };
            shortfall::explain(&facts, self.book.now)
        };
        numbers.into_iter().map(explain).collect()
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
            None if row.pauses.by_platform => Standing::Withheld,
            None if row.pauses.any() => Standing::Paused,
            None => Standing::Running,
        };
        let audience = row.terms.audience.clone();
        let one = &mut self.promoted[number as usize];
        (one.standing, one.audience) = (standing, audience);
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

/// The chance of a unit that platforms of this kind tell of, before anything was seen.
fn usual_chance(goal: Goal) -> Chance {
    let millionths = match goal {
        Goal::Views => 550_000,
        Goal::Engagement => 20_000,
        Goal::ProfileViews => 10_000,
        Goal::Followers => 3_000,
        Goal::WebsiteVisits => 8_000,
        Goal::Messages => 1_400,
        Goal::Sales => 800,
    };
    Chance::from_billionths(millionths * 1_000)
}

fn terms_of(campaign: &Campaign) -> Terms {
    let minor = |minor| Money::new(minor, CURRENCY).expect("budgets are not negative");
    Terms {
        goal: campaign.goal,
        target: None,
        audience: campaign.audience.clone(),
        budget: minor(campaign.budget),
        incentive: base::Amount::ZERO,
        daily_budget: campaign.daily_budget.map(|daily| minor(daily).amount),
        starts_at: campaign.starts_at,
        ends_at: campaign.ends_at,
        promise: Promise::Estimate,
    }
}

/// A quote that asks what the campaign is ready to pay.
fn quote_of(campaign: &Campaign, now: Instant) -> Quote {
    let price = campaign.price_per_thousand.unsigned_abs() * Micros::PER_MINOR / 1_000;
    let units = campaign.budget.unsigned_abs() * Micros::PER_MINOR / price.max(1);
    Quote {
        unit: campaign.goal.billed(),
        unit_price_max: Micros::new(price.max(1)),
        units_low: units.max(1),
        units_high: units.max(1) * 2,
        guaranteed_units: None,
        audience_size: 1_000,
        quoted_at: now,
    }
}

fn post_of(campaign: &Campaign, now: Instant) -> promotions::Post {
    let name = format!("post-{}", campaign.number);
    promotions::Post {
        id: Label::new(&name).expect("letters and digits"),
        url: Text::new(&format!("https://example.com/{name}")).expect("short"),
        creator: CreatorId::from_bits(hash(campaign.creator.as_str()).into()),
        kind: PostKind::Video,
        visibility: Visibility::Public,
        language: None,
        tags: campaign.tags.clone(),
        content_version: Label::new("v1").expect("letters and digits"),
        is_deleted: false,
        promotions: Vec::new(),
        created_at: now,
    }
}

/// FNV-1a, finished by the mixing function of SplitMix64.
fn hash(text: &str) -> u64 {
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
        let now = self.book.now;
        let id = promotion_of(campaign.number);
        let (terms, quote, post) =
            (terms_of(campaign), quote_of(campaign, now), post_of(campaign, now));
        let person = PersonId::from_bits(u128::from(campaign.advertiser) + 100);
        let advertiser = Actor { role: Role::Advertiser, person: Some(person) };
        let believed = usual_chance(campaign.goal);
        let reserve = u128::from(self.setting.reserve.get()) * 1_000_000_000
            / u128::from(believed.billionths());
        self.promoted.push(Promoted {
            promotion: id,
            post: post.id.clone(),
            creator: post.creator,
            payer: feed::Payer(Text::new("An advertiser").expect("short")),
            goal: campaign.goal,
            audience: campaign.audience.clone(),
            plan: Plan {
                budget: Micros::of(terms.budget.amount),
                daily: terms.daily_budget.map(Micros::of),
                starts_at: campaign.starts_at,
                ends_at: campaign.ends_at,
            },
            pricing: Pricing::Auction {
                least: Micros::new(u64::try_from(reserve).unwrap_or(u64::MAX)),
                most: quote.unit_price_max,
            },
            cap: self.setting.cap,
            believed,
            standing: Standing::Running,
        });
        self.book.sell(id, post, terms, quote, advertiser).expect("a campaign can be bought");
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
        let asked = feed::Page { viewer, viewer_key, places, seed: page.key, now: at };
        let offers = process.chooser.choose(&asked, &candidates);
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
        self.processes[*process].take(&event, at, &mut self.deliveries);
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
                let change = TermsChange {
                    audience: Some((**audience).clone()),
                    ..TermsChange::default()
                };
                let quote = book.promotion(id).map(|row| row.quote);
                quote.map_or(Ok(()), |quote| book.edit(id, &change, &quote, advertiser))
            }
            News::Incident(_) | News::CountersLost(_) => Ok(()),
        };
    }
}

/// A cap that never holds, for worlds in which it is not what is tried.
pub const NO_CAP: FrequencyCap = FrequencyCap { times: u8::MAX, within: Span::days(1) };
