//! Lists: the statements behind the read side's pages.

use base::{CardId, CheckoutId, ClaimId, HoldId, PaymentId, PromotionId, RailRefundId};
use base::{RestitutionId, SettlementId, SliceId};
use journal::Value;

use super::{KEYS_SOUGHT, placeholders, qualified_columns};
use crate::rows::{self, Table};
use crate::{CardFilter, DueObject, List, Page};

/// A table whose rows fall due.
pub(crate) struct Timer {
    table: &'static Table,
    /// When.
    column: &'static str,
    /// The condition under which they do; the index of the column has the same.
    only: &'static str,
    /// What falls due, by its id.
    pub what: fn([u8; 16]) -> DueObject,
}

/// Everything that can fall due.
pub(crate) const TIMERS: [Timer; 9] = [
    Timer {
        table: &rows::hold::TABLE,
        column: "expires_at",
        only: "is_open = 1",
        what: |id| DueObject::Hold(HoldId::from_bytes(id)),
    },
    Timer {
        table: &rows::card::TABLE,
        column: "expires_at",
        only: "state = 1",
        what: |id| DueObject::Card(CardId::from_bytes(id)),
    },
    Timer {
        table: &rows::card::TABLE,
        column: "deliver_at",
        only: "state = 1 and delivery_state = 1",
        what: |id| DueObject::Delivery(CardId::from_bytes(id)),
    },
    Timer {
        table: &rows::card::TABLE,
        column: "return_at",
        only: "state = 1 and disputed_since is null",
        what: |id| DueObject::Unclaimed(CardId::from_bytes(id)),
    },
    Timer {
        table: &rows::checkout::TABLE,
        column: "due_at",
        only: "due_at is not null",
        what: |id| DueObject::Checkout(CheckoutId::from_bytes(id)),
    },
    Timer {
        table: &rows::payment::TABLE,
        column: "due_at",
        only: "due_at is not null",
        what: |id| DueObject::Payment(PaymentId::from_bytes(id)),
    },
    Timer {
        table: &rows::rail_refund::TABLE,
        column: "due_at",
        only: "due_at is not null",
        what: |id| DueObject::RailRefund(RailRefundId::from_bytes(id)),
    },
    Timer {
        table: &rows::promotion::TABLE,
        column: "due_at",
        only: "due_at is not null",
        what: |id| DueObject::Promotion(PromotionId::from_bytes(id)),
    },
    Timer {
        table: &rows::slice::TABLE,
        column: "kept_until",
        only: "state = 1",
        what: |id| DueObject::Slice(SliceId::from_bytes(id)),
    },
];

/// What waits for whoever leads claims on.
pub(crate) const CLAIM_TIMERS: [Timer; 3] = [
    Timer {
        table: &rows::claim::TABLE,
        column: "wakes_at",
        only: "wakes_at is not null",
        what: |id| DueObject::Claim(ClaimId::from_bytes(id)),
    },
    Timer {
        table: &rows::restitution::TABLE,
        column: "created_at",
        only: "paid_at is null",
        what: |id| DueObject::Restitution(RestitutionId::from_bytes(id)),
    },
    Timer {
        table: &rows::promotion_claims::TABLE,
        column: "searched_since",
        only: "searched_since is not null",
        what: |id| DueObject::Search(PromotionId::from_bytes(id)),
    },
];

/// A statement put together for what is asked, with its values.
pub(crate) struct Query {
    pub text: String,
    pub values: Vec<Value>,
    has_condition: bool,
}

impl Query {
    fn new(text: String) -> Query {
        Query { text, values: Vec::new(), has_condition: false }
    }

    /// Adds a condition that ends in the placeholder of `value`.
    fn and(mut self, condition: &str, value: Value) -> Query {
        let word = if self.has_condition { "and" } else { "where" };
        self.has_condition = true;
        self.values.push(value);
        self.text.push_str(&format!(" {word} {condition} ${}", self.values.len()));
        self
    }

    /// Adds a condition for each filter that is set.
    fn and_if(self, condition: &str, value: Option<Value>) -> Query {
        match value {
            Some(value) => self.and(condition, value),
            None => self,
        }
    }

    fn ordered(mut self, order: &str, limit: u32) -> Query {
        self.values.push(Value::Int(i64::from(limit)));
        self.text.push_str(&format!(" order by {order} limit ${}", self.values.len()));
        self
    }

    fn page(self, table: &Table, page: Page) -> Query {
        let name = table.name;
        self.and_if(&format!("{name}.id <"), page.after.map(id_value))
            .and_if(
                &format!("{name}.created_at >="),
                page.created_after.map(|at| Value::Int(at.micros())),
            )
            .and_if(
                &format!("{name}.created_at <"),
                page.created_before.map(|at| Value::Int(at.micros())),
            )
            .ordered(&format!("{name}.id desc"), page.limit)
    }
}

/// Cards with their accounts, newest first.
pub(crate) fn cards(filter: &CardFilter, page: Page) -> Query {
    Query::new(with_account(&rows::card::TABLE, "id"))
        .and_if("card.state =", filter.state.map(|state| Value::Int(i64::from(state as u8))))
        .and_if("card.reference =", filter.reference.clone().map(Value::Text))
        .and_if("card.last4 =", filter.last4.map(|last4| Value::Bytes(last4.to_vec())))
        .and_if("card.owner =", filter.owner.map(|owner| id_value(owner.bits())))
        .and_if("card.recipient =", filter.recipient.map(|person| id_value(person.bits())))
        .and_if("card.program =", filter.program.map(|program| id_value(program.bits())))
        .page(&rows::card::TABLE, page)
}

/// Cards with their accounts in id order.
pub(crate) fn cards_by_id(after: Option<u128>, limit: u32) -> Query {
    Query::new(with_account(&rows::card::TABLE, "id"))
        .and_if("card.id >", after.map(id_value))
        .ordered("card.id", limit)
}

/// Holds with the accounts of their cards, newest first.
pub(crate) fn holds(reference: Option<&str>, page: Page) -> Query {
    Query::new(with_account(&rows::hold::TABLE, "card"))
        .and_if("hold.reference =", reference.map(|text| Value::Text(text.to_owned())))
        .page(&rows::hold::TABLE, page)
}

/// Programs, newest first.
pub(crate) fn programs(page: Page) -> Query {
    let table = &rows::program::TABLE;
    Query::new(format!("select {} from program", qualified_columns(table))).page(table, page)
}

/// Rows of a list, newest first, and the table they are of.
pub(crate) fn list(list: List, page: Page) -> (&'static Table, Query) {
    let number = |number: u8| Value::Int(i64::from(number));
    let (table, column, filter) = match list {
        List::Methods { owner } => {
            (&rows::method::TABLE, "owner", owner.map(|owner| id_value(owner.bits())))
        }
        List::Disputes { state } => {
            (&rows::dispute::TABLE, "state", state.map(|state| number(state as u8)))
        }
        List::Sellers => (&rows::seller::TABLE, "id", None),
        List::Creators => (&rows::creator::TABLE, "id", None),
        List::Products { seller } => {
            (&rows::product::TABLE, "seller", seller.map(|seller| id_value(seller.bits())))
        }
        List::Purchases => (&rows::purchase::TABLE, "id", None),
        List::Checkouts { buyer } => {
            (&rows::checkout::TABLE, "buyer", buyer.map(|buyer| id_value(buyer.bits())))
        }
        // Whatever else payments are for one day has other ids.
        List::Payments { checkout } => {
            (&rows::payment::TABLE, "purpose", checkout.map(|checkout| id_value(checkout.bits())))
        }
        List::RailRefunds { refund } => {
            let refund = refund.map(|refund| id_value(refund.bits()));
            (&rows::rail_refund::TABLE, "order_refund", refund)
        }
        List::Orders { buyer } => {
            (&rows::order::TABLE, "buyer", buyer.map(|buyer| id_value(buyer.bits())))
        }
        List::OrderRefunds { order } => {
            (&rows::order_refund::TABLE, "shop_order", Some(id_value(order.bits())))
        }
        List::Payouts { state } => {
            (&rows::payout::TABLE, "state", state.map(|state| number(state as u8)))
        }
        List::Settlements => (&rows::settlement::TABLE, "id", None),
        List::Incidents => (&rows::incident::TABLE, "id", None),
        List::AccountFreezes { .. } => (&rows::account_freeze::TABLE, "id", None),
        List::Suspects { .. } => (&rows::suspect::TABLE, "id", None),
        List::Unsettled => (&rows::standing::TABLE, "id", None),
        List::Reported { sender } => {
            (&rows::contact::TABLE, "sender", sender.map(|sender| id_value(sender.bits())))
        }
        List::Promotions { .. }
        | List::Deeds { .. }
        | List::PromotionSettlements { .. }
        | List::Slices { .. }
        | List::Claims { .. }
        | List::ClaimsOf { .. }
        | List::Restitutions { .. } => of_promotions(list),
    };
    let name = table.name;
    let mut query = Query::new(format!("select {} from {name}", qualified_columns(table)));
    if let Some(only) = only(list) {
        query.text.push_str(only);
        query.has_condition = true;
    }
    let mut query = query.and_if(&format!("{name}.{column} ="), filter);
    if let Some((column, value)) = sifted(list) {
        query = query.and(column, number(value));
    }
    let query = query.page(table, page);
    (table, query)
}

/// Which rows of its table a list has, as the index says it, for with a placeholder it would not
/// be used.
fn only(list: List) -> Option<&'static str> {
    match list {
        List::Unsettled => Some(" where standing.is_open = 1"),
        List::Reported { sender: None } => Some(" where contact.is_reported = 1"),
        List::Reported { sender: Some(_) } => Some(" where contact.reported_at is not null"),
        // The others are no persons.
        List::ClaimsOf { .. } => Some(" where claim.claimant_kind = 1"),
        List::AccountFreezes { only_frozen: true } => Some(" where account_freeze.is_frozen = 1"),
        List::Restitutions { only_stuck: true, .. } => Some(" where restitution.is_stuck = 1"),
        List::Suspects { only_open: true } => Some(" where suspect.is_open = 1"),
        _ => None,
    }
}

/// What rows of a list are sifted by, beside what they are found by. An advertiser has few
/// promotions and a promotion few claims, a state has many: the sign keeps the index of states from
/// being used.
fn sifted(list: List) -> Option<(&'static str, u8)> {
    match list {
        List::Promotions { advertiser: Some(_), state: Some(state) } => {
            Some(("+promotion.state =", state as u8))
        }
        List::Claims { promotion: Some(_), status: Some(status) } => {
            Some(("+claim.status =", status as u8))
        }
        _ => None,
    }
}

/// What lists of promotions, and of what belongs to one, find their rows by.
fn of_promotions(list: List) -> (&'static Table, &'static str, Option<Value>) {
    let of = |table, promotion: PromotionId| (table, "promotion", Some(id_value(promotion.bits())));
    match list {
        List::Promotions { advertiser: Some(advertiser), .. } => {
            (&rows::promotion::TABLE, "advertiser", Some(id_value(advertiser.bits())))
        }
        List::Deeds { promotion } => of(&rows::deed::TABLE, promotion),
        List::PromotionSettlements { promotion } => {
            of(&rows::promotion_settlement::TABLE, promotion)
        }
        List::Slices { promotion } => of(&rows::slice::TABLE, promotion),
        List::Claims { promotion: Some(promotion), .. } => of(&rows::claim::TABLE, promotion),
        List::Claims { status: Some(status), .. } => {
            (&rows::claim::TABLE, "status", Some(Value::Int(i64::from(status as u8))))
        }
        List::Claims { .. } => (&rows::claim::TABLE, "id", None),
        List::ClaimsOf { claimant } => {
            (&rows::claim::TABLE, "claimant", Some(id_value(claimant.bits())))
        }
        List::Restitutions { promotion: Some(promotion), .. } => {
            of(&rows::restitution::TABLE, promotion)
        }
        List::Restitutions { promotion: None, .. } => (&rows::restitution::TABLE, "id", None),
        List::Promotions { state: Some(state), .. } => {
            (&rows::promotion::TABLE, "state", Some(Value::Int(i64::from(state as u8))))
        }
        _ => (&rows::promotion::TABLE, "id", None),
    }
}

/// Tables of what rails have names of their own for.
pub(crate) const NAMED_BY_RAIL: [&Table; 3] =
    [&rows::payment::TABLE, &rows::rail_refund::TABLE, &rows::dispute::TABLE];

/// Rows that a rail calls by one of [`KEYS_SOUGHT`] names, which may repeat.
pub(crate) fn named_by_rail(table: &Table) -> String {
    let (name, names) = (table.name, placeholders(1, KEYS_SOUGHT));
    let columns = qualified_columns(table);
    format!("select {columns} from {name} where {name}.rail_reference in {names}")
}

/// Lines of a settlement file by falling id, with the standings of what they are about.
pub(crate) fn settlement_lines(settlement: SettlementId, page: Page) -> Query {
    let table = &rows::settlement_line::TABLE;
    let (name, standing) = (table.name, rows::standing::TABLE.name);
    Query::new(format!(
        "select {}, {} from {name} left join {standing} on {standing}.id = {name}.moved",
        qualified_columns(table),
        qualified_columns(&rows::standing::TABLE),
    ))
    .and("settlement_line.settlement =", id_value(settlement.bits()))
    .page(table, page)
}

/// Accounts with a stored name, from a name on and after an account, in order of name and id.
pub(crate) fn named_accounts(prefix: &str, after: Option<(&str, u128)>, limit: u32) -> Query {
    let mut query = accounts().and("account.name >=", Value::Text(prefix.to_owned()));
    if let Some((name, id)) = after {
        query.values.extend([Value::Text(name.to_owned()), id_value(id)]);
        query.text.push_str(" and (account.name, account.id) > ($2, $3)");
    }
    query.ordered("account.name, account.id", limit)
}

/// Accounts of cards whose ids lie between two, the ends included.
pub(crate) fn card_accounts(first: u128, last: u128, limit: u32) -> Query {
    let mut query =
        accounts().and("account.id >=", id_value(first)).and("account.id <=", id_value(last));
    query.text.push_str(" and account.name is null");
    query.ordered("account.id", limit)
}

/// Every account in id order.
pub(crate) fn all_accounts() -> String {
    format!("{} order by account.id", accounts().text)
}

/// What is due by a time: instant and id, in due order.
pub(crate) fn due(timer: &Timer) -> String {
    let Timer { table, column, only, .. } = timer;
    let id = table.columns[0].name;
    format!(
        "select {column}, {id} from {} where {only} and {column} <= $1 order by {column}, {id} \
         limit $2",
        table.name,
    )
}

/// The next that is due after a time.
pub(crate) fn next_due(timer: &Timer) -> String {
    let Timer { table, column, only, .. } = timer;
    format!(
        "select {column}, id from {} where {only} and {column} > $1 order by {column}, id limit 1",
        table.name,
    )
}

fn accounts() -> Query {
    Query::new(format!("select {} from account", qualified_columns(&rows::account::TABLE)))
}

fn with_account(table: &Table, column: &str) -> String {
    let name = table.name;
    format!(
        "select {}, {} from {name} join account on account.id = {name}.{column}",
        qualified_columns(table),
        qualified_columns(&rows::account::TABLE),
    )
}

fn id_value(bits: u128) -> Value {
    Value::Bytes(bits.to_be_bytes().to_vec())
}
