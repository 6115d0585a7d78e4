//! One table of what was measured: Markdown, JSON and a picture.

use std::fmt::Write as _;

use serde_json::{Value, json};

/// One measure of ours, beside the same measure of the peers.
pub(super) struct Row {
    /// What is measured: `cold dispatch, small`.
    pub(super) name: String,
    /// The unit of every figure in the row: `µs`, `KiB`, `x`.
    pub(super) unit: &'static str,
    /// Ours.
    pub(super) ours: Figure,
    /// The peers', by name.
    pub(super) peers: Vec<(&'static str, Figure)>,
    /// What must hold; `None` where the measure only informs.
    pub(super) must: Option<Must>,
}

/// A figure taken several times.
#[derive(Clone, Copy)]
pub(super) struct Figure {
    pub(super) median: f64,
    pub(super) minimum: f64,
}

/// A bound that the measure keeps, or does not.
#[derive(Clone, Copy)]
pub(super) enum Must {
    /// The median is at most this, in the row's unit.
    AtMost(f64),
    /// The median is at least this.
    AtLeast(f64),
    /// The median is at most this many times the median of that peer.
    Ratio(f64, &'static str),
}

impl Figure {
    /// The median and the minimum of some samples; zero of none.
    pub(super) fn of(mut samples: Vec<f64>) -> Self {
        samples.sort_by(f64::total_cmp);
        Self {
            median: samples.get(samples.len() / 2).copied().unwrap_or_default(),
            minimum: samples.first().copied().unwrap_or_default(),
        }
    }

    /// A figure that was taken once.
    pub(super) fn once(value: f64) -> Self {
        Self { median: value, minimum: value }
    }

    fn show(self) -> String {
        if (self.median - self.minimum).abs() < f64::EPSILON {
            number(self.median)
        } else {
            format!("{} [{}]", number(self.median), number(self.minimum))
        }
    }
}

impl Row {
    /// Whether the row keeps its bound; `None` without one, or without the peer that it names.
    fn verdict(&self) -> Option<bool> {
        let ours = self.ours.median;
        Some(match self.must? {
            Must::AtMost(bound) => ours <= bound,
            Must::AtLeast(bound) => ours >= bound,
            Must::Ratio(bound, peer) => ours <= bound * self.peer(peer)?.median,
        })
    }

    fn peer(&self, name: &str) -> Option<Figure> {
        self.peers.iter().find(|(known, _)| *known == name).map(|(_, figure)| *figure)
    }

    fn bound(&self) -> String {
        match self.must {
            None => String::new(),
            Some(Must::AtMost(bound)) => format!("≤ {}", number(bound)),
            Some(Must::AtLeast(bound)) => format!("≥ {}", number(bound)),
            Some(Must::Ratio(bound, peer)) => format!("≤ {}× {peer}", number(bound)),
        }
    }
}

/// The table in Markdown: a row a measure, `median [minimum]` in each cell, ratios to ours behind.
pub(super) fn markdown(rows: &[Row]) -> String {
    let mut text = String::from(
        "| measure | unit | ours | peers (ratio of medians, peer to ours) | must | kept |\n\
         | --- | --- | ---: | --- | ---: | --- |\n",
    );
    for row in rows {
        let peers: Vec<_> = row
            .peers
            .iter()
            .map(|(name, figure)| {
                let ratio = number(figure.median / row.ours.median);
                format!("{name} {} ({ratio}×)", figure.show())
            })
            .collect();
        let kept = row.verdict().map_or("", |kept| if kept { "yes" } else { "**no**" });
        let (name, unit, ours) = (&row.name, row.unit, row.ours.show());
        let _ = writeln!(
            text,
            "| {name} | {unit} | {ours} | {} | {} | {kept} |",
            peers.join(", "),
            row.bound()
        );
    }
    text
}

/// The same as JSON, for programs.
pub(super) fn json(rows: &[Row]) -> Value {
    let figure = |figure: Figure| json!({"median": figure.median, "minimum": figure.minimum});
    rows.iter()
        .map(|row| {
            let peers: serde_json::Map<_, _> =
                row.peers.iter().map(|(name, f)| ((*name).to_owned(), figure(*f))).collect();
            json!({
                "measure": row.name,
                "unit": row.unit,
                "ours": figure(row.ours),
                "peers": peers,
                "must": row.bound(),
                "kept": row.verdict(),
            })
        })
        .collect()
}

const WIDTH: f64 = 860.0;
const LABELS: f64 = 250.0;
const BAR: f64 = 18.0;

/// Bars of every row that has peers, each row on its own scale.
pub(super) fn svg(rows: &[Row]) -> String {
    let mut body = String::new();
    let mut y = 34.0;
    for row in rows.iter().filter(|row| !row.peers.is_empty()) {
        let _ = writeln!(
            body,
            r#"<text x="12" y="{y}" class="name">{} ({})</text>"#,
            row.name, row.unit
        );
        y += 8.0;
        let largest =
            row.peers.iter().map(|(_, f)| f.median).fold(row.ours.median, f64::max).max(1e-9);
        let ours = std::iter::once(("Background Runner", row.ours));
        for (name, figure) in ours.chain(row.peers.iter().copied()) {
            bar(&mut body, y, name, figure, largest);
            y += BAR + 4.0;
        }
        y += 28.0;
    }
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" font-family="sans-serif" font-size="13">
<style>.name{{font-weight:600}} .ours{{fill:#2f6fdf}} .peer{{fill:#b9c2cf}} text{{fill:#222}}</style>
<rect width="100%" height="100%" fill="#fff"/>
{body}</svg>
"##
    )
}

fn bar(body: &mut String, y: f64, name: &str, figure: Figure, largest: f64) {
    let width = (figure.median / largest * (WIDTH - LABELS - 130.0)).max(1.0);
    let class = if name == "Background Runner" { "ours" } else { "peer" };
    let text = y + BAR - 5.0;
    let _ = writeln!(
        body,
        r#"<text x="{:.0}" y="{text:.0}" text-anchor="end">{name}</text><rect class="{class}" x="{LABELS}" y="{y:.0}" width="{width:.1}" height="{BAR}"/><text x="{:.1}" y="{text:.0}">{}</text>"#,
        LABELS - 8.0,
        LABELS + width + 6.0,
        figure.show()
    );
}

/// Three significant digits, thousands apart.
fn number(value: f64) -> String {
    let digits = match value.abs() {
        x if x >= 100.0 => 0,
        x if x >= 10.0 => 1,
        _ => 2,
    };
    let text = format!("{value:.digits$}");
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), ""), |(w, f)| (w, f));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        let left = whole.len() - index;
        if index > 0 && left.is_multiple_of(3) && !grouped.ends_with('-') {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if fraction.is_empty() { grouped } else { format!("{grouped}.{fraction}") }
}
