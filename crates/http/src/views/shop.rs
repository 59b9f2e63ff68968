//! Objects of payments, of the shop, of promotions and of claims, and senders of gifts, whichever
//! it is.

use base::{Instant, TypedId};
use engine::{Answer, Row};
use serde::Serialize;

use crate::views::account_freeze::{AccountFreezeView, SuspectView};
use crate::views::checkout::CheckoutView;
use crate::views::claim::{ClaimView, RestitutionView};
use crate::views::creator::CreatorView;
use crate::views::deed::DeedView;
use crate::views::dispute::DisputeView;
use crate::views::gift_sender::{GiftContactView, GiftSenderView};
use crate::views::incident::IncidentView;
use crate::views::order::OrderView;
use crate::views::order_refund::OrderRefundView;
use crate::views::payment::PaymentView;
use crate::views::payment_method::PaymentMethodView;
use crate::views::payout::PayoutView;
use crate::views::post::PostView;
use crate::views::product::ProductView;
use crate::views::promotion::PromotionView;
use crate::views::rail_refund::RailRefundView;
use crate::views::seller::SellerView;

macro_rules! shop_objects {
    ($($row:ident => $view:ident,)+) => {
        /// An object of payments, of the shop or of promotions. `object` tells which it is.
        #[derive(Serialize, utoipa::ToSchema)]
        #[serde(untagged)]
        #[schema(as = ShopObject)]
        pub(crate) enum ShopView<'a> {
            Checkout(Box<CheckoutView<'a>>),
            Promotion(Box<PromotionView<'a>>),
            Deed(Box<DeedView<'a>>),
            Claim(Box<ClaimView<'a>>),
            Restitution(Box<RestitutionView>),
            AccountFreeze(Box<AccountFreezeView<'a>>),
            $($row(Box<$view<'a>>),)+
        }

        impl<'a> ShopView<'a> {
            /// What an answer shows; `None` for other answers.
            pub(crate) fn of_answer(answer: &'a Answer) -> Option<ShopView<'a>> {
                Some(match answer {
                    Answer::Checkout { checkout, waits_for, now } => {
                        let view = CheckoutView::new(checkout, waits_for.as_deref(), *now);
                        ShopView::Checkout(Box::new(view))
                    }
                    Answer::Promotion { promotion, now } => {
                        ShopView::Promotion(Box::new(PromotionView::new(promotion, *now)))
                    }
                    Answer::Claim { claim, now } => {
                        ShopView::Claim(Box::new(ClaimView::new(claim, *now)))
                    }
                    Answer::Restitution(row) => {
                        ShopView::Restitution(Box::new(RestitutionView::new(row)))
                    }
                    Answer::AccountFreeze(row) => {
                        ShopView::AccountFreeze(Box::new(AccountFreezeView::new(row)))
                    }
                    $(Answer::$row(row) => ShopView::$row(Box::new($view::new(row))),)+
                    _ => return None,
                })
            }

            /// A row as lists and events show it; `None` for other rows.
            pub(crate) fn of_row(row: &'a Row, now: Instant) -> Option<ShopView<'a>> {
                Some(match row {
                    Row::Checkout(row) => {
                        ShopView::Checkout(Box::new(CheckoutView::new(row, None, now)))
                    }
                    Row::Promotion(row) => {
                        ShopView::Promotion(Box::new(PromotionView::new(row, now)))
                    }
                    Row::Deed(row) => ShopView::Deed(Box::new(DeedView::new(row))),
                    Row::Claim(row) => ShopView::Claim(Box::new(ClaimView::new(row, now))),
                    Row::Restitution(row) => {
                        ShopView::Restitution(Box::new(RestitutionView::new(row)))
                    }
                    Row::AccountFreeze(row) => {
                        ShopView::AccountFreeze(Box::new(AccountFreezeView::new(row)))
                    }
                    $(Row::$row(row) => ShopView::$row(Box::new($view::new(row))),)+
                    _ => return None,
                })
            }
        }

        /// The id of a row of payments, of the shop or of promotions; `None` for other rows.
        pub(crate) fn id_of(row: &Row) -> Option<u128> {
            Some(match row {
                Row::Checkout(row) => TypedId::bits(row.id),
                Row::Promotion(row) => TypedId::bits(row.id),
                Row::Deed(row) => TypedId::bits(row.id),
                Row::Claim(row) => TypedId::bits(row.id),
                Row::Restitution(row) => TypedId::bits(row.id),
                Row::AccountFreeze(row) => TypedId::bits(row.person),
                $(Row::$row(row) => TypedId::bits(row.id),)+
                _ => return None,
            })
        }
    };
}

shop_objects! {
    Seller => SellerView,
    Creator => CreatorView,
    Product => ProductView,
    Method => PaymentMethodView,
    Order => OrderView,
    OrderRefund => OrderRefundView,
    Payment => PaymentView,
    RailRefund => RailRefundView,
    Dispute => DisputeView,
    Payout => PayoutView,
    Post => PostView,
    Incident => IncidentView,
    Suspect => SuspectView,
    Sender => GiftSenderView,
    Contact => GiftContactView,
}
