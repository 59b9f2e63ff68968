//! `makegood demo`: a test book filled with a living shop, served, with a tour to try.

mod city;
mod claims;
mod market;
mod people;
mod shop;
mod tour;

use std::path::PathBuf;

use http::{KeySecret, NewKey, Scopes};
use store::{BookRecord, KeyKind};

use super::serve::{self, Serving};
use crate::config::{Environment, PlaceArgs, Settings, WebhookReach};
use crate::failure::{Done, Ending, Failure};
use crate::output;
use crate::wiring::{Installation, Workers, book_name};

/// Folder of the demonstration, unless another is named.
const FOLDER: &str = "makegood-demo";

/// Name of its book.
const BOOK: &str = "test";

/// How its secret key begins.
const SECRET_PREFIX: &str = "mg_test_";

/// Serve a test book filled with a living shop, and print what to try.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Address and port; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Folder of the data: a fresh one, or that of an earlier demonstration, which goes on.
    #[arg(long, value_name = "DIR", default_value = FOLDER)]
    data: PathBuf,
    /// Print keys and tour as JSON.
    #[arg(long)]
    json: bool,
}

/// The keys of the demonstration. They follow from its key ring, so they are the same at every
/// start, and another installation has others.
struct Keys {
    secret: KeySecret,
    publishable: KeySecret,
}

/// Variables that would make the demonstration use what belongs to somebody: secrets, a database, a
/// mail server, rails.
const OF_A_REAL_INSTALLATION: [&str; 5] = ["CONFIG", "DATABASE", "KEY_RING", "MAIL_", "STRIPE_"];

/// Runs the command.
pub(crate) fn run(args: &Args) -> Done<Ending> {
    let environment = Environment::of_process().without(&OF_A_REAL_INSTALLATION);
    let settings = settings(args, &environment)?;
    serve::start_log(&settings)?;
    serve::expect_free_port(&settings)?;
    let mut installation = Installation::open(&settings, &environment).map_err(|failure| {
        failure.next_if_in_use("a demonstration runs there already; use --data for another")
    })?;
    // Whoever reaches the pages can be anybody, so they must be on this machine.
    if listens_here(&settings.listen) {
        installation.demo = people::ALL.to_vec();
    }
    expect_own(&installation)?;
    let name = book_name(BOOK).expect("a lower-case word names a book");
    let record = installation.book_or_new(&name, true)?;
    let keys = keys(&installation, &record)?;
    let book = installation.open_book(&record)?;
    let opened = shop::open(&installation, &settings, &book)?;
    serve::serve(&settings, &installation, vec![book], |serving| {
        announce(serving, &keys, &opened, args.json);
        city::look_at_posts(serving)?;
        serving.workers.iter().filter_map(Workers::feed).try_for_each(city::look_on)
    })
}

/// Whether only this machine reaches an address.
fn listens_here(listen: &str) -> bool {
    let address = listen.parse::<std::net::SocketAddr>();
    address.is_ok_and(|address| address.ip().is_loopback()) || listen.starts_with("localhost:")
}

fn settings(args: &Args, environment: &Environment) -> Done<Settings> {
    let name = args.data.file_name().unwrap_or_default().to_string_lossy();
    let place = PlaceArgs {
        // Named here, so that the variables of a real installation do not reach the demonstration.
        data: Some(args.data.clone()),
        keys: Some(args.data.with_file_name(format!("{name}-keys"))),
        ..PlaceArgs::default()
    };
    let mut settings = Settings::load(&place, args.listen.as_deref(), environment)?;
    // Whoever tries it out has no server that everybody can reach.
    settings.webhook_reach = WebhookReach::PublicAndLoopback;
    settings.site_here(BOOK);
    settings.mail_into(args.data.with_file_name(format!("{name}-mail")));
    Ok(settings)
}

/// Refuses a folder with books of somebody: a demonstration writes half a year into its own, and
/// moves its clock. Its own has its key, or none yet.
fn expect_own(installation: &Installation) -> Done {
    let secret = secret(installation, SECRET_PREFIX);
    for record in installation.books()? {
        if record.name.as_str() != BOOK || installation.has_other_keys(&record, &secret)? {
            let what = format!("book {} of this data folder is no demonstration's", record.name);
            return Err(Failure::new(what).next("name a fresh folder with --data DIR"));
        }
    }
    Ok(())
}

/// A key of the demonstration.
fn secret(installation: &Installation, prefix: &str) -> KeySecret {
    let hash = installation.ring.short_hash("demo key", prefix.as_bytes());
    let text = format!("{prefix}{:032x}", u128::from_be_bytes(hash));
    KeySecret::chosen(&text).expect("prefix and digits make a key").0
}

fn keys(installation: &Installation, record: &BookRecord) -> Done<Keys> {
    let make = |prefix: &str, kind: KeyKind, scopes: Scopes| -> Done<KeySecret> {
        let secret = secret(installation, prefix);
        installation.keep_key(record, &NewKey { secret: &secret, kind, scopes })?;
        Ok(secret)
    };
    Ok(Keys {
        secret: make(SECRET_PREFIX, KeyKind::Secret, Scopes::ALL)?,
        publishable: make("mg_pub_", KeyKind::Publishable, Scopes::LOOK_UP)?,
    })
}

fn announce(serving: &Serving<'_>, keys: &Keys, opened: &shop::Opened, json: bool) {
    let steps = tour::steps(keys, opened);
    let (secret, publishable) = (keys.secret.reveal(), keys.publishable.reveal());
    let folder = serving.installation.describe();
    // Passkeys know names of hosts, not addresses.
    let pages = serving.address.replace("127.0.0.1", "localhost");
    if json {
        let steps: Vec<_> = steps.iter().map(|step| step.json(serving.address)).collect();
        let view = serde_json::json!({
            "listening_on": serving.address, "pages": pages, "data": folder,
            "secret_key": secret, "publishable_key": publishable, "tour": steps,
        });
        output::line(&view.to_string());
        return;
    }
    let mut text = format!(
        "A test book with a living shop, in {folder}.\n\n\
         secret key       {secret}\n\
         publishable key  {publishable}\n\
         pages            {pages}/\n\
         documentation    {}/docs\n\n\
         A tour. Every command works as printed; -i shows the status.\n\n",
        serving.address
    );
    for (step, number) in steps.iter().zip(1..) {
        text += &step.text(number, serving.address);
    }
    output::line(&text);
    output::line(&format!("listening on {}", serving.address));
    output::line("Ctrl-C stops it; the shop stays in its folder for the next time.");
}
