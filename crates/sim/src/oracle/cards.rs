//! Programs and the life of cards.

use std::sync::Arc;

use base::{Amount, CardId, Instant, PersonId, Span, Token};
use engine::{Answer, Refusal};
use giftcards::{Adjust, AdjustReason, Block, Card, CardState, Code, CodeRow, Details, Direction};
use giftcards::{Funding, Issue, Program, Refusal as No, Update, Why};
use ledger::{AccountName, Reason};

use super::gifts::kept_for_good;
use super::money::{Moves, Way, available, balance, held, minor, money};
use super::{Oracle, Said};

/// Largest value of a card, in minor units: one million of a currency with cents.
const VALUE_MAX: i64 = 100_000_000;
const LIST_MAX: usize = 100;

impl Oracle {
    pub(super) fn create_program(&mut self, new: &Program) -> Said {
        if self.programs.get(new.id).is_some() {
            return Err(No::IdTaken.into());
        }
        let (low, high) = (new.value_min.minor(), new.value_max.minor());
        let range_is_good = 0 < low && low <= high && high <= VALUE_MAX;
        let lives = new.validity_days != Some(0);
        let holds = 0 < new.hold_seconds_max && new.hold_seconds_max <= 30 * 24 * 3600;
        let lists = new.scope.include.longest() <= LIST_MAX
            && new.scope.exclude.longest() <= LIST_MAX
            && new.regions.len() <= LIST_MAX;
        let returns = new.return_after_days.is_none_or(|days| {
            let days = u32::from(days);
            let first = u64::from(days) * 24 * 3600 + u64::from(new.activation_s);
            let is_before = |lives| first < u64::from(lives) * 24 * 3600;
            (30..=3_650).contains(&days) && new.validity_days.is_none_or(is_before)
        });
        if !(range_is_good && lives && holds && lists && returns) {
            return Err(No::LimitExceeded.into());
        }
        let row = Arc::new(Program { created_at: self.now, ..new.clone() });
        self.programs.put(new.id, row.clone());
        Ok(Answer::Program(row))
    }

    pub(super) fn issue(&mut self, new: &Issue) -> Said {
        if self.cards.get(new.id).is_some() {
            return Err(No::IdTaken.into());
        }
        let code = new.code.0.clone();
        if self.codes.get(code.hash).is_some() {
            return Err(No::CodeTaken.into());
        }
        let program = new.program.map(|id| self.programs.get(id).cloned());
        let program = match program {
            Some(None) => return Err(No::ProgramNotFound.into()),
            Some(Some(program)) => Some(program),
            None => None,
        };
        check_value(new, program.as_deref())?;
        let card = self.card_to_issue(new, program.as_deref());
        let imports = new.funding == Funding::Import;
        let mut beginnings = vec![self.now];
        beginnings.extend(new.activates_at);
        beginnings.extend(new.delivery.and_then(|delivery| delivery.deliver_at));
        let ends_before_it_begins =
            |end: Instant| beginnings.iter().any(|beginning| end <= *beginning);
        if !imports && card.expires_at.is_some_and(ends_before_it_begins) {
            return Err(No::DateNotLater.into());
        }
        let own = self.account_named(AccountName::GiftCard(card.id), card.currency);
        let from = self.account_named(source_of(&card), card.currency);
        let why = if imports { Reason::Import } else { Reason::Issue };
        let units = new.opening_balance.unwrap_or(card.value).minor();
        if units > 0 {
            let way = Way { debit: from, credit: own, why, subject: card.id.to_bytes() };
            self.move_money(Moves::Posts, units, way).expect("a source has no limit");
        }
        self.codes.put(code.hash, CodeRow { hash: code.hash, card: card.id, live: true });
        self.count_gift(&card)?;
        self.put_card(card, true)
    }

    fn card_to_issue(&self, new: &Issue, program: Option<&Program>) -> Card {
        let created_at = new.created_at.unwrap_or(self.now);
        let mut expires_at = new.expires_at;
        let mut details = new.details.as_deref().cloned().unwrap_or_default();
        if let Some(program) = program {
            if let (None, Some(days)) = (expires_at, program.validity_days) {
                expires_at = Some(created_at.saturating_add(Span::days(u64::from(days))));
            }
            if details.scope == Default::default() {
                details.scope = program.scope.clone();
            }
            if details.regions.is_empty() {
                details.regions = program.regions.clone();
            }
        }
        Card {
            id: new.id,
            program: new.program,
            currency: new.value.currency,
            value: new.value.amount,
            state: CardState::Active,
            frozen: None,
            disputed: None,
            activates_at: new.activates_at.filter(|at| *at > self.now),
            code: new.code.0.clone(),
            expires_at,
            funding: new.funding.clone(),
            goodwill: Amount::ZERO,
            expired_value: Amount::ZERO,
            expired_goodwill: Amount::ZERO,
            given_back: Amount::ZERO,
            hold_seconds_max: program.map_or(24 * 3600, |program| program.hold_seconds_max),
            refund_extension_days: program.map_or(90, |program| program.refund_extension_days),
            open_holds: Vec::new(),
            sandbox: new.sandbox,
            created_at,
            details: (details != Details::default()).then(|| Box::new(details)),
            gift: self.gift_to_issue(new, program, expires_at),
        }
    }

    pub(super) fn freeze(&mut self, id: CardId, reason: &Token<40>, by: Option<PersonId>) -> Said {
        self.check_side(id, by)?;
        let card = self.living_card(id)?;
        if card.frozen.is_some() {
            return Err(No::NothingToChange.into());
        }
        let frozen = Some(Block { since: self.now, reason: reason.clone() });
        self.put_card(Card { frozen, ..card }, false)
    }

    pub(super) fn unfreeze(&mut self, id: CardId, by: Option<PersonId>) -> Said {
        self.check_side(id, by)?;
        let card = self.living_card(id)?;
        if card.frozen.is_none() {
            return Err(No::NothingToChange.into());
        }
        self.put_card(Card { frozen: None, ..card }, false)
    }

    pub(super) fn replace_code(&mut self, id: CardId, new: &Code, by: Option<PersonId>) -> Said {
        self.check_side(id, by)?;
        let card = self.living_card(id)?;
        if self.codes.get(new.hash).is_some() {
            return Err(No::CodeTaken.into());
        }
        let old = card.code.hash;
        self.codes.put(old, CodeRow { hash: old, card: id, live: false });
        self.codes.put(new.hash, CodeRow { hash: new.hash, card: id, live: true });
        self.put_card(Card { code: new.clone(), ..card }, true)
    }

    pub(super) fn cancel(&mut self, id: CardId) -> Said {
        let mut card = self.known_card(id)?;
        if card.state == CardState::Canceled {
            return Err(No::NothingToChange.into());
        }
        if held(&self.account_of(&card)) > 0 {
            return Err(No::HoldsOpen.into());
        }
        let to = match card.funding {
            Funding::Payment { .. } | Funding::StoreCredit => AccountName::GiftCardBreakage,
            _ => source_of(&card),
        };
        self.empty_card(&mut card, to, Reason::Cancel);
        self.put_card(Card { state: CardState::Canceled, ..card }, false)
    }

    pub(super) fn extend(&mut self, id: CardId, until: Option<Instant>) -> Said {
        let mut card = self.living_card(id)?;
        match (card.expires_at, until) {
            (None, None) => return Err(No::NothingToChange.into()),
            (Some(_), None) => {}
            (Some(old), Some(new)) if new > old && new > self.now => {}
            _ => return Err(No::DateNotLater.into()),
        }
        let (all, given) = (card.expired_value.minor(), card.expired_goodwill.minor());
        let sources = [(sink_of(&card), all - given), (AccountName::GiftCardIncentives, given)];
        for (source, units) in sources.into_iter().filter(|(_, units)| *units > 0) {
            let from = self.account_named(source, card.currency);
            let own = self.account_of(&card).id;
            let subject = id.to_bytes();
            let way = Way { debit: from, credit: own, why: Reason::Extend, subject };
            self.move_money(Moves::Posts, units, way).expect("a sink has no limit");
        }
        card.goodwill = minor(card.goodwill.minor() + given);
        (card.expired_value, card.expired_goodwill) = (Amount::ZERO, Amount::ZERO);
        self.put_card(Card { state: CardState::Active, expires_at: until, ..card }, false)
    }

    pub(super) fn adjust(&mut self, id: CardId, adjust: &Adjust) -> Said {
        let mut card = self.living_card(id)?;
        if is_past(&card, self.now) {
            return Err(No::NotUsable(Why::Expired).into());
        }
        if adjust.amount.currency != card.currency {
            return Err(No::CurrencyMismatch.into());
        }
        let own = self.account_of(&card);
        let units = adjust.amount.amount.minor();
        let goes_up = adjust.direction == Direction::Up;
        if goes_up && balance(&own).saturating_add(units) > VALUE_MAX {
            let limit = money((VALUE_MAX - balance(&own)).max(0), card.currency);
            return Err(No::AboveLimit { limit }.into());
        }
        if units == 0 {
            return Err(No::LimitExceeded.into());
        }
        if !goes_up && units > available(&own) {
            let available = money(available(&own), card.currency);
            return Err(No::InsufficientBalance { available }.into());
        }
        let other = self.account_named(AccountName::GiftCardIncentives, card.currency);
        let (debit, credit) = if goes_up { (other, own.id) } else { (own.id, other) };
        let why = match adjust.reason {
            AdjustReason::Goodwill => Reason::AdjustGoodwill,
            AdjustReason::Correction => Reason::AdjustCorrection,
            AdjustReason::Compensation => Reason::AdjustCompensation,
            AdjustReason::Fraud => Reason::AdjustFraud,
            AdjustReason::Other => Reason::AdjustOther,
        };
        let way = Way { debit, credit, why, subject: id.to_bytes() };
        self.move_money(Moves::Posts, units, way).expect("it was just checked");
        match goes_up {
            // Where all was given away from the start, nothing is told apart.
            true if card.funding == Funding::Promotional => {}
            true => card.goodwill = minor(card.goodwill.minor() + units),
            false => drop(spend_goodwill(&mut card, units)),
        }
        self.put_card(card, false)
    }

    pub(super) fn update(&mut self, id: CardId, new: &Update) -> Said {
        let card = self.known_card(id)?;
        let mut details = card.details.as_deref().cloned().unwrap_or_default();
        match (&new.metadata, &new.reference) {
            (None, None) => return Err(No::NothingToChange.into()),
            (Some(metadata), None) => details.metadata = metadata.clone(),
            (None, Some(reference)) => details.reference = reference.clone(),
            (Some(metadata), Some(reference)) => {
                details.metadata = metadata.clone();
                details.reference = reference.clone();
            }
        }
        let says_something = details != Details::default();
        let details = says_something.then(|| Box::new(details));
        self.put_card(Card { details, ..card }, false)
    }

    pub(super) fn expire_card(&mut self, id: CardId) -> Said {
        let mut card = self.known_card(id)?;
        if card.state != CardState::Active || !is_past(&card, self.now) {
            return Err(No::NotDue.into());
        }
        if held(&self.account_of(&card)) > 0 {
            return Err(No::HoldsOpen.into());
        }
        self.expire_value(&mut card);
        self.put_card(kept_for_good(Card { state: CardState::Expired, ..card }), false)
    }

    /// Books off what has expired of a card.
    pub(super) fn expire_value(&mut self, card: &mut Card) {
        let (left, given) = self.empty_card(card, sink_of(card), Reason::CardExpiry);
        card.expired_value = minor(card.expired_value.minor() + left);
        card.expired_goodwill = minor(card.expired_goodwill.minor() + given);
    }

    /// Moves all that can be spent to the account `to`, goodwill to where it came from; tells how
    /// much that was, and how much of it goodwill.
    fn empty_card(&mut self, card: &mut Card, to: AccountName, why: Reason) -> (i64, i64) {
        let left = available(&self.account_of(card));
        let given = spend_goodwill(card, left);
        let parts = [(to, left - given), (AccountName::GiftCardIncentives, given)];
        for (sink, units) in parts.into_iter().filter(|(_, units)| *units > 0) {
            let credit = self.account_named(sink, card.currency);
            let debit = self.account_of(card).id;
            let way = Way { debit, credit, why, subject: card.id.to_bytes() };
            self.move_money(Moves::Posts, units, way).expect("it was there");
        }
        (left, given)
    }

    pub(super) fn known_card(&self, id: CardId) -> Result<Card, Refusal> {
        let card = self.cards.get(id).map(|card| card.as_ref().clone());
        card.ok_or(No::CardNotFound.into())
    }

    fn living_card(&self, id: CardId) -> Result<Card, Refusal> {
        let card = self.known_card(id)?;
        if card.state == CardState::Canceled {
            return Err(No::NotUsable(Why::Canceled).into());
        }
        Ok(card)
    }

    pub(super) fn put_card(&mut self, card: Card, shows_code: bool) -> Said {
        let card = Arc::new(card);
        self.cards.put(card.id, card.clone());
        let account = self.account_of(&card);
        Ok(Answer::Card { card, account, now: self.now, shows_code })
    }
}

/// What leaves a card is goodwill first; tells how much of it.
pub(super) fn spend_goodwill(card: &mut Card, units: i64) -> i64 {
    let given = card.goodwill.minor().min(units);
    card.goodwill = minor(card.goodwill.minor() - given);
    given
}

/// True from the expiry date on.
pub(super) fn is_past(card: &Card, now: Instant) -> bool {
    card.state == CardState::Expired || card.expires_at.is_some_and(|at| at <= now)
}

fn check_value(new: &Issue, program: Option<&Program>) -> Result<(), Refusal> {
    let units = new.value.amount.minor();
    let opening = new.opening_balance.map_or(units, Amount::minor);
    let mut is_good = true;
    if program.is_some_and(|program| program.currency != new.value.currency) {
        return Err(No::CurrencyMismatch.into());
    }
    let most = match program {
        Some(program) if new.funding != Funding::Import => program.value_max.minor(),
        _ => VALUE_MAX,
    };
    if units > most || opening > most {
        return Err(No::AboveLimit { limit: money(most, new.value.currency) }.into());
    }
    if let Some(program) = program {
        let in_range = program.value_min.minor() <= units && units <= program.value_max.minor();
        is_good &= in_range || new.funding == Funding::Import;
    }
    if new.funding != Funding::Import {
        is_good &= units > 0 && new.opening_balance.is_none();
    }
    if let Some(details) = new.details.as_deref() {
        let scope = &details.scope;
        is_good &= scope.include.longest().max(scope.exclude.longest()) <= LIST_MAX;
        is_good &= details.regions.len() <= LIST_MAX;
    }
    if is_good { Ok(()) } else { Err(No::LimitExceeded.into()) }
}

/// Where the value of a card came from.
fn source_of(card: &Card) -> AccountName {
    match &card.funding {
        Funding::Promotional => AccountName::GiftCardIncentives,
        Funding::Invoice { customer } => AccountName::Receivable(customer.clone()),
        Funding::External => {
            AccountName::RailClearing(Token::new("external").expect("it is a word"))
        }
        Funding::Payment { .. } => AccountName::OrderClearing,
        Funding::StoreCredit => AccountName::RefundPayable,
        Funding::Import => AccountName::ImportOpening,
    }
}

/// Where the value of a card goes when it expires.
pub(super) fn sink_of(card: &Card) -> AccountName {
    if card.funding == Funding::Promotional {
        AccountName::GiftCardIncentives
    } else {
        AccountName::GiftCardBreakage
    }
}
