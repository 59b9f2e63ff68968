//! Senders of gifts: how many strangers they may write to, and who wants nothing from them.

use base::{Instant, PersonId};
use engine::{Command, GiftCardCommand};
use giftcards::{Contact, Refusal, Sender, Sending, SendingLimits, SendingRows};
use giftcards::{contact_of, day_of};

use crate::checkouts::SHOP;
use crate::script::{check, run};
use crate::words;

#[test]
fn a_recipient_gets_five_gifts_of_one_sender_on_a_day() {
    check(
        "issue A 1 via=email from=S to=P => S-P.gifts 1 S.mailed 1 A.sent scheduled:1
         issue B 1 via=email from=S to=P
         issue C 1 via=email from=S to=P
         issue D 1 via=email from=S to=P
         issue E 1 via=email from=S to=P => S-P.gifts 5 S.mailed 1
         issue F 1 via=email from=S to=P -> sending_limit_reached
         => F - S-P.gifts 5
         issue F 1 via=email from=S to=Q => S-Q.gifts 1 S.mailed 2   # somebody else
         issue G 1 via=email from=T to=P                             # of somebody else
         issue H 1 via=link from=S to=P                              # handed over by the shop
         issue I 1 via=print from=S to=P
         issue J 1 from=S to=P => S-P.gifts 5
         issue K 1 via=email send=1d from=S to=P => S-P.gifts 5,1 S.mailed 2,1
         wait 1d
         issue L 1 via=email from=S to=P => S-P.gifts 2              # the day before is forgotten
         send K => K.sent scheduled:1 S-P.gifts 2           # it was counted when asked for",
    );
    check(
        "issue A 1 via=email from=P to=P => P-P.gifts -              # writes to no stranger
         issue B 1 via=email from=P to=P
         issue C 1 via=email to=P                                    # the shop itself
         issue D 1 via=email from=P                                  # nobody to write to
         => P.mailed -",
    );
}

#[test]
fn a_sender_reaches_twenty_recipients_on_a_day() {
    let mut world = check("");
    for number in 0..20 {
        run(&mut world, &format!("issue A{number} 1 via=email from=S to=P{number}"));
    }
    run(&mut world, "issue B 1 via=email from=S to=Q -> sending_limit_reached");
    run(&mut world, "issue B 1 via=email from=S to=P7 => S.mailed 20 S-P7.gifts 2 S-Q.gifts -");
    run(&mut world, "wait 1d");
    run(&mut world, "issue C 1 via=email from=S to=Q => S.mailed 1");
}

#[test]
fn the_operator_sets_the_limits() {
    let mut world = check("");
    world.sending = SendingLimits { recipients_per_day: 1, gifts_per_recipient_day: 2 };
    for line in [
        "issue A 1 via=email from=S to=P",
        "issue B 1 via=email from=S to=Q -> sending_limit_reached",
        "issue B 1 via=email from=S to=P",
        "issue C 1 via=email from=S to=P -> sending_limit_reached",
    ] {
        run(&mut world, line);
    }
}

#[test]
fn a_day_ends_at_midnight_in_utc() {
    let mut world = check("");
    world.sending = SendingLimits { recipients_per_day: 1, gifts_per_recipient_day: 1 };
    let at = |text: &str| Instant::parse(text).unwrap();
    world.now = at("2026-12-24T23:59:59.999999Z");
    run(&mut world, "issue A 1 via=email from=S to=P");
    run(&mut world, "issue B 1 via=email from=S to=P -> sending_limit_reached");
    world.now = at("2026-12-25T00:00:00Z");
    run(&mut world, "issue B 1 via=email from=S to=P => S-P.gifts 1");
}

#[test]
fn a_checkout_that_would_pass_a_limit_is_refused_before_anybody_pays() {
    check(&format!(
        "{SHOP}
         checkout K gift_card:S:6x9 cards=a,b,c,d,e,f via=email from=B to=P -> sending_limit_reached
         => B-P.gifts -
         checkout K gift_card:S:5x100 cards=a,b,c,d,e via=email from=B to=P
         => K:open B-P.gifts 5 B.mailed 1
         add K method m
         pay K O p
         authorized p
         captured p 500 order=O => O:paid a 100 a.sent scheduled:1 B-P.gifts 5
         checkout L gift_card:S:100 cards=g via=email from=B to=P -> sending_limit_reached
         checkout L gift_card:S:100 cards=g via=email from=B to=P giver=X => X-P.gifts 1
         checkout M gift_card:S:100 cards=h via=email send=1d from=B to=P => B-P.gifts 5,1"
    ));
}

#[test]
fn every_sending_counts() {
    check(
        "issue A 1 via=email from=S to=P => S-P.gifts 1
         wait 60
         resend A => S-P.gifts 2
         wait 60
         forward A Q => S-P.gifts 2 S-Q.gifts 1 S.mailed 2
         issue B 1 via=email send=1d from=S to=P => S-P.gifts 2,1
         forward B Q => S-Q.gifts 1,1 S.mailed 2,2
         resend B -> not_due                                         # before its sender is asked
         issue C 1 via=email from=S to=R
         issue D 1 via=email from=S to=R
         issue E 1 via=email from=S to=R
         issue F 1 via=email from=S to=R
         issue G 1 via=email from=S to=R
         wait 60
         resend G -> sending_limit_reached
         forward A R -> sending_limit_reached => A.for Q A.sent scheduled:3",
    );
}

#[test]
fn whoever_was_mailed_a_gift_reports_who_gave_it() {
    check(
        "issue A 1 via=email from=S to=P link=L
         report letter:A,S-Q scam -> gift_card_not_usable unknown    # mailed to nobody like that
         report letter:B,S-P scam -> gift_card_not_usable unknown
         report letter:A,S-P scam => S.reporters 1 S-P.report scam S-P.away - A 1
         => events gift_contact.reported
         report letter:A,S-P scam -> nothing_to_change
         report letter:A,S-P other => S.reporters 1 S-P.report other # a recipient counts once
         report letter:A,S-P other block => S.reporters 1 S-P.away yes
         => events gift_contact.reported,gift_contact.blocked
         report letter:A,S-P other block -> nothing_to_change
         issue F 1 via=email from=S to=Q link=R
         claim link:F,R X
         report letter:F,S-Q harassment => S.reporters 2 S-Q.report harassment   # after the claim
         issue E 1 via=email from=S giver=B to=P
         report letter:E,B-P unwanted => B.reporters 1 B-P.report unwanted S.reporters 2",
    );
}

/// Otherwise whoever writes an ugly letter would only have to send the card to somebody else.
#[test]
fn a_letter_speaks_for_whom_it_was_mailed_to_whatever_became_of_the_card() {
    check(
        "issue A 5 via=email from=S to=P link=L
         wait 60
         forward A Q link=M
         report letter:A,S-P scam block => S.reporters 1 S-P.away yes S-Q.away - A.for Q
         report letter:A,S-Q unwanted => S.reporters 2 S-Q.report unwanted
         wait 60
         resend A link=N
         take_again letter:A,S-P => S-P.away -
         cancel A
         turn_away letter:A,S-P => S-P.away yes S-Q.away -
         report letter:A,S-P other => S.reporters 2 S-P.report other",
    );
}

#[test]
fn a_claim_link_speaks_for_no_recipient() {
    check(
        "issue A 1 via=email from=S to=P link=L
         report link:A,M scam -> gift_card_not_usable unknown
         report link:B,L scam -> gift_card_not_usable unknown
         report link:A,M,L scam => S.reporters 0 S-P.report -        # the giver may have the link
         => events gift_contact.reported
         report link:A,L scam -> nothing_to_change
         report link:A,L other block -> gift_not_mailed
         turn_away link:A,L -> gift_not_mailed
         turn_away letter:A,S-P => S-P.away yes
         take_again link:A,L -> gift_not_mailed => S-P.away yes
         report letter:A,S-P scam => S.reporters 1 S-P.report scam
         issue B 1 via=link from=S to=Q link=M
         claim link:B,M X
         report link:B,M harassment => S.reporters 1 S-Q.report -
         turn_away letter:B,S-Q -> gift_card_not_usable unknown
         issue C 1 via=link link=N
         report link:C,N scam -> sender_not_found                    # the shop gave it
         turn_away link:C,N -> sender_not_found
         issue D 1 via=link from=S link=O
         report link:D,O scam => S.reporters 1",
    );
}

#[test]
fn gifts_of_a_sender_whom_the_recipient_blocked_are_refused() {
    check(&format!(
        "{SHOP}
         issue X 1 via=email from=B to=P link=L
         take_again letter:X,B-P -> nothing_to_change
         turn_away letter:X,B-Q -> gift_card_not_usable unknown
         turn_away letter:X,B-P => B-P.away yes events gift_contact.blocked X:active
         turn_away letter:X,B-P -> nothing_to_change
         issue Y 1 via=email from=B to=P -> gift_not_accepted
         checkout K gift_card:S:100 cards=G via=email from=B to=P -> gift_not_accepted
         => B-P.gifts 1
         checkout K gift_card:S:100 cards=G via=link from=B to=P => K:open
         checkout M gift_card:S:100 cards=H via=email from=B to=Q => M:open
         issue Z 1 via=email from=C to=P
         wait 60
         resend X -> gift_not_accepted
         issue Y 1 via=email from=B to=Q
         wait 60
         forward Y P -> gift_not_accepted => Y.for Q
         claim link:X,L O
         redeem h X 1
         take_again letter:X,B-P => B-P.away - events gift_contact.unblocked
         issue V 1 via=email from=B to=P => B-P.gifts 2"
    ));
}

#[test]
fn the_shop_keeps_a_sender_from_sending_at_all() {
    check(&format!(
        "{SHOP}
         unban S -> sender_not_found
         issue X 1 via=email from=S to=P
         unban S -> nothing_to_change
         ban S for=spam => S.banned spam events gift_sender.blocked
         ban S for=spam -> nothing_to_change
         ban S for=fraud => S.banned fraud
         issue Y 1 via=email from=S to=Q -> sender_blocked
         issue Y 1 via=link from=S to=Q -> sender_blocked
         issue Y 1 via=in_app from=S -> sender_blocked
         checkout K gift_card:S:100 cards=G via=email from=S to=P -> sender_blocked
         checkout K gift_card:S:100 cards=G via=email from=T giver=S to=P -> sender_blocked
         checkout K gift_card:S:100 cards=G via=print from=S => K:open   # no message goes out
         issue Z 1 from=S
         wait 60
         resend X -> sender_blocked
         forward X Q -> sender_blocked
         redeem h X 1                                                # what arrived stays good
         unban S => S.banned - events gift_sender.unblocked S.mailed 1
         issue Y 1 via=email from=S to=Q => S.mailed 2
         ban N => N.banned spam N.reporters 0                        # known by nothing else"
    ));
}

/// Whatever is asked in whatever order, no day has more than its limit.
#[test]
fn no_order_of_sendings_passes_a_limit() {
    let mut world = check("");
    world.sending = SendingLimits { recipients_per_day: 3, gifts_per_recipient_day: 2 };
    let mut seed = 7_u64;
    let mut draw = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) % below
    };
    for number in 0..400 {
        let to = draw(6);
        let line = match draw(8) {
            0 => format!("forward c{} P{to}", draw(number + 1)),
            1 => format!("resend c{}", draw(number + 1)),
            2 => format!("issue c{number} 1 via=email send={}d from=S to=P{to}", draw(3)),
            3 => format!("wait {}", draw(40_000)),
            _ => format!("issue c{number} 1 via=email from=S to=P{to}"),
        };
        let _ = crate::script::apply(&mut world, &line);
        let sender = world.sender.get(&words::person("S"));
        let days = sender.iter().flat_map(|row| row.recipients.as_slice());
        // Rows forget a day that is over with their own next change.
        for day in days.filter(|day| day_of(world.now) <= day.day) {
            let contacts = world.contact.values();
            let reached = contacts.filter(|row| row.gifts.on(day.day) > 0).count();
            assert!(day.count <= 3 && day.count as usize == reached, "{line}");
        }
        let mut gifts = world.contact.values().flat_map(|row| row.gifts.as_slice());
        assert!(gifts.all(|day| day.count <= 2), "{line}");
    }
    assert!(world.sender[&words::person("S")].recipients.as_slice().iter().any(|it| it.count == 3));
}

/// Otherwise saying nothing would be the way around blocks, and one shop's strangers would use up
/// one sender's day.
#[test]
fn givers_of_whom_nothing_is_known_share_their_contacts_and_no_day() {
    let now = Instant::parse("2026-12-24T10:00:00Z").unwrap();
    let sending = |recipient| Sending {
        sender: Sender::UNKNOWN,
        mailed_to: Some(PersonId::from_bits(recipient)),
        at: now,
    };
    let context = giftcards::Context { now, position: ledger::Position::start(1) };
    let limits = SendingLimits { recipients_per_day: 0, gifts_per_recipient_day: 1 };
    let send = |recipient, contact: Option<&Contact>| {
        let rows = SendingRows { sender: None, contact };
        giftcards::send(sending(recipient), rows, limits, context)
    };
    let first = send(1, None).unwrap();
    assert!(first.senders.is_empty());
    assert_eq!(send(1, first.contacts.first()).unwrap_err(), Refusal::SendingLimit);
    assert_eq!(send(2, None).unwrap().contacts.len(), 1);
}

#[test]
fn a_contact_is_of_one_sender_and_one_recipient() {
    let [a, b] = [1, 2].map(PersonId::from_bits);
    assert_ne!(contact_of(a, b), contact_of(b, a));
    assert_ne!(contact_of(a, a), contact_of(b, b));
}

#[test]
fn an_undone_block_is_none() {
    // A block is no movement of money: `reverse` does not undo it.
    let mut world = check("issue A 1 via=email from=S to=P\n turn_away letter:A,S-P key=K");
    run(&mut world, "reverse K -> operation_irreversible => S-P.away yes");
    let command = Command::GiftCards(GiftCardCommand::UnblockSender { sender: words::person("S") });
    assert_eq!(command.kind().as_str(), "unblock_sender");
}
