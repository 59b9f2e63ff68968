create table instrument_claims (
    id bytes not null,
    claims bytes not null,
    applied_seq integer not null,
    primary key (id)
) keyed;
