//! Where promotions are bought: composed, paid over the sandbox, and looked at.

use base::{Amount, CheckoutId, CreatorId, Currency, Instant, Label, LineKind, MethodId, Money};
use base::{OrderId, PersonId, PromotionId, Region, Span, Text};
use engine::{AddTender, Command, NewCheckout, PromotionCommand, ShopCommand};
use http::AssumedFeed;
use promotions::{
    Actor, Affected, Component, IncidentSeverity, IncidentTerms, NewIncident, NewPromotion,
    PayWith, Post, PostChange, PostKind, Role, StopCause, Terms, Visibility, post_id,
};
use shop::NewLine;
use world::{Incident, News};

use super::cast::{Boost, Unseen};
use crate::commands::demo::market::promoter;
use crate::commands::demo::people;
use crate::commands::demo::shop::{Keeper, word};
use crate::failure::Done;

/// Whoever looks at promotions for the platform.
const STAFF: Actor = Actor { role: Role::Staff, person: None };

/// How long the sandbox has to take what it is asked for.
const PAYING: Span = Span::minutes(1);

/// A promotion that was bought.
#[derive(Clone)]
pub(super) struct Bought {
    pub(super) promotion: PromotionId,
    /// Who pays for it.
    pub(super) advertiser: PersonId,
    post: Label,
    method: MethodId,
    budget: Money,
}

/// Composes promotions for a day that begins at `midnight`.
pub(super) fn compose(
    keeper: &Keeper<'_>,
    creators: &[CreatorId],
    boosts: &[Boost],
    midnight: Instant,
) -> Done<Vec<Bought>> {
    let now = keeper.now()?;
    let (mut all, mut commands) = (Vec::new(), Vec::new());
    for boost in boosts {
        let bought = Bought {
            promotion: keeper.new_id(),
            advertiser: keeper.person(people::CREATOR),
            post: Label::new(boost.post).expect("names of posts are labels"),
            method: keeper.new_id(),
            budget: usd(boost.budget),
        };
        commands.push(promoter(bought.method, bought.advertiser));
        commands.push(composing(&bought, boost, creators[boost.creator], (midnight, now)));
        all.push(bought);
    }
    keeper.decide_all(commands)?;
    Ok(all)
}

fn composing(
    bought: &Bought,
    boost: &Boost,
    creator: CreatorId,
    (midnight, now): (Instant, Instant),
) -> Command {
    let (starts_at, ends_at) = boost.dates(midnight);
    let terms = Terms {
        goal: boost.goal,
        target: None,
        audience: boost.audience(),
        budget: bought.budget,
        incentive: Amount::ZERO,
        daily_budget: boost.daily_budget.map(|daily| usd(daily).amount),
        starts_at,
        ends_at,
        promise: boost.promise,
    };
    let quote = promotions::quote(&terms, &AssumedFeed::default().inventory(&terms), now);
    let new = NewPromotion {
        id: bought.promotion,
        advertiser: bought.advertiser,
        post: bought.post.clone(),
        terms,
        quote,
        pay_with: vec![PayWith::Method { method: bought.method, at_most: None }],
        authorization: None,
        advertiser_age: None,
        metadata: Default::default(),
    };
    let url = format!("https://shop.example/posts/{}", bought.post);
    let post = Post {
        id: post_id(&bought.post),
        name: bought.post.clone(),
        url: Text::new(&url).expect("addresses of posts are short"),
        creator,
        kind: PostKind::Video,
        visibility: Visibility::Public,
        language: None,
        tags: Vec::new(),
        content_version: Label::new("v1").expect("a label"),
        is_deleted: false,
        promotions: Vec::new(),
        created_at: now,
        published_at: None,
    };
    let (new, post) = (Box::new(new), Box::new(post));
    of(PromotionCommand::Compose { new, post, actor: by(bought) })
}

/// Pays promotions, and has those looked at that are to be.
pub(super) fn pay(keeper: &Keeper<'_>, bought: &[Bought]) -> Done {
    keeper.decide_all(bought.iter().flat_map(|bought| paying(keeper, bought)).collect())?;
    keeper.pass(PAYING).map(drop)
}

/// Allows promotions.
pub(super) fn approve(keeper: &Keeper<'_>, bought: &[Bought]) -> Done {
    keeper.decide_all(bought.iter().map(|bought| allowing(bought.promotion)).collect())
}

/// That whoever looks at it allows it.
pub(super) fn allowing(promotion: PromotionId) -> Command {
    of(PromotionCommand::Approve { promotion, version: None, actor: STAFF })
}

/// Brings promotions that nobody is shown where they are to stay.
pub(super) fn leave(keeper: &Keeper<'_>, left: &[(Unseen, Bought)]) -> Done {
    let paid: Vec<Bought> = left
        .iter()
        .filter(|(unseen, _)| *unseen != Unseen::Draft)
        .map(|(_, bought)| bought.clone())
        .collect();
    pay(keeper, &paid)?;
    for (unseen, bought) in left {
        let promotion = bought.promotion;
        match unseen {
            Unseen::Draft | Unseen::InReview => {}
            Unseen::Scheduled => approve(keeper, std::slice::from_ref(bought))?,
            Unseen::Rejected => {
                let rule = word("health_claim");
                let reject =
                    PromotionCommand::Reject { promotion, rule, version: None, actor: STAFF };
                keeper.decide_all(vec![of(reject)])?;
            }
        }
    }
    Ok(())
}

/// What a piece of news is as a command.
pub(super) fn follow(bought: &Bought, news: &News) -> Option<Command> {
    let (promotion, actor) = (bought.promotion, by(bought));
    Some(match news {
        News::Paused(_, true) => of(PromotionCommand::Pause { promotion, actor }),
        News::Paused(_, false) => of(PromotionCommand::Resume { promotion, actor }),
        News::Removed(_) => {
            let cause = StopCause::Policy(word("misleading"));
            of(PromotionCommand::Stop { promotion, cause, actor: STAFF })
        }
        News::Deleted(_) => {
            let change = PostChange { is_deleted: Some(true), ..PostChange::default() };
            of(PromotionCommand::ChangePost { post: bought.post.clone(), change })
        }
        _ => return None,
    })
}

/// What people tell of an incident.
pub(super) fn declare(keeper: &Keeper<'_>, incident: &Incident) -> Command {
    let component = match incident.component {
        world::Component::Selection => Component::Selection,
        world::Component::Intake => Component::Intake,
    };
    let terms = IncidentTerms {
        severity: IncidentSeverity::Critical,
        started_at: incident.started_at,
        ended_at: Some(incident.ended_at),
        affects: Affected::default(),
    };
    let new = Box::new(NewIncident { id: keeper.new_id(), component, terms });
    of(PromotionCommand::DeclareIncident { new, actor: STAFF })
}

fn paying(keeper: &Keeper<'_>, bought: &Bought) -> [Command; 4] {
    let (promotion, checkout): (_, CheckoutId) = (bought.promotion, keeper.new_id());
    let line = NewLine {
        product: None,
        name: Text::new("Promotion").expect("short"),
        seller: None,
        creator: None,
        kind: LineKind::Promotion,
        category: None,
        quantity: 1,
        unit_price: bought.budget,
        discount: None,
        tax: None,
    };
    let new = shop::NewCheckout {
        id: checkout,
        currency: bought.budget.currency,
        region: Region::parse("US-CA").expect("California is a region"),
        buyer: Some(bought.advertiser),
        lines: vec![line],
        promotion: Some(promotion),
        shipping: None,
        source: None,
        metadata: Default::default(),
    };
    let tender = AddTender::PaymentMethod { method: bought.method, wanted: None };
    let holds = Box::new(std::array::from_fn(|_| keeper.new_id()));
    let order: OrderId = keeper.new_id();
    let payments = Box::new(std::array::from_fn(|_| keeper.new_id()));
    [
        Command::Shop(ShopCommand::CreateCheckout(Box::new(NewCheckout::from(new)))),
        of(PromotionCommand::Submit {
            promotion,
            checkout,
            pay_with: None,
            authorization: None,
            actor: by(bought),
        }),
        Command::Shop(ShopCommand::AddTender { checkout, tender, holds }),
        Command::Shop(ShopCommand::Pay { checkout, payments, order, return_url: None }),
    ]
}

fn of(command: PromotionCommand) -> Command {
    Command::Promotions(Box::new(command))
}

fn by(bought: &Bought) -> Actor {
    Actor { role: Role::Advertiser, person: Some(bought.advertiser) }
}

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD).expect("budgets are not negative")
}
