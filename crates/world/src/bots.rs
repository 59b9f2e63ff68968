//! Who is not what they seem: programs, farms, and advertisers who look at their own posts.

use base::{Span, Token};
use promotions::{EventKind, Viewer};

use crate::behavior::Act;
use crate::draw::{Draw, Purpose};
use crate::plan::Plan;
use crate::post::{Campaign, CampaignNumber};
use crate::resident::{AGENTS, Looker, resident};

/// A kind of false delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Bot {
    /// A program that says so in its agent.
    Crawler,
    /// A program with an honest agent in a data center.
    DataCenter,
    /// A program with an honest agent at a home, which never sleeps and never lingers.
    Headless,
    /// Accounts of one hand that act within one minute.
    FarmBurst,
    /// Accounts of one hand that act one after the other, always in the same order.
    FarmWave,
    /// Accounts of one hand that take turns over a third of an hour. Kept away from whoever builds
    /// a detector: it is what the finished one is measured with.
    FarmHeldOut,
    /// An advertiser looks at what they have promoted.
    Own,
}

impl Bot {
    /// Every kind.
    pub const ALL: [Bot; 7] = [
        Bot::Crawler,
        Bot::DataCenter,
        Bot::Headless,
        Bot::FarmBurst,
        Bot::FarmWave,
        Bot::FarmHeldOut,
        Bot::Own,
    ];
}

/// How many of each there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bots {
    /// Programs that say so.
    pub crawlers: u16,
    /// Programs in data centers.
    pub data_centers: u16,
    /// Programs at homes.
    pub headless: u16,
    /// Farms whose members act at once.
    pub bursts: u16,
    /// Farms whose members act in turn.
    pub waves: u16,
    /// Farms that builders of detectors do not see.
    pub held_out: u16,
    /// Advertisers who look at their own posts; advertiser 0 is the first.
    pub own: u16,
}

impl Bots {
    /// Some of everything but what is held out.
    pub fn some() -> Bots {
        Bots {
            crawlers: 5,
            data_centers: 5,
            headless: 5,
            bursts: 2,
            waves: 2,
            held_out: 0,
            own: 10,
        }
    }

    /// Each actor: its kind and its number among its kind. A farm is one actor.
    pub(crate) fn actors(&self) -> impl Iterator<Item = (Bot, u16)> {
        let counts = [
            self.crawlers,
            self.data_centers,
            self.headless,
            self.bursts,
            self.waves,
            self.held_out,
            self.own,
        ];
        let of_kind = |(bot, count): (Bot, u16)| (0..count).map(move |number| (bot, number));
        Bot::ALL.into_iter().zip(counts).flat_map(of_kind)
    }
}

/// The networks of data centers, as a prefix and its length in bits: one that is set aside for
/// measurements (RFC 2544) and one for examples (RFC 5737).
pub const DATA_CENTERS: [([u8; 4], u8); 2] = [([198, 18, 0, 0], 15), ([203, 0, 113, 0], 24)];

/// What crawlers call themselves.
const CRAWLERS: [&str; 3] = [
    "ExampleBot/2.1 (+https://example.com/bot)",
    "feed-spider/0.9",
    "Mozilla/5.0 (compatible; PageCrawler/1.0)",
];

/// Members of a farm.
const FARM: u64 = 40;

/// A bot's visit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BotVisit {
    pub bot: Bot,
    /// Its number among its kind.
    pub number: u16,
    /// Which member of the farm.
    pub member: u16,
    pub after: Span,
    pub pages: u64,
}

/// The visits of one actor that begin in a minute.
pub(crate) fn visits(plan: &Plan, bot: Bot, number: u16, minute: u32) -> Vec<BotVisit> {
    let actor = actor(bot, number);
    let mut draw = plan.draws().of_pair(Purpose::BotVisit, actor, u64::from(minute));
    let visit = |member: u16, after: Span, pages| BotVisit { bot, number, member, after, pages };
    let once = |rate: u64, pages: (u64, u64), draw: &mut Draw| {
        let comes = draw.chance(rate);
        let after = Span::from_micros(draw.below(60_000_000));
        comes.then(|| visit(0, after, draw.between(pages.0, pages.1))).into_iter().collect()
    };
    match bot {
        Bot::Crawler => once(20_000, (5, 20), &mut draw),
        Bot::DataCenter => once(15_000, (4, 15), &mut draw),
        Bot::Headless => once(30_000, (3, 9), &mut draw),
        Bot::Own => once(3_000, (2, 6), &mut draw),
        // A round every five hours or so.
        Bot::FarmBurst | Bot::FarmWave | Bot::FarmHeldOut if !draw.chance(3_300) => Vec::new(),
        Bot::FarmBurst => (0..FARM)
            .map(|member| visit(member as u16, Span::from_micros(draw.below(50_000_000)), 8))
            .collect(),
        Bot::FarmWave => {
            let gap = draw.between(6, 15);
            let turn = |member: u64| visit(member as u16, Span::seconds(member * gap), 8);
            (0..FARM).map(turn).collect()
        }
        Bot::FarmHeldOut => {
            let half = (0..FARM).filter(|_| draw.chance(500_000)).collect::<Vec<_>>();
            let turns = half.into_iter().map(|member| {
                let after = Span::from_micros(draw.below(20 * 60 * 1_000_000));
                visit(member as u16, after, draw.between(4, 10))
            });
            turns.collect()
        }
    }
}

fn actor(bot: Bot, number: u16) -> u64 {
    (bot as u64) << 16 | u64::from(number)
}

/// What the platform sees of a bot.
pub(crate) fn looker(plan: &Plan, visit: &BotVisit, campaigns: &[Campaign]) -> Looker {
    let member = actor(visit.bot, visit.number) << 16 | u64::from(visit.member);
    let mut draw = plan.draws().of(Purpose::Bot, member);
    // A life that nobody leads: somewhere behind the residents.
    let borrowed = resident(plan, plan.residents.wrapping_add(draw.bits() as u32 >> 8));
    let id = |text: String| Token::new(&text).ok();
    let named = |name: String| Viewer { id: id(name), ..borrowed.viewer.clone() };
    let at_home = [10, draw.below(256) as u8, draw.below(256) as u8, draw.below(256) as u8];
    match visit.bot {
        Bot::Crawler => Looker {
            viewer: Viewer { region: borrowed.viewer.region, ..Viewer::default() },
            address: at_home,
            agent: CRAWLERS[usize::from(visit.number) % CRAWLERS.len()],
        },
        Bot::DataCenter => {
            let (network, bits) = DATA_CENTERS[usize::from(visit.number) % DATA_CENTERS.len()];
            let host = draw.bits() as u32 & (u32::MAX >> bits);
            let address = (u32::from_be_bytes(network) | host).to_be_bytes();
            Looker { viewer: named(format!("d{member}")), address, agent: AGENTS[3].0 }
        }
        Bot::Own => {
            let advertiser = campaigns.get(usize::from(visit.number));
            let name = format!("a{}", advertiser.map_or(0, |campaign| campaign.advertiser));
            Looker { viewer: named(name), address: at_home, agent: borrowed.agent }
        }
        Bot::Headless | Bot::FarmBurst | Bot::FarmWave | Bot::FarmHeldOut => Looker {
            viewer: named(format!("r{}", plan.residents as u64 + (member & 0xFFFF_FFFF))),
            address: at_home,
            agent: borrowed.agent,
        },
    }
}

/// What a bot does with the post of `campaign`.
pub(crate) fn acts(
    plan: &Plan,
    visit: &BotVisit,
    campaign: &Campaign,
    draw: &mut Draw,
) -> Vec<Act> {
    let seen = Act::new(EventKind::Impression, Span::from_micros(200_000));
    let watched = |dwell_ms: u64| Act {
        dwell_ms: Some(dwell_ms as u32),
        ..Act::new(EventKind::View, Span::from_micros((dwell_ms + 200) * 1_000))
    };
    let goal = |seconds: u64| match campaign.goal.billed() {
        EventKind::View => None,
        kind => Some(Act::new(kind, Span::seconds(seconds))),
    };
    let mut acts = vec![seen];
    match visit.bot {
        Bot::Crawler | Bot::DataCenter | Bot::Headless => {
            acts.push(watched(draw.between(2_050, 2_400)));
            acts.extend(goal(3).filter(|_| draw.chance(600_000)));
        }
        Bot::Own => acts.push(watched(draw.between(2_000, 20_000))),
        Bot::FarmBurst | Bot::FarmWave | Bot::FarmHeldOut => {
            if targets(plan, visit, campaign.number) {
                acts.push(watched(draw.between(2_000, 12_000)));
                acts.extend(goal(draw.between(13, 25)).filter(|_| draw.chance(950_000)));
            }
        }
    }
    acts
}

/// Whether a farm is out for this campaign: about one in four.
fn targets(plan: &Plan, visit: &BotVisit, campaign: CampaignNumber) -> bool {
    let farm = actor(visit.bot, visit.number);
    plan.draws().of_pair(Purpose::Bot, farm << 32, u64::from(campaign)).chance(250_000)
}
