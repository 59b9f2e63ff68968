//! Pages of requests and of the support: whole, with a name for each box, and masked.

use base::{Currency, Instant, Money};
use pages::components::{Message, Writer};
use pages::console::{
    CannedView, CardActView, CardPageView, CardRow, EventRow, Filter, PanelView, QueueView,
    TalkRow, card_act_page, card_page, queue_page, talk_page,
};
use pages::customer::{
    ContactView, RequestRow, RequestView, WrittenView, contact_page, request_page, requests_page,
    written_page,
};
use pages::{Asset, Language, Markup, Moment, Visit, Zone};

const ID: &str = "conv_00000000000000000000000001";
const CARD: &str = "gc_00000000000000000000000001";
const AT: Moment<'static> = Moment::utc(Instant::from_micros(1_780_000_000_000_000));

fn visit(language: Language, path: &str) -> Visit<'_> {
    let words = language.words();
    Visit { words, shop: "Luna", zone: Zone::Customer, path, csrf: "c5", once: "0nce" }
}

fn english(path: &str) -> Visit<'_> {
    visit(Language::English, path)
}

/// Panics unless ids are unique, labels have their boxes, classes have rules, and people's markup
/// is shown, not obeyed. Returns the page.
#[track_caller]
fn check(page: Markup) -> String {
    let page = page.into_string();
    let values = |name: &str| -> Vec<String> {
        let opening = format!(" {name}=\"");
        let parts = page.split(&opening).skip(1);
        parts.map(|rest| rest.split('"').next().unwrap_or("").to_owned()).collect()
    };
    let ids = values("id");
    let mut once = ids.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), ids.len(), "{ids:?}");
    let named = [values("for"), values("aria-describedby")].concat();
    assert!(named.iter().flat_map(|all| all.split(' ')).all(|id| ids.iter().any(|one| one == id)));
    let styles = Asset::all().iter().find(|asset| asset.path.ends_with(".css"));
    let styles = std::str::from_utf8(styles.expect("there are styles").bytes).expect("a text");
    for class in values("class").iter().flat_map(|all| all.split(' ')) {
        assert!(styles.contains(&format!(".{class}")), "{class}");
    }
    assert!(!page.contains("<b>") && !page.contains("…</"), "{page}");
    let forms = page.matches("<form method=\"post\"").count();
    assert_eq!(page.matches("name=\"csrf\" value=\"c5\"").count(), forms, "each form is ours");
    page
}

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD).expect("not negative")
}

fn row(state: &'static str) -> RequestRow<'static> {
    RequestRow {
        id: ID,
        number: "7K2M-9QXA",
        topic: "cards",
        state,
        beginning: Some("<b>My card"),
        last_at: AT,
        due_at: (state == "open").then_some(AT),
    }
}

fn said() -> Vec<Message<'static>> {
    let one = |by, text| Message { by, at: AT, text };
    vec![
        one(Writer::Customer, Some("<b>My card\n\nis lost")),
        one(Writer::Note, Some("Sounds honest")),
        one(Writer::Staff, None),
    ]
}

#[test]
fn the_form_knows_what_it_is_about_and_asks_once() {
    let view = ContactView {
        is_signed_in: true,
        email: "",
        is_email_wrong: false,
        topic: "cards",
        text: "<b>half",
        from: "/wallet/x",
        about: Some(("gift_card", CARD)),
        answers: vec![("lost-card", "What if I lose it?")],
        refused: Some(("too_many_requests", "Add to one of them.")),
    };
    for language in Language::ALL {
        let page = check(contact_page(&visit(language, "/contact"), &view));
        assert!(page.contains("name=\"from\" value=\"/wallet/x\""));
        assert!(page.contains(&format!("name=\"about\" value=\"{CARD}\"")));
        assert!(page.contains("value=\"cards\" selected") && page.contains("&lt;b&gt;half"));
        assert!(page.contains("/help/lost-card") && page.contains("role=\"alert\""));
        assert!(!page.contains("name=\"email\""));
    }
    // Whoever has not signed in, perhaps because they cannot, writes as well.
    let refused = Some(("invalid_request", "must be a mail address"));
    let unproven = ContactView {
        is_signed_in: false,
        email: "<b>ann",
        from: "/help/a?b",
        refused,
        is_email_wrong: true,
        ..view
    };
    let page = check(contact_page(&english("/contact"), &unproven));
    assert!(page.contains("/sign-in?next=/contact%3Ffrom%3D/help/a%253Fb"), "{page}");
    assert!(page.contains("value=\"&lt;b&gt;ann\"") && page.contains("&lt;b&gt;half"), "{page}");
    assert!(page.contains("aria-describedby=\"email-hint email-wrong\""), "{page}");
    assert!(!page.contains("text-wrong"), "only one of them is wrong");
    let view = WrittenView { number: "7K2M-9QXA", due_at: Some(AT), email: "<b>ann" };
    for language in Language::ALL {
        let page = check(written_page(&visit(language, "/contact"), &view));
        assert!(page.contains("7K2M-9QXA") && page.contains("&lt;b&gt;ann"), "{page}");
    }
}

#[test]
fn a_customer_sees_their_requests() {
    for language in Language::ALL {
        let visit = visit(language, "/requests");
        let rows = ["open", "waiting", "solved"].map(row);
        let page = check(requests_page(&visit, &rows, Some("1.x")));
        assert!(page.contains("/requests?cursor=1.x") && page.contains("7K2M-9QXA"));
        check(requests_page(&visit, &[], None));
        for state in ["open", "waiting", "solved"] {
            let view = RequestView {
                row: row(state),
                about: Some(("order", "ord_1")),
                follows: Some(ID),
                said: said(),
                takes_replies: state != "solved",
                asks_for_rating: state == "solved",
                rating: None,
                done: Some("sent"),
                refused: Some(("conversation_full", "Begin another one.", "<b>typed")),
            };
            let page = check(request_page(&visit, &view));
            assert!(page.contains("&lt;b&gt;typed"), "what was typed is kept");
            assert_eq!(page.contains("/rate\""), state == "solved");
            assert_eq!(page.contains("/solve\""), state != "solved");
        }
    }
}

#[test]
fn the_queue_shows_clocks_and_keeps_its_look_in_the_address() {
    let one = |is_late, is_mine| TalkRow {
        id: ID,
        number: "7K2M-9QXA",
        topic: "cards",
        beginning: None,
        due_at: Some(AT),
        is_late,
        last_at: AT,
        is_first: true,
        is_mine,
        is_proven: is_mine.is_some(),
    };
    let filter = Filter { state: "open", assigned: "me", is_late: true };
    let rows = vec![one(true, None), one(false, Some(true)), one(false, Some(false))];
    let view = QueueView { filter, rows, next: Some("1.x") };
    let page = check(queue_page(&english("/console/queue"), &view));
    let next = "/console/queue?state=open&amp;assigned=me&amp;late=true&amp;cursor=1.x";
    assert!(page.contains(next) && page.contains("late</span>"), "{page}");
}

#[test]
fn a_conversation_stands_beside_the_money() {
    let card = || CardRow {
        id: CARD,
        last_four: "7K2M",
        status: "active".into(),
        balance: usd(2_500),
        held: usd(0),
    };
    let view = pages::console::TalkView {
        id: ID,
        number: "7K2M-9QXA",
        topic: "cards",
        state: "waiting",
        email: Some("ann@example.org"),
        is_proven: false,
        person: "per_1",
        about: Some(("gift_card", CARD)),
        from: Some("/wallet"),
        follows: None,
        due_at: Some(AT),
        is_late: true,
        is_answered: true,
        is_mine: Some(true),
        rating: Some("helped"),
        said: said(),
        canned: vec![CannedView { name: "frozen", title: "Card frozen" }],
        text: "Ready",
        done: Some("note"),
        refused: None,
        panel: PanelView {
            cards: vec![card()],
            found: Some(("7K2M", vec![card()])),
            request: Some(ID),
            ..PanelView::default()
        },
    };
    let page = check(talk_page(&english("/console/queue/x"), &view));
    assert!(page.contains(&format!("/console/cards/{CARD}?request={ID}")));
    assert!(page.contains("Sounds honest") && page.contains("25.00\u{a0}USD"));
    // What is looked up or chosen is sent with what is written, which comes back.
    let form = page.split("/answer\">").nth(1).expect("a form").split("</form>").next();
    let form = form.expect("its end");
    assert!(form.contains("name=\"find\"") && form.contains(">Ready</textarea>"), "{form}");
    assert!(form.contains("name=\"reply\" value=\"frozen\""), "{form}");
    let elsewhere = format!("formnovalidate formaction=\"/console/queue/{ID}/find\"");
    assert_eq!(form.matches(&elsewhere).count(), 2, "{form}");
    assert!(form.find("formaction") < form.find("class=\"button main-act\""));
    let opens = page.matches(&format!("href=\"/console/cards/{CARD}?request={ID}\"")).count();
    assert_eq!(page.matches("target=\"_blank\"").count(), opens);
    assert!(!page.contains("not known to be theirs"));
    let of_other = pages::console::TalkView { about: Some(("gift_card", "gc_2")), ..view };
    let page = check(talk_page(&english("/console/queue/x"), &of_other));
    assert!(page.contains("not known to be theirs"));
}

#[test]
fn a_card_tells_its_story_and_acts_say_what_will_be() {
    let event = |minor| EventRow {
        at: AT,
        what: "redeemed".to_owned(),
        amount: (minor, Currency::USD),
        balance: usd(2_000),
        posting: "tr_1",
    };
    let view = CardPageView {
        id: CARD,
        last_four: "7K2M",
        status: "active",
        blocks: vec![("frozen", "lost", AT)],
        value: usd(2_500),
        balance: usd(2_000),
        held: usd(0),
        expires_at: None,
        owner: None,
        recipient: Some("Ann".to_owned()),
        delivery: "email: sent".to_owned(),
        reference: Some("order 77"),
        events: vec![event(-500), event(2_500)],
        next: Some("c"),
        acts: vec!["unfreeze", "replace-code"],
        request: Some(ID),
        done: Some("freeze"),
    };
    let page = check(card_page(&english("/console/cards/x"), &view));
    assert!(page.contains("\u{2212}5.00") && page.contains("The card is frozen"), "{page}");
    assert!(page.contains(&format!("/console/cards/{CARD}/unfreeze?request={ID}")));
    assert!(page.contains(&format!("/console/cards/{CARD}?request={ID}&amp;cursor=c")));
    for act in ["freeze", "unfreeze", "replace-code", "resend", "change-recipient"] {
        let view = CardActView {
            card: CARD,
            last_four: "7K2M",
            act,
            status: "active",
            blocked: None,
            owner: Some("per_1"),
            sent_to: None,
            delivery: "–".to_owned(),
            balance: usd(2_000),
            two_from: None,
            request: Some(ID),
            recipient: ("", ""),
            refused: None,
        };
        let page = check(card_act_page(&english("/console/cards/x/y"), &view));
        assert!(page.contains("The balance stays:") && page.contains("name=\"reason\""), "{act}");
        assert_eq!(page.contains("name=\"email\""), act == "change-recipient");
    }
}
