//! The mail with a code for signing in.

use super::blocks::Block;
use super::content;
use super::words::Clean;
use crate::{Content, Name};

/// To whoever wants to sign in: the code.
///
/// It has no link, so that nobody learns to follow links in mails about signing in, and the subject
/// has no code, for locked screens show subjects.
#[derive(Clone, Copy)]
pub struct SignInCode<'a> {
    /// The shop.
    pub shop: &'a Name,
    /// The digits, as they are shown.
    pub code: &'a str,
    /// The only place where the code is asked for.
    pub origin: &'a str,
    /// Minutes for which it works.
    pub minutes: u64,
}

/// The mail of a [`SignInCode`].
pub fn sign_in_code(mail: &SignInCode<'_>) -> Content {
    let shop = Clean::name(mail.shop);
    let blocks = [
        Block::Heading(mail.code.to_owned()),
        Block::Words(format!(
            "This is your code to sign in to {shop}. It works once, for {} minutes, in the browser \
             in which you asked for it.",
            mail.minutes
        )),
        Block::Note(format!(
            "Only {} asks for it. Nobody of {shop} ever will: whoever does wants to get into your \
             account.",
            mail.origin
        )),
        Block::Note("You did not ask for it? You need not do anything.".to_owned()),
    ];
    content(&format!("Your code for {shop}"), &blocks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_in_the_text_and_not_in_the_subject() {
        let shop = Name::new("Luna's").unwrap();
        let mail = SignInCode {
            shop: &shop,
            code: "1234 5678",
            origin: "https://shop.example",
            minutes: 10,
        };
        let content = sign_in_code(&mail);
        assert!(content.text.contains("1234 5678") && content.html.contains("1234 5678"));
        assert!(!content.subject.as_str().contains("1234"));
        assert!(!content.html.contains("<a "), "there is nothing to follow");
    }
}
