//! The book: rows that the rules of `promotions` change, and nothing else does.

use std::collections::BTreeMap;

use base::{AccountId, Currency, Instant, Label, Money, PersonId, PromotionId, Span};
use ledger::{Account, AccountName, Context, Position, Side};
use promotions::{
    AccountFacts, Actor, Bill, BillRows, BillingStream, Deed, Lease, Outcome, Policy, Post,
    PreflightFacts, Promotion, Quote, Refusal, Return, Role, Settlement, Slice, SliceState, Terms,
    TermsChange,
};

/// Who reviews.
const STAFF: Actor = Actor { role: Role::Staff, person: Some(PersonId::from_bits(2)) };

/// The currency of everything.
pub(crate) const CURRENCY: Currency = Currency::USD;

/// All rows of the city's promotions.
#[derive(Debug)]
pub struct Book {
    /// The time of the next decision.
    pub(crate) now: Instant,
    promotions: BTreeMap<PromotionId, Promotion>,
    posts: BTreeMap<Label, Post>,
    slices: BTreeMap<(PromotionId, u32), Slice>,
    streams: BTreeMap<Label, BillingStream>,
    accounts: BTreeMap<AccountId, Account>,
    deeds: Vec<Deed>,
    settlements: Vec<Settlement>,
    sequence: u64,
    policy: Policy,
    account: AccountFacts,
}

type Done = Result<(), Refusal>;

impl Book {
    pub(crate) fn new(now: Instant) -> Book {
        Book {
            now,
            promotions: BTreeMap::new(),
            posts: BTreeMap::new(),
            slices: BTreeMap::new(),
            streams: BTreeMap::new(),
            accounts: BTreeMap::new(),
            deeds: Vec::new(),
            settlements: Vec::new(),
            sequence: 0,
            // Budgets in proportion to a small city.
            policy: Policy {
                budget_min: base::Amount::ZERO,
                daily_budget_min: base::Amount::ZERO,
                ..Policy::of(CURRENCY)
            },
            account: AccountFacts::default(),
        }
    }

    /// A promotion.
    pub fn promotion(&self, id: PromotionId) -> Option<&Promotion> {
        self.promotions.get(&id)
    }

    /// The post of a promotion.
    pub(crate) fn post_of(&self, promotion: &Promotion) -> &Post {
        &self.posts[&promotion.post]
    }

    /// All promotions, in the order of their ids.
    pub fn promotions(&self) -> impl Iterator<Item = &Promotion> {
        self.promotions.values()
    }

    /// What was done to a promotion, in order.
    pub fn deeds(&self, id: PromotionId) -> Vec<Deed> {
        self.deeds.iter().filter(|deed| deed.promotion == id).cloned().collect()
    }

    /// Settlements so far.
    pub fn settlements(&self) -> &[Settlement] {
        &self.settlements
    }

    pub(crate) fn slices(&self) -> impl Iterator<Item = &Slice> {
        self.slices.values()
    }

    fn context(&self) -> Context {
        Context { now: self.now, position: Position::start(self.sequence + 1) }
    }

    fn keep(&mut self, outcome: Result<Outcome, Refusal>) -> Done {
        let outcome = outcome?;
        self.sequence += 1;
        for promotion in outcome.promotions {
            self.promotions.insert(promotion.id, promotion);
        }
        for post in outcome.posts {
            self.posts.insert(post.name.clone(), post);
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
        self.deeds.extend(outcome.deeds);
        self.settlements.extend(outcome.settlements);
        Ok(())
    }

    fn accounts_of(&self, names: impl IntoIterator<Item = AccountName>) -> Vec<&Account> {
        names.into_iter().filter_map(|name| self.accounts.get(&name.id(CURRENCY))).collect()
    }

    fn facts<'a>(&'a self, post: &'a Post, quote: &'a Quote) -> PreflightFacts<'a> {
        let (account, policy) = (&self.account, &self.policy);
        PreflightFacts { post: Some(post), quote, methods: &[], account, policy }
    }

    /// Composes, pays and allows a promotion of a post that is new.
    pub(crate) fn sell(
        &mut self,
        id: PromotionId,
        post: Post,
        terms: Terms,
        quote: Quote,
        advertiser: Actor,
    ) -> Done {
        self.posts.insert(post.name.clone(), post.clone());
        let new = promotions::NewPromotion {
            id,
            advertiser: advertiser.person.unwrap_or(PersonId::from_bits(1)),
            post: post.name.clone(),
            terms,
            quote,
            pay_with: Vec::new(),
            authorization: None,
            advertiser_age: None,
            metadata: base::Metadata::default(),
        };
        let context = self.context();
        self.keep(promotions::compose(&new, None, Some(&post), advertiser, context))?;
        let row = &self.promotions[&id];
        let facts = self.facts(&post, &row.quote);
        let new = promotions::Submission::as_composed(base::CheckoutId::from_bits(1));
        let context = self.context();
        let submitted = promotions::submit(&new, row, facts, advertiser, context);
        self.keep(submitted)?;
        let row = &self.promotions[&id];
        let paid = Money { amount: row.terms.paid(), currency: CURRENCY };
        let accounts = self.accounts_of(promotions::promotion_accounts(row.id));
        let funded = promotions::fund(paid, row, &post, &accounts, self.context());
        self.keep(funded)?;
        let (row, post) = (&self.promotions[&id], &self.posts[&post.name]);
        let version = &post.content_version;
        let approved = promotions::approve(version, row, post, STAFF, self.context());
        self.keep(approved)
    }

    /// Changes a promotion by a rule that needs nothing but it.
    pub(crate) fn change(
        &mut self,
        id: PromotionId,
        rule: impl FnOnce(&Promotion, Context) -> Result<Outcome, Refusal>,
    ) -> Done {
        let row = self.promotions.get(&id).ok_or(Refusal::PromotionNotFound)?;
        let changed = rule(row, self.context());
        self.keep(changed)
    }

    /// Changes the post of a promotion, and lets the promotion follow.
    pub(crate) fn change_post(&mut self, id: PromotionId, change: &promotions::PostChange) -> Done {
        let row = self.promotions.get(&id).ok_or(Refusal::PromotionNotFound)?;
        let name = row.post.clone();
        let changed = promotions::change_post(change, &self.posts[&name]);
        self.keep(changed)?;
        let (row, post) = (&self.promotions[&id], &self.posts[&name]);
        let hold = self.policy.settlement_hold;
        let followed = promotions::follow_post(row, post, hold, self.context());
        self.keep(followed)
    }

    /// Changes terms, for which the feed expects what `quote` says.
    pub(crate) fn edit(
        &mut self,
        id: PromotionId,
        change: &TermsChange,
        quote: &Quote,
        actor: Actor,
    ) -> Done {
        let row = self.promotions.get(&id).ok_or(Refusal::PromotionNotFound)?;
        let facts = self.facts(&self.posts[&row.post], quote);
        let edited = promotions::edit(change, row, facts, actor, self.context());
        self.keep(edited)
    }

    /// Leases money; answers with the slice as it is then.
    pub(crate) fn lease(
        &mut self,
        id: PromotionId,
        held: Option<u32>,
        want: &Lease,
    ) -> Result<&Slice, Refusal> {
        let row = self.promotions.get(&id).ok_or(Refusal::PromotionNotFound)?;
        let held = held.and_then(|number| self.slices.get(&(id, number)));
        let accounts = self.accounts_of(promotions::slice_accounts(row));
        let mut leased = promotions::lease(want, row, held, &accounts, self.context())?;
        let number = leased.slices.first().map_or(0, |slice| slice.number);
        leased.deeds.clear();
        self.keep(Ok(leased))?;
        self.slices.get(&(id, number)).ok_or(Refusal::NothingLeft)
    }

    pub(crate) fn return_slice(&mut self, id: PromotionId, number: u32, back: Return) -> Done {
        let slice = self.slices.get(&(id, number)).ok_or(Refusal::SliceClosed)?;
        let row = self.promotions.get(&id).ok_or(Refusal::PromotionNotFound)?;
        let stream = self.streams.get(&slice.holder);
        let accounts = self.accounts_of(promotions::slice_accounts(row));
        let given = promotions::return_slice(back, slice, row, stream, &accounts, self.context());
        self.keep(given)
    }

    pub(crate) fn bill(&mut self, bill: &Bill) -> Done {
        let names = bill.lines.iter().map(|line| (line.promotion, line.slice));
        let backs = bill.takebacks.iter().map(|back| (back.promotion, back.slice));
        let mut keys: Vec<_> = names.chain(backs).collect();
        keys.sort_unstable();
        let slices: Vec<&Slice> = keys.iter().filter_map(|key| self.slices.get(key)).collect();
        keys.dedup_by_key(|key| key.0);
        let promotions: Vec<&Promotion> =
            keys.iter().filter_map(|key| self.promotions.get(&key.0)).collect();
        let names = promotions.iter().flat_map(|row| promotions::slice_accounts(row));
        let accounts = self.accounts_of(names);
        let stream = self.streams.get(&bill.stream);
        let rows =
            BillRows { stream, promotions: &promotions, slices: &slices, accounts: &accounts };
        let billed = promotions::bill(bill, rows, self.context());
        self.keep(billed)
    }

    /// Books what time does: slices lapse, promotions start, complete and are settled.
    pub(crate) fn pass_time(&mut self) {
        let now = self.now;
        let is_due = |one: &&Slice| one.state == SliceState::Open && one.kept_until <= now;
        let due: Vec<_> =
            self.slices.values().filter(is_due).map(|one| (one.promotion, one.number)).collect();
        for key in due {
            let (slice, row) = (&self.slices[&key], &self.promotions[&key.0]);
            let accounts = self.accounts_of(promotions::slice_accounts(row));
            let lapsed = promotions::lapse(slice, row, &accounts, self.context());
            self.keep(lapsed).expect("it is open and due");
        }
        let due: Vec<PromotionId> = self
            .promotions
            .values()
            .filter(|one| one.due_at().is_some_and(|at| at <= now))
            .map(|one| one.id)
            .collect();
        for id in due {
            self.advance(id);
        }
    }

    /// The next step that time takes with a promotion; what cannot be done yet is done later.
    fn advance(&mut self, id: PromotionId) {
        use promotions::State;
        let row = &self.promotions[&id];
        let (hold, context) = (self.policy.settlement_hold, self.context());
        let is_over = row.terms.ends_at <= self.now;
        let outcome = match row.state {
            State::Scheduled if !is_over => promotions::start(row, context),
            State::Rejected | State::Completed | State::Stopped | State::Settled => {
                let accounts = self.accounts_of(promotions::promotion_accounts(row.id));
                let returning = promotions::Returning::unclaimed(row);
                let post = &self.posts[&row.post];
                promotions::settle(row, post, returning, &accounts, context)
            }
            _ => promotions::complete(row, hold, context),
        };
        match self.keep(outcome) {
            Ok(()) | Err(Refusal::SlicesOpen) => {}
            Err(refusal) => panic!("{refusal:?} for {:?}", self.promotions[&id]),
        }
    }

    pub(crate) fn later(&mut self, span: Span) {
        self.now = self.now.saturating_add(span);
    }

    /// Checks what must always hold: no money made or lost, none spent that was not paid, and
    /// everything that was paid in escrow, spent or returned.
    ///
    /// # Panics
    ///
    /// When it does not.
    pub fn audit(&self) {
        let mut sum = 0_i128;
        for account in self.accounts.values() {
            let is_debit = account.name.kind().normal_side() == Side::Debit;
            let balance = i128::from(account.balance());
            sum += if is_debit { balance } else { -balance };
        }
        assert_eq!(sum, 0, "money was made or lost");
        for row in self.promotions.values() {
            let escrow = self.accounts.get(&row.escrow().id(CURRENCY)).map_or(0, Account::balance);
            assert!(escrow >= 0, "the escrow of {} is overdrawn", row.id);
            assert!(row.spend.spent <= row.terms.budget.amount, "{} has overspent", row.id);
            let gone = [row.spend.spent, row.returned, row.incentive_returned, row.kept];
            let gone: i64 = gone.iter().map(|amount| amount.minor()).sum();
            let came = row.funded_at.map_or(0, |_| row.terms.budget.amount.minor());
            assert_eq!(came, escrow + gone, "money of {}", row.id);
        }
    }
}
