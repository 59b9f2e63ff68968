//! From what a rail says of a payment to the command that notes it. Pure, so that every outcome
//! can be seen in a table.

use base::{Money, Text, Token};
use engine::{PaymentCommand, Spare};
use payments::{AuthorizationNotice, CaptureNotice, FailureCode, NextAction, Payment, Step};
use payments::{PaymentState as Known, VoidNotice};
use rails::{Challenge, Outcome, PaymentStage, PaymentState};

/// What is noted after a call. `spare` are ids for what may follow.
///
/// A refusal that is not final has done nothing, so the call is made again later. A refusal because
/// of the payment's state says that something else has happened to it: what, is asked.
pub(super) fn after_call(
    payment: &Payment,
    step: Step,
    outcome: Outcome<PaymentState>,
    spare: Spare,
) -> PaymentCommand {
    let words = Words { payment, spare };
    match outcome {
        Outcome::Succeeded(state) if is_answer_to(step, &state.stage) => {
            words.of_state(state).unwrap_or_else(|| words.unknown(step))
        }
        Outcome::RequiresAction(challenge) if step == Step::Authorize => words.action(&challenge),
        Outcome::Failed(code) if !code.is_final() => words.not_received(step),
        Outcome::Failed(code) => words.refused(step, code),
        Outcome::Pending { reference } => words.pending(step, reference),
        Outcome::Succeeded(_) | Outcome::RequiresAction(_) | Outcome::Unknown(_) => {
            words.unknown(step)
        }
    }
}

/// What is noted after a question; nothing when the rail says what is known and nothing is wanted
/// from it.
pub(super) fn after_question(
    payment: &Payment,
    outcome: Outcome<Option<PaymentState>>,
    spare: Spare,
) -> Option<PaymentCommand> {
    let words = Words { payment, spare };
    match outcome {
        Outcome::Succeeded(Some(state)) => words.of_state(state),
        // Of a payment that wants nothing it is no news that the rail has forgotten it.
        Outcome::Succeeded(None) => payment.step().map(|step| words.not_received(step)),
        Outcome::Pending { reference } => payment.step().map(|step| words.pending(step, reference)),
        Outcome::Failed(_) | Outcome::RequiresAction(_) | Outcome::Unknown(_) => {
            payment.step().map(|step| words.unknown(step))
        }
    }
}

/// What is noted of an authorization that the rail knows nothing of, and is not asked for again.
pub(super) fn given_up(payment: &Payment, spare: Spare) -> PaymentCommand {
    let code = Token::new("not_received").expect("a word of ours");
    Words { payment, spare }.authorization(AuthorizationNotice::Failed { code })
}

/// Whether a state can be the success of a step, as far as it could be known.
fn is_answer_to(step: Step, stage: &PaymentStage) -> bool {
    match stage {
        PaymentStage::Captured | PaymentStage::Voided | PaymentStage::Failed(_) => true,
        PaymentStage::Authorized => step == Step::Authorize,
        PaymentStage::RequiresAction(_) | PaymentStage::Pending => false,
    }
}

struct Words<'a> {
    payment: &'a Payment,
    spare: Spare,
}

impl Words<'_> {
    /// What is noted of a state that the rail shows. What it is told in, is decided by the payment:
    /// whatever is known already is found out by the rules.
    fn of_state(&self, state: PaymentState) -> Option<PaymentCommand> {
        let step = self.payment.step();
        match state.stage {
            PaymentStage::Captured => self.captured(&state),
            PaymentStage::Voided => self.voided(),
            PaymentStage::Authorized => match step {
                Some(step @ (Step::Capture | Step::Void)) => Some(self.not_received(step)),
                Some(Step::Authorize) => Some(self.authorized(state.reference)),
                None if self.payment.state == Known::Authorized => None,
                None => Some(self.authorized(state.reference)),
            },
            PaymentStage::RequiresAction(challenge) => match step? {
                Step::Authorize => Some(self.action(&challenge)),
                Step::Capture => Some(self.unknown(Step::Capture)),
                Step::Void => Some(self.not_received(Step::Void)),
            },
            PaymentStage::Pending => match step? {
                Step::Void => Some(self.not_received(Step::Void)),
                step => Some(self.pending(step, state.reference)),
            },
            PaymentStage::Failed(code) => match step {
                Some(Step::Void) => self.voided(),
                Some(step) => Some(self.refused_for_good(step, code)),
                None if is_over(&self.payment.state) => None,
                None => Some(self.refused_for_good(Step::Authorize, code)),
            },
        }
    }

    fn captured(&self, state: &PaymentState) -> Option<PaymentCommand> {
        let fee = state.fee.filter(|fee| Some(*fee) != self.payment.fee);
        let is_known = self.payment.state == Known::Captured
            && self.payment.captured == state.captured
            && fee.is_none();
        if is_known {
            return None;
        }
        let money = |amount| Money { amount, currency: state.amount.currency };
        Some(self.capture(CaptureNotice::Captured {
            amount: money(state.captured),
            fee: fee.map(money),
            reference: Some(state.reference.clone()),
        }))
    }

    fn voided(&self) -> Option<PaymentCommand> {
        let is_known = is_over(&self.payment.state);
        (!is_known).then(|| self.void(VoidNotice::Voided))
    }

    /// A call was refused.
    fn refused(&self, step: Step, code: rails::FailureCode) -> PaymentCommand {
        match (step, code) {
            (Step::Capture | Step::Void, rails::FailureCode::WrongState) => self.unknown(step),
            (step, code) => self.refused_for_good(step, code),
        }
    }

    fn refused_for_good(&self, step: Step, code: rails::FailureCode) -> PaymentCommand {
        let code = word(code);
        match step {
            Step::Authorize => self.authorization(AuthorizationNotice::Failed { code }),
            Step::Capture => self.capture(CaptureNotice::Failed { code }),
            Step::Void => self.void(VoidNotice::Failed),
        }
    }

    fn authorized(&self, reference: Text<255>) -> PaymentCommand {
        self.authorization(AuthorizationNotice::Authorized { reference: Some(reference) })
    }

    fn authorization(&self, notice: AuthorizationNotice) -> PaymentCommand {
        let (payment, spare) = (self.payment.id, Box::new(self.spare));
        PaymentCommand::NoteAuthorization { payment, notice, spare }
    }

    fn capture(&self, notice: CaptureNotice) -> PaymentCommand {
        let (payment, spare) = (self.payment.id, Box::new(self.spare));
        PaymentCommand::NoteCapture { payment, notice: Box::new(notice), spare }
    }

    fn void(&self, notice: VoidNotice) -> PaymentCommand {
        let (payment, spare) = (self.payment.id, Box::new(self.spare));
        PaymentCommand::NoteVoid { payment, notice, spare }
    }

    fn action(&self, challenge: &Challenge) -> PaymentCommand {
        let next_action = next_action(self.payment, challenge);
        let reference = Some(challenge.reference.clone());
        PaymentCommand::NoteAction { payment: self.payment.id, next_action, reference }
    }

    fn unknown(&self, step: Step) -> PaymentCommand {
        PaymentCommand::NoteUnknown { payment: self.payment.id, step, reference: None }
    }

    /// The rail has it, and will say later what becomes of it: it is asked by its own name.
    fn pending(&self, step: Step, reference: Text<255>) -> PaymentCommand {
        let reference = Some(reference);
        PaymentCommand::NoteUnknown { payment: self.payment.id, step, reference }
    }

    fn not_received(&self, step: Step) -> PaymentCommand {
        PaymentCommand::NoteNotReceived { payment: self.payment.id, step }
    }
}

/// Where the payer must go. Without an address the rail's own component in the page asks the
/// payer: it is told which payment it is about, as `stripe:pi_…`.
fn next_action(payment: &Payment, challenge: &Challenge) -> NextAction {
    let url = challenge.url.as_deref().and_then(|url| Text::new(url).ok());
    let named = || {
        let name = format!("{}:{}", payment.rail, challenge.reference.as_str());
        Text::new(&name).expect("a name and a reference have at most 300 bytes")
    };
    NextAction(url.unwrap_or_else(named))
}

/// Nothing is reserved or taken, as far as is known.
fn is_over(state: &Known) -> bool {
    matches!(state, Known::Voided | Known::Failed { .. })
}

/// The rail's word for why, as it is kept.
pub(super) fn word(code: rails::FailureCode) -> FailureCode {
    Token::new(code.as_str()).expect("codes of rails are short tokens")
}

#[cfg(test)]
pub(super) mod tests;
