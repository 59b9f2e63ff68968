//! A small table language for linked sets, so that a test reads like a page of a ledger.
//!
//! One line a step, words apart by spaces; `#` begins a comment.
//!
//! | line | meaning |
//! | --- | --- |
//! | `account a card 100 USD` | an account with a posted balance; the currency may be left out |
//! | `transfer a b 30` | moves at once, debit first |
//! | `reserve p a b 30` | reserves, and calls the reservation `p` |
//! | `enlarge p 5`, `post p 5`, `void p 5`, `expire p` | what happens to it |
//! | `… -> AmountZero` | the step is refused, and has changed nothing |
//! | `a = 70 / 30` | balance 70, of which 30 are held |
//! | `p = Open 30 10 5` | state, reserved, posted and voided amount |

use std::collections::BTreeMap;

use base::{AccountId, Amount, CardId, Currency, Money, Token};
use ledger::{Account, AccountName, Kind, LinkedSet, Pending, Position, Posted, Reason};
use ledger::{Refusal, Side, Subject};

use crate::oracle::replay;

/// Runs a table and checks the invariants of the whole set at its end.
#[track_caller]
pub fn check(table: &str) {
    let mut page = Page::new();
    for line in table.lines() {
        let line = line.split('#').next().unwrap().trim();
        if !line.is_empty() {
            page.line(line);
        }
    }
    page.close();
}

pub fn amount(word: &str) -> Amount {
    if word == "max" { Amount::MAX } else { Amount::new(word.parse().unwrap()).unwrap() }
}

/// Debits and credits, posted and pending, must grow by the same in every currency.
pub fn assert_balanced(before: &[Account], after: &[Account]) {
    let sums = |accounts: &[Account]| {
        let mut sums: BTreeMap<Currency, (i128, i128)> = BTreeMap::new();
        for account in accounts {
            let (posted, pending) = sums.entry(account.currency).or_default();
            *posted += difference(account.debits_posted, account.credits_posted);
            *pending += difference(account.debits_pending, account.credits_pending);
        }
        sums
    };
    assert_eq!(sums(before), sums(after), "the set made or lost money");
}

fn difference(debits: Amount, credits: Amount) -> i128 {
    i128::from(debits.minor()) - i128::from(credits.minor())
}

struct Page {
    opening: Vec<Account>,
    ids: BTreeMap<String, AccountId>,
    pending: BTreeMap<String, Pending>,
    set: LinkedSet,
}

impl Page {
    fn new() -> Page {
        let set = LinkedSet::new(Position::start(7), Reason::Issue, Subject([1; 16]));
        Page { opening: Vec::new(), ids: BTreeMap::new(), pending: BTreeMap::new(), set }
    }

    #[track_caller]
    fn line(&mut self, line: &str) {
        let (step, refusal) = match line.split_once("->") {
            Some((step, refusal)) => (step, Some(refusal.trim())),
            None => (line, None),
        };
        let words: Vec<&str> = step.split_whitespace().collect();
        match words.as_slice() {
            ["account", name, kind, rest @ ..] => self.open(name, kind, rest),
            [name, "=", rest @ ..] => self.expect(name, rest, line),
            _ => {
                let before = self.state();
                let refused = self.step(&words).err().map(|refused| format!("{refused:?}"));
                assert_eq!(refused.as_deref(), refusal, "{line}");
                assert!(refusal.is_none() || before == self.state(), "{line}: changed something");
            }
        }
    }

    fn open(&mut self, name: &str, kind: &str, rest: &[&str]) {
        let currency = rest.get(1).map_or(Currency::USD, |code| Currency::parse(code).unwrap());
        let chart = match kind {
            "card" => AccountName::GiftCard(CardId::from_bits(u128::from(name.as_bytes()[0]))),
            "clearing" => AccountName::OrderClearing,
            "rail" => AccountName::RailClearing(Token::new(name).unwrap()),
            "expense" => AccountName::GiftCardIncentives,
            "income" => AccountName::GiftCardBreakage,
            other => panic!("no such kind of account: {other}"),
        };
        let mut account = Account::open(chart, currency);
        let opening = rest.first().map_or(Amount::ZERO, |word| amount(word));
        match account.name.kind().normal_side() {
            Side::Debit => account.debits_posted = opening,
            Side::Credit => account.credits_posted = opening,
        }
        assert!(self.set.account(account.id).is_none(), "{name}: the account is open already");
        self.ids.insert(name.to_owned(), account.id);
        self.opening.push(account.clone());
        self.set.add(account);
    }

    fn step(&mut self, words: &[&str]) -> Result<(), Refusal> {
        let money = |word: &str| Money { amount: amount(word), currency: Currency::USD };
        let (name, pending) = match *words {
            ["transfer", debit, credit, sum] => {
                return self.set.transfer(self.id(debit), self.id(credit), money(sum));
            }
            ["reserve", name, debit, credit, sum] => {
                (name, self.set.reserve(self.id(debit), self.id(credit), money(sum))?)
            }
            ["enlarge", name, sum] => (name, self.set.enlarge(&self.pending[name], amount(sum))?),
            ["post", name, sum] => (name, self.set.post(&self.pending[name], amount(sum))?),
            ["void", name, sum] => (name, self.set.void(&self.pending[name], amount(sum))?),
            ["expire", name] => (name, self.set.expire(&self.pending[name])?),
            _ => panic!("no such step: {words:?}"),
        };
        self.pending.insert(name.to_owned(), pending);
        Ok(())
    }

    #[track_caller]
    fn expect(&self, name: &str, expected: &[&str], line: &str) {
        let told = match self.pending.get(name) {
            Some(pending) => {
                let Pending { reserved, posted, voided, .. } = pending;
                format!("{:?} {reserved} {posted} {voided}", pending.state())
            }
            None => {
                let account = self.set.account(self.ids[name]).unwrap();
                assert_eq!(
                    account.available().minor(),
                    (account.balance() - account.held().minor()).max(0),
                    "{line}"
                );
                format!("{} / {}", account.balance(), account.held())
            }
        };
        assert_eq!(told, expected.join(" "), "{line}");
    }

    fn id(&self, name: &str) -> AccountId {
        // A name that was never opened stands for an account that is not part of the set.
        self.ids.get(name).copied().unwrap_or(AccountId::from_bits(0))
    }

    fn state(&self) -> Vec<Account> {
        self.opening.iter().map(|account| self.set.account(account.id).unwrap().clone()).collect()
    }

    #[track_caller]
    fn close(self) {
        let Posted { accounts, transfers, entries } = self.set.finish();
        assert_balanced(&self.opening, &accounts);
        replay(7, &self.opening, &transfers, &entries, &accounts);
        for account in &accounts {
            let is_card = account.name.kind() == Kind::Liability;
            assert!(!is_card || account.balance() >= account.held().minor());
        }
    }
}
