create table lease (
    book text not null,
    process text not null,
    address text not null,
    term integer not null,
    until_micros integer not null,
    hand_over integer not null,
    primary key (book)
) keyed;
