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
