//! Refusals of the shop: their codes, and their numbers from 300 on.

use shop::Refusal;

super::stored_refusals! {
    Refusal {
        SellerNotFound = 300 => "seller_not_found",
        CreatorNotFound = 301 => "creator_not_found",
        ProductNotFound = 302 => "product_not_found",
        CheckoutNotFound = 303 => "checkout_not_found",
        OrderNotFound = 304 => "order_not_found",
        RefundNotFound = 305 => "refund_not_found",
        PayoutNotFound = 306 => "payout_not_found",
        TenderNotFound = 307 => "tender_not_found",
        LineNotFound = 308 => "line_not_found",
        IdTaken = 309 => "id_taken",
        CheckoutPaid = 310 => "checkout_paid",
        CheckoutPaying = 311 => "checkout_paying",
        CheckoutExpired = 312 => "checkout_expired",
        CheckoutNotPaying = 313 => "checkout_not_paying",
        PayoutClosed = 314 => "payout_closed",
        NotDue = 315 => "not_due",
        NothingToChange = 316 => "nothing_to_change",
        CurrencyMismatch = 317 => "currency_mismatch",
        ProductMismatch = 318 => "product_mismatch",
        DiscountExceedsPrice = 319 => "discount_exceeds_price",
        GiftCardPrice = 320 => "gift_card_price",
        NothingToShip = 322 => "nothing_to_ship",
        RatesExceedWhole = 323 => "rates_exceed_whole",
        LimitExceeded = 324 => "limit_exceeded",
        CardAlreadyUsed = 325 => "card_already_used",
        NothingLeftToPay = 326 => "nothing_left_to_pay",
        TenderPaysNothing = 327 => "tender_pays_nothing",
        QuantityExceedsLine = 329 => "quantity_exceeds_line",
        NothingToRefund = 332 => "nothing_to_refund",
        NothingOwed = 333 => "nothing_owed",
        // 321 was told while checkouts sold no gift cards.
        GiftCardsNotPrepared = 334 => "gift_cards_not_prepared",
        PromotionLine = 335 => "promotion_line",
        PromotionSettles = 336 => "promotion_settles",
    }
    telling an amount {
        NotCovered { remaining } = 328 => "not_covered",
        AmountExceedsRefundable { refundable } = 330 => "amount_exceeds_refundable",
        BoughtCardsSpent { unspent } = 331 => "bought_cards_spent",
    }
    telling words {
    }
}
