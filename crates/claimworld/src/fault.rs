//! What goes wrong with a promotion, and whose doing it is.

use claims::Ground;

use crate::Params;

/// Whose doing a loss is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// The platform's.
    Platform,
    /// The market's: competition, or a wrong forecast.
    Market,
    /// The advertiser's own, or that of the creator they chose.
    Advertiser,
    /// A rule that was broken.
    Policy,
    /// Somebody who had no right to.
    Stranger,
}

/// Defines the troubles: name, side, text and parameter.
macro_rules! troubles {
    ($($variant:ident $side:ident $name:literal $weight:ident $meaning:literal;)+) => {
        /// What goes wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Trouble {
            $(#[doc = $meaning] $variant,)+
        }

        impl Trouble {
            /// Every one.
            pub const ALL: &[Trouble] = &[$(Trouble::$variant,)+];

            /// Stable lower-case name.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Trouble::$variant => $name,)+
                }
            }

            /// Whose doing it is.
            pub fn side(self) -> Side {
                match self {
                    $(Trouble::$variant => Side::$side,)+
                }
            }

            /// How common it is among others.
            pub(crate) fn weight(self, params: &Params) -> u32 {
                match self {
                    $(Trouble::$variant => params.$weight,)+
                }
            }
        }
    };
}

troubles! {
    SelectionDown Platform "selection_down" fault_selection_down "Nothing is chosen.";
    Errors Platform "errors" fault_errors "A part of all pages fails.";
    IntakeDown Platform "intake_down" fault_intake_down "Events are lost.";
    ReviewLate Platform "review_late" fault_review_late "The review takes too long.";
    RejectedWrongly Platform "rejected_wrongly" fault_rejected_wrongly
        "A review rejects what breaks no rule, and another allows it later.";
    RemovedWrongly Platform "removed_wrongly" fault_removed_wrongly
        "The platform ends what breaks no rule.";
    HeldUp Platform "held_up" fault_held_up "It is never begun, for a reason of the platform.";
    WrongDelivery Platform "wrong_delivery" fault_wrong_delivery
        "It is shown to people who were not asked for.";
    Bots Stranger "bots" fault_bots "Programs make units.";
    OverBudget Platform "over_budget" fault_over_budget "More is charged than was approved.";
    DoubleCapture Platform "double_capture" fault_double_capture "The payment is taken twice.";
    CallsFailed Platform "calls_failed" fault_calls_failed
        "The advertiser wants to pause, and their calls fail.";
    ReportWrong Platform "report_wrong" fault_report_wrong
        "The report shows something else than the bill, which is right.";
    Oversold Market "oversold" fault_oversold "The audience can never give what was guaranteed.";
    Outbid Market "outbid" fault_outbid "Others pay more.";
    StolenAccount Stranger "stolen_account" fault_stolen_account "Somebody else has paid.";
    ChargedUnasked Platform "charged_unasked" fault_charged_unasked
        "The platform has charged what nobody agreed to.";
    Paused Advertiser "paused" fault_paused "The advertiser pauses.";
    PostDeleted Advertiser "post_deleted" fault_post_deleted "The creator deletes the post.";
    PostPrivate Advertiser "post_private" fault_post_private
        "The creator makes the post private for a while.";
    Narrowed Advertiser "narrowed" fault_narrowed "The advertiser asks for fewer people.";
    DailyLimit Advertiser "daily_limit" fault_daily_limit
        "The advertiser allows too little a day.";
    Removed Policy "removed" fault_removed "It breaks a rule, and is ended.";
    Rejected Policy "rejected" fault_rejected "It breaks a rule, and is never begun.";
}

impl Trouble {
    /// Grounds on which what it costs can be claimed; none when it costs nothing, or is the
    /// claimant's own loss.
    pub fn grounds(self) -> &'static [Ground] {
        const TECHNICAL: Ground = Ground::TechnicalError;
        const DELIVERY: Ground = Ground::FailureToDeliver;
        const CHARGE: Ground = Ground::UnauthorizedCharge;
        match self {
            Trouble::SelectionDown
            | Trouble::Errors
            | Trouble::IntakeDown
            | Trouble::WrongDelivery
            | Trouble::Bots
            | Trouble::HeldUp => &[TECHNICAL, DELIVERY],
            Trouble::ReviewLate
            | Trouble::RejectedWrongly
            | Trouble::RemovedWrongly
            | Trouble::Oversold
            | Trouble::Outbid => &[DELIVERY],
            Trouble::OverBudget | Trouble::DoubleCapture => &[TECHNICAL, CHARGE],
            Trouble::CallsFailed | Trouble::ReportWrong => &[TECHNICAL],
            Trouble::StolenAccount | Trouble::ChargedUnasked => &[CHARGE],
            Trouble::Paused
            | Trouble::PostDeleted
            | Trouble::PostPrivate
            | Trouble::Narrowed
            | Trouble::DailyLimit
            | Trouble::Removed
            | Trouble::Rejected => &[],
        }
    }

    /// Whether it keeps units from being delivered.
    pub(crate) fn stops_delivery(self) -> bool {
        !matches!(
            self,
            Trouble::WrongDelivery
                | Trouble::Bots
                | Trouble::OverBudget
                | Trouble::DoubleCapture
                | Trouble::CallsFailed
                | Trouble::ReportWrong
                | Trouble::StolenAccount
                | Trouble::ChargedUnasked
        )
    }

    /// Whether it is an incident: something of the platform that fails for everybody.
    pub fn is_incident(self) -> bool {
        matches!(self, Trouble::SelectionDown | Trouble::Errors | Trouble::IntakeDown)
    }
}

/// A trouble, its time and its strength.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What goes wrong.
    pub trouble: Trouble,
    /// From which minute of the promotion on.
    pub from: u32,
    /// Until which minute, itself excluded.
    pub until: u32,
    /// How much of it: parts of a million of what it takes away, or adds.
    pub strength: u32,
}

impl Fault {
    /// Minutes of the hour in which it is there.
    pub(crate) fn minutes_in(&self, hour: u32) -> u32 {
        let (begins, ends) = (hour * 60, hour * 60 + 60);
        self.until.min(ends).saturating_sub(self.from.max(begins))
    }
}
