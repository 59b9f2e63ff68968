//! Tables of accounts, layout by layout: a new file goes through all of them.

/// What layout 2 adds: accounts. Instants are microseconds since 1970; absent ones are NULL.
pub(in crate::people) const LAYOUT_2: &str = "
    CREATE TABLE persons (
        book TEXT NOT NULL,
        person BLOB NOT NULL,
        state INTEGER NOT NULL,
        roles INTEGER NOT NULL,
        enrol_until INTEGER,
        created_at INTEGER NOT NULL,
        address BLOB,
        sealed_address BLOB,
        PRIMARY KEY (book, person),
        UNIQUE (book, address)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE passkeys (
        book TEXT NOT NULL,
        passkey BLOB NOT NULL,
        person BLOB NOT NULL,
        credential BLOB NOT NULL,
        public_key BLOB NOT NULL,
        counter INTEGER NOT NULL,
        backup_eligible INTEGER NOT NULL,
        backed_up INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        used_at INTEGER,
        PRIMARY KEY (book, passkey),
        UNIQUE (book, credential)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX passkeys_of_person ON passkeys (book, person);
    CREATE TABLE totps (
        book TEXT NOT NULL,
        person BLOB NOT NULL,
        sealed BLOB NOT NULL,
        offered_at INTEGER NOT NULL,
        confirmed_at INTEGER,
        last_step INTEGER,
        failures INTEGER NOT NULL,
        wait_until INTEGER,
        PRIMARY KEY (book, person)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE recovery_codes (
        book TEXT NOT NULL,
        person BLOB NOT NULL,
        hashes BLOB NOT NULL,
        failures INTEGER NOT NULL,
        wait_until INTEGER,
        PRIMARY KEY (book, person)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE addresses (
        book TEXT NOT NULL,
        address BLOB NOT NULL,
        sent BLOB NOT NULL,
        failures INTEGER NOT NULL,
        wait_until INTEGER,
        PRIMARY KEY (book, address)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE sign_ins (
        book TEXT NOT NULL,
        browser BLOB NOT NULL,
        sign_in BLOB NOT NULL,
        begun_at INTEGER NOT NULL,
        code BLOB,
        code_expires_at INTEGER,
        code_tries_left INTEGER,
        person BLOB,
        ways INTEGER NOT NULL,
        challenge BLOB,
        address BLOB,
        sealed_address BLOB,
        PRIMARY KEY (book, browser)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX sign_ins_by_age ON sign_ins (begun_at);
    CREATE TABLE sessions (
        book TEXT NOT NULL,
        session BLOB NOT NULL,
        person BLOB NOT NULL,
        token BLOB NOT NULL,
        ways INTEGER NOT NULL,
        is_of_staff INTEGER NOT NULL,
        device TEXT,
        created_at INTEGER NOT NULL,
        used_at INTEGER NOT NULL,
        proven_at INTEGER NOT NULL,
        ended_why INTEGER,
        ended_at INTEGER,
        challenge BLOB,
        PRIMARY KEY (book, session),
        UNIQUE (book, token)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX sessions_of_person ON sessions (book, person);
    CREATE TABLE acts (
        book TEXT NOT NULL,
        nonce BLOB NOT NULL,
        session BLOB NOT NULL,
        person BLOB NOT NULL,
        account BLOB NOT NULL,
        minor INTEGER NOT NULL,
        currency TEXT NOT NULL,
        sealed_payee BLOB NOT NULL,
        expires_at INTEGER NOT NULL,
        done_at INTEGER,
        passkey BLOB,
        public_key BLOB,
        client_data BLOB,
        authenticator_data BLOB,
        signature BLOB,
        agreed_at INTEGER,
        PRIMARY KEY (book, nonce)
    ) STRICT, WITHOUT ROWID;
    PRAGMA user_version = 2;";

/// What layout 3 adds: who asks for codes, what happened to accounts, and bounds for acts.
///
/// Who was of staff before is so since three days before the end of their invitation. Logs of
/// addresses live for hours and begin anew.
pub(in crate::people) const LAYOUT_3: &str = "
    ALTER TABLE persons ADD COLUMN staff_since INTEGER;
    ALTER TABLE persons ADD COLUMN address_key INTEGER;
    UPDATE persons SET staff_since = enrol_until - 259200000000 WHERE enrol_until IS NOT NULL;
    ALTER TABLE passkeys ADD COLUMN confirmed_at INTEGER;
    ALTER TABLE sessions ADD COLUMN by_staff_key INTEGER NOT NULL DEFAULT 0;
    DROP TABLE addresses;
    CREATE TABLE addresses (
        book TEXT NOT NULL,
        address BLOB NOT NULL,
        sent BLOB NOT NULL,
        doubt INTEGER NOT NULL,
        idle_at INTEGER NOT NULL,
        PRIMARY KEY (book, address)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX addresses_by_age ON addresses (idle_at);
    CREATE TABLE networks (
        book TEXT NOT NULL,
        network BLOB NOT NULL,
        asked INTEGER NOT NULL,
        wrong INTEGER NOT NULL,
        idle_at INTEGER NOT NULL,
        PRIMARY KEY (book, network)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX networks_by_age ON networks (idle_at);
    CREATE TABLE browsers (
        book TEXT NOT NULL,
        browser BLOB NOT NULL,
        person BLOB NOT NULL,
        known_at INTEGER NOT NULL,
        used_at INTEGER NOT NULL,
        sent BLOB NOT NULL,
        failures INTEGER NOT NULL,
        wait_until INTEGER,
        PRIMARY KEY (book, browser, person)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX browsers_of_person ON browsers (book, person, used_at);
    CREATE INDEX browsers_by_age ON browsers (used_at);
    CREATE TABLE account_events (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        book TEXT NOT NULL,
        person BLOB NOT NULL,
        by BLOB,
        change INTEGER NOT NULL,
        subject TEXT,
        at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX events_of_person ON account_events (book, person, number);
    CREATE TABLE approvals (
        book TEXT NOT NULL,
        approval BLOB NOT NULL,
        person BLOB NOT NULL,
        kind TEXT NOT NULL,
        act BLOB NOT NULL,
        needs INTEGER NOT NULL,
        asked_by BLOB NOT NULL,
        asked_at INTEGER NOT NULL,
        state INTEGER NOT NULL,
        by BLOB,
        answered_at INTEGER,
        PRIMARY KEY (book, approval)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX approvals_by_age ON approvals (asked_at);
    CREATE INDEX approvals_of_person ON approvals (book, person);
    CREATE INDEX acts_unsigned ON acts (expires_at) WHERE agreed_at IS NULL;
    CREATE INDEX acts_unsigned_of_person ON acts (book, person, expires_at)
        WHERE agreed_at IS NULL;
    CREATE INDEX acts_undone ON acts (expires_at)
        WHERE agreed_at IS NOT NULL AND done_at IS NULL;
    CREATE INDEX acts_undone_of_person ON acts (book, person, expires_at)
        WHERE agreed_at IS NOT NULL AND done_at IS NULL;
    PRAGMA user_version = 3;";

/// What layout 5 adds: which call an act was done by, and hand-overs that were used, for as long as
/// they could be used again.
pub(in crate::people) const LAYOUT_5: &str = "
    ALTER TABLE acts ADD COLUMN done_call TEXT;
    CREATE TABLE hand_overs (
        book TEXT NOT NULL,
        nonce BLOB NOT NULL,
        forget_at INTEGER NOT NULL,
        PRIMARY KEY (book, nonce)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX hand_overs_by_age ON hand_overs (forget_at);
    PRAGMA user_version = 5;";
