#include "binding/results.hpp"

#include <algorithm>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/certificate.hpp"
#include "core/run.hpp"

namespace nonconvex {
namespace {

template <class Out>
void writeRows(Out& out, std::span<const OutRow> table, const void* from);

/// One member of all values of a list, if any of them knows it.
void writeColumn(PackedResult& out, const OutRow& row, const ListView& list, std::size_t size);

Napi::Array listObject(Napi::Env env, const OutRow& row, const ListView& list) {
  Napi::Array made = Napi::Array::New(env, list.count);
  for (std::uint32_t i = 0; i < made.Length(); ++i) {
    Writer members(env);
    writeRows(members, row.members, list.first + i * row.size);
    made.Set(i, members.object());
  }
  return made;
}

/// One value, known. `Out` is Writer or PackedResult.
template <class Out>
void writeValue(Out& out, const char* name, const OutRow& row, const void* value) {
  constexpr bool packed = std::is_same_v<Out, PackedResult>;
  switch (row.kind) {
    case ValueKind::boolean:
      return out.boolean(name, valueAt<bool>(value));
    case ValueKind::choice:
      if constexpr (packed)
        return out.choice(name, valueAt<int>(value), row.names);
      else
        return out.text(name, row.names[static_cast<std::size_t>(valueAt<int>(value))]);
    case ValueKind::text:
      return out.text(name, valueAt<std::string>(value));
    case ValueKind::textView:
      return out.text(name, valueAt<std::string_view>(value));
    case ValueKind::numbers: {
      const auto [first, count] = row.list(value);
      return out.vector(name, {reinterpret_cast<const double*>(first), count});
    }
    case ValueKind::integers:
      return out.integers(name, valueAt<std::vector<std::int32_t>>(value));
    case ValueKind::matrix:
      return out.matrix(name, valueAt<HostMatrix<double>>(value));
    case ValueKind::members:
      return out.members(name, [&](Out& members) { writeRows(members, row.members, value); });
    case ValueKind::list: {
      const ListView list = row.list(value);
      if constexpr (packed) {
        out.columns(name, list.count, [&](PackedResult& columns) {
          for (const OutRow& each : row.members) writeColumn(columns, each, list, row.size);
        });
      } else {
        out.value(name, listObject(out.env(), row, list));
      }
      return;
    }
    default:
      return out.number(name, numberAt(row.kind, value));
  }
}

template <class Out>
void writeRow(Out& out, const OutRow& row, const void* from, const char* name) {
  if (const void* const value = row.valueIn(from)) writeValue(out, name, row, value);
}

template <class Out>
void writeRows(Out& out, std::span<const OutRow> table, const void* from) {
  for (const OutRow& row : table) writeRow(out, row, from, row.name);
}

void writeColumn(PackedResult& out, const OutRow& row, const ListView& list, std::size_t size) {
  std::vector<bool> known;
  std::vector<const void*> values;
  for (std::size_t i = 0; i < list.count; ++i) {
    const void* const value = row.valueIn(list.first + i * size);
    known.push_back(value != nullptr);
    if (value != nullptr) values.push_back(value);
  }
  if (values.empty()) return;
  const bool choice = row.kind == ValueKind::choice, boolean = row.kind == ValueKind::boolean;
  if (choice || boolean || isNumber(row.kind)) {
    std::vector<double> numbers;
    for (const void* value : values) numbers.push_back(numberAt(row.kind, value));
    return out.column(choice ? 'e' : boolean ? 'b' : 'n', row.name, known, numbers, row.names);
  }
  std::vector<napi_value> cells;
  for (const void* value : values) {
    Writer cell(out.env());
    writeValue(cell, "value", row, value);
    cells.push_back(cell.object().Get("value"));
  }
  out.column(row.name, known, cells);
}

/// The name that a member of a report has in a result, where `iteration` is the number of them.
const char* nameInResult(const OutRow& row) {
  return std::string_view(row.name) == "iteration" ? "iterations" : row.name;
}

Napi::Value typeOf(Napi::Env env, const OutRow& row) {
  const Writer out(env);
  Writer nested(env);
  switch (row.kind) {
    case ValueKind::boolean:
      return out.toText("boolean");
    case ValueKind::choice:
      return out.texts(row.names);
    case ValueKind::text:
    case ValueKind::textView:
      return out.toText("string");
    case ValueKind::numbers:
      return out.toText("Float64Array");
    case ValueKind::integers:
      return out.toText("Int32Array");
    case ValueKind::matrix:
      return out.toText("Matrix");
    case ValueKind::members:
    case ValueKind::list:
      if (row.members.data() == certificateRows.data()) {
        return out.toText(row.kind == ValueKind::list ? "Certificate[]" : "Certificate");
      }
      nested.value(row.kind == ValueKind::list ? "items" : "fields", schemaOf(env, row.members));
      return nested.object();
    default:
      return out.toText("number");
  }
}

Napi::Object memberSchema(Napi::Env env, const char* name, const char* doc, Napi::Value type, bool optional) {
  Writer out(env);
  out.text("name", name);
  out.text("doc", doc);
  out.value("type", type);
  out.boolean("optional", optional);
  return out.object();
}

Napi::Object rowSchema(Napi::Env env, const OutRow& row, const char* name) {
  Napi::Object schema = memberSchema(env, name, row.doc, typeOf(env, row), row.optional);
  if (!row.column.title.empty()) {
    Writer column(env);
    column.text("title", row.column.title);
    column.number("digits", row.column.digits);
    schema.Set("column", column.object());
  }
  return schema;
}

}  // namespace

void writeOutcome(PackedResult& out, const AnswerView& outcome, std::span<const OutRow> own) {
  out.choice("status", static_cast<int>(outcome.status), namesOfEnum<Status>);
  out.text("message", outcome.message);
  for (const OutRow& row : outRows<Progress>) writeRow(out, row, &outcome.progress, nameInResult(row));
  writeRows(out, own, &outcome.progress);
  const auto& [first, count, size] = outcome.history;
  out.columns("history", count, [&, first = first, count = count, size = size](PackedResult& columns) {
    for (const OutRow& row : outRows<Progress>) writeColumn(columns, row, {first, count}, size);
    for (const OutRow& row : own) writeColumn(columns, row, {first, count}, size);
  });
}

void writeMembers(PackedResult& out, std::span<const OutRow> table, const void* from) { writeRows(out, table, from); }

Napi::Object reportObject(Napi::Env env, const Progress& report, std::span<const OutRow> own) {
  Writer out(env);
  writeRows(out, outRows<Progress>, &report);
  writeRows(out, own, &report);
  return out.object();
}

Napi::Array schemaOf(Napi::Env env, std::span<const OutRow> table) {
  Napi::Array schema = Napi::Array::New(env);
  for (const OutRow& row : table) schema.Set(schema.Length(), rowSchema(env, row, row.name));
  return schema;
}

Napi::Array outcomeSchema(Napi::Env env) {
  const Writer out(env);
  Napi::Array schema = Napi::Array::New(env);
  const auto add = [&](Napi::Object member) { schema.Set(schema.Length(), member); };
  add(memberSchema(env, "status", "How the solve ended.", out.texts(namesOfEnum<Status>), false));
  add(memberSchema(env, "message", "One sentence with the numbers.", out.toText("string"), false));
  for (const OutRow& row : outRows<Progress>) add(rowSchema(env, row, nameInResult(row)));
  add(memberSchema(env, "history", "Reports of progress over the solve, at most about a thousand.",
                   out.toText("Report[]"), false));
  return schema;
}

}  // namespace nonconvex
