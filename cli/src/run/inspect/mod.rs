//! `--inspect`: the runner in the developer's own Node.js, where every debugger can stop it, and everything
//! that it asks of its device answered by the runtime.
//!
//! ```text
//! Node.js (driver.mjs, the bundle) ── lines of JSON ── command ── runtime (bridge.js) ── simulated device
//! ```
//!
//! In the runtime a script of ours asks, through a function that only this run has, for what the runner in
//! Node.js does next, does it with the runtime's own APIs, and answers. So arguments are checked,
//! permissions asked and requests answered as ever.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use background_runner::{
    ApiSpec, Clock, FetchReply, FetchRequest, Host, HostCall, HostError, LogRecord, Reply,
    desktop::DesktopHost,
};
use miette::{IntoDiagnostic as _, Result, WrapErr as _, miette};
use serde_json::json;
use tempfile::TempDir;

use super::plan::Plan;
use crate::bundled;

/// Runs the bundle in Node.js.
const DRIVER: &str = include_str!("driver.mjs");

/// Does in the runtime what the runner in Node.js wants.
const BRIDGE: &str = include_str!("bridge.js");

/// The global through which `bridge.js` hears of it.
const API: &str = "InspectedInNode";

/// How long a run may take that a developer stops and goes on with.
pub(super) const PATIENCE: Duration = Duration::from_hours(24);

/// A runner in Node.js, around the host that answers it.
pub(super) struct Inspected {
    host: Arc<DesktopHost>,
    src: String,
    /// `bridge.js` for the event.
    bridge: String,
    node: Arc<Mutex<Node>>,
    /// What Node.js runs; gone when the run is over.
    _folder: TempDir,
}

struct Node {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Inspected {
    /// Starts Node.js, which waits for a debugger on this port.
    pub(super) fn start(plan: &Plan, port: u16, host: Arc<DesktopHost>) -> Result<Self> {
        let folder = tempfile::tempdir().into_diagnostic()?;
        let path = fs::canonicalize(folder.path()).into_diagnostic()?;
        let file = path.join("runner.js");
        let bundled = bundled::bundle(&plan.file, &file, &plan.root).map_err(|problems| {
            let mut reports = problems.iter().map(|it| bundled::report(it, &plan.root));
            reports.next().unwrap_or_else(|| miette!("the runner cannot be bundled"))
        })?;
        let file = if bundled.is_module { path.join("runner.mjs") } else { file };
        let write = |path: &Path, text: &str| fs::write(path, text).into_diagnostic();
        write(&file, &bundled.code)?;
        write(&path.join("runner.js.map"), &bundled.map)?;
        let driver = path.join("driver.mjs");
        write(&driver, DRIVER)?;
        let node = Node::start(&driver, &file, port)?;
        Ok(Self {
            host,
            src: plan.src.clone(),
            bridge: BRIDGE.replace("EVENT", &json!(plan.event).to_string()),
            node: Arc::new(Mutex::new(node)),
            _folder: folder,
        })
    }

    /// The function that `bridge.js` calls.
    pub(super) fn api() -> Result<ApiSpec> {
        let next = json!({
            "name": "next",
            "params": [{ "name": "answer", "type": "string" }],
            "returns": "string",
            "async": true,
        });
        serde_json::from_value(json!({ "name": API, "methods": [next] })).into_diagnostic()
    }
}

impl Host for Inspected {
    fn load(&self, path: &str, reply: Reply) {
        if path == self.src {
            reply.ok(self.bridge.as_bytes());
        } else {
            self.host.load(path, reply);
        }
    }

    fn call(&self, call: HostCall, reply: Reply) {
        if call.api != API {
            return self.host.call(call, reply);
        }
        let node = Arc::clone(&self.node);
        // It may be a while until the developer goes on.
        thread::spawn(move || {
            let [answer]: [String; 1] = serde_json::from_str(&call.args_json).unwrap_or_default();
            let mut node = node.lock().unwrap_or_else(PoisonError::into_inner);
            match node.exchange(&answer) {
                Ok(line) => reply.ok(json!(line).to_string()),
                Err(error) => reply.fail(HostError::failed(error)),
            }
        });
    }

    fn fetch(&self, request: FetchRequest, reply: FetchReply) {
        self.host.fetch(request, reply);
    }

    fn log(&self, record: &LogRecord<'_>) {
        self.host.log(record);
    }

    fn clock(&self) -> Arc<dyn Clock> {
        self.host.clock()
    }
}

impl Node {
    fn start(driver: &Path, file: &Path, port: u16) -> Result<Self> {
        let mut child = Command::new("node")
            .args(["--enable-source-maps", "--no-warnings"])
            .arg(driver)
            .arg(file)
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .into_diagnostic()
            .wrap_err("`--inspect` runs the runner in your Node.js, which cannot be started")?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (input, output) = pipes.ok_or_else(|| miette!("Node.js has no pipes"))?;
        Ok(Self { child, input, output: BufReader::new(output) })
    }

    /// Answers what the runner asked for, and hears what it asks for next.
    fn exchange(&mut self, answer: &str) -> std::result::Result<String, String> {
        let written = writeln!(self.input, "{answer}").and_then(|()| self.input.flush());
        let mut line = String::new();
        let read = written.and_then(|()| self.output.read_line(&mut line));
        match read {
            Ok(0) => Err("Node.js has ended".to_owned()),
            Ok(_) => Ok(line),
            Err(error) => Err(format!("Node.js has ended: {error}")),
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
