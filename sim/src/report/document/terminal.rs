//! Documents as tables on a terminal.

use super::{Cell, Document, Look, Section, Table, Tone};
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, TableComponent, Width, presets};
use std::io::{self, Write};

/// A name is broken into lines only if it is longer.
const NAME_MAX: usize = 28;

pub(super) fn print(document: &Document, out: &mut impl Write, look: Look) -> io::Result<()> {
    writeln!(out, "{}", bold(&clean(&document.title), look))?;
    let facts: Vec<String> = document.facts.iter().map(|(name, value)| format!("{name} {value}")).collect();
    print_wrapped(out, &clean(&facts.join(" · ")), "", look, false)?;
    for remark in &document.remarks {
        print_wrapped(out, &clean(remark), "", look, false)?;
    }
    document
        .sections
        .iter()
        .filter(|section| !section.tables.is_empty())
        .try_for_each(|section| print_section(section, out, look))
}

fn print_section(section: &Section, out: &mut impl Write, look: Look) -> io::Result<()> {
    writeln!(out, "\n{}", bold(&clean(&section.title), look))?;
    for (n, table) in section.tables.iter().filter(|table| !table.rows.is_empty()).enumerate() {
        if n > 0 {
            writeln!(out)?;
        }
        if !table.caption.is_empty() {
            writeln!(out, "{}", clean(&table.caption))?;
        }
        writeln!(out, "{}", drawn(table, look))?;
    }
    for (word, meaning) in &section.definitions {
        print_wrapped(out, &format!("{}: {}", clean(word), clean(meaning)), "  ", look, true)?;
    }
    Ok(())
}

fn drawn(table: &Table, look: Look) -> comfy_table::Table {
    let mut drawn = comfy_table::Table::new();
    drawn.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(look.width);
    drawn.set_style(TableComponent::HeaderLines, '─').set_style(TableComponent::MiddleHeaderIntersections, '─');
    drawn.set_header(table.columns.iter().map(|name| clean(name)));
    drawn.add_rows(table.rows.iter().map(|row| row.iter().map(shown)));
    let names = table.rows.iter().filter_map(|row| row.first()).map(|name| shown(name).chars().count());
    let widest = names.max().unwrap_or(0).min(NAME_MAX) as u16;
    for column in drawn.column_iter_mut().skip(1) {
        column.set_padding((1, 0)).set_cell_alignment(CellAlignment::Right);
    }
    if let Some(names) = drawn.column_mut(0) {
        names.set_padding((0, 1)).set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(widest + 1)));
    }
    drawn
}

/// A terminal need not have colours: what is bad is marked.
fn shown(cell: &Cell) -> String {
    let text = clean(&cell.text);
    match cell.tone {
        Tone::Plain | Tone::Good => text,
        Tone::Within => format!("  {text}"),
        Tone::Bad => format!("! {text}"),
    }
}

fn bold(text: &str, look: Look) -> String {
    if look.styled { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
}

fn print_wrapped(out: &mut impl Write, text: &str, indent: &str, look: Look, dim: bool) -> io::Result<()> {
    let width = usize::from(look.width).saturating_sub(indent.len()).max(20);
    let (on, off) = if dim && look.styled { ("\u{1b}[2m", "\u{1b}[0m") } else { ("", "") };
    let mut line = String::new();
    for word in text.split(' ') {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            writeln!(out, "{indent}{on}{line}{off}")?;
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    writeln!(out, "{indent}{on}{line}{off}")
}

/// Names come from files: none may move the cursor or change the colours.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
