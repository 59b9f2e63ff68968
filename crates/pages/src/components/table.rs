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
        self.drawn("table", None)
    }

    /// The same beneath a heading that says what it is a table of.
    pub fn show_titled(&self) -> Markup {
        self.drawn("table", Some("unseen"))
    }

    /// Things, one a row. On a telephone each stands for itself, with the heads of the columns
    /// beside what it says.
    pub fn show_list(&self) -> Markup {
        self.drawn("table list", None)
    }

    /// The same beneath a heading that says what is listed.
    pub fn show_titled_list(&self) -> Markup {
        self.drawn("table list", Some("unseen"))
    }

    fn drawn(&self, named: &str, caption: Option<&str>) -> Markup {
        html! {
            div class=(named) tabindex="0" role="region" aria-label=(self.caption) {
                table role="table" {
                    caption class=[caption] { (self.caption) }
                    thead role="rowgroup" {
                        tr role="row" {
                            @for column in self.columns {
                                th role="columnheader" scope="col" class=[class(column)] {
                                    (column.head)
                                }
                            }
                        }
                    }
                    tbody role="rowgroup" {
                        @if self.rows.is_empty() {
                            tr role="row" {
                                td role="cell" class="nothing" colspan=(self.columns.len()) {
                                    (self.nothing)
                                }
                            }
                        }
                        @for row in &self.rows { (self.row(row)) }
                    }
                    @if let Some(foot) = &self.foot { tfoot role="rowgroup" { (self.row(foot)) } }
                }
            }
        }
    }

    /// Roles are told, for rows that are not drawn as a table are none for some browsers.
    fn row(&self, cells: &[Cell]) -> Markup {
        html! {
            tr role="row" {
                @for (position, (cell, column)) in cells.iter().zip(self.columns).enumerate() {
                    @if position == 0 {
                        th role="rowheader" scope="row" class=[class(column)] { (cell) }
                    } @else if cell.0.is_empty() {
                        td role="cell" {}
                    } @else {
                        td role="cell" class=[class(column)] data-head=(column.head) {
                            div { (cell) }
                        }
                    }
                }
            }
        }
    }
}

fn class(column: &Column<'_>) -> Option<&'static str> {
    column.is_number.then_some("number")
}
