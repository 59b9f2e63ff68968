//! Gift cards that checkouts sell: what they are like is said with their line, and everything else
//! about them is drawn here, before the checkout is made.

use base::{LineKind, TypedId};
use engine::PreparedCard;
use giftcards::{Prepared, Sandbox, limits};
use serde::{Deserialize, Serialize};
use shop::LineId;

use crate::call::Caller;
use crate::fields::{self, Checked, refuse};
use crate::problem::Problem;
use crate::routes::gift_cards::card_body::{self, CardDraft, Giver, card_body};
use crate::routes::gift_cards::new_code;

card_body! {
    /// What a gift card that is bought will be like. Its value is the price of one unit.
    #[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
    #[serde(deny_unknown_fields)]
    #[schema(as = BoughtGiftCardInput)]
    pub(crate) struct BoughtCardBody {}
}

/// The gift cards of one line: so many units, all alike or each like its own draft.
pub(crate) struct LineOfCards {
    line: LineId,
    units: usize,
    drafts: Vec<CardDraft>,
}

/// Tells whose text is whose where people have no address: everything that one request says about
/// one entry of one line is about the same people.
#[derive(Clone, Copy)]
pub(crate) struct Seed(pub(crate) [u8; 16]);

impl Seed {
    fn of_entry(self, caller: &Caller, line: u8, entry: usize) -> [u8; 16] {
        let entry = entry.to_be_bytes();
        let text = [self.0.as_slice(), &[line], &entry].concat();
        caller.app.ring.short_hash("people of a bought card", &text)
    }
}

/// Checks what is said about the cards of a line: nothing at all, one entry for each, or one for
/// all of them. Nothing comes of other lines.
///
/// # Errors
///
/// About `/quantity`, `/gift_cards`, or a member of an entry.
pub(crate) fn line_of_cards(
    caller: &Caller,
    (line, kind, units): (u8, LineKind, u32),
    said: &[BoughtCardBody],
    seed: Seed,
) -> Checked<Option<LineOfCards>> {
    if kind != LineKind::GiftCard {
        let given = || refuse("/gift_cards", "belongs to lines of the kind gift_card");
        return if said.is_empty() { Ok(None) } else { Err(given()) };
    }
    let units = units_of(units)?;
    if said.len() > 1 && said.len() != units {
        let words = "must have one entry for each unit, or one for all of them";
        return Err(refuse("/gift_cards", words));
    }
    let mut drafts = Vec::with_capacity(said.len().max(1));
    for (entry, body) in said.iter().enumerate() {
        let draft = body.card().check(caller, seed.of_entry(caller, line, entry));
        drafts.push(draft.map_err(|error| fields::within_entry("/gift_cards", entry, error))?);
    }
    if drafts.is_empty() {
        drafts.push(CardDraft::default());
    }
    Ok(Some(LineOfCards { line: LineId::Number(line), units, drafts }))
}

/// The cards of a line that are all alike.
///
/// # Errors
///
/// About `/quantity`.
pub(crate) fn alike((line, units): (u8, u32), card: CardDraft) -> Checked<LineOfCards> {
    Ok(LineOfCards { line: LineId::Number(line), units: units_of(units)?, drafts: vec![card] })
}

/// More are refused anyway; here it saves drawing a code for each.
fn units_of(units: u32) -> Checked<usize> {
    let max = limits::CARDS_PER_PURCHASE_MAX;
    let units = usize::try_from(units).ok().filter(|units| *units <= max);
    units.ok_or_else(|| refuse("/quantity", format!("must be at most {max} gift cards")))
}

/// Draws ids, codes and links, and seals what is said about people.
///
/// # Errors
///
/// About `/lines` when they are too many together; `unavailable`.
pub(crate) async fn prepare(
    caller: &Caller,
    lines: Vec<LineOfCards>,
    giver: Giver,
) -> Result<Vec<PreparedCard>, Problem> {
    let units: usize = lines.iter().map(|line| line.units).sum();
    let max = limits::CARDS_PER_PURCHASE_MAX;
    if units > max {
        return Err(refuse("/lines", format!("must sell at most {max} gift cards")).into());
    }
    let (mut drafts, mut places) = (Vec::new(), Vec::new());
    for LineOfCards { line, units, drafts: of_line } in lines {
        places.push((line, units, drafts.len()..drafts.len() + of_line.len()));
        drafts.extend(of_line);
    }
    let terms = card_body::seal(caller, drafts).await?;
    let mut prepared = Vec::with_capacity(units);
    for (line, units, of_line) in places {
        let alike = terms[of_line].iter().cycle().take(units);
        for terms in alike {
            let id = caller.app.new_id();
            let code = new_code(&caller.app, caller.book().name(), id)?;
            let delivery = terms.delivery_of(caller, id, Some(giver))?;
            let card = Prepared {
                code,
                program: terms.program,
                expires_at: terms.expires_at,
                activation_s: None,
                delivery,
                sandbox: Sandbox::None,
                details: terms.details.clone(),
            };
            prepared.push(PreparedCard { line, id, prepared: Box::new(card) });
        }
    }
    Ok(prepared)
}

/// The seed of a request without an idempotency key, which is never the same request again.
pub(crate) fn seed_of(id: impl TypedId) -> Seed {
    Seed(id.bits().to_be_bytes())
}
