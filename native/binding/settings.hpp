// Settings between JavaScript and C++, from `fields()` alone: parsing with validation, and the schema that
// scripts/types.mjs makes TypeScript types and option tables from.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "binding/js.hpp"
#include "core/fields.hpp"

namespace nonconvex {

/// "expected one of 'a', 'b'".
std::string oneOf(std::span<const std::string_view> names);

/// The names of an object's members.
std::vector<std::string> namesIn(Napi::Object object);

/// The value of an enumeration that has this name; a RangeError about `path` lists the names if there is none.
template <class E>
E valueNamed(std::string_view path, const std::string& text) {
  const auto known = names(E{});
  const auto found = std::find(known.begin(), known.end(), text);
  require(found != known.end(), path, std::string_view(text).substr(0, 100), oneOf(known));
  return static_cast<E>(found - known.begin());
}

template <class T>
T parseSetting(std::string_view name, Napi::Value value) {
  const auto type = [&](bool valid, const char* expected) {
    if (valid) return;
    throw Error(ErrorKind::type, std::string(name) + " = " + showValue(value) + ": expected " + expected);
  };
  if constexpr (std::is_same_v<T, bool>) {
    type(value.IsBoolean(), "a boolean");
    return value.As<Napi::Boolean>().Value();
  } else if constexpr (std::is_enum_v<T>) {
    type(value.IsString(), "a string");
    return valueNamed<T>(name, value.As<Napi::String>().Utf8Value());
  } else {
    type(value.IsNumber(), "a number");
    return value.As<Napi::Number>().DoubleValue();
  }
}

/// The settings given in a JavaScript object, defaults for the rest. `undefined` is as good as absent. Other members
/// are not looked at: src/core/settingNames.ts refuses names that it does not know.
template <class Settings>
Settings readSettings(Napi::Object object) {
  Settings settings;
  const std::vector<std::string> given = namesIn(object);
  if (given.empty()) return settings;
  forEachField<Settings>([&](const auto& field) {
    using T = typename std::remove_cvref_t<decltype(field)>::Value;
    if (std::find(given.begin(), given.end(), field.name) == given.end()) return;
    const Napi::Value value = object.Get(field.name.data());
    if (value.IsUndefined()) return;
    if constexpr (std::is_enum_v<T> || std::is_same_v<T, bool>) {
      settings.*field.member = parseSetting<T>(field.name, value);
    } else {
      const double number = parseSetting<double>(field.name, value);
      if constexpr (std::is_integral_v<T>) {
        require(std::trunc(number) == number && std::isfinite(number), field.name, number, "expected an integer");
      }
      checkBounds(field, number);
      settings.*field.member = static_cast<T>(number);
    }
  });
  return settings;
}

/// [{ name, type, default, lower, upper, openLower, openUpper, doc, defaultText }]: what can be said of each setting.
template <class Settings>
Napi::Array schemaOf(Napi::Env env) {
  const Settings defaults;
  Napi::Array schema = Napi::Array::New(env);
  forEachField<Settings>([&](const auto& field) {
    using T = typename std::remove_cvref_t<decltype(field)>::Value;
    const T byDefault = defaults.*field.member;
    Writer out(env);
    out.text("name", field.name);
    out.text("doc", field.doc);
    if constexpr (std::is_same_v<T, bool>) {
      out.text("type", "boolean");
      out.boolean("default", byDefault);
    } else if constexpr (std::is_enum_v<T>) {
      out.value("type", out.texts(names(byDefault)));
      out.text("default", nameOf(byDefault));
    } else {
      out.text("type", std::is_integral_v<T> ? "integer" : "number");
      out.known("default", static_cast<double>(byDefault));
      out.number("lower", field.bounds.lower);
      out.number("upper", field.bounds.upper);
      out.boolean("openLower", field.bounds.openLower);
      out.boolean("openUpper", field.bounds.openUpper);
      if (!field.bounds.defaultText.empty()) out.text("defaultText", field.bounds.defaultText);
    }
    schema.Set(schema.Length(), out.object());
  });
  return schema;
}

}  // namespace nonconvex
