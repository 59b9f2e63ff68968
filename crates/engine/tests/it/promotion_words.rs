//! Words of the script language about promotions. A promotion is composed in a post of its own
//! name in small letters, unless it says which.
//!
//! | line | meaning |
//! | --- | --- |
//! | `compose P 5000 by=C from=1d until=4d` | views for 50.00, of a post that C has made |
//! | `… goal=sales incentive=500 daily=900` | what else is asked for; `EUR` follows the budget |
//! | `… owner=Eve` | who promotes, when it is not Ada |
//! | `… units=10000 price=0.4 old` | a guarantee; the most that a unit costs; an old quote |
//! | `… with=m,wallet,card:A tags=51` | what is to pay; how many tags the post has |
//! | `… post=clip version=v2 private deleted` | what is told of the post |
//! | `… age=17 about=alcohol` | how old the advertiser is; a tag of the post |
//! | `edit P until=9d daily=none price=0.4` | changes terms; `quote=0` is nobody for them |
//! | `checkout K promotion:nobody:5000+400 pays=P` | what pays it: net and tax |
//! | `submit P K signed with=m,n` | with a record of who agreed; other methods than the draft's |
//! | `submit P K signed device=x` | on a device that is known |
//! | `count P` | counts one that is older than the rows of advertisers |
//! | `approve P v1`, `reject P music v1 as=Bob`, `appeal P` | without a name, Ann of the staff |
//! | `pause P`, `resume P staff`, `stop P`, `stop P rule=spam`, `stop P payment` | who, and why |
//! | `advance P`, `settle_up P O R rails=x` | by time |
//! | `alert P behind_plan` | it brings less, or more (`ahead_of_plan`), or is `back_on_plan` |
//! | `post clip private`, `post clip version=v2 public deleted` | what has become of a post |
//! | `lease P feed 500 for=600 held=1` | a process wants money |
//! | `keep P 1 300`, `close P 1 5`, `lapse_slice P 1` | gives back: keeps 300; after record 5 |
//! | `bill feed 0..5 P:1:1000@400 P:1:9@1+2!3` | slice, units for a price, unpaid, invalid ones |
//! | `bill feed 5..6 -P:1:10@4` | late verdicts |
//! | `… => P:running P.escrow 5000/300` | state; what it has, of which is leased |
//! | `… => P.spent 400 P.repaid 1 P.back 90/5 P.units 9/1/3` | amounts; billed, unpaid, invalid |
//! | `… => P.s1 open:500/20/300` | a slice: reserved, given back, posted |
//! | `… => P.why policy P.held advertiser,post P.due 60` | how it ended; what holds it up |
//! | `… => P.deeds ..paused,resumed P.lists yes` | what was done; whether its post knows it |
//! | `… => Ada.under_way 2:4000EUR,9000USD P.blocked_by spend_limit` | sums; blockers of a draft |
//! | `… => feed.billed 5 feed.unknown 0` | a stream |

use base::{Amount, CheckoutId, CreatorId, Instant, Label, MethodId, OrderId, PersonId};
use base::{Metadata, PromotionId, RefundId, Span, Text, Token};
use engine::{Command, PromotionCommand};
use promotions::{
    Actor, Alarm, Audience, Authorization, Bill, BillLine, Factor, Goal, Lease, Micros,
};
use promotions::{Fingerprint, Severity, post_id, slice_id, stream_id};
use promotions::{NewPromotion, PayWith, Post, PostChange, PostKind, Promise, Promotion, Quote};
use promotions::{Return, Role, Slice, StopCause, Takeback, Terms, TermsChange, Visibility};

use crate::incident_words;
use crate::script::{balance, instant, span};
use crate::shop_words::{drawn, refund_ids};
use crate::words::{self, Words, bits};
use crate::world::{View, World};

/// The command of a line; `None` when it is about something else.
pub fn command(world: &World, words: &Words<'_>) -> Option<Command> {
    let by_people = || by_people(world, words);
    let command = by_people().or_else(|| serving(words));
    let command = command.or_else(|| incident_words::command(world, words))?;
    Some(Command::Promotions(Box::new(command)))
}

fn by_people(world: &World, words: &Words<'_>) -> Option<PromotionCommand> {
    let promotion = || promotion_id(words.at(1));
    Some(match words.at(0) {
        "compose" => PromotionCommand::Compose {
            new: Box::new(new_promotion(world, words)),
            post: Box::new(new_post(words)),
            actor: advertiser(words),
        },
        "edit" => PromotionCommand::Edit {
            promotion: promotion(),
            change: Box::new(change(world, words)),
            quote: Box::new(quote(world, words)),
            actor: advertiser(words),
        },
        "submit" => submit(world, words),
        "approve" => PromotionCommand::Approve {
            promotion: promotion(),
            version: words.bare(2).map(label),
            actor: staff(words),
        },
        "reject" => PromotionCommand::Reject {
            promotion: promotion(),
            rule: Token::new(words.at(2)).unwrap(),
            version: words.bare(3).map(label),
            actor: staff(words),
        },
        "appeal" => PromotionCommand::Appeal { promotion: promotion(), actor: advertiser(words) },
        "pause" => PromotionCommand::Pause { promotion: promotion(), actor: advertiser(words) },
        "resume" => PromotionCommand::Resume { promotion: promotion(), actor: advertiser(words) },
        "stop" => PromotionCommand::Stop {
            promotion: promotion(),
            cause: match words.value("rule") {
                Some(rule) => StopCause::Policy(Token::new(rule).unwrap()),
                None if words.has("payment") => StopCause::Payment,
                None => StopCause::Advertiser,
            },
            actor: advertiser(words),
        },
        "advance" => PromotionCommand::Advance { promotion: promotion() },
        "count" => PromotionCommand::Count { promotion: promotion() },
        "alert" => PromotionCommand::Alert {
            promotion: promotion(),
            alarm: match words.at(2) {
                "back_on_plan" => None,
                name => Some(Alarm::ALL.into_iter().find(|it| it.as_str() == name).unwrap()),
            },
        },
        "settle_up" => PromotionCommand::Settle {
            promotion: promotion(),
            order: words.bare(2).map(|word| OrderId::from_bits(bits(word))),
            refund: refund_id(world, words),
            ids: refund_ids(world, words),
        },
        "post" => PromotionCommand::ChangePost {
            post: label(words.at(1)),
            change: PostChange {
                visibility: visibility(words),
                is_deleted: (words.has("deleted").then_some(true))
                    .or(words.has("undeleted").then_some(false)),
                content_version: words.value("version").map(label),
            },
        },
        _ => return None,
    })
}

fn submit(world: &World, words: &Words<'_>) -> PromotionCommand {
    PromotionCommand::Submit {
        promotion: promotion_id(words.at(1)),
        checkout: CheckoutId::from_bits(bits(words.at(2))),
        pay_with: words.value("with").map(|named| named.split(',').map(pays_with).collect()),
        authorization: words.has("signed").then(|| Box::new(signed(world, words))),
        actor: advertiser(words),
    }
}

fn serving(words: &Words<'_>) -> Option<PromotionCommand> {
    let promotion = || promotion_id(words.at(1));
    let slice = || words.at(2).parse().unwrap();
    Some(match words.at(0) {
        "lease" => PromotionCommand::Lease {
            promotion: promotion(),
            held: words.number("held"),
            want: Lease {
                holder: label(words.at(2)),
                amount: words::money(words.at(3)).amount,
                term: words.value("for").map_or(Span::minutes(10), span),
            },
        },
        "keep" => PromotionCommand::ReturnSlice {
            promotion: promotion(),
            slice: slice(),
            back: Return { granted_after: words::money(words.at(3)).amount, closes_after: None },
        },
        "close" => PromotionCommand::ReturnSlice {
            promotion: promotion(),
            slice: slice(),
            back: Return {
                granted_after: Amount::ZERO,
                closes_after: Some(words.at(3).parse().unwrap()),
            },
        },
        "lapse_slice" => PromotionCommand::LapseSlice { promotion: promotion(), slice: slice() },
        "bill" => PromotionCommand::Bill(Box::new(bill(words))),
        _ => return None,
    })
}

/// The name of the refund of a settlement, or a drawn one.
fn refund_id(world: &World, words: &Words<'_>) -> RefundId {
    RefundId::from_bits(words.bare(3).map_or_else(|| drawn(world, 98), bits))
}

fn promotion_id(word: &str) -> PromotionId {
    PromotionId::from_bits(bits(word))
}

fn label(word: &str) -> Label {
    Label::new(word).unwrap()
}

fn visibility(words: &Words<'_>) -> Option<Visibility> {
    Visibility::ALL.into_iter().find(|it| words.has(it.as_str()))
}

/// Whoever it is, by name; the advertiser unless the line says `staff`.
fn advertiser(words: &Words<'_>) -> Actor {
    let role = if words.has("staff") { Role::Staff } else { Role::Advertiser };
    Actor { role, person: words.value("as").map(words::person) }
}

fn staff(words: &Words<'_>) -> Actor {
    let name = words.value("as").unwrap_or("Ann");
    Actor { role: Role::Staff, person: Some(words::person(name)) }
}

fn signed(world: &World, words: &Words<'_>) -> Authorization {
    let device = |name| Fingerprint(bits(name).to_be_bytes());
    Authorization {
        factor: Factor::Passkey,
        device: words.value("device").map(device),
        session: None,
        address: None,
        region: None,
        act: Some([5; 16]),
        terms_version: Some(Token::new("2026-11").unwrap()),
        at: world.now,
    }
}

fn post_name(words: &Words<'_>) -> Label {
    let name = words.value("post").map_or_else(|| words.at(1).to_lowercase(), str::to_owned);
    label(&name)
}

fn new_post(words: &Words<'_>) -> Post {
    let name = post_name(words);
    Post {
        id: post_id(&name),
        url: Text::new(&format!("https://shop.example/{name}")).unwrap(),
        name,
        creator: CreatorId::from_bits(bits(words.value("by").unwrap_or("C"))),
        kind: PostKind::Video,
        visibility: visibility(words).unwrap_or(Visibility::Public),
        language: None,
        tags: tags(words),
        content_version: label(words.value("version").unwrap_or("v1")),
        is_deleted: words.has("deleted"),
        promotions: Vec::new(),
        created_at: Instant::MIN,
        published_at: None,
    }
}

fn tags(words: &Words<'_>) -> Vec<Label> {
    let about = words.value("about").map(label).into_iter();
    about.chain((0..words.number("tags").unwrap_or(0)).map(|it| label(&format!("t{it}")))).collect()
}

fn terms(world: &World, words: &Words<'_>, budget: base::Money) -> Terms {
    Terms {
        goal: goal(words).unwrap_or(Goal::Views),
        target: None,
        audience: Audience::automatic(),
        budget,
        incentive: words.value("incentive").map_or(Amount::ZERO, |word| words::money(word).amount),
        daily_budget: words.value("daily").map(|word| words::money(word).amount),
        starts_at: instant(world, words.value("from").unwrap_or("1d")),
        ends_at: instant(world, words.value("until").unwrap_or("4d")),
        promise: words.value("units").map_or(Promise::Estimate, |_| Promise::Guarantee),
    }
}

fn new_promotion(world: &World, words: &Words<'_>) -> NewPromotion {
    let terms = terms(world, words, words::money(words.at(2)));
    let pays = words.value("with").map_or(Vec::new(), |names| names.split(',').collect());
    NewPromotion {
        id: promotion_id(words.at(1)),
        advertiser: PersonId::from_bits(bits(words.value("owner").unwrap_or("Ada"))),
        post: post_name(words),
        quote: quote(world, words),
        terms,
        pay_with: pays.into_iter().map(pays_with).collect(),
        authorization: None,
        advertiser_age: words.number("age").map(|years| u8::try_from(years).unwrap()),
        metadata: Metadata::default(),
    }
}

fn pays_with(word: &str) -> PayWith {
    match word.split_once(':') {
        _ if word == "wallet" => PayWith::Wallet,
        Some((_, card)) => PayWith::Card(words::card(card)),
        None => PayWith::Method { method: MethodId::from_bits(bits(word)), at_most: None },
    }
}

fn goal(words: &Words<'_>) -> Option<Goal> {
    let word = words.value("goal")?;
    Some(Goal::ALL.into_iter().find(|goal| goal.as_str() == word).unwrap())
}

/// Millionths of a cent, from cents: `0.4` or `12`.
fn micros(word: &str) -> Micros {
    let (whole, part) = word.split_once('.').unwrap_or((word, ""));
    let whole: u64 = whole.parse().unwrap();
    Micros::new(whole * Micros::PER_MINOR + format!("{part:0<6}").parse::<u64>().unwrap())
}

fn quote(world: &World, words: &Words<'_>) -> Quote {
    let is_old = words.has("old");
    Quote {
        unit: goal(words).unwrap_or(Goal::Views).billed(),
        unit_price_max: micros(words.value("price").unwrap_or("0.4")),
        units_low: words.number("quote").unwrap_or(10_000).into(),
        units_high: words.number("quote").unwrap_or(20_000).into(),
        guaranteed_units: words.number("units").map(u64::from).filter(|units| *units > 0),
        audience_size: 50_000,
        quoted_at: world.now.saturating_sub(Span::hours(if is_old { 2 } else { 0 })),
    }
}

fn change(world: &World, words: &Words<'_>) -> TermsChange {
    let amount = |word: &str| (word != "none").then(|| words::money(word).amount);
    let of = words.value("of").map(|word| terms(world, words, words::money(word)));
    TermsChange {
        of: of.map(Box::new),
        goal: goal(words),
        target: words.number("target").map(|target| Some(target.into())),
        audience: None,
        budget: words.value("budget").map(words::money),
        daily_budget: words.value("daily").map(amount),
        starts_at: words.value("from").map(|word| instant(world, word)),
        ends_at: words.value("until").map(|word| instant(world, word)),
        promise: None,
    }
}

fn bill(words: &Words<'_>) -> Bill {
    let (from, to) = words.at(2).split_once("..").unwrap();
    let (taken, lines): (Vec<&str>, Vec<&str>) =
        words.from(3).partition(|word| word.starts_with('-'));
    Bill {
        stream: label(words.at(1)),
        from: from.parse().unwrap(),
        to: to.parse().unwrap(),
        lines: lines.into_iter().map(line).collect(),
        takebacks: taken.into_iter().map(|word| takeback(&word[1..])).collect(),
    }
}

/// `P:1:1000@400+2!3`.
fn line(word: &str) -> BillLine {
    let (word, invalid_units) = split(word, '!');
    let (word, unbilled_units) = split(word, '+');
    let Takeback { promotion, slice, units, price } = takeback(word);
    BillLine { promotion, slice, units, price, unbilled_units, invalid_units }
}

fn takeback(word: &str) -> Takeback {
    let parts: Vec<&str> = word.split([':', '@']).collect();
    let [promotion, slice, units, price] = parts[..] else { panic!("{word} is no line") };
    let (slice, units) = (slice.parse().unwrap(), units.parse().unwrap());
    Takeback { promotion: promotion_id(promotion), slice, units, price: micros(price) }
}

fn split(word: &str, sign: char) -> (&str, u64) {
    word.split_once(sign).map_or((word, 0), |(word, count)| (word, count.parse().unwrap()))
}

/// The state of a promotion of this name.
pub fn status_of(world: &World, name: &str) -> Option<&'static str> {
    world.promotion.get(&promotion_id(name)).map(|row| row.state.as_str())
}

/// What is seen of a promotion or a stream; `None` when it is about something else.
pub fn member(world: &World, name: &str, member: &str) -> Option<String> {
    if let Some(row) = world.promotion.get(&promotion_id(name)) {
        return Some(of_promotion(world, row, member));
    }
    if member == "under_way" {
        return Some(under_way(world, words::person(name)));
    }
    let stream = world.stream.get(&stream_id(&Label::new(name).ok()?))?;
    Some(match member {
        "billed" => stream.billed_to.to_string(),
        "unknown" => stream.unknown_units.to_string(),
        other => panic!("nothing is kept as {other}"),
    })
}

fn under_way(world: &World, person: PersonId) -> String {
    let Some(row) = world.advertiser.get(&person) else { return "-".to_owned() };
    let sum = |(currency, amount): (&base::Currency, &Amount)| format!("{amount}{currency}");
    let sums: Vec<String> = row.budgets.iter().map(sum).collect();
    format!("{}:{}", row.under_way, sums.join(","))
}

/// What keeps a draft from being submitted.
fn blockers(world: &World, row: &Promotion) -> String {
    let query = engine::Query::PromotionDetails(row.id);
    let view = View { world, loaded: None };
    let Some(engine::Answer::PromotionDetails(details)) =
        engine::ask(&query, &view, world.promoting, world.now)
    else {
        panic!("{:?} is not found", row.id)
    };
    let blockers = details.checks.iter().filter(|check| check.severity == Severity::Blocker);
    let codes: Vec<&str> = blockers.map(|check| check.code.as_str()).collect();
    if codes.is_empty() { "-".to_owned() } else { codes.join(",") }
}

fn of_promotion(world: &World, row: &Promotion, member: &str) -> String {
    if let Some(slice) = member.strip_prefix('s').and_then(|number| number.parse().ok()) {
        let slice = world.slice.get(&slice_id(row.id, slice));
        return slice.map_or_else(|| "-".to_owned(), |slice| of_slice(slice));
    }
    match member {
        "escrow" => balance(world, &row.escrow(), row.currency()),
        "spent" => row.spend.spent.to_string(),
        "repaid" => row.spend.repaid.to_string(),
        "back" => format!("{}/{}", row.returned, row.incentive_returned),
        "units" => {
            let delivery = row.delivery;
            let counts = [delivery.billed_units, delivery.unbilled_units, delivery.invalid_units];
            counts.map(|count| count.to_string()).join("/")
        }
        "missing" => row.undelivered_units().map_or("-".to_owned(), |units| units.to_string()),
        "why" => row.end.map_or("-", |end| end.cause.as_str()).to_owned(),
        "rule" => row.review.rule.as_ref().map_or("-".to_owned(), ToString::to_string),
        "due" => row.due_at().map_or("-".to_owned(), |at| {
            (at.since(world.now).map_or(0, Span::micros) / 1_000_000).to_string()
        }),
        "held" => {
            let pauses = row.pauses;
            let held = [
                (pauses.by_advertiser, "advertiser"),
                (pauses.by_platform, "platform"),
                (pauses.by_claim, "claim"),
                (pauses.post_is_private, "post"),
                (pauses.is_disputed, "dispute"),
            ];
            let held: Vec<&str> =
                held.into_iter().filter(|(is, _)| *is).map(|(_, what)| what).collect();
            if held.is_empty() { "-".to_owned() } else { held.join(",") }
        }
        "deeds" => {
            let mut deeds: Vec<_> =
                world.deed.values().filter(|deed| deed.promotion == row.id).collect();
            deeds.sort_by_key(|deed| deed.number);
            deeds.iter().map(|deed| deed.kind.as_str()).collect::<Vec<_>>().join(",")
        }
        "blocked_by" => blockers(world, row),
        "lists" => {
            let lists = world.post[&post_id(&row.post)].promotions.contains(&row.id);
            if lists { "yes" } else { "no" }.to_owned()
        }
        other => panic!("nothing is kept as {other}"),
    }
}

fn of_slice(slice: &Slice) -> String {
    let pending = &slice.pending;
    let state = slice.state.as_str();
    format!("{state}:{}/{}/{}", pending.reserved, pending.voided, pending.posted)
}
