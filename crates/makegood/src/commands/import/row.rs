//! Checking rows: what may become a card, and why the others may not.

use std::collections::{HashMap, HashSet};

use base::{Currency, Instant, Money, MoneyError, Text};
use giftcards::limits;

use super::codes::{CodeOfCard, Codes};
use super::dates;
use super::file::{Column, Line};
use crate::wiring::OwnerText;

/// Bytes of a name and of an address, as the API has them.
const NAME_BYTES_MAX: usize = 200;
const EMAIL_BYTES_MAX: usize = 254;
const NOTE_BYTES_MAX: usize = 2_000;

/// A row of the export that was looked at.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Line of the file.
    pub(super) line: u64,
    /// The shop's id of the card; empty when there is none.
    pub(super) id: String,
    /// What is left on it, as far as that can be read: refused rows count too.
    pub(super) amounts: Option<Amounts>,
    /// The card to be, or why there is none.
    pub(super) card: Result<Box<OldCard>, String>,
}

/// The money of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Amounts {
    /// What the card was issued with.
    pub(super) initial: Money,
    /// What is left.
    pub(super) balance: Money,
}

/// A card as the other system knew it.
#[derive(Clone, Debug)]
pub(super) struct OldCard {
    pub(super) reference: Text<255>,
    pub(super) amounts: Amounts,
    pub(super) owner: OwnerText,
    pub(super) order: Option<String>,
    pub(super) last_characters: Option<String>,
    pub(super) created_at: Option<Instant>,
    pub(super) expires_at: Option<Instant>,
    /// Deactivated for good over there.
    pub(super) is_disabled: bool,
    pub(super) code: CodeOfCard,
    /// All that the row says, for telling whether it was imported before.
    pub(super) content: String,
}

/// Checks every row.
pub(super) fn check_all(lines: Vec<Line>, codes: &Codes) -> Vec<Row> {
    let mut last_characters: HashMap<String, u32> = HashMap::new();
    for last in lines.iter().filter_map(|line| line.values.get(&Column::LastCharacters)) {
        *last_characters.entry(last.to_ascii_lowercase()).or_default() += 1;
    }
    let mut ids = HashSet::new();
    let check = |line: Line| {
        let values = Values(&line);
        let id = values.get(Column::Id).unwrap_or_default().to_owned();
        let amounts = amounts(&values);
        let last = values.get(Column::LastCharacters).map(str::to_ascii_lowercase);
        let is_only = last.is_some_and(|last| last_characters.get(&last) == Some(&1));
        let card = match line.damage {
            Some(damage) => Err(damage.to_owned()),
            None if id.is_empty() => Err("Id is missing".to_owned()),
            None if !ids.insert(id.clone()) => {
                Err("the same Id is in an earlier row, which counts".to_owned())
            }
            None => card(&values, &id, amounts.clone(), codes, is_only),
        };
        let amounts = amounts.ok();
        Row { line: line.number, id, amounts, card: card.map(Box::new) }
    };
    lines.into_iter().map(check).collect()
}

/// The values of a line by column.
struct Values<'a>(&'a Line);

impl Values<'_> {
    fn get(&self, column: Column) -> Option<&str> {
        self.0.values.get(&column).map(String::as_str)
    }

    /// `true` and `false` as exports and spreadsheets write them.
    fn flag(&self, column: Column, name: &str) -> Result<Option<bool>, String> {
        let Some(text) = self.get(column) else { return Ok(None) };
        match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Ok(Some(true)),
            "false" | "no" | "0" => Ok(Some(false)),
            _ => Err(format!("{name} is neither true nor false")),
        }
    }

    fn read<T>(
        &self,
        column: Column,
        name: &str,
        read: fn(&str) -> Option<T>,
    ) -> Result<Option<T>, String> {
        let Some(text) = self.get(column) else { return Ok(None) };
        read(text).map(Some).ok_or_else(|| format!("{name} is not a date"))
    }

    fn text(&self, column: Column, name: &str, bytes_max: usize) -> Result<Option<String>, String> {
        match self.get(column) {
            Some(text) if text.len() > bytes_max => {
                Err(format!("{name} is longer than {bytes_max} bytes"))
            }
            text => Ok(text.map(str::to_owned)),
        }
    }
}

fn amounts(values: &Values<'_>) -> Result<Amounts, String> {
    let code = values.get(Column::Currency).ok_or("Currency is missing")?;
    let currency = Currency::parse(&code.to_ascii_uppercase())
        .map_err(|_| "Currency is not an active ISO 4217 code")?;
    let money = |column, name: &str| {
        let text = values.get(column).ok_or_else(|| format!("{name} is missing"))?;
        let money = Money::parse_decimal(text, currency);
        let money = money.map_err(|error| format!("{name} is {}", amount_error(text, error)))?;
        if money.amount.minor() > limits::CARD_VALUE_MAX {
            return Err(format!("{name} is more than a card may have"));
        }
        Ok(money)
    };
    let initial = money(Column::InitialBalance, "Initial Balance")?;
    let balance = money(Column::Balance, "Balance")?;
    Ok(Amounts { initial, balance })
}

fn amount_error(text: &str, error: MoneyError) -> String {
    if text.starts_with('-') { "negative".to_owned() } else { error.to_string() }
}

fn card(
    values: &Values<'_>,
    id: &str,
    amounts: Result<Amounts, String>,
    codes: &Codes,
    is_only: bool,
) -> Result<OldCard, String> {
    let reference = Text::new(id).map_err(|error| format!("Id: {error}"))?;
    let amounts = amounts?;
    let created_at = values.read(Column::CreatedAt, "Created At", dates::time)?;
    let expires_at = values.read(Column::ExpiresOn, "Expires On", dates::expiry)?;
    let disabled_at = values.read(Column::DisabledAt, "Disabled At", dates::time)?;
    if values.flag(Column::IsExpired, "Expired?")? == Some(true) && expires_at.is_none() {
        return Err("Expired? is true, but Expires On is missing".to_owned());
    }
    let is_enabled = values.flag(Column::IsEnabled, "Enabled?")?;
    let last_characters = values.text(Column::LastCharacters, "Last Characters", 20)?;
    let code = codes.of(id, last_characters.as_deref(), is_only)?;
    let owner = OwnerText {
        name: values.text(Column::CustomerName, "Customer Name", NAME_BYTES_MAX)?,
        email: values.text(Column::Email, "Email", EMAIL_BYTES_MAX)?,
        message: None,
        note: values.text(Column::Note, "Note", NOTE_BYTES_MAX)?,
    };
    Ok(OldCard {
        reference,
        amounts,
        owner,
        order: values.text(Column::OrderName, "Order Name", 255)?,
        last_characters,
        created_at,
        expires_at,
        // The flag is what the shop acts on; the date alone counts where there is no flag.
        is_disabled: is_enabled.map_or(disabled_at.is_some(), |enabled| !enabled),
        code,
        content: content(values.0),
    })
}

/// Every value with its column, in a fixed order.
fn content(line: &Line) -> String {
    let mut parts: Vec<String> =
        line.values.iter().map(|(column, value)| format!("{column:?}={value}")).collect();
    parts.sort();
    parts.join("\u{1f}")
}
