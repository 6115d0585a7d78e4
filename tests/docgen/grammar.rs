//! Declarations out of a grammar: the types that a plugin's author may write, put together at random.

/// What the generated interfaces refer to.
const HEAD: &str = include_str!("grammar.ts");

const WORDS: [&str; 30] = [
    "string",
    "number",
    "boolean",
    "null",
    "undefined",
    "any",
    "unknown",
    "void",
    "never",
    "object",
    "symbol",
    "bigint",
    "{}",
    "1",
    "42",
    "true",
    "'x'",
    "'fast'",
    "Mode",
    "Level",
    "Color",
    "Level.High",
    "Color.Red",
    "Options",
    "Base",
    "Indexed",
    "Key",
    "Date",
    "Uint8Array",
    "PermissionState",
];

const OBJECTS: [&str; 5] =
    ["Base", "Options", "Result<string>", "Session", "{ a: string; b?: number }"];

/// What is best written out.
const SAYINGS: [&str; 46] = [
    "Pick<Options, 'name' | 'level'>",
    "Omit<Options, 'nested'>",
    "Exclude<Mode, 'fast'>",
    "Extract<Mode | number, string>",
    "keyof Options",
    "keyof typeof CODES",
    "typeof CODES",
    "typeof LIST[number]",
    "ReturnType<typeof make>",
    "Parameters<typeof make>",
    "InstanceType<typeof Session>",
    "typeof Color",
    "Names<Options>",
    "Options['nested']",
    "Options['nested']['b']",
    "Options['tags']",
    "keyof Base",
    "ReturnType<Handler>",
    "Parameters<Handler<Level>>",
    "Item<string[]>",
    "Item<Mode[] | number>",
    "Item<[1, 'a']>",
    "Level | 5 | 7",
    "Color.Red | Color.Blue",
    "Level.Low | Level.High | 3",
    "Uppercase<Mode>",
    "`${Mode}-${Color}`",
    "`${number}px`",
    "Record<Mode, Options>['fast']",
    "Indexed['x']",
    "Pair<string>[0]",
    "Session['close']",
    "Parameters<Session['close']>",
    "typeof CODES['deep']",
    "typeof Session.count",
    "Names<Base>",
    "keyof Indexed",
    "keyof Options & string",
    "NonNullable<Options['tags']>[number]",
    "Result['error']",
    "Result<string>['list']",
    "ReturnType<Session['close']>",
    "Exclude<keyof Options, keyof Base>",
    "Required<Pick<Options, 'tags'>>",
    "Partial<Record<Mode, number>>",
    "Maybe<Mode> | undefined | 'other'",
];

const CONDITIONS: [&str; 6] =
    ["string", "object", "Base", "(infer U)[]", "null | undefined", "(...args: any[]) => any"];

/// A definitions file; the same for the same seed.
pub(crate) fn definitions(seed: u64) -> String {
    let mut grammar = Grammar { state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1 };
    let mut text = HEAD.to_owned();
    for index in 0..6 {
        text += &format!("export type T{index} = {};\n", grammar.ty(3));
    }
    text += "export interface ShapesPlugin {\n";
    for index in 0..40 {
        text += &format!("  {};\n", grammar.member(index));
    }
    text + "}\n"
}

struct Grammar {
    state: u64,
}

impl Grammar {
    /// A number below `end`, by xorshift.
    fn below(&mut self, end: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state % end as u64).expect("it is below a usize")
    }

    fn one<'w>(&mut self, words: &[&'w str]) -> &'w str {
        words[self.below(words.len())]
    }

    fn member(&mut self, index: usize) -> String {
        match self.below(6) {
            0 => format!("p{index}: {}", self.ty(3)),
            1 => format!("p{index}?: {}", self.ty(3)),
            2 => format!("m{index}(x: {}): {}", self.ty(3), self.ty(2)),
            3 => {
                let alias = self.one(&["T0", "T1", "T2", "T3", "T4", "T5"]);
                format!("m{index}(x?: {}, y?: {alias}): Promise<{}>", self.ty(2), self.ty(2))
            }
            4 => {
                let bound = format!(" extends {}", self.one(&OBJECTS));
                let bound = if self.below(2) == 0 { bound } else { String::new() };
                let param = self.one(&["T", "T[]", "Fields<T>", "keyof T", "Item<T>", "Result<T>"]);
                let result = self.one(&["T", "Maybe<T>", "Result<T>", "T | null"]);
                format!("m{index}<T{bound}>(x: {param}): Promise<{result}>")
            }
            _ => {
                let name = self.one(&["a", "state"]);
                format!(
                    "m{index}(cb: ({name}: {}) => void): Promise<PluginListenerHandle>",
                    self.ty(2)
                )
            }
        }
    }

    /// A type of this many levels at most.
    fn ty(&mut self, depth: usize) -> String {
        if depth == 0 || self.below(6) == 0 {
            return self.one(&WORDS).to_owned();
        }
        let choice = self.below(29);
        if choice < 5 {
            return self.one(&SAYINGS).to_owned();
        }
        let object = self.one(&OBJECTS);
        let mut ty = || self.ty(depth - 1);
        match choice {
            5 => format!("({})[]", ty()),
            6 => format!("Array<{}>", ty()),
            7 => format!("({}) | ({})", ty(), ty()),
            8 => format!("({}) | null", ty()),
            9 => format!("{{ p: {}; q?: {} }}", ty(), ty()),
            10 => format!("(a: {}, b?: {}) => {}", ty(), ty(), ty()),
            11 => format!("Promise<{}>", ty()),
            12 => format!("Result<{}>", ty()),
            13 => format!("Maybe<{}>", ty()),
            14 => format!("Pair<{}>", ty()),
            15 => format!("Fields<{object}>"),
            16 => {
                let inner = ty();
                let key = self.one(&["string", "Mode", "Color", "number", "Level"]);
                format!("Record<{key}, {inner}>")
            }
            17 => {
                let inner = ty();
                let name = self.one(&["Partial", "Required", "Readonly", "NonNullable", "Item"]);
                format!("{name}<{inner}>")
            }
            18 => format!("[{}, {}]", ty(), ty()),
            19 => format!("[x: {}, y: {}]", ty(), ty()),
            20 => format!("readonly ({})[]", ty()),
            21 => format!("{object} & {}", self.one(&OBJECTS)),
            22 => format!("{{ [key: string]: {} }}", ty()),
            23 => format!("Handler<{}>", ty()),
            24 => format!("[{}, ...({})[]]", ty(), ty()),
            25 => {
                let (check, yes, no) = (ty(), ty(), ty());
                format!("({check}) extends {} ? ({yes}) : ({no})", self.one(&CONDITIONS))
            }
            26 => {
                let value = ty();
                let keys = self.one(&["Mode", "Color", "keyof Options", "Level", "keyof Base"]);
                format!("{{ [K in {keys}]?: {value} }}")
            }
            27 => format!("{{ readonly p: {}; m(): {}; [Color.Red]: string }}", ty(), ty()),
            _ => format!("new (a: {}) => {object}", ty()),
        }
    }
}
