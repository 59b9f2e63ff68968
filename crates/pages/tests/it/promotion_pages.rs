//! What advertisers see: before they pay, while it runs, and afterwards.

use base::Currency;
use pages::Language;
use pages::customer::{
    AlertView, CauseView, ComposeView, DeliveryView, Finding, FormTrouble, MethodView, MethodsView,
    MoneyView, PayView, Point, PromotionLine, PromotionView, PromotionsView, QuoteView, RatesView,
    RestitutionView, SegmentView, Stage, StandingView, StepUpView, SuggestionView, TermsTyped,
    compose_page, promotion_page, promotions_page, quote_page,
};

use crate::whole::{at, check, usd, visit};

fn compose(stage: Stage<'_>, refused: Option<FormTrouble<'_>>, language: Language) -> String {
    let view = ComposeView {
        stage,
        typed: TermsTyped { budget: "50", audience: "custom", ..TermsTyped::default() },
        creators: vec![("cre_1", "Ada <Ada> (@ada)".to_owned())],
        currency: "USD",
        refused,
    };
    compose_page(&visit(language, "/promotions/new"), &view).into_string()
}

#[test]
fn the_composer_is_whole_and_fills_in_what_was_typed() {
    let trouble = FormTrouble {
        code: "invalid_request",
        detail: "must be at least 1.00 USD",
        field: "budget",
        is_in_words: false,
    };
    for language in Language::ALL {
        let page = compose(Stage::New, Some(trouble), language);
        check(&page);
        assert!(page.contains("name=\"budget\" type=\"text\" value=\"50\""), "{page}");
        assert!(page.contains("aria-invalid=\"true\""));
        let is_told = page.contains("must be at least 1.00 USD");
        assert_eq!(is_told, language == Language::English);
    }
    let page = compose(Stage::New, None, Language::English);
    assert!(page.contains("Ada &lt;Ada&gt;") && !page.contains("aria-invalid"));
    for goal in ["views", "engagement", "followers", "sales"] {
        assert!(page.contains(&format!("value=\"{goal}\"")), "{goal}");
    }
}

#[test]
fn what_was_sold_is_not_asked_for_again() {
    let paid = |is_guarantee| Stage::Paid { id: "promo_1", is_guarantee };
    for (stage, asked, not_asked) in [
        (Stage::Draft("promo_1"), "budget", "url"),
        (paid(false), "daily_budget", "budget"),
        (paid(true), "ends_on", "audience"),
        (paid(true), "ends_on", "starts_on"),
    ] {
        let page = compose(stage, None, Language::English);
        check(&page);
        assert!(page.contains(&format!("name=\"{asked}\"")), "{stage:?}");
        assert!(!page.contains(&format!("name=\"{not_asked}\"")), "{stage:?}");
    }
}

fn quote<'a>(findings: Vec<Finding<'a>>, pay: PayView<'a>) -> QuoteView<'a> {
    QuoteView {
        id: "promo_1",
        post: "shop.example/v/1",
        goal: "views",
        is_guarantee: false,
        budget: usd(5_000),
        daily_budget: None,
        starts_at: at("2026-12-01T00:00:00Z"),
        ends_at: at("2026-12-03T23:59:59Z"),
        unit: "view",
        price_max: 2_500_000,
        range: (1_100, 2_200),
        guaranteed: None,
        audience_size: 99_000,
        until: at("2026-11-30T13:00:00Z"),
        findings,
        pay,
        done: None,
    }
}

fn pays<'a>() -> PayView<'a> {
    let visa = MethodView {
        id: "pm_1",
        brand: Some("visa"),
        last4: Some("4242"),
        expires: Some("2028-12"),
    };
    PayView {
        methods: MethodsView { kept: vec![visa], is_played: false, chosen: "pm_1" },
        cards: vec![("gc_1", "7KQ2", usd(1_200), true)],
        step_up: Some(StepUpView { amount: usd(5_000), is_needed: false }),
        ..PayView::default()
    }
}

#[test]
fn a_quote_says_the_most_what_counts_and_what_comes_back_before_paying() {
    for language in Language::ALL {
        let visit = visit(language, "/promotions/promo_1");
        let page = quote_page(&visit, &quote(Vec::new(), pays())).into_string();
        check(&page);
        assert!(page.contains("action=\"/promotions/promo_1/pay\""));
        assert!(page.contains("50.00\u{a0}USD") && page.contains("0.025\u{a0}USD"));
        assert!(page.contains("1,100") && page.contains("99,000"));
    }
    let visit = visit(Language::English, "/promotions/promo_1");
    let page = quote_page(&visit, &quote(Vec::new(), pays())).into_string();
    for said in ["You pay at most", "at least two seconds", "within 4 days", "Visa ending in 4242"]
    {
        assert!(page.contains(said), "{said}");
    }
    // Signing by passkey is an offer of a script.
    assert!(page.contains("data-passkey=\"agree\"") && page.contains("data-amount=\"5000\""));
}

#[test]
fn a_finding_has_its_fix_and_a_blocker_keeps_one_from_paying() {
    let finding = |code, severity| Finding { code, severity, message: "m", fix: "f" };
    let visit = visit(Language::English, "/promotions/promo_1");
    for (code, severity, is_off) in [
        ("budget_too_low", "blocker", true),
        ("too_soon", "warning", false),
        ("never_heard_of", "hint", false),
    ] {
        let view = quote(vec![finding(code, severity)], pays());
        let page = quote_page(&visit, &view).into_string();
        check(&page);
        assert_eq!(page.contains(" disabled"), is_off, "{code}");
    }
    let view = quote(vec![finding("budget_too_low", "blocker")], pays());
    let page = quote_page(&visit, &view).into_string();
    assert!(page.contains("Choose a larger budget.") && page.contains("Has to change"));
    let old = quote(vec![finding("quote_expired", "blocker")], pays());
    let page = quote_page(&visit, &old).into_string();
    assert!(
        page.contains("/promotions/promo_1/quote") && !page.contains("/promotions/promo_1/pay")
    );
}

#[test]
fn paying_that_waits_or_failed_says_so() {
    let visit = visit(Language::English, "/promotions/promo_1");
    let waits = PayView { is_being_paid: true, challenge: Some("https://bank.example"), ..pays() };
    let page = quote_page(&visit, &quote(Vec::new(), waits)).into_string();
    assert!(page.contains("http-equiv=\"refresh\"") && page.contains("https://bank.example"));
    assert!(!page.contains("/promotions/promo_1/pay"));
    let failed = PayView { failure: Some("declined"), ..pays() };
    let page = quote_page(&visit, &quote(Vec::new(), failed)).into_string();
    check(&page);
    assert!(page.contains("Your bank has declined it. Nothing was taken"));
}

fn standing(status: &'static str) -> StandingView<'static> {
    StandingView {
        status,
        paused_by: if status == "paused" { vec!["advertiser"] } else { Vec::new() },
        rule: (status == "rejected").then_some("misleading"),
        end: None,
        is_appealed: false,
        paid_at: Some(at("2026-11-30T12:00:00Z")),
        reviewed_at: Some(at("2026-11-30T15:00:00Z")),
        settled_at: None,
        starts_at: at("2026-12-01T00:00:00Z"),
        ends_at: at("2026-12-04T00:00:00Z"),
        settles_at: None,
    }
}

fn delivery() -> DeliveryView<'static> {
    let point = |by, expected, came| Point { by: at(by), expected, came };
    let cause = |cause, side, units, micros| CauseView {
        cause,
        side,
        units,
        micros,
        is_estimate: cause == "outage",
    };
    DeliveryView {
        currency: Currency::USD,
        units: 412,
        points: vec![
            point("2026-12-01T01:00:00Z", (10, 40), Some(8)),
            point("2026-12-04T00:00:00Z", (1_100, 2_200), None),
        ],
        is_day_known: false,
        alerts: vec![AlertView {
            code: "behind_plan",
            since: at("2026-12-01T05:00:00Z"),
            units: 8,
            expected: (10, 40),
            cause: Some("outbid"),
        }],
        planned_spent: (usd(200), usd(120)),
        causes: vec![
            cause("outbid", "market", 31, 77_000_000),
            cause("outage", "platform", 1, 300_000),
            cause("pacing", "platform", -2, -4_000_000),
            cause("lease", "platform", 0, 10),
        ],
        suggestions: vec![SuggestionView {
            number: "77",
            setting: "/ends_at",
            ends_at: Some(at("2026-12-07T00:00:00Z")),
            more: 120,
            as_is: 300,
        }],
        rates: RatesView {
            shown: 1_540,
            unit_cost: Some(291_262),
            thousand_cost: Some(77_922_077),
            per_million: vec![("impression", 962_337), ("view", 267_532), ("sale", 649)],
        },
        segments: vec![SegmentView {
            by: "country",
            group: Some("US"),
            shown: 900,
            units: 300,
            price: Some(2_000_000),
        }],
        invalid: vec![("view", "automated_traffic", 104)],
        repaid_units: 12,
        unit: "view",
    }
}

fn promotion(status: &'static str) -> PromotionView<'static> {
    PromotionView {
        id: "promo_1",
        post: "shop.example/v/1",
        goal: "views",
        unit: "view",
        range: (1_100, 2_200),
        guaranteed: None,
        standing: standing(status),
        money: MoneyView {
            paid: usd(5_000),
            added: usd(0),
            spent: usd(120),
            left: usd(4_880),
            returned: usd(0),
            repaid: usd(312),
            daily: None,
        },
        delivery: delivery(),
        restitutions: vec![RestitutionView {
            kind: "late_invalid",
            amount: usd(312),
            when: at("2026-12-08T00:00:00Z"),
            has_arrived: false,
            reasons: vec!["A part did not come from real people."],
        }],
        settlements: vec![(at("2026-12-08T00:00:00Z"), usd(5_000), usd(120), usd(4_880))],
        claims: vec![("claim_1", "in_review")],
        is_fresh: true,
        refused: None,
        done: Some("paid"),
    }
}

#[test]
fn a_report_tells_everything_in_both_languages() {
    for language in Language::ALL {
        let visit = visit(language, "/promotions/promo_1");
        let page = promotion_page(&visit, &promotion("running")).into_string();
        check(&page);
        assert!(page.contains("http-equiv=\"refresh\" content=\"60\""), "it was asked for");
        let once = PromotionView { is_fresh: false, ..promotion("running") };
        let once = promotion_page(&visit, &once).into_string();
        assert!(!once.contains("http-equiv") && once.contains("/promotions/promo_1?fresh=yes"));
        assert!(page.contains("<polygon class=\"band\""));
        assert!(page.contains("name=\"n\" value=\"77\""));
        // What the rules say is marked as what it is.
        let is_marked = page.contains("<span lang=\"en\" dir=\"ltr\">");
        assert_eq!(is_marked, language == Language::Arabic);
    }
    let visit = visit(Language::English, "/promotions/promo_1");
    let page = promotion_page(&visit, &promotion("running")).into_string();
    for said in [
        "It brings less than was quoted",
        "Most of what is missing: others bid more.",
        "Missing because others bid more: 31 views, worth 0.77\u{a0}USD (the market).",
        "Missing because the feed could not be reached: 1 view, worth less than 0.01\u{a0}USD",
        "More came than planned, because of the same: its money is to last longer: 2 views",
        "About 120 views more are to be expected until the end",
        "3.12\u{a0}USD was repaid for 12 views that were billed first.",
        "from automated traffic",
        "A part did not come from real people.",
    ] {
        assert!(page.contains(said), "{said}");
    }
    assert!(!page.contains("did not come in time"), "it comes to nothing");
}

/// The table of rates alone.
fn rates(page: &str) -> &str {
    let (_, after) = page.split_once("<h2>Rates</h2>").unwrap_or_default();
    after.split_once("</table>").map_or("", |(table, _)| table)
}

#[test]
fn rates_tell_how_often_it_was_shown_at_what_price_and_what_came_of_it() {
    let visit = visit(Language::English, "/promotions/promo_1");
    let page = promotion_page(&visit, &promotion("running")).into_string();
    for (what, number) in [
        ("Times it was put on a page", "1,540"),
        ("What each that was billed has cost", "0.00292\u{a0}USD"),
        ("What a thousand times have cost", "0.77923\u{a0}USD"),
        ("Showings, of a thousand times", "962.337"),
        ("Views, of a thousand times", "267.532"),
        ("Sales, of a thousand times", "0.649"),
    ] {
        let (_, row) = rates(&page).split_once(what).expect(what);
        let (row, _) = row.split_once("</tr>").expect("rows end");
        assert!(row.contains(&format!(">{number}<")), "{what}: {row}");
    }
    // What has cost nothing yet has no price, and what was never shown has no rates.
    let mut view = promotion("running");
    view.delivery.rates = RatesView { shown: 1, ..RatesView::default() };
    let page = promotion_page(&visit, &view).into_string();
    assert!(rates(&page).contains(">1<") && !rates(&page).contains("USD"));
    view.delivery.rates.shown = 0;
    assert_eq!(rates(&promotion_page(&visit, &view).into_string()), "");
}

#[test]
fn only_what_may_be_done_is_offered() {
    let visit = visit(Language::English, "/promotions/promo_1");
    for (status, acts, others) in [
        ("running", &["pause", "stop", "edit"][..], &["resume", "appeal"][..]),
        ("paused", &["resume", "stop"], &["pause"]),
        ("rejected", &["appeal"], &["pause", "stop", "edit"]),
        ("settled", &[], &["pause", "resume", "stop", "edit", "appeal"]),
    ] {
        let page = promotion_page(&visit, &promotion(status)).into_string();
        check(&page);
        for (act, is_there) in
            acts.iter().map(|act| (act, true)).chain(others.iter().map(|act| (act, false)))
        {
            assert_eq!(
                page.contains(&format!("/promotions/promo_1/{act}\"")),
                is_there,
                "{status} {act}"
            );
        }
    }
    let rejected = promotion_page(&visit, &promotion("rejected")).into_string();
    assert!(rejected.contains("“misleading”") && !rejected.contains("http-equiv"));
}

#[test]
fn what_was_not_shown_yet_has_words_and_no_plots() {
    let visit = visit(Language::English, "/promotions/promo_1");
    let mut view = promotion("in_review");
    view.delivery = DeliveryView { points: Vec::new(), alerts: Vec::new(), ..view.delivery };
    let page = promotion_page(&visit, &view).into_string();
    check(&page);
    assert!(page.contains("Nothing was shown yet") && !page.contains("<figure"));
}

#[test]
fn a_list_says_what_would_be_in_it() {
    let line = PromotionLine {
        id: "promo_1",
        post: "shop.example/<1>",
        goal: "followers",
        status: "running",
        budget: usd(5_000),
        spent: usd(0),
        delivered: 1,
        ends_at: at("2026-12-03T23:59:59Z"),
    };
    for language in Language::ALL {
        let visit = visit(language, "/promotions");
        let view = PromotionsView {
            all: vec![line.clone()],
            older: Some("/promotions?after=x"),
            is_one_gone: true,
        };
        let page = promotions_page(&visit, &view).into_string();
        check(&page);
        assert!(page.contains("href=\"/promotions/promo_1\"") && page.contains("after=x"));
        let none = PromotionsView { all: Vec::new(), older: None, is_one_gone: false };
        check(&promotions_page(&visit, &none).into_string());
    }
}
