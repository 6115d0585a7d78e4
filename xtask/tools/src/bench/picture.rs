//! The tables as one picture: how much of each bound is used up, and the peers beside ours.

use std::fmt::Write as _;

use super::{
    figures::number,
    report::{Report, Row, Verdict},
};

const WIDTH: f64 = 900.0;
const MARGIN: f64 = 24.0;

/// Where bars begin, and how long the longest is.
const START: f64 = 372.0;
const LENGTH: f64 = 400.0;

/// Where the bound stands on the scale of a gauge, as a part of its length.
const BOUND: f64 = 0.75;

const STYLE: &str = "\
text{fill:#1f2933} .title{font-size:17px;font-weight:600} .row{font-size:12.5px} \
.name{font-size:13px;font-weight:600} .small{font-size:11.5px;fill:#66727f} .track{fill:#eef1f4} \
.aim{fill:#2e9e6b} .must{fill:#3b76d8} .missed{fill:#d64545} .ours{fill:#3b76d8} .peer{fill:#bcc6d1} \
.bound{stroke:#1f2933;stroke-width:1.5} .goal{stroke:#1f2933;stroke-width:1;stroke-dasharray:2 2}";

/// The picture, as SVG.
pub(super) fn draw(report: &Report) -> String {
    let mut canvas = Canvas { body: String::new(), y: 40.0 };
    let rows: Vec<&Row> = report.rows.iter().map(|(_, row)| row).collect();
    canvas.title("What must hold", "the part of each bound that is used up: shorter is better");
    for row in &rows {
        canvas.gauge(row);
    }
    canvas.legend();
    canvas.y += 42.0;
    canvas.title("Beside the others", "each measure on its own scale: shorter is better");
    for row in rows.iter().filter(|row| row.ours.is_some() && !row.peers.is_empty()) {
        canvas.comparison(row);
    }
    let Canvas { body, y } = canvas;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {y:.0}\" width=\"{WIDTH}\" \
         height=\"{y:.0}\" font-family=\"system-ui, 'Segoe UI', Helvetica, Arial, sans-serif\">\n\
         <style>{STYLE}</style>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"10\" fill=\"#fff\"/>\n{body}</svg>\n"
    )
}

struct Canvas {
    body: String,
    y: f64,
}

impl Canvas {
    fn text(&mut self, (x, y): (f64, f64), class: &str, anchor: &str, text: &str) {
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        let _ = writeln!(
            self.body,
            r#"<text x="{x:.1}" y="{y:.1}" class="{class}" text-anchor="{anchor}">{text}</text>"#
        );
    }

    fn bar(&mut self, (y, height): (f64, f64), class: &str, length: f64) {
        let _ = writeln!(
            self.body,
            r#"<rect x="{START}" y="{y:.1}" width="{length:.1}" height="{height}" rx="2" class="{class}"/>"#
        );
    }

    fn line(&mut self, x: f64, class: &str) {
        let (top, bottom) = (self.y - 11.0, self.y + 5.0);
        let _ = writeln!(
            self.body,
            r#"<line x1="{x:.1}" x2="{x:.1}" y1="{top:.1}" y2="{bottom:.1}" class="{class}"/>"#
        );
    }

    fn title(&mut self, title: &str, about: &str) {
        self.text((MARGIN, self.y), "title", "start", title);
        self.text((WIDTH - MARGIN, self.y), "small", "end", about);
        self.y += 28.0;
    }

    /// One bound: how far the bar is from the line, and from the dashed line of the aim.
    fn gauge(&mut self, row: &Row) {
        let Some((must, ours)) = row.must.zip(row.ours) else { return };
        let Some(share) = row.share(must) else { return };
        let class = match row.verdict() {
            Verdict::Aim => "aim",
            Verdict::Missed => "missed",
            _ => "must",
        };
        let at = |share: f64| (share * BOUND).min(1.0) * LENGTH;
        self.text((START - 10.0, self.y), "row", "end", &row.name);
        self.bar((self.y - 10.0, 13.0), "track", LENGTH);
        self.bar((self.y - 10.0, 13.0), class, at(share).max(1.5));
        self.line(START + at(1.0), "bound");
        // On the scale of the bound, the aim stands where it would use up so much of it.
        if let Some(aim) = row.aim.and_then(|aim| row.share(aim)).filter(|aim| aim.is_finite()) {
            self.line(START + at(share / aim), "goal");
        }
        let figure = format!("{} {}", number(ours.median), row.unit);
        self.text((START + LENGTH + 10.0, self.y), "small", "start", &figure);
        self.y += 20.0;
    }

    fn legend(&mut self) {
        self.y += 6.0;
        let text = "line: must hold · dashed: aim · green: aim reached · blue: holds · red: missed";
        self.text((START, self.y), "small", "start", text);
    }

    /// Ours and the peers, on the scale of the slowest.
    fn comparison(&mut self, row: &Row) {
        let Some(ours) = row.ours else { return };
        self.text((MARGIN, self.y), "name", "start", &row.name);
        self.y += 20.0;
        let medians = row.peers.iter().map(|(_, figure)| figure.median);
        let largest = medians.fold(ours.median, f64::max).max(f64::MIN_POSITIVE);
        let engines = std::iter::once(("Background Runner", ours)).chain(row.peers.iter().copied());
        for (name, figure) in engines {
            let class = if name == "Background Runner" { "ours" } else { "peer" };
            let length = (figure.median / largest * LENGTH).max(1.5);
            self.text((START - 10.0, self.y + 2.0), "row", "end", name);
            self.bar((self.y - 8.0, 13.0), class, length);
            let times = number(figure.median / ours.median);
            let text = match class {
                "ours" => format!("{} {}", number(figure.median), row.unit),
                _ => format!("{} ({times}×)", number(figure.median)),
            };
            self.text((START + length + 8.0, self.y + 2.0), "small", "start", &text);
            self.y += 18.0;
        }
        self.y += 14.0;
    }
}
