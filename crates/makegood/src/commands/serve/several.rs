//! Serving as one of several processes over one database.

use std::sync::Arc;
use std::time::Duration;

use http::{Book, ReadSide};
use store::{BookRecord, Leases};
use writer::Running;

use super::{Args, Signals, WATCH_EVERY, bind, listen, new_app};
use crate::config::Settings;
use crate::failure::{Done, Ending, Failure};
use crate::output;
use crate::wiring::ownership::{Owned, Ownership, Pace, Parts, new_member};
use crate::wiring::{Heads, Installation};

/// How long the list of books may take. While it is waited for, no lease is renewed.
const LIST_TIME_MAX: Duration = Duration::from_secs(1);

/// Serves until a signal. Then the books are handed over, and requests passed on to the processes
/// that took them, until every connection is drained.
pub(super) fn serve(
    settings: &Settings,
    installation: Installation,
    leases: Box<dyn Leases>,
    told: &Args,
) -> Done<Ending> {
    let heads = installation.heads();
    let installation = Arc::new(installation);
    let (listener, port) = bind(settings)?;
    let app = Arc::new(new_app(settings, &installation, port)?.among_processes());
    let routes = installation.routes(Arc::clone(&app), settings, port)?;
    installation.traces.iter().for_each(|traces| traces.watch(&app));
    // Asked every second, so its connection is kept.
    let mut listed = installation.control_within(LIST_TIME_MAX)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::new(format!("no threads: {error}")))?;
    let ended = runtime.block_on(async {
        let (listener, address) = listen(listener)?;
        let mut signals = Signals::listen()?;
        let advertised = settings.advertised(&address)?;
        let (opening, read_by) = (Arc::clone(&installation), Arc::clone(&installation));
        let readers_max = settings.readers_per_book;
        let kept = settings.clone();
        let pace = Pace::default();
        let parts = Parts {
            leases,
            me: new_member(advertised.clone()),
            pace,
            clock: Arc::new(installation.clock),
            app: Arc::clone(&app),
            books: Box::new(move || Ok(listed.books()?)),
            reads: Box::new(move |record| reads(&read_by, record, readers_max)),
            open: Arc::new(move |record, reads, lease| {
                let running = opening.open_writer(record, lease)?;
                open(&kept, &opening, record, reads, running)
            }),
        };
        // It asks the database, which blocks.
        let started = tokio::task::spawn_blocking(move || Ownership::start(parts)).await;
        let ownership = Arc::new(started.map_err(Failure::new)??);
        announce(&address, &advertised, told.json);
        tokio::spawn(Arc::clone(&heads).save_often());
        let leaving = Arc::clone(&ownership);
        let stop = async move {
            tokio::select! {
                signal = signals.next() => tracing::info!(signal, "handing the books over"),
                () = until_lost(&leaving) => {}
            }
            let handed_over = tokio::task::spawn_blocking(move || leaving.hand_over());
            // A panic was told by the thread; the leases lapse.
            let _ = handed_over.await;
            // The others hear of it at their next look. Until then they pass requests on to here,
            // and nobody could tell the outcome of one that meets a connection being closed.
            tokio::time::sleep(2 * pace.look_every).await;
        };
        if let Err(error) = http::serve_router(routes, &settings.limits(), listener, stop).await {
            tracing::warn!(%error, "not every request could be finished");
        }
        Ok::<_, Failure>(ownership)
    });
    runtime.shutdown_timeout(Duration::from_secs(1));
    end(ended?, &heads)
}

/// Ends the renewals; tells when they had ended before.
fn end(ownership: Arc<Ownership>, heads: &Heads) -> Done<Ending> {
    let is_lost = ownership.has_ended();
    if let Some(ownership) = Arc::into_inner(ownership) {
        ownership.stop();
    }
    heads.save();
    if is_lost {
        let what = "the thread that renews the leases has failed; why, it has written above";
        let next = "start again: nothing that was answered is lost; and report it";
        return Err(Failure::new(what).next(next));
    }
    tracing::info!("stopped");
    Ok(Ending::Well)
}

/// Waits until nothing is renewed any more, though nobody has asked for that.
async fn until_lost(ownership: &Ownership) {
    while !ownership.has_ended() {
        tokio::time::sleep(WATCH_EVERY).await;
    }
}

/// Reads a book whoever owns it.
fn reads(installation: &Installation, record: &BookRecord, readers_max: usize) -> ReadSide {
    ReadSide::opening(record.clone(), readers_max, installation.reader_source(record))
}

/// Serves a book whose writer runs.
fn open(
    settings: &Settings,
    installation: &Installation,
    record: &BookRecord,
    reads: Arc<ReadSide>,
    running: Running,
) -> Done<Owned> {
    let handle = running.handle.clone();
    match installation.start_workers(record, &handle, settings) {
        Ok(workers) => {
            let book = Book::over(reads, handle).with_rails(workers.rails());
            let book = book.with_outgoing(workers.outgoing()).with_feed(workers.feed());
            let book = book.with_settlements(workers.settlements()).with_claims(workers.claims());
            Ok(Owned { book, running, workers: Some(Box::new(workers)) })
        }
        Err(failure) => {
            running.leave();
            Err(failure)
        }
    }
}

fn announce(address: &str, advertised: &str, json: bool) {
    if json {
        let told = serde_json::json!({"listening_on": address, "advertised": advertised});
        return output::line(&told.to_string());
    }
    output::line(&format!("other processes reach it at {advertised}"));
    output::line(&format!("listening on {address}"));
}
