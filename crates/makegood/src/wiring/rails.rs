//! The rails of an installation: sandboxes for each test book, and Stripe where it is set up.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jobs::{BookClock, Connected, OpenRail};
use outside::clock::Clock;
use outside::random::{Randomness, SystemRandomness};
use rails::sandbox::{self, Kind as Played, Sandbox};
use rails::stripe::{self, Stripe};
use rails::{Rail, Secret};
use store::BookRecord;
use writer::Handle;

use super::Installation;
use crate::config::{Environment, Settings};
use crate::failure::{Done, Failure};
use crate::whole_file::make_folder;

/// Folder of the sandboxes in the data folder.
const FOLDER: &str = "rails";

/// The rails that are set up.
pub(crate) struct RailSetup {
    folder: PathBuf,
    live: Option<Arc<Stripe>>,
    test: Option<Arc<Stripe>>,
}

/// The two kinds of books, which have keys of their own: no test may move money.
#[derive(Clone, Copy)]
struct Kind {
    /// How its variables are named.
    variable: &'static str,
    /// How its keys begin.
    prefixes: [&'static str; 2],
}

const LIVE: Kind = Kind { variable: "STRIPE_LIVE", prefixes: ["sk_live_", "rk_live_"] };
const TEST: Kind = Kind { variable: "STRIPE_TEST", prefixes: ["sk_test_", "rk_test_"] };

impl RailSetup {
    /// Sandboxes alone.
    pub(crate) fn sandboxes(settings: &Settings) -> RailSetup {
        let folder = settings.data_folder().join(FOLDER);
        RailSetup { folder, live: None, test: None }
    }

    /// Sandboxes, and Stripe for the kinds of books whose key is in the environment.
    ///
    /// # Errors
    ///
    /// A key of the other kind, or without a secret for its messages; an address without TLS.
    pub(crate) fn of(settings: &Settings, environment: &Environment) -> Done<RailSetup> {
        let live = stripe(settings, environment, LIVE)?;
        let test = stripe(settings, environment, TEST)?;
        Ok(RailSetup { live, test, ..RailSetup::sandboxes(settings) })
    }
}

impl Installation {
    /// From now on books use these rails.
    pub(crate) fn use_rails(&mut self, rails: RailSetup) {
        self.rails = rails;
    }

    /// Stripe, where it is set up for books of this kind.
    pub(super) fn stripe_of(&self, record: &BookRecord) -> Vec<Connected> {
        let stripe = if record.is_test { &self.rails.test } else { &self.rails.live };
        let connect = |stripe: &Arc<Stripe>| {
            let rail: Arc<dyn Rail> = Arc::clone(stripe) as Arc<dyn Rail>;
            Connected::new(rail, Arc::new(self.clock))
        };
        stripe.iter().map(connect).collect()
    }

    /// The sandboxes of a test book whose writer runs: one of cards and one of an app store. A
    /// former owner of the book that is asleep may have their files still; that is no reason not to
    /// serve the book.
    pub(super) fn sandboxes_of(&self, record: &BookRecord, handle: &Handle) -> Vec<OpenRail> {
        if !record.is_test {
            return Vec::new();
        }
        let clock: Arc<dyn Clock> = Arc::new(BookClock::new(handle.clone(), Arc::new(self.clock)));
        let opener = |played: Played| -> OpenRail {
            let (folder, record) = (self.rails.folder.clone(), record.clone());
            let clock = Arc::clone(&clock);
            Box::new(move || {
                let sandbox = open_sandbox(&folder, &record, &clock, played);
                let sandbox = sandbox.map_err(|failure| failure.to_string())?;
                Ok(Connected::sandbox(sandbox, Arc::clone(&clock)))
            })
        };
        [Played::Cards, Played::Store].map(opener).into()
    }
}

fn open_sandbox(
    folder: &Path,
    record: &BookRecord,
    clock: &Arc<dyn Clock>,
    played: Played,
) -> Done<Sandbox> {
    make_folder(folder)?;
    let path = folder.join(format!("{}-{}.jsonl", played.rail(), record.name));
    let mut random = SystemRandomness;
    // Its messages are signed when they are fetched, so a secret lasts as long as the process.
    let secret = Secret::new(&format!("{:016x}{:016x}", random.next_u64(), random.next_u64()));
    let settings = sandbox::Settings::of(played, random.next_u64(), secret);
    Sandbox::open(&path, Arc::clone(clock), settings).map_err(|error| Failure::file(&path, &error))
}

fn stripe(settings: &Settings, environment: &Environment, kind: Kind) -> Done<Option<Arc<Stripe>>> {
    let variable = |end: &str| format!("{}_{end}", kind.variable);
    let (key_name, secrets_name) = (variable("KEY"), variable("WEBHOOK_SECRETS"));
    let Some(key) = environment.get(&key_name) else { return Ok(None) };
    if !kind.prefixes.iter().any(|prefix| key.starts_with(prefix)) {
        let what = format!("MAKEGOOD_{key_name} is not a key of that kind");
        return Err(
            Failure::new(what).next(format!("use one that begins with {}", kind.prefixes[0]))
        );
    }
    let secrets = environment.get(&secrets_name).unwrap_or_default().split(',').map(str::trim);
    let secrets: Vec<Secret> =
        secrets.filter(|secret| !secret.is_empty()).map(Secret::new).collect();
    if secrets.is_empty() {
        let what =
            format!("MAKEGOOD_{secrets_name} is missing: messages of Stripe would be refused");
        return Err(Failure::new(what).next("set it to the signing secret of the webhook endpoint"));
    }
    let of_stripe = stripe::Settings {
        base_url: settings.stripe_url.clone(),
        timeout: settings.stripe_timeout(),
        ..stripe::Settings::new(Secret::new(key), secrets)
    };
    let opened = Stripe::new(&of_stripe)
        .map_err(|error| Failure::new(format!("Stripe cannot be used: {error}")))?;
    Ok(Some(Arc::new(opened)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::PlaceArgs;

    const KEY: &str = "MAKEGOOD_KEY_OF_A_TEST";

    fn set_up(variables: &[(&str, &str)]) -> Done<RailSetup> {
        let settings = Settings::load(&PlaceArgs::default(), None, &Environment::default())?;
        RailSetup::of(&settings, &Environment::of(variables))
    }

    #[track_caller]
    fn check(variables: &[(&str, &str)], live: bool, test: bool) {
        let rails = set_up(variables).map_err(|failure| failure.to_string()).unwrap();
        assert_eq!((rails.live.is_some(), rails.test.is_some()), (live, test));
    }

    #[test]
    fn stripe_is_set_up_for_the_books_whose_key_there_is() {
        let live = [("STRIPE_LIVE_KEY", "rk_live_1"), ("STRIPE_LIVE_WEBHOOK_SECRETS", "whsec_1")];
        let test =
            [("STRIPE_TEST_KEY", "sk_test_1"), ("STRIPE_TEST_WEBHOOK_SECRETS", "whsec_2, whsec_3")];
        check(&[], false, false);
        check(&live, true, false);
        check(&test, false, true);
        check(&[live, test].concat(), true, true);
    }

    #[track_caller]
    fn check_refused(variables: &[(&str, &str)], named: &str) {
        let failure = set_up(variables).err().expect("must be refused").to_string();
        assert!(failure.contains(named), "{failure}");
        assert!(!failure.contains(KEY), "a key is shown: {failure}");
    }

    #[test]
    fn what_would_mix_test_and_money_is_refused() {
        let (live, test) = (format!("sk_live_{KEY}"), format!("sk_test_{KEY}"));
        check_refused(&[("STRIPE_LIVE_KEY", &test)], "MAKEGOOD_STRIPE_LIVE_KEY is not");
        check_refused(&[("STRIPE_TEST_KEY", &live)], "MAKEGOOD_STRIPE_TEST_KEY is not");
        check_refused(&[("STRIPE_LIVE_KEY", &live)], "STRIPE_LIVE_WEBHOOK_SECRETS is missing");
        let no_secret = [("STRIPE_LIVE_KEY", live.as_str()), ("STRIPE_LIVE_WEBHOOK_SECRETS", " ,")];
        check_refused(&no_secret, "is missing");
    }
}
