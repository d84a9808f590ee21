//! A chart as a file of its own, without the app's stylesheet.

/// What `static/app.css` says of charts, with its light colours; a test holds one against the other.
const STYLE: &str = "\
.chart{font-family:system-ui,-apple-system,\"Segoe UI\",Roboto,\"Noto Sans\",sans-serif}
.chart text{fill:#475158;font-size:12px;font-variant-numeric:tabular-nums}
.chart .faint{fill:#5f686f}
.chart .strong{fill:#1b2226;font-weight:600}
.chart .neg{fill:#ad3317;font-weight:600}
.chart .grid{stroke:#e6e3db;stroke-width:1;shape-rendering:crispEdges}
.chart .axis{stroke:#868e93;stroke-width:1;shape-rendering:crispEdges}
.chart .in{fill:#17746d}
.chart .out{fill:#cb6a40}
.chart .part{opacity:0.55}
.chart .net{fill:#1b2226;stroke:#ffffff;stroke-width:2}
.chart .netline{fill:none;stroke:#1b2226;stroke-width:1.5}
.chart .trend{fill:none;stroke:#17746d;stroke-width:2;stroke-linejoin:round;vector-effect:non-scaling-stroke}
.chart .under{fill:#17746d;opacity:0.12}
.chart .before{fill:none;stroke:#868e93;stroke-width:1.5;stroke-dasharray:4 3}
.chart .spent{fill:none;stroke:#cb6a40;stroke-width:2;stroke-linejoin:round}
.chart .spent-under{fill:#cb6a40;opacity:0.1}
.chart .band{stroke:#ffffff;stroke-width:1;stroke-linejoin:round}
.chart .tick{stroke:#ffffff;stroke-width:1;opacity:0.5}
.chart .lead{fill:none;stroke:#868e93;stroke-width:1}
.chart .f1{fill:#175a8c}
.chart .f2{fill:#e16a3c}
.chart .f3{fill:#65a07b}
.chart .f4{fill:#6e4300}
.chart .f5{fill:#9d59bc}
.chart .f6{fill:#528083}
.chart .f7{fill:#003b69}
.chart .f8{fill:#a383bc}
.chart .f9{fill:#616847}
.chart .f10{fill:#4e2e24}
";

/// The same chart as a file: with its size, its colours on white ground, and its fonts. `svg` is what a function of this module gave; other text
/// only gets the XML declaration.
#[must_use]
pub fn standalone(svg: &str) -> String {
    const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    let Some((attributes, content, size)) = parts(svg) else {
        return format!("{DECLARATION}{svg}");
    };
    let (title, shapes) = content.split_once("</desc>").unwrap_or((content, ""));
    let (width, height) = size;
    format!(
        "{DECLARATION}<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\"{attributes}>\
         {title}</desc><style>\n{STYLE}</style><rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>{shapes}\n"
    )
}

/// The attributes, what is inside, and the size that the view box says.
fn parts(svg: &str) -> Option<(&str, &str, (&str, &str))> {
    let (attributes, content) = svg.strip_prefix("<svg")?.split_once('>')?;
    let (_, view_box) = attributes.split_once("viewBox=\"0 0 ")?;
    let (size, _) = view_box.split_once('"')?;
    Some((attributes, content, size.split_once(' ')?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const CSS: &str = include_str!("../../static/app.css");

    /// The value of a custom property, in light colours.
    fn token(name: &str) -> String {
        let (_, rest) = CSS.split_once(&format!("{name}: ")).unwrap();
        let value = rest.split(';').next().unwrap();
        value
            .strip_prefix("light-dark(")
            .map_or(value, |two| two.split(',').next().unwrap())
            .to_owned()
    }

    /// A rule without spaces that say nothing, and with tokens as what they stand for.
    fn plain(rule: &str) -> String {
        let mut rule = rule.trim().to_owned();
        while let Some((before, rest)) = rule.split_once("var(") {
            let (name, after) = rest.split_once(')').unwrap();
            rule = format!("{before}{}{after}", token(name));
        }
        for (long, short) in [
            (" {", "{"),
            ("{ ", "{"),
            (": ", ":"),
            ("; }", "}"),
            ("; ", ";"),
            (", ", ","),
        ] {
            rule = rule.replace(long, short);
        }
        rule
    }

    #[test]
    fn colours_are_those_of_the_stylesheet() {
        let mut expected = BTreeSet::new();
        for line in CSS.lines() {
            // What is indented holds on some screens only.
            if line.starts_with(".chart ") && !line.starts_with(".chart {") {
                expected.insert(plain(line));
            }
            for rule in line.split_inclusive('}') {
                if let Some(rest) = rule.trim().strip_prefix(":is(.bar, .chart) ") {
                    expected.insert(plain(&format!(".chart {rest}")));
                }
            }
        }
        assert!(expected.len() > 25);
        expected.insert(plain(".chart { font-family: var(--font); }"));
        let ours: BTreeSet<_> = STYLE.lines().map(str::to_owned).collect();
        assert_eq!(ours, expected);
        assert_eq!(token("--surface"), "#ffffff"); // the ground
    }

    #[test]
    fn other_text_only_gets_a_declaration() {
        for text in ["", "<svg", "<svg>", "<p>"] {
            assert!(standalone(text).ends_with(text));
        }
    }
}
