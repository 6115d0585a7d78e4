//! One table of what was measured, as Markdown and as JSON.

use std::fmt;

use miette::{Report as Failure, Result, miette};
use serde_json::{Map, Value, json};
use xshell::{Shell, cmd};

use super::figures::{Bound, Figure, number};

const INTRODUCTION: &str = "\
# Benchmarks

Written by `cargo xtask bench`. Each figure is the median, with the minimum in brackets; engines that
stand in one row were measured in turns. A cold dispatch is the mean of some in a row, on one
processor: the clock of a process knows late what its threads do on another. Trust the ratios: an
absolute time does not travel. \"bare\" is rquickjs with nothing of ours around it, on the thread that
asks: the floor that the engine sets. JSC runs without its JIT, as in an iOS app; Node, Bun and Deno
run the same runner in `vm` contexts of one process. All four keep the compiled code of a bundle that
they load again, so they stand beside ours from bytecode.
";

/// One measure of ours, beside the same measure of the peers.
pub(super) struct Row {
    /// What is measured: `cold dispatch, small runner`.
    pub(super) name: String,
    /// The unit of every figure in the row: `µs`, `KiB`, `×`.
    pub(super) unit: &'static str,
    /// Ours; none when it could not be measured.
    pub(super) ours: Option<Figure>,
    /// The peers', by name.
    pub(super) peers: Vec<(&'static str, Figure)>,
    /// What must hold; none where the measure only informs.
    pub(super) must: Option<Bound>,
    /// What would be better still.
    pub(super) aim: Option<Bound>,
    /// Why there is no figure.
    pub(super) note: String,
}

/// What a row came to.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Verdict {
    /// The aim is reached too.
    Aim,
    /// What must hold holds.
    Must,
    /// It does not.
    Missed,
    /// There is a bound, but no figure for it.
    Open,
    /// The measure only informs.
    Informs,
}

impl Row {
    pub(super) fn new(name: impl Into<String>, unit: &'static str, ours: Option<Figure>) -> Self {
        let note = if ours.is_some() { "" } else { "there are no samples" }.to_owned();
        Self { name: name.into(), unit, ours, peers: Vec::new(), must: None, aim: None, note }
    }

    /// A row for what could not be measured.
    pub(super) fn missing(name: impl Into<String>, why: impl fmt::Display) -> Self {
        Self { note: why.to_string(), ..Self::new(name, "", None) }
    }

    pub(super) fn beside(self, peers: Vec<(&'static str, Figure)>) -> Self {
        Self { peers, ..self }
    }

    /// At most `must`, better at most `aim`.
    pub(super) fn at_most(self, must: f64, aim: f64) -> Self {
        Self { must: Some(Bound::AtMost(must)), aim: Some(Bound::AtMost(aim)), ..self }
    }

    /// At least `must`, better at least `aim`.
    pub(super) fn at_least(self, must: f64, aim: f64) -> Self {
        Self { must: Some(Bound::AtLeast(must)), aim: Some(Bound::AtLeast(aim)), ..self }
    }

    /// At most `must` times what the peer takes, better at most `aim` times.
    pub(super) fn against(self, peer: &'static str, must: f64, aim: f64) -> Self {
        let (must, aim) = (Bound::Ratio(must, peer), Bound::Ratio(aim, peer));
        Self { must: Some(must), aim: Some(aim), ..self }
    }

    pub(super) fn verdict(&self) -> Verdict {
        let Some(must) = self.must else {
            return if self.ours.is_some() { Verdict::Informs } else { Verdict::Open };
        };
        match (self.share(must), self.aim.and_then(|aim| self.share(aim))) {
            (Some(must), _) if must > 1.0 => Verdict::Missed,
            (Some(_), Some(aim)) if aim <= 1.0 => Verdict::Aim,
            (Some(_), _) => Verdict::Must,
            (None, _) => Verdict::Open,
        }
    }

    /// How much of a bound is used up: 1 is the bound itself, less is better.
    pub(super) fn share(&self, bound: Bound) -> Option<f64> {
        let ours = self.ours?.median;
        Some(match bound {
            Bound::AtMost(most) => ours / most,
            Bound::AtLeast(least) => least / ours,
            Bound::Ratio(most, peer) => {
                let peer = self.peers.iter().find(|(name, _)| *name == peer)?.1;
                ours / (most * peer.median)
            }
        })
    }

    fn ours(&self) -> String {
        self.ours.map_or_else(|| format!("**not measured**: {}", self.note), |it| it.to_string())
    }

    /// The peers' figures, each with its ratio to ours.
    fn beside_ours(&self) -> String {
        let ours = self.ours.map_or(f64::NAN, |figure| figure.median);
        let peers = self
            .peers
            .iter()
            .map(|(name, figure)| format!("{name} {figure} ({}×)", number(figure.median / ours)));
        peers.collect::<Vec<_>>().join(", ")
    }
}

/// The row in one line, as it is shown while the measuring goes on.
impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} {}", self.name, self.ours(), self.unit)?;
        if !self.peers.is_empty() {
            write!(f, "; {}", self.beside_ours())?;
        }
        if let Some(must) = self.must {
            write!(f, "; must {must}: {}", self.verdict().text())?;
        }
        Ok(())
    }
}

impl Verdict {
    fn text(self) -> &'static str {
        match self {
            Self::Aim => "yes, and the aim",
            Self::Must => "yes",
            Self::Missed => "**no**",
            Self::Open => "**open**",
            Self::Informs => "",
        }
    }
}

/// All rows, and what the table has to say about itself.
pub(super) struct Report {
    /// The group of each row, and the row.
    pub(super) rows: Vec<(&'static str, Row)>,
    /// What could not be had, and why.
    pub(super) missing: Vec<String>,
    machine: String,
}

impl Report {
    pub(super) fn new(sh: &Shell) -> Self {
        Self { rows: Vec::new(), missing: Vec::new(), machine: machine(sh) }
    }

    pub(super) fn add(&mut self, group: &'static str, rows: Vec<Row>) {
        self.rows.extend(rows.into_iter().map(|row| (group, row)));
    }

    /// The page for `docs/`.
    pub(super) fn page(&self) -> String {
        let picture = "![what must hold and what is measured, and the peers](benchmarks.svg)";
        let machine = &self.machine;
        format!("{INTRODUCTION}\nMeasured on {machine}.\n\n{picture}\n\n{}", self.markdown())
    }

    /// The table: a row a measure, the ratios of the peers' medians to ours in brackets.
    pub(super) fn markdown(&self) -> String {
        let mut text = String::from(
            "| measure | unit | ours | the peers (as often as ours) | must | aim | kept |\n\
             | --- | --- | ---: | --- | ---: | ---: | --- |\n",
        );
        let shown = |bound: Option<Bound>| bound.map_or_else(String::new, |it| it.to_string());
        for (_, row) in &self.rows {
            let cells = [
                row.name.clone(),
                row.unit.to_owned(),
                row.ours(),
                row.beside_ours(),
                shown(row.must),
                shown(row.aim),
                row.verdict().text().to_owned(),
            ];
            let cells = cells.map(|cell| cell.replace('|', "\\|").replace('\n', " "));
            text += &format!("| {} |\n", cells.join(" | "));
        }
        text += &format!("\n{}\n", self.summary());
        for missing in &self.missing {
            text += &format!("\n- {}\n", missing.replace('\n', " "));
        }
        text
    }

    fn count(&self, verdicts: &[Verdict]) -> usize {
        self.rows.iter().filter(|(_, row)| verdicts.contains(&row.verdict())).count()
    }

    fn summary(&self) -> String {
        let kept = self.count(&[Verdict::Aim, Verdict::Must]);
        let all = kept + self.count(&[Verdict::Missed, Verdict::Open]);
        let aims = self.count(&[Verdict::Aim]);
        let missing = if self.missing.is_empty() { "" } else { " What was **left out**:" };
        format!("{kept} of {all} bounds hold, {aims} reach their aim too.{missing}")
    }

    /// The same as JSON, for programs.
    pub(super) fn json(&self) -> Value {
        let figure = |it: &Figure| json!({"median": it.median, "minimum": it.minimum});
        let rows = self.rows.iter().map(|(group, row)| {
            let peers = row.peers.iter().map(|(name, it)| ((*name).to_owned(), figure(it)));
            json!({
                "group": group,
                "measure": row.name,
                "unit": row.unit,
                "ours": row.ours.as_ref().map(figure),
                "peers": peers.collect::<Map<_, _>>(),
                "must": row.must.map(|bound| bound.to_string()),
                "aim": row.aim.map(|bound| bound.to_string()),
                "shareOfMust": row.must.and_then(|bound| row.share(bound)),
                "note": row.note,
            })
        });
        json!({ "machine": self.machine, "missing": self.missing, "rows": rows.collect::<Value>() })
    }

    /// Fails when a bound does not hold, or could not be judged.
    pub(super) fn judge(&self) -> Result<()> {
        let bad = |(_, row): &&(_, Row)| matches!(row.verdict(), Verdict::Missed | Verdict::Open);
        let names: Vec<_> = self.rows.iter().filter(bad).map(|(_, row)| row.name.clone()).collect();
        if names.is_empty() {
            return Ok(());
        }
        let error: Failure = miette!("these bounds do not hold: {}", names.join("; "));
        Err(error)
    }
}

/// The processor, its cores, the system and the compiler.
fn machine(sh: &Shell) -> String {
    let cpu = sh.read_file("/proc/cpuinfo").unwrap_or_default();
    let model =
        cpu.lines().find_map(|line| Some(line.strip_prefix("model name")?.split_once(':')?.1));
    let model = model.map_or("an unknown processor", str::trim);
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let system = cmd!(sh, "uname -sm").quiet().read().unwrap_or_default();
    let compiler = cmd!(sh, "rustc --version").quiet().read().unwrap_or_default();
    format!("{model}, {cores} cores, {system}, {compiler}")
}
