//! What the records of a platform say of a case: with noise, and with holes.
//!
//! The ledger, deeds, payments and claims are books of the platform's own, and exact. What is
//! measured, told by people, or kept in logs is neither exact nor always there.

mod account;
mod delivery;

use base::{Amount, Instant, Span};
use claims::{Evidence, Fact, FactName, Facts, Finding, Value, WhyUnknown};
use world::{Draw, PPM};

use crate::account::History;
use crate::book::Book;
use crate::draws::{Key, Purpose};
use crate::fault::{Fault, Trouble};
use crate::filing::{Circumstances, Earlier, Filing};
use crate::losses::Losses;
use crate::{Params, Promotion};

/// What happened, as far as records may speak of it.
pub(crate) struct Happened<'a> {
    pub promotion: &'a Promotion,
    pub faults: &'a [Fault],
    pub losses: &'a Losses,
    pub book: &'a Book,
    pub history: &'a History,
    pub filing: &'a Filing,
    pub at: &'a Circumstances,
    /// Claims for the same, on the same ground, that were decided.
    pub alike: u64,
}

impl Happened<'_> {
    fn has(&self, trouble: Trouble) -> bool {
        self.fault(trouble).is_some()
    }

    /// The fault, when it has begun.
    fn fault(&self, trouble: Trouble) -> Option<&Fault> {
        let has_begun = |fault: &&Fault| fault.from / 60 < self.at.hours;
        self.faults.iter().filter(has_begun).find(|fault| fault.trouble == trouble)
    }
}

/// Writes the facts of a case down.
pub(crate) fn write(params: &Params, key: Key, happened: &Happened<'_>) -> Facts {
    let mut records = Records { params, key, facts: Facts::new(), at: happened.filing.filed_at };
    records.money(happened);
    records.claims(happened);
    records.account(happened);
    records.delivery(happened);
    records.facts
}

/// Facts in the making.
struct Records<'a> {
    params: &'a Params,
    key: Key,
    facts: Facts,
    at: Instant,
}

impl Records<'_> {
    /// The draws for one fact: noise on one leaves all others as they are.
    fn draw(&self, name: FactName) -> Draw {
        self.key.of(Purpose::Record, name as u64)
    }

    /// The draws for one log, of which many facts are read.
    fn draw_log(&self, log: u64) -> Draw {
        self.key.of(Purpose::Record, 1_000 + log)
    }

    fn tell(&mut self, name: FactName, finding: Finding) {
        let is_absent = match finding {
            Finding::Known(Value::Word(word)) => name.absent_words().contains(&word),
            Finding::Known(_) => false,
            Finding::Unknown(_) => true,
        };
        let number = u64::from(self.key.case) * 64 + name as u64;
        let evidence = if is_absent { Evidence::None } else { Evidence::Record(number) };
        let fact = Fact { name, finding, evidence, at: self.at };
        self.facts.tell(fact).expect("each fact is told once, with a value of its kind");
    }

    fn unknown(&mut self, name: FactName, why: WhyUnknown) {
        self.tell(name, Finding::Unknown(why));
    }

    fn flag(&mut self, name: FactName, is_so: bool) {
        self.tell(name, Finding::Known(Value::Flag(is_so)));
    }

    fn count(&mut self, name: FactName, count: u64) {
        self.tell(name, Finding::Known(Value::Count(count)));
    }

    fn sum(&mut self, name: FactName, minor: i64) {
        let amount = Amount::new(minor.max(0)).expect("sums are small and not negative");
        self.tell(name, Finding::Known(Value::Money(amount)));
    }

    fn word(&mut self, name: FactName, word: &'static str) {
        self.tell(name, Finding::Known(Value::Word(word)));
    }

    fn minutes(&mut self, name: FactName, minutes: u64) {
        self.tell(name, Finding::Known(Value::Span(Span::minutes(minutes))));
    }

    /// A number as it is measured: so far from the true one, either way.
    fn measured(&self, name: FactName, true_number: u64) -> u64 {
        let far = u64::from(self.params.noise_measured).min(PPM);
        let factor = PPM - far + self.draw(name).below(2 * far + 1);
        (u128::from(true_number) * u128::from(factor) / u128::from(PPM)) as u64
    }

    /// Whether two records of something measured tell different things.
    fn is_contradicted(&self, name: FactName) -> bool {
        self.key.of(Purpose::Record, 2_000 + name as u64).chance(self.params.contradicted.into())
    }

    /// A measured fact whose log may be lost.
    fn logged(&mut self, name: FactName, lost: Option<WhyUnknown>, tell: impl FnOnce(&mut Self)) {
        match lost {
            Some(why) => self.unknown(name, why),
            None if self.is_contradicted(name) => self.unknown(name, WhyUnknown::Contradicted),
            None => tell(self),
        }
    }

    fn money(&mut self, happened: &Happened<'_>) {
        let book = happened.book;
        self.word(FactName::Dispute, happened.at.dispute);
        self.sum(FactName::Captured, book.captured);
        self.sum(FactName::SettledBack, book.settled_back);
        self.sum(FactName::PendingBack, book.pending_back);
        self.sum(FactName::Credited, book.credited);
        // Nobody was granted anything before but for what was not delivered as it was sold.
        self.sum(FactName::MadeGood, book.credited);
        self.sum(FactName::Unspent, book.unspent);
        self.sum(FactName::Spent, book.spent);
        self.sum(FactName::LeftRefundable, book.left_refundable);
        self.sum(FactName::DuplicateCapture, book.duplicate);
        self.sum(FactName::OverBudget, book.over_budget);
    }

    fn claims(&mut self, happened: &Happened<'_>) {
        let at = happened.at;
        self.word(FactName::Window, if at.is_late { "closed" } else { "open" });
        let same = match at.earlier {
            Earlier::Open if at.same_ground => "open",
            Earlier::Granted | Earlier::Denied if at.same_ground => "decided",
            _ => "none",
        };
        self.word(FactName::SameClaim, same);
        if same == "none" {
            self.unknown(FactName::NewEvidence, WhyUnknown::NotApplicable);
        } else {
            self.flag(FactName::NewEvidence, at.new_evidence);
        }
        let repeats = u64::from(at.earlier != Earlier::None);
        self.count(FactName::EarlierClaims, happened.history.earlier_claims + repeats);
        self.count(FactName::EarlierAlike, happened.alike);
        self.sum(FactName::AutomaticPerson, happened.history.paid_before);
        let of_ring = if happened.history.ring > 0 { 2 } else { 1 };
        self.sum(FactName::AutomaticInstrument, happened.history.paid_before * of_ring);
    }
}
