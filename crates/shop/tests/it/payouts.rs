//! Payouts: what is owed until a date, and what became of it.

use base::{Amount, Currency, Instant, PayoutId, Token};
use ledger::{Account, AccountName};
use shop::{NewPayout, Payee, Payout, PayoutRows, PayoutState, Refusal};

use crate::table::{Page, cents, check, seller};

fn new(credited: Amount) -> NewPayout {
    NewPayout {
        id: PayoutId::from_bits(1),
        payee: Payee::Seller(seller("ann", 0).id),
        currency: Currency::USD,
        rail: Token::new("external").unwrap(),
        until: Instant::from_micros(1),
        credited,
    }
}

#[test]
fn what_was_credited_until_then_less_what_was_ever_debited() {
    #[track_caller]
    fn case((credited_until, credits, debits): (i64, i64, i64), amount: Option<i64>) {
        let mut account = Account::open(new(Amount::ZERO).payee.account(), Currency::USD);
        account.credits_posted = cents(credits);
        account.debits_posted = cents(debits);
        let rows = PayoutRows { existing: None, accounts: &[&account] };
        let made = shop::create_payout(&new(cents(credited_until)), rows, Page::new().context());
        let told = made.map(|outcome| outcome.payouts[0].amount.amount.minor());
        assert_eq!(told, amount.ok_or(Refusal::NothingOwed));
    }
    case((100, 100, 0), Some(100));
    case((100, 150, 0), Some(100)); // what was sold later waits
    case((100, 150, 30), Some(70)); // a refund counts however late
    case((100, 150, 100), None); // paid out before
    case((100, 150, 130), None); // a debt carries forward
    case((150, 150, 130), Some(20)); // and is made up
    case((0, 0, 0), None);
    case((200, 100, 0), Some(100)); // never more than there is
}

#[test]
fn the_money_leaves_when_it_is_exported_and_returns_when_it_fails() {
    let mut page = check("seller ann 0\nline goods ann 1x900\ncheckout\nmethod m\npay\norder");
    let rail = AccountName::RailClearing(Token::new("external").unwrap());
    let first = page.pay_out("ann");
    assert_eq!((first.state, first.amount.amount), (PayoutState::Pending, cents(900)));
    page.line("events = payout.created");
    page.line("ann = 0");
    assert_eq!(page.balance(rail.clone()), -900);

    let reason = Token::new("account_closed").unwrap();
    let outcome = page.with_accounts(|accounts, context| {
        shop::payout_failed(&first, reason.clone(), accounts, context)
    });
    let failed = outcome.payouts[0].clone();
    page.keep(outcome);
    page.line("events = payout.failed");
    page.line("ann = 900");
    assert_eq!(page.balance(rail), 0);
    assert_eq!((failed.state, failed.failure.clone()), (PayoutState::Failed, Some(reason.clone())));

    let second = page.pay_out("ann");
    let paid = shop::payout_paid(&second).unwrap().payouts[0].clone();
    assert_eq!(paid.state, PayoutState::Paid);
    assert_eq!(shop::payout_paid(&paid), Err(Refusal::PayoutClosed));
    // What had arrived may come back.
    let outcome = page.with_accounts(|accounts, context| {
        shop::payout_failed(&paid, reason.clone(), accounts, context)
    });
    let bounced = outcome.payouts[0].clone();
    page.keep(outcome);
    page.line("ann = 900");
    for closed in [failed, bounced] {
        assert_eq!(shop::payout_paid(&closed), Err(Refusal::PayoutClosed));
        let again = shop::payout_failed(&closed, reason.clone(), &[], page.context());
        assert_eq!(again, Err(Refusal::PayoutClosed));
    }
}

#[test]
fn an_id_is_paid_once() {
    let existing: Payout =
        check("seller ann 0\nline goods ann 1x9\ncheckout\nmethod m\npay\norder").pay_out("ann");
    let rows = PayoutRows { existing: Some(&existing), accounts: &[] };
    let again = shop::create_payout(&new(cents(1)), rows, Page::new().context());
    assert_eq!(again, Err(Refusal::IdTaken));
}
