//! Conversations in `people.db`.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use ::support::Topic;
use ::support::conversation::{
    About, Author, Beginning, Clocks, Conversation, Rating, TalkState, Written,
};
use base::{ConversationId, Instant, PersonId, Span};
use outside::people::{
    Accounts, AssignedTo, KnownMessage, Opened, PeopleError, PeopleKeys, TalkFilter,
};

use crate::ring;

const ANN: PersonId = PersonId::from_bits(1);
const BOB: PersonId = PersonId::from_bits(2);
const MEG: PersonId = PersonId::from_bits(8);
const BOOK: &str = "shop";
const PURPOSE: &str = "request.message";

struct Place {
    folder: tempfile::TempDir,
    accounts: Accounts,
    clocks: Clocks,
}

impl Place {
    fn new() -> Place {
        let folder = tempfile::Builder::new().permissions(Permissions::from_mode(0o700)).tempdir();
        let folder = folder.unwrap();
        let accounts = Accounts::open_or_create(folder.path(), &ring(1)).unwrap();
        Place { folder, accounts, clocks: Clocks::of_house() }
    }

    fn begun(&self, id: u128, person: PersonId, minute: u64) -> Conversation {
        let about = About::parse("gc_00000000000000000000000001");
        let id = ConversationId::from_bits(id);
        let beginning = Beginning { id, person, topic: Topic::Cards, about, follows: None };
        Conversation::begin(beginning, Written::default(), &self.clocks, at(minute)).unwrap()
    }

    fn put(&self, all: &[Conversation]) {
        let put = |rows: &outside::people::AccountRows<'_>| {
            all.iter().try_for_each(|one| rows.put_conversation(one))
        };
        self.accounts.transact(BOOK, put).unwrap();
    }

    /// Ids in the order of a queue, two at a time.
    fn queue(&self, filter: TalkFilter) -> Vec<u128> {
        let (mut ids, mut after) = (Vec::new(), None);
        loop {
            let page = self.accounts.transact(BOOK, |rows| rows.talk_queue(&filter, after));
            let page = page.unwrap();
            ids.extend(page.iter().map(|one| one.id.bits()));
            let Some(last) = page.last() else { return ids };
            after = Some(filter.place(last));
        }
    }
}

/// A Monday at nine, and so many minutes.
fn at(minute: u64) -> Instant {
    let start = Instant::parse("2026-11-23T09:00:00Z").unwrap();
    start.saturating_add(Span::minutes(minute))
}

fn message(of: u128, number: u32, author: Author, minute: u64) -> KnownMessage {
    KnownMessage {
        conversation: ConversationId::from_bits(of),
        number,
        author,
        at: at(minute),
        operation: [u8::try_from(of * 10).unwrap() + u8::try_from(number).unwrap(); 16],
        sealed: vec![1, 2, 3],
    }
}

#[test]
fn a_conversation_is_read_back_and_belongs_to_its_book() {
    let place = Place::new();
    let begun = place.begun(1, ANN, 0);
    let solved = begun.answer(MEG, at(5)).unwrap().solve(MEG, at(6)).unwrap();
    let solved = solved.rate(Rating::HelpedInPart).unwrap();
    let solved = Conversation { follows: Some(ConversationId::from_bits(7)), ..solved };
    for state in [begun.clone(), solved] {
        place.put(&[Conversation { follows: None, ..state.clone() }]);
        let read = place.accounts.transact(BOOK, |rows| rows.conversation(begun.id)).unwrap();
        assert_eq!(read, Some(Conversation { follows: None, ..state }));
        let elsewhere = place.accounts.transact("other", |rows| {
            Ok((rows.conversation(begun.id)?, rows.conversations_of(ANN, None, 9)?))
        });
        assert_eq!(elsewhere.unwrap(), (None, Vec::new()));
    }
}

#[test]
fn messages_stay_in_order_and_an_operation_writes_once() {
    let place = Place::new();
    let begun = place.begun(1, ANN, 0);
    place.put(&[begun, place.begun(2, ANN, 0)]);
    let all = [
        message(1, 1, Author::Customer, 0),
        message(1, 2, Author::Note(MEG), 1),
        message(1, 3, Author::Staff(MEG), 2),
    ];
    let read = place.accounts.transact(BOOK, |rows| {
        all.iter().try_for_each(|one| rows.add_message(ANN, one))?;
        rows.add_message(ANN, &message(2, 1, Author::Customer, 3))?;
        assert_eq!(rows.written_by([13; 16])?, Some((ConversationId::from_bits(1), ANN)));
        assert_eq!(rows.written_by([99; 16])?, None);
        rows.messages_of(ConversationId::from_bits(1))
    });
    assert_eq!(read.unwrap(), all);
    for taken in [
        KnownMessage { number: 4, ..all[0].clone() },
        KnownMessage { operation: [50; 16], ..all[0].clone() },
    ] {
        let again = place.accounts.transact(BOOK, |rows| rows.add_message(ANN, &taken));
        assert!(matches!(again, Err(PeopleError::Database(_))), "{again:?}");
    }
}

#[test]
fn what_a_customer_has_written_is_counted() {
    let place = Place::new();
    let solved = place.begun(2, ANN, 0).solve(ANN, at(0)).unwrap();
    place.put(&[place.begun(1, ANN, 0), solved, place.begun(3, BOB, 0)]);
    let day = 24 * 60;
    let written = place.accounts.transact(BOOK, |rows| {
        rows.add_message(ANN, &message(1, 1, Author::Customer, 0))?;
        rows.add_message(ANN, &message(1, 2, Author::Customer, 5))?;
        rows.add_message(ANN, &message(1, 3, Author::Staff(MEG), 6))?;
        rows.add_message(ANN, &message(2, 1, Author::Customer, 7))?;
        rows.add_message(BOB, &message(3, 1, Author::Customer, 7))?;
        Ok((
            rows.written(ANN, at(day - 1))?,
            rows.written(ANN, at(day))?,
            rows.written(MEG, at(0))?,
        ))
    });
    let expected = (
        Written { today: 3, open: 1 },
        Written { today: 2, open: 1 },
        Written { today: 0, open: 0 },
    );
    assert_eq!(written.unwrap(), expected);
}

#[test]
fn a_customer_sees_their_own_page_by_page_the_newest_first() {
    let place = Place::new();
    // Two were touched at the same moment.
    let all: Vec<_> =
        [(1, 3), (2, 5), (3, 5), (4, 1)].map(|(id, at)| place.begun(id, ANN, at)).into();
    place.put(&all);
    place.put(&[place.begun(5, BOB, 4)]);
    let (mut ids, mut after) = (Vec::new(), None);
    loop {
        let page = place.accounts.transact(BOOK, |rows| rows.conversations_of(ANN, after, 2));
        let page = page.unwrap();
        let Some(last) = page.last() else { break };
        after = Some((last.last_at, last.id));
        ids.extend(page.iter().map(|one| one.id.bits()));
    }
    assert_eq!(ids, [3, 2, 1, 4]);
}

#[test]
fn the_queue_leads_to_the_next_right_one() {
    let place = Place::new();
    let ned = PersonId::from_bits(9);
    let assigned = |one: Conversation, to| one.assign(MEG, Some(to)).unwrap();
    let open = [
        place.begun(1, ANN, 30),
        assigned(place.begun(2, BOB, 10), MEG),
        assigned(place.begun(3, ANN, 20), ned),
        place.begun(4, BOB, 10),
    ];
    let waiting = |id, minute| place.begun(id, ANN, 0).answer(MEG, at(minute)).unwrap();
    place.put(&open);
    place.put(&[waiting(5, 40), waiting(6, 50)]);
    place.put(&[waiting(7, 40).solve(MEG, at(60)).unwrap()]);
    let filter = TalkFilter {
        state: TalkState::Open,
        assigned: AssignedTo::Anybody,
        late_at: None,
        limit: 2,
    };
    let late = open[1].due_at;
    for (filter, expected) in [
        (filter, &[2, 4, 3, 1][..]),
        (TalkFilter { assigned: AssignedTo::Nobody, ..filter }, &[4, 1]),
        (TalkFilter { assigned: AssignedTo::Person(ned), ..filter }, &[3]),
        (TalkFilter { late_at: late, ..filter }, &[2, 4]),
        (TalkFilter { late_at: late, assigned: AssignedTo::Person(MEG), ..filter }, &[2]),
        (TalkFilter { state: TalkState::Waiting, ..filter }, &[6, 5]),
        (TalkFilter { state: TalkState::Solved, ..filter }, &[7]),
        (TalkFilter { state: TalkState::Solved, late_at: late, ..filter }, &[]),
    ] {
        assert_eq!(place.queue(filter), expected, "{filter:?}");
    }
}

/// Whoever gets hold of the file reads nothing, and an erasure takes all that was written.
#[test]
fn nothing_that_was_written_is_readable_in_the_file() {
    let place = Place::new();
    let keys = PeopleKeys::open_or_create(place.folder.path(), &ring(1)).unwrap();
    let begun = place.begun(1, ANN, 0);
    place.put(std::slice::from_ref(&begun));
    let texts = [
        (Author::Customer, "My card was stolen on Harbor Street"),
        (Author::Staff(MEG), "Dear Ann, the card is frozen"),
        (Author::Note(MEG), "Ann sounded worried on Harbor Street"),
    ];
    let messages: Vec<KnownMessage> = (1..)
        .zip(texts)
        .map(|(number, (author, text))| {
            let sealed = keys.seal(ANN, PURPOSE, text).unwrap();
            KnownMessage { sealed, ..message(1, number, author, 0) }
        })
        .collect();
    let add = |rows: &outside::people::AccountRows<'_>| {
        messages.iter().try_for_each(|one| rows.add_message(ANN, one))
    };
    place.accounts.transact(BOOK, add).unwrap();
    for entry in fs::read_dir(place.folder.path()).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        for word in ["stolen", "Harbor", "Dear", "worried"] {
            let is_there = bytes.windows(word.len()).any(|part| part == word.as_bytes());
            assert!(!is_there, "{word}");
        }
    }
    let read = || place.accounts.transact(BOOK, |rows| rows.messages_of(begun.id)).unwrap();
    let open = |one: &KnownMessage| keys.open(ANN, PURPOSE, &one.sealed).unwrap();
    for (one, (_, text)) in read().iter().zip(texts) {
        assert!(open(one) == Opened::Text(text.to_owned()));
    }
    keys.erase(ANN).unwrap();
    assert!(read().iter().all(|one| open(one) == Opened::Erased));
}
