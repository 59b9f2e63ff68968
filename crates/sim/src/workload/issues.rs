//! New programs and cards.

use base::{Amount, CardId, Instant, Money, PaymentId, ProgramId, Span, Text, Token};
use engine::GiftCardCommand;
use giftcards::{Code, CodeHash, Details, Funding, Issue, LineKind, Metadata, NewCode, NewProgram};
use giftcards::{Program, Sandbox, Scope, ScopeLists, Source};

use super::Workload;

impl Workload {
    pub(super) fn new_program(&mut self, now: Instant) -> GiftCardCommand {
        let id = match self.random.pick(&self.programs) {
            Some(known) if self.random.percent(5) => *known,
            _ => ProgramId::from_parts(now, self.random.bytes10()),
        };
        self.programs.push(id);
        let low = self.random.between(0, 2_000);
        let high = low + self.random.between(-1, 100_000);
        let small = |units: u64| u32::try_from(units).expect("it is small");
        let validity = self.random.percent(50).then(|| small(self.random.below(40)));
        let returns = self.random.percent(25).then(|| 29 + self.random.below(17));
        let returns = returns.map(|days| u16::try_from(days).expect("it is small"));
        let extension = u16::try_from(self.random.below(3)).expect("it is small");
        GiftCardCommand::CreateProgram(Box::new(NewProgram(Program {
            id,
            name: Text::new("Spring").expect("it is a text"),
            currency: self.currency(),
            value_min: Amount::new(low).expect("it is not below zero"),
            value_max: Amount::new(high.max(0)).expect("it is not below zero"),
            validity_days: validity,
            hold_seconds_max: small(self.random.below(4_000)),
            refund_extension_days: extension,
            activation_s: 0,
            return_after_days: returns,
            scope: self.scope(),
            regions: self.regions(),
            metadata: Metadata::default(),
            created_at: now,
        })))
    }

    pub(super) fn new_card(&mut self, now: Instant) -> GiftCardCommand {
        let id = match self.random.pick(&self.cards) {
            Some(known) if self.random.percent(3) => *known,
            _ => CardId::from_parts(now, self.random.bytes10()),
        };
        self.cards.push(id);
        let funding = self.funding();
        let is_import = funding == Funding::Import;
        let units = self.random.weighted(&[(2, 0), (90, 1), (3, 2), (2, 3)]);
        let units = match units {
            0 => 0,
            1 => self.random.between(1, 100_000),
            2 => 100_000_000,
            _ => 100_000_001,
        };
        let has_opening = self.random.percent(if is_import { 50 } else { 1 });
        let opening = has_opening.then(|| self.random.between(0, units));
        let program = self.random.pick_recent(&self.programs).copied();
        let program = program.filter(|_| self.random.percent(40));
        let garbage = ProgramId::from_parts(now, self.random.bytes10());
        let fails = self.random.percent(4);
        let currency = self.currency();
        GiftCardCommand::Issue(Box::new(Issue {
            id,
            value: Money { amount: Amount::new(units).expect("it is not below zero"), currency },
            opening_balance: opening.and_then(Amount::new),
            code: NewCode(self.new_code()),
            funding,
            expires_at: self.some_date(now),
            sandbox: if fails { Sandbox::FailsAtCapture } else { Sandbox::None },
            program: if self.random.one_in(100) { Some(garbage) } else { program },
            created_at: is_import.then(|| {
                let age = Span::seconds(self.random.below(10_000_000));
                now.saturating_sub(age)
            }),
            details: self.details(),
            activates_at: if self.random.percent(10) { self.some_date(now) } else { None },
            delivery: self.delivery(now),
        }))
    }

    pub(super) fn new_code(&mut self) -> Code {
        let hash = match self.random.pick(&self.codes) {
            Some(known) if self.random.percent(3) => *known,
            _ => CodeHash(self.random.bytes16()),
        };
        self.codes.push(hash);
        Code { hash, key: 1, nonce: self.random.bits(), last4: *b"7XYZ" }
    }

    fn funding(&mut self) -> Funding {
        match self.random.below(10) {
            0..4 => Funding::Promotional,
            4..6 => Funding::Invoice { customer: Token::new("acme").expect("it is a word") },
            6..8 => Funding::External,
            8 => Funding::Payment {
                payment: PaymentId::from_bits(u128::from(self.random.below(9))),
                rail: Token::new("sandbox").expect("it is a word"),
            },
            _ => Funding::Import,
        }
    }

    fn details(&mut self) -> Option<Box<Details>> {
        if self.random.percent(70) {
            return None;
        }
        let pairs = vec![("order".to_owned(), "17".to_owned())];
        let sealed = self.sealed();
        let source = Source { kind: Token::new("live").expect("it is a word"), id: self.label() };
        Some(Box::new(Details {
            scope: self.scope(),
            regions: self.regions(),
            metadata: Metadata::new(pairs).expect("they are short"),
            reference: Text::new("import row 3").ok(),
            recipient: self.random.percent(50).then(|| sealed.clone()),
            sender: self.random.percent(50).then_some(sealed),
            design: Token::new("spring").ok(),
            source: self.random.percent(50).then_some(source),
        }))
    }

    fn regions(&mut self) -> Vec<base::Region> {
        let count = self.random.weighted(&[(80, 0), (10, 1), (10, 2)]);
        (0..count).filter_map(|_| self.region()).collect()
    }

    fn scope(&mut self) -> Scope {
        if self.random.percent(75) {
            return Scope::default();
        }
        let mut scope = Scope::default();
        for lists in [&mut scope.include, &mut scope.exclude] {
            self.fill(lists);
        }
        scope
    }

    /// Names something in about one list.
    fn fill(&mut self, lists: &mut ScopeLists) {
        match self.random.below(8) {
            0 => lists.kinds = vec![LineKind::Goods, LineKind::Digital],
            1 => lists.categories = vec![self.label()],
            2 => lists.sellers = vec![self.label(), self.label()],
            3 => lists.creators = vec![self.label()],
            4 => lists.products = vec![self.label()],
            _ => {}
        }
    }
}
