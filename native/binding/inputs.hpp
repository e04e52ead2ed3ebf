// Problems from JavaScript, from tables alone.
#pragma once

#include <span>

#include "binding/js.hpp"
#include "binding/problem_values.hpp"
#include "binding/tables.hpp"

namespace nonconvex {

/// Sets the members of `problem` that the table has, and checks types and sizes. Throws what names the member, its
/// value and what was expected.
void readMembers(std::span<const InRow> table, const Reader& in, void* problem);

/// A struct that has fields, from a JavaScript object, with all checks.
template <HasFields T>
T readStruct(const Reader& in) {
  T made;
  readMembers(inRows<T>, in, &made);
  checkValues(inRows<T>, &made);
  return made;
}

/// [{ name, doc, type, shape, rows, columns, ... }]: what can be said of each member of a problem. A type is that of a
/// member of a result, or 'SparseMatrix | Matrix', or { fields } or { items } with what can be said of those.
Napi::Array schemaOf(Napi::Env env, std::span<const InRow> table);

}  // namespace nonconvex
