/// The text of bytes that this crate wrote or checked itself, and that are therefore ASCII.
pub(crate) fn as_text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("only ASCII bytes are ever stored or written here")
}
