//! What the native side says: the shapes of the input.

use std::collections::HashSet;

use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    android,
    output::{Subject, Warnings},
};
use crate::json::{Json, Read, Wrong};

/// What a minute is, in the milliseconds in which everything here is counted.
pub(super) const MINUTE: i64 = 60_000;

/// A schedule that names no interval has this one.
const DEFAULT_INTERVAL: i64 = 15 * MINUTE;

/// No interval is longer: ten years.
const LONGEST: i64 = 10 * 365 * 24 * 60 * MINUTE;

/// The seconds of a refresh task that are the script's: iOS grants about 30.
const REFRESH: f64 = crate::settings::DEFAULT_TIMEOUT.as_secs_f64();

/// The input of a plan.
pub(super) struct Input {
    pub(super) platform: Platform,
    pub(super) now_ms: i64,
    pub(super) config: Config,
    pub(super) state: Option<Value>,
    pub(super) pending: Option<Vec<String>>,
    pub(super) trigger: Trigger,
}

/// The operating systems that schedule.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Platform {
    Android,
    Ios,
    /// A page that is open, with its timers.
    Web,
}

/// Why a plan is asked for.
pub(super) enum Trigger {
    Start { background: bool },
    Background,
    Boot,
    ConfigChanged,
    Query,
    Launched { name: String, conditions: Conditions },
    Finished { label: String, id: String, outcome: RunOutcome, error_code: Option<String> },
    Register { schedule: Registration },
    Cancel { label: String, id: Option<String> },
}

/// What holds when the system hands out work; left out, what the work asked for.
#[derive(Default)]
pub(super) struct Conditions {
    charging: Option<bool>,
    /// What there is: `none`, `connected` or `unmetered`.
    network: Option<Network>,
}

/// How a run ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum RunOutcome {
    Resolved,
    Failed,
    /// It did not begin: the system has ended too many of them.
    Abandoned,
}

/// The options of `registerSchedule()`.
pub(super) struct Registration {
    pub(super) label: String,
    pub(super) schedule: Schedule,
}

/// `plugins.BackgroundRunner`, in each of its forms.
#[derive(Default)]
pub(super) struct Config(Vec<RunnerConfig>);

#[derive(Default)]
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
#[derive(Clone, Default)]
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
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the config's own shape")]
pub(super) struct Constraints {
    pub(super) network: Network,
    pub(super) charging: bool,
    pub(super) device_idle: bool,
    pub(super) battery_not_low: bool,
    pub(super) storage_not_low: bool,
}

/// The network that work needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Network {
    #[default]
    None,
    Connected,
    Unmetered,
    NotRoaming,
}

/// What happens after a failed run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Retry {
    pub(super) attempts: u32,
    /// In seconds.
    pub(super) delay: f64,
    pub(super) backoff: Backoff,
}

/// How the delay between attempts grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
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
    /// The most milliseconds that a run may take, where the config says so.
    timeout_ms: Option<i64>,
    pub(super) schedules: Vec<(String, Spec)>,
    constraints: Constraints,
    retry: Retry,
}

/// Everything about a schedule that decides when and how it runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
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

impl Read for Input {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        let fields = json.fields()?;
        Ok(Self {
            platform: fields.need("platform")?,
            now_ms: fields.need("nowMs").map(whole)?,
            config: fields.or_default("config")?,
            state: fields.maybe("state")?,
            pending: fields.maybe("pending")?,
            trigger: fields.need("trigger")?,
        })
    }
}

impl Read for Platform {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        json.choice(&["android", "ios", "web"], &[Self::Android, Self::Ios, Self::Web])
    }
}

impl Read for Trigger {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        let fields = json.fields()?;
        let kind: String = fields.need("type")?;
        Ok(match kind.as_str() {
            "start" => Self::Start { background: fields.or_default("background")? },
            "background" => Self::Background,
            "boot" => Self::Boot,
            "configChanged" => Self::ConfigChanged,
            "query" => Self::Query,
            "launched" => Self::Launched {
                name: fields.need("name")?,
                conditions: fields.or_default("conditions")?,
            },
            "finished" => Self::Finished {
                label: fields.need("label")?,
                id: fields.need("id")?,
                outcome: fields.need("outcome")?,
                error_code: fields.maybe("errorCode")?,
            },
            "register" => Self::Register { schedule: fields.need("schedule")? },
            "cancel" => Self::Cancel { label: fields.need("label")?, id: fields.maybe("id")? },
            other => return Err(json.is_no(&format!("a trigger: there is no `{other}`"))),
        })
    }
}

impl Read for Conditions {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        let fields = json.fields()?;
        Ok(Self { charging: fields.maybe("charging")?, network: fields.maybe("network")? })
    }
}

impl Read for RunOutcome {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        let all = [Self::Resolved, Self::Failed, Self::Abandoned];
        json.choice(&["resolved", "failed", "abandoned"], &all)
    }
}

impl Read for Registration {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        Ok(Self { label: json.fields()?.need("label")?, schedule: Read::read(json)? })
    }
}

impl Read for Config {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        match json.value() {
            Value::Null => Ok(Self::default()),
            Value::Array(_) => Read::read(json).map(Self),
            _ => match json.fields()?.read("runners")? {
                Some(runners) => Ok(Self(runners)),
                None => Ok(Self(vec![Read::read(json)?])),
            },
        }
    }
}

impl Read for RunnerConfig {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        let fields = json.fields()?;
        Ok(Self {
            label: fields.or_default("label")?,
            event: fields.maybe("event")?,
            repeat: fields.or_default("repeat")?,
            interval: fields.maybe("interval")?,
            auto_start: fields.or_default("autoStart")?,
            schedules: fields.or_default("schedules")?,
            constraints: fields.or_default("constraints")?,
            retry: fields.or_default("retry")?,
            timeout: fields.maybe("timeout")?,
        })
    }
}

impl Read for Schedule {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        let fields = json.fields()?;
        Ok(Self {
            id: fields.maybe("id")?,
            event: fields.or_default("event")?,
            interval: fields.maybe("interval")?,
            repeat: fields.or_default("repeat")?,
            details: fields.or_default("details")?,
            constraints: fields.maybe("constraints")?,
            retry: fields.maybe("retry")?,
        })
    }
}

impl Read for Constraints {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        let fields = json.fields()?;
        Ok(Self {
            network: fields.or_default("network")?,
            charging: fields.or_default("charging")?,
            device_idle: fields.or_default("deviceIdle")?,
            battery_not_low: fields.or_default("batteryNotLow")?,
            storage_not_low: fields.or_default("storageNotLow")?,
        })
    }
}

impl Read for Network {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        let all = [Self::None, Self::Connected, Self::Unmetered, Self::NotRoaming];
        json.choice(&["none", "connected", "unmetered", "not-roaming"], &all)
    }
}

impl Read for Retry {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        let (fields, default) = (json.fields()?, Self::default());
        Ok(Self {
            attempts: fields.or_default("attempts")?,
            delay: fields.read("delay")?.unwrap_or(default.delay),
            backoff: fields.or_default("backoff")?,
        })
    }
}

impl Read for Backoff {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        json.choice(&["linear", "exponential"], &[Self::Linear, Self::Exponential])
    }
}

impl Read for Spec {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        let fields = json.fields()?;
        Ok(Self {
            event: fields.need("event")?,
            interval_ms: fields.need("interval_ms")?,
            repeat: fields.need("repeat")?,
            details: fields.need("details")?,
            constraints: fields.need("constraints")?,
            retry: fields.need("retry")?,
        })
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
            long: self.timeout.is_some_and(|seconds| seconds > REFRESH),
            timeout_ms: self.timeout.map(|seconds| whole(seconds * 1000.0)),
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
    /// What the system grants a run of its work, where the config asks for more.
    pub(super) fn granted_timeout(&self, platform: Platform) -> Option<i64> {
        let granted = match platform {
            Platform::Android => android::LONGEST_RUN,
            Platform::Ios | Platform::Web => return None,
        };
        self.timeout_ms.filter(|asked| *asked > granted).map(|_| granted)
    }

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
