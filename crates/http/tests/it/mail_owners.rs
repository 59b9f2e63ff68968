//! Mails while their book changes hands, and while the keys of one person cannot be used.

use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base::Span;
use giftcards::Card;
use http::GiftWordsReader;
use jobs::mail::{Giver, ReadWords, Words};
use mail::{Mailer, Message, Outcome};
use outside::people::PeopleError;
use serde_json::{Value, json};
use store::{BookName, MailCause, MailStage, MailStore};

use crate::shop::Shop;
use crate::world::World;

/// Nothing here takes long; this only ends a test that would hang.
const PATIENCE: Duration = Duration::from_secs(20);

/// Long enough for what must not happen to happen.
const A_WHILE: Duration = Duration::from_millis(300);

/// Does something at a moment of a test's choice.
type Deed = Box<dyn FnOnce() + Send>;

/// A mailer that takes every mail; while it takes the first, something happens.
struct Taker {
    meanwhile: Mutex<Option<Deed>>,
    taken: Mutex<Sender<String>>,
}

impl Mailer for Taker {
    fn send(&self, message: &Message) -> Outcome {
        if let Some(deed) = self.meanwhile.lock().unwrap().take() {
            deed();
        }
        self.taken.lock().unwrap().send(message.key.as_str().to_owned()).unwrap();
        Outcome::Sent
    }
}

fn taker(meanwhile: Option<Deed>) -> (Arc<Taker>, Receiver<String>) {
    let (taken, mails) = mpsc::channel();
    (Arc::new(Taker { meanwhile: Mutex::new(meanwhile), taken: Mutex::new(taken) }), mails)
}

/// Something happens right before the words of the first card are opened.
struct Interrupted {
    reader: GiftWordsReader,
    before: Mutex<Option<Deed>>,
}

impl ReadWords for Interrupted {
    fn of_card(&self, card: &Card) -> Result<Words, PeopleError> {
        if let Some(deed) = self.before.lock().unwrap().take() {
            deed();
        }
        self.reader.of_card(card)
    }

    fn giver_of(&self, card: &Card) -> Result<Option<Giver>, PeopleError> {
        self.reader.giver_of(card)
    }
}

/// Nothing can be opened of one person, until the keys are mended.
struct WithoutKey {
    reader: GiftWordsReader,
    missing: Arc<Mutex<Option<base::PersonId>>>,
}

impl ReadWords for WithoutKey {
    fn of_card(&self, card: &Card) -> Result<Words, PeopleError> {
        let recipient = card.details.as_ref().and_then(|details| details.recipient.as_ref());
        let person = recipient.map(|sealed| sealed.person);
        match *self.missing.lock().unwrap() {
            Some(missing) if person == Some(missing) => Err(PeopleError::KeyMissing(missing)),
            _ => self.reader.of_card(card),
        }
    }

    fn giver_of(&self, card: &Card) -> Result<Option<Giver>, PeopleError> {
        let sender = card.details.as_ref().and_then(|details| details.sender.as_ref());
        let person = sender.map(|sealed| sealed.person);
        match *self.missing.lock().unwrap() {
            Some(missing) if person == Some(missing) => Err(PeopleError::KeyMissing(missing)),
            _ => self.reader.giver_of(card),
        }
    }
}

async fn given(world: &World) -> Value {
    given_to(world, "ada@example.org").await
}

async fn given_to(world: &World, email: &str) -> Value {
    let said = json!({
        "delivery": {"channel": "email"},
        "recipient": {"name": "Ada L", "email": email},
    });
    world.issue_with(2_500, said).await
}

fn test_book() -> BookName {
    BookName::new("test").unwrap()
}

fn id(card: &Value) -> &str {
    card["id"].as_str().unwrap()
}

/// Asks until a card says that it was sent.
async fn is_sent(world: &World, card: &Value) {
    let path = format!("/v1/gift-cards/{}", id(card));
    for _ in 0..1_000 {
        let read = world.get(&path).await_status(200).await.json;
        if read["delivery"]["state"] == "sent" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it is not sent: {}", id(card));
}

#[track_caller]
fn nothing_more(mails: &Receiver<String>) {
    let more = mails.recv_timeout(A_WHILE);
    assert!(more.is_err(), "{more:?}");
}

#[tokio::test]
async fn a_mail_that_was_sent_while_the_book_was_given_up_is_not_sent_again() {
    let mut world = World::new();
    let handle = world.book.handle().clone();
    let (mailer, mails) = taker(Some(Box::new(move || handle.leave())));
    let card = given(&world).await;
    let postman = world.postman(Arc::clone(&mailer) as Arc<dyn Mailer>);
    let sent = mails.recv_timeout(PATIENCE).unwrap();
    assert_eq!(sent, format!("{}-1", id(&card)));
    postman.stop();
    let waiting = world.control().due_mails(&test_book(), base::Instant::MAX, 9).unwrap();
    assert_eq!(waiting.iter().map(|mail| mail.stage).collect::<Vec<_>>(), [MailStage::Sent]);
    // The next owner does not know less.
    world.restart();
    let _postman = world.postman(mailer);
    is_sent(&world, &card).await;
    world.pass(Span::minutes(16));
    nothing_more(&mails);
}

#[tokio::test]
async fn whoever_has_slept_over_the_attempt_of_another_owner_sends_nothing() {
    let world = World::new();
    let (mailer, mails) = taker(None);
    let card = given(&world).await;
    let cause = MailCause::Gift { card: id(&card).parse().unwrap(), sending: 1 };
    let mut control = world.control();
    let others = move || control.forget_mail(&test_book(), cause).unwrap();
    let reader = GiftWordsReader::new(Arc::clone(&world.people));
    let words = Interrupted { reader, before: Mutex::new(Some(Box::new(others))) };
    let _postman = world.postman_reading(mailer, Arc::new(words));
    nothing_more(&mails);
}

#[tokio::test]
async fn a_gift_whose_words_cannot_be_opened_does_not_hold_back_the_others() {
    let world = World::new();
    let (mailer, mails) = taker(None);
    let unreadable = given(&world).await;
    let person = unreadable["recipient"]["id"].as_str().unwrap().parse().unwrap();
    let missing = Arc::new(Mutex::new(Some(person)));
    let reader = GiftWordsReader::new(Arc::clone(&world.people));
    let words = WithoutKey { reader, missing: Arc::clone(&missing) };
    let later = given_to(&world, "grace@example.org").await;
    let _postman = world.postman_reading(mailer, Arc::new(words));
    assert_eq!(mails.recv_timeout(PATIENCE).unwrap(), format!("{}-1", id(&later)));
    nothing_more(&mails);
    // Somebody has brought the keys back.
    *missing.lock().unwrap() = None;
    world.pass(Span::minutes(61));
    assert_eq!(mails.recv_timeout(PATIENCE).unwrap(), format!("{}-1", id(&unreadable)));
    is_sent(&world, &unreadable).await;
}

/// Buys a card that the shop hands over itself; its mail is the receipt, whose key this gives.
async fn bought(shop: &Shop<'_>, buyer: &str) -> (Value, String) {
    let paid = shop.buy(2_500, "tok_ok", json!({"sender": {"name": "Bob", "email": buyer}})).await;
    let key = format!("{}-receipt", paid["order"].as_str().unwrap());
    (paid, key)
}

#[tokio::test]
async fn a_mail_to_a_buyer_that_was_sent_while_the_book_was_given_up_is_not_sent_again() {
    let mut world = World::new();
    let key = bought(&Shop::open(&world).await, "cb@example.com").await.1;
    let handle = world.book.handle().clone();
    let (mailer, mails) = taker(Some(Box::new(move || handle.leave())));
    let postman = world.postman(Arc::clone(&mailer) as Arc<dyn Mailer>);
    assert_eq!(mails.recv_timeout(PATIENCE).unwrap(), key);
    postman.stop();
    assert_eq!(world.control().due_mails(&test_book(), base::Instant::MAX, 9).unwrap(), []);
    world.restart();
    let _postman = world.postman(mailer);
    world.pass(Span::minutes(16));
    nothing_more(&mails);
}

#[tokio::test]
async fn a_buyer_who_cannot_be_opened_does_not_hold_back_the_others() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let (mailer, mails) = taker(None);
    let (paid, unreadable) = bought(&shop, "cb@example.com").await;
    let card = format!("/v1/gift-cards/{}", id(&paid["gift_cards"][0]));
    let card = world.get(&card).await_status(200).await.json;
    let person = card["sender"]["id"].as_str().unwrap().parse().unwrap();
    let missing = Arc::new(Mutex::new(Some(person)));
    let reader = GiftWordsReader::new(Arc::clone(&world.people));
    let words = WithoutKey { reader, missing: Arc::clone(&missing) };
    let later = bought(&shop, "grace@example.org").await.1;
    let _postman = world.postman_reading(mailer, Arc::new(words));
    assert_eq!(mails.recv_timeout(PATIENCE).unwrap(), later);
    nothing_more(&mails);
    *missing.lock().unwrap() = None;
    world.pass(Span::minutes(61));
    assert_eq!(mails.recv_timeout(PATIENCE).unwrap(), unreadable);
    nothing_more(&mails);
}
