//! Pages of gifts: whole in both languages, and silent about what they must not tell.

use base::{Currency, Instant, Money};
use pages::customer::{
    BoughtGift, CancelView, ChangeView, GiftCardState, GiftForm, GiftMistake, GiftOffer, GiftRow,
    GiftStatus, GiftTerms, GiftView, GiftsView, LinkView, MethodView, MethodsView, NamedThing,
    Paper, PayGiftView, PrintView, PrintedCard, Received, SharedView, StartView, StepUpView,
    WhomView, Wrong, cancel_page, change_page, gift_page, gifts_page, link_page, pay_gift_page,
    print_page, shared_page, start_page, whom_page,
};
use pages::gift::Design;
use pages::{Asset, Language, Markup, Moment, Visit};

use crate::whole::{check_whole, visit};

const CODE: &str = "23AB-CD45-EFGH-JK67M";
const MAIL: &str = "ann@example.com";
const PATH: &str = "/gifts";

fn dollars(minor: i64) -> Money {
    Money::new(minor, Currency::USD).expect("samples are not negative")
}

fn at() -> Moment<'static> {
    Moment::utc(Instant::parse("2026-12-24T18:30:00Z").expect("a time"))
}

fn form() -> GiftForm<'static> {
    GiftForm {
        gift: "g1ft",
        amount: "5000",
        design: "waves",
        good: "products",
        products: vec!["prd_1"],
        to: "Ann <b>",
        how: "email",
        email: MAIL,
        when: "later",
        at: "2026-12-24T18:30",
        zone: "Africa/Cairo",
        from: "Ben Berg",
        message: "For you\nand nobody else",
        ..GiftForm::default()
    }
}

fn offer() -> GiftOffer {
    GiftOffer {
        fixed: vec![dollars(2_500), dollars(5_000)],
        min: dollars(500),
        max: dollars(50_000),
        terms: GiftTerms { validity_days: Some(365), return_days: Some(90) },
    }
}

fn received() -> Received<'static> {
    Received {
        shop: "Luna",
        design: Design::Waves,
        value: dollars(5_000),
        to: "Ann <b>",
        from: "Ben",
        message: "For you\nand nobody else",
        expires_at: Some(at()),
    }
}

fn ways() -> MethodsView<'static> {
    let kept = MethodView { id: "pm_1", brand: Some("visa"), last4: Some("4242"), expires: None };
    MethodsView { kept: vec![kept], is_played: true, chosen: "tok_declined" }
}

fn card(state: GiftCardState) -> BoughtGift<'static> {
    BoughtGift {
        id: "gc_1",
        gift: received(),
        email: MAIL,
        channel: "email",
        state,
        at: Some(at()),
        deliver_at: None,
        returns_at: Some(at()),
        last4: "K67M",
        is_frozen: state == GiftCardState::Opened,
        is_of_shop: false,
    }
}

fn gift(status: GiftStatus, state: Option<GiftCardState>) -> GiftView<'static> {
    GiftView {
        id: "gcp_1",
        status,
        failure: "insufficient_funds",
        total: dollars(5_000),
        at: at(),
        confirm_at: Some("/bank"),
        is_bank_played: false,
        ways: ways(),
        step_up: None,
        undo: (state == Some(GiftCardState::Scheduled)).then(|| (at(), 8)),
        back: (status == GiftStatus::Undone).then(|| (dollars(5_000), false)),
        can_cancel: true,
        card: state.map(card),
        others: Vec::new(),
        refused: Some(("undo_too_late", "")),
        done: Some("sent"),
    }
}

fn starts(visit: &Visit<'_>) -> [Markup; 3] {
    let start = StartView {
        form: form(),
        offer: &offer(),
        creators: vec![NamedThing { id: "cre_1", name: "Ada" }],
        products: vec![NamedThing { id: "prd_1", name: "Lamp" }],
        wrong: vec![Wrong { field: "other", what: GiftMistake::OutOfRange }],
        refused: None,
    };
    let compose = WhomView {
        form: form(),
        value: dollars(5_000),
        terms: offer().terms,
        preview: Some(received()),
        meant: Some("ann@gmail.com"),
        wrong: vec![Wrong { field: "email", what: GiftMistake::NoAt }],
        refused: Some(("gift_not_accepted", "")),
    };
    let pay = PayGiftView {
        form: form(),
        value: dollars(5_000),
        terms: offer().terms,
        gift: received(),
        good_for: "Lamp".to_owned(),
        at: Some(at()),
        ways: ways(),
        step_up: Some(StepUpView { amount: dollars(5_000), is_needed: true }),
        refused: None,
    };
    [start_page(visit, &start), whom_page(visit, &compose), pay_gift_page(visit, &pay)]
}

fn others(visit: &Visit<'_>) -> Vec<Markup> {
    let row = GiftRow {
        id: "gcp_1",
        to: String::new(),
        quantity: 3,
        total: dollars(15_000),
        at: at(),
        status: GiftStatus::Paid,
        card: None,
    };
    let change = ChangeView {
        id: "gcp_1",
        card: "gc_1",
        to: "Ann",
        email: MAIL,
        message: "",
        is_mailed: true,
        meant: Some("ann@gmail.com"),
        wrong: vec![Wrong { field: "to", what: GiftMistake::Missing }],
        refused: None,
    };
    let print = PrintView {
        id: "gcp_1",
        card: "gc_1",
        gift: received(),
        paper: Paper::Card,
        printed: None,
        refused: None,
    };
    let shared = SharedView { from: "Ben", design: Design::Waves, picture: "/pictures/waves.svg" };
    vec![
        gifts_page(visit, &GiftsView { gifts: vec![row], next: Some("c1") }),
        gifts_page(visit, &GiftsView { gifts: Vec::new(), next: None }),
        change_page(visit, &change),
        cancel_page(visit, &CancelView { id: "gcp_1", back: dollars(5_000), refused: None }),
        link_page(visit, &LinkView { id: "gcp_1", link: "https://shop.example/g/gc_1#clm_1" }),
        print_page(visit, &print),
        print_page(visit, &PrintView { printed: Some(printed()), paper: Paper::A4, ..print }),
        shared_page(visit, &shared),
    ]
}

fn printed() -> PrintedCard<'static> {
    PrintedCard { code: CODE, address: "https://shop.example/gift" }
}

const STATES: [GiftCardState; 8] = [
    GiftCardState::Scheduled,
    GiftCardState::Sent,
    GiftCardState::Arrived,
    GiftCardState::Bounced,
    GiftCardState::Opened,
    GiftCardState::Claimed,
    GiftCardState::ByHand,
    GiftCardState::Over,
];

/// Every page of the room, in many states.
fn all(language: Language) -> Vec<String> {
    let visit = visit(language, PATH);
    let unpaid = [
        GiftStatus::Pending,
        GiftStatus::RequiresAction,
        GiftStatus::Failed,
        GiftStatus::Expired,
        GiftStatus::Undone,
    ];
    let unpaid = unpaid.map(|status| gift_page(&visit, &gift(status, None)));
    let paid = STATES.map(|state| gift_page(&visit, &gift(GiftStatus::Paid, Some(state))));
    let pages = starts(&visit).into_iter().chain(others(&visit)).chain(unpaid).chain(paid);
    pages.map(Markup::into_string).collect()
}

#[test]
fn every_page_of_gifts_is_whole_in_each_language() {
    for language in Language::ALL {
        for page in all(language) {
            check_whole(&page);
            assert!(!page.contains("<b>"), "what people write is never a tag");
            assert!(!page.contains('…'), "a text is missing: {page}");
        }
    }
}

#[test]
fn arabic_says_all_of_this_room() {
    let (english, arabic) = (Language::English.words(), Language::Arabic.words());
    let unsaid = |name: &&str| name.starts_with("gifts.") && !arabic.says(name);
    assert_eq!(english.names().filter(unsaid).collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn a_code_stands_on_the_printed_page_only() {
    let pages = all(Language::English);
    let with_code: Vec<&String> = pages.iter().filter(|page| page.contains(CODE)).collect();
    assert_eq!(with_code.len(), 1);
    assert!(with_code[0].contains("class=\"qr\"") && with_code[0].contains("sheet a4"));
}

#[test]
fn what_is_shared_tells_the_first_name_and_the_design_only() {
    let visit = visit(Language::English, PATH);
    let shared = SharedView {
        from: "Ben",
        design: Design::Waves,
        picture: "https://shop.example/pictures/waves.svg",
    };
    let page = shared_page(&visit, &shared).into_string();
    assert!(page.contains("<meta property=\"og:title\" content=\"A gift from Ben\">"), "{page}");
    assert!(page.contains("content=\"https://shop.example/pictures/waves.svg\""));
    assert!(page.contains("noindex"), "{page}");
    // With none at all, a browser would not say of its form whose it is, and it would be refused.
    assert_eq!(page.matches("<meta name=\"referrer\"").count(), 1);
    assert!(page.contains("<meta name=\"referrer\" content=\"same-origin\">"), "{page}");
    assert!(!page.contains("USD") && !page.contains("50.00"), "{page}");
}

#[test]
fn what_was_typed_on_the_way_is_not_lost_to_another_language() {
    let visit = visit(Language::English, "/gifts/new");
    let other = "href=\"/gifts/new?lang=ar\"";
    let offers = starts(&visit).map(|page| page.into_string().contains(other));
    assert_eq!(offers, [true, false, false]);
}

#[test]
fn a_page_that_waits_asks_again_by_itself_and_offers_nothing_to_pay() {
    let visit = visit(Language::English, PATH);
    for (status, is_bank_played, waits) in [
        (GiftStatus::Pending, false, true),
        (GiftStatus::RequiresAction, false, true),
        (GiftStatus::RequiresAction, true, false),
        (GiftStatus::Failed, false, false),
        (GiftStatus::Paid, false, false),
    ] {
        let view = GiftView { is_bank_played, refused: None, ..gift(status, None) };
        let page = gift_page(&visit, &view).into_string();
        assert_eq!(page.contains("http-equiv=\"refresh\""), waits, "{status:?}");
        let asks = matches!(status, GiftStatus::Pending | GiftStatus::RequiresAction);
        assert_eq!(page.contains("Do not pay again"), asks, "{status:?}");
        let can_pay = page.contains("action=\"/gifts/gcp_1/pay\"");
        assert_eq!(can_pay, status == GiftStatus::Failed, "{status:?}");
        // What was refused stays to be read.
        let view = GiftView { refused: Some(("undo_too_late", "")), ..view };
        assert!(!gift_page(&visit, &view).into_string().contains("http-equiv=\"refresh\""));
    }
}

#[test]
fn a_freeze_of_the_shop_is_not_offered_to_be_lifted() {
    let visit = visit(Language::English, PATH);
    for is_of_shop in [false, true] {
        let mut view = gift(GiftStatus::Paid, Some(GiftCardState::Opened));
        view.card = view.card.map(|card| BoughtGift { is_of_shop, ..card });
        let page = gift_page(&visit, &view).into_string();
        assert_eq!(page.contains("/gifts/gcp_1/unfreeze"), !is_of_shop, "{page}");
        assert_eq!(page.contains("only the shop lifts that"), is_of_shop);
        assert_eq!(page.contains("/contact?from=/gifts/gcp_1"), is_of_shop);
    }
}

#[test]
fn each_state_offers_what_helps() {
    let visit = visit(Language::English, PATH);
    let check = |state: GiftCardState, act: &str, is_there: bool| {
        let page = gift_page(&visit, &gift(GiftStatus::Paid, Some(state))).into_string();
        assert_eq!(page.contains(&format!("/gifts/gcp_1/{act}")), is_there, "{state:?} {act}");
    };
    check(GiftCardState::Scheduled, "undo", true);
    check(GiftCardState::Scheduled, "resend", false);
    check(GiftCardState::Scheduled, "change", true);
    check(GiftCardState::Sent, "resend", true);
    check(GiftCardState::Bounced, "change", true);
    check(GiftCardState::Arrived, "cancel", true);
    check(GiftCardState::Arrived, "freeze", true);
    check(GiftCardState::Opened, "unfreeze", true);
    check(GiftCardState::Opened, "replace", true);
    for act in ["resend", "change", "link", "print", "freeze"] {
        check(GiftCardState::Claimed, act, false);
        check(GiftCardState::Over, act, false);
    }
}

#[test]
fn what_was_typed_travels_in_the_form_and_in_no_address() {
    let visit = visit(Language::English, PATH);
    let [_, _, pay] = starts(&visit).map(Markup::into_string);
    for (name, value) in [
        ("gift", "g1ft"),
        ("email", MAIL),
        ("message", "For you\nand nobody else"),
        ("product", "prd_1"),
        ("at", "2026-12-24T18:30"),
    ] {
        let field = format!("type=\"hidden\" name=\"{name}\" value=\"{value}\"");
        assert!(pay.contains(&field), "{name}");
    }
    for page in all(Language::English) {
        for address in page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(!address.contains("ann") && !address.contains("you"), "{address}");
        }
    }
}

#[test]
fn styles_of_paper_have_a_rule_for_each_class_of_a_sheet() {
    let print = Asset::all().iter().find(|asset| asset.path.contains("/print.")).unwrap();
    let rules = std::str::from_utf8(print.bytes).unwrap();
    for class in ["sheets", "sheet", "a4", "letter", "card-size", "outside", "inside", "redeem"] {
        assert!(rules.contains(&format!(".{class}")), "{class}");
    }
    assert!(rules.contains("85.6mm 54mm"));
}

#[test]
fn a_mistake_is_told_on_top_and_one_goes_on_where_it_is() {
    let visit = visit(Language::English, PATH);
    let [start, whom, _] = starts(&visit).map(Markup::into_string);
    for (page, field) in [(start, "other"), (whom, "email")] {
        assert!(page.contains("Something in the form needs another look"), "{page}");
        assert_eq!(page.matches(" autofocus").count(), 1, "{page}");
        let at = page.find(" autofocus").expect("one has the focus");
        let opens = page[..at].rfind('<').expect("a tag");
        assert!(page[opens..at].contains(&format!("name=\"{field}\"")), "{page}");
    }
    let offer = offer();
    let view = StartView {
        form: GiftForm { good: "creator", products: Vec::new(), ..form() },
        offer: &offer,
        creators: vec![NamedThing { id: "cre_1", name: "Ada" }],
        products: Vec::new(),
        wrong: vec![Wrong { field: "good", what: GiftMistake::NotChosen }],
        refused: None,
    };
    let page = start_page(&visit, &view).into_string();
    // The choices name what is wrong with them, and nobody is chosen before somebody chose.
    assert!(page.contains("aria-describedby=\"good-wrong\""), "{page}");
    assert!(page.contains("<option value=\"\" selected>"), "{page}");
}
