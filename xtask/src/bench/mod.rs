//! `cargo xtask bench`: speed, memory and size, beside the peers, in one run.
//!
//! Every figure is a median with its minimum; a bound is judged on the median. The machine's own
//! speed drifts, so ratios between columns of one run say more than a figure alone.

mod inputs;
mod measures;
mod peers;
mod report;

use std::fs;

use miette::{IntoDiagnostic as _, Result};
use xshell::Shell;

/// Measures everything, prints the table, and keeps it in `docs/` as Markdown, JSON and SVG.
pub(crate) fn run(sh: &Shell) -> Result<()> {
    let inputs = inputs::prepare(sh)?;
    let peers = peers::install(sh)?;
    let rows = measures::all(sh, &inputs, &peers)?;
    let table = report::markdown(&rows);
    println!("\n{table}");
    let docs = crate::root().join("docs");
    let json = serde_json::to_string_pretty(&report::json(&rows)).into_diagnostic()?;
    let page = format!("{INTRODUCTION}\n![the same as bars](benchmarks.svg)\n\n{table}");
    fs::write(docs.join("benchmarks.md"), page).into_diagnostic()?;
    fs::write(docs.join("benchmarks.json"), json + "\n").into_diagnostic()?;
    fs::write(docs.join("benchmarks.svg"), report::svg(&rows)).into_diagnostic()
}

const INTRODUCTION: &str = "\
# Benchmarks

Written by `cargo xtask bench`. Each figure is the median with the minimum in brackets; trust the
ratios, an absolute time does not travel. \"bare\" is rquickjs with nothing of ours around it: the
floor that the engine sets. JSC runs without its JIT, as in an iOS app; Node, Bun and Deno run the
same runner in `vm` contexts.
";
