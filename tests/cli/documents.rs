//! The pages about the command line: whatever they show is what the command prints.

use std::{fs, path::Path, process::Command};

use background_runner_tests::{background_runner, differs, played, root};

/// The pages.
const PAGES: &[&str] = &["docs/build.md", "docs/run.md"];

/// Set to write what is printed into the pages.
const UPDATE: &str = "UPDATE_DOCUMENTS";

#[test]
fn what_the_pages_show_is_what_the_command_prints() {
    for page in PAGES {
        let path = root().join(page);
        let written = fs::read_to_string(&path).expect("the page is there");
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let played = played(&written, folder.path(), |command| said(folder.path(), command));
        if std::env::var_os(UPDATE).is_some() {
            fs::write(&path, &played).expect("it is writable");
        }
        if let Some(difference) = differs(&written, &played) {
            panic!("{page} {difference} (set {UPDATE}=1 to write it anew)");
        }
    }
}

/// What a command prints, without the times and sizes of this machine.
fn said(folder: &Path, command: &str) -> String {
    let words = command.split(' ').skip(2);
    let output = Command::new(background_runner()).args(words).current_dir(folder).output();
    let output = output.expect("the binary starts");
    let text = String::from_utf8(output.stderr).expect("text")
        + &String::from_utf8(output.stdout).expect("text");
    text.lines().map(|line| steady(line) + "\n").collect()
}

/// A line whose milliseconds and kibibytes are zero.
fn steady(line: &str) -> String {
    let mut words: Vec<String> = line.split(' ').map(str::to_owned).collect();
    for at in 1..words.len() {
        let is_measure = matches!(words[at].trim_end_matches(','), "ms" | "KiB");
        let number = &words[at - 1];
        if is_measure && number.parse::<f64>().is_ok() && !line.contains("passed") {
            let zero = if words[at] == "KiB" { "0" } else { "0.0" };
            let wide = line.starts_with(' ') && at < 10;
            words[at - 1] = if wide { String::new() } else { zero.to_owned() };
            if wide {
                // The column of times is padded.
                return format!("{:>9} {}", zero, words.split_off(at).join(" "));
            }
        }
    }
    words.join(" ")
}
