use base::{Text, TextError, Token, TokenError};

#[test]
fn texts_are_bounded_and_free_of_control_characters() {
    #[track_caller]
    fn check(text: &str, line: Result<(), TextError>, lines: Result<(), TextError>) {
        let kept = |read: Result<Text<8>, TextError>| {
            read.map(|kept| assert_eq!((kept.as_str(), kept.as_ref()), (text, text)))
        };
        assert_eq!(kept(Text::new(text)), line, "{text:?}");
        assert_eq!(kept(Text::multiline(text)), lines, "{text:?}");
    }
    let too_long = Err(TextError::TooLong { max_bytes: 8 });
    let control = Err(TextError::ControlCharacter);
    check("", Err(TextError::Empty), Err(TextError::Empty));
    check("x", Ok(()), Ok(()));
    check("12345678", Ok(()), Ok(()));
    check("123456789", too_long, too_long);
    check("ééée", Ok(()), Ok(()));
    check("🎁🎁", Ok(()), Ok(()));
    check("🎁🎁!", too_long, too_long);
    check("  a  ", Ok(()), Ok(()));
    check("a\nb\tc", control, Ok(()));
    for forbidden in ["\0", "\r", "\u{1b}", "\u{1f}", "\u{7f}", "\u{80}", "\u{85}", "\u{9f}"] {
        check(forbidden, control, control);
        check(&format!("a{forbidden}b"), control, control);
    }
    // The length is checked first.
    check("12345678\0", too_long, too_long);
}

#[test]
fn texts_show_themselves() {
    let text = Text::<20>::multiline("a\n\"b\"").unwrap();
    assert_eq!(text.to_string(), "a\n\"b\"");
    assert_eq!(format!("{text:?}"), r#""a\n\"b\"""#);
    assert!(Text::<3>::new("a").unwrap() < Text::new("b").unwrap());
}

#[test]
fn tokens_are_words_for_machines() {
    #[track_caller]
    fn check(text: &str, expected: Result<&str, TokenError>) {
        let token = Token::<12>::new(text);
        assert_eq!(token.as_ref().map(Token::as_str).map_err(|error| *error), expected);
    }
    check("gc.redeem", Ok("gc.redeem"));
    check("a_b:c-9", Ok("a_b:c-9"));
    check("123456789012", Ok("123456789012"));
    check("", Err(TokenError::Empty));
    check("1234567890123", Err(TokenError::TooLong { max_bytes: 12 }));
    for text in ["A", "a b", " a", "a\n", "a/b", "é", "a@b", "a`", "{", "\0"] {
        check(text, Err(TokenError::InvalidCharacter));
    }
    let token = Token::<12>::new("gc.redeem").unwrap();
    assert_eq!(format!("{token} {token:?}"), r#"gc.redeem "gc.redeem""#);
}
