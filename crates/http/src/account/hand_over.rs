//! Hand-over: the embedding shop has signed somebody in, and says who it is.
//!
//! The shop asks with a secret key and gets a sealed text for one browser, one minute and one use.
//! It counts as one factor, opens what customers do, and nothing of staff.

use base::{Instant, PersonId, Text};
use outside::people::KnownPerson;
use outside::random::{Randomness, SystemRandomness};
use people::{HandOver, HandOverKey, NONCE_BYTES, Person, Refusal, Way};
use serde::Deserialize;

use super::cookies::{BrowserToken, Cookie};
use super::door::{Answer, Visitor, refused, transact};
use super::proofs::{Progress, Steps, answer, begun};
use super::site::Site;
use crate::app::App;
use crate::problem::Problem;

/// The page to which the shop sends a browser.
pub(crate) const HAND_OVER_PAGE: &str = "/hand-over";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ArriveBody {
    token: String,
}

/// A text that hands a person over, and from when on it does not.
pub(crate) fn hand_over_of(app: &App, site: &Site, person: PersonId) -> (String, Instant) {
    let mut nonce = [0; NONCE_BYTES];
    SystemRandomness.fill(&mut nonce);
    // The text tells whole seconds.
    let second = app.now().micros().div_euclid(1_000_000) * 1_000_000;
    let hand_over = HandOver {
        book: base::Token::new(site.book.as_str()).expect("names of books are short words"),
        subject: Text::new(&person.to_string()).expect("an id is short"),
        made_at: Instant::try_from_micros(second).unwrap_or_else(|| app.now()),
        nonce,
    };
    (hand_over.seal(&key(app, site)), hand_over.forget_at())
}

/// What seals the texts of a book. It hangs on the ring, so that every process knows it.
fn key(app: &App, site: &Site) -> HandOverKey {
    let half = |which: u8| site.hash(app, "hand-over key", &[&[which]]).0;
    let mut key = [0; 32];
    key[..16].copy_from_slice(&half(1));
    key[16..].copy_from_slice(&half(2));
    HandOverKey(key)
}

/// Signs in whom the shop hands over. Whoever has a second factor shows it next.
pub(crate) async fn arrive(visitor: Visitor) -> Result<Answer, Problem> {
    let ArriveBody { token } = visitor.read()?;
    let (app, site) = (&visitor.app, visitor.site());
    let opened = HandOver::open(&token, &key(app, site), site.book.as_str(), app.now());
    let hand_over = opened.map_err(refused)?;
    let person: PersonId = hand_over.subject.as_str().parse().map_err(|_| {
        // Sealed by us, and no person: another release has made it.
        refused(Refusal::HandOverRefused)
    })?;
    let browser = BrowserToken::draw();
    let steps = Steps::begin(&visitor, browser.hash(app, site, Cookie::SignIn));
    let progress = transact(app, move |app, site, rows| {
        let now = app.now();
        if !rows.use_hand_over(hand_over.nonce, hand_over.forget_at(), now)? {
            return Ok(Err(Refusal::HandOverRefused));
        }
        let known = match rows.person(person)? {
            Some(known) => known,
            None => {
                let known = KnownPerson {
                    person: Person::new(person, now),
                    address: None,
                    address_key: None,
                    sealed_address: None,
                };
                rows.put_person(&known)?;
                known
            }
        };
        // The shop vouches for its customers. Staff show themselves who they are.
        if known.person.roles.has_staff() {
            return Ok(Err(Refusal::HandOverRefused));
        }
        let sign_in = begun(app, steps.browser);
        steps.go_on((app, site, rows), &known, &sign_in, Way::HandOver)
    });
    let progress = progress.await?;
    let asks_for_more = matches!(progress, Ok(Progress::SecondFactor(_)));
    let answer = answer(&visitor, progress).await?;
    Ok(match asks_for_more {
        true => answer.with(Cookie::SignIn.set(visitor.site(), browser)),
        false => answer,
    })
}
