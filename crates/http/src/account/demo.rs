//! In a demonstration one chooses who to be. Everywhere else nobody is named, and so this opens
//! nothing: only `makegood demo` names somebody, for a test book on this machine.

use axum::http::StatusCode;
use people::{Session, Way, Ways};
use serde::Deserialize;

use super::cookies::{BrowserToken, Cookie};
use super::door::{Answer, Visitor, refused, transact};
use super::sessions::DoneView;
use crate::problem::{Problem, catalog};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BeBody {
    key: String,
}

/// Opens a session of somebody of the demonstration, as if they had shown a passkey.
pub(crate) async fn be(visitor: Visitor) -> Result<Answer, Problem> {
    let BeBody { key } = visitor.read()?;
    let site = visitor.site();
    let named = site.demo.iter().find(|(name, _)| *name == key);
    let Some(&(_, person)) = named else { return Err(Problem::new(&catalog::NOT_FOUND)) };
    let token = BrowserToken::draw();
    let hash = token.hash(&visitor.app, site, Cookie::Session);
    let opened = transact(&visitor.app, move |app, _, rows| {
        let Some(known) = rows.person(person)? else { return Ok(None) };
        let (now, ways) = (app.now(), Ways::default().with(Way::Passkey));
        let session = Session::open(app.new_id(), &known.person, hash, ways, None, now);
        let session = session.map(|session| session.by_staff_key(true));
        if let Ok(session) = &session {
            rows.make_room(person, now)?;
            rows.put_session(session)?;
        }
        Ok(Some(session.map(|_| ())))
    });
    let opened = opened.await?.ok_or_else(|| Problem::new(&catalog::NOT_FOUND))?;
    opened.map_err(refused)?;
    let answer = Answer::view(StatusCode::OK, &DoneView { status: "signed_in" });
    Ok(answer.with(Cookie::Session.set(site, token)))
}
