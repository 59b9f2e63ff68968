//! Support has a gift sent to somebody else: for whoever may ask, and by two from a value on.

use axum::http::Method;
use base::Span;
use outside::clock::{Clock, SystemClock};
use serde_json::{Value, json};

use crate::fake::{Call, Fake, ME};

const CARD: &str = "gc_00000000000000000000000001";
const REQUEST: &str = "conv_00000000000000000000000001";
const ANN: &str = "per_0000000000000000000000000a";
const BUYER: &str = "per_0000000000000000000000000b";
const OTHER: &str = "per_0000000000000000000000000c";
const NEW: &str = "per_0000000000000000000000000d";

/// A request about a gift.
#[derive(Clone, Copy)]
struct Case {
    /// What is on the gift for Ann.
    cents: i64,
    /// Whose request it is, and under which id gifts to their address are kept.
    asks: (&'static str, Option<&'static str>),
    state: &'static str,
    /// Whether an account has written it.
    is_proven: bool,
    /// Who has asked for a second person, how many hours ago, and for which recipient.
    wished: Option<(&'static str, u64, &'static str)>,
}

const BY_ANN: Case =
    Case { cents: 2_500, asks: (OTHER, Some(ANN)), state: "open", is_proven: true, wished: None };

fn answer(case: &Case, (method, path, _): &Call) -> Option<(u16, Value)> {
    let card = json!({
        "id": CARD, "last4": "7KQ2", "status": "active", "blocks": [],
        "value": {"amount": case.cents, "currency": "USD"},
        "balance": {"amount": case.cents, "currency": "USD"},
        "held": {"amount": 0, "currency": "USD"},
        "expires_at": null, "owner": null, "claimed": false,
        "recipient": {"id": ANN, "name": "Ann"}, "delivery": {"channel": "email", "state": "sent"},
        "reference": null, "funding": {"kind": "payment", "payment": "pay_1"},
    });
    let wish = |(by, hours, recipient): (&str, u64, &str)| {
        let at = SystemClock::new().now().saturating_sub(Span::hours(hours)).to_string();
        let text = format!(
            "Card …7KQ2: change-recipient wants a second person. New recipient: {recipient}."
        );
        json!({"author": "note", "at": at, "text": text, "by": by})
    };
    let thread = json!({
        "request": {"state": case.state, "person": case.asks.0, "is_proven": case.is_proven},
        "recipient": case.asks.1,
        "messages": case.wished.into_iter().map(wish).collect::<Vec<_>>(),
    });
    let queue = format!("/account/queue/{REQUEST}");
    Some(match (method, &**path) {
        (&Method::GET, path) if path == format!("/v1/gift-cards/{CARD}") => (200, card),
        (&Method::GET, "/v1/payments/pay_1") => (200, json!({"checkout": "chk_1"})),
        (&Method::GET, "/v1/checkouts/chk_1") => (200, json!({"buyer": BUYER})),
        (&Method::GET, path) if path == queue => (200, thread),
        (&Method::POST, "/account/find") => (200, json!({"recipient": NEW, "person": null})),
        (&Method::POST, path) if path.starts_with(&queue) => (201, json!({})),
        (&Method::POST, path) if path.ends_with("/change-recipient") => (200, card),
        _ => return None,
    })
}

/// What a form of support comes to: the texts that were written, and whether the gift was changed.
struct Outcome {
    status: u16,
    page: String,
    written: Vec<String>,
    is_changed: bool,
}

async fn change(case: Case, request: Option<&str>) -> Outcome {
    let permissions = ["help_with_cards", "find_persons", "answer_requests"];
    let pages = Fake::new(&permissions, move |call| answer(&case, call));
    let mut fields = vec![("email", "new@example.org"), ("reason", "wrong_address")];
    fields.extend(request.map(|request| ("request", request)));
    let page = pages.post(&format!("/console/cards/{CARD}/change-recipient"), &fields).await;
    let calls = pages.calls();
    let posted = calls.iter().filter(|(method, _, _)| *method == Method::POST);
    let text = |(_, _, body): &Call| body["text"].as_str().map(str::to_owned);
    Outcome {
        status: page.status.as_u16(),
        page: page.text,
        written: posted.clone().filter_map(text).collect(),
        is_changed: posted.clone().any(|(_, path, _)| path.contains("change-recipient")),
    }
}

#[tokio::test]
async fn only_giver_and_recipient_have_a_gift_sent_to_somebody_else() {
    let by_giver = Case { asks: (BUYER, None), ..BY_ANN };
    for case in [BY_ANN, by_giver] {
        let done = change(case, Some(REQUEST)).await;
        assert_eq!((done.status, done.is_changed), (303, true), "{}", done.page);
        let [note, told] = &*done.written else { panic!("{:?}", done.written) };
        assert!(note.contains("Reason: wrong_address"), "{note}");
        assert!(told.contains("now goes to another address"), "whoever asked is told: {told}");
    }
    for (case, request, said) in [
        (BY_ANN, None, "A customer has to ask for this"),
        (Case { state: "solved", ..BY_ANN }, Some(REQUEST), "A customer has to ask for this"),
        (Case { asks: (ME, Some(ANN)), ..BY_ANN }, Some(REQUEST), "It is your own request"),
        (
            Case { asks: (OTHER, Some(OTHER)), ..BY_ANN },
            Some(REQUEST),
            "neither giver nor recipient",
        ),
        (Case { asks: (OTHER, None), ..BY_ANN }, Some(REQUEST), "neither giver nor recipient"),
        // Somebody has typed the address of the recipient.
        (
            Case { asks: (ANN, Some(ANN)), is_proven: false, ..BY_ANN },
            Some(REQUEST),
            "neither giver nor recipient",
        ),
    ] {
        let done = change(case, request).await;
        assert!(done.page.contains(said) && !done.is_changed, "{said}: {}", done.page);
        assert_eq!(done.written, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_large_gift_takes_two_who_enter_the_same_address() {
    let large = Case { cents: 10_000, ..BY_ANN };
    for wished in [None, Some((ME, 1, NEW)), Some((OTHER, 1, ANN)), Some((OTHER, 73, NEW))] {
        let asked = change(Case { wished, ..large }, Some(REQUEST)).await;
        assert_eq!((asked.status, asked.is_changed), (303, false), "{wished:?} {}", asked.page);
        let [wish] = &*asked.written else { panic!("{:?}", asked.written) };
        assert!(wish.contains("wants a second person") && !wish.contains("new@example.org"));
    }
    let done = change(Case { wished: Some((OTHER, 1, NEW)), ..large }, Some(REQUEST)).await;
    assert!(done.is_changed && done.written.len() == 2, "{:?}", done.written);
}
