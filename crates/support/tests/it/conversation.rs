//! What becomes of a request, line by line.

use base::{ConversationId, Instant, PersonId, Span};
use support::Topic;
use support::conversation::{
    About, Author, Beginning, Clocks, Conversation, MessageText, Rating, Replied, TalkRefusal,
    TalkState, Written, limits,
};

const ANN: PersonId = PersonId::from_bits(1);
const MEG: PersonId = PersonId::from_bits(8);
const NED: PersonId = PersonId::from_bits(9);
const FIRST: ConversationId = ConversationId::from_bits(1);
const NEXT: ConversationId = ConversationId::from_bits(2);
const NOTHING: Written = Written { today: 0, open: 0 };

fn start() -> Instant {
    // A Monday.
    Instant::parse("2026-11-23T09:00:00Z").unwrap()
}

fn beginning() -> Beginning {
    Beginning { id: FIRST, person: ANN, topic: Topic::Cards, about: None, follows: None }
}

fn begun() -> Conversation {
    Conversation::begin(beginning(), NOTHING, &Clocks::of_house(), start()).unwrap()
}

/// Runs a script on a new request. Each line: hours after the beginning, who does what, and what
/// is so afterwards: state, hours after the beginning at which an answer is due, who takes care; or
/// the code of a refusal.
#[track_caller]
fn check(script: &str) {
    let clocks = Clocks::of_house();
    let mut current = begun();
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (deed, expected) = line.split_once("->").unwrap();
        let mut words = deed.split_whitespace();
        let hours: u64 = words.next().unwrap().parse().unwrap();
        let now = start().saturating_add(Span::hours(hours));
        let who = words.next().unwrap();
        let by = person(who);
        let outcome = match words.next().unwrap() {
            "writes" if by == ANN && who == "ann" => {
                let replied = current.reply(NEXT, NOTHING, &clocks, now);
                replied.map(|replied| replied.conversation().clone())
            }
            "writes" => current.answer(by, now),
            "notes" => current.note(by),
            "solves" => current.solve(by, now),
            "rates" => current.rate(Rating::parse(words.next().unwrap()).unwrap()),
            "assigns" => current.assign(by, words.next().map(person)),
            other => panic!("nobody {other}"),
        };
        let said = match &outcome {
            Ok(after) => {
                let due = after.due_at.map(|due| {
                    let span = due.since(start()).unwrap();
                    (span.micros() / 3_600_000_000).to_string()
                });
                let cares = after.assigned.map(|who| if who == MEG { "meg" } else { "ned" });
                let due = due.unwrap_or("-".to_owned());
                format!("{} {due} {}", after.state.name(), cares.unwrap_or("-"))
            }
            Err(refusal) => refusal.code().to_owned(),
        };
        assert_eq!(said, expected.trim(), "{line}");
        current = outcome.unwrap_or(current);
        assert_eq!(current.due_at.is_some(), current.state == TalkState::Open, "{line}");
        assert_eq!(current.solved_at.is_some(), current.state == TalkState::Solved, "{line}");
    }
}

fn person(name: &str) -> PersonId {
    match name {
        "ann" | "ann-as-staff" => ANN,
        "meg" => MEG,
        "ned" => NED,
        other => panic!("who is {other}"),
    }
}

#[test]
fn requests_go_to_and_fro() {
    // A question about cards is answered within 4 business hours, later ones within 8.
    check(
        "0 meg notes                  -> open 4 -
         1 ann writes                 -> open 4 -
         2 meg writes                 -> waiting - meg
         3 ann writes                 -> open 25 meg
         4 ned writes                 -> waiting - meg
         5 meg solves                 -> solved - meg
         6 ann rates helped           -> solved - meg
         7 ann rates did_not_help     -> solved - meg
         8 ann writes                 -> open 30 meg
         9 ann rates helped           -> not_solved
         10 meg writes                -> waiting - meg
         11 ann solves                -> solved - meg
         12 meg writes                -> waiting - meg
        ",
    );
}

#[test]
fn whoever_takes_care_is_chosen() {
    check(
        "0 meg assigns meg            -> open 4 meg
         0 meg assigns meg            -> already_assigned
         0 ned assigns ned            -> open 4 ned
         1 meg writes                 -> waiting - ned
         1 ned assigns                -> waiting - -
         1 ned assigns                -> already_assigned
        ",
    );
}

#[test]
fn nobody_of_staff_helps_themselves_and_no_clock_is_stopped_by_closing() {
    check(
        "0 ann-as-staff writes        -> own_request
         0 ann-as-staff notes         -> own_request
         0 ann-as-staff assigns meg   -> own_request
         0 meg assigns ann            -> own_request
         1 meg solves                 -> not_answered
         1 ann solves                 -> solved - -
         1 ann solves                 -> already_solved
         1 meg solves                 -> already_solved
         2 ann writes                 -> open 6 -
        ",
    );
}

#[test]
fn a_reply_opens_again_or_begins_anew() {
    let clocks = Clocks::of_house();
    let answered = begun().answer(MEG, start()).unwrap();
    let solved = answered.solve(MEG, start()).unwrap();
    let solved = solved.rate(Rating::Helped).unwrap();
    let last = start().saturating_add(limits::REOPENED_WITHIN);
    let last = last.saturating_sub(Span::from_micros(1));
    let Ok(Replied::Here(again)) = solved.reply(NEXT, NOTHING, &clocks, last) else {
        panic!("it is soon enough");
    };
    assert_eq!((again.id, again.state, again.rating), (FIRST, TalkState::Open, None));
    assert_eq!((again.assigned, again.messages), (Some(MEG), 3));
    let late = last.saturating_add(Span::from_micros(1));
    let Ok(Replied::Anew(anew)) = solved.reply(NEXT, NOTHING, &clocks, late) else {
        panic!("it is too late");
    };
    let expected = Conversation::begin(
        Beginning { id: NEXT, follows: Some(FIRST), ..beginning() },
        NOTHING,
        &clocks,
        late,
    );
    assert_eq!(Ok(anew), expected);
    let full = Written { today: 0, open: limits::OPEN_MAX };
    let refused = solved.reply(NEXT, full, &clocks, late);
    assert_eq!(refused, Err(TalkRefusal::TooManyRequests));
    assert!(solved.reply(NEXT, full, &clocks, last).is_ok(), "it is one of them");
}

#[test]
fn writing_is_bounded() {
    let clocks = Clocks::of_house();
    let much = Written { today: limits::MESSAGES_A_DAY_MAX, open: 0 };
    let begin = |written| Conversation::begin(beginning(), written, &clocks, start());
    assert_eq!(begin(much), Err(TalkRefusal::TooManyMessages));
    let many = Written { today: 0, open: limits::OPEN_MAX };
    assert_eq!(begin(many), Err(TalkRefusal::TooManyRequests));
    assert_eq!(begun().reply(NEXT, much, &clocks, start()), Err(TalkRefusal::TooManyMessages));
    let full = Conversation { messages: limits::MESSAGES_MAX, ..begun() };
    let refused = Err(TalkRefusal::ConversationFull);
    assert_eq!(full.reply(NEXT, NOTHING, &clocks, start()).map(drop), refused);
    assert_eq!(full.answer(MEG, start()).map(drop), refused);
    assert_eq!(full.note(MEG).map(drop), refused);
    assert!(MessageText::multiline(&"x".repeat(limits::MESSAGE_BYTES_MAX)).is_ok());
    assert!(MessageText::multiline(&"x".repeat(limits::MESSAGE_BYTES_MAX + 1)).is_err());
}

#[test]
fn late_is_seen_from_the_instant_on() {
    let due = begun().due_at.unwrap();
    assert!(!begun().is_late(due.saturating_sub(Span::from_micros(1))));
    assert!(begun().is_late(due));
    assert!(!begun().answer(MEG, due).unwrap().is_late(Instant::MAX));
    assert!(!begun().asks_for_rating());
    assert_eq!(begun().number(), "0000-0001");
    let solved = begun().solve(ANN, start()).unwrap();
    assert!(solved.asks_for_rating());
    assert!(!solved.rate(Rating::DidNotHelp).unwrap().asks_for_rating());
}

#[test]
fn what_it_is_about_is_read_from_where_one_comes_from() {
    let card = "gc_00000000000000000000000001";
    for (path, about) in [
        (format!("/wallet/{card}"), Some(card)),
        (format!("/wallet/{card}/lost?x=1"), Some(card)),
        (format!("/wallet?card={card}"), None),
        ("/help/lost-card".to_owned(), None),
        (
            "/orders/ord_00000000000000000000000001".to_owned(),
            Some("ord_00000000000000000000000001"),
        ),
        ("/x/per_00000000000000000000000001".to_owned(), None),
        ("/x/gc_1".to_owned(), None),
        (String::new(), None),
    ] {
        assert_eq!(
            About::of_path(&path).map(|about| about.to_string()).as_deref(),
            about,
            "{path}"
        );
    }
    for (id, kind) in [
        (card, "gift_card"),
        ("gcp_00000000000000000000000001", "purchase"),
        ("ord_00000000000000000000000001", "order"),
        ("promo_00000000000000000000000001", "promotion"),
        ("claim_00000000000000000000000001", "claim"),
        ("pay_00000000000000000000000001", "charge"),
    ] {
        let about = About::parse(id).unwrap();
        assert_eq!((about.kind(), about.to_string().as_str()), (kind, id));
    }
}

#[test]
fn no_secret_of_a_path_is_shown() {
    for (path, shown) in [
        ("/help/lost-card?q=x", Some("/help/lost-card")),
        ("/wallet/gc_00000000000000000000000001", Some("/wallet/gc_00000000000000000000000001")),
        ("/wallet#t=secret", Some("/wallet")),
        ("/", Some("/")),
        ("/gift/AbCdEfGhIjKlMnOpQrStUvWxYz012345", None),
        ("/gift/a%20b", None),
        ("gift", None),
        ("", None),
    ] {
        assert_eq!(About::shown_path(path), shown, "{path}");
    }
    assert_eq!(About::shown_path(&"/abc".repeat(60)), None);
}

#[test]
fn stored_numbers_are_read_back() {
    for state in TalkState::ALL {
        assert_eq!(TalkState::from_number(state as u8), Some(state));
        assert_eq!(TalkState::parse(state.name()), Some(state));
    }
    for rating in Rating::ALL {
        assert_eq!(Rating::from_number(rating as u8), Some(rating));
        assert_eq!(Rating::parse(rating.name()), Some(rating));
    }
    for author in [Author::Customer, Author::Staff(MEG), Author::Note(MEG)] {
        assert_eq!(Author::from_stored(author.number(), author.staff()), Some(author));
        assert_eq!(author.is_for_customer(), author != Author::Note(MEG));
    }
    assert_eq!(Author::from_stored(1, Some(MEG)), None);
    assert_eq!((TalkState::from_number(0), Rating::from_number(4)), (None, None));
    let numbers: Vec<u16> = TalkRefusal::ALL.iter().map(|refusal| refusal.number()).collect();
    assert_eq!(numbers, (1..=8).collect::<Vec<u16>>(), "no number is used twice");
}
