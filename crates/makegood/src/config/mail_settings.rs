//! Settings of mail: who takes it, and what all mails have in common.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jobs::mail::Letterhead;
use mail::bounce::ReturnPaths;
use mail::{
    Address, Domain, FolderMailer, Login, Mailer, Name, SecretLink, Security, SmtpMailer,
    SmtpSettings,
};
use outside::recipient_tokens::RecipientToken;

use super::test_mail::TestMailer;
use super::{Environment, MailSecurity, Settings};
use crate::failure::{Done, Failure};

/// Longest wait for connecting to the mail server and for each answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Mail as it is sent by this installation.
#[derive(Clone)]
pub(crate) struct Post {
    /// Who takes it of live books.
    mailer: Arc<dyn Mailer>,
    /// Who takes it of test books.
    test_mailer: Arc<dyn Mailer>,
    /// What all mails have in common.
    pub(crate) letterhead: Letterhead,
}

impl Post {
    /// Who takes the mail of a book.
    pub(crate) fn mailer(&self, is_test: bool) -> Arc<dyn Mailer> {
        Arc::clone(if is_test { &self.test_mailer } else { &self.mailer })
    }
}

impl Settings {
    /// How mail is sent; `None` when nobody takes it.
    ///
    /// # Errors
    ///
    /// A setting is missing, or does not fit.
    pub(crate) fn post(&self, environment: &Environment) -> Done<Option<Post>> {
        let mailer: Arc<dyn Mailer> = match (self.mail_server.as_str(), &self.mail_folder) {
            ("", folder) if folder.as_os_str().is_empty() => return Ok(None),
            ("", folder) => {
                let made = FolderMailer::new(folder);
                Arc::new(made.map_err(|error| Failure::file(folder, &error))?)
            }
            (_, folder) if !folder.as_os_str().is_empty() => {
                let what = "mail goes to mail_server or to mail_folder, not to both";
                return Err(Failure::new(what).next("leave one of them empty"));
            }
            (server, _) => {
                let settings = self.smtp(server, environment)?;
                Arc::new(SmtpMailer::new(settings).map_err(Failure::new)?)
            }
        };
        // What stays in a folder reaches nobody.
        let test_mailer: Arc<dyn Mailer> = match self.mail_server.as_str() {
            "" => Arc::clone(&mailer),
            _ => Arc::new(TestMailer::new(Arc::clone(&mailer), &self.mail_test_to)?),
        };
        Ok(Some(Post { mailer, test_mailer, letterhead: self.letterhead()? }))
    }

    /// Mail goes into this folder, unless it was said where it goes: for a demonstration, whose
    /// pages are on this machine.
    pub(crate) fn mail_into(&mut self, folder: PathBuf) {
        let port = self.listen.rsplit_once(':').map_or("8080", |(_, port)| port);
        let page = |name: &str| format!("http://localhost:{port}/{name}");
        let (claim_page, purchase_page) = (page("gift"), page("gifts"));
        if self.mail_server.is_empty() && self.mail_folder.as_os_str().is_empty() {
            self.mail_folder = folder;
        }
        for (setting, usual) in [
            (&mut self.mail_from, "gifts@shop.example"),
            (&mut self.mail_claim_page, &claim_page),
            (&mut self.mail_purchase_page, &purchase_page),
        ] {
            if setting.is_empty() {
                usual.clone_into(setting);
            }
        }
    }

    fn from(&self) -> Done<Address> {
        Address::new(&self.mail_from).map_err(|error| {
            Failure::new(format!("mail_from is no address: {error}"))
                .next("set it to the address that mails come from, such as gifts@shop.example")
        })
    }

    fn smtp(&self, server: &str, environment: &Environment) -> Done<SmtpSettings> {
        let password = environment.get("MAIL_PASSWORD");
        let login = match (self.mail_user.as_str(), password) {
            ("", None) => None,
            (user, Some(password)) if !user.is_empty() => {
                Some(Login { user: user.to_owned(), password: password.to_owned() })
            }
            _ => {
                let what = "mail_user and MAKEGOOD_MAIL_PASSWORD belong together";
                return Err(Failure::new(what).next("set both, or neither"));
            }
        };
        Ok(SmtpSettings {
            host: server.to_owned(),
            port: self.mail_port,
            security: match self.mail_security {
                MailSecurity::Tls => Security::Tls,
                MailSecurity::StartTls => Security::StartTls,
                MailSecurity::None => Security::PlainOnLoopback,
            },
            login,
            hello_name: self.domain()?,
            patience: PATIENCE,
            more_roots: Vec::new(),
        })
    }

    fn letterhead(&self) -> Done<Letterhead> {
        let shop = Name::new(&self.mail_shop_name)
            .map_err(|error| Failure::new(format!("mail_shop_name is no name: {error}")))?;
        // Judged here with the longest token there is, so that no gift finds out.
        let token = "0".repeat(RecipientToken::TEXT_BYTES);
        SecretLink::new(&format!("{}#{token}", self.mail_claim_page)).map_err(|error| {
            Failure::new(format!("mail_claim_page does not fit: {error}")).next(
                "set it to the page on which gifts are claimed, such as https://shop.example/gift",
            )
        })?;
        Ok(Letterhead {
            shop,
            from: self.from()?,
            return_paths: ReturnPaths::new(self.domain()?).map_err(Failure::new)?,
            claim_page: self.mail_claim_page.clone(),
            purchase_page: self.purchase_page()?,
            pictures: site::mail_picture,
        })
    }

    fn purchase_page(&self) -> Done<Option<String>> {
        let page = self.mail_purchase_page.as_str();
        if page.is_empty() {
            return Ok(None);
        }
        SecretLink::new(&format!("{page}#gcp")).map_err(|error| {
            Failure::new(format!("mail_purchase_page does not fit: {error}"))
                .next("set it to the page on which buyers see what they bought, or leave it empty")
        })?;
        Ok(Some(page.to_owned()))
    }

    fn domain(&self) -> Done<Domain> {
        Domain::new(self.from()?.domain()).map_err(Failure::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::PlaceArgs;

    #[track_caller]
    fn check(variables: &[(&str, &str)], expected: Result<bool, &str>) {
        let environment = Environment::of(variables);
        let settings = Settings::load(&PlaceArgs::default(), None, &environment).unwrap();
        match (settings.post(&environment), expected) {
            (Ok(post), Ok(is_sent)) => assert_eq!(post.is_some(), is_sent, "{variables:?}"),
            (Err(failure), Err(named)) => {
                assert!(failure.to_string().contains(named), "{failure}");
            }
            (Ok(_), Err(named)) => panic!("{variables:?}: {named} is not missed"),
            (Err(failure), Ok(_)) => panic!("{variables:?}: {failure}"),
        }
    }

    #[test]
    fn mail_needs_all_of_its_settings() {
        let server = ("MAIL_SERVER", "mail.shop.example");
        let from = ("MAIL_FROM", "gifts@shop.example");
        let page = ("MAIL_CLAIM_PAGE", "https://shop.example/gift");
        let (user, password) = (("MAIL_USER", "makegood"), ("MAIL_PASSWORD", "s3cret"));
        check(&[], Ok(false));
        check(&[from, page], Ok(false));
        check(&[server, from, page], Ok(true));
        check(&[server, from, page, user, password], Ok(true));
        check(&[server, from], Err("mail_claim_page"));
        check(&[server, page], Err("mail_from"));
        check(&[server, from, page, user], Err("MAKEGOOD_MAIL_PASSWORD"));
        check(&[server, from, page, password], Err("mail_user"));
        check(&[server, from, page, ("MAIL_FOLDER", "/tmp/x")], Err("not to both"));
        check(&[server, from, page, ("MAIL_SECURITY", "none")], Err("encryption"));
        check(&[server, from, ("MAIL_CLAIM_PAGE", "http://shop.example/")], Err("https"));
        // A link has at most 500 bytes, and the longest token 82.
        let longest = format!("https://shop.example/{}", "a".repeat(500 - 1 - 82 - 21));
        check(&[server, from, ("MAIL_CLAIM_PAGE", &longest)], Ok(true));
        let longer = format!("{longest}a");
        check(&[server, from, ("MAIL_CLAIM_PAGE", &longer)], Err("mail_claim_page"));
        check(&[server, from, page, ("MAIL_TEST_TO", "me@shop.example,@b.example")], Ok(true));
        check(&[server, from, page, ("MAIL_TEST_TO", "shop.example")], Err("mail_test_to"));
        let purchases = ("MAIL_PURCHASE_PAGE", "https://shop.example/purchase");
        check(&[server, from, page, purchases], Ok(true));
        let purchases = ("MAIL_PURCHASE_PAGE", "shop.example/purchase");
        check(&[server, from, page, purchases], Err("mail_purchase_page"));
        let here = ("MAIL_SERVER", "localhost");
        check(&[here, from, page, ("MAIL_SECURITY", "none")], Ok(true));
    }
}
