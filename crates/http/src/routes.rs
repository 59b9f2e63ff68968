//! Every route: the file of a route is found by its URL, and holds its body, its conversion and
//! its handler, which is always called `handle`.
//!
//! To add one: write the file with `#[utoipa::path]` above `handle`, and one line in [`all`].
//! Routing, documentation, scope and idempotency rule all come from there.

pub(crate) mod account_freezes;
pub(crate) mod batch;
pub(crate) mod checkouts;
pub(crate) mod claims;
pub(crate) mod creators;
pub(crate) mod disputes;
pub(crate) mod documents;
pub(crate) mod events;
pub(crate) mod feed;
pub(crate) mod gift_card_purchases;
pub(crate) mod gift_cards;
pub(crate) mod gift_senders;
pub(crate) mod hand_overs;
pub(crate) mod health;
pub(crate) mod holds;
pub(crate) mod incidents;
pub(crate) mod journal;
pub(crate) mod keys;
pub(crate) mod ledger;
pub(crate) mod mail;
pub(crate) mod metrics;
pub(crate) mod orders;
pub(crate) mod payment_methods;
pub(crate) mod payments;
pub(crate) mod payouts;
pub(crate) mod posts;
pub(crate) mod products;
pub(crate) mod programs;
pub(crate) mod promotions;
pub(crate) mod rail_refunds;
pub(crate) mod rails;
pub(crate) mod redemptions;
pub(crate) mod refunds;
pub(crate) mod reports;
pub(crate) mod restitutions;
pub(crate) mod reverse;
pub(crate) mod scope_body;
pub(crate) mod sellers;
pub(crate) mod signals;
pub(crate) mod spending;
pub(crate) mod suspects;
pub(crate) mod test;
pub(crate) mod webhook_endpoints;

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::routing::{MethodFilter, MethodRouter, any};
use utoipa::openapi::path::{HttpMethod, Operation, ParameterIn};
use utoipa::openapi::{RefOr, Schema};

use crate::account;
use crate::app::App;
use crate::call::Admission;
use crate::endpoint::{endpoint, method_not_allowed, not_found};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::sight;

/// The whole API.
pub fn router(app: Arc<App>) -> Router {
    let mut router = Router::new();
    for route in all() {
        router = router.route(&route.path, route.service);
    }
    for (path, service) in account::routes() {
        router = router.route(path, service);
    }
    router = router.route(sight::PATH, any(sight::answer));
    router.fallback(not_found).method_not_allowed_fallback(method_not_allowed).with_state(app)
}

/// Whether calls take an idempotency key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyRule {
    /// They only read, or can be repeated as they are.
    None,
    /// They may.
    Optional,
    /// They must: they move money, or make what must not be made twice.
    Required,
}

/// A route with all that is known about it.
pub(crate) struct Route {
    pub(crate) path: String,
    pub(crate) method: HttpMethod,
    pub(crate) operation: Operation,
    pub(crate) schemas: Vec<(String, RefOr<Schema>)>,
    pub(crate) scope: Option<&'static str>,
    pub(crate) key_rule: KeyRule,
    service: MethodRouter<Arc<App>>,
}

macro_rules! routes {
    ($($($part:ident)::+ => $rule:ident,)+) => {
        /// All routes, in the order of the documentation.
        pub(crate) fn all() -> Vec<Route> {
            vec![$(
                route::<$($part)::+::__path_handle, _, _, _>(
                    $($part)::+::handle,
                    KeyRule::$rule,
                ),
            )+]
        }
    };
}

routes! {
    gift_cards::issue => Required,
    gift_cards::list => None,
    gift_cards::read => None,
    gift_cards::update => Required,
    gift_cards::activities => None,
    gift_cards::lookup => Optional,
    gift_cards::claim => Optional,
    gift_cards::claim::preview => Optional,
    gift_cards::claim::report => Optional,
    gift_cards::claim::block_sender => Optional,
    gift_cards::claim::unblock_sender => Optional,
    gift_cards::claim_by_id => Optional,
    gift_cards::resend => Required,
    gift_cards::change_recipient => Required,
    gift_cards::freeze => Optional,
    gift_cards::unfreeze => Optional,
    gift_cards::replace_code => Required,
    gift_cards::cancel => Required,
    gift_cards::adjust => Required,
    gift_cards::extend => Required,
    gift_cards::reveal => Optional,
    gift_card_purchases::create => Required,
    gift_card_purchases::list => None,
    gift_card_purchases::read => None,
    gift_card_purchases::undo => Required,
    gift_senders::reports => None,
    gift_senders::read => None,
    gift_senders::block => Optional,
    gift_senders::unblock => Optional,
    holds::place => Required,
    holds::list => None,
    holds::read => None,
    holds::change => Required,
    holds::capture => Required,
    holds::release => Required,
    holds::refund => Required,
    redemptions => Required,
    reverse => Required,
    batch => Optional,
    programs::create => Optional,
    programs::list => None,
    programs::read => None,
    sellers::create => Optional,
    sellers::list => None,
    sellers::read => None,
    creators::create => Optional,
    creators::list => None,
    creators::read => None,
    products::create => Optional,
    products::list => None,
    products::read => None,
    payment_methods::create => Optional,
    payment_methods::list => None,
    payment_methods::read => None,
    checkouts::create => Optional,
    checkouts::list => None,
    checkouts::read => None,
    checkouts::tenders::add => Required,
    checkouts::tenders::remove => Required,
    checkouts::pay => Required,
    checkouts::cancel_attempt => Required,
    orders::list => None,
    orders::read => None,
    orders::refunds::preview => Optional,
    orders::refunds::create => Required,
    orders::refunds::list => None,
    refunds::read => None,
    refunds::paid_by_hand => Required,
    refunds::store_credit => Required,
    payments::list => None,
    payments::read => None,
    rail_refunds::list => None,
    rail_refunds::read => None,
    rail_refunds::consent => Required,
    rail_refunds::retry => Required,
    rail_refunds::replace => Required,
    rail_refunds::give_up => Required,
    rail_refunds::store_credit => Required,
    rail_refunds::paid_by_hand => Required,
    disputes::list => None,
    disputes::read => None,
    payouts::runs => Required,
    payouts::list => None,
    payouts::read => None,
    payouts::paid => Required,
    payouts::failed => Required,
    promotions::create => Optional,
    promotions::list => None,
    promotions::read => None,
    promotions::change => Optional,
    promotions::submit => Required,
    promotions::approve => Optional,
    promotions::reject => Optional,
    promotions::appeal => Optional,
    promotions::pause => Optional,
    promotions::resume => Optional,
    promotions::stop => Optional,
    promotions::history => None,
    promotions::report => None,
    promotions::suggestions::apply => Optional,
    promotions::settlements => None,
    claims::create => Required,
    claims::preview => Optional,
    claims::list => None,
    claims::read => None,
    claims::decide => Required,
    claims::approve => Required,
    claims::send_again => Required,
    claims::store_credit => Required,
    claims::paid_by_hand => Required,
    claims::r#match => Optional,
    claims::appeal => Optional,
    claims::withdraw => Optional,
    claims::attachments => Optional,
    claims::facts => None,
    claims::statement => None,
    claims::replay => Optional,
    claims::replay_all => Optional,
    restitutions::list => None,
    restitutions::read => None,
    restitutions::statement => None,
    restitutions::send_again => Required,
    restitutions::store_credit => Required,
    restitutions::paid_by_hand => Required,
    account_freezes::list => None,
    account_freezes::read => None,
    account_freezes::lift => Optional,
    suspects::list => None,
    suspects::review => Optional,
    incidents::declare => Optional,
    incidents::list => None,
    incidents::read => None,
    incidents::change => Optional,
    signals::note => Optional,
    signals::list => None,
    posts::read => None,
    posts::change => Optional,
    feed::select => None,
    feed::events => None,
    events => None,
    webhook_endpoints::create => Optional,
    webhook_endpoints::list => None,
    webhook_endpoints::read => None,
    webhook_endpoints::change => None,
    webhook_endpoints::delete => None,
    webhook_endpoints::replay => None,
    webhook_endpoints::rotate_secret => Optional,
    mail::reports => None,
    ledger::accounts::list => None,
    ledger::accounts::read => None,
    ledger::accounts::entries => None,
    ledger::trial_balance => None,
    reports::liability => None,
    test::clock => Optional,
    test::challenges => Optional,
    test::store_refunds => Required,
    keys => Optional,
    hand_overs::create => None,
    rails => None,
    rails::settlements::create => Required,
    rails::settlements::list => None,
    rails::settlements::read => None,
    rails::settlements::lines => None,
    rails::unsettled => None,
    rails::reconciliation => None,
    journal::prune => None,
    health::process => None,
    health::ready => None,
    metrics => None,
    documents::openapi => None,
    documents::page => None,
}

fn route<P, A, H, F>(handler: H, key_rule: KeyRule) -> Route
where
    P: utoipa::Path + utoipa::__dev::SchemaReferences,
    A: Admission,
    H: Fn(A) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<Reply, Problem>> + Send + 'static,
{
    let method = P::methods().pop().expect("a documented operation has a method");
    let filter = match &method {
        HttpMethod::Get => MethodFilter::GET,
        HttpMethod::Post => MethodFilter::POST,
        HttpMethod::Patch => MethodFilter::PATCH,
        HttpMethod::Delete => MethodFilter::DELETE,
        _ => unreachable!("routes are read, posted, patched or deleted"),
    };
    let mut schemas = Vec::new();
    P::schemas(&mut schemas);
    // Routes live as long as the process; what is leaked is little and the same for each.
    let name: &'static str = P::path().leak();
    let operation = P::operation();
    let parameters: &'static [String] = query_parameters(&operation).leak();
    Route {
        path: P::path(),
        method,
        operation,
        schemas,
        scope: A::SCOPE,
        key_rule,
        service: endpoint(filter, name, parameters, handler),
    }
}

/// Names of the documented query parameters.
fn query_parameters(operation: &Operation) -> Vec<String> {
    let all = operation.parameters.iter().flatten();
    let named = all.filter_map(|parameter| match parameter {
        RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query => {
            Some(parameter.name.clone())
        }
        _ => None,
    });
    named.collect()
}
