var __common = (run, module) => () => {
  if (!module) {
    module = { exports: {} };
    try {
      run.call(module.exports, module.exports, module, __require);
    } catch (error) {
      module = undefined;
      throw error;
    }
  }
  return module.exports;
};
var __define = (space, getters) => {
  for (const name in getters) Object.defineProperty(space, name, { get: getters[name], enumerable: true, configurable: true });
};
var __import = (exports, isNode) => {
  const isObject = exports !== null && (typeof exports === 'object' || typeof exports === 'function');
  const space = __space();
  if (isNode || !isObject || !exports.__esModule) __define(space, { default: () => exports });
  __star(space, isObject ? exports : {}, true);
  return space;
};
var __later = (get) => Promise.resolve().then(get);
var __lazy = (run, state, error) => () => {
  if (!state) {
    state = 1;
    try {
      run();
    } catch (thrown) {
      state = 2;
      error = thrown;
    }
  }
  if (state === 2) throw error;
};
var __meta = {};
var __missing = (name) => {
  throw Object.assign(new Error(`Cannot find module '${name}'`), { code: 'MODULE_NOT_FOUND' });
};
var __require = (name) => {
  throw new Error(`\`require(${name})\` is not known before it runs: packages have to be bundled into the file`);
};
var __space = (isRequired) => Object.defineProperties(Object.create(null), {
  [Symbol.toStringTag]: { value: 'Module' },
  ...(isRequired && { __esModule: { value: true } }),
});
var __star = (space, exports, withDefault) => {
  for (const name of Object.getOwnPropertyNames(exports)) {
    if (Object.hasOwn(space, name) || (name === 'default' && !withDefault)) continue;
    Object.defineProperty(space, name, { get: () => exports[name], enumerable: Object.prototype.propertyIsEnumerable.call(exports, name), configurable: true });
  }
};
var __waiting = (run, promise) => () => (promise ??= run());
