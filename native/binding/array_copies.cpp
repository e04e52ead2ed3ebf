// What the addon exports for copies of large arrays, which src/core/arrayCopies.ts has made in pieces.
#include <utility>

#include "binding/array_copy.hpp"
#include "binding/job.hpp"
#include "binding/registry.hpp"
#include "core/require_memory.hpp"
#include "data/sparse_lines.hpp"

namespace nonconvex {
namespace {

ArrayCopy& copyOf(const Reader& in) {
  ArrayCopy* const copy = arrayCopyIn(in.asObject().Env(), in.asObject().Get("copy"));
  if (copy == nullptr) throw Error(ErrorKind::type, in.pathOf("copy") + ": expected what beginCopy gives");
  return *copy;
}

/// beginCopy({ name, array }) -> a copy to be made by copyPiece, and handed to a solve of this addon in the array's
/// place. `name` is what messages call the array.
Napi::Value beginCopy(Napi::Env env, const Reader& in) {
  const ArrayBytes array = in.arrayNow("array");
  requireMemory(static_cast<double>(array.bytes.size()), "a copy of " + in.text("name") + " needs");
  const napi_value made = wrap(env, {.type = array.type, .pieces = {Environment::of(env).copies(), array.bytes}});
  if (made == nullptr) throw Napi::Error::New(env);
  return {env, made};
}

/// copyPiece({ copy, name, array, bytes }) -> whether there is more to copy. Throws where the array has lost its
/// memory.
Napi::Value copyPiece(Napi::Env env, const Reader& in) {
  ArrayCopy& copy = copyOf(in);
  const bool more = copy.pieces.advance(in.arrayNow("array").bytes, static_cast<std::size_t>(in.number("bytes")));
  if (copy.pieces.lost()) {
    throw Error(ErrorKind::range, in.text("name") + ": expected an array that is not transferred or shrunk while the " +
                                      "solve that was called copies it");
  }
  if (!more) copy.copy = copy.pieces.copy();
  return Napi::Boolean::New(env, more);
}

/// dropCopy({ copy }): solves that have it keep it. JavaScript would, else, hold its memory until it collects garbage.
Napi::Value dropCopy(Napi::Env env, const Reader& in) {
  ArrayCopy& copy = copyOf(in);
  copy.copy.reset();
  copy.pieces = {Environment::of(env).copies(), {}};
  return env.Undefined();
}

/// leaveCopy({ copy }): ends a copy of which the rest is not made, as the solve was aborted.
Napi::Value leaveCopy(Napi::Env env, const Reader& in) {
  ArrayCopy& copy = copyOf(in);
  if (copy.copy == nullptr) {
    copy.copy = std::make_shared<const CopiedBytes>(HostBuffer<std::byte>(copy.pieces.size(), Uninitialized{}));
    copy.left = true;
  }
  return env.Undefined();
}

/// checkCopies({ matrix, name, from, lines }) -> whether there are lines behind these of a sparse matrix of copies.
/// Throws where its offsets and indices do not fit together; once all lines are checked, solves do not check them
/// again.
Napi::Value checkCopies(Napi::Env env, const Reader& in) {
  const SparseView matrix = in.object("matrix").asUncheckedSparse();
  const int from = in.integer("from"), lines = in.integer("lines");
  requireSparseLines(matrix, in.text("name"), from, lines);
  const bool more = from + 1LL * lines < matrix.lines();
  const Napi::Object object = in.object("matrix").asObject();
  const ArrayCopy* const offsets = arrayCopyIn(env, object.Get("offsets"));
  ArrayCopy* const indices = arrayCopyIn(env, object.Get("indices"));
  if (!more && offsets != nullptr && indices != nullptr) {
    indices->checked = {offsets->copy.get(), matrix.rows, matrix.columns, matrix.by == Lines::rows};
  }
  return Napi::Boolean::New(env, more);
}

const RegisterFunction ofCopies[] = {{"beginCopy", beginCopy, "request"},
                                     {"copyPiece", copyPiece, "request"},
                                     {"dropCopy", dropCopy, "request"},
                                     {"leaveCopy", leaveCopy, "request"},
                                     {"checkCopies", checkCopies, "request"}};

}  // namespace
}  // namespace nonconvex
