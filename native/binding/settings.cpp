#include "binding/settings.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace nonconvex {
namespace {

/// "expected one of 'a', 'b'".
std::string oneOf(std::span<const std::string_view> names) {
  std::string text = "expected one of ";
  for (const std::string_view name : names) text += (name == names.front() ? "" : ", ") + show(name);
  return text;
}

/// The names of an object's members.
std::vector<std::string> namesIn(Napi::Object object) {
  const Napi::Array found = object.GetPropertyNames();
  std::vector<std::string> names(found.Length());
  for (std::uint32_t i = 0; i < names.size(); ++i) names[i] = found.Get(i).As<Napi::String>().Utf8Value();
  return names;
}

void requireType(bool valid, const SettingRow& row, Napi::Value value, const char* expected) {
  if (valid) return;
  throw Error(ErrorKind::type, std::string(row.name) + " = " + showValue(value) + ": expected " + expected);
}

double numberIn(const SettingRow& row, Napi::Value value) {
  requireType(value.IsNumber(), row, value, "a number");
  const double number = value.As<Napi::Number>().DoubleValue();
  if (row.kind != ValueKind::number) {
    require(std::trunc(number) == number && std::isfinite(number), row.name, number, "expected an integer");
  }
  checkBounds(row.name, row.bounds, row.kind == ValueKind::number ? "number" : "integer", number);
  return number;
}

void readSetting(const SettingRow& row, Napi::Value value, void* setting) {
  switch (row.kind) {
    case ValueKind::boolean:
      requireType(value.IsBoolean(), row, value, "a boolean");
      *static_cast<bool*>(setting) = value.As<Napi::Boolean>().Value();
      return;
    case ValueKind::choice:
      requireType(value.IsString(), row, value, "a string");
      *static_cast<int*>(setting) = placeOfName(row.name, value.As<Napi::String>().Utf8Value(), row.names);
      return;
    case ValueKind::integer:
      *static_cast<int*>(setting) = static_cast<int>(numberIn(row, value));
      return;
    case ValueKind::unsignedInteger:
      *static_cast<std::uint64_t*>(setting) = static_cast<std::uint64_t>(numberIn(row, value));
      return;
    default:
      *static_cast<double*>(setting) = numberIn(row, value);
  }
}

Napi::Object schemaOfSetting(Napi::Env env, const SettingRow& row, const void* byDefault) {
  Writer out(env);
  out.text("name", row.name);
  out.text("doc", row.doc);
  out.text("when", row.when);
  if (row.kind == ValueKind::boolean) {
    out.text("type", "boolean");
    out.boolean("default", *static_cast<const bool*>(byDefault));
  } else if (row.kind == ValueKind::choice) {
    out.value("type", out.texts(row.names));
    out.text("default", row.names[static_cast<std::size_t>(*static_cast<const int*>(byDefault))]);
  } else {
    out.text("type", row.kind == ValueKind::number ? "number" : "integer");
    out.known("default", numberAt(row.kind, byDefault));
    out.number("lower", row.bounds.lower);
    out.number("upper", row.bounds.upper);
    out.boolean("openLower", row.bounds.openLower);
    out.boolean("openUpper", row.bounds.openUpper);
    if (!row.bounds.defaultText.empty()) out.text("defaultText", row.bounds.defaultText);
  }
  return out.object();
}

}  // namespace

int placeOfName(std::string_view path, std::string_view text, std::span<const std::string_view> names) {
  const auto found = std::find(names.begin(), names.end(), text);
  if (found == names.end()) require(false, path, text.substr(0, 100), oneOf(names));
  return static_cast<int>(found - names.begin());
}

void readSettings(std::span<const SettingRow> table, Napi::Object object, void* settings) {
  const std::vector<std::string> given = namesIn(object);
  if (given.empty()) return;
  for (const SettingRow& row : table) {
    if (std::find(given.begin(), given.end(), row.name) == given.end()) continue;
    const Napi::Value value = object.Get(row.name);
    if (!value.IsUndefined()) readSetting(row, value, static_cast<std::byte*>(settings) + row.offset);
  }
}

Napi::Array schemaOf(Napi::Env env, std::span<const SettingRow> table, const void* defaults) {
  Napi::Array schema = Napi::Array::New(env);
  for (const SettingRow& row : table) {
    schema.Set(schema.Length(), schemaOfSetting(env, row, static_cast<const std::byte*>(defaults) + row.offset));
  }
  return schema;
}

}  // namespace nonconvex
