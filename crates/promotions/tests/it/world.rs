//! A little book of promotions. Every outcome is kept and the whole book is audited after it.

use std::collections::BTreeMap;

use base::{
    AccountId, Amount, CheckoutId, CreatorId, Currency, Instant, Label, Metadata, Money, PersonId,
};
use base::{PromotionId, Span, Text, Token};
use ledger::{Account, AccountName, Kind, Position, Side};
use promotions::{
    AccountFacts, Actor, Audience, BillRows, BillingStream, Context, Deed, Goal, Inventory,
};
use promotions::{
    MarketPrices, MethodFacts, Micros, NewPromotion, Outcome, Policy, Post, PostKind,
};
use promotions::{PreflightFacts, Promise, Promotion, PromotionEvent, Quote, Refusal, Role};
use promotions::{Return, Settlement, Slice, SliceState, State, Terms, Visibility, post_id};

/// The checkout that pays for every promotion here.
pub const CHECKOUT: CheckoutId = CheckoutId::from_bits(9);

pub const ADVERTISER: Actor =
    Actor { role: Role::Advertiser, person: Some(PersonId::from_bits(1)) };
pub const ANN: Actor = Actor { role: Role::Staff, person: Some(PersonId::from_bits(2)) };
pub const BOB: Actor = Actor { role: Role::Staff, person: Some(PersonId::from_bits(3)) };

pub fn cents(minor: i64) -> Amount {
    Amount::new(minor).unwrap()
}

pub fn dollars(minor: i64) -> Money {
    Money::new(minor, Currency::USD).unwrap()
}

pub fn label(text: &str) -> Label {
    Label::new(text).unwrap()
}

pub fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

pub fn rule(text: &str) -> Token<40> {
    Token::new(text).unwrap()
}

pub fn hold() -> Span {
    Span::hours(72)
}

/// A thousand people a day who each see the feed a few times; half of the impressions are views.
pub fn inventory() -> Inventory {
    Inventory {
        audience_size: 50_000,
        opportunities_per_day: 40_000,
        units_per_million: 500_000,
        prices: MarketPrices { mean: Micros::new(200_000), p90: Micros::new(400_000) },
    }
}

/// Views for everybody, 50.00 over four days.
pub fn terms() -> Terms {
    Terms {
        goal: Goal::Views,
        target: None,
        audience: Audience::automatic(),
        budget: dollars(5_000),
        incentive: Amount::ZERO,
        daily_budget: None,
        starts_at: at("2026-03-02T12:00:00Z"),
        ends_at: at("2026-03-06T12:00:00Z"),
        promise: Promise::Estimate,
    }
}

pub fn post() -> Post {
    Post {
        id: post_id(&label("post-1")),
        name: label("post-1"),
        url: Text::new("https://example.com/1").unwrap(),
        creator: CreatorId::from_bits(7),
        kind: PostKind::Video,
        visibility: Visibility::Public,
        language: None,
        tags: Vec::new(),
        content_version: label("v1"),
        is_deleted: false,
        promotions: Vec::new(),
        created_at: at("2026-03-01T00:00:00Z"),
        published_at: None,
    }
}

pub struct World {
    pub now: Instant,
    pub policy: Policy,
    pub account: AccountFacts,
    pub methods: Vec<MethodFacts>,
    pub inventory: Inventory,
    pub post: Post,
    pub promotions: BTreeMap<PromotionId, Promotion>,
    pub slices: BTreeMap<(PromotionId, u32), Slice>,
    pub streams: BTreeMap<Label, BillingStream>,
    pub deeds: Vec<Deed>,
    pub settlements: Vec<Settlement>,
    pub events: Vec<PromotionEvent>,
    accounts: BTreeMap<AccountId, Account>,
    sequence: u64,
}

impl World {
    /// A day before [`terms`] begin.
    pub fn new() -> World {
        World {
            now: at("2026-03-01T00:00:00Z"),
            policy: Policy::of(Currency::USD),
            account: AccountFacts::default(),
            methods: Vec::new(),
            inventory: inventory(),
            post: post(),
            promotions: BTreeMap::new(),
            slices: BTreeMap::new(),
            streams: BTreeMap::new(),
            deeds: Vec::new(),
            settlements: Vec::new(),
            events: Vec::new(),
            accounts: BTreeMap::new(),
            sequence: 0,
        }
    }

    pub fn context(&self) -> Context {
        Context { now: self.now, position: Position::start(self.sequence + 1) }
    }

    pub fn later(&mut self, span: Span) {
        self.now = self.now.saturating_add(span);
    }

    pub fn quote(&self, terms: &Terms) -> Quote {
        promotions::quote(terms, &self.inventory, self.now)
    }

    /// Decides with the facts of the world.
    pub fn with_facts<T>(&self, quote: &Quote, decide: impl Fn(PreflightFacts<'_>) -> T) -> T {
        decide(PreflightFacts {
            post: Some(&self.post),
            quote,
            methods: &self.methods,
            account: &self.account,
            policy: &self.policy,
        })
    }

    /// Decides with every account that was opened.
    pub fn with_accounts<T>(&self, decide: impl FnOnce(&[&Account]) -> T) -> T {
        decide(&self.accounts.values().collect::<Vec<_>>())
    }

    pub fn with_bill_rows<T>(&self, stream: &Label, decide: impl FnOnce(BillRows<'_>) -> T) -> T {
        let promotions: Vec<_> = self.promotions.values().collect();
        let slices: Vec<_> = self.slices.values().collect();
        let accounts: Vec<_> = self.accounts.values().collect();
        decide(BillRows {
            stream: self.streams.get(stream),
            promotions: &promotions,
            slices: &slices,
            accounts: &accounts,
        })
    }

    /// Keeps what a decision leaves behind, and audits the book.
    pub fn keep(&mut self, outcome: Result<Outcome, Refusal>) -> Result<(), Refusal> {
        let outcome = outcome?;
        self.sequence += 1;
        for promotion in outcome.promotions {
            self.promotions.insert(promotion.id, promotion);
        }
        for slice in outcome.slices {
            self.slices.insert((slice.promotion, slice.number), slice);
        }
        for stream in outcome.streams {
            self.streams.insert(stream.stream.clone(), stream);
        }
        for account in outcome.posted.accounts {
            self.accounts.insert(account.id, account);
        }
        self.post = outcome.posts.into_iter().last().unwrap_or_else(|| self.post.clone());
        self.deeds.extend(outcome.deeds);
        self.settlements.extend(outcome.settlements);
        self.events = outcome.events.into_iter().map(|(event, _)| event).collect();
        self.audit();
        Ok(())
    }

    /// The only promotion, in tests that have one.
    pub fn only(&self) -> &Promotion {
        assert_eq!(self.promotions.len(), 1);
        self.promotions.values().next().unwrap()
    }

    pub fn balance(&self, name: AccountName) -> i64 {
        self.accounts.get(&name.id(Currency::USD)).map_or(0, Account::balance)
    }

    pub fn compose(&mut self, number: u128, terms: &Terms) -> PromotionId {
        let quote = self.quote(terms);
        let new = NewPromotion {
            authorization: None,
            advertiser_age: None,
            id: PromotionId::from_bits(number),
            advertiser: PersonId::from_bits(1),
            post: self.post.name.clone(),
            terms: terms.clone(),
            quote,
            pay_with: Vec::new(),
            metadata: Metadata::default(),
        };
        let context = self.context();
        let composed = promotions::compose(&new, None, Some(&self.post), ADVERTISER, context);
        self.keep(composed).unwrap();
        new.id
    }

    pub fn submit(&mut self, id: PromotionId) -> Result<(), Refusal> {
        let promotion = &self.promotions[&id];
        let submitted = self.with_facts(&promotion.quote, |facts| {
            let new = promotions::Submission::as_composed(CHECKOUT);
            promotions::submit(&new, promotion, facts, ADVERTISER, self.context())
        });
        self.keep(submitted)
    }

    pub fn fund(&mut self, id: PromotionId, paid: Money) -> Result<(), Refusal> {
        let promotion = &self.promotions[&id];
        let funded = self.with_accounts(|accounts| {
            promotions::fund(paid, promotion, &self.post, accounts, self.context())
        });
        self.keep(funded)
    }

    pub fn approve(&mut self, id: PromotionId) -> Result<(), Refusal> {
        let version = &self.post.content_version;
        let promotion = &self.promotions[&id];
        let approved = promotions::approve(version, promotion, &self.post, BOB, self.context());
        self.keep(approved)
    }

    /// Composed, paid and allowed.
    pub fn allowed(&mut self, number: u128, terms: &Terms) -> PromotionId {
        let id = self.compose(number, terms);
        self.submit(id).unwrap();
        self.fund(id, Money { amount: terms.paid(), currency: Currency::USD }).unwrap();
        self.approve(id).unwrap();
        id
    }

    /// A new slice, as a process of its own gets it.
    pub fn lease(&mut self, id: PromotionId, amount: i64) -> Result<u32, Refusal> {
        self.lease_more(id, None, amount)?;
        Ok(self.promotions[&id].slices.ever)
    }

    /// Asks for more, holding that slice.
    pub fn lease_more(
        &mut self,
        id: PromotionId,
        slice: Option<u32>,
        amount: i64,
    ) -> Result<(), Refusal> {
        self.lease_for(label("feed-1"), id, slice, amount)
    }

    pub fn lease_for(
        &mut self,
        holder: Label,
        id: PromotionId,
        slice: Option<u32>,
        amount: i64,
    ) -> Result<(), Refusal> {
        let want = promotions::Lease { holder, amount: cents(amount), term: Span::minutes(10) };
        let held = slice.and_then(|slice| self.slices.get(&(id, slice)));
        let promotion = &self.promotions[&id];
        let leased = self.with_accounts(|accounts| {
            promotions::lease(&want, promotion, held, accounts, self.context())
        });
        self.keep(leased)
    }

    /// Gives back all but `keep` of what is left; keeping nothing closes the slice.
    pub fn give_back(&mut self, id: PromotionId, slice: u32, keep: i64) -> Result<(), Refusal> {
        let used = self.slices[&(id, slice)].used.covering();
        let granted_after = used.checked_add(cents(keep)).unwrap();
        let closes_after = (keep == 0).then_some(0);
        self.return_slice(id, slice, Return { granted_after, closes_after })
    }

    pub fn return_slice(
        &mut self,
        id: PromotionId,
        slice: u32,
        back: Return,
    ) -> Result<(), Refusal> {
        let (slice, promotion) = (&self.slices[&(id, slice)], &self.promotions[&id]);
        let stream = self.streams.get(&slice.holder);
        let given = self.with_accounts(|accounts| {
            promotions::return_slice(back, slice, promotion, stream, accounts, self.context())
        });
        self.keep(given)
    }

    pub fn lapse(&mut self, id: PromotionId, slice: u32) -> Result<(), Refusal> {
        let (slice, promotion) = (&self.slices[&(id, slice)], &self.promotions[&id]);
        let lapsed = self.with_accounts(|accounts| {
            promotions::lapse(slice, promotion, accounts, self.context())
        });
        self.keep(lapsed)
    }

    pub fn bill(&mut self, bill: &promotions::Bill) -> Result<(), Refusal> {
        let context = self.context();
        let billed =
            self.with_bill_rows(&bill.stream, |rows| promotions::bill(bill, rows, context));
        self.keep(billed)
    }

    pub fn settle(&mut self, id: PromotionId) -> Result<(), Refusal> {
        self.settle_returning(id, promotions::Returning::unclaimed(&self.promotions[&id]))
    }

    pub fn settle_returning(
        &mut self,
        id: PromotionId,
        returning: promotions::Returning,
    ) -> Result<(), Refusal> {
        let promotion = &self.promotions[&id];
        let settled = self.with_accounts(|accounts| {
            promotions::settle(promotion, &self.post, returning, accounts, self.context())
        });
        self.keep(settled)
    }

    /// Changes a promotion by a rule that needs nothing but it.
    pub fn change(
        &mut self,
        id: PromotionId,
        rule: impl FnOnce(&Promotion, Context) -> Result<Outcome, Refusal>,
    ) -> Result<(), Refusal> {
        let changed = rule(&self.promotions[&id], self.context());
        self.keep(changed)
    }

    fn audit(&self) {
        let mut sum = 0_i128;
        for account in self.accounts.values() {
            let sign = if account.name.kind().normal_side() == Side::Debit { 1 } else { -1 };
            sum += sign * i128::from(account.balance());
            let is_escrow = matches!(account.name, AccountName::PromotionEscrow(_));
            assert!(!is_escrow || account.balance() >= account.held().minor());
            assert!(!is_escrow || account.name.kind() == Kind::Liability);
        }
        assert_eq!(sum, 0, "money was made or lost");
        self.promotions.values().for_each(|promotion| self.audit_promotion(promotion));
        let spent = self.promotions.values().map(|one| one.spend.spent.minor()).sum::<i64>();
        assert_eq!(self.balance(AccountName::PromotionRevenue), spent);
        let deeds = self.promotions.values().map(|one| one.deeds as usize).sum::<usize>();
        assert_eq!(self.deeds.len(), deeds, "a deed was lost");
    }

    fn audit_promotion(&self, promotion: &Promotion) {
        let spend = &promotion.spend;
        let escrow = self.balance(promotion.escrow());
        let gone = [spend.spent, promotion.returned, promotion.incentive_returned, promotion.kept];
        let gone = gone.iter().map(|amount| amount.minor()).sum::<i64>();
        let came = promotion.funded_at.map_or(0, |_| promotion.terms.budget.amount.minor());
        assert_eq!(came, escrow + gone, "of {promotion:?}");
        assert_eq!(promotion.left_in_escrow().minor(), escrow, "of {promotion:?}");

        let slices = self.slices.values().filter(|slice| slice.promotion == promotion.id);
        let open: Vec<_> = slices.clone().filter(|one| one.state == SliceState::Open).collect();
        assert_eq!(open.len(), promotion.slices.open as usize);
        let leased = open.iter().map(|slice| slice.pending.open().minor()).sum::<i64>();
        let account = &self.accounts.get(&promotion.escrow().id(Currency::USD));
        assert_eq!(account.map_or(0, |account| account.held().minor()), leased);
        assert!(escrow >= leased);

        // What is due is charged to the last whole minor unit, and never more.
        let fractions = open.iter().map(|slice| slice.used.fraction().get()).sum::<u64>();
        let charged = i128::from(spend.spent.minor()) * 1_000_000;
        let counted = charged + i128::from(spend.carry_micros) + i128::from(fractions);
        assert_eq!(i128::from(spend.due.get()), counted);
        assert!(spend.carry_micros < 1_000_000);
        assert!(spend.carry_micros >= 0 || spend.spent.is_zero());
        assert!(charged <= i128::from(spend.due.get()));
        assert!(!open.is_empty() || spend.due.whole() == spend.spent);
        if let Some(guarantee) = promotion.guarantee() {
            assert_eq!(guarantee.cost(promotion.delivery.billed_units), spend.due);
        }
        for slice in slices.clone() {
            // Only the last fraction of a slice is charged beyond its whole units, and on closing.
            let most = slice.used.whole().minor() + i64::from(slice.state != SliceState::Open);
            assert!(slice.pending.posted.minor() <= most);
            let kept = slice.pending.reserved.saturating_sub(slice.pending.voided);
            assert!(
                slice.pending.posted <= kept && slice.used <= Micros::of(slice.pending.reserved)
            );
        }
        let Some(daily) = promotion.terms.daily_budget else { return };
        let mut days = BTreeMap::new();
        for slice in slices {
            let kept = slice.pending.reserved.minor() - slice.pending.voided.minor();
            *days.entry(slice.leased_at.day_number()).or_insert(0) += kept;
            assert!(
                slice.expires_at.micros() <= (slice.leased_at.day_number() + 1) * 86_400_000_000
            );
        }
        assert!(days.values().all(|leased| *leased <= daily.minor()), "{days:?}");
        assert!(promotion.state != State::Draft || open.is_empty());
    }
}
