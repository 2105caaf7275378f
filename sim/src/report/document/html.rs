//! Documents as a page that needs nothing else.

use super::style::STYLE;
use super::{Cell, Document, Figure, Section, Table, Tone};
use crate::charts::{escaped, style_sheet};
use std::fmt::Write;

pub(super) fn page(document: &Document) -> String {
    let title = escaped(&document.title);
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <title>{title} · Cabrank</title>\n<style>\n{STYLE}{}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n",
        style_sheet()
    );
    let sections: Vec<(usize, &Section)> =
        document.sections.iter().enumerate().filter(|(_, section)| !section.is_empty()).collect();
    facts(&mut page, document);
    contents(&mut page, &sections);
    page.push_str("</header>\n<main>\n");
    sections.iter().for_each(|(n, one)| section(&mut page, *n, one));
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

fn facts(page: &mut String, document: &Document) {
    page.push_str("<dl class=\"facts\">\n");
    for (name, value) in &document.facts {
        put(page, format_args!("<div><dt>{}</dt><dd>{}</dd></div>\n", escaped(name), escaped(value)));
    }
    page.push_str("</dl>\n");
    for remark in &document.remarks {
        put(page, format_args!("<p class=\"remark\">{}</p>\n", escaped(remark)));
    }
}

fn contents(page: &mut String, sections: &[(usize, &Section)]) {
    page.push_str("<nav aria-label=\"Sections\"><ul>\n");
    for (n, section) in sections {
        put(page, format_args!("<li><a href=\"#s{n}\">{}</a></li>\n", escaped(&section.title)));
    }
    page.push_str("</ul></nav>\n");
}

fn section(page: &mut String, n: usize, section: &Section) {
    // A single picture stands beside the tables if there is room.
    let class = if section.figures.len() == 1 && !section.tables.is_empty() { " class=\"beside\"" } else { "" };
    let title = escaped(&section.title);
    put(page, format_args!("<section{class} aria-labelledby=\"s{n}\">\n<h2 id=\"s{n}\">{title}</h2>\n<div class=\"words\">\n"));
    section.tables.iter().for_each(|one| table(page, one));
    if !section.definitions.is_empty() {
        page.push_str("<dl class=\"means\">\n");
        for (word, meaning) in &section.definitions {
            put(page, format_args!("<div><dt>{}:</dt> <dd>{}</dd></div>\n", escaped(word), escaped(meaning)));
        }
        page.push_str("</dl>\n");
    }
    page.push_str("</div>\n");
    if !section.figures.is_empty() {
        page.push_str("<div class=\"figures\">\n");
        section.figures.iter().for_each(|one| figure(page, one));
        page.push_str("</div>\n");
    }
    page.push_str("</section>\n");
}

fn figure(page: &mut String, figure: &Figure) {
    put(page, format_args!("<figure>\n<figcaption>{}</figcaption>\n{}\n", escaped(&figure.caption), figure.svg));
    if !figure.table.rows.is_empty() {
        page.push_str("<details><summary>The numbers</summary>\n");
        table(page, &figure.table);
        page.push_str("</details>\n");
    }
    page.push_str("</figure>\n");
}

/// Whoever has no mouse can scroll it as well.
fn table(page: &mut String, table: &Table) {
    if table.rows.is_empty() {
        return;
    }
    page.push_str("<div class=\"scroll\" tabindex=\"0\"><table>\n");
    if !table.caption.is_empty() {
        put(page, format_args!("<caption>{}</caption>\n", escaped(&table.caption)));
    }
    page.push_str("<thead><tr>");
    table.columns.iter().for_each(|name| put(page, format_args!("<th scope=\"col\">{}</th>", escaped(name))));
    page.push_str("</tr></thead>\n<tbody>\n");
    table.rows.iter().for_each(|one| row(page, one));
    page.push_str("</tbody></table></div>\n");
}

fn row(page: &mut String, cells: &[Cell]) {
    page.push_str("<tr>");
    for (n, cell) in cells.iter().enumerate() {
        let class = match cell.tone {
            Tone::Plain => "",
            Tone::Within => " class=\"within\"",
            Tone::Good => " class=\"good\"",
            Tone::Bad => " class=\"bad\"",
        };
        let text = escaped(&cell.text);
        match n {
            0 => put(page, format_args!("<th scope=\"row\"{class}>{text}</th>")),
            _ => put(page, format_args!("<td{class}>{text}</td>")),
        }
    }
    page.push_str("</tr>\n");
}

fn put(page: &mut String, text: std::fmt::Arguments<'_>) {
    // Text takes whatever is written to it.
    let _ = page.write_fmt(text);
}

impl Section {
    fn is_empty(&self) -> bool {
        self.tables.iter().all(|table| table.rows.is_empty()) && self.figures.is_empty()
    }
}
