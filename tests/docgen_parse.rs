//! What the parser gives to those who read `syntax`.

use typescript::{
    parse,
    syntax::{EnumValue, ItemKind, MemberKind, Module, Reference, TypeKind},
};

fn module(text: &str) -> Module {
    parse("definitions.ts", text).unwrap_or_else(|errors| panic!("{errors:?}"))
}

fn messages(text: &str) -> Vec<(String, String)> {
    let errors = parse("definitions.ts", text).expect_err("the text has a syntax error");
    let at = |error: &typescript::ParseError| {
        text[error.span.offset()..error.span.offset() + error.span.len()].to_owned()
    };
    errors.iter().map(|error| (error.message.clone(), at(error))).collect()
}

#[test]
fn spans_point_at_the_source_also_behind_a_byte_order_mark() {
    let module = module(
        "\u{feff}/** Ünïcode. */\r\nexport interface A {\r\n\treadonly 'b-c'?: Array<string>;\r\n}\r\n",
    );
    let ItemKind::Interface(interface) = &module.items[0].kind else { panic!("an interface") };
    let member = &interface.members[0];
    assert_eq!(module.slice(member.span), "readonly 'b-c'?: Array<string>");
    let MemberKind::Property(property) = &member.kind else { panic!("a property") };
    assert_eq!(module.slice(property.name.span), "'b-c'");
    assert_eq!(property.name.text, "b-c");
    assert!(property.optional && property.readonly);
    let ty = property.ty.as_ref().expect("a type is written");
    assert_eq!(module.slice(ty.span), "Array<string>");
    assert_eq!(ty.reference().expect("a reference").0, "Array");
    assert_eq!(module.items[0].docs.text.as_deref(), Some("Ünïcode."));
    assert_eq!(module.slice(module.items[0].span).lines().next(), Some("export interface A {"));
}

#[test]
fn a_comment_on_the_line_of_the_token_before_is_not_attached() {
    let module = module(
        "interface A { /** no */ a: string;\n/** yes */ b: string; /** no */\n c: string\n}",
    );
    let ItemKind::Interface(interface) = &module.items[0].kind else { panic!("an interface") };
    let docs: Vec<_> = interface.members.iter().map(|member| member.docs.text.as_deref()).collect();
    assert_eq!(docs, [None, Some("yes"), None]);
}

#[test]
fn tags_carry_what_typescript_calls_their_text() {
    let module = module(
        "interface A {\n  /**\n   * Text\n   *   indented.\n   *\n   * @param a - first\n   *   line\n   * @returns {string} it\n   * @since\n   * @example\n   * ```ts\n   *   x@y\n   * ```\n   */\n  a(a: string): string;\n}",
    );
    let ItemKind::Interface(interface) = &module.items[0].kind else { panic!("an interface") };
    let docs = &interface.members[0].docs;
    assert_eq!(docs.text.as_deref(), Some("Text\n  indented."));
    assert_eq!(docs.param("a"), Some("- first\nline"));
    let tags: Vec<_> =
        docs.tags.iter().map(|tag| (tag.name.as_str(), tag.text.as_deref())).collect();
    assert_eq!(
        tags,
        [
            ("param", Some("a - first\nline")),
            ("returns", Some("it")),
            ("since", None),
            ("example", Some("```ts\n  x@y\n```")),
        ]
    );
}

#[test]
fn every_kind_of_declaration_arrives() {
    let module = module(
        "/// <reference types=\"@capacitor/cli\" />\nimport type { A as B } from 'a';\nexport * from './b';\nexport { B as C };\nexport enum E { A, B = 4, C, D = 'd', F = 1 << 3 }\ndeclare module 'x' { interface Y { (a: string): void; new (): Y; [key: string]: any } }\ndeclare global { interface Window {} }\nnamespace N.M { export type T = [a: string, b?: number, ...rest: E[]] }\nexport declare const x: 'a';\nexport declare function f<T = void>(this: Window, ...a: T[]): asserts a is T;\nexport class K extends N.L<string> implements B { private x = 1; y(): void {} }\n",
    );
    assert_eq!(module.references, [Reference::Types("@capacitor/cli".to_owned())]);
    let names: Vec<_> =
        module.items.iter().map(|item| item.name().map(|name| name.text.as_str())).collect();
    assert_eq!(
        names,
        [None, None, None, Some("E"), None, None, Some("N"), Some("x"), Some("f"), Some("K")]
    );
    let ItemKind::Enum(e) = &module.items[3].kind else { panic!("an enum") };
    let values: Vec<_> = e.members.iter().map(|member| member.value.clone()).collect();
    let number = EnumValue::Number;
    assert_eq!(
        values,
        [number(0.0), number(4.0), number(5.0), EnumValue::String("d".to_owned()), number(8.0)]
    );
}

#[test]
fn every_syntax_error_is_reported_where_it_is() {
    let errors =
        messages("interface A {\n  a: ;\n}\n\nexport interface B { b: string }\n\ntype C = = 1;\n");
    let places: Vec<_> = errors.iter().map(|(_, at)| at.as_str()).collect();
    assert_eq!(places, [";", "="], "{errors:?}");
}

#[test]
fn nesting_ends_in_a_result_or_a_clear_error() {
    let nests: [(&str, &str, &str); 9] = [
        ("type A = ", "{ a: ", "string"),
        ("type A = ", "(", "string"),
        ("type A = ", "Array<", "string"),
        ("type A = ", "keyof ", "string"),
        ("type A = ", "B extends C ? D : ", "string"),
        ("type A = ", "B extends C ?\nE : ", "string"),
        ("type A = ", "() => ", "string"),
        ("type A = string", "[]", ""),
        ("enum A { a = 1", " + 1", ""),
    ];
    for (start, level, end) in nests {
        for depth in [40, 400, 10_000, 1_000_000] {
            let text = format!("{start}{}{end}", level.repeat(depth));
            let result = parse("deep.ts", &text);
            if depth >= 10_000 {
                let errors = result.expect_err("no stack holds that");
                assert!(errors[0].message.starts_with("nested too deeply"), "{level} {errors:?}");
            }
        }
    }
}

#[test]
fn what_a_person_may_nest_is_parsed() {
    let text = format!("type A = {}string{};", "{ a: ".repeat(300), " }".repeat(300));
    let module = module(&text);
    let ItemKind::Alias(alias) = &module.items[0].kind else { panic!("an alias") };
    assert!(matches!(alias.ty.kind, TypeKind::Object(_)));
}
