use engine::GiftCardCommand;
use giftcards::Funding;
use reports::activities;

use crate::book::{TestBook, by_id, capture, card, hold, place, refund, usd};

#[test]
fn a_card_has_a_history_that_adds_up() {
    let mut book = TestBook::open();
    book.issue(1, usd(5_000), Funding::External);
    book.redeem(1, 11, 1_000);
    book.run(refund(21, 11, 200));
    book.run(GiftCardCommand::Hold { card: by_id(1), place: place(12, 800) });
    book.run(capture(12, 300));
    book.run(GiftCardCommand::Release { hold: hold(12), amount: None });
    book.run(GiftCardCommand::Cancel { card: card(1) });
    book.sweep();
    let (the_card, redemption, held) =
        (card(1).to_string(), hold(11).to_string(), hold(12).to_string());
    // What, amount, change of the held amount, balance and held after it, about.
    let expected = [
        ("canceled", -3_900, 0, 0, 0, &the_card),
        ("released", 0, -500, 3_900, 0, &held),
        ("captured", -300, -300, 3_900, 500, &held),
        ("held", 0, 800, 4_200, 800, &held),
        ("refunded", 200, 0, 4_200, 0, &redemption),
        ("redeemed", -1_000, 0, 4_000, 0, &redemption),
        ("issued", 5_000, 0, 5_000, 0, &the_card),
    ];
    let mut reader = book.shared.reader();
    let mut place = None;
    // Pages of two must give what one page of all gives.
    let mut pages = Vec::new();
    loop {
        let page = activities(&mut reader, card(1), place, 2).unwrap();
        let Some(last) = page.last() else { break };
        place = Some(last.place);
        pages.extend(page);
    }
    assert_eq!(pages, activities(&mut reader, card(1), None, 100).unwrap());
    assert_eq!(pages.len(), expected.len());
    for (activity, (what, amount, held_change, balance, held, about)) in pages.iter().zip(expected)
    {
        let told = (activity.what.as_str(), activity.amount, activity.held_change);
        assert_eq!(told, (what, amount, held_change));
        assert_eq!((activity.balance, activity.held.minor()), (balance, held), "{what}");
        assert_eq!(&activity.about.to_string(), about, "{what}");
        assert_eq!(activity.at, book.now);
    }
    assert!(activities(&mut reader, card(2), None, 100).unwrap().is_empty());
}
