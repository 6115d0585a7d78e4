// Objects of the script's realm.

/**
 * Stands for the script's realm: what the engine constructs for a function without a prototype
 * gets the built-in one of the function's realm, whatever the script made of its globals.
 */
const realm = function () {};
realm.prototype = null;

/** `new constructor(...given)` for a built-in, as an object of the script's realm. */
export const construct = (constructor, ...given) => primordials.ReflectConstruct(constructor, given, realm);
