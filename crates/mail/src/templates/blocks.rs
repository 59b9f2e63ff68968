//! A mail as a list of blocks, written as text and as HTML.

use std::fmt::Write;

use crate::{Picture, SecretLink};

/// One piece of a mail. Texts are plain; what HTML needs is added here and nowhere else.
pub(super) enum Block<'a> {
    Heading(String),
    Words(String),
    /// What words say as well, so it has none of its own.
    Picture(&'a Picture),
    /// Lines of a person, set apart so that they are not taken for ours.
    Quote(Vec<String>),
    /// A link with what it says on it.
    Button(&'static str, &'a SecretLink),
    /// Small print that leads somewhere.
    Link(String, &'a SecretLink),
    /// Small print.
    Note(String),
}

const BEFORE: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
    <meta name=\"viewport\" content=\"width=device-width\">\n\
    <meta name=\"color-scheme\" content=\"light dark\">\n";
const BODY: &str = "</head>\n<body style=\"margin:0;padding:24px;font:16px/1.5 sans-serif\">\n\
    <div style=\"max-width:34em;margin:0 auto\">\n";
const AFTER: &str = "</div>\n</body>\n</html>\n";
const QUOTE: &str = "<blockquote dir=\"auto\" style=\"margin:16px 0;padding:0 0 0 16px;\
    border-left:4px solid #888\">";
const BUTTON: &str = "display:inline-block;padding:12px 24px;border-radius:6px;\
    background:#1a4fb4;color:#ffffff;text-decoration:none";

const PICTURE: &str = "display:block;max-width:100%;height:auto;border-radius:12px";

/// Pixels of a picture where a mail has one: it is sharp on screens that have more.
const PIXELS_A_POINT: u32 = 2;

/// The text and the HTML of a mail.
pub(super) fn page(title: &str, blocks: &[Block<'_>]) -> (String, String) {
    let mut text = String::new();
    let mut html = format!("{BEFORE}<title>{}</title>\n{BODY}", escaped(title));
    for block in blocks {
        if !text.is_empty() && !matches!(block, Block::Picture(_)) {
            text.push('\n');
        }
        block.write_text(&mut text);
        block.write_html(&mut html);
    }
    html.push_str(AFTER);
    (text, html)
}

impl Block<'_> {
    fn write_text(&self, text: &mut String) {
        match self {
            Self::Heading(words) | Self::Words(words) | Self::Note(words) => {
                text.push_str(words);
                text.push('\n');
            }
            Self::Picture(_) => {}
            Self::Quote(lines) => {
                for line in lines {
                    put(text, format_args!("{}\n", format!("> {line}").trim_end()));
                }
            }
            Self::Button(says, link) => put(text, format_args!("{says}:\n{}\n", link.reveal())),
            Self::Link(says, link) => put(text, format_args!("{says}:\n{}\n", link.reveal())),
        }
    }

    fn write_html(&self, html: &mut String) {
        match self {
            Self::Heading(words) => {
                put(html, format_args!("<h1 style=\"font-size:22px\">{}</h1>\n", escaped(words)));
            }
            Self::Words(words) => put(html, format_args!("<p>{}</p>\n", escaped(words))),
            Self::Picture(picture) => put(
                html,
                format_args!(
                    "<p><img src=\"cid:{}\" width=\"{}\" height=\"{}\" alt=\"\" \
                     style=\"{PICTURE}\"></p>\n",
                    escaped(&picture.id),
                    Picture::WIDTH / PIXELS_A_POINT,
                    Picture::HEIGHT / PIXELS_A_POINT,
                ),
            ),
            Self::Quote(lines) => {
                let lines: Vec<String> = lines.iter().map(|line| escaped(line)).collect();
                put(html, format_args!("{QUOTE}{}</blockquote>\n", lines.join("<br>\n")));
            }
            Self::Button(says, link) => put(
                html,
                format_args!(
                    "<p><a href=\"{}\" style=\"{BUTTON}\">{}</a></p>\n",
                    escaped(link.reveal()),
                    escaped(says)
                ),
            ),
            Self::Link(says, link) => put(
                html,
                format_args!(
                    "<p style=\"font-size:14px\"><a href=\"{}\">{}</a></p>\n",
                    escaped(link.reveal()),
                    escaped(says)
                ),
            ),
            Self::Note(words) => {
                put(html, format_args!("<p style=\"font-size:14px\">{}</p>\n", escaped(words)));
            }
        }
    }
}

fn put(into: &mut String, words: std::fmt::Arguments<'_>) {
    into.write_fmt(words).expect("a string takes everything");
}

/// Text that HTML shows as it is, between tags and in quoted values.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_of_people_is_shown_not_obeyed() {
        let wild = "<b onclick='x'>\"&amp;</b>";
        let tame = "&lt;b onclick=&#39;x&#39;&gt;&quot;&amp;amp;&lt;/b&gt;";
        let words = || wild.to_owned();
        let blocks = [
            Block::Heading(words()),
            Block::Words(words()),
            Block::Quote(vec![words(), words()]),
            Block::Note(words()),
        ];
        let (text, html) = page(wild, &blocks);
        assert_eq!(html.matches(tame).count(), 6);
        assert!(!html.contains("<b "));
        assert_eq!(text.matches(wild).count(), 5);
    }

    #[test]
    fn lines_of_people_are_marked_in_text() {
        let (text, html) = page("t", &[Block::Quote(vec!["a".into(), String::new(), "b".into()])]);
        assert_eq!(text, "> a\n>\n> b\n");
        assert!(html.contains(">a<br>\n<br>\nb</blockquote>"), "{html}");
    }
}
