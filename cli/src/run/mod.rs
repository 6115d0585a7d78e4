//! `background-runner run`: one event, dispatched to a runner file in the real runtime.

mod inspect;
mod joined;
mod kept;
mod output;
mod plan;
mod style;
mod watch;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use background_runner::{
    Host, Request, RunError, Runner,
    desktop::{
        DesktopHost, HostFile,
        host_file::{Permission, Permissions},
        parse_json,
    },
};
use clap::{Args, ValueEnum};
use miette::{Result, miette};
use serde_json::value::RawValue;

use self::{inspect::Inspected, joined::Joined, kept::Kept, output::Output, plan::Plan};
use crate::{apis, json, transpile, units};

/// Dispatch one event to a runner, with a simulated device around it.
///
/// In the folder of a Capacitor app, its configuration says which runner and event there are; what the
/// runner stores stays between runs, in `.background-runner/`, and nothing is permitted that the app has
/// not asked for, as after an installation.
#[derive(Args)]
pub(crate) struct Run {
    /// The runner: a `.js`, `.mjs`, `.ts` or `.mts` file [default: the app's]
    file: Option<PathBuf>,
    /// The event to dispatch [default: the only one there is]
    #[arg(long, value_name = "NAME")]
    event: Option<String>,
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
    /// The runner's label [default: the app's for this file, or the file's name]
    #[arg(long)]
    label: Option<String>,
    /// How long the handler may take [default: the app's, or 25s]
    #[arg(long, value_name = "DURATION", value_parser = units::duration)]
    timeout: Option<Duration>,
    /// How much memory the script may use [default: the app's, or 64MiB]
    #[arg(long, value_name = "SIZE", value_parser = units::size)]
    memory: Option<usize>,
    /// Begin with nothing stored, and keep nothing for the next run
    #[arg(long)]
    fresh: bool,
    /// What the user has allowed the app, where the host file does not say it
    #[arg(long, value_name = "PERMISSION", value_delimiter = ',')]
    allow: Vec<Allowed>,
    /// Print one line of JSON and nothing else
    #[arg(long)]
    json: bool,
    /// Run again whenever the runner or one of the other files changes
    #[arg(long, conflicts_with = "inspect")]
    watch: bool,
    /// Run it in your Node.js, which waits for a debugger, with the same device around it
    #[arg(long, value_name = "PORT", num_args = 0..=1, default_missing_value = "9229", require_equals = true)]
    inspect: Option<u16>,
}

/// A permission of the user.
#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Allowed {
    Geolocation,
    Notifications,
}

/// Everything that a dispatch needs, read and checked.
struct Prepared {
    plan: Plan,
    details: Option<String>,
    host: HostFile,
    kept: Option<Kept>,
}

/// What a run came to.
struct Done {
    resolved: bool,
    /// The files that it read.
    read: Vec<PathBuf>,
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
        let plan = Plan::new(self)?;
        let mut host = self.host_file()?;
        let kept = self.scene(&plan, &mut host)?;
        Ok(Prepared { plan, details: self.details()?, host, kept })
    }

    /// Completes what a runner finds when it begins: in an app, what earlier runs have left and a phone
    /// whose user was not asked, unless the host file says otherwise.
    fn scene(&self, plan: &Plan, host: &mut HostFile) -> Result<Option<Kept>> {
        let app = plan.app.as_ref().filter(|_| !host.sets_the_scene());
        if app.is_some() {
            host.permissions = Some(Permissions::fresh());
        }
        let permissions = host.permissions.get_or_insert_default();
        for allowed in &self.allow {
            match allowed {
                Allowed::Geolocation => permissions.geolocation = Permission::Granted,
                Allowed::Notifications => permissions.notifications = Permission::Granted,
            }
        }
        let Some(app) = app.filter(|_| !self.fresh) else { return Ok(None) };
        let kept = Kept::read(&app.folder)?;
        host.kv = Some(kept.store(&plan.label));
        Ok(Some(kept))
    }

    fn dispatch(&self, prepared: Prepared) -> Result<Done> {
        let Prepared { plan, details, host, kept } = prepared;
        let output = Arc::new(Output::new(self.json));
        let joined = if self.inspect.is_some() { Joined::Not } else { Joined::of(&plan) };
        let src = joined.src(&plan);
        let mut settings = plan.settings(host.platform.as_str().to_owned(), &src)?;
        if let Some(file) = &self.apis {
            settings.apis.extend(apis::specs(file)?);
        }
        self.introduce(&plan, &output);
        let log = Arc::clone(&output);
        let host = DesktopHost::new(
            plan.root.clone(),
            host,
            Box::new(move |record, time| log.log(record, time)),
        );
        let host = match &joined {
            Joined::Not => host.preparing(Box::new(transpile::prepare)),
            Joined::Bundle(bundled) => host.serving(vec![
                (src.clone(), bundled.code.clone().into_bytes()),
                (format!("{src}.map"), bundled.map.clone().into_bytes()),
            ]),
            Joined::Failed { message, .. } => {
                let error = transpile::script_error(message.clone());
                host.preparing(Box::new(move |_, _| Err(error.clone())))
            }
        };
        let host = Arc::new(host.adding(&settings.apis));
        let mut request = Request {
            label: plan.label.clone(),
            event: plan.event.clone(),
            details,
            timeout: self.timeout,
            memory_limit: self.memory,
            ..Request::default()
        };
        let asked: Arc<dyn Host> = match self.inspect {
            Some(port) => {
                settings.apis.push(Inspected::api()?);
                request.timeout = Some(inspect::PATIENCE);
                Arc::new(Inspected::start(&plan, port, Arc::clone(&host))?)
            }
            None => host.clone(),
        };
        let runner = Runner::new(settings, asked).map_err(|error| miette!("{error}"))?;
        let mut outcome = runner.run(request);
        if let Err(RunError { stack: Some(stack), .. }) = &mut outcome.result {
            *stack = joined.told(&plan, stack);
        }
        let state = host.state(&plan.label);
        output.outcome(&outcome, state.as_ref());
        if let (Some(kept), Some(state)) = (kept, &state) {
            kept.keep(&plan.label, &state.kv)?;
        }
        let config = plan.app.map(|app| app.config);
        let read = host.loaded().into_iter().chain(config).chain([plan.file]);
        let read = read.chain(joined.read()).collect();
        Ok(Done { resolved: outcome.result.is_ok(), read })
    }

    /// Says what is run where the command line does not, and what is odd about its configuration.
    fn introduce(&self, plan: &Plan, output: &Output) {
        let Some(app) = plan.app.as_ref().filter(|_| plan.is_configured) else { return };
        if self.file.is_none() || self.event.is_none() {
            output.introduce(&plan.label, &plan.src, &plan.event);
        }
        for oddity in app.oddities() {
            eprintln!("warning: {oddity}");
        }
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
