create table payment_method (
    id bytes not null,
    rail text not null,
    token text not null,
    owner bytes,
    brand text,
    last4 text,
    expiry integer,
    is_store_mediated integer not null,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) keyed;
create index payment_method_owner on payment_method (owner, id) where owner is not null;

create table payment (
    id bytes not null,
    method bytes not null,
    rail text not null,
    amount integer not null,
    currency text not null,
    purpose_kind integer not null,
    purpose bytes not null,
    state integer not null,
    next_action text,
    failed_step integer,
    failure text,
    is_unknown integer not null,
    rail_reference text,
    captured integer not null,
    refunded integer not null,
    refunding integer not null,
    disputed integer not null,
    credited integer not null,
    fee integer,
    open_refunds bytes not null,
    calls integer not null,
    due_at integer,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) keyed;
create index payment_due_at on payment (due_at, id) where due_at is not null;

create table rail_refund (
    id bytes not null,
    payment bytes not null,
    rail text not null,
    amount integer not null,
    currency text not null,
    order_refund bytes,
    other_method bytes,
    consented_at integer,
    state integer not null,
    failure text,
    consent_reason integer,
    attempt integer not null,
    returned_attempt integer,
    replaced_by bytes,
    is_unknown integer not null,
    rail_reference text,
    calls integer not null,
    due_at integer,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) keyed;
create index rail_refund_due_at on rail_refund (due_at, id) where due_at is not null;

create table dispute (
    id bytes not null,
    payment bytes not null,
    amount integer not null,
    currency text not null,
    reason text not null,
    due_by integer,
    state integer not null,
    stage integer not null,
    rail_reference text,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) keyed;
create index dispute_state on dispute (state, id);

create table seller (
    id bytes not null,
    name text not null,
    commission_points integer not null,
    metadata text,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) keyed;

create table creator (
    id bytes not null,
    name text not null,
    handle text not null,
    share_points integer not null,
    metadata text,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) keyed;

create table product (
    id bytes not null,
    name text not null,
    seller bytes not null,
    creator bytes,
    kind integer not null,
    category text,
    price integer not null,
    currency text not null,
    metadata text,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) keyed;
create index product_seller on product (seller, id);

create table checkout (
    id bytes not null,
    currency text not null,
    region text not null,
    buyer bytes,
    lines bytes not null,
    source_kind integer,
    source_id text,
    tenders bytes not null,
    tenders_ever integer not null,
    state integer not null,
    failure text,
    shop_order bytes,
    metadata text,
    expires_at integer not null,
    due_at integer,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) keyed;
create index checkout_due_at on checkout (due_at, id) where due_at is not null;

create table shop_order (
    id bytes not null,
    checkout bytes not null,
    currency text not null,
    region text not null,
    buyer bytes,
    lines bytes not null,
    tenders bytes not null,
    source_kind integer,
    source_id text,
    receipt integer not null,
    metadata text,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) keyed;
create index shop_order_buyer on shop_order (buyer, id) where buyer is not null;

create table order_refund (
    id bytes not null,
    shop_order bytes not null,
    amount integer not null,
    currency text not null,
    allocations bytes not null,
    lines bytes not null,
    parts bytes not null,
    reason text not null,
    credit_note integer not null,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) keyed;
create index order_refund_shop_order on order_refund (shop_order, id);

create table payout (
    id bytes not null,
    payee_kind integer not null,
    payee bytes not null,
    amount integer not null,
    currency text not null,
    rail text not null,
    sales_until integer not null,
    state integer not null,
    failure text,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) keyed;
create index payout_state on payout (state, id);

create table numbering (
    series bytes not null,
    next_number integer not null,
    applied_seq integer not null,
    primary key (series)
) keyed;
