//! Ways that lead on from a page which answers a form.

use axum::http::Method;
use serde_json::json;

use crate::fake::{Call, Fake};

/// An API that knows a gift, and refuses whoever wants to sign in by this address.
fn gift((method, path, _): &Call) -> Option<(u16, serde_json::Value)> {
    Some(match (method, &**path) {
        (&Method::POST, "/v1/gift-cards/claim/preview") => (
            200,
            json!({
                "design": null, "sender_name": "Ben", "message": null,
                "value": {"amount": 5_000, "currency": "USD"}, "expires_at": null, "regions": [],
                "scope": null, "claimed": false, "reported": false, "sender_blocked": false,
            }),
        ),
        (&Method::POST, "/account/sign-in/mail") => {
            (400, json!({"code": "invalid_request", "detail": "", "param": "/email"}))
        }
        (&Method::GET, path) if path.starts_with("/v1/gift-cards?") => {
            (200, json!({"data": [], "next_cursor": null}))
        }
        (&Method::POST, "/v1/gift-cards/claim") => (422, json!({"code": "code_typo"})),
        _ => return None,
    })
}

#[tokio::test]
async fn a_page_that_answers_a_form_leads_to_pages_that_can_be_looked_at() {
    let pages = Fake::new(&[], gift);
    let page = pages.post("/gift/claim", &[("token", "clm_1"), ("email", "ann")]).await.text;
    assert!(page.contains("Ben gives you"), "{page}");
    assert!(page.contains("href=\"/sign-in?next=/gift\""), "{page}");
    assert!(page.contains("href=\"/gift?lang=ar\""), "{page}");
    let pages = Fake::new(&["own_account", "own_cards"], gift);
    let page = pages.post("/wallet/add", &[("code", "x")]).await.text;
    assert!(page.contains("href=\"/wallet?lang=ar\""), "{page}");
}

#[tokio::test]
async fn refusals_and_ended_sessions_lead_back_to_where_the_form_stood() {
    let pages = Fake::new(&[], |_| None);
    for (from, back) in
        [("/wallet/add", "/wallet"), ("/wallet/gc_1", "/wallet/gc_1"), ("", "/wallet")]
    {
        let page = pages.post_from(from, "/wallet/add", &[]).await;
        assert_eq!(page.headers["location"], format!("/sign-in?next={back}"), "{from}");
    }
    // Somebody who may not: the page of the refusal leads back too.
    let pages = Fake::new(&["own_account"], |_| None);
    let page = pages.post_from("/gifts/gcp_1/link", "/wallet/add", &[]).await.text;
    assert!(page.contains("href=\"/gifts/gcp_1\""), "{page}");
}
