//! A faithful export: ten thousand rows as a shop's admin writes them, good and bad ones.

use std::fmt::Write;

/// Rows of the whole export.
pub const ROWS: u64 = 10_000;

/// An export, a file of codes for half of its cards, and what is in them.
pub struct Export {
    pub csv: String,
    pub codes: String,
    /// Rows by what must become of them.
    pub imported: u64,
    pub reissued: u64,
    pub canceled: u64,
    pub refused: u64,
    /// Minor units owed once it is imported, by currency.
    pub owed_usd: i64,
    pub owed_jpy: i64,
}

const HEADER: &str = "Id,Last Characters,Customer Name,Email,Order Name,Created At,Expires On,\
                      Initial Balance,Balance,Currency,Expired?,Enabled?,Disabled At";

/// Names with all that makes files hard to read.
const NAMES: [&str; 6] = [
    "Ana Lima",
    "\"Müller, Jürgen\"",
    "\"Bobby \"\"The Card\"\" Ray\"",
    "山田 太郎",
    "\"Two\nLines\"",
    "",
];

/// What is wrong with some rows: which field is replaced, and by what.
const MISTAKES: [(usize, &str); 7] = [
    (5, "2026-02-30 10:00:00 -0500"),
    (6, "next year"),
    (7, "-25.00"),
    (8, "12.345"),
    (9, "XYZ"),
    (11, "perhaps"),
    (0, ""),
];

impl Export {
    /// Makes the export, always the same.
    pub fn new() -> Export {
        let mut export = Export {
            csv: format!("\u{FEFF}{HEADER}\r\n"),
            codes: "Id,Code\n".to_owned(),
            imported: 0,
            reissued: 0,
            canceled: 0,
            refused: 0,
            owed_usd: 0,
            owed_jpy: 0,
        };
        for number in 0..ROWS {
            export.add(number);
        }
        export
    }

    fn add(&mut self, number: u64) {
        let is_yen = number.is_multiple_of(7);
        let is_disabled = number % 29 == 3;
        let initial = 500 + (number * 37) % 20_000;
        let left = if number.is_multiple_of(11) { 0 } else { initial - (number * 13) % initial };
        let has_code = number.is_multiple_of(2);
        let code = format!("SHOP{number:08}Q");
        let id = if number % 500 == 499 { 90_000 + number - 1 } else { 90_000 + number };
        let mut fields = [
            id.to_string(),
            code[code.len() - 4..].to_ascii_lowercase(),
            NAMES[(number % 6) as usize].to_owned(),
            if number.is_multiple_of(5) {
                String::new()
            } else {
                format!("buyer{}@example.com", number % 3_000)
            },
            format!("#{}", 1_000 + number),
            format!("20{:02}-06-15 13:06:50 -0500", 19 + number % 7),
            if number.is_multiple_of(13) {
                format!("20{:02}-03-31", 21 + number % 20)
            } else {
                String::new()
            },
            amount(initial, is_yen),
            amount(left, is_yen),
            if is_yen { "JPY" } else { "USD" }.to_owned(),
            if number.is_multiple_of(13) && number % 20 < 5 { "true" } else { "false" }.to_owned(),
            if is_disabled { "false" } else { "true" }.to_owned(),
            if is_disabled { "2025-01-02 03:04:05 -0500" } else { "" }.to_owned(),
        ];
        let is_twice = number % 500 == 499;
        let mistake = (number % 97 == 50).then(|| MISTAKES[(number / 97 % 7) as usize]);
        if let Some((field, text)) = mistake {
            fields[field] = text.to_owned();
        }
        writeln!(self.csv, "{}\r", fields.join(",")).unwrap();
        if has_code {
            writeln!(self.codes, "{id},{code}").unwrap();
        }
        match () {
            () if is_twice || mistake.is_some() => self.refused += 1,
            () if is_disabled => self.canceled += 1,
            () => {
                *if has_code { &mut self.imported } else { &mut self.reissued } += 1;
                *if is_yen { &mut self.owed_jpy } else { &mut self.owed_usd } += left as i64;
            }
        }
    }
}

/// As the shop writes it: dollars with two decimals, yen with none or with zeros.
fn amount(minor: u64, is_yen: bool) -> String {
    match (is_yen, minor % 2) {
        (false, _) => format!("{}.{:02}", minor / 100, minor % 100),
        (true, 0) => minor.to_string(),
        (true, _) => format!("{minor}.0"),
    }
}
