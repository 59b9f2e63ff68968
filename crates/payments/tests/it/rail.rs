//! A rail that tells the truth: what it has done is done once for each operation id, and every
//! fact goes into a log from which notices are delivered late, twice, and in any order.

use std::collections::BTreeMap;

use payments::{RefundNotice, Step};

use crate::deed::Deed;
use crate::world::code;

/// What became of an authorization at the rail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reserved {
    ByPayer,
    Yes,
    Refused,
    LetGo,
}

/// What became of one attempt at a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    Pending,
    Succeeded,
    Failed,
    Gone,
    Returned,
}

/// What became of a dispute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judged {
    Open,
    Won,
    Lost,
}

#[derive(Debug)]
pub struct Rail {
    pub amount: i64,
    pub fee: i64,
    pub reserved: Option<Reserved>,
    /// `Some(false)`: refused.
    pub captured: Option<bool>,
    pub refunds: BTreeMap<(u8, u32), (i64, Sent)>,
    pub disputes: BTreeMap<u8, (i64, u8, Judged)>,
    pub log: Vec<Deed>,
}

impl Rail {
    pub fn new(amount: i64, fee: i64) -> Rail {
        Rail {
            amount,
            fee,
            reserved: None,
            captured: None,
            refunds: BTreeMap::new(),
            disputes: BTreeMap::new(),
            log: Vec::new(),
        }
    }

    /// What is taken and stays taken, as the rail's own books have it.
    pub fn captured(&self) -> i64 {
        if self.captured == Some(true) { self.amount } else { 0 }
    }

    /// Money that is at the payers, or on its way, by refunds.
    pub fn refunded(&self) -> i64 {
        let is_out = |sent: Sent| matches!(sent, Sent::Succeeded | Sent::Pending);
        self.refunds.values().filter(|(_, sent)| is_out(*sent)).map(|(sum, _)| sum).sum()
    }

    /// Money that payers' banks have taken.
    pub fn disputed(&self) -> i64 {
        let is_out = |judged: Judged| judged != Judged::Won;
        self.disputes.values().filter(|(.., judged)| is_out(*judged)).map(|(sum, ..)| sum).sum()
    }

    /// A question: what became of a step, if it was ever called for.
    pub fn ask(&self, step: Step) -> Deed {
        let is_known = match step {
            Step::Authorize => self.reserved.is_some(),
            Step::Capture => self.captured.is_some() || self.reserved == Some(Reserved::LetGo),
            Step::Void => self.captured == Some(true) || self.reserved == Some(Reserved::LetGo),
        };
        if is_known { self.told(step) } else { Deed::NotReceived(step) }
    }

    /// A question about one attempt at a refund.
    pub fn ask_refund(&self, refund: u8, attempt: u32) -> Deed {
        if self.refunds.contains_key(&(refund, attempt)) {
            return self.told_of(refund, attempt);
        }
        Deed::Refund(refund, Some(attempt), RefundNotice::NotReceived)
    }

    /// A call: the first with this id decides, by `luck`; later ones are told the same.
    pub fn call(&mut self, step: Step, luck: u8) -> Deed {
        match step {
            Step::Authorize => self.authorize(luck),
            Step::Capture => self.capture(luck),
            Step::Void => self.void(),
        }
        self.told(step)
    }

    fn authorize(&mut self, luck: u8) {
        if self.reserved.is_some() {
            return;
        }
        self.reserved = Some(match luck % 8 {
            0 => Reserved::Refused,
            1 | 2 => Reserved::ByPayer,
            _ => Reserved::Yes,
        });
        let fact = self.told(Step::Authorize);
        self.log.push(fact);
    }

    fn capture(&mut self, luck: u8) {
        if self.captured.is_some() {
            return;
        }
        let is_held = self.reserved == Some(Reserved::Yes);
        self.captured = Some(is_held && !luck.is_multiple_of(8));
        let fact = self.told(Step::Capture);
        self.log.push(fact);
    }

    fn void(&mut self) {
        if self.captured == Some(true) || self.reserved == Some(Reserved::LetGo) {
            return;
        }
        self.reserved = Some(Reserved::LetGo);
        self.log.push(Deed::Voided);
    }

    fn told(&self, step: Step) -> Deed {
        match (step, self.reserved, self.captured) {
            (Step::Void, _, Some(true)) => Deed::VoidRefused,
            (_, Some(Reserved::LetGo), None) | (Step::Void, ..) => Deed::Voided,
            (Step::Capture, _, Some(true)) => Deed::Captured(self.amount, Some(self.fee)),
            (Step::Capture, ..) => Deed::CaptureRefused,
            (Step::Authorize, Some(Reserved::ByPayer), _) => Deed::Action(1),
            (Step::Authorize, Some(Reserved::Refused), _) => Deed::Declined,
            (Step::Authorize, ..) => Deed::Authorized,
        }
    }

    /// A call for one attempt at a refund.
    pub fn refund(&mut self, refund: u8, attempt: u32, amount: i64, luck: u8) -> Deed {
        let is_new = !self.refunds.contains_key(&(refund, attempt));
        if is_new {
            let sent = match luck % 8 {
                0 => Sent::Failed,
                1 => Sent::Gone,
                2..=4 => Sent::Pending,
                _ => Sent::Succeeded,
            };
            self.refunds.insert((refund, attempt), (amount, sent));
            assert!(self.refunded() <= self.captured(), "more went back than was taken");
            let fact = self.told_of(refund, attempt);
            self.log.push(fact);
        }
        self.told_of(refund, attempt)
    }

    fn told_of(&self, refund: u8, attempt: u32) -> Deed {
        let notice = match self.refunds[&(refund, attempt)].1 {
            Sent::Pending => {
                let name = format!("re_{refund}_{attempt}");
                RefundNotice::Pending { reference: Some(base::Text::new(&name).unwrap()) }
            }
            Sent::Succeeded => RefundNotice::Succeeded { reference: None },
            Sent::Failed => RefundNotice::Failed { code: code() },
            Sent::Gone => RefundNotice::MethodGone,
            Sent::Returned => RefundNotice::Returned,
        };
        Deed::Refund(refund, Some(attempt), notice)
    }

    /// Something happens at the rail that nobody here has asked for.
    pub fn moves(&mut self, which: u8, luck: u8) {
        match which % 4 {
            0 => self.payer_or_time(luck),
            1 => self.settle(luck),
            _ => self.dispute(which / 4 % 3, luck),
        }
    }

    /// A challenge is answered, or a reservation lapses.
    fn payer_or_time(&mut self, luck: u8) {
        self.reserved = match self.reserved {
            Some(Reserved::ByPayer) if luck.is_multiple_of(4) => Some(Reserved::Refused),
            Some(Reserved::ByPayer) => Some(Reserved::Yes),
            Some(Reserved::Yes) if self.captured.is_none() && luck.is_multiple_of(4) => {
                Some(Reserved::LetGo)
            }
            _ => return,
        };
        let is_let_go = self.reserved == Some(Reserved::LetGo);
        let fact = if is_let_go { Deed::Voided } else { self.told(Step::Authorize) };
        self.log.push(fact);
    }

    /// A pending refund is settled, or one that succeeded comes back.
    fn settle(&mut self, luck: u8) {
        let count = self.refunds.len().max(1);
        let picked = self.refunds.iter_mut().nth(usize::from(luck) % count);
        let Some(((refund, attempt), (_, sent))) = picked else { return };
        *sent = match *sent {
            Sent::Pending if luck.is_multiple_of(3) => Sent::Failed,
            Sent::Pending => Sent::Succeeded,
            Sent::Succeeded => Sent::Returned,
            _ => return,
        };
        let (refund, attempt) = (*refund, *attempt);
        let fact = self.told_of(refund, attempt);
        self.log.push(fact);
    }

    /// A dispute is opened, decided, or goes on.
    fn dispute(&mut self, index: u8, luck: u8) {
        if self.captured != Some(true) {
            return;
        }
        let amount = i64::from(luck) + 1;
        let (amount, stage, judged) = match self.disputes.get(&index) {
            None => (amount, 1, Judged::Open),
            Some((amount, stage, Judged::Open)) if luck.is_multiple_of(2) => {
                (*amount, *stage, Judged::Won)
            }
            Some((amount, stage, Judged::Open)) => (*amount, *stage, Judged::Lost),
            Some((amount, stage, _)) => (*amount, stage + 1, Judged::Open),
        };
        self.disputes.insert(index, (amount, stage, judged));
        self.log.push(match judged {
            Judged::Open => Deed::Dispute(index, amount, stage),
            Judged::Won => Deed::Win(index, stage),
            Judged::Lost => Deed::Lose(index, stage),
        });
    }

    /// Whatever pends is settled.
    pub fn come_to_rest(&mut self) {
        let pends = |rail: &Rail| rail.refunds.values().any(|(_, sent)| *sent == Sent::Pending);
        if self.reserved == Some(Reserved::ByPayer) {
            self.payer_or_time(1);
        }
        while pends(self) {
            for luck in 0..u8::try_from(self.refunds.len()).unwrap() {
                let is_pending = |(_, sent): &(i64, Sent)| *sent == Sent::Pending;
                if self.refunds.values().nth(usize::from(luck)).is_some_and(is_pending) {
                    self.settle(luck);
                }
            }
        }
    }
}
