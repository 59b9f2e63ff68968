//! The planner: which tender pays how much of which line.

use std::cmp::Reverse;
use std::collections::VecDeque;

use base::{Amount, CardId, HoldId, Instant, LineKind};

use crate::checkout::sum;
use crate::{Allocation, Line, LineId};

/// What the planner must know of a gift card. Scopes, dates and blocks are judged by the caller,
/// who tells for each line whether the card may pay it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardFacts {
    /// The card.
    pub card: CardId,
    /// The id under which it is to be held: that of the open hold it has, or one drawn for it.
    pub hold: HoldId,
    /// What it can pay, what this checkout holds of it included.
    pub available: Amount,
    /// When its money is lost; `None` is never.
    pub expires_at: Option<Instant>,
    /// True for value that was given away: it is used before value that was sold.
    pub is_promotional: bool,
    /// How narrow the card is whatever is in the checkout, the narrowest first.
    pub restriction: u32,
    /// The lines it may pay; never one of gift cards.
    pub pays: Vec<LineId>,
}

/// Allocations of all tenders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What each card pays, in the order in which the cards were told, each in order of lines.
    pub cards: Vec<Vec<Allocation>>,
    /// What each payment method pays, likewise.
    pub methods: Vec<Vec<Allocation>>,
    /// What all of them pay.
    pub applied: Amount,
    /// What nobody pays.
    pub remaining: Amount,
}

/// Allocates lines to cards, and what cards leave to payment methods.
///
/// **Cards** are asked in this order: the one that may pay the fewest lines, and among those the
/// narrowest, the soonest to expire, promotional before paid, the smallest balance, the id. Each
/// pays as much as it can without taking anything from those before it, and begins with lines that
/// the fewest cards may pay. When a line it needs is taken, the cards before it move over to other
/// lines if they can. So the cards together pay as much as they possibly could, and no card could
/// pay more unless one before it paid less.
///
/// **Methods** (each with the most it shall pay, `None` for all) then fill the lines in order.
///
/// Source: augmenting paths, shortest first (J. Edmonds and R. M. Karp, *Theoretical improvements
/// in algorithmic efficiency for network flow problems*, 1972), one card after the other: a path
/// for a later card never lowers the sum of an earlier one.
///
/// # Panics
///
/// When a card is said to pay a line of gift cards, for the caller has then let go of the rule that
/// keeps stolen cards from becoming new ones.
pub fn plan(lines: &[Line], cards: &[CardFacts], methods: &[Option<Amount>]) -> Plan {
    let mut flow = Flow::new(lines, cards);
    for card in order_of(lines, cards) {
        while flow.pay_more(card) {}
    }
    let mut room = flow.room.clone();
    let methods: Vec<_> = methods.iter().map(|most| fill(lines, &mut room, *most)).collect();
    let remaining = sum(room).expect("less than the total of all lines");
    let total = sum(lines.iter().map(Line::total)).expect("the total of a checkout is bounded");
    let applied = total.saturating_sub(remaining);
    Plan { cards: flow.allocations(lines), methods, applied, remaining }
}

/// Positions of the cards in the order in which they are asked.
pub(crate) fn order_of(lines: &[Line], cards: &[CardFacts]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..cards.len()).collect();
    order.sort_by_key(|&position| {
        let card = &cards[position];
        let pays = |line: &&Line| card.pays.contains(&line.id) && !line.total().is_zero();
        let expires_at = card.expires_at.unwrap_or(Instant::MAX);
        let is_promotional = Reverse(card.is_promotional);
        let breadth = (lines.iter().filter(pays).count(), card.restriction);
        (breadth, expires_at, is_promotional, card.available, card.card)
    });
    order
}

/// What a method pays of the room that is left.
fn fill(lines: &[Line], room: &mut [Amount], most: Option<Amount>) -> Vec<Allocation> {
    let mut left = most.unwrap_or(Amount::MAX);
    let mut allocations = Vec::new();
    for (line, room) in lines.iter().zip(room) {
        let amount = left.min(*room);
        left = left.saturating_sub(amount);
        *room = room.saturating_sub(amount);
        if !amount.is_zero() {
            allocations.push(Allocation { line: line.id, amount });
        }
    }
    allocations
}

/// Money on its way from cards to lines.
struct Flow {
    /// What each card has left.
    left: Vec<Amount>,
    /// What of each line is not paid.
    room: Vec<Amount>,
    /// Positions of the lines that each card may pay, those first that the fewest cards may.
    pays: Vec<Vec<usize>>,
    /// What each card pays of each line.
    paid: Vec<Vec<Amount>>,
}

impl Flow {
    fn new(lines: &[Line], cards: &[CardFacts]) -> Flow {
        let may_pay = |card: &CardFacts, line: &Line| {
            let may = card.pays.contains(&line.id);
            assert!(!may || line.kind != LineKind::GiftCard, "no gift card pays for another");
            may
        };
        let payers: Vec<usize> = lines
            .iter()
            .map(|line| cards.iter().filter(|card| may_pay(card, line)).count())
            .collect();
        let pays_of = |card: &CardFacts| {
            let mut pays: Vec<usize> =
                (0..lines.len()).filter(|&line| may_pay(card, &lines[line])).collect();
            pays.sort_by_key(|&line| payers[line]);
            pays
        };
        Flow {
            left: cards.iter().map(|card| card.available).collect(),
            room: lines.iter().map(Line::total).collect(),
            pays: cards.iter().map(pays_of).collect(),
            paid: vec![vec![Amount::ZERO; lines.len()]; cards.len()],
        }
    }

    /// Lets a card pay more, moving other cards over if need be; false when it cannot.
    fn pay_more(&mut self, card: usize) -> bool {
        if self.left[card].is_zero() {
            return false;
        }
        let Some(path) = self.path(card) else { return false };
        let last = path.last().expect("a path has a step").line;
        let moved = path.iter().filter_map(|step| Some(self.paid[step.card][step.instead_of?]));
        let amount = moved.fold(self.left[card].min(self.room[last]), Amount::min);
        for Step { card, line, instead_of } in path {
            let paid = &mut self.paid[card];
            if let Some(former) = instead_of {
                paid[former] = paid[former].saturating_sub(amount);
            }
            paid[line] = paid[line].checked_add(amount).expect("no more than the line");
        }
        self.left[card] = self.left[card].saturating_sub(amount);
        self.room[last] = self.room[last].saturating_sub(amount);
        true
    }

    /// The shortest way from a card to a line with room: it pays a line instead of another card,
    /// which pays another line instead of a third, and so on.
    fn path(&self, from: usize) -> Option<Vec<Step>> {
        let mut step_to: Vec<Option<Step>> = vec![None; self.room.len()];
        let mut is_reached = vec![false; self.left.len()];
        is_reached[from] = true;
        let mut waiting = VecDeque::from([(from, None)]);
        while let Some((card, instead_of)) = waiting.pop_front() {
            for &line in &self.pays[card] {
                if step_to[line].is_some() {
                    continue;
                }
                step_to[line] = Some(Step { card, line, instead_of });
                if !self.room[line].is_zero() {
                    return Some(trace(&step_to, line));
                }
                for (other, is_reached) in is_reached.iter_mut().enumerate() {
                    if !*is_reached && !self.paid[other][line].is_zero() {
                        *is_reached = true;
                        waiting.push_back((other, Some(line)));
                    }
                }
            }
        }
        None
    }

    fn allocations(&self, lines: &[Line]) -> Vec<Vec<Allocation>> {
        let of_card = |paid: &Vec<Amount>| {
            let parts = lines.iter().zip(paid).filter(|(_, amount)| !amount.is_zero());
            parts.map(|(line, amount)| Allocation { line: line.id, amount: *amount }).collect()
        };
        self.paid.iter().map(of_card).collect()
    }
}

/// A card pays a line, and if it was moved over, no longer another one.
#[derive(Clone, Copy)]
struct Step {
    card: usize,
    line: usize,
    /// The line it no longer pays.
    instead_of: Option<usize>,
}

/// The steps that lead to a line.
fn trace(step_to: &[Option<Step>], line: usize) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut next = Some(line);
    while let Some(step) = next.and_then(|line| step_to[line]) {
        steps.push(step);
        next = step.instead_of;
    }
    steps.reverse();
    steps
}
