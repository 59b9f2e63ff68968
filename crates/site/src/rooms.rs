//! Every page, with who may see it. To add one: write its handler in the room of its path, and a
//! line here.

mod assets;
mod buys;
mod checkout;
mod claims;
mod demo;
mod design;
mod desk_claims;
mod finance;
mod gift;
mod gifts;
mod hand_over;
mod help;
mod home;
mod ledger;
mod lines;
mod me;
mod methods;
mod orders;
mod promotions;
mod reconciliation;
mod requests;
mod shop;
mod sign_in;
mod step_up;
mod support;
mod wallet;
mod whole;
mod words_of;

use crate::page::{PageRoute, get, post};

/// All pages, room by room.
pub fn routes() -> Vec<PageRoute> {
    let mut all = Vec::new();
    all.extend(of_everybody());
    all.extend(of_gifts());
    all.extend(of_cards());
    all.extend(of_promotions());
    all.extend(of_desks());
    all.extend(of_requests());
    all
}

/// For everybody: what one can do, help, signing in, one's own account.
fn of_everybody() -> [PageRoute; 21] {
    [
        get("/", home::show),
        get("/assets/{file}", assets::show),
        get("/design", design::show),
        get("/help", help::show),
        get("/help/{article}", help::article),
        get("/sign-in", sign_in::show),
        post("/sign-in", sign_in::send),
        get("/sign-in/code", sign_in::code),
        post("/sign-in/code", sign_in::enter),
        get("/sign-in/second", sign_in::second),
        post("/sign-in/second", sign_in::enter_second),
        get("/hand-over", hand_over::show),
        post("/hand-over", hand_over::arrive),
        post("/sign-out", sign_in::out),
        get("/me", me::show),
        post("/me/passkeys/remove", me::remove_passkey),
        post("/me/totp", me::offer_totp),
        post("/me/totp/confirm", me::confirm_totp),
        post("/me/recovery-codes", me::make_recovery_codes),
        post("/me/devices/end", me::end_device),
        post("/demo/be", demo::be),
    ]
}

/// Giving, and what a shared link shows.
fn of_gifts() -> [PageRoute; 21] {
    [
        get("/g/{card}", gifts::shared),
        get("/pictures/{design}", gifts::picture),
        get("/gifts", gifts::list),
        get("/gifts/latest", gifts::latest),
        get("/gifts/new", gifts::begin),
        post("/gifts/new", gifts::go_on),
        get("/gifts/{purchase}", gifts::show),
        post("/gifts/{purchase}/pay", gifts::pay),
        post("/gifts/{purchase}/bank", gifts::bank),
        post("/gifts/{purchase}/undo", gifts::undo),
        get("/gifts/{purchase}/cancel", gifts::look_at_cancel),
        post("/gifts/{purchase}/cancel", gifts::cancel),
        get("/gifts/{purchase}/change", gifts::ask_change),
        post("/gifts/{purchase}/change", gifts::change),
        post("/gifts/{purchase}/resend", gifts::resend),
        post("/gifts/{purchase}/link", gifts::link),
        get("/gifts/{purchase}/print", gifts::print),
        post("/gifts/{purchase}/print", gifts::print_with_code),
        post("/gifts/{purchase}/freeze", gifts::freeze),
        post("/gifts/{purchase}/unfreeze", gifts::unfreeze),
        post("/gifts/{purchase}/replace", gifts::replace),
    ]
}

/// A gift that was given, its wallet, and spending it.
fn of_cards() -> [PageRoute; 24] {
    [
        get("/gift", gift::show),
        post("/gift", gift::open),
        post("/gift/claim", gift::claim),
        get("/gift/code", gift::code),
        post("/gift/code", gift::enter_code),
        post("/gift/report", gift::report),
        post("/gift/unblock", gift::unblock),
        get("/wallet", wallet::show),
        post("/wallet/add", wallet::add),
        get("/wallet/{card}", wallet::show_card),
        post("/wallet/{card}/freeze", wallet::freeze),
        post("/wallet/{card}/unfreeze", wallet::unfreeze),
        post("/wallet/{card}/replace", wallet::replace),
        post("/wallet/{card}/reveal", wallet::reveal),
        get("/shop", shop::show),
        post("/shop", shop::buy),
        get("/checkout/{checkout}", checkout::show),
        post("/checkout/{checkout}/cards", checkout::use_card),
        post("/checkout/{checkout}/remove", checkout::remove),
        post("/checkout/{checkout}/again", checkout::again),
        post("/checkout/{checkout}/pay", checkout::pay),
        post("/checkout/{checkout}/give-up", checkout::give_up),
        post("/checkout/{checkout}/bank", checkout::bank),
        get("/orders/{order}", orders::show),
    ]
}

/// Promotions, and money back for them.
fn of_promotions() -> [PageRoute; 22] {
    [
        get("/promotions", promotions::list),
        get("/promotions/new", promotions::new),
        post("/promotions/new", promotions::create),
        get("/promotions/{id}", promotions::show),
        get("/promotions/{id}/edit", promotions::edit),
        post("/promotions/{id}/edit", promotions::change),
        post("/promotions/{id}/quote", promotions::requote),
        post("/promotions/{id}/pay", promotions::pay),
        post("/promotions/{id}/discard", promotions::discard),
        post("/promotions/{id}/pause", promotions::pause),
        post("/promotions/{id}/resume", promotions::resume),
        post("/promotions/{id}/stop", promotions::stop),
        post("/promotions/{id}/appeal", promotions::appeal),
        post("/promotions/{id}/apply", promotions::apply),
        get("/claims", claims::list),
        get("/claims/new", claims::new),
        post("/claims/new", claims::make),
        get("/claims/lost", claims::lost),
        post("/claims/lost", claims::make_lost),
        get("/claims/{id}", claims::show),
        post("/claims/{id}/appeal", claims::appeal),
        post("/claims/{id}/withdraw", claims::withdraw),
    ]
}

/// Claims and money, for those who decide and count.
fn of_desks() -> [PageRoute; 12] {
    [
        get("/console/claims", desk_claims::queue),
        get("/console/claims/{id}", desk_claims::show),
        post("/console/claims/{id}/decide", desk_claims::decide),
        post("/console/claims/{id}/approve", desk_claims::approve),
        get("/console/finance", finance::show),
        get("/console/finance/cards", finance::cards),
        get("/console/ledger", ledger::show),
        get("/console/ledger.csv", ledger::accounts_sheet),
        get("/console/ledger/{account}", ledger::account),
        get("/console/ledger/{account}/entries.csv", ledger::entries_sheet),
        get("/console/reconciliation", reconciliation::show),
        get("/console/reconciliation/{rail}", reconciliation::rail),
    ]
}

/// Reaching a person, and what that person sees.
fn of_requests() -> [PageRoute; 17] {
    [
        get("/contact", requests::contact),
        post("/contact", requests::send),
        get("/requests", requests::list),
        get("/requests/{id}", requests::show),
        post("/requests/{id}/reply", requests::reply),
        post("/requests/{id}/solve", requests::solve),
        post("/requests/{id}/rate", requests::rate),
        get("/console/queue", support::queue),
        get("/console/queue/{id}", support::talk),
        post("/console/queue/{id}/find", support::find),
        post("/console/queue/{id}/answer", support::answer),
        post("/console/queue/{id}/note", support::note),
        post("/console/queue/{id}/assign", support::assign),
        post("/console/queue/{id}/solve", support::solve),
        get("/console/cards/{id}", support::card),
        get("/console/cards/{id}/{act}", support::ask),
        post("/console/cards/{id}/{act}", support::perform),
    ]
}
