//! `run --inspect`: a debugger stops a runner in Node.js, whose device is the simulated one.

use std::{
    fs,
    io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use background_runner_tests::background_runner;
use serde_json::{Value, json};

use crate::Bench;

const RUNNER: &str = "import { shout } from './lib/shout';

addEventListener('go', async (resolve, reject, args: { name: string }) => {
  const greeting = shout(args.name);
  debugger;
  CapacitorKV.set('greeting', greeting);
  const refused: string[] = [];
  try { (CapacitorKV.set as any)('greeting'); } catch (error) { refused.push((error as Error).name); }
  const response = await fetch('https://api.example.com/todos', { method: 'POST', body: 'x' });
  console.log('stored', CapacitorKV.get('greeting'));
  resolve([greeting, response.status, await response.json(), refused, typeof process, CapacitorWatch.isReachable]);
});
";

/// A debugger, over the protocol that Node.js has.
struct Debugger {
    stream: BufReader<TcpStream>,
    number: u64,
    events: Vec<Value>,
}

impl Debugger {
    /// Attaches to what waits at a port, as soon as it does.
    fn attach(port: u16) -> Self {
        let list = (0..3000).find_map(|_| {
            std::thread::sleep(Duration::from_millis(20));
            get(port, "/json/list").ok()
        });
        let list = list.expect("Node.js waits for a debugger");
        let list: Value = serde_json::from_str(&list).expect("it is JSON");
        let url = list[0]["webSocketDebuggerUrl"].as_str().expect("there is one");
        let path = url.splitn(4, '/').nth(3).expect("it has a path");
        let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_mins(1))).expect("it is not nothing");
        let upgrade = format!(
            "GET /{path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        );
        stream.write_all(upgrade.as_bytes()).expect("it listens");
        let mut stream = BufReader::new(stream);
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            let read = stream.read_line(&mut line).expect("it answers");
            assert!(read > 0, "it goes on");
        }
        Self { stream, number: 0, events: Vec::new() }
    }

    /// The result of a command.
    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.number += 1;
        let text = json!({ "id": self.number, "method": method, "params": params }).to_string();
        // Masked with nothing, as clients have to.
        let mut frame = vec![0x81, 0xfe];
        frame.extend(u16::try_from(text.len()).expect("it is short").to_be_bytes());
        frame.extend([0; 4]);
        frame.extend(text.as_bytes());
        self.stream.get_mut().write_all(&frame).expect("it listens");
        loop {
            let message = self.message();
            if message["id"] == self.number {
                return message["result"].clone();
            }
            self.events.push(message);
        }
    }

    /// What is told of an event.
    fn wait(&mut self, method: &str) -> Value {
        loop {
            if let Some(at) = self.events.iter().position(|event| event["method"] == method) {
                return self.events.remove(at)["params"].clone();
            }
            let message = self.message();
            self.events.push(message);
        }
    }

    fn message(&mut self) -> Value {
        let mut head = [0; 2];
        self.stream.read_exact(&mut head).expect("it talks");
        let length = match head[1] {
            126 => {
                let mut long = [0; 2];
                self.stream.read_exact(&mut long).expect("it talks");
                u64::from(u16::from_be_bytes(long))
            }
            127 => {
                let mut long = [0; 8];
                self.stream.read_exact(&mut long).expect("it talks");
                u64::from_be_bytes(long)
            }
            short => u64::from(short),
        };
        let mut text = vec![0; usize::try_from(length).expect("it is short")];
        self.stream.read_exact(&mut text).expect("it talks");
        serde_json::from_slice(&text).expect("it is JSON")
    }
}

fn get(port: u16, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let request = format!("GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = BufReader::new(stream);
    let (mut line, mut length) = (String::new(), 0);
    while line != "\r\n" {
        line.clear();
        if answer.read_line(&mut line)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let header = line.to_lowercase();
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length is a number");
        }
    }
    // The connection stays open.
    let mut body = vec![0; length];
    answer.read_exact(&mut body)?;
    Ok(String::from_utf8(body).expect("it is text"))
}

#[test]
fn a_debugger_stops_the_runner_and_its_device_is_the_simulated_one() {
    let bench = Bench::named("runner.ts", RUNNER);
    bench.write(
        "lib/shout.ts",
        "export const shout = (text: string) => `${text.toUpperCase()}!`;\n",
    );
    let rules = r#"{ "http": [{ "method": "POST", "url": "https://api.example.com/*", "status": 201, "body": "[1]" }] }"#;
    bench.write("host.json", rules);
    let port =
        TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a port").port();
    let child = Command::new(background_runner())
        .args(["run", "runner.ts", "--event", "go", "--details", r#"{"name":"ada"}"#, "--json"])
        .args(["--host", "host.json", &format!("--inspect={port}")])
        .current_dir(bench.folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts");

    let mut debugger = Debugger::attach(port);
    debugger.ask("Runtime.enable", &json!({}));
    debugger.ask("Debugger.enable", &json!({}));
    debugger.ask("Runtime.runIfWaitingForDebugger", &json!({}));
    let paused = debugger.wait("Debugger.paused");
    let frame = &paused["callFrames"][0];
    let evaluate = json!({ "callFrameId": frame["callFrameId"], "expression": "greeting" });
    let greeting = debugger.ask("Debugger.evaluateOnCallFrame", &evaluate);
    assert_eq!(greeting["result"]["value"], "ADA!", "{greeting}");
    // The debugger finds the sources by the map.
    let script = loop {
        let script = debugger.wait("Debugger.scriptParsed");
        if script["scriptId"] == frame["location"]["scriptId"] {
            break script;
        }
    };
    let url = script["url"].as_str().expect("it has one").trim_start_matches("file://");
    let map = Path::new(url).with_file_name(script["sourceMapURL"].as_str().expect("it has one"));
    let folder = map.parent().expect("it is in a folder").to_owned();
    let map: Value = serde_json::from_str(&fs::read_to_string(map).expect("it is there")).unwrap();
    let sources = map["sources"].as_array().expect("a list").iter();
    let mut sources: Vec<_> = sources
        .map(|it| fs::canonicalize(folder.join(it.as_str().unwrap())).expect("it is there"))
        .collect();
    sources.sort();
    let own = fs::canonicalize(bench.folder.path()).expect("it is there");
    assert_eq!(sources, [own.join("lib/shout.ts"), own.join("runner.ts")]);

    debugger.ask("Debugger.resume", &json!({}));
    let output = child.wait_with_output().expect("it ends");
    let line: Value = serde_json::from_slice(&output.stdout).expect("the line is JSON");
    let expected = json!(["ADA!", 201, [1], ["TypeError"], "undefined", true]);
    assert_eq!(line["value"], expected, "{line}");
    assert_eq!(line["host"]["kv"]["greeting"], "ADA!", "{line}");
    assert!(line["logs"].to_string().contains("stored"), "{line}");
}
