//! Reading and checking a file of clocks.

use std::collections::BTreeMap;

use base::{BusinessCalendar, Day, Region};
use sha2::{Digest as _, Sha256};

use super::{Calendar, Clocks, Row, Scope, Term};
use crate::table::{Document, LoadError, Section};
use crate::{Digest, Ground, RailName, StepName};

/// Regions or rails of one row: more than there are countries.
const MEMBERS_MAX: usize = 300;
/// Rows of one kind.
const ROWS_MAX: usize = 64;

/// Whom a longer time serves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Best {
    Shortest,
    Longest,
}

/// Words that stand for several.
struct Groups {
    regions: BTreeMap<String, Vec<Region>>,
    rails: BTreeMap<String, Vec<RailName>>,
}

pub(super) fn load(file: &str, text: &str) -> Result<Clocks, LoadError> {
    let (document, table) = Document::parse(file, text)?;
    let root = Section { document, table: &table, at: 0 };
    root.allow(&[
        "name",
        "effective_from",
        "regions",
        "rails",
        "step",
        "window",
        "appeal",
        "holidays",
    ])?;
    let (name, at) = root.required("name")?;
    if name != "clocks" {
        return Err(document.error(at, "the name must be \"clocks\"".to_owned()));
    }
    let effective_from = day(&root, root.required("effective_from")?)?;
    let groups = Groups {
        regions: words(&root, "regions", |code| Region::parse(code).ok())?,
        rails: words(&root, "rails", |name| RailName::new(name).ok())?,
    };
    let mut calendars: Vec<Calendar> = Vec::new();
    for section in sections(&root, "holidays")? {
        calendars.push(calendar(&section, &groups, &calendars)?);
    }
    let steps = steps(&root, &groups)?;
    let windows = spans(&root, "window", &groups)?;
    let appeals = spans(&root, "appeal", &groups)?;
    let said = canonical(effective_from, &steps, &windows, &appeals, &calendars);
    let version = Digest(Sha256::digest(said.as_bytes()).into());
    Ok(Clocks { effective_from, steps, windows, appeals, calendars, version })
}

fn steps(root: &Section<'_, '_>, groups: &Groups) -> Result<Vec<Row<StepName>>, LoadError> {
    let mut steps = Vec::new();
    for section in sections(root, "step")? {
        section.allow(&["name", "grounds", "regions", "rails", "within", "source"])?;
        let (name, at) = section.required("name")?;
        let Some(step) = StepName::parse(name) else {
            let known: Vec<&str> = StepName::ALL.iter().map(|step| step.as_str()).collect();
            let message = format!("there is no step `{name}`; write {}", known.join(", "));
            return Err(root.document.error(at, message));
        };
        let row = row(&section, step, groups)?;
        if !matches!(row.within, Term::BusinessDays(_)) {
            let message = "a step takes business days, such as \"5 business days\"".to_owned();
            return Err(root.document.error(section.required("within")?.1, message));
        }
        steps.push((row, section.at));
    }
    for step in StepName::ALL {
        let rows: Vec<_> = steps.iter().filter(|(row, _)| row.about == step).collect();
        check_rows(root, &format!("the step {}", step.as_str()), &rows, Best::Shortest)?;
    }
    Ok(steps.into_iter().map(|(row, _)| row).collect())
}

fn spans(root: &Section<'_, '_>, key: &str, groups: &Groups) -> Result<Vec<Row<()>>, LoadError> {
    let mut rows = Vec::new();
    for section in sections(root, key)? {
        section.allow(&["grounds", "regions", "rails", "within", "source"])?;
        let row = row(&section, (), groups)?;
        if matches!(row.within, Term::BusinessDays(_)) {
            let message = "claimants have days or months, such as \"60 days\"".to_owned();
            return Err(root.document.error(section.required("within")?.1, message));
        }
        rows.push((row, section.at));
    }
    let all: Vec<_> = rows.iter().collect();
    check_rows(root, &format!("[[{key}]]"), &all, Best::Longest)?;
    Ok(rows.into_iter().map(|(row, _)| row).collect())
}

/// Every case has a row, and every row decides some case.
fn check_rows<About>(
    root: &Section<'_, '_>,
    what: &str,
    rows: &[&(Row<About>, usize)],
    best: Best,
) -> Result<(), LoadError> {
    if !rows.iter().any(|(row, _)| row.scope.is_all()) {
        let message = format!("{what} has no row without grounds, regions and rails; add one");
        return Err(root.document.error(0, message));
    }
    for (place, (row, at)) in rows.iter().enumerate() {
        let serves_as_well = |other: &Row<About>| match best {
            Best::Shortest => other.within.is_never_longer(row.within),
            Best::Longest => row.within.is_never_longer(other.within),
        };
        let is_behind = |(other_place, (other, _)): (usize, &&(Row<About>, usize))| {
            let is_twin = row.scope.covers(&other.scope) && row.within == other.within;
            other_place != place
                && other.scope.covers(&row.scope)
                && serves_as_well(other)
                && (!is_twin || other_place < place)
        };
        if let Some((other, _)) = rows.iter().enumerate().find(|other| is_behind(*other)) {
            let line = root.document.line(rows[other].1);
            let message = format!(
                "this row of {what} never decides: the one of line {line} serves claimants at \
                 least as well; take it away, or change its time"
            );
            return Err(root.document.error(*at, message));
        }
    }
    Ok(())
}

fn row<About>(
    section: &Section<'_, '_>,
    about: About,
    groups: &Groups,
) -> Result<Row<About>, LoadError> {
    let (within, at) = section.required("within")?;
    let Some(within) = Term::parse(within) else {
        let message = format!("`{within}` is no time; write \"5 business days\", \"60 days\"");
        return Err(section.document.error(at, message));
    };
    let (source, at) = section.required("source")?;
    if source.trim().is_empty() {
        return Err(section.document.error(at, "say where this time comes from".to_owned()));
    }
    let scope = Scope {
        grounds: members(section, "grounds", &BTreeMap::new(), Ground::parse)?,
        regions: members(section, "regions", &groups.regions, |code| Region::parse(code).ok())?,
        rails: members(section, "rails", &groups.rails, |name| RailName::new(name).ok())?,
    };
    Ok(Row { about, scope, within, source: source.to_owned() })
}

fn calendar(
    section: &Section<'_, '_>,
    groups: &Groups,
    others: &[Calendar],
) -> Result<Calendar, LoadError> {
    section.allow(&["regions", "days", "source"])?;
    section.required("source")?;
    let regions = members(section, "regions", &groups.regions, |code| Region::parse(code).ok())?;
    let mut taken = others.iter().flat_map(|other| &other.regions);
    let overlaps =
        |one: &&Region| regions.iter().any(|region| one.contains(region) || region.contains(one));
    if let Some(region) = taken.find(overlaps) {
        let message = format!("{region} has holidays above; say them in one place");
        return Err(section.document.error(section.at, message));
    }
    if regions.is_empty() {
        let message = "say for which regions these holidays are".to_owned();
        return Err(section.document.error(section.at, message));
    }
    let days = section.texts("days")?.into_iter().map(|found| day(section, found));
    let days = days.collect::<Result<Vec<Day>, LoadError>>()?;
    Ok(Calendar { regions, calendar: BusinessCalendar::new(days) })
}

fn day(section: &Section<'_, '_>, (text, at): (&str, usize)) -> Result<Day, LoadError> {
    let message = || format!("`{text}` is {}", base::DayError);
    Day::parse(text).map_err(|_| section.document.error(at, message()))
}

/// The tables of an array of tables.
fn sections<'a, 't>(root: &Section<'a, 't>, key: &str) -> Result<Vec<Section<'a, 't>>, LoadError> {
    let list = root.list(key)?;
    if list.is_some_and(|list| list.len() > ROWS_MAX) {
        return Err(root.document.error(0, format!("there are more than {ROWS_MAX} of [[{key}]]")));
    }
    let values = list.into_iter().flatten();
    values.map(|value| root.enter(key, value)).collect()
}

/// Names that stand for lists of words.
fn words<T>(
    root: &Section<'_, '_>,
    key: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<BTreeMap<String, Vec<T>>, LoadError> {
    let mut groups = BTreeMap::new();
    let Some(section) = root.section(key)? else { return Ok(groups) };
    for ((name, _), _) in section.entries() {
        let members = section.texts(name)?.into_iter().map(|(word, at)| {
            let message = || format!("`{word}` is none of the {key}");
            parse(word).ok_or_else(|| section.document.error(at, message()))
        });
        groups.insert(name.to_owned(), members.collect::<Result<Vec<T>, LoadError>>()?);
    }
    Ok(groups)
}

/// The words of a list, each a member itself or the name of several. A key without words would
/// be read as "all", so it is refused.
fn members<T: Clone + PartialEq>(
    section: &Section<'_, '_>,
    key: &str,
    groups: &BTreeMap<String, Vec<T>>,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, LoadError> {
    let mut members = Vec::new();
    for (word, at) in section.texts(key)? {
        match (groups.get(word), parse(word)) {
            (Some(group), _) => group.iter().for_each(|member| add(&mut members, member.clone())),
            (None, Some(member)) => add(&mut members, member),
            (None, None) => {
                let message = format!("`{word}` is none of the {key}");
                return Err(section.document.error(at, message));
            }
        }
    }
    let value = section.value(key);
    if let Some(value) = value.filter(|_| members.len() > MEMBERS_MAX) {
        let message = format!("`{key}` has more than {MEMBERS_MAX}; leave it out to mean all");
        return Err(section.document.error(value.span().start, message));
    }
    if let Some(value) = value.filter(|_| members.is_empty()) {
        let message = format!("`{key}` is empty; leave it out to mean all");
        return Err(section.document.error(value.span().start, message));
    }
    Ok(members)
}

/// Each member once; no more than are needed to see that there are too many.
fn add<T: PartialEq>(members: &mut Vec<T>, member: T) {
    if members.len() <= MEMBERS_MAX && !members.contains(&member) {
        members.push(member);
    }
}

fn canonical(
    effective_from: Day,
    steps: &[Row<StepName>],
    windows: &[Row<()>],
    appeals: &[Row<()>],
    calendars: &[Calendar],
) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut say = |what: &str, scope: &Scope, within: Term| {
        lines.push(format!("{what}|{scope}|{within}\n"));
    };
    steps.iter().for_each(|row| say(row.about.as_str(), &row.scope, row.within));
    windows.iter().for_each(|row| say("window", &row.scope, row.within));
    appeals.iter().for_each(|row| say("appeal", &row.scope, row.within));
    for Calendar { regions, calendar } in calendars {
        let mut regions: Vec<&str> = regions.iter().map(Region::as_str).collect();
        regions.sort_unstable();
        let days: Vec<String> = calendar.holidays().iter().map(Day::to_string).collect();
        lines.push(format!("holidays|{}|{}\n", regions.join(","), days.join(",")));
    }
    lines.sort_unstable();
    format!("clocks 1|{effective_from}\n{}", lines.concat())
}
