//! What `background-runner diff` reports, and that no input makes the tools behind it panic.

use codegen::{diff::changes, parse::parse, parse::parse_lenient, syntax::Module};

fn module(text: &str) -> Module {
    parse("definitions.ts", text).unwrap_or_else(|errors| panic!("{errors:?}"))
}

#[test]
fn changes_are_told_apart_by_what_they_break() {
    let old = module(
        "export interface P { a(x: string): Promise<void>; gone(): void; }\n\
         export interface O { x: string; y: number }\nexport enum E { A, B }\n",
    );
    let new = module(
        "export interface P { a(x: number): Promise<void>; more(): void; }\n\
         export interface O { x?: string; y: number; z: string; w?: string }\nexport enum E { A, B = 5 }\n",
    );
    let lines: Vec<String> = changes(&old, &new).iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "breaking: `E.B` changed from `1` to `5`",
            "breaking: `O.z` is new and required",
            "breaking: `P.a` changed from `(string) => Promise<void>` to `(number) => Promise<void>`",
            "breaking: `P.gone` was removed",
            "added: `O.w` is new",
            "added: `O.x` changed from `string` to `string?`",
            "added: `P.more` is new",
        ]
    );
    assert!(changes(&new, &new).is_empty());
}

/// Every cut and many substitutions of real files: a result or errors, never a panic.
#[test]
fn damaged_files_end_in_errors() {
    let text = include_str!("docgen/fixtures/shapes.ts");
    let junk =
        ["{", "}", "<", ">", "`", "'", "/*", "*/", "\u{feff}", "é", "@", "\r", "", "?:", "=>"];
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for _ in 0..600 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let pick = |bound: usize, shift: u32| usize::try_from(state >> shift).unwrap_or(0) % bound;
        let boundaries: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let (from, length) = (boundaries[pick(boundaries.len(), 3)], pick(40, 17));
        let to = boundaries.iter().copied().find(|&at| at >= from + length).unwrap_or(text.len());
        let damaged = format!("{}{}{}", &text[..from], junk[pick(junk.len(), 29)], &text[to..]);
        let (module, errors) = parse_lenient("damaged.ts", &damaged);
        for error in &errors {
            assert!(error.span.offset() + error.span.len() <= damaged.len());
        }
        assert!(changes(&module, &module).is_empty());
    }
}
