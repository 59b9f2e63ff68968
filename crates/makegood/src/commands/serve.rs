//! `makegood serve`: the API over every book of an installation, until it is asked to stop.

mod several;

use std::sync::Arc;
use std::time::Duration;

use http::{App, AppParts, Book, KeySecret, NewKey, ReadSide, Scopes};
use outside::clock::{Clock, SystemClock};
use store::KeyKind;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;
use writer::{Handle, Trouble};

use crate::config::{Environment, LogFormat, MANUAL, PlaceArgs, Settings};
use crate::failure::{Done, Ending, Failure};
use crate::output;
use crate::traces;
use crate::wiring::{Installation, OpenBook, RailSetup, Workers, book_name, leases};

/// Name of the book that the bootstrap key makes.
const BOOTSTRAP_BOOK: &str = "test";

/// Fewest characters of a bootstrap key after `mg_test_`.
const BOOTSTRAP_SECRET_MIN: usize = 16;

/// How long mails and calls that are under way are waited for, of all books together.
const UNDER_WAY_TIME_MAX: Duration = Duration::from_secs(10);

/// Time between two looks whether the writers are still there, or what renews their leases.
const WATCH_EVERY: Duration = Duration::from_secs(1);

/// Serve the API.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Address and port; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Where other processes over the same database reach this one; by default, where it listens.
    #[arg(long, value_name = "URL")]
    advertise: Option<String>,
    #[command(flatten)]
    place: PlaceArgs,
    /// Open the books however long they rested: the clock was checked.
    #[arg(long)]
    accept_clock: bool,
    /// Go on with what the data have, although more was answered: docs/failover.md, docs/backup.md.
    #[arg(long)]
    accept_lost_history: bool,
    /// Print the default configuration, which explains every setting, and end.
    #[arg(long)]
    print_config: bool,
    /// Print where the server listens as JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Done<Ending> {
    if args.print_config {
        output::line(MANUAL.trim_end());
        return Ok(Ending::Well);
    }
    let environment = Environment::of_process();
    let mut settings = Settings::load(&args.place, args.listen.as_deref(), &environment)?;
    if let Some(advertise) = &args.advertise {
        settings.advertise.clone_from(advertise);
    }
    start_log(&settings)?;
    let mut installation = Installation::open(&settings, &environment)?;
    installation.trace(traces::start()?);
    installation.use_rails(RailSetup::of(&settings, &environment)?);
    if !args.accept_clock {
        installation.hold_clock_against_books(settings.start_gap_max());
    }
    if args.accept_lost_history {
        installation.accept_lost_history()?;
    }
    if let Some(text) = environment.get("BOOTSTRAP_KEY") {
        bootstrap(&installation, text)?;
    }
    if let Some(leases) = leases(&settings)? {
        return several::serve(&settings, installation, leases, args);
    }
    let books = open_books(&installation)?;
    serve(&settings, &installation, books, |serving| announce(serving, args.json))
}

/// A server that listens, for whoever announces it.
pub(crate) struct Serving<'a> {
    /// Where: `http://127.0.0.1:8080`.
    pub(crate) address: &'a str,
    /// Which data.
    pub(crate) installation: &'a Installation,
    /// Its books.
    pub(crate) books: &'a [OpenBook],
    /// What works for them, in the same order.
    pub(crate) workers: &'a [Workers],
}

/// Takes over every book. One that has rested for longer than a clock is believed is left alone,
/// which is a failure only when there is no other.
fn open_books(installation: &Installation) -> Done<Vec<OpenBook>> {
    let (mut books, mut resting) = (Vec::new(), None);
    for record in installation.books()? {
        match installation.open_book(&record) {
            Ok(book) => books.push(book),
            Err(failure) if failure.is_of_clock() => {
                tracing::error!(book = %record.name, %failure, "the book is not served");
                resting = Some(failure);
            }
            Err(failure) => return Err(failure),
        }
    }
    match resting {
        Some(failure) if books.is_empty() => Err(failure),
        _ => Ok(books),
    }
}

/// Serves until a signal or a fatal error, then drains, sweeps and closes.
///
/// `listening` is called once the port is bound.
pub(crate) fn serve(
    settings: &Settings,
    installation: &Installation,
    books: Vec<OpenBook>,
    listening: impl FnOnce(&Serving<'_>) -> Done,
) -> Done<Ending> {
    let workers = start_workers(settings, installation, &books)?;
    let (listener, port) = bind(settings)?;
    let app = app(settings, installation, &books, &workers, port)?;
    let routes = installation.routes(Arc::clone(&app), settings, port)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::new(format!("no threads: {error}")))?;
    let handles: Vec<(String, Handle)> =
        books.iter().map(|book| (book.record.name.to_string(), book.handle().clone())).collect();
    let ended = runtime.block_on(async {
        let (listener, address) = listen(listener)?;
        // Before anybody is told: a signal that comes early must find somebody who listens.
        let signals = Signals::listen()?;
        let (books, workers) = (&books, &workers);
        listening(&Serving { address: &address, installation, books, workers })?;
        tokio::spawn(installation.heads().save_often());
        let (reason_sender, reason) = oneshot::channel();
        let stop = async move {
            // Only this future sends, and only once.
            let _ = reason_sender.send(until_stop(handles, signals).await);
        };
        let served = http::serve_router(routes, &settings.limits(), listener, stop).await;
        if let Err(error) = served {
            tracing::warn!(%error, "not every request could be finished");
        }
        reason.await.map_err(|_| Failure::new("the server ended without a reason"))
    });
    stop_all(workers);
    // What still runs in the background reads only; the journal is complete.
    runtime.shutdown_timeout(Duration::from_secs(1));
    books.into_iter().for_each(OpenBook::stop);
    match ended? {
        None => {
            tracing::info!("stopped");
            Ok(Ending::Well)
        }
        Some(fatal) => Err(fatal),
    }
}

/// Stops the workers of all books: all are told before one is waited for.
fn stop_all(mut workers: Vec<Workers>) {
    let clock = SystemClock::new();
    workers.iter().for_each(Workers::tell_to_stop);
    for workers in &mut workers {
        let left = UNDER_WAY_TIME_MAX.saturating_sub(clock.monotonic());
        workers.note_what_is_under_way(left);
    }
}

/// Refuses a port that is taken, before anything is done that takes long.
///
/// # Errors
///
/// Somebody listens there, or it is no address of this machine.
pub(crate) fn expect_free_port(settings: &Settings) -> Done {
    std::net::TcpListener::bind(&settings.listen).map_err(|error| no_port(settings, &error))?;
    Ok(())
}

fn no_port(settings: &Settings, error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot listen on {}: {error}", settings.listen))
        .next("choose another port with --listen 127.0.0.1:PORT")
}

/// Takes the port.
fn bind(settings: &Settings) -> Done<(std::net::TcpListener, u16)> {
    let listener = std::net::TcpListener::bind(&settings.listen);
    let listener = listener.map_err(|error| no_port(settings, &error))?;
    let port = listener.local_addr().map_err(Failure::new)?.port();
    Ok((listener, port))
}

/// Listens on a port that was taken; tells where.
fn listen(listener: std::net::TcpListener) -> Done<(TcpListener, String)> {
    listener.set_nonblocking(true).map_err(Failure::new)?;
    let bound = listener.local_addr().map_err(Failure::new)?;
    Ok((TcpListener::from_std(listener).map_err(Failure::new)?, format!("http://{bound}")))
}

/// Waits for a signal (`None`), or for a writer to end (why).
async fn until_stop(handles: Vec<(String, Handle)>, mut signals: Signals) -> Option<Failure> {
    let watch = async {
        loop {
            tokio::time::sleep(WATCH_EVERY).await;
            for (book, handle) in &handles {
                if let Some(why) = ended(handle).await {
                    return fatal(book, &why);
                }
            }
        }
    };
    tokio::select! {
        failure = watch => Some(failure),
        signal = signals.next() => {
            tracing::info!(signal, "stopping");
            None
        }
    }
}

fn fatal(book: &str, why: &str) -> Failure {
    let what = format!("the writer of book {book} has ended: {why}");
    Failure::new(what).next("see to the cause, then start again: nothing that was answered is lost")
}

/// Why the writer has ended, if it has.
async fn ended(handle: &Handle) -> Option<String> {
    let (sender, receiver) = oneshot::channel();
    let asked = handle.query(vec![engine::Query::Book], move |answers| {
        let _ = sender.send(answers.err());
    });
    let trouble = match asked {
        Ok(()) => receiver.await.unwrap_or(None),
        Err(trouble) => Some(trouble),
    };
    match trouble {
        Some(Trouble::Ended(why)) => Some(why),
        _ => None,
    }
}

/// The signals that ask the server to stop.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn listen() -> Done<Signals> {
        let listen = |kind| signal(kind).map_err(|error| Failure::new(format!("signals: {error}")));
        let interrupt = listen(SignalKind::interrupt())?;
        Ok(Signals { interrupt, terminate: listen(SignalKind::terminate())? })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.interrupt.recv() => "SIGINT",
            _ = self.terminate.recv() => "SIGTERM",
        }
    }
}

fn app(
    settings: &Settings,
    installation: &Installation,
    books: &[OpenBook],
    workers: &[Workers],
    port: u16,
) -> Done<Arc<App>> {
    let app = Arc::new(new_app(settings, installation, port)?);
    installation.traces.iter().for_each(|traces| traces.watch(&app));
    // Keys of a book that is left alone open it none the less: they get 503, not 401.
    for record in installation.books()? {
        app.put_elsewhere(&record.name, None);
    }
    for (book, workers) in books.iter().zip(workers) {
        let (max, source) = (settings.readers_per_book, installation.reader_source(&book.record));
        // Opened when they are needed, and again when one is lost.
        let reads = ReadSide::opening(book.record.clone(), max, source);
        let served = Book::over(Arc::new(reads), book.handle().clone());
        let served = served.with_rails(workers.rails()).with_outgoing(workers.outgoing());
        let served = served.with_settlements(workers.settlements()).with_claims(workers.claims());
        app.add_book(served.with_feed(workers.feed()));
    }
    Ok(app)
}

/// An app without books.
fn new_app(settings: &Settings, installation: &Installation, port: u16) -> Done<App> {
    let app = App::new(app_parts(settings, installation)?);
    Ok(match installation.site(settings, port)? {
        Some(site) => app.with_site(site),
        None => app,
    })
}

fn app_parts(settings: &Settings, installation: &Installation) -> Done<AppParts> {
    Ok(AppParts {
        ring: Arc::clone(&installation.ring),
        people: Arc::clone(&installation.people),
        clock: Arc::new(installation.clock),
        control: installation.control()?,
        limits: settings.limits(),
    })
}

fn start_workers(
    settings: &Settings,
    installation: &Installation,
    books: &[OpenBook],
) -> Done<Vec<Workers>> {
    let start = |book: &OpenBook| installation.start_workers(&book.record, book.handle(), settings);
    books.iter().map(start).collect()
}

/// The secret in a bootstrap key.
///
/// # Errors
///
/// It is no test key, or too short.
pub(crate) fn bootstrap_secret(text: &str) -> Done<KeySecret> {
    let refused = |why: &str| {
        let what = format!("MAKEGOOD_BOOTSTRAP_KEY {why}");
        Failure::new(what).next("use mg_test_ and at least 16 random letters and digits")
    };
    let secret =
        text.strip_prefix("mg_test_").ok_or_else(|| refused("must begin with mg_test_"))?;
    if secret.len() < BOOTSTRAP_SECRET_MIN {
        return Err(refused("is too short to be a secret"));
    }
    let (secret, kind) = KeySecret::chosen(text)
        .ok_or_else(|| refused("must have letters and digits only, 128 at most"))?;
    debug_assert_eq!(kind, KeyKind::Secret, "a test key is a secret key");
    Ok(secret)
}

/// Makes the book and key of a first start.
fn bootstrap(installation: &Installation, text: &str) -> Done {
    let secret = bootstrap_secret(text)?;
    let name = book_name(BOOTSTRAP_BOOK).expect("a lower-case word names a book");
    let record = installation.book_or_new(&name, true)?;
    if installation.has_other_keys(&record, &secret)? {
        tracing::warn!("MAKEGOOD_BOOTSTRAP_KEY is ignored: book test has keys; take it away");
        return Ok(());
    }
    installation.keep_key(
        &record,
        &NewKey { secret: &secret, kind: KeyKind::Secret, scopes: Scopes::ALL },
    )?;
    Ok(())
}

fn announce(serving: &Serving<'_>, json: bool) -> Done {
    let folder = serving.installation.describe();
    if json {
        let books: Vec<_> = serving.books.iter().map(|book| book.record.name.as_str()).collect();
        let replayed: u64 = serving.books.iter().map(OpenBook::replayed_records).sum();
        let address = serving.address;
        output::line(
            &serde_json::json!({
                "listening_on": address, "data": folder, "books": books,
                "replayed_records": replayed,
            })
            .to_string(),
        );
        return Ok(());
    }
    for book in serving.books {
        let kind = if book.record.is_test { "test" } else { "live" };
        let (name, replayed) = (&book.record.name, book.replayed_records());
        output::line(&format!("book {name} ({kind}): {replayed} records replayed"));
    }
    if serving.books.is_empty() {
        output::line(
            "no book yet: stop, and `makegood keys create --book NAME --create-book live`",
        );
    }
    output::line(&format!("data in {folder}"));
    output::line(&format!("listening on {}", serving.address));
    Ok(())
}

/// Sends log events to standard error.
pub(crate) fn start_log(settings: &Settings) -> Done {
    let filter = tracing_subscriber::EnvFilter::try_new(&settings.log).map_err(|error| {
        Failure::new(format!("log: {error}")).next("use error, warn, info, debug or trace")
    })?;
    let log = tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(filter);
    match settings.log_format {
        LogFormat::Text => log.with_ansi(false).init(),
        LogFormat::Json => log.json().flatten_event(true).with_span_list(false).init(),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_book_that_rested_for_too_long_does_not_keep_the_others_from_being_served() {
        let folder = tempfile::tempdir().unwrap();
        let place = PlaceArgs { data: Some(folder.path().join("data")), ..PlaceArgs::default() };
        let environment = Environment::default();
        let settings = Settings::load(&place, None, &environment).unwrap();
        let mut installation = Installation::open(&settings, &environment).unwrap();
        let make = |installation: &Installation, name: &str, is_test| {
            installation.book_or_new(&book_name(name).unwrap(), is_test).unwrap();
            open_books(installation).unwrap().into_iter().for_each(OpenBook::stop);
        };
        make(&installation, "live", false);
        // From now on any rest is too long.
        installation.hold_clock_against_books(Duration::ZERO);
        let Err(alone) = open_books(&installation) else { panic!("the clock was believed") };
        assert!(alone.to_string().contains("check the clock"), "{alone}");
        make(&installation, "test", true);
        let books = open_books(&installation).unwrap();
        let workers = start_workers(&settings, &installation, &books).unwrap();
        let app = app(&settings, &installation, &books, &workers, 0).unwrap();
        assert!(app.book("test").is_some() && app.book("live").is_none());
        books.into_iter().for_each(OpenBook::stop);
    }
}
