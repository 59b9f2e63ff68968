//! What claimants see: before they send a claim, and until it is over.

use pages::Language;
use pages::console::{ActView, DecideForm, DecideWrong, DeskClaimView, desk_claim_page};
use pages::customer::{
    BetterView, ClaimLine, ClaimTyped, ClaimView, ClaimsView, DecisionView, FormTrouble,
    LostDoneView, LostTyped, LostView, NewClaimView, PayoutView, SubjectView, TrialView,
    claim_page, claims_page, lost_done_page, lost_page, new_claim_page,
};

use crate::whole::{at, check, usd, visit};

fn decision(outcome: &'static str) -> DecisionView<'static> {
    DecisionView {
        outcome,
        amount: usd(1_250),
        elsewhere: usd(400),
        is_automated: true,
        decided_at: at("2026-12-05T10:00:00Z"),
        reasons: vec!["An incident on our side kept a part of it from being delivered."],
        arithmetic: vec![["amount", "min(left_refundable, due)", "min(50.00, 12.50)", "12.50 USD"]],
        facts: vec![["Paid", "50.00 USD", "ledger"]],
        delivery: vec!["200 views are missing because others bid more."],
        rule: Some(("failure_to_deliver", "f8", Some("What is missing is paid back."))),
        acts: vec!["The promotion is stopped."],
        better: vec![BetterView {
            outcome: Some("approve"),
            reason: Some("It was never shown."),
            needed: vec![("Delivered", "nothing")],
        }],
    }
}

fn new_claim(trial: Option<TrialView<'_>>) -> NewClaimView<'_> {
    NewClaimView {
        subject: Some(SubjectView {
            promotion: "promo_1",
            charge: None,
            post: "shop.example/v/1",
            goal: "views",
            unit: "view",
            ran: (at("2026-12-01T00:00:00Z"), at("2026-12-03T23:59:59Z")),
            paid: usd(5_000),
            spent: usd(1_600),
            repaid: usd(100),
            returned: usd(0),
            delivered: 412,
        }),
        among: Vec::new(),
        typed: ClaimTyped {
            ground: "failure_to_deliver",
            description: "Nothing <came>.",
            ..ClaimTyped::default()
        },
        trial,
        refused: None,
    }
}

#[test]
fn a_claim_asks_only_what_nobody_else_knows_and_shows_the_decision_first() {
    for language in Language::ALL {
        let visit = visit(language, "/claims/new");
        let asked = new_claim_page(&visit, &new_claim(None)).into_string();
        check(&asked);
        assert!(asked.contains("value=\"preview\"") && !asked.contains("value=\"file\""));
        let form = asked.split_once("<form method=\"post\"").unwrap().1;
        let names = form.split(" name=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let mut names: Vec<&str> = names.collect();
        names.dedup();
        let known = ["csrf", "once", "promotion", "act"];
        names.retain(|name| !known.contains(name));
        assert_eq!(names, ["ground", "starts_on", "ends_on", "description"]);
        assert!(asked.contains("50.00\u{a0}USD") && asked.contains("Nothing &lt;came&gt;."));
        for (trial, is_decided) in [
            (TrialView::Decided(Box::new(decision("approve")), "payout_start"), true),
            (TrialView::Waits, false),
        ] {
            let tried = new_claim_page(&visit, &new_claim(Some(trial))).into_string();
            check(&tried);
            assert!(tried.contains("value=\"file\""));
            assert_eq!(tried.contains("12.50\u{a0}USD"), is_decided);
            assert!(tried.contains("Nothing &lt;came&gt;."), "it stays filled in");
        }
    }
}

/// A large sum that rules would pay waits for a second person, and one that cannot be paid so for a
/// first: the page does not say more than will happen.
#[test]
fn a_trial_says_whether_a_person_has_to_agree() {
    let waits = "Nothing is paid before a person has agreed";
    for (outcome, next, says, is_waiting) in [
        ("approve", "payout_start", "The money sets out.", false),
        ("approve", "second_person", "a second person looks at it.", true),
        ("partly_approve", "review", "A person looks at it and decides.", true),
        ("review", "review", "A person looks at it and decides.", false),
        ("deny", "appeal", "It is over, unless you ask", false),
    ] {
        let visit = visit(Language::English, "/claims/new");
        let trial = TrialView::Decided(Box::new(decision(outcome)), next);
        let page = new_claim_page(&visit, &new_claim(Some(trial))).into_string();
        check(&page);
        assert!(page.contains(says), "{outcome} {next}");
        assert_eq!(page.contains(waits), is_waiting, "{outcome} {next}");
    }
}

#[test]
fn without_a_promotion_one_is_chosen() {
    let visit = visit(Language::English, "/claims/new");
    let view = NewClaimView {
        subject: None,
        among: vec![("promo_1", "shop.example/v/1", at("2027-06-12T00:00:00Z"), usd(300_000))],
        ..new_claim(None)
    };
    let page = new_claim_page(&visit, &view).into_string();
    check(&page);
    assert!(page.contains("<form method=\"get\" action=\"/claims/new\">"));
    assert!(page.contains("shop.example/v/1 (12 June 2027, 3,000.00\u{a0}USD)"));
    let none = NewClaimView { among: Vec::new(), ..view };
    let page = new_claim_page(&visit, &none).into_string();
    check(&page);
    assert!(page.contains("/claims/lost") && !page.contains("<form method=\"get\""));
}

fn claim(status: &'static str, decided: Option<DecisionView<'static>>) -> ClaimView<'static> {
    ClaimView {
        id: "claim_1",
        made_at: at("2026-12-05T09:00:00Z"),
        status,
        ground: "failure_to_deliver",
        promotion: Some(("promo_1", "views", "shop.example/v/1")),
        days: Some((at("2026-12-01T00:00:00Z"), at("2026-12-02T00:00:00Z"))),
        is_held: false,
        next: ("review", Some(at("2026-12-08T00:00:00Z")), status == "in_review"),
        steps: vec![
            ("received", at("2026-12-05T09:00:00Z"), Some(at("2026-12-05T09:00:00Z"))),
            ("decided", at("2026-12-08T00:00:00Z"), None),
        ],
        appeal_until: decided.as_ref().map(|_| at("2027-06-05T00:00:00Z")),
        decision: decided,
        is_proposal: false,
        payouts: Vec::new(),
        is_fresh: true,
        refused: None,
        done: None,
    }
}

#[test]
fn a_tracker_says_what_happens_next_and_by_when() {
    for language in Language::ALL {
        let visit = visit(language, "/claims/claim_1");
        let page = claim_page(&visit, &claim("in_review", None)).into_string();
        check(&page);
        assert!(page.contains("content=\"60\"") && page.contains("claim_1"));
        assert!(page.contains("/claims/claim_1/withdraw"));
        assert!(!page.contains("/claims/claim_1/appeal"));
    }
    let visit = visit(Language::English, "/claims/claim_1");
    let page = claim_page(&visit, &claim("in_review", None)).into_string();
    for said in
        ["A person looks at it and decides.", "By 8 December 2026, 00:00 UTC", "This is late."]
    {
        assert!(page.contains(said), "{said}");
    }
}

#[test]
fn a_decision_is_explained_down_to_its_numbers() {
    for language in Language::ALL {
        let visit = visit(language, "/claims/claim_1");
        let page = claim_page(&visit, &claim("denied", Some(decision("deny")))).into_string();
        check(&page);
        for said in
            ["min(50.00, 12.50)", "12.50 USD", "An incident on our side", "others bid more", "f8"]
        {
            assert!(page.contains(said), "{said}");
        }
        assert!(page.contains("/claims/claim_1/appeal") && !page.contains("/withdraw"));
        assert!(!page.contains("http-equiv"), "it is over");
    }
}

#[test]
fn money_is_followed_until_it_arrives() {
    let payout = |paid_at| PayoutView {
        amount: usd(1_250),
        elsewhere: usd(400),
        started_at: at("2026-12-05T10:00:00Z"),
        expected_by: Some(at("2026-12-15T00:00:00Z")),
        paid_at,
        parts: vec![(false, usd(1_000), "pending"), (true, usd(250), "succeeded")],
    };
    let visit = visit(Language::English, "/claims/claim_1");
    for (paid_at, said) in
        [(None, "Should arrive by"), (Some(at("2026-12-07T00:00:00Z")), "Arrived on")]
    {
        let mut view = claim("paying", Some(decision("approve")));
        view.payouts = vec![payout(paid_at)];
        let page = claim_page(&visit, &view).into_string();
        check(&page);
        assert!(page.contains(said), "{said}");
        assert!(
            page.contains("To what has paid, as before")
                && page.contains("To a gift card, as before")
        );
    }
}

#[test]
fn lists_and_lost_charges_are_whole() {
    let line = ClaimLine {
        id: "claim_1",
        made_at: at("2026-12-05T09:00:00Z"),
        ground: "other",
        status: "denied",
        amount: Some(usd(0)),
        next: ("appeal", Some(at("2027-06-05T00:00:00Z"))),
    };
    let wrong = FormTrouble {
        code: "invalid_request",
        detail: "These are four digits.",
        field: "last4",
        is_in_words: true,
    };
    for language in Language::ALL {
        let visit = visit(language, "/claims");
        for all in [vec![line.clone()], Vec::new()] {
            let view = ClaimsView { all, older: Some("/claims?after=x") };
            check(&claims_page(&visit, &view).into_string());
        }
        for is_known in [false, true] {
            let view = LostView {
                is_known,
                typed: LostTyped { descriptor: "SHOP*1", ..LostTyped::default() },
                currency: "USD",
                refused: Some(wrong),
            };
            let page = lost_page(&visit, &view).into_string();
            check(&page);
            assert_eq!(page.contains("name=\"email\""), !is_known);
            assert!(page.contains("These are four digits.") && page.contains("SHOP*1"));
        }
        let done = LostDoneView { id: "claim_1", by: Some(at("2026-12-08T00:00:00Z")) };
        assert!(lost_done_page(&visit, &done).into_string().contains("claim_1"));
    }
}

#[test]
fn whoever_decides_chooses_reasons_and_loses_nothing_that_was_filled_in() {
    let view = |form| DeskClaimView {
        id: "claim_1",
        made_at: at("2026-12-05T10:00:00Z"),
        claimant: None,
        status: "in_review",
        ground: "unauthorized_charge",
        about: None,
        description: Some("<b>I never bought this"),
        next: ("review", None, false),
        steps: Vec::new(),
        decision: None,
        is_proposal: false,
        facts: Vec::new(),
        delivery: None,
        sentences: Vec::new(),
        paid: None,
        act: ActView::Decide,
        reasons: vec![("weak_auth", "It proves little."), ("no_record", "There is no record.")],
        form,
        refused: None,
    };
    let visit = visit(Language::English, "/console/claims/claim_1");
    let form = DecideForm {
        outcome: "partly_approve",
        amount: "12,5x",
        reason: "no_record",
        more: vec!["weak_auth"],
        wrong: DecideWrong::Amount,
    };
    let page = desk_claim_page(&visit, &view(form.clone())).into_string();
    crate::whole::check_whole(&page);
    assert!(page.contains("value=\"partly_approve\" required checked"), "{page}");
    assert!(
        page.contains("value=\"12,5x\"") && page.contains("amount-hint amount-wrong"),
        "{page}"
    );
    assert!(page.contains("<option value=\"no_record\" selected>There is no record.<"), "{page}");
    assert!(page.contains("name=\"more\" value=\"weak_auth\" checked"), "{page}");
    assert!(page.contains("This is no amount."), "{page}");
    let refused = DecideForm { wrong: DecideWrong::RefusedAmount, ..form };
    let page = desk_claim_page(&visit, &view(refused)).into_string();
    assert!(page.contains("Why it is not taken stands above."), "{page}");
    let page = desk_claim_page(&visit, &view(DecideForm::default())).into_string();
    assert!(page.contains("<option value=\"\" selected>Choose a reason<"), "{page}");
    assert!(!page.contains("type=\"text\" name=\"reasons\""), "nobody types codes");
}
