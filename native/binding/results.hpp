// Results from C++ to JavaScript, from `fields()` alone: the object that JavaScript gets, and the schema that
// scripts/types.mjs makes TypeScript types and tables from.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "binding/js.hpp"
#include "binding/packed_result.hpp"
#include "core/certificate.hpp"
#include "core/fields.hpp"
#include "core/run.hpp"

namespace nonconvex {

/// A vector of structs that have fields: an array of objects in JavaScript.
template <class T>
concept ListOfFields = requires {
  typename T::value_type;
}
&&HasFields<typename T::value_type>;

template <HasFields T, class Out>
void writeFields(Out& out, const T& from);

/// A std::shared_ptr to a value: what a report shares with its copies. Null is not known.
template <class T>
concept Pointer = requires {
  typename T::element_type;
}
&&std::same_as<T, std::shared_ptr<typename T::element_type>>;

/// A value that may be missing, then it is not known.
template <class T>
concept OptionalValue = requires {
  typename T::value_type;
}
&&std::same_as<T, std::optional<typename T::value_type>>;

template <class Report, class Field>
void writeColumn(PackedResult& out, const std::vector<Report>& reports, const Field& field);

/// One value under a name; the kinds of values that an OutField may have. `out`: a Writer or a PackedResult.
template <class T, class Out>
void writeField(Out& out, const char* name, const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    out.boolean(name, value);
  } else if constexpr (std::convertible_to<T, double>) {
    out.number(name, static_cast<double>(value));
  } else if constexpr (Pointer<T> || OptionalValue<T>) {
    writeField(out, name, *value);
  } else if constexpr (std::is_enum_v<T> && std::same_as<Out, PackedResult>) {
    out.choice(name, value);
  } else if constexpr (std::is_enum_v<T>) {
    out.text(name, nameOf(value));
  } else if constexpr (std::convertible_to<T, std::string_view>) {
    out.text(name, value);
  } else if constexpr (HasFields<T>) {
    out.members(name, [&](Out& members) { writeFields(members, value); });
  } else if constexpr (ListOfFields<T> && std::same_as<Out, PackedResult>) {
    out.columns(name, value.size(), [&](PackedResult& columns) {
      forEachField<typename T::value_type>([&](const auto& field) { writeColumn(columns, value, field); });
    });
  } else if constexpr (ListOfFields<T>) {
    Napi::Array list = Napi::Array::New(out.env(), value.size());
    for (std::uint32_t i = 0; i < list.Length(); ++i) {
      Writer members(out.env());
      writeFields(members, value[i]);
      list.Set(i, members.object());
    }
    out.value(name, list);
  } else if constexpr (std::convertible_to<const T&, Mat<const double>>) {
    out.matrix(name, value);
  } else if constexpr (std::is_same_v<T, std::vector<std::int32_t>>) {
    out.integers(name, value);
  } else {
    out.vector(name, {value.data(), value.size()});
  }
}

/// All fields of a struct; without those that are optional and not known.
template <HasFields T, class Out>
void writeFields(Out& out, const T& from) {
  forEachField<T>([&](const auto& field) {
    const auto& value = from.*field.member;
    if (!field.optional || isKnown(value)) writeField(out, field.name.data(), value);
  });
}

/// The name that a member of a report has in a result, where `iteration` is the number of them.
constexpr std::string_view nameInResult(std::string_view member) {
  return member == "iteration" ? "iterations"sv : member;
}

enum class ReportAs { progress, result };

/// A report of progress: what all solvers report and the solver's own members.
template <class Report, class Out>
void writeReport(Out& out, const Report& report, ReportAs as = ReportAs::progress) {
  forEachField<Progress>([&](const auto& field) {
    const auto& value = report.*field.member;
    const std::string_view name = as == ReportAs::result ? nameInResult(field.name) : field.name;
    if (!field.optional || isKnown(value)) writeField(out, name.data(), value);
  });
  if constexpr (HasOwnFields<Report>) writeFields(out, report);
}

/// What a member of a report holds, once it is known.
template <class T>
const auto& contentOf(const T& value) {
  if constexpr (Pointer<T> || OptionalValue<T>) {
    return *value;
  } else {
    return value;
  }
}

/// Writes a member of all reports, if any of them knows it.
template <class Report, class Field>
void writeColumn(PackedResult& out, const std::vector<Report>& reports, const Field& field) {
  std::vector<bool> known;
  for (const Report& report : reports) known.push_back(!field.optional || isKnown(report.*field.member));
  if (std::find(known.begin(), known.end(), true) == known.end()) return;
  using Content = std::remove_cvref_t<decltype(contentOf(std::declval<const typename Field::Value&>()))>;
  out.column(field.name.data(), known, [&](std::size_t i) {
    const Content& content = contentOf(reports[i].*field.member);
    if constexpr (std::is_same_v<Content, bool> || std::is_enum_v<Content>) {
      return content;
    } else if constexpr (std::convertible_to<Content, double>) {
      return static_cast<double>(content);
    } else {
      Writer cell(out.env());
      writeField(cell, "value", content);
      return static_cast<napi_value>(cell.object().Get("value"));
    }
  });
}

/// The reports of a history.
template <class Report>
void writeHistory(PackedResult& out, const char* name, const std::vector<Report>& reports) {
  out.columns(name, reports.size(), [&](PackedResult& columns) {
    const auto write = [&](const auto& field) { writeColumn(columns, reports, field); };
    forEachField<Progress>(write);
    if constexpr (HasOwnFields<Report>) forEachField<Report>(write);
  });
}

/// What every result has: how the solve ended, its last report and the history of them.
template <class Report>
void writeOutcome(PackedResult& out, const Outcome<Report>& outcome) {
  forEachField<Outcome<Report>>([&](const auto& field) {
    const auto& value = outcome.*field.member;
    using Value = std::remove_cvref_t<decltype(value)>;
    if constexpr (std::same_as<Value, Report>) {
      writeReport(out, value, ReportAs::result);
    } else if constexpr (std::same_as<Value, History<Report>>) {
      writeHistory(out, field.name.data(), value.reports());
    } else {
      writeField(out, field.name.data(), value);
    }
  });
}

template <HasFields T>
Napi::Array resultSchemaOf(Napi::Env env);

/// A type as scripts/types.mjs reads it: 'number', 'boolean', 'string', 'Float64Array', 'Int32Array', 'Matrix',
/// 'Report[]', 'Certificate', 'Certificate[]', a list of the names of an enumeration, { fields }, or { items } of a
/// list of such.
template <class T>
Napi::Value resultTypeOf(Writer& out) {
  if constexpr (std::is_same_v<T, bool>) {
    return out.toText("boolean");
  } else if constexpr (std::convertible_to<T, double>) {
    return out.toText("number");
  } else if constexpr (Pointer<T>) {
    return resultTypeOf<std::remove_cv_t<typename T::element_type>>(out);
  } else if constexpr (OptionalValue<T>) {
    return resultTypeOf<typename T::value_type>(out);
  } else if constexpr (std::is_enum_v<T>) {
    return out.texts(names(T{}));
  } else if constexpr (std::convertible_to<T, std::string_view>) {
    return out.toText("string");
  } else if constexpr (std::is_same_v<T, Certificate>) {
    return out.toText("Certificate");
  } else if constexpr (std::is_same_v<T, std::vector<Certificate>>) {
    return out.toText("Certificate[]");
  } else if constexpr (HasFields<T>) {
    Writer type(out.env());
    type.value("fields", resultSchemaOf<T>(out.env()));
    return type.object();
  } else if constexpr (ListOfFields<T>) {
    Writer type(out.env());
    type.value("items", resultSchemaOf<typename T::value_type>(out.env()));
    return type.object();
  } else if constexpr (std::convertible_to<const T&, Mat<const double>>) {
    return out.toText("Matrix");
  } else if constexpr (std::is_same_v<T, std::vector<std::int32_t>>) {
    return out.toText("Int32Array");
  } else if constexpr (std::is_same_v<T, History<Progress>>) {
    return out.toText("Report[]");
  } else {
    return out.toText("Float64Array");
  }
}

/// { name, doc, type, optional, column }: what can be said of a member of a result or of a report; the last,
/// { title, digits }, only of what has a column in the table of reports.
template <class Field>
Napi::Object memberSchema(Napi::Env env, const Field& field, std::string_view name) {
  Writer out(env);
  out.text("name", name);
  out.text("doc", field.doc);
  out.value("type", resultTypeOf<typename Field::Value>(out));
  out.boolean("optional", field.optional);
  if (!field.column.title.empty()) {
    Writer column(env);
    column.text("title", field.column.title);
    column.number("digits", field.column.digits);
    out.value("column", column.object());
  }
  return out.object();
}

template <HasFields T>
Napi::Array resultSchemaOf(Napi::Env env) {
  Napi::Array schema = Napi::Array::New(env);
  forEachField<T>([&](const auto& field) { schema.Set(schema.Length(), memberSchema(env, field, field.name)); });
  return schema;
}

/// A solution of one answer; others have a list of certificates, one for each of their answers.
template <class Solution>
concept HasOneCertificate = requires(const Solution& solution) {
  { solution.certificate } -> std::same_as<const Certificate&>;
};

/// The members of a solution, and the gap that a result has beside its certificate, if there may be one.
template <HasFields Solution>
Napi::Array solutionSchema(Napi::Env env) {
  Napi::Array schema = resultSchemaOf<Solution>(env);
  if constexpr (HasOneCertificate<Solution>) {
    if (Solution::claims().gapScale.empty()) return schema;
    forEachField<Certificate>([&](const auto& field) {
      if (field.name == "gap"sv) schema.Set(schema.Length(), memberSchema(env, field, field.name));
    });
  }
  return schema;
}

/// What a solver can know of its answers, for the table in the docs and the tests.
Napi::Object claimsSchema(Napi::Env env, const Claims& claims);

/// The members of every result, in the order of `writeOutcome`.
inline Napi::Array outcomeSchema(Napi::Env env) {
  Napi::Array schema = Napi::Array::New(env);
  forEachField<Outcome<Progress>>([&](const auto& outcome) {
    if constexpr (std::same_as<typename std::remove_cvref_t<decltype(outcome)>::Value, Progress>) {
      forEachField<Progress>(
          [&](const auto& field) { schema.Set(schema.Length(), memberSchema(env, field, nameInResult(field.name))); });
    } else {
      schema.Set(schema.Length(), memberSchema(env, outcome, outcome.name));
    }
  });
  return schema;
}

}  // namespace nonconvex
