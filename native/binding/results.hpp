// Results from C++ to JavaScript, from tables alone: the object that JavaScript gets, and the schema that
// scripts/types.mjs makes TypeScript types and tables from.
#pragma once

#include <span>

#include "binding/js.hpp"
#include "binding/packed_result.hpp"
#include "binding/solve.hpp"
#include "binding/tables.hpp"

namespace nonconvex {

/// The members that every result has: how the solve ended, its last report and the history of them. `own` is the table
/// of the members that only reports of this solver have.
void writeOutcome(PackedResult& out, const AnswerView& outcome, std::span<const OutRow> own);

/// All members of a struct; without those that are optional and not known.
void writeMembers(PackedResult& out, std::span<const OutRow> table, const void* from);

/// A report of progress: what all solvers report and the solver's own members.
Napi::Object reportObject(Napi::Env env, const Progress& report, std::span<const OutRow> own);

/// [{ name, doc, type, optional, column }]: what can be said of each member of a result or of a report; the last,
/// { title, digits }, only of what has a column in the table of reports. A type is 'number', 'boolean', 'string',
/// 'Float64Array', 'Int32Array', 'Matrix', 'Certificate', 'Certificate[]', a list of the names of an
/// enumeration, { fields }, or { items } of a list.
Napi::Array schemaOf(Napi::Env env, std::span<const OutRow> table);

/// The members of every result, in the order of `writeOutcome`.
Napi::Array outcomeSchema(Napi::Env env);

}  // namespace nonconvex
