//! `makegood bench restart`: how fast a journal is applied that the tables know nothing of.

use std::path::{Path, PathBuf};
use std::time::Duration;

use base::{HoldId, KeyId, Money, Text};
use engine::{CardRef, Command, GiftCardCommand, OperationKey};
use giftcards::Place;
use outside::clock::{Clock, SystemClock};
use serde::Serialize;
use store::sqlite::open_folder;
use store::{BookName, BookRecord, ControlStore};
use writer::{BookSpec, Operation, Options, Request, Writer};

use super::{in_new_folder, seed};
use crate::failure::{Done, Ending, Failure};
use crate::output::OutputArgs;
use crate::progress::Progress;

/// Commands given to the writer in one call.
const COMMANDS_PER_CALL: u64 = 1_000;

/// Measure a restart.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Records in the journal that the tables do not have.
    #[arg(long, default_value_t = 1_000_000)]
    records: u64,
    /// Cards they are about.
    #[arg(long, default_value_t = 100_000)]
    cards: u64,
    /// Folder to work in; a new one is made inside and taken away at the end.
    #[arg(long, value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Debug, Serialize)]
struct Report {
    replayed_records: u64,
    seconds: f64,
    records_per_second: u64,
}

/// Runs the benchmark.
pub(crate) fn run(args: &Args) -> Done<Ending> {
    let report = in_new_folder(&args.folder, |folder| measure(args, folder))?;
    args.output.print(&report, || {
        format!(
            "{} records applied in {:.2} s: {} a second",
            report.replayed_records, report.seconds, report.records_per_second
        )
    });
    Ok(Ending::Well)
}

fn measure(args: &Args, folder: &Path) -> Done<Report> {
    let clock = SystemClock::new();
    let opened = open_folder(&folder.join("data"))?;
    let name = BookName::new("test").map_err(Failure::new)?;
    let record =
        BookRecord { name: name.clone(), is_test: true, created_at: clock.now(), incarnation: 1 };
    opened.control()?.create_book(&record)?;
    let open = |options| {
        let spec = BookSpec { is_test: true, ring: [0; 8] };
        let times = Box::new(move || (clock.now(), clock.monotonic()));
        Writer::open(opened.book(&name)?, spec, options, times).map_err(Failure::from)
    };
    // With so large a target the sweep leaves everything to the restart.
    let mut writer = open(Options { unswept_target: usize::MAX / 4, ..Options::default() })?;
    let cards = give(&mut writer, args.cards, "issuing cards", seed::plain_issue)?;
    give(&mut writer, args.records, "redeeming", |number| redemption(number, cards, &clock))?;
    // As a crash would: what is unswept is lost from memory.
    drop(writer);
    let begin = clock.monotonic();
    let writer = open(Options::default())?;
    let took = clock.monotonic().saturating_sub(begin).max(Duration::from_micros(1));
    let replayed_records = writer.replayed_records();
    let seconds = took.as_secs_f64();
    let records_per_second = (replayed_records as f64 / seconds) as u64;
    Ok(Report { replayed_records, seconds, records_per_second })
}

/// Gives `count` commands to a writer that is stepped by hand.
fn give<S: store::Store>(
    writer: &mut Writer<S>,
    count: u64,
    what: &'static str,
    command: impl Fn(u64) -> Request,
) -> Done<u64> {
    let mut progress = Progress::new(what, count);
    let handle = writer.handle();
    let mut done = 0;
    while done < count {
        let until = (done + COMMANDS_PER_CALL).min(count);
        let requests: Vec<Request> = (done..until).map(&command).collect();
        let (sender, receiver) = std::sync::mpsc::channel();
        handle
            .submit(requests, false, move |outcomes| {
                // The receiver waits for this very message.
                let _ = sender.send(outcomes);
            })
            .map_err(Failure::new)?;
        writer.step();
        for outcome in receiver.recv().map_err(Failure::new)? {
            outcome.map_err(Failure::new)?.result.map_err(Failure::new)?;
        }
        done = until;
        progress.step(what, done, count);
    }
    progress.finish();
    Ok(count)
}

fn redemption(number: u64, cards: u64, clock: &SystemClock) -> Request {
    let card = seed::plain_id(number.wrapping_mul(7_919) % cards);
    let place = Place {
        id: HoldId::from_parts(clock.now(), seed::mixed(number)),
        amount: Money::new(1, base::Currency::USD).expect("a positive amount"),
        partial: false,
        reference: Text::new(&format!("order-{number}")).expect("a short text"),
        expires_in_s: None,
        region: None,
        lines: Vec::new(),
        checkout: None,
    };
    let mut key = [0; 16];
    key[..8].copy_from_slice(&seed::mixed(number)[..8]);
    key[8..].copy_from_slice(&number.to_be_bytes());
    let operation = Operation { key: OperationKey(key), fingerprint: [1; 16] };
    let command = GiftCardCommand::Redeem { card: CardRef::Id(card), place: Box::new(place) };
    Request {
        command: Command::GiftCards(command),
        actor: KeyId::from_bits(1),
        operation: Some(operation),
    }
}
