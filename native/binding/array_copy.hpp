// A copy of a large array that JavaScript has made in pieces before it calls a solve, and hands over in its place.
#pragma once

#include <node_api.h>

#include "binding/copies.hpp"

namespace nonconvex {

struct ArrayCopy {
  napi_typedarray_type type;
  CopyInPieces pieces;
  Copy copy = nullptr;  ///< null until it is complete, and when it was dropped
};

/// An object that stands for a copy, and owns it; null where that could not be made.
napi_value wrap(napi_env env, ArrayCopy made);

/// The copy that a value stands for; null: it is something else, or another addon's.
ArrayCopy* arrayCopyIn(napi_env env, napi_value value);

}  // namespace nonconvex
