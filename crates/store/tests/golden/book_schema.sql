CREATE TABLE account (
    id blob not null,
    name text,
    currency text not null,
    debits_posted integer not null,
    credits_posted integer not null,
    debits_pending integer not null,
    credits_pending integer not null,
    last_entry integer,
    applied_seq integer not null,
    primary key (id)
) strict, without rowid;

CREATE INDEX account_name on account (name, id) where name is not null;

CREATE TABLE account_freeze (
    id blob not null,
    claim blob not null,
    code text not null,
    is_frozen integer not null,
    lifted_by blob,
    lifted_at integer,
    times integer not null,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) strict, without rowid;

CREATE INDEX account_freeze_is_frozen on account_freeze (is_frozen, id) where is_frozen = 1;

CREATE TABLE advertiser (
    id blob not null,
    under_way integer not null,
    budgets blob not null,
    age integer,
    age_told_at integer,
    applied_seq integer not null,
    primary key (id)
) strict, without rowid;

CREATE TABLE automatic_paid (
    payer blob not null,
    payments blob not null,
    applied_seq integer not null,
    primary key (payer)
) strict, without rowid;

CREATE TABLE book (
    row_number integer not null,
    is_test integer not null,
    clock_ahead_micros integer not null,
    ring blob not null,
    created_at integer not null,
    applied_seq integer not null,
    primary key (row_number)
) strict, without rowid;

CREATE TABLE card (
    id blob not null,
    program blob,
    currency text not null,
    value integer not null,
    state integer not null,
    frozen_since integer,
    frozen_reason text,
    code_hash blob not null,
    code_key integer not null,
    code_nonce integer not null,
    last4 blob not null,
    expires_at integer,
    funding text not null,
    customer text,
    expired_value integer not null,
    hold_seconds_max integer not null,
    refund_extension_days integer not null,
    open_holds blob,
    sandbox integer not null,
    created_at integer not null,
    scope text,
    regions text,
    metadata text,
    reference text,
    recipient blob,
    recipient_sealed blob,
    sender blob,
    sender_sealed blob,
    design text,
    source_kind text,
    source_id text,
    applied_seq integer not null, payment blob, rail text, disputed_since integer, disputed_reason text, activates_at integer, owner blob, owned_since integer, link_hash blob, link_key integer, link_nonce integer, channel integer, delivery_state integer, delivery_at integer, deliver_at integer, sendings integer, goodwill integer, expired_goodwill integer, given_back integer, return_after_days integer, return_at integer, bought_by blob,
    primary key (id)
) strict, without rowid;

CREATE INDEX card_deliver_at on card (deliver_at, id) where state = 1 and delivery_state = 1;

CREATE INDEX card_expires_at on card (expires_at, id) where state = 1 and expires_at is not null;

CREATE INDEX card_last4 on card (last4, id);

CREATE INDEX card_owner on card (owner, id) where owner is not null;

CREATE INDEX card_recipient on card (recipient, id) where recipient is not null;

CREATE INDEX card_reference on card (reference, id) where reference is not null;

CREATE INDEX card_return_at on card (return_at, id) where state = 1 and disputed_since is null and return_at is not null;

CREATE TABLE checkout (
    id blob not null,
    currency text not null,
    region text not null,
    buyer blob,
    lines blob not null,
    source_kind integer,
    source_id text,
    tenders blob not null,
    tenders_ever integer not null,
    state integer not null,
    failure text,
    shop_order blob,
    metadata text,
    expires_at integer not null,
    due_at integer,
    created_at integer not null,
    applied_seq integer not null, promotion blob,
    primary key (id)
) strict, without rowid;

CREATE INDEX checkout_buyer on checkout (buyer, id) where buyer is not null;

CREATE INDEX checkout_due_at on checkout (due_at, id) where due_at is not null;

CREATE TABLE claim (
    id blob not null,
    claimant_kind integer not null,
    claimant blob not null,
    ground integer not null,
    promotion blob,
    owner blob,
    payment blob,
    hint blob,
    matched_by blob,
    starts_on text,
    ends_on text,
    currency text not null,
    region text,
    rail text,
    words_hash blob not null,
    words_bytes integer not null,
    attachments blob not null,
    status integer not null,
    held_since integer,
    window_until integer,
    linked_to blob,
    facts blob,
    grants_known integer not null,
    decision blob,
    proposal blob,
    appeal blob,
    decisions integer not null,
    for_delivery integer not null,
    for_overspend integer not null,
    for_wrong_delivery integer not null,
    payouts blob not null,
    steps blob not null,
    metadata text,
    due_at integer,
    created_at integer not null,
    applied_seq integer not null, wakes_at integer, for_stop_failed integer, resolved blob,
    primary key (id)
) strict, without rowid;

CREATE INDEX claim_claimant on claim (claimant, id) where claimant_kind = 1;

CREATE INDEX claim_promotion on claim (promotion, id) where promotion is not null;

CREATE INDEX claim_status on claim (status, id);

CREATE INDEX claim_wakes_at on claim (wakes_at, id) where wakes_at is not null;

CREATE TABLE claim_statement (
    id blob not null,
    claim blob,
    restitution blob,
    number integer not null,
    facts blob,
    decision blob,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) strict, without rowid;

CREATE TABLE claim_words (
    claim blob not null,
    person blob not null,
    sealed blob not null,
    applied_seq integer not null,
    primary key (claim)
) strict, without rowid;

CREATE TABLE claimant (
    id blob not null,
    claimant_kind integer not null,
    claimant blob not null,
    open integer not null,
    ever integer not null,
    applied_seq integer not null, recent blob,
    primary key (id)
) strict, without rowid;

CREATE TABLE code (
    hash blob not null,
    card blob not null,
    live integer not null,
    applied_seq integer not null,
    primary key (hash)
) strict, without rowid;

CREATE TABLE contact (
    id blob not null,
    sender blob not null,
    recipient blob not null,
    blocked_since integer,
    is_reported integer not null,
    reported_card blob,
    report_reason integer,
    reported_at integer,
    gifts blob not null,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) strict, without rowid;

CREATE INDEX contact_is_reported on contact (is_reported, id) where is_reported = 1;

CREATE INDEX contact_sender on contact (sender, id) where reported_at is not null;

CREATE TABLE creator (
    id blob not null,
    name text not null,
    handle text not null,
    share_points integer not null,
    metadata text,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) strict, without rowid;

CREATE TABLE deed (
    id blob not null,
    promotion blob not null,
    number integer not null,
    kind integer not null,
    role integer not null,
    person blob,
    rule text,
    content_version text,
    terms blob,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) strict, without rowid;

CREATE INDEX deed_promotion on deed (promotion, id);

CREATE TABLE dispute (
    id blob not null,
    payment blob not null,
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
) strict, without rowid;

CREATE INDEX dispute_rail_reference on dispute (rail_reference, id) where rail_reference is not null;

CREATE INDEX dispute_state on dispute (state, id);

CREATE TABLE entry (
    place integer not null,
    previous integer,
    account blob not null,
    at_micros integer not null,
    reason integer not null,
    subject blob not null,
    amount integer not null,
    held_change integer not null,
    debits_posted integer not null,
    credits_posted integer not null,
    held integer not null,
    primary key (place)
) strict;

CREATE TABLE frozen_facts (
    id blob not null,
    facts blob not null,
    applied_seq integer not null,
    primary key (id)
) strict, without rowid;

CREATE TABLE head (
    book text not null,
    epoch integer not null,
    seq integer not null,
    hash blob not null,
    at_micros integer not null,
    watermark integer not null,
    operations integer not null, removed integer not null default 0,
    primary key (book)
) strict, without rowid;

CREATE TABLE hold (
    id blob not null,
    card blob not null,
    debit blob not null,
    credit blob not null,
    currency text not null,
    reserved integer not null,
    posted integer not null,
    voided integer not null,
    is_open integer not null,
    is_expired integer not null,
    refunded integer not null,
    expires_at integer not null,
    reference text not null,
    created_at integer not null,
    applied_seq integer not null, checkout blob, goodwill integer,
    primary key (id)
) strict, without rowid;

CREATE INDEX hold_expires_at on hold (expires_at, id) where is_open = 1;

CREATE INDEX hold_reference on hold (reference, id);

CREATE TABLE incident (
    id blob not null,
    component integer not null,
    severity integer not null,
    started_at integer not null,
    ended_at integer,
    affects blob not null,
    role integer not null,
    person blob,
    changed_at integer not null,
    earlier blob not null,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) strict, without rowid;

CREATE TABLE instrument_claims (
    id blob not null,
    claims blob not null,
    applied_seq integer not null,
    primary key (id)
) strict, without rowid;

CREATE TABLE journal (
    first_seq integer not null,
    last_seq integer not null,
    epoch integer not null,
    at_micros integer not null,
    previous blob not null,
    hash blob not null,
    body blob not null,
    primary key (first_seq)
) strict;

CREATE TABLE migration (
    number integer not null,
    name text not null,
    checksum blob not null,
    primary key (number)
) strict, without rowid;

CREATE TABLE numbering (
    series blob not null,
    next_number integer not null,
    applied_seq integer not null,
    primary key (series)
) strict, without rowid;

CREATE TABLE operation_page (
    run integer not null,
    first_hash integer not null,
    entries blob not null,
    primary key (run, first_hash)
) strict, without rowid;

CREATE TABLE operation_run (
    run integer not null,
    last_at integer not null,
    entries integer not null,
    primary key (run)
) strict, without rowid;

CREATE TABLE order_refund (
    id blob not null,
    shop_order blob not null,
    amount integer not null,
    currency text not null,
    allocations blob not null,
    lines blob not null,
    parts blob not null,
    reason text not null,
    credit_note integer not null,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) strict, without rowid;

CREATE INDEX order_refund_shop_order on order_refund (shop_order, id);

CREATE TABLE payment (
    id blob not null,
    method blob not null,
    rail text not null,
    amount integer not null,
    currency text not null,
    purpose_kind integer not null,
    purpose blob not null,
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
    open_refunds blob not null,
    calls integer not null,
    due_at integer,
    created_at integer not null,
    applied_seq integer not null, lost integer not null default 0, owed integer not null default 0, settled integer not null default 0, return_url text,
    primary key (id)
) strict, without rowid;

CREATE INDEX payment_due_at on payment (due_at, id) where due_at is not null;

CREATE INDEX payment_purpose on payment (purpose, id);

CREATE INDEX payment_rail_reference on payment (rail_reference, id) where rail_reference is not null;

CREATE TABLE payment_method (
    id blob not null,
    rail text not null,
    token text not null,
    owner blob,
    brand text,
    last4 text,
    expiry integer,
    is_store_mediated integer not null,
    created_at integer not null,
    applied_seq integer not null, declined_at integer,
    primary key (id)
) strict, without rowid;

CREATE INDEX payment_method_owner on payment_method (owner, id) where owner is not null;

CREATE TABLE payout (
    id blob not null,
    payee_kind integer not null,
    payee blob not null,
    amount integer not null,
    currency text not null,
    rail text not null,
    sales_until integer not null,
    state integer not null,
    failure text,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) strict, without rowid;

CREATE INDEX payout_state on payout (state, id);

CREATE TABLE post (
    id blob not null,
    name text not null,
    url text not null,
    creator blob not null,
    kind integer not null,
    visibility integer not null,
    language text,
    tags blob not null,
    content_version text not null,
    is_deleted integer not null,
    promotions blob not null,
    created_at integer not null,
    applied_seq integer not null, published_at integer,
    primary key (id)
) strict, without rowid;

CREATE TABLE product (
    id blob not null,
    name text not null,
    seller blob not null,
    creator blob,
    kind integer not null,
    category text,
    price integer not null,
    currency text not null,
    metadata text,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) strict, without rowid;

CREATE INDEX product_seller on product (seller, id);

CREATE TABLE program (
    id blob not null,
    name text not null,
    currency text not null,
    value_min integer not null,
    value_max integer not null,
    validity_days integer,
    hold_seconds_max integer not null,
    refund_extension_days integer not null,
    scope text,
    regions text,
    metadata text,
    created_at integer not null,
    applied_seq integer not null, activation_s integer, return_after_days integer,
    primary key (id)
) strict, without rowid;

CREATE TABLE promotion (
    id blob not null,
    advertiser blob not null,
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
    audience blob not null,
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
    rejected_by blob,
    is_appealed integer not null,
    end_cause integer,
    ended_at integer,
    pay_with blob not null,
    checkout blob,
    agreement blob,
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
    applied_seq integer not null, kept integer, is_counted integer,
    primary key (id)
) strict, without rowid;

CREATE INDEX promotion_advertiser on promotion (advertiser, id);

CREATE INDEX promotion_due_at on promotion (due_at, id) where due_at is not null;

CREATE INDEX promotion_state on promotion (state, id);

CREATE TABLE promotion_claims (
    promotion blob not null,
    currency text not null,
    for_delivery integer not null,
    for_overspend integer not null,
    for_wrong_delivery integer not null,
    set_out integer not null,
    claims blob not null,
    restitutions integer not null,
    grants integer not null,
    applied_seq integer not null, told_incident integer, told_late_invalid integer, told_unspent integer, searched_since integer, apart integer, apart_gross integer, for_stop_failed integer,
    primary key (promotion)
) strict, without rowid;

CREATE INDEX promotion_claims_searched_since on promotion_claims (searched_since, promotion) where searched_since is not null;

CREATE TABLE promotion_settlement (
    id blob not null,
    promotion blob not null,
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
    applied_seq integer not null, claimed integer, kept integer,
    primary key (id)
) strict, without rowid;

CREATE INDEX promotion_settlement_promotion on promotion_settlement (promotion, id);

CREATE TABLE purchase (
    id blob not null,
    currency text not null,
    cards blob not null,
    paid_by blob not null,
    disputes blob not null,
    shop_order blob,
    created_at integer not null,
    applied_seq integer not null, clawed_back blob, bought_by blob,
    primary key (id)
) strict, without rowid;

CREATE TABLE rail_refund (
    id blob not null,
    payment blob not null,
    rail text not null,
    amount integer not null,
    currency text not null,
    order_refund blob,
    other_method blob,
    consented_at integer,
    state integer not null,
    failure text,
    consent_reason integer,
    attempt integer not null,
    returned_attempt integer,
    replaced_by blob,
    is_unknown integer not null,
    rail_reference text,
    calls integer not null,
    due_at integer,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) strict, without rowid;

CREATE INDEX rail_refund_due_at on rail_refund (due_at, id) where due_at is not null;

CREATE INDEX rail_refund_order_refund on rail_refund (order_refund, id) where order_refund is not null;

CREATE INDEX rail_refund_rail_reference on rail_refund (rail_reference, id) where rail_reference is not null;

CREATE TABLE refund (
    id blob not null,
    hold blob not null,
    card blob not null,
    amount integer not null,
    currency text not null,
    reversed integer not null,
    created_at integer not null,
    applied_seq integer not null, goodwill integer,
    primary key (id)
) strict, without rowid;

CREATE TABLE restitution (
    id blob not null,
    promotion blob not null,
    number integer not null,
    kind integer not null,
    cause blob not null,
    currency text not null,
    loss integer not null,
    net integer not null,
    gross integer,
    order_refund blob not null,
    facts blob not null,
    due_at integer not null,
    paid_at integer,
    created_at integer not null,
    applied_seq integer not null, escalated_at integer, stuck_at integer, stuck_for text, resolved_at integer, resolved_by blob, resolved_how integer, resolved_reference text, is_stuck integer,
    primary key (id)
) strict, without rowid;

CREATE INDEX restitution_created_at on restitution (created_at, id) where paid_at is null;

CREATE INDEX restitution_is_stuck on restitution (is_stuck, id) where is_stuck = 1;

CREATE INDEX restitution_promotion on restitution (promotion, id);

CREATE TABLE seller (
    id blob not null,
    name text not null,
    commission_points integer not null,
    metadata text,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) strict, without rowid;

CREATE TABLE sender (
    id blob not null,
    blocked_since integer,
    blocked_reason text,
    reporters integer not null,
    recipients blob not null,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) strict, without rowid;

CREATE TABLE settlement (
    id blob not null,
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
) strict, without rowid;

CREATE TABLE settlement_line (
    id blob not null,
    reference text not null,
    settlement blob not null,
    kind integer not null,
    currency text not null,
    gross integer not null,
    fee integer not null,
    moved_at integer not null,
    moved_kind integer,
    moved blob,
    source_reference text,
    told_otherwise_by blob,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) strict, without rowid;

CREATE INDEX settlement_line_settlement on settlement_line (settlement, id);

CREATE TABLE shop_order (
    id blob not null,
    checkout blob not null,
    currency text not null,
    region text not null,
    buyer blob,
    lines blob not null,
    tenders blob not null,
    source_kind integer,
    source_id text,
    receipt integer not null,
    metadata text,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) strict, without rowid;

CREATE INDEX shop_order_buyer on shop_order (buyer, id) where buyer is not null;

CREATE TABLE signals (
    person blob not null,
    kept blob not null,
    dropped integer not null,
    created_at integer not null,
    applied_seq integer not null,
    primary key (person)
) strict, without rowid;

CREATE TABLE slice (
    id blob not null,
    promotion blob not null,
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
) strict, without rowid;

CREATE INDEX slice_kept_until on slice (kept_until, id) where state = 1;

CREATE INDEX slice_promotion on slice (promotion, id);

CREATE TABLE standing (
    id blob not null,
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
) strict, without rowid;

CREATE INDEX standing_is_open on standing (is_open, id) where is_open = 1;

CREATE TABLE stream (
    id blob not null,
    name text not null,
    billed_to integer not null,
    unknown_units integer not null,
    applied_seq integer not null,
    primary key (id)
) strict, without rowid;

CREATE TABLE suspect (
    id blob not null,
    claim blob not null,
    promotion blob not null,
    person blob not null,
    device blob,
    code text not null,
    is_open integer not null,
    looked_by blob,
    looked_at integer,
    created_at integer not null,
    applied_seq integer not null,
    primary key (id)
) strict, without rowid;

CREATE INDEX suspect_is_open on suspect (is_open, id) where is_open = 1;

CREATE VIEW view_gift_card as
select
    head.book as book,
    lower(hex(card.id)) as gift_card,
    lower(hex(card.program)) as program,
    case card.state when 1 then 'active' when 2 then 'expired' else 'canceled' end as state,
    card.frozen_reason as frozen_reason,
    cast(card.last4 as text) as last4,
    card.currency as currency,
    card.value as value_minor,
    account.credits_posted - account.debits_posted as balance_minor,
    account.debits_pending as held_minor,
    account.credits_posted - account.debits_posted - account.debits_pending as available_minor,
    card.funding as funding,
    card.customer as customer,
    lower(hex(card.payment)) as payment,
    card.rail as rail,
    card.reference as reference,
    card.source_kind as source_kind,
    card.source_id as source_id,
    lower(hex(card.recipient)) as recipient,
    lower(hex(card.sender)) as sender,
    lower(hex(card.owner)) as owner,
    card.frozen_since as frozen_since_micros,
    strftime('%Y-%m-%dT%H:%M:%SZ', card.frozen_since / 1000000, 'unixepoch') as frozen_since,
    card.disputed_reason as disputed_reason,
    card.activates_at as activates_at_micros,
    strftime('%Y-%m-%dT%H:%M:%SZ', card.activates_at / 1000000, 'unixepoch') as activates_at,
    card.deliver_at as deliver_at_micros,
    strftime('%Y-%m-%dT%H:%M:%SZ', card.deliver_at / 1000000, 'unixepoch') as deliver_at,
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
    strftime('%Y-%m-%dT%H:%M:%SZ', card.expires_at / 1000000, 'unixepoch') as expires_at,
    card.created_at as created_at_micros,
    strftime('%Y-%m-%dT%H:%M:%SZ', card.created_at / 1000000, 'unixepoch') as created_at,
    card.applied_seq as changed_seq,
    head.watermark as as_of_seq
from card
join account on account.id = card.id
join head on true;

CREATE VIEW view_hold as
select
    head.book as book,
    lower(hex(hold.id)) as hold,
    lower(hex(hold.card)) as gift_card,
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
    lower(hex(hold.checkout)) as checkout,
    case when hold.expires_at < 253402300799999999 then hold.expires_at end as expires_at_micros,
    case when hold.expires_at < 253402300799999999 then strftime('%Y-%m-%dT%H:%M:%SZ', hold.expires_at / 1000000, 'unixepoch') end as expires_at,
    hold.created_at as created_at_micros,
    strftime('%Y-%m-%dT%H:%M:%SZ', hold.created_at / 1000000, 'unixepoch') as created_at,
    hold.applied_seq as changed_seq,
    head.watermark as as_of_seq
from hold
join head on true;

CREATE VIEW view_ledger_account as
select
    head.book as book,
    lower(hex(account.id)) as ledger_account,
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

CREATE VIEW view_ledger_entry as
select
    head.book as book,
    entry.place / 65536 as sequence,
    entry.place % 65536 as position,
    lower(hex(entry.account)) as ledger_account,
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
    strftime('%Y-%m-%dT%H:%M:%SZ', entry.at_micros / 1000000, 'unixepoch') as at,
    head.watermark as as_of_seq
from entry
join account on account.id = entry.account
join head on true
where entry.place / 65536 <= head.watermark;

CREATE VIEW view_program as
select
    head.book as book,
    lower(hex(program.id)) as program,
    program.name as name,
    program.currency as currency,
    program.value_min as value_min_minor,
    program.value_max as value_max_minor,
    program.validity_days as validity_days,
    program.hold_seconds_max as hold_seconds_max,
    program.refund_extension_days as refund_extension_days,
    program.created_at as created_at_micros,
    strftime('%Y-%m-%dT%H:%M:%SZ', program.created_at / 1000000, 'unixepoch') as created_at,
    program.applied_seq as changed_seq,
    head.watermark as as_of_seq
from program
join head on true;

CREATE VIEW view_promotion as
select
    head.book as book,
    lower(hex(promotion.id)) as promotion,
    lower(hex(promotion.advertiser)) as advertiser,
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
    strftime('%Y-%m-%dT%H:%M:%SZ', promotion.starts_at / 1000000, 'unixepoch') as starts_at,
    promotion.ends_at as ends_at_micros,
    strftime('%Y-%m-%dT%H:%M:%SZ', promotion.ends_at / 1000000, 'unixepoch') as ends_at,
    promotion.created_at as created_at_micros,
    strftime('%Y-%m-%dT%H:%M:%SZ', promotion.created_at / 1000000, 'unixepoch') as created_at,
    promotion.applied_seq as changed_seq,
    head.watermark as as_of_seq
from promotion
join head on true;
