//! Schedules of a page that is open: its own timers run them, so that nothing is submitted.

use super::{
    diff::Desired,
    input::Network,
    output::{Subject, Warnings},
    reconcile::Plan,
};

/// What should be there, which is nothing; the developer hears what a browser cannot tell.
pub(super) fn requests(plan: &Plan, warnings: &mut Warnings) -> Vec<Desired> {
    for entry in plan.state.schedules.iter().filter(|entry| entry.is_planned()) {
        let constraints = &entry.spec.constraints;
        let ignored = [
            (constraints.device_idle, "deviceIdle"),
            (constraints.battery_not_low, "batteryNotLow"),
            (constraints.storage_not_low, "storageNotLow"),
            (constraints.network == Network::NotRoaming, "network: \"not-roaming\""),
        ];
        for (_, constraint) in ignored.iter().filter(|(set, _)| *set) {
            let subject = Subject { label: &entry.label, id: Some(&entry.id) };
            let message =
                format!("a browser has no constraint `{constraint}`: it is ignored there");
            warnings.add("CONSTRAINT_IGNORED", subject, &message);
        }
    }
    Vec::new()
}
