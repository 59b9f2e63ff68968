//! `GET /v1/gift-cards`: cards, newest first.

use giftcards::{Card, CardState, CardStatus, status};
use ledger::Account;
use store::CardFilter;

use crate::cursor::CursorMaker;
use crate::fields::{self, Checked, optional_id, refuse};
use crate::lists::{CreatedQuery, PageQuery, Wanted};
use crate::problem::Problem;
use crate::query::query_parameters;
use crate::read_call::ReadCall;
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::gift_card::GiftCardView;
use crate::views::list::ListView;

query_parameters! {
    /// Which cards.
    CardsQuery {
        /// As the cards show it: `pending`, `active`, `depleted`, `expired` or `canceled`.
        #[param(pattern = "^(pending|active|depleted|expired|canceled)$")]
        status,
        /// The person who claimed it.
        #[param(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
        owner,
        /// The person it is for.
        #[param(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
        recipient,
        /// The shop's own reference.
        #[param(min_length = 1, max_length = 255)]
        reference,
        /// Last four characters of the code.
        #[param(pattern = "^[0-9A-Za-z]{4}$", example = "7KQ2")]
        last4,
        /// The program it was issued under.
        #[param(pattern = "^prog_[0-9a-hjkmnp-tv-z]{26}$")]
        program,
    }
}

/// The name of the answer in the documentation.
type GiftCardList = ListView<GiftCardView<'static>>;

/// List gift cards
///
/// Newest first. Shows at least everything that this key has written. A page may have fewer entries
/// than wanted, or none, and still say that there is more, when few cards have the wanted status.
#[utoipa::path(get, path = "/v1/gift-cards", operation_id = "list_gift_cards", tag = "Gift cards",
    params(PageQuery, CreatedQuery, CardsQuery),
    responses((status = 200, description = "Cards", body = GiftCardList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let (page, filters): (PageQuery, (CreatedQuery, CardsQuery)) = call.query()?;
    let caller = &call.caller;
    let cursors = CursorMaker::new(caller, "gift_cards", &filters);
    let (created, cards) = &filters;
    let wanted = Wanted::read(&cursors, &page, created)?;
    let known = CardStatus::ALL;
    let shown = fields::status(cards.status.as_deref(), &known, CardStatus::as_str)?;
    let filter = filter(cards, shown)?;
    let sight = caller.look_at_lists().await?;
    let now = sight.now;
    let found = caller.read(sight, move |reader| {
        wanted.objects(
            |(card, _): &(Card, Account)| card.id.bits(),
            |(card, account)| shown.is_none_or(|shown| shown == status(card, account, now)),
            |page| reader.cards(&filter, page),
        )
    });
    let found = found.await?;
    Ok(found.reply(&cursors, |(card, account)| GiftCardView::new(card, account, now)))
}

fn filter(query: &CardsQuery, shown: Option<CardStatus>) -> Checked<CardFilter> {
    let reference = query.reference.as_deref();
    let reference = reference.map(|text| fields::text::<255>("reference", text)).transpose()?;
    Ok(CardFilter {
        state: match shown {
            Some(CardStatus::Pending | CardStatus::Active | CardStatus::Depleted) => {
                Some(CardState::Active)
            }
            Some(CardStatus::Canceled) => Some(CardState::Canceled),
            // A card past its date is shown as expired before it is booked as such.
            Some(CardStatus::Expired) | None => None,
        },
        reference: reference.map(|text| text.as_str().to_owned()),
        last4: query.last4.as_deref().map(last4).transpose()?,
        owner: optional_id("owner", query.owner.as_deref())?,
        recipient: optional_id("recipient", query.recipient.as_deref())?,
        program: optional_id("program", query.program.as_deref())?,
    })
}

/// Codes are in upper case, however people type them.
fn last4(text: &str) -> Checked<[u8; 4]> {
    let refused = || refuse("last4", "must be 4 letters and digits");
    let last4: [u8; 4] =
        text.to_ascii_uppercase().into_bytes().try_into().map_err(|_| refused())?;
    if !last4.iter().all(u8::is_ascii_alphanumeric) {
        return Err(refused());
    }
    Ok(last4)
}
