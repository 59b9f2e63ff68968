//! What a page knows of whoever asks for it.

use super::*;

fn page(headers: &[(&'static str, &str)], query: &str) -> Page<()> {
    let shop = Shop {
        name: "Luna".to_owned(),
        origin: "https://shop.example".to_owned(),
        key: "sk_test_1".to_owned(),
        currency: base::Currency::USD,
        step_up_above: Vec::new(),
        region: "US".to_owned(),
        is_test: true,
        demo: Vec::new(),
    };
    let mut request = Request::builder().uri(format!("/wallet?{query}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let (head, _) = request.body(Body::empty()).unwrap().into_parts();
    Page {
        words: Language::English.words(),
        who: None,
        site: Arc::new(Site::new(axum::Router::new(), shop)),
        head,
        query: pairs(query),
        form: Vec::new(),
        once: "0nce".to_owned(),
        cookies: Mutex::default(),
        guest: PhantomData,
    }
}

impl Guest for () {
    const PERMISSION: Option<Permission> = None;
}

#[test]
fn where_no_address_is_known_none_is_told() {
    let mut page = page(&[], "");
    assert_eq!(page.address(), None);
    assert_eq!(page.client(), serde_json::json!({"session": "nobody is known"}));
    page.who = Some(Who {
        person: "per_1".to_owned(),
        roles: Vec::new(),
        permissions: Vec::new(),
        ways: Vec::new(),
        csrf: String::new(),
    });
    assert_eq!(page.client(), serde_json::json!({"session": "per_1"}), "a budget of their own");
    page.head.headers.insert("user-agent", HeaderValue::from_static("Firefox/1"));
    assert_eq!(page.client()["user_agent"], "Firefox/1");
}

#[test]
fn a_language_is_kept_once_it_was_chosen() {
    let arabic = [("accept-language", "ar, en;q=0.5")];
    assert_eq!(page(&arabic, "").choose_language(), Language::Arabic);
    let asked = page(&arabic, "lang=en");
    assert_eq!(asked.choose_language(), Language::English);
    let given = asked.lock_cookies().pop().unwrap();
    let given = given.to_str().unwrap();
    assert!(given.starts_with("mg_lang=en; Path=/; Max-Age=31536000; HttpOnly"), "{given}");
    let kept = [arabic[0], ("cookie", "a=b; mg_lang=en")];
    let kept = page(&kept, "");
    assert_eq!(kept.choose_language(), Language::English);
    assert!(kept.lock_cookies().is_empty(), "it is kept already");
    let nonsense = [arabic[0], ("cookie", "mg_lang=<b>")];
    assert_eq!(page(&nonsense, "lang=xx").choose_language(), Language::Arabic);
}

#[test]
fn staff_without_a_passkey_that_counts_are_told_so() {
    let who = |role: &str, way: &str| Who {
        person: "per_1".to_owned(),
        roles: vec!["customer".to_owned(), role.to_owned()],
        permissions: Vec::new(),
        ways: vec![way.to_owned()],
        csrf: String::new(),
    };
    for (role, way, code) in [
        ("support", "mail_code", "stronger_sign_in_needed"),
        ("support", "passkey", "passkey_not_confirmed"),
        ("finance", "passkey", "not_permitted"),
    ] {
        assert_eq!(who(role, way).why_not(Permission::AnswerRequests), code, "{role} {way}");
    }
}
