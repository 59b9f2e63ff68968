create table incident (
    id bytes not null,
    component integer not null,
    severity integer not null,
    started_at integer not null,
    ended_at integer,
    affects bytes not null,
    role integer not null,
    person bytes,
    changed_at integer not null,
    earlier bytes not null,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) keyed;

create table signals (
    person bytes not null,
    kept bytes not null,
    dropped integer not null,
    created_at integer not null,
    applied_seq integer not null,
    primary key (person)
) keyed;
