use base::{Region, RegionError};

fn region(code: &str) -> Region {
    Region::parse(code).unwrap()
}

#[test]
fn countries_and_subdivisions_are_read_as_written() {
    for code in ["US", "US-CA", "GB-ENG", "FR-2A", "AT-9", "CN-HK"] {
        assert_eq!(region(code).as_str(), code);
        assert_eq!(format!("{0} {0:?}", region(code)), format!("{code} {code}"));
    }
}

#[test]
fn other_texts_are_refused() {
    for code in [
        "", "U", "USA", "us", "Us", "U1", "12", "US-", "US-CALI", "US-ca", "US_CA", "US CA",
        "US--", "US-C-", "-CA", "US-CA-", "US-É", "É", " US", "US ", "US\0", "*",
    ] {
        assert_eq!(Region::parse(code), Err(RegionError), "{code:?}");
    }
}

#[test]
fn a_country_contains_its_subdivisions() {
    #[track_caller]
    fn check(outer: &str, inner: &str, expected: bool) {
        assert_eq!(region(outer).contains(&region(inner)), expected, "{outer} {inner}");
    }
    check("US", "US", true);
    check("US", "US-CA", true);
    check("US-CA", "US-CA", true);
    check("US-CA", "US", false);
    check("US-CA", "US-NY", false);
    check("US", "UM", false);
    check("US", "CA", false);
    check("CA", "US-CA", false);
    // A code that begins like another one is not inside it.
    check("FR-2", "FR-2A", false);
}

#[test]
fn regions_sort_as_their_codes() {
    let sorted = ["CA", "FR-2", "FR-2A", "US", "US-CA", "UY"].map(region);
    assert!(sorted.is_sorted());
}

#[test]
fn every_region_has_a_country() {
    for (inner, country) in [("US-CA", "US"), ("JP-13", "JP"), ("DE", "DE")] {
        assert_eq!(region(inner).country(), region(country), "{inner}");
    }
}
