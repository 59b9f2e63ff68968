//! From the text of a file to a table, one part after the other.

use base::{Currency, Instant, Token};
use toml::de::DeValue;

use crate::expression::{Expression, Name, Range};
use crate::fact::NUMBER_MAX;
use crate::table::document::{Document, Found, LoadError, Section};
use crate::table::grid::{ColumnSource, Grid};
use crate::table::{About, Alternative, Let, PerCurrency, Row, Table, Test, check, test};
use crate::{Act, Code, FactName, Ground, Kind, Outcome, RowId};

/// Rows of a table.
pub const ROWS_MAX: usize = 64;
/// Alternatives of a row.
pub const ALTERNATIVES_MAX: usize = 16;
/// Tests of an alternative.
pub const TESTS_MAX: usize = 16;
/// Named values of a table; amounts by currency are counted apart.
pub const LETS_MAX: usize = 24;
/// Facts and named values that one table tests.
pub const COLUMNS_MAX: usize = 40;

impl Table {
    /// Reads a table and checks it. `file` is how errors name it.
    ///
    /// # Errors
    ///
    /// All that [`LoadError`]s can tell at once: the first mistake in writing, or else every
    /// overlap, gap, unreachable row and denial without a positive fact.
    pub fn load(file: &str, text: &str) -> Result<Table, Vec<LoadError>> {
        let table = read(file, text).map_err(|error| vec![error])?;
        check::check(&table)?;
        Ok(table)
    }
}

const KEYS: [&str; 7] = ["name", "gate", "ground", "effective_from", "per_currency", "let", "row"];
const ROW_KEYS: [&str; 11] = [
    "id",
    "code",
    "says",
    "when",
    "outcome",
    "amount",
    "elsewhere",
    "evidence",
    "also",
    "acts",
    "over",
];

fn read(file: &str, text: &str) -> Result<Table, LoadError> {
    let (document, root) = Document::parse(file, text)?;
    let root = Section { document, table: &root, at: 0 };
    root.allow(&KEYS)?;
    let (name, at) = root.required("name")?;
    let name = Token::new(name)
        .map_err(|_| document.error(at, "`name` is lower-case letters and `_`".to_owned()))?;
    let mut table = Table {
        file: file.to_owned(),
        name,
        about: about(&root)?,
        effective_from: effective_from(&root)?,
        per_currency: per_currency(&root)?,
        lets: Vec::new(),
        rows: Vec::new(),
        grid: Grid { columns: Vec::new() },
        version: [0; 32],
    };
    read_lets(&root, &mut table)?;
    let rows = root.list("row")?.into_iter().flatten();
    let rows: Result<Vec<Section>, LoadError> = rows.map(|row| root.enter("row", row)).collect();
    let rows = rows?;
    if rows.is_empty() || rows.len() > ROWS_MAX {
        return Err(document.error(0, format!("a table has 1 to {ROWS_MAX} of [[row]]")));
    }
    for row in &rows {
        let row = read_row(row, &table)?;
        table.rows.push(row);
    }
    for (place, row) in rows.iter().enumerate() {
        table.rows[place].over = over(row, place, &table.rows)?;
    }
    lay_out(document, &mut table)?;
    table.seal();
    Ok(table)
}

fn about(root: &Section) -> Result<About, LoadError> {
    let is_gate = match root.value("gate").map(|value| (value, value.get_ref())) {
        None => false,
        Some((_, DeValue::Boolean(is_gate))) => *is_gate,
        Some((value, _)) => return Err(root.wrong("gate", value, "true or false")),
    };
    match (root.text("ground")?, is_gate) {
        (None, true) => Ok(About::Gate),
        (Some((name, at)), false) => match Ground::parse(name) {
            Some(ground) => Ok(About::Ground(ground)),
            None => {
                let known = Ground::ALL.map(Ground::as_str).join(", ");
                Err(root.document.error(at, format!("no ground `{name}`; it is one of {known}")))
            }
        },
        _ => Err(root.document.error(root.at, "write `ground = …` or `gate = true`".to_owned())),
    }
}

fn effective_from(root: &Section) -> Result<Instant, LoadError> {
    let Some(value) = root.value("effective_from") else {
        return Err(root.document.error(root.at, "`effective_from` is missing".to_owned()));
    };
    let date = match value.get_ref() {
        DeValue::Datetime(date) if date.time.is_none() => format!("{date}T00:00:00Z"),
        _ => String::new(),
    };
    Instant::parse(&date).map_err(|_| root.wrong("effective_from", value, "a date: 2026-11-01"))
}

fn per_currency(root: &Section) -> Result<Vec<PerCurrency>, LoadError> {
    let mut all = Vec::new();
    let Some(section) = root.section("per_currency")? else { return Ok(all) };
    for ((name, at), value) in section.entries() {
        new_name(root.document, (name, at), |taken| {
            all.iter().any(|known: &PerCurrency| known.name == taken)
        })?;
        let mut amounts = Vec::new();
        for ((code, at), value) in section.enter(name, value)?.entries() {
            let currency = Currency::parse(code)
                .map_err(|_| root.document.error(at, format!("no currency `{code}`")))?;
            let amount = match value.get_ref() {
                DeValue::Integer(digits) => digits.to_string().parse::<i64>().ok(),
                _ => None,
            };
            let amount = amount.filter(|amount| *amount >= 0);
            let wrong = || section.wrong(code, value, "minor units, zero or more");
            amounts.push((currency, amount.ok_or_else(wrong)?));
        }
        amounts.sort_by(|(left, _), (right, _)| left.code().cmp(right.code()));
        all.push(PerCurrency { name: name.to_owned(), amounts });
    }
    Ok(all)
}

fn read_lets(root: &Section, table: &mut Table) -> Result<(), LoadError> {
    let Some(section) = root.section("let")? else { return Ok(()) };
    if section.table.len() > LETS_MAX {
        let message = format!("[let] has at most {LETS_MAX} named values");
        return Err(root.document.error(section.at, message));
    }
    for ((name, at), value) in section.entries() {
        let is_taken = |taken: &str| lookup(table, taken).is_some();
        new_name(root.document, (name, at), is_taken)?;
        let DeValue::String(text) = value.get_ref() else {
            return Err(section.wrong(name, value, "an expression in quotes"));
        };
        let at = value.span().start;
        let expression = Expression::parse(text, &|name| lookup(table, name))
            .map_err(|error| root.document.error(at, format!("`{name}`: {error}")))?;
        let range = range(&expression, table)
            .ok_or_else(|| root.document.error(at, format!("`{name}`: {SUM_TOO_LARGE}")))?;
        table.lets.push(Let { name: name.to_owned(), expression, range });
    }
    Ok(())
}

const SUM_TOO_LARGE: &str = "a sum in it can be beyond 2^126; add up less";

/// What an expression over the names of the table can come to; nothing when that is too much.
fn range(expression: &Expression, table: &Table) -> Option<Range> {
    expression.range(&|name| match name {
        Name::Let(place) => table.lets[place].range,
        Name::Fact(_) | Name::PerCurrency(_) => (0, NUMBER_MAX),
    })
}

fn new_name(
    document: Document,
    (name, at): Found<&str>,
    is_taken: impl Fn(&str) -> bool,
) -> Result<(), LoadError> {
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let is_name = name.len() <= 40
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(is_word);
    if !is_name {
        let message =
            format!("`{name}` is no name: lower-case letters, digits and `_`, at most 40");
        return Err(document.error(at, message));
    }
    let is_reserved = ["min", "max", "share", "otherwise", "never", "of"].contains(&name);
    if is_reserved || FactName::parse(name).is_some() || is_taken(name) {
        return Err(document.error(at, format!("`{name}` is taken; choose another name")));
    }
    Ok(())
}

fn lookup(table: &Table, name: &str) -> Option<(Name, Kind)> {
    if let Some(fact) = FactName::parse(name) {
        return Some((Name::Fact(fact), fact.kind()));
    }
    if let Some(place) = table.lets.iter().position(|known| known.name == name) {
        return Some((Name::Let(place), table.lets[place].expression.kind()));
    }
    let place = table.per_currency.iter().position(|known| known.name == name)?;
    Some((Name::PerCurrency(place), Kind::Money))
}

fn read_row(row: &Section, table: &Table) -> Result<Row, LoadError> {
    row.allow(&ROW_KEYS)?;
    let document = row.document;
    let (id, at) = row.required("id")?;
    let id =
        RowId::new(id).map_err(|_| document.error(at, format!("`{id}` is no id, such as u1")))?;
    if table.rows.iter().any(|known| known.id == id) {
        return Err(document.error(at, format!("a row above is called `{}` too", id.as_str())));
    }
    let (says, at) = row.required("says")?;
    if says.is_empty() || says.len() > 400 || says.contains(char::is_control) {
        return Err(document.error(at, "`says` is one line of at most 400 bytes".to_owned()));
    }
    let (outcome, at) = row.required("outcome")?;
    let outcome = Outcome::parse(outcome).ok_or_else(|| {
        let known = Outcome::ALL.map(Outcome::as_str).join(", ");
        document.error(at, format!("no outcome `{outcome}`; it is one of {known}"))
    })?;
    let amount = money(row, "amount", outcome, table)?;
    if outcome.pays() && amount.is_none() {
        let message = format!("`{}` needs an `amount`", outcome.as_str());
        return Err(document.error(row.at, message));
    }
    Ok(Row {
        line: document.line(row.at),
        says: says.to_owned(),
        code: code(document, row.required("code")?)?,
        when: when(row, table)?,
        amount,
        elsewhere: money(row, "elsewhere", outcome, table)?,
        evidence: evidence(row)?,
        also: also(row, table)?,
        acts: acts(row)?,
        over: Vec::new(),
        id,
        outcome,
    })
}

fn code(document: Document, (code, at): Found<&str>) -> Result<Code, LoadError> {
    let wrong = |_| document.error(at, format!("`{code}` is no code: lower-case letters and `_`"));
    Code::new(code).map_err(wrong)
}

fn when(row: &Section, table: &Table) -> Result<Vec<Alternative>, LoadError> {
    let Some(value) = row.value("when") else {
        return Err(row.document.error(row.at, "`when` is missing".to_owned()));
    };
    let DeValue::Array(list) = value.get_ref() else {
        return Ok(vec![alternative(&row.enter("when", value)?, table)?]);
    };
    if list.is_empty() || list.len() > ALTERNATIVES_MAX {
        return Err(row.wrong("when", value, "a list of 1 to 16 alternatives"));
    }
    list.iter().map(|value| alternative(&row.enter("when", value)?, table)).collect()
}

fn alternative(section: &Section, table: &Table) -> Result<Alternative, LoadError> {
    let document = section.document;
    if section.table.len() > TESTS_MAX {
        let message = format!("an alternative has at most {TESTS_MAX} tests");
        return Err(document.error(section.at, message));
    }
    let mut tests = Vec::new();
    for ((title, at), value) in section.entries() {
        let Some((name, kind)) = lookup(table, title) else {
            let message =
                format!("no fact `{title}`; docs/claims.md lists them, and [let] names values");
            return Err(document.error(at, message));
        };
        if matches!(name, Name::PerCurrency(_)) {
            let message = format!("`{title}` differs by currency: compare it in a [let]");
            return Err(document.error(at, message));
        }
        let at = value.span().start;
        let values = test::parse(value.get_ref(), kind, matches!(name, Name::Let(_)))
            .map_err(|message| document.error(at, format!("`{title}`: {message}")))?;
        tests.push(Test { name, title: title.to_owned(), kind, values });
    }
    tests.sort_by_key(|test| test.name);
    Ok(Alternative { line: document.line(section.at), tests, cell: Vec::new() })
}

/// An expression of money; only what pays has one.
fn money(
    row: &Section,
    key: &str,
    outcome: Outcome,
    table: &Table,
) -> Result<Option<Expression>, LoadError> {
    let document = row.document;
    let Some((text, at)) = row.text(key)? else { return Ok(None) };
    if !outcome.pays() {
        let message = format!("`{}` pays nothing; take `{key}` away", outcome.as_str());
        return Err(document.error(at, message));
    }
    let money = Expression::parse(text, &|name| lookup(table, name))
        .map_err(|error| document.error(at, format!("`{key}`: {error}")))?;
    if range(&money, table).is_none() {
        return Err(document.error(at, format!("`{key}`: {SUM_TOO_LARGE}")));
    }
    if money.kind() != Kind::Money {
        let message = format!("`{key}` is a {}, not money", money.kind().name());
        return Err(document.error(at, message));
    }
    Ok(Some(money))
}

fn evidence(row: &Section) -> Result<Vec<FactName>, LoadError> {
    let fact = |(name, at): Found<&str>| {
        FactName::parse(name)
            .ok_or_else(|| row.document.error(at, format!("`evidence`: no fact `{name}`")))
    };
    row.texts("evidence")?.into_iter().map(fact).collect()
}

fn also(row: &Section, table: &Table) -> Result<Vec<(Code, Alternative)>, LoadError> {
    let mut all = Vec::new();
    for value in row.list("also")?.into_iter().flatten() {
        let section = row.enter("also", value)?;
        section.allow(&["code", "when"])?;
        let code = code(row.document, section.required("code")?)?;
        let Some(condition) = section.section("when")? else {
            return Err(row.document.error(section.at, "`when` is missing".to_owned()));
        };
        all.push((code, alternative(&condition, table)?));
    }
    if all.len() > crate::limits::CODES_MAX - 1 {
        let message =
            format!("at most {} reasons stand beside `code`", crate::limits::CODES_MAX - 1);
        return Err(row.document.error(row.at, message));
    }
    Ok(all)
}

fn acts(row: &Section) -> Result<Vec<Act>, LoadError> {
    let act = |(name, at): Found<&str>| {
        let known = || Act::ALL.map(Act::as_str).join(", ");
        let wrong = || format!("no act `{name}`; it is one of {}", known());
        Act::parse(name).ok_or_else(|| row.document.error(at, wrong()))
    };
    row.texts("acts")?.into_iter().map(act).collect()
}

fn over(row: &Section, place: usize, rows: &[Row]) -> Result<Vec<usize>, LoadError> {
    let mut all = Vec::new();
    for (id, at) in row.texts("over")? {
        let found = rows.iter().position(|known| known.id.as_str() == id);
        let message = match found {
            None => format!("`over`: no row `{id}`"),
            Some(later) if later <= place => {
                format!("`over`: row `{id}` is not below; the first row that fits decides anyway")
            }
            Some(later) if all.contains(&later) => format!("`over`: row `{id}` stands there twice"),
            Some(later) => {
                all.push(later);
                continue;
            }
        };
        return Err(row.document.error(at, message));
    }
    all.sort_unstable();
    Ok(all)
}

/// Makes the grid of the table, and the boxes of its conditions.
fn lay_out(document: Document, table: &mut Table) -> Result<(), LoadError> {
    let conditions = table
        .rows
        .iter()
        .flat_map(|row| row.when.iter().chain(row.also.iter().map(|(_, condition)| condition)));
    let tests: Vec<&Test> = conditions.flat_map(|condition| &condition.tests).collect();
    let mut names: Vec<Name> = tests.iter().map(|test| test.name).collect();
    names.sort_unstable();
    names.dedup();
    if names.len() > COLUMNS_MAX {
        let message = format!("the table tests more than {COLUMNS_MAX} facts and named values");
        return Err(document.error(0, message));
    }
    let sources = names.iter().map(|name| source(table, *name)).collect();
    let cuts: Vec<_> = tests.iter().map(|test| (test.name, &test.values)).collect();
    let grid = Grid::new(sources, &cuts).map_err(|title| {
        document.error(0, format!("`{title}` is compared with too many different values"))
    })?;
    for row in &mut table.rows {
        let also = row.also.iter_mut().map(|(_, condition)| condition);
        for condition in row.when.iter_mut().chain(also) {
            let tests: Vec<_> = condition.tests.iter().map(|it| (it.name, &it.values)).collect();
            condition.cell = grid.cell(&tests);
        }
    }
    table.grid = grid;
    Ok(())
}

fn source(table: &Table, name: Name) -> ColumnSource {
    match name {
        Name::Fact(fact) => ColumnSource {
            name,
            title: fact.as_str().to_owned(),
            kind: fact.kind(),
            reads: Vec::new(),
            is_known_with_reads: false,
        },
        Name::Let(_) | Name::PerCurrency(_) => {
            let mut reads = Vec::new();
            let is_known_with_reads = collect_reads(table, name, &mut reads);
            let place = if let Name::Let(place) = name { place } else { 0 };
            let named = &table.lets[place];
            ColumnSource {
                name,
                title: named.name.clone(),
                kind: named.expression.kind(),
                reads,
                is_known_with_reads,
            }
        }
    }
}

/// All that a named value strictly reads, also by way of others. True when it is known whenever
/// that is.
fn collect_reads(table: &Table, name: Name, reads: &mut Vec<Name>) -> bool {
    let Name::Let(place) = name else { return matches!(name, Name::Fact(_)) };
    let expression = &table.lets[place].expression;
    let mut is_known = expression.is_known_when_names_are();
    for name in expression.names(true) {
        if !reads.contains(&name) {
            reads.push(name);
            is_known &= collect_reads(table, name, reads);
        }
    }
    is_known
}
