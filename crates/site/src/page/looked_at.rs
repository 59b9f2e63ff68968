//! Where a page stands: many answer forms, and cannot be looked at under the address of these.

use std::sync::{Arc, OnceLock};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Method, Response, StatusCode};

use super::{Anybody, Page, Site, answer};
use crate::inside::Refused;
use crate::shown::Shown;

/// Paths of pages, as routes write them.
struct Known {
    all: Vec<&'static str>,
    looked_at: Vec<&'static str>,
}

static KNOWN: OnceLock<Known> = OnceLock::new();

fn known() -> &'static Known {
    KNOWN.get_or_init(|| {
        let routes = crate::rooms::routes();
        let looked_at = routes.iter().filter(|route| route.method == "GET");
        Known {
            all: routes.iter().map(|route| route.path).collect(),
            looked_at: looked_at.map(|route| route.path).collect(),
        }
    })
}

/// The path at which somebody can look, for a path of a page: itself, or else the page above it,
/// on which its form stands. What is no path of a page stays as it is.
pub(super) fn looked_at(path: &str) -> &str {
    let bare = path.split('?').next().unwrap_or("");
    let is_looked_at =
        |path: &str| route_of(path).is_some_and(|route| known().looked_at.contains(&route));
    if route_of(bare).is_none() || is_looked_at(bare) {
        return path;
    }
    let mut ends = bare.match_indices('/').map(|(end, _)| &bare[..end]);
    ends.rfind(|above| is_looked_at(above)).unwrap_or("/")
}

/// The route of a path: a word that stands there goes before any id.
fn route_of(path: &str) -> Option<&'static str> {
    let fits = |route: &&str| {
        let (mut asked, mut known) = (path.split('/'), route.split('/'));
        loop {
            match (asked.next(), known.next()) {
                (None, None) => return true,
                (Some(asked), Some(known)) if asked == known || known.starts_with('{') => {}
                _ => return false,
            }
        }
    };
    let words = |route: &&str| -> Vec<bool> {
        route.split('/').map(|part| !part.starts_with('{')).collect()
    };
    known().all.iter().copied().filter(fits).max_by_key(words)
}

/// Whoever looks at an address that takes forms only, by loading a page again or by going back, is
/// sent to the page above it.
pub(crate) async fn astray(site: State<Arc<Site>>, request: Request) -> Response<Body> {
    let looks = matches!(*request.method(), Method::GET | Method::HEAD);
    let State(site) = site;
    answer(site, request, move |page: Arc<Page<Anybody>>| async move {
        match looks {
            true => Ok(Shown::To(looked_at(page.path()).to_owned())),
            false => Err(Refused::of(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "")),
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_answers_a_form_stands_on_the_page_above() {
        for (path, stands) in [
            ("/gift/claim", "/gift"),
            ("/gift/code", "/gift/code"),
            ("/wallet/add", "/wallet"),
            ("/wallet/gc_1", "/wallet/gc_1"),
            ("/wallet/gc_1/reveal", "/wallet/gc_1"),
            ("/checkout/chk_1/cards", "/checkout/chk_1"),
            ("/gifts/new", "/gifts/new"),
            ("/gifts/gcp_1/link", "/gifts/gcp_1"),
            ("/gifts/gcp_1/print?card=gc_1", "/gifts/gcp_1/print?card=gc_1"),
            ("/me/totp/confirm", "/me"),
            ("/me/passkeys/remove", "/me"),
            ("/sign-out", "/"),
            ("/console/queue/conv_1/find", "/console/queue/conv_1"),
            ("/console/cards/gc_1/freeze", "/console/cards/gc_1/freeze"),
            ("/elsewhere", "/elsewhere"),
        ] {
            assert_eq!(looked_at(path), stands, "{path}");
        }
        for route in crate::rooms::routes() {
            let stands = looked_at(route.path);
            assert!(known().looked_at.contains(&stands), "{} stands at {stands}", route.path);
        }
    }
}
