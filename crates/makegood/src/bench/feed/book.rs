//! The book that events are billed in: promotions of views, which the platform pays, each of a
//! creator of its own.

use std::path::Path;

use base::{CheckoutId, CreatorId, Currency, Instant, KeyId, Label, LineKind, Money, OrderId};
use base::{PaymentId, PersonId, PromotionId, Region, Span, Text, Token};
use engine::{Command, NewCheckout, PromotionCommand, ShopCommand};
use promotions::{Actor, Audience, Goal, Micros, NewPromotion, Post, PostKind, Promise, Quote};
use promotions::{Role, Terms, Visibility, post_id};
use shop::{BasisPoints, Creator, NewLine};
use store::BookRecord;
use writer::{Handle, Request};

use crate::bench::seed::{mixed, place};
use crate::config::{Environment, Settings};
use crate::failure::{Done, Failure};
use crate::wiring::{Installation, OpenBook, book_name};

/// Commands that are decided at once.
const AT_ONCE: usize = 1_200;

/// What each may spend, in minor units: more than any run can.
const BUDGET: i64 = 1_000_000_000;

/// What a unit costs at most, in millionths of a minor unit.
const UNIT_PRICE_MAX: u64 = 4_000_000;

const STAFF: Actor = Actor { role: Role::Staff, person: None };

/// An installation in a folder, with book `test` opened.
pub(super) struct Bench {
    pub(super) installation: Installation,
    pub(super) settings: Settings,
    pub(super) record: BookRecord,
    pub(super) book: OpenBook,
}

/// Opens book `test` in this folder, and has a promotion run for each of these audiences from now
/// on, for a day.
pub(super) fn open(folder: &Path, audiences: impl Iterator<Item = Audience>) -> Done<Bench> {
    let environment = Environment::of_process();
    let settings = Settings::load(&place(folder), None, &environment)?;
    if settings.database().is_some() {
        let what = "bench feed makes promotions and bills them, in files of its own only";
        return Err(Failure::new(what).next("unset MAKEGOOD_DATABASE"));
    }
    let installation = Installation::open(&settings, &environment)?;
    let record = installation.book_or_new(&book_name("test").map_err(Failure::new)?, true)?;
    let book = installation.open_book(&record)?;
    let now = installation.now();
    let mut waiting = Vec::with_capacity(AT_ONCE);
    for (number, audience) in (0..).zip(audiences) {
        waiting.extend(commands(number, audience, now));
        if waiting.len() >= AT_ONCE {
            decide(book.handle(), std::mem::take(&mut waiting))?;
        }
    }
    decide(book.handle(), waiting)?;
    Ok(Bench { installation, settings, record, book })
}

/// The promotion of a number.
pub(super) fn promotion(number: u64) -> PromotionId {
    PromotionId::from_parts(Instant::from_micros(0), mixed(number))
}

fn decide(handle: &Handle, commands: Vec<Command>) -> Done {
    if commands.is_empty() {
        return Ok(());
    }
    let request = |command| Request { command, actor: KeyId::from_bits(1), operation: None };
    for outcome in handle.decide(commands.into_iter().map(request).collect(), false)? {
        outcome?.result.map_err(Failure::new)?;
    }
    Ok(())
}

/// What it takes to have a promotion run.
fn commands(number: u64, audience: Audience, now: Instant) -> Vec<Command> {
    let parts = (Instant::from_micros(0), mixed(number));
    let (promotion, checkout) = (promotion(number), CheckoutId::from_parts(parts.0, parts.1));
    let advertiser = PersonId::from_parts(parts.0, parts.1);
    let creator = CreatorId::from_parts(parts.0, parts.1);
    let actor = Actor { role: Role::Advertiser, person: Some(advertiser) };
    let post = Label::new(&format!("post-{number}")).expect("a label");
    let new = new_promotion(promotion, advertiser, (&post, audience), now);
    let post = new_post(creator, post, now);
    let payments = Box::new(std::array::from_fn(|_| PaymentId::from_parts(parts.0, parts.1)));
    let order = OrderId::from_parts(parts.0, parts.1);
    vec![
        Command::Shop(ShopCommand::CreateCreator(Box::new(Creator {
            id: creator,
            name: Text::new("A creator").expect("short"),
            handle: Token::new(&format!("creator-{number}")).expect("a token"),
            share: BasisPoints::default(),
            metadata: Default::default(),
            created_at: now,
        }))),
        of(PromotionCommand::Compose { new: Box::new(new), post: Box::new(post), actor }),
        Command::Shop(ShopCommand::CreateCheckout(Box::new(checkout_of(promotion, checkout)))),
        of(PromotionCommand::Submit {
            promotion,
            checkout,
            pay_with: None,
            authorization: None,
            actor,
        }),
        Command::Shop(ShopCommand::Pay { checkout, payments, order, return_url: None }),
        of(PromotionCommand::Approve { promotion, version: None, actor: STAFF }),
    ]
}

fn of(command: PromotionCommand) -> Command {
    Command::Promotions(Box::new(command))
}

fn new_promotion(
    id: PromotionId,
    advertiser: PersonId,
    (post, audience): (&Label, Audience),
    now: Instant,
) -> NewPromotion {
    let budget = Money::new(BUDGET, Currency::USD).expect("not negative");
    let terms = Terms {
        goal: Goal::Views,
        target: None,
        audience,
        budget,
        incentive: budget.amount,
        daily_budget: None,
        starts_at: now,
        ends_at: now.saturating_add(Span::days(1)),
        promise: Promise::Estimate,
    };
    let quote = Quote {
        unit: Goal::Views.billed(),
        unit_price_max: Micros::new(UNIT_PRICE_MAX),
        units_low: 1,
        units_high: 2,
        guaranteed_units: None,
        audience_size: 1_000_000,
        quoted_at: now,
    };
    NewPromotion {
        id,
        advertiser,
        post: post.clone(),
        terms,
        quote,
        pay_with: Vec::new(),
        authorization: None,
        advertiser_age: None,
        metadata: Default::default(),
    }
}

fn new_post(creator: CreatorId, name: Label, now: Instant) -> Post {
    Post {
        id: post_id(&name),
        name,
        url: Text::new("https://example.com/p").expect("short"),
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
    }
}

fn checkout_of(promotion: PromotionId, id: CheckoutId) -> NewCheckout {
    let line = NewLine {
        product: None,
        name: Text::new("Promotion").expect("short"),
        seller: None,
        creator: None,
        kind: LineKind::Promotion,
        category: None,
        quantity: 1,
        unit_price: Money::new(0, Currency::USD).expect("not negative"),
        discount: None,
        tax: None,
    };
    NewCheckout::from(shop::NewCheckout {
        id,
        currency: Currency::USD,
        region: Region::parse("US").expect("a country"),
        buyer: None,
        lines: vec![line],
        promotion: Some(promotion),
        shipping: None,
        source: None,
        metadata: Default::default(),
    })
}
