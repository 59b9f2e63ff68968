//! The table of migrations, in every file.

/// Makes the table itself, in neutral words.
pub(crate) const CREATE: &str = "
create table if not exists migration (
    number integer not null,
    name text not null,
    checksum bytes not null,
    primary key (number)
) keyed;";

/// Migrations that were run.
pub(crate) const SELECT: &str = "select number, name, checksum from migration order by number";

/// Notes one, unless it is noted.
pub(crate) const INSERT: &str = "
    insert into migration (number, name, checksum) values ($1, $2, $3)
    on conflict (number) do nothing";
