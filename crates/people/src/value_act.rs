//! Acts that move value, and the signed record that somebody agreed to one.

use base::{AccountId, Instant, Money, PasskeyId, PersonId, Span, Text};
use sha2::{Digest, Sha256};

use crate::Refusal;
use crate::passkey::{Assertion, Expected, PublicKey, verify_assertion};

/// An act that moves value, with all that its person is shown and agrees to.
///
/// Its challenge is a hash of every field, so the signature of a passkey is good for this act and
/// no other; a changed amount or payee voids it. That is dynamic linking as in PSD2's technical
/// standards (Commission Delegated Regulation (EU) 2018/389, article 5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueAct {
    /// Who is to agree.
    pub person: PersonId,
    /// The account whose value moves.
    pub account: AccountId,
    /// How much.
    pub amount: Money,
    /// To whom, as it is shown.
    pub payee: Text<200>,
    /// Random; what makes two acts of one content different.
    pub nonce: [u8; 16],
    /// From then on nothing can be agreed to any more.
    pub expires_at: Instant,
}

impl ValueAct {
    /// How long somebody has to agree (PSD2's technical standards, article 4: five minutes).
    pub const LIFETIME: Span = Span::minutes(5);

    /// What a passkey is to sign: SHA-256 over a name and every field, each with its length before
    /// it, so that no two acts have the same bytes.
    pub fn challenge(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        let mut field = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        };
        field(b"makegood value act 1");
        field(&self.person.to_bytes());
        field(&self.account.to_bytes());
        field(&self.amount.amount.minor().to_be_bytes());
        field(self.amount.currency.code().as_bytes());
        field(self.payee.as_str().as_bytes());
        field(&self.nonce);
        field(&self.expires_at.micros().to_be_bytes());
        hash.finalize().into()
    }
}

/// The record that somebody agreed to an act. It proves itself: whoever has it, and trusts that
/// the key was the person's, can check it again years later. It is kept as evidence for whoever
/// later says that they did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// What they agreed to.
    pub act: ValueAct,
    /// With which passkey.
    pub passkey: PasskeyId,
    /// The public key as it was then.
    pub key: PublicKey,
    /// What the passkey answered.
    pub assertion: Assertion,
    /// When.
    pub at: Instant,
}

impl Evidence {
    /// Whether this is the agreement to what is about to be done now. Whoever does it marks the act
    /// as done, so that it is worth nothing a second time.
    ///
    /// # Errors
    ///
    /// In this order: `ActChanged` when account, amount, currency or payee differ; `ActExpired`.
    pub fn covers(
        &self,
        (account, amount, payee): (AccountId, Money, &str),
        now: Instant,
    ) -> Result<(), Refusal> {
        let ValueAct { account: agreed_account, amount: agreed, payee: agreed_payee, .. } =
            &self.act;
        let is_that =
            *agreed_account == account && *agreed == amount && agreed_payee.as_str() == payee;
        if !is_that {
            return Err(Refusal::ActChanged);
        }
        match now < self.act.expires_at {
            true => Ok(()),
            false => Err(Refusal::ActExpired),
        }
    }

    /// Checks everything again. `expected` says where the passkey belongs; its challenge is taken
    /// from the act, and its user must have been verified.
    ///
    /// # Errors
    ///
    /// In this order: `ActExpired` when it was signed too late; `PasskeyRefused`.
    pub fn check(&self, expected: &Expected<'_>) -> Result<(), Refusal> {
        if self.at >= self.act.expires_at {
            return Err(Refusal::ActExpired);
        }
        let challenge = self.act.challenge();
        let expected = Expected { challenge: &challenge, must_verify_user: true, ..*expected };
        verify_assertion(&self.assertion, &self.key, &expected).map(|_| ())
    }
}
