//! Draws what the order of service does to two classes of callers, the more the agents are loaded:
//! `cargo run --release -p cabrank-sim --example order_of_service -- sim/figures/order-of-service.svg`

use cabrank_core::{ClassId, Order, QueueId, Span};
use cabrank_sim::chance::Law;
use cabrank_sim::statistics::mean;
use cabrank_sim::study::{Source, Study, Wait, plain_agents, plain_desk, plain_queue};
use plotters::coord::Shift;
use plotters::prelude::*;
use std::error::Error;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

const AGENTS: usize = 10;
const HANDLE: Span = Span::secs(180);
const TARGETS: [Span; 2] = [Span::secs(20), Span::secs(60)];
const CALLS: f64 = 200_000.0;
const SEED: u64 = 1;
const LOADS_PERCENT: [u32; 10] = [70, 74, 78, 82, 86, 88, 90, 92, 94, 96];

/// To be read on a white page and on a black one.
const INK: RGBColor = RGBColor(125, 133, 144);
const CLASSES: [(RGBColor, &str); 2] =
    [(RGBColor(47, 129, 247), "target 20 s, 4 of 10 callers"), (RGBColor(219, 109, 40), "target 60 s")];

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("usage: order_of_service FILE.svg")?;
    let root = SVGBackend::new(&path, (760, 540)).into_drawing_area();
    let (title, panels) = root.split_vertically(48);
    title.titled("Mean wait by load: 10 agents, talks of 3 minutes", ink(18))?;
    legend(&title)?;
    for (panel, order) in panels.split_evenly((2, 2)).iter().zip(Order::ALL) {
        draw(panel, *order)?;
    }
    root.present()?;
    Ok(())
}

fn draw(panel: &Area, order: Order) -> Result<(), Box<dyn Error>> {
    let mut chart = ChartBuilder::on(panel)
        .caption(order.name(), ink(15))
        .margin(8)
        .x_label_area_size(22)
        .y_label_area_size(44)
        .build_cartesian_2d(70_u32..96, (1.0_f64..1000.0).log_scale())?;
    chart
        .configure_mesh()
        .x_labels(6)
        .y_labels(4)
        .x_label_formatter(&|load| format!("{load} %"))
        .y_label_formatter(&|wait| format!("{wait:.0} s"))
        .label_style(ink(12))
        .axis_style(INK)
        .bold_line_style(INK.mix(0.35))
        .light_line_style(TRANSPARENT)
        .draw()?;
    let waits = LOADS_PERCENT.map(|load| (load, mean_waits_s(order, f64::from(load) / 100.0)));
    for (class, (colour, _)) in CLASSES.iter().enumerate() {
        let points = waits.map(|(load, waits)| (load, waits[class]));
        // The first is wide enough to be seen beneath the second where both are the same.
        let width = if class == 0 { 5 } else { 2 };
        chart.draw_series(LineSeries::new(points, colour.stroke_width(width)))?;
        chart.draw_series(points.map(|point| Circle::new(point, width, colour.filled())))?;
    }
    Ok(())
}

fn legend(title: &Area) -> Result<(), Box<dyn Error>> {
    for ((colour, name), x) in CLASSES.iter().zip([210, 440]) {
        title.draw(&PathElement::new([(x, 36), (x + 22, 36)], colour.stroke_width(3)))?;
        title.draw(&Text::new(*name, (x + 30, 29), ink(14)))?;
    }
    Ok(())
}

fn ink<'a>(size: u32) -> TextStyle<'a> {
    ("sans-serif", size).into_font().color(&INK)
}

/// By class.
fn mean_waits_s(order: Order, load: f64) -> [f64; 2] {
    let waits = study(order, load).run(SEED).expect("the desk takes the settings").waits();
    [0, 1].map(|class| {
        let of_class = |wait: &&Wait| wait.class == ClassId(class);
        mean(&waits.iter().filter(of_class).map(|wait| wait.waited.0 as f64 / 1e6).collect::<Vec<_>>())
    })
}

fn study(order: Order, load: f64) -> Study {
    let rate = load * AGENTS as f64 / HANDLE.0 as f64;
    let source = |(class, share): (u8, f64)| Source {
        queue: QueueId(0),
        class: ClassId(class),
        between: Law::Exponential { mean: Span((1.0 / rate / share) as u64) },
        handle: Law::Exponential { mean: HANDLE },
        patience: None,
    };
    Study {
        settings: plain_desk(vec![plain_queue(order, &TARGETS)], plain_agents(AGENTS, 1)),
        sources: [(0, 0.4), (1, 0.6)].map(source).to_vec(),
        speeds: Vec::new(),
        open_for: Span((CALLS / rate) as u64),
    }
}
