// What the addon exports for copies of large arrays, which src/core/arrayCopies.ts has made in pieces.
#include <utility>

#include "binding/array_copy.hpp"
#include "binding/job.hpp"
#include "binding/registry.hpp"
#include "core/require_memory.hpp"

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

const RegisterFunction ofCopies[] = {
    {"beginCopy", beginCopy, "request"}, {"copyPiece", copyPiece, "request"}, {"dropCopy", dropCopy, "request"}};

}  // namespace
}  // namespace nonconvex
