//! Words of the script language about claims, and about what is repaid without one. The words of
//! a claimant are always the same.
//!
//! | line | meaning |
//! | --- | --- |
//! | `file X P failure` | Ada, the advertiser, claims for P; the ground by how it begins |
//! | `… as=Eve charge=p file=7 days=-1d..0` | somebody else; a charge; what is shown; days |
//! | `file X hint technical as=Eve` | Eve has no account, and knows of a charge of 54.00 |
//! | `file X hint unauth as=Eve account` | she has one |
//! | `match X P as=Ann`, `match X charge=p` | staff finds what it is about |
//! | `facts X missing_platform=3 start=begun` | told, beside what rows tell |
//! | `decide X` | the rules decide |
//! | `review X partly_approve 100/20 as=Ann` | Ann grants 1.00, and 0.20 come back elsewhere |
//! | `agree X as=Bob`, `disagree X as=Bob` | the second person |
//! | `protest X file=8`, `take_back X`, `attach X 9`, `hurry X` | appeal, withdraw; a late step |
//! | `unfreeze_account Ada as=Ann`, `look_at X as=Ann` | by staff |
//! | `pay_claim X O R rails=x`, `claim_paid X` | the money sets out, and has left |
//! | `pay_otherwise X again O R rails=x as=Ann` | Ann has it sent again: the next payout |
//! | `pay_otherwise X credit code=x`, `pay_otherwise X hand rail=bank` | another way |
//! | `make_good Z P overspend 100 O R of=250 rails=x` | 1.00 of 2.50 lost so, found by Z |
//! | `made_good Z`, `remind Z` | it has left; it should have |
//! | `searched P` | what is owed for it was looked for |
//! | `set_aside Z P overspend 100 R of=250` | its order has refused that for long |
//! | `resolve Z again O R rails=x as=Ann` | Ann has it sent again |
//! | `resolve Z credit code=x`, `resolve Z hand rail=bank` | a gift card instead; paid by hand |
//! | `… => X:paying X.award 100/20 X.row f9 X.codes a,b` | status; what is decided, by what |
//! | `… => X.takes 100 X.sent 100/108 X.next facts X.held yes` | sums; net, gross; awaited |
//! | `… => X.paid_without_look 100 X.knows automatic_person:1,automatic_instrument:0` | yearly |
//! | `… => X.rings 3 X.rule u16` | others over its card or device; the row that fits |
//! | `… => X.post_gone false` | whether its facts say that the post was gone |
//! | `… => X.freezes yes X.suspect open` | whether its account is frozen; the suspect |
//! | `… => P.looked_at due` | whether somebody has to look at its claims, and at what is owed |
//! | `… => P.claims 300/100 P.causes 200/100/0 P.kept 0` | takes, of which is out; why |
//! | `… => P.causes 0/0/0/50` | the last for stops that failed |
//! | `… => Z.net 100 Z.stuck yes Z.gross 108` | what is repaid, and whether a person has to |

use base::RestitutionId;
use base::Span;
use base::{Amount, ClaimId, Day, Instant, Metadata, OrderId, PaymentId, PromotionId, RefundId};
use claims::{Award, ChargeHint, Claim, Claimant, Code, Digest, Evidence, Fact, FactName, Facts};
use claims::{Finding, Fingerprint, Ground, Kind, LastFour, MediaType, Named, NewAttachment};
use claims::{NewClaim, NewWords, Outcome, Period, Restitution, RestitutionKind, Review, Value};
use engine::{ClaimCommand, Command, FoundLoss, NewCredit, ResolveBy, WayBack};

use crate::script::instant;
use crate::shop_words::refund_ids;
use crate::words::{self, Words, bits};
use crate::world::World;

/// The command of a line; `None` when it is about something else.
pub fn command(world: &World, words: &Words<'_>) -> Option<Command> {
    let command = by_people(world, words).or_else(|| about_money(world, words))?;
    Some(Command::Claims(Box::new(command)))
}

fn by_people(world: &World, words: &Words<'_>) -> Option<ClaimCommand> {
    let claim = || claim_id(words.at(1));
    let by = |name| words::person(words.value("as").unwrap_or(name));
    Some(match words.at(0) {
        "file" => ClaimCommand::File(Box::new(new_claim(world, words))),
        "match" => ClaimCommand::Match { claim: claim(), found: named(words), by: by("Ann") },
        "facts" => ClaimCommand::FreezeFacts { claim: claim(), told: Box::new(told(world, words)) },
        "decide" => ClaimCommand::Decide { claim: claim() },
        "review" => ClaimCommand::Review {
            claim: claim(),
            review: Box::new(Review {
                by: by("Ann"),
                outcome: Outcome::parse(words.at(2)).unwrap(),
                award: words
                    .bare(3)
                    .filter(|word| *word != "speechless")
                    .map_or(Award::NOTHING, award),
                codes: if words.has("speechless") { Vec::new() } else { vec![code("goodwill")] },
            }),
        },
        "agree" => ClaimCommand::Approve { claim: claim(), by: by("Bob") },
        "disagree" => ClaimCommand::SendBack { claim: claim(), by: by("Bob") },
        "protest" => ClaimCommand::Appeal { claim: claim(), attachments: files(words) },
        "take_back" => ClaimCommand::Withdraw { claim: claim() },
        "attach" => ClaimCommand::Attach { claim: claim(), new: file(words.at(2)) },
        "hurry" => ClaimCommand::Escalate { claim: claim() },
        "unfreeze_account" => {
            ClaimCommand::LiftFreeze { person: words::person(words.at(1)), by: by("Ann") }
        }
        "look_at" => {
            ClaimCommand::LookAtSuspect { suspect: claims::suspect_id(claim()), by: by("Ann") }
        }
        _ => return None,
    })
}

fn about_money(world: &World, words: &Words<'_>) -> Option<ClaimCommand> {
    let back = |order: usize| {
        Box::new(WayBack {
            order: OrderId::from_bits(bits(words.at(order))),
            refund: RefundId::from_bits(bits(words.at(order + 1))),
            ids: *refund_ids(world, words),
        })
    };
    let found = || {
        let loss = words::money(words.at(4)).amount;
        let so_far = words.value("of").map(|word| words::money(word).amount);
        Box::new(FoundLoss {
            promotion: PromotionId::from_bits(bits(words.at(2))),
            kind: kind(words.at(3)),
            cause: print(words.at(1)),
            loss,
            loss_so_far: so_far.unwrap_or(loss),
            told: Facts::new(),
        })
    };
    let by = || words::person(words.value("as").unwrap_or("Ann"));
    let way = || match words.at(2) {
        "again" => ResolveBy::SendAgain(back(3)),
        "credit" => ResolveBy::StoreCredit(Box::new(NewCredit {
            code: words::code(words.value("code").unwrap_or(words.at(1))),
            program: words.value("program").map(words::program),
        })),
        _ => ResolveBy::PaidByHand {
            rail: base::Token::new(words.value("rail").unwrap_or("bank")).unwrap(),
            reference: base::Label::new("transfer-1").unwrap(),
        },
    };
    let unknown = || RestitutionId::from_bits(bits(words.at(1)));
    let made = || restitution(world, words.at(1)).map_or_else(unknown, |made| made.id);
    Some(match words.at(0) {
        "pay_claim" => ClaimCommand::StartPayout { claim: claim_id(words.at(1)), back: back(2) },
        "pay_otherwise" => {
            let claim = claim_id(words.at(1));
            let paid = world.claim.get(&claim).map_or(0, |row| row.payouts.len());
            let next = u32::try_from(paid).unwrap() + 1;
            let number = words.number("number").unwrap_or(next);
            ClaimCommand::ResolvePayout { claim, number, by: by(), way: way() }
        }
        "claim_paid" => ClaimCommand::NotePaid { claim: claim_id(words.at(1)) },
        "make_good" => ClaimCommand::Restitute { loss: found(), back: back(5) },
        "made_good" => ClaimCommand::NoteRestitutionPaid { restitution: made() },
        "searched" => {
            let promotion = PromotionId::from_bits(bits(words.at(1)));
            let row = world.promotion_claims.get(&promotion);
            let since = row.and_then(|row| row.searched_since).unwrap_or(Instant::MIN);
            ClaimCommand::NoteSearched { promotion, since }
        }
        "remind" => ClaimCommand::EscalateRestitution { restitution: made() },
        "set_aside" => ClaimCommand::SetRestitutionAside {
            loss: found(),
            refund: RefundId::from_bits(bits(words.at(5))),
            refusal: base::Token::new("amount_exceeds_refundable").unwrap(),
        },
        "resolve" => ClaimCommand::ResolveRestitution { restitution: made(), by: by(), way: way() },
        _ => return None,
    })
}

fn claim_id(word: &str) -> ClaimId {
    ClaimId::from_bits(bits(word))
}

fn print(word: &str) -> Fingerprint {
    Fingerprint(bits(word).to_be_bytes())
}

fn code(word: &str) -> Code {
    Code::new(word).unwrap()
}

fn kind(word: &str) -> RestitutionKind {
    RestitutionKind::ALL.into_iter().find(|kind| kind.as_str() == word).unwrap()
}

/// `100/20`, or `100`.
fn award(word: &str) -> Award {
    let (refund, elsewhere) = word.split_once('/').unwrap_or((word, "0"));
    let amount = |word: &str| words::money(word).amount;
    Award { refund: amount(refund), elsewhere: amount(elsewhere) }
}

fn file(word: &str) -> NewAttachment {
    let byte = word.parse().unwrap();
    NewAttachment {
        content: Digest([byte; 32]),
        media: MediaType::Png,
        // The file 0 is empty, 255 is too large.
        bytes: if byte == 255 { u64::MAX >> 8 } else { u64::from(byte) },
    }
}

fn files(words: &Words<'_>) -> Vec<NewAttachment> {
    let files = words.value("file").map_or(Vec::new(), |files| files.split(',').collect());
    files.into_iter().map(file).collect()
}

fn named(words: &Words<'_>) -> Named {
    match words.value("charge") {
        Some(charge) => Named::Charge(PaymentId::from_bits(bits(charge))),
        None => Named::Promotion(PromotionId::from_bits(bits(words.at(2)))),
    }
}

fn new_claim(world: &World, words: &Words<'_>) -> NewClaim {
    let is_hint = words.at(2) == "hint";
    let name = words.value("as").unwrap_or("Ada");
    let is_contact = is_hint && !words.has("account") || words.has("locked_out");
    let day = |word: &str| Day::of(instant(world, word));
    let days = words.value("days").map(|days| days.split_once("..").unwrap());
    let ground = Ground::ALL.into_iter().find(|it| it.as_str().starts_with(words.at(3)));
    NewClaim {
        id: claim_id(words.at(1)),
        claimant: match is_contact {
            true => Claimant::Contact(print(name)),
            false => Claimant::Person(words::person(name)),
        },
        named: match is_hint {
            true => Named::Hint(ChargeHint {
                descriptor: print("shop"),
                last_four: LastFour::parse("4242").unwrap(),
                amount: words::money(words.value("amount").unwrap_or("5400")),
                charged_on: None,
            }),
            false => named(words),
        },
        ground: ground.unwrap(),
        period: days.map(|(first, last)| Period { starts_on: day(first), ends_on: day(last) }),
        words: NewWords {
            person: words::person(name),
            sealed: Box::new([7; 9]),
            bytes: words.number("words").unwrap_or(40),
        },
        attachments: files(words),
        metadata: Metadata::default(),
    }
}

/// `missing_platform=3 start=begun watched=true late_invalid=unknown`.
fn told(world: &World, words: &Words<'_>) -> Facts {
    let mut facts = Facts::new();
    for (name, word) in words.from(2).filter_map(|word| word.split_once('=')) {
        let name = FactName::parse(name).unwrap_or_else(|| panic!("no fact {name}"));
        let value = match name.kind() {
            Kind::Flag => Value::Flag(word.parse().unwrap()),
            Kind::Count => Value::Count(word.parse().unwrap()),
            Kind::Money => Value::Money(words::money(word).amount),
            Kind::Span => Value::Span(Span::days(word.parse().unwrap())),
            Kind::Word(all) => Value::Word(all.iter().find(|it| **it == word).unwrap()),
        };
        let finding = Finding::Known(value);
        facts.tell(Fact { name, finding, evidence: Evidence::None, at: world.now }).unwrap();
    }
    facts
}

/// Where a claim of this name stands.
pub fn status_of(world: &World, name: &str) -> Option<&'static str> {
    world.claim.get(&claim_id(name)).map(|row| row.status.as_str())
}

/// What is seen of a claim, a restitution, or what claims have to do with a promotion; `None` when
/// it is about something else.
pub fn member(world: &World, name: &str, member: &str) -> Option<String> {
    let promotion = PromotionId::from_bits(bits(name));
    match (member, world.promotion.get(&promotion)) {
        ("kept", Some(row)) => return Some(row.kept.to_string()),
        ("claims" | "causes" | "restitutions" | "looked_at", Some(_)) => {
            let Some(row) = world.promotion_claims.get(&promotion) else {
                return Some("-".to_owned());
            };
            let causes = row.causes;
            return Some(match member {
                "claims" => format!("{}/{}", row.committed(), row.set_out),
                "restitutions" => row.restitutions.to_string(),
                "looked_at" => if row.searched_since.is_some() { "due" } else { "-" }.to_owned(),
                _ => {
                    let of = [causes.delivery, causes.overspend, causes.wrong_delivery];
                    let mut of = of.map(|amount| amount.to_string()).join("/");
                    if !causes.stop_failed.is_zero() {
                        of.push_str(&format!("/{}", causes.stop_failed));
                    }
                    of
                }
            });
        }
        _ => {}
    }
    if let Some(row) = restitution(world, name) {
        return Some(match member {
            "net" => row.net.to_string(),
            "gross" => row.gross.map_or("-".to_owned(), |gross| gross.to_string()),
            "stuck" => if row.is_stuck() { "yes" } else { "no" }.to_owned(),
            "card" => {
                let card = world.card.get(&engine::credit_for(row.id)).expect("a card was given");
                world.account[&giftcards::account_of(card.id)].available().to_string()
            }
            other => panic!("nothing of a restitution is kept as {other}"),
        });
    }
    world.claim.get(&claim_id(name)).map(|row| of_claim(world, row, member))
}

/// Whether something was repaid, or kept, that was found by this name.
pub fn is_made(world: &World, name: &str) -> bool {
    restitution(world, name).is_some()
}

fn restitution<'a>(world: &'a World, name: &str) -> Option<&'a Restitution> {
    world.restitution.values().map(AsRef::as_ref).find(|row| row.cause == print(name))
}

fn of_claim(world: &World, row: &Claim, member: &str) -> String {
    let or_none = |word: Option<String>| word.unwrap_or_else(|| "-".to_owned());
    let decision = row.proposal.as_ref().or(row.decision.as_ref());
    let sum = |of: fn(&claims::Payout) -> Amount| -> i64 {
        row.payouts.iter().map(|payout| of(payout).minor()).sum()
    };
    let seconds = |at: Instant| at.since(world.now).map_or(0, Span::micros) / 1_000_000;
    match member {
        "award" => or_none(decision.map(|it| {
            let Award { refund, elsewhere } = it.award;
            format!("{refund}/{elsewhere}")
        })),
        "outcome" => or_none(decision.map(|it| it.outcome.as_str().to_owned())),
        "codes" => or_none(
            decision.map(|it| it.codes.iter().map(Code::as_str).collect::<Vec<_>>().join(",")),
        ),
        "row" => or_none(decision.map(|it| {
            let kept = &world.claim_statement[&it.statement];
            or_none(kept.decision.as_ref().map(|it| it.table.row.to_string()))
        })),
        "takes" => row.committed().to_string(),
        "sent" => format!("{}/{}", sum(|payout| payout.net), sum(|payout| payout.gross)),
        "card" => {
            let card = engine::credit_for_payout(row.id, u32::try_from(row.payouts.len()).unwrap());
            let card = world.card.get(&card).expect("a card was given");
            world.account[&giftcards::account_of(card.id)].available().to_string()
        }
        "elsewhere" => sum(|payout| payout.elsewhere).to_string(),
        "knows" | "told" | "rings" | "rule" | "post_gone" => of_facts(world, row, member),
        "paid_without_look" => {
            let rows = world.automatic_paid.values();
            let payments = rows.flat_map(|paid| &paid.payments);
            let sums = payments.filter(|payment| payment.claim == row.id);
            sums.map(|payment| payment.amount.minor()).max().unwrap_or(0).to_string()
        }
        "suspect" => match world.suspect.get(&claims::suspect_id(row.id)) {
            Some(suspect) if suspect.looked_at.is_some() => "reviewed",
            Some(_) => "open",
            None => "-",
        }
        .to_owned(),
        "freezes" => match row.owner.and_then(|owner| world.account_freeze.get(&owner)) {
            Some(freeze) if freeze.is_frozen() => "yes",
            Some(_) => "lifted",
            None => "no",
        }
        .to_owned(),
        "next" => claims::next(row, world.now).awaited.as_str().to_owned(),
        "due" => or_none(row.due_at().map(|at| seconds(at).to_string())),
        "held" => if row.held_since.is_some() { "yes" } else { "no" }.to_owned(),
        "about" => or_none(row.promotion.map(|id| words::name_of_bits(id.bits()))),
        "linked" => or_none(row.linked_to.map(|id| words::name_of_bits(id.bits()))),
        other => panic!("nothing is kept as {other}"),
    }
}

/// What the facts of a claim say, and which row they lead to.
fn of_facts(world: &World, row: &Claim, member: &str) -> String {
    let facts = &world.frozen_facts[&claims::facts_id(row.facts.unwrap())].facts;
    match member {
        "knows" => {
            let told = claims::automatic_sums(&[], row.currency, world.now).map(|(name, _)| {
                let Finding::Known(Value::Money(sum)) = facts.get(name).unwrap().finding else {
                    return format!("{}:-", name.as_str());
                };
                format!("{}:{sum}", name.as_str())
            });
            told.join(",")
        }
        "told" => {
            let names = [FactName::EarlierAlike, FactName::EarlierClaims];
            let told = names.map(|name| match facts.get(name).unwrap().finding {
                Finding::Known(Value::Count(count)) => format!("{}:{count}", name.as_str()),
                _ => format!("{}:-", name.as_str()),
            });
            told.join(",")
        }
        "post_gone" => match facts.get(FactName::PostGone).map(|fact| fact.finding) {
            Some(Finding::Known(Value::Flag(is_gone))) => is_gone.to_string(),
            _ => "-".to_owned(),
        },
        "rings" => match facts.get(FactName::RingMarks).map(|fact| fact.finding) {
            Some(Finding::Known(Value::Count(count))) => count.to_string(),
            _ => "-".to_owned(),
        },
        _ => {
            let rules = claims::Rules::standard();
            let decision = rules.tables(row.ground, row.filed_at).decide(facts, row.currency);
            decision.table.row.to_string()
        }
    }
}
