//! Gifts that are opened, cards that are kept, and what is paid with them.

use base::{Currency, Instant, Money};
use pages::customer::{
    BlockView, BoughtLineView, BuysView, CardHoldView, CardPageView, CheckoutStage, CheckoutView,
    CodeOfCardView, HappenedView, MethodView, MethodsView, NamesView, OfferedCardView,
    OrderNameView, OrderRefundView, OrderView, PartOfOrderView, PayerView, RevealView,
    ShopProductView, ShopView, SignedView, StepUpView, SumsView, TenderView, WalletCardView,
    WalletView, card_page, checkout_page, code_of_card_page, gift_code_page, open_gift_page,
    order_page, reveal_page, shop_page, wallet_page,
};
use pages::{Language, Moment};

use crate::whole::{check_whole, visit, weight};

fn dollars(minor: i64) -> Money {
    Money::new(minor, Currency::USD).expect("not below zero")
}

fn at(text: &str) -> Moment<'static> {
    Moment::utc(Instant::parse(text).expect("a time"))
}

fn reveal<'a>() -> RevealView<'a> {
    RevealView {
        token: "clm_secret",
        design: Some("night"),
        from: Some("Ben"),
        message: Some("Enjoy it! <3"),
        value: dollars(5_000),
        expires_at: Some(at("2027-12-24T09:00:00Z")),
        buys: BuysView::default(),
        is_claimed: false,
        is_letter: false,
        is_known: false,
        is_reported: false,
        is_blocked: false,
        email: "",
        refused: None,
        done: None,
    }
}

fn card<'a>() -> WalletCardView<'a> {
    WalletCardView {
        id: "gc_1",
        design: Some("birthday"),
        last4: "7KQ2",
        value: dollars(5_000),
        balance: dollars(3_800),
        held: dollars(1_200),
        available: dollars(2_600),
        status: "active",
        blocks: Vec::new(),
        expires_at: None,
        buys: BuysView {
            only: NamesView {
                creators: vec!["Ada & Co"],
                kinds: vec!["goods"],
                ..NamesView::default()
            },
            not: NamesView { categories: vec!["wine"], ..NamesView::default() },
            regions: vec!["US", "CA"],
        },
    }
}

fn checkout(stage: CheckoutStage<'_>) -> CheckoutView<'_> {
    CheckoutView {
        id: "chk_1",
        stage,
        lines: vec![
            BoughtLineView { name: "A lamp", quantity: 2, total: dollars(4_200) },
            BoughtLineView { name: "", quantity: 1, total: dollars(600) },
        ],
        sums: SumsView {
            things: dollars(4_000),
            shipping: Some(dollars(600)),
            tax: dollars(200),
            total: dollars(4_800),
        },
        tenders: vec![TenderView {
            id: "t1",
            payer: PayerView::Card { last4: "7KQ2" },
            amount: dollars(2_600),
        }],
        remaining: dollars(2_200),
        cards: vec![OfferedCardView { id: "gc_2", last4: "9ABC", available: dollars(700) }],
        methods: MethodsView { kept: Vec::new(), is_played: true, chosen: "tok_declined" },
        step_up: Some(StepUpView { amount: dollars(4_800), is_needed: false }),
        expires_at: at("2026-11-20T14:05:00Z"),
        refused: None,
    }
}

/// Codes that calls of these rooms are refused with, and what the pages themselves refuse.
const REFUSALS: &[&str] = &[
    "account_closed",
    "way_closed",
    "already_claimed",
    "busy",
    "capture_declined",
    "card_already_used",
    "checkout_expired",
    "checkout_not_paying",
    "checkout_paid",
    "checkout_paying",
    "code_not_added",
    "code_not_revealable",
    "code_not_usable",
    "code_typo",
    "currency_mismatch",
    "foreign_request",
    "gift_card_canceled",
    "gift_card_code_replaced",
    "gift_card_disputed",
    "gift_card_expired",
    "gift_card_frozen",
    "gift_card_not_usable",
    "gift_card_not_yet_active",
    "gift_card_unknown",
    "gift_link",
    "gift_not_mailed",
    "guess_budget_exhausted",
    "hold_not_open",
    "idempotency_mismatch",
    "in_flight",
    "insufficient_balance",
    "invalid_request",
    "limit_exceeded",
    "line_not_in_scope",
    "not_covered",
    "not_found",
    "not_sure",
    "not_the_owner",
    "nothing_left_to_pay",
    "nothing_to_change",
    "outcome_unknown",
    "payment_method_expired",
    "payment_method_not_found",
    "payment_method_refused",
    "rail_not_available",
    "rail_silent",
    "region_not_allowed",
    "sender_not_found",
    "session_ended",
    "sign_in_gone",
    "tender_not_found",
    "tender_pays_nothing",
    "too_many_tries",
    "unavailable",
    "wrong_code",
];

#[test]
fn every_refusal_has_words_that_say_what_became_of_the_money() {
    for language in Language::ALL {
        let words = language.words();
        for code in REFUSALS {
            for name in [format!("refused.{code}"), format!("refused.{code}_next")] {
                assert!(words.says(&name), "{name} in {}", language.tag());
            }
        }
    }
}

#[test]
fn these_rooms_are_said_in_arabic_as_a_whole() {
    let rooms = ["buys", "checkout", "lines", "methods", "order", "reveal", "shop", "wallet"];
    let arabic = Language::Arabic.words();
    for name in Language::English.words().names() {
        let is_here = rooms.iter().any(|room| name.starts_with(&format!("{room}.")));
        assert!(!is_here || arabic.says(name), "{name}");
    }
}

#[test]
fn a_gift_says_who_how_much_where_until_when_and_offers_one_act() {
    let page = reveal_page(&visit(Language::English, "/gift"), &reveal()).into_string();
    check_whole(&page);
    for said in [
        "Ben gives you 50.00\u{a0}USD",
        "Enjoy it! &lt;3",
        "Anything in the shop",
        "24 December 2027",
        "class=\"gift opens\"",
        "Keep this gift",
    ] {
        assert!(page.contains(said), "{said}");
    }
    assert_eq!(page.matches("main-act").count(), 1);
    // The drawing says who it is for without a name.
    assert!(page.contains("for you, from Ben"));
}

#[test]
fn a_gift_weighs_less_than_sixty_kilobytes() {
    for language in Language::ALL {
        let long = "x".repeat(1_000);
        let view = RevealView { message: Some(&long), ..reveal() };
        let page = reveal_page(&visit(language, "/gift"), &view).into_string();
        let weight = weight(&page);
        assert!((20_000..60_000).contains(&weight), "{weight}");
    }
}

#[test]
fn what_is_said_of_a_sender_is_never_chosen_beforehand() {
    for (is_letter, is_blocked) in [(false, false), (true, false), (true, true)] {
        let view = RevealView { is_letter, is_blocked, is_reported: true, ..reveal() };
        let page = reveal_page(&visit(Language::English, "/gift"), &view).into_string();
        check_whole(&page);
        assert!(!page.contains(" checked"), "{page}");
        assert_eq!(page.contains("name=\"block\""), is_letter && !is_blocked);
        assert_eq!(page.contains("action=\"/gift/unblock\""), is_blocked);
        // The mail's second link speaks of the sender; the first keeps the gift.
        assert_eq!(page.contains("action=\"/gift/claim\""), !is_letter);
    }
}

#[test]
fn a_gift_that_somebody_keeps_is_not_offered_again() {
    let view = RevealView { is_claimed: true, ..reveal() };
    let page = reveal_page(&visit(Language::English, "/gift"), &view).into_string();
    check_whole(&page);
    assert!(page.contains("This gift has an owner") && !page.contains("action=\"/gift/claim\""));
}

#[test]
fn every_page_of_these_rooms_is_whole_in_each_language() {
    let refused = Some(("gift_card_frozen", ""));
    for language in Language::ALL {
        let visit = visit(language, "/wallet");
        let played =
            CheckoutStage::NeedsPayer { url: "https://sandbox.invalid/1", is_played: true };
        let stages = [
            CheckoutStage::Open,
            CheckoutStage::Failed("declined"),
            CheckoutStage::Paying,
            played,
            CheckoutStage::Paid { order: Some("/orders/ord_1") },
            CheckoutStage::Expired,
        ];
        let mut pages: Vec<String> = stages
            .into_iter()
            .map(|stage| checkout_page(&visit, &checkout(stage)).into_string())
            .collect();
        pages.extend([
            open_gift_page(&visit, refused).into_string(),
            gift_code_page(&visit, refused).into_string(),
            wallet_page(&visit, &wallet(Vec::new())).into_string(),
            wallet_page(&visit, &wallet(vec![card(), card()])).into_string(),
            card_page(&visit, &story()).into_string(),
            code_of_card_page(&visit, &CodeOfCardView { id: "gc_1", code: "23AB-CD45" })
                .into_string(),
            order_page(&visit, &order()).into_string(),
            shop_page(&visit, &shop()).into_string(),
        ]);
        for page in pages {
            check_whole(&page);
            assert!(!page.contains("…</") || page.contains("refused"), "a text is missing");
        }
    }
}

fn wallet(cards: Vec<WalletCardView<'_>>) -> WalletView<'_> {
    WalletView {
        cards,
        sums: vec![dollars(5_200)],
        older: Some("/wallet?after=c"),
        refused: None,
        done: Some("claimed"),
        has_shop: true,
    }
}

fn story<'a>() -> CardPageView<'a> {
    let frozen = BlockView {
        kind: "frozen",
        since: at("2026-11-20T10:00:00Z"),
        until: Some(at("2026-11-21T10:00:00Z")),
        is_of_shop: false,
    };
    let less = |minor| SignedView { amount: dollars(minor), is_less: true };
    CardPageView {
        card: WalletCardView { blocks: vec![frozen], ..card() },
        holds: vec![CardHoldView {
            amount: dollars(1_200),
            until: Some(at("2026-11-20T14:05:00Z")),
            checkout: Some("/checkout/chk_1"),
        }],
        history: vec![HappenedView {
            kind: "captured",
            at: at("2026-11-20T10:00:00Z"),
            change: less(1_200),
            held_change: less(1_200),
            balance: dollars(3_800),
            order: Some(OrderNameView { number: "1001".to_owned(), path: Some("/orders/ord_1") }),
        }],
        older: None,
        refused: Some(("gift_card_frozen", "")),
        done: None,
    }
}

#[test]
fn a_card_tells_where_its_twelve_went() {
    let page = card_page(&visit(Language::English, "/wallet/gc_1"), &story()).into_string();
    for said in [
        "We are holding 12.00\u{a0}USD for your order",
        "14:05\u{a0}UTC",
        "−12.00\u{a0}USD",
        "<a href=\"/orders/ord_1\">Order 1001</a>",
        "38.00\u{a0}USD",
        "Only what is sold for: Ada &amp; Co",
        "Not for:",
        "Where you are in: US, CA",
        "Lift the freeze",
    ] {
        assert!(page.contains(said), "{said}");
    }
}

#[test]
fn a_card_that_the_shop_has_frozen_is_for_the_shop_to_lift() {
    let visit = visit(Language::English, "/wallet/gc_1");
    for is_of_shop in [false, true] {
        let mut view = story();
        view.card.blocks[0].is_of_shop = is_of_shop;
        let page = card_page(&visit, &view).into_string();
        assert_eq!(page.contains("until you lift the freeze"), !is_of_shop, "{page}");
        assert_eq!(page.contains("action=\"/wallet/gc_1/unfreeze\""), !is_of_shop);
        assert_eq!(page.contains("/contact?from=/wallet/gc_1"), is_of_shop);
        assert!(!page.contains("action=\"/wallet/gc_1/freeze\""));
    }
}

#[test]
fn no_page_but_the_reveal_shows_a_code() {
    let visit = visit(Language::English, "/wallet");
    let code = CodeOfCardView { id: "gc_1", code: "23AB-CD45-EFGH-JK67" };
    assert!(code_of_card_page(&visit, &code).into_string().contains("23AB-CD45-EFGH-JK67"));
    for page in [wallet_page(&visit, &wallet(vec![card()])), card_page(&visit, &story())] {
        assert!(page.into_string().contains("7KQ2"));
    }
}

#[test]
fn what_is_left_to_pay_is_told_before_anything_is_taken() {
    let visit = visit(Language::English, "/checkout/chk_1");
    let page = checkout_page(&visit, &checkout(CheckoutStage::Open)).into_string();
    for said in [
        "Gift card ending in 7KQ2",
        "Pay 22.00\u{a0}USD",
        "A card that is declined (0002)",
        "value=\"tok_declined\" required checked",
        "Shipping",
        "Use the card ending in 9ABC (7.00\u{a0}USD)",
    ] {
        assert!(page.contains(said), "{said}");
    }
    let covered = CheckoutView { remaining: dollars(0), ..checkout(CheckoutStage::Open) };
    let page = checkout_page(&visit, &covered).into_string();
    assert!(page.contains("Pay with the gift cards") && !page.contains("name=\"method\""));
}

#[test]
fn a_page_that_waits_looks_by_itself_and_one_that_asks_does_not() {
    let visit = visit(Language::English, "/checkout/chk_1");
    let real = CheckoutStage::NeedsPayer { url: "https://bank.example/3ds", is_played: false };
    for (stage, looks) in [
        (CheckoutStage::Paying, true),
        (CheckoutStage::Open, false),
        (CheckoutStage::Failed("declined"), false),
        (real, true),
        (CheckoutStage::NeedsPayer { url: "https://sandbox.invalid/1", is_played: true }, false),
    ] {
        let page = checkout_page(&visit, &checkout(stage)).into_string();
        assert_eq!(page.contains("http-equiv=\"refresh\""), looks, "{stage:?}");
    }
    let page = checkout_page(&visit, &checkout(real)).into_string();
    assert!(page.contains("href=\"https://bank.example/3ds\""));
}

#[test]
fn a_failed_attempt_says_that_nothing_was_taken_and_offers_another() {
    let visit = visit(Language::English, "/checkout/chk_1");
    for (reason, said) in [
        ("declined", "The card was declined"),
        ("challenge_failed", "The payment was not confirmed"),
        ("some_new_word", "The payment did not go through"),
    ] {
        let page = checkout_page(&visit, &checkout(CheckoutStage::Failed(reason))).into_string();
        assert!(page.contains(said), "{reason}");
        assert!(page.contains("Nothing was taken, and your gift cards are free again."));
        assert!(page.contains("action=\"/checkout/chk_1/again\""));
        assert!(page.contains("action=\"/checkout/chk_1/pay\""));
    }
}

fn order<'a>() -> OrderView<'a> {
    let method = MethodView {
        id: "pm_1",
        brand: Some("visa"),
        last4: Some("4242"),
        expires: Some("2027-12"),
    };
    let part = PartOfOrderView {
        payer: PayerView::Method(method),
        line: "A lamp",
        amount: dollars(1_600),
        status: None,
    };
    OrderView {
        receipt: 1_001,
        at: at("2026-11-20T10:00:00Z"),
        status: "partly_refunded",
        lines: checkout(CheckoutStage::Open).lines,
        sums: checkout(CheckoutStage::Open).sums,
        paid: vec![part],
        refunded: dollars(500),
        refunds: vec![OrderRefundView {
            credit_note: 3,
            at: at("2026-11-21T10:00:00Z"),
            amount: dollars(500),
            parts: vec![PartOfOrderView { status: Some("pending"), amount: dollars(500), ..part }],
        }],
        is_behind: false,
    }
}

#[test]
fn a_receipt_tells_who_paid_what_and_what_has_gone_back() {
    let page = order_page(&visit(Language::English, "/orders/ord_1"), &order()).into_string();
    for said in [
        "Receipt 1001",
        "Partly given back",
        "Visa ending in 4242, until December 2027",
        "Credit note 3",
        "on its way",
    ] {
        assert!(page.contains(said), "{said}");
    }
}

fn shop<'a>() -> ShopView<'a> {
    let product = ShopProductView {
        id: "prd_1",
        name: "A <lamp>",
        category: Some("home"),
        price: dollars(2_000),
    };
    ShopView { products: vec![product], refused: None }
}
