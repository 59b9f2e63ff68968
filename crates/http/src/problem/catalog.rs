//! Every problem there is: code, status, title, and what to do next. `/docs` shows this table.

use engine::Refusal;

/// One kind of problem.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Stable name that callers branch on.
    pub(crate) code: &'static str,
    /// HTTP status.
    pub(crate) status: u16,
    /// What kind of problem it is.
    pub(crate) title: &'static str,
    /// What to do next, when the case at hand has no better text.
    pub(crate) detail: &'static str,
}

macro_rules! catalog {
    ($($name:ident = $code:literal, $status:literal, $title:literal, $detail:literal;)+) => {
        $(pub(crate) const $name: Entry =
            Entry { code: $code, status: $status, title: $title, detail: $detail };)+

        /// All of them, in the order of the page.
        pub(crate) const ALL: &[&Entry] = &[$(&$name,)+];
    };
}

/// Every stable code that a call may be refused with.
pub fn problem_codes() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|entry| entry.code)
}

/// The entry of a refusal. Every refusal has one; a test walks through all of them.
pub(crate) fn of_refusal(refusal: &Refusal) -> &'static Entry {
    let code = refusal.code();
    let entry = ALL.iter().find(|entry| entry.code == code);
    entry.expect("every refusal has an entry in the catalog")
}

/// The entry of a refusal about people.
pub(crate) fn of_people(refusal: people::Refusal) -> &'static Entry {
    let entry = ALL.iter().find(|entry| entry.code == refusal.code());
    entry.expect("every refusal has an entry in the catalog")
}

/// The entry of a refusal about requests to the support.
pub(crate) fn of_talk(refusal: support::conversation::TalkRefusal) -> &'static Entry {
    let entry = ALL.iter().find(|entry| entry.code == refusal.code());
    entry.expect("every refusal has an entry in the catalog")
}

catalog! {
    INVALID_REQUEST = "invalid_request", 400, "The request is not valid",
        "Correct the field named by `param` and send the request again.";
    MALFORMED_JSON = "malformed_json", 400, "The body is not JSON",
        "Send one JSON object in UTF-8.";
    IDEMPOTENCY_KEY_REQUIRED = "idempotency_key_required", 400, "An idempotency key is missing",
        "This call moves money: send the header Idempotency-Key with 1 to 255 visible ASCII \
         characters of your choice, and the same one when you repeat the call.";
    INVALID_IDEMPOTENCY_KEY = "invalid_idempotency_key", 400, "The idempotency key is not valid",
        "Send the header Idempotency-Key once, with 1 to 255 visible ASCII characters.";
    UNKNOWN_VERSION = "unknown_version", 400, "Unknown version",
        "Send a Makegood-Version that exists, such as 2026-11-20, or leave the header out to get \
         the version your key was made under.";
    UNAUTHORIZED = "unauthorized", 401, "No valid API key",
        "Send the header Authorization: Bearer with a key of this server.";
    INSUFFICIENT_SCOPE = "insufficient_scope", 403, "The key may not do this",
        "Use a key with the scope that this call needs.";
    NOT_FOUND = "not_found", 404, "There is nothing here",
        "Check the path against /docs.";
    CARD_NOT_FOUND = "gift_card_not_found", 404, "No such gift card",
        "Check the id and that the key belongs to the book of the card.";
    HOLD_NOT_FOUND = "hold_not_found", 404, "No such hold",
        "Check the id and that the key belongs to the book of the hold.";
    PROGRAM_NOT_FOUND = "program_not_found", 404, "No such program",
        "Check the id and that the key belongs to the book of the program.";
    RAIL_NOT_FOUND = "rail_not_found", 404, "No such rail",
        "Name a rail that was set up, or over which something was moved.";
    SETTLEMENT_NOT_FOUND = "settlement_not_found", 404, "No such settlement",
        "Check the id, the rail, and that the key belongs to the book of the settlement.";
    SELLER_NOT_FOUND = "seller_not_found", 404, "No such seller",
        "Check the id and that the key belongs to the book of the seller.";
    CREATOR_NOT_FOUND = "creator_not_found", 404, "No such creator",
        "Check the id and that the key belongs to the book of the creator.";
    PRODUCT_NOT_FOUND = "product_not_found", 404, "No such product",
        "Check the id and that the key belongs to the book of the product.";
    CHECKOUT_NOT_FOUND = "checkout_not_found", 404, "No such checkout",
        "Check the id and that the key belongs to the book of the checkout.";
    ORDER_NOT_FOUND = "order_not_found", 404, "No such order",
        "Check the id and that the key belongs to the book of the order.";
    REFUND_NOT_FOUND = "refund_not_found", 404, "No such refund",
        "Check the id and that the key belongs to the book of the refund.";
    PAYOUT_NOT_FOUND = "payout_not_found", 404, "No such payout",
        "Check the id and that the key belongs to the book of the payout.";
    PAYMENT_METHOD_NOT_FOUND = "payment_method_not_found", 404, "No such payment method",
        "Check the id and that the key belongs to the book of the payment method.";
    PAYMENT_NOT_FOUND = "payment_not_found", 404, "No such payment",
        "Check the id and that the key belongs to the book of the payment.";
    RAIL_REFUND_NOT_FOUND = "rail_refund_not_found", 404, "No such refund over a rail",
        "Check the id and that the key belongs to the book of the refund over a rail.";
    DISPUTE_NOT_FOUND = "dispute_not_found", 404, "No such dispute",
        "Check the id and that the key belongs to the book of the dispute.";
    TENDER_NOT_FOUND = "tender_not_found", 404, "No such tender",
        "Read the checkout: tenders of an attempt that has failed are gone.";
    WEBHOOK_ENDPOINT_NOT_FOUND = "webhook_endpoint_not_found", 404, "No such webhook endpoint",
        "Check the id and that the key belongs to the book of the endpoint.";
    EVENT_NOT_FOUND = "event_not_found", 404, "No such event",
        "Check the id and that the key belongs to the book of the event. Events that were archived \
         cannot be sent again.";
    ACCOUNT_NOT_FOUND = "ledger_account_not_found", 404, "No such ledger account",
        "Check the id and that the key belongs to the book of the account.";
    PROMOTION_NOT_FOUND = "promotion_not_found", 404, "No such promotion",
        "Check the id and that the key belongs to the book of the promotion.";
    SUGGESTION_NOT_FOUND = "suggestion_not_found", 404, "No such suggestion",
        "Read the report of the promotion again, and take the `n` of one of its suggestions.";
    POST_NOT_FOUND = "post_not_found", 404, "No such post",
        "Send the platform's own name for the post, percent-encoded; it is known from its first \
         promotion on.";
    INCIDENT_NOT_FOUND = "incident_not_found", 404, "No such incident",
        "Check the id and that the key belongs to the book of the incident.";
    SLICE_NOT_FOUND = "slice_not_found", 404, "No such slice",
        "Check the number: slices are leased by processes that serve a promotion.";
    METHOD_NOT_ALLOWED = "method_not_allowed", 405, "This path has no such method",
        "Use one of the methods named by the header Allow.";
    CURSOR_FROM_ANOTHER_INCARNATION = "cursor_from_another_incarnation", 410,
        "The cursor is from before a restore",
        "The book was restored from a backup after this cursor was made. Begin without a cursor, \
         and compare what you kept: it may contain what never happened here any more.";
    EVENTS_ARCHIVED = "events_archived", 410, "These events were archived",
        "The cursor is older than the journal that is kept here. Begin without a cursor to get the \
         events there are; those before are in the segments of `makegood archive`.";
    REQUEST_TIMEOUT = "request_timeout", 408, "The body did not arrive in time",
        "Send the request again; nothing was done.";
    TOO_LARGE = "body_too_large", 413, "The body is too large",
        "Send at most 1 MiB, or 4 MiB to /v1/batch.";
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type", 415, "The body is not declared as JSON",
        "Send the header Content-Type: application/json.";
    CODE_TYPO = "code_typo", 422, "The code has a typing error",
        "Ask for the code to be typed again: the check letter does not fit, so a letter is wrong \
         or two are swapped.";
    NOT_USABLE = "gift_card_not_usable", 422, "The gift card cannot be used",
        "Ask for another card or another way to pay; `reason` says why this one cannot be used. \
         Where several were to pay, `tender` and `gift_card` say which one: remove that tender.";
    LOOKUP_NOT_USABLE = "gift_card_not_usable", 404, "The gift card cannot be used",
        "Ask for the code to be checked, for another card or for another way to pay.";
    INSUFFICIENT_BALANCE = "insufficient_balance", 422, "Not enough on the card",
        "Ask for at most what `available` says and let the rest be paid another way, or send \
         `partial` to take what there is.";
    CURRENCY_MISMATCH = "currency_mismatch", 422, "Two currencies",
        "Use the currency of the card, checkout, order or promotion; amounts are never converted.";
    REGION_NOT_ALLOWED = "region_not_allowed", 422, "The card is not valid in this region",
        "Send the buyer's `region`, or ask for a card that is valid there.";
    LINE_NOT_IN_SCOPE = "line_not_in_scope", 422, "A line is outside the scope of the card",
        "Send `lines` and only those that the card's scope allows; pay the others another way.";
    LIMIT_EXCEEDED = "limit_exceeded", 422, "A limit would be exceeded",
        "Ask for less, at most `limit` where it is told: an amount, a duration or a number of \
         things is above what is allowed.";
    TOO_SOON = "too_soon", 422, "Too soon after the last time",
        "Nothing was sent. Wait as long as Retry-After says, and send the same request again: a \
         gift is mailed once a minute at most.";
    ALREADY_CLAIMED = "already_claimed", 422, "The card has been claimed",
        "It belongs to its owner now; give somebody else a card of their own.";
    NOT_THE_OWNER = "not_the_owner", 422, "The card is not this person's",
        "Before the claim the sender may ask for it, afterwards the owner; leave `person` out \
         to act as the shop.";
    HOLD_OF_CHECKOUT = "hold_of_checkout", 422, "The hold belongs to a checkout",
        "Pay, cancel or refund through the checkout that the hold names: only it moves its holds.";
    HOLD_NOT_OPEN = "hold_not_open", 422, "The hold is not open",
        "Read the hold to see whether it was captured, released or has expired; place a new one \
         if it is still needed.";
    AMOUNT_EXCEEDS_HOLD = "amount_exceeds_hold", 422, "More than is held",
        "Ask for at most what `held` says, or enlarge the hold first.";
    AMOUNT_EXCEEDS_CAPTURED = "amount_exceeds_captured", 422, "More than can be refunded",
        "Refund at most what `refundable` says.";
    CAPTURE_DECLINED = "capture_declined", 422, "The capture was declined",
        "This test card declines captures on purpose; release its hold.";
    HOLD_CAPTURED = "hold_captured", 422, "The hold was captured",
        "Reverse the capture first, by its own idempotency key.";
    HOLDS_OPEN = "holds_open", 422, "The card has open holds",
        "Capture or release the holds of the card, then send the same request again.";
    NOTHING_TO_CHANGE = "nothing_to_change", 422, "It is in that state already",
        "Read the object: what you asked for is done already.";
    DATE_NOT_LATER = "date_not_later", 422, "The date is not later",
        "Send an `expires_at` in the future; an extension must be later than the present date.";
    NOT_DUE = "not_due", 422, "Not due yet",
        "Wait until the date is reached.";
    ID_TAKEN = "id_taken", 422, "The id is taken",
        "Send the request again with a new idempotency key.";
    CODE_TAKEN = "code_taken", 422, "The code is taken",
        "Send the request again with a new idempotency key.";
    CODE_NOT_REVEALABLE = "code_not_revealable", 422, "This code cannot be shown",
        "The code was made by another system and is not kept here; replace it to get a new one.";
    FUNDING_NOT_AVAILABLE = "funding_not_available", 422, "This funding is not available",
        "Use promotional, invoice or external, or have the card bought: \
         POST /v1/gift-card-purchases.";
    NOT_AVAILABLE_YET = "not_available_yet", 422, "This field is not available yet",
        "Leave the field named by `param` out.";
    OPERATION_REVERSED = "operation_reversed", 422, "The operation was reversed",
        "It was undone by its key and stays so; use a new idempotency key for a new attempt.";
    OPERATION_IRREVERSIBLE = "operation_irreversible", 422, "The operation cannot be reversed",
        "Only holds, captures, redemptions and refunds can be reversed by their key.";
    BATCH_ABORTED = "batch_aborted", 422, "Another operation of the batch failed",
        "Correct or drop the failed operation and send the batch again; nothing was done.";
    TOO_MANY_WEBHOOK_ENDPOINTS = "too_many_webhook_endpoints", 422, "Too many webhook endpoints",
        "A book has at most 16: remove one first, or give an endpoint more types.";
    LINE_NOT_FOUND = "line_not_found", 422, "No such line",
        "Read the order and name its lines: `l1`, `l2`, or `shipping`.";
    CHECKOUT_PAID = "checkout_paid", 422, "The checkout was paid",
        "Read its order; a further purchase needs a new checkout.";
    CHECKOUT_PAYING = "checkout_paying", 422, "The checkout is being paid",
        "Wait until it is paid or has failed; it is never paid twice.";
    CHECKOUT_EXPIRED = "checkout_expired", 422, "The checkout has expired",
        "Create a new checkout; nothing was taken from anybody.";
    CHECKOUT_NOT_PAYING = "checkout_not_paying", 422, "The checkout is not being paid",
        "Read the checkout to see where it stands.";
    PAYOUT_CLOSED = "payout_closed", 422, "The payout is closed",
        "It was noted as paid or failed before; what failed is paid by the next run.";
    PRODUCT_MISMATCH = "product_mismatch", 422, "The line differs from its product",
        "Send the seller and kind of the product, or leave `product` out.";
    DISCOUNT_EXCEEDS_PRICE = "discount_exceeds_price", 422, "The discount is larger than the price",
        "Take off at most what all units of the line cost.";
    GIFT_CARD_PRICE = "gift_card_price", 422, "Gift cards have neither discount nor tax",
        "Sell a gift card at its value; it is taxed when it is spent.";
    GIFT_CARDS_NOT_PREPARED = "gift_cards_not_prepared", 422, "Not the gift cards of the lines",
        "Prepare as many gift cards for each line of kind `gift_card` as it has units.";
    PROMOTION_LINE = "promotion_line", 422, "Not the line of a promotion",
        "A promotion is the only line of its checkout, of one unit, without product, seller, \
         creator, discount and shipping, and is taxed only where it costs something.";
    PROMOTION_SETTLES = "promotion_settles", 422, "The promotion gives back what is not spent",
        "What was not spent goes back by itself when the promotion is settled; stop it to have \
         that sooner.";
    PROMOTION_BLOCKED = "promotion_blocked", 422, "The promotion cannot start like this",
        "Do what `check.fix` says, then send the request again with a new idempotency key; \
         GET /v1/promotions/{id} tells all findings in `checks`.";
    PROMOTION_NOT_DRAFT = "promotion_not_draft", 422, "The promotion is no draft any more",
        "Read the promotion to see where it stands; to pay for another one, compose it.";
    PROMOTION_BEING_PAID = "promotion_being_paid", 422, "The promotion is being paid",
        "Wait until it was paid or paying has failed: read the promotion, or its checkout.";
    PROMOTION_NOT_BEING_PAID = "promotion_not_being_paid", 422, "The promotion is not being paid",
        "Pay with POST /v1/promotions/{id}/submit, which makes a checkout of its own.";
    PROMOTION_NOT_IN_REVIEW = "promotion_not_in_review", 422, "The promotion is not in review",
        "Read the promotion: it is reviewed once it is paid, and again when its post changes.";
    PROMOTION_NOT_RUNNING = "promotion_not_running", 422,
        "The promotion is neither scheduled nor running",
        "Read the promotion: only one that was paid and approved is held up or goes on.";
    PROMOTION_NOT_PAUSED = "promotion_not_paused", 422, "Nothing of this holds the promotion up",
        "Read `paused_by` of the promotion: nothing that this role may take away holds it up.";
    PROMOTION_PAUSED_BY_PLATFORM = "promotion_paused_by_platform", 422,
        "The platform holds the promotion up",
        "Ask the support why; staff resume it with `as` set to `staff`.";
    PROMOTION_NOT_REJECTED = "promotion_not_rejected", 422, "The promotion is not rejected",
        "Read the promotion: an appeal is against a rejection, before the money has gone back.";
    ALREADY_APPEALED = "already_appealed", 422, "An appeal was made before",
        "The second decision is final; of a promotion, change the post and compose another one.";
    PROMOTION_ENDED = "promotion_ended", 422, "The promotion is over",
        "What was not spent goes back by itself; compose another promotion to go on.";
    PROMOTION_NOT_ENDED = "promotion_not_ended", 422, "The promotion is not over",
        "Wait for its end, or stop it first.";
    SLICES_OPEN = "slices_open", 422, "Processes still hold money of the promotion",
        "Wait: they give it back, or it lapses, within hours; then it is settled by itself.";
    SLICE_CLOSED = "slice_closed", 422, "The slice is closed",
        "Lease another one: what was billed on this one stays.";
    POST_DELETED = "post_deleted", 422, "The post was deleted",
        "Promote another post: one that was deleted does not come back.";
    POST_PRIVATE = "post_private", 422, "The post is private",
        "Make the post public and tell so with PATCH /v1/posts/{id}: the promotion goes on then.";
    POST_CHANGED = "post_changed", 422, "The content of the post has changed",
        "Read the post, look at its present content, and decide with that `content_version`. \
         A post that is promoted moves to another address, or creator, with another one only.";
    SAME_REVIEWER = "same_reviewer", 422, "The appeal needs another reviewer",
        "Let somebody else decide (`by`) than whoever had a part in the first decision.";
    PAYMENT_DISPUTED = "payment_disputed", 422, "The payment of the promotion is disputed",
        "Wait until the bank has decided: read the dispute.";
    TERMS_CHANGED = "terms_changed", 422, "The terms have changed since",
        "Read the promotion or its report again, and decide by what it says now.";
    TERMS_FIXED = "terms_fixed", 422, "What was sold does not change",
        "Stop the promotion and compose another: once it is paid, goal, budget and promise stay, \
         and of a guarantee all but the target and a later end.";
    DAILY_BUDGET_SPENT = "daily_budget_spent", 422, "The daily budget is leased or spent",
        "Wait for the next day of UTC, or raise the daily budget.";
    NOTHING_LEFT = "nothing_left", 422, "The money of the promotion is leased or spent",
        "Serve another promotion; ask again later, for slices may give some back.";
    NOTHING_TO_SETTLE = "nothing_to_settle", 422, "There is nothing to settle",
        "Read the settlements of the promotion: everything that was not spent has gone back.";
    IN_FUTURE = "in_future", 422, "It lies in the future",
        "Tell of what has happened by the clock of the book; up to a minute ahead is taken, for \
         clocks of two machines differ.";
    ENDS_BEFORE_START = "ends_before_start", 422, "It ends before it starts",
        "Send an `ended_at` that is not before `started_at`; of both the other one stays as it is.";
    SIGNAL_TOO_OLD = "signal_too_old", 422, "Newer signals are kept in its place",
        "Nothing is left to do: of each person the newest hundred signals are kept.";
    ALREADY_BILLED = "already_billed", 422, "These deliveries were billed before",
        "Nothing is wrong: go on where the stream stands.";
    BILLING_GAP = "billing_gap", 422, "The deliveries do not follow those billed before",
        "Bill from where the stream stands, without a gap and without an overlap.";
    BILLS_MISSING = "bills_missing", 422, "Deliveries of the slice were not billed yet",
        "Bill them, then close the slice.";
    AMOUNT_MISMATCH = "amount_mismatch", 422, "What is paid is not what the promotion costs",
        "Pay with POST /v1/promotions/{id}/submit, which makes a checkout of the right amount.";
    CLAIM_NOT_FOUND = "claim_not_found", 404, "No such claim",
        "Check the id and that the key belongs to the book of the claim.";
    CLAIM_STATEMENT_NOT_FOUND = "claim_statement_not_found", 404, "Nothing is decided yet",
        "Read the claim: `next` tells what it waits for.";
    RESTITUTION_NOT_FOUND = "restitution_not_found", 404, "No such restitution",
        "Check the id and that the key belongs to the book of the restitution.";
    RULE_TABLE_NOT_FOUND = "rule_table_not_found", 422, "No such table decides the claim",
        "Send the SHA-256 of a table for the ground of the claim, or the text of one.";
    RULE_TABLE_BROKEN = "rule_table_broken", 422, "The table cannot decide",
        "Mend what `detail` names, line by line.";
    CLAIM_SUBJECT_NOT_FOUND = "claim_subject_not_found", 404, "What is claimed for does not exist",
        "Name a promotion or a charge of this book; without its id, tell what the bank \
         statement shows.";
    CLAIM_NOT_THEIRS = "claim_not_theirs", 422, "It belongs to somebody else",
        "Claim for a promotion of their own, or tell what the bank statement shows.";
    NOTHING_PAID = "nothing_paid", 422, "Nothing was paid for it",
        "Nothing can go back: read the promotion to see how its payment stands.";
    CLAIM_ALREADY_MATCHED = "claim_already_matched", 422, "It is known what the claim is about",
        "Go on with its facts.";
    CLAIM_NOT_MATCHED = "claim_not_matched", 422, "Nobody has found the charge yet",
        "Find the charge, or deny the claim and say why.";
    CLAIM_NOT_GATHERING = "claim_not_gathering", 422, "Its facts are not gathered now",
        "Read the claim: `next` tells what it waits for.";
    FACTS_MISSING = "facts_missing", 422, "The claim has no facts yet",
        "Its facts are gathered first; once they are late a person decides without them.";
    FACTS_OUTDATED = "facts_outdated", 422, "Something was paid since its facts were gathered",
        "Send a proposal back; decide anew, by facts that were gathered again where there are any.";
    NOTHING_TO_WAIT_FOR = "nothing_to_wait_for", 422, "What it would wait for is over",
        "Gather its facts again: they tell of a dispute that has ended.";
    CLAIM_NOT_IN_REVIEW = "claim_not_in_review", 422, "The claim is not in review",
        "Read the claim: a person decides where the rules leave it to one, on appeals, and where \
         its facts are late.";
    PROPOSAL_WAITS = "proposal_waits", 422, "A proposal waits for a second person",
        "Approve it or send it back, by somebody else than whoever has proposed it.";
    NO_PROPOSAL = "no_proposal", 422, "No proposal waits",
        "Read the claim: `proposal` is what a second person agrees to.";
    CLAIM_DECIDED = "claim_decided", 422, "The claim is decided",
        "Appeal to have it decided again, with what is to be added.";
    CLAIM_NOT_APPROVED = "claim_not_approved", 422, "Nothing is to be paid on the claim",
        "Read the claim: money sets out once it is approved, and once only.";
    CLAIM_NOT_PAYING = "claim_not_paying", 422, "No money of the claim is on its way",
        "Read the claim to see what it waits for.";
    CLAIM_BEING_PAID = "claim_being_paid", 422, "Its money is on its way",
        "Wait until it has left: the refund has to succeed, and the promotion to be settled.";
    CLAIM_ENDED = "claim_ended", 422, "The claim is over",
        "Read the claim; make another one, if there is something new.";
    CLAIM_NOT_APPEALABLE = "claim_not_appealable", 422, "The decision cannot be appealed against",
        "Only what was denied, or approved in part and paid, is decided again.";
    APPEAL_TOO_LATE = "appeal_too_late", 422, "The time to appeal is over",
        "Write to the support: `appeal_until` of the decision has passed.";
    NOTHING_DUE = "nothing_due", 422, "No step of the claim has a clock that runs",
        "Nothing is left to do: read the claim to see where it stands.";
    PROMOTION_NOT_OVER = "promotion_not_over", 422, "The promotion is still under way",
        "Claim once it has ended: only then is it known what was delivered.";
    PERIOD_OUTSIDE = "period_outside", 422, "The days lie outside of what can be claimed",
        "Send days between the payment and the end of the promotion, and not after today, the \
         first one first.";
    GROUND_NEEDS_PROMOTION = "ground_needs_promotion", 422,
        "A claim on this ground needs the promotion",
        "Name the promotion by its id.";
    ACCOUNT_NEEDED = "account_needed", 422, "Without an account, a charge is named otherwise",
        "Sign in, or tell what the bank statement shows: descriptor, last four digits and \
         amount.";
    DESCRIPTION_MISSING = "description_missing", 422, "Nothing says what happened",
        "Say what happened, in your own words.";
    DESCRIPTION_TOO_LONG = "description_too_long", 422, "The description is too long",
        "Describe it in at most 4,000 bytes, and attach what needs more room.";
    ATTACHMENT_EMPTY = "attachment_empty", 422, "The file is empty",
        "Attach the file again: it has arrived without content.";
    ATTACHMENT_TOO_LARGE = "attachment_too_large", 422, "The file is too large",
        "Attach files of at most 10 MiB each.";
    TOO_MANY_ATTACHMENTS = "too_many_attachments", 422, "Too many files",
        "Attach at most ten files, those of an appeal included.";
    TOO_MANY_CLAIMS_OPEN = "too_many_claims_open", 422, "Too many claims are open",
        "Wait for an answer to one of them, or withdraw one.";
    TOO_MANY_CLAIMS = "too_many_claims", 422, "Too many claims for one promotion",
        "Appeal against the decision of one of them instead.";
    CLAIM_ALREADY_OPEN = "claim_already_open", 422, "A claim on this ground is open",
        "Add to that one: read it under GET /v1/claims, by its promotion.";
    ALREADY_REPAID = "already_repaid", 422, "It was repaid before",
        "Nothing is left to do: read the restitutions of the promotion.";
    OWN_CLAIM = "own_claim", 422, "Nobody decides on a claim of their own",
        "Let somebody else decide than whoever has made the claim, or has bought what it is \
         about.";
    SECOND_PERSON_NEEDED = "second_person_needed", 422, "A second person has to approve it",
        "Let somebody else approve than whoever has proposed the sum.";
    OUTCOME_NOT_ALLOWED = "outcome_not_allowed", 422, "A person approves or denies",
        "Send `approve`, `partly_approve` or `deny`.";
    CODES_MISSING = "codes_missing", 422, "A decision gives its reasons",
        "Give one to four reasons, the main one first.";
    AWARD_MISMATCH = "award_mismatch", 422, "Outcome and amount contradict each other",
        "Send an amount with an approval, and none with a denial.";
    AMOUNT_EXCEEDS_LEFT = "amount_exceeds_left", 422, "More than is left of what was paid",
        "Grant at most what `refundable` says: the rest was paid back before, or was not spent.";
    ELSEWHERE_EXCEEDS_UNSPENT = "elsewhere_exceeds_unspent", 422,
        "More than comes back by settlement",
        "Tell at most `unspent` as `elsewhere`: that much was not spent and has not gone back.";
    TOO_MANY_DECISIONS = "too_many_decisions", 422, "It was decided too often",
        "Deny it; whoever has made it can claim once more.";
    BELOW_FIRST_DECISION = "below_first_decision", 422, "An appeal does not end with less",
        "Grant more than was decided before, or deny the appeal to leave it at that.";
    ACCOUNT_FROZEN = "account_frozen", 422, "The account is frozen",
        "Somebody else may have used it: let its owner sign in again with a second factor, then \
         lift the freeze with POST /v1/account-freezes/{person}/lift, and try again.";
    ACCOUNT_FREEZE_NOT_FOUND = "account_freeze_not_found", 404, "The account was never frozen",
        "Check the id of the person, and that the key belongs to the book.";
    SUSPECT_NOT_FOUND = "suspect_not_found", 404, "No such suspect",
        "Check the id and that the key belongs to the book of the suspect.";
    RESTITUTION_NOT_STUCK = "restitution_not_stuck", 422, "The restitution waits for nobody",
        "Nothing is to be done: it goes on by itself, or has.";
    PAID_BY_BANK = "paid_by_bank", 422, "The payer's bank has given something back",
        "Send it again with POST …/send-again: its order counts what the bank has paid.";
    NOTHING_TO_REPAY = "nothing_to_repay", 422, "There is nothing to repay",
        "Nothing is left to do: it was paid back before, or nothing of it was spent.";
    NOTHING_TO_SHIP = "nothing_to_ship", 422, "There are no goods to ship",
        "Leave `shipping` out, or send a line of kind `goods`.";
    RATES_EXCEED_WHOLE = "rates_exceed_whole", 422, "The rates take more than the line brings",
        "Lower the seller's commission or the creator's share.";
    CARD_ALREADY_USED = "card_already_used", 422, "The card is used in this checkout",
        "It pays as much as it can already; add another way to pay.";
    NOTHING_LEFT_TO_PAY = "nothing_left_to_pay", 422, "Nothing is left to pay",
        "Pay now: the tenders cover everything.";
    TENDER_PAYS_NOTHING = "tender_pays_nothing", 422, "The tender would pay nothing",
        "The card is empty, or may pay for no line that is left; add another way to pay.";
    NOT_COVERED = "not_covered", 422, "The tenders do not cover the total",
        "Add a way to pay for what `remaining` says.";
    QUANTITY_EXCEEDS_LINE = "quantity_exceeds_line", 422, "More units than the line has left",
        "Read the order to see how many units were not refunded.";
    AMOUNT_EXCEEDS_REFUNDABLE = "amount_exceeds_refundable", 422, "More than may be refunded",
        "Refund at most what `refundable` says; a dispute may hold the rest.";
    PURCHASE_NOT_FOUND = "purchase_not_found", 404, "No such purchase of gift cards",
        "Name a purchase, or an order that has sold gift cards.";
    PURCHASE_NOT_PAID = "purchase_not_paid", 422, "The purchase is not paid",
        "There is nothing to undo: no card was issued, and no money is taken for good.";
    SENDER_NOT_FOUND = "sender_not_found", 404, "No such sender of gifts",
        "Check the id and that the key belongs to the book of the sender. A card that the shop \
         itself gave has no sender.";
    SENDER_BLOCKED = "sender_blocked", 422, "The shop has blocked this sender",
        "Nothing was paid or sent. The sender may buy cards that are not sent (delivery `print` or \
         `none`); staff lift the block with POST /v1/gift-senders/{id}/unblock.";
    GIFT_NOT_ACCEPTED = "gift_not_accepted", 422, "The gift cannot be mailed to this recipient",
        "Nothing was paid or sent. Choose another way of delivery (`link`, `print`), or another \
         recipient. This one takes no gifts of the sender by mail; you need not tell the sender.";
    GIFT_NOT_MAILED = "gift_not_mailed", 422, "The gift was not mailed to its recipient",
        "Only a claim link that was mailed speaks for the recipient of a gift: any other may be in \
         the hands of whoever gave it. It may report the gift without `block`; staff block a \
         sender with POST /v1/gift-senders/{id}/block.";
    SENDING_LIMIT_REACHED = "sending_limit_reached", 422,
        "The sender has reached the day's limit of gifts by mail",
        "Nothing was paid or sent. Send the gift on another day (`deliver_at`; days begin at \
         midnight UTC), or deliver it by `link` or `print`. The settings \
         gift_recipients_per_day_max and gifts_per_recipient_day_max set the limits.";
    UNDO_TOO_LATE = "undo_too_late", 422, "It is too late to undo the purchase",
        "Refund the order instead; cards give back what is unspent.";
    BOUGHT_CARDS_SPENT = "bought_cards_spent", 422, "The bought cards were spent",
        "Refund at most what `unspent` says.";
    NOTHING_TO_REFUND = "nothing_to_refund", 422, "There is nothing to refund",
        "Read the order: everything has gone back, or nothing was asked for.";
    NOTHING_OWED = "nothing_owed", 422, "Nothing is owed",
        "The payee was paid out, or owes from earlier refunds.";
    OUTCOME_PENDING = "outcome_pending", 422, "The rail has not answered yet",
        "Send the request again later: what the rail was asked last is not known.";
    RAIL_CONTRADICTION = "rail_contradiction", 422, "The rail contradicts itself",
        "Compare with the rail by hand; nothing was changed.";
    PAYMENT_NOT_AUTHORIZED = "payment_not_authorized", 422, "The payment is not authorized",
        "Read the payment to see where it stands.";
    PAYMENT_NOT_CAPTURED = "payment_not_captured", 422, "The payment is not captured",
        "Read the payment: there is nothing to give back.";
    PAYMENT_CAPTURED = "payment_captured", 422, "The payment is captured",
        "Refund the payment instead.";
    RAIL_REFUND_NOT_OPEN = "rail_refund_not_open", 422, "The refund is closed",
        "Read the refund: it has succeeded, failed, or waits for consent.";
    RAIL_REFUND_NOT_FAILED = "rail_refund_not_failed", 422, "The refund has not failed",
        "Read the refund: only one that has failed is replaced by another.";
    CONSENT_NOT_NEEDED = "consent_not_needed", 422, "The refund does not wait for consent",
        "Read the refund to see where it stands.";
    PAYMENT_METHOD_EXPIRED = "payment_method_expired", 422, "The payment method has expired",
        "Name another payment method.";
    HELD_BY_STORE = "held_by_store", 422, "An app store holds the payment method",
        "Name a payment method that no app store holds.";
    PAYMENT_METHOD_CANNOT_RECEIVE = "payment_method_cannot_receive", 422,
        "The rail cannot send money to this payment method",
        "Ask the payer whether store credit will do: POST /v1/rail-refunds/{id}/store-credit. Or \
         pay by hand, and note it: POST /v1/rail-refunds/{id}/paid-by-hand.";
    CHECKOUT_WITHOUT_BUYER = "checkout_without_buyer", 422, "The checkout has no buyer",
        "Create the checkout with its `buyer`: a wallet is the cards that this person owns.";
    RAIL_NOT_AVAILABLE = "rail_not_available", 422, "The rail is not available",
        "Name a rail that was set up where the server runs; test books have `sandbox`.";
    PAYMENT_METHOD_REFUSED = "payment_method_refused", 422, "The rail refuses the payment method",
        "Collect another one from the payer; `reason` tells what the rail says.";
    RAIL_SILENT = "rail_silent", 503, "The rail does not answer",
        "Nothing was done. Send the request again later, with the same idempotency key.";
    DISPUTE_NOT_OPEN = "dispute_not_open", 422, "The dispute is not open at this stage",
        "Note first that the dispute went on to this stage.";
    NOT_A_TEST_BOOK = "not_a_test_book", 422, "Only test books have a movable clock",
        "Use a key of a test book.";
    CLOCK_BACKWARDS = "clock_backwards", 422, "A clock moves forward only",
        "Send a time later than the book's present time.";
    BOOK_EXISTS = "book_exists", 422, "The book exists",
        "Choose another name for the new book.";
    JOURNAL_KEPT = "journal_kept", 422, "The journal is kept for ever",
        "Set journal_retention_days where the server runs, and start it again.";
    ARCHIVE_OF_ANOTHER_HISTORY = "archive_of_another_history", 422,
        "The archive is not of this journal",
        "Send `archived_to` and `hash` of an archive of this book: it must end where one of its \
         blocks does.";
    IDEMPOTENCY_MISMATCH = "idempotency_mismatch", 422, "The idempotency key was used before",
        "This key was sent with another path or body. Repeat a call unchanged, or use a new key.";
    SESSION_ENDED = "session_ended", 401, "You are signed out",
        "Sign in again, and repeat what you did.";
    FOREIGN_REQUEST = "foreign_request", 403, "The request does not come from our page",
        "Reload the page and try again.";
    SECOND_FACTOR_MISSING = "second_factor_missing", 403, "One more proof is needed",
        "Show a second factor to go on.";
    NOT_PERMITTED = "not_permitted", 403, "Your account may not do this",
        "Ask an administrator for the role that this needs.";
    STRONGER_SIGN_IN_NEEDED = "stronger_sign_in_needed", 403, "Show once more who you are",
        "Sign in with a passkey, or with a second factor where you have no passkey.";
    ACCOUNT_CLOSED = "account_closed", 403, "This account is closed",
        "Turn to support, who can say why.";
    WAY_CLOSED = "way_closed", 403, "This way to sign in is closed",
        "There were too many wrong tries: use another way, or turn to support.";
    PASSKEY_CLONED = "passkey_cloned", 403, "This passkey may have been copied",
        "Sign in another way and remove it.";
    ENROLMENT_CLOSED = "enrolment_closed", 403, "The account is not open for a passkey",
        "Ask an administrator to open it.";
    PASSKEY_NOT_CONFIRMED = "passkey_not_confirmed", 403, "This passkey does not count for staff",
        "It is older than your role: add a new one in the days after you got the role, or have an \
         administrator confirm this one.";
    MAIL_CODE_NEEDED = "mail_code_needed", 403, "Your mailbox has to be shown for this",
        "Sign out, sign in by mail, and then with the passkey that you have.";
    SAME_PERSON = "same_person", 403, "Somebody else has to approve this",
        "Ask somebody with the same permission.";
    HAND_OVER_REFUSED = "hand_over_refused", 403, "The way from the shop does not work any more",
        "Go back to the shop and try again, or sign in here.";
    SIGN_IN_GONE = "sign_in_gone", 409, "This sign-in is over",
        "Begin again; the former code is worth nothing.";
    TOO_MANY_PASSKEYS = "too_many_passkeys", 409, "There are as many passkeys as there may be",
        "Remove one before adding another.";
    PASSKEY_KNOWN = "passkey_known", 409, "This passkey is registered already",
        "Sign in with it, or register another one.";
    APPROVAL_NOT_OPEN = "approval_not_open", 409, "It is not waiting for approval any more",
        "Ask for the approval again.";
    ACT_CHANGED = "act_changed", 409, "What was approved has changed",
        "Ask again, for what it is now.";
    ACT_EXPIRED = "act_expired", 409, "It was not confirmed in time",
        "Begin again, and confirm it in time.";
    ACT_USED = "act_used", 409, "The confirmation was used before",
        "Confirm it again: a signature is good for one call.";
    RECOVERY_NOT_RIPE = "recovery_not_ripe", 409, "The waiting time is not over",
        "Come back when it is.";
    RECOVERY_GONE = "recovery_gone", 409, "There is no recovery under way",
        "Begin again with your address.";
    LAST_WAY_IN = "last_way_in", 409, "It is the last way in", "Add another passkey first.";
    OWN_REQUEST = "own_request", 409, "It is your own request",
        "Somebody else of staff has to take care of it.";
    NOT_ANSWERED = "not_answered", 409, "The request has no answer yet",
        "Answer it, then solve it.";
    ALREADY_SOLVED = "already_solved", 409, "The request is solved already",
        "Nothing is left to do; a reply opens it again.";
    NOT_SOLVED = "not_solved", 409, "The request is not solved yet",
        "Say how it went when it is.";
    ALREADY_ASSIGNED = "already_assigned", 409, "It is so already",
        "Read the request again: somebody else may have been quicker.";
    TOO_MANY_REQUESTS = "too_many_requests", 409, "Too many requests wait",
        "Add to one of them, or say that one is solved.";
    CONVERSATION_FULL = "conversation_full", 409, "The request is very long",
        "Begin another one and name this one in it.";
    TOO_MANY_MESSAGES = "too_many_messages", 429, "You have written very much today",
        "Write again tomorrow.";
    WRONG_CODE = "wrong_code", 422, "This code does not work",
        "Check what you typed, or ask for a new one.";
    PASSKEY_REFUSED = "passkey_refused", 422, "This passkey could not be checked",
        "Try again, or use another way to sign in.";
    TOO_MANY_TRIES = "too_many_tries", 429, "There were too many tries",
        "Wait as long as Retry-After says.";
    GUESS_BUDGET_EXHAUSTED = "guess_budget_exhausted", 429, "Too many codes were tried",
        "Wait as long as Retry-After says, and send `client` so that one guesser does not slow \
         down your other customers.";
    INTERNAL_ERROR = "internal_error", 500, "A rule of the server is wrong",
        "Nothing was done, and the same request brings the same answer until that is mended: the \
         server's log has the details for whoever runs it.";
    BUSY = "busy", 503, "Too much is waiting",
        "Nothing was done. Send the request again, with the same idempotency key.";
    UNAVAILABLE = "unavailable", 503, "The server cannot do this now",
        "Nothing was done. Send the request again later, with the same idempotency key.";
    OUTCOME_UNKNOWN = "outcome_unknown", 503, "The outcome is not known",
        "Send the request again with the same idempotency key: it has one effect at most.";
}

#[cfg(test)]
mod tests;
