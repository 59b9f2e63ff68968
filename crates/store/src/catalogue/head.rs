//! The head row: compared and set by every transaction that writes.

/// Makes the head row of a new book.
pub(crate) const CREATE: &str = "
    insert into head (book, epoch, seq, hash, at_micros, watermark, operations, removed)
    values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (book) do nothing";

/// Names of the books in the file; there should be one.
pub(crate) const BOOKS: &str = "select book from head";

/// Reads the head row.
pub(crate) const SELECT: &str = "
    select epoch, seq, hash, at_micros, watermark, operations, removed from head where book = $1";

/// Raises the epoch, unless it is the one of a book that is being filled, which is the largest.
pub(crate) const TAKE_OVER: &str =
    "update head set epoch = epoch + 1 where book = $1 and epoch < 9223372036854775807";

/// Moves the head if it is where the writer believes it to be: the fence of every commit.
pub(crate) const COMPARE_AND_SET: &str = "
    update head set epoch = $1, seq = $2, hash = $3, at_micros = $4, watermark = $5,
        operations = $6, removed = $7
    where book = $8 and epoch = $9 and seq = $10 and hash = $11 and at_micros = $12
        and watermark = $13 and operations = $14 and removed = $15";

/// Raises the epoch if it still is `$2`.
pub(crate) const SETTLE: &str = "update head set epoch = epoch + 1 where book = $1 and epoch = $2";
