//! `cargo xtask bench`: speed, memory and size, beside the peers, in one run.
//!
//! What is measured comes in groups; one that fails leaves a row that says why, and the others go
//! on. After each group the tables are kept, so that nothing measured is lost: those of a full run in
//! `docs/`, those of some groups beside the build results.

mod declarations;
mod dispatches;
mod figures;
mod inputs;
mod measure;
mod memory;
mod peers;
mod picture;
mod pin;
mod report;
mod scripts;
mod tools;

use std::{fs, path::Path, time::Instant};

use miette::{IntoDiagnostic as _, Result, bail};
use xshell::Shell;

use measure::Bench;
use report::{Report, Row};

/// What is measured together.
struct Group {
    /// As it is called on the command line.
    name: &'static str,
    about: &'static str,
    measure: fn(&Bench) -> Result<Vec<Row>>,
}

/// Every group, in the order of the table.
const GROUPS: [Group; 14] = [
    Group {
        name: "small",
        about: "cold dispatch of a small runner, beside the peers",
        measure: dispatches::small,
    },
    Group {
        name: "large",
        about: "cold dispatch of a bundle, from source and from bytecode",
        measure: dispatches::large,
    },
    Group {
        name: "first",
        about: "the first dispatch of a process: what a woken task pays",
        measure: dispatches::first_of_a_process,
    },
    Group {
        name: "instructions",
        about: "instructions of a dispatch, counted by callgrind",
        measure: dispatches::instructions,
    },
    Group {
        name: "wasm",
        about: "dispatches on WebAssembly in Node, beside those of this machine's own code",
        measure: dispatches::on_wasm,
    },
    Group { name: "heap", about: "the engine's heap at its peak", measure: memory::heap },
    Group {
        name: "resident",
        about: "resident memory, beside the peers, and its growth",
        measure: memory::resident,
    },
    Group {
        name: "throughput",
        about: "texts, random numbers, JSON and calls",
        measure: scripts::throughput,
    },
    Group { name: "threads", about: "two threads against one", measure: scripts::threads },
    Group {
        name: "cancel",
        about: "from a cancel or the deadline to the outcome",
        measure: scripts::cancel,
    },
    Group { name: "size", about: "the library that apps link", measure: tools::size },
    Group { name: "generate", about: "the generator: CPU, time, memory", measure: tools::generate },
    Group { name: "docgen", about: "docgen beside `@capacitor/docgen`", measure: tools::docgen },
    Group {
        name: "declarations",
        about: "docgen of megabytes beside a fifth of them",
        measure: declarations::rows,
    },
];

/// Measures all groups, or those named.
pub(crate) fn run(sh: &Shell, names: &[String]) -> Result<()> {
    if names.iter().any(|name| matches!(name.as_str(), "help" | "--help" | "-h")) {
        println!("{}", help());
        return Ok(());
    }
    if let Some(unknown) = names.iter().find(|name| GROUPS.iter().all(|it| it.name != **name)) {
        bail!(help = help(), "there is no group `{unknown}`");
    }
    let wanted: Vec<_> =
        GROUPS.iter().filter(|it| names.is_empty() || names.iter().any(|n| n == it.name)).collect();
    let bench = Bench::new(sh)?;
    let mut report = Report::new(sh);
    let folder = if names.is_empty() {
        crate::root().join("docs")
    } else {
        crate::target_dir().join("bench")
    };
    for (index, group) in wanted.iter().enumerate() {
        eprintln!("[{}/{}] {}: {}", index + 1, wanted.len(), group.name, group.about);
        let start = Instant::now();
        let rows = (group.measure)(&bench).unwrap_or_else(|error| {
            eprintln!("    NOT MEASURED: {error}");
            vec![Row::missing(group.about, &error)]
        });
        for row in &rows {
            eprintln!("    {row}");
        }
        eprintln!("    ({:.0} s)", start.elapsed().as_secs_f64());
        report.add(group.name, rows);
        report.missing = bench.missing();
        keep(&report, &folder)?;
    }
    println!("\n{}\nkept in {}", report.markdown(), folder.join("benchmarks.*").display());
    report.judge()
}

/// Writes the page, the picture and the figures for programs.
fn keep(report: &Report, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).into_diagnostic()?;
    let json = serde_json::to_string_pretty(&report.json()).into_diagnostic()?;
    fs::write(folder.join("benchmarks.md"), report.page()).into_diagnostic()?;
    fs::write(folder.join("benchmarks.json"), json + "\n").into_diagnostic()?;
    fs::write(folder.join("benchmarks.svg"), picture::draw(report)).into_diagnostic()
}

/// The groups, as a help text lists them.
fn help() -> String {
    let lines = GROUPS.map(|group| format!("  {:13} {}", group.name, group.about));
    format!("usage: cargo xtask bench [GROUP...]\n\n{}", lines.join("\n"))
}
