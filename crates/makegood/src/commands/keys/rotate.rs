//! `makegood keys rotate-ring`.

use outside::keyring::KeyRing;
use outside::random::SystemRandomness;

use super::Common;
use crate::config::{Environment, Settings};
use crate::failure::{Done, Failure};
use crate::wiring::{Installation, Location, RING_FILE};

/// Put a fresh key into the ring, for new codes, and re-wrap the keys of persons with it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    common: Common,
}

/// Runs the action. Stopping it anywhere does no harm: the former key stays readable, and
/// re-wrapping goes on where it was.
pub(super) fn run(args: &Args) -> Done {
    let environment = Environment::of_process();
    if environment.get("KEY_RING").is_some() {
        let what = "the key ring comes from MAKEGOOD_KEY_RING, which this command cannot change";
        return Err(Failure::new(what).next("rotate where the variable is set"));
    }
    let settings = Settings::load(&args.common.place, None, &environment)?;
    // A process that goes on with the former ring makes codes that one with the new ring finds, but
    // not the other way round.
    Location::of(&settings).expect_rest()?;
    let installation = Installation::open(&settings, &environment).map_err(|failure| {
        failure.next_if_in_use("stop the server first: it keeps the ring it started with")
    })?;
    let path = settings.keys_folder().join(RING_FILE);
    let ring = KeyRing::rotate_file(&path, installation.now(), &mut SystemRandomness)?;
    let rewrapped = installation.people.rewrap(&ring)?;
    let (current, ring_file) = (ring.current().get(), path.display().to_string());
    let view = serde_json::json!({
        "current": current, "rewrapped": rewrapped, "ring": ring_file,
    });
    args.common.output.print(&view, || {
        format!(
            "key {current} is current; {rewrapped} keys of persons were wrapped anew\n\
             keep a copy of {ring_file} in a safe place, apart from the data"
        )
    });
    Ok(())
}
