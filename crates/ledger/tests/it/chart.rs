//! The chart of accounts: names, ids and stored numbers.

use base::{AccountId, CardId, CreatorId, Currency, Instant, PromotionId};
use base::{Region, SellerId, Token};
use ledger::{Account, AccountName, Kind, Limit, Reason, TransferKind};

fn every_name() -> Vec<AccountName> {
    let names = vec![
        AccountName::GiftCard(CardId::from_bits(77)),
        AccountName::GiftCardBreakage,
        AccountName::GiftCardIncentives,
        AccountName::RailClearing(Token::new("external").unwrap()),
        AccountName::Receivable(Token::new("acme").unwrap()),
        AccountName::OrderClearing,
        AccountName::ImportOpening,
        AccountName::RailFees(Token::new("external").unwrap()),
        AccountName::RailDisputes(Token::new("external").unwrap()),
        AccountName::SellerPayable(SellerId::from_bits(77)),
        AccountName::CreatorPayable(CreatorId::from_bits(77)),
        AccountName::Tax(Region::parse("US-CA").unwrap()),
        AccountName::Bank,
        AccountName::Commission,
        AccountName::RefundPayable,
        AccountName::RefundExpense(Token::new("goodwill").unwrap()),
        AccountName::ChargebackLoss,
        AccountName::PromotionEscrow(PromotionId::from_bits(77)),
        AccountName::PromotionRevenue,
        AccountName::PromotionIncentives,
    ];
    for name in &names {
        // Written out, so that a new name does not compile without a place in this list.
        match name {
            AccountName::GiftCard(_)
            | AccountName::GiftCardBreakage
            | AccountName::GiftCardIncentives
            | AccountName::RailClearing(_)
            | AccountName::Receivable(_)
            | AccountName::OrderClearing
            | AccountName::ImportOpening
            | AccountName::RailFees(_)
            | AccountName::RailDisputes(_)
            | AccountName::SellerPayable(_)
            | AccountName::CreatorPayable(_)
            | AccountName::Tax(_)
            | AccountName::Bank
            | AccountName::Commission
            | AccountName::RefundPayable
            | AccountName::RefundExpense(_)
            | AccountName::ChargebackLoss
            | AccountName::PromotionEscrow(_)
            | AccountName::PromotionRevenue
            | AccountName::PromotionIncentives => {}
        }
    }
    names
}

#[test]
fn names_are_read_back() {
    for name in every_name() {
        assert_eq!(AccountName::parse(&name.to_string()), Some(name));
    }
    for text in ["", "giftcard/", "giftcard/x", "rail//clearing", "rail/x", "receivable/", "cash"] {
        assert_eq!(AccountName::parse(text), None, "{text:?}");
    }
    for text in ["promotion", "promotion/", "promotion/escrow", "promotion/promo_x/escrow"] {
        assert_eq!(AccountName::parse(text), None, "{text:?}");
    }
}

#[test]
fn names_tell_kind_limit_and_group() {
    #[track_caller]
    fn check(text: &str, kind: Kind, limit: Limit, group: &str) {
        let name = AccountName::parse(text).unwrap();
        assert_eq!((name.kind(), name.limit(), name.group().as_str()), (kind, limit, group));
    }
    let card = AccountName::GiftCard(CardId::from_bits(1)).to_string();
    check(&card, Kind::Liability, Limit::NeverBelowZero, "giftcard/*");
    let seller = AccountName::SellerPayable(SellerId::from_bits(1)).to_string();
    check(&seller, Kind::Liability, Limit::None, "seller/*/payable");
    let creator = AccountName::CreatorPayable(CreatorId::from_bits(1)).to_string();
    check(&creator, Kind::Liability, Limit::None, "creator/*/payable");
    let escrow = AccountName::PromotionEscrow(PromotionId::from_bits(1)).to_string();
    check(&escrow, Kind::Liability, Limit::NeverBelowZero, "promotion/*/escrow");
    check("promotion/revenue", Kind::Income, Limit::None, "promotion/revenue");
    check("promotion/incentives", Kind::Expense, Limit::None, "promotion/incentives");
    check("rail/stripe/fees", Kind::Expense, Limit::None, "rail/stripe/fees");
    check("rail/stripe/disputes", Kind::Asset, Limit::None, "rail/stripe/disputes");
    check("tax/US-CA", Kind::Liability, Limit::None, "tax/US-CA");
    check("bank", Kind::Asset, Limit::None, "bank");
    check("commission", Kind::Income, Limit::None, "commission");
    check("refund/payable", Kind::Liability, Limit::None, "refund/payable");
    check("refund/expense/late", Kind::Expense, Limit::None, "refund/expense/late");
    check("chargeback/loss", Kind::Expense, Limit::None, "chargeback/loss");
    check("giftcard/breakage", Kind::Income, Limit::None, "giftcard/breakage");
    check("giftcard/incentives", Kind::Expense, Limit::None, "giftcard/incentives");
    check("rail/external/clearing", Kind::Asset, Limit::None, "rail/external/clearing");
    check("receivable/acme", Kind::Asset, Limit::None, "receivable/*");
    check("order/clearing", Kind::Liability, Limit::None, "order/clearing");
    check("import/opening", Kind::Equity, Limit::None, "import/opening");
}

#[test]
fn ids_are_stable_and_never_those_of_a_card() {
    let mut ids: Vec<AccountId> = Vec::new();
    let last_card = CardId::from_parts(Instant::MAX, [0xff; 10]);
    for name in every_name() {
        for currency in [Currency::USD, Currency::EUR] {
            let account = Account::open(name.clone(), currency);
            assert_eq!(account.id, name.id(currency));
            if matches!(name, AccountName::GiftCard(_)) {
                assert_eq!(account.id.bits(), 77);
                continue;
            }
            assert!(account.id.bits() > last_card.bits());
            ids.push(account.id);
        }
    }
    // Known from `printf 'account:USDorder/clearing' | sha256sum`, first byte replaced by ff.
    let clearing = AccountName::OrderClearing.id(Currency::USD);
    assert_eq!(format!("{:032x}", clearing.bits()), "ff6336ff78111ff5f8df669f4c14c6e6");
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

#[test]
fn stored_numbers_are_read_back_and_never_reused() {
    for number in 0..=u8::MAX {
        let reason = Reason::from_number(number);
        assert!(reason.is_none_or(|reason| reason as u8 == number));
        let kind = TransferKind::from_number(number);
        assert!(kind.is_none_or(|kind| kind as u8 == number));
    }
    let known: Vec<Reason> = (0..=u8::MAX).filter_map(Reason::from_number).collect();
    assert_eq!(known, Reason::ALL);
    let mut words: Vec<_> = known.iter().map(|known| (known.as_str(), known.detail())).collect();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), Reason::ALL.len());
    assert_eq!((0..=u8::MAX).filter_map(TransferKind::from_number).count(), 5);
}

#[test]
fn adjustments_have_one_name_and_a_detail_each() {
    #[track_caller]
    fn check(number: u8, detail: Option<&str>) {
        let reason = Reason::from_number(number).unwrap();
        assert_eq!((reason.as_str(), reason.detail()), ("adjusted", detail));
    }
    check(8, None); // written by releases that did not keep the detail
    check(20, Some("goodwill"));
    check(21, Some("correction"));
    check(22, Some("compensation"));
    check(23, Some("fraud"));
    check(24, Some("other"));
    assert_eq!(Reason::ALL.iter().filter(|reason| reason.detail().is_some()).count(), 5);
}
