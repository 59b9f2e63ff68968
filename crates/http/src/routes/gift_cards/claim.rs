//! `POST /v1/gift-cards/claim`: gives a card to the person who claims it.

pub(crate) mod block_sender;
pub(crate) mod preview;
pub(crate) mod report;
pub(crate) mod unblock_sender;

use base::CardId;
use engine::{CardRef, ClaimBy, Command, GiftCardCommand};
use giftcards::{LinkHash, Voice};
use outside::claim_links::ClaimLink;
use outside::recipient_tokens::RecipientToken;
use serde::{Deserialize, Serialize};

use crate::call::{Call, Caller};
use crate::card_ref;
use crate::fields::{self, Checked, refuse};
use crate::guesses;
use crate::prepared::Prepared;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::scope::Issue;
use crate::views::gift_card::GiftCardView;
use crate::wire::{self, ClientBody};

/// Who claims a card, and what shows that they may: its link or its code.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ClaimInput)]
pub(crate) struct ClaimBody {
    /// The claim link that the recipient got.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^clm_[0-9a-hjkmnp-tv-z]{52}$")]
    token: Option<String>,
    /// The code, if there is no link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "23AB-CD45-EFGH-JK67M")]
    code: Option<String>,
    /// Who claims it.
    #[schema(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
    person: String,
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "wire::is_not_compared"
    )]
    client: Option<ClientBody>,
}

/// Claim a gift card
///
/// The person becomes its owner; no money moves. A link or code that leads nowhere is a guess, and
/// all such links get the same answer.
#[utoipa::path(post, path = "/v1/gift-cards/claim", operation_id = "claim_gift_card",
    tag = "Gift cards", request_body = ClaimBody,
    responses((status = 200, description = "Claimed", body = GiftCardView)))]
pub(crate) async fn handle(mut call: Call<Issue>) -> Result<Reply, Problem> {
    let body: ClaimBody = call.json().await?;
    body.decide(call, None).await
}

impl ClaimBody {
    pub(crate) async fn decide(
        self,
        call: Call<Issue>,
        card: Option<CardId>,
    ) -> Result<Reply, Problem> {
        let operation = call.operation_if_any(&self)?;
        let caller = &call.caller;
        let person = fields::id("/person", &self.person)?;
        let by = match (&self.token, &self.code) {
            (Some(token), None) => {
                let link = link(token)?;
                ClaimBy::Link { card: link.card(), hashes: hashes_of(caller, &link) }
            }
            (None, Some(code)) => match card_ref::by_code(caller, code)? {
                CardRef::Code(hashes) => ClaimBy::Code(hashes),
                CardRef::Id(_) => return Err(refuse("/code", "must be a code").into()),
            },
            _ => return Err(refuse("/token", "give either token or code").into()),
        };
        let asker = Some(guesses::admit(caller, self.client.as_ref())?);
        let command = Command::GiftCards(GiftCardCommand::Claim { by, card, person });
        Prepared { asker, ..Prepared::changing(command, operation) }.decide(caller).await
    }
}

/// The link of this text.
fn link(token: &str) -> Checked<ClaimLink> {
    ClaimLink::parse(token).ok_or_else(|| refuse("/token", "must be a claim link, clm_ and so on"))
}

/// Which gift somebody speaks of, and what they have of it: its claim link, or the recipient token
/// of the mail in which it came. A token that we have not sealed is answered as a link that is not
/// the card's.
fn voice(caller: &Caller, token: &str) -> Checked<(CardId, Voice)> {
    if let Some(token) = RecipientToken::parse(token) {
        let is_ours = caller.app.ring.has_sealed(caller.book().name(), &token);
        let no_link = || Voice::Link(Box::default());
        let voice = if is_ours { Voice::Letter(token.contact()) } else { no_link() };
        return Ok((token.card(), voice));
    }
    let link = ClaimLink::parse(token).ok_or_else(|| {
        refuse("/token", "must be a recipient token, rcp_ and so on, or a claim link")
    })?;
    Ok((link.card(), Voice::Link(hashes_of(caller, &link))))
}

/// What the card of a link may keep of it.
fn hashes_of(caller: &Caller, link: &ClaimLink) -> Box<[LinkHash]> {
    caller.app.ring.link_hashes(caller.book().name(), link).map(LinkHash).collect()
}
