//! A small script language about one book, so that a test reads like a spreadsheet.
//!
//! One command a line, `-> code` when it is refused, then what is seen after it. `#` begins a
//! comment. Amounts are minor units of dollars unless a currency follows, as in `25EUR`.
//!
//! | line | meaning |
//! | --- | --- |
//! | `issue A 100 by=import until=3d` | promotional, external, import, payment, or a customer |
//! | `issue A 100 active=1d` | it can be spent from then on |
//! | `issue A 100 via=email send=1d link=L` | how it is delivered, when, and its link |
//! | `hold h A 60 for=600 partial` | by id; `code:A` instead of `A` spends by code |
//! | `hold h A 60 checkout=K`, `capture h by=K` | a checkout holds; what it does with its hold |
//! | `adjust A -20 for=fraud` | up or down, and why; without `for` it is goodwill |
//! | `update A with=k:v,l:w ref=R` | metadata, reference; nothing after `=` removes them |
//! | `capture h 20 open` | a part, and the rest stays held; without `open` it is final |
//! | `claim link:A,L P`, `claim code:A P is=A` | P claims by the link L of A, or by code |
//! | `news A opened of=2`, `resend A link=L` | what became of a sending; another one |
//! | `forward A P link=L`, `freeze A as=P` | now it is for P; it is P who asks |
//! | `program P 1..9000 days=365 activation=60 return=30` | terms |
//! | `wait 3d`, `wait 900` | time passes, nothing is booked |
//! | `… key=K`, `reverse K` | gives the command an idempotency key; undoes it |
//! | `… => A 40/60 h:held` | seen after it: balance 40 of which 60 are held; a status |
//! | see `shop_words.rs`, `shop_seen.rs` | checkouts, payments and what is seen of them |
//! | see `promotion_words.rs` | promotions of posts, and what serves them |
//! | see `claim_words.rs` | claims, and what is repaid without one |
//! | see `incident_words.rs` | incidents, and what happens to accounts |
//! | see `sender_words.rs` | senders of gifts, and who has blocked them |
//! | `… => events ..,b,c` | only the end of a list |
//! | `… => A.ref R A.with k:v events -` | reference, metadata, events told; `-` is none |
//! | `… => A.owner P A.sent opened:2` | who claimed it; its last sending, by number |
//! | `… => A.is disputed A.days 90` | its status, or that it is blocked; how long it lives |
//! | `… => A.returns 30` | in how many days it goes back to its buyer |

use base::{Instant, Span, Text, Token};
use engine::{AnswerRef, Command, GiftCardCommand, Refusal};
use giftcards::{
    Adjust, AdjustReason, Capture, ChangeHold, DeliveryNews, Direction, Extend, Issue, NewCode,
};
use giftcards::{Delivery, NewDelivery, NewProgram, Place, Program, RefundHold, Sandbox, Update};
use ledger::AccountName;

use crate::claim_words;
use crate::incident_words;
use crate::order_words;
use crate::promotion_words;
use crate::sender_words;
use crate::shop_seen;
use crate::shop_words;
use crate::words::{self, Words};
use crate::world::World;

/// Runs a script from an empty book.
#[track_caller]
pub fn check(script: &str) -> World {
    let mut world = World::new();
    for line in lines_of(script) {
        run(&mut world, &line);
    }
    world
}

/// The lines of a script without comments; one that begins with `=>` goes on with what is seen.
fn lines_of(script: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in script.lines() {
        let line = match line.find(" #").filter(|_| !line.trim_start().starts_with('#')) {
            Some(comment) => line[..comment].trim(),
            None => line.trim(),
        };
        match lines.last_mut().filter(|_| line.starts_with("=>")) {
            Some(last) => *last += &format!(" {line}"),
            None if line.is_empty() || line.starts_with('#') => {}
            None => lines.push(line.to_owned()),
        }
    }
    lines
}

/// Runs one line.
#[track_caller]
pub fn run(world: &mut World, line: &str) {
    let (rest, seen) = line.split_once("=>").unwrap_or((line, ""));
    let (step, refusal) = rest.split_once("->").unwrap_or((rest, ""));
    let told = match apply(world, step) {
        Ok(_) => String::new(),
        Err(refusal) => told(&refusal),
    };
    assert_eq!(told, refusal.trim(), "{line}");
    let words: Vec<&str> = seen.split_whitespace().filter(|word| *word != "=>").collect();
    let mut position = 0;
    while position < words.len() {
        if let Some((name, status)) = words[position].split_once(':') {
            assert_eq!(status_of(world, name), status, "{line}");
            position += 1;
        } else {
            let name = words[position];
            let (shown, expected) = (shown(world, name), words[position + 1]);
            match expected.strip_prefix("..") {
                Some(end) => assert!(shown.ends_with(end), "{line}: {name} {shown}"),
                None => assert_eq!(shown, expected, "{line}: {name}"),
            }
            position += 2;
        }
    }
}

/// Runs the command of a line without expectations; `None` when it only lets time pass.
pub fn apply(world: &mut World, step: &str) -> Result<Option<AnswerRef>, Refusal> {
    let words = Words::of(step);
    if words.at(0) == "wait" {
        world.now = world.now.saturating_add(span(words.at(1)));
        return Ok(None);
    }
    if let Some(decided) = order_words::decided(world, &words) {
        world.put(decided?);
        return Ok(None);
    }
    let command = command(world, &words);
    let key = words.value("key").map(words::key);
    let preview = shop_seen::preview(world, &command);
    let decided = world.run(&command, key);
    shop_seen::assert_as_previewed(world, preview, &decided);
    let change = decided?;
    if let Command::AdvanceClock { to } = command {
        world.now = to;
    }
    Ok(Some(change.answer))
}

/// The code of a refusal, with what belongs to it: `insufficient_balance 40`.
fn told(refusal: &Refusal) -> String {
    let detail = match (refusal, refusal.money()) {
        (Refusal::GiftCards(giftcards::Refusal::NotUsable(why)), _) => format!(" {why}"),
        (Refusal::Tender { tender, refusal: giftcards::Refusal::NotUsable(why), .. }, _) => {
            format!(" {why} {tender}")
        }
        (_, Some(money)) => format!(" {}", money.amount),
        _ => String::new(),
    };
    format!("{}{detail}", refusal.code())
}

/// The command of a line.
pub fn command(world: &World, words: &Words<'_>) -> Command {
    use GiftCardCommand as Card;
    let about_others =
        || sender_words::command(words).or_else(|| promotion_words::command(world, words));
    let about_others = || about_others().or_else(|| claim_words::command(world, words));
    if let Some(command) = shop_words::command(world, words).or_else(about_others) {
        return command;
    }
    let card = || words::card(words.at(1));
    let hold = || words::hold(words.at(1));
    let by = || words.value("as").map(words::person);
    Command::GiftCards(match words.at(0) {
        "open" => return Command::OpenBook { is_test: words.at(1) == "test", ring: [1; 8] },
        "clock" => return Command::AdvanceClock { to: instant(world, words.at(1)) },
        "reverse" => return Command::Reverse { operation: words::key(words.at(1)) },
        "program" => Card::CreateProgram(Box::new(program(world, words))),
        "issue" => Card::Issue(Box::new(issue(world, words))),
        "freeze" => Card::Freeze { card: card(), reason: Token::new("lost").unwrap(), by: by() },
        "unfreeze" => Card::Unfreeze { card: card(), by: by() },
        "replace" => Card::ReplaceCode { card: card(), code: words::code(words.at(2)), by: by() },
        "claim" => Card::Claim {
            by: words::claim_by(words.at(1)),
            card: words.value("is").map(words::card),
            person: words::person(words.at(2)),
        },
        "send" => Card::Deliver { card: card() },
        "news" => {
            let sending = words.number("of").unwrap_or(1) as u16;
            let state = words::delivery_state(words.at(2));
            Card::NoteDelivery { card: card(), news: DeliveryNews { sending, state } }
        }
        "resend" => Card::Resend { card: card(), link: words.value("link").map(words::link) },
        "forward" => Card::ChangeRecipient {
            card: card(),
            recipient: Box::new(words::sealed(words.at(2))),
            link: words.value("link").map(words::link),
        },
        "cancel" => Card::Cancel { card: card() },
        "extend" => {
            let expires_at = (words.at(2) != "never").then(|| instant(world, words.at(2)));
            Card::Extend { card: card(), extend: Extend { expires_at } }
        }
        "adjust" => Card::Adjust { card: card(), adjust: adjust(words) },
        "update" => {
            let (metadata, reference) = (words.metadata(), words.reference());
            Card::Update { card: card(), update: Box::new(Update { metadata, reference }) }
        }
        "expire" => Card::ExpireCard { card: card() },
        "hold" => Card::Hold { card: words::card_ref(words.at(2)), place: place(words) },
        "redeem" => Card::Redeem { card: words::card_ref(words.at(2)), place: place(words) },
        "change" => {
            let change = ChangeHold { amount: words.money(2), expires_in_s: words.number("for") };
            Card::ChangeHold { hold: hold(), change }
        }
        "capture" => {
            let capture = Capture { amount: words.money(2), is_final: !words.has("open") };
            Card::Capture { hold: hold(), capture }
        }
        "release" => Card::Release { hold: hold(), amount: words.money(2) },
        "refund" => {
            let id = words::refund(words.at(1));
            let refund = RefundHold { id, amount: words::money(words.at(3)) };
            Card::Refund { hold: words::hold(words.at(2)), refund }
        }
        "lapse" => Card::ExpireHold { hold: hold() },
        other => panic!("no such command: {other}"),
    })
}

fn issue(world: &World, words: &Words<'_>) -> Issue {
    Issue {
        id: words::card(words.at(1)),
        value: words::money(words.at(2)),
        opening_balance: words.value("left").map(|word| words::money(word).amount),
        code: NewCode(words::code(words.value("code").unwrap_or(words.at(1)))),
        funding: words::funding(words.value("by")),
        expires_at: words.value("until").map(|word| instant(world, word)),
        sandbox: if words.has("fails") { Sandbox::FailsAtCapture } else { Sandbox::None },
        program: words.value("program").map(words::program),
        created_at: None,
        details: words.details(),
        activates_at: words.value("active").map(|word| instant(world, word)),
        delivery: words.value("via").map(|channel| NewDelivery {
            channel: words::channel(channel),
            deliver_at: words.value("send").map(|word| instant(world, word)),
            link: words.value("link").map(words::link),
            sender: words.value("giver").map(words::person),
        }),
    }
}

fn program(world: &World, words: &Words<'_>) -> NewProgram {
    let (least, most) = words.at(2).split_once("..").unwrap();
    let details = words.details().unwrap();
    NewProgram(Program {
        id: words::program(words.at(1)),
        name: words::text("gifts"),
        currency: words::money(most).currency,
        value_min: words::money(least).amount,
        value_max: words::money(most).amount,
        validity_days: words.number("days"),
        hold_seconds_max: words.number("hold").unwrap_or(3_600),
        refund_extension_days: words.number("extension").unwrap_or(90) as u16,
        activation_s: words.number("activation").unwrap_or(0),
        return_after_days: words.number("return").map(|days| days as u16),
        scope: details.scope,
        regions: details.regions,
        metadata: details.metadata,
        created_at: world.now,
    })
}

fn place(words: &Words<'_>) -> Box<Place> {
    Box::new(Place {
        partial: words.has("partial"),
        expires_in_s: words.number("for"),
        region: words.value("region").map(|code| code.parse().unwrap()),
        lines: words.lines(),
        checkout: words.value("checkout").map(words::checkout),
        ..*words::place(words.at(1), words.at(3))
    })
}

fn adjust(words: &Words<'_>) -> Adjust {
    let word = words.at(2);
    let down = word.strip_prefix('-');
    let direction = if down.is_some() { Direction::Down } else { Direction::Up };
    let amount = words::money(down.unwrap_or(word.trim_start_matches('+')));
    let reason = AdjustReason::parse(words.value("for").unwrap_or("goodwill")).unwrap();
    Adjust { amount, direction, reason }
}

/// `3d` or `900`, from now; with a minus before it, ago.
pub fn instant(world: &World, word: &str) -> Instant {
    match word.strip_prefix('-') {
        Some(ago) => world.now.saturating_sub(span(ago)),
        None => world.now.saturating_add(span(word)),
    }
}

/// `3d` or `900`.
pub fn span(word: &str) -> Span {
    match word.strip_suffix('d') {
        Some(days) => Span::days(days.parse().unwrap()),
        None => Span::seconds(word.parse().unwrap()),
    }
}

fn shown(world: &World, name: &str) -> String {
    if name == "events" {
        return or_none(world.events.iter().map(|kind| kind.as_str().to_owned()));
    }
    let Some((card, member)) = name.split_once('.') else { return balance_of(world, name) };
    let about_senders = || sender_words::member(world, card, member);
    let shown = claim_words::member(world, card, member);
    let shown = shown.or_else(|| promotion_words::member(world, card, member));
    let shown = shown.or_else(|| shop_seen::member(world, card, member));
    let shown = shown.or_else(|| incident_words::member(world, card, member));
    if let Some(shown) = shown.or_else(about_senders) {
        return shown;
    }
    let card = &world.card[&words::card(card)];
    let details = card.details.as_deref();
    match member {
        "owner" => or_none(card.owner().map(words::name_of)),
        "for" => {
            let recipient = details.and_then(|it| it.recipient.as_ref());
            or_none(recipient.map(|sealed| words::name_of(sealed.person)))
        }
        "sent" => {
            let delivery = card.gift.as_ref().and_then(|gift| gift.delivery);
            let shown = |it: Delivery| format!("{}:{}", it.state.as_str(), it.sendings);
            or_none(delivery.map(shown))
        }
        "is" => {
            let account = &world.account[&giftcards::account_of(card.id)];
            let is_blocked = card.disputed.is_some();
            let status = giftcards::status(card, account, world.now).as_str();
            if is_blocked { "disputed".to_owned() } else { status.to_owned() }
        }
        "days" => or_none(card.expires_at.map(|at| {
            (at.since(world.now).unwrap_or_default().micros() / 86_400_000_000).to_string()
        })),
        "returns" => or_none(card.returns_at().map(|at| {
            (at.since(world.now).unwrap_or_default().micros() / 86_400_000_000).to_string()
        })),
        "ref" => or_none(details.and_then(|it| it.reference.as_ref()).map(Text::to_string)),
        "with" => {
            let pairs = details.into_iter().flat_map(|details| details.metadata.iter());
            or_none(pairs.map(|(key, value)| format!("{key}:{value}")))
        }
        other => panic!("nothing is kept as {other}"),
    }
}

fn or_none(words: impl IntoIterator<Item = String>) -> String {
    let words: Vec<String> = words.into_iter().collect();
    if words.is_empty() { "-".to_owned() } else { words.join(",") }
}

/// `balance/held` of a card, or the balance of an account; `-` when it was never opened.
fn balance_of(world: &World, name: &str) -> String {
    let (name, currency) = match name.split_once('@') {
        Some((name, currency)) => (name, base::Currency::parse(currency).unwrap()),
        None => (name, base::Currency::USD),
    };
    let chart = AccountName::parse(name).or_else(|| shop_seen::payable(world, name));
    let chart = chart.unwrap_or_else(|| AccountName::GiftCard(words::card(name)));
    balance(world, &chart, currency)
}

/// What is on an account, and how much of it is held.
pub fn balance(world: &World, name: &AccountName, currency: base::Currency) -> String {
    match world.account.get(&name.id(currency)) {
        None => "-".to_owned(),
        Some(account) if account.held().is_zero() => account.balance().to_string(),
        Some(account) => format!("{}/{}", account.balance(), account.held()),
    }
}

fn status_of(world: &World, name: &str) -> &'static str {
    if let Some(hold) = world.hold.get(&words::hold(name)) {
        return hold.status(world.now).as_str();
    }
    let of_claim = || claim_words::status_of(world, name);
    let of_incident = || incident_words::status_of(world, name).or_else(of_claim);
    let about_promotions = || promotion_words::status_of(world, name).or_else(of_incident);
    if let Some(status) = shop_seen::status_of(world, name).or_else(about_promotions) {
        return status;
    }
    let card = &world.card[&words::card(name)];
    giftcards::status(card, &world.account[&giftcards::account_of(card.id)], world.now).as_str()
}
