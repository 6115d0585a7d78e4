// Prints the configuration of a Capacitor app as JSON.
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const file = path.resolve(process.argv[1]);

/** Has `require` take TypeScript, by the compiler that the app has. */
function takeTypeScript() {
  let ts;
  try {
    ts = require(require.resolve('typescript', { paths: [path.dirname(file)] }));
  } catch {
    return false;
  }
  require.extensions['.ts'] = (module, name) => {
    const options = { module: ts.ModuleKind.CommonJS, moduleResolution: ts.ModuleResolutionKind.NodeJs, esModuleInterop: true, strict: true, target: ts.ScriptTarget.ES2022 };
    const text = require('node:fs').readFileSync(name, 'utf8');
    module._compile(ts.transpileModule(text, { fileName: name, compilerOptions: options }).outputText, name);
  };
  return true;
}

async function load() {
  if (!file.endsWith('.ts') || takeTypeScript()) {
    try {
      return require(file);
    } catch (error) {
      const isModule = error?.code === 'ERR_REQUIRE_ESM' || error instanceof SyntaxError;
      if (!isModule) throw error;
    }
  }
  return import(pathToFileURL(file));
}

load()
  .then(async (loaded) => {
    const config = loaded.default ?? loaded;
    const value = typeof config === 'function' ? await config() : config;
    process.stdout.write('\u0001background-runner\u0001' + JSON.stringify(value), () => process.exit(0));
  })
  .catch((error) => {
    console.error(error?.stack ?? error);
    process.exit(1);
  });
