//! A book in memory with promotions that the platform pays for, and a clock that stands still until
//! it is moved.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base::{Amount, CheckoutId, CreatorId, Currency, Instant, KeyId, Label, LineKind, Metadata};
use base::{Money, OrderId, PaymentId, PersonId, PromotionId, RefundId, Region, Span, Text, Token};
use engine::ShopCommand;
use engine::{Answer, Command, NewCheckout, PromotionCommand, Query, RefundIds, Refusal};
use outside::clock::{Clock, ManualClock};
use outside::keyring::KeyRing;
use outside::random::SeededRandomness;
use promotions::{Actor, Audience, Goal, Micros, NewPromotion, Post, PostKind, Promise, Promotion};
use promotions::{Quote, Role, Slice, Terms, Visibility, post_id, slice_id};
use serving::{Disk, Feed, FeedParts, ListFiles, RealDisk};
use shop::{Creator, NewLine};
use store::{MemoryBook, Reader};
use writer::{Archived, BookSpec, Options, Request, Running};

pub const START: &str = "2026-03-01T00:00:00Z";
/// Clocks may be set as one likes.
const JUMP_MAX: Duration = Duration::from_secs(1 << 40);

pub const ADVERTISER: PersonId = PersonId::from_bits(1);
const CREATOR: CreatorId = CreatorId::from_bits(2);
const STAFF: Actor = Actor { role: Role::Staff, person: None };
const BUYER: Actor = Actor { role: Role::Advertiser, person: Some(ADVERTISER) };

pub struct Town {
    pub running: Running,
    pub book: MemoryBook,
    pub clock: ManualClock,
    ring: Arc<KeyRing>,
    /// Whose events are not billed.
    pub lists: ListFiles,
    /// How far the wall clock may jump for a feed.
    pub clock_jump_max: Duration,
    /// What makes logs durable.
    pub disk: Arc<dyn Disk>,
}

impl Town {
    pub fn new() -> Town {
        let start = Instant::parse(START).unwrap();
        let clock = ManualClock::new(start);
        let book = MemoryBook::new();
        let running = spawn_writer(&book, &clock);
        let ring = Arc::new(KeyRing::generate(start, &mut SeededRandomness::new(5)));
        let town = Town {
            running,
            book,
            clock,
            ring,
            lists: ListFiles::default(),
            clock_jump_max: JUMP_MAX,
            disk: Arc::new(RealDisk),
        };
        town.shop(ShopCommand::CreateCreator(Box::new(Creator {
            id: CREATOR,
            name: Text::new("Ann").unwrap(),
            handle: Token::new("ann").unwrap(),
            share: shop::BasisPoints::default(),
            metadata: Metadata::default(),
            created_at: start,
        })));
        town
    }

    /// The book's writer dies; until then nothing is decided, `meanwhile` happens, and another one
    /// takes over.
    pub fn without_writer(self, meanwhile: impl FnOnce()) -> Town {
        let Town { running, book, clock, ring, lists, clock_jump_max, disk } = self;
        running.stop();
        meanwhile();
        let running = spawn_writer(&book, &clock);
        Town { running, book, clock, ring, lists, clock_jump_max, disk }
    }

    /// Opens a feed over the logs of this folder.
    pub fn feed(&self, folder: &Path) -> Feed {
        self.try_feed(folder).unwrap()
    }

    pub fn try_feed(&self, folder: &Path) -> Result<Feed, serving::ServingError> {
        let book = self.book.clone();
        Feed::open(FeedParts {
            book: "test".to_owned(),
            handle: self.running.handle.clone(),
            open_reader: Box::new(move || Ok(Box::new(book.reader()) as Box<dyn Reader>)),
            folder: folder.to_owned(),
            ring: Arc::clone(&self.ring),
            clock: Arc::new(self.clock.clone()),
            clock_jump_max: self.clock_jump_max,
            lists: self.lists.clone(),
            disk: Arc::clone(&self.disk),
        })
    }

    /// All of the journal but the last commit leaves it, as far as it is older than a day.
    pub fn forget_journal(&self) {
        let handle = &self.running.handle;
        handle.flush_and_wait(handle.figures().seq()).unwrap();
        let mut reader = self.book.reader();
        let head = reader.head().unwrap();
        let last = reader.block_of(head.seq).unwrap().unwrap();
        let archived = Archived { seq: last.first_seq - 1, hash: last.previous_hash };
        let removal = handle.remove_and_wait(archived).unwrap();
        assert_eq!(removal, writer::Removal::Removed { through: archived.seq, is_done: true });
    }

    pub fn wait(&self, span: Span) {
        self.clock.advance(span);
    }

    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    pub fn ask(&self, command: Command) -> Result<Answer, Refusal> {
        let request = Request { command, actor: KeyId::from_bits(1), operation: None };
        let mut outcomes = self.running.handle.decide(vec![request], false).unwrap();
        outcomes.pop().unwrap().unwrap().result
    }

    fn shop(&self, command: ShopCommand) {
        self.ask(Command::Shop(command)).unwrap();
    }

    pub fn promote(&self, command: PromotionCommand) -> Result<Answer, Refusal> {
        self.ask(Command::Promotions(Box::new(command)))
    }

    /// A promotion of views for 30 days from now, allowed, of so many minor units that the platform
    /// pays.
    pub fn running(&self, number: u128, budget: i64) -> PromotionId {
        self.running_for(Goal::Views, number, budget)
    }

    /// The same for another goal.
    pub fn running_for(&self, goal: Goal, number: u128, budget: i64) -> PromotionId {
        let id = self.paid(goal, number, budget);
        self.approve(id);
        id
    }

    /// It may be shown.
    pub fn approve(&self, promotion: PromotionId) {
        let approve = PromotionCommand::Approve { promotion, version: None, actor: STAFF };
        self.promote(approve).unwrap();
    }

    /// One that waits for its review.
    pub fn paid(&self, goal: Goal, number: u128, budget: i64) -> PromotionId {
        self.quoted(goal, number, budget, 100)
    }

    /// One of which so many units were quoted at least, and twice as many at most.
    pub fn quoted(&self, goal: Goal, number: u128, budget: i64, units: u64) -> PromotionId {
        self.quoted_for(goal, number, budget, 30, (units, units * 2))
    }

    /// The same for so many days, with a quote of so many units.
    pub fn quoted_for(
        &self,
        goal: Goal,
        number: u128,
        budget: i64,
        days: u64,
        (units_low, units_high): (u64, u64),
    ) -> PromotionId {
        let (now, id) = (self.now(), PromotionId::from_bits(number));
        let post = Label::new(&format!("post-{number}")).unwrap();
        let budget = Money::new(budget, Currency::USD).unwrap();
        let terms = Terms {
            goal,
            target: None,
            audience: Audience::automatic(),
            budget,
            incentive: budget.amount,
            daily_budget: None,
            starts_at: now,
            ends_at: now.saturating_add(Span::days(days)),
            promise: Promise::Estimate,
        };
        let quote = Quote {
            unit: goal.billed(),
            // A sale is worth less than a view here, as far as is believed.
            unit_price_max: Micros::new(if goal == Goal::Sales { 200_000_000 } else { 2_000_000 }),
            units_low,
            units_high,
            guaranteed_units: None,
            audience_size: 10_000,
            quoted_at: now,
        };
        let new = NewPromotion {
            id,
            advertiser: ADVERTISER,
            post: post.clone(),
            terms,
            quote,
            pay_with: Vec::new(),
            authorization: None,
            advertiser_age: None,
            metadata: Metadata::default(),
        };
        let post = Post {
            id: post_id(&post),
            name: post,
            url: Text::new("https://example.com/p").unwrap(),
            creator: CREATOR,
            kind: PostKind::Video,
            visibility: Visibility::Public,
            language: None,
            tags: Vec::new(),
            content_version: Label::new("v1").unwrap(),
            is_deleted: false,
            promotions: Vec::new(),
            created_at: now,
            published_at: None,
        };
        let compose =
            PromotionCommand::Compose { new: Box::new(new), post: Box::new(post), actor: BUYER };
        self.promote(compose).unwrap();
        self.pay(id, number);
        id
    }

    fn pay(&self, promotion: PromotionId, number: u128) {
        let checkout = CheckoutId::from_bits(1_000 + number);
        let line = NewLine {
            product: None,
            name: Text::new("Promotion").unwrap(),
            seller: None,
            creator: None,
            kind: LineKind::Promotion,
            category: None,
            quantity: 1,
            unit_price: Money::new(0, Currency::USD).unwrap(),
            discount: None,
            tax: None,
        };
        let new = shop::NewCheckout {
            id: checkout,
            currency: Currency::USD,
            region: Region::parse("US").unwrap(),
            buyer: Some(ADVERTISER),
            lines: vec![line],
            promotion: Some(promotion),
            shipping: None,
            source: None,
            metadata: Metadata::default(),
        };
        self.shop(ShopCommand::CreateCheckout(Box::new(NewCheckout::from(new))));
        let submit = PromotionCommand::Submit {
            promotion,
            checkout,
            pay_with: None,
            authorization: None,
            actor: BUYER,
        };
        self.promote(submit).unwrap();
        self.shop(ShopCommand::Pay {
            checkout,
            payments: Box::new(std::array::from_fn(|place| {
                PaymentId::from_bits(10_000 * number + place as u128)
            })),
            order: OrderId::from_bits(2_000 + number),
            return_url: None,
        });
    }

    /// Its advertiser holds it up.
    pub fn pause(&self, promotion: PromotionId) {
        self.promote(PromotionCommand::Pause { promotion, actor: BUYER }).unwrap();
    }

    /// And lets it go on.
    pub fn resume(&self, promotion: PromotionId) {
        self.promote(PromotionCommand::Resume { promotion, actor: BUYER }).unwrap();
    }

    /// Time has done what it does to it.
    pub fn advance(&self, promotion: PromotionId) {
        self.promote(PromotionCommand::Advance { promotion }).unwrap();
    }

    /// The platform removes it.
    pub fn remove(&self, promotion: PromotionId) {
        let rule = promotions::RuleCode::new("misleading").unwrap();
        let cause = promotions::StopCause::Policy(rule);
        self.promote(PromotionCommand::Stop { promotion, cause, actor: STAFF }).unwrap();
    }

    /// The post of the promotion of this number is deleted.
    pub fn delete_post(&self, number: u128) {
        let post = Label::new(&format!("post-{number}")).unwrap();
        let is_deleted = Some(true);
        let change = promotions::PostChange { visibility: None, is_deleted, content_version: None };
        self.promote(PromotionCommand::ChangePost { post, change }).unwrap();
    }

    /// What was done to a promotion, in order.
    pub fn deeds(&self, promotion: PromotionId) -> Vec<promotions::Deed> {
        let handle = &self.running.handle;
        handle.flush_and_wait(handle.figures().seq()).unwrap();
        let page = store::Page::after(None, 1_000);
        let rows = self.book.reader().list(store::List::Deeds { promotion }, page).unwrap();
        let deed = |row: &engine::Row| match row {
            engine::Row::Deed(deed) => Some(deed.as_ref().clone()),
            _ => None,
        };
        let mut deeds: Vec<_> = rows.iter().filter_map(deed).collect();
        deeds.sort_by_key(|deed| deed.number);
        deeds
    }

    pub fn stop(&self, promotion: PromotionId) {
        let cause = promotions::StopCause::Advertiser;
        self.promote(PromotionCommand::Stop { promotion, cause, actor: BUYER }).unwrap();
    }

    pub fn settle(&self, promotion: PromotionId) -> Result<Answer, Refusal> {
        let order = Some(OrderId::from_bits(2_000 + promotion.bits()));
        let ids = RefundIds {
            cards: std::array::from_fn(|place| RefundId::from_bits(50_000 + place as u128)),
            rails: std::array::from_fn(|place| {
                base::RailRefundId::from_bits(60_000 + place as u128)
            }),
        };
        self.promote(PromotionCommand::Settle {
            promotion,
            order,
            refund: RefundId::from_bits(70_000),
            ids: Box::new(ids),
        })
    }

    pub fn promotion(&self, id: PromotionId) -> Promotion {
        match self.running.handle.ask(Query::Promotion(id)).unwrap() {
            Some(Answer::Promotion { promotion, .. }) => promotion.as_ref().clone(),
            other => panic!("{other:?}"),
        }
    }

    pub fn slice(&self, promotion: PromotionId, number: u32) -> Slice {
        match self.running.handle.ask(Query::Slice(slice_id(promotion, number))).unwrap() {
            Some(Answer::Slice(slice)) => slice.as_ref().clone(),
            other => panic!("{other:?}"),
        }
    }

    /// What is in the escrow.
    pub fn escrow(&self, promotion: PromotionId) -> i64 {
        let account = self.promotion(promotion).escrow().id(Currency::USD);
        match self.running.handle.ask(Query::Account(account)).unwrap() {
            Some(Answer::Account(account)) => account.balance(),
            other => panic!("{other:?}"),
        }
    }
}

fn spawn_writer(book: &MemoryBook, clock: &ManualClock) -> Running {
    let times = {
        let clock = clock.clone();
        Box::new(move || (clock.now(), clock.monotonic()))
    };
    let spec = BookSpec { is_test: true, ring: [0; 8] };
    let options =
        Options { clock_jump_max: JUMP_MAX, journal_retention_days: Some(1), ..Options::default() };
    writer::spawn(book.store(), spec, options, times).unwrap()
}

pub fn cents(minor: i64) -> Amount {
    Amount::new(minor).unwrap()
}
