//! The scheduling decisions (contract N5), played against an operating system in memory.

use std::collections::BTreeMap;

use background_runner::schedule;
use serde_json::{Value, json};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// A phone: what its operating system was told, and what the plugin stored.
struct Phone {
    platform: &'static str,
    config: Value,
    now: i64,
    state: Value,
    pending: BTreeMap<String, Value>,
}

impl Phone {
    fn new(platform: &'static str, config: Value) -> Self {
        let now = 1_760_000_000_000;
        Self { platform, config, now, state: Value::Null, pending: BTreeMap::new() }
    }

    /// Asks for a plan and carries it out, as the native side does.
    fn plan(&mut self, trigger: Value) -> Value {
        let pending: Vec<_> = self.pending.keys().collect();
        let input = json!({
            "platform": self.platform, "nowMs": self.now, "config": self.config,
            "state": self.state, "pending": pending, "trigger": trigger,
        });
        let output: Value = serde_json::from_str(&schedule::plan(&input.to_string())).unwrap();
        assert_eq!(output["error"], Value::Null, "{output}");
        for cancel in output["cancel"].as_array().unwrap() {
            let name = cancel["name"].as_str().unwrap();
            assert!(self.pending.remove(name).is_some(), "`{name}` is cancelled, but not there");
        }
        for submit in output["submit"].as_array().unwrap() {
            self.pending.insert(submit["name"].as_str().unwrap().to_owned(), submit.clone());
        }
        self.state = output["state"].clone();
        output
    }

    fn start(&mut self) -> Value {
        self.plan(json!({ "type": "start" }))
    }

    /// The system hands out a request of iOS, which is gone from then on.
    fn launch(&mut self, name: &str, conditions: Value) -> Value {
        self.pending.remove(name).unwrap_or_else(|| panic!("`{name}` is not pending"));
        self.plan(json!({ "type": "launched", "name": name, "conditions": conditions }))
    }

    fn finish(&mut self, label: &str, id: &str, error_code: Option<&str>) -> Value {
        let outcome = if error_code.is_some() { "failed" } else { "resolved" };
        self.plan(json!({
            "type": "finished", "label": label, "id": id, "outcome": outcome, "errorCode": error_code,
        }))
    }

    fn names(&self) -> Vec<&str> {
        self.pending.keys().map(String::as_str).collect()
    }

    /// How long until iOS may begin.
    fn begins_in(&self, name: &str) -> i64 {
        self.pending[name]["earliestBeginMs"].as_i64().unwrap() - self.now
    }
}

/// The config of the documentation: one runner, every 15 minutes.
fn single() -> Value {
    json!({
        "label": "app.sync", "src": "runners/sync.js", "event": "sync",
        "repeat": true, "interval": 15, "autoStart": true,
    })
}

fn with(mut config: Value, changes: Value) -> Value {
    config.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    config
}

fn codes(output: &Value) -> Vec<&str> {
    let warnings = output["warnings"].as_array().unwrap();
    warnings.iter().map(|warning| warning["code"].as_str().unwrap()).collect()
}

fn reasons(output: &Value) -> Vec<(&str, &str)> {
    let cancel = output["cancel"].as_array().unwrap();
    cancel.iter().map(|c| (c["name"].as_str().unwrap(), c["reason"].as_str().unwrap())).collect()
}

fn runs(output: &Value) -> Vec<&str> {
    output["run"].as_array().unwrap().iter().map(|run| run["id"].as_str().unwrap()).collect()
}

#[test]
fn n5_android_submits_one_periodic_work_with_everything_in_it() {
    let constraints = json!({ "network": "unmetered", "batteryNotLow": true });
    let retry = json!({ "attempts": 3, "delay": 20, "backoff": "linear" });
    let config = with(single(), json!({ "constraints": constraints, "retry": retry }));
    let output = Phone::new("android", config).start();
    assert_eq!(
        output["submit"],
        json!([{
            "name": "app.sync/sync", "kind": "periodic", "existing": "replace",
            "intervalMs": 15 * MINUTE, "initialDelayMs": 15 * MINUTE,
            "constraints": { "network": "unmetered", "charging": false, "deviceIdle": false,
                             "batteryNotLow": true, "storageNotLow": false },
            "backoff": { "policy": "linear", "delayMs": 20_000 },
            "input": { "label": "app.sync", "id": "sync", "event": "sync", "details": {} },
        }])
    );
    assert_eq!(output["warnings"], json!([]));
}

#[test]
fn n5_ios_submits_one_refresh_request() {
    let mut phone = Phone::new("ios", single());
    let output = phone.start();
    assert_eq!(
        output["submit"],
        json!([{
            "name": "app.sync", "kind": "refresh", "earliestBeginMs": phone.now + 15 * MINUTE,
            "requiresNetwork": false, "requiresPower": false,
        }])
    );
}

#[test]
fn n5_a_page_runs_what_is_due_when_its_conditions_hold() {
    let interval =
        json!({ "interval": 0.5, "constraints": { "network": "unmetered", "charging": true } });
    let mut page = Phone::new("web", with(single(), interval));
    let output = page.start();
    assert_eq!(output["submit"], json!([]));
    let planned = json!([{
        "label": "app.sync", "id": "sync", "event": "sync", "repeat": true, "interval": 0.5,
        "effectiveInterval": 0.5, "nextRunAt": page.now + MINUTE / 2, "source": "config",
    }]);
    assert_eq!(output["schedules"], planned);
    page.now += MINUTE;
    let launched = |conditions: Value| json!({ "type": "launched", "name": "app.sync/sync", "conditions": conditions });
    for missing in [
        json!({ "charging": false, "network": "unmetered" }),
        json!({ "charging": true, "network": "connected" }),
    ] {
        let output = page.plan(launched(missing));
        assert_eq!(runs(&output), [""; 0]);
        assert_eq!(output["schedules"], planned);
    }
    let output = page.plan(launched(json!({ "charging": true, "network": "unmetered" })));
    assert_eq!(runs(&output), ["sync"]);
    assert_eq!(output["schedules"][0]["nextRunAt"], page.now + MINUTE / 2);
    let output = page.finish("app.sync", "sync", None);
    assert_eq!(output["schedules"][0]["nextRunAt"], page.now + MINUTE / 2);
}

#[test]
fn n5_a_page_runs_once_what_does_not_repeat_and_tries_again_what_failed() {
    let retry = json!({ "attempts": 1, "delay": 10, "backoff": "linear" });
    let constraints = json!({ "deviceIdle": true, "network": "not-roaming" });
    let config = json!({ "repeat": false, "retry": retry, "constraints": constraints });
    let mut page = Phone::new("web", with(single(), config));
    assert_eq!(codes(&page.start()), ["CONSTRAINT_IGNORED"; 2]);
    page.now += 15 * MINUTE;
    let launched = json!({ "type": "launched", "name": "app.sync/sync",
                           "conditions": { "charging": false, "network": "connected" } });
    assert_eq!(runs(&page.plan(launched.clone())), ["sync"]);
    let output = page.finish("app.sync", "sync", Some("EXCEPTION"));
    assert_eq!(output["schedules"][0]["nextRunAt"], page.now + 10_000);
    page.now += 10_000;
    let output = page.plan(launched);
    assert_eq!(output["run"][0]["attempt"], 2);
    let output = page.finish("app.sync", "sync", None);
    assert_eq!(output["schedules"][0]["nextRunAt"], Value::Null);
    // Whoever opens the app again begins anew.
    assert_eq!(page.start()["schedules"][0]["nextRunAt"], page.now + 15 * MINUTE);
}

#[test]
fn n5_starting_again_and_again_never_postpones() {
    for platform in ["android", "ios", "web"] {
        let mut phone = Phone::new(platform, single());
        let first = phone.start();
        for _ in 0..20 {
            phone.now += 10 * MINUTE;
            for trigger in ["start", "background", "boot", "configChanged"] {
                let output = phone.plan(json!({ "type": trigger }));
                assert_eq!(output["submit"], json!([]), "{platform}: {trigger}");
                assert_eq!(output["schedules"], first["schedules"], "{platform}: {trigger}");
            }
        }
    }
}

#[test]
fn n5_work_that_the_system_lost_comes_back_where_it_was() {
    let mut phone = Phone::new("android", single());
    phone.start();
    phone.pending.clear();
    phone.now += 10 * MINUTE;
    let output = phone.plan(json!({ "type": "boot" }));
    assert_eq!(output["submit"][0]["initialDelayMs"], 5 * MINUTE);
    phone.pending.clear();
    phone.now += HOUR;
    assert_eq!(phone.start()["submit"][0]["initialDelayMs"], 0);
}

#[test]
fn n5_pains_20_an_interval_below_the_floor_is_told_and_lifted_on_android_only() {
    let config = with(single(), json!({ "interval": 5 }));
    let output = Phone::new("android", config.clone()).start();
    assert_eq!(output["submit"][0]["intervalMs"], 15 * MINUTE);
    assert_eq!(codes(&output), ["INTERVAL_BELOW_FLOOR"]);
    assert_eq!(output["schedules"][0]["interval"], 5);
    assert_eq!(output["schedules"][0]["effectiveInterval"], 15);

    let output = Phone::new("ios", config).start();
    assert_eq!(output["schedules"][0]["effectiveInterval"], 5);
    assert_eq!(codes(&output), Vec::<&str>::new());
}

#[test]
fn n5_work_that_runs_once_has_no_floor() {
    let config = with(single(), json!({ "interval": 0.5, "repeat": false }));
    let output = Phone::new("android", config).start();
    assert_eq!(output["submit"][0]["kind"], "once");
    assert_eq!(output["submit"][0]["intervalMs"], Value::Null);
    assert_eq!(output["submit"][0]["initialDelayMs"], 30_000);
    assert_eq!(output["schedules"][0]["interval"], 0.5);
    assert_eq!(codes(&output), Vec::<&str>::new());
}

#[test]
fn n5_an_interval_that_is_none_is_told() {
    for interval in [json!(0), json!(-5)] {
        let output = Phone::new("ios", with(single(), json!({ "interval": interval }))).start();
        assert_eq!(codes(&output), ["INTERVAL_INVALID"]);
        assert_eq!(output["schedules"][0]["interval"], 15);
    }
}

#[test]
fn n5_pains_11_renamed_removed_and_stopped_runners_leave_no_zombies() {
    let changes = [
        (json!({ "label": "app.other" }), "runnerRemoved"),
        (json!({ "event": "other" }), "scheduleRemoved"),
        (json!({ "autoStart": false }), "autoStartOff"),
    ];
    for (change, reason) in changes {
        let mut phone = Phone::new("android", single());
        phone.start();
        phone.config = with(single(), change.clone());
        assert_eq!(reasons(&phone.start()), [("app.sync/sync", reason)], "{change}");
        assert!(!phone.names().contains(&"app.sync/sync"));
        assert_eq!(reasons(&phone.start()), []);
    }
    let mut phone = Phone::new("ios", single());
    phone.start();
    phone.config = Value::Null;
    assert_eq!(reasons(&phone.start()), [("app.sync", "runnerRemoved")]);
    assert_eq!(phone.names(), Vec::<&str>::new());
}

#[test]
fn n5_leftovers_of_a_lost_state_go_on_android_and_strangers_stay_on_ios() {
    let mut phone = Phone::new("android", single());
    phone.pending.insert("app.old/sync".to_owned(), json!({}));
    assert_eq!(reasons(&phone.start()), [("app.old/sync", "unknown")]);

    let mut phone = Phone::new("ios", single());
    phone.pending.insert("com.other.plugin".to_owned(), json!({}));
    assert_eq!(reasons(&phone.start()), []);
    assert_eq!(phone.names(), ["app.sync", "com.other.plugin"]);
}

#[test]
fn n5_a_state_that_cannot_be_read_is_told_and_planned_anew() {
    for state in [json!("torn"), json!({ "version": 99, "schedules": [], "submitted": {} })] {
        let mut phone = Phone::new("android", single());
        phone.start();
        phone.state = state;
        let output = phone.start();
        assert_eq!(codes(&output), ["STATE_DISCARDED"]);
        assert_eq!(reasons(&output), [("app.sync/sync", "replaced")]);
        assert_eq!(phone.names(), ["app.sync/sync"]);
    }
}

/// Asking does not carry out what a changed config would bring: that is for the next start.
#[test]
fn n5_a_query_changes_nothing() {
    for platform in ["android", "ios"] {
        let mut phone = Phone::new(platform, single());
        let started = phone.start();
        phone.config = with(single(), json!({ "interval": 60 }));
        for config in [phone.config.clone(), Value::Null] {
            phone.config = config;
            phone.pending.clear();
            let output = phone.plan(json!({ "type": "query" }));
            for key in ["cancel", "submit", "run", "warnings"] {
                assert_eq!(output[key], json!([]), "{platform} {key}");
            }
            assert_eq!(output["schedules"], started["schedules"], "{platform}");
            assert_eq!(output["state"], started["state"], "{platform}");
        }
    }
}

#[test]
fn n5_a_changed_schedule_is_updated_and_counts_from_its_last_run() {
    let mut phone = Phone::new("android", single());
    phone.start();
    phone.now += 10 * MINUTE;
    phone.config = with(single(), json!({ "interval": 60 }));
    let output = phone.plan(json!({ "type": "configChanged" }));
    assert_eq!(output["submit"][0]["existing"], "update");
    // `WorkManager` counts the delay of an update from when the work was first submitted.
    assert_eq!(output["submit"][0]["initialDelayMs"], 60 * MINUTE);
    assert_eq!(output["schedules"][0]["nextRunAt"], phone.now + 50 * MINUTE);
    assert_eq!(reasons(&output), []);

    phone.config = with(single(), json!({ "repeat": false }));
    let output = phone.start();
    assert_eq!(reasons(&output), [("app.sync/sync", "replaced")]);
    assert_eq!(output["submit"][0]["existing"], "replace");
}

#[test]
fn n5_pains_9_several_schedules_are_several_works_and_one_request() {
    let config = json!({ "runners": [{
        "label": "app/1%", "src": "a.js", "autoStart": true, "schedules": [
            { "id": "often", "event": "check", "interval": 30, "repeat": true },
            { "event": "nightly", "interval": 1440, "repeat": true, "details": { "full": true } },
        ],
    }]});
    let mut phone = Phone::new("android", config.clone());
    phone.start();
    assert_eq!(phone.names(), ["app%2F1%25/nightly", "app%2F1%25/often"]);

    let mut phone = Phone::new("ios", config);
    phone.start();
    assert_eq!(phone.names(), ["app/1%"]);
    assert_eq!(phone.begins_in("app/1%"), 30 * MINUTE);
    phone.now += 31 * MINUTE;
    assert_eq!(runs(&phone.launch("app/1%", json!({}))), ["often"]);
    phone.now += 24 * HOUR;
    let output = phone.launch("app/1%", json!({}));
    assert_eq!(runs(&output), ["often", "nightly"]);
    assert_eq!(output["run"][1]["details"], json!({ "full": true }));
    assert_eq!(phone.begins_in("app/1%"), 30 * MINUTE);
}

#[test]
fn n5_an_array_of_runners_is_a_config_and_labels_and_ids_count_once() {
    let config = json!([single(), single(), {
        "label": "app.b", "src": "b.js", "event": "x", "interval": 20, "autoStart": true,
        "schedules": [{ "event": "x", "interval": 99 }],
    }]);
    let mut phone = Phone::new("android", config);
    let output = phone.start();
    assert_eq!(codes(&output), ["DUPLICATE_LABEL", "DUPLICATE_SCHEDULE"]);
    assert_eq!(phone.names(), ["app.b/x", "app.sync/sync"]);
    assert_eq!(phone.pending["app.b/x"]["initialDelayMs"], 20 * MINUTE);
}

#[test]
fn n5_ios_submits_the_repetition_before_the_run_so_that_a_crash_cannot_end_it() {
    let mut phone = Phone::new("ios", single());
    phone.start();
    phone.now += 20 * MINUTE;
    let output = phone.launch("app.sync", json!({}));
    assert_eq!(runs(&output), ["sync"]);
    assert_eq!(phone.begins_in("app.sync"), 15 * MINUTE);
    // The process dies here, and the next launch finds the request.
    phone.now += 20 * MINUTE;
    assert_eq!(runs(&phone.launch("app.sync", json!({}))), ["sync"]);
}

#[test]
fn n5_a_failed_run_ends_no_repetition() {
    let mut phone = Phone::new("ios", single());
    phone.start();
    for _ in 0..5 {
        phone.now += 15 * MINUTE;
        phone.launch("app.sync", json!({}));
        let output = phone.finish("app.sync", "sync", Some("REJECTED"));
        assert_eq!(output["result"], "failure");
        assert_eq!(phone.begins_in("app.sync"), 15 * MINUTE);
    }
    let mut phone = Phone::new("android", single());
    phone.start();
    let output = phone.finish("app.sync", "sync", Some("DEADLINE_EXCEEDED"));
    assert_eq!(output["result"], "failure");
    assert_eq!((output["cancel"].clone(), output["submit"].clone()), (json!([]), json!([])));
    assert_eq!(phone.names(), ["app.sync/sync"]);
}

#[test]
fn n5_ios_retries_with_a_growing_delay_and_then_waits_for_the_interval() {
    let retry = json!({ "attempts": 3, "delay": 60, "backoff": "exponential" });
    let mut phone = Phone::new("ios", with(single(), json!({ "interval": 60, "retry": retry })));
    phone.start();
    phone.now += HOUR;
    let regular = phone.now + HOUR;
    phone.launch("app.sync", json!({}));
    for minutes in [1, 2, 4] {
        let output = phone.finish("app.sync", "sync", Some("REJECTED"));
        assert_eq!(output["result"], "failure");
        assert_eq!(phone.begins_in("app.sync"), minutes * MINUTE);
        phone.now += minutes * MINUTE;
        assert_eq!(runs(&phone.launch("app.sync", json!({}))), ["sync"]);
    }
    phone.finish("app.sync", "sync", Some("REJECTED"));
    assert_eq!(phone.now + phone.begins_in("app.sync"), regular);
}

#[test]
fn n5_a_success_forgets_the_failures_before() {
    let retry = json!({ "attempts": 1, "delay": 60 });
    let mut phone = Phone::new("android", with(single(), json!({ "retry": retry })));
    phone.start();
    let outcomes = [
        (Some("REJECTED"), "retry"),
        (None, "success"),
        (Some("REJECTED"), "retry"),
        (Some("REJECTED"), "failure"),
        (Some("REJECTED"), "retry"),
    ];
    for (code, result) in outcomes {
        assert_eq!(phone.finish("app.sync", "sync", code)["result"], result);
    }
}

#[test]
fn n5_what_would_fail_again_in_the_same_way_is_not_retried() {
    let retry = json!({ "attempts": 5 });
    for code in ["EVENT_NOT_FOUND", "SOURCE_NOT_FOUND", "SCRIPT_ERROR", "INVALID_ARGUMENT"] {
        let mut phone = Phone::new("android", with(single(), json!({ "retry": retry })));
        phone.start();
        assert_eq!(phone.finish("app.sync", "sync", Some(code))["result"], "failure", "{code}");
    }
}

#[test]
fn n5_a_run_that_android_stopped_uses_up_no_attempt() {
    let mut phone = Phone::new("android", with(single(), json!({ "retry": { "attempts": 1 } })));
    phone.start();
    for _ in 0..3 {
        assert_eq!(phone.finish("app.sync", "sync", Some("CANCELLED"))["result"], "retry");
    }
    assert_eq!(phone.finish("app.sync", "sync", Some("REJECTED"))["result"], "retry");
    assert_eq!(phone.finish("app.sync", "sync", Some("REJECTED"))["result"], "failure");
}

#[test]
fn n5_a_run_that_android_stopped_too_often_waits_for_its_next_time() {
    let mut phone = Phone::new("android", with(single(), json!({ "retry": { "attempts": 3 } })));
    phone.start();
    phone.finish("app.sync", "sync", Some("REJECTED"));
    let end =
        json!({ "type": "finished", "label": "app.sync", "id": "sync", "outcome": "abandoned" });
    assert_eq!(phone.plan(end)["result"], "failure");
    // All attempts are there again.
    for result in ["retry", "retry", "retry", "failure"] {
        assert_eq!(phone.finish("app.sync", "sync", Some("REJECTED"))["result"], result);
    }
}

/// The system starts work of an app that nobody has opened since its config changed, or its state was lost.
#[test]
fn n5_a_launch_begins_with_the_config() {
    let launched = |name: &str| json!({ "type": "launched", "name": name });
    for state in [json!(null), json!("text"), json!({ "version": 99, "schedules": [] })] {
        for platform in ["android", "ios"] {
            let name = if platform == "ios" { "app.sync" } else { "app.sync/sync" };
            let mut phone = Phone::new(platform, single());
            phone.start();
            phone.now += 20 * MINUTE;
            phone.state = state.clone();
            let output = phone.plan(launched(name));
            assert_eq!(runs(&output), ["sync"], "{platform} {state}");
            assert_eq!(output["run"][0]["attempt"], 1);
            assert_eq!(reasons(&output), [], "{platform} {state}");
            assert_eq!(phone.names(), [name]);
        }
    }
    let mut phone = Phone::new("android", single());
    phone.start();
    phone.config = with(single(), json!({ "label": "app.other" }));
    let output = phone.plan(launched("app.sync/sync"));
    assert_eq!(runs(&output), [] as [&str; 0]);
    assert_eq!(reasons(&output), [("app.sync/sync", "runnerRemoved")]);
    assert_eq!(phone.names(), ["app.other/sync"]);
}

/// To replace or cancel work of Android's ends its run: the plan that a run asks for leaves that to the next one.
#[test]
fn n5_a_run_does_not_replace_its_own_work() {
    let mut phone = Phone::new("android", single());
    phone.start();
    phone.config = with(single(), json!({ "interval": 60 }));
    let output = phone.plan(json!({ "type": "launched", "name": "app.sync/sync" }));
    assert_eq!((runs(&output), reasons(&output)), (vec!["sync"], vec![]));
    assert_eq!(output["submit"], json!([]));
    let output = phone.finish("app.sync", "sync", None);
    assert_eq!((reasons(&output), &output["submit"]), (vec![], &json!([])));
    let output = phone.start();
    assert_eq!(output["submit"][0]["intervalMs"], 60 * MINUTE);
}

/// <https://developer.android.com/develop/background-work/background-tasks/persistent/how-to/long-running>
#[test]
fn n5_no_run_is_given_more_time_than_android_grants() {
    for (timeout, granted) in [(30.0, json!(null)), (570.0, json!(null)), (1e20, json!(570_000))] {
        let config = with(single(), json!({ "timeout": timeout }));
        let mut phone = Phone::new("android", config);
        let told = codes(&phone.start()).contains(&"TIMEOUT_TOO_LONG");
        assert_eq!(told, !granted.is_null(), "{timeout}");
        let output = phone.plan(json!({ "type": "launched", "name": "app.sync/sync" }));
        assert_eq!(output["run"][0]["timeoutMs"], granted, "{timeout}");
    }
}

#[test]
fn n5_backoff_keeps_to_androids_range_and_is_left_out_for_idle_work() {
    let cases = [
        (
            json!({ "retry": { "attempts": 1, "delay": 1 } }),
            json!({ "policy": "exponential", "delayMs": 10_000 }),
            vec!["RETRY_DELAY_OUT_OF_RANGE"],
        ),
        (
            json!({ "retry": { "attempts": 1, "delay": 1e9 } }),
            json!({ "policy": "exponential", "delayMs": 5 * HOUR }),
            vec!["RETRY_DELAY_OUT_OF_RANGE"],
        ),
        (
            json!({ "retry": { "attempts": 1 }, "constraints": { "deviceIdle": true } }),
            Value::Null,
            vec!["RETRY_WITH_IDLE"],
        ),
        (json!({ "constraints": { "deviceIdle": true } }), Value::Null, vec![]),
    ];
    for (change, backoff, warnings) in cases {
        let output = Phone::new("android", with(single(), change.clone())).start();
        assert_eq!(output["submit"][0]["backoff"], backoff, "{change}");
        assert_eq!(codes(&output), warnings, "{change}");
    }
}

#[test]
fn n5_work_that_runs_once_runs_once_for_each_start_of_the_app() {
    for platform in ["android", "ios"] {
        let mut phone = Phone::new(platform, with(single(), json!({ "repeat": false })));
        phone.start();
        phone.now += 15 * MINUTE;
        if platform == "ios" {
            assert_eq!(runs(&phone.launch("app.sync", json!({}))), ["sync"]);
        }
        let output = phone.finish("app.sync", "sync", None);
        assert_eq!(output["cancel"], json!([]), "{platform}: running work is not cancelled");
        assert_eq!(output["schedules"][0]["nextRunAt"], Value::Null);
        phone.pending.clear();
        for trigger in
            [json!({ "type": "start", "background": true }), json!({ "type": "background" })]
        {
            assert_eq!(phone.plan(trigger)["submit"], json!([]), "{platform}");
        }
        assert_eq!(phone.start()["submit"].as_array().unwrap().len(), 1, "{platform}");
    }
}

#[test]
fn n5_work_that_runs_once_is_retried_when_it_fails() {
    let config =
        with(single(), json!({ "repeat": false, "retry": { "attempts": 1, "delay": 30 } }));
    let mut phone = Phone::new("ios", config);
    phone.start();
    phone.now += 15 * MINUTE;
    phone.launch("app.sync", json!({}));
    phone.finish("app.sync", "sync", Some("REJECTED"));
    assert_eq!(phone.begins_in("app.sync"), 30_000);
    phone.now += MINUTE;
    phone.launch("app.sync", json!({}));
    let output = phone.finish("app.sync", "sync", Some("REJECTED"));
    assert_eq!(output["submit"], json!([]));
    assert_eq!(phone.names(), Vec::<&str>::new());
}

#[test]
fn n5_pains_12_no_constraint_is_set_that_nobody_asked_for() {
    let output = Phone::new("android", single()).start();
    let constraints = output["submit"][0]["constraints"].as_object().unwrap();
    assert!(
        constraints.values().all(|value| *value == false || *value == "none"),
        "{constraints:?}"
    );
}

#[test]
fn n5_pains_12_a_schedule_has_its_runners_constraints_unless_it_has_its_own() {
    let config = json!({
        "label": "a", "src": "a.js", "autoStart": true, "constraints": { "charging": true },
        "schedules": [
            { "event": "own", "interval": 15, "constraints": { "network": "connected" } },
            { "event": "theirs", "interval": 15 },
        ],
    });
    let mut phone = Phone::new("android", config);
    phone.start();
    assert_eq!(phone.pending["a/own"]["constraints"]["charging"], false);
    assert_eq!(phone.pending["a/own"]["constraints"]["network"], "connected");
    assert_eq!(phone.pending["a/theirs"]["constraints"]["charging"], true);
}

#[test]
fn n5_ios_work_that_needs_power_does_not_hold_up_the_rest() {
    let config = json!({
        "label": "a", "src": "a.js", "autoStart": true, "schedules": [
            { "id": "often", "event": "x", "interval": 30, "repeat": true },
            { "id": "heavy", "event": "x", "interval": 60, "repeat": true, "constraints": { "charging": true } },
            { "id": "video", "event": "x", "interval": 60, "repeat": true, "constraints": { "network": "unmetered" } },
        ],
    });
    let mut phone = Phone::new("ios", config);
    phone.start();
    assert_eq!(phone.pending["a"]["requiresPower"], false);
    phone.now += 2 * HOUR;
    assert_eq!(
        runs(&phone.launch("a", json!({ "charging": false, "network": "none" }))),
        ["often"]
    );
    phone.now += 30 * MINUTE;
    let output = phone.launch("a", json!({ "charging": true, "network": "connected" }));
    assert_eq!(runs(&output), ["heavy", "often"]);
    phone.now += 30 * MINUTE;
    let output = phone.launch("a", json!({ "charging": true, "network": "unmetered" }));
    assert_eq!(runs(&output), ["video", "often"]);
}

#[test]
fn n5_ios_processes_what_needs_power_or_time() {
    let cases = [
        (json!({}), "refresh", false, false),
        (json!({ "constraints": { "charging": true } }), "processing", false, true),
        (json!({ "constraints": { "deviceIdle": true } }), "processing", false, false),
        (json!({ "timeout": 120 }), "processing", false, false),
        (
            json!({ "timeout": 120, "constraints": { "network": "connected" } }),
            "processing",
            true,
            false,
        ),
        (json!({ "constraints": { "network": "connected" } }), "refresh", false, false),
    ];
    for (change, kind, network, power) in cases {
        let output = Phone::new("ios", with(single(), change.clone())).start();
        let request = &output["submit"][0];
        assert_eq!(request["kind"], kind, "{change}");
        assert_eq!(request["requiresNetwork"], network, "{change}");
        assert_eq!(request["requiresPower"], power, "{change}");
    }
}

#[test]
fn n5_ios_work_that_needs_power_runs_when_its_request_is_launched() {
    let mut phone =
        Phone::new("ios", with(single(), json!({ "constraints": { "charging": true } })));
    phone.start();
    phone.now += HOUR;
    assert_eq!(runs(&phone.launch("app.sync", json!({}))), ["sync"]);
}

#[test]
fn n5_ios_takes_one_refresh_request_and_the_runners_take_turns() {
    let runner = |label: &str| with(single(), json!({ "label": label }));
    let mut phone = Phone::new("ios", json!([runner("a"), runner("b")]));
    let kinds = |phone: &Phone| -> Vec<String> {
        phone.pending.values().map(|request| request["kind"].as_str().unwrap().to_owned()).collect()
    };
    let output = phone.start();
    assert_eq!(codes(&output), ["ONE_REFRESH_TASK"]);
    assert_eq!(kinds(&phone), ["refresh", "processing"]);
    phone.now += 20 * MINUTE;
    phone.launch("a", json!({}));
    assert_eq!(kinds(&phone), ["processing", "refresh"]);
    phone.now += MINUTE;
    phone.launch("b", json!({}));
    assert_eq!(kinds(&phone), ["refresh", "processing"]);
}

#[test]
fn n5_ios_takes_ten_processing_requests() {
    let runner = |n: i64| {
        with(single(), json!({ "label": format!("r{n:02}"), "timeout": 60, "interval": n }))
    };
    let mut phone = Phone::new("ios", (1..=12).map(runner).collect());
    let output = phone.start();
    assert_eq!(codes(&output), ["TOO_MANY_TASKS", "TOO_MANY_TASKS"]);
    assert_eq!(phone.names().len(), 10);
    assert!(!phone.names().contains(&"r11"));
    phone.now += HOUR;
    phone.launch("r01", json!({}));
    assert!(phone.names().contains(&"r11"), "the next one in line gets the place");
    assert!(!phone.names().contains(&"r01"));
}

#[test]
fn n5_ios_names_the_constraints_that_it_does_not_have() {
    let constraints =
        json!({ "batteryNotLow": true, "storageNotLow": true, "network": "not-roaming" });
    let output = Phone::new("ios", with(single(), json!({ "constraints": constraints }))).start();
    assert_eq!(codes(&output), ["CONSTRAINT_IGNORED"; 3]);
}

#[test]
fn n5_a_debugger_may_launch_before_the_time() {
    let mut phone = Phone::new("ios", single());
    phone.start();
    phone.now += MINUTE;
    assert_eq!(runs(&phone.launch("app.sync", json!({}))), ["sync"]);
    assert_eq!(phone.begins_in("app.sync"), 15 * MINUTE);
}

#[test]
fn n5_a_clock_that_is_set_back_puts_nothing_off() {
    let mut phone = Phone::new("ios", single());
    phone.start();
    phone.now -= 365 * 24 * HOUR;
    phone.start();
    assert_eq!(phone.begins_in("app.sync"), 15 * MINUTE);
}

#[test]
fn n5_pains_11_the_app_registers_lists_and_cancels() {
    let mut phone = Phone::new("android", single());
    phone.start();
    let schedule = json!({ "label": "app.sync", "id": "extra", "event": "more", "interval": 60, "repeat": true });
    let output = phone.plan(json!({ "type": "register", "schedule": schedule }));
    let listed: Vec<_> = output["schedules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| (s["id"].clone(), s["source"].clone()))
        .collect();
    assert_eq!(listed, [(json!("extra"), json!("app")), (json!("sync"), json!("config"))]);
    assert_eq!(phone.start()["submit"], json!([]), "it stays in force over a start");

    phone.now += 10 * MINUTE;
    let again = phone.plan(json!({ "type": "register", "schedule": schedule }));
    assert_eq!(again["submit"], json!([]), "registering again postpones nothing");

    let output = phone.plan(json!({ "type": "cancel", "label": "app.sync", "id": "extra" }));
    assert_eq!(reasons(&output), [("app.sync/extra", "cancelled")]);
    assert_eq!(phone.start()["submit"], json!([]), "it does not come back");
}

#[test]
fn n5_a_cancelled_schedule_of_the_config_comes_back_with_the_next_start() {
    let mut phone = Phone::new("ios", single());
    phone.start();
    let output = phone.plan(json!({ "type": "cancel", "label": "app.sync" }));
    assert_eq!(reasons(&output), [("app.sync", "cancelled")]);
    assert_eq!(output["schedules"], json!([]));
    for trigger in [json!({ "type": "background" }), json!({ "type": "start", "background": true })]
    {
        assert_eq!(phone.plan(trigger)["submit"], json!([]));
    }
    assert_eq!(phone.start()["submit"].as_array().unwrap().len(), 1);
}

#[test]
fn n5_schedules_of_the_app_go_with_their_runner_and_need_one() {
    let mut phone = Phone::new("android", single());
    let schedule = json!({ "label": "app.sync", "id": "x", "event": "x", "interval": 15 });
    phone.plan(json!({ "type": "register", "schedule": schedule }));
    phone.config = with(single(), json!({ "label": "app.other", "autoStart": false }));
    assert_eq!(reasons(&phone.start()), [("app.sync/x", "runnerRemoved")]);
    let output = phone.plan(json!({ "type": "register", "schedule": schedule }));
    assert_eq!(codes(&output), ["RUNNER_NOT_FOUND"]);
    assert_eq!(phone.names(), Vec::<&str>::new());
}

#[test]
fn n5_a_run_of_a_schedule_that_is_gone_still_has_a_result() {
    let mut phone = Phone::new("android", Value::Null);
    assert_eq!(phone.finish("gone", "gone", None)["result"], "success");
    assert_eq!(phone.finish("gone", "gone", Some("REJECTED"))["result"], "failure");
}

#[test]
fn n5_input_that_is_none_is_an_error_and_nothing_else() {
    let cases = [
        ("", "EOF"),
        ("{}", "platform"),
        (r#"{"platform":"watch","nowMs":1,"trigger":{"type":"start"}}"#, "watch"),
        (r#"{"platform":"ios","nowMs":1,"trigger":{"type":"lunch"}}"#, "lunch"),
        (
            r#"{"platform":"ios","nowMs":1,"config":[{},{"schedules":[{"interval":"15"}]}],"trigger":{"type":"boot"}}"#,
            r#"`config[1].schedules[0].interval` is the string "15", not a number"#,
        ),
        (
            r#"{"platform":"ios","nowMs":1,"config":{"retry":{"attempts":-1}},"trigger":{"type":"boot"}}"#,
            "`config.retry.attempts` is `-1`",
        ),
    ];
    for (input, word) in cases {
        let output: Value = serde_json::from_str(&schedule::plan(input)).unwrap();
        assert!(output["error"].as_str().unwrap().contains(word), "{output}");
        assert_eq!(output.as_object().unwrap().len(), 1);
    }
}

#[test]
fn n5_attempts_come_to_an_end_also_when_the_delay_exceeds_the_interval() {
    let retry = json!({ "attempts": 2, "delay": 3600, "backoff": "linear" });
    for (platform, repeat) in [("android", false), ("android", true), ("ios", false)] {
        let change = json!({ "interval": 0.5, "repeat": repeat, "retry": retry });
        let mut phone = Phone::new(platform, with(single(), change));
        phone.start();
        let mut runs = 0;
        loop {
            phone.now += 24 * HOUR;
            let name = phone.names()[0].to_owned();
            if platform == "ios" {
                phone.pending.remove(&name);
            }
            let trigger = json!({ "type": "launched", "name": name });
            assert_eq!(phone.plan(trigger)["run"].as_array().unwrap().len(), 1);
            runs += 1;
            let result = phone.finish("app.sync", "sync", Some("REJECTED"));
            assert!(runs <= 3, "{platform}: it never ends");
            if result["result"] == "failure" && (platform == "android" || phone.pending.is_empty())
            {
                break;
            }
        }
        assert_eq!(runs, 3, "{platform}");
    }
}

/// What a phone's clock says, and what is left of an older state, is not ours: no number of them is
/// more than a plan can take.
#[test]
fn n5_no_number_is_too_large() {
    let extremes = [json!(0), json!(-1e300), json!(1e300), json!(i64::MIN), json!(i64::MAX)];
    for platform in ["android", "ios"] {
        let mut config = single();
        config["retry"] = json!({ "attempts": u32::MAX, "delay": 1e300 });
        let mut phone = Phone::new(platform, config);
        phone.start();
        for (now, since) in extremes.iter().flat_map(|now| extremes.iter().map(move |it| (now, it)))
        {
            let mut state = phone.state.clone();
            let schedule = &mut state["schedules"][0];
            schedule["attempts"] = json!(u32::MAX - 1);
            for key in ["since_ms", "retry_at_ms"] {
                schedule[key] = since.as_i64().map_or(json!(7), |since| json!(since));
            }
            for trigger in [
                json!({ "type": "start" }),
                json!({ "type": "launched", "name": "app.sync" }),
                json!({ "type": "finished", "label": "app.sync", "id": "sync", "outcome": "failed" }),
            ] {
                let input = json!({
                    "platform": platform, "nowMs": now, "config": phone.config, "state": state,
                    "trigger": trigger,
                });
                let plan = schedule::plan(&input.to_string());
                assert!(plan.starts_with("{\"cancel\""), "{input}: {plan}");
                assert!(!plan.contains("STATE_DISCARDED"), "{input}: {plan}");
            }
        }
    }
}
