//! Words of a script and what they stand for.

use base::{Amount, CardId, CheckoutId, Currency, HoldId, Money, PaymentId, ProgramId, RefundId};
use base::{PersonId, Region, Text, Token};
use engine::{CardRef, ClaimBy, OperationKey};
use giftcards::{Channel, ClaimLink, DeliveryState, LinkHash, Sealed};
use giftcards::{Code, CodeHash, Details, Funding, Label, Line, LineKind, Metadata, Place};

/// The words of one line: positions first, then `name=value` or bare flags.
pub struct Words<'a> {
    words: Vec<&'a str>,
}

impl<'a> Words<'a> {
    pub fn of(line: &'a str) -> Words<'a> {
        Words { words: line.split_whitespace().collect() }
    }

    /// The word at a position that must be there.
    pub fn at(&self, position: usize) -> &'a str {
        self.words.get(position).unwrap_or_else(|| panic!("a word is missing: {:?}", self.words))
    }

    /// The amount at a position, if there is one.
    pub fn money(&self, position: usize) -> Option<Money> {
        self.words.get(position).filter(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
        Some(money(self.at(position)))
    }

    /// The word at a position, if there is one that stands for itself.
    pub fn bare(&self, position: usize) -> Option<&'a str> {
        self.words.get(position).copied().filter(|word| !word.contains('='))
    }

    /// The words from a position on.
    pub fn from(&self, position: usize) -> impl Iterator<Item = &'a str> {
        self.words.iter().skip(position).copied()
    }

    /// Those from a position on that stand for themselves.
    pub fn bare_from(&self, position: usize) -> impl Iterator<Item = &'a str> {
        self.from(position).filter(|word| !word.contains('='))
    }

    pub fn has(&self, flag: &str) -> bool {
        self.words.contains(&flag)
    }

    pub fn value(&self, name: &str) -> Option<&'a str> {
        let mut values = self.words.iter().filter_map(|word| word.split_once('='));
        values.find(|(found, _)| *found == name).map(|(_, value)| value)
    }

    pub fn number(&self, name: &str) -> Option<u32> {
        self.value(name).map(|value| value.parse().unwrap())
    }

    pub fn regions(&self) -> Vec<Region> {
        let codes = self.value("regions").map_or(Vec::new(), |value| value.split(',').collect());
        codes.into_iter().map(|code| Region::parse(code).unwrap()).collect()
    }

    pub fn details(&self) -> Option<Box<Details>> {
        let mut details = Details { regions: self.regions(), ..Details::default() };
        if let Some(kinds) = self.value("kinds") {
            details.scope.include.kinds = kinds.split(',').map(kind).collect();
        }
        if let Some(seller) = self.value("only") {
            let id = base::SellerId::from_bits(bits(seller));
            details.scope.include.sellers = vec![Label::new(&id.to_string()).unwrap()];
        }
        if let Some(seller) = self.value("not_from") {
            details.scope.exclude.sellers = vec![Label::new(seller).unwrap()];
        }
        details.metadata = self.metadata().unwrap_or_default();
        details.reference = self.reference().flatten();
        details.sender = self.value("from").map(sealed);
        details.recipient = self.value("to").map(sealed);
        Some(Box::new(details))
    }

    /// The pairs after `with=`, if it is there.
    pub fn metadata(&self) -> Option<Metadata> {
        let pairs = self.value("with")?.split_terminator(',').map(|pair| {
            let (key, value) = pair.split_once(':').unwrap();
            (key.to_owned(), value.to_owned())
        });
        Some(Metadata::new(pairs.collect()).unwrap())
    }

    /// The text after `ref=`, if it is there, and if there is one.
    pub fn reference(&self) -> Option<Option<Text<255>>> {
        let word = self.value("ref")?;
        Some((!word.is_empty()).then(|| text(word)))
    }

    pub fn lines(&self) -> Vec<Line> {
        let seller = self.value("seller").map(|seller| Label::new(seller).unwrap());
        let kinds = self.value("lines").map_or(Vec::new(), |value| value.split(',').collect());
        let line = |word| Line {
            kind: kind(word),
            category: None,
            seller: seller.clone(),
            creator: None,
            product: None,
        };
        kinds.into_iter().map(line).collect()
    }
}

/// A plain hold or redemption.
pub fn place(name: &str, sum: &str) -> Box<Place> {
    Box::new(Place {
        id: hold(name),
        amount: money(sum),
        partial: false,
        reference: text("order-1"),
        expires_in_s: None,
        region: None,
        lines: Vec::new(),
        checkout: None,
    })
}

/// `25`, or `25EUR`; the default is dollars.
pub fn money(word: &str) -> Money {
    let digits = word.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len());
    let (number, currency) = word.split_at(digits);
    let currency = if currency.is_empty() { "USD" } else { currency };
    let amount = Amount::new(number.parse().unwrap()).unwrap();
    Money { amount, currency: Currency::parse(currency).unwrap() }
}

pub fn kind(word: &str) -> LineKind {
    LineKind::parse(word).unwrap()
}

pub fn funding(word: Option<&str>) -> Funding {
    match word.unwrap_or("external") {
        "promotional" => Funding::Promotional,
        "external" => Funding::External,
        "import" => Funding::Import,
        "payment" => Funding::Payment {
            payment: PaymentId::from_bits(1),
            rail: Token::new("sandbox").unwrap(),
        },
        customer => Funding::Invoice { customer: Token::new(customer).unwrap() },
    }
}

/// A card by name, or by code when it says so: `A`, `code:A`, `code:new,old`.
pub fn card_ref(word: &str) -> CardRef {
    match word.strip_prefix("code:") {
        Some(codes) => CardRef::Code(codes.split(',').map(hash).collect()),
        None => CardRef::Id(card(word)),
    }
}

pub fn code(word: &str) -> Code {
    Code { hash: hash(word), key: 1, nonce: 5, last4: *b"2345" }
}

pub fn hash(word: &str) -> CodeHash {
    CodeHash(bits(word).to_be_bytes())
}

pub fn channel(word: &str) -> Channel {
    Channel::ALL.into_iter().find(|channel| channel.as_str() == word).unwrap()
}

pub fn link(word: &str) -> ClaimLink {
    ClaimLink { hash: LinkHash(bits(word).to_be_bytes()), key: 1, nonce: 7 }
}

/// `code:A`, or `link:A,L` for the link L of A.
pub fn claim_by(word: &str) -> ClaimBy {
    match word.strip_prefix("link:").and_then(|rest| rest.split_once(',')) {
        Some((of, links)) => {
            let hashes = links.split(',').map(|word| link(word).hash).collect();
            ClaimBy::Link { card: card(of), hashes }
        }
        None => match card_ref(word) {
            CardRef::Code(hashes) => ClaimBy::Code(hashes),
            CardRef::Id(_) => panic!("{word} is neither a code nor a link"),
        },
    }
}

pub fn person(word: &str) -> PersonId {
    PersonId::from_bits(bits(word))
}

pub fn name_of(person: PersonId) -> String {
    let bytes = person.to_bytes();
    String::from_utf8(bytes.into_iter().skip_while(|byte| *byte == 0).collect()).unwrap()
}

/// The name whose bits an id has.
pub fn name_of_bits(bits: u128) -> String {
    name_of(PersonId::from_bits(bits))
}

pub fn sealed(word: &str) -> Sealed {
    Sealed { person: person(word), bytes: Box::new([1]) }
}

pub fn delivery_state(word: &str) -> DeliveryState {
    DeliveryState::ALL.into_iter().rev().find(|state| state.as_str() == word).unwrap()
}

pub fn key(word: &str) -> OperationKey {
    OperationKey(bits(word).to_be_bytes())
}

pub fn card(word: &str) -> CardId {
    CardId::from_bits(bits(word))
}

pub fn hold(word: &str) -> HoldId {
    HoldId::from_bits(bits(word))
}

pub fn checkout(word: &str) -> CheckoutId {
    CheckoutId::from_bits(bits(word))
}

pub fn refund(word: &str) -> RefundId {
    RefundId::from_bits(bits(word))
}

pub fn program(word: &str) -> ProgramId {
    ProgramId::from_bits(bits(word))
}

pub fn text<const MAX: usize>(word: &str) -> Text<MAX> {
    Text::new(word).unwrap()
}

/// A short word as a number: different words, different numbers.
pub fn bits(word: &str) -> u128 {
    assert!(word.len() < 15, "{word} is too long for a name");
    word.bytes().fold(0, |bits, byte| (bits << 8) | u128::from(byte))
}
