//! What is promoted, by whom, for whom.

use base::{Instant, Label, Region, Span};
use promotions::{Audience, Device, Gender, Goal, Language};

use crate::draw::{Draw, Purpose};
use crate::plan::Plan;
use crate::resident::{COUNTRIES, GROUP, INTERESTS, LANGUAGES, interest};

/// The number of a campaign in its world.
pub type CampaignNumber = u32;

/// A promotion that somebody in the city buys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Campaign {
    /// Its number; also that of its post.
    pub number: CampaignNumber,
    /// Who buys it, as a number; some buy several.
    pub advertiser: u32,
    /// Who made the post.
    pub creator: Label,
    /// What the post is about.
    pub tags: Vec<Label>,
    /// What it is to bring about.
    pub goal: Goal,
    /// Whom it is for.
    pub audience: Audience,
    /// What may be spent, in minor units.
    pub budget: i64,
    /// What may be spent a day, in minor units.
    pub daily_budget: Option<i64>,
    /// The most that a thousand units may cost, in minor units.
    pub price_per_thousand: i64,
    /// When it begins.
    pub starts_at: Instant,
    /// When it ends.
    pub ends_at: Instant,
    /// Whether it is there to compete only, and nobody asks how it fares.
    pub is_competitor: bool,
    /// How well the post does among others, in hundredths.
    pub quality: u32,
}

/// The campaigns of a world: `own` ones whose course is watched, then `competitors`.
pub fn campaigns(plan: &Plan, own: u32, competitors: u32) -> Vec<Campaign> {
    (0..own + competitors).map(|number| campaign(plan, number, number >= own)).collect()
}

fn campaign(plan: &Plan, number: CampaignNumber, is_competitor: bool) -> Campaign {
    let purpose = if is_competitor { Purpose::Competitor } else { Purpose::Campaign };
    let mut draw = plan.draws().of(purpose, u64::from(number));
    let goal = Goal::ALL[draw.weighted(&[50, 15, 8, 10, 10, 3, 4])];
    let total_days = u64::from(plan.days);
    let starts_after = if is_competitor { 0 } else { draw.below(total_days * 24 / 3) };
    let hours = draw.between(24, 24 * total_days).min(24 * total_days - starts_after);
    let starts_at = plan.starts_at.saturating_add(Span::hours(starts_after));
    let budget = draw.between(2_000, 30_000) as i64;
    let days = hours.div_ceil(24) as i64;
    let is_daily = draw.chance(300_000);
    Campaign {
        number,
        advertiser: number - number % draw.between(1, 3) as u32,
        creator: Label::new(&format!("c{}", number / 2)).expect("letters and digits"),
        tags: tags(&mut draw),
        goal,
        audience: if draw.chance(350_000) { Audience::automatic() } else { audience(&mut draw) },
        budget,
        daily_budget: is_daily.then(|| (budget / days).max(1) * 6 / 5),
        price_per_thousand: price(goal, &mut draw),
        starts_at,
        ends_at: starts_at.saturating_add(Span::hours(hours)),
        is_competitor,
        quality: draw.between(50, 200) as u32,
    }
}

/// Three interests of one group.
fn tags(draw: &mut Draw) -> Vec<Label> {
    let group = draw.below(INTERESTS / GROUP) * GROUP;
    (0..3).map(|_| interest(group + draw.below(GROUP))).collect()
}

/// What a thousand units are worth at most: the rarer they are, the more.
fn price(goal: Goal, draw: &mut Draw) -> i64 {
    let usual = match goal {
        Goal::Views => 400,
        Goal::Engagement => 4_000,
        Goal::ProfileViews => 9_000,
        Goal::WebsiteVisits => 12_000,
        Goal::Followers => 30_000,
        Goal::Messages => 60_000,
        Goal::Sales => 150_000,
    };
    // The product of two draws has the long tail that bids have.
    usual * draw.between(50, 160) as i64 * draw.between(60, 150) as i64 / 10_000
}

/// An audience as advertisers choose them: always countries, often a language, an age range and
/// interests, now and then a gender, a device or an interest that is unwelcome.
pub(crate) fn audience(draw: &mut Draw) -> Audience {
    let countries = draw.between(1, 8);
    let regions = (0..countries).filter_map(|_| {
        let country = COUNTRIES[draw.below(60).min(draw.below(60)) as usize];
        Region::parse(country).ok()
    });
    let mut chosen = Audience { regions: regions.collect(), ..Audience::default() };
    if draw.chance(300_000) {
        let count = draw.between(1, 2);
        let languages = (0..count).filter_map(|_| Language::new(draw.one_of(&LANGUAGES)).ok());
        chosen.languages = languages.collect();
    }
    if draw.chance(800_000) {
        chosen.age_min = Some(draw.one_of(&[16, 18, 21, 25]));
        chosen.age_max = draw.chance(500_000).then(|| draw.one_of(&[34, 44, 54]));
    }
    if draw.chance(300_000) {
        chosen.genders = vec![Gender::ALL[draw.below(2) as usize]];
    }
    if draw.chance(300_000) {
        let group = draw.below(INTERESTS / GROUP) * GROUP;
        let count = draw.between(3, 8);
        chosen.interests = (0..count).map(|_| interest(group + draw.below(GROUP))).collect();
    }
    if draw.chance(100_000) {
        chosen.excluded_interests = vec![interest(draw.below(INTERESTS))];
    }
    if draw.chance(200_000) {
        chosen.devices = vec![Device::ALL[draw.weighted(&[8, 1, 1])]];
    }
    chosen
}
