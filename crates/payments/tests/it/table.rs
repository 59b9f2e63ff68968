//! A small table language for one payment, so that a test reads like a spreadsheet.
//!
//! One line a step; `#` begins a comment. The columns after the step may be left out.
//!
//! | column | holds |
//! | --- | --- |
//! | step | words of `deed.rs`; `… -> Refusal` when it is refused, and then nothing has changed |
//! | payment | the payment's state after it, `?` behind it while an answer was not heard |
//! | cap | captured, refunded, refunding, credited, disputed (within the cap), what is left |
//! | balances | rail clearing, fees, disputes, loss, order clearing, refund payable |
//!
//! Lines without columns: `r1 = pending` and `d1 = open` tell the state of a refund or a dispute;
//! `due 2` how many seconds from now the payment is due, `r1 due 2` a refund; `due never`.

use ledger::AccountName;
use payments::Method;

use crate::deed::{Deed, index, parse};
use crate::world::{World, method, of_promotion};

/// Runs a table on an ordinary card.
#[track_caller]
pub fn check(table: &str) {
    check_with(method(1, "sandbox"), table);
}

/// Runs a table on a payment of a promotion.
#[track_caller]
pub fn check_promotion(table: &str) {
    let mut world = World::new(method(1, "sandbox"));
    world.purpose = of_promotion();
    check_in(world, table);
}

/// Runs a table on this method.
#[track_caller]
pub fn check_with(method: Method, table: &str) {
    check_in(World::new(method), table);
}

#[track_caller]
fn check_in(mut world: World, table: &str) {
    for line in table.lines() {
        let line = line.split('#').next().unwrap().trim();
        if !line.is_empty() {
            run(&mut world, line);
        }
    }
}

#[track_caller]
fn run(world: &mut World, line: &str) {
    let mut cells = line.split('|').map(str::trim);
    let step = cells.next().unwrap();
    let words: Vec<&str> = step.split_whitespace().collect();
    match *words {
        [name, "=", state] => assert_eq!(state_of(world, name), state, "{line}"),
        ["due", when] => assert_eq!(due(world, world.payment().due_at), when, "{line}"),
        [name, "due", when] => {
            let refund = world.refund(index(name).unwrap()).unwrap();
            assert_eq!(due(world, refund.due_at), when, "{line}");
        }
        _ => decide(world, step, line),
    }
    let expected = [state_of(world, ""), cap(world), balances(world)];
    for (cell, expected) in cells.zip(expected).filter(|(cell, _)| !cell.is_empty()) {
        let cell = cell.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(cell, expected, "{line}");
    }
}

#[track_caller]
fn decide(world: &mut World, step: &str, line: &str) {
    let (step, refusal) = match step.split_once("->") {
        Some((step, refusal)) => (step, Some(refusal.trim())),
        None => (step, None),
    };
    let words: Vec<&str> = step.split_whitespace().collect();
    let deed: Deed = parse(&words).unwrap_or_else(|| panic!("no such step: {line}"));
    let refused = world.apply(&deed).err().map(|refusal| format!("{refusal:?}"));
    // The name of the refusal; what it tells besides is a matter of other tests.
    let name = refused.as_deref().and_then(|text| text.split(' ').next());
    assert_eq!(name, refusal, "{line}: {refused:?}");
}

fn state_of(world: &World, name: &str) -> String {
    if name.starts_with('r') {
        let refund = world.refund(index(name).unwrap()).unwrap();
        let unknown = if refund.is_unknown { "?" } else { "" };
        return format!("{}{unknown}", refund.state.as_str());
    }
    if name.starts_with('d') {
        return world.dispute(index(name).unwrap()).unwrap().state.as_str().to_owned();
    }
    let payment = world.payment();
    format!("{}{}", payment.state.as_str(), if payment.is_unknown { "?" } else { "" })
}

fn due(world: &World, at: Option<base::Instant>) -> String {
    at.map_or("never".to_owned(), |at| {
        (at.since(world.now).unwrap().micros() / 1_000_000).to_string()
    })
}

fn cap(world: &World) -> String {
    let payment = world.payment();
    let amounts = [
        payment.captured,
        payment.refunded,
        payment.refunding,
        payment.credited,
        payment.disputed_in_cap(),
        payment.refundable(),
    ];
    amounts.map(|amount| amount.to_string()).join(" ")
}

fn balances(world: &World) -> String {
    let rail = world.payment().rail.clone();
    let names = [
        AccountName::RailClearing(rail.clone()),
        AccountName::RailFees(rail.clone()),
        AccountName::RailDisputes(rail),
        AccountName::ChargebackLoss,
        AccountName::OrderClearing,
        AccountName::RefundPayable,
    ];
    names.map(|name| world.balance(name).to_string()).join(" ")
}
