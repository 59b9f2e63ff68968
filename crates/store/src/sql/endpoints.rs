//! Webhook endpoints and their retries.

use ::journal::{Value, ValueSource};
use base::{EndpointId, Instant};

use super::control::{SqlControl, bytes, text};
use super::{SqlConnection, SqlRow, collect, columns, first, signed, unsigned};
use crate::catalogue::endpoints;
use crate::rows::{FieldSource, invalid};
use crate::{
    BookName, EndpointCreation, EndpointProgress, EndpointState, EndpointStore, EventPlace,
    KeyOperation, StoreError, WebhookEndpoint, WebhookRetry,
};

/// Columns of an endpoint, in the order of every statement that reads one.
const COLUMNS: usize = 15;

impl<C: SqlConnection> EndpointStore for SqlControl<C> {
    fn create_endpoint(
        &mut self,
        endpoint: &WebhookEndpoint,
        operation: Option<&KeyOperation>,
        endpoints_max: usize,
    ) -> Result<EndpointCreation, StoreError> {
        self.connection.write(|connection| create(connection, endpoint, operation, endpoints_max))
    }

    fn endpoints_of(&mut self, book: &BookName) -> Result<Vec<WebhookEndpoint>, StoreError> {
        of_book(&mut self.connection, book)
    }

    fn change_endpoint(&mut self, endpoint: &WebhookEndpoint) -> Result<bool, StoreError> {
        let (older_secret, older_until) = older(endpoint);
        let values = [
            text(&endpoint.url),
            text(&endpoint.types),
            text(endpoint.state.as_str()),
            bytes(&endpoint.secret),
            time(endpoint.secret_at),
            older_secret,
            older_until,
            opt_time(endpoint.failing_since),
            Value::Int(signed(endpoint.next.seq)),
            Value::Int(i64::from(endpoint.next.index)),
            opt_bytes(endpoint.rotated_by),
            text(endpoint.book.as_str()),
            bytes(&endpoint.id.to_bytes()),
            Value::Int(signed(endpoint.revision)),
        ];
        Ok(self.connection.change(endpoints::CHANGE, &values)? == 1)
    }

    fn delete_endpoint(&mut self, book: &BookName, id: EndpointId) -> Result<bool, StoreError> {
        let (book, id) = (text(book.as_str()), bytes(&id.to_bytes()));
        self.connection.write(|connection| {
            if connection.change(endpoints::DELETE, &[book, id.clone()])? == 0 {
                return Ok(false);
            }
            connection.change(endpoints::DELETE_RETRIES, &[id])?;
            Ok(true)
        })
    }

    fn keep_progress(
        &mut self,
        book: &BookName,
        progress: &EndpointProgress,
    ) -> Result<bool, StoreError> {
        let values = [
            Value::Int(signed(progress.next.seq)),
            Value::Int(i64::from(progress.next.index)),
            opt_time(progress.failing_since),
            text(progress.state.as_str()),
            text(book.as_str()),
            bytes(&progress.id.to_bytes()),
            Value::Int(signed(progress.revision)),
        ];
        self.connection.write(|connection| {
            if connection.change(endpoints::PROGRESS, &values)? == 0 {
                return Ok(false);
            }
            for retry in &progress.retries {
                put_retry(connection, progress.id, retry)?;
            }
            for place in &progress.over {
                let [seq, index] = place_values(*place);
                let values = [bytes(&progress.id.to_bytes()), seq, index];
                connection.change(endpoints::DELETE_RETRY, &values)?;
            }
            Ok(true)
        })
    }

    fn want_again(&mut self, id: EndpointId, retry: &WebhookRetry) -> Result<(), StoreError> {
        put_retry(&mut self.connection, id, retry)
    }

    fn due_retries(
        &mut self,
        id: EndpointId,
        until: Instant,
        limit: u32,
    ) -> Result<Vec<WebhookRetry>, StoreError> {
        retries_of(&mut self.connection, id, until, limit)
    }

    fn count_retries(&mut self, id: EndpointId) -> Result<u64, StoreError> {
        count(&mut self.connection, endpoints::COUNT_RETRIES, bytes(&id.to_bytes()))
    }
}

/// Endpoints of a book, newest first.
pub(super) fn of_book<C: SqlConnection>(
    connection: &mut C,
    book: &BookName,
) -> Result<Vec<WebhookEndpoint>, StoreError> {
    collect(connection, endpoints::OF_BOOK, &[text(book.as_str())], read_endpoint)
}

/// Retries that are due by `until`, the most urgent first.
pub(super) fn retries_of<C: SqlConnection>(
    connection: &mut C,
    id: EndpointId,
    until: Instant,
    limit: u32,
) -> Result<Vec<WebhookRetry>, StoreError> {
    let values = [bytes(&id.to_bytes()), time(until), Value::Int(i64::from(limit))];
    collect(connection, endpoints::DUE, &values, read_retry)
}

fn create<C: SqlConnection>(
    connection: &mut C,
    endpoint: &WebhookEndpoint,
    operation: Option<&KeyOperation>,
    endpoints_max: usize,
) -> Result<EndpointCreation, StoreError> {
    let book = endpoint.book.as_str();
    if let Some(operation) = operation {
        let asked = [text(book), bytes(&operation.operation)];
        let made = first(connection, endpoints::OF_OPERATION, &asked, |row| {
            let fingerprint = columns(row, COLUMNS, 1).fixed16()?;
            Ok((read_endpoint(row)?, fingerprint))
        })?;
        match made {
            Some((made, fingerprint)) if fingerprint == operation.fingerprint => {
                return Ok(EndpointCreation::Replayed(Box::new(made)));
            }
            Some(_) => return Ok(EndpointCreation::Mismatch),
            None => {}
        }
    }
    if count(connection, endpoints::COUNT, text(book))? >= endpoints_max as u64 {
        return Ok(EndpointCreation::TooMany);
    }
    let (older_secret, older_until) = older(endpoint);
    let values = [
        bytes(&endpoint.id.to_bytes()),
        text(book),
        text(&endpoint.url),
        text(&endpoint.types),
        text(endpoint.state.as_str()),
        bytes(&endpoint.secret),
        time(endpoint.secret_at),
        older_secret,
        older_until,
        opt_time(endpoint.failing_since),
        Value::Int(signed(endpoint.next.seq)),
        Value::Int(i64::from(endpoint.next.index)),
        Value::Int(signed(endpoint.revision)),
        opt_bytes(endpoint.rotated_by),
        time(endpoint.created_at),
        opt_bytes(operation.map(|operation| operation.operation)),
        opt_bytes(operation.map(|operation| operation.fingerprint)),
    ];
    connection.change(endpoints::INSERT, &values)?;
    Ok(EndpointCreation::Created)
}

fn count<C: SqlConnection>(
    connection: &mut C,
    statement: &str,
    of: Value,
) -> Result<u64, StoreError> {
    let counted = first(connection, statement, &[of], |row| unsigned(columns(row, 0, 1).int()?))?;
    Ok(counted.unwrap_or_default())
}

fn put_retry<C: SqlConnection>(
    connection: &mut C,
    id: EndpointId,
    retry: &WebhookRetry,
) -> Result<(), StoreError> {
    let [seq, index] = place_values(retry.place);
    let made = Value::Int(i64::from(retry.made));
    let values = [bytes(&id.to_bytes()), seq, index, made, time(retry.next_at)];
    connection.change(endpoints::PUT_RETRY, &values).map(drop)
}

fn read_endpoint(row: &dyn SqlRow) -> Result<WebhookEndpoint, StoreError> {
    let mut source = columns(row, 0, COLUMNS);
    Ok(WebhookEndpoint {
        id: source.id()?,
        book: source.parsed("name of a book", BookName::new)?,
        url: source.text()?,
        types: source.text()?,
        state: EndpointState::parse(&source.text()?).ok_or(invalid("state of an endpoint"))?,
        secret: source.bytes()?,
        secret_at: source.instant()?,
        older_secret: source.opt_bytes()?.zip(source.opt_instant()?),
        failing_since: source.opt_instant()?,
        next: read_place(&mut source)?,
        revision: unsigned(source.int()?)?,
        rotated_by: source.opt_fixed16()?,
        created_at: source.instant()?,
    })
}

fn read_retry(row: &dyn SqlRow) -> Result<WebhookRetry, StoreError> {
    let mut source = columns(row, 0, 4);
    let place = read_place(&mut source)?;
    let made = source.number("attempts of a delivery")?;
    Ok(WebhookRetry { place, made, next_at: source.instant()? })
}

fn read_place(source: &mut impl ValueSource) -> Result<EventPlace, StoreError> {
    let seq = unsigned(source.int()?)?;
    Ok(EventPlace { seq, index: source.number("place of an event")? })
}

fn place_values(place: EventPlace) -> [Value; 2] {
    [Value::Int(signed(place.seq)), Value::Int(i64::from(place.index))]
}

fn older(endpoint: &WebhookEndpoint) -> (Value, Value) {
    match &endpoint.older_secret {
        Some((secret, until)) => (bytes(secret), time(*until)),
        None => (Value::Null, Value::Null),
    }
}

fn time(at: Instant) -> Value {
    Value::Int(at.micros())
}

fn opt_time(at: Option<Instant>) -> Value {
    at.map_or(Value::Null, time)
}

fn opt_bytes(of: Option<[u8; 16]>) -> Value {
    of.map_or(Value::Null, |of| bytes(&of))
}
