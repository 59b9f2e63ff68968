//! Somebody who calls rails, without any: what a rail would say is given to the writer at once, as
//! the token of the method wants it.
//!
//! | token | the rail |
//! | --- | --- |
//! | `tok_declined` | refuses to authorize |
//! | `tok_challenge` | wants the payer to act |
//! | `tok_silent` | says nothing about payments |
//! | `tok_gone` | takes money, but cannot give it back this way |
//! | `tok_refund_pending`, `tok_refund_fails` | what they say, of refunds |
//! | `tok_hangs` | takes a second to tell about the method |
//! | `tok_unknown` | does not know the method |
//! | `tok_timeout` | does not answer when asked about the method |
//! | `tok_expired` | says that the method has expired |
//! | `tok_other` | calls the method by another name |
//! | any other | does what it is asked |

use std::sync::Arc;

use base::{CheckoutId, Instant, KeyId, PaymentId, RailRefundId, Span, Text, Token};
use engine::{Answer, Command, PaymentCommand, Query, Spare};
use http::RailWork;
use jobs::NoRail;
use outside::random::{SystemRandomness, new_id};
use payments::{AuthorizationNotice, CaptureNotice, Destination, NextAction, Payment};
use payments::{PaymentState, RefundNotice, RefundState, VoidNotice};
use rails::{Authorize, Capabilities, Capture, DisputeState, FailureCode, Header, MethodState};
use rails::{MethodToken, Outcome, PaymentQuery, Rail, RailEvent, Reference, Refund, RefundQuery};
use rails::{StoreDoes, Unknown, Void, WebhookError};
use shop::TenderKind;
use writer::{Handle, Request};

/// Where the payer is sent.
pub const BANK: &str = "https://bank.example/challenge";

pub struct FakeRails {
    handle: Handle,
}

impl FakeRails {
    pub fn new(handle: Handle) -> FakeRails {
        FakeRails { handle }
    }

    /// Gives a command that must be accepted.
    pub fn give(&self, command: PaymentCommand) {
        let command = Command::Payments(command);
        let request = Request { command, actor: KeyId::from_bits(9), operation: None };
        let outcome = self.handle.decide(vec![request], false).unwrap().pop().unwrap();
        outcome.unwrap().result.unwrap();
    }

    /// The rail says that the payer has done what was wanted.
    pub fn authorize(&self, payment: PaymentId) {
        let notice = AuthorizationNotice::Authorized { reference: None };
        self.give(PaymentCommand::NoteAuthorization { payment, notice, spare: spare() });
    }

    /// The rail says that it has taken all of a payment.
    pub fn capture(&self, payment: PaymentId) {
        let paid = self.payment(payment);
        let is_at_store = paid.rail.as_str() == "sandbox_store";
        let reference = Text::new(&format!("at_store_{payment}")).ok().filter(|_| is_at_store);
        let amount = paid.amount;
        let notice = Box::new(CaptureNotice::Captured { amount, fee: None, reference });
        self.give(PaymentCommand::NoteCapture { payment, notice, spare: spare() });
    }

    /// The rail says that the method cannot pay.
    pub fn decline(&self, payment: PaymentId) {
        let notice = AuthorizationNotice::Failed { code: Token::new("declined").unwrap() };
        self.give(PaymentCommand::NoteAuthorization { payment, notice, spare: spare() });
    }

    fn payments_of(&self, checkout: CheckoutId) -> Vec<Arc<Payment>> {
        let asked = self.handle.ask(Query::Checkout(checkout)).unwrap();
        let Some(Answer::Checkout { checkout, .. }) = asked else { return Vec::new() };
        let payments = checkout.tenders.iter().filter_map(|tender| match tender.kind {
            TenderKind::PaymentMethod { payment, .. } => payment,
            TenderKind::GiftCard { .. } => None,
        });
        payments.map(|id| self.payment(id)).collect()
    }

    fn payment(&self, id: PaymentId) -> Arc<Payment> {
        match self.handle.ask(Query::Payment(id)).unwrap() {
            Some(Answer::Payment(payment)) => payment,
            other => panic!("no payment {id}: {other:?}"),
        }
    }

    fn token(&self, method: base::MethodId) -> String {
        match self.handle.ask(Query::Method(method)).unwrap() {
            Some(Answer::Method(method)) => method.token.0.as_str().to_owned(),
            other => panic!("no method {method}: {other:?}"),
        }
    }

    /// Does the next step of a payment; false when there is none.
    fn step(&self, payment: &Payment) -> bool {
        let (id, token) = (payment.id, self.token(payment.method));
        match (&payment.state, token.as_str()) {
            (PaymentState::Authorizing, "tok_declined") => self.decline(id),
            (PaymentState::Authorizing, "tok_challenge") => {
                let next_action = NextAction(Text::new(BANK).unwrap());
                let reference = Text::new(&format!("waits_{id}")).ok();
                self.give(PaymentCommand::NoteAction { payment: id, next_action, reference });
            }
            (PaymentState::Authorizing, "tok_silent") => return false,
            (PaymentState::Authorizing, _) => self.authorize(id),
            (PaymentState::Capturing, _) => self.capture(id),
            (PaymentState::Voiding, _) => {
                let notice = VoidNotice::Voided;
                self.give(PaymentCommand::NoteVoid { payment: id, notice, spare: spare() });
            }
            _ => return false,
        }
        true
    }
}

impl RailWork for FakeRails {
    fn nudge_checkout(&self, checkout: CheckoutId) {
        // What one step leads to may be the next step of another payment.
        while self.payments_of(checkout).iter().any(|payment| self.step(payment)) {}
    }

    fn nudge_refund(&self, id: RailRefundId) {
        let Some(Answer::RailRefund(refund)) = self.handle.ask(Query::RailRefund(id)).unwrap()
        else {
            panic!("no refund {id}");
        };
        if refund.state != RefundState::Waiting {
            return;
        }
        let method = match refund.destination {
            Destination::Original => self.payment(refund.payment).method,
            Destination::Other { method, .. } => method,
        };
        self.give(PaymentCommand::BeginRefund { rail_refund: id });
        let notice = match self.token(method).as_str() {
            "tok_gone" => RefundNotice::MethodGone,
            "tok_refund_pending" => RefundNotice::Pending { reference: None },
            "tok_refund_fails" => RefundNotice::Failed { code: Token::new("declined").unwrap() },
            _ => RefundNotice::Succeeded { reference: None },
        };
        let attempt = refund.attempt;
        self.give(PaymentCommand::NoteRefund { rail_refund: id, attempt, notice });
    }

    fn rail(&self, name: &str) -> Result<Arc<dyn Rail>, NoRail> {
        match name {
            "sandbox" | "bank" | "sandbox_store" => Ok(Arc::new(FakeRail {
                refund_elsewhere: name == "bank",
                store_mediated: name == "sandbox_store",
            })),
            "late" => Err(NoRail::NotYet),
            "stopped" => Err(NoRail::Stopped),
            _ => Err(NoRail::NotSetUp),
        }
    }
}

fn spare() -> Box<Spare> {
    let now = Instant::parse("2026-11-20T10:00:00Z").unwrap();
    Box::new(Spare {
        order: new_id(now, &mut SystemRandomness),
        refunds: std::array::from_fn(|_| new_id(now, &mut SystemRandomness)),
    })
}

#[expect(clippy::disallowed_methods, reason = "a rail that is slow is slow")]
fn hang() {
    std::thread::sleep(std::time::Duration::from_secs(1));
}

/// Knows methods and nothing else: whoever calls rails is faked above. The one of the name `bank`
/// sends money wherever it is told; `sandbox_store` is an app store, of which nobody hears.
struct FakeRail {
    refund_elsewhere: bool,
    store_mediated: bool,
}

impl Rail for FakeRail {
    fn name(&self) -> &'static str {
        "sandbox"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            separate_capture: true,
            authorization_days: 7,
            operations_last: Span::days(1),
            partial_refund: true,
            refund_days: None,
            challenge: true,
            disputes: true,
            store_mediated: self.store_mediated,
            refund_elsewhere: self.refund_elsewhere,
        }
    }

    fn method(&self, token: &MethodToken) -> Outcome<MethodState> {
        if token.reveal() == "tok_hangs" {
            hang();
        }
        let expires_at = match token.reveal() {
            "tok_unknown" => return Outcome::Failed(FailureCode::MethodGone),
            "tok_timeout" => return Outcome::Unknown(Unknown::TimedOut),
            "tok_expired" => "2026-11-01T00:00:00Z",
            _ => "2029-01-01T00:00:00Z",
        };
        let expires_at = Some(Instant::parse(expires_at).unwrap());
        let label = if token.reveal() == "tok_other" { "bankcard 5100" } else { "visa 4242" };
        Outcome::Succeeded(MethodState { label: Text::new(label).unwrap(), expires_at })
    }

    fn authorize(&self, _: &Authorize<'_>) -> Outcome<rails::PaymentState> {
        Outcome::Unknown(Unknown::TimedOut)
    }

    fn capture(&self, _: &Capture<'_>) -> Outcome<rails::PaymentState> {
        Outcome::Unknown(Unknown::TimedOut)
    }

    fn void(&self, _: &Void<'_>) -> Outcome<rails::PaymentState> {
        Outcome::Unknown(Unknown::TimedOut)
    }

    fn refund(&self, _: &Refund<'_>) -> Outcome<rails::RefundState> {
        Outcome::Unknown(Unknown::TimedOut)
    }

    fn payment(&self, _: &PaymentQuery<'_>) -> Outcome<Option<rails::PaymentState>> {
        Outcome::Unknown(Unknown::TimedOut)
    }

    /// Whoever is told so must authorize the payment by themselves.
    fn play_challenge(&self, _: &Reference, _: bool) -> Result<(), FailureCode> {
        Ok(())
    }

    /// Does what it is told, in dollars up to ten.
    fn play_store(&self, asked: &Refund<'_>, _: StoreDoes) -> Result<Reference, FailureCode> {
        match asked.amount {
            _ if !self.store_mediated => Err(FailureCode::NotPermitted),
            sum if sum.currency != base::Currency::USD => Err(FailureCode::CurrencyUnsupported),
            sum if sum.amount.minor() > 1_000 => Err(FailureCode::AmountTooLarge),
            _ => Ok(asked.payment.clone()),
        }
    }

    fn refund_state(&self, _: &RefundQuery<'_>) -> Outcome<Option<rails::RefundState>> {
        Outcome::Unknown(Unknown::TimedOut)
    }

    fn refunds(&self, _: &Reference) -> Outcome<Vec<rails::RefundState>> {
        Outcome::Unknown(Unknown::TimedOut)
    }

    fn disputes(&self, _: &Reference) -> Outcome<Vec<DisputeState>> {
        Outcome::Unknown(Unknown::TimedOut)
    }

    fn verify_and_translate(
        &self,
        _: &[Header<'_>],
        _: &[u8],
        _: Instant,
    ) -> Result<Vec<RailEvent>, WebhookError> {
        Ok(Vec::new())
    }
}
