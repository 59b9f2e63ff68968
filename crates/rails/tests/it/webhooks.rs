//! Messages of rails: believed when signed, the same final state however they arrive.

use std::collections::{BTreeMap, BTreeSet};

use base::{Instant, Span};
use outside::clock::Clock;
use rails::sandbox::Faults;
use rails::{Change, DisputeStage, PaymentStage, RailEvent, RefundStage, WebhookError};

use crate::world::{Way, World, succeeded};

const WAYS: [Way; 2] = [Way::Direct, Way::OverHttp];

/// What a consumer does who takes a message as a hint: asks for the state of what changed. The
/// time of an event does not order events: authorized and captured may be of one instant.
fn ask(world: &World, event: &RailEvent) -> (String, String) {
    match &event.change {
        Change::Payment(old) => {
            let state = world.look(&old.reference);
            (old.reference.to_string(), format!("{:?}", state.stage))
        }
        Change::Refund(old) => {
            let operation = old.operation.as_ref().unwrap();
            let found = world.find_refund(operation.as_str(), &old.payment);
            (old.reference.to_string(), format!("{:?}", succeeded(found).unwrap().stage))
        }
        Change::Dispute(old) => {
            let found = succeeded(world.rail.disputes(&old.payment));
            let state = found.iter().find(|state| state.reference == old.reference).unwrap();
            (old.reference.to_string(), format!("{:?}", state.stage))
        }
        Change::TakenBack(payment) => panic!("what was taken back of {payment} cannot be read"),
    }
}

fn live(world: &World) {
    let payment = world.captured("pay_1", "refund_fails", 500);
    let _refund = succeeded(world.refund("rrf_1", &payment, 200));
    let _disputed = world.captured("pay_2", "disputed", 900);
    let _declined = world.authorize("pay_3:authorize", "declined", 5);
    world.pass(Span::days(20));
}

#[test]
fn events_tell_what_happened() {
    for way in WAYS {
        let world = World::new(way);
        live(&world);
        let mut stages = Vec::new();
        for message in world.messages() {
            let now = world.clock.now();
            let events =
                world.rail.verify_and_translate(&message.headers(), &message.body, now).unwrap();
            stages.extend(events.into_iter().map(|event| event.change));
        }
        let has = |wanted: &dyn Fn(&Change) -> bool| stages.iter().any(wanted);
        assert!(has(&|c| matches!(c, Change::Payment(p) if p.stage == PaymentStage::Captured)));
        assert!(has(&|c| matches!(c, Change::Refund(r) if r.stage == RefundStage::Succeeded)));
        assert!(has(&|c| matches!(c, Change::Refund(r)
            if matches!(r.stage, RefundStage::Failed(_)))));
        assert!(has(&|c| matches!(c, Change::Dispute(d) if d.stage == DisputeStage::Open)));
        assert!(has(&|c| matches!(c, Change::Dispute(d) if d.stage == DisputeStage::Lost)));
        assert!(has(&|c| matches!(c, Change::Payment(p)
            if matches!(p.stage, PaymentStage::Failed(_)))));
    }
}

/// Public failure: a message is applied twice, or an old one after a new one.
#[test]
fn late_doubled_and_disordered_messages_end_in_the_same_state() {
    for way in WAYS {
        let end = |faults: Faults| {
            let world = World::new(way);
            world.sandbox.set_faults(faults);
            live(&world);
            world.pass(Span::days(4));
            let (mut end, mut ids, mut forged) = (BTreeMap::new(), Vec::new(), 0);
            for message in world.messages() {
                let now = world.clock.now();
                match world.rail.verify_and_translate(&message.headers(), &message.body, now) {
                    Ok(events) => events.iter().for_each(|event| {
                        ids.push(event.id.as_str().to_owned());
                        end.extend([ask(&world, event)]);
                    }),
                    Err(WebhookError::Forged) => forged += 1,
                    Err(other) => panic!("{other}"),
                }
            }
            (end.into_values().collect::<BTreeSet<_>>(), ids, forged)
        };
        let (calm, calm_ids, _) = end(Faults::default());
        let stormy = Faults {
            delay_max: Span::days(3),
            duplicate_percent: 60,
            forge_percent: 60,
            ..Faults::default()
        };
        let (storm, storm_ids, forged) = end(stormy);
        assert_eq!(calm, storm);
        assert!(forged > 0 && storm_ids.len() > calm_ids.len(), "the storm was none");
    }
}

/// Public failure: whoever knows the address of the endpoint can book payments.
#[test]
fn a_forged_webhook_is_refused() {
    for way in WAYS {
        let world = World::new(way);
        let _payment = world.captured("pay_1", "ok", 500);
        let message = world.messages().remove(0);
        let now = world.clock.now();
        let check = |headers: &[(&str, &str)], body: &[u8], now: Instant| {
            world.rail.verify_and_translate(headers, body, now).map(|events| events.len())
        };
        let headers = message.headers();
        assert_eq!(check(&headers, &message.body, now), Ok(1));
        let mut changed = message.body.clone();
        let place = changed.windows(3).position(|three| three == b"500").unwrap();
        changed[place] = b'9';
        assert_eq!(check(&headers, &changed, now), Err(WebhookError::Forged));
        assert_eq!(check(&[], &message.body, now), Err(WebhookError::NoSignature));
        let later = now.saturating_add(Span::seconds(301));
        assert_eq!(check(&headers, &message.body, later), Err(WebhookError::OutOfTime));
        let name = headers[1].0;
        let other = [(name, "t=1,v1=00")];
        assert_eq!(check(&other, &message.body, now), Err(WebhookError::Forged));
    }
}
