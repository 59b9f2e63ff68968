//! What people and shops want of random checkouts.

use super::{Both, CARDS, METHODS, name_of, pick};

impl Both {
    /// What people and shops want; whatever is refused has not happened.
    pub(super) fn wish(&self, deed: u8, which: u16, luck: u16) -> Option<String> {
        let step = self.step;
        let world = &self.world;
        let checkouts: Vec<String> = world.checkout.keys().map(|id| name_of(id.bits())).collect();
        let open = world.checkout.values().filter(|row| row.is_open(world.now));
        let open: Vec<String> = open.map(|row| name_of(row.id.bits())).collect();
        // Mostly one that can go on; now and then one that is over.
        let all = if which.is_multiple_of(8) || open.is_empty() { &checkouts } else { &open };
        let checkout = || pick(all, which);
        let refund = || {
            let all: Vec<String> = world.rail_refund.keys().map(|id| name_of(id.bits())).collect();
            pick(&all, which)
        };
        let failed = || {
            let failed = world.rail_refund.values().filter(|row| row.state.is_failed());
            pick(&failed.map(|row| name_of(row.id.bits())).collect::<Vec<_>>(), which)
        };
        let card = self.a_card(luck);
        let method = METHODS[usize::from(luck) % METHODS.len()];
        Some(match deed {
            0..4 if open.len() < 3 => {
                let (one, two) = (1 + luck % 400, luck % 7 * 31);
                let gifts = self.gifts(which, luck);
                format!(
                    "checkout K{step} goods:S:3x{one}+{}@C digital:T:{two} shipping:{} {gifts}",
                    luck % 40,
                    which % 90
                )
            }
            0..9 => format!("add {} {card}", checkout()?),
            9..13 if which.is_multiple_of(3) => {
                format!("add {} method {method} {}", checkout()?, luck % 500)
            }
            9..13 => format!("add {} method {method}", checkout()?),
            13 => format!("remove {} t{}", checkout()?, 1 + luck % 5),
            14..19 => {
                let payments = ["a", "b", "c", "d"].map(|letter| format!("p{step}{letter}"));
                format!("pay {} O{step} {}", checkout()?, payments.join(" "))
            }
            19 if luck.is_multiple_of(2) => {
                self.with_ids(&format!("cancel_attempt {}", checkout()?))
            }
            19 => format!("abandon {}", checkout()?),
            20..24 => self.refund_of_an_order(which, luck)?,
            24 => match luck % 5 {
                0 => format!("consent {} {method}", refund()?),
                1..4 => self.credit(which, luck)?,
                _ => format!("hand {} rail=bank", self.stuck(which)?),
            },
            25 if luck.is_multiple_of(2) => format!("retry {}", refund()?),
            25 if luck.is_multiple_of(3) => format!("give_up {}", refund()?),
            25 => format!("instead {} i{step}", failed()?),
            26 => on_a_card(&card, which, luck)?,
            27 if luck.is_multiple_of(4) => format!("instead {} i{step}", failed()?),
            27 if luck.is_multiple_of(2) => self.credit(which, luck)?,
            27 => format!("hold h{step} {card} {} for=200 region=US", luck % 200),
            28 if which.is_multiple_of(2) => self.by_hand(which, luck)?,
            28 => self.payout(which, luck)?,
            _ => format!("wait {}", [60, 400, 900, 86_400][usize::from(luck % 4)]),
        })
    }

    /// A refund over a rail that is stuck; now and then any.
    fn stuck(&self, which: u16) -> Option<String> {
        let is_stuck = |row: &&std::sync::Arc<payments::RailRefund>| {
            let needs_consent = matches!(row.state, payments::RefundState::NeedsConsent { .. });
            needs_consent || row.state.is_failed() || which.is_multiple_of(16)
        };
        let stuck = self.world.rail_refund.values().filter(is_stuck);
        pick(&stuck.map(|row| name_of(row.id.bits())).collect::<Vec<_>>(), which)
    }

    /// A card instead of a refund, of its name.
    fn credit(&self, which: u16, luck: u16) -> Option<String> {
        let program = if luck.is_multiple_of(3) { "program=P" } else { "" };
        Some(format!("credit {} {program}", self.stuck(which)?))
    }

    /// A part that waits for consent is paid by hand, or becomes another card.
    fn by_hand(&self, which: u16, luck: u16) -> Option<String> {
        let card = which.is_multiple_of(4);
        let (word, name) = (if card { "credit_share" } else { "by_hand" }, self.step);
        let name = if card { format!(" s{name}") } else { String::new() };
        let needs = shop::RefundStatus::NeedsConsent;
        let all = self.world.order_refund.values().flat_map(|row| {
            let parts = row.allocations.iter().filter(move |part| part.status == needs);
            let (refund, name) = (name_of(row.id.bits()), name.clone());
            parts.map(move |part| format!("{word} {refund} {}{name}", part.tender))
        });
        pick(&all.collect::<Vec<_>>(), luck)
    }

    /// One of the cards that were there, or were bought since.
    fn a_card(&self, luck: u16) -> String {
        let bought = self.world.purchase.values().filter(|purchase| purchase.order.is_some());
        let bought = bought.flat_map(|purchase| &purchase.cards);
        let bought: Vec<String> = bought.map(|card| name_of(card.card.bits())).collect();
        // And those that were given instead of money.
        let given = self.world.card.values();
        let given = given.filter(|card| card.funding == giftcards::Funding::StoreCredit);
        let given: Vec<String> = given.map(|card| name_of(card.id.bits())).collect();
        let bought = if luck.is_multiple_of(2) || given.is_empty() { bought } else { given };
        match pick(&bought, luck / 7).filter(|_| luck.is_multiple_of(3)) {
            Some(card) => card,
            None => CARDS[usize::from(luck) % CARDS.len()].to_owned(),
        }
    }

    /// Lines of gift cards, with what they will be like; in most checkouts some.
    fn gifts(&self, which: u16, luck: u16) -> String {
        let (step, units) = (self.step, 1 + which % 3);
        let names: Vec<String> = (0..=units).map(|unit| format!("b{step}.{unit}")).collect();
        let price = 20 + luck % 300;
        let like = ["", "until=1000", "program=P", "active=100"][usize::from(which / 3) % 4];
        match luck % 4 {
            0 => String::new(),
            1 => format!("gift_card:T:{price} cards=b{step}.0 {like}"),
            _ => format!(
                "gift_card:S:{units}x{price} gift_card:T:{} cards={} {like}",
                50 + which % 90,
                names.join(",")
            ),
        }
    }

    fn refund_of_an_order(&self, which: u16, luck: u16) -> Option<String> {
        let orders: Vec<String> = self.world.order.keys().map(|id| name_of(id.bits())).collect();
        let (order, step) = (pick(&orders, which)?, self.step);
        let what = match luck % 8 {
            0 => "everything".to_owned(),
            1 => format!("amount {}", luck % 600),
            2 => format!("l1x{}", 1 + luck % 3),
            3 => format!("l1={} l2={}", luck % 300, luck % 50),
            4 => format!("l3x{} l4={}", 1 + which % 2, luck % 40),
            5 => format!("l3={}", luck % 300),
            6 => {
                let rails = ["a", "b", "c", "d"].map(|letter| format!("x{step}{letter}"));
                return Some(format!("undo {order} R{step} rails={}", rails.join(",")));
            }
            _ => format!("shipping={} l1x1", luck % 90),
        };
        let rails = ["a", "b", "c", "d"].map(|letter| format!("x{step}{letter}"));
        Some(format!("back {order} R{step} {what} rails={}", rails.join(",")))
    }

    fn payout(&self, which: u16, luck: u16) -> Option<String> {
        let payouts: Vec<String> = self.world.payout.keys().map(|id| name_of(id.bits())).collect();
        let payee = ["S", "T", "C"][usize::from(which) % 3];
        Some(match luck % 3 {
            0 => format!("payout y{} {payee} {}", self.step, luck * 3),
            1 => format!("payout_paid {}", pick(&payouts, which)?),
            _ => format!("payout_failed {}", pick(&payouts, which)?),
        })
    }
}

/// Something that is done to a card beside all checkouts.
fn on_a_card(card: &str, which: u16, luck: u16) -> Option<String> {
    let deeds = ["freeze", "unfreeze", "unfreeze", "expire", "cancel", "claim"];
    let deed = deeds[usize::from(which) % deeds.len()];
    // The value of a sold card that is canceled by hand has nowhere to go.
    let may_cancel = luck.is_multiple_of(3) && CARDS.contains(&card);
    match deed {
        "cancel" if !may_cancel => None,
        "claim" => Some(format!("claim code:{card} Z")),
        deed => Some(format!("{deed} {card}")),
    }
}
