//! `background-runner apis`, and runs with the functions that an app adds (C4).

use std::fs;

use serde_json::json;

use super::{Bench, command};

const DECLARED: &str = "
/** Somebody whom the user knows. */
export interface Contact { name: string; born?: Date; kind: Kind; friends: Contact[] }
export type Kind = 'person' | 'company';
export interface Query { name: string; /** @integer */ limit?: number }

/** The user's address book. */
export interface Contacts {
  /**
   * How many there are.
   * @integer
   */
  count(): number;
  find(query: Query): Promise<Contact[]>;
  add(contact: Contact): void;
  readonly isOpen: boolean;
}
";

const BODY: &str = "const query = { name: 'A', limit: 2 };
    const found = await Contacts.find(query);
    Contacts.add({ name: 'B', kind: 'person', friends: [], born: new Date(0) });
    let wrong;
    try { Contacts.add({ name: 'C', kind: 'robot', friends: [] }) } catch (e) { wrong = e.message }
    resolve([Contacts.count(), found, wrong]);";

#[test]
fn c4_an_apps_own_functions_are_declared_in_typescript() {
    let bench = Bench::handler(BODY)
        .with("--apis", "host.ts")
        .host(r#"{ "apis": { "Contacts": { "count": 7, "find": [{ "name": "Ada" }] } } }"#);
    bench.write("host.ts", DECLARED);
    let line = bench.line();
    let wrong = "Contacts.add: `contact.kind` must be \"person\" or \"company\", but it is \"robot\"; \
                 write `Contacts.add({ name, kind, friends })`";
    assert_eq!(line["value"], json!([7, [{ "name": "Ada" }], wrong]));
    let added =
        json!({ "name": "B", "born": "1970-01-01T00:00:00.000Z", "kind": "person", "friends": [] });
    let calls = json!([
        { "api": "Contacts", "method": "find", "arguments": [{ "name": "A", "limit": 2 }] },
        { "api": "Contacts", "method": "add", "arguments": [added] },
        { "api": "Contacts", "method": "count", "arguments": [] },
    ]);
    assert_eq!(line["host"]["calls"], calls);
}

#[test]
fn c4_the_declarations_become_what_the_plugin_takes() {
    let bench = Bench::handler("");
    bench.write("host.ts", DECLARED);
    let folder = bench.folder.path();
    let options = ["apis", "host.ts", "-o", "host.json", "--typings", "globals.d.ts"];
    let ran = command(folder, options);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
    let read = |name: &str| fs::read_to_string(folder.join(name)).expect("it was written");
    let written: Vec<background_runner::ApiSpec> =
        serde_json::from_str(&read("host.json")).expect("the runtime takes it");
    assert_eq!(written[0].name, "Contacts");
    let methods: Vec<_> = written[0].methods.iter().map(|it| (&*it.name, it.is_async)).collect();
    let expected = [("count", false), ("find", true), ("add", false), ("isOpen", false)];
    assert_eq!(methods, expected);
    assert!(read("globals.d.ts").contains("const Contacts: import('./host').Contacts;"));
    for (declared, typings, import) in [
        ("host.ts", "runners/types/globals.d.ts", "../../host"),
        ("native/host.ts", "globals.d.ts", "./native/host"),
        ("native/host.ts", "runners/globals.d.ts", "../native/host"),
        ("./native/../host.ts", "native/../runners/globals.d.ts", "../host"),
    ] {
        bench.write("native/host.ts", DECLARED);
        let ran = command(folder, ["apis", declared, "-o", "host.json", "--typings", typings]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let typings = read(typings);
        assert!(typings.contains(&format!("import('{import}').Contacts;")), "{import}: {typings}");
    }

    bench.write("host.ts", "export interface Contacts { find(query: Qurey): void }");
    let ran = command(folder, ["apis", "host.ts"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.contains("there is no type `Qurey`"), "{}", ran.stderr);
    assert!(ran.stderr.contains("host.ts:1:"), "{}", ran.stderr);
}

#[test]
fn the_command_has_the_version_of_the_plugin() {
    let plugin = fs::read_to_string(background_runner_tests::root().join("schema/plugin.json"));
    let plugin: serde_json::Value = serde_json::from_str(&plugin.unwrap()).unwrap();
    let ran = command(std::path::Path::new("."), ["--version"]);
    assert_eq!(ran.stdout, format!("background-runner {}\n", plugin["version"].as_str().unwrap()));
}

#[test]
fn every_shell_has_its_completions() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let ran = command(std::path::Path::new("."), ["completions", shell]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{shell}");
        for word in ["init", "run", "docgen", "allow"] {
            assert!(ran.stdout.contains(word), "{shell}: {word}");
        }
    }
}
