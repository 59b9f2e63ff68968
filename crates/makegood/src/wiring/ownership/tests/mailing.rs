//! A mail that is being handed over when its book is.

use std::sync::mpsc::Receiver;

use base::{CardId, Currency, Instant, KeyId, Money};
use engine::{Command, GiftCardCommand};
use giftcards::{Card, Channel, ClaimLink, Code, CodeHash, Funding, Issue, NewCode, NewDelivery};
use giftcards::{Details, LinkHash, Sandbox};
use http::EventTeller;
use jobs::mail::{GiftWords, Giver, Letterhead, Postman, PostmanParts, ReadWords, Words};
use mail::bounce::ReturnPaths;
use mail::{Address, Domain, Mailer, Message, Name, Outcome};
use outside::people::PeopleError;
use store::MailStore;
use writer::Request;

use super::*;

/// Tells when it is given a mail, and takes it when it is let.
pub(super) struct SlowMailer {
    given: Mutex<Sender<()>>,
    lets: Mutex<Receiver<()>>,
}

impl Mailer for SlowMailer {
    fn send(&self, _: &Message) -> Outcome {
        lock(&self.given).send(()).unwrap();
        let _ = lock(&self.lets).recv_timeout(PATIENCE);
        Outcome::Sent
    }
}

/// Every gift is Ada's.
struct Ada;

impl ReadWords for Ada {
    fn of_card(&self, _: &Card) -> Result<Words, PeopleError> {
        let email = Some("ada@example.org".to_owned());
        Ok(Words::Known(Box::new(GiftWords { email, ..GiftWords::default() })))
    }

    fn giver_of(&self, _: &Card) -> Result<Option<Giver>, PeopleError> {
        Ok(None)
    }
}

/// What sending the mails of a process takes.
pub(super) struct Sending {
    mailer: Arc<SlowMailer>,
    book: MemoryBook,
    control: MemoryControl,
    ring: Arc<KeyRing>,
    clock: SystemClock,
}

impl Sending {
    /// Sends the mails of the book, and does nothing else.
    pub(super) fn workers(&self, handle: &writer::Handle) -> Workers {
        let name = BookName::new("test").unwrap();
        let domain = Domain::new("shop.example").unwrap();
        let (book, rails_book) = (self.book.clone(), self.book.clone());
        let parts = PostmanParts {
            book: name.clone(),
            handle: handle.clone(),
            open_reader: Box::new(move || Ok(Box::new(book.reader()))),
            control: Box::new(self.control.clone()),
            events: Arc::new(EventTeller::new(Arc::clone(&self.ring), name)),
            words: Arc::new(Ada),
            mailer: Arc::clone(&self.mailer) as Arc<dyn Mailer>,
            letterhead: Letterhead {
                shop: Name::new("Corner Shop").unwrap(),
                from: Address::new("gifts@shop.example").unwrap(),
                return_paths: ReturnPaths::new(domain).unwrap(),
                claim_page: "https://shop.example/gift".to_owned(),
                purchase_page: None,
                pictures: |_| None,
            },
            ring: Arc::clone(&self.ring),
            clock: Arc::new(self.clock),
            figures: Arc::default(),
            look_every: Duration::from_millis(5),
        };
        let postman = Postman::spawn(parts, |_| {}).unwrap();
        let open_reader = Box::new(move || Ok(Box::new(rails_book.reader()) as Box<_>));
        Workers::only_mail(postman, handle, open_reader)
    }
}

impl Shared {
    /// How the processes that are started now send mail; `None` when they do not.
    pub(super) fn sending(&self) -> Option<Sending> {
        let mailer = self.mailer.clone()?;
        let (book, control) = (self.book.clone(), self.control.clone());
        Some(Sending { mailer, book, control, ring: Arc::clone(&self.ring), clock: self.clock })
    }

    fn gift(&self) -> Request {
        let id = CardId::from_bits(7);
        let key = self.ring.current();
        let key = u16::try_from(key.get()).unwrap();
        let link = ClaimLink { hash: LinkHash([7; 16]), key, nonce: 9 };
        let delivery = NewDelivery {
            channel: Channel::Email,
            deliver_at: None,
            link: Some(link),
            sender: None,
        };
        let code = Code { hash: CodeHash([7; 16]), key: 1, nonce: 1, last4: *b"7777" };
        let issue = Issue {
            id,
            value: Money::new(2_500, Currency::USD).unwrap(),
            opening_balance: None,
            code: NewCode(code),
            funding: Funding::Promotional,
            expires_at: None,
            sandbox: Sandbox::None,
            program: None,
            created_at: None,
            activates_at: None,
            delivery: Some(delivery),
            details: Some(Box::new(Details::default())),
        };
        let command = Command::GiftCards(GiftCardCommand::Issue(Box::new(issue)));
        Request { command, actor: KeyId::from_bits(1), operation: None }
    }
}

#[test]
fn a_mail_that_is_on_its_way_is_noted_before_the_book_is_given_up() {
    let mut shared = Shared::new();
    let ((given, is_given), (let_it, lets)) = (mpsc::channel(), mpsc::channel());
    let mailer = SlowMailer { given: Mutex::new(given), lets: Mutex::new(lets) };
    shared.mailer = Some(Arc::new(mailer));
    let one = shared.process("http://one:1");
    wait_for("the first one serves the book", || one.serves("test"));
    // The other one sends nothing, so that it can mend nothing.
    shared.mailer = None;
    let two = shared.process("http://two:2");
    let mut done = one.last_writer().decide(vec![shared.gift()], false).unwrap();
    done.pop().unwrap().unwrap().result.unwrap();
    is_given.recv_timeout(PATIENCE).unwrap();
    let name = BookName::new("test").unwrap();
    assert!(shared.leases.clone().ask_hand_over(&name).unwrap());
    holds_for(PACE.lease / 4, "the book is served meanwhile", || one.serves("test"));
    let_it.send(()).unwrap();
    wait_for("the second one serves the book", || two.serves("test"));
    let waiting = shared.control.clone().due_mails(&name, Instant::MAX, 9).unwrap();
    assert_eq!(waiting, [], "the first one has not told the card");
    one.ownership.stop();
    two.ownership.stop();
}
