//! Return paths, and reports that others wrote.

use base::Instant;
use mail::bounce::{Action, NotAReport, REPORT_BYTES_MAX, ReturnPaths, read_report};
use mail::{Address, Domain, MessageKey};
use outside::keyring::KeyRing;
use outside::random::SeededRandomness;
use proptest::prelude::*;
use testbed::Script;

const WRITER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/servers/write_reports.py");

fn ring(seed: u64) -> KeyRing {
    let now = Instant::parse("2026-11-20T10:00:00Z").unwrap();
    KeyRing::generate(now, &mut SeededRandomness::new(seed))
}

fn paths() -> ReturnPaths {
    ReturnPaths::new(Domain::new("Mail.shop.example").unwrap()).unwrap()
}

#[test]
fn a_return_path_leads_back_to_its_message() {
    let ring = ring(1);
    let longest = "a".repeat(mail::KEY_BYTES_MAX);
    for key in ["gc_00000000000000000000000001-gift", "a", "-", "a--b", &longest] {
        let key = MessageKey::new(key).unwrap();
        let address = paths().address(&key, &ring);
        let read = |text: &str| paths().read(text, &ring);
        assert_eq!(read(address.as_str()).as_ref(), Some(&key));
        assert_eq!(read(&address.as_str().to_uppercase()).as_ref(), Some(&key));
    }
    assert!(ReturnPaths::new(Domain::new("localhost").unwrap()).is_err());
}

#[test]
fn nobody_makes_up_a_return_path() {
    let ours = ring(1);
    let key = MessageKey::new("gc_1-gift").unwrap();
    let address = paths().address(&key, &ours);
    let local = address.local();
    let (start, seal) = local.rsplit_once('-').unwrap();
    assert_eq!(seal.len(), 16);
    for wrong in [
        local.replace("gc_1", "gc_2"),
        format!("{start}-{}", "0".repeat(16)),
        format!("{start}-"),
        format!("{start}-{}", &seal[..15]),
        format!("{local}0"),
        start.to_owned(),
        seal.to_owned(),
        "bounce+".to_owned(),
        String::new(),
    ] {
        let wrong = format!("{wrong}@mail.shop.example");
        assert_eq!(paths().read(&wrong, &ours), None, "{wrong}");
    }
    assert_eq!(paths().read(&format!("{local}@shop.example"), &ours), None);
    assert_eq!(paths().read(local, &ours), None);
    assert_eq!(paths().read(address.as_str(), &ring(2)), None);
    let rotated =
        ours.rotate(Instant::parse("2027-01-01T00:00:00Z").unwrap(), &mut SeededRandomness::new(3));
    assert_eq!(paths().read(address.as_str(), &rotated.unwrap()), Some(key));
}

#[test]
fn reports_written_by_pythons_library_are_read() {
    let writer = Script::start(WRITER, &[]);
    let with_id = Some("<gc_1-gift@shop.example>");
    for (action, status, message_id, is_bounce) in [
        (Action::Failed, [5, 1, 1], with_id, true),
        (Action::Failed, [5, 1, 1], with_id, true),
        (Action::Failed, [4, 4, 7], None, true),
        (Action::Delayed, [4, 4, 1], with_id, false),
        (Action::Delivered, [2, 0, 0], with_id, false),
        (Action::Passed, [2, 0, 0], None, false),
    ] {
        let mail: String = serde_json::from_str(&writer.line()).unwrap();
        let report = read_report(mail.as_bytes()).unwrap();
        assert_eq!(report.message_id.as_deref(), message_id);
        assert_eq!(report.is_bounce(), is_bounce);
        let [recipient] = report.recipients.as_slice() else { panic!("{report:?}") };
        assert_eq!(recipient.address, "anna@example.org");
        assert_eq!((recipient.action, recipient.status), (action, Some(status)));
        assert!(!format!("{report:?}").contains("anna"));
    }
}

/// The shape some servers give it: no quotes, folded fields, two groups, the address we sent to
/// beside the one it was forwarded to.
const FORWARDED: &str = "\
Return-Path: <>
Content-Type: multipart/report; report-type=delivery-status;
\tboundary=a.b/mx.example.org
MIME-Version: 1.0

This is a MIME-encapsulated message.

--a.b/mx.example.org
Content-Type: text/plain

--a.b

--a.b/mx.example.org
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
Arrival-Date: Fri, 20 Nov 2026 10:00:02 +0000

Final-Recipient: rfc822; anna.lee@elsewhere.example
Original-Recipient: rfc822;anna@example.org
Action: Failed
Status: 5.2.1
Remote-MTA: dns; elsewhere.example
Diagnostic-Code: smtp; 550 5.2.1
    account is disabled

--a.b/mx.example.org
Content-Type: message/rfc822

Received: from pay.shop.example
MESSAGE-ID:
 <gc_7-gift@shop.example>
Subject: x

Message-ID: <not@this.one>
--a.b/mx.example.org--
";

#[test]
fn a_forwarded_mail_is_reported_under_the_address_we_sent_to() {
    for text in [FORWARDED.to_owned(), FORWARDED.replace('\n', "\r\n")] {
        let report = read_report(text.as_bytes()).unwrap();
        assert_eq!(report.message_id.as_deref(), Some("<gc_7-gift@shop.example>"));
        assert_eq!(report.recipients[0].address, "anna@example.org");
        assert_eq!(report.recipients[0].status, Some([5, 2, 1]));
        assert!(report.is_bounce());
    }
}

#[test]
fn what_is_no_report_is_not_read_as_one() {
    let absence = "Subject: I am away\nAuto-Submitted: auto-replied\n\nAction: failed\n";
    let large = format!("{FORWARDED}{}", " ".repeat(REPORT_BYTES_MAX));
    for text in [
        "",
        "\n\n",
        absence,
        &FORWARDED.replace("multipart/report", "multipart/mixed"),
        &FORWARDED.replace("Action: Failed", "Action: perhaps"),
        &FORWARDED.replace("Action: Failed\n", ""),
        &FORWARDED.replace("boundary=a.b", "boundary=other"),
        &large,
    ] {
        assert_eq!(read_report(text.as_bytes()), Err(NotAReport), "{text:.200}");
    }
}

proptest! {
    /// Anything may come by mail. Whatever it is, it is read or refused.
    #[test]
    fn rubbish_does_no_harm(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        at in 0..FORWARDED.len(),
        cut in 0..FORWARDED.len(),
    ) {
        let _ = read_report(&bytes);
        let mut mail = FORWARDED.as_bytes().to_vec();
        mail.splice(at..at, bytes);
        let _ = read_report(&mail);
        let _ = read_report(&mail[..cut]);
        let _ = Address::new(&String::from_utf8_lossy(&mail[at..]));
    }
}
