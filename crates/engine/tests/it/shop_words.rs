//! The part of the script language that is about checkouts, payments and what follows.
//!
//! | line | meaning |
//! | --- | --- |
//! | `seller S 1000`, `creator C 500` | with a rate in hundredths of a percent |
//! | `product P S goods 500` | seller, kind, price |
//! | `method m until=2026-10 rail=stripe store` | a way to pay; `store`: an app store holds it |
//! | `checkout K goods:S:2x500-100+81@C` | kind, seller, units x price, discount, tax, creator |
//! | `checkout K goods:S:500 shipping:300+30 region=DE` | `#P` names a product |
//! | `checkout K gift_card:S:2x500 cards=A,B program=P` | the cards that its lines sell |
//! | `… until=3d active=900 via=email send=1d link=L to=P` | what they are like, all of them |
//! | `add K A`, `add K code:A`, `add K method m 400` | tenders; the 400 may be left out |
//! | `remove K t1`, `abandon K`, `cancel_attempt K refunds=x1` | |
//! | `by_hand R t1 rail=bank` | what is owed of a refund is paid by hand |
//! | `pay K O p1 p2` | ids of the order and of payments; those left out are drawn |
//! | `authorized p1`, `declined p1 code`, `action p1` | what a rail says of an authorization |
//! | `captured p1 900 fee=30`, `uncaptured p1`, `fee p1 30` | … of a capture |
//! | `voided p1`, `unvoided p1`, `unheard p1 capture`, `unknown_to_rail p1 capture` | … of others |
//! | `… order=O refunds=x1,x2` | ids for what may follow from it |
//! | `back O R l1x2 l2=300`, `back O R amount 90`, `back O R everything` | refunds an order |
//! | `… cards=c1 rails=x1`, `undo O R rails=x1` | ids of the ways back; undoes a purchase |
//! | `unclaimed O R rails=x1` | returns what nobody has claimed in time |
//! | `begin x1`, `told x1 succeeded attempt=1` | a refund over a rail, and what the rail says |
//! | `consent x1 m2 unreachable` | … to another method, which its rail may be unable to send to |
//! | `consent x1 m2`, `retry x1`, `give_up x1 why`, `instead x1 x2` | what people do about it |
//! | `credit x1 program=P`, `hand x1 rail=bank` | a card, of the name of the refund; by hand |
//! | `there x1 name` | made at the rail itself, which calls it so |
//! | `credit_share R t1 N` | a card N for what the card of t1 had paid, which is gone |
//! | `open_dispute d p1 100 stage=2`, `win d`, `lose d stage=2` | |
//! | `… rest=x reason=refunded_at_rail` | id of the part of a refund that goes its own way; why |
//! | `payout y S 1000 until=0`, `payout_paid y`, `payout_failed y` | of a seller or creator |

use base::*;
use engine::{AddTender, Command, NewCheckout, NewCredit, PaymentCommand, PreparedCard, RefundIds};
use engine::{ShopCommand, Spare};
use giftcards::{NewDelivery, Prepared, Sandbox};
use payments::{AuthorizationNotice, CaptureNotice, Expiry, Method, NewMethod, NextAction};
use payments::{OpenDispute, RailToken, RefundNotice, Step, VoidNotice};
use shop::{BasisPoints, Creator, LineId, LineRequest, NewLine, NewPayout};
use shop::{NewShipping, Payee, Product, RefundOrder, RefundRequest, Seller};

use crate::script::instant;
use crate::settling_words;
use crate::words::{self, Words, bits, text};
use crate::world::World;

/// The command of a line; `None` when it is about something else.
pub fn command(world: &World, words: &Words<'_>) -> Option<Command> {
    let command = shop_command(world, words).map(Command::Shop);
    let command = command.or_else(|| note(world, words).map(Command::Payments));
    let command = command.or_else(|| settling_words::command(words).map(Command::Payments));
    command.or_else(|| other_payment_command(world, words).map(Command::Payments))
}

fn shop_command(world: &World, words: &Words<'_>) -> Option<ShopCommand> {
    let checkout = || CheckoutId::from_bits(bits(words.at(1)));
    let payout = || PayoutId::from_bits(bits(words.at(1)));
    Some(match words.at(0) {
        "seller" => ShopCommand::CreateSeller(Box::new(Seller {
            id: SellerId::from_bits(bits(words.at(1))),
            name: text(words.at(1)),
            commission: rate(words.at(2)),
            metadata: Metadata::default(),
            created_at: world.now,
        })),
        "creator" => ShopCommand::CreateCreator(Box::new(Creator {
            id: CreatorId::from_bits(bits(words.at(1))),
            name: text(words.at(1)),
            handle: Token::new(&words.at(1).to_lowercase()).unwrap(),
            share: rate(words.at(2)),
            metadata: Metadata::default(),
            created_at: world.now,
        })),
        "product" => ShopCommand::CreateProduct(Box::new(product(world, words))),
        "checkout" => ShopCommand::CreateCheckout(Box::new(new_checkout(world, words))),
        "add" => ShopCommand::AddTender {
            checkout: checkout(),
            tender: tender(words),
            holds: ids(world, words, "holds", HoldId::from_bits),
        },
        "remove" => ShopCommand::RemoveTender {
            checkout: checkout(),
            tender: words.at(2).parse().unwrap(),
            holds: ids(world, words, "holds", HoldId::from_bits),
        },
        "pay" => ShopCommand::Pay {
            checkout: checkout(),
            payments: payment_ids(world, words),
            order: OrderId::from_bits(words.bare(2).map_or_else(|| drawn(world, 99), bits)),
            return_url: None,
        },
        "abandon" => ShopCommand::ExpireCheckout { checkout: checkout() },
        "cancel_attempt" => ShopCommand::CancelAttempt {
            checkout: checkout(),
            refunds: ids(world, words, "refunds", RailRefundId::from_bits),
        },
        "by_hand" | "credit_share" => about_a_share(words),
        "back" => ShopCommand::RefundOrder {
            order: OrderId::from_bits(bits(words.at(1))),
            new: Box::new(RefundOrder {
                id: RefundId::from_bits(bits(words.at(2))),
                request: request(words),
                reason: Token::new("returned").unwrap(),
            }),
            ids: refund_ids(world, words),
        },
        "undo" | "unclaimed" => about_bought_cards(world, words),
        "payout" => ShopCommand::CreatePayout(Box::new(new_payout(world, words))),
        "payout_paid" => ShopCommand::PayoutPaid { payout: payout() },
        "payout_failed" => {
            let reason = Token::new("account_closed").unwrap();
            ShopCommand::PayoutFailed { payout: payout(), reason }
        }
        _ => return None,
    })
}

/// Cards that an order has sold are taken back: at once, or because nobody has claimed them.
fn about_bought_cards(world: &World, words: &Words<'_>) -> ShopCommand {
    let order = OrderId::from_bits(bits(words.at(1)));
    let refund = RefundId::from_bits(bits(words.at(2)));
    let ids = refund_ids(world, words);
    match words.at(0) {
        "undo" => ShopCommand::UndoPurchase { order, refund, ids },
        _ => ShopCommand::ReturnUnclaimed { order, refund, ids },
    }
}

/// What becomes of the share of a card that is gone.
fn about_a_share(words: &Words<'_>) -> ShopCommand {
    let refund = RefundId::from_bits(bits(words.at(1)));
    let tender = words.at(2).parse().unwrap();
    if words.at(0) == "by_hand" {
        let rail = Token::new(words.value("rail").unwrap_or("sandbox")).unwrap();
        return ShopCommand::PayRefundByHand { refund, tender, rail };
    }
    let code = Box::new(words::code(words.value("code").unwrap_or(words.at(3))));
    ShopCommand::CreditRefund { refund, tender, card: words::card(words.at(3)), code }
}

fn note(world: &World, words: &Words<'_>) -> Option<PaymentCommand> {
    let payment = || PaymentId::from_bits(bits(words.at(1)));
    let reference = Some(text("rail-1"));
    let authorization = |notice| PaymentCommand::NoteAuthorization {
        payment: payment(),
        notice,
        spare: spare(world, words),
    };
    let capture = |notice| PaymentCommand::NoteCapture {
        payment: payment(),
        notice: Box::new(notice),
        spare: spare(world, words),
    };
    let void = |notice| PaymentCommand::NoteVoid {
        payment: payment(),
        notice,
        spare: spare(world, words),
    };
    Some(match words.at(0) {
        "authorized" => authorization(AuthorizationNotice::Authorized { reference }),
        "declined" => authorization(AuthorizationNotice::Failed { code: code(words, 2) }),
        "action" => PaymentCommand::NoteAction {
            payment: payment(),
            next_action: NextAction(text(words.bare(2).unwrap_or("https://bank.example/3ds"))),
            reference: words.value("ref").map(text),
        },
        "captured" => capture(CaptureNotice::Captured {
            amount: words::money(words.at(2)),
            fee: words.value("fee").map(words::money),
            reference,
        }),
        "uncaptured" => capture(CaptureNotice::Failed { code: code(words, 2) }),
        "fee" => PaymentCommand::NoteFee { payment: payment(), fee: words::money(words.at(2)) },
        "voided" => void(VoidNotice::Voided),
        "unvoided" => void(VoidNotice::Failed),
        "unheard" => PaymentCommand::NoteUnknown {
            payment: payment(),
            step: step(words.at(2)),
            reference: words.value("ref").map(text),
        },
        "unknown_to_rail" => {
            PaymentCommand::NoteNotReceived { payment: payment(), step: step(words.at(2)) }
        }
        _ => return None,
    })
}

fn other_payment_command(world: &World, words: &Words<'_>) -> Option<PaymentCommand> {
    let rail_refund = || RailRefundId::from_bits(bits(words.at(1)));
    let dispute = || DisputeId::from_bits(bits(words.at(1)));
    let stage = || words.number("stage").unwrap_or(1) as u8;
    let rest = || ids::<_, 1>(world, words, "rest", RailRefundId::from_bits)[0];
    Some(match words.at(0) {
        "method" => PaymentCommand::CreateMethod(Box::new(NewMethod(method(words)))),
        "begin" => PaymentCommand::BeginRefund { rail_refund: rail_refund() },
        "told" => PaymentCommand::NoteRefund {
            rail_refund: rail_refund(),
            attempt: words.number("attempt").unwrap_or(1),
            notice: refund_notice(words.at(2)),
        },
        "consent" => PaymentCommand::ConsentRefund {
            rail_refund: rail_refund(),
            method: MethodId::from_bits(bits(words.at(2))),
            can_receive: !words.has("unreachable"),
        },
        "credit" => PaymentCommand::CreditRailRefund {
            rail_refund: rail_refund(),
            credit: Box::new(NewCredit {
                code: words::code(words.value("code").unwrap_or(words.at(1))),
                program: words.value("program").map(words::program),
            }),
        },
        "hand" => PaymentCommand::PayRailRefundByHand {
            rail_refund: rail_refund(),
            rail: Token::new(words.value("rail").unwrap_or("sandbox")).unwrap(),
        },
        "there" => PaymentCommand::NoteRefundAtRail {
            rail_refund: rail_refund(),
            reference: Text::new(words.at(2)).unwrap(),
        },
        "instead" => PaymentCommand::ReplaceRefund {
            rail_refund: rail_refund(),
            new: RailRefundId::from_bits(bits(words.at(2))),
        },
        "retry" => PaymentCommand::RetryRefund { rail_refund: rail_refund() },
        "give_up" => {
            PaymentCommand::GiveUpRefund { rail_refund: rail_refund(), code: code(words, 2) }
        }
        "open_dispute" => PaymentCommand::OpenDispute {
            payment: PaymentId::from_bits(bits(words.at(2))),
            new: Box::new(OpenDispute {
                id: dispute(),
                amount: words::money(words.at(3)),
                reason: Token::new(words.value("reason").unwrap_or("fraudulent")).unwrap(),
                due_by: None,
                stage: stage(),
                rail_reference: None,
            }),
            rest: rest(),
        },
        "win" => PaymentCommand::WinDispute { dispute: dispute(), stage: stage(), rest: rest() },
        "lose" => PaymentCommand::LoseDispute { dispute: dispute(), stage: stage() },
        _ => return None,
    })
}

fn rate(word: &str) -> BasisPoints {
    BasisPoints::new(word.parse().unwrap()).unwrap()
}

fn product(world: &World, words: &Words<'_>) -> Product {
    Product {
        id: ProductId::from_bits(bits(words.at(1))),
        name: text(words.at(1)),
        seller: SellerId::from_bits(bits(words.at(2))),
        creator: words.value("creator").map(|word| CreatorId::from_bits(bits(word))),
        kind: words::kind(words.at(3)),
        category: None,
        price: words::money(words.at(4)),
        metadata: Metadata::default(),
        created_at: world.now,
    }
}

fn method(words: &Words<'_>) -> Method {
    let expiry = words.value("until").map(|word| {
        let (year, month) = word.split_once('-').unwrap();
        Expiry::new(year.parse().unwrap(), month.parse().unwrap()).unwrap()
    });
    Method {
        id: MethodId::from_bits(bits(words.at(1))),
        rail: Token::new(words.value("rail").unwrap_or("sandbox")).unwrap(),
        token: RailToken(text("tok_ok")),
        owner: None,
        brand: Some(Token::new("visa").unwrap()),
        last4: Some(Token::new("4242").unwrap()),
        expiry,
        is_store_mediated: words.has("store"),
        declined_at: None,
        created_at: Instant::from_micros(0),
    }
}

/// The ids of the ways back that a line names.
pub fn refund_ids(world: &World, words: &Words<'_>) -> Box<RefundIds> {
    Box::new(RefundIds {
        cards: *ids(world, words, "cards", RefundId::from_bits),
        rails: *ids(world, words, "rails", RailRefundId::from_bits),
    })
}

fn new_checkout(world: &World, words: &Words<'_>) -> NewCheckout {
    let checkout = shop_checkout(words);
    // As many for each line of cards as it has units, and whatever is too much for the last one.
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(&checkout.lines) {
        if line.kind == LineKind::GiftCard {
            let units = usize::try_from(line.quantity).unwrap().min(200);
            lines.extend(std::iter::repeat_n(LineId::Number(number), units));
        }
    }
    let names = words.value("cards").map_or(Vec::new(), |names| names.split(',').collect());
    let last = lines.last().copied().unwrap_or(LineId::Number(1));
    let lines = lines.into_iter().chain(std::iter::repeat(last));
    let card = |(name, line): (&str, LineId)| PreparedCard {
        line,
        id: words::card(name),
        prepared: Box::new(prepared(world, words, name)),
    };
    let cards = names.into_iter().zip(lines).map(card).collect();
    NewCheckout { checkout, cards }
}

fn prepared(world: &World, words: &Words<'_>, name: &str) -> Prepared {
    let details = giftcards::Details {
        recipient: words.value("to").map(words::sealed),
        sender: words.value("from").map(words::sealed),
        ..giftcards::Details::default()
    };
    Prepared {
        code: words::code(words.value("code").unwrap_or(name)),
        program: words.value("program").map(words::program),
        expires_at: words.value("until").map(|word| instant(world, word)),
        activation_s: words.number("active"),
        delivery: words.value("via").map(|channel| NewDelivery {
            channel: words::channel(channel),
            deliver_at: words.value("send").map(|word| instant(world, word)),
            link: words.value("link").map(words::link),
            sender: words.value("giver").map(words::person),
        }),
        sandbox: Sandbox::None,
        // Also when they say nothing: then they are kept as none.
        details: Some(Box::new(details)),
    }
}

fn shop_checkout(words: &Words<'_>) -> shop::NewCheckout {
    let currency = Currency::parse(words.value("currency").unwrap_or("USD")).unwrap();
    let mut lines = Vec::new();
    let mut shipping = None;
    for word in words.bare_from(2) {
        match word.strip_prefix("shipping:") {
            Some(rest) => {
                let (price, tax) = rest.split_once('+').unwrap_or((rest, "0"));
                let (price, tax) = (words::money(price), Some(words::money(tax)));
                shipping = Some(NewShipping { price, tax });
            }
            None => lines.push(new_line(word)),
        }
    }
    shop::NewCheckout {
        id: CheckoutId::from_bits(bits(words.at(1))),
        currency,
        region: Region::parse(words.value("region").unwrap_or("US-CA")).unwrap(),
        buyer: words.value("buyer").map(words::person),
        lines,
        promotion: words.value("pays").map(|word| PromotionId::from_bits(bits(word))),
        shipping,
        source: None,
        metadata: Metadata::default(),
    }
}

/// `goods:S:2x500-100+81@C#P`.
fn new_line(word: &str) -> NewLine {
    let (word, product) = split(word, '#');
    let (word, creator) = split(word, '@');
    let (word, tax) = split(word, '+');
    let (word, discount) = split(word, '-');
    let mut parts = word.split(':');
    let (kind, seller) = (parts.next().unwrap(), parts.next().unwrap());
    let units = parts.next().unwrap();
    let (quantity, price) = units.split_once('x').unwrap_or(("1", units));
    NewLine {
        product: product.map(|word| ProductId::from_bits(bits(word))),
        name: text("thing"),
        seller: (seller != "nobody").then(|| SellerId::from_bits(bits(seller))),
        creator: creator.map(|word| CreatorId::from_bits(bits(word))),
        kind: words::kind(kind),
        category: None,
        quantity: quantity.parse().unwrap(),
        unit_price: words::money(price),
        discount: discount.map(words::money),
        tax: tax.map(words::money),
    }
}

fn split(word: &str, sign: char) -> (&str, Option<&str>) {
    word.split_once(sign).map_or((word, None), |(word, rest)| (word, Some(rest)))
}

fn tender(words: &Words<'_>) -> AddTender {
    if words.at(2) == "wallet" {
        let cards = words.at(3).split(',').map(words::card);
        // Not the bits of the hold that the card gets when it is added alone.
        let hold = |card: base::CardId| base::HoldId::from_bits(card.bits() ^ (1 << 119));
        return AddTender::Wallet { cards: cards.map(|card| (card, hold(card))).collect() };
    }
    if words.at(2) != "method" {
        return AddTender::GiftCard { card: words::card_ref(words.at(2)) };
    }
    let method = MethodId::from_bits(bits(words.at(3)));
    AddTender::PaymentMethod { method, wanted: words.money(4) }
}

/// An id that nobody else has: it comes from the place of the command in the book.
pub fn drawn(world: &World, position: usize) -> u128 {
    let place = (u128::from(world.draws.get()) << 64) | u128::from(world.sequence + 1);
    (1 << 120) | (place << 16) | position as u128
}

/// The ids after `name=`, and drawn ones for the rest.
fn ids<Id: Copy, const N: usize>(
    world: &World,
    words: &Words<'_>,
    name: &str,
    id: fn(u128) -> Id,
) -> Box<[Id; N]> {
    let named: Vec<&str> = words.value(name).map_or(Vec::new(), |word| word.split(',').collect());
    let id_at = |at: usize| id(named.get(at).map_or_else(|| drawn(world, at), |word| bits(word)));
    Box::new(std::array::from_fn(id_at))
}

fn payment_ids(world: &World, words: &Words<'_>) -> Box<[PaymentId; 4]> {
    let id_at =
        |at: usize| PaymentId::from_bits(words.bare(3 + at).map_or_else(|| drawn(world, at), bits));
    Box::new(std::array::from_fn(id_at))
}

fn spare(world: &World, words: &Words<'_>) -> Box<Spare> {
    Box::new(Spare {
        order: OrderId::from_bits(words.value("order").map_or_else(|| drawn(world, 99), bits)),
        refunds: *ids(world, words, "refunds", RailRefundId::from_bits),
    })
}

/// What is to be refunded, from the fourth word on.
pub fn request(words: &Words<'_>) -> RefundRequest {
    match words.at(3) {
        "everything" => RefundRequest::Everything,
        "amount" => RefundRequest::Amount(words::money(words.at(4))),
        _ => RefundRequest::Lines(words.from(3).filter_map(line_request).collect()),
    }
}

/// `l1x2` or `l1=300`; `None` for a word that means something else.
fn line_request(word: &str) -> Option<LineRequest> {
    if let Some((line, amount)) = word.split_once('=') {
        let line: LineId = line.parse().ok()?;
        return Some(LineRequest::Amount { line, amount: words::money(amount) });
    }
    let (line, quantity) = word.split_once('x')?;
    Some(LineRequest::Units { line: line.parse().ok()?, quantity: quantity.parse().ok()? })
}

fn new_payout(world: &World, words: &Words<'_>) -> NewPayout {
    let seller = SellerId::from_bits(bits(words.at(2)));
    let payee = match world.seller.get(&seller) {
        Some(_) => Payee::Seller(seller),
        None => Payee::Creator(CreatorId::from_bits(bits(words.at(2)))),
    };
    let credited = words::money(words.at(3));
    NewPayout {
        id: PayoutId::from_bits(bits(words.at(1))),
        payee,
        currency: credited.currency,
        rail: Token::new("sandbox").unwrap(),
        until: world.now,
        credited: credited.amount,
    }
}

fn code(words: &Words<'_>, position: usize) -> Token<64> {
    Token::new(words.bare(position).unwrap_or("card_declined")).unwrap()
}

fn step(word: &str) -> Step {
    let steps = [Step::Authorize, Step::Capture, Step::Void];
    steps.into_iter().find(|step| step.as_str() == word).unwrap()
}

fn refund_notice(word: &str) -> RefundNotice {
    match word {
        "succeeded" => RefundNotice::Succeeded { reference: None },
        "pending" => RefundNotice::Pending { reference: Some(text("re_1")) },
        "failed" => RefundNotice::Failed { code: Token::new("bank_says_no").unwrap() },
        "disputed" => RefundNotice::Failed { code: Token::new("disputed").unwrap() },
        "gone" => RefundNotice::MethodGone,
        "returned" => RefundNotice::Returned,
        "unknown" => RefundNotice::Unknown,
        "not_received" => RefundNotice::NotReceived,
        other => panic!("a rail does not say {other} about a refund"),
    }
}
