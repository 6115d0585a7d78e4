//! What an app says about its runners.

use std::{num::NonZero, path::PathBuf, time::Duration};

#[cfg(target_family = "wasm")]
use crate::engine::heap::Fault;
use crate::{
    engine::heap::Faults,
    error::{Code, RunError},
    host::ApiSpec,
    json::{self, Json, Read, Wrong},
};

/// A time budget for those who name none: below the 30 seconds that iOS grants (contract D10).
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(25);

/// A heap limit for those who name none.
pub(crate) const DEFAULT_MEMORY_LIMIT: usize = 64 * 1024 * 1024;

/// What an app says about its runners.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// `ios`, `android`, `web` or `desktop`: decides which device APIs are there.
    pub platform: String,
    /// The runners, each with a label of its own.
    pub runners: Vec<RunnerSpec>,
    /// How many dispatches run at a time; none for the number of cores.
    pub max_concurrent: Option<NonZero<usize>>,
    /// How many runs the history remembers; none for the default.
    pub history_limit: Option<usize>,
    /// The app's own device APIs, beside those of the schema.
    pub apis: Vec<ApiSpec>,
    /// Whether records of the log say where in the script they were made.
    pub places: bool,
    #[doc(hidden)]
    pub faults: Faults,
    /// Where records are kept between two starts of the app, by one runner: two that live at the
    /// same time know nothing of each other's runs, and one may drop what the other has written.
    pub state_dir: Option<PathBuf>,
}

/// An app, as the worlds of its scripts see it.
pub(crate) struct App {
    pub(crate) settings: Settings,
    /// Every device API: the schema's, then the app's own.
    pub(crate) apis: Vec<ApiSpec>,
}

/// One runner: a script, and its limits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunnerSpec {
    /// The name that dispatches use.
    pub label: String,
    /// The script's path, relative to the bundle.
    pub src: String,
    /// The time budget of a dispatch.
    pub timeout: Option<Duration>,
    /// The heap limit of a dispatch, in bytes.
    pub memory_limit: Option<usize>,
    /// The device APIs that it may use; none for all of them.
    pub apis: Option<Vec<String>>,
}

impl Settings {
    /// Settings from the JSON that the native side passes:
    /// `{"platform", "config": {…plugins.BackgroundRunner…}, "maxConcurrent", "stateDir",
    /// "apis": […the app's own…], "places": whether the log says where}`.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` for what is not JSON, or not of this shape.
    pub fn from_json(json: &str) -> Result<Self, RunError> {
        let wire: Wire = json::read(json).map_err(|error| {
            RunError::new(Code::InvalidArgument, format!("the settings are not valid: {error}"))
        })?;
        let Config { single, runners, history_limit, max_concurrent, host_apis } = wire.config;
        let single = Some(single).filter(|runner| runner.label.is_some() || runner.src.is_some());
        let runners = single.into_iter().chain(runners).map(WireRunner::into_spec).collect();
        let settings = Self {
            platform: wire.platform,
            runners,
            max_concurrent: wire.max_concurrent.or(max_concurrent).and_then(NonZero::new),
            history_limit,
            apis: wire.apis.into_iter().chain(host_apis).collect(),
            places: wire.places,
            #[cfg(target_family = "wasm")]
            faults: wire.faults,
            #[cfg(not(target_family = "wasm"))]
            faults: Faults::default(),
            state_dir: wire.state_dir,
        };
        settings.check()?;
        Ok(settings)
    }

    /// The runner with this label.
    pub(crate) fn runner(&self, label: &str) -> Option<&RunnerSpec> {
        self.runners.iter().find(|runner| runner.label == label)
    }

    /// Labels are there, and differ.
    pub(crate) fn check(&self) -> Result<(), RunError> {
        for (index, runner) in self.runners.iter().enumerate() {
            if runner.label.is_empty() {
                let message = format!("runner {} has no `label`", index + 1);
                return Err(RunError::new(Code::InvalidArgument, message));
            }
            if self.runners.iter().take(index).any(|other| other.label == runner.label) {
                let message = format!("two runners have the label `{}`", runner.label);
                return Err(RunError::new(Code::InvalidArgument, message));
            }
        }
        Ok(())
    }
}

struct Wire {
    platform: String,
    config: Config,
    max_concurrent: Option<usize>,
    apis: Vec<ApiSpec>,
    state_dir: Option<PathBuf>,
    places: bool,
    #[cfg(target_family = "wasm")]
    faults: Faults,
}

/// Both forms of the config: one runner, or a list of them.
#[derive(Default)]
struct Config {
    single: WireRunner,
    runners: Vec<WireRunner>,
    history_limit: Option<usize>,
    max_concurrent: Option<usize>,
    host_apis: Vec<ApiSpec>,
}

#[derive(Default)]
struct WireRunner {
    label: Option<String>,
    src: Option<String>,
    timeout: Option<f64>,
    memory_limit: Option<f64>,
    apis: Option<Vec<String>>,
}

impl Read for Wire {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        let fields = json.fields()?;
        Ok(Self {
            platform: fields.or_default("platform")?,
            config: fields.or_default("config")?,
            max_concurrent: fields.maybe("maxConcurrent")?,
            apis: fields.or_default("apis")?,
            state_dir: fields.maybe("stateDir")?,
            places: fields.or_default("places")?,
            #[cfg(target_family = "wasm")]
            faults: fields.or_default("faults")?,
        })
    }
}

/// Where a test cannot reach the settings otherwise.
#[cfg(target_family = "wasm")]
impl Read for Faults {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        let fields = json.fields()?;
        let name: Option<String> = fields.maybe("fault")?;
        let fault = match name.as_deref() {
            Some("once") => Fault::Once,
            Some("forGood") => Fault::ForGood,
            _ => Fault::Limit,
        };
        Ok(Self { nth: fields.or_default("nth")?, fault, ..Self::default() })
    }
}

impl Read for Config {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        let fields = json.fields()?;
        Ok(Self {
            single: Read::read(json)?,
            runners: fields.or_default("runners")?,
            history_limit: fields.maybe("historyLimit")?,
            max_concurrent: fields.maybe("maxConcurrent")?,
            host_apis: fields.or_default("hostApis")?,
        })
    }
}

impl Read for WireRunner {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        let fields = json.fields()?;
        Ok(Self {
            label: fields.maybe("label")?,
            src: fields.maybe("src")?,
            timeout: fields.maybe("timeout")?,
            memory_limit: fields.maybe("memoryLimit")?,
            apis: fields.maybe("apis")?,
        })
    }
}

impl WireRunner {
    fn into_spec(self) -> RunnerSpec {
        #[expect(clippy::cast_possible_truncation, reason = "a limit beyond usize is no limit")]
        #[expect(clippy::cast_sign_loss, reason = "a cast of a negative number gives 0")]
        let memory_limit =
            self.memory_limit.map(|mebibytes| (mebibytes * 1024.0 * 1024.0) as usize);
        RunnerSpec {
            label: self.label.unwrap_or_default(),
            src: self.src.unwrap_or_default(),
            timeout: self.timeout.and_then(seconds),
            memory_limit,
            apis: self.apis,
        }
    }
}

/// A duration in the config's unit; none for what is no duration.
fn seconds(value: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(value).ok().filter(|duration| !duration.is_zero())
}
