//! A host in memory: files, answers by a function of the test's, and a log to look at.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
    time::Duration,
};

use background_runner::{
    Clock, Code, FetchHead, FetchReply, FetchRequest, Host, HostCall, HostError, LogRecord,
    Outcome, RealClock, Reply, Request, RunnerSpec, Settings, VirtualClock,
};

use crate::runner::Runner;

pub(crate) type Calls = Box<dyn Fn(HostCall, Reply) + Send + Sync>;
pub(crate) type Fetches = Box<dyn Fn(FetchRequest, FetchReply) + Send + Sync>;

/// The label of the runner in these tests.
pub(crate) const LABEL: &str = "com.example.test";

/// A host in memory.
pub(crate) struct TestHost {
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    pub(crate) calls: Calls,
    pub(crate) fetches: Fetches,
    pub(crate) logs: Mutex<Vec<(String, String)>>,
    pub(crate) on_log: Box<dyn Fn() + Send + Sync>,
    pub(crate) virtual_clock: bool,
    /// Whether it plays the store itself.
    pub(crate) keeps_kv: bool,
    kv: Mutex<HashMap<String, String>>,
}

impl Default for TestHost {
    fn default() -> Self {
        Self {
            files: BTreeMap::new(),
            calls: Box::new(|call, reply| {
                reply.fail(HostError::new("UNAVAILABLE", format!("no `{}`", call.api)));
            }),
            fetches: Box::new(|_, reply| {
                reply.head(FetchHead { status: 204, ..FetchHead::default() });
                reply.done();
            }),
            logs: Mutex::default(),
            on_log: Box::new(|| {}),
            virtual_clock: false,
            keeps_kv: true,
            kv: Mutex::default(),
        }
    }
}

impl TestHost {
    /// A host with one file.
    pub(crate) fn with(path: &str, text: impl Into<Vec<u8>>) -> Self {
        Self { files: BTreeMap::from([(path.to_owned(), text.into())]), ..Self::default() }
    }

    /// What was logged, as `level: text`.
    pub(crate) fn log_lines(&self) -> Vec<String> {
        let logs = self.logs.lock().unwrap();
        logs.iter().map(|(level, text)| format!("{level}: {text}")).collect()
    }

    /// Whether something is stored under this key.
    pub(crate) fn stored(&self, key: &str) -> bool {
        self.kv.lock().unwrap().contains_key(key)
    }
}

impl Host for TestHost {
    fn load(&self, path: &str, reply: Reply) {
        match self.files.get(path) {
            Some(text) => reply.ok(text.clone()),
            None => reply.fail(HostError::not_found("it is not in the bundle")),
        }
    }

    fn call(&self, call: HostCall, reply: Reply) {
        if call.api == "CapacitorKV" && self.keeps_kv {
            return self.kv(&call, reply);
        }
        (self.calls)(call, reply);
    }

    fn fetch(&self, request: FetchRequest, reply: FetchReply) {
        (self.fetches)(request, reply);
    }

    fn log(&self, record: &LogRecord<'_>) {
        let line = (record.level.to_string(), record.text.to_owned());
        self.logs.lock().unwrap().push(line);
        (self.on_log)();
    }

    fn clock(&self) -> Arc<dyn Clock> {
        if self.virtual_clock {
            Arc::new(VirtualClock::default())
        } else {
            Arc::new(RealClock::new())
        }
    }
}

impl TestHost {
    fn kv(&self, call: &HostCall, reply: Reply) {
        let args: Vec<String> = serde_json::from_str(&call.args_json).expect("strings");
        let mut kv = self.kv.lock().unwrap();
        match (call.method.as_str(), &args[..]) {
            ("set", [key, value]) => drop(kv.insert(key.clone(), value.clone())),
            ("get", [key]) => {
                let value = kv.get(key).map(|value| serde_json::json!({ "value": value }));
                return reply.ok(serde_json::to_string(&value).unwrap());
            }
            ("remove", [key]) => drop(kv.remove(key)),
            _ => return reply.fail(HostError::failed("unknown")),
        }
        reply.ok("");
    }
}

/// A script, an event, and what is to be found out about them.
pub(crate) struct Case {
    pub(crate) host: Arc<TestHost>,
    pub(crate) settings: Settings,
    pub(crate) request: Request,
}

/// The event `test` for a script of which this is the text of the handler's body.
///
/// The body sees `resolve`, `reject`, `args` and `context`.
pub(crate) fn handler(body: &str) -> Case {
    script(&format!("addEventListener('test', (resolve, reject, args, context) => {{ {body} }});"))
}

/// The event `test` for this script.
pub(crate) fn script(text: &str) -> Case {
    with_host(TestHost::with("runner.js", text))
}

/// The event `test` for the file `runner.js` of this host.
pub(crate) fn with_host(host: TestHost) -> Case {
    let runner =
        RunnerSpec { label: LABEL.into(), src: "runner.js".into(), ..RunnerSpec::default() };
    Case {
        host: Arc::new(host),
        settings: Settings { platform: "ios".into(), runners: vec![runner], ..Settings::default() },
        request: Request {
            label: LABEL.into(),
            event: "test".into(),
            timeout: Some(Duration::from_secs(10)),
            ..Request::default()
        },
    }
}

impl Case {
    pub(crate) fn details(mut self, details: &str) -> Self {
        self.request.details = Some(details.into());
        self
    }

    pub(crate) fn event(mut self, event: &str) -> Self {
        self.request.event = event.into();
        self
    }

    pub(crate) fn timeout(mut self, timeout: Duration) -> Self {
        self.request.timeout = Some(timeout);
        self
    }

    pub(crate) fn memory(mut self, limit: usize) -> Self {
        self.request.memory_limit = Some(limit);
        self
    }

    pub(crate) fn host(mut self, change: impl FnOnce(&mut TestHost)) -> Self {
        change(Arc::get_mut(&mut self.host).expect("the host is not shared yet"));
        self
    }

    pub(crate) fn runner(&self) -> Arc<Runner> {
        let host = Arc::clone(&self.host);
        Arc::new(Runner::new(self.settings.clone(), host).expect("the settings are valid"))
    }

    pub(crate) fn run(&self) -> Outcome {
        self.runner().run(self.request.clone())
    }

    /// The value as JSON text; `no value` for none.
    #[track_caller]
    pub(crate) fn value(&self) -> String {
        match self.run().result {
            Ok(value) => value.unwrap_or_else(|| "no value".to_owned()),
            Err(error) => panic!("failed: {error:?}"),
        }
    }

    /// The value, and how many lines were logged on the way.
    #[track_caller]
    pub(crate) fn value_and_logs(&self) -> (String, usize) {
        (self.value(), self.logs())
    }

    fn logs(&self) -> usize {
        self.host.logs.lock().unwrap().len()
    }

    /// The error's code and message.
    #[track_caller]
    pub(crate) fn error(&self) -> (Code, String) {
        let error = self.failure();
        (error.code, error.message)
    }

    #[track_caller]
    pub(crate) fn failure(&self) -> background_runner::RunError {
        match self.run().result {
            Ok(value) => panic!("resolved: {value:?}"),
            Err(error) => error,
        }
    }
}
