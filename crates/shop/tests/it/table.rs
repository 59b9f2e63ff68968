//! A small table language for a checkout and what becomes of it, so that a test reads like a
//! spreadsheet. One line a step, words apart by spaces; `#` begins a comment. Amounts are cents.
//!
//! | line | meaning |
//! | --- | --- |
//! | `seller ann 1000`, `creator cleo 500` | with a rate in hundredths of a percent |
//! | `line goods ann 2x500 -100 +81 @cleo` | kind, seller or `nobody`, units x price, … |
//! | `shipping 300 +30` | price, tax |
//! | `checkout` | makes it of the lines above |
//! | `card a 700 l1 l2 until 5 given narrow 1` | what is told of a card; `all` lines it may pay |
//! | `use a`, `wallet a b`, `method m 400`, `remove t1` | tenders come and go; with a most |
//! | `pay`, `action t1`, `done t1`, `fail t1 declined`, `expire`, `order` | its life |
//! | `later 15` | so many minutes pass |
//! | `left l1 500 2` | what can go back of a line of cards or a promotion; whole cards |
//! | `gone t1`, `gone t1 90` | the card of a tender takes nothing back; it spent so much goodwill |
//! | `refund r l1x2 l2=300`, `refund r amount 90`, `refund r everything` | by units, by amount, … |
//! | `note r t1 failed` | what became of the part of a tender |
//! | `… -> NothingToShip`, `… -> NotCovered 70` | the step is refused; the number may be left out |
//! | `checkout = open 900 of 1000` | state, what tenders pay, what is to be paid |
//! | `t1 = l1 500 l2 200` | what a tender pays; `nothing` |
//! | `statuses = paying failed` | of all tenders |
//! | `l1 = 300 2` | of an order: what has gone back, and units |
//! | `r = pending 90: t1 l1 60 t2 l1 30` | state, amount, allocations |
//! | `ann = 400`; `commission`, `tax`, `clearing` | balance of an account |
//! | `events = order.paid` | what the last step told |

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use base::{AccountId, Amount, CardId, CheckoutId, CreatorId, Currency, HoldId, Instant, LineKind};
use base::{Metadata, MethodId, Money, OrderId, PaymentId, PayoutId, RefundId, Region, SellerId};
use base::{Span, Text, Token};
use ledger::{Account, AccountName, Position, Posted};
use shop::TenderKind;
use shop::{BasisPoints, CardFacts, Checkout, CheckoutRows, CheckoutState, CompleteRows, Context};
use shop::{
    Creator, LineId, LineLeft, LineRequest, NewCheckout, NewLine, NewPayout, NewShipping, NewTender,
};
use shop::{Numbering, Order, OrderRefund, Outcome, Payee, Payout, PayoutRows, RefundOrder};
use shop::{
    RefundAllocation, RefundRequest, RefundRows, RefundStatus, Refunding, Refusal, Seller, Series,
    TenderId,
};

/// Runs a table.
#[track_caller]
pub fn check(table: &str) -> Page {
    let mut page = Page::new();
    for line in table.lines() {
        let line = line.split('#').next().unwrap().trim();
        if !line.is_empty() {
            page.line(line);
        }
    }
    page
}

pub fn cents(minor: i64) -> Amount {
    Amount::new(minor).unwrap()
}

pub fn dollars(minor: i64) -> Money {
    Money::new(minor, Currency::USD).unwrap()
}

/// Bits of an id that tests call by a name.
pub fn bits(name: &str) -> u128 {
    name.bytes().fold(0, |bits, byte| (bits << 8) | u128::from(byte))
}

pub fn region() -> Region {
    Region::parse("US-CA").unwrap()
}

/// The rows of a little book.
pub struct Page {
    pub now: Instant,
    sellers: Vec<Seller>,
    creators: Vec<Creator>,
    lines: Vec<NewLine>,
    shipping: Option<NewShipping>,
    cards: Vec<CardFacts>,
    left: Vec<LineLeft>,
    gone: Vec<(TenderId, Amount)>,
    pub checkout: Option<Checkout>,
    pub order: Option<Order>,
    refunds: BTreeMap<String, OrderRefund>,
    numberings: Vec<Numbering>,
    accounts: BTreeMap<AccountId, Account>,
    events: Vec<&'static str>,
    sequence: u64,
    drawn: u128,
}

impl Page {
    pub fn new() -> Page {
        Page {
            now: Instant::from_micros(1_000_000_000_000),
            sellers: Vec::new(),
            creators: Vec::new(),
            lines: Vec::new(),
            shipping: None,
            cards: Vec::new(),
            left: Vec::new(),
            gone: Vec::new(),
            checkout: None,
            order: None,
            refunds: BTreeMap::new(),
            numberings: Vec::new(),
            accounts: BTreeMap::new(),
            events: Vec::new(),
            sequence: 1,
            drawn: 0,
        }
    }

    #[track_caller]
    pub fn line(&mut self, line: &str) {
        let (step, refusal) = match line.split_once("->") {
            Some((step, refusal)) => (step, Some(refusal.trim())),
            None => (line, None),
        };
        if let Some((name, expected)) = step.split_once(" =") {
            assert_eq!(self.tell(name.trim()), expected.trim(), "{line}");
            return;
        }
        let words: Vec<&str> = step.split_whitespace().collect();
        if self.told(&words) {
            return;
        }
        match (self.step(&words), refusal) {
            (Ok(outcome), None) => self.keep(outcome),
            (Err(refused), Some(refusal)) => {
                let told = tell_refusal(&refused);
                let name = told.split(' ').next().unwrap();
                assert!(refusal == told || refusal == name, "{line}: {told}");
            }
            (result, _) => panic!("{line}: {:?}", result.err()),
        }
    }

    /// A step that may be refused.
    pub fn attempt(&mut self, line: &str) -> Option<Outcome> {
        let words: Vec<&str> = line.split_whitespace().collect();
        if self.told(&words) { None } else { self.step(&words).ok() }
    }

    /// What the caller of the shop would know.
    fn told(&mut self, words: &[&str]) -> bool {
        match *words {
            ["seller", name, rate] => self.sellers.push(seller(name, rate.parse().unwrap())),
            ["creator", name, rate] => self.creators.push(creator(name, rate.parse().unwrap())),
            ["line", kind, seller, units, ref rest @ ..] => {
                self.lines.push(new_line(kind, seller, units, rest));
            }
            ["shipping", price, ref rest @ ..] => {
                let tax = rest.first().map(|tax| dollars(tax[1..].parse().unwrap()));
                let price = dollars(price.parse().unwrap());
                self.shipping = Some(NewShipping { price, tax });
            }
            ["card", name, available, ref rest @ ..] => {
                let facts = self.facts(name, available, rest);
                self.cards.retain(|known| known.card != facts.card);
                self.cards.push(facts);
            }
            ["left", line, amount, whole] => {
                let (line, amount) = (line.parse().unwrap(), cents(amount.parse().unwrap()));
                self.left.retain(|known| known.line != line);
                self.left.push(LineLeft { line, amount, whole: whole.parse().unwrap() });
            }
            ["gone", tender] => self.gone.push((tender.parse().unwrap(), Amount::ZERO)),
            ["gone", tender, given] => {
                self.gone.push((tender.parse().unwrap(), cents(given.parse().unwrap())));
            }
            ["later", minutes] => {
                let span = Span::seconds(60 * minutes.parse::<u64>().unwrap());
                self.now = self.now.saturating_add(span);
            }
            _ => return false,
        }
        true
    }

    fn facts(&mut self, name: &str, available: &str, rest: &[&str]) -> CardFacts {
        self.drawn += 1;
        let mut facts = CardFacts {
            card: CardId::from_bits(bits(name)),
            hold: HoldId::from_bits(self.drawn),
            available: cents(available.parse().unwrap()),
            expires_at: None,
            is_promotional: false,
            restriction: 0,
            pays: Vec::new(),
        };
        let mut words = rest.iter();
        while let Some(word) = words.next() {
            match *word {
                "given" => facts.is_promotional = true,
                "until" => {
                    let day = words.next().unwrap().parse::<u64>().unwrap();
                    facts.expires_at = Some(self.now.saturating_add(Span::days(day)));
                }
                "narrow" => facts.restriction = words.next().unwrap().parse().unwrap(),
                "all" => facts.pays = self.payable_lines(),
                line => facts.pays.push(line.parse().unwrap()),
            }
        }
        facts
    }

    fn payable_lines(&self) -> Vec<LineId> {
        let ids = (1..).map(LineId::Number).zip(&self.lines);
        let payable = ids.filter(|(_, line)| line.kind != LineKind::GiftCard);
        let shipping = self.shipping.map(|_| LineId::Shipping);
        payable.map(|(id, _)| id).chain(shipping).collect()
    }

    fn step(&mut self, words: &[&str]) -> Result<Outcome, Refusal> {
        let context = Context { now: self.now, position: Position::start(self.sequence) };
        if let ["checkout"] = words {
            return self.create(context);
        }
        let checkout = self.checkout.as_ref().unwrap();
        let blame = |word: &str| if word == "-" { None } else { Some(tender(word)) };
        match *words {
            ["use", card] => {
                let new = NewTender::GiftCard { card: CardId::from_bits(bits(card)) };
                shop::add_tender(&new, checkout, &self.cards, context)
            }
            ["wallet", ref cards @ ..] => {
                let cards: Vec<_> = cards.iter().map(|id| CardId::from_bits(bits(id))).collect();
                shop::add_wallet(&cards, checkout, &self.cards, context)
            }
            ["method", name, ref wanted @ ..] => {
                let wanted = wanted.first().map(|wanted| dollars(wanted.parse().unwrap()));
                let method = MethodId::from_bits(bits(name));
                let new = NewTender::PaymentMethod { method, wanted };
                shop::add_tender(&new, checkout, &self.cards, context)
            }
            ["remove", id] => shop::remove_tender(tender(id), checkout, &self.cards, context),
            ["pay"] => shop::begin_pay(checkout, payments(), context),
            ["action", id] => shop::require_action(tender(id), checkout, context),
            ["cancel_attempt"] => shop::cancel_attempt(checkout, context),
            ["done", id] => shop::note_action_taken(tender(id), checkout),
            ["fail", id, reason] => {
                shop::fail(checkout, blame(id), Token::new(reason).unwrap(), context)
            }
            ["expire"] => shop::expire(checkout, context),
            ["order"] => {
                let id = OrderId::from_bits(1);
                let accounts = self.open_ones(shop::checkout_accounts(checkout));
                let receipts = self.numbering(Series::Receipt);
                let rows =
                    CompleteRows { existing: self.order.as_ref(), receipts, accounts: &accounts };
                shop::complete(id, checkout, rows, context)
            }
            ["refund", name, ref request @ ..] => self.refund(name, &request_of(request), context),
            ["note", name, id, status] => {
                let is_named = |known: &RefundStatus| known.as_str() == status;
                let status = RefundStatus::ALL.into_iter().find(is_named).unwrap();
                shop::note_status(&self.refunds[name], tender(id), status)
            }
            _ => panic!("no such step: {words:?}"),
        }
    }

    fn create(&self, context: Context) -> Result<Outcome, Refusal> {
        let is_promoted =
            self.lines.iter().any(|line| line.kind == LineKind::Promotion && line.seller.is_none());
        let new = NewCheckout {
            id: CheckoutId::from_bits(1),
            currency: Currency::USD,
            region: region(),
            buyer: None,
            lines: self.lines.clone(),
            // Lines of this table that are promotions pay for one of this id.
            promotion: is_promoted.then(|| base::PromotionId::from_bits(5)),
            shipping: self.shipping,
            source: None,
            metadata: Metadata::default(),
        };
        let sellers: Vec<&Seller> = self.sellers.iter().collect();
        let creators: Vec<&Creator> = self.creators.iter().collect();
        let existing = self.checkout.as_ref();
        let rows = CheckoutRows { existing, sellers: &sellers, creators: &creators, products: &[] };
        shop::create_checkout(&new, rows, context)
    }

    /// Refunds, and checks that the preview says the same.
    pub fn refund(
        &self,
        name: &str,
        request: &RefundRequest,
        context: Context,
    ) -> Result<Outcome, Refusal> {
        let order = self.order.as_ref().unwrap();
        let id = RefundId::from_bits(bits(name));
        let reason = Token::new("returned").unwrap();
        let new = RefundOrder { id, request: request.clone(), reason };
        let mut names = shop::order_accounts(order);
        names.extend([AccountName::RefundPayable, AccountName::GiftCardIncentives]);
        let accounts = self.open_ones(names);
        let rows = RefundRows {
            existing: self.refunds.get(name),
            left: &self.left,
            gone: &self.gone,
            credit_notes: self.numbering(Series::CreditNote),
            accounts: &accounts,
        };
        let outcome = shop::refund(&new, order, rows, context)?;
        let preview = shop::preview(order, request, &self.left).unwrap();
        let row = &outcome.refunds[0];
        let allocations = in_one(&row.allocations);
        let (amount, lines, parts) = (row.amount, row.lines.clone(), row.parts.clone());
        let told = Refunding { amount, lines, allocations, parts };
        assert_eq!(told, preview);
        let by_tender = told.by_tender();
        let tenders: BTreeSet<TenderId> = by_tender.iter().map(|(tender, _)| *tender).collect();
        assert_eq!(tenders.len(), by_tender.len(), "one movement of money for each tender");
        let moved: i64 = by_tender.iter().map(|(_, amount)| amount.minor()).sum();
        assert_eq!(moved, amount.amount.minor());
        Ok(outcome)
    }

    /// Rules see no account that they have not asked for.
    fn open_ones(&self, names: Vec<AccountName>) -> Vec<&Account> {
        let ids = names.into_iter().map(|name| name.id(Currency::USD));
        ids.filter_map(|id| self.accounts.get(&id)).collect()
    }

    fn numbering(&self, series: Series) -> Option<&Numbering> {
        self.numberings.iter().find(|row| row.series == series)
    }

    pub fn context(&self) -> Context {
        Context { now: self.now, position: Position::start(self.sequence) }
    }

    pub fn keep(&mut self, outcome: Outcome) {
        self.sequence += 1;
        self.checkout = outcome.checkouts.into_iter().next().or(self.checkout.take());
        self.order = outcome.orders.into_iter().next().or(self.order.take());
        self.checkout.as_ref().inspect(|checkout| assert_whole(checkout));
        for refund in outcome.refunds {
            let name = self.name_of(refund.id);
            self.refunds.insert(name, refund);
        }
        for numbering in outcome.numberings {
            self.numberings.retain(|row| row.series != numbering.series);
            self.numberings.push(numbering);
        }
        assert_added_up(&outcome.posted);
        for account in outcome.posted.accounts {
            self.accounts.insert(account.id, account);
        }
        self.events = outcome.events.iter().map(|(kind, _)| kind.as_str()).collect();
    }

    fn name_of(&self, id: RefundId) -> String {
        let bytes = id.to_bytes();
        bytes.iter().filter(|byte| **byte != 0).map(|byte| char::from(*byte)).collect()
    }

    pub fn refund_named(&self, name: &str) -> &OrderRefund {
        &self.refunds[name]
    }

    /// What the rules say on the accounts of this book.
    pub fn with_accounts(
        &self,
        rule: impl FnOnce(&[&Account], Context) -> Result<Outcome, Refusal>,
    ) -> Outcome {
        let accounts: Vec<&Account> = self.accounts.values().collect();
        rule(&accounts, self.context()).unwrap()
    }

    /// Pays a seller all that is owed by now.
    pub fn pay_out(&mut self, name: &str) -> Payout {
        let payee = Payee::Seller(SellerId::from_bits(bits(name)));
        let account = &self.accounts[&payee.account().id(Currency::USD)];
        let new = NewPayout {
            id: PayoutId::from_bits(u128::from(self.sequence)),
            payee,
            currency: Currency::USD,
            rail: Token::new("external").unwrap(),
            until: self.now,
            credited: account.credits_posted,
        };
        let outcome = self.with_accounts(|accounts, context| {
            shop::create_payout(&new, PayoutRows { existing: None, accounts }, context)
        });
        let payout = outcome.payouts[0].clone();
        self.keep(outcome);
        payout
    }

    pub fn balance(&self, name: AccountName) -> i64 {
        self.accounts.get(&name.id(Currency::USD)).map_or(0, Account::balance)
    }

    fn tell(&self, name: &str) -> String {
        let account = match name {
            "commission" => Some(AccountName::Commission),
            "tax" => Some(AccountName::Tax(region())),
            "clearing" => Some(AccountName::OrderClearing),
            "owed" => Some(AccountName::RefundPayable),
            "incentives" => Some(AccountName::GiftCardIncentives),
            _ if self.sellers.iter().any(|seller| seller.name.as_str() == name) => {
                Some(AccountName::SellerPayable(SellerId::from_bits(bits(name))))
            }
            _ if self.creators.iter().any(|creator| creator.name.as_str() == name) => {
                Some(AccountName::CreatorPayable(CreatorId::from_bits(bits(name))))
            }
            _ => None,
        };
        if let Some(account) = account {
            return self.balance(account).to_string();
        }
        if let Some(refund) = self.refunds.get(name) {
            return tell_refund(refund);
        }
        if name == "events" {
            return self.events.join(" ");
        }
        let checkout = self.checkout.as_ref().unwrap();
        if name == "checkout" {
            let (state, applied, total) =
                (checkout.state.as_str(), checkout.applied(), checkout.total());
            return format!("{state} {applied} of {total}");
        }
        if name == "statuses" {
            let statuses = checkout.tenders.iter().map(|tender| tender.status.as_str());
            return statuses.collect::<Vec<_>>().join(" ");
        }
        if let Ok(id) = name.parse::<TenderId>() {
            let tender = checkout.tenders.iter().find(|tender| tender.id == id);
            let Some(tender) = tender else { return "gone".to_owned() };
            let parts = &tender.allocations;
            let words = parts.iter().map(|part| format!("{} {}", part.line, part.amount));
            return or_nothing(words.collect());
        }
        let line = self.order.as_ref().unwrap().line(name.parse().unwrap()).unwrap();
        format!("{} {}", line.refunded, line.refunded_units)
    }

    /// Credits less debits of all accounts: zero, or money was made or lost.
    pub fn sum_of_balances(&self) -> i64 {
        let credits = |account: &Account| account.credits_posted.minor();
        let debits = |account: &Account| account.debits_posted.minor();
        self.accounts.values().map(|account| credits(account) - debits(account)).sum()
    }
}

/// What is owed of a part, and what was given away of it, are parts of their own.
fn in_one(parts: &[RefundAllocation]) -> Vec<(TenderId, LineId, Amount)> {
    let mut sums: Vec<(TenderId, LineId, Amount)> = Vec::new();
    for part in parts {
        match sums.last_mut().filter(|last| (last.0, last.1) == (part.tender, part.line)) {
            Some(last) => last.2 = last.2.checked_add(part.amount).unwrap(),
            None => sums.push((part.tender, part.line, part.amount)),
        }
    }
    sums
}

/// What is true of a checkout after every step.
fn assert_whole(checkout: &Checkout) {
    let can_expire = matches!(checkout.state, CheckoutState::Open | CheckoutState::Failed);
    if checkout.state == CheckoutState::RequiresAction {
        assert!(checkout.due_at.is_some(), "{checkout:?}");
    } else {
        assert_eq!(checkout.due_at, can_expire.then_some(checkout.expires_at), "{checkout:?}");
    }
    assert_eq!(checkout.failure.is_some(), checkout.state == CheckoutState::Failed);
    assert_eq!(checkout.order.is_some(), checkout.state == CheckoutState::Paid);
    assert!(checkout.applied() <= checkout.total());
    for tender in &checkout.tenders {
        let pays = !tender.allocations.is_empty();
        if let TenderKind::GiftCard { hold, .. } = tender.kind {
            assert_eq!(hold.is_some(), pays, "{tender:?}");
        }
    }
}

/// No two transfers of a step go between the same accounts.
fn assert_added_up(posted: &Posted) {
    let transfers = &posted.transfers;
    let pairs = transfers.iter().map(|transfer| (transfer.debit, transfer.credit));
    assert_eq!(pairs.collect::<BTreeSet<_>>().len(), transfers.len(), "{transfers:?}");
}

/// The name, and the number that some have.
fn tell_refusal(refused: &Refusal) -> String {
    let name = format!("{refused:?}");
    let name = name.split(' ').next().unwrap();
    match refused {
        Refusal::NotCovered { remaining: money }
        | Refusal::AmountExceedsRefundable { refundable: money }
        | Refusal::BoughtCardsSpent { unspent: money } => format!("{name} {}", money.amount),
        _ => name.to_owned(),
    }
}

fn tell_refund(refund: &OrderRefund) -> String {
    let parts = refund.allocations.iter();
    let words = parts.map(|part| format!("{} {} {}", part.tender, part.line, part.amount));
    let words = or_nothing(words.collect());
    format!("{} {}: {words}", refund.status().as_str(), refund.amount.amount)
}

fn or_nothing(words: Vec<String>) -> String {
    if words.is_empty() { "nothing".to_owned() } else { words.join(" ") }
}

fn tender(word: &str) -> TenderId {
    word.parse().unwrap()
}

fn payments() -> [PaymentId; shop::limits::METHOD_TENDERS_MAX] {
    std::array::from_fn(|number| PaymentId::from_bits(number as u128 + 1))
}

fn request_of(words: &[&str]) -> RefundRequest {
    match *words {
        ["everything"] => RefundRequest::Everything,
        ["amount", amount] => RefundRequest::Amount(dollars(amount.parse().unwrap())),
        _ => RefundRequest::Lines(words.iter().map(|word| line_request(word)).collect()),
    }
}

fn line_request(word: &str) -> LineRequest {
    fn parse<T: std::str::FromStr<Err: Debug>>(text: &str) -> T {
        text.parse().unwrap()
    }
    match word.split_once('=') {
        Some((line, amount)) => {
            LineRequest::Amount { line: parse(line), amount: dollars(parse(amount)) }
        }
        None => {
            let (line, quantity) = word.rsplit_once('x').unwrap();
            LineRequest::Units { line: parse(line), quantity: parse(quantity) }
        }
    }
}

pub fn seller(name: &str, rate: u16) -> Seller {
    Seller {
        id: SellerId::from_bits(bits(name)),
        name: Text::new(name).unwrap(),
        commission: BasisPoints::new(rate).unwrap(),
        metadata: Metadata::default(),
        created_at: Instant::MIN,
    }
}

pub fn creator(name: &str, rate: u16) -> Creator {
    Creator {
        id: CreatorId::from_bits(bits(name)),
        name: Text::new(name).unwrap(),
        handle: Token::new(name).unwrap(),
        share: BasisPoints::new(rate).unwrap(),
        metadata: Metadata::default(),
        created_at: Instant::MIN,
    }
}

pub fn new_line(kind: &str, seller: &str, units: &str, rest: &[&str]) -> NewLine {
    let (quantity, price) = units.split_once('x').unwrap();
    let mut line = NewLine {
        product: None,
        name: Text::new("A thing").unwrap(),
        seller: (seller != "nobody").then(|| SellerId::from_bits(bits(seller))),
        creator: None,
        kind: LineKind::parse(kind).unwrap(),
        category: None,
        quantity: quantity.parse().unwrap(),
        unit_price: dollars(price.parse().unwrap()),
        discount: None,
        tax: None,
    };
    for word in rest {
        let value = &word[1..];
        match &word[..1] {
            "-" => line.discount = Some(dollars(value.parse().unwrap())),
            "+" => line.tax = Some(dollars(value.parse().unwrap())),
            "@" => line.creator = Some(CreatorId::from_bits(bits(value))),
            other => panic!("no such mark: {other}"),
        }
    }
    line
}
