alter table card add column payment bytes;
alter table card add column rail text;
alter table card add column disputed_since integer;
alter table card add column disputed_reason text;
alter table card add column activates_at integer;
alter table card add column owner bytes;
alter table card add column owned_since integer;
alter table card add column link_hash bytes;
alter table card add column link_key integer;
alter table card add column link_nonce integer;
alter table card add column channel integer;
alter table card add column delivery_state integer;
alter table card add column delivery_at integer;
alter table card add column deliver_at integer;
alter table card add column sendings integer;
create index card_owner on card (owner, id) where owner is not null;
create index card_deliver_at on card (deliver_at, id) where state = 1 and delivery_state = 1;

alter table hold add column checkout bytes;

drop view view_gift_card;
drop view view_hold;
drop view view_ledger_account;
drop view view_ledger_entry;

create view view_gift_card as
select
    head.book as book,
    hex_text(card.id) as gift_card,
    hex_text(card.program) as program,
    case card.state when 1 then 'active' when 2 then 'expired' else 'canceled' end as state,
    card.frozen_reason as frozen_reason,
    ascii_text(card.last4) as last4,
    card.currency as currency,
    card.value as value_minor,
    account.credits_posted - account.debits_posted as balance_minor,
    account.debits_pending as held_minor,
    account.credits_posted - account.debits_posted - account.debits_pending as available_minor,
    card.funding as funding,
    card.customer as customer,
    hex_text(card.payment) as payment,
    card.rail as rail,
    card.reference as reference,
    card.source_kind as source_kind,
    card.source_id as source_id,
    hex_text(card.recipient) as recipient,
    hex_text(card.sender) as sender,
    hex_text(card.owner) as owner,
    card.frozen_since as frozen_since_micros,
    utc_text(card.frozen_since) as frozen_since,
    card.disputed_reason as disputed_reason,
    card.activates_at as activates_at_micros,
    utc_text(card.activates_at) as activates_at,
    card.deliver_at as deliver_at_micros,
    utc_text(card.deliver_at) as deliver_at,
    case card.delivery_state
        when 1 then 'scheduled'
        when 2 then 'scheduled'
        when 3 then 'sent'
        when 4 then 'accepted'
        when 5 then 'bounced'
        when 6 then 'opened'
        else 'none'
    end as delivery_state,
    card.expires_at as expires_at_micros,
    utc_text(card.expires_at) as expires_at,
    card.created_at as created_at_micros,
    utc_text(card.created_at) as created_at,
    card.applied_seq as changed_seq,
    head.watermark as as_of_seq
from card
join account on account.id = card.id
join head on true;

create view view_hold as
select
    head.book as book,
    hex_text(hold.id) as hold,
    hex_text(hold.card) as gift_card,
    case
        when hold.is_open = 1 then 'held'
        when hold.posted > 0 then 'captured'
        when hold.is_expired = 1 then 'expired'
        else 'released'
    end as state,
    hold.currency as currency,
    hold.reserved as amount_minor,
    hold.reserved - hold.posted - hold.voided as held_minor,
    hold.posted as captured_minor,
    hold.voided as released_minor,
    hold.refunded as refunded_minor,
    hold.reference as reference,
    hex_text(hold.checkout) as checkout,
    case when hold.expires_at < 253402300799999999 then hold.expires_at end as expires_at_micros,
    case when hold.expires_at < 253402300799999999 then utc_text(hold.expires_at) end as expires_at,
    hold.created_at as created_at_micros,
    utc_text(hold.created_at) as created_at,
    hold.applied_seq as changed_seq,
    head.watermark as as_of_seq
from hold
join head on true;

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
        else account.credits_posted - account.debits_posted
    end as balance_minor,
    account.debits_pending as debits_pending_minor,
    account.credits_pending as credits_pending_minor,
    account.applied_seq as changed_seq,
    head.watermark as as_of_seq
from account
join head on true;

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
