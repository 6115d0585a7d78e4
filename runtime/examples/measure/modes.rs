//! The modes of the measuring program, one function each.

use std::{
    fs,
    mem::MaybeUninit,
    num::NonZero,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use background_runner::{
    FetchReply, FetchRequest, Host, HostCall, HostError, LogRecord, Outcome, Reply, Request,
    Runner, RunnerSpec, Settings,
};

use crate::{bare, cpu_microseconds};

/// How the program is called.
pub(crate) const USAGE: &str = "\
measure source|bytecode|bare|bare-bytecode|heap-source|heap-bytecode|growth|threads FILE EVENT DETAILS RUNS
       measure throughput NAME
       measure cancel|deadline RUNS
       measure process PROGRAM [ARGUMENT...]";

/// Runs one mode; `None` when the words are none of [`USAGE`].
pub(crate) fn run(words: &[&str]) -> Option<Vec<f64>> {
    match words {
        ["throughput", name] => throughput(name),
        ["process", program, arguments @ ..] => process(program, arguments),
        [mode @ ("cancel" | "deadline"), runs] => {
            let runs = runs.parse().ok()?;
            Some((0..runs).map(|_| interruption(mode)).collect())
        }
        [mode, file, event, details, runs] => {
            let case = Case {
                source: fs::read_to_string(file).ok()?,
                event: (*event).to_owned(),
                details: (*details).to_owned(),
                runs: runs.parse().ok()?,
            };
            case.run(mode)
        }
        _ => None,
    }
}

/// One runner file, dispatched again and again.
struct Case {
    source: String,
    event: String,
    details: String,
    runs: usize,
}

impl Case {
    fn run(&self, mode: &str) -> Option<Vec<f64>> {
        let (event, details) = (self.event.as_str(), self.details.as_str());
        Some(match mode {
            "source" => self.cold(&self.runner(Freshness::EachTimeNew, 1)),
            "bytecode" => self.cold(&self.runner(Freshness::Same, 1)),
            "bare" => {
                bare::cold(&bare::Source::Text(self.source.clone()), event, details, self.runs)
            }
            "bare-bytecode" => {
                bare::cold(&bare::Source::compile(&self.source), event, details, self.runs)
            }
            "heap-source" => self.heap(&self.runner(Freshness::EachTimeNew, 1)),
            "heap-bytecode" => self.heap(&self.runner(Freshness::Same, 1)),
            "growth" => vec![self.growth()],
            "threads" => self.rates(),
            _ => return None,
        })
    }

    fn runner(&self, freshness: Freshness, threads: usize) -> Runner {
        runner(&self.source, freshness, threads)
    }

    fn request(&self) -> Request {
        Request { details: Some(self.details.clone()), ..request(&self.event) }
    }

    fn dispatch(&self, runner: &Runner) -> Outcome {
        checked(runner.run(self.request()))
    }

    /// CPU microseconds of each dispatch, its thread included.
    fn cold(&self, runner: &Runner) -> Vec<f64> {
        let figures = (0..self.runs)
            .map(|_| {
                let start = cpu_microseconds();
                self.dispatch(runner);
                cpu_microseconds() - start
            })
            .collect();
        // The last world goes after its outcome is told: what counts instructions counts all of it.
        drop(runner.run(Request { label: "none".into(), ..Request::default() }));
        figures
    }

    /// The engine's heap peak of each dispatch, in bytes.
    #[expect(clippy::cast_precision_loss, reason = "a heap is small")]
    fn heap(&self, runner: &Runner) -> Vec<f64> {
        (0..self.runs).map(|_| self.dispatch(runner).heap_peak_bytes as f64).collect()
    }

    /// How many bytes the resident memory grows by, after a tenth of the runs as warm-up.
    fn growth(&self) -> f64 {
        let runner = self.runner(Freshness::Same, 1);
        let dispatch = |count: usize| (0..count).for_each(|_| drop(self.dispatch(&runner)));
        dispatch(self.runs / 10);
        let before = resident_bytes();
        dispatch(self.runs);
        resident_bytes() - before
    }

    /// Dispatches a second with one thread and with two, of ours and of the bare engine: the best of
    /// some turns each.
    fn rates(&self) -> Vec<f64> {
        let bare = bare::Source::Text(self.source.clone());
        let turn = || [self.rate(1), self.rate(2), self.bare(&bare, 1), self.bare(&bare, 2)];
        let turns: Vec<_> = (0..5).map(|_| turn()).collect();
        let best = |which: usize| turns.iter().map(|rates| rates[which]).fold(0.0, f64::max);
        (0..4).map(best).collect()
    }

    fn rate(&self, threads: usize) -> f64 {
        let runner = self.runner(Freshness::Same, threads);
        let (done, all_done) = mpsc::channel();
        let left = Arc::new(AtomicUsize::new(self.runs));
        let start = Instant::now();
        for _ in 0..self.runs {
            let (done, left) = (done.clone(), Arc::clone(&left));
            runner.dispatch(self.request(), move |outcome| {
                checked(outcome);
                // The others sleep on: who listens shall take nobody's time.
                if left.fetch_sub(1, Ordering::AcqRel) == 1 {
                    let _ = done.send(());
                }
            });
        }
        drop(done);
        all_done.recv().expect("every dispatch has an outcome");
        self.a_second(start)
    }

    /// The same for as many threads of the bare engine.
    fn bare(&self, source: &bare::Source, threads: usize) -> f64 {
        let start = Instant::now();
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| bare::cold(source, &self.event, &self.details, self.runs / threads));
            }
        });
        self.a_second(start)
    }

    #[expect(clippy::cast_precision_loss, reason = "a few thousand runs")]
    fn a_second(&self, start: Instant) -> f64 {
        self.runs as f64 / start.elapsed().as_secs_f64()
    }
}

/// Microseconds from a cancel, or from the deadline, to the outcome of an endless loop.
fn interruption(mode: &str) -> f64 {
    const BUDGET: Duration = Duration::from_millis(60);
    let runner = runner("addEventListener('spin', () => { for (;;); });", Freshness::Same, 1);
    let (done, result) = mpsc::channel();
    let mut request = request("spin");
    if mode == "deadline" {
        request.timeout = Some(BUDGET);
    }
    let start = Instant::now();
    let dispatch = runner.dispatch(request, move |_| {
        let _ = done.send(Instant::now());
    });
    thread::sleep(BUDGET);
    let end = if mode == "cancel" {
        let now = Instant::now();
        dispatch.cancel();
        now
    } else {
        start + BUDGET
    };
    let heard = result.recv().expect("every dispatch has an outcome");
    heard.saturating_duration_since(end).as_secs_f64() * 1e6
}

/// CPU and wall time of a program in milliseconds, and the peak of its resident memory in MiB.
#[expect(clippy::cast_precision_loss, reason = "a process takes neither days nor terabytes")]
fn process(program: &str, arguments: &[&str]) -> Option<Vec<f64>> {
    let start = Instant::now();
    let output = Command::new(program).args(arguments).stdout(Stdio::null()).output().ok()?;
    let wall = start.elapsed().as_secs_f64() * 1e3;
    if !output.status.success() {
        eprintln!("`{program}` failed: {}", String::from_utf8_lossy(&output.stderr));
        return None;
    }
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the system fills the record, which zeros make valid as well.
    let usage = unsafe {
        libc::getrusage(libc::RUSAGE_CHILDREN, usage.as_mut_ptr());
        usage.assume_init()
    };
    let millis = |time: libc::timeval| time.tv_sec as f64 * 1e3 + time.tv_usec as f64 / 1e3;
    Some(vec![
        millis(usage.ru_utime) + millis(usage.ru_stime),
        wall,
        usage.ru_maxrss as f64 / 1024.0,
    ])
}

/// Microseconds of each of ten turns of an operation, as the script's own clock tells.
fn throughput(name: &str) -> Option<Vec<f64>> {
    let operation = match name {
        "encode" => {
            "const e = new TextEncoder(), s = 'a'.repeat(1 << 20); return () => e.encode(s);"
        }
        "decode" => {
            "const d = new TextDecoder(), b = new Uint8Array(1 << 20).fill(97); return () => d.decode(b);"
        }
        "encode-short" => {
            "const e = new TextEncoder(); return () => { for (let i = 0; i < 10000; i++) e.encode('hello world'); };"
        }
        "random" => "const b = new Uint8Array(65536); return () => crypto.getRandomValues(b);",
        "uuid" => "return () => { for (let i = 0; i < 1000; i++) crypto.randomUUID(); };",
        "json-parse" => "const t = JSON.stringify(objects()); return () => JSON.parse(t);",
        "json-stringify" => "const o = objects(); return () => JSON.stringify(o);",
        "fib" => "const fib = n => n < 2 ? n : fib(n - 1) + fib(n - 2); return () => fib(22);",
        _ => return None,
    };
    let source = format!(
        "const objects = () => Array.from({{ length: 10000 }}, (_, i) => ({{ id: i, name: 'item ' + i,
           tags: ['a', 'b', 'c'], nested: {{ x: i / 3, y: null, ok: i % 2 === 0 }} }}));
         const operation = (() => {{ {operation} }})();
         addEventListener('measure', resolve => {{
           const times = [];
           for (let turn = 0; turn < 10; turn++) {{
             const start = performance.now();
             operation();
             times.push((performance.now() - start) * 1000);
           }}
           resolve(times);
         }});"
    );
    let outcome = runner(&source, Freshness::Same, 1).run(request("measure"));
    let json = outcome.result.ok()??;
    serde_json::from_str(&json).ok()
}

/// Whether the bytecode cache can help.
#[derive(Clone, Copy, PartialEq)]
enum Freshness {
    /// Every load gives another text, so that each dispatch parses it.
    EachTimeNew,
    /// Every load gives the same text.
    Same,
}

/// A phone that only hands out the runner.
struct Bench {
    source: String,
    freshness: Freshness,
    loads: AtomicUsize,
}

impl Host for Bench {
    fn load(&self, _path: &str, reply: Reply) {
        let load = self.loads.fetch_add(1, Ordering::Relaxed);
        let mut source = self.source.clone().into_bytes();
        if self.freshness == Freshness::EachTimeNew {
            source.extend(format!("\n// {load}").into_bytes());
        }
        reply.ok(source);
    }

    fn call(&self, _call: HostCall, reply: Reply) {
        reply.fail(HostError::new("UNAVAILABLE", "the benchmark has no device"));
    }

    fn fetch(&self, _request: FetchRequest, reply: FetchReply) {
        reply.fail(HostError::new("UNAVAILABLE", "the benchmark has no network"));
    }

    fn log(&self, _record: &LogRecord<'_>) {}
}

fn runner(source: &str, freshness: Freshness, threads: usize) -> Runner {
    let spec = RunnerSpec { label: "bench".into(), src: "bench.js".into(), ..Default::default() };
    let max_concurrent = NonZero::new(threads);
    let settings = Settings { runners: vec![spec], max_concurrent, ..Settings::default() };
    let host = Bench { source: source.to_owned(), freshness, loads: AtomicUsize::new(0) };
    Runner::new(settings, Arc::new(host)).expect("the settings are valid")
}

fn request(event: &str) -> Request {
    // A profiler takes its time, the more so on a busy machine.
    let timeout = Some(Duration::from_mins(10));
    Request { label: "bench".into(), event: event.into(), timeout, ..Request::default() }
}

fn checked(outcome: Outcome) -> Outcome {
    let right = matches!(&outcome.result, Ok(Some(json)) if json.contains("HELLO"));
    assert!(right, "wrong outcome: {:?}", outcome.result);
    outcome
}

/// The resident memory of this process, in bytes.
fn resident_bytes() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    let kibibytes = line.trim().trim_end_matches(" kB").trim().parse::<f64>();
    kibibytes.unwrap_or_default() * 1024.0
}
