//! Mails that wait.

use ::journal::{Value, ValueSource};
use base::{CardId, Instant};

use super::control::{SqlControl, bytes, text};
use super::{SqlConnection, SqlRow, collect, columns, first, signed, unsigned};
use crate::catalogue::mails;
use crate::rows::{FieldSource, invalid};
use crate::{BookName, EventPlace, MailStage, MailStore, StoreError, WaitingMail};

/// Columns of a mail.
const COLUMNS: usize = 8;

impl<C: SqlConnection> MailStore for SqlControl<C> {
    fn mail_place(&mut self, book: &BookName) -> Result<Option<EventPlace>, StoreError> {
        first(&mut self.connection, mails::PLACE, &[text(book.as_str())], |row| {
            let mut source = columns(row, 0, 2);
            let seq = unsigned(source.int()?)?;
            Ok(EventPlace { seq, index: source.number("place of an event")? })
        })
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
                let [name, card, sending] = key(&mail.book, mail.card, mail.sending);
                let [made, unknown, stage, next_at] = tried(mail);
                let written_at = Value::Int(mail.written_at.micros());
                let values = [name, card, sending, made, unknown, stage, next_at, written_at];
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
        let limit = Value::Int(i64::from(limit));
        let values = [text(book.as_str()), Value::Int(until.micros()), limit];
        collect(&mut self.connection, mails::DUE, &values, read_mail)
    }

    fn begin_mail(&mut self, found: &WaitingMail) -> Result<bool, StoreError> {
        let [book, card, sending] = key(&found.book, found.card, found.sending);
        let values = [book, card, sending, Value::Int(i64::from(found.made))];
        Ok(self.connection.change(mails::BEGIN, &values)? == 1)
    }

    fn keep_mail(&mut self, mail: &WaitingMail) -> Result<(), StoreError> {
        let [made, unknown, stage, next_at] = tried(mail);
        let [book, card, sending] = key(&mail.book, mail.card, mail.sending);
        let values = [made, unknown, stage, next_at, book, card, sending];
        self.connection.change(mails::UPDATE, &values).map(drop)
    }

    fn forget_mail(
        &mut self,
        book: &BookName,
        card: CardId,
        sending: u16,
    ) -> Result<(), StoreError> {
        self.connection.change(mails::DELETE, &key(book, card, sending)).map(drop)
    }
}

fn key(book: &BookName, card: CardId, sending: u16) -> [Value; 3] {
    [text(book.as_str()), bytes(&card.to_bytes()), Value::Int(i64::from(sending))]
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
    Ok(WaitingMail {
        book: source.parsed("name of a book", BookName::new)?,
        card: source.id()?,
        sending: source.number("number of a sending")?,
        made: source.number("attempts of a mail")?,
        unknown: source.number("unknown attempts of a mail")?,
        stage: MailStage::from_number(source.number("stage of a mail")?)
            .ok_or(invalid("stage of a mail"))?,
        next_at: source.instant()?,
        written_at: source.instant()?,
    })
}
