//! Where faults and notices are gathered while a file is read.

use crate::{Fault, Faults, Notice};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::ops::Range;

/// More faults than anybody reads; the rest is counted.
const FAULTS_MAX: usize = 500;

/// Gathers faults and notices, so that reading goes on after the first one.
pub struct Report {
    line_starts: Vec<usize>,
    lost_section: Cell<bool>,
    broken_lines: RefCell<BTreeSet<usize>>,
    faults: RefCell<Vec<(usize, Fault)>>,
    notices: RefCell<Vec<(usize, Notice)>>,
    more: Cell<usize>,
}

impl Report {
    /// On that text.
    pub fn new(text: &str) -> Report {
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Report {
            line_starts,
            lost_section: Cell::default(),
            broken_lines: RefCell::default(),
            faults: RefCell::default(),
            notices: RefCell::default(),
            more: Cell::default(),
        }
    }

    /// The line of that offset, counted from 1.
    pub fn line(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset)
    }

    /// A fault of the TOML itself. What was made out on that line is guesswork: later faults there are left out.
    pub fn broken(&self, at: Range<usize>, what: String, right: String) {
        let line = self.line(at.start);
        self.wrong(at, what, right);
        self.broken_lines.borrow_mut().insert(line);
    }

    /// Whether the line of that offset opens a section.
    pub fn opens_section(&self, text: &str, offset: usize) -> bool {
        let start = self.line_starts.get(self.line(offset) - 1).copied().unwrap_or_default();
        text.get(start..).is_some_and(|rest| rest.trim_start().starts_with('['))
    }

    /// A section's first line is broken: from now on, that something is not there proves nothing.
    pub fn lose_section(&self) {
        self.lost_section.set(true);
    }

    /// A fault: something is not there.
    pub fn absent(&self, at: Range<usize>, what: impl Into<String>, right: impl Into<String>) {
        if !self.lost_section.get() {
            self.wrong(at, what, right);
        }
    }

    /// A fault.
    pub fn wrong(&self, at: Range<usize>, what: impl Into<String>, right: impl Into<String>) {
        let line = self.line(at.start);
        if self.broken_lines.borrow().contains(&line) {
            return;
        }
        let mut faults = self.faults.borrow_mut();
        if faults.len() == FAULTS_MAX {
            return self.more.set(self.more.get() + 1);
        }
        let fault = Fault { line, what: what.into(), right: right.into(), span: at.clone().into() };
        faults.push((at.start, fault));
    }

    /// How many faults there are so far.
    pub fn count(&self) -> usize {
        self.faults.borrow().len() + self.more.get()
    }

    /// The faults, in the order of the text.
    pub fn into_faults(self) -> Vec<Fault> {
        in_order(self.faults.into_inner())
    }

    /// No fault, but to be known.
    pub fn notice(&self, at: Range<usize>, what: impl Into<String>) {
        self.notices.borrow_mut().push((at.start, Notice { line: self.line(at.start), what: what.into() }));
    }

    /// The notices, if there is no fault.
    ///
    /// # Errors
    /// The faults, in the order of the text.
    pub fn close(self, file_name: &str, text: &str) -> Result<Vec<Notice>, Faults> {
        let faults = in_order(self.faults.into_inner());
        if faults.is_empty() {
            Ok(in_order(self.notices.into_inner()))
        } else {
            Err(Faults::new(file_name, text, faults, self.more.get()))
        }
    }
}

/// A part of a text: what it is called, and where it begins and ends.
pub type Part<'p> = (&'p str, Range<usize>);

impl Report {
    /// The same for a text put together of parts, in this order: the faults of each are told apart, with the lines of the part.
    ///
    /// # Errors
    /// The faults of each part that has any.
    pub fn close_parts(self, text: &str, parts: &[Part<'_>]) -> Result<(), Vec<Faults>> {
        let mut more = self.more.get();
        let line_starts = self.line_starts;
        let line = |offset: usize| line_starts.partition_point(|start| *start <= offset);
        let mut faulty = Vec::new();
        let faults = self.faults.into_inner();
        for (name, range) in parts {
            let own = faults.iter().filter(|(at, _)| range.contains(at) || (range.is_empty() && *at == range.start)).cloned();
            let moved = own.map(|(at, fault)| (at, fault.moved(range.start, line(range.start) - 1))).collect();
            let own = in_order(moved);
            if !own.is_empty() {
                let text = text.get(range.clone()).unwrap_or_default();
                faulty.push(Faults::new(name, text, own, std::mem::take(&mut more)));
            }
        }
        if faulty.is_empty() { Ok(()) } else { Err(faulty) }
    }
}

fn in_order<T>(mut found: Vec<(usize, T)>) -> Vec<T> {
    found.sort_by_key(|(offset, _)| *offset);
    found.into_iter().map(|(_, what)| what).collect()
}
