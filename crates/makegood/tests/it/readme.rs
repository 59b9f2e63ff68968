//! The journeys in the README, and in the tours of claims, print what stands there; the order's
//! also when it is pasted twice.

use std::process::Command;

use crate::process::{KEY, Place, Server};

const README: &str = include_str!("../../../../README.md");
const TOUR: &str = include_str!("../../../../docs/claims-tour.md");
const MORE: &str = include_str!("../../../../docs/claims-more.md");

/// The commands under a heading, and what they print.
fn journey(heading: &str) -> (&'static str, &'static str) {
    journey_of(README, heading)
}

fn journey_of(page: &'static str, heading: &str) -> (&'static str, &'static str) {
    let (_, from_heading) = page.split_once(heading).unwrap();
    let (_, from_commands) = from_heading.split_once("```sh\n").unwrap();
    let (commands, rest) = from_commands.split_once("```\n").unwrap();
    let (_, from_output) = rest.split_once("```text\n").unwrap();
    (commands, from_output.split_once("```\n").unwrap().0)
}

fn order() -> (&'static str, &'static str) {
    journey("## An order,")
}

/// What bash prints, when it complains of nothing. A machine without bash or curl fails.
#[track_caller]
fn run(server: &Server, commands: &str) -> String {
    let address = format!("http://{}/", server.address);
    let commands = commands.replace("http://127.0.0.1:8080/", &address);
    let commands = commands.replace("mg_test_choose_a_long_secret", KEY);
    assert!(commands.contains(&address) && commands.contains(KEY));
    let shell = Command::new("bash").args(["-c", &commands]).output().unwrap();
    assert_eq!(String::from_utf8(shell.stderr).unwrap(), "");
    String::from_utf8(shell.stdout).unwrap()
}

#[track_caller]
fn check(server: &Server, commands: &str, output: &str) {
    assert_eq!(run(server, commands), output);
}

/// What was spent and what went back, and all that was printed before.
fn spent_and_returned(output: &str) -> (&str, u64, u64) {
    let (before, spent) = output.split_once("\"spent\":{\"amount\":").unwrap();
    let (spent, returned) = spent.split_once("\n\"returned\":{\"amount\":").unwrap();
    (before, spent.parse().unwrap(), returned.trim_end().parse().unwrap())
}

#[test]
fn slow_the_journey_prints_what_the_readme_says() {
    let (commands, output) = order();
    let place = Place::new();
    let server = place.serve();
    check(&server, commands, output);
    // The second time tells the same of all requests; the balances are those at the end at once.
    check(&server, commands, &with_the_last_balances(output));
    assert_eq!(server.stop(), Some(0));
}

fn with_the_last_balances(output: &str) -> String {
    let (_, last) = output.rsplit_once("changed_mind\n").unwrap();
    let is_balance = |line: &str| line.starts_with(|it: char| it == '-' || it.is_ascii_digit());
    let lines: Vec<&str> = output.split_inclusive('\n').collect();
    let alike = lines.chunk_by(|one, next| is_balance(one) == is_balance(next));
    alike.map(|some| if is_balance(some[0]) { last.to_owned() } else { some.concat() }).collect()
}

#[test]
fn slow_claims_are_decided_as_the_readme_says() {
    let ((first, _), (then, _)) = (order(), journey("## A promotion,"));
    let (claims, told) = journey("## Two claims, ");
    let place = Place::new();
    let server = place.serve();
    let output = run(&server, &[first, then, claims].concat());
    assert!(output.ends_with(told), "{output}");
    assert_eq!(server.stop(), Some(0));
}

/// All journeys of a page, after the order of the README.
#[track_caller]
fn check_tour(page: &'static str) {
    let headings = page.lines().filter(|line| line.starts_with("## "));
    let journeys: Vec<_> = headings.map(|heading| journey_of(page, heading)).collect();
    let commands: String = journeys.iter().map(|(commands, _)| *commands).collect();
    let told: String = journeys.iter().map(|(_, output)| *output).collect();
    let place = Place::new();
    let server = place.serve();
    let output = run(&server, &(order().0.to_owned() + &commands));
    assert!(output.ends_with(&told), "{output}");
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn slow_the_tour_of_claims_prints_what_it_says() {
    check_tour(TOUR);
}

#[test]
fn slow_more_claims_print_what_the_page_says() {
    check_tour(MORE);
}

#[test]
fn slow_the_promotion_is_paid_watched_and_settled_as_the_readme_says() {
    let ((first, told), (then, told_then)) = (order(), journey("## A promotion,"));
    let place = Place::new();
    let server = place.serve();
    let (output, readme) = (run(&server, &(first.to_owned() + then)), told.to_owned() + told_then);
    let (before, spent, returned) = spent_and_returned(&output);
    let (before_in_readme, spent_in_readme, returned_in_readme) = spent_and_returned(&readme);
    assert_eq!(before, before_in_readme);
    // Thirty views at 0.4 to 2.12 cents: how many cost less depends on when they came.
    for (spent, returned) in [(spent, returned), (spent_in_readme, returned_in_readme)] {
        assert!((12..=63).contains(&spent) && spent + returned == 20_000, "{spent} + {returned}");
    }
    assert_eq!(server.stop(), Some(0));
}
