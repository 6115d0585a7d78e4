//! What is measured, one function a group of rows.

use std::{
    fs,
    path::{Path, PathBuf},
};

use miette::{IntoDiagnostic as _, Result, miette};
use xshell::{Shell, cmd};

use super::{
    inputs::{DETAILS, EVENT, Inputs},
    peers::Peer,
    report::{Figure, Must, Row},
};

/// How often a small and a large dispatch are repeated.
const SMALL_RUNS: usize = 2_000;
const LARGE_RUNS: usize = 60;

/// How many processes are started to see what the first dispatch costs.
const PROCESSES: usize = 9;

/// How many dispatches the resident memory is watched over.
const SOAK: usize = 20_000;

/// The throughput rows: the name that the measuring program knows, the label, the bound in µs.
const THROUGHPUT: [(&str, &str, Option<f64>); 8] = [
    ("encode", "TextEncoder, 1 MiB", Some(500.0)),
    ("decode", "TextDecoder, 1 MiB", Some(500.0)),
    ("encode-short", "TextEncoder, 11 characters × 10,000", Some(2_200.0)),
    ("random", "getRandomValues, 64 KiB", None),
    ("uuid", "randomUUID × 1,000", None),
    ("json-parse", "JSON.parse, 0.9 MB", None),
    ("json-stringify", "JSON.stringify, 0.9 MB", None),
    ("fib", "fib(22)", None),
];

/// The measuring program, built for release.
struct Measure<'a> {
    sh: &'a Shell,
    program: PathBuf,
}

/// Every row, in the order of the table.
pub(super) fn all(sh: &Shell, inputs: &Inputs, peers: &[Peer]) -> Result<Vec<Row>> {
    let measure = Measure::build(sh)?;
    let mut rows = Vec::new();
    let mut group = |name: &str, found: Result<Vec<Row>>| -> Result<()> {
        eprintln!("measured: {name}");
        rows.extend(found?);
        Ok(())
    };
    group("cold dispatch, small", measure.cold_small(inputs, peers))?;
    if let Some(large) = &inputs.large {
        group("cold dispatch, large", measure.cold_large(large, peers))?;
    }
    group("first dispatch", measure.first(inputs, peers))?;
    group("instructions", measure.instructions(inputs))?;
    group("memory", measure.memory(inputs))?;
    group("throughput", measure.throughput())?;
    group("threads and cancel", measure.threads_and_cancel(inputs))?;
    group("library size", measure.size())?;
    Ok(rows)
}

impl<'a> Measure<'a> {
    fn build(sh: &'a Shell) -> Result<Self> {
        cmd!(sh, "cargo build --release --package background-runner-runtime --example measure")
            .run()
            .into_diagnostic()?;
        Ok(Self { sh, program: crate::target_dir().join("release/examples/measure") })
    }

    /// Runs the program in one of its modes; it prints a JSON array of figures.
    fn run(&self, arguments: &[&str]) -> Result<Vec<f64>> {
        let program = &self.program;
        let text = cmd!(self.sh, "{program} {arguments...}").quiet().read().into_diagnostic()?;
        serde_json::from_str(&text).into_diagnostic()
    }

    fn dispatches(&self, mode: &str, file: &Path, runs: usize) -> Result<Vec<f64>> {
        self.run(&[mode, &path(file), EVENT, DETAILS, &runs.to_string()])
    }

    fn cold_small(&self, inputs: &Inputs, peers: &[Peer]) -> Result<Vec<Row>> {
        let file = &inputs.small;
        let ours = Figure::of(self.dispatches("source", file, SMALL_RUNS)?);
        let mut others = vec![("bare", Figure::of(self.dispatches("bare", file, SMALL_RUNS)?))];
        for peer in peers {
            others.push((peer.name, Figure::of(peer.cold(self.sh, file, SMALL_RUNS)?)));
        }
        let must = Some(Must::Ratio(1.0, "JSC"));
        Ok(vec![Row {
            name: "cold dispatch, small runner".into(),
            unit: "µs CPU",
            ours,
            peers: others,
            must,
        }])
    }

    fn cold_large(&self, file: &Path, peers: &[Peer]) -> Result<Vec<Row>> {
        let mut others = vec![("bare", Figure::of(self.dispatches("bare", file, LARGE_RUNS)?))];
        for peer in peers {
            others.push((peer.name, Figure::of(peer.cold(self.sh, file, LARGE_RUNS)?)));
        }
        let bytecode =
            vec![("bare", Figure::of(self.dispatches("bare-bytecode", file, LARGE_RUNS)?))];
        let row = |name: &str, mode, peers| -> Result<Row> {
            Ok(Row {
                name: name.into(),
                unit: "µs CPU",
                ours: Figure::of(self.dispatches(mode, file, LARGE_RUNS)?),
                peers,
                must: Some(Must::Ratio(1.1, "bare")),
            })
        };
        Ok(vec![
            row("cold dispatch, 295 KB runner, from source", "source", others)?,
            row("cold dispatch, 295 KB runner, from cached bytecode", "bytecode", bytecode)?,
        ])
    }

    /// The first dispatch of a process against the second: what a woken task pays.
    fn first(&self, inputs: &Inputs, peers: &[Peer]) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        for (size, file) in [("small", Some(&inputs.small)), ("295 KB", inputs.large.as_ref())] {
            let Some(file) = file else { continue };
            let samples = (0..PROCESSES)
                .map(|_| self.dispatches("bytecode", file, 2))
                .collect::<Result<Vec<_>>>()?;
            let first = samples.iter().filter_map(|pair| pair.first().copied()).collect();
            let ratio = samples.iter().filter_map(|pair| Some(pair.first()? / pair.get(1)?));
            let mut others = Vec::new();
            for peer in peers {
                let samples = (0..PROCESSES)
                    .map(|_| peer.cold(self.sh, file, 1))
                    .collect::<Result<Vec<_>>>()?;
                others.push((peer.name, Figure::of(samples.concat())));
            }
            rows.push(Row {
                name: format!("first dispatch of a process, {size} runner"),
                unit: "µs CPU",
                ours: Figure::of(first),
                peers: others,
                must: None,
            });
            if size == "small" {
                rows.push(Row {
                    name: "first dispatch against the second, small runner".into(),
                    unit: "×",
                    ours: Figure::of(ratio.collect()),
                    peers: Vec::new(),
                    must: Some(Must::AtMost(5.0)),
                });
            }
        }
        Ok(rows)
    }

    /// Instructions of one dispatch: the difference of two run lengths under callgrind.
    fn instructions(&self, inputs: &Inputs) -> Result<Vec<Row>> {
        if cmd!(self.sh, "valgrind --version").quiet().ignore_stdout().run().is_err() {
            eprintln!("instruction counts are left out: valgrind is not installed");
            return Ok(Vec::new());
        }
        let mut rows = Vec::new();
        let cases = [
            ("small runner, from source", "source", Some(&inputs.small), 40, 2.0),
            ("295 KB runner, from bytecode", "bytecode", inputs.large.as_ref(), 4, 75.0),
        ];
        for (name, mode, file, runs, bound) in cases {
            let Some(file) = file else { continue };
            let (short, long) =
                (self.callgrind(mode, file, runs)?, self.callgrind(mode, file, 2 * runs)?);
            rows.push(Row {
                name: format!("instructions of a dispatch, {name}"),
                unit: "million",
                #[expect(clippy::cast_precision_loss, reason = "instruction counts fit")]
                ours: Figure::once((long - short) / runs as f64 / 1e6),
                peers: Vec::new(),
                must: Some(Must::AtMost(bound)),
            });
        }
        Ok(rows)
    }

    fn callgrind(&self, mode: &str, file: &Path, runs: usize) -> Result<f64> {
        let (program, file, runs) = (&self.program, path(file), runs.to_string());
        let output = cmd!(
            self.sh,
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

    fn memory(&self, inputs: &Inputs) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        let cases = [
            ("small runner", "heap-source", Some(&inputs.small), 256.0),
            ("295 KB runner, from source", "heap-source", inputs.large.as_ref(), 5_632.0),
            ("295 KB runner, from bytecode", "heap-bytecode", inputs.large.as_ref(), 3_584.0),
        ];
        for (name, mode, file, bound) in cases {
            let Some(file) = file else { continue };
            let bytes = Figure::of(self.dispatches(mode, file, 3)?);
            rows.push(Row {
                name: format!("heap peak, {name}"),
                unit: "KiB",
                ours: Figure::once(bytes.median / 1024.0),
                peers: Vec::new(),
                must: Some(Must::AtMost(bound)),
            });
        }
        let growth = Figure::of(self.dispatches("growth", &inputs.small, SOAK)?);
        rows.push(Row {
            name: format!("growth of resident memory over {SOAK} dispatches, after warm-up"),
            unit: "KiB",
            ours: Figure::once(growth.median / 1024.0),
            peers: Vec::new(),
            must: Some(Must::AtMost(64.0)),
        });
        Ok(rows)
    }

    fn throughput(&self) -> Result<Vec<Row>> {
        let measured = |(mode, name, bound): (&str, &str, Option<f64>)| -> Result<Row> {
            Ok(Row {
                name: name.into(),
                unit: "µs",
                ours: Figure::of(self.run(&["throughput", mode])?),
                peers: Vec::new(),
                must: bound.map(Must::AtMost),
            })
        };
        THROUGHPUT.into_iter().map(measured).collect()
    }

    fn threads_and_cancel(&self, inputs: &Inputs) -> Result<Vec<Row>> {
        let row = |name: &str, unit, figures: Vec<f64>, must| Row {
            name: name.into(),
            unit,
            ours: Figure::of(figures),
            peers: Vec::new(),
            must: Some(must),
        };
        let scaling = self.dispatches("threads", &inputs.small, SMALL_RUNS)?;
        Ok(vec![
            row("dispatches a second, 2 threads against 1", "×", scaling, Must::AtLeast(1.8)),
            row(
                "cancel to outcome, busy script",
                "µs",
                self.run(&["cancel", "20"])?,
                Must::AtMost(100_000.0),
            ),
            row(
                "deadline to outcome, busy script",
                "µs",
                self.run(&["deadline", "20"])?,
                Must::AtMost(100_000.0),
            ),
        ])
    }

    /// The stripped shared library with every web API in it.
    fn size(&self) -> Result<Vec<Row>> {
        let sh = self.sh;
        cmd!(sh, "cargo rustc --release --package background-runner-runtime --crate-type cdylib -- -C strip=symbols")
            .quiet()
            .run()
            .into_diagnostic()?;
        let library = crate::target_dir().join("release/libbackground_runner.so");
        #[expect(clippy::cast_precision_loss, reason = "a library is small")]
        let kibibytes = fs::metadata(library).into_diagnostic()?.len() as f64 / 1024.0;
        Ok(vec![Row {
            name: "shared library, stripped, every web API".into(),
            unit: "KiB",
            ours: Figure::once(kibibytes),
            peers: Vec::new(),
            must: Some(Must::AtMost(2_560.0)),
        }])
    }
}

fn path(file: &Path) -> String {
    file.display().to_string()
}
