//! `background-runner run`: one event, dispatched to a runner file in the real runtime.

mod output;
mod style;
mod watch;

use std::{
    env,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use background_runner::{
    ApiSpec, Request, Runner, RunnerSpec, Settings,
    desktop::{DesktopHost, HostFile, parse_json},
};
use clap::Args;
use miette::{Result, bail, miette};
use serde_json::value::RawValue;

use self::output::Output;
use crate::{apis, json, typescript, units};

/// Dispatch one event to a runner file, with a simulated device around it.
#[derive(Args)]
pub(crate) struct Run {
    /// The runner: a `.js`, `.mjs`, `.ts` or `.mts` file
    file: PathBuf,
    /// The event to dispatch
    #[arg(long, value_name = "NAME")]
    event: String,
    /// What the handler gets as `args`: a JSON object, or a file that holds one
    #[arg(long, value_name = "JSON|@FILE")]
    details: Option<String>,
    /// What is around the runner: device, permissions, answers to requests, clock
    #[arg(long, value_name = "HOST.json")]
    host: Option<PathBuf>,
    /// The functions that the app adds for its runners: TypeScript; the host file's `apis` says what
    /// they return
    #[arg(long, value_name = "HOST.ts")]
    apis: Option<PathBuf>,
    /// The runner's label [default: the file's name]
    #[arg(long)]
    label: Option<String>,
    /// How long the handler may take [default: 30s]
    #[arg(long, value_name = "DURATION", value_parser = units::duration)]
    timeout: Option<Duration>,
    /// How much memory the script may use [default: 64MiB]
    #[arg(long, value_name = "SIZE", value_parser = units::size)]
    memory: Option<usize>,
    /// Print one line of JSON and nothing else
    #[arg(long)]
    json: bool,
    /// Run again whenever the runner or one of the other files changes
    #[arg(long)]
    watch: bool,
}

/// Everything that a dispatch needs, read and checked.
struct Prepared {
    root: PathBuf,
    src: String,
    label: String,
    details: Option<String>,
    host: HostFile,
    apis: Vec<ApiSpec>,
}

/// What a run came to.
struct Done {
    resolved: bool,
    /// The files that it read.
    loaded: Vec<PathBuf>,
}

impl Run {
    pub(crate) fn run(&self) -> Result<ExitCode> {
        if self.watch {
            return watch::run(self);
        }
        Ok(if self.once()?.resolved { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn once(&self) -> Result<Done> {
        self.dispatch(self.prepare()?)
    }

    fn prepare(&self) -> Result<Prepared> {
        let (root, src) = self.place()?;
        Ok(Prepared {
            root,
            src,
            label: self.label(),
            details: self.details()?,
            host: self.host_file()?,
            apis: self.apis.as_deref().map(apis::specs).transpose()?.unwrap_or_default(),
        })
    }

    fn dispatch(&self, prepared: Prepared) -> Result<Done> {
        let Prepared { root, src, label, details, host, apis } = prepared;
        let output = Arc::new(Output::new(self.json));
        let platform = host.platform.as_str().to_owned();
        let log = Arc::clone(&output);
        let host =
            DesktopHost::new(root, host, Box::new(move |record, time| log.log(record, time)));
        let host = Arc::new(host.preparing(Box::new(typescript::prepare)).adding(&apis));
        let spec = RunnerSpec { label: label.clone(), src, ..RunnerSpec::default() };
        let settings = Settings { platform, runners: vec![spec], apis, ..Settings::default() };
        let runner = Runner::new(settings, host.clone()).map_err(|error| miette!("{error}"))?;
        let outcome = runner.run(Request {
            label: label.clone(),
            event: self.event.clone(),
            details,
            timeout: self.timeout,
            memory_limit: self.memory,
            ..Request::default()
        });
        output.outcome(&outcome, &host.state(&label));
        Ok(Done { resolved: outcome.result.is_ok(), loaded: host.loaded() })
    }

    /// The bundle's folder, and the runner's path in it: as it was typed where that is possible,
    /// since messages and stacks show it.
    fn place(&self) -> Result<(PathBuf, String)> {
        if !self.file.is_file() {
            return Err(self.missing());
        }
        let below_here = self.file.strip_prefix(".").unwrap_or(&self.file);
        let here = below_here.is_relative() && !below_here.starts_with("..");
        let (root, src) = if here {
            (env::current_dir().unwrap_or_default(), below_here)
        } else {
            let parent = self.file.parent().unwrap_or(Path::new("/"));
            (parent.to_owned(), self.file.file_name().map_or(below_here, Path::new))
        };
        let Some(src) = src.to_str() else { bail!("`{}` is not Unicode", self.file.display()) };
        Ok((root, src.to_owned()))
    }

    fn missing(&self) -> miette::Report {
        let what = if self.file.exists() { "is not a file" } else { "does not exist" };
        let help = match self.neighbours().as_slice() {
            [] => "give the path of the runner's JavaScript file".to_owned(),
            names => format!("beside it there is `{}`", names.join("`, `")),
        };
        miette!(help = help, "the runner file `{}` {what}", self.file.display())
    }

    /// The scripts in the folder where the runner was looked for.
    fn neighbours(&self) -> Vec<String> {
        let parent = self.file.parent().filter(|parent| !parent.as_os_str().is_empty());
        let entries = parent.unwrap_or(Path::new(".")).read_dir().into_iter().flatten().flatten();
        let paths = entries.map(|entry| entry.path());
        let scripts =
            paths.filter(|path| path.extension().is_some_and(|e| e == "js" || e == "mjs"));
        let mut names: Vec<_> = scripts.map(|path| path.display().to_string()).collect();
        names.sort();
        names.truncate(5);
        names
    }

    fn label(&self) -> String {
        let stem = || self.file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        self.label.clone().or_else(stem).unwrap_or_default()
    }

    fn details(&self) -> Result<Option<String>> {
        let Some(given) = &self.details else { return Ok(None) };
        let (name, text) = match given.strip_prefix('@') {
            Some(path) => (path, json::read(Path::new(path))?),
            None => ("--details", given.clone()),
        };
        match parse_json::<Box<RawValue>>(&text) {
            Ok(json) => Ok(Some(json.get().to_owned())),
            Err(error) => {
                Err(json::Mistake::new("the JSON of `--details`", name, &text, error).into())
            }
        }
    }

    fn host_file(&self) -> Result<HostFile> {
        let Some(path) = &self.host else { return Ok(HostFile::default()) };
        let text = json::read(path)?;
        HostFile::parse(&text).map_err(|error| {
            json::Mistake::new("the host file", &path.display().to_string(), &text, error).into()
        })
    }
}
