//! The Android half on a pretended device: the plugin's real classes, Capacitor's real bridge and the
//! real runtime, between fakes of Android's services and of `WorkManager` that keep what they are told.

use std::{collections::BTreeMap, sync::OnceLock};

use background_runner_tests::or_skip;

use super::tools::{Tools, run};

/// One Rust test for each test in `tests/native/kotlin/phone`, and one that none is missing.
macro_rules! on_a_device {
    ($($name:ident)+) => {
        $(#[test]
        fn $name() {
            on_a_device(stringify!($name));
        })+

        #[test]
        fn every_test_on_a_device_is_listed() {
            let tools = or_skip!(Tools::find());
            let found: Vec<&str> = results(tools).keys().map(String::as_str).collect();
            assert_eq!(found, [$(stringify!($name)),+]);
        }
    };
}

on_a_device! {
    a_broken_work_manager_keeps_no_dispatch_from_running
    a_callback_that_throws_ends_nothing
    a_channel_is_made_where_there_is_none
    a_configuration_that_cannot_be_read_cancels_nothing
    a_configuration_that_cannot_be_used_is_an_answer
    a_configuration_that_is_refused_is_heard_once
    a_failed_run_ends_no_repetition
    a_full_disk_ends_no_launch
    a_full_disk_is_told_and_keeps_no_run_from_running
    a_function_that_waits_is_cancelled_with_its_run
    a_live_update_counts_until_the_app_is_updated
    a_new_phone_shows_no_reminder_of_the_old_one
    a_notification_that_comes_too_late_for_its_permission_is_dropped_aloud
    a_page_that_is_gone_hears_nothing
    a_permission_that_is_not_declared_is_named
    a_position_in_the_background_needs_the_stronger_permission
    a_process_keeps_only_what_ends_with_it
    a_push_message_goes_to_the_first_runner
    a_push_run_has_work_that_lasts_as_long_as_the_run
    a_push_run_whose_process_ends_is_lost_and_begins_anew
    a_receiver_survives_what_it_cannot_show
    a_renamed_runner_takes_effect_without_the_app
    a_running_script_keeps_no_call_waiting
    a_start_in_the_background_begins_with_the_configuration
    a_tap_brings_what_the_notification_was_scheduled_with
    a_tap_is_told_once_after_the_end_of_the_process
    a_tap_of_long_ago_is_not_told_again
    a_tap_reaches_the_page_that_is_open
    a_tap_that_starts_the_app_waits_for_its_listener
    a_work_manager_that_cannot_start_does_not_take_the_app_along
    alarms_outlive_what_makes_android_forget_them
    an_alarm_is_exact_if_that_is_wanted_and_allowed
    an_alarm_is_set_for_the_moment_that_was_meant
    an_app_adds_functions_of_its_own
    an_app_in_the_background_still_dispatches
    an_icon_that_android_8_0_cannot_draw_is_not_shown
    an_older_android_shows_what_it_runs
    another_process_of_the_app_is_refused
    apis_of_other_platforms_say_so
    asking_for_schedules_changes_none
    details_of_any_size_fit_into_work
    details_that_work_does_not_hold_are_dispatched_all_the_same
    each_of_several_notifications_says_which_it_is
    every_call_is_answered_with_a_value_or_a_code
    every_option_of_a_notification_counts
    exact_alarms_are_allowed_on_a_page_of_the_settings
    functions_are_there_without_an_activity_or_an_application_class
    logs_and_runs_reach_the_page_in_order
    more_alarms_than_android_sets_are_refused_aloud
    native_code_dispatches_without_a_page
    native_code_is_never_kept_waiting
    no_path_leads_out_of_the_assets
    no_run_is_planned_for_longer_than_work_may_take
    nobody_is_asked_about_notifications_before_android_13
    only_the_permissions_that_the_app_names_are_asked_for
    pending_intents_do_not_share_a_code_with_those_of_others
    permissions_are_as_the_system_says
    planned_work_runs_without_a_page_and_is_recorded
    removed_listeners_hear_nothing_and_others_do
    scripts_are_logged_as_capacitor_is
    starting_again_plans_nothing_twice
    stopping_work_stops_its_script
    the_app_adds_lists_and_cancels_schedules
    the_app_is_described
    the_app_reads_and_writes_what_runners_keep
    the_background_location_is_asked_for_in_a_second_step
    the_badge_counts_and_goes
    the_battery_is_a_part_of_one
    the_configuration_decides_what_is_planned
    the_end_of_the_page_ends_no_run
    the_freshest_position_counts
    the_history_is_asked_and_forgotten
    the_network_has_the_documented_names
    the_next_run_is_when_work_manager_says
    the_same_number_is_the_same_notification
    the_system_may_stop_a_push_run
    what_a_runner_keeps_is_its_own_and_stays
    what_a_runner_kept_before_is_where_it_was
    what_android_would_refuse_later_is_refused_now
    what_cannot_come_later_is_refused_now
    what_could_not_be_written_is_not_there
    what_is_due_is_shown_once
    what_is_planned_survives_the_end_of_the_process
    what_is_scheduled_is_listed_and_taken_back
    what_may_not_be_shown_is_said_to_the_script
    what_the_configuration_has_no_more_is_cancelled
    what_the_system_stops_may_save_its_work_and_says_why
    work_of_an_older_release_is_replaced_when_the_app_is_opened
    work_of_an_older_release_is_served_and_replaced
    work_survives_a_configuration_that_cannot_be_used
    work_that_is_stopped_again_and_again_waits_for_its_next_time
    work_that_nobody_knows_fails_alone
    work_that_runs_once_is_over_then
}

/// What became of a test: nothing when it passed, else what went wrong.
fn on_a_device(name: &str) {
    let results = results(or_skip!(Tools::find()));
    let failure = results.get(name).unwrap_or_else(|| panic!("there is no such test"));
    assert!(failure.is_empty(), "{failure}");
}

/// All tests share a process, as they share the runtime; each has a device of its own.
fn results(tools: &Tools) -> &'static BTreeMap<String, String> {
    static RESULTS: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    RESULTS.get_or_init(|| {
        let said = run(&mut tools.device_tests());
        assert!(!said.contains("WARNING in native method"), "{said}");
        parse(&said)
    })
}

/// A line says how a test went; what is indented below it says why.
fn parse(said: &str) -> BTreeMap<String, String> {
    let mut results = BTreeMap::new();
    let mut failed = None;
    for line in said.lines() {
        if let Some(name) = line.strip_prefix("passed ") {
            results.insert(name.to_owned(), String::new());
        } else if let Some(name) = line.strip_prefix("failed ") {
            results.insert(name.to_owned(), "it failed:".to_owned());
            failed = Some(name.to_owned());
        } else if let Some(failure) = failed.as_ref().and_then(|name| results.get_mut(name)) {
            failure.push('\n');
            failure.push_str(line);
        }
    }
    results
}
