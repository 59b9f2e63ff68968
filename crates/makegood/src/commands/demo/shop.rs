//! The living shop: a market with half a year behind it, promotions that a city has looked at,
//! programs, and cards in every state a card can be in.

use std::sync::Arc;

use base::{Amount, CardId, Currency, HoldId, Instant, KeyId, Money, PersonId, ProgramId, Region};
use base::{SellerId, Span, Text, Token, TypedId};
use engine::{Answer, CardRef, ClaimBy, Command, GiftCardCommand, Query, Row};
use giftcards::{Adjust, AdjustReason, Code, CodeHash, Details, Direction, Funding, Issue, Label};
use giftcards::{LineKind, NewCode, NewProgram, Place, Program, RefundHold, Sandbox};
use giftcards::{Scope, limits};
use jobs::RailCaller;
use outside::clock::Clock;
use outside::codes::ParsedCode;
use outside::random::{Randomness, SystemRandomness, new_id};
use serving::Feed;
use store::{List, Page};
use writer::Request;

use super::{city, claims, market, people};
use crate::config::Settings;
use crate::failure::{Done, Failure};
use crate::wiring::{Installation, OpenBook, OwnerText, Seal};

/// The code of the card that is made last: where it is known, the shop is open already.
const LAST_CODE: &str = "WELCOME-TO-THE-SHOP";

/// Seconds the tour's hold lasts: a day.
const TOUR_HOLD_SECONDS: u32 = 86_400;

/// What the tour is about: made anew at every start, so that the tour always works.
pub(super) struct Opened {
    /// A card with 50.00 USD.
    pub(super) card: CardId,
    /// Its code.
    pub(super) code: String,
    /// An open hold of 10.00 USD on it.
    pub(super) hold: HoldId,
    /// What is bought, and by whom.
    pub(super) journey: Journey,
    /// The promotions that are looked at.
    pub(super) promotions: city::Shown,
    /// The book's time.
    pub(super) now: Instant,
}

/// What the checkout of the tour takes.
pub(super) struct Journey {
    /// Who buys; nobody has bought anything under this id.
    pub(super) buyer: PersonId,
    /// Who sells the cups.
    pub(super) pottery: SellerId,
    /// Who gives the class.
    pub(super) coffee: SellerId,
    /// A card with 30.00 USD that pays for goods only.
    pub(super) goods_card: CardId,
    /// A card with 40.00 USD that pays for anything.
    pub(super) any_card: CardId,
}

/// Opens the shop: fills the book once, and makes what the tour needs.
///
/// # Errors
///
/// The book cannot be written.
pub(super) fn open(
    installation: &Installation,
    settings: &Settings,
    book: &OpenBook,
) -> Done<Opened> {
    // Whoever serves the book afterwards starts another.
    let rails = installation.start_rail_caller(&book.record, book.handle())?;
    let keeper = Keeper { installation, settings, book, rails };
    let parsed = ParsedCode::parse(LAST_CODE).expect("the welcome is a code");
    let hashes = installation.ring.hash_candidates(keeper.book_name(), &parsed);
    let lookup = CardRef::Code(hashes.map(|(_, hash)| CodeHash(hash)).collect());
    if book.handle().ask(Query::Lookup(lookup))?.is_none() {
        keeper.fill(&parsed)?;
    }
    keeper.prepare_tour()
}

/// Whoever fills the shop.
pub(super) struct Keeper<'a> {
    installation: &'a Installation,
    settings: &'a Settings,
    book: &'a OpenBook,
    rails: RailCaller,
}

impl Keeper<'_> {
    fn fill(&self, last_code: &ParsedCode) -> Done {
        self.fill_past()?;
        market::trade(self)?;
        city::promote(self)?;
        claims::file(self)?;
        let everyday = self.program("Everyday card", Currency::USD, None, Scope::default())?;
        self.fill_spending(everyday)?;
        self.fill_states(everyday)?;
        self.fill_restricted()?;
        self.fill_wallet(everyday)?;
        let code = Some(last_code);
        self.issue(Sale { reference: "demo-welcome", code, ..Sale::usd(10_000) })?;
        Ok(())
    }

    /// Cards that expire while the market's time passes.
    fn fill_past(&self) -> Done {
        let month = self.program("Spring campaign", Currency::USD, Some(30), Scope::default())?;
        let spring = Sale { program: Some(month), reference: "demo-expired", ..Sale::usd(3_000) };
        let spent = Sale { program: Some(month), reference: "demo-expired", ..Sale::usd(2_500) };
        self.issue(spring)?;
        let card = self.issue(spent)?;
        self.redeem(card, 900, "order-1001")?;
        Ok(())
    }

    fn fill_spending(&self, program: ProgramId) -> Done {
        let sale =
            |value, reference| Sale { program: Some(program), reference, ..Sale::usd(value) };
        let partly = self.issue(sale(5_000, "demo-partly-spent"))?;
        self.redeem(partly, 1_820, "order-1002")?;
        let empty = self.issue(sale(2_500, "demo-depleted"))?;
        self.redeem(empty, 2_500, "order-1003")?;
        let held = self.issue(sale(8_000, "demo-with-hold"))?;
        self.hold(held, 3_000, "order-1004", TOUR_HOLD_SECONDS)?;
        let refunded = self.issue(sale(9_000, "demo-refunded"))?;
        let hold = self.redeem(refunded, 6_000, "order-1005")?;
        let refund = RefundHold { id: self.new_id(), amount: usd(2_000) };
        self.run(GiftCardCommand::Refund { hold, refund })?;
        Ok(())
    }

    fn fill_states(&self, program: ProgramId) -> Done {
        let sale =
            |value, reference| Sale { program: Some(program), reference, ..Sale::usd(value) };
        let birthday = OwnerText {
            name: Some("Noa Lindqvist".to_owned()),
            email: Some("noa@example.com".to_owned()),
            message: Some("Happy birthday! Buy the good coffee. — Kim".to_owned()),
            note: None,
        };
        self.issue(Sale { owner: birthday, ..sale(10_000, "demo-active") })?;
        let frozen = self.issue(sale(4_000, "demo-frozen"))?;
        self.run(GiftCardCommand::Freeze { card: frozen, reason: word("lost"), by: None })?;
        let canceled = self.issue(sale(1_500, "demo-canceled"))?;
        self.run(GiftCardCommand::Cancel { card: canceled })?;
        let replaced = self.issue(sale(6_000, "demo-code-replaced"))?;
        let code = self.new_code(replaced)?;
        self.run(GiftCardCommand::ReplaceCode { card: replaced, code, by: None })?;
        let adjusted = self.issue(sale(2_000, "demo-goodwill"))?;
        let adjust =
            Adjust { amount: usd(500), direction: Direction::Up, reason: AdjustReason::Goodwill };
        self.run(GiftCardCommand::Adjust { card: adjusted, adjust })?;
        for _ in 0..5 {
            let customer = Token::new("acme").expect("a lower-case word is a token");
            let funding = Funding::Invoice { customer };
            self.issue(Sale { funding, ..sale(2_500, "demo-invoice") })?;
        }
        Ok(())
    }

    /// What somebody was given, and some of it spent.
    fn fill_wallet(&self, program: ProgramId) -> Done {
        let person = self.person(people::CUSTOMER);
        let gift = |message: &str| OwnerText {
            name: Some("Ann Okafor".to_owned()),
            message: Some(message.to_owned()),
            ..OwnerText::default()
        };
        let sale =
            |value, reference| Sale { program: Some(program), reference, ..Sale::usd(value) };
        let birthday = gift("Happy birthday, Ann! Spend it on something you would not buy.");
        let thanks = gift("Thank you for watering the plants all summer.");
        let first = self.issue(Sale { owner: birthday, ..sale(5_000, "demo-birthday") })?;
        let second = self.issue(Sale { owner: thanks, ..sale(2_000, "demo-thanks") })?;
        for card in [first, second] {
            let code = self.code_of(card)?;
            let parsed = ParsedCode::parse(&code).expect("what was made can be read");
            let hashes = self.installation.ring.hash_candidates(self.book_name(), &parsed);
            let by = ClaimBy::Code(hashes.map(|(_, hash)| CodeHash(hash)).collect());
            self.run(GiftCardCommand::Claim { by, card: Some(card), person })?;
        }
        self.redeem(first, 1_200, "order-1006")?;
        Ok(())
    }

    fn fill_restricted(&self) -> Done {
        let label = |text| Label::new(text).expect("a short word is a label");
        let mut scope = Scope::default();
        scope.include.kinds = vec![LineKind::Goods];
        scope.include.sellers = vec![label("luna-ceramics")];
        let pottery = self.program("Luna Ceramics", Currency::EUR, None, scope)?;
        let value = Money::new(7_500, Currency::EUR).expect("not negative");
        let scoped = Sale { program: Some(pottery), reference: "demo-scope", ..Sale::of(value) };
        self.issue(scoped)?;
        let value = Money::new(5_000, Currency::JPY).expect("not negative");
        let regions = vec![Region::parse("JP").expect("Japan is a region")];
        self.issue(Sale { regions, reference: "demo-region", ..Sale::of(value) })?;
        Ok(())
    }

    fn prepare_tour(&self) -> Done<Opened> {
        let card = self.issue(Sale { reference: "demo-tour", ..Sale::usd(5_000) })?;
        let hold = self.hold(card, 1_000, "order-2001", TOUR_HOLD_SECONDS)?;
        let code = self.code_of(card)?;
        let (journey, promotions) = (self.prepare_journey()?, city::shown(self)?);
        Ok(Opened { card, code, hold, journey, promotions, now: self.now()? })
    }

    /// What somebody with an account has written in a claim.
    pub(super) fn seal_of_claimant(&self, person: PersonId, text: &str) -> Done<giftcards::Sealed> {
        let text = http::PersonalText::of_claimant_with_account(person, text.to_owned());
        let installation = self.installation;
        let sealed = http::seal_personal(&installation.ring, &installation.people, &[text])?.pop();
        sealed.ok_or_else(|| Failure::new("a text was sealed and is not there"))
    }

    /// Somebody whom one can be.
    pub(super) fn person(&self, key: &str) -> PersonId {
        self.installation.demo_person(key)
    }

    /// The code of a card that was just made.
    fn code_of(&self, card: CardId) -> Done<String> {
        let Some(Answer::Card { card: row, .. }) = self.book.handle().ask(Query::Card(card))?
        else {
            return Err(Failure::new("a card that was just made is not there"));
        };
        let key = outside::keyring::KeyNumber::new(u32::from(row.code.key));
        let key = key.unwrap_or(self.installation.ring.current());
        Ok(self.installation.ring.code_for(card, row.code.nonce, key)?.reveal())
    }

    fn prepare_journey(&self) -> Done<Journey> {
        let mut scope = Scope::default();
        scope.include.kinds = vec![LineKind::Goods];
        let sale = |value| Sale { reference: "demo-journey", ..Sale::usd(value) };
        Ok(Journey {
            buyer: self.new_id(),
            pottery: self.seller("Luna Ceramics")?,
            coffee: self.seller("Northwind Coffee")?,
            goods_card: self.issue(Sale { scope, ..sale(3_000) })?,
            any_card: self.issue(sale(4_000))?,
        })
    }

    /// The seller of this name, of whom the market has less than a page.
    fn seller(&self, name: &str) -> Done<SellerId> {
        let sellers = self.list(List::Sellers, Page::after(None, 100))?;
        let found = sellers.into_iter().find_map(|row| match row {
            Row::Seller(seller) if seller.name.as_str() == name => Some(seller.id),
            _ => None,
        });
        found.ok_or_else(|| {
            let next = "delete the folder, or name another one with --data DIR";
            Failure::new("the shop of an earlier version has no market").next(next)
        })
    }

    fn program(
        &self,
        name: &str,
        currency: Currency,
        validity_days: Option<u32>,
        scope: Scope,
    ) -> Done<ProgramId> {
        let id = self.new_id();
        let amount = |minor| Amount::new(minor).expect("limits are not negative");
        let program = Program {
            id,
            name: Text::new(name).expect("names of the shop are short"),
            currency,
            value_min: amount(500),
            value_max: amount(50_000),
            validity_days,
            hold_seconds_max: limits::HOLD_SECONDS_MAX,
            refund_extension_days: limits::REFUND_EXTENSION_DAYS_DEFAULT,
            activation_s: 0,
            return_after_days: None,
            scope,
            regions: Vec::new(),
            metadata: Default::default(),
            created_at: self.now()?,
        };
        self.run(GiftCardCommand::CreateProgram(Box::new(NewProgram(program))))?;
        Ok(id)
    }

    fn issue(&self, sale: Sale<'_>) -> Done<CardId> {
        let (id, command) = self.issuing(sale)?;
        self.run(command)?;
        Ok(id)
    }

    /// The command that issues a card, and the card's id.
    pub(super) fn issuing(&self, sale: Sale<'_>) -> Done<(CardId, GiftCardCommand)> {
        let id: CardId = self.new_id();
        let code = match sale.code {
            Some(parsed) => self.installation.custom_code(self.book_name(), parsed)?,
            None => self.new_code(id)?,
        };
        let recipient = if sale.owner.is_empty() {
            None
        } else {
            let seal = Seal { text: &sale.owner, operation: id.to_bytes() };
            self.installation.seal_owners(self.book_name(), &[seal])?.pop()
        };
        let reference = Text::new(sale.reference).expect("references of the shop are short");
        let details = Details {
            recipient,
            reference: Some(reference),
            regions: sale.regions,
            scope: sale.scope,
            ..Details::default()
        };
        let command = GiftCardCommand::Issue(Box::new(Issue {
            id,
            value: sale.value,
            opening_balance: None,
            code: NewCode(code),
            funding: sale.funding,
            expires_at: None,
            sandbox: Sandbox::None,
            program: sale.program,
            created_at: None,
            details: Some(Box::new(details)),
            activates_at: None,
            delivery: None,
        }));
        Ok((id, command))
    }

    /// A code for the card of this id.
    pub(super) fn new_code(&self, card: CardId) -> Done<Code> {
        self.installation.own_code(self.book_name(), card, nonce())
    }

    fn redeem(&self, card: CardId, minor: i64, order: &str) -> Done<HoldId> {
        let place = self.place(minor, order, None);
        let id = place.id;
        self.run(GiftCardCommand::Redeem { card: CardRef::Id(card), place: Box::new(place) })?;
        Ok(id)
    }

    fn hold(&self, card: CardId, minor: i64, order: &str, seconds: u32) -> Done<HoldId> {
        let place = self.place(minor, order, Some(seconds));
        let id = place.id;
        self.run(GiftCardCommand::Hold { card: CardRef::Id(card), place: Box::new(place) })?;
        Ok(id)
    }

    fn place(&self, minor: i64, order: &str, expires_in_s: Option<u32>) -> Place {
        Place {
            id: self.new_id(),
            amount: usd(minor),
            partial: false,
            reference: Text::new(order).expect("orders of the shop are short"),
            expires_in_s,
            region: None,
            lines: Vec::new(),
            checkout: None,
        }
    }

    fn run(&self, command: GiftCardCommand) -> Done {
        self.decide_all(vec![Command::GiftCards(command)])
    }

    /// Has commands decided, one after the other, in one commit.
    pub(super) fn decide_all(&self, commands: Vec<Command>) -> Done {
        let request = |command| Request { command, actor: SHOPKEEPER, operation: None };
        let requests = commands.into_iter().map(request).collect();
        for outcome in self.book.handle().decide(requests, false)? {
            outcome?.result.map_err(|refusal| Failure::new(format!("the shop: {refusal}")))?;
        }
        Ok(())
    }

    /// Asks about one object.
    pub(super) fn ask(&self, question: Query) -> Done<Option<Answer>> {
        Ok(self.book.handle().ask(question)?)
    }

    /// Lets time pass, rails included, and tells the time after it.
    pub(super) fn pass(&self, span: Span) -> Done<Instant> {
        self.pass_until(self.now()?.saturating_add(span))
    }

    /// Lets time pass until `later`, rails included, and tells the time after it.
    pub(super) fn pass_until(&self, later: Instant) -> Done<Instant> {
        let (handle, rails) = (self.book.handle(), Some(&self.rails));
        let mut reader = self.installation.reader(&self.book.record)?;
        let advanced =
            jobs::advance_test_clock(handle, reader.as_mut(), rails, SHOPKEEPER, later, None)?;
        let moved = advanced.decided.result;
        moved.map_err(|refusal| Failure::new(format!("the shop's clock: {refusal}")))?;
        Ok(advanced.now)
    }

    /// Moves the clock to `later`, unless it is there; what falls due on the way is booked later.
    pub(super) fn move_clock(&self, later: Instant) -> Done {
        if later <= self.now()? {
            return Ok(());
        }
        self.decide_all(vec![Command::AdvanceClock { to: later }])
    }

    /// Rows of the book's tables, as of now.
    pub(super) fn list(&self, list: List, page: Page) -> Done<Vec<Row>> {
        let handle = self.book.handle();
        handle.flush_and_wait(handle.figures().seq())?;
        Ok(self.installation.reader(&self.book.record)?.list(list, page)?)
    }

    /// Opens the book's feed, to be run by the caller; `clock` is its wall clock.
    pub(super) fn open_feed(&self, clock: Arc<dyn Clock>) -> Done<Feed> {
        let (record, handle) = (&self.book.record, self.book.handle());
        let parts = self.installation.feed_parts(record, handle, self.settings, clock);
        Feed::open(parts).map_err(Failure::new)
    }

    /// The book's time.
    pub(super) fn now(&self) -> Done<Instant> {
        Ok(self.book_time()?.0)
    }

    /// The book's time, and how many microseconds it is ahead of the wall clock.
    pub(super) fn book_time(&self) -> Done<(Instant, i64)> {
        match self.ask(Query::Book)? {
            Some(Answer::Book { book, now }) => Ok((now, book.clock_ahead_micros)),
            _ => Err(Failure::new("the book has no row of its own")),
        }
    }

    /// An id that nothing has yet.
    pub(super) fn new_id<Id: TypedId>(&self) -> Id {
        new_id(self.installation.now(), &mut SystemRandomness)
    }

    fn book_name(&self) -> &str {
        self.book.record.name.as_str()
    }
}

/// Who gives the shop's commands: no key of any person has these bits.
pub(super) const SHOPKEEPER: KeyId = KeyId::from_bits(0);

/// A card to be sold.
pub(super) struct Sale<'a> {
    value: Money,
    funding: Funding,
    program: Option<ProgramId>,
    regions: Vec<Region>,
    scope: Scope,
    owner: OwnerText,
    reference: &'static str,
    code: Option<&'a ParsedCode>,
}

impl<'a> Sale<'a> {
    fn of(value: Money) -> Sale<'a> {
        Sale {
            value,
            funding: Funding::Promotional,
            program: None,
            regions: Vec::new(),
            scope: Scope::default(),
            owner: OwnerText::default(),
            reference: "demo",
            code: None,
        }
    }

    /// A card that was paid for in another place.
    pub(super) fn sold_elsewhere(value: Money, reference: &'static str) -> Sale<'a> {
        Sale { funding: Funding::External, reference, ..Sale::of(value) }
    }

    fn usd(minor: i64) -> Sale<'a> {
        Sale::sold_elsewhere(usd(minor), "demo")
    }
}

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD).expect("amounts of the shop are not negative")
}

/// A machine word.
pub(super) fn word(text: &str) -> Token<40> {
    Token::new(text).expect("a lower-case word is a token")
}

fn nonce() -> u64 {
    SystemRandomness.next_u64().max(1)
}
