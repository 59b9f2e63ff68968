//! Places in memory and in files, and books with a life behind them.

use std::collections::BTreeMap;

use base::{CardId, EndpointId, Instant, KeyId, OrderId};
use copies::{Place, TargetPlace};
use sim::{FaultPlan, FaultyStore, Settings, run};
use store::sqlite::{Folder, open_folder, open_reader, read_control};
use store::{
    ApiKey, BookName, BookRecord, ControlContents, ControlStore, EndpointState, EndpointStore,
    EntryRow, EventPlace, Head, KeyKind, MailCause, MailStage, MailStore, MemoryBook,
    MemoryControl, OperationRun, Outgoing, Reader, Store, StoreError, SweptRow, ToldEndpoint,
    WaitingMail, WebhookEndpoint, WebhookRetry,
};
use tempfile::TempDir;

/// Books in memory.
#[derive(Default)]
pub struct MemoryPlace {
    pub books: BTreeMap<BookName, MemoryBook>,
    pub control: MemoryControl,
    pub plan: FaultPlan,
}

impl MemoryPlace {
    pub fn book(&mut self, name: &BookName) -> MemoryBook {
        self.books.entry(name.clone()).or_default().clone()
    }
}

impl Place for MemoryPlace {
    fn contents(&mut self) -> Result<ControlContents, StoreError> {
        let (books, keys) = (self.control.books()?, self.control.find_all_keys()?);
        let outgoing = books.iter().map(|book| outgoing(&mut self.control, &book.name));
        let outgoing = outgoing.collect::<Result<_, _>>()?;
        Ok(ControlContents { books, keys, outgoing })
    }

    fn reader(&mut self, book: &BookName) -> Result<Box<dyn Reader>, StoreError> {
        Ok(Box::new(self.book(book).reader()))
    }
}

impl TargetPlace for MemoryPlace {
    fn store(&mut self, book: &BookName) -> Result<Box<dyn Store>, StoreError> {
        Ok(Box::new(FaultyStore::new(self.book(book).store(), self.plan.clone())))
    }

    fn control(&mut self) -> Result<Box<dyn ControlStore>, StoreError> {
        Ok(Box::new(self.control.clone()))
    }
}

fn outgoing(control: &mut MemoryControl, book: &BookName) -> Result<Outgoing, StoreError> {
    let mut endpoints = Vec::new();
    for endpoint in control.endpoints_of(book)? {
        let retries = control.due_retries(endpoint.id, Instant::MAX, u32::MAX)?;
        endpoints.push(ToldEndpoint { endpoint, retries });
    }
    Ok(Outgoing {
        book: book.clone(),
        endpoints,
        mail_place: control.mail_place(book)?,
        mails: control.due_mails(book, Instant::MAX, u32::MAX)?,
    })
}

/// Books in files.
pub struct FilePlace {
    pub folder: Folder,
    _directory: TempDir,
    pub plan: FaultPlan,
}

impl FilePlace {
    pub fn new() -> FilePlace {
        let directory = tempfile::tempdir().unwrap();
        let folder = open_folder(directory.path()).unwrap();
        folder.control().unwrap();
        FilePlace { folder, _directory: directory, plan: FaultPlan::none() }
    }
}

impl Place for FilePlace {
    fn contents(&mut self) -> Result<ControlContents, StoreError> {
        read_control(self.folder.path())
    }

    fn reader(&mut self, book: &BookName) -> Result<Box<dyn Reader>, StoreError> {
        Ok(Box::new(open_reader(self.folder.path(), book)?))
    }
}

impl TargetPlace for FilePlace {
    fn store(&mut self, book: &BookName) -> Result<Box<dyn Store>, StoreError> {
        Ok(Box::new(FaultyStore::new(self.folder.book(book)?, self.plan.clone())))
    }

    fn control(&mut self) -> Result<Box<dyn ControlStore>, StoreError> {
        Ok(Box::new(self.folder.control()?))
    }
}

pub fn name(text: &str) -> BookName {
    BookName::new(text).unwrap()
}

/// A book after a simulated life: cards, holds, runs of operations, restarts, unswept rows.
pub fn lived(seed: u64, commands: u64) -> MemoryBook {
    let book = MemoryBook::new();
    let mut settings = Settings::from_seed(seed, commands);
    settings.options.operation_run_max = 50;
    settings.options.operation_retention_days = 3_650;
    settings.options.journal_retention_days = None;
    settings.check_one_in = 1_000_000;
    run(&book, settings).unwrap();
    book
}

/// A place with two books, three keys, three endpoints and two mails that wait.
pub fn lived_place() -> MemoryPlace {
    place_after(600)
}

/// The same after so many commands a book.
pub fn place_after(commands: u64) -> MemoryPlace {
    let mut place = MemoryPlace::default();
    for (number, text) in (1_u8..).zip(["live", "test"]) {
        place.books.insert(name(text), lived(u64::from(number), commands));
        let record = BookRecord {
            name: name(text),
            is_test: text == "test",
            created_at: Instant::from_micros(7),
            incarnation: u64::from(number),
        };
        place.control.create_book(&record).unwrap();
        place.control.create_key(&key(number, text), None).unwrap();
    }
    let revoked = key(9, "test");
    place.control.create_key(&revoked, None).unwrap();
    place.control.revoke_key(&revoked.book, revoked.id, Instant::from_micros(20)).unwrap();
    give_outgoing(&mut place.control);
    place
}

fn give_outgoing(control: &mut MemoryControl) {
    for (number, state) in [(1, EndpointState::On), (2, EndpointState::Failing)] {
        let endpoint = endpoint(number, state);
        control.create_endpoint(&endpoint, None, 9).unwrap();
        for index in 0..u32::from(number) {
            let place = EventPlace { seq: 3, index };
            let retry = WebhookRetry { place, made: 2, next_at: Instant::from_micros(70) };
            control.want_again(endpoint.id, &retry).unwrap();
        }
    }
    let plain = WebhookEndpoint {
        older_secret: None,
        failing_since: None,
        rotated_by: None,
        ..endpoint(3, EndpointState::Off)
    };
    control.create_endpoint(&plain, None, 9).unwrap();
    let causes = [
        MailCause::Gift { card: CardId::from_bits(5), sending: 2 },
        MailCause::Receipt { order: OrderId::from_bits(6) },
    ];
    let mails = causes.map(|cause| WaitingMail {
        book: name("test"),
        cause,
        made: 3,
        unknown: 1,
        stage: match cause {
            MailCause::Gift { .. } => MailStage::Sent,
            _ => MailStage::Begun,
        },
        next_at: Instant::from_micros(50),
        written_at: Instant::from_micros(40),
    });
    control.take_mails(&name("test"), EventPlace { seq: 9, index: 1 }, &mails).unwrap();
}

fn endpoint(number: u8, state: EndpointState) -> WebhookEndpoint {
    WebhookEndpoint {
        id: EndpointId::from_bits(u128::from(number)),
        book: name("test"),
        url: format!("https://shop.example/{number}"),
        types: "order.paid gift_card.issued".to_owned(),
        state,
        secret: vec![number; 40],
        secret_at: Instant::from_micros(30),
        older_secret: Some((vec![9; 40], Instant::from_micros(90))),
        failing_since: Some(Instant::from_micros(60)),
        next: EventPlace { seq: u64::from(number) + 5, index: 1 },
        revision: 4,
        rotated_by: Some([number; 16]),
        created_at: Instant::from_micros(29),
    }
}

fn key(number: u8, book: &str) -> ApiKey {
    ApiKey {
        id: KeyId::from_bits(u128::from(number)),
        book: name(book),
        kind: KeyKind::Secret,
        hash: [number; 16],
        scopes: "all".to_owned(),
        version: "2026-11-20".to_owned(),
        last4: *b"abcd",
        created_at: Instant::from_micros(9),
        revoked_at: None,
    }
}

/// Everything in a book.
#[derive(Debug, PartialEq)]
pub struct Everything {
    head: Head,
    blocks: Vec<journal::Block>,
    entries: Vec<EntryRow>,
    rows: Vec<SweptRow>,
    runs: Vec<Option<OperationRun>>,
}

pub fn everything(reader: &mut dyn Reader) -> Everything {
    let (mut rows, mut entries) = (Vec::new(), Vec::new());
    reader.all_rows(&mut |row| rows.push(row)).unwrap();
    reader.all_entries(&mut |entry| entries.push(entry)).unwrap();
    let infos = reader.operation_runs().unwrap();
    Everything {
        head: reader.head().unwrap(),
        blocks: reader.blocks_after(0, usize::MAX).unwrap(),
        entries,
        rows,
        runs: infos.iter().map(|info| reader.operation_run(info.run).unwrap()).collect(),
    }
}

/// Refuses two places that differ in anything.
#[track_caller]
pub fn check_equal(one: &mut dyn Place, other: &mut dyn Place) {
    let contents = one.contents().unwrap();
    assert_eq!(contents, other.contents().unwrap());
    for book in &contents.books {
        let (mut left, mut right) =
            (one.reader(&book.name).unwrap(), other.reader(&book.name).unwrap());
        let left = everything(left.as_mut());
        assert!(left.runs.len() > 2 && left.entries.len() > 100 && left.rows.len() > 50);
        assert!(left == everything(right.as_mut()), "book {} differs", book.name);
    }
}
