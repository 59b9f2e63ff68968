//! What a table distinguishes, as boxes: the ground on which it is checked and read.
//!
//! Each thing that a table tests is a *column*. The edges of all tests of a column cut its values
//! into *atoms* that no test tells apart; one more atom is not knowing. A set of values is a mask
//! of atoms, a condition a *box*: one mask a column. So questions about all possible facts are
//! questions about finitely many boxes, and exact.
//!
//! A named value is a column of its own. That it hangs together with what it is computed from is
//! used for being known only ([`Grid::tighten`]).

use crate::expression::Name;
use crate::fact::{Kind, show};
use crate::table::values::{Values, domain};

/// Atoms of a column; they are bits of a mask.
pub(crate) const ATOMS_MAX: usize = 64;

/// The atom of not knowing.
const UNKNOWN: u64 = 1;

/// One mask of atoms for each column.
pub(crate) type Cell = Vec<u64>;

/// Something that is tested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub name: Name,
    /// As tables write it.
    pub title: String,
    pub kind: Kind,
    pub domain: (i128, i128),
    /// Where each atom after the first begins; the last ends with the domain.
    starts: Vec<i128>,
    /// Columns without which this one is unknown.
    needs: Vec<usize>,
    /// True when `needs` are all it needs, and it is known whenever they are.
    is_known_with_needs: bool,
}

impl Column {
    fn is_computed(&self) -> bool {
        !matches!(self.name, Name::Fact(_))
    }

    /// Places of the columns without which this one is unknown; none of a fact.
    pub fn needs(&self) -> &[usize] {
        &self.needs
    }

    fn all(&self) -> u64 {
        let atoms = self.starts.len() + 1;
        if atoms >= ATOMS_MAX { u64::MAX } else { (1 << atoms) - 1 }
    }

    fn mask(&self, values: &Values) -> u64 {
        let known = self.starts.iter().enumerate();
        let fitting = known.filter(|(_, start)| values.contains(Some(**start)));
        let mask: u64 = fitting.map(|(place, _)| UNKNOWN << (place + 1)).sum();
        mask | u64::from(values.unknown)
    }

    fn atom(&self, number: Option<i128>) -> u64 {
        match number {
            None => UNKNOWN,
            Some(number) => UNKNOWN << self.starts.partition_point(|start| *start <= number),
        }
    }

    /// The first value of a mask; nothing when it is not to be known.
    pub fn first_value(&self, mask: u64) -> Option<i128> {
        let atom = usize::try_from(lowest(mask).trailing_zeros()).unwrap_or(0);
        self.starts.get(atom.checked_sub(1)?).copied()
    }

    /// The values that a mask stands for.
    pub fn values(&self, mask: u64) -> Values {
        let mut values = if mask & UNKNOWN == 0 { Values::EMPTY } else { Values::UNKNOWN };
        for (place, start) in self.starts.iter().enumerate() {
            if mask & (UNKNOWN << (place + 1)) != 0 {
                let end = self.starts.get(place + 1).map_or(self.domain.1, |next| next - 1);
                values = values.or(&Values::range(*start, end, self.domain));
            }
        }
        values
    }
}

/// What goes into a column: its name, title, kind, what it strictly reads, and whether it is
/// known whenever that is. A fact reads nothing.
pub(crate) struct ColumnSource {
    pub name: Name,
    pub title: String,
    pub kind: Kind,
    pub reads: Vec<Name>,
    pub is_known_with_reads: bool,
}

/// All columns of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grid {
    pub columns: Vec<Column>,
}

impl Grid {
    /// Makes the columns, cut where `tests` have edges. The error is the title of a column that
    /// has too many atoms.
    pub fn new(sources: Vec<ColumnSource>, tests: &[(Name, &Values)]) -> Result<Grid, String> {
        let names: Vec<Name> = sources.iter().map(|source| source.name).collect();
        let mut columns = Vec::new();
        for source in sources {
            let domain = domain(source.kind, matches!(source.name, Name::Let(_)));
            let of_column = tests.iter().filter(|(name, _)| *name == source.name);
            let mut starts: Vec<i128> = of_column.flat_map(|(_, values)| values.edges()).collect();
            starts.push(domain.0);
            starts.retain(|start| (domain.0..=domain.1).contains(start));
            starts.sort_unstable();
            starts.dedup();
            if starts.len() >= ATOMS_MAX {
                return Err(source.title);
            }
            let place = |name: &Name| names.iter().position(|known| known == name);
            let needs: Vec<usize> = source.reads.iter().filter_map(place).collect();
            let mut facts = source.reads.iter().filter(|name| matches!(name, Name::Fact(_)));
            columns.push(Column {
                is_known_with_needs: source.is_known_with_reads
                    && facts.all(|name| names.contains(name)),
                name: source.name,
                title: source.title,
                kind: source.kind,
                domain,
                starts,
                needs,
            });
        }
        Ok(Grid { columns })
    }

    /// All that is possible.
    pub fn everything(&self) -> Cell {
        self.columns.iter().map(Column::all).collect()
    }

    /// The box of these tests; what is not tested is free.
    pub fn cell(&self, tests: &[(Name, &Values)]) -> Cell {
        let mut cell = self.everything();
        for (column, mask) in self.columns.iter().zip(&mut cell) {
            for (_, values) in tests.iter().filter(|(name, _)| *name == column.name) {
                *mask &= column.mask(values);
            }
        }
        cell
    }

    /// The box of one atom a column in which these numbers lie.
    pub fn point(&self, read: impl Fn(Name) -> Option<i128>) -> Cell {
        self.columns.iter().map(|column| column.atom(read(column.name))).collect()
    }

    /// The box without what cannot be: a named value is unknown where something it strictly needs
    /// is, and only there when it neither divides nor stands in for the unknown. Nothing when
    /// nothing is left.
    pub fn tighten(&self, mut cell: Cell) -> Option<Cell> {
        let computed = self.columns.iter().enumerate().filter(|(_, it)| it.is_computed());
        let computed: Vec<(usize, &Column)> = computed.collect();
        loop {
            let known_before = known(&cell);
            for (place, column) in computed.iter().copied() {
                if column.is_known_with_needs && column.needs.iter().all(|it| is_known(cell[*it])) {
                    cell[place] &= !UNKNOWN;
                }
                if is_known(cell[place]) {
                    column.needs.iter().for_each(|need| cell[*need] &= !UNKNOWN);
                }
            }
            if cell.contains(&0) {
                return None;
            }
            if known(&cell) == known_before {
                return Some(cell);
            }
        }
    }

    /// What two boxes share, if anything can be in both.
    pub fn meet(&self, left: &Cell, right: &Cell) -> Option<Cell> {
        let shared: Cell = left.iter().zip(right).map(|(left, right)| left & right).collect();
        if shared.contains(&0) { None } else { self.tighten(shared) }
    }

    /// What of `whole` is outside of `taken`, as boxes that do not overlap.
    pub fn subtract(&self, whole: &Cell, taken: &Cell) -> Vec<Cell> {
        if self.meet(whole, taken).is_none() {
            return vec![whole.clone()];
        }
        let mut rest = whole.clone();
        let mut outside = Vec::new();
        for place in 0..self.columns.len() {
            let (mask, taken) = (rest[place], taken[place]);
            if mask & !taken != 0 {
                let mut part = rest.clone();
                part[place] = mask & !taken;
                outside.extend(self.tighten(part));
            }
            rest[place] = mask & taken;
        }
        outside
    }

    /// One possible case of a box, told for the columns that it restricts.
    pub fn example(&self, cell: &Cell) -> String {
        let everything = self.everything();
        let mut chosen: Vec<u64> = cell.iter().map(|mask| lowest(*mask)).collect();
        for (place, column) in self.columns.iter().enumerate() {
            // A value that can only be unknown says that something it needs is.
            if column.is_known_with_needs && chosen[place] == UNKNOWN {
                let need = column.needs.iter().find(|need| cell[**need] & UNKNOWN != 0);
                need.into_iter().for_each(|need| chosen[*need] = UNKNOWN);
            }
        }
        let told = |place: &usize| cell[*place] != everything[*place] || chosen[*place] == UNKNOWN;
        let places = (0..self.columns.len()).filter(told);
        let parts: Vec<String> = places
            .map(|place| {
                let column = &self.columns[place];
                format!("{} = {}", column.title, column.show(chosen[place]))
            })
            .collect();
        if parts.is_empty() { "anything".to_owned() } else { parts.join(", ") }
    }
}

impl Column {
    /// The first value of an atom.
    fn show(&self, atom: u64) -> String {
        let place = usize::try_from(atom.trailing_zeros()).unwrap_or(0);
        let start = place.checked_sub(1).and_then(|place| self.starts.get(place));
        let next = self.starts.get(place);
        match (start, next) {
            (None, _) => "unknown".to_owned(),
            // The lowest number of all says nothing to anybody.
            (Some(start), Some(next)) if *start < 0 && *start == self.domain.0 => {
                show(next - 1, self.kind, None)
            }
            (Some(start), None) if *start < 0 && *start == self.domain.0 => "0".to_owned(),
            (Some(start), _) => show(*start, self.kind, None),
        }
    }
}

fn is_known(mask: u64) -> bool {
    mask & UNKNOWN == 0
}

fn known(cell: &Cell) -> usize {
    cell.iter().filter(|mask| is_known(**mask)).count()
}

/// The first atom of a mask that is a value; not knowing when there is no other.
fn lowest(mask: u64) -> u64 {
    let known = mask & !UNKNOWN;
    let from = if known == 0 { mask } else { known };
    from & from.wrapping_neg()
}
