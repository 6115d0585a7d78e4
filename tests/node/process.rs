//! A process of Node with the WebAssembly module in it, and what a test says to it.

use std::{
    collections::HashMap,
    env,
    ffi::CString,
    fs::{File, OpenOptions},
    io::{Read, Write},
    os::unix::ffi::OsStrExt as _,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::SeqCst},
        mpsc::{self, Receiver, Sender},
    },
    thread,
    time::Duration,
};

use background_runner::{
    ApiSpec, Code, Fault, FetchHead, FetchRequest, Flow, HistoryQuery, Host, HostCall, HostError,
    Level, LogRecord, Outcome, ParamSpec, Request, RunError, RunRecord, Settings, TypeSpec,
    history::LogLine,
    host::{Relay, Said},
};
use background_runner_tests::root;
use serde_json::{Value, json, value::RawValue};

/// Processes that nobody uses.
static IDLE: Mutex<Vec<Arc<Node>>> = Mutex::new(Vec::new());

type Done = Box<dyn FnOnce(Outcome) + Send>;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A process, with the runners of one app at a time.
pub(crate) struct Node {
    child: Mutex<Child>,
    input: Mutex<ChildStdin>,
    pipe: Mutex<Pipe>,
    /// Outcomes to tell of.
    told: Sender<(Done, Outcome)>,
    host: Mutex<Option<Arc<dyn Host>>>,
    relays: Mutex<HashMap<u64, Arc<Relay>>>,
    waiting: Mutex<HashMap<u64, Done>>,
    /// Who waits for what is said about a piece of a body.
    flows: Mutex<HashMap<u64, Sender<Flow>>>,
    /// The answers to `open` and `history`.
    answers: Mutex<Receiver<Value>>,
    next: AtomicU64,
    /// How many there were, for a test that has one fail.
    allocations: Mutex<Arc<AtomicUsize>>,
    is_dead: AtomicBool,
}

/// The way in by which a script that waits for the host hears of it: nothing else is read meanwhile.
struct Pipe {
    file: File,
    /// Whether a script waits for the host.
    asking: bool,
}

fn frame(to: &mut impl Write, head: &Value, body: &[u8]) -> std::io::Result<()> {
    let head = head.to_string();
    let size = |bytes: &[u8]| u32::try_from(bytes.len()).expect("tests are small").to_le_bytes();
    to.write_all(&[&size(head.as_bytes())[..], &size(body), head.as_bytes(), body].concat())?;
    to.flush()
}

fn read(from: &mut ChildStdout) -> Option<(Value, Vec<u8>)> {
    let (mut first, mut second) = ([0; 4], [0; 4]);
    from.read_exact(&mut first).ok()?;
    from.read_exact(&mut second).ok()?;
    let mut head = vec![0; u32::from_le_bytes(first) as usize];
    let mut body = vec![0; u32::from_le_bytes(second) as usize];
    from.read_exact(&mut head).ok()?;
    from.read_exact(&mut body).ok()?;
    Some((serde_json::from_slice(&head).expect("Node says JSON"), body))
}

impl Node {
    /// Runners in a process that is idle, or in a new one.
    #[expect(clippy::result_large_err, reason = "it is what a runner of this process gives")]
    pub(crate) fn open(
        module: &Path,
        settings: &Settings,
        host: Arc<dyn Host>,
    ) -> Result<Arc<Self>, RunError> {
        let idle = lock(&IDLE).pop();
        let node = idle.unwrap_or_else(|| Self::start(module));
        let is_virtual = host.clock().is_virtual();
        *lock(&node.host) = Some(host);
        *lock(&node.allocations) = Arc::clone(&settings.faults.count);
        node.tell(&json!({ "op": "open", "settings": wire(settings), "isVirtual": is_virtual }));
        let opened = node.answer();
        match opened.get("error") {
            None => Ok(node),
            Some(error) => Err(RunError::new(code(&error["code"]), text(&error["message"]))),
        }
    }

    fn start(module: &Path) -> Arc<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name =
            format!("background-runner-{}-{}", std::process::id(), COUNT.fetch_add(1, SeqCst));
        let path = env::temp_dir().join(name);
        let c_path = CString::new(path.as_os_str().as_bytes()).expect("a path has no NUL");
        // SAFETY: the path ends with NUL.
        assert_eq!(unsafe { libc::mkfifo(c_path.as_ptr(), 0o600) }, 0, "a pipe can be made");
        let mut child = Command::new("node")
            .arg(root().join("tests/node/serve.mjs"))
            .arg(root().join("generated/wasm/runtime.mjs"))
            .args([module, &path])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Node can be started");
        let pipe = OpenOptions::new().write(true).open(&path).expect("Node opens the pipe");
        let _ = std::fs::remove_file(&path);
        let input = child.stdin.take().expect("it was asked for");
        let mut output = child.stdout.take().expect("it was asked for");
        let (answer, answers) = mpsc::channel();
        let (told, tells) = mpsc::channel::<(Done, Outcome)>();
        thread::spawn(move || tell_all(tells));
        let node = Arc::new(Self {
            child: Mutex::new(child),
            input: Mutex::new(input),
            pipe: Mutex::new(Pipe { file: pipe, asking: false }),
            told,
            host: Mutex::default(),
            relays: Mutex::default(),
            waiting: Mutex::default(),
            flows: Mutex::default(),
            answers: Mutex::new(answers),
            next: AtomicU64::new(1),
            allocations: Mutex::default(),
            is_dead: AtomicBool::new(false),
        });
        let (work, works) = mpsc::channel::<(Value, Vec<u8>)>();
        let reader = Arc::clone(&node);
        thread::spawn(move || {
            while let Some((head, body)) = read(&mut output) {
                reader.hear(head, body, &work, &answer);
            }
            reader.is_dead.store(true, SeqCst);
            drop(lock(&reader.flows).drain());
            drop(lock(&reader.waiting).drain());
        });
        let worker = Arc::clone(&node);
        thread::spawn(move || {
            for (head, body) in works {
                worker.serve(&head, body);
            }
        });
        node
    }

    /// A process that has ended hears nothing.
    fn tell(&self, head: &Value) {
        let _ = frame(&mut *lock(&self.input), head, &[]);
    }

    /// Sends an answer by the way that is open.
    fn send(&self, head: &Value, body: &[u8]) {
        {
            let mut pipe = lock(&self.pipe);
            if pipe.asking {
                let _ = frame(&mut pipe.file, head, body);
                return;
            }
        }
        let _ = frame(&mut *lock(&self.input), head, body);
    }

    fn answer(&self) -> Value {
        let answers = lock(&self.answers);
        answers.recv_timeout(Duration::from_secs(30)).expect("Node answers")
    }

    /// What the process says, on the thread that reads it.
    fn hear(
        self: &Arc<Self>,
        head: Value,
        body: Vec<u8>,
        work: &Sender<(Value, Vec<u8>)>,
        answer: &Sender<Value>,
    ) {
        match text(&head["op"]).as_str() {
            "flow" => {
                let flow = match text(&head["flow"]).as_str() {
                    "more" => Flow::More,
                    "wait" => Flow::Wait,
                    _ => Flow::Over,
                };
                if let Some(sender) = lock(&self.flows).remove(&number(&head["ticket"])) {
                    let _ = sender.send(flow);
                }
            }
            "load" | "call" | "fetch" => {
                lock(&self.pipe).asking = true;
                let _ = work.send((head, body));
            }
            "log" | "cancel" | "resume" | "outcome" => drop(work.send((head, body))),
            _ => drop(answer.send(head)),
        }
    }

    /// What the host is to do, on the thread that serves it.
    fn serve(self: &Arc<Self>, head: &Value, body: Vec<u8>) {
        let (op, call) = (text(&head["op"]), number(&head["call"]));
        if op == "outcome" {
            let done = lock(&self.waiting).remove(&number(&head["dispatch"]));
            let count = head["allocations"].as_u64().and_then(|count| usize::try_from(count).ok());
            lock(&self.allocations).store(count.unwrap_or_default(), SeqCst);
            if let Some(done) = done {
                let _ = self.told.send((done, outcome(&text(&head["outcome"]))));
            }
            return;
        }
        if op == "cancel" || op == "resume" {
            let relay = match op.as_str() {
                "cancel" => lock(&self.relays).remove(&call),
                _ => lock(&self.relays).get(&call).cloned(),
            };
            if let Some(relay) = relay {
                if op == "cancel" {
                    relay.cancel();
                } else {
                    // A script may wait for this thread while the host goes on.
                    thread::spawn(move || relay.resume());
                }
            }
            return;
        }
        let host = lock(&self.host).clone();
        if let Some(host) = host {
            let _ = catch_unwind(AssertUnwindSafe(|| self.ask(&*host, &op, call, head, body)));
        }
        if op == "log" {
            return;
        }
        let mut pipe = lock(&self.pipe);
        let _ = frame(&mut pipe.file, &json!({ "op": "returned" }), &[]);
        pipe.asking = false;
    }

    fn ask(self: &Arc<Self>, host: &dyn Host, op: &str, call: u64, head: &Value, body: Vec<u8>) {
        if op == "log" {
            let record = &head["record"];
            let [level, label, event, said] =
                ["level", "label", "event", "text"].map(|key| text(&record[key]));
            return host.log(&LogRecord {
                level: self::level(&level),
                text: &said,
                time_ms: record["time"].as_f64().unwrap_or_default(),
                label: &label,
                event: &event,
                dispatch_id: number(&record["dispatchId"]),
                place: record["place"].as_str(),
            });
        }
        let node = Arc::downgrade(self);
        let relay = Arc::new(Relay::new(move |said| match node.upgrade() {
            Some(node) => node.say(call, said),
            None => Flow::Over,
        }));
        lock(&self.relays).insert(call, Arc::clone(&relay));
        match op {
            "load" => host.load(&text(&head["path"]), relay.reply()),
            "call" => {
                let question = &head["question"];
                let [label, api, method, args_json] =
                    ["label", "api", "method", "argsJson"].map(|key| text(&question[key]));
                let question = HostCall { dispatch_id: 0, label, api, method, args_json };
                host.call(question, relay.reply());
            }
            _ => {
                let request = &head["request"];
                let headers = request["headers"].as_array().into_iter().flatten();
                let request = FetchRequest {
                    url: text(&request["url"]),
                    method: text(&request["method"]),
                    headers: headers.map(|pair| (text(&pair[0]), text(&pair[1]))).collect(),
                    redirect: text(&request["redirect"]),
                    body: head["hasBody"].as_bool().unwrap_or_default().then_some(body),
                };
                host.fetch(request, relay.fetch_reply());
            }
        }
    }

    /// What the host says to a question, from any thread.
    fn say(&self, call: u64, said: Said) -> Flow {
        let send = |head: Value, body: &[u8]| self.send(&head, body);
        match said {
            Said::Head(FetchHead { status, status_text, url, redirected, headers }) => {
                let head = json!({ "status": status, "statusText": status_text, "url": url,
                    "redirected": redirected, "headers": headers });
                send(json!({ "op": "head", "call": call, "head": head }), &[]);
                Flow::More
            }
            Said::Chunk(bytes) => {
                let (sender, flow) = mpsc::channel();
                let ticket = self.next.fetch_add(1, SeqCst);
                lock(&self.flows).insert(ticket, sender);
                send(json!({ "op": "chunk", "call": call, "ticket": ticket }), &bytes);
                flow.recv().unwrap_or(Flow::Over)
            }
            Said::Done(bytes) => {
                send(json!({ "op": "done", "call": call }), &bytes);
                lock(&self.relays).remove(&call);
                Flow::Over
            }
            Said::Failed(HostError { code, message }) => {
                let error = json!({ "code": code, "message": message });
                send(json!({ "op": "failed", "call": call, "error": error }), &[]);
                lock(&self.relays).remove(&call);
                Flow::Over
            }
        }
    }

    pub(crate) fn dispatch(&self, request: &Request, done: Done) -> u64 {
        let dispatch = self.next.fetch_add(1, SeqCst);
        lock(&self.waiting).insert(dispatch, done);
        let millis = |time: Option<Duration>| time.map(|time| time.as_secs_f64() * 1000.0);
        let request = json!({
            "label": request.label, "event": request.event, "details": request.details,
            "trigger": request.trigger, "timeout": millis(request.timeout), "grace": millis(request.grace),
            "memoryLimit": request.memory_limit,
        });
        self.tell(&json!({ "op": "dispatch", "dispatch": dispatch, "request": request }));
        dispatch
    }

    pub(crate) fn run(&self, request: &Request) -> Outcome {
        let (sender, receiver) = mpsc::channel();
        self.dispatch(request, Box::new(move |outcome| drop(sender.send(outcome))));
        receiver.recv_timeout(Duration::from_secs(30)).expect("there is an outcome")
    }

    pub(crate) fn cancel(&self, dispatch: u64) {
        self.tell(&json!({ "op": "cancel", "dispatch": dispatch }));
    }

    pub(crate) fn stop(&self, dispatch: u64, grace: Duration, reason: &str) {
        let grace = grace.as_secs_f64() * 1000.0;
        self.tell(&json!({ "op": "stop", "dispatch": dispatch, "grace": grace, "reason": reason }));
    }

    pub(crate) fn history(&self, query: &HistoryQuery) -> Vec<RunRecord> {
        let HistoryQuery { label, event, outcome, since, limit } = query;
        let mut query = json!({ "label": label, "event": event, "outcome": outcome, "since": since,
            "limit": limit });
        query.as_object_mut().expect("it is one").retain(|_, value| !value.is_null());
        self.tell(&json!({ "op": "history", "query": query }));
        let runs = self.answer();
        runs["runs"].as_array().into_iter().flatten().map(record).collect()
    }

    /// Nobody uses it any more: it serves the next one, unless it is still at work.
    pub(crate) fn leave(self: &Arc<Self>) {
        let at_work = !lock(&self.waiting).is_empty() || lock(&self.pipe).asking;
        if at_work || self.is_dead.load(SeqCst) || thread::panicking() {
            let _ = lock(&self.child).kill();
            let _ = lock(&self.child).wait();
            return;
        }
        *lock(&self.host) = None;
        lock(&self.relays).clear();
        lock(&IDLE).push(Arc::clone(self));
    }
}

/// Tells of outcomes in their order, but waits for nobody who keeps the call.
fn tell_all(tells: Receiver<(Done, Outcome)>) {
    for (done, outcome) in tells {
        let (returned, returns) = mpsc::channel::<()>();
        thread::spawn(move || {
            done(outcome);
            drop(returned);
        });
        let _ = returns.recv_timeout(Duration::from_millis(50));
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_default()
}

fn code(value: &Value) -> Code {
    let code = Code::ALL.into_iter().find(|code| Some(code.as_str()) == value.as_str());
    code.unwrap_or(Code::Internal)
}

fn level(name: &str) -> Level {
    let all = [Level::Trace, Level::Debug, Level::Log, Level::Info, Level::Warn, Level::Error];
    all.into_iter().find(|level| level.as_str() == name).expect("a level")
}

/// An outcome, whose value is the very text that the module gave.
fn outcome(json: &str) -> Outcome {
    let fields: HashMap<String, Box<RawValue>> =
        serde_json::from_str(json).expect("an outcome is JSON");
    let all: Value = fields
        .iter()
        .filter(|(key, _)| *key != "value")
        .map(|(key, raw)| {
            (key.clone(), serde_json::from_str::<Value>(raw.get()).expect("it is JSON"))
        })
        .collect();
    let some = |value: &Value| Some(value.clone()).filter(|value| !value.is_null());
    let result = match all.get("error") {
        None => Ok(fields.get("value").map(|raw| raw.get().to_owned())),
        Some(error) => Err(RunError {
            code: code(&error["code"]),
            name: text(&error["name"]),
            message: text(&error["message"]),
            stack: error["stack"].as_str().map(str::to_owned),
            script_code: some(&error["scriptCode"]),
            cause: some(&error["cause"]),
        }),
    };
    let duration = all["durationMs"].as_f64().unwrap_or_default() / 1000.0;
    Outcome {
        result,
        duration: Duration::try_from_secs_f64(duration).unwrap_or_default(),
        heap_peak_bytes: number(&all["heapPeakBytes"]),
        dispatch_id: number(&all["dispatchId"]),
    }
}

fn record(run: &Value) -> RunRecord {
    let maybe = |key: &str| run[key].as_str().map(str::to_owned);
    let lines = run["logs"].as_array().into_iter().flatten();
    RunRecord {
        dispatch_id: number(&run["dispatchId"]),
        label: text(&run["label"]),
        event: text(&run["event"]),
        trigger: text(&run["trigger"]),
        schedule_id: maybe("scheduleId"),
        attempt: run["attempt"].as_u64().and_then(|attempt| u32::try_from(attempt).ok()),
        started_at: run["startedAt"].as_f64().unwrap_or_default(),
        duration_ms: run["durationMs"].as_f64().unwrap_or_default(),
        outcome: text(&run["outcome"]),
        stop_reason: maybe("stopReason"),
        error_code: maybe("errorCode"),
        error_message: maybe("errorMessage"),
        logs: lines
            .map(|line| LogLine {
                level: text(&line["level"]),
                text: text(&line["text"]),
                time: line["time"].as_f64().unwrap_or_default(),
                label: text(&line["label"]),
                event: text(&line["event"]),
                dispatch_id: number(&line["dispatchId"]),
            })
            .collect(),
    }
}

/// Settings as the native side passes them.
fn wire(settings: &Settings) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "tests have small limits")]
    let mebibytes = |bytes: usize| bytes as f64 / 1_048_576.0;
    let runners = settings.runners.iter().map(|runner| {
        let mut json = json!({
            "label": runner.label, "src": runner.src, "apis": runner.apis,
            "timeout": runner.timeout.map(|it| it.as_secs_f64()),
            "memoryLimit": runner.memory_limit.map(mebibytes),
        });
        json.as_object_mut().expect("it is one").retain(|_, value| !value.is_null());
        json
    });
    let concurrent = settings.max_concurrent.map_or(4, std::num::NonZero::get);
    let mut config =
        json!({ "runners": runners.collect::<Vec<_>>(), "historyLimit": settings.history_limit });
    config.as_object_mut().expect("it is one").retain(|_, value| !value.is_null());
    let fault = match settings.faults.fault {
        Fault::Limit => "limit",
        Fault::Once => "once",
        Fault::ForGood => "forGood",
    };
    json!({
        "platform": settings.platform, "maxConcurrent": concurrent, "config": config,
        "faults": { "nth": settings.faults.nth, "fault": fault },
        "apis": settings.apis.iter().map(api).collect::<Vec<_>>(),
    })
}

fn api(api: &ApiSpec) -> Value {
    let methods = api.methods.iter().map(|method| {
        json!({
            "name": method.name, "params": params(&method.params), "returns": kind(&method.returns),
            "async": method.is_async, "property": method.property, "platforms": method.platforms,
        })
    });
    let mut json = json!({ "name": api.name, "methods": methods.collect::<Vec<_>>(),
        "platforms": api.platforms, "lenient": api.lenient });
    if let Some(short) = &api.short {
        json["short"] = json!(short);
    }
    json
}

fn params(params: &[ParamSpec]) -> Vec<Value> {
    let param =
        |it: &ParamSpec| json!({ "name": it.name, "type": kind(&it.ty), "optional": it.optional });
    params.iter().map(param).collect()
}

fn kind(ty: &TypeSpec) -> Value {
    match ty {
        TypeSpec::Void => json!("void"),
        TypeSpec::String => json!("string"),
        TypeSpec::Number => json!("number"),
        TypeSpec::Integer => json!("integer"),
        TypeSpec::Boolean => json!("boolean"),
        TypeSpec::Any => json!("any"),
        TypeSpec::Date => json!("date"),
        TypeSpec::Literals(texts) => json!({ "literals": texts }),
        TypeSpec::Integers(numbers) => json!({ "integers": numbers }),
        TypeSpec::Array(item) => json!({ "array": kind(item) }),
        TypeSpec::Nullable(inner) => json!({ "nullable": kind(inner) }),
        TypeSpec::Record(inner) => json!({ "record": kind(inner) }),
        TypeSpec::Object(fields) => json!({ "object": params(fields) }),
        TypeSpec::Union(members) => {
            json!({ "union": members.iter().map(kind).collect::<Vec<_>>() })
        }
    }
}
