//! What a process that serves promotions does: it leases money, and bills what it has shown. It has
//! no calls yet, so the writer is told.

use base::{Amount, IncidentId, Instant, KeyId, Label, PromotionId, Span};
use engine::{Command, PromotionCommand};
use promotions::{Actor, Affected, Alarm, Component, IncidentSeverity, IncidentTerms, NewIncident};
use promotions::{Bill, BillLine, Lease, Micros, Return, Takeback};
use writer::{Handle, Request};

/// Millionths of a cent that a view costs.
const VIEW: u64 = 3_000_000;

/// Such a process, with one promotion and its first slice.
pub struct Server<'a> {
    handle: &'a Handle,
    promotion: PromotionId,
    stream: Label,
    billed_to: u64,
}

impl<'a> Server<'a> {
    pub fn new(handle: &'a Handle, promotion: PromotionId) -> Server<'a> {
        Server::of_stream(handle, promotion, "feed-1")
    }

    /// The same with a stream of its own: bills of one stream follow each other.
    pub fn of_stream(handle: &'a Handle, promotion: PromotionId, stream: &str) -> Server<'a> {
        Server { handle, promotion, stream: Label::new(stream).unwrap(), billed_to: 0 }
    }

    /// It goes on behind so many bills.
    pub fn billed_before(&mut self, bills: u64) {
        self.billed_to = bills;
    }

    fn give(&self, command: PromotionCommand) {
        give(self.handle, command);
    }

    pub fn alert(&self, alarm: Option<Alarm>) {
        self.give(PromotionCommand::Alert { promotion: self.promotion, alarm });
    }

    pub fn lease(&self, cents: i64) {
        let want = Lease {
            holder: self.stream.clone(),
            amount: Amount::new(cents).unwrap(),
            term: Span::hours(1),
        };
        self.give(PromotionCommand::Lease { promotion: self.promotion, held: None, want });
    }

    fn bill(&mut self, lines: Vec<BillLine>, takebacks: Vec<Takeback>) {
        let (from, to) = (self.billed_to, self.billed_to + 1);
        let bill = Bill { stream: self.stream.clone(), from, to, lines, takebacks };
        self.give(PromotionCommand::Bill(Box::new(bill)));
        self.billed_to = to;
    }

    /// Views, and invalid ones.
    pub fn show(&mut self, units: u64, invalid_units: u64) {
        let (promotion, price) = (self.promotion, Micros::new(units * VIEW));
        let line = BillLine { promotion, slice: 1, units, price, unbilled_units: 0, invalid_units };
        self.bill(vec![line], vec![]);
    }

    /// So many of the views turn out to be invalid.
    pub fn take_back(&mut self, units: u64) {
        let (promotion, price) = (self.promotion, Micros::new(units * VIEW));
        self.bill(vec![], vec![Takeback { promotion, slice: 1, units, price }]);
    }

    pub fn close(&self) {
        let back = Return { granted_after: Amount::ZERO, closes_after: Some(self.billed_to) };
        self.give(PromotionCommand::ReturnSlice { promotion: self.promotion, slice: 1, back });
    }
}

/// The feed detects that events do not arrive.
pub fn detect(handle: &Handle) {
    let new = NewIncident {
        id: IncidentId::from_bits(7),
        component: Component::Intake,
        terms: IncidentTerms {
            severity: IncidentSeverity::Major,
            started_at: Instant::parse("2026-11-20T09:00:00Z").unwrap(),
            ended_at: None,
            affects: Affected::default(),
        },
    };
    let actor = Actor::PLATFORM;
    give(handle, PromotionCommand::DeclareIncident { new: Box::new(new), actor });
}

fn give(handle: &Handle, command: PromotionCommand) {
    let command = Command::Promotions(Box::new(command));
    let request = Request { command, actor: KeyId::from_bits(9), operation: None };
    let outcome = handle.decide(vec![request], false).unwrap().pop().unwrap();
    outcome.unwrap().result.unwrap();
}
