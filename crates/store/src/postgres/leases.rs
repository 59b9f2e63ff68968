//! Leases in the table that all processes of a database see.

use std::time::Duration;

use journal::{Value, ValueSource};

use super::sql::PostgresConnection;
use crate::catalogue::leases;
use crate::rows::FieldSource;
use crate::sql::{SqlConnection, SqlRow, collect, columns, signed, unsigned};
use crate::{BookName, Leases, Member, Owner, Renewal, StoreError, Term, dialect};

/// How long a statement about leases may take: a lease that cannot be renewed must not cost the
/// others theirs.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(1);

/// The leases of a database.
pub struct PostgresLeases {
    connection: PostgresConnection,
}

impl PostgresLeases {
    /// Through this connection, on which the tables are current.
    pub(super) fn new(mut connection: PostgresConnection) -> PostgresLeases {
        connection.session.limit_answers(ANSWER_TIME_MAX);
        connection.session.begin_with(dialect::POSTGRES_IMPATIENT);
        PostgresLeases { connection }
    }

    fn all(&mut self) -> Result<Vec<(BookName, Owner)>, StoreError> {
        let statement = dialect::postgres_time(leases::OWNERS);
        collect(&mut self.connection, &statement, &[], read_owner)
    }
}

impl Leases for PostgresLeases {
    fn acquire(
        &mut self,
        book: &BookName,
        me: &Member,
        length: Duration,
    ) -> Result<Option<Term>, StoreError> {
        let Member { process, address } = me.clone();
        let values = [name(book), Value::Text(process), Value::Text(address), micros(length)];
        let statement = dialect::postgres_time(leases::ACQUIRE);
        // A lease counts once the statement is over, and no sooner.
        let rows = self.connection.change_returning(&statement, &values)?;
        rows.first().map(|row| Ok(Term(unsigned(columns(row, 0, 1).int()?)?))).transpose()
    }

    fn renew(
        &mut self,
        book: &BookName,
        me: &Member,
        term: Term,
        length: Duration,
    ) -> Result<Renewal, StoreError> {
        let process = Value::Text(me.process.clone());
        let values = [micros(length), name(book), process, Value::Int(signed(term.0))];
        let statement = dialect::postgres_time(leases::RENEW);
        let rows = self.connection.change_returning(&statement, &values)?;
        let Some(row) = rows.first() else { return Ok(Renewal::Lost) };
        let is_asked = columns(row, 0, 1).flag()?;
        Ok(if is_asked { Renewal::HandOver } else { Renewal::Held })
    }

    fn release(&mut self, book: &BookName, me: &Member, term: Term) -> Result<(), StoreError> {
        let process = Value::Text(me.process.clone());
        let values = [name(book), process, Value::Int(signed(term.0))];
        self.connection.change(leases::RELEASE, &values).map(drop)
    }

    fn owner(&mut self, book: &BookName) -> Result<Option<Owner>, StoreError> {
        Ok(self.all()?.into_iter().find(|(name, _)| name == book).map(|(_, owner)| owner))
    }

    fn owners(&mut self) -> Result<Vec<(BookName, Owner)>, StoreError> {
        self.all()
    }

    fn ask_hand_over(&mut self, book: &BookName) -> Result<bool, StoreError> {
        let statement = dialect::postgres_time(leases::ASK_HAND_OVER);
        Ok(self.connection.change(&statement, &[name(book)])? > 0)
    }
}

fn read_owner(row: &dyn SqlRow) -> Result<(BookName, Owner), StoreError> {
    let mut source = columns(row, 0, 6);
    let book = source.parsed("name of a book", BookName::new)?;
    let member = Member { process: source.text()?, address: source.text()? };
    let term = Term(unsigned(source.int()?)?);
    // The clock goes on within the statement: a lease may have lapsed since it was chosen.
    let left = u64::try_from(source.int()?).unwrap_or(0);
    let owner =
        Owner { member, term, remaining: Duration::from_micros(left), hand_over: source.flag()? };
    Ok((book, owner))
}

fn name(book: &BookName) -> Value {
    Value::Text(book.to_string())
}

fn micros(length: Duration) -> Value {
    Value::Int(i64::try_from(length.as_micros()).unwrap_or(i64::MAX))
}
