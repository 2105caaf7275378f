//! What is to be told, before it is known where: sections with a table, pictures, and what the words in them mean.

mod html;
mod style;
mod terminal;

use std::io::{self, Write};

/// What is to be told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// What it is about.
    pub title: String,
    /// How it came about: names and values.
    pub facts: Vec<(String, String)>,
    /// What must be known to read it.
    pub remarks: Vec<String>,
    /// The sections.
    pub sections: Vec<Section>,
}

/// A section.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Section {
    /// What it is about.
    pub title: String,
    /// Its tables.
    pub tables: Vec<Table>,
    /// What the words in it mean: word and meaning.
    pub definitions: Vec<(String, String)>,
    /// Its pictures; a terminal shows none.
    pub figures: Vec<Figure>,
}

/// A table; numbers stand at the right of their cells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// What it shows, if its section does not say so.
    pub caption: String,
    /// The columns' names; the first column names the rows.
    pub columns: Vec<String>,
    /// The rows, each with as many cells as there are columns.
    pub rows: Vec<Vec<Cell>>,
}

/// A cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// What stands in it.
    pub text: String,
    /// How that is meant.
    pub tone: Tone,
}

/// How a cell is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Nothing special.
    #[default]
    Plain,
    /// Part of the row above.
    Within,
    /// As it should be.
    Good,
    /// Not as it should be.
    Bad,
}

/// A picture, with its numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figure {
    /// What it shows.
    pub caption: String,
    /// The text of the picture.
    pub svg: String,
    /// The numbers in it.
    pub table: Table,
}

/// How a terminal is to be written on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Columns.
    pub width: u16,
    /// Whether it shows bold and dim.
    pub styled: bool,
}

impl Document {
    /// As tables on a terminal.
    ///
    /// # Errors
    /// Whatever `out` says.
    pub fn print(&self, out: &mut impl Write, look: Look) -> io::Result<()> {
        terminal::print(self, out, look)
    }

    /// As a page that needs nothing else.
    pub fn to_html(&self) -> String {
        html::page(self)
    }
}

impl Table {
    /// A table with these columns, yet without rows.
    pub fn of(columns: &[&str]) -> Table {
        Table { columns: columns.iter().map(|name| (*name).to_owned()).collect(), ..Table::default() }
    }

    /// The same with this caption.
    pub fn called(self, caption: &str) -> Table {
        Table { caption: caption.to_owned(), ..self }
    }

    /// One more row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }
}

impl Cell {
    /// Nothing special.
    pub fn plain(text: impl Into<String>) -> Cell {
        Cell { text: text.into(), tone: Tone::Plain }
    }

    /// The name of a row that is part of the one above.
    pub fn within(text: impl Into<String>) -> Cell {
        Cell { text: text.into(), tone: Tone::Within }
    }

    /// As it should be, or not.
    pub fn judged(text: impl Into<String>, good: bool) -> Cell {
        Cell { text: text.into(), tone: if good { Tone::Good } else { Tone::Bad } }
    }
}
