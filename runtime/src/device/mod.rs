//! The device APIs as globals of the script.

use rquickjs::{
    Ctx, Exception, Function, Object, Result, Value,
    function::Rest,
    object::{Accessor, Property},
    qjs,
};

mod arguments;

use crate::{
    host::{
        HostError,
        catalogue::{ApiSpec, MethodSpec, TypeSpec, available},
    },
    world::World,
};

/// The names of a world's device APIs, in their order.
pub(crate) fn names<'a>(world: &'a World<'_>) -> impl Iterator<Item = &'a str> {
    world.apis().iter().map(|api| api.name.as_str())
}

/// The global object of the API with this index.
pub(crate) fn build<'js>(ctx: &Ctx<'js>, index: usize) -> Result<Value<'js>> {
    let world = World::of(ctx);
    let Some(api) = world.apis().get(index) else {
        return Err(Exception::throw_reference(ctx, "there is no such device API"));
    };
    let object = Object::new(ctx.clone())?;
    for (at, method) in api.methods.iter().enumerate() {
        if method.property {
            let read = move |ctx: Ctx<'js>| read(&ctx, (index, at));
            let property = Accessor::new_get(read).enumerable().configurable();
            object.prop(method.name.as_str(), property)?;
        } else {
            let call = move |ctx: Ctx<'js>, args: Rest<Value<'js>>| call(&ctx, (index, at), &args);
            let function = Function::new(ctx.clone(), call)?
                .with_name(&method.name)?
                .with_length(method.params.len())?;
            let property = Property::from(function).enumerable().writable().configurable();
            object.prop(method.name.as_str(), property)?;
        }
    }
    Ok(object.into_value())
}

/// A call of a method: checked, asked, and answered now or later.
fn call<'js>(ctx: &Ctx<'js>, at: (usize, usize), given: &[Value<'js>]) -> Result<Value<'js>> {
    let world = World::of(ctx);
    let (api, method) = find(ctx, &world, at)?;
    let args_json = arguments::to_json(ctx, (api, method), given)?;
    let refused = refusal(&world, api, method);
    if method.is_async {
        if let Some(error) = refused {
            let (promise, _, reject) = ctx.promise()?;
            reject.call::<_, ()>((world.host_error(ctx, &error)?,))?;
            return Ok(promise.into_value());
        }
        let promise = world.call_async(ctx, (&api.name, &method.name), args_json)?;
        return Ok(promise.into_value());
    }
    if let Some(error) = refused {
        return Err(world.throw_host_error(ctx, &error));
    }
    let result = world.call(ctx, (&api.name, &method.name), args_json)?;
    Ok(if method.returns == TypeSpec::Void { Value::new_undefined(ctx.clone()) } else { result })
}

/// The value of a property. A boolean can be called as well, since it was a method once.
fn read<'js>(ctx: &Ctx<'js>, at: (usize, usize)) -> Result<Value<'js>> {
    let value = call(ctx, at, &[])?;
    match value.as_bool() {
        Some(truth) => callable(ctx, truth),
        None => Ok(value),
    }
}

/// A function that gives `truth`, and is `truth` in a condition, in a comparison and in JSON.
fn callable<'js>(ctx: &Ctx<'js>, truth: bool) -> Result<Value<'js>> {
    let given = move || truth;
    let function = Function::new(ctx.clone(), given)?;
    for name in ["valueOf", "toJSON"] {
        function.prop(name, Property::from(Function::new(ctx.clone(), given)?))?;
    }
    let text = move || truth.to_string();
    function.prop("toString", Property::from(Function::new(ctx.clone(), text)?))?;
    if !truth {
        // SAFETY: context and function are alive. The mark (ECMAScript B.3.6, made for
        // `document.all`) makes the engine take the function for false.
        unsafe { qjs::JS_SetIsHTMLDDA(ctx.as_raw().as_ptr(), function.as_raw()) };
    }
    Ok(function.into_value())
}

fn find<'a, 'js>(
    ctx: &Ctx<'js>,
    world: &'a World<'js>,
    (api, method): (usize, usize),
) -> Result<(&'a ApiSpec, &'a MethodSpec)> {
    let api = world.apis().get(api);
    let found = api.and_then(|api| Some((api, api.methods.get(method)?)));
    found.ok_or_else(|| Exception::throw_reference(ctx, "there is no such method"))
}

/// Why a method cannot be called here, if so.
fn refusal(world: &World<'_>, api: &ApiSpec, method: &MethodSpec) -> Option<HostError> {
    let (platform, name) = (world.platform(), format!("{}.{}", api.name, method.name));
    if !available(&api.platforms, platform) || !available(&method.platforms, platform) {
        let message = format!("`{name}` is not available on {platform}");
        return Some(HostError::new("UNAVAILABLE", message));
    }
    // The list is of the device APIs: what the app adds is there for all of its runners.
    let listed = |list: &[String]| api.is_named(list) || world.is_added(api);
    if world.allowed_apis().is_some_and(|list| !listed(list)) {
        let short = api.short.as_deref().unwrap_or(&api.name);
        let message = format!(
            "`{name}` is not enabled for the runner `{}`: add `{short}` to `apis` in the \
             configuration",
            world.label()
        );
        return Some(HostError::new("UNAVAILABLE", message));
    }
    None
}
