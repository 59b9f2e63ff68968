//! Pages that need no account: whole, in the reader's language, behind a strict policy.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use base::Currency;
use site::Shop;
use tower::ServiceExt;

/// The pages, beside an API that knows nothing.
fn pages() -> axum::Router {
    let shop = Shop {
        name: "Corner Shop".to_owned(),
        origin: String::new(),
        key: String::new(),
        currency: Currency::USD,
        step_up_above: Vec::new(),
        region: "US".to_owned(),
        is_test: true,
        demo: Vec::new(),
    };
    site::router(axum::Router::new(), shop)
}

async fn get(pages: &axum::Router, path: &str, language: &str) -> (StatusCode, HeaderMap, String) {
    let request = Request::get(path).header("accept-language", language);
    let request = request.body(Body::empty()).unwrap();
    let response = pages.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 1 << 20).await.unwrap();
    (parts.status, parts.headers, String::from_utf8_lossy(&bytes).into_owned())
}

#[tokio::test]
async fn pages_are_served_with_their_assets_and_a_strict_policy() {
    let pages = pages();
    for path in ["/help", "/help/lost-card", "/design", "/help?q=refund"] {
        let (status, headers, page) = get(&pages, path, "en").await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert!(page.len() < 120_000, "{path}: {}", page.len());
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"));
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["referrer-policy"], "same-origin");
        let assets = page.split("/assets/").skip(1);
        let assets = assets.map(|rest| rest.split(['"', '#']).next().unwrap().to_owned());
        for asset in assets.collect::<std::collections::BTreeSet<_>>() {
            let (status, headers, _) = get(&pages, &format!("/assets/{asset}"), "en").await;
            assert_eq!(status, StatusCode::OK, "{asset}");
            assert!(headers["cache-control"].to_str().unwrap().contains("immutable"));
        }
    }
    let (status, _, _) = get(&pages, "/assets/makegood.0.css", "en").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_page_speaks_the_language_that_is_asked_for() {
    let pages = pages();
    for (path, header, tag) in [
        ("/help", "", "en"),
        ("/help", "ar-EG,en;q=0.5", "ar"),
        ("/help?lang=ar", "en", "ar"),
        ("/help?lang=xx", "ar", "ar"),
    ] {
        let (_, headers, page) = get(&pages, path, header).await;
        assert!(page.contains(&format!("<html lang=\"{tag}\"")), "{path} {header}");
        assert_eq!(headers["content-language"], tag);
    }
}

#[tokio::test]
async fn help_finds_answers_and_remembers_where_one_comes_from() {
    let pages = pages();
    let (_, _, page) = get(&pages, "/help?q=I+lost+my+card&from=/wallet/card_1", "en").await;
    assert!(page.contains("href=\"/help/lost-card?from=/wallet/card_1\""), "{page}");
    for elsewhere in ["https://evil.example", "//evil.example", "/%5Cevil.example", "javascript:x"]
    {
        let (_, _, page) = get(&pages, &format!("/help?from={elsewhere}"), "en").await;
        assert!(!page.contains("evil") && !page.contains("javascript"), "{elsewhere}");
    }
    let (_, _, page) = get(&pages, "/help?q=%3Cscript%3Ealert(1)%3C/script%3E", "en").await;
    assert!(!page.contains("<script"), "{page}");
    let (status, _, page) = get(&pages, "/help/no-such-thing", "en").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(page.contains("<h1>Help</h1>"));
}

#[tokio::test]
async fn an_address_that_takes_forms_only_leads_to_the_page_of_its_form() {
    let pages = pages();
    for (path, stands) in [
        ("/gift/claim", "/gift"),
        ("/wallet/add", "/wallet"),
        ("/checkout/chk_1/cards", "/checkout/chk_1"),
        ("/gifts/gcp_1/link?lang=ar", "/gifts/gcp_1"),
        ("/me/totp", "/me"),
    ] {
        let (status, headers, _) = get(&pages, path, "en").await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{path}");
        assert_eq!(headers["location"], stands, "{path}");
    }
    let request = Request::put("/gift/claim").body(Body::empty()).unwrap();
    let response = pages.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::FORBIDDEN, "no page of ours sends that");
}
