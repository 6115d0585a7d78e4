//! The plugin in an app, run: on this machine, over stand-ins of Apple's modules that remember what they are asked for.
//!
//! Everything is as it is generated, but for what needs an Objective-C runtime. Each scenario is an app of its own,
//! with its own configuration and folder, in a process of its own.

use std::{collections::BTreeSet, path::Path, process::Command, sync::OnceLock};

use super::tools::{
    MODULE, Swift, place_capacitor, place_header, place_runtime, place_script, sources,
};
use background_runner_tests::{background_runner, or_skip, root, said};

/// One Rust test for each scenario of `tests/native/swift/app`, and one that none is missing.
macro_rules! in_an_app {
    ($($name:ident)+) => {
        $(#[test]
        fn $name() {
            in_an_app(stringify!($name));
        })+

        #[test]
        fn every_scenario_is_listed() {
            let swift = or_skip!(Swift::new("app"));
            or_skip!(build(&swift));
            let said = swift.expect(&["built/Example"]);
            let found: BTreeSet<&str> = said.lines().collect();
            assert_eq!(found, BTreeSet::from([$(stringify!($name)),+]));
        }
    };
}

in_an_app! {
    a_configuration_of_another_shape_ends_no_launch
    a_connection_that_the_app_has_is_kept
    a_damaged_file_is_set_aside
    a_failed_run_repeats_and_is_told
    a_full_disk_stops_no_run
    a_handler_that_settles_twice_is_answered_once
    a_launch_for_a_position_dispatches_it
    a_launch_for_somebody_elses_position_switches_nothing_on
    a_locked_phone_runs_and_remembers
    a_mode_that_is_missing_is_told
    a_push_that_no_runner_handles_brings_no_data
    a_question_that_nobody_sees_stays_open
    a_question_that_was_asked_before_settles
    a_remote_notification_is_answered_once
    a_retired_label_is_only_completed
    a_retired_label_that_is_not_permitted_is_left_alone
    a_run_completes_its_task_and_repeats
    a_run_without_time_of_the_system_goes_on
    a_runner_that_hangs_blocks_nothing
    a_runner_without_a_source_ends_no_launch
    a_schedule_without_an_interval_ends_no_launch
    a_tap_brings_the_action_and_what_the_notification_carries
    a_tap_reaches_the_listener
    a_tap_that_starts_the_app_waits_for_the_web_view
    a_tap_waits_for_the_first_listener
    a_tap_waits_for_the_next_web_view
    a_task_that_the_app_registers_is_left_to_it
    a_time_that_is_past_or_near_is_no_trap
    a_timeout_beyond_all_measure_is_no_trap
    a_wrong_memory_limit_ends_no_launch
    a_wrong_timeout_ends_no_launch
    always_is_asked_for_after_while_using
    always_is_granted_after_while_using
    an_answer_that_comes_late_changes_nothing
    an_app_adds_functions_of_its_own
    another_launch_leaves_the_position_alone
    another_window_is_no_other_start
    badges_are_set_and_cleared
    before_the_first_unlock_nothing_is_taken_for_missing
    before_the_first_unlock_of_a_new_app_as_well
    c5_stores_are_where_release_3_had_them
    c5_what_a_file_held_is_taken_over_once
    changes_are_told_only_where_the_user_allows_it_always
    constraints_make_a_processing_task
    d11_a_run_that_the_system_ends_may_save_its_work
    delegates_that_keep_each_other_do_not_clash
    every_window_hears_events
    expiration_after_the_end_changes_nothing
    expiration_ends_the_run_and_completes_the_task_once
    more_notifications_than_ios_keeps_are_refused_aloud
    native_code_of_release_3_is_served
    nobody_waits_for_a_delegate_that_does_not_answer
    notifications_fire_at_the_time_that_was_said
    what_is_scheduled_is_listed_and_taken_back
    notifications_have_every_option
    notifications_of_others_reach_their_delegate
    our_deadline_comes_before_that_of_the_system
    permissions_are_asked_for_only_when_the_app_asks
    permissions_settle_where_nobody_is_asked
    refusals_are_told_in_words
    removed_listeners_hear_nothing
    status_is_that_of_the_device
    stores_are_shared_by_app_and_runner
    tasks_are_registered_once_before_the_app_has_launched
    the_freshest_fix_is_what_a_runner_reads
    the_position_at_any_time_is_asked_for_when_it_is_configured
    the_watch_of_the_app_is_left_alone
    the_watch_speaks_and_is_spoken_to
    time_that_is_taken_back_ends_the_run
    two_runners_of_one_label_end_no_launch
    what_info_plist_does_not_permit_is_not_submitted
    what_is_due_runs_before_the_first_unlock
    what_the_configuration_plans_is_submitted
    with_scenes_a_launch_for_a_position_dispatches_it
    with_scenes_a_tap_waits_for_the_web_view
    with_scenes_the_watch_is_heard_without_a_web_view
    with_scenes_work_that_runs_once_is_planned_when_the_user_comes
    work_waits_for_what_it_needs
}

/// Runs one scenario.
fn in_an_app(name: &str) {
    let swift = or_skip!(Swift::new("app"));
    or_skip!(build(&swift));
    let _ = swift.expect(&["timeout", "120", "built/Example", name]);
}

/// Builds the app, once for each run of the tests.
fn build(swift: &Swift) -> Result<(), &'static str> {
    static BUILT: OnceLock<Result<(), &'static str>> = OnceLock::new();
    *BUILT.get_or_init(|| {
        place_capacitor(swift, without_objective_c)?;
        place_runtime(swift);
        place_header(swift, "");
        swift.place(&sources("app"), "app");
        place_changed(swift, &sources("stubs"), "stubs");
        place_changed(swift, &root().join("generated/ios"), "ios");
        swift.write("declared/HostApis.swift", host_apis().as_bytes());
        place_script(swift, "build-app.sh");
        let [core, launch, location] =
            ["Core", "Launch", "Location"].map(|part| format!("{MODULE}{part}"));
        let output = swift.run(&["sh", "build-app.sh", &core, MODULE, &launch, &location]);
        assert!(output.status.success(), "{}", said(&output));
        Ok(())
    })
}

/// What `background-runner apis` makes of the functions that the app adds, for the app's configuration.
fn host_apis() -> String {
    let file = root().join("tests/native/host.ts");
    let declared = Command::new(background_runner()).arg("apis").arg(file).output();
    let json = said(&declared.expect("the command can be started"));
    format!(
        "import CapacitorBackgroundRunner\nimport Foundation\n\n\
         let hostApis = (try? JSONDecoder().decode(JSONValue.self, from: Data(#\"\"\"\n{json}\"\"\"#.utf8))) ?? .null\n"
    )
}

/// Puts a folder's files where the app is built, those in Swift without Objective-C.
fn place_changed(swift: &Swift, from: &Path, to: &str) {
    swift.place_changed(from, to, |path, bytes| {
        if path.extension().is_none_or(|extension| extension != "swift") {
            return bytes;
        }
        without_objective_c(&String::from_utf8_lossy(&bytes)).into_bytes()
    });
}

/// A source of Swift as Linux can run it: selectors are their names, and a call of an optional method goes to the
/// function that the stand-in has in its place. The other changes are for Capacitor's own sources.
fn without_objective_c(text: &str) -> String {
    let changes = [
        ("@objc optional ", ""),
        ("userNotificationCenter?(", "userNotificationCenterIfThere("),
        ("BridgedJSValueContainer: NSObjectProtocol", "BridgedJSValueContainer: AnyObject"),
        ("options as NSDictionary", "NSDictionary(dictionary: options)"),
        ("MSEC_PER_SEC", "1000"),
        // Which files are protected is the phone's to know: Linux has no such attribute.
        ("try FileManager.default.setAttributes(protection, ofItemAtPath:", "Phone.protect("),
        (
            "case .formatted(let formatter):",
            "case _ where false:\n                let formatter = DateFormatter()",
        ),
    ];
    let mut text =
        changes.iter().fold(text.to_owned(), |text, (found, put)| text.replace(found, put));
    while let Some((before, rest)) = text.split_once("#selector(") {
        let (selector, after) = rest.split_once("(_:))").expect("a selector takes a call");
        text = format!("{before}Selector(\"{selector}:\"){after}");
    }
    while let Some((before, rest)) = text.split_once("@objc(") {
        let (_, after) = rest.split_once(')').expect("a name ends");
        text = format!("{before}{}", after.trim_start_matches('\n'));
    }
    if text.contains("Phone.protect(") {
        text = text.replacen("import Foundation\n", "import Foundation\nimport Phone\n", 1);
    }
    text.replace("@objc ", "")
}
