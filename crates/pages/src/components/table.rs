use maud::{Markup, html};

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a> {
    /// What it is called.
    pub head: &'a str,
    /// Whether it has numbers, which stand under each other.
    pub is_number: bool,
}

impl<'a> Column<'a> {
    /// A column of words.
    pub fn words(head: &'a str) -> Column<'a> {
        Column { head, is_number: false }
    }

    /// A column of numbers.
    pub fn numbers(head: &'a str) -> Column<'a> {
        Column { head, is_number: true }
    }
}

/// What stands in a table.
pub type Cell = Markup;

/// Rows of the same kind.
#[derive(Clone, Debug)]
pub struct Table<'a> {
    /// What it is a table of.
    pub caption: &'a str,
    /// Its columns; the first names the row.
    pub columns: &'a [Column<'a>],
    /// Its rows, each with a cell a column.
    pub rows: Vec<Vec<Cell>>,
    /// The sum of the rows.
    pub foot: Option<Vec<Cell>>,
    /// What is said when there are no rows: what would be here, and how it comes.
    pub nothing: &'a str,
}

impl Table<'_> {
    /// The table. Where it is too wide it moves for itself, and by keyboard too.
    pub fn show(&self) -> Markup {
        html! {
            div class="table" tabindex="0" role="region" aria-label=(self.caption) {
                table {
                    caption { (self.caption) }
                    thead {
                        tr {
                            @for column in self.columns {
                                th scope="col" class=[class(column)] { (column.head) }
                            }
                        }
                    }
                    tbody {
                        @if self.rows.is_empty() {
                            tr {
                                td class="nothing" colspan=(self.columns.len()) { (self.nothing) }
                            }
                        }
                        @for row in &self.rows { (self.row(row)) }
                    }
                    @if let Some(foot) = &self.foot { tfoot { (self.row(foot)) } }
                }
            }
        }
    }

    fn row(&self, cells: &[Cell]) -> Markup {
        html! {
            tr {
                @for (position, (cell, column)) in cells.iter().zip(self.columns).enumerate() {
                    @if position == 0 {
                        th scope="row" class=[class(column)] { (cell) }
                    } @else {
                        td class=[class(column)] { (cell) }
                    }
                }
            }
        }
    }
}

fn class(column: &Column<'_>) -> Option<&'static str> {
    column.is_number.then_some("number")
}
