//! Claims, and what was repaid without one.

use std::borrow::Cow;

use base::{CardId, ClaimId, Currency, Day, Instant, PaymentId, PersonId, PromotionId, RefundId};
use base::{RestitutionId, StatementId};
use claims::{Claim, DecisionRecord, Payout, Reason, Restitution, RestitutionKind, Step};
use claims::{Resolution, Resolved, StepName, Stuck, next};
use engine::{credit_for, credit_for_payout};
use serde::Serialize;

use crate::claim_rules::in_force;
use crate::views::claim_statement::{ChangeView, RuleTableView};
use crate::views::money::MoneyView;
use crate::views::order_refund::RefundAllocationView;
use crate::views::{Id, MetadataView, Time};

/// A request for money back for a promotion.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Claim)]
pub(crate) struct ClaimView<'a> {
    /// Always `claim`.
    #[schema(pattern = "^claim$")]
    object: &'static str,
    #[schema(value_type = String, example = "claim_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<ClaimId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// `received`, `gathering`, `in_review`, `approved`, `partly_approved`, `denied`,
    /// `withdrawn`, `appealed`, `paying` or `paid`.
    status: &'static str,
    /// `technical_error`, `unauthorized_charge`, `failure_to_deliver`, `poor_outcome` or `other`.
    ground: &'static str,
    /// Nothing until somebody has found what it is about.
    #[schema(value_type = Option<String>)]
    promotion: Option<Id<PromotionId>>,
    #[schema(value_type = Option<String>)]
    charge: Option<Id<PaymentId>>,
    /// Who makes it, when they have an account.
    #[schema(value_type = Option<String>)]
    claimant: Option<Id<PersonId>>,
    #[schema(value_type = Option<String>, format = Date)]
    starts_on: Option<String>,
    #[schema(value_type = Option<String>, format = Date)]
    ends_on: Option<String>,
    /// What was written: shown to those who read the claim with the scope `claims:review`, and to
    /// nobody once its person was erased.
    description: Option<&'a str>,
    /// How many files are attached.
    attachments: usize,
    /// True while it waits for the end of a dispute of the payment.
    held: bool,
    /// What happens next, and by when.
    next: NextView,
    /// When the step that is due first is due.
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Time>,
    steps: Vec<StepView>,
    /// The decision that stands.
    decision: Option<DecisionView<'a>>,
    /// What waits for a second person.
    proposal: Option<DecisionView<'a>>,
    /// The last of `payouts`.
    payout: Option<PayoutView>,
    payouts: Vec<PayoutView>,
    #[schema(value_type = Object)]
    metadata: MetadataView<'a>,
}

/// What happens next to a claim.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ClaimNext)]
struct NextView {
    /// `match`, `facts`, `decision`, `review`, `second_person`, `appeal_decision`, `dispute_end`,
    /// `payout_start`, `payout_end`, `appeal` or `nothing`.
    awaited: &'static str,
    /// By when. Of a dispute it is when it should be over: that is the bank's time, and may be put
    /// off.
    #[schema(value_type = Option<String>, format = DateTime)]
    by: Option<Time>,
    /// True when that has passed; never of a dispute.
    is_late: bool,
}

/// A step of a claim.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ClaimStep)]
struct StepView {
    /// `received`, `matched`, `gathered`, `decided`, `approved`, `paid` or `appeal_decided`.
    name: &'static str,
    #[schema(value_type = String, format = DateTime)]
    due_at: Time,
    #[schema(value_type = Option<String>, format = DateTime)]
    done_at: Option<Time>,
}

/// What was decided on a claim.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ClaimDecision)]
struct DecisionView<'a> {
    /// `approve`, `partly_approve`, `deny` or `link`.
    outcome: &'static str,
    /// What the claim pays, tax not counted.
    amount: MoneyView,
    /// What comes back beside that without the claim.
    elsewhere: MoneyView,
    /// True when a rule has decided.
    automated: bool,
    #[schema(value_type = String)]
    statement: Id<StatementId>,
    /// Why, the main reason first.
    reasons: Vec<ReasonView<'a>>,
    #[schema(value_type = String, format = DateTime)]
    decided_at: Time,
    #[schema(value_type = Option<String>, format = DateTime)]
    appeal_until: Option<Time>,
    /// What has decided; nothing when a person has. Told by `GET /v1/claims/{id}` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_table: Option<RuleTableView>,
    /// What would have led to a better result. Told by `GET /v1/claims/{id}` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    would_change: Option<Vec<ChangeView>>,
}

/// A reason.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ClaimReason)]
pub(crate) struct ReasonView<'a> {
    /// For machines.
    code: Cow<'a, str>,
    /// For people.
    text: Cow<'a, str>,
}

/// Money of a claim that has set out.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ClaimPayout)]
struct PayoutView {
    /// The refund of the order; nothing when all comes back without the claim, or went another way.
    #[schema(value_type = Option<String>)]
    refund: Option<Id<RefundId>>,
    /// What a person has done, where the order did not send it.
    resolved: Option<ResolvedView>,
    /// With its tax.
    amount: MoneyView,
    elsewhere: MoneyView,
    /// To what it goes, as far as it is known; told by `GET /v1/claims/{id}` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    allocations: Option<Vec<RefundAllocationView>>,
    /// By when it should have arrived.
    #[schema(value_type = Option<String>, format = DateTime)]
    expected_by: Option<Time>,
    #[schema(value_type = String, format = DateTime)]
    started_at: Time,
    #[schema(value_type = Option<String>, format = DateTime)]
    paid_at: Option<Time>,
}

impl<'a> ClaimView<'a> {
    pub(crate) fn new(claim: &'a Claim, now: Instant) -> ClaimView<'a> {
        let next = next(claim, now);
        let decision = |record| DecisionView::new(record, claim.currency);
        let day = |day: Day| day.to_string();
        ClaimView {
            object: "claim",
            id: Id(claim.id),
            created_at: Time(claim.filed_at),
            status: claim.status.as_str(),
            ground: claim.ground.as_str(),
            promotion: claim.promotion.map(Id),
            charge: claim.payment.map(Id),
            claimant: claim.claimant.person().map(Id),
            starts_on: claim.period.map(|period| day(period.starts_on)),
            ends_on: claim.period.map(|period| day(period.ends_on)),
            description: None,
            attachments: claim.attachments.len(),
            held: claim.held_since.is_some(),
            next: NextView {
                awaited: next.awaited.as_str(),
                by: next.by.map(Time),
                is_late: next.is_late,
            },
            due_at: claim.due_at().map(Time),
            steps: claim.steps.all().iter().map(StepView::new).collect(),
            decision: claim.decision.as_ref().map(decision),
            proposal: claim.proposal.as_ref().map(decision),
            payout: (1..).zip(&claim.payouts).last().map(|it| PayoutView::new(it, claim)),
            payouts: (1..).zip(&claim.payouts).map(|it| PayoutView::new(it, claim)).collect(),
            metadata: MetadataView(Some(&claim.metadata)),
        }
    }

    /// The same with what has decided, and what would have led to a better result.
    pub(crate) fn with_explanation(
        mut self,
        (table, changes): (Option<RuleTableView>, Vec<ChangeView>),
    ) -> ClaimView<'a> {
        if let Some(decision) = self.decision.as_mut().or(self.proposal.as_mut()) {
            (decision.rule_table, decision.would_change) = (table, Some(changes));
        }
        self
    }

    /// The same with what the last payout goes to.
    pub(crate) fn with_allocations(mut self, to: Vec<RefundAllocationView>) -> ClaimView<'a> {
        if let Some(payout) = &mut self.payout {
            payout.allocations = Some(to);
        }
        self
    }

    /// The same with what was written.
    pub(crate) fn with_description(self, description: Option<&'a str>) -> ClaimView<'a> {
        ClaimView { description, ..self }
    }
}

impl<'a> ReasonView<'a> {
    /// A code with the text that comes with the product; another one is its own text.
    pub(crate) fn of(code: &'a str) -> ReasonView<'a> {
        let text = in_force().rules.messages().code(code);
        ReasonView { code: Cow::Borrowed(code), text: Cow::Borrowed(text) }
    }

    /// A reason of a statement.
    pub(crate) fn told(reason: &Reason) -> ReasonView<'static> {
        let code = Cow::Owned(reason.code.as_str().to_owned());
        ReasonView { code, text: Cow::Owned(reason.text.clone()) }
    }
}

impl StepView {
    fn new(step: &Step) -> StepView {
        StepView {
            name: step.name.as_str(),
            due_at: Time(step.due_at),
            done_at: step.done_at.map(Time),
        }
    }
}

impl<'a> DecisionView<'a> {
    fn new(record: &'a DecisionRecord, currency: Currency) -> DecisionView<'a> {
        DecisionView {
            outcome: record.outcome.as_str(),
            amount: MoneyView::new(record.award.refund, currency),
            elsewhere: MoneyView::new(record.award.elsewhere, currency),
            automated: record.automated,
            statement: Id(record.statement),
            reasons: record.codes.iter().map(|code| ReasonView::of(code.as_str())).collect(),
            decided_at: Time(record.at),
            appeal_until: record.appeal_until.map(Time),
            rule_table: None,
            would_change: None,
        }
    }
}

impl PayoutView {
    /// The how manyth of its claim it is, from 1.
    fn new((number, payout): (u32, &Payout), claim: &Claim) -> PayoutView {
        let currency = claim.currency;
        let card = credit_for_payout(claim.id, number);
        let due = claim.steps.all().iter().rev().find(|step| step.name == StepName::Paid);
        PayoutView {
            allocations: None,
            expected_by: due.map(|step| Time(step.due_at)),
            refund: payout.refund.map(Id),
            resolved: payout.resolved.as_ref().map(|it| ResolvedView::new(it, card)),
            amount: MoneyView::new(payout.gross, currency),
            elsewhere: MoneyView::new(payout.elsewhere, currency),
            started_at: Time(payout.at),
            paid_at: payout.paid_at.map(Time),
        }
    }
}

/// What a person has done where an order did not send what is owed.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ClaimPayoutResolved)]
struct ResolvedView {
    /// `sent_again`, `store_credit` or `paid_by_hand`.
    resolution: &'static str,
    /// The gift card that was given instead.
    #[schema(value_type = Option<String>)]
    gift_card: Option<Id<CardId>>,
    /// What names a payment by hand.
    reference: Option<String>,
    #[schema(value_type = String)]
    resolved_by: Id<PersonId>,
    #[schema(value_type = String, format = DateTime)]
    resolved_at: Time,
}

impl ResolvedView {
    /// `card` is the one that would have been given.
    fn new(resolved: &Resolved, card: CardId) -> ResolvedView {
        let how = &resolved.how;
        ResolvedView {
            resolution: how.as_str(),
            gift_card: (*how == Resolution::StoreCredit).then_some(Id(card)),
            reference: match how {
                Resolution::PaidByHand { reference } => Some(reference.to_string()),
                Resolution::SentAgain | Resolution::StoreCredit => None,
            },
            resolved_by: Id(resolved.by),
            resolved_at: Time(resolved.at),
        }
    }
}

/// What the platform repays for a promotion without being asked.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Restitution)]
pub(crate) struct RestitutionView {
    /// Always `restitution`.
    #[schema(pattern = "^restitution$")]
    object: &'static str,
    #[schema(value_type = String, example = "rst_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<RestitutionId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = String)]
    promotion: Id<PromotionId>,
    /// `incident`, `late_invalid`, `overspend`, `wrong_delivery`, `unspent` or `double_capture`.
    kind: &'static str,
    /// The loss that was found, tax not counted.
    loss: MoneyView,
    /// What goes back for it, tax not counted.
    amount: MoneyView,
    /// With its tax, where it is a refund of its own; nothing when the settlement of the promotion
    /// returns it with all that was not spent.
    gross: Option<MoneyView>,
    /// The refund of the order; nothing of a payment that goes back whole, and of what goes another
    /// way.
    #[schema(value_type = Option<String>)]
    refund: Option<Id<RefundId>>,
    /// The payment that goes back whole.
    #[schema(value_type = Option<String>)]
    payment: Option<Id<PaymentId>>,
    #[schema(value_type = String)]
    statement: Id<StatementId>,
    #[schema(value_type = String, format = DateTime)]
    due_at: Time,
    #[schema(value_type = Option<String>, format = DateTime)]
    paid_at: Option<Time>,
    /// `on_its_way`, `paid`, or `stuck`: its order refuses to send it, and a person sees to it.
    status: &'static str,
    /// When it was told that it is late.
    #[schema(value_type = Option<String>, format = DateTime)]
    escalated_at: Option<Time>,
    /// Nothing unless it is stuck, or was.
    stuck: Option<StuckView>,
}

/// That an order has refused to send a restitution, and what a person has done about it.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = RestitutionStuck)]
struct StuckView {
    #[schema(value_type = String, format = DateTime)]
    since: Time,
    /// The code of what was refused last.
    code: String,
    /// `sent_again`, `store_credit` or `paid_by_hand`.
    resolution: Option<&'static str>,
    /// The gift card that was given instead.
    #[schema(value_type = Option<String>)]
    gift_card: Option<Id<CardId>>,
    /// What names a payment by hand.
    reference: Option<String>,
    #[schema(value_type = Option<String>)]
    resolved_by: Option<Id<PersonId>>,
    #[schema(value_type = Option<String>, format = DateTime)]
    resolved_at: Option<Time>,
}

impl StuckView {
    fn new(stuck: &Stuck, row: &Restitution) -> StuckView {
        let card = credit_for(row.id);
        let resolved = stuck.resolved.as_ref().map(|it| ResolvedView::new(it, card));
        StuckView {
            since: Time(stuck.at),
            code: stuck.refusal.to_string(),
            resolution: resolved.as_ref().map(|it| it.resolution),
            gift_card: resolved.as_ref().and_then(|it| it.gift_card),
            resolved_by: resolved.as_ref().map(|it| it.resolved_by),
            resolved_at: resolved.as_ref().map(|it| it.resolved_at),
            reference: resolved.and_then(|it| it.reference),
        }
    }
}

impl RestitutionView {
    pub(crate) fn new(row: &Restitution) -> RestitutionView {
        let is_captured_twice = row.kind == RestitutionKind::DoubleCapture;
        let resolved = row.stuck.as_ref().map(|stuck| stuck.resolved.as_ref());
        let is_apart = resolved.is_some_and(|it| it.is_none_or(|it| it.how.is_apart()));
        RestitutionView {
            object: "restitution",
            id: Id(row.id),
            created_at: Time(row.at),
            promotion: Id(row.promotion),
            kind: row.kind.as_str(),
            loss: MoneyView::new(row.loss, row.currency),
            amount: MoneyView::new(row.net, row.currency),
            gross: row.gross.map(|gross| MoneyView::new(gross, row.currency)),
            refund: (!is_captured_twice && !is_apart).then_some(Id(row.refund)),
            // Such a row is found by the id of its payment.
            payment: is_captured_twice.then(|| Id(PaymentId::from_bytes(row.cause.0))),
            statement: Id(row.statement),
            due_at: Time(row.due_at),
            paid_at: row.paid_at.map(Time),
            status: match row.paid_at {
                _ if row.is_stuck() => "stuck",
                Some(_) => "paid",
                None => "on_its_way",
            },
            escalated_at: row.escalated_at.map(Time),
            stuck: row.stuck.as_ref().map(|stuck| StuckView::new(stuck, row)),
        }
    }
}
