//! What the native side says: the shapes of the input.

use std::collections::HashSet;

use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::{Map, Value};

use super::output::{Subject, Warnings};

/// What a minute is, in the milliseconds in which everything here is counted.
pub(super) const MINUTE: i64 = 60_000;

/// A schedule that names no interval has this one.
const DEFAULT_INTERVAL: i64 = 15 * MINUTE;

/// No interval is longer: ten years.
const LONGEST: i64 = 10 * 365 * 24 * 60 * MINUTE;

/// The input of a plan.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    pub(super) platform: Platform,
    #[serde(deserialize_with = "milliseconds")]
    pub(super) now_ms: i64,
    #[serde(default)]
    pub(super) config: Config,
    #[serde(default)]
    pub(super) state: Option<Value>,
    #[serde(default)]
    pub(super) pending: Option<Vec<String>>,
    pub(super) trigger: Trigger,
}

/// The operating systems that schedule.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Platform {
    Android,
    Ios,
}

/// Why a plan is asked for.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub(super) enum Trigger {
    Start {
        #[serde(default)]
        background: bool,
    },
    Background,
    Boot,
    ConfigChanged,
    Query,
    Launched {
        name: String,
        #[serde(default)]
        conditions: Conditions,
    },
    #[serde(rename_all = "camelCase")]
    Finished {
        label: String,
        id: String,
        outcome: RunOutcome,
        #[serde(default)]
        error_code: Option<String>,
    },
    Register {
        schedule: Registration,
    },
    Cancel {
        label: String,
        #[serde(default)]
        id: Option<String>,
    },
}

/// What holds when the system hands out work; left out, what the work asked for.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Conditions {
    charging: Option<bool>,
    /// What there is: `none`, `connected` or `unmetered`.
    network: Option<Network>,
}

/// How a run ended.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum RunOutcome {
    Resolved,
    Failed,
}

/// The options of `registerSchedule()`.
#[derive(Deserialize)]
pub(super) struct Registration {
    pub(super) label: String,
    #[serde(flatten)]
    pub(super) schedule: Schedule,
}

/// `plugins.BackgroundRunner`, in each of its forms.
#[derive(Default)]
pub(super) struct Config(Vec<RunnerConfig>);

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RunnerConfig {
    label: String,
    event: Option<String>,
    repeat: bool,
    interval: Option<f64>,
    auto_start: bool,
    schedules: Vec<Schedule>,
    constraints: Constraints,
    retry: Retry,
    timeout: Option<f64>,
}

/// A schedule as the config or the app writes it.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Schedule {
    pub(super) id: Option<String>,
    pub(super) event: String,
    interval: Option<f64>,
    repeat: bool,
    details: Map<String, Value>,
    constraints: Option<Constraints>,
    retry: Option<Retry>,
}

/// What must hold for work to start.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_excessive_bools, reason = "the config's own shape")]
pub(super) struct Constraints {
    pub(super) network: Network,
    pub(super) charging: bool,
    pub(super) device_idle: bool,
    pub(super) battery_not_low: bool,
    pub(super) storage_not_low: bool,
}

/// The network that work needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Network {
    #[default]
    None,
    Connected,
    Unmetered,
    NotRoaming,
}

/// What happens after a failed run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Retry {
    pub(super) attempts: u32,
    /// In seconds.
    pub(super) delay: f64,
    pub(super) backoff: Backoff,
}

/// How the delay between attempts grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Backoff {
    Linear,
    #[default]
    Exponential,
}

/// A runner of the config, and the schedules that it names.
pub(super) struct Runner {
    pub(super) label: String,
    pub(super) auto_start: bool,
    /// Whether a run may take longer than iOS gives a refresh task.
    pub(super) long: bool,
    pub(super) schedules: Vec<(String, Spec)>,
    constraints: Constraints,
    retry: Retry,
}

/// Everything about a schedule that decides when and how it runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Spec {
    pub(super) event: String,
    pub(super) interval_ms: i64,
    pub(super) repeat: bool,
    pub(super) details: Map<String, Value>,
    pub(super) constraints: Constraints,
    pub(super) retry: Retry,
}

impl Trigger {
    /// Whether a developer who changes the config sees what comes of it now.
    pub(super) fn is_for_developers(&self) -> bool {
        matches!(self, Trigger::Start { .. } | Trigger::ConfigChanged | Trigger::Register { .. })
    }
}

impl Conditions {
    /// These, and for what they do not say, that the system kept to the request.
    pub(super) fn or_as_requested(&self, request: Option<&Value>) -> Self {
        let power = request.is_some_and(|request| request["requiresPower"] == true);
        Self {
            charging: self.charging.or(Some(power)),
            network: self.network.or(Some(Network::Unmetered)),
        }
    }

    /// Whether work may start.
    pub(super) fn allow(&self, spec: &Spec) -> bool {
        let network = self.network.unwrap_or_default();
        let connected = match spec.constraints.network {
            Network::None => true,
            Network::Connected | Network::NotRoaming => network != Network::None,
            Network::Unmetered => network == Network::Unmetered,
        };
        connected && (!spec.constraints.charging || self.charging == Some(true))
    }
}

impl Default for Retry {
    fn default() -> Self {
        Self { attempts: 0, delay: 30.0, backoff: Backoff::default() }
    }
}

impl<'de> Deserialize<'de> for Config {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let runners = match Value::deserialize(deserializer)? {
            Value::Null => Vec::new(),
            Value::Array(runners) => runners,
            Value::Object(mut config) => match config.remove("runners") {
                Some(Value::Array(runners)) => runners,
                Some(_) => return Err(de::Error::custom("`config.runners` is not an array")),
                None => vec![Value::Object(config)],
            },
            _ => return Err(de::Error::custom("`config` is not an object")),
        };
        let runners = runners.into_iter().map(serde_json::from_value).collect::<Result<_, _>>();
        runners.map(Config).map_err(|error| de::Error::custom(format_args!("`config`: {error}")))
    }
}

impl Config {
    /// The runners, each label once, each schedule of a runner once.
    pub(super) fn runners(self, warnings: &mut Warnings) -> Vec<Runner> {
        let mut labels = HashSet::new();
        let mut runners = Vec::new();
        for runner in self.0 {
            if labels.insert(runner.label.clone()) {
                runners.push(runner.normalise(warnings));
            } else {
                let subject = Subject { label: &runner.label, id: None };
                warnings.add(
                    "DUPLICATE_LABEL",
                    subject,
                    "two runners have this label: the first one counts",
                );
            }
        }
        runners
    }
}

impl RunnerConfig {
    fn normalise(self, warnings: &mut Warnings) -> Runner {
        let own = self.event.map(|event| Schedule {
            event,
            interval: self.interval,
            repeat: self.repeat,
            ..Schedule::default()
        });
        let mut runner = Runner {
            label: self.label,
            auto_start: self.auto_start,
            long: self.timeout.is_some_and(|seconds| seconds > 30.0),
            schedules: Vec::new(),
            constraints: self.constraints,
            retry: self.retry,
        };
        for schedule in own.into_iter().chain(self.schedules) {
            let id = schedule.id().to_owned();
            let subject = Subject { label: &runner.label, id: Some(&id) };
            if runner.schedules.iter().any(|(other, _)| *other == id) {
                warnings.add(
                    "DUPLICATE_SCHEDULE",
                    subject,
                    "the runner has two schedules with this id: the first one counts",
                );
            } else {
                let spec = runner.spec(schedule, warnings);
                runner.schedules.push((id, spec));
            }
        }
        runner
    }
}

impl Runner {
    /// A schedule of this runner, with everything filled in that it leaves to the runner.
    pub(super) fn spec(&self, schedule: Schedule, warnings: &mut Warnings) -> Spec {
        let subject = Subject { label: &self.label, id: Some(schedule.id()) };
        Spec {
            interval_ms: interval(schedule.interval, subject, warnings),
            repeat: schedule.repeat,
            constraints: schedule.constraints.unwrap_or_else(|| self.constraints.clone()),
            retry: schedule.retry.unwrap_or_else(|| self.retry.clone()),
            event: schedule.event,
            details: schedule.details,
        }
    }
}

impl Schedule {
    /// The schedule's name among those of its runner.
    pub(super) fn id(&self) -> &str {
        self.id.as_deref().unwrap_or(&self.event)
    }
}

fn interval(minutes: Option<f64>, subject: Subject<'_>, warnings: &mut Warnings) -> i64 {
    match minutes {
        None => DEFAULT_INTERVAL,
        Some(minutes) if minutes > 0.0 => whole(minutes * 60_000.0).clamp(1, LONGEST),
        Some(minutes) => {
            let message = format!("an `interval` of {minutes} minutes is none: it is taken as 15");
            warnings.add("INTERVAL_INVALID", subject, &message);
            DEFAULT_INTERVAL
        }
    }
}

/// A number without its fraction; what is out of range is cut to the range.
#[expect(clippy::cast_possible_truncation, reason = "the cast saturates, which is what is wanted")]
pub(super) fn whole(number: f64) -> i64 {
    number.round() as i64
}

fn milliseconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    f64::deserialize(deserializer).map(whole)
}
