//! Rows of answers.

use journal::ReadError;
use tokio_postgres::Row;
use tokio_postgres::types::Type;

use crate::sql::{SqlRow, ValueRef};

impl SqlRow for Row {
    fn value(&self, column: usize) -> Result<ValueRef<'_>, ReadError> {
        let kind = self.columns().get(column).map(|column| column.type_().clone());
        let unreadable = |_| ReadError::Invalid { what: "value of a column" };
        let value = match kind {
            None => return Err(ReadError::Truncated),
            Some(Type::INT8) => {
                self.try_get::<_, Option<i64>>(column).map(|v| v.map(ValueRef::Int))
            }
            Some(Type::TEXT) => {
                self.try_get::<_, Option<&str>>(column).map(|v| v.map(ValueRef::Text))
            }
            Some(Type::BYTEA) => {
                self.try_get::<_, Option<&[u8]>>(column).map(|v| v.map(ValueRef::Bytes))
            }
            Some(_) => return Err(ReadError::Invalid { what: "kind of a column" }),
        };
        Ok(value.map_err(unreadable)?.unwrap_or(ValueRef::Null))
    }
}
