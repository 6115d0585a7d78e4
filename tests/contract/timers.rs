//! Timers (W4).

use std::time::Duration;

use crate::host::{TestHost, handler, script};

/// The order in which a script's steps happen, on the virtual clock.
#[track_caller]
fn order(body: &str) -> String {
    let text = format!(
        "const seen = []; const see = (it) => seen.push(it);
         addEventListener('test', (resolve) => {{ {body}; setTimeout(() => resolve(seen), 1e6) }})"
    );
    script(&text)
        .timeout(Duration::from_hours(1))
        .host(|host: &mut TestHost| host.virtual_clock = true)
        .value()
}

#[test]
fn w4_timers_fire_in_the_order_of_their_time_and_then_of_their_age() {
    let body = "setTimeout(see, 20, 'b'); setTimeout(see, 10, 'a'); setTimeout(see, 20, 'c')";
    assert_eq!(order(body), r#"["a","b","c"]"#);
}

#[test]
fn w4_extra_arguments_are_passed_on() {
    assert_eq!(order("setTimeout((...it) => see(it), 1, 1, 'two', null)"), r#"[[1,"two",null]]"#);
}

#[test]
fn w4_all_microtasks_run_before_the_next_timer() {
    let body =
        "setTimeout(() => { see(1); Promise.resolve().then(() => see(2)).then(() => see(3)) });
        setTimeout(() => see(4)); queueMicrotask(() => see(0))";
    assert_eq!(order(body), "[0,1,2,3,4]");
}

#[test]
fn w4_clearing_inside_the_own_callback_is_safe() {
    let body = "const id = setInterval(() => { see('x'); clearInterval(id); clearTimeout(id) }, 1);
        const other = setTimeout(() => clearTimeout(other), 1)";
    assert_eq!(order(body), r#"["x"]"#);
}

#[test]
fn w4_the_clear_functions_are_interchangeable_and_ignore_the_unknown() {
    let body = "clearInterval(setTimeout(see, 1, 'a')); clearTimeout(setInterval(see, 1, 'b'));
        clearTimeout(); clearTimeout(null); clearTimeout(0.5); clearTimeout('x'); clearTimeout(9e9);
        clearTimeout({})";
    assert_eq!(order(body), "[]");
}

#[test]
fn w4_strange_delays_follow_the_standard() {
    let body = "setTimeout(see, 2 ** 31, 'wraps'); setTimeout(see, -5, 'negative');
        setTimeout(see, NaN, 'nan'); setTimeout(see, Infinity, 'infinite'); setTimeout(see, '3', 's');
        setTimeout(see, 2.9, 'float'); setTimeout(see, undefined, 'missing');
        setTimeout(see, 2 ** 32 + 1, 'one')";
    assert_eq!(order(body), r#"["wraps","negative","nan","infinite","missing","one","float","s"]"#);
}

#[test]
fn w4_half_a_second_is_not_nothing() {
    let outcome = handler("const t = performance.now(); setTimeout(() => resolve(performance.now() - t), 0.05 * 1000)").run();
    let waited: f64 = outcome.result.unwrap().unwrap().parse().unwrap();
    assert!((50.0..2000.0).contains(&waited), "{waited}");
}

#[test]
fn w4_an_interval_repeats_until_it_is_cleared() {
    let body =
        "let n = 0; const id = setInterval(() => { see(n++); if (n === 3) clearInterval(id) }, 10)";
    assert_eq!(order(body), "[0,1,2]");
}
