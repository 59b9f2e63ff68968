//! Lists and reports of a book that another process owns.

use super::*;

/// Every list and report, for a card and its account.
fn lists(card: &str) -> [String; 8] {
    let account = card.replace("gc_", "acct_");
    [
        "/v1/gift-cards?limit=3".to_owned(),
        "/v1/holds".to_owned(),
        "/v1/programs".to_owned(),
        "/v1/events?limit=50".to_owned(),
        format!("/v1/gift-cards/{card}/activities"),
        format!("/v1/ledger/accounts/{account}/entries"),
        "/v1/ledger/accounts".to_owned(),
        "/v1/ledger/trial-balance".to_owned(),
    ]
}

impl Process {
    /// How many answers about books of others it read itself, and had from their owners.
    async fn elsewhere(&self, shared: &Shared) -> (u64, u64) {
        let metrics = self.ask(shared, "GET", "/metrics", None).await.text;
        let count = |answer: &str| {
            let name = format!("makegood_http_elsewhere_total{{answer=\"{answer}\"}} ");
            let value = metrics.lines().find_map(|line| line.strip_prefix(&name));
            value.expect(&metrics).parse().unwrap()
        };
        (count("read_here"), count("passed_on"))
    }

    async fn get(&self, shared: &Shared, path: &str) -> Reply {
        self.ask(shared, "GET", path, None).await
    }

    async fn events(&self, shared: &Shared) -> String {
        let list = self.get(shared, "/v1/events?limit=50").await;
        assert_eq!(list.status, 200, "{}", list.text);
        list.text
    }

    /// How many holds it lists.
    async fn holds(&self, shared: &Shared) -> usize {
        let list = self.get(shared, "/v1/holds?limit=100").await;
        assert_eq!(list.status, 200, "{}", list.text);
        list.json()["data"].as_array().unwrap().len()
    }

    async fn redeem(&self, shared: &Shared, card: &Value) {
        let body = redemption(code(card), 100);
        let spent = self.post(shared, "/v1/redemptions", &fresh(), body).await;
        assert_eq!(spent.status, 201, "{}", spent.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_does_not_own_a_book_reads_its_lists_itself() {
    let (shared, one, two) = Shared::two(Limits::default()).await;
    let card = one.issue(&shared, 1_000).await;
    one.redeem(&shared, &card).await;
    let mut read = 0;
    for path in lists(id(&card)).into_iter().chain(["/v1/reports/liability".to_owned()]) {
        let (owned, other) = (one.get(&shared, &path).await, two.get(&shared, &path).await);
        assert_eq!((owned.status, &owned.text), (200, &other.text), "{path}");
        read += 1;
        assert_eq!(two.elsewhere(&shared).await, (read, 0), "{path}");
    }
    // Questions about one object are answered by the owner, from memory.
    assert_eq!(two.balance(&shared, id(&card)).await, 900);
    assert_eq!(two.elsewhere(&shared).await, (read, 1));
    assert_eq!(one.elsewhere(&shared).await, (0, 0));
    // What is refused is refused where it came in, in the same words.
    for path in ["/v1/holds?limit=0", "/v1/gift-cards/gc_0/activities", "/v1/programs?cursor=2"] {
        let (owned, other) = (one.get(&shared, path).await, two.get(&shared, path).await);
        assert!((400..500).contains(&owned.status), "{}", owned.text);
        assert_eq!((owned.status, owned.code()), (other.status, other.code()), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_goes_on_in_another_process() {
    let (shared, one, two) = Shared::two(Limits::default()).await;
    let mut expected = Vec::new();
    for _ in 0..5 {
        expected.push(id(&one.issue(&shared, 1_000).await).to_owned());
        // Ids of one millisecond have no order.
        shared.clock.advance(base::Span::seconds(1));
    }
    expected.reverse();
    let (mut found, mut path) = (Vec::new(), "/v1/gift-cards?limit=2".to_owned());
    for process in [&two, &one, &two] {
        let page = process.get(&shared, &path).await.json();
        found.extend(page["data"].as_array().unwrap().iter().map(|card| id(card).to_owned()));
        let next = page["next_cursor"].as_str().unwrap_or("");
        path = format!("/v1/gift-cards?limit=2&cursor={next}");
    }
    assert_eq!(found, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_show_what_any_key_was_answered_before() {
    let (mut shared, one, two) = Shared::two(Limits::default()).await;
    let book = one.app.book("test").unwrap();
    let secret = KeySecret::draw(KeyKind::Secret, true, &mut SystemRandomness);
    one.app.add_key(&secret, KeyKind::Secret, &book, Scopes::ALL).unwrap();
    let card = one.issue(&shared, 10_000).await;
    for number in 1..=20 {
        one.redeem(&shared, &card).await;
        let writes = std::mem::replace(&mut shared.key, secret.reveal().to_owned());
        for process in [&two, &one] {
            assert_eq!(process.holds(&shared).await, number);
            let events = process.get(&shared, "/v1/events?type=hold.captured&limit=100").await;
            assert_eq!(events.json()["data"].as_array().unwrap().len(), number, "{}", events.text);
        }
        let path = format!("/v1/gift-cards/{}/activities?limit=1", id(&card));
        let last = two.get(&shared, &path).await.json();
        let left = 10_000 - 100 * i64::try_from(number).unwrap();
        assert_eq!(last["data"][0]["balance"]["amount"], left, "{last}");
        shared.key = writes;
    }
    assert_eq!(two.elsewhere(&shared).await, (60, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_the_owners_state_is_not_read() {
    let (shared, one, _two) = Shared::two(Limits::default()).await;
    let card = one.issue(&shared, 10_000).await;
    assert_eq!(one.holds(&shared).await, 0);
    // As old as this, the tables complete; with another history; not to be reached.
    let lags = shared.process_reading(Ok(shared.book.as_it_is_now())).await;
    one.redeem(&shared, &card).await;
    let is_not_swept = shared.process_reading(Ok(shared.book.as_it_is_now())).await;
    let other = shared.process_reading(Ok(MemoryBook::new())).await;
    let away = Err(StoreError::Unavailable("planned".to_owned()));
    let finds_none = shared.process_reading(away).await;
    // The journal alone tells of events: here nothing but the last record differs.
    lags.follow(&one);
    let (owned, passed_on) = (one.events(&shared).await, lags.events(&shared).await);
    assert_eq!(owned, passed_on);
    for (what, process) in
        [("lags", lags), ("not swept", is_not_swept), ("other", other), ("none", finds_none)]
    {
        process.follow(&one);
        for path in lists(id(&card)) {
            // The journal shows events though the tables are behind.
            if what == "not swept" && path.contains("events") {
                continue;
            }
            let (owned, passed_on) =
                (one.get(&shared, &path).await, process.get(&shared, &path).await);
            assert_eq!((owned.status, &owned.text), (200, &passed_on.text), "{what}: {path}");
        }
        assert_eq!(process.elsewhere(&shared).await.0, 0, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_former_owner_says_nothing_about_the_tables() {
    let (shared, one, mut two) = Shared::two(quick()).await;
    let card = one.issue(&shared, 1_000).await;
    let third = shared.process().await;
    third.follow(&one);
    assert_eq!(third.holds(&shared).await, 0);
    // The owner sleeps through the end of its lease, and nobody knows yet.
    one.owned.as_ref().unwrap().1.end();
    for path in lists(id(&card)) {
        let none = third.get(&shared, &path).await;
        assert_eq!((none.status, none.code()), (503, "unavailable".to_owned()), "{path}");
    }
    assert_eq!(third.elsewhere(&shared).await, (1, 0));
    // Nor does an owner answer from what another one wrote.
    two.own(&shared).await;
    two.redeem(&shared, &card).await;
    assert_eq!(one.get(&shared, "/v1/holds").await.status, 503);
    third.follow(&two);
    assert_eq!(third.holds(&shared).await, 1);
    assert_eq!(third.elsewhere(&shared).await, (2, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_reads_no_state_but_its_own() {
    let (shared, mut one, two) = Shared::two(quick()).await;
    let card = one.issue(&shared, 1_000).await;
    // Everything is in the tables, so that nothing but the epoch will differ.
    assert_eq!(one.holds(&shared).await, 0);
    one.step_down().await;
    let mut lags = shared.process_reading(Ok(shared.book.as_it_is_now())).await;
    lags.own(&shared).await;
    two.follow(&lags);
    assert_eq!(lags.get(&shared, "/v1/holds").await.status, 503, "the epoch of the former owner");
    assert_eq!(two.holds(&shared).await, 0);
    assert_eq!(two.balance(&shared, id(&card)).await, 1_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_processes_of_the_installation_ask_for_the_tables() {
    let (shared, one, two) = Shared::two(quick()).await;
    let secret = shared.ring.short_hash("requests between processes", b"");
    let secret: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let path = "/internal/v1/flush";
    let ask = async |process: &Process, mark: &str, body: Value| {
        let headers = [("makegood-forwarded", mark)];
        exchange(&process.address, "POST", path, &headers, &shared.key, Some(body)).await
    };
    let question = || json!({"book": "test", "seq": 0});
    for mark in ["", "x", &secret[1..]] {
        let none = ask(&one, mark, question()).await;
        assert_eq!((none.status, none.code()), (404, "not_found".to_owned()), "{mark}");
    }
    let told = ask(&one, &secret, question()).await;
    assert_eq!(told.status, 200, "{}", told.text);
    assert_eq!(told.json()["epoch"], 1);
    for (process, body) in [
        (&two, question()),
        (&one, json!({"book": "other", "seq": 0})),
        (&one, json!({"book": "test"})),
        (&one, json!({"book": "t".repeat(2_000), "seq": 0})),
    ] {
        assert_eq!(ask(process, &secret, body).await.status, 421);
    }
}
