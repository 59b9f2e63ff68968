//! Gift cards.

use base::{CardId, Instant, PaymentId, PersonId, ProgramId, Region};
use giftcards::{Block, Card, CardStatus, DeliveryState, Details, Funding, Sealed, Why, status};
use ledger::Account;
use serde::{Deserialize, Serialize, Serializer};

use crate::views::money::MoneyView;
use crate::views::scope::ScopeView;
use crate::views::{Id, MetadataView, Time};

/// A gift card.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = GiftCard)]
pub(crate) struct GiftCardView<'a> {
    /// Always `gift_card`.
    object: &'static str,
    #[schema(value_type = String, example = "gc_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<CardId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    metadata: MetadataView<'a>,
    #[schema(inline)]
    status: CardStatusName,
    /// Why the card cannot be spent for now, although its status would allow it.
    blocks: Vec<BlockView<'a>>,
    delivery: DeliveryView,
    /// True once a person has taken the card into their wallet.
    claimed: bool,
    /// What becomes of it unless somebody claims or uses it before; `null` when nothing does.
    unclaimed: Option<UnclaimedView>,
    /// What it was issued with.
    value: MoneyView,
    /// What it is worth now, held amounts included.
    balance: MoneyView,
    /// What is reserved by holds.
    held: MoneyView,
    /// What could be held or redeemed, blocks aside.
    available: MoneyView,
    /// Last four characters of the code.
    #[schema(example = "7KQ2")]
    last4: &'a str,
    /// The code, shown in the answer that makes it, for 24 hours, to keys with the scope
    /// `gift_cards:reveal`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "23AB-CD45-EFGH-JK67M")]
    pub(crate) code: Option<&'a str>,
    /// From then on it cannot be spent; `null` never expires.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Time>,
    /// From then on its value is gone too; `null` never expires.
    #[schema(value_type = Option<String>, format = DateTime)]
    funds_expire_at: Option<Time>,
    /// Where it may be spent; empty is everywhere.
    #[schema(value_type = Vec<String>, example = json!(["US"]))]
    regions: Regions<'a>,
    /// On what it may be spent; `null` is everything.
    scope: Option<ScopeView<'a>>,
    #[schema(value_type = Option<String>)]
    program: Option<Id<ProgramId>>,
    funding: FundingView<'a>,
    /// The shop's own reference.
    reference: Option<&'a str>,
    source: Option<SourceView<'a>>,
    design: Option<&'a str>,
    /// Who owns it; `null` until it is claimed.
    #[schema(value_type = Option<String>)]
    owner: Option<Id<PersonId>>,
    /// Who it is for. Only `GET` by id shows more than the person's id.
    pub(crate) recipient: Option<PersonView>,
    /// Who it is from. Only `GET` by id shows more than the person's id.
    pub(crate) sender: Option<PersonView>,
    /// What the recipient is told; only `GET` by id shows it.
    pub(crate) message: Option<String>,
}

/// Where a card stands.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CardStatusName {
    Pending,
    Active,
    Depleted,
    Expired,
    Canceled,
}

impl CardStatusName {
    pub(crate) fn of(card: &Card, account: &Account, now: Instant) -> CardStatusName {
        match status(card, account, now) {
            CardStatus::Pending => CardStatusName::Pending,
            CardStatus::Active => CardStatusName::Active,
            CardStatus::Depleted => CardStatusName::Depleted,
            CardStatus::Expired => CardStatusName::Expired,
            CardStatus::Canceled => CardStatusName::Canceled,
        }
    }
}

/// Something that keeps a living card from being spent.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Block)]
struct BlockView<'a> {
    /// `frozen`, `dispute` or `activation_delay`.
    kind: &'static str,
    #[schema(value_type = String, format = DateTime)]
    since: Time,
    /// When it ends by itself; left out when somebody must end it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Time>,
    /// A machine word.
    reason: &'a str,
}

/// How the card reaches its recipient.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Delivery)]
pub(crate) struct DeliveryView {
    /// `email`, `link`, `print` or `in_app`; `null` when the shop delivers.
    channel: Option<&'static str>,
    /// `none`, `scheduled`, `sent`, `accepted`, `bounced` or `opened`; always `none` when the shop
    /// delivers.
    state: &'static str,
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Time>,
    /// When it is to be sent, while that is in the future.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    deliver_at: Option<Time>,
}

/// A bought gift that nobody has yet.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Unclaimed)]
pub(crate) struct UnclaimedView {
    /// Always `return`: what is unspent goes back to whoever paid, and the card is canceled.
    #[schema(pattern = "^return$")]
    then: &'static str,
    /// When that is due. Each further sending puts it off.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
}

/// Where the value came from.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = CardFunding)]
struct FundingView<'a> {
    /// `promotional`, `invoice`, `external`, `payment`, `store_credit` or `import`.
    kind: &'static str,
    /// The payment of ours that bought it, for `payment` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    payment: Option<Id<PaymentId>>,
    /// The customer who is invoiced, or the reference of the payment made elsewhere.
    reference: Option<&'a str>,
}

/// Where in the shop the card came from.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Source)]
struct SourceView<'a> {
    /// `shop`, `post`, `profile` or `live`.
    kind: &'a str,
    id: &'a str,
}

/// A person a card is from or for.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = CardPerson)]
pub(crate) struct PersonView {
    #[schema(value_type = String)]
    id: Id<PersonId>,
    /// What is known about them; empty when it may not be shown here, or was erased.
    #[serde(flatten)]
    text: PersonText,
    /// True when what was known was erased.
    erased: bool,
}

/// Personal text as it is sealed and shown.
#[derive(Default, Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct PersonText {
    #[serde(default)]
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) email: Option<String>,
    #[serde(default)]
    pub(crate) handle: Option<String>,
    #[serde(default)]
    pub(crate) locale: Option<String>,
    #[serde(default)]
    pub(crate) time_zone: Option<String>,
}

impl PersonView {
    /// With what was sealed about them; `None` when it was erased.
    pub(crate) fn opened(sealed: &Sealed, text: Option<PersonText>) -> PersonView {
        let (erased, text) = (text.is_none(), text.unwrap_or_default());
        PersonView { id: Id(sealed.person), text, erased }
    }

    fn closed(sealed: &Sealed) -> PersonView {
        PersonView { id: Id(sealed.person), text: PersonText::default(), erased: false }
    }
}

impl<'a> GiftCardView<'a> {
    pub(crate) fn new(card: &'a Card, account: &Account, now: Instant) -> GiftCardView<'a> {
        let money = |amount| MoneyView::new(amount, card.currency);
        let details = card.details.as_deref();
        GiftCardView {
            object: "gift_card",
            id: Id(card.id),
            created_at: Time(card.created_at),
            metadata: MetadataView(details.map(|details| &details.metadata)),
            status: CardStatusName::of(card, account, now),
            blocks: blocks(card, now),
            delivery: DeliveryView::new(card),
            claimed: card.owner().is_some(),
            unclaimed: UnclaimedView::new(card),
            value: money(card.value),
            balance: MoneyView::signed(account.balance(), card.currency),
            held: money(account.held()),
            available: money(account.available()),
            last4: last4(card),
            code: None,
            expires_at: card.expires_at.map(Time),
            funds_expire_at: card.expires_at.map(Time),
            regions: Regions(details.map_or(&[], |details| &details.regions)),
            scope: details.and_then(|details| ScopeView::new(&details.scope)),
            program: card.program.map(Id),
            funding: FundingView::new(&card.funding, details),
            reference: details.and_then(|details| details.reference.as_ref()).map(AsRef::as_ref),
            source: details.and_then(|details| details.source.as_ref()).map(SourceView::new),
            design: details.and_then(|details| details.design.as_ref()).map(AsRef::as_ref),
            owner: card.owner().map(Id),
            recipient: details
                .and_then(|details| details.recipient.as_ref())
                .map(PersonView::closed),
            sender: details.and_then(|details| details.sender.as_ref()).map(PersonView::closed),
            message: None,
        }
    }

    /// Without anything about persons.
    pub(crate) fn impersonal(self) -> GiftCardView<'a> {
        GiftCardView { recipient: None, sender: None, message: None, owner: None, ..self }
    }

    /// Without what only the shop should know either: for keys that anybody can read.
    pub(crate) fn public(self) -> GiftCardView<'a> {
        let funding = FundingView { payment: None, reference: None, ..self.funding };
        let view = GiftCardView { funding, metadata: MetadataView(None), ..self };
        GiftCardView { reference: None, source: None, program: None, ..view }.impersonal()
    }
}

impl UnclaimedView {
    pub(crate) fn new(card: &Card) -> Option<UnclaimedView> {
        card.returns_at().map(|at| UnclaimedView { then: "return", at: Time(at) })
    }
}

impl DeliveryView {
    pub(crate) fn new(card: &Card) -> DeliveryView {
        let Some(it) = card.gift.as_ref().and_then(|gift| gift.delivery) else {
            return DeliveryView { channel: None, state: "none", at: None, deliver_at: None };
        };
        let waits = it.state == DeliveryState::Scheduled;
        DeliveryView {
            channel: Some(it.channel.as_str()),
            state: it.state.as_str(),
            at: Some(Time(it.at)),
            deliver_at: it.deliver_at.filter(|_| waits).map(Time),
        }
    }
}

/// Everything that keeps a card from being spent now, in the order in which it is refused.
fn blocks(card: &Card, now: Instant) -> Vec<BlockView<'_>> {
    let stored = [("frozen", &card.frozen), ("dispute", &card.disputed)];
    let stored = stored.into_iter().filter_map(|(kind, block)| Some((kind, block.as_ref()?)));
    let mut blocks: Vec<BlockView<'_>> = stored
        .map(|(kind, Block { since, reason })| BlockView {
            kind,
            since: Time(*since),
            until: None,
            reason: reason.as_str(),
        })
        .collect();
    if let Some(until) = card.activates_at.filter(|_| card.is_before_activation(now)) {
        blocks.push(BlockView {
            kind: "activation_delay",
            since: Time(card.created_at),
            until: Some(Time(until)),
            reason: Why::NotYetActive.as_str(),
        });
    }
    blocks
}

impl<'a> FundingView<'a> {
    fn new(funding: &'a Funding, details: Option<&'a Details>) -> FundingView<'a> {
        let reference = match funding {
            Funding::Invoice { customer } => Some(customer.as_str()),
            Funding::External => {
                details.and_then(|details| details.reference.as_ref()).map(AsRef::as_ref)
            }
            Funding::Promotional
            | Funding::Payment { .. }
            | Funding::StoreCredit
            | Funding::Import => None,
        };
        let payment = match funding {
            Funding::Payment { payment, .. } => Some(Id(*payment)),
            _ => None,
        };
        FundingView { kind: funding.as_str(), payment, reference }
    }
}

impl<'a> SourceView<'a> {
    fn new(source: &'a giftcards::Source) -> SourceView<'a> {
        SourceView { kind: source.kind.as_str(), id: source.id.as_str() }
    }
}

/// The last characters of a card's code.
pub(crate) fn last4(card: &Card) -> &str {
    std::str::from_utf8(&card.code.last4).unwrap_or("????")
}

/// Codes of regions.
pub(crate) struct Regions<'a>(pub(crate) &'a [Region]);

impl Serialize for Regions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Region::as_str))
    }
}
