//! Leases. `time_micros()` is the database's own time in microseconds since 1970.

/// Takes the lease unless it is somebody's, and tells its term.
pub(crate) const ACQUIRE: &str = "
    insert into lease (book, process, address, term, until_micros, hand_over)
    values ($1, $2, $3, 1, time_micros() + $4, 0)
    on conflict (book) do update set process = excluded.process, address = excluded.address,
        term = lease.term + 1, until_micros = excluded.until_micros, hand_over = 0
    where lease.until_micros <= time_micros()
        or (lease.address = '' and lease.process <> excluded.process)
        or (lease.address <> '' and lease.process = excluded.process and lease.hand_over = 0)
    returning lease.term";

/// Prolongs the lease, and tells whether its owner is asked to step down.
pub(crate) const RENEW: &str = "
    update lease set until_micros = time_micros() + $1
    where book = $2 and process = $3 and term = $4 and address <> ''
    returning hand_over";

/// Gives the lease up.
pub(crate) const RELEASE: &str = "
    update lease set address = '' where book = $1 and process = $2 and term = $3";

/// Every lease that has not lapsed.
pub(crate) const OWNERS: &str = "
    select book, process, address, term, until_micros - time_micros(), hand_over from lease
    where address <> '' and until_micros > time_micros() order by book";

/// Asks an owner to step down.
pub(crate) const ASK_HAND_OVER: &str = "
    update lease set hand_over = 1
    where book = $1 and address <> '' and until_micros > time_micros()";
