// A copy of a large array that JavaScript has made in pieces before it calls a solve, and hands over in its place.
#pragma once

#include <node_api.h>

#include "binding/copies.hpp"

namespace nonconvex {

struct ArrayCopy {
  /// The sparse matrix that these indices were found to be right in, with the copy of its offsets.
  struct Indexed {
    const void* offsets = nullptr;
    int rows = 0, columns = 0;
    bool byRows = false;

    bool operator==(const Indexed&) const = default;
  };

  napi_typedarray_type type;
  CopyInPieces pieces;
  Copy copy = nullptr;  ///< null until it is complete, and when it was dropped
  Indexed checked = {};
  bool left = false;  ///< the solve was aborted meanwhile: nobody is to read the numbers
};

/// An object that stands for a copy, and owns it; null where that could not be made.
napi_value wrap(napi_env env, ArrayCopy made);

/// The copy that a value stands for; null: it is something else, or another addon's.
ArrayCopy* arrayCopyIn(napi_env env, napi_value value);

}  // namespace nonconvex
