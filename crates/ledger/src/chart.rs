//! The chart of accounts: every account has a name here, or it does not exist.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use base::{AccountId, CardId, CreatorId, Currency, PromotionId, Region, SellerId, Token};
use sha2::{Digest, Sha256};

use crate::{Kind, Limit};

/// Machine name of a rail: `external`, `sandbox`, `stripe`.
pub type RailName = Token<32>;

/// The place of an account in the chart. The text form is stable; other systems use it.
///
/// Names arrive with the capability that needs them; the whole chart is in the design.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AccountName {
    /// `giftcard/{card}`: what is still owed to the holder of one card.
    GiftCard(CardId),
    /// `giftcard/breakage`: value that expired unspent.
    GiftCardBreakage,
    /// `giftcard/incentives`: value given away with promotional cards and goodwill.
    GiftCardIncentives,
    /// `rail/{rail}/clearing`: money on its way in or out over a rail.
    RailClearing(RailName),
    /// `rail/{rail}/fees`: what a rail keeps for its service.
    RailFees(RailName),
    /// `rail/{rail}/disputes`: what payers' banks have taken back and may yet return.
    RailDisputes(RailName),
    /// `bank`: what rails have paid out to the shop's bank.
    Bank,
    /// `receivable/{customer}`: what a business owes for cards issued on invoice.
    Receivable(Token<64>),
    /// `seller/{seller}/payable`: what a seller is owed; below zero after refunds of what was paid
    /// out, to be made up by later sales.
    SellerPayable(SellerId),
    /// `creator/{creator}/payable`: what a creator is owed, below zero as for sellers.
    CreatorPayable(CreatorId),
    /// `order/clearing`: what tenders have paid and sellers are yet to be credited with.
    OrderClearing,
    /// `tax/{region}`: tax collected for a region.
    Tax(Region),
    /// `commission`: what the shop earns on sales.
    Commission,
    /// `refund/payable`: money that payers are owed and no rail has taken yet.
    RefundPayable,
    /// `refund/expense/{reason}`: refunds that the shop itself bears.
    RefundExpense(Token<40>),
    /// `chargeback/loss`: disputes that were lost.
    ChargebackLoss,
    /// `promotion/{promotion}/escrow`: what was paid for a promotion, or added to it by the
    /// platform, and is neither delivered nor given back.
    PromotionEscrow(PromotionId),
    /// `promotion/revenue`: what delivered promotions have brought.
    PromotionRevenue,
    /// `promotion/incentives`: what the platform has added to promotions.
    PromotionIncentives,
    /// `import/opening`: the other side of balances taken over from another system.
    ImportOpening,
}

impl AccountName {
    /// Id of the account of this name in `currency`.
    ///
    /// A card's account has the same 128 bits as the card, so that either finds the other
    /// without a look-up and both tables are written in the same order. Every other id is the
    /// first half of SHA-256 over currency and name, its first byte set to 255: ids that begin
    /// with a time before the year 10000 never do, so no new card takes the place of another
    /// account.
    pub fn id(&self, currency: Currency) -> AccountId {
        match self {
            AccountName::GiftCard(card) => AccountId::from_bits(card.bits()),
            AccountName::OrderClearing => order_clearing(currency),
            other => other.hashed_id(currency),
        }
    }

    fn hashed_id(&self, currency: Currency) -> AccountId {
        let mut hash = Sha256::new();
        hash.update(b"account:");
        hash.update(currency.code().as_bytes());
        hash.update(self.to_string().as_bytes());
        let digest = hash.finalize();
        let mut half = [0u8; 16];
        half.copy_from_slice(&digest[..16]);
        half[0] = u8::MAX;
        AccountId::from_bytes(half)
    }

    /// What the account is in the statements.
    pub fn kind(&self) -> Kind {
        match self {
            AccountName::GiftCard(_)
            | AccountName::OrderClearing
            | AccountName::SellerPayable(_)
            | AccountName::CreatorPayable(_)
            | AccountName::Tax(_)
            | AccountName::RefundPayable
            | AccountName::PromotionEscrow(_) => Kind::Liability,
            AccountName::GiftCardBreakage
            | AccountName::Commission
            | AccountName::PromotionRevenue => Kind::Income,
            AccountName::GiftCardIncentives
            | AccountName::PromotionIncentives
            | AccountName::RailFees(_)
            | AccountName::RefundExpense(_)
            | AccountName::ChargebackLoss => Kind::Expense,
            AccountName::RailClearing(_)
            | AccountName::RailDisputes(_)
            | AccountName::Bank
            | AccountName::Receivable(_) => Kind::Asset,
            AccountName::ImportOpening => Kind::Equity,
        }
    }

    /// What the ledger enforces on the account.
    pub fn limit(&self) -> Limit {
        match self {
            AccountName::GiftCard(_) | AccountName::PromotionEscrow(_) => Limit::NeverBelowZero,
            _ => Limit::None,
        }
    }

    /// The name under which reports add accounts up: all cards together are `giftcard/*`.
    pub fn group(&self) -> String {
        match self {
            AccountName::GiftCard(_) => "giftcard/*".to_owned(),
            AccountName::Receivable(_) => "receivable/*".to_owned(),
            AccountName::SellerPayable(_) => "seller/*/payable".to_owned(),
            AccountName::CreatorPayable(_) => "creator/*/payable".to_owned(),
            AccountName::PromotionEscrow(_) => "promotion/*/escrow".to_owned(),
            other => other.to_string(),
        }
    }

    /// Reads the text form back; `None` when the name is not in the chart.
    pub fn parse(text: &str) -> Option<AccountName> {
        match text {
            "giftcard/breakage" => return Some(AccountName::GiftCardBreakage),
            "giftcard/incentives" => return Some(AccountName::GiftCardIncentives),
            "order/clearing" => return Some(AccountName::OrderClearing),
            "import/opening" => return Some(AccountName::ImportOpening),
            "bank" => return Some(AccountName::Bank),
            "commission" => return Some(AccountName::Commission),
            "refund/payable" => return Some(AccountName::RefundPayable),
            "chargeback/loss" => return Some(AccountName::ChargebackLoss),
            "promotion/revenue" => return Some(AccountName::PromotionRevenue),
            "promotion/incentives" => return Some(AccountName::PromotionIncentives),
            _ => {}
        }
        let (first, rest) = text.split_once('/')?;
        match first {
            "giftcard" => rest.parse().ok().map(AccountName::GiftCard),
            "receivable" => Token::new(rest).ok().map(AccountName::Receivable),
            "seller" => {
                let seller = rest.strip_suffix("/payable")?;
                seller.parse().ok().map(AccountName::SellerPayable)
            }
            "creator" => {
                let creator = rest.strip_suffix("/payable")?;
                creator.parse().ok().map(AccountName::CreatorPayable)
            }
            "promotion" => {
                let promotion = rest.strip_suffix("/escrow")?;
                promotion.parse().ok().map(AccountName::PromotionEscrow)
            }
            "tax" => Region::parse(rest).ok().map(AccountName::Tax),
            "refund" => {
                let reason = rest.strip_prefix("expense/")?;
                Token::new(reason).ok().map(AccountName::RefundExpense)
            }
            "rail" => {
                let (rail, part) = rest.rsplit_once('/')?;
                let rail = Token::new(rail).ok()?;
                match part {
                    "clearing" => Some(AccountName::RailClearing(rail)),
                    "fees" => Some(AccountName::RailFees(rail)),
                    "disputes" => Some(AccountName::RailDisputes(rail)),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

/// Every redemption needs this id, so it is computed once a currency.
fn order_clearing(currency: Currency) -> AccountId {
    static IDS: OnceLock<BTreeMap<Currency, AccountId>> = OnceLock::new();
    let compute = |currency| (currency, AccountName::OrderClearing.hashed_id(currency));
    IDS.get_or_init(|| Currency::all().map(compute).collect())[&currency]
}

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AccountName::GiftCard(card) => write!(f, "giftcard/{card}"),
            AccountName::GiftCardBreakage => f.write_str("giftcard/breakage"),
            AccountName::GiftCardIncentives => f.write_str("giftcard/incentives"),
            AccountName::RailClearing(rail) => write!(f, "rail/{rail}/clearing"),
            AccountName::RailFees(rail) => write!(f, "rail/{rail}/fees"),
            AccountName::RailDisputes(rail) => write!(f, "rail/{rail}/disputes"),
            AccountName::SellerPayable(seller) => write!(f, "seller/{seller}/payable"),
            AccountName::CreatorPayable(creator) => write!(f, "creator/{creator}/payable"),
            AccountName::Tax(region) => write!(f, "tax/{region}"),
            AccountName::Commission => f.write_str("commission"),
            AccountName::RefundPayable => f.write_str("refund/payable"),
            AccountName::RefundExpense(reason) => write!(f, "refund/expense/{reason}"),
            AccountName::ChargebackLoss => f.write_str("chargeback/loss"),
            AccountName::PromotionEscrow(promotion) => write!(f, "promotion/{promotion}/escrow"),
            AccountName::PromotionRevenue => f.write_str("promotion/revenue"),
            AccountName::PromotionIncentives => f.write_str("promotion/incentives"),
            AccountName::Bank => f.write_str("bank"),
            AccountName::Receivable(customer) => write!(f, "receivable/{customer}"),
            AccountName::OrderClearing => f.write_str("order/clearing"),
            AccountName::ImportOpening => f.write_str("import/opening"),
        }
    }
}
