create table settlement (
    id bytes not null,
    rail text not null,
    reference text not null,
    currency text not null,
    line_count integer not null,
    gross integer not null,
    fee integer not null,
    unknown_count integer not null,
    unknown_gross integer not null,
    unknown_fee integer not null,
    paid_out integer not null,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) keyed;

create table settlement_line (
    id bytes not null,
    reference text not null,
    settlement bytes not null,
    kind integer not null,
    currency text not null,
    gross integer not null,
    fee integer not null,
    moved_at integer not null,
    moved_kind integer,
    moved bytes,
    source_reference text,
    told_otherwise_by bytes,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) keyed;
create index settlement_line_settlement on settlement_line (settlement, id);

create table standing (
    id bytes not null,
    moved_kind integer not null,
    rail text not null,
    currency text not null,
    our_gross integer not null,
    our_fee integer not null,
    told_gross integer not null,
    told_fee integer not null,
    line_count integer not null,
    books_fee integer not null,
    is_open integer not null,
    moved_at integer not null,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) keyed;
create index standing_is_open on standing (is_open, id) where is_open = 1;

drop view view_ledger_account;

create view view_ledger_account as
select
    head.book as book,
    hex_text(account.id) as ledger_account,
    case when account.name is null then 'giftcard/*' else account.name end as name,
    case
        when account.name is null then 'liability'
        when account.name = 'order/clearing' then 'liability'
        when account.name = 'giftcard/breakage' then 'income'
        when account.name = 'commission' then 'income'
        when account.name = 'giftcard/incentives' then 'expense'
        when account.name = 'chargeback/loss' then 'expense'
        when account.name like 'refund/expense/%' then 'expense'
        when account.name like 'rail/%/fees' then 'expense'
        when account.name = 'refund/payable' then 'liability'
        when account.name like 'seller/%' then 'liability'
        when account.name like 'creator/%' then 'liability'
        when account.name like 'tax/%' then 'liability'
        when account.name = 'import/opening' then 'equity'
        else 'asset'
    end as kind,
    account.currency as currency,
    account.debits_posted as debits_minor,
    account.credits_posted as credits_minor,
    case
        when account.name = 'giftcard/incentives' then account.debits_posted - account.credits_posted
        when account.name = 'chargeback/loss' then account.debits_posted - account.credits_posted
        when account.name like 'refund/expense/%' then account.debits_posted - account.credits_posted
        when account.name like 'rail/%' then account.debits_posted - account.credits_posted
        when account.name like 'receivable/%' then account.debits_posted - account.credits_posted
        when account.name = 'bank' then account.debits_posted - account.credits_posted
        else account.credits_posted - account.debits_posted
    end as balance_minor,
    account.debits_pending as debits_pending_minor,
    account.credits_pending as credits_pending_minor,
    account.applied_seq as changed_seq,
    head.watermark as as_of_seq
from account
join head on true;

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
