//! Programs.

use base::ProgramId;
use giftcards::Program;
use serde::Serialize;

use crate::views::money::MoneyView;
use crate::views::scope::ScopeView;
use crate::views::{Id, MetadataView, Time};

/// The terms under which gift cards are issued.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Program)]
pub(crate) struct ProgramView<'a> {
    /// Always `program`.
    object: &'static str,
    #[schema(value_type = String, example = "prog_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<ProgramId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    metadata: MetadataView<'a>,
    name: &'a str,
    /// The only currency its cards have.
    currency: &'static str,
    /// Smallest value of a card.
    value_min: MoneyView,
    /// Largest value of a card.
    value_max: MoneyView,
    /// Days a card lives; `null` never expires.
    validity_days: Option<u32>,
    /// Seconds one hold may last.
    hold_seconds_max: u32,
    /// Days by which a refund prolongs a card that has expired.
    refund_extension_days: u16,
    /// Seconds after its sale from which on a bought card can be spent.
    activation_s: u32,
    unclaimed: UnclaimedTermView,
    /// Where its cards may be spent; empty is everywhere.
    regions: Vec<&'a str>,
    /// On what its cards may be spent; `null` is everything.
    scope: Option<ScopeView<'a>>,
}

/// What becomes of bought gifts that nobody claims.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = UnclaimedTerm)]
struct UnclaimedTermView {
    /// `keep` or `return`.
    #[schema(example = "keep")]
    then: &'static str,
    /// Days from the last sending of a card until what is unspent goes back to whoever paid; `null`
    /// when it never does.
    after_days: Option<u16>,
}

impl UnclaimedTermView {
    fn new(after_days: Option<u16>) -> UnclaimedTermView {
        UnclaimedTermView { then: if after_days.is_some() { "return" } else { "keep" }, after_days }
    }
}

impl<'a> ProgramView<'a> {
    pub(crate) fn new(program: &'a Program) -> ProgramView<'a> {
        let money = |amount| MoneyView::new(amount, program.currency);
        ProgramView {
            object: "program",
            id: Id(program.id),
            created_at: Time(program.created_at),
            metadata: MetadataView(Some(&program.metadata)),
            name: program.name.as_str(),
            currency: program.currency.code(),
            value_min: money(program.value_min),
            value_max: money(program.value_max),
            validity_days: program.validity_days,
            hold_seconds_max: program.hold_seconds_max,
            refund_extension_days: program.refund_extension_days,
            activation_s: program.activation_s,
            unclaimed: UnclaimedTermView::new(program.return_after_days),
            regions: program.regions.iter().map(base::Region::as_str).collect(),
            scope: ScopeView::new(&program.scope),
        }
    }
}
