//! Every endpoint for browsers, with what whoever calls must be permitted.

use std::future::Future;
use std::sync::Arc;

use axum::routing::{MethodFilter, MethodRouter};
use people::Permission;

use super::door::{Answer, Entrance, door};
use super::{administration, begin, demo, factors, hand_over, loss, passkeys, sessions, step_up};
use crate::app::App;
use crate::problem::Problem;
use crate::talks::{console, mine, unproven};

/// An endpoint for browsers.
pub struct AccountRoute {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Its path.
    pub path: &'static str,
    /// What whoever calls must be permitted; `None` when nobody needs to be signed in.
    pub permission: Option<Permission>,
    service: MethodRouter<Arc<App>>,
}

/// All of them, in the order of a life: signing in, the session, what one signs in with, others,
/// requests to the support.
pub fn account_routes() -> Vec<AccountRoute> {
    vec![
        post("/account/sign-in/mail", begin::mail),
        post("/account/sign-in/code", begin::code),
        post("/account/sign-in/totp", begin::totp),
        post("/account/sign-in/recovery-code", begin::recovery_code),
        post("/account/sign-in/passkey/options", passkeys::sign_in_options),
        post("/account/sign-in/passkey", passkeys::sign_in),
        post("/account/hand-over", hand_over::arrive),
        post("/account/demo", demo::be),
        get("/account/session", sessions::current),
        post("/account/sign-out", sessions::sign_out),
        get("/account/sessions", sessions::list),
        post("/account/sessions/revoke", sessions::revoke),
        get("/account/history", administration::own_history),
        get("/account/passkeys", passkeys::list),
        post("/account/passkeys/options", passkeys::options),
        post("/account/passkeys", passkeys::add),
        post("/account/passkeys/remove", passkeys::remove),
        post("/account/totp/offer", factors::offer_totp),
        post("/account/totp/confirm", factors::confirm_totp),
        post("/account/totp/remove", factors::remove_totp),
        post("/account/recovery-codes", factors::make_recovery_codes),
        post("/account/acts", step_up::ask),
        post("/account/acts/agree", step_up::agree),
        post("/account/acts/use", step_up::use_up),
        post("/account/roles", sessions::give_roles),
        post("/account/people/show", administration::show),
        post("/account/people/freeze", administration::freeze),
        post("/account/people/unfreeze", administration::unfreeze),
        post("/account/people/sign-out", administration::sign_out),
        post("/account/people/reopen", administration::reopen),
        post("/account/people/confirm-passkey", administration::confirm_passkey),
        post("/account/people/report-loss", loss::report),
        post("/account/people/agree-to-loss", loss::agree),
        get("/account/requests", mine::list),
        post("/account/requests", mine::begin),
        get("/account/requests/{request}", mine::read),
        post("/account/requests/{request}/reply", mine::reply),
        post("/account/requests/{request}/solve", mine::solve),
        post("/account/requests/{request}/rate", mine::rate),
        post("/account/write", unproven::write),
        post("/account/find", console::find),
        get("/account/queue", console::list),
        get("/account/queue/{request}", console::read),
        post("/account/queue/{request}/answer", console::answer),
        post("/account/queue/{request}/note", console::note),
        post("/account/queue/{request}/assign", console::assign),
        post("/account/queue/{request}/solve", console::solve),
    ]
}

/// What the router serves.
pub(crate) fn routes() -> impl Iterator<Item = (&'static str, MethodRouter<Arc<App>>)> {
    account_routes().into_iter().map(|route| (route.path, route.service))
}

fn get<E, H, F>(path: &'static str, handler: H) -> AccountRoute
where
    E: Entrance,
    H: Fn(E) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<Answer, Problem>> + Send + 'static,
{
    let service = door(MethodFilter::GET, path, handler);
    AccountRoute { method: "GET", path, permission: E::PERMISSION, service }
}

fn post<E, H, F>(path: &'static str, handler: H) -> AccountRoute
where
    E: Entrance,
    H: Fn(E) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<Answer, Problem>> + Send + 'static,
{
    let service = door(MethodFilter::POST, path, handler);
    AccountRoute { method: "POST", path, permission: E::PERMISSION, service }
}
