//! `cabrank analyze`: what repeat calls, abandons and broken promises have in common.

use super::{Outcome, Unusable};
use crate::analyze::{Intake, document, json};
use crate::assets::Source;
use crate::store::Store;
use cabrank_analyze::{Analysis, Cases, Question, analyze};
use cabrank_settings::{Config, StoreUrl};
use cabrank_sim::report::Look;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How often outcomes are dealt out anew, for any usual alpha ...
const DRAWS: u32 = 1_999;
/// ... and for others, with alpha for denominator.
const ENOUGH: f64 = 100.0;
/// How long it may take before a progress bar appears.
const PATIENCE: Duration = Duration::from_secs(2);
/// The work of comparing, in parts that a progress bar counts.
const PARTS: f64 = 1e9;
/// What is no terminal gets tables that fit most screens.
const WIDTH: u16 = 130;

pub(super) const AFTER_HELP: &str = "\
Example: cabrank analyze --data /var/lib/cabrank --config taxi.toml --since 2026-10-01
         cabrank analyze --repeat-within 2d --json > findings.json

Four groups of calls are each held against everyone else: callers who called again, callers who left while waiting, callers who
waited longer than was said, and promises that were not kept. They are compared by line, option, queue, class, reason, skill,
hour, weekday, region and, where it came before, by wait, agents rung, and what had been promised. What is told is more than
chance: with all comparisons together, noise makes it speak with a probability of --alpha at the most. No agent and no caller is
compared with another: skills that fewer than three agents have, and values that fewer than ten callers have, do not appear.
Differences are not causes.";

#[derive(Args)]
pub(super) struct AnalyzeArgs {
    /// The data directory; a running engine is not disturbed.
    #[arg(long, value_name = "DIR", default_value = "cabrank-data")]
    data: PathBuf,
    /// The configuration with the timezone, the agents' skills and the queues; without one, the built-in desk.
    #[arg(long, value_name = "CONFIG")]
    config: Option<PathBuf>,
    /// The PostgreSQL database, where the store is no file in the data directory.
    #[arg(long, value_name = "postgres://...")]
    store: Option<StoreUrl>,
    /// Only calls from then on: a day where the desk is (2026-10-01), or a moment (2026-10-01T06:00:00Z).
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// Only calls before then.
    #[arg(long, value_name = "WHEN")]
    until: Option<String>,
    /// Another call of the same number within this time is a repeat; calls whose time is not over yet are not counted.
    #[arg(long, value_name = "TIME", default_value = "7d", value_parser = time)]
    repeat_within: SignedDuration,
    /// The chance of telling anything at all where nothing is, from 0.001 to 0.2.
    #[arg(long, value_name = "SHARE", default_value = "0.05", value_parser = alpha)]
    alpha: f64,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Show no progress.
    #[arg(long)]
    quiet: bool,
}

pub(super) fn run(args: &AnalyzeArgs) -> Result<Outcome, Unusable> {
    let config = args.config.clone().map_or(Source::BuiltIn, Source::File).config().map_err(super::check::explained)?;
    let question = args.question(&config.timezone)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Unusable::because)?;
    let cases = runtime.block_on(args.cases(&config, &question))?;
    let progress = Progress::new("comparing", PARTS as u64, args.quiet);
    let analysis = analyze(&cases, &question, &|part| progress.advance((part * PARTS) as u64));
    drop(progress);
    heard(args.print(&analysis, &question))?;
    Ok(Outcome::Done)
}

impl AnalyzeArgs {
    fn question(&self, timezone: &TimeZone) -> Result<Question, Unusable> {
        let now = Timestamp::now();
        let moment = |given: &Option<String>, otherwise| given.as_deref().map_or(Ok(otherwise), |text| moment(text, timezone));
        let since = moment(&self.since, Timestamp::UNIX_EPOCH)?;
        let until = moment(&self.until, now)?;
        if since >= until {
            return Err(Unusable::because(format!("--since {since} is not before --until {until}: no call can be in between")));
        }
        Ok(Question {
            since: since.as_microsecond(),
            until: until.as_microsecond(),
            known_until: now.as_microsecond(),
            repeat_within_us: i64::try_from(self.repeat_within.as_micros()).unwrap_or(i64::MAX),
            alpha: self.alpha,
            draws: DRAWS.max((ENOUGH / self.alpha) as u32),
            seed: 0,
        })
    }

    /// The cases of the window, with those before and after that say who had called and who called again.
    async fn cases(&self, config: &Config, question: &Question) -> Result<Cases, Unusable> {
        let store = self.store(config.store.as_ref()).await?;
        let since = question.since.saturating_sub(question.repeat_within_us);
        let until = question.until.saturating_add(question.repeat_within_us);
        let all = store.count_analysed(since, until).await.map_err(Unusable::because)?;
        let progress = Progress::new("reading", all, self.quiet);
        let mut intake = Intake::new(config);
        let take = |record| {
            intake.take(record);
            progress.advance(1);
        };
        store.each_analysed(since, until, take).await.map_err(Unusable::because)?;
        Ok(intake.cases())
    }

    /// The store, which must be there: nothing is made by looking.
    async fn store(&self, configured: Option<&StoreUrl>) -> Result<Store, Unusable> {
        if let Some(url) = self.store.as_ref().or(configured) {
            return Store::connect(url).await.map_err(Unusable::because);
        }
        let file = self.data.join("cabrank.db");
        if !Path::new(&file).is_file() {
            let why = format!("there is no {}; --data names the directory in which the engine keeps its data", file.display());
            return Err(Unusable::because(why));
        }
        Store::open(&self.data).await.map_err(Unusable::because)
    }

    fn print(&self, analysis: &Analysis, question: &Question) -> io::Result<()> {
        let mut out = io::stdout().lock();
        if self.json {
            return writeln!(out, "{:#}", json(analysis, question));
        }
        document(analysis, question).print(&mut out, look())
    }
}

/// Whoever reads the standard output may have heard enough (`| head`).
fn heard(written: io::Result<()>) -> Result<(), Unusable> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Unusable::because(format!("the report cannot be written: {error}")))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

fn look() -> Look {
    let width = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(WIDTH);
    let plain = std::env::var_os("NO_COLOR").is_some_and(|set| !set.is_empty());
    Look { width, styled: io::stdout().is_terminal() && !plain }
}

fn moment(text: &str, timezone: &TimeZone) -> Result<Timestamp, Unusable> {
    let day = || text.parse::<Date>().ok()?.to_zoned(timezone.clone()).ok().map(|begin| begin.timestamp());
    let found = text.parse::<Timestamp>().ok().or_else(day);
    found.ok_or_else(|| Unusable::because(format!("`{text}` is no moment; give a day (2026-10-01) or 2026-10-01T06:00:00Z")))
}

fn time(text: &str) -> Result<SignedDuration, String> {
    let days = text.trim().strip_suffix('d').and_then(|days| days.trim().parse::<u16>().ok());
    let time = days.map(|days| SignedDuration::from_hours(i64::from(days) * 24)).or_else(|| text.parse().ok());
    let longest = SignedDuration::from_hours(366 * 24);
    time.filter(|time| time.is_positive() && *time <= longest)
        .ok_or_else(|| "give a time with its unit, up to 366d, as in 7d or 12h".to_owned())
}

fn alpha(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.001..=0.2).contains(share));
    share.ok_or_else(|| "give a number from 0.001 to 0.2, as in 0.05".to_owned())
}

/// A bar, when it takes long and a person watches.
struct Progress {
    bar: Option<ProgressBar>,
    since: Instant,
    done: AtomicU64,
}

impl Progress {
    fn new(doing: &'static str, all: u64, quiet: bool) -> Progress {
        let style = ProgressStyle::with_template("{msg} {wide_bar} {percent} % {eta}");
        let bar = || {
            let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(all).with_style(style).with_message(doing)
        };
        let wanted = !quiet && io::stderr().is_terminal();
        Progress { bar: wanted.then(bar), since: Instant::now(), done: AtomicU64::new(0) }
    }

    fn advance(&self, by: u64) {
        let done = self.done.fetch_add(by, Ordering::Relaxed) + by;
        if let Some(bar) = self.bar.as_ref().filter(|_| self.since.elapsed() > PATIENCE) {
            bar.set_position(done);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
