//! The simulated device for a host that is not written in Rust: questions and answers are JSON.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    device::{Call, Device},
    host_file::HostFile,
    json::JsonError,
    redirect::{self, Next},
    rules::{Fate, MAX_REDIRECTS, Rules, too_many_redirects},
};
use crate::host::{HostError, Request, Response};

/// A device and its network, as a host file describes them: none before the first one.
#[derive(Default)]
pub struct Simulation(Option<(Device, Rules)>);

/// What a host asks of them.
#[derive(Debug, Deserialize)]
#[serde(tag = "ask", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Question {
    /// To be as the text of a host file says, from now on; what runners stored and sent stays.
    Become { host: String },
    /// What a device API's method returns, at a time in milliseconds since 1970.
    Call { label: String, api: String, method: String, args_json: String, now: f64 },
    /// What becomes of a request that was redirected `hops` times.
    Fetch { request: Request, hops: usize },
    /// What the runner with this label left behind.
    State { label: String },
    /// Which APIs the app adds, whose calls the host file answers.
    Add { apis: Vec<String> },
}

/// What becomes of a request.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    /// The place of the rule that answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delay_ms: Option<u64>,
    /// It goes to the real network.
    #[serde(skip_serializing_if = "Option::is_none")]
    passthrough: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<Response>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    /// It goes on to another place.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Request>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<HostError>,
}

impl Simulation {
    /// Answers a question, both as JSON; none for one that makes no sense, or comes too early.
    pub fn ask(&mut self, question: &str) -> Option<String> {
        let question = serde_json::from_str(question).ok()?;
        if let Question::Become { host } = question {
            return Some(
                self.be(&host).map_or_else(|error| explained(&error), |()| Value::Null).to_string(),
            );
        }
        let (device, rules) = self.0.as_mut()?;
        let answer = match question {
            Question::Become { .. } => Value::Null,
            Question::Call { label, api, method, args_json, now } => {
                let (label, api, method, args_json) = (&*label, &*api, &*method, &*args_json);
                match device.call(&Call { label, api, method, args_json }, now) {
                    Ok(json) => json!({ "done": json }),
                    Err(error) => json!({ "error": error }),
                }
            }
            Question::Fetch { request, hops } => json!(fetch(rules, request, hops)),
            Question::State { label } => json!(device.state(&label)),
            Question::Add { apis } => {
                device.add(apis);
                Value::Null
            }
        };
        Some(answer.to_string())
    }

    fn be(&mut self, host: &str) -> Result<(), JsonError> {
        let file = HostFile::parse(host)?;
        let rules = Rules::new(&file);
        match &mut self.0 {
            Some((device, old)) => {
                device.change(file);
                *old = rules;
            }
            None => self.0 = Some((Device::new(file), rules)),
        }
        Ok(())
    }
}

/// What is wrong with a host file, the way out, and the line of its text.
fn explained(error: &JsonError) -> Value {
    let JsonError { message, help, line, .. } = error;
    json!({ "message": message, "help": help, "line": line })
}

fn fetch(rules: &Rules, request: Request, hops: usize) -> Told {
    match rules.fate(&request) {
        Fate::Network => Told { passthrough: Some(true), ..Told::default() },
        Fate::Nothing(error) => Told { error: Some(error), ..Told::default() },
        Fate::Rule(place, rule) => {
            let delay_ms = Some(rule.delay_ms).filter(|delay| *delay > 0);
            let told = Told { rule: Some(place), delay_ms, ..Told::default() };
            let answered = rule.head().and_then(|head| {
                let next = redirect::next(request, head.status, &head.headers)?;
                Ok((head, next))
            });
            match answered {
                Err(error) => Told { error: Some(error), ..told },
                Ok((head, Next::Deliver(url))) => {
                    let body = Some(rule.body.clone());
                    Told { head: Some(head.told(url, hops > 0)), body, ..told }
                }
                Ok(_) if hops >= MAX_REDIRECTS => {
                    Told { error: Some(too_many_redirects()), ..told }
                }
                Ok((_, Next::Request(next))) => Told { next: Some(next), ..told },
            }
        }
    }
}
