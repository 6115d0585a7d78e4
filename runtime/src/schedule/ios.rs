//! Schedules in the words of iOS' `BGTaskScheduler`: one request for each runner.

use serde_json::json;

use super::{
    diff::Desired,
    input::{Network, Runner},
    output::{Subject, Warnings},
    reconcile::Plan,
    state::Entry,
};

/// More processing requests of an app are refused.
const MOST_PROCESSING: usize = 10;

/// What a runner asks of the system.
struct Request<'a> {
    label: &'a str,
    earliest: i64,
    processing: bool,
    network: bool,
    power: bool,
}

/// The requests that should be there.
pub(super) fn requests(plan: &Plan, warnings: &mut Warnings) -> Vec<Desired> {
    warn(plan, warnings);
    let mut requests: Vec<_> =
        plan.runners.iter().filter_map(|runner| request(runner, &plan.state.schedules)).collect();
    requests.sort_by_key(|request| (request.earliest, request.label));
    share_refresh(&mut requests, warnings);
    limit_processing(&mut requests, warnings);
    requests.into_iter().map(Request::desired).collect()
}

/// The request of a runner is for its schedules that ask for least; the others run along when what
/// they need happens to hold.
fn request<'a>(runner: &'a Runner, entries: &[Entry]) -> Option<Request<'a>> {
    let planned = || entries.iter().filter(|e| e.is_planned() && e.label == runner.label);
    let power = planned().all(|entry| entry.spec.constraints.charging);
    let served = || planned().filter(|entry| entry.spec.constraints.charging == power);
    Some(Request {
        label: &runner.label,
        earliest: served().map(Entry::next).min()?,
        processing: power || runner.long || served().all(|e| e.spec.constraints.device_idle),
        network: served().all(|entry| entry.spec.constraints.network != Network::None),
        power,
    })
}

/// The system takes one refresh request: the earliest runner gets it.
fn share_refresh(requests: &mut [Request<'_>], warnings: &mut Warnings) {
    for request in requests.iter_mut().filter(|request| !request.processing).skip(1) {
        request.processing = true;
        let subject = Subject { label: request.label, id: None };
        warnings.add("ONE_REFRESH_TASK", subject, "iOS refreshes one runner of an app at a time: this one runs as a processing task until it is its turn");
    }
}

fn limit_processing(requests: &mut Vec<Request<'_>>, warnings: &mut Warnings) {
    let mut count = 0_usize;
    requests.retain(|request| {
        count = count.saturating_add(request.processing.into());
        let accepted = !request.processing || count <= MOST_PROCESSING;
        if !accepted {
            let subject = Subject { label: request.label, id: None };
            warnings.add(
                "TOO_MANY_TASKS",
                subject,
                "iOS takes ten processing tasks of an app: this runner waits for a place",
            );
        }
        accepted
    });
}

impl Request<'_> {
    fn desired(self) -> Desired {
        let kind = if self.processing { "processing" } else { "refresh" };
        let essence = json!({
            "name": self.label,
            "kind": kind,
            "earliestBeginMs": self.earliest,
            "requiresNetwork": self.processing && self.network,
            "requiresPower": self.power,
        });
        Desired { name: self.label.to_owned(), kind, essence, extra: json!({}) }
    }
}

fn warn(plan: &Plan, warnings: &mut Warnings) {
    for entry in plan.state.schedules.iter().filter(|entry| entry.is_planned()) {
        let constraints = &entry.spec.constraints;
        let ignored = [
            (constraints.battery_not_low, "batteryNotLow"),
            (constraints.storage_not_low, "storageNotLow"),
            (constraints.network == Network::NotRoaming, "network: \"not-roaming\""),
        ];
        for (_, constraint) in ignored.iter().filter(|(set, _)| *set) {
            let subject = Subject { label: &entry.label, id: Some(&entry.id) };
            let message = format!("iOS has no constraint `{constraint}`: it decides by itself");
            warnings.add("CONSTRAINT_IGNORED", subject, &message);
        }
    }
}
