//! Pages for everybody who has no part in running the shop.

mod buys;
mod card;
mod checkout;
mod claims;
mod form_trouble;
mod freshness;
mod gifts;
mod hand_over;
mod help;
mod home;
mod lines;
mod me;
mod methods;
mod order;
mod promotions;
mod refused;
mod requests;
mod reveal;
mod shop;
mod sign_in;
mod step_up;
mod wallet;

/// What claims are made of, for those who decide them as well.
pub(crate) mod claim_names {
    pub(crate) use super::claims::desk::*;
}

pub use buys::{BuysView, NamesView, buys};
pub use card::{
    CardHoldView, CardPageView, CodeOfCardView, HappenedView, OrderNameView, SignedView, card_page,
    code_of_card_page,
};
pub use checkout::{CheckoutStage, CheckoutView, OfferedCardView, TenderView, checkout_page};
pub use claims::{
    BetterView, ClaimLine, ClaimTyped, ClaimView, ClaimsView, DecisionView, LostDoneView,
    LostTyped, LostView, NewClaimView, PayoutView, SubjectView, TrialView, claim_page, claims_page,
    lost_done_page, lost_page, new_claim_page,
};
pub use form_trouble::{FormTrouble, Mistake};
pub use gifts::{
    BoughtGift, CancelView, ChangeView, GiftCardState, GiftForm, GiftMistake, GiftOffer, GiftRow,
    GiftStatus, GiftTerms, GiftView, GiftsView, LinkView, NamedThing, Paper, PayGiftView,
    PrintView, PrintedCard, Received, SharedView, StartView, WhomView, Wrong, cancel_page,
    change_page, gift_page, gifts_page, link_page, pay_gift_page, print_page, received,
    shared_page, start_page, whom_page,
};
pub use hand_over::{HandOverView, hand_over_page};
pub use help::{ArticleView, HelpView, TopicView, article_page, help_page};
pub use home::{DemoPersonView, HomeView, home_page};
pub use lines::{BoughtLineView, PayerView, SumsView};
pub use me::{DeviceView, MeView, PasskeyView, RecoveryCodesView, me_page, recovery_codes_page};
pub use methods::{MethodView, MethodsView, PLAYED_CARDS, method_name, methods};
pub use order::{OrderRefundView, OrderView, PartOfOrderView, order_page};
pub(crate) use promotions::units;
pub use promotions::{
    AlertView, CauseView, ComposeView, DEVICE_FIELDS, DeliveryView, Finding, GENDER_FIELDS,
    MoneyView, PayView, Point, PromotionLine, PromotionView, PromotionsView, QuoteView, RatesView,
    RestitutionView, SegmentView, Stage, StandingView, SuggestionView, TermsTyped, compose_page,
    promotion_page, promotions_page, quote_page,
};
pub use refused::{RefusedView, refused_page, trouble};
pub use requests::{
    ContactView, RequestRow, RequestView, TOPICS, WrittenView, contact_page, request_page,
    requests_page, written_page,
};
pub use reveal::{RevealView, gift_code_page, open_gift_page, reveal_page};
pub use shop::{ShopProductView, ShopView, shop_page};
pub use sign_in::{CodeView, SecondView, SignInView, code_page, second_page, sign_in_page};
pub use step_up::StepUpView;
pub use wallet::{BlockView, WalletCardView, WalletView, wallet_page};

pub(crate) use requests::{about_name, rating_name, text_wrong, topic_name};
