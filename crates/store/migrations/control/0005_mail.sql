create table mail_place (
    book text not null,
    next_seq integer not null,
    next_index integer not null,
    primary key (book)
) keyed;

create table waiting_mail (
    book text not null,
    card bytes not null,
    sending integer not null,
    made integer not null,
    unknown integer not null,
    is_begun integer not null,
    next_at integer not null,
    written_at integer not null,
    primary key (book, card, sending)
) keyed;
create index waiting_mail_next_at on waiting_mail (book, next_at);
