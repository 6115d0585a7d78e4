//! The C ABI from the outside: C programs, compiled by the system's compiler against the header
//! and the static library.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

use background_runner_tests::{ABI_SCENARIOS, cargo, root, skipped, target_dir};

#[test]
fn n1_the_header_is_fresh() {
    cargo(&["run", "--quiet", "--package", "xtask-tools", "--", "header", "--check"]);
}

#[test]
fn d5_the_examples_give_what_the_documentation_says() {
    run("examples");
}

#[test]
fn d10_a_deadline_ends_a_loop() {
    run("deadline");
}

#[test]
fn d11_a_cancel_ends_a_loop() {
    run("cancel");
}

#[test]
fn d11_what_the_system_stops_may_save_its_work() {
    run("stop");
}

#[test]
fn n1_a_silent_host_is_told_and_its_late_answer_is_stale() {
    run("silent");
}

#[test]
fn n2_what_a_host_does_wrong_is_an_error_and_no_crash() {
    run("faults");
}

#[test]
fn n1_a_host_that_sends_without_end_is_told_to_stop() {
    run("endless");
}

#[test]
fn w5_a_body_of_a_gigabyte_is_sent_as_fast_as_it_is_read() {
    run("body");
}

#[test]
fn d12_a_compiler_at_the_limit_is_stopped() {
    run("compiler");
}

#[test]
fn n1_every_member_arrives_as_it_was_sent() {
    run("members");
}

#[test]
fn n2_misuse_is_a_status() {
    run("misuse");
}

#[test]
fn w4_waiting_sleeps() {
    run("waits");
}

#[test]
fn d14_a_crowd_is_served_and_shut_down() {
    run("crowd");
}

/// `cargo xtask race` does the same where a sanitizer sees every access.
#[test]
fn n1_whoever_is_first_every_dispatch_and_every_question_has_one_end() {
    let program = sanitized().unwrap_or_else(program);
    let dispatches = setting("BACKGROUND_RUNNER_STORM", 60).to_string();
    succeeded("storm", &Command::new(program).args(["storm", &dispatches]).output());
}

#[test]
fn n2_random_calls_with_hostile_arguments_do_no_harm() {
    let program = sanitized().unwrap_or_else(program);
    let steps = setting("BACKGROUND_RUNNER_CHAOS_STEPS", 400);
    for seed in 1..=setting("BACKGROUND_RUNNER_CHAOS_SEEDS", 5) {
        let arguments = ["chaos".to_owned(), seed.to_string(), steps.to_string()];
        succeeded(&arguments.join(" "), &Command::new(program).args(&arguments).output());
    }
}

#[test]
fn n4_memory_does_not_grow() {
    let count = setting("BACKGROUND_RUNNER_SOAK", 400).to_string();
    // Else each life's threads get other arenas, which keep some hundred KiB of what was freed.
    let mut soak = Command::new(program());
    let output = soak.args(["soak", &count]).env("MALLOC_ARENA_MAX", "1").output();
    succeeded("soak", &output);
}

/// A number that the environment may set, for longer runs by hand.
fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

#[test]
fn n4_valgrind_finds_no_error_and_no_leak() {
    if Command::new("valgrind").arg("--version").output().is_err() {
        return skipped("valgrind is not installed");
    }
    let known = root().join("tests/abi/valgrind.supp");
    for (scenario, _) in ABI_SCENARIOS {
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--quiet", "--error-exitcode=9", "--leak-check=full"]);
        valgrind.args(["--show-leak-kinds=all", "--errors-for-leak-kinds=all"]);
        valgrind.arg(format!("--suppressions={}", known.display())).env("ABI_TEST_SLOW", "1");
        succeeded(scenario, &valgrind.arg(program()).args(arguments(scenario)).output());
    }
}

#[test]
fn n2_the_address_sanitizer_finds_nothing() {
    let Some(program) = sanitized() else {
        return skipped("the C compiler has no address sanitizer");
    };
    for (scenario, _) in ABI_SCENARIOS {
        succeeded(scenario, &Command::new(program).args(arguments(scenario)).output());
    }
}

/// Runs a scenario of `abi/main.c`, and compares what it prints.
#[track_caller]
fn run(scenario: &str) {
    let printed = succeeded(scenario, &Command::new(program()).args(arguments(scenario)).output());
    let known = ABI_SCENARIOS.iter().find(|(name, _)| *name == scenario);
    assert_eq!(Some(printed.as_str()), known.map(|(_, prints)| *prints), "{scenario}");
}

fn arguments(scenario: &str) -> [PathBuf; 2] {
    [scenario.into(), root().join("examples/background.js")]
}

#[track_caller]
fn succeeded(scenario: &str, output: &std::io::Result<Output>) -> String {
    let output = output.as_ref().expect("the program can be started");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{scenario}: {}\n{errors}", output.status);
    String::from_utf8(output.stdout.clone()).expect("it prints UTF-8")
}

/// The compiled `abi/main.c`.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let program = target_dir().join("abi");
        assert!(compile(&program, &[]), "the C program does not compile");
        program
    })
}

/// The same with the address sanitizer, which also looks for leaks; none where `cc` has none.
fn sanitized() -> Option<&'static Path> {
    static PROGRAM: OnceLock<Option<PathBuf>> = OnceLock::new();
    let compiled = || {
        let program = target_dir().join("abi-asan");
        compile(&program, &["-fsanitize=address,undefined"]).then_some(program)
    };
    PROGRAM.get_or_init(compiled).as_deref()
}

/// Compiles `abi/main.c` against header and library; false when the compiler fails.
fn compile(program: &Path, flags: &[&str]) -> bool {
    let mut compiler = Command::new("cc");
    compiler.args(["-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-g"]).args(flags);
    compiler.arg("-I").arg(root().join("runtime/include"));
    compiler.arg(root().join("tests/abi/main.c")).arg(library()).arg("-o").arg(program);
    let output = compiler.args(["-lpthread", "-ldl", "-lm"]).output().expect("there is a `cc`");
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    output.status.success()
}

/// The runtime as a static library.
fn library() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let package = ["--quiet", "--package", "background-runner-runtime", "--lib"];
        cargo(&[&["rustc"], &package[..], &["--crate-type", "staticlib"]].concat());
        target_dir().join("debug/libbackground_runner.a")
    })
}
