//! Dispatches of whole runners: cold, the first of a process, and their instructions.

use std::path::Path;

use miette::{IntoDiagnostic as _, Result, bail, miette};
use xshell::cmd;

use super::{
    figures::Figure,
    inputs::{self, DETAILS, EVENT},
    measure::{Bench, Engine},
    peers,
    report::Row,
};

/// How many processes take turns, and how many dispatches each of them makes.
const SMALL: (usize, usize) = (5, 603);
const LARGE: (usize, usize) = (4, 15);
const FIRST: (usize, usize) = (9, 2);

/// The first dispatches of a process have rows of their own.
const WARM_UP: usize = 3;

/// The means of some dispatches in a row: a collection of garbage, and a world that goes after its
/// outcome was told, count for who caused them.
fn in_a_row(count: u32) -> impl Fn(&[f64]) -> Vec<f64> {
    move |samples| {
        let warm = samples.get(WARM_UP..).unwrap_or_default();
        let rows = warm.chunks_exact(count as usize);
        rows.map(|row| row.iter().sum::<f64>() / f64::from(count)).collect()
    }
}

fn first(samples: &[f64]) -> Vec<f64> {
    samples.iter().take(1).copied().collect()
}

fn first_to_second(samples: &[f64]) -> Vec<f64> {
    samples.first().zip(samples.get(1)).map(|(first, second)| first / second).into_iter().collect()
}

/// Ours in one mode and bare rquickjs in another.
fn both(ours: &'static str, bare: &'static str) -> Vec<(&'static str, Engine<'static>)> {
    vec![("ours", Engine::Ours(ours)), ("bare", Engine::Ours(bare))]
}

/// The same, and the other engines.
fn all<'a>(
    bench: &'a Bench,
    ours: &'static str,
    bare: &'static str,
) -> Vec<(&'static str, Engine<'a>)> {
    let peers = bench.peers().iter().map(|peer| (peer.name, Engine::Peer(peer)));
    both(ours, bare).into_iter().chain(peers).collect()
}

/// Splits ours from the others.
fn row(name: String, unit: &'static str, figures: Vec<(&'static str, Figure)>) -> Row {
    let (ours, peers): (Vec<_>, _) = figures.into_iter().partition(|(name, _)| *name == "ours");
    Row::new(name, unit, ours.first().map(|(_, figure)| *figure)).beside(peers)
}

/// A cold dispatch of the small runner.
pub(super) fn small(bench: &Bench) -> Result<Vec<Row>> {
    let engines = all(bench, "source", "bare");
    let figures = bench.compare(&bench.small()?, &engines, SMALL, in_a_row(50))?;
    Ok(vec![row("cold dispatch, small runner".into(), "µs CPU", figures).against("JSC", 1.0, 0.7)])
}

/// A cold dispatch of the bundle.
pub(super) fn large(bench: &Bench) -> Result<Vec<Row>> {
    let file = bench.large()?;
    let size = size(file)?;
    let source = bench.compare(file, &both("source", "bare"), LARGE, in_a_row(4))?;
    // The peers keep compiled code as well: what they load again is compared with what we do.
    let bytecode = all(bench, "bytecode", "bare-bytecode");
    let bytecode = bench.compare(file, &bytecode, LARGE, in_a_row(4))?;
    Ok(vec![
        row(format!("cold dispatch, {size} runner, from source"), "µs CPU", source)
            .against("bare", 1.1, 0.9),
        row(format!("cold dispatch, {size} runner, cached bytecode"), "µs CPU", bytecode)
            .against("bare", 1.1, 0.9),
    ])
}

/// The first dispatch of a process, and how it stands to the second.
pub(super) fn first_of_a_process(bench: &Bench) -> Result<Vec<Row>> {
    let small = bench.small()?;
    let engines = all(bench, "bytecode", "bare");
    let figures = bench.compare(&small, &engines, FIRST, first)?;
    let ratio = bench.compare(&small, &engines[..1], FIRST, first_to_second)?;
    let mut rows = vec![
        row("first dispatch of a process, small runner".into(), "µs CPU", figures),
        row("first dispatch against the second, small runner".into(), "×", ratio).at_most(5.0, 3.0),
    ];
    match bench.large() {
        Ok(file) => {
            let figures = bench.compare(file, &engines, FIRST, first)?;
            let name = format!("first dispatch of a process, {} runner", size(file)?);
            rows.push(row(name, "µs CPU", figures));
        }
        Err(error) => rows.push(Row::missing("first dispatch of a process, bundle", error)),
    }
    Ok(rows)
}

/// A world and a dispatch of the WebAssembly module, warm, beside the same library as machine code.
pub(super) fn on_wasm(bench: &Bench) -> Result<Vec<Row>> {
    let module = peers::on_wasm(&bench.folder)?;
    let engines = [("ours", Engine::Peer(&module)), ("native", Engine::Ours("bytecode"))];
    let files = [("world", inputs::empty(&bench.folder)?), ("small runner", bench.small()?)];
    files
        .into_iter()
        .map(|(what, file)| {
            let figures = bench.compare(&file, &engines, SMALL, in_a_row(50))?;
            let name = format!("cold dispatch on WebAssembly in Node, {what}");
            Ok(row(name, "µs CPU", figures).against("native", 4.0, 2.0))
        })
        .collect()
}

/// Instructions of one dispatch: the difference of two run lengths under callgrind, which is exact.
pub(super) fn instructions(bench: &Bench) -> Result<Vec<Row>> {
    if cmd!(bench.sh, "valgrind --version").quiet().ignore_stdout().run().is_err() {
        bail!("valgrind is not installed");
    }
    let small = bench.small()?;
    let mut rows = vec![
        counted(bench, ("small runner, from source", &small), ("source", "bare"), 40)?
            .at_most(2.0, 1.5),
    ];
    match bench.large() {
        Ok(file) => {
            let size = size(file)?;
            let name = format!("{size} runner, from source");
            rows.push(
                counted(bench, (&name, file), ("source", "bare"), 3)?.against("bare", 1.1, 0.9),
            );
            let name = format!("{size} runner, cached bytecode");
            let modes = ("bytecode", "bare-bytecode");
            rows.push(counted(bench, (&name, file), modes, 3)?.at_most(75.0, 60.0));
        }
        Err(error) => rows.push(Row::missing("instructions of a dispatch, bundle", error)),
    }
    Ok(rows)
}

fn counted(
    bench: &Bench,
    (name, file): (&str, &Path),
    (ours, bare): (&str, &str),
    runs: usize,
) -> Result<Row> {
    let count = |mode| -> Result<Figure> {
        let (short, long) =
            (callgrind(bench, mode, file, runs)?, callgrind(bench, mode, file, 2 * runs)?);
        #[expect(clippy::cast_precision_loss, reason = "a few runs")]
        Ok(Figure::once((long - short) / runs as f64 / 1e6))
    };
    let name = format!("instructions, {name}");
    Ok(Row::new(name, "million", Some(count(ours)?)).beside(vec![("bare", count(bare)?)]))
}

fn callgrind(bench: &Bench, mode: &str, file: &Path, runs: usize) -> Result<f64> {
    let (program, runs) = (bench.program()?, runs.to_string());
    let output = cmd!(
        bench.sh,
        "valgrind --tool=callgrind --callgrind-out-file=/dev/null {program} {mode} {file} {EVENT} {DETAILS} {runs}"
    )
    .quiet()
    .ignore_stdout()
    .output()
    .into_diagnostic()?;
    let text = String::from_utf8_lossy(&output.stderr);
    text.lines()
        .find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok())
        .ok_or_else(|| miette!("callgrind counted nothing: {text}"))
}

/// `263 KB`
pub(super) fn size(file: &Path) -> Result<String> {
    let bytes = file.metadata().into_diagnostic()?.len();
    Ok(format!("{} KB", bytes.div_ceil(1000)))
}
