//! Mails that wait.

use ::journal::{Value, ValueSource};
use base::Instant;

use super::control::{SqlControl, bytes, text};
use super::{SqlConnection, SqlRow, collect, columns, first, signed, unsigned};
use crate::catalogue::mails;
use crate::rows::{FieldSource, invalid};
use crate::{BookName, EventPlace, MailCause, MailStage, MailStore, StoreError, WaitingMail};

/// Columns of a mail.
const COLUMNS: usize = 9;

impl<C: SqlConnection> MailStore for SqlControl<C> {
    fn mail_place(&mut self, book: &BookName) -> Result<Option<EventPlace>, StoreError> {
        place_of(&mut self.connection, book)
    }

    fn take_mails(
        &mut self,
        book: &BookName,
        next: EventPlace,
        mails: &[WaitingMail],
    ) -> Result<(), StoreError> {
        let place =
            [text(book.as_str()), Value::Int(signed(next.seq)), Value::Int(i64::from(next.index))];
        self.connection.write(|connection| {
            for mail in mails {
                let [name, cause, subject, number] = key(&mail.book, mail.cause);
                let [made, unknown, stage, next_at] = tried(mail);
                let written_at = Value::Int(mail.written_at.micros());
                let values =
                    [name, cause, subject, number, made, unknown, stage, next_at, written_at];
                connection.change(mails::INSERT, &values)?;
            }
            connection.change(mails::PUT_PLACE, &place).map(drop)
        })
    }

    fn due_mails(
        &mut self,
        book: &BookName,
        until: Instant,
        limit: u32,
    ) -> Result<Vec<WaitingMail>, StoreError> {
        due_of(&mut self.connection, book, until, limit)
    }

    fn count_mails(&mut self, book: &BookName) -> Result<(u64, Option<Instant>), StoreError> {
        let counted = first(&mut self.connection, mails::COUNT, &[text(book.as_str())], |row| {
            let mut source = columns(row, 0, 2);
            Ok((unsigned(source.int()?)?, source.opt_instant()?))
        })?;
        Ok(counted.unwrap_or_default())
    }

    fn begin_mail(&mut self, found: &WaitingMail) -> Result<bool, StoreError> {
        let [book, cause, subject, number] = key(&found.book, found.cause);
        let values = [book, cause, subject, number, Value::Int(i64::from(found.made))];
        Ok(self.connection.change(mails::BEGIN, &values)? == 1)
    }

    fn keep_mail(&mut self, mail: &WaitingMail) -> Result<(), StoreError> {
        let [made, unknown, stage, next_at] = tried(mail);
        let [book, cause, subject, number] = key(&mail.book, mail.cause);
        let values = [made, unknown, stage, next_at, book, cause, subject, number];
        self.connection.change(mails::UPDATE, &values).map(drop)
    }

    fn forget_mail(&mut self, book: &BookName, cause: MailCause) -> Result<(), StoreError> {
        self.connection.change(mails::DELETE, &key(book, cause)).map(drop)
    }
}

/// How far the events of a book were read that ask for mails.
pub(super) fn place_of<C: SqlConnection>(
    connection: &mut C,
    book: &BookName,
) -> Result<Option<EventPlace>, StoreError> {
    first(connection, mails::PLACE, &[text(book.as_str())], |row| {
        let mut source = columns(row, 0, 2);
        let seq = unsigned(source.int()?)?;
        Ok(EventPlace { seq, index: source.number("place of an event")? })
    })
}

/// Mails of a book that are due by `until`, the longest due first.
pub(super) fn due_of<C: SqlConnection>(
    connection: &mut C,
    book: &BookName,
    until: Instant,
    limit: u32,
) -> Result<Vec<WaitingMail>, StoreError> {
    let limit = Value::Int(i64::from(limit));
    let values = [text(book.as_str()), Value::Int(until.micros()), limit];
    collect(connection, mails::DUE, &values, read_mail)
}

fn key(book: &BookName, cause: MailCause) -> [Value; 4] {
    let (kind, subject, number) = cause.to_parts();
    let (kind, number) = (Value::Int(i64::from(kind)), Value::Int(i64::from(number)));
    [text(book.as_str()), kind, bytes(&subject), number]
}

fn tried(mail: &WaitingMail) -> [Value; 4] {
    [
        Value::Int(i64::from(mail.made)),
        Value::Int(i64::from(mail.unknown)),
        Value::Int(i64::from(mail.stage.number())),
        Value::Int(mail.next_at.micros()),
    ]
}

fn read_mail(row: &dyn SqlRow) -> Result<WaitingMail, StoreError> {
    let mut source = columns(row, 0, COLUMNS);
    let book = source.parsed("name of a book", BookName::new)?;
    let kind = source.number("kind of a mail")?;
    let (subject, number) = (source.fixed16()?, source.number("number of a mail")?);
    Ok(WaitingMail {
        book,
        cause: MailCause::from_parts(kind, subject, number).ok_or(invalid("cause of a mail"))?,
        made: source.number("attempts of a mail")?,
        unknown: source.number("unknown attempts of a mail")?,
        stage: MailStage::from_number(source.number("stage of a mail")?)
            .ok_or(invalid("stage of a mail"))?,
        next_at: source.instant()?,
        written_at: source.instant()?,
    })
}
