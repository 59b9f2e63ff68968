//! Failures that other products are known for, each by name.

use base::{Currency, Money};
use outside::clock::Clock;
use rails::sandbox::Message;
use rails::{Authorize, Capture, Change, PaymentState, Reference, Refund};

use crate::world::{Way, World, op, succeeded};

/// Pays an amount and gives a part of it back, asserting what the rail says at each step.
fn pay_and_refund(world: &World, amount: Money, part: Money) -> Reference {
    let (authorize, capture, refund) = (op("pay_1:authorize"), op("pay_1:capture"), op("rrf_1"));
    let method = world.method("ok");
    let paid = succeeded(world.rail.authorize(&Authorize {
        operation: &authorize,
        method: &method,
        amount,
        return_url: None,
    }));
    let payment = paid.reference;
    let taken =
        succeeded(world.rail.capture(&Capture { operation: &capture, payment: &payment, amount }));
    assert_eq!((taken.amount, taken.captured), (amount, amount.amount));
    let sent = world.rail.refund(&Refund { operation: &refund, payment: &payment, amount: part });
    assert_eq!(succeeded(sent).amount, part);
    let PaymentState { captured, refunded, .. } = world.look(&payment);
    assert_eq!((captured, refunded), (amount.amount, Some(part.amount)));
    payment
}

/// The amounts that the rail's messages tell, read by us.
fn told(world: &World, messages: &[Message]) -> Vec<Money> {
    let mut amounts = Vec::new();
    for message in messages {
        let read =
            world.rail.verify_and_translate(&message.headers(), &message.body, world.clock.now());
        amounts.extend(read.unwrap().into_iter().map(|event| match event.change {
            Change::Payment(payment) => payment.amount,
            Change::Refund(refund) => refund.amount,
            other => panic!("{other:?}"),
        }));
    }
    amounts
}

/// Elsewhere an amount reaches the rail with decimals that its currency has not, or comes back so:
/// a hundred or a thousand times too much. On the right is what Stripe's page says.
/// Sources: <https://github.com/Automattic/woocommerce-payments/issues/5215>,
/// <https://github.com/Adyen/adyen-magento2/issues/689>.
#[test]
fn an_amount_in_a_currency_with_other_decimals() {
    for (code, amount, part, [number, number_of_part]) in [
        ("USD", "50.00", "12.34", ["5000", "1234"]),
        ("JPY", "5000", "1234", ["5000", "1234"]),
        ("ISK", "5000", "1234", ["500000", "123400"]),
        ("KWD", "50.000", "12.340", ["50000", "12340"]),
    ] {
        let currency = Currency::parse(code).unwrap();
        let [amount, part] = [amount, part].map(|it| Money::parse_decimal(it, currency).unwrap());
        for way in [Way::Direct, Way::OverHttp] {
            let world = World::new(way);
            let payment = pay_and_refund(&world, amount, part);
            let messages = world.messages();
            let told = told(&world, &messages);
            assert!(told.contains(&amount) && told.contains(&part), "{way:?}: {told:?}");
            let is_known = |money: &Money| *money == amount || *money == part;
            assert!(told.iter().all(is_known), "{way:?} {payment}: {told:?}");
            if way == Way::OverHttp {
                let body = |message: &Message| String::from_utf8(message.body.clone()).unwrap();
                let bodies: String = messages.iter().map(body).collect();
                for number in [number, number_of_part] {
                    let has = |end| bodies.contains(&format!("\"amount\":{number}{end}"));
                    assert!(has(',') || has('}'), "{code} {number}: {bodies}");
                }
            }
        }
    }
}
