//! What would have changed a decision: rows with a better result, and how far they are.

use crate::decide::{CHANGES_MAX, Change, Needed};
use crate::expression::Name;
use crate::rules::Tables;
use crate::table::{About, Alternative, Cell, Numbers, Row, Table};

/// Boxes looked at for one row; beyond that the row is passed over.
const BOXES_MAX: usize = 200;

/// The nearest rows with a better result. A named value is taken to change together with what it
/// is computed from, so it is told by its own name.
pub(super) fn nearest(table: &Table, tables: Tables, point: &Cell, decided: &Row) -> Vec<Change> {
    if table.about == About::Gate {
        return vec![gone_on(table, point)];
    }
    let mut near: Vec<(usize, u8, Change)> = Vec::new();
    for (place, row) in table.rows.iter().enumerate() {
        if row.outcome.rank() <= decided.outcome.rank() {
            continue;
        }
        let ways = row.when.iter().filter_map(|it| way(table, tables, point, place, it));
        if let Some(needed) = ways.min_by_key(Vec::len) {
            near.push((needed.len(), u8::MAX - row.outcome.rank(), Change {
                row: Some(row.id.clone()),
                outcome: Some(row.outcome),
                code: Some(row.code.clone()),
                needed,
            }));
        }
    }
    // The sort is stable: rows as near and as good stay in the order of the table.
    near.sort_by_key(|(distance, rank, _)| (*distance, *rank));
    near.into_iter().take(CHANGES_MAX).map(|(_, _, change)| change).collect()
}

/// For which the gate would have let the claim pass: the fewest facts with no row of the gate.
fn gone_on(table: &Table, point: &Cell) -> Change {
    let everything = table.grid.everything();
    let mut open = vec![everything];
    for alternative in table.rows.iter().flat_map(|row| &row.when) {
        open = open.iter().flat_map(|it| table.grid.subtract(it, &alternative.cell)).collect();
        open.truncate(BOXES_MAX);
    }
    let differing = |cell: &Cell| {
        (0..point.len()).filter(|place| cell[*place] & point[*place] == 0).collect::<Vec<_>>()
    };
    let nearest = open.iter().min_by_key(|cell| differing(cell).len());
    let needed = nearest.map(|cell| needed(table, cell, &differing(cell))).unwrap_or_default();
    Change { row: None, outcome: None, code: None, needed }
}

/// What has to differ for one alternative of a row to fit, and none above.
fn way(
    table: &Table,
    tables: Tables,
    point: &Cell,
    place: usize,
    alternative: &Alternative,
) -> Option<Vec<Needed>> {
    let columns = &table.grid.columns;
    let mut cell = point.clone();
    let mut differing = Vec::new();
    for (column, mask) in alternative.cell.iter().enumerate() {
        if mask & point[column] == 0 {
            cell[column] = *mask;
            differing.push(column);
            // What a named value is computed from differs with it.
            for need in columns[column].needs() {
                cell[*need] |= alternative.cell[*need];
            }
        }
    }
    let is_of_gate = |column: &usize| {
        tables.gate.grid.columns.iter().any(|known| known.name == columns[*column].name)
    };
    if differing.iter().any(is_of_gate) {
        // The gate might have caught it then; nothing is told that is not sure.
        return None;
    }
    let mut open = vec![table.grid.tighten(cell)?];
    for above in table.rows[..place].iter().flat_map(|row| &row.when) {
        open = open.iter().flat_map(|it| table.grid.subtract(it, &above.cell)).collect();
        if open.len() > BOXES_MAX {
            return None;
        }
    }
    Some(needed(table, open.first()?, &differing))
}

fn needed(table: &Table, cell: &Cell, differing: &[usize]) -> Vec<Needed> {
    let told = |place: &usize| {
        let column = &table.grid.columns[*place];
        let values = column.values(cell[*place]).describe(column.kind, column.domain);
        Needed { fact: fact_of(column.name), name: column.title.clone(), values }
    };
    differing.iter().map(told).collect()
}

fn fact_of(name: Name) -> Option<crate::FactName> {
    if let Name::Fact(fact) = name { Some(fact) } else { None }
}

/// When a row would have paid: what must be known for it.
pub(super) fn of_amount(table: &Table, row: &Row, numbers: &Numbers) -> Vec<Change> {
    let mut names = row.amount.as_ref().map(|it| it.names(false)).unwrap_or_default();
    names.push(Name::Fact(crate::FactName::LeftRefundable));
    let mut facts = table.facts_behind(&names);
    facts.sort_unstable();
    facts.dedup();
    let unknown = facts.into_iter().filter(|fact| numbers.read(Name::Fact(*fact)).is_none());
    let needed: Vec<Needed> = unknown
        .map(|fact| Needed {
            fact: Some(fact),
            name: fact.as_str().to_owned(),
            values: "known".to_owned(),
        })
        .collect();
    if needed.is_empty() {
        return Vec::new();
    }
    vec![Change {
        row: Some(row.id.clone()),
        outcome: Some(row.outcome),
        code: Some(row.code.clone()),
        needed,
    }]
}
