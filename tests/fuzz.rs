//! The fuzz targets over their corpora, and over what a plain mutation makes of them: a short,
//! repeatable pass on any toolchain. `cargo xtask fuzz` goes on from there.

use std::{env, fs};

use background_runner_tests::root;

#[path = "../fuzz/targets.rs"]
mod targets;

#[test]
fn n2_any_text_can_be_a_script() {
    feed("script", targets::script);
}

#[test]
fn d12_any_script_can_reach_the_memory_limit_anywhere() {
    feed("memory", targets::memory);
}

#[test]
fn n2_any_text_can_be_details() {
    feed("details", targets::details);
}

#[test]
fn n2_any_bytes_can_be_an_answer() {
    feed("completion", targets::completion);
}

#[test]
fn n2_anything_can_be_said_of_a_transfer_in_any_order() {
    feed("replies", targets::replies);
}

#[test]
fn n2_any_text_can_be_a_url() {
    feed("url", targets::url);
}

#[test]
fn w7_natives_take_what_a_view_shows_whatever_became_of_its_buffer() {
    feed("views", targets::views);
}

#[test]
fn n2_any_text_can_be_headers() {
    feed("headers", targets::headers);
}

#[test]
fn any_text_can_be_definitions() {
    feed("definitions", targets::definitions);
}

/// Feeds the corpus to a target, each file as it is and changed in many small ways.
fn feed(name: &str, target: fn(&[u8])) {
    let folder = root().join("fuzz/corpus").join(name);
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the target has a corpus")
        .map(|entry| entry.expect("a readable folder").path())
        .collect();
    files.sort();
    assert!(files.len() >= 3);
    let seeds: Vec<_> = files.iter().map(|file| fs::read(file).expect("a readable file")).collect();
    let rounds = env::var("BACKGROUND_RUNNER_FUZZ_ROUNDS").ok();
    let rounds = rounds.and_then(|rounds| rounds.parse().ok()).unwrap_or(60);
    for seed in &seeds {
        target(seed);
    }
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for round in 0..rounds {
        let mut bytes = seeds[round % seeds.len()].clone();
        for _ in 0..=dice.roll(4) {
            mutate(&mut bytes, &seeds, &mut dice);
        }
        target(&bytes);
    }
}

/// One small change: a byte, a cut, a repetition, or a piece of another seed.
fn mutate(bytes: &mut Vec<u8>, seeds: &[Vec<u8>], dice: &mut Dice) {
    const WORDS: [&[u8]; 8] =
        [b"\0", b"\xff", b"{", b"\"", b"[[[[[[[[", b"await ", b"\\u0000", b"1e999"];
    let at = dice.roll(bytes.len() + 1);
    let to = (at + dice.roll(16)).min(bytes.len());
    match dice.roll(5) {
        0 if at < bytes.len() => bytes[at] ^= 1 << dice.roll(8),
        1 => drop(bytes.drain(at..to)),
        2 => {
            let piece = bytes[at..to].to_vec();
            bytes.splice(at..at, piece);
        }
        3 => {
            let other = &seeds[dice.roll(seeds.len())];
            let from = dice.roll(other.len() + 1);
            let piece = other[from..(from + dice.roll(24)).min(other.len())].to_vec();
            bytes.splice(at..at, piece);
        }
        _ => drop(bytes.splice(at..at, WORDS[dice.roll(WORDS.len())].iter().copied())),
    }
}

/// Numbers without a pattern, the same in every run (xorshift).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or_default() % sides.max(1)
    }
}
