//! The page `docs/money.md`: the postings of every step, from commands that are decided here. The
//! page is what they leave, so it cannot be wrong.

use std::fmt::Write;

use base::{CardId, CreatorId, Currency, SellerId};
use ledger::{Transfer, TransferKind};

use crate::script::{apply, run};
use crate::words::bits;
use crate::world::World;

/// The page. `MAKEGOOD_WRITE_SNAPSHOTS=1` writes it anew; read the difference before it is kept.
const PAGE: &str = include_str!("../../../../docs/money.md");

const OPENING: &str = "# Money moved

What each step of checkout, payment, purchase, refund, dispute and payout posts, in dollars.
A test decides these commands and writes this page (`crates/engine/tests/it/money_page.rs`), so
nothing here is written by hand but the names of steps.

The shop in it: seller S leaves 10 % to the shop, seller T nothing, creator C has a share of 5 %;
A is a gift card of 7.00, D one of 3.00 that was given away; G, H, J, K, U and Y are cards that are
bought, B and N are given instead of money. Where a row says *reserves*, *takes* or *gives back*,
it is a hold. What `order/clearing` holds at the end of each part stands below its table. The
accounts are in [ledger.md](ledger.md), the rules in [checkout.md](checkout.md),
[payments.md](payments.md) and [gift-cards.md](gift-cards.md).
";

/// What there is before the first step.
const SHOP: &str = "
    seller S 1000
    seller T 0
    creator C 500
    method m
    method n rail=stripe
    issue A 700
    issue D 300 by=promotional";

/// The parts of the page: each a heading, and its steps with their names. What follows a step
/// without a name of its own is a part of it. Each begins with the book as the one before left it.
const PARTS: &[&str] = &[
    "Cards and a method pay an order
     goods of 10.00 with 0.81 tax, services of 5.00 | checkout K goods:S:1000+81@C service:T:500
     card A is added | add K A
     card D is added | add K D
     a method is added for the rest | add K method m
     payment begins: holds are secured | pay K O p
     the rail reserves | authorized p
     the rail has taken: holds are captured, the order is made | captured p 581 fee=20 order=O",
    "A refund of the goods, and then of the rest
     the line of goods goes back | back O R l1x1 rails=x
     the refund is on its way | begin x
     the rail says that it arrived | told x succeeded
     everything else goes back | back O R2 everything rails=y
     the rail says that it arrived | told y succeeded
     it comes back days later | told y returned
     the payer agrees to another method | consent y n
     the other rail says that it arrived | told y succeeded attempt=2",
    "An attempt that fails
     goods of 10.00 | checkout F goods:S:1000
     card A is added | add F A
     two methods are added | add F method m 100
     | add F method n
     payment begins | pay F P pf qf
     the first rail takes at once | captured pf 100
     the second declines: the hold is given back, what was taken is owed | declined qf refunds=xf
     the rail says that the refund arrived | told xf succeeded",
    "Gift cards are bought, and spent
     two gift cards of 5.00, goods of 2.00 | checkout L gift_card:S:2x500 goods:T:200 cards=G,H
     a method is added | add L method m
     payment begins | pay L Q q
     the rail reserves | authorized q
     the rail has taken: the order is made, the cards are issued | captured q 1200 order=Q
     card G pays for goods of 1.20 | checkout M goods:S:120
     | add M G
     | pay M N",
    "A refund of what is unspent
     one whole card goes back | back Q U l1x1 rails=xu
     the rail says that it arrived | told xu succeeded
     everything that is left goes back: of card G what is unspent | back Q V everything rails=xv
     the rail says that it arrived | told xv succeeded",
    "A purchase is undone
     a card of 4.00 is bought | checkout I gift_card:S:400 cards=J
     | add I method m
     | pay I oi pi
     | authorized pi
     the rail has taken | captured pi 400 order=oi
     its buyer takes it back within ten minutes | undo oi ri rails=xi
     the rail says that it arrived | told xi succeeded",
    "Goodwill on a bought card
     a card of 5.00 is bought | checkout UK gift_card:T:500 cards=U
     | add UK method m
     | pay UK uo up
     the rail has taken | captured up 500 order=uo
     2.00 of goodwill are added | adjust U 200
     it pays for goods of 3.00: goodwill, and 1.00 of what was bought | checkout UL goods:T:300
     | add UL U
     | pay UL uq
     they go back: what was bought first, then goodwill | back uq ur everything
     the purchase goes back, and with the card goodwill | back uo us everything rails=ux
     | begin ux
     the rail says that it arrived | told ux succeeded",
    "Nobody claims a gift
     a card of 3.00 is bought that goes back after 30 days | program PK 1..900 return=30
     | checkout CK gift_card:S:300 cards=K program=PK via=link
     | add CK method m
     | pay CK ok pk
     | authorized pk
     the rail has taken | captured pk 300 order=ok
     goodwill is added | adjust K 50
     30 days pass | wait 30d
     nobody has claimed it: what was paid goes back, the goodwill to where it came from \
     | unclaimed ok rk rails=xk
     the rail says that it arrived | told xk succeeded",
    "The payment that bought a card is disputed
     a card of 9.00 is bought | checkout X gift_card:S:900 cards=Y
     | add X method m
     | pay X ox px
     | authorized px
     the rail has taken | captured px 900 order=ox
     a dispute is opened: the card is blocked | open_dispute d px 900
     it is won: the card can be spent | win d
     2.00 of it are spent | checkout W goods:T:200
     | add W Y
     | pay W OW
     the dispute goes on in a second stage | open_dispute d px 900 stage=2
     it is lost: what is left is clawed back | lose d stage=2
     it goes on in a third stage | open_dispute d px 900 stage=3
     it is won after all: the card has its value again | win d stage=3",
    "A refund that cannot go back becomes a card, and its payment is disputed
     goods of 6.00 are bought | checkout E goods:T:600
     | add E method m
     | pay E oe pe
     | authorized pe
     the rail has taken | captured pe 600 order=oe
     everything goes back | back oe re everything rails=B
     | begin B
     the rail says that the method is gone | told B gone
     the payer takes card B of 6.00 instead | credit B
     1.00 of it is spent | checkout EE goods:T:100
     | add EE B
     | pay EE OE
     a dispute is opened: card B is blocked | open_dispute de pe 600
     it is lost: what is left of the card is taken back | lose de
     it goes on in a second stage: that is owed again | open_dispute de pe 600 stage=2 rest=ye
     it is won after all: it goes its own way | win de stage=2
     | begin ye
     the rail says that the method is gone | told ye gone attempt=2
     the shop pays it by hand | hand ye rail=bank",
    "What a card that is gone had paid becomes another card
     card F of 3.00 is sold elsewhere | issue F 300
     2.00 of it are spent | checkout FF goods:T:200
     | add FF F
     | pay FF OF
     it is canceled | cancel F
     the order goes back: its share is owed | back OF rf everything
     its payer takes card N of 2.00 instead | credit_share rf t1 N",
    "Sellers and creators are paid out
     goods of 10.00 are sold | checkout Z goods:S:1000@C
     | add Z method m
     | pay Z oz pz
     | authorized pz
     the rail has taken | captured pz 1000 order=oz
     seller S is paid out | payout y1 S 100000
     it arrives | payout_paid y1
     creator C is paid out | payout y2 C 100000
     it fails | payout_failed y2",
    "A rail's settlement file
     goods of 10.00 are sold, and the rail has not told its fee | checkout V goods:T:1000
     | add V method m
     | pay V ov pv
     | authorized pv
     the rail has taken | captured pv 1000 order=ov
     the file tells the same, and a fee of 0.59 | settle F capture:pv:1000:59:l1
     it tells an amount that differs, and something that is not known | settle F \
     capture:pv:100:0:l2 capture:-:5:0:l3
     a fee for anything else | settle F fee:-:-400:0:l4
     9.00 are paid out to the bank | settle F payout:-:-900:0:l5
     the bank sends them back | settle F payout:-:900:0:l6
     the same file once more | settle F capture:pv:1000:59:l1 payout:-:-900:0:l5",
];

#[test]
#[expect(clippy::disallowed_methods, reason = "the one switch of this test")]
fn the_page_of_money_is_what_commands_post() {
    let page = page();
    if std::env::var_os("MAKEGOOD_WRITE_SNAPSHOTS").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/money.md");
        std::fs::write(path, page).unwrap();
        return;
    }
    assert!(page == PAGE, "docs/money.md is out of date:\n{page}");
}

fn page() -> String {
    let mut world = World::new();
    for line in SHOP.lines().map(str::trim).filter(|line| !line.is_empty()) {
        run(&mut world, line);
    }
    let mut page = OPENING.to_owned();
    for part in PARTS {
        let (heading, steps) = part.split_once('\n').unwrap();
        write!(page, "\n## {heading}\n\n").unwrap();
        page += "| step | debit | credit | amount | for |\n| --- | --- | --- | --- | --- |\n";
        for step in steps.lines() {
            let (name, line) = step.split_once('|').unwrap();
            world.transfers.clear();
            let step = apply(&mut world, line);
            assert!(step.is_ok(), "{line}: {step:?}");
            rows(&mut page, &world, name.trim());
        }
        let orders = ledger::AccountName::OrderClearing.id(Currency::USD);
        let left = world.account.get(&orders).map_or(0, ledger::Account::balance);
        writeln!(page, "\n`order/clearing`: {}", amount(left)).unwrap();
    }
    page
}

fn rows(page: &mut String, world: &World, name: &str) {
    if world.transfers.is_empty() && !name.is_empty() {
        writeln!(page, "| {name} | nothing | | | |").unwrap();
    }
    let mut name = name;
    for transfer in &world.transfers {
        let [debit, credit] = [transfer.debit, transfer.credit]
            .map(|id| format!("`{}`", named(&world.account[&id].name.to_string())));
        let sum = amount(transfer.amount.amount.minor());
        let step = if name.is_empty() { "| |".to_owned() } else { format!("| {name} |") };
        writeln!(page, "{step} {debit} | {credit} | {sum} | {} |", what(transfer)).unwrap();
        name = "";
    }
}

fn what(transfer: &Transfer) -> String {
    let reason = transfer.reason.as_str().replace('_', " ");
    match transfer.kind {
        TransferKind::Posted => reason,
        TransferKind::Pending => format!("{reason}: reserves"),
        TransferKind::Post => format!("{reason}: takes"),
        TransferKind::Void => format!("{reason}: gives back"),
        TransferKind::Expire => format!("{reason}: lapses"),
    }
}

/// The name with those of the script instead of ids.
fn named(account: &str) -> String {
    let mut shown = account.to_owned();
    for name in ["A", "B", "D", "F", "G", "H", "J", "K", "N", "U", "Y", "S", "T", "C"] {
        let ids = [
            CardId::from_bits(bits(name)).to_string(),
            SellerId::from_bits(bits(name)).to_string(),
            CreatorId::from_bits(bits(name)).to_string(),
        ];
        for id in ids {
            shown = shown.replace(&id, name);
        }
    }
    shown
}

fn amount(minor: i64) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    let minor = minor.abs();
    format!("{sign}{}.{:02}", minor / 100, minor % 100)
}
