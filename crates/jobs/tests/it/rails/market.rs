//! A test book with a seller, a sandbox, and somebody who calls it.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base::{
    CheckoutId, Currency, HoldId, Instant, KeyId, LineKind, Metadata, MethodId, Money, OrderId,
    PaymentId, RailRefundId, RefundId, Region, SellerId, Span, Text, Token,
};
use engine::{AddTender, Answer, Command, PaymentCommand, Query, RefundIds, Row, ShopCommand};
use jobs::{
    Advanced, BookClock, Connected, OpenRail, RailCaller, RailParts, RailReport, SpareIds,
    advance_test_clock,
};
use outside::clock::{Clock, SystemClock};
use outside::random::SeededRandomness;
use payments::{
    Method, NewMethod, NextAction, Payment, PaymentState, RailRefund, RailToken, RefundState,
    ReturnUrl,
};
use rails::sandbox::{Kind, Sandbox, Settings};
use rails::{Rail, Reference, Secret};
use shop::{
    BasisPoints, Checkout, CheckoutState, NewCheckout, NewLine, OrderRefund, RefundOrder,
    RefundRequest, Seller, TenderKind,
};
use store::sqlite::{Folder, Options as FileOptions, open_folder_with};
use store::{BookName, MemoryBook, Reader, Store};
use writer::{BookSpec, Decided, Handle, Lease, Options, Request, Running};

/// Where the book is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    Memory,
    Sqlite,
}

#[derive(Clone)]
enum Place {
    Memory(MemoryBook),
    Sqlite(
        Folder,
        BookName,
        /// It is there as long as the book.
        Arc<tempfile::TempDir>,
    ),
}

impl Place {
    fn new(kept: Kept) -> Place {
        if kept == Kept::Memory {
            return Place::Memory(MemoryBook::new());
        }
        let folder = tempfile::tempdir().unwrap();
        let opened = open_folder_with(folder.path(), FileOptions::default()).unwrap();
        Place::Sqlite(opened, BookName::new("test").unwrap(), Arc::new(folder))
    }

    fn store(&self) -> Box<dyn Store> {
        match self {
            Place::Memory(book) => Box::new(book.store()),
            Place::Sqlite(folder, name, _) => Box::new(folder.book(name).unwrap()),
        }
    }

    pub fn reader(&self) -> Box<dyn Reader> {
        match self {
            Place::Memory(book) => Box::new(book.reader()),
            Place::Sqlite(folder, name, _) => Box::new(folder.reader(name).unwrap()),
        }
    }
}

fn sandbox_settings(kind: Kind) -> Settings {
    Settings::of(kind, 7, Secret::new("sandbox-secret"))
}

fn open_sandbox(place: &Place, clock: &Arc<dyn Clock>, kind: Kind) -> Sandbox {
    match place {
        Place::Memory(_) => Sandbox::in_memory(clock.clone(), sandbox_settings(kind)),
        Place::Sqlite(_, _, folder) => {
            let path = folder.path().join("sandbox.jsonl");
            Sandbox::open(&path, clock.clone(), sandbox_settings(kind)).unwrap()
        }
    }
}

/// A writer whose wall clock runs a millisecond whenever somebody looks at it.
fn spawn(place: &Place, wall_micros: &Arc<AtomicI64>, lease: Lease) -> Running {
    let (ticks, start) = (wall_micros.clone(), wall_micros.load(Ordering::Relaxed));
    let times = Box::new(move || {
        let wall = ticks.fetch_add(1_000, Ordering::Relaxed);
        (Instant::from_micros(wall), Duration::from_micros((wall - start).unsigned_abs()))
    });
    let spec = BookSpec { is_test: true, ring: [0; 8] };
    let options = Options { clock_jump_max: Duration::from_secs(1 << 40), ..Options::default() };
    writer::spawn_leased(place.store(), spec, options, times, lease).unwrap()
}

/// What stands between the caller and the sandbox.
pub type Between = Arc<dyn Fn(Arc<dyn Rail>) -> Arc<dyn Rail> + Send + Sync>;

pub struct Market {
    kind: Kind,
    /// `None` while it is being opened again.
    running: Option<Running>,
    pub sandbox: Sandbox,
    pub clock: Arc<dyn Clock>,
    /// That clock, to be set to each writer.
    time_of_book: Arc<TimeOfBook>,
    place: Place,
    wall_micros: Arc<AtomicI64>,
    between: Option<Between>,
    others: Vec<Connected>,
    /// Another process has the file of the sandbox.
    is_locked: Arc<AtomicBool>,
    caller: Mutex<Option<Arc<RailCaller>>>,
    reports: Arc<Mutex<Vec<String>>>,
    drawn: AtomicU64,
}

/// How a writer ends before another one opens the book.
#[derive(Clone, Copy, Debug)]
pub enum Ending {
    /// Everything is in the tables.
    Swept,
    /// What was decided lately is in the journal only, as after a crash.
    Unswept,
}

/// The clock of a book whose writers come and go.
struct TimeOfBook(Mutex<Arc<dyn Clock>>);

impl TimeOfBook {
    fn of(running: &Running) -> Arc<dyn Clock> {
        Arc::new(BookClock::new(running.handle.clone(), Arc::new(SystemClock::new())))
    }
}

impl Clock for TimeOfBook {
    fn now(&self) -> Instant {
        let clock = self.0.lock().unwrap().clone();
        clock.now()
    }

    fn monotonic(&self) -> Duration {
        let clock = self.0.lock().unwrap().clone();
        clock.monotonic()
    }
}

/// What everything costs.
pub const PRICE: i64 = 10_000;

pub const SELLER: SellerId = SellerId::from_bits(1);

/// Where payers come back to.
pub fn return_url() -> ReturnUrl {
    ReturnUrl::parse("https://shop.example/back?step=2&paid=20%25#done").unwrap()
}

/// The payment that is challenged at this address of the sandbox, which tells where its payer comes
/// back to.
pub fn challenged(NextAction(address): &NextAction) -> Reference {
    let (address, back) = address.as_str().split_once("?return_url=").unwrap();
    assert_eq!(back, "https://shop.example/back?step=2%26paid=20%2525%23done");
    Text::new(address.rsplit('/').next().unwrap()).unwrap()
}

impl Market {
    pub fn open(kept: Kept) -> Market {
        Market::open_with(kept, None, Vec::new())
    }

    pub fn open_with(kept: Kept, between: Option<Between>, others: Vec<Connected>) -> Market {
        Market::open_leased(kept, between, others, Lease::forever())
    }

    /// One whose sandbox is an app store.
    pub fn open_store(kept: Kept, between: Option<Between>) -> Market {
        Market::open_kind(Kind::Store, kept, between, Vec::new(), Lease::forever())
    }

    pub fn open_leased(
        kept: Kept,
        between: Option<Between>,
        others: Vec<Connected>,
        lease: Lease,
    ) -> Market {
        Market::open_kind(Kind::Cards, kept, between, others, lease)
    }

    fn open_kind(
        kind: Kind,
        kept: Kept,
        between: Option<Between>,
        others: Vec<Connected>,
        lease: Lease,
    ) -> Market {
        let opened_at = Instant::parse("2026-01-01T00:00:00Z").unwrap();
        let wall_micros = Arc::new(AtomicI64::new(opened_at.micros()));
        let place = Place::new(kept);
        let running = spawn(&place, &wall_micros, lease);
        let time_of_book = Arc::new(TimeOfBook(Mutex::new(TimeOfBook::of(&running))));
        let clock: Arc<dyn Clock> = time_of_book.clone();
        let market = Market {
            kind,
            sandbox: open_sandbox(&place, &clock, kind),
            running: Some(running),
            clock,
            time_of_book,
            place,
            wall_micros,
            between,
            others,
            is_locked: Arc::default(),
            caller: Mutex::new(None),
            reports: Arc::default(),
            drawn: AtomicU64::new(100),
        };
        market.start();
        market.shop(ShopCommand::CreateSeller(Box::new(Seller {
            id: SELLER,
            name: Text::new("Seller").unwrap(),
            commission: BasisPoints::new(1_000).unwrap(),
            metadata: Metadata::default(),
            created_at: opened_at,
        })));
        market
    }

    pub fn handle(&self) -> &Handle {
        &self.running.as_ref().unwrap().handle
    }

    /// Ends whoever calls and the writer, and opens everything again. A sandbox in a file goes on
    /// where its file ends.
    pub fn reopen(&mut self, ending: Ending) {
        self.stop();
        let running = self.running.take().unwrap();
        match ending {
            Ending::Swept => running.stop(),
            Ending::Unswept => running.leave(),
        }
        let running = spawn(&self.place, &self.wall_micros, Lease::forever());
        *self.time_of_book.0.lock().unwrap() = TimeOfBook::of(&running);
        self.running = Some(running);
        if let Place::Sqlite(..) = self.place {
            // The file must be free before it is opened.
            self.sandbox = Sandbox::in_memory(self.clock.clone(), sandbox_settings(self.kind));
            self.sandbox = open_sandbox(&self.place, &self.clock, self.kind);
        }
        self.start();
    }

    /// Starts to call rails, or does so again after a stop.
    pub fn start(&self) {
        self.start_by(self.clock.clone());
    }

    /// As [`Market::start`]; the signatures of messages are held against this clock.
    pub fn start_by(&self, clock: Arc<dyn Clock>) {
        let mut connected = Connected::sandbox(self.sandbox.clone(), clock);
        if let Some(between) = &self.between {
            connected = connected.through(between(Arc::new(self.sandbox.clone())));
        }
        let (mut rails, mut late) = (self.others.clone(), Vec::<OpenRail>::new());
        if self.is_locked.load(Ordering::Relaxed) {
            let is_locked = Arc::clone(&self.is_locked);
            late.push(Box::new(move || match is_locked.load(Ordering::Relaxed) {
                true => Err("another process has its file".to_owned()),
                false => Ok(connected.clone()),
            }));
        } else {
            rails.push(connected);
        }
        let place = self.place.clone();
        let reports = self.reports.clone();
        let seed = self.drawn.fetch_add(1, Ordering::Relaxed);
        let random = Box::new(SeededRandomness::new(seed));
        let caller = RailCaller::spawn(RailParts {
            handle: self.handle().clone(),
            open_reader: Box::new(move || Ok(place.reader())),
            rails,
            late,
            clock: Arc::new(SystemClock::new()),
            ids: SpareIds::new(self.clock.clone(), random),
            interval: Duration::from_millis(5),
            report: Box::new(move |report| reports.lock().unwrap().push(told(&report))),
        });
        *self.caller.lock().unwrap() = Some(Arc::new(caller.unwrap()));
    }

    /// From the next start on the sandbox cannot be opened; or it can again, at once.
    pub fn lock_sandbox(&self, is_locked: bool) {
        self.is_locked.store(is_locked, Ordering::Relaxed);
    }

    pub fn caller(&self) -> Arc<RailCaller> {
        self.caller.lock().unwrap().clone().unwrap()
    }

    /// Nobody calls any more, and nothing that was kept in memory is left.
    pub fn stop(&self) {
        if let Some(caller) = self.caller.lock().unwrap().take() {
            caller.stop();
        }
    }

    pub fn reports(&self) -> Vec<String> {
        self.reports.lock().unwrap().clone()
    }

    pub fn now(&self) -> Instant {
        match self.handle().ask(Query::Book).unwrap() {
            Some(Answer::Book { now, .. }) => now,
            other => panic!("{other:?}"),
        }
    }

    /// Lets time pass, and everything happen that falls due meanwhile.
    pub fn pass(&self, span: Span) -> Advanced {
        let caller = self.caller();
        let (handle, to) = (&self.handle(), self.now().saturating_add(span));
        let mut reader = self.place.reader();
        let actor = KeyId::from_bits(7);
        advance_test_clock(handle, reader.as_mut(), Some(&caller), actor, to, None).unwrap()
    }

    /// Lets the wall clock run on; whoever looks at what is due finds it.
    pub fn run_on(&self, span: Span) {
        let micros = i64::try_from(span.micros()).unwrap();
        self.wall_micros.fetch_add(micros, Ordering::Relaxed);
    }

    pub fn submit(&self, command: Command) -> Decided {
        let request = Request { command, actor: KeyId::from_bits(1), operation: None };
        let mut outcomes = self.handle().decide(vec![request], false).unwrap();
        outcomes.pop().unwrap().unwrap()
    }

    pub fn shop(&self, command: ShopCommand) -> Answer {
        self.submit(Command::Shop(command)).result.unwrap()
    }

    pub fn note(&self, command: PaymentCommand) -> Answer {
        self.submit(Command::Payments(command)).result.unwrap()
    }

    pub fn number(&self) -> u128 {
        u128::from(self.drawn.fetch_add(1, Ordering::Relaxed))
    }

    pub fn method(&self, rail: &str, token: &str) -> MethodId {
        let id = MethodId::from_bits(self.number());
        self.note(PaymentCommand::CreateMethod(Box::new(NewMethod(Method {
            id,
            rail: Token::new(rail).unwrap(),
            token: RailToken(Text::new(token).unwrap()),
            owner: None,
            brand: None,
            last4: None,
            expiry: None,
            is_store_mediated: self.kind == Kind::Store && rail == self.sandbox.name(),
            declined_at: None,
            created_at: Instant::MIN,
        }))));
        id
    }

    /// Begins to pay a new checkout by methods of the sandbox with these tokens, in equal parts.
    pub fn pay(&self, tokens: &[&str]) -> CheckoutId {
        let rail = self.sandbox.name();
        let methods: Vec<_> = tokens.iter().map(|token| self.method(rail, token)).collect();
        let checkout = self.checkout();
        self.pay_by(checkout, &methods);
        checkout
    }

    pub fn pay_by(&self, checkout: CheckoutId, methods: &[MethodId]) {
        let part = PRICE / i64::try_from(methods.len()).unwrap();
        for method in methods {
            self.shop(ShopCommand::AddTender {
                checkout,
                tender: AddTender::PaymentMethod { method: *method, wanted: Some(usd(part)) },
                holds: Box::new(std::array::from_fn(|_| HoldId::from_bits(self.number()))),
            });
        }
        self.shop(ShopCommand::Pay {
            checkout,
            payments: Box::new(std::array::from_fn(|_| PaymentId::from_bits(self.number()))),
            order: OrderId::from_bits(self.number()),
            return_url: Some(return_url()),
        });
    }

    pub fn checkout(&self) -> CheckoutId {
        self.checkout_of(PRICE, 0)
    }

    /// A checkout of one thing at this price, with tax on top.
    pub fn checkout_of(&self, price: i64, tax: i64) -> CheckoutId {
        let id = CheckoutId::from_bits(self.number());
        self.shop(ShopCommand::CreateCheckout(Box::new(engine::NewCheckout::from(NewCheckout {
            id,
            currency: Currency::USD,
            region: Region::parse("US-CA").unwrap(),
            buyer: None,
            lines: vec![NewLine {
                product: None,
                name: Text::new("thing").unwrap(),
                seller: Some(SELLER),
                creator: None,
                kind: LineKind::Goods,
                category: None,
                quantity: 1,
                unit_price: usd(price),
                discount: None,
                tax: (tax > 0).then(|| usd(tax)),
            }],
            promotion: None,
            shipping: None,
            source: None,
            metadata: Metadata::default(),
        }))));
        id
    }

    /// Refunds a part of a paid checkout's order.
    pub fn refund(&self, checkout: CheckoutId, minor: i64) -> RefundId {
        let id = RefundId::from_bits(self.number());
        self.shop(ShopCommand::RefundOrder {
            order: self.checkout_row(checkout).order.unwrap(),
            new: Box::new(RefundOrder {
                id,
                request: RefundRequest::Amount(usd(minor)),
                reason: Token::new("returned").unwrap(),
            }),
            ids: Box::new(RefundIds {
                cards: std::array::from_fn(|_| RefundId::from_bits(self.number())),
                rails: std::array::from_fn(|_| RailRefundId::from_bits(self.number())),
            }),
        });
        id
    }

    pub fn checkout_row(&self, id: CheckoutId) -> Checkout {
        match self.handle().ask(Query::Checkout(id)).unwrap() {
            Some(Answer::Checkout { checkout, .. }) => checkout.as_ref().clone(),
            other => panic!("{other:?}"),
        }
    }

    pub fn payments(&self, id: CheckoutId) -> Vec<Payment> {
        let checkout = self.checkout_row(id);
        let ids = checkout.tenders.iter().filter_map(|tender| match tender.kind {
            TenderKind::PaymentMethod { payment, .. } => payment,
            TenderKind::GiftCard { .. } => None,
        });
        ids.map(|id| match self.handle().ask(Query::Payment(id)).unwrap() {
            Some(Answer::Payment(payment)) => payment.as_ref().clone(),
            other => panic!("{other:?}"),
        })
        .collect()
    }

    /// What the sandbox calls the payment that waits for its payer.
    pub fn sandbox_payment(&self, id: CheckoutId) -> Reference {
        match self.payments(id).remove(0).state {
            PaymentState::RequiresAction { next_action } => challenged(&next_action),
            other => panic!("{other:?}"),
        }
    }

    pub fn order_refund(&self, id: RefundId) -> OrderRefund {
        match self.handle().ask(Query::OrderRefund(id)).unwrap() {
            Some(Answer::OrderRefund(refund)) => refund.as_ref().clone(),
            other => panic!("{other:?}"),
        }
    }

    pub fn rail_refund(&self, id: RailRefundId) -> RailRefund {
        match self.handle().ask(Query::RailRefund(id)).unwrap() {
            Some(Answer::RailRefund(refund)) => refund.as_ref().clone(),
            other => panic!("{other:?}"),
        }
    }

    /// All refunds over rails there are, oldest first.
    pub fn rail_refunds(&self) -> Vec<RailRefund> {
        let refund = |row| match row {
            Row::RailRefund(refund) => Some(refund.as_ref().clone()),
            _ => None,
        };
        self.rows().into_iter().filter_map(refund).collect()
    }

    /// All disputes there are.
    pub fn disputes(&self) -> Vec<payments::Dispute> {
        let dispute = |row| match row {
            Row::Dispute(dispute) => Some(dispute.as_ref().clone()),
            _ => None,
        };
        self.rows().into_iter().filter_map(dispute).collect()
    }

    /// Every row there is.
    pub fn rows(&self) -> Vec<Row> {
        let mut found = Vec::new();
        self.reader().all_rows(&mut |swept| found.push(swept.row)).unwrap();
        found
    }

    pub fn reader(&self) -> Box<dyn Reader> {
        let mut reader = self.place.reader();
        let seq = reader.head().unwrap().seq;
        self.handle().flush_and_wait(seq).unwrap();
        reader
    }

    /// Lines of the sandbox's file, each with what of ours it is about.
    pub fn settled_lines(&self, told: &[rails::SettledLine]) -> Vec<payments::NewLine> {
        let (rail, mut reader) = (Token::new(self.sandbox.name()).unwrap(), self.reader());
        let noted = told.iter().map(|line| {
            let noted = jobs::settled_line(&rail, line);
            let Some(name) = jobs::name_to_find(&rail, line) else { return noted };
            let rows = reader.named_by_rail(&[name]).unwrap();
            payments::NewLine { of: jobs::found_by_name(&rail, line, &rows), ..noted }
        });
        noted.collect()
    }

    /// `paid: captured captured`.
    pub fn told(&self, id: CheckoutId) -> String {
        let states = self.payments(id);
        let states: Vec<&str> = states.iter().map(|payment| payment.state.as_str()).collect();
        format!("{}: {}", self.checkout_row(id).state.as_str(), states.join(" "))
    }

    /// Waits until the checkout is in this state; the wall clock runs while it is asked.
    pub fn wait_for(&self, id: CheckoutId, state: CheckoutState) {
        let clock = SystemClock::new();
        while self.checkout_row(id).state != state {
            assert!(clock.monotonic() < PATIENCE, "it stays {}", self.told(id));
            std::thread::yield_now();
        }
    }

    /// What is on an account of the ledger: debits less credits.
    pub fn ledger(&self, name: &str) -> i64 {
        let accounts = self.reader().accounts(name, None, 100).unwrap();
        let named = accounts.iter().filter(|account| account.name.to_string() == name);
        named.map(|a| a.debits_posted.minor() - a.credits_posted.minor()).sum()
    }

    /// Ledger and rail agree, and the book is sound.
    #[track_caller]
    pub fn close(mut self) {
        self.end();
    }

    /// As [`Market::close`], for whoever has it in a larger whole.
    #[track_caller]
    pub fn end(&mut self) {
        // The rail counts what is on its way back as gone; a store what it has a name for.
        let is_made = |refund: &RailRefund| match self.kind {
            Kind::Cards => true,
            Kind::Store => refund.rail_reference.is_some(),
        };
        let is_sent = |refund: &RailRefund| refund.state == RefundState::Sent && is_made(refund);
        let refunds = self.rail_refunds();
        let sent = refunds.iter().filter(|refund| is_sent(refund));
        let sent: i64 = sent.map(|refund| refund.amount.amount.minor()).sum();
        let clearing = format!("rail/{}/clearing", self.sandbox.name());
        let booked = self.ledger(&clearing) - sent;
        assert_eq!(booked, self.sandbox.balance(Currency::USD), "the rail has something else");
        self.stop();
        let mut reader = self.place.reader();
        self.running.take().unwrap().stop();
        let report = reports::verify(reader.as_mut(), None, &mut |_| {}).unwrap();
        assert_eq!(report.findings, []);
    }
}

/// Nothing here takes long; this only ends a test that would hang.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD).unwrap()
}

fn told(report: &RailReport) -> String {
    let kind = if report.is_error() { "error" } else { "note" };
    format!("{kind}: {report}")
}
