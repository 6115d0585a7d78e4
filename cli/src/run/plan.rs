//! What is run: the file, the runner and the event that were named, or the ones that the app has.

use std::{
    env, fs,
    path::{self, Component, Path, PathBuf},
};

use background_runner::{RunnerSpec, Settings};
use miette::{Result, bail, miette};

use super::Run;
use crate::{
    app::{App, Runner},
    disk::slashed,
};

/// What a dispatch is for.
pub(super) struct Plan {
    /// The folder that counts as the bundle.
    pub(super) root: PathBuf,
    /// The runner's file, seen from there.
    pub(super) src: String,
    pub(super) file: PathBuf,
    pub(super) label: String,
    pub(super) event: String,
    pub(super) app: Option<App>,
    /// Whether it is a runner that the app's configuration names.
    pub(super) is_configured: bool,
}

/// Who handles what, when no event was named.
const NOBODY: &str = "event";

impl Plan {
    /// What a command line means, in the folder where it was typed.
    pub(super) fn new(run: &Run) -> Result<Self> {
        match &run.file {
            Some(file) => Self::of_file(run, file),
            None => Self::of_app(run),
        }
    }

    fn of_file(run: &Run, file: &Path) -> Result<Self> {
        if !file.is_file() {
            return Err(missing(file));
        }
        let absolute = fs::canonicalize(file).or_else(|_| path::absolute(file));
        let folder = absolute.ok().and_then(|it| it.parent().map(Path::to_owned));
        let app = match folder {
            Some(folder) => App::above(&folder)?,
            None => None,
        };
        let known = app.as_ref().and_then(|app| app.runner_of(file)).cloned();
        Self::of(run, file.to_owned(), app, known.as_ref())
    }

    fn of_app(run: &Run) -> Result<Self> {
        let here = env::current_dir().unwrap_or_default();
        let Some(app) = App::around(&here)? else {
            return Err(miette!(
                help = "give a runner's file, or write a first one with `background-runner init`",
                "there is no app here: no `capacitor.config.ts`, `.js` or `.json`"
            ));
        };
        let runner = chosen(run, &app)?.clone();
        let file = app.source(&runner)?;
        Self::of(run, file, Some(app), Some(&runner))
    }

    fn of(run: &Run, file: PathBuf, app: Option<App>, known: Option<&Runner>) -> Result<Self> {
        let (root, src) = match &app {
            Some(app) => place_in_app(app, &file)?,
            None => place(&file)?,
        };
        let stem = || file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let label = run.label.clone().or_else(|| known.map(|it| it.label.clone()));
        let label = label.or_else(stem).unwrap_or_default();
        let event = event(run, &file, known)?;
        Ok(Self { root, src, file, label, event, app, is_configured: known.is_some() })
    }

    /// What the runtime is told of the runner.
    pub(super) fn settings(&self, platform: String, src: &str) -> Result<Settings> {
        let mut settings = match &self.app {
            Some(app) => app.settings(&platform)?,
            None => Settings { platform, ..Settings::default() },
        };
        let src = src.to_owned();
        let known = settings.runners.iter_mut().find(|runner| runner.label == self.label);
        if let Some(runner) = known {
            runner.src = src;
        } else {
            let label = self.label.clone();
            settings.runners.push(RunnerSpec { label, src, ..RunnerSpec::default() });
        }
        Ok(settings)
    }
}

/// The runner that is meant of those that the app has.
fn chosen<'a>(run: &Run, app: &'a App) -> Result<&'a Runner> {
    let labels: Vec<_> = app.runners.iter().map(|runner| runner.label.as_str()).collect();
    let labels = labels.join("`, `");
    let name = app.config_name();
    match (&run.label, app.runners.as_slice()) {
        (_, []) => Err(miette!(
            help = "`background-runner init` writes a first one, or give a runner's file",
            "`{name}` has no runner: no `label` and `src` below `plugins.BackgroundRunner`"
        )),
        (None, [only]) => Ok(only),
        (None, _) => Err(miette!(
            help = "choose one with `--label`, or give its file",
            "`{name}` has several runners: `{labels}`"
        )),
        (Some(label), runners) => {
            let found = runners.iter().find(|runner| runner.label == *label);
            found.ok_or_else(|| miette!("`{name}` has no runner `{label}`; there is `{labels}`"))
        }
    }
}

/// The event that was named, or the only one there is: of the configuration, or else of the file.
fn event(run: &Run, file: &Path, known: Option<&Runner>) -> Result<String> {
    if let Some(event) = &run.event {
        return Ok(event.clone());
    }
    let configured = known.map(|it| it.events.clone()).unwrap_or_default();
    let text = || fs::read_to_string(file).unwrap_or_default();
    let events = if configured.is_empty() {
        match typescript::first_arguments(&text(), "addEventListener") {
            Ok(events) => events,
            // What is wrong with the file is what there is to say.
            Err(_) => return Ok(NOBODY.to_owned()),
        }
    } else {
        configured
    };
    match events.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(miette!(
            help = "name it with `--event`; a handler is `addEventListener('myEvent', (resolve, reject, args) => { ... })`",
            "`{}` calls `addEventListener` for no event",
            file.display()
        )),
        several => Err(miette!(
            help = "choose one with `--event`",
            "there are several events: `{}`",
            several.join("`, `")
        )),
    }
}

/// The bundle's folder, and a runner's path in it: the project, or the folder above it where the command
/// was typed, so that paths in messages lead somewhere.
fn place_in_app(app: &App, file: &Path) -> Result<(PathBuf, String)> {
    let absolute = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let project = fs::canonicalize(app.project()).unwrap_or_else(|_| app.project().to_owned());
    let here = env::current_dir().and_then(fs::canonicalize).unwrap_or_default();
    let root = if project.starts_with(&here) { here } else { project };
    match absolute.strip_prefix(&root) {
        Ok(src) => Ok((root.clone(), path_text(src)?)),
        Err(_) => place(file),
    }
}

/// The bundle's folder, and the runner's path in it: as it was typed where that is possible, since
/// messages and stacks show it.
fn place(file: &Path) -> Result<(PathBuf, String)> {
    // Where the runner's file is, when what was typed is a link: its bundle is there.
    let target = file.is_symlink().then(|| file.canonicalize().ok()).flatten();
    let typed = target.as_deref().unwrap_or(file);
    let below_here = typed.strip_prefix(".").unwrap_or(typed);
    let is_here =
        below_here.is_relative() && !below_here.components().any(|it| it == Component::ParentDir);
    if is_here {
        return Ok((env::current_dir().unwrap_or_default(), path_text(below_here)?));
    }
    let parent = typed.parent().unwrap_or(Path::new("/"));
    let name = typed.file_name().map_or(below_here, Path::new);
    Ok((parent.to_owned(), path_text(name)?))
}

/// A path of the bundle, whose folders are told apart by slashes on every system.
fn path_text(path: &Path) -> Result<String> {
    if path.to_str().is_none() {
        bail!("`{}` is not Unicode", path.display());
    }
    Ok(if cfg!(windows) { slashed(path) } else { path.to_string_lossy().into_owned() })
}

fn missing(file: &Path) -> miette::Report {
    let what = if file.exists() { "is not a file" } else { "does not exist" };
    let help = match neighbours(file).as_slice() {
        [] => "give the path of the runner's JavaScript file".to_owned(),
        names => format!("beside it there is `{}`", names.join("`, `")),
    };
    miette!(help = help, "the runner file `{}` {what}", file.display())
}

/// The scripts in the folder where the runner was looked for.
fn neighbours(file: &Path) -> Vec<String> {
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty());
    let entries = parent.unwrap_or(Path::new(".")).read_dir().into_iter().flatten().flatten();
    let is_script = |path: &PathBuf| {
        path.extension()
            .is_some_and(|it| ["js", "mjs", "ts", "mts"].iter().any(|known| it == *known))
    };
    let paths = entries.map(|entry| entry.path()).filter(is_script);
    let mut names: Vec<_> = paths.map(|path| path.display().to_string()).collect();
    names.sort();
    names.truncate(5);
    names
}
