use super::*;
use jiff::civil::date;
use proptest::prelude::*;

const HOSTILE: &str = "</svg><script>x</script>\"&\u{1b}";

fn words() -> Words {
    Words { title: HOSTILE.to_owned(), description: "what it shows".to_owned() }
}

/// A picture is one element, with words for who cannot see it, of which no name and no number breaks out.
fn assert_is_picture(svg: &str) {
    assert!(svg.starts_with("<svg class=\"chart\"") && svg.trim_end().ends_with("</svg>"), "{svg}");
    assert_eq!([svg.matches("<svg").count(), svg.matches("</svg>").count(), svg.matches("<desc>").count()], [1; 3], "{svg}");
    assert!(!svg.contains("<script") && !svg.contains('\u{1b}') && !svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    assert!(!svg.contains("#0102"), "a stand-in is left");
}

fn any_points() -> impl Strategy<Value = Vec<(f64, f64)>> {
    prop::collection::vec((prop::num::f64::ANY, prop::num::f64::ANY), 0..12)
}

fn line_chart(x: Axis, points: Vec<(f64, f64)>, marked: bool) -> LineChart {
    let band = points.iter().map(|(x, y)| (*x, *y, y + 1.0)).collect();
    LineChart {
        words: words(),
        x,
        y: Axis::Number("callers".to_owned()),
        y_span: None,
        x_span: None,
        reference: points.first().map(|(_, level)| Reference::Level(HOSTILE.to_owned(), *level)),
        uncounted_until: points.last().map(|(x, _)| *x),
        series: vec![Series { name: HOSTILE.to_owned(), points, band, marked }],
    }
}

proptest! {
    #[test]
    fn whatever_the_numbers_a_picture_comes_of_it(points in any_points(), marked: bool) {
        for x in [Axis::Share, Axis::Number("s".to_owned()), Axis::Clock(date(2026, 11, 20).at(23, 59, 59, 0))] {
            assert_is_picture(&line_chart(x, points.clone(), marked).to_svg());
        }
        let bar = |(value, high): &(f64, f64)| {
            Bar { name: HOSTILE.to_owned(), value: *value, interval: Some((*value, *high)), told: HOSTILE.to_owned() }
        };
        assert_is_picture(&Bars { words: words(), bars: points.iter().map(bar).collect(), reference: None }.to_svg());
        let group = Group { name: HOSTILE.to_owned(), values: points.iter().map(|(x, _)| *x).collect() };
        assert_is_picture(&Dots { words: words(), axis: Axis::Share, groups: vec![group] }.to_svg());
        let marks = [Mark::Beaten, Mark::Front, Mark::Best].into_iter().cycle();
        let point = |((x, y), mark): (&(f64, f64), Mark)| {
            Point { x: *x, y: *y, x_ci95: Some((*y, *x)), y_ci95: None, mark, name: HOSTILE.to_owned() }
        };
        let axis = || (Axis::Number(String::new()), HOSTILE.to_owned());
        let points = points.iter().zip(marks).map(point).collect();
        assert_is_picture(&Scatter { words: words(), x: axis(), y: axis(), points, limit: Some((HOSTILE.to_owned(), 0.0)) }.to_svg());
    }
}

#[test]
fn thousands_of_points_are_thinned() {
    let points: Vec<(f64, f64)> = (0..50_000).map(|n| (f64::from(n), f64::from(n % 97))).collect();
    let mut chart = line_chart(Axis::Number("s".to_owned()), points, false);
    chart.series[0].band.clear();
    assert!(chart.to_svg().len() < 30_000);
}

/// A line drawn through known places: the picture has them.
#[test]
fn a_line_goes_where_its_points_are() {
    let mut chart = line_chart(Axis::Share, vec![(0.0, 0.0), (1.0, 1.0)], false);
    (chart.series[0].name, chart.reference, chart.uncounted_until) = (String::new(), None, None);
    (chart.x_span, chart.y_span) = (Some((0.0, 1.0)), Some((0.0, 1.0)));
    chart.series[0].band.clear();
    let svg = chart.to_svg();
    // From the lower left corner of the field to the upper right one, four units a pixel.
    assert!(svg.contains("points=\"256,1072 2288,48 \""), "{svg}");
}
