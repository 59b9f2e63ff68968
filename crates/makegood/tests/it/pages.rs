//! Pages of a real server, used as a browser without scripts uses them.

mod browser;
mod finance;
mod gifts;
mod giving;
mod hand_over;
mod paying;
mod promotions;
mod requests;
mod sign_in;
mod step_up;
mod wallet;

use std::cell::Cell;
use std::path::PathBuf;

use serde_json::json;
use testbed::Device;

use crate::process::{Place, Server};

pub use browser::Browser;

/// A server with pages: a test book, whose mails go into a folder.
pub struct Shop {
    pub server: Server,
    mails: PathBuf,
    place: Place,
    /// How many devices have a passkey.
    devices: Cell<u8>,
}

impl Shop {
    pub fn open() -> Shop {
        Shop::at(Place::new())
    }

    /// The same with other settings.
    pub fn with(settings: &[(&str, &str)]) -> Shop {
        Shop::made(Place::new(), settings)
    }

    pub fn at(place: Place) -> Shop {
        Shop::made(place, &[])
    }

    fn made(place: Place, settings: &[(&str, &str)]) -> Shop {
        let mails = place.path("mails");
        let folder = mails.to_string_lossy().into_owned();
        let usual = [
            ("MAKEGOOD_SITE_ORIGIN", "http://localhost:0"),
            ("MAKEGOOD_SITE_BOOK", "test"),
            ("MAKEGOOD_SITE_NAME", "Corner Shop"),
            ("MAKEGOOD_MAIL_FOLDER", &folder),
            ("MAKEGOOD_MAIL_FROM", "shop@shop.example"),
            ("MAKEGOOD_MAIL_CLAIM_PAGE", "http://localhost:0/gift"),
        ];
        let server = place.serve_with(&[&usual, settings].concat());
        Shop { server, mails, place, devices: Cell::new(0) }
    }

    /// A browser in which nobody has signed in.
    pub fn browser(&self) -> Browser<'_> {
        Browser::new(self)
    }

    /// A browser of somebody of staff with these roles, who has signed in by a passkey.
    pub fn staff(&self, email: &str, roles: &str) -> Browser<'_> {
        let mut browser = self.signed_in(email);
        let person = browser.person();
        let args = ["people", &person, "--book", "test", "--roles", roles];
        self.place.run(&args).expect(0);
        // Whoever has just become staff may still sign in by mail, and adds a passkey.
        browser.sign_in(email);
        let device = self.add_passkey(&mut browser);
        let options = browser.ask_account("/account/sign-in/passkey/options", json!({}));
        browser.ask_account("/account/sign-in/passkey", device.get(&options));
        browser
    }

    /// Gives whoever has just signed in a passkey.
    pub fn add_passkey(&self, browser: &mut Browser<'_>) -> Device {
        let device = Device::new(self.next_seed(), &browser.origin(), "localhost");
        let options = browser.ask_account("/account/passkeys/options", json!({}));
        browser.ask_account("/account/passkeys", device.create(&options));
        device
    }

    fn next_seed(&self) -> u8 {
        self.devices.set(self.devices.get() + 1);
        self.devices.get()
    }

    /// A browser of somebody who has signed in by mail.
    pub fn signed_in(&self, email: &str) -> Browser<'_> {
        let mut browser = self.browser();
        browser.sign_in(email);
        browser
    }
}
