//! A connection that is made when it is needed, and made again when it broke.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio_postgres::Error;
use tokio_postgres::error::{DbError, Severity};

use super::address::Address;
use super::link::Link;
use crate::StoreError;

/// How long a connection may take to be made, to each host.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(3);

/// How long PostgreSQL may take to answer before the connection is given up. Where rows are handed
/// out while they are read, each of them is an answer.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(30);

/// One connection to a database. Its input and output happen on the thread that asks, while it
/// waits for the answer: no other thread is woken up on the way.
pub(super) struct Session {
    runtime: Option<Runtime>,
    address: Arc<Address>,
    schema: String,
    link: Option<Link>,
    answer_time_max: Duration,
    /// Statements that a new connection begins with, beside those of every one.
    settings: &'static str,
}

/// Why nothing came back.
#[derive(Debug)]
pub(super) enum Broken {
    /// PostgreSQL said no, and the connection is as good as before.
    Refused(StoreError),
    /// The connection broke or took too long; nobody knows what became of what was sent.
    Lost(StoreError),
}

impl Session {
    /// A connection whose unqualified names mean tables of `schema`; made when it is first used.
    pub(super) fn new(address: &Arc<Address>, schema: &str) -> Result<Session, StoreError> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Session {
            runtime: Some(runtime),
            address: Arc::clone(address),
            schema: schema.to_owned(),
            link: None,
            answer_time_max: ANSWER_TIME_MAX,
            settings: "",
        })
    }

    /// Waits for answers, and for a host to connect to, no longer than this.
    pub(super) fn limit_answers(&mut self, time_max: Duration) {
        self.answer_time_max = time_max;
    }

    /// Begins every new connection with these settings too.
    pub(super) fn begin_with(&mut self, settings: &'static str) {
        self.settings = settings;
    }

    /// How long an answer may take.
    pub(super) fn answer_time_max(&self) -> Duration {
        self.answer_time_max
    }

    /// Whether there is a connection, as far as anybody knows.
    pub(super) fn is_linked(&self) -> bool {
        self.link.is_some()
    }

    /// Runs `work` on the connection, all of it in the time of one answer.
    pub(super) fn run<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut Link) -> Result<T, Broken>,
    ) -> Result<T, Broken> {
        let time_max = self.answer_time_max;
        self.run_untimed(async |link| in_time(time_max, work(link)).await?)
    }

    /// Runs `work` on the connection, which is made first when there is none. A connection that
    /// broke is dropped; the next call makes another one. `work` sees to its time itself.
    pub(super) fn run_untimed<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut Link) -> Result<T, Broken>,
    ) -> Result<T, Broken> {
        let runtime = self.runtime.as_ref().expect("the runtime lives as long as the session");
        let (link, settings) = (&mut self.link, self.settings);
        let (address, schema) = (&self.address, self.schema.as_str());
        let connect_time_max = CONNECT_TIME_MAX.min(self.answer_time_max);
        let result = runtime.block_on(async {
            let link = match link {
                Some(link) => link,
                None => {
                    // Nothing is sent that could have an effect.
                    let made = make(address, schema, settings, connect_time_max).await;
                    link.insert(made.map_err(Broken::Refused)?)
                }
            };
            work(link).await
        });
        let is_lost = matches!(result, Err(Broken::Lost(_)));
        if is_lost || self.link.as_ref().is_some_and(Link::is_closed) {
            self.link = None;
        }
        result
    }

    /// As [`Session::run`] for work that changes nothing, and so may be done twice: a connection
    /// that broke while nobody looked is made again at once.
    pub(super) fn run_again<T>(
        &mut self,
        mut work: impl AsyncFnMut(&mut Link) -> Result<T, Broken>,
    ) -> Result<T, StoreError> {
        let was_there = self.link.is_some();
        match self.run(&mut work) {
            Err(Broken::Lost(_)) if was_there => self.run(work).map_err(Broken::plainly),
            other => other.map_err(Broken::plainly),
        }
    }
}

/// What `answer` brings, unless it takes too long.
pub(super) async fn in_time<T>(
    time_max: Duration,
    answer: impl Future<Output = T>,
) -> Result<T, Broken> {
    let answered = tokio::time::timeout(time_max, answer).await;
    answered.map_err(|_| Broken::Lost(too_late("answer")))
}

/// A connection to the first host that gives one.
async fn make(
    address: &Address,
    schema: &str,
    settings: &'static str,
    time_max: Duration,
) -> Result<Link, StoreError> {
    let mut why = too_late("connect");
    for (place, config) in address.hosts() {
        match tokio::time::timeout(time_max, Link::make(config, schema, settings)).await {
            Ok(Ok(link)) => {
                address.served(place);
                return Ok(link);
            }
            Ok(Err(error)) => why = error,
            Err(_) => why = too_late("connect"),
        }
    }
    Err(why)
}

impl Drop for Session {
    fn drop(&mut self) {
        // Also within another runtime, which would not allow waiting.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Broken {
    /// What a caller may conclude who only wants to know that it did not work.
    pub(super) fn plainly(self) -> StoreError {
        match self {
            Broken::Refused(error) | Broken::Lost(error) => error,
        }
    }
}

impl From<Error> for Broken {
    fn from(error: Error) -> Broken {
        // What is worse than an error ends the connection, and perhaps the server, and says nothing
        // about what had become of a commit by then. A pooler may not tell how bad it is.
        let severity = error.as_db_error().and_then(DbError::parsed_severity);
        let error = StoreError::from(error);
        match severity {
            Some(Severity::Error) => Broken::Refused(error),
            _ => Broken::Lost(error),
        }
    }
}

impl From<StoreError> for Broken {
    fn from(error: StoreError) -> Broken {
        Broken::Refused(error)
    }
}

fn too_late(what: &str) -> StoreError {
    StoreError::Unavailable(format!("PostgreSQL does not {what} in time"))
}
