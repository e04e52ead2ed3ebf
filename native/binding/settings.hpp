// Settings between JavaScript and C++, from `fields()` alone: parsing with validation, and the schema that
// scripts/types.mjs makes TypeScript types and option tables from.
#pragma once

#include <array>
#include <concepts>
#include <initializer_list>
#include <type_traits>

#include "binding/js.hpp"
#include "core/fields.hpp"

namespace nonconvex {

/// Members of the settings object that are not settings of a solver; src/solve.ts takes care of them.
constexpr std::array<std::string_view, 3> callOptions = {"device", "signal", "onProgress"};

/// Throws a TypeError that names the unknown setting, the likeliest meant one and all known ones.
[[noreturn]] void refuseUnknown(const std::string& name, const std::vector<std::string_view>& known);

/// "expected one of 'a', 'b'".
std::string oneOf(std::span<const std::string_view> names);

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
    const std::string text = value.As<Napi::String>().Utf8Value();
    const auto& names = EnumNames<T>::names;
    const auto found = std::find(std::begin(names), std::end(names), text);
    require(found != std::end(names), name, text, oneOf(names));
    return static_cast<T>(found - std::begin(names));
  } else {
    type(value.IsNumber(), "a number");
    return value.As<Napi::Number>().DoubleValue();
  }
}

/// The settings given in a JavaScript object, defaults for the rest. `undefined` is as good as absent.
/// `others` are further known members: what the solver reads as part of its problem.
template <class Settings>
Settings readSettings(Napi::Object object, std::initializer_list<std::string_view> others = {}) {
  Settings settings;
  std::vector<std::string_view> known;
  forEachField<Settings>([&](const auto& field) { known.push_back(field.name); });
  known.insert(known.end(), others);
  known.insert(known.end(), callOptions.begin(), callOptions.end());
  const Napi::Array names = object.GetPropertyNames();
  for (std::uint32_t i = 0; i < names.Length(); ++i) {
    const std::string name = names.Get(i).As<Napi::String>().Utf8Value();
    if (std::find(known.begin(), known.end(), name) == known.end()) refuseUnknown(name, known);
  }
  forEachField<Settings>([&](const auto& field) {
    using T = typename std::remove_cvref_t<decltype(field)>::Value;
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
      Napi::Array names = Napi::Array::New(env);
      for (const std::string_view name : EnumNames<T>::names) names.Set(names.Length(), out.toText(name));
      out.value("type", names);
      out.text("default", EnumNames<T>::names[static_cast<std::size_t>(byDefault)]);
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
