//! The plugin in a browser: its methods, and what stands behind them.

use askama::Template;

use super::{
    Files, Model,
    types::{self, imports},
};

/// The methods whose options are looked at; the others have none that a browser knows.
const WITH_OPTIONS: [&str; 10] = [
    "cancelSchedule",
    "dispatchEvent",
    "getRunHistory",
    "getSchedules",
    "kvGet",
    "kvKeys",
    "kvRemove",
    "kvSet",
    "registerSchedule",
    "requestPermissions",
];

/// Writes the files.
pub(super) fn emit(model: &Model, files: &mut Files) {
    files.add("src/configure.ts", &Configure { config_key: &model.plugin.config_key });
    files.add("src/web.ts", &Web::new(model));
    for (name, text) in fixed() {
        files.insert(format!("src/web/{name}.ts"), text);
    }
}

/// Declares the templates that are the same for every schema.
macro_rules! fixed {
    ($($template:ident: $name:literal, $path:literal;)+) => {
        $(
            #[derive(Template)]
            #[template(path = $path)]
            struct $template;
        )+

        /// The names of files, and their texts.
        fn fixed() -> Vec<(&'static str, String)> {
            vec![$(($name, $template.render().expect("writing to a string cannot fail"))),+]
        }
    };
}

fixed! {
    Agenda: "agenda", "ts/web/agenda.ts.jinja";
    Answers: "answers", "ts/web/answers.ts.jinja";
    Assets: "assets", "ts/web/assets.ts.jinja";
    Console: "console", "ts/web/console.ts.jinja";
    Device: "device", "ts/web/device.ts.jinja";
    Locks: "locks", "ts/web/locks.ts.jinja";
    Messages: "messages", "ts/web/messages.ts.jinja";
    Page: "page", "ts/web/page.ts.jinja";
    Store: "store", "ts/web/store.ts.jinja";
    Threads: "threads", "ts/web/threads.ts.jinja";
    Transfer: "transfer", "ts/web/transfer.ts.jinja";
    Worker: "worker", "ts/web/worker.ts.jinja";
}

#[derive(Template)]
#[template(path = "ts/configure.ts.jinja")]
struct Configure<'a> {
    config_key: &'a str,
}

/// A method of the web's own implementation.
struct WebMethod<'a> {
    name: &'a str,
    type_params: String,
    /// `options: X`, or nothing where it is not looked at.
    arguments: String,
    returns: String,
}

#[derive(Template)]
#[template(path = "ts/web.ts.jinja")]
struct Web<'a> {
    class: &'a str,
    plugin: &'a str,
    imports: String,
    methods: Vec<WebMethod<'a>>,
}

impl<'a> Web<'a> {
    fn new(model: &'a Model) -> Self {
        let methods = model.definitions.methods.iter().map(|method| WebMethod {
            name: &method.name,
            type_params: types::type_params(method),
            arguments: if WITH_OPTIONS.contains(&&*method.name) {
                types::params(method)
            } else {
                String::new()
            },
            returns: types::result(method),
        });
        let methods: Vec<_> = methods.collect();
        let used: Vec<_> =
            methods.iter().map(|m| format!("{} {}", m.arguments, m.returns)).collect();
        let plugin = &*model.definitions.name;
        let imports = imports(model, None, &format!("{} {plugin}", used.join(" ")));
        Self { class: &model.plugin.class_name, plugin, imports, methods }
    }
}
