//! Memory: the engine's heap, the process beside the peers, and whether it grows.

use miette::Result;

use super::{
    dispatches::size,
    figures::{Figure, number},
    inputs::{DETAILS, EVENT},
    measure::Bench,
    report::Row,
};

const KIB: f64 = 1.0 / 1024.0;

/// How many dispatches the resident memory is watched over, after a tenth of them as warm-up.
const SOAK: usize = 100_000;

/// What the allocator's and the system's bookkeeping may add meanwhile, in KiB. The smallest block
/// that a dispatch could leave behind, 16 bytes, would make six times as much.
const NOISE: f64 = 256.0;

/// How many dispatches of the bundle a process makes whose peak is compared.
const RUNS: usize = 20;

/// The engine's heap at its peak.
pub(super) fn heap(bench: &Bench) -> Result<Vec<Row>> {
    let last = |mode, file: &_| -> Result<_> {
        Ok(bench.dispatches(mode, file, 3)?.last().map(|bytes| Figure::once(bytes * KIB)))
    };
    let small = last("heap-source", &bench.small()?)?;
    let mut rows = vec![Row::new("heap peak, small runner", "KiB", small).at_most(256.0, 200.0)];
    match bench.large() {
        Ok(file) => {
            let size = size(file)?;
            let name = format!("heap peak, {size} runner, from source");
            let source = last("heap-source", file)?;
            rows.push(Row::new(name, "KiB", source).at_most(5.5 * 1024.0, 5.2 * 1024.0));
            let name = format!("heap peak, {size} runner, cached bytecode");
            let bytecode = last("heap-bytecode", file)?;
            rows.push(Row::new(name, "KiB", bytecode).at_most(3.5 * 1024.0, 3.2 * 1024.0));
        }
        Err(error) => rows.push(Row::missing("heap peak, bundle", error)),
    }
    Ok(rows)
}

/// The whole process at its peak, and what many dispatches leave behind.
pub(super) fn resident(bench: &Bench) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    match bench.large() {
        Ok(file) => {
            let (program, file_name) = (bench.program()?, file.display().to_string());
            let program = program.display().to_string();
            let runs = RUNS.to_string();
            let arguments = [&file_name, EVENT, DETAILS, &runs];
            let peak = |command: &[&str]| -> Result<Option<Figure>> {
                let [_, _, memory] = bench.process(3, command)?;
                Ok(Figure::of(memory))
            };
            let ours = peak(&[&[&*program, "bytecode"], &arguments[..]].concat())?;
            let bare = peak(&[&[&*program, "bare-bytecode"], &arguments[..]].concat())?;
            let mut peers: Vec<_> = bare.map(|figure| ("bare", figure)).into_iter().collect();
            for peer in bench.peers() {
                let command = peer.command(&arguments);
                let command: Vec<&str> =
                    ["env"].into_iter().chain(command.iter().map(String::as_str)).collect();
                match peak(&command) {
                    Ok(figure) => peers.extend(figure.map(|figure| (peer.name, figure))),
                    Err(error) => bench.leave_out(peer.name, format!("it fails: {error}")),
                }
            }
            let name = format!("resident memory of a process, {RUNS} × {} runner", size(file)?);
            rows.push(Row::new(name, "MiB", ours).beside(peers));
        }
        Err(error) => rows.push(Row::missing("resident memory of a process, bundle", error)),
    }
    let growth = bench.dispatches("growth", &bench.small()?, SOAK)?;
    let growth = growth.first().map(|bytes| Figure::once(bytes * KIB));
    #[expect(clippy::cast_precision_loss, reason = "a round number")]
    let name = format!("growth of resident memory, {} dispatches", number(SOAK as f64));
    rows.push(Row::new(name, "KiB", growth).at_most(NOISE, 64.0));
    Ok(rows)
}
