//! A Capacitor app, as its configuration describes it: where it is, and its runners.

mod check;
mod config;
mod find;
mod node;
mod source;

use std::path::{Path, PathBuf};

use background_runner::Settings;
use miette::{Result, miette};
use serde::Deserialize;
use serde_json::Value;

use crate::disk::slashed;

/// Where Capacitor looks for web assets when the configuration does not say it.
const WEB_DIR: &str = "www";

/// An app.
pub(crate) struct App {
    /// Where the configuration is.
    pub(crate) folder: PathBuf,
    /// The configuration's file.
    pub(crate) config: PathBuf,
    /// `appId`
    pub(crate) id: Option<String>,
    /// The app's web assets after a build, relative to the folder.
    pub(crate) web_dir: Option<String>,
    /// What the configuration says of `BackgroundRunner`.
    block: Value,
    pub(crate) runners: Vec<Runner>,
}

/// A runner of an app.
#[derive(Clone, Debug)]
pub(crate) struct Runner {
    pub(crate) label: String,
    /// Its file, relative to the web assets.
    pub(crate) src: String,
    /// What the configuration has dispatched to it, each once.
    pub(crate) events: Vec<String>,
}

/// What is read of the configuration beside what the runtime reads.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Written {
    label: String,
    src: String,
    event: Option<String>,
    schedules: Vec<Schedule>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Schedule {
    event: String,
}

impl App {
    /// The app that a folder belongs to.
    pub(crate) fn above(folder: &Path) -> Result<Option<Self>> {
        find::above(folder).map(Self::read).transpose()
    }

    /// The app that a folder belongs to, or else the only one below it.
    pub(crate) fn around(folder: &Path) -> Result<Option<Self>> {
        let found = match find::above(folder) {
            Some(found) => Some(found),
            None => find::only_below(folder)?,
        };
        found.map(Self::read).transpose()
    }

    /// The app that a configuration is of.
    pub(crate) fn read(config: PathBuf) -> Result<Self> {
        let config::Config { id, web_dir, block } = config::read(&config)?;
        let folder = config.parent().map(Path::to_owned).unwrap_or_default();
        let runners = runners(&block);
        Ok(Self { folder, config, id, web_dir, block, runners })
    }

    /// The folder that the app's sources are in.
    pub(crate) fn project(&self) -> &Path {
        match self.folder.parent() {
            Some(parent) if self.folder.ends_with("src-capacitor") => parent,
            _ => &self.folder,
        }
    }

    /// The configuration as messages name it.
    pub(crate) fn config_name(&self) -> String {
        self.config.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// What the runtime takes of the configuration, on a platform.
    pub(crate) fn settings(&self, platform: &str) -> Result<Settings> {
        let json = serde_json::json!({ "platform": platform, "config": self.block });
        Settings::from_json(&json.to_string()).map_err(|error| {
            let message = error.message.replace("config.", "plugins.BackgroundRunner.");
            let message = message.trim_start_matches("the settings are not valid: ");
            miette!("`{}`: {message}", self.config_name())
        })
    }

    /// What is written in the configuration and means nothing, or is of the wrong kind: a line each.
    pub(crate) fn oddities(&self) -> Vec<String> {
        let found = check::oddities(&self.block);
        found.into_iter().map(|oddity| format!("{}: {oddity}", self.config_name())).collect()
    }

    /// The runner whose file this is.
    pub(crate) fn runner_of(&self, file: &Path) -> Option<&Runner> {
        let path = slashed(&file.with_extension(""));
        let ends_with = |part: &str| path == part || path.ends_with(&format!("/{part}"));
        let src = |runner: &Runner| slashed(&Path::new(&runner.src).with_extension(""));
        let by_path = self.runners.iter().find(|runner| ends_with(&src(runner)));
        let by_name = |runner: &&Runner| ends_with(src(runner).rsplit('/').next().unwrap_or(""));
        by_path.or_else(|| self.runners.iter().find(by_name))
    }

    /// Where the app looks for a runner's file when it is built.
    pub(crate) fn built(&self, runner: &Runner) -> Result<PathBuf> {
        let web_dir = match &self.web_dir {
            Some(web_dir) => web_dir.clone(),
            None => config::web_dir(&self.config)?.unwrap_or_else(|| WEB_DIR.to_owned()),
        };
        let src = runner.src.trim_start_matches("./").trim_start_matches('/');
        Ok(self.folder.join(web_dir).join(src))
    }

    /// The file that a runner is written in: its source rather than what a build makes of it.
    pub(crate) fn source(&self, runner: &Runner) -> Result<PathBuf> {
        source::of(self, runner)
    }
}

/// The runners of a `BackgroundRunner` block, in both of its forms.
fn runners(block: &Value) -> Vec<Runner> {
    let listed = block.get("runners").and_then(Value::as_array);
    let all = std::iter::once(block).chain(listed.into_iter().flatten());
    let written = all.map(|it| Written::deserialize(it).unwrap_or_default());
    let named = written.filter(|it| !it.label.is_empty() && !it.src.is_empty());
    named
        .map(|it| {
            let scheduled = it.schedules.into_iter().map(|schedule| schedule.event);
            let mut events: Vec<String> = Vec::new();
            for event in it.event.into_iter().chain(scheduled).filter(|event| !event.is_empty()) {
                if !events.contains(&event) {
                    events.push(event);
                }
            }
            Runner { label: it.label, src: it.src, events }
        })
        .collect()
}
