//! `GET /`: what one can do here.

use std::sync::Arc;

use pages::customer::{DemoPersonView, HomeView, home_page};
use people::Permission;

use crate::inside::Refused;
use crate::page::{Anybody, Page};
use crate::shown::Shown;

/// Ways of staff, each with what opens it.
const CONSOLE: [(Permission, &str, &str); 3] = [
    (Permission::AnswerRequests, "/console/queue", "frame.queue"),
    (Permission::ReadClaims, "/console/claims", "frame.claims"),
    (Permission::ReadMoney, "/console/finance", "frame.finance"),
];

pub(super) async fn show(page: Arc<Page<Anybody>>) -> Result<Shown, Refused> {
    let may = |permission| page.who.as_ref().is_some_and(|who| who.may(permission));
    let console = CONSOLE.into_iter().filter(|(permission, _, _)| may(*permission));
    let demo = page.shop().demo.iter().map(|one| DemoPersonView {
        key: &one.key,
        name: &one.name,
        does: &one.does,
    });
    let view = HomeView {
        console: console.map(|(_, path, name)| (path, name)).collect(),
        demo: demo.collect(),
    };
    Ok(Shown::page(home_page(&page.visit(), &view)))
}
