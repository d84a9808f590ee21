//! Charts, drawn on the server: series of money in, the text of an SVG out. Nothing is read, and the clock is not asked.
//!
//! * [`result()`]: income, expense and result of each month or year. [`stacked()`]: what makes up the whole, over time.
//! * [`steps()`]: spent so far, day by day. [`line()`]: money at the end of each period. [`sparkline()`]: the same, tiny.
//! * [`standalone()`] makes a file of a chart, with its own colours.
//!
//! Every chart says in words what it shows, scales with its place, and takes its colours from the classes of `static/app.css`, so it follows
//! the theme. Those with a [`Width`] are drawn once for each: the page holds both and shows one. Nothing to draw is `None`.
//!
//! Inside, `canvas` holds one drawing, made by plotters, and `svg` writes it down; `ink` names the classes, `text` writes words,
//! `scale` finds round values, `time` names periods, `place` keeps words apart. Positions are whole tenths of a pixel, so that no float is needed.

mod canvas;
mod ink;
mod line;
mod place;
mod result;
mod scale;
mod sparkline;
mod stacked;
mod standalone;
mod steps;
mod svg;
mod text;
mod time;

pub use line::{Line, line};
pub use result::{Bar, result};
pub use sparkline::sparkline;
pub use stacked::{Series, Stack, stacked};
pub use standalone::standalone;
pub use steps::{Note, Steps, steps};

/// What a chart says in words, for those who do not see it.
#[derive(Debug, Clone)]
pub struct Words {
    /// Makes the ids of title and description unique on the page; the same one serves both widths. Letters, digits and `-`.
    pub id: String,
    /// What is shown, such as "Profit and loss by month, 2025".
    pub title: String,
    /// The finding, not the shape.
    pub description: String,
}

/// Which of a chart's two drawings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// For screens with room; has the class `wide-only`.
    Wide,
    /// For phones, 326 pixels wide; has the class `narrow-only`.
    Narrow,
}

/// How values are written at an axis.
pub struct Axis<'a> {
    /// Minor units of one whole unit: 100 for EUR, 1 for JPY, 1000 for KWD. Below 1 counts as 1.
    pub unit: i64,
    /// A value, in minor units, as text: whole units with the reader's marks.
    pub text: &'a dyn Fn(i64) -> String,
}

/// One period on the time axis; its value is that of its end.
#[derive(Debug, Clone, Default)]
pub struct Tick {
    /// Where only some periods have a label, it names all from here until the next label, such as a year its months, and stands in their
    /// middle. Where all have one, each stands under its own point. Labels that would collide are left out.
    pub label: Option<String>,
}

#[cfg(test)]
mod tests {
    //! All charts together: what holds for each of them, whatever it is given, and how a few of them look.

    use std::fmt::Write;

    use proptest::prelude::*;
    use roxmltree::{Document, Node};

    use super::place::{Area, Spot};
    use super::svg::GRAINS;
    use super::text::{Anchor, Tone};
    use super::*;

    /// The most that an amount can be, and more than anybody has.
    const HUGE: i64 = 1_000_000_000_000_000_000;
    const BYTES_MAX: usize = 20 * 1024;
    const BOTH: [Width; 2] = [Width::Wide, Width::Narrow];

    fn whole(minor: i64) -> String {
        let digits = (minor.unsigned_abs() / 100).to_string();
        let mut text = if minor < 0 {
            "−".to_owned()
        } else {
            String::new()
        };
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        text
    }

    fn signed(minor: i64) -> String {
        let sign = if minor > 0 { "+" } else { "" };
        format!("{sign}{}", whole(minor))
    }

    fn axis() -> Axis<'static> {
        Axis {
            unit: 100,
            text: &whole,
        }
    }

    fn words(title: &str) -> Words {
        Words {
            id: "chart".to_owned(),
            title: title.to_owned(),
            description: "What it finds.".to_owned(),
        }
    }

    fn bar(label: &str, income: i64, expense: i64) -> Bar {
        Bar {
            label: label.to_owned(),
            income,
            expense,
            result: income.saturating_sub(expense),
            result_text: signed(income.saturating_sub(expense)),
            unfinished: false,
        }
    }

    fn series(name: &str, colour: usize, values: &[i64]) -> Series {
        Series {
            name: name.to_owned(),
            colour,
            values: values.to_vec(),
            last_text: whole(values.last().copied().unwrap_or(0)),
        }
    }

    /// A year has its label at its first of `each` periods.
    fn ticks(count: usize, each: usize) -> Vec<Tick> {
        let label = |place: usize| {
            place
                .is_multiple_of(each)
                .then(|| (2016 + place / each).to_string())
        };
        (0..count).map(|place| Tick { label: label(place) }).collect()
    }

    /// Numbers that look like chance and are the same each time.
    fn noise(seed: u64, count: usize, from: i64, to: i64) -> Vec<i64> {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            from + i64::try_from(state >> 1).unwrap() % (to - from)
        };
        (0..count).map(|_| next()).collect()
    }

    fn cumulative(days: &[i64]) -> Vec<i64> {
        let mut sum = 0_i64;
        let add = |day: &i64| {
            sum = sum.saturating_add(*day);
            sum
        };
        days.iter().map(add).collect()
    }

    fn month(days: u32, now: &[i64], before: &[i64]) -> Steps {
        let (now, before) = (cumulative(now), cumulative(before));
        Steps {
            days,
            now_text: format!("October {}", whole(now.last().copied().unwrap_or(0))),
            before_text: format!("September {}", whole(before.last().copied().unwrap_or(0))),
            now,
            before,
            day_labels: [(1, "1 Oct"), (8, "8"), (15, "15"), (22, "22"), (29, "29")]
                .map(|(day, text)| (day, text.to_owned()))
                .into(),
            note: Some(Note {
                day: 3,
                text: "Rent, 895.00".to_owned(),
            }),
        }
    }

    // --- what holds for every chart -----------------------------------------------------------------

    /// Reads a chart as a browser does, and as a file.
    #[track_caller]
    fn check(svg: &str) {
        let document = Document::parse(svg).unwrap();
        let root = document.root_element();
        assert!(root.attribute("class").unwrap().starts_with("chart"));
        assert_eq!(root.attribute("role"), Some("img"));
        let children: Vec<_> = root.children().take(2).collect();
        let named: Vec<_> = children.iter().map(|one| one.tag_name().name()).collect();
        assert_eq!(named, ["title", "desc"]);
        let ids: Vec<_> = children.iter().map(|one| one.attribute("id").unwrap()).collect();
        assert_eq!(root.attribute("aria-labelledby").unwrap(), ids.join(" "));
        assert_eq!((root.attribute("width"), root.attribute("height")), (None, None));
        let view_box: Vec<i32> = root
            .attribute("viewBox")
            .unwrap()
            .split(' ')
            .map(|one| one.parse().unwrap())
            .collect();
        for node in root.descendants().filter(Node::is_element) {
            assert_eq!(node.attribute("style"), None);
            for (attribute, most) in [
                ("x", view_box[2]),
                ("y", view_box[3]),
                ("cx", view_box[2]),
                ("cy", view_box[3]),
            ] {
                if let Some(value) = node.attribute(attribute) {
                    let grains = grains(value);
                    assert!((0..=(most + 1) * GRAINS).contains(&grains), "{attribute}={value}");
                }
            }
            for attribute in ["width", "height", "r"] {
                if let Some(value) = node.attribute(attribute) {
                    assert!(grains(value) > 0, "{attribute}={value}");
                }
            }
            if let Some(path) = node.attribute("d") {
                let known = |one: char| "Mlhvz.- 0123456789".contains(one);
                assert!(path.starts_with('M') && path.chars().all(known), "{path}");
            }
        }
        let file = standalone(svg);
        let document = Document::parse(&file).unwrap();
        let root = document.root_element();
        assert_eq!(root.attribute("width"), Some(view_box[2].to_string().as_str()));
        assert!(
            root.descendants()
                .any(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "style")))
        );
    }

    /// `12.5` in drawing units.
    fn grains(number: &str) -> i32 {
        let (whole, tenth) = number.split_once('.').unwrap_or((number, "0"));
        let negative = number.starts_with('-');
        let whole: i32 = whole.trim_start_matches('-').parse().unwrap_or(0);
        let grains = whole * GRAINS + tenth.parse::<i32>().unwrap();
        if negative { -grains } else { grains }
    }

    /// Fails if two texts are so near that they could touch.
    #[track_caller]
    fn check_texts(svg: &str) {
        let document = Document::parse(svg).unwrap();
        let texts: Vec<(String, Area)> = document
            .descendants()
            .filter(|node| node.has_tag_name("text"))
            .map(|node| {
                let text: String = node
                    .children()
                    .filter(Node::is_text)
                    .filter_map(|one| one.text())
                    .collect();
                let tone = match node.attribute("class") {
                    Some("strong") => Tone::Strong,
                    Some("neg") => Tone::Negative,
                    _ => Tone::Plain,
                };
                let spot = Spot {
                    at: (
                        grains(node.attribute("x").unwrap()),
                        grains(node.attribute("y").unwrap()),
                    ),
                    anchor: match node.attribute("text-anchor") {
                        Some("middle") => Anchor::Middle,
                        Some("end") => Anchor::End,
                        _ => Anchor::Start,
                    },
                };
                let area = Area::of_text(&text, tone, spot);
                (text, area)
            })
            .collect();
        for (place, (text, area)) in texts.iter().enumerate() {
            for (other, other_area) in &texts[..place] {
                let title = document
                    .root_element()
                    .first_element_child()
                    .and_then(|title| title.text());
                assert!(
                    !area.meets(*other_area),
                    "{text:?} touches {other:?} in {title:?}"
                );
            }
        }
    }

    fn amount() -> impl Strategy<Value = i64> {
        prop_oneof![
            2 => -1_000_000..1_000_000_i64,
            2 => -200..200_i64,
            1 => -HUGE..=HUGE,
            1 => prop::sample::select(vec![0, HUGE, -HUGE, 1, -1]),
        ]
    }

    fn amounts(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<i64>> {
        prop_oneof![
            prop::collection::vec(amount(), count.clone()),
            prop::collection::vec(Just(0), count.clone()),
            prop::collection::vec(-500_000..2_000_000_i64, count),
        ]
    }

    fn name() -> impl Strategy<Value = String> {
        prop_oneof![
            "[A-Za-z][a-z]{2,14}",
            any::<String>(),
            Just("<b>&\"'\u{0}\u{b}]]>\u{ffff}".to_owned()),
            Just("Household and everything that goes with it".to_owned()),
        ]
    }

    fn unit() -> impl Strategy<Value = i64> {
        prop::sample::select(vec![1, 100, 1_000, 0, -5])
    }

    proptest! {
        #[test]
        fn bars_of_any_amounts_are_drawn(
            amounts in prop::collection::vec((amount(), amount(), any::<bool>()), 1..61),
            label in name(),
            unit in unit(),
        ) {
            let bars: Vec<_> = amounts
                .into_iter()
                .map(|(income, expense, unfinished)| Bar { unfinished, ..bar(&label, income, expense) })
                .collect();
            for width in BOTH {
                let axis = Axis { unit, text: &whole };
                check(&result(&words(&label), width, &axis, &bars).unwrap());
            }
        }

        #[test]
        fn stacks_of_any_amounts_are_drawn(
            all in prop::collection::vec((name(), amounts(0..30)), 1..13),
            periods in 1..30_usize,
            each in 1..13_usize,
            unit in unit(),
        ) {
            let all = all.iter().enumerate();
            let stack = Stack {
                periods: ticks(periods, each),
                series: all.map(|(colour, (name, values))| series(name, colour, values)).collect(),
            };
            for width in BOTH {
                let axis = Axis { unit, text: &whole };
                check(&stacked(&words("Money"), width, &axis, &stack).unwrap());
            }
        }

        #[test]
        fn months_of_any_amounts_are_drawn(
            now in amounts(0..32),
            before in amounts(0..32),
            days in 0..40_u32,
            day in 0..40_u32,
            text in name(),
        ) {
            let note = Some(Note { day, text: text.clone() });
            let month = Steps { note, ..month(days, &now, &before) };
            for width in BOTH {
                let drawn = steps(&words(&text), width, &axis(), &month);
                prop_assert_eq!(drawn.is_none(), now.is_empty() && before.is_empty());
                if let Some(svg) = drawn {
     check(&svg);
     }
            }
        }

        #[test]
        fn lines_of_any_amounts_are_drawn(values in amounts(1..131), each in 1..13_usize, unit in unit()) {
            let text = |place: usize| whole(values[place]);
            let shape = Line { periods: ticks(values.len(), each), values: values.clone(), text: &text };
            for width in BOTH {
                let axis = Axis { unit, text: &whole };
                check(&line(&words("Money"), width, &axis, &shape).unwrap());
            }
            let flat = values.iter().all(|value| value == &values[0]);
            let drawn = sparkline(&words("Money"), &values);
            prop_assert_eq!(drawn.is_none(), flat);
            if let Some(svg) = drawn {
     check(&svg);
     }
        }

        #[test]
        fn texts_never_touch(
            seed in any::<u64>(),
            count in 2..61_usize,
            size in prop::sample::select(vec![50_000_i64, 900_000, 40_000_000, 9_000_000_000]),
            each in 1..13_usize,
            day in 1..32_usize,
        ) {
            let incomes = noise(seed, count, -size / 9, size);
            let expenses = noise(seed ^ 1, count, -size / 9, size);
            let pairs = incomes.iter().zip(&expenses).enumerate();
            let bars: Vec<_> = pairs.map(|(place, (income, expense))| bar(&(1980 + place).to_string(), *income, *expense)).collect();
            let stack = Stack {
                periods: ticks(count, each),
                series: (1..=count.min(10))
                    .map(|colour| series("Household and all", colour, &noise(seed ^ 7 ^ colour as u64, count, -size / 3, size)))
                    .collect(),
            };
            let days = month(31, &noise(seed, day, -size / 20, size), &noise(seed ^ 3, 30, -size / 20, size));
            let text = |place: usize| whole(incomes[place]);
            let course = Line { periods: ticks(count, each), values: incomes.clone(), text: &text };
            for width in BOTH {
                check_texts(&result(&words("Result"), width, &axis(), &bars).unwrap());
                check_texts(&stacked(&words("Money"), width, &axis(), &stack).unwrap());
                check_texts(&steps(&words("Spent"), width, &axis(), &days).unwrap());
                check_texts(&line(&words("Money"), width, &axis(), &course).unwrap());
            }
        }

        #[test]
        fn bars_add_up_to_their_results(amounts in prop::collection::vec((-100_000..900_000_i64, -100_000..900_000_i64), 1..20)) {
            let bars: Vec<_> = amounts.iter().map(|(income, expense)| bar("", *income, *expense)).collect();
            let svg = result(&words("Result"), Width::Wide, &axis(), &bars).unwrap();
            let document = Document::parse(&svg).unwrap();
            let nodes: Vec<_> = document.root_element().children().collect();
            let of = |node: &Node<'_, '_>, name: &str| grains(node.attribute(name).unwrap());
            let zero = nodes.iter().find(|node| node.attribute("class") == Some("axis")).unwrap();
            let (_, from) = zero.attribute("d").unwrap().split_once(' ').unwrap();
            let zero = grains(from.split('h').next().unwrap());
            for dot in nodes.iter().filter(|node| node.has_tag_name("circle")) {
                let x = of(dot, "cx");
                let here = nodes.iter().filter(|node| {
                    node.has_tag_name("rect") && (of(node, "x")..=of(node, "x") + of(node, "width")).contains(&x)
                });
                let sum: i32 = here
                    .map(|node| {
                        let (top, height) = (of(node, "y"), of(node, "height"));
                        if top + height / 2 < zero { height } else { -height }
                    })
                    .sum();
                let result = zero - of(dot, "cy");
                prop_assert!((sum - result).abs() <= 3, "{sum} and {result}");
            }
        }
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        for width in BOTH {
            assert_eq!(result(&words(""), width, &axis(), &[]), None);
            let stack = Stack {
                periods: Vec::new(),
                series: vec![series("Fun", 1, &[1])],
            };
            assert_eq!(stacked(&words(""), width, &axis(), &stack), None);
            let stack = Stack {
                periods: ticks(3, 1),
                series: Vec::new(),
            };
            assert_eq!(stacked(&words(""), width, &axis(), &stack), None);
            assert_eq!(steps(&words(""), width, &axis(), &month(31, &[], &[])), None);
            let shape = Line {
                periods: Vec::new(),
                values: Vec::new(),
                text: &|_| String::new(),
            };
            assert_eq!(line(&words(""), width, &axis(), &shape), None);
        }
        assert_eq!(sparkline(&words(""), &[]), None);
        assert_eq!(sparkline(&words(""), &[5, 5]), None);
    }

    #[test]
    fn a_name_that_is_cut_can_be_read_whole() {
        let name = "Household <b>and everything that goes with it</b> & more";
        let stack = Stack {
            periods: ticks(5, 4),
            series: vec![series(name, 1, &[100; 5])],
        };
        let svg = stacked(&words("Money"), Width::Wide, &axis(), &stack).unwrap();
        let document = Document::parse(&svg).unwrap();
        let label = document
            .descendants()
            .find(|node| node.text().is_some_and(|text| text == name))
            .unwrap();
        assert!(label.has_tag_name("title"));
        let shown = label.parent().unwrap().last_child().unwrap().text().unwrap();
        assert!(shown.starts_with("Household") && shown.ends_with('…'), "{shown}");
        assert!(!svg.contains("<b>"));
    }

    #[test]
    fn ten_years_of_ten_series_are_small() {
        for low in [0, -90_000_000] {
            let all = (1..=10).map(|colour| {
                let values = noise(colour as u64, 120, low, 100_000_000);
                series("Household and all", colour, &values)
            });
            let stack = Stack {
                periods: ticks(120, 12),
                series: all.collect(),
            };
            let incomes = noise(1, 60, 1_000, 900_000_000);
            let bars: Vec<_> = incomes
                .iter()
                .map(|income| bar("2026", *income, income / 2))
                .collect();
            let values = noise(2, 130, low, 100_000_000);
            let text = |place: usize| whole(values[place]);
            let course = Line {
                periods: ticks(130, 12),
                values: values.clone(),
                text: &text,
            };
            for width in BOTH {
                for svg in [
                    stacked(&words("Money"), width, &axis(), &stack),
                    result(&words("Result"), width, &axis(), &bars),
                    line(&words("Money"), width, &axis(), &course),
                ] {
                    let length = svg.unwrap().len();
                    assert!(length <= BYTES_MAX, "{length} bytes, {width:?}");
                }
            }
        }
    }

    // --- how they look --------------------------------------------------------------------------------

    /// Both drawings, one shape a line.
    fn both(draw: impl Fn(Width) -> Option<String>) -> String {
        let mut text = String::new();
        for width in BOTH {
            let svg = draw(width).unwrap();
            check(&svg);
            check_texts(&svg);
            writeln!(text, "{}", svg.replace("><", ">\n<")).unwrap();
        }
        text
    }

    #[test]
    fn result_of_years() {
        let mut bars = vec![
            bar("2022", 2_705_240, 2_383_640),
            bar("2023", 2_510_260, 3_709_403),
            bar("2024", 3_247_140, 2_391_600),
            bar("2025", 3_515_570, 2_622_991),
            bar("2026", -40_000, -10_000),
        ];
        bars[4].unfinished = true;
        insta::assert_snapshot!(both(|width| result(
            &words("Profit and loss by year"),
            width,
            &axis(),
            &bars
        )));
    }

    #[test]
    fn stack_of_buckets() {
        let stack = Stack {
            periods: ticks(9, 4),
            series: vec![
                series(
                    "Necessities",
                    1,
                    &[70, 90, 110, 120, 100, 100, 210, 100, 30].map(|one| one * 1_000),
                ),
                series(
                    "Economy",
                    2,
                    &[40, 80, 120, 180, 240, 140, 170, 50, 6].map(|one| one * 1_000),
                ),
                series(
                    "Fun",
                    4,
                    &[5, 5, -20, -30, 10, 10, 40, 10, -5].map(|one| one * 1_000),
                ),
            ],
        };
        insta::assert_snapshot!(both(|width| stacked(
            &words("Money by bucket"),
            width,
            &axis(),
            &stack
        )));
    }

    #[test]
    fn steps_of_a_month_that_is_not_over() {
        let month = month(
            31,
            &[1_100, 1_200, 89_500, 0, 3_400, 0, 1_900, -300, 8_000],
            &noise(5, 30, 0, 14_000),
        );
        insta::assert_snapshot!(both(|width| steps(
            &words("Spent so far"),
            width,
            &axis(),
            &month
        )));
    }

    #[test]
    fn steps_of_a_whole_month() {
        let month = month(31, &noise(4, 31, 0, 14_000), &noise(5, 30, 0, 14_000));
        insta::assert_snapshot!(both(|width| steps(
            &words("Spent so far"),
            width,
            &axis(),
            &month
        )));
    }

    #[test]
    fn line_of_months() {
        let values = noise(6, 24, -40_000, 300_000);
        let text = |place: usize| whole(values[place]);
        let shape = Line {
            periods: ticks(24, 12),
            values: values.clone(),
            text: &text,
        };
        insta::assert_snapshot!(both(|width| line(&words("Money"), width, &axis(), &shape)));
    }

    #[test]
    fn line_far_from_zero() {
        let values = [939_000, 941_000, 935_000, 928_000, 957_000];
        let text = |place: usize| whole(values[place]);
        let shape = Line {
            periods: ticks(5, 1),
            values: values.to_vec(),
            text: &text,
        };
        insta::assert_snapshot!(both(|width| line(&words("Money"), width, &axis(), &shape)));
    }

    #[test]
    fn sparkline_as_a_file() {
        let svg = sparkline(&words("Money"), &[1_570, 2_030, 3_390, 3_600, 460]).unwrap();
        insta::assert_snapshot!(standalone(&svg).replace("><", ">\n<"));
    }
}
