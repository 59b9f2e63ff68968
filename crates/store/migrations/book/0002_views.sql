create view view_program as
select
    head.book as book,
    hex_text(program.id) as program,
    program.name as name,
    program.currency as currency,
    program.value_min as value_min_minor,
    program.value_max as value_max_minor,
    program.validity_days as validity_days,
    program.hold_seconds_max as hold_seconds_max,
    program.refund_extension_days as refund_extension_days,
    program.created_at as created_at_micros,
    utc_text(program.created_at) as created_at,
    program.applied_seq as changed_seq,
    head.watermark as as_of_seq
from program
join head on true;

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
    card.reference as reference,
    card.source_kind as source_kind,
    card.source_id as source_id,
    hex_text(card.recipient) as recipient,
    hex_text(card.sender) as sender,
    card.frozen_since as frozen_since_micros,
    utc_text(card.frozen_since) as frozen_since,
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
    hold.expires_at as expires_at_micros,
    utc_text(hold.expires_at) as expires_at,
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
        when account.name = 'giftcard/incentives' then 'expense'
        when account.name = 'import/opening' then 'equity'
        else 'asset'
    end as kind,
    account.currency as currency,
    account.debits_posted as debits_minor,
    account.credits_posted as credits_minor,
    case
        when account.name = 'giftcard/incentives' then account.debits_posted - account.credits_posted
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
