//! Facts of claims: what the platform knows itself.

use base::{ClaimId, Currency};
use claims::{Claim, Evidence, Facts, Finding, StatedFact, Value, WhyUnknown};
use serde::Serialize;

use crate::claim_rules::in_force;
use crate::views::money::MoneyView;
use crate::views::{Id, Time};

/// One piece of evidence that the platform holds.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ClaimFact)]
pub(crate) struct FactView {
    /// For machines.
    #[schema(example = "delivered_units")]
    name: &'static str,
    /// What it is called.
    title: String,
    /// What is known: a flag, a number, money, seconds, or a word; `never` for the age of what
    /// never happened. Nothing when it is unknown.
    #[schema(value_type = serde_json::Value)]
    value: Option<ValueView>,
    /// What is known, in words.
    words: String,
    /// `not_gathered`, `not_recorded`, `not_kept`, `contradicted` or `not_applicable`.
    unknown: Option<&'static str>,
    /// Who keeps it.
    #[schema(example = "ledger")]
    source: &'static str,
    /// The object, or the number of the record, that it was read from.
    record: Option<String>,
    /// When it was so.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Time>,
}

/// What a fact says.
#[derive(Serialize)]
#[serde(untagged)]
enum ValueView {
    Flag(bool),
    Count(u64),
    Money(MoneyView),
    Seconds(u64),
    Word(&'static str),
}

/// The facts that a claim was decided on, or is to be.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ClaimFacts)]
pub(crate) struct FactsView {
    /// Always `claim_facts`.
    #[schema(pattern = "^claim_facts$")]
    object: &'static str,
    #[schema(value_type = String)]
    claim: Id<ClaimId>,
    /// Hash of the facts: equal facts have equal ones. Nothing before they were put together.
    digest: Option<String>,
    data: Vec<FactView>,
}

impl FactView {
    pub(crate) fn new(fact: StatedFact, currency: Currency) -> FactView {
        let StatedFact { name, title, finding, value, source, evidence, at } = fact;
        let unknown = match finding {
            Some(Finding::Known(_)) => None,
            Some(Finding::Unknown(why)) => Some(why),
            None => Some(WhyUnknown::NotGathered),
        };
        FactView {
            name: name.as_str(),
            title,
            value: match finding {
                Some(Finding::Known(value)) => Some(ValueView::new(value, currency)),
                _ => None,
            },
            words: value,
            unknown: unknown.map(WhyUnknown::as_str),
            source: source.as_str(),
            record: match evidence {
                Evidence::None => None,
                Evidence::Id(id) => Some(id.as_str().to_owned()),
                Evidence::Record(number) => Some(number.to_string()),
            },
            at: at.map(Time),
        }
    }

    /// All facts there are.
    pub(crate) fn all(facts: &Facts, currency: Currency) -> Vec<FactView> {
        let messages = in_force().rules.messages();
        let stated = |fact: &claims::Fact| {
            FactView::new(claims::stated_fact(fact.name, facts, currency, messages), currency)
        };
        facts.iter().map(stated).collect()
    }
}

impl ValueView {
    fn new(value: Value, currency: Currency) -> ValueView {
        match value {
            Value::NEVER => ValueView::Word("never"),
            Value::Flag(is_so) => ValueView::Flag(is_so),
            Value::Count(count) => ValueView::Count(count),
            Value::Money(amount) => ValueView::Money(MoneyView::new(amount, currency)),
            Value::Span(span) => ValueView::Seconds(span.micros() / MICROS_PER_SECOND),
            Value::Word(word) => ValueView::Word(word),
        }
    }
}

const MICROS_PER_SECOND: u64 = 1_000_000;

impl FactsView {
    pub(crate) fn new(claim: &Claim, facts: Option<&Facts>) -> FactsView {
        FactsView {
            object: "claim_facts",
            claim: Id(claim.id),
            digest: claim.facts.map(|digest| digest.to_string()),
            data: facts.map_or_else(Vec::new, |facts| FactView::all(facts, claim.currency)),
        }
    }
}
