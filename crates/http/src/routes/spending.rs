//! What holds and redemptions have in common.

use base::Money;
use engine::{CardRef, Command, GiftCardCommand};
use giftcards::{Line, LineKind, Place, limits};
use serde::{Deserialize, Serialize};
use writer::Operation;

use crate::app::App;
use crate::call::Caller;
use crate::card_ref::{NamedCard, named_card};
use crate::fields::{self, Checked, refuse};
use crate::prepared::Prepared;
use crate::problem::Problem;
use crate::wire::{ClientBody, MoneyBody};

/// A line to be paid, as far as a card's scope looks at it.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Line)]
pub(crate) struct LineBody {
    /// What is sold: `goods`, `service`, `digital`, `promotion` or `gift_card`.
    #[schema(pattern = "^(goods|service|digital|promotion|gift_card)$")]
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 64)]
    category: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 64)]
    seller: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 64)]
    creator: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 64)]
    product: Option<String>,
}

/// The members of a body that say what is to be spent, and from which card.
pub(crate) struct Spending<'a> {
    pub(crate) code: Option<&'a str>,
    pub(crate) gift_card: Option<&'a str>,
    pub(crate) amount: &'a MoneyBody,
    pub(crate) reference: &'a str,
    pub(crate) partial: Option<bool>,
    pub(crate) region: Option<&'a str>,
    pub(crate) lines: &'a [LineBody],
    pub(crate) expires_in_s: Option<u32>,
    pub(crate) client: Option<&'a ClientBody>,
}

impl Spending<'_> {
    /// Checks the members and makes the command.
    ///
    /// # Errors
    ///
    /// `invalid_request` with the field at fault; those of [`named_card`].
    pub(crate) fn prepare(
        &self,
        caller: &Caller,
        operation: Operation,
        command: impl FnOnce(CardRef, Box<Place>) -> GiftCardCommand,
    ) -> Result<Prepared, Problem> {
        let place = self.place(&caller.app)?;
        let NamedCard { card, asker } = named_card(caller, self.code, self.gift_card, self.client)?;
        let command = Command::GiftCards(command(card, Box::new(place)));
        Ok(Prepared { asker, ..Prepared::creating(command, operation) })
    }

    fn place(&self, app: &App) -> Checked<Place> {
        Ok(Place {
            id: app.new_id(),
            amount: fields::money("/amount", self.amount)?,
            partial: self.partial.unwrap_or(false),
            reference: fields::text("/reference", self.reference)?,
            expires_in_s: seconds(self.expires_in_s)?,
            region: self.region.map(|code| fields::region("/region", code)).transpose()?,
            lines: fields::each("/lines", self.lines, limits::LINES_PER_HOLD_MAX, |_, body| {
                line(body)
            })?,
            checkout: None,
        })
    }
}

/// A hold that lasts no time at all would be refused by whoever uses it.
pub(crate) fn seconds(expires_in_s: Option<u32>) -> Checked<Option<u32>> {
    if expires_in_s == Some(0) {
        return Err(refuse("/expires_in_s", "must be at least 1 second"));
    }
    Ok(expires_in_s)
}

/// The amount of a part: what is there, or everything when it is left out.
pub(crate) fn part(amount: Option<&MoneyBody>) -> Checked<Option<Money>> {
    fields::optional_money("/amount", amount)
}

fn line(body: &LineBody) -> Checked<Line> {
    let label = |pointer, text: &Option<String>| {
        text.as_deref().map(|text| fields::label(pointer, text)).transpose()
    };
    Ok(Line {
        kind: line_kind("/kind", &body.kind)?,
        category: label("/category", &body.category)?,
        seller: label("/seller", &body.seller)?,
        creator: label("/creator", &body.creator)?,
        product: label("/product", &body.product)?,
    })
}

/// A kind of line by its name.
pub(crate) fn line_kind(pointer: &str, name: &str) -> Checked<LineKind> {
    LineKind::parse(name).ok_or_else(|| {
        let known: Vec<_> = LineKind::ALL.iter().map(|kind| kind.as_str()).collect();
        refuse(pointer, format!("must be one of {}", known.join(", ")))
    })
}
