use std::fmt::{Debug, Display};
use std::hash::Hash;
use std::str::FromStr;

use crate::{Instant, ascii, base32};

/// What all typed ids have in common, for code that is generic over them.
///
/// An id is 128 bits. Its text is the prefix of its type, `_`, and the bits as 26 characters of
/// Crockford's base 32 in lower case, so that an id of one type cannot pass for one of another.
/// Ids sort by their bits, and their texts sort likewise.
///
/// Each type has these operations as its own too, and needs no import of this trait for them.
pub trait TypedId:
    Copy + Ord + Hash + Debug + Display + FromStr<Err = IdError> + Send + Sync + 'static
{
    /// What the text starts with, without the underscore.
    const PREFIX: &'static str;

    /// The id of these bits; all values are valid.
    fn from_bits(bits: u128) -> Self;

    /// The bits.
    fn bits(self) -> u128;

    /// The id of these bytes, most significant first.
    fn from_bytes(bytes: [u8; 16]) -> Self {
        Self::from_bits(u128::from_be_bytes(bytes))
    }

    /// The bytes, most significant first, so that they sort as the ids do.
    fn to_bytes(self) -> [u8; 16] {
        self.bits().to_be_bytes()
    }

    /// A new id that sorts by time: 48 bits of milliseconds since 1970, then 80 random bits.
    ///
    /// Source: the layout of UUID version 7 in RFC 9562, section 5.7, without the bits that mark
    /// a UUID's version and variant, which the prefix makes superfluous.
    fn from_parts(at: Instant, random: [u8; 10]) -> Self {
        Self::from_bits(bits_from_parts(at, random))
    }

    /// Appends the text form without going through the formatting machinery.
    fn write_into(self, text: &mut String) {
        text.push_str(IdText::of(Self::PREFIX, self.bits()).as_str());
    }
}

/// Why a text is not an id of the expected type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected_prefix}_ and 26 characters: {problem}")]
pub struct IdError {
    /// The prefix that ids of the expected type have, without the underscore.
    pub expected_prefix: &'static str,
    /// The first thing found wrong.
    pub problem: IdProblem,
}

/// What is wrong with the text of an id; checked in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdProblem {
    /// It does not start with the prefix and an underscore: perhaps an id of another type.
    #[error("the prefix is another one")]
    WrongPrefix,
    /// Not 26 bytes follow the prefix.
    #[error("the length is wrong")]
    WrongLength,
    /// Something else than digits and lower-case letters without i, l, o and u.
    #[error("a character is not of the alphabet")]
    InvalidCharacter,
    /// The first character is above 7, which is more than 128 bits.
    #[error("the value exceeds 128 bits")]
    TooLarge,
}

/// Defines the typed ids. A prefix is part of every stored id, so it never changes once released.
macro_rules! typed_ids {
    ($($(#[$doc:meta])+ $name:ident = $prefix:literal;)+) => {$(
        $(#[$doc])+
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// What the text starts with, without the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// The id of these bits; all values are valid.
            pub const fn from_bits(bits: u128) -> Self {
                Self(bits)
            }

            /// The bits.
            pub const fn bits(self) -> u128 {
                self.0
            }

            /// The id of these bytes, most significant first.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(u128::from_be_bytes(bytes))
            }

            /// The bytes, most significant first, so that they sort as the ids do.
            pub const fn to_bytes(self) -> [u8; 16] {
                self.0.to_be_bytes()
            }

            /// A new id that sorts by time; see [`TypedId::from_parts`].
            pub fn from_parts(at: Instant, random: [u8; 10]) -> Self {
                <Self as TypedId>::from_parts(at, random)
            }

            /// Appends the text form without going through the formatting machinery.
            pub fn write_into(self, text: &mut String) {
                <Self as TypedId>::write_into(self, text);
            }
        }

        impl TypedId for $name {
            const PREFIX: &'static str = $prefix;

            fn from_bits(bits: u128) -> Self {
                Self(bits)
            }

            fn bits(self) -> u128 {
                self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                parse_bits($prefix, text).map(Self)
            }
        }

        /// Prefix, underscore, 26 characters.
        impl Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(IdText::of($prefix, self.0).as_str())
            }
        }

        /// The same as the text form.
        impl Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                Display::fmt(self, f)
            }
        }

        const _: () = assert!($prefix.len() <= PREFIX_BYTES_MAX);
    )+};
}

typed_ids! {
    /// A gift card.
    CardId = "gc";
    /// An amount of a card reserved for one checkout.
    HoldId = "hold";
    /// Money given back.
    RefundId = "ref";
    /// A gift card program: the terms under which cards are issued.
    ProgramId = "prog";
    /// Somebody with an account.
    PersonId = "per";
    /// Lines to be paid, and the tenders that pay them.
    CheckoutId = "chk";
    /// What a checkout becomes when every tender has succeeded.
    OrderId = "ord";
    /// Money taken over a rail.
    PaymentId = "pay";
    /// A way to pay that a rail keeps: a card, an account.
    MethodId = "pm";
    /// A refund on its way over a rail.
    RailRefundId = "rrf";
    /// Money that a payer's bank takes back.
    DisputeId = "dp";
    /// Who sells.
    SellerId = "sel";
    /// Who makes posts and is credited with sales.
    CreatorId = "cre";
    /// What is sold.
    ProductId = "prd";
    /// What one sender of gifts may still send to one recipient.
    ContactId = "gct";
    /// Money owed to a seller or creator on its way out.
    PayoutId = "po";
    /// Several cards bought together.
    PurchaseId = "gcp";
    /// A file in which a rail tells what it has settled.
    SettlementId = "stl";
    /// A line of such a file.
    SettlementLineId = "sln";
    /// How something that a rail has moved stands against what its files tell.
    StandingId = "std";
    /// A paid promotion of a post.
    PromotionId = "promo";
    /// A post, by what its platform calls it.
    PostId = "post";
    /// Money of a promotion, leased to a process that serves it.
    SliceId = "slice";
    /// Something that was done to a promotion.
    DeedId = "deed";
    /// A statement of what a promotion gave back.
    PromotionSettlementId = "pst";
    /// Deliveries of one process, in their order.
    StreamId = "strm";
    /// A request for money back for a promotion.
    ClaimId = "claim";
    /// Whoever makes claims: a person, or a contact without an account.
    ClaimantId = "clt";
    /// Whom, or what, a yearly cap of claims is held against.
    PayerId = "payer";
    /// What several claimants may share: what was paid with, or the device it was agreed to on.
    InstrumentId = "instr";
    /// A trace of somebody who may have used the account of another.
    SuspectId = "susp";
    /// What was repaid for a promotion without a claim.
    RestitutionId = "rst";
    /// Facts on which something was decided, by what they say.
    FactsId = "fct";
    /// A statement of reasons.
    StatementId = "stm";
    /// A time at which a part of the platform did not work.
    IncidentId = "inc";
    /// Something that happened to the account of a person.
    SignalId = "sig";
    /// A way in that somebody has begun and not ended yet.
    SignInId = "sgn";
    /// What a browser may do after somebody has signed in with it; not its secret.
    SessionId = "ses";
    /// A passkey of a person.
    PasskeyId = "pky";
    /// An act that waits for a second person.
    ApprovalId = "apv";
    /// A request to the support, with all that was written about it.
    ConversationId = "conv";
    /// An address that is told of events.
    EndpointId = "whe";
    /// A ledger account.
    AccountId = "acct";
    /// A movement of money between two ledger accounts.
    TransferId = "tr";
    /// Something that happened, as told to other programs.
    EventId = "evt";
    /// A key to the HTTP API; not its secret.
    KeyId = "key";
    /// One request to the HTTP API, for support and logs.
    RequestId = "req";
    /// One run of an import.
    ImportId = "imp";
}

const PREFIX_BYTES_MAX: usize = 5;

/// The text of an id, on the stack.
struct IdText {
    bytes: [u8; PREFIX_BYTES_MAX + 1 + base32::LENGTH],
    length: usize,
}

impl IdText {
    fn of(prefix: &str, bits: u128) -> IdText {
        let mut text = IdText { bytes: [b'_'; _], length: prefix.len() + 1 + base32::LENGTH };
        text.bytes[..prefix.len()].copy_from_slice(prefix.as_bytes());
        let place = text.bytes[prefix.len() + 1..].first_chunk_mut();
        base32::encode(bits, place.expect("the array has room for the longest prefix"));
        text
    }

    fn as_str(&self) -> &str {
        ascii::as_text(&self.bytes[..self.length])
    }
}

fn parse_bits(expected_prefix: &'static str, text: &str) -> Result<u128, IdError> {
    let error = |problem| IdError { expected_prefix, problem };
    let characters = text
        .strip_prefix(expected_prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        .ok_or(error(IdProblem::WrongPrefix))?;
    let characters = characters.as_bytes().try_into().map_err(|_| error(IdProblem::WrongLength))?;
    base32::decode(characters).map_err(|problem| match problem {
        base32::DecodeError::InvalidCharacter => error(IdProblem::InvalidCharacter),
        base32::DecodeError::TooLarge => error(IdProblem::TooLarge),
    })
}

fn bits_from_parts(at: Instant, random: [u8; 10]) -> u128 {
    // The last instant is below 2⁴⁸ milliseconds, so the shift loses nothing.
    let milliseconds = u128::from((at.micros() / 1_000).unsigned_abs());
    let mut random_bytes = [0; 16];
    random_bytes[6..].copy_from_slice(&random);
    milliseconds << 80 | u128::from_be_bytes(random_bytes)
}
