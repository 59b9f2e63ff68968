//! Parts of a line: who gets what of it, and who gives back what.

use base::{Amount, CreatorId, LineKind, Region, SellerId, fair_split, part_split};
use ledger::AccountName;

use crate::checkout::sum;
use crate::{BasisPoints, Line, LineId};

/// Who gets a part of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Party {
    /// A seller.
    Seller(SellerId),
    /// The shop.
    Commission,
    /// A creator.
    Creator(CreatorId),
    /// The gift cards that were bought with this line: their value.
    Cards(LineId),
    /// The promotion that this line pays for: its money until it is spent or goes back.
    Promotion(LineId),
    /// The state, for the region of the order.
    Tax,
}

impl Party {
    /// The account that is credited; none for bought cards and promotions, each of which has its
    /// own: what they get stays on `order/clearing` for whoever issues or funds them.
    pub fn account(self, region: Region) -> Option<AccountName> {
        match self {
            Party::Seller(seller) => Some(AccountName::SellerPayable(seller)),
            Party::Commission => Some(AccountName::Commission),
            Party::Creator(creator) => Some(AccountName::CreatorPayable(creator)),
            Party::Cards(_) | Party::Promotion(_) => None,
            Party::Tax => Some(AccountName::Tax(region)),
        }
    }
}

/// What a party gets of a line, or gives back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Who.
    pub party: Party,
    /// How much, above zero.
    pub amount: Amount,
}

/// A rate of an amount, half a unit up.
pub(crate) fn rate_of(rate: BasisPoints, whole: Amount) -> Amount {
    let hundredths = i128::from(whole.minor()) * i128::from(rate.get());
    let minor = i64::try_from((hundredths + 5_000) / 10_000).expect("not more than the whole");
    Amount::new(minor).expect("not negative")
}

/// The parts of a line; they add up to its total.
///
/// Commission and share are rates of the net, each rounded half a unit up; where both rounded up
/// are more than the net, the share is what the commission leaves. The seller gets the rest.
/// Shipping goes to the sellers of goods in proportion to the net of their goods (equally, if all
/// of them are free), and neither shop nor creators take of it.
pub(crate) fn parts_of(line: &Line, all: &[Line]) -> Vec<Part> {
    let net = line.net();
    let mut parts = match line.seller {
        _ if line.kind == LineKind::GiftCard => vec![(Party::Cards(line.id), net)],
        None if line.is_promotion() => vec![(Party::Promotion(line.id), net)],
        None => shipping_parts(net, all),
        Some(seller) => {
            let commission = rate_of(line.commission, net);
            let rest = net.saturating_sub(commission);
            let share = line.creator.map(|id| (id, rate_of(line.share, net).min(rest)));
            let share_amount = share.map_or(Amount::ZERO, |(_, share)| share);
            let seller_net = rest.saturating_sub(share_amount);
            let mut parts = vec![(Party::Seller(seller), seller_net)];
            parts.push((Party::Commission, commission));
            parts.extend(share.map(|(creator, share)| (Party::Creator(creator), share)));
            parts
        }
    };
    parts.push((Party::Tax, line.tax));
    let is_some = |(_, amount): &(Party, Amount)| !amount.is_zero();
    parts.into_iter().filter(is_some).map(|(party, amount)| Part { party, amount }).collect()
}

fn shipping_parts(net: Amount, all: &[Line]) -> Vec<(Party, Amount)> {
    let goods = all.iter().filter(|line| line.kind == LineKind::Goods);
    let (sellers, mut weights): (Vec<SellerId>, Vec<u64>) =
        goods.filter_map(|line| Some((line.seller?, line.net().minor().unsigned_abs()))).unzip();
    if weights.iter().all(|weight| *weight == 0) {
        weights.fill(1);
    }
    let shares = fair_split(net, &weights).expect("a checkout with shipping has goods");
    let parts = sellers.into_iter().map(Party::Seller).zip(shares);
    parts.fold(Vec::new(), |mut sums, (party, amount)| {
        add(&mut sums, party, amount);
        sums
    })
}

/// Adds to what a party has, in order of first appearance.
pub(crate) fn add<K: PartialEq>(sums: &mut Vec<(K, Amount)>, key: K, amount: Amount) {
    match sums.iter_mut().find(|(known, _)| *known == key) {
        Some((_, sum)) => *sum = sum.checked_add(amount).expect("the total is bounded"),
        None => sums.push((key, amount)),
    }
}

/// What each of `pieces` has given back once `part` of their sum went back.
pub(crate) fn given_back(part: Amount, pieces: &[Amount]) -> Vec<Amount> {
    part_split(part, pieces).expect("no line gives back more than it is")
}

/// What each party has given back once `part` of the line went back. Net and tax are split first,
/// so that the tax of a credit note does not depend on how sellers and creators share the net.
pub(crate) fn parts_given_back(part: Amount, parts: &[Part]) -> Vec<Amount> {
    let is_tax = |part: &&Part| part.party == Party::Tax;
    let of_net: Vec<Amount> = parts.iter().filter(|p| !is_tax(p)).map(|p| p.amount).collect();
    let tax = parts.iter().find(is_tax).map_or(Amount::ZERO, |part| part.amount);
    let net = sum(of_net.iter().copied()).expect("no more than the line");
    let halves = given_back(part, &[net, tax]);
    let mut net_back = given_back(halves[0], &of_net).into_iter();
    let back = |part: &Part| match part.party {
        Party::Tax => halves[1],
        _ => net_back.next().expect("one for each part of the net"),
    };
    parts.iter().map(back).collect()
}
