//! `makegood keys`: API keys and the key ring, while no server runs on the data folder.

mod rotate;

use base::KeyId;
use http::{KeySecret, NewKey, Scopes};
use outside::random::SystemRandomness;
use serde::Serialize;
use store::{ApiKey, BookName, KeyKind};

use crate::config::{Environment, PlaceArgs, Settings};
use crate::failure::{Done, Ending, Failure};
use crate::output::OutputArgs;
use crate::wiring::{Installation, book_name, parse_scopes};

/// Make, list and withdraw API keys; rotate the key ring.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Make a key; its text is shown once.
    Create(CreateArgs),
    /// List the keys of a book, or of all; never their text.
    List(ListArgs),
    /// Withdraw a key for good.
    Revoke(RevokeArgs),
    /// Put a fresh key into the ring, for new codes, and re-wrap the keys of persons with it.
    RotateRing(rotate::Args),
}

/// What every action takes.
#[derive(Debug, clap::Args)]
struct Common {
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Debug, clap::Args)]
struct CreateArgs {
    /// The book it opens.
    #[arg(long, value_parser = book_name)]
    book: BookName,
    /// What it may do: all, or names with commas: read, spend, issue, gift_cards:reveal, admin,
    /// catalog:write, checkout:write, orders:refund, payouts:write, webhooks:manage, mail:report,
    /// settlements:write, promotions:write, promotions:review, feed:serve,
    /// incidents:write, signals:write, claims:write, claims:review,
    /// people:hand_over.
    #[arg(long, value_parser = scopes, required_unless_present_any = ["kind"])]
    scopes: Option<Scopes>,
    /// secret for backends, publishable for apps and pages, which may only look cards up.
    #[arg(long, value_parser = kind, default_value = "secret")]
    kind: KeyKind,
    /// Make the book when there is none: live or test.
    #[arg(long, value_name = "KIND", value_parser = ["live", "test"])]
    create_book: Option<String>,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// Only keys of this book.
    #[arg(long, value_parser = book_name)]
    book: Option<BookName>,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
struct RevokeArgs {
    /// Id of the key: key_ and 26 characters.
    id: KeyId,
    #[command(flatten)]
    common: Common,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Done<Ending> {
    match &args.action {
        Action::Create(args) => create(args),
        Action::List(args) => list(args),
        Action::Revoke(args) => revoke(args),
        Action::RotateRing(args) => rotate::run(args),
    }?;
    Ok(Ending::Well)
}

/// A key as it is shown.
#[derive(Serialize)]
struct KeyView {
    id: String,
    book: String,
    kind: &'static str,
    scopes: Vec<String>,
    last4: String,
    created_at: String,
    revoked_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

impl KeyView {
    fn new(key: &ApiKey) -> KeyView {
        KeyView {
            id: key.id.to_string(),
            book: key.book.to_string(),
            kind: key.kind.as_str(),
            scopes: key.scopes.split_whitespace().map(str::to_owned).collect(),
            last4: String::from_utf8_lossy(&key.last4).into_owned(),
            created_at: key.created_at.to_string(),
            revoked_at: key.revoked_at.map(|at| at.to_string()),
            key: None,
        }
    }

    fn line(&self) -> String {
        let KeyView { id, book, kind, last4, created_at, .. } = self;
        let scopes = if self.scopes.is_empty() { "look up".into() } else { self.scopes.join(",") };
        let revoked = self.revoked_at.as_deref();
        let state = revoked.map_or("valid".to_owned(), |at| format!("withdrawn {at}"));
        format!("{id}  {book}  {kind} …{last4}  {scopes}  made {created_at}  {state}\n")
    }
}

fn open(common: &Common) -> Done<Installation> {
    let environment = Environment::of_process();
    let settings = Settings::load(&common.place, None, &environment)?;
    Installation::open(&settings, &environment).map_err(|failure| {
        failure.next_if_in_use("while a server runs, make keys through it: POST /v1/keys")
    })
}

fn create(args: &CreateArgs) -> Done {
    let scopes = match (args.kind, args.scopes) {
        (KeyKind::Publishable, None) => Scopes::LOOK_UP,
        (KeyKind::Publishable, Some(_)) => {
            let what = "a publishable key may only look cards up";
            return Err(Failure::new(what).next("leave --scopes out"));
        }
        (KeyKind::Secret, Some(scopes)) if !scopes.is_empty() => scopes,
        (KeyKind::Secret, _) => {
            let what = "a secret key needs scopes";
            return Err(Failure::new(what).next("--scopes all, or some of read,spend,issue"));
        }
    };
    let installation = open(&args.common)?;
    let record = match args.create_book.as_deref() {
        Some(kind) => installation.book_or_new(&args.book, kind == "test")?,
        None => installation.book(&args.book)?,
    };
    // Opening it makes the file and its first record, so that a mistake shows now.
    installation.open_book(&record)?.stop();
    let secret = KeySecret::draw(args.kind, record.is_test, &mut SystemRandomness);
    let new = NewKey { secret: &secret, kind: args.kind, scopes };
    let key = installation.keep_key(&record, &new)?;
    let view = KeyView { key: Some(secret.reveal().to_owned()), ..KeyView::new(&key) };
    args.common.output.print(&view, || {
        format!("{}\n{} of book {}: it is not shown again", secret.reveal(), key.id, key.book)
    });
    Ok(())
}

fn list(args: &ListArgs) -> Done {
    let installation = open(&args.common)?;
    let keys = match &args.book {
        Some(book) => installation.control()?.keys_of(&installation.book(book)?.name)?,
        None => installation.control()?.find_all_keys()?,
    };
    let views: Vec<KeyView> = keys.iter().map(KeyView::new).collect();
    args.common.output.print(&views, || views.iter().map(KeyView::line).collect());
    Ok(())
}

fn revoke(args: &RevokeArgs) -> Done {
    let installation = open(&args.common)?;
    let mut control = installation.control()?;
    let keys = control.find_all_keys()?;
    let Some(key) = keys.into_iter().find(|key| key.id == args.id) else {
        let what = format!("there is no key {}", args.id);
        return Err(Failure::new(what).next("`makegood keys list` shows those there are"));
    };
    let revoked = control.revoke_key(&key.book, key.id, installation.now())?.unwrap_or(key);
    let view = KeyView::new(&revoked);
    args.common.output.print(&view, || view.line());
    Ok(())
}

fn scopes(text: &str) -> Result<Scopes, String> {
    parse_scopes(text).ok_or_else(|| {
        "scopes are all, or some of read, spend, issue, gift_cards:reveal, admin, catalog:write, \
         checkout:write, orders:refund, payouts:write, webhooks:manage, mail:report, \
         settlements:write, promotions:write, promotions:review, feed:serve, incidents:write, \
         signals:write, claims:write, claims:review, \
         people:hand_over"
            .to_owned()
    })
}

fn kind(text: &str) -> Result<KeyKind, String> {
    KeyKind::parse(text).ok_or_else(|| "a key is secret or publishable".to_owned())
}
