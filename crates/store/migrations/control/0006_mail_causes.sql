alter table waiting_mail rename to waiting_gift_mail;
drop index waiting_mail_next_at;

create table waiting_mail (
    book text not null,
    cause integer not null,
    subject bytes not null,
    number integer not null,
    made integer not null,
    unknown integer not null,
    is_begun integer not null,
    next_at integer not null,
    written_at integer not null,
    primary key (book, cause, subject, number)
) keyed;
create index waiting_mail_next_at on waiting_mail (book, next_at);

insert into waiting_mail (book, cause, subject, number, made, unknown, is_begun, next_at, written_at)
    select book, 1, card, sending, made, unknown, is_begun, next_at, written_at
    from waiting_gift_mail;
drop table waiting_gift_mail;
