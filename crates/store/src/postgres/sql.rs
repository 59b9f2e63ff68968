//! A connection to a schema, as the statements of both engines see it.

use std::cell::Cell;
use std::sync::Arc;

use futures_util::{StreamExt, pin_mut};
use journal::Value;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Error, Row, Statement};

use super::address::Address;
use super::columns::{parameters, singles};
use super::link::Link;
use super::session::{Broken, Session, in_time};
use crate::sql::{EachRow, SqlConnection};
use crate::{StoreError, dialect};

/// A connection to one schema.
pub struct PostgresConnection {
    pub(super) session: Session,
    is_in_transaction: bool,
}

impl PostgresConnection {
    /// A connection to this schema; made when it is first used.
    pub(super) fn new(
        address: &Arc<Address>,
        schema: &str,
    ) -> Result<PostgresConnection, StoreError> {
        let session = Session::new(address, schema)?;
        Ok(PostgresConnection { session, is_in_transaction: false })
    }

    /// Runs statements without parameters or answers.
    pub(super) fn run_batch(&mut self, text: &str) -> Result<(), StoreError> {
        self.once(async |link| {
            link.calm();
            link.client.batch_execute(text).await?;
            link.unwarned()
        })
    }

    /// Runs a statement that writes and hands out its rows once it is over.
    pub(super) fn change_returning(
        &mut self,
        statement: &str,
        values: &[Value],
    ) -> Result<Vec<Row>, StoreError> {
        self.changing(statement, values, async |client, statement, parameters| {
            client.query(statement, parameters).await
        })
    }

    /// Runs a statement that writes, by `run`. It is not repeated.
    fn changing<T>(
        &mut self,
        statement: &str,
        values: &[Value],
        run: impl AsyncFnOnce(&Client, &Statement, &[&(dyn ToSql + Sync)]) -> Result<T, Error>,
    ) -> Result<T, StoreError> {
        self.once(async |link| {
            let prepared = link.prepared(statement, &[]).await?;
            link.calm();
            let done = run(&link.client, &prepared, &parameters(&singles(values))).await?;
            link.unwarned()?;
            Ok(done)
        })
    }

    /// Runs `work` once.
    fn once<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut Link) -> Result<T, Broken>,
    ) -> Result<T, StoreError> {
        self.expect_link()?;
        self.session.run(work).map_err(Broken::plainly)
    }

    /// Outside of transactions a broken connection is made again. A transaction has gone with its
    /// connection, and what is left of its work must not happen on another one, outside of any.
    fn expect_link(&self) -> Result<(), StoreError> {
        if self.is_in_transaction && !self.session.is_linked() {
            let what = "the connection to PostgreSQL broke in a transaction";
            return Err(StoreError::Unavailable(what.to_owned()));
        }
        Ok(())
    }

    pub(super) fn begin(&mut self, begin: &str) -> Result<(), StoreError> {
        assert!(!self.is_in_transaction, "transactions do not nest");
        // A connection that broke while nobody looked is noticed here, and made again.
        self.session.run_again(async |link| Ok(link.client.batch_execute(begin).await?))?;
        self.is_in_transaction = true;
        Ok(())
    }
}

impl SqlConnection for PostgresConnection {
    fn each_row(
        &mut self,
        statement: &str,
        values: &[Value],
        each: EachRow<'_>,
    ) -> Result<(), StoreError> {
        self.expect_link()?;
        let is_untouched = Cell::new(true);
        let time_max = self.session.answer_time_max();
        let mut work = async |link: &mut Link| -> Result<(), Broken> {
            let prepared = in_time(time_max, link.prepared(statement, &[])).await??;
            let rows = link.client.query_raw(&prepared, singles(values));
            let rows = in_time(time_max, rows).await??;
            pin_mut!(rows);
            while let Some(row) = in_time(time_max, rows.next()).await? {
                is_untouched.set(false);
                if !each(&row?)? {
                    break;
                }
            }
            Ok(())
        };
        match self.session.run_untimed(&mut work) {
            // Nothing was handed out: whoever reads does not notice that it is asked again.
            Err(Broken::Lost(_)) if is_untouched.get() && !self.is_in_transaction => {
                self.session.run_untimed(work).map_err(Broken::plainly)
            }
            other => other.map_err(Broken::plainly),
        }
    }

    fn change(&mut self, statement: &str, values: &[Value]) -> Result<u64, StoreError> {
        self.changing(statement, values, async |client, statement, parameters| {
            client.execute(statement, parameters).await
        })
    }

    fn define(&mut self, neutral: &str) -> Result<(), StoreError> {
        self.run_batch(&dialect::postgres_ddl(neutral))
    }

    fn begin_read(&mut self) -> Result<(), StoreError> {
        self.begin(dialect::POSTGRES_BEGIN_READ)
    }

    fn end_read(&mut self) {
        // A transaction that cannot be ended went with its connection.
        let _ = self.run_batch("rollback");
        self.is_in_transaction = false;
    }

    fn write<T>(
        &mut self,
        work: impl FnOnce(&mut PostgresConnection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.begin(dialect::POSTGRES_BEGIN_WRITE)?;
        let result = work(self);
        let ended = self.run_batch(if result.is_ok() { "commit" } else { "rollback" });
        self.is_in_transaction = false;
        let value = result?;
        ended.map(|()| value)
    }
}
