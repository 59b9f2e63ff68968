//! Operation runs: sorted short hashes in packed pages.

/// Notes a run.
pub(crate) const INSERT_RUN: &str =
    "insert into operation_run (run, last_at, entries) values ($1, $2, $3)";

/// Writes a page of a run.
pub(crate) const INSERT_PAGE: &str =
    "insert into operation_page (run, first_hash, entries) values ($1, $2, $3)";

/// Runs, oldest first.
pub(crate) const RUNS: &str = "select run, last_at, entries from operation_run order by run";

/// Pages of a run in order.
pub(crate) const PAGES: &str =
    "select entries from operation_page where run = $1 order by first_hash";

/// The one page of a run that can hold a hash.
pub(crate) const PAGE_OF: &str = "
    select entries from operation_page where run = $1 and first_hash <= $2
    order by first_hash desc limit 1";

/// Forgets a run.
pub(crate) const DELETE_RUN: &str = "delete from operation_run where run = $1";

/// Drops the pages of a run.
pub(crate) const DELETE_PAGES: &str = "delete from operation_page where run = $1";
