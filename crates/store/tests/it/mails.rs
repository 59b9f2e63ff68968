//! Mails that wait, on every control store.

use base::{CardId, OrderId, RefundId};
use store::{BookName, EventPlace, MailCause, MailStage, WaitingMail};

use crate::control::on_every_store;
use crate::support::at;

fn book(name: &str) -> BookName {
    BookName::new(name).unwrap()
}

fn mail(card: u8, sending: u16, next_at: i64) -> WaitingMail {
    mail_about(MailCause::Gift { card: CardId::from_bits(u128::from(card)), sending }, next_at)
}

fn mail_about(cause: MailCause, next_at: i64) -> WaitingMail {
    WaitingMail {
        book: book("test"),
        cause,
        made: 0,
        unknown: 0,
        stage: MailStage::Waiting,
        next_at: at(next_at),
        written_at: at(10),
    }
}

#[test]
fn mails_wait_until_they_are_forgotten() {
    on_every_store(|control| {
        let (test, live) = (book("test"), book("live"));
        assert_eq!(control.mail_place(&test).unwrap(), None);
        assert_eq!(control.count_mails(&test).unwrap(), (0, None));
        let place = EventPlace { seq: 1 << 40, index: 3 };
        let mails = [mail(1, 1, 50), mail(2, 1, 40), mail(2, 2, 60)];
        control.take_mails(&test, place, &mails).unwrap();
        let elsewhere = WaitingMail { book: live.clone(), ..mail(1, 1, 1) };
        let other = EventPlace { seq: 1, index: 0 };
        control.take_mails(&live, other, std::slice::from_ref(&elsewhere)).unwrap();
        assert_eq!(control.mail_place(&test).unwrap(), Some(place));
        assert_eq!(control.count_mails(&test).unwrap(), (3, Some(at(10))));
        assert_eq!(control.count_mails(&live).unwrap(), (1, Some(at(10))));
        assert_eq!(control.due_mails(&test, at(39), 9).unwrap(), []);
        let due = control.due_mails(&test, at(55), 9).unwrap();
        assert_eq!(due, [mails[1].clone(), mails[0].clone()]);
        assert_eq!(control.due_mails(&test, at(99), 1).unwrap(), [mails[1].clone()]);

        let tried = WaitingMail { made: 2, unknown: 1, stage: MailStage::Begun, ..mail(2, 1, 90) };
        control.keep_mail(&tried).unwrap();
        // An event that is read again asks for nothing new.
        let further = EventPlace { seq: (1 << 40) + 1, index: 0 };
        control.take_mails(&test, further, &mails).unwrap();
        assert_eq!(control.mail_place(&test).unwrap(), Some(further));
        let due = control.due_mails(&test, at(99), 9).unwrap();
        assert_eq!(due, [mails[0].clone(), mails[2].clone(), tried]);
        control.forget_mail(&test, mails[0].cause).unwrap();
        control.forget_mail(&test, mails[2].cause).unwrap();
        assert_eq!(control.due_mails(&test, at(99), 9).unwrap().len(), 1);
        assert_eq!(control.due_mails(&live, at(99), 9).unwrap(), [elsewhere]);
        // What waits no more is not kept either.
        control.keep_mail(&mails[0]).unwrap();
        assert_eq!(control.due_mails(&test, at(99), 9).unwrap().len(), 1);
    });
}

#[test]
fn an_attempt_is_claimed_once_and_only_as_it_was_found() {
    on_every_store(|control| {
        let (test, found) = (book("test"), mail(1, 1, 50));
        let place = EventPlace { seq: 1, index: 0 };
        control.take_mails(&test, place, std::slice::from_ref(&found)).unwrap();
        assert!(control.begin_mail(&found).unwrap());
        let begun = WaitingMail { stage: MailStage::Begun, ..found.clone() };
        assert_eq!(control.due_mails(&test, at(99), 9).unwrap(), [begun]);
        assert!(!control.begin_mail(&found).unwrap(), "somebody has begun");
        // Whoever read it before somebody else's attempt does not make that attempt again.
        let again = WaitingMail { made: 1, stage: MailStage::Waiting, ..found.clone() };
        control.keep_mail(&again).unwrap();
        assert!(!control.begin_mail(&found).unwrap(), "an attempt was made meanwhile");
        assert!(control.begin_mail(&again).unwrap());
        for stage in [MailStage::Sent, MailStage::Bounced] {
            let known = WaitingMail { stage, ..again.clone() };
            control.keep_mail(&known).unwrap();
            assert_eq!(control.due_mails(&test, at(99), 9).unwrap(), [known]);
            assert!(!control.begin_mail(&again).unwrap(), "it is known what became of it");
        }
        control.forget_mail(&test, found.cause).unwrap();
        assert!(!control.begin_mail(&again).unwrap(), "it waits no more");
    });
}

#[test]
fn one_cause_is_one_mail() {
    let (card, bits) = (CardId::from_bits(7), 7);
    let causes = [
        MailCause::Gift { card, sending: 1 },
        MailCause::Gift { card, sending: 2 },
        MailCause::Receipt { order: OrderId::from_bits(bits) },
        MailCause::NotDelivered { card, sending: 1 },
        MailCause::Returned { refund: RefundId::from_bits(bits) },
    ];
    on_every_store(|control| {
        let (test, place) = (book("test"), EventPlace { seq: 1, index: 0 });
        let mails = causes.map(|cause| mail_about(cause, 50));
        for _ in 0..2 {
            control.take_mails(&test, place, &mails).unwrap();
        }
        assert_eq!(control.due_mails(&test, at(50), 9).unwrap(), mails);
        control.forget_mail(&test, causes[0]).unwrap();
        assert_eq!(control.due_mails(&test, at(50), 9).unwrap(), mails[1..]);
        control.forget_mail(&test, causes[3]).unwrap();
        assert_eq!(control.due_mails(&test, at(50), 9).unwrap().len(), 3);
    });
}
