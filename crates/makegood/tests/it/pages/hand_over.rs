//! Somebody comes from the shop around, which has signed them in.

use serde_json::json;

use super::Shop;

impl Shop {
    /// The path and the secret of a way for somebody, as the shop's own program asks for it.
    #[track_caller]
    fn hands_over(&self, person: &str) -> (String, String) {
        let body = json!({"person": person, "next": "/gifts"});
        let made = self.post("/v1/hand-overs", &body).expect(201);
        let url = made.text("/url");
        let origin = self.browser().origin();
        let (path, token) = url.strip_prefix(&origin).unwrap().split_once('#').unwrap();
        (path.to_owned(), token.to_owned())
    }
}

#[test]
fn a_link_of_the_shop_signs_one_browser_in_once() {
    let shop = Shop::open();
    let ann = shop.signed_in("ann@example.org").person();
    let (path, token) = shop.hands_over(&ann);
    assert_eq!(path, "/hand-over?next=/gifts");
    let mut browser = shop.browser();
    browser.go(&path).expect(200).sees("Coming from the shop");
    let link = format!("https://shop.example/hand-over#{token}");
    browser.send("/hand-over", &[("token", &link)]).expect(200);
    assert_eq!(browser.path, "/gifts");
    assert_eq!(browser.person(), ann);
    // Again, it opens nothing, and says what to do.
    let mut thief = shop.browser();
    thief.go(&path).send("/hand-over", &[("token", &token)]).expect(403);
    thief.sees("The way from the shop does not work any more").sees("once and for a minute");
    thief.go("/gifts");
    assert!(thief.path.starts_with("/sign-in"), "{}", thief.path);
    thief.go(&path).send("/hand-over", &[("token", "mgh1.AAAA.AAAA")]).expect(403);
    // Whoever is here already goes on as somebody else only when they say so.
    let mut bob = shop.signed_in("bob@example.org");
    let (path, token) = shop.hands_over(&ann);
    bob.go(&path).expect(200).sees("You have signed in here already");
    assert!(bob.page.contains("data-token=\"asks\""));
    bob.send("/hand-over", &[("token", &token)]).expect(200);
    assert_eq!(bob.person(), ann);
    assert!(!shop.server.log().contains(&token), "what opens a session stands in the log");
}

#[test]
fn the_shop_says_who_its_customers_are_and_not_who_is_of_staff() {
    let shop = Shop::open();
    let staff = shop.staff("sam@example.org", "support").person();
    let (path, token) = shop.hands_over(&staff);
    shop.browser().go(&path).send("/hand-over", &[("token", &token)]).expect(403);
    // Whoever was never here has an account from now on, under the name that the shop uses.
    let newcomer = "per_01jd3q8v9ec4y8s5k1m0t2n7yz";
    let (path, token) = shop.hands_over(newcomer);
    let mut browser = shop.browser();
    browser.go(&path).send("/hand-over", &[("token", &token)]).expect(200);
    assert_eq!(browser.person(), newcomer);
    let elsewhere = json!({"person": newcomer, "next": "//evil.example"});
    shop.post("/v1/hand-overs", &elsewhere).expect(400);
}
