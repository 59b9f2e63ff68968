//! Books and API keys.

/// Adds a book unless there is one of its name.
pub(crate) const INSERT_BOOK: &str = "
    insert into book_record (name, is_test, created_at, incarnation) values ($1, $2, $3, $4)
    on conflict (name) do nothing";

/// Every book.
pub(crate) const BOOKS: &str =
    "select name, is_test, created_at, incarnation from book_record order by name";

/// Whether a book exists.
pub(crate) const BOOK_COUNT: &str = "select count(*) from book_record where name = $1";

/// Adds a key unless it is there under this id or another one.
pub(crate) const INSERT_KEY: &str = "
    insert into api_key (id, book, kind, hash, scopes, version, last4, created_at, revoked_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing";

/// Every key.
pub(crate) const KEYS: &str = "
    select id, book, kind, hash, scopes, version, last4, created_at, revoked_at
    from api_key order by id";

/// Keys of a book, newest first.
pub(crate) const KEYS_OF: &str = "
    select id, book, kind, hash, scopes, version, last4, created_at, revoked_at
    from api_key where book = $1 order by id desc";

/// A key by its id or its hash.
pub(crate) const KEY: &str = "
    select id, book, kind, hash, scopes, version, last4, created_at, revoked_at
    from api_key where id = $1 or hash = $2 order by id limit 1";

/// A key of a book by its id.
pub(crate) const KEY_OF: &str = "
    select id, book, kind, hash, scopes, version, last4, created_at, revoked_at
    from api_key where book = $1 and id = $2";

/// Withdraws a key that is not withdrawn yet.
pub(crate) const REVOKE: &str = "
    update api_key set revoked_at = $1 where book = $2 and id = $3 and revoked_at is null";

/// What an operation did.
pub(crate) const OPERATION: &str = "
    select fingerprint, api_key from key_operation where book = $1 and operation = $2";

/// Notes an operation.
pub(crate) const INSERT_OPERATION: &str = "
    insert into key_operation (book, operation, fingerprint, api_key, created_at)
    values ($1, $2, $3, $4, $5)";

/// Forgets old operations.
pub(crate) const FORGET_OPERATIONS: &str = "delete from key_operation where created_at < $1";
