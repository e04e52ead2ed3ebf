// Settings between JavaScript and C++, from tables alone: parsing with validation, and the schema that
// scripts/types.mjs makes TypeScript types and option tables from.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "binding/js.hpp"
#include "binding/tables.hpp"

namespace nonconvex {

/// The place of a name among those of an enumeration; a RangeError about `path` lists the names if it is not there.
int placeOfName(std::string_view path, std::string_view text, std::span<const std::string_view> names);

/// The value of an enumeration that has this name.
template <class E>
E valueNamed(std::string_view path, const std::string& text) {
  return static_cast<E>(placeOfName(path, text, namesOfEnum<E>));
}

/// Sets `settings`, which have their defaults, to what a JavaScript object has. `undefined` is as good as absent. Other
/// members are not looked at: src/core/settingNames.ts refuses names that it does not know.
void readSettings(std::span<const SettingRow> table, Napi::Object object, void* settings);

/// [{ name, type, default, lower, upper, openLower, openUpper, doc, when, defaultText }]: what can be said of each
/// setting.
Napi::Array schemaOf(Napi::Env env, std::span<const SettingRow> table, const void* defaults);

}  // namespace nonconvex
