//! Statements of reasons: all that a claimant is owed to be told of a decision.

use base::{ClaimId, Instant, StatementId};
use claims::{Act, Arithmetic, Claim, Decision, DecisionRecord, Facts, FollowUp, HowToAppeal};
use claims::{RuleBook, StatedChange, Statement, TableRow, Tables, state};
use serde::Serialize;

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
    /// What has decided; nothing when a person has.
    rule_table: Option<RuleTableView>,
    /// True when nobody has looked.
    automated: bool,
    /// What is done beside paying.
    acts: Vec<ActView>,
    /// What would have led to a better result. Rules tell it, persons do not.
    would_change: Vec<ChangeView>,
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
struct RuleTableView {
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
struct ChangeView {
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

/// How to have somebody else decide.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ClaimAppealHint)]
struct AppealView {
    how: String,
    #[schema(value_type = String, format = DateTime)]
    until: Time,
}

/// How to appeal, in words.
const HOW_TO_APPEAL: &str = "Ask for somebody else to decide, with whatever is new.";

impl StatementView {
    /// The decision that stands, or what waits for a second person; `None` before.
    pub(crate) fn of(
        claim: &Claim,
        facts: Option<&Facts>,
        decision: Option<&Decision>,
    ) -> Option<StatementView> {
        let record = claim.decision.as_ref().or(claim.proposal.as_ref())?;
        let view = match decision {
            Some(decision) => StatementView::of_rules(claim, record, facts, decision),
            None => StatementView::of_person(claim, record, facts),
        };
        Some(StatementView {
            id: Some(Id(record.statement)),
            claim: Some(Id(claim.id)),
            automated: record.automated,
            ..view
        })
    }

    /// What the tables that are in force at `at` say of facts.
    pub(crate) fn tried(claim: &Claim, facts: &Facts, at: Instant) -> StatementView {
        let tables = RuleBook::standard().rules.tables(claim.ground, at);
        let decision = tables.decide(facts, claim.currency);
        stated(claim, facts, (&decision, tables), follow_up(at, None))
    }

    fn of_rules(
        claim: &Claim,
        record: &DecisionRecord,
        facts: Option<&Facts>,
        decision: &Decision,
    ) -> StatementView {
        let tables = RuleBook::standard().rules.tables(claim.ground, claim.filed_at);
        let none = Facts::new();
        let facts = facts.unwrap_or(&none);
        let again = tables.decide(facts, claim.currency);
        // What would have changed it is not kept: it follows from facts and tables.
        let is_same = Decision { would_change: Vec::new(), ..again.clone() } == *decision;
        let next = follow_up(record.at, record.appeal_until);
        let decided = if is_same { &again } else { decision };
        let view = stated(claim, facts, (decided, tables), next);
        if is_same { view } else { view.unexplained() }
    }

    /// Without what other tables would say of it.
    fn unexplained(self) -> StatementView {
        let rule_table = self.rule_table.map(|table| RuleTableView { says: None, ..table });
        StatementView { arithmetic: Vec::new(), rule_table, ..self }
    }

    fn of_person(claim: &Claim, record: &DecisionRecord, facts: Option<&Facts>) -> StatementView {
        let messages = RuleBook::standard().rules.messages();
        let reason = |code: &claims::Code| claims::Reason {
            code: code.clone(),
            text: messages.code(code.as_str()).to_owned(),
        };
        let next = follow_up(record.at, record.appeal_until);
        StatementView {
            object: "claim_statement",
            id: None,
            claim: None,
            outcome: record.outcome.as_str(),
            outcome_text: messages.outcome(record.outcome).to_owned(),
            amount: MoneyView::new(record.award.refund, claim.currency),
            elsewhere: MoneyView::new(record.award.elsewhere, claim.currency),
            arithmetic: Vec::new(),
            reasons: record.codes.iter().map(|code| ReasonView::told(&reason(code))).collect(),
            facts: facts.map_or_else(Vec::new, |facts| FactView::all(facts, claim.currency)),
            rule_table: None,
            automated: false,
            acts: Vec::new(),
            would_change: Vec::new(),
            decided_at: Time(record.at),
            appeal: next.appeal.map(AppealView::new),
        }
    }
}

fn follow_up(decided_at: Instant, appeal_until: Option<Instant>) -> FollowUp {
    let appeal = appeal_until.map(|until| HowToAppeal { how: HOW_TO_APPEAL.to_owned(), until });
    FollowUp { decided_at, destinations: Vec::new(), appeal }
}

fn stated(
    claim: &Claim,
    facts: &Facts,
    (decision, tables): (&Decision, Tables<'_>),
    next: FollowUp,
) -> StatementView {
    let messages = RuleBook::standard().rules.messages();
    let statement = state(decision, facts, tables, claim.currency, messages, next);
    let Statement { outcome_text, amount, elsewhere, arithmetic, reasons, rule, .. } = statement;
    let of_facts = statement.facts.into_iter().map(|fact| FactView::new(fact, claim.currency));
    StatementView {
        object: "claim_statement",
        id: None,
        claim: None,
        outcome: statement.outcome.as_str(),
        outcome_text,
        amount: amount.into(),
        elsewhere: elsewhere.into(),
        arithmetic: arithmetic.into_iter().map(ArithmeticView::new).collect(),
        reasons: reasons.iter().map(ReasonView::told).collect(),
        facts: of_facts.collect(),
        rule_table: Some(RuleTableView::new(&statement.table, rule)),
        automated: statement.automated,
        acts: statement.acts.into_iter().map(ActView::new).collect(),
        would_change: statement.would_change.into_iter().map(ChangeView::new).collect(),
        decided_at: Time(statement.decided_at),
        appeal: statement.appeal.map(AppealView::new),
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
            says: Some(says),
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
