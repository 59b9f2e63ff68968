//! A connection that is there, with its prepared statements.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinHandle;
use tokio_postgres::error::Severity;
use tokio_postgres::types::Type;
use tokio_postgres::{AsyncMessage, Client, Config, Connection, NoTls, Statement};

use super::session::Broken;
use crate::{StoreError, dialect};

/// A connection.
pub(super) struct Link {
    pub(super) client: Client,
    statements: HashMap<String, Statement>,
    warned: Arc<AtomicBool>,
    driver: JoinHandle<()>,
}

impl Link {
    /// Connects, and sets what durability and names rest on.
    pub(super) async fn make(
        config: &Config,
        schema: &str,
        settings: &'static str,
    ) -> Result<Link, StoreError> {
        let (client, connection) = config.connect(NoTls).await?;
        let warned = Arc::new(AtomicBool::new(false));
        let driver = tokio::spawn(drive(connection, Arc::clone(&warned)));
        let link = Link { client, statements: HashMap::new(), warned, driver };
        link.client.batch_execute(&dialect::postgres_session(schema)).await?;
        let setting = link.client.query_one(dialect::POSTGRES_DURABILITY, &[]).await?;
        if matches!(setting.get::<_, &str>(0), "off" | "local") {
            link.client.batch_execute(dialect::POSTGRES_DURABLE).await?;
        }
        link.client.batch_execute(settings).await?;
        Ok(link)
    }

    /// The prepared statement of a text; types that are not given follow from the text.
    pub(super) async fn prepared(
        &mut self,
        text: &str,
        types: &[Type],
    ) -> Result<Statement, Broken> {
        if let Some(statement) = self.statements.get(text) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare_typed(text, types).await?;
        self.statements.insert(text.to_owned(), statement.clone());
        Ok(statement)
    }

    /// True when it is known to be of no more use.
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Forgets warnings.
    pub(super) fn calm(&self) {
        self.warned.store(false, Ordering::Relaxed);
    }

    /// Fails when PostgreSQL warned of anything since [`Link::calm`]. That is what it does when a
    /// commit was told not to wait for its standby: it can be seen, and may not survive.
    pub(super) fn unwarned(&self) -> Result<(), Broken> {
        if !self.warned.load(Ordering::Relaxed) {
            return Ok(());
        }
        let what = "PostgreSQL committed with a warning, perhaps without its standby";
        Err(Broken::Lost(StoreError::SyncFailed(what.to_owned())))
    }
}

impl Drop for Link {
    /// By itself the library keeps a connection until everything that was sent is answered: one
    /// that was given up because nothing answers would stay, and what it has not sent yet with it.
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// Moves bytes for as long as the connection lives.
async fn drive<S, T>(mut connection: Connection<S, T>, warned: Arc<AtomicBool>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(Ok(message)) =
        std::future::poll_fn(|context| connection.poll_message(context)).await
    {
        if let AsyncMessage::Notice(notice) = message
            // Not by its word, which is in the server's language.
            && matches!(notice.parsed_severity(), Some(Severity::Warning) | None)
        {
            warned.store(true, Ordering::Relaxed);
        }
    }
}
