//! What every group measures with: the programs, the runners and the peers, made when first asked
//! for, and remembered when they cannot be had.

use std::{
    cell::{OnceCell, RefCell},
    fs,
    path::{Path, PathBuf},
    result,
};

use miette::{IntoDiagnostic as _, Result, miette};
use xshell::{Shell, cmd};

use super::{
    figures::Figure,
    inputs::{self, DETAILS, EVENT},
    peers::{self, Peer},
    pin::Pin,
};
use crate::setup;

/// What is measured is built like this.
const PROFILE: &str = "release";

/// What is made once, or why it cannot be.
type Made = OnceCell<result::Result<PathBuf, String>>;

/// An engine and its samples so far.
type Samples = Vec<(&'static str, Vec<f64>)>;

/// The surroundings of a run.
pub(super) struct Bench<'a> {
    pub(super) sh: &'a Shell,
    /// Where inputs and peers are kept between two runs.
    pub(super) folder: PathBuf,
    program: Made,
    cli: Made,
    large: Made,
    peers: OnceCell<Vec<Peer>>,
    missing: RefCell<Vec<String>>,
}

/// Who dispatches a runner: ours in one of its modes, or a peer.
#[derive(Clone, Copy)]
pub(super) enum Engine<'a> {
    Ours(&'static str),
    Peer(&'a Peer),
}

impl<'a> Bench<'a> {
    pub(super) fn new(sh: &'a Shell) -> Result<Self> {
        let folder = setup::cache()?.join("bench");
        fs::create_dir_all(&folder).into_diagnostic()?;
        Ok(Self {
            sh,
            folder,
            program: OnceCell::new(),
            cli: OnceCell::new(),
            large: OnceCell::new(),
            peers: OnceCell::new(),
            missing: RefCell::default(),
        })
    }

    /// What could not be had until now, and why.
    pub(super) fn missing(&self) -> Vec<String> {
        self.missing.borrow().clone()
    }

    /// Says loudly, now and below the table, what is left out.
    pub(super) fn leave_out(&self, what: &str, why: impl std::fmt::Display) {
        let text = format!("**{what}** is left out: {why}");
        eprintln!("    {text}");
        self.missing.borrow_mut().push(text);
    }

    /// The measuring program.
    pub(super) fn program(&self) -> Result<&Path> {
        once(&self.program, || {
            eprintln!("    building the measuring program (profile {PROFILE})");
            cmd!(self.sh, "cargo build --quiet --profile {PROFILE} --package background-runner-runtime --example measure")
                .quiet()
                .run()
                .into_diagnostic()?;
            Ok(crate::target_dir().join(PROFILE).join("examples/measure"))
        })
    }

    /// The command line, built for release.
    pub(super) fn cli(&self) -> Result<&Path> {
        once(&self.cli, || {
            eprintln!("    building the command line (profile release)");
            cmd!(self.sh, "cargo build --quiet --release --package background-runner-cli")
                .quiet()
                .run()
                .into_diagnostic()?;
            Ok(crate::target_dir().join("release/background-runner"))
        })
    }

    /// The small runner.
    pub(super) fn small(&self) -> Result<PathBuf> {
        inputs::small(&self.folder)
    }

    /// The bundle.
    pub(super) fn large(&self) -> Result<&Path> {
        once(&self.large, || inputs::large(self.sh, &self.folder))
    }

    /// The other engines that can be had.
    pub(super) fn peers(&self) -> &[Peer] {
        self.peers.get_or_init(|| {
            let (peers, missing) = peers::install(self.sh, &self.folder);
            for (name, why) in missing {
                self.leave_out(name, why);
            }
            peers
        })
    }

    /// Runs the measuring program in one of its modes; it prints a JSON array of figures.
    pub(super) fn run(&self, arguments: &[&str]) -> Result<Vec<f64>> {
        let program = self.program()?;
        let text = cmd!(self.sh, "{program} {arguments...}").quiet().read().into_diagnostic()?;
        serde_json::from_str(&text).into_diagnostic()
    }

    /// One figure a dispatch, `runs` of them in one process.
    pub(super) fn dispatches(&self, mode: &str, file: &Path, runs: usize) -> Result<Vec<f64>> {
        self.run(&[mode, &file.display().to_string(), EVENT, DETAILS, &runs.to_string()])
    }

    /// CPU microseconds of cold dispatches, by engine: `turns` processes each, in turns, so that the
    /// machine's moods hit all alike, on one processor. What `keep` takes of a process counts.
    pub(super) fn compare(
        &self,
        file: &Path,
        engines: &[(&'static str, Engine)],
        (turns, runs): (usize, usize),
        keep: impl Fn(&[f64]) -> Vec<f64>,
    ) -> Result<Vec<(&'static str, Figure)>> {
        // Made before the pin is set: building and installing may use all processors.
        self.program()?;
        let _pin = Pin::set();
        let mut samples: Samples = engines.iter().map(|(name, _)| (*name, Vec::new())).collect();
        for _ in 0..turns {
            for ((name, engine), (_, taken)) in engines.iter().zip(&mut samples) {
                let new = match engine {
                    Engine::Ours(mode) => self.dispatches(mode, file, runs)?,
                    Engine::Peer(peer) => match peer.cold(self.sh, file, runs) {
                        Ok(new) => new,
                        Err(error) => {
                            self.leave_out(name, format!("it fails: {error}"));
                            continue;
                        }
                    },
                };
                taken.extend(keep(&new));
            }
        }
        let figure = |(name, taken)| Some((name, Figure::of(taken)?));
        Ok(samples.into_iter().filter_map(figure).collect())
    }

    /// What a command takes, once for each of `runs`: CPU and wall time in milliseconds, and the
    /// peak of its resident memory in MiB.
    pub(super) fn process(&self, runs: usize, command: &[&str]) -> Result<[Vec<f64>; 3]> {
        let mut taken = [const { Vec::new() }; 3];
        for _ in 0..runs {
            let figures = self.run(&[&["process"], command].concat())?;
            for (column, figure) in taken.iter_mut().zip(figures) {
                column.push(figure);
            }
        }
        Ok(taken)
    }
}

/// Something that is made once, or fails the same way whenever it is asked for.
fn once(cell: &Made, make: impl FnOnce() -> Result<PathBuf>) -> Result<&Path> {
    let made = cell.get_or_init(|| make().map_err(|error| format!("{error:#}")));
    made.as_deref().map_err(|error| miette!("{error}"))
}
