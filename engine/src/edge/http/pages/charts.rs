//! The last hour as charts, drawn as the simulator's reports are.

use super::super::problem::Problem;
use super::super::server::Api;
use super::guest::Guest;
use super::texts::ENGLISH;
use crate::board::{Curve, Moment};
use axum::response::Html;
use cabrank_sim::charts::{Axis, LineChart, Series, Words};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// At least so much is shown, in seconds, however short the desk has been open.
const SHOWN_MIN_S: f64 = 300.0;
/// So few callers are shown one by one.
const WHOLE_MAX: f64 = 5.0;
/// Slots in a minute.
const A_MINUTE: usize = 6;

/// The charts of the last hour, HTML.
pub(super) async fn drawn(guest: Guest) -> Result<Html<String>, Problem> {
    Ok(Html(of(&guest.api).await?))
}

/// The charts of the last hour, to stand in a page.
pub(super) async fn of(api: &Api) -> Result<String, Problem> {
    let curve = api.board().curve(None).await?;
    let begins = civil(&curve, api.zone());
    Ok([waiting(&curve, begins), flow(&curve, begins)].map(|chart| figure(&chart)).concat())
}

fn figure(chart: &LineChart) -> String {
    // The words were escaped where they were drawn; these are our own.
    format!("<figure tabindex=\"0\"><figcaption>{}</figcaption>{}</figure>", chart.words.title, chart.to_svg())
}

fn civil(curve: &Curve, zone: &TimeZone) -> DateTime {
    let begins: Timestamp = curve.begins.parse().unwrap_or(Timestamp::UNIX_EPOCH);
    begins.to_zoned(zone.clone()).datetime()
}

/// From a little before the first call on.
fn span(curve: &Curve) -> (f64, f64) {
    let every = f64::from(curve.every_s);
    let end = every * curve.moments.len() as f64;
    let first = curve.moments.iter().position(|moment| moment.joined + moment.waiting > 0).unwrap_or(curve.moments.len());
    ((every * first as f64).min(end - SHOWN_MIN_S).max(0.0), end)
}

fn points(curve: &Curve, of: impl Fn(&Moment) -> u64) -> Vec<(f64, f64)> {
    let (from, _) = span(curve);
    let ends = curve.moments.iter().zip(1_u32..);
    let all = ends.map(|(moment, n)| (f64::from(n * curve.every_s), of(moment) as f64));
    all.filter(|(at, _)| *at >= from).collect()
}

/// By the minute: what happens in ten seconds is mostly chance.
fn a_minute(curve: &Curve, of: impl Fn(&Moment) -> u64) -> Vec<(f64, f64)> {
    let (from, _) = span(curve);
    let minutes = curve.moments.chunks(A_MINUTE).zip(1_u32..);
    let all = minutes.map(|(minute, n)| (f64::from(n * 60), minute.iter().map(&of).sum::<u64>() as f64));
    all.filter(|(at, _)| *at >= from).collect()
}

fn chart(curve: &Curve, begins: DateTime, words: (&str, &str), series: Vec<Series>) -> LineChart {
    LineChart {
        words: Words { title: words.0.to_owned(), description: words.1.to_owned() },
        x: Axis::Clock(begins),
        y: Axis::Number(String::new()),
        y_span: height(&series),
        x_span: Some(span(curve)),
        series,
        reference: None,
        uncounted_until: None,
    }
}

/// Callers come whole: a chart of few is not stretched until halves of them show.
fn height(series: &[Series]) -> Option<(f64, f64)> {
    let most = series.iter().flat_map(|series| &series.points).map(|(_, callers)| *callers).fold(0.0, f64::max);
    (most <= WHOLE_MAX).then_some((0.0, WHOLE_MAX))
}

fn waiting(curve: &Curve, begins: DateTime) -> LineChart {
    let now = curve.moments.last().map_or(0, |moment| moment.waiting);
    let most = curve.moments.iter().map(|moment| moment.waiting).max().unwrap_or(0);
    let description = ENGLISH.about_chart_waiting(now, most);
    let line = Series { points: points(curve, |moment| moment.waiting), ..Series::default() };
    chart(curve, begins, (ENGLISH.chart_waiting, &description), vec![line])
}

fn flow(curve: &Curve, begins: DateTime) -> LineChart {
    let line =
        |name: &str, of: fn(&Moment) -> u64| Series { name: name.to_owned(), points: a_minute(curve, of), ..Series::default() };
    let series = vec![
        line(ENGLISH.chart_joined, |moment| moment.joined),
        line(ENGLISH.chart_answered, |moment| moment.answered),
        line(ENGLISH.chart_lost, |moment| moment.lost),
    ];
    chart(curve, begins, (ENGLISH.chart_flow, ENGLISH.about_chart_flow), series)
}
