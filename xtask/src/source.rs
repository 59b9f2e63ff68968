//! Rust text split into code and string literals.
//!
//! The rules look for words. A word in a comment or in a text is not the same as a word in the
//! code, so a file is first taken apart. This is not a parser: it knows comments, literals and
//! lifetimes, which is all that is needed to tell the three apart.

/// A Rust file taken apart.
pub struct Source {
    /// The text with comments and the content of literals replaced by spaces. It has the same
    /// lines and columns as the file.
    pub code: String,
    /// The string literals (plain, raw, byte and C strings) in order, without their quotes.
    pub strings: Vec<Literal>,
}

/// One string literal.
pub struct Literal {
    /// Line of the opening quote, counted from 1.
    pub line: usize,
    /// Text between the quotes, escapes as written.
    pub text: String,
}

impl Source {
    /// Takes a file apart. Never fails: text that is not Rust gives some code and no harm.
    pub fn read(text: &str) -> Self {
        let mut scanner = Scanner {
            chars: text.chars().collect(),
            at: 0,
            line: 1,
            code: String::with_capacity(text.len()),
            strings: Vec::new(),
        };
        while scanner.at < scanner.chars.len() {
            scanner.step();
        }
        Self { code: scanner.code, strings: scanner.strings }
    }

    /// Lines of code with their numbers, counted from 1.
    pub fn code_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.lines().enumerate().map(|(index, line)| (index + 1, line))
    }
}

/// The identifiers, keywords and numbers of a piece of text.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !is_word(c)).filter(|word| !word.is_empty())
}

/// Whether the character can be part of an identifier.
pub fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

struct Scanner {
    chars: Vec<char>,
    at: usize,
    line: usize,
    code: String,
    strings: Vec<Literal>,
}

impl Scanner {
    fn step(&mut self) {
        match (self.chars[self.at], self.peek(1)) {
            ('/', Some('/')) => self.line_comment(),
            ('/', Some('*')) => self.block_comment(),
            ('"', _) => self.string(),
            ('\'', _) => self.quote(),
            (c, _) if is_word(c) => self.word(),
            _ => self.keep(),
        }
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn keep(&mut self) {
        let c = self.chars[self.at];
        self.line += usize::from(c == '\n');
        self.code.push(c);
        self.at += 1;
    }

    fn blank(&mut self) {
        let c = self.chars[self.at];
        self.line += usize::from(c == '\n');
        self.code.push(if c == '\n' { '\n' } else { ' ' });
        self.at += 1;
    }

    fn line_comment(&mut self) {
        while self.peek(0).is_some_and(|c| c != '\n') {
            self.blank();
        }
    }

    /// Block comments nest in Rust.
    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        while self.at < self.chars.len() {
            match (self.chars[self.at], self.peek(1)) {
                ('/', Some('*')) => depth += 1,
                ('*', Some('/')) => depth -= 1,
                _ => {
                    self.blank();
                    continue;
                }
            }
            self.blank();
            self.blank();
            if depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self) {
        let line = self.line;
        self.keep();
        let start = self.at;
        while self.peek(0).is_some_and(|c| c != '"') {
            if self.chars[self.at] == '\\' && self.peek(1).is_some() {
                self.blank();
            }
            self.blank();
        }
        self.close_string(line, start, 1);
    }

    fn raw_string(&mut self, hashes: usize) {
        let line = self.line;
        for _ in 0..=hashes {
            self.keep();
        }
        let start = self.at;
        let ends_here = |scanner: &Self| {
            scanner.peek(0) == Some('"') && (1..=hashes).all(|n| scanner.peek(n) == Some('#'))
        };
        while self.at < self.chars.len() && !ends_here(self) {
            self.blank();
        }
        self.close_string(line, start, 1 + hashes);
    }

    fn close_string(&mut self, line: usize, start: usize, closing: usize) {
        let text = self.chars[start..self.at].iter().collect();
        self.strings.push(Literal { line, text });
        for _ in 0..closing {
            if self.at < self.chars.len() {
                self.keep();
            }
        }
    }

    /// A quote begins a character literal, or a lifetime when no quote closes it.
    fn quote(&mut self) {
        self.keep();
        if self.peek(0) == Some('\\') {
            self.blank();
            self.blank();
            while self.peek(0).is_some_and(|c| c != '\'') {
                self.blank();
            }
        } else if self.peek(1) == Some('\'') {
            self.blank();
        } else {
            return;
        }
        if self.at < self.chars.len() {
            self.keep();
        }
    }

    /// A word is code, but `r`, `br` and `cr` may open a raw string.
    fn word(&mut self) {
        let start = self.at;
        while self.peek(0).is_some_and(is_word) {
            self.keep();
        }
        let word: String = self.chars[start..self.at].iter().collect();
        if matches!(word.as_str(), "r" | "br" | "cr") {
            let hashes = self.chars[self.at..].iter().take_while(|c| **c == '#').count();
            if self.peek(hashes) == Some('"') {
                self.raw_string(hashes);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, code: &str, strings: &[(usize, &str)]) {
        let source = Source::read(text);
        assert_eq!(source.code, code);
        let found: Vec<_> = source.strings.iter().map(|s| (s.line, s.text.as_str())).collect();
        assert_eq!(found, strings);
    }

    #[test]
    fn comments_are_blank_and_nest() {
        check("a // b\nc", "a     \nc", &[]);
        check("a /* b /* c */ d */ e", "a                   e", &[]);
    }

    #[test]
    fn strings_leave_the_code_and_keep_their_line() {
        check("f(\"x // y\")", "f(\"      \")", &[(1, "x // y")]);
        check("\n\"a\\\"b\" c", "\n\"    \" c", &[(2, "a\\\"b")]);
        check("r#\"a\"b\"# c", "r#\"   \"# c", &[(1, "a\"b")]);
        check("r#type b\"z\"", "r#type b\" \"", &[(1, "z")]);
    }

    #[test]
    fn characters_differ_from_lifetimes() {
        check("'\"' 'a \"s\" '\\'' '\\u{1}'", "' ' 'a \" \" '  ' '     '", &[(1, "s")]);
    }
}
