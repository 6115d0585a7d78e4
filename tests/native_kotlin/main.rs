//! The Android half, with the compiler and the virtual machine that it is made for.
//!
//! The whole plugin is compiled by the Kotlin compiler of its own version against Capacitor's real
//! source. It runs on a plain JVM, through real JNI, over the runtime built for this machine: the core
//! alone, and the whole of it on a pretended device.
//! What these tests need is installed by `cargo xtask setup-tests kotlin`; without it they are skipped.

mod app;
mod device;
mod gradle;
mod tools;

use std::{collections::BTreeSet, process::Command};

use background_runner_tests::{or_skip, root};

use self::tools::{Tools, run};

/// One Rust test for each test in `tests/native/kotlin/jvm`, and one that none is missing.
macro_rules! on_a_virtual_machine {
    ($($name:ident)+) => {
        $(#[test]
        fn $name() {
            on_a_virtual_machine(stringify!($name));
        })+

        #[test]
        fn every_test_on_a_virtual_machine_is_listed() {
            let tools = or_skip!(Tools::find());
            let said = run(&mut tools.tests());
            let found: BTreeSet<&str> = said.lines().collect();
            assert_eq!(found, BTreeSet::from([$(stringify!($name)),+]));
        }
    };
}

on_a_virtual_machine! {
    a_body_is_sent
    a_cancelled_call_cancels_the_host
    a_dispatch_can_be_cancelled_twice_and_late
    a_host_that_throws_at_once_is_an_answer
    a_listener_that_throws_ends_nothing
    a_log_that_throws_fails_nothing
    a_silent_server_times_out
    a_slow_reader_holds_its_server_up
    an_error_keeps_what_the_script_said
    an_unknown_runner_and_a_missing_file_have_codes
    any_json_value_comes_back
    any_status_is_a_response
    bad_settings_are_thrown
    cancelling_ends_a_blocked_transfer
    cancelling_the_coroutine_stops_the_script
    closing_cancels_and_refuses
    compressed_bodies_are_unpacked
    dates_do_not_know_the_zone_of_the_device
    dates_far_away_survive
    details_reach_the_handler
    device_apis_are_typed
    empty_bodies_are_empty
    failures_have_codes
    history_remembers
    logs_arrive_with_their_run
    many_dispatches_run_at_once
    missing_details_are_fine
    network_failures_are_type_errors
    notifications_arrive_with_every_option
    null_is_not_the_same_as_no_value
    objects_come_back_as_they_were
    options_are_checked_by_name
    plans_cross
    redirections_are_followed_as_the_standard_says
    redirections_can_be_seen_or_refused
    redirections_leave_http_only_for_https
    redirections_with_credentials_are_refused
    scripts_fetch_over_it
    ten_thousand_dispatches_leave_no_references
    the_cookies_of_the_web_view_are_not_those_of_scripts
    the_deadline_interrupts_a_loop
    values_are_json_text
    what_is_no_date_is_refused
    what_the_host_throws_reaches_the_script
}

/// Runs one test in a process of its own. `-Xcheck:jni` prints what it finds wrong.
fn on_a_virtual_machine(name: &str) {
    let tools = or_skip!(Tools::find());
    let said = run(tools.tests().arg(name));
    assert!(!said.contains("WARNING in native method"), "{said}");
}

/// Warnings are errors: a deprecated call of Android's or Capacitor's does not pass.
#[test]
fn the_whole_plugin_compiles() {
    let tools = or_skip!(Tools::find());
    assert!(tools.plugin().join("io/ionic/backgroundrunner/BackgroundRunnerPlugin.class").exists());
}

#[test]
fn ktlint_finds_nothing() {
    let tools = or_skip!(Tools::find());
    let mut command = Command::new("java");
    command.args(["--add-opens", "java.base/java.lang=ALL-UNNAMED", "-jar"]).arg(tools.linter());
    command.args(["--relative", "generated/android/src/**/*.kt", "tests/native/kotlin/**/*.kt"]);
    run(command.current_dir(root()));
}
