//! The desktop host (cargo feature `desktop`): runner files from a folder, real HTTP, and the
//! simulated device that a `HOST.json` describes.

mod allocator;
mod coding;
mod http;
mod pace;
mod ports;
mod threads;
mod tls;

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Component, Path, PathBuf},
    sync::{Arc, Mutex, TryLockError},
    thread,
    time::{Duration, Instant},
};

use ::simulated::device::{self, Device};

use self::{http::Http, pace::Pace};
use crate::{
    clock::Clock,
    host::{ApiSpec, FetchReply, FetchRequest, Host, HostCall, HostError, LogRecord, Reply},
    lock::lock,
};
pub use simulated::{HostFile, HostState, JsonError, host_file, parse_json};

/// How long to wait for a device that is at work when the dispatch has ended.
const PATIENCE: Duration = Duration::from_millis(500);

/// How many files are remembered that were asked for.
const MOST_LOADED: usize = 10_000;

/// Where the records of `console` go, each with the milliseconds since the dispatch began.
pub type LogSink = dyn Fn(&LogRecord<'_>, f64) + Send + Sync;

/// Makes JavaScript of a file in the bundle, given its path: what a toolchain does before a phone
/// gets to see it.
pub type Prepare = dyn Fn(&str, Vec<u8>) -> Result<Vec<u8>, HostError> + Send + Sync;

/// A host for runners on a developer's machine.
pub struct DesktopHost {
    root: PathBuf,
    pace: Pace,
    http: Http,
    device: Mutex<Device>,
    loaded: Mutex<Vec<PathBuf>>,
    /// When the last world began, in milliseconds since 1970.
    began: Mutex<f64>,
    log: Box<LogSink>,
    prepare: Box<Prepare>,
    made: Vec<(String, Vec<u8>)>,
}

impl DesktopHost {
    /// A host whose bundle is the folder `root`, around which things are as `file` has them.
    pub fn new(root: impl Into<PathBuf>, file: HostFile, log: Box<LogSink>) -> Self {
        allocator::give_back_large_blocks();
        let pace = Pace::new(file.clock);
        Self {
            root: root.into(),
            http: Http::new(&file, pace.clone()),
            pace,
            loaded: Mutex::default(),
            device: Mutex::new(Device::new(file)),
            began: Mutex::default(),
            log,
            prepare: Box::new(|_, text| Ok(text)),
            made: Vec::new(),
        }
    }

    /// The same host, whose files are prepared.
    #[must_use]
    pub fn preparing(mut self, prepare: Box<Prepare>) -> Self {
        self.prepare = prepare;
        self
    }

    /// The same host, whose bundle has these files as they are, whatever the folder has at their paths.
    #[must_use]
    pub fn serving(mut self, files: Vec<(String, Vec<u8>)>) -> Self {
        self.made = files;
        self
    }

    /// The same host in an app that adds these APIs.
    #[must_use]
    pub fn adding(self, apis: &[ApiSpec]) -> Self {
        lock(&self.device).add(apis.iter().map(|api| api.name.clone()).collect());
        self
    }

    /// What the runner with this label has left behind so far; none while the device is still at work
    /// on a call of a script that was given up.
    #[must_use]
    pub fn state(&self, label: &str) -> Option<HostState> {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.device.try_lock() {
                Ok(device) => return Some(device.state(label)),
                Err(TryLockError::Poisoned(device)) => {
                    return Some(device.into_inner().state(label));
                }
                Err(TryLockError::WouldBlock) if Instant::now() >= until => return None,
                Err(TryLockError::WouldBlock) => thread::sleep(PATIENCE / 100),
            }
        }
    }

    /// The files that were asked for so far, the first ten thousand, also those that are not there.
    #[must_use]
    pub fn loaded(&self) -> Vec<PathBuf> {
        lock(&self.loaded).clone()
    }
}

impl Host for DesktopHost {
    fn load(&self, path: &str, reply: Reply) {
        if let Some((_, text)) = self.made.iter().find(|(made, _)| made == path) {
            return reply.ok(text.clone());
        }
        let mut loaded = lock(&self.loaded);
        if loaded.len() < MOST_LOADED {
            loaded.push(self.root.join(path));
        }
        drop(loaded);
        let text = read(&self.root, Path::new(path), reply.room());
        match text.and_then(|text| (self.prepare)(path, text)) {
            Ok(text) => reply.ok(text),
            Err(error) => reply.fail(error),
        }
    }

    fn call(&self, call: HostCall, reply: Reply) {
        let now = self.pace.clock().wall();
        let HostCall { label, api, method, args_json, .. } = &call;
        let asked = device::Call { label, api, method, args_json };
        match lock(&self.device).call(&asked, now) {
            Ok(result) => reply.ok(result),
            Err(error) => reply.fail(told(error)),
        }
    }

    fn fetch(&self, request: FetchRequest, reply: FetchReply) {
        self.http.fetch(request, reply);
    }

    fn log(&self, record: &LogRecord<'_>) {
        let since = record.time_ms - *lock(&self.began);
        (self.log)(record, since.max(0.0));
    }

    fn clock(&self) -> Arc<dyn Clock> {
        let clock = self.pace.clock();
        *lock(&self.began) = clock.wall();
        clock
    }
}

/// What the simulated device refuses, as a host says it.
fn told(error: simulated::HostError) -> HostError {
    HostError::new(error.code, error.message)
}

/// A bundle has no outside: what is not below `root`, also where links lead, is not there. Of a file of
/// more than `room` bytes no more is read than shows it.
fn read(root: &Path, path: &Path, room: usize) -> Result<Vec<u8>, HostError> {
    let file = root.join(path);
    let outside = || HostError::not_found(format!("`{}` is outside the bundle", path.display()));
    if !path.components().all(|part| matches!(part, Component::Normal(_))) {
        return Err(outside());
    }
    if let (Ok(root), Ok(file)) = (fs::canonicalize(root), fs::canonicalize(&file))
        && !file.starts_with(root)
    {
        return Err(outside());
    }
    let text = read_most(&file, room).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            HostError::not_found(format!("nothing is at `{}`", file.display()))
        }
        _ => HostError::failed(format!("`{}` cannot be read: {error}", file.display())),
    })?;
    if text.len() > room { Err(HostError::too_large()) } else { Ok(text) }
}

/// The text of a file, or its first bytes, which are more than `most`.
fn read_most(file: &Path, most: usize) -> io::Result<Vec<u8>> {
    let file = File::open(file)?;
    let most = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let length = file.metadata()?.len().min(most);
    let mut text = Vec::new();
    text.try_reserve_exact(usize::try_from(length).unwrap_or_default())?;
    file.take(most).read_to_end(&mut text)?;
    Ok(text)
}
