alter table checkout add column promotion bytes;

create table promotion (
    id bytes not null,
    advertiser bytes not null,
    post text not null,
    goal integer not null,
    target integer,
    currency text not null,
    budget integer not null,
    incentive integer not null,
    daily_budget integer,
    starts_at integer not null,
    ends_at integer not null,
    promise integer not null,
    audience bytes not null,
    unit_price_max integer not null,
    units_low integer not null,
    units_high integer not null,
    guaranteed_units integer,
    audience_size integer not null,
    quoted_at integer not null,
    state integer not null,
    paused_by_advertiser integer not null,
    paused_by_platform integer not null,
    post_is_private integer not null,
    is_disputed integer not null,
    approved_version text,
    rule text,
    rejected_by bytes,
    is_appealed integer not null,
    end_cause integer,
    ended_at integer,
    pay_with bytes not null,
    checkout bytes,
    agreement bytes,
    submitted_at integer,
    funded_at integer,
    slices_ever integer not null,
    slices_open integer not null,
    leased_day integer not null,
    day_leased integer not null,
    billed_units integer not null,
    unbilled_units integer not null,
    invalid_units integer not null,
    due integer not null,
    carry integer not null,
    spent integer not null,
    repaid integer not null,
    returned integer not null,
    incentive_returned integer not null,
    settlements integer not null,
    deeds integer not null,
    settles_at integer,
    metadata text,
    due_at integer,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) keyed;
create index promotion_advertiser on promotion (advertiser, id);
create index promotion_state on promotion (state, id);
create index promotion_due_at on promotion (due_at, id) where due_at is not null;

create table post (
    id bytes not null,
    name text not null,
    url text not null,
    creator bytes not null,
    kind integer not null,
    visibility integer not null,
    language text,
    tags bytes not null,
    content_version text not null,
    is_deleted integer not null,
    promotions bytes not null,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) keyed;

create table slice (
    id bytes not null,
    promotion bytes not null,
    number integer not null,
    holder text not null,
    currency text not null,
    reserved integer not null,
    posted integer not null,
    voided integer not null,
    is_expired integer not null,
    used integer not null,
    refused_units integer not null,
    refused_price integer not null,
    state integer not null,
    created_at integer not null,
    expires_at integer not null,
    kept_until integer not null,
    applied_seq integer not null,
    primary key (id)
) keyed;
create index slice_promotion on slice (promotion, id);
create index slice_kept_until on slice (kept_until, id) where state = 1;

create table deed (
    id bytes not null,
    promotion bytes not null,
    number integer not null,
    kind integer not null,
    role integer not null,
    person bytes,
    rule text,
    content_version text,
    terms bytes,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) keyed;
create index deed_promotion on deed (promotion, id);

create table promotion_settlement (
    id bytes not null,
    promotion bytes not null,
    number integer not null,
    paid integer not null,
    incentive integer not null,
    spent integer not null,
    back integer not null,
    back_so_far integer not null,
    incentive_back integer not null,
    delivered_units integer not null,
    guaranteed_units integer,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) keyed;
create index promotion_settlement_promotion on promotion_settlement (promotion, id);

create table stream (
    id bytes not null,
    name text not null,
    billed_to integer not null,
    unknown_units integer not null,
    applied_seq integer not null,
    primary key (id)
) keyed;

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
        when account.name like 'promotion/%/escrow' then 'liability'
        when account.name = 'promotion/revenue' then 'income'
        when account.name = 'promotion/incentives' then 'expense'
        when account.name = 'import/opening' then 'equity'
        else 'asset'
    end as kind,
    account.currency as currency,
    account.debits_posted as debits_minor,
    account.credits_posted as credits_minor,
    case
        when account.name = 'giftcard/incentives' then account.debits_posted - account.credits_posted
        when account.name = 'promotion/incentives' then account.debits_posted - account.credits_posted
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

create view view_promotion as
select
    head.book as book,
    hex_text(promotion.id) as promotion,
    hex_text(promotion.advertiser) as advertiser,
    promotion.post as post,
    case promotion.state
        when 1 then 'draft'
        when 2 then 'in_review'
        when 3 then 'rejected'
        when 4 then 'scheduled'
        when 5 then 'running'
        when 6 then 'paused'
        when 7 then 'completed'
        when 8 then 'stopped'
        else 'settled'
    end as state,
    case promotion.goal
        when 1 then 'views'
        when 2 then 'engagement'
        when 3 then 'profile_views'
        when 4 then 'followers'
        when 5 then 'website_visits'
        when 6 then 'messages'
        else 'sales'
    end as goal,
    case promotion.promise when 1 then 'estimate' else 'guarantee' end as promise,
    promotion.currency as currency,
    promotion.budget as budget_minor,
    promotion.incentive as incentive_minor,
    promotion.spent as spent_minor,
    promotion.repaid as repaid_minor,
    promotion.returned as returned_minor,
    promotion.billed_units as billed_units,
    promotion.unbilled_units as unbilled_units,
    promotion.invalid_units as invalid_units,
    promotion.guaranteed_units as guaranteed_units,
    promotion.starts_at as starts_at_micros,
    utc_text(promotion.starts_at) as starts_at,
    promotion.ends_at as ends_at_micros,
    utc_text(promotion.ends_at) as ends_at,
    promotion.created_at as created_at_micros,
    utc_text(promotion.created_at) as created_at,
    promotion.applied_seq as changed_seq,
    head.watermark as as_of_seq
from promotion
join head on true;
