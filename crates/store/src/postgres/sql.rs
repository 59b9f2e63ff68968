//! A connection to a schema, as the statements of both engines see it.

use std::cell::Cell;
use std::sync::Arc;

use futures_util::{StreamExt, pin_mut};
use journal::Value;
use tokio_postgres::types::ToSql;

use super::address::Address;
use super::columns::Single;
use super::session::{Broken, Session};
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

    /// Outside of transactions a broken connection is made again; inside, the transaction went
    /// with it.
    fn once<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut super::link::Link) -> Result<T, Broken>,
    ) -> Result<T, StoreError> {
        self.session.run(work).map_err(Broken::plainly)
    }

    fn begin(&mut self, begin: &str) -> Result<(), StoreError> {
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
        let is_untouched = Cell::new(true);
        let mut work = async |link: &mut super::link::Link| -> Result<(), Broken> {
            let prepared = link.prepared(statement, &[]).await?;
            let values: Vec<Single<'_>> = values.iter().map(Single).collect();
            let parameters = values.iter().map(|value| value as &(dyn ToSql + Sync));
            let rows = link.client.query_raw(&prepared, parameters).await?;
            pin_mut!(rows);
            while let Some(row) = rows.next().await {
                is_untouched.set(false);
                if !each(&row?)? {
                    break;
                }
            }
            Ok(())
        };
        match self.session.run(&mut work) {
            // Nothing was handed out: whoever reads does not notice that it is asked again.
            Err(Broken::Lost(_)) if is_untouched.get() && !self.is_in_transaction => {
                self.session.run(work).map_err(Broken::plainly)
            }
            other => other.map_err(Broken::plainly),
        }
    }

    fn change(&mut self, statement: &str, values: &[Value]) -> Result<u64, StoreError> {
        self.once(async |link| {
            let prepared = link.prepared(statement, &[]).await?;
            let values: Vec<Single<'_>> = values.iter().map(Single).collect();
            let parameters: Vec<&(dyn ToSql + Sync)> =
                values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
            link.calm();
            let changed = link.client.execute(&prepared, &parameters).await?;
            link.unwarned()?;
            Ok(changed)
        })
    }

    fn define(&mut self, neutral: &str) -> Result<(), StoreError> {
        self.run_batch(&dialect::postgres_ddl(neutral))
    }

    fn begin_read(&mut self) -> Result<(), StoreError> {
        self.begin(dialect::POSTGRES_BEGIN_READ)
    }

    fn end_read(&mut self) {
        self.is_in_transaction = false;
        // A transaction that cannot be ended went with its connection.
        let _ = self.run_batch("rollback");
    }

    fn write<T>(
        &mut self,
        work: impl FnOnce(&mut PostgresConnection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.begin("begin")?;
        let result = work(self);
        self.is_in_transaction = false;
        let ended = self.run_batch(if result.is_ok() { "commit" } else { "rollback" });
        let value = result?;
        ended.map(|()| value)
    }
}
