//! The facts that rules may speak of.

use crate::fact::value::Kind;

/// Who keeps what a fact is read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Entries of the ledger.
    Ledger,
    /// The record that somebody agreed to pay.
    Authorization,
    /// What is known of accounts, sessions and devices.
    Signals,
    /// Deeds: what was done to the promotion, by whom and when.
    Deeds,
    /// The post.
    Post,
    /// Reviews of post and terms.
    Review,
    /// Every opportunity of the promotion, attributed.
    Waterfall,
    /// Delivery events and their verdicts.
    Events,
    /// Incidents, and what watches over the platform.
    Incidents,
    /// Payments, refunds and disputes.
    Payments,
    /// Other claims, and what the platform repaid unasked.
    Claims,
}

impl Source {
    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Source::Ledger => "ledger",
            Source::Authorization => "authorization",
            Source::Signals => "signals",
            Source::Deeds => "deeds",
            Source::Post => "post",
            Source::Review => "review",
            Source::Waterfall => "waterfall",
            Source::Events => "events",
            Source::Incidents => "incidents",
            Source::Payments => "payments",
            Source::Claims => "claims",
        }
    }
}

const FLAG: Kind = Kind::Flag;
const COUNT: Kind = Kind::Count;
const MONEY: Kind = Kind::Money;
const SPAN: Kind = Kind::Span;

/// Defines the facts: number, name, kind, words that tell of an absence, source and meaning.
/// Numbers and names are stored and written in tables, so they never change; the place of a word
/// in its set does not either.
macro_rules! facts {
    ($($number:literal $variant:ident $name:literal $kind:expr, $absent:expr, $source:ident,
       $meaning:literal;)+) => {
        /// What a fact is about. The numbers are stored and never change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum FactName {
            $(#[doc = $meaning] $variant = $number,)+
        }

        impl FactName {
            /// Every fact, by its number.
            pub const ALL: &[FactName] = &[$(FactName::$variant,)+];

            fn entry(self) -> &'static Entry {
                match self {
                    $(FactName::$variant => const { &Entry {
                        name: $name,
                        kind: $kind,
                        absent: &$absent,
                        source: Source::$source,
                        meaning: $meaning,
                    } },)+
                }
            }
        }
    };
}

struct Entry {
    name: &'static str,
    kind: Kind,
    absent: &'static [&'static str],
    source: Source,
    meaning: &'static str,
}

impl FactName {
    /// Stable lower-case name, as tables write it.
    pub fn as_str(self) -> &'static str {
        self.entry().name
    }

    /// The fact of that name.
    pub fn parse(name: &str) -> Option<FactName> {
        FactName::ALL.iter().copied().find(|fact| fact.as_str() == name)
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<FactName> {
        FactName::ALL.iter().copied().find(|fact| *fact as u8 == number)
    }

    /// Of which kind its value is.
    pub fn kind(self) -> Kind {
        self.entry().kind
    }

    /// Who keeps what it is read from.
    pub fn source(self) -> Source {
        self.entry().source
    }

    /// What it means, in a sentence.
    pub fn meaning(self) -> &'static str {
        self.entry().meaning
    }

    /// Words that only say that something is *not* on record.
    pub fn absent_words(self) -> &'static [&'static str] {
        self.entry().absent
    }
}

facts! {
    1 Dispute "dispute" Kind::Word(&["none", "open", "won", "lost"]), ["none"], Payments,
        "How a dispute of the payment stands, if the payer's bank was asked to take it back.";
    2 Captured "captured" MONEY, [], Payments,
        "What was paid for the promotion, tax not counted: what was taken once.";
    3 SettledBack "settled_back" MONEY, [], Ledger,
        "What settlement has given back unasked, because it was not spent.";
    4 PendingBack "pending_back" MONEY, [], Payments,
        "What is on its way back and counted neither as settled nor as credited. Nothing here: \
         both count what they return from when it is said.";
    5 Credited "credited" MONEY, [], Claims,
        "What earlier claims and restitutions have given back.";
    6 Unspent "unspent" MONEY, [], Ledger,
        "What is still in escrow. Settlement gives it back without a claim.";
    7 Spent "spent" MONEY, [], Ledger,
        "What was charged for delivery, less what was repaid of it.";
    8 LeftRefundable "left_refundable" MONEY, [], Ledger,
        "What a claim may give back at most: what was spent of what was paid, less what claims and \
         restitutions have taken of it. Nothing once the payer's bank has given back all of it.";
    9 Window "window" Kind::Word(&["open", "closed"]), [], Claims,
        "Whether the claim came in the time that region and rail allow.";
    10 SameClaim "same_claim" Kind::Word(&["none", "open", "decided"]), ["none"], Claims,
        "Whether the same was claimed on the same ground before.";
    11 NewEvidence "new_evidence" FLAG, [], Claims,
        "Whether this claim brings evidence that the earlier one did not.";
    12 EarlierClaims "earlier_claims" COUNT, [], Claims,
        "Claims by this person in the year before this one.";
    13 Authorization "authorization" Kind::Word(&["absent", "verified", "mismatch"]), ["absent"],
        Authorization,
        "Whether a record that somebody agreed to pay exists, and fits the amount and the terms.";
    14 Factor "factor" Kind::Word(&["passkey", "totp", "password", "none"]), ["none"],
        Authorization, "By what they proved to be who they are when they agreed.";
    15 FactorAge "factor_age" SPAN, [], Signals,
        "How long that factor had been enrolled when it was used.";
    16 DeviceAge "device_age" SPAN, [], Signals,
        "How long the device had been known for this person when it was used.";
    17 CountryJump "country_jump" FLAG, [], Signals,
        "Whether the charge came from a country where this person had not been before.";
    18 LimitRaised "limit_raised" SPAN, [], Signals,
        "How long before the charge a spending limit was raised last.";
    19 AdminAdded "admin_added" SPAN, [], Signals,
        "How long before the charge somebody was given rights over the account last.";
    20 ContactChanged "contact_changed" SPAN, [], Signals,
        "How long before the charge the mail address or the password was changed last.";
    21 Dormant "dormant" SPAN, [], Signals,
        "How long the account had not been used before the charge.";
    22 UsedLater "used_later" FLAG, [], Deeds,
        "Whether the report was looked at, or the promotion edited, afterwards on a device that \
         this person had used before the charge.";
    23 SessionTheft "session_theft" FLAG, [], Signals,
        "Whether there are marks of a stolen session.";
    24 DuplicateCapture "duplicate_capture" MONEY, [], Payments,
        "What was captured a second time for one intent and has not gone back. Nothing here: the \
         payment refunds it in the record that tells of it.";
    25 OverBudget "over_budget" MONEY, [], Ledger,
        "What was charged above the approved budget and has not gone back. Nothing here, unless \
         somebody tells of it: no bill takes more than the escrow has.";
    26 Start "start" Kind::Word(&["begun", "held_by_platform", "held_by_advertiser", "not_due"]),
        ["not_due"], Deeds,
        "Whether it could ever be shown, and if not, who held it up for its whole time.";
    27 IncidentLoss "incident_loss" MONEY, [], Incidents,
        "What units would have cost that incidents of the platform kept from being delivered.";
    28 FailedCalls "failed_calls" COUNT, [], Incidents,
        "Requests of the claimant about the thing named that failed for a reason of ours.";
    29 Watched "watched" FLAG, [], Incidents,
        "Whether the platform was watched in every minute of the time in question.";
    30 WrongDelivery "wrong_delivery" MONEY, [], Events,
        "What delivery outside the chosen audience, place, time or content has cost and was not \
         repaid.";
    31 LateInvalid "late_invalid" MONEY, [], Events,
        "What was billed for events that turned out to be invalid, and was not repaid. Nothing \
         where the log is known: the feed repays it by itself.";
    32 ReportWrong "report_wrong" FLAG, [], Events,
        "Whether the report showed something else than what was billed, and the bill was right. \
         Nobody tells it here: reports are made anew each time.";
    33 Promise "promise" Kind::Word(&["estimate", "guarantee"]), [], Deeds,
        "What was sold: pay for each unit, or a number of units for a price.";
    34 GuaranteedUnits "guaranteed_units" COUNT, [], Deeds, "Units that were guaranteed.";
    35 DeliveredUnits "delivered_units" COUNT, [], Events, "Valid units that were delivered.";
    36 MissingPlatform "missing_platform" COUNT, [], Waterfall,
        "Missing units that the platform lost.";
    37 MissingMarket "missing_market" COUNT, [], Waterfall,
        "Missing units that competition and a wrong forecast lost.";
    38 MissingAdvertiser "missing_advertiser" COUNT, [], Waterfall,
        "Missing units that the advertiser lost: paused, deleted, narrowed, too low a limit.";
    39 MissingPolicy "missing_policy" COUNT, [], Waterfall,
        "Missing units that were lost for breaking a rule.";
    40 MissingBeforeNarrowing "missing_before_narrowing" COUNT, [], Waterfall,
        "Missing units of platform and market up to when the audience was narrowed.";
    41 Narrowed "narrowed" FLAG, [], Deeds,
        "Whether the advertiser narrowed the audience after paying.";
    42 SelfStopped "self_stopped" FLAG, [], Deeds,
        "Whether the advertiser paused or stopped it.";
    43 Oversold "oversold" FLAG, [], Waterfall,
        "Whether more was guaranteed than the audience could ever give, as was known when it was \
         sold. Nobody tells it here: no quote guarantees more than a part of what it counts on.";
    44 Extension "extension" Kind::Word(&["none", "running", "over"]), ["none"], Deeds,
        "Whether the advertiser took more time instead of money. None here: no more time is sold.";
    45 Moderation "moderation" Kind::Word(&[
        "allowed", "review_late", "rejected_wrongly", "rejected_for_violation",
        "removed_for_violation", "removed_wrongly",
    ]), [], Review, "What reviews have said of post and terms. A rejection was wrong where an \
        appeal was won over the same and it had held the promotion up for half of its time or \
        more; that a stop for a rule was, nobody tells here.";
    46 AutomaticPerson "automatic_person" MONEY, [], Claims,
        "What this person was paid in the year before without anybody looking, for charges of \
         which no record proves who agreed, by rows with a yearly cap.";
    47 AutomaticInstrument "automatic_instrument" MONEY, [], Claims,
        "The same, of whoever paid with this card or account.";
    48 RingMarks "ring_marks" COUNT, [], Signals,
        "Others who have claimed in the year before that they did not agree to a charge over the \
         same payment method, gift card or device.";
    49 PostGone "post_gone" FLAG, [], Post,
        "Whether the post was hidden or deleted while it was to be shown.";
    50 MadeGood "made_good" MONEY, [], Claims,
        "What claims and restitutions have paid for what was not delivered as it was sold.";
    51 BilledAfterStop "billed_after_stop" MONEY, [], Incidents,
        "What was charged for delivery after the claimant's first request to pause, stop or hide \
         it that failed for a reason of ours, until it was paused, stopped or hidden, and was not \
         repaid; without what is wrong delivery, invalid or over the budget.";
    52 NetworkAge "network_age" SPAN, [], Signals,
        "How long the network that the charge came from had been known for this person.";
    53 PaidAlike "paid_alike" COUNT, [], Authorization,
        "Promotions that this person agreed to on the same device 30 days before the charge or \
         earlier, and that nobody has claimed or disputed as not agreed to.";
    54 PostAge "post_age" SPAN, [], Post,
        "How long before the charge the post had been published.";
    55 BilledDoubtful "billed_doubtful" MONEY, [], Events,
        "What was billed for events that were found valid although something spoke against them, \
         too little to call them invalid, and was not repaid. Nobody tells it here: the feed does \
         not keep it.";
    56 EarlierAlike "earlier_alike" COUNT, [], Claims,
        "Earlier claims by this person on the same ground for the same promotion that were \
         decided.";
}
