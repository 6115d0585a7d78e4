// `Date` on a clock that jumps: the engine's own, but that the present is the world's.
// Only worlds with a virtual clock load this file, before their script.

import { ObjectDefineProperty, ReflectApply, ReflectConstruct } from 'primordials';

const Engine = globalThis.Date;
const { prototype, parse, UTC } = Engine;
const { toString } = prototype;

export const Date = function (year, month, date, hours, minutes, seconds, ms) {
    if (new.target === undefined) {
        return ReflectApply(toString, new Engine(native.wall()), []);
    }
    return ReflectConstruct(Engine, arguments.length > 0 ? arguments : [native.wall()], new.target);
};

const { now } = { now() { return native.wall(); } };
const define = (object, name, value, changeable) => ObjectDefineProperty(object, name, {
    __proto__: null, value, writable: changeable, enumerable: false, configurable: changeable,
});
define(Date, 'prototype', prototype, false);
define(Date, 'now', now, true);
define(Date, 'parse', parse, true);
define(Date, 'UTC', UTC, true);
define(prototype, 'constructor', Date, true);
