//! The measuring program of `cargo xtask bench`: one mode a run, a JSON array of figures out.

mod bare;
mod modes;

use std::{env, process::ExitCode};

/// The CPU time of this process, all threads, in microseconds.
pub(crate) fn cpu_microseconds() -> f64 {
    cpu_time::ProcessTime::now().as_duration().as_secs_f64() * 1e6
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let Some(figures) = modes::run(&words) else {
        eprintln!("usage: {}", modes::USAGE);
        return ExitCode::from(2);
    };
    let figures: Vec<String> = figures.iter().map(|figure| format!("{figure:.3}")).collect();
    println!("[{}]", figures.join(","));
    ExitCode::SUCCESS
}
