//! Statements of reasons: all that a claimant is owed to be told of a decision.

use axum::http::StatusCode;
use base::{Amount, ClaimId, Currency, Instant, Money, RestitutionId, StatementId};
use claims::{
    Act, Arithmetic, Claim, Decision, DecisionRecord, Destination, Facts, FollowUp, HowToAppeal,
};
use claims::{Restitution, Rules, StatedChange, Statement, TableRow};
use claims::{state, state_person, state_restitution};
use serde::Serialize;

use crate::claim_rules::in_force;
use crate::reply::Reply;
use crate::views::claim::ReasonView;
use crate::views::claim_fact::FactView;
use crate::views::money::MoneyView;
use crate::views::{Id, Time};

/// A decision with everything that explains it.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ClaimStatement)]
pub(crate) struct StatementView {
    /// Always `claim_statement`.
    #[schema(pattern = "^claim_statement$")]
    object: &'static str,
    /// Nothing when it was only tried.
    #[schema(value_type = Option<String>)]
    id: Option<Id<StatementId>>,
    #[schema(value_type = Option<String>)]
    claim: Option<Id<ClaimId>>,
    /// What it is about when nobody had to claim.
    #[schema(value_type = Option<String>)]
    restitution: Option<Id<RestitutionId>>,
    /// `approve`, `partly_approve`, `deny` or `link`; of rules also `review`, by a person, or
    /// `hold`.
    outcome: &'static str,
    /// The same in words.
    outcome_text: String,
    /// What the claim pays, tax not counted.
    amount: MoneyView,
    /// What comes back beside that without the claim.
    elsewhere: MoneyView,
    /// How the rules have computed the amount.
    arithmetic: Vec<ArithmeticView>,
    /// Why, the main reason first.
    reasons: Vec<ReasonView<'static>>,
    /// What was looked at.
    facts: Vec<FactView>,
    /// Where everything went that was planned, a sentence for each cause, as the report of the
    /// promotion tells it by now. For claims about delivery and outcome.
    delivery: Vec<String>,
    /// What has decided; nothing when a person has, or nobody had to.
    rule_table: Option<RuleTableView>,
    /// True when nobody has looked.
    automated: bool,
    /// What is done beside paying.
    acts: Vec<ActView>,
    /// What would have led to a better result. Rules tell it, persons do not.
    would_change: Vec<ChangeView>,
    /// Where the money goes.
    destinations: Vec<DestinationView>,
    #[schema(value_type = String, format = DateTime)]
    decided_at: Time,
    /// How to have somebody else decide; nothing where that is not possible.
    appeal: Option<AppealView>,
}

/// A step of the arithmetic.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ClaimArithmetic)]
struct ArithmeticView {
    /// What is computed: a named value, `amount`, or `elsewhere`.
    name: String,
    /// From what.
    expression: String,
    /// The same with numbers in place of names.
    numbers: String,
    result: String,
}

/// The row of a rule table that has decided.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ClaimRuleTable)]
pub(crate) struct RuleTableView {
    name: String,
    /// SHA-256 of what its tables say.
    version: String,
    row: String,
    /// What the row says. Nothing when the tables are others by now.
    says: Option<String>,
}

/// Something that is done beside paying.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ClaimAct)]
struct ActView {
    act: &'static str,
    text: String,
}

/// A better result, and what it would have taken.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ClaimChange)]
pub(crate) struct ChangeView {
    /// Nothing when it would only have been looked into.
    outcome: Option<&'static str>,
    reason: Option<ReasonView<'static>>,
    needed: Vec<NeededView>,
}

/// What would have to be different.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ClaimChangeNeeded)]
struct NeededView {
    what: String,
    /// What it would have to be.
    value: String,
}

/// What a refund sends back over one way.
pub(crate) struct Way {
    /// What it goes to, in words.
    pub(crate) to: String,
    /// How much, tax included.
    pub(crate) amount: Amount,
}

/// Where a part of the money goes.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ClaimDestination)]
struct DestinationView {
    /// A gift card or a payment method by its last characters, as soon as money has set out for it:
    /// where it was sent at last, by the payer's word, or `the payer (paid by hand)`. `what it was
    /// paid with` before. What comes back beside a claim says that the settlement returns it.
    to: String,
    /// Tax included, once it has set out. Of what a settlement returns without: it adds that.
    amount: MoneyView,
    /// By when it should have arrived.
    #[schema(value_type = Option<String>, format = DateTime)]
    by: Option<Time>,
}

/// How to have somebody else decide.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ClaimAppealHint)]
struct AppealView {
    how: String,
    #[schema(value_type = String, format = DateTime)]
    until: Time,
}

/// What goes back for a claim: with its tax, once the order has told that.
fn sent_back(claim: &Claim, record: &DecisionRecord) -> Amount {
    if claim.payouts.is_empty() {
        return record.award.refund;
    }
    let gross = claim.payouts.iter().map(|payout| payout.gross);
    gross.fold(Amount::ZERO, |sum, one| sum.checked_add(one).unwrap_or(Amount::MAX))
}

/// How to appeal, in words.
const HOW_TO_APPEAL: &str = "Ask for somebody else to decide, with whatever is new.";

/// A statement of a claim, ready to be shown in either form.
pub(crate) struct Stated {
    statement: Statement,
    currency: Currency,
    id: Option<StatementId>,
    claim: Option<ClaimId>,
    restitution: Option<RestitutionId>,
}

impl Stated {
    /// The decision that stands, or what waits for a second person; `None` before. `decision` is
    /// what rules have said, when they have decided.
    pub(crate) fn of_claim(
        claim: &Claim,
        facts: Option<&Facts>,
        decision: Option<&Decision>,
        ways: Vec<Way>,
        expected_by: Option<Instant>,
    ) -> Option<Stated> {
        let record = claim.decision.as_ref().or(claim.proposal.as_ref())?;
        let mut next = follow_up(record.at, record.appeal_until);
        if !record.award.refund.is_zero() && claim.decision.is_some() {
            let amount = Money { amount: sent_back(claim, record), currency: claim.currency };
            next.destinations = destinations(amount, ways, expected_by);
        }
        let messages = in_force().rules.messages();
        let statement = match decision {
            Some(decision) => of_rules(claim, facts, decision, next),
            None => state_person(record, facts, claim.currency, messages, next),
        };
        // A person looks at what is proposed, or has looked before it stood.
        let is_seen = claim.decision.is_none() || record.approved_by.is_some();
        let statement = Statement { automated: record.automated && !is_seen, ..statement };
        Some(Stated {
            statement,
            currency: claim.currency,
            id: Some(record.statement),
            claim: Some(claim.id),
            restitution: None,
        })
    }

    /// The same with where what comes back beside the claim goes, once that is decided.
    pub(crate) fn with_beside(mut self, claim: &Claim, to: String, by: Option<Instant>) -> Stated {
        let elsewhere = claim.decision.as_ref().map(|record| record.award.elsewhere);
        if let Some(amount) = elsewhere.filter(|amount| !amount.is_zero()) {
            let amount = Money { amount, currency: claim.currency };
            self.statement.destinations.push(Destination { to, amount, by, reference: None });
        }
        self
    }

    /// What was repaid without a claim.
    pub(crate) fn of_restitution(
        row: &Restitution,
        facts: Option<&Facts>,
        ways: Vec<Way>,
    ) -> Stated {
        let mut next = follow_up(row.at, None);
        let amount = row.gross.unwrap_or(row.net);
        let amount = Money { amount, currency: row.currency };
        let by = Some(row.paid_at.unwrap_or(row.due_at));
        next.destinations = destinations(amount, ways, by);
        let messages = in_force().rules.messages();
        Stated {
            statement: state_restitution(row, facts, messages, next),
            currency: row.currency,
            id: Some(row.statement),
            claim: None,
            restitution: Some(row.id),
        }
    }

    /// The same with sentences about where everything went.
    pub(crate) fn with_delivery(mut self, delivery: Vec<String>) -> Stated {
        self.statement.delivery = delivery;
        self
    }

    /// As text for people, or for machines.
    pub(crate) fn reply(self, as_text: bool) -> Reply {
        match as_text {
            true => Reply::text(StatusCode::OK, self.statement.to_text()),
            false => Reply::view(StatusCode::OK, &self.view()),
        }
    }

    /// For machines.
    pub(crate) fn view(self) -> StatementView {
        let Stated { statement, currency, id, claim, restitution } = self;
        StatementView {
            id: id.map(Id),
            claim: claim.map(Id),
            restitution: restitution.map(Id),
            ..shown(statement, currency)
        }
    }
}

impl StatementView {
    /// What has decided, and what would have led to a better result.
    pub(crate) fn explanation(self) -> (Option<RuleTableView>, Vec<ChangeView>) {
        (self.rule_table, self.would_change)
    }

    /// The same with sentences about where everything went.
    pub(crate) fn with_delivery(self, delivery: Vec<String>) -> StatementView {
        StatementView { delivery, ..self }
    }

    /// What the tables that are in force at `at` say of facts.
    pub(crate) fn tried(rules: &Rules, claim: &Claim, facts: &Facts, at: Instant) -> StatementView {
        let decision = rules.tables(claim.ground, at).decide(facts, claim.currency);
        StatementView::foreseen(rules, claim, (facts, &decision), at)
    }

    /// What the tables that are in force at `at` have said of facts.
    pub(crate) fn foreseen(
        rules: &Rules,
        claim: &Claim,
        (facts, decision): (&Facts, &Decision),
        at: Instant,
    ) -> StatementView {
        let (tables, next) = (rules.tables(claim.ground, at), follow_up(at, None));
        let stated = state(decision, facts, tables, claim.currency, rules.messages(), next);
        shown(stated, claim.currency)
    }
}

/// Where the money goes, as far as it has set out; the order of the promotion decides over the
/// rest, when its turn comes. A refund that carries more than this, as one of a settlement does,
/// tells no parts of it, but where it went.
fn destinations(whole: Money, ways: Vec<Way>, by: Option<Instant>) -> Vec<Destination> {
    let sum = |sum: i128, way: &Way| sum + i128::from(way.amount.minor());
    let sent = ways.iter().fold(0, sum);
    let part = |to, amount| {
        let amount = Money { amount, currency: whole.currency };
        Destination { to, amount, by, reference: None }
    };
    if sent > i128::from(whole.amount.minor()) {
        let to: Vec<String> = ways.into_iter().map(|way| way.to).collect();
        return vec![part(to.join(" and "), whole.amount)];
    }
    let gone = ways.iter().map(|way| way.amount);
    let rest = gone.fold(whole.amount, Amount::saturating_sub);
    let later = (!rest.is_zero()).then(|| ("what it was paid with".to_owned(), rest));
    let ways = ways.into_iter().map(|way| (way.to, way.amount));
    ways.chain(later).map(|(to, amount)| part(to, amount)).collect()
}

fn of_rules(
    claim: &Claim,
    facts: Option<&Facts>,
    decision: &Decision,
    next: FollowUp,
) -> Statement {
    let rules = &in_force().rules;
    let tables = rules.tables(claim.ground, claim.filed_at);
    let none = Facts::new();
    let facts = facts.unwrap_or(&none);
    let again = tables.decide(facts, claim.currency);
    // What would have changed it is not kept: it follows from facts and tables.
    let is_same = Decision { would_change: Vec::new(), ..again.clone() } == *decision;
    let decided = if is_same { &again } else { decision };
    let stated = state(decided, facts, tables, claim.currency, rules.messages(), next);
    match is_same {
        true => stated,
        // Other tables would say something else of it.
        false => Statement { arithmetic: Vec::new(), rule: String::new(), ..stated },
    }
}

fn follow_up(decided_at: Instant, appeal_until: Option<Instant>) -> FollowUp {
    let appeal = appeal_until.map(|until| HowToAppeal { how: HOW_TO_APPEAL.to_owned(), until });
    FollowUp { decided_at, destinations: Vec::new(), appeal }
}

fn shown(statement: Statement, currency: Currency) -> StatementView {
    let Statement { outcome_text, amount, elsewhere, arithmetic, reasons, rule, .. } = statement;
    let of_facts = statement.facts.into_iter().map(|fact| FactView::new(fact, currency));
    StatementView {
        object: "claim_statement",
        id: None,
        claim: None,
        restitution: None,
        outcome: statement.outcome.as_str(),
        outcome_text,
        amount: amount.into(),
        elsewhere: elsewhere.into(),
        arithmetic: arithmetic.into_iter().map(ArithmeticView::new).collect(),
        reasons: reasons.iter().map(ReasonView::told).collect(),
        facts: of_facts.collect(),
        delivery: statement.delivery,
        rule_table: statement.table.map(|table| RuleTableView::new(&table, rule)),
        automated: statement.automated,
        acts: statement.acts.into_iter().map(ActView::new).collect(),
        would_change: statement.would_change.into_iter().map(ChangeView::new).collect(),
        destinations: statement.destinations.into_iter().map(DestinationView::new).collect(),
        decided_at: Time(statement.decided_at),
        appeal: statement.appeal.map(AppealView::new),
    }
}

impl DestinationView {
    fn new(destination: Destination) -> DestinationView {
        let Destination { to, amount, by, .. } = destination;
        DestinationView { to, amount: amount.into(), by: by.map(Time) }
    }
}

impl ArithmeticView {
    fn new(step: Arithmetic) -> ArithmeticView {
        let Arithmetic { name, expression, numbers, result } = step;
        ArithmeticView { name, expression, numbers, result }
    }
}

impl RuleTableView {
    fn new(table: &TableRow, says: String) -> RuleTableView {
        RuleTableView {
            name: table.name.as_str().to_owned(),
            version: claims::Digest(table.version).to_string(),
            row: table.row.as_str().to_owned(),
            says: Some(says).filter(|says| !says.is_empty()),
        }
    }
}

impl ActView {
    fn new((act, text): (Act, String)) -> ActView {
        ActView { act: act.as_str(), text }
    }
}

impl ChangeView {
    fn new(change: StatedChange) -> ChangeView {
        let needed = change.needed.into_iter();
        ChangeView {
            outcome: change.outcome.map(claims::Outcome::as_str),
            reason: change.reason.as_ref().map(ReasonView::told),
            needed: needed.map(|(what, value)| NeededView { what, value }).collect(),
        }
    }
}

impl AppealView {
    fn new(appeal: HowToAppeal) -> AppealView {
        AppealView { how: appeal.how, until: Time(appeal.until) }
    }
}
