//! Webhook endpoints, on every control store.

use base::EndpointId;
use store::{
    BookName, ControlStore, EndpointCreation, EndpointProgress, EndpointState, EventPlace,
    KeyOperation, WebhookEndpoint, WebhookRetry,
};

use crate::control::on_every_store;
use crate::support::at;

fn book(name: &str) -> BookName {
    BookName::new(name).unwrap()
}

fn place(seq: u64, index: u32) -> EventPlace {
    EventPlace { seq, index }
}

fn endpoint(number: u8, name: &str) -> WebhookEndpoint {
    WebhookEndpoint {
        id: EndpointId::from_bits(u128::from(number)),
        book: book(name),
        url: format!("https://hooks.example.com/{number}"),
        types: "gift_card.issued hold.captured".to_owned(),
        state: EndpointState::On,
        secret: vec![number, 0, 255],
        secret_at: at(10),
        older_secret: None,
        failing_since: None,
        next: place(7, 2),
        revision: 0,
        rotated_by: None,
        created_at: at(10),
    }
}

fn create(control: &mut dyn ControlStore, number: u8, name: &str) -> WebhookEndpoint {
    let made = endpoint(number, name);
    let created = control.create_endpoint(&made, None, 3).unwrap();
    assert_eq!(created, EndpointCreation::Created);
    made
}

fn retry(seq: u64, made: u32, next_at: i64) -> WebhookRetry {
    WebhookRetry { place: place(seq, 1), made, next_at: at(next_at) }
}

fn progress(of: &WebhookEndpoint) -> EndpointProgress {
    EndpointProgress {
        id: of.id,
        revision: of.revision,
        next: of.next,
        failing_since: of.failing_since,
        state: of.state,
        retries: Vec::new(),
        over: Vec::new(),
    }
}

#[test]
fn endpoints_are_made_once_and_not_too_many() {
    on_every_store(|control| {
        let operation = KeyOperation { operation: [1; 16], fingerprint: [2; 16] };
        let first = endpoint(1, "test");
        let ask = |control: &mut dyn ControlStore,
                   endpoint: &WebhookEndpoint,
                   operation: &KeyOperation| {
            control.create_endpoint(endpoint, Some(operation), 3).unwrap()
        };
        assert_eq!(ask(control, &first, &operation), EndpointCreation::Created);
        let again = endpoint(9, "test");
        assert_eq!(
            ask(control, &again, &operation),
            EndpointCreation::Replayed(Box::new(first.clone())),
        );
        let other = KeyOperation { fingerprint: [3; 16], ..operation };
        assert_eq!(ask(control, &again, &other), EndpointCreation::Mismatch);
        // The same key means another operation in another book.
        let there = endpoint(2, "live");
        assert_eq!(ask(control, &there, &operation), EndpointCreation::Created);
        let (third, fourth) = (create(control, 3, "test"), create(control, 4, "test"));
        let too_many = control.create_endpoint(&endpoint(5, "test"), None, 3).unwrap();
        assert_eq!(too_many, EndpointCreation::TooMany);
        assert_eq!(control.endpoints_of(&book("test")).unwrap(), [fourth, third, first.clone()]);
        assert_eq!(control.endpoints_of(&book("live")).unwrap(), [there]);
        // A repetition is none once the endpoint is gone.
        assert!(control.delete_endpoint(&book("test"), first.id).unwrap());
        assert_eq!(ask(control, &again, &operation), EndpointCreation::Created);
    });
}

#[test]
fn what_an_owner_changes_is_kept_whole() {
    on_every_store(|control| {
        let made = create(control, 1, "test");
        let changed = WebhookEndpoint {
            url: "https://other.example.com/".to_owned(),
            types: String::new(),
            state: EndpointState::Off,
            secret: vec![9; 90],
            secret_at: at(20),
            older_secret: Some((vec![1, 0, 255], at(30))),
            failing_since: Some(at(15)),
            next: place(1 << 40, 3),
            rotated_by: Some([7; 16]),
            ..made.clone()
        };
        assert!(control.change_endpoint(&changed).unwrap());
        let kept = WebhookEndpoint { revision: 1, ..changed.clone() };
        let all = control.endpoints_of(&book("test")).unwrap();
        assert_eq!(all, std::slice::from_ref(&kept));
        // Whoever read it before was too slow; another book has no such endpoint.
        assert!(!control.change_endpoint(&changed).unwrap());
        let elsewhere = WebhookEndpoint { book: book("live"), ..kept.clone() };
        assert!(!control.change_endpoint(&elsewhere).unwrap());
        assert!(!control.delete_endpoint(&book("live"), made.id).unwrap());
        assert_eq!(control.endpoints_of(&book("test")).unwrap(), [kept]);
        for state in [EndpointState::Gone, EndpointState::Failing, EndpointState::On] {
            let read = control.endpoints_of(&book("test")).unwrap().remove(0);
            assert!(control.change_endpoint(&WebhookEndpoint { state, ..read }).unwrap());
            assert_eq!(control.endpoints_of(&book("test")).unwrap()[0].state, state);
        }
    });
}

#[test]
fn what_is_learned_does_not_undo_what_was_changed() {
    on_every_store(|control| {
        let made = create(control, 1, "test");
        let learned = EndpointProgress {
            next: place(20, 0),
            failing_since: Some(at(50)),
            state: EndpointState::Failing,
            retries: vec![retry(8, 1, 60), retry(9, 2, 55)],
            ..progress(&made)
        };
        assert!(!control.keep_progress(&book("live"), &learned).unwrap());
        assert!(control.keep_progress(&book("test"), &learned).unwrap());
        let kept = control.endpoints_of(&book("test")).unwrap().remove(0);
        let expected = WebhookEndpoint {
            next: place(20, 0),
            failing_since: Some(at(50)),
            state: EndpointState::Failing,
            ..made
        };
        assert_eq!(kept, expected);
        assert!(control.change_endpoint(&WebhookEndpoint { next: place(2, 0), ..kept }).unwrap());
        let late = EndpointProgress { retries: vec![retry(99, 1, 1)], ..learned };
        assert!(!control.keep_progress(&book("test"), &late).unwrap());
        let read = control.endpoints_of(&book("test")).unwrap().remove(0);
        assert_eq!(read.next, place(2, 0));
        assert_eq!(control.count_retries(read.id).unwrap(), 2);
    });
}

#[test]
fn retries_come_in_due_order_and_go_with_their_endpoint() {
    on_every_store(|control| {
        let (made, other) = (create(control, 1, "test"), create(control, 2, "test"));
        let retries = vec![retry(8, 1, 60), retry(9, 2, 55), retry(10, 3, 70)];
        let learned = EndpointProgress { retries, ..progress(&made) };
        assert!(control.keep_progress(&book("test"), &learned).unwrap());
        control.want_again(other.id, &retry(8, 0, 1)).unwrap();
        let due = |control: &mut dyn ControlStore, until, limit| {
            control.due_retries(made.id, at(until), limit).unwrap()
        };
        assert_eq!(due(control, 54, 9), []);
        assert_eq!(due(control, 60, 9), [retry(9, 2, 55), retry(8, 1, 60)]);
        assert_eq!(due(control, 90, 1), [retry(9, 2, 55)]);
        let learned = EndpointProgress {
            retries: vec![retry(9, 3, 80)],
            over: vec![place(8, 1), place(8, 0)],
            ..progress(&made)
        };
        assert!(control.keep_progress(&book("test"), &learned).unwrap());
        assert_eq!(due(control, 90, 9), [retry(10, 3, 70), retry(9, 3, 80)]);
        control.want_again(made.id, &retry(10, 0, 1)).unwrap();
        assert_eq!(due(control, 90, 9), [retry(10, 0, 1), retry(9, 3, 80)]);
        assert!(control.delete_endpoint(&book("test"), made.id).unwrap());
        assert!(!control.delete_endpoint(&book("test"), made.id).unwrap());
        assert_eq!(control.count_retries(made.id).unwrap(), 0);
        assert_eq!(control.count_retries(other.id).unwrap(), 1);
    });
}
