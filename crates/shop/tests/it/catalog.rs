//! Sellers, creators and products.

use base::{LineKind, Metadata, ProductId, Text};
use shop::{Product, ProductRows, Refusal, create_creator, create_product, create_seller};

use crate::table::{Page, creator, dollars, seller};

#[test]
fn the_time_is_set_by_the_decision_and_ids_are_taken_once() {
    let context = Page::new().context();
    let (ann, cleo) = (seller("ann", 1), creator("cleo", 1));
    let made = create_seller(&ann, None, context).unwrap();
    assert_eq!(made.sellers[0].created_at, context.now);
    assert_eq!(create_seller(&ann, Some(&ann), context), Err(Refusal::IdTaken));
    let made = create_creator(&cleo, None, context).unwrap();
    assert_eq!(made.creators[0].created_at, context.now);
    assert_eq!(create_creator(&cleo, Some(&cleo), context), Err(Refusal::IdTaken));
}

#[test]
fn a_product_has_a_seller_and_a_price_within_limits() {
    let context = Page::new().context();
    let (ann, cleo) = (seller("ann", 1), creator("cleo", 1));
    let product = |creator, price| Product {
        id: ProductId::from_bits(1),
        name: Text::new("A thing").unwrap(),
        seller: ann.id,
        creator,
        kind: LineKind::Goods,
        category: None,
        price: dollars(price),
        metadata: Metadata::default(),
        created_at: base::Instant::MIN,
    };
    let good = product(Some(cleo.id), 1_000_000_000_000);
    let rows = ProductRows { existing: None, seller: Some(&ann), creator: Some(&cleo) };
    let check = |new: &Product, rows, refusal: Option<Refusal>| {
        assert_eq!(create_product(new, rows, context).err(), refusal, "{new:?}");
    };
    check(&good, rows, None);
    check(&good, ProductRows { existing: Some(&good), ..rows }, Some(Refusal::IdTaken));
    check(&good, ProductRows { creator: None, ..rows }, Some(Refusal::CreatorNotFound));
    check(&product(None, 0), ProductRows { creator: None, ..rows }, None);
    check(&good, ProductRows { seller: None, ..rows }, Some(Refusal::SellerNotFound));
    let dear = product(None, 1_000_000_000_001);
    check(&dear, rows, Some(Refusal::LimitExceeded));
    // Nobody sells a promotion, so it would be a product that no line can name.
    let promotion = Product { kind: LineKind::Promotion, ..dear };
    check(&promotion, rows, Some(Refusal::PromotionLine));
    let made = create_product(&good, rows, context).unwrap();
    assert_eq!(made.products[0].created_at, context.now);
}
