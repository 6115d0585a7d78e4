//! The project commands: `cargo xtask <command>`.

fn main() {}
