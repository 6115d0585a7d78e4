//! Types stripped from TypeScript, in place.

use typescript::strip;

/// What is left, without the spaces where types were.
fn stripped(text: &str) -> String {
    let script = strip(text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
    assert_eq!(script.chars().count(), text.chars().count(), "{text}\n{script}");
    for (before, after) in text.lines().zip(script.lines()) {
        assert_eq!(before.chars().count(), after.chars().count(), "{before}\n{after}");
    }
    script.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn types_go_and_everything_else_stays_in_its_place() {
    let cases = [
        ("let a: number = 1;", "let a = 1;"),
        ("const f = (a: string, b?: number): void => {};", "const f = (a , b ) => {};"),
        (
            "function f<T extends object>(this: Window, a?: T, ...b: T[]): a is T {}",
            "function f ( a , ...b ) {}",
        ),
        ("let x!: Map<string, number[]>;", "let x ;"),
        (
            "const [a, b]: [number, string] = c, { d }: { d: 1 } = e;",
            "const [a, b] = c, { d } = e;",
        ),
        ("function f({ a }?: { a: 1 }) {}", "function f({ a } ) {}"),
        ("x as unknown as string; y satisfies Z; z!; z!.a![0]!();", "x ; y ; z ; z .a [0] ();"),
        (
            "<any>x; [1] as const; f<string>(1); new Map<string, number>();",
            "x; [1] ; f (1); new Map ();",
        ),
        ("interface A { a: 1 }\ntype B = A | null;", "; ;"),
        ("declare const a: 1; declare function f(): void; declare module 'x' {}", "; ; ;"),
        ("function f(a: string): void;\nfunction f(a: any) {}", "; function f(a ) {}"),
        (
            "import type { A } from './a'; import { type B, c, type D } from './b';",
            "; import { c, } from './b';",
        ),
        (
            "export type { A } from './a'; export { type B, c }; export interface D {}",
            "; export { c }; ;",
        ),
        ("export default interface A {}", ";"),
        (
            "abstract class A<T> extends B<T> implements C, D<E> { private readonly a: T = 1; static b?: number; declare c: 1; \
             abstract d(): void; public async e?(f: T): Promise<void> {} [key: string]: any; #g: T; protected override get h(): 1 { return 1 } }",
            "class A extends B { a = 1; static b ; ; ; async e (f ) {} ; #g ; get h() { return 1 } }",
        ),
        ("try {} catch (e: unknown) {}", "try {} catch (e ) {}"),
        ("for (const a of b as any[]) {}", "for (const a of b ) {}"),
        ("const g = async <T,>(a: T) => a;", "const g = async (a ) => a;"),
        ("const t = `${a as string}: string`;", "const t = `${a }: string`;"),
        (
            "const o = { a: 1, m<T>(x: T): T { return x } };",
            "const o = { a: 1, m (x ) { return x } };",
        ),
        ("const u = '你好' as string; // : string", "const u = '你好' ; // : string"),
    ];
    for (text, expected) in cases {
        assert_eq!(stripped(text), expected, "{text}");
    }
}

#[test]
fn lines_that_ended_with_a_type_still_end_there() {
    assert_eq!(stripped("const a = b as any\n[1].forEach(c)"), "const a = b ; [1].forEach(c)");
    assert_eq!(stripped("a\ntype B = 1\n(c)"), "a ; (c)");
    assert_eq!(stripped("const f = (a: 1): Promise<{\n b: 1;\n}> => a;"), "const f = (a ) => a;");
    assert_eq!(stripped("f(a as {\n b: 1\n}, c)"), "f(a , c)");
}

#[test]
fn what_is_more_than_a_type_is_refused_with_a_way_out() {
    let cases = [
        ("enum A { b }", "`enum`"),
        ("namespace A { export const b = 1 }", "`namespace`"),
        ("class A { constructor(private a: string) {} }", "parameter property"),
        ("import a = require('a');", "`import =`"),
        ("export = a;", "`export =`"),
        ("@a class B {}", "decorator"),
    ];
    for (text, what) in cases {
        let errors = strip(text).unwrap_err();
        assert!(errors[0].message.contains(what), "{text}: {errors:?}");
    }
    assert_eq!(strip("enum A {}\nenum B {}").unwrap_err().len(), 2);
    assert!(strip("let a: = 1").is_err());
}

#[test]
fn javascript_stays_as_it_is() {
    let text = "#!/usr/bin/env node\n'use strict';\nlet a = b < c, e = a ? b : c;\nlabel: for (;;) break label;\nclass F { g = 1; static { } }\nexport { a as h };\n";
    assert_eq!(strip(text).unwrap(), text);
}

#[test]
fn depth_is_no_danger() {
    let deep = format!("{}1{}", "(".repeat(900), ")".repeat(900));
    assert_eq!(strip(&deep).unwrap(), deep);
    assert!(strip(&"(".repeat(1_000_000)).is_err());
}
