//! Everything is heard and done; then everybody's figures are compared.

use std::collections::BTreeMap;

use base::{Currency, Instant, Span};
use ledger::AccountName;
use payments::{DisputeState, RefundState, Step};
use rails::{Outcome, PaymentQuery, Rail};
use shop::{CheckoutState, PaidBy};

use super::acts::{CARD_VALUE, Rows, World};

impl World {
    /// Lets everything end, and compares.
    pub fn come_to_rest(mut self) {
        self.faults.set_down(false);
        self.faults.by_chance(0, 0);
        self.market.sandbox.set_faults(rails::sandbox::Faults::default());
        // Longer than any message is late, any dispute is open and anybody waits before he asks.
        for days in [1, 5, 20, 20] {
            self.market.pass(Span::days(days));
        }
        let rows = Rows::of(&self.market);
        self.check_nothing_is_stuck(&rows);
        self.check_rail(&rows);
        self.check_caps(&rows);
        self.check_orders(&rows);
        self.check_settlement();
        let unexpected = |report: &&String| report.starts_with("error") && !is_death(report);
        let reports = self.market.reports();
        let reports: Vec<&String> = reports.iter().filter(unexpected).collect();
        assert_eq!(reports, [""; 0]);
        self.market.end();
    }

    fn check_nothing_is_stuck(&self, rows: &Rows) {
        for row in &rows.checkouts {
            let is_over = matches!(
                row.state,
                CheckoutState::Paid | CheckoutState::Failed | CheckoutState::Expired
            );
            assert!(is_over, "{} stays {}", row.id, row.state.as_str());
        }
        for row in &rows.payments {
            assert!(row.state.is_final() && row.due_at.is_none(), "{row:#?}");
        }
        for row in &rows.refunds {
            let is_open = matches!(row.state, RefundState::Waiting | RefundState::Sent);
            assert!(!is_open && row.due_at.is_none(), "{row:#?}");
        }
        for row in &rows.disputes {
            assert_ne!(row.state, DisputeState::Open, "{row:#?}");
        }
        let now = self.market.now();
        let due = self.market.reader().due(now, 100).unwrap();
        assert!(due.is_empty(), "{due:?}");
        assert!(self.market.sandbox.arrived().is_empty());
    }

    /// The rail has of each payment what we have, and as much altogether.
    fn check_rail(&self, rows: &Rows) {
        let mut made = 0;
        for row in &rows.payments {
            let operation = format!("{}:{}", row.id, Step::Authorize.as_str());
            let query = PaymentQuery {
                operation: &base::Token::new(&operation).unwrap(),
                reference: None,
                since: Instant::MIN,
            };
            let at_rail = match self.market.sandbox.payment(&query) {
                Outcome::Succeeded(Some(state)) => state,
                // It was never asked, or has refused.
                Outcome::Succeeded(None) => {
                    assert!(row.captured.is_zero(), "{row:#?}");
                    continue;
                }
                other => panic!("{other:?}"),
            };
            made += 1;
            assert_eq!(at_rail.captured, row.captured, "{row:#?}");
            let beside = rows.disputes.iter().filter(|dispute| {
                let is_gone = dispute.state != DisputeState::Won;
                dispute.payment == row.id && dispute.is_refund_at_rail() && is_gone
            });
            let beside: i64 = beside.map(|dispute| dispute.amount.amount.minor()).sum();
            let gone = row.refunded.minor() + beside;
            assert_eq!(at_rail.refunded.unwrap_or_default().minor(), gone, "{row:#?}");
            if !row.captured.is_zero() {
                assert_eq!(at_rail.fee, row.fee, "{row:#?}");
            }
        }
        assert_eq!(self.market.sandbox.payments_made(), made, "money was reserved twice");
        let balance = self.market.sandbox.balance(Currency::USD);
        assert_eq!(self.market.ledger("rail/sandbox/clearing"), balance);
        assert_eq!(self.market.ledger("rail/sandbox/disputes"), 0);
        let fees = rows.payments.iter().filter_map(|row| row.fee).map(base::Amount::minor);
        assert_eq!(self.market.ledger("rail/sandbox/fees"), fees.sum::<i64>());
    }

    /// A rail that tells all it has moved leaves nothing open, and its payout is at the bank.
    fn check_settlement(&self) {
        let (since, until) = (Instant::MIN, self.market.now());
        let told = self.market.sandbox.settlement(Currency::USD, since, until);
        let rail = base::Token::new("sandbox").unwrap();
        let before = self.market.ledger("rail/sandbox/clearing");
        let note = |part: &[rails::SettledLine]| {
            let lines = self.market.settled_lines(part);
            let reference = base::Text::new("all").unwrap();
            let (rail, currency) = (rail.clone(), Currency::USD);
            let new = payments::NewSettlement { rail, reference, currency, lines };
            self.market.note(engine::PaymentCommand::NoteSettlement(Box::new(new)));
            let seq = self.market.handle().figures().seq();
            self.market.handle().flush_and_wait(seq).unwrap();
        };
        told.chunks(7).for_each(note);
        let page = store::Page::after(None, 100);
        let open = self.market.reader().list(store::List::Unsettled, page).unwrap();
        assert!(open.is_empty(), "{open:#?}");
        assert_eq!(self.market.ledger("bank"), before.max(0));
        assert_eq!(self.market.ledger("rail/sandbox/clearing"), before.min(0));
        // The bank sends it back, so that the rail has again what the ledger says.
        if let Some(payout) = told.last().filter(|line| line.kind == rails::SettledKind::Payout) {
            let reference = base::Text::new("returned").unwrap();
            note(&[rails::SettledLine { reference, gross: -payout.gross, ..payout.clone() }]);
        }
    }

    fn check_caps(&self, rows: &Rows) {
        let mut owed = 0;
        for row in &rows.payments {
            let given = row.refunded.minor() + row.refunding.minor() + row.credited.minor();
            let disputed = row.disputed_in_cap().minor();
            assert!(given + disputed <= row.captured.minor(), "{row:#?}");
            assert!(row.disputed_beyond_cap().is_zero(), "{row:#?}");
            let of_payment = rows.refunds.iter().filter(|refund| refund.payment == row.id);
            let back = of_payment.filter(|refund| refund.state == RefundState::Succeeded);
            let back: i64 = back.map(|refund| refund.amount.amount.minor()).sum();
            assert_eq!(back, row.refunded.minor(), "{row:#?}");
            owed += row.refunding.minor() + row.owed.minor();
        }
        assert_eq!(self.market.ledger("refund/payable"), -owed);
    }

    /// What the parts of orders say is on the accounts, and tenders have paid what lines cost.
    fn check_orders(&self, rows: &Rows) {
        let mut expected = BTreeMap::<String, i64>::new();
        let mut add = |name: AccountName, amount: i64| {
            *expected.entry(name.to_string()).or_default() -= amount;
        };
        for card in &self.cards {
            add(AccountName::GiftCard(*card), CARD_VALUE);
        }
        for order in &rows.orders {
            for part in order.lines.iter().flat_map(|line| &line.parts) {
                add(part.party.account(order.region).unwrap(), part.amount.minor());
            }
            let mut paid = 0;
            for tender in &order.tenders {
                let amounts = tender.allocations.iter().map(|part| part.amount.minor());
                let amount = amounts.sum::<i64>();
                paid += amount;
                match tender.paid_by {
                    PaidBy::GiftCard { card, .. } => add(AccountName::GiftCard(card), -amount),
                    PaidBy::PaymentMethod { payment, .. } => {
                        let payment = rows.payments.iter().find(|row| row.id == payment).unwrap();
                        assert_eq!(payment.captured.minor(), amount, "{payment:#?}");
                    }
                }
            }
            assert_eq!(paid, order.total().minor(), "{order:#?}");
        }
        for refund in &rows.order_refunds {
            let order = rows.orders.iter().find(|order| order.id == refund.order).unwrap();
            for part in &refund.parts {
                add(part.party.account(order.region).unwrap(), -part.amount.minor());
            }
            for part in &refund.allocations {
                let tender = order.tenders.iter().find(|tender| tender.id == part.tender).unwrap();
                if let PaidBy::GiftCard { card, .. } = tender.paid_by {
                    add(AccountName::GiftCard(card), part.amount.minor());
                }
            }
        }
        for (name, amount) in expected {
            assert_eq!(self.market.ledger(&name), amount, "{name}");
        }
        assert_eq!(self.market.ledger("order/clearing"), 0);
        let paid = rows.checkouts.iter().filter(|row| row.state == CheckoutState::Paid);
        assert_eq!(paid.count(), rows.orders.len());
        let mut checkouts: Vec<_> = rows.orders.iter().map(|order| order.checkout).collect();
        checkouts.dedup();
        assert_eq!(checkouts.len(), rows.orders.len(), "a checkout has two orders");
    }
}

/// Whoever called has died, which was wanted.
fn is_death(report: &str) -> bool {
    report.contains("failed on an assertion")
}
