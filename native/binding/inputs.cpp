#include "binding/inputs.hpp"

#include <string>
#include <vector>

#include "binding/settings.hpp"

namespace nonconvex {
namespace {

void readRows(std::span<const InRow> table, const Reader& in, void* problem, Sizes& sizes);

/// Reads numbers, names and what is no array.
void readScalar(const InRow& row, const Reader& in, void* value) {
  switch (row.kind) {
    case ValueKind::boolean:
      valueAt<bool>(value) = in.boolean(row.name);
      return;
    case ValueKind::integer:
      valueAt<int>(value) = in.integer(row.name);
      return;
    case ValueKind::choice:
      valueAt<int>(value) = placeOfName(in.pathOf(row.name), in.text(row.name), row.names);
      return;
    default:
      valueAt<double>(value) = in.number(row.name);
  }
}

void readValue(const InRow& row, const Reader& in, void* value, Sizes& sizes) {
  switch (row.kind) {
    case ValueKind::numbersView:
      valueAt<std::span<const double>>(value) = in.vector(row.name);
      return;
    case ValueKind::integersView:
      valueAt<std::span<const std::int32_t>>(value) = in.integers(row.name);
      return;
    case ValueKind::numbers: {
      const auto from = in.vector(row.name);
      valueAt<std::vector<double>>(value).assign(from.begin(), from.end());
      return;
    }
    case ValueKind::integers: {
      const auto from = in.integers(row.name);
      valueAt<std::vector<std::int32_t>>(value).assign(from.begin(), from.end());
      return;
    }
    case ValueKind::matrix:
      valueAt<HostMatrix<double>>(value) = in.matrixCopy(row.name);
      return;
    case ValueKind::matrixView:
      valueAt<MatrixInput>(value) = row.shape.doubles ? in.matrix64(row.name) : in.matrix(row.name);
      return;
    case ValueKind::anyMatrix:
      valueAt<AnyMatrix>(value) = in.object(row.name).asAnyMatrix();
      return;
    case ValueKind::members:
      return readRows(row.members, in.object(row.name), value, sizes);
    case ValueKind::list:
      for (const Reader& each : in.list(row.name)) readRows(row.members, each, row.make(value), sizes);
      return;
    default:
      readScalar(row, in, value);
  }
}

void readRows(std::span<const InRow> table, const Reader& in, void* problem, Sizes& sizes) {
  for (const InRow& row : table) {
    void* const member = static_cast<std::byte*>(problem) + row.offset;
    const bool given = !row.optional || in.has(row.name);
    // A number that is a size is one by default, too.
    if (!given && (row.shape.kind != ShapeKind::number || row.shape.rows == nullptr)) continue;
    void* const value = given && row.content != nullptr ? row.make(member) : member;
    if (given) readValue(row, in, value, sizes);
    // Copies that were left have no sizes.
    if (!in.unread()) checkSizes(row, in.pathOf(row.name), value, sizes);
  }
}

Napi::Value typeOf(Napi::Env env, const InRow& row) {
  const Writer out(env);
  Writer nested(env);
  switch (row.shape.kind) {
    case ShapeKind::flag:
      return out.toText("boolean");
    case ShapeKind::choice:
      return out.texts(row.names);
    case ShapeKind::vector:
      return out.toText("Float64Array");
    case ShapeKind::indices:
      return out.toText("Int32Array");
    case ShapeKind::matrix:
      return out.toText(row.kind == ValueKind::anyMatrix ? "Matrix | SparseMatrix" : "Matrix");
    case ShapeKind::members:
    case ShapeKind::list:
      nested.value(row.shape.kind == ShapeKind::list ? "items" : "fields", schemaOf(env, row.members));
      return nested.object();
    default:
      return out.toText(row.kind == ValueKind::integer ? "integer" : "number");
  }
}

Napi::Object rowSchema(Napi::Env env, const InRow& row) {
  const Shape& shape = row.shape;
  Writer out(env);
  const auto size = [&](const char* name, const char* value) {
    if (value != nullptr) out.text(name, value);
  };
  out.text("name", row.name);
  out.text("doc", row.doc);
  out.value("type", typeOf(env, row));
  out.boolean("optional", row.optional);
  size("rows", shape.rows);
  size("columns", shape.columns);
  size("times", shape.factor);
  size("below", shape.limit);
  out.number("more", shape.more);
  out.boolean("distinct", shape.once);
  out.boolean("rising", shape.rising);
  out.boolean("falling", shape.descending);
  out.number("lower", shape.bounds.lower);
  out.number("upper", shape.bounds.upper);
  out.boolean("openLower", shape.bounds.openLower);
  out.boolean("openUpper", shape.bounds.openUpper);
  return out.object();
}

}  // namespace

void readMembers(std::span<const InRow> table, const Reader& in, void* problem) {
  Sizes sizes;
  readRows(table, in, problem, sizes);
}

Napi::Array schemaOf(Napi::Env env, std::span<const InRow> table) {
  Napi::Array schema = Napi::Array::New(env);
  for (const InRow& row : table) schema.Set(schema.Length(), rowSchema(env, row));
  return schema;
}

}  // namespace nonconvex
