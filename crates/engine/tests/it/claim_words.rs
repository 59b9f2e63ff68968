//! Words of the script language about claims, and about what is repaid without one. The words of
//! a claimant are always the same.
//!
//! | line | meaning |
//! | --- | --- |
//! | `file X P failure` | Ada, the advertiser, claims for P; the ground by how it begins |
//! | `… as=Eve charge=p file=7 days=-1d..0` | somebody else; a charge; what is shown; days |
//! | `file X hint technical as=Eve` | Eve has no account, and knows of a charge of 54.00 |
//! | `match X P as=Ann`, `match X charge=p` | staff finds what it is about |
//! | `facts X missing_platform=3 start=begun` | told, beside what rows tell |
//! | `decide X` | the rules decide |
//! | `review X partly_approve 100/20 as=Ann` | Ann grants 1.00, and 0.20 come back elsewhere |
//! | `agree X as=Bob`, `disagree X as=Bob` | the second person |
//! | `protest X file=8`, `take_back X`, `attach X 9`, `hurry X` | appeal, withdraw; a late step |
//! | `unfreeze_account Ada as=Ann`, `look_at X as=Ann` | by staff |
//! | `pay_claim X O R rails=x`, `claim_paid X` | the money sets out, and has left |
//! | `make_good Z P overspend 100 O R of=250 rails=x` | 1.00 of 2.50 lost so, found by Z |
//! | `made_good Z` | it has left |
//! | `… => X:paying X.award 100/20 X.row f9 X.codes a,b` | status; what is decided, by what |
//! | `… => X.takes 100 X.sent 100/108 X.next facts X.held yes` | sums; net, gross; awaited |
//! | `… => X.paid_without_look 100 X.knows automatic_person:1,automatic_instrument:0` | yearly |
//! | `… => X.freezes yes X.suspect open` | whether its account is frozen; the suspect |
//! | `… => P.claims 300/100 P.causes 200/100/0 P.kept 0` | takes, of which is out; why |
//! | `… => Z.net 100` | what is repaid |

use base::Span;
use base::{Amount, ClaimId, Day, Instant, Metadata, OrderId, PaymentId, PromotionId, RefundId};
use claims::{Award, ChargeHint, Claim, Claimant, Code, Digest, Evidence, Fact, FactName, Facts};
use claims::{Finding, Fingerprint, Ground, Kind, LastFour, MediaType, Named, NewAttachment};
use claims::{NewClaim, NewWords, Outcome, Period, Restitution, RestitutionKind, Review, Value};
use engine::{ClaimCommand, Command, FoundLoss, WayBack};

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
    Some(match words.at(0) {
        "pay_claim" => ClaimCommand::StartPayout { claim: claim_id(words.at(1)), back: back(2) },
        "claim_paid" => ClaimCommand::NotePaid { claim: claim_id(words.at(1)) },
        "make_good" => {
            let loss = words::money(words.at(4)).amount;
            let so_far = words.value("of").map(|word| words::money(word).amount);
            ClaimCommand::Restitute {
                loss: Box::new(FoundLoss {
                    promotion: PromotionId::from_bits(bits(words.at(2))),
                    kind: kind(words.at(3)),
                    cause: print(words.at(1)),
                    loss,
                    loss_so_far: so_far.unwrap_or(loss),
                    told: Facts::new(),
                }),
                back: back(5),
            }
        }
        "made_good" => ClaimCommand::NoteRestitutionPaid {
            restitution: restitution(world, words.at(1)).expect("it was made before").id,
        },
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
    let is_contact = is_hint || words.has("locked_out");
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
        ("claims" | "causes" | "restitutions", Some(_)) => {
            let Some(row) = world.promotion_claims.get(&promotion) else {
                return Some("-".to_owned());
            };
            let causes = row.causes;
            return Some(match member {
                "claims" => format!("{}/{}", row.committed(), row.set_out),
                "restitutions" => row.restitutions.to_string(),
                _ => {
                    let of = [causes.delivery, causes.overspend, causes.wrong_delivery];
                    of.map(|amount| amount.to_string()).join("/")
                }
            });
        }
        _ => {}
    }
    if let (Some(row), "net") = (restitution(world, name), member) {
        return Some(row.net.to_string());
    }
    world.claim.get(&claim_id(name)).map(|row| of_claim(world, row, member))
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
        "elsewhere" => sum(|payout| payout.elsewhere).to_string(),
        "knows" => {
            let facts = &world.frozen_facts[&claims::facts_id(row.facts.unwrap())].facts;
            let told = claims::automatic_sums(&[], row.currency, world.now).map(|(name, _)| {
                let Finding::Known(Value::Money(sum)) = facts.get(name).unwrap().finding else {
                    return format!("{}:-", name.as_str());
                };
                format!("{}:{sum}", name.as_str())
            });
            told.join(",")
        }
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
