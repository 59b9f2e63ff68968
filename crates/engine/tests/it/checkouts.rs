//! Checkouts before they are paid: what is sold, and which tenders would pay it.

use crate::script::check;

/// A seller who leaves a tenth to the shop, a creator, a checkout of 10.00 and 5.00, and cards.
pub const SHOP: &str = "
    seller S 1000
    seller T 0
    creator C 500
    method m
    method n rail=stripe
    issue A 700
    issue B 300";

#[test]
fn sellers_creators_products_and_methods_are_created_once() {
    check(
        "seller S 1000 => events seller.created
         seller S 1000 -> id_taken
         creator C 500 => events creator.created
         creator C 500 -> id_taken
         product P X goods 500 -> seller_not_found
         product P S goods 500 creator=X -> creator_not_found
         product P S promotion 500 -> promotion_line
         product P S goods 1000000000001 -> limit_exceeded
         product P S goods 500 creator=C => events product.created
         product P S goods 500 -> id_taken
         method m => events payment_method.created
         method m -> id_taken",
    );
}

#[test]
fn a_checkout_is_refused_for_the_first_reason_in_order() {
    check(&format!(
        "{SHOP}
         seller U 9600
         product P S goods 500
         checkout K goods:S:1000-100+81@C#P service:T:500 shipping:300+30
         => K:open K.total 0/1811 events checkout.created
         checkout K goods:S:1000 -> id_taken
         checkout L -> limit_exceeded
         checkout L goods:X:1000 -> seller_not_found
         checkout L goods:S:1000@X -> creator_not_found
         checkout L goods:S:1000#X -> product_not_found
         checkout L goods:S:1000EUR -> currency_mismatch
         checkout L promotion:S:1000 -> promotion_line
         checkout L promotion:nobody:1000 goods:S:1 -> promotion_line
         checkout L goods:T:1000#P -> product_mismatch
         checkout L gift_card:S:1000+1 -> gift_card_price
         checkout L goods:U:1000@C -> rates_exceed_whole
         checkout L goods:S:0x1000 -> limit_exceeded
         checkout L goods:S:1000-1001 -> discount_exceeds_price
         checkout L service:S:1000 shipping:300 -> nothing_to_ship
         checkout L goods:S:1000000000000 goods:S:1 -> limit_exceeded"
    ));
}

#[test]
fn cards_pay_first_and_methods_the_rest() {
    check(&format!(
        "{SHOP}
         checkout K goods:S:1000 service:T:500
         add K method m => K.t1 l1:1000,l2:500 K.total 1500/1500
         add K A => A 700/700 K.t2 l1:700 K.t1 l1:300,l2:500
         add K code:B => B 300/300 A 700/700 K.t3 l1:300 K.t1 l2:500
         add K A -> card_already_used
         add K method n -> nothing_left_to_pay
         remove K t9 -> tender_not_found
         remove K t2 => A 700 K.t3 l1:300 K.t1 l1:700,l2:500
         add K method n -> nothing_left_to_pay
         remove K t1 => K.total 300/1500
         add K method m 400 => K.t4 l1:400
         add K method n 0 -> limit_exceeded
         add K method n 5EUR -> currency_mismatch
         add K method x -> payment_method_not_found
         add X method n -> checkout_not_found
         remove X t1 -> checkout_not_found
         pay X O -> checkout_not_found
         abandon X -> checkout_not_found
         pay K O -> not_covered 800"
    ));
}

/// The planner takes those that expire first, which need not be the ones that have much to pay.
#[test]
fn a_wallet_leaves_no_card_out_that_has_something_to_pay() {
    let mut script = SHOP.to_owned();
    let mut wallet = Vec::new();
    for card in 0..23 {
        script += &format!("\nissue w{card} 100 kinds=service until=3d\nclaim code:w{card} P");
        wallet.push(format!("w{card}"));
    }
    let wallet = wallet.join(",");
    check(&format!(
        "{script}
         issue Z 10000
         claim code:Z P
         checkout K service:S:100 goods:S:10000 buyer=P
         add K wallet {wallet},Z => Z 10000/10000 K.total 10100/10100
         checkout L service:S:2300 goods:S:10000 buyer=P
         remove K t2
         remove K t1
         add L wallet {wallet},Z => L.total 1200/12300"
    ));
}

#[test]
fn a_wallet_pays_with_what_its_buyer_owns_in_one_record() {
    check(&format!(
        "{SHOP}
         issue F 500
         issue Q 500
         issue D 500 kinds=digital
         claim code:A P
         claim code:B P
         claim code:F P
         claim code:Q Q
         claim code:D P
         freeze F
         checkout N goods:S:1000
         add N wallet A,B -> tender_pays_nothing        # nobody buys
         checkout K goods:S:1000 buyer=P
         add K wallet F,Q,D,X -> tender_pays_nothing
         add K wallet F,A,Q,X,D,B => A 700/700 B 300/300 K.t1 l1:300 K.t2 l1:700 K.total 1000/1000
         add K wallet A,B -> nothing_left_to_pay
         add X wallet A -> checkout_not_found"
    ));
}

#[test]
fn a_card_that_may_pay_nothing_says_why() {
    check(&format!(
        "{SHOP}
         issue E 500EUR
         issue G 500 regions=DE
         issue D 500 kinds=digital
         issue F 500
         freeze F
         issue Z 500 until=60
         issue N 500
         redeem x N 500
         wait 60
         checkout K goods:S:1000 service:T:500
         add K code:none -> gift_card_not_usable unknown
         add K X -> gift_card_not_found
         add K F -> gift_card_not_usable frozen
         add K Z -> gift_card_not_usable expired
         add K E -> currency_mismatch
         add K G -> region_not_allowed
         add K D -> line_not_in_scope
         add K N -> tender_pays_nothing
         checkout L goods:S:100
         add L A
         add L B => L.t1 - L.t2 l1:100 A 700 B 300/100   # the smaller one first
         issue B2 300
         add L B2 -> nothing_left_to_pay"
    ));
}

#[test]
fn a_card_pays_what_its_scope_allows_and_shipping_only_without_one() {
    check(&format!(
        "{SHOP}
         issue D 900 only=T
         issue N 900 not_from=x
         checkout K goods:S:1000 service:T:500 shipping:300
         add K D => K.t1 l2:500 D 900/500
         add K A => K.t2 l1:700 A 700/700
         add K N => K.t3 l1:900 K.t2 l1:100,shipping:300
         issue W 900 kinds=service regions=US
         checkout L goods:S:1000 shipping:300
         add L W -> tender_pays_nothing                 # shipping is a service, and still not its
         checkout M service:S:1000 region=US-NY
         add M W => M.t1 l1:900
         pay M O -> not_covered 100"
    ));
}

#[test]
fn the_hold_of_a_card_lives_as_long_as_the_checkout_unless_the_card_allows_less() {
    check(&format!(
        "{SHOP}
         program P 1..9000 hold=60
         issue Q 400 program=P
         checkout K goods:S:1000
         add K Q holds=hq => Q 400/400 hq:held
         add K A holds=ha => A 700/600 ha:held
         wait 60 => hq:expired ha:held
         add K method m -> nothing_left_to_pay
         pay K O -> hold_not_open
         remove K t1 => Q 400 hq:released               # nobody had booked that it lapsed
         add K Q holds=hr => Q 400/400 hr:held K.total 1000/1000
         wait 899 => ha:held
         wait 1 => ha:expired
         add K method m -> checkout_expired
         pay K O -> checkout_expired
         abandon K => K:expired K.tenders released,released A 700"
    ));
}

/// Found by random checkouts: another card takes over what a lapsed hold had paid.
#[test]
fn a_hold_that_has_lapsed_is_let_go_when_its_card_pays_nothing_any_more() {
    check(&format!(
        "{SHOP}
         program P 1..9000 hold=60
         issue Q 400 program=P
         checkout K goods:S:300
         add K Q holds=hq => Q 400/300
         wait 60
         add K B => K.t1 - K.t2 l1:300 Q 400 hq:released
         pay K O => K:paid B 0
         checkout L goods:S:300
         add L Q holds=hr
         wait 60
         remove L t1 => Q 400 hr:released"
    ));
}

#[test]
fn an_abandoned_checkout_gives_back_what_it_holds() {
    check(&format!(
        "{SHOP}
         checkout K goods:S:1000
         add K A holds=ha
         abandon K -> not_due
         wait 899
         add K B => A 700/700 B 300/300                 # everybody gets another quarter of an hour
         wait 899
         abandon K -> not_due
         wait 1
         abandon K => K:expired A 700 B 300 ha:released
         abandon K -> not_due
         add K A -> checkout_expired
         remove K t1 -> checkout_expired
         pay K O -> checkout_expired"
    ));
}

#[test]
fn a_card_that_left_everything_to_others_pays_again_when_they_go() {
    check(&format!(
        "{SHOP}
         issue D 1000 until=1d
         checkout K goods:S:700
         add K A holds=h1 => A 700/700
         add K D holds=h2 => D 1000/700 A 700 h1:released K.t1 - K.t2 l1:700
         remove K t2 holds=h3 => D 1000 h2:released A 700/700 h3:held K.t1 l1:700
         pay K O => K:paid A 0 h3:captured O:paid"
    ));
}

#[test]
fn a_card_that_is_blocked_meanwhile_leaves_its_part_to_others() {
    check(&format!(
        "{SHOP}
         checkout K goods:S:700
         add K A
         freeze A
         pay K O -> gift_card_not_usable frozen t1
         add K method m => A 700 K.t1 - K.t2 l1:700
         unfreeze A
         remove K t2 => A 700/700 K.t1 l1:700
         pay K O => K:paid"
    ));
}

#[test]
fn what_others_hold_of_a_card_is_not_paid_with() {
    check(&format!(
        "{SHOP}
         hold own A 500 for=60
         checkout K goods:S:700
         add K A => A 700/700 K.t1 l1:200
         wait 60
         add K B => K.t2 l1:300 K.t1 l1:400 A 700/400   # its time is over
         checkout L goods:S:700
         add L A => L.t1 l1:300"
    ));
}
