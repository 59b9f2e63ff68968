create table claim (
    id bytes not null,
    claimant_kind integer not null,
    claimant bytes not null,
    ground integer not null,
    promotion bytes,
    owner bytes,
    payment bytes,
    hint bytes,
    matched_by bytes,
    starts_on text,
    ends_on text,
    currency text not null,
    region text,
    rail text,
    words_hash bytes not null,
    words_bytes integer not null,
    attachments bytes not null,
    status integer not null,
    held_since integer,
    window_until integer,
    linked_to bytes,
    facts bytes,
    grants_known integer not null,
    decision bytes,
    proposal bytes,
    appeal bytes,
    decisions integer not null,
    for_delivery integer not null,
    for_overspend integer not null,
    for_wrong_delivery integer not null,
    payouts bytes not null,
    steps bytes not null,
    metadata text,
    due_at integer,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) keyed;

create index claim_promotion on claim (promotion, id) where promotion is not null;

create index claim_status on claim (status, id);

create table promotion_claims (
    promotion bytes not null,
    currency text not null,
    for_delivery integer not null,
    for_overspend integer not null,
    for_wrong_delivery integer not null,
    set_out integer not null,
    claims bytes not null,
    restitutions integer not null,
    grants integer not null,
    applied_seq integer not null,
    primary key (promotion)
) keyed;

create table claimant (
    id bytes not null,
    claimant_kind integer not null,
    claimant bytes not null,
    open integer not null,
    ever integer not null,
    applied_seq integer not null,
    primary key (id)
) keyed;

create table restitution (
    id bytes not null,
    promotion bytes not null,
    number integer not null,
    kind integer not null,
    cause bytes not null,
    currency text not null,
    loss integer not null,
    net integer not null,
    gross integer,
    order_refund bytes not null,
    facts bytes not null,
    due_at integer not null,
    paid_at integer,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) keyed;

create index restitution_promotion on restitution (promotion, id);

create table claim_words (
    claim bytes not null,
    person bytes not null,
    sealed bytes not null,
    applied_seq integer not null,
    primary key (claim)
) keyed;

create table frozen_facts (
    id bytes not null,
    facts bytes not null,
    applied_seq integer not null,
    primary key (id)
) keyed;

create table claim_statement (
    id bytes not null,
    claim bytes,
    restitution bytes,
    number integer not null,
    facts bytes,
    decision bytes,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) keyed;

alter table promotion add column kept integer;
alter table promotion_settlement add column claimed integer;
alter table promotion_settlement add column kept integer;

drop view view_ledger_entry;

create view view_ledger_entry as
select
    head.book as book,
    entry.place / 65536 as sequence,
    entry.place % 65536 as position,
    hex_text(entry.account) as ledger_account,
    case when account.name is null then 'giftcard/*' else account.name end as name,
    case entry.reason
        when 1 then 'issued'
        when 2 then 'redeemed'
        when 3 then 'held'
        when 4 then 'captured'
        when 5 then 'released'
        when 6 then 'hold_expired'
        when 7 then 'refunded'
        when 9 then 'expired'
        when 10 then 'canceled'
        when 11 then 'reversed'
        when 12 then 'imported'
        when 13 then 'extended'
        when 30 then 'paid'
        when 31 then 'fee_kept'
        when 32 then 'ordered'
        when 33 then 'order_refunded'
        when 34 then 'refund_sent'
        when 35 then 'refund_returned'
        when 36 then 'disputed'
        when 37 then 'dispute_won'
        when 38 then 'dispute_lost'
        when 39 then 'clawed_back'
        when 40 then 'paid_out'
        when 41 then 'payout_returned'
        when 42 then 'refund_owed'
        when 43 then 'restored'
        when 44 then 'rail_paid_out'
        when 45 then 'rail_fee_kept'
        when 60 then 'promotion_funded'
        when 61 then 'promotion_granted'
        when 62 then 'slice_leased'
        when 63 then 'slice_returned'
        when 64 then 'slice_lapsed'
        when 65 then 'delivery_billed'
        when 66 then 'delivery_repaid'
        when 67 then 'promotion_settled'
        when 68 then 'promotion_grant_returned'
        when 69 then 'promotion_made_good'
        when 70 then 'promotion_kept'
        else 'adjusted'
    end as reason,
    case entry.reason
        when 20 then 'goodwill'
        when 21 then 'correction'
        when 22 then 'compensation'
        when 23 then 'fraud'
        when 24 then 'other'
    end as detail,
    account.currency as currency,
    entry.amount as amount_minor,
    entry.held_change as held_change_minor,
    entry.debits_posted as debits_minor,
    entry.credits_posted as credits_minor,
    entry.held as held_minor,
    entry.at_micros as at_micros,
    utc_text(entry.at_micros) as at,
    head.watermark as as_of_seq
from entry
join account on account.id = entry.account
join head on true
where entry.place / 65536 <= head.watermark;
