//! What scripts do with the environment, and what threads do with scripts.

use miette::Result;

use super::{figures::Figure, measure::Bench, report::Row};

/// How many dispatches two threads share.
const DISPATCHES: usize = 4_000;

/// The name that the measuring program knows, the label, and the bounds in µs: must and aim.
type Operation = (&'static str, &'static str, Option<(f64, f64)>);

const OPERATIONS: [Operation; 8] = [
    ("encode", "TextEncoder, 1 MiB", Some((500.0, 150.0))),
    ("decode", "TextDecoder, 1 MiB", Some((500.0, 150.0))),
    ("encode-short", "TextEncoder, 11 characters × 10,000", Some((2_200.0, 1_500.0))),
    ("random", "getRandomValues, 64 KiB", None),
    ("uuid", "randomUUID × 1,000", None),
    ("json-parse", "JSON.parse, 0.9 MB", None),
    ("json-stringify", "JSON.stringify, 0.9 MB", None),
    ("fib", "fib(22)", None),
];

/// Operations of the environment, timed by the script's own clock.
pub(super) fn throughput(bench: &Bench) -> Result<Vec<Row>> {
    let measured = |(mode, name, bounds): Operation| -> Result<Row> {
        let row = Row::new(name, "µs", Figure::of(bench.run(&["throughput", mode])?));
        Ok(match bounds {
            Some((must, aim)) => row.at_most(must, aim),
            None => row,
        })
    };
    OPERATIONS.into_iter().map(measured).collect()
}

/// How two threads scale, and how the bare engine does: what the machine allows.
pub(super) fn threads(bench: &Bench) -> Result<Vec<Row>> {
    let rates = bench.dispatches("threads", &bench.small()?, DISPATCHES)?;
    let [one, two, bare_one, bare_two] = rates[..] else { return Ok(Vec::new()) };
    let row = |name, unit, ours, bare| {
        Row::new(name, unit, Some(Figure::once(ours))).beside(vec![("bare", Figure::once(bare))])
    };
    Ok(vec![
        row("dispatches a second, 1 thread", "1/s", one, bare_one),
        row("dispatches a second, 2 threads", "1/s", two, bare_two),
        row("2 threads against 1", "×", two / one, bare_two / bare_one).at_least(1.8, 1.95),
    ])
}

/// How long a busy script goes on after it has to end.
pub(super) fn cancel(bench: &Bench) -> Result<Vec<Row>> {
    let row = |name, mode| -> Result<Row> {
        let figure = Figure::of(bench.run(&[mode, "20"])?);
        Ok(Row::new(name, "ms", figure.map(|it| it.scaled(1e-3))).at_most(100.0, 5.0))
    };
    Ok(vec![
        row("cancel to outcome, busy script", "cancel")?,
        row("deadline to outcome, busy script", "deadline")?,
    ])
}
