//! Mails that wait. The column `is_begun` has the number of the stage: 0 waiting, 1 begun, 2 sent,
//! 3 bounced.

/// How far events were read.
pub(crate) const PLACE: &str = "select next_seq, next_index from mail_place where book = $1";

/// Goes on.
pub(crate) const PUT_PLACE: &str = "
    insert into mail_place (book, next_seq, next_index) values ($1, $2, $3)
    on conflict (book) do update set next_seq = excluded.next_seq,
        next_index = excluded.next_index";

/// Takes a mail in, unless it waits.
pub(crate) const INSERT: &str = "
    insert into waiting_mail (book, cause, subject, number, made, unknown, is_begun, next_at,
        written_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    on conflict (book, cause, subject, number) do nothing";

/// Mails that are due.
pub(crate) const DUE: &str = "
    select book, cause, subject, number, made, unknown, is_begun, next_at, written_at
    from waiting_mail
    where book = $1 and next_at <= $2 order by next_at, cause, subject, number limit $3";

/// How many mails wait, and since when the first.
pub(crate) const COUNT: &str = "select count(*), min(written_at) from waiting_mail where book = $1";

/// Claims an attempt that nobody has begun since the mail was read.
pub(crate) const BEGIN: &str = "
    update waiting_mail set is_begun = 1
    where book = $1 and cause = $2 and subject = $3 and number = $4 and is_begun = 0
        and made = $5";

/// Keeps how a mail went on.
pub(crate) const UPDATE: &str = "
    update waiting_mail set made = $1, unknown = $2, is_begun = $3, next_at = $4
    where book = $5 and cause = $6 and subject = $7 and number = $8";

/// Forgets a mail.
pub(crate) const DELETE: &str = "
    delete from waiting_mail where book = $1 and cause = $2 and subject = $3 and number = $4";
