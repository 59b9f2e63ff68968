//! What would have changed a decision: rows with a better result, and how far they are.

use crate::FactName;
use crate::decide::{CHANGES_MAX, Change, Needed, amounts};
use crate::expression::Name;
use crate::rules::Tables;
use crate::table::{About, Alternative, Cell, Numbers, Row, Table, Values};

/// Boxes looked at for one row; beyond that the row is passed over.
const BOXES_MAX: usize = 200;

/// The nearest rows with a better result. When only facts would have to differ, it was tried that
/// they lead there, past the gate too, and that money could be paid then. A named value is told by
/// its own name and taken to differ together with what it is computed from.
pub(super) fn nearest(
    table: &Table,
    tables: Tables,
    numbers: &Numbers,
    decided: &Row,
) -> Vec<Change> {
    let point = table.grid.point(|name| numbers.read(name));
    if table.about == About::Gate {
        return vec![gone_on(table, &point)];
    }
    let mut near: Vec<(usize, u8, Change)> = Vec::new();
    for (place, row) in table.rows.iter().enumerate() {
        if row.outcome.rank() <= decided.outcome.rank() {
            continue;
        }
        let way = |it| way(table, tables, numbers, &point, (place, it));
        if let Some(needed) = row.when.iter().filter_map(way).min_by_key(Vec::len) {
            let rank = u8::MAX - row.outcome.rank();
            near.push((needed.len(), rank, change_to(row, needed)));
        }
    }
    // The sort is stable: rows as near and as good stay in the order of the table.
    near.sort_by_key(|(distance, rank, _)| (*distance, *rank));
    near.into_iter().take(CHANGES_MAX).map(|(_, _, change)| change).collect()
}

fn change_to(row: &Row, needed: Vec<Needed>) -> Change {
    Change {
        row: Some(row.id.clone()),
        outcome: Some(row.outcome),
        code: Some(row.code.clone()),
        needed,
    }
}

/// For which the gate would have let the claim pass: the fewest facts with no row of the gate.
fn gone_on(table: &Table, point: &Cell) -> Change {
    let mut open = vec![table.grid.everything()];
    for alternative in table.rows.iter().flat_map(|row| &row.when) {
        open = open.iter().flat_map(|it| table.grid.subtract(it, &alternative.cell)).collect();
        open.sort_by_cached_key(|cell| differing(point, cell).len());
        open.truncate(BOXES_MAX);
    }
    let needed = open.first().map(|cell| needed(table, cell, &differing(point, cell)));
    Change { row: None, outcome: None, code: None, needed: needed.unwrap_or_default() }
}

/// Columns in which a box does not have the point.
fn differing(point: &Cell, cell: &Cell) -> Vec<usize> {
    (0..point.len()).filter(|place| cell[*place] & point[*place] == 0).collect()
}

/// What has to differ for one alternative of a row to fit, and none above.
fn way(
    table: &Table,
    tables: Tables,
    numbers: &Numbers,
    point: &Cell,
    (place, alternative): (usize, &Alternative),
) -> Option<Vec<Needed>> {
    let columns = &table.grid.columns;
    let differing = differing(point, &alternative.cell);
    let mut cell = point.clone();
    for column in &differing {
        cell[*column] = alternative.cell[*column];
        // What a named value is computed from differs with it.
        for need in columns[*column].needs() {
            cell[*need] |= alternative.cell[*need];
        }
    }
    let mut open = vec![table.grid.tighten(cell)?];
    for above in table.rows[..place].iter().flat_map(|row| &row.when) {
        open = open.iter().flat_map(|it| table.grid.subtract(it, &above.cell)).collect();
        if open.len() > BOXES_MAX {
            return None;
        }
    }
    let leads_there = |cell: &&Cell| {
        let changes = differing.iter().map(|column| {
            let fact = fact_of(columns[*column].name)?;
            Some((fact, columns[*column].first_value(cell[*column])))
        });
        match changes.collect::<Option<Vec<_>>>() {
            Some(changes) => {
                let gate = numbers.changed(tables.gate, &changes);
                let ground = numbers.changed(table, &changes);
                let is_it = |row: &&Row| row.id == table.rows[place].id;
                let row = ground.row().filter(is_it);
                gate.row().is_none() && row.is_some_and(|row| amounts(row, &ground).is_some())
            }
            // What named values would make of the gate cannot be told.
            None => !differing.iter().any(|column| is_of_gate(tables, columns[*column].name)),
        }
    };
    let cell = open.iter().find(leads_there)?;
    Some(needed(table, cell, &differing))
}

fn is_of_gate(tables: Tables, name: Name) -> bool {
    matches!(name, Name::Fact(_)) && tables.gate.grid.columns.iter().any(|it| it.name == name)
}

fn needed(table: &Table, cell: &Cell, differing: &[usize]) -> Vec<Needed> {
    let told = |place: &usize| {
        let column = &table.grid.columns[*place];
        Needed {
            fact: fact_of(column.name),
            name: column.title.clone(),
            kind: column.kind,
            values: column.values(cell[*place]),
        }
    };
    differing.iter().map(told).collect()
}

fn fact_of(name: Name) -> Option<FactName> {
    if let Name::Fact(fact) = name { Some(fact) } else { None }
}

/// When a row would have paid: what must be known for it.
pub(super) fn of_amount(table: &Table, row: &Row, numbers: &Numbers) -> Vec<Change> {
    let mut facts = table.facts_behind(&row.names_behind_money());
    facts.sort_unstable();
    facts.dedup();
    facts.retain(|fact| numbers.read(Name::Fact(*fact)).is_none());
    let needed = |fact: FactName| Needed {
        fact: Some(fact),
        name: fact.as_str().to_owned(),
        kind: fact.kind(),
        values: Values::known(fact.kind()),
    };
    let needed: Vec<Needed> = facts.into_iter().map(needed).collect();
    if needed.is_empty() { Vec::new() } else { vec![change_to(row, needed)] }
}
