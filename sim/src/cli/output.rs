//! Where a report goes: the terminal, JSON, a page.

use super::Unusable;
use crate::load::LoadReport;
use crate::report::{Comparison, Look, Report};
use clap::Args;
use std::convert::Infallible;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, IsTerminal, StdoutLock, Write};
use std::path::PathBuf;
use std::str::FromStr;

#[derive(Args)]
pub(super) struct OutputArgs {
    /// Write the report as JSON; `-` is the standard output, which then gets nothing else.
    #[arg(long, value_name = "FILE")]
    json: Option<Target>,
    /// Write the report as one page of HTML with its plots; `-` as above.
    #[arg(long, value_name = "FILE")]
    html: Option<Target>,
    /// No progress, and no report on the terminal.
    #[arg(long)]
    pub(super) quiet: bool,
}

/// A file, or the standard output.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    Stdout,
    File(PathBuf),
}

impl FromStr for Target {
    type Err = Infallible;

    fn from_str(name: &str) -> Result<Target, Infallible> {
        Ok(if name == "-" { Target::Stdout } else { Target::File(name.into()) })
    }
}

/// What can be shown in each form.
pub(super) trait Shown {
    /// For a terminal.
    fn print(&self, out: &mut StdoutLock<'_>, look: Look) -> io::Result<()>;

    /// As JSON.
    fn json(&self) -> String;

    /// As a page.
    fn html(&self) -> String;
}

impl Shown for Report {
    fn print(&self, out: &mut StdoutLock<'_>, look: Look) -> io::Result<()> {
        self.print(out, look)
    }

    fn json(&self) -> String {
        self.to_json()
    }

    fn html(&self) -> String {
        self.to_html()
    }
}

impl Shown for Comparison {
    fn print(&self, out: &mut StdoutLock<'_>, look: Look) -> io::Result<()> {
        self.print(out, look)
    }

    fn json(&self) -> String {
        self.to_json()
    }

    fn html(&self) -> String {
        self.to_html()
    }
}

impl Shown for LoadReport {
    fn print(&self, out: &mut StdoutLock<'_>, look: Look) -> io::Result<()> {
        self.print(out, look)
    }

    fn json(&self) -> String {
        self.to_json()
    }

    fn html(&self) -> String {
        self.to_html()
    }
}

/// Where a report goes, opened before the work begins: what cannot be written is known before it is worked for.
pub(super) struct Outputs {
    json: Option<Opened>,
    html: Option<Opened>,
    terminal: bool,
}

enum Opened {
    Stdout,
    File(PathBuf, File),
}

impl OutputArgs {
    pub(super) fn open(&self) -> Result<Outputs, Unusable> {
        let piped = [&self.json, &self.html].into_iter().filter(|target| **target == Some(Target::Stdout)).count();
        if piped > 1 {
            return Err(Unusable::because("--json - and --html - cannot both have the standard output: name a file for one"));
        }
        Ok(Outputs { json: opened(&self.json)?, html: opened(&self.html)?, terminal: !self.quiet && piped == 0 })
    }
}

fn opened(target: &Option<Target>) -> Result<Option<Opened>, Unusable> {
    let Some(target) = target else { return Ok(None) };
    Ok(Some(match target {
        Target::Stdout => Opened::Stdout,
        Target::File(path) => {
            // What stands there is kept until there is something better.
            let file = OpenOptions::new().create(true).append(true).open(path).map_err(|error| unwritable(path, &error))?;
            Opened::File(path.clone(), file)
        }
    }))
}

impl Outputs {
    pub(super) fn write(self, shown: &impl Shown) -> Result<(), Unusable> {
        if let Some(json) = self.json {
            json.write(&shown.json())?;
        }
        if let Some(html) = self.html {
            html.write(&shown.html())?;
        }
        if self.terminal { heard(shown.print(&mut io::stdout().lock(), look())) } else { Ok(()) }
    }
}

impl Opened {
    fn write(self, text: &str) -> Result<(), Unusable> {
        match self {
            Opened::Stdout => heard(writeln!(io::stdout().lock(), "{}", text.trim_end())),
            Opened::File(path, mut file) => {
                // A pipe or a terminal (`/dev/stdout`) has nothing to take away first.
                let plain = file.metadata().is_ok_and(|about| about.is_file());
                let emptied = if plain { file.set_len(0) } else { Ok(()) };
                let written = emptied.and_then(|()| writeln!(file, "{}", text.trim_end()));
                written.map_err(|error| unwritable(&path, &error))
            }
        }
    }
}

/// A terminal that does not say how wide it is, and whatever is no terminal, get tables that fit most screens.
const WIDTH: u16 = 110;

fn look() -> Look {
    let width = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(WIDTH);
    let plain = std::env::var_os("NO_COLOR").is_some_and(|set| !set.is_empty());
    Look { width, styled: io::stdout().is_terminal() && !plain }
}

/// Whoever reads the standard output may have heard enough (`| head`).
fn heard(written: io::Result<()>) -> Result<(), Unusable> {
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Unusable::because(format!("the report cannot be written: {error}")))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

fn unwritable(path: &std::path::Path, error: &io::Error) -> Unusable {
    Unusable::because(format!("{} cannot be written: {error}", path.display()))
}
