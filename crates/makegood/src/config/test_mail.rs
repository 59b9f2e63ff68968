//! Mail of test books: to nobody but those whom the operator has named.
//!
//! Whoever tries the API types addresses that may be somebody's. A stranger must not get a mail
//! about a gift that is none.

use std::sync::Arc;

use mail::{Mailer, Message, Outcome, Refusal, Reply, Step};

use crate::failure::{Done, Failure};

/// Hands over what goes to an address that was named, and refuses the rest: it bounces.
pub(super) struct TestMailer {
    inner: Arc<dyn Mailer>,
    /// Addresses, and domains that begin with `@`, in lower case.
    named: Vec<String>,
}

impl TestMailer {
    /// In front of a mailer. `named` are addresses and domains with commas between them.
    ///
    /// # Errors
    ///
    /// One of them is neither.
    pub(super) fn new(inner: Arc<dyn Mailer>, named: &str) -> Done<TestMailer> {
        let named = named.split(',').map(str::trim).filter(|one| !one.is_empty());
        let named: Vec<String> = named.map(str::to_ascii_lowercase).collect();
        if let Some(strange) = named.iter().find(|one| one.matches('@').count() != 1) {
            let what = format!("mail_test_to: {strange} is neither an address nor a domain");
            return Err(Failure::new(what).next("write me@shop.example, or @shop.example"));
        }
        Ok(TestMailer { inner, named })
    }

    fn is_named(&self, address: &str) -> bool {
        let address = address.to_ascii_lowercase();
        let domain = address.find('@').map(|place| &address[place..]);
        self.named.iter().any(|one| *one == address || Some(one.as_str()) == domain)
    }
}

impl Mailer for TestMailer {
    fn send(&self, message: &Message) -> Outcome {
        if self.is_named(message.to.address.as_str()) {
            return self.inner.send(message);
        }
        tracing::info!("a mail of a test book was not sent: its address is not in mail_test_to");
        let reply = Reply { code: 550, status: None };
        Outcome::Refused(Refusal { step: Step::Recipient, reply })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nobody is asked whether mail may go to an address.
    struct Nobody;

    impl Mailer for Nobody {
        fn send(&self, _: &Message) -> Outcome {
            unreachable!()
        }
    }

    #[track_caller]
    fn check(named: &str, address: &str, expected: bool) {
        let mailer = TestMailer::new(Arc::new(Nobody), named).unwrap();
        assert_eq!(mailer.is_named(address), expected, "{named:?}: {address}");
    }

    #[test]
    fn strangers_get_no_mail_of_a_test_book() {
        check("", "ada@example.org", false);
        check("ada@example.org", "Ada@Example.org", true);
        check("ada@example.org", "bob@example.org", false);
        check("@shop.example , ada@example.org", "me@shop.example", true);
        check("@shop.example", "me@notshop.example", false);
        check("@shop.example", "me@shop.example.org", false);
        assert!(TestMailer::new(Arc::new(Nobody), "shop.example").is_err());
    }
}
